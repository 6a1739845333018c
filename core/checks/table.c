/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include <string.h>

extern const TrustCheck trust_check_basic_constraints;
extern const TrustCheck trust_check_dangling_link;
extern const TrustCheck trust_check_drift;
extern const TrustCheck trust_check_duplicate_key;
extern const TrustCheck trust_check_ends_soon;
extern const TrustCheck trust_check_excess_purposes;
extern const TrustCheck trust_check_expired;
extern const TrustCheck trust_check_expiring;
extern const TrustCheck trust_check_extension;
extern const TrustCheck trust_check_key_identifier;
extern const TrustCheck trust_check_key_usage;
extern const TrustCheck trust_check_losses_accepted;
extern const TrustCheck trust_check_mozilla_dated;
extern const TrustCheck trust_check_mozilla_distrusted;
extern const TrustCheck trust_check_no_reason;
extern const TrustCheck trust_check_not_a_ca;
extern const TrustCheck trust_check_not_counted;
extern const TrustCheck trust_check_not_yet_valid;
extern const TrustCheck trust_check_origin_withdrawn;
extern const TrustCheck trust_check_outside_mozilla;
extern const TrustCheck trust_check_path_owner;
extern const TrustCheck trust_check_private_key;
extern const TrustCheck trust_check_replaced;
extern const TrustCheck trust_check_same_name;
extern const TrustCheck trust_check_second_certificate;
extern const TrustCheck trust_check_serial;
extern const TrustCheck trust_check_stale_generation;
extern const TrustCheck trust_check_tool_result;
extern const TrustCheck trust_check_unconstrained_private;
extern const TrustCheck trust_check_unknown_origin;
extern const TrustCheck trust_check_unread;
extern const TrustCheck trust_check_weak_key;
extern const TrustCheck trust_check_weak_signature;

/* clang-format off */
const TrustCheck *const trust_checks[] = {
  &trust_check_basic_constraints,
  &trust_check_dangling_link,
  &trust_check_drift,
  &trust_check_duplicate_key,
  &trust_check_ends_soon,
  &trust_check_excess_purposes,
  &trust_check_expired,
  &trust_check_expiring,
  &trust_check_extension,
  &trust_check_key_identifier,
  &trust_check_key_usage,
  &trust_check_losses_accepted,
  &trust_check_mozilla_dated,
  &trust_check_mozilla_distrusted,
  &trust_check_no_reason,
  &trust_check_not_a_ca,
  &trust_check_not_counted,
  &trust_check_not_yet_valid,
  &trust_check_origin_withdrawn,
  &trust_check_outside_mozilla,
  &trust_check_path_owner,
  &trust_check_private_key,
  &trust_check_replaced,
  &trust_check_same_name,
  &trust_check_second_certificate,
  &trust_check_serial,
  &trust_check_stale_generation,
  &trust_check_tool_result,
  &trust_check_unconstrained_private,
  &trust_check_unknown_origin,
  &trust_check_unread,
  &trust_check_weak_key,
  &trust_check_weak_signature,
  NULL
};
/* clang-format on */

/* clang-format off */
static const char *const severities[TRUST_SEVERITY_LAST] = {
  [TRUST_SEVERITY_INFO] = "info",
  [TRUST_SEVERITY_LOW] = "low",
  [TRUST_SEVERITY_MEDIUM] = "medium",
  [TRUST_SEVERITY_HIGH] = "high",
  [TRUST_SEVERITY_CRITICAL] = "critical",
};
/* clang-format on */

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

TrustFinding *
trust_check_tell_of (const TrustCheck *check, GPtrArray *out, const TrustSuspect *suspect, char *text, char *remedy)
{
  g_autofree char *where = suspect->store != NULL ? g_strconcat ("store ", suspect->store->name, NULL) : NULL;

  return trust_check_tell (check, out, suspect->certificate, where, text, remedy);
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

/* Those of CHECKS that look at single anchors look at each, whose extensions are read once for all of them. */
static void
look_at_all (const TrustFacts *facts, const GPtrArray *checks, GPtrArray *out)
{
  g_autoptr (GArray) suspects = trust_suspects_new (facts);

  for (guint i = 0; i < suspects->len; i++)
    {
      TrustSuspect suspect = g_array_index (suspects, TrustSuspect, i);
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (suspect.certificate);
      gboolean again = suspect.store != NULL && trust_anchor_set_lookup (facts->snapshot->set, fingerprint) != NULL;
      TrustExtensions extensions;

      if (!trust_extensions_read (trust_certificate_get_der (suspect.certificate), &extensions))
        continue;
      suspect.extensions = &extensions;
      for (guint j = 0; j < checks->len; j++)
        {
          const TrustCheck *check = checks->pdata[j];

          if (!check->once || !again)
            check->look (check, facts, &suspect, out);
        }
    }
}

GPtrArray *
trust_checks_run (const TrustFacts *facts, const char *const *checks)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_finding_free);
  g_autoptr (GPtrArray) looking = g_ptr_array_new ();

  for (guint i = 0; trust_checks[i] != NULL; i++)
    if (checks != NULL && !g_strv_contains (checks, trust_checks[i]->id))
      continue;
    else if (trust_checks[i]->look != NULL)
      g_ptr_array_add (looking, (gpointer) trust_checks[i]);
    else
      trust_checks[i]->run (trust_checks[i], facts, out);
  if (looking->len > 0)
    look_at_all (facts, looking, out);
  g_ptr_array_sort (out, compare_findings);
  return out;
}
