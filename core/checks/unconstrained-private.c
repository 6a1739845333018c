/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A CA that somebody here added can speak for every name there is, unless its trust is limited to names: a private one needs its own only. */
#include "core/checks/check.h"

static GHashTable *
list_distributed (const TrustSnapshot *snapshot)
{
  GHashTable *distributed = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      for (guint j = 0; state->layer == TRUST_LAYER_DISTRIBUTION && j < state->files->len; j++)
        for (guint k = 0; k < ((const TrustSourceFile *) state->files->pdata[j])->n_anchors; k++)
          g_hash_table_add (distributed, (gpointer) trust_anchor_get_fingerprint (((const TrustSourceFile *) state->files->pdata[j])->anchors[k]));
    }
  return distributed;
}

/* Names that the certificate itself permits count as well (RFC 5937 section 3). What can't be read is no limit. */
static gboolean
limits_itself (const TrustCertificate *certificate)
{
  g_autoptr (TrustConstraints) constraints = NULL;
  TrustExtensions extensions;

  if (!trust_extensions_read (trust_certificate_get_der (certificate), &extensions)
      || !trust_extensions_has (&extensions, TRUST_EXTENSION_NAME_CONSTRAINTS))
    return FALSE;
  constraints = trust_constraints_new ();
  return trust_constraints_add_der (constraints, extensions.values[TRUST_EXTENSION_NAME_CONSTRAINTS], NULL)
         && trust_constraints_is_restricted (constraints, TRUST_NAME_DNS);
}

static void
tell (const TrustCheck *check, const TrustSuspect *suspect, GPtrArray *out)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  trust_check_tell_of (check, out, suspect, g_strdup ("it is no public CA, and may speak for every host name there is"),
                       suspect->store != NULL
                           ? g_strdup_printf ("Limit it to your own names: anchorctl store add %s FILE --replace --permit dns:DOMAIN",
                                              suspect->store->name)
                           : g_strdup_printf ("Limit it to your own names: anchorctl set %.16s --permit dns:DOMAIN", hex));
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GHashTable) distributed = list_distributed (facts->snapshot);
  g_autoptr (GArray) suspects = trust_suspects_new (facts);

  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = &g_array_index (suspects, TrustSuspect, i);
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (suspect->certificate);

      if (trust_anchor_has_purpose (suspect->anchor, TRUST_PURPOSE_SERVER_AUTH) && !g_hash_table_contains (distributed, fingerprint)
          && (facts->mozilla == NULL || !g_hash_table_contains (facts->mozilla, fingerprint))
          && !trust_constraints_is_restricted (trust_settings_get_constraints (trust_anchor_get_settings (suspect->anchor)), TRUST_NAME_DNS)
          && !limits_itself (suspect->certificate))
        tell (check, suspect, out);
    }
}

const TrustCheck trust_check_unconstrained_private = {
  .id = "unconstrained-private",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "CAs outside the distribution's set that may speak for every host name",
  .run = run,
};
