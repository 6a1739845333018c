/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSL's hashed folder of TRUSTED CERTIFICATE files: what is refused stands in it, too, and is refused where a chain brings it. */
#include "core/emitters/openssl-dir.h"
#include "core/emitters/openssl-trusted.h"

/* One file: an anchor's, or a refusal's. */
typedef struct
{
  const TrustAnchor *anchor;           /* (borrowed) (nullable) */
  const TrustDistrust *distrust;       /* (borrowed) (nullable) */
  const TrustCertificate *certificate; /* (borrowed) */
} Item;

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (trust_certificate_get_fingerprint (((const Item *) a)->certificate),
                                    trust_certificate_get_fingerprint (((const Item *) b)->certificate));
}

/* In fingerprint order, each certificate once. Returns: (transfer full), of Item. */
static GArray *
collect (const TrustAnchorSet *set)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);
      Item item = { anchor, NULL, trust_anchor_get_certificate (anchor) };

      g_hash_table_add (seen, (gpointer) trust_anchor_get_fingerprint (anchor));
      g_array_append_val (items, item);
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      const TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      Item item = { NULL, distrust, trust_openssl_trusted_refused (distrust) };

      if (item.certificate != NULL && g_hash_table_add (seen, (gpointer) trust_certificate_get_fingerprint (item.certificate)))
        g_array_append_val (items, item);
    }
  g_array_sort (items, compare_items);
  return items;
}

static void
list (const TrustEmitterInput *input, GPtrArray *entries)
{
  g_autoptr (GArray) items = collect (input->set);
  g_autoptr (GHashTable) names = trust_openssl_names_new ();

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      GString *out = g_string_new (NULL);

      if (item->anchor != NULL)
        trust_openssl_trusted_append (out, item->anchor);
      else
        trust_openssl_trusted_append_refused (out, item->distrust);
      g_ptr_array_add (entries, trust_entry_new (trust_openssl_names_take (names, item->certificate), NULL, g_string_free_to_bytes (out)));
    }
}

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

const TrustEmitter trust_emitter_openssl_trusted_dir = {
  .name = "openssl-trusted-dir",
  .description = "OpenSSL's hashed folder of TRUSTED CERTIFICATE files, with purposes and what is refused",
  .is_folder = TRUE,
  .says = SAYS (PURPOSES) | SAYS (OTHER_PURPOSES) | SAYS (LABEL) | SAYS (DISTRUST),
  .list = list,
  .read = trust_emitter_read_pem,
  .is_within = trust_openssl_trusted_is_within,
};
