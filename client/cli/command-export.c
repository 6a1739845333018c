/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/folder.h"
#include "client/cli/formats.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/tool.h"
#include "client/lib/sealed.h"
#include "core/error.h"

#include <inttypes.h>
#include <string.h>

/* aay. Returns: (transfer full) (nullable). */
static GVariant *
fetch (Tool *tool, guint64 *generation, GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "Export", NULL, NULL, &fds, error);
  if (reply == NULL)
    return NULL;
  guint64 size;
  g_variant_get (reply, "(htt)", NULL, &size, generation);
  g_autoptr (GBytes) bytes = anchord_sealed_map (fds, size, error);
  if (bytes == NULL)
    return NULL;
  GVariant *files = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("aay"), bytes, FALSE));
#if G_BYTE_ORDER == G_BIG_ENDIAN
  GVariant *native = g_variant_byteswap (files);
  g_variant_unref (files);
  files = native;
#endif
  if (g_variant_is_normal_form (files))
    return files;
  g_variant_unref (files);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("the service's answer cannot be read"));
  return NULL;
}

/* SHA256.anchor or SHA256.distrust; what names no certificate is named for its own bytes. Returns: (transfer full) (nullable). */
static char *
make_name (const FormatsClass *formats, GBytes *file, GError **error)
{
  FormatsWish wish = { .verbatim = TRUE };
  FormatsInput *input = formats->decode (file, _ ("the service's answer"), &wish, error);
  if (input == NULL)
    return NULL;
  const FormatsEntry *entry = input->entries->len == 1 ? g_ptr_array_index (input->entries, 0) : NULL;
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file);
  const char *mark = entry != NULL && entry->fingerprint[0] != '\0' ? entry->fingerprint : digest;
  char *name = g_strconcat (mark, entry != NULL && entry->kind == FORMATS_DISTRUST ? ".distrust" : ".anchor", NULL);
  formats->free_input (input);
  return name;
}

/* Name to GBytes. Returns: (transfer full) (nullable). */
static GHashTable *
name_files (GVariant *list, GError **error)
{
  const FormatsClass *formats = formats_load (error);
  if (formats == NULL)
    return NULL;
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  gsize n = g_variant_n_children (list);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      g_autoptr (GBytes) file = g_variant_get_data_as_bytes (child);
      g_autofree char *name = make_name (formats, file, error);
      if (name == NULL)
        return NULL;
      if (g_hash_table_contains (files, name)) /* a second distrust of one certificate */
        {
          g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file);
          g_clear_pointer (&name, g_free);
          name = g_strconcat (digest, ".distrust", NULL);
        }
      g_hash_table_insert (files, g_steal_pointer (&name), g_bytes_ref (file));
    }
  return g_steal_pointer (&files);
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
print_as_json (const char *folder, guint64 generation, GHashTable *files)
{
  g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array (files, NULL);
  g_autofree char *safe = print_foreign (folder);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  qsort (names, g_hash_table_size (files), sizeof *names, compare_strings);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) generation);
  json_builder_set_member_name (builder, "folder");
  json_builder_add_string_value (builder, safe);
  json_add_strings (builder, "files", names);
  json_builder_end_object (builder);
  json_print (builder);
}

static void
print_for_people (const char *folder, guint64 generation, guint n)
{
  g_autofree char *safe = print_foreign (folder);
  g_print (ngettext ("%u file in %s", "%u files in %s", n), n, safe);
  g_print (_ (", generation %" PRIu64 "\n"), generation);
}

ToolExit
command_export (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "export", NULL, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  guint64 generation;
  g_autoptr (GVariant) list = fetch (tool, &generation, &error);
  g_autoptr (GHashTable) files = list == NULL ? NULL : name_files (list, &error);
  if (files == NULL || !folder_write (words[0], files, &error))
    return tool_fail (tool, error);
  if (tool->json)
    print_as_json (words[0], generation, files);
  else
    print_for_people (words[0], generation, g_hash_table_size (files));
  return TOOL_DONE;
}
