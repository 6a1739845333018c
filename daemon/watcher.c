/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/watcher.h"

#include "core/limits.h"
#include "daemon/log.h"

#include <dirent.h>
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define MASK                                                                                                                                         \
  (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK | IN_ONLYDIR)
#define TEMPORARY_PREFIX ".anchord-" /* core/atomic.h: our own, not yet in place */

/* One path the engine named. */
typedef struct
{
  char *path;     /* (owned) */
  TrustWant want; /* what an event there asks for */
  gboolean recursive;
} Target;

/* Why a folder is watched. */
typedef struct
{
  const Target *target;
  char *name;         /* (owned) (nullable) only this entry of the folder matters */
  gboolean structure; /* the entry is on the way to the target: look again when it changes */
} Interest;

typedef struct
{
  char *folder;      /* (owned) */
  GArray *interests; /* (owned) of Interest */
  guint round;       /* the last placing that wanted it */
} Watch;

struct _TrustWatcher
{
  TrustEngine *engine; /* (borrowed) */
  TrustRoot *root;     /* (owned) */
  char *bundle;        /* (owned) (nullable) */
  TrustWriter *writer; /* (borrowed) */
  int fd;              /* (owned) */
  guint source;
  GPtrArray *targets;  /* (owned) of Target* */
  GHashTable *watches; /* (owned) descriptor -> Watch* */
  guint round;
};

static void
target_free (gpointer data)
{
  g_free (((Target *) data)->path);
  g_free (data);
}

static void
interest_clear (gpointer data)
{
  g_free (((Interest *) data)->name);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_free (watch->folder);
  g_array_unref (watch->interests);
  g_free (watch);
}

/* Watches the folder that FD is open on. Placing a watch again keeps the events it has. */
static void
place_watch (TrustWatcher *watcher, int fd, const char *folder, const Target *target, const char *name, gboolean structure)
{
  char path[64];

  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);

  int descriptor = inotify_add_watch (watcher->fd, path, MASK);

  if (descriptor < 0)
    {
      trust_log (TRUST_LOG_FAULT, -1, 0, "Can't watch %s: %s", folder, g_strerror (errno));
      return;
    }

  Watch *watch = g_hash_table_lookup (watcher->watches, GINT_TO_POINTER (descriptor));
  Interest interest = { target, g_strdup (name), structure };

  if (watch == NULL)
    {
      watch = g_new0 (Watch, 1);
      watch->interests = g_array_new (FALSE, FALSE, sizeof (Interest));
      g_array_set_clear_func (watch->interests, interest_clear);
      g_hash_table_insert (watcher->watches, GINT_TO_POINTER (descriptor), watch);
    }
  if (watch->round != watcher->round)
    {
      g_array_set_size (watch->interests, 0);
      g_free (watch->folder);
      watch->folder = g_strdup (folder);
      watch->round = watcher->round;
    }
  g_array_append_val (watch->interests, interest);
}

static gboolean
is_other_target (const TrustWatcher *watcher, const char *path, const Target *target)
{
  for (guint i = 0; i < watcher->targets->len; i++)
    if (watcher->targets->pdata[i] != target && g_str_equal (((const Target *) watcher->targets->pdata[i])->path, path))
      return TRUE;
  return FALSE;
}

static void place_folder (TrustWatcher *watcher, int fd, const char *folder, const Target *target, guint depth);

static void
place_sub_folders (TrustWatcher *watcher, int fd, const char *folder, const Target *target, guint depth)
{
  DIR *stream = fdopendir (dup (fd));
  const struct dirent *entry = NULL;

  while (stream != NULL && (entry = readdir (stream)) != NULL)
    {
      if ((entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) || g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;

      g_autofree char *path = g_build_filename (folder, entry->d_name, NULL);
      int sub = is_other_target (watcher, path, target) ? -1 : trust_root_open_dir (watcher->root, path);

      if (sub < 0)
        continue;
      place_folder (watcher, sub, path, target, depth + 1);
      close (sub);
    }
  if (stream != NULL)
    closedir (stream);
}

static void
place_folder (TrustWatcher *watcher, int fd, const char *folder, const Target *target, guint depth)
{
  place_watch (watcher, fd, folder, target, NULL, FALSE);
  if (target->recursive && depth < TRUST_LIMIT_FOLDER_DEPTH)
    place_sub_folders (watcher, fd, folder, target, depth);
}

/* Watches the target: the folder itself, or the nearest folder above that is there, for the entry that leads to it. */
static void
place_target (TrustWatcher *watcher, const Target *target)
{
  g_autofree char *path = g_strdup (target->path);
  g_autofree char *name = NULL;

  for (;;)
    {
      int fd = trust_root_open_dir (watcher->root, path);

      if (fd >= 0 && name == NULL)
        place_folder (watcher, fd, path, target, 0);
      else if (fd >= 0)
        {
          /* The last step down to a file is no structure: an event there is the file's own. */
          g_autofree char *whole = g_build_filename (path, name, NULL);

          place_watch (watcher, fd, path, target, name, !g_str_equal (whole, target->path));
        }
      if (fd >= 0)
        {
          close (fd);
          return;
        }
      if (g_str_equal (path, "/"))
        return;

      char *parent = g_path_get_dirname (path);

      g_free (name);
      name = g_path_get_basename (path);
      g_free (path);
      path = parent;
    }
}

static gboolean
is_stale (gpointer key, gpointer value, gpointer user_data)
{
  const TrustWatcher *watcher = user_data;

  if (((const Watch *) value)->round == watcher->round)
    return FALSE;
  inotify_rm_watch (watcher->fd, GPOINTER_TO_INT (key));
  return TRUE;
}

static void
place_all (TrustWatcher *watcher)
{
  watcher->round++;
  for (guint i = 0; i < watcher->targets->len; i++)
    place_target (watcher, watcher->targets->pdata[i]);
  g_hash_table_foreach_remove (watcher->watches, is_stale, watcher);
}

/* Is it watched for consumers only? Publishing makes thousands of links there, none of which needs a look. */
static gboolean
is_consumer (const Watch *watch)
{
  for (guint i = 0; i < watch->interests->len; i++)
    if (g_array_index (watch->interests, Interest, i).target->want != TRUST_WANT_HEAL)
      return FALSE;
  return TRUE;
}

/* A file just made is looked at when it is closed; a link, or a file linked in, is whole at once. */
static gboolean
is_whole (TrustWatcher *watcher, const Watch *watch, const char *name)
{
  g_autofree char *path = g_build_filename (watch->folder, name, NULL);
  TrustStat st;

  return trust_root_lstat (watcher->root, path, &st) && (S_ISLNK (st.mode) || st.size > 0);
}

static gboolean
is_bundle (const TrustWatcher *watcher, const Watch *watch, const char *name)
{
  g_autofree char *path = g_build_filename (watch->folder, name, NULL);

  return g_strcmp0 (path, watcher->bundle) == 0;
}

/* TRUE: folders came or went, so the watches must be placed again. */
static gboolean
take_event (TrustWatcher *watcher, const struct inotify_event *event)
{
  const Watch *watch = g_hash_table_lookup (watcher->watches, GINT_TO_POINTER (event->wd));
  const char *name = event->len > 0 ? event->name : "";
  gboolean folder = (event->mask & IN_ISDIR) != 0 || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0, place = FALSE;

  if (watch == NULL || (event->mask & IN_IGNORED) != 0 || g_str_has_prefix (name, TEMPORARY_PREFIX))
    return FALSE;

  gboolean unfinished = (event->mask & (IN_CREATE | IN_ISDIR)) == IN_CREATE && !is_consumer (watch) && !is_whole (watcher, watch, name);

  for (guint i = 0; i < watch->interests->len; i++)
    {
      const Interest *interest = &g_array_index (watch->interests, Interest, i);

      if (unfinished || (interest->name != NULL && *name != '\0' && !g_str_equal (interest->name, name)))
        continue;
      place |= folder || interest->structure;
      if ((event->mask & IN_MOVED_TO) != 0 && is_bundle (watcher, watch, name))
        trust_writer_want (watcher->writer, TRUST_WANT_TOOL);
      else
        trust_writer_want (watcher->writer, interest->target->want);
    }
  return place;
}

static void
want_all (TrustWatcher *watcher)
{
  for (guint i = 0; i < watcher->targets->len; i++)
    trust_writer_want (watcher->writer, ((const Target *) watcher->targets->pdata[i])->want);
}

static gboolean
on_events (gint fd, GIOCondition condition, gpointer user_data)
{
  TrustWatcher *watcher = user_data;
  char buffer[16384] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  gboolean place = FALSE;
  gssize size = 0;

  while ((size = read (fd, buffer, sizeof buffer)) > 0)
    for (const char *p = buffer; p < buffer + size;)
      {
        const struct inotify_event *event = (const void *) p;

        if ((event->mask & IN_Q_OVERFLOW) != 0)
          {
            want_all (watcher);
            place = TRUE;
          }
        else if (take_event (watcher, event))
          place = TRUE;
        p += sizeof *event + event->len;
      }
  if (place)
    place_all (watcher);
  return G_SOURCE_CONTINUE;
}

static void
add_target (TrustWatcher *watcher, const char *path, TrustWant want, gboolean recursive)
{
  Target *target = g_new0 (Target, 1);

  *target = (Target) { g_strdup (path), want, recursive };
  g_ptr_array_add (watcher->targets, target);
}

/* The folders of anchors, stores, revocation lists and consumers' files are ours; other sources are the distribution's, which writes many files in a
 * row. */
static gboolean
is_own (const char *path)
{
  return g_str_has_suffix (path, "/anchord/anchors.d") || g_str_has_suffix (path, "/anchord/stores.d") || g_str_has_suffix (path, "/anchord/crls.d")
         || g_str_has_suffix (path, "/anchord/consumers.d");
}

static void
find_targets (TrustWatcher *watcher)
{
  g_autoptr (GPtrArray) sources = NULL;
  g_autoptr (GPtrArray) consumers = NULL;

  g_ptr_array_set_size (watcher->targets, 0);
  trust_engine_get_watched (watcher->engine, &sources, &consumers);
  for (guint i = 0; i < consumers->len; i++)
    add_target (watcher, consumers->pdata[i], TRUST_WANT_HEAL, FALSE);
  for (guint i = 0; i < sources->len; i++)
    add_target (watcher, sources->pdata[i], is_own (sources->pdata[i]) ? TRUST_WANT_OWN : TRUST_WANT_DISTRIBUTION, TRUE);
}

void
trust_watcher_follow (TrustWatcher *watcher)
{
  find_targets (watcher);
  place_all (watcher);
}

TrustWatcher *
trust_watcher_new (TrustEngine *engine, TrustRoot *root, const char *bundle, TrustWriter *writer, GError **error)
{
  int fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);

  if (fd < 0)
    {
      trust_error_set_errno (error, errno, "can't make an inotify descriptor for", trust_root_get_path (root));
      return NULL;
    }

  TrustWatcher *watcher = g_new0 (TrustWatcher, 1);

  watcher->root = trust_root_ref (root);
  watcher->bundle = g_strdup (bundle);
  watcher->writer = writer;
  watcher->fd = fd;
  watcher->targets = g_ptr_array_new_with_free_func (target_free);
  watcher->watches = g_hash_table_new_full (NULL, NULL, NULL, watch_free);
  watcher->engine = engine;
  find_targets (watcher);
  place_all (watcher);
  watcher->source = g_unix_fd_add (fd, G_IO_IN, on_events, watcher);
  return watcher;
}

void
trust_watcher_free (TrustWatcher *watcher)
{
  g_source_remove (watcher->source);
  g_hash_table_unref (watcher->watches);
  g_ptr_array_unref (watcher->targets);
  close (watcher->fd);
  trust_root_unref (watcher->root);
  g_free (watcher->bundle);
  g_free (watcher);
}
