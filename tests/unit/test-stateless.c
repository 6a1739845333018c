/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine does without a machine: an audit of files, and a set taken out of a snapshot in a format. */
#include "core/emitters/emitter.h"
#include "core/engine.h"
#include "core/error.h"
#include "tests/lib/support.h"

#include <string.h>

#define NOW 1790000000

static GBytes *
anchor_file (const TestCertificate *certificate)
{
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  char *text = g_strconcat ("[Anchor]\nVersion=1\n[Trust]\nPurposes=server-auth\n", pem, NULL);

  return g_bytes_new_take (text, strlen (text));
}

static TrustAudit *
audit (const TrustAuditFile *files, gsize n, TrustSnapshot **snapshot, GError **error)
{
  TrustAuditOptions options = { .within = 30 };

  return trust_engine_audit_files (files, n, &options, NOW, snapshot, error);
}

static gboolean
finds (const TrustAudit *told, const char *check, const TestCertificate *certificate)
{
  for (guint i = 0; i < told->findings->len; i++)
    {
      const TrustFinding *finding = told->findings->pdata[i];

      if (g_str_equal (finding->check->id, check) && finding->has_fingerprint
          && trust_fingerprint_equal (&finding->fingerprint, trust_certificate_get_fingerprint (certificate->certificate)))
        return TRUE;
    }
  return FALSE;
}

static void
test_audit (void)
{
  TestCertificateSpec spec = { .dn = "CN=Old", .not_before = 1000000000, .not_after = 1100000000 };
  g_autoptr (TestCertificate) old = test_certificate_new (&spec), fresh = test_certificate_new_root ("CN=Fresh");
  g_autoptr (GBytes) one = anchor_file (old), two = anchor_file (fresh);
  const TrustAuditFile files[] = { { "bundle.pem: certificate 1", one }, { "bundle.pem: certificate 2", two } };
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustAudit) told = audit (files, G_N_ELEMENTS (files), &snapshot, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (snapshot->set), ==, 2);
  g_assert_true (finds (told, "expired", old));
  g_assert_false (finds (told, "expired", fresh));
}

static void
test_audit_unread (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("[Anchor]\nVersion=99\n", 20);
  const TrustAuditFile files[] = { { "bundle.pem: certificate 7", nothing } };
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (audit (files, 1, &snapshot, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, TRUST_ERROR);
  g_assert_true (g_str_has_prefix (error->message, "bundle.pem: certificate 7: "));
  g_assert_null (snapshot);
}

/* A snapshot of one anchor for servers. */
static TrustSnapshot *
snapshot_of (const TestCertificate *certificate)
{
  g_autoptr (GBytes) bytes = anchor_file (certificate);
  const TrustAuditFile file = { "x.anchor", bytes };
  TrustSnapshot *snapshot = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustAudit) told = audit (&file, 1, &snapshot, &error);

  g_assert_no_error (error);
  return snapshot;
}

static void
test_extract (void)
{
  g_autoptr (TestCertificate) corp = test_certificate_new_root ("CN=Corp");
  g_autoptr (TrustSnapshot) snapshot = snapshot_of (corp);
  g_autofree char *pem = test_certificate_dup_pem (corp);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) bundle = trust_engine_extract (snapshot, "pem-bundle", "server-auth", NULL, &error);
  g_autoptr (GPtrArray) none = NULL, folder = NULL;
  gsize size = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (bundle->len, ==, 1);
  g_assert_cmpstr (((TrustEntry *) bundle->pdata[0])->name, ==, "");
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (((TrustEntry *) bundle->pdata[0])->bytes, NULL),
                                  (gssize) g_bytes_get_size (((TrustEntry *) bundle->pdata[0])->bytes), pem));
  /* Nobody trusts it for e-mail. */
  none = trust_engine_extract (snapshot, "pem-bundle", "email-protection", NULL, &error);
  g_assert_no_error (error);
  g_bytes_get_data (((TrustEntry *) none->pdata[0])->bytes, &size);
  g_assert_cmpuint (size, ==, 0);
  folder = trust_engine_extract (snapshot, "pem-dir", "server-auth", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folder->len, ==, 1);
  g_assert_cmpstr (((TrustEntry *) folder->pdata[0])->name, !=, "");
}

static void
test_extract_refused (void)
{
  g_autoptr (TestCertificate) corp = test_certificate_new_root ("CN=Corp");
  g_autoptr (TrustSnapshot) snapshot = snapshot_of (corp);
  const struct
  {
    const char *format, *purpose;
  } bad[] = {
    { "no-such-format", "server-auth" },
    { "pem-bundle", NULL },              /* a flat file is for one purpose */
    { "firefox-policy", "server-auth" }, /* it is part of a file of somebody else's */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_engine_extract (snapshot, bad[i].format, bad[i].purpose, NULL, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stateless/audit", test_audit);
  g_test_add_func ("/stateless/audit-unread", test_audit_unread);
  g_test_add_func ("/stateless/extract", test_extract);
  g_test_add_func ("/stateless/extract-refused", test_extract_refused);
  return g_test_run ();
}
