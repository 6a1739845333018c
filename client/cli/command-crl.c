/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/cli/send.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"

#include <stdio.h>
#include <string.h>

#define LABEL "X509 CRL"
#define DER_SEQUENCE 0x30

/* clang-format off */
static const ReportRow add_rows[] = {
  { "added", N_ ("keeps the revocation list of %s (%s…)"), NULL, TOOL_DONE },
  { "changed", N_ ("keeps the newer revocation list of %s (%s…) in place of the older one"), NULL, TOOL_DONE },
  { "already", N_ ("already there: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* clang-format off */
static const ReportRow remove_rows[] = {
  { "removed", N_ ("no longer keeps the revocation list of %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* PEM as it is; of DER, its PEM. The service says what is wrong with either. */
static void
append_pem (GString *pem, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  if (size > 0 && data[0] == DER_SEQUENCE)
    trust_pem_append (pem, data, size, LABEL);
  else
    {
      g_string_append_len (pem, (const char *) data, (gssize) size);
      g_string_append_c (pem, '\n');
    }
}

/* What FILES hold as one input. Returns: (transfer full). */
static GBytes *
read_lists (char **files, GError **error)
{
  g_autoptr (GPtrArray) inputs = input_read_each (files, error);
  if (inputs == NULL)
    return NULL;
  if (inputs->len == 1)
    return g_bytes_ref (g_ptr_array_index (inputs, 0));
  g_autoptr (GString) pem = g_string_new (NULL);
  for (guint i = 0; i < inputs->len; i++)
    append_pem (pem, g_ptr_array_index (inputs, i));
  if (pem->len <= TRUST_LIMIT_INPUT_BYTES)
    return g_string_free_to_bytes (g_steal_pointer (&pem));
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("these files have more than %u bytes together; add them one after another"),
               TRUST_LIMIT_INPUT_BYTES);
  return NULL;
}

/* ISSUERS (nullable): files. Returns: (transfer floating) (nullable). */
static GVariant *
pack_options (Tool *tool, char **issuers, const char *reason, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  if (issuers != NULL)
    {
      g_autoptr (GBytes) bytes = send_read_certificates (tool, issuers, error);
      if (bytes == NULL)
        return NULL;
      g_variant_dict_insert_value (&dict, "issuer", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
    }
  report_option_string (&dict, "reason", reason);
  return g_variant_dict_end (&dict);
}

static ToolExit
send_lists (Tool *tool, char **files, char **issuers, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = report_check_reason (reason, &error) ? read_lists (files, &error) : NULL;
  GVariant *options = bytes != NULL ? pack_options (tool, issuers, reason, &error) : NULL;
  if (options == NULL)
    return tool_fail (tool, error);
  if (g_bytes_get_size (bytes) > TRUST_LIMIT_MESSAGE_BYTES)
    return send_sealed (tool, "Crls.AddSealed", bytes, options, add_rows);
  GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return report_change (tool, "Crls.Add", g_variant_new ("(@ay@a{sv})", content, options), NULL, add_rows);
}

static ToolExit
add (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) issuers = NULL;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "issuer", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &issuers,
                                     N_ ("The CA that signed it, if it is no anchor itself (may be repeated)"), N_ ("FILE") },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, -1, argc, argv);
  return words == NULL ? TOOL_USAGE : send_lists (tool, words, issuers, reason);
}

static ToolExit
remove_lists (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = report_check_reason (reason, &error) ? fingerprint_digits_all (words, &error) : NULL;
  if (ids == NULL)
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", reason);
  return report_change (tool, "Crls.Remove", g_variant_new ("(^as@a{sv})", ids, g_variant_dict_end (&dict)), NULL, remove_rows);
}

/* What makes a list count, or not. */
static const char *
state_in_words (GVariant *list)
{
  if (view_string (list, "fault")[0] != '\0')
    return _ ("does NOT count");
  if (view_bool (list, "expired"))
    return _ ("EXPIRED");
  return view_string (list, "base-number")[0] != '\0' ? _ ("in use, a delta") : view_bool (list, "partial") ? _ ("in use, partial") : _ ("in use");
}

static void
print_list (PrintTable *table, GVariant *list)
{
  g_autofree char *id = g_strndup (view_string (list, "id"), PRINT_FINGERPRINT_DIGITS);
  g_autofree char *issuer = print_foreign (view_string (list, "issuer"));
  g_autofree char *number = print_foreign (view_string (list, "number"));
  g_autofree char *entries = g_strdup_printf ("%" G_GINT64_FORMAT, view_number (list, "entries"));
  gint64 next = view_number (list, "next-update");
  g_autofree char *until = next != 0 ? print_time (next) : g_strdup ("");
  const char *state = state_in_words (list);
  const char *const cells[] = { id, issuer, number, until, entries, state };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (view_string (list, "fault")[0] != '\0' || view_bool (list, "expired"))
    scols_line_set_color (line, "red");
}

static void
print_fault (GVariant *list)
{
  g_autofree char *path = print_foreign (view_string (list, "path"));
  g_autofree char *fault = print_foreign (view_string (list, "fault"));
  if (fault[0] != '\0')
    g_printerr (_ ("anchorctl: notice: %s: %s\n"), path, fault);
}

static void
print_for_people (GVariant *lists)
{
  gulong n = g_variant_n_children (lists);
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("ID"), 0, 0);
  scols_table_new_column (table, _ ("ISSUER"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("NUMBER"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("UNTIL"), 0, 0);
  scols_table_new_column (table, _ ("REVOKED"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("STATE"), 0, 0);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) list = g_variant_get_child_value (lists, i);
      print_list (table, list);
    }
  if (n > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_print (ngettext ("%lu revocation list\n", "%lu revocation lists\n", n), n);
  fflush (stdout);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) list = g_variant_get_child_value (lists, i);
      print_fault (list);
    }
}

static ToolExit
list (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse_command (tool, command, NULL, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Crls", "List", NULL, NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) lists = g_variant_get_child_value (reply, 0);
  if (!tool->json)
    {
      print_for_people (lists);
      return TOOL_DONE;
    }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_views (builder, "lists", view_crl, lists);
  json_builder_end_object (builder);
  json_print (builder);
  return TOOL_DONE;
}

static const ToolSubCommand sub_commands[] = {
  { "add", { "crl add", N_ ("FILE…"), N_ ("Keep revocation lists: what they revoke is refused"), NULL }, add },
  { "list", { "crl list", "", N_ ("List the revocation lists that are kept"), NULL }, list },
  { "remove", { "crl remove", N_ ("ID…"), N_ ("Keep revocation lists no longer"), NULL }, remove_lists },
};

ToolExit
command_crl (Tool *tool, int argc, char **argv)
{
  return tool_run_sub_command (tool, "crl", sub_commands, G_N_ELEMENTS (sub_commands),
                               _ ("what to do with revocation lists is one of: add, list, remove"), argc, argv);
}
