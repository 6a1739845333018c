/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a distrust reaches, and what restoring takes back. */
#include "tests/unit/plan-fixture.h"

#define OWN "/etc/anchord/anchors.d/"

/* The distrust of the set that names CERTIFICATE. */
static const TrustDistrust *
refusal_of (Fixture *f, const TestCertificate *certificate)
{
  return trust_anchor_set_find_distrust (f->snapshot->set, certificate->certificate);
}

static TestCertificate *
make_cross (const TestCertificate *of)
{
  TestCertificateSpec spec = { .dn = "CN=Cross", .same_key = of };

  return test_certificate_new (&spec);
}

/* By issuer and serial number as well as the certificate, and not by key. */
static void
test_serial (Fixture *f, gconstpointer data)
{
  g_autoptr (TestCertificate) cross = make_cross (f->distro);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST), again = trust_change_new (TRUST_CHANGE_DISTRUST);
  const TrustDistrust *distrust = NULL;

  change->serial = again->serial = TRUE;
  g_assert_cmpint (make (f, change, f->distro), ==, TRUST_RESULT_DISTRUSTED);
  distrust = refusal_of (f, f->distro);
  g_assert_null (trust_distrust_get_key_fingerprint (distrust));
  g_assert_true (trust_span_equal (trust_distrust_get_serial (distrust), trust_certificate_get_serial (f->distro->certificate)));
  g_assert_null (refusal_of (f, cross));
  g_assert_cmpint (make (f, again, f->distro), ==, TRUST_RESULT_ALREADY);
}

static void
test_serial_of_hash (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST), both = trust_change_new (TRUST_CHANGE_DISTRUST);

  change->serial = TRUE;
  assert_refused (f, change, f->corp, TRUST_ERROR_INVALID_ARGUMENT, "give its file");
  both->serial = both->cert_only = TRUE;
  assert_refused (f, both, f->mine, TRUST_ERROR_INVALID_ARGUMENT, "--cert-only and --serial");
}

/* What is asked for later adds to what stands. */
static void
test_adds_up (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) by_serial = trust_change_new (TRUST_CHANGE_DISTRUST), by_key = trust_change_new (TRUST_CHANGE_DISTRUST),
                          narrower = trust_change_new (TRUST_CHANGE_DISTRUST);

  by_serial->serial = TRUE;
  make (f, by_serial, f->distro);
  g_assert_cmpint (make (f, by_key, f->distro), ==, TRUST_RESULT_DISTRUSTED);
  g_assert_nonnull (trust_distrust_get_key_fingerprint (refusal_of (f, f->distro)));
  g_assert_cmpuint (trust_distrust_get_serial (refusal_of (f, f->distro)).size, >, 0);
  narrower->cert_only = TRUE;
  g_assert_cmpint (make (f, narrower, f->distro), ==, TRUST_RESULT_ALREADY);
}

/* An intermediate or a leaf is refused like a root. */
static void
test_leaf (Fixture *f, gconstpointer data)
{
  TestCertificateSpec leaf_spec = { .dn = "CN=leaf", .not_ca = TRUE, .issuer = f->corp };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&leaf_spec);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);
  TrustPlan *plan = plan_certificate (f, change, leaf, NULL);

  assert_result (plan, leaf, TRUST_RESULT_DISTRUSTED);
  take (f, plan);
  g_assert_nonnull (trust_distrust_get_key_fingerprint (refusal_of (f, leaf)));
  g_assert_true (trust_distrust_get_certificate (refusal_of (f, leaf)) != NULL);
}

static void
test_restore (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) refuse = trust_change_new (TRUST_CHANGE_DISTRUST), restore = trust_change_new (TRUST_CHANGE_RESTORE),
                          again = trust_change_new (TRUST_CHANGE_RESTORE);
  g_autoptr (GError) error = NULL;
  TrustPlan *plan = NULL;

  make (f, refuse, f->distro);
  plan = plan_fingerprint (f, restore, f->distro, 64, NULL);
  assert_result (plan, f->distro, TRUST_RESULT_RESTORED);
  g_assert_cmpstr (row_of (plan, f->distro)->detail, ==, "/usr/share/d.crt");
  take (f, plan);
  g_assert_null (refusal_of (f, f->distro));
  assert_described (f, NULL, f->distro, "server-auth,client-auth,email-protection");
  g_assert_cmpint (make (f, again, f->distro), ==, TRUST_RESULT_ALREADY);
}

/* Whole fingerprints only: what begins with the same digits would be trusted by mistake. */
static void
test_restore_prefix (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) refuse = trust_change_new (TRUST_CHANGE_DISTRUST), restore = trust_change_new (TRUST_CHANGE_RESTORE);
  g_autoptr (GError) error = NULL;

  make (f, refuse, f->distro);
  g_assert_null (plan_fingerprint (f, restore, f->distro, 63, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
}

/* By key and by serial number, in entries of their own or beside another certificate: all of them go, the other stays refused. */
static void
test_restore_all (Fixture *f, gconstpointer data)
{
  g_autoptr (TestCertificate) cross = make_cross (f->distro);
  g_autoptr (TrustChange) restore = trust_change_new (TRUST_CHANGE_RESTORE);

  take_distrust (f, f->distro, f->distro);
  take_distrust (f, cross, f->distro);
  put_distrust (f, own_state (f), OWN "key.distrust", NULL, f->distro, NULL);
  put_distrust (f, own_state (f), OWN "serial.distrust", NULL, NULL, f->distro);
  g_assert_cmpint (make (f, restore, f->distro), ==, TRUST_RESULT_RESTORED);
  g_assert_null (refusal_of (f, f->distro));
  g_assert_cmpuint (trust_anchor_set_get_n_distrusts (f->snapshot->set), ==, 1);
  g_assert_nonnull (refusal_of (f, cross));
  g_assert_null (trust_distrust_get_key_fingerprint (refusal_of (f, cross)));
}

/* Who still refuses it is told; lower layers' refusals are not the administrator's to take back. */
static void
test_restore_still_refused (Fixture *f, gconstpointer data)
{
  TrustSourceState *vendor = trust_source_state_new ("anchors-usr", TRUST_LAYER_VENDOR, FALSE);
  g_autoptr (TrustChange) restore = trust_change_new (TRUST_CHANGE_RESTORE), again = trust_change_new (TRUST_CHANGE_RESTORE);
  TrustPlan *plan = NULL;

  g_ptr_array_add (f->snapshot->states, vendor);
  put_distrust (f, vendor, "/usr/lib/anchord/anchors.d/v.distrust", f->distro, NULL, NULL);
  take_distrust (f, f->distro, f->distro);
  plan = plan_fingerprint (f, restore, f->distro, 64, NULL);
  assert_result (plan, f->distro, TRUST_RESULT_STILL_REFUSED);
  g_assert_cmpstr (row_of (plan, f->distro)->detail, ==, "/usr/lib/anchord/anchors.d/v.distrust");
  g_assert_cmpuint (plan->files->len, ==, 1);
  take (f, plan);
  plan = plan_fingerprint (f, again, f->distro, 64, NULL);
  assert_result (plan, f->distro, TRUST_RESULT_STILL_REFUSED);
  g_assert_cmpuint (plan->files->len, ==, 0);
  take (f, plan);
}

/* A file of others, or one that holds more, is named and left alone, and nothing is done. */
static void
test_restore_foreign (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) restore = trust_change_new (TRUST_CHANGE_RESTORE);

  take_distrust (f, f->corp, f->corp);
  put_distrust (f, f->snapshot->states->pdata[1], "/usr/local/share/blocked.distrust", f->corp, NULL, NULL);
  assert_refused (f, restore, f->corp, TRUST_ERROR_FOREIGN, "/usr/local/share/blocked.distrust");
  g_assert_nonnull (refusal_of (f, f->corp));
}

/* Nobody has the certificate: a bare hash, and an entry that is called by its key's hash. */
static void
test_restore_bare (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) refuse = trust_change_new (TRUST_CHANGE_DISTRUST), restore = trust_change_new (TRUST_CHANGE_RESTORE),
                          by_key = trust_change_new (TRUST_CHANGE_RESTORE), unknown = trust_change_new (TRUST_CHANGE_RESTORE);
  TrustPrefix prefix = { *trust_certificate_get_key_fingerprint (f->local->certificate), 64 };
  TrustPlan *plan = NULL;

  make (f, refuse, f->corp);
  g_assert_cmpint (make (f, restore, f->corp), ==, TRUST_RESULT_RESTORED);
  assert_refused (f, unknown, f->corp, TRUST_ERROR_NOT_FOUND, "");
  put_distrust (f, own_state (f), OWN "key.distrust", NULL, f->local, NULL);
  assert_described (f, NULL, f->local, "");
  g_array_append_val (by_key->fingerprints, prefix);
  plan = trust_plan_new (f->root, f->snapshot, by_key, f->caller, f->now, NULL);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_RESTORED);
  take (f, plan);
  assert_described (f, NULL, f->local, "server-auth,client-auth,email-protection");
}

/* Restored, and still not trusted: nobody trusts it. */
static void
test_restore_to_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) refuse = trust_change_new (TRUST_CHANGE_DISTRUST), restore = trust_change_new (TRUST_CHANGE_RESTORE);
  TrustPlan *plan = NULL;

  make (f, refuse, f->mine);
  plan = plan_fingerprint (f, restore, f->mine, 64, NULL);
  assert_result (plan, f->mine, TRUST_RESULT_RESTORED);
  g_assert_cmpstr (row_of (plan, f->mine)->detail, ==, "");
  take (f, plan);
}

/* A remove of what is refused names the way back. */
static void
test_remove_of_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) gone = trust_change_new (TRUST_CHANGE_REMOVE);

  take_distrust (f, f->corp, f->corp);
  assert_refused (f, gone, f->corp, TRUST_ERROR_NOT_FOUND, "anchorctl restore");
}

/* Whatever is distrusted, in whatever way and order: restoring it leaves it as it was, and every other certificate no better trusted than before. */
static void
test_there_and_back (Fixture *f, gconstpointer data)
{
  g_autoptr (TestCertificate) cross = make_cross (f->distro), other = make_cross (f->distro);
  const TestCertificate *certificates[] = { f->corp, f->distro, cross, other };
  g_autoptr (TrustSettings) settings = settings_new (1, NULL, TRUST_NEVER);

  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/cross.crt", cross, settings, NULL);
  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/other.crt", other, settings, NULL);
  for (guint round = 0; round < 300; round++)
    {
      const TestCertificate *certificate = certificates[g_test_rand_int_range (0, 4)];
      g_autoptr (TrustChange) change = trust_change_new (g_test_rand_bit () ? TRUST_CHANGE_DISTRUST : TRUST_CHANGE_RESTORE);
      g_autoptr (GError) error = NULL;
      gboolean before[4];
      TrustPlan *plan = NULL;

      for (guint i = 0; i < 4; i++)
        before[i] = refusal_of (f, certificates[i]) != NULL;
      change->cert_only = g_test_rand_bit ();
      change->serial = !change->cert_only && certificate != f->corp && g_test_rand_bit ();
      plan = plan_fingerprint (f, change, certificate, 64, &error);
      if (plan == NULL)
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
          continue;
        }
      take (f, plan);
      g_assert_cmpint (refusal_of (f, certificate) != NULL, ==, change->kind == TRUST_CHANGE_DISTRUST);
      for (guint i = 0; i < 4; i++)
        if (certificates[i] != certificate && change->kind == TRUST_CHANGE_DISTRUST && before[i])
          g_assert_nonnull (refusal_of (f, certificates[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("/plan-distrust/serial", test_serial);
  CASE ("/plan-distrust/serial-of-hash", test_serial_of_hash);
  CASE ("/plan-distrust/adds-up", test_adds_up);
  CASE ("/plan-distrust/leaf", test_leaf);
  CASE ("/plan-distrust/restore", test_restore);
  CASE ("/plan-distrust/restore-prefix", test_restore_prefix);
  CASE ("/plan-distrust/restore-all", test_restore_all);
  CASE ("/plan-distrust/restore-still-refused", test_restore_still_refused);
  CASE ("/plan-distrust/restore-foreign", test_restore_foreign);
  CASE ("/plan-distrust/restore-bare", test_restore_bare);
  CASE ("/plan-distrust/restore-to-nothing", test_restore_to_nothing);
  CASE ("/plan-distrust/remove-of-refused", test_remove_of_refused);
  CASE ("/plan-distrust/there-and-back", test_there_and_back);
  return g_test_run ();
}
