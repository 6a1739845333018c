/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit's checks in the tool read: files below the root alone, whatever links lie there, and what certificates stand in them. What the
 * caller may not read is counted in the context, and left out. */
#pragma once

#include "client/cli/audit-checks.h"
#include "client/cli/formats.h"

/* The whole regular file PATH, of at most TRUST_LIMIT_INPUT_BYTES. Returns: (transfer full) (nullable). */
GBytes *audit_files_read (AuditContext *context, const char *path);
/* The names in FOLDER, sorted; empty where there is none. Returns: (transfer full): of char*. */
GPtrArray *audit_files_list (AuditContext *context, const char *folder);
/* Does anything stand at PATH? */
gboolean audit_files_exist (AuditContext *context, const char *path);
/* The home folders of people and of root: those that /etc/passwd of the root names, and all in /home. At most TRUST_LIMIT_AUDIT_HOMES; the first call
 * finds them. Returns: (transfer none): of char*, no folder twice. */
GPtrArray *audit_files_get_homes (AuditContext *context);

/* How the machine takes what stands in a file. */
typedef struct
{
  guint n;            /* certificates that the file trusts */
  guint n_unknown;    /* of them, what the machine does not name */
  guint n_distrusted; /* what it refuses */
  char *first;        /* (owned) (nullable) "TITLE (FINGERPRINT)", printable: the first one refused, or else not known */
  gboolean is_read;   /* FALSE: nothing could be told of it */
} AuditHolding;

/* STANDING: of a certificate that an input trusts. */
typedef void (*AuditEntryFound) (const FormatsEntry *entry, AuditStanding standing, gpointer user_data);
/* Calls FOUND for each certificate that BYTES, in any format, trust. NAME: for messages. FALSE: nothing could be told of them. */
gboolean audit_files_each_entry (const AuditContext *context, GBytes *bytes, const char *name, AuditEntryFound found, gpointer user_data);

void audit_holding_clear (AuditHolding *holding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuditHolding, audit_holding_clear)
/* Adds what the file PATH holds, in any format. */
void audit_holding_read (AuditHolding *holding, AuditContext *context, const char *path);
/* TITLE of somebody's certificate for a sentence: "TITLE (FINGERPRINT)". Returns: (transfer full). */
char *audit_name_certificate (const char *title, const char *fingerprint);
