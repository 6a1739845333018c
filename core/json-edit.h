/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON that others wrote, changed in place: what is not named keeps its bytes. TEXT is an object that trust_json_read() took, and that
 * trust_json_is_strict() is content with. A PATH is NULL-terminated: names of members, outermost first; in a list, the last is one of its texts. */
#pragma once

#include <glib.h>

/* Is TEXT one JSON object as RFC 8259 has it, and nothing before or behind it but blanks? What parsers let pass beyond that (a byte order mark, a
 * comma too many, words) is not. */
gboolean trust_json_is_strict (const char *text, gsize size);
/* Is there something at PATH? */
gboolean trust_json_has (const GString *text, const char *const *path);
/* The value at PATH becomes VALUE, JSON itself; objects that are missing on the way are made. VALUE NULL: the last of PATH is a text that a list
 * shall hold. What stands on the way is an object, and a list where one is meant: that has been checked. */
void trust_json_put (GString *text, const char *const *path, const char *value);
/* Takes out what is at PATH, and those objects and lists around it that it leaves empty, but for the outermost. FALSE if there is nothing. */
gboolean trust_json_drop (GString *text, const char *const *path);
