/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/nss-db.h"

#include "client/cli/input.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERTUTIL "certutil"
#define NICKNAME "anchord "
#define SHOWN_CHARS 120
#define CERTIFICATES "cert9.db"
#define KEYS "key4.db"
/* What certutil, run for somebody else, may take. Seconds. */
#define MAX_SECONDS 20
#define NOBODY 65534
#define MEMORY "/run"

static void
entry_free (gpointer data)
{
  NssEntry *entry = data;
  g_free (entry->nickname);
  g_free (entry->trust);
  g_clear_pointer (&entry->der, g_bytes_unref);
  g_free (entry);
}

static void
drop_copy (char *copy)
{
  g_autofree char *folder = copy;
  g_autoptr (GDir) dir = folder == NULL ? NULL : g_dir_open (folder, 0, NULL);
  if (dir == NULL)
    return;
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

void
nss_db_clear (NssDb *db)
{
  /* Only the caller may write to that folder: nobody else puts a link there. */
  g_clear_pointer (&db->copy, drop_copy);
  g_clear_pointer (&db->where, g_free);
  g_clear_pointer (&db->program, g_free);
  g_clear_pointer (&db->password_file, g_free);
  g_clear_pointer (&db->others, g_hash_table_unref);
  g_clear_pointer (&db->entries, g_ptr_array_unref);
}

G_GNUC_PRINTF (3, 4)
static gboolean
fail (GError **error, TrustError code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TRUST_ERROR, (gint) code, message);
  return FALSE;
}

static gboolean
check_stat (const char *path, struct stat *out, GError **error)
{
  if (lstat (path, out) == 0)
    return TRUE;
  g_autofree char *shown = trust_text_printable (path, SHOWN_CHARS);
  return fail (error, TRUST_ERROR_NOT_FOUND, "%s: %s", shown, g_strerror (errno));
}

/* Whoever may write to a folder above may put another database in its place. Root trusts only root with that. PATH is absolute, without links. */
static gboolean
check_above (const char *path, GError **error)
{
  g_autofree char *at = g_strdup (path);
  while (geteuid () == 0)
    {
      struct stat stat;
      if (!check_stat (at, &stat, error))
        return FALSE;
      if (stat.st_uid != 0 || ((stat.st_mode & 022) != 0 && (stat.st_mode & S_ISVTX) == 0))
        {
          g_autofree char *shown = trust_text_printable (at, SHOWN_CHARS);
          return fail (error, TRUST_ERROR_POLICY, _ ("somebody else than root may write to %s; run anchorctl as the owner of the database"), shown);
        }
      if (at[1] == '\0')
        return TRUE;
      char *slash = strrchr (at, '/');
      slash[slash == at] = '\0';
    }
  return TRUE;
}

/* PATH belongs to the caller and is of TYPE. */
static gboolean
check_owner (const char *path, mode_t type, GError **error)
{
  g_autofree char *shown = trust_text_printable (path, SHOWN_CHARS);
  struct stat stat;
  if (!check_stat (path, &stat, error))
    return FALSE;
  if ((stat.st_mode & S_IFMT) != type)
    return fail (error, TRUST_ERROR_INVALID_ARGUMENT, type == S_IFDIR ? _ ("%s is no folder") : _ ("%s is no regular file"), shown);
  if (stat.st_uid != geteuid ())
    return fail (error, TRUST_ERROR_POLICY, _ ("%s belongs to user %u; run anchorctl as that user"), shown, (guint) stat.st_uid);
  /* Beside the certificates stands which libraries NSS loads. */
  if ((stat.st_mode & S_IWOTH) != 0)
    return fail (error, TRUST_ERROR_POLICY, _ ("everybody may write to %s; chmod o-w it first"), shown);
  return TRUE;
}

static gboolean
check_database (const char *folder, GError **error)
{
  g_autofree char *certificates = g_build_filename (folder, CERTIFICATES, NULL);
  g_autofree char *keys = g_build_filename (folder, KEYS, NULL);
  g_autofree char *shown = trust_text_printable (folder, SHOWN_CHARS);
  if (!check_owner (folder, S_IFDIR, error) || !check_above (folder, error))
    return FALSE;
  if (access (certificates, F_OK) != 0)
    return fail (error, TRUST_ERROR_NOT_FOUND, _ ("there is no NSS database in %s; make one: certutil -N -d sql:%s --empty-password"), shown, shown);
  return check_owner (certificates, S_IFREG, error) && (access (keys, F_OK) != 0 || check_owner (keys, S_IFREG, error));
}

static gboolean
find_program (NssDb *db, GError **error)
{
  db->program = g_find_program_in_path (CERTUTIL);
  return db->program != NULL || fail (error, TRUST_ERROR_NOT_FOUND, _ ("certutil is not installed; it is in Debian's package libnss3-tools"));
}

gboolean
nss_db_open (NssDb *db, const char *folder, const char *password_file, GError **error)
{
  const char *path = g_str_has_prefix (folder, "sql:") ? folder + strlen ("sql:") : folder;
  g_autofree char *real = realpath (path, NULL);
  if (real == NULL)
    {
      g_autofree char *shown = trust_text_printable (folder, SHOWN_CHARS);
      return fail (error, TRUST_ERROR_NOT_FOUND, "%s: %s", shown, g_strerror (errno));
    }
  if (!check_database (real, error))
    return FALSE;
  db->where = g_strconcat ("sql:", real, NULL);
  /* Nothing in it: an empty password. Without the option certutil would ask the terminal. */
  db->password_file = g_strdup (password_file != NULL ? password_file : "/dev/null");
  return find_program (db, error);
}

/* NAME in the copy's folder, the user's to read and nobody else's. */
static gboolean
write_copy (const NssDb *db, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (db->copy, name, NULL);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  if (!g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, error))
    return FALSE;
  return !db->drops || chown (path, db->uid, (gid_t) -1) == 0 || fail (error, TRUST_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
}

gboolean
nss_db_open_bytes (NssDb *db, GBytes *certificates, GBytes *keys, guint32 uid, GError **error)
{
  if (!find_program (db, error))
    return FALSE;
  db->drops = geteuid () == 0 && uid != 0;
  db->uid = uid;
  /* In memory where that can be: one of the files has the user's keys. The user passes through root's folder, not through a user's. */
  const char *memory = db->drops ? MEMORY : g_get_user_runtime_dir ();
  g_autofree char *copy = g_build_filename (access (memory, W_OK) == 0 ? memory : g_get_tmp_dir (), "anchorctl-XXXXXX", NULL);
  if (g_mkdtemp (copy) == NULL)
    return fail (error, TRUST_ERROR_STORAGE, "%s: %s", copy, g_strerror (errno));
  db->copy = g_steal_pointer (&copy);
  /* The user may pass through to the files, which are theirs; the folder stays the caller's. */
  if (db->drops && chmod (db->copy, 0711) != 0)
    return fail (error, TRUST_ERROR_STORAGE, "%s: %s", db->copy, g_strerror (errno));
  db->where = g_strconcat ("sql:", db->copy, NULL);
  db->password_file = g_strdup ("/dev/null");
  return write_copy (db, CERTIFICATES, certificates, error) && (keys == NULL || write_copy (db, KEYS, keys, error));
}

/* Between fork and exec. */
static void
become_user (gpointer data)
{
  const NssDb *db = data;
  setsid ();
  alarm (MAX_SECONDS);
  if (setgroups (0, NULL) != 0 || setresgid (NOBODY, NOBODY, NOBODY) != 0 || setresuid (db->uid, db->uid, db->uid) != 0)
    _exit (127);
}

static GSubprocess *
spawn (const NssDb *db, const char *const *argv, GSubprocessFlags flags, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  if (db->drops)
    {
      g_subprocess_launcher_set_child_setup (launcher, become_user, (gpointer) db, NULL);
      g_subprocess_launcher_set_cwd (launcher, "/");
    }
  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

gboolean
nss_db_open_copy (NssDb *db, const char *folder, const char *password_file, GError **error)
{
  g_autofree char *certificates = g_build_filename (folder, CERTIFICATES, NULL), *keys = g_build_filename (folder, KEYS, NULL);
  gboolean has_keys = access (keys, F_OK) == 0;
  g_autoptr (GBytes) bytes = input_read_secret (certificates, error);
  g_autoptr (GBytes) sealed = bytes != NULL && has_keys ? input_read_secret (keys, error) : NULL;
  if (bytes == NULL || (has_keys && sealed == NULL) || !nss_db_open_bytes (db, bytes, sealed, geteuid (), error))
    return FALSE;
  if (password_file == NULL)
    return TRUE;
  g_free (db->password_file);
  db->password_file = g_strdup (password_file);
  return TRUE;
}

/* Runs certutil with WORDS (NULL-terminated) behind the database's name. INPUT, OUT: nullable. */
static gboolean
run (const NssDb *db, const char *const *words, GBytes *input, GBytes **out, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, db->program);
  g_ptr_array_add (argv, (gpointer) words[0]);
  g_ptr_array_add (argv, (gpointer) "-d");
  g_ptr_array_add (argv, db->where);
  g_ptr_array_add (argv, (gpointer) "-f");
  g_ptr_array_add (argv, db->password_file);
  for (guint i = 1; words[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) words[i]);
  g_ptr_array_add (argv, NULL);
  GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE | (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0);
  g_autoptr (GSubprocess) process = spawn (db, (const char *const *) argv->pdata, flags, error);
  g_autoptr (GBytes) said = NULL;
  g_autoptr (GBytes) complaint = NULL;
  if (process == NULL || !g_subprocess_communicate (process, input, NULL, &said, &complaint, error))
    return FALSE;
  if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0)
    {
      if (out != NULL)
        *out = g_steal_pointer (&said);
      return TRUE;
    }
  gsize size;
  const char *text = g_bytes_get_data (complaint, &size);
  while (size > 0 && g_ascii_isspace (text[size - 1]))
    size--;
  g_autofree char *shown = trust_text_printable_bytes (text, size, 300);
  /* All that certutil says of a certificate with a key that NSS does not know (Ed25519, in 3.87). */
  gboolean is_unread = input != NULL && (strstr (shown, "SEC_ERROR_ADDING_CERT") != NULL || strstr (shown, "could not decode certificate") != NULL);
  return fail (error, is_unread ? TRUST_ERROR_INVALID_INPUT : TRUST_ERROR_FAILED, "%s: %s", CERTUTIL, shown);
}

/* The certificates that have NICKNAME: the first one's fingerprint, and how many there are. */
static gboolean
look (NssDb *db, NssEntry *entry, guint *n, GError **error)
{
  const char *const words[] = { "-L", "-n", entry->nickname, "-a", NULL };
  g_autoptr (GBytes) out = NULL;
  *n = 0;
  if (!run (db, words, NULL, &out, error))
    return FALSE;
  gsize size;
  const guint8 *text = g_bytes_get_data (out, &size);
  TrustPemBlock block;
  for (gsize offset = 0; trust_pem_next ((TrustSpan) { text, size }, &offset, &block, NULL);)
    {
      g_autoptr (GByteArray) der = trust_pem_decode (block.body, NULL);
      if (der == NULL)
        continue;
      g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
      if ((*n)++ == 0)
        {
          g_strlcpy (entry->fingerprint, digest, sizeof entry->fingerprint);
          entry->der = g_byte_array_free_to_bytes (g_steal_pointer (&der));
        }
      else
        g_hash_table_insert (db->others, g_strdup (digest), entry);
    }
  return TRUE;
}

/* Three letters or none each, parted by commas: "CT,C,", "p,p,p", "u,u,u". */
static gboolean
is_trust (const char *text)
{
  guint n_commas = 0;
  for (const char *at = text; *at != '\0'; at++)
    if (*at == ',')
      n_commas++;
    else if (strchr ("pPcCTuwgG", *at) == NULL)
      return FALSE;
  return n_commas == 2;
}

/* "NICKNAME   C,,": NULL for the table's head. Returns: (transfer full). */
static NssEntry *
parse_line (const char *line)
{
  g_autofree char *copy = g_strchomp (g_strdup (line));
  char *blank = strrchr (copy, ' ');
  if (blank == NULL || !is_trust (blank + 1))
    return NULL;
  NssEntry *entry = g_new0 (NssEntry, 1);
  entry->trust = g_strdup (blank + 1);
  *blank = '\0';
  entry->nickname = g_strdup (g_strchomp (copy));
  return entry;
}

static gboolean
take_entry (NssDb *db, NssEntry *entry, GError **error)
{
  guint n = 0;
  g_ptr_array_add (db->entries, entry);
  if (!look (db, entry, &n, error))
    {
      g_autofree char *shown = trust_text_printable (entry->nickname, SHOWN_CHARS);
      g_prefix_error (error, _ ("its entry \"%s\": "), shown);
      return FALSE;
    }
  g_autofree char *ours = g_strconcat (NICKNAME, entry->fingerprint, NULL);
  entry->is_ours = n == 1 && strcmp (ours, entry->nickname) == 0;
  if (n > 0 && !entry->is_ours)
    g_hash_table_insert (db->others, g_strdup (entry->fingerprint), entry);
  return TRUE;
}

/* A CA or a peer that is trusted. */
static gboolean
trusts (const NssEntry *entry)
{
  return strpbrk (entry->trust, "CTP") != NULL;
}

static gboolean
read_entries (NssDb *db, gboolean only_trusted, GError **error)
{
  g_autoptr (GBytes) out = NULL;
  g_clear_pointer (&db->others, g_hash_table_unref);
  g_clear_pointer (&db->entries, g_ptr_array_unref);
  db->entries = g_ptr_array_new_with_free_func (entry_free);
  db->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!run (db, (const char *const[]) { "-L", NULL }, NULL, &out, error))
    return FALSE;
  gsize size;
  const char *data = g_bytes_get_data (out, &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      NssEntry *entry = parse_line (lines[i]);
      if (entry == NULL || (only_trusted && !trusts (entry)))
        {
          g_clear_pointer (&entry, entry_free);
          continue;
        }
      if (!take_entry (db, entry, error))
        return FALSE;
      if (db->entries->len > TRUST_LIMIT_NSS_ENTRIES)
        return fail (error, TRUST_ERROR_LIMIT_EXCEEDED, _ ("there are more than %u entries in the database"), TRUST_LIMIT_NSS_ENTRIES);
    }
  return TRUE;
}

gboolean
nss_db_read (NssDb *db, GError **error)
{
  return read_entries (db, FALSE, error);
}

gboolean
nss_db_read_trusted (NssDb *db, GError **error)
{
  return read_entries (db, TRUE, error);
}

/* With a wrong password certutil leaves a certificate without trust behind: it is tried first, by listing keys. That there are none is an error
 * without a word on standard error. */
static gboolean
authenticate (NssDb *db, GError **error)
{
  g_autoptr (GError) reason = NULL;
  if (db->is_authenticated || run (db, (const char *const[]) { "-K", NULL }, NULL, NULL, &reason) || strstr (reason->message, "SEC_ERROR") == NULL)
    {
      db->is_authenticated = TRUE;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

gboolean
nss_db_put (NssDb *db, const char *fingerprint, GBytes *der, const char *trust, GError **error)
{
  g_autofree char *nickname = g_strconcat (NICKNAME, fingerprint, NULL);
  return authenticate (db, error) && run (db, (const char *const[]) { "-A", "-n", nickname, "-t", trust, NULL }, der, NULL, error);
}

gboolean
nss_db_drop (NssDb *db, const NssEntry *entry, GError **error)
{
  return authenticate (db, error) && run (db, (const char *const[]) { "-D", "-n", entry->nickname, NULL }, NULL, NULL, error);
}
