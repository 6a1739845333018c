/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine's anchors against a given certdata.txt: Mozilla's own list, newer than what the distribution has, or another. */
#include "config.h"

#include "client/cli/audit-checks.h"

#include "client/cli/audit-files.h"
#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/cli/view.h"

#include <string.h>

#define FOR_SERVERS "server-auth"

typedef struct
{
  const AuditCheck *check;
  GHashTable *entries; /* (owned) fingerprint -> FormatsEntry* (borrowed) */
  GPtrArray *out;
} Comparison;

/* The date behind which Mozilla takes no server's certificate; 0: none. */
static gint64
get_date (GVariant *settings)
{
  g_autoptr (GVariant) dates = settings != NULL ? g_variant_lookup_value (settings, "distrust-after", G_VARIANT_TYPE ("a{sx}")) : NULL;
  gint64 date = 0;
  if (dates != NULL)
    g_variant_lookup (dates, FOR_SERVERS, "x", &date);
  return date;
}

static void
tell (Comparison *comparison, GVariant *anchor, const char *severity, char *text, char *remedy)
{
  audit_tell (comparison->check, comparison->out, severity, view_string (anchor, "fingerprint"), view_string (anchor, "title"), NULL, text, remedy);
}

static void
compare_date (Comparison *comparison, GVariant *anchor, const FormatsEntry *entry)
{
  gint64 theirs = get_date (entry->settings), ours = get_date (anchor);
  if (theirs == 0 || (ours != 0 && ours <= theirs))
    return;
  g_autofree char *date = print_date (theirs);
  tell (comparison, anchor, NULL, g_strdup_printf (_ ("Mozilla takes no server certificate of it that was issued after %s; this machine does"), date),
        g_strdup_printf (_ ("anchorctl set %.*s --distrust-after %s, or anchorctl distrust it"), PRINT_FINGERPRINT_DIGITS,
                         view_string (anchor, "fingerprint"), date));
}

static void
compare (Comparison *comparison, GVariant *anchor)
{
  const char *fingerprint = view_string (anchor, "fingerprint");
  const FormatsEntry *entry = g_hash_table_lookup (comparison->entries, fingerprint);
  gboolean is_shipped = strcmp (view_string (anchor, "layer"), "distribution") == 0;
  if (entry == NULL)
    tell (comparison, anchor, is_shipped ? "low" : "info", g_strdup (_ ("it is not in Mozilla's list")),
          g_strdup (is_shipped ? _ ("Update the distribution's certificates; where it stays, ask whether it is needed")
                               : _ ("None is needed where it is your own")));
  else if (entry->kind == FORMATS_DISTRUST)
    tell (comparison, anchor, "high", g_strdup (_ ("Mozilla distrusts it")),
          g_strdup_printf (_ ("anchorctl distrust %.*s"), PRINT_FINGERPRINT_DIGITS, fingerprint));
  else if (entry->kind == FORMATS_UNTRUSTED)
    tell (comparison, anchor, "low", g_strdup (_ ("Mozilla has it in its list and trusts it for nothing any more")),
          g_strdup_printf (_ ("anchorctl distrust %.*s, where nothing needs it"), PRINT_FINGERPRINT_DIGITS, fingerprint));
  else
    compare_date (comparison, anchor, entry);
}

static gboolean
compare_all (const AuditCheck *check, AuditContext *context, const FormatsInput *input, GPtrArray *out)
{
  g_autoptr (GHashTable) entries = g_hash_table_new (g_str_hash, g_str_equal);
  Comparison comparison = { check, entries, out };
  GHashTableIter iter;
  gpointer anchor;
  for (guint i = 0; i < input->entries->len; i++)
    {
      FormatsEntry *entry = g_ptr_array_index (input->entries, i);
      if (entry->fingerprint[0] != '\0')
        g_hash_table_insert (entries, entry->fingerprint, entry);
    }
  g_hash_table_iter_init (&iter, context->anchors);
  while (g_hash_table_iter_next (&iter, NULL, &anchor))
    if (strcmp (view_string (anchor, "status"), "trusted") == 0)
      compare (&comparison, anchor);
  return TRUE;
}

static gboolean
run (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out)
{
  const FormatsWish wish = { .keep_going = TRUE };
  g_autoptr (GError) error = NULL;
  if (context->certdata == NULL)
    return TRUE;
  g_autoptr (GBytes) bytes = input_read (context->certdata, &error);
  const FormatsClass *formats = bytes != NULL ? formats_load (&error) : NULL;
  g_autofree char *name = input_dup_name (context->certdata);
  FormatsInput *input = formats != NULL ? formats->decode (bytes, name, &wish, &error) : NULL;
  if (input == NULL)
    {
      g_autofree char *shown = print_foreign (error->message);
      audit_context_note (context, g_strdup_printf (_ ("Mozilla's list could not be read: %s"), shown));
      return FALSE;
    }
  if (strcmp (input->format, "certdata") != 0)
    audit_context_note (context,
                        g_strdup_printf (_ ("%s is no certdata.txt, but %s; what it says is taken for Mozilla's list"), name, input->format));
  compare_all (check, context, input, out);
  formats->free_input (input);
  return TRUE;
}

const AuditCheck audit_check_mozilla_list = {
  .id = "mozilla-list",
  .severity = "medium",
  .summary = N_ ("Anchors that the certdata.txt of --certdata distrusts, has dated, or does not have"),
  .run = run,
};
