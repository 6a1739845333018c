/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/gate.h"

#include "daemon/log.h"
#include "daemon/sieve.h"
#include "daemon/throttle.h"
#include "dbus/introspection.h"
#include "dbus/names.h"

#define POOL_THREADS_MIN 2u
#define POOL_THREADS_MAX 8u
/* A change, or a preview of one, weighs one, with a descriptor as many as it brings more than a message may. What else waits is counted by the bytes
 * it holds. */
#define SEALED_WEIGHT (TRUST_LIMIT_INPUT_BYTES / TRUST_LIMIT_MESSAGE_BYTES)
#define BYTES_A_WEIGHT (64u * 1024)
#define REFUSALS_INTERVAL (60 * (gint64) G_USEC_PER_SEC)

struct _TrustGate
{
  GDBusConnection *connection; /* (owned) */
  TrustEngine *engine;         /* (borrowed) */
  TrustWriter *writer;         /* (borrowed) */
  TrustActivity *activity;     /* (borrowed) */
  TrustPeers *peers;           /* (owned) */
  TrustBouncer *bouncer;       /* (owned) */
  TrustQuota *changes;         /* (owned) */
  TrustQuota *verifications;   /* (owned) */
  TrustThrottle *refusals;     /* (owned) those that the system's log is told of */
  GThreadPool *pool;           /* (owned) parses changes, verifies, makes pages and bundles */
  GThreadPool *slow;           /* (owned) one thread for what may read all of the journal, or plans a change: nobody's Verify waits for it */
  gint dismissed;              /* atomic: what waits for that thread is not begun any more */
  GDBusNodeInfo *node;         /* (owned) */
  GArray *registrations;       /* (owned) of guint */
  guint sieve;
};

/* A call, and the gate it is passing. */
typedef struct
{
  TrustGate *gate;
  TrustCall *call;
  GHashTable *details; /* (owned) (nullable) what a dialog says */
} Passage;

static Passage *
passage_new (TrustGate *gate, TrustCall *call)
{
  Passage *passage = g_new (Passage, 1);

  *passage = (Passage) { gate, call, NULL };
  return passage;
}

/* In the main loop. */
static void
log_refusal (TrustGate *gate, const TrustCall *call, const GError *error)
{
  guint untold = 0;
  gboolean tells = trust_throttle_take (gate->refusals, call->peer->uid, g_get_monotonic_time (), &untold);

  if (untold > 0)
    trust_log (TRUST_LOG_REFUSED, -1, 0, "%u refusals more were not logged, because there were too many in a minute", untold);
  if (tells)
    trust_log (TRUST_LOG_REFUSED, call->peer->uid, 0, "%s was refused: %s", call->door->member, error->message);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Passage *passage = user_data;
  TrustCall *call = passage->call;
  GError *error = NULL;

  if (trust_bouncer_answer (result, &error))
    {
      trust_writer_push (passage->gate->writer, call);
      return;
    }
  /* The caller left and gets no answer anyway, or we do; what matters is that nothing is done. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      error = g_error_new_literal (TRUST_ERROR, TRUST_ERROR_BUSY, "The call ended before it was authorized; nothing was changed");
    }
  log_refusal (passage->gate, call, error);
  trust_call_fail (call, error);
}

/* The request is parsed and described: may the caller do it? */
static gboolean
on_described (gpointer user_data)
{
  Passage *passage = user_data;
  TrustCall *call = passage->call;
  g_autoptr (GHashTable) details = g_steal_pointer (&passage->details);

  trust_bouncer_ask (passage->gate->bouncer, call->peer->name, call->peer->uid, call->door->action, details, trust_call_may_interact (call),
                     call->peer->left, on_answer, passage);
  return G_SOURCE_REMOVE;
}

/* In the pool: twenty thousand fingerprints take their time. */
static void
describe (TrustGate *gate, TrustCall *call)
{
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GError *error = NULL;

  if (!call->door->describe (&call->request, call->engine, details, &error))
    {
      trust_call_fail (call, error);
      return;
    }

  Passage *passage = passage_new (gate, call);

  passage->details = g_steal_pointer (&details);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_described, passage, NULL);
}

static void
work_in_pool (gpointer data, gpointer user_data)
{
  TrustCall *call = data;

  trust_writer_want (((TrustGate *) user_data)->writer, TRUST_WANT_TRIM);
  if (!trust_call_parse (call))
    return;
  if (call->door->place == TRUST_DOOR_WRITER)
    describe (user_data, call);
  else
    trust_call_run (call);
}

/* May it read all of the journal, or plan a change? Anybody may ask for that. */
static gboolean
is_slow (const TrustCall *call)
{
  return call->door->place == TRUST_DOOR_PLANNER || g_str_equal (call->door->interface, "Journal");
}

/* In the thread for slow calls. */
static void
work_slowly (gpointer data, gpointer user_data)
{
  TrustGate *gate = user_data;

  if (g_atomic_int_get (&gate->dismissed))
    trust_call_fail (data, g_error_new_literal (TRUST_ERROR, TRUST_ERROR_BUSY, "anchord is stopping; nothing was changed, ask again"));
  else
    work_in_pool (data, gate);
}

/* Root's calls come first: others can't make an administrator wait for more than one of theirs. */
static int
compare_urgency (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TrustCall *one = a, *other = b;

  return (one->peer->uid != 0) - (other->peer->uid != 0);
}

/* Does it wait in the queue of changes? Each may take as long as all trust takes to plan anew, or the journal to read. */
static gboolean
is_change (const TrustCall *call)
{
  return call->door->place == TRUST_DOOR_WRITER || is_slow (call);
}

static guint
get_weight (const TrustCall *call)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);
  gboolean sealed = g_dbus_message_get_num_unix_fds (message) > 0;
  gsize size = g_variant_get_size (g_dbus_method_invocation_get_parameters (call->invocation));

  if (is_change (call))
    return sealed ? SEALED_WEIGHT : 1;
  return 1 + (guint) (size / BYTES_A_WEIGHT);
}

/* FALSE: too many wait, and the call was answered. */
static gboolean
enter_queue (TrustGate *gate, TrustCall *call)
{
  TrustQuota *quota = is_change (call) ? gate->changes : gate->verifications;

  call->weight = get_weight (call);
  if (trust_quota_take (quota, call->peer->uid, call->weight))
    {
      call->quota = quota;
      return TRUE;
    }
  trust_call_fail (call, g_error_new_literal (TRUST_ERROR, TRUST_ERROR_BUSY, "Too many calls are waiting already; try again in a moment"));
  return FALSE;
}

/* Who asks is read on arrival, before anything waits: the process may be gone later. Of who only reads, the uid will do. */
static void
read_caller (TrustCall *call)
{
  call->caller = trust_caller_new ("bus");
  call->caller->uid = call->peer->uid;
  if (call->door->action != NULL && call->peer->pid > 0)
    trust_caller_read_process (call->caller, call->peer->pid);
}

static void
on_peer (TrustPeer *peer, gpointer user_data)
{
  g_autofree Passage *passage = user_data;
  TrustGate *gate = passage->gate;
  TrustCall *call = passage->call;

  call->peer = trust_peer_ref (peer);
  if (peer->uid < 0)
    {
      trust_call_fail (call, g_error_new_literal (TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED, "The bus does not say who is calling"));
      return;
    }
  if (!enter_queue (gate, call))
    return;
  read_caller (call);
  if (call->door->place == TRUST_DOOR_WRITER && peer->uid == 0)
    {
      trust_writer_push (gate->writer, call);
      return;
    }
  if (call->door->is_ready != NULL)
    {
      if (!trust_call_parse (call))
        return;
      if (call->door->is_ready (call->engine, &call->request))
        {
          trust_call_run (call);
          return;
        }
    }
  g_thread_pool_push (is_slow (call) ? gate->slow : gate->pool, call, NULL);
}

/* (nullable) */
static const TrustDoor *
find_door (TrustDoorKind kind, const char *interface, const char *member)
{
  if (!g_str_has_prefix (interface, ANCHORD_INTERFACE_PREFIX))
    return NULL;
  return trust_door_find (kind, interface + strlen (ANCHORD_INTERFACE_PREFIX), member);
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  TrustGate *gate = user_data;
  const TrustDoor *door = find_door (TRUST_DOOR_METHOD, interface, method);

  if (door == NULL || sender == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD, "There is no door %s", method);
      return;
    }

  TrustCall *call = trust_call_new (invocation, door, gate->engine, gate->activity);

  if (door->place != TRUST_DOOR_MAIN)
    trust_peers_get (gate->peers, sender, on_peer, passage_new (gate, call));
  else if (trust_call_parse (call))
    trust_call_run (call);
}

static GVariant *
on_get_property (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property, GError **error,
                 gpointer user_data)
{
  TrustGate *gate = user_data;
  const TrustDoor *door = find_door (TRUST_DOOR_PROPERTY, interface, property);
  const TrustDoorRequest nothing = { NULL, NULL };
  g_auto (TrustDoorReply) reply = { NULL, NULL };

  if (door == NULL || door->action != NULL)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "There is no door to the property %s", property);
      return NULL;
    }
  gate->activity->last = g_get_monotonic_time ();
  return door->handle (gate->engine, &nothing, NULL, &reply, error) ? g_steal_pointer (&reply.reply) : NULL;
}

static const GDBusInterfaceVTable vtable = { on_method_call, on_get_property, NULL, { NULL } };

static gboolean
put_object (TrustGate *gate, GError **error)
{
  gate->node = g_dbus_node_info_new_for_xml (anchord_introspection_xml, error);
  for (guint i = 0; gate->node != NULL && gate->node->interfaces[i] != NULL; i++)
    {
      guint id = g_dbus_connection_register_object (gate->connection, ANCHORD_OBJECT_PATH, gate->node->interfaces[i], &vtable, gate, NULL, error);

      if (id == 0)
        return FALSE;
      g_array_append_val (gate->registrations, id);
    }
  return gate->node != NULL;
}

TrustGate *
trust_gate_new (GDBusConnection *connection, TrustEngine *engine, TrustWriter *writer, TrustActivity *activity, GError **error)
{
  g_autoptr (TrustGate) gate = g_new0 (TrustGate, 1);

  gate->connection = g_object_ref (connection);
  gate->engine = engine;
  gate->writer = writer;
  gate->activity = activity;
  gate->peers = trust_peers_new (connection);
  gate->bouncer = trust_bouncer_new ();
  gate->changes = trust_quota_new (TRUST_LIMIT_QUEUED_CHANGES, TRUST_LIMIT_QUEUED_CHANGES_PER_UID);
  gate->verifications = trust_quota_new (TRUST_LIMIT_QUEUED_VERIFICATIONS, TRUST_LIMIT_QUEUED_VERIFICATIONS_PER_UID);
  gate->refusals = trust_throttle_new (TRUST_LIMIT_LOGGED_REFUSALS, TRUST_LIMIT_LOGGED_REFUSALS_PER_UID, REFUSALS_INTERVAL);
  gate->registrations = g_array_new (FALSE, FALSE, sizeof (guint));
  gate->sieve = trust_sieve_put (connection);
  /* Threads of its own: shared ones would be ended and made again, with a wake-up each. */
  gate->pool = g_thread_pool_new (work_in_pool, gate, (gint) CLAMP (g_get_num_processors (), POOL_THREADS_MIN, POOL_THREADS_MAX), TRUE, error);
  gate->slow = gate->pool != NULL ? g_thread_pool_new (work_slowly, gate, 1, TRUE, error) : NULL;
  if (gate->slow == NULL)
    return NULL;
  g_thread_pool_set_sort_function (gate->slow, compare_urgency, NULL);
  if (!put_object (gate, error))
    return NULL;
  return g_steal_pointer (&gate);
}

void
trust_gate_free (TrustGate *gate)
{
  for (guint i = 0; i < gate->registrations->len; i++)
    g_dbus_connection_unregister_object (gate->connection, g_array_index (gate->registrations, guint, i));
  g_dbus_connection_remove_filter (gate->connection, gate->sieve);
  if (gate->slow != NULL)
    g_thread_pool_free (gate->slow, FALSE, TRUE);
  if (gate->pool != NULL)
    g_thread_pool_free (gate->pool, FALSE, TRUE);
  g_clear_pointer (&gate->node, g_dbus_node_info_unref);
  g_array_unref (gate->registrations);
  trust_peers_free (gate->peers);
  trust_bouncer_free (gate->bouncer);
  trust_quota_free (gate->changes);
  trust_quota_free (gate->verifications);
  trust_throttle_free (gate->refusals);
  g_object_unref (gate->connection);
  g_free (gate);
}

void
trust_gate_dismiss (TrustGate *gate)
{
  g_atomic_int_set (&gate->dismissed, TRUE);
  trust_peers_dismiss (gate->peers);
}

static GVariant *
list_fingerprints (GArray *fingerprints)
{
  GVariantBuilder builder;
  char hex[TRUST_FINGERPRINT_HEX];

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; fingerprints != NULL && i < fingerprints->len; i++)
    {
      trust_fingerprint_to_hex (&g_array_index (fingerprints, TrustFingerprint, i), hex);
      g_variant_builder_add (&builder, "s", hex);
    }
  return g_variant_builder_end (&builder);
}

void
trust_gate_emit_requests (TrustGate *gate, guint waiting)
{
  g_dbus_connection_emit_signal (gate->connection, NULL, ANCHORD_OBJECT_PATH, ANCHORD_INTERFACE_REQUESTS, "Changed", g_variant_new ("(u)", waiting),
                                 NULL);
}

void
trust_gate_emit_changed (TrustGate *gate, guint64 generation, guint n_anchors, const TrustAnchorSetDiff *diff)
{
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&properties, "{sv}", "Generation", g_variant_new_uint64 (generation));
  g_variant_builder_add (&properties, "{sv}", "AnchorCount", g_variant_new_uint32 (n_anchors));
  g_dbus_connection_emit_signal (gate->connection, NULL, ANCHORD_OBJECT_PATH, ANCHORD_INTERFACE_ANCHORS, "Changed",
                                 g_variant_new ("(t@as@as@as)", generation, list_fingerprints (diff->added), list_fingerprints (diff->removed),
                                                list_fingerprints (diff->changed)),
                                 NULL);
  g_dbus_connection_emit_signal (gate->connection, NULL, ANCHORD_OBJECT_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", ANCHORD_INTERFACE_ANCHORS, &properties, NULL), NULL);
}
