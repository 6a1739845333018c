/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon tells the system's journal: fixed messages with an id and fields, which data/anchord.catalog explains. */
#pragma once

#include "core/engine.h"

typedef enum
{
  TRUST_LOG_READY,
  TRUST_LOG_STOPPING,
  TRUST_LOG_GENERATION,  /* a new generation is published */
  TRUST_LOG_REFUSED,     /* a caller was not authorized */
  TRUST_LOG_FAULT,       /* something of our own failed and is tried again */
  TRUST_LOG_REQUEST,     /* a request came or was answered */
  TRUST_LOG_CERTIFICATE, /* the trust in one certificate changed; or how many more did */
  TRUST_LOG_LAST
} TrustLogEvent;

/* FORMAT makes the message; UID (-1 none) and GENERATION (0 none) become fields. */
void trust_log (TrustLogEvent event, gint64 uid, guint64 generation, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* A change that is done, and its certificates, of TRUST_LIMIT_LOG_EVENTS at most an event each. HEAD: the journal's, after it. */
void trust_log_change (const TrustJournalIntent *intent, const char *head);
