/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written for consumers that files describe, when, and in which order. What others do to it: test-placed-drift.c. */
#include "tests/unit/placed-fixture.h"

#define A_B 0x3u
#define MAILS "[Output mail]\nFormat=pem-bundle\nPurpose=email-protection\nPath=/srv/mail.pem\n"
#define FOLDER "[Output folder]\nFormat=pem-dir\nPurpose=server-auth\nPath=/srv/deep/folder\nMode=0444\nFolderMode=0750\n"
#define HASHES "[Output hashes]\nFormat=openssl-dir\nPurpose=server-auth\nPath=/srv/hashed\n"
#define LINK "[Output link]\nFormat=link\nPath=/srv/link.pem\nTarget=tls.pem\n"
#define ALL_KINDS HEAD BUNDLE ("tls", "/srv/tls.pem") MAILS FOLDER HASHES LINK

static guint
count_entries (Fixture *f, const char *folder)
{
  g_autoptr (GPtrArray) names = trust_root_list (f->root, folder);

  return names != NULL ? names->len : 0;
}

static void
test_first (Fixture *f, gconstpointer data)
{
  g_autofree char *target = NULL;

  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, MAIL }), FALSE));
  assert_quiet (f, "all");
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B | 0x4);
  g_assert_cmphex (held (f, "/srv/mail.pem") & 0xc, ==, 0x8);
  g_assert_cmphex (hashed (f, "/srv/hashed/"), ==, A_B | 0x4);
  g_assert_cmpuint (count_entries (f, "/srv/deep/folder"), ==, 3);
  target = trust_root_read_link (f->root, "/srv/link.pem");
  g_assert_cmpstr (target, ==, "tls.pem");
  g_assert_cmphex (mode_of (f, "/srv/tls.pem"), ==, 0644);
  g_assert_cmphex (mode_of (f, "/srv/deep/folder"), ==, 0750);
  g_assert_true (test_scratch_exists (f->scratch, MANIFEST "all"));
}

/* Nothing changed: nothing is written, whoever looks, however often. */
static void
test_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;

  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  trust_publisher_tidy (f->publisher);
  before = stamps_of_placed (f);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *after = NULL;

      if (i == 2)
        restart (f);
      g_assert_true (show (f, ENTRIES ({ 2, TLS }), i != 2 && i != 0));
      assert_quiet (f, "all");
      g_assert_false (heal (f));
      trust_publisher_tidy (f->publisher);
      after = stamps_of_placed (f);
      g_assert_cmpstr (after, ==, before);
    }
}

/* Of all that a change touches: what shows another purpose stays as it is, and so does each file of a folder. */
static void
test_only_what_changed (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL, *hashes = NULL, *folder_then = NULL, *hashes_then = NULL;
  ino_t tls, mail, other;

  give ("all", ALL_KINDS, TRUE);
  give ("other", HEAD BUNDLE ("a", "/srv/other.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  tls = inode_of (f, "/srv/tls.pem");
  mail = inode_of (f, "/srv/mail.pem");
  other = inode_of (f, "/srv/other.pem");
  folder = stamps_of (f, "/srv/deep/folder");
  hashes = stamps_of (f, "/srv/hashed");
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, MAIL }), TRUE));
  g_assert_cmpuint (inode_of (f, "/srv/tls.pem"), ==, tls);
  g_assert_cmpuint (inode_of (f, "/srv/mail.pem"), !=, mail);
  g_assert_cmpuint (inode_of (f, "/srv/other.pem"), ==, other);
  folder_then = stamps_of (f, "/srv/deep/folder");
  hashes_then = stamps_of (f, "/srv/hashed");
  g_assert_cmpstr (folder, ==, folder_then);
  g_assert_cmpstr (hashes, ==, hashes_then);
  mail = inode_of (f, "/srv/mail.pem");
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, MAIL }, { 4, TLS }), TRUE));
  g_assert_cmpuint (inode_of (f, "/srv/tls.pem"), !=, tls);
  g_assert_cmpuint (inode_of (f, "/srv/mail.pem"), ==, mail);
  g_clear_pointer (&folder_then, g_free);
  folder_then = stamps_of (f, "/srv/deep/folder");
  g_assert_true (g_str_has_prefix (folder_then, folder) || count_entries (f, "/srv/deep/folder") == 4);
  for (guint i = 0; i < 2; i++)
    {
      g_auto (GStrv) lines = g_strsplit (folder, "\n", 0);

      for (char **line = lines; *line != NULL; line++)
        g_assert_nonnull (strstr (folder_then, *line));
    }
}

/* What happens in folders below the scratch root: "NAME" comes, "-NAME" goes; anchord's own temporaries are passed over. */
typedef struct
{
  int fd;
} Watch;

static Watch
watch (Fixture *f, const char *const *folders)
{
  Watch out = { inotify_init1 (IN_NONBLOCK | IN_CLOEXEC) };

  g_assert_cmpint (out.fd, >=, 0);
  for (; *folders != NULL; folders++)
    {
      g_autofree char *path = g_build_filename (f->scratch, *folders, NULL);

      g_mkdir_with_parents (path, 0755);
      g_assert_cmpint (inotify_add_watch (out.fd, path, IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE), >=, 0);
    }
  return out;
}

static GPtrArray *
watched (Watch *from)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);
  char buffer[16384] __attribute__ ((aligned (8)));
  gssize n;

  while ((n = read (from->fd, buffer, sizeof buffer)) > 0)
    for (char *p = buffer; p < buffer + n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) p;

        if (event->len > 0 && !g_str_has_prefix (event->name, ".anchord-"))
          g_ptr_array_add (out, g_strconcat (event->mask & (IN_MOVED_FROM | IN_DELETE) ? "-" : "", event->name, NULL));
        p += sizeof *event + event->len;
      }
  return out;
}

static char *
watched_words (Watch *from)
{
  g_autoptr (GPtrArray) all = watched (from);

  g_ptr_array_add (all, NULL);
  return g_strjoinv (" ", (char **) all->pdata);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  Watch seen = watch (f, (const char *const[]) { "/srv/x", "/srv/y", NULL });
  g_autofree char *first = NULL, *changed = NULL, *fewer = NULL, *gone = NULL;

  give ("order", HEAD BUNDLE ("z", "/srv/y/first.pem") BUNDLE ("m", "/srv/x/second.pem") BUNDLE ("a", "/srv/y/third.pem"), TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  first = watched_words (&seen);
  g_assert_cmpstr (first, ==, "first.pem second.pem third.pem");
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  changed = watched_words (&seen);
  g_assert_cmpstr (changed, ==, "first.pem second.pem third.pem");
  give ("order", HEAD BUNDLE ("z", "/srv/y/first.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  fewer = watched_words (&seen);
  g_assert_cmpstr (fewer, ==, "-third.pem -second.pem");
  give ("order", HEAD BUNDLE ("z", "/srv/y/first.pem") BUNDLE ("m", "/srv/x/second.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_free (watched_words (&seen));
  give ("order", HEAD BUNDLE ("z", "/srv/y/first.pem") BUNDLE ("m", "/srv/x/second.pem"), FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  gone = watched_words (&seen);
  g_assert_cmpstr (gone, ==, "-second.pem -first.pem");
  g_assert_false (test_scratch_exists (f->scratch, MANIFEST "order"));
  close (seen.fd);
}

/* What goes, goes everywhere before anything comes anywhere. */
static void
test_removals_first (Fixture *f, gconstpointer data)
{
  Watch seen = watch (f, (const char *const[]) { "/srv/x", NULL });
  g_autofree char *words = NULL;

  give ("one", HEAD BUNDLE ("a", "/srv/x/one.pem"), TRUE);
  give ("two", HEAD BUNDLE ("a", "/srv/x/two.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  g_free (watched_words (&seen));
  g_assert_true (show (f, ENTRIES ({ 3, TLS }), TRUE));
  words = watched_words (&seen);
  g_assert_cmpstr (words, ==, "one.pem two.pem one.pem two.pem");
  g_assert_cmphex (held (f, "/srv/x/one.pem"), ==, A_B | 0x8);
  assert_quiet (f, "two");
  close (seen.fd);
}

/* Which certificate each name of the folder leads to. */
static GHashTable *
read_names (Fixture *f, const char *folder)
{
  GHashTable *out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = trust_root_list (f->root, folder);

  for (guint n = 0; names != NULL && n < names->len; n++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[n], NULL);

      g_hash_table_insert (out, g_strdup (names->pdata[n]), GUINT_TO_POINTER (held (f, path)));
    }
  return out;
}

/* What a lookup by hash finds, as OpenSSL makes it. */
static guint
look_up (GHashTable *names)
{
  guint mask = 0;

  for (guint i = 0; i < N_CERTIFICATES; i++)
    for (guint number = 0;; number++)
      {
        g_autofree char *name = hash_name (i, number);

        if (!g_hash_table_contains (names, name))
          break;
        mask |= GPOINTER_TO_UINT (g_hash_table_lookup (names, name));
      }
  return mask;
}

/* Four certificates have one subject, and so one chain of names. At no moment is less found than both before and after. */
static void
test_chains (Fixture *f, gconstpointer data)
{
  static const guint steps[] = { 0x0, 0x4, 0x6, 0xe, 0xf, 0xd, 0x9, 0x8, 0xa, 0xf, 0x1, 0x3, 0x7, 0x6, 0x0, 0xf, 0x0 };
  Watch seen = watch (f, (const char *const[]) { "/srv/hashed", NULL });

  give ("hashes", HEAD HASHES, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Entry entries[5] = { { -1, 0 } };
      guint n = 0, before = i > 0 ? steps[i - 1] : 0, both = A_B | ((steps[i] & before) << 4);
      g_autoptr (GHashTable) names = read_names (f, "/srv/hashed"), after = NULL;
      g_autoptr (GPtrArray) events = NULL;

      for (guint c = 0; c < 4; c++)
        if (steps[i] & 1u << c)
          entries[n++] = (Entry) { (gint) c + 4, TLS };
      entries[n] = (Entry) { -1, 0 };
      g_assert_true (show (f, entries, i > 0));
      after = read_names (f, "/srv/hashed");
      g_assert_cmphex (look_up (after), ==, A_B | steps[i] << 4);
      g_assert_cmpuint (g_hash_table_size (after), ==, 2 + n);
      events = watched (&seen);
      /* Where one step takes and gives, names are written twice; the end is all that can be told from names. */
      for (guint e = 0; i > 0 && (steps[i] & before) == MIN (steps[i], before) && e < events->len; e++)
        {
          const char *event = events->pdata[e];

          if (*event == '-')
            g_hash_table_remove (names, event + 1);
          else
            g_hash_table_replace (names, g_strdup (event), g_hash_table_lookup (after, event));
          g_assert_cmphex (look_up (names) & both, ==, both);
        }
    }
  close (seen.fd);
}

static void
test_disable (Fixture *f, gconstpointer data)
{
  give ("all", ALL_KINDS "[Output kept]\nFormat=pem-bundle\nPurpose=server-auth\nPath=/srv/kept.pem\nKeepOnDisable=true\n", TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  test_scratch_write (f->scratch, "/srv/deep/folder/theirs", "theirs\n", -1);
  test_scratch_write (f->scratch, "/srv/mail.pem", "changed\n", -1);
  give ("all", ALL_KINDS "[Output kept]\nFormat=pem-bundle\nPurpose=server-auth\nPath=/srv/kept.pem\nKeepOnDisable=true\n", FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_false (test_scratch_exists (f->scratch, "/srv/tls.pem"));
  g_assert_null (trust_root_read_link (f->root, "/srv/link.pem"));
  g_assert_cmpuint (count_entries (f, "/srv/hashed"), ==, 0);
  g_assert_cmpuint (count_entries (f, "/srv/deep/folder"), ==, 1);
  assert_holds (f, "/srv/mail.pem", "changed\n");
  assert_drift (f, "all", "/srv/mail.pem was changed by somebody else", -1);
  g_assert_cmphex (held (f, "/srv/kept.pem"), ==, A_B | 0x4);
  g_assert_false (test_scratch_exists (f->scratch, MANIFEST "all"));
  /* What stays is nobody's any more. */
  g_assert_true (show (f, NOBODY, TRUE));
  g_assert_cmphex (held (f, "/srv/kept.pem"), ==, A_B | 0x4);
  g_assert_false (has_status (f, "all"));
  g_assert_cmpuint (count_entries (f, "/srv/deep/folder"), ==, 1);
  remove_path (f, "/srv/mail.pem");
  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, NOBODY, TRUE));
  assert_current (f, "all");
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B);
}

/* The file of an enabled consumer goes: what it wrote goes, too, also after a restart. */
static void
test_file_gone (Fixture *f, gconstpointer data)
{
  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  restart (f);
  give ("all", NULL, FALSE);
  g_assert_true (show (f, NOBODY, FALSE));
  g_assert_false (test_scratch_exists (f->scratch, "/srv/tls.pem"));
  g_assert_cmpuint (count_entries (f, "/srv/deep/folder"), ==, 0);
  g_assert_false (test_scratch_exists (f->scratch, MANIFEST "all"));
}

/* A file that no longer counts takes nothing away, and its outputs follow the store by what it said before: also after a restart, and until it
 * counts again. */
static void
test_file_fault (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  trust_publisher_tidy (f->publisher);
  before = stamps_of_placed (f);
  give ("all", HEAD "Tea=green\n", TRUE);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_fault (f, "all", "line 3: key \"Tea\"");
  after = stamps_of_placed (f);
  g_assert_cmpstr (after, ==, before);
  g_assert_false (show (f, NOBODY, TRUE));
  assert_fault (f, "all", "what it said before");
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B);
  restart (f);
  g_assert_false (show (f, ENTRIES ({ 3, TLS }), FALSE));
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B | 0x8);
  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_quiet (f, "all");
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B | 0x4);
}

/* The same of one whose format anchord does not know any more; disabled, it takes its outputs along. */
static void
test_format_fault (Fixture *f, gconstpointer data)
{
  give ("all", ALL_KINDS, TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  give ("all", HEAD "[Output a]\nFormat=papyrus\nPurpose=server-auth\nPath=/srv/tls.pem\n", TRUE);
  g_assert_false (show (f, NOBODY, TRUE));
  assert_fault (f, "all", "papyrus");
  g_assert_cmphex (held (f, "/srv/tls.pem"), ==, A_B);
  give ("all", HEAD "[Output a]\nFormat=papyrus\nPurpose=server-auth\nPath=/srv/tls.pem\n", FALSE);
  show (f, NOBODY, TRUE);
  g_assert_false (test_scratch_exists (f->scratch, "/srv/tls.pem"));
  g_assert_false (test_scratch_exists (f->scratch, MANIFEST "all"));
  g_assert_false (test_scratch_exists (f->scratch, "/var/lib/anchord/last-good/all.consumer"));
}

/* A file that names another place: what it wrote at the first goes, though it would stay when it is disabled. */
static void
test_kept_moves (Fixture *f, gconstpointer data)
{
  give ("all", HEAD BUNDLE ("a", "/srv/a.pem") "KeepOnDisable=true\n", TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  give ("all", HEAD BUNDLE ("a", "/srv/b.pem") "KeepOnDisable=true\n", TRUE);
  g_assert_true (show (f, NOBODY, TRUE));
  g_assert_false (test_scratch_exists (f->scratch, "/srv/a.pem"));
  g_assert_cmphex (held (f, "/srv/b.pem"), ==, A_B);
}

static void
test_program (Fixture *f, gconstpointer data)
{
  give ("tool", HEAD "Program=/usr/bin/nothing;/usr/bin/tool\n" BUNDLE ("a", "/srv/tool.pem"), TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  g_assert_false (test_scratch_exists (f->scratch, "/srv/tool.pem"));
  test_scratch_write (f->scratch, "/usr/bin/tool", "", 0);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_cmphex (held (f, "/srv/tool.pem"), ==, A_B | 0x4);
}

static void
test_store (Fixture *f, gconstpointer data)
{
  give ("pg", HEAD "Store=app/pg\n" BUNDLE ("a", "/srv/pg.pem"), TRUE);
  give ("sys", HEAD BUNDLE ("a", "/srv/sys.pem"), TRUE);
  g_assert_false (show (f, NOBODY, FALSE));
  assert_fault (f, "pg", "there is no store \"app/pg\"");
  g_assert_false (test_scratch_exists (f->scratch, "/srv/pg.pem"));
  assert_quiet (f, "sys");
}

/* One that cannot be written: the others are not held up, of its own files none is touched, and it is done when it can be. */
static void
test_one_fails (Fixture *f, gconstpointer data)
{
  give ("able", HEAD BUNDLE ("a", "/srv/able.pem"), TRUE);
  give ("bad", HEAD BUNDLE ("a", "/srv/bad.pem") BUNDLE ("b", "/srv/file/bad.pem"), TRUE);
  give ("cool", HEAD BUNDLE ("a", "/srv/cool.pem"), TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  remove_tree (f, "/srv/file");
  test_scratch_write (f->scratch, "/srv/file", "in the way\n", -1);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_false (status_of (f, "bad")->current);
  g_assert_nonnull (status_of (f, "bad")->fault);
  assert_quiet (f, "able");
  assert_quiet (f, "cool");
  assert_quiet (f, "own");
  g_assert_cmphex (held (f, "/srv/able.pem"), ==, A_B | 0x4);
  g_assert_cmphex (held (f, "/srv/cool.pem"), ==, A_B | 0x4);
  assert_holds (f, "/srv/file", "in the way\n");
  remove_path (f, "/srv/file");
  g_assert_true (repair (f, "bad", FALSE));
  assert_quiet (f, "bad");
  g_assert_cmphex (held (f, "/srv/file/bad.pem"), ==, A_B | 0x4);
  g_assert_cmphex (held (f, "/srv/bad.pem"), ==, A_B | 0x4);
}

/* A new consumer that cannot be written leaves nothing behind. */
static void
test_new_fails (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  test_scratch_write (f->scratch, "/srv/file", "in the way\n", -1);
  before = stamps_of (f, "/srv");
  give ("bad", HEAD BUNDLE ("a", "/srv/bad.pem") BUNDLE ("b", "/srv/file/x/bad.pem"), TRUE);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (show (f, NOBODY, i > 0));
      assert_fault (f, "bad", "/srv/file");
      g_assert_false (test_scratch_exists (f->scratch, "/srv/bad.pem"));
      g_assert_false (test_scratch_exists (f->scratch, MANIFEST "bad"));
    }
  give ("bad", NULL, FALSE);
  g_assert_true (show (f, NOBODY, TRUE));
  assert_holds (f, "/srv/file", "in the way\n");
  after = stamps_of (f, "/srv/file");
  g_assert_cmpstr (after, ==, "");
  g_assert_cmpuint (count_entries (f, "/srv"), ==, 1);
}

/* The distribution's tool is at work there. */
static void
test_lock (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->scratch, "/srv/lock", NULL);
  int fd;

  give ("locked", HEAD "Lock=/srv/lock\n" BUNDLE ("a", "/srv/locked.pem"), TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  assert_quiet (f, "locked");
  test_scratch_write (f->scratch, "/srv/lock", "", 0);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  give ("free", HEAD BUNDLE ("a", "/srv/free.pem"), TRUE);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_false (status_of (f, "locked")->current);
  g_assert_nonnull (status_of (f, "locked")->fault);
  g_assert_cmphex (held (f, "/srv/locked.pem"), ==, A_B);
  g_assert_cmphex (held (f, "/srv/free.pem"), ==, A_B | 0x4);
  close (fd);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_quiet (f, "locked");
  g_assert_cmphex (held (f, "/srv/locked.pem"), ==, A_B | 0x4);
}

/* An output that becomes another kind of thing in the same place. */
static void
test_another_kind (Fixture *f, gconstpointer data)
{
  give ("it", HEAD BUNDLE ("a", "/srv/it"), TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  give ("it", HEAD "[Output a]\nFormat=pem-dir\nPurpose=server-auth\nPath=/srv/it\n", TRUE);
  g_assert_false (show (f, NOBODY, TRUE));
  assert_fault (f, "it", "disable");
  g_assert_cmphex (held (f, "/srv/it"), ==, A_B);
  give ("it", HEAD "[Output a]\nFormat=pem-dir\nPurpose=server-auth\nPath=/srv/it\n", FALSE);
  g_assert_true (show (f, NOBODY, TRUE));
  g_assert_false (test_scratch_exists (f->scratch, "/srv/it"));
  give ("it", HEAD "[Output a]\nFormat=pem-dir\nPurpose=server-auth\nPath=/srv/it\n", TRUE);
  g_assert_true (show (f, NOBODY, TRUE));
  g_assert_cmpuint (count_entries (f, "/srv/it"), ==, 2);
  /* Another format of a file is only another content. */
  give ("that", HEAD BUNDLE ("a", "/srv/that"), TRUE);
  g_assert_true (show (f, NOBODY, TRUE));
  give ("that", HEAD "[Output a]\nFormat=java-jks\nPurpose=server-auth\nPath=/srv/that\n", TRUE);
  g_assert_true (show (f, NOBODY, TRUE));
  assert_quiet (f, "that");
  g_assert_cmphex (held (f, "/srv/that"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD_TEST ("first", test_first);
  ADD_TEST ("nothing", test_nothing);
  ADD_TEST ("only-what-changed", test_only_what_changed);
  ADD_TEST ("order", test_order);
  ADD_TEST ("removals-first", test_removals_first);
  ADD_TEST ("chains", test_chains);
  ADD_TEST ("disable", test_disable);
  ADD_TEST ("file-gone", test_file_gone);
  ADD_TEST ("file-fault", test_file_fault);
  ADD_TEST ("format-fault", test_format_fault);
  ADD_TEST ("kept-moves", test_kept_moves);
  ADD_TEST ("program", test_program);
  ADD_TEST ("store", test_store);
  ADD_TEST ("one-fails", test_one_fails);
  ADD_TEST ("new-fails", test_new_fails);
  ADD_TEST ("lock", test_lock);
  ADD_TEST ("another-kind", test_another_kind);
  return g_test_run ();
}
