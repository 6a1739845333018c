/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks on what is trusted, by whom and for what: each with what triggers it and what must not. */
#include "tests/unit/checks-fixture.h"

#define OID_EXTENDED_KEY_USAGE "\x55\x1d\x25"
#define USES(literal) "\x30" literal
#define USE_SERVER "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define USE_ANY "\x06\x04\x55\x1d\x25\x00"

/* (transfer full) */
static TrustCertificate *
forge_named (const char *name)
{
  g_autoptr (GByteArray) subject = forge_name (FORGE_OID_CN, 0x0c, name);

  return forge (&(ForgeCertificate) { .subject = subject });
}

/* A CA with one more extension. (transfer full) */
static TrustCertificate *
forge_with (const char *oid, const char *value, gsize size)
{
  g_autoptr (GByteArray) extensions = forge_join (forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5),
                                                  forge_extension (oid, value, size), NULL);

  return forge (&(ForgeCertificate) { .extensions = extensions });
}

static void
note_journal (Fixture *f, const TrustCertificate *certificate, guint64 from_others)
{
  TrustJournalFact *fact = g_new0 (TrustJournalFact, 1);

  if (f->journal == NULL)
    f->journal = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, g_free);
  fact->from_others = from_others;
  if (certificate != NULL)
    g_hash_table_insert (f->journal, (gpointer) trust_certificate_get_fingerprint (certificate), fact);
  else
    g_free (fact);
}

static void
note_mozilla (Fixture *f, const TrustCertificate *certificate)
{
  if (f->mozilla == NULL)
    f->mozilla = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  g_hash_table_add (f->mozilla, (gpointer) trust_certificate_get_fingerprint (certificate));
}

static void
test_unknown_origin (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) known = forge_named ("Known"), unknown = forge_named ("Unknown"), local = forge_named ("Local");
  g_autoptr (TrustCertificate) own = forge_named ("Own");

  add_store (f, "app/mail", TRUE, "store:mail");
  trust (f, known, (Trust) { 0 });
  trust (f, unknown, (Trust) { 0 });
  trust (f, local, (Trust) { .source = "debian-local" });
  trust (f, own, (Trust) { .source = "app/mail" });
  /* Without a journal nothing is known of anything. */
  assert_n (f, "unknown-origin", 0);
  note_journal (f, known, 0);
  assert_n (f, "unknown-origin", 2);
  assert_found (f, "unknown-origin", unknown, TRUST_SEVERITY_HIGH, "/anchors-etc/1.anchor");
  find (f, "unknown-origin", own, "store app/mail");
}

static void
test_origin_withdrawn (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) dropped = forge_named ("Dropped"), still = forge_named ("Still"), mine = forge_named ("Mine");

  trust (f, dropped, (Trust) { 0 });
  trust (f, still, (Trust) { 0 });
  trust (f, still, (Trust) { .source = "debian-distribution" });
  trust (f, mine, (Trust) { 0 });
  assert_n (f, "origin-withdrawn", 0);
  note_journal (f, mine, 0);
  note_journal (f, still, 3);
  assert_n (f, "origin-withdrawn", 0);
  note_journal (f, dropped, 3);
  assert_n (f, "origin-withdrawn", 1);
  assert_found (f, "origin-withdrawn", dropped, TRUST_SEVERITY_MEDIUM, "generation 3");
}

static void
test_excess_of_use (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) narrow = forge_with (OID_EXTENDED_KEY_USAGE, USES ("\x0a") USE_SERVER, 12);
  g_autoptr (TrustCertificate) any = forge_with (OID_EXTENDED_KEY_USAGE, USES ("\x10") USE_SERVER USE_ANY, 18);

  trust (f, narrow, (Trust) { .source = "anchors-usr" });
  trust (f, any, (Trust) { .source = "anchors-usr", .purposes = TLS | MAIL });
  assert_n (f, "excess-purposes", 0);
  g_ptr_array_set_size (f->states, 0);
  trust (f, narrow, (Trust) { .purposes = TLS | MAIL, .reason = "all the same" });
  assert_found (f, "excess-purposes", narrow, TRUST_SEVERITY_MEDIUM, "trusted for email-protection, which");
  g_ptr_array_set_size (f->states, 0);
  trust (f, narrow, (Trust) { .source = "debian-distribution", .purposes = TLS | CLIENT | MAIL });
  assert_found (f, "excess-purposes", narrow, TRUST_SEVERITY_LOW, "client-auth, email-protection");
}

static void
test_excess_unasked (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) one = forge_named ("One"), two = forge_named ("Two"), why = forge_named ("Why"), local = forge_named ("Local");
  g_autoptr (TrustCertificate) theirs = forge_named ("Theirs");

  trust (f, one, (Trust) { .purposes = MAIL });
  trust (f, why, (Trust) { .purposes = TLS | MAIL, .reason = "asked for" });
  trust (f, theirs, (Trust) { .source = "debian-distribution", .purposes = TLS | CLIENT | MAIL });
  assert_n (f, "excess-purposes", 0);
  trust (f, two, (Trust) { .purposes = TLS | MAIL });
  trust (f, local, (Trust) { .source = "debian-local", .purposes = TLS | CLIENT | MAIL });
  assert_n (f, "excess-purposes", 2);
  assert_found (f, "excess-purposes", two, TRUST_SEVERITY_LOW, "nobody said why");
  assert_found (f, "excess-purposes", local, TRUST_SEVERITY_LOW, "the folder");
}

/* A limit of the names of hosts, whoever sets it. */
static void
test_unconstrained_private (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) open = forge_named ("Open"), closed = forge_named ("Closed"), mail = forge_named ("Mail");
  g_autoptr (TrustCertificate) excluded = forge_named ("Excluded"), listed = forge_named ("Listed"), public = forge_named ("Public");
  g_autoptr (TrustCertificate) itself = forge_with (FORGE_OID_NAME_CONSTRAINTS,
                                                    "\x30\x0a\xa0\x08\x30\x06\x82\x04"
                                                    "corp",
                                                    12);
  g_autoptr (TrustConstraints) corp = trust_constraints_new (), but = trust_constraints_new ();
  TrustLimits limits = TRUST_LIMITS_NONE, exclusion = TRUST_LIMITS_NONE;

  g_assert_true (trust_constraints_add (corp, TRUST_NAME_DNS, FALSE, "corp", NULL));
  g_assert_true (trust_constraints_add (but, TRUST_NAME_DNS, TRUE, "corp", NULL));
  limits.constraints = corp;
  exclusion.constraints = but;
  trust (f, closed, (Trust) { .limits = &limits });
  trust (f, itself, (Trust) { 0 });
  trust (f, mail, (Trust) { .purposes = MAIL });
  trust (f, public, (Trust) { .source = "debian-distribution" });
  trust (f, public, (Trust) { 0 });
  trust (f, listed, (Trust) { 0 });
  note_mozilla (f, listed);
  assert_n (f, "unconstrained-private", 0);
  trust (f, open, (Trust) { 0 });
  trust (f, excluded, (Trust) { .limits = &exclusion });
  assert_n (f, "unconstrained-private", 2);
  assert_found (f, "unconstrained-private", open, TRUST_SEVERITY_MEDIUM, "every host name");
  assert_found (f, "unconstrained-private", excluded, TRUST_SEVERITY_MEDIUM, "every host name");
}

static void
test_no_reason (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) mute = forge_named ("Mute"), why = forge_named ("Why"), theirs = forge_named ("Theirs"), own = forge_named ("Own");

  add_store (f, "app/mail", TRUE, "store:mail");
  trust (f, why, (Trust) { .reason = "CHG-42" });
  trust (f, theirs, (Trust) { .source = "debian-distribution" });
  assert_n (f, "no-reason", 0);
  trust (f, mute, (Trust) { 0 });
  trust (f, own, (Trust) { .source = "app/mail" });
  assert_n (f, "no-reason", 2);
  assert_found (f, "no-reason", mute, TRUST_SEVERITY_LOW, "nobody said why");
  find (f, "no-reason", own, "store app/mail");
}

/* A trust that ends at UNTIL is told or not. */
static void
check_until (Fixture *f, gint64 until, gboolean told)
{
  g_autoptr (TrustCertificate) certificate = forge_named ("Until");
  TrustLimits limits = TRUST_LIMITS_NONE;

  limits.until = until;
  g_ptr_array_set_size (f->states, 0);
  trust (f, certificate, (Trust) { .limits = &limits });
  assert_n (f, "ends-soon", told);
  if (told)
    assert_found (f, "ends-soon", certificate, TRUST_SEVERITY_MEDIUM, "its trust ends on 2027-");
}

/* What SOURCE trusts for PURPOSES with a distrust-after for server-auth at TIME. (transfer full) */
static TrustCertificate *
trust_dated (Fixture *f, const char *source, guint purposes, gint64 time)
{
  g_autofree char *name = g_strdup_printf ("%s %u %" G_GINT64_FORMAT, source, purposes, time);
  TrustCertificate *certificate = forge_named (name);
  g_autoptr (GArray) after = trust_distrust_after_new ();
  TrustLimits limits = TRUST_LIMITS_NONE;

  trust_distrust_after_add (after, "server-auth", time);
  limits.distrust_after = after;
  trust (f, certificate, (Trust) { .source = source, .purposes = purposes, .limits = &limits });
  return certificate;
}

static void
test_ends_soon (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) soon = NULL, past = NULL, later = NULL, other = NULL, theirs = NULL;

  check_until (f, NOW + 1, TRUE);
  check_until (f, NOW + 90 * DAY, TRUE);
  check_until (f, NOW + 90 * DAY + 1, FALSE);
  check_until (f, TRUST_NEVER, FALSE);
  g_ptr_array_set_size (f->states, 0);
  past = trust_dated (f, "anchors-etc", TLS, NOW - 1);
  later = trust_dated (f, "anchors-etc", TLS, NOW + 91 * DAY);
  other = trust_dated (f, "anchors-etc", MAIL, NOW + DAY);
  theirs = trust_dated (f, "debian-distribution", TLS, NOW + DAY);
  assert_n (f, "ends-soon", 0);
  soon = trust_dated (f, "anchors-etc", TLS, NOW + DAY);
  assert_n (f, "ends-soon", 1);
  assert_found (f, "ends-soon", soon, TRUST_SEVERITY_LOW, "from 2027-01-16 on");
}

static void
test_mozilla_dated (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) kept = NULL, lifted = NULL, other = NULL, plain = forge_named ("Plain");

  trust (f, plain, (Trust) { .source = "debian-distribution" });
  other = trust_dated (f, "debian-distribution", MAIL, NOW - DAY);
  assert_n (f, "mozilla-dated", 0);
  kept = trust_dated (f, "debian-distribution", TLS | MAIL, NOW - DAY);
  lifted = trust_dated (f, "debian-distribution", TLS, NOW - 2 * DAY);
  trust (f, lifted, (Trust) { 0 });
  assert_n (f, "mozilla-dated", 2);
  assert_found (f, "mozilla-dated", kept, TRUST_SEVERITY_INFO, "that date holds here");
  assert_found (f, "mozilla-dated", lifted, TRUST_SEVERITY_MEDIUM, "this machine does");
  g_assert_nonnull (strstr (find (f, "mozilla-dated", lifted, "")->remedy, "--distrust-after server-auth=2027-01-13"));
}

static void
test_mozilla_distrusted (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) refused = forge_named ("Refused"), lifted = forge_named ("Lifted"), mine = forge_named ("Mine");

  refuse (f, refused, "debian-distribution");
  refuse (f, lifted, "debian-distribution");
  trust (f, mine, (Trust) { 0 });
  assert_n (f, "mozilla-distrusted", 0);
  trust (f, lifted, (Trust) { 0 });
  assert_n (f, "mozilla-distrusted", 1);
  assert_found (f, "mozilla-distrusted", lifted, TRUST_SEVERITY_HIGH, "refuses it");
}

/* What stands in files alone is trusted by no machine: no command of one helps. */
static void
test_files (Fixture *f, gconstpointer unused)
{
  TestCertificateSpec soon_spec = { .dn = "CN=Soon", .not_after = NOW + DAY };
  TestCertificateSpec ended_spec = { .dn = "CN=Ended", .not_before = NOW - 9 * DAY, .not_after = NOW - DAY };
  g_autoptr (TestCertificate) soon = test_certificate_new (&soon_spec), ended = test_certificate_new (&ended_spec);
  const GPtrArray *findings = NULL;

  trust (f, soon->certificate, (Trust) { .source = "files" });
  trust (f, ended->certificate, (Trust) { .source = "files" });
  g_assert_nonnull (strstr (find (f, "expired", ended->certificate, "")->remedy, "out of /files/1.anchor"));
  g_assert_nonnull (strstr (find (f, "expiring", soon->certificate, "")->remedy, "Get its successor"));
  findings = run_check (f, NULL);
  g_assert_cmpuint (findings->len, >=, 2);
  for (guint i = 0; i < findings->len; i++)
    g_assert_null (strstr (((const TrustFinding *) findings->pdata[i])->remedy, "anchorctl "));
}

static void
test_outside_mozilla (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) mine = forge_named ("Mine"), public = forge_named ("Public");

  trust (f, mine, (Trust) { 0 });
  trust (f, public, (Trust) { .source = "debian-distribution" });
  assert_n (f, "outside-mozilla", 0);
  note_mozilla (f, public);
  assert_n (f, "outside-mozilla", 1);
  assert_found (f, "outside-mozilla", mine, TRUST_SEVERITY_INFO, "not in the distribution's copy");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/checks/trust/unknown-origin", test_unknown_origin);
  ADD ("/checks/trust/origin-withdrawn", test_origin_withdrawn);
  ADD ("/checks/trust/excess-of-use", test_excess_of_use);
  ADD ("/checks/trust/excess-unasked", test_excess_unasked);
  ADD ("/checks/trust/unconstrained-private", test_unconstrained_private);
  ADD ("/checks/trust/no-reason", test_no_reason);
  ADD ("/checks/trust/ends-soon", test_ends_soon);
  ADD ("/checks/trust/mozilla-dated", test_mozilla_dated);
  ADD ("/checks/trust/mozilla-distrusted", test_mozilla_distrusted);
  ADD ("/checks/trust/outside-mozilla", test_outside_mozilla);
  ADD ("/checks/trust/files", test_files);
  return g_test_run ();
}
