/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which paths are found, in what order and with how much work: RFC 4158, RFC 5280 4.2.1.1. */
#include "tests/unit/path-fixture.h"

#define KEY_IDS (1u << TRUST_EXTENSION_AUTHORITY_KEY_ID | 1u << TRUST_EXTENSION_SUBJECT_KEY_ID)

/* What a search spent of its budget. */
static guint
count_signatures (const TrustPathSearch *search)
{
  return TRUST_PATH_SIGNATURES - search->budget.signatures;
}

static void
look (const TrustPathQuestion *question, const Issued *const *anchors, const Issued *const *chain, TrustPathSearch *out)
{
  g_autoptr (TrustAnchorSet) set = make_set (anchors);
  g_autoptr (GPtrArray) certificates = make_chain (chain);

  trust_path_search (question, set, certificates, out);
  out->anchor = NULL; /* the set's */
  g_assert_cmpuint (out->path->len > 0, ==, out->found);
  g_assert_true (out->found || out->attempts->len > 0);
  g_assert_cmpuint (out->attempts->len, <=, TRUST_PATH_ATTEMPTS_KEPT);
  for (guint i = 0; i < out->attempts->len; i++)
    {
      const TrustPathAttempt *attempt = out->attempts->pdata[i];

      g_test_message ("attempt %u: %s of %u", i, attempt->fault.rule, attempt->certificates->len);
      g_assert_cmpint (attempt->fault.link, <, (int) attempt->certificates->len);
    }
}

/* The search finds just PATH. */
static void
assert_path (const TrustPathSearch *search, const Issued *const *path)
{
  guint n = 0;

  g_assert_true (search->found);
  for (; path[n] != NULL; n++)
    {
      g_assert_cmpuint (n, <, search->path->len);
      g_assert_true (trust_fingerprint_equal (trust_certificate_get_fingerprint (search->path->pdata[n]),
                                              trust_certificate_get_fingerprint (path[n]->certificate)));
    }
  g_assert_cmpuint (search->path->len, ==, n);
}

static const char *
best_rule (const TrustPathSearch *search)
{
  g_assert_false (search->found);
  return ((const TrustPathAttempt *) search->attempts->pdata[search->best])->fault.rule;
}

/* What is given may stand in any order, and anything else among it: RFC 4158 2.1; the leaf alone stands first. */
static void
test_order (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *a = issue_ca ("A", root), *b = issue_ca ("B", a), *leaf = issue_leaf (b), *stranger = issue_root ("S");
  const Issued *const *chains[] = { CHAIN (leaf, b, a), CHAIN (leaf, a, b), CHAIN (leaf, stranger, a, root, b), CHAIN (leaf, leaf, b, b, a, a) };

  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_auto (TrustPathSearch) search = { 0 };

      look (&question, CHAIN (root), chains[i], &search);
      assert_path (&search, CHAIN (leaf, b, a, root));
      g_assert_cmpuint (count_signatures (&search), ==, 3);
    }
  for (guint i = 0; i < 3; i++)
    {
      const Issued *const *short_chains[] = { CHAIN (leaf), CHAIN (leaf, a), CHAIN (leaf, b) };
      g_auto (TrustPathSearch) search = { 0 };

      look (&question, CHAIN (root), short_chains[i], &search);
      g_assert_cmpstr (best_rule (&search), ==, "unknown-issuer");
      g_assert_cmpuint (count_signatures (&search), ==, 0);
    }
}

/* RFC 4158 2.3: a key certified by two roots. Either way is found, whichever is trusted. */
static void
test_cross_signed (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *old = issue_root ("Old"), *new = issue_root ("New");
  const Issued *by_old = issue (&(IssueSpec) { .cn = "New", .issuer = old, .same_key = new });
  const Issued *by_new = issue (&(IssueSpec) { .cn = "Old", .issuer = new, .same_key = old });
  const Issued *ca = issue_ca ("CA", new), *leaf = issue_leaf (ca);
  g_auto (TrustPathSearch) with_old = { 0 }, with_new = { 0 }, with_both = { 0 }, with_loop = { 0 };

  look (&question, CHAIN (old), CHAIN (leaf, ca, by_old), &with_old);
  assert_path (&with_old, CHAIN (leaf, ca, by_old, old));
  look (&question, CHAIN (new), CHAIN (leaf, ca, by_old), &with_new);
  assert_path (&with_new, CHAIN (leaf, ca, new));
  /* Anchors come before what was given. */
  look (&question, CHAIN (old, new), CHAIN (leaf, ca, by_old), &with_both);
  assert_path (&with_both, CHAIN (leaf, ca, new));
  /* RFC 4158 2.4.2: the two certify each other, and no root is trusted. */
  look (&question, CHAIN (issue_root ("Third")), CHAIN (leaf, ca, by_old, by_new), &with_loop);
  g_assert_cmpstr (best_rule (&with_loop), ==, "unknown-issuer");
  g_assert_cmpuint (count_signatures (&with_loop), ==, 0);
}

/* One way is barred, the other is taken. */
static void
test_other_way (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root");
  const Issued *late = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .not_after = ISSUE_NOW - 1 });
  const Issued *current = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .same_key = late });
  const Issued *leaf = issue_leaf (current);
  g_auto (TrustPathSearch) search = { 0 }, alone = { 0 };

  look (&question, CHAIN (root), CHAIN (leaf, late, current), &search);
  assert_path (&search, CHAIN (leaf, current, root));
  g_assert_cmpuint (search.attempts->len, ==, 1);
  g_assert_cmpuint (count_signatures (&search), ==, 2);
  look (&question, CHAIN (root), CHAIN (leaf, late), &alone);
  g_assert_cmpstr (best_rule (&alone), ==, "expired");
}

/* RFC 5280 6.1.3 (a) (4), 7.1: the issuer's name is the subject of the one above, whatever its string types, case and blanks. A key is not enough. */
static void
test_chaining (void)
{
  /* clang-format off */
  static const struct { guint8 tag; const char *text; gboolean same; } names[] = {
    { 0x0c, "Root of Ours", TRUE }, { 0x13, "Root of Ours", TRUE }, { 0x0c, "ROOT OF ours", TRUE }, { 0x13, "  root   of ours ", TRUE },
    { 0x0c, "Rootof Ours", FALSE }, { 0x0c, "Root of Ours.", FALSE }, { 0x0c, "Root of", FALSE }, { 0x0c, "", FALSE },
  };
  /* clang-format on */
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root of Ours");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      Issued spelt = *root;
      g_autoptr (GByteArray) name = forge_name (FORGE_OID_CN, names[i].tag, names[i].text);
      g_auto (TrustPathSearch) search = { 0 };
      const Issued *leaf;

      spelt.name = name;
      leaf = issue_leaf (&spelt);
      look (&question, CHAIN (root), CHAIN (leaf), &search);
      if (names[i].same)
        assert_path (&search, CHAIN (leaf, root));
      else
        g_assert_cmpstr (best_rule (&search), ==, "unknown-issuer");
    }
}

/* Roots of one name with other keys: where AKI and SKI tell them apart, just the right one's arithmetic is done (RFC 4158 3.5.12). */
static void
test_same_name (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *roots[9] = { NULL }, *bare[9] = { NULL };

  for (guint i = 0; i < 8; i++)
    {
      roots[i] = issue_root ("Root");
      bare[i] = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS });
    }
  for (guint i = 0; i < 8; i++)
    {
      g_auto (TrustPathSearch) search = { 0 }, without = { 0 };
      const Issued *leaf = issue_leaf (roots[i]), *other = issue (&(IssueSpec) { .issuer = bare[i], .is_leaf = TRUE, .without = KEY_IDS });

      look (&question, roots, CHAIN (leaf), &search);
      assert_path (&search, CHAIN (leaf, roots[i]));
      g_assert_cmpuint (count_signatures (&search), ==, 1);
      look (&question, bare, CHAIN (other), &without);
      assert_path (&without, CHAIN (other, bare[i]));
      g_assert_cmpuint (count_signatures (&without), <=, 8);
    }
}

/* RFC 5280 4.2.1.1 helps to choose; a wrong or missing identifier alone refuses nothing here. */
static void
test_key_ids (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) wrong = issue_extension (35, FALSE, FORGE_BYTES ("\x30\x06\x80\x04none"));
  const Issued *root = issue_root ("Root"), *bare_root = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS });
  const Issued *missing = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = KEY_IDS });
  const Issued *astray = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .without = KEY_IDS, .extra = wrong });
  const Issued *by_bare = issue_leaf (bare_root);
  const Issued *const leaves[] = { missing, astray };

  for (guint i = 0; i < G_N_ELEMENTS (leaves); i++)
    {
      g_auto (TrustPathSearch) search = { 0 };

      look (&question, CHAIN (root), CHAIN (leaves[i]), &search);
      assert_path (&search, CHAIN (leaves[i], root));
    }
  g_auto (TrustPathSearch) search = { 0 };

  /* "Not said" comes after "that one", and before "another". */
  look (&question, CHAIN (root, bare_root), CHAIN (by_bare), &search);
  assert_path (&search, CHAIN (by_bare, bare_root));
  g_assert_cmpuint (count_signatures (&search), ==, 1);
}

/* A root that was renewed with its key, and one that changed it: each leads to the one that is trusted. */
static void
test_renewed (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *old = issue (&(IssueSpec) { .cn = "Root", .not_after = ISSUE_NOW - 1 });
  const Issued *renewed = issue (&(IssueSpec) { .cn = "Root", .same_key = old }), *leaf = issue_leaf (old);
  const Issued *rekeyed = issue_root ("Root"), *rollover = issue (&(IssueSpec) { .cn = "Root", .issuer = old, .same_key = rekeyed });
  const Issued *new_leaf = issue_leaf (rekeyed);
  g_auto (TrustPathSearch) both = { 0 }, given = { 0 }, expired = { 0 }, rolled = { 0 };

  look (&question, CHAIN (old, renewed), CHAIN (leaf), &both);
  assert_path (&both, CHAIN (leaf, renewed));
  look (&question, CHAIN (renewed), CHAIN (leaf, old), &given);
  assert_path (&given, CHAIN (leaf, renewed));
  look (&question, CHAIN (old), CHAIN (leaf, renewed), &expired);
  g_assert_cmpstr (best_rule (&expired), ==, "expired");
  /* RFC 4210 4.4: "new with old". */
  look (&question, CHAIN (renewed), CHAIN (new_leaf, rollover), &rolled);
  assert_path (&rolled, CHAIN (new_leaf, rollover, renewed));
}

/* The leaf is an anchor; an anchor stands in the chain; an anchor is an intermediate of another. */
static void
test_anchors_given (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  const Issued *self = issue (&(IssueSpec) { .cn = "Self", .is_leaf = TRUE });
  g_auto (TrustPathSearch) pinned = { 0 }, alone = { 0 }, strange = { 0 }, whole = { 0 }, partial = { 0 };

  look (&question, CHAIN (leaf), CHAIN (leaf, ca), &pinned);
  assert_path (&pinned, CHAIN (leaf));
  g_assert_cmpuint (count_signatures (&pinned), ==, 0);
  look (&question, CHAIN (self), CHAIN (self), &alone);
  assert_path (&alone, CHAIN (self));
  look (&question, CHAIN (root), CHAIN (self), &strange);
  g_assert_cmpstr (best_rule (&strange), ==, "unknown-issuer");
  look (&question, CHAIN (root), CHAIN (leaf, ca, root), &whole);
  assert_path (&whole, CHAIN (leaf, ca, root));
  look (&question, CHAIN (ca, root), CHAIN (leaf, ca, root), &partial);
  assert_path (&partial, CHAIN (leaf, ca));
}

/* An anchor that the caller does not allow for this path is an intermediate of the next. */
static gboolean
allow_roots (gpointer data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  if (anchor == NULL || trust_certificate_is_self_issued (links[n_links - 1].certificate))
    return TRUE;
  *fault = (TrustPathFault) { TRUST_REASON_PURPOSE, (int) n_links - 1, "test", "", "not this one" };
  return FALSE;
}

static void
test_anchor_as_intermediate (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  g_auto (TrustPathSearch) search = { 0 }, refused = { 0 };

  question.allow = allow_roots;
  look (&question, CHAIN (ca, root), CHAIN (leaf, ca), &search);
  assert_path (&search, CHAIN (leaf, ca, root));
  look (&question, CHAIN (ca), CHAIN (leaf, ca), &refused);
  g_assert_cmpstr (best_rule (&refused), ==, "test");
}

/* The caller is asked of each certificate before it is put on a path, and what it refuses is not walked behind. */
static gboolean
refuse_named (gpointer data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  const Issued *named = data;

  if (anchor != NULL || links[n_links - 1].certificate != named->certificate)
    return TRUE;
  *fault = (TrustPathFault) { TRUST_REASON_DISTRUSTED, (int) n_links - 1, "test", "", "not this one" };
  return FALSE;
}

static void
test_allow (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *leaf = issue_leaf (ca);
  const Issued *const refused[] = { leaf, ca };

  question.allow = refuse_named;
  for (guint i = 0; i < 2; i++)
    {
      g_auto (TrustPathSearch) search = { 0 };

      question.allow_data = (gpointer) refused[i];
      look (&question, CHAIN (root), CHAIN (leaf, ca), &search);
      g_assert_cmpstr (best_rule (&search), ==, "test");
      g_assert_cmpuint (count_signatures (&search), ==, 0);
    }
}

/* The attempt that tells most is the best: a fault of the leaf's own, or of a path that reached an anchor, before a dead end. */
static void
test_best (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root);
  const Issued *elsewhere = issue (&(IssueSpec) { .cn = "CA", .issuer = issue_root ("Nobody"), .same_key = ca });
  const Issued *late = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .not_after = ISSUE_NOW - 1 });
  const Issued *leaf = issue_leaf (ca), *forged = issue (&(IssueSpec) { .issuer = ca, .signer = root, .is_leaf = TRUE });
  g_auto (TrustPathSearch) expired = { 0 }, nowhere = { 0 }, bad = { 0 }, fine = { 0 };

  look (&question, CHAIN (root), CHAIN (late, elsewhere, ca), &expired);
  g_assert_cmpstr (best_rule (&expired), ==, "expired");
  g_assert_cmpuint (count_signatures (&expired), ==, 0);
  look (&question, CHAIN (issue_root ("Other")), CHAIN (late, ca), &nowhere);
  g_assert_cmpstr (best_rule (&nowhere), ==, "expired");
  look (&question, CHAIN (root), CHAIN (forged, elsewhere, ca), &bad);
  g_assert_cmpstr (best_rule (&bad), ==, "signature");
  look (&question, CHAIN (root), CHAIN (leaf, elsewhere, ca), &fine);
  assert_path (&fine, CHAIN (leaf, ca, root));
  g_assert_cmpuint (fine.attempts->len, ==, 1);
}

/* 32 signatures, and not one more; the same where the search is part of another, which it leaves the rest. */
static void
test_budget (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *roots[65] = { NULL };
  const Issued *leaf;
  TrustPathBudget left = { 5, 1000 };
  g_auto (TrustPathSearch) search = { 0 }, part = { 0 };

  for (guint i = 0; i < 64; i++)
    roots[i] = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS });
  leaf = issue (&(IssueSpec) { .issuer = roots[0], .signer = issue_root ("Nobody"), .is_leaf = TRUE, .without = KEY_IDS });
  look (&question, roots, CHAIN (leaf), &search);
  g_assert_cmpstr (best_rule (&search), ==, "budget");
  g_assert_cmpuint (search.budget.signatures, ==, 0);
  question.budget = &left;
  look (&question, roots, CHAIN (leaf), &part);
  g_assert_cmpstr (best_rule (&part), ==, "budget");
  g_assert_cmpuint (left.signatures, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path-builder/order", test_order);
  g_test_add_func ("/path-builder/cross-signed", test_cross_signed);
  g_test_add_func ("/path-builder/other-way", test_other_way);
  g_test_add_func ("/path-builder/chaining", test_chaining);
  g_test_add_func ("/path-builder/same-name", test_same_name);
  g_test_add_func ("/path-builder/key-ids", test_key_ids);
  g_test_add_func ("/path-builder/renewed", test_renewed);
  g_test_add_func ("/path-builder/anchors-given", test_anchors_given);
  g_test_add_func ("/path-builder/anchor-as-intermediate", test_anchor_as_intermediate);
  g_test_add_func ("/path-builder/allow", test_allow);
  g_test_add_func ("/path-builder/best", test_best);
  g_test_add_func ("/path-builder/budget", test_budget);
  return g_test_run ();
}
