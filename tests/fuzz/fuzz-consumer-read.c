/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands where consumers read, whoever wrote it: told by each format's `read`, and merged by those formats that keep what others wrote. */
#include "core/emitters/emitter.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Values for the options that formats which merge need. */
static GHashTable *
make_options (const TrustEmitter *emitter)
{
  static const char *const values[] = { "https://registry.example", "/etc/ssl/certs/ca-certificates.crt", "p11-kit-trust.so", "1", "X", NULL };
  GHashTable *options = g_hash_table_new (g_str_hash, g_str_equal);

  for (const TrustEmitterOption *option = emitter->options; option != NULL && option->key != NULL; option++)
    for (guint i = 0; option->is_needed && values[i] != NULL && !g_hash_table_contains (options, option->key); i++)
      if (option->find_fault == NULL || option->find_fault (values[i]) == NULL)
        g_hash_table_insert (options, (gpointer) option->key, (gpointer) values[i]);
  return options;
}

/* What is merged stays as it is when it is merged again, and is read. */
static void
check_merge (const TrustEmitter *emitter, const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (none, none);
  g_autoptr (GHashTable) options = make_options (emitter);
  g_autoptr (GBytes) before = g_bytes_new (data, size), once = NULL, twice = NULL;
  TrustEmitterInput input = { .set = set, .purpose = "server-auth", .options = options, .before = before };
  GError *error = NULL;

  once = trust_emitter_write (emitter, &input, &error);
  if (once == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  input.before = once;
  twice = trust_emitter_write (emitter, &input, NULL);
  g_assert_nonnull (twice);
  g_assert_true (g_bytes_equal (once, twice));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    {
      const TrustEmitter *emitter = trust_emitters[i];
      g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint)), again = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

      if (emitter->read != NULL)
        {
          g_assert_cmpint (emitter->read (data, size, found), ==, emitter->read (data, size, again));
          g_assert_cmpuint (found->len, ==, again->len);
          /* A certificate is an element of DER at least. */
          g_assert_cmpuint (found->len, <=, size / 2);
          g_assert_true (found->len == 0 || memcmp (found->data, again->data, found->len * sizeof (TrustFingerprint)) == 0);
        }
      if (emitter->merges)
        check_merge (emitter, data, size);
    }
  return 0;
}
