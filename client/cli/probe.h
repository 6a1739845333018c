/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at a TLS server and at certificates: in a module of its own, so that the way over the bus loads no TLS library. */
#pragma once

#include <gio/gio.h>

#define PROBE_MODULE "anchorctl-probe.so"
#define PROBE_ENTRY "anchorctl_probe"

typedef struct
{
  const char *target;   /* HOST, HOST:PORT, [ADDRESS]:PORT, as typed */
  const char *starttls; /* (nullable) the protocol that comes before TLS */
  const char *name;     /* (nullable) what the server is asked for instead of HOST */
  GBytes *certificate;  /* (nullable) PEM: what the client shows if it is asked */
  GBytes *key;          /* (nullable) PEM; in CERTIFICATE if NULL */
  guint timeout;        /* seconds, of each connection */
} ProbeWish;

typedef struct
{
  /* Connects, several times. a{sv}: host s, port u, address s, name s, version s ("TLS 1.3"), cipher s, exchange s, versions aa{sv} {version s,
   * taken s: "yes", "no", "unknown"}, handshake s (what went wrong after the server's certificates; ""), chain aay (as sent), ocsp s ("none",
   * "good", "revoked", "unknown", "unreadable"), ocsp-next x (0: not said), ocsp-response ay (absent: none), client-asked b, client-required b,
   * client-sent b, client-refused b, authorities as (names that the server accepts). Foreign texts are UTF-8, not escaped. ERROR:
   * TRUST_ERROR_INVALID_ARGUMENT for what was typed; others for a server that could not be looked at. Returns: (transfer full). */
  GVariant *(*look) (const ProbeWish *wish, GError **error);
  /* What CHAIN (of GBytes: DER) says. aa{sv}, in its order: fingerprint s, title s, subject s, issuer s, serial s, not-before x, not-after x, key s,
   * signature s, ca b, self-signed b, names as, purposes as (empty: it names none), issuers ai (which of CHAIN signed it; not itself), same-as i (an
   * earlier one; -1), fault s (why it cannot be read; ""). Returns: (transfer full). */
  GVariant *(*read_chain) (GPtrArray *chain);
  /* Is KEY (a private key in PEM or DER) that of the certificate DER? FALSE with ERROR where one of them cannot be read. */
  gboolean (*match_key) (GBytes *key, GBytes *der, gboolean *matches, GError **error);
} ProbeClass;

typedef const ProbeClass *(*ProbeEntryPoint) (void);

/* Loads the module, once. Returns: (transfer none). */
const ProbeClass *probe_load (GError **error);
