/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/view.h"

#include <string.h>

#define VIEW_END                                                                                                                                     \
  {                                                                                                                                                  \
    NULL, NULL, VIEW_STRING, NULL                                                                                                                    \
  }

#define ANCHOR_FIELDS                                                                                                                                \
  { "fingerprint", "fingerprint", VIEW_STRING, NULL }, { "key-fingerprint", "key_fingerprint", VIEW_STRING, NULL },                                  \
      { "title", "title", VIEW_STRING, NULL }, { "subject", "subject", VIEW_STRING, NULL }, { "organization", "organization", VIEW_STRING, NULL },   \
      { "issuer", "issuer", VIEW_STRING, NULL }, { "serial", "serial", VIEW_STRING, NULL }, { "not-before", "not_before", VIEW_TIME, NULL },         \
      { "not-after", "not_after", VIEW_TIME, NULL }, { "key", "key", VIEW_STRING, NULL }, { "signature", "signature", VIEW_STRING, NULL },           \
      { "purposes", "purposes", VIEW_STRINGS, NULL }, { "status", "status", VIEW_STRING, NULL }, { "layer", "layer", VIEW_STRING, NULL },            \
      { "source", "source", VIEW_STRING, NULL }, { "path", "path", VIEW_STRING, NULL }, { "foreign", "foreign", VIEW_BOOL, NULL },                   \
      { "label", "label", VIEW_STRING, NULL }, { "reason", "reason", VIEW_STRING, NULL }, { "added", "added", VIEW_TIME, NULL },                     \
      { "added-by", "added_by", VIEW_STRING, NULL }, { "until", "until", VIEW_TIME, NULL }, { "ended", "ended", VIEW_FLAG, NULL },                   \
      { "distrust-after", "distrust_after", VIEW_TIMES, NULL }, { "permitted", "permitted", VIEW_SUBTREES, NULL },                                   \
      { "excluded", "excluded", VIEW_SUBTREES, NULL }, { "accept-loss", "accept_loss", VIEW_FLAG, NULL },                                            \
  {                                                                                                                                                  \
    "replaces", "replaces", VIEW_STRING, NULL                                                                                                        \
  }

/* clang-format off */
static const ViewField also_fields[] = {
  { "layer", "layer", VIEW_STRING, NULL },
  { "source", "source", VIEW_STRING, NULL },
  { "path", "path", VIEW_STRING, NULL },
  { "status", "status", VIEW_STRING, NULL },
  { "purposes", "purposes", VIEW_STRINGS, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField source_fields[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "layer", "layer", VIEW_STRING, NULL },
  { "anchors", "anchors", VIEW_NUMBER, NULL },
  { "held-back", "held_back", VIEW_BOOL, NULL },
  { "changed", "changed", VIEW_TIME, NULL },
  { "faults", "faults", VIEW_STRINGS, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField consumer_fields[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "enabled", "enabled", VIEW_BOOL, NULL },
  { "current", "current", VIEW_BOOL, NULL },
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "drift", "drift", VIEW_STRINGS, NULL },
  { "fault", "fault", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* What one source says of a certificate. */
/* clang-format off */
static const ViewField why_source_fields[] = {
  { "layer", "layer", VIEW_STRING, NULL },
  { "source", "source", VIEW_STRING, NULL },
  { "path", "path", VIEW_STRING, NULL },
  { "says", "says", VIEW_STRING, NULL },
  { "settings", "settings", VIEW_STRING, NULL },
  { "reason", "reason", VIEW_STRING, NULL },
  { "added", "added", VIEW_TIME, NULL },
  { "added-by", "added_by", VIEW_STRING, NULL },
  { "decides", "decides", VIEW_FLAG, NULL },
  { "why", "why", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_why_consumer[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "sees", "sees", VIEW_STRING, NULL },
  { "losses", "losses", VIEW_STRINGS, NULL },
  { "why", "why", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField why_store_fields[] = {
  { "name", "name", VIEW_STRING, NULL },
  { "sees", "sees", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_loss[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "losses", "losses", VIEW_STRINGS, NULL },
  { "left-out", "left_out", VIEW_BOOL, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_why[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "status", "status", VIEW_STRING, NULL },
  { "decided-by", "decided_by", VIEW_STRING, NULL },
  { "sources", "sources", VIEW_LIST, why_source_fields },
  { "consumers", "consumers", VIEW_LIST, view_why_consumer },
  { "stores", "stores", VIEW_LIST, why_store_fields },
  VIEW_END
};
/* clang-format on */

const ViewField view_anchor[] = { ANCHOR_FIELDS, VIEW_END };

/* clang-format off */
const ViewField view_whole_anchor[] = {
  ANCHOR_FIELDS,
  { "also", "also", VIEW_LIST, also_fields },
  { "certificate", "pem", VIEW_CERTIFICATE, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_result[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "result", "result", VIEW_STRING, NULL },
  { "detail", "detail", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_change[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "before", "before", VIEW_STRING, NULL },
  { "after", "after", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_record[] = {
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "time", "time", VIEW_TIME, NULL },
  { "done", "done", VIEW_BOOL, NULL },
  { "operation", "operation", VIEW_STRING, NULL },
  { "target", "target", VIEW_NUMBER, NULL },
  { "reason", "reason", VIEW_STRING, NULL },
  { "how", "how", VIEW_STRING, NULL },
  { "uid", "uid", VIEW_NUMBER, NULL },
  { "user", "user", VIEW_STRING, NULL },
  { "login-uid", "login_uid", VIEW_NUMBER, NULL },
  { "session", "session", VIEW_NUMBER, NULL },
  { "unit", "unit", VIEW_STRING, NULL },
  { "command", "command", VIEW_STRING, NULL },
  { "executable", "executable", VIEW_STRING, NULL },
  { "changes", "changes", VIEW_LIST, view_change },
  { "left-out", "left_out", VIEW_NUMBER, NULL },
  { "sequence", "sequence", VIEW_NUMBER, NULL },
  { "hash", "hash", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_state[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "settings", "settings", VIEW_STRING, NULL },
  { "since", "since", VIEW_NUMBER, NULL },
  { "since-time", "since_time", VIEW_TIME, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_chain[] = {
  { "records", "records", VIEW_NUMBER, NULL },
  { "first", "first", VIEW_NUMBER, NULL },
  { "head", "head", VIEW_STRING, NULL },
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "repaired", "repaired", VIEW_STRING, NULL },
  { "faults", "faults", VIEW_STRINGS, NULL },
  { "after", "after", VIEW_NUMBER, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_status[] = {
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "published", "published", VIEW_BOOL, NULL },
  { "distribution", "distribution", VIEW_STRING, NULL },
  { "anchors", "anchors", VIEW_NUMBER, NULL },
  { "distrusts", "distrusts", VIEW_NUMBER, NULL },
  { "hooks-waiting", "hooks_waiting", VIEW_NUMBER, NULL },
  { "next", "next", VIEW_TIME, NULL },
  { "requests", "requests", VIEW_NUMBER, NULL },
  { "stores", "stores", VIEW_NUMBER, NULL },
  { "crls", "crls", VIEW_NUMBER, NULL },
  { "sources", "sources", VIEW_LIST, source_fields },
  { "consumers", "consumers", VIEW_LIST, consumer_fields },
  { "reports", "reports", VIEW_STRINGS, NULL },
  { "version", "version", VIEW_STRING, NULL },
  { "handed-back", "handed_back", VIEW_STRING, NULL },
  { "override", "override", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_store[] = {
  { "name", "name", VIEW_STRING, NULL },
  { "inherits", "inherits", VIEW_BOOL, NULL },
  { "purposes", "purposes", VIEW_STRINGS, NULL },
  { "anchors", "anchors", VIEW_NUMBER, NULL },
  { "fault", "fault", VIEW_STRING, NULL },
  { "reports", "reports", VIEW_STRINGS, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_crl[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "issuer", "issuer", VIEW_STRING, NULL },
  { "number", "number", VIEW_STRING, NULL },
  { "base-number", "base_number", VIEW_STRING, NULL },
  { "partial", "partial", VIEW_BOOL, NULL },
  { "this-update", "this_update", VIEW_TIME, NULL },
  { "next-update", "next_update", VIEW_TIME, NULL },
  { "entries", "entries", VIEW_NUMBER, NULL },
  { "expired", "expired", VIEW_BOOL, NULL },
  { "path", "path", VIEW_STRING, NULL },
  { "fault", "fault", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField output_fields[] = {
  { "name", "name", VIEW_STRING, NULL },
  { "format", "format", VIEW_STRING, NULL },
  { "path", "path", VIEW_STRING, NULL },
  { "purpose", "purpose", VIEW_STRING, NULL },
  { "anchors", "anchors", VIEW_NUMBER, NULL },
  { "left-out", "left_out", VIEW_NUMBER, NULL },
  { "losses", "losses", VIEW_STRINGS, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_consumer[] = {
  { "name", "name", VIEW_STRING, NULL },
  { "description", "description", VIEW_STRING, NULL },
  { "enabled", "enabled", VIEW_BOOL, NULL },
  { "available", "available", VIEW_BOOL, NULL },
  { "current", "current", VIEW_BOOL, NULL },
  { "handed-back", "handed_back", VIEW_BOOL, NULL },
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "store", "store", VIEW_STRING, NULL },
  { "unit", "unit", VIEW_STRING, NULL },
  { "file", "file", VIEW_STRING, NULL },
  { "fault", "fault", VIEW_STRING, NULL },
  { "drift", "drift", VIEW_STRINGS, NULL },
  { "withdrawn", "withdrawn", VIEW_STRINGS, NULL },
  { "outputs", "outputs", VIEW_LIST, output_fields },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField requested_fields[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "subject", "subject", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "status", "status", VIEW_STRING, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_request[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "uid", "uid", VIEW_INDEX, NULL },
  { "who", "who", VIEW_STRING, NULL },
  { "time", "time", VIEW_TIME, NULL },
  { "expires", "expires", VIEW_TIME, NULL },
  { "reason", "reason", VIEW_STRING, NULL },
  { "purposes", "purposes", VIEW_STRINGS, NULL },
  { "label", "label", VIEW_STRING, NULL },
  { "store", "store", VIEW_STRING, NULL },
  { "certificates", "certificates", VIEW_LIST, requested_fields },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
static const ViewField alternative_fields[] = {
  { "reason", "reason", VIEW_STRING, NULL },
  { "rule", "rule", VIEW_STRING, NULL },
  { "message", "message", VIEW_STRING, NULL },
  { "path", "path", VIEW_STRINGS, NULL },
  { "titles", "titles", VIEW_STRINGS, NULL },
  { "reached", "reached", VIEW_BOOL, NULL },
  VIEW_END
};
/* clang-format on */

/* clang-format off */
const ViewField view_verdict[] = {
  { "trusted", "trusted", VIEW_BOOL, NULL },
  { "reason", "reason", VIEW_STRING, NULL },
  { "message", "message", VIEW_STRING, NULL },
  { "remedy", "remedy", VIEW_STRING, NULL },
  { "failing", "failing", VIEW_INDEX, NULL },
  { "rule", "rule", VIEW_STRING, NULL },
  { "source", "source", VIEW_STRING, NULL },
  { "path", "path", VIEW_STRINGS, NULL },
  { "titles", "titles", VIEW_STRINGS, NULL },
  { "anchor", "anchor", VIEW_STRING, NULL },
  { "findings", "findings", VIEW_STRINGS, NULL },
  { "alternatives", "alternatives", VIEW_LIST, alternative_fields },
  { "generation", "generation", VIEW_NUMBER, NULL },
  VIEW_END
};
/* clang-format on */

gsize
view_read (GVariant *dictionary, const ViewField *fields, GVariant *values[VIEW_MAX_FIELDS])
{
  gsize n = 0;
  gsize next = 0; /* members mostly come in one order: look behind the last one first */
  GVariantIter iter;
  const char *key;
  GVariant *value;
  for (; n < VIEW_MAX_FIELDS && fields[n].key != NULL; n++)
    values[n] = NULL;
  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      gsize i = 0;
      while (i < n && strcmp (fields[(next + i) % n].key, key) != 0)
        i++;
      gsize at = n > 0 ? (next + i) % n : 0;
      if (i == n || values[at] != NULL)
        g_variant_unref (value);
      else
        values[next = at] = value;
    }
  return n;
}

void
view_clear (GVariant *values[VIEW_MAX_FIELDS], gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&values[i], g_variant_unref);
}

const char *
view_value_string (GVariant *value)
{
  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "";
}

char **
view_value_strings (GVariant *value)
{
  gboolean fits = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY);
  return fits ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1);
}

gint64
view_value_number (GVariant *value)
{
  if (value == NULL)
    return 0;
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_INT32:
      return g_variant_get_int32 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_INT64:
      return g_variant_get_int64 (value);
    case G_VARIANT_CLASS_UINT64:
      return (gint64) g_variant_get_uint64 (value);
    default:
      return 0;
    }
}

gboolean
view_value_bool (GVariant *value)
{
  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

GVariant *
view_value_list (GVariant *value)
{
  gboolean fits = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}"));
  return fits ? g_variant_ref (value) : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

const char *
view_string (GVariant *dictionary, const char *key)
{
  const char *value = "";
  g_variant_lookup (dictionary, key, "&s", &value); /* points into the dictionary, which nobody serializes anew */
  return value;
}

char **
view_strings (GVariant *dictionary, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  return view_value_strings (value);
}

gboolean
view_bool (GVariant *dictionary, const char *key)
{
  gboolean value = FALSE;
  g_variant_lookup (dictionary, key, "b", &value);
  return value;
}

gint64
view_number (GVariant *dictionary, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  return view_value_number (value);
}

GVariant *
view_list (GVariant *dictionary, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dictionary, key, NULL);
  return view_value_list (value);
}
