/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people read: foreign text escaped, dates with days left, rows of names and values. */
#pragma once

#include <gio/gio.h>
#include <libsmartcols.h>

typedef struct libscols_table PrintTable;

/* Digits of a fingerprint that tables and sentences show: an unambiguous beginning. */
#define PRINT_FINGERPRINT_DIGITS 16

#define PRINT_DAY (24 * 60 * 60)

/* TEXT of a certificate, safe for a terminal. Returns: (transfer full). */
char *print_foreign (const char *text);
/* "2030-01-02". Returns: (transfer full). */
char *print_date (gint64 seconds);
/* "2030-01-02", and where it is not midnight "2030-01-02 12:30:00 UTC". Returns: (transfer full). */
char *print_time (gint64 seconds);
/* "120 days left", "expired 3 days ago". Returns: (transfer full). */
char *print_days_left (gint64 not_after);
/* Each escaped, joined by ", ". Returns: (transfer full). */
char *print_joined (const char *const *texts);

/* A table of rows NAME VALUE without heads. Values wrap on a terminal. */
PrintTable *print_facts_new (void);
/* Adds one; an empty VALUE is left out. VALUE must be safe already. */
void print_facts_add (PrintTable *table, const char *name, const char *value);
void print_facts_add_foreign (PrintTable *table, const char *name, const char *value);
/* Prints and frees. */
void print_table (PrintTable *table);
/* Columns of the terminal; G_MAXSIZE where the output is none. */
gsize print_width (PrintTable *table);
/* An empty table, coloured only where the output is a terminal that wants it. */
PrintTable *print_table_new (void);
