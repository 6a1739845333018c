/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of PEM files, one certificate in each: what readers of "*.pem" or "*.crt" take. */
#include "core/emitters/emitter.h"
#include "core/emitters/entry-name.h"
#include "core/pem.h"

#define SUFFIX_KEY "Suffix"

static const char *
find_suffix_fault (const char *value)
{
  return g_str_equal (value, "pem") || g_str_equal (value, "crt") || g_str_equal (value, "cer") ? NULL : "the suffix is pem, crt or cer";
}

static const TrustEmitterOption options[] = { { SUFFIX_KEY, FALSE, find_suffix_fault }, { NULL, FALSE, NULL } };

static void
list (const TrustEmitterInput *input, GPtrArray *entries)
{
  const char *suffix = trust_emitter_option (input, SUFFIX_KEY, "pem");

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (trust_anchor_set_get_anchor (input->set, i)));
      g_autofree char *name = trust_entry_name_dup (input->set, i, FALSE);
      GString *out = g_string_new (NULL);

      trust_pem_append (out, der.data, der.size, "CERTIFICATE");
      g_ptr_array_add (entries, trust_entry_new (g_strconcat (name, ".", suffix, NULL), NULL, g_string_free_to_bytes (out)));
    }
}

const TrustEmitter trust_emitter_pem_dir = {
  .name = "pem-dir",
  .description = "a folder of PEM files, one certificate in each",
  .is_folder = TRUE,
  .options = options,
  .list = list,
  .read = trust_emitter_read_pem,
};
