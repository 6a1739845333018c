/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One verification after another, in this process, each chain parsed each time: anchord, GnuTLS and OpenSSL in turns.
 *   verify [ROUNDS [small]]   prints WHAT, anchord first, anchord seen, GnuTLS, OpenSSL, with tabs between; small: only the first of these
 * For each kind of key, with 150 anchors: microseconds (medians) of a chain at first sight, and of an unseen leaf under an intermediate seen before;
 * then with 10,000 anchors, and with 1,000 anchors of one name. Every library holds its anchors read and indexed before the clock starts. */
#include "core/verifier.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "www.bench.example"
#define LEAVES 24
#define YEAR (365 * 24 * 60 * 60)

typedef struct
{
  const char *name;
  gnutls_pk_algorithm_t algorithm;
  guint bits;
  gnutls_digest_algorithm_t digest;
} Kind;

static const Kind kinds[] = {
  { "P-256", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), GNUTLS_DIG_SHA256 },
  { "P-384", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1), GNUTLS_DIG_SHA384 },
  { "RSA 2048", GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA256 },
  { "RSA 4096", GNUTLS_PK_RSA, 4096, GNUTLS_DIG_SHA256 },
  { "Ed25519", GNUTLS_PK_EDDSA_ED25519, 256, GNUTLS_DIG_SHA512 },
};

typedef struct
{
  gnutls_x509_crt_t crt;
  gnutls_x509_privkey_t key;
  GBytes *der;
} Made;

typedef struct
{
  GPtrArray *anchors; /* of GBytes */
  GBytes *intermediate;
  GBytes *leaves[LEAVES];
} Chains;

static guint serial;

static void
check (int result)
{
  if (result < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (result));
}

static gnutls_x509_privkey_t
make_key (const Kind *kind)
{
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, kind->algorithm, kind->bits, 0));
  return key;
}

static Made
make (const Kind *kind, const char *name, gnutls_x509_privkey_t key, const Made *issuer, gboolean is_leaf)
{
  Made made = { .key = key };
  guint8 number[5] = { 1, (guint8) (serial >> 24), (guint8) (serial >> 16), (guint8) (serial >> 8), (guint8) serial };
  guint8 id[64];
  gsize size = sizeof id;
  gnutls_datum_t der;

  serial++;
  check (gnutls_x509_crt_init (&made.crt));
  check (gnutls_x509_crt_set_version (made.crt, 3));
  check (gnutls_x509_crt_set_serial (made.crt, number, sizeof number));
  check (gnutls_x509_crt_set_activation_time (made.crt, time (NULL) - YEAR));
  check (gnutls_x509_crt_set_expiration_time (made.crt, time (NULL) + YEAR));
  check (gnutls_x509_crt_set_dn (made.crt, name, NULL));
  check (gnutls_x509_crt_set_key (made.crt, key));
  check (gnutls_x509_crt_get_key_id (made.crt, GNUTLS_KEYID_USE_SHA1, id, &size));
  check (gnutls_x509_crt_set_subject_key_id (made.crt, id, size));
  if (is_leaf)
    {
      check (gnutls_x509_crt_set_subject_alt_name (made.crt, GNUTLS_SAN_DNSNAME, HOST, strlen (HOST), GNUTLS_FSAN_SET));
      check (gnutls_x509_crt_set_key_purpose_oid (made.crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
      check (gnutls_x509_crt_set_basic_constraints (made.crt, 0, -1));
    }
  else
    check (gnutls_x509_crt_set_basic_constraints (made.crt, 1, -1));
  check (gnutls_x509_crt_set_key_usage (made.crt, is_leaf ? GNUTLS_KEY_DIGITAL_SIGNATURE : GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
  if (issuer != NULL)
    {
      size = sizeof id;
      check (gnutls_x509_crt_get_subject_key_id (issuer->crt, id, &size, NULL));
      check (gnutls_x509_crt_set_authority_key_id (made.crt, id, size));
    }
  check (gnutls_x509_crt_sign2 (made.crt, issuer != NULL ? issuer->crt : made.crt, issuer != NULL ? issuer->key : key, kind->digest, 0));
  check (gnutls_x509_crt_export2 (made.crt, GNUTLS_X509_FMT_DER, &der));
  made.der = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  return made;
}

/* ONE_NAME: the others have the name of the root that counts. */
static void
make_chains (const Kind *kind, guint n_anchors, gboolean one_name, Chains *out)
{
  const char *root_name = "CN=Bench Root,O=Bench";
  Made root = make (kind, root_name, make_key (kind), NULL, FALSE);
  Made intermediate = make (kind, "CN=Bench Issuing,O=Bench", make_key (kind), &root, FALSE);
  gnutls_x509_privkey_t leaf_key = make_key (kind);

  out->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_anchors; i++)
    {
      g_autofree char *name = one_name ? g_strdup (root_name) : g_strdup_printf ("CN=Other Root %u,O=Bench %u", i, i % 100);
      Made other;

      if (i == n_anchors / 2)
        {
          g_ptr_array_add (out->anchors, g_bytes_ref (root.der));
          continue;
        }
      other = make (&kinds[0], name, make_key (&kinds[0]), NULL, FALSE);
      g_ptr_array_add (out->anchors, other.der);
      gnutls_x509_crt_deinit (other.crt);
      gnutls_x509_privkey_deinit (other.key);
    }
  out->intermediate = intermediate.der;
  for (guint i = 0; i < LEAVES; i++)
    out->leaves[i] = make (kind, "CN=Bench Leaf", leaf_key, &intermediate, TRUE).der;
}

/* anchord. */

static TrustSnapshot *
make_snapshot (const Chains *chains)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), distrusts = g_ptr_array_new ();
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "bench", NULL, FALSE);
  g_autoptr (TrustAnchorSet) set = NULL;

  for (guint i = 0; i < chains->anchors->len; i++)
    {
      gsize size = 0;
      const void *der = g_bytes_get_data (chains->anchors->pdata[i], &size);
      g_autoptr (TrustCertificate) certificate = trust_certificate_new (der, size, NULL);

      g_ptr_array_add (anchors, trust_anchor_new (certificate, settings, origin, NULL));
    }
  set = trust_anchor_set_new (anchors, distrusts);
  return trust_snapshot_new (1, TRUST_DISTRIBUTION_NONE, set, states);
}

static void
add_parsed (GPtrArray *chain, GBytes *der)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (der, &size);

  g_ptr_array_add (chain, trust_certificate_new (data, size, NULL));
}

static void
verify_anchord (const TrustSnapshot *snapshot, const Chains *chains, guint leaf, TrustLinkCache *links)
{
  const char *const names[] = { HOST, NULL };
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  TrustVerifyRequest request = { .chain = chain, .purpose = "server-auth", .names = names, .links = links };
  g_autoptr (TrustVerdict) verdict = NULL;

  add_parsed (chain, chains->leaves[leaf]);
  add_parsed (chain, chains->intermediate);
  verdict = trust_verifier_verify (snapshot, &request);
  if (!verdict->trusted)
    g_error ("anchord refuses: %s", verdict->message);
}

/* GnuTLS. */

static gnutls_x509_trust_list_t
make_list (const Chains *chains)
{
  gnutls_x509_trust_list_t list;

  check (gnutls_x509_trust_list_init (&list, MAX (chains->anchors->len, 127)));
  for (guint i = 0; i < chains->anchors->len; i++)
    {
      gnutls_x509_crt_t crt;
      gsize size = 0;
      gnutls_datum_t der = { (void *) (guintptr) g_bytes_get_data (chains->anchors->pdata[i], &size), 0 };

      der.size = (unsigned) size;
      check (gnutls_x509_crt_init (&crt));
      check (gnutls_x509_crt_import (crt, &der, GNUTLS_X509_FMT_DER));
      check (gnutls_x509_trust_list_add_cas (list, &crt, 1, 0));
    }
  return list;
}

static void
verify_gnutls (gnutls_x509_trust_list_t list, const Chains *chains, guint leaf)
{
  GBytes *ders[] = { chains->leaves[leaf], chains->intermediate };
  gnutls_x509_crt_t chain[2];
  gnutls_typed_vdata_st data[] = { { .type = GNUTLS_DT_DNS_HOSTNAME, .data = (void *) (guintptr) HOST },
                                   { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (void *) (guintptr) GNUTLS_KP_TLS_WWW_SERVER } };
  guint status = 0;

  for (guint i = 0; i < 2; i++)
    {
      gsize size = 0;
      gnutls_datum_t der = { (void *) (guintptr) g_bytes_get_data (ders[i], &size), 0 };

      der.size = (unsigned) size;
      check (gnutls_x509_crt_init (&chain[i]));
      check (gnutls_x509_crt_import (chain[i], &der, GNUTLS_X509_FMT_DER));
    }
  check (gnutls_x509_trust_list_verify_crt2 (list, chain, 2, data, 2, 0, &status, NULL));
  if (status != 0)
    g_error ("GnuTLS refuses: %x", status);
  for (guint i = 0; i < 2; i++)
    gnutls_x509_crt_deinit (chain[i]);
}

/* OpenSSL. */

static X509 *
parse_openssl (GBytes *bytes)
{
  gsize size = 0;
  const unsigned char *at = g_bytes_get_data (bytes, &size);
  X509 *x509 = d2i_X509 (NULL, &at, (long) size);

  if (x509 == NULL)
    g_error ("OpenSSL does not read a certificate");
  return x509;
}

static X509_STORE *
make_store (const Chains *chains)
{
  X509_STORE *store = X509_STORE_new ();

  for (guint i = 0; i < chains->anchors->len; i++)
    {
      X509 *x509 = parse_openssl (chains->anchors->pdata[i]);

      /* What it puts off until a certificate is first used. */
      X509_check_ca (x509);
      X509_STORE_add_cert (store, x509);
      X509_free (x509);
    }
  return store;
}

static void
verify_openssl (X509_STORE *store, const Chains *chains, guint leaf)
{
  X509 *x509 = parse_openssl (chains->leaves[leaf]), *intermediate = parse_openssl (chains->intermediate);
  STACK_OF (X509) *untrusted = sk_X509_new_null ();
  X509_STORE_CTX *context = X509_STORE_CTX_new ();

  sk_X509_push (untrusted, intermediate);
  X509_STORE_CTX_init (context, store, x509, untrusted);
  X509_STORE_CTX_set_purpose (context, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set1_host (X509_STORE_CTX_get0_param (context), HOST, strlen (HOST));
  if (X509_verify_cert (context) != 1)
    g_error ("OpenSSL refuses: %s", X509_verify_cert_error_string (X509_STORE_CTX_get_error (context)));
  X509_STORE_CTX_free (context);
  sk_X509_free (untrusted);
  X509_free (intermediate);
  X509_free (x509);
}

/* Measuring. */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (GArray *values)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, values->len / 2);
}

static double
now (void)
{
  struct timespec spec;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spec);
  return (double) spec.tv_sec * 1e6 + (double) spec.tv_nsec / 1e3;
}

#define TIME(values, work)                                                                                                                           \
  G_STMT_START                                                                                                                                       \
  {                                                                                                                                                  \
    double begin = now (), took;                                                                                                                     \
    work;                                                                                                                                            \
    took = now () - begin;                                                                                                                           \
    g_array_append_val (values, took);                                                                                                               \
  }                                                                                                                                                  \
  G_STMT_END

static void
measure (const char *what, const Chains *chains, guint rounds)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (double)), again = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) with_gnutls = g_array_new (FALSE, FALSE, sizeof (double)), with_openssl = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (TrustSnapshot) snapshot = make_snapshot (chains);
  gnutls_x509_trust_list_t list = make_list (chains);
  X509_STORE *store = make_store (chains);
  double mine, seen, gnutls, openssl;

  for (guint round = 0; round < rounds; round++)
    {
      g_autoptr (TrustLinkCache) warm = trust_link_cache_new (4096);

      verify_anchord (snapshot, chains, 0, warm);
      for (guint leaf = 1; leaf < LEAVES; leaf++)
        {
          g_autoptr (TrustLinkCache) cold = trust_link_cache_new (4096);

          TIME (first, verify_anchord (snapshot, chains, leaf, cold));
          TIME (again, verify_anchord (snapshot, chains, leaf, warm));
          TIME (with_gnutls, verify_gnutls (list, chains, leaf));
          TIME (with_openssl, verify_openssl (store, chains, leaf));
        }
    }
  mine = median (first);
  seen = median (again);
  gnutls = median (with_gnutls);
  openssl = median (with_openssl);
  printf ("%s\t%.1f\t%.1f\t%.1f\t%.1f\n", what, mine, seen, gnutls, openssl);
  fflush (stdout);
  gnutls_x509_trust_list_deinit (list, 1);
  X509_STORE_free (store);
}

int
main (int argc, char **argv)
{
  guint rounds = argc > 1 ? (guint) atoi (argv[1]) : 20;

  guint n_large = argc > 2 && strcmp (argv[2], "small") == 0 ? 0 : 2;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      Chains chains;
      g_autofree char *what = g_strdup_printf ("%s, 150 anchors", kinds[i].name);

      make_chains (&kinds[i], 150, FALSE, &chains);
      measure (what, &chains, rounds);
    }
  for (guint i = 0; i < n_large; i++)
    {
      Chains chains;

      make_chains (&kinds[0], i == 0 ? 10000 : 1000, i == 1, &chains);
      measure (i == 0 ? "P-256, 10,000 anchors" : "P-256, 1,000 of one name", &chains, rounds);
    }
  return 0;
}
