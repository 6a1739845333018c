/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

static gboolean
check_writable (const TrustEngine *engine, GError **error)
{
  if (engine->flags == TRUST_ENGINE_WRITABLE)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "The store was opened for reading only");
  return FALSE;
}

G_GNUC_PRINTF (3, 4)
static void
tell (TrustEngine *engine, const TrustCaller *caller, const char *format, ...)
{
  g_autoptr (GPtrArray) waiting = NULL;
  g_autofree char *what = NULL;
  va_list arguments;

  if (engine->requests_changed == NULL)
    return;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  waiting = trust_requests_list (engine->requests, trust_engine_get_time (engine), NULL);
  engine->requests_changed (waiting->len, caller, what, engine->requests_changed_data);
}

void
trust_engine_set_requests_listener (TrustEngine *engine, TrustRequestsChanged changed, gpointer user_data)
{
  engine->requests_changed = changed;
  engine->requests_changed_data = user_data;
}

TrustRequest *
trust_engine_request_add (TrustEngine *engine, const TrustWish *wish, const TrustCaller *caller, GError **error)
{
  gint64 now = trust_engine_get_time (engine);
  g_autoptr (TrustRequest) request = check_writable (engine, error) ? trust_request_new (wish, caller, now, error) : NULL;
  gboolean added = FALSE;

  if (request == NULL || !trust_requests_add (engine->requests, request, now, &added, error))
    return NULL;
  if (added)
    tell (engine, caller, "Request %s: %s would like to trust %u certificates", request->id, request->who, request->certificates->len);
  return g_steal_pointer (&request);
}

GPtrArray *
trust_engine_request_list (TrustEngine *engine, GPtrArray *reports)
{
  return trust_requests_list (engine->requests, trust_engine_get_time (engine), reports);
}

TrustRequest *
trust_engine_request_find (TrustEngine *engine, const char *id, GError **error)
{
  return trust_requests_find (engine->requests, id, trust_engine_get_time (engine), error);
}

/* Both the wish's reason and who had it fit in what a reason may be: the reason is cut. */
static char *
make_reason (const TrustRequest *request, const char *reason)
{
  const char *given = reason != NULL && *reason != '\0' ? reason : request->reason;
  g_autofree char *asked = g_strdup_printf ("requested by %s", request->who);
  glong left = (glong) TRUST_LIMIT_REASON_CHARS - g_utf8_strlen (asked, -1) - 3;

  if (*given == '\0')
    return g_steal_pointer (&asked);
  if (g_utf8_strlen (given, -1) <= left)
    return g_strdup_printf ("%s (%s)", given, asked);

  g_autofree char *cut = g_utf8_substring (given, 0, left - 1);

  return g_strdup_printf ("%s… (%s)", cut, asked);
}

TrustChange *
trust_engine_request_to_change (TrustRequest *request, const char *reason)
{
  gboolean in_system = g_str_equal (request->store, TRUST_STORE_SYSTEM);
  TrustChange *change = trust_change_new (in_system ? TRUST_CHANGE_ADD : TRUST_CHANGE_STORE_ADD);

  for (guint i = 0; i < request->certificates->len; i++)
    g_ptr_array_add (change->certificates, trust_certificate_ref (request->certificates->pdata[i]));
  change->purposes = trust_purposes_ref (request->purposes);
  change->label = *request->label != '\0' ? g_strdup (request->label) : NULL;
  change->store = in_system ? NULL : g_strdup (request->store);
  change->reason = make_reason (request, reason);
  change->request = g_strdup (request->id);
  return change;
}

TrustOutcome *
trust_engine_request_approve (TrustEngine *engine, const char *id, const char *reason, const TrustCaller *caller, GError **error)
{
  g_autoptr (TrustRequest) request = check_writable (engine, error) ? trust_engine_request_find (engine, id, error) : NULL;
  g_autoptr (TrustChange) change = request != NULL ? trust_engine_request_to_change (request, reason) : NULL;
  TrustOutcome *outcome = change != NULL ? trust_engine_apply (engine, change, caller, error) : NULL;

  if (outcome != NULL)
    tell (engine, caller, "Request %s was approved", id);
  return outcome;
}

gboolean
trust_engine_request_deny (TrustEngine *engine, const char *id, const char *reason, const TrustCaller *caller, GError **error)
{
  if (!check_writable (engine, error) || !trust_requests_remove (engine->requests, id, error))
    return FALSE;
  trust_requests_sweep (engine->requests, trust_engine_get_time (engine));
  tell (engine, caller, "Request %s was denied%s%s", id, reason != NULL ? ": " : "", reason != NULL ? reason : "");
  return TRUE;
}
