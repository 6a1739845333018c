/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* A byte order mark, and blanks. */
static TrustSpan
skip_blanks (TrustSpan input)
{
  if (input.size >= 3 && memcmp (input.data, "\xef\xbb\xbf", 3) == 0)
    input = (TrustSpan) { input.data + 3, input.size - 3 };
  while (input.size > 0 && g_ascii_isspace (*input.data))
    input = (TrustSpan) { input.data + 1, input.size - 1 };
  return input;
}

gboolean
trust_json_probe (TrustSpan input, const char *name)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", name);
  TrustSpan text = skip_blanks (input);

  return text.size > 0 && *text.data == '{' && memmem (text.data, text.size, quoted, strlen (quoted)) != NULL;
}

static gboolean
limit (GError **error, const char *what, guint n)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "more than %u %s; split it", n, what);
  return FALSE;
}

/* The parser recurses and makes a node of each value, so both are counted first. Its comments and single quotes would let it see other strings than
 * are seen here: they are no JSON (RFC 8259). */
static gboolean
check_size (TrustSpan text, GError **error)
{
  gsize depth = 0, values = 1;
  gboolean in_string = FALSE;

  if (text.size > TRUST_LIMIT_JSON_BYTES)
    return limit (error, "bytes of JSON", TRUST_LIMIT_JSON_BYTES);
  for (gsize i = 0; i < text.size; i++)
    {
      guint8 byte = text.data[i];

      if (byte == '"')
        in_string = !in_string;
      else if (in_string)
        i += byte == '\\';
      else if (byte == '{' || byte == '[')
        depth++;
      else if ((byte == '}' || byte == ']') && depth > 0)
        depth--;
      else if (!g_ascii_isspace (byte) && !g_ascii_isalnum (byte) && strchr (",:+-._}]", byte) == NULL)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "byte %" G_GSIZE_FORMAT ": this is no JSON%s", i,
                       byte == '/' ? "; take comments out" : "");
          return FALSE;
        }
      values += !in_string && (byte == '{' || byte == '[' || byte == ',');
      if (depth > TRUST_LIMIT_JSON_DEPTH)
        return limit (error, "objects and lists one in another", TRUST_LIMIT_JSON_DEPTH);
      if (values > TRUST_LIMIT_JSON_VALUES)
        return limit (error, "JSON values", TRUST_LIMIT_JSON_VALUES);
    }
  return TRUE;
}

/* A name that stands twice in one object: of its values the parser would keep the last, and others keep the first (RFC 8259 section 4). */
typedef struct
{
  GHashTable *members; /* (owned) JsonObject* (borrowed) -> how many members it was given */
  char *twice;         /* (owned) (nullable) the first such name */
} Doubles;

static void
note_member (JsonParser *parser, JsonObject *object, const char *name, gpointer data)
{
  Doubles *doubles = data;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (doubles->members, object)) + 1;

  g_hash_table_insert (doubles->members, object, GUINT_TO_POINTER (n));
  if (doubles->twice == NULL && n > json_object_get_size (object))
    doubles->twice = trust_text_printable (name, 64);
}

static void
forget_object (JsonParser *parser, JsonObject *object, gpointer data)
{
  g_hash_table_remove (((Doubles *) data)->members, object);
}

static gboolean
parse (JsonParser *parser, TrustSpan text, GError **error)
{
  g_autoptr (GHashTable) members = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) reason = NULL;
  g_autofree char *twice = NULL;
  Doubles doubles = { members, NULL };

  g_signal_connect (parser, "object-member", G_CALLBACK (note_member), &doubles);
  g_signal_connect (parser, "object-end", G_CALLBACK (forget_object), &doubles);
  json_parser_load_from_data (parser, (const char *) text.data, (gssize) text.size, &reason);
  g_signal_handlers_disconnect_by_data (parser, &doubles);
  twice = doubles.twice;
  if (reason != NULL)
    {
      /* "<data>:LINE:COLUMN: …" */
      const char *what = g_str_has_prefix (reason->message, "<data>:") ? reason->message + strlen ("<data>:") : reason->message;
      g_autofree char *shown = trust_text_printable (what, 200);

      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "line %s", shown);
      return FALSE;
    }
  if (twice != NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "\"%s\" stands twice in one object; keep one of them", twice);
  return twice == NULL;
}

JsonNode *
trust_json_read (TrustSpan input, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  TrustSpan text = skip_blanks (input);

  if (text.size == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "not one JSON object");
      return NULL;
    }
  if (!check_size (text, error))
    return NULL;
  if (!g_utf8_validate ((const char *) text.data, (gssize) text.size, NULL))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "JSON is UTF-8; this is not");
      return NULL;
    }
  if (!parse (parser, text, error))
    return NULL;
  if (json_parser_get_root (parser) == NULL || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "not one JSON object");
      return NULL;
    }
  return json_parser_steal_root (parser);
}

static gpointer
fail_type (const char *name, const char *expected, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "\"%s\" is not %s", name, expected);
  return NULL;
}

JsonArray *
trust_json_find_array (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return NULL;
  return JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : fail_type (name, "a list", error);
}

JsonObject *
trust_json_find_object (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return NULL;
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : fail_type (name, "an object", error);
}

const char *
trust_json_get_text (JsonNode *node, GError **error)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "a text was expected");
  return NULL;
}
