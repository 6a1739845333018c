/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all formats share: the same bytes each time, `read` finds what was written and nothing else, damage is no set, and what the importers know
 * of them they take. */
#include "core/importers/importer.h"
#include "tests/unit/emitted-fixture.h"

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

static const guint sizes[] = { 0, 1, 2, 33, 150, 1000 };
static TrustAnchorSet *sets[G_N_ELEMENTS (sizes)];

/* Those that are made of the set alone, and hold each certificate: the others have tests of their own. */
static gboolean
is_plain (const TrustEmitter *emitter)
{
  gboolean has_needs = emitter->options != NULL && emitter->options[0].is_needed;

  return !emitter->merges && !emitter->adds && !emitter->refuses_by_key && !has_needs;
}

static gboolean
holds (const TrustEmitter *emitter, const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  return trust_anchor_set_lookup (set, fingerprint) != NULL
         || ((emitter->says & SAYS (DISTRUST)) != 0 && trust_anchor_set_lookup_distrust (set, fingerprint) != NULL);
}

static guint
expected_number (const TrustEmitter *emitter, const TrustAnchorSet *set)
{
  return trust_anchor_set_get_n_anchors (set) + ((emitter->says & SAYS (DISTRUST)) != 0 ? trust_anchor_set_get_n_distrusts (set) : 0);
}

static void
assert_found (const TrustEmitter *emitter, const TrustAnchorSet *set, const GArray *found)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  g_assert_nonnull (found);
  g_assert_cmpuint (found->len, ==, expected_number (emitter, set));
  for (guint i = 0; i < found->len; i++)
    {
      TrustFingerprint *fingerprint = &g_array_index (found, TrustFingerprint, i);

      g_assert_true (holds (emitter, set, fingerprint));
      g_assert_true (g_hash_table_add (seen, fingerprint));
    }
}

static void
check_file (const TrustEmitter *emitter, const TrustAnchorSet *set)
{
  g_autoptr (GBytes) bytes = emitter_write (emitter, set, NULL, NULL), again = emitter_write (emitter, set, NULL, NULL);
  g_autoptr (GArray) found = NULL;

  g_assert_true (g_bytes_equal (bytes, again));
  if (emitter->read == NULL)
    return;
  found = emitter_read_bytes (emitter, bytes);
  assert_found (emitter, set, found);
}

/* p11-kit's own names may begin with a sign. */
static gboolean
is_safe_name (const TrustEmitter *emitter, const char *name)
{
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-._", *at) == NULL)
      return FALSE;
  return (g_ascii_isalnum (*name) || g_str_has_prefix (emitter->name, "extract-")) && *name != '\0' && strlen (name) <= 255;
}

static void
check_folder (const TrustEmitter *emitter, const TrustAnchorSet *set)
{
  g_autoptr (GPtrArray) entries = emitter_list (emitter, set, NULL, NULL), again = emitter_list (emitter, set, NULL, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

  g_assert_cmpuint (entries->len, ==, again->len);
  for (guint i = 0; i < entries->len; i++)
    {
      const TrustEntry *entry = entries->pdata[i], *same = again->pdata[i];
      g_autoptr (GArray) found = NULL;

      g_assert_true (is_safe_name (emitter, entry->name));
      g_assert_true (i == 0 || strcmp (((const TrustEntry *) entries->pdata[i - 1])->name, entry->name) < 0);
      g_assert_cmpstr (entry->name, ==, same->name);
      g_assert_true (entry->link != NULL || g_bytes_equal (entry->bytes, same->bytes));
      if (entry->link != NULL || emitter->read == NULL)
        continue;
      found = emitter_read_bytes (emitter, entry->bytes);
      g_assert_nonnull (found);
      g_assert_cmpuint (found->len, ==, 1);
      g_array_append_vals (all, found->data, found->len);
    }
  if (emitter->read != NULL)
    assert_found (emitter, set, all);
}

static void
test_format (gconstpointer data)
{
  static const char *const labels[] = {
    "../../etc/passwd", "-rf", "a\nb\t\x1b[31m", "日本", "x\"};\\", "-----BEGIN CERTIFICATE-----", "%s%n", ".", ""
  };
  const TrustEmitter *emitter = data;
  void (*check) (const TrustEmitter *, const TrustAnchorSet *) = emitter->is_folder ? check_folder : check_file;

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    check (emitter, sets[i]);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autoptr (TrustAnchorSet) set = emitter_set_new (3, 0, labels[i]);

      check (emitter, set);
    }
}

/* A file of the format that holds N certificates: of a folder, its first that is no link. (transfer full) */
static GBytes *
make_file (const TrustEmitter *emitter, const TrustAnchorSet *set, guint *n)
{
  g_autoptr (GPtrArray) entries = emitter->is_folder ? emitter_list (emitter, set, NULL, NULL) : NULL;

  *n = emitter->is_folder ? 1 : expected_number (emitter, set);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    if (((const TrustEntry *) entries->pdata[i])->bytes != NULL)
      return g_bytes_ref (((const TrustEntry *) entries->pdata[i])->bytes);
  return emitter_write (emitter, set, NULL, NULL);
}

/* What is cut off is refused, or is fewer certificates: never all of them. */
static void
test_cut (gconstpointer data)
{
  const TrustEmitter *emitter = data;
  guint n = 0;
  g_autoptr (GBytes) bytes = make_file (emitter, sets[2], &n);
  gsize size = 0;
  const char *all = g_bytes_get_data (bytes, &size);

  while (size > 0 && g_ascii_isspace (all[size - 1]))
    size--;
  for (gsize length = 0; length < size; length++)
    {
      g_autoptr (GArray) found = emitter_read (emitter, all, length);

      g_assert_true (found == NULL || found->len < n);
    }
}

/* One byte that is another, anywhere: whatever comes of it, it ends, and finds no more than there can be. */
static void
test_damage (gconstpointer data)
{
  const TrustEmitter *emitter = data;
  guint n = 0;
  g_autoptr (GBytes) bytes = make_file (emitter, sets[2], &n);
  gsize size = 0;
  const guint8 *all = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_memdup2 (all, size);

  for (gsize i = 0; i < size; i++)
    for (guint bit = 0; bit < 8; bit += 3)
      {
        g_autoptr (GArray) found = NULL;

        copy[i] ^= (guint8) (1u << bit);
        found = emitter_read (emitter, copy, size);
        g_assert_true (found == NULL || found->len <= n);
        copy[i] ^= (guint8) (1u << bit);
      }
}

/* Through the importers: each certificate, and nobody is asked for a password. */
static void
test_import (void)
{
  /* clang-format off */
  static const struct { const char *emitter; const char *importer; } formats[] = {
    { "java-jks", "jks" }, { "java-pkcs12", "pkcs12" }, { "pkcs7", "pkcs7" }, { "est", "est" }, { "pem-bundle", "pem" }, { "openssl-trusted", "pem" },
    { "p11-kit", "p11-kit" },
  };
  /* clang-format on */
  static const TrustImportOptions options = { NULL, NULL, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint j = 1; j < G_N_ELEMENTS (sets); j++)
      {
        const TrustEmitter *emitter = trust_emitter_find (formats[i].emitter);
        g_autoptr (GBytes) bytes = emitter_write (emitter, sets[j], NULL, NULL);
        g_autoptr (GError) error = NULL;
        g_autoptr (TrustImport) import = NULL;

        import = trust_import_decode ((TrustSpan) { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) }, &options, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (import->format, ==, formats[i].importer);
        g_assert_cmpuint (import->entries->len, ==, expected_number (emitter, sets[j]));
        g_assert_cmpuint (import->failures->len, ==, 0);
        for (guint k = 0; k < import->entries->len; k++)
          {
            const TrustImportEntry *entry = import->entries->pdata[k];

            g_assert_true (holds (emitter, sets[j], trust_certificate_get_fingerprint (entry->certificate)));
            /* PKCS #7 says nothing of trust: what is not signed by itself, as these, is named only. */
            g_assert_true (!entry->is_untrusted || g_str_equal (import->format, "pkcs7") || g_str_equal (import->format, "est"));
          }
      }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    sets[i] = emitter_set_new (sizes[i], i < 2 ? 0 : 2, NULL);
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    {
      const TrustEmitter *emitter = trust_emitters[i];
      g_autofree char *path = g_strconcat ("/emitter-read/", emitter->name, NULL), *cut = g_strconcat (path, "/cut", NULL),
                      *damage = g_strconcat (path, "/damage", NULL);

      if (!is_plain (emitter))
        continue;
      g_test_add_data_func (path, emitter, test_format);
      if (emitter->read == NULL)
        continue;
      g_test_add_data_func (cut, emitter, test_cut);
      g_test_add_data_func (damage, emitter, test_damage);
    }
  g_test_add_func ("/emitter-read/import", test_import);
  status = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    trust_anchor_set_unref (sets[i]);
  return status;
}
