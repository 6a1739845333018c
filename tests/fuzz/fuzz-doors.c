/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bus's parameters: the first byte chooses a door, the others are the bytes of a value of its type. Only parsed: nothing is done. */
#include "facade/door.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  const TrustDoor *door = &trust_doors[data[0] % trust_n_doors];

  if (door->input == NULL)
    return 0;

  g_autoptr (GBytes) bytes = g_bytes_new (data + 1, size - 1);
  g_autoptr (GVariant) raw = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (door->input), bytes, FALSE));
  /* As GDBus gives them. */
  g_autoptr (GVariant) parameters = g_variant_get_normal_form (raw);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  GError *error = NULL;

  if (!trust_door_parse (door, parameters, NULL, &request, &error))
    fuzz_check_error (error);
  return 0;
}
