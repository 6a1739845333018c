/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/accepted.h"

#include "client/cli/date.h"
#include "client/cli/input.h"
#include "core/limits.h"
#include "core/root.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP_HEAD "Accept "
#define FINGERPRINT_BYTES 32

static void
accepted_free (gpointer data)
{
  Accepted *entry = data;
  g_free (entry->name);
  g_free (entry->check);
  g_free (entry->fingerprint);
  g_free (entry->where);
  g_free (entry->reason);
  g_free (entry);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Accepted, accepted_free)

AcceptedList *
accepted_list_new (void)
{
  AcceptedList *list = g_new0 (AcceptedList, 1);
  list->entries = g_ptr_array_new_with_free_func (accepted_free);
  list->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  return list;
}

void
accepted_list_free (AcceptedList *list)
{
  g_ptr_array_unref (list->entries);
  g_ptr_array_unref (list->findings);
  g_free (list);
}

/* TEXT and REMEDY are printable. */
static void
tell (AcceptedList *list, const char *path, const char *text, const char *remedy)
{
  g_autofree char *where = g_utf8_validate (path, -1, NULL) ? g_strdup (path) : trust_text_printable (path, 0);
  const char *const members[] = { "check", ACCEPTED_CHECK, "severity", "medium", "fingerprint", "",       "title",
                                  "",      "where",        where,      "text",   text,          "remedy", remedy };
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i += 2)
    g_variant_dict_insert (&dict, members[i], "s", members[i + 1]);
  g_ptr_array_add (list->findings, g_variant_ref_sink (g_variant_dict_end (&dict)));
}

static void
tell_entry (AcceptedList *list, const char *path, const char *name, const char *what)
{
  g_autofree char *text = g_strdup_printf (_ ("the accepted finding “%s” does not count: %s"), name, what);
  tell (list, path, text, _ ("Put it right, as anchorctl-audit(1) has it, or take it out of the file"));
}

/* The value of KEY as text that may be shown; NULL where there is none. FALSE: it is no such text. */
static gboolean
read_text (GKeyFile *file, const char *group, const char *key, char **out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = g_key_file_get_string (file, group, key, &error);
  *out = NULL;
  if (value == NULL)
    return g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND);
  if (!trust_text_is_plain (value, TRUST_LIMIT_REASON_CHARS))
    return FALSE;
  *out = g_steal_pointer (&value);
  return TRUE;
}

static gboolean
is_fingerprint (const char *text)
{
  guint8 bytes[FINGERPRINT_BYTES];
  return strlen (text) == 2 * FINGERPRINT_BYTES && trust_text_unhex (text, bytes, sizeof bytes);
}

/* All of GROUP into ENTRY. Returns: (transfer full) (nullable): what is wrong with it. */
static char *
fill (GKeyFile *file, const char *group, Accepted *entry)
{
  g_autofree char *until = NULL;
  g_autoptr (GError) error = NULL;
  const struct
  {
    const char *key;
    char **value;
    gboolean is_needed;
  } keys[] = { { "Check", &entry->check, TRUE },
               { "Fingerprint", &entry->fingerprint, FALSE },
               { "Where", &entry->where, FALSE },
               { "Reason", &entry->reason, TRUE },
               { "Until", &until, TRUE } };
  g_auto (GStrv) found = g_key_file_get_keys (file, group, NULL, NULL);
  for (char **key = found; key != NULL && *key != NULL; key++)
    {
      gboolean known = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
        known |= strcmp (keys[i].key, *key) == 0;
      g_autofree char *safe = known ? NULL : trust_text_printable (*key, 40);
      if (!known)
        return g_strdup_printf (_ ("there is no key %s"), safe);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (!read_text (file, group, keys[i].key, keys[i].value))
        return g_strdup_printf (_ ("%s= is not one line of UTF-8 text"), keys[i].key);
      if (keys[i].is_needed && (*keys[i].value == NULL || **keys[i].value == '\0'))
        return g_strdup_printf (_ ("it has no %s="), keys[i].key);
    }
  if (entry->fingerprint == NULL && entry->where == NULL)
    return g_strdup (_ ("it has neither Fingerprint= nor Where="));
  if (entry->fingerprint != NULL && !is_fingerprint (entry->fingerprint))
    return g_strdup (_ ("Fingerprint= is not 64 hexadecimal digits"));
  if (!date_parse ("Until=", until, &entry->until, &error))
    return g_strdup (error->message);
  return NULL;
}

static void
take_group (AcceptedList *list, const char *path, GKeyFile *file, const char *group, gint64 now)
{
  g_autofree char *safe = trust_text_printable (group, 60);
  if (!g_str_has_prefix (group, GROUP_HEAD) || group[strlen (GROUP_HEAD)] == '\0')
    {
      g_autofree char *text = g_strdup_printf (_ ("the group [%s] is not one of accepted findings"), safe);
      return tell (list, path, text, _ ("Call it [Accept NAME], or take it out of the file"));
    }
  g_autoptr (Accepted) entry = g_new0 (Accepted, 1);
  g_autofree char *fault = fill (file, group, entry);
  entry->name = trust_text_printable (group + strlen (GROUP_HEAD), 60);
  if (fault != NULL)
    return tell_entry (list, path, entry->name, fault);
  if (entry->until <= now)
    {
      g_autofree char *text = g_strdup_printf (_ ("the accepted finding “%s” has ended, and its finding counts again"), entry->name);
      return tell (list, path, text, _ ("Look again whether it is still acceptable: give it a new Until=, or take it out of the file"));
    }
  for (char *p = entry->fingerprint; p != NULL && *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  g_ptr_array_add (list->entries, g_steal_pointer (&entry));
}

void
accepted_parse (AcceptedList *list, const char *path, const char *bytes, gsize size, gint64 now)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  if (size == 0)
    return;
  if (!g_key_file_load_from_data (file, bytes, size, G_KEY_FILE_NONE, &error))
    {
      g_autofree char *message = trust_text_printable (error->message, 200);
      g_autofree char *text = g_strdup_printf (_ ("the file of accepted findings cannot be read, so none counts: %s"), message);
      return tell (list, path, text, _ ("Put it right, as anchorctl-audit(1) has it"));
    }
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    take_group (list, path, file, *group, now);
}

void
accepted_read_own (AcceptedList *list, gint64 now)
{
  TrustStat stat;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) root = trust_root_new ("/", &error);
  g_autoptr (GBytes) bytes = root == NULL ? NULL : trust_root_read (root, ACCEPTED_PATH, TRUST_LIMIT_CONFIGURATION_BYTES, &stat, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;
  if (bytes == NULL)
    {
      g_autofree char *message = trust_text_printable (error->message, 0);
      return tell (list, ACCEPTED_PATH, message, _ ("Make it a file that everybody may read"));
    }
  if (stat.uid != 0 || (stat.mode & (S_IWGRP | S_IWOTH)) != 0)
    return tell (list, ACCEPTED_PATH, _ ("others than root may write to the file of accepted findings, so none counts"),
                 _ ("Give it to root: chown root:root /etc/anchord/audit.conf; chmod 0644 /etc/anchord/audit.conf"));
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  accepted_parse (list, ACCEPTED_PATH, data, size, now);
}

gboolean
accepted_read (AcceptedList *list, const char *path, gint64 now, GError **error)
{
  if (strcmp (path, "/dev/null") == 0)
    return TRUE; /* nothing is accepted */
  g_autoptr (GBytes) bytes = input_read_secret (path, error);
  if (bytes == NULL)
    return FALSE;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  accepted_parse (list, path, data, size, now);
  return TRUE;
}

const Accepted *
accepted_find (const AcceptedList *list, const char *check, const char *fingerprint, const char *where)
{
  for (guint i = 0; i < list->entries->len; i++)
    {
      const Accepted *entry = g_ptr_array_index (list->entries, i);
      if (strcmp (entry->check, check) == 0 && strcmp (check, ACCEPTED_CHECK) != 0 /* it cannot speak for itself */
          && (entry->fingerprint == NULL || strcmp (entry->fingerprint, fingerprint) == 0)
          && (entry->where == NULL || strcmp (entry->where, where) == 0))
        return entry;
    }
  return NULL;
}
