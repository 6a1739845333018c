/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/outside.h"
#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF "/etc/ca-certificates.conf"

typedef struct
{
  char *scratch;
  TrustRoot *root;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* NAMES: separated by blanks, sorted. */
static gboolean
deselect (Fixture *f, const char *names, GError **error)
{
  g_auto (GStrv) split = g_strsplit (names, " ", -1);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; split[i] != NULL; i++)
    if (*split[i] != '\0')
      g_ptr_array_add (list, split[i]);
  return trust_outside_deselect (f->root, list, error);
}

static void
assert_conf (Fixture *f, const char *expected)
{
  g_autofree char *text = test_scratch_read (f->scratch, CONF);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_edit (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->scratch, CONF, NULL), *list = NULL;
  struct stat st;

  test_scratch_write (f->scratch, CONF, "# a.crt\n\n a.crt \nb.crt\n!c.crt\nd.crt\na.crt\n#b.crt\nlast.crt", -1);
  g_assert_no_errno (g_chmod (path, 0640));
  g_assert_true (deselect (f, "a.crt c.crt last.crt", &error));
  g_assert_no_error (error);
  assert_conf (f, "# a.crt\n\n! a.crt \nb.crt\n!c.crt\nd.crt\n!a.crt\n#b.crt\n!last.crt");
  g_assert_no_errno (stat (path, &st));
  g_assert_cmpint (st.st_mode & 07777, ==, 0640);
  g_assert_true (deselect (f, "b.crt c.crt", &error));
  assert_conf (f, "# a.crt\n\n a.crt \n!b.crt\n!c.crt\nd.crt\na.crt\n#b.crt\nlast.crt");
  list = test_scratch_read (f->scratch, TRUST_OUTSIDE_DESELECTED);
  g_assert_cmpstr (list, ==, "b.crt\nc.crt\n");
  g_assert_false (test_scratch_exists (f->scratch, TRUST_OUTSIDE_RELEASED));
  g_assert_true (deselect (f, "", &error));
  assert_conf (f, "# a.crt\n\n a.crt \nb.crt\nc.crt\nd.crt\na.crt\n#b.crt\nlast.crt");
}

/* What is deselected by someone else, and never was in our list, stays. */
static void
test_others (Fixture *f, gconstpointer data)
{
  test_scratch_write (f->scratch, CONF, "!theirs.crt\nours.crt\n", -1);
  g_assert_true (deselect (f, "ours.crt", NULL));
  g_assert_true (deselect (f, "", NULL));
  assert_conf (f, "!theirs.crt\nours.crt\n");
}

/* A writer that was killed after any of its steps: done again, it comes to the same end. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  static const char *const confs[] = { "a.crt\nb.crt\n", "!a.crt\nb.crt\n", "a.crt\n!b.crt\n", "!a.crt\n!b.crt\n" };
  static const char *const lists[] = { "", "a.crt\n", "a.crt\nb.crt\n", "b.crt\n" };

  for (guint conf = 0; conf < G_N_ELEMENTS (confs); conf++)
    for (guint deselected = 0; deselected < G_N_ELEMENTS (lists); deselected++)
      for (guint released = 0; released < G_N_ELEMENTS (lists); released++)
        {
          /* At no step does the configuration carry a `!` of ours that no list names. */
          if ((strstr (confs[conf], "!a") != NULL && strstr (lists[deselected], "a") == NULL && strstr (lists[released], "a") == NULL)
              || (strstr (confs[conf], "!b") != NULL && strstr (lists[deselected], "b") == NULL && strstr (lists[released], "b") == NULL))
            continue;
          test_scratch_write (f->scratch, CONF, confs[conf], -1);
          test_scratch_write (f->scratch, TRUST_OUTSIDE_DESELECTED, lists[deselected], -1);
          test_scratch_write (f->scratch, TRUST_OUTSIDE_RELEASED, lists[released], -1);
          g_assert_true (deselect (f, "b.crt", NULL));
          assert_conf (f, "a.crt\n!b.crt\n");
          g_assert_true (deselect (f, "", NULL));
          assert_conf (f, "a.crt\nb.crt\n");
        }
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (f->scratch, CONF, NULL);

  g_assert_false (deselect (f, "a.crt", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  test_scratch_write (f->scratch, "/etc/elsewhere", "a.crt\n", -1);
  g_assert_no_errno (symlink ("elsewhere", path));
  g_assert_false (deselect (f, "a.crt", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN);
  assert_conf (f, "a.crt\n");
}

static gboolean
refuse (TrustRoot *root, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "the unit failed");
  return FALSE;
}

/* The port has another implementation in the service. */
static void
test_port (Fixture *f, gconstpointer data)
{
  static const TrustOutside other = { refuse };
  g_autoptr (GError) error = NULL;

  test_scratch_write (f->scratch, CONF, "a.crt\n", -1);
  g_assert_true (trust_outside_get () == &trust_outside_direct);
  trust_outside_set (&other);
  g_assert_false (deselect (f, "a.crt", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FAILED);
  assert_conf (f, "a.crt\n");
  trust_outside_set (&trust_outside_direct);
  g_assert_true (trust_conf_edit (f->root, NULL));
  assert_conf (f, "!a.crt\n");
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/outside/edit", test_edit);
  ADD ("/outside/others", test_others);
  ADD ("/outside/killed", test_killed);
  ADD ("/outside/refused", test_refused);
  ADD ("/outside/port", test_port);
  return g_test_run ();
}
