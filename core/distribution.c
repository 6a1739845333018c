/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/distribution.h"

#include "core/limits.h"

#include <string.h>

/* update-ca-certificates is the name of three different tools: which one it is, only os-release tells. */
static const struct
{
  const char *id;
  TrustDistributionKind kind;
  const char *tool;
} families[] = {
  { "debian", TRUST_DISTRIBUTION_DEBIAN, "update-ca-certificates" },
  { "ubuntu", TRUST_DISTRIBUTION_DEBIAN, "update-ca-certificates" },
  { "fedora", TRUST_DISTRIBUTION_FEDORA, "update-ca-trust" },
  { "rhel", TRUST_DISTRIBUTION_FEDORA, "update-ca-trust" },
  { "centos", TRUST_DISTRIBUTION_FEDORA, "update-ca-trust" },
  { "suse", TRUST_DISTRIBUTION_SUSE, "update-ca-certificates" },
  { "opensuse", TRUST_DISTRIBUTION_SUSE, "update-ca-certificates" },
  { "sles", TRUST_DISTRIBUTION_SUSE, "update-ca-certificates" },
  { "arch", TRUST_DISTRIBUTION_ARCH, "update-ca-trust" },
  { "alpine", TRUST_DISTRIBUTION_ALPINE, "update-ca-certificates" },
};

/* Distributions with a layout of their own, whatever they say they are like. */
static const char *const strangers[] = { "nixos", NULL };

static const char *const kind_names[] = { "none", "debian", "fedora", "suse", "arch", "alpine" };
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == TRUST_DISTRIBUTION_LAST);

const char *
trust_distribution_get_name (TrustDistributionKind kind)
{
  return kind < TRUST_DISTRIBUTION_LAST ? kind_names[kind] : "none";
}

static gboolean
has_tool (TrustRoot *root, const char *tool)
{
  /* Both names of a folder on a merged /usr, and where /usr/sbin itself became /usr/bin. */
  static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_strconcat (folders[i], "/", tool, NULL);
      TrustStat stat = { 0 };

      if (trust_root_stat (root, path, &stat) && S_ISREG (stat.mode) && (stat.mode & 0111) != 0)
        return TRUE;
    }
  return FALSE;
}

/* The value of KEY in TEXT (os-release(5): shell-like assignments, the last one wins). (transfer full) */
static char *
find_value (const char *text, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize size = strlen (key);
  char *value = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      char *unquoted = NULL;

      if (strncmp (line, key, size) != 0 || line[size] != '=')
        continue;
      /* An empty value is one that g_shell_unquote() gives back as it is. */
      unquoted = g_shell_unquote (line + size + 1, NULL);
      if (unquoted == NULL)
        continue;
      g_free (value);
      value = unquoted;
    }
  return value != NULL ? value : g_strdup ("");
}

static char *
read_os_release (TrustRoot *root)
{
  static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GBytes) bytes = trust_root_read (root, paths[i], TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
      gsize size = 0;
      const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

      if (bytes != NULL)
        return g_strndup (data, size);
    }
  return NULL;
}

static TrustDistributionKind
find_family (TrustRoot *root, const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      /* "opensuse-leap", "opensuse-tumbleweed". */
      gboolean is_named = g_strcmp0 (families[i].id, id) == 0
                          || (families[i].kind == TRUST_DISTRIBUTION_SUSE && g_str_has_prefix (id, "opensuse-")
                              && g_str_equal (families[i].id, "opensuse"));

      if (is_named && has_tool (root, families[i].tool))
        return families[i].kind;
    }
  return TRUST_DISTRIBUTION_NONE;
}

TrustDistributionKind
trust_distribution_detect (TrustRoot *root)
{
  g_autofree char *text = read_os_release (root);
  g_autofree char *id = NULL, *like = NULL;
  g_auto (GStrv) words = NULL;
  TrustDistributionKind kind = TRUST_DISTRIBUTION_NONE;

  if (text == NULL)
    return TRUST_DISTRIBUTION_NONE;
  id = find_value (text, "ID");
  like = find_value (text, "ID_LIKE");
  if (g_strv_contains (strangers, id))
    return TRUST_DISTRIBUTION_NONE;
  kind = find_family (root, id);
  words = g_strsplit_set (like, " \t", -1);
  for (guint i = 0; kind == TRUST_DISTRIBUTION_NONE && words[i] != NULL; i++)
    {
      if (g_strv_contains (strangers, words[i]))
        break;
      kind = find_family (root, words[i]);
    }
  return kind;
}
