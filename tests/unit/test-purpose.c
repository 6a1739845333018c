/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/limits.h"
#include "core/purpose.h"

/* RFC 5280 section 4.2.1.12. */
static void
test_names (void)
{
  g_assert_cmpstr (trust_purpose_get_oid (TRUST_PURPOSE_SERVER_AUTH), ==, "1.3.6.1.5.5.7.3.1");
  g_assert_cmpstr (trust_purpose_get_oid (TRUST_PURPOSE_CLIENT_AUTH), ==, "1.3.6.1.5.5.7.3.2");
  g_assert_cmpstr (trust_purpose_get_oid (TRUST_PURPOSE_CODE_SIGNING), ==, "1.3.6.1.5.5.7.3.3");
  g_assert_cmpstr (trust_purpose_get_oid (TRUST_PURPOSE_EMAIL_PROTECTION), ==, "1.3.6.1.5.5.7.3.4");
  g_assert_cmpstr (trust_purpose_get_oid (TRUST_PURPOSE_TIME_STAMPING), ==, "1.3.6.1.5.5.7.3.8");
  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    {
      g_assert_cmpuint (trust_purpose_find (trust_purpose_get_name (i)), ==, i);
      g_assert_cmpuint (trust_purpose_find (trust_purpose_get_oid (i)), ==, i);
    }
  g_assert_cmpuint (trust_purpose_find ("Server-Auth"), ==, TRUST_PURPOSE_LAST);
}

static void
test_sets (void)
{
  const char *const names[] = { "1.3.6.1.5.5.7.3.8", "2.16.840.1.1", "server-auth", "1.2.3", "2.16.840.1.1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPurposes) some = trust_purposes_new (names, &error);
  g_autoptr (TrustPurposes) server = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) both = NULL;
  g_autoptr (TrustPurposes) all = NULL;
  g_auto (GStrv) listed = NULL;

  g_assert_no_error (error);
  listed = trust_purposes_dup_names (some);
  g_assert_cmpstr (listed[0], ==, "server-auth");
  g_assert_cmpstr (listed[1], ==, "time-stamping");
  g_assert_cmpstr (listed[2], ==, "1.2.3");
  g_assert_cmpstr (listed[3], ==, "2.16.840.1.1");
  g_assert_null (listed[4]);
  g_assert_true (trust_purposes_has_oid (some, "1.3.6.1.5.5.7.3.1"));
  g_assert_false (trust_purposes_has_oid (some, "1.2.4"));
  both = trust_purposes_intersect (some, server);
  g_assert_true (trust_purposes_equal (both, server));
  all = trust_purposes_union (some, server);
  g_assert_true (trust_purposes_equal (all, some));
  g_assert_false (trust_purposes_equal (all, server));
  g_assert_false (trust_purposes_is_empty (server));
}

static void
test_empty (void)
{
  g_autoptr (TrustPurposes) none = trust_purposes_new (NULL, NULL);

  g_assert_true (trust_purposes_is_empty (none));
}

static void
test_refused (void)
{
  const char *const bad[] = { "", "server", "1", "1.", ".1", "3.1", "1.40", "01.2", "1.02", "1.2.x", "1..2", " server-auth", "\x1b[31m" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const names[] = { bad[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_purposes_new (names, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_assert_null (g_strstr_len (error->message, -1, "\x1b"));
      g_assert_nonnull (g_strstr_len (error->message, -1, "server-auth"));
    }
}

static void
test_limit (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= TRUST_LIMIT_PURPOSES; i++)
    {
      g_autofree char *oid = g_strdup_printf ("1.2.%u", i);

      g_strv_builder_add (builder, oid);
    }
  names = g_strv_builder_end (builder);
  g_assert_null (trust_purposes_new ((const char *const *) names, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/purpose/names", test_names);
  g_test_add_func ("/purpose/sets", test_sets);
  g_test_add_func ("/purpose/empty", test_empty);
  g_test_add_func ("/purpose/refused", test_refused);
  g_test_add_func ("/purpose/limit", test_limit);
  return g_test_run ();
}
