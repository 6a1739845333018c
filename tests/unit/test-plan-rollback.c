/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going back: the plan is handed the tree as it was, and what it would write is held against that. */
#include "core/engine.h"
#include "core/plan.h"
#include "tests/lib/support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANCHORS "/etc/anchord/anchors.d"
#define STORE "/etc/anchord/stores.d/app/x"
#define DAY 86400

typedef struct
{
  char *scratch;
  TestCertificate *corp;   /* in no set */
  TestCertificate *other;
  TestCertificate *twin;   /* of corp's key */
  TestCertificate *distro; /* in the distribution's */
  TestCertificate *brief;  /* expires in ten days */
  TrustCaller *caller;
  TrustEngine *engine;
  TrustRoot *root;
  gint64 now;
} Fixture;

/* The tree at one moment. */
typedef struct
{
  GPtrArray *files;        /* (owned) of TrustJournalFile* */
} Tree;

static void
tree_clear (Tree *tree)
{
  g_clear_pointer (&tree->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, tree_clear)

static gint64
tell_time (gpointer user_data)
{
  return ((Fixture *) user_data)->now;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec twin = { .dn = "CN=Twin" }, brief = { .dn = "CN=Brief" };
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;

  f->now = g_get_real_time () / G_USEC_PER_SEC;
  brief.not_after = f->now + 10 * DAY;
  f->scratch = test_scratch_new ();
  test_scratch_make_debian (f->scratch);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->other = test_certificate_new_root ("CN=Other");
  twin.same_key = f->corp;
  f->twin = test_certificate_new (&twin);
  f->distro = test_certificate_new_root ("CN=Distro");
  f->brief = test_certificate_new (&brief);
  pem = test_certificate_dup_pem (f->distro);
  test_scratch_write (f->scratch, "/usr/share/ca-certificates/mozilla/D.crt", pem, -1);
  test_scratch_write (f->scratch, "/etc/ca-certificates.conf", "mozilla/D.crt\n", -1);
  f->caller = trust_caller_new_self ("test");
  f->root = trust_root_new (f->scratch, &error);
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  trust_engine_set_clock (f->engine, tell_time, f);
  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  trust_root_unref (f->root);
  trust_caller_free (f->caller);
  test_certificate_free (f->corp);
  test_certificate_free (f->other);
  test_certificate_free (f->twin);
  test_certificate_free (f->distro);
  test_certificate_free (f->brief);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static const TrustFingerprint *
id_of (const TestCertificate *certificate)
{
  return trust_certificate_get_fingerprint (certificate->certificate);
}

static char *
dup_hex (const TestCertificate *certificate)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (id_of (certificate), hex);
  return g_strdup (hex);
}

static void
apply (Fixture *f, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (f->engine, owned, f->caller, &error);

  g_assert_no_error (error);
}

static TrustChange *
change_of (TrustChangeKind kind, const TestCertificate *certificate)
{
  TrustChange *change = trust_change_new (kind);
  TrustPrefix prefix = { { { 0 } }, 64 };

  if (certificate == NULL)
    return change;
  prefix.fingerprint = *id_of (certificate);
  if (kind == TRUST_CHANGE_ADD || kind == TRUST_CHANGE_STORE_ADD || kind == TRUST_CHANGE_DISTRUST)
    g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  else
    g_array_append_val (change->fingerprints, prefix);
  return change;
}

static void
change_store (Fixture *f, TrustChangeKind kind, const TestCertificate *certificate)
{
  TrustChange *change = change_of (kind, certificate);

  change->store = g_strdup ("app/x");
  change->inherit = TRUE;
  apply (f, change);
}

static void
take_folder (Fixture *f, const char *folder, Tree *tree)
{
  g_autoptr (GPtrArray) names = trust_root_list (f->root, folder);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL), *content = test_scratch_read (f->scratch, path);
      g_autoptr (GBytes) bytes = content != NULL ? g_bytes_new (content, strlen (content)) : NULL;

      if (bytes != NULL)
        g_ptr_array_add (tree->files, trust_journal_file_new (path, bytes, 0644));
    }
}

/* The tree as it stands. */
static Tree
take_tree (Fixture *f)
{
  Tree tree = { g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free) };

  take_folder (f, ANCHORS, &tree);
  take_folder (f, STORE, &tree);
  return tree;
}

static char *
find_file (const Tree *tree, const char *path)
{
  for (guint i = 0; i < tree->files->len; i++)
    {
      const TrustJournalFile *file = tree->files->pdata[i];

      if (g_str_equal (file->path, path))
        return g_strndup (g_bytes_get_data (file->content, NULL), g_bytes_get_size (file->content));
    }
  return NULL;
}

static void
assert_equal (const Tree *left, const Tree *right)
{
  g_assert_cmpuint (left->files->len, ==, right->files->len);
  for (guint i = 0; i < left->files->len; i++)
    {
      const TrustJournalFile *file = left->files->pdata[i];
      g_autofree char *here = find_file (left, file->path), *there = find_file (right, file->path);

      g_assert_cmpstr (here, ==, there);
    }
}

static TrustPlan *
plan (Fixture *f, const Tree *tree, TrustChange *change, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
  const TrustPlanTree then = { 1, tree->files, NULL };

  return trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, error);
}

/* Carries PLAN out, as the engine would. What is read from the files then is what the plan said. */
static void
carry_out (Fixture *f, const TrustPlan *done)
{
  g_autoptr (TrustSnapshot) after = NULL;

  for (guint i = 0; i < done->files->len; i++)
    {
      const TrustJournalFile *file = done->files->pdata[i];
      g_autofree char *path = g_build_filename (f->scratch, file->path, NULL);

      if (file->content == NULL)
        g_assert_cmpint (remove (path), ==, 0);
      else
        test_scratch_write (f->scratch, file->path, g_bytes_get_data (file->content, NULL), (gssize) g_bytes_get_size (file->content));
    }
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  after = trust_engine_get_snapshot (f->engine);
  if (done->files->len == 0)
    return;
  g_assert_true (trust_fingerprint_equal (trust_anchor_set_get_digest (after->set), trust_anchor_set_get_digest (done->set)));
  g_assert_cmpuint (after->stores->len, ==, done->stores->len);
  for (guint i = 0; i < after->stores->len; i++)
    g_assert_true (trust_fingerprint_equal (trust_anchor_set_get_digest (((TrustStore *) after->stores->pdata[i])->set),
                                            trust_anchor_set_get_digest (((TrustStore *) done->stores->pdata[i])->set)));
}

/* Goes back to TREE. Returns: (transfer full): what was said. */
static TrustOutcome *
go_back (Fixture *f, const Tree *tree, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPlan) done = plan (f, tree, owned, &error);

  g_assert_no_error (error);
  carry_out (f, done);
  return g_steal_pointer (&done->outcome);
}

static void
refuse (Fixture *f, const Tree *tree, TrustChange *change, TrustError code, const char *words)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;

  g_assert_null (plan (f, tree, owned, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static gboolean
trusts (Fixture *f, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return trust_anchor_set_lookup (snapshot->set, id_of (certificate)) != NULL;
}

static TrustResult
result_of (const TrustOutcome *outcome, const TestCertificate *certificate)
{
  for (guint i = 0; i < outcome->rows->len; i++)
    if (trust_fingerprint_equal (&((TrustOutcomeRow *) outcome->rows->pdata[i])->fingerprint, id_of (certificate)))
      return ((TrustOutcomeRow *) outcome->rows->pdata[i])->result;
  return TRUST_RESULT_LAST;
}

static gboolean
says (const TrustOutcome *outcome, const char *words)
{
  for (guint i = 0; i < outcome->notices->len; i++)
    if (strstr (outcome->notices->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_tree (Fixture *f, gconstpointer data)
{
  g_auto (Tree) first = take_tree (f), second = { NULL }, now = { NULL };
  g_autoptr (TrustOutcome) outcome = NULL, nothing = NULL, forward = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  second = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  now = take_tree (f);
  nothing = go_back (f, &now, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (nothing->rows->len + nothing->notices->len, ==, 0);
  tree_clear (&now);
  outcome = go_back (f, &second, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &second);
  g_assert_cmpint (result_of (outcome, f->corp), ==, TRUST_RESULT_ADDED);
  g_assert_cmpint (result_of (outcome, f->other), ==, TRUST_RESULT_REMOVED);
  g_assert_cmpuint (outcome->rows->len, ==, 2);
  tree_clear (&now);
  forward = go_back (f, &first, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &first);
}

/* What a person dropped is the tree's own; what is no file of ours is nobody's. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f), full = { NULL }, now = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *two = NULL, *more = test_certificate_dup_pem (f->other), *kept = NULL;
  g_autoptr (TrustOutcome) gone = NULL, back = NULL;

  two = g_strconcat (pem, more, NULL);
  test_scratch_write (f->scratch, ANCHORS "/corp.pem", two, -1);
  test_scratch_write (f->scratch, ANCHORS "/README", "keep\n", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->corp) && trusts (f, f->other));
  full = take_tree (f);
  gone = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_false (trusts (f, f->corp) || trusts (f, f->other));
  g_assert_false (test_scratch_exists (f->scratch, ANCHORS "/corp.pem"));
  kept = test_scratch_read (f->scratch, ANCHORS "/README");
  g_assert_cmpstr (kept, ==, "keep\n");
  back = go_back (f, &full, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &full);
  g_assert_true (trusts (f, f->corp) && trusts (f, f->other));
}

/* A distrust that came later stays, with all it reaches, unless it is named. */
static void
test_distrust (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".distrust", NULL);
  TrustChange *lift = change_of (TRUST_CHANGE_ROLLBACK, NULL), *wrong = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) kept = NULL, lifted = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->twin));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->twin));
  apply (f, change_of (TRUST_CHANGE_DISTRUST, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  kept = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, "--lift-distrust") && says (kept, hex));
  g_assert_true (test_scratch_exists (f->scratch, path));
  g_assert_cmpint (result_of (kept, f->other), ==, TRUST_RESULT_REMOVED);
  /* Its key is refused: the twin does not come either. */
  now = take_tree (f);
  g_assert_cmpuint (now.files->len, ==, 1);
  g_ptr_array_add (wrong->lifted, g_strdup ("nobody"));
  refuse (f, &before, wrong, TRUST_ERROR_INVALID_ARGUMENT, "nobody");
  g_ptr_array_add (lift->lifted, g_ascii_strup (hex, -1));
  lifted = go_back (f, &before, lift);
  g_assert_cmpint (result_of (lifted, f->corp), ==, TRUST_RESULT_ADDED);
  tree_clear (&now);
  now = take_tree (f);
  assert_equal (&now, &before);
}

/* A distrust that was narrower then stays as wide as it is; one that was wider comes back. */
static void
test_wider (Fixture *f, gconstpointer data)
{
  TrustChange *narrow = change_of (TRUST_CHANGE_DISTRUST, f->corp);
  g_auto (Tree) narrower = { NULL }, wider = { NULL }, now = { NULL };
  g_autoptr (TrustOutcome) kept = NULL, back = NULL;

  narrow->cert_only = TRUE;
  apply (f, narrow);
  narrower = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_DISTRUST, f->corp));
  wider = take_tree (f);
  kept = go_back (f, &narrower, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, "stays distrusted"));
  {
    g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

    g_assert_nonnull (trust_anchor_set_find_distrust (snapshot->set, f->twin->certificate));
  }
  apply (f, change_of (TRUST_CHANGE_RESTORE, f->corp));
  back = go_back (f, &wider, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpint (result_of (back, f->corp), ==, TRUST_RESULT_DISTRUSTED);
  now = take_tree (f);
  assert_equal (&now, &wider);
}

/* A file with several refusals in it, or with anchors, goes; what it refused is written down by itself. */
static void
test_mixed (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f);
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".distrust", NULL);
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *other = test_certificate_dup_pem (f->other);
  g_autofree char *text = g_strconcat ("[p11-kit-object-v1]\nclass: certificate\nx-distrusted: true\n", pem,
                                       "\n[p11-kit-object-v1]\nclass: certificate\ntrusted: true\n", other, NULL);
  g_autoptr (TrustOutcome) outcome = NULL;

  test_scratch_write (f->scratch, ANCHORS "/both.p11-kit", text, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->other));
  outcome = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_false (trusts (f, f->other));
  g_assert_false (test_scratch_exists (f->scratch, ANCHORS "/both.p11-kit"));
  g_assert_true (test_scratch_exists (f->scratch, path));
}

static void
test_policy (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  TrustChange *partly = change_of (TRUST_CHANGE_ROLLBACK, NULL), *allowed = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) some = NULL, all = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->brief));
  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->brief));
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  f->now += 20 * DAY;
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_POLICY, "expired");
  partly->keep_going = TRUE;
  some = go_back (f, &before, partly);
  g_assert_cmpint (result_of (some, f->brief), ==, TRUST_RESULT_REFUSED);
  g_assert_true (trusts (f, f->corp) && !trusts (f, f->brief));
  allowed->allow_expired = TRUE;
  all = go_back (f, &before, allowed);
  now = take_tree (f);
  assert_equal (&now, &before);
}

/* What is trusted already is not asked about again, and what has ended does not begin again. */
static void
test_ended (Fixture *f, gconstpointer data)
{
  TrustChange *end = change_of (TRUST_CHANGE_SET, f->corp), *again = change_of (TRUST_CHANGE_ADD, f->corp);
  g_auto (Tree) before = { NULL }, ending = { NULL };
  g_autoptr (TrustOutcome) outcome = NULL, idle = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->brief));
  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  end->named = TRUST_NAMES_UNTIL;
  end->limits.until = f->now + 5 * DAY;
  apply (f, end);
  ending = take_tree (f);
  f->now += 20 * DAY;
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_false (trusts (f, f->corp));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_POLICY, "ended");
  again->named = TRUST_NAMES_UNTIL;
  again->limits.until = TRUST_NEVER;
  apply (f, again);
  outcome = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (trusts (f, f->corp) && trusts (f, f->brief));
  idle = go_back (f, &ending, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (idle, "has ended") && !trusts (f, f->corp));
}

/* A pin that limits the distribution's root goes: what shines through then is the distribution's business. */
static void
test_pin (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f);
  TrustChange *pin = change_of (TRUST_CHANGE_ADD, f->distro);
  g_autoptr (TrustOutcome) outcome = NULL;

  pin->purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  pin->replace = TRUE;
  apply (f, pin);
  outcome = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpint (result_of (outcome, f->distro), ==, TRUST_RESULT_CHANGED);
  g_assert_true (trusts (f, f->distro));
}

/* The distribution distrusts by now what an entry of then would lift. */
static void
test_lower (Fixture *f, gconstpointer data)
{
  g_autofree char *hex = dup_hex (f->corp), *text = NULL;
  g_auto (Tree) before = { NULL };
  TrustChange *lift = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) outcome = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  text = g_strdup_printf ("[Distrust]\nVersion=1\nSHA256=%s\n", hex);
  test_scratch_write (f->scratch, "/usr/lib/anchord/anchors.d/v.distrust", text, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_DISTRUSTED, "vendor");
  g_ptr_array_add (lift->lifted, g_strdup (hex));
  outcome = go_back (f, &before, lift);
  g_assert_true (trusts (f, f->corp));
}

static void
test_stores (Fixture *f, gconstpointer data)
{
  g_auto (Tree) none = take_tree (f), with = { NULL }, now = { NULL };
  g_autofree char *hex = dup_hex (f->distro), *path = g_strconcat (STORE "/", hex, ".distrust", NULL);
  g_autoptr (TrustOutcome) kept = NULL, gone = NULL, back = NULL;

  change_store (f, TRUST_CHANGE_STORE_CREATE, NULL);
  change_store (f, TRUST_CHANGE_STORE_ADD, f->corp);
  with = take_tree (f);
  change_store (f, TRUST_CHANGE_STORE_REMOVE, f->corp);
  change_store (f, TRUST_CHANGE_STORE_REMOVE, f->distro);
  kept = go_back (f, &with, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, hex) && test_scratch_exists (f->scratch, path));
  g_assert_cmpint (result_of (kept, f->corp), ==, TRUST_RESULT_ADDED);
  gone = go_back (f, &none, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (gone->rows->len, ==, 1);
  g_assert_nonnull (strstr (((TrustOutcomeRow *) gone->rows->pdata[0])->detail, "no store"));
  g_assert_false (test_scratch_exists (f->scratch, STORE));
  back = go_back (f, &with, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &with);
}

/* What is no file of the tree's is left alone: a link that masks, a file that others could write to, a private key. */
static void
test_others (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *path = g_build_filename (f->scratch, ANCHORS, "m.pem", NULL);
  g_autofree char *mask = g_build_filename (f->scratch, ANCHORS, "n.pem", NULL), *same = g_build_filename (f->scratch, ANCHORS, "o.pem", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (pem, strlen (pem)), link = g_bytes_new ("/dev/null", strlen ("/dev/null"));
  g_autoptr (TrustOutcome) outcome = NULL;

  test_scratch_write (f->scratch, ANCHORS "/m.pem", pem, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  before = take_tree (f);
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/open.pem", bytes, 0666));
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/../../x.pem", bytes, 0644));
  g_ptr_array_add (before.files, trust_journal_file_new ("/etc/ssl/certs/x.pem", bytes, 0644));
  g_ptr_array_add (before.files, trust_journal_file_new ("/etc/anchord/stores.d/app/../x.pem", bytes, 0644));
  g_assert_cmpint (remove (path), ==, 0);
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/o.pem", link, S_IFLNK | 0777));
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/p.pem", link, S_IFLNK | 0777));
  g_assert_cmpint (symlink ("/dev/null", path) + symlink ("/dev/null", mask) + symlink ("/dev/null", same), ==, 0);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  outcome = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (outcome->rows->len, ==, 0);
  g_assert_true (says (outcome, "m.pem stays") && says (outcome, "n.pem stays") && says (outcome, "open.pem") && says (outcome, "p.pem was a link"));
  g_assert_cmpuint (outcome->notices->len, ==, 4);
  g_assert_cmpint (remove (path), ==, 0);
  test_scratch_write (f->scratch, ANCHORS "/m.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_FOREIGN, "private key");
}

/* A file that stopped counting because others may write to it counts again, as it was. */
static void
test_insecure (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *path = g_build_filename (f->scratch, ANCHORS, "m.pem", NULL);
  g_autoptr (TrustChange) change = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustPlan) done = NULL;
  g_autoptr (GError) error = NULL;

  test_scratch_write (f->scratch, ANCHORS "/m.pem", pem, -1);
  before = take_tree (f);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_false (trusts (f, f->corp));
  done = plan (f, &before, change, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (done->files->len, ==, 1);
  g_assert_cmpuint (((TrustJournalFile *) done->files->pdata[0])->mode, ==, 0644);
  g_assert_nonnull (trust_anchor_set_lookup (done->set, id_of (f->corp)));
}

/* An undo goes back for some files only, and says so if that is nothing. */
static void
test_only (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_auto (Tree) before = take_tree (f);
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".anchor", NULL);
  g_autoptr (GHashTable) only = g_hash_table_new (g_str_hash, g_str_equal);
  const TrustPlanTree then = { 1, before.files, only };
  g_autoptr (TrustChange) change = change_of (TRUST_CHANGE_UNDO, NULL);
  g_autoptr (TrustPlan) done = NULL, nothing = NULL;
  g_autoptr (GError) error = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  g_hash_table_add (only, path);
  snapshot = trust_engine_get_snapshot (f->engine);
  done = trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, &error);
  g_assert_no_error (error);
  carry_out (f, done);
  g_assert_true (!trusts (f, f->corp) && trusts (f, f->other));
  g_clear_pointer (&snapshot, trust_snapshot_unref);
  snapshot = trust_engine_get_snapshot (f->engine);
  nothing = trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, &error);
  g_assert_null (nothing);
  g_assert_error (error, TRUST_ERROR, (int) TRUST_ERROR_POLICY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/plan-rollback/tree", Fixture, NULL, set_up, test_tree, tear_down);
  g_test_add ("/plan-rollback/dropped", Fixture, NULL, set_up, test_dropped, tear_down);
  g_test_add ("/plan-rollback/distrust", Fixture, NULL, set_up, test_distrust, tear_down);
  g_test_add ("/plan-rollback/wider", Fixture, NULL, set_up, test_wider, tear_down);
  g_test_add ("/plan-rollback/mixed", Fixture, NULL, set_up, test_mixed, tear_down);
  g_test_add ("/plan-rollback/policy", Fixture, NULL, set_up, test_policy, tear_down);
  g_test_add ("/plan-rollback/ended", Fixture, NULL, set_up, test_ended, tear_down);
  g_test_add ("/plan-rollback/pin", Fixture, NULL, set_up, test_pin, tear_down);
  g_test_add ("/plan-rollback/lower", Fixture, NULL, set_up, test_lower, tear_down);
  g_test_add ("/plan-rollback/stores", Fixture, NULL, set_up, test_stores, tear_down);
  g_test_add ("/plan-rollback/others", Fixture, NULL, set_up, test_others, tear_down);
  g_test_add ("/plan-rollback/insecure", Fixture, NULL, set_up, test_insecure, tear_down);
  g_test_add ("/plan-rollback/only", Fixture, NULL, set_up, test_only, tear_down);
  return g_test_run ();
}
