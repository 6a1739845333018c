/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a verdict says: rule and source, what else was tried, what was seen beside, and what to do. */
#include "core/verifier.h"
#include "tests/unit/path-fixture.h"

/* One call. What is left out is usual. */
typedef struct
{
  const Issued *const *anchors; /* for server-auth */
  const Issued *const *mail;    /* (nullable) for email-protection */
  const Issued *refused;        /* (nullable) distrusted by its certificate */
  const Issued *const *chain;
  const char *name;     /* ISSUE_HOST; "": none */
  const char *purpose;  /* "server-auth" */
  TrustProfile profile; /* lenient */
  gint64 time;
  guint usage;
  TrustRevocationMode revocation;
  TrustLimits limits; /* of the anchors; until 0: never */
} Call;

static void
add_anchors (GPtrArray *out, const Issued *const *anchors, const char *purpose, const TrustLimits *limits, TrustOrigin *origin)
{
  const char *const names[] = { purpose, NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, limits);

  for (guint i = 0; anchors != NULL && anchors[i] != NULL; i++)
    g_ptr_array_add (out, trust_anchor_new (anchors[i]->certificate, settings, origin, NULL));
}

/* (transfer full) */
static TrustVerdict *
judge (const Call *call)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref), states = g_ptr_array_new ();
  g_autoptr (GPtrArray) chain = make_chain (call->chain);
  TrustLimits limits = call->limits;
  TrustSpan none = { NULL, 0 };
  const char *const names[] = { call->name != NULL ? call->name : ISSUE_HOST, NULL };
  TrustVerifyRequest request = { .chain = chain,
                                 .purpose = call->purpose != NULL ? call->purpose : "server-auth",
                                 .names = names[0][0] != '\0' ? names : NULL,
                                 .time = call->time != 0 ? call->time : ISSUE_NOW,
                                 .profile = call->profile != 0 ? call->profile : TRUST_PROFILE_LENIENT,
                                 .usage = call->usage,
                                 .revocation = call->revocation };
  TrustVerdict *verdict = NULL;

  if (limits.until == 0)
    limits.until = TRUST_NEVER;
  add_anchors (anchors, call->anchors, "server-auth", &limits, origin);
  add_anchors (anchors, call->mail, "email-protection", &TRUST_LIMITS_NONE, origin);
  if (call->refused != NULL)
    g_ptr_array_add (distrusts,
                     trust_distrust_new (trust_certificate_get_fingerprint (call->refused->certificate), NULL, none, none, NULL, origin, NULL));
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (anchors, distrusts);
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);

  verdict = trust_verifier_verify (snapshot, &request);
  g_test_message ("%s/%s (%s) [%d] %s | %s", trust_reason_get_name (verdict->reason), verdict->rule, verdict->source, verdict->failing,
                  verdict->message, verdict->remedy);
  /* What every verdict keeps. */
  g_assert_cmpint (verdict->trusted, ==, verdict->reason == TRUST_REASON_TRUSTED);
  g_assert_cmpint (verdict->rule[0] == '\0', ==, verdict->trusted);
  g_assert_true (verdict->message[0] != '\0');
  g_assert_cmpint (verdict->remedy[0] == '\0', ==, verdict->trusted);
  g_assert_cmpint (verdict->failing, <, (int) chain->len);
  for (guint i = 0; i < verdict->alternatives->len; i++)
    {
      const TrustAlternative *alternative = verdict->alternatives->pdata[i];

      g_test_message ("  else %s/%s: %s", trust_reason_get_name (alternative->reason), alternative->rule, alternative->message);
      g_assert_true (alternative->reason != TRUST_REASON_TRUSTED && alternative->rule[0] != '\0' && alternative->message[0] != '\0');
      g_assert_cmpuint (alternative->path->len, >, 0);
    }
  return verdict;
}

#define CALL(...) (&(Call) { __VA_ARGS__ })

static void
assert_told (TrustVerdict *verdict, TrustReason reason, const char *rule, const char *source, int failing, const char *message, const char *remedy)
{
  g_assert_cmpint (verdict->reason, ==, reason);
  g_assert_cmpstr (verdict->rule, ==, rule);
  g_assert_cmpstr (verdict->source, ==, source);
  g_assert_cmpint (verdict->failing, ==, failing);
  if (strstr (verdict->message, message) == NULL)
    g_error ("\"%s\" does not say \"%s\"", verdict->message, message);
  if (strstr (verdict->remedy, remedy) == NULL)
    g_error ("\"%s\" does not say \"%s\"", verdict->remedy, remedy);
  trust_verdict_free (verdict);
}

/* The cases that anybody meets. */
static void
test_usual (void)
{
  const Issued *root = issue_root ("Corp Root"), *ca = issue_ca ("Corp Issuing", root), *leaf = issue_leaf (ca);
  const Issued *other = issue_root ("Public Root"), *self = issue (&(IssueSpec) { .cn = "Printer", .is_leaf = TRUE });

  /* The server left out an intermediate. */
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf))), TRUST_REASON_UNKNOWN_ISSUER, "unknown-issuer", "RFC 5280 6.1", 0,
               "left out the intermediate \"Corp Issuing\"", "have the server send its whole chain");
  /* The root is not here. */
  assert_told (judge (CALL (.anchors = CHAIN (other), .chain = CHAIN (leaf, ca, root))), TRUST_REASON_UNKNOWN_ISSUER, "unknown-issuer",
               "RFC 5280 6.1", 2, "the root \"Corp Root\" is not on this machine", "if it is your company's: anchorctl add FILE");
  assert_told (judge (CALL (.anchors = CHAIN (other), .chain = CHAIN (leaf, ca))), TRUST_REASON_UNKNOWN_ISSUER, "unknown-issuer", "RFC 5280 6.1", 1,
               "the root \"Corp Root\", which issued \"Corp Issuing\", is not on this machine", "anchorctl add FILE");
  assert_told (judge (CALL (.anchors = CHAIN (other), .chain = CHAIN (self))), TRUST_REASON_UNKNOWN_ISSUER, "unknown-issuer", "RFC 5280 6.1", 0,
               "\"Printer\" is self-signed and no anchor", "anchorctl add FILE --allow-non-ca");
  /* The name. */
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .name = "mail.example.test")), TRUST_REASON_NAME_MISMATCH, "name",
               "RFC 9525 6", 0, "is not for \"mail.example.test\": it is for " ISSUE_HOST, "connect by a name that it has");
  /* Trusted for mail only. */
  assert_told (judge (CALL (.anchors = CHAIN (other), .mail = CHAIN (root), .chain = CHAIN (leaf, ca))), TRUST_REASON_PURPOSE, "anchor-purpose", "",
               -1, "\"Corp Root\" is trusted only for email-protection, not for server-auth", "--purpose server-auth");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .purpose = "client-auth", .mail = CHAIN (other))),
               TRUST_REASON_PURPOSE, "purpose", "RFC 5280 4.2.1.12", 0, "\"Leaf\" is not for client-auth", "--purpose");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .usage = TRUST_USAGE_KEY_AGREEMENT)), TRUST_REASON_PURPOSE, "usage",
               "RFC 5280 4.2.1.3", 0, "keyUsage", "another purpose");
}

static void
test_faults (void)
{
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  const Issued *late = issue (&(IssueSpec) { .cn = "Late", .issuer = ca, .is_leaf = TRUE, .not_after = ISSUE_NOW - 1 });
  const Issued *forged = issue (&(IssueSpec) { .issuer = ca, .signer = root, .is_leaf = TRUE });
  const Issued *namesake = issue (&(IssueSpec) { .cn = "CA", .issuer = root }), *no_serial;
  g_autoptr (GByteArray) zero = FORGE_BYTES ("\0"), elsewhere = issue_name_constraints ("dns:b.test", NULL);
  const Issued *limited = issue (&(IssueSpec) { .cn = "Limited", .issuer = root, .extra = elsewhere });

  no_serial = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .serial = zero });
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (late, ca))), TRUST_REASON_EXPIRED, "expired", "RFC 5280 6.1.3 (a) (2)", 0,
               "\"Late\" expired 2027-01-15 07:59:59 UTC", "renew it on the server");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .time = ISSUE_BEGINS - 1)), TRUST_REASON_NOT_YET_VALID,
               "not-yet-valid", "RFC 5280 6.1.3 (a) (2)", 0, "is valid only from 2024-01-01 00:00:00 UTC on", "clock");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (forged, ca))), TRUST_REASON_SIGNATURE, "signature", "RFC 5280 6.1.3 (a) (1)", 0,
               "the signature of \"Leaf\" is not its issuer's", "get the chain again");
  assert_told (judge (CALL (.anchors = CHAIN (namesake), .chain = CHAIN (leaf))), TRUST_REASON_UNKNOWN_ISSUER, "signature", "RFC 5280 6.1.3 (a) (1)",
               0, "another key than that of the anchor with its issuer's name", "if the CA changed its key: anchorctl add");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (no_serial, ca), .profile = TRUST_PROFILE_STRICT)), TRUST_REASON_INVALID,
               "serial", "RFC 5280 4.1.2.2", 0, "serial number", "--profile lenient");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (issue_leaf (limited), limited))), TRUST_REASON_CONSTRAINT, "name-constraints",
               "RFC 5280 6.1.3 (b), (c)", 0, "a name that a CA above it may not give", "issued again");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .revocation = TRUST_REVOCATION_HARD)),
               TRUST_REASON_REVOCATION_UNKNOWN, "revocation-unknown", "RFC 5280 6.3.3", 1, "says whether it was taken back", "--crl");
}

/* This machine's own rules have a name, and no standard's. */
static void
test_own_rules (void)
{
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  g_autoptr (TrustConstraints) elsewhere = trust_constraints_new ();
  g_autoptr (GArray) after = trust_distrust_after_new ();

  g_assert_true (trust_constraints_add (elsewhere, TRUST_NAME_DNS, FALSE, "other.test", NULL));
  trust_distrust_after_add (after, "server-auth", ISSUE_BEGINS - 1);
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .refused = ca)), TRUST_REASON_DISTRUSTED, "distrusted", "", 1,
               "\"CA\" is distrusted on this machine, by its certificate", "--override-distrust");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .limits = { .constraints = elsewhere })), TRUST_REASON_CONSTRAINT,
               "limits", "", 0, "is not one that the anchor \"Root\" is trusted for", "/etc/anchord/anchors.d/x");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .limits = { .distrust_after = after })),
               TRUST_REASON_DISTRUSTED_AFTER, "limits", "", 0, "trusted for server-auth only for certificates issued until", "--distrust-after");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, ca), .limits = { .until = ISSUE_NOW })), TRUST_REASON_ENDED, "limits", "",
               -1, "the trust in the anchor \"Root\" ended", "--until DATE");
  assert_told (judge (CALL (.anchors = CHAIN (ca), .chain = CHAIN (leaf), .refused = root)), TRUST_REASON_TRUSTED, "", "", -1, "chains to", "");
}

/* A request that is none. */
static void
test_requests (void)
{
  const Issued *root = issue_root ("Root"), *leaf = issue_leaf (root), *many[131] = { NULL };

  for (guint i = 0; i < 130; i++)
    many[i] = leaf;
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (NULL), .name = "")), TRUST_REASON_INVALID, "request", "", -1,
               "no certificate was given", "give the chain");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = many)), TRUST_REASON_INVALID, "request", "", -1, "too many certificates",
               "intermediates");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf), .name = "a b")), TRUST_REASON_INVALID, "request", "", -1,
               "\"a b\" is no name to verify for", "a host name, an IP address or a mailbox");
}

static gboolean
has_finding (const TrustVerdict *verdict, const char *words)
{
  for (guint i = 0; i < verdict->findings->len; i++)
    if (strstr (verdict->findings->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

/* What did not decide: the root sent along, doubles, strangers, the order. */
static void
test_findings (void)
{
  const Issued *root = issue_root ("Root"), *a = issue_ca ("A", root), *b = issue_ca ("B", a), *leaf = issue_leaf (b), *stranger = issue_root ("S");
  const struct
  {
    const Issued *const *chain;
    const char *finding;
    guint n;
  } rows[] = {
    { CHAIN (leaf, b, a), NULL, 0 },
    { CHAIN (leaf, b, a, root), "certificate 4, \"Root\", is the root itself: harmless", 1 },
    { CHAIN (leaf, a, b), "the chain was not given in order", 1 },
    { CHAIN (leaf, b, b, a), "certificate 3, \"B\", was given twice", 1 },
    { CHAIN (leaf, stranger, b, a), "certificate 2, \"S\", was not needed", 1 },
    { CHAIN (leaf, b, a, stranger), "certificate 4, \"S\", was not needed", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TrustVerdict) verdict = judge (CALL (.anchors = CHAIN (root), .chain = rows[i].chain));

      g_assert_true (verdict->trusted);
      for (guint n = 0; n < verdict->findings->len; n++)
        g_test_message ("  %s", (char *) verdict->findings->pdata[n]);
      g_assert_cmpuint (verdict->findings->len, ==, rows[i].n);
      g_assert_true (rows[i].finding == NULL || has_finding (verdict, rows[i].finding));
    }
}

/* Each path that was tried in vain, with its own reason; the verdict's is not among them. */
static void
test_alternatives (void)
{
  const Issued *root = issue_root ("Root"), *gone = issue_root ("Gone");
  const Issued *late = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .not_after = ISSUE_NOW - 1 });
  const Issued *elsewhere = issue (&(IssueSpec) { .cn = "CA", .issuer = gone, .same_key = late });
  const Issued *good = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .same_key = late }), *leaf = issue_leaf (late);
  g_autoptr (TrustVerdict) found = judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, late, elsewhere, good)));
  g_autoptr (TrustVerdict) none = judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, late, elsewhere)));
  g_autoptr (TrustVerdict) refused = judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf, late, good), .refused = good));
  const TrustAlternative *first = NULL, *second = NULL;

  g_assert_true (found->trusted);
  g_assert_cmpuint (found->alternatives->len, ==, 2);
  first = found->alternatives->pdata[0];
  second = found->alternatives->pdata[1];
  g_assert_cmpint (first->reason, ==, TRUST_REASON_EXPIRED);
  g_assert_cmpstr (first->rule, ==, "expired");
  g_assert_cmpint (second->reason, ==, TRUST_REASON_UNKNOWN_ISSUER);
  g_assert_cmpuint (second->path->len, ==, 2);
  g_assert_false (second->has_anchor);
  g_assert_cmpint (none->reason, ==, TRUST_REASON_EXPIRED);
  g_assert_cmpuint (none->alternatives->len, ==, 1);
  g_assert_cmpint (((const TrustAlternative *) none->alternatives->pdata[0])->reason, ==, TRUST_REASON_UNKNOWN_ISSUER);
  /* A distrust says most. */
  g_assert_cmpint (refused->reason, ==, TRUST_REASON_DISTRUSTED);
  g_assert_cmpuint (refused->alternatives->len, ==, 1);
}

/* Of a certificate with many names the first are told, and how many more there are; foreign text is escaped. */
static void
test_names (void)
{
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("C\x1b[31mA", root);
  const Issued *leaf = issue (
      &(IssueSpec) { .issuer = root, .is_leaf = TRUE, .san = "dns:a.test dns:b.test ip:192.0.2.1 dns:c.test dns:d.test dns:e.test" });
  const Issued *nameless = issue (&(IssueSpec) { .cn = "www.example.test", .issuer = root, .is_leaf = TRUE, .san = "" });

  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (leaf))), TRUST_REASON_NAME_MISMATCH, "name", "RFC 9525 6", 0,
               "it is for a.test, b.test, 192.0.2.1, c.test and 2 more", "");
  assert_told (judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (nameless))), TRUST_REASON_NAME_MISMATCH, "name", "RFC 9525 6", 0,
               "it names no host (the common name does not count)", "subjectAltName");
  g_autoptr (TrustVerdict) escaped = judge (CALL (.anchors = CHAIN (root), .chain = CHAIN (issue_leaf (ca))));
  g_assert_null (strchr (escaped->message, '\x1b'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verifier-words/usual", test_usual);
  g_test_add_func ("/verifier-words/faults", test_faults);
  g_test_add_func ("/verifier-words/own-rules", test_own_rules);
  g_test_add_func ("/verifier-words/requests", test_requests);
  g_test_add_func ("/verifier-words/findings", test_findings);
  g_test_add_func ("/verifier-words/alternatives", test_alternatives);
  g_test_add_func ("/verifier-words/names", test_names);
  return g_test_run ();
}
