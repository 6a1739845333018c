/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate-parts.h"

#include <string.h>

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_UTC_TIME 0x17
#define TAG_GENERALIZED_TIME 0x18
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0
#define TAG_ISSUER_ID 0x81
#define TAG_SUBJECT_ID 0x82
#define TAG_EXTENSIONS 0xa3
/* RFC 5280 4.2.1.3: bit 5 of the first octet. */
#define KEY_CERT_SIGN 0x04

/* Content octets of an object identifier. */
typedef struct
{
  const char *octets;
  gsize size;
} Oid;

#define OID(literal)                                                                                                                                 \
  {                                                                                                                                                  \
    literal, sizeof literal - 1                                                                                                                      \
  }

static const Oid key_usage = OID ("\x55\x1d\x0f");
static const Oid basic_constraints = OID ("\x55\x1d\x13");

static gboolean
is_oid (TrustSpan oid, const Oid *wanted)
{
  return oid.size == wanted->size && memcmp (oid.data, wanted->octets, oid.size) == 0;
}

/* X.690 8.3.2: in the fewest octets. */
static gboolean
read_integer (TrustSpan *in, TrustSpan *out)
{
  TrustDer integer;

  if (!trust_der_expect (in, TAG_INTEGER, &integer) || integer.content.size == 0)
    return FALSE;
  *out = integer.content;
  return out->size == 1 || !((out->data[0] == 0 && out->data[1] < 0x80) || (out->data[0] == 0xff && out->data[1] >= 0x80));
}

static gboolean
read_boolean (TrustSpan *in, gboolean *out)
{
  TrustDer boolean;

  if (!trust_der_expect (in, TAG_BOOLEAN, &boolean) || boolean.content.size != 1)
    return FALSE;
  *out = boolean.content.data[0] == 0xff;
  return *out || boolean.content.data[0] == 0;
}

static gboolean
read_algorithm (TrustSpan *in, TrustSpan *oid, TrustSpan *parameters)
{
  TrustDer sequence, id;

  if (!trust_der_expect (in, TAG_SEQUENCE, &sequence) || !trust_der_expect (&sequence.content, TAG_OID, &id))
    return FALSE;
  *oid = id.content;
  *parameters = sequence.content;
  return oid->size > 0;
}

static int
two_digits (const guint8 *at)
{
  return g_ascii_isdigit (at[0]) && g_ascii_isdigit (at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

/* Days from 1970-01-01 in the Gregorian calendar: whole years, their leap days, the days of this one. */
static gint64
days_to (int year, int month, int day)
{
  static const int before_month[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
  gint64 past = year - 1;
  gboolean is_leap = g_date_is_leap_year ((GDateYear) year);

  return 365 * past + past / 4 - past / 100 + past / 400 - 719162 + before_month[month - 1] + (is_leap && month > 2) + day - 1;
}

/* RFC 5280 4.1.2.5.1 and .2: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, nothing else. */
gboolean
trust_parts_read_time (TrustSpan *in, gint64 *out)
{
  TrustDer time;

  if (!trust_der_next (in, &time) || (time.tag != TAG_UTC_TIME && time.tag != TAG_GENERALIZED_TIME))
    return FALSE;

  const guint8 *at = time.content.data;
  gboolean is_utc_time = time.tag == TAG_UTC_TIME;

  if (time.content.size != (is_utc_time ? 13u : 15u) || at[time.content.size - 1] != 'Z')
    return FALSE;

  int century = is_utc_time ? 0 : two_digits (at);

  at += is_utc_time ? 0 : 2;

  int field[6];

  for (guint i = 0; i < 6; i++)
    if ((field[i] = two_digits (at + 2 * i)) < 0)
      return FALSE;
  if (is_utc_time)
    century = field[0] >= 50 ? 19 : 20;

  int year = century * 100 + field[0];

  if (century < 0 || year == 0 || field[1] < 1 || field[1] > 12 || !g_date_valid_dmy ((GDateDay) field[2], (GDateMonth) field[1], (GDateYear) year)
      || field[3] > 23 || field[4] > 59 || field[5] > 59)
    return FALSE;
  *out = days_to (year, field[1], field[2]) * 86400 + field[3] * 3600 + field[4] * 60 + field[5];
  return TRUE;
}

/* RFC 5280 4.2.1.9. */
static gboolean
read_basic_constraints (TrustSpan value, gboolean *is_ca)
{
  TrustDer sequence;
  TrustSpan path_length;

  *is_ca = FALSE;
  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0)
    return FALSE;
  if (sequence.content.size > 0 && sequence.content.data[0] == TAG_BOOLEAN && !read_boolean (&sequence.content, is_ca))
    return FALSE;
  return sequence.content.size == 0 || (read_integer (&sequence.content, &path_length) && sequence.content.size == 0);
}

/* RFC 5280 4.2.1.3. */
static gboolean
read_key_usage (TrustSpan value, gboolean *may_sign)
{
  TrustDer bits;

  if (!trust_der_expect (&value, TAG_BIT_STRING, &bits) || value.size != 0 || bits.content.size == 0 || bits.content.data[0] > 7)
    return FALSE;
  *may_sign = bits.content.size > 1 && (bits.content.data[1] & KEY_CERT_SIGN) != 0;
  return TRUE;
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const TrustSpan *left = a, *right = b;

  if (left->size != right->size)
    return left->size < right->size ? -1 : 1;
  return memcmp (left->data, right->data, left->size);
}

/* RFC 5280 4.2: no extension twice. Sorted, because 64 KiB hold thousands. */
static gboolean
has_duplicate (GArray *oids)
{
  g_array_sort (oids, compare_spans);
  for (guint i = 1; i < oids->len; i++)
    if (trust_span_equal (g_array_index (oids, TrustSpan, i - 1), g_array_index (oids, TrustSpan, i)))
      return TRUE;
  return FALSE;
}

static const char *
read_extensions (TrustSpan in, TrustParts *out)
{
  g_autoptr (GArray) oids = g_array_sized_new (FALSE, FALSE, sizeof (TrustSpan), 16);
  TrustDer list, extension, oid, value;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &list) || in.size != 0 || list.content.size == 0)
    return "its extensions are no list";
  while (list.content.size > 0)
    {
      gboolean critical;

      if (!trust_der_expect (&list.content, TAG_SEQUENCE, &extension) || !trust_der_expect (&extension.content, TAG_OID, &oid))
        return "an extension is damaged";
      if (extension.content.size > 0 && extension.content.data[0] == TAG_BOOLEAN && !read_boolean (&extension.content, &critical))
        return "an extension is damaged";
      if (!trust_der_expect (&extension.content, TAG_OCTET_STRING, &value) || extension.content.size != 0)
        return "an extension is damaged";
      g_array_append_val (oids, oid.content);
      if (is_oid (oid.content, &basic_constraints) && !read_basic_constraints (value.content, &out->is_ca))
        return "its basicConstraints are damaged";
      if (is_oid (oid.content, &key_usage) && !read_key_usage (value.content, &out->may_sign))
        return "its keyUsage is damaged";
    }
  return has_duplicate (oids) ? "it has one extension twice" : NULL;
}

static const char *
read_version (TrustSpan *in, guint *version)
{
  TrustDer wrapper;
  TrustSpan number;

  *version = 1;
  if (in->size == 0 || in->data[0] != TAG_VERSION)
    return NULL;
  if (!trust_der_expect (in, TAG_VERSION, &wrapper) || !read_integer (&wrapper.content, &number) || wrapper.content.size != 0 || number.size != 1
      || number.data[0] > 2)
    return "its version is none of 1, 2 and 3";
  *version = number.data[0] + 1u;
  return NULL;
}

static const char *
read_name (TrustSpan *in, TrustSpan *out)
{
  TrustDer name;

  if (!trust_der_expect (in, TAG_SEQUENCE, &name))
    return "its subject or issuer is no name";
  *out = name.whole;
  return NULL;
}

static gboolean
read_key (TrustSpan key_info, TrustSpan *curve)
{
  TrustDer sequence, named, bits;
  TrustSpan algorithm, parameters;

  if (!trust_der_expect (&key_info, TAG_SEQUENCE, &sequence) || !read_algorithm (&sequence.content, &algorithm, &parameters)
      || !trust_der_expect (&sequence.content, TAG_BIT_STRING, &bits) || sequence.content.size != 0)
    return FALSE;
  *curve = trust_der_expect (&parameters, TAG_OID, &named) ? named.content : (TrustSpan) { NULL, 0 };
  return TRUE;
}

const char *
trust_parts_get_curve (TrustSpan key_info, guint *bits)
{
  /* RFC 5480 section 2.1.1.1 */
  static const struct
  {
    Oid oid;
    const char *name;
    guint bits;
  } curves[] = {
    { OID ("\x2a\x86\x48\xce\x3d\x03\x01\x01"), "P-192", 192 },
    { OID ("\x2b\x81\x04\x00\x21"), "P-224", 224 },
    { OID ("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "P-256", 256 },
    { OID ("\x2b\x81\x04\x00\x22"), "P-384", 384 },
    { OID ("\x2b\x81\x04\x00\x23"), "P-521", 521 },
  };
  TrustSpan curve;

  if (read_key (key_info, &curve))
    for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
      if (is_oid (curve, &curves[i].oid))
        {
          *bits = curves[i].bits;
          return curves[i].name;
        }
  return NULL;
}

/* By OID, because GnuTLS has no name for MD4. */
static gboolean
is_md5_or_older (TrustSpan algorithm)
{
  static const Oid broken[] = {
    OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02"), /* md2WithRSAEncryption, RFC 3279 section 2.2.1 */
    OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03"), /* md4WithRSAEncryption */
    OID ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"), /* md5WithRSAEncryption */
    OID ("\x2b\x0e\x03\x02\x02"),                 /* OIW md4WithRSA */
    OID ("\x2b\x0e\x03\x02\x03"),                 /* OIW md5WithRSA */
    OID ("\x2b\x0e\x03\x02\x04"),                 /* OIW md4WithRSAEncryption */
    OID ("\x2b\x0e\x07\x02\x03\x01"),             /* OIW md2WithRSASignature */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    if (is_oid (algorithm, &broken[i]))
      return TRUE;
  return FALSE;
}

static const char *
read_tail (TrustSpan *in, TrustParts *out)
{
  TrustDer element;

  if (trust_der_expect (in, TAG_ISSUER_ID, &element) && out->version == 1)
    return "a version 1 certificate has no issuer identifier";
  if (trust_der_expect (in, TAG_SUBJECT_ID, &element) && out->version == 1)
    return "a version 1 certificate has no subject identifier";
  if (trust_der_expect (in, TAG_EXTENSIONS, &element))
    {
      const char *fault = out->version == 3 ? read_extensions (element.content, out) : "only version 3 has extensions";

      if (fault != NULL)
        return fault;
    }
  return in->size == 0 ? NULL : "something follows its extensions";
}

static const char *
read_tbs (TrustSpan in, TrustParts *out, TrustSpan *inner_algorithm)
{
  TrustDer validity, key_info;
  TrustSpan parameters, curve;
  const char *fault = read_version (&in, &out->version);

  if (fault != NULL)
    return fault;
  if (!read_integer (&in, &out->serial))
    return "its serial number is no integer in DER";
  if (!read_algorithm (&in, inner_algorithm, &parameters))
    return "its signature algorithm is damaged";
  if ((fault = read_name (&in, &out->issuer)) != NULL)
    return fault;
  if (!trust_der_expect (&in, TAG_SEQUENCE, &validity) || !trust_parts_read_time (&validity.content, &out->not_before)
      || !trust_parts_read_time (&validity.content, &out->not_after) || validity.content.size != 0)
    return "its validity is not two times in DER";
  if ((fault = read_name (&in, &out->subject)) != NULL)
    return fault;
  if (!trust_der_expect (&in, TAG_SEQUENCE, &key_info) || !read_key (key_info.whole, &curve))
    return "its public key is damaged";
  out->key_info = key_info.whole;
  return read_tail (&in, out);
}

const char *
trust_parts_read (TrustSpan der, TrustParts *out)
{
  TrustDer certificate, tbs, signature;
  TrustSpan algorithm, inner_algorithm, parameters;

  *out = (TrustParts) { .may_sign = TRUE };
  if (!trust_der_expect (&der, TAG_SEQUENCE, &certificate))
    return "it is no DER, or is cut";
  if (der.size != 0)
    return "something follows it";
  if (!trust_der_expect (&certificate.content, TAG_SEQUENCE, &tbs))
    return "it holds no certificate body";

  const char *fault = read_tbs (tbs.content, out, &inner_algorithm);

  if (fault != NULL)
    return fault;
  if (!read_algorithm (&certificate.content, &algorithm, &parameters))
    return "its signature algorithm is damaged";
  if (!trust_span_equal (inner_algorithm, algorithm))
    return "its two signature algorithms differ"; /* RFC 5280 4.1.1.2 */
  if (!trust_der_expect (&certificate.content, TAG_BIT_STRING, &signature) || certificate.content.size != 0)
    return "its signature is damaged";
  out->has_md5_signature = is_md5_or_older (algorithm);
  return NULL;
}
