/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash links that `openssl rehash` makes of a folder, numbered as it numbers them. */
#pragma once

#include "compat/folder.h"

/* Sets and drops hash links of FOLDER, in memory. What openssl would print with -v is appended to OUT, its warnings to WARNINGS. */
void compat_rehash (CompatFolder *folder, GString *out, GString *warnings);
