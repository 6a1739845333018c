/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-verifier.h"

#include "facade/lookup.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  TrustVerifyRequest request;
  char *purpose; /* (owned) what the request points to */
  char *name;    /* (owned) (nullable) */
  char *store;   /* (owned) */
} Verify;

static const TrustOption verify_options[] = {
  { "purpose", "s", trust_option_is_purpose },
  { "name", "s", trust_option_is_peer_name },
  { "store", "s", trust_option_is_store },
};

static void
verify_free (gpointer data)
{
  Verify *verify = data;

  g_ptr_array_unref (verify->request.chain);
  g_free (verify->purpose);
  g_free (verify->name);
  g_free (verify->store);
  g_free (verify);
}

static TrustCertificate *
parse_link (GVariant *chain, gsize index, GError **error)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (chain, index);
  gsize size = 0;
  const guint8 *der = g_variant_get_fixed_array (bytes, &size, 1);
  TrustCertificate *certificate = trust_certificate_new (der, size, error);

  if (certificate == NULL)
    g_prefix_error (error, _("Certificate %zu of the chain: "), index);
  return certificate;
}

gboolean
trust_parse_verify (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) chain = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  gsize n = g_variant_n_children (chain);
  const char *purpose = "server-auth", *store = TRUST_STORE_SYSTEM;

  if (!trust_options_check (options, verify_options, G_N_ELEMENTS (verify_options), error))
    return FALSE;
  if (n == 0 || n > TRUST_LIMIT_CHAIN_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, n == 0 ? TRUST_ERROR_INVALID_ARGUMENT : TRUST_ERROR_LIMIT_EXCEEDED,
                   _("The chain has %zu certificates; it must have 1 to %u, leaf first"), n,
                   TRUST_LIMIT_CHAIN_CERTIFICATES);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      TrustCertificate *certificate = parse_link (chain, i, error);

      if (certificate == NULL)
        return FALSE;
      g_ptr_array_add (certificates, certificate);
    }

  Verify *verify = g_new0 (Verify, 1);

  g_variant_lookup (options, "purpose", "&s", &purpose);
  g_variant_lookup (options, "name", "s", &verify->name);
  g_variant_lookup (options, "store", "&s", &store);
  verify->purpose = g_strdup (purpose);
  verify->store = g_strdup (store);
  verify->request = (TrustVerifyRequest) { g_steal_pointer (&certificates), verify->purpose, verify->name, verify->store, 0 };
  *out = (TrustDoorRequest) { verify, verify_free };
  return TRUE;
}

gboolean
trust_handle_verify (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                     GError **error)
{
  const Verify *verify = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  if (!trust_lookup_store (snapshot, verify->store, error))
    return FALSE;

  g_autoptr (TrustVerdict) verdict = trust_verifier_verify (snapshot, &verify->request);

  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_verdict (verdict, snapshot->generation)));
  return TRUE;
}
