/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* update-ca-trust as Fedora's is: anchord looks at its sources and publishes; or the extracted files go to a folder that is named. */
#include "compat/engine.h"
#include "compat/extract.h"

#include "core/root.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESTINATION "/etc/pki/ca-trust/extracted"
#define SEE "See 'update-ca-trust --help' for usage."

/* Commands of old that do nothing any more, but are still in scripts: some versions ignored them, some warn, the newest refuse. */
static const char *const legacy[] = { "check", "enable", "disable", "force-enable", "force-disable", NULL };

typedef struct
{
  const char *output; /* (nullable) */
  gboolean is_help;
} Arguments;

static void
print_usage (const char *name)
{
  g_autofree char *path = strchr (name, '/') != NULL ? g_strdup (name) : g_find_program_in_path (name);

  fprintf (stderr,
           "Usage: %s [extract] [-o DIR|--output=DIR]\n\n"
           "Brings the trusted certificates in " DESTINATION "\nup to date.\n\n"
           "extract: looks at what is in /usr/share/pki/ca-trust-source and\n"
           "/etc/pki/ca-trust/source, and writes what programs read. Without a command\nas well.\n\n"
           "-o DIR, --output=DIR: writes the extracted files below DIR, and leaves the\nsystem's alone.\n",
           path != NULL ? path : name);
}

static gboolean
refuse (const char *what, const char *word)
{
  fprintf (stderr, "Error: %s '%s'. " SEE "\n", what, word);
  return FALSE;
}

/* -o DIR, --output DIR, --output=DIR. Steps over a value of its own. */
static gboolean
take_output (Arguments *arguments, int argc, char **argv, int *at)
{
  const char *word = argv[*at];

  if (g_str_has_prefix (word, "--output="))
    arguments->output = word + strlen ("--output=");
  else if (++*at < argc)
    arguments->output = argv[*at];
  return (arguments->output != NULL && *arguments->output != '\0') || refuse ("missing argument for option", word);
}

static gboolean
take_command (const char *word)
{
  if (!g_strv_contains (legacy, word))
    return g_str_equal (word, "extract") || refuse ("unknown command", word);
  fprintf (stderr, "Warning: the command '%s' does nothing any more; certificates are extracted. " SEE "\n", word);
  return TRUE;
}

static gboolean
take_arguments (Arguments *arguments, int argc, char **argv)
{
  gboolean has_command = FALSE;

  for (int i = 1; i < argc && !arguments->is_help; i++)
    {
      const char *word = argv[i];

      if (g_str_equal (word, "-h") || g_str_equal (word, "--help"))
        arguments->is_help = TRUE;
      else if (g_str_equal (word, "-o") || g_str_equal (word, "--output") || g_str_has_prefix (word, "--output="))
        {
          if (!take_output (arguments, argc, argv, &i))
            return FALSE;
        }
      else if (*word == '-')
        return refuse ("unknown option", word);
      else if (has_command)
        return refuse ("unexpected argument", word);
      else if (!(has_command = *word == '\0' || take_command (word)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
publish (GError **error)
{
  CompatEngine engine;
  gboolean ok = compat_engine_open (&engine, "/", error) && compat_engine_refresh (&engine, error);

  compat_engine_close (&engine);
  return ok;
}

int
main (int argc, char **argv)
{
  Arguments arguments = { NULL, FALSE };
  g_autoptr (GError) error = NULL;

  if (!take_arguments (&arguments, argc, argv))
    return EXIT_FAILURE;
  if (arguments.is_help)
    {
      print_usage (argv[0]);
      return EXIT_SUCCESS;
    }
  if (arguments.output != NULL ? compat_extract (arguments.output, &error) : publish (&error))
    return EXIT_SUCCESS;
  fprintf (stderr, "update-ca-trust: %s\n", error->message);
  return EXIT_FAILURE;
}
