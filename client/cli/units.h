/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks systemd to load units again, with the caller's rights: over the bus, no shell. */
#pragma once

#include <gio/gio.h>

typedef struct _Units Units;

/* INTERACTIVE: a password may be asked for. */
Units *units_new (gboolean interactive);
void units_free (Units *units);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Units, units_free)
/* Why NAME is not touched whoever asks: its restart would end sessions, the way to the machine, or this tool (OWN, nullable, is its unit). NULL: it
 * may be. A translated text. */
const char *units_find_reason (const char *name, const char *own);
/* Reloads NAME, or restarts it where it can't be reloaded; nothing where it does not run. Waits for the end of it. USER: its manager, -1: the
 * system's. FALSE: TRUST_ERROR_NOT_AUTHORIZED, or what systemd said. */
gboolean units_reload (Units *units, const char *name, gint64 user, GError **error);
