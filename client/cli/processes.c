/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/processes.h"

#include "client/cli/containers.h"
#include "client/cli/process-files.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define NANOSECONDS G_GINT64_CONSTANT (1000000000)
/* The service itself reads no published file to connect anywhere. */
#define SERVICE "anchord"

/* clang-format off */
static const ViewField process_fields[] = {
  { "pid", "pid", VIEW_NUMBER, NULL }, { "user", "user", VIEW_STRING, NULL }, { "command", "command", VIEW_STRING, NULL },
  { "holds", "holds", VIEW_STRING, NULL }, { "files", "files", VIEW_STRINGS, NULL }, { "libraries", "libraries", VIEW_STRINGS, NULL },
  { "since", "since", VIEW_TIME, NULL }, { "generation", "generation", VIEW_NUMBER, NULL }, { "unit", "unit", VIEW_STRING, NULL },
  { "unit-user", "unit_user", VIEW_INDEX, NULL }, { "session", "session", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* clang-format off */
static const ViewField container_fields[] = {
  { "pid", "pid", VIEW_NUMBER, NULL }, { "processes", "processes", VIEW_NUMBER, NULL }, { "command", "command", VIEW_STRING, NULL },
  { "unit", "unit", VIEW_STRING, NULL }, { "path", "path", VIEW_STRING, NULL }, { "state", "state", VIEW_STRING, NULL },
  { "time", "time", VIEW_TIME, NULL }, { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* clang-format off */
const ViewField view_processes[] = {
  { "changed", "changed", VIEW_TIME, NULL }, { "changed-path", "changed_path", VIEW_STRING, NULL },
  { "looked-at", "looked_at", VIEW_NUMBER, NULL }, { "unreadable", "unreadable", VIEW_NUMBER, NULL },
  { "left-out", "left_out", VIEW_NUMBER, NULL }, { "processes", "processes", VIEW_LIST, process_fields },
  { "containers", "containers", VIEW_LIST, container_fields }, { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

typedef struct
{
  const Published *ours;
  char *name_space;       /* (owned) (nullable) the caller's own */
  Containers *containers; /* (owned) */
  GHashTable *users;      /* (owned) uid -> char* */
  GVariantBuilder old, maybe;
  guint n_old, n_maybe, looked_at, unreadable, left_out;
} Scan;

/* Returns: (transfer none). */
static const char *
name_user (Scan *scan, gint64 uid)
{
  gpointer key = GSIZE_TO_POINTER ((gsize) uid);
  const char *name = g_hash_table_lookup (scan->users, key);
  if (name != NULL)
    return name;
  struct passwd *entry = uid < 0 ? NULL : getpwuid ((uid_t) uid);
  char *made = entry != NULL ? trust_text_printable (entry->pw_name, 64) : g_strdup_printf ("%" G_GINT64_FORMAT, uid);
  g_hash_table_insert (scan->users, key, made);
  return made;
}

static GVariant *
escape_all (GPtrArray *texts)
{
  GVariantBuilder escaped;
  g_variant_builder_init (&escaped, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < texts->len; i++)
    {
      g_autofree char *text = trust_text_printable (g_ptr_array_index (texts, i), 0);
      g_variant_builder_add (&escaped, "s", text);
    }
  return g_variant_builder_end (&escaped);
}

static void
add_row (Scan *scan, const Process *process, const ProcessFiles *files)
{
  GVariantDict row;
  gboolean is_old = files->files->len > 0;
  guint *rows = is_old ? &scan->n_old : &scan->n_maybe;
  if (*rows >= TRUST_LIMIT_PROCESSES)
    {
      scan->left_out++;
      return;
    }
  (*rows)++;
  g_autofree char *command = process_read_command (process);
  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "pid", "x", process->pid);
  g_variant_dict_insert (&row, "user", "s", name_user (scan, process_read_user (process)));
  g_variant_dict_insert (&row, "command", "s", command);
  g_variant_dict_insert (&row, "holds", "s", is_old ? "old" : "maybe");
  g_variant_dict_insert_value (&row, "files", escape_all (files->files));
  g_variant_dict_insert_value (&row, "libraries", escape_all (files->libraries));
  g_variant_dict_insert (&row, "since", "x", process->started / NANOSECONDS);
  g_variant_dict_insert (&row, "generation", "t", files->generation);
  g_variant_dict_insert (&row, "unit", "s", process->unit == NULL ? "" : process->unit);
  g_variant_dict_insert (&row, "unit-user", "x", process->unit_user);
  g_variant_dict_insert (&row, "session", "s", process->session == NULL ? "" : process->session);
  g_variant_builder_add_value (is_old ? &scan->old : &scan->maybe, g_variant_dict_end (&row));
}

static gboolean
is_service (const Process *process)
{
  g_autofree char *program = process_read_link (process, "exe");
  return program != NULL && g_str_has_suffix (program, "/" SERVICE);
}

/* What PROCESS, in another mount namespace, sees. Returns: (transfer full) (nullable: the caller may not look, or it is gone). */
static Published *
look_there (const Process *process)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d/root", process->fd);
  g_autoptr (TrustRoot) root = trust_root_new (path, NULL);
  return root == NULL ? NULL : published_new (root, NULL);
}

static gboolean
is_there (const Process *process)
{
  char text[64];
  return process_read (process, "stat", text, sizeof text) > 0;
}

/* FALSE: it can't be read, or is gone. */
static gboolean
look_at (Scan *scan, const Process *process)
{
  g_auto (ProcessFiles) files = { 0 };
  g_autoptr (Published) there = NULL;
  g_autofree char *name_space = process_read_link (process, "ns/mnt");
  gboolean is_elsewhere = name_space != NULL && g_strcmp0 (name_space, scan->name_space) != 0;
  if (name_space == NULL)
    return FALSE;
  if (is_elsewhere && scan->ours->prefix[0] != '\0')
    return TRUE; /* nobody there sees the files of an image here */
  if (is_elsewhere && (there = look_there (process)) == NULL)
    return FALSE;
  const Published *seen = there != NULL ? there : scan->ours;
  if (!process_files_read (&files, process, seen))
    return FALSE;
  if (there != NULL)
    containers_add (scan->containers, g_ascii_strtoull (name_space + strcspn (name_space, "0123456789"), NULL, 10), process, there);
  gboolean may_hold = files.libraries->len > 0 && process->started < seen->changed && scan->ours->prefix[0] == '\0' && !is_service (process);
  if (files.files->len > 0 || may_hold)
    add_row (scan, process, &files);
  return TRUE;
}

static void
scan_all (Scan *scan, DIR *dir)
{
  for (struct dirent *entry; (entry = readdir (dir)) != NULL;)
    {
      g_autoptr (Process) process = process_open (dirfd (dir), entry->d_name);
      if (process == NULL || process->pid == getpid ())
        continue;
      scan->looked_at++;
      if (!look_at (scan, process) && is_there (process))
        scan->unreadable++;
    }
}

static GVariant *
concatenate (GVariantBuilder *first, GVariantBuilder *second)
{
  g_autoptr (GVariant) behind = g_variant_ref_sink (g_variant_builder_end (second));
  for (gsize i = 0; i < g_variant_n_children (behind); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (behind, i);
      g_variant_builder_add_value (first, row);
    }
  return g_variant_builder_end (first);
}

static GVariant *
end_scan (Scan *scan)
{
  GVariantDict found;
  g_variant_dict_init (&found, NULL);
  g_variant_dict_insert (&found, "changed", "x", scan->ours->changed / NANOSECONDS);
  g_variant_dict_insert (&found, "changed-path", "s", scan->ours->changed_name == NULL ? "" : scan->ours->changed_name);
  g_variant_dict_insert (&found, "looked-at", "u", scan->looked_at);
  g_variant_dict_insert (&found, "unreadable", "u", scan->unreadable);
  g_variant_dict_insert (&found, "left-out", "u", scan->left_out);
  g_variant_dict_insert_value (&found, "processes", concatenate (&scan->old, &scan->maybe));
  g_variant_dict_insert_value (&found, "containers", containers_list (scan->containers));
  return g_variant_ref_sink (g_variant_dict_end (&found));
}

GVariant *
processes_scan (Published *published, const char *folder, GError **error)
{
  DIR *dir = opendir (folder);
  if (dir == NULL)
    {
      trust_error_set_errno (error, errno, "cannot open", folder);
      return NULL;
    }
  Scan scan = { .ours = published, .containers = containers_new (published), .name_space = g_file_read_link ("/proc/self/ns/mnt", NULL) };
  scan.users = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  g_variant_builder_init (&scan.old, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_builder_init (&scan.maybe, G_VARIANT_TYPE ("aa{sv}"));
  scan_all (&scan, dir);
  closedir (dir);
  GVariant *found = end_scan (&scan);
  containers_free (scan.containers);
  g_hash_table_unref (scan.users);
  g_free (scan.name_space);
  return found;
}

guint
processes_count_old (GVariant *found)
{
  guint n = 0;
  g_autoptr (GVariant) rows = view_list (found, "processes");
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      n += strcmp (view_string (row, "holds"), "old") == 0;
    }
  return n;
}
