/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/trust.h"

/* The canonical limits, shared by settings that differ only in purposes. */
typedef struct
{
  gatomicrefcount refs;
  TrustLimits limits; /* (owned) what it points to */
} Limits;

struct _TrustSettings
{
  gatomicrefcount refs;
  TrustPurposes *purposes; /* (owned) */
  Limits *limits;          /* (owned) (nullable) NULL where there are none: most anchors */
};

static const TrustLimits no_limits = { NULL, NULL, TRUST_NEVER, FALSE };

static void
clear_distrust_after (gpointer data)
{
  TrustDistrustAfter *after = data;

  g_free (after->purpose);
}

GArray *
trust_distrust_after_new (void)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (TrustDistrustAfter));

  g_array_set_clear_func (array, clear_distrust_after);
  return array;
}

/* A purpose has one spelling in settings: its name, or its OID where it has none. */
static const char *
spell (const char *purpose)
{
  TrustPurpose known = trust_purpose_find (purpose);

  return known != TRUST_PURPOSE_LAST ? trust_purpose_get_name (known) : purpose;
}

static const TrustDistrustAfter *
find_after (const GArray *array, const char *purpose)
{
  for (guint i = 0; array != NULL && i < array->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (array, TrustDistrustAfter, i);

      if (g_str_equal (after->purpose, purpose))
        return after;
    }
  return NULL;
}

void
trust_distrust_after_add (GArray *array, const char *purpose, gint64 time)
{
  const char *spelt = spell (purpose);
  TrustDistrustAfter *held = (TrustDistrustAfter *) find_after (array, spelt);
  TrustDistrustAfter after = { .time = time };

  if (held != NULL)
    {
      held->time = MIN (held->time, time);
      return;
    }
  after.purpose = g_strdup (spelt);
  g_array_append_val (array, after);
}

/* Table order, then OIDs. */
static int
compare_after (gconstpointer a, gconstpointer b)
{
  const TrustDistrustAfter *x = a, *y = b;
  int order = (int) trust_purpose_find (x->purpose) - (int) trust_purpose_find (y->purpose);

  return order != 0 ? order : g_strcmp0 (x->purpose, y->purpose);
}

static void
add_all (GArray *to, const GArray *from)
{
  for (guint i = 0; from != NULL && i < from->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (from, TrustDistrustAfter, i);

      trust_distrust_after_add (to, after->purpose, after->time);
    }
}

/* A sorted copy of FROM; NULL where it is empty. Returns: (transfer full) (nullable). */
static GArray *
copy_distrust_after (const GArray *from)
{
  g_autoptr (GArray) copy = NULL;

  if (from == NULL || from->len == 0)
    return NULL;
  copy = trust_distrust_after_new ();
  add_all (copy, from);
  g_array_sort (copy, compare_after);
  return g_steal_pointer (&copy);
}

static Limits *
limits_new (const TrustLimits *from)
{
  gboolean is_constrained = !trust_constraints_is_empty (from->constraints);
  Limits *limits = NULL;

  if (!is_constrained && (from->distrust_after == NULL || from->distrust_after->len == 0) && from->until == TRUST_NEVER && !from->accept_loss)
    return NULL;
  limits = g_new0 (Limits, 1);
  g_atomic_ref_count_init (&limits->refs);
  limits->limits.constraints = is_constrained ? trust_constraints_ref (from->constraints) : NULL;
  limits->limits.distrust_after = copy_distrust_after (from->distrust_after);
  limits->limits.until = from->until;
  limits->limits.accept_loss = from->accept_loss != FALSE;
  return limits;
}

static void
limits_unref (Limits *limits)
{
  if (!g_atomic_ref_count_dec (&limits->refs))
    return;
  g_clear_pointer (&limits->limits.constraints, trust_constraints_unref);
  g_clear_pointer (&limits->limits.distrust_after, g_array_unref);
  g_free (limits);
}

/* LIMITS: (transfer full) (nullable). */
static TrustSettings *
settings_new (TrustPurposes *purposes, Limits *limits)
{
  TrustSettings *settings = g_new0 (TrustSettings, 1);

  g_atomic_ref_count_init (&settings->refs);
  settings->purposes = trust_purposes_ref (purposes);
  settings->limits = limits;
  return settings;
}

TrustSettings *
trust_settings_new (TrustPurposes *purposes)
{
  return settings_new (purposes, NULL);
}

TrustSettings *
trust_settings_new_limited (TrustPurposes *purposes, const TrustLimits *limits)
{
  return settings_new (purposes, limits_new (limits));
}

TrustSettings *
trust_settings_ref (TrustSettings *settings)
{
  g_atomic_ref_count_inc (&settings->refs);
  return settings;
}

void
trust_settings_unref (TrustSettings *settings)
{
  if (!g_atomic_ref_count_dec (&settings->refs))
    return;
  trust_purposes_unref (settings->purposes);
  g_clear_pointer (&settings->limits, limits_unref);
  g_free (settings);
}

TrustPurposes *
trust_settings_get_purposes (const TrustSettings *settings)
{
  return settings->purposes;
}

TrustSettings *
trust_settings_with_purposes (const TrustSettings *settings, TrustPurposes *purposes)
{
  if (settings->limits != NULL)
    g_atomic_ref_count_inc (&settings->limits->refs);
  return settings_new (purposes, settings->limits);
}

const TrustLimits *
trust_settings_get_limits (const TrustSettings *settings)
{
  return settings->limits != NULL ? &settings->limits->limits : &no_limits;
}

TrustConstraints *
trust_settings_get_constraints (const TrustSettings *settings)
{
  return trust_settings_get_limits (settings)->constraints;
}

gint64
trust_settings_get_until (const TrustSettings *settings)
{
  return trust_settings_get_limits (settings)->until;
}

gboolean
trust_settings_accepts_loss (const TrustSettings *settings)
{
  return trust_settings_get_limits (settings)->accept_loss;
}

gboolean
trust_settings_is_limited (const TrustSettings *settings)
{
  const TrustLimits *limits = trust_settings_get_limits (settings);

  return limits->constraints != NULL || limits->distrust_after != NULL || limits->until != TRUST_NEVER;
}

gboolean
trust_settings_get_distrust_after (const TrustSettings *settings, const char *purpose, gint64 *time)
{
  const GArray *array = trust_settings_get_limits (settings)->distrust_after;
  const TrustDistrustAfter *after = array != NULL ? find_after (array, spell (purpose)) : NULL;

  if (after != NULL)
    *time = after->time;
  return after != NULL;
}

static gboolean
distrust_after_equal (const GArray *a, const GArray *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const TrustDistrustAfter *x = &g_array_index (a, TrustDistrustAfter, i);
      const TrustDistrustAfter *y = &g_array_index (b, TrustDistrustAfter, i);

      if (x->time != y->time || !g_str_equal (x->purpose, y->purpose))
        return FALSE;
    }
  return TRUE;
}

static gboolean
limits_equal (const Limits *a, const Limits *b)
{
  if (a == b)
    return TRUE;
  return a != NULL && b != NULL && a->limits.until == b->limits.until && a->limits.accept_loss == b->limits.accept_loss
         && distrust_after_equal (a->limits.distrust_after, b->limits.distrust_after)
         && trust_constraints_equal (a->limits.constraints, b->limits.constraints);
}

gboolean
trust_settings_equal (const TrustSettings *a, const TrustSettings *b)
{
  return a == b || (trust_purposes_equal (a->purposes, b->purposes) && limits_equal (a->limits, b->limits));
}

/* For each purpose of A: does a date of B stand in A too, or an earlier one? What A is not trusted for needs no date. */
static gboolean
distrust_after_is_within (const TrustSettings *a, const TrustSettings *b)
{
  const GArray *dates = trust_settings_get_limits (b)->distrust_after;

  for (guint i = 0; dates != NULL && i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);
      gint64 own = 0;

      if (trust_purposes_has_oid (a->purposes, after->purpose) && (!trust_settings_get_distrust_after (a, after->purpose, &own) || own > after->time))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_settings_is_within (const TrustSettings *a, const TrustSettings *b)
{
  const TrustLimits *x = trust_settings_get_limits (a), *y = trust_settings_get_limits (b);
  g_autoptr (TrustPurposes) both = NULL;

  if (a == b)
    return TRUE;
  both = trust_purposes_intersect (a->purposes, b->purposes);
  return trust_purposes_equal (both, a->purposes) && x->until <= y->until && (!x->accept_loss || y->accept_loss) && distrust_after_is_within (a, b)
         && trust_constraints_is_within (x->constraints, y->constraints);
}

TrustSettings *
trust_settings_intersect (const TrustSettings *a, const TrustSettings *b)
{
  const TrustLimits *x = trust_settings_get_limits (a), *y = trust_settings_get_limits (b);
  g_autoptr (TrustPurposes) purposes = trust_purposes_intersect (a->purposes, b->purposes);
  g_autoptr (TrustConstraints) constraints = NULL;
  g_autoptr (GArray) dates = NULL;
  TrustLimits both = TRUST_LIMITS_NONE;

  if (limits_equal (a->limits, b->limits))
    return trust_settings_with_purposes (a, purposes);
  constraints = trust_constraints_intersect (x->constraints, y->constraints);
  dates = trust_distrust_after_new ();
  add_all (dates, x->distrust_after);
  add_all (dates, y->distrust_after);
  both.constraints = constraints;
  both.distrust_after = dates;
  both.until = MIN (x->until, y->until);
  both.accept_loss = x->accept_loss && y->accept_loss;
  return trust_settings_new_limited (purposes, &both);
}
