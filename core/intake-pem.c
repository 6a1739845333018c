/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/intake-der.h"
#include "core/error.h"
#include "core/intake.h"
#include "core/pem.h"
#include "core/text.h"

#include <string.h>

#define BEGIN "-----BEGIN "

#define A_REQUEST "a certificate request (CSR), which nobody has signed yet; give the certificate of the CA"

typedef enum
{
  KIND_TAKE,   /* a certificate */
  KIND_REFUSE, /* holds certificates in a way that is not read: leaving it out would be silent */
  KIND_SKIP    /* holds none */
} Kind;

typedef struct
{
  const char *label;
  Kind kind;
  const char *what; /* and what to do */
} Label;

/* RFC 7468 section 4 lists most of these; "X509 CERTIFICATE" is an old spelling (section 5.3). */
static const Label labels[] = {
  { "CERTIFICATE", KIND_TAKE, NULL },
  { "X509 CERTIFICATE", KIND_TAKE, NULL },
  { "TRUSTED CERTIFICATE", KIND_REFUSE,
    "an OpenSSL trusted certificate, whose trust settings this version does not read; take "
    "the certificate alone with 'openssl x509 -in FILE -out NEW' and say its purposes with --purpose" },
  { "PKCS7", KIND_REFUSE, "a PKCS #7 file; take the certificates out with 'openssl pkcs7 -print_certs -in FILE -out NEW'" },
  { "CMS", KIND_REFUSE, "a CMS file; take the certificates out with 'openssl pkcs7 -print_certs -in FILE -out NEW'" },
  { "CERTIFICATE REQUEST", KIND_SKIP, A_REQUEST },
  { "NEW CERTIFICATE REQUEST", KIND_SKIP, A_REQUEST },
  { "X509 CRL", KIND_SKIP, "a certificate revocation list (CRL); give the certificate of the CA" },
  { "PUBLIC KEY", KIND_SKIP, "a bare public key; give the certificate" },
};

static gboolean
probe (TrustSpan input)
{
  return input.size > 0 && memmem (input.data, input.size, BEGIN, sizeof BEGIN - 1) != NULL;
}

static const Label *
find_label (const TrustPemBlock *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    if (trust_pem_label_is (block, labels[i].label))
      return &labels[i];
  return NULL;
}

static gboolean
decode_certificate (const TrustPemBlock *block, guint number, GPtrArray *out, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GByteArray) der = trust_pem_decode (block->body, &reason);
  TrustCertificate *certificate = der != NULL ? trust_certificate_new (der->data, der->len, &reason) : NULL;

  if (certificate != NULL)
    {
      g_ptr_array_add (out, certificate);
      return TRUE;
    }
  if (der != NULL && trust_intake_der_is_private_key ((TrustSpan) { der->data, der->len }))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY,
                   "certificate %u at byte %" G_GSIZE_FORMAT " is a private key under a wrong name; nothing was taken in: keep it "
                   "secret",
                   number, block->offset);
      return FALSE;
    }

  const char *known = der != NULL ? trust_intake_der_describe ((TrustSpan) { der->data, der->len }) : NULL;

  g_set_error (error, TRUST_ERROR, reason->domain == TRUST_ERROR ? reason->code : TRUST_ERROR_INVALID_INPUT,
               "certificate %u at byte %" G_GSIZE_FORMAT ": %s%s", number, block->offset, known != NULL ? "it " : "",
               known != NULL ? known : reason->message);
  return FALSE;
}

/* Nothing but other blocks. FIRST: the first of them. */
static gboolean
set_none (GError **error, const TrustPemBlock *first)
{
  const Label *label = find_label (first);
  g_autofree char *shown = trust_text_printable_bytes (first->label.data, first->label.size, 64);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "there is no certificate in the input: the PEM block at byte %" G_GSIZE_FORMAT " is %s%s", first->offset,
               label != NULL ? label->what : "a block of another kind: ", label != NULL ? "" : shown);
  return FALSE;
}

static gboolean
decode (TrustSpan input, GPtrArray *out, GError **error)
{
  TrustPemBlock block, first_other = { .offset = 0 };
  g_autoptr (GError) reason = NULL;
  gsize offset = 0;
  guint number = 0;
  gboolean has_other = FALSE;

  while (trust_pem_next (input, &offset, &block, &reason))
    {
      const Label *label = find_label (&block);

      if (label != NULL && label->kind == KIND_REFUSE)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the PEM block at byte %" G_GSIZE_FORMAT " is %s", block.offset, label->what);
          return FALSE;
        }
      if (label != NULL && label->kind == KIND_TAKE)
        {
          if (!decode_certificate (&block, ++number, out, error))
            return FALSE;
          continue;
        }
      if (!has_other)
        first_other = block;
      has_other = TRUE;
    }
  if (reason != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "after certificate %u: %s", number, reason->message);
      return FALSE;
    }
  if (out->len == 0 && has_other)
    return set_none (error, &first_other);
  if (out->len == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "there is no PEM block in the input: its BEGIN does not stand at the beginning of a line");
      return FALSE;
    }
  return TRUE;
}

const TrustIntakeFormat trust_intake_format_pem = { "pem", probe, decode };
