/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier.h"

#include "core/limits.h"
#include "core/text.h"
#include "core/verifier-limits.h"
#include "core/verifier-name.h"

#include <gnutls/x509.h>
#include <string.h>

/* The work one call may cause, whatever chain it brings: certificates that paths are built of, and paths that GnuTLS verifies. */
#define STEPS_MAX 256u
#define ATTEMPTS_MAX 32u
/* 112 bits: RSA 2048, no SHA-1 below the anchor. Dates are held against the question's time, not against GnuTLS's clock. */
#define VERIFY_FLAGS (GNUTLS_PROFILE_TO_VFLAGS (GNUTLS_PROFILE_MEDIUM) | GNUTLS_VERIFY_DISABLE_TIME_CHECKS)

/* How much a refusal tells: of several, the one that says most is the answer. */
typedef enum
{
  TELLS_NOTHING,
  TELLS_DEAD_END,
  TELLS_WRONG_KEY,
  TELLS_OTHER_PURPOSE,
  TELLS_FAULT,
  TELLS_LIMIT,
  TELLS_DISTRUST,
  TELLS_BUDGET,
  TELLS_ALL
} Tells;

typedef struct
{
  const TrustAnchorSet *set;
  const TrustVerifyRequest *request;
  TrustQuestion question;
  guint steps;
  guint attempts;
  guint comparisons;                                       /* of names with imposed constraints */
  gnutls_x509_crt_t crts[TRUST_LIMIT_CHAIN_CERTIFICATES];  /* (owned) (nullable) imported when first needed */
  gboolean used[TRUST_LIMIT_CHAIN_CERTIFICATES];           /* is on the path */
  TrustLink links[TRUST_LIMIT_CHAIN_CERTIFICATES + 1];
  guint n_links;
  TrustVerdict *verdict;                                   /* (owned) (nullable) */
  Tells tells;
} Search;

static void
search_clear (Search *search)
{
  for (guint i = 0; i < TRUST_LIMIT_CHAIN_CERTIFICATES; i++)
    if (search->crts[i] != NULL)
      gnutls_x509_crt_deinit (search->crts[i]);
  g_clear_pointer (&search->verdict, trust_verdict_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static TrustCertificate *
get_given (const Search *search, guint index)
{
  return g_ptr_array_index (search->request->chain, index);
}

static gnutls_x509_crt_t
import (const TrustCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  gnutls_datum_t datum = { (guint8 *) (guintptr) der.data, (unsigned) der.size };
  gnutls_x509_crt_t crt;

  if (gnutls_x509_crt_init (&crt) < 0)
    return NULL;
  if (gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER) == 0)
    return crt;
  gnutls_x509_crt_deinit (crt);
  return NULL;
}

static gnutls_x509_crt_t
get_crt (Search *search, guint index)
{
  if (search->crts[index] == NULL)
    search->crts[index] = import (get_given (search, index));
  return search->crts[index];
}

static TrustPath
get_path (const Search *search, gboolean has_anchor)
{
  return (TrustPath) { search->links, search->n_links, has_anchor };
}

/* Takes VERDICT, and keeps it if it tells more than what is known. */
static void
consider (Search *search, TrustVerdict *verdict, Tells tells)
{
  gboolean deeper = tells == search->tells && tells == TELLS_DEAD_END && verdict->path->len > search->verdict->path->len;

  if (tells > search->tells || deeper)
    {
      g_clear_pointer (&search->verdict, trust_verdict_free);
      search->verdict = verdict;
      search->tells = tells;
      return;
    }
  trust_verdict_free (verdict);
}

/* What was given without need. */
static void
add_findings (Search *search)
{
  gboolean in_order = TRUE;

  for (guint i = 1; i < search->n_links; i++)
    if (search->links[i].index >= 0 && search->links[i].index != (int) i)
      in_order = FALSE;
  for (guint i = 0; i < search->request->chain->len; i++)
    {
      if (search->used[i])
        continue;

      g_autofree char *title = trust_certificate_dup_title (get_given (search, i));
      g_autofree char *shown = trust_text_printable (title, 64);

      g_ptr_array_add (search->verdict->findings, g_strdup_printf ("certificate %u, \"%s\", was not needed", i + 1, shown));
    }
  if (!in_order)
    g_ptr_array_add (search->verdict->findings, g_strdup ("the chain was not given in order"));
}

/* The path stands: is it within what its ANCHOR is limited to, and is the leaf for the name? */
static gboolean
accept_path (Search *search, const TrustAnchor *anchor)
{
  TrustPath path = get_path (search, TRUE);
  const char *name = search->question.name;
  gboolean matches = name == NULL || trust_verifier_name_matches (search->links[0].crt, name);
  TrustQuestion question = search->question;

  question.name = matches ? name : NULL;

  TrustVerdict *refusal = trust_verifier_limits_check (&path, anchor, &question, &search->comparisons);

  if (refusal != NULL)
    {
      consider (search, refusal, refusal->reason == TRUST_REASON_BUDGET_EXHAUSTED ? TELLS_BUDGET : TELLS_LIMIT);
      return FALSE;
    }
  consider (search, matches ? trust_verdict_tell_trusted (&path, &question)
            : trust_verdict_tell_name_mismatch (&path, &search->question), TELLS_ALL);
  add_findings (search);
  return TRUE;
}

/* Has GnuTLS verify the path, whose last link is the one certificate it is to trust. */
static gboolean
verify_path (Search *search, guint *status)
{
  gnutls_x509_trust_list_t list;
  gnutls_x509_crt_t chain[TRUST_LIMIT_CHAIN_CERTIFICATES];
  guint n = search->n_links - 1;
  gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
  g_autofree char *oid = g_strdup (search->question.oid);

  purpose.data = (guint8 *) oid;
  for (guint i = 0; i < n; i++)
    chain[i] = search->links[i].crt;
  if (gnutls_x509_trust_list_init (&list, 1) < 0)
    return FALSE;

  int result = gnutls_x509_trust_list_add_cas (list, &search->links[n].crt, 1, 0);

  if (result == 1)
    result = gnutls_x509_trust_list_verify_crt2 (list, chain, n, &purpose, 1, VERIFY_FLAGS, status, NULL);
  gnutls_x509_trust_list_deinit (list, 0);
  return result == 0;
}

/* A leaf that is an anchor itself: nothing to verify but what it is for. */
static guint
check_pinned (const Search *search)
{
  return gnutls_x509_crt_check_key_purpose (search->links[0].crt, search->question.oid, 0) == 0 ? GNUTLS_CERT_PURPOSE_MISMATCH : 0;
}

/* Is every certificate of the path in its time (RFC 5280 6.1.3 (a)(2))? */
static guint
check_dates (const Search *search)
{
  guint status = 0;

  for (guint i = 0; i < search->n_links; i++)
    {
      const TrustCertificate *certificate = search->links[i].certificate;

      if (trust_certificate_get_not_after (certificate) < search->question.now)
        status |= GNUTLS_CERT_EXPIRED;
      if (trust_certificate_get_not_before (certificate) > search->question.now)
        status |= GNUTLS_CERT_NOT_ACTIVATED;
    }
  return status;
}

/* Is there work left for one more path? */
static gboolean
may_attempt (Search *search)
{
  TrustPath path = get_path (search, FALSE);

  if (search->attempts < ATTEMPTS_MAX)
    return TRUE;
  consider (search, trust_verdict_tell_budget (&path), TELLS_BUDGET);
  return FALSE;
}

/* Tries the path as it stands, its last link ANCHOR. */
static gboolean
try_path (Search *search, const TrustAnchor *anchor)
{
  TrustPath path = get_path (search, TRUE);
  guint status = GNUTLS_CERT_INVALID;

  if (!may_attempt (search))
    return FALSE;
  search->attempts++;
  if (search->n_links == 1)
    status = check_pinned (search);
  else if (!verify_path (search, &status))
    status = GNUTLS_CERT_INVALID;
  status |= check_dates (search);
  if (status == 0)
    return accept_path (search, anchor);

  gboolean wrong_key = (status & (GNUTLS_CERT_SIGNATURE_FAILURE | GNUTLS_CERT_SIGNER_NOT_FOUND)) != 0;

  consider (search, trust_verdict_tell_status (&path, status, &search->question), wrong_key ? TELLS_WRONG_KEY : TELLS_FAULT);
  return FALSE;
}

static gboolean
is_for_purpose (const Search *search, const TrustAnchor *anchor)
{
  return trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (anchor)), search->question.oid);
}

/* The place of an anchor among what was given, -1 if it was not. */
static int
find_given (const Search *search, const TrustCertificate *certificate)
{
  for (guint i = 0; i < search->request->chain->len; i++)
    if (trust_fingerprint_equal (trust_certificate_get_fingerprint (get_given (search, i)), trust_certificate_get_fingerprint (certificate)))
      return (int) i;
  return -1;
}

/* Tries ANCHOR, which has the name of the last link's issuer. */
static gboolean
try_issuer (Search *search, const TrustAnchor *anchor)
{
  TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  TrustPath path = get_path (search, FALSE);

  if (!is_for_purpose (search, anchor))
    {
      consider (search, trust_verdict_tell_other_purpose (&path, anchor, &search->question), TELLS_OTHER_PURPOSE);
      return FALSE;
    }

  gnutls_x509_crt_t crt = may_attempt (search) ? import (certificate) : NULL;

  if (crt == NULL)
    return FALSE;
  search->links[search->n_links++] = (TrustLink) { certificate, crt, find_given (search, certificate) };

  gboolean done = try_path (search, anchor);

  search->n_links--;
  gnutls_x509_crt_deinit (crt);
  return done;
}

/* The distrust of a certificate that was not given, but has the name that issued the last link. */
static void
consider_distrusted_issuer (Search *search, guint64 issuer_id)
{
  TrustPath path = get_path (search, FALSE);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (search->set); i++)
    {
      const TrustDistrust *distrust = trust_anchor_set_get_distrust (search->set, i);
      const TrustCertificate *refused = trust_distrust_get_certificate (distrust);

      if (refused == NULL || trust_certificate_get_subject_id (refused) != issuer_id
          || trust_anchor_set_lookup (search->set, trust_certificate_get_fingerprint (refused)) != NULL)
        continue;
      consider (search, trust_verdict_tell_distrusted (&path, distrust, refused), TELLS_DISTRUST);
      return;
    }
}

static gboolean walk (Search *search, guint index);

/* A name and key that the path has already: going on through them leads nowhere new. */
static gboolean
is_on_path (const Search *search, const TrustCertificate *certificate)
{
  for (guint i = 0; i < search->n_links; i++)
    {
      const TrustCertificate *there = search->links[i].certificate;

      if (trust_certificate_get_subject_id (there) == trust_certificate_get_subject_id (certificate)
          && trust_fingerprint_equal (trust_certificate_get_key_fingerprint (there),
                                      trust_certificate_get_key_fingerprint (certificate)))
        return TRUE;
    }
  return FALSE;
}

/* Tries the ANCHORS that have the name of the last link's issuer. Where one name has many, those first that hold the key
 * identifier it asks for (RFC 5280 4.2.1.1): looked for in the DER, which costs no parsing. */
static gboolean
walk_anchors (Search *search, const GPtrArray *anchors, gboolean *found)
{
  guint8 key_id[64];
  size_t size = sizeof key_id;
  gnutls_x509_crt_t crt = search->links[search->n_links - 1].crt;
  gboolean has_id = anchors->len > 1 && gnutls_x509_crt_get_authority_key_id (crt, key_id, &size, NULL) == 0 && size > 0;

  for (guint pass = has_id ? 0 : 1; pass < 2; pass++)
    for (guint i = 0; i < anchors->len; i++)
      {
        const TrustAnchor *anchor = g_ptr_array_index (anchors, i);
        const TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
        TrustSpan der = trust_certificate_get_der (certificate);
        gboolean fits = has_id && memmem (der.data, der.size, key_id, size) != NULL;

        if (fits != (pass == 0) || is_on_path (search, certificate))
          continue;
        *found = TRUE;
        if (try_issuer (search, anchor))
          return TRUE;
      }
  return FALSE;
}

/* Goes on from the last link to whatever may have issued it: anchors first, then what was given. */
static gboolean
walk_issuers (Search *search, const TrustCertificate *certificate)
{
  guint64 issuer_id = trust_certificate_get_issuer_id (certificate);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  TrustPath path = get_path (search, FALSE);
  gboolean found = FALSE;

  trust_anchor_set_find_subject (search->set, issuer_id, anchors);
  if (walk_anchors (search, anchors, &found))
    return TRUE;
  for (guint i = 1; i < search->request->chain->len; i++)
    {
      TrustCertificate *given = get_given (search, i);

      if (search->used[i] || trust_certificate_get_subject_id (given) != issuer_id || is_on_path (search, given))
        continue;
      found = TRUE;
      if (walk (search, i))
        return TRUE;
    }
  if (anchors->len == 0 && !found)
    consider_distrusted_issuer (search, issuer_id);
  if (!found)
    consider (search, trust_verdict_tell_unknown_issuer (&path, &search->question), TELLS_DEAD_END);
  return FALSE;
}

/* The certificate was put on the path's end: may the path go through it, or end in it? */
static gboolean
walk_link (Search *search, TrustCertificate *certificate)
{
  const TrustAnchor *anchor = trust_anchor_set_lookup (search->set, trust_certificate_get_fingerprint (certificate));
  const TrustDistrust *distrust = anchor == NULL ? trust_anchor_set_find_distrust (search->set, certificate) : NULL;
  TrustPath path = get_path (search, FALSE);

  if (distrust != NULL)
    {
      consider (search, trust_verdict_tell_distrusted (&path, distrust, NULL), TELLS_DISTRUST);
      return FALSE;
    }
  if (anchor != NULL && is_for_purpose (search, anchor) && try_path (search, anchor))
    return TRUE;
  if (anchor != NULL && !is_for_purpose (search, anchor))
    consider (search, trust_verdict_tell_other_purpose (&path, anchor, &search->question), TELLS_OTHER_PURPOSE);
  return walk_issuers (search, certificate);
}

static gboolean
walk (Search *search, guint index)
{
  TrustCertificate *certificate = get_given (search, index);
  gboolean may_go = search->steps++ < STEPS_MAX;
  gnutls_x509_crt_t crt = may_go ? get_crt (search, index) : NULL;
  TrustPath path = get_path (search, FALSE);

  if (!may_go)
    consider (search, trust_verdict_tell_budget (&path), TELLS_BUDGET);
  if (crt == NULL)
    return FALSE;
  search->used[index] = TRUE;
  search->links[search->n_links++] = (TrustLink) { certificate, crt, (int) index };

  gboolean done = walk_link (search, certificate);

  if (done)
    return TRUE;
  search->n_links--;
  search->used[index] = FALSE;
  return FALSE;
}

static TrustVerdict *
refuse_request (const char *message, const char *remedy)
{
  TrustPath path = { NULL, 0, FALSE };

  return trust_verdict_tell (&path, TRUST_REASON_INVALID, -1, g_strdup (message), g_strdup (remedy));
}

/* The set that the request is held against. */
static const TrustAnchorSet *
find_set (const TrustSnapshot *snapshot, const TrustQuestion *question, TrustVerdict **refusal)
{
  const TrustStore *store = NULL;

  if (g_str_equal (question->store, TRUST_STORE_SYSTEM))
    return snapshot->set;
  store = trust_snapshot_find_store (snapshot, question->store);
  if (store == NULL)
    *refusal = refuse_request ("there is no such store", "anchorctl store list shows those there are");
  else if (store->fault != NULL)
    *refusal = refuse_request ("the store's configuration does not parse, so it trusts nothing", "anchorctl status shows what is wrong with it");
  else if (store->narrowed != NULL && !trust_purposes_has_oid (store->narrowed, question->oid))
    *refusal = trust_verdict_tell_narrowed (store, question);
  return *refusal == NULL ? store->set : NULL;
}

TrustVerdict *
trust_verifier_verify (const TrustSnapshot *snapshot, const TrustVerifyRequest *request)
{
  TrustPurpose purpose = trust_purpose_find (request->purpose);
  gboolean named = purpose != TRUST_PURPOSE_LAST;
  TrustQuestion question = { named ? trust_purpose_get_name (purpose) : request->purpose, named ? trust_purpose_get_oid (purpose) : request->purpose,
                             request->name, request->store != NULL ? request->store : TRUST_STORE_SYSTEM,
                             request->time != 0 ? request->time : g_get_real_time () / G_USEC_PER_SEC };
  TrustVerdict *refusal = NULL;
  const TrustAnchorSet *set = find_set (snapshot, &question, &refusal);
  g_auto (Search) search = { .set = set, .request = request, .question = question };

  if (refusal != NULL)
    return refusal;
  if (request->chain->len == 0)
    return refuse_request ("no certificate was given", "give the chain, the server's certificate first");
  if (request->chain->len > TRUST_LIMIT_CHAIN_CERTIFICATES)
    return refuse_request ("the chain has too many certificates", "give the server's certificate and its intermediates only");
  walk (&search, 0);
  if (search.tells == TELLS_DEAD_END)
    trust_verifier_limits_explain (snapshot, &question, search.verdict);
  if (search.verdict == NULL)
    return refuse_request ("the server's certificate cannot be used by GnuTLS", "have it issued again");
  return g_steal_pointer (&search.verdict);
}
