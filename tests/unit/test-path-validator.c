/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One path, each rule of RFC 5280 section 6.1 at its border. */
#include "tests/unit/path-fixture.h"

static TrustSpan
purpose (const char *oid)
{
  return (TrustSpan) { (const guint8 *) oid, oid[0] == 0x55 ? 4 : 8 };
}

/* 4.1.2.5, 6.1.3 (a) (2): from notBefore to notAfter, both included, for each of the path's certificates. */
static void
test_dates (void)
{
  gint64 begins = ISSUE_NOW - 100, ends = ISSUE_NOW + 100;

  for (guint narrow = 0; narrow < 3; narrow++)
    {
      IssueSpec root_spec = { .cn = "Root" }, ca_spec = { .cn = "CA" }, leaf_spec = { .is_leaf = TRUE };
      IssueSpec *const specs[] = { &leaf_spec, &ca_spec, &root_spec };
      TrustPathQuestion question = make_question ();
      const Issued *root, *ca, *leaf;

      specs[narrow]->not_before = begins;
      specs[narrow]->not_after = ends;
      root = issue (&root_spec);
      ca_spec.issuer = root;
      ca = issue (&ca_spec);
      leaf_spec.issuer = ca;
      leaf = issue (&leaf_spec);
      question.time = begins;
      assert_stands (&question, leaf, ca, root);
      question.time = ends;
      assert_stands (&question, leaf, ca, root);
      question.time = begins - 1;
      assert_breaks (&question, "not-yet-valid", (int) narrow, leaf, ca, root);
      question.time = ends + 1;
      assert_breaks (&question, "expired", (int) narrow, leaf, ca, root);
    }
}

/* 6.1.4 (k), (n): whoever is followed by another is a CA, of version 3, and may sign certificates. The anchor is trusted as it is. */
static void
test_ca (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) no_ca = issue_basic_constraints (TRUE, FALSE, -1);
  g_autoptr (GByteArray) crl_only = issue_key_usage (0x02), sign_only = issue_key_usage (0x04);
  const guint32 basic = 1u << TRUST_EXTENSION_BASIC_CONSTRAINTS, usage = 1u << TRUST_EXTENSION_KEY_USAGE;
  const struct
  {
    IssueSpec spec;
    const char *rule;
  } rows[] = {
    { { .cn = "CA" }, "" },
    { { .cn = "CA", .without = usage }, "" },
    { { .cn = "CA", .without = usage, .extra = sign_only }, "" },
    { { .cn = "CA", .without = usage, .extra = crl_only }, "may-not-sign" },
    { { .cn = "CA", .without = basic }, "not-ca" },
    { { .cn = "CA", .without = basic, .extra = no_ca }, "not-ca" },
    { { .cn = "CA", .version = 1 }, "not-ca" },
    { { .cn = "CA", .is_leaf = TRUE }, "not-ca" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Issued *root = issue_root ("Root"), *other = issue (&rows[i].spec);
      IssueSpec spec = rows[i].spec;
      const Issued *ca, *leaf;
      TrustPathFault fault;

      spec.issuer = root;
      ca = issue (&spec);
      leaf = issue_leaf (ca);
      g_assert_cmpstr (validate (&question, CHAIN (leaf, ca, root), &fault), ==, rows[i].rule);
      if (rows[i].rule[0] != '\0')
        g_assert_cmpint (fault.link, ==, 1);
      /* As an anchor it stands, by what it says of itself. */
      g_assert_cmpstr (validate (&question, CHAIN (issue_leaf (other), other), &fault), ==, "");
    }
}

/* 4.2.1.9, 6.1.4 (l), (m): as many CAs as it says may follow, the leaf is none of them, and self-issued ones do not count. */
static void
test_path_length (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *none = issue (&(IssueSpec) { .cn = "None", .path_length = 1 }), *one = issue (&(IssueSpec) { .cn = "One", .path_length = 2 });
  const Issued *under_none = issue_ca ("A", none), *under_one = issue_ca ("A", one), *second = issue_ca ("B", under_one);
  const Issued *self_issued = issue_ca ("None", none), *again = issue_ca ("None", self_issued);
  const Issued *narrower = issue (&(IssueSpec) { .cn = "N", .issuer = one, .path_length = 1 }), *below = issue_ca ("Below", narrower);
  const Issued *wider = issue (&(IssueSpec) { .cn = "W", .issuer = one, .path_length = 10 }), *deeper = issue_ca ("Deeper", wider);
  const Issued *free_root = issue_root ("Root"), *ca_zero = issue (&(IssueSpec) { .cn = "Z", .issuer = free_root, .path_length = 1 });
  const Issued *self_zero = issue_ca ("Z", ca_zero), *under_self = issue_ca ("U", self_zero), *last_ca = issue_ca ("Last", ca_zero);

  assert_stands (&question, issue_leaf (none), none);
  assert_breaks (&question, "path-length", 1, issue_leaf (under_none), under_none, none);
  assert_stands (&question, issue_leaf (under_one), under_one, one);
  assert_breaks (&question, "path-length", 1, issue_leaf (second), second, under_one, one);
  /* Self-issued: the name is the same, not the key. */
  assert_stands (&question, issue_leaf (self_issued), self_issued, none);
  assert_stands (&question, issue_leaf (again), again, self_issued, none);
  /* The least of all that were passed counts, and one below does not lift it. */
  assert_stands (&question, issue_leaf (narrower), narrower, one);
  assert_breaks (&question, "path-length", 1, issue_leaf (below), below, narrower, one);
  assert_stands (&question, issue_leaf (wider), wider, one);
  assert_breaks (&question, "path-length", 1, issue_leaf (deeper), deeper, wider, one);
  /* An intermediate's own, and what a self-issued one does not lift. */
  assert_stands (&question, issue_leaf (self_zero), self_zero, ca_zero, free_root);
  assert_breaks (&question, "path-length", 1, issue_leaf (under_self), under_self, self_zero, ca_zero, free_root);
  /* The last certificate is never counted, a CA or not. */
  assert_stands (&question, last_ca, ca_zero, free_root);
}

static void
test_max_depth (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *a = issue_ca ("A", root), *b = issue_ca ("B", a), *self_issued = issue_ca ("A", a);

  question.max_depth = 0;
  assert_stands (&question, issue_leaf (root), root);
  assert_stands (&question, root);
  assert_breaks (&question, "max-depth", -1, issue_leaf (a), a, root);
  question.max_depth = 1;
  assert_stands (&question, issue_leaf (a), a, root);
  assert_breaks (&question, "max-depth", -1, issue_leaf (b), b, a, root);
  assert_breaks (&question, "max-depth", -1, issue_leaf (self_issued), self_issued, a, root);
  question.max_depth = 2;
  assert_stands (&question, issue_leaf (b), b, a, root);
}

/* 4.2.1.3: the leaf's keyUsage has each bit that is asked for; without the extension it has all. */
static void
test_usage (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *leaf = issue_leaf (root);
  const Issued *free_leaf = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = 1u << TRUST_EXTENSION_KEY_USAGE });

  question.usage = TRUST_USAGE_DIGITAL_SIGNATURE;
  assert_stands (&question, leaf, root);
  question.usage |= TRUST_USAGE_KEY_ENCIPHERMENT;
  assert_breaks (&question, "usage", 0, leaf, root);
  assert_stands (&question, free_leaf, root);
}

/* 4.2.1.12: the leaf's purposes; and, but in the lenient profile, those of the CAs above it hold for what they issue. */
static void
test_purpose (void)
{
  TrustPathQuestion lenient = make_question (), usual = make_question (), other = make_question (), none = make_question ();
  const guint32 purposes = 1u << TRUST_EXTENSION_EXTENDED_KEY_USAGE;
  g_autoptr (GByteArray) server = issue_purpose (FALSE, ISSUE_SERVER_AUTH), client = issue_purpose (FALSE, ISSUE_CLIENT_AUTH);
  g_autoptr (GByteArray) any = issue_purpose (FALSE, ISSUE_ANY_PURPOSE);
  const Issued *root = issue_root ("Root"), *plain = issue_ca ("Plain", root);
  const Issued *for_server = issue (&(IssueSpec) { .cn = "S", .issuer = root, .extra = server });
  const Issued *for_client = issue (&(IssueSpec) { .cn = "C", .issuer = root, .extra = client });
  const Issued *for_any = issue (&(IssueSpec) { .cn = "A", .issuer = root, .extra = any });
  const Issued *below = issue (&(IssueSpec) { .cn = "Below", .issuer = for_client, .extra = server });
  const Issued *unsaid = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = purposes });
  const Issued *leaf_any = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = purposes, .extra = any });
  const Issued *root_client = issue (&(IssueSpec) { .cn = "RC", .extra = client });

  lenient.purpose = usual.purpose = purpose (ISSUE_SERVER_AUTH);
  other.purpose = purpose (ISSUE_CLIENT_AUTH);
  usual.profile = TRUST_PROFILE_STRICT;
  assert_stands (&usual, issue_leaf (plain), plain, root);
  assert_breaks (&other, "purpose", 0, issue_leaf (plain), plain, root);
  assert_stands (&none, issue_leaf (for_client), for_client, root);
  assert_stands (&lenient, unsaid, root);
  assert_stands (&lenient, leaf_any, root);
  /* Nesting. */
  assert_stands (&usual, issue_leaf (for_server), for_server, root);
  assert_stands (&usual, issue_leaf (for_any), for_any, root);
  assert_breaks (&usual, "purpose", 1, issue_leaf (for_client), for_client, root);
  assert_breaks (&usual, "purpose", 2, issue_leaf (below), below, for_client, root);
  assert_stands (&lenient, issue_leaf (for_client), for_client, root);
  assert_breaks (&usual, "purpose", 1, issue_leaf (root_client), root_client);
}

/* 4.2.1.12: of keyUsage and extKeyUsage, where both are there, each must allow the purpose; not in the lenient profile. */
static void
test_usage_of_purpose (void)
{
  static const struct
  {
    guint8 usage;
    gboolean server, client;
  } cases[] = { { 0x80, TRUE, TRUE },   { 0x20, TRUE, FALSE },  { 0x08, TRUE, TRUE },
                { 0x02, FALSE, FALSE }, { 0x10, FALSE, FALSE }, { 0x40, FALSE, FALSE } };
  TrustPathQuestion question = make_question ();
  const guint32 both = 1u << TRUST_EXTENSION_EXTENDED_KEY_USAGE | 1u << TRUST_EXTENSION_KEY_USAGE;
  const Issued *root = issue_root ("Root");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint client = 0; client < 2; client++)
      {
        const char *oid = client ? ISSUE_CLIENT_AUTH : ISSUE_SERVER_AUTH;
        g_autoptr (GByteArray) usage = issue_key_usage (cases[i].usage), purposes = issue_purpose (FALSE, oid);
        g_autoptr (GByteArray) all = forge_join (forge_copy (usage), forge_copy (purposes), NULL);
        const Issued *leaf = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = both, .extra = all });
        const Issued *unsaid = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = both, .extra = usage });

        question.purpose = purpose (oid);
        question.profile = TRUST_PROFILE_DEFAULT;
        assert_stands (&question, unsaid, root);
        if (client ? cases[i].client : cases[i].server)
          assert_stands (&question, leaf, root);
        else
          assert_breaks (&question, "usage-purpose", 0, leaf, root);
        question.profile = TRUST_PROFILE_LENIENT;
        assert_stands (&question, leaf, root);
      }
}

/* A leaf that is itself an anchor: dates, purpose and name count; what RFC 5280 asks of paths does not. */
static void
test_pinned (void)
{
  TrustPathQuestion question = make_question ();
  g_auto (TrustPeerName) host = { 0 }, other = { 0 };
  const Issued *root = issue_root ("Root"), *leaf = issue_leaf (root);
  g_autoptr (GByteArray) unknown = issue_extension (99, TRUE, FORGE_BYTES ("?"));
  const Issued *odd = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .extra = unknown });
  const Issued *forged = issue (&(IssueSpec) { .issuer = root, .signer = leaf, .is_leaf = TRUE });

  g_assert_true (trust_peer_name_parse (ISSUE_HOST, &host, NULL) && trust_peer_name_parse ("other.test", &other, NULL));
  question.profile = TRUST_PROFILE_WEBPKI;
  question.purpose = purpose (ISSUE_SERVER_AUTH);
  question.names = &host;
  question.n_names = 1;
  question.policies.explicit_policy = TRUE;
  assert_stands (&question, leaf);
  assert_stands (&question, odd);
  /* Nobody else vouches for it, so whose signature it bears does not matter. */
  assert_stands (&question, forged);
  question.time = ISSUE_ENDS + 1;
  assert_breaks (&question, "expired", 0, leaf);
  question.time = ISSUE_NOW;
  question.purpose = purpose (ISSUE_CLIENT_AUTH);
  assert_breaks (&question, "purpose", 0, leaf);
  question.purpose = purpose (ISSUE_SERVER_AUTH);
  question.names = &other;
  assert_breaks (&question, "name", 0, leaf);
}

/* RFC 9525 6: all names that are asked for, and never the common name. */
static void
test_names (void)
{
  TrustPathQuestion question = make_question ();
  TrustPeerName names[2];
  const Issued *root = issue_root ("Root"), *leaf = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .san = "dns:a.test dns:*.co.uk" });
  const Issued *by_cn = issue (&(IssueSpec) { .cn = "a.test", .issuer = root, .is_leaf = TRUE, .san = "" });

  g_assert_true (trust_peer_name_parse ("a.test", &names[0], NULL) && trust_peer_name_parse ("b.co.uk", &names[1], NULL));
  question.names = names;
  question.n_names = 1;
  assert_stands (&question, leaf, root);
  assert_breaks (&question, "name", 0, by_cn, root);
  /* Public suffixes are not for the lenient profile. */
  question.n_names = 2;
  assert_stands (&question, leaf, root);
  question.profile = TRUST_PROFILE_DEFAULT;
  assert_breaks (&question, "name", 0, leaf, root);
  for (guint i = 0; i < 2; i++)
    trust_peer_name_clear (&names[i]);
}

/* 6.1.3 (a) (1): each link but the anchor's own, from the leaf on; the work is counted. */
static void
test_signatures (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *other = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  const Issued *forged = issue (&(IssueSpec) { .issuer = ca, .signer = other, .is_leaf = TRUE });
  const Issued *unsigned_ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .signer = other, .same_key = ca });
  const Issued *root_by_other = issue (&(IssueSpec) { .cn = "Root", .same_key = root, .signer = other });
  g_autoptr (TrustLinkCache) cache = trust_link_cache_new (16);
  TrustPathBudget budget = make_budget (), small = { 1, 100 };
  TrustPathLink links[3];
  TrustPathFault fault;
  guint n = make_links (CHAIN (leaf, ca, root), links);

  assert_stands (&question, leaf, ca, root);
  assert_breaks (&question, "signature", 0, forged, ca, root);
  assert_breaks (&question, "signature", 1, leaf, unsigned_ca, root);
  assert_breaks (&question, "signature", 1, leaf, ca, other);
  /* 6.1.1 (d): the anchor is a name and a key. */
  assert_stands (&question, leaf, ca, root_by_other);
  g_assert_true (trust_path_validate (&question, links, n, &budget, &fault));
  g_assert_cmpuint (budget.signatures, ==, TRUST_PATH_SIGNATURES - 2);
  g_assert_false (trust_path_validate (&question, links, n, &small, &fault));
  g_assert_cmpint (fault.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
  g_assert_cmpuint (small.signatures, ==, 0);
  /* What is remembered costs nothing; what was bad is not remembered. */
  question.links = cache;
  assert_breaks (&question, "signature", 0, forged, ca, root);
  assert_breaks (&question, "signature", 0, forged, ca, root);
  budget = make_budget ();
  g_assert_true (trust_path_validate (&question, links, n, &budget, &fault));
  g_assert_true (trust_path_validate (&question, links, n, &budget, &fault));
  g_assert_cmpuint (budget.signatures, ==, TRUST_PATH_SIGNATURES - 2);
  /* Only the arithmetic is: dates still count. */
  question.time = ISSUE_ENDS + 1;
  assert_breaks (&question, "expired", 2, leaf, ca, root);
}

/* What needs no arithmetic comes first. */
static void
test_cheap_first (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *other = issue_root ("Other");
  const Issued *late = issue (&(IssueSpec) { .issuer = root, .signer = other, .is_leaf = TRUE, .not_after = ISSUE_NOW - 1 });
  TrustPathLink links[2];
  TrustPathBudget budget = make_budget ();
  TrustPathFault fault;
  guint n = make_links (CHAIN (late, root), links);

  g_assert_false (trust_path_validate (&question, links, n, &budget, &fault));
  g_assert_cmpint (fault.reason, ==, TRUST_REASON_EXPIRED);
  g_assert_cmpuint (budget.signatures, ==, TRUST_PATH_SIGNATURES);
}

/* 6.1.3 (d), (f): policies are asked of the path below the anchor. */
static void
test_policies (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) one = issue_extension (32, FALSE, issue_oid_list ("1.2.3")), two = issue_extension (32, FALSE, issue_oid_list ("1.2.4"));
  const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = one });
  const Issued *good = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .extra = one });
  const Issued *bad = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .extra = two });

  assert_stands (&question, bad, ca, root);
  question.policies.explicit_policy = TRUE;
  assert_stands (&question, good, ca, root);
  assert_breaks (&question, "policies", 0, bad, ca, root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path-validator/dates", test_dates);
  g_test_add_func ("/path-validator/ca", test_ca);
  g_test_add_func ("/path-validator/path-length", test_path_length);
  g_test_add_func ("/path-validator/max-depth", test_max_depth);
  g_test_add_func ("/path-validator/usage", test_usage);
  g_test_add_func ("/path-validator/usage-of-purpose", test_usage_of_purpose);
  g_test_add_func ("/path-validator/purpose", test_purpose);
  g_test_add_func ("/path-validator/pinned", test_pinned);
  g_test_add_func ("/path-validator/names", test_names);
  g_test_add_func ("/path-validator/signatures", test_signatures);
  g_test_add_func ("/path-validator/cheap-first", test_cheap_first);
  g_test_add_func ("/path-validator/policies", test_policies);
  return g_test_run ();
}
