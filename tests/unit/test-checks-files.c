/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of the audit that read what stands on disk: each has something done to a good root that it must tell, and the good root is quiet. */
#include "core/engine.h"
#include "core/facts.h"

#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define LOCAL "/usr/local/share/ca-certificates/"
#define SHARE "/usr/share/ca-certificates/mozilla/"
#define CERTS "/etc/ssl/certs/"
#define ANCHORS "/etc/anchord/anchors.d/"
#define APP "/etc/postfix/ca.pem"
#define CONSUMER "[Consumer]\nVersion=1\n[Output ca]\nFormat=pem-bundle\nPurpose=server-auth\nPath=" APP "\n"
#define KEY "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"

static TestCertificate *shipped, *corp, *other;
static char *shipped_pem, *corp_pem, *other_pem;

typedef struct
{
  char *scratch;
  TrustCaller *caller;
} Fixture;

static TrustEngine *
open_engine (Fixture *f, TrustEngineFlags flags)
{
  g_autoptr (GError) error = NULL;
  TrustEngine *engine = trust_engine_open (f->scratch, flags, &error);

  g_assert_no_error (error);
  g_assert_true (flags == TRUST_ENGINE_READ_ONLY || trust_engine_refresh (engine, NULL, &error));
  g_assert_no_error (error);
  return engine;
}

static TrustChange *
make_change (TrustChangeKind kind, const TestCertificate *certificate)
{
  TrustChange *wish = trust_change_new (kind);

  g_ptr_array_add (wish->certificates, trust_certificate_ref (certificate->certificate));
  return wish;
}

static void
apply (Fixture *f, const TrustChange *wish)
{
  g_autoptr (TrustEngine) engine = open_engine (f, TRUST_ENGINE_WRITABLE);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (engine, wish, f->caller, &error);

  g_assert_no_error (error);
}

/* Debian's root with one anchor of the distribution's and one of ours, published; and a consumer that a file describes. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) wish = make_change (TRUST_CHANGE_ADD, corp);

  f->scratch = test_scratch_new ();
  f->caller = trust_caller_new_self ("test");
  test_scratch_make_debian (f->scratch);
  test_scratch_write (f->scratch, SHARE "A.crt", shipped_pem, -1);
  test_scratch_write (f->scratch, "/etc/ca-certificates.conf", "mozilla/A.crt\n", -1);
  test_scratch_write (f->scratch, "/etc/anchord/consumers.d/app.consumer", CONSUMER, -1);
  test_scratch_write (f->scratch, "/etc/anchord/consumers.d/app.enabled", "", -1);
  apply (f, wish);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static char *
at (Fixture *f, const char *path)
{
  return g_strconcat (f->scratch, path, NULL);
}

static TrustAudit *
audit (Fixture *f, const char *check)
{
  g_autoptr (TrustEngine) engine = open_engine (f, TRUST_ENGINE_READ_ONLY);
  const char *const checks[] = { check, NULL };
  TrustAuditOptions options = { .within = 0, .checks = checks };
  g_autoptr (GError) error = NULL;
  TrustAudit *found = trust_engine_audit (engine, &options, &error);

  g_assert_no_error (error);
  return found;
}

static const char *const checks[] = { "dangling-link", "drift",       "losses-accepted",    "not-counted",
                                      "path-owner",    "private-key", "second-certificate", "stale-generation",
                                      "tool-result",   NULL };

static void
write_anchor (Fixture *f, const char *path, const char *text)
{
  test_scratch_write (f->scratch, path, text, -1);
}

static void
set_mode (Fixture *f, const char *path, guint mode)
{
  g_autofree char *full = at (f, path);

  g_assert_no_errno (g_chmod (full, (int) mode));
}

static void
make_link (Fixture *f, const char *path, const char *target)
{
  g_autofree char *full = at (f, path);

  g_assert_no_errno (symlink (target, full));
}

/* What is done to the good root. */
static void
do_dangle (Fixture *f)
{
  make_link (f, CERTS "gone.pem", "/usr/share/nothing.pem");
}

static void
do_mask (Fixture *f)
{
  make_link (f, ANCHORS "A.crt", "/dev/null");
}

static void
do_drift_link (Fixture *f)
{
  test_scratch_write (f->scratch, CERTS "theirs.pem", other_pem, -1);
}

static void
do_drift_output (Fixture *f)
{
  g_autofree char *both = g_strconcat (other_pem, corp_pem, NULL);

  test_scratch_write (f->scratch, APP, both, -1);
}

static void
do_take_out (Fixture *f)
{
  test_scratch_write (f->scratch, APP, corp_pem, -1);
}

static void
do_withdraw (Fixture *f)
{
  g_autofree char *folder = at (f, LOCAL "anchord");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *file = g_build_filename (folder, g_dir_read_name (dir), NULL);

  g_assert_no_errno (g_unlink (file));
}

static void
do_accept_loss (Fixture *f)
{
  g_autoptr (TrustChange) wish = make_change (TRUST_CHANGE_ADD, other);

  wish->named = TRUST_NAMES_ACCEPT_LOSS | TRUST_NAMES_UNTIL;
  wish->limits.accept_loss = TRUE;
  wish->limits.until = g_get_real_time () / G_USEC_PER_SEC + 86400;
  apply (f, wish);
}

static void
do_limit (Fixture *f)
{
  g_autoptr (TrustChange) wish = make_change (TRUST_CHANGE_ADD, other);

  wish->named = TRUST_NAMES_UNTIL;
  wish->limits.until = g_get_real_time () / G_USEC_PER_SEC + 86400;
  apply (f, wish);
}

static void
do_damage (Fixture *f)
{
  write_anchor (f, ANCHORS "bad.anchor", "[Anchor]\nVersion=1\nColour=blue\n");
}

static void
do_open (Fixture *f)
{
  write_anchor (f, ANCHORS "open.pem", other_pem);
  set_mode (f, ANCHORS "open.pem", 0666);
}

static void
do_open_folder (Fixture *f)
{
  set_mode (f, "/etc/ssl/certs", 0777);
}

static void
do_open_above (Fixture *f)
{
  set_mode (f, "/etc/ssl", 0777);
}

static void
do_open_group (Fixture *f)
{
  set_mode (f, "/usr/local/share/ca-certificates", 02775);
}

static void
do_hide_bundle (Fixture *f)
{
  set_mode (f, CERTS "ca-certificates.crt", 0600);
}

static void
do_give_away (Fixture *f)
{
  g_autofree char *full = at (f, SHARE "A.crt");

  if (geteuid () == 0)
    g_assert_no_errno (chown (full, 4711, 4711));
}

static void
do_key (Fixture *f)
{
  g_autofree char *both = g_strconcat (other_pem, KEY, NULL);

  test_scratch_write (f->scratch, LOCAL "server.crt", both, -1);
}

static void
do_key_in_output (Fixture *f)
{
  test_scratch_write (f->scratch, CERTS "server.key", KEY, -1);
}

static void
do_second (Fixture *f)
{
  g_autofree char *both = g_strconcat (corp_pem, other_pem, NULL);

  test_scratch_write (f->scratch, LOCAL "two.crt", both, -1);
}

static void
do_second_hashed (Fixture *f)
{
  g_autofree char *both = g_strconcat (corp_pem, other_pem, NULL);

  test_scratch_write (f->scratch, CERTS "01234567.0", both, -1);
}

static void
do_one (Fixture *f)
{
  g_autoptr (TrustEngine) engine = NULL;

  test_scratch_write (f->scratch, LOCAL "one.crt", other_pem, -1);
  engine = open_engine (f, TRUST_ENGINE_WRITABLE);
}

static void
do_stale (Fixture *f)
{
  g_autofree char *path = at (f, "/var/lib/anchord/published/current/tls-ca-bundle.pem");

  g_assert_no_errno (g_unlink (path));
}

/* Somebody's own file gives what is refused. */
static void
do_against (Fixture *f)
{
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_DISTRUST);

  g_ptr_array_add (wish->certificates, trust_certificate_ref (other->certificate));
  apply (f, wish);
  test_scratch_write (f->scratch, LOCAL "theirs.crt", other_pem, -1);
}

static void
do_tear (Fixture *f)
{
  g_autofree char *torn = g_strndup (shipped_pem, strlen (shipped_pem) / 2);

  test_scratch_write (f->scratch, SHARE "A.crt", torn, -1);
}

typedef struct
{
  const char *name;
  void (*act) (Fixture *f);
  const char *check;
  const char *where; /* its findings stand there */
  TrustSeverity severity;
  guint n; /* how many of them; the good root has none */
} Case;

static const Case cases[] = {
  { "dangling", do_dangle, "dangling-link", CERTS "gone.pem", TRUST_SEVERITY_LOW, 1 },
  { "mask", do_mask, "dangling-link", "", 0, 0 },
  { "foreign-link", do_drift_link, "drift", "consumer debian", TRUST_SEVERITY_MEDIUM, 1 },
  { "foreign-output", do_drift_output, "stale-generation", "consumer app", TRUST_SEVERITY_HIGH, 1 },
  { "taken-out", do_take_out, "drift", "consumer app", TRUST_SEVERITY_MEDIUM, 1 },
  { "withdrawn", do_withdraw, "drift", "consumer debian", TRUST_SEVERITY_MEDIUM, 1 },
  { "own-anchor", do_one, "drift", "", 0, 0 },
  { "accepted", do_accept_loss, "losses-accepted", "consumer ", TRUST_SEVERITY_LOW, 1 },
  { "not-accepted", do_limit, "losses-accepted", "", 0, 0 },
  { "damaged", do_damage, "not-counted", ANCHORS "bad.anchor", TRUST_SEVERITY_MEDIUM, 1 },
  { "insecure", do_open, "not-counted", ANCHORS "open.pem", TRUST_SEVERITY_HIGH, 1 },
  { "insecure-once", do_open, "path-owner", "", 0, 0 },
  { "open-folder", do_open_folder, "path-owner", "/etc/ssl/certs", TRUST_SEVERITY_HIGH, 1 },
  { "open-above", do_open_above, "path-owner", "/etc/ssl", TRUST_SEVERITY_HIGH, 1 },
  { "open-group", do_open_group, "path-owner", "/usr/local/share/ca-certificates", TRUST_SEVERITY_LOW, 1 },
  { "hidden-bundle", do_hide_bundle, "path-owner", CERTS "ca-certificates.crt", TRUST_SEVERITY_MEDIUM, 1 },
  { "key-in-source", do_key, "private-key", LOCAL "server.crt", TRUST_SEVERITY_CRITICAL, 1 },
  { "key-for-the-tool", do_key, "tool-result", LOCAL "server.crt", TRUST_SEVERITY_CRITICAL, 1 },
  { "key-in-output", do_key_in_output, "private-key", CERTS "server.key", TRUST_SEVERITY_CRITICAL, 1 },
  { "two-in-source", do_second, "second-certificate", LOCAL "two.crt", TRUST_SEVERITY_MEDIUM, 1 },
  { "two-hashed", do_second_hashed, "second-certificate", CERTS "01234567.0", TRUST_SEVERITY_MEDIUM, 1 },
  { "one-in-source", do_one, "second-certificate", "", 0, 0 },
  { "stale", do_stale, "stale-generation", "consumer own", TRUST_SEVERITY_HIGH, 1 },
  { "against", do_against, "tool-result", "consumer debian", TRUST_SEVERITY_CRITICAL, 1 },
  { "against-not-stale", do_against, "stale-generation", "", 0, 0 },
  { "torn", do_tear, "tool-result", "", TRUST_SEVERITY_MEDIUM, 1 },
  { "torn-source", do_tear, "not-counted", "", TRUST_SEVERITY_MEDIUM, 1 },
};

static void
assert_case (const Case *one, const TrustAudit *found)
{
  guint n = 0;

  for (guint i = 0; i < found->findings->len; i++)
    {
      const TrustFinding *finding = found->findings->pdata[i];

      g_test_message ("%s %s: %s. %s", finding->check->id, finding->where, finding->text, finding->remedy);
      g_assert_cmpstr (finding->check->id, ==, one->check);
      if (!g_str_has_prefix (finding->where, one->where))
        continue;
      g_assert_cmpint (finding->severity, ==, one->severity);
      g_assert_true (*finding->text != '\0' && *finding->remedy != '\0');
      n++;
    }
  g_assert_cmpuint (n, >=, one->n);
  g_assert_true (one->n > 0 || found->findings->len == 0);
}

static void
test_case (Fixture *f, gconstpointer data)
{
  const Case *one = data;
  g_autoptr (TrustAudit) before = audit (f, one->check), after = NULL;

  for (guint i = 0; i < before->findings->len; i++)
    g_test_message ("before: %s: %s", ((TrustFinding *) before->findings->pdata[i])->where, ((TrustFinding *) before->findings->pdata[i])->text);
  g_assert_cmpuint (before->findings->len, ==, 0);
  one->act (f);
  after = audit (f, one->check);
  assert_case (one, after);
}

static void
test_good (Fixture *f, gconstpointer data)
{
  for (guint i = 0; checks[i] != NULL; i++)
    {
      g_autoptr (TrustAudit) found = audit (f, checks[i]);

      g_assert_nonnull (trust_check_find (checks[i]));
      g_assert_cmpuint (found->findings->len, ==, 0);
    }
}

/* Another owner needs root. */
static void
test_owner (Fixture *f, gconstpointer data)
{
  const Case one = { "given-away", do_give_away, "path-owner", SHARE "A.crt", TRUST_SEVERITY_HIGH, 1 };

  if (geteuid () != 0)
    {
      g_test_skip ("needs root");
      return;
    }
  test_case (f, &one);
}

/* The link of an image that would lead out of it is looked at inside. */
static void
test_no_way_out (Fixture *f, gconstpointer data)
{
  g_autofree char *outside = g_strconcat (f->scratch, "-outside", NULL);
  g_autoptr (TrustAudit) found = NULL;

  g_assert_true (g_file_set_contents (outside, KEY, -1, NULL));
  make_link (f, CERTS "out.pem", outside);
  found = audit (f, "private-key");
  g_assert_cmpuint (found->findings->len, ==, 0);
  g_assert_no_errno (g_unlink (outside));
}

static void
test_content (void)
{
  const struct
  {
    const char *text;
    guint n;
    gboolean has_key;
  } samples[] = {
    { "", 0, FALSE },
    { "nothing", 0, FALSE },
    { "-----BEGIN CERTIFICATE-----\n", 1, FALSE },
    { "-----BEGIN TRUSTED CERTIFICATE-----\n-----BEGIN X509 CERTIFICATE-----\n", 2, FALSE },
    { "-----BEGIN CERTIFICATE REQUEST-----\n-----BEGIN PUBLIC KEY-----\n", 0, FALSE },
    { "-----BEGIN RSA PRIVATE KEY-----\n", 0, TRUE },
    { "x-----BEGIN ENCRYPTED PRIVATE KEY-----", 0, TRUE },
    { "-----BEGIN PRIVATE KEY", 0, FALSE },
  };
  TrustSpan der = trust_certificate_get_der (corp->certificate);
  gboolean has_key;
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      trust_facts_look_into (samples[i].text, strlen (samples[i].text), &n, &has_key);
      g_assert_cmpuint (n, ==, samples[i].n);
      g_assert_cmpint (has_key, ==, samples[i].has_key);
    }
  trust_facts_look_into (der.data, der.size, &n, &has_key);
  g_assert_cmpuint (n, ==, 1);
  g_assert_false (has_key);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  shipped = test_certificate_new_root ("CN=Shipped Root");
  corp = test_certificate_new_root ("CN=Corp Root");
  other = test_certificate_new_root ("CN=Other Root");
  shipped_pem = test_certificate_dup_pem (shipped);
  corp_pem = test_certificate_dup_pem (corp);
  other_pem = test_certificate_dup_pem (other);
  g_test_add ("/checks-files/good", Fixture, NULL, set_up, test_good, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/checks-files/", cases[i].name, NULL);

      g_test_add (name, Fixture, &cases[i], set_up, test_case, tear_down);
    }
  g_test_add ("/checks-files/owner", Fixture, NULL, set_up, test_owner, tear_down);
  g_test_add ("/checks-files/no-way-out", Fixture, NULL, set_up, test_no_way_out, tear_down);
  g_test_add_func ("/checks-files/content", test_content);

  int result = g_test_run ();

  test_certificate_free (shipped);
  test_certificate_free (corp);
  test_certificate_free (other);
  g_free (shipped_pem);
  g_free (corp_pem);
  g_free (other_pem);
  return result;
}
