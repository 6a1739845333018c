/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/peers.h"

/* Each costs a match rule, and the bus grants a connection 512: beyond these, who has no call under way is forgotten. */
#define PEERS_KEPT 256u

typedef struct
{
  TrustPeerKnown known;
  gpointer user_data;
} Waiter;

/* A connection that spoke to us. */
typedef struct
{
  TrustPeers *peers; /* (borrowed) */
  TrustPeer *peer;   /* (owned) */
  gboolean known;
  GArray *waiters; /* (owned) of Waiter */
  guint subscription;
} Entry;

struct _TrustPeers
{
  GDBusConnection *connection; /* (owned) */
  GHashTable *entries;         /* (owned) name (borrowed from the peer) -> Entry* (owned) */
  GCancellable *closing;       /* (owned) */
};

TrustPeer *
trust_peer_ref (TrustPeer *peer)
{
  g_atomic_ref_count_inc (&peer->refs);
  return peer;
}

void
trust_peer_unref (TrustPeer *peer)
{
  if (!g_atomic_ref_count_dec (&peer->refs))
    return;
  g_free (peer->name);
  g_object_unref (peer->left);
  g_free (peer);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_dbus_connection_signal_unsubscribe (entry->peers->connection, entry->subscription);
  g_cancellable_cancel (entry->peer->left);
  g_array_unref (entry->waiters);
  trust_peer_unref (entry->peer);
  g_free (entry);
}

TrustPeers *
trust_peers_new (GDBusConnection *connection)
{
  TrustPeers *peers = g_new0 (TrustPeers, 1);

  peers->connection = g_object_ref (connection);
  peers->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  peers->closing = g_cancellable_new ();
  return peers;
}

void
trust_peers_free (TrustPeers *peers)
{
  g_cancellable_cancel (peers->closing);
  g_hash_table_unref (peers->entries);
  g_object_unref (peers->closing);
  g_object_unref (peers->connection);
  g_free (peers);
}

/* Tells those who wait. The entry may be gone afterwards. */
static void
entry_tell (Entry *entry)
{
  g_autoptr (TrustPeer) peer = trust_peer_ref (entry->peer);
  g_autoptr (GArray) waiters = g_steal_pointer (&entry->waiters);

  entry->known = TRUE;
  entry->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  for (guint i = 0; i < waiters->len; i++)
    g_array_index (waiters, Waiter, i).known (peer, g_array_index (waiters, Waiter, i).user_data);
}

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *name = ((gpointer *) user_data)[1];
  TrustPeers *peers = ((gpointer *) user_data)[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32 uid = 0, pid = 0;

  g_free (user_data);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* A name is never used twice, so an entry of this name is the one that asked. */
  Entry *entry = g_hash_table_lookup (peers->entries, name);

  if (entry == NULL)
    return;

  g_autoptr (GVariant) credentials = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (credentials != NULL && g_variant_lookup (credentials, "UnixUserID", "u", &uid))
    entry->peer->uid = uid;
  if (credentials != NULL && g_variant_lookup (credentials, "ProcessID", "u", &pid))
    entry->peer->pid = pid;
  entry_tell (entry);
  /* It was gone before it was watched, so its leaving will not be told. */
  if (credentials == NULL)
    g_hash_table_remove (peers->entries, name);
}

static void
on_owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters,
                  gpointer user_data)
{
  TrustPeers *peers = user_data;
  const char *name = NULL, *new_owner = NULL;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);

  Entry *entry = *new_owner == '\0' ? g_hash_table_lookup (peers->entries, name) : NULL;

  if (entry == NULL)
    return;
  g_cancellable_cancel (entry->peer->left);
  if (!entry->known)
    entry_tell (entry);
  g_hash_table_remove (peers->entries, name);
}

/* The watch is asked for before the credentials: the bus answers in order, so no leaving is missed. */
static Entry *
entry_new (TrustPeers *peers, const char *name)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->peers = peers;
  entry->peer = g_new0 (TrustPeer, 1);
  g_atomic_ref_count_init (&entry->peer->refs);
  entry->peer->name = g_strdup (name);
  entry->peer->uid = entry->peer->pid = -1;
  entry->peer->left = g_cancellable_new ();
  entry->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  entry->subscription = g_dbus_connection_signal_subscribe (peers->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                                                            "/org/freedesktop/DBus", name, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, peers, NULL);
  g_hash_table_insert (peers->entries, entry->peer->name, entry);

  gpointer *ticket = g_new (gpointer, 2);

  ticket[0] = peers;
  ticket[1] = g_strdup (name);
  g_dbus_connection_call (peers->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionCredentials",
                          g_variant_new ("(s)", name), G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, peers->closing, on_credentials,
                          ticket);
  return entry;
}

static gboolean
is_idle (gpointer name, gpointer value, gpointer unused)
{
  Entry *entry = value;

  return entry->known && g_atomic_ref_count_compare (&entry->peer->refs, 1);
}

void
trust_peers_get (TrustPeers *peers, const char *name, TrustPeerKnown known, gpointer user_data)
{
  Entry *entry = g_hash_table_lookup (peers->entries, name);
  Waiter waiter = { known, user_data };

  if (entry == NULL && g_hash_table_size (peers->entries) >= PEERS_KEPT)
    g_hash_table_foreach_remove (peers->entries, is_idle, NULL);
  if (entry == NULL)
    entry = entry_new (peers, name);
  if (entry->known)
    known (entry->peer, user_data);
  else
    g_array_append_val (entry->waiters, waiter);
}

void
trust_peers_dismiss (TrustPeers *peers)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, peers->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_cancellable_cancel (((Entry *) entry)->peer->left);
}
