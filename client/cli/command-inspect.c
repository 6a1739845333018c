/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/chain-look.h"
#include "client/cli/formats.h"
#include "client/cli/input.h"
#include "client/cli/passphrase.h"
#include "client/cli/probe.h"
#include "core/error.h"
#include "core/limits.h"

#include <string.h>

/* Adds the certificates of BYTES, read from PATH, to CHAIN: in any form that the importers know. */
static gboolean
take_formats (GBytes *bytes, const char *path, Passphrases *passphrases, GPtrArray *chain, GError **error)
{
  const FormatsClass *formats = formats_load (error);
  FormatsWish wish = { .ask = passphrases_ask, .user_data = passphrases };
  g_autofree char *name = input_dup_name (path);
  if (formats == NULL)
    return FALSE;
  passphrases_set_input (passphrases, bytes, name);
  FormatsInput *input = formats->decode (bytes, name, &wish, error);
  if (input == NULL)
    return FALSE;
  for (guint i = 0; i < input->entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (input->entries, i);
      if (entry->der != NULL)
        g_ptr_array_add (chain, g_bytes_ref (entry->der));
    }
  formats->free_input (input);
  return TRUE;
}

/* Returns: (transfer full): of GBytes. */
static GPtrArray *
read_files (const Tool *tool, char **files, GError **error)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  PassphraseOptions options = PASSPHRASE_OPTIONS_INIT;
  options.no_ask = tool->no_ask_password;
  g_autoptr (Passphrases) passphrases = passphrases_new (&options);
  for (char **file = files; *file != NULL; file++)
    {
      g_autoptr (GBytes) bytes = input_read (*file, error);
      if (bytes == NULL)
        return NULL;
      gboolean ok = input_is_plain (bytes) ? input_take_certificates (bytes, *file, chain, error)
                                           : take_formats (bytes, *file, passphrases, chain, error);
      if (!ok)
        return NULL;
    }
  if (chain->len > 0 && chain->len <= TRUST_LIMIT_INPUT_CERTIFICATES)
    return g_steal_pointer (&chain);
  if (chain->len == 0)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("there is no certificate in what was given"));
  else
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%u certificates; at most %u are looked at"), chain->len,
                 TRUST_LIMIT_INPUT_CERTIFICATES);
  return NULL;
}

/* Is the key that of the leaf, or, where there is none, of any of them? The key is wiped with its bytes. */
static gboolean
check_key (const ChainLook *look, const char *path, GError **error)
{
  const ProbeClass *probe = probe_load (error);
  int leaf = chain_report_get_leaf (look->report);
  g_autoptr (GBytes) key = probe == NULL ? NULL : input_read_secret (path, error);
  if (key == NULL)
    return FALSE;
  gboolean matches = FALSE;
  if (!probe->match_key (key, g_ptr_array_index (look->chain, leaf >= 0 ? (guint) leaf : 0), &matches, error))
    {
      g_autofree char *name = input_dup_name (path);
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  if (matches)
    return TRUE;
  int at = -1;
  for (guint i = 0; at < 0 && i < MIN (look->chain->len, TRUST_LIMIT_CHAIN_CERTIFICATES); i++)
    if (probe->match_key (key, g_ptr_array_index (look->chain, i), &matches, NULL) && matches)
      at = (int) i;
  chain_report_add (look->report, TRUE, "key-mismatch", MAX (leaf, 0),
                    at < 0 ? g_strdup (_ ("the key is that of none of the certificates"))
                           : g_strdup_printf (_ ("the key is that of certificate %d, not of the leaf"), at + 1));
  return TRUE;
}

static void
print_json (const ChainLook *look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  chain_look_add_json (look, builder);
  json_builder_end_object (builder);
  json_print (builder);
}

ToolExit
command_inspect (Tool *tool, int argc, char **argv)
{
  g_auto (ChainOptions) options = { 0 };
  g_autofree char *key = NULL;
  const GOptionEntry entries[] = { CHAIN_ENTRIES (&options),
                                   { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("Tell whether this private key is that of the leaf"),
                                     N_ ("FILE") },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) files = tool_parse (tool, "inspect", entries, 1, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  GPtrArray *chain = chain_options_check (&options, &error) ? read_files (tool, files, &error) : NULL;
  g_autoptr (ChainLook) look = chain == NULL ? NULL : chain_look_new (tool, chain, FALSE, options.name, NULL, &options, &error);
  if (look == NULL || (key != NULL && !check_key (look, key, &error)))
    return tool_fail (tool, error);
  if (tool->json)
    print_json (look);
  else
    chain_look_print (look);
  return chain_look_judge (look);
}
