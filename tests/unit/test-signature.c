/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One link's signature, and the memory of links. RFC 5280 4.1.1.2, RFC 4055, RFC 5758, RFC 8410. */
#include "core/signature.h"

#include "tests/lib/issue.h"

#define BYTES(literal) literal, sizeof (literal) - 1
#define RSA_SHA256 "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define ECDSA_SHA256 "\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define SHA256 "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
#define SHA384 "\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00"
#define MGF1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"

/* An AlgorithmIdentifier. */
static void
identify (const char *oid, gsize oid_size, const char *parameters, gsize size, TrustSignatureKind *out)
{
  g_autoptr (GByteArray) algorithm = forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, oid_size)),
                                                                      forge_bytes (parameters, size), NULL));

  trust_signature_identify (forge_span (algorithm), out);
}

/* What stands behind the OID is as its standard has it, or the algorithm is not known. */
static void
test_parameters (void)
{
  /* clang-format off */
  static const struct { const char *source; const char *oid; gsize oid_size; const char *parameters; gsize size; int algorithm; } rows[] = {
    { "RFC 4055 5", BYTES (RSA_SHA256), BYTES ("\x05\x00"), GNUTLS_SIGN_RSA_SHA256 },
    { "RFC 4055 5", BYTES (RSA_SHA256), BYTES (""), GNUTLS_SIGN_RSA_SHA256 },
    { "RFC 4055 5", BYTES (RSA_SHA256), BYTES ("\x05\x01\x00"), 0 },
    { "RFC 4055 5", BYTES (RSA_SHA256), BYTES ("\x05\x00\x05\x00"), 0 },
    { "RFC 4055 5", BYTES (RSA_SHA256), BYTES ("\x30\x00"), 0 },
    { "RFC 5758 3.2", BYTES (ECDSA_SHA256), BYTES (""), GNUTLS_SIGN_ECDSA_SHA256 },
    { "RFC 5758 3.2", BYTES (ECDSA_SHA256), BYTES ("\x05\x00"), 0 },
    { "RFC 5758 3.2", BYTES ("\x2a\x86\x48\xce\x3d\x04\x03\x03"), BYTES (""), GNUTLS_SIGN_ECDSA_SHA384 },
    { "RFC 8410 3", BYTES ("\x2b\x65\x70"), BYTES (""), GNUTLS_SIGN_EDDSA_ED25519 },
    { "RFC 8410 3", BYTES ("\x2b\x65\x70"), BYTES ("\x05\x00"), 0 },
    { "RFC 8410 3", BYTES ("\x2b\x65\x71"), BYTES (""), GNUTLS_SIGN_EDDSA_ED448 },
    { "RFC 4055 3.1", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"),
      BYTES ("\x30\x34\xa0\x0f" SHA256 "\xa1\x1c\x30\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x20"), GNUTLS_SIGN_RSA_PSS_SHA256 },
    { "RFC 4055 3.1: one hash", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"),
      BYTES ("\x30\x34\xa0\x0f" SHA256 "\xa1\x1c\x30\x1a" MGF1 SHA384 "\xa2\x03\x02\x01\x20"), 0 },
    { "RFC 4055 3.1: salt as long as the hash", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"),
      BYTES ("\x30\x34\xa0\x0f" SHA256 "\xa1\x1c\x30\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x14"), 0 },
    { "RFC 4055 3.1: parameters there are", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"), BYTES (""), 0 },
    { "RFC 4055 3.1: SHA-1 by default", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"), BYTES ("\x30\x00"), 0 },
    { "an OID that is longer", BYTES (RSA_SHA256 "\x01"), BYTES ("\x05\x00"), 0 },
    { "an OID that is shorter", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01"), BYTES ("\x05\x00"), 0 },
    { "rsaEncryption is none", BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), BYTES ("\x05\x00"), 0 },
  };
  /* clang-format on */
  TrustSignatureKind kind;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      identify (rows[i].oid, rows[i].oid_size, rows[i].parameters, rows[i].size, &kind);
      g_test_message ("%s: %s", rows[i].source, kind.name);
      g_assert_cmpint (kind.algorithm, ==, rows[i].algorithm);
      g_assert_nonnull (kind.name);
    }
  trust_signature_identify ((TrustSpan) { (const guint8 *) "\x05\x00", 2 }, &kind);
  g_assert_cmpint (kind.algorithm, ==, 0);
}

/* RFC 6149, RFC 6151, RFC 9155: the hashes that a profile asks about. */
static void
test_hashes (void)
{
  /* clang-format off */
  static const struct { const char *oid; gsize size; gboolean is_sha1, is_older; } rows[] = {
    { BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02"), FALSE, TRUE }, { BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"), FALSE, TRUE },
    { BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"), TRUE, FALSE }, { BYTES ("\x2b\x0e\x03\x02\x1d"), TRUE, FALSE },
    { BYTES ("\x2a\x86\x48\xce\x3d\x04\x01"), TRUE, FALSE }, { BYTES ("\x2a\x86\x48\xce\x38\x04\x03"), TRUE, FALSE },
    { BYTES (RSA_SHA256), FALSE, FALSE }, { BYTES (ECDSA_SHA256), FALSE, FALSE }, { BYTES ("\x2b\x65\x70"), FALSE, FALSE },
  };
  /* clang-format on */
  TrustSignatureKind kind;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      identify (rows[i].oid, rows[i].size, "", 0, &kind);
      g_assert_cmpint (kind.is_sha1, ==, rows[i].is_sha1);
      g_assert_cmpint (kind.is_older, ==, rows[i].is_older);
    }
}

typedef struct
{
  gnutls_privkey_t key;
  GByteArray *info; /* (owned) */
} Pair;

static void
pair_clear (Pair *pair)
{
  gnutls_privkey_deinit (pair->key);
  g_byte_array_unref (pair->info);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
make_pair (gnutls_pk_algorithm_t algorithm, guint bits, Pair *out)
{
  gnutls_pubkey_t public_key;
  gnutls_datum_t der;

  g_assert_cmpint (gnutls_privkey_init (&out->key), ==, 0);
  g_assert_cmpint (gnutls_privkey_generate (out->key, algorithm, bits, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_init (&public_key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (public_key, out->key, 0, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (public_key, GNUTLS_X509_FMT_DER, &der), ==, 0);
  out->info = forge_bytes (der.data, der.size);
  gnutls_free (der.data);
  gnutls_pubkey_deinit (public_key);
}

/* RFC 5280 6.1.3 (a) (1), for each kind of key: good, of other bytes, by another key, by a key of another kind, damaged, empty. */
static void
test_check (void)
{
  /* clang-format off */
  static const struct { gnutls_pk_algorithm_t pk; guint bits; int algorithm; } rows[] = {
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), GNUTLS_SIGN_ECDSA_SHA256 },
    { GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1), GNUTLS_SIGN_ECDSA_SHA384 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_SIGN_RSA_SHA256 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_SIGN_RSA_PSS_SHA256 },
    { GNUTLS_PK_EDDSA_ED25519, 0, GNUTLS_SIGN_EDDSA_ED25519 },
  };
  /* clang-format on */
  TrustSpan data = { (const guint8 *) "what is signed", 14 }, other = { (const guint8 *) "what is Signed", 14 };
  g_auto (Pair) ec = { 0 }, rsa = { 0 };

  make_pair (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), &ec);
  make_pair (GNUTLS_PK_RSA, 2048, &rsa);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Pair) pair = { 0 };
      TrustSignatureKind kind = { .algorithm = rows[i].algorithm }, unknown = { .algorithm = 0 };
      gnutls_datum_t bytes = { (guint8 *) data.data, (guint) data.size }, signature;
      TrustSpan made;

      make_pair (rows[i].pk, rows[i].bits, &pair);
      g_assert_cmpint (gnutls_privkey_sign_data2 (pair.key, (gnutls_sign_algorithm_t) rows[i].algorithm, 0, &bytes, &signature), ==, 0);
      made = (TrustSpan) { signature.data, signature.size };
      g_assert_cmpint (trust_signature_check (forge_span (pair.info), &kind, data, made), ==, TRUST_SIGNATURE_GOOD);
      g_assert_cmpint (trust_signature_check (forge_span (pair.info), &kind, other, made), ==, TRUST_SIGNATURE_BAD);
      g_assert_cmpint (trust_signature_check (forge_span (rows[i].pk == GNUTLS_PK_RSA ? rsa.info : ec.info), &kind, data, made), !=,
                       TRUST_SIGNATURE_GOOD);
      g_assert_cmpint (trust_signature_check (forge_span (rows[i].pk == GNUTLS_PK_RSA ? ec.info : rsa.info), &kind, data, made), !=,
                       TRUST_SIGNATURE_GOOD);
      g_assert_cmpint (trust_signature_check (forge_span (pair.info), &unknown, data, made), ==, TRUST_SIGNATURE_UNSUPPORTED);
      g_assert_cmpint (trust_signature_check (forge_span (pair.info), &kind, data, (TrustSpan) { made.data, 0 }), !=, TRUST_SIGNATURE_GOOD);
      g_assert_cmpint (trust_signature_check (forge_span (pair.info), &kind, data, (TrustSpan) { made.data, made.size - 1 }), !=,
                       TRUST_SIGNATURE_GOOD);
      g_assert_cmpint (trust_signature_check ((TrustSpan) { (const guint8 *) "\x30\x00", 2 }, &kind, data, made), !=, TRUST_SIGNATURE_GOOD);
      gnutls_free (signature.data);
    }
}

/* A fingerprint of N. */
static TrustFingerprint
make_print (guint n)
{
  TrustFingerprint print;

  trust_fingerprint_of (&n, sizeof n, &print);
  return print;
}

/* The key of a link is (certificate, issuer's key): neither alone, nor the two changed over. */
static void
test_cache_key (void)
{
  g_autoptr (TrustLinkCache) cache = trust_link_cache_new (4);
  TrustFingerprint a = make_print (1), b = make_print (2), c = make_print (3), none = { { 0 } };

  g_assert_false (trust_link_cache_contains (cache, &a, &b));
  g_assert_false (trust_link_cache_contains (cache, &none, &none));
  trust_link_cache_add (cache, &a, &b);
  g_assert_true (trust_link_cache_contains (cache, &a, &b));
  g_assert_false (trust_link_cache_contains (cache, &b, &a));
  g_assert_false (trust_link_cache_contains (cache, &a, &c));
  g_assert_false (trust_link_cache_contains (cache, &c, &b));
  g_assert_false (trust_link_cache_contains (cache, &a, &a));
}

/* The last MAX are remembered; what is put in again takes no second place. */
static void
test_cache_bound (void)
{
  g_autoptr (TrustLinkCache) cache = trust_link_cache_new (8), one = trust_link_cache_new (1);
  TrustFingerprint key = make_print (1000);

  for (guint i = 0; i < 100; i++)
    {
      TrustFingerprint link = make_print (i);

      for (guint n = 0; n < 3; n++)
        trust_link_cache_add (cache, &link, &key);
      trust_link_cache_add (one, &link, &key);
    }
  for (guint i = 0; i < 100; i++)
    {
      TrustFingerprint link = make_print (i);

      g_assert_cmpint (trust_link_cache_contains (cache, &link, &key), ==, i >= 92);
      g_assert_cmpint (trust_link_cache_contains (one, &link, &key), ==, i == 99);
    }
}

#define THREADS 8u
#define ROUNDS 4000u
#define PLACES 64u

typedef struct
{
  TrustLinkCache *cache;
  guint first;
  gint *wrong;
} Load;

/* Each thread has links of its own and some of all. A link that nobody ever put in is never there. */
static gpointer
run_load (gpointer data)
{
  const Load *load = data;
  TrustFingerprint key = make_print (1u << 20);

  for (guint i = 0; i < ROUNDS; i++)
    {
      TrustFingerprint own = make_print (load->first + i), shared = make_print (i % PLACES), never = make_print ((1u << 24) + i);

      trust_link_cache_add (load->cache, &own, &key);
      trust_link_cache_add (load->cache, &shared, &key);
      trust_link_cache_contains (load->cache, &own, &key);
      if (trust_link_cache_contains (load->cache, &never, &key) || trust_link_cache_contains (load->cache, &key, &own))
        g_atomic_int_inc (load->wrong);
    }
  return NULL;
}

static void
test_cache_threads (void)
{
  g_autoptr (TrustLinkCache) cache = trust_link_cache_new (PLACES);
  TrustFingerprint key = make_print (1u << 20);
  GThread *threads[THREADS];
  Load loads[THREADS];
  gint wrong = 0;
  guint n = 0;

  for (guint i = 0; i < THREADS; i++)
    {
      loads[i] = (Load) { cache, (i + 1) << 16, &wrong };
      threads[i] = g_thread_new ("load", run_load, &loads[i]);
    }
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (wrong, ==, 0);
  /* It is full, and not more than that. */
  for (guint i = 0; i < PLACES; i++)
    n += trust_link_cache_contains (cache, &(TrustFingerprint[1]) { make_print (i) }[0], &key);
  for (guint t = 0; t < THREADS; t++)
    for (guint i = 0; i < ROUNDS; i++)
      n += trust_link_cache_contains (cache, &(TrustFingerprint[1]) { make_print (((t + 1) << 16) + i) }[0], &key);
  g_assert_cmpuint (n, ==, PLACES);
}

/* SubjectPublicKeyInfo of an RSA key of BITS whose exponent has OCTETS, all of them odd. (transfer full) */
static GByteArray *
make_rsa (guint bits, guint octets)
{
  GByteArray *modulus = g_byte_array_new (), *exponent = g_byte_array_new ();
  const guint8 zero = 0, odd = 0x75;

  g_byte_array_append (modulus, &zero, 1);
  for (guint i = 0; i < bits / 8; i++)
    g_byte_array_append (modulus, i == 0 ? (const guint8 *) "\xc1" : &odd, 1);
  for (guint i = 0; i < octets; i++)
    g_byte_array_append (exponent, &odd, 1);
  return forge_element (0x30, forge_join (forge_element (0x30, FORGE_BYTES ("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00")),
                                          forge_element (0x03, forge_join (FORGE_BYTES ("\0"),
                                                                           forge_element (0x30, forge_join (forge_element (0x02, modulus),
                                                                                                            forge_element (0x02, exponent), NULL)),
                                                                           NULL)),
                                          NULL));
}

/* FIPS 186-5 A.1.1: an exponent below 2^256. One as long as the modulus is half a second's work, which nobody may ask for. */
static void
test_exponent (void)
{
  /* clang-format off */
  static const struct { guint bits, octets; TrustSignatureResult result; } rows[] = {
    { 2048, 3, TRUST_SIGNATURE_BAD },          { 2048, 32, TRUST_SIGNATURE_BAD },           { 16384, 3, TRUST_SIGNATURE_BAD },
    { 2048, 34, TRUST_SIGNATURE_UNSUPPORTED }, { 16384, 2048, TRUST_SIGNATURE_UNSUPPORTED }, { 65536, 3, TRUST_SIGNATURE_UNSUPPORTED },
  };
  /* clang-format on */
  TrustSignatureKind kind;

  identify (BYTES (RSA_SHA256), BYTES ("\x05\x00"), &kind);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) key = make_rsa (rows[i].bits, rows[i].octets), signature = g_byte_array_new ();

      g_byte_array_append (signature, key->data, rows[i].bits / 8);
      signature->data[0] = 0;
      g_assert_cmpint (trust_signature_check (forge_span (key), &kind, forge_span (key), forge_span (signature)), ==, rows[i].result);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signature/parameters", test_parameters);
  g_test_add_func ("/signature/hashes", test_hashes);
  g_test_add_func ("/signature/check", test_check);
  g_test_add_func ("/signature/exponent", test_exponent);
  g_test_add_func ("/signature/cache-key", test_cache_key);
  g_test_add_func ("/signature/cache-bound", test_cache_bound);
  g_test_add_func ("/signature/cache-threads", test_cache_threads);
  return g_test_run ();
}
