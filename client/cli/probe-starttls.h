/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said before TLS begins, in protocols that begin without it. */
#pragma once

#include <glib.h>

/* The longest line, the most lines of one answer, and the longest stanza or message that are read. */
#define STARTTLS_LINE_BYTES 2048
#define STARTTLS_LINES 128
#define STARTTLS_MESSAGE_BYTES 16384

/* Where the bytes go. READ returns how many came, 0 at the end, -1 with ERROR; WRITE writes all or fails. */
typedef struct
{
  gssize (*read) (gpointer user_data, void *buffer, gsize size, GError **error);
  gboolean (*write) (gpointer user_data, const void *data, gsize size, GError **error);
  gpointer user_data;
} StarttlsWire;

typedef struct _Starttls Starttls;

/* "smtp", "imap", "ldap", "postgres", "xmpp". Returns: (transfer none) (nullable). */
const Starttls *starttls_find (const char *name);
/* All names, joined by ", ". Returns: (transfer full). */
char *starttls_dup_names (void);
guint16 starttls_get_port (const Starttls *self);
/* Speaks until the next byte is TLS. HOST: the name that the server is called by, of letters, digits and ".-:" only. FALSE with TRUST_ERROR_FAILED
 * where the server does not offer TLS, says something else, or sends more than its answer: what comes before TLS could be anybody's. */
gboolean starttls_run (const Starttls *self, const char *host, const StarttlsWire *wire, GError **error);
