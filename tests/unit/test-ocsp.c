/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading OCSP responses as RFC 6960 section 4.2.1 and appendix B.1 have them. */
#include "core/error.h"
#include "core/limits.h"
#include "core/ocsp.h"
#include "core/pem.h"
#include "tests/lib/forge-ocsp.h"

typedef struct
{
  TestCertificate *issuer;
  TestCertificate *leaf;
  TestCertificate *other;
  ForgeOcsp usual;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec leaf = { .dn = "CN=Leaf", .not_ca = TRUE };

  f->issuer = test_certificate_new_root ("CN=Issuer,O=Corp");
  f->other = test_certificate_new_root ("CN=Other,O=Corp");
  leaf.issuer = f->issuer;
  f->leaf = test_certificate_new (&leaf);
  f->usual = (ForgeOcsp) { .about = f->leaf->certificate, .issuer = f->issuer->certificate, .signer = f->issuer };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->issuer);
  test_certificate_free (f->leaf);
  test_certificate_free (f->other);
}

/* (transfer full) of DER (transfer full). */
static TrustOcsp *
read_der (GByteArray *der)
{
  g_autoptr (GError) error = NULL;
  TrustOcsp *ocsp = trust_ocsp_new (der->data, der->len, &error);

  g_assert_no_error (error);
  g_byte_array_unref (der);
  return ocsp;
}

static TrustOcsp *
read_good (GByteArray *der)
{
  TrustOcsp *ocsp = read_der (der);

  g_assert_cmpstr (ocsp->fault, ==, NULL);
  return ocsp;
}

/* It has a fault whose text has WORDS in it. */
static void
assert_fault (GByteArray *der, const char *words)
{
  g_autoptr (TrustOcsp) ocsp = read_der (der);

  g_assert_nonnull (ocsp->fault);
  if (strstr (ocsp->fault, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", ocsp->fault, words);
}

static gboolean
matches (const Fixture *f, const TrustOcsp *ocsp, const TestCertificate *issuer, const TestCertificate *certificate)
{
  return trust_ocsp_answer_matches (&g_array_index (ocsp->answers, TrustOcspAnswer, 0), trust_certificate_get_subject_der (issuer->certificate),
                                    trust_certificate_get_key_info_der (issuer->certificate),
                                    trust_certificate_get_serial (certificate->certificate));
}

/* All that a usual response says. */
static void
test_usual (Fixture *f, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  ForgeOcsp how = f->usual;
  g_autoptr (TrustOcsp) ocsp = NULL;
  const TrustOcspAnswer *answer = NULL;

  how.this_update = now - 100;
  how.next_update = now + 200;
  how.nonce = "0123456789abcdef";
  how.attached = f->other;
  ocsp = read_good (forge_ocsp (&how));
  g_assert_cmpuint (ocsp->answers->len, ==, 1);
  answer = &g_array_index (ocsp->answers, TrustOcspAnswer, 0);
  g_assert_cmpint (answer->status, ==, TRUST_OCSP_GOOD);
  g_assert_cmpint (answer->this_update, ==, now - 100);
  g_assert_cmpint (answer->next_update, ==, now + 200);
  g_assert_null (answer->fault);
  g_assert_cmpint (ABS (ocsp->produced_at - (now - 1800)), <=, 60);
  g_assert_cmpmem (ocsp->nonce.data, ocsp->nonce.size, "0123456789abcdef", 16);
  g_assert_cmpuint (ocsp->certificates->len, ==, 1);
  g_assert_cmpint (trust_signature_check (trust_certificate_get_key_info_der (f->issuer->certificate), &ocsp->kind, ocsp->tbs, ocsp->signature), ==,
                   TRUST_SIGNATURE_GOOD);
  g_assert_cmpint (trust_signature_check (trust_certificate_get_key_info_der (f->other->certificate), &ocsp->kind, ocsp->tbs, ocsp->signature), ==,
                   TRUST_SIGNATURE_BAD);
}

static void
test_statuses (Fixture *f, gconstpointer data)
{
  for (TrustOcspStatus status = TRUST_OCSP_GOOD; status <= TRUST_OCSP_UNKNOWN; status++)
    {
      ForgeOcsp how = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL;

      how.says = status;
      how.next_update = FORGE_NO_TIME;
      ocsp = read_good (forge_ocsp (&how));
      g_assert_cmpint (g_array_index (ocsp->answers, TrustOcspAnswer, 0).status, ==, status);
      g_assert_cmpint (g_array_index (ocsp->answers, TrustOcspAnswer, 0).next_update, ==, 0);
      g_assert_cmpuint (ocsp->nonce.size, ==, 0);
      g_assert_cmpuint (ocsp->certificates->len, ==, 0);
    }
}

/* 4.1.1: the issuer's name and key by their hashes, and the serial number. */
static void
test_certificate_id (Fixture *f, gconstpointer data)
{
  static const gnutls_digest_algorithm_t hashes[] = { GNUTLS_DIG_SHA1, GNUTLS_DIG_SHA256, GNUTLS_DIG_SHA384, GNUTLS_DIG_SHA512 };
  TestCertificateSpec sister = { .dn = "CN=Leaf", .not_ca = TRUE, .issuer = f->issuer }, namesake = { .dn = "CN=Issuer,O=Corp" };
  TestCertificateSpec renamed = { .dn = "CN=Renamed", .same_key = f->issuer };
  g_autoptr (TestCertificate) second = test_certificate_new (&sister), other_key = test_certificate_new (&namesake),
                              other_name = test_certificate_new (&renamed);

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      ForgeOcsp how = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL;

      how.hash = hashes[i];
      ocsp = read_good (forge_ocsp (&how));
      g_assert_true (matches (f, ocsp, f->issuer, f->leaf));
      g_assert_false (matches (f, ocsp, f->issuer, second));
      g_assert_false (matches (f, ocsp, other_key, f->leaf));
      g_assert_false (matches (f, ocsp, other_name, f->leaf));
    }

  /* A hash that nobody here knows matches nothing, and is no damage. */
  ForgeOcsp how = f->usual;
  g_autoptr (TrustOcsp) ocsp = NULL;

  how.hash = GNUTLS_DIG_MD5;
  ocsp = read_good (forge_ocsp (&how));
  g_assert_false (matches (f, ocsp, f->issuer, f->leaf));
}

/* 4.2.1, ResponderID: by name, or SHA-1 of the key. */
static void
test_responder (Fixture *f, gconstpointer data)
{
  for (guint by_name = 0; by_name < 2; by_name++)
    {
      ForgeOcsp how = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL;

      how.by_name = by_name != 0;
      ocsp = read_good (forge_ocsp (&how));
      g_assert_true (trust_ocsp_names_signer (ocsp, trust_certificate_get_subject_id (f->issuer->certificate),
                                              trust_certificate_get_key_info_der (f->issuer->certificate)));
      g_assert_false (trust_ocsp_names_signer (ocsp, trust_certificate_get_subject_id (f->other->certificate),
                                               trust_certificate_get_key_info_der (f->other->certificate)));
    }
}

/* 4.2.1, OCSPResponseStatus: all but "successful" come without bytes; 4 is not used, others are none. */
static void
test_no_answer (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  static const struct { guint8 status; const char *words; } rows[] = {
    { 1, "did not understand" }, { 2, "internal error" }, { 3, "try later" }, { 4, "damaged" }, { 5, "signed" }, { 6, "who asked" },
    { 7, "damaged" }, { 255, "damaged" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_fault (forge_element (0x30, forge_element (0x0a, forge_bytes (&rows[i].status, 1))), rows[i].words);
  assert_fault (forge_element (0x30, FORGE_BYTES ("\x0a\x01\x03\xa0\x00")), "damaged");
  assert_fault (forge_element (0x30, FORGE_BYTES ("\x0a\x01\x00")), "damaged");
  assert_fault (forge_element (0x30, forge_join (FORGE_BYTES ("\x0a\x01\x00"),
                                                 forge_element (0xa0, forge_element (0x30, FORGE_BYTES ("\x06\x02\x2a\x03\x04\x00"))), NULL)),
                "type");
}

/* 4.4: an extension that is critical and not understood must not be overlooked; another may be. */
static void
test_extensions (Fixture *f, gconstpointer data)
{
  for (guint critical = 0; critical < 2; critical++)
    {
      g_autoptr (GByteArray) extension = forge_ocsp_extension ("\x2a\x03", 2, critical != 0, FORGE_BYTES ("\x05\x00"));
      ForgeOcsp single = f->usual, whole = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL, second = NULL;

      single.single_extension = extension;
      ocsp = read_good (forge_ocsp (&single));
      g_assert_cmpint (g_array_index (ocsp->answers, TrustOcspAnswer, 0).fault != NULL, ==, critical);
      whole.extension = extension;
      second = read_der (forge_ocsp (&whole));
      g_assert_cmpint (second->fault != NULL, ==, critical);
    }
}

/* 4.4.1 and RFC 9654 2.1: an OCTET STRING of 1 to 128 octets, once. */
static void
test_nonce (Fixture *f, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (128, 'x'), *longer = g_strnfill (129, 'x');
  const struct
  {
    GByteArray *value;
    gboolean good;
  } rows[] = {
    { forge_element (0x04, FORGE_BYTES ("x")), TRUE },
    { forge_element (0x04, forge_bytes (longest, 128)), TRUE },
    { forge_element (0x04, forge_bytes (longer, 129)), FALSE },
    { forge_element (0x04, NULL), FALSE },
    { FORGE_BYTES ("raw"), FALSE },
    { FORGE_BYTES ("\x04\x01x\x05\x00"), FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) extension = forge_ocsp_extension (FORGE_OID_OCSP_NONCE, sizeof FORGE_OID_OCSP_NONCE - 1, FALSE, rows[i].value);
      ForgeOcsp how = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL;

      how.extension = extension;
      ocsp = read_der (forge_ocsp (&how));
      g_assert_cmpint (ocsp->fault == NULL, ==, rows[i].good);
      how.nonce = "second";
      assert_fault (forge_ocsp (&how), "damaged");
    }
}

/* Every certificate that is asked for has its own answer. */
static void
test_many (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual, second = f->usual;
  g_autoptr (GByteArray) answers = forge_ocsp_answer (&how);
  g_autoptr (TrustOcsp) ocsp = NULL;

  second.about = f->other->certificate;
  second.says = TRUST_OCSP_REVOKED;
  answers = forge_join (g_steal_pointer (&answers), forge_ocsp_answer (&second), NULL);
  how.answers = answers;
  ocsp = read_good (forge_ocsp (&how));
  g_assert_cmpuint (ocsp->answers->len, ==, 2);
  g_assert_cmpint (g_array_index (ocsp->answers, TrustOcspAnswer, 1).status, ==, TRUST_OCSP_REVOKED);
}

/* 4.2.2.1: GeneralizedTime as in RFC 5280 4.1.2.5.2, without fractions; CertStatus as in 4.2.1. */
static void
test_strict (Fixture *f, gconstpointer data)
{
#define ID                                                                                                                                           \
  "\x30\x1a\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x04NAME\x04\x04"                                                                         \
  "KEY!\x02\x01\x01"
#define TIME                                                                                                                                         \
  "\x18\x0f"                                                                                                                                         \
  "20240101000000Z"
  static const struct
  {
    const char *bytes;
    gsize size;
    gboolean good;
  } rows[] = {
#define ROW(literal, good) { literal, sizeof literal - 1, good }
    ROW (ID "\x80\x00" TIME, TRUE),
    ROW (ID "\x80\x00" TIME "\xa0\x11" TIME, TRUE),
    ROW (ID "\x82\x00" TIME, TRUE),
    ROW (ID "\xa1\x11" TIME TIME, TRUE),
    ROW (ID "\xa1\x16" TIME "\xa0\x03\x0a\x01\x0a" TIME, TRUE),
    ROW (ID "\xa1\x16" TIME "\xa0\x03\x0a\x01\x0b" TIME, FALSE),
    ROW (ID "\xa1\x00" TIME, FALSE),
    ROW (ID "\x80\x01\x00" TIME, FALSE),
    ROW (ID "\x82\x02\x05\x00" TIME, FALSE),
    ROW (ID "\x83\x00" TIME, FALSE),
    ROW (ID "\x80\x00", FALSE),
    ROW (ID "\x80\x00\x17\x0d"
            "240101000000Z",
         FALSE),
    ROW (ID "\x80\x00\x18\x11"
            "20240101000000.1Z",
         FALSE),
    ROW (ID "\x80\x00\x18\x13"
            "20240101000000+0000",
         FALSE),
    ROW (ID "\x80\x00\x18\x0f"
            "20240230000000Z",
         FALSE),
    ROW (ID "\x80\x00" TIME "\xa0\x13" TIME "\x05\x00", FALSE),
    ROW (ID "\x80\x00" TIME "\xa0\x11" TIME "\x05\x00", FALSE),
    ROW (ID "\x80\x00" TIME "\xa1\x02\x30\x00\xa0\x11" TIME, FALSE),
    ROW ("\x80\x00" TIME, FALSE),
#undef ROW
  };
  guint8 id_size = sizeof ID - 1 - 2;

  g_assert_cmpuint (id_size, ==, 0x1a);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) answers = forge_element (0x30, forge_bytes (rows[i].bytes, rows[i].size));
      ForgeOcsp how = f->usual;
      g_autoptr (TrustOcsp) ocsp = NULL;

      how.answers = answers;
      ocsp = read_der (forge_ocsp (&how));
      if ((ocsp->fault == NULL) != rows[i].good)
        g_error ("row %u", i);
    }
}

/* ResponseData's version is 1, which DER leaves out; it is taken where it is written. */
static void
test_version (Fixture *f, gconstpointer data)
{
  for (guint8 version = 0; version < 2; version++)
    {
      g_autoptr (GByteArray) usual = forge_ocsp_data (&f->usual);
      TrustSpan in = forge_span (usual);
      GByteArray *whole = NULL;
      TrustDer element;
      g_autoptr (TrustOcsp) ocsp = NULL;

      g_assert_true (trust_der_expect (&in, 0x30, &element));
      whole = forge_join (forge_element (0xa0, forge_element (0x02, forge_bytes (&version, 1))), forge_span_copy (element.content), NULL);
      ocsp = read_der (forge_ocsp_sign (&f->usual, forge_element (0x30, whole)));
      g_assert_cmpint (ocsp->fault == NULL, ==, version == 0);
    }
}

/* No part of a response is one, nor is one with something behind it; none is read past its end. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;
  g_autoptr (GByteArray) der = NULL;

  how.nonce = "nonce";
  how.attached = f->other;
  der = forge_ocsp (&how);
  for (guint size = 0; size < der->len; size++)
    {
      g_autofree guint8 *part = g_memdup2 (der->data, size);
      g_autoptr (TrustOcsp) ocsp = trust_ocsp_new (part, size, NULL);

      g_assert_nonnull (ocsp->fault);
    }
  assert_fault (forge_join (forge_copy (der), FORGE_BYTES ("\0"), NULL), "damaged");
}

static void
test_pem (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) der = forge_ocsp (&f->usual);
  g_autoptr (GString) text = g_string_new ("what the server said\n"), other = g_string_new (NULL);
  g_autoptr (TrustOcsp) ocsp = NULL, none = NULL;

  trust_pem_append (text, der->data, der->len, "OCSP RESPONSE");
  ocsp = trust_ocsp_new (text->str, text->len, NULL);
  g_assert_null (ocsp->fault);
  g_assert_true (matches (f, ocsp, f->issuer, f->leaf));
  trust_pem_append (other, der->data, der->len, "OCSP REQUEST");
  none = trust_ocsp_new (other->str, other->len, NULL);
  g_assert_nonnull (none->fault);
}

static void
test_limit (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc0 (TRUST_LIMIT_OCSP_BYTES + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOcsp) longest = trust_ocsp_new (bytes, TRUST_LIMIT_OCSP_BYTES, &error);

  g_assert_no_error (error);
  g_assert_nonnull (longest->fault);
  g_assert_null (trust_ocsp_new (bytes, TRUST_LIMIT_OCSP_BYTES + 1, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

#define add(name, function) g_test_add ("/ocsp/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("usual", test_usual);
  add ("statuses", test_statuses);
  add ("certificate-id", test_certificate_id);
  add ("responder", test_responder);
  add ("no-answer", test_no_answer);
  add ("extensions", test_extensions);
  add ("nonce", test_nonce);
  add ("many", test_many);
  add ("strict", test_strict);
  add ("version", test_version);
  add ("cut", test_cut);
  add ("pem", test_pem);
  add ("limit", test_limit);
  return g_test_run ();
}
