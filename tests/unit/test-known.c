/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/known.h"

#include "tests/lib/support.h"

static TrustSourceFile *
file_new (TrustLayer layer, const char *source, const char *path, gboolean foreign, const TestCertificate *root, guint mask)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (layer, source, path, foreign);
  if (root != NULL)
    {
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

      file->n_anchors = 1;
      file->anchors = g_new (TrustAnchor *, 1);
      file->anchors[0] = trust_anchor_new (root->certificate, settings, file->origin, NULL);
    }
  return file;
}

static gboolean
resolve (const TrustKnown *known, const char *text, TrustFingerprint *out, TrustCertificate **certificate, GError **error)
{
  TrustPrefix prefix;

  g_assert_true (trust_fingerprint_parse (text, &prefix.fingerprint, &prefix.n_digits, NULL));
  return trust_known_resolve (known, &prefix, out, certificate, error);
}

static void
test_resolve (void)
{
  g_autoptr (TestCertificate) one = test_certificate_new_root ("CN=One");
  g_autoptr (TestCertificate) two = test_certificate_new_root ("CN=Two");
  TrustSourceState *distribution = trust_source_state_new ("d", TRUST_LAYER_DISTRIBUTION, FALSE);
  TrustSourceState *own = trust_source_state_new ("anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (none, none);
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (TrustKnown) known = NULL;
  g_autoptr (GError) error = NULL;
  TrustFingerprint found;
  TrustCertificate *certificate = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_source_state_take_file (distribution, file_new (TRUST_LAYER_DISTRIBUTION, "d", "/d/one", TRUE, one, 1));
  trust_source_state_take_file (distribution, file_new (TRUST_LAYER_DISTRIBUTION, "d", "/d/two", TRUE, two, 1));
  trust_source_state_take_file (own, file_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/a/one", FALSE, one, 1));
  g_ptr_array_add (states, distribution);
  g_ptr_array_add (states, own);
  snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_NONE, set, states);
  known = trust_known_new (snapshot);

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (one->certificate), hex);
  g_assert_true (resolve (known, hex, &found, &certificate, &error));
  g_assert_true (trust_fingerprint_equal (trust_certificate_get_fingerprint (certificate), trust_certificate_get_fingerprint (one->certificate)));
  hex[16] = '\0';
  g_assert_true (resolve (known, hex, &found, &certificate, &error));
  g_assert_true (trust_fingerprint_equal (&found, trust_certificate_get_fingerprint (one->certificate)));
  g_assert_false (resolve (known, "0000000000000000", &found, &certificate, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/known/resolve", test_resolve);
  return g_test_run ();
}
