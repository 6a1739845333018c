/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/openssl-dir.h"

#include "core/emitters/emitter.h"
#include "core/pem.h"

/* OpenSSL's by_dir lookup reads the first certificate of HHHHHHHH.N. */
static void
emit (const TrustAnchor *anchor, GString *out)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));

  trust_pem_append (out, der.data, der.size, "CERTIFICATE");
}

static gsize
measure (const TrustAnchor *anchor)
{
  return trust_pem_length (trust_certificate_get_der (trust_anchor_get_certificate (anchor)).size, "CERTIFICATE");
}

GHashTable *
trust_openssl_names_new (void)
{
  return g_hash_table_new (g_direct_hash, g_direct_equal);
}

char *
trust_openssl_names_take (GHashTable *names, const TrustCertificate *certificate)
{
  guint32 hash = trust_certificate_get_openssl_hash (certificate);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (names, GUINT_TO_POINTER (hash)));

  g_hash_table_insert (names, GUINT_TO_POINTER (hash), GUINT_TO_POINTER (number + 1));
  return g_strdup_printf ("%08x.%u", hash, number);
}

static void
list (const TrustEmitterInput *input, GPtrArray *entries)
{
  g_autoptr (GHashTable) names = trust_openssl_names_new ();

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (input->set, i);
      GString *out = g_string_new (NULL);

      emit (anchor, out);
      g_ptr_array_add (entries,
                       trust_entry_new (trust_openssl_names_take (names, trust_anchor_get_certificate (anchor)), NULL, g_string_free_to_bytes (out)));
    }
}

const TrustEmitter trust_emitter_openssl_dir = {
  .name = "openssl-dir",
  .description = "OpenSSL's hashed folder: HHHHHHHH.N, PEM",
  .is_folder = TRUE,
  .emit = emit,
  .length = measure,
  .list = list,
  .read = trust_emitter_read_pem,
};
