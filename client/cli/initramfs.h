/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of the early user space that may hold a copy of an older bundle. Told by dates, and by what the distribution's tools say that they copy: no
 * image is unpacked. */
#pragma once

#include "client/cli/view.h"
#include "core/root.h"

/* CHANGED: seconds since the epoch, of the bundle's content. a{sv}: images u (how many there are), tools u (files of the tools that make them that
 * were read), copied-by as (those that name certificates' files), older aa{sv} {path s, time x}: images from before CHANGED.
 * Paths are escaped. Returns: (transfer full). */
GVariant *initramfs_look (TrustRoot *root, gint64 changed);

extern const ViewField view_initramfs[];
