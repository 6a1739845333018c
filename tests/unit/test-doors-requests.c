/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/doors-fixture.h"

/* Asks for CERTIFICATE. Returns: (transfer full): the id. */
static char *
ask (Fixture *fixture, const TestCertificate *certificate, const char *options)
{
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  pass (fixture, "Requests.Create", bytes_and (pem, options), NULL, &reply, &error);
  g_assert_no_error (error);
  g_variant_get (reply.reply, "(s)", &id);
  g_assert_cmpuint (strlen (id), ==, 64);
  return id;
}

static GVariant *
answer (const char *id, const char *options)
{
  return g_variant_new ("(s@a{sv})", id, g_variant_new_parsed (options));
}

/* (transfer full): aa{sv} */
static GVariant *
list (Fixture *fixture)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  pass (fixture, "Requests.List", g_variant_new ("()"), NULL, &reply, &error);
  g_assert_no_error (error);
  return g_variant_get_child_value (reply.reply, 0);
}

static char *
status_of_first (Fixture *fixture)
{
  g_autoptr (GVariant) requests = list (fixture);
  g_autoptr (GVariant) request = g_variant_get_child_value (requests, 0);
  g_autoptr (GVariant) certificates = g_variant_lookup_value (request, "certificates", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) certificate = g_variant_get_child_value (certificates, 0);
  char *status = NULL;

  g_assert_true (g_variant_lookup (certificate, "status", "s", &status));
  return status;
}

static guint
count_in_status (Fixture *fixture)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GVariant) status = NULL;
  guint n = G_MAXUINT;

  g_assert_true (pass (fixture, "GetStatus", g_variant_new ("()"), NULL, &reply, NULL));
  status = g_variant_get_child_value (reply.reply, 0);
  g_assert_true (g_variant_lookup (status, "requests", "u", &n));
  return n;
}

static gboolean
is_known (Fixture *fixture, const TestCertificate *certificate)
{
  g_autofree char *hex = hex_of (certificate);
  g_auto (TrustDoorReply) reply = { NULL, NULL };

  return pass (fixture, "Get", g_variant_new ("(s)", hex), NULL, &reply, NULL);
}

static void
test_approve (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Asked For");
  g_autofree char *id = ask (fixture, root, "{'reason': <'needed'>, 'label': <'Mine'>, 'purposes': <['email-protection', 'server-auth']>}");
  g_autofree char *again = ask (fixture, root, "{'reason': <'needed'>, 'label': <'Mine'>, 'purposes': <['server-auth', 'email-protection']>}");
  g_autofree char *before = status_of_first (fixture);
  g_autoptr (GVariant) requests = list (fixture);
  g_autoptr (GVariant) request = g_variant_get_child_value (requests, 0);
  g_autoptr (GVariant) options = g_variant_lookup_value (request, "options", G_VARIANT_TYPE_VARDICT);
  g_autofree const char **purposes = NULL;
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  const char *text = NULL;

  g_assert_cmpstr (id, ==, again);
  g_assert_cmpstr (before, ==, "not-trusted");
  g_assert_cmpuint (g_variant_n_children (requests), ==, 1);
  g_assert_true (g_variant_lookup (request, "id", "&s", &text) && g_str_equal (text, id));
  g_assert_true (g_variant_lookup (request, "reason", "&s", &text) && g_str_equal (text, "needed"));
  g_assert_true (g_variant_lookup (options, "label", "&s", &text) && g_str_equal (text, "Mine"));
  g_assert_true (g_variant_lookup (options, "store", "&s", &text) && g_str_equal (text, "system"));
  g_assert_true (g_variant_lookup (options, "purposes", "^a&s", &purposes));
  g_assert_cmpstr (purposes[0], ==, "server-auth");
  g_assert_cmpstr (purposes[1], ==, "email-protection");
  g_assert_false (is_known (fixture, root));
  g_assert_cmpuint (count_in_status (fixture), ==, 1);

  pass (fixture, "Requests.Approve", answer (id, "{'reason': <'granted'>}"), NULL, &reply, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (reply.reply, G_VARIANT_TYPE ("(taa{sv}as)")));
  g_assert_true (is_known (fixture, root));
  g_assert_cmpuint (count_in_status (fixture), ==, 0);
  fail (fixture, "Requests.Approve", answer (id, "@a{sv} {}"), NULL, TRUST_ERROR_NOT_FOUND);
}

static void
test_deny (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Asked For");
  g_autofree char *id = ask (fixture, root, "@a{sv} {}");
  g_autofree char *head = g_strndup (id, 63);
  g_autofree char *upper = g_ascii_strup (id, -1);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  fail (fixture, "Requests.Approve", answer (head, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Deny", answer (head, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  if (!g_str_equal (upper, id))
    fail (fixture, "Requests.Deny", answer (upper, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Deny", answer ("", "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Deny", answer (id, "{'replace': <true>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  pass (fixture, "Requests.Deny", answer (id, "{'reason': <'no'>}"), NULL, &reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_in_status (fixture), ==, 0);
  g_assert_false (is_known (fixture, root));
}

/* It waits, but everybody sees that it would be refused; and so it is. */
static void
test_distrusted (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Refused");
  g_autofree char *hex = hex_of (root);
  const char *const names[] = { hex, NULL };
  g_autofree char *id = ask (fixture, root, "@a{sv} {}");
  g_autofree char *status = NULL;
  g_auto (TrustDoorReply) reply = { NULL, NULL };

  add (fixture, root);
  status = status_of_first (fixture);
  g_assert_cmpstr (status, ==, "trusted");
  g_clear_pointer (&status, g_free);
  g_assert_true (pass (fixture, "Distrust", g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")), NULL, &reply, NULL));
  status = status_of_first (fixture);
  g_assert_cmpstr (status, ==, "distrusted");
  fail (fixture, "Requests.Approve", answer (id, "@a{sv} {}"), NULL, TRUST_ERROR_DISTRUSTED);
  g_assert_cmpuint (count_in_status (fixture), ==, 1);
}

/* What is asked for a store is approved in that store, and nowhere else; one that does not exist must be made first. */
static void
test_store (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Asked For");
  g_autofree char *id = ask (fixture, root, "{'store': <'app/mine'>}");
  g_auto (TrustDoorReply) made = { NULL, NULL };
  g_auto (TrustDoorReply) previewed = { NULL, NULL };
  g_auto (TrustDoorReply) approved = { NULL, NULL };
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  const TrustStore *store = NULL;

  fail (fixture, "Requests.Approve", answer (id, "@a{sv} {}"), NULL, TRUST_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_in_status (fixture), ==, 1);
  pass (fixture, "Stores.Create", g_variant_new ("(s@a{sv})", "app/mine", g_variant_new_parsed ("{'inherit': <false>}")), NULL, &made, &error);
  g_assert_no_error (error);
  pass (fixture, "Preview", g_variant_new ("(sv)", "Requests.Approve", answer (id, "@a{sv} {}")), NULL, &previewed, &error);
  g_assert_no_error (error);
  pass (fixture, "Requests.Approve", answer (id, "@a{sv} {}"), NULL, &approved, &error);
  g_assert_no_error (error);
  snapshot = trust_engine_get_snapshot (fixture->engine);
  store = trust_snapshot_find_store (snapshot, "app/mine");
  g_assert_nonnull (trust_anchor_set_lookup (store->set, trust_certificate_get_fingerprint (root->certificate)));
  g_assert_false (is_known (fixture, root));
  g_assert_cmpuint (count_in_status (fixture), ==, 0);
}

/* Limits and mistakes are told before anything is kept. */
static void
test_bad (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Asked For");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autofree char *filler = g_strnfill (TRUST_LIMIT_REQUEST_BYTES, '\n');
  g_autofree char *too_long = g_strconcat (filler, pem, NULL);
  g_autofree char *with_key = g_strconcat (pem, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL);

  fail (fixture, "Requests.Create", bytes_and (too_long, "@a{sv} {}"), NULL, TRUST_ERROR_LIMIT_EXCEEDED);
  fail (fixture, "Requests.Create", bytes_and (with_key, "@a{sv} {}"), NULL, TRUST_ERROR_PRIVATE_KEY);
  fail (fixture, "Requests.Create", bytes_and ("noise", "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_INPUT);
  fail (fixture, "Requests.Create", bytes_and (pem, "{'override-distrust': <true>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Create", bytes_and (pem, "{'store': <'../etc'>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Create", bytes_and (pem, "{'reason': <'two\\nlines'>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Requests.Create", bytes_and (pem, "{'purposes': <['coffee']>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (count_in_status (fixture), ==, 0);
}

/* What the dialog of an answer says. */
static void
test_describe (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Asked\u202e For");
  g_autofree char *hex = hex_of (root);
  g_autofree char *id = ask (fixture, root, "{'reason': <'needed'>}");
  g_autoptr (GVariant) parameters = g_variant_ref_sink (answer (id, "@a{sv} {}"));
  const char *const members[] = { "Approve", "Deny" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Requests", members[i]);
      g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_auto (TrustDoorRequest) request = { NULL, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_true (trust_door_parse (door, parameters, NULL, &request, &error));
      g_assert_true (door->describe (&request, fixture->engine, details, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (g_hash_table_lookup (details, "fingerprint"), ==, hex);
      g_assert_cmpstr (g_hash_table_lookup (details, "terms"), ==, "for server-auth");
      g_assert_cmpstr (g_hash_table_lookup (details, "answer"), ==, i == 0 ? "trust" : "do not trust");
      g_assert_true (trust_text_is_plain (g_hash_table_lookup (details, "subject"), TRUST_LIMIT_DIALOG_CHARS));
      g_assert_true (g_str_has_prefix (g_hash_table_lookup (details, "requester"), "uid "));
      g_assert_true (trust_text_is_plain (g_hash_table_lookup (details, "requester"), TRUST_LIMIT_DIALOG_CHARS));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/requests/approve", Fixture, NULL, set_up, test_approve, tear_down);
  g_test_add ("/doors/requests/deny", Fixture, NULL, set_up, test_deny, tear_down);
  g_test_add ("/doors/requests/distrusted", Fixture, NULL, set_up, test_distrusted, tear_down);
  g_test_add ("/doors/requests/store", Fixture, NULL, set_up, test_store, tear_down);
  g_test_add ("/doors/requests/bad", Fixture, NULL, set_up, test_bad, tear_down);
  g_test_add ("/doors/requests/describe", Fixture, NULL, set_up, test_describe, tear_down);
  return g_test_run ();
}
