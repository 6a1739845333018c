/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/invoke.h"
#include "client/lib/sealed.h"

#define CHANGE_REPLY "(taa{sv}as)"

static const AnchordMethod method_add = { "Anchors", "Add", CHANGE_REPLY };
static const AnchordMethod method_add_sealed = { "Anchors", "AddSealed", CHANGE_REPLY };
static const AnchordMethod method_remove = { "Anchors", "Remove", CHANGE_REPLY };
static const AnchordMethod method_distrust = { "Anchors", "Distrust", CHANGE_REPLY };

static GVariant *
options_or_none (GVariant *options)
{
  return options != NULL ? options : g_variant_new ("a{sv}", NULL);
}

/* Picks the way by size. NULL with ERROR set where there is no memory file to be had. Returns: (transfer floating). */
static GVariant *
add_parameters (GBytes *certificates, GVariant *options, const AnchordMethod **method, GUnixFDList **fds, GError **error)
{
  g_autoptr (GVariant) owned_options = g_variant_ref_sink (options_or_none (options));
  if (g_bytes_get_size (certificates) > ANCHORD_MESSAGE_BYTES)
    {
      *method = &method_add_sealed;
      *fds = anchord_sealed_new (certificates, error);
      return *fds == NULL ? NULL : g_variant_new ("(h@a{sv})", 0, owned_options);
    }
  *method = &method_add;
  GVariant *bytes = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, certificates, TRUE);
  return g_variant_new ("(@ay@a{sv})", bytes, owned_options);
}

static GVariant *
fingerprint_parameters (const char *const *fingerprints, GVariant *options)
{
  return g_variant_new ("(^as@a{sv})", fingerprints, options_or_none (options));
}

/**
 * anchord_client_add_sync:
 * @self: a client
 * @certificates: PEM (any number of certificates) or DER, at most 32 MiB
 * @options: (nullable): a dictionary (a{sv}); a floating reference is taken over. Keys: purposes `as` (names or OIDs; server-auth if
 *   absent), label `s`, reason `s`, allow-expired `b`, allow-non-ca `b`, replace `b`, override-distrust `b`
 * @cancellable: (nullable): a cancellable; once the service has the call, cancelling gives up the answer, and the dialog with it
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Makes every certificate in @certificates an anchor of the administrator's layer: all of them or none. It returns when the
 * change is durable and published.
 *
 * Returns: (transfer full): (taa{sv}as): the generation; for each certificate {fingerprint `s`, title `s`, result `s` ("added", "pinned",
 *   "changed", "already"), detail `s`}; what did not go everywhere, one sentence each. Or %NULL with @error set
 */
GVariant *
anchord_client_add_sync (AnchordClient *self, GBytes *certificates, GVariant *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (certificates != NULL, NULL);
  const AnchordMethod *method = NULL;
  GUnixFDList *fds = NULL;
  GVariant *parameters = add_parameters (certificates, options, &method, &fds, error);
  return parameters == NULL ? NULL : anchord_invoke_sync (self, method, parameters, fds, NULL, cancellable, error);
}

/**
 * anchord_client_add:
 * @self: a client
 * @certificates: PEM (any number of certificates) or DER, at most 32 MiB
 * @options: (nullable): see anchord_client_add_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_add_sync() without blocking. Finish with anchord_client_add_finish().
 */
void
anchord_client_add (AnchordClient *self, GBytes *certificates, GVariant *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (certificates != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_add);
  const AnchordMethod *method = NULL;
  GUnixFDList *fds = NULL;
  GError *error = NULL;
  GVariant *parameters = add_parameters (certificates, options, &method, &fds, &error);
  if (parameters != NULL)
    return anchord_invoke (self, method, parameters, fds, task);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * anchord_client_add_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_add_sync()
 *
 * Returns: (transfer full): see anchord_client_add_sync()
 */
GVariant *
anchord_client_add_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return anchord_invoke_finish (self, result, anchord_client_add, NULL, error);
}

/**
 * anchord_client_remove_sync:
 * @self: a client
 * @fingerprints: (array zero-terminated=1): SHA-256 fingerprints in any usual spelling, whole or unambiguous beginnings of 8 digits or more
 * @options: (nullable): a dictionary (a{sv}); a floating reference is taken over. Keys: reason `s`
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Withdraws what the administrator's layer says of these certificates. Another layer may still trust them: the result says so.
 *
 * Returns: (transfer full): (taa{sv}as) as anchord_client_add_sync() has it; results are "removed" and "still-trusted" (detail: who
 *   still does). Or %NULL with @error set
 */
GVariant *
anchord_client_remove_sync (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (fingerprints != NULL, NULL);
  return anchord_invoke_sync (self, &method_remove, fingerprint_parameters (fingerprints, options), NULL, NULL, cancellable, error);
}

/**
 * anchord_client_remove:
 * @self: a client
 * @fingerprints: (array zero-terminated=1): see anchord_client_remove_sync()
 * @options: (nullable): see anchord_client_remove_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_remove_sync() without blocking. Finish with anchord_client_remove_finish().
 */
void
anchord_client_remove (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (fingerprints != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_remove);
  anchord_invoke (self, &method_remove, fingerprint_parameters (fingerprints, options), NULL, task);
}

/**
 * anchord_client_remove_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_remove_sync()
 *
 * Returns: (transfer full): see anchord_client_remove_sync()
 */
GVariant *
anchord_client_remove_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return anchord_invoke_finish (self, result, anchord_client_remove, NULL, error);
}

/**
 * anchord_client_distrust_sync:
 * @self: a client
 * @fingerprints: (array zero-terminated=1): SHA-256 fingerprints of known certificates, whole or unambiguous beginnings of 8 digits or more;
 *   a whole one may be unknown
 * @options: (nullable): a dictionary (a{sv}); a floating reference is taken over. Keys: reason `s`, certificates `ay` (PEM or DER: more
 *   to distrust), cert-only `b` (the certificate, not its key), set-aside `b` (move a local file that holds one out of the way)
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Refuses these certificates, and their keys, from now on, whatever lower layers say.
 *
 * Returns: (transfer full): (taa{sv}as) as anchord_client_add_sync() has it; results are "distrusted" and "already". Or %NULL with
 *   @error set
 */
GVariant *
anchord_client_distrust_sync (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  g_return_val_if_fail (fingerprints != NULL, NULL);
  return anchord_invoke_sync (self, &method_distrust, fingerprint_parameters (fingerprints, options), NULL, NULL, cancellable, error);
}

/**
 * anchord_client_distrust:
 * @self: a client
 * @fingerprints: (array zero-terminated=1): see anchord_client_distrust_sync()
 * @options: (nullable): see anchord_client_distrust_sync()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_distrust_sync() without blocking. Finish with anchord_client_distrust_finish().
 */
void
anchord_client_distrust (AnchordClient *self, const char *const *fingerprints, GVariant *options, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  g_return_if_fail (fingerprints != NULL);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_distrust);
  anchord_invoke (self, &method_distrust, fingerprint_parameters (fingerprints, options), NULL, task);
}

/**
 * anchord_client_distrust_finish:
 * @self: a client
 * @result: what the callback got
 * @error: return location for an error, see anchord_client_distrust_sync()
 *
 * Returns: (transfer full): see anchord_client_distrust_sync()
 */
GVariant *
anchord_client_distrust_finish (AnchordClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return anchord_invoke_finish (self, result, anchord_client_distrust, NULL, error);
}
