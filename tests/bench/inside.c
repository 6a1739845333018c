/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same work without a bus.
 *   inside verify ROOT CHAINS COUNT   decodes and verifies chain after chain: microseconds, one line each
 *   inside threads ROOT CHAINS COUNT  the same in 8 threads, COUNT chains each: verifications a second
 *   inside parse FOLDER COUNT         reads every .crt of FOLDER as the core does: milliseconds, one line each
 *   inside gnutls FOLDER COUNT        the same with gnutls_x509_crt_import alone */
#include "core/engine.h"

#include <gnutls/x509.h>
#include <stdlib.h>

static GPtrArray *
decode_chain (GVariant *chain)
{
  GPtrArray *certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  for (gsize i = 0; i < g_variant_n_children (chain); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (chain, i);
      g_autoptr (GPtrArray) found = trust_engine_decode (g_variant_get_data (child), g_variant_get_size (child), NULL);

      if (found == NULL || found->len != 1)
        g_error ("a chain does not decode");
      g_ptr_array_add (certificates, trust_certificate_ref (found->pdata[0]));
    }
  return certificates;
}

/* Decodes and verifies one chain. */
static void
verify_one (TrustEngine *engine, GVariant *chain)
{
  static const char *const names[] = { "bench.example", NULL };
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GPtrArray) certificates = decode_chain (chain);
  TrustVerifyRequest request = { .chain = certificates, .purpose = "server-auth", .names = names, .links = trust_engine_get_links (engine) };
  g_autoptr (TrustVerdict) verdict = trust_verifier_verify (snapshot, &request);

  if (!verdict->trusted)
    g_error ("not trusted: %s", verdict->message);
}

static GVariant *
read_chains (const char *file)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;
  gsize size = 0;

  if (!g_file_get_contents (file, &content, &size, &error))
    g_error ("%s", error->message);
  return g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("aaay"), content, size, TRUE, g_free, content));
}

static TrustEngine *
open_engine (const char *root)
{
  g_autoptr (GError) error = NULL;
  TrustEngine *engine = trust_engine_open (root, TRUST_ENGINE_READ_ONLY, &error);

  if (engine == NULL)
    g_error ("%s", error->message);
  return engine;
}

#define THREADS 8

typedef struct
{
  TrustEngine *engine;
  GVariant *chains;
  int first, count;
} Job;

static gpointer
run_job (gpointer user_data)
{
  const Job *job = user_data;

  for (int run = 0; run < job->count; run++)
    {
      g_autoptr (GVariant) chain = g_variant_get_child_value (job->chains, job->first + run);

      verify_one (job->engine, chain);
    }
  return NULL;
}

static void
verify_in_threads (const char *root, const char *file, int count)
{
  g_autoptr (TrustEngine) engine = open_engine (root);
  g_autoptr (GVariant) chains = read_chains (file);
  Job jobs[THREADS];
  GThread *threads[THREADS];
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < THREADS; i++)
    {
      jobs[i] = (Job) { engine, chains, i * count, count };
      threads[i] = g_thread_new ("verify", run_job, &jobs[i]);
    }
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_print ("%.1f\n", THREADS * count * 1e6 / (double) (g_get_monotonic_time () - start));
}

static void
verify (const char *root, const char *file, int count)
{
  g_autoptr (TrustEngine) engine = open_engine (root);
  g_autoptr (GVariant) chains = read_chains (file);

  for (int run = 0; run < count; run++)
    {
      g_autoptr (GVariant) chain = g_variant_get_child_value (chains, run);
      gint64 start = g_get_monotonic_time ();

      verify_one (engine, chain);
      g_print ("%" G_GINT64_FORMAT "\n", g_get_monotonic_time () - start);
    }
}

static void
parse_one (const char *content, gsize size, gboolean by_gnutls)
{
  g_autoptr (GPtrArray) found = NULL;
  gnutls_x509_crt_t crt;

  if (!by_gnutls)
    {
      found = trust_engine_decode (content, size, NULL);
      if (found == NULL)
        g_error ("a certificate does not decode");
      return;
    }
  gnutls_x509_crt_init (&crt);
  if (gnutls_x509_crt_import (crt, &(gnutls_datum_t) { (guint8 *) content, size }, GNUTLS_X509_FMT_PEM) < 0)
    g_error ("a certificate does not decode");
  gnutls_x509_crt_deinit (crt);
}

static void
parse (const char *folder, int count, gboolean by_gnutls)
{
  for (int run = 0; run < count; run++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name = NULL;

      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);
          g_autofree char *content = NULL;
          gsize size = 0;

          if (g_str_has_suffix (name, ".crt") && g_file_get_contents (path, &content, &size, NULL))
            parse_one (content, size, by_gnutls);
        }
      g_print ("%.3f\n", (g_get_monotonic_time () - start) / 1000.0);
    }
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "verify"))
    verify (argv[2], argv[3], atoi (argv[4]));
  else if (argc == 5 && g_str_equal (argv[1], "threads"))
    verify_in_threads (argv[2], argv[3], atoi (argv[4]));
  else if (argc == 4)
    parse (argv[2], atoi (argv[3]), g_str_equal (argv[1], "gnutls"));
  else
    return 2;
  return 0;
}
