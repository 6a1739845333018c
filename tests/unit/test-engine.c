/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"
#include "core/engine.h"
#include "core/plan.h"

#include "tests/lib/support.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  char *scratch;
  TestCertificate *corp;
  TrustCaller *caller;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->corp = test_certificate_new_root ("CN=Corp Root,O=Corp");
  f->caller = trust_caller_new_self ("test");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->corp);
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustEngine *
open_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  TrustEngine *engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);

  g_assert_no_error (error);
  g_assert_true (trust_engine_refresh (engine, NULL, &error));
  g_assert_no_error (error);
  return engine;
}

static TrustOutcome *
change (Fixture *f, TrustEngine *engine, TrustChangeKind kind, GError **error)
{
  g_autoptr (TrustChange) wish = trust_change_new (kind);

  if (kind == TRUST_CHANGE_ADD)
    g_ptr_array_add (wish->certificates, trust_certificate_ref (f->corp->certificate));
  else
    {
      TrustPrefix prefix = { *trust_certificate_get_fingerprint (f->corp->certificate), 64 };

      g_array_append_val (wish->fingerprints, prefix);
    }
  return trust_engine_apply (engine, wish, f->caller, error);
}

static gboolean
bundle_has (Fixture *f, const char *path)
{
  g_autofree char *bundle = test_scratch_read (f->scratch, path);
  g_autofree char *pem = test_certificate_dup_pem (f->corp);

  return bundle != NULL && strstr (bundle, pem) != NULL;
}

static void
test_add_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustOutcome) again = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustOutcome) removed = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;

  g_assert_cmpint (((TrustOutcomeRow *) added->rows->pdata[0])->result, ==, TRUST_RESULT_ADDED);
  g_assert_cmpint (((TrustOutcomeRow *) again->rows->pdata[0])->result, ==, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (again->generation, ==, added->generation);
  g_assert_true (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
  removed = change (f, engine, TRUST_CHANGE_REMOVE, NULL);
  g_assert_cmpint (((TrustOutcomeRow *) removed->rows->pdata[0])->result, ==, TRUST_RESULT_REMOVED);
  g_assert_cmpuint (removed->generation, >, added->generation);
  g_assert_false (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
  snapshot = trust_engine_get_snapshot (engine);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (snapshot->set), ==, 0);
}

static void
test_distrust_and_lift (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustOutcome) refused = change (f, engine, TRUST_CHANGE_DISTRUST, NULL);
  g_autoptr (TrustChange) lift = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustOutcome) lifted = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (added);
  g_assert_nonnull (refused);
  g_assert_false (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
  g_assert_null (change (f, engine, TRUST_CHANGE_ADD, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED);
  lift->override_distrust = TRUE;
  g_ptr_array_add (lift->certificates, trust_certificate_ref (f->corp->certificate));
  lifted = trust_engine_apply (engine, lift, f->caller, NULL);
  g_assert_nonnull (lifted);
  g_assert_true (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
}

static TrustOutcome *
set_label (Fixture *f, TrustEngine *engine, const char *label, GError **error)
{
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_SET);
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (f->corp->certificate), 64 };

  g_array_append_val (wish->fingerprints, prefix);
  wish->label = g_strdup (label);
  return trust_engine_apply (engine, wish, f->caller, error);
}

/* A file that somebody wrote or took away just now is looked at before a change goes over it: its limits stay, and it does not come back. */
static void
test_overtaken (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL), set = NULL;
  g_autofree char *name = trust_anchor_file_name (trust_certificate_get_fingerprint (f->corp->certificate), FALSE),
                  *path = g_build_filename (TRUST_ANCHORS_FOLDER, name, NULL), *whole = g_build_filename (f->scratch, path, NULL), *text = NULL;
  TrustSpan der = trust_certificate_get_der (f->corp->certificate);
  g_autofree char *base64 = g_base64_encode (der.data, der.size),
                  *limited = g_strdup_printf ("[Anchor]\nVersion=1\nCertificate=%s\n[Trust]\nPurposes=server-auth;\n[Constraints]\n"
                                              "PermittedDNS=corp.example;\n",
                                              base64);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (added);
  test_scratch_write (f->scratch, path, limited, -1);
  set = set_label (f, engine, "Corp", &error);
  g_assert_no_error (error);
  text = test_scratch_read (f->scratch, path);
  g_assert_nonnull (strstr (text, "Label=Corp"));
  g_assert_nonnull (strstr (text, "PermittedDNS=corp.example"));
  g_assert_cmpint (unlink (whole), ==, 0);
  g_assert_null (set_label (f, engine, "Other", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  g_assert_false (test_scratch_exists (f->scratch, path));
}

/* What was acknowledged is there for the next engine, and the generation goes on rising. */
static void
test_reopen (Fixture *f, gconstpointer data)
{
  TrustEngine *engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustEngine) next = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;

  trust_engine_free (engine);
  next = open_engine (f);
  snapshot = trust_engine_get_snapshot (next);
  g_assert_cmpuint (snapshot->generation, ==, added->generation);
  g_assert_nonnull (trust_anchor_set_lookup (snapshot->set, trust_certificate_get_fingerprint (f->corp->certificate)));
}

static void
test_second_writer (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustEngine) reader = trust_engine_open (f->scratch, TRUST_ENGINE_READ_ONLY, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (reader);
  g_assert_null (trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (change (f, reader, TRUST_CHANGE_ADD, &error));
  g_assert_nonnull (error);
}

/* The anchor folders are declarative: a file dropped in is an anchor, a file gone is an anchor gone. */
static void
test_dropped_file (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autofree char *pem = test_certificate_dup_pem (f->corp);
  g_autofree char *path = g_build_filename (f->scratch, "etc/anchord/anchors.d/corp.pem", NULL);
  gboolean changed = FALSE;

  if (getuid () != 0)
    {
      g_test_skip ("only root's files count");
      return;
    }
  test_scratch_write (f->scratch, "/etc/anchord/anchors.d/corp.pem", pem, -1);
  g_assert_true (trust_engine_refresh (engine, &changed, NULL));
  g_assert_true (changed);
  g_assert_true (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
  g_assert_true (trust_engine_refresh (engine, &changed, NULL));
  g_assert_false (changed);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_true (trust_engine_refresh (engine, &changed, NULL));
  g_assert_true (changed);
  g_assert_false (bundle_has (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem"));
}

static void
on_changed (guint64 generation, const TrustAnchorSetDiff *diff, gpointer data)
{
  guint *calls = data;

  g_assert_cmpuint (diff->added->len + diff->removed->len, ==, 1);
  (*calls)++;
}

static void
test_listener (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = NULL;
  g_autoptr (TrustOutcome) again = NULL;
  guint calls = 0;

  trust_engine_set_listener (engine, on_changed, &calls);
  added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  again = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_assert_cmpuint (calls, ==, 1);
}

/* A preview says what the change then does, and does nothing; a reader without the lock may ask. */
static void
test_preview (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustEngine) reader = trust_engine_open (f->scratch, TRUST_ENGINE_READ_ONLY, NULL);
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustSnapshot) before = trust_engine_get_snapshot (engine), after = NULL;
  g_autoptr (TrustOutcome) outcome = NULL, added = NULL, again = NULL;
  g_autoptr (GPtrArray) changes = NULL, none = NULL;
  const TrustJournalChange *change_seen = NULL;

  g_ptr_array_add (wish->certificates, trust_certificate_ref (f->corp->certificate));
  outcome = trust_engine_preview (reader, wish, f->caller, &changes, NULL);
  g_assert_cmpint (((TrustOutcomeRow *) outcome->rows->pdata[0])->result, ==, TRUST_RESULT_ADDED);
  g_assert_cmpuint (outcome->generation, ==, before->generation);
  g_assert_cmpuint (changes->len, ==, 1);
  change_seen = changes->pdata[0];
  g_assert_cmpstr (change_seen->title, ==, "Corp Root");
  g_assert_cmpstr (change_seen->before, ==, "");
  g_assert_cmpstr (change_seen->after, ==, "trusted server-auth");
  g_assert_false (test_scratch_exists (f->scratch, "/etc/anchord/anchors.d"));
  after = trust_engine_get_snapshot (engine);
  g_assert_true (after == before);

  added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  again = trust_engine_preview (engine, wish, f->caller, &none, NULL);
  g_assert_cmpint (((TrustOutcomeRow *) again->rows->pdata[0])->result, ==, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_render (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GBytes) server = trust_engine_render (snapshot, "system", "server-auth", "pem-bundle", NULL);
  g_autoptr (GBytes) email = trust_engine_render (snapshot, "system", "email-protection", "pem-bundle", NULL);
  g_autofree char *pem = test_certificate_dup_pem (f->corp);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (server, NULL), g_bytes_get_size (server), pem, strlen (pem));
  g_assert_cmpuint (g_bytes_get_size (email), ==, 0);
  g_assert_null (trust_engine_render (snapshot, "app/x", "server-auth", "pem-bundle", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

/* The formats that say what trust means hold all of the set, or what is for one purpose; and what each loses is told. */
static void
test_formats (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustEngine) engine = open_engine (f);
  g_autoptr (TrustOutcome) added = change (f, engine, TRUST_CHANGE_ADD, NULL);
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  static const char *const formats[] = { "p11-kit", "openssl-trusted" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) all = trust_engine_render (snapshot, "system", "", formats[i], NULL);
      g_autoptr (GBytes) server = trust_engine_render (snapshot, "system", "1.3.6.1.5.5.7.3.1", formats[i], NULL);
      g_autoptr (GBytes) email = trust_engine_render (snapshot, "system", "email-protection", formats[i], NULL);
      g_autoptr (GPtrArray) losses = trust_engine_losses (snapshot, "system", "", formats[i], NULL);
      g_autofree char *text = g_strndup (g_bytes_get_data (email, NULL), g_bytes_get_size (email));

      g_assert_true (g_bytes_equal (all, server));
      g_assert_cmpuint (g_bytes_get_size (all), >, 500);
      g_assert_null (strstr (text, "BEGIN"));
      g_assert_cmpuint (losses->len, ==, 0);
    }
  for (guint i = 0; i < 4; i++)
    {
      const char *const asked[][3] = {
        { "system", "", "pem-bundle" }, { "system", "server-auth", "openssl-dir" }, { "system", "coffee", "p11-kit" }, { "app/none", "", "p11-kit" }
      };
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) same = NULL;

      g_assert_null (trust_engine_render (snapshot, asked[i][0], asked[i][1], asked[i][2], &error));
      g_assert_null (trust_engine_losses (snapshot, asked[i][0], asked[i][1], asked[i][2], &same));
      g_assert_true (g_error_matches (error, TRUST_ERROR, i < 3 ? TRUST_ERROR_INVALID_ARGUMENT : TRUST_ERROR_NOT_FOUND));
      g_assert_cmpstr (error->message, ==, same->message);
      g_assert_cmpint (trust_engine_check_bundle (asked[i][1], asked[i][2], NULL), ==, i == 3);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/engine/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("formats", test_formats);
  CASE ("add-remove", test_add_remove);
  CASE ("distrust-and-lift", test_distrust_and_lift);
  CASE ("overtaken", test_overtaken);
  CASE ("reopen", test_reopen);
  CASE ("second-writer", test_second_writer);
  CASE ("dropped-file", test_dropped_file);
  CASE ("listener", test_listener);
  CASE ("preview", test_preview);
  CASE ("render", test_render);
  return g_test_run ();
}
