/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the distribution's data say of roots that are trusted all the same: Mozilla refuses them, or those of their certificates that are issued after
 * a date. Its data are data whether anything of higher rank hides them or not. */
#include "core/checks/check.h"

typedef void (*Visit) (const TrustSourceFile *file, gpointer data);

static void
foreach_file (const TrustSnapshot *snapshot, Visit visit, gpointer data)
{
  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      for (guint j = 0; state->layer == TRUST_LAYER_DISTRIBUTION && j < state->files->len; j++)
        visit (state->files->pdata[j], data);
    }
}

static void
note_dates (const TrustSourceFile *file, gpointer dated)
{
  for (guint i = 0; i < file->n_anchors; i++)
    if (trust_settings_get_limits (trust_anchor_get_settings (file->anchors[i]))->distrust_after != NULL)
      g_hash_table_insert (dated, (gpointer) trust_anchor_get_fingerprint (file->anchors[i]), trust_anchor_get_settings (file->anchors[i]));
}

static void
tell_date (const TrustCheck *check, const TrustSuspect *suspect, const TrustDistrustAfter *row, GPtrArray *out)
{
  g_autofree char *date = trust_check_dup_date (row->time);
  gint64 time = 0;
  char hex[TRUST_FINGERPRINT_HEX];

  if (trust_settings_get_distrust_after (trust_anchor_get_settings (suspect->anchor), row->purpose, &time) && time <= row->time)
    {
      trust_check_tell_of (check, out, suspect,
                           g_strdup_printf ("Mozilla no longer trusts for %s what it issues from %s on, and that date holds here", row->purpose,
                                            date),
                           g_strdup ("None is needed here; its customers should change to another CA"));
      return;
    }
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  trust_check_tell_of (check, out, suspect,
                       g_strdup_printf ("Mozilla no longer trusts for %s what it issues from %s on; this machine does", row->purpose, date),
                       suspect->store != NULL
                           ? trust_check_dup_removal (suspect, "Unless you must have it, take it away", FALSE)
                           : g_strdup_printf ("Have the same date here: anchorctl set %.16s --distrust-after %s=%s", hex, row->purpose, date))
      ->severity
      = TRUST_SEVERITY_MEDIUM;
}

static void
run_dated (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GHashTable) dated = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  g_autoptr (GArray) suspects = NULL;

  foreach_file (facts->snapshot, note_dates, dated);
  if (g_hash_table_size (dated) == 0)
    return;
  suspects = trust_suspects_new (facts);
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = &g_array_index (suspects, TrustSuspect, i);
      const TrustSettings *settings = g_hash_table_lookup (dated, trust_certificate_get_fingerprint (suspect->certificate));
      const GArray *after = settings != NULL ? trust_settings_get_limits (settings)->distrust_after : NULL;

      for (guint j = 0; after != NULL && j < after->len; j++)
        if (trust_suspect_is_for (suspect, g_array_index (after, TrustDistrustAfter, j).purpose))
          tell_date (check, suspect, &g_array_index (after, TrustDistrustAfter, j), out);
    }
}

const TrustCheck trust_check_mozilla_dated = {
  .id = "mozilla-dated",
  .severity = TRUST_SEVERITY_INFO,
  .summary = "Anchors that Mozilla no longer trusts in what they issue, by the distribution's data",
  .run = run_dated,
};

static void
note_refusals (const TrustSourceFile *file, gpointer refusals)
{
  for (guint i = 0; i < file->n_distrusts; i++)
    g_ptr_array_add (refusals, file->distrusts[i]);
}

static void
run_distrusted (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GPtrArray) refusals = g_ptr_array_new (), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) refused = NULL;
  g_autoptr (GArray) suspects = NULL;

  foreach_file (facts->snapshot, note_refusals, refusals);
  if (refusals->len == 0)
    return;
  refused = trust_anchor_set_new (none, refusals);
  suspects = trust_suspects_new (facts);
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = &g_array_index (suspects, TrustSuspect, i);

      if (trust_anchor_set_find_distrust (refused, suspect->certificate) != NULL)
        trust_check_tell_of (check, out, suspect, g_strdup ("Mozilla refuses it, as the distribution's data say; this machine trusts it"),
                             trust_check_dup_removal (suspect, "Unless you must have it, take it away", FALSE));
    }
}

const TrustCheck trust_check_mozilla_distrusted = {
  .id = "mozilla-distrusted",
  .severity = TRUST_SEVERITY_HIGH,
  .summary = "Anchors that Mozilla refuses, by the distribution's data",
  .run = run_distrusted,
};
