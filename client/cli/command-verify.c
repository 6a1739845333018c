/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/input.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/report.h"
#include "client/cli/tool.h"

#include <inttypes.h>

/* Returns: (transfer floating): aay */
static GVariant *
pack_chain (GPtrArray *chain)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < chain->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, g_ptr_array_index (chain, i), TRUE));
  return g_variant_builder_end (&builder);
}

static void
print_refusal (GVariant *verdict)
{
  g_autofree char *reason = print_foreign (view_string (verdict, "reason"));
  g_autofree char *message = print_foreign (view_string (verdict, "message"));
  g_autofree char *remedy = print_foreign (view_string (verdict, "remedy"));
  gint64 failing = view_number (verdict, "failing");
  g_print (_ ("NOT TRUSTED: %s (%s)\n"), message, reason);
  if (failing >= 0)
    g_print (_ ("at certificate %" PRId64 " of the chain\n"), failing + 1);
  if (remedy[0] != '\0')
    g_print (_ ("what to do: %s\n"), remedy);
}

static void
print_for_people (GVariant *verdict)
{
  g_auto (GStrv) path = view_strings (verdict, "path");
  g_auto (GStrv) findings = view_strings (verdict, "findings");
  g_autofree char *anchor = print_foreign (view_string (verdict, "anchor"));
  if (view_bool (verdict, "trusted"))
    g_print (_ ("trusted\n"));
  else
    print_refusal (verdict);
  if (anchor[0] != '\0')
    g_print (_ ("anchor: %s\n"), anchor);
  for (guint i = 0; path[i] != NULL; i++)
    {
      g_autofree char *safe = print_foreign (path[i]);
      g_print (_ ("path %u: %s\n"), i + 1, safe);
    }
  for (guint i = 0; findings[i] != NULL; i++)
    {
      g_autofree char *safe = print_foreign (findings[i]);
      g_print (_ ("note: %s\n"), safe);
    }
}

ToolExit
command_verify (Tool *tool, int argc, char **argv)
{
  g_autofree char *name = NULL;
  g_autofree char *purpose = NULL;
  g_autofree char *store = NULL;
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING, &name, N_ ("The host name or IP address that the leaf must be for"), N_ ("NAME") },
    { "purpose", 'p', 0, G_OPTION_ARG_STRING, &purpose, N_ ("What it is to be trusted for (server-auth)"), N_ ("PURPOSE") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, N_ ("Which store's anchors count (system)"), N_ ("STORE") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "verify", entries, 1, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = input_read_chain (files, &error);
  if (chain == NULL)
    return tool_fail (tool, error);
  GVariantDict options;
  g_variant_dict_init (&options, NULL);
  report_option_string (&options, "name", name);
  report_option_string (&options, "purpose", purpose);
  report_option_string (&options, "store", store);
  GVariant *parameters = g_variant_new ("(@aay@a{sv})", pack_chain (chain), g_variant_dict_end (&options));
  g_autoptr (GVariant) reply = tool_call (tool, "Verifier", "Verify", parameters, NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) verdict = g_variant_get_child_value (reply, 0);
  if (tool->json)
    json_print_view (view_verdict, verdict);
  else
    print_for_people (verdict);
  return view_bool (verdict, "trusted") ? TOOL_DONE : TOOL_REFUSED;
}
