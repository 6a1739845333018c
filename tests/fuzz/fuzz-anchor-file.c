/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Anchor and distrust files: what is read is what was written, and writing it again gives it again. */
#include "core/anchor-file.h"
#include "tests/fuzz/fuzz.h"

static gboolean
read_file (TrustSpan bytes, GPtrArray *anchors, GPtrArray *distrusts, GError **error)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "fuzz", NULL, FALSE);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  gboolean done = trust_anchor_file_parse (bytes, origin, anchors, distrusts, warnings, error);

  fuzz_check_texts (warnings);
  return done;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  GError *error = NULL;

  trust_anchor_file_probe ((TrustSpan) { data, size });
  if (!read_file ((TrustSpan) { data, size }, anchors, distrusts, &error))
    {
      g_assert_cmpuint (anchors->len + distrusts->len, ==, 0);
      fuzz_check_error (error);
      return 0;
    }
  g_assert_cmpuint (anchors->len + distrusts->len, ==, 1);

  g_autoptr (GBytes) bytes = anchors->len > 0 ? trust_anchor_file_write (anchors->pdata[0]) : trust_distrust_file_write (distrusts->pdata[0]);
  TrustSpan again = { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) };

  read_file (again, anchors, distrusts, &error);
  g_assert_no_error (error);
  if (anchors->len > 0)
    g_assert_true (trust_anchor_equal (anchors->pdata[0], anchors->pdata[1]));
  else
    g_assert_true (trust_distrust_equal (distrusts->pdata[0], distrusts->pdata[1]));
  return 0;
}
