/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A preview changes nothing, and says what the change then does: over random sequences of all kinds. */
#include "core/engine.h"
#include "core/record.h"

#include "tests/lib/support.h"

#include <string.h>

#define N_CERTIFICATES 5
#define DAY 86400

typedef struct
{
  char *scratch;
  TestCertificate *certificates[N_CERTIFICATES];
  TrustCaller *caller;
  TrustEngine *engine;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = NULL;

  f->scratch = test_scratch_new ();
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i);
      /* The last has the key of the first. */
      TestCertificateSpec spec = { .dn = dn, .same_key = i == N_CERTIFICATES - 1 ? f->certificates[0] : NULL };

      f->certificates[i] = test_certificate_new (&spec);
    }
  pem = test_certificate_dup_pem (f->certificates[1]);
  test_scratch_write (f->scratch, "/usr/lib/anchord/anchors.d/vendor.pem", pem, -1);
  f->caller = trust_caller_new_self ("test");
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, NULL);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  trust_caller_free (f->caller);
  for (guint i = 0; i < N_CERTIFICATES; i++)
    test_certificate_free (f->certificates[i]);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustSettings *
random_settings (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (g_test_rand_int_range (1, 8));
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  TrustLimits limits = { .until = TRUST_NEVER };

  if (g_test_rand_int_range (0, 3) == 0)
    {
      trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "corp.example", NULL);
      limits.constraints = constraints;
    }
  if (g_test_rand_int_range (0, 4) == 0)
    limits.until = g_get_real_time () / G_USEC_PER_SEC + g_test_rand_int_range (1, 10) * DAY;
  return trust_settings_new_limited (purposes, &limits);
}

static void
fill_import (TrustChange *change, TestCertificate *certificate)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  g_autoptr (TrustSettings) settings = random_settings ();
  TrustSpan none = { NULL, 0 };

  if (g_test_rand_bit ())
    g_ptr_array_add (change->anchors, trust_anchor_new (certificate->certificate, settings, origin, NULL));
  else
    g_ptr_array_add (change->distrusts,
                     trust_distrust_new (trust_certificate_get_fingerprint (certificate->certificate),
                                         g_test_rand_bit () ? trust_certificate_get_key_fingerprint (certificate->certificate) : NULL, none, none,
                                         certificate->certificate, origin, NULL));
  change->purge_owned = g_test_rand_int_range (0, 4) == 0;
}

static TrustChange *
random_change (Fixture *f)
{
  static const TrustChangeKind kinds[] = { TRUST_CHANGE_ADD, TRUST_CHANGE_REMOVE,  TRUST_CHANGE_DISTRUST,
                                           TRUST_CHANGE_SET, TRUST_CHANGE_RESTORE, TRUST_CHANGE_IMPORT };
  TrustChange *change = trust_change_new (kinds[g_test_rand_int_range (0, G_N_ELEMENTS (kinds))]);
  TestCertificate *certificate = f->certificates[g_test_rand_int_range (0, N_CERTIFICATES)];
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (certificate->certificate), 64 };
  g_autoptr (TrustSettings) settings = random_settings ();
  const TrustLimits *limits = trust_settings_get_limits (settings);

  change->replace = g_test_rand_bit ();
  change->override_distrust = g_test_rand_bit ();
  change->keep_going = g_test_rand_bit ();
  change->cert_only = g_test_rand_bit ();
  if (change->kind == TRUST_CHANGE_ADD || change->kind == TRUST_CHANGE_SET)
    {
      change->purposes = trust_purposes_ref (trust_settings_get_purposes (settings));
      change->named = g_test_rand_bit () ? TRUST_NAMES_CONSTRAINTS | TRUST_NAMES_UNTIL : 0;
      change->limits.constraints = limits->constraints != NULL ? trust_constraints_ref (limits->constraints) : NULL;
      change->limits.until = limits->until;
    }
  if (change->kind == TRUST_CHANGE_ADD)
    g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  else if (change->kind == TRUST_CHANGE_IMPORT)
    fill_import (change, certificate);
  else
    g_array_append_val (change->fingerprints, prefix);
  return change;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Every file below FOLDER with its content, and every folder and link: what a change could change. */
static void
look_at (const char *folder, GChecksum *sum)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_checksum_update (sum, (const guchar *) folder, -1);
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_clear_pointer (&dir, g_dir_close);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      const char *path = names->pdata[i];
      g_autofree char *content = NULL, *target = g_file_read_link (path, NULL);
      gsize size = 0;

      g_checksum_update (sum, (const guchar *) path, -1);
      if (target != NULL)
        g_checksum_update (sum, (const guchar *) target, -1);
      else if (g_file_test (path, G_FILE_TEST_IS_DIR))
        look_at (path, sum);
      else if (g_file_get_contents (path, &content, &size, NULL))
        g_checksum_update (sum, (const guchar *) content, (gssize) size);
    }
}

static char *
look (Fixture *f)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  look_at (f->scratch, sum);
  return g_strdup (g_checksum_get_string (sum));
}

static const TrustJournalChange *
find_change (const GPtrArray *changes, const TrustFingerprint *fingerprint)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  for (guint i = 0; i < changes->len; i++)
    if (g_str_equal (((TrustJournalChange *) changes->pdata[i])->fingerprint, hex))
      return changes->pdata[i];
  return NULL;
}

/* CHANGES says just how each certificate stands in BEFORE and AFTER, where that differs. */
static void
assert_told (Fixture *f, const GPtrArray *changes, const TrustSnapshot *before, const TrustSnapshot *after)
{
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (f->certificates[i]->certificate);
      g_autofree char *was = trust_record_describe (before->set, fingerprint), *is = trust_record_describe (after->set, fingerprint);
      const TrustJournalChange *told = find_change (changes, fingerprint);

      if (!g_str_equal (was, is))
        g_assert_nonnull (told);
      if (told == NULL)
        continue;
      g_assert_cmpstr (told->before, ==, was);
      g_assert_cmpstr (told->after, ==, is);
    }
}

static void
assert_same_rows (const TrustOutcome *a, const TrustOutcome *b)
{
  g_assert_cmpuint (a->rows->len, ==, b->rows->len);
  g_assert_cmpuint (a->notices->len, ==, b->notices->len);
  for (guint i = 0; i < a->rows->len; i++)
    {
      const TrustOutcomeRow *x = a->rows->pdata[i], *y = b->rows->pdata[i];

      g_assert_true (trust_fingerprint_equal (&x->fingerprint, &y->fingerprint));
      g_assert_cmpint (x->result, ==, y->result);
      g_assert_cmpstr (x->detail, ==, y->detail);
    }
  for (guint i = 0; i < a->notices->len; i++)
    g_assert_cmpstr (a->notices->pdata[i], ==, b->notices->pdata[i]);
}

static void
test_sequences (Fixture *f, gconstpointer data)
{
  guint n_changed = 0, n_refused = 0;

  for (guint round = 0; round < 120; round++)
    {
      g_autoptr (TrustChange) change = random_change (f);
      g_autoptr (TrustSnapshot) before = trust_engine_get_snapshot (f->engine), after = NULL;
      g_autofree char *tree = look (f), *tree_after = NULL;
      g_autoptr (GPtrArray) changes = NULL;
      g_autoptr (GError) said = NULL, error = NULL;
      g_autoptr (TrustOutcome) told = trust_engine_preview (f->engine, change, f->caller, &changes, &said), done = NULL;

      tree_after = look (f);
      g_assert_cmpstr (tree, ==, tree_after);
      done = trust_engine_apply (f->engine, change, f->caller, &error);
      g_assert_cmpint (told == NULL, ==, done == NULL);
      if (done == NULL)
        {
          g_assert_cmpstr (said->message, ==, error->message);
          n_refused++;
          continue;
        }
      after = trust_engine_get_snapshot (f->engine);
      assert_same_rows (told, done);
      assert_told (f, changes, before, after);
      n_changed += after != before;
    }
  g_test_message ("%u changes, %u refusals", n_changed, n_refused);
  g_assert_cmpuint (n_changed, >, 20);
  g_assert_cmpuint (n_refused, >, 10);
}

/* Any thread may ask, while another writes. */
static gpointer
keep_asking (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
      g_autoptr (GPtrArray) changes = NULL;
      g_autoptr (TrustOutcome) told = NULL;

      g_ptr_array_add (change->certificates, trust_certificate_ref (f->certificates[i % N_CERTIFICATES]->certificate));
      told = trust_engine_preview (f->engine, change, f->caller, &changes, NULL);
      g_assert_nonnull (told);
    }
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asking", keep_asking, f);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (TrustChange) change = trust_change_new (i % 2 == 0 ? TRUST_CHANGE_ADD : TRUST_CHANGE_REMOVE);
      TrustPrefix prefix = { *trust_certificate_get_fingerprint (f->certificates[0]->certificate), 64 };
      g_autoptr (TrustOutcome) done = NULL;

      if (i % 2 == 0)
        g_ptr_array_add (change->certificates, trust_certificate_ref (f->certificates[0]->certificate));
      else
        g_array_append_val (change->fingerprints, prefix);
      done = trust_engine_apply (f->engine, change, f->caller, NULL);
      g_assert_nonnull (done);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/preview/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("sequences", test_sequences);
  CASE ("threads", test_threads);
  return g_test_run ();
}
