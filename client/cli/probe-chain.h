/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module reads of certificates and keys. */
#pragma once

#include <gio/gio.h>

/* As ProbeClass. */
GVariant *probe_chain_read (GPtrArray *chain);
gboolean probe_chain_match_key (GBytes *key, GBytes *der, gboolean *matches, GError **error);
