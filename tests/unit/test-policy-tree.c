/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies along a path: RFC 5280 section 6.1 and RFC 9618. Certificates are written from the anchor down. */
#include "core/policy-tree.h"

#include "tests/lib/issue.h"

#define ANY "2.5.29.32.0"
#define P1 "1.2.3.1"
#define P2 "1.2.3.2"
#define P3 "1.2.3.3"
#define N TRUST_NO_NUMBER
/* A skip count of 0 in a row is written so, as what is left out there is 0. */
#define NOW (-2)

typedef struct
{
  const char *policies;             /* "1.2.3 1.2.4"; NULL: no extension */
  const char *mappings;             /* "1.2.3>1.2.4" */
  gint require, no_mapping, no_any; /* one more than the skip count; 0: none; NOW: 0 */
  gboolean is_self_issued;
} Step;

typedef struct
{
  const char *source;
  const char *initial; /* NULL: any */
  gboolean explicit_policy, inhibit_mapping, inhibit_any;
  Step steps[6];
  guint n;
  gboolean good;
} Case;

/* What the extension of ARC holds. (transfer full) */
static TrustSpan
make_value (const char *text)
{
  return forge_span (issue_keep (issue_oid_list (text)));
}

static gint
count_of (gint number)
{
  return number == NOW ? 0 : number == 0 ? N : number - 1;
}

static void
make_extensions (const Step *step, TrustExtensions *out)
{
  *out = (TrustExtensions) { .path_length = N,
                             .require_explicit_policy = count_of (step->require),
                             .inhibit_policy_mapping = count_of (step->no_mapping),
                             .inhibit_any_policy = count_of (step->no_any) };
  if (step->policies != NULL)
    {
      out->present |= 1u << TRUST_EXTENSION_POLICIES;
      out->values[TRUST_EXTENSION_POLICIES] = make_value (step->policies);
    }
  if (step->mappings != NULL)
    {
      out->present |= 1u << TRUST_EXTENSION_POLICY_MAPPINGS;
      out->values[TRUST_EXTENSION_POLICY_MAPPINGS] = make_value (step->mappings);
    }
}

/* The OIDs of TEXT. */
static GArray *
read_oids (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GArray *oids = g_array_new (FALSE, FALSE, sizeof (TrustSpan));

  for (guint i = 0; words[i] != NULL; i++)
    {
      GByteArray *oid = issue_keep (g_byte_array_new ());
      TrustSpan span;

      trust_der_append_oid_content (oid, words[i]);
      span = forge_span (oid);
      g_array_append_val (oids, span);
    }
  return oids;
}

/* NULL, or what the tree says is wrong. */
static const char *
run (const Case *c)
{
  g_autoptr (GArray) initial = c->initial != NULL ? read_oids (c->initial) : NULL;
  TrustPolicyInput input = { initial != NULL ? (const TrustSpan *) (void *) initial->data : NULL, initial != NULL ? initial->len : 0,
                             c->explicit_policy, c->inhibit_mapping, c->inhibit_any };
  g_autoptr (TrustPolicyTree) tree = trust_policy_tree_new (&input, c->n);
  const char *fault = NULL;

  for (guint i = 0; i < c->n && fault == NULL; i++)
    {
      TrustExtensions extensions;

      make_extensions (&c->steps[i], &extensions);
      fault = trust_policy_tree_step (tree, &extensions, c->steps[i].is_self_issued);
    }
  return fault;
}

#define PATH(...) { __VA_ARGS__ }, G_N_ELEMENTS (((const Step[]) { __VA_ARGS__ }))

static const Case cases[] = {
  /* 6.1.5: without an explicit policy nothing is asked. */
  { "6.1.5", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = NULL }, { .policies = NULL }), TRUE },
  { "6.1.3 (f)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = NULL }), FALSE },
  { "6.1.3 (f)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }), TRUE },
  { "6.1.3 (e)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = NULL }), FALSE },
  { "6.1.3 (e)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = NULL }, { .policies = P1 }), FALSE },
  { "6.1.3 (d)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), TRUE },
  { "6.1.3 (d)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P2 }), FALSE },
  { "6.1.3 (d)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P2 }), TRUE },
  { "6.1.3 (d)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2 }, { .policies = P2 " " P3 }), TRUE },
  /* 6.1.1 (c): the user's initial policies. */
  { "6.1.1 (c)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), TRUE },
  { "6.1.1 (c)", P2, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), FALSE },
  { "6.1.1 (c)", P2 " " P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), TRUE },
  { "6.1.1 (c)", P2, FALSE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), TRUE },
  { "6.1.1 (c)", ANY, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1 }), TRUE },
  /* anyPolicy in a certificate. */
  { "6.1.3 (d) (1) (ii)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = ANY }, { .policies = P1 }), TRUE },
  { "6.1.3 (d) (2)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = ANY }), TRUE },
  { "6.1.3 (d) (2)", P2, TRUE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = ANY }), FALSE },
  { "6.1.5 (g) (iii)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = ANY }, { .policies = ANY }), TRUE },
  { "6.1.3 (d) (1) (ii)", P2, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " ANY }, { .policies = P2 }), TRUE },
  { "6.1.3 (d) (2)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2 }, { .policies = P2 " " ANY }), TRUE },
  /* 6.1.1 (g), 6.1.4 (j): anyPolicy that does not count, but in a self-issued certificate that is not the last. */
  { "6.1.1 (g)", NULL, TRUE, FALSE, TRUE, PATH ({ .policies = ANY }, { .policies = P1 }), FALSE },
  { "6.1.1 (g)", NULL, TRUE, FALSE, TRUE, PATH ({ .policies = ANY, .is_self_issued = TRUE }, { .policies = P1 }), TRUE },
  { "6.1.3 (d) (2)", NULL, TRUE, FALSE, TRUE, PATH ({ .policies = ANY, .is_self_issued = TRUE }), FALSE },
  { "6.1.4 (j)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .no_any = NOW }, { .policies = ANY }), FALSE },
  { "6.1.4 (j)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .no_any = 2 }, { .policies = ANY }), TRUE },
  { "6.1.4 (j)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .no_any = 2 }, { .policies = ANY }, { .policies = ANY }), FALSE },
  { "6.1.4 (h) (3)", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_any = 2 }, { .policies = P1, .is_self_issued = TRUE }, { .policies = ANY }), TRUE },
  { "6.1.4 (j): it never grows", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_any = NOW }, { .policies = P1, .no_any = 6 }, { .policies = ANY }), FALSE },
  /* 6.1.4 (i): requireExplicitPolicy counts down over what is not self-issued; 6.1.5 (a), (b): and once at the end. */
  { "6.1.4 (i)", NULL, FALSE, FALSE, FALSE, PATH ({ .require = NOW }, { .policies = NULL }), FALSE },
  { "6.1.4 (i)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1, .require = NOW }, { .policies = P1 }), TRUE },
  { "6.1.4 (i)", NULL, FALSE, FALSE, FALSE, PATH ({ .require = 2 }, { .policies = NULL }), FALSE },
  { "6.1.4 (i)", NULL, FALSE, FALSE, FALSE, PATH ({ .require = 3 }, { .policies = NULL }), TRUE },
  { "6.1.4 (i)", NULL, FALSE, FALSE, FALSE, PATH ({ .require = 3 }, { .policies = NULL }, { .policies = NULL }), FALSE },
  { "6.1.4 (h) (1)", NULL, FALSE, FALSE, FALSE, PATH ({ .require = 3 }, { .is_self_issued = TRUE }, { .policies = NULL }), TRUE },
  { "6.1.5 (b)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P2, .require = NOW }), FALSE },
  { "6.1.5 (b)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P1, .require = NOW }), TRUE },
  { "6.1.5 (b)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1 }, { .policies = P2, .require = 2 }), TRUE },
  { "6.1.5 (a): self-issued or not", NULL, FALSE, FALSE, FALSE, PATH ({ .require = 2 }, { .is_self_issued = TRUE }), FALSE },
  { "6.1.4 (i): the user's policies count then", P2, FALSE, FALSE, FALSE, PATH ({ .policies = P1, .require = NOW }, { .policies = P1 }), FALSE },
  /* 6.1.4 (a), (b): mappings. */
  { "6.1.4 (b) (1)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), TRUE },
  { "6.1.4 (b) (1)", P2, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), FALSE },
  { "6.1.4 (b) (1)", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P1 }), FALSE },
  { "6.1.4 (b) (1): to two", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 " " P1 ">" P3 }, { .policies = P3 }), TRUE },
  { "6.1.4 (b) (1): two to one", P2, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2, .mappings = P1 ">" P3 " " P2 ">" P3 }, { .policies = P3 }),
    TRUE },
  { "6.1.4 (b) (1): by anyPolicy", P1, TRUE, FALSE, FALSE, PATH ({ .policies = ANY, .mappings = P1 ">" P2 }, { .policies = P2 }), TRUE },
  { "6.1.4 (b) (1): what is not there is not mapped", P3, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P3 ">" P2 }, { .policies = P2 }),
    FALSE },
  { "6.1.4 (b) (1): twice", P1, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2, .mappings = P2 ">" P3 }, { .policies = P3 }), TRUE },
  { "6.1.4 (b) (1): back", P1, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2, .mappings = P2 ">" P1 }, { .policies = P1 }), TRUE },
  { "6.1.4 (b) (1): changed over", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2, .mappings = P1 ">" P2 " " P2 ">" P1 }, { .policies = P2 }),
    TRUE },
  { "6.1.4 (b) (1): changed over", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2, .mappings = P1 ">" P2 " " P2 ">" P1 }, { .policies = P1 }),
    FALSE },
  { "6.1.3 (d) (2): anyPolicy takes what was mapped", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = ANY }),
    TRUE },
  { "6.1.4 (a)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = ANY ">" P2 }, { .policies = NULL }), FALSE },
  { "6.1.4 (a)", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" ANY }, { .policies = NULL }), FALSE },
  { "6.1.4 (a): without policies, too", NULL, FALSE, FALSE, FALSE, PATH ({ .mappings = P1 ">" ANY }, { .policies = NULL }), FALSE },
  { "6.1.4: mappings of the last do not count", NULL, TRUE, FALSE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" ANY }), TRUE },
  /* 6.1.1 (e), 6.1.4 (b) (2), (i) (2): mapping that does not count deletes. */
  { "6.1.1 (e)", NULL, TRUE, TRUE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), FALSE },
  { "6.1.4 (b) (2)", NULL, TRUE, TRUE, FALSE, PATH ({ .policies = P1, .mappings = P1 ">" P2 }, { .policies = P1 }), FALSE },
  { "6.1.4 (b) (2)", NULL, TRUE, TRUE, FALSE, PATH ({ .policies = P1 " " P3, .mappings = P1 ">" P2 }, { .policies = P3 }), TRUE },
  { "6.1.4 (i) (2)", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_mapping = NOW }, { .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), FALSE },
  { "6.1.4 (i) (2)", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_mapping = 2 }, { .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), TRUE },
  { "6.1.4 (h) (2)", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_mapping = 2 }, { .policies = P1, .is_self_issued = TRUE }, { .policies = P1, .mappings = P1 ">" P2 },
          { .policies = P2 }),
    TRUE },
  { "6.1.4 (h) (2)", NULL, TRUE, FALSE, FALSE,
    PATH ({ .policies = P1, .no_mapping = 2 }, { .policies = P1 }, { .policies = P1, .mappings = P1 ">" P2 }, { .policies = P2 }), FALSE },
  /* 4.2.1.4: "A certificate policy OID MUST NOT appear more than once". */
  { "4.2.1.4", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = P1 " " P1 }), FALSE },
  { "4.2.1.4", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = ANY " " ANY }), FALSE },
  { "4.2.1.4: also where no policy is left", NULL, FALSE, FALSE, FALSE, PATH ({ .policies = NULL }, { .policies = P1 " " P1 }), FALSE },
  /* 6.1.3 (d) (3), RFC 9618 5.4: what leads nowhere does not count for the user's policies. */
  { "6.1.3 (d) (3)", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2 }, { .policies = P2 }), FALSE },
  { "RFC 9618 5.4", P1, TRUE, FALSE, FALSE, PATH ({ .policies = P1 " " P2, .mappings = P1 ">" P3 }, { .policies = P3 " " P2 }, { .policies = P2 }),
    FALSE },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *fault = run (&cases[i]);

      g_test_message ("%u, %s: %s", i, cases[i].source, fault != NULL ? fault : "holds");
      g_assert_cmpint (fault == NULL, ==, cases[i].good);
    }
}

/* "1.2.3.FIRST 1.2.3.…", COUNT of them; TO: mapped to as many of another arc. (transfer full) */
static char *
list_many (guint arc, guint count, guint to)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    if (to == 0)
      g_string_append_printf (text, "%s1.2.%u.%u", i > 0 ? " " : "", arc, i);
    else
      for (guint n = 0; n < count; n++)
        g_string_append_printf (text, "%s1.2.%u.%u>1.2.%u.%u", text->len > 0 ? " " : "", arc, i, to, n);
  return g_string_free (text, FALSE);
}

/* RFC 9618 section 1: COUNT policies, each mapped to each of the next certificate. A tree has COUNT to the power of N_STEPS nodes. */
static const char *
explode (guint count, guint n_steps, const char *initial)
{
  g_autoptr (GArray) wanted = read_oids (initial);
  TrustPolicyInput input = { (const TrustSpan *) (void *) wanted->data, wanted->len, TRUE, FALSE, FALSE };
  g_autoptr (TrustPolicyTree) tree = trust_policy_tree_new (&input, n_steps);
  const char *fault = NULL;

  for (guint i = 0; i < n_steps && fault == NULL; i++)
    {
      g_autofree char *policies = list_many (3 + i, count, 0), *mappings = list_many (3 + i, count, 4 + i);
      TrustExtensions extensions;

      make_extensions (&(Step) { .policies = policies, .mappings = mappings }, &extensions);
      fault = trust_policy_tree_step (tree, &extensions, FALSE);
    }
  return fault;
}

static void
test_linear (void)
{
  /* 4^30 nodes of a tree are 120 of the graph, and the answer is right. */
  g_assert_null (explode (4, 30, "1.2.3.3"));
  g_assert_cmpstr (explode (4, 30, "1.2.4.3"), ==, "no policy of the path is one that is asked for");
  g_assert_null (explode (16, 3, "1.2.3.15"));
  /* And what is too much even so is refused. */
  g_assert_cmpstr (explode (64, 30, "1.2.3.7"), ==, "they are too many");
}

/* anyPolicy after many mappings takes them all in one pass, and again. */
static void
test_any_after_many (void)
{
  g_autofree char *policies = list_many (3, 16, 0), *mappings = list_many (3, 16, 4);
  Case c = { "",    "1.2.3.15", TRUE,
             FALSE, FALSE,      PATH ({ .policies = policies, .mappings = mappings }, { .policies = ANY }, { .policies = ANY }, { .policies = ANY }),
             TRUE };

  g_assert_null (run (&c));
}

/* Damaged lists are faults, never more. */
static void
test_damaged (void)
{
  /* clang-format off */
  static const struct { const char *policies, *mappings; gsize n_policies, n_mappings; } rows[] = {
    { "\x30\x02\x30\x00", NULL, 4, 0 },
    { "\x30\x04\x30\x02\x05\x00", NULL, 6, 0 },
    { "\x30\x02\x05\x00", NULL, 4, 0 },
    { "\x30\x07\x30\x05\x06\x03\x2a\x03\x04", "\x30\x02\x30\x00", 9, 4 },
    { "\x30\x07\x30\x05\x06\x03\x2a\x03\x04", "\x30\x07\x30\x05\x06\x03\x2a\x03\x04", 9, 9 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TrustPolicyInput input = { NULL, 0, FALSE, FALSE, FALSE };
      g_autoptr (TrustPolicyTree) tree = trust_policy_tree_new (&input, 2);
      TrustExtensions extensions;

      make_extensions (&(Step) { .policies = NULL }, &extensions);
      extensions.present = 1u << TRUST_EXTENSION_POLICIES;
      extensions.values[TRUST_EXTENSION_POLICIES] = (TrustSpan) { (const guint8 *) rows[i].policies, rows[i].n_policies };
      extensions.values[TRUST_EXTENSION_POLICY_MAPPINGS] = (TrustSpan) { (const guint8 *) rows[i].mappings, rows[i].n_mappings };
      g_assert_nonnull (trust_policy_tree_step (tree, &extensions, FALSE));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy-tree/cases", test_cases);
  g_test_add_func ("/policy-tree/linear", test_linear);
  g_test_add_func ("/policy-tree/any-after-many", test_any_after_many);
  g_test_add_func ("/policy-tree/damaged", test_damaged);
  return g_test_run ();
}
