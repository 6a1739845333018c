/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"
#include "core/error.h"
#include "core/sources/debian.h"
#include "tests/unit/sources-fixture.h"

/* The lines of what a shell COMMAND prints in the root's folder, NUL-separated by it. */
static GPtrArray *
shell_lines (Fixture *fixture, const char *command)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const char *argv[] = { "sh", "-c", command, NULL };
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_sync (fixture->scratch, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, &error));
  g_assert_no_error (error);
  for (char *at = out, *next = NULL; *at != '\0'; at = next + 1)
    {
      next = strchr (at, '\x01');
      g_assert_nonnull (next);
      g_ptr_array_add (lines, g_strndup (at, next - at));
    }
  return lines;
}

static void
assert_same_lines (GPtrArray *a, GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    g_assert_cmpstr (a->pdata[i], ==, b->pdata[i]);
}

/* The very sed and read of update-ca-certificates, over random lists. */
static void
test_list_as_the_shell_reads_it (Fixture *fixture, gconstpointer data)
{
  static const char alphabet[] = "ab/!#\\ \t\n\n\r.c\"'$*\xc3\xa9";

  for (guint round = 0; round < 150; round++)
    {
      GString *conf = g_string_new (NULL);
      g_autoptr (GPtrArray) ours = NULL, theirs = NULL;
      int size = g_test_rand_int_range (0, 120);

      for (int i = 0; i < size; i++)
        g_string_append_c (conf, alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)]);
      test_scratch_write (fixture->scratch, "conf", conf->str, conf->len);
      ours = trust_debian_parse_conf ((TrustSpan) { (const guint8 *) conf->str, conf->len });
      theirs = shell_lines (fixture, "sed -e '/^$/d' -e '/^#/d' -e '/^!/d' conf | while read -r crt; do printf '%s\\001' \"$crt\"; done");
      assert_same_lines (ours, theirs);
      g_string_free (conf, TRUE);
    }
}

static void
test_debian_list (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[] = { "mozilla/B.crt", "mozilla/A.crt", "gone.crt", "mozilla/B.crt", "link.crt", "folder.crt" };
  g_autoptr (TrustSourceState) state = NULL;
  TrustPurposes *purposes = NULL;

  put (fixture, "etc/ca-certificates.conf",
       "# head\nmozilla/B.crt\n  mozilla/A.crt \n!mozilla/C.crt\n\ngone.crt\nmozilla/B.crt\nlink.crt\nfolder.crt\n");
  put (fixture, SHARE "mozilla/A.crt", pems[0]);
  put (fixture, SHARE "mozilla/B.crt", pems[1]);
  put (fixture, SHARE "mozilla/C.crt", pems[2]);
  put (fixture, "elsewhere.pem", pems[3]);
  put (fixture, SHARE "folder.crt/x", "x");
  put_link (fixture, SHARE "link.crt", "/elsewhere.pem");
  /* The distribution's files are taken as they are. */
  set_mode (fixture, SHARE "mozilla/A.crt", 0666);
  state = load (fixture, "debian-distribution", NULL);
  g_assert_cmpuint (state->files->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < state->files->len; i++)
    {
      g_autofree char *path = g_strconcat ("/" SHARE, expected[i], NULL);

      g_assert_cmpstr (trust_origin_get_path (((TrustSourceFile *) state->files->pdata[i])->origin), ==, path);
    }
  assert_row (state, SHARE "mozilla/A.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, SHARE "mozilla/B.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, SHARE "gone.crt", TRUST_FILE_MISSING, 0);
  assert_row (state, SHARE "link.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, SHARE "folder.crt", TRUST_FILE_IGNORED, 0);
  g_assert_cmpuint (row (state, SHARE "link.crt")->stat.size, ==, strlen (pems[3]));
  purposes = trust_settings_get_purposes (trust_anchor_get_settings (row (state, SHARE "mozilla/A.crt")->anchors[0]));
  g_assert_cmpuint (trust_purposes_get_mask (purposes), ==,
                    1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_CLIENT_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_assert_cmpint (state->layer, ==, TRUST_LAYER_DISTRIBUTION);
  g_assert_false (state->held_back);
}

/* Which files the tool takes, and in which order, is asked of the tool's own find and sort. */
static void
test_local_as_find_sees_it (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "b.crt",        "a.crt",          "B.crt",        "with space.crt", "-dash.crt",
                                       "\xc3\xa9.crt", ".hidden.crt",    "back\\s.crt",  "$(x).crt",       "sub/a.crt",
                                       "sub-a.crt",    "sub.crt",        "sub/.x/y.crt", "a.crt.crt",      "..crt",
                                       ".crt",         "no-suffix",      "x.pem",        "X.CRT",          "sub/deep/e/r.crt",
                                       "\xff.crt",     "dir.crt/in.crt", "tab\there.crt" };
  g_autoptr (TrustSourceState) state = NULL;
  g_autoptr (GPtrArray) theirs = NULL, ours = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat (LOCAL, names[i], NULL);

      put (fixture, path, pems[i % 4]);
    }
  put (fixture, "away/far/l.crt", pems[4]);
  put_link (fixture, LOCAL "linked", "../../../../away");
  put_link (fixture, LOCAL "link.crt", "a.crt");
  put_link (fixture, LOCAL "dangling.crt", "nowhere");
  put_link (fixture, LOCAL "sub/loop", "../../ca-certificates");
  put_link (fixture, LOCAL "self.crt", "self.crt");
  state = load (fixture, "debian-local", NULL);
  theirs = shell_lines (fixture, "LC_ALL=C; export LC_ALL; find -L usr/local/share/ca-certificates -type f -name '*.crt' 2>/dev/null | "
                                 "sort | "
                                 "while read -r crt; do printf '/%s\\001' \"$crt\"; done");
  for (guint i = 0; i < state->files->len; i++)
    {
      TrustSourceFile *file = state->files->pdata[i];

      if (file->stat.inode != 0 && file->status != TRUST_FILE_MISSING && file->status != TRUST_FILE_IGNORED && file->status != TRUST_FILE_MASKED)
        g_ptr_array_add (ours, (gpointer) trust_origin_get_path (file->origin));
    }
  g_assert_cmpuint (ours->len, >, 15);
  assert_same_lines (ours, theirs);
  assert_row (state, LOCAL "dangling.crt", TRUST_FILE_MISSING, 0);
  assert_row (state, LOCAL "x.pem", TRUST_FILE_IGNORED, 0);
}

static void
test_local_feed_is_no_source (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) state = NULL;

  put (fixture, LOCAL "anchord/x.crt", pems[0]);
  put (fixture, LOCAL "anchord.crt", pems[1]);
  put (fixture, LOCAL "sub/anchord/y.crt", pems[2]);
  /* Not by a detour either. */
  put_link (fixture, LOCAL "zz", "anchord");
  state = load (fixture, "debian-local", NULL);
  g_assert_cmpuint (state->files->len, ==, 2);
  g_assert_cmpuint (trust_source_state_count_anchors (state), ==, 2);
}

static void
test_local_content (Fixture *fixture, gconstpointer data)
{
  TrustSpan der = trust_certificate_get_der (certificates[0]->certificate);
  g_autofree char *two = g_strconcat ("a note\n", pems[1], "\r\n", pems[2], NULL);
  g_autofree char *with_key = g_strconcat (pems[3], "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", NULL);
  g_autofree char *cut = g_strndup (pems[4], strlen (pems[4]) / 2);
  g_autofree char *no_newline = g_strchomp (g_strdup (pems[5]));
  g_autofree char *newline = g_strconcat (LOCAL, "new\nline.crt", NULL);
  g_autoptr (TrustSourceState) state = NULL;
  TrustFingerprint digest;

  test_scratch_write (fixture->scratch, LOCAL "der.crt", (const char *) der.data, der.size);
  put (fixture, LOCAL "two.crt", two);
  put (fixture, LOCAL "key.crt", with_key);
  put (fixture, LOCAL "cut.crt", cut);
  put (fixture, LOCAL "none.crt", no_newline);
  put (fixture, LOCAL "text.crt", "only words\n");
  put (fixture, LOCAL "empty.crt", "");
  put (fixture, newline, pems[6]);
  state = load (fixture, "debian-local", NULL);
  assert_row (state, LOCAL "der.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, LOCAL "two.crt", TRUST_FILE_TAKEN, 2);
  assert_row (state, LOCAL "key.crt", TRUST_FILE_PRIVATE_KEY, 0);
  assert_row (state, LOCAL "cut.crt", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, LOCAL "none.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, LOCAL "text.crt", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, LOCAL "empty.crt", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, newline, TRUST_FILE_IGNORED, 0);
  /* What the tool copies verbatim is known byte for byte, whatever it is. */
  trust_fingerprint_of (with_key, strlen (with_key), &digest);
  g_assert_cmpmem (&row (state, LOCAL "key.crt")->digest, sizeof digest, &digest, sizeof digest);
  trust_fingerprint_of (cut, strlen (cut), &digest);
  g_assert_cmpmem (&row (state, LOCAL "cut.crt")->digest, sizeof digest, &digest, sizeof digest);
  g_assert_true (row (state, LOCAL "text.crt")->ends_with_newline);
  g_assert_true (row (state, LOCAL "empty.crt")->ends_with_newline);
  g_assert_false (row (state, LOCAL "none.crt")->ends_with_newline);
}

static void
test_insecure (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[] = { "group.crt", "others.crt", "open/in.crt", "open/sub/in.crt", "to-open.crt" };
  g_autoptr (TrustSourceState) state = NULL, fixed = NULL;
  TrustFingerprint digest;

  put (fixture, LOCAL "good.crt", pems[0]);
  put (fixture, LOCAL "group.crt", pems[1]);
  set_mode (fixture, LOCAL "group.crt", 0664);
  put (fixture, LOCAL "others.crt", pems[2]);
  set_mode (fixture, LOCAL "others.crt", 0646);
  put (fixture, LOCAL "open/in.crt", pems[3]);
  put (fixture, LOCAL "open/sub/in.crt", pems[3]);
  set_mode (fixture, LOCAL "open", 01777);
  put (fixture, "tmp/x.pem", pems[4]);
  set_mode (fixture, "tmp/x.pem", 0666);
  put_link (fixture, LOCAL "to-open.crt", "/tmp/x.pem");
  put_link (fixture, LOCAL "to-good.crt", "good.crt");
  /* As Debian ships it: group staff may add files, and its files must be root's all the same. */
  set_mode (fixture, LOCAL, 02775);
  state = load (fixture, "debian-local", NULL);
  assert_row (state, LOCAL "good.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, LOCAL "to-good.crt", TRUST_FILE_TAKEN, 1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *path = g_strconcat (LOCAL, expected[i], NULL);

      assert_row (state, path, TRUST_FILE_INSECURE, 0);
    }
  trust_fingerprint_of (pems[3], strlen (pems[3]), &digest);
  g_assert_cmpmem (&row (state, LOCAL "open/in.crt")->digest, sizeof digest, &digest, sizeof digest);
  /* A folder that is closed again changes no file's own marks. */
  set_mode (fixture, LOCAL "open", 0755);
  fixed = load (fixture, "debian-local", state);
  assert_row (fixed, LOCAL "open/in.crt", TRUST_FILE_TAKEN, 1);
  set_mode (fixture, LOCAL "open", 0757);
  g_clear_pointer (&state, trust_source_state_unref);
  state = load (fixture, "debian-local", fixed);
  assert_row (state, LOCAL "open/sub/in.crt", TRUST_FILE_INSECURE, 0);
}

static void
test_foreign_owner (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = host_path (fixture, ETC "a.pem"), *link = host_path (fixture, ETC "link.pem");
  g_autofree char *mask = host_path (fixture, ETC "mask.pem"), *folder = host_path (fixture, LOCAL "sub");
  g_autofree char *linked = host_path (fixture, LOCAL "linked");
  g_autoptr (TrustSourceState) state = NULL, local = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can give files away");
      return;
    }
  put (fixture, ETC "a.pem", pems[0]);
  put (fixture, "etc/pki/b.pem", pems[1]);
  put_link (fixture, ETC "link.pem", "/etc/pki/b.pem");
  put_link (fixture, ETC "mask.pem", "/dev/null");
  put (fixture, LOCAL "sub/c.crt", pems[2]);
  put (fixture, SHARE "d.crt", pems[3]);
  put_link (fixture, LOCAL "linked", "/usr/share/ca-certificates");
  state = load (fixture, "anchors-etc", NULL);
  g_assert_cmpuint (trust_source_state_count_anchors (state), ==, 2);
  g_assert_cmpint (chown (file, 12345, 0), ==, 0);
  g_assert_cmpint (lchown (link, 12345, 0), ==, 0);
  g_assert_cmpint (lchown (mask, 12345, 0), ==, 0);
  g_assert_cmpint (chown (folder, 12345, 0), ==, 0);
  g_assert_cmpint (lchown (linked, 12345, 0), ==, 0);
  trust_source_state_unref (state);
  state = load (fixture, "anchors-etc", NULL);
  assert_row (state, ETC "a.pem", TRUST_FILE_INSECURE, 0);
  assert_row (state, ETC "link.pem", TRUST_FILE_INSECURE, 0);
  /* Whoever may not trust may not untrust either. */
  g_assert_cmpint (row (state, ETC "mask.pem")->status, !=, TRUST_FILE_MASKED);
  local = load (fixture, "debian-local", NULL);
  assert_row (local, LOCAL "sub/c.crt", TRUST_FILE_INSECURE, 0);
  assert_row (local, LOCAL "linked/d.crt", TRUST_FILE_INSECURE, 0);
}

static void
test_anchor_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *anchor = dup_anchor_file (0, FALSE), *distrust = dup_anchor_file (1, TRUE);
  g_autofree char *persisted = g_strconcat ("[p11-kit-object-v1]\ntrusted: true\n", pems[7], NULL);
  g_autofree char *silent = g_strconcat ("[p11-kit-object-v1]\n", pems[8], NULL);
  g_autofree char *later = g_strconcat ("[p11-kit-object-v2]\nx-distrusted: true\n", pems[8], NULL);
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf[p11-kit-object-v1]\nx-distrusted: true\n", pems[8], NULL);
  g_autofree char *misspelt = g_strconcat ("[p11kit-object-v1]\nx-distrusted: true\n", pems[8], NULL);
  TrustSpan der = trust_certificate_get_der (certificates[2]->certificate);
  g_autoptr (TrustSourceState) state = NULL;
  TrustAnchor *plain = NULL;

  put (fixture, ETC "any name.anchor", anchor);
  put (fixture, ETC "a.distrust", distrust);
  put (fixture, ETC "named-otherwise.pem", anchor);
  put (fixture, ETC "plain.distrust", pems[3]);
  put (fixture, ETC "anchor-inside.distrust", anchor);
  put (fixture, ETC "plain.anchor", pems[3]);
  test_scratch_write (fixture->scratch, ETC "x.pem", (const char *) der.data, der.size);
  put (fixture, ETC "x.der", pems[4]);
  put (fixture, ETC "x.cer", pems[5]);
  put (fixture, ETC "x.crt", pems[6]);
  put (fixture, ETC "x.p11-kit", persisted);
  put (fixture, ETC "y.p11-kit", silent);
  put (fixture, ETC "later.pem", later);
  put (fixture, ETC "marked.pem", marked);
  put (fixture, ETC "misspelt.p11-kit", misspelt);
  put (fixture, ETC ".anchord-abcdef.tmp", pems[9]);
  put (fixture, ETC ".hidden.pem", pems[9]);
  put (fixture, ETC "x.pem~", pems[9]);
  put (fixture, ETC "sub/x.pem", pems[9]);
  put_link (fixture, ETC "masked.pem", "/dev/null");
  put_link (fixture, ETC "null.txt", "/dev/null");
  state = load (fixture, "anchors-etc", NULL);
  assert_row (state, ETC "any name.anchor", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "a.distrust", TRUST_FILE_TAKEN, 0);
  g_assert_cmpuint (row (state, ETC "a.distrust")->n_distrusts, ==, 1);
  assert_row (state, ETC "named-otherwise.pem", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "plain.distrust", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "anchor-inside.distrust", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "plain.anchor", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "x.pem", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "x.der", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "x.cer", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "x.crt", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "x.p11-kit", TRUST_FILE_TAKEN, 1);
  assert_row (state, ETC "y.p11-kit", TRUST_FILE_TAKEN, 0);
  /* What they refuse is not trusted because their heads can't be read. */
  assert_row (state, ETC "later.pem", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "marked.pem", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "misspelt.p11-kit", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "x.pem~", TRUST_FILE_IGNORED, 0);
  assert_row (state, ETC "masked.pem", TRUST_FILE_MASKED, 0);
  assert_row (state, ETC "null.txt", TRUST_FILE_MASKED, 0);
  g_assert_null (row (state, ETC ".anchord-abcdef.tmp"));
  g_assert_null (row (state, ETC ".hidden.pem"));
  g_assert_null (row (state, ETC "sub/x.pem"));
  plain = row (state, ETC "x.crt")->anchors[0];
  g_assert_cmpuint (trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (plain))), ==, 1u << TRUST_PURPOSE_SERVER_AUTH);
  /* Thousands of plain files share one object. */
  g_assert_true (trust_anchor_get_settings (plain) == trust_anchor_get_settings (row (state, ETC "x.cer")->anchors[0]));
}

static void
test_unchanged_is_the_same_object (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "debian-distribution", "debian-local", "anchors-etc", "fedora-local" };

  put (fixture, "etc/ca-certificates.conf", "A.crt\ngone.crt\nA.crt\n");
  put (fixture, SHARE "A.crt", pems[0]);
  put (fixture, LOCAL "a.crt", pems[1]);
  put (fixture, LOCAL "bad.crt", "bad");
  put (fixture, LOCAL "open.crt", pems[2]);
  set_mode (fixture, LOCAL "open.crt", 0666);
  put_link (fixture, LOCAL "dangling.crt", "x");
  put (fixture, ETC "a.pem", pems[3]);
  put (fixture, ETC "a.txt", "text");
  put_link (fixture, ETC "mask.pem", "/dev/null");
  put (fixture, "etc/pki/ca-trust/source/anchors/a.pem", pems[4]);
  put (fixture, "etc/pki/ca-trust/source/README", "text");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (TrustSourceState) first = load (fixture, ids[i], NULL), second = load (fixture, ids[i], first);

      g_assert_true (first == second);
    }
}

static void
test_changes_are_seen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) first = NULL, second = NULL, third = NULL, fourth = NULL;

  put (fixture, ETC "a.pem", pems[0]);
  put (fixture, ETC "b.pem", pems[1]);
  first = load (fixture, "anchors-etc", NULL);
  put (fixture, ETC "b.pem", pems[2]);
  second = load (fixture, "anchors-etc", first);
  g_assert_true (first != second);
  /* Only what changed is read. */
  g_assert_true (row (first, ETC "a.pem") == row (second, ETC "a.pem"));
  g_assert_true (row (first, ETC "b.pem") != row (second, ETC "b.pem"));
  g_assert_true (trust_anchor_get_certificate (row (second, ETC "b.pem")->anchors[0]) != NULL);
  take_away (fixture, ETC "b.pem");
  third = load (fixture, "anchors-etc", second);
  g_assert_cmpuint (third->files->len, ==, 1);
  take_away (fixture, ETC "a.pem");
  fourth = load (fixture, "anchors-etc", third);
  g_assert_cmpuint (fourth->files->len, ==, 0);
}

/* The layouts that p11-kit reads. */
static void
test_p11_folders (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    const char *folder;
  } layouts[] = { { "fedora-distribution", "usr/share/pki/ca-trust-source" },
                  { "fedora-local", "etc/pki/ca-trust/source" },
                  { "suse-distribution", "usr/share/pki/trust" },
                  { "suse-local", "etc/pki/trust" },
                  { "arch-distribution", "usr/share/ca-certificates/trust-source" },
                  { "arch-local", "etc/ca-certificates/trust-source" } };
  static const char *const files[] = {
    "top.pem", "bundle.p11-kit", "anchors/a", "blocklist/b.pem", "blacklist/c.pem", "README", "anchors/sub/d.pem"
  };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *persisted = g_strconcat ("[p11-kit-object-v1]\ntrusted: true\n", pems[1], NULL);
      const char *contents[] = { pems[0], persisted, pems[2], pems[3], pems[4], "words\n", pems[5] };
      char *paths[G_N_ELEMENTS (files)];
      g_autoptr (TrustSourceState) state = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (files); j++)
        {
          paths[j] = g_strconcat (layouts[i].folder, "/", files[j], NULL);
          put (fixture, paths[j], contents[j]);
        }
      state = load (fixture, layouts[i].id, NULL);
      assert_row (state, paths[0], TRUST_FILE_IGNORED, 0);
      assert_row (state, paths[1], TRUST_FILE_TAKEN, 1);
      assert_row (state, paths[2], TRUST_FILE_TAKEN, 1);
      g_assert_cmpuint (row (state, paths[3])->n_distrusts, ==, 1);
      g_assert_cmpuint (row (state, paths[4])->n_distrusts, ==, 1);
      g_assert_cmpint (row (state, paths[5])->status, ==, TRUST_FILE_IGNORED);
      g_assert_null (row (state, paths[6]));
      g_assert_cmpint (row (state, paths[3])->distrusts[0] != NULL
                           && trust_distrust_get_key_fingerprint (row (state, paths[3])->distrusts[0]) != NULL,
                       ==, state->layer == TRUST_LAYER_ADMINISTRATOR);
      for (guint j = 0; j < G_N_ELEMENTS (files); j++)
        g_free (paths[j]);
    }
}

static void
test_odd_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fifo = host_path (fixture, ETC "fifo.pem"), *deep = NULL;
  g_autoptr (GString) path = g_string_new (LOCAL);
  g_autoptr (TrustSourceState) state = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_malloc0 (5 * 1024 * 1024);

  put (fixture, ETC "a.pem", pems[0]);
  g_assert_cmpint (mkfifo (fifo, 0644), ==, 0);
  test_scratch_write (fixture->scratch, ETC "big.pem", big, 5 * 1024 * 1024);
  put_link (fixture, ETC "loop.pem", "loop.pem");
  put_link (fixture, ETC "out.pem", "../../../../../../../../../../etc/hostname");
  state = load (fixture, "anchors-etc", NULL);
  assert_row (state, ETC "fifo.pem", TRUST_FILE_IGNORED, 0);
  assert_row (state, ETC "big.pem", TRUST_FILE_UNPARSABLE, 0);
  assert_row (state, ETC "loop.pem", TRUST_FILE_MISSING, 0);
  assert_row (state, ETC "out.pem", TRUST_FILE_MISSING, 0);
  g_assert_cmpuint (trust_source_state_count_anchors (state), ==, 1);
  /* Deeper than it may go: said, not half read. */
  for (guint i = 0; i < 20; i++)
    g_string_append (path, "d/");
  g_string_append (path, "x.crt");
  put (fixture, path->str, pems[0]);
  g_assert_null (trust_source_load (fixture->root, source_of ("debian-local"), NULL, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

/* Names in the table are the ones everything else goes by. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < trust_n_sources; i++)
    {
      const TrustSource *source = &trust_sources[i];

      g_assert_true (g_hash_table_add (ids, (gpointer) source->id));
      g_assert_true (i == 0 || source->layer >= trust_sources[i - 1].layer);
      g_assert_nonnull (source->watched[0]);
      g_assert_nonnull (source->load);
      g_assert_cmpint (source->guarded, ==, source->layer == TRUST_LAYER_DISTRIBUTION);
      for (guint j = 0; j < source->n_folders; j++)
        g_assert_true (g_path_is_absolute (source->folders[j].folder));
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/sources/table", test_table);
  ADD ("/sources/list-as-the-shell-reads-it", test_list_as_the_shell_reads_it);
  ADD ("/sources/debian-list", test_debian_list);
  ADD ("/sources/local-as-find-sees-it", test_local_as_find_sees_it);
  ADD ("/sources/local-feed-is-no-source", test_local_feed_is_no_source);
  ADD ("/sources/local-content", test_local_content);
  ADD ("/sources/insecure", test_insecure);
  ADD ("/sources/foreign-owner", test_foreign_owner);
  ADD ("/sources/anchor-folder", test_anchor_folder);
  ADD ("/sources/unchanged-is-the-same-object", test_unchanged_is_the_same_object);
  ADD ("/sources/changes-are-seen", test_changes_are_seen);
  ADD ("/sources/p11-folders", test_p11_folders);
  ADD ("/sources/odd-files", test_odd_files);
  status = g_test_run ();
  free_certificates ();
  return status;
}
