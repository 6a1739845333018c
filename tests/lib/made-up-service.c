/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/made-up-service.h"

#include "dbus/names.h"

#include <sys/socket.h>

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member, GVariant *parameters,
         GDBusMethodInvocation *invocation, gpointer user_data)
{
  MadeUpService *self = user_data;
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  g_free (self->member);
  g_clear_pointer (&self->parameters, g_variant_unref);
  g_clear_object (&self->fds);
  self->member = g_strdup (member);
  self->parameters = g_variant_ref (parameters);
  self->interactive = (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
  if (g_dbus_message_get_unix_fd_list (message) != NULL)
    self->fds = g_object_ref (g_dbus_message_get_unix_fd_list (message));
  if (self->silent)
    return g_object_unref (invocation);
  if (self->error_name != NULL)
    return g_dbus_method_invocation_return_dbus_error (invocation, self->error_name, "the words of the service");
  GVariant *reply = g_variant_ref_sink (g_variant_new_parsed (self->reply));
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, reply, self->reply_fds);
  g_variant_unref (reply);
}

static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL, { NULL } };

static gpointer
serve (gpointer user_data)
{
  MadeUpService *self = user_data;
  g_main_context_push_thread_default (self->context);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GError) error = NULL;
  self->connection = g_dbus_connection_new_sync (G_IO_STREAM (self->stream), guid, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; self->node->interfaces[i] != NULL; i++)
    {
      g_dbus_connection_register_object (self->connection, ANCHORD_OBJECT_PATH, self->node->interfaces[i], &vtable, self, NULL, &error);
      g_assert_no_error (error);
    }
  g_mutex_lock (&self->lock);
  g_cond_signal (&self->ready);
  g_mutex_unlock (&self->lock);
  g_main_loop_run (self->loop);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static GSocketConnection *
stream_of (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_assert_no_error (error);
  return g_socket_connection_factory_create_connection (socket);
}

static GDBusNodeInfo *
read_interface (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "dbus", "org.anchord.Anchord1.xml", NULL);
  g_autofree char *xml = NULL;
  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  return node;
}

void
made_up_service_set_up (MadeUpService *self, gconstpointer data)
{
  AnchordClientFlags flags = (AnchordClientFlags) GPOINTER_TO_UINT (data);
  int ends[2];
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_mutex_init (&self->lock);
  g_cond_init (&self->ready);
  self->node = read_interface ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->stream = stream_of (ends[0]);
  g_autoptr (GSocketConnection) ours = stream_of (ends[1]);
  g_mutex_lock (&self->lock);
  self->thread = g_thread_new ("service", serve, self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_sync (G_IO_STREAM (ours), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                                                       NULL, &error);
  g_assert_no_error (error);
  g_cond_wait (&self->ready, &self->lock);
  g_mutex_unlock (&self->lock);
  self->client = anchord_client_new_for_connection (connection, flags);
}

static gboolean
quit_loop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
made_up_service_tear_down (MadeUpService *self, gconstpointer data)
{
  g_clear_object (&self->client);
  g_autoptr (GSource) quit = g_idle_source_new (); /* from inside: the loop may not even run yet */
  g_source_set_callback (quit, quit_loop, self->loop, NULL);
  g_source_attach (quit, self->context);
  g_thread_join (self->thread);
  g_clear_object (&self->stream);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_dbus_node_info_unref (self->node);
  g_free (self->member);
  g_clear_pointer (&self->parameters, g_variant_unref);
  g_clear_object (&self->fds);
  g_clear_object (&self->reply_fds);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->ready);
}
