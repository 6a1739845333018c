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
  g_test_add ("/sources-feed/alpine", Fixture, NULL, set_up, test_alpine, tear_down);
  result = g_test_run ();
  free_certificates ();
  return result;
}
