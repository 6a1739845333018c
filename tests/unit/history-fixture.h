/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Journals written by hand, in as many files as a test wants, for the tests of the history. */
#pragma once

#include "core/error.h"
#include "core/history.h"
#include "core/journal-chain.h"

#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>

#define JOURNAL_FOLDER "var/lib/anchord/journal"
/* 2026-01-01T00:00:00Z, in microseconds; generation N is made N hours later. */
#define EPOCH (G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC)
#define HOURS(n) ((gint64) (n) *3600 * G_USEC_PER_SEC)
#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222222222222222222222222222"
/* A row of a file's first record. */
#define STATE(who, title, settings, generation, time)                                                                                                \
  "{\"sha256\":\"" who "\",\"title\":\"" title "\",\"settings\":\"" settings "\",\"generation\":" #generation ",\"time\":" #time "}"

typedef struct
{
  char *scratch;    /* (owned) */
  TrustRoot *root;  /* (owned) */
  GString *bytes;   /* (owned) of the file that is written to */
  guint64 sequence; /* of the last record */
  guint64 first;    /* of the file's first record */
  char hash[65];
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, &error);
  g_assert_no_error (error);
  f->bytes = g_string_new (NULL);
  f->sequence = 0;
  f->first = 1;
  memcpy (f->hash, TRUST_JOURNAL_NO_HASH, sizeof f->hash);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
  g_string_free (f->bytes, TRUE);
}

/* Appends the record JSON. */
static inline void
put (Fixture *f, const char *json)
{
  char hash[65];

  trust_journal_chain_hash (f->hash, f->sequence + 1, json, strlen (json), hash);
  memcpy (f->hash, hash, sizeof hash);
  f->sequence++;
  g_string_append_printf (f->bytes, "anchord1 %" G_GUINT64_FORMAT " %" G_GSIZE_FORMAT " %s\n%s\n", f->sequence, strlen (json), hash, json);
}

/* One change row. */
static inline char *
row (const char *fingerprint, const char *title, const char *before, const char *after)
{
  return g_strdup_printf ("{\"sha256\":\"%s\",\"title\":\"%s\",\"before\":\"%s\",\"after\":\"%s\"}", fingerprint, title, before, after);
}

/* An intent with CHANGES; MORE (nullable) are its further members, with a comma before each. UID: -1 for none. */
static inline void
put_intent (Fixture *f, guint64 generation, const char *operation, gint64 uid, const char *changes, const char *more)
{
  g_autofree char *caller = uid < 0 ? g_strdup ("")
                                    : g_strdup_printf (",\"caller\":{\"how\":\"bus\",\"uid\":%" G_GINT64_FORMAT
                                                       ",\"pid\":7,\"login-uid\":1000,\"session\":3,\"unit\":\"a.service\","
                                                       "\"command\":\"anchorctl\",\"executable\":\"/usr/bin/anchorctl\"}",
                                                       uid);
  const char *files = more != NULL && strstr (more, "\"files\"") != NULL ? "" : ",\"files\":[]";
  g_autofree char *json = g_strdup_printf ("{\"type\":\"intent\",\"generation\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT
                                           ",\"operation\":\"%s\","
                                           "\"reason\":\"CHG \\\"%" G_GUINT64_FORMAT "\\\"\"%s,\"changes\":[%s]%s%s}",
                                           generation, EPOCH + HOURS (generation), operation, generation, caller, changes, more != NULL ? more : "",
                                           files);

  put (f, json);
}

static inline void
put_done (Fixture *f, guint64 generation)
{
  g_autofree char *json = g_strdup_printf ("{\"type\":\"done\",\"generation\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT "}", generation,
                                           EPOCH + HOURS (generation) + 1000);

  put (f, json);
}

/* One change of the certificate FINGERPRINT, made whole. */
static inline void
put_change (Fixture *f, guint64 generation, const char *fingerprint, const char *before, const char *after)
{
  g_autofree char *title = g_strdup_printf ("CN %.2s", fingerprint);
  g_autofree char *change = row (fingerprint, title, before, after);

  put_intent (f, generation, "add", 1000 + (gint64) generation % 2, change, NULL);
  put_done (f, generation);
}

static inline void
save (Fixture *f)
{
  test_scratch_write (f->scratch, JOURNAL_FOLDER "/journal", f->bytes->str, (gssize) f->bytes->len);
}

/* Closes the file; the next begins with `begin` of STATES and FILES (JSON, without brackets). */
static inline void
rotate (Fixture *f, guint64 generation, const char *states, const char *files)
{
  g_autofree char *name = g_strdup_printf (JOURNAL_FOLDER "/journal-%020" G_GUINT64_FORMAT, f->first);
  g_autofree char *json = g_strdup_printf ("{\"type\":\"begin\",\"generation\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT
                                           ",\"previous\":\"%s\","
                                           "\"states\":[%s],\"files\":[%s]}",
                                           generation, EPOCH + HOURS (generation) + 2000, f->hash, states, files);

  test_scratch_write (f->scratch, name, f->bytes->str, (gssize) f->bytes->len);
  g_string_truncate (f->bytes, 0);
  f->first = f->sequence + 1;
  put (f, json);
}

static inline TrustHistory *
open_history (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  TrustHistory *history = trust_history_open (f->root, &error);

  g_assert_no_error (error);
  return history;
}

/* The generations that QUERY (nullable: all) gives, as text. (transfer full) */
static inline char *
log_of (Fixture *f, const TrustHistoryQuery *query)
{
  static const TrustHistoryQuery all = { .uid = -1 };
  g_autoptr (TrustHistory) history = open_history (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = trust_history_log (history, query != NULL ? query : &all, &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      const TrustHistoryRecord *record = records->pdata[i];

      g_string_append_printf (out, "%s%" G_GUINT64_FORMAT "%s", i > 0 ? " " : "", record->intent->generation, record->is_done ? "" : "?");
    }
  return g_string_free (out, FALSE);
}

static inline void
assert_log (Fixture *f, const TrustHistoryQuery *query, const char *expected)
{
  g_autofree char *got = log_of (f, query);

  g_assert_cmpstr (got, ==, expected);
}

/* The states at GENERATION: "11=trusted server-auth@2", one after the other. (transfer full) */
static inline char *
states_of (const TrustMoment *moment)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < moment->states->len; i++)
    {
      const TrustHistoryState *state = moment->states->pdata[i];

      g_string_append_printf (out, "%s%.2s=%s@%" G_GUINT64_FORMAT, i > 0 ? " " : "", *state->fingerprint != '\0' ? state->fingerprint : state->title,
                              state->settings, state->generation);
      if (state->generation > 0)
        g_assert_cmpint (state->time, ==, EPOCH + HOURS (state->generation));
    }
  return g_string_free (out, FALSE);
}

static inline void
assert_at (Fixture *f, guint64 generation, const char *expected)
{
  g_autoptr (TrustHistory) history = open_history (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustMoment) moment = trust_history_at (history, generation, FALSE, &error);
  g_autofree char *got = NULL;

  g_assert_no_error (error);
  got = states_of (moment);
  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpuint (moment->generation, ==, generation);
  g_assert_null (moment->files);
}

/* Whom put_intent() writes down. */
static G_GNUC_UNUSED void
assert_caller (const TrustCaller *caller)
{
  g_assert_cmpint (caller->uid, ==, 1000);
  g_assert_cmpint (caller->pid, ==, 7);
  g_assert_cmpint (caller->session, ==, 3);
  g_assert_cmpint (caller->login_uid, ==, 1000);
  g_assert_cmpstr (caller->how, ==, "bus");
  g_assert_cmpstr (caller->unit, ==, "a.service");
  g_assert_cmpstr (caller->command, ==, "anchorctl");
  g_assert_cmpstr (caller->executable, ==, "/usr/bin/anchorctl");
}
