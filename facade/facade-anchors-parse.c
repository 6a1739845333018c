/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-anchors.h"

#include "core/text.h"
#include "facade/bundles.h"
#include "facade/changes.h"
#include "facade/options.h"
#include "facade/pages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define AFTER_CHARS 80u /* a fingerprint, a colon and a number */

static const TrustOption remove_options[] = {
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption distrust_options[] = {
  { "reason", "s", trust_option_is_reason },
  { "certificates", "ay", trust_option_is_message_bytes },
  { "cert-only", "b", NULL },
  { "serial", "b", NULL },
  { "set-aside", "b", NULL },
};

static const TrustOption list_options[] = {
  { "purpose", "s", NULL },
  { "layer", "s", trust_option_is_layer },
  { "status", "s", trust_option_is_list_status },
  { "text", "s", trust_option_is_label },
  { "store", "s", trust_option_is_store },
};

gboolean
trust_parse_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) input = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);

  if (!trust_change_read_add_options (change, options, error) || !trust_change_read_bytes (change, input, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_add_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  gint32 handle = -1;

  g_variant_get_child (parameters, 0, "h", &handle);
  if (!trust_change_read_add_options (change, options, error) || !trust_change_read_sealed (change, fds, handle, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_REMOVE);

  if (!trust_options_check (options, remove_options, G_N_ELEMENTS (remove_options), error)
      || !trust_change_read_fingerprints (change, fingerprints, error) || !trust_change_check_named (change, error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_set (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_SET);

  if (!trust_change_read_set_options (change, options, error) || !trust_change_read_fingerprints (change, fingerprints, error)
      || !trust_change_check_named (change, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_restore (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_RESTORE);

  if (!trust_options_check (options, remove_options, G_N_ELEMENTS (remove_options), error)
      || !trust_change_read_fingerprints (change, fingerprints, error) || !trust_change_check_named (change, error)
      || !trust_change_check_whole (change, error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_distrust (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);

  if (!trust_options_check (options, distrust_options, G_N_ELEMENTS (distrust_options), error)
      || !trust_change_read_fingerprints (change, fingerprints, error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "cert-only", "b", &change->cert_only);
  g_variant_lookup (options, "serial", "b", &change->serial);
  if (change->cert_only && change->serial)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   _ ("\"cert-only\" and \"serial\" say different things of how far the distrust reaches; give one of them"));
      return FALSE;
    }
  g_variant_lookup (options, "set-aside", "b", &change->set_aside);

  g_autoptr (GVariant) input = g_variant_lookup_value (options, "certificates", G_VARIANT_TYPE_BYTESTRING);

  if ((input != NULL && !trust_change_read_bytes (change, input, error)) || !trust_change_check_named (change, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_list (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) filter = NULL;
  const char *after = NULL, *purpose = NULL;
  guint limit = 0;

  g_variant_get (parameters, "(@a{sv}&su)", &filter, &after, &limit);
  if (!trust_options_check (filter, list_options, G_N_ELEMENTS (list_options), error))
    return FALSE;
  /* Pages are remembered by it. */
  if (strlen (after) > AFTER_CHARS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"after\" must be empty or what the last page gave as \"next\""));
      return FALSE;
    }
  if (g_variant_lookup (filter, "purpose", "&s", &purpose) && !trust_check_purpose (purpose, error))
    return FALSE;
  *out = (TrustDoorRequest) { trust_page_request_new (filter, after, limit, error), (GDestroyNotify) trust_page_request_free };
  return out->data != NULL;
}

gboolean
trust_parse_get (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autofree TrustPrefix *prefix = g_new0 (TrustPrefix, 1);
  const char *text = NULL;

  g_variant_get (parameters, "(&s)", &text);
  if (!trust_fingerprint_parse (text, &prefix->fingerprint, &prefix->n_digits, error))
    return FALSE;
  *out = (TrustDoorRequest) { g_steal_pointer (&prefix), g_free };
  return TRUE;
}

gboolean
trust_parse_get_bundle (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  const char *store = NULL, *purpose = NULL, *format = NULL;

  g_variant_get (parameters, "(&s&s&s)", &store, &purpose, &format);
  if (!trust_store_check_name (store, error) || !trust_engine_check_bundle (purpose, format, error))
    return FALSE;

  TrustBundleRequest *request = g_new0 (TrustBundleRequest, 1);

  *request = (TrustBundleRequest) { g_strdup (store), g_strdup (purpose), g_strdup (format) };
  *out = (TrustDoorRequest) { request, (GDestroyNotify) trust_bundle_request_free };
  return TRUE;
}
