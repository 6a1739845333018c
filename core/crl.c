/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/crl.h"

#include "core/certificate-parts.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/pem.h"

#include <string.h>

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_ENUMERATED 0x0a
#define TAG_SEQUENCE 0x30
#define TAG_EXTENSIONS 0xa0
#define TAG_DIRECTORY_NAME 0xa4
#define REASON_MAX 10

static int
compare_spans (TrustSpan a, TrustSpan b)
{
  return a.size != b.size ? (a.size < b.size ? -1 : 1) : a.size > 0 ? memcmp (a.data, b.data, a.size) : 0;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const TrustCrlEntry *x = a, *y = b;

  return x->issuer_id != y->issuer_id ? (x->issuer_id < y->issuer_id ? -1 : 1) : compare_spans (x->serial, y->serial);
}

int
trust_crl_compare_numbers (TrustSpan a, TrustSpan b)
{
  for (; a.size > 0 && a.data[0] == 0; a.size--)
    a.data++;
  for (; b.size > 0 && b.data[0] == 0; b.size--)
    b.data++;
  return compare_spans (a, b);
}

/* The next extension of LIST. FALSE at the end, or if it is damaged: then LIST is not empty. */
static gboolean
next_extension (TrustSpan *list, TrustSpan *oid, gboolean *critical, TrustSpan *value)
{
  TrustSpan rest = *list;
  TrustDer extension, element;

  if (!trust_der_expect (&rest, TAG_SEQUENCE, &extension) || !trust_der_expect (&extension.content, TAG_OID, &element))
    return FALSE;
  *oid = element.content;
  *critical = trust_der_expect (&extension.content, TAG_BOOLEAN, &element) && element.content.size == 1 && element.content.data[0] != 0;
  if (!trust_der_expect (&extension.content, TAG_OCTET_STRING, &element) || extension.content.size != 0)
    return FALSE;
  *value = element.content;
  *list = rest;
  return TRUE;
}

/* N of 2.5.29.N; 0. */
static guint
arc_of (TrustSpan oid)
{
  return oid.size == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d ? oid.data[2] : 0;
}

/* RFC 5280 5.3.3: from here on the entries are of another issuer. */
static gboolean
read_certificate_issuer (TrustSpan value, guint64 *issuer_id)
{
  TrustDer names, name;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &names))
    return FALSE;
  while (trust_der_next (&names.content, &name))
    if (name.tag == TAG_DIRECTORY_NAME)
      {
        *issuer_id = trust_name_id (name.content);
        return *issuer_id != 0;
      }
  return FALSE;
}

/* RFC 5280 5.3. */
static gboolean
read_entry_extensions (TrustCrl *crl, TrustSpan in, TrustCrlEntry *entry, guint64 *issuer_id)
{
  TrustSpan oid, value;
  TrustDer list, number;
  gboolean critical;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &list) || in.size != 0)
    return FALSE;
  while (next_extension (&list.content, &oid, &critical, &value))
    switch (arc_of (oid))
      {
      case 21: /* reasonCode */
        if (!trust_der_expect (&value, TAG_ENUMERATED, &number) || number.content.size != 1 || number.content.data[0] > REASON_MAX)
          return FALSE;
        entry->reason = number.content.data[0];
        break;
      case 24: /* invalidityDate */
        break;
      case 29: /* certificateIssuer */
        if (!read_certificate_issuer (value, issuer_id))
          return FALSE;
        if (!crl->is_indirect && crl->fault == NULL)
          crl->fault = "an entry names another issuer, and the list is not an indirect one";
        break;
      default:
        if (critical && crl->fault == NULL)
          crl->fault = "an entry has a critical extension that nobody here understands";
      }
  return list.content.size == 0;
}

/* X.690 8.3.2: in the fewest octets. Another spelling of a certificate's serial number would never be found. */
static gboolean
is_number (TrustSpan octets)
{
  return octets.size == 1
         || (octets.size > 1 && !(octets.data[0] == 0 && octets.data[1] < 0x80) && !(octets.data[0] == 0xff && octets.data[1] >= 0x80));
}

static gboolean
read_entries (TrustCrl *crl, TrustSpan list)
{
  guint64 issuer_id = crl->issuer_id;
  TrustDer entry, serial;

  while (list.size > 0)
    {
      TrustCrlEntry out = { .reason = 0 };

      if (!trust_der_expect (&list, TAG_SEQUENCE, &entry) || !trust_der_expect (&entry.content, TAG_INTEGER, &serial) || !is_number (serial.content)
          || !trust_parts_read_time (&entry.content, &out.time))
        return FALSE;
      if (entry.content.size > 0 && !read_entry_extensions (crl, entry.content, &out, &issuer_id))
        return FALSE;
      out.serial = serial.content;
      out.issuer_id = issuer_id;
      g_array_append_val (crl->entries, out);
    }
  g_array_sort (crl->entries, compare_entries);
  return TRUE;
}

static gboolean
read_flag (TrustSpan *in, guint8 tag, gboolean *out)
{
  TrustDer flag;

  if (in->size == 0 || in->data[0] != tag)
    return TRUE;
  if (!trust_der_next (in, &flag) || flag.content.size != 1)
    return FALSE;
  *out = flag.content.data[0] != 0;
  return TRUE;
}

/* RFC 5280 5.2.5. */
static gboolean
read_point (TrustCrl *crl, TrustSpan value)
{
  TrustDer sequence, part, name;

  crl->scope = value;
  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0)
    return FALSE;
  if (trust_der_expect (&sequence.content, 0xa0, &part))
    {
      crl->has_point = TRUE;
      if (!trust_der_next (&part.content, &name) || part.content.size != 0)
        return FALSE;
      if (name.tag == 0xa0)
        crl->point_names = name.content;
      else
        crl->point_relative = name.content;
    }
  if (!read_flag (&sequence.content, 0x81, &crl->only_users) || !read_flag (&sequence.content, 0x82, &crl->only_cas))
    return FALSE;
  if (trust_der_expect (&sequence.content, 0x83, &part))
    {
      crl->reasons = 0;
      for (gsize i = 1; i < MIN (part.content.size, 3); i++)
        for (guint bit = 0; bit < 8; bit++)
          crl->reasons |= (part.content.data[i] & (0x80u >> bit)) != 0 ? 1u << ((i - 1) * 8 + bit) : 0;
    }
  if (!read_flag (&sequence.content, 0x84, &crl->is_indirect) || !read_flag (&sequence.content, 0x85, &crl->only_attributes))
    return FALSE;
  return sequence.content.size == 0;
}

static gboolean
read_extension (TrustCrl *crl, TrustSpan oid, gboolean critical, TrustSpan value)
{
  TrustDer element, part;

  switch (arc_of (oid))
    {
    case 20: /* cRLNumber, RFC 5280 5.2.3: never critical, at most 20 octets */
      if (!trust_der_expect (&value, TAG_INTEGER, &element) || element.content.size == 0 || element.content.size > 20)
        return FALSE;
      crl->number = element.content;
      if (critical && crl->fault == NULL)
        crl->fault = "its number is marked critical";
      return TRUE;
    case 27: /* deltaCRLIndicator */
      if (!trust_der_expect (&value, TAG_INTEGER, &element) || element.content.size == 0)
        return FALSE;
      crl->base_number = element.content;
      return TRUE;
    case 28:
      return read_point (crl, value);
    case 35: /* authorityKeyIdentifier */
      if (!trust_der_expect (&value, TAG_SEQUENCE, &element))
        return FALSE;
      if (trust_der_expect (&element.content, 0x80, &part))
        crl->authority_key_id = part.content;
      return TRUE;
    case 18: /* issuerAltName */
    case 46: /* freshestCRL */
      return TRUE;
    default:
      if (critical && crl->fault == NULL)
        crl->fault = "it has a critical extension that nobody here understands";
      return TRUE;
    }
}

static gboolean
read_extensions (TrustCrl *crl, TrustSpan in)
{
  TrustSpan oid, value;
  TrustDer list;
  gboolean critical;
  guint64 seen = 0;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &list) || in.size != 0)
    return FALSE;
  while (next_extension (&list.content, &oid, &critical, &value))
    {
      guint64 bit = arc_of (oid) > 0 && arc_of (oid) < 64 ? G_GUINT64_CONSTANT (1) << arc_of (oid) : 0;

      /* RFC 5280 4.2, 5.2: no more than one of each. */
      if ((seen & bit) != 0 || !read_extension (crl, oid, critical, value))
        return FALSE;
      seen |= bit;
    }
  return list.content.size == 0;
}

/* RFC 5280 5.1. */
static gboolean
read_tbs (TrustCrl *crl, TrustSpan in, TrustSpan outer_algorithm)
{
  TrustDer element, entries = { .content = { NULL, 0 } };

  trust_der_expect (&in, TAG_INTEGER, &element);
  if (!trust_der_expect (&in, TAG_SEQUENCE, &element) || !trust_span_equal (element.whole, outer_algorithm)
      || !trust_der_expect (&in, TAG_SEQUENCE, &element))
    return FALSE;
  crl->issuer = element.whole;
  crl->issuer_id = trust_name_id (crl->issuer);
  if (crl->issuer_id == 0 || !trust_parts_read_time (&in, &crl->this_update))
    return FALSE;
  if (in.size > 0 && in.data[0] != TAG_SEQUENCE && in.data[0] != TAG_EXTENSIONS && !trust_parts_read_time (&in, &crl->next_update))
    return FALSE;
  if (in.size > 0 && in.data[0] == TAG_SEQUENCE && !trust_der_expect (&in, TAG_SEQUENCE, &entries))
    return FALSE;
  if (in.size > 0 && (!trust_der_expect (&in, TAG_EXTENSIONS, &element) || in.size != 0 || !read_extensions (crl, element.content)))
    return FALSE;
  return read_entries (crl, entries.content);
}

static gboolean
read_crl (TrustCrl *crl)
{
  TrustSpan der = { g_bytes_get_data (crl->der, NULL), g_bytes_get_size (crl->der) };
  TrustDer list, tbs, algorithm, signature;

  if (!trust_der_expect (&der, TAG_SEQUENCE, &list) || der.size != 0 || !trust_der_expect (&list.content, TAG_SEQUENCE, &tbs)
      || !trust_der_expect (&list.content, TAG_SEQUENCE, &algorithm) || !trust_der_expect (&list.content, TAG_BIT_STRING, &signature)
      || list.content.size != 0 || signature.content.size < 1 || signature.content.data[0] != 0)
    return FALSE;
  crl->tbs = tbs.whole;
  crl->signature = (TrustSpan) { signature.content.data + 1, signature.content.size - 1 };
  trust_signature_identify (algorithm.whole, &crl->kind);
  return read_tbs (crl, tbs.content, algorithm.whole);
}

/* DER as it is, PEM decoded. Returns: (transfer full) (nullable). */
static GBytes *
take_bytes (const void *bytes, gsize size, GError **error)
{
  TrustSpan text = { bytes, size };
  TrustPemBlock block;
  gsize offset = 0;
  GByteArray *der = NULL;

  if (size > 0 && text.data[0] == TAG_SEQUENCE)
    return g_bytes_new (bytes, size);
  while (trust_pem_next (text, &offset, &block, error))
    if (trust_pem_label_is (&block, "X509 CRL"))
      {
        der = trust_pem_decode (block.body, error);
        return der != NULL ? g_byte_array_free_to_bytes (der) : NULL;
      }
  if (error != NULL && *error == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this is no revocation list: it is neither DER nor a PEM block \"X509 CRL\"");
  return NULL;
}

TrustCrl *
trust_crl_new (const void *bytes, gsize size, GError **error)
{
  g_autoptr (TrustCrl) crl = g_new0 (TrustCrl, 1);

  g_atomic_ref_count_init (&crl->refs);
  crl->entries = g_array_new (FALSE, FALSE, sizeof (TrustCrlEntry));
  crl->reasons = TRUST_REVOCATION_ALL_REASONS;
  if (size > TRUST_LIMIT_CRL_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "a revocation list of %zu bytes is longer than the %u that are taken", size,
                   TRUST_LIMIT_CRL_BYTES);
      return NULL;
    }
  crl->der = take_bytes (bytes, size, error);
  if (crl->der == NULL)
    return NULL;
  if (!read_crl (crl))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this is no revocation list, or it is damaged; get it again from its CA");
      return NULL;
    }
  return g_steal_pointer (&crl);
}

TrustCrl *
trust_crl_ref (TrustCrl *crl)
{
  g_atomic_ref_count_inc (&crl->refs);
  return crl;
}

void
trust_crl_unref (TrustCrl *crl)
{
  if (!g_atomic_ref_count_dec (&crl->refs))
    return;
  g_clear_pointer (&crl->der, g_bytes_unref);
  g_array_unref (crl->entries);
  g_free (crl);
}

const TrustCrlEntry *
trust_crl_find (const TrustCrl *crl, guint64 issuer_id, TrustSpan serial)
{
  TrustCrlEntry wanted = { .issuer_id = issuer_id, .serial = serial };
  guint low = 0, high = crl->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = compare_entries (&g_array_index (crl->entries, TrustCrlEntry, middle), &wanted);

      if (order == 0)
        return &g_array_index (crl->entries, TrustCrlEntry, middle);
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}
