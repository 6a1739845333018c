/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign text made safe to show, and hexadecimal. */
#pragma once

#include <glib.h>

/* TEXT as one line that a terminal or a dialog may show: invalid UTF-8 bytes become \xNN; C0/C1 controls, DEL, line and
 * paragraph separators, bidi controls (U+061C, U+200E-F, U+202A-E, U+2066-9), zero-width and other format characters,
 * private use and unassigned ones become \u{HEX}; a backslash is doubled. MAX_CHARS counts resulting characters (0 = no bound);
 * a cut ends in "…". NULL gives "". Returns: (transfer full). */
char *trust_text_printable (const char *text, gsize max_chars);

/* The same for SIZE bytes that may hold NUL. */
char *trust_text_printable_bytes (const void *bytes, gsize size, gsize max_chars);

/* Is TEXT valid UTF-8, at most MAX_CHARS characters, and without any character that trust_text_printable() would escape
 * (a backslash is fine)? MAX_CHARS 0 = no bound; NULL is not plain. For labels and reasons at the door. */
gboolean trust_text_is_plain (const char *text, gsize max_chars);

/* Lower-case hexadecimal, no separators. Returns: (transfer full). */
char *trust_text_hex (const guint8 *bytes, gsize size);

/* Writes 2 * SIZE digits and a NUL to OUT. */
void trust_text_hex_into (const guint8 *bytes, gsize size, char *out);

/* Reads exactly 2 * SIZE hexadecimal digits of either case. Anything else: FALSE. */
gboolean trust_text_unhex (const char *hex, guint8 *bytes, gsize size);
