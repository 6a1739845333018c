/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/pem.h"

#include "tests/unit/plan-fixture.h"

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
  CASE ("/plan/add", test_add);
  CASE ("/plan/add-already", test_add_already);
  CASE ("/plan/add-never-takes-away", test_add_never_takes_away);
  CASE ("/plan/add-replace", test_add_replace);
  CASE ("/plan/add-batch", test_add_batch);
  CASE ("/plan/remove", test_remove);
  CASE ("/plan/remove-foreign", test_remove_foreign);
  CASE ("/plan/remove-unknown", test_remove_unknown);
  CASE ("/plan/distrust", test_distrust);
  CASE ("/plan/distrust-own", test_distrust_own);
  CASE ("/plan/distrust-unknown-hash", test_distrust_unknown_hash);
  CASE ("/plan/distrust-foreign", test_distrust_foreign);
  CASE ("/plan/distrust-foreign-later", test_distrust_foreign_later);
  CASE ("/plan/distrust-foreign-insecure", test_distrust_foreign_insecure);
  CASE ("/plan/distrust-narrower", test_distrust_narrower);
  CASE ("/plan/distrust-losses", test_distrust_losses);
  CASE ("/plan/override", test_override);
  CASE ("/plan/override-both", test_override_both);
  return g_test_run ();
}
