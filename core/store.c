/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/store.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define NAME_MAX_CHARS 64u

TrustStore *
trust_store_ref (TrustStore *store)
{
  g_atomic_ref_count_inc (&store->refs);
  return store;
}

void
trust_store_unref (TrustStore *store)
{
  if (!g_atomic_ref_count_dec (&store->refs))
    return;
  g_free (store->name);
  g_clear_pointer (&store->narrowed, trust_purposes_unref);
  g_clear_pointer (&store->state, trust_source_state_unref);
  g_clear_pointer (&store->set, trust_anchor_set_unref);
  g_clear_pointer (&store->flat, trust_anchor_set_unref);
  g_free (store->fault);
  g_free (store);
}

gboolean
trust_store_check_name (const char *name, GError **error)
{
  const char *rest = name + strlen ("app/");
  gsize size = 0;

  if (g_str_equal (name, TRUST_STORE_SYSTEM))
    return TRUE;
  if (g_str_has_prefix (name, "app/"))
    size = strspn (rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
  if (size > 0 && size <= NAME_MAX_CHARS && rest[size] == '\0' && g_ascii_isalnum (rest[0]))
    return TRUE;

  g_autofree char *shown = trust_text_printable (name, NAME_MAX_CHARS);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no store's name; write \"system\", or \"app/\" and 1 to %u letters, digits, dots, underscores and dashes, the first "
               "of them a letter or a digit", shown, NAME_MAX_CHARS);
  return FALSE;
}
