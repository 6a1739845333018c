/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the unit's filter cannot say, because systemd itself or a thread needs it: from here on, no program, no process, no file that lends its
 * owner's rights. */
#pragma once

#include <glib.h>

/* For the whole process and for good; call it before there is a second thread. FALSE (and errno) where the kernel filters nothing, or where this
 * machine's system calls are not known here: the unit's own filter is what is left then. */
gboolean trust_cage_enter (void);
