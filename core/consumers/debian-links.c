/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/intake.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* OpenSSL's own bound on one hash. */
#define CHAIN_MAX 256
/* In a chain: something that is not a link of ours to move. */
#define TAKEN ""

/* The hash links of one hash: at each number the target, TAKEN, or NULL. */
typedef struct
{
  guint32 hash;
  GPtrArray *targets; /* (owned) of owned char* (nullable) or TAKEN */
} Chain;

TrustDebianLinks *
trust_debian_links_new (void)
{
  TrustDebianLinks *links = g_new0 (TrustDebianLinks, 1);

  links->set = g_ptr_array_new_with_free_func (g_free);
  links->removed = g_ptr_array_new_with_free_func (g_free);
  links->lines = g_string_new (NULL);
  return links;
}

void
trust_debian_links_free (TrustDebianLinks *links)
{
  g_ptr_array_unref (links->set);
  g_ptr_array_unref (links->removed);
  g_string_free (links->lines, TRUE);
  g_free (links);
}

static void
plan_set (TrustDebianLinks *links, const char *name, const char *target)
{
  g_ptr_array_add (links->set, g_strdup (name));
  g_ptr_array_add (links->set, g_strdup (target));
}

static void
plan_pem_set (TrustDebianLinks *links, const char *name, const char *target)
{
  plan_set (links, name, target);
  g_string_append_printf (links->lines, "+" TRUST_DEBIAN_CERTS "/%s\n", name);
}

static void
plan_pem_removal (TrustDebianLinks *links, const char *name)
{
  g_ptr_array_add (links->removed, g_strdup (name));
  g_string_append_printf (links->lines, "-" TRUST_DEBIAN_CERTS "/%s\n", name);
}

/* Hash links go before the NAME.pem that they point to. */
static void
plan_hash_removal (TrustDebianLinks *links, const char *name)
{
  g_ptr_array_insert (links->removed, (gint) links->n_removed_hashes++, g_strdup (name));
}

gboolean
trust_debian_links_set (int dir_fd, const TrustDebianLinks *links, GError **error)
{
  gboolean named = FALSE;

  for (guint i = 0; i < links->set->len; i += 2)
    {
      gboolean is_name = g_str_has_suffix (links->set->pdata[i], ".pem");

      /* Two new names of one folder may reach the disk in any order: a hash link waits for the NAME.pem that it leads to. */
      if (!is_name && named && !trust_atomic_sync_dir (dir_fd, error))
        return FALSE;
      named = is_name;
      if (!trust_atomic_symlink (dir_fd, links->set->pdata[i + 1], links->set->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_debian_links_remove (int dir_fd, const TrustDebianLinks *links, GError **error)
{
  for (guint i = 0; i < links->removed->len; i++)
    {
      /* As above: the hash links must be gone before what they lead to. */
      if (i > 0 && i == links->n_removed_hashes && !trust_atomic_sync_dir (dir_fd, error))
        return FALSE;
      if (!trust_atomic_remove (dir_fd, links->removed->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

static char *
read_link_at (int dir_fd, const char *name)
{
  char target[PATH_MAX];
  ssize_t size = readlinkat (dir_fd, name, target, sizeof target - 1);

  return size < 0 ? NULL : g_strndup (target, (gsize) size);
}

static void
free_target (gpointer target)
{
  if (target != NULL && *(char *) target != '\0')
    g_free (target);
}

static void
chain_free (Chain *chain)
{
  g_ptr_array_unref (chain->targets);
  g_free (chain);
}

static Chain *
chain_get (GHashTable *chains, guint32 hash)
{
  Chain *chain = g_hash_table_lookup (chains, GUINT_TO_POINTER (hash));

  if (chain != NULL)
    return chain;
  chain = g_new0 (Chain, 1);
  chain->hash = hash;
  chain->targets = g_ptr_array_new_with_free_func (free_target);
  g_hash_table_insert (chains, GUINT_TO_POINTER (hash), chain);
  return chain;
}

static void
chain_put (Chain *chain, guint index, char *target)
{
  while (chain->targets->len <= index)
    g_ptr_array_add (chain->targets, NULL);
  chain->targets->pdata[index] = target;
}

static gboolean
parse_hash_name (const char *name, guint32 *hash, guint *index)
{
  char again[32];
  int end = 0;

  if (strlen (name) < 10 || sscanf (name, "%8x.%u%n", hash, index, &end) != 2 || name[end] != '\0' || *index >= CHAIN_MAX)
    return FALSE;
  g_snprintf (again, sizeof again, "%08x.%u", *hash, *index);
  return g_ascii_strcasecmp (name, again) == 0;
}

/* AFTER: the names that shall stand at each number (borrowed; TAKEN and NULL as in a Chain). Nothing that stays is missing at any instant: links are
 * put over others first, in rising order; what is left over then goes, the last first. */
static void
plan_chain (const Chain *before, GPtrArray *after, TrustDebianLinks *links)
{
  char name[32];

  for (guint i = 0; i < after->len; i++)
    {
      const char *wanted = after->pdata[i], *is = i < before->targets->len ? before->targets->pdata[i] : NULL;

      g_snprintf (name, sizeof name, "%08x.%u", before->hash, i);
      if (wanted != NULL && *wanted != '\0' && g_strcmp0 (wanted, is) != 0)
        plan_set (links, name, wanted);
    }
  for (guint i = before->targets->len; i > 0; i--)
    {
      const char *is = before->targets->pdata[i - 1];

      g_snprintf (name, sizeof name, "%08x.%u", before->hash, i - 1);
      if (is != NULL && *is != '\0' && (i > after->len || after->pdata[i - 1] == NULL))
        plan_hash_removal (links, name);
    }
}

/* A name that `openssl rehash` would link, and for what. */
typedef struct
{
  char *name; /* (borrowed) */
  TrustFingerprint fingerprint;
  guint32 hash;
} Needed;

static int
compare_needed (gconstpointer a, gconstpointer b)
{
  const Needed *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return strcmp (x->name, y->name);
}

/* One hash as `openssl rehash` numbers it: a link that exists keeps its number if that is below the number of links needed, each other one gets the
 * lowest free number. KNOWN: targets that may be dropped. */
static void
number_chain (Chain *chain, const Needed *needed, guint n_needed, GHashTable *known, TrustDebianLinks *links)
{
  g_autoptr (GPtrArray) after = g_ptr_array_new ();
  g_autofree guint *kept = g_new (guint, n_needed + 1);
  g_autofree gboolean *moved = g_new0 (gboolean, chain->targets->len + 1);

  for (guint i = 0; i < n_needed; i++)
    {
      kept[i] = G_MAXUINT;
      for (guint at = 0; at < chain->targets->len && kept[i] == G_MAXUINT; at++)
        if (g_strcmp0 (chain->targets->pdata[at], needed[i].name) == 0)
          kept[i] = at;
    }
  g_ptr_array_set_size (after, (gint) chain->targets->len);
  for (guint at = 0; at < chain->targets->len; at++)
    {
      const char *target = chain->targets->pdata[at];

      /* Someone else's, or what cannot be judged: it stays, and its number is taken. */
      after->pdata[at] = target != NULL && !g_hash_table_contains (known, target) ? (gpointer) TAKEN : NULL;
    }
  for (guint i = 0; i < n_needed; i++)
    if (kept[i] < n_needed)
      after->pdata[kept[i]] = needed[i].name;
    else if (kept[i] != G_MAXUINT)
      moved[kept[i]] = TRUE;
  for (guint i = 0, at = 0; i < n_needed; i++)
    {
      if (kept[i] < n_needed)
        continue;
      while (at < after->len && after->pdata[at] != NULL)
        at++;
      if (at == after->len)
        g_ptr_array_add (after, NULL);
      after->pdata[at] = needed[i].name;
    }
  /* A second link to what is linked lower: the tool leaves it, so it may stay. */
  for (guint at = 0; at < chain->targets->len; at++)
    for (guint i = 0; i < n_needed && after->pdata[at] == NULL && !moved[at]; i++)
      if (g_strcmp0 (chain->targets->pdata[at], needed[i].name) == 0)
        after->pdata[at] = (gpointer) TAKEN;
  plan_chain (chain, after, links);
}

/* What the folder holds now. */
typedef struct
{
  GHashTable *targets; /* (owned) owned name -> owned target; "" for what is no link */
  GHashTable *chains;  /* (owned) hash -> Chain* */
} Listing;

static void
list (TrustRoot *root, int dir_fd, Listing *listing)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_DEBIAN_CERTS);

  listing->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  listing->chains = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) chain_free);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *target = read_link_at (dir_fd, names->pdata[i]);
      guint32 hash;
      guint index;

      if (parse_hash_name (names->pdata[i], &hash, &index))
        chain_put (chain_get (listing->chains, hash), index, target != NULL ? g_steal_pointer (&target) : (char *) (guintptr) TAKEN);
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
read_foreign (TrustRoot *root, int dir_fd, char *name, const TrustAnchorSet *set, Needed *out)
{
  g_autoptr (GBytes) bytes = trust_root_read_at (root, dir_fd, name, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, NULL);
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
  return trust_anchor_set_lookup (set, &out->fingerprint) != NULL || trust_anchor_set_find_distrust (set, certificate) == NULL;
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
        plan_pem_set (links, name, path);
    }
  return wanted;
}

/* Links of files that the tool no longer takes, and foreign files. */
static void
sort_out_others (TrustRoot *root, int dir_fd, const TrustAnchorSet *set, const Listing *listing, GHashTable *wanted, GHashTable *refused,
                 GHashTable *known, GArray *needed, TrustDebianLinks *links, GPtrArray *drift)
{
  GHashTableIter iter;
  gpointer name, target;

  g_hash_table_iter_init (&iter, listing->targets);
  while (g_hash_table_iter_next (&iter, &name, &target))
    {
      Needed found = { 0 };
      g_autofree char *shown = NULL;

      if (g_hash_table_contains (wanted, name) || g_str_equal (name, TRUST_DEBIAN_BUNDLE) || !has_certificate_suffix (name))
        continue;
      if (is_stale (root, target, refused))
        {
          plan_pem_removal (links, name);
          g_hash_table_add (known, g_strdup (name));
          continue;
        }
      shown = trust_text_printable (name, 0);
      g_ptr_array_add (drift, g_strdup_printf ("not anchord's, in " TRUST_DEBIAN_CERTS ": %s", shown));
      if (!read_foreign (root, dir_fd, name, set, &found))
        continue;
      g_hash_table_add (known, g_strdup (name));
      g_array_append_val (needed, found);
    }
}

/* Of one hash, rehash links a certificate once, for the first of its names. */
static guint
drop_duplicates (Needed *needed, guint n)
{
  guint out = 0;

  for (guint i = 0; i < n; i++)
    {
      gboolean seen = FALSE;

      for (guint j = 0; j < out && !seen; j++)
        seen = trust_fingerprint_equal (&needed[j].fingerprint, &needed[i].fingerprint);
      if (!seen)
        needed[out++] = needed[i];
    }
  return out;
}

/* A target that is a name in the folder, though nothing of that name is, or will be, there. */
static void
know_dangling (const Listing *listing, GHashTable *wanted, GHashTable *known)
{
  GHashTableIter iter;
  Chain *chain;

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

static void
plan_hash_links (const Listing *listing, GArray *needed, GHashTable *known, TrustDebianLinks *links)
{
  GHashTableIter iter;
  Chain *chain;

  g_array_sort (needed, compare_needed);
  for (guint i = 0, n = 1; i < needed->len; i += n)
    {
      Needed *first = &g_array_index (needed, Needed, i);

      for (n = 1; i + n < needed->len && first[n].hash == first->hash; n++)
        ;
      chain = chain_get (listing->chains, first->hash);
      number_chain (chain, first, MIN (drop_duplicates (first, n), CHAIN_MAX), known, links);
      g_hash_table_remove (listing->chains, GUINT_TO_POINTER (first->hash));
    }
  g_hash_table_iter_init (&iter, listing->chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    number_chain (chain, NULL, 0, known, links);
}

void
trust_debian_links_plan (TrustRoot *root, int dir_fd, const TrustDebianInput *input, const TrustDebianDeselection *deselection,
                         const TrustAnchorSet *set, TrustDebianLinks *links, GPtrArray *drift)
{
  Listing listing;
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) needed = g_array_new (FALSE, FALSE, sizeof (Needed));
  GHashTableIter iter;
  gpointer name, index;

  for (guint i = 0; i < deselection->names->len; i++)
    g_hash_table_add (refused, g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", deselection->names->pdata[i], NULL));
  list (root, dir_fd, &listing);
  wanted = plan_pem_links (root, input, &listing, links);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &name, &index))
    {
      const TrustDebianEntry *entry = input->entries->pdata[GPOINTER_TO_UINT (index) - 1];
      TrustCertificate *certificate = trust_debian_entry_get_linkable (root, entry);
      Needed one = { .name = name };

      if (certificate == NULL)
        continue;
      one.hash = trust_certificate_get_openssl_hash (certificate);
      one.fingerprint = *trust_certificate_get_fingerprint (certificate);
      g_array_append_val (needed, one);
      g_hash_table_add (known, g_strdup (name));
    }
  sort_out_others (root, dir_fd, set, &listing, wanted, refused, known, needed, links, drift);
  know_dangling (&listing, wanted, known);
  plan_hash_links (&listing, needed, known, links);
  g_hash_table_unref (listing.chains);
  g_hash_table_unref (listing.targets);
}

/* The chain of HASH, probed from number 0. FALSE if something there is not a link. */
static gboolean
probe_chain (int dir_fd, Chain *chain)
{
  char name[32];

  for (guint i = 0; i < CHAIN_MAX; i++)
    {
      char *target = NULL;

      g_snprintf (name, sizeof name, "%08x.%u", chain->hash, i);
      target = read_link_at (dir_fd, name);
      if (target == NULL)
        return errno == ENOENT;
      chain_put (chain, i, target);
    }
  return FALSE;
}

/* The buckets that a change of the feed touches, before and after. */
typedef struct
{
  int dir_fd;
  GHashTable *before; /* (owned) hash -> Chain* */
  GHashTable *after;  /* (owned) the same */
} Buckets;

static Chain *
bucket_get (Buckets *buckets, guint32 hash)
{
  Chain *before = g_hash_table_lookup (buckets->before, GUINT_TO_POINTER (hash)), *after = NULL;

  if (before != NULL)
    return chain_get (buckets->after, hash);
  before = chain_get (buckets->before, hash);
  if (!probe_chain (buckets->dir_fd, before))
    return NULL;
  after = chain_get (buckets->after, hash);
  for (guint i = 0; i < before->targets->len; i++)
    g_ptr_array_add (after->targets, g_strdup (before->targets->pdata[i]));
  return after;
}

static void
bucket_drop (Chain *chain, const char *name)
{
  for (guint i = chain->targets->len; i > 0; i--)
    if (g_str_equal (chain->targets->pdata[i - 1], name))
      g_ptr_array_remove_index_fast (chain->targets, i - 1);
}

static gboolean
plan_feed_link (Buckets *buckets, const TrustAnchor *anchor, gboolean add, TrustDebianLinks *links)
{
  g_autofree char *file = trust_debian_feed_name (anchor), *name = trust_debian_link_name (file);
  g_autofree char *path = g_build_filename (TRUST_DEBIAN_FEED_FOLDER, file, NULL), *target = read_link_at (buckets->dir_fd, name);
  int saved_errno = errno;
  Chain *chain = bucket_get (buckets, trust_certificate_get_openssl_hash (trust_anchor_get_certificate (anchor)));

  if (chain == NULL || (target == NULL && saved_errno != ENOENT) || (target != NULL && !g_str_equal (target, path)))
    return FALSE;
  bucket_drop (chain, name);
  if (add)
    g_ptr_array_add (chain->targets, g_strdup (name));
  if (add && target == NULL)
    plan_pem_set (links, name, path);
  else if (!add && target != NULL)
    plan_pem_removal (links, name);
  return TRUE;
}

gboolean
trust_debian_links_plan_feed (int dir_fd, GPtrArray *added, GPtrArray *removed, TrustDebianLinks *links)
{
  Buckets buckets = { dir_fd, g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) chain_free),
                      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) chain_free) };
  GHashTableIter iter;
  Chain *before;
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < removed->len; i++)
    ok = plan_feed_link (&buckets, removed->pdata[i], FALSE, links);
  for (guint i = 0; ok && i < added->len; i++)
    ok = plan_feed_link (&buckets, added->pdata[i], TRUE, links);
  g_hash_table_iter_init (&iter, buckets.before);
  while (ok && g_hash_table_iter_next (&iter, NULL, (gpointer *) &before))
    plan_chain (before, chain_get (buckets.after, before->hash)->targets, links);
  g_hash_table_unref (buckets.before);
  g_hash_table_unref (buckets.after);
  return ok;
}
