/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal cut short at every byte, changed at every byte, and made to be hostile. */
#include "core/limits.h"

#include "tests/unit/journal-sample.h"

/* Four records, their ends. */
static void
make_sample (Fixture *f, char **bytes, gsize *size, gsize ends[4])
{
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
  const char *p;

  append_pair (writer, 1, 20);
  append_pair (writer, 2, 40);
  load (f, bytes, size);
  p = *bytes;
  for (guint i = 0; i < 4; i++)
    {
      p = strchr (strchr (p, '\n') + 1, '\n') + 1;
      ends[i] = (gsize) (p - *bytes);
    }
  g_assert_cmpuint (ends[3], ==, *size);
}

/* Whatever byte a crash cuts at: the whole records stand, the rest is cut off, and the journal goes on. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize cut = 0; cut < size; cut++)
    for (guint nuls = 0; nuls < (cut % 5 == 0 ? 2 : 1); nuls++)
      {
        guint whole = 0;
        gsize padded = nuls ? size + 5000 : cut;
        g_autofree char *copy = g_malloc0 (padded + 1);

        memcpy (copy, bytes, cut);
        store (f, copy, padded);
        while (ends[whole] <= cut)
          whole++;

        g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
        g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
        guint64 generation = trust_journal_get_generation (writer);
        gboolean clean = cut == 0 ? !nuls : !nuls && whole > 0 && ends[whole - 1] == cut;
        GStatBuf st;

        g_assert_cmpuint (count (f), ==, whole);
        g_assert_cmpuint (count (f), ==, whole);
        g_assert_cmpuint (generation, ==, (whole + 1) / 2);
        g_assert_true ((trust_journal_get_pending (writer) != NULL) == (whole % 2 == 1));
        g_assert_true ((trust_journal_get_repair (writer) == NULL) == clean);
        g_assert_true ((trust_journal_get_repair (reader) == NULL) == clean);
        g_assert_cmpint (g_stat (f->path, &st), ==, 0);
        g_assert_cmpuint ((gsize) st.st_size, ==, whole > 0 ? ends[whole - 1] : 0);
        if (whole % 2 == 1)
          g_assert_true (trust_journal_append_done (writer, generation, NULL));
        else
          append_pair (writer, generation + 1, 1);
        g_assert_cmpuint (count (f), >, whole);
      }
}

/* A block in the middle of the last record that never reached the disk reads as NULs. */
static void
test_hole (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize at = ends[2]; at + 10 <= size; at++)
    {
      g_autofree char *copy = g_memdup2 (bytes, size);

      memset (copy + at, 0, 10);
      store (f, copy, size);

      g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

      g_assert_cmpuint (count (f), ==, 3);
      g_assert_nonnull (trust_journal_get_repair (writer));
      g_assert_cmpuint (trust_journal_get_pending (writer)->generation, ==, 2);
    }
}

/* Any changed byte is seen: at the latest by a walk of the chain. */
static void
test_flip (Fixture *f, gconstpointer data)
{
  static const guint8 masks[] = { 0x01, 0x20, 0x80, 0xff };
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize at = 0; at < size; at++)
    for (guint m = 0; m <= G_N_ELEMENTS (masks); m++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *copy = g_memdup2 (bytes, size), *fault = NULL;

        /* The last round makes it a newline, which could pretend to end a line. */
        if (m < G_N_ELEMENTS (masks))
          copy[at] = (char) (copy[at] ^ masks[m]);
        else
          copy[at] = '\n';
        if (copy[at] == bytes[at])
          continue;
        store (f, copy, size);

        g_autoptr (TrustJournal) reader = trust_journal_open (f->root, FALSE, &error);

        /* A NUL in the last record is what an unwritten block looks like: it is left out, and said. */
        if (copy[at] == '\0' && at >= ends[2])
          {
            g_assert_no_error (error);
            g_assert_nonnull (trust_journal_get_repair (reader));
            g_assert_cmpuint (count (f), ==, 3);
            continue;
          }
        if (reader == NULL)
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
        g_assert_false (is_whole (f, NULL, &fault));
        g_assert_nonnull (strstr (fault, "at byte "));
        /* Opening looks at the last record: it must not take a changed one. */
        if (at >= ends[2])
          g_assert_null (reader);
      }
}

/* Records taken out, swapped or repeated. */
static void
test_rearranged (Fixture *f, gconstpointer data)
{
  static const int orders[][5] = { { 1, 2, 3, -1 },   { 0, 2, 3, -1 },    { 0, 1, 3, -1 }, { 0, 2, 1, 3, -1 },
                                   { 0, 1, 2, 3, 3 }, { 1, 0, 2, 3, -1 }, { 3, -1 },       { 0, 1, 2, 2, 3 } };
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GString) copy = g_string_new (NULL);

      for (guint k = 0; k < 5 && orders[i][k] >= 0; k++)
        {
          gsize from = orders[i][k] > 0 ? ends[orders[i][k] - 1] : 0;

          g_string_append_len (copy, bytes + from, (gssize) (ends[orders[i][k]] - from));
        }
      store (f, copy->str, copy->len);

      g_assert_false (is_whole (f, NULL, NULL));
    }
}

static void
test_damaged_message (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL, *offset = NULL, *fault = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  bytes[ends[1] + 200] ^= 1;
  store (f, bytes, size);
  g_assert_false (is_whole (f, NULL, &fault));
  offset = g_strdup_printf ("record 3 at byte %" G_GSIZE_FORMAT ":", ends[1]);
  g_assert_nonnull (strstr (fault, offset));
}

/* One whole first record that holds JSON. */
static void
store_record (Fixture *f, const char *json)
{
  g_autofree char *text = g_strdup_printf ("%064d1 %" G_GSIZE_FORMAT "\n%s", 0, strlen (json), json);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *record = g_strdup_printf ("anchord1 1 %" G_GSIZE_FORMAT " %s\n%s\n", strlen (json), hash, json);

  store (f, record, strlen (record));
}

/* Well hashed, but not ours: a clear error, no crash. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char *const contents[] = {
    "",
    "{}",
    "[]",
    "null",
    "\"text\"",
    "{\"type\":\"done\"}",
    "{\"type\":\"done\",\"generation\":0}",
    "{\"type\":\"done\",\"generation\":-4}",
    "{\"type\":\"done\",\"generation\":\"4\"}",
    "{\"type\":3,\"generation\":3}",
    "{\"type\":{},\"generation\":3}",
    "{\"type\":\"other\",\"generation\":3}",
    "{\"type\":\"intent\",\"generation\":3}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":{},\"files\":[]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[3]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[null]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":\"etc\"}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":[]}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":\"/a\",\"content\":5}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[{\"sha256\":\"zz\"}],\"files\":[]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[{}],\"files\":[]}",
    "{\"type\":\"done\",\"generation\":3",
    "{\"type\":\"done\",\"generation\":3}}",
    "\xff\xfe",
    "{\"a\":\"\xff\"}",
  };

  trust_journal_free (open_journal (f, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GError) error = NULL;

      store_record (f, contents[i]);
      g_assert_null (trust_journal_open (f->root, FALSE, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (1000000, '[');
  store_record (f, deep);
  g_assert_null (trust_journal_open (f->root, FALSE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);

  store_record (f, "{\"type\":\"done\",\"generation\":3,\"time\":1}");
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  g_assert_cmpuint (trust_journal_get_generation (reader), ==, 3);
}

static void
test_not_a_journal (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = {
    "hello, this is not a journal\n",      "anchord2 1 2 3\n", "anchord1\n", "anchord1 1 5\n", "anchord1 x", "anchord1 01 5 ",
    "anchord1 1 99999999999999999999999 ", "\nanchord1 1 5 ",  "x",
  };
  g_autoptr (TrustJournal) made = open_journal (f, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      store (f, texts[i], strlen (texts[i]));
      g_assert_null (trust_journal_open (f->root, TRUE, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
      g_clear_error (&error);
      g_assert_null (trust_journal_open (f->root, FALSE, &error));
    }
  /* A length over the limit is refused before anything is allocated for it. */
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strdup_printf ("anchord1 1 %u %064d\n", TRUST_LIMIT_JOURNAL_RECORD_BYTES + 1, 0);
  store (f, huge, strlen (huge));
  g_assert_null (trust_journal_open (f->root, TRUE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);

  g_clear_error (&error);
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  g_assert_null (trust_journal_open (f->root, FALSE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/journal-damage/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("cut-at-every-byte", test_cut);
  ADD ("hole", test_hole);
  ADD ("flip-every-byte", test_flip);
  ADD ("rearranged", test_rearranged);
  ADD ("damaged-message", test_damaged_message);
  ADD ("hostile-content", test_hostile);
  ADD ("not-a-journal", test_not_a_journal);
  return g_test_run ();
}
