/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scratch root with something secret beside it, for the tests of core/root. */
#pragma once

#include "core/error.h"
#include "core/root.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* "image" is the root; "outside" lies beside it and holds what no path may reach. */
typedef struct
{
  char *scratch;
  char *image;
  TrustRoot *root;
} Fixture;

static inline char *
in_image (Fixture *f, const char *path)
{
  return g_build_filename (f->image, path, NULL);
}

static inline void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static inline void
put_link (Fixture *f, const char *target, const char *name)
{
  g_autofree char *path = in_image (f, name);

  g_assert_no_errno (symlink (target, path));
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etc = NULL;
  g_autofree char *outside = NULL;

  f->scratch = g_dir_make_tmp ("anchord-root-XXXXXX", &error);
  g_assert_no_error (error);
  f->image = g_build_filename (f->scratch, "image", NULL);
  etc = in_image (f, "etc/sub");
  outside = g_build_filename (f->scratch, "outside", NULL);
  g_assert_no_errno (g_mkdir_with_parents (etc, 0755));
  g_assert_no_errno (g_mkdir (outside, 0755));
  put (outside, "secret", "secret");
  put (f->scratch, "secret", "secret");
  put (f->image, "etc/inside", "inside");
  f->root = trust_root_new (f->image, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) all = trust_root_new ("/", &error);

  g_assert_no_error (error);
  g_assert_true (trust_root_remove_tree (all, f->scratch));
  g_assert_false (g_file_test (f->scratch, G_FILE_TEST_EXISTS));
  trust_root_unref (f->root);
  g_free (f->image);
  g_free (f->scratch);
}

static inline void
assert_reads (Fixture *f, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (f->root, path, 1000, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static inline void
assert_not_found (Fixture *f, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_root_read (f->root, path, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static inline void
assert_refused (Fixture *f, const char *path, TrustError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_root_read (f->root, path, 1000, NULL, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
