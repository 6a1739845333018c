/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path-revocation.h"

#include "core/limits.h"

#define HOUR 3600

/* id-kp-OCSPSigning, RFC 6960 4.2.2.2. */
static const guint8 ocsp_signing[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09 };

/* One certificate that is asked for. */
typedef struct
{
  const TrustPathQuestion *question;
  const TrustPathLink *links;
  guint n_links;
  guint index; /* of it among LINKS */
  TrustPathBudget *budget;
  gboolean is_spent;
} Asked;

static gboolean
check_signature (Asked *asked, TrustSpan key_info, const TrustSignatureKind *kind, TrustSpan data, TrustSpan signature)
{
  if (asked->budget->signatures == 0)
    {
      asked->is_spent = TRUE;
      return FALSE;
    }
  asked->budget->signatures--;
  return trust_signature_check (key_info, kind, data, signature) == TRUST_SIGNATURE_GOOD;
}

static gboolean
has_signed (Asked *asked, const TrustCertificate *signer, const TrustOcsp *ocsp)
{
  return check_signature (asked, trust_certificate_get_key_info_der (signer), &ocsp->kind, ocsp->tbs, ocsp->signature);
}

static gboolean
names (const TrustOcsp *ocsp, const TrustCertificate *signer)
{
  return trust_ocsp_names_signer (ocsp, trust_certificate_get_subject_id (signer), trust_certificate_get_key_info_der (signer));
}

/* Did the issuer's key, the one that signed the certificate that is asked for, sign DELEGATE? */
static gboolean
is_issued (Asked *asked, const TrustPathLink *delegate)
{
  const TrustCertificate *issuer = asked->links[asked->index + 1].certificate;
  const TrustFingerprint *certificate = trust_certificate_get_fingerprint (delegate->certificate);
  const TrustFingerprint *key = trust_certificate_get_key_fingerprint (issuer);
  TrustLinkCache *cache = asked->question->links;

  if (cache != NULL && trust_link_cache_contains (cache, certificate, key))
    return TRUE;
  if (!check_signature (asked, trust_certificate_get_key_info_der (issuer), &delegate->signature, delegate->extensions->tbs,
                        delegate->extensions->signature))
    return FALSE;
  if (cache != NULL)
    trust_link_cache_add (cache, certificate, key);
  return TRUE;
}

/* Do lists at hand say that the issuer took DELEGATE back? */
static gboolean
is_taken_back (Asked *asked, const TrustPathLink *delegate)
{
  guint n_links = asked->n_links - asked->index;
  g_autofree TrustPathLink *links = g_memdup2 (asked->links + asked->index, n_links * sizeof (TrustPathLink));
  TrustPathStatus status;

  links[0] = *delegate;
  trust_path_ask_crls (asked->question, links, n_links, 0, asked->budget, &status);
  asked->is_spent |= status.is_spent;
  return status.is_revoked || status.is_spent;
}

/* RFC 6960 4.2.2.2: is CERTIFICATE one by which the issuer lets another answer for it? Returns: (nullable): why not. */
static const char *
check_delegate (Asked *asked, TrustCertificate *certificate)
{
  TrustPathQuestion question = *asked->question;
  TrustExtensions extensions;
  TrustPathLink link = { .certificate = certificate, .extensions = &extensions, .index = -1 };
  TrustPathFault fault = { .link = -1 };

  if (!trust_extensions_read (trust_certificate_get_der (certificate), &extensions)
      || !trust_extensions_has_purpose (&extensions, (TrustSpan) { ocsp_signing, sizeof ocsp_signing }))
    return "the OCSP response is signed by one whose certificate is not for that (extKeyUsage OCSPSigning)";
  if ((extensions.usage & TRUST_USAGE_DIGITAL_SIGNATURE) == 0)
    return "the OCSP response is signed by one whose keyUsage does not let it";
  trust_signature_identify (extensions.outer_algorithm, &link.signature);
  question.purpose = (TrustSpan) { NULL, 0 };
  /* What the Baseline Requirements ask of a server's certificate is not for this one. */
  if (question.profile == TRUST_PROFILE_WEBPKI)
    question.profile = TRUST_PROFILE_DEFAULT;
  if (!trust_path_check_link (&question, &link, TRUST_ROLE_LEAF, &fault))
    return fault.reason == TRUST_REASON_EXPIRED || fault.reason == TRUST_REASON_NOT_YET_VALID
               ? "the OCSP responder's certificate has expired, or is not valid yet"
               : "the OCSP responder's certificate breaks a rule of the profile";
  if (question.allow != NULL && !question.allow (question.allow_data, &link, 1, NULL, &fault))
    return "the OCSP responder's certificate is distrusted";
  if (!is_issued (asked, &link))
    return "the OCSP responder's certificate is not signed by the issuer";
  return is_taken_back (asked, &link) ? "the OCSP responder's certificate was itself taken back" : NULL;
}

static gboolean
is_issuer (const Asked *asked, const TrustCertificate *certificate)
{
  const TrustCertificate *issuer = asked->links[asked->index + 1].certificate;

  return trust_certificate_get_subject_id (certificate) == trust_certificate_get_subject_id (issuer)
         && trust_fingerprint_equal (trust_certificate_get_key_fingerprint (certificate), trust_certificate_get_key_fingerprint (issuer));
}

/* Returns: (nullable): why none of CERTIFICATES signed OCSP for the issuer. */
static const char *
check_delegates (Asked *asked, const TrustOcsp *ocsp, GPtrArray *certificates, const char *says)
{
  guint64 issuer_id = trust_certificate_get_subject_id (asked->links[asked->index + 1].certificate);

  for (guint i = 0; i < certificates->len && !asked->is_spent; i++)
    {
      TrustCertificate *certificate = certificates->pdata[i];
      const char *fault = NULL;

      if (trust_certificate_get_issuer_id (certificate) != issuer_id || !names (ocsp, certificate) || is_issuer (asked, certificate))
        continue;
      fault = check_delegate (asked, certificate);
      if (fault == NULL && has_signed (asked, certificate, ocsp))
        return NULL;
      says = fault != NULL ? fault : "the signature of the OCSP response is wrong";
    }
  return says;
}

/* RFC 6960 3.2 (2) to (4): by the issuer, or by whom it delegated. Returns: (nullable): why it is not signed so. */
static const char *
check_signer (Asked *asked, const TrustOcsp *ocsp)
{
  const TrustCertificate *issuer = asked->links[asked->index + 1].certificate;
  const char *says = "the OCSP response is signed by neither the issuer nor one whom it delegated";

  if (ocsp->kind.is_older || (ocsp->kind.is_sha1 && asked->question->profile != TRUST_PROFILE_LENIENT))
    return "the OCSP response is signed with SHA-1 or older";
  if (names (ocsp, issuer))
    {
      if (has_signed (asked, issuer, ocsp))
        return NULL;
      says = "the signature of the OCSP response is wrong";
    }
  says = check_delegates (asked, ocsp, ocsp->certificates, says);
  if (says != NULL && !asked->is_spent)
    says = check_delegates (asked, ocsp, asked->question->revocation->chain, says);
  return says;
}

/* RFC 6960 3.2 (5) and (6), 4.2.2.1. Returns: (nullable): why ANSWER does not count now. */
static const char *
check_dates (const Asked *asked, const TrustOcspAnswer *answer)
{
  gint64 now = asked->question->time;
  gint64 end = answer->next_update != 0 ? answer->next_update : answer->this_update + TRUST_LIMIT_OCSP_HOURS * HOUR;

  if (now < answer->this_update)
    return "the OCSP response is of a later time";
  return now > end ? "the OCSP response is out of date" : NULL;
}

/* Returns: (nullable): why OCSP is no answer to what was asked. */
static const char *
check_nonce (const Asked *asked, const TrustOcsp *ocsp)
{
  TrustSpan nonce = asked->question->revocation->nonce;

  return nonce.size == 0 || trust_span_equal (nonce, ocsp->nonce) ? NULL : "the OCSP response does not have the nonce of the request";
}

/* The answer of OCSP that is about the certificate and says most: that it is revoked, else the newest. (nullable) */
static const TrustOcspAnswer *
find_answer (const Asked *asked, const TrustOcsp *ocsp, const char **says)
{
  const TrustCertificate *certificate = asked->links[asked->index].certificate;
  TrustSpan key_info = trust_certificate_get_key_info_der (asked->links[asked->index + 1].certificate);
  const TrustOcspAnswer *found = NULL;

  for (guint i = 0; i < ocsp->answers->len; i++)
    {
      const TrustOcspAnswer *answer = &g_array_index (ocsp->answers, TrustOcspAnswer, i);
      const char *fault = NULL;

      if (!trust_ocsp_answer_matches (answer, trust_certificate_get_issuer_der (certificate), key_info, trust_certificate_get_serial (certificate)))
        continue;
      fault = answer->fault != NULL ? answer->fault : check_dates (asked, answer);
      if (fault == NULL && answer->status == TRUST_OCSP_UNKNOWN)
        fault = "the OCSP responder does not know the certificate";
      if (fault != NULL)
        *says = fault;
      else if (found == NULL || answer->status == TRUST_OCSP_REVOKED
               || (found->status != TRUST_OCSP_REVOKED && answer->this_update > found->this_update))
        found = answer;
    }
  return found;
}

/* What one response says. Returns: (nullable): why it does not count; "" if it is not about this certificate at all. */
static const char *
ask_response (Asked *asked, const TrustOcsp *ocsp, TrustPathStatus *out)
{
  const char *says = "";
  const TrustOcspAnswer *answer = NULL;

  if (ocsp->fault != NULL)
    return ocsp->fault;
  answer = find_answer (asked, ocsp, &says);
  if (answer == NULL)
    return says;
  says = check_nonce (asked, ocsp);
  if (says == NULL)
    says = check_signer (asked, ocsp);
  if (says != NULL)
    return says;
  out->is_known = TRUE;
  out->is_revoked |= answer->status == TRUST_OCSP_REVOKED;
  return NULL;
}

/* NOTE of a response that counts for one certificate stays so. */
static void
take_note (const char **note, const char *says)
{
  if (says == NULL)
    *note = "";
  else if (says[0] != '\0' && (*note == NULL || (*note)[0] != '\0'))
    *note = says;
}

void
trust_path_ask_ocsp (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, guint index, TrustPathBudget *budget,
                     TrustPathStatus *out)
{
  const TrustPathRevocation *revocation = question->revocation;
  Asked asked = { question, links, n_links, index, budget, FALSE };
  const char *fault = NULL;

  *out = (TrustPathStatus) { .is_revoked = FALSE };
  for (guint i = 0; revocation->ocsp != NULL && i < revocation->ocsp->len && !out->is_revoked && !asked.is_spent; i++)
    {
      const TrustOcsp *ocsp = revocation->ocsp->pdata[i];
      const char *says = ask_response (&asked, ocsp, out);

      if (revocation->notes != NULL)
        take_note (&revocation->notes[i], says);
      if (ocsp->fault != NULL)
        fault = says;
      else if (says != NULL && says[0] != '\0')
        out->unusable = says;
    }
  /* A damaged one may have been about it. */
  if (out->unusable == NULL)
    out->unusable = fault;
  out->is_spent = asked.is_spent;
}
