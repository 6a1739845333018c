/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pass phrases in the user's keyring: the secret service, by libsecret, in a module of its own. An item has the schema org.anchord.Passphrase and one
 * attribute, `sha256`: the SHA-256 of the file that it opens, 64 lower-case hexadecimal digits. */
#pragma once

#include <glib.h>

#define SECRET_SCHEMA "org.anchord.Passphrase"
#define SECRET_ATTRIBUTE "sha256"
#define SECRET_MODULE "anchorctl-secret.so"
#define SECRET_ENTRY "anchorctl_secret"

typedef struct
{
  /* MAY_PROMPT: the service may ask the user to unlock the keyring. NULL where there is none, or no service; ERROR tells the latter.
   * Returns: (transfer full) (nullable): wipe it before freeing. */
  char *(*lookup) (const char *sha256, gboolean may_prompt, GError **error);
  gboolean (*store) (const char *sha256, const char *label, const char *passphrase, GError **error);
} SecretClass;

typedef const SecretClass *(*SecretEntry) (void);
