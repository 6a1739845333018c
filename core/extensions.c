/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/extensions.h"

#include <string.h>

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0
#define TAG_EXTENSIONS 0xa3
#define ALL_USAGES 0x1ffu
/* A skip count or a path length above this says no less than none at all. */
#define NUMBER_MAX 0x7fff

typedef struct
{
  const char *name;
  guint8 last; /* of the OID 2.5.29.N; 0: see `oid` */
  const char *oid;
  gsize oid_size;
  /* (nullable) NULL, or what is wrong. */
  const char *(*read) (TrustSpan value, TrustExtensions *out);
} Row;

/* X.690 8.3.2: in the fewest octets; below 0 is refused by every user of it here. */
static gboolean
read_number (TrustDer *integer, gint *out)
{
  TrustSpan octets = integer->content;
  gint64 number = 0;

  if (octets.size == 0 || (octets.data[0] & 0x80) != 0 || (octets.size > 1 && octets.data[0] == 0 && octets.data[1] < 0x80))
    return FALSE;
  for (gsize i = 0; i < octets.size; i++)
    number = MIN (number << 8 | octets.data[i], NUMBER_MAX);
  *out = (gint) number;
  return TRUE;
}

static gboolean
take_number (TrustSpan *in, guint8 tag, gint *out)
{
  TrustDer integer;

  if (in->size == 0 || in->data[0] != tag)
    return TRUE;
  return trust_der_next (in, &integer) && read_number (&integer, out);
}

/* RFC 5280 4.2.1.9. */
static const char *
read_basic_constraints (TrustSpan value, TrustExtensions *out)
{
  TrustDer sequence, boolean;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0)
    return "basicConstraints is no sequence";
  if (trust_der_expect (&sequence.content, TAG_BOOLEAN, &boolean))
    {
      out->is_ca = boolean.content.size == 1 && boolean.content.data[0] == 0xff;
      /* X.690 11.1. That FALSE is left out few CAs know. */
      if (!out->is_ca && (boolean.content.size != 1 || boolean.content.data[0] != 0))
        return "basicConstraints say neither yes nor no";
    }
  if (!take_number (&sequence.content, TAG_INTEGER, &out->path_length) || sequence.content.size != 0)
    return "basicConstraints holds a damaged path length";
  return NULL;
}

/* RFC 5280 4.2.1.3. */
static const char *
read_key_usage (TrustSpan value, TrustExtensions *out)
{
  TrustDer bits;

  if (!trust_der_expect (&value, TAG_BIT_STRING, &bits) || value.size != 0 || bits.content.size < 1 || bits.content.data[0] > 7)
    return "keyUsage is no bit string";
  out->usage = 0;
  for (gsize octet = 1; octet < MIN (bits.content.size, 3); octet++)
    for (guint bit = 0; bit < 8; bit++)
      if ((bits.content.data[octet] & (0x80u >> bit)) != 0)
        out->usage |= 1u << ((octet - 1) * 8 + bit);
  /* X.690 11.2.1: what is not used is zero. */
  if (bits.content.size > 1 && (bits.content.data[bits.content.size - 1] & ((1u << bits.content.data[0]) - 1)) != 0)
    return "keyUsage has bits behind its end";
  return out->usage != 0 ? NULL : "keyUsage allows nothing";
}

/* RFC 5280 4.2.1.2. */
static const char *
read_subject_key_id (TrustSpan value, TrustExtensions *out)
{
  TrustDer id;

  if (!trust_der_expect (&value, TAG_OCTET_STRING, &id) || value.size != 0 || id.content.size == 0)
    return "subjectKeyIdentifier is no octet string";
  out->subject_key_id = id.content;
  return NULL;
}

/* RFC 5280 4.2.1.1. */
static const char *
read_authority_key_id (TrustSpan value, TrustExtensions *out)
{
  TrustDer sequence, part;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0)
    return "authorityKeyIdentifier is no sequence";
  if (trust_der_expect (&sequence.content, 0x80, &part))
    out->authority_key_id = part.content;
  if (trust_der_expect (&sequence.content, 0xa1, &part))
    out->authority_issuer = part.content;
  if (trust_der_expect (&sequence.content, 0x82, &part))
    out->authority_serial = part.content;
  return sequence.content.size == 0 ? NULL : "authorityKeyIdentifier holds something unknown";
}

/* RFC 5280 4.2.1.11. */
static const char *
read_policy_constraints (TrustSpan value, TrustExtensions *out)
{
  TrustDer sequence;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0 || sequence.content.size == 0)
    return "policyConstraints is no sequence, or is empty";
  if (!take_number (&sequence.content, 0x80, &out->require_explicit_policy) || !take_number (&sequence.content, 0x81, &out->inhibit_policy_mapping)
      || sequence.content.size != 0)
    return "policyConstraints holds a damaged number";
  return NULL;
}

/* RFC 5280 4.2.1.14. */
static const char *
read_inhibit_any_policy (TrustSpan value, TrustExtensions *out)
{
  if (!take_number (&value, TAG_INTEGER, &out->inhibit_any_policy) || value.size != 0 || out->inhibit_any_policy == TRUST_NO_NUMBER)
    return "inhibitAnyPolicy is no number";
  return NULL;
}

/* A sequence of at least one TAG element, and nothing else. */
static gboolean
is_list_of (TrustSpan value, guint8 tag)
{
  TrustDer list, element;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &list) || value.size != 0 || list.content.size == 0)
    return FALSE;
  while (list.content.size > 0)
    if (!(tag != 0 ? trust_der_expect (&list.content, tag, &element) : trust_der_next (&list.content, &element)))
      return FALSE;
  return TRUE;
}

static const char *
check_purposes (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, TAG_OID) ? NULL : "extKeyUsage is no list of purposes";
}

static const char *
check_alt_names (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, 0) ? NULL : "an alternative name is no list of names";
}

static const char *
check_infos (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, TAG_SEQUENCE) ? NULL : "information access is no list of descriptions";
}

static const char *
check_policies (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, TAG_SEQUENCE) ? NULL : "certificatePolicies is no list of policies";
}

static const char *
check_points (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, TAG_SEQUENCE) ? NULL : "distribution points are no list";
}

static const char *
check_mappings (TrustSpan value, TrustExtensions *out)
{
  return is_list_of (value, TAG_SEQUENCE) ? NULL : "policyMappings is no list of mappings";
}

/* Their arcs below 2.5.29, or whole OIDs below 1.3.6.1.5.5.7.1. */
static const Row rows[] = {
  [TRUST_EXTENSION_AUTHORITY_KEY_ID] = { "authorityKeyIdentifier", 35, NULL, 0, read_authority_key_id },
  [TRUST_EXTENSION_SUBJECT_KEY_ID] = { "subjectKeyIdentifier", 14, NULL, 0, read_subject_key_id },
  [TRUST_EXTENSION_KEY_USAGE] = { "keyUsage", 15, NULL, 0, read_key_usage },
  [TRUST_EXTENSION_POLICIES] = { "certificatePolicies", 32, NULL, 0, check_policies },
  [TRUST_EXTENSION_POLICY_MAPPINGS] = { "policyMappings", 33, NULL, 0, check_mappings },
  [TRUST_EXTENSION_SUBJECT_ALT_NAME] = { "subjectAltName", 17, NULL, 0, check_alt_names },
  [TRUST_EXTENSION_ISSUER_ALT_NAME] = { "issuerAltName", 18, NULL, 0, check_alt_names },
  [TRUST_EXTENSION_BASIC_CONSTRAINTS] = { "basicConstraints", 19, NULL, 0, read_basic_constraints },
  [TRUST_EXTENSION_NAME_CONSTRAINTS] = { "nameConstraints", 30, NULL, 0, NULL },
  [TRUST_EXTENSION_POLICY_CONSTRAINTS] = { "policyConstraints", 36, NULL, 0, read_policy_constraints },
  [TRUST_EXTENSION_EXTENDED_KEY_USAGE] = { "extKeyUsage", 37, NULL, 0, check_purposes },
  [TRUST_EXTENSION_CRL_POINTS] = { "cRLDistributionPoints", 31, NULL, 0, check_points },
  [TRUST_EXTENSION_INHIBIT_ANY_POLICY] = { "inhibitAnyPolicy", 54, NULL, 0, read_inhibit_any_policy },
  [TRUST_EXTENSION_FRESHEST_CRL] = { "freshestCRL", 46, NULL, 0, check_points },
  [TRUST_EXTENSION_AUTHORITY_INFO] = { "authorityInfoAccess", 0, "\x2b\x06\x01\x05\x05\x07\x01\x01", 8, check_infos },
  [TRUST_EXTENSION_SUBJECT_INFO] = { "subjectInfoAccess", 0, "\x2b\x06\x01\x05\x05\x07\x01\x0b", 8, check_infos },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == TRUST_EXTENSION_LAST);

const char *
trust_extension_get_name (TrustExtension extension)
{
  return rows[extension].name;
}

static TrustExtension
find (TrustSpan oid)
{
  for (guint i = 0; i < TRUST_EXTENSION_LAST; i++)
    if (rows[i].last != 0 ? oid.size == 3 && oid.data[0] == 0x55 && oid.data[1] == 0x1d && oid.data[2] == rows[i].last
                          : oid.size == rows[i].oid_size && memcmp (oid.data, rows[i].oid, oid.size) == 0)
      return i;
  return TRUST_EXTENSION_LAST;
}

static gboolean
read_extension (TrustSpan in, TrustExtensions *out)
{
  TrustDer oid, boolean, value;
  gboolean critical = FALSE;
  TrustExtension which;

  if (!trust_der_expect (&in, TAG_OID, &oid))
    return FALSE;
  if (trust_der_expect (&in, TAG_BOOLEAN, &boolean))
    {
      if (boolean.content.size != 1)
        return FALSE;
      critical = boolean.content.data[0] != 0;
      /* X.690 11.5: a default value is left out; 11.1: TRUE is ff. */
      if (boolean.content.data[0] != 0xff && out->fault == NULL)
        out->fault = critical ? "an extension says in its own way that it is critical"
                              : "an extension says that it is not critical, which DER leaves out";
    }
  if (!trust_der_expect (&in, TAG_OCTET_STRING, &value) || in.size != 0)
    return FALSE;
  which = find (oid.content);
  if (which == TRUST_EXTENSION_LAST)
    {
      if (critical && !out->has_unknown_critical)
        {
          out->has_unknown_critical = TRUE;
          out->unknown_critical = oid.content;
        }
      return TRUE;
    }
  out->present |= 1u << which;
  out->critical |= critical ? 1u << which : 0;
  out->values[which] = value.content;

  const char *fault = rows[which].read != NULL ? rows[which].read (value.content, out) : NULL;

  if (fault != NULL && out->fault == NULL)
    out->fault = fault;
  return TRUE;
}

static gboolean
read_list (TrustSpan in, TrustExtensions *out)
{
  TrustDer list, extension;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &list))
    return FALSE;
  while (list.content.size > 0)
    if (!trust_der_expect (&list.content, TAG_SEQUENCE, &extension) || !read_extension (extension.content, out))
      return FALSE;
  return TRUE;
}

/* RFC 5280 4.1. */
static gboolean
read_tbs (TrustSpan in, TrustExtensions *out)
{
  TrustDer element;

  trust_der_expect (&in, TAG_VERSION, &element);
  if (!trust_der_expect (&in, TAG_INTEGER, &element) || !trust_der_expect (&in, TAG_SEQUENCE, &element))
    return FALSE;
  out->inner_algorithm = element.whole;
  /* Issuer, validity, subject, key. */
  for (guint i = 0; i < 4; i++)
    if (!trust_der_expect (&in, TAG_SEQUENCE, &element))
      return FALSE;
  while (in.size > 0)
    {
      if (!trust_der_next (&in, &element))
        return FALSE;
      if (element.tag == TAG_EXTENSIONS && !read_list (element.content, out))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_extensions_read (TrustSpan der, TrustExtensions *out)
{
  TrustDer certificate, tbs, algorithm, signature;

  *out = (TrustExtensions) { .path_length = TRUST_NO_NUMBER,
                             .usage = ALL_USAGES,
                             .require_explicit_policy = TRUST_NO_NUMBER,
                             .inhibit_policy_mapping = TRUST_NO_NUMBER,
                             .inhibit_any_policy = TRUST_NO_NUMBER };
  if (!trust_der_expect (&der, TAG_SEQUENCE, &certificate) || !trust_der_expect (&certificate.content, TAG_SEQUENCE, &tbs)
      || !trust_der_expect (&certificate.content, TAG_SEQUENCE, &algorithm) || !trust_der_expect (&certificate.content, TAG_BIT_STRING, &signature)
      || signature.content.size < 1 || signature.content.data[0] != 0)
    return FALSE;
  out->tbs = tbs.whole;
  out->outer_algorithm = algorithm.whole;
  out->signature = (TrustSpan) { signature.content.data + 1, signature.content.size - 1 };
  return read_tbs (tbs.content, out);
}

gboolean
trust_extensions_has_purpose (const TrustExtensions *extensions, TrustSpan oid)
{
  TrustSpan value = extensions->values[TRUST_EXTENSION_EXTENDED_KEY_USAGE];
  TrustDer list, purpose;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &list))
    return FALSE;
  while (trust_der_expect (&list.content, TAG_OID, &purpose))
    if (trust_span_equal (purpose.content, oid))
      return TRUE;
  return FALSE;
}

gboolean
trust_extensions_has_any_purpose (const TrustExtensions *extensions)
{
  return trust_extensions_has_purpose (extensions, (TrustSpan) { (const guint8 *) "\x55\x1d\x25\x00", 4 });
}
