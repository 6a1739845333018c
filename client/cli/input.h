/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the files a user names, by descriptor: the service opens no path of a caller's. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* All of PATH ("-": standard input), at most TRUST_LIMIT_INPUT_BYTES. Folders, pipes, devices, empty files and private keys are refused. Errors are
 * TRUST_ERROR and begin with the file's name, escaped. The memory is wiped when it is freed. Returns: (transfer full). */
GBytes *input_read (const char *path, GError **error);
/* The same for a private key of the user's own, which is not refused: it never leaves this process. */
GBytes *input_read_secret (const char *path, GError **error);

/* PATH for people: "standard input" for "-". Returns: (transfer full). */
char *input_dup_name (const char *path);
/* Is BYTES nothing but certificates, in PEM or DER, that the service reads itself? FALSE where only the importers can tell. */
gboolean input_is_plain (GBytes *bytes);

/* What each of PATHS holds, as input_read(). Returns: (transfer full): of GBytes. */
GPtrArray *input_read_each (char **paths, GError **error);
/* The certificates of INPUTS, read from PATHS, as one input for the service: one as it is, more as one PEM text. Returns: (transfer full). */
GBytes *input_join (GPtrArray *inputs, char **paths, GError **error);

/* Adds the DER of each certificate in BYTES, PEM or DER, read from PATH, to OUT (of GBytes). */
gboolean input_take_certificates (GBytes *bytes, const char *path, GPtrArray *out, GError **error);
/* The DER of each certificate in PATHS, in their order; PEM or DER each. Returns: (transfer full): of GBytes. */
GPtrArray *input_read_chain (char **paths, GError **error);
