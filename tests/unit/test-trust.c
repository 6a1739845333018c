/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/trust.h"

static TrustSettings *
settings (guint mask)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);

  return trust_settings_new (purposes);
}

static void
test_order (void)
{
  g_autoptr (TrustSettings) server = settings (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) email = settings (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) both = settings (1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) meet = trust_settings_intersect (both, email);
  g_autoptr (TrustSettings) none = trust_settings_intersect (server, email);

  g_assert_true (trust_settings_is_within (server, both));
  g_assert_false (trust_settings_is_within (both, server));
  g_assert_false (trust_settings_is_within (server, email));
  g_assert_true (trust_settings_equal (meet, email));
  g_assert_true (trust_purposes_is_empty (trust_settings_get_purposes (none)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/order", test_order);
  return g_test_run ();
}
