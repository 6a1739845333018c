/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier-limits.h"

#include "core/certificate-names.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* One path, and what it is held against. */
typedef struct
{
  const TrustPath *path;
  const TrustAnchor *anchor;
  const TrustConstraints *constraints;
  guint *comparisons;
} Check;

/* The anchor as messages and commands call it. */
static char *
show_anchor (const TrustAnchor *anchor)
{
  return trust_verdict_show_title (trust_anchor_get_certificate (anchor));
}

/* The beginning of the command that changes the anchor's limits: a store's own entry is put in anew. */
static char *
show_command (const TrustAnchor *anchor, const TrustQuestion *question)
{
  char hex[TRUST_FINGERPRINT_HEX];

  if (g_str_has_prefix (trust_origin_get_path (trust_anchor_get_origin (anchor)), TRUST_STORES_FOLDER "/"))
    return g_strdup_printf ("anchorctl store add %s FILE --replace", question->store);
  trust_fingerprint_to_hex (trust_anchor_get_fingerprint (anchor), hex);
  return g_strdup_printf ("anchorctl set %.16s", hex);
}

static char *
describe_end (const TrustAnchor *anchor)
{
  g_autofree char *title = show_anchor (anchor), *end = trust_verdict_show_time (trust_settings_get_until (trust_anchor_get_settings (anchor)));

  return g_strdup_printf ("the trust in the anchor \"%s\" ended %s", title, end);
}

static char *
advise_on_end (const TrustAnchor *anchor, const TrustQuestion *question)
{
  g_autofree char *command = show_command (anchor, question);

  return g_strdup_printf ("get a certificate from another CA; if the trust shall go on: %s --until DATE", command);
}

static TrustVerdict *
tell_ended (const TrustPath *path, const TrustAnchor *anchor, const TrustQuestion *question)
{
  return trust_verdict_tell (path, TRUST_REASON_ENDED, (int) path->n_links - 1, describe_end (anchor), advise_on_end (anchor, question));
}

static TrustVerdict *
tell_distrusted_after (const Check *check, const TrustQuestion *question, gint64 limit)
{
  const TrustCertificate *leaf = check->path->links[0].certificate;
  g_autofree char *title = trust_verdict_show_title (leaf), *anchor = show_anchor (check->anchor);
  g_autofree char *begins = trust_verdict_show_time (trust_certificate_get_not_before (leaf)), *last = trust_verdict_show_time (limit);
  g_autofree char *command = show_command (check->anchor, question);

  return trust_verdict_tell (check->path, TRUST_REASON_DISTRUSTED_AFTER, 0,
                             g_strdup_printf ("\"%s\" was issued %s, and the anchor \"%s\" is trusted for %s only for certificates issued until %s",
                                              title, begins, anchor, question->purpose, last),
                             g_strdup_printf ("get a certificate from another CA; to allow newer ones: %s --distrust-after %s=DATE", command,
                                              question->purpose));
}

static TrustVerdict *
tell_name (const Check *check, guint link, const TrustCertificateName *name)
{
  g_autofree char *title = trust_verdict_show_title (check->path->links[link].certificate), *anchor = show_anchor (check->anchor);
  g_autofree char *shown = trust_verdict_show_name (name->kind, name->value);
  g_autofree char *where = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (check->anchor)), 0);
  const char *kind = trust_name_kind_get_name (name->kind);
  char *what = name->kind != TRUST_NAME_DIRECTORY
                   ? g_strdup_printf ("the %s name \"%s\" of \"%s\"", kind, shown, title)
                   : g_strdup_printf (name->in_subject ? "the subject of \"%s\"" : "a directory name of \"%s\"", title);
  char *message = g_strdup_printf ("%s is not one that the anchor \"%s\" is trusted for on this machine", what, anchor);

  g_free (what);
  return trust_verdict_tell (check->path, TRUST_REASON_CONSTRAINT, (int) link, message,
                             g_strdup_printf ("get a certificate from another CA; what the anchor is limited to stands in %s", where));
}

static gboolean
is_exhausted (const Check *check)
{
  return *check->comparisons >= TRUST_LIMIT_NAME_COMPARISONS;
}

/* NULL: NAME, of the certificate at LINK, is within the constraints. */
static TrustVerdict *
check_name (const Check *check, guint link, const TrustCertificateName *name)
{
  gboolean permitted = !is_exhausted (check) && trust_constraints_permit (check->constraints, name->kind, name->value, check->comparisons);

  if (is_exhausted (check))
    return trust_verdict_tell_budget (check->path);
  return permitted ? NULL : tell_name (check, link, name);
}

typedef struct
{
  const Check *check;
  guint link;
  TrustVerdict *refusal; /* (nullable) */
} Visit;

static gboolean
visit_name (const TrustCertificateName *name, gpointer data)
{
  Visit *visit = data;

  visit->refusal = check_name (visit->check, visit->link, name);
  return visit->refusal == NULL;
}

/* All names of the certificate at LINK. One whose names can't be read may have any. */
static TrustVerdict *
check_certificate (const Check *check, guint link)
{
  Visit visit = { check, link, NULL };
  const TrustCertificate *certificate = check->path->links[link].certificate;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;

  if (trust_certificate_names_foreach (certificate, visit_name, &visit, &error) || visit.refusal != NULL)
    return visit.refusal;
  title = trust_verdict_show_title (certificate);
  return trust_verdict_tell (check->path, TRUST_REASON_CONSTRAINT, (int) link,
                             g_strdup_printf ("the anchor is limited to certain names, and those of \"%s\" can't be read", title),
                             g_strdup ("have it issued again, with a proper subjectAltName"));
}

/* A name that was asked for. */
static TrustVerdict *
check_asked (const Check *check, const TrustPeerName *asked)
{
  static const TrustNameKind kinds[] = { [TRUST_PEER_DNS] = TRUST_NAME_DNS, [TRUST_PEER_IP] = TRUST_NAME_IP, [TRUST_PEER_EMAIL] = TRUST_NAME_EMAIL };
  TrustCertificateName name = { kinds[asked->kind], { asked->address, asked->address_size }, FALSE };

  if (asked->kind != TRUST_PEER_IP)
    name.value = (TrustSpan) { (const guint8 *) asked->text, strlen (asked->text) };
  return check_name (check, 0, &name);
}

static TrustVerdict *
check_names (const Check *check, const TrustQuestion *question)
{
  const TrustPath *path = check->path;
  /* A leaf that is pinned has nothing below it, and its own names are all that the constraints can be about. */
  guint n_below = MAX (path->n_links - 1, 1);
  TrustVerdict *refusal = NULL;

  for (guint i = n_below; i > 0 && refusal == NULL; i--)
    /* RFC 5280 6.1.3 (b): a self-issued certificate that is not the last is skipped. */
    if (i == 1 || !trust_certificate_is_self_issued (path->links[i - 1].certificate))
      refusal = check_certificate (check, i - 1);
  for (guint i = 0; i < question->n_names && refusal == NULL; i++)
    refusal = check_asked (check, &question->names[i]);
  return refusal;
}

TrustVerdict *
trust_verifier_limits_check (const TrustPath *path, const TrustAnchor *anchor, const TrustQuestion *question, guint *comparisons)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  Check check = { path, anchor, trust_settings_get_constraints (settings), comparisons };
  gint64 limit = 0;

  if (trust_settings_get_until (settings) <= question->now)
    return tell_ended (path, anchor, question);
  if (trust_settings_get_distrust_after (settings, question->purpose, &limit)
      && trust_certificate_get_not_before (path->links[0].certificate) > limit)
    return tell_distrusted_after (&check, question, limit);
  return trust_constraints_is_empty (check.constraints) ? NULL : check_names (&check, question);
}

/* The anchor of STATE whose trust has ended, and which is CERTIFICATE or has the name that issued it. */
static const TrustAnchor *
find_ended (const TrustSnapshot *snapshot, const TrustSourceState *state, const TrustCertificate *certificate, gint64 now)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        {
          const TrustAnchor *anchor = file->anchors[n];
          const TrustCertificate *own = trust_anchor_get_certificate (anchor);

          if (trust_settings_get_until (trust_anchor_get_settings (anchor)) != TRUST_NEVER && trust_ended_has (snapshot->ended, anchor, now)
              && (trust_certificate_get_subject_id (own) == trust_certificate_get_issuer_id (certificate)
                  || trust_fingerprint_equal (trust_anchor_get_fingerprint (anchor), trust_certificate_get_fingerprint (certificate))))
            return anchor;
        }
    }
  return NULL;
}

void
trust_verifier_limits_explain (const TrustSnapshot *snapshot, const TrustQuestion *question, TrustVerdict *verdict)
{
  const TrustStore *store = trust_snapshot_find_store (snapshot, question->store);
  const TrustCertificate *end = verdict->path->len > 0 ? g_ptr_array_index (verdict->path, verdict->path->len - 1) : NULL;
  const TrustAnchor *ended = end != NULL && store != NULL ? find_ended (snapshot, store->state, end, question->now) : NULL;

  for (guint i = 0; end != NULL && ended == NULL && i < snapshot->states->len; i++)
    ended = find_ended (snapshot, snapshot->states->pdata[i], end, question->now);
  if (ended == NULL)
    return;
  verdict->reason = TRUST_REASON_ENDED;
  /* At fault is the anchor, where it was given. */
  if (!trust_fingerprint_equal (trust_anchor_get_fingerprint (ended), trust_certificate_get_fingerprint (end)))
    verdict->failing = -1;
  g_free (verdict->message);
  g_free (verdict->remedy);
  verdict->message = describe_end (ended);
  verdict->remedy = advise_on_end (ended, question);
}
