/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine.h"
#include "tests/unit/requests-fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static char *
path_of (Fixture *f, const char *id)
{
  g_autofree char *inside = trust_requests_dup_path (id);

  return g_strconcat (f->scratch, inside, NULL);
}

static guint
count (Fixture *f, gint64 now)
{
  g_autoptr (GPtrArray) list = trust_requests_list (f->requests, now, NULL);

  return list->len;
}

/* Kept once, for root's eyes, found again by another instance, gone when it expires. */
static void
test_life (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (TrustRequest) same = ask (f, "because", NOW + 5);
  g_autoptr (TrustRequests) other = trust_requests_new (f->root);
  g_autofree char *path = path_of (f, request->id);
  g_autoptr (TrustRequest) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean added = FALSE;
  struct stat st;

  g_assert_cmpuint (count (f, NOW), ==, 0);
  g_assert_true (trust_requests_add (f->requests, request, NOW, &added, &error));
  g_assert_no_error (error);
  g_assert_true (added);
  g_assert_true (trust_requests_add (f->requests, same, NOW + 5, &added, &error));
  g_assert_false (added);
  g_assert_cmpuint (count (f, NOW), ==, 1);
  g_assert_no_errno (stat (path, &st));
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  found = trust_requests_find (other, request->id, NOW + 10, &error);
  g_assert_no_error (error);
  g_assert_cmpint (found->time, ==, NOW);
  g_assert_cmpuint (count (f, request->expires - 1), ==, 1);
  g_assert_cmpuint (count (f, request->expires), ==, 0);
  g_assert_null (trust_requests_find (other, request->id, request->expires, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* Asked again, it waits from then on. */
  g_assert_true (trust_requests_add (f->requests, same, request->expires, &added, &error));
  g_assert_true (added);
  trust_requests_sweep (f->requests, request->expires);
  trust_requests_sweep (f->requests, G_MAXINT64);
  g_assert_cmpint (stat (path, &st), ==, -1);
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autofree char *head = g_strndup (request->id, 63);
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_requests_add (f->requests, request, NOW, NULL, &error));
  g_assert_false (trust_requests_remove (f->requests, head, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (trust_requests_remove (f->requests, request->id, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (f, NOW), ==, 0);
  g_assert_false (trust_requests_remove (f->requests, request->id, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

/* A damaged file is told of, counts for nothing, and can be denied. Others beside it are none of ours. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (TrustRequest) other = ask (f, "other", NOW);
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *text = altered (request, "Reason=because", "Reason=why not");
  g_autofree char *path = trust_requests_dup_path (request->id);
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_requests_add (f->requests, request, NOW, NULL, &error));
  g_assert_true (trust_requests_add (f->requests, other, NOW, NULL, &error));
  g_assert_cmpuint (count (f, NOW), ==, 2);
  test_scratch_write (f->scratch, path, text, -1);
  test_scratch_write (f->scratch, TRUST_REQUESTS_FOLDER "/README", "not ours", -1);
  list = trust_requests_list (f->requests, NOW, reports);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (reports->len, ==, 1);
  g_assert_nonnull (strstr (reports->pdata[0], request->id));
  g_assert_null (trust_requests_find (f->requests, request->id, NOW, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_true (trust_requests_remove (f->requests, request->id, &error));
  g_assert_no_error (error);
  g_assert_true (test_scratch_exists (f->scratch, TRUST_REQUESTS_FOLDER "/README"));
  /* Or it is asked again. */
  test_scratch_write (f->scratch, path, "", 0);
  g_assert_true (trust_requests_add (f->requests, request, NOW, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (f, NOW), ==, 2);
}

static void
test_bounds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < TRUST_LIMIT_REQUESTS + 1; i++)
    {
      g_autofree char *reason = g_strdup_printf ("number %u", i);
      g_autoptr (TrustRequest) request = NULL;

      f->caller->uid = 1000 + i / TRUST_LIMIT_REQUESTS_PER_UID;
      request = ask (f, reason, NOW);
      if (i < TRUST_LIMIT_REQUESTS)
        g_assert_true (trust_requests_add (f->requests, request, NOW, NULL, &error));
      else
        g_assert_false (trust_requests_add (f->requests, request, NOW, NULL, &error));
      if (i != TRUST_LIMIT_REQUESTS_PER_UID - 1)
        continue;

      g_autoptr (TrustRequest) more = ask (f, "one more", NOW);

      g_assert_false (trust_requests_add (f->requests, more, NOW, NULL, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
      g_clear_error (&error);
      /* What waits already takes no more room. */
      g_assert_true (trust_requests_add (f->requests, request, NOW, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  g_assert_cmpuint (count (f, NOW), ==, TRUST_LIMIT_REQUESTS);

  /* When they have expired there is room again. */
  g_autoptr (TrustRequest) later = ask (f, "later", NOW + DAYS (TRUST_LIMIT_REQUEST_DAYS));

  g_assert_true (trust_requests_add (f->requests, later, NOW + DAYS (TRUST_LIMIT_REQUEST_DAYS), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (f, NOW), ==, 1);
}

typedef struct
{
  guint calls, waiting;
} Heard;

static void
on_changed (guint waiting, const TrustCaller *caller, const char *what, gpointer user_data)
{
  Heard *heard = user_data;

  heard->calls++;
  heard->waiting = waiting;
}

static TrustEngine *
open_engine (Fixture *f, Heard *heard)
{
  g_autoptr (GError) error = NULL;
  TrustEngine *engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);

  g_assert_no_error (error);
  g_assert_true (trust_engine_refresh (engine, NULL, &error));
  trust_engine_set_requests_listener (engine, on_changed, heard);
  return engine;
}

static gboolean
ask_engine (Fixture *f, TrustEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) certificates = both (f, FALSE);
  TrustWish wish = { certificates, NULL, "Label", "because", NULL };
  g_autoptr (TrustRequest) request = trust_engine_request_add (engine, &wish, f->caller, error);

  return request != NULL;
}

static gboolean
is_trusted (TrustEngine *engine, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  return trust_anchor_set_lookup (snapshot->set, trust_certificate_get_fingerprint (certificate->certificate)) != NULL;
}

/* A request changes no trust; approving it does, and takes it away in the same transaction. */
static void
test_approve (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (TrustCaller) approver = trust_caller_new_self ("test");
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (TrustOutcome) again = NULL;
  g_autoptr (TrustSnapshot) before = NULL;
  g_autoptr (TrustSnapshot) after = NULL;
  g_autoptr (GError) error = NULL;
  Heard heard = { 0, 0 };
  g_autoptr (TrustEngine) engine = open_engine (f, &heard);
  const TrustNote *note = NULL;

  before = trust_engine_get_snapshot (engine);
  g_assert_true (ask_engine (f, engine, &error));
  g_assert_no_error (error);
  g_assert_true (ask_engine (f, engine, &error));
  g_assert_cmpuint (heard.calls, ==, 1);
  g_assert_cmpuint (heard.waiting, ==, 1);
  after = trust_engine_get_snapshot (engine);
  g_assert_true (before == after && !is_trusted (engine, f->a));

  outcome = trust_engine_request_approve (engine, request->id, NULL, approver, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->rows->len, ==, 2);
  g_assert_true (is_trusted (engine, f->a) && is_trusted (engine, f->b));
  g_assert_cmpuint (heard.waiting, ==, 0);
  g_clear_pointer (&after, trust_snapshot_unref);
  after = trust_engine_get_snapshot (engine);
  note = trust_anchor_get_note (trust_anchor_set_lookup (after->set, trust_certificate_get_fingerprint (f->a->certificate)));
  g_assert_cmpstr (trust_note_get_reason (note), ==, "because (requested by uid 1000)");
  g_assert_cmpstr (trust_note_get_label (note), ==, "Label");
  again = trust_engine_request_approve (engine, request->id, NULL, approver, &error);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* What is there already goes all the same. */
  g_assert_true (ask_engine (f, engine, &error));
  again = trust_engine_request_approve (engine, request->id, "the administrator's", approver, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((TrustOutcomeRow *) again->rows->pdata[0])->result, ==, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (heard.waiting, ==, 0);
}

/* Approving is an add: what is refused then is not added, and the request goes on waiting. */
static void
test_approve_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (TrustCaller) approver = trust_caller_new_self ("test");
  g_autoptr (TrustChange) distrust = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustOutcome) distrusted = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  Heard heard = { 0, 0 };
  g_autoptr (TrustEngine) engine = open_engine (f, &heard);

  g_ptr_array_add (distrust->certificates, trust_certificate_ref (f->b->certificate));
  distrusted = trust_engine_apply (engine, distrust, approver, &error);
  g_assert_no_error (error);
  g_assert_true (ask_engine (f, engine, &error));
  g_assert_null (trust_engine_request_approve (engine, request->id, NULL, approver, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED);
  g_clear_error (&error);
  g_assert_false (is_trusted (engine, f->a));
  list = trust_engine_request_list (engine, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_true (trust_engine_request_deny (engine, request->id, NULL, approver, &error));
  g_assert_no_error (error);
  g_assert_false (is_trusted (engine, f->a));
  g_assert_cmpuint (heard.waiting, ==, 0);
}

static void
test_read_only (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = trust_engine_open (f->scratch, TRUST_ENGINE_READ_ONLY, NULL);
  g_autoptr (GPtrArray) list = trust_engine_request_list (engine, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (list->len, ==, 0);
  g_assert_false (ask_engine (f, engine, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FAILED);
}

/* A reason of any length leaves room for who asked. */
static void
test_long_reason (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) longest = g_string_new (NULL);

  for (guint i = 0; i < TRUST_LIMIT_REASON_CHARS; i++)
    g_string_append (longest, "ä");

  g_autoptr (TrustRequest) request = ask (f, longest->str, NOW);
  g_autoptr (TrustChange) change = trust_engine_request_to_change (request, NULL);

  g_assert_cmpint (g_utf8_strlen (change->reason, -1), ==, TRUST_LIMIT_REASON_CHARS);
  g_assert_true (g_str_has_suffix (change->reason, "… (requested by uid 1000)"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("life", test_life);
  ADD ("remove", test_remove);
  ADD ("damaged", test_damaged);
  ADD ("bounds", test_bounds);
  ADD ("approve", test_approve);
  ADD ("approve-refused", test_approve_refused);
  ADD ("read-only", test_read_only);
  ADD ("long-reason", test_long_reason);
  return g_test_run ();
}
