/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a secret still somewhere in this process? */
#pragma once

#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECRET_SIZE 32
#define MASK 0xa5

/* Is what MASKED hides in SIZE bytes of memory? It is never unmasked, not even here. */
static inline gboolean
holds (const guint8 *memory, gsize size, const guint8 masked[SECRET_SIZE])
{
  for (const guint8 *at = memory; (at = memchr (at, masked[0] ^ MASK, (gsize) (memory + size - at))) != NULL; at++)
    {
      gsize same = 0;

      while (same < SECRET_SIZE && at + same < memory + size && (at[same] ^ MASK) == masked[same])
        same++;
      if (same >= SECRET_SIZE / 2)
        return TRUE;
    }
  return FALSE;
}

/* All that this process may write to, freed memory as well, but for what sanitizers set aside. */
static inline gboolean
is_in_memory (const guint8 masked[SECRET_SIZE])
{
  g_autofree char *maps = NULL;
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  gsize room = 1024 * 1024;
  /* Not of the heap, or copies of copies would be found. */
  guint8 *copy = mmap (NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  gboolean found = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));

  g_auto (GStrv) lines = g_strsplit (maps, "\n", -1);

  for (guint i = 0; lines[i] != NULL && !found; i++)
    {
      guint64 from, to;
      char rights[5];

      if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &from, &to, rights) != 3 || rights[1] != 'w'
          || to - from > (guint64) 1 << 30 || (from <= (gsize) copy && (gsize) copy < to))
        continue;
      for (guint64 at = from; at < to && !found; at += room / 2)
        {
          gssize n = pread (memory, copy, (gsize) MIN (room, to - at), (off_t) at);

          found = n > 0 && holds (copy, (gsize) n, masked);
        }
    }
  munmap (copy, room);
  close (memory);
  return found;
}
