/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/sieve.h"

#include "core/limits.h"
#include "dbus/errors.h"

#include <gio/gio.h>
#include <sys/socket.h>

#define XML "<node><interface name='t.T'><method name='Get'/></interface></node>"

/* Two ends of a connection without a bus. What the client is answered is counted in its own thread, whether a main loop runs or not. */
typedef struct
{
  GDBusConnection *server; /* (owned) */
  GDBusConnection *client; /* (owned) */
  int fds[2];
  gint returned, refused; /* atomic: answers */
  guint handled;
} Fixture;

static GDBusConnection *
connect_end (int fd, const char *guid, GDBusConnectionFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  GDBusConnection *connection = g_dbus_connection_new_sync (G_IO_STREAM (stream), guid, flags, NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static gpointer
connect_client (gpointer user_data)
{
  Fixture *f = user_data;

  f->client = connect_end (f->fds[1], NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT);
  return NULL;
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters,
         GDBusMethodInvocation *invocation, gpointer user_data)
{
  ((Fixture *) user_data)->handled++;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static GDBusMessage *
count_answer (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  Fixture *f = user_data;
  const char *error = incoming ? g_dbus_message_get_error_name (message) : NULL;

  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_RETURN)
    g_atomic_int_inc (&f->returned);
  if (g_strcmp0 (error, "org.anchord.Anchord1.Error.Busy") == 0)
    g_atomic_int_inc (&f->refused);
  return message;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (XML, NULL);
  static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL, { NULL } };
  g_autofree char *guid = g_dbus_generate_guid ();
  GThread *thread = NULL;

  anchord_errors_register ();
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, f->fds), ==, 0);
  thread = g_thread_new ("client", connect_client, f);
  f->server = connect_end (f->fds[0], guid, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING);
  g_assert_cmpuint (g_dbus_connection_register_object (f->server, "/t", node->interfaces[0], &vtable, f, NULL, NULL), >, 0);
  trust_sieve_put (f->server);
  g_dbus_connection_start_message_processing (f->server);
  g_thread_join (thread);
  g_dbus_connection_add_filter (f->client, count_answer, f, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_dbus_connection_close_sync (f->client, NULL, NULL);
  g_dbus_connection_close_sync (f->server, NULL, NULL);
  g_object_unref (f->client);
  g_object_unref (f->server);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
ask (Fixture *f, guint n, GDBusMessageFlags flags)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (NULL, "/t", "t.T", "Get");

      g_dbus_message_set_flags (message, flags);
      g_assert_true (g_dbus_connection_send_message (f->client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL));
    }
}

/* Until so many were answered in each way; the main loop runs meanwhile, or does not. */
static void
wait_for (Fixture *f, gint returned, gint refused, gboolean iterates)
{
  for (guint i = 0; i < 20000 && (g_atomic_int_get (&f->returned) < returned || g_atomic_int_get (&f->refused) < refused); i++)
    if (!iterates || !g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  g_assert_cmpint (f->returned, ==, returned);
  g_assert_cmpint (f->refused, ==, refused);
}

/* While the main loop is at something else, so many wait; the others are refused at once, and what waited is done. Then there is room again. */
static void
test_crowd (Fixture *f, gconstpointer unused)
{
  const gint most = TRUST_LIMIT_WAITING_MESSAGES;

  ask (f, 1000, G_DBUS_MESSAGE_FLAGS_NONE);
  wait_for (f, 0, 1000 - most, FALSE);
  wait_for (f, most, 1000 - most, TRUE);
  for (gint round = 1; round < 20; round++)
    {
      ask (f, (guint) most, G_DBUS_MESSAGE_FLAGS_NONE);
      wait_for (f, (1 + round) * most, 1000 - most, TRUE);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
}

/* Who wants no answer gets none, and waits no more than others. */
static void
test_no_answers (Fixture *f, gconstpointer unused)
{
  ask (f, 5000, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_assert_true (g_dbus_connection_flush_sync (f->client, NULL, NULL));
  ask (f, 1, G_DBUS_MESSAGE_FLAGS_NONE);
  wait_for (f, 0, 1, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (f->handled, ==, TRUST_LIMIT_WAITING_MESSAGES);
  ask (f, 1, G_DBUS_MESSAGE_FLAGS_NONE);
  wait_for (f, 1, 1, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sieve/crowd", Fixture, NULL, set_up, test_crowd, tear_down);
  g_test_add ("/sieve/no-answers", Fixture, NULL, set_up, test_no_answers, tear_down);
  return g_test_run ();
}
