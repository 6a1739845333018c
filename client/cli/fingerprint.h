/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells fingerprints, in any usual spelling, from other words. */
#pragma once

#include <glib.h>

/* The digits of WORD, lower case and nothing between them, where it reads as a SHA-256 or its beginning of 8 digits or more: pairs apart
 * by ':' or blanks, a "SHA256:" or "sha256 Fingerprint=" head, upper or lower case. Returns: (transfer full) (nullable). */
char *fingerprint_digits (const char *word);

/* Every one of WORDS as digits; TRUST_ERROR_INVALID_ARGUMENT that names the first which is none. Returns: (transfer full). */
char **fingerprint_digits_all (char **words, GError **error);
