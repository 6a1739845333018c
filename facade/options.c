/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/options.h"

#include "core/anchor.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/peer-name.h"
#include "core/profile.h"
#include "core/store.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define KEY_CHARS 64 /* of a foreign key or value, in a message */

static const TrustOption *
find_option (const char *key, const TrustOption *table, guint n_table)
{
  for (guint i = 0; i < n_table; i++)
    if (g_str_equal (table[i].key, key))
      return &table[i];
  return NULL;
}

static void
set_unknown (GError **error, const char *key, const TrustOption *table, guint n_table)
{
  g_autofree char *shown = trust_text_printable (key, KEY_CHARS);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < n_table; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", table[i].key);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("There is no option \"%s\" here; there are: %s"), shown, known->str);
}

static gboolean
check_one (const char *key, GVariant *value, const TrustOption *table, guint n_table, guint64 *seen, GError **error)
{
  const TrustOption *option = find_option (key, table, n_table);

  if (option == NULL)
    {
      set_unknown (error, key, table, n_table);
      return FALSE;
    }
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option->type)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" has the type \"%s\"; it needs \"%s\""), key,
                   g_variant_get_type_string (value), option->type);
      return FALSE;
    }

  guint64 bit = G_GUINT64_CONSTANT (1) << (option - table);

  if ((*seen & bit) != 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" is given twice"), key);
      return FALSE;
    }
  *seen |= bit;
  return option->check == NULL || option->check (key, value, error);
}

gboolean
trust_options_check (GVariant *options, const TrustOption *table, guint n_table, GError **error)
{
  gsize n = g_variant_n_children (options);
  guint64 seen = 0;

  g_assert (n_table <= 64);
  if (n > TRUST_LIMIT_OPTIONS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%zu options are too many; at most %u may be given"), n, TRUST_LIMIT_OPTIONS);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      const char *key = NULL;
      g_autoptr (GVariant) value = NULL;

      g_variant_get_child (options, i, "{&sv}", &key, &value);
      if (!check_one (key, value, table, n_table, &seen, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_plain (const char *key, GVariant *value, guint max_chars, GError **error)
{
  if (trust_text_is_plain (g_variant_get_string (value, NULL), max_chars))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               _ ("The option \"%s\" must be plain text on one line, at most %u characters, without control or direction characters"), key,
               max_chars);
  return FALSE;
}

gboolean
trust_option_is_reason (const char *key, GVariant *value, GError **error)
{
  return check_plain (key, value, TRUST_LIMIT_REASON_CHARS, error);
}

gboolean
trust_option_is_label (const char *key, GVariant *value, GError **error)
{
  return check_plain (key, value, TRUST_LIMIT_LABEL_CHARS, error);
}

gboolean
trust_option_is_purposes (const char *key, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n == 0 || n > TRUST_LIMIT_PURPOSES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" must name 1 to %u purposes, not %zu"), key,
                   TRUST_LIMIT_PURPOSES, n);
      return FALSE;
    }

  g_autofree const char **names = g_variant_get_strv (value, NULL);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, error);

  return purposes != NULL;
}

/* A whole one or its beginning. */
gboolean
trust_option_is_fingerprint (const char *key, GVariant *value, GError **error)
{
  TrustFingerprint fingerprint;
  guint n_digits = 0;

  if (trust_fingerprint_parse (g_variant_get_string (value, NULL), &fingerprint, &n_digits, error))
    return TRUE;
  g_prefix_error (error, _ ("The option \"%s\": "), key);
  return FALSE;
}

gboolean
trust_option_is_message_bytes (const char *key, GVariant *value, GError **error)
{
  if (g_variant_n_children (value) <= TRUST_LIMIT_MESSAGE_BYTES)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("The option \"%s\" holds %zu bytes; at most %u are taken in a message"), key,
               g_variant_n_children (value), TRUST_LIMIT_MESSAGE_BYTES);
  return FALSE;
}

gboolean
trust_check_purpose (const char *purpose, GError **error)
{
  const char *const names[] = { purpose, NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, error);

  return purposes != NULL;
}

gboolean
trust_option_is_purpose (const char *key, GVariant *value, GError **error)
{
  return trust_check_purpose (g_variant_get_string (value, NULL), error);
}

gboolean
trust_option_is_peer_name (const char *key, GVariant *value, GError **error)
{
  g_auto (TrustPeerName) name = { 0 };

  return trust_peer_name_parse (g_variant_get_string (value, NULL), &name, error);
}

gboolean
trust_option_is_peer_names (const char *key, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n > TRUST_LIMIT_VERIFY_NAMES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("The option \"%s\" has %zu names; at most %u are taken"), key, n,
                   TRUST_LIMIT_VERIFY_NAMES);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) name = g_variant_get_child_value (value, i);

      if (!trust_option_is_peer_name (key, name, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_option_is_profile (const char *key, GVariant *value, GError **error)
{
  if (trust_profile_find (g_variant_get_string (value, NULL)) != 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" must be default, strict, webpki or lenient"), key);
  return FALSE;
}

gboolean
trust_option_is_revocation (const char *key, GVariant *value, GError **error)
{
  const char *mode = g_variant_get_string (value, NULL);

  if (g_str_equal (mode, "soft") || g_str_equal (mode, "hard"))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" must be soft or hard"), key);
  return FALSE;
}

gboolean
trust_option_is_store (const char *key, GVariant *value, GError **error)
{
  return trust_store_check_name (g_variant_get_string (value, NULL), error);
}

gboolean
trust_option_is_layer (const char *key, GVariant *value, GError **error)
{
  const char *layer = g_variant_get_string (value, NULL);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < TRUST_LAYER_LAST; i++)
    {
      if (g_str_equal (layer, trust_layer_get_name (i)))
        return TRUE;
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", trust_layer_get_name (i));
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names no layer; there are: %s"), key, known->str);
  return FALSE;
}

gboolean
trust_option_is_list_status (const char *key, GVariant *value, GError **error)
{
  const char *const known[] = { "trusted", "distrusted", "all", NULL };

  if (g_strv_contains (known, g_variant_get_string (value, NULL)))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" must be one of: trusted, distrusted, all"), key);
  return FALSE;
}
