/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats that are folders: the names of their files, and what is in each. */
#include "core/emitters/entry-name.h"
#include "core/pem.h"
#include "tests/unit/emitted-fixture.h"

static char *
hex_of (const TrustCertificate *certificate)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate), hex);
  return g_strndup (hex, 16);
}

/* Telling where there is something to tell, and of safe characters whatever stands in it. */
static void
test_names (void)
{
  /* clang-format off */
  static const struct { const char *text; const char *name; const char *lower; } cases[] = {
    { "Corp Root 1", "Corp_Root_1", "corp_root_1" },
    { "a-b_c", "a-b_c", "a-b_c" },
    { "", "certificate", "certificate" },
    { "\xe6\x97\xa5\xe6\x9c\xac", "certificate", "certificate" },
    { "T\xc3\x9c" "B", "T_B", "t_b" },
    { "../../etc/passwd", "etc_passwd", "etc_passwd" },
    { "-rf *", "rf", "rf" },
    { "a\n\t\x1b\x7f" "b", "a_b", "a_b" },
    { "a\xff\xfe", "a", "a" },
    { "x.pem", "x_pem", "x_pem" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789", "0123456789012345678901234567890123456789012345678901234567890123",
      "0123456789012345678901234567890123456789012345678901234567890123" },
  };
  /* clang-format on */
  const TrustFingerprint fingerprint = { { 0xab, 0xcd, 0xef, 1, 2, 3, 4, 5, 6 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = trust_entry_name_make (cases[i].text, &fingerprint, 16, FALSE);
      g_autofree char *lower = trust_entry_name_make (cases[i].text, &fingerprint, 16, TRUE);
      g_autofree char *expected = g_strconcat (cases[i].name, "-abcdef0102030405", NULL);
      g_autofree char *expected_lower = g_strconcat (cases[i].lower, "-abcdef0102030405", NULL);

      g_assert_cmpstr (name, ==, expected);
      g_assert_cmpstr (lower, ==, expected_lower);
    }
}

/* Sixteen digits can be made to agree by who has the time; all 64 can't. Neighbours in the set's order are enough to look at. */
static void
test_digits (void)
{
  const TrustFingerprint one = { { 1, 2, 3, 4, 5, 6, 7, 8, 9 } }, like = { { 1, 2, 3, 4, 5, 6, 7, 8, 10 } }, other = { { 1, 2, 3, 4, 5, 6, 7, 9 } };
  g_autofree char *name = trust_entry_name_make ("x", &one, 64, FALSE);

  g_assert_cmpuint (trust_entry_name_digits (NULL, &one, NULL), ==, 16);
  g_assert_cmpuint (trust_entry_name_digits (NULL, &one, &other), ==, 16);
  g_assert_cmpuint (trust_entry_name_digits (&one, &other, NULL), ==, 16);
  g_assert_cmpuint (trust_entry_name_digits (NULL, &one, &like), ==, 64);
  g_assert_cmpuint (trust_entry_name_digits (&one, &like, &other), ==, 64);
  g_assert_cmpuint (strlen (name), ==, 2 + 64);
}

/* pem-dir with each suffix, der-dir: what is in the file, and its name. A hundred with one label are a hundred files. */
static void
test_plain_folders (void)
{
  /* clang-format off */
  static const struct { const TrustEmitter *emitter; const char *suffix; const char *ending; } cases[] = {
    { &trust_emitter_pem_dir, NULL, ".pem" }, { &trust_emitter_pem_dir, "crt", ".crt" }, { &trust_emitter_pem_dir, "cer", ".cer" },
    { &trust_emitter_der_dir, NULL, ".der" },
  };
  /* clang-format on */
  g_autoptr (TrustCertificate) certificate = emitter_forge (7);
  TrustSpan der = trust_certificate_get_der (certificate);
  g_autofree char *hex = hex_of (certificate);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *key = cases[i].suffix != NULL ? "Suffix" : NULL;
      g_autoptr (TrustAnchorSet) set = emitter_set_of_one (certificate, "Corp / Root"), many = emitter_set_new (100, 0, "Same");
      g_autoptr (GPtrArray) entries = emitter_list (cases[i].emitter, set, key, cases[i].suffix);
      g_autoptr (GPtrArray) all = emitter_list (cases[i].emitter, many, key, cases[i].suffix);
      g_autofree char *name = g_strconcat ("Corp_Root-", hex, cases[i].ending, NULL);
      const TrustEntry *entry = entries->pdata[0];
      g_autoptr (GString) pem = g_string_new (NULL);

      g_assert_cmpuint (entries->len, ==, 1);
      g_assert_cmpstr (entry->name, ==, name);
      g_assert_null (entry->link);
      trust_pem_append (pem, der.data, der.size, "CERTIFICATE");
      if (g_str_equal (cases[i].ending, ".der"))
        g_assert_cmpmem (g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes), der.data, der.size);
      else
        g_assert_cmpmem (g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes), pem->str, pem->len);
      g_assert_cmpuint (all->len, ==, 100);
      for (guint j = 1; j < all->len; j++)
        g_assert_cmpstr (((const TrustEntry *) all->pdata[j])->name, !=, ((const TrustEntry *) all->pdata[j - 1])->name);
    }
  g_assert_nonnull (trust_emitter_pem_dir.options[0].find_fault ("0"));
  g_assert_nonnull (trust_emitter_pem_dir.options[0].find_fault ("pem/../x"));
  g_assert_null (trust_emitter_pem_dir.options[0].find_fault ("crt"));
}

/* N certificates with one subject, and so with one hash. (transfer full), of TrustCertificate. */
static GPtrArray *
forge_alike (guint n, guint first)
{
  GPtrArray *certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) serial = forge_bytes ((const guint8[]) { 1, (guint8) ((first + i) >> 8), (guint8) (first + i) }, 3);

      g_ptr_array_add (certificates, forge (&(ForgeCertificate) { .serial = serial }));
    }
  return certificates;
}

/* The chain of one hash begins at 0, has no gap, and goes by fingerprint. */
static void
test_chains (void)
{
  g_autoptr (GPtrArray) certificates = forge_alike (20, 0);
  g_autoptr (TrustAnchorSet) set = emitter_set_of (certificates, NULL, NULL);
  g_autoptr (GPtrArray) entries = emitter_list (&trust_emitter_openssl_dir, set, NULL, NULL);
  guint32 hash = trust_certificate_get_openssl_hash (certificates->pdata[0]);

  g_assert_cmpuint (entries->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("%08x.%u", hash, i);
      TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (trust_anchor_set_get_anchor (set, i)));
      g_autoptr (GString) pem = g_string_new (NULL);
      const TrustEntry *entry = NULL;

      for (guint j = 0; j < entries->len; j++)
        if (g_str_equal (((const TrustEntry *) entries->pdata[j])->name, name))
          entry = entries->pdata[j];
      g_assert_nonnull (entry);
      trust_pem_append (pem, der.data, der.size, "CERTIFICATE");
      g_assert_cmpmem (g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes), pem->str, pem->len);
    }
}

/* Refused ones stand in the same chain; one that is an anchor, lifted above its refusal, stands there once, trusted. */
static void
test_refused (void)
{
  g_autoptr (GPtrArray) certificates = forge_alike (6, 0), refused = forge_alike (4, 100);
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  guint n_refused = 0;

  g_ptr_array_add (refused, trust_certificate_ref (refused->pdata[0]));
  g_ptr_array_add (refused, trust_certificate_ref (certificates->pdata[0]));
  set = emitter_set_of (certificates, refused, NULL);
  entries = emitter_list (&trust_emitter_openssl_trusted_dir, set, NULL, NULL);
  g_assert_cmpuint (entries->len, ==, 10);
  for (guint i = 0; i < entries->len; i++)
    {
      const TrustEntry *entry = entries->pdata[i];
      gsize size = 0, offset = 0;
      const guint8 *data = g_bytes_get_data (entry->bytes, &size);
      g_autoptr (GArray) found = emitter_read_bytes (&trust_emitter_openssl_trusted_dir, entry->bytes);
      g_autoptr (GByteArray) der = NULL;
      TrustPemBlock block;
      TrustDer certificate, aux, oids;
      TrustSpan in;

      g_assert_true (g_str_has_suffix (entry->name, (const char *[]) { ".0", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9" }[i]));
      g_assert_true (trust_pem_next ((TrustSpan) { data, size }, &offset, &block, NULL));
      g_assert_true (trust_pem_label_is (&block, "TRUSTED CERTIFICATE"));
      der = trust_pem_decode (block.body, NULL);
      in = (TrustSpan) { der->data, der->len };
      g_assert_true (trust_der_expect (&in, 0x30, &certificate) && trust_der_expect (&in, 0x30, &aux) && in.size == 0);
      g_assert_true (trust_der_next (&aux.content, &oids));
      n_refused += oids.tag == 0xa0;
      g_assert_cmpint (oids.tag == 0xa0, ==, trust_anchor_set_lookup (set, &g_array_index (found, TrustFingerprint, 0)) == NULL);
    }
  g_assert_cmpuint (n_refused, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emitter-folders/names", test_names);
  g_test_add_func ("/emitter-folders/digits", test_digits);
  g_test_add_func ("/emitter-folders/plain", test_plain_folders);
  g_test_add_func ("/emitter-folders/chains", test_chains);
  g_test_add_func ("/emitter-folders/refused", test_refused);
  return g_test_run ();
}
