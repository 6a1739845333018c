/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/root-fixture.h"

static gpointer
unlock_later (gpointer data)
{
  g_usleep (50000);
  close (GPOINTER_TO_INT (data));
  return NULL;
}

static void
test_lock (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int held = trust_root_lock (f->root, "/run/anchord/lock", 0, &error);
  TrustStat st;

  g_assert_no_error (error);
  g_assert_true (trust_root_stat (f->root, "/run/anchord/lock", &st));
  g_assert_cmpuint (st.mode, ==, S_IFREG | 0600);

  /* OFD: it keeps out another descriptor of the same process too. */
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (trust_root_lock (f->root, "/run/anchord/lock", 0, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (trust_root_lock (f->root, "/run/anchord/lock", 30, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 30000);

  GThread *thread = g_thread_new ("unlock", unlock_later, GINT_TO_POINTER (held));
  int next = trust_root_lock (f->root, "/run/anchord/lock", 60000, &error);

  g_assert_no_error (error);
  g_thread_join (thread);
  close (next);

  g_assert_cmpint (trust_root_lock (f->root, "/etc", 0, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
}

/* A lock on a deleted file would keep nobody out. */
static void
test_lock_deleted (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_image (f, "etc/lock");
  int first = trust_root_lock (f->root, "/etc/lock", 0, NULL);
  int second;

  g_assert_no_errno (unlink (path));
  second = trust_root_lock (f->root, "/etc/lock", 0, NULL);
  g_assert_cmpint (second, >=, 0);
  g_assert_cmpint (trust_root_lock (f->root, "/etc/lock", 0, NULL), ==, -1);
  close (first);
  close (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/root-lock/lock", test_lock);
  ADD ("/root-lock/deleted", test_lock_deleted);
  return g_test_run ();
}
