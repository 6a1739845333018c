/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person writes of trust: dates, subtrees, purposes; as the service gets it. */
#include "client/cli/date.h"
#include "client/cli/settings.h"
#include "core/error.h"

#include <string.h>

static void
test_dates (void)
{
  static const struct
  {
    const char *text;
    gint64 seconds;
  } good[] = {
    { "1970-01-02", 86400 },
    { "2027-01-01", 1798761600 },
    { "2000-02-29", 951782400 },
    { "2027-01-01T00:00:00Z", 1798761600 },
    { "2027-01-01T00:00Z", 1798761600 },
    { "2027-01-01T01:30:00+01:30", 1798761600 },
    { "2026-12-31T19:00-05:00", 1798761600 },
    { "9999-12-31T23:59:59Z", DATE_LAST },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 seconds = -1;
      g_assert_true (date_parse ("--until", good[i].text, &seconds, &error));
      g_assert_no_error (error);
      g_assert_cmpint (seconds, ==, good[i].seconds);
    }
}

static void
test_no_dates (void)
{
  static const char *const bad[] = {
    "",
    "tomorrow",
    "never",
    "2027",
    "2027-1-1",
    "2027-01-01 00:00:00Z",
    "2027-01-01T00:00:00",
    "2027-01-01T00:00:00z",
    "2027-13-01",
    "2027-02-29",
    "2027-01-32",
    "2027-01-00",
    "0000-01-01",
    "1969-12-31",
    "1970-01-01",
    "10000-01-01",
    "27-01-01",
    "2027-01-01T25:00:00Z",
    "2027-01-01T00:60:00Z",
    "2027-01-01T00:00:00+24:00x",
    "2027-01-01T",
    "2027-01-01Z",
    "+2027-01-01",
    "2027-W01-1",
    "20270101T000000Z",
    "9999-12-31T23:59:59-01:00",
    "2027-01-01T00:00:00.5Z",
    "2027-01-01\x1b[31m",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 seconds = -1;
      if (date_parse ("--until", bad[i], &seconds, &error))
        g_test_message ("%s is taken", bad[i]);
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, "--until"));
      g_assert_null (strchr (error->message, '\x1b'));
      g_assert_cmpint (seconds, ==, -1);
    }
}

/* The words of one run of the tool. */
typedef struct
{
  const char *purposes[4];
  const char *permit[5];
  const char *exclude[4];
  const char *distrust_after[4];
  const char *until;
  const char *label;
} Words;

static char **
words_of (const char *const *words)
{
  return words[0] == NULL ? NULL : g_strdupv ((char **) words);
}

static void
fill (Settings *settings, const Words *words)
{
  *settings = (Settings) { words_of (words->purposes),       words_of (words->permit), words_of (words->exclude),
                           words_of (words->distrust_after), g_strdup (words->until),  FALSE,
                           g_strdup (words->label) };
}

/* What the service gets, as text; NULL after ERROR. */
static char *
pack (const Words *words, SettingsFlags flags, GError **error)
{
  g_auto (Settings) settings = { 0 };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  fill (&settings, words);
  if (!settings_pack (&settings, flags, &dict, error))
    return NULL;
  g_autoptr (GVariant) packed = g_variant_ref_sink (g_variant_dict_end (&dict));
  GString *text = g_string_new (NULL);
  static const char *const keys[] = { "purposes", "permitted", "excluded", "distrust-after", "until", "label" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (packed, keys[i], NULL);
      g_autofree char *printed = value == NULL ? NULL : g_variant_print (value, TRUE);
      if (printed != NULL)
        g_string_append_printf (text, "%s=%s;", keys[i], printed);
    }
  return g_string_free (text, FALSE);
}

static void
test_pack (void)
{
  static const struct
  {
    Words words;
    const char *packed;
  } rows[] = {
    { { .until = NULL }, "" },
    { { .purposes = { "server-auth", "1.2.3" } }, "purposes=['server-auth', '1.2.3'];" },
    { { .permit = { "dns:corp.example", "ip:10.0.0.0/8", "DNS:other.example" } },
      "permitted={'dns': ['corp.example', 'other.example'], 'ip': ['10.0.0.0/8']};" },
    { { .permit = { "ip:2001:db8::/32", "directory:O=Corp,C=DE" }, .exclude = { "email:.corp.example" } },
      "permitted={'ip': ['2001:db8::/32'], 'directory': ['O=Corp,C=DE']};excluded={'email': ['.corp.example']};" },
    { { .permit = { "ip:", "dns:a.example" } }, "permitted={'dns': ['a.example'], 'ip': ['']};" },
    { { .distrust_after = { "2027-01-01" } }, "distrust-after={'server-auth': int64 1798761600};" },
    { { .distrust_after = { "email-protection=2027-01-01", "server-auth=2000-02-29" } },
      "distrust-after={'email-protection': int64 1798761600, 'server-auth': 951782400};" },
    { { .purposes = { "code-signing", "1.2.3" }, .distrust_after = { "2027-01-01" } },
      "purposes=['code-signing', '1.2.3'];distrust-after={'1.2.3': int64 1798761600, 'code-signing': 1798761600};" },
    { { .until = "2027-01-01", .label = "Corp" }, "until=int64 1798761600;label='Corp';" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *packed = pack (&rows[i].words, SETTINGS_NONE, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (packed, ==, rows[i].packed);
    }
}

static void
test_clear (void)
{
  Words words = { .distrust_after = { "never" }, .until = "never" };
  g_autoptr (GError) error = NULL;
  g_autofree char *packed = pack (&words, SETTINGS_MAY_CLEAR, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (packed, ==, "distrust-after=@a{sx} {};until=int64 0;");
}

static void
test_refused (void)
{
  static const struct
  {
    Words words;
    const char *named;
  } rows[] = {
    { { .permit = { "corp.example" } }, "--permit" },
    { { .permit = { "host:corp.example" } }, "KIND:SUBTREE" },
    { { .permit = { ":corp.example" } }, "KIND:SUBTREE" },
    { { .permit = { "dns:a\nb" } }, "control" },
    { { .permit = { "dns:\xff\xfe" } }, "UTF-8" },
    { { .permit = { "dns:", "dns:corp.example" } }, "dns:" },
    { { .permit = { "dns:corp.example", "dns:" } }, "dns:" },
    { { .exclude = { "dns:" } }, "--permit dns:" },
    { { .exclude = { "dns" } }, "--exclude" },
    { { .until = "never" }, "--until" },
    { { .until = "1960-01-01" }, "out of range" },
    { { .distrust_after = { "never" } }, "--distrust-after" },
    { { .distrust_after = { "server-auth=" } }, "--distrust-after" },
    { { .distrust_after = { "2027-01-01", "soon" } }, "soon" },
    { { .label = "a\nb" }, "--label" },
    { { .label = "\xff" }, "--label" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *packed = pack (&rows[i].words, SETTINGS_NONE, &error);
      g_assert_null (packed);
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      if (strstr (error->message, rows[i].named) == NULL)
        g_error ("“%s” does not name %s", error->message, rows[i].named);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_advice (void)
{
  static const struct
  {
    Words words;
    gboolean advised;
  } rows[] = {
    { { .until = NULL }, FALSE },
    { { .permit = { "dns:corp.example" } }, TRUE },
    { { .permit = { "dns:corp.example", "ip:" } }, FALSE },
    { { .permit = { "dns:corp.example" }, .exclude = { "ip:0.0.0.0/0" } }, FALSE },
    { { .permit = { "email:corp.example" } }, FALSE },
    { { .exclude = { "dns:corp.example" } }, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Settings) settings = { 0 };
      fill (&settings, &rows[i].words);
      g_assert_cmpint (settings_get_advice (&settings) != NULL, ==, rows[i].advised);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/dates", test_dates);
  g_test_add_func ("/settings/no-dates", test_no_dates);
  g_test_add_func ("/settings/pack", test_pack);
  g_test_add_func ("/settings/clear", test_clear);
  g_test_add_func ("/settings/refused", test_refused);
  g_test_add_func ("/settings/advice", test_advice);
  return g_test_run ();
}
