/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/extract.h"

#include "core/atomic.h"
#include "core/emitters/emitter.h"
#include "core/engine.h"
#include "core/root.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0444
#define FOLDER_MODE 0755
#define CLOSED_MODE 0555 /* of a folder whose files belong together */

typedef struct
{
  const char *path; /* below the folder */
  const char *format;
  const char *purpose; /* (nullable) */
} Output;

/* data/consumers.d/fedora.consumer has the same. */
static const Output outputs[] = {
  { "openssl/ca-bundle.trust.crt", "openssl-trusted", NULL },
  { "pem/tls-ca-bundle.pem", "pem-bundle", "server-auth" },
  { "pem/email-ca-bundle.pem", "pem-bundle", "email-protection" },
  { "pem/objsign-ca-bundle.pem", "pem-bundle", "code-signing" },
  { "java/cacerts", "java-jks", "server-auth" },
  { "edk2/cacerts.bin", "edk2-cacerts", "server-auth" },
  { "pem/directory-hash", "extract-dir", "server-auth" },
};

static gboolean
write_entry (int fd, const TrustEntry *entry, const char *name, GError **error)
{
  gsize size = 0;
  const void *data = entry->link == NULL ? g_bytes_get_data (entry->bytes, &size) : NULL;

  if (entry->link != NULL)
    return trust_atomic_symlink (fd, entry->link, name, error);
  return trust_atomic_write (fd, name, data, size, FILE_MODE, error);
}

/* What is in the folder and not among ENTRIES goes. */
static gboolean
drop_others (TrustRoot *root, int fd, const char *path, GPtrArray *entries, GError **error)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = trust_root_list (root, path);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (wanted, ((TrustEntry *) entries->pdata[i])->name);
  for (guint i = 0; names != NULL && i < names->len; i++)
    if (!g_hash_table_contains (wanted, names->pdata[i]) && !trust_atomic_remove (fd, names->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
write_folder (TrustRoot *root, int fd, const char *path, GPtrArray *entries, GError **error)
{
  if (fchmod (fd, FOLDER_MODE) != 0)
    return trust_error_set_errno (error, errno, "cannot open for writing", path);
  for (guint i = 0; i < entries->len; i++)
    {
      const TrustEntry *entry = entries->pdata[i];

      if (!write_entry (fd, entry, entry->name, error))
        return FALSE;
    }
  return drop_others (root, fd, path, entries, error) && trust_atomic_sync_dir (fd, error)
         && (fchmod (fd, CLOSED_MODE) == 0 || trust_error_set_errno (error, errno, "cannot close", path));
}

static gboolean
write_output (TrustRoot *root, const char *folder, const Output *output, GPtrArray *entries, GError **error)
{
  const TrustEntry *first = entries->len > 0 ? entries->pdata[0] : NULL;
  gboolean is_file = first != NULL && *first->name == '\0', ok = FALSE;
  g_autofree char *path = g_build_filename (folder, output->path, NULL), *above = g_path_get_dirname (path), *name = g_path_get_basename (path);
  int fd = trust_root_make_dir (root, is_file ? above : path, FOLDER_MODE);

  if (fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", is_file ? above : path);
  ok = is_file ? write_entry (fd, first, name, error) : write_folder (root, fd, path, entries, error);
  close (fd);
  return ok;
}

/* As p11-kit's own tool writes them, where a format has more than one way. */
static GHashTable *
make_options (const char *format)
{
  GHashTable *options = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (options, (gpointer) "Style", (gpointer) "p11-kit");
  if (g_str_equal (format, "pem-bundle"))
    g_hash_table_insert (options, (gpointer) "Comments", (gpointer) "true");
  return options;
}

gboolean
compat_extract (const char *folder, GError **error)
{
  g_autofree char *here = g_get_current_dir (), *path = g_path_is_absolute (folder) ? g_strdup (folder) : g_build_filename (here, folder, NULL);
  g_autoptr (TrustRoot) root = trust_root_new ("/", error);
  g_autoptr (TrustEngine) engine = root != NULL ? trust_engine_open ("/", TRUST_ENGINE_READ_ONLY, error) : NULL;
  g_autoptr (TrustSnapshot) snapshot = engine != NULL ? trust_engine_get_snapshot (engine) : NULL;

  for (gsize i = 0; snapshot != NULL && i < G_N_ELEMENTS (outputs); i++)
    {
      g_autoptr (GHashTable) options = make_options (outputs[i].format);
      g_autoptr (GPtrArray) entries = trust_engine_extract (snapshot, outputs[i].format, outputs[i].purpose, options, error);

      if (entries == NULL || !write_output (root, path, &outputs[i], entries, error))
        return FALSE;
    }
  return snapshot != NULL;
}
