/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sieve: messages that no door could want, and more of one connection than may wait, are refused as they are read, before they wait anywhere. */
#pragma once

#include <gio/gio.h>

/* From now on, for CONNECTION, whose calls the default main context handles: a body of more than TRUST_LIMIT_CALL_BYTES, descriptors for what takes
 * none, and what comes while TRUST_LIMIT_WAITING_MESSAGES of its sender wait. Returns: for g_dbus_connection_remove_filter(). */
guint trust_sieve_put (GDBusConnection *connection);
