/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/door.h"

#include "facade/bundles.h"
#include "facade/changes.h"
#include "facade/facade-anchors.h"
#include "facade/facade-audit.h"
#include "facade/facade-consumers.h"
#include "facade/facade-crls.h"
#include "facade/facade-export.h"
#include "facade/facade-import.h"
#include "facade/facade-journal.h"
#include "facade/facade-losses.h"
#include "facade/facade-preview.h"
#include "facade/facade-refresh.h"
#include "facade/facade-requests.h"
#include "facade/facade-rollback.h"
#include "facade/facade-stores.h"
#include "facade/facade-verifier.h"
#include "facade/facade-why.h"
#include "facade/pages.h"

#include <glib/gi18n-lib.h>

#define ACTION_ADD "org.anchord.Anchord1.add"
#define ACTION_REMOVE "org.anchord.Anchord1.remove"
#define ACTION_DISTRUST "org.anchord.Anchord1.distrust"
#define ACTION_SET "org.anchord.Anchord1.set"
#define ACTION_RESTORE "org.anchord.Anchord1.restore"
#define ACTION_REQUEST "org.anchord.Anchord1.request"
#define ACTION_APPROVE "org.anchord.Anchord1.approve"
#define ACTION_STORE "org.anchord.Anchord1.store"
#define ACTION_REFRESH "org.anchord.Anchord1.refresh"
#define ACTION_CRL "org.anchord.Anchord1.crl"
#define ACTION_CONSUMER "org.anchord.Anchord1.consumer"
#define ACTION_ROLLBACK "org.anchord.Anchord1.rollback"

/* Reading a page and making a bundle cost milliseconds: they run where verifications do, so that no other caller waits. */
/* clang-format off */
const TrustDoor trust_doors[] = {
  { TRUST_DOOR_METHOD, "Anchors", "Add", ACTION_ADD, TRUST_DOOR_WRITER, "(aya{sv})", trust_parse_add, trust_describe_change,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "AddSealed", ACTION_ADD, TRUST_DOOR_WRITER, "(ha{sv})", trust_parse_add_sealed,
    trust_describe_change, trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Remove", ACTION_REMOVE, TRUST_DOOR_WRITER, "(asa{sv})", trust_parse_remove,
    trust_describe_change, trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Distrust", ACTION_DISTRUST, TRUST_DOOR_WRITER, "(asa{sv})", trust_parse_distrust,
    trust_describe_change, trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Set", ACTION_SET, TRUST_DOOR_WRITER, "(asa{sv})", trust_parse_set, trust_describe_change,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Restore", ACTION_RESTORE, TRUST_DOOR_WRITER, "(asa{sv})", trust_parse_restore,
    trust_describe_change, trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Import", ACTION_ADD, TRUST_DOOR_WRITER, "(aaya{sv})", trust_parse_import, trust_describe_change,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "ImportSealed", ACTION_ADD, TRUST_DOOR_WRITER, "(ha{sv})", trust_parse_import_sealed,
    trust_describe_change, trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Refresh", ACTION_REFRESH, TRUST_DOOR_WRITER, "()", trust_parse_refresh, trust_describe_refresh,
    trust_handle_refresh, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Preview", NULL, TRUST_DOOR_PLANNER, "(sv)", trust_parse_preview, NULL, trust_handle_preview,
    NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "List", NULL, TRUST_DOOR_VERIFIER, "(a{sv}su)", trust_parse_list, NULL, trust_handle_list,
    NULL, trust_look_ahead_in_list },
  { TRUST_DOOR_METHOD, "Anchors", "Get", NULL, TRUST_DOOR_MAIN, "(s)", trust_parse_get, NULL, trust_handle_get, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Why", NULL, TRUST_DOOR_VERIFIER, "(s)", trust_parse_get, NULL, trust_handle_why, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "GetLosses", NULL, TRUST_DOOR_VERIFIER, "(sss)", trust_parse_get_losses, NULL,
    trust_handle_get_losses, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "GetBundle", NULL, TRUST_DOOR_VERIFIER, "(sss)", trust_parse_get_bundle, NULL,
    trust_handle_get_bundle, trust_is_bundle_ready, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "Export", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_export, NULL, NULL },
  { TRUST_DOOR_METHOD, "Anchors", "GetStatus", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_get_status, NULL, NULL },
  { TRUST_DOOR_PROPERTY, "Anchors", "Generation", NULL, TRUST_DOOR_MAIN, NULL, NULL, NULL, trust_handle_generation, NULL, NULL },
  { TRUST_DOOR_PROPERTY, "Anchors", "AnchorCount", NULL, TRUST_DOOR_MAIN, NULL, NULL, NULL, trust_handle_anchor_count, NULL, NULL },
  { TRUST_DOOR_PROPERTY, "Anchors", "Distribution", NULL, TRUST_DOOR_MAIN, NULL, NULL, NULL, trust_handle_distribution, NULL, NULL },
  { TRUST_DOOR_PROPERTY, "Anchors", "Version", NULL, TRUST_DOOR_MAIN, NULL, NULL, NULL, trust_handle_version, NULL, NULL },
  { TRUST_DOOR_METHOD, "Verifier", "Verify", NULL, TRUST_DOOR_VERIFIER, "(aaya{sv})", trust_parse_verify, NULL,
    trust_handle_verify, NULL, NULL },
  { TRUST_DOOR_METHOD, "Requests", "Create", ACTION_REQUEST, TRUST_DOOR_WRITER, "(aya{sv})", trust_parse_request, trust_describe_change,
    trust_handle_request, NULL, NULL },
  { TRUST_DOOR_METHOD, "Requests", "List", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_list_requests, NULL, NULL },
  { TRUST_DOOR_METHOD, "Requests", "Approve", ACTION_APPROVE, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_answer, trust_describe_approval,
    trust_handle_approve, NULL, NULL },
  { TRUST_DOOR_METHOD, "Requests", "Deny", ACTION_APPROVE, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_answer, trust_describe_denial,
    trust_handle_deny, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "Create", ACTION_STORE, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_store_create, trust_describe_store,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "Delete", ACTION_STORE, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_store_delete, trust_describe_store,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "Add", ACTION_STORE, TRUST_DOOR_WRITER, "(saya{sv})", trust_parse_store_add, trust_describe_store,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "Remove", ACTION_STORE, TRUST_DOOR_WRITER, "(sasa{sv})", trust_parse_store_remove, trust_describe_store,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "Narrow", ACTION_STORE, TRUST_DOOR_WRITER, "(sasa{sv})", trust_parse_store_narrow, trust_describe_store,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Stores", "List", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_list_stores, NULL, NULL },
  { TRUST_DOOR_METHOD, "Crls", "Add", ACTION_CRL, TRUST_DOOR_WRITER, "(aya{sv})", trust_parse_crl_add, trust_describe_crl,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Crls", "AddSealed", ACTION_CRL, TRUST_DOOR_WRITER, "(ha{sv})", trust_parse_crl_add_sealed, trust_describe_crl,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Crls", "Remove", ACTION_CRL, TRUST_DOOR_WRITER, "(asa{sv})", trust_parse_crl_remove, trust_describe_crl,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Crls", "List", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_list_crls, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "Enable", ACTION_CONSUMER, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_consumer_enable, trust_describe_consumer,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "Disable", ACTION_CONSUMER, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_consumer_disable, trust_describe_consumer,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "HandBack", ACTION_CONSUMER, TRUST_DOOR_WRITER, "(a{sv})", trust_parse_hand_back, trust_describe_hand_back,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "Resume", ACTION_CONSUMER, TRUST_DOOR_WRITER, "(a{sv})", trust_parse_resume, trust_describe_hand_back,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "Repair", ACTION_CONSUMER, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_consumer_repair, trust_describe_repair,
    trust_handle_repair, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "Check", NULL, TRUST_DOOR_VERIFIER, "(say)", trust_parse_consumer_check, NULL, trust_handle_consumer_check,
    NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "List", NULL, TRUST_DOOR_VERIFIER, "()", NULL, NULL, trust_handle_list_consumers, NULL, NULL },
  { TRUST_DOOR_METHOD, "Consumers", "GetLosses", NULL, TRUST_DOOR_VERIFIER, "(s)", trust_parse_consumer_name, NULL, trust_handle_consumer_losses,
    NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Log", NULL, TRUST_DOOR_VERIFIER, "(a{sv})", trust_parse_log, NULL, trust_handle_log, NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "At", NULL, TRUST_DOOR_VERIFIER, "(sa{sv})", trust_parse_at, NULL, trust_handle_at, NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Diff", NULL, TRUST_DOOR_VERIFIER, "(ss)", trust_parse_diff, NULL, trust_handle_diff, NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Verify", NULL, TRUST_DOOR_VERIFIER, "(a{sv})", trust_parse_verify_journal, NULL, trust_handle_verify_journal,
    NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Rollback", ACTION_ROLLBACK, TRUST_DOOR_WRITER, "(sa{sv})", trust_parse_rollback, trust_describe_rollback,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Undo", ACTION_ROLLBACK, TRUST_DOOR_WRITER, "(a{sv})", trust_parse_undo, trust_describe_rollback,
    trust_handle_change, NULL, NULL },
  { TRUST_DOOR_METHOD, "Journal", "Audit", NULL, TRUST_DOOR_VERIFIER, "(a{sv})", trust_parse_audit, NULL, trust_handle_audit, NULL, NULL },
};
/* clang-format on */
const guint trust_n_doors = G_N_ELEMENTS (trust_doors);

const TrustDoor *
trust_door_find (TrustDoorKind kind, const char *interface, const char *member)
{
  for (guint i = 0; i < trust_n_doors; i++)
    if (trust_doors[i].kind == kind && g_strcmp0 (trust_doors[i].interface, interface) == 0 && g_strcmp0 (trust_doors[i].member, member) == 0)
      return &trust_doors[i];
  return NULL;
}

gboolean
trust_door_parse (const TrustDoor *door, GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  *out = (TrustDoorRequest) { NULL, NULL };
  if (door->input != NULL && !g_variant_is_of_type (parameters, G_VARIANT_TYPE (door->input)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s takes %s, not %s"), door->member, door->input,
                   g_variant_get_type_string (parameters));
      return FALSE;
    }
  return door->parse == NULL || door->parse (parameters, fds, out, error);
}

void
trust_doors_give_back_memory (TrustEngine *engine)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  trust_page_forget_others (snapshot);
  trust_bundle_forget_others (snapshot);
  trust_export_forget_others (snapshot);
}

void
trust_door_request_clear (TrustDoorRequest *request)
{
  if (request->data != NULL && request->free_data != NULL)
    request->free_data (request->data);
  *request = (TrustDoorRequest) { NULL, NULL };
}

void
trust_door_reply_clear (TrustDoorReply *reply)
{
  g_clear_pointer (&reply->reply, g_variant_unref);
  g_clear_object (&reply->fds);
}
