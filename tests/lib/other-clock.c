/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preloaded: gives a program another wall clock, ANCHORD_TEST_CLOCK seconds ahead of the machine's (behind, if negative). Kernel timers stay. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long
get_offset (void)
{
  const char *text = getenv ("ANCHORD_TEST_CLOCK");

  return text != NULL ? atoll (text) : 0;
}

int
clock_gettime (clockid_t clock, struct timespec *out)
{
  int result = (int) syscall (SYS_clock_gettime, clock, out);

  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    out->tv_sec += get_offset ();
  return result;
}

int
gettimeofday (struct timeval *restrict out, void *restrict zone)
{
  struct timespec now;

  if (clock_gettime (CLOCK_REALTIME, &now) != 0)
    return -1;
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *out)
{
  struct timespec now;

  if (clock_gettime (CLOCK_REALTIME, &now) != 0)
    return -1;
  if (out != NULL)
    *out = now.tv_sec;
  return now.tv_sec;
}
