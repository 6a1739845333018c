/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-conf.h"

#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define PATH TRUST_JOURNAL_CONF_PATH
#define GROUP "Journal"
#define KEY "CallersFor"
#define REMEDY "until that is mended only root is told who asked for a change"

static char *
make_fault (const char *what, const char *foreign)
{
  g_autofree char *shown = trust_text_printable (foreign, TRUST_LIMIT_DIALOG_CHARS);

  return g_strdup_printf (PATH ": %s \"%s\"; " REMEDY, what, shown);
}

/* A name that is not in the file's format is most likely a misspelt one. */
static char *
find_unknown (GKeyFile *keys)
{
  g_auto (GStrv) groups = g_key_file_get_groups (keys, NULL), names = NULL;

  for (guint i = 0; groups[i] != NULL; i++)
    if (!g_str_equal (groups[i], GROUP))
      return make_fault ("there is no group", groups[i]);
  names = g_key_file_get_keys (keys, GROUP, NULL, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!g_str_equal (names[i], KEY))
      return make_fault ("[" GROUP "] has no key", names[i]);
  return NULL;
}

static void
read_keys (GKeyFile *keys, TrustJournalConf *out)
{
  g_autofree char *value = g_key_file_get_string (keys, GROUP, KEY, NULL);

  out->fault = find_unknown (keys);
  if (out->fault != NULL)
    return;
  if (!g_key_file_has_key (keys, GROUP, KEY, NULL) || g_strcmp0 (value, "everybody") == 0)
    out->callers_for_all = TRUE;
  else if (g_strcmp0 (value, "administrators") != 0)
    out->fault = make_fault (KEY "= takes everybody or administrators, not", value);
}

void
trust_journal_conf_read (TrustRoot *root, TrustJournalConf *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, PATH, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, &error);
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  *out = (TrustJournalConf) { FALSE, NULL };
  if (bytes == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    out->callers_for_all = TRUE;
  else if (bytes == NULL)
    out->fault = g_strdup_printf ("%s; " REMEDY, error->message);
  else if (g_bytes_get_size (bytes) > 0
           && !g_key_file_load_from_data (keys, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), G_KEY_FILE_NONE, &error))
    out->fault = make_fault ("it is no keyfile:", error->message);
  else
    read_keys (keys, out);
}

void
trust_journal_conf_clear (TrustJournalConf *conf)
{
  g_clear_pointer (&conf->fault, g_free);
}
