/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/units.h"

#include "client/cli/agent.h"
#include "client/cli/process.h"
#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define SYSTEMD "org.freedesktop.systemd1"
#define MANAGER SYSTEMD ".Manager"
#define PATH "/org/freedesktop/systemd1"
/* A unit may take its time to stop: systemd's own limit is 90 seconds. */
#define JOB_SECONDS 120
/* Somebody may have to type a password. */
#define CALL_MILLISECONDS (120 * 1000)

/* One manager: the system's, or the caller's own. */
typedef struct
{
  GDBusConnection *bus; /* (owned) (nullable) */
  GHashTable *ended;    /* (owned) a job's path -> its result */
  guint subscription;
} Manager;

struct _Units
{
  Manager managers[2]; /* the system's, the caller's */
  gboolean interactive;
  GSubprocess *agent; /* (owned) (nullable) */
};

/* Beginnings of names: the bus and the login manager, sessions of people and their screens. */
static const char *const sensitive[] = { "dbus.",
                                         "dbus-broker.",
                                         "systemd-logind.",
                                         "user@",
                                         "user-runtime-dir@",
                                         "getty@",
                                         "serial-getty@",
                                         "display-manager.",
                                         "gdm",
                                         "sddm.",
                                         "lightdm.",
                                         "init.scope",
                                         "-.",
                                         NULL };

Units *
units_new (gboolean interactive)
{
  Units *units = g_new0 (Units, 1);
  units->interactive = interactive;
  return units;
}

static void
close_manager (Manager *manager)
{
  if (manager->bus != NULL)
    g_dbus_connection_signal_unsubscribe (manager->bus, manager->subscription);
  g_clear_object (&manager->bus);
  g_clear_pointer (&manager->ended, g_hash_table_unref);
}

void
units_free (Units *units)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units->managers); i++)
    close_manager (&units->managers[i]);
  agent_stop (units->agent);
  g_free (units);
}

const char *
units_find_reason (const char *name, const char *own)
{
  if (!process_is_unit (name))
    return _ ("it has no name that systemd knows");
  if (g_strcmp0 (name, own) == 0)
    return _ ("this command runs in it");
  if (g_str_has_suffix (name, ".scope"))
    return _ ("systemd did not start it, and cannot start it again");
  for (const char *const *begin = sensitive; *begin != NULL; begin++)
    if (g_str_has_prefix (name, *begin))
      return _ ("its restart would end sessions, or the way to this machine");
  return NULL;
}

/* JobRemoved (id, job, unit, result). */
static void
on_job_removed (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters,
                gpointer user_data)
{
  const char *job, *result;
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (parameters, "(u&o&s&s)", NULL, &job, NULL, &result);
  g_hash_table_insert (((Manager *) user_data)->ended, g_strdup (job), g_strdup (result));
}

static gboolean
open_manager (Manager *manager, GBusType type, GError **error)
{
  if (manager->bus != NULL)
    return TRUE;
  manager->bus = g_bus_get_sync (type, NULL, error);
  if (manager->bus == NULL)
    return FALSE;
  g_dbus_connection_set_exit_on_close (manager->bus, FALSE);
  manager->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  manager->subscription = g_dbus_connection_signal_subscribe (manager->bus, SYSTEMD, MANAGER, "JobRemoved", PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                              on_job_removed, manager, NULL);
  /* Without this systemd is silent where nobody else listens. */
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (manager->bus, SYSTEMD, PATH, MANAGER, "Subscribe", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
                                                            CALL_MILLISECONDS, NULL, NULL);
  return TRUE;
}

static gboolean
on_timeout (gpointer timed_out)
{
  *(gboolean *) timed_out = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits until JOB is over. */
static gboolean
wait_for_job (Manager *manager, const char *job, GError **error)
{
  gboolean timed_out = FALSE;
  guint timeout = g_timeout_add_seconds (JOB_SECONDS, on_timeout, &timed_out);
  while (!timed_out && !g_hash_table_contains (manager->ended, job) && !g_dbus_connection_is_closed (manager->bus))
    g_main_context_iteration (NULL, TRUE);
  if (!timed_out)
    g_source_remove (timeout);
  const char *result = g_hash_table_lookup (manager->ended, job);
  if (g_strcmp0 (result, "done") == 0 || g_strcmp0 (result, "skipped") == 0)
    return TRUE;
  g_autofree char *said = trust_text_printable (result, 40);
  if (result == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("it did not end within %d seconds; see systemctl list-jobs"), JOB_SECONDS);
  else
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("systemd says “%s”; see systemctl status and journalctl of it"), said);
  return FALSE;
}

/* Takes FAILURE over. */
static void
explain (GError **error, GError *failure)
{
  g_autofree char *name = g_dbus_error_get_remote_error (failure);
  gboolean denied = g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
                    || g_error_matches (failure, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED)
                    || g_strcmp0 (name, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") == 0;
  g_dbus_error_strip_remote_error (failure);
  g_autofree char *said = trust_text_printable (failure->message, 200);
  g_set_error (error, TRUST_ERROR, denied ? TRUST_ERROR_NOT_AUTHORIZED : TRUST_ERROR_FAILED, "%s", said);
  g_error_free (failure);
}

gboolean
units_reload (Units *units, const char *name, gint64 user, GError **error)
{
  Manager *manager = &units->managers[user < 0 ? 0 : 1];
  GError *failure = NULL;
  if (user >= 0 && user != (gint64) getuid ())
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED, _ ("it is a unit of user %" PRId64 ", who alone may start it again"), user);
      return FALSE;
    }
  if (!open_manager (manager, user < 0 ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, &failure))
    {
      explain (error, failure);
      return FALSE;
    }
  if (units->interactive && user < 0 && units->agent == NULL)
    units->agent = agent_start ();
  GDBusCallFlags flags = units->interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION : G_DBUS_CALL_FLAGS_NONE;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (manager->bus, SYSTEMD, PATH, MANAGER, "ReloadOrTryRestartUnit",
                                                            g_variant_new ("(ss)", name, "replace"), G_VARIANT_TYPE ("(o)"), flags, CALL_MILLISECONDS,
                                                            NULL, &failure);
  if (reply == NULL)
    {
      explain (error, failure);
      return FALSE;
    }
  const char *job;
  g_variant_get (reply, "(&o)", &job);
  return wait_for_job (manager, job, error);
}
