/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor.h"

#include "tests/lib/support.h"

static TrustSettings *
server_auth (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);

  return trust_settings_new (purposes);
}

static void
test_note (void)
{
  TrustNote *note = trust_note_new ("label", NULL, "uid 0", 7);

  g_assert_null (trust_note_new (NULL, "", NULL, 0));
  g_assert_cmpstr (trust_note_get_label (note), ==, "label");
  g_assert_cmpstr (trust_note_get_reason (note), ==, "");
  g_assert_cmpint (trust_note_get_added (note), ==, 7);
  g_assert_cmpstr (trust_note_get_label (NULL), ==, "");
  g_assert_null (trust_note_get_replaces (note));
  g_assert_null (trust_note_get_replaces (NULL));
  trust_note_unref (note);
}

static void
test_note_replaces (void)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (root->certificate);
  TrustNote *note = trust_note_new ("label", NULL, NULL, 0), *bare = trust_note_with_replaces (NULL, fingerprint),
            *whole = trust_note_with_replaces (note, fingerprint);

  g_assert_true (trust_fingerprint_equal (trust_note_get_replaces (bare), fingerprint));
  g_assert_cmpstr (trust_note_get_label (whole), ==, "label");
  g_assert_true (trust_fingerprint_equal (trust_note_get_replaces (whole), fingerprint));
  trust_note_unref (note);
  trust_note_unref (bare);
  trust_note_unref (whole);
}

static void
test_equal (void)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");
  g_autoptr (TrustSettings) settings = server_auth ();
  g_autoptr (TrustOrigin) here = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "a", "/x/one", FALSE);
  g_autoptr (TrustOrigin) there = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "a", "/x/two", FALSE);
  g_autoptr (TrustOrigin) below = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "d", NULL, TRUE);
  TrustNote *note = trust_note_new (NULL, "because", NULL, 0);
  g_autoptr (TrustAnchor) a = trust_anchor_new (root->certificate, settings, here, NULL);
  g_autoptr (TrustAnchor) b = trust_anchor_new (root->certificate, settings, there, NULL);
  g_autoptr (TrustAnchor) c = trust_anchor_new (root->certificate, settings, below, NULL);
  g_autoptr (TrustAnchor) d = trust_anchor_new (root->certificate, settings, here, note);

  trust_note_unref (note);
  g_assert_true (trust_anchor_equal (a, b));
  g_assert_false (trust_anchor_equal (a, c));
  g_assert_false (trust_anchor_equal (a, d));
  g_assert_cmpstr (trust_origin_get_path (below), ==, "");
  g_assert_true (trust_origin_is_foreign (below));
  g_assert_true (trust_anchor_has_purpose (a, TRUST_PURPOSE_SERVER_AUTH));
  g_assert_false (trust_anchor_has_purpose (a, TRUST_PURPOSE_CODE_SIGNING));
}

/* A cross-sign has the key of the distrusted root; a re-issue has its name and another serial. */
static void
test_distrust_names (void)
{
  TestCertificateSpec other_spec = { .dn = "CN=Other" };
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");
  g_autoptr (TestCertificate) other = test_certificate_new (&other_spec);
  TestCertificateSpec cross_spec = { .dn = "CN=Root", .issuer = other, .same_key = root };
  g_autoptr (TestCertificate) cross = test_certificate_new (&cross_spec);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "a", "/x", FALSE);
  TrustSpan none = { NULL, 0 };
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (root->certificate);
  const TrustFingerprint *key = trust_certificate_get_key_fingerprint (root->certificate);
  g_autoptr (TrustDistrust) by_certificate = trust_distrust_new (fingerprint, NULL, none, none, NULL, origin, NULL);
  g_autoptr (TrustDistrust) by_key = trust_distrust_new (NULL, key, none, none, NULL, origin, NULL);
  g_autoptr (TrustDistrust) by_serial = trust_distrust_new (NULL, NULL, trust_certificate_get_issuer_der (cross->certificate),
                                                            trust_certificate_get_serial (cross->certificate), NULL, origin, NULL);

  g_assert_true (trust_distrust_names (by_certificate, root->certificate));
  g_assert_false (trust_distrust_names (by_certificate, cross->certificate));
  g_assert_true (trust_distrust_names (by_key, root->certificate));
  g_assert_true (trust_distrust_names (by_key, cross->certificate));
  g_assert_false (trust_distrust_names (by_key, other->certificate));
  g_assert_true (trust_distrust_names (by_serial, cross->certificate));
  g_assert_false (trust_distrust_names (by_serial, root->certificate));
  g_assert_false (trust_distrust_names (by_serial, other->certificate));
  g_assert_true (trust_distrust_equal (by_key, by_key));
  g_assert_false (trust_distrust_equal (by_key, by_certificate));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/anchor/note", test_note);
  g_test_add_func ("/anchor/note-replaces", test_note_replaces);
  g_test_add_func ("/anchor/equal", test_equal);
  g_test_add_func ("/anchor/distrust-names", test_distrust_names);
  return g_test_run ();
}
