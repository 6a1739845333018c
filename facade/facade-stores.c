/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-stores.h"

#include "facade/changes.h"
#include "facade/lookup.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

static const TrustOption create_options[] = {
  { "inherit", "b", NULL },
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption reason_options[] = {
  { "reason", "s", trust_option_is_reason },
};

/* A change of KIND for the store that the first of PARAMETERS names. Returns: (transfer full) (nullable). */
static TrustChange *
begin_change (TrustChangeKind kind, GVariant *parameters, GError **error)
{
  TrustChange *change = NULL;
  const char *name = NULL;

  g_variant_get_child (parameters, 0, "&s", &name);
  if (!trust_store_check_app_name (name, error))
    return NULL;
  change = trust_change_new (kind);
  change->store = g_strdup (name);
  return change;
}

/* The last of PARAMETERS, held against TABLE, and its reason in CHANGE. Returns: (transfer full) (nullable). */
static GVariant *
read_options (TrustChange *change, GVariant *parameters, const TrustOption *table, guint n_table, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, g_variant_n_children (parameters) - 1);

  if (!trust_options_check (options, table, n_table, error))
    return NULL;
  g_variant_lookup (options, "reason", "s", &change->reason);
  return g_steal_pointer (&options);
}

static gboolean
read_reason (TrustChange *change, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) options = read_options (change, parameters, reason_options, G_N_ELEMENTS (reason_options), error);

  return options != NULL;
}

gboolean
trust_parse_store_create (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = begin_change (TRUST_CHANGE_STORE_CREATE, parameters, error);
  g_autoptr (GVariant) options = NULL;

  if (change == NULL)
    return FALSE;
  options = read_options (change, parameters, create_options, G_N_ELEMENTS (create_options), error);
  if (options == NULL)
    return FALSE;
  change->inherit = TRUE;
  g_variant_lookup (options, "inherit", "b", &change->inherit);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_store_delete (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = begin_change (TRUST_CHANGE_STORE_DELETE, parameters, error);

  if (change == NULL || !read_reason (change, parameters, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_store_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = begin_change (TRUST_CHANGE_STORE_ADD, parameters, error);
  g_autoptr (GVariant) input = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 2);

  if (change == NULL || !trust_change_read_add_options (change, options, error) || !trust_change_read_bytes (change, input, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_store_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = begin_change (TRUST_CHANGE_STORE_REMOVE, parameters, error);
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 1);

  if (change == NULL || !read_reason (change, parameters, error) || !trust_change_read_fingerprints (change, fingerprints, error)
      || !trust_change_check_named (change, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_store_narrow (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = begin_change (TRUST_CHANGE_STORE_NARROW, parameters, error);
  g_autoptr (GVariant) purposes = g_variant_get_child_value (parameters, 1);
  g_autofree const char **names = g_variant_get_strv (purposes, NULL);

  if (change == NULL || !read_reason (change, parameters, error))
    return FALSE;
  /* None at all lifts it. */
  if (*names != NULL)
    {
      if (!trust_option_is_purposes ("purposes", purposes, error))
        return FALSE;
      change->purposes = trust_purposes_new (names, error);
    }
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

/* "use it for server-auth alone". Returns: (transfer full). */
static char *
describe_narrowing (const TrustChange *change)
{
  g_auto (GStrv) names = change->purposes != NULL ? trust_purposes_dup_names (change->purposes) : NULL;
  g_autofree char *joined = names != NULL ? g_strjoinv (", ", names) : NULL;

  return joined != NULL ? g_strdup_printf (_ ("use it for %s alone"), joined) : g_strdup (_ ("use it for every purpose"));
}

/* What is done to the store, in one phrase. DETAILS: those of the certificates. Returns: (transfer full). */
static char *
describe_what (const TrustChange *change, GHashTable *details)
{
  const char *subject = g_hash_table_lookup (details, "subject"), *fingerprint = g_hash_table_lookup (details, "fingerprint");
  const char *terms = g_hash_table_lookup (details, "terms");

  switch (change->kind)
    {
    case TRUST_CHANGE_STORE_CREATE:
      return g_strdup (change->inherit ? _ ("create it, with all that the system trusts") : _ ("create it, empty"));
    case TRUST_CHANGE_STORE_DELETE:
      return g_strdup (_ ("delete it"));
    case TRUST_CHANGE_STORE_ADD:
      return g_strdup_printf (_ ("trust %s (SHA-256 %s), %s"), subject, fingerprint, terms);
    case TRUST_CHANGE_STORE_REMOVE:
      return g_strdup_printf (_ ("no longer trust %s (SHA-256 %s)"), subject, fingerprint);
    default:
      return describe_narrowing (change);
    }
}

gboolean
trust_describe_store (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const TrustChange *change = request->data;
  gboolean of_certificates = change->kind == TRUST_CHANGE_STORE_ADD || change->kind == TRUST_CHANGE_STORE_REMOVE;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  if (change->kind != TRUST_CHANGE_STORE_CREATE && !trust_lookup_store (snapshot, change->store, error))
    return FALSE;
  if (of_certificates && !trust_describe_change (request, engine, details, error))
    return FALSE;
  g_hash_table_insert (details, g_strdup ("store"), g_strdup (change->store));
  g_hash_table_insert (details, g_strdup ("change"), describe_what (change, details));
  return TRUE;
}

gboolean
trust_handle_list_stores (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_stores (snapshot->stores)));
  return TRUE;
}
