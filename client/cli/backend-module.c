/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/backend.h"

#include "client/cli/module.h"

Backend *
backend_offline_open (const char *root, GError **error)
{
  gpointer entry = module_find (BACKEND_OFFLINE_MODULE, BACKEND_OFFLINE_ENTRY, "--root", error);
  return entry == NULL ? NULL : ((BackendOfflineEntry) entry) (root, error);
}

GVariant *
backend_offline_audit (GVariant *files, guint within, const char *const *checks, GError **error)
{
  gpointer entry = module_find (BACKEND_OFFLINE_MODULE, BACKEND_AUDIT_ENTRY, "audit", error);
  return entry == NULL ? NULL : ((BackendAuditEntry) entry) (files, within, checks, error);
}
