/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/path-builder.h"
#include "core/text.h"

/* CAs of one name whose key is tried. */
#define SIGNERS_MAX 16u

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, TrustError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_clear_error (error);
  if (error != NULL)
    *error = g_error_new_valist (TRUST_ERROR, (int) code, format, args);
  va_end (args);
  return FALSE;
}

/* May CERTIFICATE's key sign lists (RFC 5280 4.2.1.3), and did it sign this one? */
static gboolean
has_signed (const TrustCertificate *certificate, const TrustCrl *crl)
{
  TrustExtensions extensions;

  return trust_extensions_read (trust_certificate_get_der (certificate), &extensions) && (extensions.usage & TRUST_USAGE_CRL_SIGN) != 0
         && trust_signature_check (trust_certificate_get_key_info_der (certificate), &crl->kind, crl->tbs, crl->signature) == TRUST_SIGNATURE_GOOD;
}

/* No path over what this machine refuses. */
static gboolean
allow (gpointer user_data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  const TrustAnchorSet *set = user_data;
  const TrustCertificate *last = links[n_links - 1].certificate;

  if (anchor != NULL || trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (last)) != NULL
      || trust_anchor_set_find_distrust (set, last) == NULL)
    return TRUE;
  *fault = (TrustPathFault) { TRUST_REASON_DISTRUSTED, (int) n_links - 1, "distrusted", "", "it is not trusted here" };
  return FALSE;
}

/* Does ISSUER, which was given along, chain to an anchor of the system's, by way of others that were? */
static gboolean
has_path (const TrustPlanner *planner, TrustCertificate *issuer)
{
  const TrustAnchorSet *set = planner->snapshot->set;
  const GPtrArray *given = planner->change->certificates;
  TrustPathQuestion question = {
    .profile = TRUST_PROFILE_DEFAULT, .time = planner->now, .max_depth = TRUST_NO_NUMBER, .allow = allow, .allow_data = (gpointer) set
  };
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_auto (TrustPathSearch) search = { 0 };

  g_ptr_array_add (chain, issuer);
  for (guint i = 0; i < given->len && chain->len < TRUST_LIMIT_CHAIN_CERTIFICATES; i++)
    if (given->pdata[i] != issuer)
      g_ptr_array_add (chain, given->pdata[i]);
  trust_path_search (&question, set, chain, &search);
  return search.found;
}

/* Is CRL signed by a CA that this machine knows: an anchor of the system's, or one given along that chains to one? */
static gboolean
check_issuer (const TrustPlanner *planner, const TrustCrl *crl, const char *issuer, GError **error)
{
  const GPtrArray *given = planner->change->certificates;
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  guint n_tried = 0;

  trust_anchor_set_find_subject (planner->snapshot->set, crl->issuer_id, anchors);
  for (guint i = 0; i < anchors->len && n_tried < SIGNERS_MAX; i++, n_tried++)
    if (has_signed (trust_anchor_get_certificate (anchors->pdata[i]), crl))
      return TRUE;
  for (guint i = 0; i < given->len && n_tried < SIGNERS_MAX; i++)
    {
      if (trust_certificate_get_subject_id (given->pdata[i]) != crl->issuer_id)
        continue;
      n_tried++;
      if (!has_signed (given->pdata[i], crl))
        continue;
      if (has_path (planner, given->pdata[i]))
        return TRUE;
      return refuse (error, TRUST_ERROR_POLICY, "the revocation list of \"%s\": its issuer does not chain to a CA that this system trusts", issuer);
    }
  if (n_tried == 0)
    return refuse (error, TRUST_ERROR_POLICY,
                   "the revocation list of \"%s\": this system trusts no CA of that name; give the issuer's certificate with --issuer FILE", issuer);
  return refuse (error, TRUST_ERROR_POLICY,
                 "the revocation list of \"%s\": the key of the CA of that name did not sign it, or may not; it was changed, or is another CA's",
                 issuer);
}

static char *
dup_date (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("?");
}

static gboolean
check_dates (const TrustPlanner *planner, const TrustCrl *crl, const char *issuer, GError **error)
{
  g_autofree char *from = dup_date (crl->this_update), *until = dup_date (crl->next_update);

  if (crl->this_update > planner->now)
    return refuse (error, TRUST_ERROR_POLICY, "the revocation list of \"%s\" is from %s, which is in the future; is the clock right?", issuer, from);
  if (crl->next_update < planner->now)
    return refuse (error, TRUST_ERROR_POLICY, "the revocation list of \"%s\" has expired on %s; get the newest from the CA", issuer, until);
  return TRUE;
}

/* Does NEW come after OLD (RFC 5280 5.2.3)? Where neither has a number, the later one does. */
static gboolean
is_newer (const TrustCrl *new, const TrustCrl *old)
{
  if (old->number.size == 0 && new->number.size == 0)
    return new->this_update > old->this_update;
  return new->number.size > 0 && (old->number.size == 0 || trust_crl_compare_numbers (new->number, old->number) > 0)
         && new->this_update >= old->this_update;
}

static gboolean
check_sequel (const TrustCrl *crl, const TrustKeptCrl *old, const char *issuer, GError **error)
{
  g_autofree char *number = trust_kept_crl_dup_number (crl->number), *kept = trust_kept_crl_dup_number (old->crl->number);
  g_autofree char *from = dup_date (crl->this_update), *kept_from = dup_date (old->crl->this_update);
  char hex[TRUST_FINGERPRINT_HEX];

  if (is_newer (crl, old->crl))
    return TRUE;
  trust_fingerprint_to_hex (&old->id, hex);
  return refuse (error, TRUST_ERROR_POLICY,
                 "the revocation list of \"%s\" (number %s, %s) is not newer than the one that is kept (number %s, %s); if it is meant: "
                 "`anchorctl crl remove %s` first",
                 issuer, *number != '\0' ? number : "none", from, *kept != '\0' ? kept : "none", kept_from, hex);
}

/* The lists that are kept become an array of the plan's own. */
static GPtrArray *
own_crls (TrustPlanner *planner)
{
  TrustPlan *plan = planner->plan;
  GPtrArray *copy = NULL;

  if (plan->crls != planner->snapshot->kept)
    return plan->crls;
  copy = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_kept_crl_unref);
  g_ptr_array_extend (copy, plan->crls, (GCopyFunc) (void (*) (void)) trust_kept_crl_ref, NULL);
  g_ptr_array_unref (plan->crls);
  plan->crls = copy;
  return copy;
}

/* The file of KEPT, one of plan->crls, goes. */
static void
take_away (TrustPlanner *planner, TrustKeptCrl *kept)
{
  GPtrArray *crls = own_crls (planner), *files = planner->plan->files;

  /* One that the same change was to write is not even written. */
  for (guint i = files->len; kept->stat.inode == 0 && i > 0; i--)
    if (g_str_equal (((TrustJournalFile *) files->pdata[i - 1])->path, kept->path))
      g_ptr_array_remove_index (files, i - 1);
  if (kept->stat.inode != 0)
    g_ptr_array_add (files, trust_journal_file_new (kept->path, NULL, 0));
  g_ptr_array_remove (crls, kept);
}

/* The lists that CRL follows, if it follows them all, are on their way out. *IS_THERE: it is one of them already. */
static gboolean
find_older (TrustPlanner *planner, const TrustCrl *crl, const char *issuer, GPtrArray *older, gboolean *is_there, GError **error)
{
  const GPtrArray *crls = planner->plan->crls;

  *is_there = FALSE;
  for (guint i = 0; i < crls->len; i++)
    {
      TrustKeptCrl *kept = crls->pdata[i];

      if (kept->crl == NULL || kept->fault != NULL)
        continue;
      if (trust_fingerprint_equal (&kept->id, &crl->digest))
        {
          *is_there = TRUE;
          return TRUE;
        }
      if (!trust_kept_crl_is_sequel (crl, kept->crl))
        continue;
      if (!check_sequel (crl, kept, issuer, error))
        return FALSE;
      if (trust_kept_crl_is_own (kept))
        g_ptr_array_add (older, kept);
    }
  return TRUE;
}

static void
keep (TrustPlanner *planner, TrustCrl *crl, const GPtrArray *older)
{
  g_autofree char *path = trust_kept_crl_dup_path (&crl->digest);
  GPtrArray *crls = own_crls (planner);

  for (guint i = 0; i < older->len; i++)
    take_away (planner, older->pdata[i]);
  /* What stands under this name and does not count is written over. */
  for (guint i = crls->len; i > 0; i--)
    if (g_str_equal (((TrustKeptCrl *) crls->pdata[i - 1])->path, path))
      g_ptr_array_remove_index (crls, i - 1);
  g_ptr_array_add (planner->plan->files, trust_journal_file_new (path, crl->der, 0644));
  g_ptr_array_add (crls, trust_kept_crl_new (path, NULL, crl, NULL));
}

gboolean
trust_planner_add_crl (TrustPlanner *planner, TrustCrl *crl, GError **error)
{
  g_autofree char *title = trust_kept_crl_dup_title (crl), *issuer = trust_text_printable (title, TRUST_LIMIT_DIALOG_CHARS), *detail = NULL;
  g_autoptr (GPtrArray) older = g_ptr_array_new ();
  const char *fault = trust_kept_crl_find_fault (crl);
  gboolean is_there = FALSE;

  if (fault != NULL)
    return refuse (error, TRUST_ERROR_INVALID_INPUT, "the revocation list of \"%s\": %s", issuer, fault);
  if (!check_dates (planner, crl, issuer, error) || !find_older (planner, crl, issuer, older, &is_there, error))
    return FALSE;
  if (is_there)
    {
      trust_outcome_add_titled (planner->plan->outcome, &crl->digest, title, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!check_issuer (planner, crl, issuer, error))
    return FALSE;
  if (older->len > 0)
    {
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&((TrustKeptCrl *) older->pdata[0])->id, hex);
      detail = g_strdup (hex);
    }
  keep (planner, crl, older);
  trust_outcome_add_titled (planner->plan->outcome, &crl->digest, title, older->len > 0 ? TRUST_RESULT_CHANGED : TRUST_RESULT_ADDED, detail);
  return TRUE;
}

/* What is over the limits would not be read again. */
static gboolean
check_limits (const TrustPlanner *planner, GError **error)
{
  const GPtrArray *crls = planner->plan->crls;
  guint64 bytes = 0;

  for (guint i = 0; i < crls->len; i++)
    {
      const TrustKeptCrl *kept = crls->pdata[i];

      bytes += kept->crl != NULL ? g_bytes_get_size (kept->crl->der) : 0;
    }
  if (crls->len <= TRUST_LIMIT_KEPT_CRLS && bytes <= TRUST_LIMIT_KEPT_CRL_BYTES)
    return TRUE;
  return refuse (error, TRUST_ERROR_LIMIT_EXCEEDED,
                 "%u revocation lists of %" G_GUINT64_FORMAT " bytes would be kept; at most %u, of %u bytes together, are; remove what is not needed",
                 crls->len, bytes, TRUST_LIMIT_KEPT_CRLS, TRUST_LIMIT_KEPT_CRL_BYTES);
}

static gboolean
add_crls (TrustPlanner *planner, GError **error)
{
  const GPtrArray *crls = planner->change->crls;

  for (guint i = 0; i < crls->len; i++)
    if (!trust_planner_add_crl (planner, crls->pdata[i], error))
      return FALSE;
  return planner->plan->files->len == 0 || check_limits (planner, error);
}

void
trust_planner_remove_crl (TrustPlanner *planner, TrustKeptCrl *kept)
{
  g_autofree char *title = trust_kept_crl_dup_title (kept->crl);

  trust_outcome_add_titled (planner->plan->outcome, &kept->id, title, TRUST_RESULT_REMOVED, NULL);
  take_away (planner, kept);
}

static gboolean
remove_one (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  TrustKeptCrl *kept = trust_kept_crls_find (planner->plan->crls, &prefix->fingerprint, prefix->n_digits, error);
  g_autofree char *shown = NULL;

  if (kept == NULL)
    return FALSE;
  if (!trust_kept_crl_is_own (kept))
    {
      shown = trust_text_printable (kept->path, 0);
      return refuse (error, TRUST_ERROR_FOREIGN, "%s was not added through anchord; remove that file", shown);
    }
  trust_planner_remove_crl (planner, kept);
  return TRUE;
}

static gboolean
remove_crls (TrustPlanner *planner, GError **error)
{
  const GArray *prefixes = planner->change->fingerprints;

  for (guint i = 0; i < prefixes->len; i++)
    if (!remove_one (planner, &g_array_index (prefixes, TrustPrefix, i), error))
      return FALSE;
  return TRUE;
}

const TrustPlanKind trust_plan_crl_add = { .plan = add_crls };
const TrustPlanKind trust_plan_crl_remove = { .plan = remove_crls };
