/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/outside-units.h"

#include "core/error.h"

#define CONF_UNIT "anchord-conf.service"
#define PATIENCE_MS 10000
#define MANAGER "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"

typedef struct
{
  GMainContext *context; /* (owned) the calling thread's, for the time of the wait */
  GHashTable *results;   /* (owned) job path -> result, of all jobs that ended meanwhile */
  gboolean timed_out;
} Wait;

static void
on_job_removed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters,
                gpointer user_data)
{
  Wait *wait = user_data;
  const char *job = NULL, *result = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (parameters, "(u&o&s&s)", NULL, &job, NULL, &result);
  g_hash_table_insert (wait->results, g_strdup (job), g_strdup (result));
}

static gboolean
on_timeout (gpointer user_data)
{
  ((Wait *) user_data)->timed_out = TRUE;
  return G_SOURCE_REMOVE;
}

/* JOB has ended, or the time has. */
static gboolean
wait_for_job (Wait *wait, const char *job, GError **error)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (PATIENCE_MS);
  const char *result = NULL;

  g_source_set_callback (timeout, on_timeout, wait, NULL);
  g_source_attach (timeout, wait->context);
  while ((result = g_hash_table_lookup (wait->results, job)) == NULL && !wait->timed_out)
    g_main_context_iteration (wait->context, TRUE);
  g_source_destroy (timeout);
  if (g_strcmp0 (result, "done") == 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE,
               "the edit of /etc/ca-certificates.conf by " CONF_UNIT " did not succeed (%s); see \"systemctl status " CONF_UNIT "\"",
               result != NULL ? result : "no end within 10 s");
  return FALSE;
}

/* A signal about a job comes only to who subscribed; who has done so already is told by an error, which is no fault. */
static gboolean
call_subscription (GDBusConnection *connection, const char *method, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (connection, MANAGER, method, NULL, NULL, G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, NULL,
                                                            &failure);
  g_autofree char *name = failure != NULL ? g_dbus_error_get_remote_error (failure) : NULL;

  if (reply != NULL || g_strcmp0 (name, "org.freedesktop.systemd1.AlreadySubscribed") == 0)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
run_unit (GDBusConnection *connection, Wait *wait, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  const char *job = NULL;

  if (!call_subscription (connection, "Subscribe", error))
    return FALSE;
  reply = g_dbus_connection_call_sync (connection, MANAGER, "StartUnit", g_variant_new ("(ss)", CONF_UNIT, "replace"), G_VARIANT_TYPE ("(o)"),
                                       G_DBUS_CALL_FLAGS_NONE, PATIENCE_MS, NULL, error);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(&o)", &job);
  return wait_for_job (wait, job, error);
}

static gboolean
edit_conf (TrustRoot *root, GError **error)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  Wait wait = { NULL, NULL, FALSE };

  if (connection == NULL)
    return FALSE;
  wait.context = g_main_context_new ();
  wait.results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  /* Signals of this wait come to this thread, not to the main loop. */
  g_main_context_push_thread_default (wait.context);

  guint subscription = g_dbus_connection_signal_subscribe (connection, "org.freedesktop.systemd1", "org.freedesktop.systemd1.Manager", "JobRemoved",
                                                           "/org/freedesktop/systemd1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_job_removed, &wait, NULL);
  gboolean done = run_unit (connection, &wait, error);

  /* Or every unit that comes and goes would be told to us from now on. */
  call_subscription (connection, "Unsubscribe", NULL);
  g_dbus_connection_signal_unsubscribe (connection, subscription);
  /* What was on its way still points to WAIT. */
  while (g_main_context_iteration (wait.context, FALSE))
    continue;
  g_main_context_pop_thread_default (wait.context);
  g_hash_table_unref (wait.results);
  g_main_context_unref (wait.context);
  return done;
}

const TrustOutside trust_outside_units = { edit_conf };
