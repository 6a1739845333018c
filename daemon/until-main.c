/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* anchord-until: has systemd start anchord at the date when trust changes by time alone. The service's sandbox may start no timer, and it
 * leaves when it is idle; a timer of the service manager stays, and knows suspend and clocks that are set. */
#include "core/next.h"

#include <stdio.h>
#include <stdlib.h>

#define TIMERS "anchord-until@*.timer"
#define LOOK "anchord-boot.service"
/* Where systemd's calendar ends: 2199-01-01. The machine starts again before that. */
#define DATE_MAX G_GINT64_CONSTANT (7226582400)

static gboolean
run_systemctl (const char *verb, const char *option, const char *unit, GError **error)
{
  const char *arguments[] = { "systemctl", "--quiet", verb, option != NULL ? option : unit, option != NULL ? unit : NULL, NULL };
  int status = 0;

  return g_spawn_sync (NULL, (char **) (guintptr) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, error)
         && g_spawn_check_wait_status (status, error);
}

/* At most one timer stands: that of the next date. One that has passed is acted on at once. */
static gboolean
follow (TrustRoot *root, GError **error)
{
  gint64 next = G_MAXINT64;

  if (!trust_next_take (root, &next, error) || !run_systemctl ("stop", NULL, TIMERS, error))
    return FALSE;
  if (next < DATE_MAX)
    {
      g_autofree char *timer = g_strdup_printf ("anchord-until@%" G_GINT64_FORMAT ".timer", next);

      if (!run_systemctl ("start", NULL, timer, error))
        return FALSE;
    }
  /* Asked after the timer stands: the date does not pass unseen in between. */
  if (next <= g_get_real_time () / G_USEC_PER_SEC && !run_systemctl ("start", "--no-block", LOOK, error))
    return FALSE;
  return trust_next_watch (root, next, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) root = NULL;

  if (argc > 1)
    {
      fprintf (stderr, "anchord-until: no argument is expected\n");
      return 2;
    }
  root = trust_root_new ("/", &error);
  if (root != NULL && follow (root, &error))
    return EXIT_SUCCESS;
  fprintf (stderr, "anchord-until: %s\n", error->message);
  return EXIT_FAILURE;
}
