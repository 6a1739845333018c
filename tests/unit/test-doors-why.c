/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of an anchor: Get with its limits, and Why. */
#include "tests/unit/doors-fixture.h"

/* An anchor file with the groups TRUST, dropped into the administrator's folder and taken in. */
static void
drop (Fixture *fixture, const TestCertificate *certificate, const char *name, const char *trust)
{
  TrustSpan der = trust_certificate_get_der (certificate->certificate);
  g_autofree char *base64 = g_base64_encode (der.data, der.size);
  g_autofree char *text = g_strdup_printf ("[Anchor]\nVersion=1\nCertificate=%s\n%s", base64, trust);
  g_autofree char *path = g_strconcat ("/etc/anchord/anchors.d/", name, NULL);
  g_autoptr (GError) error = NULL;

  test_scratch_write (fixture->scratch, path, text, -1);
  g_assert_true (trust_engine_refresh (fixture->engine, NULL, &error));
  g_assert_no_error (error);
}

/* (transfer full): a{sv} */
static GVariant *
ask (Fixture *fixture, const char *member, const char *fingerprint)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  pass (fixture, member, g_variant_new ("(s)", fingerprint), NULL, &reply, &error);
  g_assert_no_error (error);
  return g_variant_get_child_value (reply.reply, 0);
}

static void
assert_member (GVariant *dictionary, const char *key, const char *expected)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : g_strdup ("absent");

  g_assert_cmpstr (text, ==, expected);
}

static void
test_limits (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Limited");
  g_autoptr (TestCertificate) plain = test_certificate_new_root ("CN=Plain");
  g_autofree char *hex = hex_of (root);
  g_autofree char *plain_hex = hex_of (plain);
  g_autofree char *replaces = g_strnfill (64, 'a');
  g_autofree char *replaces_quoted = g_strdup_printf ("'%s'", replaces);
  g_autofree char *trust = g_strdup_printf ("[Trust]\nPurposes=server-auth;\nDistrustAfter=server-auth 2001-02-03T04:05:06Z;\n"
                                            "Until=2999-01-01T00:00:00Z\nAcceptLoss=true\n"
                                            "[Constraints]\nPermittedDNS=corp.example;\nPermittedIP=\nExcludedDNS=x.corp.example;\n"
                                            "[Info]\nReplaces=%s\n",
                                            replaces);
  g_autoptr (GVariant) limited = NULL, unlimited = NULL;
  const char *const absent[] = { "permitted", "excluded", "distrust-after", "until", "accept-loss", "replaces", "ended" };

  drop (fixture, root, "limited.anchor", trust);
  add (fixture, plain);
  limited = ask (fixture, "Get", hex);
  assert_member (limited, "status", "'trusted'");
  assert_member (limited, "permitted", "{'dns': ['corp.example'], 'ip': ['']}");
  assert_member (limited, "excluded", "{'dns': ['x.corp.example']}");
  assert_member (limited, "distrust-after", "{'server-auth': 981173106}");
  assert_member (limited, "until", "32472144000");
  assert_member (limited, "accept-loss", "true");
  assert_member (limited, "replaces", replaces_quoted);
  assert_member (limited, "ended", "absent");
  unlimited = ask (fixture, "Get", plain_hex);
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    assert_member (unlimited, absent[i], "absent");
}

/* A trust that has ended is told as such, and nobody trusts it. */
static void
test_ended (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Ended");
  g_autofree char *hex = hex_of (root);
  g_autoptr (GVariant) anchor = NULL, why = NULL;

  drop (fixture, root, "ended.anchor", "[Trust]\nPurposes=server-auth;\nUntil=2001-02-03T04:05:06Z\n");
  anchor = ask (fixture, "Get", hex);
  assert_member (anchor, "status", "'ended'");
  assert_member (anchor, "ended", "true");
  assert_member (anchor, "until", "981173106");
  why = ask (fixture, "Why", hex);
  assert_member (why, "status", "'ended'");
}

static void
test_why (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Why");
  g_autofree char *hex = hex_of (root);
  g_autofree char *head = g_strndup (hex, 12);
  g_autofree char *quoted = g_strdup_printf ("'%s'", hex);
  g_autofree char *path = g_strdup_printf ("'/etc/anchord/anchors.d/%s.anchor'", hex);
  g_autoptr (GVariant) why = NULL, sources = NULL, source = NULL;

  add (fixture, root);
  why = ask (fixture, "Why", head);
  assert_member (why, "fingerprint", quoted);
  assert_member (why, "title", "'Why'");
  assert_member (why, "status", "'trusted'");
  assert_member (why, "decided-by", path);
  sources = g_variant_lookup_value (why, "sources", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (sources), ==, 1);
  source = g_variant_get_child_value (sources, 0);
  assert_member (source, "layer", "'administrator'");
  assert_member (source, "says", "'trusts'");
  assert_member (source, "settings", "'server-auth'");
  assert_member (source, "label", "'Mine'");
  assert_member (source, "reason", "'a test'");
  assert_member (source, "decides", "true");
}

/* Anything whole can be asked about, a beginning must fit something. */
static void
test_why_unknown (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *whole = g_strnfill (64, '0');
  g_autoptr (GVariant) why = ask (fixture, "Why", whole);

  assert_member (why, "status", "'unknown'");
  assert_member (why, "sources", "[]");
  fail (fixture, "Why", g_variant_new ("(s)", "0123456789abcdef"), NULL, TRUST_ERROR_NOT_FOUND);
  fail (fixture, "Why", g_variant_new ("(s)", "coffee"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

/* (transfer full): aa{sv} */
static GVariant *
ask_losses (Fixture *fixture, const char *store, const char *purpose, const char *format)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  pass (fixture, "GetLosses", g_variant_new ("(sss)", store, purpose, format), NULL, &reply, &error);
  g_assert_no_error (error);
  return g_variant_get_child_value (reply.reply, 0);
}

/* A flat file cannot say constraints: what is limited is left out of it. A file of p11-kit says them, but no "until". */
static void
test_losses (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Limited");
  g_autofree char *hex = hex_of (root);
  g_autofree char *quoted = g_strdup_printf ("'%s'", hex);
  g_autoptr (GVariant) nothing = ask_losses (fixture, "system", "server-auth", "pem-bundle");
  g_autoptr (GVariant) flat = NULL, row = NULL, whole = NULL, other = NULL;

  g_assert_cmpuint (g_variant_n_children (nothing), ==, 0);
  drop (fixture, root, "limited.anchor", "[Trust]\nPurposes=server-auth;\nUntil=2999-01-01T00:00:00Z\n[Constraints]\nPermittedDNS=corp.example;\n");
  flat = ask_losses (fixture, "system", "server-auth", "pem-bundle");
  g_assert_cmpuint (g_variant_n_children (flat), ==, 1);
  row = g_variant_get_child_value (flat, 0);
  assert_member (row, "fingerprint", quoted);
  assert_member (row, "title", "'Limited'");
  assert_member (row, "losses", "['constraints', 'until']");
  assert_member (row, "left-out", "true");
  whole = ask_losses (fixture, "system", "", "p11-kit");
  g_assert_cmpuint (g_variant_n_children (whole), ==, 1);
  other = g_variant_get_child_value (whole, 0);
  assert_member (other, "losses", "['until']");
  fail (fixture, "GetLosses", g_variant_new ("(sss)", "system", "server-auth", "jks"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "GetLosses", g_variant_new ("(sss)", "system", "", "pem-bundle"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "GetLosses", g_variant_new ("(sss)", "../etc", "server-auth", "pem-bundle"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "GetLosses", g_variant_new ("(sss)", "app/none", "server-auth", "pem-bundle"), NULL, TRUST_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/get/limits", Fixture, NULL, set_up, test_limits, tear_down);
  g_test_add ("/doors/get/ended", Fixture, NULL, set_up, test_ended, tear_down);
  g_test_add ("/doors/why", Fixture, NULL, set_up, test_why, tear_down);
  g_test_add ("/doors/why/unknown", Fixture, NULL, set_up, test_why_unknown, tear_down);
  g_test_add ("/doors/losses", Fixture, NULL, set_up, test_losses, tear_down);
  return g_test_run ();
}
