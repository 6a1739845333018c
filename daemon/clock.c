/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/clock.h"

#include "daemon/log.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Where no date is known the timer stands all the same, at a date that never comes: it is what tells that the clock was set. */
#define FAR_AWAY ((gint64) 1 << 40)
#define RETRY_SECONDS 60

struct _TrustClock
{
  TrustEngine *engine; /* (borrowed) */
  TrustWriter *writer; /* (borrowed) */
  int fd;              /* (owned) */
  guint source;
  GMutex lock; /* guards `date` */
  gint64 date; /* what the timer stands at; 0: nothing yet */
};

void
trust_clock_follow (TrustClock *clock)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (clock->engine);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, date = MIN (snapshot->next, FAR_AWAY);

  if (date <= now)
    date = now + RETRY_SECONDS;
  if (date == clock->date)
    return;

  struct itimerspec when = { .it_value = { .tv_sec = date } };
  int result = timerfd_settime (clock->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);

  /* The clock was set since it was last asked: a date in the past is looked at anew at once. */
  when.it_value.tv_sec = 1;
  if (result < 0 && errno == ECANCELED)
    result = timerfd_settime (clock->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
  if (result == 0)
    clock->date = date;
  else
    trust_log (TRUST_LOG_FAULT, -1, 0, "The timer can't be set, so trust that ends does so at the next change: %s", g_strerror (errno));
}

static gboolean
on_time (gint fd, GIOCondition condition, gpointer user_data)
{
  TrustClock *clock = user_data;
  guint64 times;

  /* The date came, or (ECANCELED) the clock was set or the machine slept: dates are held against the clock anew. The timer then still stands. */
  if (read (fd, &times, sizeof times) < 0 && errno != ECANCELED)
    return G_SOURCE_CONTINUE;
  g_mutex_lock (&clock->lock);
  clock->date = 0;
  g_mutex_unlock (&clock->lock);
  trust_writer_want (clock->writer, TRUST_WANT_CLOCK);
  return G_SOURCE_CONTINUE;
}

TrustClock *
trust_clock_new (TrustEngine *engine, TrustWriter *writer, GError **error)
{
  int fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

  if (fd < 0)
    {
      trust_error_set_errno (error, errno, "can't make", "a timer");
      return NULL;
    }

  TrustClock *clock = g_new0 (TrustClock, 1);

  clock->engine = engine;
  clock->writer = writer;
  clock->fd = fd;
  g_mutex_init (&clock->lock);
  clock->source = g_unix_fd_add (fd, G_IO_IN, on_time, clock);
  trust_clock_follow (clock);
  return clock;
}

void
trust_clock_free (TrustClock *clock)
{
  g_source_remove (clock->source);
  close (clock->fd);
  g_mutex_clear (&clock->lock);
  g_free (clock);
}
