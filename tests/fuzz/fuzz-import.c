/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One importer, named by FUZZ_IMPORTER ("any": whichever takes the input). What comes of it can be shown, and written as anchor files that mean the
 * same. */
#include "core/anchor-file.h"
#include "core/importers/importer.h"
#include "core/importers/merge.h"
#include "tests/fuzz/fuzz.h"

/* What the corpus's files open with, then without. */
static const char *const answers[] = { "secret", "" };

static char *
answer (gpointer user_data, const char *what, guint attempt, GError **error)
{
  if (attempt < G_N_ELEMENTS (answers))
    return g_strdup (answers[attempt]);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "no more");
  return NULL;
}

static gboolean
is_same_fingerprint (const TrustFingerprint *a, const TrustFingerprint *b)
{
  return a == NULL || b == NULL ? a == b : trust_fingerprint_equal (a, b);
}

/* Do they refuse the same? */
static void
check_distrust (const TrustDistrust *a, const TrustDistrust *b)
{
  g_assert_true (is_same_fingerprint (trust_distrust_get_fingerprint (a), trust_distrust_get_fingerprint (b)));
  g_assert_true (is_same_fingerprint (trust_distrust_get_key_fingerprint (a), trust_distrust_get_key_fingerprint (b)));
  g_assert_true (trust_span_equal (trust_distrust_get_issuer_der (a), trust_distrust_get_issuer_der (b)));
  g_assert_true (trust_span_equal (trust_distrust_get_serial (a), trust_distrust_get_serial (b)));
}

static void
check_written (const TrustImportEntry *entry, GBytes *bytes, TrustSettings *settings)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "fuzz", NULL, FALSE);
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  trust_anchor_file_parse ((TrustSpan) { data, size }, origin, anchors, distrusts, NULL, &error);
  g_assert_no_error (error);
  if (entry->distrust != NULL)
    {
      g_assert_cmpuint (distrusts->len, ==, 1);
      check_distrust (distrusts->pdata[0], entry->distrust);
      return;
    }
  g_assert_cmpuint (anchors->len, ==, 1);
  g_assert_true (trust_settings_equal (trust_anchor_get_settings (anchors->pdata[0]), settings));
  g_assert_true (trust_fingerprint_equal (trust_anchor_get_fingerprint (anchors->pdata[0]), trust_certificate_get_fingerprint (entry->certificate)));
}

static void
check_entry (const TrustImportEntry *entry)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) usual = trust_settings_new (purposes);
  g_autoptr (GBytes) bytes = trust_import_entry_write (entry, usual, NULL);

  g_assert_true (entry->certificate != NULL || entry->distrust != NULL);
  g_assert_true (entry->settings == NULL || entry->distrust == NULL);
  g_assert_true (!entry->is_untrusted || (entry->settings == NULL && entry->distrust == NULL));
  g_assert_true (entry->label == NULL || trust_text_is_plain (entry->label, 0));
  g_assert_true (trust_text_is_plain (entry->place, 0));
  check_written (entry, bytes, entry->settings != NULL ? entry->settings : usual);
}

static TrustImport *
decode (TrustSpan input, const TrustImportOptions *options, GError **error)
{
  const TrustImporter *importer = trust_importer_find (FUZZ_IMPORTER);
  g_autoptr (TrustImport) import = trust_import_new (FUZZ_IMPORTER);

  if (g_str_equal (FUZZ_IMPORTER, "any"))
    return trust_import_decode (input, options, error);
  g_assert_nonnull (importer);
  if (!importer->probe (input) || !importer->decode (input, options, import, error) || !trust_import_merge (import, options->keep_going, error))
    return NULL;
  return g_steal_pointer (&import);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (guint keep_going = 0; keep_going < 2; keep_going++)
    {
      TrustImportOptions options = { answer, NULL, keep_going != 0 };
      GError *error = NULL;
      g_autoptr (TrustImport) import = decode ((TrustSpan) { data, size }, &options, &error);

      if (error != NULL)
        fuzz_check_error (error);
      if (import == NULL)
        continue;
      fuzz_check_texts (import->failures);
      fuzz_check_texts (import->notices);
      g_assert_true (options.keep_going || import->failures->len == 0);
      for (guint i = 0; i < import->entries->len; i++)
        check_entry (import->entries->pdata[i]);
    }
  return 0;
}
