/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/importer.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/importers/merge.h"
#include "core/intake-der.h"
#include "core/intake.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

void
trust_import_entry_free (TrustImportEntry *entry)
{
  if (entry == NULL)
    return;
  g_clear_pointer (&entry->certificate, trust_certificate_unref);
  g_clear_pointer (&entry->settings, trust_settings_unref);
  g_clear_pointer (&entry->distrust, trust_distrust_unref);
  g_free (entry->label);
  g_free (entry->place);
  g_free (entry);
}

TrustImport *
trust_import_new (const char *format)
{
  TrustImport *import = g_new0 (TrustImport, 1);

  import->format = format;
  import->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_import_entry_free);
  import->failures = g_ptr_array_new_with_free_func (g_free);
  import->notices = g_ptr_array_new_with_free_func (g_free);
  return import;
}

void
trust_import_free (TrustImport *import)
{
  g_ptr_array_unref (import->entries);
  g_ptr_array_unref (import->failures);
  g_ptr_array_unref (import->notices);
  g_free (import);
}

/* A label that can't be kept as it is is kept as it would be shown. NULL where there is none. */
static char *
dup_label (const char *label)
{
  if (label == NULL || label[0] == '\0')
    return NULL;
  return trust_text_is_plain (label, TRUST_LIMIT_LABEL_CHARS) ? g_strdup (label) : trust_text_printable (label, TRUST_LIMIT_LABEL_CHARS);
}

TrustImportEntry *
trust_import_add (TrustImport *import, TrustCertificate *certificate, TrustSettings *settings, TrustDistrust *distrust, const char *label,
                  const char *place)
{
  TrustImportEntry *entry = g_new0 (TrustImportEntry, 1);

  entry->certificate = certificate != NULL ? trust_certificate_ref (certificate) : NULL;
  entry->settings = settings != NULL ? trust_settings_ref (settings) : NULL;
  entry->distrust = distrust != NULL ? trust_distrust_ref (distrust) : NULL;
  entry->label = dup_label (label);
  entry->place = g_strdup (place);
  g_ptr_array_add (import->entries, entry);
  return entry;
}

/* NOTE with LABEL where it has none itself. Returns: (transfer full) (nullable). */
static TrustNote *
make_note (TrustNote *note, const char *label)
{
  const char *own = trust_note_get_label (note);

  return trust_note_new (own[0] != '\0' ? own : label, trust_note_get_reason (note), trust_note_get_added_by (note), trust_note_get_added (note));
}

GBytes *
trust_import_entry_write (const TrustImportEntry *entry, TrustSettings *settings, TrustNote *note)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  TrustNote *labelled = make_note (note, entry->label);
  GBytes *bytes;

  if (entry->distrust != NULL)
    {
      g_autoptr (TrustDistrust) distrust = trust_distrust_new (trust_distrust_get_fingerprint (entry->distrust),
                                                               trust_distrust_get_key_fingerprint (entry->distrust),
                                                               trust_distrust_get_issuer_der (entry->distrust),
                                                               trust_distrust_get_serial (entry->distrust),
                                                               trust_distrust_get_certificate (entry->distrust), origin, labelled);

      bytes = trust_distrust_file_write (distrust);
    }
  else
    {
      g_autoptr (TrustAnchor) anchor = trust_anchor_new (entry->certificate, entry->settings != NULL ? entry->settings : settings, origin, labelled);

      bytes = trust_anchor_file_write (anchor);
    }
  g_clear_pointer (&labelled, trust_note_unref);
  return bytes;
}

static gboolean
check_input (TrustSpan input, GError **error)
{
  if (input.size == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the input is empty");
      return FALSE;
    }
  if (input.size > TRUST_LIMIT_INPUT_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the input has %" G_GSIZE_FORMAT " bytes, the limit is %u; split it", input.size,
                   TRUST_LIMIT_INPUT_BYTES);
      return FALSE;
    }
  if (trust_intake_der_is_private_key (input))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY,
                   "the input is a private key; nothing was taken in: give certificates only, and keep the key secret");
      return FALSE;
    }
  return trust_intake_check_begins (input, error);
}

static const TrustImporter *
find_importer (TrustSpan input)
{
  for (guint i = 0; trust_importers[i] != NULL; i++)
    if (trust_importers[i]->probe (input))
      return trust_importers[i];
  return NULL;
}

TrustImport *
trust_import_decode (TrustSpan input, const TrustImportOptions *options, GError **error)
{
  if (!check_input (input, error))
    return NULL;

  const TrustImporter *importer = find_importer (input);

  if (importer == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "there is no certificate in the input: %s", trust_intake_describe (input));
      return NULL;
    }

  g_autoptr (TrustImport) import = trust_import_new (importer->name);
  GError *reason = NULL;

  if (!importer->decode (input, options, import, &reason))
    {
      /* Who was asked for a pass phrase was told what for. */
      if (!g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_PASSPHRASE))
        g_prefix_error (&reason, "%s: ", importer->title);
      g_propagate_error (error, reason);
      return NULL;
    }
  if (!trust_import_merge (import, options->keep_going, error))
    return NULL;
  return g_steal_pointer (&import);
}
