/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many calls may wait: in total, and for each uid other than 0. Each uid may have one of weight 1, whatever others took. */
#pragma once

#include <glib.h>

typedef struct _TrustQuota TrustQuota;

TrustQuota *trust_quota_new (guint total, guint per_uid);
void trust_quota_free (TrustQuota *quota);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustQuota, trust_quota_free)
/* WEIGHT: what it counts for. FALSE: too many wait already. Any thread. */
gboolean trust_quota_take (TrustQuota *quota, gint64 uid, guint weight);
/* Gives back what trust_quota_take() granted. */
void trust_quota_give (TrustQuota *quota, gint64 uid, guint weight);
