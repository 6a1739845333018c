/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier-words.h"

#include "core/name.h"
#include "core/text.h"
#include "core/verifier-name.h"

#include <string.h>

#define TITLE_CHARS 64
#define OID_COMMON_NAME "\x55\x04\x03"

char *
trust_verdict_show_title (const TrustCertificate *certificate)
{
  g_autofree char *title = trust_certificate_dup_title (certificate);

  return trust_text_printable (title, TITLE_CHARS);
}

/* The issuer as one would call it: its common name, else all of its name. */
static char *
show_issuer (const TrustCertificate *certificate)
{
  g_autofree char *name = trust_name_attribute (trust_certificate_get_issuer_der (certificate), OID_COMMON_NAME, 3);

  if (name == NULL || name[0] == '\0')
    {
      g_free (name);
      name = trust_certificate_dup_issuer (certificate);
    }
  return trust_text_printable (name, TITLE_CHARS);
}

char *
trust_verdict_show_time (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("a date out of range");
}

static const TrustLink *
get_last (const TrustPath *path)
{
  return &path->links[path->n_links - 1];
}

TrustVerdict *
trust_verdict_tell (const TrustPath *path, TrustReason reason, int failing, char *message, char *remedy)
{
  TrustVerdict *verdict = trust_verdict_new ();

  verdict->trusted = reason == TRUST_REASON_TRUSTED;
  verdict->reason = reason;
  verdict->failing = failing >= 0 ? path->links[failing].index : -1;
  verdict->has_anchor = path->has_anchor;
  for (guint i = 0; i < path->n_links; i++)
    g_ptr_array_add (verdict->path, trust_certificate_ref (path->links[i].certificate));
  verdict->message = message;
  verdict->remedy = remedy;
  return verdict;
}

TrustVerdict *
trust_verdict_tell_trusted (const TrustPath *path, const TrustQuestion *question)
{
  g_autofree char *leaf = trust_verdict_show_title (path->links[0].certificate);
  g_autofree char *anchor = trust_verdict_show_title (get_last (path)->certificate);
  char *message = path->n_links == 1
                  ? g_strdup_printf ("\"%s\" is itself an anchor for %s", leaf, question->purpose)
                  : g_strdup_printf ("\"%s\" chains to the anchor \"%s\" for %s", leaf, anchor, question->purpose);

  return trust_verdict_tell (path, TRUST_REASON_TRUSTED, -1, message, g_strdup (""));
}

/* Where a root would have to be, and the command that brings it there. */
static char *
show_place (const TrustQuestion *question)
{
  return g_str_equal (question->store, TRUST_STORE_SYSTEM) ? g_strdup ("on this machine") : g_strdup_printf ("in the store %s", question->store);
}

static char *
show_command (const TrustQuestion *question)
{
  return g_str_equal (question->store, TRUST_STORE_SYSTEM) ? g_strdup ("anchorctl add FILE")
         : g_strdup_printf ("anchorctl store add %s FILE", question->store);
}

TrustVerdict *
trust_verdict_tell_unknown_issuer (const TrustPath *path, const TrustQuestion *question)
{
  const TrustCertificate *end = get_last (path)->certificate;
  g_autofree char *title = trust_verdict_show_title (end), *issuer = show_issuer (end);
  g_autofree char *place = show_place (question), *command = show_command (question);
  char *message, *remedy;

  if (trust_certificate_is_self_issued (end) && path->n_links == 1)
    {
      message = g_strdup_printf ("\"%s\" is self-signed and no anchor %s", title, place);
      remedy = g_strdup_printf ("if it is yours: %s%s", command, trust_certificate_is_ca (end) ? "" : " --allow-non-ca");
    }
  else if (trust_certificate_is_self_issued (end))
    {
      message = g_strdup_printf ("the root \"%s\" is not %s", title, place);
      remedy = g_strdup_printf ("if it is your company's: %s, with the root's certificate", command);
    }
  else if (trust_certificate_is_ca (end))
    {
      message = g_strdup_printf ("the root \"%s\", which issued \"%s\", is not %s", issuer, title, place);
      remedy = g_strdup_printf ("if it is your company's: %s, with the certificate of \"%s\"; if it is an intermediate, the server must send it",
                                command, issuer);
    }
  else
    {
      message = g_strdup_printf ("the server left out the intermediate \"%s\", which issued \"%s\"; no anchor has that name",
                                 issuer, title);
      remedy = g_strdup_printf ("have the server send its whole chain; if \"%s\" is your company's root: %s, with its certificate", issuer, command);
    }
  return trust_verdict_tell (path, TRUST_REASON_UNKNOWN_ISSUER, (int) path->n_links - 1, message, remedy);
}

TrustVerdict *
trust_verdict_tell_distrusted (const TrustPath *path, const TrustDistrust *distrust, const TrustCertificate *refused)
{
  const TrustCertificate *named = refused != NULL ? refused : get_last (path)->certificate;
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  g_autofree char *title = trust_verdict_show_title (named);
  g_autofree char *where = trust_text_printable (trust_origin_get_path (trust_distrust_get_origin (distrust)), 0);
  g_autofree char *reason = trust_text_printable (trust_note_get_reason (trust_distrust_get_note (distrust)), 200);
  const char *what = "by issuer and serial number";

  if (fingerprint != NULL && trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (named)))
    what = "by its certificate";
  else if (key != NULL && trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (named)))
    what = "by its key";

  char *message = g_strdup_printf ("\"%s\" is distrusted on this machine, %s%s%s%s%s%s%s",
                                   title, what, where[0] != '\0' ? ", in " : "", where,
                                   reason[0] != '\0' ? " (" : "", reason, reason[0] != '\0' ? ")" : "",
                                   refused != NULL ? "; it issued this chain" : "");

  return trust_verdict_tell (path, TRUST_REASON_DISTRUSTED, refused != NULL ? -1 : (int) path->n_links - 1, message,
                             g_strdup ("get a certificate from another CA; to trust it all the same: "
                                       "anchorctl add FILE --override-distrust"));
}

TrustVerdict *
trust_verdict_tell_other_purpose (const TrustPath *path, const TrustAnchor *anchor, const TrustQuestion *question)
{
  g_autofree char *title = trust_verdict_show_title (trust_anchor_get_certificate (anchor));
  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (trust_anchor_get_settings (anchor)));
  g_autofree char *purposes = g_strjoinv (", ", names);
  g_autofree char *command = show_command (question);
  gboolean given = trust_fingerprint_equal (trust_certificate_get_fingerprint (get_last (path)->certificate),
                                            trust_anchor_get_fingerprint (anchor));

  return trust_verdict_tell (path, TRUST_REASON_PURPOSE, given ? (int) path->n_links - 1 : -1,
                             g_strdup_printf ("the anchor \"%s\" is trusted only for %s, not for %s", title,
                                              purposes[0] != '\0' ? purposes : "nothing", question->purpose),
                             g_strdup_printf ("if it should be: %s --purpose %s", command, question->purpose));
}

TrustVerdict *
trust_verdict_tell_narrowed (const TrustStore *store, const TrustQuestion *question)
{
  TrustPath path = { NULL, 0, FALSE };
  g_auto (GStrv) names = trust_purposes_dup_names (store->narrowed);
  g_autofree char *purposes = g_strjoinv (", ", names);

  return trust_verdict_tell (&path, TRUST_REASON_PURPOSE, -1,
                             g_strdup_printf ("the store %s is narrowed to %s: nothing in it is trusted for %s", store->name, purposes,
                                              question->purpose),
                             g_strdup_printf ("if something should be: anchorctl store narrow %s --purpose %s", store->name, question->purpose));
}

TrustVerdict *
trust_verdict_tell_name_mismatch (const TrustPath *path, const TrustQuestion *question)
{
  g_autofree char *shown = trust_text_printable (question->name, TITLE_CHARS);
  g_autofree char *names = trust_verifier_name_list (path->links[0].crt);
  g_autofree char *title = trust_verdict_show_title (path->links[0].certificate);
  char *message = names[0] != '\0' ? g_strdup_printf ("\"%s\" is not for \"%s\": it is for %s", title, shown, names)
                  : g_strdup_printf ("\"%s\" is not for \"%s\": it names no host (the common name does not count)", title, shown);

  return trust_verdict_tell (path, TRUST_REASON_NAME_MISMATCH, 0, message,
                             g_strdup ("connect by a name that it has, or have it issued with this name in its subjectAltName"));
}

static const struct
{
  guint bits;
  TrustReason reason;
} reasons[] = {
  { GNUTLS_CERT_SIGNATURE_FAILURE, TRUST_REASON_SIGNATURE },
  { GNUTLS_CERT_EXPIRED, TRUST_REASON_EXPIRED },
  { GNUTLS_CERT_NOT_ACTIVATED, TRUST_REASON_NOT_YET_VALID },
  { GNUTLS_CERT_INSECURE_ALGORITHM, TRUST_REASON_WEAK },
  { GNUTLS_CERT_PURPOSE_MISMATCH, TRUST_REASON_PURPOSE },
  { GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, TRUST_REASON_CONSTRAINT },
  { GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, TRUST_REASON_INVALID },
  { GNUTLS_CERT_SIGNER_NOT_FOUND, TRUST_REASON_UNKNOWN_ISSUER },
};

/* Nothing depends on an anchor's own signature. */
static gboolean
is_weak (const TrustCertificate *certificate, gboolean is_anchor)
{
  TrustKeyType type = trust_certificate_get_key_type (certificate);
  gboolean is_long = type == TRUST_KEY_RSA || type == TRUST_KEY_RSA_PSS || type == TRUST_KEY_DSA;

  if (trust_certificate_get_key_bits (certificate) < (is_long ? 2048 : type == TRUST_KEY_EC ? 224 : 0))
    return TRUE;
  return !is_anchor && (trust_certificate_has_md5_signature (certificate)
                        || strstr (trust_certificate_get_signature_algorithm (certificate), "SHA1") != NULL);
}

/* Is link I of PATH what REASON is about? */
static gboolean
is_at_fault (const TrustPath *path, guint i, TrustReason reason, const TrustQuestion *question)
{
  const TrustLink *link = &path->links[i];
  guint status = 0;

  switch (reason)
    {
    case TRUST_REASON_SIGNATURE:
      return i + 1 < path->n_links
             && (gnutls_x509_crt_verify (link->crt, &path->links[i + 1].crt, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status) < 0
                 || (status & GNUTLS_CERT_SIGNATURE_FAILURE) != 0);
    case TRUST_REASON_EXPIRED:
      return trust_certificate_get_not_after (link->certificate) < question->now;
    case TRUST_REASON_NOT_YET_VALID:
      return trust_certificate_get_not_before (link->certificate) > question->now;
    case TRUST_REASON_WEAK:
      return is_weak (link->certificate, path->has_anchor && i + 1 == path->n_links);
    case TRUST_REASON_PURPOSE:
      return gnutls_x509_crt_check_key_purpose (link->crt, question->oid, 0) == 0;
    case TRUST_REASON_CONSTRAINT:
      return i > 0 && (!trust_certificate_is_ca (link->certificate) || !trust_certificate_may_sign (link->certificate));
    case TRUST_REASON_UNKNOWN_ISSUER:
      return i + 2 == path->n_links;
    default:
      return FALSE;
    }
}

static char *
describe (const TrustPath *path, int failing, TrustReason reason, const TrustQuestion *question)
{
  const TrustCertificate *certificate = path->links[MAX (failing, 0)].certificate;
  g_autofree char *title = failing >= 0 ? trust_verdict_show_title (certificate) : g_strdup ("the chain");
  g_autofree char *expired = trust_verdict_show_time (trust_certificate_get_not_after (certificate));
  g_autofree char *begins = trust_verdict_show_time (trust_certificate_get_not_before (certificate));
  g_autofree char *key = trust_certificate_dup_key_description (certificate);

  switch (reason)
    {
    case TRUST_REASON_SIGNATURE:
      return g_strdup_printf ("the signature of \"%s\" is not its issuer's", title);
    case TRUST_REASON_EXPIRED:
      return g_strdup_printf ("\"%s\" expired %s", title, expired);
    case TRUST_REASON_NOT_YET_VALID:
      return g_strdup_printf ("\"%s\" is valid only from %s on", title, begins);
    case TRUST_REASON_WEAK:
      return g_strdup_printf ("\"%s\" is too weak: its key is %s, its signature %s", title, key,
                              trust_certificate_get_signature_algorithm (certificate));
    case TRUST_REASON_PURPOSE:
      return g_strdup_printf ("\"%s\" is not for %s: its extended key usage says otherwise",
                              title, question->purpose);
    case TRUST_REASON_CONSTRAINT:
      return failing >= 0 ? g_strdup_printf ("\"%s\" is not a CA that may issue certificates", title)
             : g_strdup ("a constraint of a CA (length of the path, names, key usage) does not allow this chain");
    case TRUST_REASON_UNKNOWN_ISSUER:
      return g_strdup_printf ("\"%s\" was issued by another key than that of the anchor with its issuer's name", title);
    default:
      return g_strdup ("a certificate of the chain is malformed, or has a critical extension that is not understood");
    }
}

static char *
advise (const TrustPath *path, int failing, TrustReason reason)
{
  gboolean is_anchor = path->has_anchor && failing >= 0 && (guint) failing + 1 == path->n_links;

  switch (reason)
    {
    case TRUST_REASON_SIGNATURE:
      return g_strdup ("get the chain again; if it stays so, someone changed it or a CA uses one name for two keys");
    case TRUST_REASON_EXPIRED:
      return g_strdup (is_anchor ? "add the anchor's successor with anchorctl add" : failing == 0 ? "renew it on the server"
                       : "have the server send a current one");
    case TRUST_REASON_NOT_YET_VALID:
      return g_strdup ("check the clock of this machine, or wait");
    case TRUST_REASON_WEAK:
      return g_strdup ("have it issued again, with RSA 2048 or P-256 at least and SHA-256");
    case TRUST_REASON_PURPOSE:
      return g_strdup ("use a certificate that was issued for this, or ask for another purpose with --purpose");
    case TRUST_REASON_UNKNOWN_ISSUER:
      return g_strdup ("if the CA changed its key: anchorctl add FILE, with its new certificate");
    default:
      return g_strdup ("ask whoever runs the CA for a proper chain");
    }
}

TrustVerdict *
trust_verdict_tell_status (const TrustPath *path, guint status, const TrustQuestion *question)
{
  TrustVerdict *verdict = NULL;

  for (guint r = 0; r < G_N_ELEMENTS (reasons); r++)
    {
      int failing = -1;

      if ((status & reasons[r].bits) == 0)
        continue;
      for (guint i = 0; i < path->n_links && failing < 0; i++)
        if (is_at_fault (path, i, reasons[r].reason, question))
          failing = (int) i;

      char *message = describe (path, failing, reasons[r].reason, question);

      if (verdict == NULL)
        verdict = trust_verdict_tell (path, reasons[r].reason, failing, message, advise (path, failing, reasons[r].reason));
      else
        g_ptr_array_add (verdict->findings, message);
    }
  if (verdict != NULL)
    return verdict;
  return trust_verdict_tell (path, TRUST_REASON_INVALID, -1, describe (path, -1, TRUST_REASON_INVALID, question),
                             advise (path, -1, TRUST_REASON_INVALID));
}

TrustVerdict *
trust_verdict_tell_budget (const TrustPath *path)
{
  return trust_verdict_tell (path, TRUST_REASON_BUDGET_EXHAUSTED, -1,
                             g_strdup ("the work that one call may cause was done before a path to an anchor was found"),
                             g_strdup ("give only the server's certificate and the intermediates that lead to its root"));
}
