/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-roots COUNT FOLDER [KEY-FILE]: COUNT self-signed roots of the mean size of Debian's, one PEM file each
 * (FOLDER/root-00000.crt, …), each with a key of its own. KEY-FILE gets the first one's private key. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Debian 12: 222,073 bytes of PEM in 148 files, 1,067 bytes of DER each in the mean. */
#define MEAN_DER_BYTES 1067
/* What such a P-256 root has without its padding. */
#define BARE_DER_BYTES 546

static void
check (int result, const char *what)
{
  if (result >= 0)
    return;
  fprintf (stderr, "make-roots: %s: %s\n", what, gnutls_strerror (result));
  exit (1);
}

static void
write_file (const char *path, const gnutls_datum_t *data)
{
  FILE *out = fopen (path, "w");

  if (out == NULL || fwrite (data->data, 1, data->size, out) != data->size || fclose (out) != 0)
    {
      fprintf (stderr, "make-roots: %s: %s\n", path, strerror (errno));
      exit (1);
    }
}

/* A comment as long as an RSA key, its signature and a policy are: real roots differ in size, so these do as well. */
static void
set_padding (gnutls_x509_crt_t crt, unsigned int index)
{
  static const char letters[] = "The quick brown fox jumps over the lazy dog. ";
  unsigned char der[MEAN_DER_BYTES * 2];
  unsigned int size = MEAN_DER_BYTES - BARE_DER_BYTES - 150 + index % 301;

  der[0] = 0x16;
  der[1] = 0x82;
  der[2] = size >> 8;
  der[3] = size & 0xff;
  for (unsigned int i = 0; i < size; i++)
    der[4 + i] = letters[(i + index) % (sizeof letters - 1)];
  check (gnutls_x509_crt_set_extension_by_oid (crt, "2.16.840.1.113730.1.13", der, size + 4, 0), "comment");
}

static void
make_root (unsigned int index, const char *folder, const char *key_file)
{
  gnutls_x509_crt_t crt;
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem = { NULL, 0 };
  unsigned char id[32], serial[8] = { 0 };
  size_t id_size = sizeof id;
  char text[4096];
  time_t now = time (NULL);

  check (gnutls_x509_privkey_init (&key), "key");
  check (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), "key");
  check (gnutls_x509_crt_init (&crt), "certificate");
  check (gnutls_x509_crt_set_version (crt, 3), "version");
  snprintf (text, sizeof text, "C=XX,O=Benchmark Trust Services %u,OU=Test only,CN=Benchmark Root CA %05u", index / 7, index);
  check (gnutls_x509_crt_set_dn (crt, text, NULL), "name");
  for (unsigned int i = 0; i < 4; i++)
    serial[i + 1] = (index + 1) >> (24 - 8 * i);
  serial[7] = 1;
  check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial), "serial");
  check (gnutls_x509_crt_set_activation_time (crt, now - 86400), "activation time");
  check (gnutls_x509_crt_set_expiration_time (crt, now + 3650 * 86400L), "expiration time");
  check (gnutls_x509_crt_set_key (crt, key), "key");
  check (gnutls_x509_crt_set_basic_constraints (crt, 1, -1), "basic constraints");
  check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN), "key usage");
  check (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &id_size), "key identifier");
  check (gnutls_x509_crt_set_subject_key_id (crt, id, id_size), "key identifier");
  set_padding (crt, index);
  check (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), "signature");
  check (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &pem), "export");
  snprintf (text, sizeof text, "%s/root-%05u.crt", folder, index);
  write_file (text, &pem);
  gnutls_free (pem.data);
  if (index == 0 && key_file != NULL)
    {
      check (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem), "export");
      write_file (key_file, &pem);
      gnutls_free (pem.data);
    }
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
}

int
main (int argc, char **argv)
{
  unsigned long count = argc >= 3 ? strtoul (argv[1], NULL, 10) : 0;

  if (count == 0 || count > 99999)
    {
      fprintf (stderr, "usage: make-roots COUNT FOLDER [KEY-FILE]\n");
      return 2;
    }
  mkdir (argv[2], 0755);
  for (unsigned long i = 0; i < count; i++)
    make_root (i, argv[2], argc > 3 ? argv[3] : NULL);
  return 0;
}
