/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-files.h"

#include "client/cli/print.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PASSWD "/etc/passwd"
#define HOMES "/home"
/* Users below this one are programs, but for root. */
#define FIRST_PERSON 1000
#define NOBODY 65534
#define TITLE_CHARS 64

GBytes *
audit_files_read (AuditContext *context, const char *path)
{
  g_autoptr (GError) error = NULL;
  gsize room = context->n_bytes < TRUST_LIMIT_AUDIT_BYTES ? (gsize) (TRUST_LIMIT_AUDIT_BYTES - context->n_bytes) : 0;
  GBytes *bytes = trust_root_read (context->root, path, MIN (room, TRUST_LIMIT_INPUT_BYTES), NULL, &error);
  if (bytes != NULL)
    context->n_bytes += g_bytes_get_size (bytes);
  if (bytes == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    context->n_unreadable++;
  return bytes;
}

GPtrArray *
audit_files_list (AuditContext *context, const char *folder)
{
  GPtrArray *names = trust_root_list (context->root, folder);
  if (names != NULL)
    return names;
  if (errno != ENOENT && errno != ENOTDIR)
    context->n_unreadable++;
  return g_ptr_array_new_with_free_func (g_free);
}

gboolean
audit_files_exist (AuditContext *context, const char *path)
{
  TrustStat stat;
  if (trust_root_stat (context->root, path, &stat))
    return TRUE;
  if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
    context->n_unreadable++;
  return FALSE;
}

static void
add_home (AuditContext *context, GHashTable *seen, const char *home)
{
  if (home[0] != '/' || home[1] == '\0' || context->homes->len >= TRUST_LIMIT_AUDIT_HOMES || !g_hash_table_add (seen, g_strdup (home)))
    return;
  int fd = trust_root_open_dir (context->root, home);
  if (fd >= 0)
    g_ptr_array_add (context->homes, g_strdup (home));
  else if (errno != ENOENT && errno != ENOTDIR)
    context->n_unreadable++;
  if (fd >= 0)
    close (fd);
}

static void
take_passwd (AuditContext *context, GHashTable *seen)
{
  g_autoptr (GBytes) bytes = audit_files_read (context, PASSWD);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ":", -1);
      if (g_strv_length (fields) != 7)
        continue;
      guint64 uid = g_ascii_strtoull (fields[2], NULL, 10);
      if (uid == 0 || (uid >= FIRST_PERSON && uid != NOBODY))
        add_home (context, seen, fields[5]);
    }
}

GPtrArray *
audit_files_get_homes (AuditContext *context)
{
  if (context->homes != NULL)
    return context->homes;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  context->homes = g_ptr_array_new_with_free_func (g_free);
  if (trust_root_is_system (context->root))
    add_home (context, seen, g_get_home_dir ());
  take_passwd (context, seen);
  g_autoptr (GPtrArray) names = audit_files_list (context, HOMES);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *home = g_build_filename (HOMES, g_ptr_array_index (names, i), NULL);
      add_home (context, seen, home);
    }
  return context->homes;
}

void
audit_holding_clear (AuditHolding *holding)
{
  g_clear_pointer (&holding->first, g_free);
}

char *
audit_name_certificate (const char *title, const char *fingerprint)
{
  g_autofree char *shown = trust_text_printable (title, TITLE_CHARS);
  return g_strdup_printf ("%s%s%.*s%s", shown, *shown != '\0' ? " (" : "", PRINT_FINGERPRINT_DIGITS, fingerprint, *shown != '\0' ? ")" : "");
}

gboolean
audit_files_each_entry (const AuditContext *context, GBytes *bytes, const char *name, AuditEntryFound found, gpointer user_data)
{
  const FormatsClass *formats = formats_load (NULL);
  const FormatsWish wish = { .keep_going = TRUE };
  g_autofree char *shown = trust_text_printable (name, 0);
  FormatsInput *input = formats != NULL ? formats->decode (bytes, shown, &wish, NULL) : NULL;
  if (input == NULL)
    return FALSE;
  for (guint i = 0; i < input->entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (input->entries, i);
      if (entry->kind == FORMATS_ANCHOR)
        found (entry, audit_context_get_standing (context, entry->fingerprint), user_data);
    }
  formats->free_input (input);
  return TRUE;
}

static void
count_entry (const FormatsEntry *entry, AuditStanding standing, gpointer user_data)
{
  AuditHolding *holding = user_data;
  holding->n++;
  if (standing == AUDIT_TRUSTED)
    return;
  /* One that is refused is worse than any that is not known. */
  gboolean is_worse = standing == AUDIT_DISTRUSTED ? holding->n_distrusted == 0 : holding->n_distrusted + holding->n_unknown == 0;
  if (is_worse)
    {
      g_free (holding->first);
      holding->first = audit_name_certificate (entry->title, entry->fingerprint);
    }
  holding->n_distrusted += standing == AUDIT_DISTRUSTED;
  holding->n_unknown += standing == AUDIT_UNKNOWN;
}

void
audit_holding_read (AuditHolding *holding, AuditContext *context, const char *path)
{
  g_autoptr (GBytes) bytes = audit_files_read (context, path);
  holding->is_read = bytes != NULL && audit_files_each_entry (context, bytes, path, count_entry, holding);
}
