/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON from people, bounded before it is parsed. */
#pragma once

#include "core/der.h"

#include <json-glib/json-glib.h>

/* Does INPUT begin as a JSON object, and is NAME in it, quoted? */
gboolean trust_json_probe (TrustSpan input, const char *name);
/* The object that INPUT is. TRUST_LIMIT_JSON_BYTES, _DEPTH and _VALUES hold, and no object has a name twice; errors name the line
 * or that name. Returns: (transfer full). */
JsonNode *trust_json_read (TrustSpan input, GError **error);
/* The member NAME of OBJECT. NULL without ERROR if there is none; with it, if it is no array. (transfer none) */
JsonArray *trust_json_find_array (JsonObject *object, const char *name, GError **error);
JsonObject *trust_json_find_object (JsonObject *object, const char *name, GError **error);
/* The text of NODE. NULL with ERROR if it is none. */
const char *trust_json_get_text (JsonNode *node, GError **error);
