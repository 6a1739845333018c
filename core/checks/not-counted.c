/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

/* What is wrong with a file of STATUS, and how bad. NULL: nothing, or another check tells. */
static const char *
judge (const TrustSourceFile *file, TrustSeverity *severity)
{
  switch (file->status)
    {
    case TRUST_FILE_UNPARSABLE:
      *severity = TRUST_SEVERITY_MEDIUM;
      return "it cannot be read, so nothing of it counts";
    case TRUST_FILE_INSECURE:
      *severity = TRUST_SEVERITY_HIGH;
      return "others may choose what it says";
    case TRUST_FILE_LAST_GOOD:
      *severity = TRUST_SEVERITY_MEDIUM;
      return "it has changed, and what it said before counts";
    case TRUST_FILE_MISSING:
      *severity = TRUST_SEVERITY_LOW;
      return "a list names it, and it is not there";
    case TRUST_FILE_IGNORED:
      *severity = TRUST_SEVERITY_LOW;
      return file->fault != NULL ? "it does not count" : NULL;
    case TRUST_FILE_PRIVATE_KEY: /* private-key */
    case TRUST_FILE_TAKEN:
    case TRUST_FILE_MASKED:
      break;
    }
  return NULL;
}

static void
tell_file (const TrustCheck *check, const TrustSourceFile *file, GPtrArray *out)
{
  TrustSeverity severity = check->severity;
  const char *what = judge (file, &severity), *path = trust_origin_get_path (file->origin);
  g_autofree char *fault = trust_text_printable (file->fault, 0);
  TrustFinding *finding = NULL;

  if (what == NULL)
    return;
  finding = trust_check_tell (check, out, NULL, path, *fault != '\0' ? g_strdup_printf ("%s: %s", what, fault) : g_strdup (what),
                              g_strdup ("Put it right, or take it away"));
  finding->severity = severity;
}

static void
tell_state (const TrustCheck *check, const TrustSourceState *state, GPtrArray *out)
{
  g_autofree char *where = g_strconcat ("source ", state->source, NULL);

  for (guint i = 0; i < state->faults->len; i++)
    trust_check_tell (check, out, NULL, where, g_strdup (state->faults->pdata[i]),
                      g_strdup (state->held_back ? "Put the files back; or, where they are right as they are, remove the last good set that it names"
                                                 : "Put it right: what it says does not count"));
  /* Of a set that is held back as a whole, that is told once. */
  for (guint i = 0; i < state->files->len; i++)
    if (!state->held_back || ((const TrustSourceFile *) state->files->pdata[i])->status != TRUST_FILE_LAST_GOOD)
      tell_file (check, state->files->pdata[i], out);
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const TrustSnapshot *snapshot = facts->snapshot;

  for (guint i = 0; i < snapshot->states->len; i++)
    tell_state (check, snapshot->states->pdata[i], out);
  for (guint i = 0; i < snapshot->stores->len; i++)
    {
      const TrustStore *store = snapshot->stores->pdata[i];

      if (store->state != NULL)
        tell_state (check, store->state, out);
    }
  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];

      if (placed->fault != NULL)
        trust_check_tell (check, out, NULL, placed->path, g_strdup_printf ("the file does not count: %s", placed->fault),
                          g_strdup ("Put it right: nothing is written for this consumer"));
    }
}

const TrustCheck trust_check_not_counted = {
  .id = "not-counted",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Files that say what is trusted, and do not count",
  .run = run,
};
