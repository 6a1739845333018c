/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/intake.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/sources/debian.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static gboolean
parse_hash_name (const char *name, guint32 *hash, guint *index)
{
  char again[32];
  int end = 0;

  if (strlen (name) < 10 || sscanf (name, "%8x.%u%n", hash, index, &end) != 2 || name[end] != '\0' || *index >= TRUST_DEBIAN_CHAIN_MAX)
    return FALSE;
  g_snprintf (again, sizeof again, "%08x.%u", *hash, *index);
  return g_ascii_strcasecmp (name, again) == 0;
}

/* What the folder holds now. */
typedef struct
{
  GHashTable *targets; /* (owned) owned name -> owned target; "" for what is no link */
  GHashTable *chains;  /* (owned) hash -> TrustDebianChain* */
} Listing;

static void
list (TrustRoot *root, int dir_fd, Listing *listing)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_DEBIAN_CERTS);

  listing->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  listing->chains = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) trust_debian_chain_free);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *target = trust_debian_read_link (dir_fd, names->pdata[i]);
      guint32 hash;
      guint index;

      if (parse_hash_name (names->pdata[i], &hash, &index))
        trust_debian_chain_put (trust_debian_chain_get (listing->chains, hash), index,
                                target != NULL ? g_steal_pointer (&target) : (char *) (guintptr) TRUST_DEBIAN_TAKEN);
      else
        g_hash_table_insert (listing->targets, g_strdup (names->pdata[i]), target != NULL ? g_steal_pointer (&target) : g_strdup (""));
    }
}

static gboolean
has_certificate_suffix (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL
         && (g_ascii_strcasecmp (dot, ".pem") == 0 || g_ascii_strcasecmp (dot, ".crt") == 0 || g_ascii_strcasecmp (dot, ".cer") == 0
             || g_ascii_strcasecmp (dot, ".crl") == 0);
}

static gboolean
is_managed_target (const char *target)
{
  return g_str_has_prefix (target, TRUST_DEBIAN_SHARE_FOLDER "/") || g_str_has_prefix (target, TRUST_DEBIAN_LOCAL_FOLDER "/");
}

/* Does the link NAME -> TARGET, which the input does not want, have to go? */
static gboolean
is_stale (TrustRoot *root, const char *target, GHashTable *refused)
{
  TrustStat stat;

  if (!is_managed_target (target))
    return FALSE;
  return g_str_has_prefix (target, TRUST_DEBIAN_FEED_FOLDER "/") || g_hash_table_contains (refused, target)
         || (!trust_root_stat (root, target, &stat) && errno == ENOENT);
}

/* Someone's own file in the folder: the tool gives it a hash link if it holds one certificate. */
static gboolean
read_foreign (TrustDebianJudge *judge, int dir_fd, char *name, TrustDebianNeeded *out)
{
  g_autoptr (GBytes) bytes = trust_root_read_at (judge->root, dir_fd, name, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, NULL);
  g_autoptr (GPtrArray) certificates = NULL;
  TrustCertificate *certificate = NULL;
  TrustSpan text = { NULL, 0 };
  TrustPemBlock block;
  gsize offset = 0;

  if (bytes == NULL)
    return FALSE;
  text.data = g_bytes_get_data (bytes, &text.size);
  if (!trust_pem_next (text, &offset, &block, NULL))
    return FALSE;
  certificates = trust_intake_decode (text.data, text.size, NULL);
  if (certificates == NULL || certificates->len != 1)
    return FALSE;
  certificate = certificates->pdata[0];
  out->name = name;
  out->hash = trust_certificate_get_openssl_hash (certificate);
  out->fingerprint = *trust_certificate_get_fingerprint (certificate);
  g_hash_table_add (judge->others, g_memdup2 (&out->fingerprint, sizeof out->fingerprint));
  return trust_debian_judge (judge, certificate) != TRUST_DEBIAN_REFUSED;
}

/* NAME.pem of every file of the input. Returns: (transfer full): link name -> entry index + 1. */
static GHashTable *
plan_pem_links (TrustRoot *root, const TrustDebianInput *input, const Listing *listing, TrustDebianLinks *links)
{
  GHashTable *wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name, index;

  for (guint i = 0; i < input->entries->len; i++)
    {
      const TrustDebianEntry *entry = input->entries->pdata[i];

      if (entry->file == NULL || entry->file->stat.inode != 0)
        g_hash_table_insert (wanted, trust_debian_link_name (trust_debian_entry_get_path (entry)), GUINT_TO_POINTER (i + 1));
    }
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &name, &index))
    {
      const char *path = trust_debian_entry_get_path (input->entries->pdata[GPOINTER_TO_UINT (index) - 1]);
      TrustStat stat;
      g_autofree char *full = NULL;

      if (g_strcmp0 (g_hash_table_lookup (listing->targets, name), path) == 0)
        continue;
      full = g_build_filename (TRUST_DEBIAN_CERTS, name, NULL);
      if (!trust_root_lstat (root, full, &stat) || !S_ISDIR (stat.mode))
        trust_debian_links_take_pem (links, name, path);
    }
  return wanted;
}

/* What must go, whoever put it there. */
typedef struct
{
  GHashTable *targets; /* (owned) set of owned char*: files that are deselected */
  GHashTable *names;   /* (owned) set of owned char*: links that the tool removes for them, by name */
} Refused;

static void
collect_refused (TrustRoot *root, const TrustDebianDeselection *deselection, Refused *refused)
{
  g_autoptr (GBytes) conf = trust_root_read (root, TRUST_DEBIAN_CONF, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  g_autoptr (GPtrArray) names = NULL;
  TrustSpan text = { NULL, 0 };

  refused->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  refused->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < deselection->names->len; i++)
    g_hash_table_add (refused->targets, g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", deselection->names->pdata[i], NULL));
  if (conf != NULL)
    text.data = g_bytes_get_data (conf, &text.size);
  names = trust_debian_parse_deselected (text);
  for (guint i = 0; i < names->len; i++)
    {
      char *path = g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", names->pdata[i], NULL);
      const char *base = strrchr (path, '/') + 1;
      int length = (int) strlen (base) - (g_str_has_suffix (base, ".crt") && strlen (base) > 4 ? 4 : 0);

      /* Here the tool replaces no characters. */
      g_hash_table_add (refused->names, g_strdup_printf ("%.*s.pem", length, base));
      g_hash_table_add (refused->targets, path);
    }
}

/* Links of files that the tool no longer takes, and foreign files. */
static void
sort_out_others (TrustDebianJudge *judge, int dir_fd, const Listing *listing, GHashTable *wanted, const Refused *refused, GHashTable *known,
                 GArray *needed, TrustDebianLinks *links, GPtrArray *drift)
{
  GHashTableIter iter;
  gpointer name, target;

  g_hash_table_iter_init (&iter, listing->targets);
  while (g_hash_table_iter_next (&iter, &name, &target))
    {
      TrustDebianNeeded found = { 0 };
      g_autofree char *shown = NULL;

      if (g_hash_table_contains (wanted, name) || g_str_equal (name, TRUST_DEBIAN_BUNDLE) || !has_certificate_suffix (name))
        continue;
      if (is_stale (judge->root, target, refused->targets) || (*(const char *) target != '\0' && g_hash_table_contains (refused->names, name)))
        {
          trust_debian_links_drop_pem (links, name);
          g_hash_table_add (known, g_strdup (name));
          continue;
        }
      shown = trust_text_printable (name, 0);
      g_ptr_array_add (drift, g_strdup_printf ("not anchord's, in " TRUST_DEBIAN_CERTS ": %s", shown));
      if (!read_foreign (judge, dir_fd, name, &found))
        continue;
      g_hash_table_add (known, g_strdup (name));
      g_array_append_val (needed, found);
    }
}

/* A target that is a name in the folder, though nothing of that name is, or will be, there. */
static void
know_dangling (const Listing *listing, GHashTable *wanted, GHashTable *known)
{
  GHashTableIter iter;
  TrustDebianChain *chain;

  g_hash_table_iter_init (&iter, listing->chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    for (guint i = 0; i < chain->targets->len; i++)
      {
        char *target = chain->targets->pdata[i];

        if (target != NULL && *target != '\0' && strchr (target, '/') == NULL && !g_hash_table_contains (listing->targets, target)
            && !g_hash_table_contains (wanted, target))
          g_hash_table_add (known, g_strdup (target));
      }
}

void
trust_debian_links_plan (TrustDebianJudge *judge, int dir_fd, const TrustDebianInput *input, const TrustDebianDeselection *deselection,
                         TrustDebianLinks *links, GPtrArray *drift)
{
  Listing listing;
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Refused refused;
  g_autoptr (GArray) needed = g_array_new (FALSE, FALSE, sizeof (TrustDebianNeeded));
  GHashTableIter iter;
  gpointer name, index;

  collect_refused (judge->root, deselection, &refused);
  list (judge->root, dir_fd, &listing);
  wanted = plan_pem_links (judge->root, input, &listing, links);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &name, &index))
    {
      const TrustDebianEntry *entry = input->entries->pdata[GPOINTER_TO_UINT (index) - 1];
      g_autoptr (TrustCertificate) certificate = trust_debian_entry_get_linkable (judge->root, entry);
      TrustDebianNeeded one = { .name = name };

      if (certificate == NULL)
        {
          /* A hash link that an earlier file of that name had. Of a torn file OpenSSL may know more than we do. */
          if (entry->file->status != TRUST_FILE_UNPARSABLE)
            g_hash_table_add (known, g_strdup (name));
          continue;
        }
      one.hash = trust_certificate_get_openssl_hash (certificate);
      one.fingerprint = *trust_certificate_get_fingerprint (certificate);
      g_array_append_val (needed, one);
      if (entry->file != NULL)
        g_hash_table_add (judge->others, g_memdup2 (&one.fingerprint, sizeof one.fingerprint));
      g_hash_table_add (known, g_strdup (name));
    }
  sort_out_others (judge, dir_fd, &listing, wanted, &refused, known, needed, links, drift);
  know_dangling (&listing, wanted, known);
  trust_debian_chains_number (listing.chains, needed, known, links);
  g_hash_table_unref (listing.chains);
  g_hash_table_unref (listing.targets);
  g_hash_table_unref (refused.targets);
  g_hash_table_unref (refused.names);
}
