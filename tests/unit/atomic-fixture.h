/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scratch folder for the tests of core/atomic, in which no temporary may be left. */
#pragma once

#include "core/atomic.h"
#include "core/error.h"
#include "core/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *path;
  int dir;
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->path = g_dir_make_tmp ("anchord-atomic-XXXXXX", &error);
  g_assert_no_error (error);
  f->dir = open (f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static inline GPtrArray *
names_in (Fixture *f)
{
  g_autoptr (TrustRoot) root = trust_root_new (f->path, NULL);

  return trust_root_list (root, "/");
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRoot) all = trust_root_new ("/", NULL);
  g_autoptr (GPtrArray) names = names_in (f);

  /* Whatever a test did, no temporary is left. */
  for (guint i = 0; i < names->len; i++)
    g_assert_false (g_str_has_prefix (g_ptr_array_index (names, i), ".anchord-"));
  close (f->dir);
  g_assert_true (trust_root_remove_tree (all, f->path));
  g_free (f->path);
}

static inline void
assert_content (int dir, const char *name, const char *expected)
{
  char content[256];
  int fd = openat (dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  ssize_t n = read (fd, content, sizeof content);

  g_assert_cmpint (n, >=, 0);
  g_assert_cmpmem (content, (gsize) n, expected, strlen (expected));
  close (fd);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
