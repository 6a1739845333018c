/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/limits.h"

#include "client/cli/view.h"

#include <glib/gi18n.h>

/* The members of VALUE, which must be of TYPE. */
static gsize
count (GVariant *value, const char *type)
{
  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE (type)) ? g_variant_n_children (value) : 0;
}

/* One row a kind of name: "dns: corp.example, other.example". */
static void
add_subtrees (PrintTable *table, const char *name, GVariant *anchor, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (anchor, key, NULL);
  gsize n = count (value, "a{sas}");
  for (gsize i = 0; i < n; i++)
    {
      const char *kind;
      g_autofree const char **subtrees = NULL;
      g_variant_get_child (value, i, "{&s^a&s}", &kind, &subtrees);
      g_autofree char *safe = print_foreign (kind);
      g_autofree char *joined = print_joined (subtrees);
      g_autofree char *text = g_strdup_printf ("%s: %s", safe, joined[0] == '\0' ? _ ("none") : joined);
      print_facts_add (table, i == 0 ? name : "", text);
    }
}

static void
add_distrust_after (PrintTable *table, GVariant *anchor)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (anchor, "distrust-after", NULL);
  gsize n = count (value, "a{sx}");
  for (gsize i = 0; i < n; i++)
    {
      const char *purpose;
      gint64 seconds;
      g_variant_get_child (value, i, "{&sx}", &purpose, &seconds);
      g_autofree char *safe = print_foreign (purpose);
      g_autofree char *time = print_time (seconds);
      g_autofree char *text = g_strdup_printf (_ ("%s: only what was issued by %s"), safe, time);
      print_facts_add (table, i == 0 ? _ ("Issued") : "", text);
    }
}

static void
add_until (PrintTable *table, GVariant *anchor)
{
  gint64 until = view_number (anchor, "until");
  if (until == 0)
    return;
  g_autofree char *time = print_time (until);
  g_autofree char *text = view_bool (anchor, "ended") ? g_strdup_printf (_ ("%s: it has ended"), time) : g_strdup (time);
  print_facts_add (table, _ ("Trusted until"), text);
}

void
limits_add_facts (PrintTable *table, GVariant *anchor)
{
  add_subtrees (table, _ ("Only for names"), anchor, "permitted");
  add_subtrees (table, _ ("Not for names"), anchor, "excluded");
  add_distrust_after (table, anchor);
  add_until (table, anchor);
  if (view_bool (anchor, "accept-loss"))
    print_facts_add (table, _ ("Accepted loss"), _ ("files that cannot say these limits hold it, too"));
  print_facts_add_foreign (table, _ ("Replaces"), view_string (anchor, "replaces"));
}

static void
append (GString *out, const char *word)
{
  g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", word);
}

char *
limits_describe (GVariant *permitted, GVariant *excluded, GVariant *distrust_after, gint64 until)
{
  GString *out = g_string_new (NULL);
  if (count (permitted, "a{sas}") > 0 || count (excluded, "a{sas}") > 0)
    append (out, _ ("names"));
  if (count (distrust_after, "a{sx}") > 0)
    append (out, _ ("issue date"));
  if (until != 0)
    {
      g_autofree char *date = print_date (until);
      g_autofree char *text = g_strdup_printf (_ ("until %s"), date);
      append (out, text);
    }
  return g_string_free (out, FALSE);
}
