/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of fuzz-seeds. */
#pragma once

#include <glib.h>

/* NAME of the inputs of TARGET. */
void seeds_put (const char *target, const char *name, const void *bytes, gsize size);
/* Those of the targets around the verifier: crl, ocsp, peer-name, verifier. */
void seeds_put_verifier (void);
