/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json-edit.h"
#include "core/json.h"

#include <string.h>

#define PATH(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* RFC 8259, and what parsers let pass beyond it. */
static void
test_strict (void)
{
  static const char *const good[] = {
    "{}",
    " \t\r\n{ } \n",
    "{\"a\":1}",
    "{\"a\": [1, -0, 0.5, 1e5, 2E-3, 10.25e+7, true, false, null, \"x\", {}, []]}",
    "{\"\":{\"\\u00e4\\\"\\\\\\/\\b\\f\\n\\r\\t\":\"\xc3\xa4\"}}",
    "{\"a\":1,\"a\":2}",
  };
  static const char *const bad[] = {
    "",
    " ",
    "[]",
    "1",
    "null",
    "{",
    "}",
    "{}}",
    "{} x",
    "{}{}",
    "\xef\xbb\xbf{}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":1e}",
    "{\"a\":+1}",
    "{\"a\":0x10}",
    "{\"a\":tru}",
    "{\"a\":nul}",
    "{\"a\":NaN}",
    "{\"a\":True}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"b}",
    "{\"a\":\"\xff\"}",
    "{/* */}",
    "{\"a\":1//\n}",
    "{\"a\":\v1}",
    "{\"a\":\"\\",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (trust_json_is_strict (good[i], strlen (good[i])));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (trust_json_is_strict (bad[i], strlen (bad[i])));
    }
  g_assert_false (trust_json_is_strict ("{}\0", 3));
  g_assert_false (trust_json_is_strict ("{\"a\":\"\0\"}", 9));
}

/* Whatever its bytes, it ends, and looks at none behind the text; and what it takes, json-glib takes too. */
static void
test_hostile (void)
{
  static const char letters[] = "{}[]\",:\\ua01e.-+ \ntrfn";
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  g_assert_false (trust_json_is_strict (deep->str, deep->len));
  for (guint i = 0; i < 200000; i++)
    {
      gsize size = (gsize) g_test_rand_int_range (1, 14);
      g_autofree char *text = g_malloc (size + 2);

      text[0] = '{';
      for (gsize j = 1; j < size; j++)
        text[j] = letters[g_test_rand_int_range (0, sizeof letters - 1)];
      text[size] = g_test_rand_bit () ? '}' : 'x';
      text[size + 1] = '\0';
      if (trust_json_is_strict (text, size + 1))
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (JsonNode) node = trust_json_read ((TrustSpan) { (const guint8 *) text, size + 1 }, &error);

          if (error == NULL || strstr (error->message, "twice") == NULL)
            g_assert_no_error (error);
        }
    }
}

static void
check_put (const char *before, const char *const *path, const char *value, const char *after)
{
  g_autoptr (GString) text = g_string_new (before);

  trust_json_put (text, path, value);
  g_assert_cmpstr (text->str, ==, after);
  g_assert_true (trust_json_has (text, path));
  g_assert_true (trust_json_is_strict (text->str, text->len));
  trust_json_put (text, path, value);
  g_assert_cmpstr (text->str, ==, after);
}

static void
test_put (void)
{
  check_put ("{}", PATH ("a"), "1", "{\"a\": 1}");
  check_put ("{ \n}", PATH ("a"), "1", "{\"a\": 1 \n}");
  check_put ("{\"a\":1}", PATH ("a"), "22", "{\"a\":22}");
  check_put ("{\"b\":1}", PATH ("a"), "2", "{\"b\":1, \"a\": 2}");
  check_put ("{\n  \"b\": 1\n}\n", PATH ("a"), "2", "{\n  \"b\": 1,\n  \"a\": 2\n}\n");
  check_put ("{\n\t\"c\": 0,\n\n\t\"b\" : { }\n}", PATH ("a"), "2", "{\n\t\"c\": 0,\n\n\t\"b\" : { },\n\n\t\"a\": 2\n}");
  check_put ("{\"b\":1}", PATH ("a", "x", "y"), "\"z\"", "{\"b\":1, \"a\": {\"x\": {\"y\": \"z\"}}}");
  check_put ("{\"a\":{\"x\":{\"w\":[{}]}},\"c\":1}", PATH ("a", "x", "y"), "2", "{\"a\":{\"x\":{\"w\":[{}], \"y\": 2}},\"c\":1}");
  check_put ("{\"\\u0061\":{\"\\/\":1}}", PATH ("a", "/"), "2", "{\"\\u0061\":{\"\\/\":2}}");
  check_put ("{\"a\":{\"a\":{\"b\":1}}}", PATH ("a", "b"), "2", "{\"a\":{\"a\":{\"b\":1}, \"b\": 2}}");
  check_put ("{}", PATH ("l", "x"), NULL, "{\"l\": [\"x\"]}");
  check_put ("{}", PATH ("k", "l", "x"), NULL, "{\"k\": {\"l\": [\"x\"]}}");
  check_put ("{\"l\":[]}", PATH ("l", "x"), NULL, "{\"l\":[\"x\"]}");
  check_put ("{\"l\":[ \"y\", 1 ]}", PATH ("l", "x"), NULL, "{\"l\":[ \"y\", 1, \"x\" ]}");
  check_put ("{\"l\":[{\"x\":1},[\"x\"],\"X\"]}", PATH ("l", "x"), NULL, "{\"l\":[{\"x\":1},[\"x\"],\"X\", \"x\"]}");
  check_put ("{}", PATH ("q\"\\"), "1", "{\"q\\\"\\\\\": 1}");
}

static void
check_drop (const char *before, const char *const *path, const char *after)
{
  g_autoptr (GString) text = g_string_new (before);
  gboolean is_there = trust_json_has (text, path);

  g_assert_cmpint (trust_json_drop (text, path), ==, is_there);
  g_assert_cmpstr (text->str, ==, after);
  g_assert_true (trust_json_is_strict (text->str, text->len));
}

static void
test_drop (void)
{
  check_drop ("{}", PATH ("a"), "{}");
  check_drop ("{\"b\": 1}", PATH ("a"), "{\"b\": 1}");
  check_drop ("{ \"a\": 1 }", PATH ("a"), "{}");
  check_drop ("{\n  \"a\": 1,\n  \"b\": 2\n}", PATH ("a"), "{\n  \"b\": 2\n}");
  check_drop ("{\n  \"b\": 2,\n  \"a\": [1,{}]\n}", PATH ("a"), "{\n  \"b\": 2\n}");
  check_drop ("{\"b\":2 , \"a\":1 , \"c\":3}", PATH ("a"), "{\"b\":2 , \"c\":3}");
  check_drop ("{\"a\":{\"b\":{\"c\":1}}}", PATH ("a", "b", "c"), "{}");
  check_drop ("{\"z\":1,\"a\":{\"b\":{\"c\":1 } } }", PATH ("a", "b", "c"), "{\"z\":1 }");
  check_drop ("{\"a\":{\"b\":{\"c\":1},\"d\":2}}", PATH ("a", "b", "c"), "{\"a\":{\"d\":2}}");
  check_drop ("{\"a\":{\"b\":{\"c\":1}}}", PATH ("a", "b"), "{}");
  check_drop ("{\"l\":[\"x\"]}", PATH ("l", "x"), "{}");
  check_drop ("{\"l\":[\"x\",\"y\"]}", PATH ("l", "x"), "{\"l\":[\"y\"]}");
  check_drop ("{\"l\":[\"w\" ,\"\\u0078\" ,\"y\"]}", PATH ("l", "x"), "{\"l\":[\"w\" ,\"y\"]}");
  check_drop ("{\"a\":\"b\"}", PATH ("a", "b"), "{\"a\":\"b\"}");
  check_drop ("{\"a\":1}", PATH ("a", "b"), "{\"a\":1}");
}

/* An object of members, some of them objects and lists, blanks anywhere. */
static void
append_random (GString *out, guint depth)
{
  static const char *const blanks[] = { "", " ", "\n", "\n    ", "\t", "\r\n  " };
  static const char *const values[] = { "1", "\"a\"", "true", "null", "[]", "[\"a\", {}]", "-2.5e7", "\"\\u00fc\"" };
  guint n = (guint) g_test_rand_int_range (0, 5);
#define BLANK blanks[g_test_rand_int_range (0, G_N_ELEMENTS (blanks))]

  g_string_append_printf (out, "{%s", n == 0 ? BLANK : "");
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (out, "%s%s\"%c\"%s:%s", i > 0 ? "," : "", BLANK, 'a' + (int) i, BLANK, BLANK);
      if (depth > 0 && g_test_rand_bit ())
        append_random (out, depth - 1);
      else
        g_string_append (out, values[g_test_rand_int_range (0, G_N_ELEMENTS (values))]);
      g_string_append (out, BLANK);
    }
  g_string_append_c (out, '}');
}

/* What was put in and is taken out again leaves every other byte as it was, but for blanks in what was an empty object. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GString) text = g_string_new ("\n");
      g_autofree char *before = NULL;
      gboolean is_deep = g_test_rand_bit ();
      const char *const *path = is_deep ? PATH ("new", "inner", "deep") : PATH ("new");

      append_random (text, 3);
      before = g_strdup (text->str);
      g_assert_true (trust_json_is_strict (text->str, text->len));
      trust_json_put (text, path, is_deep && g_test_rand_bit () ? NULL : "\"value\"");
      g_assert_true (trust_json_is_strict (text->str, text->len));
      g_assert_true (trust_json_has (text, path));
      g_assert_true (trust_json_drop (text, path));
      if (strpbrk (before + 2, "abcde") != NULL)
        g_assert_cmpstr (text->str, ==, before);
      else
        g_assert_cmpstr (text->str, ==, "\n{}");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-edit/strict", test_strict);
  g_test_add_func ("/json-edit/hostile", test_hostile);
  g_test_add_func ("/json-edit/put", test_put);
  g_test_add_func ("/json-edit/drop", test_drop);
  g_test_add_func ("/json-edit/round-trip", test_round_trip);
  return g_test_run ();
}
