/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module behind --remember. */
#include "client/cli/secret.h"

#include <libsecret/secret.h>

const SecretClass *anchorctl_secret (void);

static const SecretSchema schema = {
  SECRET_SCHEMA, SECRET_SCHEMA_NONE, { { SECRET_ATTRIBUTE, SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } }, 0, 0, 0, 0, 0, 0, 0, 0
};

static char *
get_text (SecretItem *item)
{
  SecretValue *value = secret_item_get_secret (item);
  if (value == NULL) /* still locked */
    return NULL;
  char *text = g_strdup (secret_value_get_text (value));
  secret_value_unref (value);
  return text;
}

static char *
lookup (const char *sha256, gboolean may_prompt, GError **error)
{
  g_autoptr (GHashTable) attributes = secret_attributes_build (&schema, SECRET_ATTRIBUTE, sha256, NULL);
  SecretSearchFlags flags = SECRET_SEARCH_LOAD_SECRETS | (may_prompt ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE);
  GList *items = secret_service_search_sync (NULL, &schema, attributes, flags, NULL, error);
  char *text = items == NULL ? NULL : get_text (items->data);
  g_list_free_full (items, g_object_unref);
  return text;
}

static gboolean
store (const char *sha256, const char *label, const char *passphrase, GError **error)
{
  return secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, passphrase, NULL, error, SECRET_ATTRIBUTE, sha256, NULL);
}

const SecretClass *
anchorctl_secret (void)
{
  static const SecretClass class = { lookup, store };
  return &class;
}
