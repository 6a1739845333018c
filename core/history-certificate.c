/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate out of the journal: it stands in a file that was written or found, among an intent's certificates, or in the file that keeps those of
 * journal files that are gone. */
#include "core/history-record.h"

#include "core/anchor-file.h"
#include "core/intake.h"
#include "core/journal-chain.h"
#include "core/limits.h"

#include <fcntl.h>
#include <string.h>

#define KEPT_PATH "/var/lib/anchord/journal/certificates"

static gboolean
is_it (GBytes *bytes, const TrustFingerprint *fingerprint)
{
  TrustFingerprint own;

  trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &own);
  return trust_fingerprint_equal (&own, fingerprint);
}

GPtrArray *
trust_history_list_certificates (GBytes *content)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (content, &size);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  GPtrArray *certificates = NULL;

  if (trust_anchor_file_probe ((TrustSpan) { data, size }))
    {
      g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "journal", TRUST_JOURNAL_PATH, FALSE);

      trust_anchor_file_parse ((TrustSpan) { data, size }, origin, anchors, distrusts, NULL, NULL);
      certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
      for (guint i = 0; i < anchors->len; i++)
        g_ptr_array_add (certificates, trust_certificate_ref (trust_anchor_get_certificate (anchors->pdata[i])));
      for (guint i = 0; i < distrusts->len; i++)
        if (trust_distrust_get_certificate (distrusts->pdata[i]) != NULL)
          g_ptr_array_add (certificates, trust_certificate_ref (trust_distrust_get_certificate (distrusts->pdata[i])));
    }
  else
    certificates = trust_intake_decode (data, size, NULL);
  return certificates;
}

/* Of what stands in a file's CONTENT, that which is the certificate. (transfer full) (nullable) */
static GBytes *
find_in_content (GBytes *content, const TrustFingerprint *fingerprint)
{
  g_autoptr (GPtrArray) certificates = NULL;

  if (is_it (content, fingerprint))
    return g_bytes_ref (content);
  certificates = trust_history_list_certificates (content);
  for (guint i = 0; certificates != NULL && i < certificates->len; i++)
    if (trust_fingerprint_equal (trust_certificate_get_fingerprint (certificates->pdata[i]), fingerprint))
      {
        TrustSpan der = trust_certificate_get_der (certificates->pdata[i]);

        return g_bytes_new (der.data, der.size);
      }
  return NULL;
}

static GBytes *
find_in_files (TrustSpan array, const TrustFingerprint *fingerprint)
{
  TrustRawWalk walk;
  TrustRawFile file;
  GBytes *found = NULL;

  trust_raw_walk_begin (&walk, array);
  while (found == NULL && trust_raw_next_file (&walk, &file))
    {
      g_autofree char *path = file.path;
      g_autoptr (GBytes) content = file.content.data != NULL ? trust_raw_decode (file.content) : NULL;

      found = content != NULL ? find_in_content (content, fingerprint) : NULL;
    }
  return found;
}

static GBytes *
find_in_certificates (TrustSpan array, const TrustFingerprint *fingerprint)
{
  TrustRawWalk walk;
  TrustSpan text;

  trust_raw_walk_begin (&walk, array);
  while (trust_raw_next_string (&walk, &text))
    {
      g_autoptr (GBytes) der = trust_raw_decode (text);

      if (is_it (der, fingerprint))
        return g_steal_pointer (&der);
    }
  return NULL;
}

/* Does SPAN name the certificate with the digits HEX at all? What does not is passed over without being read. */
static gboolean
names (const TrustJournalSpan *span, const char *hex)
{
  return memmem (span->json, span->length, hex, strlen (hex)) != NULL;
}

static GBytes *
find_in_record (const TrustJournalSpan *span, const TrustFingerprint *fingerprint)
{
  TrustRawRecord record;
  GBytes *found = NULL;

  if (!trust_raw_record_read (span, TRUST_RAW_ALL, &record, NULL))
    return NULL;
  found = find_in_certificates (record.certificates, fingerprint);
  if (found == NULL)
    found = find_in_files (record.files, fingerprint);
  return found != NULL ? found : find_in_files (record.found, fingerprint);
}

/* "SHA256 LENGTH\n" DER "\n", one after the other. */
static GBytes *
find_kept (TrustHistory *history, const TrustFingerprint *fingerprint, const char *hex)
{
  g_autoptr (GBytes) kept = trust_root_read (history->root, KEPT_PATH, TRUST_LIMIT_OUTPUT_BYTES, NULL, NULL);
  gsize left = 0;
  const char *at = kept != NULL ? g_bytes_get_data (kept, &left) : NULL;

  while (left > 0)
    {
      const char *end = memchr (at, '\n', left);
      g_autofree char *line = end != NULL ? g_strndup (at, (gsize) (end - at)) : NULL;
      guint64 size = 0;

      if (line == NULL || strlen (line) < 66 || line[64] != ' '
          || !g_ascii_string_to_unsigned (line + 65, 10, 1, TRUST_LIMIT_CERTIFICATE_BYTES, &size, NULL) || size + 1 > left - (gsize) (end + 1 - at))
        return NULL;
      if (strncmp (line, hex, 64) == 0)
        {
          g_autoptr (GBytes) der = g_bytes_new (end + 1, (gsize) size);

          return is_it (der, fingerprint) ? g_steal_pointer (&der) : NULL;
        }
      left -= (gsize) (end + 1 - at) + (gsize) size + 1;
      at = end + 1 + size + 1;
    }
  return NULL;
}

GBytes *
trust_history_read_certificate (TrustHistory *history, const TrustFingerprint *fingerprint)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  for (guint file = history->n_files; file-- > 0;)
    {
      const GArray *spans = trust_history_get_spans (history, file, NULL);

      for (guint index = spans != NULL ? spans->len : 0; index-- > 0;)
        {
          const TrustJournalSpan *span = &g_array_index (spans, TrustJournalSpan, index);
          GBytes *found = names (span, hex) ? find_in_record (span, fingerprint) : NULL;

          if (found != NULL)
            return found;
        }
    }
  return find_kept (history, fingerprint, hex);
}
