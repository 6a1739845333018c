/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/arena.h"

#include "core/atomic.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_BYTES ((gsize) 1024 * 1024) /* a power of two; blocks are aligned to it, so an address tells its block */
#define WORTH_BYTES ((gsize) 64 * 1024)

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP_BYTES 16 /* poisoned, so that reading past an end is found */
#define POISON(at, size) ASAN_POISON_MEMORY_REGION (at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION (at, size)
#else
#define GAP_BYTES 0
#define POISON(at, size) ((void) 0)
#define UNPOISON(at, size) ((void) 0)
#endif

typedef struct
{
  guint8 *base;
  gsize used;       /* bytes given out, gaps included */
  guint live;       /* copies not yet released */
  gboolean spilled; /* a read-only mapping of a file */
} Block;

static GMutex lock;
static GHashTable *blocks; /* base -> Block* (owned) */
static Block *current;     /* the one that is filled; (nullable) */

/* A block's address space is cut to alignment from twice as much. */
static guint8 *
map_block (void)
{
  guint8 *wide = mmap (NULL, 2 * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  guint8 *base = NULL;

  if (wide == MAP_FAILED)
    g_error ("Out of memory");
  base = (guint8 *) (((guintptr) wide + BLOCK_BYTES - 1) & ~(guintptr) (BLOCK_BYTES - 1));
  if (base > wide)
    munmap (wide, (gsize) (base - wide));
  munmap (base + BLOCK_BYTES, (gsize) (wide + BLOCK_BYTES - base));
  return base;
}

static void
block_free (Block *block)
{
  UNPOISON (block->base, BLOCK_BYTES);
  munmap (block->base, BLOCK_BYTES);
  g_hash_table_remove (blocks, block->base);
  g_free (block);
}

/* No more is put into it; an empty one goes. */
static void
retire_current (void)
{
  Block *block = g_steal_pointer (&current);

  if (block != NULL && block->live == 0)
    block_free (block);
}

const guint8 *
trust_arena_copy (const void *bytes, gsize size)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  guint8 *at = NULL;

  g_assert (size <= TRUST_ARENA_MAX_BYTES);
  if (blocks == NULL)
    blocks = g_hash_table_new (NULL, NULL);
  if (current != NULL && current->used + size + GAP_BYTES > BLOCK_BYTES)
    retire_current ();
  if (current == NULL)
    {
      current = g_new0 (Block, 1);
      current->base = map_block ();
      g_hash_table_insert (blocks, current->base, current);
    }
  at = current->base + current->used;
  memcpy (at, bytes, size);
  POISON (at + size, GAP_BYTES);
  current->used += size + GAP_BYTES;
  current->live++;
  return at;
}

void
trust_arena_release (const guint8 *bytes, gsize size)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Block *block = g_hash_table_lookup (blocks, (gpointer) ((guintptr) bytes & ~(guintptr) (BLOCK_BYTES - 1)));

  g_assert (block != NULL && block->live > 0);
  POISON (bytes, size);
  if (--block->live == 0 && block != current)
    block_free (block);
}

/* The file's pages take the place of the memory in one step: a reader in another thread sees the same bytes before and after. */
static gboolean
spill_block (Block *block, int fd)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize whole = (block->used + page - 1) & ~(page - 1);

  UNPOISON (block->base, BLOCK_BYTES);
  if (!trust_atomic_write_all (fd, block->base, block->used) || fdatasync (fd) < 0)
    return FALSE;
  if (mmap (block->base, whole, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
    g_error ("Memory was lost in mmap()");
  if (whole < BLOCK_BYTES)
    munmap (block->base + whole, BLOCK_BYTES - whole);
  block->spilled = TRUE;
  return TRUE;
}

gsize
trust_arena_spill (TrustRoot *root, const char *folder)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GHashTableIter iter;
  gpointer value = NULL;
  gsize moved = 0;

  if (blocks == NULL)
    return 0;
  if (current != NULL && current->used >= WORTH_BYTES)
    retire_current ();
  g_hash_table_iter_init (&iter, blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Block *block = value;
      int fd = -1;

      if (block->spilled || block == current)
        continue;
      fd = trust_root_open (root, folder, O_TMPFILE | O_RDWR, 0600);
      if (fd < 0)
        break;
      if (spill_block (block, fd))
        moved += block->used;
      close (fd);
    }
  return moved;
}
