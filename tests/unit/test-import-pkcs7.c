/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PKCS #7 in DER, BER, PEM, and as an EST server sends it; the reader of BER below them. */
#include "core/importers/ber.h"
#include "core/limits.h"

#include "tests/unit/importers-fixture.h"

#define OID_PKCS7 "\x2a\x86\x48\x86\xf7\x0d\x01\x07"

typedef struct
{
  TestCertificate *root; /* (owned) */
  TestCertificate *ca;   /* (owned) issued by root */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->root = test_certificate_new_root ("CN=Seven Root,O=Example");

  TestCertificateSpec spec = { .dn = "CN=Seven CA", .issuer = f->root };

  f->ca = test_certificate_new (&spec);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  test_certificate_free (f->ca);
}

typedef GByteArray *(*Element) (guint8 tag, GByteArray *content);

/* ContentInfo around SignedData with these certificates (transfer full) (nullable: no such field), by ELEMENT: in DER or of indefinite length. */
static GByteArray *
make_pkcs7 (Element element, guint8 kind, GByteArray *certificates)
{
  GByteArray *content = element (0x30, forge_join (forge_element (0x06, FORGE_BYTES (OID_PKCS7 "\x01")), NULL));
  GByteArray *body = forge_join (forge_element (0x02, FORGE_BYTES ("\x01")), forge_element (0x31, NULL), content, NULL);

  if (certificates != NULL)
    body = forge_join (body, element (0xa0, certificates), NULL);
  body = forge_join (body, element (0x31, NULL), NULL);
  return element (0x30, forge_join (forge_element (0x06, forge_join (FORGE_BYTES (OID_PKCS7), forge_bytes (&kind, 1), NULL)),
                                    element (0xa0, element (0x30, body)), NULL));
}

static GByteArray *
both (Fixture *f)
{
  return forge_join (import_der (f->ca), import_der (f->root), NULL);
}

static void
assert_both (Fixture *f, const TrustImport *import, gboolean roots_only)
{
  g_assert_true (import_entry_is (import, 0, f->ca) && import_entry_is (import, 1, f->root));
  g_assert_true (import_entry (import, 0)->is_untrusted == roots_only);
  g_assert_false (import_entry (import, 1)->is_untrusted);
  g_assert_null (import_entry (import, 1)->settings);
}

static void
test_forms (Fixture *f, gconstpointer data)
{
  const Element elements[] = { forge_element, import_indefinite };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (GByteArray) bytes = make_pkcs7 (elements[i], 2, both (f));
      g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, NULL, "pkcs7", 2);
      g_autofree char *pem = import_pem (g_byte_array_ref (bytes), i == 0 ? "PKCS7" : "CMS");
      g_autofree char *plain = test_certificate_dup_pem (f->root);
      g_autofree char *mixed = g_strconcat (plain, pem, NULL);
      g_autoptr (TrustImport) from_pem = import_found (pem, strlen (pem), NULL, "pem", 2);
      g_autoptr (TrustImport) from_mixed = import_found (mixed, strlen (mixed), NULL, "pem", 2);

      assert_both (f, import, FALSE);
      assert_both (f, from_pem, FALSE);
      g_assert_cmpstr (import_entry (import, 1)->place, ==, "byte 0, certificate 2");
      g_assert_cmpstr (import_entry (from_pem, 1)->place, ==, "block 1 at byte 0, certificate 2");
      g_assert_true (import_entry_is (from_mixed, 0, f->root) && import_entry_is (from_mixed, 1, f->ca));
      import_cut_everywhere (bytes->data, bytes->len, NULL, 0);
    }
}

/* Certificates of other kinds are left out with a notice; other contents are refused. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) none = make_pkcs7 (forge_element, 2, NULL);
  g_autoptr (GByteArray) empty = make_pkcs7 (forge_element, 2, g_byte_array_new ());
  g_autoptr (GByteArray) enveloped = make_pkcs7 (forge_element, 3, both (f));
  g_autoptr (GByteArray) longer = forge_join (make_pkcs7 (forge_element, 2, both (f)), FORGE_BYTES ("\n"), NULL);
  g_autoptr (GByteArray) attribute = make_pkcs7 (forge_element, 2, forge_join (forge_element (0xa2, FORGE_BYTES ("\x30\x00")), both (f), NULL));
  g_autoptr (GByteArray) bad = make_pkcs7 (forge_element, 2, forge_join (forge_element (0x30, FORGE_BYTES ("\x30\x00")), both (f), NULL));
  g_autoptr (TrustImport) import = import_found (attribute->data, attribute->len, NULL, "pkcs7", 2);
  TrustImportOptions going = { .keep_going = TRUE };
  g_autoptr (TrustImport) rest = import_found (bad->data, bad->len, &going, "pkcs7", 2);
  g_autofree char *pem = import_pem (g_byte_array_ref (empty), "PKCS7");
  g_autofree char *plain = test_certificate_dup_pem (f->root);
  g_autofree char *mixed = g_strconcat (pem, plain, NULL);
  g_autoptr (TrustImport) from_mixed = import_found (mixed, strlen (mixed), &going, "pem", 1);

  g_assert_cmpuint (import->notices->len, ==, 1);
  g_assert_cmpuint (rest->failures->len, ==, 1);
  g_assert_cmpuint (from_mixed->failures->len, ==, 1);
  import_refused (none->data, none->len, NULL, TRUST_ERROR_INVALID_INPUT, "PKCS #7", "no certificate", NULL);
  import_refused (empty->data, empty->len, NULL, TRUST_ERROR_INVALID_INPUT, "no certificate", NULL);
  import_refused (enveloped->data, enveloped->len, NULL, TRUST_ERROR_INVALID_INPUT, "enveloped", NULL);
  import_refused (longer->data, longer->len, NULL, TRUST_ERROR_INVALID_INPUT, "1 bytes too many", NULL);
  import_refused (bad->data, bad->len, NULL, TRUST_ERROR_INVALID_INPUT, "certificate 1", NULL);
  import_refused (mixed, strlen (mixed), NULL, TRUST_ERROR_INVALID_INPUT, "block 1 at byte 0", "no certificate", NULL);
}

/* A private key in the place of a certificate ends it, whoever keeps going. */
static void
test_private_key (Fixture *f, gconstpointer data)
{
  TrustImportOptions going = { .keep_going = TRUE };
  gnutls_datum_t key;

  g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (f->root->key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &key), ==, 0);

  g_autoptr (GByteArray) bytes = make_pkcs7 (forge_element, 2, forge_join (both (f), forge_bytes (key.data, key.size), NULL));

  import_refused (bytes->data, bytes->len, &going, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
  gnutls_free (key.data);
}

static GByteArray *
repeat (GByteArray *one, guint n)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    g_byte_array_append (all, one->data, one->len);
  g_byte_array_unref (one);
  return all;
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) many = make_pkcs7 (forge_element, 2, repeat (import_der (f->root), TRUST_LIMIT_INPUT_CERTIFICATES + 1));
  GByteArray *deep = import_der (f->root);
  TrustImportOptions going = { .keep_going = TRUE };
  GByteArray *floods[] = {
    make_pkcs7 (forge_element, 2, repeat (FORGE_BYTES ("\x30\x00"), 1000000)),
    make_pkcs7 (import_indefinite, 2, repeat (FORGE_BYTES ("\x30\x80"), 1000000)),
    make_pkcs7 (import_indefinite, 2, repeat (FORGE_BYTES ("\x30\x80\0\0"), 1000000)),
  };

  import_refused (many->data, many->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "20000", NULL);
  import_refused (floods[0]->data, floods[0]->len, &going, TRUST_ERROR_LIMIT_EXCEEDED, "20000", NULL);
  import_refused (floods[1]->data, floods[1]->len, &going, TRUST_ERROR_INVALID_INPUT, "damaged", NULL);
  import_refused (floods[2]->data, floods[2]->len, &going, TRUST_ERROR_LIMIT_EXCEEDED, "20000", NULL);
  for (guint i = 0; i < 100; i++)
    deep = make_pkcs7 (import_indefinite, 2, deep);
  import_refused (deep->data, deep->len, NULL, TRUST_ERROR_INVALID_INPUT, "damaged", NULL);
  g_byte_array_unref (deep);
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
    g_byte_array_unref (floods[i]);
}

/* RFC 7030 4.1.3, RFC 8951 3.2: base64 with line breaks anywhere, under a head or without one. Of the chain only the roots are anchors. */
static void
test_est (Fixture *f, gconstpointer data)
{
  static const char *const heads[] = {
    "",
    "\n",
    "Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n",
    "HTTP/1.1 200 OK\r\nContent-Type: application/pkcs7-mime;\r\n smime-type=certs-only\r\nContent-Length: 1\r\n\r\n",
  };
  g_autoptr (GByteArray) bytes = make_pkcs7 (forge_element, 2, both (f));
  g_autofree char *flat = g_base64_encode (bytes->data, bytes->len);

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    for (guint columns = 0; columns < 2; columns++)
      {
        g_autoptr (GString) text = g_string_new (heads[i]);

        for (gsize at = 0; at < strlen (flat); at += columns == 0 ? strlen (flat) : 76)
          g_string_append_printf (text, "%.*s\r\n", columns == 0 ? G_MAXINT : 76, flat + at);

        g_autoptr (TrustImport) import = import_found (text->str, text->len, NULL, "est", 2);

        assert_both (f, import, TRUE);
        if (columns == 0)
          import_cut_everywhere (text->str, text->len - 3, NULL, 0);
      }
}

/* A CA's new key signed by its old one is named as the root is, and no root (RFC 4210 4.4). */
static void
test_est_new_with_old (Fixture *f, gconstpointer data)
{
  TestCertificateSpec spec = { .dn = "CN=Seven Root,O=Example", .issuer = f->root };
  g_autoptr (TestCertificate) new_with_old = test_certificate_new (&spec);
  g_autoptr (GByteArray) bytes = make_pkcs7 (forge_element, 2, forge_join (import_der (new_with_old), import_der (f->root), NULL));
  g_autofree char *text = g_base64_encode (bytes->data, bytes->len);
  g_autoptr (TrustImport) import = import_found (text, strlen (text), NULL, "est", 2);

  g_assert_true (trust_certificate_is_self_issued (new_with_old->certificate));
  g_assert_true (import_entry (import, 0)->is_untrusted);
  g_assert_false (import_entry (import, 1)->is_untrusted);
}

static void
test_est_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = make_pkcs7 (forge_element, 2, both (f));
  g_autofree char *flat = g_base64_encode (bytes->data, bytes->len);
  g_autofree char *damaged = g_strdup (flat);
  g_autofree char *certificate = g_base64_encode (trust_certificate_get_der (f->root->certificate).data,
                                                  trust_certificate_get_der (f->root->certificate).size);
  g_autofree char *flood = g_strnfill (TRUST_LIMIT_INPUT_BYTES - strlen (flat), ' ');
  g_autofree char *flooded = g_strconcat (flood, flat, NULL);
  g_autofree char *more = g_strnfill (TRUST_LIMIT_INPUT_BYTES - 64, 'A');

  damaged[100] = '!';
  memcpy (more, flat, 64);
  import_refused (damaged, strlen (damaged), NULL, TRUST_ERROR_INVALID_INPUT, "EST", "byte 100", NULL);
  import_refused (certificate, strlen (certificate), NULL, TRUST_ERROR_INVALID_INPUT, "base64 without the lines around it", NULL);
  import_refused (more, strlen (more), NULL, TRUST_ERROR_INVALID_INPUT, "EST", NULL);

  g_autoptr (TrustImport) import = import_found (flooded, strlen (flooded), NULL, "est", 2);

  assert_both (f, import, TRUE);
}

/* What is left out with a notice is counted as well: two bytes each. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) strangers = g_byte_array_new (), flood = NULL;

  for (guint i = 0; i < TRUST_LIMIT_INPUT_CERTIFICATES + 2; i++)
    g_byte_array_append (strangers, (const guint8 *) "\xa2\0", 2);
  flood = make_pkcs7 (forge_element, 2, forge_join (g_byte_array_ref (strangers), both (f), NULL));
  import_refused (flood->data, flood->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "20000", NULL);
}

/* X.690 8.1.3 and 8.7. */
static void
test_ber (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  static const struct { const char *bytes; gsize size; guint8 tag; gsize content; gsize whole; } cases[] = {
    { "\x04\x01x", 3, 0x04, 1, 3 },               { "\x04\x81\x01x", 4, 0x04, 1, 4 },
    { "\x04\x84\0\0\0\x01x", 7, 0x04, 1, 7 },     { "\x30\x80\0\0", 4, 0x30, 0, 4 },
    { "\x30\x80\x30\x80\0\0\0\0z", 9, 0x30, 4, 8 }, { "\x30\x80\x04\x02\0\0\0\0", 8, 0x30, 4, 8 },
    { "\x04\x80\0\0", 4, 0, 0, 0 },               { "\x30\x80\0", 3, 0, 0, 0 },
    { "\x00\x00", 2, 0, 0, 0 },                   { "\x30\x80\0\x01x\0\0", 7, 0, 0, 0 },
    { "\x1f\x01\x00", 3, 0, 0, 0 },               { "\x04\x02x", 3, 0, 0, 0 },
    { "\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10, 0, 0, 0 }, { "\x30\xff", 2, 0, 0, 0 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *copy = g_memdup2 (cases[i].bytes, cases[i].size);
      TrustSpan in = { copy, cases[i].size };
      TrustDer out;

      g_assert_true (trust_ber_next (&in, &out) == (cases[i].tag != 0));
      if (cases[i].tag == 0)
        {
          g_assert_cmpuint (in.size, ==, cases[i].size);
          continue;
        }
      g_assert_cmpuint (out.tag, ==, cases[i].tag);
      g_assert_cmpuint (out.content.size, ==, cases[i].content);
      g_assert_cmpuint (out.whole.size, ==, cases[i].whole);
      g_assert_cmpuint (in.size, ==, cases[i].size - cases[i].whole);
    }
}

static void
assert_octets (GByteArray *bytes, guint8 tag, const char *expected)
{
  TrustSpan in = { bytes->data, bytes->len }, out;
  g_autoptr (GByteArray) joined = NULL;

  g_assert_true (trust_ber_octets (&in, tag, &out, &joined) == (expected != NULL));
  if (expected != NULL)
    g_assert_cmpmem (out.data, out.size, expected, strlen (expected));
  g_byte_array_unref (bytes);
}

static void
test_octets (Fixture *f, gconstpointer data)
{
  GByteArray *deep = forge_element (0x04, FORGE_BYTES ("x"));

  assert_octets (forge_element (0x04, FORGE_BYTES ("abc")), 0x04, "abc");
  assert_octets (forge_element (0x80, FORGE_BYTES ("abc")), 0x80, "abc");
  assert_octets (forge_element (0x24, FORGE_BYTES ("\x04\x01"
                                                   "a\x04\x02"
                                                   "bc")),
                 0x04, "abc");
  assert_octets (import_indefinite (0xa0, FORGE_BYTES ("\x04\x01"
                                                       "a\x24\x80\x04\x02"
                                                       "bc\0\0")),
                 0x80, "abc");
  assert_octets (forge_element (0x24, NULL), 0x04, "");
  assert_octets (forge_element (0x24, FORGE_BYTES ("\x02\x01"
                                                   "a")),
                 0x04, NULL);
  assert_octets (forge_element (0x24, FORGE_BYTES ("\x04\x05"
                                                   "a")),
                 0x04, NULL);
  assert_octets (forge_element (0x05, NULL), 0x04, NULL);
  for (guint i = 0; i < 3 * TRUST_LIMIT_NESTING; i++)
    deep = forge_element (0x24, deep);
  assert_octets (deep, 0x04, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/import-pkcs7/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("forms", test_forms);
  ADD ("refused", test_refused);
  ADD ("private-key", test_private_key);
  ADD ("limits", test_limits);
  ADD ("est", test_est);
  ADD ("est-new-with-old", test_est_new_with_old);
  ADD ("est-refused", test_est_refused);
  ADD ("strangers", test_strangers);
  ADD ("ber", test_ber);
  ADD ("octets", test_octets);
  return g_test_run ();
}
