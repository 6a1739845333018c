/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/send.h"
#include "core/error.h"
#include "core/limits.h"

/* clang-format off */
static const ReportRow rows[] = {
  { "added", N_ ("added %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…): it was trusted from below, and stays so now whatever happens there"), NULL, TOOL_DONE },
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("already there: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

typedef struct
{
  char **purposes; /* (owned) */
  char *label;     /* (owned) */
  char *reason;    /* (owned) */
  char *store;     /* (owned) */
  gboolean list;
  char *approve; /* (owned) */
  char *deny;    /* (owned) */
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->purposes);
  g_free (options->label);
  g_free (options->reason);
  g_free (options->store);
  g_free (options->approve);
  g_free (options->deny);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Prints the one value KEY of an answer. */
static void
print_answer (const Tool *tool, const char *key, GVariant *value)
{
  if (!tool->json)
    return;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, key);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    json_builder_add_string_value (builder, g_variant_get_string (value, NULL));
  else
    json_builder_add_int_value (builder, (gint64) g_variant_get_uint64 (value));
  json_builder_end_object (builder);
  json_print (builder);
}

/* Returns: (transfer full). */
static GVariant *
pack_named (const Options *options)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  if (options->purposes != NULL)
    g_variant_dict_insert (&dict, "purposes", "^as", options->purposes);
  report_option_string (&dict, "label", options->label);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* A request says what for, and no more: without its limits a file would ask for more than it says. */
static gboolean
check_unlimited (GVariant *settings, GError **error)
{
  static const char *const limits[] = { "permitted", "excluded", "distrust-after", "until", "accept-loss" };
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (settings, limits[i], NULL);
      if (value == NULL)
        continue;
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                           _ ("the file limits the trust, which a request cannot say; ask with the certificate alone (PEM), and name the limits in "
                              "--reason"));
      return FALSE;
    }
  return TRUE;
}

static ToolExit
ask (Tool *tool, const Options *options, char **files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) named = pack_named (options);
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GBytes) bytes = send_read_trusted (tool, files, named, &settings, &error);
  if (bytes == NULL || !check_unlimited (settings, &error))
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, settings);
  report_option_string (&dict, "reason", options->reason);
  report_option_string (&dict, "store", options->store);
  GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  GVariant *parameters = g_variant_new ("(@ay@a{sv})", content, g_variant_dict_end (&dict));
  g_autoptr (GVariant) reply = tool_call (tool, "Requests", "Create", parameters, NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) id = g_variant_get_child_value (reply, 0);
  g_autofree char *safe = print_foreign (g_variant_get_string (id, NULL));
  print_answer (tool, "id", id);
  if (!tool->json)
    g_print ("%s\n", safe);
  return TOOL_DONE;
}

/* "not-trusted" and its like, in words. */
static const char *
status_in_words (const char *status)
{
  if (g_str_equal (status, "distrusted"))
    return _ ("DISTRUSTED: approving it is refused until that is lifted");
  return g_str_equal (status, "trusted") ? _ ("trusted already") : _ ("not trusted");
}

static void
add_certificates (PrintTable *table, GVariant *request)
{
  g_autoptr (GVariant) certificates = view_list (request, "certificates");
  for (gsize i = 0; i < g_variant_n_children (certificates); i++)
    {
      g_autoptr (GVariant) certificate = g_variant_get_child_value (certificates, i);
      g_autofree char *subject = print_foreign (view_string (certificate, "subject"));
      g_autofree char *fingerprint = print_foreign (view_string (certificate, "fingerprint"));
      print_facts_add (table, i == 0 ? _ ("Certificates") : "", subject);
      print_facts_add (table, "", fingerprint);
      print_facts_add (table, "", status_in_words (view_string (certificate, "status")));
    }
}

static void
print_request (GVariant *request)
{
  g_autoptr (GVariant) options = g_variant_lookup_value (request, "options", G_VARIANT_TYPE_VARDICT);
  g_auto (GStrv) purposes = options != NULL ? view_strings (options, "purposes") : NULL;
  g_autofree char *joined = purposes != NULL ? print_joined ((const char *const *) purposes) : g_strdup ("");
  g_autofree char *asked = print_date (view_number (request, "time"));
  g_autofree char *left = print_days_left (view_number (request, "expires"));
  PrintTable *table = print_facts_new ();
  print_facts_add_foreign (table, _ ("Request"), view_string (request, "id"));
  print_facts_add_foreign (table, _ ("Asked by"), view_string (request, "who"));
  print_facts_add (table, _ ("Asked"), asked);
  print_facts_add (table, _ ("Waits"), left);
  print_facts_add_foreign (table, _ ("Reason"), view_string (request, "reason"));
  print_facts_add (table, _ ("Purposes"), joined);
  if (options != NULL)
    {
      print_facts_add_foreign (table, _ ("Label"), view_string (options, "label"));
      print_facts_add_foreign (table, _ ("Store"), view_string (options, "store"));
    }
  add_certificates (table, request);
  print_table (table);
}

/* REQUEST with its options among its own members, as JSON has it. Returns: (transfer full). */
static GVariant *
flatten (GVariant *request)
{
  GVariantDict dict;
  g_autoptr (GVariant) options = g_variant_lookup_value (request, "options", G_VARIANT_TYPE_VARDICT);
  g_variant_dict_init (&dict, request);
  for (gsize i = 0; options != NULL && i < g_variant_n_children (options); i++)
    {
      const char *key;
      g_autoptr (GVariant) value = NULL;
      g_variant_get_child (options, i, "{&sv}", &key, &value);
      g_variant_dict_insert_value (&dict, key, value);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
print_as_json (GVariant *requests)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "requests");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      g_autoptr (GVariant) flat = flatten (request);
      json_builder_begin_object (builder);
      json_add_view (builder, view_request, flat);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_print (builder);
}

static ToolExit
list (Tool *tool)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Requests", "List", g_variant_new ("()"), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) requests = g_variant_get_child_value (reply, 0);
  if (tool->json)
    {
      print_as_json (requests);
      return TOOL_DONE;
    }
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      print_request (request);
      g_print ("\n");
    }
  gulong n = g_variant_n_children (requests);
  g_print (ngettext ("%lu request waits\n", "%lu requests wait\n", n), n);
  return TOOL_DONE;
}

static GVariant *
pack_answer (const char *id, const char *reason)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", reason);
  return g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&dict));
}

static ToolExit
deny (Tool *tool, const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Requests", "Deny", pack_answer (options->deny, options->reason), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) generation = g_variant_get_child_value (reply, 0);
  print_answer (tool, "generation", generation);
  if (!tool->json)
    g_print (_ ("denied; nothing was changed\n"));
  return TOOL_DONE;
}

/* Each form takes its own words and options. */
static const char *
find_misuse (const Tool *tool, const Options *options, guint n_files)
{
  guint forms = (n_files > 0) + options->list + (options->approve != NULL) + (options->deny != NULL);
  gboolean previews = tool->dry_run || tool->check;
  if (forms != 1)
    return _ ("give files to ask for, or one of --list, --approve ID and --deny ID");
  if (n_files == 0 && (options->purposes != NULL || options->label != NULL || options->store != NULL))
    return _ ("--purpose, --label and --store belong to files to ask for; what was asked for is approved as it is");
  if (options->list && options->reason != NULL)
    return _ ("--list takes no reason");
  if (previews && options->approve == NULL)
    return _ ("--dry-run and --check belong to --approve: nothing else changes any trust");
  return NULL;
}

ToolExit
command_request (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = { { "purpose", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options.purposes,
                                     N_ ("Ask to trust it for PURPOSE (server-auth if none is given; may be repeated)"), N_ ("PURPOSE") },
                                   { "label", 'l', 0, G_OPTION_ARG_FILENAME, &options.label, N_ ("Name it TEXT"), N_ ("TEXT") },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.store, N_ ("Ask for it in STORE"), N_ ("STORE") },
                                   { "list", 0, 0, G_OPTION_ARG_NONE, &options.list, N_ ("List the requests that wait"), NULL },
                                   { "approve", 0, 0, G_OPTION_ARG_FILENAME, &options.approve, N_ ("Trust what the request ID asks for"), N_ ("ID") },
                                   { "deny", 0, 0, G_OPTION_ARG_FILENAME, &options.deny, N_ ("Turn the request ID down"), N_ ("ID") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) files = tool_parse (tool, "request", entries, 0, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  const char *misuse = find_misuse (tool, &options, g_strv_length (files));
  if (misuse != NULL)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, misuse);
  if (misuse != NULL || !report_check_reason (options.reason, &error) || !tool_check_text ("--label", options.label, TRUST_LIMIT_LABEL_CHARS, &error)
      || !tool_check_text ("--store", options.store, TRUST_LIMIT_LABEL_CHARS, &error)
      || !tool_check_text ("--approve", options.approve, TRUST_LIMIT_LABEL_CHARS, &error)
      || !tool_check_text ("--deny", options.deny, TRUST_LIMIT_LABEL_CHARS, &error))
    return tool_fail (tool, error);
  if (options.list)
    return list (tool);
  if (options.approve != NULL)
    return report_change (tool, "Requests.Approve", pack_answer (options.approve, options.reason), NULL, rows);
  return options.deny != NULL ? deny (tool, &options) : ask (tool, &options, files);
}
