/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/loss.h"

#include <string.h>

#define DAY G_GINT64_CONSTANT (86400)
#define BIT(kind) (1u << TRUST_LOSS_##kind)

static const char *const names[] = {
  "purposes", "other-purposes", "constraints", "shared-constraints", "distrust-after", "other-distrust-after",
  "until",    "label",          "distrust",    "bare-distrust",      "key-distrust",   "serial-distrust",
};
G_STATIC_ASSERT (G_N_ELEMENTS (names) == TRUST_LOSS_LAST);

const TrustLossPolicy trust_loss_policy_default = { .purposes = TRUE, .constraints = FALSE, .until = FALSE, .distrust_after_days = 398 };

const char *
trust_loss_get_name (TrustLossKind kind)
{
  return kind < TRUST_LOSS_LAST ? names[kind] : NULL;
}

static guint
of_distrust_after (const GArray *dates)
{
  guint losses = 0;

  for (guint i = 0; dates != NULL && i < dates->len; i++)
    {
      TrustPurpose purpose = trust_purpose_find (g_array_index (dates, TrustDistrustAfter, i).purpose);

      losses |= purpose == TRUST_PURPOSE_SERVER_AUTH || purpose == TRUST_PURPOSE_EMAIL_PROTECTION ? BIT (DISTRUST_AFTER) : BIT (OTHER_DISTRUST_AFTER);
    }
  return losses;
}

static guint
of_label (const TrustNote *note)
{
  return *trust_note_get_label (note) != '\0' ? BIT (LABEL) : 0;
}

guint
trust_loss_of_anchor (const TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustLimits *limits = trust_settings_get_limits (settings);
  const TrustPurposes *purposes = trust_settings_get_purposes (settings);
  guint losses = of_distrust_after (limits->distrust_after) | of_label (trust_anchor_get_note (anchor));

  if (trust_purposes_get_mask (purposes) != 1u << TRUST_PURPOSE_SERVER_AUTH)
    losses |= BIT (PURPOSES);
  if (trust_purposes_get_n_oids (purposes) > 0)
    losses |= BIT (OTHER_PURPOSES);
  if (limits->constraints != NULL)
    losses |= BIT (CONSTRAINTS);
  if (limits->until != TRUST_NEVER)
    losses |= BIT (UNTIL);
  return losses;
}

guint
trust_loss_of_distrust (const TrustDistrust *distrust)
{
  guint losses = of_label (trust_distrust_get_note (distrust));

  if (trust_distrust_get_fingerprint (distrust) != NULL)
    losses |= trust_distrust_get_certificate (distrust) != NULL ? BIT (DISTRUST) : BIT (BARE_DISTRUST);
  if (trust_distrust_get_key_fingerprint (distrust) != NULL)
    losses |= BIT (KEY_DISTRUST);
  if (trust_distrust_get_serial (distrust).size > 0)
    losses |= BIT (SERIAL_DISTRUST);
  return losses;
}

TrustLoss *
trust_loss_new (const TrustFingerprint *fingerprint, char *title, guint losses, gboolean left_out)
{
  TrustLoss *loss = g_new0 (TrustLoss, 1);

  if (fingerprint != NULL)
    loss->fingerprint = *fingerprint;
  loss->title = title;
  loss->losses = losses;
  loss->left_out = left_out;
  return loss;
}

void
trust_loss_free (TrustLoss *loss)
{
  g_free (loss->title);
  g_free (loss);
}

/* What is being made. */
typedef struct
{
  const TrustLossPolicy *policy;
  gint64 now;
  gint64 next;
  GPtrArray *anchors; /* (owned) of TrustAnchor* (owned) */
  GPtrArray *losses;  /* (nullable) */
  gboolean differs;   /* from the set given */
} Flat;

/* The answer changes at TIME, if that is still to come. */
static void
note_time (Flat *flat, gint64 time)
{
  if (time > flat->now)
    flat->next = MIN (flat->next, time);
}

/* Do its limits keep an anchor out of every flat file? */
static gboolean
is_refused (const Flat *flat, const TrustSettings *settings)
{
  const TrustLimits *limits = trust_settings_get_limits (settings);
  const TrustPurposes *purposes = trust_settings_get_purposes (settings);
  guint n = (guint) __builtin_popcount (trust_purposes_get_mask (purposes)) + trust_purposes_get_n_oids (purposes);

  return (limits->constraints != NULL && !limits->accept_loss && !flat->policy->constraints)
         || (limits->until != TRUST_NEVER && !limits->accept_loss && !flat->policy->until) || (n > 1 && !flat->policy->purposes);
}

/* Is a distrust-after of PURPOSE too long ago? */
static gboolean
is_over (Flat *flat, const TrustSettings *settings, const char *purpose)
{
  gint64 after = 0, days = flat->policy->distrust_after_days * DAY;

  if (!trust_settings_get_distrust_after (settings, purpose, &after))
    return FALSE;
  after = after > G_MAXINT64 - days ? G_MAXINT64 : after + days;
  note_time (flat, after);
  return after <= flat->now;
}

/* The purposes whose distrust-after is not long ago. Returns: (transfer full). */
static TrustPurposes *
purposes_left (Flat *flat, const TrustSettings *settings)
{
  g_auto (GStrv) all = trust_purposes_dup_names (trust_settings_get_purposes (settings));
  g_autoptr (TrustPurposes) left = trust_purposes_new_mask (0);

  for (guint i = 0; all[i] != NULL; i++)
    if (!is_over (flat, settings, all[i]))
      {
        const char *const name[] = { all[i], NULL };
        g_autoptr (TrustPurposes) one = trust_purposes_new (name, NULL), before = g_steal_pointer (&left);

        left = trust_purposes_union (before, one);
      }
  return g_steal_pointer (&left);
}

/* Adds it to what flat files show, as far as they may. FALSE if they may not. */
static gboolean
add_limited (Flat *flat, TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustLimits *limits = trust_settings_get_limits (settings);
  gboolean is_whole = trust_origin_get_layer (trust_anchor_get_origin (anchor)) == TRUST_LAYER_DISTRIBUTION;
  g_autoptr (TrustPurposes) purposes = NULL;
  g_autoptr (TrustSettings) plain = NULL;

  flat->differs = TRUE;
  if (!is_whole && is_refused (flat, settings))
    return FALSE;
  purposes = is_whole || limits->distrust_after == NULL ? trust_purposes_ref (trust_settings_get_purposes (settings))
                                                        : purposes_left (flat, settings);
  if (trust_purposes_is_empty (purposes))
    return FALSE;
  plain = trust_settings_new (purposes);
  g_ptr_array_add (flat->anchors, trust_anchor_with_settings (anchor, plain));
  return TRUE;
}

static void
add_anchor (Flat *flat, TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustLimits *limits = trust_settings_get_limits (settings);
  gboolean is_limited = trust_settings_is_limited (settings) || limits->accept_loss || (!flat->policy->purposes && is_refused (flat, settings));
  gboolean held = TRUE;
  guint losses = 0;

  if (limits->until <= flat->now)
    {
      flat->differs = TRUE;
      return;
    }
  note_time (flat, limits->until);
  if (is_limited)
    held = add_limited (flat, anchor);
  else
    g_ptr_array_add (flat->anchors, trust_anchor_ref (anchor));
  if (flat->losses == NULL)
    return;
  losses = trust_loss_of_anchor (anchor);
  if (losses == 0 && held)
    return;
  g_ptr_array_add (flat->losses, trust_loss_new (trust_anchor_get_fingerprint (anchor),
                                                 trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), losses, !held));
}

/* A flat file refuses a root by not holding it; of other certificates, keys and serials it knows nothing. */
static void
add_distrust (Flat *flat, TrustDistrust *distrust)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  guint losses = trust_loss_of_distrust (distrust);
  char *title = NULL;

  if (certificate != NULL && trust_certificate_is_self_issued (certificate))
    losses &= ~BIT (DISTRUST);
  if (losses == 0)
    return;
  title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup (trust_note_get_label (trust_distrust_get_note (distrust)));
  g_ptr_array_add (flat->losses, trust_loss_new (trust_distrust_get_fingerprint (distrust), title, losses, FALSE));
}

static int
compare_losses (gconstpointer a, gconstpointer b)
{
  const TrustLoss *x = *(TrustLoss *const *) a, *y = *(TrustLoss *const *) b;
  int order = trust_fingerprint_compare (&x->fingerprint, &y->fingerprint);

  return order != 0 ? order : strcmp (x->title, y->title);
}

void
trust_loss_sort (GPtrArray *losses)
{
  g_ptr_array_sort (losses, compare_losses);
}

TrustAnchorSet *
trust_loss_flatten (TrustAnchorSet *set, const TrustLossPolicy *policy, gint64 now, gint64 *next_out, GPtrArray *losses)
{
  guint n = trust_anchor_set_get_n_anchors (set), n_distrusts = trust_anchor_set_get_n_distrusts (set);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_full (n, (GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = NULL;
  Flat flat = { .policy = policy, .now = now, .next = TRUST_NEVER, .anchors = anchors, .losses = losses };

  for (guint i = 0; i < n; i++)
    add_anchor (&flat, trust_anchor_set_get_anchor (set, i));
  if (next_out != NULL)
    *next_out = flat.next;
  if (losses != NULL)
    {
      for (guint i = 0; i < n_distrusts; i++)
        add_distrust (&flat, trust_anchor_set_get_distrust (set, i));
      trust_loss_sort (losses);
    }
  if (!flat.differs)
    return trust_anchor_set_ref (set);
  distrusts = g_ptr_array_sized_new (n_distrusts);
  for (guint i = 0; i < n_distrusts; i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (set, i));
  return trust_anchor_set_new (anchors, distrusts);
}
