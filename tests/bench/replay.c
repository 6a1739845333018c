/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay PLAN ROOT COUNT: does just the writes, renames and syncs of PLAN below ROOT, and prints the milliseconds they took,
 * one line for each of COUNT times. What a run changed is put back between the runs, untimed. A line of PLAN is words separated
 * by tabs: create SLOT PATH MODE | make SLOT PATH MODE | open SLOT PATH | close SLOT | write SLOT SIZE OFFSET | copy SLOT
 * SOURCE-PATH OFFSET SIZE | chmod SLOT MODE | truncate SLOT SIZE | sync SLOT | datasync SLOT | syncdir PATH | syncfs | rename
 * OLD NEW | link OLD NEW | symlink TARGET PATH | unlink PATH | rmdir PATH | mkdir PATH */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WORDS 5
#define SLOTS 262144

typedef struct
{
  char *words[WORDS];
  int source; /* copy: the open source; syncdir: the open folder */
} Step;

/* How PATH stood before the plan ran. */
typedef struct
{
  char *path;
  struct stat st;
  int exists;
  char *content; /* of a file, or a link's target */
} Saved;

static Step *steps;
static size_t n_steps;
static Saved *saved;
static size_t n_saved;
static int slots[SLOTS];
static int top = -1; /* the root's descriptor */
static char *filling;
static size_t filling_size;

static void
die (const char *what, const char *path)
{
  fprintf (stderr, "replay: %s %s: %s\n", what, path, strerror (errno));
  exit (1);
}

static void
read_plan (const char *name)
{
  FILE *in = fopen (name, "r");
  char *line = NULL;
  size_t room = 0;
  ssize_t length;

  if (in == NULL)
    die ("open", name);
  while ((length = getline (&line, &room, in)) > 0)
    {
      Step *step;
      char *at = line, *word;

      if (n_steps % 1024 == 0)
        steps = realloc (steps, (n_steps + 1024) * sizeof *steps);
      step = &steps[n_steps++];
      memset (step, 0, sizeof *step);
      step->source = -1;
      line[length - 1] = '\0';
      for (int i = 0; i < WORDS && (word = strsep (&at, "\t")) != NULL; i++)
        step->words[i] = strdup (word);
      if (strcmp (step->words[0], "write") == 0 && (size_t) atol (step->words[2]) > filling_size)
        filling_size = atol (step->words[2]);
    }
  free (line);
  fclose (in);
  filling = malloc (filling_size + 1);
  for (size_t i = 0; i < filling_size; i++)
    filling[i] = 'A' + i * 7 % 53;
}

static void
save (const char *path)
{
  Saved *entry;
  ENTRY item = { (char *) path, NULL };

  if (hsearch (item, FIND) != NULL)
    return;
  item.key = strdup (path);
  hsearch (item, ENTER);
  if (n_saved % 256 == 0)
    saved = realloc (saved, (n_saved + 256) * sizeof *saved);
  entry = &saved[n_saved++];
  memset (entry, 0, sizeof *entry);
  entry->path = strdup (path);
  entry->exists = lstat (path, &entry->st) == 0;
  if (!entry->exists || S_ISDIR (entry->st.st_mode))
    return;
  entry->content = calloc (1, entry->st.st_size + 1);
  if (S_ISLNK (entry->st.st_mode))
    {
      if (readlink (path, entry->content, entry->st.st_size) < 0)
        die ("readlink", path);
      return;
    }

  int fd = open (path, O_RDONLY);

  if (fd < 0 || read (fd, entry->content, entry->st.st_size) != entry->st.st_size)
    die ("read", path);
  close (fd);
}

static void
save_all (void)
{
  hcreate (n_steps * 4 + 64);
  for (size_t i = 0; i < n_steps; i++)
    {
      const char *verb = steps[i].words[0];

      if (strcmp (verb, "create") == 0 || strcmp (verb, "make") == 0 || strcmp (verb, "open") == 0 || strcmp (verb, "link") == 0
          || strcmp (verb, "symlink") == 0)
        save (steps[i].words[2]);
      else if (strcmp (verb, "unlink") == 0 || strcmp (verb, "mkdir") == 0 || strcmp (verb, "rmdir") == 0)
        save (steps[i].words[1]);
      else if (strcmp (verb, "rename") == 0)
        {
          save (steps[i].words[1]);
          save (steps[i].words[2]);
        }
    }
}

static void
restore (const Saved *entry)
{
  struct stat st;
  int exists = lstat (entry->path, &st) == 0;

  /* What only grew is cut back; anything else is made anew. */
  if (exists && entry->exists && st.st_ino == entry->st.st_ino)
    {
      if (S_ISREG (st.st_mode) && st.st_size != entry->st.st_size && truncate (entry->path, entry->st.st_size) < 0)
        die ("truncate", entry->path);
      return;
    }
  if (exists && S_ISDIR (st.st_mode) && rmdir (entry->path) < 0)
    die ("rmdir", entry->path);
  if (exists && !S_ISDIR (st.st_mode) && unlink (entry->path) < 0)
    die ("unlink", entry->path);
  if (!entry->exists)
    return;
  if (S_ISDIR (entry->st.st_mode))
    {
      if (mkdir (entry->path, 0755) < 0)
        die ("mkdir", entry->path);
    }
  else if (S_ISLNK (entry->st.st_mode))
    {
      if (symlink (entry->content, entry->path) < 0)
        die ("symlink", entry->path);
    }
  else
    {
      int fd = open (entry->path, O_WRONLY | O_CREAT | O_EXCL, entry->st.st_mode & 07777);

      if (fd < 0 || write (fd, entry->content, entry->st.st_size) != entry->st.st_size)
        die ("write", entry->path);
      close (fd);
    }
}

/* Folders come after what is in them when they go, before it when they come back. */
static void
restore_all (void)
{
  for (size_t i = 0; i < n_saved; i++)
    if (saved[i].exists && S_ISDIR (saved[i].st.st_mode))
      restore (&saved[i]);
  for (size_t i = n_saved; i-- > 0;)
    restore (&saved[i]);
  sync ();
}

/* Reading is not timed: sources and folders are open before. */
static void
open_sources (void)
{
  for (size_t i = 0; i < n_steps; i++)
    {
      const char *verb = steps[i].words[0];

      if (steps[i].source >= 0)
        close (steps[i].source);
      steps[i].source = -1;
      if (strcmp (verb, "copy") == 0)
        steps[i].source = open (steps[i].words[2], O_RDONLY);
      else if (strcmp (verb, "syncdir") == 0)
        steps[i].source = open (steps[i].words[1], O_RDONLY | O_DIRECTORY);
    }
}

static int
copy (const Step *step)
{
  off_t offset = atol (step->words[3]);
  ssize_t left = atol (step->words[4]);
  int source = step->source >= 0 ? step->source : open (step->words[2], O_RDONLY);

  while (left > 0)
    {
      ssize_t n = copy_file_range (source, &offset, slots[atoi (step->words[1])], NULL, left, 0);

      if (n <= 0)
        return -1;
      left -= n;
    }
  if (source != step->source)
    close (source);
  return 0;
}

static int
put (const Step *step)
{
  int fd = slots[atoi (step->words[1])];
  ssize_t size = atol (step->words[2]);
  off_t offset = atol (step->words[3]);

  if (size == 0)
    return 0;
  return (offset >= 0 ? pwrite (fd, filling, size, offset) : write (fd, filling, size)) == size ? 0 : -1;
}

static int
do_file_step (const Step *step, const char *verb)
{
  int slot = atoi (step->words[1]);

  if (strcmp (verb, "write") == 0)
    return put (step);
  if (strcmp (verb, "copy") == 0)
    return copy (step);
  if (strcmp (verb, "create") == 0)
    return slots[slot] = open (step->words[2], O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, strtol (step->words[3], NULL, 8));
  if (strcmp (verb, "make") == 0)
    return slots[slot] = open (step->words[2], O_RDWR | O_CREAT, strtol (step->words[3], NULL, 8));
  if (strcmp (verb, "open") == 0)
    {
      slots[slot] = open (step->words[2], O_RDWR);
      return lseek (slots[slot], 0, SEEK_END) < 0 ? -1 : 0;
    }
  if (strcmp (verb, "close") == 0)
    return close (slots[slot]);
  if (strcmp (verb, "chmod") == 0)
    return fchmod (slots[slot], strtol (step->words[2], NULL, 8));
  if (strcmp (verb, "truncate") == 0)
    return ftruncate (slots[slot], atol (step->words[2]));
  if (strcmp (verb, "sync") == 0)
    return fsync (slots[slot]);
  errno = EINVAL;
  return strcmp (verb, "datasync") == 0 ? fdatasync (slots[slot]) : -1;
}

/* A folder that the plan itself makes could not be opened before. */
static int
sync_folder (const Step *step)
{
  int fd = step->source >= 0 ? step->source : open (step->words[1], O_RDONLY | O_DIRECTORY);
  int result = fsync (fd);

  if (fd != step->source)
    close (fd);
  return result;
}

static int
do_step (const Step *step)
{
  const char *verb = step->words[0];

  if (strcmp (verb, "syncdir") == 0)
    return sync_folder (step);
  if (strcmp (verb, "syncfs") == 0)
    return syncfs (top);
  if (strcmp (verb, "rename") == 0)
    return rename (step->words[1], step->words[2]);
  if (strcmp (verb, "link") == 0)
    return link (step->words[1], step->words[2]);
  if (strcmp (verb, "symlink") == 0)
    return symlink (step->words[1], step->words[2]);
  if (strcmp (verb, "unlink") == 0)
    return unlink (step->words[1]);
  if (strcmp (verb, "rmdir") == 0)
    return rmdir (step->words[1]);
  if (strcmp (verb, "mkdir") == 0)
    return mkdir (step->words[1], 0755);
  return do_file_step (step, verb);
}

static double
now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    {
      fprintf (stderr, "usage: replay PLAN ROOT COUNT\n");
      return 2;
    }
  read_plan (argv[1]);
  if (chdir (argv[2]) < 0)
    die ("chdir", argv[2]);
  top = open (".", O_RDONLY | O_DIRECTORY);
  save_all ();
  for (int run = 0; run < atoi (argv[3]); run++)
    {
      double start;

      open_sources ();
      start = now ();
      for (size_t i = 0; i < n_steps; i++)
        if (do_step (&steps[i]) < 0)
          die (steps[i].words[0], steps[i].words[1]);
      printf ("%.3f\n", now () - start);
      fflush (stdout);
      restore_all ();
    }
  return 0;
}
