/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/bundles.h"

#include "facade/sealed.h"

#include <unistd.h>

#define BUNDLES_REMEMBERED 8u

typedef struct
{
  char *key;     /* (owned) (nullable) */
  int fd;        /* (owned) */
  guint64 size;
} Bundle;

static GMutex bundles_lock;
static TrustAnchorSet *bundles_set; /* (owned) (nullable) holding it keeps its address from being another's */
static Bundle bundles[BUNDLES_REMEMBERED];
static guint bundles_next;

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
find_locked (TrustSnapshot *snapshot, const char *key)
{
  for (guint i = 0; bundles_set == snapshot->set && i < BUNDLES_REMEMBERED; i++)
    if (g_strcmp0 (bundles[i].key, key) == 0)
      return &bundles[i];
  return NULL;
}

gboolean
trust_bundle_is_ready (TrustSnapshot *snapshot, const TrustBundleRequest *request)
{
  g_autofree char *key = make_key (request);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  return find_locked (snapshot, key) != NULL;
}

static void
forget (Bundle *bundle)
{
  if (bundle->key == NULL)
    return;
  close (bundle->fd);
  g_clear_pointer (&bundle->key, g_free);
}

/* With the lock held. */
static void
forget_all (void)
{
  for (guint i = 0; i < BUNDLES_REMEMBERED; i++)
    forget (&bundles[i]);
  g_clear_pointer (&bundles_set, trust_anchor_set_unref);
}

void
trust_bundle_forget_others (TrustSnapshot *snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  if (bundles_set != snapshot->set)
    forget_all ();
}

/* With the lock held. Takes FD, which is closed with the slot. */
static void
remember_locked (TrustSnapshot *snapshot, char *key, int fd, guint64 size)
{
  if (bundles_set != snapshot->set)
    {
      forget_all ();
      bundles_set = trust_anchor_set_ref (snapshot->set);
    }
  forget (&bundles[bundles_next]);
  bundles[bundles_next] = (Bundle) { .key = key, .fd = fd, .size = size };
  bundles_next = (bundles_next + 1) % BUNDLES_REMEMBERED;
}

static gboolean
make (TrustSnapshot *snapshot, const TrustBundleRequest *request, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = trust_engine_render (snapshot, request->store, request->purpose, request->format, error);
  int fd = bytes != NULL ? trust_sealed_new ("anchord-bundle", bytes, error) : -1;

  if (fd < 0)
    return FALSE;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  remember_locked (snapshot, g_strdup (key), fd, g_bytes_get_size (bytes));
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

      const Bundle *bundle = find_locked (snapshot, key);
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
