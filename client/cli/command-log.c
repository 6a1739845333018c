/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/json.h"
#include "client/cli/moment.h"
#include "client/cli/print.h"
#include "client/cli/report.h"
#include "core/error.h"

#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#define DEFAULT_RECORDS 50
#define MAX_RECORDS 1000000
/* The most that the service gives in one answer. */
#define PAGE_RECORDS 1000u
/* Where the terminal is narrow, the wordy column goes. */
#define COLUMNS_FOR_REASON 100

typedef struct
{
  char *since;     /* (owned) (nullable) */
  char *until;     /* (owned) (nullable) */
  char *anchor;    /* (owned) (nullable) */
  char *by;        /* (owned) (nullable) */
  char *operation; /* (owned) (nullable) */
  char *head;      /* (owned) (nullable) */
  int limit;
  gboolean verify;
} Wish;

static void
wish_clear (Wish *wish)
{
  g_free (wish->since);
  g_free (wish->until);
  g_free (wish->anchor);
  g_free (wish->by);
  g_free (wish->operation);
  g_free (wish->head);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

/* A number, or a user's name. */
static gboolean
find_user (const char *text, guint32 *uid, GError **error)
{
  guint64 number = 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    {
      *uid = (guint32) number;
      return TRUE;
    }
  const struct passwd *user = tool_check_text ("--by", text, 64, error) ? getpwnam (text) : NULL;
  if (user != NULL)
    {
      *uid = user->pw_uid;
      return TRUE;
    }
  if (error != NULL && *error == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--by: there is no user “%s”"), text);
  return FALSE;
}

/* What was made since: after the state that stood then. What is older than the journal begins with the journal. */
static gboolean
pack_since (Tool *tool, const char *since, GVariantDict *out, GError **error)
{
  g_autoptr (GError) local = NULL;
  Moment moment = { 0, 0 };
  if (since == NULL)
    return TRUE;
  if (moment_find (tool, "--since", since, &moment, &local))
    {
      g_variant_dict_insert (out, "from", "t", moment_is_generation (since) ? moment.generation : moment.generation + 1);
      return TRUE;
    }
  if (g_error_matches (local, TRUST_ERROR, TRUST_ERROR_NOT_FOUND) && !moment_is_generation (since))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
pack_until (Tool *tool, const char *until, guint64 *to, GError **error)
{
  Moment moment = { 0, 0 };
  if (until == NULL)
    return TRUE;
  if (!moment_find (tool, "--until", until, &moment, error))
    return FALSE;
  *to = moment.generation;
  return TRUE;
}

/* What does not change from page to page. Returns: (transfer full) (nullable): a{sv}. *TO: the last generation that is wanted; G_MAXUINT64. */
static GVariant *
pack_filter (Tool *tool, const Wish *wish, guint64 *to, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  guint32 uid = 0;
  *to = G_MAXUINT64;
  if (wish->limit < 1 || wish->limit > MAX_RECORDS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--limit takes 1 to %d"), MAX_RECORDS);
      return NULL;
    }
  char *anchors[] = { wish->anchor, NULL };
  g_auto (GStrv) digits = fingerprint_digits_all (anchors, error);
  if (digits == NULL)
    return NULL;
  if ((wish->by != NULL && !find_user (wish->by, &uid, error)) || !tool_check_text ("--operation", wish->operation, 32, error)
      || !pack_since (tool, wish->since, &dict, error) || !pack_until (tool, wish->until, to, error))
    return NULL;
  report_option_string (&dict, "anchor", digits[0]);
  report_option_string (&dict, "operation", wish->operation);
  if (wish->by != NULL)
    g_variant_dict_insert (&dict, "by", "u", uid);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* One page, from TO backwards. Returns: (transfer full): aa{sv}. */
static GVariant *
fetch_page (Tool *tool, GVariant *filter, guint64 to, guint limit, gboolean *more, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (filter);
  GVariant *records = NULL;
  if (to != G_MAXUINT64)
    g_variant_dict_insert (&dict, "to", "t", to);
  g_variant_dict_insert (&dict, "limit", "u", limit);
  g_autoptr (GVariant) reply = tool_call (tool, "Journal", "Log", g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), NULL, NULL, error);
  if (reply != NULL)
    g_variant_get (reply, "(@aa{sv}b)", &records, more);
  return records;
}

/* Of GVariant: aa{sv}. Returns: (transfer full). */
static GPtrArray *
fetch (Tool *tool, GVariant *filter, guint64 to, guint limit, gboolean *more, GError **error)
{
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  guint left = limit;
  *more = TRUE;
  while (*more && left > 0 && to > 0)
    {
      GVariant *page = fetch_page (tool, filter, to, MIN (left, PAGE_RECORDS), more, error);
      if (page == NULL)
        return NULL;
      g_ptr_array_add (pages, page);
      guint n = (guint) g_variant_n_children (page);
      if (n == 0)
        break;
      g_autoptr (GVariant) last = g_variant_get_child_value (page, n - 1);
      to = (guint64) view_number (last, "generation") - 1;
      left -= MIN (n, left);
    }
  *more = *more && to > 0;
  return g_steal_pointer (&pages);
}

/* Who asked for it. Returns: (transfer full). */
static char *
describe_caller (GVariant *record)
{
  g_autofree char *user = print_foreign (view_string (record, "user"));
  g_autofree char *how = print_foreign (view_string (record, "how"));
  g_autoptr (GVariant) uid = g_variant_lookup_value (record, "uid", NULL);
  if (user[0] != '\0')
    return g_steal_pointer (&user);
  return uid != NULL ? g_strdup_printf ("uid %" G_GINT64_FORMAT, view_value_number (uid)) : g_steal_pointer (&how);
}

/* What happened to the one certificate that ANCHOR (nullable) names, or to all. Returns: (transfer full). */
static char *
describe_changes (GVariant *record, const char *anchor)
{
  g_autoptr (GVariant) changes = view_list (record, "changes");
  gsize n = g_variant_n_children (changes), left_out = (gsize) view_number (record, "left-out");
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      if (n + left_out > 1 && (anchor == NULL || !g_str_has_prefix (view_string (change, "fingerprint"), anchor)))
        continue;
      g_autofree char *title = print_foreign (view_string (change, "title"));
      g_autofree char *sides = moment_describe_change (change);
      return g_strdup_printf ("%s: %s", title, sides);
    }
  n += left_out;
  return n == 0 ? g_strdup ("") : g_strdup_printf (ngettext ("%lu change", "%lu changes", n), (gulong) n);
}

static void
add_row (PrintTable *table, GVariant *record, const char *anchor)
{
  g_autofree char *generation = g_strdup_printf ("%" G_GINT64_FORMAT, view_number (record, "generation"));
  g_autofree char *time = print_time (view_number (record, "time"));
  g_autofree char *who = describe_caller (record);
  g_autofree char *name = print_foreign (view_string (record, "operation"));
  gint64 target = view_number (record, "target");
  g_autofree char *operation = target != 0 ? g_strdup_printf ("%s %" G_GINT64_FORMAT, name, target) : g_strdup (name);
  g_autofree char *what = describe_changes (record, anchor);
  g_autofree char *reason = print_foreign (view_string (record, "reason"));
  const char *const cells[] = { generation, time, who, operation, what, reason };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (!view_bool (record, "done"))
    scols_line_set_color (line, "yellow");
}

static void
print_for_people (GPtrArray *pages, const char *anchor, gboolean more)
{
  gulong n = 0;
  PrintTable *table = print_table_new ();
  gsize width = print_width (table);
  scols_table_new_column (table, _ ("GENERATION"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("TIME"), 0, 0);
  scols_table_new_column (table, _ ("WHO"), 0, 0);
  scols_table_new_column (table, _ ("OPERATION"), 0, 0);
  scols_table_new_column (table, _ ("WHAT"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("REASON"), 0, width < COLUMNS_FOR_REASON ? SCOLS_FL_HIDDEN : SCOLS_FL_TRUNC);
  for (guint i = 0; i < pages->len; i++)
    for (gsize k = 0; k < g_variant_n_children (pages->pdata[i]); k++, n++)
      {
        g_autoptr (GVariant) record = g_variant_get_child_value (pages->pdata[i], k);
        add_row (table, record, anchor);
      }
  if (n > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_print (ngettext ("%lu record\n", "%lu records\n", n), n);
  if (more)
    g_print (_ ("there are older ones; --limit shows more\n"));
}

static void
print_as_json (GPtrArray *pages, gboolean more)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "records");
  json_builder_begin_array (builder);
  for (guint i = 0; i < pages->len; i++)
    json_add_elements (builder, view_record, pages->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "more");
  json_builder_add_boolean_value (builder, more);
  json_builder_end_object (builder);
  json_print (builder);
}

static ToolExit
show (Tool *tool, const Wish *wish)
{
  g_autoptr (GError) error = NULL;
  guint64 to = 0;
  gboolean more = FALSE;
  g_autoptr (GVariant) filter = pack_filter (tool, wish, &to, &error);
  g_autoptr (GPtrArray) pages = filter != NULL ? fetch (tool, filter, to, (guint) wish->limit, &more, &error) : NULL;
  if (pages == NULL)
    return tool_fail (tool, error);
  g_autofree char *anchor = NULL;
  g_variant_lookup (filter, "anchor", "s", &anchor);
  if (tool->json)
    print_as_json (pages, more);
  else
    print_for_people (pages, anchor, more);
  return TOOL_DONE;
}

static void
print_chain (GVariant *found)
{
  gint64 first = view_number (found, "first"), after = view_number (found, "after");
  g_autofree char *head = print_foreign (view_string (found, "head"));
  g_autofree char *repaired = print_foreign (view_string (found, "repaired"));
  g_auto (GStrv) faults = view_strings (found, "faults");
  g_print (_ ("%" PRId64 " records, up to generation %" PRId64 "\n"), view_number (found, "records"), view_number (found, "generation"));
  if (first > 1)
    g_print (_ ("the chain begins with record %" PRId64 "; what was before is no longer kept\n"), first);
  g_print (_ ("head: %s\n"), head);
  if (after > 0)
    g_print (_ ("%" PRId64 " records were written after the one that was named\n"), after);
  if (repaired[0] != '\0')
    g_print (_ ("repaired: %s\n"), repaired);
  if (faults[0] == NULL)
    g_print (_ ("nothing was changed, left out or added\n"));
  fflush (stdout);
  for (char **fault = faults; *fault != NULL; fault++)
    {
      g_autofree char *safe = print_foreign (*fault);
      g_printerr (_ ("anchorctl: fault: %s\n"), safe);
    }
}

static ToolExit
verify (Tool *tool, const Wish *wish)
{
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  if (!tool_check_text ("--head", wish->head, 64, &error))
    return tool_fail (tool, error);
  g_variant_dict_init (&dict, NULL);
  g_autofree char *head = wish->head != NULL ? g_ascii_strdown (wish->head, -1) : NULL;
  report_option_string (&dict, "head", head);
  g_autoptr (GVariant) reply = tool_call (tool, "Journal", "Verify", g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) found = g_variant_get_child_value (reply, 0);
  g_auto (GStrv) faults = view_strings (found, "faults");
  if (tool->json)
    json_print_view (view_chain, found);
  else
    print_chain (found);
  return faults[0] == NULL ? TOOL_DONE : TOOL_REFUSED;
}

/* Which records are shown says nothing about the chain. */
static gboolean
check_wish (const Wish *wish, GError **error)
{
  gboolean narrows = wish->since != NULL || wish->until != NULL || wish->anchor != NULL || wish->by != NULL || wish->operation != NULL;
  if (wish->verify ? !narrows : wish->head == NULL)
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                       wish->verify ? _ ("--verify goes over all of the journal; leave the other options out") : _ ("--head goes with --verify"));
  return FALSE;
}

ToolExit
command_log (Tool *tool, int argc, char **argv)
{
  g_auto (Wish) wish = { .limit = DEFAULT_RECORDS };
  const GOptionEntry entries[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &wish.since, N_ ("Only what came after WHEN: a date, a generation, -30d, yesterday"), N_ ("WHEN") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &wish.until, N_ ("Only what came before WHEN"), N_ ("WHEN") },
    { "anchor", 0, 0, G_OPTION_ARG_STRING, &wish.anchor, N_ ("Only what changed the trust of this certificate"), N_ ("FINGERPRINT") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &wish.by, N_ ("Only what USER asked for"), N_ ("USER") },
    { "operation", 0, 0, G_OPTION_ARG_STRING, &wish.operation, N_ ("Only one kind of change: add, remove, source, …"), N_ ("OPERATION") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &wish.limit, N_ ("At most N records (50)"), N_ ("N") },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &wish.verify, N_ ("Check that nobody changed the journal"), NULL },
    { "head", 0, 0, G_OPTION_ARG_STRING, &wish.head, N_ ("With --verify: HASH, kept elsewhere, must be a record's"), N_ ("HASH") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = tool_parse (tool, "log", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!check_wish (&wish, &error))
    return tool_fail (tool, error);
  return wish.verify ? verify (tool, &wish) : show (tool, &wish);
}
