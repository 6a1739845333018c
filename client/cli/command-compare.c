/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-input.h"
#include "client/cli/audit-look.h"
#include "client/cli/compare.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "core/error.h"

#include <string.h>

#define FILE_KIND "file"
#define FOLDER_KIND "folder"
#define ROOT_KIND "root"
#define MOMENT_KIND "moment"

/* ANCHORS: aa{sv} as List has them. UNSAID: nullable. */
static void
take_anchors (CompareSide *side, GVariant *anchors, GHashTable *unsaid)
{
  gsize n = g_variant_n_children (anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (anchors, i);
      const char *fingerprint = view_string (anchor, "fingerprint"), *settings = view_string (anchor, "settings");
      gboolean is_unsaid = unsaid != NULL && g_hash_table_contains (unsaid, fingerprint) && strcmp (settings, "distrusted") != 0;
      /* A distrust may name a key, or an issuer's serial number, and no certificate. */
      g_autofree char *key = fingerprint[0] != '\0'
                                 ? g_strdup (fingerprint)
                                 : g_strdup_printf ("key %s serial %s", view_string (anchor, "key-fingerprint"), view_string (anchor, "serial"));
      compare_side_add (side, key, fingerprint, view_string (anchor, "title"), settings, is_unsaid);
    }
}

static CompareSide *
read_root (const Tool *tool, const char *path, GError **error)
{
  Tool other = { .root = g_strdup (path), .json = tool->json };
  g_autoptr (GVariant) anchors = audit_look_list (&other, NULL, "all", error);
  CompareSide *side = anchors == NULL ? NULL : compare_side_new (ROOT_KIND, path);
  if (side != NULL)
    take_anchors (side, anchors, NULL);
  tool_clear (&other);
  return side;
}

/* What could not be read cannot be told from what is not there, so all of it must be. */
static CompareSide *
read_files (const char *kind, const char *path, const PassphraseOptions *passphrases, GError **error)
{
  const char *const no_checks[] = { NULL };
  char *paths[] = { (char *) path, NULL };
  g_autoptr (AuditInput) input = audit_input_read (paths, passphrases, error);
  if (input == NULL)
    return NULL;
  if (input->failures->len > 0)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, g_ptr_array_index (input->failures, 0));
      return NULL;
    }
  g_autoptr (GVariant) reply = backend_offline_audit (input->files, 0, no_checks, error);
  if (reply == NULL)
    return NULL;
  g_autoptr (GVariant) anchors = g_variant_get_child_value (reply, 4);
  CompareSide *side = compare_side_new (kind, path);
  take_anchors (side, anchors, input->unsaid);
  return side;
}

/* A certificate may stand there for the system, and for each application's store. */
static void
take_states (CompareSide *side, GVariant *states)
{
  gsize n = g_variant_n_children (states);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) state = g_variant_get_child_value (states, i);
      const char *fingerprint = view_string (state, "fingerprint"), *title = view_string (state, "title");
      const char *settings = view_string (state, "settings");
      const char *store = strstr (settings, " in ");
      g_autofree char *key = g_strconcat (fingerprint[0] != '\0' ? fingerprint : title, store != NULL ? store : "", NULL);
      compare_side_add (side, key, fingerprint, title, settings, FALSE);
    }
}

static CompareSide *
read_moment (Tool *tool, const char *when, GError **error)
{
  g_autoptr (CompareSide) side = compare_side_new (MOMENT_KIND, when);
  g_autofree char *after = g_strdup ("");
  g_autofree char *at = g_strdup (when);
  gboolean more = TRUE;
  while (more)
    {
      GVariantDict options;
      g_variant_dict_init (&options, NULL);
      g_variant_dict_insert (&options, "after", "s", after);
      GVariant *parameters = g_variant_new ("(s@a{sv})", at, g_variant_dict_end (&options));
      g_autoptr (GVariant) reply = tool_call (tool, "Journal", "At", parameters, NULL, NULL, error);
      if (reply == NULL)
        return NULL;
      g_autoptr (GVariant) states = g_variant_get_child_value (reply, 2);
      gsize n = g_variant_n_children (states);
      g_variant_get_child (reply, 0, "t", &side->generation);
      g_variant_get_child (reply, 3, "b", &more);
      take_states (side, states);
      more = more && n > 0;
      if (!more)
        break;
      g_autoptr (GVariant) last = g_variant_get_child_value (states, n - 1);
      g_free (after);
      after = g_strconcat (view_string (last, "fingerprint"), view_string (last, "title"), NULL);
      g_free (at); /* the next pages are of the same moment, whatever happens meanwhile */
      at = g_strdup_printf ("%" G_GUINT64_FORMAT, side->generation);
    }
  return g_steal_pointer (&side);
}

static gboolean
is_root (const char *folder)
{
  g_autofree char *etc = g_build_filename (folder, "etc", NULL), *usr = g_build_filename (folder, "usr", NULL);
  return g_file_test (etc, G_FILE_TEST_IS_DIR) || g_file_test (usr, G_FILE_TEST_IS_DIR);
}

/* What is there by that name is meant; else it is a moment. */
static CompareSide *
read_side (Tool *tool, const char *word, const PassphraseOptions *passphrases, GError **error)
{
  if (g_file_test (word, G_FILE_TEST_IS_DIR))
    return is_root (word) ? read_root (tool, word, error) : read_files (FOLDER_KIND, word, passphrases, error);
  if (g_file_test (word, G_FILE_TEST_EXISTS) || strcmp (word, "-") == 0)
    return read_files (FILE_KIND, word, passphrases, error);
  g_autofree char *safe = print_foreign (word);
  if (strchr (word, '/') != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("%s: there is no such file or folder"), safe);
      return NULL;
    }
  if (!g_utf8_validate (word, -1, NULL))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s is neither a file or folder nor a moment"), safe);
      return NULL;
    }
  return read_moment (tool, word, error);
}

static void
narrow_moment (CompareSide *side)
{
  if (strcmp (side->kind, MOMENT_KIND) == 0)
    compare_side_narrow (side);
}

static const char *
word_of (const CompareDifference *difference)
{
  return difference->b == NULL ? "only-in-a" : difference->a == NULL ? "only-in-b" : "differs";
}

static void
count (const GPtrArray *differences, guint counts[3])
{
  for (guint i = 0; i < differences->len; i++)
    {
      const CompareDifference *difference = g_ptr_array_index (differences, i);
      counts[difference->b == NULL ? 0 : difference->a == NULL ? 1 : 2]++;
    }
}

static const char *
settings_of (const CompareRow *row)
{
  return row == NULL ? "–" : row->is_unsaid ? "trusted" : row->settings;
}

static void
print_for_people (const CompareSide *a, const CompareSide *b, const GPtrArray *differences, guint same)
{
  guint counts[3] = { 0 };
  g_autofree char *first = print_foreign (a->name), *second = print_foreign (b->name);
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("DIFFERENCE"), 0, 0);
  scols_table_new_column (table, _ ("NAME"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("FINGERPRINT"), 0, 0);
  scols_table_new_column (table, "A", 0, SCOLS_FL_WRAP);
  scols_table_new_column (table, "B", 0, SCOLS_FL_WRAP);
  for (guint i = 0; i < differences->len; i++)
    {
      const CompareDifference *difference = g_ptr_array_index (differences, i);
      const CompareRow *row = difference->a != NULL ? difference->a : difference->b;
      g_autofree char *title = print_foreign (row->title);
      g_autofree char *in_a = audit_text (settings_of (difference->a)), *in_b = audit_text (settings_of (difference->b));
      g_autofree char *fingerprint = g_strndup (row->fingerprint, PRINT_FINGERPRINT_DIGITS);
      const char *words[] = { _ ("only in A"), _ ("only in B"), _ ("differs") };
      const char *const cells[] = { words[difference->b == NULL ? 0 : difference->a == NULL ? 1 : 2], title, fingerprint, in_a, in_b };
      struct libscols_line *line = scols_table_new_line (table, NULL);
      for (gsize j = 0; j < G_N_ELEMENTS (cells); j++)
        scols_line_set_data (line, j, cells[j]);
    }
  count (differences, counts);
  if (differences->len > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_print ("A: %s\nB: %s\n", first, second);
  g_print (_ ("%u only in A, %u only in B, %u differ, %u are the same\n"), counts[0], counts[1], counts[2], same);
}

static void
add_side (JsonBuilder *builder, const char *name, const CompareSide *side)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_add_string (builder, "kind", side->kind);
  json_add_string (builder, "name", side->name);
  json_add_number (builder, "generation", (gint64) side->generation);
  json_add_number (builder, "entries", g_hash_table_size (side->rows));
  json_builder_end_object (builder);
}

static void
add_settings (JsonBuilder *builder, const char *name, const CompareRow *row)
{
  json_builder_set_member_name (builder, name);
  if (row == NULL)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, settings_of (row));
}

static void
print_as_json (const CompareSide *a, const CompareSide *b, const GPtrArray *differences, guint same)
{
  const char *const none[] = { NULL };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_side (builder, "a", a);
  add_side (builder, "b", b);
  json_add_number (builder, "same", same);
  json_builder_set_member_name (builder, "differences");
  json_builder_begin_array (builder);
  for (guint i = 0; i < differences->len; i++)
    {
      const CompareDifference *difference = g_ptr_array_index (differences, i);
      const CompareRow *row = difference->a != NULL ? difference->a : difference->b;
      json_builder_begin_object (builder);
      json_add_string (builder, "fingerprint", row->fingerprint);
      json_add_string (builder, "title", row->title);
      json_add_string (builder, "difference", word_of (difference));
      add_settings (builder, "a", difference->a);
      add_settings (builder, "b", difference->b);
      json_add_strings (builder, "parts", difference->parts != NULL ? (const char *const *) difference->parts : none);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_print (builder);
}

ToolExit
command_compare (Tool *tool, int argc, char **argv)
{
  PassphraseOptions passphrases = PASSPHRASE_OPTIONS_INIT;
  g_autofree char *passphrase_file = NULL;
  const GOptionEntry entries[] = { { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &passphrase_file,
                                     N_ ("Read the pass phrase from the first line of FILE"), N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "compare", entries, 2, 2, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  passphrases.file = passphrase_file;
  passphrases.no_ask = tool->no_ask_password;
  g_autoptr (CompareSide) a = read_side (tool, words[0], &passphrases, &error);
  g_autoptr (CompareSide) b = a == NULL ? NULL : read_side (tool, words[1], &passphrases, &error);
  if (b == NULL)
    {
      ToolExit code = tool_fail (tool, error);
      return code == TOOL_REFUSED ? TOOL_ERROR : code; /* 3 says that they differ */
    }
  if (strcmp (a->kind, b->kind) != 0)
    {
      narrow_moment (a);
      narrow_moment (b);
    }
  guint same;
  g_autoptr (GPtrArray) differences = compare_sides (a, b, &same);
  if (tool->json)
    print_as_json (a, b, differences, same);
  else
    print_for_people (a, b, differences, same);
  return differences->len > 0 ? TOOL_REFUSED : TOOL_DONE;
}
