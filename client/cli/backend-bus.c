/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/agent.h"
#include "client/cli/backend.h"
#include "client/lib/anchord.h"
#include "core/error.h"

#include <glib/gi18n.h>

typedef struct
{
  Backend base;
  AnchordClient *client; /* (owned) */
  GSubprocess *agent;    /* (owned) (nullable) */
  gboolean interactive;
} BusBackend;

/* What needs no authorization: before anything else polkit's agent is there. */
static const char *const reading_members[] = { "List", "Get", "GetBundle", "GetStatus", "GetLosses", "Why", "Preview", "Export", "Verify", NULL };

typedef struct
{
  int bus_code; /* of G_DBUS_ERROR */
  TrustError code;
  const char *message;
} Explanation;

#define NOT_THERE N_ ("the anchord service does not answer on the system bus; start it (systemctl start anchord), or work on its files with --root /")
#define LEFT N_ ("the anchord service left without an answer; anchorctl status tells what holds now")
#define TOO_OLD N_ ("the running anchord service does not know this call; restart it (systemctl restart anchord)")
#define DENIED N_ ("not authorized; run this as root, or as a user whom polkit lets do it")

static const Explanation explanations[] = {
  { G_DBUS_ERROR_SERVICE_UNKNOWN, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_NAME_HAS_NO_OWNER, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_EXEC_FAILED, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_FAILED, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_CHILD_EXITED, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_CHILD_SIGNALED, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_FILE_INVALID, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_TIMED_OUT, TRUST_ERROR_FAILED, NOT_THERE },
  { G_DBUS_ERROR_NO_REPLY, TRUST_ERROR_FAILED, LEFT },
  { G_DBUS_ERROR_DISCONNECTED, TRUST_ERROR_FAILED, LEFT },
  { G_DBUS_ERROR_UNKNOWN_METHOD, TRUST_ERROR_FAILED, TOO_OLD },
  { G_DBUS_ERROR_UNKNOWN_INTERFACE, TRUST_ERROR_FAILED, TOO_OLD },
  { G_DBUS_ERROR_UNKNOWN_OBJECT, TRUST_ERROR_FAILED, TOO_OLD },
  { G_DBUS_ERROR_ACCESS_DENIED, TRUST_ERROR_NOT_AUTHORIZED, DENIED },
  { G_DBUS_ERROR_AUTH_FAILED, TRUST_ERROR_NOT_AUTHORIZED, DENIED },
};

/* Takes FAILURE over; ours pass as they are, the bus's own are put in words that say what to do. */
static void
explain (GError **error, GError *failure)
{
  for (gsize i = 0; failure->domain == G_DBUS_ERROR && i < G_N_ELEMENTS (explanations); i++)
    if (failure->code == explanations[i].bus_code)
      {
        g_set_error (error, TRUST_ERROR, explanations[i].code, "%s (%s)", _ (explanations[i].message), failure->message);
        return g_error_free (failure);
      }
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CLOSED) || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "%s (%s)", _ (LEFT), failure->message);
      return g_error_free (failure);
    }
  g_propagate_error (error, failure);
}

static GVariant *
bus_call (Backend *backend, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds, GError **error)
{
  BusBackend *self = (BusBackend *) backend;
  if (self->interactive && self->agent == NULL && !g_strv_contains (reading_members, member))
    self->agent = agent_start ();
  GError *failure = NULL;
  GVariant *reply = anchord_client_call_sync (self->client, interface, member, parameters, fds, out_fds, NULL, &failure);
  if (reply == NULL)
    explain (error, failure);
  return reply;
}

static void
bus_close (Backend *backend)
{
  BusBackend *self = (BusBackend *) backend;
  agent_stop (self->agent);
  g_object_unref (self->client);
  g_free (self);
}

static const BackendClass bus_class = { bus_call, bus_close };

Backend *
backend_bus_open (gboolean interactive, GError **error)
{
  g_autoptr (GError) failure = NULL;
  AnchordClient *client = anchord_client_new_sync (interactive ? ANCHORD_CLIENT_INTERACTIVE : ANCHORD_CLIENT_NONE, NULL, &failure);
  if (client == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED,
                   _ ("there is no system bus to reach the anchord service by; start dbus, or work on its files with --root / (%s)"),
                   failure->message);
      return NULL;
    }
  BusBackend *self = g_new0 (BusBackend, 1);
  self->base.class = &bus_class;
  self->client = client;
  self->interactive = interactive;
  return &self->base;
}
