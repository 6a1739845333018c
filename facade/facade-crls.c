/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-crls.h"

#include "core/text.h"
#include "facade/changes.h"
#include "facade/options.h"
#include "facade/sealed.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

static const TrustOption add_options[] = {
  { "issuer", "ay", trust_option_is_message_bytes },
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption remove_options[] = {
  { "reason", "s", trust_option_is_reason },
};

/* The certificates of CAs that may have signed the lists. */
static gboolean
read_issuers (TrustChange *change, GVariant *options, GError **error)
{
  g_autoptr (GVariant) issuer = g_variant_lookup_value (options, "issuer", G_VARIANT_TYPE_BYTESTRING);
  GPtrArray *certificates = NULL;
  gsize size = 0;
  gconstpointer bytes = NULL;

  if (issuer == NULL)
    return TRUE;
  bytes = g_variant_get_fixed_array (issuer, &size, 1);
  certificates = trust_engine_decode (bytes, size, error);
  if (certificates == NULL)
    {
      g_prefix_error (error, _ ("The option \"issuer\": "));
      return FALSE;
    }
  g_ptr_array_unref (change->certificates);
  change->certificates = certificates;
  if (certificates->len <= TRUST_LIMIT_CHAIN_CERTIFICATES)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("The option \"issuer\" has %u certificates; at most %u are taken"),
               certificates->len, TRUST_LIMIT_CHAIN_CERTIFICATES);
  return FALSE;
}

/* The change that adds the lists in BYTES. */
static gboolean
parse_add (gconstpointer bytes, gsize size, GVariant *options, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_CRL_ADD);
  GPtrArray *crls = NULL;

  if (!trust_options_check (options, add_options, G_N_ELEMENTS (add_options), error) || !read_issuers (change, options, error))
    return FALSE;
  crls = trust_kept_crl_decode (bytes, size, error);
  if (crls == NULL)
    return FALSE;
  g_ptr_array_unref (change->crls);
  change->crls = crls;
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_crl_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) input = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  gsize size = 0;
  gconstpointer bytes = g_variant_get_fixed_array (input, &size, 1);

  if (size <= TRUST_LIMIT_MESSAGE_BYTES)
    return parse_add (bytes, size, options, out, error);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
               _ ("The input has %zu bytes; at most %u are taken in a message, more as a sealed memfd by AddSealed"), size,
               TRUST_LIMIT_MESSAGE_BYTES);
  return FALSE;
}

gboolean
trust_parse_crl_add_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (GBytes) bytes = NULL;
  gint32 handle = -1;

  g_variant_get_child (parameters, 0, "h", &handle);
  bytes = trust_sealed_read (fds, handle, TRUST_LIMIT_INPUT_BYTES, error);
  return bytes != NULL && parse_add (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), options, out, error);
}

gboolean
trust_parse_crl_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) ids = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_CRL_REMOVE);

  if (!trust_options_check (options, remove_options, G_N_ELEMENTS (remove_options), error) || !trust_change_read_fingerprints (change, ids, error))
    return FALSE;
  if (change->fingerprints->len == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("No revocation list is named; give at least one id"));
      return FALSE;
    }
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

/* The list of CRL as one of those that the dialog names. IDS: a line each. */
static void
add_crl (const TrustCrl *crl, GString *ids)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (&crl->digest, hex);
  g_string_append_printf (ids, "%s\n", hex);
}

/* "subject" and "fingerprint": of the one list, or how many and the SHA-256 of their ids, one a line. */
static void
describe_lists (const TrustCrl *only, guint n, const GString *ids, GHashTable *details)
{
  g_autofree char *title = only != NULL ? trust_kept_crl_dup_title (only) : NULL;
  char *shown = title != NULL ? trust_text_printable (title, TRUST_LIMIT_DIALOG_CHARS) : g_strdup_printf (_ ("%u revocation lists"), n);
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_of (ids->str, ids->len, &digest);
  trust_fingerprint_to_hex (only != NULL ? &only->digest : &digest, hex);
  if (n > 1)
    g_hash_table_insert (details, g_strdup ("count"), g_strdup_printf ("%u", n));
  g_hash_table_insert (details, g_strdup ("subject"), shown);
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
}

gboolean
trust_describe_crl (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  TrustChange *change = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GString) ids = g_string_new (NULL);
  const TrustCrl *one = NULL;
  guint n = change->crls->len + change->fingerprints->len;
  gboolean adds = change->kind == TRUST_CHANGE_CRL_ADD;

  for (guint i = 0; i < change->crls->len; i++)
    {
      one = change->crls->pdata[i];
      add_crl (one, ids);
    }
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);
      const TrustKeptCrl *kept = trust_kept_crls_find (snapshot->kept, &prefix->fingerprint, prefix->n_digits, error);

      if (kept == NULL)
        return FALSE;
      *prefix = (TrustPrefix) { kept->id, 64 };
      one = kept->crl;
      add_crl (one, ids);
    }
  describe_lists (n == 1 ? one : NULL, n, ids, details);
  g_hash_table_insert (details, g_strdup ("change"), g_strdup (adds ? _ ("refuse what it revokes") : _ ("no longer refuse what it revokes")));
  return TRUE;
}

gboolean
trust_handle_list_crls (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_crls (snapshot->kept, g_get_real_time () / G_USEC_PER_SEC)));
  return TRUE;
}
