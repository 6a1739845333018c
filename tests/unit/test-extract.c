/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files in the style of p11-kit's `trust extract`, and what its source folder is given. The bytes of the real tool are compared in
 * tests/integration/test-layouts. */
#include "core/emitters/extract.h"
#include "core/pem.h"
#include "tests/lib/support.h"

#include <string.h>

#define SERVERS (1u << TRUST_PURPOSE_SERVER_AUTH)

typedef enum
{
  OWN,
  FOREIGN,
  DISTRIBUTION
} Whose;

static TrustOrigin *origins[3];

static TrustAnchor *
anchor_new (TrustCertificate *certificate, Whose whose, const char *label)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (SERVERS);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  TrustNote *note = label != NULL ? trust_note_new (label, NULL, NULL, 0) : NULL;
  TrustAnchor *anchor = trust_anchor_new (certificate, settings, origins[whose], note);

  g_clear_pointer (&note, trust_note_unref);
  return anchor;
}

/* An anchor by DN; its fingerprint is at random. */
static TrustAnchor *
made (const char *dn, Whose whose)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new_root (dn);

  return anchor_new (certificate->certificate, whose, NULL);
}

static TrustAnchorSet *
set_new (GPtrArray *anchors)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  return trust_anchor_set_new (anchors, none);
}

/* The bytes for SET in the style of p11-kit. BEFORE: nullable. Returns: (transfer full). */
static GBytes *
extract (TrustAnchorSet *set, GBytes *before, gboolean comments)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  TrustEmitterInput input = { .set = set, .options = options, .before = before };

  g_hash_table_insert (options, (gpointer) "Style", (gpointer) "p11-kit");
  if (comments)
    g_hash_table_insert (options, (gpointer) "Comments", (gpointer) "true");
  return trust_emitter_write (&trust_emitter_pem_bundle, &input, NULL);
}

/* The titles of the certificates in BYTES, in their order. Returns: (transfer full). */
static char *
titles (GBytes *bytes, TrustAnchorSet *set)
{
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  GString *out = g_string_new (NULL);
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);

  g_assert_true (trust_emitter_pem_bundle.read (data, size, read));
  for (guint i = 0; i < read->len; i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_lookup (set, &g_array_index (read, TrustFingerprint, i));
      g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor));

      g_string_append_printf (out, "%s%s", i > 0 ? " " : "", title);
    }
  return g_string_free (out, FALSE);
}

static GPtrArray *
anchors_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
}

/* BEFORE as a file in the order of ANCHORS from FROM on. Returns: (transfer full). */
static GBytes *
file_of (GPtrArray *anchors, guint from, const char *head)
{
  GString *out = g_string_new (head);

  for (guint i = from; i < anchors->len; i++)
    trust_emitter_pem_bundle.emit (anchors->pdata[i], out);
  return g_string_free_to_bytes (out);
}

static void
test_order (void)
{
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) before = NULL, first = NULL, again = NULL;
  g_autofree char *got = NULL;

  g_ptr_array_add (anchors, made ("CN=own", OWN));
  g_ptr_array_add (anchors, made ("CN=f1", FOREIGN));
  g_ptr_array_add (anchors, made ("CN=f2", FOREIGN));
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=d%02u", i);

      g_ptr_array_add (anchors, made (dn, DISTRIBUTION));
    }
  set = set_new (anchors);
  before = file_of (anchors, 1, "");
  first = extract (set, before, FALSE);
  got = titles (first, set);
  g_assert_cmpstr (got, ==, "own f1 f2 d00 d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11");
  again = extract (set, first, FALSE);
  g_assert_true (g_bytes_equal (first, again));
}

/* A folder may give another one's file first, and then what is ours comes behind it. What the administrator took over from the distribution was found
 * among its certificates, and moves. */
static void
test_feed_behind (void)
{
  static const char *const dns[] = { "CN=f1", "CN=own", "CN=f2", "CN=d1", "CN=pinned", "CN=d2" };
  static const Whose whose[] = { FOREIGN, OWN, FOREIGN, DISTRIBUTION, OWN, DISTRIBUTION };

  for (guint with_own = 0; with_own < 2; with_own++)
    {
      g_autoptr (GPtrArray) anchors = anchors_new ();
      g_autoptr (TrustAnchorSet) set = NULL;
      g_autoptr (GBytes) before = NULL, bytes = NULL;
      g_autofree char *got = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (dns); i++)
        if (i != 1 || with_own)
          g_ptr_array_add (anchors, made (dns[i], whose[i]));
      set = set_new (anchors);
      before = file_of (anchors, 0, "");
      bytes = extract (set, before, FALSE);
      got = titles (bytes, set);
      if (!with_own)
        g_assert_cmpstr (got, ==, "pinned f1 f2 d1 d2");
      else
        g_assert_true (g_str_equal (got, "f1 own pinned f2 d1 d2") || g_str_equal (got, "f1 pinned own f2 d1 d2"));
    }
}

/* Without a file, or with one that can't be read: its own order, by fingerprint. */
static void
test_nothing_before (void)
{
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) damaged = g_bytes_new_static ("-----BEGIN CERTIFICATE-----\n", 28), one = NULL, two = NULL;
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

  for (guint i = 0; i < 8; i++)
    g_ptr_array_add (anchors, made ("CN=d", DISTRIBUTION));
  set = set_new (anchors);
  one = extract (set, NULL, TRUE);
  two = extract (set, damaged, TRUE);
  g_assert_true (g_bytes_equal (one, two));
  g_assert_true (trust_emitter_pem_bundle.read (g_bytes_get_data (one, NULL), g_bytes_get_size (one), read));
  g_assert_cmpuint (read->len, ==, 8);
  for (guint i = 1; i < read->len; i++)
    g_assert_cmpint (trust_fingerprint_compare (&g_array_index (read, TrustFingerprint, i - 1), &g_array_index (read, TrustFingerprint, i)), <, 0);
}

/* p11-kit's "ca-anchors": basicConstraints, or version 1. */
static void
test_authorities (void)
{
  const TestCertificateSpec leaf = { .dn = "CN=leaf", .not_ca = TRUE }, old = { .dn = "CN=old", .v1 = TRUE };
  g_autoptr (TestCertificate) a = test_certificate_new (&leaf), b = test_certificate_new (&old);
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *got = NULL;

  g_ptr_array_add (anchors, anchor_new (a->certificate, OWN, NULL));
  g_ptr_array_add (anchors, anchor_new (b->certificate, OWN, NULL));
  set = set_new (anchors);
  bytes = extract (set, NULL, FALSE);
  got = titles (bytes, set);
  g_assert_cmpstr (got, ==, "old");
}

static void
test_comments (void)
{
  g_autoptr (TestCertificate) a = test_certificate_new_root ("CN=A"), b = test_certificate_new_root ("O=Org,OU=Unit");
  g_autoptr (TestCertificate) c = test_certificate_new_root ("C=DE");
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) before = NULL, bytes = NULL, bare = NULL;
  g_autofree char *text = NULL, *expected = NULL;
  g_autofree char *pem_a = test_certificate_dup_pem (a), *pem_b = test_certificate_dup_pem (b), *pem_c = test_certificate_dup_pem (c);

  g_ptr_array_add (anchors, anchor_new (a->certificate, DISTRIBUTION, "Two\n-----BEGIN CERTIFICATE-----"));
  g_ptr_array_add (anchors, anchor_new (b->certificate, DISTRIBUTION, NULL));
  g_ptr_array_add (anchors, anchor_new (c->certificate, DISTRIBUTION, NULL));
  set = set_new (anchors);
  before = file_of (anchors, 0, "# made by the tool\n");
  bytes = extract (set, before, TRUE);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  expected = g_strdup_printf ("# Two  ----BEGIN CERTIFICATE ----\n%s\n# Unit\n%s\n# certificate\n%s", pem_a, pem_b, pem_c);
  g_assert_cmpstr (text, ==, expected);
  /* Without comments, what stands at the head stays. */
  bare = extract (set, before, FALSE);
  g_assert_true (g_bytes_equal (bare, before));
}

static void
test_options (void)
{
  const TrustEmitterOption *options = trust_emitter_pem_bundle.options;

  g_assert_cmpstr (options[0].key, ==, TRUST_EXTRACT_OPTION);
  g_assert_null (options[0].find_fault ("p11-kit"));
  g_assert_nonnull (options[0].find_fault ("other"));
  g_assert_cmpstr (options[1].key, ==, "Comments");
  g_assert_null (options[1].find_fault ("true"));
  g_assert_null (options[1].find_fault ("false"));
  g_assert_nonnull (options[1].find_fault ("yes"));
  g_assert_cmpstr (options[2].key, ==, TRUST_EXTRACT_ONLY);
  g_assert_null (options[2].find_fault ("own"));
  g_assert_nonnull (options[2].find_fault ("theirs"));
  g_assert_null (options[3].key);
}

/* A tool that puts files one behind the other: the order stays, what is new is last, those that are no CA too. */
static void
test_as_found (void)
{
  const TestCertificateSpec leaf = { .dn = "CN=leaf", .not_ca = TRUE };
  g_autoptr (TestCertificate) made_leaf = test_certificate_new (&leaf);
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GBytes) before = NULL, bytes = NULL, own = NULL;
  g_autofree char *got = NULL, *got_own = NULL;
  TrustEmitterInput input = { .options = options };

  g_ptr_array_add (anchors, anchor_new (made_leaf->certificate, OWN, NULL));
  g_ptr_array_add (anchors, made ("CN=d1", DISTRIBUTION));
  g_ptr_array_add (anchors, made ("CN=own", OWN));
  g_ptr_array_add (anchors, made ("CN=f1", FOREIGN));
  set = set_new (anchors);
  before = file_of (anchors, 1, "");
  g_hash_table_insert (options, (gpointer) "Style", (gpointer) "as-found");
  input.set = set;
  input.before = before;
  bytes = trust_emitter_write (&trust_emitter_pem_bundle, &input, NULL);
  got = titles (bytes, set);
  g_assert_cmpstr (got, ==, "d1 own f1 leaf");
  g_hash_table_insert (options, (gpointer) "Only", (gpointer) "own");
  own = trust_emitter_write (&trust_emitter_pem_bundle, &input, NULL);
  got_own = titles (own, set);
  g_assert_cmpstr (got_own, ==, "own leaf");
}

/* p11-kit writes an empty list of uses for what it neither trusts nor refuses: such a certificate is none that the file shows. */
static void
test_neither (void)
{
  g_autoptr (TestCertificate) a = test_certificate_new_root ("CN=A");
  TrustSpan der = trust_certificate_get_der (a->certificate);
  static const struct
  {
    const char *aux;
    gsize size;
    guint n;
  } rows[] = { { "\x30\x02\x30\x00", 4, 0 },
               { "\x30\x00", 2, 1 },
               { "\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", 14, 1 },
               { "\x30\x08\x30\x00\xa0\x04\x06\x02\x2a\x03", 10, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) whole = g_byte_array_new ();
      g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
      g_autoptr (GString) out = g_string_new (NULL);

      g_byte_array_append (whole, der.data, (guint) der.size);
      g_byte_array_append (whole, (const guint8 *) rows[i].aux, (guint) rows[i].size);
      trust_pem_append (out, whole->data, whole->len, "TRUSTED CERTIFICATE");
      g_assert_true (trust_emitter_read_pem (out->str, out->len, read));
      g_assert_cmpuint (read->len, ==, rows[i].n);
    }
}

/* What is not asked for is not in the set that counts as shown. */
static void
test_choose (void)
{
  const TestCertificateSpec leaf = { .dn = "CN=leaf", .not_ca = TRUE };
  g_autoptr (TestCertificate) made_leaf = test_certificate_new (&leaf);
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL, all = NULL, authorities = NULL, own = NULL;

  g_ptr_array_add (anchors, anchor_new (made_leaf->certificate, OWN, NULL));
  g_ptr_array_add (anchors, made ("CN=d1", DISTRIBUTION));
  g_ptr_array_add (anchors, made ("CN=own", OWN));
  set = set_new (anchors);
  all = trust_emitter_choose (&trust_emitter_pem_bundle, options, set);
  g_assert_true (all == set);
  g_hash_table_insert (options, (gpointer) "Style", (gpointer) "p11-kit");
  authorities = trust_emitter_choose (&trust_emitter_pem_bundle, options, set);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (authorities), ==, 2);
  g_hash_table_insert (options, (gpointer) "Only", (gpointer) "own");
  own = trust_emitter_choose (&trust_emitter_pem_bundle, options, set);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (own), ==, 1);
}

static const TrustEntry *
find_entry (GPtrArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((const TrustEntry *) entries->pdata[i])->name, name))
      return entries->pdata[i];
  return NULL;
}

static GPtrArray *
list_dir (TrustAnchorSet *set, const char *links, const char *names)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);
  TrustEmitterInput input = { .set = set, .options = options };

  g_hash_table_insert (options, (gpointer) "Style", (gpointer) "p11-kit");
  if (links != NULL)
    g_hash_table_insert (options, (gpointer) "Links", (gpointer) links);
  if (names != NULL)
    g_hash_table_insert (options, (gpointer) "Names", (gpointer) names);
  trust_emitter_extract_dir.list (&input, entries);
  return entries;
}

/* NAME.pem and two links; or links alone that lead there. Two of one name are told apart. */
static void
test_dir (void)
{
  g_autoptr (TestCertificate) a = test_certificate_new_root ("CN=Same (Name) 1.x"), b = test_certificate_new_root ("CN=Same (Name) 1.x");
  g_autoptr (GPtrArray) anchors = anchors_new (), files = NULL, hashes = NULL, all = NULL;
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autofree char *hash = g_strdup_printf ("%08x.1", trust_certificate_get_openssl_hash (a->certificate));

  g_ptr_array_add (anchors, anchor_new (a->certificate, OWN, NULL));
  g_ptr_array_add (anchors, anchor_new (b->certificate, OWN, NULL));
  set = set_new (anchors);
  files = list_dir (set, NULL, NULL);
  g_assert_cmpuint (files->len, ==, 6);
  g_assert_nonnull (find_entry (files, "Same__Name__1.x.pem")->bytes);
  g_assert_cmpstr (find_entry (files, hash)->link, ==, "Same__Name__1.x.1.pem");
  hashes = list_dir (set, "/far/away", NULL);
  g_assert_cmpuint (hashes->len, ==, 4);
  g_assert_cmpstr (find_entry (hashes, hash)->link, ==, "/far/away/Same__Name__1.x.1.pem");
  all = list_dir (set, "/far/away", "true");
  g_assert_cmpuint (all->len, ==, 6);
  g_assert_cmpstr (find_entry (all, "Same__Name__1.x.pem")->link, ==, "/far/away/Same__Name__1.x.pem");
}

/* Is ALIAS, with its length before it, in the keystore of SET that the option KEY=VALUE makes? */
static gboolean
has_alias (TrustAnchorSet *set, const char *key, const char *value, const char *alias)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *wanted = g_strdup_printf ("%c%s", (int) strlen (alias), alias);
  g_autoptr (GBytes) bytes = NULL;
  TrustEmitterInput input = { .set = set, .options = options };
  gsize size = 0;
  const char *data = NULL;

  g_hash_table_insert (options, (gpointer) key, (gpointer) value);
  bytes = trust_emitter_write (&trust_emitter_java_jks, &input, NULL);
  data = g_bytes_get_data (bytes, &size);
  return memmem (data, size, wanted, strlen (wanted)) != NULL;
}

/* As ca-certificates-java's hook, and as p11-kit name entries of a keystore. */
static void
test_aliases (void)
{
  g_autoptr (TrustOrigin) file = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "debian-distribution",
                                                   "/usr/share/ca-certificates/mozilla/NetLock_Arany_(Class_Gold)_F\305\221.crt", FALSE);
  g_autoptr (TestCertificate) a = test_certificate_new_root ("CN=Same Name"), b = test_certificate_new_root ("CN=Same Name");
  g_autoptr (TestCertificate) c = test_certificate_new_root ("CN=Own CA");
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (SERVERS);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (GPtrArray) anchors = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autofree char *own = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  g_ptr_array_add (anchors, trust_anchor_new (a->certificate, settings, file, NULL));
  g_ptr_array_add (anchors, trust_anchor_new (b->certificate, settings, file, NULL));
  g_ptr_array_add (anchors, anchor_new (c->certificate, OWN, NULL));
  set = set_new (anchors);
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (c->certificate), hex);
  own = g_strdup_printf ("debian:own_ca-%.16s.pem", hex);
  g_assert_true (has_alias (set, "Aliases", "debian", "debian:netlock_arany_=class_gold=_f\305\221.pem"));
  g_assert_true (has_alias (set, "Aliases", "debian", "debian:netlock_arany_=class_gold=_f\305\221.pem-1"));
  g_assert_true (has_alias (set, "Aliases", "debian", own));
  g_assert_true (has_alias (set, "Style", "p11-kit", "samename"));
  g_assert_true (has_alias (set, "Style", "p11-kit", "samename-1"));
  g_assert_true (has_alias (set, "Style", "p11-kit", "ownca"));
  g_assert_false (has_alias (set, "Password", "changeit", "ownca"));
}

/* A snapshot in which a file of the distribution's says ANCHORS. */
static TrustSnapshot *
snapshot_of (TrustAnchorSet *set, GPtrArray *anchors)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  TrustSourceState *state = trust_source_state_new ("fedora-distribution", TRUST_LAYER_DISTRIBUTION, FALSE);
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_ref (origins[DISTRIBUTION]);
  file->n_anchors = anchors->len;
  file->anchors = g_new0 (TrustAnchor *, anchors->len);
  for (guint i = 0; i < anchors->len; i++)
    file->anchors[i] = trust_anchor_ref (anchors->pdata[i]);
  trust_source_state_take_file (state, file);
  g_ptr_array_add (states, state);
  return trust_snapshot_new (1, TRUST_DISTRIBUTION_FEDORA, set, states);
}

/* The feed: what is ours, and refusals of what the distribution's files trust and the set does not hold. */
static void
test_source (void)
{
  g_autoptr (TestCertificate) own = test_certificate_new_root ("CN=own");
  g_autoptr (GPtrArray) anchors = anchors_new (), theirs = anchors_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (GBytes) bytes = NULL, alone = NULL;
  g_autofree char *text = NULL;
  TrustEmitterInput input = { .set = NULL };
  const char *at = NULL;

  g_ptr_array_add (anchors, anchor_new (own->certificate, OWN, "own\nnew"));
  g_ptr_array_add (anchors, made ("CN=held", DISTRIBUTION));
  g_ptr_array_add (anchors, made ("CN=foreign", FOREIGN));
  g_ptr_array_add (theirs, trust_anchor_ref (anchors->pdata[1]));
  g_ptr_array_add (theirs, made ("CN=ended", DISTRIBUTION));
  set = set_new (anchors);
  snapshot = snapshot_of (set, theirs);
  input.set = set;
  alone = trust_emitter_write (&trust_emitter_p11_kit_source, &input, NULL);
  input.snapshot = snapshot;
  bytes = trust_emitter_write (&trust_emitter_p11_kit_source, &input, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  /* One of ours with its label on one line, its purposes, and one refusal with its certificate. */
  at = strstr (text, "\ntrusted: true");
  g_assert_nonnull (at);
  g_assert_null (strstr (at + 1, "\ntrusted: true"));
  g_assert_nonnull (strstr (text, "label: \"own new\"\n"));
  g_assert_nonnull (strstr (text, "object-id: 2.5.29.37\n"));
  at = strstr (text, "x-distrusted: true\npublic-key-info: \"0%00\"\n-----BEGIN CERTIFICATE-----\n");
  g_assert_nonnull (at);
  g_assert_null (strstr (at + 1, "x-distrusted"));
  g_assert_cmpuint (g_bytes_get_size (alone), <, g_bytes_get_size (bytes));
  g_assert_null (g_strstr_len (g_bytes_get_data (alone, NULL), (gssize) g_bytes_get_size (alone), "x-distrusted"));
}

int
main (int argc, char **argv)
{
  int result = 0;

  g_test_init (&argc, &argv, NULL);
  origins[OWN] = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);
  origins[FOREIGN] = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "fedora-local", "/etc/pki/ca-trust/source/anchors/x", TRUE);
  origins[DISTRIBUTION] = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "fedora-distribution", "/usr/share/pki/ca-trust-source/x", FALSE);
  g_test_add_func ("/extract/order", test_order);
  g_test_add_func ("/extract/feed-behind", test_feed_behind);
  g_test_add_func ("/extract/nothing-before", test_nothing_before);
  g_test_add_func ("/extract/authorities", test_authorities);
  g_test_add_func ("/extract/comments", test_comments);
  g_test_add_func ("/extract/options", test_options);
  g_test_add_func ("/extract/as-found", test_as_found);
  g_test_add_func ("/extract/neither", test_neither);
  g_test_add_func ("/extract/choose", test_choose);
  g_test_add_func ("/extract/dir", test_dir);
  g_test_add_func ("/extract/aliases", test_aliases);
  g_test_add_func ("/extract/source", test_source);
  result = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    trust_origin_unref (origins[i]);
  return result;
}
