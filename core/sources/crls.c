/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/crls.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/sources/file.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* Those of the administrator come first where the limits leave some out. */
static const char *const folders[] = { TRUST_CRLS_FOLDER, TRUST_CRLS_FOLDER_RUN, TRUST_CRLS_FOLDER_USR };

typedef struct
{
  TrustRoot *root;
  GHashTable *before; /* (owned) path -> TrustKeptCrl* (both borrowed) */
  GPtrArray *out;     /* of TrustKeptCrl* */
  guint64 bytes;      /* of those in OUT */
  guint n_left;       /* files over the limits */
} Walk;

/* The row before, if it says the same; else a new one. FAULT: (transfer full) (nullable). */
static void
take_row (Walk *walk, const char *path, const TrustStat *stat, TrustCrl *crl, char *fault)
{
  TrustKeptCrl *before = g_hash_table_lookup (walk->before, path);

  if (crl == NULL && before != NULL && trust_stat_equal (&before->stat, stat) && g_strcmp0 (before->fault, fault) == 0)
    {
      g_ptr_array_add (walk->out, trust_kept_crl_ref (before));
      g_free (fault);
      return;
    }
  g_ptr_array_add (walk->out, trust_kept_crl_new (path, stat, crl, fault));
}

static void
read_file (Walk *walk, const char *path, const TrustStat *stat)
{
  g_autoptr (GError) error = NULL;
  TrustStat read = *stat;
  /* A PEM text is longer than what it holds. */
  g_autoptr (GBytes) bytes = trust_root_read (walk->root, path, 2 * (gsize) TRUST_LIMIT_CRL_BYTES, &read, &error);
  g_autoptr (GPtrArray) crls = bytes != NULL ? trust_kept_crl_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error) : NULL;
  TrustCrl *crl = NULL;
  const char *fault = NULL;

  if (crls == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;
  if (crls == NULL || crls->len > 1)
    {
      take_row (walk, path, stat, NULL, g_strdup (crls == NULL ? error->message : "it holds several lists: put each into a file of its own"));
      return;
    }
  crl = crls->pdata[0];
  fault = trust_kept_crl_find_fault (crl);
  walk->bytes += g_bytes_get_size (crl->der);
  take_row (walk, path, &read, crl, g_strdup (fault));
}

static void
take_file (Walk *walk, const char *path, const char *open_folder)
{
  TrustKeptCrl *before = g_hash_table_lookup (walk->before, path);
  TrustFoundFile found = { .path = path, .open_folder = open_folder };
  TrustStat target;
  char *fault = NULL;

  if (!trust_root_lstat (walk->root, path, &found.link))
    return;
  if (!trust_root_stat (walk->root, path, &target))
    target = found.link;
  if (S_ISDIR (target.mode))
    return;
  if (walk->out->len >= TRUST_LIMIT_KEPT_CRLS || walk->bytes + (guint64) target.size > TRUST_LIMIT_KEPT_CRL_BYTES)
    {
      walk->n_left++;
      return;
    }
  fault = trust_source_find_insecurity (walk->root, &found, &target);
  if (fault == NULL && !S_ISREG (target.mode))
    fault = g_strdup ("it is no file");
  if (fault != NULL)
    {
      take_row (walk, path, &target, NULL, fault);
      return;
    }
  if (before == NULL || before->crl == NULL || !trust_stat_equal (&before->stat, &target))
    {
      read_file (walk, path, &target);
      return;
    }
  walk->bytes += g_bytes_get_size (before->crl->der);
  g_ptr_array_add (walk->out, trust_kept_crl_ref (before));
}

static void
walk_folder (Walk *walk, const char *folder)
{
  g_autoptr (GPtrArray) names = trust_root_list (walk->root, folder);
  const char *open_folder = names != NULL && trust_source_is_open (walk->root, folder) ? folder : NULL;

  walk->n_left = 0;
  if (names == NULL && errno != ENOENT && errno != ENOTDIR)
    {
      TrustStat none = { 0 };

      take_row (walk, folder, &none, NULL, g_strdup_printf ("it cannot be read: %s", g_strerror (errno)));
    }
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (*name != '.')
        take_file (walk, path, open_folder);
    }
  if (walk->n_left > 0)
    {
      TrustStat none = { 0 };

      take_row (walk, folder, &none, NULL,
                g_strdup_printf ("%u files are left out: at most %u lists are kept, of %u bytes together", walk->n_left, TRUST_LIMIT_KEPT_CRLS,
                                 TRUST_LIMIT_KEPT_CRL_BYTES));
    }
}

GPtrArray *
trust_crls_load (TrustRoot *root, const GPtrArray *previous)
{
  g_autoptr (GHashTable) before = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_kept_crl_unref);
  Walk walk = { .root = root, .before = before, .out = out };

  for (guint i = 0; previous != NULL && i < previous->len; i++)
    g_hash_table_insert (before, ((TrustKeptCrl *) previous->pdata[i])->path, previous->pdata[i]);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    walk_folder (&walk, folders[i]);
  return out;
}

TrustSourceState *
trust_crls_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  return trust_source_state_new (source->id, source->layer, source->foreign);
}
