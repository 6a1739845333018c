/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dbus/errors.h"

#include <gio/gio.h>

#define ERROR_PREFIX "org.anchord.Anchord1.Error."

static const GDBusErrorEntry entries[] = {
  { TRUST_ERROR_FAILED, ERROR_PREFIX "Failed" },
  { TRUST_ERROR_INVALID_ARGUMENT, ERROR_PREFIX "InvalidArgument" },
  { TRUST_ERROR_INVALID_INPUT, ERROR_PREFIX "InvalidInput" },
  { TRUST_ERROR_LIMIT_EXCEEDED, ERROR_PREFIX "LimitExceeded" },
  { TRUST_ERROR_PRIVATE_KEY, ERROR_PREFIX "PrivateKey" },
  { TRUST_ERROR_POLICY, ERROR_PREFIX "Policy" },
  { TRUST_ERROR_DISTRUSTED, ERROR_PREFIX "Distrusted" },
  { TRUST_ERROR_NOT_FOUND, ERROR_PREFIX "NotFound" },
  { TRUST_ERROR_AMBIGUOUS, ERROR_PREFIX "Ambiguous" },
  { TRUST_ERROR_FOREIGN, ERROR_PREFIX "Foreign" },
  { TRUST_ERROR_NOT_AUTHORIZED, ERROR_PREFIX "NotAuthorized" },
  { TRUST_ERROR_BUSY, ERROR_PREFIX "Busy" },
  { TRUST_ERROR_STORAGE, ERROR_PREFIX "Storage" },
  { TRUST_ERROR_DAMAGED, ERROR_PREFIX "Damaged" },
  { TRUST_ERROR_PASSPHRASE, ERROR_PREFIX "Passphrase" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (entries) == TRUST_ERROR_LAST);

void
anchord_errors_register (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_dbus_error_register_error (TRUST_ERROR, entries[i].error_code, entries[i].dbus_error_name);
  g_once_init_leave (&once, 1);
}
