/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options a{sv} held against a table before any logic sees them. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  const char *key;
  const char *type; /* a D-Bus signature */
  /* (nullable) The value has the type. Errors name KEY. */
  gboolean (*check) (const char *key, GVariant *value, GError **error);
} TrustOption;

/* OPTIONS is an a{sv}. An unknown key, a wrong type, a key given twice or too many of them is TRUST_ERROR_INVALID_ARGUMENT
 * that names the key and lists the known ones. */
gboolean trust_options_check (GVariant *options, const TrustOption *table, guint n_table, GError **error);

/* Checks for the table. */
gboolean trust_option_is_reason (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_label (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_purposes (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_fingerprint (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_message_bytes (const char *key, GVariant *value, GError **error);
/* One purpose, by name or any dotted OID. */
gboolean trust_option_is_purpose (const char *key, GVariant *value, GError **error);
/* A host name, an IP address or a mailbox, by its shape. */
gboolean trust_option_is_peer_name (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_peer_names (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_profile (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_revocation (const char *key, GVariant *value, GError **error);
/* "system", or the name that a store may have. */
gboolean trust_option_is_store (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_layer (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_list_status (const char *key, GVariant *value, GError **error);

/* One purpose by name or any dotted OID; an empty or unknown one is TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_check_purpose (const char *purpose, GError **error);
