/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Consumers that files describe, switched on and off. The files themselves are packages' and root's: only the markers beside them are written. */
#include "core/plan-own.h"

#include "core/consumers/placed.h"
#include "core/error.h"
#include "core/text.h"

/* What a marker says to people. */
static GBytes *
make_marker (const TrustPlanner *planner)
{
  GString *out = g_string_new ("# Written by `anchorctl consumer`.\n");

  if (planner->added_by != NULL)
    g_string_append_printf (out, "# By: %s\n", planner->added_by);
  if (planner->change->reason != NULL)
    {
      g_autofree char *reason = trust_text_printable (planner->change->reason, 0);

      g_string_append_printf (out, "# Reason: %s\n", reason);
    }
  return g_string_free_to_bytes (out);
}

static gboolean
has_file (const TrustPlanner *planner, const char *path)
{
  TrustStat stat;

  return trust_root_lstat (planner->root, path, &stat);
}

static void
put_marker (TrustPlanner *planner, const char *name, const char *suffix, gboolean wanted)
{
  g_autofree char *path = g_strconcat (TRUST_PLACED_FOLDER "/", name, suffix, NULL);
  g_autoptr (GBytes) content = wanted ? make_marker (planner) : NULL;
  gboolean is_there = has_file (planner, path);

  if (wanted != is_there)
    g_ptr_array_add (planner->plan->files, trust_journal_file_new (path, content, wanted ? 0644 : 0));
}

/* The consumer that the change names, if it can be switched on. */
static TrustPlaced *
find (const TrustPlanner *planner, gboolean enable, GError **error)
{
  const char *name = planner->change->consumer;
  g_autofree char *shown = trust_text_printable (name, 0);
  TrustPlaced *placed = trust_placed_find (planner->snapshot->placed, name);
  const char *distribution = trust_distribution_get_name (planner->snapshot->distribution);

  if (placed == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
                   "There is no consumer \"%s\"; `anchorctl consumers` names those there are, and root adds files by `anchorctl consumer add FILE`",
                   shown);
      return NULL;
    }
  if (!enable)
    return placed;
  if (planner->snapshot->handback != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                   "The distribution's files are handed back, so no consumer is written; `anchorctl handback --resume` takes them up again, then "
                   "enable it");
      return NULL;
    }
  if (placed->fault != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s does not count: %s", placed->path, placed->fault);
      return NULL;
    }
  if (!(placed->distributions & 1u << planner->snapshot->distribution))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "The consumer \"%s\" is not for this distribution (%s)", shown, distribution);
      return NULL;
    }
  return trust_placed_check (placed, error) ? placed : NULL;
}

static gboolean
switch_to (TrustPlanner *planner, gboolean enable, GError **error)
{
  TrustPlaced *placed = find (planner, enable, error);
  TrustPlan *plan = planner->plan;
  const TrustFingerprint none = { { 0 } };
  GPtrArray *after = NULL;
  TrustPlacedMark mark;

  if (placed == NULL)
    return FALSE;
  /* One whose file does not count is not enabled, but its marker is there. */
  if (placed->enabled == enable && (enable || placed->mark != TRUST_PLACED_MARKED_ENABLED))
    {
      trust_outcome_add_titled (plan->outcome, &none, placed->name, TRUST_RESULT_ALREADY, enable ? "enabled" : "disabled");
      return TRUE;
    }
  put_marker (planner, placed->name, TRUST_PLACED_ENABLED, enable && !placed->by_default);
  put_marker (planner, placed->name, TRUST_PLACED_DISABLED, !enable && placed->by_default);
  mark = placed->by_default == enable ? TRUST_PLACED_UNSAID : enable ? TRUST_PLACED_MARKED_ENABLED : TRUST_PLACED_MARKED_DISABLED;
  after = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
  for (guint i = 0; i < planner->snapshot->placed->len; i++)
    {
      TrustPlaced *one = planner->snapshot->placed->pdata[i];

      g_ptr_array_add (after, one == placed ? trust_placed_with_mark (placed, mark, planner->snapshot->distribution) : trust_placed_ref (one));
    }
  g_ptr_array_unref (plan->placed);
  plan->placed = after;
  trust_outcome_add_titled (plan->outcome, &none, placed->name, enable ? TRUST_RESULT_ENABLED : TRUST_RESULT_DISABLED, NULL);
  return TRUE;
}

static gboolean
enable (TrustPlanner *planner, GError **error)
{
  return switch_to (planner, TRUE, error);
}

static gboolean
disable (TrustPlanner *planner, GError **error)
{
  return switch_to (planner, FALSE, error);
}

const TrustPlanKind trust_plan_consumer_enable = { .plan = enable };
const TrustPlanKind trust_plan_consumer_disable = { .plan = disable };
