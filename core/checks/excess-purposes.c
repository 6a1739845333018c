/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trust for more than the certificate says it is for (RFC 5280 4.2.1.12), or for more than TLS servers where nobody said why. The distribution's sets
 * are for all that their folders are for: that is no decision of anybody here. */
#include "core/checks/check.h"

#define TAG_SEQUENCE 0x30
#define TAG_OID 0x06
#define ANY_PURPOSE "2.5.29.37.0"

/* The OIDs of the certificate's extendedKeyUsage. Returns: (transfer full) (nullable): NULL where it says nothing, or every purpose. */
static GHashTable *
read_uses (const TrustExtensions *extensions)
{
  g_autoptr (GHashTable) uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  TrustSpan value = extensions->values[TRUST_EXTENSION_EXTENDED_KEY_USAGE];
  TrustDer sequence, oid;

  if (!trust_extensions_has (extensions, TRUST_EXTENSION_EXTENDED_KEY_USAGE) || !trust_der_expect (&value, TAG_SEQUENCE, &sequence))
    return NULL;
  while (trust_der_expect (&sequence.content, TAG_OID, &oid))
    {
      char *text = trust_der_dup_oid (oid.content);

      if (text != NULL)
        g_hash_table_add (uses, text);
    }
  return g_hash_table_contains (uses, ANY_PURPOSE) ? NULL : g_steal_pointer (&uses);
}

/* "client-auth, email-protection": those of NAMES that are not among USES. Returns: (transfer full) (nullable). */
static char *
find_excess (char **names, GHashTable *uses)
{
  g_autoptr (GPtrArray) excess = g_ptr_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      TrustPurpose purpose = trust_purpose_find (names[i]);

      if (!g_hash_table_contains (uses, purpose != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (purpose) : names[i]))
        g_ptr_array_add (excess, names[i]);
    }
  if (excess->len == 0)
    return NULL;
  g_ptr_array_add (excess, NULL);
  return g_strjoinv (", ", (char **) excess->pdata);
}

static char *
dup_remedy (const TrustSuspect *suspect)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  if (suspect->store != NULL)
    return g_strdup_printf ("Trust it for what it is needed for: anchorctl store add %s FILE --replace --purpose PURPOSE", suspect->store->name);
  return g_strdup_printf ("Trust it for what it is needed for: anchorctl set %.16s --purpose PURPOSE", hex);
}

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);
  g_autoptr (GHashTable) uses = read_uses (suspect->extensions);
  g_auto (GStrv) names = NULL;
  g_autofree char *excess = NULL, *all = NULL;
  gboolean ours = trust_origin_get_layer (origin) == TRUST_LAYER_ADMINISTRATOR;

  if (uses == NULL && !ours)
    return;
  names = trust_purposes_dup_names (trust_settings_get_purposes (trust_anchor_get_settings (suspect->anchor)));
  excess = uses != NULL ? find_excess (names, uses) : NULL;
  if (excess != NULL)
    {
      trust_check_tell_of (check, out, suspect, g_strdup_printf ("it is trusted for %s, which its extendedKeyUsage does not name", excess),
                           dup_remedy (suspect))
          ->severity
          = trust_suspect_is_distributed (suspect) ? TRUST_SEVERITY_LOW : TRUST_SEVERITY_MEDIUM;
      return;
    }
  if (!ours || g_strv_length (names) < 2 || trust_note_get_reason (trust_anchor_get_note (suspect->anchor))[0] != '\0')
    return;
  all = g_strjoinv (", ", names);
  trust_check_tell_of (check, out, suspect,
                       trust_origin_is_foreign (origin)
                           ? g_strdup_printf ("it is trusted for %s: the folder that it lies in cannot say for less", all)
                           : g_strdup_printf ("it is trusted for %s, and nobody said why for more than one", all),
                       dup_remedy (suspect));
}

const TrustCheck trust_check_excess_purposes = {
  .id = "excess-purposes",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Trust for more purposes than the certificate names, or than anybody asked for",
  .look = look_at,
};
