/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/tool.h"
#include "client/lib/sealed.h"
#include "core/error.h"

#include <errno.h>
#include <stdio.h>

typedef struct
{
  const char *store;
  const char *purpose;
  const char *format;
} Wish;

static void
print_as_json (const Wish *wish, guint64 generation, GBytes *bundle)
{
  gsize size;
  const char *text = g_bytes_get_data (bundle, &size);
  g_autofree char *terminated = g_strndup (text == NULL ? "" : text, size);
  const struct
  {
    const char *name;
    const char *value;
  } members[] = { { "store", wish->store }, { "purpose", wish->purpose }, { "format", wish->format }, { "bundle", terminated } };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) generation);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      json_builder_set_member_name (builder, members[i].name);
      json_builder_add_string_value (builder, members[i].value);
    }
  json_builder_end_object (builder);
  json_print (builder);
}

static ToolExit
print_bundle (const Tool *tool, GBytes *bundle)
{
  gsize size;
  const void *data = g_bytes_get_data (bundle, &size);
  if ((size == 0 || fwrite (data, 1, size, stdout) == size) && fflush (stdout) == 0)
    return TOOL_DONE;
  g_autoptr (GError) error = NULL;
  g_set_error (&error, TRUST_ERROR, TRUST_ERROR_STORAGE, _ ("standard output: %s"), g_strerror (errno));
  return tool_fail (tool, error);
}

/* Returns: (transfer full) (nullable). */
static GBytes *
fetch (Tool *tool, const Wish *wish, guint64 *generation, GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GVariant *parameters = g_variant_new ("(sss)", wish->store, wish->purpose, wish->format);
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "GetBundle", parameters, NULL, &fds, error);
  if (reply == NULL)
    return NULL;
  guint64 size;
  g_variant_get (reply, "(htt)", NULL, &size, generation);
  return anchord_sealed_map (fds, size, error);
}

ToolExit
command_bundle (Tool *tool, int argc, char **argv)
{
  g_autofree char *purpose = NULL;
  g_autofree char *store = NULL;
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    { "purpose", 'p', 0, G_OPTION_ARG_STRING, &purpose, N_ ("What they are trusted for (server-auth)"), N_ ("PURPOSE") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, N_ ("Which store's anchors (system)"), N_ ("STORE") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("In which format (pem-bundle)"), N_ ("FORMAT") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = tool_parse (tool, "bundle", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  Wish wish = { store != NULL ? store : "system", purpose != NULL ? purpose : "server-auth", format != NULL ? format : "pem-bundle" };
  guint64 generation;
  g_autoptr (GBytes) bundle = fetch (tool, &wish, &generation, &error);
  if (bundle == NULL)
    return tool_fail (tool, error);
  if (!tool->json)
    return print_bundle (tool, bundle);
  print_as_json (&wish, generation, bundle);
  return TOOL_DONE;
}
