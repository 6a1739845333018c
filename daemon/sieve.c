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

/* What waits for the main loop: the bus library takes messages from the bus however many there are, and a user who wants no answers may send tens of
 * thousands a second. In six seconds three such users filled 400 MB. */
typedef struct
{
  guint waiting; /* messages, of one connection */
  guint marked;  /* of them those that came before the marker */
} Waiting;

typedef struct
{
  GMutex lock;
  GHashTable *senders; /* (owned) name (owned) -> Waiting* (owned); no row for none */
  gboolean has_marker; /* a source that comes after what came before it */
} Sieve;

static void
sieve_clear (gpointer data)
{
  Sieve *sieve = data;

  g_hash_table_unref (sieve->senders);
  g_mutex_clear (&sieve->lock);
}

static void
sieve_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, sieve_clear);
}

static gboolean on_marker (gpointer user_data);

/* With the lock held. Calls are handled by the main loop in the order of their sources, all of the same priority: so is this. */
static void
put_marker (Sieve *sieve)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  GHashTableIter iter;
  gpointer waiting = NULL;

  g_hash_table_iter_init (&iter, sieve->senders);
  while (g_hash_table_iter_next (&iter, NULL, &waiting))
    ((Waiting *) waiting)->marked = ((Waiting *) waiting)->waiting;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_marker, g_atomic_rc_box_acquire (sieve), sieve_release);
  g_source_attach (source, NULL);
  sieve->has_marker = TRUE;
}

/* In the main loop: what came before the marker has been looked at. */
static gboolean
on_marker (gpointer user_data)
{
  Sieve *sieve = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sieve->lock);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, sieve->senders);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Waiting *waiting = value;

      waiting->waiting -= waiting->marked;
      if (waiting->waiting == 0)
        g_hash_table_iter_remove (&iter);
    }
  sieve->has_marker = FALSE;
  if (g_hash_table_size (sieve->senders) > 0)
    put_marker (sieve);
  return G_SOURCE_REMOVE;
}

/* FALSE: too many of SENDER's messages wait. */
static gboolean
let_wait (Sieve *sieve, const char *sender)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sieve->lock);
  Waiting *waiting = g_hash_table_lookup (sieve->senders, sender);

  if (waiting != NULL && waiting->waiting >= TRUST_LIMIT_WAITING_MESSAGES)
    return FALSE;
  if (waiting == NULL)
    {
      waiting = g_new0 (Waiting, 1);
      g_hash_table_insert (sieve->senders, g_strdup (sender), waiting);
    }
  /* Before this one's own source: it counts until the next marker. */
  if (!sieve->has_marker)
    put_marker (sieve);
  waiting->waiting++;
  return TRUE;
}

static GError *
set_crowd (void)
{
  return g_error_new (TRUST_ERROR, TRUST_ERROR_BUSY,
                      "%u messages of this connection wait to be looked at already; wait for answers before asking again",
                      TRUST_LIMIT_WAITING_MESSAGES);
}

/* In the connection's own thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  const char *sender = g_dbus_message_get_sender (message);
  g_autoptr (GError) fault = find_fault (message);

  if (fault == NULL && !let_wait (user_data, sender != NULL ? sender : ""))
    fault = set_crowd ();
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
  Sieve *sieve = g_atomic_rc_box_new0 (Sieve);

  g_mutex_init (&sieve->lock);
  sieve->senders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return g_dbus_connection_add_filter (connection, on_message, sieve, sieve_release);
}
