/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moments as people name them. */
#include "core/when.h"

#include "core/error.h"

#include <string.h>

/* 2026-11-21T12:34:56Z */
#define NOW G_GINT64_CONSTANT (1795264496)

static void
test_understood (void)
{
  /* clang-format off */
  static const struct { const char *text; TrustWhenKind kind; gint64 value; } cases[] = {
    { "now", TRUST_WHEN_NOW, 0 },
    { "0", TRUST_WHEN_GENERATION, 0 },
    { "17", TRUST_WHEN_GENERATION, 17 },
    { "2026", TRUST_WHEN_GENERATION, 2026 },
    { "9223372036854775807", TRUST_WHEN_GENERATION, G_MAXINT64 },
    { "1970-01-01", TRUST_WHEN_TIME, 0 },
    { "2026-01-01", TRUST_WHEN_TIME, 1767225600 },
    { "2024-02-29", TRUST_WHEN_TIME, 1709164800 },
    { "2026-01-01T12:00Z", TRUST_WHEN_TIME, 1767268800 },
    { "2026-01-01T12:00:05Z", TRUST_WHEN_TIME, 1767268805 },
    { "2026-01-01T12:00+02:00", TRUST_WHEN_TIME, 1767261600 },
    { "2026-01-01T12:00:00-05:30", TRUST_WHEN_TIME, 1767288600 },
    { "9999-12-31T23:59:59Z", TRUST_WHEN_TIME, 253402300799 },
    { "today", TRUST_WHEN_TIME, 1795219200 },
    { "yesterday", TRUST_WHEN_TIME, 1795132800 },
    { "-12h", TRUST_WHEN_TIME, NOW - 12 * 3600 },
    { "-30d", TRUST_WHEN_TIME, NOW - 30 * 86400 },
    { "-2w", TRUST_WHEN_TIME, NOW - 14 * 86400 },
    { "-0d", TRUST_WHEN_TIME, NOW },
    { "-1000000w", TRUST_WHEN_TIME, 0 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TrustWhen when;

      g_test_message ("%s", cases[i].text);
      g_assert_true (trust_when_parse (cases[i].text, NOW, &when, &error));
      g_assert_no_error (error);
      g_assert_cmpint (when.kind, ==, cases[i].kind);
      g_assert_cmpuint (when.generation, ==, cases[i].kind == TRUST_WHEN_GENERATION ? (guint64) cases[i].value : 0);
      g_assert_cmpint (when.time, ==, cases[i].kind == TRUST_WHEN_TIME ? cases[i].value * G_USEC_PER_SEC : 0);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = { "",
                                       " ",
                                       "Now",
                                       "now ",
                                       " now",
                                       "tomorrow",
                                       "17 ",
                                       "+17",
                                       "-17",
                                       "0x11",
                                       "1e3",
                                       "17.0",
                                       "9223372036854775808",
                                       "99999999999999999999999",
                                       "2026-1-1",
                                       "2026-13-01",
                                       "2026-02-29",
                                       "2026-02-30",
                                       "2026/01/01",
                                       "2026-01",
                                       "2026-W01-1",
                                       "2026-001",
                                       "26-01-01",
                                       "2026-01-01Z",
                                       "2026-01-01T12",
                                       "2026-01-01T12:00",
                                       "2026-01-01 12:00Z",
                                       "2026-01-01T24:01Z",
                                       "2026-01-01T12:60Z",
                                       "2026-01-01T12:00:00.5Z",
                                       "2026-01-01T12:00:00",
                                       "2026-01-01T12:00z",
                                       "2026-01-01T12:00+0200",
                                       "2026-01-01T12:00+02",
                                       "2026-01-01T12:00:00Z ",
                                       "1969-12-31",
                                       "1969-12-31T23:59:59Z",
                                       "-d",
                                       "-30",
                                       "-30m",
                                       "-30D",
                                       "- 30d",
                                       "--30d",
                                       "-3.5d",
                                       "-1000001d",
                                       "-99999999999999999999d",
                                       "30d",
                                       "-30d\n",
                                       "\xff",
                                       "-\xff\xff",
                                       "\xd9\xa1\xd9\xa7",
                                       "2026-01-01T12:00:00Z\x1b[31m" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TrustWhen when;

      g_assert_false (trust_when_parse (cases[i], NOW, &when, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      /* It says what may be written, and shows nothing raw. */
      g_assert_nonnull (strstr (error->message, "2026-01-01"));
      g_assert_nonnull (strstr (error->message, "-30d"));
      g_assert_null (strchr (error->message, '\x1b'));
      g_assert_null (strchr (error->message, '\n'));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

/* Very long text is not repeated whole. */
static void
test_long (void)
{
  g_autofree char *text = g_strnfill (100000, '1');
  g_autoptr (GError) error = NULL;
  TrustWhen when;

  g_assert_false (trust_when_parse (text, NOW, &when, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (strlen (error->message), <, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/when/understood", test_understood);
  g_test_add_func ("/when/refused", test_refused);
  g_test_add_func ("/when/long", test_long);
  return g_test_run ();
}
