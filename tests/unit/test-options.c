/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/limits.h"
#include "facade/options.h"

static gboolean
refuse (const char *key, GVariant *value, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "%s is refused", key);
  return FALSE;
}

static const TrustOption table[] = {
  { "flag", "b", NULL },
  { "reason", "s", trust_option_is_reason },
  { "refused", "u", refuse },
};

static gboolean
check (const char *text, GError **error)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed (text));

  return trust_options_check (options, table, G_N_ELEMENTS (table), error);
}

static void
test_known (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (check ("@a{sv} {}", &error));
  g_assert_no_error (error);
  g_assert_true (check ("{'flag': <true>, 'reason': <'because'>}", &error));
  g_assert_no_error (error);
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check ("{'flag': <true>, 'odd\u202ekey': <1>}", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "flag, reason, refused"));
  /* Foreign text is escaped. */
  g_assert_null (strstr (error->message, "\u202e"));
}

static void
test_type (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check ("{'flag': <'yes'>}", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "\"flag\""));
}

static void
test_twice (void)
{
  g_autoptr (GError) error = NULL;
  GVariant *entry = g_variant_new_dict_entry (g_variant_new_string ("flag"), g_variant_new_variant (g_variant_new_boolean (TRUE)));
  GVariant *entries[] = { entry, entry };
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_array (NULL, entries, 2));

  g_assert_false (trust_options_check (options, table, G_N_ELEMENTS (table), &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "twice"));
}

static void
test_too_many (void)
{
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i <= TRUST_LIMIT_OPTIONS; i++)
    g_variant_builder_add (&builder, "{sv}", "flag", g_variant_new_boolean (TRUE));

  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_builder_end (&builder));

  g_assert_false (trust_options_check (options, table, G_N_ELEMENTS (table), &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "too many"));
}

static void
test_check_is_asked (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check ("{'refused': <uint32 7>}", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_POLICY);
}

static void
test_texts (void)
{
  g_autofree char *longest = g_strnfill (TRUST_LIMIT_REASON_CHARS, 'x');
  g_autofree char *longer = g_strnfill (TRUST_LIMIT_REASON_CHARS + 1, 'x');
  const struct
  {
    const char *text;
    gboolean good;
  } cases[] = {
    { "CHG-42: ümläut", TRUE }, { longest, TRUE }, { longer, FALSE }, { "two\nlines", FALSE }, { "\033[31m", FALSE }, { "\u202e", FALSE }
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (cases[i].text));
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (trust_option_is_reason ("reason", value, &error), ==, cases[i].good);
      g_assert_cmpint (error == NULL, ==, cases[i].good);
    }
}

static void
test_peer_names (void)
{
  g_autofree char *long_name = g_strnfill (256, 'a');
  const struct
  {
    const char *text;
    gboolean good;
  } cases[] = { { "host.example", TRUE },
                { "192.0.2.1", TRUE },
                { "2001:db8::1", TRUE },
                { "xn--bcher-kva.example", TRUE },
                { "", FALSE },
                { "bücher.example", TRUE },
                { "joe@host.example", TRUE },
                { "old_host.example", TRUE },
                { "a b", FALSE },
                { "*.example", FALSE },
                { "evil\u202e.example", FALSE },
                { "@host.example", FALSE },
                { "192.0.2.256", FALSE },
                { long_name, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (cases[i].text));

      g_assert_cmpint (trust_option_is_peer_name ("name", value, NULL), ==, cases[i].good);
    }
}

static void
test_purposes (void)
{
  const struct
  {
    const char *text;
    gboolean good;
  } cases[] = { { "['server-auth']", TRUE }, { "['1.2.3.4', 'client-auth']", TRUE }, { "@as []", FALSE }, { "['coffee']", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (cases[i].text));
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (trust_option_is_purposes ("purposes", value, &error), ==, cases[i].good);
      if (!cases[i].good)
        g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/known", test_known);
  g_test_add_func ("/options/unknown", test_unknown);
  g_test_add_func ("/options/type", test_type);
  g_test_add_func ("/options/twice", test_twice);
  g_test_add_func ("/options/too-many", test_too_many);
  g_test_add_func ("/options/check-is-asked", test_check_is_asked);
  g_test_add_func ("/options/texts", test_texts);
  g_test_add_func ("/options/peer-names", test_peer_names);
  g_test_add_func ("/options/purposes", test_purposes);
  return g_test_run ();
}
