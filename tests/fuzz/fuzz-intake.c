/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service itself decodes: PEM and DER. */
#include "core/intake.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) found = trust_intake_decode (data, size, &error);

  if (found == NULL)
    fuzz_check_error (error);
  else
    g_assert_no_error (error);
  return 0;
}
