/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/call.h"

TrustCall *
trust_call_new (GDBusMethodInvocation *invocation, const TrustDoor *door, TrustEngine *engine, TrustActivity *activity)
{
  TrustCall *call = g_new0 (TrustCall, 1);

  call->invocation = invocation;
  call->door = door;
  call->engine = engine;
  call->activity = activity;
  g_atomic_int_inc (&activity->in_flight);
  return call;
}

/* The invocation was given away with its answer. */
static void
call_free (TrustCall *call)
{
  if (call->quota != NULL)
    trust_quota_give (call->quota, call->peer->uid, call->weight);
  trust_door_request_clear (&call->request);
  g_clear_pointer (&call->caller, trust_caller_free);
  g_clear_pointer (&call->peer, trust_peer_unref);
  call->activity->last = g_get_monotonic_time ();
  (void) g_atomic_int_dec_and_test (&call->activity->in_flight);
  g_free (call);
}

gboolean
trust_call_parse (TrustCall *call)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);
  GError *error = NULL;

  if (call->parsed)
    return TRUE;
  if (!trust_door_parse (call->door, g_dbus_method_invocation_get_parameters (call->invocation), g_dbus_message_get_unix_fd_list (message),
                         &call->request, &error))
    {
      trust_call_fail (call, error);
      return FALSE;
    }
  call->parsed = TRUE;
  return TRUE;
}

void
trust_call_run (TrustCall *call)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  GError *error = NULL;

  if (!call->door->handle (call->engine, &call->request, call->caller, &reply, &error))
    {
      trust_call_fail (call, error);
      return;
    }
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&call->invocation), reply.reply, reply.fds);
  if (call->door->look_ahead != NULL)
    call->door->look_ahead (call->engine, &call->request);
  call_free (call);
}

void
trust_call_fail (TrustCall *call, GError *error)
{
  g_dbus_method_invocation_take_error (g_steal_pointer (&call->invocation), error);
  call_free (call);
}

gboolean
trust_call_may_interact (TrustCall *call)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);

  return (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
}
