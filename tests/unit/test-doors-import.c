/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Import, ImportSealed and Preview. */
#include "core/anchor-file.h"
#include "tests/unit/doors-fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* The anchor or distrust file of CERTIFICATE, as anchord would write it. Returns: (transfer full). */
static char *
file_of (const TestCertificate *certificate, gboolean distrust)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (certificate->certificate, settings, origin, NULL);
  TrustSpan none = { NULL, 0 };
  g_autoptr (TrustDistrust) refused = trust_distrust_new (trust_certificate_get_fingerprint (certificate->certificate), NULL, none, none,
                                                          certificate->certificate, origin, NULL);
  g_autoptr (GBytes) bytes = distrust ? trust_distrust_file_write (refused) : trust_anchor_file_write (anchor);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* (floating) of texts, ended by NULL. */
static GVariant *
make_files (const char *const *texts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (; *texts != NULL; texts++)
    g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, *texts, strlen (*texts), 1));
  return g_variant_builder_end (&builder);
}

static GVariant *
import_of (const char *const *texts, const char *options)
{
  return g_variant_new ("(@aay@a{sv})", make_files (texts), g_variant_new_parsed (options));
}

/* Parses PARAMETERS (sunk) of MEMBER. Returns: what it is, a TrustChange in REQUEST. */
static gboolean
parse (const char *member, GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *request, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);

  return trust_door_parse (trust_door_find (TRUST_DOOR_METHOD, "Anchors", member), sunk, fds, request, error);
}

static void
refuse (const char *member, GVariant *parameters, GUnixFDList *fds, TrustError code, const char *word)
{
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (parse (member, parameters, fds, &request, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_import (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "Import");
  g_autoptr (TestCertificate) good = test_certificate_new_root ("CN=Import A");
  g_autoptr (TestCertificate) bad = test_certificate_new_root ("CN=Import B");
  g_autofree char *one = file_of (good, FALSE);
  g_autofree char *two = file_of (bad, TRUE);
  const char *const texts[] = { one, two, NULL };
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse ("Import", import_of (texts, "{'purge-owned': <true>, 'allow-expired': <true>, 'reason': <'all'>}"), NULL, &request, &error));
  g_assert_no_error (error);

  const TrustChange *change = request.data;

  g_assert_cmpint (change->kind, ==, TRUST_CHANGE_IMPORT);
  g_assert_cmpuint (change->anchors->len, ==, 1);
  g_assert_cmpuint (change->distrusts->len, ==, 1);
  g_assert_cmpuint (change->notices->len, ==, 0);
  g_assert_true (change->purge_owned && change->allow_expired && !change->keep_going);
  g_assert_true (door->describe (&request, fixture->engine, details, &error));
  g_assert_cmpstr (g_hash_table_lookup (details, "count"), ==, "2");
  g_assert_cmpstr (g_hash_table_lookup (details, "terms"), ==,
                   "1 to trust, 1 to refuse; for server-auth, email-protection; REMOVING ALL ELSE THAT WAS ADDED; even if it has expired");
}

/* One bad file fails all; with keep-going it is left out and told. A key is never passed over. */
static void
test_bad_file (void)
{
  g_autoptr (TestCertificate) good = test_certificate_new_root ("CN=Import A");
  g_autofree char *one = file_of (good, FALSE);
  g_autofree char *odd = g_strconcat ("[Info]\nColour=red\n", one, NULL);
  g_autofree char *key = g_strconcat (one, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL);
  const char *const half[] = { one, "[Anchor]\nVersion=1\n", NULL };
  const char *const noise[] = { "noise", NULL };
  const char *const with_key[] = { one, key, NULL };
  const char *const warned[] = { odd, NULL };
  const char *const none[] = { NULL };
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_auto (TrustDoorRequest) told = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  refuse ("Import", import_of (half, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_INPUT, "File 2: ");
  refuse ("Import", import_of (noise, "{'keep-going': <true>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT, "nothing to import");
  refuse ("Import", import_of (with_key, "{'keep-going': <true>}"), NULL, TRUST_ERROR_PRIVATE_KEY, "File 2: ");
  refuse ("Import", import_of (none, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_ARGUMENT, "nothing to import");
  refuse ("Import", import_of (warned, "{'purposes': <['server-auth']>}"), NULL, TRUST_ERROR_INVALID_ARGUMENT, "purposes");
  g_assert_true (parse ("Import", import_of (half, "{'keep-going': <true>}"), NULL, &request, &error));
  g_assert_no_error (error);

  const TrustChange *change = request.data;

  g_assert_cmpuint (change->anchors->len, ==, 1);
  g_assert_cmpuint (change->notices->len, ==, 1);
  g_assert_nonnull (strstr (change->notices->pdata[0], "File 2 was left out: "));
  g_assert_true (parse ("Import", import_of (warned, "@a{sv} {}"), NULL, &told, &error));
  g_assert_no_error (error);
  change = told.data;
  g_assert_cmpuint (change->notices->len, ==, 1);
  g_assert_nonnull (strstr (change->notices->pdata[0], "Colour"));
}

static void
test_many_notices (void)
{
  g_autoptr (TestCertificate) good = test_certificate_new_root ("CN=Import A");
  g_autofree char *one = file_of (good, FALSE);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (texts, one);
  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (texts, (gpointer) "noise");
  g_ptr_array_add (texts, NULL);
  g_assert_true (parse ("Import", import_of ((const char *const *) texts->pdata, "{'keep-going': <true>}"), NULL, &request, &error));
  g_assert_cmpuint (((const TrustChange *) request.data)->notices->len, ==, 100);
}

static void
test_too_many (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char *large = g_strnfill (TRUST_LIMIT_MESSAGE_BYTES + 1, '\n');
  g_autofree char *half = g_strnfill (TRUST_LIMIT_MESSAGE_BYTES / 2 + 1, '\n');
  const char *const two[] = { half, half, NULL };
  const char *const one[] = { large, NULL };

  for (guint i = 0; i <= TRUST_LIMIT_INPUT_CERTIFICATES; i++)
    g_ptr_array_add (texts, (gpointer) "x");
  g_ptr_array_add (texts, NULL);
  refuse ("Import", import_of ((const char *const *) texts->pdata, "@a{sv} {}"), NULL, TRUST_ERROR_LIMIT_EXCEEDED, "20000");
  refuse ("Import", import_of (two, "@a{sv} {}"), NULL, TRUST_ERROR_LIMIT_EXCEEDED, "ImportSealed");
  refuse ("Import", import_of (one, "@a{sv} {}"), NULL, TRUST_ERROR_LIMIT_EXCEEDED, "ImportSealed");
}

static GUnixFDList *
seal (const void *data, gsize size)
{
  int fd = memfd_create ("test", MFD_ALLOW_SEALING);

  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), ==, 0);
  return g_unix_fd_list_new_from_array (&fd, 1);
}

/* What a memfd holds is the serialised aay, or nothing of it counts. */
static void
test_sealed (void)
{
  g_autoptr (TestCertificate) good = test_certificate_new_root ("CN=Import A");
  g_autofree char *one = file_of (good, FALSE);
  const char *const texts[] = { one, one, NULL };
  g_autoptr (GVariant) files = g_variant_ref_sink (make_files (texts));
  gsize size = g_variant_get_size (files);
  g_autofree guint8 *data = g_memdup2 (g_variant_get_data (files), size);
  g_autoptr (GUnixFDList) whole = seal (data, size);
  g_autoptr (GUnixFDList) empty = seal ("", 0);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse ("ImportSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), whole, &request, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (((const TrustChange *) request.data)->anchors->len, ==, 2);
  refuse ("ImportSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), empty, TRUST_ERROR_INVALID_ARGUMENT, "nothing");

  /* Cut anywhere, and with its offsets changed. */
  for (gsize cut = 1; cut < size; cut += MAX (size / 97, 1))
    {
      g_autoptr (GUnixFDList) fds = seal (data, cut);
      g_auto (TrustDoorRequest) broken = { NULL, NULL };

      g_assert_false (parse ("ImportSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), fds, &broken, NULL));
    }
  for (guint i = 1; i <= 4; i++)
    {
      g_autoptr (GUnixFDList) fds = NULL;
      g_auto (TrustDoorRequest) broken = { NULL, NULL };

      data[size - i] ^= 0xff;
      fds = seal (data, size);
      g_assert_false (parse ("ImportSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), fds, &broken, NULL));
      data[size - i] ^= 0xff;
    }
}

static guint64
generation (Fixture *fixture)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (fixture->engine);

  return snapshot->generation;
}

/* The answer of the real thing, the difference, and nothing done. */
static void
test_preview (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Previewed");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autofree char *hex = hex_of (root);
  guint64 before = generation (fixture);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GVariant) results = NULL, changes = NULL, result = NULL, change = NULL;
  g_autoptr (GError) error = NULL;
  const char *text = NULL;

  pass (fixture, "Preview", g_variant_new ("(sv)", "Anchors.Add", bytes_and (pem, "{'purposes': <['email-protection']>}")), NULL, &reply, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (reply.reply, G_VARIANT_TYPE ("(taa{sv}asaa{sv})")));
  results = g_variant_get_child_value (reply.reply, 1);
  changes = g_variant_get_child_value (reply.reply, 3);
  g_assert_cmpuint (g_variant_n_children (results), ==, 1);
  g_assert_cmpuint (g_variant_n_children (changes), ==, 1);
  result = g_variant_get_child_value (results, 0);
  change = g_variant_get_child_value (changes, 0);
  g_assert_true (g_variant_lookup (result, "result", "&s", &text) && g_str_equal (text, "added"));
  g_assert_true (g_variant_lookup (change, "fingerprint", "&s", &text) && g_str_equal (text, hex));
  g_assert_true (g_variant_lookup (change, "before", "&s", &text) && g_str_equal (text, ""));
  g_assert_true (g_variant_lookup (change, "after", "&s", &text) && g_str_equal (text, "trusted email-protection"));
  g_assert_cmpuint (generation (fixture), ==, before);
  fail (fixture, "Get", g_variant_new ("(s)", hex), NULL, TRUST_ERROR_NOT_FOUND);
}

static void
test_preview_of_request (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Previewed");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_auto (TrustDoorReply) asked = { NULL, NULL };
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_auto (TrustDoorReply) listed = { NULL, NULL };
  g_autoptr (GVariant) changes = NULL, waiting = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = NULL;

  g_assert_true (pass (fixture, "Requests.Create", bytes_and (pem, "@a{sv} {}"), NULL, &asked, NULL));
  g_variant_get (asked.reply, "(&s)", &id);
  pass (fixture, "Preview", g_variant_new ("(sv)", "Requests.Approve", g_variant_new ("(s@a{sv})", id, g_variant_new_parsed ("@a{sv} {}"))), NULL,
        &reply, &error);
  g_assert_no_error (error);
  changes = g_variant_get_child_value (reply.reply, 3);
  g_assert_cmpuint (g_variant_n_children (changes), ==, 1);
  g_assert_true (pass (fixture, "Requests.List", g_variant_new ("()"), NULL, &listed, NULL));
  waiting = g_variant_get_child_value (listed.reply, 0);
  g_assert_cmpuint (g_variant_n_children (waiting), ==, 1);
}

/* Only what changes trust, with the types and limits of the real thing. */
static void
test_preview_refused (Fixture *fixture, gconstpointer unused)
{
  const char *const methods[] = { "",
                                  "Add",
                                  "Anchors",
                                  "Anchors.List",
                                  "Anchors.Preview",
                                  "Anchors.Generation",
                                  "Verifier.Verify",
                                  "Requests.Create",
                                  "Requests.Deny",
                                  "Anchors.Add.More",
                                  ".Add",
                                  "Anchors.add",
                                  "Anchors.\u202e" };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    fail (fixture, "Preview", g_variant_new ("(sv)", methods[i], bytes_and ("x", "@a{sv} {}")), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Preview", g_variant_new ("(sv)", "Anchors.Add", g_variant_new_string ("x")), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Preview", g_variant_new ("(sv)", "Anchors.Add", bytes_and ("x", "@a{sv} {}")), NULL, TRUST_ERROR_INVALID_INPUT);
  fail (fixture, "Preview", g_variant_new ("(sv)", "Anchors.AddSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}"))), NULL,
        TRUST_ERROR_INVALID_ARGUMENT);
}

static void
test_preview_sealed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Previewed");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autoptr (GUnixFDList) fds = seal (pem, strlen (pem));
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  pass (fixture, "Preview", g_variant_new ("(sv)", "Anchors.AddSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}"))), fds,
        &reply, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add_func ("/doors/import/bad-file", test_bad_file);
  g_test_add_func ("/doors/import/many-notices", test_many_notices);
  g_test_add_func ("/doors/import/too-many", test_too_many);
  g_test_add_func ("/doors/import/sealed", test_sealed);
  g_test_add ("/doors/preview", Fixture, NULL, set_up, test_preview, tear_down);
  g_test_add ("/doors/preview/of-request", Fixture, NULL, set_up, test_preview_of_request, tear_down);
  g_test_add ("/doors/preview/refused", Fixture, NULL, set_up, test_preview_refused, tear_down);
  g_test_add ("/doors/preview/sealed", Fixture, NULL, set_up, test_preview_sealed, tear_down);
  return g_test_run ();
}
