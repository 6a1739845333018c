/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/certs-only.h"

#include "core/der-write.h"
#include "core/emitters/emitter.h"

#include <string.h>

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"

/* DER has the elements of a SET OF in the order of their bytes (X.690 section 11.6). */
static int
compare_der (gconstpointer a, gconstpointer b)
{
  TrustSpan one = trust_certificate_get_der (*(TrustCertificate *const *) a), two = trust_certificate_get_der (*(TrustCertificate *const *) b);
  int order = memcmp (one.data, two.data, MIN (one.size, two.size));

  return order != 0 ? order : (one.size > two.size) - (one.size < two.size);
}

static void
append_certificates (GByteArray *out, const TrustAnchorSet *set)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new ();
  g_autoptr (GByteArray) list = g_byte_array_new ();

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    g_ptr_array_add (certificates, trust_anchor_get_certificate (trust_anchor_set_get_anchor (set, i)));
  g_ptr_array_sort (certificates, compare_der);
  for (guint i = 0; i < certificates->len; i++)
    {
      TrustSpan der = trust_certificate_get_der (certificates->pdata[i]);

      g_byte_array_append (list, der.data, (guint) der.size);
    }
  if (certificates->len > 0)
    trust_der_append (out, 0xa0, list->data, list->len);
}

/* SignedData ::= SEQUENCE { version 1, digestAlgorithms SET {}, encapContentInfo SEQUENCE { id-data }, certificates [0] IMPLICIT SET OF, signerInfos
 * SET {} } */
GByteArray *
trust_certs_only_write (const TrustAnchorSet *set)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) content = g_byte_array_new (), signed_data = g_byte_array_new ();

  trust_der_append (signed_data, 0x02, "\x01", 1);
  trust_der_append (signed_data, 0x31, NULL, 0);
  trust_der_append_oid (content, OID_DATA);
  trust_der_append (signed_data, 0x30, content->data, content->len);
  append_certificates (signed_data, set);
  trust_der_append (signed_data, 0x31, NULL, 0);
  trust_der_wrap (signed_data, 0x30);
  trust_der_wrap (signed_data, 0xa0);
  trust_der_append_oid (out, OID_SIGNED_DATA);
  g_byte_array_append (out, signed_data->data, signed_data->len);
  trust_der_wrap (out, 0x30);
  return out;
}

static gboolean
take_oid (TrustSpan *in, const char *oid)
{
  TrustDer element;
  g_autofree char *found = trust_der_expect (in, 0x06, &element) ? trust_der_dup_oid (element.content) : NULL;

  return g_strcmp0 (found, oid) == 0;
}

/* An element with TAG that holds nothing. */
static gboolean
take_empty (TrustSpan *in, guint8 tag)
{
  TrustDer element;

  return trust_der_expect (in, tag, &element) && element.content.size == 0;
}

gboolean
trust_certs_only_read (TrustSpan bytes, GArray *certificates)
{
  TrustDer whole, tagged, signed_data, version, content, list = { 0, { NULL, 0 }, { NULL, 0 } }, certificate;
  TrustSpan at;

  if (!trust_der_expect (&bytes, 0x30, &whole) || bytes.size > 0 || !take_oid (&whole.content, OID_SIGNED_DATA)
      || !trust_der_expect (&whole.content, 0xa0, &tagged) || whole.content.size > 0 || !trust_der_expect (&tagged.content, 0x30, &signed_data)
      || tagged.content.size > 0)
    return FALSE;
  at = signed_data.content;
  if (!trust_der_expect (&at, 0x02, &version) || !take_empty (&at, 0x31) || !trust_der_expect (&at, 0x30, &content)
      || !take_oid (&content.content, OID_DATA) || content.content.size > 0)
    return FALSE;
  trust_der_expect (&at, 0xa0, &list);
  if (!take_empty (&at, 0x31) || at.size > 0)
    return FALSE;
  while (list.content.size > 0)
    if (!trust_der_expect (&list.content, 0x30, &certificate)
        || !trust_emitter_read_der (certificate.whole.data, certificate.whole.size, certificates))
      return FALSE;
  return TRUE;
}
