/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/json.h"

#include "core/pem.h"

#include <stdio.h>

static void
add_time (JsonBuilder *builder, gint64 seconds)
{
  g_autoptr (GDateTime) time = seconds == 0 ? NULL : g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = time == NULL ? NULL : g_date_time_format_iso8601 (time);
  if (text == NULL)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, text);
}

static void
add_certificate (JsonBuilder *builder, GVariant *value)
{
  g_autoptr (GString) pem = g_string_new (NULL);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return (void) json_builder_add_null_value (builder);
  trust_pem_append (pem, g_variant_get_data (value), g_variant_get_size (value), "CERTIFICATE");
  json_builder_add_string_value (builder, pem->str);
}

static void
add_strings_value (JsonBuilder *builder, const char *const *strings)
{
  json_builder_begin_array (builder);
  for (; *strings != NULL; strings++)
    json_builder_add_string_value (builder, *strings);
  json_builder_end_array (builder);
}

void
json_add_elements (JsonBuilder *builder, const ViewField *fields, GVariant *list)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);
      json_builder_begin_object (builder);
      json_add_view (builder, fields, dictionary);
      json_builder_end_object (builder);
    }
}

static void
add_views_value (JsonBuilder *builder, const ViewField *fields, GVariant *list)
{
  json_builder_begin_array (builder);
  json_add_elements (builder, fields, list);
  json_builder_end_array (builder);
}

static void
add_index (JsonBuilder *builder, gint64 index)
{
  if (index < 0)
    json_builder_add_null_value (builder);
  else
    json_builder_add_int_value (builder, index);
}

static void
add_strings_of (JsonBuilder *builder, GVariant *value)
{
  g_auto (GStrv) strings = view_value_strings (value);
  add_strings_value (builder, (const char *const *) strings);
}

static void
add_list_of (JsonBuilder *builder, const ViewField *fields, GVariant *value)
{
  g_autoptr (GVariant) list = view_value_list (value);
  add_views_value (builder, fields, list);
}

static void
add_subtrees (JsonBuilder *builder, GVariant *value)
{
  gsize n = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE ("a{sas}")) ? g_variant_n_children (value) : 0;
  json_builder_begin_object (builder);
  for (gsize i = 0; i < n; i++)
    {
      const char *kind;
      g_autofree const char **subtrees = NULL;
      g_variant_get_child (value, i, "{&s^a&s}", &kind, &subtrees);
      json_builder_set_member_name (builder, kind);
      add_strings_value (builder, subtrees[0] != NULL && subtrees[0][0] == '\0' ? subtrees + 1 : subtrees); /* "": none of that kind */
    }
  json_builder_end_object (builder);
}

static void
add_times (JsonBuilder *builder, GVariant *value)
{
  gsize n = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE ("a{sx}")) ? g_variant_n_children (value) : 0;
  json_builder_begin_object (builder);
  for (gsize i = 0; i < n; i++)
    {
      const char *name;
      gint64 seconds;
      g_variant_get_child (value, i, "{&sx}", &name, &seconds);
      json_builder_set_member_name (builder, name);
      add_time (builder, seconds);
    }
  json_builder_end_object (builder);
}

/* Kinds that say something even where they are left out. Returns FALSE for the others. */
static gboolean
add_optional (JsonBuilder *builder, ViewKind kind, GVariant *value)
{
  if (kind == VIEW_FLAG)
    json_builder_add_boolean_value (builder, view_value_bool (value));
  else if (kind == VIEW_SUBTREES)
    add_subtrees (builder, value);
  else if (kind == VIEW_TIMES)
    add_times (builder, value);
  return kind == VIEW_FLAG || kind == VIEW_SUBTREES || kind == VIEW_TIMES;
}

static void
add_field (JsonBuilder *builder, const ViewField *field, GVariant *value)
{
  if (add_optional (builder, field->kind, value))
    return;
  if (value == NULL)
    return (void) json_builder_add_null_value (builder);
  switch (field->kind)
    {
    case VIEW_STRING:
      json_builder_add_string_value (builder, view_value_string (value));
      break;
    case VIEW_STRINGS:
      add_strings_of (builder, value);
      break;
    case VIEW_BOOL:
      json_builder_add_boolean_value (builder, view_value_bool (value));
      break;
    case VIEW_NUMBER:
      json_builder_add_int_value (builder, view_value_number (value));
      break;
    case VIEW_INDEX:
      add_index (builder, view_value_number (value));
      break;
    case VIEW_TIME:
      add_time (builder, view_value_number (value));
      break;
    case VIEW_CERTIFICATE:
      add_certificate (builder, value);
      break;
    case VIEW_LIST:
      add_list_of (builder, field->fields, value);
      break;
    default:
      break;
    }
}

void
json_add_view (JsonBuilder *builder, const ViewField *fields, GVariant *dictionary)
{
  GVariant *values[VIEW_MAX_FIELDS];
  gsize n = view_read (dictionary, fields, values);
  for (gsize i = 0; i < n; i++)
    {
      json_builder_set_member_name (builder, fields[i].json);
      add_field (builder, &fields[i], values[i]);
    }
  view_clear (values, n);
}

void
json_add_views (JsonBuilder *builder, const char *name, const ViewField *fields, GVariant *list)
{
  json_builder_set_member_name (builder, name);
  add_views_value (builder, fields, list);
}

void
json_add_strings (JsonBuilder *builder, const char *name, const char *const *strings)
{
  json_builder_set_member_name (builder, name);
  add_strings_value (builder, strings);
}

/* Controls, format and bidi characters and the like: as escapes they say the same, and move no terminal. */
static gboolean
must_escape (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return c != '\n';
    default:
      return FALSE;
    }
}

static void
append_escape (GString *out, gunichar c)
{
  if (c < 0x10000)
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
}

void
json_append (JsonBuilder *builder, GString *out)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  const char *done = text; /* what stands before it is in OUT */
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = (guchar) *p < 0x7f ? (guchar) *p : g_utf8_get_char (p);
      if (c < 0x7f || !must_escape (c))
        continue;
      g_string_append_len (out, done, p - done);
      append_escape (out, c);
      done = g_utf8_next_char (p);
    }
  g_string_append (out, done);
  g_string_append_c (out, '\n');
}

void
json_print (JsonBuilder *builder)
{
  g_autoptr (GString) out = g_string_sized_new (4096);
  json_append (builder, out);
  fwrite (out->str, 1, out->len, stdout);
}

void
json_add_time (JsonBuilder *builder, const char *name, gint64 seconds)
{
  json_builder_set_member_name (builder, name);
  add_time (builder, seconds);
}

void
json_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
json_add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
json_print_view (const ViewField *fields, GVariant *dictionary)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_view (builder, fields, dictionary);
  json_builder_end_object (builder);
  json_print (builder);
}

void
json_print_error (const char *code, const char *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "code");
  json_builder_add_string_value (builder, code);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, message);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_print (builder);
}
