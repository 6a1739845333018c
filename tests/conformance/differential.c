/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* differential [--chains N] [--seed S] --table docs/differential.md; differential --recipe TEXT
 * Made chains through anchord, GnuTLS and OpenSSL. Each disagreement must be of a kind that the table has, and each row of the table must occur. */
#include "tests/conformance/peers.h"

#include <gnutls/gnutls.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#define MAX_FEATURES 4

/* What each says. */
typedef struct
{
  gboolean says[N_PEERS];
} Voices;

/* A row of the table, or a kind of it: "a" or "a + b". */
typedef struct
{
  Voices voices;
  guint seen;
} Row;

/* What must not be changed by two features of one chain. */
enum
{
  PART_SHAPE = 1 << 0,
  PART_NAMES = 1 << 1,
  PART_USE = 1 << 2,
  PART_POLICY = 1 << 3,
  PART_DATES = 1 << 4,
  PART_CRYPTO = 1 << 5,
  PART_CRL = 1 << 6,
  PART_FORM = 1 << 7,
  PART_ALL = (1 << 8) - 1,
};

typedef struct
{
  const RecipeFeature *feature;
  guint parts;
  gboolean needs_ca;     /* it says something of ca1 or the root */
  gboolean changes_path; /* the path is not leaf, ca1, …, root */
} Item;

typedef struct
{
  const Item *items[MAX_FEATURES];
  guint n;
} Combination;

static GArray *items;         /* of Item */
static GHashTable *rows;      /* of Row by kind */
static GHashTable *new_kinds; /* printed already */
static guint n_chains_done, n_disagreements, n_accepted[N_PEERS], n_faults, n_changed;
static gboolean is_measured[N_PEERS] = { TRUE, TRUE, TRUE, TRUE }; /* the table was made with this version of it */
static gboolean is_verbose, is_strict;

/* The part that a statement changes. */
static guint
get_part (char **words)
{
  /* clang-format off */
  static const struct { const char *verb; guint part; } verbs[] = {
    { "san", PART_NAMES }, { "nc", PART_NAMES }, { "subject", PART_NAMES }, { "issuer", PART_NAMES }, { "bc", PART_USE }, { "ku", PART_USE },
    { "eku", PART_USE }, { "policies", PART_POLICY }, { "mappings", PART_POLICY }, { "limits", PART_POLICY }, { "no-any", PART_POLICY },
    { "from", PART_DATES }, { "to", PART_DATES }, { "key", PART_CRYPTO }, { "hash", PART_CRYPTO }, { "outer-hash", PART_CRYPTO },
    { "damage", PART_CRYPTO }, { "serial", PART_FORM }, { "version", PART_ALL },
    { "host", PART_NAMES }, { "email", PART_NAMES | PART_USE }, { "purpose", PART_USE | PART_NAMES }, { "depth", PART_SHAPE }, { "hard", PART_CRL },
    { "explicit-policy", PART_POLICY }, { "inhibit-mapping", PART_POLICY },
  };
  /* clang-format on */
  const char *verb = words[1];
  guint more = 0;

  if (g_str_equal (words[0], "crl"))
    return PART_CRL;
  if (verb == NULL || g_strv_contains ((const char *const[]) { "shape", "give", "anchors", "new", NULL }, words[0]))
    return PART_SHAPE;
  if (g_str_equal (verb, "twice") || g_str_equal (verb, "ext"))
    more = PART_FORM;
  if (g_str_equal (verb, "drop") || g_str_equal (verb, "twice"))
    verb = words[2];
  else if (g_str_equal (verb, "ext"))
    verb = words[3];
  if (g_strv_contains ((const char *const *) words, "len"))
    more |= PART_SHAPE;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i].verb, verb))
      return verbs[i].part | more;
  return PART_SHAPE | more;
}

static void
add_items (const RecipeFeature *features)
{
  for (; features->name != NULL; features++)
    {
      g_auto (GStrv) lines = g_strsplit (features->script, ";", -1);
      Item item = { .feature = features };

      for (guint i = 0; lines[i] != NULL && *g_strstrip (lines[i]) != '\0'; i++)
        {
          g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

          item.parts |= get_part (words);
          /* Other rules hold for a CA, wherever it stands. */
          if (g_str_has_prefix (lines[i], "leaf bc ca"))
            item.parts |= PART_NAMES | PART_SHAPE;
          item.needs_ca |= g_str_has_prefix (words[0], "ca") || g_str_equal (words[0], "root") || g_str_equal (words[0], "crl")
                           || strstr (lines[i], "CN=ca") != NULL || strstr (lines[i], "CN=CA") != NULL || strstr (lines[i], "=ca1") != NULL;
          item.changes_path |= g_str_equal (words[0], "anchors") || g_str_equal (words[0], "new") || g_str_equal (words[0], "give")
                               || g_str_equal (lines[i], "shape 0");
        }
      /* A leaf that is an anchor is trusted as it is: nothing else counts of it. */
      if (strstr (features->script, "anchors leaf") != NULL || strstr (features->script, "leaf issued-by") != NULL)
        item.parts = PART_ALL;
      g_array_append_val (items, item);
    }
}

static gboolean
fits (const Combination *all, const Item *item)
{
  for (guint i = 0; i < all->n; i++)
    {
      const Item *other = all->items[i];
      guint both = other->parts | item->parts;

      if ((other->parts & item->parts) != 0 || (item->changes_path && other->needs_ca) || (other->changes_path && item->needs_ca))
        return FALSE;
      if ((both & PART_SHAPE) != 0 && (both & (PART_POLICY | PART_CRL)) != 0)
        return FALSE;
      if ((both & PART_CRL) != 0 && (both & PART_USE) != 0)
        return FALSE;
    }
  return TRUE;
}

static char *
name_kind (const Combination *all)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < all->n; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " + " : "", all->items[i]->feature->name);
  return g_string_free (out, FALSE);
}

static char *
write_recipe (const Combination *all)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < all->n; i++)
    if (all->items[i]->feature->script[0] != '\0')
      g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", all->items[i]->feature->script);
  return g_string_free (out, FALSE);
}

/* What the rows of its features have everybody say. Rows of two together say more than those of each. */
static Voices
predict (const Combination *all)
{
  Voices out;
  gboolean done[MAX_FEATURES] = { FALSE };

  for (guint p = 0; p < N_PEERS; p++)
    out.says[p] = TRUE;
  for (guint size = 2; size >= 1; size--)
    for (guint a = 0; a < all->n; a++)
      for (guint b = size == 2 ? a + 1 : a; b < (size == 2 ? all->n : a + 1); b++)
        {
          Combination part = { { all->items[a], all->items[b] }, size };
          g_autofree char *kind = name_kind (&part);
          Row *row = done[a] || done[b] ? NULL : g_hash_table_lookup (rows, kind);

          if (done[a] || done[b] || (size == 2 && row == NULL))
            continue;
          done[a] = done[b] = TRUE;
          for (guint p = 0; p < N_PEERS; p++)
            out.says[p] = out.says[p] && (row != NULL ? row->voices.says[p] : all->items[a]->feature->good);
        }
  return out;
}

static Voices
ask_all (const Combination *all, char **why)
{
  g_autofree char *text = write_recipe (all);
  g_autoptr (RecipeChain) chain = recipe_make (text);
  Voices out;

  for (guint p = 0; p < N_PEERS; p++)
    out.says[p] = peer_ask (p, chain, &why[p]);
  return out;
}

static gboolean
equal (const Voices *a, const Voices *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

/* The smallest part of ALL that is not as its rows have it. */
static Combination
reduce (const Combination *all)
{
  Combination best = *all;

  for (guint i = 0; i < best.n && best.n > 1;)
    {
      Combination less = best;
      char *why[N_PEERS] = { NULL };
      Voices says, expected;

      memmove (less.items + i, less.items + i + 1, (best.n - i - 1) * sizeof less.items[0]);
      less.n--;
      says = ask_all (&less, why);
      expected = predict (&less);
      for (guint p = 0; p < N_PEERS; p++)
        g_free (why[p]);
      if (equal (&says, &expected))
        i++;
      else
        best = less;
    }
  return best;
}

static void
tell (const Combination *all)
{
  Combination least = reduce (all);
  g_autofree char *kind = name_kind (&least), *text = write_recipe (&least);
  char *why[N_PEERS] = { NULL };
  Voices says = ask_all (&least, why), expected = predict (&least);

  n_faults++;
  if (g_hash_table_add (new_kinds, g_strdup (kind)))
    {
      printf ("NEW | `%s` |", kind);
      for (guint p = 0; p < N_PEERS; p++)
        printf (" %s |", says.says[p] ? "yes" : "no");
      printf ("\n    expected:");
      for (guint p = 0; p < N_PEERS; p++)
        printf (" %s", expected.says[p] ? "yes" : "no");
      printf ("\n    recipe: %s\n    they say: %s; %s; %s; %s\n", text, why[PEER_ANCHORD], why[PEER_GNUTLS], why[PEER_OPENSSL], why[PEER_STRICT]);
    }
  for (guint p = 0; p < N_PEERS; p++)
    g_free (why[p]);
}

static void
count_rows (const Combination *all)
{
  for (guint a = 0; a < all->n; a++)
    for (guint b = a; b < all->n; b++)
      {
        Combination part = { { all->items[a], all->items[b] }, a == b ? 1 : 2 };
        g_autofree char *kind = name_kind (&part);
        Row *row = g_hash_table_lookup (rows, kind);

        if (row != NULL)
          row->seen++;
      }
}

/* A library of another version than the table was made with may have changed its mind, which is no fault of anybody here: what it says now is taken
 * for what it says. FALSE if that does not explain it all. */
static gboolean
take_change (const Combination *all, const Voices *says, const Voices *expected)
{
  g_autofree char *kind = name_kind (all);
  Row *row = g_hash_table_lookup (rows, kind);

  for (guint p = 0; p < N_PEERS; p++)
    if (is_measured[p] && says->says[p] != expected->says[p])
      return FALSE;
  n_changed++;
  printf ("CHANGED | `%s` |", kind);
  for (guint p = 0; p < N_PEERS; p++)
    printf (" %s |", says->says[p] ? "yes" : "no");
  printf ("\n");
  if (row == NULL && all->n <= 2)
    g_hash_table_insert (rows, g_strdup (kind), row = g_new0 (Row, 1));
  if (row != NULL)
    row->voices = *says;
  count_rows (all);
  return TRUE;
}

static void
run (const Combination *all)
{
  char *why[N_PEERS] = { NULL };
  Voices says = ask_all (all, why), expected = predict (all);
  gboolean differ = FALSE;

  n_chains_done++;
  for (guint p = 0; p < N_PEERS; p++)
    {
      n_accepted[p] += (guint) says.says[p];
      differ |= says.says[p] != says.says[0];
    }
  n_disagreements += (guint) differ;
  if (is_verbose)
    {
      g_autofree char *kind = name_kind (all);

      printf ("%s\t%s\t%s\t%s\t%s\n", kind, why[PEER_ANCHORD], why[PEER_GNUTLS], why[PEER_OPENSSL], why[PEER_STRICT]);
    }
  if (equal (&says, &expected))
    count_rows (all);
  else if (!take_change (all, &says, &expected))
    tell (all);
  for (guint p = 0; p < N_PEERS; p++)
    g_free (why[p]);
}

static const Item *
find_item (const char *name)
{
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (g_array_index (items, Item, i).feature->name, name))
      return &g_array_index (items, Item, i);
  return NULL;
}

/* "Measured with Debian 12's GnuTLS 3.7.9 and OpenSSL 3.0.19:". */
static void
read_versions (const char *text)
{
  g_autofree char *gnutls = g_strdup_printf ("GnuTLS %s and OpenSSL ", gnutls_check_version (NULL));
  g_autofree char *openssl = g_strdup_printf (" and OpenSSL %s:", OpenSSL_version (OPENSSL_VERSION_STRING));
  const char *line = strstr (text, "\nMeasured with ");
  g_autofree char *measured = line != NULL ? g_strndup (line, strcspn (line + 1, "\n") + 1) : g_strdup ("");

  is_measured[PEER_GNUTLS] = strstr (measured, gnutls) != NULL;
  is_measured[PEER_OPENSSL] = is_measured[PEER_STRICT] = strstr (measured, openssl) != NULL;
}

/* Lines "| `kind`, `kind` | yes | no | yes | yes | …". */
static gboolean
read_table (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  if (!is_strict)
    read_versions (text);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_str_has_prefix (lines[i], "| `") ? g_strsplit (lines[i], "|", -1) : NULL;

      if (cells == NULL || g_strv_length (cells) < 2 + N_PEERS + 2)
        continue;

      g_auto (GStrv) kinds = g_strsplit (cells[1], "`", -1);

      for (guint k = 1; kinds[k] != NULL && kinds[k + 1] != NULL; k += 2)
        {
          Row *row = g_new0 (Row, 1);

          for (guint p = 0; p < N_PEERS; p++)
            row->voices.says[p] = strstr (cells[2 + p], "yes") != NULL;
          if (!g_hash_table_insert (rows, g_strdup (kinds[k]), row))
            {
              printf ("TWICE in the table: %s\n", kinds[k]);
              n_faults++;
            }
        }
    }
  return TRUE;
}

/* Every feature alone, and what the table has together. */
static void
run_singles (void)
{
  g_autoptr (GList) kinds = NULL;

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      Combination one = { { item }, 1 };
      const Row *row = g_hash_table_lookup (rows, item->feature->name);

      /* Who else is wrong is the table's matter; anchord never is. */
      if (row != NULL && row->voices.says[PEER_ANCHORD] != item->feature->good)
        {
          printf ("WRONG in the table: %s is to be %s (%s)\n", item->feature->name, item->feature->good ? "accepted" : "refused",
                  item->feature->source);
          n_faults++;
        }
      run (&one);
    }
  /* Rows may be added on the way. */
  kinds = g_hash_table_get_keys (rows);
  for (GList *l = kinds; l != NULL; l = l->next)
    {
      g_auto (GStrv) names = g_strsplit (l->data, " + ", -1);
      Combination all = { { NULL }, 0 };

      for (guint i = 0; names[i] != NULL && i < MAX_FEATURES; i++)
        if ((all.items[all.n] = find_item (names[i])) != NULL)
          all.n++;
      if (all.n > 1)
        run (&all);
    }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *const *x = a, *const *y = b;

  return (*x > *y) - (*x < *y);
}

/* Mostly good features, so that not every chain falls at the first. */
static void
run_random (GRand *random)
{
  Combination all = { { NULL }, 0 };
  guint wanted = (guint) g_rand_int_range (random, 2, MAX_FEATURES + 1);

  for (guint tries = 0; tries < 40 && all.n < wanted; tries++)
    {
      const Item *item = &g_array_index (items, Item, g_rand_int_range (random, 0, (int) items->len));

      if (item->parts != 0 && (item->feature->good || g_rand_int_range (random, 0, 4) == 0) && fits (&all, item))
        all.items[all.n++] = item;
    }
  qsort (all.items, all.n, sizeof all.items[0], compare_items);
  if (all.n > 0)
    run (&all);
}

static void
finish (void)
{
  GHashTableIter at;
  gpointer kind, row;

  g_hash_table_iter_init (&at, rows);
  while (g_hash_table_iter_next (&at, &kind, &row))
    if (((Row *) row)->seen == 0)
      {
        printf ("NEVER: %s\n", (const char *) kind);
        n_faults++;
      }
  printf ("%u chains, %u disagreements of %u kinds; accepted by anchord %u, GnuTLS %u, OpenSSL %u, OpenSSL strict %u; %u changed in another version; "
          "%u unexplained\n",
          n_chains_done, n_disagreements, g_hash_table_size (rows), n_accepted[PEER_ANCHORD], n_accepted[PEER_GNUTLS], n_accepted[PEER_OPENSSL],
          n_accepted[PEER_STRICT], n_changed, n_faults);
  fflush (stdout);
}

static void
run_recipe (const char *text)
{
  static const char *const names[N_PEERS] = { "anchord", "GnuTLS", "OpenSSL", "OpenSSL strict" };
  g_autoptr (RecipeChain) chain = recipe_make (text);

  for (guint p = 0; p < N_PEERS; p++)
    {
      g_autofree char *why = NULL;
      gboolean says = peer_ask (p, chain, &why);

      printf ("%s\t%s\t%s\n", names[p], says ? "yes" : "no", why);
    }
  fflush (stdout);
}

/* What the other two lose is theirs. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libcrypto\nleak:libgnutls\n";
}

int
main (int argc, char **argv)
{
  int n_chains = 600, seed = 1;
  g_autofree char *table = NULL, *recipe = NULL;
  const GOptionEntry entries[] = { { "chains", 0, 0, G_OPTION_ARG_INT, &n_chains, "How many, at least each feature alone", "N" },
                                   { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Other chains", "S" },
                                   { "table", 0, 0, G_OPTION_ARG_FILENAME, &table, "Which disagreements are known", "FILE" },
                                   { "recipe", 0, 0, G_OPTION_ARG_STRING, &recipe, "Only this chain", "TEXT" },
                                   { "every-version", 0, 0, G_OPTION_ARG_NONE, &is_strict, "Hold every version of the libraries against it", NULL },
                                   { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "One line a chain", NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  new_kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  items = g_array_new (FALSE, FALSE, sizeof (Item));
  if (!g_option_context_parse (context, &argc, &argv, &error) || (table != NULL && !read_table (table, &error)))
    {
      g_printerr ("differential: %s\n", error->message);
      return 2;
    }
  if (recipe != NULL)
    {
      run_recipe (recipe);
      return 0;
    }
  random = g_rand_new_with_seed ((guint32) seed);
  add_items (recipe_features_path);
  add_items (recipe_features_names);
  run_singles ();
  while (n_chains_done < (guint) MAX (n_chains, 0))
    run_random (random);
  finish ();
  g_hash_table_unref (rows);
  g_hash_table_unref (new_kinds);
  g_array_unref (items);
  return n_faults == 0 ? 0 : 1;
}
