/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier.h"

#include "core/der-write.h"
#include "core/limits.h"
#include "core/path-builder.h"
#include "core/verifier-limits.h"

/* The rules of trust, beside those of core/path-validator.c and core/profile.c: core/verifier-words.c tells of each. */
#define RULE_DISTRUSTED "distrusted"
#define RULE_ANCHOR_PURPOSE "anchor-purpose"
#define RULE_LIMITS "limits"
/* Where no path was looked for. */
#define RULE_REQUEST "request"
#define RULE_STORE "store"

/* One call. */
typedef struct
{
  const TrustVerifyRequest *request;
  const TrustAnchorSet *set; /* (nullable) where there is none to ask */
  TrustQuestion question;
  TrustPeerName names[TRUST_LIMIT_VERIFY_NAMES]; /* (owned) */
  guint n_names;
  guint comparisons; /* of names with imposed constraints */
} Call;

static void
call_clear (Call *call)
{
  for (guint i = 0; i < call->n_names; i++)
    trust_peer_name_clear (&call->names[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

static gboolean
is_for_purpose (const Call *call, const TrustAnchor *anchor)
{
  return call->question.oid == NULL || trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (anchor)), call->question.oid);
}

static gboolean
refuse (TrustPathFault *fault, TrustReason reason, guint n_links, const char *rule)
{
  *fault = (TrustPathFault) { reason, (int) n_links - 1, rule, "", "it is not trusted here" };
  return FALSE;
}

/* What the anchor is limited to. Names that the leaf is not for at all are not held against it: they are refused as such. Returns: (transfer full)
 * (nullable). */
static TrustVerdict *
hold_limits (const Call *call, const TrustPath *path, const TrustAnchor *anchor, guint *comparisons)
{
  TrustQuestion question = call->question;
  TrustExtensions leaf;

  if (!trust_extensions_read (trust_certificate_get_der (path->links[0].certificate), &leaf))
    question.n_names = 0;
  for (guint i = 0; i < question.n_names; i++)
    if (!trust_peer_name_matches (&question.names[i], leaf.values[TRUST_EXTENSION_SUBJECT_ALT_NAME], TRUE))
      question.n_names = 0;
  return trust_verifier_limits_check (path, anchor, &question, comparisons);
}

/* What this machine says of the path: distrust of each certificate, then what its ANCHOR is trusted for and limited to. */
static gboolean
allow (gpointer user_data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  Call *call = user_data;
  const TrustCertificate *last = links[n_links - 1].certificate;
  TrustPath path = { links, n_links, TRUE };
  TrustVerdict *refusal = NULL;

  if (anchor == NULL)
    return trust_anchor_set_lookup (call->set, trust_certificate_get_fingerprint (last)) != NULL
           || trust_anchor_set_find_distrust (call->set, last) == NULL || refuse (fault, TRUST_REASON_DISTRUSTED, n_links, RULE_DISTRUSTED);
  if (!is_for_purpose (call, anchor))
    return refuse (fault, TRUST_REASON_PURPOSE, n_links, RULE_ANCHOR_PURPOSE);
  refusal = hold_limits (call, &path, anchor, &call->comparisons);
  if (refusal == NULL)
    return TRUE;
  refuse (fault, refusal->reason, n_links, RULE_LIMITS);
  trust_verdict_free (refusal);
  return FALSE;
}

/* The place of CERTIFICATE among what was given, -1 if it was not. */
static int
find_given (const Call *call, const TrustCertificate *certificate)
{
  GPtrArray *chain = call->request->chain;

  for (guint i = 0; i < chain->len; i++)
    if (trust_fingerprint_equal (trust_certificate_get_fingerprint (chain->pdata[i]), trust_certificate_get_fingerprint (certificate)))
      return (int) i;
  return -1;
}

/* LINKS for CERTIFICATES, to be told of. */
static TrustPath
make_path (const Call *call, GPtrArray *certificates, gboolean has_anchor, TrustPathLink *links)
{
  for (guint i = 0; i < certificates->len; i++)
    links[i] = (TrustPathLink) { .certificate = certificates->pdata[i], .index = find_given (call, certificates->pdata[i]) };
  return (TrustPath) { links, certificates->len, has_anchor };
}

/* The distrust of a certificate that was not given, but has the name that issued the last of PATH. (transfer full) (nullable) */
static TrustVerdict *
tell_distrusted_issuer (const Call *call, const TrustPath *path)
{
  guint64 issuer_id = trust_certificate_get_issuer_id (path->links[path->n_links - 1].certificate);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (call->set); i++)
    {
      const TrustDistrust *distrust = trust_anchor_set_get_distrust (call->set, i);
      const TrustCertificate *refused = trust_distrust_get_certificate (distrust);

      if (refused != NULL && trust_certificate_get_subject_id (refused) == issuer_id
          && trust_anchor_set_lookup (call->set, trust_certificate_get_fingerprint (refused)) == NULL)
        return trust_verdict_tell_distrusted (path, distrust, refused);
    }
  return NULL;
}

/* VERDICT, of a rule of this machine's own. */
static TrustVerdict *
name_rule (TrustVerdict *verdict, const char *rule)
{
  if (verdict != NULL)
    {
      verdict->rule = rule;
      verdict->source = "";
    }
  return verdict;
}

/* Why ATTEMPT fell, in words. Returns: (transfer full). */
static TrustVerdict *
tell_attempt (const Call *call, const TrustPathAttempt *attempt)
{
  g_autofree TrustPathLink *links = g_new0 (TrustPathLink, attempt->certificates->len + 1);
  TrustPath path = make_path (call, attempt->certificates, attempt->has_anchor, links);
  const TrustCertificate *last = path.links[path.n_links - 1].certificate;
  const TrustAnchor *anchor = trust_anchor_set_lookup (call->set, trust_certificate_get_fingerprint (last));
  TrustVerdict *verdict = NULL;
  guint comparisons = 0;

  if (g_str_equal (attempt->fault.rule, RULE_DISTRUSTED))
    return name_rule (trust_verdict_tell_distrusted (&path, trust_anchor_set_find_distrust (call->set, last), NULL), RULE_DISTRUSTED);
  if (g_str_equal (attempt->fault.rule, RULE_ANCHOR_PURPOSE))
    return name_rule (trust_verdict_tell_other_purpose (&path, anchor, &call->question), RULE_ANCHOR_PURPOSE);
  if (g_str_equal (attempt->fault.rule, RULE_LIMITS) && attempt->fault.reason != TRUST_REASON_BUDGET_EXHAUSTED)
    verdict = name_rule (hold_limits (call, &path, anchor, &comparisons), RULE_LIMITS);
  else if (attempt->fault.reason == TRUST_REASON_UNKNOWN_ISSUER)
    verdict = name_rule (tell_distrusted_issuer (call, &path), RULE_DISTRUSTED);
  return verdict != NULL ? verdict : trust_verdict_tell_fault (&path, &attempt->fault, &call->question);
}

/* What else was tried, as alternatives of VERDICT. BEST: the attempt that VERDICT is of; -1: none. */
static void
add_alternatives (const Call *call, const TrustPathSearch *search, int best, TrustVerdict *verdict)
{
  for (guint i = 0; i < search->attempts->len; i++)
    if ((int) i != best)
      {
        g_autoptr (TrustVerdict) told = tell_attempt (call, search->attempts->pdata[i]);

        g_ptr_array_add (verdict->alternatives, trust_alternative_new (told));
      }
}

static void
add_finding (TrustVerdict *verdict, const TrustCertificate *certificate, guint index, const char *what)
{
  g_autofree char *title = trust_verdict_show_title (certificate);

  g_ptr_array_add (verdict->findings, g_strdup_printf ("certificate %u, \"%s\", %s", index + 1, title, what));
}

/* The path goes through CERTIFICATE, which only this machine knows. */
static void
add_missing (TrustVerdict *verdict, const TrustCertificate *certificate)
{
  g_autofree char *title = trust_verdict_show_title (certificate);

  g_ptr_array_add (verdict->findings,
                   g_strdup_printf ("\"%s\" was not given; this machine knows it, others may not: have the server send it", title));
}

/* What was given without need, or out of order. */
static void
add_findings (const Call *call, TrustVerdict *verdict)
{
  GPtrArray *chain = call->request->chain;
  g_autofree gboolean *used = g_new0 (gboolean, chain->len);
  gboolean in_order = TRUE;
  int last = -1;

  for (guint i = 0; i < verdict->path->len; i++)
    {
      int index = find_given (call, verdict->path->pdata[i]);

      in_order &= index < 0 || index > last;
      last = MAX (index, last);
      if (index < 0 && i + 1 < verdict->path->len)
        add_missing (verdict, verdict->path->pdata[i]);
      if (index >= 0)
        used[index] = TRUE;
      if (index > 0 && i + 1 == verdict->path->len && trust_certificate_is_self_issued (verdict->path->pdata[i]))
        add_finding (verdict, verdict->path->pdata[i], (guint) index, "is the root itself: harmless, but servers need not send it");
    }
  for (guint i = 0; i < chain->len; i++)
    if (!used[i])
      add_finding (verdict, chain->pdata[i], i, find_given (call, chain->pdata[i]) != (int) i ? "was given twice" : "was not needed");
  if (!in_order)
    g_ptr_array_add (verdict->findings, g_strdup ("the chain was not given in order"));
}

/* Responses that were of no use. */
static void
add_notes (const Call *call, const char **notes, TrustVerdict *verdict)
{
  GPtrArray *ocsp = call->request->ocsp;

  for (guint i = 0; ocsp != NULL && i < ocsp->len; i++)
    if (notes[i] == NULL || notes[i][0] != '\0')
      g_ptr_array_add (verdict->findings,
                       g_strdup_printf ("%s (OCSP response %u of %u)",
                                        notes[i] != NULL ? notes[i] : "the OCSP response is about no certificate of the path", i + 1, ocsp->len));
}

static TrustVerdict *
refuse_request (const char *message, const char *remedy)
{
  TrustPath path = { NULL, 0, FALSE };

  return name_rule (trust_verdict_tell (&path, TRUST_REASON_INVALID, -1, g_strdup (message), g_strdup (remedy)), RULE_REQUEST);
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
  else if (store->narrowed != NULL && question->oid != NULL && !trust_purposes_has_oid (store->narrowed, question->oid))
    *refusal = name_rule (trust_verdict_tell_narrowed (store, question), RULE_STORE);
  return *refusal == NULL ? store->set : NULL;
}

/* Reads the names that are asked for. NULL, or why not. */
static TrustVerdict *
read_names (Call *call)
{
  const char *const *names = call->request->names;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (call->n_names == TRUST_LIMIT_VERIFY_NAMES)
        return refuse_request ("too many names were asked for", "ask for fewer at a time");
      if (!trust_peer_name_parse (names[i], &call->names[call->n_names], &error))
        return refuse_request (error->message, "ask for a host name, an IP address or a mailbox");
      call->n_names++;
    }
  call->question.names = call->names;
  call->question.n_names = call->n_names;
  return NULL;
}

static TrustVerdict *
check_request (const TrustVerifyRequest *request)
{
  if (request->chain->len == 0)
    return refuse_request ("no certificate was given", "give the chain, the server's certificate first");
  if (request->chain->len > TRUST_LIMIT_CHAIN_CERTIFICATES)
    return refuse_request ("the chain has too many certificates", "give the server's certificate and its intermediates only");
  return NULL;
}

static TrustVerdict *
search_paths (Call *call, const TrustSnapshot *snapshot)
{
  const TrustVerifyRequest *request = call->request;
  g_autofree const char **notes = g_new0 (const char *, (request->ocsp != NULL ? request->ocsp->len : 0) + 1);
  g_autoptr (GPtrArray) crls = trust_kept_crls_merge (request->crls, snapshot->crls);
  TrustPathRevocation revocation = { .mode = request->revocation,
                                     .crls = crls,
                                     .ocsp = request->ocsp,
                                     .nonce = request->nonce,
                                     .notes = notes,
                                     .set = call->set,
                                     .chain = request->chain };
  g_autoptr (GByteArray) oid = g_byte_array_new ();
  if (call->question.oid != NULL)
    trust_der_append_oid_content (oid, call->question.oid);

  TrustPathQuestion question = { .profile = request->profile != 0 ? request->profile : TRUST_PROFILE_DEFAULT,
                                 .time = call->question.now,
                                 .purpose = { oid->data, oid->len },
                                 .usage = request->usage,
                                 .names = call->names,
                                 .n_names = call->n_names,
                                 .max_depth = request->has_max_depth ? (gint) request->max_depth : TRUST_NO_NUMBER,
                                 .policies = request->policies,
                                 .links = request->links,
                                 .known = request->known,
                                 .revocation = &revocation,
                                 .allow = allow,
                                 .allow_data = call };
  g_auto (TrustPathSearch) search = { 0 };
  TrustVerdict *verdict = NULL;

  trust_path_search (&question, call->set, request->chain, &search);
  if (search.found)
    {
      g_autofree TrustPathLink *links = g_new0 (TrustPathLink, search.path->len + 1);
      TrustPath path = make_path (call, search.path, TRUE, links);

      verdict = trust_verdict_tell_trusted (&path, &call->question);
      add_findings (call, verdict);
      add_notes (call, notes, verdict);
      add_alternatives (call, &search, -1, verdict);
      return verdict;
    }
  verdict = tell_attempt (call, search.attempts->pdata[search.best]);
  if (verdict->reason == TRUST_REASON_UNKNOWN_ISSUER)
    trust_verifier_limits_explain (snapshot, &call->question, verdict);
  if (verdict->reason == TRUST_REASON_ENDED)
    name_rule (verdict, RULE_LIMITS);
  add_alternatives (call, &search, (int) search.best, verdict);
  if (verdict->reason == TRUST_REASON_REVOKED || verdict->reason == TRUST_REASON_REVOCATION_UNKNOWN)
    add_notes (call, notes, verdict);
  return verdict;
}

TrustVerdict *
trust_verifier_verify (const TrustSnapshot *snapshot, const TrustVerifyRequest *request)
{
  TrustPurpose purpose = request->purpose != NULL ? trust_purpose_find (request->purpose) : TRUST_PURPOSE_LAST;
  gboolean named = purpose != TRUST_PURPOSE_LAST;
  g_auto (Call) call = { .request = request };
  TrustVerdict *refusal = check_request (request);

  call.question = (TrustQuestion) { .purpose = named                      ? trust_purpose_get_name (purpose)
                                               : request->purpose != NULL ? request->purpose
                                                                          : "anything",
                                    .oid = named ? trust_purpose_get_oid (purpose) : request->purpose,
                                    .asked = request->names,
                                    .store = request->store != NULL ? request->store : TRUST_STORE_SYSTEM,
                                    .now = request->time != 0 ? request->time : g_get_real_time () / G_USEC_PER_SEC };
  if (refusal == NULL)
    call.set = find_set (snapshot, &call.question, &refusal);
  if (refusal == NULL)
    refusal = read_names (&call);
  return refusal != NULL ? refusal : search_paths (&call, snapshot);
}
