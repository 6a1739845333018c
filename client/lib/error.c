/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/anchord.h"

#define NAME(tail) "org.anchord.Anchord1.Error." tail

static const GDBusErrorEntry entries[] = {
  { ANCHORD_ERROR_FAILED, NAME ("Failed") },
  { ANCHORD_ERROR_INVALID_ARGUMENT, NAME ("InvalidArgument") },
  { ANCHORD_ERROR_INVALID_INPUT, NAME ("InvalidInput") },
  { ANCHORD_ERROR_LIMIT_EXCEEDED, NAME ("LimitExceeded") },
  { ANCHORD_ERROR_PRIVATE_KEY, NAME ("PrivateKey") },
  { ANCHORD_ERROR_POLICY, NAME ("Policy") },
  { ANCHORD_ERROR_DISTRUSTED, NAME ("Distrusted") },
  { ANCHORD_ERROR_NOT_FOUND, NAME ("NotFound") },
  { ANCHORD_ERROR_AMBIGUOUS, NAME ("Ambiguous") },
  { ANCHORD_ERROR_FOREIGN, NAME ("Foreign") },
  { ANCHORD_ERROR_NOT_AUTHORIZED, NAME ("NotAuthorized") },
  { ANCHORD_ERROR_BUSY, NAME ("Busy") },
  { ANCHORD_ERROR_STORAGE, NAME ("Storage") },
  { ANCHORD_ERROR_DAMAGED, NAME ("Damaged") },
  { ANCHORD_ERROR_PASSPHRASE, NAME ("Passphrase") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == ANCHORD_ERROR_PASSPHRASE + 1);

GQuark
anchord_error_quark (void)
{
  static gsize quark = 0;
  g_dbus_error_register_error_domain ("anchord-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}
