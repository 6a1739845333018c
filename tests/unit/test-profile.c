/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/profile.h"

#include <string.h>

static const TrustProfile all_profiles[] = { TRUST_PROFILE_DEFAULT, TRUST_PROFILE_STRICT, TRUST_PROFILE_WEBPKI, TRUST_PROFILE_LENIENT };

static void
append_word (GString *out, const char *word)
{
  g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", word);
}

/* A rule as the man page has it. Returns: (transfer full). */
static char *
format_rule (const TrustPathRule *rule)
{
  static const char *const roles[] = { "leaf", "CA", "anchor" };
  g_autoptr (GString) profiles = g_string_new (NULL), where = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (all_profiles); i++)
    if (rule->profiles & all_profiles[i])
      append_word (profiles, trust_profile_get_name (all_profiles[i]));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (rule->roles & (1u << i))
      append_word (where, roles[i]);
  return g_strdup_printf ("*%s* (%s): %s; %s.\n    Refused, as \"%s\": %s.\n", rule->id, rule->source, profiles->str, where->str,
                          trust_reason_get_name (rule->reason), rule->says);
}

/* The man page tells of each rule, in the table's order, and of no other. */
static void
test_documented (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "man", "anchord-profiles.7.rst", NULL);
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  const char *at = NULL;
  guint n = 0;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  at = page;
  for (guint i = 0; i < trust_n_path_rules; i++)
    {
      g_autofree char *line = format_rule (&trust_path_rules[i]);
      const char *found = strstr (at, line);

      if (found == NULL)
        g_test_message ("missing, or out of order:\n%s", line);
      g_assert_nonnull (found);
      at = found + 1;
    }
  for (at = page; (at = strstr (at, "\n    Refused, as ")) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, trust_n_path_rules);
}

static void
test_table (void)
{
  for (guint i = 0; i < trust_n_path_rules; i++)
    {
      const TrustPathRule *rule = &trust_path_rules[i];

      g_assert_cmpuint (rule->profiles, !=, 0);
      g_assert_cmpuint (rule->roles & (TRUST_ROLE_LEAF | TRUST_ROLE_CA | TRUST_ROLE_ANCHOR), ==, rule->roles);
      g_assert_cmpuint (rule->roles, !=, 0);
      g_assert_nonnull (rule->holds);
      for (guint n = 0; n < i; n++)
        g_assert_cmpstr (trust_path_rules[n].id, !=, rule->id);
    }
}

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_profiles); i++)
    g_assert_cmpuint (trust_profile_find (trust_profile_get_name (all_profiles[i])), ==, all_profiles[i]);
  g_assert_cmpuint (trust_profile_find ("Default"), ==, 0);
  g_assert_cmpuint (trust_profile_find (""), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/documented", test_documented);
  g_test_add_func ("/profile/table", test_table);
  g_test_add_func ("/profile/names", test_names);
  return g_test_run ();
}
