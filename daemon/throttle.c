/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/throttle.h"

struct _TrustThrottle
{
  guint total, per_uid; /* limits of one interval */
  gint64 interval;      /* microseconds */
  gint64 begin;         /* of the interval that is counted; 0: none yet */
  guint told, untold;
  GHashTable *by_uid; /* (owned) uid -> how many were told, both as pointers: TOTAL rows at most */
};

TrustThrottle *
trust_throttle_new (guint total, guint per_uid, gint64 interval)
{
  TrustThrottle *throttle = g_new0 (TrustThrottle, 1);

  throttle->total = total;
  throttle->per_uid = per_uid;
  throttle->interval = interval;
  throttle->by_uid = g_hash_table_new (NULL, NULL);
  return throttle;
}

void
trust_throttle_free (TrustThrottle *throttle)
{
  g_hash_table_unref (throttle->by_uid);
  g_free (throttle);
}

gboolean
trust_throttle_take (TrustThrottle *throttle, gint64 uid, gint64 now, guint *untold)
{
  gpointer key = GSIZE_TO_POINTER ((gsize) uid);
  guint mine = 0;

  *untold = 0;
  if (throttle->begin == 0 || now - throttle->begin >= throttle->interval)
    {
      *untold = throttle->untold;
      throttle->told = throttle->untold = 0;
      throttle->begin = now;
      g_hash_table_remove_all (throttle->by_uid);
    }
  mine = GPOINTER_TO_UINT (g_hash_table_lookup (throttle->by_uid, key));
  if (throttle->told >= throttle->total || mine >= throttle->per_uid)
    {
      throttle->untold++;
      return FALSE;
    }
  throttle->told++;
  g_hash_table_insert (throttle->by_uid, key, GUINT_TO_POINTER (mine + 1));
  return TRUE;
}
