/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/foreign.h"
#include "core/layers.h"

void
trust_debian_judge_clear (TrustDebianJudge *judge)
{
  g_clear_pointer (&judge->lost, g_hash_table_unref);
}

gboolean
trust_debian_is_wanted (const TrustAnchor *anchor)
{
  return anchor != NULL && trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH);
}

/* What a source trusts and the set does not: it has ended. */
static GHashTable *
collect_lost (const TrustSnapshot *next)
{
  g_autoptr (GHashTable) masks = trust_layers_find_masks (next->states);
  GHashTable *lost = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < next->states->len; i++)
    {
      const TrustSourceState *state = next->states->pdata[i];

      for (guint n = 0; n < state->files->len; n++)
        {
          const TrustSourceFile *file = state->files->pdata[n];

          for (guint k = 0; trust_layers_counts (masks, state, file) && k < file->n_anchors; k++)
            if (trust_anchor_set_lookup (next->set, trust_anchor_get_fingerprint (file->anchors[k])) == NULL)
              g_hash_table_add (lost, (gpointer) (guintptr) trust_anchor_get_fingerprint (file->anchors[k]));
        }
    }
  return lost;
}

TrustDebianStanding
trust_debian_judge (TrustDebianJudge *judge, const TrustCertificate *certificate)
{
  const TrustSnapshot *next = judge->next;
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);

  if (trust_debian_is_wanted (trust_anchor_set_lookup (next->flat, fingerprint)))
    return TRUST_DEBIAN_GOOD;
  if (trust_anchor_set_lookup (next->set, fingerprint) != NULL || trust_anchor_set_find_distrust (next->set, certificate) != NULL)
    return TRUST_DEBIAN_REFUSED;
  /* In the first of two passes it may be one that comes with the second. */
  if (judge->flags & TRUST_PUBLISH_REMOVALS)
    return TRUST_DEBIAN_UNKNOWN;
  if (judge->lost == NULL)
    judge->lost = collect_lost (next);
  return g_hash_table_contains (judge->lost, fingerprint) ? TRUST_DEBIAN_REFUSED : TRUST_DEBIAN_UNKNOWN;
}

/* A file that does not count here is not weighed, only held against what is refused. */
static TrustDebianStanding
judge_uncounted (TrustDebianJudge *judge, const TrustSourceFile *file)
{
  g_autoptr (GPtrArray) certificates = trust_foreign_read (judge->root, file);
  TrustDebianStanding standing = TRUST_DEBIAN_GOOD;

  for (guint i = 0; i < certificates->len; i++)
    {
      const TrustCertificate *certificate = certificates->pdata[i];

      g_hash_table_add (judge->others, g_memdup2 (trust_certificate_get_fingerprint (certificate), sizeof (TrustFingerprint)));
      if (trust_debian_judge (judge, certificate) == TRUST_DEBIAN_REFUSED)
        standing = TRUST_DEBIAN_REFUSED;
    }
  return standing;
}

TrustDebianStanding
trust_debian_judge_file (TrustDebianJudge *judge, const TrustSourceFile *file)
{
  TrustDebianStanding standing = TRUST_DEBIAN_GOOD;

  if (file->status == TRUST_FILE_INSECURE || file->status == TRUST_FILE_UNPARSABLE)
    return judge_uncounted (judge, file);
  for (guint i = 0; i < file->n_anchors && standing != TRUST_DEBIAN_REFUSED; i++)
    {
      TrustDebianStanding one = trust_debian_judge (judge, trust_anchor_get_certificate (file->anchors[i]));

      standing = one != TRUST_DEBIAN_GOOD ? one : standing;
    }
  return standing;
}
