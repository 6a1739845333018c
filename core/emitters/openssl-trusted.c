/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSL's TRUSTED CERTIFICATE: for what a certificate is trusted, or that it is rejected for everything, and its name. */
#include "core/emitters/openssl-trusted.h"

#include "core/der-write.h"
#include "core/pem.h"

#include <string.h>

#define LABEL "TRUSTED CERTIFICATE"
/* What is rejected of a refused certificate: any purpose, which OpenSSL heeds for servers, clients and mail, and those it asks for by name. The
 * three in the middle are IPsec's. */
static const char *const rejected[] = { "2.5.29.37.0",       "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.4",
                                        "1.3.6.1.5.5.7.3.5", "1.3.6.1.5.5.7.3.6", "1.3.6.1.5.5.7.3.7", "1.3.6.1.5.5.7.3.8" };

/* The certificate, and X509_CERT_AUX ::= SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject [0] SEQUENCE OF OID OPTIONAL, alias UTF8String
 * OPTIONAL, … }
 * behind it. OIDS stand in the part with TAG. */
static void
append (GString *out, const TrustCertificate *certificate, guint8 tag, const GByteArray *oids, TrustNote *note)
{
  g_autoptr (GByteArray) aux = g_byte_array_new (), whole = g_byte_array_new ();
  TrustSpan der = trust_certificate_get_der (certificate);
  const char *label = trust_note_get_label (note);

  trust_der_append (aux, tag, oids->data, oids->len);
  if (*label != '\0')
    trust_der_append (aux, 0x0c, label, strlen (label));
  g_byte_array_append (whole, der.data, (guint) der.size);
  trust_der_append (whole, 0x30, aux->data, aux->len);
  trust_pem_append (out, whole->data, whole->len, LABEL);
}

void
trust_openssl_trusted_append (GString *out, const TrustAnchor *anchor)
{
  g_autoptr (GByteArray) oids = trust_purposes_to_der (trust_settings_get_purposes (trust_anchor_get_settings (anchor)));

  append (out, trust_anchor_get_certificate (anchor), 0x30, oids, trust_anchor_get_note (anchor));
}

TrustCertificate *
trust_openssl_trusted_refused (const TrustDistrust *distrust)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);

  if (certificate == NULL || fingerprint == NULL || !trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (certificate)))
    return NULL;
  return certificate;
}

void
trust_openssl_trusted_append_refused (GString *out, const TrustDistrust *distrust)
{
  g_autoptr (GByteArray) oids = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rejected); i++)
    trust_der_append_oid (oids, rejected[i]);
  append (out, trust_distrust_get_certificate (distrust), 0xa0, oids, trust_distrust_get_note (distrust));
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  const TrustAnchorSet *set = input->set;

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    trust_openssl_trusted_append (out, trust_anchor_set_get_anchor (set, i));
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    if (trust_openssl_trusted_refused (trust_anchor_set_get_distrust (set, i)) != NULL)
      trust_openssl_trusted_append_refused (out, trust_anchor_set_get_distrust (set, i));
  return TRUE;
}

/* What stands behind a certificate: lists of OIDs. */
typedef struct
{
  GByteArray *der;   /* (owned) that the two lie in */
  gboolean has_uses; /* without them it is for everything */
  TrustSpan uses, rejects;
} Aux;

static void
aux_free (gpointer data)
{
  g_byte_array_unref (((Aux *) data)->der);
  g_free (data);
}

/* FINGERPRINT gets the certificate's. NULL: damaged. Returns: (transfer full). */
static Aux *
read_aux (const TrustPemBlock *block, TrustFingerprint *fingerprint)
{
  g_autoptr (GByteArray) der = trust_pem_decode (block->body, NULL);
  TrustSpan in = { der != NULL ? der->data : NULL, der != NULL ? der->len : 0 };
  TrustDer certificate, whole, part;
  Aux *aux = NULL;

  if (!trust_der_expect (&in, 0x30, &certificate))
    return NULL;
  trust_fingerprint_of (certificate.whole.data, certificate.whole.size, fingerprint);
  aux = g_new0 (Aux, 1);
  aux->der = g_steal_pointer (&der);
  if (!trust_der_expect (&in, 0x30, &whole))
    return aux;
  aux->has_uses = trust_der_expect (&whole.content, 0x30, &part);
  if (aux->has_uses)
    aux->uses = part.content;
  if (trust_der_expect (&whole.content, 0xa0, &part))
    aux->rejects = part.content;
  return aux;
}

static gboolean
has_oid (TrustSpan list, const TrustDer *oid)
{
  TrustDer one;

  while (trust_der_next (&list, &one))
    if (trust_span_equal (one.whole, oid->whole))
      return TRUE;
  return FALSE;
}

static gboolean
is_aux_within (const Aux *theirs, const Aux *ours)
{
  TrustSpan uses = theirs->uses;
  TrustDer use;

  if (ours->rejects.size > 0)
    return theirs->rejects.size > 0 && uses.size == 0;
  /* p11-kit names no uses of a root that it finds none beside, whatever anchord takes it for. */
  if (!theirs->has_uses)
    return TRUE;
  while (trust_der_next (&uses, &use))
    if (!has_oid (ours->uses, &use) && !has_oid (theirs->rejects, &use))
      return FALSE;
  return uses.size == 0;
}

gboolean
trust_openssl_trusted_is_within (GBytes *theirs, GBytes *ours)
{
  gsize their_size = 0, our_size = 0;
  const guint8 *their_text = g_bytes_get_data (theirs, &their_size), *our_text = g_bytes_get_data (ours, &our_size);
  g_autoptr (GHashTable) known = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, aux_free);
  TrustFingerprint fingerprint;
  TrustPemBlock block;

  for (gsize offset = 0; trust_pem_next ((TrustSpan) { our_text, our_size }, &offset, &block, NULL);)
    {
      Aux *aux = read_aux (&block, &fingerprint);

      if (aux != NULL)
        g_hash_table_insert (known, g_memdup2 (&fingerprint, sizeof fingerprint), aux);
    }
  for (gsize offset = 0; trust_pem_next ((TrustSpan) { their_text, their_size }, &offset, &block, NULL);)
    {
      Aux *aux = read_aux (&block, &fingerprint);
      const Aux *mine = aux != NULL ? g_hash_table_lookup (known, &fingerprint) : NULL;
      gboolean is_for_nothing = aux != NULL && aux->has_uses && aux->uses.size == 0;
      gboolean ok = is_for_nothing || (mine != NULL && is_aux_within (aux, mine));

      g_clear_pointer (&aux, aux_free);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

const TrustEmitter trust_emitter_openssl_trusted = {
  .name = "openssl-trusted",
  .description = "OpenSSL's TRUSTED CERTIFICATE blocks: with purposes, and what is refused",
  .says = SAYS (PURPOSES) | SAYS (OTHER_PURPOSES) | SAYS (LABEL) | SAYS (DISTRUST),
  .write = write_set,
  .read = trust_emitter_read_pem,
  .is_within = trust_openssl_trusted_is_within,
};
