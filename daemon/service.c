/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/service.h"

#include "daemon/audit.h"
#include "daemon/clock.h"
#include "daemon/gate.h"
#include "daemon/log.h"
#include "daemon/outside-units.h"
#include "daemon/watcher.h"
#include "dbus/errors.h"
#include "dbus/names.h"

#include <glib-unix.h>
#include <signal.h>
#include <systemd/sd-daemon.h>

/* Another instance, or the offline tool, may be about to let go of the store. */
#define LOCK_PATIENCE_MS 5000u
#define LOCK_PAUSE_MS 20u
#define DRAIN_ROUNDS 5000u /* of the main loop, a second at least */
#define BUNDLE "/etc/ssl/certs/ca-certificates.crt"

typedef struct
{
  const TrustServiceOptions *options;
  TrustEngine *engine;         /* (owned) */
  TrustRoot *root;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  TrustWriter *writer;         /* (owned) */
  TrustGate *gate;             /* (owned) */
  TrustWatcher *watcher;       /* (owned) */
  TrustClock *clock;           /* (owned) (nullable) */
  GPtrArray *placed;           /* (owned) (nullable) the consumers that the watcher knows; the writer thread's */
  TrustActivity activity;
  GMainLoop *loop; /* (owned) */
  guint idle_timer;
  guint watchdog;   /* 0: nobody waits for a sign of life */
  guint64 patience; /* microseconds: of who does */
  guint signals[2];
  gboolean lost; /* the bus went away */
  gboolean told; /* to stop: by a signal, or because the bus is gone */
} Service;

static TrustEngine *
open_engine (const char *root, GError **error)
{
  for (guint waited = 0;; waited += LOCK_PAUSE_MS)
    {
      g_autoptr (GError) failure = NULL;
      TrustEngine *engine = trust_engine_open (root, TRUST_ENGINE_WRITABLE, &failure);

      if (engine != NULL)
        return engine;
      if (!g_error_matches (failure, TRUST_ERROR, TRUST_ERROR_BUSY) || waited >= LOCK_PATIENCE_MS)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_usleep (LOCK_PAUSE_MS * 1000);
    }
}

static GDBusConnection *
connect_bus (const char *bus, GError **error)
{
  if (g_str_equal (bus, "system"))
    return g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (g_str_equal (bus, "session"))
    return g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  return g_dbus_connection_new_for_address_sync (bus, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                 NULL, NULL, error);
}

/* Connecting and reading the store wait for different things, so they are done at the same time. */
typedef struct
{
  const char *bus;
  GDBusConnection *connection; /* (owned) (nullable) */
  GError *error;               /* (owned) (nullable) */
} Connecting;

static gpointer
connect_beside (gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->connection = connect_bus (connecting->bus, &connecting->error);
  return NULL;
}

static gboolean
open_both (Service *service, GError **error)
{
  Connecting connecting = { service->options->bus, NULL, NULL };
  GThread *thread = g_thread_new ("connect", connect_beside, &connecting);

  service->engine = open_engine (service->options->root, error);
  g_thread_join (thread);
  service->connection = connecting.connection;
  if (service->engine != NULL && service->connection != NULL)
    return TRUE;
  if (service->engine != NULL)
    g_propagate_error (error, g_steal_pointer (&connecting.error));
  g_clear_error (&connecting.error);
  return FALSE;
}

static GVariant *
call_bus (Service *service, const char *method, GVariant *parameters, GError **error)
{
  return g_dbus_connection_call_sync (service->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                                      parameters, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
}

static gboolean
own_name (Service *service, GError **error)
{
  enum
  {
    DO_NOT_QUEUE = 4,
    PRIMARY_OWNER = 1
  };
  g_autoptr (GVariant) reply = call_bus (service, "RequestName", g_variant_new ("(su)", ANCHORD_BUS_NAME, DO_NOT_QUEUE), error);
  guint32 result = 0;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(u)", &result);
  if (result == PRIMARY_OWNER)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY, "Another process owns %s on this bus", ANCHORD_BUS_NAME);
  return FALSE;
}

/* In the writer thread. */
static void
on_changed (guint64 generation, const TrustAnchorSetDiff *diff, gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (service->engine);
  guint n_anchors = trust_anchor_set_get_n_anchors (snapshot->set);

  if (service->gate != NULL)
    trust_gate_emit_changed (service->gate, generation, n_anchors, diff);
}

/* In the writer thread. */
static void
on_journalled (const TrustJournalIntent *intent, const char *head, gpointer user_data)
{
  trust_log_change (intent, head);
  trust_audit_change (intent, head);
}

/* In the writer thread. */
static void
on_requests_changed (guint waiting, const TrustCaller *caller, const char *what, gpointer user_data)
{
  Service *service = user_data;

  trust_log (TRUST_LOG_REQUEST, caller->uid, 0, "%s", what);
  if (service->gate != NULL)
    trust_gate_emit_requests (service->gate, waiting);
}

static gboolean
on_signal (gpointer user_data)
{
  Service *service = user_data;

  service->told = TRUE;
  g_main_loop_quit (service->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_bus_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  Service *service = user_data;

  service->lost = service->told = TRUE;
  g_main_loop_quit (service->loop);
}

/* Who would see a change in a store's folder? No path unit looks below the folder that it names. */
static gboolean
has_stores (Service *service)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (service->engine);

  return snapshot->stores->len > 0;
}

/* One timer, set again only for what is left of the time: an idle service does not wake. One with stores stays. */
static gboolean
on_idle_timer (gpointer user_data)
{
  Service *service = user_data;
  gint64 limit = (gint64) service->options->idle_exit * G_USEC_PER_SEC;
  gint64 left = service->activity.last + limit - g_get_monotonic_time ();

  if (g_atomic_int_get (&service->activity.in_flight) > 0 || !trust_writer_is_idle (service->writer))
    left = limit;
  service->idle_timer = 0;
  if (left <= 0 && has_stores (service))
    return G_SOURCE_REMOVE;
  if (left <= 0)
    g_main_loop_quit (service->loop);
  else
    service->idle_timer = g_timeout_add ((guint) (left / 1000) + 1, on_idle_timer, service);
  return G_SOURCE_REMOVE;
}

/* A sign of life: the main loop runs, and what the writer does has not taken longer than systemd's patience. That one is so long, and asked for so
 * seldom (half of it), that an idle service that stays wakes less than once a minute. */
static gboolean
on_watchdog (gpointer user_data)
{
  Service *service = user_data;
  gint64 begun = trust_writer_get_begun (service->writer);

  if (begun == 0 || g_get_monotonic_time () - begun < (gint64) service->patience)
    sd_notify (0, "WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

static void
follow_watchdog (Service *service)
{
  guint64 half = 0;

  if (sd_watchdog_enabled (0, &service->patience) <= 0)
    return;
  half = MIN (service->patience / 2, (guint64) G_MAXUINT * 1000);
  /* Whole seconds are kept together with the other timers of this machine. */
  service->watchdog = half >= G_USEC_PER_SEC ? g_timeout_add_seconds ((guint) (half / G_USEC_PER_SEC), on_watchdog, service)
                                             : g_timeout_add ((guint) (half / 1000) + 1, on_watchdog, service);
}

static gboolean
start (Service *service, GError **error)
{
  const TrustServiceOptions *options = service->options;

  anchord_errors_register ();
  if (options->units)
    trust_outside_set (&trust_outside_units);
  service->root = trust_root_new (options->root, error);
  if (service->root == NULL || !open_both (service, error))
    return FALSE;
  g_dbus_connection_set_exit_on_close (service->connection, FALSE);
  g_signal_connect (service->connection, "closed", G_CALLBACK (on_bus_closed), service);
  service->writer = trust_writer_new (service->engine, service->root, BUNDLE);
  service->gate = trust_gate_new (service->connection, service->engine, service->writer, &service->activity, error);
  if (service->gate == NULL)
    return FALSE;
  trust_engine_set_listener (service->engine, on_changed, service);
  trust_engine_set_journal_listener (service->engine, on_journalled, service);
  trust_engine_set_requests_listener (service->engine, on_requests_changed, service);
  return own_name (service, error);
}

/* In the main loop. */
static gboolean
follow (gpointer user_data)
{
  Service *service = user_data;

  if (service->watcher != NULL)
    trust_watcher_follow (service->watcher);
  return G_SOURCE_REMOVE;
}

/* In the writer thread. */
static void
on_worked (gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (service->engine);

  if (service->clock != NULL)
    trust_clock_follow (service->clock);
  if (snapshot->placed == service->placed)
    return;
  g_clear_pointer (&service->placed, g_ptr_array_unref);
  service->placed = g_ptr_array_ref (snapshot->placed);
  g_idle_add (follow, service);
}

/* After the name is owned, so that the first caller waits for none of it. */
static gboolean
settle (gpointer user_data)
{
  Service *service = user_data;
  g_autoptr (GError) error = NULL;

  service->watcher = trust_watcher_new (service->engine, service->root, BUNDLE, service->writer, &error);
  if (service->watcher == NULL)
    trust_log (TRUST_LOG_FAULT, -1, 0, "Changes on disk are not seen: %s", error->message);
  g_clear_error (&error);
  service->clock = trust_clock_new (service->engine, service->writer, &error);
  trust_writer_set_listener (service->writer, on_worked, service);
  if (service->clock == NULL)
    trust_log (TRUST_LOG_FAULT, -1, 0, "Trust that ends does so at the next change only: %s", error->message);
  /* Only now: what changed before the watches stood is seen by this look. */
  trust_writer_want (service->writer, TRUST_WANT_START);
  return G_SOURCE_REMOVE;
}

/* Calls that reached us before the bus took the name back are answered; later ones start the next instance. Who
 * waits for polkit goes on waiting, unless we were told to stop. */
static void
drain (Service *service)
{
  g_autoptr (GVariant) reply = NULL;

  sd_notify (0, "STOPPING=1");
  trust_log (TRUST_LOG_STOPPING, -1, 0, "Stopping");
  if (!service->lost)
    reply = call_bus (service, "ReleaseName", g_variant_new ("(s)", ANCHORD_BUS_NAME), NULL);
  /* Who goes on calling our own address, which no one was told, does not keep us. */
  for (guint round = 0; (g_main_context_iteration (NULL, FALSE) && round < DRAIN_ROUNDS) || g_atomic_int_get (&service->activity.in_flight) > 0;
       round++)
    {
      if (service->told)
        trust_gate_dismiss (service->gate);
      g_usleep (200);
    }
}

static void
stop (Service *service)
{
  g_clear_handle_id (&service->idle_timer, g_source_remove);
  g_clear_handle_id (&service->watchdog, g_source_remove);
  g_clear_pointer (&service->watcher, trust_watcher_free);
  if (service->writer != NULL)
    trust_writer_set_listener (service->writer, NULL, NULL);
  g_clear_pointer (&service->clock, trust_clock_free);
  g_clear_pointer (&service->writer, trust_writer_free);
  g_clear_pointer (&service->placed, g_ptr_array_unref);
  if (service->engine != NULL)
    {
      trust_engine_set_listener (service->engine, NULL, NULL);
      trust_engine_set_journal_listener (service->engine, NULL, NULL);
      trust_engine_set_requests_listener (service->engine, NULL, NULL);
    }
  g_clear_pointer (&service->gate, trust_gate_free);
  if (service->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (service->connection, service);
      if (!service->lost)
        g_dbus_connection_flush_sync (service->connection, NULL, NULL);
    }
  g_clear_object (&service->connection);
  g_clear_pointer (&service->engine, trust_engine_free);
  g_clear_pointer (&service->root, trust_root_unref);
  for (guint i = 0; i < G_N_ELEMENTS (service->signals); i++)
    g_clear_handle_id (&service->signals[i], g_source_remove);
  g_main_loop_unref (service->loop);
}

gboolean
trust_service_once (const TrustServiceOptions *options, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (TrustEngine) engine = NULL;

  if (options->units)
    trust_outside_set (&trust_outside_units);
  engine = trust_engine_open (options->root, TRUST_ENGINE_WRITABLE, &failure);
  if (engine != NULL)
    return trust_engine_refresh (engine, NULL, error) && trust_engine_heal (engine, error);
  if (g_error_matches (failure, TRUST_ERROR, TRUST_ERROR_BUSY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A maintainer's script runs when the service was just stopped: whoever still holds the lock is about to leave. */
#define HAND_BACK_PATIENCE (30 * G_TIME_SPAN_SECOND)

gboolean
trust_service_hand_back (const TrustServiceOptions *options, gboolean resume, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + HAND_BACK_PATIENCE;
  g_autoptr (TrustEngine) engine = NULL;
  g_autoptr (TrustChange) change = trust_change_new (resume ? TRUST_CHANGE_RESUME : TRUST_CHANGE_HANDBACK);
  g_autoptr (TrustCaller) caller = trust_caller_new ("package");
  g_autoptr (TrustOutcome) outcome = NULL;

  while (engine == NULL)
    {
      g_autoptr (GError) failure = NULL;

      engine = trust_engine_open (options->root, TRUST_ENGINE_WRITABLE, &failure);
      if (engine != NULL || (g_error_matches (failure, TRUST_ERROR, TRUST_ERROR_BUSY) && g_get_monotonic_time () < deadline))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  change->by_package = TRUE;
  if (!trust_engine_refresh (engine, NULL, error))
    return FALSE;
  outcome = trust_engine_apply (engine, change, caller, error);
  for (guint i = 0; outcome != NULL && i < outcome->notices->len; i++)
    g_printerr ("anchord: %s\n", (const char *) outcome->notices->pdata[i]);
  if (outcome == NULL || resume || !trust_engine_is_unfinished (engine))
    return outcome != NULL;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "Not all files could be given back; what is above says why");
  return FALSE;
}

gboolean
trust_service_run (const TrustServiceOptions *options, GError **error)
{
  Service service = { .options = options, .loop = g_main_loop_new (NULL, FALSE) };
  gboolean started = FALSE;

  service.signals[0] = g_unix_signal_add (SIGTERM, on_signal, &service);
  service.signals[1] = g_unix_signal_add (SIGINT, on_signal, &service);
  started = start (&service, error);
  if (started)
    {
      sd_notify (0, "READY=1");
      trust_log (TRUST_LOG_READY, -1, 0, "Ready under %s", options->root);
      service.activity.last = g_get_monotonic_time ();
      if (options->idle_exit > 0)
        service.idle_timer = g_timeout_add_seconds ((guint) options->idle_exit, on_idle_timer, &service);
      follow_watchdog (&service);
      g_idle_add (settle, &service);
      g_main_loop_run (service.loop);
      drain (&service);
    }
  stop (&service);
  if (started && service.lost)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "The connection to the bus was lost");
      return FALSE;
    }
  return started;
}
