/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables that point programs to a bundle: for systemd's user sessions (environment.d(5)), and for login shells (profile.d). They hold no
 * certificate; the bundle is another output's, or anchord's own. */
#include "core/emitters/emitter.h"

#include "core/limits.h"

#include <string.h>

#define HEAD "# Where programs find the certificates that this machine trusts, written by anchord. Changes here are lost.\n"

/* Returns: (transfer full): the names, in their order. */
static char **
split (const char *value)
{
  g_autofree char *copy = g_strdup (value);

  if (g_str_has_suffix (copy, ";"))
    copy[strlen (copy) - 1] = '\0';
  return g_strsplit (copy, ";", -1);
}

static gboolean
is_name (const char *name)
{
  if (*name == '\0' || g_ascii_isdigit (*name) || strlen (name) > 64)
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '_')
      return FALSE;
  /* What changes how any program is started or found is no name of a file with certificates. */
  return !g_str_has_prefix (name, "LD_") && !g_str_has_prefix (name, "BASH_") && !g_str_equal (name, "PATH") && !g_str_equal (name, "IFS")
         && !g_str_equal (name, "ENV") && !g_str_equal (name, "SHELL") && !g_str_equal (name, "HOME");
}

static const char *
find_variables_fault (const char *value)
{
  g_auto (GStrv) names = split (value);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (names[0] == NULL || g_strv_length (names) > TRUST_LIMIT_VARIABLES)
    return "it is a list of 1 to 32 names, parted by semicolons";
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (!is_name (names[i]))
        return "a variable has letters, digits and underscores, does not begin with a digit, and is none that programs are started by";
      if (!g_hash_table_add (seen, names[i]))
        return "a variable stands there twice";
    }
  return NULL;
}

static gboolean
write_lines (const TrustEmitterInput *input, GString *out, const char *before)
{
  g_auto (GStrv) names = split (trust_emitter_option (input, "Variables", ""));

  g_string_append (out, HEAD);
  for (guint i = 0; names[i] != NULL; i++)
    g_string_append_printf (out, "%s%s=%s\n", before, names[i], trust_emitter_option (input, "Value", ""));
  return TRUE;
}

static gboolean
write_environment (const TrustEmitterInput *input, GString *out, GError **error)
{
  return write_lines (input, out, "");
}

static gboolean
write_profile (const TrustEmitterInput *input, GString *out, GError **error)
{
  return write_lines (input, out, "export ");
}

/* Only what one of these writes, whatever the names and paths: a line of another kind is somebody's. */
static gboolean
read_lines (const char *bytes, gsize size, const char *before)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (size > 64 * 1024 || memchr (bytes, '\0', size) != NULL)
    return FALSE;
  text = g_strndup (bytes, size);
  if (!g_str_has_prefix (text, HEAD))
    return FALSE;
  lines = g_strsplit (text + strlen (HEAD), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *name = lines[i] + strlen (before), *sign = NULL;

      if (lines[i][0] == '\0' && lines[i + 1] == NULL)
        break;
      if (!g_str_has_prefix (lines[i], before))
        return FALSE;
      sign = strchr (name, '=');
      if (sign == NULL || trust_emitter_find_path_fault (sign + 1) != NULL)
        return FALSE;
      *sign = '\0';
      if (!is_name (name))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_environment (const void *bytes, gsize size, GArray *certificates)
{
  return read_lines (bytes, size, "");
}

static gboolean
read_profile (const void *bytes, gsize size, GArray *certificates)
{
  return read_lines (bytes, size, "export ");
}

static const TrustEmitterOption options[] = { { "Variables", TRUE, find_variables_fault },
                                              { "Value", TRUE, trust_emitter_find_path_fault },
                                              { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_environment = {
  .name = "environment",
  .description = "Variables for the sessions of systemd (environment.d): where the certificates are",
  .names_only = TRUE,
  .options = options,
  .write = write_environment,
  .read = read_environment,
};

const TrustEmitter trust_emitter_profile = {
  .name = "profile",
  .description = "Variables for login shells (profile.d): where the certificates are",
  .names_only = TRUE,
  .options = options,
  .write = write_profile,
  .read = read_profile,
};
