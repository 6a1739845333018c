/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What anchord writes for a distribution's tool never comes back as somebody's word; and Alpine's folders. */
#include "tests/unit/sources-fixture.h"

static void
test_p11_feed (Fixture *fixture, gconstpointer data)
{
  static const char *const layouts[][2] = { { "fedora-local", "etc/pki/ca-trust/source" },
                                            { "suse-local", "etc/pki/trust" },
                                            { "arch-local", "etc/ca-certificates/trust-source" } };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *persisted = g_strconcat ("[p11-kit-object-v1]\ntrusted: true\n", pems[0], NULL);
      g_autofree char *feed = g_strconcat (layouts[i][1], "/anchord.p11-kit", NULL), *other = g_strconcat (layouts[i][1], "/ipa.p11-kit", NULL);
      g_autofree char *soft = g_strconcat (layouts[i][1], "/anchors/link.p11-kit", NULL), *hard = g_strconcat (layouts[i][1], "/hard.p11-kit", NULL);
      g_autofree char *feed_host = host_path (fixture, feed), *hard_host = host_path (fixture, hard);
      g_autoptr (TrustSourceState) state = NULL, none = NULL;

      put (fixture, feed, persisted);
      put_link (fixture, soft, "../anchord.p11-kit");
      g_assert_cmpint (link (feed_host, hard_host), ==, 0);
      none = load (fixture, layouts[i][0], NULL);
      g_assert_cmpuint (none->files->len, ==, 0);
      put (fixture, other, persisted);
      state = load (fixture, layouts[i][0], NULL);
      g_assert_cmpuint (state->files->len, ==, 1);
      assert_row (state, other, TRUST_FILE_TAKEN, 1);
    }
}

/* A certificate's own extKeyUsage counts in p11-kit's folders where nothing stands beside its key; one that allows nothing else gives no anchor. */
static void
test_own_uses (Fixture *fixture, gconstpointer data)
{
  const TestCertificateSpec mail = { .dn = "CN=mail", .eku = GNUTLS_KP_EMAIL_PROTECTION },
                            stamps = { .dn = "CN=stamps", .eku = GNUTLS_KP_TIME_STAMPING };
  g_autoptr (TestCertificate) a = test_certificate_new (&mail), b = test_certificate_new (&stamps);
  g_autofree char *pem_a = test_certificate_dup_pem (a), *pem_b = test_certificate_dup_pem (b);
  g_autofree char *persisted = g_strconcat ("[p11-kit-object-v1]\ntrusted: true\n", pem_a, NULL);
  static const char *const files[] = { "etc/pki/trust/anchors/a.pem", "etc/pki/trust/a.p11-kit" };
  g_autoptr (TrustSourceState) state = NULL;

  put (fixture, files[0], pem_a);
  put (fixture, files[1], persisted);
  put (fixture, "etc/pki/trust/anchors/b.pem", pem_b);
  state = load (fixture, "suse-local", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      const TrustSourceFile *file = row (state, files[i]);

      g_assert_cmpuint (file->n_anchors, ==, 1);
      g_assert_cmphex (trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (file->anchors[0]))), ==,
                       1u << TRUST_PURPOSE_EMAIL_PROTECTION);
    }
  g_assert_cmpuint (row (state, "etc/pki/trust/anchors/b.pem")->n_anchors, ==, 0);
  g_assert_nonnull (row (state, "etc/pki/trust/anchors/b.pem")->fault);
}

/* The list, as on Debian; every file of the local folder, whatever its name, and none below it. */
static void
test_alpine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) listed = NULL, local = NULL;

  put (fixture, SHARE "mozilla/a.crt", pems[0]);
  put (fixture, SHARE "mozilla/b.crt", pems[1]);
  put (fixture, "etc/ca-certificates.conf", "# list\nmozilla/a.crt\n!mozilla/b.crt\n");
  put (fixture, LOCAL "corp.pem", pems[2]);
  put (fixture, LOCAL ".hidden.crt", pems[3]);
  put (fixture, LOCAL "below/deep.crt", pems[4]);
  put (fixture, LOCAL "anchord.crt", pems[5]);
  listed = load (fixture, "alpine-distribution", NULL);
  g_assert_cmpuint (trust_source_state_count_anchors (listed), ==, 1);
  assert_row (listed, SHARE "mozilla/a.crt", TRUST_FILE_TAKEN, 1);
  local = load (fixture, "alpine-local", NULL);
  g_assert_cmpuint (local->files->len, ==, 1);
  assert_row (local, LOCAL "corp.pem", TRUST_FILE_TAKEN, 1);
  g_assert_true (local->foreign);
}

int
main (int argc, char **argv)
{
  int result = 0;

  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  g_test_add ("/sources-feed/p11-kit", Fixture, NULL, set_up, test_p11_feed, tear_down);
  g_test_add ("/sources-feed/own-uses", Fixture, NULL, set_up, test_own_uses, tear_down);
  g_test_add ("/sources-feed/alpine", Fixture, NULL, set_up, test_alpine, tear_down);
  result = g_test_run ();
  free_certificates ();
  return result;
}
