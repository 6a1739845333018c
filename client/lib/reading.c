/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/invoke.h"
#include "client/lib/sealed.h"

static const AnchordMethod method_list = { "Anchors", "List", "(taa{sv}s)" };
static const AnchordMethod method_get = { "Anchors", "Get", "(a{sv})" };
static const AnchordMethod method_get_bundle = { "Anchors", "GetBundle", "(htt)" };
static const AnchordMethod method_get_status = { "Anchors", "GetStatus", "(a{sv})" };
static const AnchordMethod method_verify = { "Verifier", "Verify", "(a{sv})" };

/* The only member of REPLY (transfer full) (nullable). Returns: (transfer full) (nullable). */
static GVariant *
unwrap (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  return reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
}

static GVariant *
options_or_none (GVariant *options)
{
  return options != NULL ? options : g_variant_new ("a{sv}", NULL);
}

/**
 * anchord_client_list_sync:
 * @self: a client
 * @filter: (nullable): a dictionary (a{sv}); a floating reference is taken over. Keys: purpose `s`, layer `s`, status `s` ("trusted", the
 *   default; "distrusted"; "all"), text `s` (in subject, label or organisation, any case)
 * @after: (nullable): "" for the first page, else what the last page named as next
 * @limit: entries wanted, at most 200; 0 for as many as one page holds
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * One page of anchors, sorted by fingerprint. A page is of one generation; where it differs from the last page's, begin again.
 *
 * Returns: (transfer full): (taa{sv}s): the generation; the anchors, as the service's interface describes them (times in seconds
 *   since the epoch, UTC; text is the certificate's own: escape it before showing it); what to give as @after for the next page, "" on the last.
 *   Or %NULL with @error set
 */
GVariant *
anchord_client_list_sync (AnchordClient *self, GVariant *filter, const char *after, guint limit, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  GVariant *parameters = g_variant_new ("(@a{sv}su)", options_or_none (filter), after == NULL ? "" : after, limit);
  return anchord_invoke_sync (self, &method_list, parameters, NULL, NULL, cancellable, error);
}

/**
 * anchord_client_list:
 * @self: a client
 * @filter: (nullable): see anchord_client_list_sync()
 * @after: (nullable): see anchord_client_list_sync()
 * @limit: see anchord_client_list_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_list_sync() without blocking. Finish with anchord_client_list_finish().
 */
void
anchord_client_list (AnchordClient *self, GVariant *filter, const char *after, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_list);
  GVariant *parameters = g_variant_new ("(@a{sv}su)", options_or_none (filter), after == NULL ? "" : after, limit);
  anchord_invoke (self, &method_list, parameters, NULL, task);
}

/**
 * anchord_client_list_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_list_sync()
 *
 * Returns: (transfer full): see anchord_client_list_sync()
 */
GVariant *
anchord_client_list_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return anchord_invoke_finish (self, result, anchord_client_list, NULL, error);
}

/**
 * anchord_client_get_sync:
 * @self: a client
 * @fingerprint: a SHA-256 fingerprint in any usual spelling, whole or an unambiguous beginning of 8 digits or more
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Everything the service knows of one anchor, or of one distrusted certificate.
 *
 * Returns: (transfer full): a{sv} as anchord_client_list_sync() has it, with certificate `ay` (DER) and also `aa{sv}` (what other layers
 *   say). Or %NULL with @error set
 */
GVariant *
anchord_client_get_sync (AnchordClient *self, const char *fingerprint, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (fingerprint != NULL, NULL);
  return unwrap (anchord_invoke_sync (self, &method_get, g_variant_new ("(s)", fingerprint), NULL, NULL, cancellable, error));
}

/**
 * anchord_client_get:
 * @self: a client
 * @fingerprint: see anchord_client_get_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_get_sync() without blocking. Finish with anchord_client_get_finish().
 */
void
anchord_client_get (AnchordClient *self, const char *fingerprint, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (fingerprint != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_get);
  anchord_invoke (self, &method_get, g_variant_new ("(s)", fingerprint), NULL, task);
}

/**
 * anchord_client_get_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_get_sync()
 *
 * Returns: (transfer full): see anchord_client_get_sync()
 */
GVariant *
anchord_client_get_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return unwrap (anchord_invoke_finish (self, result, anchord_client_get, NULL, error));
}

/* Both (transfer full) (nullable). */
static GBytes *
map_bundle (GVariant *reply, GUnixFDList *fds, guint64 *generation, GError **error)
{
  g_autoptr (GVariant) owned_reply = reply;
  g_autoptr (GUnixFDList) owned_fds = fds;
  if (reply == NULL)
    return NULL;
  guint64 size;
  guint64 of_generation;
  g_variant_get (reply, "(htt)", NULL, &size, &of_generation);
  if (generation != NULL)
    *generation = of_generation;
  return anchord_sealed_map (fds, size, error);
}

/**
 * anchord_client_get_bundle_sync:
 * @self: a client
 * @store: a store, as "system"
 * @purpose: a purpose's name or OID, as "server-auth"
 * @format: a format: "pem-bundle", "java-jks", "p11-kit", "openssl-trusted"; the latter two take an empty @purpose for everything
 * @generation: (out) (optional): the generation that the bundle is of
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * The anchors trusted for @purpose, in one file.
 *
 * Returns: (transfer full): the bundle, mapped from memory that nobody can change; or %NULL with @error set
 */
GBytes *
anchord_client_get_bundle_sync (AnchordClient *self, const char *store, const char *purpose, const char *format, guint64 *generation,
                                GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (store != NULL && purpose != NULL && format != NULL, NULL);
  GUnixFDList *fds = NULL;
  GVariant *parameters = g_variant_new ("(sss)", store, purpose, format);
  GVariant *reply = anchord_invoke_sync (self, &method_get_bundle, parameters, NULL, &fds, cancellable, error);
  return map_bundle (reply, fds, generation, error);
}

/**
 * anchord_client_get_bundle:
 * @self: a client
 * @store: see anchord_client_get_bundle_sync()
 * @purpose: see anchord_client_get_bundle_sync()
 * @format: see anchord_client_get_bundle_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_get_bundle_sync() without blocking. Finish with anchord_client_get_bundle_finish().
 */
void
anchord_client_get_bundle (AnchordClient *self, const char *store, const char *purpose, const char *format, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (store != NULL && purpose != NULL && format != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_get_bundle);
  anchord_invoke (self, &method_get_bundle, g_variant_new ("(sss)", store, purpose, format), NULL, task);
}

/**
 * anchord_client_get_bundle_finish:
 * @self: a client
 * @result: what the callback got
 * @generation: (out) (optional): the generation that the bundle is of
 * @error: return location for an error, see anchord_client_get_bundle_sync()
 *
 * Returns: (transfer full): see anchord_client_get_bundle_sync()
 */
GBytes *
anchord_client_get_bundle_finish (AnchordClient *self, GAsyncResult *result, guint64 *generation, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  GUnixFDList *fds = NULL;
  GVariant *reply = anchord_invoke_finish (self, result, anchord_client_get_bundle, &fds, error);
  return map_bundle (reply, fds, generation, error);
}

/**
 * anchord_client_get_status_sync:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * How the service stands: its sources, its consumers, and whether what is published is what is effective.
 *
 * Returns: (transfer full): a{sv}: generation `t`, distribution `s`, anchors `u`, distrusts `u`, published `b`, hooks-waiting `u`,
 *   sources `aa{sv}`, consumers `aa{sv}`, reports `as`, version `s`, override `s`. Or %NULL with @error set
 */
GVariant *
anchord_client_get_status_sync (AnchordClient *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return unwrap (anchord_invoke_sync (self, &method_get_status, NULL, NULL, NULL, cancellable, error));
}

/**
 * anchord_client_get_status:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_get_status_sync() without blocking. Finish with anchord_client_get_status_finish().
 */
void
anchord_client_get_status (AnchordClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_get_status);
  anchord_invoke (self, &method_get_status, NULL, NULL, task);
}

/**
 * anchord_client_get_status_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_get_status_sync()
 *
 * Returns: (transfer full): see anchord_client_get_status_sync()
 */
GVariant *
anchord_client_get_status_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return unwrap (anchord_invoke_finish (self, result, anchord_client_get_status, NULL, error));
}

/* Returns: (transfer floating). */
static GVariant *
verify_parameters (GPtrArray *chain, GVariant *options)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < chain->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, g_ptr_array_index (chain, i), TRUE));
  return g_variant_new ("(aay@a{sv})", &builder, options_or_none (options));
}

/**
 * anchord_client_verify_sync:
 * @self: a client
 * @chain: (element-type GBytes): DER each, leaf first, at most 128
 * @options: (nullable): a dictionary (a{sv}); a floating reference is taken over. Keys: purpose `s` ("server-auth"), name `s` (host name or
 *   IP address), store `s` ("system")
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Is @chain trusted? "Not trusted" is a verdict, not an error.
 *
 * Returns: (transfer full): a{sv}: trusted `b`, reason `s` ("trusted", "unknown-issuer", …), message `s`, remedy `s`, failing `i` (index
 *   in @chain, -1 none), path `as` (fingerprints, leaf first), anchor `s` ("" none), findings `as`, generation `t`. Or %NULL with @error set
 */
GVariant *
anchord_client_verify_sync (AnchordClient *self, GPtrArray *chain, GVariant *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (chain != NULL, NULL);
  return unwrap (anchord_invoke_sync (self, &method_verify, verify_parameters (chain, options), NULL, NULL, cancellable, error));
}

/**
 * anchord_client_verify:
 * @self: a client
 * @chain: (element-type GBytes): see anchord_client_verify_sync()
 * @options: (nullable): see anchord_client_verify_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_verify_sync() without blocking. Finish with anchord_client_verify_finish().
 */
void
anchord_client_verify (AnchordClient *self, GPtrArray *chain, GVariant *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (chain != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_verify);
  anchord_invoke (self, &method_verify, verify_parameters (chain, options), NULL, task);
}

/**
 * anchord_client_verify_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_verify_sync()
 *
 * Returns: (transfer full): see anchord_client_verify_sync()
 */
GVariant *
anchord_client_verify_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return unwrap (anchord_invoke_finish (self, result, anchord_client_verify, NULL, error));
}
