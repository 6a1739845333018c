/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON that others wrote and we change: it stays strict JSON, what was put is there, and what was dropped is not. */
#include "core/json-edit.h"
#include "core/json.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char *const add[] = { "policies", "SecurityDevices", "Add", "anchord", NULL };
static const char *const drop[] = { "policies", "SecurityDevices", "Delete", "anchord", NULL };

/* Is what stands on the way to both of the right kind? That is what callers look at first. */
static gboolean
fits (JsonObject *root)
{
  g_autoptr (GError) error = NULL;
  JsonObject *policies = trust_json_find_object (root, add[0], &error);
  JsonObject *devices = policies != NULL ? trust_json_find_object (policies, add[1], &error) : NULL;

  if (devices != NULL)
    trust_json_find_object (devices, add[2], &error);
  if (devices != NULL && error == NULL)
    trust_json_find_array (devices, drop[2], &error);
  return error == NULL;
}

static void
check_strict (const GString *text)
{
  g_autoptr (JsonNode) node = trust_json_read ((TrustSpan) { (const guint8 *) text->str, text->len }, NULL);

  g_assert_true (trust_json_is_strict (text->str, text->len));
  g_assert_nonnull (node);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gboolean is_strict = trust_json_is_strict ((const char *) data, size);
  GError *error = NULL;
  g_autoptr (JsonNode) node = trust_json_read ((TrustSpan) { data, size }, &error);

  if (node == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }
  if (!is_strict || !fits (json_node_get_object (node)))
    return 0;

  g_autoptr (GString) text = g_string_new_len ((const char *) data, (gssize) size);

  trust_json_put (text, add, "\"/module.so\"");
  trust_json_put (text, drop, NULL);
  g_assert_true (trust_json_has (text, add) && trust_json_has (text, drop));
  /* Near the limits the text that is longer by ours may be over them. */
  if (size < 1000)
    check_strict (text);
  while (trust_json_drop (text, drop))
    continue;
  g_assert_true (trust_json_drop (text, add));
  g_assert_false (trust_json_has (text, add) || trust_json_has (text, drop));
  if (size < 1000)
    check_strict (text);
  return 0;
}
