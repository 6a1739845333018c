/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mark, what stood before, and the format of the state. */
#include "core/sources/handback.h"
#include "core/state-format.h"
#include "core/stood.h"
#include "tests/lib/root-fixture.h"

#define GOOD "[HandedBack]\nVersion=1\nBy=package\nTime=2026-03-04T05:06:07Z\n"

static TrustHandback *
parse (const char *text)
{
  return trust_handback_parse (text, strlen (text));
}

static void
test_round_trip (void)
{
  TrustFingerprint digest;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_handback_kept_free);
  g_autoptr (TrustHandback) written = NULL, read = NULL;
  g_autoptr (GBytes) bytes = NULL;

  trust_fingerprint_of ("x", 1, &digest);
  g_ptr_array_add (kept, trust_handback_kept_new ("/usr/local/share/ca-certificates/A-0123456789abcdef.crt", &digest));
  g_ptr_array_add (kept, trust_handback_kept_new ("/etc/pki/trust/b c.p11-kit", &digest));
  written = trust_handback_new (TRUST_HANDBACK_PACKAGE, 1772600767, kept);
  bytes = trust_handback_write (written);
  read = trust_handback_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (read->fault, ==, NULL);
  g_assert_true (trust_handback_is_on (read));
  g_assert_true (trust_handback_equal (written, read));
  g_assert_cmpuint (read->kept->len, ==, 2);
  g_assert_false (trust_handback_equal (read, NULL));
  g_assert_true (trust_handback_equal (NULL, NULL));
  g_assert_false (trust_handback_is_on (NULL));
}

static void
test_words (void)
{
  g_autoptr (TrustHandback) read = parse (GOOD);

  g_assert_cmpstr (read->fault, ==, NULL);
  g_assert_cmpint (read->by, ==, TRUST_HANDBACK_PACKAGE);
  g_assert_cmpint (read->time, ==, 1772600767);
}

/* A mark that is not understood is never "not handed back", and never "handed back". */
static void
test_faults (void)
{
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "", "empty" },
    { "[HandedBack]\nBy=package\nTime=2026-03-04T05:06:07Z\n", "version" },
    { "[HandedBack]\nVersion=2\nBy=package\nTime=2026-03-04T05:06:07Z\n", "update anchord" },
    { "[HandedBack]\nVersion=2\nNew=1\n", "update anchord" },
    { "[HandedBack]\nVersion=01\nBy=package\nTime=2026-03-04T05:06:07Z\n", "version" },
    { "[HandedBack]\nVersion=one\nBy=package\nTime=2026-03-04T05:06:07Z\n", "version" },
    { "[HandedBack]\nVersion=1\nBy=me\nTime=2026-03-04T05:06:07Z\n", "By=" },
    { "[HandedBack]\nVersion=1\nTime=2026-03-04T05:06:07Z\n", "By=" },
    { "[HandedBack]\nVersion=1\nBy=package\n", "Time=" },
    { "[HandedBack]\nVersion=1\nBy=package\nTime=now\n", "Time=" },
    { GOOD "Kept=/a\n", "Kept=" },
    { GOOD "Kept=a 00\n", "Kept=" },
    { GOOD "Other=1\n", "Other" },
    { GOOD "[Other]\n", "Other" },
    { "[Other]\nVersion=1\n", "HandedBack" },
    { "no key file", "HandedBack" },
    { "\xff\xfe", "no text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TrustHandback) read = parse (cases[i].text);

      g_assert_nonnull (read->fault);
      g_assert_false (trust_handback_is_on (read));
      if (strstr (read->fault, cases[i].words) == NULL)
        g_error ("\"%s\" does not say \"%s\"", read->fault, cases[i].words);
    }
}

static void
test_on_disk (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = in_image (f, "etc/anchord"), *path = in_image (f, "etc/anchord/handed-back");
  TrustHandback *read = trust_handback_read (f->root);

  g_assert_null (read);
  g_assert_no_errno (g_mkdir (folder, 0755));
  g_assert_null (trust_handback_read (f->root));
  put (folder, "handed-back", GOOD);
  read = trust_handback_read (f->root);
  g_assert_true (trust_handback_is_on (read));
  trust_handback_unref (read);
  g_assert_no_errno (chmod (path, 0666));
  read = trust_handback_read (f->root);
  g_assert_nonnull (read->fault);
  trust_handback_unref (read);
  g_assert_no_errno (unlink (path));
  put (folder, "real", GOOD);
  put_link (f, "real", "etc/anchord/handed-back");
  read = trust_handback_read (f->root);
  g_assert_nonnull (strstr (read->fault, "regular file"));
  trust_handback_unref (read);
  g_assert_no_errno (unlink (path));
  g_assert_no_errno (g_mkdir (path, 0755));
  read = trust_handback_read (f->root);
  g_assert_nonnull (strstr (read->fault, "regular file"));
  trust_handback_unref (read);
}

static void
assert_content (Fixture *f, const char *path, const char *wanted, guint mode)
{
  g_autofree char *full = in_image (f, path), *text = NULL;
  struct stat st;

  g_assert_true (g_file_get_contents (full, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
  g_assert_no_errno (lstat (full, &st));
  g_assert_cmpuint (st.st_mode & 07777, ==, mode);
}

/* What stood there first comes back, whatever stood there later. */
static void
test_stood (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etc = in_image (f, "etc"), *path = in_image (f, "etc/a");
  g_auto (TrustStood) stood = { TRUST_STOOD_UNKNOWN }, none = { TRUST_STOOD_UNKNOWN }, link = { TRUST_STOOD_UNKNOWN };

  g_assert_true (trust_stood_read (f->root, "/etc/a", &stood, &error));
  g_assert_cmpint (stood.kind, ==, TRUST_STOOD_UNKNOWN);
  put (etc, "a", "first\n");
  g_assert_no_errno (chmod (path, 0640));
  g_assert_true (trust_stood_keep (f->root, "/etc/a", "word", &error));
  put (etc, "a", "second\n");
  g_assert_true (trust_stood_keep (f->root, "/etc/a", "other", &error));
  g_assert_true (trust_stood_read (f->root, "/etc/a", &stood, &error));
  g_assert_cmpint (stood.kind, ==, TRUST_STOOD_FILE);
  g_assert_cmpuint (stood.mode, ==, 0640);
  g_assert_cmpstr (stood.made_of, ==, "word");
  g_assert_true (trust_stood_restore (f->root, "/etc/a", &stood, &error));
  assert_content (f, "etc/a", "first\n", 0640);
  trust_stood_clear (&stood);
  g_assert_true (trust_stood_give_up (f->root, "/etc/a", &error));
  g_assert_true (trust_stood_read (f->root, "/etc/a", &stood, &error));
  g_assert_cmpint (stood.kind, ==, TRUST_STOOD_UNKNOWN);
  g_assert_true (trust_stood_forget (f->root, "/etc/a", &error));
  g_assert_true (trust_stood_keep (f->root, "/etc/nothing", NULL, &error));
  g_assert_true (trust_stood_read (f->root, "/etc/nothing", &none, &error));
  g_assert_cmpint (none.kind, ==, TRUST_STOOD_NOTHING);
  put_link (f, "../somewhere else", "etc/link");
  g_assert_true (trust_stood_keep (f->root, "/etc/link", NULL, &error));
  g_assert_true (trust_stood_read (f->root, "/etc/link", &link, &error));
  g_assert_cmpint (link.kind, ==, TRUST_STOOD_LINK);
  g_assert_cmpstr (link.target, ==, "../somewhere else");
  g_assert_no_error (error);
}

/* A record of a newer anchord, or a damaged one, is no word of what stood there. */
static void
test_stood_faults (Fixture *f, gconstpointer data)
{
  static const char *const heads[] = { "anchord before 2\nnothing\nmade-of -\n/etc/a\n",
                                       "anchord before 1\nmore\nmade-of -\n/etc/a\n",
                                       "anchord before 1\nnothing\n/etc/a\n",
                                       "anchord before 1\nnothing\nmade-of -\n/etc/b\n",
                                       "anchord before 1\nfile 99999 0 0\nmade-of -\n/etc/a\n",
                                       "",
                                       "x" };
  g_autofree char *folder = in_image (f, "var/lib/anchord/before"), *path = trust_stood_dup_bytes_path ("/etc/a"), *base = g_path_get_basename (path);
  g_autofree char *name = g_strconcat (base, ".head", NULL);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0755));
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (TrustStood) stood = { TRUST_STOOD_UNKNOWN };

      put (folder, name, heads[i]);
      g_assert_false (trust_stood_read (f->root, "/etc/a", &stood, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
      g_assert_true ((strstr (error->message, "update anchord") != NULL) == (i == 0));
    }
}

/* Only folders that were not there go, and only empty ones. */
static void
test_folders (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = in_image (f, "etc/x/y/z"), *other = in_image (f, "etc/v/w"), *y = in_image (f, "etc/x"), *v = in_image (f, "etc/v"),
                  *sub = in_image (f, "etc/sub");

  g_assert_true (trust_stood_note_folder (f->root, "/etc/x/y/z", &error));
  g_assert_true (trust_stood_note_folder (f->root, "/etc/v/w", &error));
  g_assert_true (trust_stood_note_folder (f->root, "/etc/sub", &error));
  g_assert_no_errno (g_mkdir_with_parents (deep, 0755));
  g_assert_no_errno (g_mkdir_with_parents (other, 0755));
  put (v, "others", "x");
  g_assert_true (trust_stood_drop_folders (f->root, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (y, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (v, G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (sub, G_FILE_TEST_IS_DIR));
}

static void
test_format (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "anchord state 2\n", "anchord state 99\n", "anchord state\n", "", "anchord state 1", "x" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = in_image (f, "var/lib/anchord");

  g_assert_true (trust_state_format_check (f->root, &error));
  g_assert_no_errno (g_mkdir_with_parents (folder, 0755));
  g_assert_true (trust_state_format_write (f->root, &error));
  g_assert_true (trust_state_format_check (f->root, &error));
  assert_content (f, "var/lib/anchord/format", "anchord state 1\n", 0644);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refused = NULL;

      put (folder, "format", bad[i]);
      g_assert_false (trust_state_format_check (f->root, &refused));
      g_assert_error (refused, TRUST_ERROR, TRUST_ERROR_DAMAGED);
      g_assert_nonnull (strstr (refused->message, "update anchord"));
      g_assert_true (trust_state_format_write (f->root, &error));
      assert_content (f, "var/lib/anchord/format", bad[i], 0644);
    }
  g_assert_no_error (error);
}

#define CASE(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (022);
  g_test_add_func ("/handback/round-trip", test_round_trip);
  g_test_add_func ("/handback/words", test_words);
  g_test_add_func ("/handback/faults", test_faults);
  CASE ("/handback/on-disk", test_on_disk);
  CASE ("/handback/stood", test_stood);
  CASE ("/handback/stood-faults", test_stood_faults);
  CASE ("/handback/folders", test_folders);
  CASE ("/handback/format", test_format);
  return g_test_run ();
}
