/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of a request that waits. No input has an id that fits by chance: only the reading is tried. */
#include "core/request.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  g_autoptr (TrustRequest) request = trust_request_parse ((TrustSpan) { data, size }, "", &error);

  g_assert_null (request);
  fuzz_check_error (error);
  return 0;
}
