/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/journal-conf.h"

TrustHistory *
trust_engine_open_history (TrustEngine *engine, GError **error)
{
  return trust_history_open (engine->root, error);
}

gboolean
trust_engine_resolve_when (TrustEngine *engine, TrustHistory *history, const char *text, guint64 *generation_out, GError **error)
{
  TrustWhen when;

  return trust_when_parse (text, trust_engine_get_time (engine), &when, error) && trust_history_resolve (history, &when, generation_out, error);
}

gboolean
trust_engine_shows_callers (TrustEngine *engine, char **fault_out)
{
  g_auto (TrustJournalConf) conf = { FALSE, NULL };

  trust_journal_conf_read (engine->root, &conf);
  if (fault_out != NULL)
    *fault_out = g_steal_pointer (&conf.fault);
  return conf.callers_for_all;
}

GHashTable *
trust_engine_load_users (TrustEngine *engine)
{
  GHashTable *users = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GBytes) bytes = trust_root_read (engine->root, "/etc/passwd", TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  g_autofree char *text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], ":", 4);
      guint64 uid = 0;

      if (g_strv_length (words) < 3 || words[0][0] == '\0' || !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT32, &uid, NULL))
        continue;

      gint64 key = (gint64) uid;

      /* The first line of a number names it. */
      if (!g_hash_table_contains (users, &key))
        g_hash_table_insert (users, g_memdup2 (&key, sizeof key), g_strdup (words[0]));
    }
  return users;
}
