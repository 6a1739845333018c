/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-foreign.h"

#include "core/error.h"
#include "core/foreign.h"
#include "core/limits.h"
#include "core/plan.h"
#include "core/text.h"

#include <string.h>

static gboolean
gives_refused (TrustRoot *root, const TrustSourceFile *file, const TrustAnchorSet *refused)
{
  g_autoptr (GPtrArray) certificates = trust_foreign_read (root, file);

  for (guint i = 0; i < certificates->len; i++)
    if (trust_anchor_set_find_distrust (refused, certificates->pdata[i]) != NULL)
      return TRUE;
  return FALSE;
}

GPtrArray *
trust_plan_find_foreign (TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *refused)
{
  TrustSourceState *state = trust_snapshot_find_state (snapshot, TRUST_LOCAL_SOURCE);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (none, refused);
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    if (gives_refused (root, state->files->pdata[i], set))
      g_ptr_array_add (found, state->files->pdata[i]);
  return found;
}

TrustJournalFile *
trust_plan_copy_aside (TrustRoot *root, const TrustSourceFile *file, GError **error)
{
  const char *path = trust_origin_get_path (file->origin);
  g_autoptr (GBytes) content = NULL;
  g_autofree char *digest = trust_text_hex (file->digest.bytes, 8);
  g_autofree char *aside = g_strconcat (TRUST_ASIDE_FOLDER "/", digest, "-", strrchr (path, '/') + 1, NULL);
  g_autofree char *shown = trust_text_printable (path, 0);
  TrustFingerprint found;

  if (file->status == TRUST_FILE_PRIVATE_KEY)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY,
                   "%s holds it and a private key besides, which anchord copies nowhere; move that file away by hand", shown);
      return NULL;
    }
  content = trust_root_read (root, path, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, error);
  if (content == NULL)
    return NULL;
  trust_fingerprint_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), &found);
  if (!trust_fingerprint_equal (&found, &file->digest))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s changed while it was being set aside; try again", shown);
      return NULL;
    }
  return trust_journal_file_new (aside, content, 0644);
}

void
trust_plan_tell_losses (const TrustSourceFile *file, const TrustSnapshot *before, const TrustAnchorSet *after, GPtrArray *notices)
{
  for (guint i = 0; i < file->n_anchors; i++)
    {
      TrustCertificate *certificate = trust_anchor_get_certificate (file->anchors[i]);
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
      g_autofree char *title = NULL, *shown = NULL, *path = NULL;

      if (trust_anchor_set_lookup (before->set, fingerprint) == NULL || trust_anchor_set_lookup (after, fingerprint) != NULL
          || trust_anchor_set_find_distrust (after, certificate) != NULL)
        continue;
      title = trust_certificate_dup_title (certificate);
      shown = trust_text_printable (title, 64);
      path = trust_text_printable (trust_origin_get_path (file->origin), 0);
      g_ptr_array_add (notices, g_strdup_printf ("\"%s\" stood in %s, which was set aside, and is no longer trusted; add it again if it "
                                                 "should be",
                                                 shown, path));
    }
}
