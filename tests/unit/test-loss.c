/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/loss.h"

#include "tests/lib/support.h"

#define N_ROOTS 8
#define DAY 86400

static TestCertificate *roots[N_ROOTS];
static TrustOrigin *origins[TRUST_LAYER_LAST];

static TrustAnchor *
anchor_new (guint root, TrustLayer layer, guint mask, const TrustLimits *limits, TrustNote *note)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, limits);

  return trust_anchor_new (roots[root]->certificate, settings, origins[layer], note);
}

static TrustConstraints *
constraints_new (void)
{
  TrustConstraints *constraints = trust_constraints_new ();

  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "a.example", NULL));
  return constraints;
}

static TrustAnchorSet *
set_of (TrustAnchor *anchor)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new (), none = g_ptr_array_new ();

  g_ptr_array_add (anchors, anchor);
  return trust_anchor_set_new (anchors, none);
}

/* The mask that flat files show of the one anchor at NOW; 0: none hold it. */
static guint
shown (TrustAnchor *anchor, gint64 now, gint64 *next)
{
  g_autoptr (TrustAnchorSet) set = set_of (anchor);
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (set, &trust_loss_policy_default, now, next, NULL);
  TrustAnchor *found = trust_anchor_set_lookup (flat, trust_anchor_get_fingerprint (anchor));

  if (found == NULL)
    return 0;
  g_assert_false (trust_settings_is_limited (trust_anchor_get_settings (found)));
  return trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (found)));
}

static void
test_names (void)
{
  g_assert_cmpstr (trust_loss_get_name (TRUST_LOSS_PURPOSES), ==, "purposes");
  g_assert_cmpstr (trust_loss_get_name (TRUST_LOSS_SHARED_CONSTRAINTS), ==, "shared-constraints");
  g_assert_cmpstr (trust_loss_get_name (TRUST_LOSS_OTHER_DISTRUST_AFTER), ==, "other-distrust-after");
  g_assert_cmpstr (trust_loss_get_name (TRUST_LOSS_SERIAL_DISTRUST), ==, "serial-distrust");
  g_assert_null (trust_loss_get_name (TRUST_LOSS_LAST));
}

static void
test_unlimited (void)
{
  TrustLimits none = TRUST_LIMITS_NONE;
  g_autoptr (TrustAnchor) anchor = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 3, &none, NULL);
  g_autoptr (TrustAnchorSet) set = set_of (anchor);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  gint64 next = 0;
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (set, &trust_loss_policy_default, 1000, &next, losses);

  g_assert_true (flat == set);
  g_assert_cmpint (next, ==, TRUST_NEVER);
  g_assert_cmpuint (losses->len, ==, 1);
  g_assert_cmpuint (((TrustLoss *) losses->pdata[0])->losses, ==, 1u << TRUST_LOSS_PURPOSES);
  g_assert_false (((TrustLoss *) losses->pdata[0])->left_out);
}

/* DESIGN section 1, "Flat outputs". */
static void
test_constraints_and_until (void)
{
  g_autoptr (TrustConstraints) constraints = constraints_new ();
  TrustLimits constrained = { constraints, NULL, TRUST_NEVER, FALSE }, ending = { NULL, NULL, 2000, FALSE };

  for (guint i = 0; i < 2; i++)
    {
      TrustLimits *limits = i == 0 ? &constrained : &ending;
      g_autoptr (TrustAnchor) own = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 3, limits, NULL), accepted = NULL;
      g_autoptr (TrustAnchor) distribution = anchor_new (0, TRUST_LAYER_DISTRIBUTION, 3, limits, NULL);
      gint64 next = 0;

      limits->accept_loss = TRUE;
      accepted = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 3, limits, NULL);
      g_assert_cmpuint (shown (own, 1000, &next), ==, 0);
      g_assert_cmpint (next, ==, i == 0 ? TRUST_NEVER : 2000);
      g_assert_cmpuint (shown (distribution, 1000, NULL), ==, 3);
      g_assert_cmpuint (shown (accepted, 1000, NULL), ==, 3);
      g_assert_cmpuint (shown (accepted, 1999, &next), ==, 3);
      g_assert_cmpint (next, ==, i == 0 ? TRUST_NEVER : 2000);
      g_assert_cmpuint (shown (accepted, 2000, &next), ==, i == 0 ? 3 : 0);
      g_assert_cmpint (next, ==, TRUST_NEVER);
      g_assert_cmpuint (shown (distribution, 2000, NULL), ==, i == 0 ? 3 : 0);
    }
}

/* 398 days (CA/Browser Forum's longest life of a TLS certificate): until then the last good leaf may be in use. */
static void
test_distrust_after (void)
{
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = { NULL, dates, TRUST_NEVER, FALSE };
  g_autoptr (TrustAnchor) own = NULL, distribution = NULL, late = NULL;
  gint64 next = 0, over = 1000 + 398 * (gint64) DAY;

  trust_distrust_after_add (dates, "server-auth", 1000);
  trust_distrust_after_add (dates, "code-signing", 500);
  own = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 3, &limits, NULL);
  distribution = anchor_new (0, TRUST_LAYER_DISTRIBUTION, 3, &limits, NULL);
  g_assert_cmpuint (shown (own, 0, &next), ==, 3);
  g_assert_cmpint (next, ==, over);
  g_assert_cmpuint (shown (own, over - 1, &next), ==, 3);
  g_assert_cmpint (next, ==, over);
  g_assert_cmpuint (shown (own, over, &next), ==, 2);
  g_assert_cmpint (next, ==, TRUST_NEVER);
  g_assert_cmpuint (shown (distribution, over, &next), ==, 3);
  g_assert_cmpint (next, ==, TRUST_NEVER);
  trust_distrust_after_add (dates, "client-auth", G_MAXINT64 - 1);
  late = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 3, &limits, NULL);
  g_assert_cmpuint (shown (late, over, NULL), ==, 2);
}

static void
test_losses (void)
{
  g_autoptr (TrustConstraints) constraints = constraints_new ();
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = { constraints, dates, 5000, TRUE }, none = TRUST_LIMITS_NONE;
  TrustNote *note = trust_note_new ("Label", NULL, NULL, 0);
  g_autoptr (TrustAnchor) all = NULL, plain = anchor_new (1, TRUST_LAYER_ADMINISTRATOR, 1, &none, NULL);
  g_autoptr (TrustAnchor) email = anchor_new (2, TRUST_LAYER_ADMINISTRATOR, 4, &none, NULL);
  TrustCertificate *third = roots[3]->certificate;
  TrustSpan no = { NULL, 0 };
  g_autoptr (TrustDistrust) whole = trust_distrust_new (trust_certificate_get_fingerprint (third), trust_certificate_get_key_fingerprint (third), no,
                                                        no, third, origins[0], NULL);
  g_autoptr (TrustDistrust) bare = trust_distrust_new (trust_certificate_get_fingerprint (third), NULL, trust_certificate_get_issuer_der (third),
                                                       trust_certificate_get_serial (third), NULL, origins[0], note);

  trust_distrust_after_add (dates, "email-protection", 5);
  trust_distrust_after_add (dates, "time-stamping", 5);
  all = anchor_new (0, TRUST_LAYER_ADMINISTRATOR, 1, &limits, note);
  g_assert_cmphex (trust_loss_of_anchor (all), ==,
                   1 << TRUST_LOSS_CONSTRAINTS | 1 << TRUST_LOSS_DISTRUST_AFTER | 1 << TRUST_LOSS_OTHER_DISTRUST_AFTER | 1 << TRUST_LOSS_UNTIL
                       | 1 << TRUST_LOSS_LABEL);
  g_assert_cmphex (trust_loss_of_anchor (plain), ==, 0);
  g_assert_cmphex (trust_loss_of_anchor (email), ==, 1 << TRUST_LOSS_PURPOSES);
  g_assert_cmphex (trust_loss_of_distrust (whole), ==, 1 << TRUST_LOSS_DISTRUST | 1 << TRUST_LOSS_KEY_DISTRUST);
  g_assert_cmphex (trust_loss_of_distrust (bare), ==, 1 << TRUST_LOSS_BARE_DISTRUST | 1 << TRUST_LOSS_SERIAL_DISTRUST | 1 << TRUST_LOSS_LABEL);
  trust_note_unref (note);
}

/* A refused root is not there; an intermediate's refusal, or a key's, no flat file tells. */
static void
test_distrusts (void)
{
  TestCertificateSpec spec = { .dn = "CN=Intermediate", .issuer = roots[0] };
  g_autoptr (TestCertificate) intermediate = test_certificate_new (&spec);
  TrustCertificate *root = roots[1]->certificate, *below = intermediate->certificate;
  TrustSpan no = { NULL, 0 };
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (TrustAnchorSet) set = NULL, flat = NULL;
  TrustLoss *first = NULL, *second = NULL;

  g_ptr_array_add (distrusts, trust_distrust_new (trust_certificate_get_fingerprint (root), NULL, no, no, root, origins[4], NULL));
  g_ptr_array_add (distrusts, trust_distrust_new (trust_certificate_get_fingerprint (below), NULL, no, no, below, origins[4], NULL));
  g_ptr_array_add (distrusts, trust_distrust_new (NULL, trust_certificate_get_key_fingerprint (root), no, no, NULL, origins[4], NULL));
  set = trust_anchor_set_new (none, distrusts);
  flat = trust_loss_flatten (set, &trust_loss_policy_default, 0, NULL, losses);
  g_assert_true (flat == set);
  g_assert_cmpuint (losses->len, ==, 2);
  first = losses->pdata[0];
  second = losses->pdata[1];
  g_assert_cmphex (first->losses, ==, 1 << TRUST_LOSS_KEY_DISTRUST);
  g_assert_cmpstr (first->title, ==, "");
  g_assert_cmphex (second->losses, ==, 1 << TRUST_LOSS_DISTRUST);
  g_assert_cmpstr (second->title, ==, "Intermediate");
  g_assert_true (trust_fingerprint_equal (&second->fingerprint, trust_certificate_get_fingerprint (below)));
}

static TrustAnchorSet *
random_set (void)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), none = g_ptr_array_new ();
  g_autoptr (TrustConstraints) constraints = constraints_new ();

  for (guint i = 0; i < N_ROOTS; i++)
    {
      g_autoptr (GArray) dates = trust_distrust_after_new ();
      TrustLimits limits = { g_test_rand_int_range (0, 4) == 0 ? constraints : NULL, dates, TRUST_NEVER, g_test_rand_bit () };

      if (g_test_rand_int_range (0, 3) == 0)
        limits.until = g_test_rand_int_range (0, 1200) * DAY;
      for (guint j = 0; j < 3; j++)
        if (g_test_rand_int_range (0, 3) == 0)
          trust_distrust_after_add (dates, trust_purpose_get_name (j), g_test_rand_int_range (0, 1000) * DAY);
      if (g_test_rand_int_range (0, 5) > 0)
        g_ptr_array_add (anchors, anchor_new (i, g_test_rand_int_range (0, TRUST_LAYER_LAST), (guint) g_test_rand_int_range (1, 8), &limits, NULL));
    }
  return trust_anchor_set_new (anchors, none);
}

/* The rule once more, for one purpose of one anchor. */
static gboolean
may_hold (const TrustAnchor *anchor, guint purpose, const TrustLossPolicy *policy, gint64 now)
{
  const TrustLimits *limits = trust_settings_get_limits (trust_anchor_get_settings (anchor));
  guint mask = trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor)));
  gint64 after = 0;

  if ((mask & 1u << purpose) == 0 || now >= limits->until)
    return FALSE;
  if (trust_origin_get_layer (trust_anchor_get_origin (anchor)) == TRUST_LAYER_DISTRIBUTION)
    return TRUE;
  if (limits->constraints != NULL && !policy->constraints && !limits->accept_loss)
    return FALSE;
  if (limits->until != TRUST_NEVER && !policy->until && !limits->accept_loss)
    return FALSE;
  if (!policy->purposes && mask != 1u << purpose)
    return FALSE;
  return !trust_settings_get_distrust_after (trust_anchor_get_settings (anchor), trust_purpose_get_name (purpose), &after)
         || now < after + policy->distrust_after_days * (gint64) DAY;
}

static void
check_flat (TrustAnchorSet *set, TrustAnchorSet *flat, const TrustLossPolicy *policy, gint64 now, const GPtrArray *losses)
{
  guint n_out = 0, n_out_told = 0;

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);
      TrustAnchor *found = trust_anchor_set_lookup (flat, trust_anchor_get_fingerprint (anchor));
      guint wanted = 0;

      for (guint purpose = 0; purpose < 3; purpose++)
        wanted |= may_hold (anchor, purpose, policy, now) ? 1u << purpose : 0;
      g_assert_cmphex (found != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (found))) : 0, ==, wanted);
      g_assert_true (found == NULL || !trust_settings_is_limited (trust_anchor_get_settings (found)));
      n_out += wanted == 0 && trust_settings_get_until (trust_anchor_get_settings (anchor)) > now;
    }
  for (guint i = 0; i < losses->len; i++)
    {
      const TrustLoss *loss = losses->pdata[i];
      TrustAnchor *anchor = trust_anchor_set_lookup (set, &loss->fingerprint);

      n_out_told += loss->left_out;
      g_assert_cmphex (loss->losses, ==, trust_loss_of_anchor (anchor));
      g_assert_true (loss->left_out == (trust_anchor_set_lookup (flat, &loss->fingerprint) == NULL));
      g_assert_true (i == 0 || trust_fingerprint_compare (&((TrustLoss *) losses->pdata[i - 1])->fingerprint, &loss->fingerprint) < 0);
    }
  g_assert_cmpuint (n_out, ==, n_out_told);
}

static gboolean
same (TrustAnchorSet *a, TrustAnchorSet *b)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };

  trust_anchor_set_diff (a, b, &diff);
  return trust_anchor_set_diff_is_empty (&diff);
}

static void
test_against_reference (void)
{
  guint n_changed = 0;

  for (guint round = 0; round < 3000; round++)
    {
      TrustLossPolicy policy = trust_loss_policy_default;
      g_autoptr (TrustAnchorSet) set = random_set (), flat = NULL, before = NULL, after = NULL;
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_autoptr (GPtrArray) later = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      gint64 now = g_test_rand_int_range (0, 1500) * (gint64) DAY, next = 0;

      if (g_test_rand_int_range (0, 3) == 0)
        policy = (TrustLossPolicy) { g_test_rand_bit (), g_test_rand_bit (), g_test_rand_bit (), (guint) g_test_rand_int_range (0, 400) };
      flat = trust_loss_flatten (set, &policy, now, &next, losses);
      check_flat (set, flat, &policy, now, losses);
      g_assert_cmpint (next, >, now);
      if (next == TRUST_NEVER)
        next = 100000 * (gint64) DAY;
      else
        n_changed++;
      /* Nothing changes before; what does then is told. */
      before = trust_loss_flatten (set, &policy, next - 1, NULL, NULL);
      g_assert_true (same (flat, before));
      after = trust_loss_flatten (set, &policy, next, NULL, later);
      check_flat (set, after, &policy, next, later);
    }
  g_assert_cmpuint (n_changed, >, 500);
}

int
main (int argc, char **argv)
{
  int result = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_ROOTS; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i);

      roots[i] = test_certificate_new_root (dn);
    }
  for (guint i = 0; i < TRUST_LAYER_LAST; i++)
    origins[i] = trust_origin_new (i, "anchors-etc", "/x", FALSE);
  g_test_add_func ("/loss/names", test_names);
  g_test_add_func ("/loss/unlimited", test_unlimited);
  g_test_add_func ("/loss/constraints-and-until", test_constraints_and_until);
  g_test_add_func ("/loss/distrust-after", test_distrust_after);
  g_test_add_func ("/loss/losses", test_losses);
  g_test_add_func ("/loss/distrusts", test_distrusts);
  g_test_add_func ("/loss/against-reference", test_against_reference);
  result = g_test_run ();
  for (guint i = 0; i < N_ROOTS; i++)
    test_certificate_free (roots[i]);
  for (guint i = 0; i < TRUST_LAYER_LAST; i++)
    trust_origin_unref (origins[i]);
  return result;
}
