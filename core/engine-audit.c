/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts that the audit's checks read. */
#include "core/engine-parts.h"

GPtrArray *
trust_engine_audit (TrustEngine *engine, const TrustAuditOptions *options, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);
  TrustFacts facts = { .snapshot = snapshot, .now = trust_engine_get_time (engine), .within = options->within, .generation = snapshot->generation };

  return trust_checks_run (&facts, options->checks);
}
