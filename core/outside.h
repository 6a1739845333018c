/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that the daemon's sandbox cannot do itself: the edit of /etc/ca-certificates.conf. In process they are done at once;
 * the daemon asks a unit of their own (data/anchord-conf.service). */
#pragma once

#include "core/root.h"

#define TRUST_OUTSIDE_FOLDER "/var/lib/anchord/debian"
/* Names ("mozilla/X.crt", one a line, sorted) that carry a `!` of ours, or are about to. */
#define TRUST_OUTSIDE_DESELECTED TRUST_OUTSIDE_FOLDER "/deselected"
/* Those of them whose `!` is to go away. */
#define TRUST_OUTSIDE_RELEASED TRUST_OUTSIDE_FOLDER "/released"

typedef struct
{
  /* Does what trust_conf_edit() does, wherever that may be done. */
  gboolean (*edit_conf) (TrustRoot *root, GError **error);
} TrustOutside;

/* Does it in process. */
extern const TrustOutside trust_outside_direct;
/* The one in force; trust_outside_direct until a composition root says otherwise, before any thread starts. */
const TrustOutside *trust_outside_get (void);
void trust_outside_set (const TrustOutside *outside);

/* Makes exactly NAMES (owned or borrowed char*, sorted) carry our `!`: writes both lists above, calls the edit in force, and
 * forgets what was released. Every step may be repeated after a crash. */
gboolean trust_outside_deselect (TrustRoot *root, GPtrArray *names, GError **error);
/* The names of one of the lists; an absent list is empty. Returns: (transfer full): of owned char*. */
GPtrArray *trust_outside_read_names (TrustRoot *root, const char *path);

/* The edit itself, from the two lists: also the body of the unit's program. Owner, mode, comments, order and others' `!` stay. */
gboolean trust_conf_edit (TrustRoot *root, GError **error);
