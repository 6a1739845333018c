/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/foreign.h"

#include "core/limits.h"
#include "core/pem.h"

static void
take_der (GPtrArray *out, const guint8 *der, gsize size)
{
  TrustCertificate *certificate = trust_certificate_new (der, size, NULL);

  if (certificate != NULL)
    g_ptr_array_add (out, certificate);
}

static gboolean
is_certificate (const TrustPemBlock *block)
{
  return trust_pem_label_is (block, "CERTIFICATE") || trust_pem_label_is (block, "X509 CERTIFICATE")
         || trust_pem_label_is (block, "TRUSTED CERTIFICATE");
}

/* One bad block stops no other tool from taking the next. */
static void
read_blocks (TrustSpan text, GPtrArray *out)
{
  TrustPemBlock block;
  gsize offset = 0, before = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) der = NULL;

      before = offset;
      if (!trust_pem_next (text, &offset, &block, &error))
        {
          if (error == NULL || offset <= before)
            return;
          continue;
        }
      der = is_certificate (&block) ? trust_pem_decode (block.body, NULL) : NULL;
      if (der != NULL)
        take_der (out, der->data, der->len);
    }
}

GPtrArray *
trust_foreign_read (TrustRoot *root, const TrustSourceFile *file)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GBytes) bytes = NULL;
  TrustSpan text = { NULL, 0 };

  for (guint i = 0; i < file->n_anchors; i++)
    g_ptr_array_add (out, trust_certificate_ref (trust_anchor_get_certificate (file->anchors[i])));
  if (file->status != TRUST_FILE_INSECURE && file->status != TRUST_FILE_UNPARSABLE && file->status != TRUST_FILE_PRIVATE_KEY)
    return out;
  bytes = trust_root_read (root, trust_origin_get_path (file->origin), TRUST_LIMIT_INPUT_BYTES, NULL, NULL);
  if (bytes == NULL)
    return out;
  text.data = g_bytes_get_data (bytes, &text.size);
  if (text.size > 0 && text.data[0] == 0x30)
    take_der (out, text.data, text.size);
  else
    read_blocks (text, out);
  return out;
}
