/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/sieve.h"

#include "core/error.h"
#include "core/limits.h"
#include "dbus/names.h"

/* The calls that bring a descriptor, one each. */
static const char *const takes_descriptor[] = { "AddSealed", "ImportSealed", "Preview", NULL };

/* (nullable) What is wrong with a call. */
static GError *
find_fault (GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);
  guint n_fds = g_dbus_message_get_num_unix_fds (message);
  const char *member = g_dbus_message_get_member (message);
  gboolean may = member != NULL && g_strv_contains (takes_descriptor, member);

  if (body != NULL && g_variant_get_size (body) > TRUST_LIMIT_CALL_BYTES)
    return g_error_new (TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                        "The message holds %" G_GSIZE_FORMAT " bytes; at most %u are taken, more as a sealed memfd by AddSealed or ImportSealed",
                        g_variant_get_size (body), TRUST_LIMIT_CALL_BYTES);
  if (n_fds > (may ? 1 : 0))
    return g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                        "The message carries %u file descriptors; AddSealed, ImportSealed and Preview take one, nothing else takes any", n_fds);
  return NULL;
}

/* In the connection's own thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer unused)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  g_autoptr (GError) fault = find_fault (message);

  if (fault == NULL)
    return message;
  if ((g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    {
      g_autofree char *name = g_dbus_error_encode_gerror (fault);
      g_autoptr (GDBusMessage) reply = g_dbus_message_new_method_error_literal (message, name, fault->message);

      g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    }
  g_object_unref (message);
  return NULL;
}

guint
trust_sieve_put (GDBusConnection *connection)
{
  return g_dbus_connection_add_filter (connection, on_message, NULL, NULL);
}
