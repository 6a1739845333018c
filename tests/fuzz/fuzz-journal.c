/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record of the journal. What is read is written and read again, by the writer's reader and by the history's, which agree. */
#include "core/history-record.h"
#include "core/journal-chain.h"
#include "core/journal-record.h"
#include "tests/fuzz/fuzz.h"

/* What the history reads of the SIZE bytes of JSON. (transfer full) (nullable) */
static TrustJournalIntent *
read_as_history (const char *json, size_t size)
{
  const TrustJournalSpan span = { 1, json, size, TRUST_JOURNAL_NO_HASH };
  TrustJournalIntent *intent = NULL;
  TrustRawRecord record;
  TrustJournalPeek peek;
  GError *error = NULL;

  if (trust_raw_peek (&span, &peek, &error) && trust_raw_record_read (&span, TRUST_RAW_ALL, &record, &error) && peek.type == TRUST_JOURNAL_INTENT)
    intent = trust_raw_to_intent (&record, &peek, &span, &error);
  if (error != NULL)
    fuzz_check_error (error);
  return intent;
}

static void
check_files (const GPtrArray *a, const GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      const TrustJournalFile *one = a->pdata[i], *two = b->pdata[i];

      g_assert_cmpstr (one->path, ==, two->path);
      g_assert_true ((one->content == NULL) == (two->content == NULL));
    }
}

static void
check_callers (const TrustCaller *a, const TrustCaller *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a == NULL)
    return;
  g_assert_cmpint (a->uid, ==, b->uid);
  g_assert_cmpint (a->session, ==, b->session);
  g_assert_cmpstr (a->how, ==, b->how);
  g_assert_cmpstr (a->unit, ==, b->unit);
  g_assert_cmpstr (a->command, ==, b->command);
  g_assert_cmpstr (a->executable, ==, b->executable);
}

static void
check_same (const TrustJournalIntent *a, const TrustJournalIntent *b)
{
  g_assert_nonnull (b);
  g_assert_cmpuint (a->generation, ==, b->generation);
  g_assert_cmpint (a->time, ==, b->time);
  g_assert_cmpuint (a->target, ==, b->target);
  g_assert_cmpstr (a->operation, ==, b->operation);
  g_assert_cmpstr (a->reason, ==, b->reason);
  check_callers (a->caller, b->caller);
  g_assert_cmpuint (a->changes->len, ==, b->changes->len);
  for (guint i = 0; i < a->changes->len; i++)
    {
      const TrustJournalChange *one = a->changes->pdata[i], *two = b->changes->pdata[i];

      g_assert_cmpstr (one->title, ==, two->title);
      g_assert_cmpstr (one->before, ==, two->before);
      g_assert_cmpstr (one->after, ==, two->after);
    }
  check_files (a->files, b->files);
  check_files (a->found, b->found);
}

/* Is a fingerprint written in upper case, which the journal never does? The history does not take it. */
static gboolean
is_upper (const TrustJournalIntent *intent)
{
  for (guint i = 0; i < intent->changes->len; i++)
    for (const char *p = ((TrustJournalChange *) intent->changes->pdata[i])->fingerprint; *p != '\0'; p++)
      if (g_ascii_isupper (*p))
        return TRUE;
  return FALSE;
}

/* Is NUMBER one that the journal never writes? */
static gboolean
is_large (gint64 number)
{
  return number > G_GINT64_CONSTANT (999999999999999999) || number < -G_GINT64_CONSTANT (999999999999999999);
}

static gboolean
is_odd (const TrustJournalIntent *intent)
{
  const TrustCaller *caller = intent->caller;

  if (is_large (intent->time) || is_large ((gint64) intent->generation) || is_large ((gint64) intent->target))
    return TRUE;
  return caller != NULL && (is_large (caller->uid) || is_large (caller->pid) || is_large (caller->login_uid) || is_large (caller->session));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TrustJournalRecord record = { 0, NULL }, again = { 0, NULL };
  TrustJournalIntent *history = read_as_history ((const char *) data, size);
  GError *error = NULL;

  g_clear_pointer (&history, trust_journal_intent_free);
  if (!trust_journal_record_parse ((const char *) data, size, &record, &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  if (record.intent == NULL)
    return 0;

  gsize written;
  g_autofree char *json = trust_journal_record_write_intent (record.intent, &written);

  trust_journal_record_parse (json, written, &again, &error);
  g_assert_no_error (error);
  if (!is_odd (again.intent) && !is_upper (again.intent))
    {
      history = read_as_history (json, written);
      check_same (again.intent, history);
      trust_journal_intent_free (history);
    }
  trust_journal_intent_free (record.intent);
  trust_journal_intent_free (again.intent);
  return 0;
}
