/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small sets, and what a format makes of them with options, for the tests of one format. */
#pragma once

#include "core/emitters/emitter.h"
#include "tests/lib/support.h"

#include <string.h>

typedef struct
{
  GPtrArray *anchors;
  GPtrArray *distrusts;
  GHashTable *options;
  GBytes *before;
  TrustSnapshot *snapshot; /* (nullable) */
} EmitterFixture;

static inline EmitterFixture *
emitter_fixture_new (void)
{
  EmitterFixture *fixture = g_new0 (EmitterFixture, 1);

  fixture->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  fixture->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  fixture->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return fixture;
}

static inline void
emitter_fixture_free (EmitterFixture *fixture)
{
  g_ptr_array_unref (fixture->anchors);
  g_ptr_array_unref (fixture->distrusts);
  g_hash_table_unref (fixture->options);
  g_clear_pointer (&fixture->before, g_bytes_unref);
  g_clear_pointer (&fixture->snapshot, trust_snapshot_unref);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmitterFixture, emitter_fixture_free)

/* For server-auth. CONSTRAINTS: (nullable) words "dns:a", "ip:b", "-dns:c" (excluded), parted by blanks; "dns:" permits none. */
static inline void
emitter_fixture_add (EmitterFixture *fixture, const TestCertificate *made, TrustLayer layer, const char *constraints)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustOrigin) origin = trust_origin_new (layer, "test", NULL, FALSE);
  g_autoptr (TrustConstraints) limiting = constraints != NULL ? trust_constraints_new () : NULL;
  g_auto (GStrv) words = g_strsplit (constraints != NULL ? constraints : "", " ", -1);
  g_autoptr (TrustSettings) settings = NULL;
  TrustLimits limits = TRUST_LIMITS_NONE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean excluded = words[i][0] == '-';
      g_auto (GStrv) parts = g_strsplit (words[i] + excluded, ":", 2);

      g_assert_true (trust_constraints_add (limiting, trust_name_kind_find (parts[0]), excluded, parts[1], NULL));
    }
  limits.constraints = limiting;
  settings = trust_settings_new_limited (purposes, &limits);
  g_ptr_array_add (fixture->anchors, trust_anchor_new (made->certificate, settings, origin, NULL));
}

static inline void
emitter_fixture_refuse (EmitterFixture *fixture, const TestCertificate *made, gboolean by_certificate, gboolean by_key)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);

  g_ptr_array_add (fixture->distrusts, trust_distrust_new (by_certificate ? trust_certificate_get_fingerprint (made->certificate) : NULL,
                                                           by_key ? trust_certificate_get_key_fingerprint (made->certificate) : NULL,
                                                           (TrustSpan) { NULL, 0 }, (TrustSpan) { NULL, 0 }, made->certificate, origin, NULL));
}

static inline void
emitter_fixture_set_option (EmitterFixture *fixture, const char *key, const char *value)
{
  g_hash_table_insert (fixture->options, g_strdup (key), g_strdup (value));
}

static inline void
emitter_fixture_set_before (EmitterFixture *fixture, const char *text)
{
  g_clear_pointer (&fixture->before, g_bytes_unref);
  fixture->before = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

/* What EMITTER writes of it for servers, after trust_emitter_fit(). LOSSES nullable. Returns: (transfer full): text; NULL with ERROR. */
static inline char *
emitter_fixture_write (const EmitterFixture *fixture, const TrustEmitter *emitter, GPtrArray *losses, GError **error)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (fixture->anchors, fixture->distrusts);
  g_autoptr (TrustAnchorSet) fits = trust_emitter_fit (emitter, set, "server-auth", &trust_loss_policy_default, 0, losses);
  TrustEmitterInput input = {
    .set = fits, .purpose = "server-auth", .options = fixture->options, .before = fixture->before, .snapshot = fixture->snapshot
  };
  g_autoptr (GBytes) bytes = trust_emitter_write (emitter, &input, error);
  g_autoptr (GBytes) again = bytes != NULL ? trust_emitter_write (emitter, &input, NULL) : NULL;

  if (bytes == NULL)
    return NULL;
  g_assert_true (g_bytes_equal (bytes, again));
  return g_strndup (g_bytes_get_size (bytes) > 0 ? g_bytes_get_data (bytes, NULL) : "", g_bytes_get_size (bytes));
}

static inline const TrustEmitterOption *
emitter_find_option (const TrustEmitter *emitter, const char *key)
{
  for (const TrustEmitterOption *at = emitter->options; at != NULL && at->key != NULL; at++)
    if (g_str_equal (at->key, key))
      return at;
  g_assert_not_reached ();
}
