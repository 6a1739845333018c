/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/probe-connection.h"

#include "core/error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <sys/socket.h>

struct _ProbeWire
{
  GSocketConnection *connection; /* (owned) */
  int fd;
  guint timeout;   /* seconds */
  gint64 deadline; /* monotonic microseconds */
};

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  GSocketConnection *connection; /* (owned) */
  GError *error;                 /* (owned) */
} Connecting;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connecting *self = user_data;
  self->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &self->error);
  g_main_loop_quit (self->loop);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
time_is_up (guint seconds, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED,
               ngettext ("no answer within %u second (--timeout)", "no answer within %u seconds (--timeout)", seconds), seconds);
  return FALSE;
}

/* Looks the name up and tries its addresses, as long as the target may take. */
static GSocketConnection *
connect_to (const ProbeTarget *target, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSource) timeout = g_timeout_source_new_seconds (target->timeout);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (target->address != NULL ? target->address : target->host, target->port);
  Connecting connecting = { loop, cancellable, NULL, NULL };
  g_source_set_callback (timeout, on_timeout, cancellable, NULL);
  g_source_attach (timeout, context);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, cancellable, on_connected, &connecting);
  g_main_loop_run (loop);
  g_source_destroy (timeout);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  if (connecting.connection == NULL && g_error_matches (connecting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    time_is_up (target->timeout, error);
  else if (connecting.connection == NULL)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_FAILED, connecting.error->message);
  g_clear_error (&connecting.error);
  return connecting.connection;
}

gboolean
probe_wire_wait (ProbeWire *self, gboolean to_write, int at_most, GError **error)
{
  struct pollfd poller = { self->fd, to_write ? POLLOUT : POLLIN, 0 };
  gint64 begin = g_get_monotonic_time ();
  gint64 end = at_most < 0 ? self->deadline : MIN (self->deadline, begin + (gint64) at_most * 1000);
  for (;;)
    {
      gint64 left = end - g_get_monotonic_time ();
      if (left <= 0)
        return time_is_up (self->timeout, error);
      int n = poll (&poller, 1, (int) (left / 1000) + 1);
      if (n > 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        return trust_error_set_errno (error, errno, "poll", "");
    }
}

static gssize
wire_read (gpointer user_data, void *buffer, gsize size, GError **error)
{
  ProbeWire *self = user_data;
  for (;;)
    {
      if (!probe_wire_wait (self, FALSE, -1, error))
        return -1;
      ssize_t n = recv (self->fd, buffer, size, 0);
      if (n >= 0)
        return n;
      if (errno == EINTR || errno == EAGAIN)
        continue;
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_FAILED, g_strerror (errno));
      return -1;
    }
}

static gboolean
wire_write (gpointer user_data, const void *data, gsize size, GError **error)
{
  ProbeWire *self = user_data;
  const guint8 *at = data;
  while (size > 0)
    {
      if (!probe_wire_wait (self, TRUE, -1, error))
        return FALSE;
      ssize_t n = send (self->fd, at, size, MSG_NOSIGNAL);
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        {
          g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_FAILED, g_strerror (errno));
          return FALSE;
        }
      if (n > 0)
        {
          at += n;
          size -= (gsize) n;
        }
    }
  return TRUE;
}

ProbeWire *
probe_wire_open (const ProbeTarget *target, GError **error)
{
  g_autoptr (ProbeWire) self = g_new0 (ProbeWire, 1);
  StarttlsWire wire = { wire_read, wire_write, self };
  self->timeout = target->timeout;
  self->deadline = g_get_monotonic_time () + (gint64) target->timeout * G_USEC_PER_SEC;
  self->connection = connect_to (target, error);
  if (self->connection == NULL)
    return NULL;
  /* GIO's sockets never block on their own; GnuTLS and the dialogues wait by themselves. */
  self->fd = g_socket_get_fd (g_socket_connection_get_socket (self->connection));
  if (target->starttls != NULL && !starttls_run (target->starttls, target->name, &wire, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
probe_wire_free (ProbeWire *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->connection);
  g_free (self);
}

int
probe_wire_get_fd (const ProbeWire *self)
{
  return self->fd;
}

char *
probe_wire_dup_address (const ProbeWire *self)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (self->connection, NULL);
  return G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))
                                            : g_strdup ("");
}
