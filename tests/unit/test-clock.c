/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/next.h"
#include "daemon/clock.h"
#include "tests/lib/support.h"

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TestCertificate *certificate;
  TrustEngine *engine;
  TrustWriter *writer;
  TrustClock *clock;
} Fixture;

static void
drop (Fixture *f, gint64 until)
{
  TrustSpan der = trust_certificate_get_der (f->certificate->certificate);
  g_autofree char *encoded = g_base64_encode (der.data, der.size);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (until);
  g_autofree char *end = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *text = g_strdup_printf ("[Anchor]\nVersion=1\nCertificate=%s\n\n[Trust]\nPurposes=server-auth;\nUntil=%s\n", encoded, end);

  test_scratch_write (f->scratch, "/etc/anchord/anchors.d/ends.anchor", text, -1);
}

static void
on_worked (gpointer data)
{
  trust_clock_follow (data);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->certificate = test_certificate_new_root ("CN=Ends");
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  f->writer = trust_writer_new (f->engine, f->root, NULL);
  f->clock = trust_clock_new (f->engine, f->writer, &error);
  g_assert_no_error (error);
  trust_writer_set_listener (f->writer, on_worked, f->clock);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_writer_set_listener (f->writer, NULL, NULL);
  trust_clock_free (f->clock);
  trust_writer_free (f->writer);
  trust_engine_free (f->engine);
  trust_root_unref (f->root);
  test_certificate_free (f->certificate);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static gboolean
is_trusted (Fixture *f)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return trust_anchor_set_get_n_anchors (snapshot->set) == 1;
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Lets the main loop run until TRUSTED is so. FALSE after SECONDS. */
static gboolean
wait_for (Fixture *f, gboolean trusted, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  guint timer = g_timeout_add (5, wake, NULL);

  while (is_trusted (f) != trusted && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  return is_trusted (f) == trusted;
}

/* At the date, not before it, and within a second of it; nobody asks for anything. */
static void
test_ends (Fixture *f, gconstpointer data)
{
  gint64 end = g_get_real_time () / G_USEC_PER_SEC + 4, patience = 0;
  g_autofree char *next = NULL;
  double late;

  drop (f, end);
  trust_writer_want (f->writer, TRUST_WANT_START);
  g_assert_true (wait_for (f, TRUE, 3));
  next = test_scratch_read (f->scratch, TRUST_NEXT_DATE);
  g_assert_cmpint (g_ascii_strtoll (next, NULL, 10), ==, end);
  g_assert_true (wait_for (f, FALSE, 10));
  late = (double) g_get_real_time () / G_USEC_PER_SEC - (double) end;
  g_test_message ("%.3f s late", late);
  g_assert_cmpfloat (late, >=, 0);
  /* Idle from then on. */
  patience = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  while (!trust_writer_is_idle (f->writer) && g_get_monotonic_time () < patience)
    g_usleep (1000);
  g_assert_true (trust_writer_is_idle (f->writer));
  g_assert_false (test_scratch_exists (f->scratch, TRUST_NEXT_DATE));
}

/* A nearer date replaces one further off, and the other way round. */
static void
test_moves (Fixture *f, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  drop (f, now + 100000);
  trust_writer_want (f->writer, TRUST_WANT_START);
  g_assert_true (wait_for (f, TRUE, 5));
  drop (f, now + 3);
  trust_writer_want (f->writer, TRUST_WANT_START);
  g_assert_true (wait_for (f, FALSE, 10));
  drop (f, now + 100000);
  trust_writer_want (f->writer, TRUST_WANT_START);
  g_assert_true (wait_for (f, TRUE, 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/clock/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("ends", test_ends);
  ADD ("moves", test_moves);
  return g_test_run ();
}
