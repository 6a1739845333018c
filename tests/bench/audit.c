/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* audit ROOT: publishes what stands below ROOT, and audits it as the service would. Prints milliseconds: the first one, the median of 11 more, and
 * that of the checks on certificates and trust alone; findings; and kilobytes by which the process's peak memory grew with the audits. */
#include "core/engine.h"

#include <stdlib.h>
#include <sys/resource.h>

#define ROUNDS 11
#define DAYS_90 (90 * 86400)

static void
check (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static int
compare (const void *a, const void *b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return (one > two) - (one < two);
}

/* Milliseconds. FINDINGS: how many. */
static double
audit (TrustEngine *engine, const char *const *checks, guint *findings)
{
  TrustAuditOptions options = { .within = DAYS_90, .checks = checks };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustAudit) done = trust_engine_audit (engine, &options, &error);

  check (error);
  *findings = done->findings->len;
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static double
median_of (TrustEngine *engine, const char *const *checks, guint *findings)
{
  double times[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    times[i] = audit (engine, checks, findings);
  qsort (times, ROUNDS, sizeof *times, compare);
  return times[ROUNDS / 2];
}

static long
get_peak (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int
main (int argc, char **argv)
{
  static const char *const own[] = { "basic-constraints",
                                     "duplicate-key",
                                     "ends-soon",
                                     "excess-purposes",
                                     "expired",
                                     "expiring",
                                     "extension",
                                     "key-identifier",
                                     "key-usage",
                                     "mozilla-dated",
                                     "mozilla-distrusted",
                                     "no-reason",
                                     "not-a-ca",
                                     "not-yet-valid",
                                     "origin-withdrawn",
                                     "outside-mozilla",
                                     "replaced",
                                     "same-name",
                                     "serial",
                                     "unconstrained-private",
                                     "unknown-origin",
                                     "weak-key",
                                     "weak-signature",
                                     NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustEngine) engine = NULL;
  double first = 0, all = 0, certificates = 0;
  guint findings = 0, of_certificates = 0;
  long peak = 0;

  if (argc != 2)
    return 2;
  engine = trust_engine_open (argv[1], TRUST_ENGINE_WRITABLE, &error);
  check (error);
  trust_engine_refresh (engine, NULL, &error);
  check (error);
  peak = get_peak ();
  first = audit (engine, NULL, &findings);
  all = median_of (engine, NULL, &findings);
  certificates = median_of (engine, own, &of_certificates);
  g_print ("%.1f %.1f %.1f %u %ld\n", first, all, certificates, findings, get_peak () - peak);
  return 0;
}
