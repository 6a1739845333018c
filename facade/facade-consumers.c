/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-consumers.h"

#include "core/text.h"
#include "facade/changes.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const TrustOption switch_options[] = {
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption repair_options[] = {
  { "force", "b", NULL },
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption hand_back_options[] = {
  { "keep-anchors", "b", NULL },
  { "reason", "s", trust_option_is_reason },
};

/* What Repair names. */
typedef struct
{
  char *name; /* (owned) */
  gboolean force;
} Repair;

static void
repair_free (gpointer data)
{
  g_free (((Repair *) data)->name);
  g_free (data);
}

static gboolean
parse_switch (TrustChangeKind kind, GVariant *parameters, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (kind);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);

  g_variant_get_child (parameters, 0, "s", &change->consumer);
  if (!trust_placed_check_name (change->consumer, error) || !trust_options_check (options, switch_options, G_N_ELEMENTS (switch_options), error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_consumer_enable (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  return parse_switch (TRUST_CHANGE_CONSUMER_ENABLE, parameters, out, error);
}

gboolean
trust_parse_consumer_disable (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  return parse_switch (TRUST_CHANGE_CONSUMER_DISABLE, parameters, out, error);
}

/* Only a hand-back may keep anchors. */
static gboolean
parse_all (TrustChangeKind kind, GVariant *parameters, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (kind);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);

  if (!(kind == TRUST_CHANGE_HANDBACK ? trust_options_check (options, hand_back_options, G_N_ELEMENTS (hand_back_options), error)
                                      : trust_options_check (options, switch_options, G_N_ELEMENTS (switch_options), error)))
    return FALSE;
  g_variant_lookup (options, "keep-anchors", "b", &change->keep_anchors);
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_hand_back (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  return parse_all (TRUST_CHANGE_HANDBACK, parameters, out, error);
}

gboolean
trust_parse_resume (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  return parse_all (TRUST_CHANGE_RESUME, parameters, out, error);
}

/* The subject is every consumer; its "fingerprint" is that of the mark's name and what is done. */
gboolean
trust_describe_hand_back (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const TrustChange *change = request->data;
  g_autofree char *words = g_strdup_printf ("%s %s %d", TRUST_HANDBACK_PATH, trust_change_kind_get_name (change->kind), change->keep_anchors);
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  /* That tool knows nothing of what is refused here: it trusts more than is trusted now. */
  gboolean widens = change->kind != TRUST_CHANGE_RESUME && trust_anchor_set_get_n_distrusts (snapshot->set) > 0;
  const char *what = change->kind == TRUST_CHANGE_RESUME ? _ ("take them up again")
                     : change->keep_anchors              ? _ ("give them back to its own tool, with the administrator's anchors")
                                                         : _ ("give them back to its own tool");
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_of (words, strlen (words), &digest);
  trust_fingerprint_to_hex (&digest, hex);
  g_hash_table_insert (details, g_strdup ("subject"), g_strdup (_ ("the distribution's files")));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
  g_hash_table_insert (details, g_strdup ("change"),
                       widens ? g_strdup_printf (_ ("%s, WHICH TRUSTS AGAIN WHAT IS REFUSED HERE"), what) : g_strdup (what));
  return TRUE;
}

gboolean
trust_parse_consumer_repair (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  const char *name = NULL;
  Repair *repair = NULL;

  g_variant_get_child (parameters, 0, "&s", &name);
  if (!trust_placed_check_name (name, error) || !trust_options_check (options, repair_options, G_N_ELEMENTS (repair_options), error))
    return FALSE;
  repair = g_new0 (Repair, 1);
  repair->name = g_strdup (name);
  g_variant_lookup (options, "force", "b", &repair->force);
  *out = (TrustDoorRequest) { repair, repair_free };
  return TRUE;
}

gboolean
trust_parse_consumer_name (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  char *name = NULL;

  g_variant_get (parameters, "(s)", &name);
  *out = (TrustDoorRequest) { name, g_free };
  return trust_placed_check_name (name, error);
}

/* The dialog names the consumer; its "fingerprint" is that of what it writes where. */
static gboolean
describe (TrustEngine *engine, const char *name, const char *change, GHashTable *details, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  const TrustPlaced *placed = trust_placed_find (snapshot->placed, name);
  g_autoptr (GString) places = g_string_new (NULL);
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];

  if (placed == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("There is no consumer \"%s\"; 'anchorctl consumers' names those there are"), name);
      return FALSE;
    }
  for (guint i = 0; i < placed->outputs->len; i++)
    {
      const TrustPlacedOutput *output = placed->outputs->pdata[i];

      g_string_append_printf (places, "%s %s\n", output->format, output->path);
    }
  trust_fingerprint_of (places->str, places->len, &digest);
  trust_fingerprint_to_hex (&digest, hex);
  g_hash_table_insert (details, g_strdup ("subject"), trust_text_printable (name, TRUST_LIMIT_DIALOG_CHARS));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
  g_hash_table_insert (details, g_strdup ("change"), g_strdup (change));
  return TRUE;
}

gboolean
trust_describe_consumer (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const TrustChange *change = request->data;

  return describe (engine, change->consumer, change->kind == TRUST_CHANGE_CONSUMER_ENABLE ? _ ("write its files") : _ ("take its files away"),
                   details, error);
}

gboolean
trust_describe_repair (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const Repair *repair = request->data;

  return describe (engine, repair->name, repair->force ? _ ("write its files over what others wrote") : _ ("put its files right"), details, error);
}

gboolean
trust_handle_repair (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const Repair *repair = request->data;
  g_autoptr (TrustSnapshot) snapshot = NULL;
  gboolean ok = trust_engine_repair (engine, repair->name, repair->force, error);

  if (!ok)
    return FALSE;
  snapshot = trust_engine_get_snapshot (engine);
  out->reply = g_variant_ref_sink (g_variant_new ("(t)", snapshot->generation));
  return TRUE;
}

gboolean
trust_handle_list_consumers (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);

  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_consumers (snapshot)));
  return TRUE;
}

gboolean
trust_handle_consumer_losses (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  const TrustPlaced *placed = trust_placed_find (snapshot->placed, request->data);

  if (placed == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("There is no consumer \"%s\"; 'anchorctl consumers' names those there are"),
                   (const char *) request->data);
      return FALSE;
    }
  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_consumer_losses (snapshot, placed)));
  return TRUE;
}

gboolean
trust_parse_consumer_check (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) content = g_variant_get_child_value (parameters, 1);
  const char *name = NULL;
  gsize size = 0;
  gconstpointer bytes = g_variant_get_fixed_array (content, &size, 1);
  TrustPlaced *placed = NULL;

  g_variant_get_child (parameters, 0, "&s", &name);
  placed = trust_engine_read_consumer (name, bytes, size, error);
  *out = (TrustDoorRequest) { placed, (GDestroyNotify) trust_placed_unref };
  return placed != NULL;
}

gboolean
trust_handle_consumer_check (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_outputs (snapshot, request->data)));
  return TRUE;
}
