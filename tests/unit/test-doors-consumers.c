/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Consumers through their doors: switched on and off, looked at, put right. */
#include "tests/unit/doors-fixture.h"

#define FOLDER "/etc/anchord/consumers.d/"
#define HEAD "[Consumer]\nVersion=1\nDescription=A test\n"
#define OUTPUT "[Output bundle]\nFormat=pem-bundle\nPurpose=server-auth\nPath=/etc/pki/shop/ca.pem\n"
#define BUNDLE "/etc/pki/shop/ca.pem"

static void
give (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_strconcat (FOLDER, name, ".consumer", NULL);
  g_autoptr (GError) error = NULL;

  test_scratch_write (fixture->scratch, path, text, -1);
  g_assert_true (trust_engine_refresh (fixture->engine, NULL, &error));
  g_assert_no_error (error);
}

/* Its one row's result. */
static char *
switch_it (Fixture *fixture, const char *member, const char *name)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = NULL, row = NULL;
  char *result = NULL;

  pass (fixture, member, g_variant_new ("(s@a{sv})", name, g_variant_new_parsed ("{'reason': <'a test'>}")), NULL, &reply, &error);
  g_assert_no_error (error);
  results = g_variant_get_child_value (reply.reply, 1);
  g_assert_cmpuint (g_variant_n_children (results), ==, 1);
  row = g_variant_get_child_value (results, 0);
  g_assert_true (g_variant_lookup (row, "result", "s", &result));
  return result;
}

static void
expect_result (Fixture *fixture, const char *member, const char *name, const char *expected)
{
  g_autofree char *result = switch_it (fixture, member, name);

  g_assert_cmpstr (result, ==, expected);
}

/* The row of NAME in List. */
static GVariant *
look (Fixture *fixture, const char *name)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) rows = NULL;

  pass (fixture, "Consumers.List", g_variant_new ("()"), NULL, &reply, &error);
  g_assert_no_error (error);
  rows = g_variant_get_child_value (reply.reply, 0);
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *is = NULL;

      g_assert_true (g_variant_lookup (row, "name", "&s", &is));
      if (g_str_equal (is, name))
        return g_steal_pointer (&row);
    }
  return NULL;
}

static gboolean
is_enabled (Fixture *fixture, const char *name)
{
  g_autoptr (GVariant) row = look (fixture, name);
  gboolean enabled = FALSE;

  g_assert_nonnull (row);
  g_assert_true (g_variant_lookup (row, "enabled", "b", &enabled));
  return enabled;
}

static gboolean
bundle_has (Fixture *fixture, const TestCertificate *certificate)
{
  g_autofree char *bundle = test_scratch_read (fixture->scratch, BUNDLE), *pem = test_certificate_dup_pem (certificate);

  return bundle != NULL && strstr (bundle, pem) != NULL;
}

static void
test_switch (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) corp = test_certificate_new_root ("CN=Corp");
  g_autofree char *marker = NULL;

  add (fixture, corp);
  give (fixture, "shop", HEAD OUTPUT);
  g_assert_false (is_enabled (fixture, "shop"));
  g_assert_false (test_scratch_exists (fixture->scratch, BUNDLE));

  expect_result (fixture, "Consumers.Enable", "shop", "enabled");
  g_assert_true (is_enabled (fixture, "shop"));
  g_assert_true (bundle_has (fixture, corp));
  marker = test_scratch_read (fixture->scratch, FOLDER "shop.enabled");
  g_assert_nonnull (strstr (marker, "# Reason: a test\n"));
  expect_result (fixture, "Consumers.Enable", "shop", "already");

  expect_result (fixture, "Consumers.Disable", "shop", "disabled");
  g_assert_false (is_enabled (fixture, "shop"));
  g_assert_false (test_scratch_exists (fixture->scratch, BUNDLE));
  g_assert_false (test_scratch_exists (fixture->scratch, FOLDER "shop.enabled"));
  expect_result (fixture, "Consumers.Disable", "shop", "already");
}

static void
refuse (Fixture *fixture, const char *name, TrustError code)
{
  fail (fixture, "Consumers.Enable", g_variant_new ("(s@a{sv})", name, g_variant_new_parsed ("@a{sv} {}")), NULL, code);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  refuse (fixture, "nobody", TRUST_ERROR_NOT_FOUND);
  give (fixture, "broken", HEAD "Unheard=of\n" OUTPUT);
  refuse (fixture, "broken", TRUST_ERROR_INVALID_INPUT);
  give (fixture, "strange", HEAD "[Output bundle]\nFormat=no-such\nPurpose=server-auth\nPath=" BUNDLE "\n");
  refuse (fixture, "strange", TRUST_ERROR_INVALID_INPUT);
  give (fixture, "elsewhere", HEAD "Distribution=arch\n" OUTPUT);
  refuse (fixture, "elsewhere", TRUST_ERROR_POLICY);
  g_assert_false (test_scratch_exists (fixture->scratch, FOLDER "broken.enabled"));
  g_assert_false (test_scratch_exists (fixture->scratch, BUNDLE));
}

static void
test_repair (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) corp = test_certificate_new_root ("CN=Corp"), other = test_certificate_new_root ("CN=Other");
  g_autofree char *foreign = test_certificate_dup_pem (other);
  g_auto (TrustDoorReply) reply = { NULL, NULL }, forced = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  GVariant *none = g_variant_new ("(s@a{sv})", "shop", g_variant_new_parsed ("@a{sv} {}"));

  add (fixture, corp);
  give (fixture, "shop", HEAD OUTPUT);
  expect_result (fixture, "Consumers.Enable", "shop", "enabled");
  /* Emptied: nothing in it is lost. */
  test_scratch_write (fixture->scratch, BUNDLE, "", -1);
  pass (fixture, "Consumers.Repair", none, NULL, &reply, &error);
  g_assert_no_error (error);
  g_assert_true (bundle_has (fixture, corp));
  /* A certificate that anchord does not know is not written over unasked. */
  test_scratch_write (fixture->scratch, BUNDLE, foreign, -1);
  fail (fixture, "Consumers.Repair", g_variant_new ("(s@a{sv})", "shop", g_variant_new_parsed ("@a{sv} {}")), NULL, TRUST_ERROR_STORAGE);
  g_assert_true (bundle_has (fixture, other));
  pass (fixture, "Consumers.Repair", g_variant_new ("(s@a{sv})", "shop", g_variant_new_parsed ("{'force': <true>}")), NULL, &forced, &error);
  g_assert_no_error (error);
  g_assert_true (bundle_has (fixture, corp));
  g_assert_false (bundle_has (fixture, other));
  fail (fixture, "Consumers.Repair", g_variant_new ("(s@a{sv})", "nobody", g_variant_new_parsed ("@a{sv} {}")), NULL, TRUST_ERROR_NOT_FOUND);
}

static GVariant *
ask_check (const char *name, const char *text)
{
  return g_variant_new ("(s@ay)", name, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1));
}

static void
test_check (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) corp = test_certificate_new_root ("CN=Corp");
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GVariant) outputs = NULL, output = NULL;
  g_autoptr (GError) error = NULL;
  guint32 anchors = 0;
  const char *path = NULL;

  add (fixture, corp);
  pass (fixture, "Consumers.Check", ask_check ("shop", HEAD OUTPUT), NULL, &reply, &error);
  g_assert_no_error (error);
  outputs = g_variant_get_child_value (reply.reply, 0);
  g_assert_cmpuint (g_variant_n_children (outputs), ==, 1);
  output = g_variant_get_child_value (outputs, 0);
  g_assert_true (g_variant_lookup (output, "path", "&s", &path));
  g_assert_cmpstr (path, ==, BUNDLE);
  g_assert_true (g_variant_lookup (output, "anchors", "u", &anchors));
  g_assert_cmpuint (anchors, ==, 1);
  fail (fixture, "Consumers.Check", ask_check ("shop", "[Consumer]\n"), NULL, TRUST_ERROR_INVALID_INPUT);
  fail (fixture, "Consumers.Check", ask_check ("../shop", HEAD OUTPUT), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_null (look (fixture, "shop"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors-consumers/switch", Fixture, NULL, set_up, test_switch, tear_down);
  g_test_add ("/doors-consumers/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/doors-consumers/repair", Fixture, NULL, set_up, test_repair, tear_down);
  g_test_add ("/doors-consumers/check", Fixture, NULL, set_up, test_check, tear_down);
  return g_test_run ();
}
