/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that the daemon's sandbox cannot do itself: the edit of /etc/ca-certificates.conf. In process they are done at once;
 * the daemon asks a unit of their own (data/anchord-conf.service). */
#pragma once

#include "core/root.h"

/* LINES: names to deselect ("mozilla/X.crt"), all that are ours; sorted. Writes the list to /var/lib/anchord/debian/deselected, then edits the
 * configuration so that exactly these carry our `!` (others' `!` stay). */
typedef struct
{
  gboolean (*edit_conf) (TrustRoot *root, GError **error);
} TrustOutside;

/* Does it in process. */
extern const TrustOutside trust_outside_direct;
/* The one in force; trust_outside_direct until a composition root says otherwise, before any thread starts. */
const TrustOutside *trust_outside_get (void);
void trust_outside_set (const TrustOutside *outside);

/* The edit itself, from the list in /var/lib/anchord/debian/deselected: also the body of the unit's program. */
gboolean trust_conf_edit (TrustRoot *root, GError **error);
