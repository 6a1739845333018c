/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of DER files, one certificate in each. */
#include "core/emitters/emitter.h"
#include "core/emitters/entry-name.h"

static void
list (const TrustEmitterInput *input, GPtrArray *entries)
{
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (trust_anchor_set_get_anchor (input->set, i)));
      g_autofree char *name = trust_entry_name_dup (input->set, i, FALSE);

      g_ptr_array_add (entries, trust_entry_new (g_strconcat (name, ".der", NULL), NULL, g_bytes_new (der.data, der.size)));
    }
}

const TrustEmitter trust_emitter_der_dir = {
  .name = "der-dir",
  .description = "a folder of DER files, one certificate in each",
  .is_folder = TRUE,
  .list = list,
  .read = trust_emitter_read_der,
};
