/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a PKCS #12 file keeps secret does not stay in memory. */
#include "tests/unit/importers-fixture.h"
#include "tests/unit/memory-fixture.h"

#include <gnutls/crypto.h>
#include <gnutls/pkcs12.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, so that no copy stays in this one: a file with a key in its encrypted safe, and the key masked. Returns its size. */
static gsize
make_elsewhere (guint8 masked[SECRET_SIZE], guint8 *file, gsize room)
{
  int ends[2];
  gsize size = 0;
  gssize n;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0)
    {
      TestCertificate *certificate = test_certificate_new_root ("CN=Wiped");
      guint8 secret[SECRET_SIZE];
      gnutls_datum_t key = { secret, sizeof secret }, out;
      gnutls_pkcs12_bag_t bag;
      gnutls_pkcs12_t pkcs12;

      gnutls_rnd (GNUTLS_RND_KEY, secret, sizeof secret);
      gnutls_pkcs12_init (&pkcs12);
      gnutls_pkcs12_bag_init (&bag);
      gnutls_pkcs12_bag_set_crt (bag, certificate->crt);
      gnutls_pkcs12_bag_set_data (bag, GNUTLS_BAG_PKCS8_KEY, &key);
      gnutls_pkcs12_bag_encrypt (bag, "secret", GNUTLS_PKCS_PBES2_AES_256);
      gnutls_pkcs12_set_bag (pkcs12, bag);
      gnutls_pkcs12_generate_mac (pkcs12, "secret");
      gnutls_pkcs12_export2 (pkcs12, GNUTLS_X509_FMT_DER, &out);
      for (guint i = 0; i < SECRET_SIZE; i++)
        secret[i] ^= MASK;
      _exit (write (ends[1], secret, SECRET_SIZE) == SECRET_SIZE && write (ends[1], out.data, out.size) == (gssize) out.size ? 0 : 1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], masked, SECRET_SIZE), ==, SECRET_SIZE);
  while ((n = read (ends[0], file + size, room - size)) > 0)
    size += (gsize) n;
  close (ends[0]);
  waitpid (child, NULL, 0);
  return size;
}

/* A private key that was decrypted with a certificate beside it stays nowhere in memory. */
static void
test_wiped (void)
{
  static const char *const answer[] = { "secret", NULL };
  guint8 masked[SECRET_SIZE], file[4096];
  gsize size = make_elsewhere (masked, file, sizeof file);
  ImportAnswers answers = { answer, 0 };
  TrustImportOptions options = { import_answer, &answers, FALSE };
  g_autoptr (TrustImport) import = import_found (file, size, &options, "pkcs12", 1);
  guint8 *shown = g_malloc (SECRET_SIZE);

  g_assert_nonnull (strstr (import->notices->pdata[0], "private key was left out"));
  g_assert_false (is_in_memory (masked));
  /* And it would be found. */
  for (guint i = 0; i < SECRET_SIZE; i++)
    shown[i] = masked[i] ^ MASK;
  g_assert_true (is_in_memory (masked));
  g_free (shown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import-secrets/wiped", test_wiped);
  return g_test_run ();
}
