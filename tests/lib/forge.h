/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes DER and certificates with any content, right or wrong, for tests. Their signatures are noise. */
#pragma once

#include "core/der.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define FORGE_OID_CN "\x55\x04\x03"
#define FORGE_OID_C "\x55\x04\x06"
#define FORGE_OID_O "\x55\x04\x0a"
#define FORGE_OID_OU "\x55\x04\x0b"
#define FORGE_OID_RSA_SHA256 "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define FORGE_OID_BASIC_CONSTRAINTS "\x55\x1d\x13"
#define FORGE_OID_KEY_USAGE "\x55\x1d\x0f"
#define FORGE_OID_SAN "\x55\x1d\x11"
#define FORGE_OID_NAME_CONSTRAINTS "\x55\x1d\x1e"
#define FORGE_OID_EMAIL "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"

/* Bytes of a literal, which may hold NUL. */
#define FORGE_BYTES(literal) forge_bytes (literal, sizeof (literal) - 1)

static inline GByteArray *
forge_bytes (const void *bytes, gsize size)
{
  return g_byte_array_append (g_byte_array_new (), bytes, (guint) size);
}

/* (transfer full) of CONTENT (nullable: empty). */
static inline GByteArray *
forge_element (guint8 tag, GByteArray *content)
{
  GByteArray *out = forge_bytes (&tag, 1);
  gsize size = content != NULL ? content->len : 0;
  guint8 length[4] = { (guint8) size, 0, 0, 0 };
  guint n = 1;

  if (size > 0xffff)
    length[0] = 0x83, length[1] = (guint8) (size >> 16), length[2] = (guint8) (size >> 8), length[3] = (guint8) size, n = 4;
  else if (size > 0xff)
    length[0] = 0x82, length[1] = (guint8) (size >> 8), length[2] = (guint8) size, n = 3;
  else if (size >= 0x80)
    length[0] = 0x81, length[1] = (guint8) size, n = 2;
  g_byte_array_append (out, length, n);
  if (content != NULL)
    {
      g_byte_array_append (out, content->data, content->len);
      g_byte_array_unref (content);
    }
  return out;
}

/* All (transfer full), up to a NULL. */
static inline GByteArray *
forge_join (GByteArray *first, ...)
{
  va_list parts;
  GByteArray *part;

  va_start (parts, first);
  while ((part = va_arg (parts, GByteArray *)) != NULL)
    {
      g_byte_array_append (first, part->data, part->len);
      g_byte_array_unref (part);
    }
  va_end (parts);
  return first;
}

static inline TrustSpan
forge_span (const GByteArray *bytes)
{
  return (TrustSpan) { bytes->data, bytes->len };
}

/* AttributeTypeAndValue with a three-byte OID. */
static inline GByteArray *
forge_attribute (const char *oid, guint8 tag, const void *text, gsize size)
{
  return forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, 3)), forge_element (tag, forge_bytes (text, size)), NULL));
}

/* A Name of one attribute. */
static inline GByteArray *
forge_name (const char *oid, guint8 tag, const char *text)
{
  return forge_element (0x30, forge_element (0x31, forge_attribute (oid, tag, text, strlen (text))));
}

/* A SubjectPublicKeyInfo of a fresh key. */
static inline GByteArray *
forge_key (gnutls_pk_algorithm_t algorithm, guint bits)
{
  gnutls_privkey_t private_key;
  gnutls_pubkey_t key;
  gnutls_datum_t der;

  g_assert_cmpint (gnutls_privkey_init (&private_key), ==, 0);
  g_assert_cmpint (gnutls_privkey_generate (private_key, algorithm, bits, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (key, private_key, 0, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);

  GByteArray *out = forge_bytes (der.data, der.size);

  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  gnutls_privkey_deinit (private_key);
  return out;
}

static inline GByteArray *
forge_algorithm (const char *oid, gsize size)
{
  return forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, size)), forge_element (0x05, NULL), NULL));
}

static inline GByteArray *
forge_extension (const char *oid, const void *value, gsize size)
{
  return forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, 3)), forge_element (0x04, forge_bytes (value, size)), NULL));
}

/* A Name of a common name and, EMAIL not NULL, an emailAddress (PKCS #9). */
static inline GByteArray *
forge_name_with_email (const char *cn, const char *email)
{
  GByteArray *name = forge_element (0x31, forge_attribute (FORGE_OID_CN, 0x0c, cn, strlen (cn)));
  GByteArray *oid = forge_element (0x06, forge_bytes (FORGE_OID_EMAIL, sizeof FORGE_OID_EMAIL - 1));

  if (email != NULL)
    name = forge_join (name,
                       forge_element (0x31, forge_element (0x30, forge_join (oid, forge_element (0x16, forge_bytes (email, strlen (email))), NULL))),
                       NULL);
  else
    g_byte_array_unref (oid);
  return forge_element (0x30, name);
}

/* One GeneralName of "dns:TEXT", "email:TEXT", "uri:TEXT", "ip:ADDRESS", "dir:COMMON-NAME" or "other:" (an otherName). */
static inline GByteArray *
forge_general_name (const char *text)
{
  static const struct
  {
    const char *head;
    guint8 tag;
  } kinds[] = { { "email:", 0x81 }, { "dns:", 0x82 }, { "uri:", 0x86 } };
  guint8 address[16];

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (text, kinds[i].head))
      return forge_element (kinds[i].tag, forge_bytes (text + strlen (kinds[i].head), strlen (text) - strlen (kinds[i].head)));
  if (g_str_has_prefix (text, "dir:"))
    return forge_element (0xa4, forge_name (FORGE_OID_CN, 0x0c, text + 4));
  if (g_str_equal (text, "other:"))
    return forge_element (0xa0, FORGE_BYTES ("\x06\x01\x2a\xa0\x02\x05\x00"));
  g_assert_true (g_str_has_prefix (text, "ip:"));
  if (inet_pton (AF_INET, text + 3, address) == 1)
    return forge_element (0x87, forge_bytes (address, 4));
  g_assert_cmpint (inet_pton (AF_INET6, text + 3, address), ==, 1);
  return forge_element (0x87, forge_bytes (address, 16));
}

/* A subjectAltName extension of the names in TEXT, a blank between them. */
static inline GByteArray *
forge_san (const char *text)
{
  g_auto (GStrv) names = g_strsplit (text, " ", -1);
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    list = forge_join (list, forge_general_name (names[i]), NULL);
  list = forge_element (0x30, list);

  GByteArray *extension = forge_extension (FORGE_OID_SAN, list->data, list->len);

  g_byte_array_unref (list);
  return extension;
}

/* SECONDS since the epoch as a certificate writes them. (transfer full) */
static inline char *
forge_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return g_date_time_format (date, g_date_time_get_year (date) < 2050 ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ");
}

/* What is left out (NULL, 0) is usual. All members are borrowed. */
typedef struct
{
  guint version;                         /* 1, 2; else 3 */
  const GByteArray *serial;              /* content octets; 01 */
  const GByteArray *issuer;              /* a Name; the subject */
  const GByteArray *subject;             /* a Name; CN=Forged */
  const char *not_before;                /* "240101000000Z"; 15 characters make a GeneralizedTime */
  const char *not_after;                 /* "340101000000Z" */
  const GByteArray *key;                 /* a SubjectPublicKeyInfo; an EC key made once */
  const GByteArray *extensions;          /* of forge_extension(); a CA's basicConstraints, but none for version 1 */
  const GByteArray *signature_algorithm; /* of forge_algorithm(); RSA-SHA256 */
  const GByteArray *outer_algorithm;     /* the same */
} ForgeCertificate;

static inline GByteArray *
forge_copy (const GByteArray *bytes)
{
  return forge_bytes (bytes->data, bytes->len);
}

static inline GByteArray *
forge_time (const char *time)
{
  return forge_element (strlen (time) == 15 ? 0x18 : 0x17, forge_bytes (time, strlen (time)));
}

static inline GByteArray *
forge_certificate (const ForgeCertificate *c)
{
  static GByteArray *usual_key = NULL;
  g_autoptr (GByteArray) usual_name = forge_name (FORGE_OID_CN, 0x0c, "Forged");
  g_autoptr (GByteArray) usual_algorithm = forge_algorithm (FORGE_OID_RSA_SHA256, sizeof FORGE_OID_RSA_SHA256 - 1);
  g_autoptr (GByteArray) usual_extensions = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5);
  g_autoptr (GByteArray) usual_serial = FORGE_BYTES ("\x01");
  const GByteArray *subject = c->subject != NULL ? c->subject : usual_name;
  const GByteArray *algorithm = c->signature_algorithm != NULL ? c->signature_algorithm : usual_algorithm;
  const GByteArray *extensions = c->extensions != NULL || c->version == 1 ? c->extensions : usual_extensions;

  if (usual_key == NULL)
    usual_key = forge_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1));

  GByteArray *tbs = g_byte_array_new ();

  if (c->version != 1)
    tbs = forge_join (tbs, forge_element (0xa0, forge_element (0x02, forge_bytes (c->version == 2 ? "\x01" : "\x02", 1))), NULL);
  tbs = forge_join (tbs, forge_element (0x02, forge_copy (c->serial != NULL ? c->serial : usual_serial)), forge_copy (algorithm),
                    forge_copy (c->issuer != NULL ? c->issuer : subject),
                    forge_element (0x30, forge_join (forge_time (c->not_before != NULL ? c->not_before : "240101000000Z"),
                                                     forge_time (c->not_after != NULL ? c->not_after : "340101000000Z"), NULL)),
                    forge_copy (subject), forge_copy (c->key != NULL ? c->key : usual_key), NULL);
  if (extensions != NULL)
    tbs = forge_join (tbs, forge_element (0xa3, forge_element (0x30, forge_copy (extensions))), NULL);
  return forge_element (0x30, forge_join (forge_element (0x30, tbs), forge_copy (c->outer_algorithm != NULL ? c->outer_algorithm : algorithm),
                                          forge_element (0x03, FORGE_BYTES ("\0noise")), NULL));
}
