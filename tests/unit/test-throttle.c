/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/throttle.h"

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

/* How many of N events of UID at NOW are told. */
static guint
take (TrustThrottle *throttle, gint64 uid, gint64 now, guint n)
{
  guint told = 0, untold = 0;

  for (guint i = 0; i < n; i++)
    told += trust_throttle_take (throttle, uid, now, &untold) ? 1 : 0;
  return told;
}

static void
test_per_uid (void)
{
  g_autoptr (TrustThrottle) throttle = trust_throttle_new (10, 3, MINUTE);

  g_assert_cmpuint (take (throttle, 1000, 5, 100), ==, 3);
  g_assert_cmpuint (take (throttle, 1001, 6, 2), ==, 2);
  g_assert_cmpuint (take (throttle, 1001, 7, 2), ==, 1);
  g_assert_cmpuint (take (throttle, 1000, MINUTE, 1), ==, 0);
}

/* Somebody with many uids is held as well. */
static void
test_total (void)
{
  g_autoptr (TrustThrottle) throttle = trust_throttle_new (10, 3, MINUTE);
  guint told = 0;

  for (gint64 uid = 100000; uid < 165536; uid++)
    told += take (throttle, uid, 5, 1);
  g_assert_cmpuint (told, ==, 10);
}

/* What was not told is counted, and the count is told once. */
static void
test_count (void)
{
  g_autoptr (TrustThrottle) throttle = trust_throttle_new (10, 3, MINUTE);
  guint untold = 7;

  take (throttle, 1000, 5, 100);
  g_assert_false (trust_throttle_take (throttle, 1000, 6, &untold));
  g_assert_cmpuint (untold, ==, 0);
  g_assert_true (trust_throttle_take (throttle, 1000, 5 + MINUTE, &untold));
  g_assert_cmpuint (untold, ==, 98);
  g_assert_true (trust_throttle_take (throttle, 1000, 6 + MINUTE, &untold));
  g_assert_cmpuint (untold, ==, 0);
  g_assert_true (trust_throttle_take (throttle, 1000, 5 + 3 * MINUTE, &untold));
  g_assert_cmpuint (untold, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/throttle/per-uid", test_per_uid);
  g_test_add_func ("/throttle/total", test_total);
  g_test_add_func ("/throttle/count", test_count);
  return g_test_run ();
}
