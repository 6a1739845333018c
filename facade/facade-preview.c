/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-preview.h"

#include "core/text.h"
#include "facade/changes.h"
#include "facade/facade-requests.h"
#include "facade/views-journal.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

#define SHOWN_CHARS 64 /* of a foreign word, in a message */

/* The call that is previewed. */
typedef struct
{
  const TrustDoor *door;
  TrustDoorRequest request; /* (owned) */
} Previewed;

static void
previewed_free (gpointer data)
{
  Previewed *previewed = data;

  trust_door_request_clear (&previewed->request);
  g_free (previewed);
}

/* "INTERFACE.MEMBER" of a door that changes trust; no other has anything to preview. (nullable) */
static const TrustDoor *
find_door (const char *method, GError **error)
{
  g_auto (GStrv) words = g_strsplit (method, ".", 3);
  const TrustDoor *door = g_strv_length (words) == 2 ? trust_door_find (TRUST_DOOR_METHOD, words[0], words[1]) : NULL;
  g_autofree char *shown = NULL;

  if (door != NULL && (door->handle == trust_handle_change || door->handle == trust_handle_approve))
    return door;
  shown = trust_text_printable (method, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"%s\" is no method that changes trust; give one like \"Anchors.Add\""), shown);
  return NULL;
}

gboolean
trust_parse_preview (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) inner = NULL;
  const char *method = NULL;
  const TrustDoor *door = NULL;
  TrustDoorRequest request = { NULL, NULL };
  Previewed *previewed = NULL;

  g_variant_get (parameters, "(&sv)", &method, &inner);
  door = find_door (method, error);
  if (door == NULL || !trust_door_parse (door, inner, fds, &request, error))
    return FALSE;
  previewed = g_new0 (Previewed, 1);
  *previewed = (Previewed) { door, request };
  *out = (TrustDoorRequest) { previewed, previewed_free };
  return TRUE;
}

static gboolean
preview (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustCaller) nobody = caller == NULL ? trust_caller_new ("preview") : NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_preview (engine, change, caller != NULL ? caller : nobody, &changes, error);
  g_autoptr (GVariant) told = NULL, results = NULL, notices = NULL;

  if (outcome == NULL)
    return FALSE;
  told = g_variant_ref_sink (trust_change_view (change, outcome));
  results = g_variant_get_child_value (told, 1);
  notices = g_variant_get_child_value (told, 2);
  out->reply = g_variant_ref_sink (g_variant_new ("(t@aa{sv}@as@aa{sv})", outcome->generation, results, notices, trust_view_changes (changes)));
  return TRUE;
}

gboolean
trust_handle_preview (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const Previewed *previewed = request->data;
  g_autoptr (TrustChange) approval = NULL;

  if (previewed->door->handle == trust_handle_change)
    return preview (engine, previewed->request.data, caller, out, error);
  approval = trust_answer_to_change (&previewed->request, engine, error);
  return approval != NULL && preview (engine, approval, caller, out, error);
}
