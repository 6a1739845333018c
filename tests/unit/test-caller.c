/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/caller.h"

#include <unistd.h>

static void
test_self (void)
{
  g_autoptr (TrustCaller) caller = trust_caller_new_self ("offline");
  g_autoptr (TrustCaller) copy = trust_caller_copy (caller);

  g_assert_cmpint (caller->uid, ==, getuid ());
  g_assert_cmpint (caller->pid, ==, getpid ());
  g_assert_cmpstr (caller->how, ==, "offline");
  g_assert_cmpstr (caller->command, ==, "test-caller");
  g_assert_true (g_str_has_suffix (caller->executable, "test-caller"));
  g_assert_cmpstr (copy->command, ==, caller->command);
}

static void
test_gone (void)
{
  g_autoptr (TrustCaller) caller = trust_caller_new ("bus");

  g_assert_false (trust_caller_read_process (caller, G_MAXINT32));
  g_assert_cmpint (caller->pid, ==, -1);
  g_assert_cmpint (caller->login_uid, ==, -1);
  g_assert_cmpstr (caller->command, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caller/self", test_self);
  g_test_add_func ("/caller/gone", test_gone);
  return g_test_run ();
}
