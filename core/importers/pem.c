/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PEM blocks of any kind (RFC 7468) between other text. Private keys were refused before (trust_intake_check_begins()). */
#include "core/importers/openssl-trusted.h"
#include "core/importers/pkcs7.h"
#include "core/importers/take.h"

#include "core/error.h"
#include "core/intake.h"
#include "core/pem.h"
#include "core/text.h"

#include <string.h>

#define A_REQUEST "a certificate request (CSR), which nobody has signed yet; give the certificate of the CA"

/* Adds what one block's DER holds. */
typedef gboolean (*TakeBlock) (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error);

typedef struct
{
  const char *label;
  TakeBlock take;   /* (nullable) it holds no certificate, and is passed over */
  const char *what; /* (nullable) and what to do, where nothing else is found */
} Label;

static gboolean
take_certificate (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error)
{
  return trust_import_take (import, options, der, NULL, FALSE, NULL, place, error);
}

static gboolean
take_trusted (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error)
{
  return trust_openssl_trusted_take (der, options, import, place, error);
}

static gboolean
take_pkcs7 (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error)
{
  TrustPkcs7How how = { place, FALSE };
  GError *reason = NULL;

  /* What is wrong with it as a whole is one failure. Its text names the place. */
  if (trust_pkcs7_take (der, &how, options, import, &reason))
    return TRUE;
  if (!options->keep_going || !g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  g_ptr_array_add (import->failures, g_strdup (reason->message));
  g_error_free (reason);
  return TRUE;
}

/* RFC 7468 section 4 lists most of these; "X509 CERTIFICATE" is an old spelling (section 5.3). */
static const Label labels[] = {
  { "CERTIFICATE", take_certificate, NULL },
  { "X509 CERTIFICATE", take_certificate, NULL },
  { "TRUSTED CERTIFICATE", take_trusted, NULL },
  { "PKCS7", take_pkcs7, NULL },
  { "CMS", take_pkcs7, NULL },
  { "CERTIFICATE REQUEST", NULL, A_REQUEST },
  { "NEW CERTIFICATE REQUEST", NULL, A_REQUEST },
  { "X509 CRL", NULL, "a certificate revocation list (CRL); give the certificate of the CA" },
  { "PUBLIC KEY", NULL, "a bare public key; give the certificate" },
};

static gboolean
probe (TrustSpan input)
{
  return trust_intake_format_pem.probe (input);
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
take_block (const TrustPemBlock *block, TakeBlock take, guint number, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  char place[64];
  GError *reason = NULL;

  g_snprintf (place, sizeof place, "block %u at byte %" G_GSIZE_FORMAT, number, block->offset);

  g_autoptr (GByteArray) der = trust_pem_decode (block->body, &reason);

  if (der == NULL)
    return trust_import_fail (import, options, place, reason, error);
  return take ((TrustSpan) { der->data, der->len }, options, import, place, error);
}

/* Nothing but other blocks. FIRST: the first of them. */
static gboolean
set_none (const TrustPemBlock *first, GError **error)
{
  const Label *label = find_label (first);
  g_autofree char *shown = trust_text_printable_bytes (first->label.data, first->label.size, 64);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "there is no certificate in the input: the PEM block at byte %" G_GSIZE_FORMAT " is %s%s", first->offset,
               label != NULL ? label->what : "a block of another kind: ", label != NULL ? "" : shown);
  return FALSE;
}

/* The next block that can be read. *REASON is what ended the search (nullable). */
static gboolean
next_block (TrustSpan input, gsize *offset, const TrustImportOptions *options, TrustImport *import, TrustPemBlock *block, GError **reason)
{
  while (!trust_pem_next (input, offset, block, reason))
    {
      if (*reason == NULL || !options->keep_going || !trust_import_has_room (import, NULL))
        return FALSE;
      g_ptr_array_add (import->failures, g_strdup ((*reason)->message));
      g_clear_error (reason);
    }
  return TRUE;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  TrustPemBlock block, first_other = { .offset = 0 };
  g_autoptr (GError) reason = NULL;
  gsize offset = 0;
  guint number = 0;
  gboolean has_other = FALSE;

  while (next_block (input, &offset, options, import, &block, &reason))
    {
      const Label *label = find_label (&block);

      if (label != NULL && label->take != NULL)
        {
          if (!take_block (&block, label->take, ++number, options, import, error))
            return FALSE;
          continue;
        }
      if (!has_other)
        first_other = block;
      has_other = TRUE;
    }
  if (reason != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "after block %u: %s", number, reason->message);
      return FALSE;
    }
  if (number == 0 && has_other)
    return set_none (&first_other, error);
  if (number == 0 && import->failures->len == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "there is no PEM block in the input: its BEGIN does not stand at the beginning of a line");
      return FALSE;
    }
  return TRUE;
}

const TrustImporter trust_importer_pem = { "pem", "PEM", probe, decode };
