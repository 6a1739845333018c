/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's values as the GVariants that dbus/org.anchord.Anchord1.xml describes. All return floating references. */
#pragma once

#include "core/engine.h"

#include <gio/gio.h>

/* aa{sv} of TrustJournalChange*. */
GVariant *trust_view_changes (const GPtrArray *changes);
/* How many of CHANGES are told: all, unless they are very many or very long. */
guint trust_view_count_changes (const GPtrArray *changes);
/* aa{sv} of TrustHistoryState*: N of them from FIRST on. */
GVariant *trust_view_states (const GPtrArray *states, guint first, guint n);

/* Who reads a log. */
typedef struct
{
  gboolean with_files;
  gboolean shows_callers; /* everybody's */
  gint64 uid;             /* of who asks: sees what it did itself; -1: nobody */
  GHashTable *users;      /* gint64* -> char*: their names */
} TrustLogView;

/* a{sv} of one record. */
GVariant *trust_view_record (const TrustHistoryRecord *record, const TrustLogView *view);
/* a{sv} */
GVariant *trust_view_journal_report (const TrustJournalReport *report);
