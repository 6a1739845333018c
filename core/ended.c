/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ended.h"

#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define HEX_DIGITS 64u

typedef struct
{
  TrustFingerprint fingerprint;
  gint64 until;
} Pair;

struct _TrustEnded
{
  gatomicrefcount refs;
  GArray *pairs; /* (owned) of Pair, sorted, without doubles */
  char *fault;   /* (owned) (nullable) */
};

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const Pair *x = a, *y = b;
  int order = trust_fingerprint_compare (&x->fingerprint, &y->fingerprint);

  return order != 0 ? order : (x->until > y->until) - (x->until < y->until);
}

static TrustEnded *
ended_new (void)
{
  TrustEnded *ended = g_new0 (TrustEnded, 1);

  g_atomic_ref_count_init (&ended->refs);
  ended->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  return ended;
}

TrustEnded *
trust_ended_ref (TrustEnded *ended)
{
  g_atomic_ref_count_inc (&ended->refs);
  return ended;
}

void
trust_ended_unref (TrustEnded *ended)
{
  if (!g_atomic_ref_count_dec (&ended->refs))
    return;
  g_array_unref (ended->pairs);
  g_free (ended->fault);
  g_free (ended);
}

const char *
trust_ended_get_fault (const TrustEnded *ended)
{
  return ended->fault;
}

guint
trust_ended_get_n (const TrustEnded *ended)
{
  return ended->pairs->len;
}

/* "SHA256 UNTIL", just as trust_ended_write() has it. */
static gboolean
parse_line (const char *line, gsize size, Pair *pair)
{
  char text[HEX_DIGITS + 32], again[32];
  char *end = NULL;

  if (size <= HEX_DIGITS + 1 || size >= sizeof text || memchr (line, '\0', size) != NULL)
    return FALSE;
  memcpy (text, line, size);
  text[size] = '\0';
  if (text[HEX_DIGITS] != ' ')
    return FALSE;
  text[HEX_DIGITS] = '\0';
  if (!trust_text_unhex (text, pair->fingerprint.bytes, sizeof pair->fingerprint.bytes))
    return FALSE;
  pair->until = g_ascii_strtoll (text + HEX_DIGITS + 1, &end, 10);
  g_snprintf (again, sizeof again, "%" G_GINT64_FORMAT, pair->until);
  return *end == '\0' && g_str_equal (again, text + HEX_DIGITS + 1);
}

/* Every line; FALSE, LINE_OUT filled, at the first that can't be read or stands out of order. */
static gboolean
parse (TrustEnded *ended, GBytes *bytes, guint *line_out)
{
  gsize size = 0;
  const char *at = g_bytes_get_data (bytes, &size), *last = at + size;

  for (*line_out = 1; at < last; (*line_out)++)
    {
      const char *newline = memchr (at, '\n', last - at);
      Pair pair;

      if (newline == NULL || !parse_line (at, newline - at, &pair) || ended->pairs->len >= TRUST_LIMIT_ENDED
          || (ended->pairs->len > 0 && compare_pairs (&g_array_index (ended->pairs, Pair, ended->pairs->len - 1), &pair) >= 0))
        return FALSE;
      g_array_append_val (ended->pairs, pair);
      at = newline + 1;
    }
  return TRUE;
}

static char *
describe_fault (const char *what)
{
  return g_strdup_printf (TRUST_ENDED_PATH " %s: nothing that was trusted until a date is trusted any more, for it may have ended. Put that file "
                                           "back from a backup, or remove it to go by today's clock",
                          what);
}

TrustEnded *
trust_ended_read (TrustRoot *root)
{
  TrustEnded *ended = ended_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, TRUST_ENDED_PATH, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, &error);
  g_autofree char *what = NULL;
  guint line = 0;

  if (bytes == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return ended;
  if (bytes == NULL)
    what = g_strdup_printf ("can't be read (%s)", error->message);
  else if (!parse (ended, bytes, &line))
    what = g_strdup_printf ("is damaged in line %u", line);
  ended->fault = what != NULL ? describe_fault (what) : NULL;
  return ended;
}

gboolean
trust_ended_lists (const TrustEnded *ended, const TrustFingerprint *fingerprint, gint64 until)
{
  Pair wanted = { *fingerprint, until };

  return ended != NULL && ended->pairs->len > 0 && g_array_binary_search (ended->pairs, &wanted, compare_pairs, NULL);
}

gboolean
trust_ended_has (const TrustEnded *ended, const TrustAnchor *anchor, gint64 now)
{
  gint64 until = trust_settings_get_until (trust_anchor_get_settings (anchor));

  if (until == TRUST_NEVER)
    return FALSE;
  return now >= until || (ended != NULL && ended->fault != NULL) || trust_ended_lists (ended, trust_anchor_get_fingerprint (anchor), until);
}

/* The pairs of STATES that have ended, or that ENDED lists, sorted. (transfer full) */
static GArray *
find_named (const TrustEnded *ended, const GPtrArray *states, gint64 now)
{
  GArray *named = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (guint s = 0; s < states->len; s++)
    {
      const TrustSourceState *state = states->pdata[s];

      for (guint i = 0; i < state->files->len; i++)
        {
          const TrustSourceFile *file = state->files->pdata[i];

          for (guint n = 0; n < file->n_anchors; n++)
            {
              Pair pair = { *trust_anchor_get_fingerprint (file->anchors[n]),
                            trust_settings_get_until (trust_anchor_get_settings (file->anchors[n])) };

              if (trust_ended_has (ended, file->anchors[n], now))
                g_array_append_val (named, pair);
            }
        }
    }
  g_array_sort (named, compare_pairs);
  return named;
}

static void
drop_doubles (GArray *pairs)
{
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    if (n == 0 || compare_pairs (&g_array_index (pairs, Pair, n - 1), &g_array_index (pairs, Pair, i)) != 0)
      g_array_index (pairs, Pair, n++) = g_array_index (pairs, Pair, i);
  g_array_set_size (pairs, n);
}

static int
compare_untils (gconstpointer a, gconstpointer b)
{
  const Pair *x = a, *y = b;

  return (x->until < y->until) - (x->until > y->until);
}

/* The clock would have to go back furthest for the oldest. */
static void
keep_newest (GArray *pairs)
{
  if (pairs->len <= TRUST_LIMIT_ENDED)
    return;
  g_array_sort (pairs, compare_untils);
  g_array_set_size (pairs, TRUST_LIMIT_ENDED);
  g_array_sort (pairs, compare_pairs);
}

static gboolean
same_pairs (const TrustEnded *a, const TrustEnded *b)
{
  return a != NULL && a->pairs->len == b->pairs->len && memcmp (a->pairs->data, b->pairs->data, a->pairs->len * sizeof (Pair)) == 0;
}

TrustEnded *
trust_ended_gather (const TrustEnded *ended, const GPtrArray *states, gint64 now)
{
  g_autoptr (GArray) named = NULL;
  g_autoptr (TrustEnded) after = NULL;

  if (ended != NULL && ended->fault != NULL)
    return NULL;
  named = find_named (ended, states, now);
  drop_doubles (named);
  after = ended_new ();
  g_array_append_vals (after->pairs, named->data, named->len);
  if (ended != NULL && ended->pairs->len > 0)
    {
      g_array_append_vals (after->pairs, ended->pairs->data, ended->pairs->len);
      g_array_sort (after->pairs, compare_pairs);
      drop_doubles (after->pairs);
    }
  if (after->pairs->len == (ended != NULL ? ended->pairs->len : 0))
    return NULL;
  if (after->pairs->len <= TRUST_LIMIT_ENDED)
    return g_steal_pointer (&after);
  g_array_set_size (after->pairs, 0);
  g_array_append_vals (after->pairs, named->data, named->len);
  keep_newest (after->pairs);
  return same_pairs (ended, after) ? NULL : g_steal_pointer (&after);
}

GBytes *
trust_ended_write (const TrustEnded *ended)
{
  GString *text = g_string_sized_new (ended->pairs->len * (HEX_DIGITS + 16) + 1);

  for (guint i = 0; i < ended->pairs->len; i++)
    {
      const Pair *pair = &g_array_index (ended->pairs, Pair, i);
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&pair->fingerprint, hex);
      g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", hex, pair->until);
    }
  return g_string_free_to_bytes (text);
}
