/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users' NSS databases, which browsers and mail programs read beside or in place of what the machine trusts. */
#include "config.h"

#include "client/cli/audit-files.h"
#include "client/cli/nss-db.h"
#include "client/cli/print.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* Databases lie in these folders of a home, where a star stands for any name; and in the system's own. */
static const char *const patterns[] = {
  ".pki/nssdb",
  ".local/share/pki/nssdb",
  ".mozilla/firefox/*",
  ".config/mozilla/firefox/*",
  ".thunderbird/*",
  ".librewolf/*",
  "snap/*/current/.pki/nssdb",
  "snap/*/common/.mozilla/firefox/*",
  "snap/*/common/.thunderbird/*",
  ".var/app/*/.pki/nssdb",
  ".var/app/*/data/pki/nssdb",
  ".var/app/*/.mozilla/firefox/*",
  ".var/app/*/.thunderbird/*",
};
#define SYSTEM "/etc/pki/nssdb"
#define CERTIFICATES "cert9.db"
#define KEYS "key4.db"

typedef struct
{
  const AuditCheck *check;
  AuditContext *context;
  GPtrArray *out;
  GHashTable *seen; /* (owned) a set of "DEVICE INODE": a snap's current is a link */
  guint n;
  gboolean is_over; /* there are more than are looked at, or nothing reads them */
} Search;

static void
tell_entry (const Search *search, const char *folder, const NssEntry *entry)
{
  AuditStanding standing = audit_context_get_standing (search->context, entry->fingerprint);
  g_autofree char *name = audit_name_certificate (entry->nickname, entry->fingerprint), *shown = trust_text_printable (folder, 0);
  if (standing == AUDIT_TRUSTED)
    return;
  const char *severity = standing == AUDIT_DISTRUSTED ? "critical" : entry->is_ours ? "high" : NULL;
  char *remedy = entry->is_ours ? g_strdup_printf (_ ("As the user: anchorctl nss-db sync %s"), shown)
                                : g_strdup_printf (_ ("As the user: certutil -d sql:%s -D -n with its name; or let anchorctl add it for all"), shown);
  audit_tell (search->check, search->out, severity, entry->fingerprint, entry->nickname, folder,
              g_strdup_printf (standing == AUDIT_DISTRUSTED ? _ ("this NSS database trusts %s (%s), which is refused here")
                                                            : _ ("this NSS database trusts %s (%s), which this machine does not"),
                               name, entry->trust),
              remedy);
}

/* What certutil said. Where it is not there, that is told once. */
static void
tell_fault (Search *search, const char *folder, const NssDb *db, const GError *error)
{
  g_autofree char *shown = trust_text_printable (folder, 0), *message = print_foreign (error->message);
  audit_context_note (search->context, db->program == NULL ? g_strdup_printf (_ ("users' NSS databases were not looked at: %s"), message)
                                                           : g_strdup_printf (_ ("the NSS database %s could not be read: %s"), shown, message));
  search->is_over = db->program == NULL;
}

/* The user's keys stand in BYTES (nullable), which nobody else has. */
static void
wipe (GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  if (size > 0)
    explicit_bzero ((gpointer) (guintptr) data, size);
}

static void
take_database (Search *search, const char *folder)
{
  g_autofree char *certificates = g_build_filename (folder, CERTIFICATES, NULL), *keys = g_build_filename (folder, KEYS, NULL);
  TrustStat stat;
  if (search->is_over || !trust_root_stat (search->context->root, certificates, &stat)
      || !g_hash_table_add (search->seen, g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, stat.device, stat.inode)))
    return;
  if (search->n++ >= TRUST_LIMIT_AUDIT_DATABASES)
    {
      search->is_over = TRUE;
      audit_context_note (search->context,
                          g_strdup_printf (_ ("there are more than %u NSS databases; the others were not looked at"), TRUST_LIMIT_AUDIT_DATABASES));
      return;
    }
  g_autoptr (GBytes) bytes = audit_files_read (search->context, certificates), sealed = audit_files_read (search->context, keys);
  g_auto (NssDb) db = { 0 };
  g_autoptr (GError) error = NULL;
  if (bytes == NULL)
    return;
  gboolean is_open = nss_db_open_bytes (&db, bytes, sealed, stat.uid, &error);
  wipe (sealed);
  if (!is_open || !nss_db_read_trusted (&db, &error))
    {
      tell_fault (search, folder, &db, error);
      return;
    }
  for (guint i = 0; i < db.entries->len; i++)
    tell_entry (search, folder, g_ptr_array_index (db.entries, i));
}

/* PATTERN: what is left of it, below FOLDER. */
static void
take_pattern (Search *search, const char *folder, const char *pattern)
{
  const char *star = strchr (pattern, '*');
  g_autofree char *head = star != NULL ? g_strndup (pattern, (gsize) (star - pattern)) : g_strdup (pattern);
  g_autofree char *path = g_build_filename (folder, head, NULL);
  if (star == NULL)
    {
      take_database (search, path);
      return;
    }
  g_autoptr (GPtrArray) names = audit_files_list (search->context, path);
  for (guint i = 0; i < names->len && !search->is_over; i++)
    {
      g_autofree char *below = g_build_filename (path, g_ptr_array_index (names, i), NULL);
      take_pattern (search, below, star + 1 + strspn (star + 1, "/"));
    }
}

static gboolean
run (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Search search = { .check = check, .context = context, .out = out, .seen = seen };
  GPtrArray *homes = audit_files_get_homes (context);
  take_database (&search, SYSTEM);
  for (guint i = 0; i < homes->len; i++)
    for (guint n = 0; n < G_N_ELEMENTS (patterns); n++)
      take_pattern (&search, g_ptr_array_index (homes, i), patterns[n]);
  return TRUE;
}

const AuditCheck audit_check_user_nss = {
  .id = "user-nss",
  .severity = "medium",
  .summary = N_ ("Users' NSS databases that trust what this machine does not"),
  .run = run,
};
