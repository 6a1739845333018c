/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/changes.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

static int
compare_fingerprints (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (a, b);
}

/* One prompt for a batch: how many, and the SHA-256 over their sorted fingerprints, each as 64 digits and a line feed. */
static void
describe_batch (GArray *fingerprints, GHashTable *details)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];

  g_array_sort (fingerprints, compare_fingerprints);
  for (guint i = 0; i < fingerprints->len; i++)
    {
      trust_fingerprint_to_hex (&g_array_index (fingerprints, TrustFingerprint, i), hex);
      g_string_append_printf (lines, "%s\n", hex);
    }
  trust_fingerprint_of (lines->str, lines->len, &digest);
  trust_fingerprint_to_hex (&digest, hex);
  g_hash_table_insert (details, g_strdup ("count"), g_strdup_printf ("%u", fingerprints->len));
  g_hash_table_insert (details, g_strdup ("subject"), g_strdup_printf (_ ("%u certificates"), fingerprints->len));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
}

static void
describe_one (const TrustFingerprint *fingerprint, const TrustCertificate *certificate, GHashTable *details)
{
  const char *subject = certificate != NULL ? trust_certificate_get_subject (certificate) : _ ("an unknown certificate");
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  g_hash_table_insert (details, g_strdup ("subject"), trust_text_printable (subject, TRUST_LIMIT_DIALOG_CHARS));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
}

/* What a distrust is counted by: the certificate it names, else the key, else the serial number's digest. */
static void
add_distrust (const TrustDistrust *distrust, GArray *fingerprints)
{
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
  TrustSpan serial = trust_distrust_get_serial (distrust);
  TrustFingerprint digest;

  if (fingerprint == NULL)
    fingerprint = trust_distrust_get_key_fingerprint (distrust);
  if (fingerprint == NULL)
    {
      trust_fingerprint_of (serial.data, serial.size, &digest);
      fingerprint = &digest;
    }
  g_array_append_vals (fingerprints, fingerprint, 1);
}

/* Makes PREFIX whole. CERTIFICATE_OUT: the one it names, NULL where its bytes are not known. A whole one may name what nobody has. */
static gboolean
make_exact (const TrustKnown *known, TrustPrefix *prefix, const TrustCertificate **certificate_out, GError **error)
{
  g_autoptr (GError) unknown = NULL;
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;

  *certificate_out = NULL;
  if (trust_known_resolve (known, prefix, &fingerprint, &certificate, &unknown))
    {
      *prefix = (TrustPrefix) { fingerprint, 64 };
      *certificate_out = certificate;
      return TRUE;
    }
  if (prefix->n_digits == 64)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&unknown));
  return FALSE;
}

/* The certificate that an add follows. */
static gboolean
make_replaced_exact (const TrustKnown *known, TrustChange *change, GError **error)
{
  const TrustCertificate *certificate = NULL;

  if (!change->has_replaces || make_exact (known, &change->replaces, &certificate, error))
    return TRUE;
  g_prefix_error (error, _ ("What it replaces: "));
  return FALSE;
}

gboolean
trust_describe_change (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  TrustChange *change = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (TrustKnown) known = change->fingerprints->len > 0 || change->has_replaces ? trust_known_new (snapshot) : NULL;
  g_autoptr (GArray) fingerprints = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  const TrustCertificate *certificate = NULL;

  for (guint i = 0; i < change->certificates->len; i++)
    {
      certificate = change->certificates->pdata[i];
      g_array_append_vals (fingerprints, trust_certificate_get_fingerprint (certificate), 1);
    }
  for (guint i = 0; i < change->anchors->len; i++)
    {
      certificate = trust_anchor_get_certificate (change->anchors->pdata[i]);
      g_array_append_vals (fingerprints, trust_anchor_get_fingerprint (change->anchors->pdata[i]), 1);
    }
  for (guint i = 0; i < change->distrusts->len; i++)
    {
      certificate = trust_distrust_get_certificate (change->distrusts->pdata[i]);
      add_distrust (change->distrusts->pdata[i], fingerprints);
    }
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);

      if (!make_exact (known, prefix, &certificate, error))
        return FALSE;
      g_array_append_val (fingerprints, prefix->fingerprint);
    }
  if (!make_replaced_exact (known, change, error))
    return FALSE;
  if (fingerprints->len == 1)
    describe_one (&g_array_index (fingerprints, TrustFingerprint, 0), certificate, details);
  else
    describe_batch (fingerprints, details);
  g_hash_table_insert (details, g_strdup ("terms"), trust_change_dup_terms (change, snapshot));
  return TRUE;
}
