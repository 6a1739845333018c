/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/settings.h"

#include "client/cli/date.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define NEVER "never"

static const char *const kinds[] = { "dns", "ip", "email", "uri", "directory", NULL };

void
settings_clear (Settings *settings)
{
  g_strfreev (settings->purposes);
  g_strfreev (settings->permit);
  g_strfreev (settings->exclude);
  g_strfreev (settings->distrust_after);
  g_free (settings->until);
  g_free (settings->label);
  *settings = (Settings) { 0 };
}

G_GNUC_PRINTF (4, 5)
static gboolean
refuse (GError **error, const char *option, const char *word, const char *format, ...)
{
  g_autofree char *safe = trust_text_printable (word, 80);
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "%s “%s”: %s", option, safe, message);
  return FALSE;
}

/* One word of --permit or --exclude into KINDS_OF (kind to GPtrArray of its subtrees, which point into WORD). */
static gboolean
take_subtree (const char *option, const char *word, GHashTable *kinds_of, GError **error)
{
  const char *colon = strchr (word, ':');
  g_autofree char *kind = colon == NULL ? NULL : g_ascii_strdown (word, colon - word);
  if (kind == NULL || !g_strv_contains (kinds, kind))
    return refuse (error, option, word, _ ("write KIND:SUBTREE with the kind dns, ip, email, uri or directory (dns:corp.example)"));
  if (!trust_text_is_plain (colon + 1, 0))
    return refuse (error, option, word, _ ("must be UTF-8 text without control characters"));
  if (colon[1] == '\0' && strcmp (option, "--exclude") == 0)
    return refuse (error, option, word, _ ("names no subtree; to permit no name of that kind write --permit %s:"), kind);
  GPtrArray *subtrees = g_hash_table_lookup (kinds_of, kind);
  if (subtrees == NULL)
    g_hash_table_insert (kinds_of, g_strdup (kind), subtrees = g_ptr_array_new ());
  const char *first = subtrees->len > 0 ? g_ptr_array_index (subtrees, 0) : NULL;
  if (first != NULL && (first[0] == '\0') != (colon[1] == '\0'))
    return refuse (error, option, word, _ ("“%s:” alone permits no name of that kind, and so goes with no other subtree of it"), kind);
  g_ptr_array_add (subtrees, (char *) colon + 1);
  return TRUE;
}

static gboolean
pack_subtrees (const char *option, const char *key, char **words, GVariantDict *dict, GError **error)
{
  if (words == NULL)
    return TRUE;
  g_autoptr (GHashTable) kinds_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  for (; *words != NULL; words++)
    if (!take_subtree (option, *words, kinds_of, error))
      return FALSE;
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  for (const char *const *kind = kinds; *kind != NULL; kind++)
    {
      GPtrArray *subtrees = g_hash_table_lookup (kinds_of, *kind);
      if (subtrees != NULL)
        g_variant_builder_add (&builder, "{s@as}", *kind, g_variant_new_strv ((const char *const *) subtrees->pdata, subtrees->len));
    }
  g_variant_dict_insert_value (dict, key, g_variant_builder_end (&builder));
  return TRUE;
}

/* DATE for each purpose that a word without one means. */
static void
take_date (const char *const *purposes, gint64 date, GHashTable *dates)
{
  for (; *purposes != NULL; purposes++)
    g_hash_table_replace (dates, g_strdup (*purposes), g_memdup2 (&date, sizeof date));
}

static gboolean
read_distrust_after (const Settings *settings, GHashTable *dates, GError **error)
{
  static const char *const usual[] = { "server-auth", NULL };
  for (char **word = settings->distrust_after; *word != NULL; word++)
    {
      const char *equals = strrchr (*word, '=');
      gint64 date;
      if (!date_parse ("--distrust-after", equals != NULL ? equals + 1 : *word, &date, error))
        return FALSE;
      g_autofree char *named = equals != NULL ? g_strndup (*word, (gsize) (equals - *word)) : NULL;
      const char *const one[] = { named, NULL };
      take_date (named != NULL ? one : settings->purposes != NULL ? (const char *const *) settings->purposes : usual, date, dates);
    }
  return TRUE;
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
pack_distrust_after (const Settings *settings, SettingsFlags flags, GVariantDict *dict, GError **error)
{
  if (settings->distrust_after == NULL)
    return TRUE;
  g_autoptr (GHashTable) dates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gboolean is_never = g_strv_length (settings->distrust_after) == 1 && strcmp (settings->distrust_after[0], NEVER) == 0;
  gboolean clears = (flags & SETTINGS_MAY_CLEAR) != 0 && is_never;
  if (!clears && !read_distrust_after (settings, dates, error))
    return FALSE;
  g_autofree const char **purposes = (const char **) g_hash_table_get_keys_as_array (dates, NULL);
  qsort (purposes, g_hash_table_size (dates), sizeof *purposes, compare_strings);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sx}"));
  for (const char **purpose = purposes; *purpose != NULL; purpose++)
    g_variant_builder_add (&builder, "{sx}", *purpose, *(gint64 *) g_hash_table_lookup (dates, *purpose));
  g_variant_dict_insert_value (dict, "distrust-after", g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
pack_until (const Settings *settings, SettingsFlags flags, GVariantDict *dict, GError **error)
{
  gint64 until = 0;
  if (settings->until == NULL)
    return TRUE;
  gboolean clears = (flags & SETTINGS_MAY_CLEAR) != 0 && strcmp (settings->until, NEVER) == 0;
  if (!clears && !date_parse ("--until", settings->until, &until, error))
    return FALSE;
  g_variant_dict_insert (dict, "until", "x", until);
  return TRUE;
}

static gboolean
check_label (const char *label, GError **error)
{
  if (label == NULL || trust_text_is_plain (label, TRUST_LIMIT_LABEL_CHARS))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s: must be UTF-8 text of at most %zu characters, without control characters"),
               "--label", (gsize) TRUST_LIMIT_LABEL_CHARS);
  return FALSE;
}

gboolean
settings_pack (const Settings *settings, SettingsFlags flags, GVariantDict *dict, GError **error)
{
  if (!check_label (settings->label, error) || !pack_subtrees ("--permit", "permitted", settings->permit, dict, error)
      || !pack_subtrees ("--exclude", "excluded", settings->exclude, dict, error) || !pack_distrust_after (settings, flags, dict, error)
      || !pack_until (settings, flags, dict, error))
    return FALSE;
  if (settings->purposes != NULL)
    g_variant_dict_insert (dict, "purposes", "^as", settings->purposes);
  if (settings->accept_loss)
    g_variant_dict_insert (dict, "accept-loss", "b", TRUE);
  if (settings->label != NULL)
    g_variant_dict_insert (dict, "label", "s", settings->label);
  return TRUE;
}

gboolean
settings_are_named (const Settings *settings)
{
  return settings->purposes != NULL || settings->permit != NULL || settings->exclude != NULL || settings->distrust_after != NULL
         || settings->until != NULL || settings->accept_loss || settings->label != NULL;
}

static gboolean
names_kind (char **words, const char *kind)
{
  for (; words != NULL && *words != NULL; words++)
    if (g_ascii_strncasecmp (*words, kind, strlen (kind)) == 0 && (*words)[strlen (kind)] == ':')
      return TRUE;
  return FALSE;
}

const char *
settings_get_advice (const Settings *settings)
{
  if (!names_kind (settings->permit, "dns") || names_kind (settings->permit, "ip") || names_kind (settings->exclude, "ip"))
    return NULL;
  return _ ("host names are limited, IP addresses are not; --permit ip: lets none in");
}
