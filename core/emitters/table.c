/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/emitter.h"

const TrustEmitter *const trust_emitters[] = { &trust_emitter_pem_bundle, &trust_emitter_openssl_dir, &trust_emitter_p11_kit,
                                               &trust_emitter_openssl_trusted, NULL };

const TrustEmitter *
trust_emitter_find (const char *name)
{
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    if (g_str_equal (trust_emitters[i]->name, name))
      return trust_emitters[i];
  return NULL;
}
