/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that hold anchors against each other: one key, one name, a renewal; in the system's set, and in a store with what it inherits. */
#include "tests/unit/checks-fixture.h"

typedef struct
{
  const char *name;
  GByteArray *key;       /* (nullable) the usual one */
  const char *not_after; /* (nullable) 2034 */
  guint8 serial;         /* 1 */
} Named;

/* (transfer full) */
static TrustCertificate *
forge_named (Named how)
{
  g_autoptr (GByteArray) subject = forge_name (FORGE_OID_CN, 0x0c, how.name);
  g_autoptr (GByteArray) serial = forge_bytes (how.serial != 0 ? &how.serial : (guint8[]) { 1 }, 1);

  return forge (&(ForgeCertificate) { .subject = subject, .key = how.key, .not_after = how.not_after, .serial = serial });
}

static GByteArray *
new_key (void)
{
  return forge_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1));
}

static void
test_duplicate_key (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) key = new_key (), other = new_key ();
  g_autoptr (TrustCertificate) one = forge_named ((Named) { .name = "One", .key = key }), two = forge_named ((Named) { .name = "Two", .key = key });
  g_autoptr (TrustCertificate) three = forge_named ((Named) { .name = "Three", .key = other });
  const TrustFinding *finding = NULL;

  trust (f, one, (Trust) { 0 });
  trust (f, three, (Trust) { 0 });
  assert_n (f, "duplicate-key", 0);
  trust (f, two, (Trust) { .source = "debian-distribution" });
  assert_n (f, "duplicate-key", 2);
  assert_found (f, "duplicate-key", one, TRUST_SEVERITY_MEDIUM, "\"Two\"");
  assert_found (f, "duplicate-key", two, TRUST_SEVERITY_MEDIUM, "\"One\"");
  /* To refuse one without the other needs care. */
  finding = find (f, "duplicate-key", two, "");
  g_assert_nonnull (strstr (finding->remedy, "anchorctl distrust --cert-only "));
}

/* Of one CA it is no more than odd; and of many only a few are named. */
static void
test_many (Fixture *f, gconstpointer unused)
{
  for (guint i = 1; i <= 9; i++)
    {
      g_autoptr (TrustCertificate) certificate = forge_named ((Named) { .name = "Many", .serial = (guint8) i });

      trust (f, certificate, (Trust) { 0 });
    }
  assert_n (f, "duplicate-key", 9);
  for (guint i = 0; i < 9; i++)
    {
      const TrustFinding *finding = f->findings->pdata[i];

      g_assert_cmpint (finding->severity, ==, TRUST_SEVERITY_LOW);
      g_assert_nonnull (strstr (finding->text, " and 5 more"));
    }
  assert_n (f, "same-name", 0);
  assert_n (f, "replaced", 0);
}

static void
test_same_name (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) key = new_key (), other = new_key (), third = new_key ();
  g_autoptr (TrustCertificate) one = forge_named ((Named) { .name = "Corp  CA", .key = key });
  g_autoptr (TrustCertificate) two = forge_named ((Named) { .name = "corp ca", .key = other });
  g_autoptr (TrustCertificate) again = forge_named ((Named) { .name = "Corp CA", .key = key, .serial = 2 });
  g_autoptr (TrustCertificate) else_where = forge_named ((Named) { .name = "Corp CA 2", .key = third });

  trust (f, one, (Trust) { 0 });
  trust (f, again, (Trust) { 0 });
  trust (f, else_where, (Trust) { 0 });
  assert_n (f, "same-name", 0);
  trust (f, two, (Trust) { 0 });
  assert_n (f, "same-name", 3);
  assert_found (f, "same-name", one, TRUST_SEVERITY_LOW, "\"corp ca\"");
  assert_found (f, "same-name", again, TRUST_SEVERITY_LOW, "\"corp ca\"");
  assert_found (f, "same-name", two, TRUST_SEVERITY_LOW, "orp");
}

static void
test_replaced (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) other = new_key ();
  g_autoptr (TrustCertificate) old = forge_named ((Named) { .name = "Renewed", .not_after = "300101000000Z" });
  g_autoptr (TrustCertificate) new = forge_named ((Named) { .name = "Renewed", .not_after = "400101000000Z" });
  g_autoptr (TrustCertificate) changed = forge_named ((Named) { .name = "Renewed", .not_after = "450101000000Z", .key = other });
  g_autoptr (TrustCertificate) ended = forge_named ((Named) { .name = "Ended", .not_after = "250101000000Z" });
  g_autoptr (TrustCertificate) earlier = forge_named ((Named) { .name = "Ended", .not_after = "240601000000Z" });

  trust (f, old, (Trust) { .source = "debian-distribution" });
  trust (f, changed, (Trust) { 0 });
  assert_n (f, "replaced", 0);
  trust (f, new, (Trust) { 0 });
  /* Neither is in force, so that neither follows the other. */
  trust (f, ended, (Trust) { 0 });
  trust (f, earlier, (Trust) { 0 });
  assert_n (f, "replaced", 1);
  assert_found (f, "replaced", old, TRUST_SEVERITY_LOW, "2040-01-01");
  /* The key must stay trusted. */
  g_assert_nonnull (strstr (find (f, "replaced", old, "")->remedy, "anchorctl distrust --cert-only "));
}

/* What is trusted for more than its successor can't go. */
static void
test_replaced_for_less (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) old = forge_named ((Named) { .name = "Renewed", .not_after = "300101000000Z" });
  g_autoptr (TrustCertificate) new = forge_named ((Named) { .name = "Renewed", .not_after = "400101000000Z" });

  trust (f, old, (Trust) { .purposes = TLS | MAIL });
  trust (f, new, (Trust) { .purposes = TLS });
  assert_n (f, "replaced", 0);
}

/* One that is not valid yet replaces nothing. */
static void
test_replaced_early (Fixture *f, gconstpointer unused)
{
  TestCertificateSpec old_spec = { .dn = "CN=Renewed", .not_after = NOW + 100 * DAY };
  g_autoptr (TestCertificate) old = test_certificate_new (&old_spec);
  TestCertificateSpec new_spec = { .dn = "CN=Renewed", .not_before = NOW + DAY, .not_after = NOW + 500 * DAY, .same_key = old };
  g_autoptr (TestCertificate) new = test_certificate_new (&new_spec);

  trust (f, old->certificate, (Trust) { 0 });
  trust (f, new->certificate, (Trust) { 0 });
  assert_n (f, "replaced", 0);
}

/* What a store has of its own is held against what it inherits, and told for the store; what it does not see is not. */
static void
test_stores (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) one = forge_named ((Named) { .name = "One" }), two = forge_named ((Named) { .name = "Two" });

  add_store (f, "app/alone", FALSE, "store:alone");
  add_store (f, "app/mail", TRUE, "store:mail");
  trust (f, one, (Trust) { 0 });
  trust (f, two, (Trust) { .source = "app/alone" });
  assert_n (f, "duplicate-key", 0);
  trust (f, two, (Trust) { .source = "app/mail" });
  assert_n (f, "duplicate-key", 1);
  g_assert_nonnull (strstr (find (f, "duplicate-key", two, "store app/mail")->text, "\"One\""));
  /* Refused there, it is no longer inherited. */
  refuse (f, one, "app/mail");
  assert_n (f, "duplicate-key", 0);
  /* Two of its own. */
  trust (f, one, (Trust) { .source = "app/alone" });
  assert_n (f, "duplicate-key", 2);
  find (f, "duplicate-key", one, "store app/alone");
}

/* Ten thousand of one name and key, and as many of one name: nothing is compared with everything. */
static void
test_hostile (Fixture *f, gconstpointer unused)
{
  guint n = 10000;

  for (guint i = 0; i < n; i++)
    {
      guint8 octets[] = { 1, (guint8) (i >> 8), (guint8) i };
      g_autoptr (GByteArray) serial = forge_bytes (octets, sizeof octets);
      g_autoptr (TrustCertificate) certificate = forge (&(ForgeCertificate) { .serial = serial });

      trust (f, certificate, (Trust) { 0 });
    }
  g_test_timer_start ();
  assert_n (f, "duplicate-key", n);
  assert_n (f, "same-name", 0);
  assert_n (f, "replaced", 0);
  g_test_minimized_result (g_test_timer_elapsed (), "three checks of %u equal anchors", n);
  g_assert_cmpfloat (g_test_timer_last (), <, 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/checks/groups/duplicate-key", test_duplicate_key);
  ADD ("/checks/groups/many", test_many);
  ADD ("/checks/groups/same-name", test_same_name);
  ADD ("/checks/groups/replaced", test_replaced);
  ADD ("/checks/groups/replaced-for-less", test_replaced_for_less);
  ADD ("/checks/groups/replaced-early", test_replaced_early);
  ADD ("/checks/groups/stores", test_stores);
  ADD ("/checks/groups/hostile", test_hostile);
  return g_test_run ();
}
