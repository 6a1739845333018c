/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/bundles.h"

#include "facade/sealed.h"

#include <unistd.h>

#define BUNDLES_REMEMBERED 8u

typedef struct
{
  char *key;             /* (owned) (nullable) */
  TrustAnchorSet *set;   /* (owned) what it was made of: holding them keeps their addresses from being others' */
  TrustAnchorSet *flat;  /* (owned) what flat files may show changes with time alone */
  int fd;                /* (owned) */
  guint64 size;
} Bundle;

static GMutex bundles_lock;
static Bundle bundles[BUNDLES_REMEMBERED];
static guint bundles_next;

/* What files of the store NAME are made of. FALSE: there is no such store. */
static gboolean
find_sets (const TrustSnapshot *snapshot, const char *name, TrustAnchorSet **set, TrustAnchorSet **flat)
{
  const TrustStore *store = g_str_equal (name, TRUST_STORE_SYSTEM) ? NULL : trust_snapshot_find_store (snapshot, name);

  *set = store != NULL ? store->set : snapshot->set;
  *flat = store != NULL ? store->flat : snapshot->flat;
  return store != NULL || g_str_equal (name, TRUST_STORE_SYSTEM);
}

void
trust_bundle_request_free (TrustBundleRequest *request)
{
  g_free (request->store);
  g_free (request->purpose);
  g_free (request->format);
  g_free (request);
}

/* One key for a purpose's name and its OID. */
static char *
make_key (const TrustBundleRequest *request)
{
  TrustPurpose purpose = trust_purpose_find (request->purpose);

  return g_strdup_printf ("%s\n%s\n%s", request->store,
                          purpose != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (purpose) : request->purpose,
                          request->format);
}

/* With the lock held. */
static Bundle *
find_locked (const TrustSnapshot *snapshot, const TrustBundleRequest *request, const char *key)
{
  TrustAnchorSet *set = NULL, *flat = NULL;
  gboolean is_known = find_sets (snapshot, request->store, &set, &flat);

  for (guint i = 0; is_known && i < BUNDLES_REMEMBERED; i++)
    if (g_strcmp0 (bundles[i].key, key) == 0 && bundles[i].set == set && bundles[i].flat == flat)
      return &bundles[i];
  return NULL;
}

gboolean
trust_bundle_is_ready (TrustSnapshot *snapshot, const TrustBundleRequest *request)
{
  g_autofree char *key = make_key (request);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  return find_locked (snapshot, request, key) != NULL;
}

static void
forget (Bundle *bundle)
{
  if (bundle->key == NULL)
    return;
  close (bundle->fd);
  trust_anchor_set_unref (bundle->set);
  trust_anchor_set_unref (bundle->flat);
  g_clear_pointer (&bundle->key, g_free);
}

/* Is BUNDLE made of what SNAPSHOT holds? */
static gboolean
is_current (const TrustSnapshot *snapshot, const Bundle *bundle)
{
  if (bundle->set == snapshot->set && bundle->flat == snapshot->flat)
    return TRUE;
  for (guint i = 0; i < snapshot->stores->len; i++)
    {
      const TrustStore *store = snapshot->stores->pdata[i];

      if (bundle->set == store->set && bundle->flat == store->flat)
        return TRUE;
    }
  return FALSE;
}

/* With the lock held. */
static void
forget_others_locked (const TrustSnapshot *snapshot)
{
  for (guint i = 0; i < BUNDLES_REMEMBERED; i++)
    if (bundles[i].key != NULL && !is_current (snapshot, &bundles[i]))
      forget (&bundles[i]);
}

void
trust_bundle_forget_others (TrustSnapshot *snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  forget_others_locked (snapshot);
}

static gboolean
make (TrustSnapshot *snapshot, const TrustBundleRequest *request, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = trust_engine_render (snapshot, request->store, request->purpose, request->format, error);
  int fd = bytes != NULL ? trust_sealed_new ("anchord-bundle", bytes, error) : -1;
  TrustAnchorSet *set = NULL, *flat = NULL;

  if (fd < 0)
    return FALSE;
  find_sets (snapshot, request->store, &set, &flat);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  forget_others_locked (snapshot);
  forget (&bundles[bundles_next]);
  bundles[bundles_next] = (Bundle) { g_strdup (key), trust_anchor_set_ref (set), trust_anchor_set_ref (flat), fd, g_bytes_get_size (bytes) };
  bundles_next = (bundles_next + 1) % BUNDLES_REMEMBERED;
  return TRUE;
}

int
trust_bundle_open (TrustSnapshot *snapshot, const TrustBundleRequest *request, guint64 *size_out, GError **error)
{
  g_autofree char *key = make_key (request);

  /* Another thread may push a bundle out between the two steps, but not for ever. */
  for (guint attempt = 0; attempt < BUNDLES_REMEMBERED; attempt++)
    {
      g_mutex_lock (&bundles_lock);

      const Bundle *bundle = find_locked (snapshot, request, key);
      int fd = bundle != NULL ? trust_sealed_reopen (bundle->fd, error) : -1;

      *size_out = bundle != NULL ? bundle->size : 0;
      g_mutex_unlock (&bundles_lock);
      if (bundle != NULL)
        return fd;
      if (!make (snapshot, request, key, error))
        return -1;
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY, "Too many different bundles are asked for at once; try again");
  return -1;
}
