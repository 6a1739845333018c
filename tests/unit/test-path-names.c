/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name constraints along a path: RFC 5280 4.2.1.10, 6.1.3 (b) and (c), 6.1.4 (g). */
#include "tests/unit/path-fixture.h"

#include "core/path-names.h"

typedef enum
{
  GOOD,
  BAD,    /* the leaf holds a name that it may not */
  CLOSED, /* the CA's constraints can't be read */
} Outcome;

typedef struct
{
  const char *source;
  const char *permitted, *excluded; /* NULL: that side is not there */
  const char *san;                  /* "": none */
  const char *email;                /* (nullable) in the subject */
  Outcome outcome;
} Case;

static const Case cases[] = {
  { "no constraints", NULL, NULL, "dns:a.test", NULL, CLOSED },
  /* "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side satisfies the name constraint." */
  { "dNSName", "dns:a.test", NULL, "dns:a.test", NULL, GOOD },
  { "dNSName", "dns:a.test", NULL, "dns:www.a.test", NULL, GOOD },
  { "dNSName", "dns:a.test", NULL, "dns:x.www.a.test", NULL, GOOD },
  { "dNSName", "dns:a.test", NULL, "dns:A.TEST", NULL, GOOD },
  { "dNSName", "dns:a.test", NULL, "dns:b.a.test dns:b.test", NULL, BAD },
  { "dNSName", "dns:a.test", NULL, "dns:aa.test", NULL, BAD },
  { "dNSName", "dns:a.test", NULL, "dns:test", NULL, BAD },
  { "dNSName", "dns:www.a.test", NULL, "dns:*.a.test", NULL, BAD },
  { "dNSName", NULL, "dns:www.a.test", "dns:*.a.test", NULL, BAD },
  { "dNSName", "dns:a.test", NULL, "dns:*.a.test", NULL, GOOD },
  { "dNSName", NULL, "dns:a.test", "dns:b.test", NULL, GOOD },
  { "dNSName", NULL, "dns:a.test", "dns:www.a.test", NULL, BAD },
  { "6.1.4 (g): excluded wins", "dns:a.test", "dns:www.a.test", "dns:www.a.test", NULL, BAD },
  { "6.1.4 (g)", "dns:a.test", "dns:www.a.test", "dns:ftp.a.test", NULL, GOOD },
  { "permitted: one of them", "dns:a.test dns:b.test", NULL, "dns:www.b.test", NULL, GOOD },
  { "dNSName: all", "dns:", NULL, "dns:a.test", NULL, GOOD },
  { "dNSName: none", NULL, "dns:", "dns:a.test", NULL, BAD },
  /* "Restrictions apply only when the specified name form is present." */
  { "other forms", "dns:a.test", NULL, "email:joe@b.test ip:192.0.2.1", NULL, GOOD },
  { "other forms", "dns:a.test", NULL, "", NULL, GOOD },
  /* The address and its mask. */
  { "iPAddress", "ip:192.0.2.0/255.255.255.0", NULL, "ip:192.0.2.255", NULL, GOOD },
  { "iPAddress", "ip:192.0.2.0/255.255.255.0", NULL, "ip:192.0.3.0", NULL, BAD },
  { "iPAddress", "ip:192.0.2.0/255.255.255.0", NULL, "ip:2001:db8::1", NULL, BAD },
  { "iPAddress", "ip:192.0.2.1/255.255.255.255", NULL, "ip:192.0.2.1", NULL, GOOD },
  { "iPAddress", "ip:0.0.0.0/0.0.0.0", NULL, "ip:203.0.113.5", NULL, GOOD },
  { "iPAddress", NULL, "ip:0.0.0.0/0.0.0.0", "ip:203.0.113.5", NULL, BAD },
  { "iPAddress", NULL, "ip:192.0.2.128/255.255.255.128", "ip:192.0.2.127", NULL, GOOD },
  { "iPAddress", NULL, "ip:192.0.2.128/255.255.255.128", "ip:192.0.2.128", NULL, BAD },
  { "iPAddress", "ip:2001:db8::/ffff:ffff::", NULL, "ip:2001:db8:ffff::1", NULL, GOOD },
  { "iPAddress", "ip:2001:db8::/ffff:ffff::", NULL, "ip:2001:db9::1", NULL, BAD },
  { "iPAddress: no address and mask", "ip:192.0.2.1", NULL, "ip:192.0.2.1", NULL, CLOSED },
  { "iPAddress: a mask with holes (RFC 4632 3.1)", "ip:192.0.2.0/255.0.255.0", NULL, "ip:192.0.2.1", NULL, CLOSED },
  /* "To indicate a particular mailbox … all Internet mail addresses on a particular host … with a leading dot: within a domain". */
  { "rfc822Name: a mailbox", "email:joe@a.test", NULL, "email:joe@A.test", NULL, GOOD },
  { "rfc822Name: a mailbox", "email:joe@a.test", NULL, "email:Joe@a.test", NULL, BAD },
  { "rfc822Name: a mailbox", "email:joe@a.test", NULL, "email:jane@a.test", NULL, BAD },
  { "rfc822Name: a host", "email:a.test", NULL, "email:joe@a.test", NULL, GOOD },
  { "rfc822Name: a host", "email:a.test", NULL, "email:joe@www.a.test", NULL, BAD },
  { "rfc822Name: a domain", "email:.a.test", NULL, "email:joe@www.a.test", NULL, GOOD },
  { "rfc822Name: a domain", "email:.a.test", NULL, "email:joe@a.test", NULL, BAD },
  { "rfc822Name: a domain", NULL, "email:.a.test", "email:joe@www.a.test", NULL, BAD },
  { "rfc822Name: a domain", NULL, "email:.a.test", "email:joe@a.test", NULL, GOOD },
  { "rfc822Name: a domain", NULL, "email:.a.test", "email:joe@wwwa.test", NULL, GOOD },
  /* "the constraint applies to the attribute of type emailAddress in the subject" */
  { "emailAddress", "email:a.test", NULL, "", "joe@a.test", GOOD },
  { "emailAddress", "email:a.test", NULL, "", "joe@b.test", BAD },
  { "emailAddress", NULL, "email:b.test", "", "joe@b.test", BAD },
  { "emailAddress", "dns:a.test", NULL, "", "joe@b.test", GOOD },
  /* "The constraint … applies to the host part of the name", a leading dot: one or more labels before it. */
  { "URI: a host", "uri:a.test", NULL, "uri:https://a.test/x", NULL, GOOD },
  { "URI: a host", "uri:a.test", NULL, "uri:https://A.Test:443/x?y#z", NULL, GOOD },
  { "URI: a host", "uri:a.test", NULL, "uri:https://www.a.test/", NULL, BAD },
  { "URI: a domain", "uri:.a.test", NULL, "uri:https://www.a.test/", NULL, GOOD },
  { "URI: a domain", "uri:.a.test", NULL, "uri:https://a.test/", NULL, BAD },
  { "URI: a domain", NULL, "uri:.a.test", "uri:https://x.www.a.test/", NULL, BAD },
  { "URI: a domain", NULL, "uri:.a.test", "uri:https://a.test/", NULL, GOOD },
  { "URI: user and password", "uri:a.test", NULL, "uri:ftp://a.test@b.test/", NULL, BAD },
  { "URI: an address is no host", "uri:a.test", NULL, "uri:https://192.0.2.1/", NULL, BAD },
  { "URI: an address is no host", NULL, "uri:a.test", "uri:https://[2001:db8::1]/", NULL, BAD },
  { "URI: without an authority", "uri:a.test", NULL, "uri:urn:x:a.test", NULL, BAD },
  /* 7.1: names below it, attribute by attribute; forge's have one. */
  { "directoryName", "dir:Leaf", NULL, "dns:a.test", NULL, GOOD },
  { "directoryName", "dir:LEAF", NULL, "dns:a.test", NULL, GOOD },
  { "directoryName", "dir:Other", NULL, "dns:a.test", NULL, BAD },
  { "directoryName", NULL, "dir:Leaf", "dns:a.test", NULL, BAD },
  { "directoryName", "dir:Leaf", NULL, "dir:Other", NULL, BAD },
  { "directoryName", NULL, "dir:Other", "dir:other", NULL, BAD },
  { "directoryName", NULL, "dir:Other", "dir:Another", NULL, GOOD },
  /* "If a name constraints extension that is marked as critical imposes constraints on a particular name form, and an instance of that name form
   * appears …, then the application MUST either process the constraint or reject the certificate." */
  { "otherName", "other:", NULL, "other:", NULL, BAD },
  { "otherName", NULL, "other:", "other:", NULL, BAD },
  { "otherName", "other:", NULL, "dns:a.test", NULL, GOOD },
  { "otherName", "dns:a.test", NULL, "other:", NULL, GOOD },
  { "otherName beside others", "other: dns:a.test", NULL, "dns:b.test", NULL, BAD },
  /* "permittedSubtrees [0] GeneralSubtrees", SIZE (1..MAX). */
  { "empty permitted", "", NULL, "dns:a.test", NULL, CLOSED },
  { "empty excluded", NULL, "", "dns:a.test", NULL, CLOSED },
};

/* A leaf of CASE's names below ISSUER. */
static const Issued *
make_leaf (const Case *c, const Issued *issuer)
{
  g_autoptr (GByteArray) subject = c->email != NULL ? forge_name_with_email ("Leaf", c->email) : NULL;

  return issue (&(IssueSpec) { .subject = subject, .issuer = issuer, .is_leaf = TRUE, .san = c->san });
}

/* The constraints are a CA's, or the anchor's own (RFC 5937 section 3): they bind alike. */
static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      TrustPathQuestion question = make_question ();
      g_autoptr (GByteArray) constraints = issue_name_constraints (c->permitted, c->excluded);
      const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = constraints });
      const Issued *limited = issue (&(IssueSpec) { .cn = "Limited", .extra = constraints });
      const char *rule = c->outcome == GOOD ? "" : "name-constraints";
      TrustPathFault fault;

      g_test_message ("%u, %s: %s", i, c->source, c->san);
      g_assert_cmpstr (validate (&question, CHAIN (make_leaf (c, ca), ca, root), &fault), ==, rule);
      g_assert_cmpint (fault.link, ==, c->outcome == GOOD ? -2 : c->outcome == BAD ? 0 : 1);
      g_assert_cmpstr (validate (&question, CHAIN (make_leaf (c, limited), limited), &fault), ==, rule);
      g_assert_cmpint (fault.link, ==, c->outcome == GOOD ? -2 : c->outcome == BAD ? 0 : 1);
    }
}

/* 6.1.4 (g): what each CA permits is intersected, what each excludes is joined. */
static void
test_several (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) wide = issue_name_constraints ("dns:a.test", NULL), narrow = issue_name_constraints ("dns:www.a.test", NULL);
  g_autoptr (GByteArray) without = issue_name_constraints (NULL, "dns:x.www.a.test"), elsewhere = issue_name_constraints ("dns:b.test", NULL);
  const Issued *root = issue (&(IssueSpec) { .cn = "Root", .extra = wide });
  const Issued *a = issue (&(IssueSpec) { .cn = "A", .issuer = root, .extra = narrow });
  const Issued *b = issue (&(IssueSpec) { .cn = "B", .issuer = a, .extra = without });
  const Issued *c = issue (&(IssueSpec) { .cn = "C", .issuer = root, .extra = elsewhere });
  const Issued *widened = issue (&(IssueSpec) { .cn = "W", .issuer = a, .extra = wide });
#define LEAF(issuer_, san_) issue (&(IssueSpec) { .issuer = issuer_, .is_leaf = TRUE, .san = san_ })

  assert_stands (&question, LEAF (b, "dns:www.a.test"), b, a, root);
  assert_breaks (&question, "name-constraints", 0, LEAF (b, "dns:x.www.a.test"), b, a, root);
  assert_breaks (&question, "name-constraints", 0, LEAF (b, "dns:ftp.a.test"), b, a, root);
  assert_breaks (&question, "name-constraints", 0, LEAF (c, "dns:a.test"), c, root);
  assert_breaks (&question, "name-constraints", 0, LEAF (c, "dns:b.test"), c, root);
  assert_stands (&question, LEAF (c, ""), c, root);
  /* Nothing gives back what was taken. */
  assert_breaks (&question, "name-constraints", 0, LEAF (widened, "dns:ftp.a.test"), widened, a, root);
}

/* 6.1.3 (b), (c): CAs are held against them too, but not a self-issued one that is not the last; and no CA against its own. */
static void
test_who (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) not_self = issue_name_constraints (NULL, "dir:CA"), not_leaf = issue_name_constraints (NULL, "dir:Sub");
  const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = not_self });
  const Issued *renewed = issue_ca ("CA", ca), *below = issue_ca ("Below", renewed);
  const Issued *strict = issue (&(IssueSpec) { .cn = "Strict", .issuer = root, .extra = not_leaf }), *sub = issue_ca ("Sub", strict);
  const Issued *named = issue (&(IssueSpec) { .cn = "Named", .issuer = ca, .san = "dir:CA" });
  const Issued *self_leaf = issue (&(IssueSpec) { .cn = "CA", .issuer = ca, .is_leaf = TRUE });

  assert_stands (&question, issue_leaf (ca), ca, root);
  assert_stands (&question, issue_leaf (renewed), renewed, ca, root);
  assert_stands (&question, issue_leaf (below), below, renewed, ca, root);
  assert_breaks (&question, "name-constraints", 0, self_leaf, ca, root);
  assert_breaks (&question, "name-constraints", 1, issue_leaf (sub), sub, strict, root);
  assert_breaks (&question, "name-constraints", 1, issue_leaf (named), named, ca, root);
}

/* A leaf's own constraints bind nobody (4.2.1.10: only in CAs), and a pinned leaf has no CA above it. */
static void
test_leaf (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) elsewhere = issue_name_constraints ("dns:b.test", NULL);
  const Issued *root = issue_root ("Root"), *leaf = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .extra = elsewhere });

  assert_stands (&question, leaf, root);
  assert_stands (&question, leaf);
}

/* X.690, 4.2.1.10: minimum is zero and left out, maximum is absent; damaged constraints close the CA. */
static void
test_damaged (void)
{
  /* clang-format off */
  static const struct { const char *source, *value; gsize size; } rows[] = {
    { "no sequence", "\x05\x00", 2 },
    { "behind the end", "\x30\x07\xa0\x05\x30\x03\x82\x01" "a\x05\x00", 11 },
    { "unknown side", "\x30\x07\xa2\x05\x30\x03\x82\x01" "a", 9 },
    { "out of order", "\x30\x0e\xa1\x05\x30\x03\x82\x01" "a\xa0\x05\x30\x03\x82\x01" "b", 16 },
    { "minimum 1", "\x30\x0a\xa0\x08\x30\x06\x82\x01" "a\x80\x01\x01", 12 },
    { "maximum", "\x30\x0a\xa0\x08\x30\x06\x82\x01" "a\x81\x01\x05", 12 },
    { "a subtree without a base", "\x30\x04\xa0\x02\x30\x00", 6 },
    { "a list of names", "\x30\x05\xa0\x03\x82\x01" "a", 7 },
    { "a dNSName that is none", "\x30\x0a\xa0\x08\x30\x06\x82\x04" "a..b", 12 },
    { "7 octets of address", "\x30\x0d\xa0\x0b\x30\x09\x87\x07\xc0\x00\x02\x00\xff\xff\xff", 15 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TrustPathQuestion question = make_question ();
      g_autoptr (GByteArray) extra = issue_extension (30, TRUE, forge_bytes (rows[i].value, rows[i].size));
      const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = extra });

      g_test_message ("%s", rows[i].source);
      assert_breaks (&question, "name-constraints", 1, issue_leaf (ca), ca, root);
    }
}

/* Comparisons are counted, and running out is no constraint's fault. */
static void
test_budget (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) constraints = issue_name_constraints ("dns:a.test dns:b.test dns:c.test", "dns:d.test");
  const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = constraints });
  const Issued *leaf = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .san = "dns:a.test dns:b.test dns:c.test dns:x.a.test" });
  TrustPathBudget plenty = make_budget (), few = { 32, 3 };
  TrustPathLink links[3];
  TrustPathFault fault;
  guint n = make_links (CHAIN (leaf, ca, root), links);

  g_assert_true (trust_name_constraints_check (&question, links, n, &plenty, &fault));
  g_assert_cmpuint (plenty.comparisons, <, TRUST_PATH_COMPARISONS);
  g_assert_cmpuint (plenty.comparisons, >=, TRUST_PATH_COMPARISONS - 64);
  g_assert_cmpuint (plenty.signatures, ==, TRUST_PATH_SIGNATURES);
  g_assert_false (trust_name_constraints_check (&question, links, n, &few, &fault));
  g_assert_cmpint (fault.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
  g_assert_cmpuint (few.comparisons, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path-names/cases", test_cases);
  g_test_add_func ("/path-names/several", test_several);
  g_test_add_func ("/path-names/who", test_who);
  g_test_add_func ("/path-names/leaf", test_leaf);
  g_test_add_func ("/path-names/damaged", test_damaged);
  g_test_add_func ("/path-names/budget", test_budget);
  return g_test_run ();
}
