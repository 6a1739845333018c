/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier-words.h"

#include "core/certificate-names.h"
#include "core/name.h"
#include "core/text.h"

#include <gio/gio.h>

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

static const TrustPathLink *
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
  char *message = path->n_links == 1 ? g_strdup_printf ("\"%s\" is itself an anchor for %s", leaf, question->purpose)
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
      message = g_strdup_printf ("the server left out the intermediate \"%s\", which issued \"%s\"; no anchor has that name", issuer, title);
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

  char *message = g_strdup_printf ("\"%s\" is distrusted on this machine, %s%s%s%s%s%s%s", title, what, where[0] != '\0' ? ", in " : "", where,
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

  return trust_verdict_tell (path, TRUST_REASON_PURPOSE, (int) path->n_links - 1,
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

/* Names that are shown of a certificate. */
#define NAMES_SHOWN 4u

typedef struct
{
  GString *text;
  guint n;
} NameList;

static gboolean
list_name (const TrustCertificateName *name, gpointer data)
{
  NameList *list = data;
  g_autofree char *shown = NULL;

  if (name->in_subject || (name->kind != TRUST_NAME_DNS && name->kind != TRUST_NAME_IP && name->kind != TRUST_NAME_EMAIL))
    return TRUE;
  if (list->n++ >= NAMES_SHOWN)
    return TRUE;
  shown = trust_verdict_show_name (name->kind, name->value);
  g_string_append_printf (list->text, "%s%s", list->text->len > 0 ? ", " : "", shown);
  return TRUE;
}

/* "a.example, *.b.example and 3 more"; "" when it names none. Returns: (transfer full). */
static char *
list_names (const TrustCertificate *certificate)
{
  g_autoptr (GString) text = g_string_new (NULL);
  NameList list = { text, 0 };

  trust_certificate_names_foreach (certificate, list_name, &list, NULL);
  if (list.n > NAMES_SHOWN)
    g_string_append_printf (text, " and %u more", list.n - NAMES_SHOWN);
  return g_strdup (text->str);
}

char *
trust_verdict_show_name (TrustNameKind kind, TrustSpan value)
{
  if (kind == TRUST_NAME_IP && (value.size == 4 || value.size == 16))
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (value.data, value.size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);

      return g_inet_address_to_string (address);
    }
  return kind == TRUST_NAME_DIRECTORY ? g_strdup ("") : trust_text_printable_bytes (value.data, value.size, TITLE_CHARS);
}

/* The first of the names asked for that the leaf is not for. */
static const char *
find_missing_name (const TrustPath *path, const TrustQuestion *question)
{
  TrustExtensions extensions;

  if (!trust_extensions_read (trust_certificate_get_der (path->links[0].certificate), &extensions))
    return question->asked[0];
  for (guint i = 0; i < question->n_names; i++)
    if (!trust_peer_name_matches (&question->names[i], extensions.values[TRUST_EXTENSION_SUBJECT_ALT_NAME], TRUE))
      return question->asked[i];
  return question->asked[0];
}

static char *
describe_name_mismatch (const TrustPath *path, const TrustQuestion *question)
{
  g_autofree char *shown = trust_text_printable (find_missing_name (path, question), TITLE_CHARS);
  g_autofree char *names = list_names (path->links[0].certificate);
  g_autofree char *title = trust_verdict_show_title (path->links[0].certificate);

  return names[0] != '\0' ? g_strdup_printf ("\"%s\" is not for \"%s\": it is for %s", title, shown, names)
                          : g_strdup_printf ("\"%s\" is not for \"%s\": it names no host (the common name does not count)", title, shown);
}

/* Does the fault lie between the anchor and what it should have signed? */
static gboolean
is_below_anchor (const TrustPath *path, const TrustPathFault *fault)
{
  return path->has_anchor && fault->link >= 0 && (guint) fault->link + 2 == path->n_links;
}

/* Does the certificate name the key that did not sign it as its issuer's (RFC 5280 4.2.1.1)? Else it is another's, of the same name. */
static gboolean
asks_for_key (const TrustPathLink *link, const TrustPathLink *issuer)
{
  TrustExtensions subject, above;

  return trust_extensions_read (trust_certificate_get_der (link->certificate), &subject)
         && trust_extensions_read (trust_certificate_get_der (issuer->certificate), &above) && subject.authority_key_id.size > 0
         && trust_span_equal (subject.authority_key_id, above.subject_key_id);
}

/* Is the anchor one that only has the name of the certificate's issuer? */
static gboolean
is_namesake (const TrustPath *path, const TrustPathFault *fault)
{
  return fault->reason == TRUST_REASON_SIGNATURE && is_below_anchor (path, fault)
         && !asks_for_key (&path->links[fault->link], &path->links[fault->link + 1]);
}

static char *
describe (const TrustPath *path, const TrustPathFault *fault, const TrustQuestion *question)
{
  const TrustCertificate *certificate = path->links[MAX (fault->link, 0)].certificate;
  g_autofree char *title = fault->link >= 0 ? trust_verdict_show_title (certificate) : g_strdup ("the chain");
  g_autofree char *expired = trust_verdict_show_time (trust_certificate_get_not_after (certificate));
  g_autofree char *begins = trust_verdict_show_time (trust_certificate_get_not_before (certificate));
  g_autofree char *key = trust_certificate_dup_key_description (certificate);

  switch (fault->reason)
    {
    case TRUST_REASON_SIGNATURE:
      return is_namesake (path, fault) ? g_strdup_printf ("\"%s\" was issued by another key than that of the anchor with its issuer's name", title)
                                       : g_strdup_printf ("the signature of \"%s\" is not its issuer's", title);
    case TRUST_REASON_EXPIRED:
      return g_strdup_printf ("\"%s\" expired %s", title, expired);
    case TRUST_REASON_NOT_YET_VALID:
      return g_strdup_printf ("\"%s\" is valid only from %s on", title, begins);
    case TRUST_REASON_WEAK:
      return g_strdup_printf ("\"%s\" is too weak (its key is %s, its signature %s): %s", title, key,
                              trust_certificate_get_signature_algorithm (certificate), fault->says);
    case TRUST_REASON_NAME_MISMATCH:
      return describe_name_mismatch (path, question);
    case TRUST_REASON_PURPOSE:
      if (g_str_equal (fault->rule, "purpose"))
        return g_strdup_printf ("\"%s\" is not for %s: its extended key usage says otherwise", title, question->purpose);
      G_GNUC_FALLTHROUGH;
    default:
      return fault->link >= 0 ? g_strdup_printf ("\"%s\": %s", title, fault->says) : g_strdup (fault->says);
    }
}

/* Is the rule one that the lenient profile leaves out? */
static gboolean
is_waived (const TrustPathFault *fault)
{
  for (guint i = 0; i < trust_n_path_rules; i++)
    if (g_str_equal (trust_path_rules[i].id, fault->rule))
      return (trust_path_rules[i].profiles & TRUST_PROFILE_LENIENT) == 0;
  return FALSE;
}

static const char *
advise (const TrustPath *path, const TrustPathFault *fault)
{
  gboolean is_anchor = path->has_anchor && fault->link >= 0 && (guint) fault->link + 1 == path->n_links;

  switch (fault->reason)
    {
    case TRUST_REASON_SIGNATURE:
      return is_namesake (path, fault) ? "if the CA changed its key: anchorctl add FILE, with its new certificate"
                                       : "get the chain again; if it stays so, someone changed it or a CA uses one name for two keys";
    case TRUST_REASON_EXPIRED:
      return is_anchor          ? "add the anchor's successor with anchorctl add"
             : fault->link == 0 ? "renew it on the server"
                                : "have the server send a current one";
    case TRUST_REASON_NOT_YET_VALID:
      return "check the clock of this machine, or wait";
    case TRUST_REASON_WEAK:
      return "have it issued again, with RSA 2048 or P-256 at least and SHA-256";
    case TRUST_REASON_PURPOSE:
      return "use a certificate that was issued for this, or ask for another purpose with --purpose";
    case TRUST_REASON_NAME_MISMATCH:
      return "connect by a name that it has, or have it issued with this name in its subjectAltName";
    case TRUST_REASON_REVOKED:
      return "do not use it; have the server get a new certificate";
    case TRUST_REASON_REVOCATION_UNKNOWN:
      return "get the CA's current list and give it with --crl, or have the server staple an OCSP response";
    default:
      if (is_waived (fault))
        return "have it issued again by a CA that keeps the standard; to take an old chain as it is: --profile lenient";
      return fault->link == 0 ? "have it issued again by a CA that keeps the standard" : "ask whoever runs the CA for a proper chain";
    }
}

TrustVerdict *
trust_verdict_tell_fault (const TrustPath *path, const TrustPathFault *fault, const TrustQuestion *question)
{
  TrustVerdict *verdict = NULL;

  if (fault->reason == TRUST_REASON_UNKNOWN_ISSUER)
    verdict = trust_verdict_tell_unknown_issuer (path, question);
  else if (fault->reason == TRUST_REASON_BUDGET_EXHAUSTED)
    verdict = trust_verdict_tell_budget (path);
  else
    verdict = trust_verdict_tell (path, is_namesake (path, fault) ? TRUST_REASON_UNKNOWN_ISSUER : fault->reason, fault->link,
                                  describe (path, fault, question), g_strdup (advise (path, fault)));
  verdict->rule = fault->rule;
  verdict->source = fault->source;
  return verdict;
}

TrustVerdict *
trust_verdict_tell_budget (const TrustPath *path)
{
  return trust_verdict_tell (path, TRUST_REASON_BUDGET_EXHAUSTED, -1,
                             g_strdup ("the work that one call may cause was done before a path to an anchor was found"),
                             g_strdup ("give only the server's certificate and the intermediates that lead to its root"));
}
