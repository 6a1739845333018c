/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/pem.h"
#include "core/plan.h"
#include "core/text.h"

#include "tests/lib/support.h"

#include <string.h>

static TrustSourceFile *
file_new (TrustLayer layer, const char *source, const char *path, gboolean foreign, const TestCertificate *root, guint mask)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (layer, source, path, foreign);
  if (root != NULL)
    {
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

      file->n_anchors = 1;
      file->anchors = g_new (TrustAnchor *, 1);
      file->anchors[0] = trust_anchor_new (root->certificate, settings, file->origin, NULL);
    }
  return file;
}

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TestCertificate *corp;     /* nobody's yet */
  TestCertificate *distro;   /* the distribution's */
  TestCertificate *local;    /* a foreign file's */
  TestCertificate *mine;     /* the administrator's */
  TrustCaller *caller;
  TrustSnapshot *snapshot;
} Fixture;

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  TrustSourceState *distribution = trust_source_state_new ("debian-distribution", TRUST_LAYER_DISTRIBUTION, FALSE);
  TrustSourceState *local = trust_source_state_new (TRUST_LOCAL_SOURCE, TRUST_LAYER_ADMINISTRATOR, TRUE);
  TrustSourceState *own = trust_source_state_new (TRUST_ANCHORS_SOURCE, TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->distro = test_certificate_new_root ("CN=Distro");
  f->local = test_certificate_new_root ("CN=Local");
  f->mine = test_certificate_new_root ("CN=Mine");
  f->caller = trust_caller_new ("test");
  name = trust_text_hex (trust_certificate_get_fingerprint (f->mine->certificate)->bytes, 32);
  path = g_strconcat (TRUST_ANCHORS_FOLDER "/", name, ".anchor", NULL);
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/local.crt", "local bytes\n", -1);
  trust_source_state_take_file (distribution, file_new (TRUST_LAYER_DISTRIBUTION, "debian-distribution", "/usr/share/d.crt", FALSE, f->distro, 7));
  trust_source_state_take_file (
      local, file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_LOCAL_SOURCE, "/usr/local/share/ca-certificates/local.crt", TRUE, f->local, 7));
  trust_fingerprint_of ("local bytes\n", 12, &((TrustSourceFile *) local->files->pdata[0])->digest);
  trust_source_state_take_file (own, file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_ANCHORS_SOURCE, path, FALSE, f->mine, 1));
  g_ptr_array_add (states, distribution);
  g_ptr_array_add (states, local);
  g_ptr_array_add (states, own);
  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (anchors, ((TrustSourceFile *) ((TrustSourceState *) states->pdata[i])->files->pdata[0])->anchors[0]);
  set = trust_anchor_set_new (anchors, none);
  f->snapshot = trust_snapshot_new (4, TRUST_DISTRIBUTION_DEBIAN, set, states);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_snapshot_unref (f->snapshot);
  trust_caller_free (f->caller);
  test_certificate_free (f->corp);
  test_certificate_free (f->distro);
  test_certificate_free (f->local);
  test_certificate_free (f->mine);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustPlan *
plan_certificate (Fixture *f, TrustChange *change, const TestCertificate *certificate, GError **error)
{
  g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  return trust_plan_new (f->root, f->snapshot, change, f->caller, now (), error);
}

static TrustPlan *
plan_fingerprint (Fixture *f, TrustChange *change, const TestCertificate *certificate, guint n_digits, GError **error)
{
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (certificate->certificate), n_digits };

  g_array_append_val (change->fingerprints, prefix);
  return trust_plan_new (f->root, f->snapshot, change, f->caller, now (), error);
}

static TrustResult
only_result (const TrustPlan *plan)
{
  g_assert_cmpuint (plan->outcome->rows->len, ==, 1);
  return ((TrustOutcomeRow *) plan->outcome->rows->pdata[0])->result;
}

static guint
purposes_after (const TrustPlan *plan, const TestCertificate *certificate)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (plan->set, trust_certificate_get_fingerprint (certificate->certificate));

  return anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;
}

/* `add` without --purpose means server-auth. */
static void
test_add (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = plan_certificate (f, change, f->corp, NULL);

  g_assert_nonnull (plan);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_ADDED);
  g_assert_cmpuint (plan->files->len, ==, 1);
  g_assert_cmpuint (purposes_after (plan, f->corp), ==, 1u << TRUST_PURPOSE_SERVER_AUTH);
  g_assert_null (trust_anchor_set_lookup (f->snapshot->set, trust_certificate_get_fingerprint (f->corp->certificate)));
  g_assert_false (test_scratch_exists (f->scratch, TRUST_ANCHORS_FOLDER));
}

static void
test_add_already (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = plan_certificate (f, change, f->mine, NULL);

  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (plan->files->len, ==, 0);
}

/* A root known only from below is pinned, and an e-mail-only add takes nothing away from it. */
static void
test_add_never_takes_away (Fixture *f, gconstpointer data)
{
  const char *const email[] = { "email-protection", NULL };
  const char *const code[] = { "code-signing", NULL };
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustChange) more = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;
  g_autoptr (TrustPlan) more_plan = NULL;

  change->purposes = trust_purposes_new (email, NULL);
  plan = plan_certificate (f, change, f->distro, NULL);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_PINNED);
  g_assert_cmpuint (purposes_after (plan, f->distro), ==, 7);
  more->purposes = trust_purposes_new (code, NULL);
  more_plan = plan_certificate (f, more, f->mine, NULL);
  g_assert_cmpint (only_result (more_plan), ==, TRUST_RESULT_CHANGED);
  g_assert_cmpuint (purposes_after (more_plan, f->mine), ==, 1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_CODE_SIGNING);
}

static void
test_add_replace (Fixture *f, gconstpointer data)
{
  const char *const email[] = { "email-protection", NULL };
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;

  change->purposes = trust_purposes_new (email, NULL);
  change->replace = TRUE;
  plan = plan_certificate (f, change, f->distro, NULL);
  g_assert_cmpuint (purposes_after (plan, f->distro), ==, 1u << TRUST_PURPOSE_EMAIL_PROTECTION);
}

/* All or none: one refused certificate refuses the batch. */
static void
test_add_batch (Fixture *f, gconstpointer data)
{
  TestCertificateSpec leaf_spec = { .dn = "CN=leaf", .not_ca = TRUE, .issuer = f->corp };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&leaf_spec);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (change->certificates, trust_certificate_ref (f->corp->certificate));
  g_assert_null (plan_certificate (f, change, leaf, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_POLICY);
  g_assert_true (g_str_has_prefix (error->message, "leaf: "));
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_REMOVE);
  g_autoptr (TrustPlan) plan = plan_fingerprint (f, change, f->mine, 12, NULL);

  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_REMOVED);
  g_assert_cmpuint (plan->files->len, ==, 1);
  g_assert_null (((TrustJournalFile *) plan->files->pdata[0])->content);
  g_assert_cmpuint (purposes_after (plan, f->mine), ==, 0);
}

/* Entries that others own are reported, never called done. */
static void
test_remove_foreign (Fixture *f, gconstpointer data)
{
  const TestCertificate *foreign[] = { f->distro, f->local };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_REMOVE);
      g_autoptr (GError) error = NULL;

      g_assert_null (plan_fingerprint (f, change, foreign[i], 64, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN);
    }
}

static void
test_remove_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_REMOVE);
  g_autoptr (GError) error = NULL;

  g_assert_null (plan_fingerprint (f, change, f->corp, 64, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

static void
test_distrust (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = plan_fingerprint (f, change, f->distro, 64, NULL);
  TrustDistrust *distrust = NULL;

  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_DISTRUSTED);
  g_assert_cmpuint (purposes_after (plan, f->distro), ==, 0);
  distrust = trust_anchor_set_find_distrust (plan->set, f->distro->certificate);
  g_assert_nonnull (trust_distrust_get_fingerprint (distrust));
  g_assert_nonnull (trust_distrust_get_key_fingerprint (distrust));
}

static void
test_distrust_own (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = NULL;

  change->cert_only = TRUE;
  plan = plan_fingerprint (f, change, f->mine, 64, NULL);
  g_assert_cmpuint (plan->files->len, ==, 2);
  g_assert_null (trust_distrust_get_key_fingerprint (trust_anchor_set_find_distrust (plan->set, f->mine->certificate)));
}

static void
test_distrust_unknown_hash (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) whole = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustChange) part = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = plan_fingerprint (f, whole, f->corp, 64, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_DISTRUSTED);
  g_assert_null (plan_fingerprint (f, part, f->corp, 16, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

/* A file of the distribution's administrator folder stops a distrust, or is moved when asked. */
static void
test_distrust_foreign (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) refused = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustChange) aside = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  TrustJournalFile *moved = NULL;

  g_assert_null (plan_fingerprint (f, refused, f->local, 64, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN);
  g_assert_nonnull (g_strstr_len (error->message, -1, "/usr/local/share/ca-certificates/local.crt"));
  aside->set_aside = TRUE;
  plan = plan_fingerprint (f, aside, f->local, 64, NULL);
  g_assert_cmpuint (plan->files->len, ==, 3);
  moved = plan->files->pdata[1];
  g_assert_true (g_str_has_prefix (moved->path, TRUST_ASIDE_FOLDER "/"));
  g_assert_true (g_str_has_suffix (moved->path, "-local.crt"));
  g_assert_cmpmem (g_bytes_get_data (moved->content, NULL), g_bytes_get_size (moved->content), "local bytes\n", 12);
  g_assert_cmpuint (purposes_after (plan, f->local), ==, 0);
}

/* The snapshot with one more file of the administrator's, that distrusts the certificate NAMED and the key of KEY. */
static void
take_distrust (Fixture *f, const TestCertificate *named, const TestCertificate *key)
{
  TrustSourceState *own = trust_snapshot_find_state (f->snapshot, TRUST_ANCHORS_SOURCE);
  g_autofree char *name = trust_text_hex (trust_certificate_get_fingerprint (named->certificate)->bytes, 32);
  g_autofree char *path = g_strconcat (TRUST_ANCHORS_FOLDER "/", name, ".distrust", NULL);
  TrustSourceFile *file = file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_ANCHORS_SOURCE, path, FALSE, NULL, 0);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustSpan none = { NULL, 0 };
  TrustSnapshot *next = NULL;

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = trust_distrust_new (trust_certificate_get_fingerprint (named->certificate),
                                           trust_certificate_get_key_fingerprint (key->certificate), none, none, named->certificate,
                                           file->origin, NULL);
  trust_source_state_take_file (own, file);
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (f->snapshot->set); i++)
    g_ptr_array_add (anchors, trust_anchor_set_get_anchor (f->snapshot->set, i));
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (f->snapshot->set); i++)
    g_ptr_array_add (distrusts, trust_distrust_ref (trust_anchor_set_get_distrust (f->snapshot->set, i)));
  g_ptr_array_add (distrusts, trust_distrust_ref (file->distrusts[0]));
  set = trust_anchor_set_new (anchors, distrusts);
  next = trust_snapshot_new (4, TRUST_DISTRIBUTION_DEBIAN, set, f->snapshot->states);
  trust_snapshot_unref (f->snapshot);
  f->snapshot = next;
}

/* All that refuses the certificate goes; an entry that refuses another one besides keeps refusing that. */
static void
test_override (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;
  TrustDistrust *left = NULL;

  take_distrust (f, f->corp, f->corp);
  take_distrust (f, f->distro, f->corp);
  change->override_distrust = TRUE;
  plan = plan_certificate (f, change, f->corp, NULL);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_ADDED);
  g_assert_cmpuint (purposes_after (plan, f->corp), ==, 1u << TRUST_PURPOSE_SERVER_AUTH);
  g_assert_cmpuint (purposes_after (plan, f->distro), ==, 0);
  left = trust_anchor_set_find_distrust (plan->set, f->distro->certificate);
  g_assert_nonnull (left);
  g_assert_null (trust_distrust_get_key_fingerprint (left));
}

/* Both at once: neither is left refused, whatever the order. */
static void
test_override_both (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;

  take_distrust (f, f->corp, f->distro);
  take_distrust (f, f->distro, f->corp);
  change->override_distrust = TRUE;
  g_ptr_array_add (change->certificates, trust_certificate_ref (f->distro->certificate));
  plan = plan_certificate (f, change, f->corp, NULL);
  g_assert_cmpuint (trust_anchor_set_get_n_distrusts (plan->set), ==, 0);
  g_assert_cmpuint (purposes_after (plan, f->corp), ==, 1u << TRUST_PURPOSE_SERVER_AUTH);
}

/* Refused before, and since then dropped into the distribution's folder: that is not "already done". */
static void
test_distrust_foreign_later (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (GError) error = NULL;

  take_distrust (f, f->local, f->local);
  g_assert_null (plan_fingerprint (f, change, f->local, 64, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN);
}

/* Less asked for later takes nothing back. */
static void
test_distrust_narrower (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = NULL;

  take_distrust (f, f->corp, f->corp);
  change->cert_only = TRUE;
  change->set_aside = TRUE;
  plan = plan_certificate (f, change, f->corp, NULL);
  g_assert_nonnull (trust_distrust_get_key_fingerprint (trust_anchor_set_find_distrust (plan->set, f->corp->certificate)));
}

/* A file that doesn't count here counts for the distribution's tool, torn or not. */
static void
test_distrust_foreign_insecure (Fixture *f, gconstpointer data)
{
  static const TrustFileStatus statuses[] = { TRUST_FILE_INSECURE, TRUST_FILE_UNPARSABLE, TRUST_FILE_PRIVATE_KEY };
  TrustSourceState *local = trust_snapshot_find_state (f->snapshot, TRUST_LOCAL_SOURCE);
  TrustSpan der = trust_certificate_get_der (f->corp->certificate);
  GString *pem = g_string_new ("-----BEGIN CERTIFICATE-----\nnever ends\n");

  trust_pem_append (pem, der.data, der.size, "CERTIFICATE");
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/other.crt", pem->str, (gssize) pem->len);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      TrustSourceFile *file = file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_LOCAL_SOURCE, "/usr/local/share/ca-certificates/other.crt", TRUE, NULL, 0);
      g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
      g_autoptr (TrustChange) aside = trust_change_new (TRUST_CHANGE_DISTRUST);
      g_autoptr (GError) error = NULL, aside_error = NULL;
      g_autoptr (TrustPlan) plan = NULL;

      file->status = statuses[i];
      trust_fingerprint_of (pem->str, pem->len, &file->digest);
      trust_source_state_take_file (local, file);
      g_assert_null (plan_certificate (f, change, f->corp, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN);
      aside->set_aside = TRUE;
      plan = plan_certificate (f, aside, f->corp, &aside_error);
      if (statuses[i] == TRUST_FILE_PRIVATE_KEY)
        g_assert_error (aside_error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY);
      else
        g_assert_cmpuint (plan->files->len, ==, 3);
      g_hash_table_remove (local->by_path, trust_origin_get_path (file->origin));
      g_ptr_array_remove (local->files, file);
    }
  g_string_free (pem, TRUE);
}

/* What else stood in a file that is set aside is not lost in silence. */
static void
test_distrust_losses (Fixture *f, gconstpointer data)
{
  TrustSourceFile *file = trust_snapshot_find_state (f->snapshot, TRUST_LOCAL_SOURCE)->files->pdata[0];
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustPlan) plan = NULL;
  TrustAnchor *other = trust_anchor_new (f->corp->certificate, trust_anchor_get_settings (file->anchors[0]), file->origin, NULL);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new (), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustSnapshot *next = NULL;

  file->anchors = g_renew (TrustAnchor *, file->anchors, 2);
  file->anchors[file->n_anchors++] = other;
  g_ptr_array_add (anchors, file->anchors[0]);
  g_ptr_array_add (anchors, other);
  set = trust_anchor_set_new (anchors, none);
  next = trust_snapshot_new (4, TRUST_DISTRIBUTION_DEBIAN, set, f->snapshot->states);
  trust_snapshot_unref (f->snapshot);
  f->snapshot = next;
  change->set_aside = TRUE;
  plan = plan_fingerprint (f, change, f->local, 64, NULL);
  g_assert_cmpuint (plan->outcome->notices->len, ==, 1);
  g_assert_nonnull (strstr (plan->outcome->notices->pdata[0], "Corp"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/plan/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("add", test_add);
  CASE ("add-already", test_add_already);
  CASE ("add-never-takes-away", test_add_never_takes_away);
  CASE ("add-replace", test_add_replace);
  CASE ("add-batch", test_add_batch);
  CASE ("remove", test_remove);
  CASE ("remove-foreign", test_remove_foreign);
  CASE ("remove-unknown", test_remove_unknown);
  CASE ("distrust", test_distrust);
  CASE ("distrust-own", test_distrust_own);
  CASE ("distrust-unknown-hash", test_distrust_unknown_hash);
  CASE ("distrust-foreign", test_distrust_foreign);
  CASE ("distrust-foreign-later", test_distrust_foreign_later);
  CASE ("distrust-foreign-insecure", test_distrust_foreign_insecure);
  CASE ("distrust-narrower", test_distrust_narrower);
  CASE ("distrust-losses", test_distrust_losses);
  CASE ("override", test_override);
  CASE ("override-both", test_override_both);
  return g_test_run ();
}
