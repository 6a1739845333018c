/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/tool.h"
#include "client/lib/sealed.h"
#include "core/error.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

typedef struct
{
  const char *store;
  const char *purpose;
  const char *format;
} Wish;

/* Text that a string of JSON, or a terminal, can show as it is. */
static gboolean
is_text (GBytes *bundle)
{
  gsize size;
  const char *data = g_bytes_get_data (bundle, &size);
  for (gsize i = 0; i < size; i++)
    if (data[i] == 0x7f || (g_ascii_iscntrl (data[i]) && data[i] != '\n' && data[i] != '\t'))
      return FALSE;
  return size == 0 || g_utf8_validate (data, (gssize) size, NULL);
}

static void
print_as_json (const Wish *wish, guint64 generation, GBytes *bundle, GVariant *losses)
{
  gsize size;
  const char *text = g_bytes_get_data (bundle, &size);
  gboolean is_plain = is_text (bundle);
  g_autofree char *value = is_plain ? g_strndup (text == NULL ? "" : text, size) : g_base64_encode ((const guchar *) text, size);
  const struct
  {
    const char *name;
    const char *value;
  } members[] = {
    { "store", wish->store }, { "purpose", wish->purpose }, { "format", wish->format }, { is_plain ? "bundle" : "bundle-base64", value }
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) generation);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      json_builder_set_member_name (builder, members[i].name);
      json_builder_add_string_value (builder, members[i].value);
    }
  json_add_views (builder, "losses", view_loss, losses);
  json_builder_end_object (builder);
  json_print (builder);
}

static ToolExit
print_bundle (const Tool *tool, GBytes *bundle)
{
  gsize size;
  const void *data = g_bytes_get_data (bundle, &size);
  if (!is_text (bundle) && isatty (STDOUT_FILENO))
    {
      g_printerr (_ ("anchorctl bundle: this format is no text for a terminal; write it to a file with '> FILE'\n"));
      return TOOL_USAGE;
    }
  if ((size == 0 || fwrite (data, 1, size, stdout) == size) && fflush (stdout) == 0)
    return TOOL_DONE;
  g_autoptr (GError) error = NULL;
  g_set_error (&error, TRUST_ERROR, TRUST_ERROR_STORAGE, _ ("standard output: %s"), g_strerror (errno));
  return tool_fail (tool, error);
}

static void
print_left_out (GVariant *loss)
{
  g_auto (GStrv) kinds = view_strings (loss, "losses");
  g_autofree char *why = print_joined ((const char *const *) kinds);
  g_autofree char *title = print_foreign (view_string (loss, "title"));
  if (kinds[0] == NULL)
    g_printerr (_ ("anchorctl: notice: \"%s\" (%.*s) is not in it: the format, or its readers, can't take such a certificate\n"), title,
                PRINT_FINGERPRINT_DIGITS, view_string (loss, "fingerprint"));
  else
    g_printerr (_ ("anchorctl: notice: \"%s\" (%.*s) is not in it: the format can't say its %s\n"), title, PRINT_FINGERPRINT_DIGITS,
                view_string (loss, "fingerprint"), why);
}

/* What the file does not say, on standard error: the anchors that it does not hold one by one, of what it holds a count for each kind of thing. */
static void
print_losses (const Wish *wish, GVariant *losses)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < g_variant_n_children (losses); i++)
    {
      g_autoptr (GVariant) loss = g_variant_get_child_value (losses, i);
      g_auto (GStrv) names = view_strings (loss, "losses");
      if (view_bool (loss, "left-out"))
        print_left_out (loss);
      for (gsize j = 0; names[j] != NULL && !view_bool (loss, "left-out"); j++)
        {
          gpointer count = g_hash_table_lookup (counts, names[j]);
          if (count == NULL)
            g_ptr_array_add (kinds, g_strdup (names[j]));
          g_hash_table_insert (counts, count == NULL ? kinds->pdata[kinds->len - 1] : names[j], GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
        }
    }
  for (guint i = 0; i < kinds->len; i++)
    {
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, kinds->pdata[i]));
      g_autofree char *kind = print_foreign (kinds->pdata[i]);
      g_printerr (ngettext ("anchorctl: notice: %s does not say of %u entry: %s\n", "anchorctl: notice: %s does not say of %u entries: %s\n", count),
                  wish->format, count, kind);
    }
}

/* Does FORMAT say for what each certificate is trusted? */
static gboolean
says_purposes (const char *format)
{
  return g_str_equal (format, "p11-kit") || g_str_equal (format, "openssl-trusted");
}

/* Returns: (transfer full) (nullable). */
static GVariant *
fetch_losses (Tool *tool, const Wish *wish, GError **error)
{
  GVariant *parameters = g_variant_new ("(sss)", wish->store, wish->purpose, wish->format);
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "GetLosses", parameters, NULL, NULL, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
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
    { "purpose", 'p', 0, G_OPTION_ARG_STRING, &purpose, N_ ("What they are trusted for (server-auth), or \"all\""), N_ ("PURPOSE") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &store, N_ ("Which store's anchors (system)"), N_ ("STORE") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("pem-bundle, p11-kit, java-jks or another; an unknown name lists them"), N_ ("FORMAT") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = tool_parse (tool, "bundle", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  Wish wish = { store != NULL ? store : "system", purpose, format != NULL ? format : "pem-bundle" };
  if (purpose == NULL)
    wish.purpose = says_purposes (wish.format) ? "" : "server-auth";
  else if (g_str_equal (purpose, "all"))
    wish.purpose = "";
  guint64 generation;
  g_autoptr (GBytes) bundle = fetch (tool, &wish, &generation, &error);
  g_autoptr (GVariant) losses = bundle != NULL ? fetch_losses (tool, &wish, &error) : NULL;
  if (losses == NULL)
    return tool_fail (tool, error);
  if (!tool->json)
    {
      ToolExit result = print_bundle (tool, bundle);
      print_losses (&wish, losses);
      return result;
    }
  print_as_json (&wish, generation, bundle, losses);
  return TOOL_DONE;
}
