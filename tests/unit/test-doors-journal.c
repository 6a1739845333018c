/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's doors over journals written by hand: what a page holds, who is told who asked. */
#include "core/limits.h"
#include "facade/door.h"
#include "tests/unit/history-fixture.h"

/* The answer of Journal.MEMBER to the caller UID (-2: no caller at all). PARAMETERS is sunk. (transfer full) */
static GVariant *
ask (Fixture *f, const char *member, GVariant *parameters, gint64 uid, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);
  g_autoptr (TrustEngine) engine = trust_engine_open (f->scratch, TRUST_ENGINE_READ_ONLY, error);
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Journal", member);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (TrustCaller) caller = uid > -2 ? trust_caller_new ("bus") : NULL;

  g_assert_nonnull (engine);
  if (caller != NULL)
    caller->uid = uid;
  if (!trust_door_parse (door, sunk, NULL, &request, error) || !door->handle (engine, &request, caller, &reply, error))
    return NULL;
  return g_steal_pointer (&reply.reply);
}

static GVariant *
ask_well (Fixture *f, const char *member, GVariant *parameters, gint64 uid)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = ask (f, member, parameters, uid, &error);

  g_assert_no_error (error);
  return reply;
}

static GVariant *
options (const char *text)
{
  return g_variant_new ("(@a{sv})", g_variant_new_parsed (text));
}

/* Rows of N certificates, with a comma between. (transfer full) */
static char *
many_rows (guint n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s{\"sha256\":\"%064x\",\"title\":\"Root %u\",\"before\":\"\",\"after\":\"trusted server-auth\"}", i > 0 ? "," : "",
                            i, i);
  return g_string_free (out, FALSE);
}

/* A record with more changes than are told says how many are left out, and fills its page; so do several with many. */
static void
test_large (Fixture *f, gconstpointer data)
{
  g_autofree char *large = many_rows (TRUST_LIMIT_LOG_CHANGES + 7), *half = many_rows (TRUST_LIMIT_LOG_CHANGES / 2);
  g_autoptr (GVariant) first = NULL, second = NULL, record = NULL, changes = NULL;
  g_autoptr (GVariant) records = NULL, others = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  guint32 left_out = 0;

  put_change (f, 1, ONE, "", "trusted server-auth");
  for (guint i = 2; i < 5; i++)
    {
      put_intent (f, i, "import", 0, half, NULL);
      put_done (f, i);
    }
  put_intent (f, 5, "import", 0, large, NULL);
  put_done (f, 5);
  save (f);
  first = ask_well (f, "Log", options ("@a{sv} {}"), 0);
  g_variant_get (first, "(@aa{sv}b)", &records, &more);
  g_assert_cmpuint (g_variant_n_children (records), ==, 1);
  g_assert_true (more);
  record = g_variant_get_child_value (records, 0);
  g_assert_true (g_variant_lookup (record, "left-out", "u", &left_out));
  g_assert_cmpuint (left_out, ==, 7);
  changes = g_variant_lookup_value (record, "changes", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (changes), ==, TRUST_LIMIT_LOG_CHANGES);
  second = ask_well (f, "Log", options ("{'to': <uint64 4>}"), 0);
  g_variant_get (second, "(@aa{sv}b)", &others, &more);
  g_assert_cmpuint (g_variant_n_children (others), ==, 2);
  g_assert_true (more);
  g_assert_cmpuint (g_variant_get_size (first), <, 8 * 1024 * 1024);
  /* What differs is told whole or not at all. */
  g_assert_null (ask (f, "Diff", g_variant_new ("(ss)", "0", "now"), 0, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

/* Titles are as long as certificates have them: they fill a page as well. */
static void
test_long_titles (Fixture *f, gconstpointer data)
{
  g_autofree char *title = g_strnfill (60000, 't');
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (GVariant) log = NULL, at = NULL, states = NULL, records = NULL, record = NULL;
  g_autoptr (GError) error = NULL;
  guint32 left_out = 0;

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (rows, "%s{\"sha256\":\"%064x\",\"title\":\"%s\",\"before\":\"\",\"after\":\"trusted server-auth\"}", i > 0 ? "," : "", i,
                            title);
  put_intent (f, 1, "import", 0, rows->str, NULL);
  put_done (f, 1);
  save (f);
  log = ask_well (f, "Log", options ("@a{sv} {}"), 0);
  records = g_variant_get_child_value (log, 0);
  record = g_variant_get_child_value (records, 0);
  g_assert_true (g_variant_lookup (record, "left-out", "u", &left_out));
  g_assert_cmpuint (left_out, >, 300);
  g_assert_cmpuint (g_variant_get_size (log), <, 12 * 1024 * 1024);
  at = ask_well (f, "At", g_variant_new ("(s@a{sv})", "now", g_variant_new_parsed ("@a{sv} {}")), 0);
  states = g_variant_get_child_value (at, 2);
  g_assert_cmpuint (g_variant_n_children (states), ==, 500 - left_out);
  g_assert_null (ask (f, "Diff", g_variant_new ("(ss)", "0", "now"), 0, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

/* One certificate in many stores: its rows have one name, and stand on one page. */
static void
test_pages_of_states (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autofree char *after = g_strdup ("");
  guint seen = 0;
  gboolean more = TRUE;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (rows, "%s{\"sha256\":\"%s\",\"title\":\"%s\",\"before\":\"\",\"after\":\"trusted server-auth in app/s%u\"}",
                            i > 0 ? "," : "", i % 2 ? ONE : TWO, i % 4 < 2 ? "One" : "Another", i);
  put_intent (f, 1, "store-add", 0, rows->str, NULL);
  put_done (f, 1);
  save (f);
  for (guint page = 0; more; page++)
    {
      g_autofree char *text = *after != '\0' ? g_strdup_printf ("{'after': <'%s'>, 'limit': <uint32 7>}", after) : g_strdup ("{'limit': <uint32 7>}");
      g_autoptr (GVariant) reply = ask_well (f, "At", g_variant_new ("(s@a{sv})", "1", g_variant_new_parsed (text)), 0);
      g_autoptr (GVariant) states = g_variant_get_child_value (reply, 2), last = NULL;
      const char *fingerprint = NULL, *title = NULL;

      g_variant_get_child (reply, 3, "b", &more);
      g_assert_cmpuint (g_variant_n_children (states), ==, 10);
      seen += g_variant_n_children (states);
      last = g_variant_get_child_value (states, g_variant_n_children (states) - 1);
      g_variant_lookup (last, "fingerprint", "&s", &fingerprint);
      g_variant_lookup (last, "title", "&s", &title);
      g_free (after);
      after = g_strconcat (fingerprint, title, NULL);
      g_assert_cmpuint (page, <, 4);
    }
  g_assert_cmpuint (seen, ==, 40);
}

/* Is "uid" told in the record I of Log, to UID? */
static gboolean
tells (Fixture *f, gint64 uid, guint i)
{
  g_autoptr (GVariant) reply = ask_well (f, "Log", options ("@a{sv} {}"), uid), records = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
  gint64 told = -1;

  return g_variant_lookup (record, "uid", "x", &told);
}

static void
test_callers (Fixture *f, gconstpointer data)
{
  g_autofree char *change = row (ONE, "One", "trusted server-auth", "");
  g_autoptr (GError) error = NULL;

  /* Of 1001, and of nobody that is known. */
  put_change (f, 1, ONE, "", "trusted server-auth");
  put (f, "{\"type\":\"intent\",\"generation\":2,\"time\":5,\"operation\":\"source\",\"reason\":\"\",\"caller\":{\"how\":\"source\"},"
          "\"changes\":[],\"files\":[]}");
  put_done (f, 2);
  save (f);
  g_assert_true (tells (f, 0, 1));
  g_assert_true (tells (f, 5, 1));
  g_assert_true (tells (f, -2, 1));
  g_assert_false (tells (f, 0, 0));
  test_scratch_write (f->scratch, "etc/anchord/journal.conf", "[Journal]\nCallersFor=administrators\n", -1);
  g_assert_true (tells (f, 0, 1));
  g_assert_true (tells (f, 1001, 1));
  g_assert_false (tells (f, 1000, 1));
  g_assert_false (tells (f, -1, 1));
  g_assert_false (tells (f, -2, 1));
  g_assert_null (ask (f, "Log", options ("{'by': <uint32 0>}"), -2, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED);
  g_clear_error (&error);
  g_assert_null (ask (f, "Log", options ("{'by': <uint32 4294967295>}"), -1, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED);
}

/* Links are not followed out of the root, and a file without an end is not read. */
static void
test_conf_is_bounded (Fixture *f, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (TRUST_LIMIT_CONFIGURATION_BYTES + 1, '\n');

  put_change (f, 1, ONE, "", "trusted server-auth");
  save (f);
  test_scratch_write (f->scratch, "etc/anchord/journal.conf", huge, -1);
  g_assert_false (tells (f, 5, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/doors-journal/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("large", test_large);
  CASE ("long-titles", test_long_titles);
  CASE ("pages-of-states", test_pages_of_states);
  CASE ("callers", test_callers);
  CASE ("conf-is-bounded", test_conf_is_bounded);
  return g_test_run ();
}
