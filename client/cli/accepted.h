/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of the audit that somebody accepts, for a reason and until a day: /etc/anchord/audit.conf, or a file of the same form. */
#pragma once

#include <gio/gio.h>

#define ACCEPTED_PATH "/etc/anchord/audit.conf"
/* Where the file itself is at fault: the check that says so. */
#define ACCEPTED_CHECK "accepted-findings"

typedef struct
{
  char *name;        /* (owned) of its group: foreign text, printable */
  char *check;       /* (owned) */
  char *fingerprint; /* (owned) (nullable) 64 digits, lower case */
  char *where;       /* (owned) (nullable) */
  char *reason;      /* (owned) printable */
  gint64 until;      /* seconds since the epoch; from then on it does not count */
} Accepted;

typedef struct
{
  GPtrArray *entries;  /* (owned) of Accepted*: those that count */
  GPtrArray *findings; /* (owned) of GVariant*: a{sv} as Journal.Audit has them: what is wrong with the file, and what has ended */
} AcceptedList;

AcceptedList *accepted_list_new (void);
void accepted_list_free (AcceptedList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AcceptedList, accepted_list_free)
/* What BYTES of PATH (shown as where) say at NOW (seconds since the epoch). An entry that is not as it must be does not count and is a finding, as is
 * one that has ended; a file that cannot be read as a keyfile is one finding. */
void accepted_parse (AcceptedList *list, const char *path, const char *bytes, gsize size, gint64 now);
/* The machine's own file: none is fine; one that is not root's alone to write counts for nothing, and is a finding. */
void accepted_read_own (AcceptedList *list, gint64 now);
/* The file that the caller names, which must be there; /dev/null: nothing is accepted. */
gboolean accepted_read (AcceptedList *list, const char *path, gint64 now, GError **error);
/* The entry that accepts a finding of CHECK; each of FINGERPRINT and WHERE that it names must be the same. (nullable) (borrowed) */
const Accepted *accepted_find (const AcceptedList *list, const char *check, const char *fingerprint, const char *where);
