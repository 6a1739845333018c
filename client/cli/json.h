/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What --json prints: one object, keys as docs/man/anchorctl.1.rst lists them. */
#pragma once

#include "client/cli/view.h"

#include <json-glib/json-glib.h>

/* Adds the members of DICTIONARY that FIELDS name to the object being built; null where one is missing. */
void json_add_view (JsonBuilder *builder, const ViewField *fields, GVariant *dictionary);
/* Adds each dictionary of LIST (aa{sv}) to the array being built. */
void json_add_elements (JsonBuilder *builder, const ViewField *fields, GVariant *list);
/* Adds NAME: an array of objects. LIST is aa{sv}. */
void json_add_views (JsonBuilder *builder, const char *name, const ViewField *fields, GVariant *list);
void json_add_string (JsonBuilder *builder, const char *name, const char *value);
void json_add_number (JsonBuilder *builder, const char *name, gint64 value);
/* ISO 8601; null for 0. */
void json_add_time (JsonBuilder *builder, const char *name, gint64 seconds);
void json_add_strings (JsonBuilder *builder, const char *name, const char *const *strings);
/* Prints what was built, ended by a newline. Characters that a terminal must not see are written as \uXXXX. */
void json_print (JsonBuilder *builder);
/* The same, added to OUT. */
void json_append (JsonBuilder *builder, GString *out);
/* Prints one object of DICTIONARY alone. */
void json_print_view (const ViewField *fields, GVariant *dictionary);
/* {"error": {"code": CODE, "message": MESSAGE}} */
void json_print_error (const char *code, const char *message);
