/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record of the journal. What is read is written and read again. */
#include "core/journal-record.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  TrustJournalRecord record = { 0, NULL }, again = { 0, NULL };
  GError *error = NULL;

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
  trust_journal_intent_free (record.intent);
  trust_journal_intent_free (again.intent);
  return 0;
}
