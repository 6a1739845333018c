/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/pages.h"

#include "core/text.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* Rows looked at for one page: a filter that fits nothing ends in a short page that says where to go on. */
#define ROWS_EXAMINED 5000u
/* Rows in all remembered pages, at about 3.5 KB a row: within 1 MiB. */
#define ROWS_REMEMBERED 300u
#define PAGES_REMEMBERED 8u
/* Where the caller leaves it to us: the bus copies and checks a message whole, and no other message passes it meanwhile. */
#define ROWS_DEFAULT 100u

typedef struct
{
  TrustFingerprint fingerprint;
  TrustAnchor *anchor;     /* (borrowed) (nullable) */
  TrustDistrust *distrust; /* (borrowed) (nullable) */
} Item;

/* Anchors and distrusts merged by fingerprint. */
typedef struct
{
  const TrustAnchorSet *set;
  const TrustPageRequest *request;
  guint anchor;      /* index in the set */
  GArray *distrusts; /* (owned) of Item, sorted */
  guint distrust;    /* index in it */
} Cursor;

/* Where to go on, and with it the key. */
static gboolean
set_after (TrustPageRequest *request, const char *after, GError **error)
{
  if (*after != '\0')
    {
      char *end = NULL;
      g_autofree char *digits = g_strndup (after, 64);
      gboolean whole = strlen (after) == 64;
      gboolean counted = strlen (after) > 65 && after[64] == ':' && g_ascii_isdigit (after[65]);

      request->has_after = (whole || counted) && trust_text_unhex (digits, request->after.bytes, sizeof request->after.bytes);
      request->skip = counted ? (guint) MIN (strtoul (after + 65, &end, 10), G_MAXUINT - 1) : G_MAXUINT;
      if (!request->has_after || (end != NULL && *end != '\0'))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"after\" must be empty or what the last page gave as \"next\""));
          return FALSE;
        }
    }
  request->key = g_strdup_printf ("%s\n%s\n%d\n%d%d\n%s\n%u\n%s", request->store, request->purpose != NULL ? request->purpose : "", request->layer,
                                  request->trusted, request->distrusted, after, request->limit, request->text != NULL ? request->text : "");
  return TRUE;
}

TrustPageRequest *
trust_page_request_new (GVariant *filter, const char *after, guint limit, GError **error)
{
  g_autoptr (TrustPageRequest) request = g_new0 (TrustPageRequest, 1);
  const char *layer = NULL, *text = NULL, *status = "trusted", *store = TRUST_STORE_SYSTEM;

  request->layer = -1;
  request->limit = limit == 0 ? ROWS_DEFAULT : limit;
  if (limit > TRUST_LIMIT_PAGE_ANCHORS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("A page of %u is too large; at most %u anchors are on one"), limit,
                   TRUST_LIMIT_PAGE_ANCHORS);
      return NULL;
    }
  g_variant_lookup (filter, "purpose", "s", &request->purpose);
  g_variant_lookup (filter, "store", "&s", &store);
  request->store = g_strdup (store);
  if (g_variant_lookup (filter, "layer", "&s", &layer))
    for (guint i = 0; i < TRUST_LAYER_LAST; i++)
      if (g_str_equal (layer, trust_layer_get_name (i)))
        request->layer = (int) i;
  if (g_variant_lookup (filter, "text", "&s", &text))
    request->text = g_utf8_casefold (text, -1);
  g_variant_lookup (filter, "status", "&s", &status);
  request->trusted = !g_str_equal (status, "distrusted");
  request->distrusted = !g_str_equal (status, "trusted");

  if (!set_after (request, after, error))
    return NULL;
  return g_steal_pointer (&request);
}

void
trust_page_request_free (TrustPageRequest *request)
{
  g_free (request->purpose);
  g_free (request->text);
  g_free (request->store);
  g_free (request->key);
  g_free (request);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;

  return trust_fingerprint_compare (&x->fingerprint, &y->fingerprint);
}

/* A distrust that names no certificate stands where its key would. */
static Item
distrust_item (TrustDistrust *distrust)
{
  Item item = { .distrust = distrust };
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);

  if (fingerprint == NULL)
    fingerprint = trust_distrust_get_key_fingerprint (distrust);
  if (fingerprint != NULL)
    item.fingerprint = *fingerprint;
  else
    {
      TrustSpan serial = trust_distrust_get_serial (distrust);

      trust_fingerprint_of (serial.data, serial.size, &item.fingerprint);
    }
  return item;
}

static void
cursor_init (Cursor *cursor, const TrustAnchorSet *set, const TrustPageRequest *request)
{
  guint n = request->distrusted ? trust_anchor_set_get_n_distrusts (set) : 0;

  *cursor = (Cursor) { .set = set, .request = request, .distrusts = g_array_new (FALSE, FALSE, sizeof (Item)) };
  for (guint i = 0; i < n; i++)
    {
      Item item = distrust_item (trust_anchor_set_get_distrust (set, i));

      g_array_append_val (cursor->distrusts, item);
    }
  g_array_sort (cursor->distrusts, compare_items);
  if (!request->trusted)
    cursor->anchor = trust_anchor_set_get_n_anchors (set);
  if (!request->has_after)
    return;
  if (request->trusted)
    cursor->anchor = trust_anchor_set_lower_bound (set, &request->after);
  while (cursor->distrust < cursor->distrusts->len
         && trust_fingerprint_compare (&g_array_index (cursor->distrusts, Item, cursor->distrust).fingerprint, &request->after) < 0)
    cursor->distrust++;
}

static gboolean
cursor_next (Cursor *cursor, Item *out)
{
  const Item *distrust = cursor->distrust < cursor->distrusts->len ? &g_array_index (cursor->distrusts, Item, cursor->distrust) : NULL;
  TrustAnchor *anchor = cursor->anchor < trust_anchor_set_get_n_anchors (cursor->set) ? trust_anchor_set_get_anchor (cursor->set, cursor->anchor)
                                                                                      : NULL;

  if (anchor != NULL && (distrust == NULL || trust_fingerprint_compare (trust_anchor_get_fingerprint (anchor), &distrust->fingerprint) <= 0))
    {
      *out = (Item) { .fingerprint = *trust_anchor_get_fingerprint (anchor), .anchor = anchor };
      cursor->anchor++;
      return TRUE;
    }
  if (distrust == NULL)
    return FALSE;
  *out = *distrust;
  cursor->distrust++;
  return TRUE;
}

static gboolean
contains (const char *hay, const char *folded_needle)
{
  if (g_str_is_ascii (hay))
    return strcasestr (hay, folded_needle) != NULL;

  g_autofree char *folded = g_utf8_casefold (hay, -1);

  return strstr (folded, folded_needle) != NULL;
}

static gboolean
item_matches (const Item *item, const TrustPageRequest *request)
{
  const TrustOrigin *origin = item->anchor != NULL ? trust_anchor_get_origin (item->anchor) : trust_distrust_get_origin (item->distrust);
  const TrustNote *note = item->anchor != NULL ? trust_anchor_get_note (item->anchor) : trust_distrust_get_note (item->distrust);
  const TrustCertificate *certificate = item->anchor != NULL ? trust_anchor_get_certificate (item->anchor)
                                                             : trust_distrust_get_certificate (item->distrust);

  if (request->layer >= 0 && (int) trust_origin_get_layer (origin) != request->layer)
    return FALSE;
  /* A distrust refuses for every purpose. */
  if (request->purpose != NULL && item->anchor != NULL
      && !trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (item->anchor)), request->purpose))
    return FALSE;
  if (request->text == NULL || contains (trust_note_get_label (note), request->text))
    return TRUE;
  return certificate != NULL
         && (contains (trust_certificate_get_subject (certificate), request->text)
             || contains (trust_certificate_get_organization (certificate), request->text));
}

static char *
format_next (const Item *last, guint same)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (&last->fingerprint, hex);
  return g_strdup_printf ("%s:%u", hex, same);
}

/* ROWS_OUT: how many rows the page has. */
static GVariant *
build_page (const TrustSnapshot *snapshot, const TrustPageRequest *request, guint *rows_out)
{
  g_autoptr (TrustViewShare) share = trust_view_share_new ();
  g_autofree char *next = NULL;
  GVariantBuilder rows;
  Cursor cursor;
  Item item, last = { .anchor = NULL };
  guint same = 0; /* rows of the last fingerprint that were looked at */

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  cursor_init (&cursor, trust_snapshot_find_set (snapshot, request->store), request);
  *rows_out = 0;
  for (guint examined = 0; cursor_next (&cursor, &item); examined++)
    {
      gboolean again = (examined > 0 && trust_fingerprint_equal (&item.fingerprint, &last.fingerprint));

      if (*rows_out == request->limit || examined >= ROWS_EXAMINED)
        {
          next = format_next (&last, same);
          break;
        }
      same = again ? same + 1 : 1;
      last = item;
      if (request->has_after && same <= request->skip && trust_fingerprint_equal (&item.fingerprint, &request->after))
        continue;
      if (!item_matches (&item, request))
        continue;
      g_variant_builder_add_value (&rows, item.anchor != NULL ? trust_view_anchor (item.anchor, share) : trust_view_distrust (item.distrust, share));
      *rows_out += 1;
    }
  g_array_unref (cursor.distrusts);
  return g_variant_ref_sink (g_variant_new ("(taa{sv}s)", snapshot->generation, &rows, next != NULL ? next : ""));
}

/* Pages of one set and generation. Holding the set keeps its address from being another's. */
typedef struct
{
  char *key;      /* (owned) */
  GVariant *page; /* (owned) */
  guint rows;
} Remembered;

static GMutex pages_lock;
static TrustAnchorSet *pages_set; /* (owned) (nullable) */
static guint64 pages_generation;
static Remembered pages[PAGES_REMEMBERED];
static guint pages_next; /* the slot used next */

static void
forget (Remembered *remembered)
{
  g_clear_pointer (&remembered->key, g_free);
  g_clear_pointer (&remembered->page, g_variant_unref);
  remembered->rows = 0;
}

/* With the lock held. */
static void
forget_all (void)
{
  for (guint i = 0; i < PAGES_REMEMBERED; i++)
    forget (&pages[i]);
  g_clear_pointer (&pages_set, trust_anchor_set_unref);
}

void
trust_page_forget_others (TrustSnapshot *snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pages_lock);

  if (pages_set != snapshot->set)
    forget_all ();
}

static GVariant *
recall (TrustSnapshot *snapshot, const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pages_lock);

  for (guint i = 0; pages_set == snapshot->set && pages_generation == snapshot->generation && i < PAGES_REMEMBERED; i++)
    if (g_strcmp0 (pages[i].key, key) == 0)
      return g_variant_ref (pages[i].page);
  return NULL;
}

static void
remember (TrustSnapshot *snapshot, const char *key, GVariant *page, guint rows)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pages_lock);
  guint total = rows;

  if (pages_set != snapshot->set || pages_generation != snapshot->generation)
    {
      /* A reader that still holds an older one must not push out the pages of the newer. */
      if (pages_set != NULL && pages_generation > snapshot->generation)
        return;
      forget_all ();
      pages_set = trust_anchor_set_ref (snapshot->set);
      pages_generation = snapshot->generation;
    }
  for (guint i = 0; i < PAGES_REMEMBERED; i++)
    total += pages[i].rows;
  for (guint i = 0; i < PAGES_REMEMBERED && total > ROWS_REMEMBERED; i++)
    {
      total -= pages[i].rows;
      forget (&pages[i]);
    }
  forget (&pages[pages_next]);
  pages[pages_next] = (Remembered) { .key = g_strdup (key), .page = g_variant_ref (page), .rows = rows };
  pages_next = (pages_next + 1) % PAGES_REMEMBERED;
}

GVariant *
trust_page_get (TrustSnapshot *snapshot, const TrustPageRequest *request)
{
  GVariant *page = recall (snapshot, request->key);
  guint rows = 0;

  if (page != NULL)
    return page;
  page = build_page (snapshot, request, &rows);
  remember (snapshot, request->key, page, rows);
  return page;
}

void
trust_page_look_ahead (TrustSnapshot *snapshot, const TrustPageRequest *request)
{
  g_autoptr (GVariant) page = request->has_after ? recall (snapshot, request->key) : NULL;
  g_autoptr (GVariant) following = NULL;
  g_autoptr (TrustPageRequest) next = NULL;
  const char *after = NULL;

  if (page == NULL)
    return;
  g_variant_get_child (page, 2, "&s", &after);
  if (*after == '\0')
    return;
  next = g_memdup2 (request, sizeof *request);
  next->purpose = g_strdup (request->purpose);
  next->text = g_strdup (request->text);
  next->store = g_strdup (request->store);
  next->key = NULL;
  if (set_after (next, after, NULL))
    following = trust_page_get (snapshot, next);
}
