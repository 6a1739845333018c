/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include <string.h>

extern const TrustCheck trust_check_expired;

const TrustCheck *const trust_checks[] = {
  &trust_check_expired,
  NULL
};

static const char *const severities[TRUST_SEVERITY_LAST] = {
  [TRUST_SEVERITY_INFO] = "info",
  [TRUST_SEVERITY_LOW] = "low",
  [TRUST_SEVERITY_MEDIUM] = "medium",
  [TRUST_SEVERITY_HIGH] = "high",
  [TRUST_SEVERITY_CRITICAL] = "critical",
};

const char *
trust_severity_get_name (TrustSeverity severity)
{
  return severity < TRUST_SEVERITY_LAST ? severities[severity] : "info";
}

const TrustCheck *
trust_check_find (const char *id)
{
  for (guint i = 0; trust_checks[i] != NULL; i++)
    if (g_str_equal (trust_checks[i]->id, id))
      return trust_checks[i];
  return NULL;
}

TrustFinding *
trust_check_tell (const TrustCheck *check, GPtrArray *out, const TrustCertificate *certificate, const char *where, char *text, char *remedy)
{
  TrustFinding *finding = g_new0 (TrustFinding, 1);

  finding->check = check;
  finding->severity = check->severity;
  finding->has_fingerprint = certificate != NULL;
  if (certificate != NULL)
    finding->fingerprint = *trust_certificate_get_fingerprint (certificate);
  finding->title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup ("");
  finding->where = g_strdup (where != NULL ? where : "");
  finding->text = text;
  finding->remedy = remedy;
  g_ptr_array_add (out, finding);
  return finding;
}

void
trust_finding_free (TrustFinding *finding)
{
  g_free (finding->title);
  g_free (finding->where);
  g_free (finding->text);
  g_free (finding->remedy);
  g_free (finding);
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const TrustFinding *one = *(const TrustFinding *const *) a, *other = *(const TrustFinding *const *) b;
  int order = (int) other->severity - (int) one->severity;

  if (order == 0)
    order = strcmp (one->check->id, other->check->id);
  if (order == 0)
    order = trust_fingerprint_compare (&one->fingerprint, &other->fingerprint);
  if (order == 0)
    order = strcmp (one->where, other->where);
  return order != 0 ? order : strcmp (one->text, other->text);
}

GPtrArray *
trust_checks_run (const TrustFacts *facts, const char *const *checks)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_finding_free);

  for (guint i = 0; trust_checks[i] != NULL; i++)
    if (checks == NULL || g_strv_contains (checks, trust_checks[i]->id))
      trust_checks[i]->run (trust_checks[i], facts, out);
  g_ptr_array_sort (out, compare_findings);
  return out;
}
