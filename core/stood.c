/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record is two files: SHA256 (of the path) with the bytes, and, written after it, SHA256.head:
 *   anchord before 1
 *   nothing | file MODE UID GID | link TARGET | unknown
 *   made-of WORD|-
 *   PATH
 * The list of folders is "folders": a line "anchord folders 1", then a path a line. */
#include "core/stood.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/certificate.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD "anchord before 1\n"
#define HEAD_SUFFIX ".head"
#define FOLDERS "folders"
#define FOLDERS_HEAD "anchord folders 1\n"
#define MAX_HEAD 16384u

void
trust_stood_clear (TrustStood *stood)
{
  g_clear_pointer (&stood->bytes, g_bytes_unref);
  g_clear_pointer (&stood->target, g_free);
  g_clear_pointer (&stood->made_of, g_free);
  stood->kind = TRUST_STOOD_UNKNOWN;
}

/* NAME: of at least TRUST_FINGERPRINT_HEX. */
static void
name_record (const char *path, char *name)
{
  TrustFingerprint digest;

  trust_fingerprint_of (path, strlen (path), &digest);
  trust_fingerprint_to_hex (&digest, name);
}

char *
trust_stood_dup_bytes_path (const char *path)
{
  char name[TRUST_FINGERPRINT_HEX];

  name_record (path, name);
  return g_build_filename (TRUST_STOOD_FOLDER, name, NULL);
}

static char *
dup_head_path (const char *path)
{
  g_autofree char *bytes = trust_stood_dup_bytes_path (path);

  return g_strconcat (bytes, HEAD_SUFFIX, NULL);
}

/* PATH's file through FD: its bytes into the record, and what its head says into HEAD. */
static gboolean
keep_file (TrustRoot *root, int dir_fd, const char *name, const char *path, GString *head, GError **error)
{
  int fd = trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);
  g_autoptr (GBytes) bytes = NULL;
  struct stat st;
  gboolean ok = fd >= 0 && fstat (fd, &st) == 0;

  if (fd >= 0)
    close (fd);
  if (!ok)
    return trust_error_set_errno (error, errno, "cannot open", path);
  if (!S_ISREG (st.st_mode) || (guint64) st.st_size > TRUST_LIMIT_STOOD_BYTES)
    {
      g_string_append (head, "unknown\n");
      return TRUE;
    }
  bytes = trust_root_read (root, path, TRUST_LIMIT_STOOD_BYTES, NULL, error);
  if (bytes == NULL)
    return FALSE;
  g_string_append_printf (head, "file %04o %u %u\n", (guint) (st.st_mode & 07777), (guint) st.st_uid, (guint) st.st_gid);
  return trust_atomic_write (dir_fd, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0600, error);
}

static gboolean
keep (TrustRoot *root, int dir_fd, const char *path, const char *made_of, GError **error)
{
  GString *head = g_string_new (HEAD);
  g_autofree char *target = NULL, *file = NULL;
  char name[TRUST_FINGERPRINT_HEX];
  gboolean ok = TRUE;
  TrustStat stat;

  name_record (path, name);
  file = g_strconcat (name, HEAD_SUFFIX, NULL);
  if (!trust_root_lstat (root, path, &stat))
    g_string_append (head, "nothing\n");
  else if (S_ISLNK (stat.mode))
    {
      target = trust_root_read_link (root, path);
      g_string_append_printf (head, "link %s\n", target != NULL && strchr (target, '\n') == NULL ? target : "");
    }
  else
    ok = keep_file (root, dir_fd, name, path, head, error);
  g_string_append_printf (head, "made-of %s\n%s\n", made_of != NULL ? made_of : "-", path);
  ok = ok && trust_atomic_write (dir_fd, file, head->str, head->len, 0600, error);
  g_string_free (head, TRUE);
  return ok;
}

static int
make_folder (TrustRoot *root, GError **error)
{
  int dir_fd = trust_root_make_dir (root, TRUST_STOOD_FOLDER, 0700);

  if (dir_fd < 0)
    trust_error_set_errno (error, errno, "cannot make", TRUST_STOOD_FOLDER);
  return dir_fd;
}

gboolean
trust_stood_keep (TrustRoot *root, const char *path, const char *made_of, GError **error)
{
  g_autofree char *head = dup_head_path (path);
  TrustStat stat;
  gboolean ok;
  int dir_fd = -1;

  if (trust_root_lstat (root, head, &stat))
    return TRUE;
  dir_fd = make_folder (root, error);
  if (dir_fd < 0)
    return FALSE;
  ok = keep (root, dir_fd, path, made_of, error);
  close (dir_fd);
  return ok;
}

static gboolean
set_damaged (const char *head, const char *text, GError **error)
{
  gboolean is_newer = g_str_has_prefix (text, "anchord ") && !g_str_has_prefix (text, HEAD);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
               is_newer ? "%s is of a version that a newer anchord wrote: update anchord" : "%s is damaged; take it away to do without what it kept",
               head);
  return FALSE;
}

/* WHAT, the line after the version. */
static gboolean
parse_what (TrustRoot *root, const char *path, const char *what, TrustStood *out, GError **error)
{
  g_autofree char *bytes_path = NULL, *head = dup_head_path (path);

  if (g_str_equal (what, "unknown"))
    return TRUE;
  if (g_str_equal (what, "nothing"))
    {
      out->kind = TRUST_STOOD_NOTHING;
      return TRUE;
    }
  if (g_str_has_prefix (what, "link ") && what[5] != '\0')
    {
      out->kind = TRUST_STOOD_LINK;
      out->target = g_strdup (what + 5);
      return TRUE;
    }
  if (sscanf (what, "file %o %u %u", &out->mode, &out->uid, &out->gid) != 3 || out->mode > 07777)
    return set_damaged (head, HEAD, error);
  bytes_path = trust_stood_dup_bytes_path (path);
  out->bytes = trust_root_read (root, bytes_path, TRUST_LIMIT_STOOD_BYTES, NULL, error);
  out->kind = out->bytes != NULL ? TRUST_STOOD_FILE : TRUST_STOOD_UNKNOWN;
  return out->bytes != NULL;
}

static gboolean
parse (TrustRoot *root, const char *path, const char *text, TrustStood *out, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text + strlen (HEAD), "\n", 3);
  g_autofree char *end = g_strconcat (path, "\n", NULL), *head = dup_head_path (path);

  if (g_strv_length (lines) != 3 || !g_str_has_prefix (lines[1], "made-of ") || !g_str_equal (lines[2], end))
    return set_damaged (head, HEAD, error);
  out->made_of = g_strdup (lines[1] + strlen ("made-of "));
  return parse_what (root, path, lines[0], out, error);
}

/* The text of one of our files; *OUT stays NULL where there is none. */
static gboolean
read_text (TrustRoot *root, const char *path, gsize max, char **out, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, path, max, NULL, &local);

  if (bytes != NULL)
    *out = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  else if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

gboolean
trust_stood_read (TrustRoot *root, const char *path, TrustStood *out, GError **error)
{
  g_autofree char *head = dup_head_path (path), *text = NULL;

  *out = (TrustStood) { .kind = TRUST_STOOD_UNKNOWN };
  if (!read_text (root, head, MAX_HEAD, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  return g_str_has_prefix (text, HEAD) ? parse (root, path, text, out, error) : set_damaged (head, text, error);
}

/* The bytes, with owner and mode, under a temporary name; then the name. */
static gboolean
put_file (int dir_fd, const char *name, const char *path, const TrustStood *stood, GError **error)
{
  struct stat fresh;
  gsize size = 0;
  const void *data = g_bytes_get_data (stood->bytes, &size);
  int fd = -1;
  g_autoptr (TrustStaged) staged = trust_atomic_stage_open (dir_fd, name, stood->mode, &fd, error);

  if (staged == NULL)
    return FALSE;
  if (!trust_atomic_write_all (fd, data, size) || fstat (fd, &fresh) < 0
      || ((fresh.st_uid != stood->uid || fresh.st_gid != stood->gid) && (fchown (fd, stood->uid, stood->gid) < 0 || fchmod (fd, stood->mode) < 0)))
    return trust_error_set_errno (error, errno, "cannot write", path);
  return trust_atomic_commit (staged, error);
}

gboolean
trust_stood_restore (TrustRoot *root, const char *path, const TrustStood *stood, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
  int dir_fd = trust_root_open_plain_dir (root, folder);
  struct stat st;
  mode_t mode = 0;
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", folder);
  /* A folder that nobody may write to, as p11-kit's tool leaves its own. */
  if (fstat (dir_fd, &st) == 0 && (st.st_mode & S_IWUSR) == 0 && fchmod (dir_fd, (st.st_mode & 07777) | S_IWUSR) == 0)
    mode = st.st_mode & 07777;
  ok = stood->kind == TRUST_STOOD_LINK ? trust_atomic_symlink (dir_fd, stood->target, name, error) : put_file (dir_fd, name, path, stood, error);
  ok = ok && trust_atomic_sync_dir (dir_fd, error);
  if (mode != 0 && fchmod (dir_fd, mode) < 0 && ok)
    ok = trust_error_set_errno (error, errno, "cannot give its mode back to", folder);
  close (dir_fd);
  return ok;
}

gboolean
trust_stood_give_up (TrustRoot *root, const char *path, GError **error)
{
  g_autofree char *head = NULL, *text = g_strdup_printf (HEAD "unknown\nmade-of -\n%s\n", path);
  char name[TRUST_FINGERPRINT_HEX];
  int dir_fd = make_folder (root, error);
  gboolean ok;

  if (dir_fd < 0)
    return FALSE;
  name_record (path, name);
  head = g_strconcat (name, HEAD_SUFFIX, NULL);
  ok = trust_atomic_write (dir_fd, head, text, strlen (text), 0600, error) && trust_atomic_remove (dir_fd, name, error);
  close (dir_fd);
  return ok;
}

gboolean
trust_stood_forget (TrustRoot *root, const char *path, GError **error)
{
  int dir_fd = trust_root_open_dir (root, TRUST_STOOD_FOLDER);
  g_autofree char *head = NULL;
  char name[TRUST_FINGERPRINT_HEX];
  gboolean ok;

  if (dir_fd < 0)
    return TRUE;
  name_record (path, name);
  head = g_strconcat (name, HEAD_SUFFIX, NULL);
  ok = trust_atomic_remove (dir_fd, head, error) && trust_atomic_remove (dir_fd, name, error) && trust_atomic_sync_dir (dir_fd, error);
  close (dir_fd);
  return ok;
}

/* The paths of the list. FALSE: it is a newer anchord's, or damaged. */
static gboolean
read_folders (TrustRoot *root, GPtrArray *out, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!read_text (root, TRUST_STOOD_FOLDER "/" FOLDERS, TRUST_LIMIT_CONFIGURATION_BYTES, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!g_str_has_prefix (text, FOLDERS_HEAD))
    return set_damaged (TRUST_STOOD_FOLDER "/" FOLDERS, text, error);
  lines = g_strsplit (text + strlen (FOLDERS_HEAD), "\n", 0);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] == '/')
      g_ptr_array_add (out, g_strdup (lines[i]));
  return TRUE;
}

static gboolean
write_folders (TrustRoot *root, const GPtrArray *paths, GError **error)
{
  int dir_fd = make_folder (root, error);
  GString *text = NULL;
  gboolean ok;

  if (dir_fd < 0)
    return FALSE;
  text = g_string_new (FOLDERS_HEAD);
  for (guint i = 0; i < paths->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) paths->pdata[i]);
  ok = paths->len == 0 ? trust_atomic_remove (dir_fd, FOLDERS, error) : trust_atomic_write (dir_fd, FOLDERS, text->str, text->len, 0600, error);
  g_string_free (text, TRUE);
  close (dir_fd);
  return ok;
}

gboolean
trust_stood_note_folder (TrustRoot *root, const char *path, GError **error)
{
  g_autoptr (GPtrArray) paths = NULL;
  g_autofree char *at = g_strdup (path);
  guint n = 0;
  TrustStat stat;

  if (trust_root_lstat (root, path, &stat))
    return TRUE;
  paths = g_ptr_array_new_with_free_func (g_free);
  if (!read_folders (root, paths, error))
    return FALSE;
  n = paths->len;
  while (!trust_root_lstat (root, at, &stat) && errno == ENOENT && strlen (at) > 1)
    {
      char *above = g_path_get_dirname (at);

      if (!g_ptr_array_find_with_equal_func (paths, at, g_str_equal, NULL))
        g_ptr_array_add (paths, g_steal_pointer (&at));
      g_free (at);
      at = above;
    }
  return paths->len == n || write_folders (root, paths, error);
}

static int
compare_depth (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) b, *(const char *const *) a);
}

/* TRUE: it is gone. */
static gboolean
drop_folder (TrustRoot *root, const char *path)
{
  g_autofree char *above = g_path_get_dirname (path), *name = g_path_get_basename (path);
  int dir_fd = trust_root_open_plain_dir (root, above);
  TrustStat stat;
  gboolean ok;

  if (dir_fd < 0)
    return errno == ENOENT;
  ok = trust_atomic_remove_dir (dir_fd, name, NULL) && !trust_root_lstat (root, path, &stat) && trust_atomic_sync_dir (dir_fd, NULL);
  close (dir_fd);
  return ok;
}

gboolean
trust_stood_drop_folders (TrustRoot *root, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (!read_folders (root, paths, error))
    return FALSE;
  if (paths->len == 0)
    return TRUE;
  /* Below comes behind above, so the other way round. */
  g_ptr_array_sort (paths, compare_depth);
  for (guint i = 0; i < paths->len;)
    if (drop_folder (root, paths->pdata[i]))
      g_ptr_array_remove_index (paths, i);
    else
      i++;
  return write_folders (root, paths, error);
}
