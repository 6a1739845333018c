/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/date.h"
#include "client/cli/fingerprint.h"
#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/cli/send.h"
#include "client/cli/settings.h"
#include "core/error.h"

#include <string.h>

/* clang-format off */
static const ReportRow rows[] = {
  { "added", N_ ("added %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…): it was trusted from below, and stays so now whatever happens there"), NULL, TOOL_DONE },
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("already there: %s (%s…)"), NULL, TOOL_DONE },
  { "refused", N_ ("REFUSED %s (%s…)"), NULL, TOOL_REFUSED },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

typedef struct
{
  Settings settings;
  char *reason;   /* (owned) */
  char *module;   /* (owned) */
  char *replaces; /* (owned) */
  char *retire;   /* (owned) */
  gboolean keep_going;
  gboolean allow_expired;
  gboolean allow_non_ca;
  gboolean replace;
  gboolean override_distrust;
  PassphraseOptions passphrases;
} Options;

static void
options_clear (Options *options)
{
  settings_clear (&options->settings);
  g_free (options->reason);
  g_free (options->module);
  g_free (options->replaces);
  g_free (options->retire);
  g_free (options->passphrases.file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What Add and Import have in common. */
static void
pack_common (const Options *options, GVariantDict *dict)
{
  report_option_string (dict, "reason", options->reason);
  report_option_flag (dict, "keep-going", options->keep_going);
  report_option_flag (dict, "allow-expired", options->allow_expired);
  report_option_flag (dict, "allow-non-ca", options->allow_non_ca);
  report_option_flag (dict, "replace", options->replace);
  report_option_flag (dict, "override-distrust", options->override_distrust);
}

/* The CA that this one follows, and when that one ends. */
static gboolean
pack_follow (const Options *options, GVariantDict *dict, GError **error)
{
  gint64 retire;
  if (options->replaces == NULL && options->retire == NULL)
    return TRUE;
  if (options->replaces == NULL)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--retire says when the one that --replaces names ends; name it"));
      return FALSE;
    }
  char *words[] = { options->replaces, NULL };
  g_auto (GStrv) digits = fingerprint_digits_all (words, error);
  if (digits == NULL)
    return FALSE;
  g_variant_dict_insert (dict, "replaces", "s", digits[0]);
  if (options->retire == NULL)
    return TRUE;
  if (!date_parse ("--retire", options->retire, &retire, error))
    return FALSE;
  g_variant_dict_insert (dict, "retire", "x", retire);
  return TRUE;
}

/* ENTRY (nullable): the one that is added, with its own settings and name where nothing else was named. Returns: (transfer full). */
static GVariant *
pack (const Options *options, const FormatsEntry *entry, GError **error)
{
  gboolean says_trust = entry != NULL && entry->says_trust;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (says_trust ? entry->settings : NULL);
  if (!says_trust && !settings_pack (&options->settings, SETTINGS_NONE, &dict, error))
    return NULL;
  if (entry != NULL && entry->label != NULL && !g_variant_dict_contains (&dict, "label"))
    g_variant_dict_insert (&dict, "label", "s", entry->label);
  pack_common (options, &dict);
  if (!pack_follow (options, &dict, error))
    return NULL;
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* What refuses belongs to `import`, which takes both. */
static gboolean
check_no_distrust (Tool *tool, const Options *options, Gathered *gathered, GError **error)
{
  for (guint i = 0; i < gathered->entries->len;)
    {
      const FormatsEntry *entry = g_ptr_array_index (gathered->entries, i);
      if (entry->kind != FORMATS_DISTRUST)
        {
          i++;
          continue;
        }
      g_autofree char *title = print_foreign (entry->title);
      g_autofree char *message = g_strdup_printf (_ ("%s: REFUSES %s; add only trusts. To take both from the file: anchorctl import"), entry->place,
                                                  title);
      if (!options->keep_going)
        {
          g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_POLICY, message);
          return FALSE;
        }
      report_failure (tool, message);
      g_ptr_array_remove_index (gathered->entries, i);
    }
  return TRUE;
}

static gboolean
check_any (const Gathered *gathered, GError **error)
{
  if (gathered->entries->len > 0)
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                       _ ("it trusts nothing; to trust a certificate that it only names, give that one as PEM or DER"));
  return FALSE;
}

static ToolExit
send_gathered (Tool *tool, const Options *options, const Gathered *gathered)
{
  g_autoptr (GError) error = NULL;
  gboolean is_one = gathered->entries->len == 1;
  gboolean differ = gathered_says_trust (gathered) || (!is_one && gathered_has_labels (gathered));
  gboolean follows = options->replaces != NULL || options->retire != NULL;
  if (differ && !follows)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      pack_common (options, &dict);
      return send_files (tool, gathered->entries, g_variant_dict_end (&dict), rows);
    }
  if (differ && !is_one)
    {
      g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--replaces takes one new certificate, not several"));
      return tool_fail (tool, error);
    }
  g_autoptr (GVariant) packed = pack (options, is_one ? g_ptr_array_index (gathered->entries, 0) : NULL, &error);
  if (packed == NULL)
    return tool_fail (tool, error);
  g_autoptr (GBytes) pem = gathered_to_pem (gathered->entries);
  return send_certificates (tool, pem, packed, rows);
}

/* Forms that only the importers read. INPUTS nullable. */
static ToolExit
add_any (Tool *tool, const Options *options, char **files, GPtrArray *inputs, GVariant *named)
{
  GatherWish wish = { named, options->module, &options->passphrases, options->keep_going, FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (Gathered) gathered = gather (files, inputs, &wish, &error);
  if (gathered == NULL)
    return tool_fail (tool, error);
  send_tell (tool, gathered);
  send_tell_passed (tool, gathered);
  if (!check_no_distrust (tool, options, gathered, &error) || !check_any (gathered, &error))
    return tool_fail (tool, error);
  return send_gathered (tool, options, gathered);
}

static ToolExit
add (Tool *tool, const Options *options, char **files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) packed = pack (options, NULL, &error);
  if (packed == NULL)
    return tool_fail (tool, error);
  if (settings_get_advice (&options->settings) != NULL)
    report_note (tool, settings_get_advice (&options->settings));
  if (options->module != NULL || options->keep_going)
    return add_any (tool, options, files, NULL, packed);
  g_autoptr (GPtrArray) inputs = input_read_each (files, &error);
  if (inputs == NULL)
    return tool_fail (tool, error);
  if (!send_are_plain (inputs))
    return add_any (tool, options, files, inputs, packed);
  g_autoptr (GBytes) bytes = input_join (inputs, files, &error);
  return bytes == NULL ? tool_fail (tool, error) : send_certificates (tool, bytes, packed, rows);
}

static gboolean
check (Options *options, char **files, const Tool *tool, GError **error)
{
  options->passphrases.no_ask = tool->no_ask_password;
  if (files[0] == NULL && options->module == NULL)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("name a FILE or a --module"));
      return FALSE;
    }
  return report_check_reason (options->reason, error);
}

ToolExit
command_add (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { .passphrases = PASSPHRASE_OPTIONS_INIT };
  const GOptionEntry entries[] = {
    SETTINGS_ENTRIES (&options.settings, N_ ("Trust for PURPOSE (server-auth if none is given; may be repeated)")),
    { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
    { "replaces", 0, 0, G_OPTION_ARG_STRING, &options.replaces, N_ ("It follows the CA FINGERPRINT"), N_ ("FINGERPRINT") },
    { "retire", 0, 0, G_OPTION_ARG_STRING, &options.retire, N_ ("The CA that it follows is trusted until DATE"), N_ ("DATE") },
    { "keep-going", 'k', 0, G_OPTION_ARG_NONE, &options.keep_going, N_ ("Leave out what is refused, and take the rest"), NULL },
    { "module", 0, 0, G_OPTION_ARG_FILENAME, &options.module, N_ ("Take what a PKCS#11 module trusts, too"), N_ ("PATH") },
    { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &options.allow_expired, N_ ("Accept a certificate that has expired"), NULL },
    { "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &options.allow_non_ca, N_ ("Accept a certificate that is no CA"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_ ("Let the new settings take trust away, too"), NULL },
    { "override-distrust", 0, 0, G_OPTION_ARG_NONE, &options.override_distrust, N_ ("Trust it although a distrust entry refuses it"), NULL },
    PASSPHRASE_ENTRIES (&options.passphrases),
    TOOL_PREVIEW_ENTRIES (tool),
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "add", entries, 0, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  return check (&options, files, tool, &error) ? add (tool, &options, files) : tool_fail (tool, error);
}
