/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* update-ca-certificates as Debian's is: same options, output, exit codes, files and hooks; each step old or new, and anchord told. */
#include "compat/engine.h"
#include "compat/folder.h"
#include "compat/hooks.h"
#include "compat/rehash.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_FAULT 1 /* what a command that fails makes of the distribution's script */
#define EXIT_SHELL 2 /* what its shell makes of a folder that it can't enter, or a word too few */

typedef struct
{
  CompatPlaces places;
  CompatInputs inputs;
  CompatFolder folder;
  CompatEngine engine;
  CompatHooks hooks;
  GString *told;     /* (owned) what --verbose prints of hash links */
  GString *warnings; /* (owned) */
} Run;

static int
fail (const GError *error, int code)
{
  fflush (stdout);
  fprintf (stderr, "update-ca-certificates: %s\n", error->message);
  return code;
}

/* A script knows the path that it was found by. */
static void
print_usage (const char *name)
{
  g_autofree char *path = strchr (name, '/') != NULL ? g_strdup (name) : g_find_program_in_path (name);

  printf ("%s: [--verbose] [--fresh]\n", path != NULL ? path : name);
}

static gboolean
plan (Run *run, GError **error)
{
  CompatFolder *folder = &run->folder;

  printf ("Updating certificates in %s...\n", run->places.etc.shown);
  fflush (stdout);
  if (!compat_inputs_read (&run->inputs, &run->places, error))
    return FALSE;
  for (guint i = 0; i < run->inputs.files->len; i++)
    {
      const CompatInput *input = run->inputs.files->pdata[i];

      g_hash_table_insert (folder->contents, g_strdup (input->target), g_bytes_ref (input->bytes));
    }
  compat_folder_link (folder, &run->inputs);
  compat_folder_unlink (folder);
  if (folder->n_added + folder->n_removed == 0)
    return TRUE;
  compat_folder_drop_orphans (folder);
  compat_rehash (folder, run->told, run->warnings);
  return TRUE;
}

/* The lines are kept first: a run that is killed from here on loses none of them. */
static gboolean
apply (Run *run, GError **error)
{
  g_autoptr (GString) bundle = run->inputs.files->len > 0 ? compat_inputs_bundle (&run->inputs) : NULL;

  return compat_hooks_keep (&run->hooks, run->folder.lines->str, error)
         && compat_folder_apply (&run->folder, bundle, !run->places.is_standard || run->engine.engine != NULL, error);
}

static void
print_details (const Run *run)
{
  for (guint i = 0; run->places.verbose && i < run->folder.orphans->len; i++)
    printf ("Removed orphan symlink %s\n", (const char *) run->folder.orphans->pdata[i]);
  if (run->places.verbose)
    fputs (run->told->str, stdout);
  fflush (stdout);
  fputs (run->warnings->str, stderr);
}

/* What anchord can't do now it does when it is next asked; the distribution's files are done. */
static void
tell_anchord (Run *run)
{
  g_autoptr (GError) error = NULL;

  if (!compat_engine_refresh (&run->engine, &error))
    fprintf (stderr, "W: anchord has not looked at the change: %s\n", error->message);
  compat_engine_close (&run->engine);
}

static int
work (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) lines = NULL;

  if (!compat_folder_open (&run->folder, &run->places, &error) || fchdir (run->folder.fd) != 0)
    return error != NULL ? fail (error, EXIT_SHELL) : EXIT_SHELL;
  if (run->places.fresh || !compat_inputs_has_conf (&run->places))
    {
      printf ("Clearing symlinks in %s...\n", run->places.etc.shown);
      compat_folder_clear_links (&run->folder);
      printf ("done.\n");
    }
  if (!plan (run, &error) || !apply (run, &error))
    return fail (error, EXIT_FAULT);
  print_details (run);
  tell_anchord (run);
  lines = compat_hooks_gather (&run->hooks, run->folder.lines->str, &run->folder.n_added, &run->folder.n_removed);
  printf ("%u added, %u removed; done.\n", run->folder.n_added, run->folder.n_removed);
  compat_hooks_run (&run->hooks, lines);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAULT;
}

int
main (int argc, char **argv)
{
  Run run = { .folder = { .fd = -1 }, .hooks = { .lock_fd = -1 } };
  g_autoptr (GError) error = NULL;
  CompatParse parse = COMPAT_HELP;
  int code = EXIT_SUCCESS;

  setlocale (LC_COLLATE, "");
  compat_places_init (&run.places);
  parse = compat_places_parse (&run.places, argc - 1, argv + 1);
  run.told = g_string_new (NULL);
  run.warnings = g_string_new (NULL);
  if (parse == COMPAT_HELP)
    print_usage (argv[0]);
  else if (parse == COMPAT_MISUSED)
    code = EXIT_SHELL;
  else if (!compat_places_open (&run.places, &error))
    code = fail (error, EXIT_SHELL);
  else
    {
      if (run.places.is_standard && !compat_engine_open (&run.engine, trust_root_get_path (run.places.root), &error))
        fprintf (stderr, "W: anchord's store can't be opened: %s\n", error->message);
      compat_hooks_begin (&run.hooks, &run.places);
      code = work (&run);
    }
  compat_hooks_clear (&run.hooks);
  compat_engine_close (&run.engine);
  compat_folder_clear (&run.folder);
  compat_inputs_clear (&run.inputs);
  compat_places_clear (&run.places);
  g_string_free (run.told, TRUE);
  g_string_free (run.warnings, TRUE);
  return code;
}
