/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/invoke.h"

#include "dbus/names.h"

/**
 * AnchordClient:
 *
 * A connection to the anchord service. It loads nothing and keeps no copy of the service's state; each method is one call.
 * All methods may be used from any thread; #AnchordClient::changed is emitted in the main context that the client was made in.
 */
struct _AnchordClient
{
  GObject parent_instance;
  GDBusConnection *connection; /* (owned) */
  AnchordClientFlags flags;
  guint subscription;
  guint64 generation;
};

G_DEFINE_FINAL_TYPE (AnchordClient, anchord_client, G_TYPE_OBJECT)

enum
{
  PROP_GENERATION = 1,
};

static GParamSpec *generation_property;
static guint changed_signal;

static void
anchord_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AnchordClient *self = ANCHORD_CLIENT (object);
  if (id == PROP_GENERATION)
    g_value_set_uint64 (value, self->generation);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
anchord_client_dispose (GObject *object)
{
  AnchordClient *self = ANCHORD_CLIENT (object);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (anchord_client_parent_class)->dispose (object);
}

static void
anchord_client_class_init (AnchordClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = anchord_client_get_property;
  object_class->dispose = anchord_client_dispose;

  /**
   * AnchordClient:generation:
   *
   * The generation that the last #AnchordClient::changed told; 0 before the first.
   */
  generation_property = g_param_spec_uint64 ("generation", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_GENERATION, generation_property);

  /**
   * AnchordClient::changed:
   * @self: the client
   * @generation: the new generation
   * @added: (array zero-terminated=1): fingerprints of what is trusted now and was not
   * @removed: (array zero-terminated=1): fingerprints of what was trusted and is not now
   * @changed: (array zero-terminated=1): fingerprints whose settings changed
   *
   * The effective set changed; it is durable and published. Only with %ANCHORD_CLIENT_WATCH.
   */
  changed_signal = g_signal_new ("changed", ANCHORD_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT64, G_TYPE_STRV,
                                 G_TYPE_STRV, G_TYPE_STRV);
  anchord_error_quark (); /* registers the names, so that replies carry our domain */
}

static void
anchord_client_init (AnchordClient *self)
{
}

static void
on_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters,
            gpointer user_data)
{
  AnchordClient *self = ANCHORD_CLIENT (user_data);
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(tasasas)")))
    return;
  guint64 generation;
  g_auto (GStrv) added = NULL;
  g_auto (GStrv) removed = NULL;
  g_auto (GStrv) changed = NULL;
  g_variant_get (parameters, "(t^as^as^as)", &generation, &added, &removed, &changed);
  self->generation = generation;
  g_object_notify_by_pspec (G_OBJECT (self), generation_property);
  g_signal_emit (self, changed_signal, 0, generation, added, removed, changed);
}

/* A connection to a peer has no names, and one to a bus refuses none. */
static const char *
bus_name (GDBusConnection *connection)
{
  return g_dbus_connection_get_unique_name (connection) != NULL ? ANCHORD_BUS_NAME : NULL;
}

/**
 * anchord_client_new_for_connection:
 * @connection: a connection to a message bus, or straight to a service
 * @flags: how the client behaves
 *
 * Returns: (transfer full): a client that calls over @connection; nothing is sent yet
 */
AnchordClient *
anchord_client_new_for_connection (GDBusConnection *connection, AnchordClientFlags flags)
{
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);
  AnchordClient *self = g_object_new (ANCHORD_TYPE_CLIENT, NULL);
  self->connection = g_object_ref (connection);
  self->flags = flags;
  if ((flags & ANCHORD_CLIENT_WATCH) != 0)
    self->subscription = g_dbus_connection_signal_subscribe (connection, bus_name (connection), ANCHORD_INTERFACE_ANCHORS, "Changed",
                                                             ANCHORD_OBJECT_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, self, NULL);
  return self;
}

/**
 * anchord_client_new_sync: (constructor)
 * @flags: how the client behaves
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error of the domain %G_IO_ERROR or %G_DBUS_ERROR
 *
 * Connects to the system bus. The service need not run: the first call starts it.
 *
 * Returns: (transfer full): a client, or %NULL with @error set
 */
AnchordClient *
anchord_client_new_sync (AnchordClientFlags flags, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, cancellable, error);
  return connection == NULL ? NULL : anchord_client_new_for_connection (connection, flags);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);
  if (connection == NULL)
    return g_task_return_error (task, g_steal_pointer (&error));
  AnchordClientFlags flags = (AnchordClientFlags) GPOINTER_TO_UINT (g_task_get_task_data (task));
  g_task_return_pointer (task, anchord_client_new_for_connection (connection, flags), g_object_unref);
}

/**
 * anchord_client_new:
 * @flags: how the client behaves
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: for @callback
 *
 * Connects to the system bus without blocking. Finish with anchord_client_new_finish().
 */
void
anchord_client_new (AnchordClientFlags flags, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, anchord_client_new);
  g_task_set_task_data (task, GUINT_TO_POINTER (flags), NULL);
  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, on_bus, task);
}

/**
 * anchord_client_new_finish: (constructor)
 * @result: what the callback got
 * @error: return location for an error of the domain %G_IO_ERROR or %G_DBUS_ERROR
 *
 * Returns: (transfer full): a client, or %NULL with @error set
 */
AnchordClient *
anchord_client_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * anchord_client_get_generation:
 * @self: a client
 *
 * Returns: the generation that the last #AnchordClient::changed told; 0 before the first
 */
guint64
anchord_client_get_generation (AnchordClient *self)
{
  g_return_val_if_fail (ANCHORD_IS_CLIENT (self), 0);
  return self->generation;
}

GDBusConnection *
anchord_client_get_connection (AnchordClient *client)
{
  return client->connection;
}

AnchordClientFlags
anchord_client_get_flags (AnchordClient *client)
{
  return client->flags;
}
