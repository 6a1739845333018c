/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/extract.h"

#define P11_KIT "p11-kit"
#define AS_FOUND "as-found"
#define OWN "own"

/* Where an anchor comes. */
typedef struct
{
  TrustAnchor *anchor; /* (borrowed) */
  guint rank;          /* what comes before what */
  guint place;         /* in the file as it was found; G_MAXUINT: it is not there */
} Placed;

enum
{
  RANK_BEFORE_OWN, /* of others, found before the first of ours */
  RANK_OWN,
  RANK_FOREIGN,
  RANK_DISTRIBUTION
};

const char *
trust_extract_find_fault (const char *style)
{
  return g_str_equal (style, P11_KIT) || g_str_equal (style, AS_FOUND) ? NULL : "the styles are p11-kit and as-found; without it, anchord's own";
}

const char *
trust_extract_find_only_fault (const char *only)
{
  return g_str_equal (only, OWN) ? NULL : "there is only \"own\"; without the key it is everything";
}

static gboolean
has_style (const TrustEmitterInput *input, const char *style)
{
  return g_strcmp0 (trust_emitter_option (input, TRUST_EXTRACT_OPTION, NULL), style) == 0;
}

gboolean
trust_extract_is_wanted (const TrustEmitterInput *input)
{
  return trust_emitter_option (input, TRUST_EXTRACT_OPTION, NULL) != NULL;
}

gboolean
trust_extract_is_theirs (const TrustOrigin *origin)
{
  return trust_origin_get_layer (origin) == TRUST_LAYER_DISTRIBUTION || trust_origin_is_foreign (origin);
}

/* p11-kit's category "authority": by basicConstraints, or version 1 and issued by itself. */
static gboolean
is_authority (const TrustCertificate *certificate)
{
  return trust_certificate_is_ca (certificate)
         || (trust_certificate_get_version (certificate) == 1 && trust_certificate_is_self_issued (certificate));
}

static guint
rank_of (const TrustAnchor *anchor)
{
  const TrustOrigin *origin = trust_anchor_get_origin (anchor);

  if (trust_origin_get_layer (origin) == TRUST_LAYER_DISTRIBUTION)
    return RANK_DISTRIBUTION;
  return trust_origin_is_foreign (origin) ? RANK_FOREIGN : RANK_OWN;
}

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  const Placed *one = a, *two = b;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  if (one->place != two->place)
    return one->place < two->place ? -1 : 1;
  return trust_fingerprint_compare (trust_anchor_get_fingerprint (one->anchor), trust_anchor_get_fingerprint (two->anchor));
}

/* The places of certificates in `before`: fingerprint (borrowed from FOUND) -> place + 1. Returns: (transfer full). */
static GHashTable *
find_places (const TrustEmitter *emitter, GBytes *before, GArray *found)
{
  GHashTable *places = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  gsize size = 0;
  const void *data = before != NULL ? g_bytes_get_data (before, &size) : NULL;

  if (data == NULL || emitter->read == NULL || !emitter->read (data, size, found))
    return places;
  for (guint i = found->len; i > 0; i--)
    g_hash_table_insert (places, &g_array_index (found, TrustFingerprint, i - 1), GUINT_TO_POINTER (i));
  return places;
}

/* Which file of a folder p11-kit reads first is its folder's secret: the feed comes behind those of others that were found before it. One of the
 * distribution's, taken over by the administrator, tells nothing: it stands where it was. */
static void
place_feed (GArray *placed)
{
  guint first_own = G_MAXUINT, first_theirs = G_MAXUINT;

  for (guint i = 0; i < placed->len; i++)
    {
      const Placed *one = &g_array_index (placed, Placed, i);

      if (one->rank == RANK_OWN)
        first_own = MIN (first_own, one->place);
      else if (one->rank == RANK_DISTRIBUTION)
        first_theirs = MIN (first_theirs, one->place);
    }
  for (guint i = 0; i < placed->len; i++)
    {
      Placed *one = &g_array_index (placed, Placed, i);

      if (one->rank == RANK_OWN)
        one->place = 0;
      else if (one->rank == RANK_FOREIGN && first_own < first_theirs && one->place < first_own)
        one->rank = RANK_BEFORE_OWN;
    }
}

gboolean
trust_extract_wants (GHashTable *options, const TrustAnchor *anchor)
{
  TrustEmitterInput input = { .options = options };

  if (has_style (&input, P11_KIT) && !is_authority (trust_anchor_get_certificate (anchor)))
    return FALSE;
  return trust_emitter_option (&input, TRUST_EXTRACT_ONLY, NULL) == NULL || !trust_extract_is_theirs (trust_anchor_get_origin (anchor));
}

GPtrArray *
trust_extract_list (const TrustEmitter *emitter, const TrustEmitterInput *input)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint)), placed = g_array_new (FALSE, FALSE, sizeof (Placed));
  g_autoptr (GHashTable) places = find_places (emitter, trust_extract_is_wanted (input) ? input->before : NULL, found);
  gboolean has_ranks = has_style (input, P11_KIT);
  GPtrArray *anchors = g_ptr_array_new ();

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (input->set, i);
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, trust_anchor_get_fingerprint (anchor)));
      Placed one = { anchor, has_ranks ? rank_of (anchor) : 0, place != 0 ? place - 1 : G_MAXUINT };

      if (trust_extract_wants (input->options, anchor))
        g_array_append_val (placed, one);
    }
  if (has_ranks)
    place_feed (placed);
  g_array_sort (placed, compare_placed);
  for (guint i = 0; i < placed->len; i++)
    g_ptr_array_add (anchors, g_array_index (placed, Placed, i).anchor);
  return anchors;
}

char *
trust_extract_dup_label (const TrustAnchor *anchor)
{
  const TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  const char *own = trust_note_get_label (trust_anchor_get_note (anchor));
  char *label = *own != '\0' ? g_strdup (own) : trust_certificate_dup_title (certificate);

  /* Where it has no name of these, the title is all of its subject. */
  if (*own == '\0' && g_str_equal (label, trust_certificate_get_subject (certificate)))
    g_clear_pointer (&label, g_free);
  for (char *at = label; at != NULL && *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return label;
}

/* Java compares aliases in lower case. p11-kit knows only ASCII's, and leaves blanks and all beyond ASCII out. */
const char *
trust_extract_take_alias (GHashTable *names, const TrustAnchor *anchor)
{
  g_autofree char *label = trust_extract_dup_label (anchor);
  g_autoptr (GString) alias = g_string_new (NULL);
  gsize size = 0;

  for (const char *at = label != NULL ? label : "unlabeled"; *at != '\0'; at++)
    if (g_ascii_isgraph (*at))
      g_string_append_c (alias, g_ascii_tolower (*at));
  size = alias->len;
  for (guint i = 1; g_hash_table_contains (names, alias->str); i++)
    {
      g_string_truncate (alias, size);
      g_string_append_printf (alias, "-%u", i);
    }
  g_hash_table_add (names, alias->str);
  return g_string_free (g_steal_pointer (&alias), FALSE);
}
