/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/change.h"

static const char *const kind_names[] = { "add",          "remove",          "distrust",         "set",          "restore",      "import",
                                          "store-create", "store-delete",    "store-add",        "store-remove", "store-narrow", "crl-add",
                                          "crl-remove",   "consumer-enable", "consumer-disable", "rollback",     "undo",         "handback",
                                          "resume" };
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == TRUST_CHANGE_LAST);

static const char *const result_names[] = { "added",       "pinned",   "changed",       "already", "removed",  "still-trusted",
                                            "distrusted",  "restored", "still-refused", "enabled", "disabled", "refused",
                                            "handed-back", "taken-up", "kept",          "not-kept" };
G_STATIC_ASSERT (G_N_ELEMENTS (result_names) == TRUST_RESULT_LAST);

const char *
trust_change_kind_get_name (TrustChangeKind kind)
{
  return kind < TRUST_CHANGE_LAST ? kind_names[kind] : "unknown";
}

const char *
trust_result_get_name (TrustResult result)
{
  return result < TRUST_RESULT_LAST ? result_names[result] : "unknown";
}

TrustChange *
trust_change_new (TrustChangeKind kind)
{
  TrustChange *change = g_new0 (TrustChange, 1);

  change->kind = kind;
  change->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  change->fingerprints = g_array_new (FALSE, FALSE, sizeof (TrustPrefix));
  change->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  change->limits = TRUST_LIMITS_NONE;
  change->retire = TRUST_NEVER;
  change->notices = g_ptr_array_new_with_free_func (g_free);
  change->lifted = g_ptr_array_new_with_free_func (g_free);
  change->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  change->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  return change;
}

void
trust_change_free (TrustChange *change)
{
  g_ptr_array_unref (change->certificates);
  g_array_unref (change->fingerprints);
  g_ptr_array_unref (change->crls);
  g_clear_pointer (&change->purposes, trust_purposes_unref);
  g_clear_pointer (&change->limits.constraints, trust_constraints_unref);
  g_clear_pointer (&change->limits.distrust_after, g_array_unref);
  g_ptr_array_unref (change->anchors);
  g_ptr_array_unref (change->distrusts);
  g_ptr_array_unref (change->notices);
  g_ptr_array_unref (change->lifted);
  g_free (change->store);
  g_free (change->consumer);
  g_free (change->request);
  g_free (change->label);
  g_free (change->reason);
  g_free (change);
}

static void
outcome_row_free (gpointer data)
{
  TrustOutcomeRow *row = data;

  g_free (row->title);
  g_free (row->detail);
  g_free (row);
}

TrustOutcome *
trust_outcome_new (void)
{
  TrustOutcome *outcome = g_new0 (TrustOutcome, 1);

  outcome->rows = g_ptr_array_new_with_free_func (outcome_row_free);
  outcome->notices = g_ptr_array_new_with_free_func (g_free);
  return outcome;
}

void
trust_outcome_add (TrustOutcome *outcome, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, TrustResult result,
                   const char *detail)
{
  TrustOutcomeRow *row = g_new0 (TrustOutcomeRow, 1);

  row->fingerprint = *fingerprint;
  row->result = result;
  row->title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup ("");
  row->detail = g_strdup (detail);
  g_ptr_array_add (outcome->rows, row);
}

void
trust_outcome_add_titled (TrustOutcome *outcome, const TrustFingerprint *id, const char *title, TrustResult result, const char *detail)
{
  TrustOutcomeRow *row = g_new0 (TrustOutcomeRow, 1);

  row->fingerprint = *id;
  row->result = result;
  row->title = g_strdup (title);
  row->detail = g_strdup (detail);
  g_ptr_array_add (outcome->rows, row);
}

void
trust_outcome_free (TrustOutcome *outcome)
{
  g_ptr_array_unref (outcome->rows);
  g_ptr_array_unref (outcome->notices);
  g_free (outcome);
}
