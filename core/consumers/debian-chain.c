/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

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
set_link (TrustDebianLinks *links, const char *name, const char *target)
{
  g_ptr_array_add (links->set, g_strdup (name));
  g_ptr_array_add (links->set, g_strdup (target));
}

void
trust_debian_links_take_pem (TrustDebianLinks *links, const char *name, const char *target)
{
  set_link (links, name, target);
  g_string_append_printf (links->lines, "+" TRUST_DEBIAN_CERTS "/%s\n", name);
}

void
trust_debian_links_drop_pem (TrustDebianLinks *links, const char *name)
{
  g_ptr_array_add (links->removed, g_strdup (name));
  g_string_append_printf (links->lines, "-" TRUST_DEBIAN_CERTS "/%s\n", name);
}

/* Hash links go before the NAME.pem that they point to. */
static void
drop_hash (TrustDebianLinks *links, const char *name)
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

char *
trust_debian_read_link (int dir_fd, const char *name)
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

void
trust_debian_chain_free (TrustDebianChain *chain)
{
  g_ptr_array_unref (chain->targets);
  g_free (chain);
}

TrustDebianChain *
trust_debian_chain_get (GHashTable *chains, guint32 hash)
{
  TrustDebianChain *chain = g_hash_table_lookup (chains, GUINT_TO_POINTER (hash));

  if (chain != NULL)
    return chain;
  chain = g_new0 (TrustDebianChain, 1);
  chain->hash = hash;
  chain->targets = g_ptr_array_new_with_free_func (free_target);
  g_hash_table_insert (chains, GUINT_TO_POINTER (hash), chain);
  return chain;
}

void
trust_debian_chain_put (TrustDebianChain *chain, guint index, char *target)
{
  while (chain->targets->len <= index)
    g_ptr_array_add (chain->targets, NULL);
  chain->targets->pdata[index] = target;
}

void
trust_debian_chain_plan (const TrustDebianChain *before, GPtrArray *after, TrustDebianLinks *links)
{
  char name[32];

  for (guint i = 0; i < after->len; i++)
    {
      const char *wanted = after->pdata[i], *is = i < before->targets->len ? before->targets->pdata[i] : NULL;

      g_snprintf (name, sizeof name, "%08x.%u", before->hash, i);
      if (wanted != NULL && *wanted != '\0' && g_strcmp0 (wanted, is) != 0)
        set_link (links, name, wanted);
    }
  for (guint i = before->targets->len; i > 0; i--)
    {
      const char *is = before->targets->pdata[i - 1];

      g_snprintf (name, sizeof name, "%08x.%u", before->hash, i - 1);
      if (is != NULL && *is != '\0' && (i > after->len || after->pdata[i - 1] == NULL))
        drop_hash (links, name);
    }
}

static int
compare_needed (gconstpointer a, gconstpointer b)
{
  const TrustDebianNeeded *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return strcmp (x->name, y->name);
}

/* One hash as `openssl rehash` numbers it: a link that exists keeps its number if that is below the number of links needed, each
 * other one gets the lowest free number. KNOWN: targets that may be dropped. */
static void
number_chain (TrustDebianChain *chain, const TrustDebianNeeded *needed, guint n_needed, GHashTable *known, TrustDebianLinks *links)
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
      after->pdata[at] = target != NULL && !g_hash_table_contains (known, target) ? (gpointer) TRUST_DEBIAN_TAKEN : NULL;
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
        after->pdata[at] = (gpointer) TRUST_DEBIAN_TAKEN;
  trust_debian_chain_plan (chain, after, links);
}

/* Of one hash, rehash links a certificate once, for the first of its names. */
static guint
drop_duplicates (TrustDebianNeeded *needed, guint n)
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

void
trust_debian_chains_number (GHashTable *chains, GArray *needed, GHashTable *known, TrustDebianLinks *links)
{
  GHashTableIter iter;
  TrustDebianChain *chain;

  g_array_sort (needed, compare_needed);
  for (guint i = 0, n = 1; i < needed->len; i += n)
    {
      TrustDebianNeeded *first = &g_array_index (needed, TrustDebianNeeded, i);

      for (n = 1; i + n < needed->len && first[n].hash == first->hash; n++)
        ;
      chain = trust_debian_chain_get (chains, first->hash);
      number_chain (chain, first, MIN (drop_duplicates (first, n), TRUST_DEBIAN_CHAIN_MAX), known, links);
      g_hash_table_remove (chains, GUINT_TO_POINTER (first->hash));
    }
  g_hash_table_iter_init (&iter, chains);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &chain))
    number_chain (chain, NULL, 0, known, links);
}
