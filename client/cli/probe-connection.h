/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection of the probe, and TLS over it. */
#pragma once

#include "client/cli/probe-starttls.h"

#include <gio/gio.h>

typedef struct
{
  char *host; /* (owned) what is connected to: a name in A-labels, or an address */
  char *name; /* (owned) what is asked for */
  gboolean name_is_address;
  char *address; /* (owned) (nullable) which of the host's addresses, after the first connection */
  guint16 port;
  const Starttls *starttls; /* (nullable) */
  guint timeout;            /* seconds */
} ProbeTarget;

typedef struct _ProbeWire ProbeWire;

/* Connects and speaks what comes before TLS; all of it, and what follows, within the target's seconds. Never over a proxy. Returns: (transfer
 * full). */
ProbeWire *probe_wire_open (const ProbeTarget *target, GError **error);
void probe_wire_free (ProbeWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProbeWire, probe_wire_free)
int probe_wire_get_fd (const ProbeWire *wire);
/* "192.0.2.1". Returns: (transfer full). */
char *probe_wire_dup_address (const ProbeWire *wire);
/* Waits until the descriptor takes (or gives) bytes. AT_MOST: milliseconds; -1: the whole time. FALSE with ERROR (nullable) when the time is up. */
gboolean probe_wire_wait (ProbeWire *wire, gboolean to_write, int at_most, GError **error);

/* What a client shows. */
typedef struct _ProbeCredentials ProbeCredentials;
/* CERTIFICATE, KEY: PEM. Returns: (transfer full). */
ProbeCredentials *probe_credentials_new (GBytes *certificate, GBytes *key, GError **error);
void probe_credentials_free (ProbeCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProbeCredentials, probe_credentials_free)

/* What one handshake showed. */
typedef struct
{
  gboolean is_done;                  /* it came to its end */
  gboolean is_refused;               /* the server said no, or hung up */
  char *fault;                       /* (owned) (nullable) why it did not come to its end */
  char *version, *cipher, *exchange; /* (owned) (nullable) */
  GPtrArray *chain;                  /* (owned) of GBytes: as sent */
  gboolean asked, required, sent, refused_certificate;
  GPtrArray *authorities; /* (owned) of char* */
  const char *ocsp;       /* a static text */
  GBytes *ocsp_response;  /* (owned) (nullable) */
  gint64 ocsp_next;
} ProbeHandshake;

void probe_handshake_free (ProbeHandshake *handshake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProbeHandshake, probe_handshake_free)
/* VERSION (nullable): that one alone ("TLS1.2"). What goes wrong in TLS is in the result; NULL with ERROR when the time is up before the server has
 * shown a certificate. Returns: (transfer full). */
ProbeHandshake *probe_handshake (ProbeWire *wire, const ProbeTarget *target, const ProbeCredentials *credentials, const char *version,
                                 GError **error);
