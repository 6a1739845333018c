/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the service, and the tool's own checks, for all that a report of the audit holds. */
#pragma once

#include "client/cli/audit-report.h"
#include "client/cli/passphrase.h"
#include "client/cli/tool.h"

typedef struct
{
  int within;                           /* days */
  const char *const *checks;            /* (nullable) ids, NULL-terminated: these only */
  const char *certdata;                 /* (nullable) a path */
  const char *accepted;                 /* (nullable) a path; NULL: the machine's own file, where it is this machine that is looked at */
  char **files;                         /* empty: the machine, or what --root names */
  const PassphraseOptions *passphrases; /* of the files */
} AuditWish;

/* Returns: (transfer full): settled. */
AuditReport *audit_look (Tool *tool, const AuditWish *wish, GError **error);
/* All pages of Anchors.List for STORE (nullable: the system's). Returns: (transfer full): aa{sv}. */
GVariant *audit_look_list (Tool *tool, const char *store, const char *status, GError **error);
