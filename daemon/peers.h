/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is on the other end of the bus: asked of the bus once for each connection, and forgotten when it leaves. */
#pragma once

#include <gio/gio.h>

/* Immutable once handed out, but for LEFT. */
typedef struct
{
  gatomicrefcount refs;
  char *name;         /* (owned) unique bus name */
  gint64 uid;         /* -1: it left before the bus could say */
  gint64 pid;         /* -1 unknown */
  GCancellable *left; /* (owned) cancelled when the connection is gone */
} TrustPeer;

TrustPeer *trust_peer_ref (TrustPeer *peer);
void trust_peer_unref (TrustPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPeer, trust_peer_unref)

typedef struct _TrustPeers TrustPeers;

TrustPeers *trust_peers_new (GDBusConnection *connection);
void trust_peers_free (TrustPeers *peers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPeers, trust_peers_free)

typedef void (*TrustPeerKnown) (TrustPeer *peer, gpointer user_data);
/* Calls KNOWN with the peer NAME, at once where it is known. Main loop only. */
void trust_peers_get (TrustPeers *peers, const char *name, TrustPeerKnown known, gpointer user_data);
/* Treats all peers as gone: what waits for them ends. Main loop only. */
void trust_peers_dismiss (TrustPeers *peers);
