/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs that are made to cost: each ends with a verdict, within the work that one call may cause (core/path.h). */
#include "core/error.h"
#include "core/limits.h"
#include "core/verifier.h"
#include "tests/unit/path-fixture.h"

#define KEY_IDS (1u << TRUST_EXTENSION_AUTHORITY_KEY_ID | 1u << TRUST_EXTENSION_SUBJECT_KEY_ID)
/* Seconds that no case comes near to, sanitizers and a busy machine granted: what is not bounded takes hours. */
#define BOUND_SECONDS 60
/* More than any path has, with the NULL behind it. */
#define MANY 1100u

typedef struct
{
  const char *rule; /* of the best attempt; "" if a path was found */
  TrustReason reason;
  guint length;     /* of the path that was found */
  guint signatures; /* that were checked */
  guint comparisons;
} Result;

/* CRLS: (nullable). */
static Result
look_with (const TrustPathQuestion *question, const Issued *const *anchors, const Issued *const *chain, GPtrArray *crls)
{
  g_autoptr (TrustAnchorSet) set = make_set (anchors);
  g_autoptr (GPtrArray) certificates = make_chain (chain);
  g_auto (TrustPathSearch) search = { 0 };
  TrustPathRevocation revocation = { .mode = TRUST_REVOCATION_SOFT, .crls = crls, .set = set, .chain = certificates };
  TrustPathQuestion asked = *question;
  gint64 begin = g_get_monotonic_time ();
  Result result = { "", TRUST_REASON_TRUSTED, 0, 0, 0 };

  asked.revocation = crls != NULL ? &revocation : NULL;
  trust_path_search (&asked, set, certificates, &search);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, BOUND_SECONDS * G_USEC_PER_SEC);
  g_assert_cmpuint (search.budget.signatures, <=, TRUST_PATH_SIGNATURES);
  g_assert_cmpuint (search.budget.comparisons, <=, TRUST_PATH_COMPARISONS);
  g_assert_cmpuint (search.attempts->len, <=, TRUST_PATH_ATTEMPTS_KEPT);
  result.signatures = TRUST_PATH_SIGNATURES - search.budget.signatures;
  result.comparisons = TRUST_PATH_COMPARISONS - search.budget.comparisons;
  if (search.found)
    result.length = search.path->len;
  else
    {
      const TrustPathAttempt *best = search.attempts->pdata[search.best];

      result.rule = best->fault.rule;
      result.reason = best->fault.reason;
    }
  g_test_message ("\"%s\": %u on the path, %u signatures, %u comparisons, %.0f ms", result.rule, result.length, result.signatures, result.comparisons,
                  (double) (g_get_monotonic_time () - begin) / 1000);
  return result;
}

static Result
look (const Issued *const *anchors, const Issued *const *chain)
{
  TrustPathQuestion question = make_question ();

  return look_with (&question, anchors, chain, NULL);
}

/* The verdict on the same, of the whole verifier. */
static TrustReason
judge (const Issued *const *anchors, const Issued *const *chain)
{
  g_autoptr (TrustAnchorSet) set = make_set (anchors);
  g_autoptr (GPtrArray) states = g_ptr_array_new (), certificates = make_chain (chain);
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
  TrustVerifyRequest request = { .chain = certificates, .purpose = "server-auth", .time = ISSUE_NOW, .profile = TRUST_PROFILE_LENIENT };
  g_autoptr (TrustVerdict) verdict = trust_verifier_verify (snapshot, &request);

  g_test_message ("%s: %s", trust_reason_get_name (verdict->reason), verdict->message);
  g_assert_cmpint (verdict->trusted, ==, verdict->reason == TRUST_REASON_TRUSTED);
  g_assert_cmpuint (verdict->alternatives->len, <=, TRUST_PATH_ATTEMPTS_KEPT);
  return verdict->reason;
}

/* A chain of N CAs and a leaf, in that order behind it, of which ROOT is the end. Each CA bears EXTRA. */
static void
make_line (const Issued *root, guint n, const GByteArray *extra, const Issued **out)
{
  const Issued *above = root;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *cn = g_strdup_printf ("CA %u", i);

      above = out[n - i] = issue (&(IssueSpec) { .cn = cn, .issuer = above, .extra = extra });
    }
  out[0] = issue_leaf (above);
  out[n + 1] = NULL;
}

/* 31 certificates make a path; one more does not, and costs no signature; nor do 100, in any order. */
static void
test_long (void)
{
  const Issued *root = issue_root ("Root"), *line[104];
  Result result;

  make_line (root, 29, NULL, line);
  result = look (CHAIN (root), line);
  g_assert_cmpuint (result.length, ==, 31);
  g_assert_cmpuint (result.signatures, ==, 30);
  g_assert_cmpint (judge (CHAIN (root), line), ==, TRUST_REASON_TRUSTED);
  make_line (root, 30, NULL, line);
  g_assert_cmpstr (look (CHAIN (root), line).rule, ==, "depth");
  make_line (root, 99, NULL, line);
  for (guint turn = 0; turn < 2; turn++)
    {
      result = look (CHAIN (root), line);
      g_assert_cmpstr (result.rule, ==, "depth");
      g_assert_cmpuint (result.signatures, ==, 0);
      g_assert_cmpint (judge (CHAIN (root), line), ==, TRUST_REASON_INVALID);
      for (guint i = 1; i < 50; i++)
        {
          const Issued *other = line[i];

          line[i] = line[100 - i];
          line[100 - i] = other;
        }
    }
}

/* N permitted dNSNames of SIZE letters each, all different as far as there are so many. */
static GByteArray *
make_constraints (guint n, guint size)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      guint8 subtree[8] = { 0x30, (guint8) (2 + size), 0x82, (guint8) size };

      for (guint c = 0, rest = i; c < size; c++, rest /= 26)
        subtree[4 + c] = (guint8) letters[rest % 26];
      g_byte_array_append (list, subtree, 4 + size);
    }
  return issue_extension (30, TRUE, forge_element (0x30, forge_element (0xa0, list)));
}

/* 10,000 constraints in one CA, many times the same or all different: more than are taken, so the CA counts for nothing. */
static void
test_many_constraints (void)
{
  g_autoptr (GByteArray) same = make_constraints (10000, 2), different = make_constraints (8500, 3);
  const GByteArray *const rows[] = { same, different };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Issued *root = issue_root ("Root"), *ca = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .extra = rows[i] });
      const Issued *leaf = issue_leaf (ca);
      Result result = look (CHAIN (root), CHAIN (leaf, ca));

      g_assert_true (g_str_equal (result.rule, "name-constraints"));
      g_assert_cmpint (result.reason, ==, TRUST_REASON_CONSTRAINT);
      g_assert_cmpuint (result.signatures, ==, 0);
      g_assert_cmpint (judge (CHAIN (root), CHAIN (leaf, ca)), ==, TRUST_REASON_CONSTRAINT);
    }
}

/* N dNSNames "NNNN.aab", which the first constraints of make_constraints() permit. (transfer full) */
static char *
make_names (guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%sdns:%04u.aaa", i > 0 ? " " : "", i);
  return g_string_free (text, FALSE);
}

/* As many constraints as are taken, in each of 28 CAs, against a leaf of 4,000 names. */
static void
test_names_times_constraints (void)
{
  g_autoptr (GByteArray) most = make_constraints (TRUST_LIMIT_SUBTREES, 3);
  g_autofree char *names = make_names (4000);
  const Issued *root = issue_root ("Root"), *line[40];
  Result result;

  make_line (root, 28, most, line);
  line[0] = issue (&(IssueSpec) { .issuer = line[1], .is_leaf = TRUE, .san = names });
  result = look (CHAIN (root), line);
  if (result.length == 0)
    {
      g_assert_cmpint (result.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
      g_assert_cmpuint (result.comparisons, ==, TRUST_PATH_COMPARISONS);
    }
  g_assert_cmpint (judge (CHAIN (root), line), ==, result.reason);
}

/* 1,000 anchors of one name: with key identifiers one signature is checked, without them 32 at most. */
static void
test_namesakes (void)
{
  g_autofree const Issued **with = g_new0 (const Issued *, MANY), **without = g_new0 (const Issued *, MANY);
  Result result;

  for (guint i = 0; i < 1000; i++)
    {
      with[i] = issue_root ("Root");
      without[i] = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS });
    }
  for (guint i = 0; i < 1000; i += 333)
    {
      const Issued *leaf = issue_leaf (with[i]), *bare = issue (&(IssueSpec) { .issuer = without[i], .is_leaf = TRUE, .without = KEY_IDS });

      result = look (with, CHAIN (leaf));
      g_assert_cmpuint (result.length, ==, 2);
      g_assert_cmpuint (result.signatures, ==, 1);
      g_assert_cmpint (judge (with, CHAIN (leaf)), ==, TRUST_REASON_TRUSTED);
      result = look (without, CHAIN (bare));
      g_assert_true (result.length == 2 || result.reason == TRUST_REASON_BUDGET_EXHAUSTED);
      g_assert_cmpint (judge (without, CHAIN (bare)), ==, result.reason);
    }
}

/* Refuses every anchor, at no price. */
static gboolean
refuse_anchors (gpointer data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  guint *asked = data;

  *asked += anchor != NULL;
  if (anchor != NULL)
    *fault = (TrustPathFault) { TRUST_REASON_PURPOSE, (int) n_links - 1, "test", "", "not this one" };
  return anchor == NULL;
}

/* 120 CAs of the anchors' own name and 1,000 of these, none of which is allowed: paths are counted even where they cost no arithmetic. */
static void
test_namesakes_above (void)
{
  g_autofree const Issued **anchors = g_new0 (const Issued *, MANY), **chain = g_new0 (const Issued *, MANY);
  TrustPathQuestion question = make_question ();
  guint asked = 0;

  for (guint i = 0; i < 1000; i++)
    anchors[i] = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS });
  for (guint i = 1; i <= 120; i++)
    chain[i] = issue (&(IssueSpec) { .cn = "Root", .issuer = anchors[0], .without = KEY_IDS });
  chain[0] = issue (&(IssueSpec) { .issuer = chain[1], .is_leaf = TRUE, .without = KEY_IDS });
  question.allow = refuse_anchors;
  question.allow_data = &asked;
  g_assert_cmpint (look_with (&question, anchors, chain, NULL).reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
  g_assert_cmpuint (asked, >=, 1000);
  g_assert_cmpuint (asked, <=, 4096);
}

/* N CAs, each of which has certified each other. SIGNER (nullable) has certified the last. */
static guint
make_mesh (guint n, const Issued *signer, const Issued **out)
{
  const Issued *keys[16];
  guint n_out = 1;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *cn = g_strdup_printf ("Mesh %u", i);

      keys[i] = issue_root (cn);
    }
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++)
      if (i != k)
        {
          g_autofree char *cn = g_strdup_printf ("Mesh %u", i);

          out[n_out++] = issue (&(IssueSpec) { .cn = cn, .issuer = keys[k], .same_key = keys[i] });
        }
  if (signer != NULL)
    {
      g_autofree char *cn = g_strdup_printf ("Mesh %u", n - 1);

      out[n_out++] = issue (&(IssueSpec) { .cn = cn, .issuer = signer, .same_key = keys[n - 1] });
    }
  out[0] = issue_leaf (keys[0]);
  out[n_out] = NULL;
  return n_out;
}

/* 11 CAs have ten million ways through one another. */
static void
test_mesh (void)
{
  const Issued *root = issue_root ("Root"), *mesh[130];
  Result result;
  guint n;

  n = make_mesh (11, NULL, mesh);
  g_assert_cmpuint (n, <=, TRUST_LIMIT_CHAIN_CERTIFICATES);
  result = look (CHAIN (root), mesh);
  g_assert_cmpint (result.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
  g_assert_cmpuint (result.signatures, ==, 0);
  g_assert_cmpint (judge (CHAIN (root), mesh), ==, TRUST_REASON_BUDGET_EXHAUSTED);
  /* One way out is found. */
  make_mesh (11, root, mesh);
  result = look (CHAIN (root), mesh);
  g_assert_cmpuint (result.length, >=, 4);
  g_assert_cmpuint (result.signatures, <, result.length);
  g_assert_cmpint (judge (CHAIN (root), mesh), ==, TRUST_REASON_TRUSTED);
  /* A leaf that is forged costs what a call may cost. */
  mesh[0] = issue (&(IssueSpec) { .issuer = mesh[1], .signer = root, .is_leaf = TRUE });
  result = look (CHAIN (root), mesh);
  g_assert_true (result.reason == TRUST_REASON_BUDGET_EXHAUSTED || result.reason == TRUST_REASON_SIGNATURE);
}

/* SIZE CAs named "Upper" of ROOT and as many "Lower" that any of them may have issued, each with EXTRA, and a leaf of LEAF_EXTRA. */
static void
make_ladder (const Issued *root, guint size, const GByteArray *extra, const GByteArray *leaf_extra, const Issued **out)
{
  for (guint i = 0; i < size; i++)
    out[1 + i] = issue (&(IssueSpec) { .cn = "Upper", .issuer = root, .without = KEY_IDS, .extra = extra });
  for (guint i = 0; i < size; i++)
    out[1 + size + i] = issue (&(IssueSpec) { .cn = "Lower", .issuer = out[1], .without = KEY_IDS, .extra = extra });
  out[0] = issue (&(IssueSpec) { .issuer = out[1 + size], .is_leaf = TRUE, .without = KEY_IDS, .extra = leaf_extra });
  out[1 + 2 * size] = NULL;
}

/* N policies. (transfer full) */
static GByteArray *
make_policies (guint n)
{
  GString *text = g_string_new ("1.2.4.1");
  GByteArray *list = NULL;

  for (guint i = 1; i < n; i++)
    g_string_append_printf (text, " 1.2.4.%u", 1 + i);
  list = issue_oid_list (text->str);
  g_string_free (text, TRUE);
  return issue_extension (32, FALSE, list);
}

/* An extension of SIZE bytes that nobody knows and nobody needs to. (transfer full) */
static GByteArray *
make_ballast (guint size)
{
  g_autofree guint8 *bytes = g_malloc0 (size);

  return issue_extension (9, FALSE, forge_element (0x04, forge_bytes (bytes, size)));
}

/* 900 paths, each of which falls only when its leaf is looked at, after much was read and before a signature is checked: together they cost no more
 * than a call may. */
static void
test_many_paths (void)
{
  g_autoptr (GByteArray) policies = make_policies (2000), constraints = make_constraints (TRUST_LIMIT_SUBTREES, 3);
  g_autoptr (GByteArray) twice = issue_extension (32, FALSE, issue_oid_list ("1.2.4.1 1.2.4.1"));
  g_autoptr (GByteArray) ballast = make_ballast (20000);
  const struct
  {
    const GByteArray *extra, *leaf;
  } rows[] = { { policies, twice }, { constraints, NULL }, { ballast, twice } };
  const Issued *root = issue (&(IssueSpec) { .cn = "Root", .without = KEY_IDS }), *chain[64];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Result result;

      make_ladder (root, 30, rows[i].extra, rows[i].leaf, chain);
      result = look (CHAIN (root), chain);
      g_assert_cmpint (result.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
      g_assert_cmpuint (result.signatures, ==, 0);
      g_assert_cmpint (judge (CHAIN (root), chain), ==, TRUST_REASON_BUDGET_EXHAUSTED);
    }
}

/* RFC 9618: each CA maps each policy to each of the next. */
static void
test_policies (void)
{
  const guint sizes[] = { 4, 24, 60 };

  for (guint row = 0; row < G_N_ELEMENTS (sizes); row++)
    {
      guint size = sizes[row];
      g_autoptr (GByteArray) one = issue_extension (32, FALSE, issue_oid_list ("1.2.3.1"));
      GString *policies = g_string_new (NULL), *mappings = g_string_new (NULL);
      TrustPathQuestion question = make_question ();
      const Issued *root = issue_root ("Root"), *line[40];
      g_autoptr (GByteArray) extra = NULL;
      Result result;

      for (guint i = 0; i < size; i++)
        {
          g_string_append_printf (policies, "%s1.2.3.%u", i > 0 ? " " : "", i);
          for (guint k = 0; k < size; k++)
            g_string_append_printf (mappings, "%s1.2.3.%u>1.2.3.%u", mappings->len > 0 ? " " : "", i, k);
        }
      extra = issue_extension (32, FALSE, issue_oid_list (policies->str));
      issue_add (extra, issue_extension (33, FALSE, issue_oid_list (mappings->str)));
      make_line (root, 28, extra, line);
      question.policies.explicit_policy = TRUE;
      line[0] = issue (&(IssueSpec) { .issuer = line[1], .is_leaf = TRUE, .extra = one });
      result = look_with (&question, CHAIN (root), line, NULL);
      if (size == 4)
        g_assert_cmpuint (result.length, ==, 30);
      else
        g_assert_cmpstr (result.rule, ==, "policies");
      g_string_free (policies, TRUE);
      g_string_free (mappings, TRUE);
    }
}

/* 10 MB of certificate are refused before they are read. */
static void
test_large_certificate (void)
{
  GByteArray *noise = g_byte_array_new ();
  g_autoptr (GByteArray) extension = NULL, der = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin = 0;

  g_byte_array_set_size (noise, 10 * 1024 * 1024);
  memset (noise->data, 0, noise->len);
  extension = issue_extension (99, FALSE, noise);
  der = forge_certificate (&(ForgeCertificate) { .extensions = extension });
  begin = g_get_monotonic_time ();
  g_assert_null (trust_certificate_new (der->data, der->len, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, BOUND_SECONDS * G_USEC_PER_SEC);
}

/* A list of ISSUER with N entries of serial numbers from 0x01000000 on, and one of REVOKED. (transfer full) */
static TrustCrl *
make_large_crl (const Issued *issuer, guint n, const Issued *revoked, const GByteArray *extra)
{
  GByteArray *entries = g_byte_array_new ();
  TrustSpan serial = trust_certificate_get_serial (revoked->certificate);
  GByteArray *tbs = forge_join (forge_element (0x02, FORGE_BYTES ("\x01")), issue_algorithm (), forge_copy (issuer->name),
                                forge_time ("240101000000Z"), forge_time ("340101000000Z"), NULL);
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GError) error = NULL;
  TrustCrl *crl = NULL;

  for (guint i = 0; i < n; i++)
    {
      guint8 entry[] = "\x30\x15\x02\x04....\x17\x0d"
                       "250101000000Z";
      guint number = GUINT_TO_BE (0x01000000u + (i * 2654435761u) % 0x70000000u);

      memcpy (entry + 4, &number, 4);
      g_byte_array_append (entries, entry, sizeof entry - 1);
    }
  issue_add (entries, issue_crl_entry (&(IssueEntry) { serial, 2, NULL }));
  tbs = forge_join (tbs, forge_element (0x30, entries), NULL);
  if (extra != NULL)
    tbs = forge_join (tbs, forge_element (0xa0, forge_element (0x30, forge_copy (extra))), NULL);
  der = issue_sign (forge_element (0x30, tbs), issue_algorithm (), issuer->key);
  crl = trust_crl_new (der->data, der->len, &error);
  g_assert_no_error (error);
  return crl;
}

/* 10 MB of list are read, and one entry among 400,000 is found. */
static void
test_large_crl (void)
{
  TrustPathQuestion question = make_question ();
  const Issued *root = issue_root ("Root"), *leaf = issue_leaf (root), *other = issue_leaf (root);
  g_autoptr (GPtrArray) crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  gint64 begin = g_get_monotonic_time ();
  Result result;

  g_ptr_array_add (crls, make_large_crl (root, 440000, leaf, NULL));
  g_assert_cmpint (g_get_monotonic_time () - begin, <, BOUND_SECONDS * G_USEC_PER_SEC);
  g_assert_cmpuint (g_bytes_get_size (((TrustCrl *) crls->pdata[0])->der), >, 10 * 1000 * 1000);
  result = look_with (&question, CHAIN (root), CHAIN (leaf), crls);
  g_assert_cmpstr (result.rule, ==, "revoked");
  g_assert_cmpuint (result.signatures, ==, 2);
  result = look_with (&question, CHAIN (root), CHAIN (other), crls);
  g_assert_cmpuint (result.length, ==, 2);
}

/* COUNT URIs, different from FIRST on. (transfer full) */
static GByteArray *
make_uris (guint first, guint count)
{
  GByteArray *names = g_byte_array_new ();

  for (guint i = 0; i < count; i++)
    {
      guint8 name[] = { 0x86, 3, 0, 0, 0 };
      guint number = first + i;

      name[2] = (guint8) (number >> 16), name[3] = (guint8) (number >> 8), name[4] = (guint8) number;
      g_byte_array_append (names, name, sizeof name);
    }
  return names;
}

/* A point of 10,000 names, and a list of as many others: they are not all held against one another, and that is no "trusted". */
static void
test_points (void)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GByteArray) points = issue_extension (31, FALSE,
                                                   forge_element (0x30,
                                                                  forge_element (0x30,
                                                                                 forge_element (0xa0, forge_element (0xa0, make_uris (0, 10000))))));
  g_autoptr (GByteArray) scope = issue_extension (28, TRUE,
                                                  forge_element (0x30, forge_element (0xa0, forge_element (0xa0, make_uris (1u << 20, 100000)))));
  const Issued *root = issue_root ("Root"), *leaf = issue (&(IssueSpec) { .issuer = root, .is_leaf = TRUE, .extra = points });
  g_autoptr (GPtrArray) crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  Result result;

  g_ptr_array_add (crls, make_large_crl (root, 10, leaf, scope));
  result = look_with (&question, CHAIN (root), CHAIN (leaf), crls);
  g_assert_cmpint (result.reason, ==, TRUST_REASON_BUDGET_EXHAUSTED);
  g_assert_cmpuint (result.comparisons, ==, TRUST_PATH_COMPARISONS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verifier-hostile/long", test_long);
  g_test_add_func ("/verifier-hostile/many-constraints", test_many_constraints);
  g_test_add_func ("/verifier-hostile/names-times-constraints", test_names_times_constraints);
  g_test_add_func ("/verifier-hostile/namesakes", test_namesakes);
  g_test_add_func ("/verifier-hostile/namesakes-above", test_namesakes_above);
  g_test_add_func ("/verifier-hostile/mesh", test_mesh);
  g_test_add_func ("/verifier-hostile/many-paths", test_many_paths);
  g_test_add_func ("/verifier-hostile/policies", test_policies);
  g_test_add_func ("/verifier-hostile/large-certificate", test_large_certificate);
  g_test_add_func ("/verifier-hostile/large-crl", test_large_crl);
  g_test_add_func ("/verifier-hostile/points", test_points);
  return g_test_run ();
}
