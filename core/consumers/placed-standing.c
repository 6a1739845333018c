/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/placed-standing.h"

#include "core/consumers/placed.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>

void
trust_standing_clear (TrustStanding *found)
{
  g_clear_pointer (&found->bytes, g_bytes_unref);
  g_free (found->words);
}

static void
find_link (TrustRoot *root, const char *path, TrustStanding *found)
{
  g_autofree char *target = trust_root_read_link (root, path), *shown = trust_text_printable (target != NULL ? target : "", 0);

  found->kind = TRUST_STANDING_LINK;
  found->words = g_strdup_printf ("a link to %s, which anchord does not follow", shown);
  trust_wanted_digest_link (target != NULL ? target : "", &found->digest);
}

static void
find_file (TrustRoot *root, const char *path, TrustStanding *found)
{
  g_autoptr (GError) error = NULL;
  TrustStat read;

  found->bytes = trust_root_read (root, path, TRUST_LIMIT_OUTPUT_BYTES, &read, &error);
  if (found->bytes == NULL)
    {
      found->kind = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ? TRUST_STANDING_NOTHING : TRUST_STANDING_OTHER;
      found->words = trust_text_printable (error->message, 0);
      return;
    }
  found->kind = TRUST_STANDING_FILE;
  found->stat = read;
  trust_fingerprint_of (g_bytes_get_data (found->bytes, NULL), g_bytes_get_size (found->bytes), &found->digest);
}

void
trust_standing_look (TrustRoot *root, const char *path, const TrustStat *known, const TrustFingerprint *right, TrustStanding *found)
{
  *found = (TrustStanding) { .kind = TRUST_STANDING_NOTHING };
  if (!trust_root_lstat (root, path, &found->stat))
    {
      if (errno != ENOENT && errno != ENOTDIR)
        {
          found->kind = TRUST_STANDING_OTHER;
          found->words = g_strdup (g_strerror (errno));
        }
      return;
    }
  if (S_ISLNK (found->stat.mode))
    find_link (root, path, found);
  else if (!S_ISREG (found->stat.mode))
    {
      found->kind = TRUST_STANDING_OTHER;
      found->words = g_strdup ("no regular file");
    }
  else if (known != NULL && right != NULL && trust_stat_equal (known, &found->stat))
    {
      found->kind = TRUST_STANDING_FILE;
      found->digest = *right;
    }
  else
    find_file (root, path, found);
}
