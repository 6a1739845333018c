/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/emitters/emitter.h"

#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <unistd.h>

static const struct
{
  const char *name;
  TrustPurpose purpose;
} bundles[TRUST_OWN_N_BUNDLES] = {
  { "tls-ca-bundle.pem", TRUST_PURPOSE_SERVER_AUTH },
  { "email-ca-bundle.pem", TRUST_PURPOSE_EMAIL_PROTECTION },
  { "objsign-ca-bundle.pem", TRUST_PURPOSE_CODE_SIGNING },
};

const char *
trust_own_bundle_get_name (guint index)
{
  return bundles[index].name;
}

TrustPurpose
trust_own_bundle_get_purpose (guint index)
{
  return bundles[index].purpose;
}

TrustOwnPart *
trust_own_part_new (const TrustAnchorSet *set, guint index)
{
  TrustOwnPart *part = g_new0 (TrustOwnPart, 1);
  guint n = trust_anchor_set_get_n_anchors (set);
  gnutls_hash_hd_t hash;
  gboolean hashing = gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) == 0;

  part->anchors = g_ptr_array_new ();
  part->pieces = g_array_new (FALSE, FALSE, sizeof (TrustPiece));
  for (guint i = 0; i < n; i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);
      TrustPiece piece;

      if (!trust_anchor_has_purpose (anchor, bundles[index].purpose))
        continue;
      piece.id = *trust_anchor_get_fingerprint (anchor);
      piece.length = trust_emitter_pem_bundle.length (anchor);
      if (hashing)
        gnutls_hash (hash, piece.id.bytes, sizeof piece.id.bytes);
      g_array_append_val (part->pieces, piece);
      g_ptr_array_add (part->anchors, anchor);
    }
  if (hashing)
    gnutls_hash_deinit (hash, part->digest.bytes);
  return part;
}

void
trust_own_part_free (TrustOwnPart *part)
{
  g_ptr_array_unref (part->anchors);
  g_array_unref (part->pieces);
  g_free (part);
}

static gboolean
fill (gpointer user_data, guint index, GString *out, GError **error)
{
  const TrustOwnPart *part = user_data;

  trust_emitter_pem_bundle.emit (part->anchors->pdata[index], out);
  return TRUE;
}

static int
open_bundle (TrustRoot *root, const char *folder, guint index)
{
  g_autofree char *path = NULL;

  if (folder == NULL)
    return -1;
  path = g_build_filename (TRUST_OWN_BUNDLES, folder, bundles[index].name, NULL);
  return trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);
}

/* FD (closed; -1: nothing) is the bundle now. */
static void
remember (TrustOwnBundle *bundle, int fd)
{
  struct stat st;

  bundle->known = fd >= 0 && fstat (fd, &st) == 0;
  if (bundle->known)
    {
      trust_stat_from (&bundle->stat, &st);
      bundle->length = (gsize) st.st_size;
    }
  if (fd >= 0)
    close (fd);
}

void
trust_own_bundle_look (TrustRoot *root, const char *folder, guint index, TrustOwnPart *part, TrustOwnBundle *bundle)
{
  int fd = open_bundle (root, folder, index);

  if (fd >= 0 && !trust_pieces_compare (fd, part->pieces, fill, part))
    {
      close (fd);
      fd = -1;
    }
  bundle->digest = part->digest;
  remember (bundle, fd);
}

gboolean
trust_own_bundle_link (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnBundle *bundle)
{
  g_autofree char *path = g_build_filename (TRUST_OWN_BUNDLES, folder, NULL);
  int old_dir_fd = trust_root_open_dir (root, path);
  gboolean ok = old_dir_fd >= 0 && trust_atomic_link (old_dir_fd, bundles[index].name, dir_fd, bundles[index].name, NULL);

  if (old_dir_fd >= 0)
    close (old_dir_fd);
  /* The number of links moved its change time. */
  if (ok)
    remember (bundle, trust_root_open_at (root, dir_fd, bundles[index].name, O_RDONLY | O_NOFOLLOW));
  return ok;
}

void
trust_own_bundle_restat (TrustRoot *root, const char *folder, guint index, TrustOwnBundle *bundle)
{
  int fd = bundle->known ? open_bundle (root, folder, index) : -1;
  struct stat st;
  TrustStat now = { 0 };

  if (fd >= 0 && fstat (fd, &st) == 0)
    trust_stat_from (&now, &st);
  if (fd >= 0)
    close (fd);
  bundle->known = bundle->known && now.device == bundle->stat.device && now.inode == bundle->stat.inode && now.size == bundle->stat.size
                  && now.mtime == bundle->stat.mtime;
  if (bundle->known)
    bundle->stat = now;
}

gboolean
trust_own_bundle_make (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnPart *old_part, TrustOwnPart *part,
                       TrustOwnBundle *bundle, GError **error)
{
  TrustPiecesOld old = { -1, bundle->stat, old_part != NULL ? old_part->pieces : NULL };
  g_autoptr (TrustStaged) staged = NULL;
  int fd = -1;
  gboolean ok;

  if (old_part != NULL && bundle->known)
    old.fd = open_bundle (root, folder, index);
  staged = trust_pieces_stage (dir_fd, bundles[index].name, 0644, part->pieces, &old, fill, part, &fd, error);
  if (old.fd >= 0)
    close (old.fd);
  ok = staged != NULL && trust_atomic_commit (staged, error);
  bundle->digest = part->digest;
  if (!ok && fd >= 0)
    close (fd);
  remember (bundle, ok ? fd : -1);
  return ok;
}
