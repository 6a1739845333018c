/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-refusals.h"

#include <string.h>

struct _TrustRefusals
{
  GHashTable *by_certificate; /* (owned) TrustFingerprint* (borrowed) -> GPtrArray of TrustDistrust* */
  GHashTable *by_key;         /* (owned) the same */
  GHashTable *by_serial;      /* (owned) GBytes (issuer's id and serial) -> the same */
};

TrustRefusals *
trust_refusals_new (void)
{
  TrustRefusals *refusals = g_new0 (TrustRefusals, 1);
  GDestroyNotify unref = (GDestroyNotify) g_ptr_array_unref;

  refusals->by_certificate = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, unref);
  refusals->by_key = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, unref);
  refusals->by_serial = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, unref);
  return refusals;
}

void
trust_refusals_free (TrustRefusals *refusals)
{
  g_hash_table_unref (refusals->by_certificate);
  g_hash_table_unref (refusals->by_key);
  g_hash_table_unref (refusals->by_serial);
  g_free (refusals);
}

/* (transfer full) */
static GBytes *
serial_key (guint64 issuer_id, TrustSpan serial)
{
  guint8 *key = g_malloc (sizeof issuer_id + serial.size);

  memcpy (key, &issuer_id, sizeof issuer_id);
  memcpy (key + sizeof issuer_id, serial.data, serial.size);
  return g_bytes_new_take (key, sizeof issuer_id + serial.size);
}

/* The array at KEY. Returns: (transfer none). */
static GPtrArray *
bucket (GHashTable *index, gconstpointer key)
{
  GPtrArray *found = g_hash_table_lookup (index, key);

  if (found != NULL)
    return found;
  found = g_ptr_array_new ();
  g_hash_table_insert (index, (gpointer) key, found);
  return found;
}

void
trust_refusals_add (TrustRefusals *refusals, TrustDistrust *distrust)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust), *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan serial = trust_distrust_get_serial (distrust);
  g_autoptr (GBytes) name = NULL;

  if (named != NULL)
    g_ptr_array_add (bucket (refusals->by_certificate, named), distrust);
  if (key != NULL)
    g_ptr_array_add (bucket (refusals->by_key, key), distrust);
  if (serial.size == 0)
    return;
  name = serial_key (trust_distrust_get_issuer_id (distrust), serial);
  if (!g_hash_table_contains (refusals->by_serial, name))
    g_hash_table_insert (refusals->by_serial, g_bytes_ref (name), g_ptr_array_new ());
  g_ptr_array_add (bucket (refusals->by_serial, name), distrust);
}

static void
collect (GPtrArray *out, const GPtrArray *found)
{
  for (guint i = 0; found != NULL && i < found->len; i++)
    if (!g_ptr_array_find (out, found->pdata[i], NULL))
      g_ptr_array_add (out, found->pdata[i]);
}

GPtrArray *
trust_refusals_find (const TrustRefusals *refusals, const TrustFingerprint *fingerprint, const TrustCertificate *certificate)
{
  GPtrArray *out = g_ptr_array_new ();
  g_autoptr (GBytes) name = NULL;

  collect (out, g_hash_table_lookup (refusals->by_certificate, fingerprint));
  if (certificate == NULL)
    return out;
  collect (out, g_hash_table_lookup (refusals->by_key, trust_certificate_get_key_fingerprint (certificate)));
  if (g_hash_table_size (refusals->by_serial) == 0)
    return out;
  name = serial_key (trust_certificate_get_issuer_id (certificate), trust_certificate_get_serial (certificate));
  collect (out, g_hash_table_lookup (refusals->by_serial, name));
  return out;
}
