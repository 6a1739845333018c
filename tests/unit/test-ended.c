/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ended.h"
#include "core/limits.h"

#include "tests/lib/support.h"

#include <string.h>

#define EARLY 1700000000
#define LATE 1800000000

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TestCertificate *corp;
  TestCertificate *other;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->other = test_certificate_new_root ("CN=Other");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->corp);
  test_certificate_free (f->other);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustAnchor *
anchor_new (const TestCertificate *certificate, gint64 until)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  TrustLimits limits = { .until = until };
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, &limits);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/x", FALSE);

  return trust_anchor_new (certificate->certificate, settings, origin, NULL);
}

/* One state whose files hold just ANCHORS. */
static GPtrArray *
states_of (TrustAnchor **anchors, guint n)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  TrustSourceState *state = trust_source_state_new ("anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE);
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/x", FALSE);
  file->n_anchors = n;
  file->anchors = g_new (TrustAnchor *, n);
  for (guint i = 0; i < n; i++)
    file->anchors[i] = trust_anchor_ref (anchors[i]);
  trust_source_state_take_file (state, file);
  g_ptr_array_add (states, state);
  return states;
}

static void
write_ended (Fixture *f, const TrustEnded *ended)
{
  g_autoptr (GBytes) bytes = trust_ended_write (ended);

  test_scratch_write (f->scratch, TRUST_ENDED_PATH, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
}

static void
test_by_clock (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEnded) none = trust_ended_read (f->root);
  g_autoptr (TrustAnchor) ending = anchor_new (f->corp, LATE), endless = anchor_new (f->corp, TRUST_NEVER);

  g_assert_null (trust_ended_get_fault (none));
  g_assert_cmpuint (trust_ended_get_n (none), ==, 0);
  g_assert_false (trust_ended_has (none, ending, LATE - 1));
  g_assert_true (trust_ended_has (none, ending, LATE));
  g_assert_true (trust_ended_has (NULL, ending, LATE));
  g_assert_false (trust_ended_has (none, endless, G_MAXINT64));
}

/* Written down once, it has ended whatever the clock says; another `until` for the same certificate has not. */
static void
test_stays_ended (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchor) ending = anchor_new (f->corp, EARLY), later = anchor_new (f->corp, LATE), other = anchor_new (f->other, EARLY);
  TrustAnchor *both[] = { ending, other };
  g_autoptr (GPtrArray) states = states_of (both, 2);
  g_autoptr (TrustEnded) before = trust_ended_read (f->root), not_yet = NULL, gathered = NULL, again = NULL, read = NULL;

  not_yet = trust_ended_gather (before, states, EARLY - 1);
  g_assert_null (not_yet);
  gathered = trust_ended_gather (before, states, EARLY);
  g_assert_cmpuint (trust_ended_get_n (gathered), ==, 2);
  again = trust_ended_gather (gathered, states, EARLY);
  g_assert_null (again);
  write_ended (f, gathered);
  read = trust_ended_read (f->root);
  g_assert_null (trust_ended_get_fault (read));
  g_assert_cmpuint (trust_ended_get_n (read), ==, 2);
  g_assert_true (trust_ended_has (read, ending, EARLY - 1000));
  g_assert_true (trust_ended_has (read, other, 0));
  g_assert_false (trust_ended_has (read, later, EARLY));
  g_assert_true (trust_ended_lists (read, trust_anchor_get_fingerprint (ending), EARLY));
  g_assert_false (trust_ended_lists (read, trust_anchor_get_fingerprint (ending), LATE));
}

/* What was written down is kept though no file names it any more: the file may come back. */
static void
test_keeps_what_is_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchor) first = anchor_new (f->corp, EARLY), second = anchor_new (f->other, EARLY);
  g_autoptr (GPtrArray) with_first = states_of (&first, 1), with_second = states_of (&second, 1);
  g_autoptr (TrustEnded) one = trust_ended_gather (NULL, with_first, LATE), both = trust_ended_gather (one, with_second, LATE);

  g_assert_cmpuint (trust_ended_get_n (both), ==, 2);
  g_assert_true (trust_ended_has (both, first, 0));
}

/* Every cut and every changed byte of the file: nothing that had ended comes back. */
static void
test_damage (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchor) ending = anchor_new (f->corp, EARLY), later = anchor_new (f->other, LATE), endless = anchor_new (f->other, TRUST_NEVER);
  g_autoptr (GPtrArray) states = states_of (&ending, 1);
  g_autoptr (TrustEnded) ended = trust_ended_gather (NULL, states, EARLY);
  g_autoptr (GBytes) bytes = trust_ended_write (ended);
  gsize size = 0;
  const char *data_of = g_bytes_get_data (bytes, &size);

  for (gsize cut = 1; cut < size; cut++)
    {
      g_autoptr (TrustEnded) read = NULL;
      g_autoptr (TrustEnded) more = NULL;

      test_scratch_write (f->scratch, TRUST_ENDED_PATH, data_of, (gssize) cut);
      read = trust_ended_read (f->root);
      g_assert_nonnull (strstr (trust_ended_get_fault (read), TRUST_ENDED_PATH));
      g_assert_true (trust_ended_has (read, ending, EARLY - 1000));
      g_assert_true (trust_ended_has (read, later, EARLY));
      g_assert_false (trust_ended_has (read, endless, EARLY));
      /* Nor is it written over. */
      more = trust_ended_gather (read, states, EARLY);
      g_assert_null (more);
    }
  for (gsize at = 0; at < size; at++)
    {
      g_autofree char *changed = g_strndup (data_of, size);
      g_autoptr (TrustEnded) read = NULL;

      changed[at] = '!';
      test_scratch_write (f->scratch, TRUST_ENDED_PATH, changed, (gssize) size);
      read = trust_ended_read (f->root);
      g_assert_nonnull (trust_ended_get_fault (read));
    }
}

/* Lines out of order or twice are no file of ours. */
static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchor) first = anchor_new (f->corp, EARLY), second = anchor_new (f->other, EARLY);
  TrustAnchor *both[] = { first, second };
  g_autoptr (GPtrArray) states = states_of (both, 2);
  g_autoptr (TrustEnded) ended = trust_ended_gather (NULL, states, EARLY), turned = NULL, doubled = NULL;
  g_autoptr (GBytes) bytes = trust_ended_write (ended);
  const char *text = g_bytes_get_data (bytes, NULL), *middle = memchr (text, '\n', g_bytes_get_size (bytes));
  g_autofree char *line = g_strndup (text, middle + 1 - text);
  g_autofree char *other = g_strndup (middle + 1, text + g_bytes_get_size (bytes) - middle - 1);
  g_autofree char *backwards = g_strconcat (other, line, NULL), *twice = g_strconcat (line, line, NULL);

  test_scratch_write (f->scratch, TRUST_ENDED_PATH, backwards, -1);
  turned = trust_ended_read (f->root);
  g_assert_nonnull (strstr (trust_ended_get_fault (turned), "line 2"));
  test_scratch_write (f->scratch, TRUST_ENDED_PATH, twice, -1);
  doubled = trust_ended_read (f->root);
  g_assert_nonnull (trust_ended_get_fault (doubled));
}

/* A folder in its place can't be read: nobody knows what ended. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchor) later = anchor_new (f->corp, LATE);
  g_autoptr (TrustEnded) read = NULL;

  test_scratch_write (f->scratch, TRUST_ENDED_PATH "/x", "", 0);
  read = trust_ended_read (f->root);
  g_assert_nonnull (trust_ended_get_fault (read));
  g_assert_true (trust_ended_has (read, later, EARLY));
}

/* Too many: those that are gone from the folders go first, then the oldest. */
static void
test_bound (Fixture *f, gconstpointer data)
{
  GString *full = g_string_new (NULL);
  g_autoptr (TrustAnchor) ending = anchor_new (f->corp, EARLY);
  g_autoptr (GPtrArray) states = states_of (&ending, 1);
  g_autoptr (TrustEnded) read = NULL, after = NULL;

  for (guint i = 0; i < TRUST_LIMIT_ENDED; i++)
    g_string_append_printf (full, "%064x 5\n", i);
  test_scratch_write (f->scratch, TRUST_ENDED_PATH, full->str, (gssize) full->len);
  g_string_free (full, TRUE);
  read = trust_ended_read (f->root);
  g_assert_null (trust_ended_get_fault (read));
  after = trust_ended_gather (read, states, EARLY);
  g_assert_cmpuint (trust_ended_get_n (after), ==, 1);
  g_assert_true (trust_ended_lists (after, trust_anchor_get_fingerprint (ending), EARLY));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/ended/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("by-clock", test_by_clock);
  CASE ("stays-ended", test_stays_ended);
  CASE ("keeps-what-is-gone", test_keeps_what_is_gone);
  CASE ("damage", test_damage);
  CASE ("order", test_order);
  CASE ("unreadable", test_unreadable);
  CASE ("bound", test_bound);
  return g_test_run ();
}
