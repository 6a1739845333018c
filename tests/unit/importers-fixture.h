/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of importers share: inputs decoded, refused, cut everywhere; pass phrases answered. */
#pragma once

#include "core/error.h"
#include "core/importers/importer.h"

#include "core/pem.h"

#include "tests/lib/forge.h"
#include "tests/lib/support.h"

#include <string.h>

/* Answers with ANSWERS in turn, then gives up; counts. */
typedef struct
{
  const char *const *answers; /* NULL-terminated */
  guint n_asked;
} ImportAnswers;

static inline char *
import_answer (gpointer user_data, const char *what, guint attempt, GError **error)
{
  ImportAnswers *answers = user_data;

  g_assert_cmpuint (attempt, ==, answers->n_asked);
  g_assert_true (g_utf8_validate (what, -1, NULL));
  if (answers->answers[attempt] == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "gave up after %u", attempt);
      return NULL;
    }
  return g_strdup (answers->answers[answers->n_asked++]);
}

static inline TrustImport *
import_found (const void *bytes, gsize size, const TrustImportOptions *options, const char *format, guint n)
{
  static const TrustImportOptions none = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;
  TrustImport *import = trust_import_decode ((TrustSpan) { bytes, size }, options != NULL ? options : &none, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (import->format, ==, format);
  g_assert_cmpuint (import->entries->len, ==, n);
  return import;
}

/* PARTS: up to NULL, all in the message. */
static inline void
import_refused (const void *bytes, gsize size, const TrustImportOptions *options, int code, ...)
{
  static const TrustImportOptions none = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;
  TrustImport *import = trust_import_decode ((TrustSpan) { bytes, size }, options != NULL ? options : &none, &error);
  va_list parts;
  const char *part;

  g_assert_null (import);
  g_test_message ("%s", error->message);
  g_assert_error (error, TRUST_ERROR, code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  va_start (parts, code);
  while ((part = va_arg (parts, const char *)) != NULL)
    if (strstr (error->message, part) == NULL)
      g_error ("\"%s\" does not say \"%s\"", error->message, part);
  va_end (parts);
}

static inline TrustImportEntry *
import_entry (const TrustImport *import, guint index)
{
  return g_ptr_array_index (import->entries, index);
}

static inline gboolean
import_entry_is (const TrustImport *import, guint index, const TestCertificate *expected)
{
  return trust_fingerprint_equal (trust_certificate_get_fingerprint (import_entry (import, index)->certificate),
                                  trust_certificate_get_fingerprint (expected->certificate));
}

/* "server-auth,email-protection", "" for none said. Returns: (transfer full). */
static inline char *
import_entry_purposes (const TrustImport *import, guint index)
{
  const TrustImportEntry *entry = import_entry (import, index);

  if (entry->settings == NULL)
    return g_strdup ("");

  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (entry->settings));

  return g_strjoinv (",", names);
}

/* The bytes of a certificate, for forge.h. Returns: (transfer full). */
static inline GByteArray *
import_der (const TestCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate->certificate);

  return forge_bytes (der.data, der.size);
}

/* Takes DER. Returns: (transfer full): one PEM block. */
static inline char *
import_pem (GByteArray *der, const char *label)
{
  g_autoptr (GString) text = g_string_new (NULL);

  trust_pem_append (text, der->data, der->len, label);
  g_byte_array_unref (der);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Takes CONTENT (nullable): an element of indefinite length, as BER has it. */
static inline GByteArray *
import_indefinite (guint8 tag, GByteArray *content)
{
  guint8 head[2] = { tag, 0x80 };

  return forge_join (forge_bytes (head, 2), content != NULL ? content : g_byte_array_new (), FORGE_BYTES ("\0\0"), NULL);
}

/* Every beginning of BYTES gives an error that can be shown, or MAX_ENTRIES at most; going on or not, with OPTIONS' answers. */
static inline void
import_cut_everywhere (const void *bytes, gsize size, const TrustImportOptions *options, guint max_entries)
{
  for (gsize cut = 0; cut < size; cut++)
    for (guint keep_going = 0; keep_going < 2; keep_going++)
      {
        /* At the end of an allocation of its own, so that reading over it is seen. */
        g_autofree guint8 *copy = g_memdup2 (bytes, cut);
        ImportAnswers answers = options != NULL && options->user_data != NULL ? *(ImportAnswers *) options->user_data : (ImportAnswers) { NULL, 0 };
        TrustImportOptions used = { options != NULL ? options->ask : NULL, &answers, keep_going != 0 };
        g_autoptr (GError) error = NULL;
        g_autoptr (TrustImport) import = trust_import_decode ((TrustSpan) { copy, cut }, &used, &error);

        g_assert_true ((import == NULL) == (error != NULL));
        if (error != NULL)
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
        else
          g_assert_cmpuint (import->entries->len, <=, max_entries);
      }
}
