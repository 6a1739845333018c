/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/trust.h"

struct _TrustSettings
{
  gatomicrefcount refs;
  TrustPurposes *purposes; /* (owned) */
};

TrustSettings *
trust_settings_new (TrustPurposes *purposes)
{
  TrustSettings *settings = g_new0 (TrustSettings, 1);

  g_atomic_ref_count_init (&settings->refs);
  settings->purposes = trust_purposes_ref (purposes);
  return settings;
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
  g_free (settings);
}

TrustPurposes *
trust_settings_get_purposes (const TrustSettings *settings)
{
  return settings->purposes;
}

gboolean
trust_settings_equal (const TrustSettings *a, const TrustSettings *b)
{
  return a == b || trust_purposes_equal (a->purposes, b->purposes);
}

gboolean
trust_settings_is_within (const TrustSettings *a, const TrustSettings *b)
{
  g_autoptr (TrustPurposes) both = NULL;

  if (a == b)
    return TRUE;
  both = trust_purposes_intersect (a->purposes, b->purposes);
  return trust_purposes_equal (both, a->purposes);
}

TrustSettings *
trust_settings_intersect (const TrustSettings *a, const TrustSettings *b)
{
  g_autoptr (TrustPurposes) both = trust_purposes_intersect (a->purposes, b->purposes);

  return trust_settings_new (both);
}
