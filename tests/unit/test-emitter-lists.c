/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that list certificates and say no more: UEFI signature lists, PKCS #7, EST's answer, SPIFFE bundles; each against its standard. */
#include "tests/unit/emitted-fixture.h"

#include <gnutls/pkcs7.h>
#include <json-glib/json-glib.h>

#define EDK2 (&trust_emitter_edk2_cacerts)
#define PKCS7 (&trust_emitter_pkcs7)
#define EST (&trust_emitter_est)
#define SPIFFE (&trust_emitter_spiffe_bundle)
#define X509_GUID "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
#define SHA256_GUID "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"

static void
put_little (GByteArray *out, gsize number)
{
  g_byte_array_append (out, (const guint8[]) { (guint8) number, (guint8) (number >> 8), (guint8) (number >> 16), (guint8) (number >> 24) }, 4);
}

/* UEFI 2.10 section 32.4.1: GUID, size of the list, of a header (none), of a signature: an owner's GUID and the certificate. */
static void
test_edk2_bytes (void)
{
  /* One of them is no CA: it is an anchor all the same. */
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GByteArray) extensions = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x00", 2);
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GByteArray) expected = g_byte_array_new ();

  g_ptr_array_add (certificates, emitter_forge (0));
  g_ptr_array_add (certificates, emitter_forge (1));
  g_ptr_array_add (certificates, forge (&(ForgeCertificate) { .extensions = extensions }));
  set = emitter_set_of (certificates, NULL, NULL);
  bytes = emitter_write (EDK2, set, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    {
      TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (trust_anchor_set_get_anchor (set, i)));

      g_byte_array_append (expected, (const guint8 *) X509_GUID, 16);
      put_little (expected, 28 + 16 + der.size);
      put_little (expected, 0);
      put_little (expected, 16 + der.size);
      g_byte_array_append (expected, (const guint8 *) "\x50\x3b\xdd\xdc\x05\xf4\xfd\x43\x96\xbe\xbd\x33\xb1\x73\x47\x76", 16);
      g_byte_array_append (expected, der.data, (guint) der.size);
    }
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected->data, expected->len);
  g_assert_cmpuint (EDK2->length (trust_anchor_set_get_anchor (set, 0)) + EDK2->length (trust_anchor_set_get_anchor (set, 1))
                        + EDK2->length (trust_anchor_set_get_anchor (set, 2)),
                    ==, expected->len);
}

/* A list of N equal certificates with numbers that may be wrong by a little. */
static void
test_edk2_read (void)
{
  /* clang-format off */
  static const struct { const char *type; int list, header, signature; guint n, found; } cases[] = {
    { X509_GUID, 0, 0, 0, 1, 1 },    { X509_GUID, 0, 0, 0, 3, 3 },     { SHA256_GUID, 0, 0, 0, 1, 0 },      { X509_GUID, 1, 0, 0, 1, 0 },
    { X509_GUID, -1, 0, 0, 1, 0 },   { X509_GUID, 0, 4, 0, 1, 0 },     { X509_GUID, 0, 0, 1, 1, 0 },        { X509_GUID, 0, 0, -1, 1, 0 },
    { X509_GUID, 0, 0, -9999, 1, 0 }, { X509_GUID, -9999, 0, 0, 1, 0 }, { X509_GUID, G_MAXINT, 0, 0, 1, 0 }, { X509_GUID, 0, 0, G_MAXINT, 1, 0 },
  };
  /* clang-format on */
  g_autoptr (TrustCertificate) certificate = emitter_forge (0);
  TrustSpan der = trust_certificate_get_der (certificate);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GArray) found = NULL;
      gsize signature = 16 + der.size, list = 28 + cases[i].n * signature;

      g_byte_array_append (bytes, (const guint8 *) cases[i].type, 16);
      put_little (bytes, cases[i].list == -9999 ? 27 : list + (gsize) cases[i].list);
      put_little (bytes, (gsize) cases[i].header);
      put_little (bytes, cases[i].signature == -9999 ? 16 : signature + (gsize) cases[i].signature);
      for (guint j = 0; j < cases[i].n; j++)
        {
          g_byte_array_append (bytes, (const guint8 *) "owner of whatever", 16);
          g_byte_array_append (bytes, der.data, (guint) der.size);
        }
      found = emitter_read (EDK2, bytes->data, bytes->len);
      g_assert_cmpuint (found != NULL ? found->len : 0, ==, cases[i].found);
    }
}

/* What GnuTLS finds in DER is SET. */
static void
assert_pkcs7 (const guint8 *der, gsize size, const TrustAnchorSet *set)
{
  gnutls_datum_t input = { (guint8 *) der, (guint) size }, before = { NULL, 0 };
  gnutls_pkcs7_t message;
  guint n = trust_anchor_set_get_n_anchors (set);

  g_assert_cmpint (gnutls_pkcs7_init (&message), ==, 0);
  g_assert_cmpint (gnutls_pkcs7_import (message, &input, GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (MAX (gnutls_pkcs7_get_crt_count (message), 0), ==, n);
  for (guint i = 0; i < n; i++)
    {
      gnutls_datum_t certificate;
      TrustFingerprint fingerprint;

      g_assert_cmpint (gnutls_pkcs7_get_crt_raw2 (message, i, &certificate), ==, 0);
      trust_fingerprint_of (certificate.data, certificate.size, &fingerprint);
      g_assert_nonnull (trust_anchor_set_lookup (set, &fingerprint));
      /* X.690 section 11.6. */
      g_assert_true (before.data == NULL || memcmp (before.data, certificate.data, MIN (before.size, certificate.size)) < 0);
      gnutls_free (before.data);
      before = certificate;
    }
  gnutls_free (before.data);
  gnutls_pkcs7_deinit (message);
}

static void
test_pkcs7 (void)
{
  /* RFC 5652 section 5.1 and RFC 5272 section 4.1: version 1, no digests, no content, no signers; without certificates nothing in their place. */
  static const char empty[] = "\x30\x23\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x16\x30\x14\x02\x01\x01\x31\x00\x30\x0b\x06\x09\x2a\x86"
                              "\x48\x86\xf7\x0d\x01\x07\x01\x31\x00";
  static const guint sizes[] = { 0, 1, 50 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TrustAnchorSet) set = emitter_set_new (sizes[i], 0, NULL);
      g_autoptr (GBytes) bytes = emitter_write (PKCS7, set, NULL, NULL), text = emitter_write (EST, set, NULL, NULL);
      gsize size = 0, length = 0, decoded = 0;
      const guint8 *der = g_bytes_get_data (bytes, &size);
      g_autofree char *copy = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
      g_autofree guint8 *back = NULL;

      if (sizes[i] == 0)
        g_assert_cmpmem (der, size, empty, sizeof empty - 1);
      else
        assert_pkcs7 (der, size, set);
      /* RFC 7030 section 4.1.3: its base64, in lines that nobody finds too long. */
      for (const char *line = copy; *line != '\0'; line += length + 1)
        {
          length = strcspn (line, "\n");
          g_assert_cmpuint (length, <=, 64);
          g_assert_cmpint (line[length], ==, '\n');
        }
      back = g_base64_decode (copy, &decoded);
      g_assert_cmpmem (back, decoded, der, size);
    }
}

/* CONTENT in an element with TAG, both NULL-able. */
static GByteArray *
make_message (GByteArray *digests, GByteArray *content, guint8 tag, GByteArray *certificates, GByteArray *more, GByteArray *signers)
{
  GByteArray *inner = forge_join (forge_element (0x02, FORGE_BYTES ("\x01")), forge_element (0x31, digests), forge_element (0x30, content), NULL);

  if (tag != 0)
    inner = forge_join (inner, forge_element (tag, certificates), NULL);
  if (more != NULL)
    inner = forge_join (inner, more, NULL);
  inner = forge_join (inner, forge_element (0x31, signers), NULL);
  return forge_element (0x30, forge_join (forge_element (0x06, FORGE_BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")),
                                          forge_element (0xa0, forge_element (0x30, inner)), NULL));
}

#define DATA forge_element (0x06, FORGE_BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"))

static void
test_pkcs7_read (void)
{
  g_autoptr (TrustCertificate) certificate = emitter_forge (0);
  TrustSpan der = trust_certificate_get_der (certificate);
  GByteArray *good = make_message (NULL, DATA, 0xa0, forge_bytes (der.data, der.size), NULL, NULL);
  GByteArray *bad[] = {
    /* a signer; a digest; a CRL; some content; other kinds of certificates; a tag of its own; other content */
    make_message (NULL, DATA, 0xa0, forge_bytes (der.data, der.size), NULL, FORGE_BYTES ("\x30\x00")),
    make_message (FORGE_BYTES ("\x30\x00"), DATA, 0xa0, forge_bytes (der.data, der.size), NULL, NULL),
    make_message (NULL, DATA, 0xa0, forge_bytes (der.data, der.size), FORGE_BYTES ("\xa1\x02\x30\x00"), NULL),
    make_message (NULL, forge_join (DATA, FORGE_BYTES ("\xa0\x03\x04\x01x"), NULL), 0xa0, forge_bytes (der.data, der.size), NULL, NULL),
    make_message (NULL, DATA, 0xa0, FORGE_BYTES ("\xa2\x00"), NULL, NULL),
    make_message (NULL, DATA, 0xa2, forge_bytes (der.data, der.size), NULL, NULL),
    make_message (NULL, forge_element (0x06, FORGE_BYTES ("\x2a\x03")), 0xa0, forge_bytes (der.data, der.size), NULL, NULL),
    forge_join (forge_copy (good), FORGE_BYTES ("\0"), NULL),
  };
  g_autoptr (GArray) found = emitter_read (PKCS7, good->data, good->len);

  g_assert_cmpuint (found != NULL ? found->len : 0, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      emitter_assert_unreadable (PKCS7, bad[i]->data, bad[i]->len);
      g_byte_array_unref (bad[i]);
    }
  g_byte_array_unref (good);
  emitter_assert_unreadable (EST, "", 0);
  emitter_assert_unreadable (EST, "MAA=", 4);
  emitter_assert_unreadable (EST, "no base64", 9);
}

/* base64url of RFC 4648 section 5, without padding, back to bytes. */
static guint8 *
decode_url (const char *text, gsize *size)
{
  g_autoptr (GString) standard = g_string_new (text);

  g_assert_cmpuint (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, strlen (text));
  g_strdelimit (standard->str, "-", '+');
  g_strdelimit (standard->str, "_", '/');
  while (standard->len % 4 != 0)
    g_string_append_c (standard, '=');
  return g_base64_decode (standard->str, size);
}

/* The member NAME of OBJECT is NUMBER, big-endian in SIZE bytes; SIZE 0: in as few as it takes. */
static void
assert_number (JsonObject *object, const char *name, gnutls_datum_t number, gsize size)
{
  gsize length = 0;
  g_autofree guint8 *bytes = decode_url (json_object_get_string_member (object, name), &length);

  while (number.size > 0 && *number.data == 0)
    number.data++, number.size--;
  g_assert_cmpuint (length, ==, size != 0 ? size : number.size);
  for (gsize i = 0; i < length - number.size; i++)
    g_assert_cmpuint (bytes[i], ==, 0);
  g_assert_cmpmem (bytes + (length - number.size), number.size, number.data, number.size);
}

/* RFC 7518 section 6 and RFC 8037 section 2, as GnuTLS reads the certificate's key. */
static void
assert_key (JsonObject *object, const TrustCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  gnutls_datum_t input = { (guint8 *) der.data, (guint) der.size }, x = { NULL, 0 }, y = { NULL, 0 };
  const char *type = json_object_get_string_member (object, "kty");
  gnutls_x509_crt_t crt;
  gnutls_pubkey_t key;

  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (crt, &input, GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (key, crt, 0), ==, 0);
  if (gnutls_x509_crt_get_pk_algorithm (crt, NULL) == GNUTLS_PK_RSA)
    {
      g_assert_cmpstr (type, ==, "RSA");
      g_assert_cmpint (gnutls_pubkey_export_rsa_raw (key, &x, &y), ==, 0);
      assert_number (object, "n", x, 0);
      assert_number (object, "e", y, 0);
    }
  else
    {
      /* clang-format off */
      static const struct { gnutls_ecc_curve_t curve; const char *type; const char *name; gsize size; } curves[] = {
        { GNUTLS_ECC_CURVE_SECP256R1, "EC", "P-256", 32 }, { GNUTLS_ECC_CURVE_SECP384R1, "EC", "P-384", 48 },
        { GNUTLS_ECC_CURVE_SECP521R1, "EC", "P-521", 66 }, { GNUTLS_ECC_CURVE_ED25519, "OKP", "Ed25519", 32 },
      };
      /* clang-format on */
      gnutls_ecc_curve_t curve;
      guint i = 0;

      g_assert_cmpint (gnutls_pubkey_export_ecc_raw (key, &curve, &x, &y), ==, 0);
      while (curves[i].curve != curve)
        i++;
      g_assert_cmpstr (type, ==, curves[i].type);
      g_assert_cmpstr (json_object_get_string_member (object, "crv"), ==, curves[i].name);
      assert_number (object, "x", x, curves[i].size);
      if (y.size > 0)
        assert_number (object, "y", y, curves[i].size);
      g_assert_cmpint (json_object_has_member (object, "y"), ==, y.size > 0);
    }
  gnutls_free (x.data);
  gnutls_free (y.data);
  gnutls_pubkey_deinit (key);
  gnutls_x509_crt_deinit (crt);
}

/* "SPIFFE Trust Domain and Bundle" section 4, "X.509-SVID" section 6.2: kty, use and an x5c of one, no kid. */
static void
test_spiffe (void)
{
  /* clang-format off */
  static const struct { gnutls_pk_algorithm_t algorithm; guint bits; gboolean is_held; } keys[] = {
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), TRUE },
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1), TRUE },
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP521R1), TRUE },
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP224R1), FALSE },
    { GNUTLS_PK_RSA, 1024, TRUE },
    { GNUTLS_PK_RSA, 1032, TRUE },
    { GNUTLS_PK_EDDSA_ED25519, 256, TRUE },
    { GNUTLS_PK_EDDSA_ED448, 456, FALSE },
    { GNUTLS_PK_RSA_PSS, 1024, FALSE },
  };
  /* clang-format on */
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (TrustAnchorSet) set = NULL, fits = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root = NULL;
  JsonArray *list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GByteArray) key = forge_key (keys[i].algorithm, keys[i].bits);

      g_ptr_array_add (certificates, forge (&(ForgeCertificate) { .key = key }));
    }
  set = emitter_set_of (certificates, NULL, "\"]}, {");
  fits = trust_emitter_fit (SPIFFE, set, "server-auth", &trust_loss_policy_default, 1800000000, losses);
  bytes = emitter_write (SPIFFE, fits, "RefreshHint", "300");
  g_assert_true (json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpint (json_object_get_int_member (root, "spiffe_refresh_hint"), ==, 300);
  g_assert_cmpuint (json_object_get_size (root), ==, 2);
  list = json_object_get_array_member (root, "keys");
  g_assert_cmpuint (json_array_get_length (list), ==, 6);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *object = json_array_get_object_element (list, i);
      JsonArray *chain = json_object_get_array_member (object, "x5c");
      const TrustCertificate *certificate = trust_anchor_get_certificate (trust_anchor_set_get_anchor (fits, i));
      TrustSpan der = trust_certificate_get_der (certificate);
      g_autofree guint8 *back = NULL;
      gsize size = 0;

      g_assert_cmpstr (json_object_get_string_member (object, "use"), ==, "x509-svid");
      g_assert_false (json_object_has_member (object, "kid"));
      g_assert_cmpuint (json_array_get_length (chain), ==, 1);
      back = g_base64_decode (json_array_get_string_element (chain, 0), &size);
      g_assert_cmpmem (back, size, der.data, der.size);
      assert_key (object, certificate);
    }
  /* The others are left out, and named. */
  for (guint i = 0; i < losses->len; i++)
    g_assert_cmpint (((const TrustLoss *) losses->pdata[i])->left_out, ==,
                     trust_anchor_set_lookup (fits, &((const TrustLoss *) losses->pdata[i])->fingerprint) == NULL);
}

static void
test_spiffe_read (void)
{
  g_autoptr (TrustCertificate) certificate = emitter_forge (0);
  TrustSpan der = trust_certificate_get_der (certificate);
  g_autofree char *text = g_base64_encode (der.data, der.size);
  const struct
  {
    const char *json;
    int n;
  } cases[] = {
    { "{\"keys\":[]}", 0 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\"%s\"]}],\"spiffe_sequence\":7}", 1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"%s\"]},{\"use\":\"x509-svid\",\"x5c\":[\"%s\"]}]}", 2 },
    { "{}", -1 },
    { "[]", -1 },
    { "", -1 },
    { "{\"keys\":{}}", -1 },
    { "{\"keys\":[7]}", -1 },
    { "{\"keys\":[{\"use\":\"jwt-svid\",\"kty\":\"EC\"}]}", -1 },
    { "{\"keys\":[{\"use\":\"jwt-svid\",\"x5c\":[\"%s\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\"}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"%s\",\"%s\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"%s=\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"MAA\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"M-_=\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"\"]}]}", -1 },
    { "{\"keys\":[{\"use\":\"x509-svid\",\"use\":\"jwt-svid\",\"x5c\":[\"%s\"]}]}", -1 },
    { "{\"keys\":[],\"keys\":[]}", -1 },
    { "{\"keys\":[{\"use\":[[[[[[[[[[[[[[[[[[[[\"x509-svid\"]]]]]]]]]]]]]]]]]]]]}]}", -1 },
    { "{\"keys\":[]} more", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].json, "%s", -1);
      g_autofree char *json = g_strjoinv (text, parts);
      g_autoptr (GArray) found = emitter_read (SPIFFE, json, strlen (json));

      g_assert_cmpint (found != NULL ? (int) found->len : -1, ==, cases[i].n);
    }
}

static void
test_refresh_hint (void)
{
  static const char *const bad[] = { "", "0", "-1", "+5", "1.5", " 5", "05", "1e3", "1000000000", "x" };
  const TrustEmitterOption *option = SPIFFE->options;

  g_assert_cmpstr (option->key, ==, "RefreshHint");
  g_assert_null (option->find_fault ("1"));
  g_assert_null (option->find_fault ("999999999"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_nonnull (option->find_fault (bad[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emitter-lists/edk2-bytes", test_edk2_bytes);
  g_test_add_func ("/emitter-lists/edk2-read", test_edk2_read);
  g_test_add_func ("/emitter-lists/pkcs7", test_pkcs7);
  g_test_add_func ("/emitter-lists/pkcs7-read", test_pkcs7_read);
  g_test_add_func ("/emitter-lists/spiffe", test_spiffe);
  g_test_add_func ("/emitter-lists/spiffe-read", test_spiffe_read);
  g_test_add_func ("/emitter-lists/refresh-hint", test_refresh_hint);
  return g_test_run ();
}
