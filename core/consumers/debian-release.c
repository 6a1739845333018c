/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that the tool makes, left as the tool alone would make them. Everything may be repeated: what says that anchord was here goes last. */
#include "core/consumers/debian.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/outside.h"
#include "core/stood.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOG_NAME "state"
#define FEED_NAME "anchord"

gboolean
trust_debian_has_any (TrustConsumerState *state)
{
  g_autoptr (GPtrArray) deselected = trust_outside_read_names (state->root, TRUST_OUTSIDE_DESELECTED);
  g_autoptr (GPtrArray) released = trust_outside_read_names (state->root, TRUST_OUTSIDE_RELEASED);
  TrustStat stat;

  return state->log.exists || trust_root_lstat (state->root, TRUST_OUTSIDE_FOLDER "/" LOG_NAME, &stat) || deselected->len > 0 || released->len > 0;
}

/* The tool's order is that of its locale: the bundle that stood here before, if it holds just this, in its own. */
static gboolean
restore_bundle (TrustConsumerState *state, GError **error)
{
  g_auto (TrustStood) stood = { TRUST_STOOD_UNKNOWN };
  g_autofree char *path = trust_stood_dup_bytes_path (TRUST_DEBIAN_BUNDLE_PATH);
  g_autoptr (GBytes) now = NULL;
  GArray *pieces = NULL;
  int fd = -1;

  if (!trust_stood_read (state->root, TRUST_DEBIAN_BUNDLE_PATH, &stood, error))
    return FALSE;
  if (stood.kind != TRUST_STOOD_FILE)
    return TRUE;
  fd = trust_root_open (state->root, path, O_RDONLY | O_NOFOLLOW, 0);
  pieces = fd >= 0 ? trust_debian_bundle_match (fd, state->input) : NULL;
  if (fd >= 0)
    close (fd);
  if (pieces == NULL)
    return TRUE;
  g_array_unref (pieces);
  now = trust_root_read (state->root, TRUST_DEBIAN_BUNDLE_PATH, g_bytes_get_size (stood.bytes) + 1, NULL, NULL);
  return (now != NULL && g_bytes_equal (now, stood.bytes)) || trust_stood_restore (state->root, TRUST_DEBIAN_BUNDLE_PATH, &stood, error);
}

static void
sweep (TrustRoot *root, const char *folder)
{
  int dir_fd = trust_root_open_dir (root, folder);

  if (dir_fd < 0)
    return;
  trust_atomic_sweep (dir_fd);
  close (dir_fd);
}

/* What others put there keeps the folder. */
static gboolean
remove_feed (TrustRoot *root, GError **error)
{
  int dir_fd = trust_root_open_dir (root, TRUST_DEBIAN_LOCAL_FOLDER);
  gboolean ok;

  if (dir_fd < 0)
    return errno == ENOENT || trust_error_set_errno (error, errno, "cannot open", TRUST_DEBIAN_LOCAL_FOLDER);
  ok = trust_atomic_remove_dir (dir_fd, FEED_NAME, error) && trust_atomic_sync_dir (dir_fd, error);
  close (dir_fd);
  return ok;
}

static gboolean
forget (TrustConsumerState *state, GError **error)
{
  static const char *const names[] = { TRUST_OUTSIDE_RELEASED, TRUST_OUTSIDE_DESELECTED, TRUST_OUTSIDE_FOLDER "/" LOG_NAME };
  int dir_fd = -1;
  gboolean ok = trust_stood_forget (state->root, TRUST_DEBIAN_BUNDLE_PATH, error);

  if (!ok)
    return FALSE;
  dir_fd = trust_root_open_dir (state->root, TRUST_OUTSIDE_FOLDER);
  if (dir_fd < 0)
    return errno == ENOENT || trust_error_set_errno (error, errno, "cannot open", TRUST_OUTSIDE_FOLDER);
  for (guint i = 0; ok && i < G_N_ELEMENTS (names); i++)
    ok = trust_atomic_remove (dir_fd, strrchr (names[i], '/') + 1, error);
  ok = ok && trust_atomic_sync_dir (dir_fd, error);
  close (dir_fd);
  return ok;
}

gboolean
trust_debian_release (TrustConsumerState *state, const TrustSnapshot *bare, gboolean *wrote, GError **error)
{
  gboolean enabled = FALSE;

  sweep (state->root, TRUST_DEBIAN_CERTS);
  sweep (state->root, TRUST_DEBIAN_FEED_FOLDER);
  *wrote = TRUE;
  return trust_debian_publish_all (state, bare, 0, wrote, &enabled, error) && restore_bundle (state, error) && remove_feed (state->root, error)
         && forget (state, error);
}
