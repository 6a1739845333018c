/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a consumer's file last said while it was good. Where it stops counting, its outputs follow the store by that: left alone, they would go on
 * showing what was taken away since. */
#include "core/consumers/placed.h"

#include "core/consumer-file.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <unistd.h>

#define FOLDER "/var/lib/anchord/last-good"

static char *
dup_path (const char *name)
{
  return g_strconcat (FOLDER "/", name, TRUST_PLACED_SUFFIX, NULL);
}

static GBytes *
read_good (TrustRoot *root, const char *name)
{
  g_autofree char *path = dup_path (name);

  return trust_root_read (root, path, TRUST_LIMIT_CONSUMER_FILE_BYTES, NULL, NULL);
}

/* PLACED, whose file does not count, as it last said while it did. (transfer full) (nullable) */
static TrustPlaced *
restore (TrustRoot *root, const TrustPlaced *placed, TrustDistributionKind distribution)
{
  g_autoptr (GBytes) bytes = read_good (root, placed->name);
  g_autoptr (TrustPlaced) good = trust_placed_new (placed->name, placed->path);
  TrustSpan span = { NULL, 0 };

  if (bytes == NULL)
    return NULL;
  span.data = g_bytes_get_data (bytes, &span.size);
  if (!trust_consumer_file_parse (span, good, NULL) || !trust_placed_check (good, NULL))
    return NULL;
  good->stat = placed->stat;
  good->insecurity = g_strdup (placed->insecurity);
  good->fault = g_strdup (placed->fault);
  good->mark = placed->mark;
  good->last_good = TRUE;
  trust_placed_decide (good, distribution);
  return g_steal_pointer (&good);
}

void
trust_placed_settle (TrustRoot *root, TrustDistributionKind distribution, GPtrArray *all)
{
  for (guint i = 0; i < all->len; i++)
    {
      TrustPlaced *placed = all->pdata[i], *good = NULL;
      g_autoptr (GError) error = NULL;

      if (placed->settled)
        continue;
      placed->settled = TRUE;
      if (placed->fault == NULL && !trust_placed_check (placed, &error))
        placed->fault = trust_text_printable (error->message, 0);
      if (placed->fault == NULL)
        continue;
      trust_placed_decide (placed, distribution);
      good = restore (root, placed, distribution);
      if (good == NULL)
        continue;
      good->settled = TRUE;
      trust_placed_unref (placed);
      all->pdata[i] = good;
    }
}

gboolean
trust_placed_keep_good (TrustRoot *root, const TrustPlaced *placed, GError **error)
{
  g_autoptr (GBytes) before = read_good (root, placed->name);
  g_autofree char *name = g_strconcat (placed->name, TRUST_PLACED_SUFFIX, NULL);
  gboolean ok = TRUE;
  int fd = -1;

  if (placed->content == NULL || (before != NULL && g_bytes_equal (before, placed->content)))
    return TRUE;
  fd = trust_root_make_dir (root, FOLDER, 0755);
  if (fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", FOLDER);
  ok = trust_atomic_write (fd, name, g_bytes_get_data (placed->content, NULL), g_bytes_get_size (placed->content), 0644, error);
  close (fd);
  return ok;
}

void
trust_placed_forget_good (TrustRoot *root, const char *name)
{
  g_autofree char *file = g_strconcat (name, TRUST_PLACED_SUFFIX, NULL);
  int fd = trust_root_open_dir (root, FOLDER);

  if (fd < 0)
    return;
  /* One that stays is of no use: without a manifest nothing is kept up by it. */
  trust_atomic_remove (fd, file, NULL);
  close (fd);
}
