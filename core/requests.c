/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/requests.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".request"
/* Base64, and the words beside it. */
#define FILE_BYTES (2u * TRUST_LIMIT_REQUEST_BYTES)

/* One file as last read. */
typedef struct
{
  TrustStat stat;
  TrustRequest *request; /* (owned) (nullable) NULL: damaged */
  char *fault;           /* (owned) (nullable) printable */
} Entry;

struct _TrustRequests
{
  TrustRoot *root;     /* (owned) */
  GMutex lock;         /* guards `entries` */
  GHashTable *entries; /* (owned) id -> Entry* */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->request, trust_request_unref);
  g_free (entry->fault);
  g_free (entry);
}

static GHashTable *
entries_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
}

TrustRequests *
trust_requests_new (TrustRoot *root)
{
  TrustRequests *requests = g_new0 (TrustRequests, 1);

  requests->root = trust_root_ref (root);
  requests->entries = entries_new ();
  g_mutex_init (&requests->lock);
  return requests;
}

void
trust_requests_free (TrustRequests *requests)
{
  g_hash_table_unref (requests->entries);
  trust_root_unref (requests->root);
  g_mutex_clear (&requests->lock);
  g_free (requests);
}

char *
trust_requests_dup_path (const char *id)
{
  return g_strconcat (TRUST_REQUESTS_FOLDER "/", id, SUFFIX, NULL);
}

/* The id in a file's name; NULL for a file that is none of ours. Returns: (transfer full). */
static char *
dup_id (const char *name)
{
  g_autofree char *id = g_str_has_suffix (name, SUFFIX) ? g_strndup (name, strlen (name) - strlen (SUFFIX)) : NULL;

  return id != NULL && trust_request_check_id (id, NULL) ? g_steal_pointer (&id) : NULL;
}

static gboolean
has_expired (const Entry *entry, gint64 now)
{
  return entry->request != NULL && now >= entry->request->expires;
}

/* NULL where there is no such file. */
static Entry *
read_entry (TrustRequests *requests, const char *id)
{
  g_autofree char *path = trust_requests_dup_path (id);
  g_autoptr (GError) error = NULL;
  Entry *entry = g_new0 (Entry, 1);
  g_autoptr (GBytes) bytes = trust_root_read (requests->root, path, FILE_BYTES, &entry->stat, &error);
  gsize size = 0;

  if (bytes != NULL)
    {
      const guint8 *data = g_bytes_get_data (bytes, &size);

      entry->request = trust_request_parse ((TrustSpan) { data, size }, id, &error);
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_clear_pointer (&entry, entry_free);
  else if (error != NULL)
    entry->fault = trust_text_printable (error->message, 0);
  return entry;
}

/* ID's entry as its file is now: read again only if it is another than before. With the lock held. (transfer none) (nullable) */
static Entry *
look_at (TrustRequests *requests, const char *id)
{
  g_autofree char *path = trust_requests_dup_path (id);
  Entry *entry = g_hash_table_lookup (requests->entries, id);
  TrustStat now;

  if (entry != NULL && trust_root_stat (requests->root, path, &now) && trust_stat_equal (&now, &entry->stat))
    return entry;
  entry = read_entry (requests, id);
  if (entry != NULL)
    g_hash_table_insert (requests->entries, g_strdup (id), entry);
  else
    g_hash_table_remove (requests->entries, id);
  return entry;
}

/* Brings `entries` to what is in the folder, with the lock held. More files than there may be are not looked at: only root can have put them
 * there. */
static void
look (TrustRequests *requests)
{
  g_autoptr (GPtrArray) names = trust_root_list (requests->root, TRUST_REQUESTS_FOLDER);
  g_autoptr (GHashTable) gone = requests->entries;
  guint n = 0;

  requests->entries = entries_new ();
  for (guint i = 0; names != NULL && i < names->len && n < TRUST_LIMIT_REQUESTS; i++)
    {
      g_autofree char *id = dup_id (names->pdata[i]);
      gpointer old_id = NULL, old = NULL;

      if (id == NULL)
        continue;
      if (g_hash_table_steal_extended (gone, id, &old_id, &old))
        g_hash_table_insert (requests->entries, old_id, old);
      if (look_at (requests, id) != NULL)
        n++;
    }
}

static int
compare_ages (gconstpointer a, gconstpointer b)
{
  const TrustRequest *x = *(TrustRequest *const *) a, *y = *(TrustRequest *const *) b;

  return x->time != y->time ? (x->time < y->time ? -1 : 1) : strcmp (x->id, y->id);
}

static int
compare_reports (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GPtrArray *
trust_requests_list (TrustRequests *requests, gint64 now, GPtrArray *reports)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&requests->lock);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_request_unref);
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id = NULL, value = NULL;

  look (requests);
  g_hash_table_iter_init (&iter, requests->entries);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const Entry *entry = value;

      if (entry->request == NULL)
        g_ptr_array_add (faults, g_strdup_printf (TRUST_REQUESTS_FOLDER "/%s" SUFFIX ": %s", (const char *) id, entry->fault));
      else if (!has_expired (entry, now))
        g_ptr_array_add (list, trust_request_ref (entry->request));
    }
  g_ptr_array_sort (list, compare_ages);
  g_ptr_array_sort (faults, compare_reports);
  g_ptr_array_set_free_func (faults, g_free);
  if (reports != NULL)
    g_ptr_array_extend (reports, faults, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  return list;
}

static void
set_not_found (GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
               "No request with that id waits: it was answered, or it expired; `anchorctl request --list` shows those that do");
}

TrustRequest *
trust_requests_find (TrustRequests *requests, const char *id, gint64 now, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&requests->lock);
  const Entry *entry = NULL;

  if (!trust_request_check_id (id, error))
    return NULL;
  entry = look_at (requests, id);
  if (entry == NULL || has_expired (entry, now))
    {
      set_not_found (error);
      return NULL;
    }
  if (entry->request != NULL)
    return trust_request_ref (entry->request);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, TRUST_REQUESTS_FOLDER "/%s" SUFFIX ": %s", id, entry->fault);
  return NULL;
}

/* With the lock held. A file that is not there any more is fine. */
static gboolean
remove_file (TrustRequests *requests, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);
  int fd = trust_root_open_dir (requests->root, TRUST_REQUESTS_FOLDER);
  gboolean done = FALSE;

  if (fd < 0)
    return errno == ENOENT || trust_error_set_errno (error, errno, "Cannot open folder", TRUST_REQUESTS_FOLDER);
  done = trust_atomic_remove (fd, name, error) && trust_atomic_sync_dir (fd, error);
  close (fd);
  return done;
}

/* With the lock held, after look(). One that can't be removed is not listed all the same. */
static void
sweep (TrustRequests *requests, gint64 now)
{
  GHashTableIter iter;
  gpointer id = NULL, entry = NULL;

  g_hash_table_iter_init (&iter, requests->entries);
  while (g_hash_table_iter_next (&iter, &id, &entry))
    if (has_expired (entry, now) && remove_file (requests, id, NULL))
      g_hash_table_iter_remove (&iter);
}

void
trust_requests_sweep (TrustRequests *requests, gint64 now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&requests->lock);

  look (requests);
  sweep (requests, now);
}

/* Damaged files take room as well: who filled the folder must not be able to make them. With the lock held. */
static gboolean
check_room (TrustRequests *requests, gint64 uid, GError **error)
{
  GHashTableIter iter;
  gpointer value = NULL;
  guint n = 0;

  g_hash_table_iter_init (&iter, requests->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Entry *entry = value;

      n += entry->request != NULL && entry->request->uid == uid ? 1 : 0;
    }
  if (n >= TRUST_LIMIT_REQUESTS_PER_UID)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   "%u requests of this user wait already, the most there may be; wait until an administrator has answered some", n);
      return FALSE;
    }
  if (g_hash_table_size (requests->entries) >= TRUST_LIMIT_REQUESTS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   "%u requests wait already, the most there may be; ask an administrator to answer some", TRUST_LIMIT_REQUESTS);
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (TrustRequests *requests, const TrustRequest *request, GError **error)
{
  g_autofree char *name = g_strconcat (request->id, SUFFIX, NULL);
  g_autoptr (GBytes) bytes = trust_request_write (request);
  int fd = trust_root_make_dir (requests->root, TRUST_REQUESTS_FOLDER, 0700);
  gboolean done = FALSE;

  if (fd < 0)
    return trust_error_set_errno (error, errno, "Cannot make folder", TRUST_REQUESTS_FOLDER);
  done = trust_atomic_write (fd, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 0600, error);
  close (fd);
  return done;
}

gboolean
trust_requests_add (TrustRequests *requests, TrustRequest *request, gint64 now, gboolean *added_out, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&requests->lock);
  const Entry *waiting = NULL;

  look (requests);
  sweep (requests, now);
  waiting = g_hash_table_lookup (requests->entries, request->id);
  if (added_out != NULL)
    *added_out = waiting == NULL || waiting->request == NULL;
  if (waiting != NULL && waiting->request != NULL)
    return TRUE;
  /* A damaged file of that very id is written anew in its place. */
  g_hash_table_remove (requests->entries, request->id);
  return check_room (requests, request->uid, error) && write_file (requests, request, error);
}

gboolean
trust_requests_remove (TrustRequests *requests, const char *id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&requests->lock);

  if (!trust_request_check_id (id, error))
    return FALSE;
  if (look_at (requests, id) == NULL)
    {
      set_not_found (error);
      return FALSE;
    }
  g_hash_table_remove (requests->entries, id);
  return remove_file (requests, id, error);
}
