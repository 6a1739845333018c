/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-requests.h"

#include "core/text.h"
#include "facade/changes.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

static const TrustOption wish_options[] = {
  { "purposes", "as", trust_option_is_purposes },
  { "label", "s", trust_option_is_label },
  { "reason", "s", trust_option_is_reason },
  { "store", "s", trust_option_is_store },
};

static const TrustOption answer_options[] = {
  { "reason", "s", trust_option_is_reason },
};

/* An administrator's answer. */
typedef struct
{
  char *id;     /* (owned) */
  char *reason; /* (owned) (nullable) */
} Answer;

static TrustWish
get_wish (const TrustChange *change)
{
  return (TrustWish) { change->certificates, change->purposes, change->label, change->reason, change->store };
}

static gboolean
read_wish (TrustChange *change, GVariant *options, GError **error)
{
  g_autofree const char **purposes = NULL;

  if (!trust_options_check (options, wish_options, G_N_ELEMENTS (wish_options), error))
    return FALSE;
  g_variant_lookup (options, "label", "s", &change->label);
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "store", "s", &change->store);
  if (!g_variant_lookup (options, "purposes", "^a&s", &purposes))
    return TRUE;
  change->purposes = trust_purposes_new (purposes, error);
  return change->purposes != NULL;
}

/* A wish is parsed as the add that it may become. */
gboolean
trust_parse_request (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) input = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustCaller) nobody = trust_caller_new ("bus");
  g_autoptr (TrustRequest) tried = NULL;
  TrustWish wish;

  if (g_variant_get_size (input) > TRUST_LIMIT_REQUEST_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   _ ("The request has %zu bytes; at most %u are kept: ask for fewer certificates at once"), g_variant_get_size (input),
                   TRUST_LIMIT_REQUEST_BYTES);
      return FALSE;
    }
  if (!read_wish (change, options, error) || !trust_change_read_bytes (change, input, error))
    return FALSE;
  /* All its limits, before anybody is asked. */
  wish = get_wish (change);
  tried = trust_request_new (&wish, nobody, 0, error);
  if (tried == NULL)
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_handle_request (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  TrustWish wish = get_wish (request->data);
  g_autoptr (TrustRequest) kept = trust_engine_request_add (engine, &wish, caller, error);

  if (kept == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(s)", kept->id));
  return TRUE;
}

gboolean
trust_handle_list_requests (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GPtrArray) requests = trust_engine_request_list (engine, NULL);

  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", trust_view_requests (snapshot, requests)));
  return TRUE;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->id);
  g_free (answer->reason);
  g_free (answer);
}

gboolean
trust_parse_answer (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  const char *id = NULL;
  Answer *answer = NULL;

  g_variant_get_child (parameters, 0, "&s", &id);
  if (!trust_request_check_id (id, error) || !trust_options_check (options, answer_options, G_N_ELEMENTS (answer_options), error))
    return FALSE;
  answer = g_new0 (Answer, 1);
  answer->id = g_strdup (id);
  g_variant_lookup (options, "reason", "s", &answer->reason);
  *out = (TrustDoorRequest) { answer, answer_free };
  return TRUE;
}

TrustChange *
trust_answer_to_change (const TrustDoorRequest *request, TrustEngine *engine, GError **error)
{
  const Answer *answer = request->data;
  g_autoptr (TrustRequest) asked = trust_engine_request_find (engine, answer->id, error);

  return asked != NULL ? trust_engine_request_to_change (asked, answer->reason) : NULL;
}

static void
describe_request (TrustRequest *asked, const char *answer, TrustEngine *engine, GHashTable *details)
{
  g_autoptr (TrustChange) change = trust_engine_request_to_change (asked, NULL);
  TrustDoorRequest request = { change, NULL };

  /* All of its certificates are given: nothing has to be looked up. */
  trust_describe_change (&request, engine, details, NULL);
  g_hash_table_insert (details, g_strdup ("requester"), trust_text_printable (asked->who, TRUST_LIMIT_DIALOG_CHARS));
  g_hash_table_insert (details, g_strdup ("request"), g_strdup (asked->id));
  g_hash_table_insert (details, g_strdup ("answer"), g_strdup (answer));
}

gboolean
trust_describe_approval (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const Answer *answer = request->data;
  g_autoptr (TrustRequest) asked = trust_engine_request_find (engine, answer->id, error);

  if (asked == NULL)
    return FALSE;
  describe_request (asked, _ ("trust"), engine, details);
  return TRUE;
}

/* A damaged one can be denied: then there is only its id to be shown. */
gboolean
trust_describe_denial (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  const Answer *answer = request->data;
  g_autoptr (GError) local = NULL;
  g_autoptr (TrustRequest) asked = trust_engine_request_find (engine, answer->id, &local);

  if (asked != NULL)
    {
      describe_request (asked, _ ("do not trust"), engine, details);
      return TRUE;
    }
  if (g_error_matches (local, TRUST_ERROR, TRUST_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_hash_table_insert (details, g_strdup ("subject"), g_strdup (_ ("a damaged request")));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (""));
  g_hash_table_insert (details, g_strdup ("terms"), g_strdup (""));
  g_hash_table_insert (details, g_strdup ("requester"), g_strdup (_ ("an unknown user")));
  g_hash_table_insert (details, g_strdup ("request"), g_strdup (answer->id));
  g_hash_table_insert (details, g_strdup ("answer"), g_strdup (_ ("do not trust")));
  return TRUE;
}

gboolean
trust_handle_approve (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const Answer *answer = request->data;
  g_autoptr (TrustOutcome) outcome = trust_engine_request_approve (engine, answer->id, answer->reason, caller, error);

  if (outcome == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (trust_view_outcome (outcome));
  return TRUE;
}

gboolean
trust_handle_deny (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const Answer *answer = request->data;
  g_autoptr (TrustSnapshot) snapshot = NULL;

  if (!trust_engine_request_deny (engine, answer->id, answer->reason, caller, error))
    return FALSE;
  snapshot = trust_engine_get_snapshot (engine);
  out->reply = g_variant_ref_sink (g_variant_new ("(t)", snapshot->generation));
  return TRUE;
}
