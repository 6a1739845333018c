/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request: what somebody who may not change trust would like to be trusted. Immutable; named by the SHA-256 of what it asks. */
#pragma once

#include "core/caller.h"
#include "core/certificate.h"
#include "core/purpose.h"

/* What is asked. All but CERTIFICATES nullable: server-auth, no label, no reason, the system's store. */
typedef struct
{
  GPtrArray *certificates; /* of TrustCertificate */
  TrustPurposes *purposes;
  const char *label;
  const char *reason;
  const char *store;
} TrustWish;

typedef struct
{
  gatomicrefcount refs;
  char id[TRUST_FINGERPRINT_HEX];
  gint64 uid;              /* who asks; -1 unknown */
  char *who;               /* (owned) the same in words, printable: "uid 1000, anchorctl, session-2.scope" */
  gint64 time;             /* seconds since the epoch: when it was asked */
  gint64 expires;          /* from then on it is as if it had never been asked */
  TrustPurposes *purposes; /* (owned) never NULL */
  char *label;             /* (owned) "" if none */
  char *reason;            /* (owned) "" if none */
  char *store;             /* (owned) "system" or "app/NAME" */
  GPtrArray *certificates; /* (owned) of TrustCertificate, sorted by fingerprint, each once */
} TrustRequest;

/* WISH of CALLER (both (transfer none)) at NOW (seconds). No certificate, too many or too long ones are TRUST_ERROR_LIMIT_EXCEEDED, a store's bad
 * name TRUST_ERROR_INVALID_ARGUMENT. Returns: (transfer full). */
TrustRequest *trust_request_new (const TrustWish *wish, const TrustCaller *caller, gint64 now, GError **error);
TrustRequest *trust_request_ref (TrustRequest *request);
void trust_request_unref (TrustRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustRequest, trust_request_unref)

/* 64 lower-case digits, nothing else: a request is never named by a beginning. Otherwise TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_request_check_id (const char *id, GError **error);

/* The bytes of its file: a keyfile. Returns: (transfer full). */
GBytes *trust_request_write (const TrustRequest *request);
/* Reads them back. What does not parse is TRUST_ERROR_INVALID_INPUT; what asks for something else than ID says, TRUST_ERROR_DAMAGED.
 * Returns: (transfer full). */
TrustRequest *trust_request_parse (TrustSpan bytes, const char *id, GError **error);
