/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/quota.h"

struct _TrustQuota
{
  GMutex lock;
  guint total, per_uid; /* limits */
  guint taken;          /* by others than root, whose own calls nobody can crowd out */
  GHashTable *by_uid;   /* (owned) uid -> how many, both as pointers; no row for none */
};

TrustQuota *
trust_quota_new (guint total, guint per_uid)
{
  TrustQuota *quota = g_new0 (TrustQuota, 1);

  g_mutex_init (&quota->lock);
  quota->total = total;
  quota->per_uid = per_uid;
  quota->by_uid = g_hash_table_new (NULL, NULL);
  return quota;
}

void
trust_quota_free (TrustQuota *quota)
{
  g_hash_table_unref (quota->by_uid);
  g_mutex_clear (&quota->lock);
  g_free (quota);
}

gboolean
trust_quota_take (TrustQuota *quota, gint64 uid, guint weight)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&quota->lock);
  guint mine = GPOINTER_TO_UINT (g_hash_table_lookup (quota->by_uid, GSIZE_TO_POINTER ((gsize) uid)));

  if (mine + weight > (uid == 0 ? quota->total : quota->per_uid))
    return FALSE;
  /* Who has nothing waiting may always ask one small thing, or a few users together could keep all others out. The bus bounds how many there are. */
  if (uid != 0 && quota->taken + weight > quota->total && (mine > 0 || weight > 1))
    return FALSE;
  quota->taken += uid != 0 ? weight : 0;
  g_hash_table_insert (quota->by_uid, GSIZE_TO_POINTER ((gsize) uid), GUINT_TO_POINTER (mine + weight));
  return TRUE;
}

void
trust_quota_give (TrustQuota *quota, gint64 uid, guint weight)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&quota->lock);
  guint mine = GPOINTER_TO_UINT (g_hash_table_lookup (quota->by_uid, GSIZE_TO_POINTER ((gsize) uid)));

  g_return_if_fail (mine >= weight && (uid == 0 || quota->taken >= weight));
  quota->taken -= uid != 0 ? weight : 0;
  if (mine == weight)
    g_hash_table_remove (quota->by_uid, GSIZE_TO_POINTER ((gsize) uid));
  else
    g_hash_table_insert (quota->by_uid, GSIZE_TO_POINTER ((gsize) uid), GUINT_TO_POINTER (mine - weight));
}
