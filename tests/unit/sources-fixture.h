/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scratch root with sources in it, for the tests of core/sources. */
#pragma once

#include "core/anchor-file.h"
#include "core/sources/source.h"
#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_CERTIFICATES 24
#define LOCAL "usr/local/share/ca-certificates/"
#define SHARE "usr/share/ca-certificates/"
#define ETC "etc/anchord/anchors.d/"

static TestCertificate *certificates[N_CERTIFICATES];
static char *pems[N_CERTIFICATES];

typedef struct
{
  char *scratch;
  TrustRoot *root;
} Fixture;

static inline void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->scratch = test_scratch_new ();
  fixture->root = trust_root_new (fixture->scratch, NULL);
  g_assert_nonnull (fixture->root);
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  trust_root_unref (fixture->root);
  test_scratch_remove (fixture->scratch);
  g_free (fixture->scratch);
}

static inline const TrustSource *
source_of (const char *id)
{
  for (guint i = 0; i < trust_n_sources; i++)
    if (g_str_equal (trust_sources[i].id, id))
      return &trust_sources[i];
  g_assert_not_reached ();
}

static inline TrustSourceState *
load (Fixture *fixture, const char *id, TrustSourceState *previous)
{
  g_autoptr (GError) error = NULL;
  TrustSourceState *state = trust_source_load (fixture->root, source_of (id), previous, &error);

  g_assert_no_error (error);
  g_assert_nonnull (state);
  return state;
}

static inline void
keep (Fixture *fixture, TrustSourceState *state)
{
  g_autoptr (GError) error = NULL;

  trust_source_keep (fixture->root, state, &error);
  g_assert_no_error (error);
}

static inline void
put (Fixture *fixture, const char *path, const char *content)
{
  test_scratch_write (fixture->scratch, path, content, -1);
}

static inline char *
host_path (Fixture *fixture, const char *path)
{
  return g_build_filename (fixture->scratch, path, NULL);
}

static inline void
take_away (Fixture *fixture, const char *path)
{
  g_autofree char *full = host_path (fixture, path);

  g_assert_cmpint (g_unlink (full), ==, 0);
}

static inline void
put_link (Fixture *fixture, const char *path, const char *target)
{
  g_autofree char *full = host_path (fixture, path), *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (symlink (target, full), ==, 0);
}

static inline void
set_mode (Fixture *fixture, const char *path, int mode)
{
  g_autofree char *full = host_path (fixture, path);

  g_assert_cmpint (g_chmod (full, mode), ==, 0);
}

static inline TrustSourceFile *
row (TrustSourceState *state, const char *path)
{
  g_autofree char *full = g_strconcat ("/", path, NULL);

  return g_hash_table_lookup (state->by_path, full);
}

static inline void
assert_row (TrustSourceState *state, const char *path, TrustFileStatus status, guint n_anchors)
{
  TrustSourceFile *file = row (state, path);

  g_test_message ("%s: %s, %u anchors, %s", path, file != NULL ? trust_file_status_get_name (file->status) : "no row",
                  file != NULL ? file->n_anchors : 0, file != NULL && file->fault != NULL ? file->fault : "no fault");
  g_assert_nonnull (file);
  g_assert_cmpstr (trust_file_status_get_name (file->status), ==, trust_file_status_get_name (status));
  g_assert_cmpuint (file->n_anchors, ==, n_anchors);
  g_assert_true ((file->fault != NULL) == (status != TRUST_FILE_TAKEN && status != TRUST_FILE_MASKED));
}

static inline void
make_certificates (void)
{
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Source Root %u", i);

      certificates[i] = test_certificate_new_root (dn);
      pems[i] = test_certificate_dup_pem (certificates[i]);
    }
}

static inline void
free_certificates (void)
{
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      test_certificate_free (certificates[i]);
      g_free (pems[i]);
    }
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

static inline char *
dup_anchor_file (guint certificate, gboolean distrust)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/x", FALSE);
  TrustCertificate *named = certificates[certificate]->certificate;
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (named, settings, origin, NULL);
  TrustSpan none = { NULL, 0 };
  g_autoptr (TrustDistrust) refusal = trust_distrust_new (trust_certificate_get_fingerprint (named), trust_certificate_get_key_fingerprint (named),
                                                          none, none, NULL, origin, NULL);
  g_autoptr (GBytes) bytes = distrust ? trust_distrust_file_write (refusal) : trust_anchor_file_write (anchor);
  gsize size = 0;
  const char *bytes_data = g_bytes_get_data (bytes, &size);

  return g_strndup (bytes_data, size);
}
