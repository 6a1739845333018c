/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verdict.h"

static const char *const reason_names[] = {
  "trusted", "unknown-issuer", "distrusted", "expired",          "not-yet-valid", "name-mismatch",    "purpose", "signature",
  "weak",    "constraint",     "invalid",    "distrusted-after", "ended",         "budget-exhausted", "revoked", "revocation-unknown",
};
G_STATIC_ASSERT (G_N_ELEMENTS (reason_names) == TRUST_REASON_LAST);

const char *
trust_reason_get_name (TrustReason reason)
{
  return reason < TRUST_REASON_LAST ? reason_names[reason] : "invalid";
}

TrustAlternative *
trust_alternative_new (const TrustVerdict *verdict)
{
  TrustAlternative *alternative = g_new0 (TrustAlternative, 1);

  alternative->path = g_ptr_array_ref (verdict->path);
  alternative->has_anchor = verdict->has_anchor;
  alternative->reason = verdict->reason;
  alternative->rule = verdict->rule;
  alternative->message = g_strdup (verdict->message);
  return alternative;
}

static void
alternative_free (gpointer data)
{
  TrustAlternative *alternative = data;

  g_ptr_array_unref (alternative->path);
  g_free (alternative->message);
  g_free (alternative);
}

TrustVerdict *
trust_verdict_new (void)
{
  TrustVerdict *verdict = g_new0 (TrustVerdict, 1);

  verdict->reason = TRUST_REASON_INVALID;
  verdict->failing = -1;
  verdict->path = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  verdict->findings = g_ptr_array_new_with_free_func (g_free);
  verdict->alternatives = g_ptr_array_new_with_free_func (alternative_free);
  verdict->rule = verdict->source = "";
  return verdict;
}

void
trust_verdict_free (TrustVerdict *verdict)
{
  g_ptr_array_unref (verdict->path);
  g_ptr_array_unref (verdict->findings);
  g_ptr_array_unref (verdict->alternatives);
  g_free (verdict->message);
  g_free (verdict->remedy);
  g_free (verdict);
}
