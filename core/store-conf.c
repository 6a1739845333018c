/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/store-conf.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define CONF_MAX_BYTES (64u * 1024)
#define SHOWN_CHARS 64u

/* What was read so far. */
typedef struct
{
  TrustStoreConf *conf;
  gboolean in_store; /* the group is [Store] */
  guint store_line;  /* where it began; 0: not yet */
  guint seen;        /* of 1 << index in the table of keys */
} Reading;

typedef gboolean (*TakeValue) (Reading *reading, const char *value, GError **error);

void
trust_store_conf_clear (TrustStoreConf *conf)
{
  g_clear_pointer (&conf->narrowed, trust_purposes_unref);
}

static gboolean
take_version (Reading *reading, const char *value, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_str_equal (value, "1"))
    return TRUE;
  shown = trust_text_printable (value, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "Version is \"%s\"; this version of anchord reads 1; update anchord", shown);
  return FALSE;
}

static gboolean
take_inherit (Reading *reading, const char *value, GError **error)
{
  g_autofree char *shown = NULL;

  reading->conf->inherits = g_str_equal (value, "true");
  if (reading->conf->inherits || g_str_equal (value, "false"))
    return TRUE;
  shown = trust_text_printable (value, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "Inherit is \"%s\"; write \"true\" or \"false\"", shown);
  return FALSE;
}

static gboolean
take_purposes (Reading *reading, const char *value, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", 0);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) unknown = NULL;

  for (char **part = parts; *part != NULL; part++)
    if (*g_strstrip (*part) != '\0')
      g_ptr_array_add (names, *part);
  if (names->len == 0)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "Purposes names none; leave the line out, or name one");
      return FALSE;
    }
  g_ptr_array_add (names, NULL);
  reading->conf->narrowed = trust_purposes_new ((const char *const *) names->pdata, &unknown);
  if (unknown != NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "Purposes: %s", unknown->message);
  return unknown == NULL;
}

static const struct
{
  const char *name;
  TakeValue take;
} keys[] = {
  { "Version", take_version },
  { "Inherit", take_inherit },
  { "Purposes", take_purposes },
};

static gboolean
take_key (Reading *reading, const char *name, const char *value, GError **error)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (!g_str_equal (name, keys[i].name))
        continue;
      if (reading->seen & (1u << i))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s stands there twice; keep one of them", name);
          return FALSE;
        }
      reading->seen |= 1u << i;
      return keys[i].take (reading, value, error);
    }
  shown = trust_text_printable (name, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "key \"%s\" may take trust away in a way that this version of anchord does not know; update anchord or remove the line", shown);
  return FALSE;
}

/* LINE: without white space around it. */
static gboolean
take_line (Reading *reading, char *line, guint number, GError **error)
{
  gsize size = strlen (line);
  char *equals = strchr (line, '=');

  if (size == 0 || *line == '#')
    return TRUE;
  if (*line == '[' && line[size - 1] == ']')
    {
      reading->in_store = g_str_equal (line, "[Store]");
      if (reading->in_store && reading->store_line > 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "[Store] stands there already, in line %u", reading->store_line);
          return FALSE;
        }
      if (reading->in_store)
        reading->store_line = number;
      return TRUE;
    }
  if (equals == NULL)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "neither a [Group], a Key=value nor a # comment");
      return FALSE;
    }
  if (!reading->in_store)
    return TRUE;
  *equals = '\0';
  return take_key (reading, g_strchomp (line), g_strchug (equals + 1), error);
}

/* TEXT as a string, if it is text. (transfer full) (nullable) */
static char *
dup_text (TrustSpan bytes, GError **error)
{
  const char *text = (const char *) bytes.data;

  if (bytes.size > CONF_MAX_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "it has %zu bytes; at most %u are read", bytes.size, CONF_MAX_BYTES);
      return NULL;
    }
  if (bytes.size > 0 && (memchr (text, '\0', bytes.size) != NULL || !g_utf8_validate (text, (gssize) bytes.size, NULL)))
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it is not UTF-8 text");
      return NULL;
    }
  return g_strndup (bytes.size > 0 ? text : "", bytes.size);
}

gboolean
trust_store_conf_parse (TrustSpan bytes, TrustStoreConf *out, GError **error)
{
  g_autofree char *text = dup_text (bytes, error);
  g_auto (TrustStoreConf) conf = { FALSE, NULL };
  Reading reading = { .conf = &conf };
  g_auto (GStrv) lines = NULL;

  if (text == NULL)
    return FALSE;
  lines = g_strsplit (text, "\n", 0);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!take_line (&reading, g_strstrip (lines[i]), i + 1, error))
      {
        g_prefix_error (error, "line %u: ", i + 1);
        return FALSE;
      }
  if (!(reading.seen & 1u))
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it has no group [Store] with Version=1");
      return FALSE;
    }
  *out = (TrustStoreConf) { conf.inherits, g_steal_pointer (&conf.narrowed) };
  return TRUE;
}

GBytes *
trust_store_conf_write (const TrustStoreConf *conf)
{
  GString *out = g_string_new ("# A store of anchord's; see anchorctl(1).\n[Store]\nVersion=1\n");
  g_auto (GStrv) names = conf->narrowed != NULL ? trust_purposes_dup_names (conf->narrowed) : NULL;
  g_autofree char *joined = names != NULL ? g_strjoinv (";", names) : NULL;

  g_string_append_printf (out, "Inherit=%s\n", conf->inherits ? "true" : "false");
  if (joined != NULL)
    g_string_append_printf (out, "Purposes=%s;\n", joined);
  return g_string_free_to_bytes (out);
}
