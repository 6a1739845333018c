/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-chains COUNT ROOT.pem KEY.pem OUT: COUNT different chains (leaf for "bench.example", issuing CA) below ROOT, as one
 * serialised GVariant "aaay". */
#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>

static void
check (int result)
{
  if (result < 0)
    g_error ("make-chains: %s", gnutls_strerror (result));
}

static gnutls_x509_privkey_t
make_key (void)
{
  gnutls_x509_privkey_t key;

  check (gnutls_x509_privkey_init (&key));
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  return key;
}

static gnutls_x509_crt_t
make_certificate (const char *dn, gboolean ca, gnutls_x509_privkey_t key, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t issuer_key, guint32 number)
{
  gnutls_x509_crt_t crt;
  guint8 id[32], serial[8] = { 1, 0, 0, 0, (guint8) (number >> 24), (guint8) (number >> 16), (guint8) (number >> 8), (guint8) number };
  size_t size = sizeof id;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  check (gnutls_x509_crt_init (&crt));
  check (gnutls_x509_crt_set_version (crt, 3));
  check (gnutls_x509_crt_set_dn (crt, dn, NULL));
  check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial));
  check (gnutls_x509_crt_set_activation_time (crt, now - 3600));
  check (gnutls_x509_crt_set_expiration_time (crt, now + 86400 * 90));
  check (gnutls_x509_crt_set_key (crt, key));
  check (gnutls_x509_crt_set_basic_constraints (crt, ca, ca ? 0 : -1));
  check (gnutls_x509_crt_set_key_usage (crt, ca ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE));
  if (!ca)
    {
      check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "bench.example", 13, GNUTLS_FSAN_SET));
      check (gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
    }
  check (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &size));
  check (gnutls_x509_crt_set_subject_key_id (crt, id, size));
  size = sizeof id;
  if (gnutls_x509_crt_get_subject_key_id (issuer, id, &size, NULL) >= 0)
    check (gnutls_x509_crt_set_authority_key_id (crt, id, size));
  check (gnutls_x509_crt_sign2 (crt, issuer, issuer_key, GNUTLS_DIG_SHA256, 0));
  return crt;
}

static void
add_der (GVariantBuilder *chain, gnutls_x509_crt_t crt)
{
  gnutls_datum_t der = { NULL, 0 };

  check (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der));
  g_variant_builder_add_value (chain, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.size, 1));
  gnutls_free (der.data);
}

int
main (int argc, char **argv)
{
  g_autofree char *root_pem = NULL, *key_pem = NULL;
  gsize root_size = 0, key_size = 0;
  gnutls_x509_crt_t root;
  gnutls_x509_privkey_t root_key;
  GVariantBuilder chains;
  g_autoptr (GVariant) all = NULL;

  if (argc != 5 || !g_file_get_contents (argv[2], &root_pem, &root_size, NULL) || !g_file_get_contents (argv[3], &key_pem, &key_size, NULL))
    return 2;
  check (gnutls_x509_crt_init (&root));
  check (gnutls_x509_crt_import (root, &(gnutls_datum_t) { (guint8 *) root_pem, root_size }, GNUTLS_X509_FMT_PEM));
  check (gnutls_x509_privkey_init (&root_key));
  check (gnutls_x509_privkey_import (root_key, &(gnutls_datum_t) { (guint8 *) key_pem, key_size }, GNUTLS_X509_FMT_PEM));
  g_variant_builder_init (&chains, G_VARIANT_TYPE ("aaay"));
  for (int i = 0; i < atoi (argv[1]); i++)
    {
      g_autofree char *name = g_strdup_printf ("CN=Issuing CA %d,O=Benchmark", i);
      gnutls_x509_privkey_t ca_key = make_key (), leaf_key = make_key ();
      gnutls_x509_crt_t ca = make_certificate (name, TRUE, ca_key, root, root_key, i);
      gnutls_x509_crt_t leaf = make_certificate ("CN=bench.example", FALSE, leaf_key, ca, ca_key, i);

      g_variant_builder_open (&chains, G_VARIANT_TYPE ("aay"));
      add_der (&chains, leaf);
      add_der (&chains, ca);
      g_variant_builder_close (&chains);
      gnutls_x509_crt_deinit (leaf);
      gnutls_x509_crt_deinit (ca);
      gnutls_x509_privkey_deinit (leaf_key);
      gnutls_x509_privkey_deinit (ca_key);
    }
  all = g_variant_ref_sink (g_variant_builder_end (&chains));
  return g_file_set_contents (argv[4], g_variant_get_data (all), g_variant_get_size (all), NULL) ? 0 : 1;
}
