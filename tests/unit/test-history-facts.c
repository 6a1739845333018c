/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal knows of a certificate, read once and then only what came since. */
#include "tests/unit/history-fixture.h"

static GHashTable *
list_facts (Fixture *f, GHashTable *known, guint64 *sequence)
{
  g_autoptr (TrustHistory) history = open_history (f);
  g_autoptr (GError) error = NULL;
  GHashTable *facts = trust_history_list_facts (history, known, sequence, &error);

  g_assert_no_error (error);
  return facts;
}

static const TrustJournalFact *
look_up (GHashTable *facts, const char *hex)
{
  TrustFingerprint fingerprint;
  guint n_digits = 0;

  g_assert_true (trust_fingerprint_parse (hex, &fingerprint, &n_digits, NULL));
  return g_hash_table_lookup (facts, &fingerprint);
}

static void
assert_fact (GHashTable *facts, const char *hex, guint64 first, guint64 last, gboolean was_distrusted)
{
  const TrustJournalFact *fact = look_up (facts, hex);

  g_assert_nonnull (fact);
  g_assert_cmpuint (fact->first, ==, first);
  g_assert_cmpuint (fact->last, ==, last);
  g_assert_cmpint (fact->last_time, ==, (EPOCH + HOURS (last)) / G_USEC_PER_SEC);
  g_assert_cmpint (fact->was_distrusted, ==, was_distrusted);
  g_assert_cmpuint (fact->from_others, ==, 0);
}

static void
test_walk (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) none = NULL, facts = NULL;
  guint64 sequence = 0;

  none = list_facts (f, NULL, &sequence);
  g_assert_cmpuint (g_hash_table_size (none), ==, 0);
  g_assert_cmpuint (sequence, ==, 0);
  put_change (f, 1, ONE, "", "trusted server-auth");
  put_change (f, 2, ONE, "trusted server-auth", "distrusted");
  put_change (f, 3, ONE, "distrusted", "");
  put_change (f, 4, TWO, "", "trusted server-auth");
  save (f);
  facts = list_facts (f, NULL, &sequence);
  g_assert_cmpuint (g_hash_table_size (facts), ==, 2);
  g_assert_cmpuint (sequence, ==, 8);
  assert_fact (facts, ONE, 1, 3, TRUE);
  assert_fact (facts, TWO, 4, 4, FALSE);
}

/* Where the oldest file is no longer kept, the next one's beginning says what was so. */
static void
test_base (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) facts = NULL;
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER "/journal-00000000000000000001", NULL);
  guint64 sequence = 0;

  put_change (f, 1, ONE, "", "distrusted");
  rotate (f, 1, "{\"sha256\":\"" ONE "\",\"title\":\"CN 11\",\"settings\":\"distrusted\",\"generation\":1,\"time\":1767229200000000}", "");
  put_change (f, 2, TWO, "", "trusted server-auth");
  save (f);
  g_assert_no_errno (g_unlink (path));
  facts = list_facts (f, NULL, &sequence);
  assert_fact (facts, ONE, 1, 1, TRUE);
  assert_fact (facts, TWO, 2, 2, FALSE);
}

/* What was read is not read again, and never changed. */
static void
test_since (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) first = NULL, same = NULL, second = NULL, third = NULL, other = NULL;
  guint64 sequence = 0;

  put_change (f, 1, ONE, "", "trusted server-auth");
  save (f);
  first = list_facts (f, NULL, &sequence);
  same = list_facts (f, first, &sequence);
  g_assert_true (same == first);
  put_change (f, 2, ONE, "trusted server-auth", "distrusted");
  save (f);
  second = list_facts (f, first, &sequence);
  g_assert_true (second != first);
  assert_fact (first, ONE, 1, 1, FALSE);
  assert_fact (second, ONE, 1, 2, TRUE);
  rotate (f, 2, "{\"sha256\":\"" ONE "\",\"title\":\"CN 11\",\"settings\":\"distrusted\",\"generation\":2,\"time\":1767232800000000}", "");
  put_change (f, 3, TWO, "", "trusted server-auth");
  save (f);
  third = list_facts (f, second, &sequence);
  assert_fact (third, ONE, 1, 2, TRUE);
  assert_fact (third, TWO, 3, 3, FALSE);
  g_assert_cmpuint (sequence, ==, 7);
  /* Another journal, which ends earlier, is read from its beginning. */
  sequence = 100;
  other = list_facts (f, third, &sequence);
  g_assert_true (other != third);
  assert_fact (other, ONE, 1, 2, TRUE);
  g_assert_cmpuint (sequence, ==, 7);
}

static char *
base64_of (const TestCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate->certificate);

  return g_base64_encode (der.data, der.size);
}

/* An intent of OPERATION that makes CERTIFICATE trusted and keeps its bytes; FOUND (nullable): the content of a file that was found. */
static void
put_kept (Fixture *f, guint64 generation, const char *operation, const TestCertificate *certificate, const char *found)
{
  char hex[TRUST_FINGERPRINT_HEX];
  g_autofree char *base64 = base64_of (certificate), *change = NULL, *more = NULL;
  g_autofree char *content = found != NULL ? g_base64_encode ((const guint8 *) found, strlen (found)) : g_strdup ("");

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate->certificate), hex);
  change = row (hex, "Kept", "", "trusted server-auth");
  more = g_strdup_printf (",\"found\":[{\"path\":\"/etc/anchord/x\",\"mode\":420,\"content\":\"%s\"}],\"certificates\":[\"%s\"]", content, base64);
  put_intent (f, generation, operation, -1, change, more);
  put_done (f, generation);
}

/* A source that is not the administrator's tree: its certificates' bytes stand in the record, and in no file that was found. */
static void
test_others (Fixture *f, gconstpointer data)
{
  g_autoptr (TestCertificate) theirs = test_certificate_new_root ("CN=Theirs"), mine = test_certificate_new_root ("CN=Mine");
  g_autoptr (TestCertificate) dropped = test_certificate_new_root ("CN=Dropped");
  g_autofree char *pem = test_certificate_dup_pem (dropped);
  const struct
  {
    const TestCertificate *certificate;
    guint64 from_others;
  } cases[] = { { theirs, 1 }, { mine, 0 }, { dropped, 0 } };
  g_autoptr (GHashTable) facts = NULL;
  guint64 sequence = 0;

  put_kept (f, 1, "source", theirs, NULL);
  put_kept (f, 2, "add", mine, NULL);
  put_kept (f, 3, "source", dropped, pem);
  save (f);
  facts = list_facts (f, NULL, &sequence);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TrustJournalFact *fact = g_hash_table_lookup (facts, trust_certificate_get_fingerprint (cases[i].certificate->certificate));

      g_assert_nonnull (fact);
      g_assert_cmpuint (fact->from_others, ==, cases[i].from_others);
    }
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/history/facts/walk", test_walk);
  ADD ("/history/facts/base", test_base);
  ADD ("/history/facts/since", test_since);
  ADD ("/history/facts/others", test_others);
  return g_test_run ();
}
