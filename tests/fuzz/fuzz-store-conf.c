/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store's store.conf: what is read is written and read again. */
#include "core/store-conf.h"
#include "tests/fuzz/fuzz.h"

static gboolean
is_same (const TrustPurposes *a, const TrustPurposes *b)
{
  return a == NULL || b == NULL ? a == b : trust_purposes_equal (a, b);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (TrustStoreConf) conf = { FALSE, NULL }, again = { FALSE, NULL };
  GError *error = NULL;

  if (!trust_store_conf_parse ((TrustSpan) { data, size }, &conf, &error))
    {
      fuzz_check_error (error);
      return 0;
    }

  g_autoptr (GBytes) bytes = trust_store_conf_write (&conf);

  trust_store_conf_parse ((TrustSpan) { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) }, &again, &error);
  g_assert_no_error (error);
  g_assert_true (conf.inherits == again.inherits && is_same (conf.narrowed, again.narrowed));
  return 0;
}
