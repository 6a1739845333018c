/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running processes: what cgroups say of them, what they hold, which files are published. */
#include "client/cli/process-files.h"
#include "client/cli/processes.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;    /* (owned) the root */
  TrustRoot *root; /* (owned) */
} Scratch;

static char *
at (Scratch *self, const char *path)
{
  return g_build_filename (self->folder, path, NULL);
}

static void
put (Scratch *self, const char *path, const char *text)
{
  g_autofree char *full = at (self, path), *above = g_path_get_dirname (full);
  g_assert_cmpint (g_mkdir_with_parents (above, 0755), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL)); /* a new file takes the place of the old one */
}

static void
set_up (Scratch *self, gconstpointer data)
{
  g_autofree char *made = g_dir_make_tmp ("test-process-XXXXXX", NULL);
  self->folder = realpath (made, NULL);
  put (self, "/etc/ssl/certs/ca-certificates.crt", "one");
  put (self, "/var/lib/anchord/published/bundles/7/tls-ca-bundle.pem", "one");
  put (self, "/var/lib/anchord/published/bundles/8/tls-ca-bundle.pem", "two");
  g_autofree char *current = at (self, "/var/lib/anchord/published/current");
  g_assert_cmpint (symlink ("bundles/8", current), ==, 0);
  self->root = trust_root_new (self->folder, NULL);
  g_assert_nonnull (self->root);
}

static void
tear_down (Scratch *self, gconstpointer data)
{
  g_assert_true (trust_root_remove_tree (self->root, "/etc"));
  g_assert_true (trust_root_remove_tree (self->root, "/var"));
  g_rmdir (self->folder);
  trust_root_unref (self->root);
  free (self->folder);
}

static void
test_cgroups (void)
{
  const struct
  {
    const char *path, *unit;
    gint64 user;
    const char *session;
  } cases[] = {
    { "/system.slice/ssh.service", "ssh.service", -1, NULL },
    { "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", -1, NULL },
    { "/system.slice/_cgroup.service", "cgroup.service", -1, NULL },
    { "/system.slice/web.service/worker.scope", "web.service", -1, NULL },
    { "/user.slice/user-1000.slice/user@1000.service/app.slice/app-mail.service", "app-mail.service", 1000, NULL },
    { "/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope", 1000, NULL },
    { "/user.slice/user-1000.slice/session-c3.scope", NULL, -1, "c3" },
    { "/system.slice/docker-0123abcd.scope", "docker-0123abcd.scope", -1, NULL },
    { "/", NULL, -1, NULL },
    { "/system.slice/a b.service", NULL, -1, NULL },
    { "/system.slice/\033[31m.service", NULL, -1, NULL },
    { "/user.slice/session-.scope", "session-.scope", -1, NULL },
    { "/user@x.service/a.service", "user@x.service", -1, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Process *process = g_new0 (Process, 1);
      process->fd = -1;
      process->unit_user = -1;
      process_parse_cgroup (process, cases[i].path);
      g_test_message ("%s", cases[i].path);
      g_assert_cmpstr (process->unit, ==, cases[i].unit);
      g_assert_cmpint (process->unit_user, ==, cases[i].user);
      g_assert_cmpstr (process->session, ==, cases[i].session);
      process_free (process);
    }
}

static void
test_units (void)
{
  g_autofree char *most = g_strnfill (247, 'a'), *longest = g_strconcat (most, ".service", NULL), *longer = g_strconcat ("a", longest, NULL);
  static const char *const good[] = { "a.service", "dbus-org.x@y.service", "sys-x\\x2d.scope", "a:b_c.socket", "t.target" };
  static const char *const bad[] = { "", "service", ".service", "a.mount", "a b.service", "a/b.service", "a.service\n", "--all", "\303\244.service" };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (process_is_unit (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (process_is_unit (bad[i]));
  g_assert_true (process_is_unit (longest));
  g_assert_false (process_is_unit (longer));
}

static void
test_published (Scratch *self, gconstpointer data)
{
  TrustStat now;
  const char *const more[] = { "/opt/app/trust.pem", "/opt/missing.pem", NULL };
  put (self, "/opt/app/trust.pem", "one");
  g_autoptr (Published) published = published_new (self->root, more);
  g_autofree char *bundle = at (self, "/etc/ssl/certs/ca-certificates.crt"), *key = at (self, "/etc/ssl/certs/server.pem");
  g_autofree char *old = at (self, "/var/lib/anchord/published/bundles/7/tls-ca-bundle.pem"), *app = at (self, "/opt/app/trust.pem");
  g_autofree char *new = at (self, "/var/lib/anchord/published/bundles/8/tls-ca-bundle.pem"), *gone = at (self, "/opt/missing.pem");
  g_autofree char *temporary = at (self, "/var/lib/anchord/published/bundles/8/.anchord-x");
  struct stat st;

  g_assert_true (published_knows (published, bundle) && published_knows (published, old) && published_knows (published, app));
  g_assert_false (published_knows (published, key) || published_knows (published, gone) || published_knows (published, temporary));
  g_assert_false (published_knows (published, "/etc/ssl/certs/ca-certificates.crt"));
  g_assert_true (published_stat_now (published, old, &now)); /* the current generation's */
  g_assert_cmpint (stat (new, &st), ==, 0);
  g_assert_cmpuint (now.inode, ==, st.st_ino);
  g_assert_cmpuint (published_get_generation (published, old), ==, 7);
  g_assert_cmpuint (published_get_generation (published, bundle), ==, 0);
  g_assert_cmpint (published->changed, >, 0);
  trust_root_remove_tree (self->root, "/opt");
}

static void
test_held (Scratch *self, gconstpointer data)
{
  g_autofree char *bundle = at (self, "/etc/ssl/certs/ca-certificates.crt");
  g_autofree char *old = at (self, "/var/lib/anchord/published/bundles/7/tls-ca-bundle.pem");
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  int proc = open ("/proc", O_RDONLY | O_DIRECTORY), fd = open (bundle, O_RDONLY), generation = open (old, O_RDONLY);
  g_autoptr (Process) process = process_open (proc, pid);
  g_assert_nonnull (process);
  g_assert_cmpint (process->pid, ==, getpid ());
  g_assert_cmpint (ABS (process->started / 1000 - g_get_real_time ()), <, 600 * G_USEC_PER_SEC);
  {
    g_auto (ProcessFiles) files = { 0 };
    g_autoptr (Published) published = published_new (self->root, NULL);
    g_assert_true (process_files_read (&files, process, published));
    g_assert_cmpuint (files.files->len, ==, 1); /* that of the generation before */
    g_assert_cmpuint (files.generation, ==, 7);
  }
  put (self, "/etc/ssl/certs/ca-certificates.crt", "two");
  void *map = mmap (NULL, 3, PROT_READ, MAP_PRIVATE, fd, 0);
  close (fd);
  close (generation);
  {
    g_auto (ProcessFiles) files = { 0 };
    g_autoptr (Published) published = published_new (self->root, NULL);
    g_assert_true (process_files_read (&files, process, published));
    g_assert_cmpuint (files.files->len, ==, 1);
    g_assert_cmpstr (g_ptr_array_index (files.files, 0), ==, bundle);
    g_assert_cmpuint (files.generation, ==, 0);
  }
  munmap (map, 3);
  g_assert_null (process_open (proc, "self"));
  g_assert_null (process_open (proc, "2147483647"));
  g_assert_null (process_open (proc, "0"));
  close (proc);
}

/* What can't be read, and what is no folder of processes. */
static void
test_scan (Scratch *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Published) published = published_new (self->root, NULL);
  g_autoptr (GVariant) none = processes_scan (published, self->folder, &error), missing = NULL;
  g_assert_no_error (error);
  g_assert_cmpint (view_number (none, "looked-at"), ==, 0);
  g_assert_cmpuint (processes_count_old (none), ==, 0);
  missing = processes_scan (published, "/proc/self/nothing", &error);
  g_assert_null (missing);
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process/cgroups", test_cgroups);
  g_test_add_func ("/process/units", test_units);
  g_test_add ("/process/published", Scratch, NULL, set_up, test_published, tear_down);
  g_test_add ("/process/held", Scratch, NULL, set_up, test_held, tear_down);
  g_test_add ("/process/scan", Scratch, NULL, set_up, test_scan, tear_down);
  return g_test_run ();
}
