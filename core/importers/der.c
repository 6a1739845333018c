/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One certificate in DER. */
#include "core/importers/take.h"

#include "core/intake.h"

static gboolean
probe (TrustSpan input)
{
  return trust_intake_format_der.probe (input);
}

/* Intake reads it and knows what to say of what is none. */
static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  if (!trust_intake_format_der.decode (input, found, error))
    return FALSE;
  trust_import_add (import, g_ptr_array_index (found, 0), NULL, NULL, NULL, "certificate 1 at byte 0");
  return TRUE;
}

const TrustImporter trust_importer_der = { "der", "DER", probe, decode };
