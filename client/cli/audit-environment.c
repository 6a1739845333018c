/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration of the system and of users that leads programs to other trust than the machine's, or has them verify nothing. */
#include "config.h"

#include "client/cli/audit-files.h"
#include "client/cli/audit-variables.h"
#include "client/cli/published.h"
#include "client/cli/view.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define OURS "/var/lib/anchord/"
#define VALUE_CHARS 200

/* Folders that hold what the machine trusts. */
static const char *const own_folders[] = { "/etc/ssl/certs",
                                           "/etc/pki/tls/certs",
                                           "/usr/lib/ssl/certs",
                                           "/etc/ssl",
                                           "/etc/pki/tls",
                                           "/etc/pki/ca-trust/extracted",
                                           "/var/lib/ca-certificates",
                                           "/etc/ca-certificates/extracted",
                                           NULL };
static const char *const own_files[] = { "/etc/ssl/certs/java/cacerts", "/etc/pki/java/cacerts", "/etc/ssl/cert.pem", "/usr/lib/ssl/cert.pem", NULL };

/* Where such settings stand. A folder's files count where their name ends in one of ENDS. */
typedef struct
{
  const char *path;
  AuditSyntax syntax;
  const char *ends; /* (nullable) "|" between; NULL: a file; "": all in the folder */
  guint depth;      /* of sub-folders */
} Place;

static const Place system_places[] = {
  { "/etc/environment", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/environment.d", AUDIT_SYNTAX_VARIABLES, ".conf", 0 },
  { "/run/environment.d", AUDIT_SYNTAX_VARIABLES, ".conf", 0 },
  { "/usr/lib/environment.d", AUDIT_SYNTAX_VARIABLES, ".conf", 0 },
  { "/etc/profile", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/profile.d", AUDIT_SYNTAX_VARIABLES, "", 0 },
  { "/etc/bash.bashrc", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/bashrc", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/zshenv", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/zsh/zshenv", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/csh.cshrc", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/etc/default", AUDIT_SYNTAX_VARIABLES, "", 1 },
  { "/etc/sysconfig", AUDIT_SYNTAX_VARIABLES, "", 1 },
  { "/etc/conf.d", AUDIT_SYNTAX_VARIABLES, "", 1 },
  { "/etc/security/pam_env.conf", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { "/usr/lib/systemd", AUDIT_SYNTAX_VARIABLES, ".service|.conf", 3 },
  { "/usr/local/lib/systemd", AUDIT_SYNTAX_VARIABLES, ".service|.conf", 3 },
  { "/run/systemd/system", AUDIT_SYNTAX_VARIABLES, ".service|.conf", 2 },
  { "/etc/systemd", AUDIT_SYNTAX_VARIABLES, ".service|.conf", 3 },
  { "/etc/gitconfig", AUDIT_SYNTAX_GIT, NULL, 0 },
  { "/etc/curlrc", AUDIT_SYNTAX_CURL, NULL, 0 },
  { "/etc/wgetrc", AUDIT_SYNTAX_WGET, NULL, 0 },
  { "/etc/pip.conf", AUDIT_SYNTAX_PIP, NULL, 0 },
  { "/etc/xdg/pip/pip.conf", AUDIT_SYNTAX_PIP, NULL, 0 },
  { "/etc/npmrc", AUDIT_SYNTAX_NPM, NULL, 0 },
  { "/usr/etc/npmrc", AUDIT_SYNTAX_NPM, NULL, 0 },
};

/* In each home folder. */
static const Place user_places[] = {
  { ".config/environment.d", AUDIT_SYNTAX_VARIABLES, ".conf", 0 },
  { ".pam_environment", AUDIT_SYNTAX_VARIABLES, NULL, 0 },
  { ".config/systemd/user", AUDIT_SYNTAX_VARIABLES, ".service|.conf", 2 },
  { ".gitconfig", AUDIT_SYNTAX_GIT, NULL, 0 },
  { ".config/git/config", AUDIT_SYNTAX_GIT, NULL, 0 },
  { ".curlrc", AUDIT_SYNTAX_CURL, NULL, 0 },
  { ".config/curlrc", AUDIT_SYNTAX_CURL, NULL, 0 },
  { ".wgetrc", AUDIT_SYNTAX_WGET, NULL, 0 },
  { ".config/pip/pip.conf", AUDIT_SYNTAX_PIP, NULL, 0 },
  { ".pip/pip.conf", AUDIT_SYNTAX_PIP, NULL, 0 },
  { ".npmrc", AUDIT_SYNTAX_NPM, NULL, 0 },
};

typedef struct
{
  const AuditCheck *check;
  AuditContext *context;
  GPtrArray *out;
  const char *file; /* that is read */
  GHashTable *own;  /* (owned) a set of "DEVICE INODE": the machine's own files and folders */
  GHashTable *seen; /* (owned) the same: files that were read, by whatever name */
} Search;

static char *
identify (const TrustStat *stat)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, stat->device, stat->inode);
}

static void
know_own (Search *search, const char *const *paths)
{
  TrustStat stat;
  for (; *paths != NULL; paths++)
    if (trust_root_stat (search->context->root, *paths, &stat))
      g_hash_table_add (search->own, identify (&stat));
}

/* Is PATH what the machine trusts, by whatever name? */
static gboolean
is_own (const Search *search, const char *path, gboolean *is_there, gboolean *is_folder)
{
  TrustStat stat;
  *is_there = trust_root_stat (search->context->root, path, &stat);
  *is_folder = *is_there && S_ISDIR (stat.mode);
  if (!*is_there)
    return FALSE;
  g_autofree char *identity = identify (&stat);
  return g_str_has_prefix (path, OURS) || g_hash_table_contains (search->own, identity);
}

/* What is wrong with reading PATH. NULL: nothing. (transfer full) */
static char *
judge_path (const Search *search, const char *path, AuditSettingKind kind, const char **severity)
{
  g_auto (AuditHolding) holding = { 0 };
  gboolean is_there, is_folder;
  if (is_own (search, path, &is_there, &is_folder))
    return NULL;
  *severity = "medium";
  if (!is_there)
    return g_strdup (_ ("nothing is there"));
  if (!is_folder)
    audit_holding_read (&holding, search->context, path);
  if (holding.n_distrusted > 0)
    {
      *severity = "critical";
      return g_strdup_printf (ngettext ("%u certificate in it is refused here: %s", "%u certificates in it are refused here, the first of them %s",
                                        holding.n_distrusted),
                              holding.n_distrusted, holding.first);
    }
  if (holding.n_unknown > 0)
    {
      *severity = "high";
      return g_strdup_printf (ngettext ("%u certificate in it is not trusted here: %s",
                                        "%u certificates in it are not trusted here, the first of them %s", holding.n_unknown),
                              holding.n_unknown, holding.first);
    }
  if (!holding.is_read)
    return g_strdup (_ ("what is in it could not be told"));
  *severity = "low";
  return kind == AUDIT_SETTING_BESIDE ? NULL : g_strdup (_ ("all in it is trusted here, and nobody keeps it so"));
}

static void
tell_path (Search *search, const char *name, AuditSettingKind kind, const char *path)
{
  const char *severity = "medium";
  g_autofree char *shown = trust_text_printable (path, VALUE_CHARS), *where = g_strdup_printf ("%s: %s", search->file, name);
  g_autofree char *wrong = path[0] == '/' && strchr (path, '$') == NULL ? judge_path (search, path, kind, &severity)
                                                                        : g_strdup (_ ("where that is could not be told"));
  if (wrong == NULL)
    return;
  audit_tell (search->check, search->out, severity, NULL, NULL, where,
              g_strdup_printf (kind == AUDIT_SETTING_BESIDE ? _ ("%s has programs trust %s as well: %s")
                                                            : _ ("%s has programs read %s in place of what this machine trusts: %s"),
                               name, shown, wrong),
              g_strdup (_ ("Take it out, and let anchorctl add what is to be trusted")));
}

static void take_file (Search *search, const char *path, AuditSyntax syntax);

static void
take_setting (const char *name, AuditSettingKind kind, const char *value, gpointer user_data)
{
  Search *search = user_data;
  if (kind == AUDIT_SETTING_FILE)
    {
      const char *path = value + (*value == '-');
      if (*path == '/')
        take_file (search, path, AUDIT_SYNTAX_VARIABLES);
      return;
    }
  if (kind == AUDIT_SETTING_OFF)
    {
      g_autofree char *where = g_strdup_printf ("%s: %s", search->file, name), *shown = trust_text_printable (value, VALUE_CHARS);
      audit_tell (search->check, search->out, NULL, NULL, NULL, where,
                  *shown == '\0' ? g_strdup_printf (_ ("%s turns the verification of certificates off"), name)
                                 : g_strdup_printf (_ ("%s=%s turns the verification of certificates off"), name, shown),
                  g_strdup (_ ("Take it out, and let anchorctl add the root that was missing")));
      return;
    }
  g_auto (GStrv) paths = g_strsplit (value, g_str_has_suffix (name, "DIR") ? ":" : "\n", -1);
  for (guint i = 0; paths[i] != NULL; i++)
    if (*paths[i] != '\0')
      tell_path (search, name, kind, paths[i]);
}

static void
take_file (Search *search, const char *path, AuditSyntax syntax)
{
  TrustStat stat;
  if (trust_root_stat (search->context->root, path, &stat) && (!S_ISREG (stat.mode) || !g_hash_table_add (search->seen, identify (&stat))))
    return;
  g_autoptr (GBytes) bytes = audit_files_read (search->context, path);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL, *outer = search->file;
  search->file = path;
  if (size > 0)
    audit_variables_scan (text, size, syntax, take_setting, search);
  search->file = outer;
}

static gboolean
has_end (const char *name, const char *ends)
{
  g_auto (GStrv) each = g_strsplit (ends, "|", -1);
  for (guint i = 0; each[i] != NULL; i++)
    if (g_str_has_suffix (name, each[i]))
      return TRUE;
  return *ends == '\0';
}

/* Files first, so that one is told by its own name; then links, units' other names; then sub-folders. A link to a folder may lead round. */
static void
take_folder (Search *search, const char *folder, const Place *place, guint depth)
{
  static const guint32 kinds[] = { S_IFREG, S_IFLNK, S_IFDIR };
  g_autoptr (GPtrArray) names = audit_files_list (search->context, folder);
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (guint i = 0; i < MIN (names->len, TRUST_LIMIT_FOLDER_FILES); i++)
      {
        const char *name = g_ptr_array_index (names, i);
        g_autofree char *path = g_build_filename (folder, name, NULL);
        TrustStat stat;
        if (!trust_root_lstat (search->context->root, path, &stat) || (stat.mode & S_IFMT) != kinds[kind])
          continue;
        if (kinds[kind] != S_IFDIR && has_end (name, place->ends))
          take_file (search, path, place->syntax);
        else if (kinds[kind] == S_IFDIR && depth > 0)
          take_folder (search, path, place, depth - 1);
      }
}

static void
take_place (Search *search, const char *path, const Place *place)
{
  if (place->ends != NULL)
    take_folder (search, path, place, place->depth);
  else
    take_file (search, path, place->syntax);
}

/* The files that consumers keep up are the machine's own as well. */
static void
know_consumers (Search *search, Tool *tool)
{
  g_autoptr (GVariant) reply = tool_call (tool, "Consumers", "List", NULL, NULL, NULL, NULL);
  g_autoptr (GVariant) consumers = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  for (gsize i = 0; consumers != NULL && i < g_variant_n_children (consumers); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (consumers, i), outputs = view_list (consumer, "outputs");
      for (gsize n = 0; view_bool (consumer, "enabled") && n < g_variant_n_children (outputs); n++)
        {
          g_autoptr (GVariant) output = g_variant_get_child_value (outputs, n);
          const char *const paths[] = { view_string (output, "path"), NULL };
          know_own (search, paths);
        }
    }
}

static gboolean
run (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out)
{
  g_autoptr (GHashTable) own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                         seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Search search = { .check = check, .context = context, .out = out, .own = own, .seen = seen };
  GPtrArray *homes = audit_files_get_homes (context);
  know_own (&search, published_bundles);
  know_own (&search, own_folders);
  know_own (&search, own_files);
  know_consumers (&search, tool);
  for (guint i = 0; i < G_N_ELEMENTS (system_places); i++)
    take_place (&search, system_places[i].path, &system_places[i]);
  for (guint i = 0; i < homes->len; i++)
    for (guint n = 0; n < G_N_ELEMENTS (user_places); n++)
      {
        g_autofree char *path = g_build_filename (g_ptr_array_index (homes, i), user_places[n].path, NULL);
        take_place (&search, path, &user_places[n]);
      }
  return TRUE;
}

const AuditCheck audit_check_environment = {
  .id = "environment",
  .severity = "high",
  .summary = N_ ("Variables and settings that lead programs to other trust, or turn verification off"),
  .run = run,
};
