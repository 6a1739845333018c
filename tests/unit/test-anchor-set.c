/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-set.h"
#include "core/extensions.h"

#include "tests/lib/support.h"

#define N_ROOTS 12

typedef struct
{
  TestCertificate *roots[N_ROOTS];
  GPtrArray *anchors; /* of TrustAnchor*: all roots, server-auth */
  GPtrArray *no_anchors;
  GPtrArray *no_distrusts;
} Fixture;

static TrustAnchor *
anchor_for (const TestCertificate *root, guint mask)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "a", "/x", FALSE);

  return trust_anchor_new (root->certificate, settings, origin, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  fixture->no_anchors = g_ptr_array_new ();
  fixture->no_distrusts = g_ptr_array_new ();
  for (guint i = 0; i < N_ROOTS; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i / 2); /* two of each name */

      fixture->roots[i] = test_certificate_new_root (dn);
      g_ptr_array_add (fixture->anchors, anchor_for (fixture->roots[i], 1));
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_ROOTS; i++)
    test_certificate_free (fixture->roots[i]);
  g_ptr_array_unref (fixture->anchors);
  g_ptr_array_unref (fixture->no_anchors);
  g_ptr_array_unref (fixture->no_distrusts);
}

static void
test_lookup (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (fixture->anchors, fixture->no_distrusts);
  TrustFingerprint absent = { { 0 } };

  g_assert_cmpuint (trust_anchor_set_get_n_anchors (set), ==, N_ROOTS);
  for (guint i = 0; i < N_ROOTS; i++)
    {
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (fixture->roots[i]->certificate);

      g_assert_true (trust_anchor_set_lookup (set, fingerprint) == fixture->anchors->pdata[i]);
      g_assert_true (trust_anchor_set_get_anchor (set, trust_anchor_set_lower_bound (set, fingerprint)) == fixture->anchors->pdata[i]);
      if (i > 0)
        g_assert_cmpint (trust_fingerprint_compare (trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (set, i - 1)),
                                                    trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (set, i))),
                         <, 0);
    }
  g_assert_null (trust_anchor_set_lookup (set, &absent));
}

static void
test_subject (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (fixture->anchors, fixture->no_distrusts);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  trust_anchor_set_find_subject (set, trust_certificate_get_subject_id (fixture->roots[4]->certificate), found);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_true (g_ptr_array_find (found, fixture->anchors->pdata[4], NULL));
  g_assert_true (g_ptr_array_find (found, fixture->anchors->pdata[5], NULL));
  g_ptr_array_set_size (found, 0);
  trust_anchor_set_find_subject (set, 42, found);
  g_assert_cmpuint (found->len, ==, 0);
}

static TrustSpan
read_key_id (const TestCertificate *root)
{
  TrustExtensions extensions;

  g_assert_true (trust_extensions_read (trust_certificate_get_der (root->certificate), &extensions));
  g_assert_cmpuint (extensions.subject_key_id.size, >, 0);
  return extensions.subject_key_id;
}

/* Namesakes are told apart by their keys; who has a name alone is found by any key: it may be the one that does not say. */
static void
test_subject_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  const guint8 other[] = { 1, 2, 3, 4 };

  g_ptr_array_set_size (fixture->anchors, N_ROOTS - 1);
  set = trust_anchor_set_new (fixture->anchors, fixture->no_distrusts);
  for (guint i = 0; i < N_ROOTS - 1; i++)
    {
      guint64 name = trust_certificate_get_subject_id (fixture->roots[i]->certificate);

      g_ptr_array_set_size (found, 0);
      trust_anchor_set_find_subject_key (set, name, read_key_id (fixture->roots[i]), found);
      g_assert_cmpuint (found->len, ==, 1);
      g_assert_true (found->pdata[0] == fixture->anchors->pdata[i]);
      g_ptr_array_set_size (found, 0);
      trust_anchor_set_find_subject_key (set, name, (TrustSpan) { other, sizeof other }, found);
      g_assert_cmpuint (found->len, ==, i == N_ROOTS - 2);
    }
  trust_anchor_set_find_subject_key (set, 42, read_key_id (fixture->roots[0]), found);
  g_assert_cmpuint (found->len, ==, 1);
}

static void
test_distrust (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "a", "/x", FALSE);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustCertificate *a = fixture->roots[0]->certificate, *b = fixture->roots[1]->certificate, *c = fixture->roots[2]->certificate;
  TrustSpan none = { NULL, 0 };

  g_ptr_array_add (distrusts, trust_distrust_new (trust_certificate_get_fingerprint (a), NULL, none, none, a, origin, NULL));
  g_ptr_array_add (distrusts, trust_distrust_new (NULL, trust_certificate_get_key_fingerprint (b), none, none, NULL, origin, NULL));
  g_ptr_array_add (distrusts,
                   trust_distrust_new (NULL, NULL, trust_certificate_get_issuer_der (c), trust_certificate_get_serial (c), NULL, origin, NULL));
  set = trust_anchor_set_new (fixture->no_anchors, distrusts);
  g_assert_true (trust_anchor_set_find_distrust (set, a) == distrusts->pdata[0]);
  g_assert_true (trust_anchor_set_find_distrust (set, b) == distrusts->pdata[1]);
  g_assert_true (trust_anchor_set_find_distrust (set, c) == distrusts->pdata[2]);
  g_assert_null (trust_anchor_set_find_distrust (set, fixture->roots[3]->certificate));
  g_assert_true (trust_anchor_set_lookup_distrust (set, trust_certificate_get_fingerprint (a)) == distrusts->pdata[0]);
  g_assert_null (trust_anchor_set_lookup_distrust (set, trust_certificate_get_fingerprint (b)));
}

static void
test_diff (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (TrustAnchor) changed = anchor_for (fixture->roots[3], 3);
  g_autoptr (TrustAnchor) same = anchor_for (fixture->roots[5], 1);
  g_autoptr (TrustAnchorSet) before = NULL;
  g_autoptr (TrustAnchorSet) after = NULL;
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  g_auto (TrustAnchorSetDiff) none = { 0 };
  g_autoptr (GPtrArray) all_but_last = g_ptr_array_new ();

  for (guint i = 0; i < N_ROOTS; i++)
    {
      if (i != N_ROOTS - 1)
        g_ptr_array_add (all_but_last, fixture->anchors->pdata[i]);
      if (i != 0)
        g_ptr_array_add (others, i == 3 ? changed : i == 5 ? same : fixture->anchors->pdata[i]);
    }
  before = trust_anchor_set_new (all_but_last, fixture->no_distrusts);
  after = trust_anchor_set_new (others, fixture->no_distrusts);
  trust_anchor_set_diff (before, after, &diff);
  g_assert_cmpuint (diff.added->len, ==, 1);
  g_assert_cmpuint (diff.removed->len, ==, 1);
  g_assert_cmpuint (diff.changed->len, ==, 1);
  g_assert_true (trust_fingerprint_equal (diff.added->data, trust_certificate_get_fingerprint (fixture->roots[N_ROOTS - 1]->certificate)));
  g_assert_true (trust_fingerprint_equal (diff.removed->data, trust_certificate_get_fingerprint (fixture->roots[0]->certificate)));
  g_assert_true (trust_fingerprint_equal (diff.changed->data, trust_certificate_get_fingerprint (fixture->roots[3]->certificate)));
  trust_anchor_set_diff (after, after, &none);
  g_assert_true (trust_anchor_set_diff_is_empty (&none));
  g_assert_false (trust_anchor_set_diff_is_empty (&diff));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/anchor-set/lookup", Fixture, NULL, set_up, test_lookup, tear_down);
  g_test_add ("/anchor-set/subject", Fixture, NULL, set_up, test_subject, tear_down);
  g_test_add ("/anchor-set/subject-key", Fixture, NULL, set_up, test_subject_key, tear_down);
  g_test_add ("/anchor-set/distrust", Fixture, NULL, set_up, test_distrust, tear_down);
  g_test_add ("/anchor-set/diff", Fixture, NULL, set_up, test_diff, tear_down);
  return g_test_run ();
}
