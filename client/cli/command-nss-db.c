/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/listing.h"
#include "client/cli/nss-db.h"
#include "client/cli/print.h"
#include "client/cli/tool.h"
#include "client/lib/sealed.h"
#include "core/error.h"
#include "core/pem.h"

#include <string.h>

#define TRUSTED "C,,"
#define REFUSED "p,p,p"

/* What the database shall hold of one certificate. */
typedef struct
{
  GBytes *der; /* (owned) */
  const char *trust;
  char *title; /* (owned) printable */
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;
  g_bytes_unref (wish->der);
  g_free (wish->title);
  g_free (wish);
}

static void
wish_add (GHashTable *wishes, GBytes *der, const char *trust, const char *title)
{
  Wish *wish = g_new0 (Wish, 1);
  wish->der = g_bytes_ref (der);
  wish->trust = trust;
  wish->title = print_foreign (title);
  g_hash_table_replace (wishes, g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, der), wish);
}

typedef gboolean (*TakeAnchor) (Tool *tool, GVariant *anchor, gpointer data, GError **error);

/* Calls TAKE for each that List has of STATUS. */
static gboolean
each_listed (Tool *tool, const char *status, TakeAnchor take, gpointer data, GError **error)
{
  g_auto (Listing) listing = { 0 };
  if (!listing_fetch_status (tool, NULL, status, &listing, error))
    return FALSE;
  for (guint i = 0; i < listing.pages->len; i++)
    for (gsize n = 0; n < g_variant_n_children (listing.pages->pdata[i]); n++)
      {
        g_autoptr (GVariant) anchor = g_variant_get_child_value (listing.pages->pdata[i], n);
        if (!take (tool, anchor, data, error))
          return FALSE;
      }
  return TRUE;
}

/* DATA: fingerprint -> title, of those that are to stand there if the bundle has them. */
static gboolean
note_layer (Tool *tool, GVariant *anchor, gpointer data, GError **error)
{
  g_hash_table_insert (data, g_strdup (view_string (anchor, "fingerprint")),
                       g_strdup (strcmp (view_string (anchor, "layer"), "distribution") == 0 ? "" : view_string (anchor, "title")));
  return TRUE;
}

/* DATA: the wishes. Of a bare hash there is nothing to hold. */
static gboolean
take_refused (Tool *tool, GVariant *anchor, gpointer data, GError **error)
{
  const char *fingerprint = view_string (anchor, "fingerprint");
  if (fingerprint[0] == '\0' || view_number (anchor, "not-after") == 0)
    return TRUE;
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "Get", g_variant_new ("(s)", fingerprint), NULL, NULL, error);
  if (reply == NULL)
    return FALSE;
  g_autoptr (GVariant) whole = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) certificate = g_variant_lookup_value (whole, "certificate", G_VARIANT_TYPE_BYTESTRING);
  if (certificate == NULL || g_variant_get_size (certificate) == 0)
    return TRUE;
  g_autoptr (GBytes) der = g_variant_get_data_as_bytes (certificate);
  wish_add (data, der, REFUSED, view_string (anchor, "title"));
  return TRUE;
}

/* What the flat bundle for servers holds: what limits an anchor can't be said in a database, either. */
static gboolean
take_trusted (Tool *tool, gboolean all, GHashTable *wishes, GError **error)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GUnixFDList) fds = NULL;
  if (!each_listed (tool, "trusted", note_layer, titles, error))
    return FALSE;
  GVariant *wanted = g_variant_new ("(sss)", "system", "server-auth", "pem-bundle");
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "GetBundle", wanted, NULL, &fds, error);
  if (reply == NULL)
    return FALSE;
  guint64 size;
  g_variant_get_child (reply, 1, "t", &size);
  g_autoptr (GBytes) bundle = anchord_sealed_map (fds, size, error);
  if (bundle == NULL)
    return FALSE;
  TrustSpan text = { g_bytes_get_data (bundle, NULL), g_bytes_get_size (bundle) };
  TrustPemBlock block;
  for (gsize offset = 0; trust_pem_next (text, &offset, &block, error);)
    {
      g_autoptr (GByteArray) decoded = trust_pem_decode (block.body, error);
      if (decoded == NULL)
        return FALSE;
      g_autoptr (GBytes) der = g_bytes_new (decoded->data, decoded->len);
      g_autofree char *fingerprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, der);
      const char *title = g_hash_table_lookup (titles, fingerprint);
      if (title != NULL && (all || *title != '\0'))
        wish_add (wishes, der, TRUSTED, title);
    }
  return *error == NULL;
}

enum
{
  OUTCOME_TRUSTED,
  OUTCOME_REFUSED,
  OUTCOME_REMOVED,
  OUTCOME_OTHERS, /* somebody else's entry says otherwise */
  OUTCOME_FAILED, /* NSS takes it not */
  OUTCOME_LAST
};

/* What happened, or would. */
typedef struct
{
  GPtrArray *lists[OUTCOME_LAST]; /* (owned) of char*: fingerprints */
  guint n_same;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  for (guint i = 0; i < OUTCOME_LAST; i++)
    g_clear_pointer (&outcome->lists[i], g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* Says WHAT became of it, and keeps the fingerprint. TITLE: "" where it is not known. */
static void
tell (const Tool *tool, GPtrArray *list, const char *what, const char *title, const char *fingerprint)
{
  g_ptr_array_add (list, g_strdup (fingerprint));
  if (!tool->json)
    g_print ("%s: %.*s%s%s\n", what, PRINT_FINGERPRINT_DIGITS, fingerprint, *title != '\0' ? " " : "", title);
}

/* First what must go. */
static gboolean
drop_ours (Tool *tool, NssDb *db, GHashTable *wishes, Outcome *outcome, GError **error)
{
  gboolean is_preview = tool->dry_run || tool->check;
  for (guint i = 0; i < db->entries->len; i++)
    {
      const NssEntry *entry = g_ptr_array_index (db->entries, i);
      if (!entry->is_ours || g_hash_table_contains (wishes, entry->fingerprint))
        continue;
      if (!is_preview && !nss_db_drop (db, entry, error))
        return FALSE;
      tell (tool, outcome->lists[OUTCOME_REMOVED], _ ("removed"), "", entry->fingerprint);
    }
  return TRUE;
}

/* TRUST of our entry; NULL if there is none. */
static const char *
find_ours (const NssDb *db, const char *fingerprint)
{
  for (guint i = 0; i < db->entries->len; i++)
    {
      const NssEntry *entry = g_ptr_array_index (db->entries, i);
      if (entry->is_ours && strcmp (entry->fingerprint, fingerprint) == 0)
        return entry->trust;
    }
  return NULL;
}

/* An entry that somebody else made is theirs; what it says otherwise than the machine is told. */
static void
tell_other (Tool *tool, const NssEntry *other, const Wish *wish, const char *fingerprint, Outcome *outcome)
{
  g_autofree char *servers = g_strndup (other->trust, strcspn (other->trust, ","));
  g_autofree char *nickname = print_foreign (other->nickname);
  if (strchr (servers, wish->trust[0]) != NULL)
    {
      outcome->n_same++;
      return;
    }
  g_ptr_array_add (outcome->lists[OUTCOME_OTHERS], g_strdup (fingerprint));
  g_printerr (_ ("anchorctl: notice: \"%s\" stands there as \"%s\" with the trust %s, which somebody else gave it; certutil -D -n removes it\n"),
              wish->title, nickname, other->trust);
}

/* Puts one in. FALSE: that can't be done with this database. */
static gboolean
put_wish (Tool *tool, NssDb *db, const char *fingerprint, const Wish *wish, Outcome *outcome, GError **error)
{
  gboolean is_preview = tool->dry_run || tool->check, is_refused = strcmp (wish->trust, REFUSED) == 0;
  g_autoptr (GError) reason = NULL;
  if (is_preview || nss_db_put (db, fingerprint, wish->der, wish->trust, &reason))
    {
      const char *what = is_refused ? _ ("refused") : _ ("trusted");
      tell (tool, outcome->lists[is_refused ? OUTCOME_REFUSED : OUTCOME_TRUSTED], what, wish->title, fingerprint);
      return TRUE;
    }
  if (!g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  g_ptr_array_add (outcome->lists[OUTCOME_FAILED], g_strdup (fingerprint));
  g_printerr (_ ("anchorctl: notice: NSS can't read \"%s\" (%.*s), so the database does not hold it\n"), wish->title, PRINT_FINGERPRINT_DIGITS,
              fingerprint);
  return TRUE;
}

/* OUTCOME in the order of the refused, then the trusted: FIRST says which. */
static gboolean
put_wishes (Tool *tool, NssDb *db, GHashTable *wishes, const char *first, Outcome *outcome, GError **error)
{
  g_autoptr (GList) fingerprints = g_list_sort (g_hash_table_get_keys (wishes), (GCompareFunc) strcmp);
  for (GList *at = fingerprints; at != NULL; at = at->next)
    {
      const Wish *wish = g_hash_table_lookup (wishes, at->data);
      const char *ours = find_ours (db, at->data);
      const NssEntry *other = g_hash_table_lookup (db->others, at->data);
      if (strcmp (wish->trust, first) != 0)
        continue;
      if (other != NULL)
        tell_other (tool, other, wish, at->data, outcome);
      else if (g_strcmp0 (ours, wish->trust) == 0)
        outcome->n_same++;
      else if (!put_wish (tool, db, at->data, wish, outcome, error))
        return FALSE;
    }
  return TRUE;
}

static void
add_list (JsonBuilder *builder, const char *name, GPtrArray *list)
{
  g_ptr_array_add (list, NULL);
  json_add_strings (builder, name, (const char *const *) list->pdata);
}

static ToolExit
report (Tool *tool, const NssDb *db, Outcome *outcome)
{
  guint n_changes = outcome->lists[OUTCOME_TRUSTED]->len + outcome->lists[OUTCOME_REFUSED]->len + outcome->lists[OUTCOME_REMOVED]->len;
  gboolean is_whole = outcome->lists[OUTCOME_OTHERS]->len + outcome->lists[OUTCOME_FAILED]->len == 0;
  if (tool->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char *where = print_foreign (db->where);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "database");
      json_builder_add_string_value (builder, where);
      add_list (builder, "trusted", outcome->lists[OUTCOME_TRUSTED]);
      add_list (builder, "refused", outcome->lists[OUTCOME_REFUSED]);
      add_list (builder, "removed", outcome->lists[OUTCOME_REMOVED]);
      add_list (builder, "others", outcome->lists[OUTCOME_OTHERS]);
      add_list (builder, "failed", outcome->lists[OUTCOME_FAILED]);
      json_builder_set_member_name (builder, "unchanged");
      json_builder_add_int_value (builder, outcome->n_same);
      json_builder_end_object (builder);
      json_print (builder);
    }
  else if (n_changes == 0)
    g_print (_ ("nothing to change\n"));
  else if (!tool->dry_run && !tool->check)
    g_print (_ ("programs that have the database open see it when they are started again\n"));
  if (tool->check)
    {
      tool->would_change = n_changes > 0;
      return n_changes > 0 ? TOOL_WOULD_CHANGE : TOOL_DONE;
    }
  return is_whole || tool->dry_run ? TOOL_DONE : TOOL_REFUSED;
}

static gboolean
synchronise (Tool *tool, NssDb *db, GHashTable *wishes, Outcome *outcome, GError **error)
{
  return nss_db_read (db, error) && drop_ours (tool, db, wishes, outcome, error) && put_wishes (tool, db, wishes, REFUSED, outcome, error)
         && put_wishes (tool, db, wishes, TRUSTED, outcome, error);
}

static ToolExit
run_sync (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  gboolean all = FALSE;
  gboolean removes = FALSE;
  g_autofree char *password_file = NULL;
  const GOptionEntry entries[] = { { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("Also what the distribution trusts"), NULL },
                                   { "remove", 0, 0, G_OPTION_ARG_NONE, &removes, N_ ("Take out what anchord put in, and nothing else"), NULL },
                                   { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_file, N_ ("Where the database's password is"),
                                     N_ ("FILE") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_auto (NssDb) db = { 0 };
  g_auto (Outcome) outcome = { 0 };
  for (guint i = 0; i < OUTCOME_LAST; i++)
    outcome.lists[i] = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) wishes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wish_free);
  g_autoptr (GError) error = NULL;
  if (all && removes)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--all and --remove exclude each other; give one of them"));
  gboolean is_done = error == NULL && nss_db_open (&db, words[0], password_file, &error)
                     && (removes || (take_trusted (tool, all, wishes, &error) && each_listed (tool, "distrusted", take_refused, wishes, &error)))
                     && synchronise (tool, &db, wishes, &outcome, &error);
  return is_done ? report (tool, &db, &outcome) : tool_fail (tool, error);
}

static const ToolSubCommand sub_commands[] = {
  { "sync", { "nss-db sync", N_ ("FOLDER"), N_ ("Make an NSS database of yours trust and refuse what this machine does"), NULL }, run_sync },
};

ToolExit
command_nss_db (Tool *tool, int argc, char **argv)
{
  return tool_run_sub_command (tool, "nss-db", sub_commands, G_N_ELEMENTS (sub_commands), _ ("say what to do: nss-db sync FOLDER"), argc, argv);
}
