/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts that the audit's checks read. */
#include "core/engine-parts.h"

#include "core/facts.h"

void
trust_audit_free (TrustAudit *audit)
{
  g_ptr_array_unref (audit->findings);
  g_free (audit->found);
  g_free (audit);
}

/* How many findings each of trust_checks has. Returns: (transfer full). */
static guint *
count (const GPtrArray *findings)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  guint n = 0, *found = NULL;

  for (; trust_checks[n] != NULL; n++)
    g_hash_table_insert (places, (gpointer) trust_checks[n], GUINT_TO_POINTER (n));
  found = g_new0 (guint, n + 1);
  for (guint i = 0; i < findings->len; i++)
    found[GPOINTER_TO_UINT (g_hash_table_lookup (places, ((const TrustFinding *) findings->pdata[i])->check))]++;
  return found;
}

TrustAudit *
trust_engine_audit_facts (const TrustFacts *facts, const TrustAuditOptions *options)
{
  TrustAudit *audit = g_new0 (TrustAudit, 1);

  audit->generation = facts->generation;
  audit->time = facts->now;
  audit->findings = trust_checks_run (facts, options->checks);
  audit->found = count (audit->findings);
  if (audit->findings->len > TRUST_LIMIT_FINDINGS)
    g_ptr_array_set_size (audit->findings, TRUST_LIMIT_FINDINGS);
  return audit;
}

TrustAudit *
trust_engine_audit (TrustEngine *engine, const TrustAuditOptions *options, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);
  TrustFacts facts = { .snapshot = snapshot, .now = trust_engine_get_time (engine), .within = options->within, .generation = snapshot->generation };
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free), paths = trust_facts_find_paths (engine->root, snapshot, faults),
                        outputs = trust_facts_find_outputs (snapshot);

  facts.paths = paths;
  facts.outputs = outputs;
  facts.faults = faults;
  return trust_engine_audit_facts (&facts, options);
}
