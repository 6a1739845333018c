/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bus's parameters: a line names a door ("Anchors.Add"), and what follows it is the bytes of a value of its type. Only parsed: nothing is
 * done. */
#include "facade/door.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const TrustDoor *
find_door (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, ".", 2);

  return parts[0] != NULL && parts[1] != NULL ? trust_door_find (TRUST_DOOR_METHOD, parts[0], parts[1]) : NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  g_autofree char *name = end != NULL ? g_strndup ((const char *) data, (gsize) (end - data)) : NULL;
  const TrustDoor *door = name != NULL ? find_door (name) : NULL;

  if (door == NULL || door->input == NULL)
    return 0;

  g_autoptr (GBytes) bytes = g_bytes_new (end + 1, size - (gsize) (end + 1 - data));
  g_autoptr (GVariant) raw = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (door->input), bytes, FALSE));
  /* As GDBus gives them. */
  g_autoptr (GVariant) parameters = g_variant_get_normal_form (raw);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  GError *error = NULL;

  if (!trust_door_parse (door, parameters, NULL, &request, &error))
    fuzz_check_error (error);
  return 0;
}
