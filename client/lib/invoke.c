/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/invoke.h"

#include "dbus/names.h"

#define READING_TIMEOUT_MS (-1) /* the bus's own, 25 seconds */
#define ASKING_TIMEOUT_MS G_MAXINT

/* What only reads. Everything else may wait for a person, and take as long as the person does; or look at a change of thousands. */
static const char *const reading_members[] = { "List", "Get", "GetBundle", "GetStatus", "GetLosses", "Why", "Export", "Verify", "Audit", NULL };

typedef struct
{
  const char *destination;
  char *interface;
  GDBusCallFlags flags;
  int timeout;
} Route;

static void
route_clear (Route *route)
{
  g_free (route->interface);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Route, route_clear)

static void
route_init (Route *route, AnchordClient *client, const AnchordMethod *method)
{
  gboolean interactive = (anchord_client_get_flags (client) & ANCHORD_CLIENT_INTERACTIVE) != 0;
  gboolean on_bus = g_dbus_connection_get_unique_name (anchord_client_get_connection (client)) != NULL;
  route->destination = on_bus ? ANCHORD_BUS_NAME : NULL;
  route->interface = g_strconcat (ANCHORD_INTERFACE_PREFIX, method->interface, NULL);
  route->flags = interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION : G_DBUS_CALL_FLAGS_NONE;
  route->timeout = g_strv_contains (reading_members, method->member) ? READING_TIMEOUT_MS : ASKING_TIMEOUT_MS;
}

static const GVariantType *
reply_type (const AnchordMethod *method)
{
  return method->reply_type == NULL ? NULL : G_VARIANT_TYPE (method->reply_type);
}

GVariant *
anchord_invoke_sync (AnchordClient *client, const AnchordMethod *method, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (GUnixFDList) owned_fds = fds;
  g_autoptr (GError) failure = NULL;
  g_auto (Route) route = { 0 };
  route_init (&route, client, method);
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_sync (anchord_client_get_connection (client), route.destination, ANCHORD_OBJECT_PATH,
                                                                   route.interface, method->member, parameters, reply_type (method), route.flags,
                                                                   route.timeout, fds, out_fds, cancellable, &failure);
  if (reply != NULL)
    return reply;
  g_dbus_error_strip_remote_error (failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

typedef struct
{
  GVariant *reply;  /* (owned) */
  GUnixFDList *fds; /* (owned) (nullable) */
} Answer;

static void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->reply, g_variant_unref);
  g_clear_object (&answer->fds);
  g_free (answer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (Answer) answer = g_new0 (Answer, 1);
  answer->reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &answer->fds, result, &error);
  if (answer->reply != NULL)
    return g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) answer_free);
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, g_steal_pointer (&error));
}

void
anchord_invoke (AnchordClient *client, const AnchordMethod *method, GVariant *parameters, GUnixFDList *fds, GTask *task)
{
  g_autoptr (GUnixFDList) owned_fds = fds;
  g_auto (Route) route = { 0 };
  route_init (&route, client, method);
  g_dbus_connection_call_with_unix_fd_list (anchord_client_get_connection (client), route.destination, ANCHORD_OBJECT_PATH, route.interface,
                                            method->member, parameters, reply_type (method), route.flags, route.timeout, fds,
                                            g_task_get_cancellable (task), on_reply, task);
}

GVariant *
anchord_invoke_finish (AnchordClient *client, GAsyncResult *result, gpointer tag, GUnixFDList **out_fds, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);
  g_autoptr (Answer) answer = g_task_propagate_pointer (G_TASK (result), error);
  if (answer == NULL)
    return NULL;
  if (out_fds != NULL)
    *out_fds = g_steal_pointer (&answer->fds);
  return g_steal_pointer (&answer->reply);
}

/**
 * anchord_client_call_sync:
 * @self: a client
 * @interface: an interface of the service without its "org.anchord.Anchord1." head, as "Anchors"
 * @member: a method
 * @parameters: (nullable): a tuple of the method's input
 * @fds: (nullable): descriptors that @parameters refers to
 * @out_fds: (out) (optional) (nullable) (transfer full): descriptors that the reply refers to
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %ANCHORD_ERROR, %G_DBUS_ERROR or %G_IO_ERROR
 *
 * Calls any method of the service: what this library has no function for yet.
 *
 * Returns: (transfer full): the reply, a tuple; or %NULL with @error set
 */
GVariant *
anchord_client_call_sync (AnchordClient *self, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds,
                          GUnixFDList **out_fds, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  AnchordMethod method = { interface, member, NULL };
  return anchord_invoke_sync (self, &method, parameters, fds == NULL ? NULL : g_object_ref (fds), out_fds, cancellable, error);
}

/**
 * anchord_client_call:
 * @self: a client
 * @interface: an interface of the service without its "org.anchord.Anchord1." head
 * @member: a method
 * @parameters: (nullable): a tuple of the method's input
 * @fds: (nullable): descriptors that @parameters refers to
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * The same as anchord_client_call_sync() without blocking. Finish with anchord_client_call_finish().
 */
void
anchord_client_call (AnchordClient *self, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ANCHORD_IS_CLIENT (self));
  AnchordMethod method = { interface, member, NULL };
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_call);
  anchord_invoke (self, &method, parameters, fds == NULL ? NULL : g_object_ref (fds), task);
}

/**
 * anchord_client_call_finish:
 * @self: a client
 * @result: what the callback got
 * @out_fds: (out) (optional) (nullable) (transfer full): descriptors that the reply refers to
 * @error: return location for an error, see anchord_client_call_sync()
 *
 * Returns: (transfer full): the reply, a tuple; or %NULL with @error set
 */
GVariant *
anchord_client_call_finish (AnchordClient *self, GAsyncResult *result, GUnixFDList **out_fds, GError **error)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), NULL);
  return anchord_invoke_finish (self, result, anchord_client_call, out_fds, error);
}
