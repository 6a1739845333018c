/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/preview.h"

#include "client/cli/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NO_ROW                                                                                                                                       \
  {                                                                                                                                                  \
    NULL, NULL, NULL, TOOL_DONE                                                                                                                      \
  }

/* In place of the command's own sentences, which tell what was done. EXIT: TOOL_REFUSED fails a check. */
/* clang-format off */
static const ReportRow rows[] = {
  { "added", N_ ("would add %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("would pin %s (%s…), which is trusted from below"), NULL, TOOL_DONE },
  { "changed", N_ ("would change %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("nothing to do for %s (%s…)"), NULL, TOOL_DONE },
  { "removed", N_ ("would remove %s (%s…)"), NULL, TOOL_DONE },
  { "still-trusted", N_ ("would withdraw %s (%s…), but it stays trusted"), NULL, TOOL_DONE },
  { "distrusted", N_ ("would distrust %s (%s…)"), NULL, TOOL_DONE },
  { "restored", N_ ("would lift the distrust of %s (%s…)"), NULL, TOOL_DONE },
  { "still-refused", N_ ("would lift a distrust of %s (%s…), but it stays refused"), NULL, TOOL_DONE },
  { "enabled", N_ ("would enable the consumer %s"), NULL, TOOL_DONE },
  { "disabled", N_ ("would disable the consumer %s"), NULL, TOOL_DONE },
  { "handed-back", N_ ("would give the files of the consumer %s back to the distribution's tool"), NULL, TOOL_DONE },
  { "taken-up", N_ ("would keep the files of the consumer %s up again"), NULL, TOOL_DONE },
  { "kept", N_ ("would leave %s (%s…) to the distribution's tool"), NULL, TOOL_DONE },
  { "not-kept", N_ ("would NOT leave %s (%s…) to the distribution's tool"), NULL, TOOL_DONE },
  { "refused", N_ ("would refuse %s (%s…)"), NULL, TOOL_REFUSED },
  NO_ROW
};
/* clang-format on */

typedef struct
{
  guint64 generation;
  GVariant *results;    /* (owned) aa{sv} */
  const char **notices; /* (owned) the array alone */
  GVariant *changes;    /* (owned) aa{sv} */
  gboolean would_change;
} Preview;

static void
preview_clear (Preview *preview)
{
  g_clear_pointer (&preview->results, g_variant_unref);
  g_clear_pointer (&preview->changes, g_variant_unref);
  g_clear_pointer (&preview->notices, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Preview, preview_clear)

/* "not trusted" for what the service leaves empty. Returns: (transfer full). */
static char *
state_text (GVariant *change, const char *key)
{
  const char *text = view_string (change, key);
  return text[0] == '\0' ? g_strdup (_ ("not trusted")) : print_foreign (text);
}

static void
print_difference (GVariant *change)
{
  g_autofree char *before = state_text (change, "before");
  g_autofree char *after = state_text (change, "after");
  g_print ("    %s → %s\n", before, after);
}

/* A change that no result speaks of: another certificate with the same key, a store. */
static void
print_other (GVariant *change)
{
  g_autofree char *title = print_foreign (view_string (change, "title"));
  g_autofree char *fingerprint = g_strndup (view_string (change, "fingerprint"), PRINT_FINGERPRINT_DIGITS);
  if (fingerprint[0] == '\0')
    g_print (_ ("would change %s\n"), title);
  else
    g_print (_ ("would also change %s (%s…)\n"), title, fingerprint);
  print_difference (change);
}

/* Fingerprint to change. Returns: (transfer full). */
static GHashTable *
index_changes (GVariant *changes)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      GVariant *change = g_variant_get_child_value (changes, i);
      g_hash_table_replace (index, g_strdup (view_string (change, "fingerprint")), change);
    }
  return index;
}

typedef struct
{
  GHashTable *index; /* (owned) fingerprint to change */
  GHashTable *told;  /* (owned) fingerprints */
} Telling;

static void
print_result (GVariant *result, gpointer user_data)
{
  Telling *telling = user_data;
  const char *fingerprint = view_string (result, "fingerprint");
  GVariant *change = fingerprint[0] == '\0' ? NULL : g_hash_table_lookup (telling->index, fingerprint);
  report_print_result (rows, result);
  if (change != NULL && g_hash_table_add (telling->told, g_strdup (fingerprint)))
    print_difference (change);
}

/* ASKS: whether it is to be done is the next question. */
static void
print_for_people (const Preview *preview, gboolean asks)
{
  g_autoptr (GHashTable) index = index_changes (preview->changes);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  report_each_result (preview->results, print_result, &(Telling) { index, told });
  for (gsize i = 0; i < g_variant_n_children (preview->changes); i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (preview->changes, i);
      if (!g_hash_table_contains (told, view_string (change, "fingerprint")))
        print_other (change);
    }
  if (preview->would_change && asks)
    ;
  else if (preview->would_change)
    g_print (_ ("nothing was changed; generation %" PRIu64 "\n"), preview->generation);
  else
    g_print (_ ("there is nothing to do; generation %" PRIu64 "\n"), preview->generation);
  fflush (stdout);
  for (const char **notice = preview->notices; *notice != NULL; notice++)
    {
      g_autofree char *safe = print_foreign (*notice);
      g_printerr (_ ("anchorctl: notice: %s\n"), safe);
    }
}

static void
print_as_json (const Tool *tool, const Preview *preview)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) preview->generation);
  json_builder_set_member_name (builder, "would_change");
  json_builder_add_boolean_value (builder, preview->would_change);
  json_add_views (builder, "results", view_result, preview->results);
  json_add_views (builder, "changes", view_change, preview->changes);
  json_add_strings (builder, "notices", preview->notices);
  report_add_notes (builder, tool);
  json_builder_end_object (builder);
  json_print (builder);
}

/* REPLY: (transfer full): it holds the notices. */
static gboolean
ask (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds, Preview *out, GVariant **reply, GError **error)
{
  *reply = tool_call (tool, "Anchors", "Preview", g_variant_new ("(sv)", method, parameters), fds, NULL, error);
  if (*reply == NULL)
    return FALSE;
  g_variant_get (*reply, "(t@aa{sv}^a&s@aa{sv})", &out->generation, &out->results, &out->notices, &out->changes);
  out->would_change = g_variant_n_children (out->changes) > 0 || report_changes_something (out->results);
  return TRUE;
}

ToolExit
preview_show (Tool *tool, const char *method, GVariant *parameters, gboolean *would_change)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_auto (Preview) preview = { 0 };
  if (!ask (tool, method, parameters, NULL, &preview, &reply, &error))
    return tool_fail (tool, error);
  print_for_people (&preview, TRUE);
  *would_change = preview.would_change;
  return TOOL_DONE;
}

ToolExit
preview_change (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_auto (Preview) preview = { 0 };
  if (!ask (tool, method, parameters, fds, &preview, &reply, &error))
    return tool_fail (tool, error);
  if (tool->json)
    print_as_json (tool, &preview);
  else
    print_for_people (&preview, FALSE);
  if (!tool->check)
    return TOOL_DONE;
  if (report_judge (preview.results, rows) != TOOL_DONE || tool->failures != NULL)
    return TOOL_ERROR;
  tool->would_change = preview.would_change;
  return preview.would_change ? TOOL_WOULD_CHANGE : TOOL_DONE;
}
