/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/moment.h"

#include "client/cli/json.h"
#include "client/cli/print.h"

#include <inttypes.h>
#include <string.h>

#define WHEN_CHARS 64
/* The most rows that the service gives in one answer. */
#define PAGE_ROWS 1000u

gboolean
moment_is_generation (const char *text)
{
  return text[0] != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* Rows after AFTER (nullable). Returns: (transfer full): Journal.At's reply. */
static GVariant *
ask (Tool *tool, const char *when, const char *after, guint limit, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  if (after != NULL)
    g_variant_dict_insert (&options, "after", "s", after);
  g_variant_dict_insert (&options, "limit", "u", limit);
  return tool_call (tool, "Journal", "At", g_variant_new ("(s@a{sv})", when, g_variant_dict_end (&options)), NULL, NULL, error);
}

gboolean
moment_find (Tool *tool, const char *option, const char *when, Moment *out, GError **error)
{
  g_autoptr (GVariant) reply = tool_check_text (option, when, WHEN_CHARS, error) ? ask (tool, when, NULL, 1, error) : NULL;
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(tx@aa{sv}b)", &out->generation, &out->time, NULL, NULL);
  return TRUE;
}

char *
moment_describe_change (GVariant *change)
{
  const char *const keys[] = { "before", "after" };
  g_autofree char *sides[G_N_ELEMENTS (keys)] = { NULL, NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = view_string (change, keys[i]);
      sides[i] = text[0] == '\0' ? g_strdup (_ ("not trusted")) : print_foreign (text);
    }
  g_autofree char *second = sides[1];
  return g_strdup_printf ("%s → %s", sides[0], second);
}

typedef struct
{
  Moment moment;
  GPtrArray *pages; /* (owned) of GVariant: aa{sv} */
} States;

static void
states_clear (States *states)
{
  g_clear_pointer (&states->pages, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (States, states_clear)

/* What the next page begins after. Returns: (transfer full) (nullable). */
static char *
end_of (GVariant *page)
{
  gsize n = g_variant_n_children (page);
  if (n == 0)
    return NULL;
  g_autoptr (GVariant) last = g_variant_get_child_value (page, n - 1);
  return g_strconcat (view_string (last, "fingerprint"), view_string (last, "title"), NULL);
}

static gboolean
fetch (Tool *tool, const char *when, States *out, GError **error)
{
  g_autofree char *after = NULL;
  g_autofree char *exact = g_strdup (when);
  gboolean more = FALSE;
  do
    {
      g_autoptr (GVariant) reply = ask (tool, exact, after, PAGE_ROWS, error);
      GVariant *page = NULL;
      if (reply == NULL)
        return FALSE;
      g_variant_get (reply, "(tx@aa{sv}b)", &out->moment.generation, &out->moment.time, &page, &more);
      g_ptr_array_add (out->pages, page);
      g_free (after);
      after = end_of (page);
      /* The other pages are of the same moment, whatever happens meanwhile. */
      g_free (exact);
      exact = g_strdup_printf ("%" PRIu64, out->moment.generation);
    }
  while (more && after != NULL);
  return TRUE;
}

static void
add_row (PrintTable *table, GVariant *state)
{
  g_autofree char *title = print_foreign (view_string (state, "title"));
  g_autofree char *settings = print_foreign (view_string (state, "settings"));
  g_autofree char *since = print_time (view_number (state, "since-time"));
  g_autofree char *generation = g_strdup_printf ("%" G_GINT64_FORMAT, view_number (state, "since"));
  g_autofree char *fingerprint = g_strndup (view_string (state, "fingerprint"), PRINT_FINGERPRINT_DIGITS);
  const char *const cells[] = { title, settings, since, generation, fingerprint };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (strcmp (settings, "distrusted") == 0)
    scols_line_set_color (line, "red");
}

static void
print_for_people (const States *states)
{
  gulong n = 0;
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("NAME"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("TRUST"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("SINCE"), 0, 0);
  scols_table_new_column (table, _ ("GENERATION"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("FINGERPRINT"), 0, 0);
  for (guint i = 0; i < states->pages->len; i++)
    for (gsize k = 0; k < g_variant_n_children (states->pages->pdata[i]); k++, n++)
      {
        g_autoptr (GVariant) state = g_variant_get_child_value (states->pages->pdata[i], k);
        add_row (table, state);
      }
  if (n > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_autofree char *time = states->moment.time != 0 ? print_time (states->moment.time) : g_strdup (_ ("before the first change"));
  g_print (ngettext ("%lu entry", "%lu entries", n), n);
  g_print (_ (", generation %" PRIu64 " (%s)\n"), states->moment.generation, time);
}

static void
print_as_json (const States *states)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_number (builder, "generation", (gint64) states->moment.generation);
  json_add_time (builder, "time", states->moment.time);
  json_builder_set_member_name (builder, "states");
  json_builder_begin_array (builder);
  for (guint i = 0; i < states->pages->len; i++)
    json_add_elements (builder, view_state, states->pages->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_print (builder);
}

ToolExit
moment_list (Tool *tool, const char *when)
{
  g_autoptr (GError) error = NULL;
  g_auto (States) states = { { 0, 0 }, g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref) };
  if (!tool_check_text ("--at", when, WHEN_CHARS, &error) || !fetch (tool, when, &states, &error))
    return tool_fail (tool, error);
  if (tool->json)
    print_as_json (&states);
  else
    print_for_people (&states);
  return TOOL_DONE;
}
