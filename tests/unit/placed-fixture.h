/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Consumers that files describe, over publish-fixture.h's scratch root. */
#pragma once

#include "core/consumer-file.h"
#include "core/consumers/placed.h"
#include "core/error.h"
#include "tests/unit/publish-fixture.h"

#include <sys/file.h>
#include <sys/inotify.h>
#include <fcntl.h>

#define NOBODY ENTRIES ()
#define HEAD "[Consumer]\nVersion=1\n"
#define BUNDLE(name, path) "[Output " name "]\nFormat=pem-bundle\nPurpose=server-auth\nPath=" path "\n"
#define MANIFEST "/var/lib/anchord/consumers/"
#define FORCED TRUE

/* The consumers that the next publishing finds; of TrustPlaced*, by name. */
static GPtrArray *consumers;

static inline void
set_up_consumers (Fixture *f, gconstpointer data)
{
  set_up (f, data);
  consumers = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
}

static inline void
tear_down_consumers (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&consumers, g_ptr_array_unref);
  tear_down (f, data);
}

static inline int
compare_consumers (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TrustPlaced *const *) a)->name, (*(const TrustPlaced *const *) b)->name);
}

/* From now on there is the consumer NAME, as TEXT says, in place of an earlier one. TEXT: NULL: no longer. */
static inline void
give (const char *name, const char *text, gboolean enabled)
{
  g_autofree char *path = g_strconcat (TRUST_PLACED_FOLDER "/", name, TRUST_PLACED_SUFFIX, NULL);
  g_autoptr (TrustPlaced) placed = trust_placed_new (name, path);
  GPtrArray *next = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < consumers->len; i++)
    if (!g_str_equal (((TrustPlaced *) consumers->pdata[i])->name, name))
      g_ptr_array_add (next, trust_placed_ref (consumers->pdata[i]));
  g_ptr_array_unref (consumers);
  consumers = next;
  if (text == NULL)
    return;
  if (!trust_consumer_file_parse ((TrustSpan) { (const guint8 *) text, strlen (text) }, placed, &error))
    placed->fault = g_strdup (error->message);
  placed->content = g_bytes_new (text, strlen (text));
  placed->mark = enabled ? TRUST_PLACED_MARKED_ENABLED : TRUST_PLACED_UNSAID;
  trust_placed_decide (placed, TRUST_DISTRIBUTION_DEBIAN);
  g_ptr_array_add (consumers, g_steal_pointer (&placed));
  g_ptr_array_sort (consumers, compare_consumers);
}

static inline gboolean
show (Fixture *f, const Entry *entries, gboolean known)
{
  g_autoptr (TrustSnapshot) next = snapshot_new (f, entries);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  trust_placed_settle (f->root, TRUST_DISTRIBUTION_DEBIAN, consumers);
  trust_snapshot_take_placed (next, consumers);
  ok = trust_publisher_publish (f->publisher, known ? f->shown : NULL, next, &error);
  g_assert_true (ok == (error == NULL));
  g_clear_pointer (&f->shown, trust_snapshot_unref);
  f->shown = g_steal_pointer (&next);
  return ok;
}

static inline gboolean
repair (Fixture *f, const char *name, gboolean force)
{
  g_autoptr (GError) error = NULL;

  return trust_publisher_repair (f->publisher, f->shown, name, force, &error);
}

static inline gboolean
has_status (Fixture *f, const char *id)
{
  for (guint i = 0; i < f->shown->consumers->len; i++)
    if (g_str_equal (((TrustConsumerStatus *) f->shown->consumers->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static inline void
assert_current (Fixture *f, const char *id)
{
  const TrustConsumerStatus *status = status_of (f, id);

  g_assert_cmpstr (status->fault, ==, NULL);
  g_assert_true (status->current && status->enabled);
  g_assert_cmpuint (status->generation, ==, f->shown->generation);
}

static inline void
assert_quiet (Fixture *f, const char *id)
{
  assert_current (f, id);
  g_assert_cmpuint (status_of (f, id)->drift->len, ==, 0);
  g_assert_cmpuint (status_of (f, id)->withdrawn->len, ==, 0);
}

static inline void
assert_fault (Fixture *f, const char *id, const char *said)
{
  const TrustConsumerStatus *status = status_of (f, id);

  g_assert_false (status->current);
  g_assert_nonnull (status->fault);
  if (strstr (status->fault, said) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status->fault, said);
}

/* One line of what is told has all of WORD and the number of CERTIFICATE (-1: any). */
static inline void
assert_drift (Fixture *f, const char *id, const char *word, gint certificate)
{
  const TrustConsumerStatus *status = status_of (f, id);
  g_autofree char *title = certificate >= 0 ? g_strdup_printf ("Root %d", certificate) : g_strdup ("");

  for (guint i = 0; i < status->drift->len; i++)
    if (strstr (status->drift->pdata[i], word) != NULL && strstr (status->drift->pdata[i], title) != NULL)
      return;
  g_error ("nobody tells \"%s\" of \"%s\"", word, title);
}

static inline char *
stamps_of (Fixture *f, const char *folder)
{
  g_autofree char *path = g_build_filename (f->scratch, folder, NULL);
  GString *out = g_string_new (NULL);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    stamp_folder (path, out);
  return g_string_free (out, FALSE);
}

/* What consumers write: their places, and their manifests. */
static inline char *
stamps_of_placed (Fixture *f)
{
  g_autofree char *srv = stamps_of (f, "/srv"), *manifests = stamps_of (f, MANIFEST);

  return g_strconcat (srv, manifests, NULL);
}

static inline ino_t
inode_of (Fixture *f, const char *path)
{
  g_autofree char *full = g_build_filename (f->scratch, path, NULL);
  struct stat st;

  g_assert_no_errno (lstat (full, &st));
  return st.st_ino;
}

static inline mode_t
mode_of (Fixture *f, const char *path)
{
  g_autofree char *full = g_build_filename (f->scratch, path, NULL);
  struct stat st;

  g_assert_no_errno (lstat (full, &st));
  return st.st_mode & 07777;
}

/* The certificates of MASK, in that order or in the other. */
static inline char *
bundle_of (guint mask, gboolean backwards)
{
  GString *out = g_string_new ("# written by hand\n");

  for (guint n = 0; n < N_CERTIFICATES; n++)
    {
      guint i = backwards ? N_CERTIFICATES - 1 - n : n;

      if (mask & 1u << i)
        g_string_append (out, pems[i]);
    }
  return g_string_free (out, FALSE);
}

static inline void
put (Fixture *f, const char *path, guint mask, gboolean backwards)
{
  g_autofree char *text = bundle_of (mask, backwards);

  test_scratch_write (f->scratch, path, text, -1);
}

static inline void
assert_holds (Fixture *f, const char *path, const char *wanted)
{
  g_autofree char *text = test_scratch_read (f->scratch, path);

  g_assert_cmpstr (text, ==, wanted);
}

static inline void
link_to (Fixture *f, const char *target, const char *path)
{
  g_autofree char *full = g_build_filename (f->scratch, path, NULL);

  g_assert_no_errno (symlink (target, full));
}

static inline void
remove_tree (Fixture *f, const char *path)
{
  g_assert_true (trust_root_remove_tree (f->root, path));
}

#define ADD_TEST(name, function) g_test_add ("/placed/" name, Fixture, NULL, set_up_consumers, function, tear_down_consumers)
