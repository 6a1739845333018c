/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/bundles.h"

#include "facade/sealed.h"

#include <unistd.h>

/* A memfd is the service's memory for as long as any caller holds it, so that asking again must not make another. Of one set there are few different
 * contents, and those are remembered: all purposes that nobody names give the same. Beyond BUNDLES_KEPT they share BYTES_KEPT. */
#define BUNDLES_REMEMBERED 64u
#define BUNDLES_KEPT 8u
#define BYTES_KEPT (64u * 1024 * 1024)
/* Which content belongs to a question. Forgetting one costs making the content again, to find that it is there. */
#define QUESTIONS_REMEMBERED 64u

typedef struct
{
  TrustAnchorSet *set;  /* (owned) (nullable) what it was made of: holding them keeps their addresses from being others'. NULL: none */
  TrustAnchorSet *flat; /* (owned) what flat files may show changes with time alone */
  TrustFingerprint digest;
  int fd; /* (owned) */
  guint64 size;
} Bundle;

typedef struct
{
  char *key;            /* (owned) (nullable) */
  TrustAnchorSet *set;  /* (owned) */
  TrustAnchorSet *flat; /* (owned) */
  TrustFingerprint digest;
} Question;

static GMutex bundles_lock;
static Bundle bundles[BUNDLES_REMEMBERED];
static guint bundles_next;
static Question questions[QUESTIONS_REMEMBERED];
static guint questions_next;

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

  return g_strdup_printf ("%s\n%s\n%s", request->store, purpose != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (purpose) : request->purpose,
                          request->format);
}

/* With the lock held. (nullable) */
static const Bundle *
find_content_locked (const TrustFingerprint *digest)
{
  for (guint i = 0; i < BUNDLES_REMEMBERED; i++)
    if (bundles[i].set != NULL && trust_fingerprint_equal (&bundles[i].digest, digest))
      return &bundles[i];
  return NULL;
}

/* With the lock held. (nullable) */
static const Bundle *
find_locked (const TrustSnapshot *snapshot, const TrustBundleRequest *request, const char *key)
{
  TrustAnchorSet *set = NULL, *flat = NULL;
  gboolean is_known = find_sets (snapshot, request->store, &set, &flat);

  for (guint i = 0; is_known && i < QUESTIONS_REMEMBERED; i++)
    if (g_strcmp0 (questions[i].key, key) == 0 && questions[i].set == set && questions[i].flat == flat)
      return find_content_locked (&questions[i].digest);
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
forget_bundle (Bundle *bundle)
{
  if (bundle->set == NULL)
    return;
  close (bundle->fd);
  g_clear_pointer (&bundle->set, trust_anchor_set_unref);
  g_clear_pointer (&bundle->flat, trust_anchor_set_unref);
}

static void
forget_question (Question *question)
{
  if (question->key == NULL)
    return;
  g_clear_pointer (&question->set, trust_anchor_set_unref);
  g_clear_pointer (&question->flat, trust_anchor_set_unref);
  g_clear_pointer (&question->key, g_free);
}

/* Are these SNAPSHOT's? */
static gboolean
is_current (const TrustSnapshot *snapshot, const TrustAnchorSet *set, const TrustAnchorSet *flat)
{
  if (set == snapshot->set && flat == snapshot->flat)
    return TRUE;
  for (guint i = 0; i < snapshot->stores->len; i++)
    {
      const TrustStore *store = snapshot->stores->pdata[i];

      if (set == store->set && flat == store->flat)
        return TRUE;
    }
  return FALSE;
}

/* With the lock held. */
static void
forget_others_locked (const TrustSnapshot *snapshot)
{
  for (guint i = 0; i < BUNDLES_REMEMBERED; i++)
    if (bundles[i].set != NULL && !is_current (snapshot, bundles[i].set, bundles[i].flat))
      forget_bundle (&bundles[i]);
  for (guint i = 0; i < QUESTIONS_REMEMBERED; i++)
    if (questions[i].key != NULL && !is_current (snapshot, questions[i].set, questions[i].flat))
      forget_question (&questions[i]);
}

void
trust_bundle_forget_others (TrustSnapshot *snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);

  forget_others_locked (snapshot);
}

/* The oldest go until SIZE more bytes have room. With the lock held. */
static void
make_room_locked (guint64 size)
{
  guint64 taken = size;
  guint n = 0;

  forget_bundle (&bundles[bundles_next]);
  for (guint i = 0; i < BUNDLES_REMEMBERED; i++)
    if (bundles[i].set != NULL)
      {
        taken += bundles[i].size;
        n++;
      }
  for (guint i = 1; i < BUNDLES_REMEMBERED && n >= BUNDLES_KEPT && taken > BYTES_KEPT; i++)
    {
      Bundle *oldest = &bundles[(bundles_next + i) % BUNDLES_REMEMBERED];

      if (oldest->set == NULL)
        continue;
      taken -= oldest->size;
      n--;
      forget_bundle (oldest);
    }
}

/* BYTES, made of SET and FLAT, as a memfd. With the lock held. */
static gboolean
keep_locked (TrustAnchorSet *set, TrustAnchorSet *flat, const TrustFingerprint *digest, GBytes *bytes, GError **error)
{
  int fd = trust_sealed_new ("anchord-bundle", bytes, error);

  if (fd < 0)
    return FALSE;
  make_room_locked (g_bytes_get_size (bytes));
  bundles[bundles_next] = (Bundle) { trust_anchor_set_ref (set), trust_anchor_set_ref (flat), *digest, fd, g_bytes_get_size (bytes) };
  bundles_next = (bundles_next + 1) % BUNDLES_REMEMBERED;
  return TRUE;
}

/* A descriptor of BYTES, which answer REQUEST and may be there already, or -1. */
static int
take_in (TrustSnapshot *snapshot, const TrustBundleRequest *request, const char *key, GBytes *bytes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bundles_lock);
  TrustAnchorSet *set = NULL, *flat = NULL;
  TrustFingerprint digest;

  forget_others_locked (snapshot);
  find_sets (snapshot, request->store, &set, &flat);
  trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
  if (find_content_locked (&digest) == NULL && !keep_locked (set, flat, &digest, bytes, error))
    return -1;
  forget_question (&questions[questions_next]);
  questions[questions_next] = (Question) { g_strdup (key), trust_anchor_set_ref (set), trust_anchor_set_ref (flat), digest };
  questions_next = (questions_next + 1) % QUESTIONS_REMEMBERED;
  return trust_sealed_reopen (find_content_locked (&digest)->fd, error);
}

int
trust_bundle_open (TrustSnapshot *snapshot, const TrustBundleRequest *request, guint64 *size_out, GError **error)
{
  g_autofree char *key = make_key (request);
  g_autoptr (GBytes) bytes = NULL;
  const Bundle *bundle = NULL;
  int fd = -1;

  g_mutex_lock (&bundles_lock);
  bundle = find_locked (snapshot, request, key);
  *size_out = bundle != NULL ? bundle->size : 0;
  fd = bundle != NULL ? trust_sealed_reopen (bundle->fd, error) : -1;
  g_mutex_unlock (&bundles_lock);
  if (bundle != NULL)
    return fd;
  bytes = trust_engine_render (snapshot, request->store, request->purpose, request->format, error);
  *size_out = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  return bytes != NULL ? take_in (snapshot, request, key, bytes, error) : -1;
}
