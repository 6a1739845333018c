/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/process-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DELETED " (deleted)"
/* More names than these tell nobody more. */
#define MAX_FILES 16
#define MAX_LINE 8192

/* By how a mapped file's name begins; what is linked into a program can't be told. */
static const struct
{
  const char *file, *library;
} libraries[] = {
  { "libssl.so", "OpenSSL" }, { "libgnutls.so", "GnuTLS" }, { "libnss3.so", "NSS" },         { "libjvm.so", "Java" },
  { "libnode.so", "Node" },   { "node", "Node" },           { "libmbedtls.so", "Mbed TLS" }, { "libwolfssl.so", "wolfSSL" },
};

static gboolean
holds_string (GPtrArray *array, const char *text)
{
  for (guint i = 0; i < array->len; i++)
    if (strcmp (g_ptr_array_index (array, i), text) == 0)
      return TRUE;
  return FALSE;
}

/* Takes the kernel's remark off PATH. */
static gboolean
cut_deleted (char *path)
{
  if (!g_str_has_suffix (path, DELETED))
    return FALSE;
  path[strlen (path) - strlen (DELETED)] = '\0';
  return TRUE;
}

static void
add_file (ProcessFiles *files, const Published *published, const char *path)
{
  guint64 generation = published_get_generation (published, path);
  if (generation > 0 && (files->generation == 0 || generation < files->generation))
    files->generation = generation;
  if (files->files->len < MAX_FILES && !holds_string (files->files, path))
    g_ptr_array_add (files->files, g_strdup (path));
}

static gboolean
read_descriptors (ProcessFiles *files, const Process *process, const Published *published)
{
  int fd = openat (process->fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir (fd);
  if (dir == NULL)
    return FALSE;
  char path[4096 + sizeof DELETED];
  struct stat st;
  TrustStat now;
  for (struct dirent *entry; (entry = readdir (dir)) != NULL;)
    {
      ssize_t n = readlinkat (fd, entry->d_name, path, sizeof path - 1);
      if (n <= 0 || n == sizeof path - 1 || path[0] != '/')
        continue;
      path[n] = '\0';
      cut_deleted (path);
      if (!published_knows (published, path) || fstatat (fd, entry->d_name, &st, 0) < 0 || !S_ISREG (st.st_mode))
        continue;
      if (!published_stat_now (published, path, &now) || now.device != st.st_dev || now.inode != st.st_ino)
        add_file (files, published, path);
    }
  closedir (dir);
  return TRUE;
}

static void
note_library (ProcessFiles *files, const char *path)
{
  const char *name = strrchr (path, '/') + 1;
  for (gsize i = 0; i < G_N_ELEMENTS (libraries); i++)
    {
      gboolean is_program = strchr (libraries[i].file, '.') == NULL;
      gboolean fits = is_program ? strcmp (name, libraries[i].file) == 0 : g_str_has_prefix (name, libraries[i].file);
      if (fits && !holds_string (files->libraries, libraries[i].library))
        g_ptr_array_add (files->libraries, (gpointer) libraries[i].library);
    }
}

/* An overlay's devices are not those that stat() gives: without a remark of the kernel, only those that can be compared count. */
static void
note_mapping (ProcessFiles *files, const Published *published, char *path, guint64 device, guint64 inode)
{
  TrustStat now;
  gboolean is_deleted = cut_deleted (path);
  note_library (files, path);
  if (!published_knows (published, path))
    return;
  gboolean is_there = published_stat_now (published, path, &now);
  if (!is_there || (now.inode != inode && (is_deleted || now.device == device)))
    add_file (files, published, path);
}

static gboolean
read_mappings (ProcessFiles *files, const Process *process, const Published *published)
{
  int fd = openat (process->fd, "maps", O_RDONLY | O_CLOEXEC);
  FILE *stream = fd < 0 ? NULL : fdopen (fd, "re");
  if (stream == NULL)
    return FALSE;
  char line[MAX_LINE];
  gulong before = 0;
  while (fgets (line, sizeof line, stream) != NULL)
    {
      guint major_number, minor_number;
      gulong inode;
      int at = 0;
      if (sscanf (line, "%*s %*s %*s %x:%x %lu %n", &major_number, &minor_number, &inode, &at) < 3 || at == 0 || line[at] != '/' || inode == before)
        continue;
      before = inode; /* a file's parts come one after the other */
      line[strcspn (line, "\n")] = '\0';
      note_mapping (files, published, line + at, makedev (major_number, minor_number), inode);
    }
  gboolean ok = !ferror (stream);
  int saved = errno;
  fclose (stream);
  errno = saved;
  return ok;
}

gboolean
process_files_read (ProcessFiles *files, const Process *process, const Published *published)
{
  *files = (ProcessFiles) { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new (), 0 };
  return read_mappings (files, process, published) && read_descriptors (files, process, published);
}

void
process_files_clear (ProcessFiles *files)
{
  g_clear_pointer (&files->files, g_ptr_array_unref);
  g_clear_pointer (&files->libraries, g_ptr_array_unref);
}
