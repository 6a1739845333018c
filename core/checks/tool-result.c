/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Debian's tool is not run: what it would make is known from the files it reads (core/consumers/debian.h). */
#include "core/checks/check.h"

#include "core/text.h"

#define TOOL "update-ca-certificates"

static TrustCertificate *
find_certificate (const TrustSnapshot *snapshot, const TrustFingerprint *fingerprint)
{
  const TrustAnchor *anchor = trust_anchor_set_lookup (snapshot->set, fingerprint);
  const TrustDistrust *distrust = anchor == NULL ? trust_anchor_set_lookup_distrust (snapshot->set, fingerprint) : NULL;

  return anchor != NULL ? trust_anchor_get_certificate (anchor) : distrust != NULL ? trust_distrust_get_certificate (distrust) : NULL;
}

/* What the tool puts into its files, and anchord would not. */
static void
tell_against (const TrustCheck *check, const TrustSnapshot *snapshot, const TrustConsumerStatus *status, GPtrArray *out)
{
  for (guint i = 0; i < status->against->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (status->against, TrustFingerprint, i);
      char hex[TRUST_FINGERPRINT_HEX];
      TrustFinding *finding = NULL;

      trust_fingerprint_to_hex (fingerprint, hex);
      finding = trust_check_tell (check, out, find_certificate (snapshot, fingerprint), "consumer debian",
                                  g_strdup_printf ("%.16s is not to be trusted here, and a file that is not anchord's gives it to " TOOL
                                                   ", so that it stands in the distribution's bundle",
                                                   hex),
                                  g_strdup (status->fault != NULL ? status->fault : "Move that file away"));
      finding->severity = TRUST_SEVERITY_CRITICAL;
      finding->has_fingerprint = TRUE;
      finding->fingerprint = *fingerprint;
    }
}

/* What the tool makes of FILE, where anchord makes something else of it. NULL: the same. */
static const char *
compare_file (const TrustSourceFile *file, TrustSeverity *severity)
{
  static const TrustFingerprint unread;
  gboolean is_read = !trust_fingerprint_equal (&file->digest, &unread);

  if (file->status == TRUST_FILE_PRIVATE_KEY)
    {
      *severity = TRUST_SEVERITY_CRITICAL;
      return TOOL " would copy it, its private key too, into a bundle that everybody reads; anchord leaves it out";
    }
  if (file->status == TRUST_FILE_LAST_GOOD && file->n_anchors > 0)
    return file->stat.inode == 0 ? TOOL " would leave it out, for it is gone; its last good content stands in the bundle"
                                 : TOOL " would copy it as it is, damaged; its last good content stands in the bundle";
  if (file->stat.inode != 0 && !is_read && (file->status == TRUST_FILE_UNPARSABLE || file->status == TRUST_FILE_INSECURE))
    return TOOL " would copy it, and anchord, which cannot read it, leaves it out";
  if (file->status == TRUST_FILE_INSECURE || file->status == TRUST_FILE_UNPARSABLE)
    return TOOL " copies it into the bundle all the same, although it does not count here";
  return NULL;
}

static void
tell_files (const TrustCheck *check, const TrustSourceState *state, GPtrArray *out)
{
  if (state != NULL && state->held_back)
    {
      g_autofree char *where = g_strconcat ("source ", state->source, NULL);

      trust_check_tell (check, out, NULL, where, g_strdup (TOOL " would make a bundle of what is there now; the last good set stands in it"),
                        g_strdup ("Put the files back; or, where they are right as they are, remove the last good set"));
      return;
    }
  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];
      TrustSeverity severity = check->severity;
      const char *what = compare_file (file, &severity), *path = trust_origin_get_path (file->origin);
      g_autofree char *shown = trust_text_printable (path, 0);

      if (what != NULL)
        trust_check_tell (check, out, NULL, path, g_strdup (what), g_strdup_printf ("Put %s right, or take it away", shown))->severity = severity;
    }
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const TrustSnapshot *snapshot = facts->snapshot;

  if (snapshot->distribution != TRUST_DISTRIBUTION_DEBIAN)
    return;
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      if (g_str_equal (status->id, "debian"))
        tell_against (check, snapshot, status, out);
    }
  tell_files (check, trust_snapshot_find_state (snapshot, "debian-distribution"), out);
  tell_files (check, trust_snapshot_find_state (snapshot, "debian-local"), out);
}

const TrustCheck trust_check_tool_result = {
  .id = "tool-result",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Files of which the distribution's tool makes something else than what is trusted",
  .run = run,
};
