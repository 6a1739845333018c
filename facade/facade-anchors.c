/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-anchors.h"

#include "facade/bundles.h"
#include "facade/lookup.h"
#include "facade/pages.h"
#include "facade/views.h"

gboolean
trust_handle_list (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  const TrustPageRequest *asked = request->data;

  if (!trust_lookup_store (snapshot, asked->store, error))
    return FALSE;
  out->reply = trust_page_get (snapshot, asked);
  return TRUE;
}

void
trust_look_ahead_in_list (TrustEngine *engine, const TrustDoorRequest *request)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  const TrustPageRequest *asked = request->data;

  if (trust_snapshot_find_set (snapshot, asked->store) != NULL)
    trust_page_look_ahead (snapshot, asked);
}

gboolean
trust_handle_get (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  TrustNamed named;

  if (!trust_lookup (snapshot, request->data, &named, error))
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_detail (snapshot, named.anchor, named.distrust)));
  return TRUE;
}

gboolean
trust_handle_get_bundle (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  guint64 size = 0;
  int fd = trust_bundle_open (snapshot, request->data, &size, error);

  if (fd < 0)
    return FALSE;
  out->fds = g_unix_fd_list_new_from_array (&fd, 1);
  out->reply = g_variant_ref_sink (g_variant_new ("(htt)", 0, size, snapshot->generation));
  return TRUE;
}

gboolean
trust_is_bundle_ready (TrustEngine *engine, const TrustDoorRequest *request)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  return trust_bundle_is_ready (snapshot, request->data);
}

gboolean
trust_handle_get_status (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) requests = trust_engine_request_list (engine, reports);
  GVariant *status = NULL;
  char *fault = NULL;

  trust_engine_shows_callers (engine, &fault);
  if (fault != NULL)
    g_ptr_array_add (reports, fault);
  trust_view_add_crl_reports (snapshot->kept, g_get_real_time () / G_USEC_PER_SEC, reports);
  status = trust_view_status (snapshot, trust_engine_count_waiting_hooks (engine), requests->len, reports);
  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", status));
  return TRUE;
}

gboolean
trust_handle_generation (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new_uint64 (snapshot->generation));
  return TRUE;
}

gboolean
trust_handle_anchor_count (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new_uint32 (trust_anchor_set_get_n_anchors (snapshot->set)));
  return TRUE;
}

gboolean
trust_handle_distribution (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (trust_view_text (trust_distribution_get_name (snapshot->distribution)));
  return TRUE;
}

gboolean
trust_handle_version (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  out->reply = g_variant_ref_sink (g_variant_new_string (PACKAGE_VERSION));
  return TRUE;
}
