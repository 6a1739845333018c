/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path-revocation.h"

#include "core/der-write.h"
#include "core/name.h"
#include "core/path-builder.h"

#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_DIRECTORY_NAME 0xa4
/* Distribution points that are looked at of one certificate. */
#define POINTS_MAX 64u
/* A comparison is of a name of so many bytes; a longer one is several. */
#define NAME_BYTES 256u
/* A list's signer needs a path, whose certificates have lists, whose signers… */
#define DEPTH_MAX 3u

/* RFC 5280 4.2.1.13. */
typedef struct
{
  gboolean is_named;    /* distributionPoint is there */
  TrustSpan names;      /* content of its fullName; empty */
  TrustSpan relative;   /* content of its nameRelativeToCRLIssuer; empty */
  TrustSpan crl_issuer; /* content of cRLIssuer: GeneralNames; empty */
  guint reasons;
} Point;

/* One certificate, and what is known of it so far. */
typedef struct
{
  const TrustPathQuestion *question;
  const TrustPathLink *links;
  guint n_links;
  guint index; /* of it among LINKS */
  TrustPathBudget *budget;
  GPtrArray *crls; /* (borrowed) of TrustCrl: what may be about it, the latest first */
  guint reasons;   /* that lists were asked for: 6.3.2 (a), reasons_mask */
  gboolean is_revoked;
  gboolean is_spent;    /* the call's work was done before all was asked */
  const char *unusable; /* (nullable) why a list for it could not be used */
} Status;

static guint
read_reasons (TrustSpan bits)
{
  guint reasons = 0;

  for (gsize i = 1; i < MIN (bits.size, 3); i++)
    for (guint bit = 0; bit < 8; bit++)
      reasons |= (bits.data[i] & (0x80u >> bit)) != 0 ? 1u << ((i - 1) * 8 + bit) : 0;
  return reasons;
}

static gboolean
next_point (TrustSpan *list, Point *out)
{
  TrustDer point, part, name;

  *out = (Point) { .reasons = TRUST_REVOCATION_ALL_REASONS };
  if (!trust_der_expect (list, TAG_SEQUENCE, &point))
    return FALSE;
  if (trust_der_expect (&point.content, 0xa0, &part) && trust_der_next (&part.content, &name))
    {
      out->is_named = TRUE;
      if (name.tag == 0xa0)
        out->names = name.content;
      else
        out->relative = name.content;
    }
  if (trust_der_expect (&point.content, 0x81, &part))
    out->reasons = read_reasons (part.content);
  if (trust_der_expect (&point.content, 0xa2, &part))
    out->crl_issuer = part.content;
  return TRUE;
}

/* One comparison with NAME, which costs what its length does. FALSE: no more of them are made in this call. */
static gboolean
take_comparison (Status *status, const TrustDer *name)
{
  gsize cost = 1 + name->whole.size / NAME_BYTES;

  if (status->budget->comparisons < cost)
    {
      status->budget->comparisons = 0;
      status->is_spent = TRUE;
      return FALSE;
    }
  status->budget->comparisons -= (guint) cost;
  return TRUE;
}

/* Is the Name with this id among the directory names of NAMES? */
static gboolean
holds_name (Status *status, TrustSpan names, guint64 id)
{
  TrustDer name;

  while (trust_der_next (&names, &name) && take_comparison (status, &name))
    if (name.tag == TAG_DIRECTORY_NAME && trust_name_id (name.content) == id)
      return TRUE;
  return FALSE;
}

/* The id of ISSUER with one more RDN, as "relative to the CRL issuer" means it. 0 if it is none. */
static guint64
identify_relative (TrustSpan issuer, TrustSpan relative)
{
  g_autoptr (GByteArray) inside = g_byte_array_new ();
  g_autoptr (GByteArray) name = g_byte_array_new ();
  TrustDer sequence;

  if (!trust_der_expect (&issuer, TAG_SEQUENCE, &sequence))
    return 0;
  g_byte_array_append (inside, sequence.content.data, (guint) sequence.content.size);
  /* SET OF AttributeTypeAndValue, implicitly tagged. */
  trust_der_append (inside, TAG_SET, relative.data, relative.size);
  trust_der_append (name, TAG_SEQUENCE, inside->data, inside->len);
  return trust_name_id ((TrustSpan) { name->data, name->len });
}

/* Do two lists of names share one? Directory names in canonical form, others as bytes. */
static gboolean
share_name (Status *status, TrustSpan a, TrustSpan b)
{
  TrustDer x, y;

  while (trust_der_next (&a, &x) && take_comparison (status, &x))
    {
      gboolean is_directory = x.tag == TAG_DIRECTORY_NAME;
      guint64 id = is_directory ? trust_name_id (x.content) : 0;

      for (TrustSpan rest = b; trust_der_next (&rest, &y) && take_comparison (status, &y);)
        if (is_directory ? id != 0 && y.tag == x.tag && trust_name_id (y.content) == id : trust_span_equal (x.whole, y.whole))
          return TRUE;
      if (status->is_spent)
        return FALSE;
    }
  return FALSE;
}

/* 6.3.3 (b) (2) (i): the list's point is one of the certificate's. */
static gboolean
is_same_point (Status *status, const TrustCrl *crl, const Point *point, TrustSpan issuer)
{
  TrustSpan relative_to = issuer;
  guint64 crl_id = crl->point_relative.size > 0 ? identify_relative (crl->issuer, crl->point_relative) : 0, id = 0;
  TrustDer name;

  if (!point->is_named)
    return crl_id != 0 ? holds_name (status, point->crl_issuer, crl_id) : share_name (status, crl->point_names, point->crl_issuer);
  if (point->relative.size > 0)
    {
      TrustSpan issuers = point->crl_issuer;

      if (trust_der_next (&issuers, &name) && name.tag == TAG_DIRECTORY_NAME)
        relative_to = name.content;
      id = identify_relative (relative_to, point->relative);
      return id != 0 && (crl_id != 0 ? id == crl_id : holds_name (status, crl->point_names, id));
    }
  return crl_id != 0 ? holds_name (status, point->names, crl_id) : share_name (status, crl->point_names, point->names);
}

/* 6.3.3 (b): is CRL about this certificate at POINT? */
static gboolean
is_in_scope (Status *status, const TrustCrl *crl, const Point *point)
{
  const TrustPathLink *link = &status->links[status->index];

  if (point->crl_issuer.size > 0)
    {
      if (!holds_name (status, point->crl_issuer, crl->issuer_id) || !crl->is_indirect)
        return FALSE;
    }
  else if (crl->issuer_id != trust_certificate_get_issuer_id (link->certificate))
    return FALSE;
  if (crl->has_point && !is_same_point (status, crl, point, trust_certificate_get_issuer_der (link->certificate)))
    return FALSE;
  if (crl->only_attributes || (crl->only_users && link->extensions->is_ca) || (crl->only_cas && !link->extensions->is_ca))
    return FALSE;
  return TRUE;
}

static gboolean
is_fresh (const Status *status, const TrustCrl *crl)
{
  gint64 now = status->question->time;

  return crl->this_update <= now && (crl->next_update == 0 || now <= crl->next_update);
}

static gboolean
check_signature (Status *status, const TrustCrl *crl, const TrustCertificate *signer)
{
  /* A list that stays is megabytes to be hashed each time. */
  TrustLinkCache *links = crl->has_digest ? status->question->links : NULL;
  const TrustFingerprint *key = trust_certificate_get_key_fingerprint (signer);

  if (links != NULL && trust_link_cache_contains (links, &crl->digest, key))
    return TRUE;
  if (status->budget->signatures == 0)
    {
      status->is_spent = TRUE;
      return FALSE;
    }
  status->budget->signatures--;
  if (trust_signature_check (trust_certificate_get_key_info_der (signer), &crl->kind, crl->tbs, crl->signature) != TRUST_SIGNATURE_GOOD)
    return FALSE;
  if (links != NULL)
    trust_link_cache_add (links, &crl->digest, key);
  return TRUE;
}

/* Who signed a list, as the search for a path to him is asked. */
typedef struct
{
  const TrustPathQuestion *question; /* (borrowed) of the path above */
  const TrustCertificate *anchor;    /* (borrowed) of the same */
} Signer;

/* What the question allows of a certificate it allows of a list's signer; what its anchor is limited to is held against the path above. Where that
 * one's anchor is not the first that is found, the search goes on. */
static gboolean
allow_signer (gpointer user_data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  const Signer *signer = user_data;

  if (anchor == NULL)
    return signer->question->allow == NULL || signer->question->allow (signer->question->allow_data, links, n_links, NULL, fault);
  if (trust_fingerprint_equal (trust_anchor_get_fingerprint (anchor), trust_certificate_get_fingerprint (signer->anchor)))
    return TRUE;
  *fault = (TrustPathFault) { TRUST_REASON_UNKNOWN_ISSUER, (int) n_links - 1, "other-anchor", "RFC 5280 6.3.3 (f)", "it is not the path's anchor" };
  return FALSE;
}

/* Did the search end before all was tried? Then that it found nothing says nothing. */
static gboolean
is_budget_gone (const TrustPathSearch *search)
{
  return ((const TrustPathAttempt *) search->attempts->pdata[search->best])->fault.reason == TRUST_REASON_BUDGET_EXHAUSTED;
}

/* 6.3.3 (f): a path of its own for who signed a list, to the same anchor. */
static gboolean
has_path (Status *status, TrustCertificate *signer)
{
  const TrustPathRevocation *above = status->question->revocation;
  TrustPathRevocation revocation = *above;
  TrustPathQuestion question = *status->question;
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_auto (TrustPathSearch) search = { 0 };
  Signer asked = { status->question, status->links[status->n_links - 1].certificate };
  guint depth = 0;

  for (const TrustPathRevocation *r = above; r != NULL; r = r->above, depth++)
    if (r->signer != NULL && trust_fingerprint_equal (trust_certificate_get_fingerprint (r->signer), trust_certificate_get_fingerprint (signer)))
      return TRUE; /* the list that this signer's own path asks for: its signature is what is left to check */
  if (depth >= DEPTH_MAX)
    return FALSE;
  revocation.above = above;
  revocation.signer = signer;
  question.revocation = &revocation;
  question.budget = status->budget;
  question.purpose = (TrustSpan) { NULL, 0 };
  question.usage = 0;
  question.n_names = 0;
  question.max_depth = TRUST_NO_NUMBER;
  question.policies = (TrustPolicyInput) { NULL, 0, FALSE, FALSE, FALSE };
  question.allow = allow_signer;
  question.allow_data = &asked;
  g_ptr_array_add (chain, signer);
  for (guint i = 0; i < above->chain->len; i++)
    if (above->chain->pdata[i] != signer)
      g_ptr_array_add (chain, above->chain->pdata[i]);
  revocation.chain = chain;
  trust_path_search (&question, above->set, chain, &search);
  status->is_spent |= !search.found && is_budget_gone (&search);
  return search.found;
}

static gboolean
may_sign_lists (const TrustCertificate *certificate)
{
  TrustExtensions extensions;

  return trust_extensions_read (trust_certificate_get_der (certificate), &extensions) && (extensions.usage & TRUST_USAGE_CRL_SIGN) != 0;
}

/* Is CRL signed by who may? Certificates of the path above first: their own path stands already. */
static gboolean
is_signed (Status *status, const TrustCrl *crl)
{
  GPtrArray *chain = status->question->revocation->chain;
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();

  for (guint i = status->index + 1; i < status->n_links; i++)
    {
      const TrustCertificate *above = status->links[i].certificate;

      if (trust_certificate_get_subject_id (above) == crl->issuer_id && may_sign_lists (above) && check_signature (status, crl, above))
        return TRUE;
    }
  for (guint i = 0; i < chain->len; i++)
    if (trust_certificate_get_subject_id (chain->pdata[i]) == crl->issuer_id && may_sign_lists (chain->pdata[i])
        && check_signature (status, crl, chain->pdata[i]) && has_path (status, chain->pdata[i]))
      return TRUE;
  trust_anchor_set_find_subject (status->question->revocation->set, crl->issuer_id, anchors);
  for (guint i = 0; i < anchors->len; i++)
    {
      TrustCertificate *anchor = trust_anchor_get_certificate (anchors->pdata[i]);

      if (trust_fingerprint_equal (trust_certificate_get_fingerprint (anchor),
                                   trust_certificate_get_fingerprint (status->links[status->n_links - 1].certificate))
          && may_sign_lists (anchor) && check_signature (status, crl, anchor))
        return TRUE;
    }
  return FALSE;
}

/* May CRL be used at all? It is for this certificate. */
static gboolean
is_usable (Status *status, const TrustCrl *crl)
{
  if (crl->fault != NULL)
    status->unusable = crl->fault;
  return crl->fault == NULL && is_fresh (status, crl) && is_signed (status, crl);
}

/* 6.3.3 (c): the newest delta to BASE that counts. */
static const TrustCrl *
find_delta (Status *status, const TrustCrl *base)
{
  GPtrArray *crls = status->question->revocation->crls;
  const TrustCrl *found = NULL;

  for (guint i = 0; i < crls->len; i++)
    {
      const TrustCrl *crl = crls->pdata[i];

      if (crl->base_number.size == 0 || crl->issuer_id != base->issuer_id || !trust_span_equal (crl->scope, base->scope)
          || !trust_span_equal (crl->authority_key_id, base->authority_key_id) || base->number.size == 0 || crl->number.size == 0)
        continue;
      if (trust_crl_compare_numbers (base->number, crl->base_number) < 0 || trust_crl_compare_numbers (crl->number, base->number) <= 0)
        continue;
      if ((found == NULL || trust_crl_compare_numbers (crl->number, found->number) > 0) && is_usable (status, crl))
        found = crl;
    }
  return found;
}

/* 6.3.3 (i) to (k). */
static void
look_up (Status *status, const TrustCrl *base, const TrustCrl *delta)
{
  const TrustCertificate *certificate = status->links[status->index].certificate;
  guint64 issuer_id = trust_certificate_get_issuer_id (certificate);
  TrustSpan serial = trust_certificate_get_serial (certificate);
  const TrustCrlEntry *entry = delta != NULL ? trust_crl_find (delta, issuer_id, serial) : NULL;

  if (entry == NULL)
    entry = trust_crl_find (base, issuer_id, serial);
  if (entry != NULL && entry->reason != TRUST_REVOCATION_REMOVED)
    status->is_revoked = TRUE;
}

static gint
compare_age (gconstpointer a, gconstpointer b)
{
  const TrustCrl *x = *(TrustCrl *const *) a, *y = *(TrustCrl *const *) b;

  return x->this_update != y->this_update ? (x->this_update > y->this_update ? -1 : 1) : trust_crl_compare_numbers (y->number, x->number);
}

/* Of CRLS those that may be about certificates of this issuer. The latest comes first: whoever still has an older one must not bring back what was
 * revoked since. Returns: (transfer full). */
static GPtrArray *
pick_by_age (GPtrArray *crls, guint64 issuer_id)
{
  GPtrArray *picked = g_ptr_array_new ();

  for (guint i = 0; i < crls->len; i++)
    {
      const TrustCrl *crl = crls->pdata[i];

      if (crl->issuer_id == issuer_id || crl->is_indirect)
        g_ptr_array_add (picked, crls->pdata[i]);
    }
  g_ptr_array_sort (picked, compare_age);
  return picked;
}

static void
ask_point (Status *status, const Point *point)
{
  GPtrArray *crls = status->crls;

  for (guint i = 0; i < crls->len && !status->is_revoked && status->reasons != TRUST_REVOCATION_ALL_REASONS; i++)
    {
      const TrustCrl *crl = crls->pdata[i];
      guint reasons = crl->reasons & point->reasons & TRUST_REVOCATION_ALL_REASONS;

      if (crl->base_number.size > 0 || !is_in_scope (status, crl, point) || (reasons & ~status->reasons) == 0 || !is_usable (status, crl))
        continue;
      look_up (status, crl, find_delta (status, crl));
      status->reasons |= reasons;
    }
}

static void
ask_all_points (Status *status)
{
  const TrustPathLink *link = &status->links[status->index];
  TrustSpan value = link->extensions->values[TRUST_EXTENSION_CRL_POINTS];
  TrustSpan issuer = trust_certificate_get_issuer_der (link->certificate);
  g_autoptr (GByteArray) implied = g_byte_array_new ();
  TrustDer list;
  Point point;

  if (trust_der_expect (&value, TAG_SEQUENCE, &list))
    for (guint i = 0; i < POINTS_MAX && next_point (&list.content, &point); i++)
      ask_point (status, &point);
  if (status->is_revoked || status->reasons == TRUST_REVOCATION_ALL_REASONS)
    return;
  /* The issuer itself as a point (6.3.3, last paragraph). */
  trust_der_append (implied, TAG_DIRECTORY_NAME, issuer.data, issuer.size);
  point = (Point) { .is_named = TRUE, .names = { implied->data, implied->len }, .reasons = TRUST_REVOCATION_ALL_REASONS };
  ask_point (status, &point);
}

void
trust_path_ask_crls (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, guint index, TrustPathBudget *budget,
                     TrustPathStatus *out)
{
  Status status = { .question = question, .links = links, .n_links = n_links, .index = index, .budget = budget };
  g_autoptr (GPtrArray) picked = NULL;

  *out = (TrustPathStatus) { .is_revoked = FALSE };
  if (question->revocation->crls == NULL)
    return;
  status.crls = picked = pick_by_age (question->revocation->crls, trust_certificate_get_issuer_id (links[index].certificate));
  ask_all_points (&status);
  out->is_revoked = status.is_revoked;
  out->is_known = status.reasons == TRUST_REVOCATION_ALL_REASONS;
  out->unusable = status.unusable;
  out->is_spent = status.is_spent;
}
