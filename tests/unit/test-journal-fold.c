/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records folded into what is so after them. */
#include "core/error.h"
#include "core/journal-fold.h"

#include <string.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define INTENT(generation, time, changes, rest)                                                                                                      \
  "{\"type\":\"intent\",\"generation\":" #generation ",\"time\":" #time ",\"operation\":\"add\",\"changes\":[" changes "]" rest "}"
#define DONE(generation) "{\"type\":\"done\",\"generation\":" #generation ",\"time\":1}"
#define CHANGE(sha256, title, before, after) "{\"sha256\":\"" sha256 "\",\"title\":\"" title "\",\"before\":\"" before "\",\"after\":\"" after "\"}"

static void
feed (TrustJournalFold *fold, const char *json)
{
  g_autoptr (GError) error = NULL;

  trust_journal_fold_feed (fold, json, strlen (json), &error);
  g_assert_no_error (error);
}

/* "FINGERPRINT'S FIRST LETTER|TITLE|SETTINGS|GENERATION|TIME" of each, in order. */
static void
assert_states (const TrustJournalFold *fold, const char *expected)
{
  g_autoptr (GPtrArray) states = trust_journal_fold_list_states (fold);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < states->len; i++)
    {
      const TrustJournalState *state = states->pdata[i];

      g_string_append_printf (text, "%.1s|%s|%s|%" G_GUINT64_FORMAT "|%" G_GINT64_FORMAT "\n", state->fingerprint, state->title, state->settings,
                              state->generation, state->time);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_file (const TrustJournalFold *fold, const char *path, const char *expected)
{
  const TrustJournalTreeFile *file = trust_journal_fold_find_file (fold, path);
  g_autoptr (GBytes) bytes = file != NULL ? trust_journal_tree_file_decode (file) : NULL;

  if (expected == NULL)
    g_assert_null (file);
  else
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
test_states (void)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();

  assert_states (fold, "");
  feed (fold,
        INTENT (3, 30, CHANGE (A, "One \\\"1\\\" \\u00e9\\ud83d\\ude00", "", "trusted server-auth") "," CHANGE (B, "Two", "", "distrusted"), ""));
  /* Begun is not done. */
  assert_states (fold, "");
  g_assert_cmpuint (trust_journal_fold_get_pending (fold), ==, 3);
  g_assert_cmpuint (trust_journal_fold_get_generation (fold), ==, 0);
  feed (fold, DONE (3));
  g_assert_cmpuint (trust_journal_fold_get_pending (fold), ==, 0);
  g_assert_cmpuint (trust_journal_fold_get_generation (fold), ==, 3);
  g_assert_cmpint (trust_journal_fold_get_time (fold), ==, 30);
  assert_states (fold, "a|One \"1\" \xc3\xa9\xf0\x9f\x98\x80|trusted server-auth|3|30\nb|Two|distrusted|3|30\n");

  /* An application's store is a place of its own; a row that repeats what is so keeps its date. */
  feed (fold,
        INTENT (4, 40,
                CHANGE (A, "One", "trusted server-auth", "trusted server-auth") "," CHANGE (
                    A, "One", "",
                    "trusted client-auth in app/mail") "," CHANGE ("", "app/mail", "no store",
                                                                   "inherits, all purposes") "," CHANGE ("", "consumer java", "disabled",
                                                                                                         "enabled") "," CHANGE (B, "", "distrusted",
                                                                                                                                ""),
                ""));
  feed (fold, DONE (4));
  assert_states (fold, "|app/mail|inherits, all purposes|4|40\n|consumer java|enabled|4|40\na|One|trusted client-auth in app/mail|4|40\n"
                       "a|One|trusted server-auth|3|30\n");
  g_assert_cmpstr (trust_journal_fold_find_state (fold, A)->settings, ==, "trusted server-auth");
  g_assert_null (trust_journal_fold_find_state (fold, B));

  feed (fold, INTENT (9, 90,
                      CHANGE (A, "One", "trusted client-auth in app/mail",
                              "") "," CHANGE ("", "consumer java", "enabled",
                                              "disabled") "," CHANGE ("", "key " B, "",
                                                                      "distrusted") "," CHANGE ("", "app/mail", "inherits, all purposes", "no store"),
                      ""));
  feed (fold, DONE (9));
  assert_states (fold, "|key " B "|distrusted|9|90\na|One|trusted server-auth|3|30\n");
}

/* A store that goes takes along what it trusted, and no other's. */
static void
test_store_gone (void)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();

  feed (fold, INTENT (4, 40,
                      CHANGE (A, "One", "", "trusted server-auth") "," CHANGE (A, "One", "", "trusted client-auth in app/mail") "," CHANGE (
                          "", "app/mail", "no store", "inherits, all purposes") "," CHANGE (B, "Two", "", "trusted server-auth in app/mail2"),
                      ""));
  feed (fold, DONE (4));
  feed (fold, INTENT (5, 50, CHANGE ("", "app/mail", "inherits, all purposes", "no store"), ""));
  feed (fold, DONE (5));
  assert_states (fold, "a|One|trusted server-auth|4|40\nb|Two|trusted server-auth in app/mail2|4|40\n");
}

static void
test_files (void)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();
  g_autoptr (GPtrArray) files = NULL;

  feed (fold, INTENT (1, 1, "",
                      ",\"found\":[{\"path\":\"/etc/anchord/anchors.d/b.crt\",\"mode\":416,\"content\":\"b25l\"}],"
                      "\"files\":[{\"path\":\"/etc/anchord/anchors.d/a.anchor\",\"mode\":420,\"content\":\"dHdv\"},"
                      "{\"path\":\"/var/lib/anchord/ended\",\"mode\":420,\"content\":\"dHdv\"},"
                      "{\"path-base64\":\"L2V0Yy9hbmNob3JkL/9iYWQ=\",\"mode\":420,\"content\":\"\"}]"));
  feed (fold, DONE (1));
  files = trust_journal_fold_list_files (fold);
  g_assert_cmpuint (files->len, ==, 3);
  g_assert_cmpstr (((TrustJournalTreeFile *) files->pdata[2])->path, ==,
                   "/etc/anchord/\xff"
                   "bad");
  assert_file (fold, "/etc/anchord/anchors.d/b.crt", "one");
  g_assert_cmpuint (trust_journal_fold_find_file (fold, "/etc/anchord/anchors.d/b.crt")->mode, ==, 0640);
  assert_file (fold, "/etc/anchord/anchors.d/a.anchor", "two");
  assert_file (fold,
               "/etc/anchord/\xff"
               "bad",
               "");
  feed (fold, INTENT (2, 2, "",
                      ",\"found\":[{\"path\":\"/etc/anchord/anchors.d/a.anchor\"}],"
                      "\"files\":[{\"path\":\"/etc/anchord/anchors.d/b.crt\",\"mode\":420,\"content\":\"dHdv\"},"
                      "{\"path\":\"/etc/anchord/stores.d/app/x/\"}]"));
  feed (fold, DONE (2));
  assert_file (fold, "/etc/anchord/anchors.d/a.anchor", NULL);
  assert_file (fold, "/etc/anchord/anchors.d/b.crt", "two");
}

static void
test_begin (void)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();

  feed (fold, INTENT (1, 1, CHANGE (A, "One", "", "distrusted"), ",\"files\":[{\"path\":\"/etc/anchord/a\",\"mode\":420,\"content\":\"b25l\"}]"));
  feed (fold, DONE (1));
  feed (fold, "{\"type\":\"begin\",\"generation\":7,\"time\":70,\"previous\":\"" A "\",\"states\":[{\"sha256\":\"" B "\",\"title\":\"Two\","
              "\"settings\":\"trusted server-auth\",\"generation\":5,\"time\":50}],"
              "\"files\":[{\"path\":\"/etc/anchord/b\",\"mode\":420,\"content\":\"dHdv\"}]}");
  assert_states (fold, "b|Two|trusted server-auth|5|50\n");
  assert_file (fold, "/etc/anchord/a", NULL);
  assert_file (fold, "/etc/anchord/b", "two");
  g_assert_cmpuint (trust_journal_fold_get_generation (fold), ==, 7);
}

/* Each is refused, with a reason, and nothing beyond it is read. */
static void
test_refused (void)
{
  static const char *const after_three[] = {
    "",
    "{",
    "{}",
    "[]",
    "null",
    "{\"type\":\"intent\"}",
    "{\"type\":\"other\",\"generation\":9}",
    "{\"type\":3,\"generation\":9}",
    DONE (3),
    DONE (4),
    INTENT (3, 1, "", ""),
    INTENT (2, 1, "", ""),
    "{\"type\":\"intent\",\"generation\":-9}",
    "{\"type\":\"intent\",\"generation\":9999999999999999999}",
    "{\"type\":\"begin\",\"generation\":9,\"states\":{}}",
    "{\"type\":\"begin\",\"generation\":9,\"states\":[{\"sha256\":\"aa\"}]}",
    "{\"type\":\"begin\",\"generation\":9,\"files\":[{\"mode\":4}]}",
    "{\"type\":\"begin\",\"generation\":9,\"states\":[{}}]}",
    "{\"type\":\"begin\",\"generation\":9,\"states\":[{\"title\":\"\\ud800\"}]}",
    "{\"type\":\"begin\",\"generation\":9,\"states\":[{\"title\":\"\\",
    "{\"type\":\"begin\",\"generation\":9,\"x\":[[[[[[[[[[[[]]]]]]]]]]]]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (after_three); i++)
    {
      g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();
      g_autoptr (GError) error = NULL;
      /* A heap copy of the exact size, so that a read beyond it is seen. */
      gsize length = strlen (after_three[i]);
      g_autofree char *copy = g_memdup2 (after_three[i], length);

      feed (fold, INTENT (3, 1, "", ""));
      feed (fold, DONE (3));
      g_assert_false (trust_journal_fold_feed (fold, copy, length, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
    }
}

static void
test_place (void)
{
  g_assert_cmpstr (trust_journal_get_place ("trusted server-auth"), ==, "");
  g_assert_cmpstr (trust_journal_get_place ("trusted server-auth in app/a.b_c-1"), ==, "app/a.b_c-1");
  g_assert_cmpstr (trust_journal_get_place ("trusted x;permitted-dns= in app/x y"), ==, "");
  g_assert_cmpstr (trust_journal_get_place ("trusted server-auth in app/"), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-fold/states", test_states);
  g_test_add_func ("/journal-fold/store-gone", test_store_gone);
  g_test_add_func ("/journal-fold/files", test_files);
  g_test_add_func ("/journal-fold/begin", test_begin);
  g_test_add_func ("/journal-fold/refused", test_refused);
  g_test_add_func ("/journal-fold/place", test_place);
  return g_test_run ();
}
