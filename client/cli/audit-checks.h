/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of the audit that need the caller's eyes: what runs, what users and other programs keep. One file and one row each. They open what the
 * caller may read and nothing else, and only within the root that is audited; they start no service and change nothing. */
#pragma once

#include "client/cli/tool.h"
#include "core/root.h"

typedef struct
{
  TrustRoot *root;      /* (owned) where every file is looked for; audit_context_init() */
  gint64 now;           /* seconds since the epoch */
  const char *certdata; /* (nullable) --certdata: Mozilla's list; a path as the caller types it, outside ROOT */
  guint n_unreadable;   /* files and folders that the caller may not look into */
  guint64 n_bytes;      /* read of files so far, of which users may lay out more than anybody wants to wait for */
  GPtrArray *notices;   /* (owned) of char*: what could not be looked at, or not whole; printable, translated */
  GPtrArray *homes;     /* (owned) (nullable) of char*: audit_files_get_homes() finds them */
  GHashTable *anchors;  /* (owned) fingerprint -> GVariant* a{sv}: the list, for look-ups; of audit_checks_run() */
} AuditContext;

/* TOOL's root, or "/". */
gboolean audit_context_init (AuditContext *context, const Tool *tool, GError **error);
void audit_context_clear (AuditContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuditContext, audit_context_clear)
/* Adds a notice. TEXT: (transfer full). */
void audit_context_note (AuditContext *context, char *text);

typedef struct _AuditCheck AuditCheck;
struct _AuditCheck
{
  const char *id;       /* as of core/checks/check.h: no two share one */
  const char *severity; /* "info" "low" "medium" "high" "critical": of its findings, unless one says otherwise */
  const char *summary;  /* untranslated; marked with N_ */
  /* Adds what it finds to OUT, of GVariant* a{sv} as Journal.Audit's. FALSE: it could not look; a notice says why. */
  gboolean (*run) (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out);
};

/* By id; NULL-terminated. */
extern const AuditCheck *const audit_checks[];
const AuditCheck *audit_check_find (const char *id); /* (nullable) */

/* Runs all of them, or those of IDS (nullable, NULL-terminated; ids of others are passed over). ANCHORS: aa{sv}, all pages of Anchors.List with
 * status "all". What could be looked at only in part is told in the context; none of it is an error. Returns: (transfer full): of GVariant* a{sv}
 * {check, severity, fingerprint, title, where, text, remedy s}, as Journal.Audit has them, in the order of the checks. TITLE is not escaped; the rest
 * is. */
GPtrArray *audit_checks_run (Tool *tool, GVariant *anchors, const char *const *ids, AuditContext *context);

/* For checks. */
typedef enum
{
  AUDIT_UNKNOWN, /* the list does not name it */
  AUDIT_TRUSTED,
  AUDIT_DISTRUSTED,
} AuditStanding;

/* How the machine takes the certificate with FINGERPRINT (64 digits). */
AuditStanding audit_context_get_standing (const AuditContext *context, const char *fingerprint);
/* Adds a finding. FINGERPRINT, TITLE, WHERE nullable; SEVERITY NULL: the check's own. WHERE is escaped here; TEXT and REMEDY (transfer full) must be
 * printable. */
void audit_tell (const AuditCheck *check, GPtrArray *out, const char *severity, const char *fingerprint, const char *title, const char *where,
                 char *text, char *remedy);
