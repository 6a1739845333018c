/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path-builder.h"

#include <string.h>

/* Certificates on one path. */
#define DEPTH_MAX 32u
/* Certificates put on paths, all in all. */
#define STEPS_MAX 2048u
/* Issuers looked at for one certificate. */
#define CANDIDATES_MAX 1024u

/* One certificate of the chain, read once. */
typedef struct
{
  TrustExtensions extensions;
  TrustPathLink link;
  gboolean is_readable;
} Given;

/* A possible issuer. */
typedef struct
{
  const Given *given;  /* (nullable) */
  TrustAnchor *anchor; /* (nullable) */
  guint distance;      /* 0: the key that is asked for; 1: not said; 2: another key */
  guint order;
} Candidate;

typedef struct
{
  const TrustPathQuestion *question;
  const TrustAnchorSet *set;
  TrustPathSearch *out;
  Given *given; /* (owned) */
  guint n_given;
  GHashTable *known; /* (owned) (nullable) TrustFingerprint* (borrowed) -> Given* (owned): of the question's, those that were looked at */
  TrustPathLink links[DEPTH_MAX];
  guint n_links;
  guint steps;
  guint best_rank;
  const TrustPathFault *leaf_fault; /* (nullable) no path will stand: the likeliest is looked for only to be told of */
  gboolean is_over;                 /* it was found */
} Builder;

static void
attempt_free (gpointer data)
{
  TrustPathAttempt *attempt = data;

  g_ptr_array_unref (attempt->certificates);
  g_free (attempt);
}

void
trust_path_search_clear (TrustPathSearch *search)
{
  g_clear_pointer (&search->path, g_ptr_array_unref);
  g_clear_pointer (&search->attempts, g_ptr_array_unref);
}

static gboolean
read_link (TrustCertificate *certificate, int index, TrustExtensions *extensions, TrustPathLink *out)
{
  if (!trust_extensions_read (trust_certificate_get_der (certificate), extensions))
    return FALSE;
  *out = (TrustPathLink) { .certificate = certificate, .extensions = extensions, .index = index };
  trust_signature_identify (extensions->outer_algorithm, &out->signature);
  return TRUE;
}

static GPtrArray *
copy_certificates (const Builder *builder)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  for (guint i = 0; i < builder->n_links; i++)
    g_ptr_array_add (copy, trust_certificate_ref (builder->links[i].certificate));
  return copy;
}

/* How much a fault tells of several: a path that reached an anchor says more than a dead end, and a fault of the leaf's more than a wrong key. */
static guint
rank_of (const TrustPathFault *fault, gboolean has_anchor)
{
  switch (fault->reason)
    {
    case TRUST_REASON_UNKNOWN_ISSUER:
      return 1;
    case TRUST_REASON_SIGNATURE:
      return has_anchor ? 3 : 2;
    case TRUST_REASON_PURPOSE:
      return 4;
    case TRUST_REASON_DISTRUSTED:
      return 8;
    case TRUST_REASON_BUDGET_EXHAUSTED:
      return 9;
    case TRUST_REASON_ENDED:
    case TRUST_REASON_DISTRUSTED_AFTER:
      return 7;
    default:
      return has_anchor ? 6 : 5;
    }
}

static void
take_fault (Builder *builder, const TrustPathFault *fault, gboolean has_anchor)
{
  guint rank = rank_of (fault, has_anchor);
  TrustPathAttempt *attempt = NULL;

  if (builder->out->attempts->len >= TRUST_PATH_ATTEMPTS_KEPT)
    {
      if (rank <= builder->best_rank)
        return;
      g_ptr_array_remove_index (builder->out->attempts, builder->out->attempts->len - 1);
    }
  attempt = g_new0 (TrustPathAttempt, 1);
  attempt->certificates = copy_certificates (builder);
  attempt->has_anchor = has_anchor;
  attempt->fault = *fault;
  g_ptr_array_add (builder->out->attempts, attempt);
  if (rank > builder->best_rank)
    {
      builder->best_rank = rank;
      builder->out->best = builder->out->attempts->len - 1;
    }
}

static gboolean
is_spent (const Builder *builder)
{
  return builder->out->budget.signatures == 0 || builder->out->budget.comparisons == 0 || builder->steps >= STEPS_MAX;
}

/* What the caller says of the path as it stands. */
static gboolean
is_allowed (const Builder *builder, TrustAnchor *anchor, TrustPathFault *fault)
{
  const TrustPathQuestion *question = builder->question;

  return question->allow == NULL || question->allow (question->allow_data, builder->links, builder->n_links, anchor, fault);
}

/* The path has reached ANCHOR, its last link. */
static gboolean
finish (Builder *builder, TrustAnchor *anchor)
{
  TrustPathFault fault = { .link = -1 };

  if (builder->leaf_fault != NULL && builder->n_links > 1)
    {
      take_fault (builder, builder->leaf_fault, TRUE);
      builder->is_over = TRUE;
      return FALSE;
    }
  if (trust_path_take_work (builder->links, builder->n_links, &builder->out->budget, &fault) && is_allowed (builder, anchor, &fault)
      && trust_path_validate (builder->question, builder->links, builder->n_links, &builder->out->budget, &fault))
    {
      builder->out->found = TRUE;
      builder->out->anchor = anchor;
      g_ptr_array_unref (builder->out->path);
      builder->out->path = copy_certificates (builder);
      return TRUE;
    }
  take_fault (builder, &fault, TRUE);
  return FALSE;
}

/* A name and key that the path has already lead nowhere new (RFC 4158 2.4.2). */
static gboolean
is_on_path (const Builder *builder, const TrustCertificate *certificate)
{
  for (guint i = 0; i < builder->n_links; i++)
    {
      const TrustCertificate *there = builder->links[i].certificate;

      if (trust_certificate_get_subject_id (there) == trust_certificate_get_subject_id (certificate)
          && trust_fingerprint_equal (trust_certificate_get_key_fingerprint (there), trust_certificate_get_key_fingerprint (certificate)))
        return TRUE;
    }
  return FALSE;
}

/* (nullable) */
static const Given *
find_given (const Builder *builder, const TrustCertificate *certificate)
{
  for (guint i = 0; i < builder->n_given; i++)
    if (trust_fingerprint_equal (trust_certificate_get_fingerprint (builder->given[i].link.certificate),
                                 trust_certificate_get_fingerprint (certificate)))
      return &builder->given[i];
  return NULL;
}

/* RFC 4158 3.5.12. */
static guint
measure (const TrustExtensions *subject, const TrustExtensions *issuer)
{
  if (subject->authority_key_id.size == 0 || issuer->subject_key_id.size == 0)
    return 1;
  return trust_span_equal (subject->authority_key_id, issuer->subject_key_id) ? 0 : 2;
}

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* Appends ANCHORS that have the wanted distance. */
static void
add_anchors (const Builder *builder, const TrustPathLink *top, const GPtrArray *anchors, gboolean has_key, GArray *candidates)
{
  gboolean asks = top->extensions->authority_key_id.size > 0;

  for (guint i = 0; i < anchors->len && candidates->len < CANDIDATES_MAX; i++)
    {
      TrustAnchor *anchor = anchors->pdata[i];
      Candidate candidate = { .anchor = anchor, .order = candidates->len, .distance = 1 };
      TrustExtensions extensions;

      if (asks && trust_extensions_read (trust_certificate_get_der (trust_anchor_get_certificate (anchor)), &extensions))
        candidate.distance = measure (top->extensions, &extensions);
      if ((candidate.distance == 0) == has_key)
        g_array_append_val (candidates, candidate);
    }
}

/* The same of what was given. */
static void
add_given (const Builder *builder, const TrustPathLink *top, gboolean has_key, GArray *candidates)
{
  guint64 issuer_id = trust_certificate_get_issuer_id (top->certificate);

  for (guint i = 1; i < builder->n_given && candidates->len < CANDIDATES_MAX; i++)
    {
      const Given *given = &builder->given[i];
      Candidate candidate = { .given = given, .order = candidates->len };

      if (!given->is_readable || trust_certificate_get_subject_id (given->link.certificate) != issuer_id)
        continue;
      candidate.distance = measure (top->extensions, &given->extensions);
      /* An anchor is reached as such. */
      if ((candidate.distance == 0) == has_key
          && trust_anchor_set_lookup (builder->set, trust_certificate_get_fingerprint (given->link.certificate)) == NULL)
        g_array_append_val (candidates, candidate);
    }
}

/* What was read of a certificate that the machine knows; NULL if it was given, is an anchor, or can't be read. */
static const Given *
get_known (Builder *builder, TrustCertificate *certificate)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
  Given *known = NULL;

  if (trust_anchor_set_lookup (builder->set, fingerprint) != NULL || find_given (builder, certificate) != NULL)
    return NULL;
  if (builder->known == NULL)
    builder->known = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, g_free);
  known = g_hash_table_lookup (builder->known, fingerprint);
  if (known == NULL)
    {
      known = g_new0 (Given, 1);
      known->is_readable = read_link (certificate, -1, &known->extensions, &known->link);
      g_hash_table_insert (builder->known, (gpointer) fingerprint, known);
    }
  return known->is_readable ? known : NULL;
}

/* The same of what the machine knows. */
static void
add_known (Builder *builder, const TrustPathLink *top, gboolean has_key, GArray *candidates)
{
  guint64 issuer_id = trust_certificate_get_issuer_id (top->certificate);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (has_key)
    trust_anchor_set_find_subject_key (builder->question->known, issuer_id, top->extensions->authority_key_id, found);
  else
    trust_anchor_set_find_subject (builder->question->known, issuer_id, found);
  for (guint i = 0; i < found->len && candidates->len < CANDIDATES_MAX; i++)
    {
      Candidate candidate = { .given = get_known (builder, trust_anchor_get_certificate (found->pdata[i])), .order = candidates->len };

      if (candidate.given == NULL)
        continue;
      candidate.distance = measure (top->extensions, &candidate.given->extensions);
      if ((candidate.distance == 0) == has_key)
        g_array_append_val (candidates, candidate);
    }
}

/* Who may have issued the last link: anchors before what was given, and those first that have the key it names (HAS_KEY), which are looked up;
 * the others only if none of these led anywhere. */
static GArray *
find_issuers (Builder *builder, gboolean has_key)
{
  const TrustPathLink *top = &builder->links[builder->n_links - 1];
  guint64 issuer_id = trust_certificate_get_issuer_id (top->certificate);
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();

  if (has_key && top->extensions->authority_key_id.size == 0)
    return candidates;
  if (has_key)
    trust_anchor_set_find_subject_key (builder->set, issuer_id, top->extensions->authority_key_id, anchors);
  else
    trust_anchor_set_find_subject (builder->set, issuer_id, anchors);
  add_anchors (builder, top, anchors, has_key, candidates);
  add_given (builder, top, has_key, candidates);
  if (builder->question->known != NULL)
    add_known (builder, top, has_key, candidates);
  g_array_sort (candidates, compare_candidates);
  return candidates;
}

static gboolean walk (Builder *builder);
static gboolean try_given (Builder *builder, const Given *given);

/* CERTIFICATE, the next on the path, is one that the store takes and the verifier can't read. */
static gboolean
tell_unreadable (Builder *builder, TrustCertificate *certificate)
{
  TrustPathFault fault = { TRUST_REASON_INVALID, (int) builder->n_links, "form", "RFC 5280 4.1", "it can't be read" };

  builder->links[builder->n_links++] = (TrustPathLink) { .certificate = certificate, .index = -1 };
  take_fault (builder, &fault, TRUE);
  builder->n_links--;
  return FALSE;
}

/* An anchor that was given is an intermediate as well: where its own trust is not enough, another's above it may be. */
static gboolean
try_anchor (Builder *builder, TrustAnchor *anchor)
{
  TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  const Given *given = find_given (builder, certificate);
  TrustExtensions extensions;
  gboolean done;

  if (!read_link (certificate, given != NULL ? given->link.index : -1, &extensions, &builder->links[builder->n_links]))
    return tell_unreadable (builder, certificate);
  builder->steps++;
  builder->n_links++;
  done = finish (builder, anchor);
  builder->n_links--;
  return done
         || (given != NULL && !builder->is_over && !trust_certificate_is_self_issued (certificate) && !is_spent (builder)
             && try_given (builder, given));
}

static gboolean
try_given (Builder *builder, const Given *given)
{
  TrustPathFault fault = { .link = -1 };
  gboolean done = FALSE;

  builder->links[builder->n_links++] = given->link;
  if (builder->leaf_fault != NULL)
    done = walk (builder);
  else if (!trust_path_check_link (builder->question, &given->link, TRUST_ROLE_CA, &fault))
    {
      fault.link = (int) builder->n_links - 1;
      take_fault (builder, &fault, FALSE);
    }
  else if (!is_allowed (builder, NULL, &fault))
    take_fault (builder, &fault, FALSE);
  else
    done = walk (builder);
  builder->n_links--;
  return done;
}

static gboolean
tell_dead_end (Builder *builder, TrustReason reason, const char *rule, const char *says)
{
  TrustPathFault fault = { reason, (int) builder->n_links - 1, rule, "RFC 5280 6.1", says };

  if (reason == TRUST_REASON_BUDGET_EXHAUSTED)
    fault.link = -1;
  take_fault (builder, &fault, FALSE);
  return FALSE;
}

/* Tries the issuers that find_issuers() gives. *TRIED: there was one that the path does not have already. */
static gboolean
walk_issuers (Builder *builder, gboolean has_key, gboolean *tried)
{
  g_autoptr (GArray) candidates = find_issuers (builder, has_key);

  for (guint i = 0; i < candidates->len && !is_spent (builder) && !builder->is_over; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);
      const TrustCertificate *certificate = candidate->anchor != NULL ? trust_anchor_get_certificate (candidate->anchor)
                                                                      : candidate->given->link.certificate;

      if (is_on_path (builder, certificate))
        continue;
      *tried = TRUE;
      if (candidate->anchor != NULL ? try_anchor (builder, candidate->anchor) : try_given (builder, candidate->given))
        return TRUE;
    }
  return FALSE;
}

/* Goes on from the last link. */
static gboolean
walk (Builder *builder)
{
  gboolean tried = FALSE;

  if (builder->steps++ >= STEPS_MAX || is_spent (builder))
    return tell_dead_end (builder, TRUST_REASON_BUDGET_EXHAUSTED, "budget", "too many paths would have to be tried");
  if (builder->n_links + 1 >= DEPTH_MAX)
    return tell_dead_end (builder, TRUST_REASON_INVALID, "depth", "the path is longer than any that is made");
  if (walk_issuers (builder, TRUE, &tried) || walk_issuers (builder, FALSE, &tried))
    return TRUE;
  if (!tried)
    return tell_dead_end (builder, TRUST_REASON_UNKNOWN_ISSUER, "unknown-issuer", "its issuer was not given and is no anchor");
  if (is_spent (builder) && !builder->is_over)
    return tell_dead_end (builder, TRUST_REASON_BUDGET_EXHAUSTED, "budget", "too many paths would have to be tried");
  return FALSE;
}

static void
start (Builder *builder)
{
  const Given *leaf = &builder->given[0];
  TrustAnchor *anchor = NULL;
  TrustPathFault fault = { TRUST_REASON_INVALID, 0, "form", "RFC 5280 4.1", "it can't be read" };

  builder->links[builder->n_links++] = leaf->link;
  if (!leaf->is_readable)
    {
      take_fault (builder, &fault, FALSE);
      return;
    }
  if (!is_allowed (builder, NULL, &fault))
    {
      take_fault (builder, &fault, FALSE);
      return;
    }
  anchor = trust_anchor_set_lookup (builder->set, trust_certificate_get_fingerprint (leaf->link.certificate));
  if (anchor != NULL && finish (builder, anchor))
    return;
  if (!trust_path_check_link (builder->question, &leaf->link, TRUST_ROLE_LEAF, &fault))
    builder->leaf_fault = &fault;
  walk (builder);
  if (builder->leaf_fault != NULL && !builder->is_over)
    take_fault (builder, &fault, FALSE);
  builder->leaf_fault = NULL;
}

void
trust_path_search (const TrustPathQuestion *question, const TrustAnchorSet *set, GPtrArray *chain, TrustPathSearch *out)
{
  Builder builder = { .question = question, .set = set, .out = out, .n_given = chain->len };

  *out = (TrustPathSearch) { .budget = { TRUST_PATH_SIGNATURES, TRUST_PATH_COMPARISONS } };
  if (question->budget != NULL)
    out->budget = *question->budget;
  out->path = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  out->attempts = g_ptr_array_new_with_free_func (attempt_free);
  builder.given = g_new0 (Given, chain->len);
  for (guint i = 0; i < chain->len; i++)
    {
      Given *given = &builder.given[i];

      given->is_readable = read_link (chain->pdata[i], (int) i, &given->extensions, &given->link);
      given->link.certificate = chain->pdata[i];
    }
  start (&builder);
  if (question->budget != NULL)
    *question->budget = out->budget;
  g_free (builder.given);
  g_clear_pointer (&builder.known, g_hash_table_unref);
}
