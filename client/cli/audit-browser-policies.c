/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Browsers' policies that have them trust what this machine does not. */
#include "config.h"

#include "client/cli/audit-files.h"
#include "core/json.h"

#include <string.h>

/* Each has "managed" and "recommended", and all *.json in them count. */
static const char *const chrome_folders[] = {
  "/etc/opt/chrome/policies", "/etc/chromium/policies", "/etc/chromium-browser/policies",
  "/etc/opt/edge/policies",   "/etc/brave/policies",    "/etc/opt/vivaldi/policies",
};
static const char *const chrome_kinds[] = { "managed", "recommended" };

static const char *const firefox_files[] = {
  "/etc/firefox/policies/policies.json",
  "/etc/firefox-esr/policies/policies.json",
  "/etc/thunderbird/policies/policies.json",
  "/etc/librewolf/policies/policies.json",
  "/usr/lib/firefox/distribution/policies.json",
  "/usr/lib64/firefox/distribution/policies.json",
  "/usr/lib/firefox-esr/distribution/policies.json",
  "/usr/share/firefox-esr/distribution/policies.json",
  "/opt/firefox/distribution/policies.json",
  "/usr/lib/thunderbird/distribution/policies.json",
  "/usr/lib64/thunderbird/distribution/policies.json",
};
#define FLATPAK "/var/lib/flatpak/extension/org.mozilla.firefox.systemconfig"
/* Where Firefox looks for the names that its policies give. */
static const char *const firefox_folders[] = { "/usr/lib/mozilla/certificates", "/usr/lib64/mozilla/certificates" };
#define FIREFOX_HOME ".mozilla/certificates"

typedef struct
{
  const AuditCheck *check;
  AuditContext *context;
  GPtrArray *out;
  const char *policy; /* the file that says so */
} Search;

static void
take_entry (const FormatsEntry *entry, AuditStanding standing, gpointer user_data)
{
  Search *search = user_data;
  g_autofree char *name = audit_name_certificate (entry->title, entry->fingerprint);
  if (standing == AUDIT_DISTRUSTED)
    audit_tell (search->check, search->out, "critical", entry->fingerprint, entry->title, search->policy,
                g_strdup_printf (_ ("this policy has browsers trust %s, which is refused here"), name),
                g_strdup (_ ("Take it out of the policy; `anchorctl consumer enable` lets anchord write one that says what the machine trusts")));
  else if (standing == AUDIT_UNKNOWN)
    audit_tell (search->check, search->out, NULL, entry->fingerprint, entry->title, search->policy,
                g_strdup_printf (_ ("this policy has browsers trust %s, which this machine does not"), name),
                g_strdup (_ ("Take it out of the policy, or let anchorctl add the certificate for all")));
}

static void
take_file (Search *search, const char *path)
{
  g_autoptr (GBytes) bytes = audit_files_read (search->context, path);
  if (bytes != NULL)
    audit_files_each_entry (search->context, bytes, path, take_entry, search);
}

/* NAME, as a policy gives it, in FOLDER. */
static void
take_named (Search *search, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  if (audit_files_exist (search->context, path))
    take_file (search, path);
}

static void
take_install (Search *search, const char *name)
{
  GPtrArray *homes = audit_files_get_homes (search->context);
  if (*name == '/')
    {
      take_named (search, "/", name);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (firefox_folders); i++)
    take_named (search, firefox_folders[i], name);
  for (guint i = 0; i < homes->len; i++)
    {
      g_autofree char *folder = g_build_filename (g_ptr_array_index (homes, i), FIREFOX_HOME, NULL);
      take_named (search, folder, name);
    }
}

/* The names of files in "Install"; certificates that stand in the policy itself are the formats' to find. */
static void
take_names (Search *search, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonNode) node = trust_json_read ((TrustSpan) { data, size }, NULL);
  JsonObject *policies = node != NULL ? trust_json_find_object (json_node_get_object (node), "policies", NULL) : NULL;
  JsonObject *certificates = policies != NULL ? trust_json_find_object (policies, "Certificates", NULL) : NULL;
  JsonArray *install = certificates != NULL ? trust_json_find_array (certificates, "Install", NULL) : NULL;
  for (guint i = 0; install != NULL && i < json_array_get_length (install); i++)
    {
      const char *name = trust_json_get_text (json_array_get_element (install, i), NULL);
      if (name != NULL && *name != '\0' && strlen (name) < PATH_MAX && strstr (name, "-----BEGIN ") == NULL)
        take_install (search, name);
    }
}

static void
take_firefox (Search *search, const char *path)
{
  g_autoptr (GBytes) bytes = audit_files_read (search->context, path);
  search->policy = path;
  if (bytes == NULL)
    return;
  audit_files_each_entry (search->context, bytes, path, take_entry, search);
  take_names (search, bytes);
}

/* FLATPAK/ARCH/BRANCH/policies/policies.json */
static void
take_flatpak (Search *search)
{
  g_autoptr (GPtrArray) machines = audit_files_list (search->context, FLATPAK);
  for (guint i = 0; i < machines->len; i++)
    {
      g_autofree char *folder = g_build_filename (FLATPAK, g_ptr_array_index (machines, i), NULL);
      g_autoptr (GPtrArray) branches = audit_files_list (search->context, folder);
      for (guint n = 0; n < branches->len; n++)
        {
          g_autofree char *path = g_build_filename (folder, g_ptr_array_index (branches, n), "policies", "policies.json", NULL);
          take_firefox (search, path);
        }
    }
}

static void
take_chrome (Search *search, const char *folder)
{
  g_autoptr (GPtrArray) names = audit_files_list (search->context, folder);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      search->policy = path;
      if (g_str_has_suffix (path, ".json"))
        take_file (search, path);
    }
}

static gboolean
run (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out)
{
  Search search = { .check = check, .context = context, .out = out };
  for (guint i = 0; i < G_N_ELEMENTS (chrome_folders); i++)
    for (guint n = 0; n < G_N_ELEMENTS (chrome_kinds); n++)
      {
        g_autofree char *folder = g_build_filename (chrome_folders[i], chrome_kinds[n], NULL);
        take_chrome (&search, folder);
      }
  for (guint i = 0; i < G_N_ELEMENTS (firefox_files); i++)
    take_firefox (&search, firefox_files[i]);
  take_flatpak (&search);
  return TRUE;
}

const AuditCheck audit_check_browser_policies = {
  .id = "browser-policies",
  .severity = "medium",
  .summary = N_ ("Browsers' policies that add roots that this machine does not trust"),
  .run = run,
};
