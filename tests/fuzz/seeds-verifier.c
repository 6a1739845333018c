/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/seeds.h"

#include "tests/lib/forge-ocsp.h"

#include <string.h>

#define HOST "www.corp.example"
#define HARD 4
#define SERVER 8

typedef struct
{
  TestCertificate *root;
  TestCertificate *issuer;
  TestCertificate *leaf;
  TestCertificate *delegate;
} Made;

static void
put_array (const char *target, const char *name, const GByteArray *bytes)
{
  seeds_put (target, name, bytes->data, bytes->len);
}

/* One record as tests/fuzz/fuzz-verifier.c reads it. */
static void
add_record (GByteArray *out, char kind, const void *bytes, gsize size)
{
  guint8 head[3] = { (guint8) kind, (guint8) (size >> 8), (guint8) size };

  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, bytes, (guint) size);
}

static void
add_certificate (GByteArray *out, char kind, const TestCertificate *made)
{
  TrustSpan der = trust_certificate_get_der (made->certificate);

  add_record (out, kind, der.data, der.size);
}

static void
add_question (GByteArray *out, guint8 options)
{
  guint64 now = GUINT64_TO_BE ((guint64) (g_get_real_time () / G_USEC_PER_SEC));
  guint8 bytes[9];

  memcpy (bytes, &now, sizeof now);
  bytes[8] = options;
  add_record (out, 'q', bytes, sizeof bytes);
}

/* The chain and its anchor. */
static GByteArray *
begin (const Made *made, guint8 options)
{
  GByteArray *out = g_byte_array_new ();

  add_question (out, options);
  add_record (out, 'n', HOST, strlen (HOST));
  add_certificate (out, 'c', made->leaf);
  add_certificate (out, 'c', made->issuer);
  add_certificate (out, 'a', made->root);
  return out;
}

static void
put_responses (const Made *made)
{
  for (guint i = 0; i < 8; i++)
    {
      ForgeOcsp how = { .about = made->leaf->certificate, .issuer = made->issuer->certificate, .signer = made->issuer };
      g_autoptr (GByteArray) response = NULL, question = begin (made, SERVER | ((i & 1) != 0 ? HARD : 0));
      g_autofree char *name = g_strdup_printf ("response-%u", i);

      how.says = (i & 2) != 0 ? TRUST_OCSP_REVOKED : TRUST_OCSP_GOOD;
      how.by_name = (i & 1) != 0;
      how.hash = (i & 1) != 0 ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1;
      how.nonce = (i & 2) != 0 ? "nonce" : NULL;
      if ((i & 4) != 0)
        how.signer = how.attached = made->delegate;
      response = forge_ocsp (&how);
      put_array ("ocsp", name, response);
      add_record (question, 'o', response->data, response->len);
      if (how.nonce != NULL)
        add_record (question, 'x', how.nonce, strlen (how.nonce));
      put_array ("verifier", name, question);
    }
  seeds_put ("ocsp", "later", "\x30\x03\x0a\x01\x03", 5);
}

static void
put_lists (const Made *made)
{
  for (guint i = 0; i < 3; i++)
    {
      const TestCertificate *revoked = i == 2 ? made->issuer : made->leaf;
      g_autoptr (TrustCrl) list = forge_crl (i == 2 ? made->root : made->issuer, i == 0 ? NULL : revoked->certificate);
      g_autoptr (GByteArray) question = begin (made, HARD);
      g_autofree char *name = g_strdup_printf ("list-%u", i);
      gsize size = g_bytes_get_size (list->der);

      seeds_put ("crl", name, g_bytes_get_data (list->der, NULL), size);
      add_record (question, 'r', g_bytes_get_data (list->der, NULL), size);
      put_array ("verifier", name, question);
    }
}

static void
put_chains (const Made *made)
{
  for (guint profile = 0; profile < 4; profile++)
    {
      g_autoptr (GByteArray) plain = begin (made, (guint8) (SERVER | profile)), refused = begin (made, (guint8) profile);
      g_autofree char *plain_name = g_strdup_printf ("plain-%u", profile), *refused_name = g_strdup_printf ("refused-%u", profile);

      put_array ("verifier", plain_name, plain);
      add_certificate (refused, 'd', made->issuer);
      put_array ("verifier", refused_name, refused);
    }
}

static void
put_names (void)
{
  /* clang-format off */
  static const struct { const char *text, *san; } names[] = {
    { "www.corp.example", "dns:www.corp.example dns:*.corp.example" }, { "bücher.example", "dns:xn--bcher-kva.example" },
    { "10.1.2.3", "ip:10.1.2.3 ip:2001:db8::1" },                      { "2001:db8::1", "ip:2001:db8::1 uri:https://corp.example/" },
    { "joe@corp.example", "email:joe@corp.example" },                  { "www.co.uk", "dns:*.co.uk dir:Corp" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GByteArray) extension = forge_san (names[i].san), out = g_byte_array_new ();
      g_autofree char *name = g_strdup_printf ("name-%u", i);
      TrustSpan in = forge_span (extension);
      TrustDer sequence, oid, value;

      g_assert_true (trust_der_expect (&in, 0x30, &sequence) && trust_der_expect (&sequence.content, 0x06, &oid)
                     && trust_der_expect (&sequence.content, 0x04, &value));
      g_byte_array_append (out, (const guint8 *) names[i].text, (guint) strlen (names[i].text));
      g_byte_array_append (out, (const guint8 *) "\n", 1);
      g_byte_array_append (out, value.content.data, (guint) value.content.size);
      put_array ("peer-name", name, out);
    }
}

void
seeds_put_verifier (void)
{
  TestCertificateSpec issuer = { .dn = "CN=Issuing" }, leaf = { .dn = "CN=Leaf", .not_ca = TRUE, .dns_name = HOST, .eku = "1.3.6.1.5.5.7.3.1" };
  TestCertificateSpec delegate = { .dn = "CN=Responder", .not_ca = TRUE, .eku = FORGE_OCSP_SIGNING };
  Made made = { .root = test_certificate_new_root ("CN=Root") };

  issuer.issuer = made.root;
  made.issuer = test_certificate_new (&issuer);
  leaf.issuer = delegate.issuer = made.issuer;
  made.leaf = test_certificate_new (&leaf);
  made.delegate = test_certificate_new (&delegate);
  put_responses (&made);
  put_lists (&made);
  put_chains (&made);
  put_names ();
  test_certificate_free (made.root);
  test_certificate_free (made.issuer);
  test_certificate_free (made.leaf);
  test_certificate_free (made.delegate);
}
