/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/folder.h"
#include "client/cli/print.h"
#include "client/cli/send.h"
#include "core/error.h"

typedef struct
{
  char *reason; /* (owned) */
  gboolean purge_owned;
  gboolean allow_empty;
  gboolean keep_going;
  gboolean allow_expired;
  gboolean allow_non_ca;
  gboolean override_distrust;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What the folder says holds, also where it takes trust away. Returns: (transfer floating). */
static GVariant *
pack (const Options *options)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", options->reason);
  report_option_flag (&dict, "purge-owned", options->purge_owned);
  report_option_flag (&dict, "keep-going", options->keep_going);
  report_option_flag (&dict, "replace", TRUE);
  report_option_flag (&dict, "allow-expired", options->allow_expired);
  report_option_flag (&dict, "allow-non-ca", options->allow_non_ca);
  report_option_flag (&dict, "override-distrust", options->override_distrust);
  return g_variant_dict_end (&dict);
}

/* What lies in FOLDER beside anchor files: NAMES. What a folder in it holds is not read, and so must not be removed either. */
static gboolean
tell_left_out (Tool *tool, const Options *options, const char *folder, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      g_autofree char *safe = print_foreign (path);
      gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
      if (is_folder && options->purge_owned)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                       _ ("%s is a folder, whose files are not read: --purge-owned would remove what they name; move them up"), safe);
          return FALSE;
        }
      g_autofree char *message = g_strdup_printf (is_folder ? _ ("%s is passed over: it is a folder")
                                                            : _ ("%s is passed over: its name does not end as an anchor file's does"),
                                                  safe);
      report_note (tool, message);
    }
  return TRUE;
}

/* The files that WORD stands for. Returns: (transfer full) (nullable). */
static char **
find_files (Tool *tool, const Options *options, const char *word, GError **error)
{
  if (!g_file_test (word, G_FILE_TEST_IS_DIR))
    {
      const char *const one[] = { word, NULL };
      return g_strdupv ((char **) one);
    }
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) files = folder_list (word, left_out, error);
  return files != NULL && tell_left_out (tool, options, word, left_out, error) ? g_steal_pointer (&files) : NULL;
}

/* An empty folder is more often a mistake than a wish to trust nothing. */
static gboolean
check_any (const Options *options, const char *word, const Gathered *gathered, GError **error)
{
  if (gathered->entries->len > 0 || (options->allow_empty && gathered->failures->len == 0))
    return TRUE;
  g_autofree char *name = print_foreign (word);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("%s says nothing of any certificate; if it shall be so, give --allow-empty"), name);
  return FALSE;
}

static ToolExit
apply (Tool *tool, const Options *options, const char *word)
{
  GatherWish wish = { .keep_going = options->keep_going, .verbatim = TRUE };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = find_files (tool, options, word, &error);
  g_autoptr (Gathered) gathered = files == NULL ? NULL : gather (files, NULL, &wish, &error);
  if (gathered == NULL)
    return tool_fail (tool, error);
  send_tell (tool, gathered);
  send_tell_passed (tool, gathered);
  return check_any (options, word, gathered, &error) ? send_files (tool, gathered->entries, pack (options), report_import_rows)
                                                     : tool_fail (tool, error);
}

/* What could not be read may be what keeps an anchor from being removed. */
static gboolean
check (const Options *options, GError **error)
{
  if (options->purge_owned && options->keep_going)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                           _ ("--purge-owned removes what the files do not name, and so goes not with --keep-going, which passes over files"));
      return FALSE;
    }
  return report_check_reason (options->reason, error);
}

ToolExit
command_apply (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "purge-owned", 0, 0, G_OPTION_ARG_NONE, &options.purge_owned, N_ ("Remove what anchord wrote and the files do not name"), NULL },
    { "allow-empty", 0, 0, G_OPTION_ARG_NONE, &options.allow_empty, N_ ("Take it for a wish if nothing is named"), NULL },
    { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
    { "keep-going", 'k', 0, G_OPTION_ARG_NONE, &options.keep_going, N_ ("Leave out what is refused, and take the rest"), NULL },
    { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &options.allow_expired, N_ ("Accept a certificate that has expired"), NULL },
    { "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &options.allow_non_ca, N_ ("Accept a certificate that is no CA"), NULL },
    { "override-distrust", 0, 0, G_OPTION_ARG_NONE, &options.override_distrust, N_ ("Trust it although a distrust entry refuses it"), NULL },
    TOOL_PREVIEW_ENTRIES (tool),
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = tool_parse (tool, "apply", entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  return check (&options, &error) ? apply (tool, &options, words[0]) : tool_fail (tool, error);
}
