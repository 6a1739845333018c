/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that update-ca-trust extracts, into a folder that somebody named. */
#pragma once

#include <glib.h>

/* Reads what the system trusts, changes nothing of it, and writes the files below FOLDER (a host path; made where it is missing). Needs only the
 * right to write there. */
gboolean compat_extract (const char *folder, GError **error);
