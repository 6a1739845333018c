/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-record.h"

#include "core/error.h"
#include "core/text.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A record is an object of arrays of objects. Deeper than this is not ours, and json-glib reads by recursion. */
#define MAX_DEPTH 8

TrustJournalFile *
trust_journal_file_new (const char *path, GBytes *content, guint32 mode)
{
  TrustJournalFile *file = g_new0 (TrustJournalFile, 1);

  file->path = g_strdup (path);
  file->content = content != NULL ? g_bytes_ref (content) : NULL;
  file->mode = mode;
  return file;
}

void
trust_journal_file_free (TrustJournalFile *file)
{
  if (file == NULL)
    return;
  g_free (file->path);
  g_clear_pointer (&file->content, g_bytes_unref);
  g_free (file);
}

void
trust_journal_change_free (TrustJournalChange *change)
{
  if (change == NULL)
    return;
  g_free (change->title);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

TrustJournalIntent *
trust_journal_intent_new (const char *operation)
{
  TrustJournalIntent *intent = g_new0 (TrustJournalIntent, 1);

  intent->operation = g_strdup (operation);
  intent->reason = g_strdup ("");
  intent->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_change_free);
  intent->found = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free);
  intent->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  intent->files = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free);
  return intent;
}

void
trust_journal_intent_free (TrustJournalIntent *intent)
{
  if (intent == NULL)
    return;
  g_free (intent->operation);
  g_free (intent->reason);
  g_clear_pointer (&intent->caller, trust_caller_free);
  g_clear_pointer (&intent->changes, g_ptr_array_unref);
  g_clear_pointer (&intent->found, g_ptr_array_unref);
  g_clear_pointer (&intent->certificates, g_ptr_array_unref);
  g_clear_pointer (&intent->files, g_ptr_array_unref);
  g_free (intent);
}

static void
copy_files (const GPtrArray *from, GPtrArray *to)
{
  for (guint i = 0; i < from->len; i++)
    {
      const TrustJournalFile *file = g_ptr_array_index (from, i);

      g_ptr_array_add (to, trust_journal_file_new (file->path, file->content, file->mode));
    }
}

TrustJournalIntent *
trust_journal_intent_copy (const TrustJournalIntent *intent)
{
  TrustJournalIntent *copy = trust_journal_intent_new (intent->operation);

  copy->generation = intent->generation;
  copy->time = intent->time;
  copy->target = intent->target;
  g_free (copy->reason);
  copy->reason = g_strdup (intent->reason);
  copy->caller = intent->caller != NULL ? trust_caller_copy (intent->caller) : NULL;
  for (guint i = 0; i < intent->changes->len; i++)
    {
      const TrustJournalChange *from = g_ptr_array_index (intent->changes, i);
      TrustJournalChange *to = g_new0 (TrustJournalChange, 1);

      memcpy (to->fingerprint, from->fingerprint, sizeof to->fingerprint);
      to->title = g_strdup (from->title);
      to->before = g_strdup (from->before);
      to->after = g_strdup (from->after);
      g_ptr_array_add (copy->changes, to);
    }
  copy_files (intent->found, copy->found);
  for (guint i = 0; i < intent->certificates->len; i++)
    g_ptr_array_add (copy->certificates, g_bytes_ref (intent->certificates->pdata[i]));
  copy_files (intent->files, copy->files);
  return copy;
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text == NULL)
    text = "";
  if (g_utf8_validate (text, -1, NULL))
    {
      json_builder_add_string_value (builder, text);
      return;
    }
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_builder_add_string_value (builder, valid);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_bytes (JsonBuilder *builder, const char *name, const void *bytes, gsize size)
{
  g_autofree char *text = g_base64_encode (bytes, size);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_caller (JsonBuilder *builder, const TrustCaller *caller)
{
  json_builder_set_member_name (builder, "caller");
  json_builder_begin_object (builder);
  add_text (builder, "how", caller->how);
  add_number (builder, "uid", caller->uid);
  add_number (builder, "pid", caller->pid);
  add_number (builder, "login-uid", caller->login_uid);
  add_number (builder, "session", caller->session);
  add_text (builder, "unit", caller->unit);
  add_text (builder, "command", caller->command);
  add_text (builder, "executable", caller->executable);
  json_builder_end_object (builder);
}

static void
add_change (JsonBuilder *builder, const TrustJournalChange *change)
{
  json_builder_begin_object (builder);
  add_text (builder, "sha256", change->fingerprint);
  add_text (builder, "title", change->title);
  add_text (builder, "before", change->before);
  add_text (builder, "after", change->after);
  json_builder_end_object (builder);
}

/* A path is bytes: one that is not UTF-8 goes as base64, so that recovery writes the very same file. */
static void
add_file (JsonBuilder *builder, const TrustJournalFile *file)
{
  json_builder_begin_object (builder);
  if (g_utf8_validate (file->path, -1, NULL))
    add_text (builder, "path", file->path);
  else
    add_bytes (builder, "path-base64", file->path, strlen (file->path));
  if (file->content != NULL)
    {
      gsize size;
      const void *bytes = g_bytes_get_data (file->content, &size);

      add_number (builder, "mode", file->mode);
      add_bytes (builder, "content", bytes, size);
    }
  json_builder_end_object (builder);
}

static void
add_files (JsonBuilder *builder, const char *name, const GPtrArray *files)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < files->len; i++)
    add_file (builder, g_ptr_array_index (files, i));
  json_builder_end_array (builder);
}

static void
add_certificates (JsonBuilder *builder, const GPtrArray *certificates)
{
  json_builder_set_member_name (builder, "certificates");
  json_builder_begin_array (builder);
  for (guint i = 0; i < certificates->len; i++)
    {
      gsize size;
      const void *der = g_bytes_get_data (certificates->pdata[i], &size);
      g_autofree char *text = g_base64_encode (der, size);

      json_builder_add_string_value (builder, text);
    }
  json_builder_end_array (builder);
}

static char *
finish (JsonBuilder *builder, gsize *size_out)
{
  json_builder_end_object (builder);
  g_autoptr (JsonNode) node = json_builder_get_root (builder);
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_generator_set_root (generator, node);
  return json_generator_to_data (generator, size_out);
}

static JsonBuilder *
begin (const char *type, guint64 generation, gint64 time)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "type", type);
  add_number (builder, "generation", (gint64) generation);
  add_number (builder, "time", time);
  return builder;
}

char *
trust_journal_record_write_intent (const TrustJournalIntent *intent, gsize *size_out)
{
  g_autoptr (JsonBuilder) builder = begin ("intent", intent->generation, intent->time);

  add_text (builder, "operation", intent->operation);
  add_text (builder, "reason", intent->reason);
  if (intent->target != 0)
    add_number (builder, "target", (gint64) intent->target);
  if (intent->caller != NULL)
    add_caller (builder, intent->caller);
  json_builder_set_member_name (builder, "changes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < intent->changes->len; i++)
    add_change (builder, g_ptr_array_index (intent->changes, i));
  json_builder_end_array (builder);
  if (intent->found->len > 0)
    add_files (builder, "found", intent->found);
  if (intent->certificates->len > 0)
    add_certificates (builder, intent->certificates);
  add_files (builder, "files", intent->files);
  return finish (builder, size_out);
}

char *
trust_journal_record_write_done (guint64 generation, gint64 time, gsize *size_out)
{
  g_autoptr (JsonBuilder) builder = begin ("done", generation, time);

  return finish (builder, size_out);
}

/* A member's text; NULL where it is missing or of another type. */
static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static char *
dup_text (JsonObject *object, const char *name)
{
  const char *text = get_text (object, name);

  return g_strdup (text != NULL ? text : "");
}

static gint64
get_number (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;
  return json_node_get_int (node);
}

static JsonObject *
get_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* The objects of the array NAME: FALSE when there is no such array, or it holds something else. */
static gboolean
get_objects (JsonObject *object, const char *name, GPtrArray *out)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;

  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *item = get_object (json_array_get_element (array, i));

      if (item == NULL)
        return FALSE;
      g_ptr_array_add (out, item);
    }
  return TRUE;
}

static TrustCaller *
read_caller (JsonObject *object)
{
  g_autofree char *how = dup_text (object, "how");
  TrustCaller *caller = trust_caller_new (how);

  caller->uid = get_number (object, "uid", -1);
  caller->pid = get_number (object, "pid", -1);
  caller->login_uid = get_number (object, "login-uid", -1);
  caller->session = get_number (object, "session", -1);
  g_free (caller->unit);
  caller->unit = dup_text (object, "unit");
  g_free (caller->command);
  caller->command = dup_text (object, "command");
  g_free (caller->executable);
  caller->executable = dup_text (object, "executable");
  return caller;
}

static gboolean
read_change (JsonObject *object, GPtrArray *out)
{
  const char *fingerprint = get_text (object, "sha256");
  guint8 bytes[32];

  if (fingerprint == NULL || (*fingerprint != '\0' && (strlen (fingerprint) != 64 || !trust_text_unhex (fingerprint, bytes, sizeof bytes))))
    return FALSE;

  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

  g_strlcpy (change->fingerprint, fingerprint, sizeof change->fingerprint);
  change->title = dup_text (object, "title");
  change->before = dup_text (object, "before");
  change->after = dup_text (object, "after");
  g_ptr_array_add (out, change);
  return TRUE;
}

static gboolean
read_file (JsonObject *object, GPtrArray *out)
{
  g_autofree char *path = g_strdup (get_text (object, "path"));
  const char *encoded_path = get_text (object, "path-base64");
  const char *content = get_text (object, "content");

  if (path == NULL && encoded_path != NULL)
    {
      gsize size;
      g_autofree guchar *bytes = g_base64_decode (encoded_path, &size);

      path = g_strndup ((const char *) bytes, size);
    }
  if (path == NULL || path[0] != '/')
    return FALSE;
  if (content == NULL)
    {
      g_ptr_array_add (out, trust_journal_file_new (path, NULL, 0));
      return !json_object_has_member (object, "content");
    }

  gsize size;
  guchar *bytes = g_base64_decode (content, &size);
  g_autoptr (GBytes) taken = g_bytes_new_take (bytes, size);

  g_ptr_array_add (out, trust_journal_file_new (path, taken, (guint32) get_number (object, "mode", 0)));
  return TRUE;
}

/* The array NAME, which may be missing only where it is OPTIONAL. */
static gboolean
read_files (JsonObject *object, const char *name, gboolean optional, GPtrArray *out)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  if (optional && !json_object_has_member (object, name))
    return TRUE;
  if (!get_objects (object, name, files))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    if (!read_file (g_ptr_array_index (files, i), out))
      return FALSE;
  return TRUE;
}

static gboolean
read_certificates (JsonObject *object, GPtrArray *out)
{
  JsonNode *node = json_object_get_member (object, "certificates");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL)
    return node == NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      guchar *bytes = NULL;
      gsize size;

      if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING)
        return FALSE;
      bytes = g_base64_decode (json_node_get_string (item), &size);
      g_ptr_array_add (out, g_bytes_new_take (bytes, size));
    }
  return TRUE;
}

static TrustJournalIntent *
read_intent (JsonObject *object)
{
  g_autofree char *operation = dup_text (object, "operation");
  g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new (operation);
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  JsonObject *caller = get_object (json_object_get_member (object, "caller"));

  g_free (intent->reason);
  intent->reason = dup_text (object, "reason");
  intent->target = (guint64) MAX (get_number (object, "target", 0), 0);
  intent->caller = caller != NULL ? read_caller (caller) : NULL;
  if (operation[0] == '\0' || !get_objects (object, "changes", changes))
    return NULL;
  for (guint i = 0; i < changes->len; i++)
    if (!read_change (g_ptr_array_index (changes, i), intent->changes))
      return NULL;
  if (!read_files (object, "found", TRUE, intent->found) || !read_certificates (object, intent->certificates)
      || !read_files (object, "files", FALSE, intent->files))
    return NULL;
  return g_steal_pointer (&intent);
}

static gboolean
is_shallow (const char *json, gsize size)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (in_string && json[i] == '\\')
        i++;
      else if (json[i] == '"')
        in_string = !in_string;
      else if (!in_string && (json[i] == '[' || json[i] == '{') && ++depth > MAX_DEPTH)
        return FALSE;
      else if (!in_string && (json[i] == ']' || json[i] == '}') && depth > 0)
        depth--;
    }
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, "%s", what);
  return FALSE;
}

gboolean
trust_journal_record_parse (const char *json, gsize size, TrustJournalRecord *out, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  out->generation = 0;
  out->intent = NULL;
  if (!is_shallow (json, size) || memchr (json, '\0', size) != NULL || !json_parser_load_from_data (parser, json, (gssize) size, NULL))
    return fail (error, "its content is not JSON of a known shape");

  JsonObject *object = get_object (json_parser_get_root (parser));
  const char *type = object != NULL ? get_text (object, "type") : NULL;
  gint64 generation = object != NULL ? get_number (object, "generation", 0) : 0;

  if (type == NULL || generation < (g_strcmp0 (type, "begin") == 0 ? 0 : 1))
    return fail (error, "it names no type or no generation");
  out->generation = (guint64) generation;
  if (g_str_equal (type, "done") || g_str_equal (type, "begin"))
    return TRUE;
  if (!g_str_equal (type, "intent"))
    return fail (error, "its type is none of \"intent\", \"done\" and \"begin\"; if a newer anchord wrote it, update anchord");
  out->intent = read_intent (object);
  if (out->intent == NULL)
    return fail (error, "its intent lacks an operation, or a change or file in it is malformed");
  out->intent->generation = out->generation;
  out->intent->time = get_number (object, "time", 0);
  return TRUE;
}
