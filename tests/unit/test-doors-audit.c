/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Journal.Audit: its options, its reply, and that what is limited is counted whole. */
#include "tests/unit/doors-fixture.h"

static void
audit (Fixture *fixture, const char *options, TrustDoorReply *reply)
{
  g_autoptr (GError) error = NULL;

  pass (fixture, "Journal.Audit", g_variant_new ("(@a{sv})", g_variant_new_parsed (options)), NULL, reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (reply->reply), ==, "(txaa{sv}aa{sv})");
}

static const char *
get (GVariant *row, const char *key)
{
  const char *value = NULL;

  g_assert_true (g_variant_lookup (row, key, "&s", &value));
  return value;
}

/* A certificate that ended long ago, dropped into the administrator's folder and taken in. */
static TestCertificate *
drop_expired (Fixture *fixture)
{
  TestCertificateSpec spec = { .dn = "CN=Old", .not_before = 1000000000, .not_after = 1100000000 };
  TestCertificate *certificate = test_certificate_new (&spec);
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  g_autoptr (GError) error = NULL;

  test_scratch_write (fixture->scratch, "/etc/anchord/anchors.d/old.pem", pem, -1);
  g_assert_true (trust_engine_refresh (fixture->engine, NULL, &error));
  g_assert_no_error (error);
  return certificate;
}

static void
test_reply (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) old = drop_expired (fixture);
  g_autofree char *hex = hex_of (old);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GVariant) findings = NULL, checks = NULL, finding = NULL, check = NULL;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (fixture->engine);
  guint64 generation = 0;
  gint64 time = 0;
  guint32 found = 0;

  audit (fixture, "{'checks': <['expired']>, 'within': <uint32 30>}", &reply);
  g_variant_get (reply.reply, "(tx@aa{sv}@aa{sv})", &generation, &time, &findings, &checks);
  g_assert_cmpuint (generation, ==, snapshot->generation);
  g_assert_cmpint (ABS (time - g_get_real_time () / G_USEC_PER_SEC), <, 600);
  g_assert_cmpuint (g_variant_n_children (findings), ==, 1);
  finding = g_variant_get_child_value (findings, 0);
  g_assert_cmpstr (get (finding, "check"), ==, "expired");
  g_assert_cmpstr (get (finding, "severity"), ==, "low");
  g_assert_cmpstr (get (finding, "fingerprint"), ==, hex);
  g_assert_cmpstr (get (finding, "title"), ==, "Old");
  g_assert_cmpstr (get (finding, "where"), ==, "");
  g_assert_nonnull (strstr (get (finding, "text"), "2004-11-09"));
  g_assert_nonnull (strstr (get (finding, "remedy"), "anchorctl"));
  g_assert_cmpuint (g_variant_n_children (checks), ==, 1);
  check = g_variant_get_child_value (checks, 0);
  g_assert_cmpstr (get (check, "id"), ==, "expired");
  g_assert_cmpstr (get (check, "severity"), ==, "low");
  g_assert_cmpstr (get (check, "summary"), !=, "");
  g_assert_true (g_variant_lookup (check, "found", "u", &found));
  g_assert_cmpuint (found, ==, 1);
}

/* Without options every check is run, each by its own row. */
static void
test_all (Fixture *fixture, gconstpointer unused)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GVariant) checks = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  audit (fixture, "@a{sv} {}", &reply);
  checks = g_variant_get_child_value (reply.reply, 3);
  for (; trust_checks[n] != NULL; n++)
    {
      g_autoptr (GVariant) check = g_variant_get_child_value (checks, n);

      g_assert_cmpstr (get (check, "id"), ==, trust_checks[n]->id);
      g_assert_true (g_hash_table_add (ids, g_strdup (get (check, "id"))));
      g_assert_true (trust_check_find (get (check, "id")) == trust_checks[n]);
    }
  g_assert_cmpuint (g_variant_n_children (checks), ==, n);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  static const char *const bad[] = {
    "{'checks': <['coffee\u202e']>}", "{'checks': <'expired'>}", "{'within': <uint32 36501>}", "{'within': <int32 -1>}", "{'until': <uint32 1>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    fail (fixture, "Journal.Audit", g_variant_new ("(@a{sv})", g_variant_new_parsed (bad[i])), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors-audit/reply", Fixture, NULL, set_up, test_reply, tear_down);
  g_test_add ("/doors-audit/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/doors-audit/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
