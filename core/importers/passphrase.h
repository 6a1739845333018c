/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for pass phrases until one opens an object, and memory that held secrets. */
#pragma once

#include "core/importers/importer.h"

typedef enum
{
  TRUST_PASSPHRASE_OPENS,
  TRUST_PASSPHRASE_WRONG,
  TRUST_PASSPHRASE_FAILED /* ERROR is set: it is not the pass phrase's fault */
} TrustPassphraseOutcome;

/* PASSPHRASE: UTF-8, at most TRUST_LIMIT_PASSPHRASE_BYTES long. */
typedef TrustPassphraseOutcome (*TrustTryPassphrase) (gpointer data, const char *passphrase, GError **error);

typedef struct
{
  const char *what;     /* for people: "the keystore" */
  gboolean is_readable; /* without one too, but unchecked: an empty answer ends it with *SKIPPED */
  TrustTryPassphrase try;
  gpointer data;
} TrustLocked;

/* Tries those that tools use when nobody chose one (none at all, and Java's "changeit") before anybody is asked, then what is answered, at most
 * TRUST_LIMIT_PASSPHRASE_ATTEMPTS times. Wrong, given up or nobody to ask: TRUST_ERROR_PASSPHRASE. */
gboolean trust_import_unlock (const TrustImportOptions *options, const TrustLocked *locked, gboolean *skipped, GError **error);
/* Wipes and frees. Nullable. */
void trust_secret_bytes_free (GByteArray *bytes);
