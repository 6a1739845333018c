/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scratch Debian root and snapshots of it, for the tests of what publishes. */
#pragma once

#include "core/layers.h"
#include "core/loss.h"
#include "core/publish.h"
#include "core/sources/source.h"
#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_CERTIFICATES 8
#define CERTS "/etc/ssl/certs/"
#define FEED "/usr/local/share/ca-certificates/anchord/"
#define CURRENT "/var/lib/anchord/published/current/"
#define HASHED "/var/lib/anchord/published/hashed/"
/* The distribution lists A and B (certificates 0 and 1). 2 and 3 are free; 4 to 7 have one subject. */
#define PATH_A "/usr/share/ca-certificates/mozilla/A.crt"

static TestCertificate *certificates[N_CERTIFICATES];
static char *pems[N_CERTIFICATES];

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TrustPublisher *publisher;
  TrustSnapshot *shown; /* (nullable) */
  GPtrArray *sources;   /* of TrustSourceState*: the distribution's, as last loaded */
  guint64 generation;
} Fixture;

/* One entry of the administrator's own layer. */
typedef struct
{
  gint certificate; /* -1 ends a list */
  guint purposes;   /* 0: a distrust */
} Entry;

#define TLS (1u << TRUST_PURPOSE_SERVER_AUTH)
#define MAIL (1u << TRUST_PURPOSE_EMAIL_PROTECTION)
#define CODE (1u << TRUST_PURPOSE_CODE_SIGNING)
/* Limits, beside the purposes: for one DNS name; flat files may hold it all the same; it ends in an hour; it has ended; it was for older leaves only,
 * and that so long ago that flat files drop it. */
#define LIMITED (1u << 16)
#define ACCEPTED (1u << 17)
#define ENDING (1u << 18)
#define OVER (1u << 19)
#define OUTDATED (1u << 20)
#define ENTRIES(...) ((const Entry[]) { __VA_ARGS__ __VA_OPT__ (, ) { -1, 0 } })

static inline void
make_certificates (void)
{
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      g_autofree char *dn = i < 4 ? g_strdup_printf ("CN=Root %u", i) : g_strdup ("CN=One subject");

      certificates[i] = test_certificate_new_root (dn);
      pems[i] = test_certificate_dup_pem (certificates[i]);
    }
}

static inline void
load_sources (Fixture *f)
{
  g_clear_pointer (&f->sources, g_ptr_array_unref);
  f->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  for (guint i = 0; i < trust_n_sources; i++)
    if (g_str_has_prefix (trust_sources[i].id, "debian-"))
      {
        g_autoptr (GError) error = NULL;
        TrustSourceState *state = trust_source_load (f->root, &trust_sources[i], NULL, &error);

        g_assert_no_error (error);
        g_ptr_array_add (f->sources, state);
      }
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  test_scratch_make_debian (f->scratch);
  test_scratch_write (f->scratch, PATH_A, pems[0], -1);
  test_scratch_write (f->scratch, "/usr/share/ca-certificates/mozilla/B.crt", pems[1], -1);
  test_scratch_write (f->scratch, "/etc/ca-certificates.conf", "# Kept.\nmozilla/A.crt\n!mozilla/Other.crt\nmozilla/B.crt\n", -1);
  f->root = trust_root_new (f->scratch, NULL);
  f->publisher = trust_publisher_new (f->root, TRUST_DISTRIBUTION_DEBIAN);
  load_sources (f);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  trust_publisher_free (f->publisher);
  g_clear_pointer (&f->shown, trust_snapshot_unref);
  g_clear_pointer (&f->sources, g_ptr_array_unref);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static inline TrustSettings *
settings_new (guint purposes)
{
  g_autoptr (TrustPurposes) named = trust_purposes_new_mask (purposes & 0xff);
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GArray) after = trust_distrust_after_new ();
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  TrustLimits limits = TRUST_LIMITS_NONE;

  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "corp.example", NULL));
  trust_distrust_after_add (after, "server-auth", now - 86400 * 400);
  limits.constraints = purposes & LIMITED ? constraints : NULL;
  limits.distrust_after = purposes & OUTDATED ? after : NULL;
  limits.until = purposes & ENDING ? now + 3600 : purposes & OVER ? now - 1 : TRUST_NEVER;
  limits.accept_loss = (purposes & ACCEPTED) != 0;
  return trust_settings_new_limited (named, &limits);
}

static inline void
add_entry (TrustSourceState *state, const Entry *entry)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  TrustCertificate *certificate = certificates[entry->certificate]->certificate;
  g_autofree char *path = g_strdup_printf ("/etc/anchord/anchors.d/%d", entry->certificate);
  g_autoptr (TrustSettings) settings = settings_new (entry->purposes);
  TrustSpan none = { NULL, 0 };

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (state->layer, state->source, path, FALSE);
  if (entry->purposes != 0)
    {
      file->n_anchors = 1;
      file->anchors = g_new (TrustAnchor *, 1);
      file->anchors[0] = trust_anchor_new (certificate, settings, file->origin, NULL);
    }
  else
    {
      file->n_distrusts = 1;
      file->distrusts = g_new (TrustDistrust *, 1);
      file->distrusts[0] = trust_distrust_new (trust_certificate_get_fingerprint (certificate), NULL, none, none, certificate, file->origin, NULL);
    }
  trust_source_state_take_file (state, file);
}

/* The distribution's sources as last loaded, and ENTRIES above them. */
static inline TrustSnapshot *
snapshot_new (Fixture *f, const Entry *entries)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  TrustSnapshot *snapshot = NULL;
  TrustSourceState *own = trust_source_state_new ("anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE);

  for (guint i = 0; i < f->sources->len; i++)
    g_ptr_array_add (states, trust_source_state_ref (f->sources->pdata[i]));
  for (; entries->certificate >= 0; entries++)
    add_entry (own, entries);
  g_ptr_array_add (states, own);
  set = trust_layers_merge (states, NULL, now, NULL);
  snapshot = trust_snapshot_new (++f->generation, TRUST_DISTRIBUTION_DEBIAN, set, states);
  trust_anchor_set_unref (snapshot->flat);
  snapshot->flat = trust_loss_flatten (set, &trust_loss_policy_default, now, NULL, NULL);
  return snapshot;
}

static inline TrustConsumerStatus *
status_of (Fixture *f, const char *id)
{
  for (guint i = 0; i < f->shown->consumers->len; i++)
    if (g_str_equal (((TrustConsumerStatus *) f->shown->consumers->pdata[i])->id, id))
      return f->shown->consumers->pdata[i];
  g_assert_not_reached ();
}

/* Publishes and takes it for what is shown. KNOWN: from what was shown before; else everything is looked at. */
static inline gboolean
publish (Fixture *f, const Entry *entries, gboolean known)
{
  g_autoptr (TrustSnapshot) next = snapshot_new (f, entries);
  g_autoptr (GError) error = NULL;
  gboolean ok = trust_publisher_publish (f->publisher, known ? f->shown : NULL, next, &error);

  g_assert_true (ok == (error == NULL));
  g_clear_pointer (&f->shown, trust_snapshot_unref);
  f->shown = g_steal_pointer (&next);
  return ok;
}

/* A publisher that remembers nothing, as after a restart. */
static inline void
restart (Fixture *f)
{
  trust_publisher_free (f->publisher);
  f->publisher = trust_publisher_new (f->root, TRUST_DISTRIBUTION_DEBIAN);
}

static inline gboolean
heal (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;

  g_assert_true (trust_publisher_heal (f->publisher, f->shown, &changed, &error));
  g_assert_no_error (error);
  return changed;
}

/* Which certificates FILE holds, as a mask. */
static inline guint
held (Fixture *f, const char *file)
{
  g_autofree char *text = test_scratch_read (f->scratch, file);
  guint mask = 0;

  for (guint i = 0; text != NULL && i < N_CERTIFICATES; i++)
    mask |= (guint) (strstr (text, pems[i]) != NULL) << i;
  return mask;
}

static inline char *
hash_name (guint certificate, guint number)
{
  return g_strdup_printf ("%08x.%u", trust_certificate_get_openssl_hash (certificates[certificate]->certificate), number);
}

/* The certificates that a lookup by hash below FOLDER finds: numbers from 0 until one is missing. */
static inline guint
hashed (Fixture *f, const char *folder)
{
  guint mask = 0;

  for (guint i = 0; i < N_CERTIFICATES; i++)
    for (guint number = 0;; number++)
      {
        g_autofree char *name = hash_name (i, number), *path = g_strconcat (folder, name, NULL);
        g_autoptr (GBytes) bytes = trust_root_read (f->root, path, 100000, NULL, NULL);

        if (bytes == NULL)
          break;
        if (g_bytes_get_size (bytes) >= strlen (pems[i]) && memcmp (g_bytes_get_data (bytes, NULL), pems[i], strlen (pems[i])) == 0)
          mask |= 1u << i;
      }
  return mask;
}

static inline char *
feed_path (guint certificate)
{
  g_autofree char *title = trust_certificate_dup_title (certificates[certificate]->certificate);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificates[certificate]->certificate), hex);
  return g_strdup_printf (FEED "%s-%.16s.crt", g_strdelimit (title, " ", '_'), hex);
}

static inline void
remove_path (Fixture *f, const char *path)
{
  g_autofree char *full = g_build_filename (f->scratch, path, NULL);

  g_assert_no_errno (g_unlink (full));
}

static inline int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Inode and change time of everything below the root: what no writer may touch when there is nothing to do. */
static inline void
stamp_folder (const char *folder, GString *out)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      struct stat st;

      g_assert_no_errno (lstat (path, &st));
      g_string_append_printf (out, "%s %ju %jd.%09ld\n", path, (uintmax_t) st.st_ino, (intmax_t) st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
      if (S_ISDIR (st.st_mode))
        stamp_folder (path, out);
    }
}

static inline char *
stamps (Fixture *f)
{
  GString *out = g_string_new (NULL);

  stamp_folder (f->scratch, out);
  return g_string_free (out, FALSE);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
