/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/writer.h"

#include "daemon/log.h"

#define MILLISECOND ((gint64) 1000)
/* A wish that waits for quiet is not put off for ever by a flood of calls. */
#define PATIENCE (500 * MILLISECOND)

struct _TrustWriter
{
  TrustEngine *engine; /* (borrowed) */
  TrustRoot *root;     /* (owned) */
  char *bundle;        /* (owned) (nullable) */
  GThread *thread;     /* (owned) */
  GMutex lock;
  GCond wake;
  TrustWriterWorked worked; /* (nullable) */
  gpointer worked_data;
  GQueue calls;                  /* of TrustCall*, bounded by the callers' quotas */
  gint64 first[TRUST_WANT_LAST]; /* monotonic: when it was first wanted; 0 not wanted */
  gint64 last[TRUST_WANT_LAST];  /* and last */
  gboolean stopping;
  gboolean working;
  gint64 begun;   /* monotonic: the piece of work under way; 0 none */
  TrustStat ours; /* the bundle as we left it; only the thread touches it */
  gboolean ours_known;
};

/* Returns FALSE to be asked again after another pause. */
typedef gboolean (*Doer) (TrustWriter *writer);

static void
log_failure (const char *what, const GError *error)
{
  trust_log (TRUST_LOG_FAULT, -1, 0, "%s failed: %s", what, error->message);
}

static gboolean
do_refresh (TrustWriter *writer)
{
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;

  if (!trust_engine_refresh (writer->engine, &changed, &error))
    log_failure ("Looking at the sources", error);
  if (changed)
    trust_writer_want (writer, TRUST_WANT_TIDY);
  return TRUE;
}

static gboolean
do_heal (TrustWriter *writer)
{
  g_autoptr (GError) error = NULL;

  /* Everything seen until now is looked at by this one. */
  g_mutex_lock (&writer->lock);
  writer->first[TRUST_WANT_CHECK] = writer->first[TRUST_WANT_HEAL] = 0;
  g_mutex_unlock (&writer->lock);
  if (!trust_engine_heal (writer->engine, &error))
    log_failure ("Healing the published files", error);
  return TRUE;
}

static gboolean
do_tool (TrustWriter *writer)
{
  TrustStat now;

  /* Our own publishing ends in the same rename. That is all but certain, so it is still looked at, later. */
  if (writer->bundle != NULL && writer->ours_known && trust_root_stat (writer->root, writer->bundle, &now) && trust_stat_equal (&now, &writer->ours))
    {
      trust_writer_want (writer, TRUST_WANT_CHECK);
      return TRUE;
    }
  do_refresh (writer);
  return do_heal (writer);
}

/* What a package manager unpacks is looked at when it is done. */
static gboolean
do_distribution (TrustWriter *writer)
{
  return !trust_engine_is_distribution_busy (writer->engine) && do_refresh (writer);
}

static gboolean
do_tidy (TrustWriter *writer)
{
  trust_engine_tidy (writer->engine);
  return TRUE;
}

static gboolean
do_trim (TrustWriter *writer)
{
  trust_doors_give_back_memory (writer->engine);
  trust_engine_give_back_memory (writer->engine);
  return TRUE;
}

static const struct
{
  gint64 quiet;   /* since it was last wanted */
  gint64 at_most; /* since it was first wanted */
  Doer doer;
} wants[] = {
  { 0, 0, do_refresh },
  { 0, 0, do_tool },
  { 0, 0, do_refresh },
  { 300 * MILLISECOND, 700 * MILLISECOND, do_heal },
  { 200 * MILLISECOND, 800 * MILLISECOND, do_refresh },
  { 2000 * MILLISECOND, 20000 * MILLISECOND, do_distribution },
  { 2000 * MILLISECOND, 10000 * MILLISECOND, do_heal },
  { 5000 * MILLISECOND, 60000 * MILLISECOND, do_tidy },
  { 3000 * MILLISECOND, 60000 * MILLISECOND, do_trim },
};
G_STATIC_ASSERT (G_N_ELEMENTS (wants) == TRUST_WANT_LAST);

/* When WANT is due; G_MAXINT64 if it is not wanted. With the lock held. */
static gint64
get_due (const TrustWriter *writer, TrustWant want)
{
  if (writer->first[want] == 0)
    return G_MAXINT64;
  return MIN (writer->last[want] + wants[want].quiet, writer->first[want] + wants[want].at_most);
}

/* The wish that is due first, and when. With the lock held. */
static TrustWant
get_next (const TrustWriter *writer, gint64 *due_out)
{
  TrustWant next = TRUST_WANT_LAST;

  *due_out = G_MAXINT64;
  for (guint i = 0; i < TRUST_WANT_LAST; i++)
    if (get_due (writer, i) < *due_out)
      {
        next = i;
        *due_out = get_due (writer, i);
      }
  return next;
}

/* What stands there now is ours: asked after each piece of our own work. */
static void
remember_bundle (TrustWriter *writer)
{
  if (writer->bundle != NULL)
    writer->ours_known = trust_root_stat (writer->root, writer->bundle, &writer->ours);
}

/* With the lock held. */
static void
tell_worked (TrustWriter *writer)
{
  if (writer->worked != NULL)
    writer->worked (writer->worked_data);
}

/* With the lock held, which is let go meanwhile. */
static void
work_on_call (TrustWriter *writer, TrustCall *call)
{
  g_mutex_unlock (&writer->lock);
  if (trust_call_parse (call))
    trust_call_run (call);
  remember_bundle (writer);
  trust_writer_want (writer, TRUST_WANT_TIDY);
  g_mutex_lock (&writer->lock);
  tell_worked (writer);
}

static void
work_on_want (TrustWriter *writer, TrustWant want)
{
  writer->first[want] = writer->last[want] = 0;
  g_mutex_unlock (&writer->lock);

  gboolean done = wants[want].doer (writer);

  if (want < TRUST_WANT_TIDY)
    remember_bundle (writer);
  if (want < TRUST_WANT_TRIM)
    trust_writer_want (writer, TRUST_WANT_TRIM);
  if (!done)
    trust_writer_want (writer, want);
  g_mutex_lock (&writer->lock);
  tell_worked (writer);
}

static gpointer
run (gpointer user_data)
{
  TrustWriter *writer = user_data;

  g_mutex_lock (&writer->lock);
  while (!writer->stopping)
    {
      gint64 due = 0, now = g_get_monotonic_time ();
      TrustWant want = get_next (writer, &due);
      gboolean has_calls = !g_queue_is_empty (&writer->calls);

      writer->working = TRUE;
      writer->begun = now;
      if (has_calls && (due > now || now - due < PATIENCE))
        work_on_call (writer, g_queue_pop_head (&writer->calls));
      else if (due <= now)
        work_on_want (writer, want);
      else
        {
          writer->working = FALSE;
          writer->begun = 0;
          if (want == TRUST_WANT_LAST)
            g_cond_wait (&writer->wake, &writer->lock);
          else
            g_cond_wait_until (&writer->wake, &writer->lock, due);
        }
    }
  writer->working = FALSE;
  writer->begun = 0;
  g_mutex_unlock (&writer->lock);
  return NULL;
}

TrustWriter *
trust_writer_new (TrustEngine *engine, TrustRoot *root, const char *bundle)
{
  TrustWriter *writer = g_new0 (TrustWriter, 1);

  writer->engine = engine;
  writer->root = trust_root_ref (root);
  writer->bundle = g_strdup (bundle);
  g_mutex_init (&writer->lock);
  g_cond_init (&writer->wake);
  g_queue_init (&writer->calls);
  writer->thread = g_thread_new ("writer", run, writer);
  return writer;
}

static void
refuse (TrustCall *call)
{
  trust_call_fail (call, g_error_new_literal (TRUST_ERROR, TRUST_ERROR_BUSY, "anchord is stopping; nothing was changed, ask again"));
}

void
trust_writer_push (TrustWriter *writer, TrustCall *call)
{
  gboolean taken = FALSE;

  g_mutex_lock (&writer->lock);
  taken = !writer->stopping;
  if (taken)
    {
      g_queue_push_tail (&writer->calls, call);
      g_cond_signal (&writer->wake);
    }
  g_mutex_unlock (&writer->lock);
  if (!taken)
    refuse (call);
}

void
trust_writer_want (TrustWriter *writer, TrustWant want)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);
  gint64 before = 0, after = 0;

  get_next (writer, &before);
  writer->last[want] = g_get_monotonic_time ();
  if (writer->first[want] == 0)
    writer->first[want] = writer->last[want];
  get_next (writer, &after);
  /* A later deadline is found when the thread wakes for the earlier one. */
  if (after < before)
    g_cond_signal (&writer->wake);
}

void
trust_writer_set_listener (TrustWriter *writer, TrustWriterWorked worked, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);

  writer->worked = worked;
  writer->worked_data = user_data;
}

gboolean
trust_writer_is_idle (TrustWriter *writer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);

  for (guint i = 0; i < TRUST_WANT_TIDY; i++)
    if (writer->first[i] != 0)
      return FALSE;
  return !writer->working && g_queue_is_empty (&writer->calls);
}

gint64
trust_writer_get_begun (TrustWriter *writer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&writer->lock);

  return writer->begun;
}

void
trust_writer_free (TrustWriter *writer)
{
  TrustCall *call = NULL;

  g_mutex_lock (&writer->lock);
  writer->stopping = TRUE;
  g_cond_signal (&writer->wake);
  g_mutex_unlock (&writer->lock);
  g_thread_join (writer->thread);

  while ((call = g_queue_pop_head (&writer->calls)) != NULL)
    refuse (call);
  trust_root_unref (writer->root);
  g_free (writer->bundle);
  g_mutex_clear (&writer->lock);
  g_cond_clear (&writer->wake);
  g_free (writer);
}
