/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit came to, as one value, and the formats it is reported in: a format is one file, client/cli/audit-report-NAME.c, and one row. */
#pragma once

#include "client/cli/accepted.h"

#include <gio/gio.h>

/* As the service names them, the least first. */
typedef enum
{
  AUDIT_INFO,
  AUDIT_LOW,
  AUDIT_MEDIUM,
  AUDIT_HIGH,
  AUDIT_CRITICAL,
  AUDIT_SEVERITIES
} AuditSeverity;

const char *audit_severity_name (AuditSeverity severity); /* "info", … "critical" */
/* The severity of that name. FALSE: there is none; *OUT is then AUDIT_CRITICAL, so that nothing is taken for harmless. */
gboolean audit_severity_find (const char *name, AuditSeverity *out);

typedef struct
{
  AuditSeverity severity;
  const char *check;        /* (borrowed) as all texts here: of `row` */
  const char *fingerprint;  /* 64 digits, or "" */
  const char *title;        /* of that certificate: foreign */
  const char *where;        /* a path or the like: foreign */
  const char *text;         /* what is wrong */
  const char *remedy;       /* what to do */
  const Accepted *accepted; /* (nullable) (borrowed) by whom it does not count */
  GVariant *row;            /* (owned) a{sv} as Journal.Audit has it */
} AuditFinding;

/* A check that was made. */
typedef struct
{
  char *id;      /* (owned) */
  char *summary; /* (owned) */
  AuditSeverity severity;
} AuditCheckRow;

typedef enum
{
  AUDIT_OF_MACHINE, /* the service's */
  AUDIT_OF_ROOT,    /* another machine's files, below a folder */
  AUDIT_OF_FILES    /* what stands in files */
} AuditKind;

typedef struct
{
  AuditKind kind;
  char *subject;          /* (owned) the host's name, the folder, the files: foreign */
  guint64 generation;     /* 0: none */
  gint64 time;            /* when; seconds since the epoch */
  guint within;           /* days */
  GVariant *status;       /* (owned) (nullable) a{sv} as GetStatus; NULL of files */
  GVariant *anchors;      /* (owned) aa{sv} as List: what is trusted and what is refused */
  GVariant *stores;       /* (owned) aa{sv}: {name s, origins a{su}: how many anchors of each layer}; of AUDIT_OF_FILES empty */
  GVariant *timeline;     /* (owned) aa{sv} as Journal.Log: the newest records, newest first */
  GPtrArray *checks;      /* (owned) of AuditCheckRow* */
  GPtrArray *findings;    /* (owned) of AuditFinding*, the worst first */
  GPtrArray *notices;     /* (owned) of char*: what could not be looked at; printable */
  AcceptedList *accepted; /* (owned) what the findings' `accepted` are of */
} AuditReport;

/* An empty one. Returns: (transfer full). */
AuditReport *audit_report_new (AuditKind kind, const char *subject);
void audit_report_free (AuditReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AuditReport, audit_report_free)
/* Adds a check that was made; one that is there already is not added again. */
void audit_report_add_check (AuditReport *report, const char *id, const char *severity, const char *summary);
/* Adds FINDING (floating or not): a{sv} as Journal.Audit has it. */
void audit_report_add_finding (AuditReport *report, GVariant *finding);
/* When all are there: sorts the findings and marks those that are accepted. */
void audit_report_settle (AuditReport *report);
/* How many findings of SEVERITY there are, without the accepted ones or of these alone. */
guint audit_report_count (const AuditReport *report, AuditSeverity severity, gboolean accepted);
/* The severity of CHECK, as its row says; its findings may have others. FALSE: no such check was made. */
gboolean audit_report_find_check (const AuditReport *report, const char *check, AuditSeverity *severity);

typedef struct
{
  const char *name;  /* of --format */
  const char *title; /* untranslated; marked with N_ */
  /* Adds the whole report to OUT. Nothing foreign gets into OUT but in the format's own quotes. */
  void (*write) (const AuditReport *report, GString *out);
} AuditFormat;

/* Ended by a row of NULLs; the first is what is used without --format. */
extern const AuditFormat audit_formats[];
const AuditFormat *audit_format_find (const char *name); /* (nullable) */

/* TEXT as a line that anything may show: what is foreign is escaped; what the service has escaped stays as it is. Returns: (transfer full). */
char *audit_text (const char *text);
/* "2027-01-31T12:00:00Z". Returns: (transfer full). */
char *audit_time (gint64 seconds);

void audit_write_table (const AuditReport *report, GString *out);
void audit_write_json (const AuditReport *report, GString *out);
void audit_write_html (const AuditReport *report, GString *out);
void audit_write_cyclonedx (const AuditReport *report, GString *out);
void audit_write_csv (const AuditReport *report, GString *out);
void audit_write_prometheus (const AuditReport *report, GString *out);
