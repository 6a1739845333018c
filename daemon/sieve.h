/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sieve: messages that no door could want are refused as they are read, before they can wait anywhere. */
#pragma once

#include <gio/gio.h>

/* From now on, for CONNECTION: a body of more than TRUST_LIMIT_CALL_BYTES, and descriptors for what takes none. Returns: for
 * g_dbus_connection_remove_filter(). */
guint trust_sieve_put (GDBusConnection *connection);
