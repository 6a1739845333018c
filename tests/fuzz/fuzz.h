/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all fuzz targets share. A target is a program with the function below: libFuzzer calls it, or tests/fuzz/replay.c for given files. */
#pragma once

#include "core/error.h"
#include "core/text.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* An error that a terminal may show. Freed. */
static inline void
fuzz_check_error (GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == TRUST_ERROR);
  g_assert_true (trust_text_is_plain (error->message, 0));
  g_error_free (error);
}

/* Of char*: the same. */
static inline void
fuzz_check_texts (const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    g_assert_true (trust_text_is_plain (texts->pdata[i], 0));
}
