/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/changes.h"
#include "facade/limits.h"
#include "tests/unit/doors-fixture.h"

#define YEAR_9999 G_GINT64_CONSTANT (253402300799)

static GVariant *
parse (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

/* Each mistake is told with the key that it stands in. */
static void
test_subtrees (void)
{
  const struct
  {
    const char *key, *text;
    gboolean good;
  } cases[] = {
    { "permitted", "{'dns': ['corp.example', 'other.example'], 'ip': ['10.0.0.0/8', '2001:db8::/32']}", TRUE },
    { "permitted", "{'dns': @as []}", TRUE },
    { "permitted", "{'dns': ['']}", TRUE },
    { "permitted", "{'directory': ['O=Corp,C=DE']}", TRUE },
    { "permitted", "{'email': ['joe@corp.example', '.corp.example'], 'uri': ['.corp.example']}", TRUE },
    { "excluded", "{'dns': ['corp.example']}", TRUE },
    { "excluded", "{'dns': @as []}", FALSE },
    { "excluded", "{'dns': ['']}", FALSE },
    { "permitted", "@a{sas} {}", FALSE },
    { "permitted", "{'DNS': ['corp.example']}", FALSE },
    { "permitted", "{'': ['corp.example']}", FALSE },
    { "permitted", "{'coffee\u202e': ['corp.example']}", FALSE },
    { "permitted", "{'dns': ['.corp.example']}", FALSE },
    { "permitted", "{'dns': ['*.corp.example']}", FALSE },
    { "permitted", "{'dns': ['b\u00fccher.example']}", FALSE },
    { "permitted", "{'ip': ['10.0.0.1/8']}", FALSE },
    { "permitted", "{'ip': ['10.0.0.0/33']}", FALSE },
    { "permitted", "{'ip': ['10.0.0.0/-1']}", FALSE },
    { "permitted", "{'ip': ['ten']}", FALSE },
    { "permitted", "{'directory': ['#zz']}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) value = parse (cases[i].text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (trust_option_is_subtrees (cases[i].key, value, &error), ==, cases[i].good);
      if (cases[i].good)
        continue;
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].key));
      g_assert_true (trust_text_is_plain (error->message, 0));
    }
}

static void
test_kind_twice (void)
{
  const char *const one[] = { "corp.example", NULL };
  GVariantBuilder builder;
  g_autoptr (GError) error = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  g_variant_builder_add (&builder, "{s^as}", "dns", one);
  g_variant_builder_add (&builder, "{s^as}", "dns", one);

  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_builder_end (&builder));

  g_assert_false (trust_option_is_subtrees ("permitted", value, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
}

static void
test_too_many_subtrees (void)
{
  GVariantBuilder builder;
  g_autoptr (GError) error = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("{sas}"));
  g_variant_builder_add (&builder, "s", "dns");
  g_variant_builder_open (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i <= TRUST_LIMIT_SUBTREES; i++)
    g_variant_builder_add (&builder, "s", "same.example");
  g_variant_builder_close (&builder);
  g_variant_builder_close (&builder);

  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_builder_end (&builder));

  g_assert_false (trust_option_is_subtrees ("permitted", value, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

static void
test_times (void)
{
  const struct
  {
    const char *text;
    gboolean good;
  } dates[] = {
    { "@a{sx} {}", TRUE },
    { "{'server-auth': int64 1, 'email-protection': int64 0}", TRUE },
    { "{'1.2.3.4': int64 1}", TRUE },
    { "{'coffee': int64 1}", FALSE },
    { "{'server-auth': int64 -1}", FALSE },
    { "{'server-auth': int64 253402300800}", FALSE },
  };
  g_autoptr (GVariant) latest = g_variant_ref_sink (g_variant_new_int64 (YEAR_9999));
  g_autoptr (GVariant) later = g_variant_ref_sink (g_variant_new_int64 (YEAR_9999 + 1));
  g_autoptr (GVariant) never = g_variant_ref_sink (g_variant_new_int64 (G_MININT64));

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autoptr (GVariant) value = parse (dates[i].text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (trust_option_is_distrust_after ("distrust-after", value, &error), ==, dates[i].good);
      g_assert_cmpint (error == NULL, ==, dates[i].good);
    }
  g_assert_true (trust_option_is_time ("until", latest, NULL));
  g_assert_false (trust_option_is_time ("until", later, NULL));
  g_assert_true (trust_option_is_time ("until", never, NULL));
}

static gboolean
read_options (const char *text, TrustChangeKind kind, TrustChange **out, GError **error)
{
  g_autoptr (GVariant) options = parse (text);

  *out = trust_change_new (kind);
  return kind == TRUST_CHANGE_ADD ? trust_change_read_add_options (*out, options, error) : trust_change_read_set_options (*out, options, error);
}

/* What is named is named, and nothing else. */
static void
test_named (void)
{
  const struct
  {
    TrustChangeKind kind;
    const char *text;
    guint named;
  } cases[] = {
    { TRUST_CHANGE_ADD, "@a{sv} {}", 0 },
    { TRUST_CHANGE_ADD, "{'permitted': <{'dns': ['a.example']}>}", TRUST_NAMES_CONSTRAINTS },
    { TRUST_CHANGE_ADD, "{'excluded': <{'dns': ['a.example']}>, 'until': <int64 9>}", TRUST_NAMES_CONSTRAINTS | TRUST_NAMES_UNTIL },
    { TRUST_CHANGE_ADD, "{'distrust-after': <{'server-auth': int64 5}>}", TRUST_NAMES_DISTRUST_AFTER },
    { TRUST_CHANGE_SET, "{'clear-constraints': <true>}", TRUST_NAMES_CONSTRAINTS },
    { TRUST_CHANGE_SET, "{'clear-constraints': <false>, 'label': <'x'>}", 0 },
    { TRUST_CHANGE_SET, "{'distrust-after': <@a{sx} {}>}", TRUST_NAMES_DISTRUST_AFTER },
    { TRUST_CHANGE_SET, "{'until': <int64 0>}", TRUST_NAMES_UNTIL },
    { TRUST_CHANGE_SET, "{'accept-loss': <false>}", TRUST_NAMES_ACCEPT_LOSS },
    { TRUST_CHANGE_SET, "{'purposes': <['server-auth']>}", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TrustChange) change = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (read_options (cases[i].text, cases[i].kind, &change, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (change->named, ==, cases[i].named);
      if ((cases[i].named & TRUST_NAMES_UNTIL) != 0)
        g_assert_cmpint (change->limits.until, ==, cases[i].kind == TRUST_CHANGE_ADD ? 9 : TRUST_NEVER);
    }
}

static void
test_refused (void)
{
  const struct
  {
    TrustChangeKind kind;
    const char *text, *word;
  } cases[] = {
    { TRUST_CHANGE_SET, "@a{sv} {}", "nothing to set" },
    { TRUST_CHANGE_SET, "{'clear-constraints': <true>, 'permitted': <{'dns': ['a.example']}>}", "clear-constraints" },
    { TRUST_CHANGE_SET, "{'replaces': <'0123456789abcdef'>}", "replaces" },
    { TRUST_CHANGE_SET, "{'purposes': <@as []>}", "purposes" },
    { TRUST_CHANGE_ADD, "{'clear-constraints': <true>}", "clear-constraints" },
    { TRUST_CHANGE_ADD, "{'replaces': <'123'>}", "replaces" },
    { TRUST_CHANGE_ADD, "{'retire': <int64 5>}", "replaces" },
    { TRUST_CHANGE_ADD, "{'replaces': <'0123456789abcdef'>, 'retire': <int64 0>}", "retire" },
    { TRUST_CHANGE_ADD, "{'until': <'2027'>}", "until" },
    { TRUST_CHANGE_ADD, "{'until': <int32 5>}", "until" },
    { TRUST_CHANGE_ADD, "{'permitted': <['a.example']>}", "permitted" },
    { TRUST_CHANGE_ADD, "{'permitted': <{'dns': <'a.example'>}>}", "permitted" },
    { TRUST_CHANGE_ADD, "{'distrust-after': <{'server-auth': uint64 5}>}", "distrust-after" },
    { TRUST_CHANGE_ADD, "{'accept-loss': <1>}", "accept-loss" },
    { TRUST_CHANGE_ADD, "{'keep-going': <'yes'>}", "keep-going" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TrustChange) change = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (read_options (cases[i].text, cases[i].kind, &change, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

/* What comes in by the options goes out by the views. */
static void
test_views (void)
{
  const char *text = "{'permitted': <{'dns': ['corp.example'], 'ip': @as []}>, 'excluded': <{'dns': ['bad.corp.example'], 'email': ['x.example']}>,"
                     " 'distrust-after': <{'server-auth': int64 77}>, 'until': <int64 99>, 'accept-loss': <true>}";
  g_autoptr (TrustChange) change = NULL;
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) plain = trust_settings_new (purposes);
  g_autoptr (TrustSettings) settings = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (read_options (text, TRUST_CHANGE_ADD, &change, &error));
  g_assert_no_error (error);
  settings = trust_limits_set (plain, change);

  g_autoptr (GVariant) permitted = g_variant_ref_sink (trust_limits_view_subtrees (settings, FALSE));
  g_autoptr (GVariant) excluded = g_variant_ref_sink (trust_limits_view_subtrees (settings, TRUE));
  g_autoptr (GVariant) after = g_variant_ref_sink (trust_limits_view_distrust_after (settings));
  g_autoptr (GVariant) wanted_permitted = parse ("{'dns': ['corp.example'], 'ip': ['']}");
  g_autoptr (GVariant) wanted_excluded = parse ("{'dns': ['bad.corp.example'], 'email': ['x.example']}");
  g_autoptr (GVariant) wanted_after = parse ("{'server-auth': int64 77}");

  g_assert_true (g_variant_equal (permitted, wanted_permitted));
  g_assert_true (g_variant_equal (excluded, wanted_excluded));
  g_assert_true (g_variant_equal (after, wanted_after));
  g_assert_cmpint (trust_settings_get_until (settings), ==, 99);
  g_assert_true (trust_settings_accepts_loss (settings));
  g_assert_null (trust_limits_view_subtrees (plain, FALSE));
  g_assert_null (trust_limits_view_subtrees (plain, TRUE));
  g_assert_null (trust_limits_view_distrust_after (plain));
}

/* A set leaves what it does not name. */
static void
test_set_over (void)
{
  g_autoptr (TrustChange) first = NULL;
  g_autoptr (TrustChange) second = NULL;
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) plain = trust_settings_new (purposes);
  g_autoptr (TrustSettings) limited = NULL;
  g_autoptr (TrustSettings) after = NULL;

  g_assert_true (read_options ("{'permitted': <{'dns': ['a.example']}>, 'until': <int64 9>}", TRUST_CHANGE_ADD, &first, NULL));
  limited = trust_limits_set (plain, first);
  g_assert_true (read_options ("{'clear-constraints': <true>, 'purposes': <['code-signing']>}", TRUST_CHANGE_SET, &second, NULL));
  after = trust_limits_set (limited, second);
  g_assert_true (trust_constraints_is_empty (trust_settings_get_constraints (after)));
  g_assert_cmpint (trust_settings_get_until (after), ==, 9);
  g_assert_true (trust_purposes_has (trust_settings_get_purposes (after), TRUST_PURPOSE_CODE_SIGNING));
  g_assert_false (trust_purposes_has (trust_settings_get_purposes (after), TRUST_PURPOSE_SERVER_AUTH));
}

static char *
describe (Fixture *fixture, const char *member, GVariant *parameters)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", member);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_door_parse (door, sunk, NULL, &request, &error));
  g_assert_true (door->describe (&request, fixture->engine, details, &error));
  g_assert_no_error (error);
  return g_strdup (g_hash_table_lookup (details, "terms"));
}

/* Whoever says yes to an add or a set sees what it limits. */
static void
test_terms (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Terms");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autofree char *hex = hex_of (root);
  const char *const names[] = { hex, NULL };
  const struct
  {
    const char *member, *options, *terms;
  } cases[] = {
    { "Add", "{'permitted': <{'dns': ['corp.example'], 'ip': @as []}>, 'excluded': <{'dns': ['x.corp.example']}>}",
      "for server-auth; only dns corp.example, ip (none); not dns x.corp.example" },
    { "Add", "{'until': <int64 1798761600>, 'accept-loss': <true>, 'replace': <true>}",
      "for server-auth; until 2027-01-01T00:00:00Z; also in files that can't say so; in place of what it is trusted for now" },
    { "Set", "{'purposes': <['server-auth', 'code-signing']>}", "MORE THAN NOW; for server-auth, code-signing" },
    { "Set", "{'until': <int64 1798761600>}", "no more than now; until 2027-01-01T00:00:00Z" },
    { "Set", "{'clear-constraints': <true>, 'until': <int64 0>}", "no more than now; for ANY NAME; WITHOUT AN END" },
    { "Set", "{'distrust-after': <{'server-auth': int64 1798761600, 'code-signing': int64 1798761600}>}",
      "no more than now; issued before 2027-01-01T00:00:00Z (server-auth and others)" },
    { "Set", "{'distrust-after': <@a{sx} {}>}", "no more than now; WHENEVER ISSUED" },
  };

  add (fixture, root);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean adds = g_str_equal (cases[i].member, "Add");
      GVariant *options = adds ? NULL : g_variant_new_parsed (cases[i].options);
      GVariant *parameters = adds ? bytes_and (pem, cases[i].options) : g_variant_new ("(^as@a{sv})", names, options);
      g_autofree char *terms = describe (fixture, cases[i].member, parameters);

      g_assert_cmpstr (terms, ==, cases[i].terms);
    }
}

/* A flood of names pushes no waiver out of the dialog. */
static void
test_terms_flood (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Terms");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autofree char *options = g_strdup_printf ("{'permitted': <{'dns': ['%060d.example', 'a%059d.example']}>, 'override-distrust': <true>, "
                                              "'purposes': <['1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20', '1.2.3.4.5.6.7.8.9.10.11']>}",
                                              0, 0);
  g_autofree char *terms = describe (fixture, "Add", bytes_and (pem, options));
  g_auto (GStrv) parts = g_strsplit (terms, "; ", -1);

  g_assert_cmpuint (g_strv_length (parts), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (trust_text_is_plain (parts[i], TRUST_LIMIT_DIALOG_CHARS));
  g_assert_cmpstr (parts[2], ==, "LIFTING A DISTRUST");
}

static void
test_restore_whole (Fixture *fixture, gconstpointer unused)
{
  const char *const names[] = { "0123456789abcdef", NULL };

  fail (fixture, "Restore", g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Distrust", g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("{'serial': <true>, 'cert-only': <true>}")), NULL,
        TRUST_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/subtrees", test_subtrees);
  g_test_add_func ("/limits/subtrees/kind-twice", test_kind_twice);
  g_test_add_func ("/limits/subtrees/too-many", test_too_many_subtrees);
  g_test_add_func ("/limits/times", test_times);
  g_test_add_func ("/limits/named", test_named);
  g_test_add_func ("/limits/refused", test_refused);
  g_test_add_func ("/limits/views", test_views);
  g_test_add_func ("/limits/set-over", test_set_over);
  g_test_add ("/limits/terms", Fixture, NULL, set_up, test_terms, tear_down);
  g_test_add ("/limits/terms/flood", Fixture, NULL, set_up, test_terms_flood, tear_down);
  g_test_add ("/limits/restore-whole", Fixture, NULL, set_up, test_restore_whole, tear_down);
  return g_test_run ();
}
