/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine, its administrator's tree at a moment, and the way back to it. */
#pragma once

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
  TestCertificate *corp; /* in no set */
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
  GPtrArray *files; /* (owned) of TrustJournalFile* */
} Tree;

static inline void
tree_clear (Tree *tree)
{
  g_clear_pointer (&tree->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, tree_clear)

static inline gint64
tell_time (gpointer user_data)
{
  return ((Fixture *) user_data)->now;
}

static inline void
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

static inline void
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

static inline const TrustFingerprint *
id_of (const TestCertificate *certificate)
{
  return trust_certificate_get_fingerprint (certificate->certificate);
}

static inline char *
dup_hex (const TestCertificate *certificate)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (id_of (certificate), hex);
  return g_strdup (hex);
}

static inline void
apply (Fixture *f, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (f->engine, owned, f->caller, &error);

  g_assert_no_error (error);
}

static inline TrustChange *
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

static inline void
change_store (Fixture *f, TrustChangeKind kind, const TestCertificate *certificate)
{
  TrustChange *change = change_of (kind, certificate);

  change->store = g_strdup ("app/x");
  change->inherit = TRUE;
  apply (f, change);
}

static inline void
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
static inline Tree
take_tree (Fixture *f)
{
  Tree tree = { g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free) };

  take_folder (f, ANCHORS, &tree);
  take_folder (f, STORE, &tree);
  return tree;
}

static inline char *
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

static inline void
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

static inline TrustPlan *
plan (Fixture *f, const Tree *tree, TrustChange *change, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
  const TrustPlanTree then = { 1, tree->files, NULL };

  return trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, error);
}

/* Carries PLAN out, as the engine would. What is read from the files then is what the plan said. */
static inline void
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
static inline TrustOutcome *
go_back (Fixture *f, const Tree *tree, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPlan) done = plan (f, tree, owned, &error);

  g_assert_no_error (error);
  carry_out (f, done);
  return g_steal_pointer (&done->outcome);
}

static inline void
refuse (Fixture *f, const Tree *tree, TrustChange *change, TrustError code, const char *words)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;

  g_assert_null (plan (f, tree, owned, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static inline gboolean
trusts (Fixture *f, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return trust_anchor_set_lookup (snapshot->set, id_of (certificate)) != NULL;
}

static inline TrustResult
result_of (const TrustOutcome *outcome, const TestCertificate *certificate)
{
  for (guint i = 0; i < outcome->rows->len; i++)
    if (trust_fingerprint_equal (&((TrustOutcomeRow *) outcome->rows->pdata[i])->fingerprint, id_of (certificate)))
      return ((TrustOutcomeRow *) outcome->rows->pdata[i])->result;
  return TRUST_RESULT_LAST;
}

static inline gboolean
says (const TrustOutcome *outcome, const char *words)
{
  for (guint i = 0; i < outcome->notices->len; i++)
    if (strstr (outcome->notices->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}
