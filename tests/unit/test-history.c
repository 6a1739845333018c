/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal says of the past. */
#include "tests/unit/history-fixture.h"

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustHistory) history = open_history (f);
  g_autoptr (TrustMoment) nothing = NULL, later = NULL;
  g_autoptr (GError) error = NULL;
  guint64 generation = 7;

  assert_log (f, NULL, "");
  g_assert_true (trust_history_find (history, EPOCH, &generation, &error));
  g_assert_cmpuint (generation, ==, 0);
  nothing = trust_history_at (history, 0, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nothing->states->len, ==, 0);
  g_assert_cmpuint (nothing->files->len, ==, 0);
  later = trust_history_at (history, 1, FALSE, &error);
  g_assert_null (later);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  /* A file without a record is as good as none. */
  save (f);
  assert_log (f, NULL, "");
  assert_at (f, 0, "");
}

/* Three files: 1 2 3 | 4 5 | 6 and, begun, 7. */
static void
make_three_files (Fixture *f)
{
  g_autofree char *pending = row (ONE, "CN 11", "", "distrusted");

  put_change (f, 1, ONE, "", "trusted server-auth");
  put_change (f, 2, TWO, "", "trusted server-auth");
  put_change (f, 3, ONE, "trusted server-auth", "trusted email-protection");
  rotate (f, 3,
          STATE (ONE, "CN 11", "trusted email-protection", 3, 1767236400000000) "," STATE (TWO, "CN 22", "trusted server-auth", 2, 1767232800000000),
          "");
  put_change (f, 4, TWO, "trusted server-auth", "");
  put_change (f, 5, TWO, "", "distrusted");
  rotate (f, 5, STATE (ONE, "CN 11", "trusted email-protection", 3, 1767236400000000) "," STATE (TWO, "CN 22", "distrusted", 5, 1767243600000000),
          "");
  put_change (f, 6, ONE, "trusted email-protection", "");
  put_intent (f, 7, "distrust", 0, pending, NULL);
  save (f);
}

static void
test_log (Fixture *f, gconstpointer data)
{
  TrustPrefix one = { .n_digits = 8 }, none = { .n_digits = 64 };
  TrustHistoryQuery query = { .uid = -1 };

  memset (one.fingerprint.bytes, 0x11, 32);
  memset (none.fingerprint.bytes, 0x11, 31);
  make_three_files (f);
  assert_log (f, NULL, "7? 6 5 4 3 2 1");
  query.limit = 3;
  assert_log (f, &query, "7? 6 5");
  /* The page after that. */
  query.to = 4;
  assert_log (f, &query, "4 3 2");
  query.to = 3;
  assert_log (f, &query, "3 2 1");
  query.limit = 0;
  query.to = 0;
  query.from = 3;
  assert_log (f, &query, "7? 6 5 4 3");
  query.from = 4;
  query.to = 5;
  assert_log (f, &query, "5 4");
  query.from = 8;
  query.to = 0;
  assert_log (f, &query, "");
  query = (TrustHistoryQuery) { .uid = -1, .anchor = &one };
  assert_log (f, &query, "7? 6 3 1");
  query.anchor = &none;
  assert_log (f, &query, "");
  query = (TrustHistoryQuery) { .uid = 1001 };
  assert_log (f, &query, "5 3 1");
  query.uid = 0;
  assert_log (f, &query, "7?");
  query.uid = 100;
  assert_log (f, &query, "");
  query = (TrustHistoryQuery) { .uid = -1, .operation = "distrust" };
  assert_log (f, &query, "7?");
  query.operation = "dis";
  assert_log (f, &query, "");
  query = (TrustHistoryQuery) { .uid = -1, .since = EPOCH + HOURS (2), .until = EPOCH + HOURS (5) };
  assert_log (f, &query, "4 3 2");
  query.until = EPOCH + HOURS (5) + 1;
  assert_log (f, &query, "5 4 3 2");
}

static void
test_record (Fixture *f, gconstpointer data)
{
  g_autofree char *change = row (ONE, "Corp\\u000aRoot \\ud83d\\ude00", "", "trusted server-auth");
  TrustHistoryQuery query = { .uid = -1 };
  g_autoptr (TrustHistory) history = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  const TrustHistoryRecord *record = NULL;
  const TrustJournalIntent *intent = NULL;
  const TrustJournalChange *told = NULL;

  put_intent (f, 1, "add", 1000, change, ",\"found\":[{\"path\":\"/etc/anchord/anchors.d/f.pem\",\"mode\":420,\"content\":\"Zg==\"}]");
  put_done (f, 1);
  put (f, "{\"type\":\"intent\",\"generation\":2,\"time\":5,\"operation\":\"undo\",\"reason\":\"\",\"target\":1,\"changes\":[],\"files\":["
          "{\"path\":\"/etc/anchord/a\",\"mode\":420,\"content\":\"\"},{\"path-base64\":\"L2V0Yy//\"}]}");
  put_done (f, 2);
  save (f);
  history = open_history (f);
  records = trust_history_log (history, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);
  record = records->pdata[1];
  intent = record->intent;
  g_assert_cmpuint (record->sequence, ==, 1);
  g_assert_cmpuint (strspn (record->hash, "0123456789abcdef"), ==, 64);
  g_assert_true (record->is_done);
  g_assert_cmpint (intent->time, ==, EPOCH + HOURS (1));
  g_assert_cmpstr (intent->operation, ==, "add");
  g_assert_cmpstr (intent->reason, ==, "CHG \"1\"");
  assert_caller (intent->caller);
  g_assert_cmpuint (intent->changes->len, ==, 1);
  told = intent->changes->pdata[0];
  g_assert_cmpstr (told->title, ==, "Corp\nRoot \xf0\x9f\x98\x80");
  g_assert_cmpstr (told->fingerprint, ==, ONE);
  g_assert_cmpstr (told->after, ==, "trusted server-auth");
  g_assert_cmpuint (intent->files->len, ==, 0);
  record = records->pdata[0];
  g_assert_null (record->intent->caller);
  g_assert_cmpuint (record->intent->target, ==, 1);
  g_assert_cmpuint (record->intent->files->len, ==, 0);
  /* The files, where they are asked for. */
  g_ptr_array_unref (records);
  query.with_files = TRUE;
  records = trust_history_log (history, &query, &error);
  g_assert_no_error (error);
  intent = ((TrustHistoryRecord *) records->pdata[0])->intent;
  g_assert_cmpuint (intent->files->len, ==, 2);
  g_assert_cmpstr (((TrustJournalFile *) intent->files->pdata[0])->path, ==, "/etc/anchord/a");
  g_assert_nonnull (((TrustJournalFile *) intent->files->pdata[0])->content);
  g_assert_cmpstr (((TrustJournalFile *) intent->files->pdata[1])->path, ==, "/etc/\xff");
  g_assert_null (((TrustJournalFile *) intent->files->pdata[1])->content);
  intent = ((TrustHistoryRecord *) records->pdata[1])->intent;
  g_assert_cmpuint (intent->found->len, ==, 1);
  g_assert_cmpstr (((TrustJournalFile *) intent->found->pdata[0])->path, ==, "/etc/anchord/anchors.d/f.pem");
}

static void
test_find (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustHistory) history = NULL;
  /* clang-format off */
  static const struct { gint64 time; guint64 generation; } cases[] = {
    { EPOCH, 0 }, { EPOCH + HOURS (1) - 1, 0 }, { EPOCH + HOURS (1), 1 }, { EPOCH + HOURS (3), 3 }, { EPOCH + HOURS (4) - 1, 3 },
    { EPOCH + HOURS (5), 5 }, { EPOCH + HOURS (6) + 5, 6 }, { EPOCH + HOURS (7), 6 }, { G_MAXINT64, 6 }, { 0, 0 } };
  /* clang-format on */

  make_three_files (f);
  history = open_history (f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TrustWhen when = { TRUST_WHEN_TIME, 0, cases[i].time };
      guint64 generation = 99;

      g_assert_true (trust_history_find (history, cases[i].time, &generation, &error));
      g_assert_cmpuint (generation, ==, cases[i].generation);
      g_assert_true (trust_history_resolve (history, &when, &generation, &error));
      g_assert_cmpuint (generation, ==, cases[i].generation);
      when = (TrustWhen) { TRUST_WHEN_GENERATION, 12, 0 };
      g_assert_true (trust_history_resolve (history, &when, &generation, &error));
      g_assert_cmpuint (generation, ==, 12);
      when = (TrustWhen) { TRUST_WHEN_NOW, 0, 0 };
      g_assert_true (trust_history_resolve (history, &when, &generation, &error));
      g_assert_cmpuint (generation, ==, 6);
    }
}

/* A clock that was wrong for a while: the newest generation that says it stood then, wherever its file begins. */
static void
test_clock_set_back (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustHistory) history = NULL;
  guint64 generation = 0;

  put_change (f, 1, ONE, "", "trusted server-auth");
  put (f, "{\"type\":\"intent\",\"generation\":2,\"time\":1900000000000000,\"operation\":\"add\",\"reason\":\"\",\"changes\":[],\"files\":[]}");
  put_done (f, 2);
  rotate (f, 2, "", "");
  put_change (f, 3, ONE, "trusted server-auth", "");
  save (f);
  history = open_history (f);
  g_assert_true (trust_history_find (history, EPOCH + HOURS (2), &generation, NULL));
  g_assert_cmpuint (generation, ==, 1);
  g_assert_true (trust_history_find (history, EPOCH + HOURS (4), &generation, NULL));
  g_assert_cmpuint (generation, ==, 3);
}

/* The same inside a file that began late by that wrong clock, while the beginnings of files are in order. */
static void
test_clock_set_back_inside (Fixture *f, gconstpointer data)
{
  TrustHistoryQuery query = { .uid = -1, .since = EPOCH + HOURS (3), .until = EPOCH + HOURS (5) };
  g_autoptr (TrustHistory) history = NULL;
  guint64 generation = 0;

  put_change (f, 1, ONE, "", "trusted server-auth");
  rotate (f, 1, "", "");
  put (f, "{\"type\":\"intent\",\"generation\":2,\"time\":1900000000000000,\"operation\":\"add\",\"reason\":\"\",\"changes\":[],\"files\":[]}");
  put_done (f, 2);
  rotate (f, 2, "", "");
  /* The file's beginning has that clock's time; hashes are not looked at here. */
  g_string_replace (f->bytes, "\"time\":17", "\"time\":19", 1);
  put_change (f, 3, ONE, "trusted server-auth", "");
  put_change (f, 4, ONE, "", "trusted server-auth");
  put_change (f, 9, ONE, "trusted server-auth", "");
  save (f);
  history = open_history (f);
  g_assert_true (trust_history_find (history, EPOCH + HOURS (4), &generation, NULL));
  g_assert_cmpuint (generation, ==, 4);
  g_assert_true (trust_history_find (history, EPOCH + HOURS (2), &generation, NULL));
  g_assert_cmpuint (generation, ==, 1);
  assert_log (f, &query, "4 3");
}

/* What the journal writes, and closes, is read as what it was. */
static void
test_as_written (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournal) journal = trust_journal_open (f->root, TRUE, &error);
  g_autoptr (TrustHistory) history = NULL;
  const guint n = 200, n_certificates = 7;

  g_assert_no_error (error);
  trust_journal_set_limits (journal, 6000, G_MAXINT64);
  for (guint i = 1; i <= n; i++)
    {
      g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new ("add");
      TrustJournalChange *change = g_new0 (TrustJournalChange, 1);
      gboolean adds = i / n_certificates % 2 == 0;

      g_snprintf (change->fingerprint, sizeof change->fingerprint, "%064u", i % n_certificates);
      change->title = g_strdup ("Root");
      change->before = g_strdup ("");
      change->after = g_strdup (adds ? "trusted server-auth" : "");
      intent->generation = i;
      intent->time = EPOCH + HOURS (i);
      g_ptr_array_add (intent->changes, change);
      trust_journal_append_intent (journal, intent, &error);
      g_assert_no_error (error);
      trust_journal_append_done (journal, i, &error);
      g_assert_no_error (error);
    }
  history = open_history (f);
  for (guint i = 0; i <= n; i++)
    {
      g_autoptr (TrustMoment) moment = trust_history_at (history, i, FALSE, &error);
      guint expected = 0;

      g_assert_no_error (error);
      for (guint certificate = 0; certificate < n_certificates; certificate++)
        {
          /* The last change of it, of those up to I. */
          guint last = i - (i + n_certificates - certificate) % n_certificates;

          expected += i > 0 && last > 0 && last <= i && last / n_certificates % 2 == 0;
        }
      g_assert_cmpuint (moment->states->len, ==, expected);
      g_assert_cmpuint (moment->generation, ==, i);
      g_assert_cmpint (moment->time, ==, i > 0 ? EPOCH + HOURS (i) : 0);
    }

  g_autofree char *closed = g_build_filename (f->scratch, JOURNAL_FOLDER, NULL);
  g_autoptr (GDir) folder = g_dir_open (closed, 0, &error);
  guint n_files = 0;

  while (g_dir_read_name (folder) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, >, 5);
}

static void
test_at (Fixture *f, gconstpointer data)
{
  make_three_files (f);
  assert_at (f, 0, "");
  assert_at (f, 1, "11=trusted server-auth@1");
  assert_at (f, 2, "11=trusted server-auth@1 22=trusted server-auth@2");
  assert_at (f, 3, "11=trusted email-protection@3 22=trusted server-auth@2");
  assert_at (f, 4, "11=trusted email-protection@3");
  assert_at (f, 5, "11=trusted email-protection@3 22=distrusted@5");
  assert_at (f, 6, "22=distrusted@5");

  /* What was begun and is not done is no generation yet. */
  g_autoptr (TrustHistory) history = open_history (f);
  for (guint64 generation = 7; generation < 9; generation++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_history_at (history, generation, FALSE, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, "the newest is 6"));
    }
}

/* The time is that of the change, even where a file begins just there. */
static void
test_at_time (Fixture *f, gconstpointer data)
{
  make_three_files (f);
  g_autoptr (TrustHistory) history = open_history (f);

  for (guint64 generation = 1; generation < 7; generation++)
    {
      g_autoptr (TrustMoment) moment = trust_history_at (history, generation, FALSE, NULL);

      g_assert_cmpint (moment->time, ==, EPOCH + HOURS (generation));
    }
}

/* The oldest file was taken away by the quota. */
static void
test_not_kept (Fixture *f, gconstpointer data)
{
  g_autofree char *oldest = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal-00000000000000000001", NULL);
  g_autoptr (GError) error = NULL;
  guint64 generation = 0;

  make_three_files (f);
  g_assert_cmpint (g_unlink (oldest), ==, 0);
  assert_log (f, NULL, "7? 6 5 4");
  assert_at (f, 3, "11=trusted email-protection@3 22=trusted server-auth@2");
  assert_at (f, 5, "11=trusted email-protection@3 22=distrusted@5");

  g_autoptr (TrustHistory) history = open_history (f);

  g_assert_null (trust_history_at (history, 2, FALSE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no longer kept"));
  g_clear_error (&error);
  g_assert_true (trust_history_find (history, EPOCH + HOURS (3) + 2000, &generation, &error));
  g_assert_cmpuint (generation, ==, 3);
  g_assert_false (trust_history_find (history, EPOCH + HOURS (2), &generation, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

/* The administrator's tree: what was found, then what was written; nothing beside it. */
static void
test_files (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustHistory) history = NULL;
  static const char *const expected[] = { "", "/etc/anchord/anchors.d/a.anchor=one/420",
                                          "/etc/anchord/anchors.d/a.anchor=one/420 /etc/anchord/b=two/384",
                                          "/etc/anchord/anchors.d/a.anchor=three/420 /etc/anchord/b=two/384",
                                          "/etc/anchord/anchors.d/a.anchor=three/420" };

  put_intent (f, 1, "add", 0, "",
              ",\"files\":[{\"path\":\"/etc/anchord/anchors.d/a.anchor\",\"mode\":420,\"content\":\"b25l\"},"
              "{\"path\":\"/etc/anchordx\",\"mode\":420,\"content\":\"b25l\"},{\"path\":\"/usr/x\",\"mode\":420,\"content\":\"b25l\"}]");
  put_done (f, 1);
  put_intent (f, 2, "source", -1, "", ",\"found\":[{\"path\":\"/etc/anchord/b\",\"mode\":384,\"content\":\"dHdv\"}]");
  put_done (f, 2);
  rotate (f, 2, "",
          "{\"path\":\"/etc/anchord/anchors.d/a.anchor\",\"mode\":420,\"content\":\"b25l\"},{\"path\":\"/etc/anchord/b\",\"mode\":384,"
          "\"content\":\"dHdv\"}");
  /* Found as gone, and written again. */
  put_intent (f, 3, "set", 0, "",
              ",\"found\":[{\"path\":\"/etc/anchord/anchors.d/a.anchor\"}],\"files\":["
              "{\"path\":\"/etc/anchord/anchors.d/a.anchor\",\"mode\":420,\"content\":\"dGhyZWU=\"}]");
  put_done (f, 3);
  put_intent (f, 4, "remove", 0, "", ",\"files\":[{\"path\":\"/etc/anchord/b\"},{\"path\":\"/etc/anchord/stores.d/\"}]");
  put_done (f, 4);
  save (f);
  history = open_history (f);
  for (guint64 generation = 0; generation < G_N_ELEMENTS (expected); generation++)
    {
      g_autoptr (TrustMoment) moment = trust_history_at (history, generation, TRUE, NULL);
      g_autoptr (GString) got = g_string_new (NULL);

      for (guint i = 0; i < moment->files->len; i++)
        {
          const TrustHistoryFile *file = moment->files->pdata[i];

          g_string_append_printf (got, "%s%s=%.*s/%u", i > 0 ? " " : "", file->path, (int) g_bytes_get_size (file->content),
                                  (const char *) g_bytes_get_data (file->content, NULL), file->mode);
        }
      g_assert_cmpstr (got->str, ==, expected[generation]);
    }
}

static char *
diff_of (Fixture *f, guint64 from, guint64 to)
{
  g_autoptr (TrustHistory) history = open_history (f);
  g_autoptr (TrustMoment) before = trust_history_at (history, from, FALSE, NULL);
  g_autoptr (TrustMoment) after = trust_history_at (history, to, FALSE, NULL);
  g_autoptr (GPtrArray) changes = trust_moment_diff (before, after);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      const TrustJournalChange *change = changes->pdata[i];

      g_string_append_printf (out, "%s%.2s %s: %s > %s", i > 0 ? ", " : "", change->fingerprint, change->title, change->before, change->after);
    }
  return g_string_free (out, FALSE);
}

static void
test_diff (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  static const struct { guint64 from, to; const char *expected; } cases[] = {
    { 0, 0, "" }, { 3, 3, "" },
    { 0, 1, "11 CN 11:  > trusted server-auth" },
    { 1, 0, "11 CN 11: trusted server-auth > " },
    { 2, 5, "11 CN 11: trusted server-auth > trusted email-protection, 22 CN 22: trusted server-auth > distrusted" },
    { 3, 6, "11 CN 11: trusted email-protection > , 22 CN 22: trusted server-auth > distrusted" },
    { 6, 2, "11 CN 11:  > trusted server-auth, 22 CN 22: distrusted > trusted server-auth" } };
  /* clang-format on */

  make_three_files (f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = diff_of (f, cases[i].from, cases[i].to);

      g_assert_cmpstr (got, ==, cases[i].expected);
    }
}

/* One certificate in the system's store and in an application's are two states; a store and a consumer go by their titles. */
static void
test_stores (Fixture *f, gconstpointer data)
{
  g_autofree char *system = row (ONE, "CN 11", "", "trusted server-auth"), *store = row ("", "app/mail", "", "inherits");
  g_autofree char *inside = row (ONE, "CN 11", "", "trusted email-protection in app/mail"), *gone = row (ONE, "CN 11", "trusted server-auth", "");
  g_autofree char *outside = row (ONE, "CN 11", "trusted email-protection in app/mail", "");
  g_autofree char *first = g_strjoin (",", system, store, NULL), *got = NULL;

  put_intent (f, 1, "add", 0, first, NULL);
  put_done (f, 1);
  put_intent (f, 2, "store-add", 0, inside, NULL);
  put_done (f, 2);
  put_intent (f, 3, "remove", 0, gone, NULL);
  put_done (f, 3);
  put_intent (f, 4, "store-remove", 0, outside, NULL);
  put_done (f, 4);
  save (f);
  assert_at (f, 1, "ap=inherits@1 11=trusted server-auth@1");
  assert_at (f, 2, "ap=inherits@1 11=trusted email-protection in app/mail@2 11=trusted server-auth@1");
  assert_at (f, 3, "ap=inherits@1 11=trusted email-protection in app/mail@2");
  assert_at (f, 4, "ap=inherits@1");
  got = diff_of (f, 1, 3);
  g_assert_cmpstr (got, ==, "11 CN 11:  > trusted email-protection in app/mail, 11 CN 11: trusted server-auth > ");
}

/* More records than are looked at from a file's end at first. */
static void
test_long (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  TrustHistoryQuery query = { .uid = -1, .limit = 200 };
  g_autoptr (TrustHistory) history = NULL;
  guint64 generation = 0;

  for (guint64 i = 1; i <= 1000; i++)
    {
      put_change (f, i, i % 2 ? ONE : TWO, i > 2 ? i % 4 < 2 ? "trusted a" : "trusted b" : "", i % 4 < 2 ? "trusted b" : "trusted a");
      if (i == 300)
        rotate (f, 300, "", "");
    }
  save (f);
  for (guint i = 1000; i > 0; i--)
    g_string_append_printf (expected, "%u%s", i, i > 1 ? " " : "");
  assert_log (f, NULL, expected->str);
  g_string_truncate (expected, strlen ("1000") + 199 * strlen (" 999"));
  assert_log (f, &query, expected->str);
  query.rows = 3;
  assert_log (f, &query, "1000 999 998 997");
  query = (TrustHistoryQuery) { .uid = -1, .from = 300, .to = 301 };
  assert_log (f, &query, "301 300");
  history = open_history (f);
  for (guint64 i = 0; i <= 1000; i++)
    {
      g_assert_true (trust_history_find (history, EPOCH + HOURS (i), &generation, NULL));
      g_assert_cmpuint (generation, ==, i);
    }
}

/* "file": {path, content} of CONTENT. (transfer full) */
static char *
file_json (const char *path, const void *content, gsize size)
{
  g_autofree char *base64 = g_base64_encode (content, size);

  return g_strdup_printf ("{\"path\":\"%s\",\"mode\":420,\"content\":\"%s\"}", path, base64);
}

static void
assert_certificate (Fixture *f, const TestCertificate *certificate, gboolean is_there)
{
  g_autoptr (TrustHistory) history = open_history (f);
  TrustSpan der = trust_certificate_get_der (certificate->certificate);
  g_autoptr (GBytes) found = trust_history_read_certificate (history, trust_certificate_get_fingerprint (certificate->certificate));

  g_assert_true ((found != NULL) == is_there);
  if (is_there)
    g_assert_cmpmem (g_bytes_get_data (found, NULL), g_bytes_get_size (found), der.data, der.size);
}

/* Wherever the journal may hold a certificate: it is found by what names it. */
static void
test_certificates (Fixture *f, gconstpointer data)
{
  g_autoptr (TestCertificate) pem = test_certificate_new_root ("CN=As PEM"), raw = test_certificate_new_root ("CN=As DER");
  g_autoptr (TestCertificate) limited = test_certificate_new_root ("CN=In A Head"), beside = test_certificate_new_root ("CN=Beside");
  g_autoptr (TestCertificate) kept = test_certificate_new_root ("CN=Kept"), unknown = test_certificate_new_root ("CN=Unknown");
  const TestCertificate *const all[] = { pem, raw, limited, beside };
  g_autoptr (GString) rows = g_string_new (NULL), file = g_string_new (NULL);
  g_autofree char *pem_text = test_certificate_dup_pem (pem), *pem_file = file_json ("/etc/anchord/anchors.d/a.pem", pem_text, strlen (pem_text));
  TrustSpan raw_der = trust_certificate_get_der (raw->certificate), limited_der = trust_certificate_get_der (limited->certificate);
  TrustSpan beside_der = trust_certificate_get_der (beside->certificate), kept_der = trust_certificate_get_der (kept->certificate);
  g_autofree char *raw_file = file_json ("/etc/anchord/anchors.d/b.crt", raw_der.data, raw_der.size);
  g_autofree char *limited_base64 = g_base64_encode (limited_der.data, limited_der.size), *head = NULL, *limited_file = NULL, *more = NULL;
  g_autofree char *beside_base64 = g_base64_encode (beside_der.data, beside_der.size);
  char hex[TRUST_FINGERPRINT_HEX];

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *one = NULL;

      trust_fingerprint_to_hex (trust_certificate_get_fingerprint (all[i]->certificate), hex);
      one = row (hex, "Root", "", "trusted server-auth");
      g_string_append_printf (rows, "%s%s", i > 0 ? "," : "", one);
    }
  head = g_strdup_printf ("[Anchor]\nVersion=1\nCertificate=%s\n[Trust]\nPurposes=server-auth;\nUntil=2030-01-01\n", limited_base64);
  limited_file = file_json ("/etc/anchord/anchors.d/c.anchor", head, strlen (head));
  more = g_strdup_printf (",\"found\":[%s],\"certificates\":[\"%s\"],\"files\":[%s,%s]", raw_file, beside_base64, pem_file, limited_file);
  put_intent (f, 1, "add", 0, rows->str, more);
  put_done (f, 1);
  put_change (f, 2, ONE, "", "distrusted");
  save (f);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    assert_certificate (f, all[i], TRUE);
  assert_certificate (f, kept, FALSE);
  assert_certificate (f, unknown, FALSE);
  /* What stands for files that are kept no longer: the second has a hash that is not its own. */
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (kept->certificate), hex);
  g_string_append_printf (file, "%s %" G_GSIZE_FORMAT "\n", hex, kept_der.size);
  g_string_append_len (file, (const char *) kept_der.data, (gssize) kept_der.size);
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (unknown->certificate), hex);
  g_string_append_printf (file, "\n%s %" G_GSIZE_FORMAT "\n", hex, kept_der.size);
  g_string_append_len (file, (const char *) kept_der.data, (gssize) kept_der.size);
  g_string_append_c (file, '\n');
  test_scratch_write (f->scratch, JOURNAL_FOLDER "/certificates", file->str, (gssize) file->len);
  assert_certificate (f, kept, TRUE);
  assert_certificate (f, unknown, FALSE);
  /* Cut off anywhere, it gives what is whole. */
  for (gsize size = 0; size < file->len; size += 37)
    {
      test_scratch_write (f->scratch, JOURNAL_FOLDER "/certificates", file->str, (gssize) size);
      assert_certificate (f, kept, size > 64 + 1 + 3 + 1 + kept_der.size);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/history/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("empty", test_empty);
  CASE ("log", test_log);
  CASE ("record", test_record);
  CASE ("find", test_find);
  CASE ("clock-set-back", test_clock_set_back);
  CASE ("clock-set-back-inside", test_clock_set_back_inside);
  CASE ("as-written", test_as_written);
  CASE ("at", test_at);
  CASE ("at-time", test_at_time);
  CASE ("not-kept", test_not_kept);
  CASE ("files", test_files);
  CASE ("diff", test_diff);
  CASE ("stores", test_stores);
  CASE ("long", test_long);
  CASE ("certificates", test_certificates);
  return g_test_run ();
}
