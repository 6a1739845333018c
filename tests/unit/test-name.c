/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/name.h"

#include "tests/lib/forge.h"
#include "tests/lib/peer.h"

#include <string.h>

#define MOZILLA "/usr/share/ca-certificates/mozilla"

/* What `openssl x509 -subject_hash` says of a certificate with that subject; "" if it refuses it. */
static char *
ask_openssl (const GByteArray *name)
{
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .subject = name });
  char *answer = peer_ask ("openssl x509 -inform DER -noout -subject_hash", forge_span (der));

  return answer != NULL ? g_strchomp (answer) : g_strdup ("");
}

static void
assert_like_openssl (const GByteArray *name)
{
  g_autofree char *theirs = ask_openssl (name);
  g_autofree char *own = g_strdup_printf ("%08x", trust_name_openssl_hash (forge_span (name)));

  g_assert_cmpstr (own, ==, theirs);
}

typedef struct
{
  guint8 tag;
  const char *text;
  gsize size;
  const char *folded; /* NULL: the element as it is */
} ValueCase;

#define VALUE(tag, text, folded)                                                                                                                     \
  {                                                                                                                                                  \
    tag, text, sizeof (text) - 1, folded                                                                                                             \
  }

static const ValueCase value_cases[] = {
  VALUE (0x0c, "Corp Root CA", "corp root ca"),
  VALUE (0x13, "Corp Root CA", "corp root ca"),
  VALUE (0x16, "Corp@Root", "corp@root"),
  VALUE (0x1a, "Visible", "visible"),
  VALUE (0x0c, "  Leading and   trailing \t\n", "leading and trailing"),
  VALUE (0x0c, "a\t\tb \v\f\r c", "a b c"),
  VALUE (0x0c, "", ""),
  VALUE (0x13, "", ""),
  VALUE (0x0c, "   ", ""),
  VALUE (0x0c, " \t", ""),
  VALUE (0x0c, "ÄÖÜ ŽLUŤOUČKÝ 日本", "ÄÖÜ ŽluŤouČkÝ 日本"),
  VALUE (0x0c, "\u00a0nbsp\u00a0", "\u00a0nbsp\u00a0"),
  VALUE (0x14, "M\xfcnchen CA", "münchen ca"),
  VALUE (0x14, "\xc3\xbc", "\u00c3\u00bc"), /* Latin-1, though it looks like UTF-8 */
  VALUE (0x1e, "\0C\0o\0r\0p\0 \0 \0\xc4", "corp Ä"),
  VALUE (0x1e, "\x65\xe5\x67\x2c", "日本"),
  VALUE (0x1e, "\0 \0A\0 ", "a"),
  VALUE (0x1e, "", ""),
  VALUE (0x1c, "\0\0\0A\0\x01\xf5\x12", "a🔒"),
  VALUE (0x12, "  12  34 ", NULL), /* NumericString is copied */
};

static GByteArray *
name_of (const ValueCase *c)
{
  return forge_element (0x30, forge_element (0x31, forge_attribute (FORGE_OID_CN, c->tag, c->text, c->size)));
}

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (value_cases); i++)
    {
      const ValueCase *c = &value_cases[i];
      g_autoptr (GByteArray) name = name_of (c);
      g_autoptr (GByteArray) canonical = trust_name_canonical (forge_span (name));
      const char *text = c->folded != NULL ? c->folded : c->text;
      g_autoptr (GByteArray) expected = forge_element (0x31, forge_attribute (FORGE_OID_CN, c->folded != NULL ? 0x0c : c->tag, text, strlen (text)));

      g_test_message ("tag 0x%02x \"%s\"", c->tag, text);
      g_assert_cmpmem (canonical->data, canonical->len, expected->data, expected->len);
      /* OpenSSL folds a VisibleString by the same rule, but reads none in a name. */
      if (c->tag != 0x1a)
        assert_like_openssl (name);
    }
}

/* Several attributes in one set are sorted by their folded encoding (X.690 11.6); sets keep their order. */
static void
test_structure (void)
{
#define CN(text) forge_attribute (FORGE_OID_CN, 0x0c, text, sizeof (text) - 1)
#define O(text) forge_attribute (FORGE_OID_O, 0x13, text, sizeof (text) - 1)
  GByteArray *names[] = {
    forge_element (0x30, NULL),
    forge_element (0x30, forge_join (forge_element (0x31, O ("Corp")), forge_element (0x31, CN ("Root")), NULL)),
    forge_element (0x30, forge_join (forge_element (0x31, CN ("Root")), forge_element (0x31, O ("Corp")), NULL)),
    forge_element (0x30, forge_element (0x31, forge_join (CN ("b"), CN ("a"), NULL))),
    forge_element (0x30, forge_element (0x31, forge_join (CN ("B"), CN ("a"), CN ("AA"), O ("  "), NULL))),
    forge_element (0x30, forge_element (0x31, forge_join (CN ("   long before folding   "), CN ("short"), NULL))),
    forge_element (0x30, forge_element (0x31, forge_join (CN ("a"), CN ("A"), NULL))),
    forge_element (0x30, forge_element (0x31, CN ("a name long enough that its length needs two octets: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))),
  };
#undef CN
#undef O

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      assert_like_openssl (names[i]);
      g_byte_array_unref (names[i]);
    }
}

/* Lengths about each step of DER's length octets, and a name that needs three. */
static void
test_lengths (void)
{
  const gsize sizes[] = { 100, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 127, 128, 129, 240, 250, 256, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'X');
      g_autoptr (GByteArray) name = forge_name (FORGE_OID_CN, 0x0c, text);
      g_autofree char *blanks = g_strdup_printf ("%*s%s", (int) sizes[i], "", text);
      g_autoptr (GByteArray) padded = forge_name (FORGE_OID_CN, 0x13, blanks);

      assert_like_openssl (name);
      g_assert_cmpuint (trust_name_openssl_hash (forge_span (padded)), ==, trust_name_openssl_hash (forge_span (name)));
    }
}

static void
test_ids (void)
{
  g_autoptr (GByteArray) a = forge_name (FORGE_OID_CN, 0x13, "Corp  Root");
  g_autoptr (GByteArray) b = forge_name (FORGE_OID_CN, 0x0c, " corp root");
  g_autoptr (GByteArray) c = forge_name (FORGE_OID_O, 0x0c, "corp root");
  guint32 hash;
  guint64 id;

  g_assert_cmpuint (trust_name_id (forge_span (a)), ==, trust_name_id (forge_span (b)));
  g_assert_cmpuint (trust_name_openssl_hash (forge_span (a)), ==, trust_name_openssl_hash (forge_span (b)));
  g_assert_cmpuint (trust_name_id (forge_span (a)), !=, trust_name_id (forge_span (c)));
  g_assert_true (trust_name_identify (forge_span (a), &hash, &id));
  g_assert_cmpuint (hash, ==, trust_name_openssl_hash (forge_span (a)));
  g_assert_cmpuint (id, ==, trust_name_id (forge_span (a)));
}

/* A string that is none of its type stays as it is, so that such a name is still equal to itself and to no other. */
static void
test_damaged_strings (void)
{
  static const ValueCase cases[] = {
    VALUE (0x0c, "\xff", NULL),       VALUE (0x0c, "A\xc3", NULL), VALUE (0x1e, "\0A\0", NULL), VALUE (0x1e, "\xd8\x00\xdc\x00", NULL),
    VALUE (0x1c, "\0\x11\0\0", NULL), VALUE (0x1c, "\0\0A", NULL),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) name = name_of (&cases[i]);
      g_autoptr (GByteArray) canonical = trust_name_canonical (forge_span (name));

      g_assert_cmpmem (canonical->data, canonical->len, name->data + 2, name->len - 2);
    }
}

static void
test_not_a_name (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
  } cases[] = {
#define BAD(literal) { literal, sizeof (literal) - 1 }
    BAD (""),
    BAD ("\x31\x00"),
    BAD ("\x30\x01"),
    BAD ("\x30\x00\x00"),
    BAD ("\x30\x02\x30\x00"),
    BAD ("\x30\x02\x31\x00"),
    BAD ("\x30\x04\x31\x02\x30\x00"),
    BAD ("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"),
    BAD ("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x00\x0c\x00"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TrustSpan in = { (const guint8 *) cases[i].bytes, cases[i].size };

      g_assert_null (trust_name_canonical (in));
      g_assert_cmpuint (trust_name_openssl_hash (in), ==, 0);
      g_assert_cmpuint (trust_name_id (in), ==, 0);
    }
}

static void
assert_attribute (guint8 tag, const char *text, gsize size, const char *expected)
{
  g_autoptr (GByteArray) name = forge_element (0x30,
                                               forge_join (forge_element (0x31, forge_attribute (FORGE_OID_C, 0x13, "DE", 2)),
                                                           forge_element (0x31, forge_join (forge_attribute (FORGE_OID_O, 0x13, "Org", 3),
                                                                                            forge_attribute (FORGE_OID_CN, tag, text, size), NULL)),
                                                           forge_element (0x31, forge_attribute (FORGE_OID_CN, 0x13, "second", 6)), NULL));
  g_autofree char *found = trust_name_attribute (forge_span (name), FORGE_OID_CN, 3);
  g_autofree char *missing = trust_name_attribute (forge_span (name), FORGE_OID_OU, 3);
  g_autofree char *organization = trust_name_attribute (forge_span (name), FORGE_OID_O, 3);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpstr (organization, ==, "Org");
  g_assert_null (missing);
}

static void
test_attribute (void)
{
  assert_attribute (0x0c, " Corp  Root ", 12, " Corp  Root ");
  assert_attribute (0x13, "Corp", 4, "Corp");
  assert_attribute (0x12, "42", 2, "42");
  assert_attribute (0x14, "\xfc", 1, "ü");
  assert_attribute (0x1e, "\x65\xe5", 2, "日");
  assert_attribute (0x1c, "\0\x01\xf5\x12", 4, "🔒");
  assert_attribute (0x0c, "", 0, "");
  assert_attribute (0x0c,
                    "a\xff"
                    "b",
                    3,
                    "a\ufffd"
                    "b");
  assert_attribute (0x0c, "good\0evil", 9,
                    "good\ufffd"
                    "evil");
  assert_attribute (0x0c, "\0", 1, "\ufffd");
  assert_attribute (0x1e, "\0A\0\0\0B", 6,
                    "A\ufffd"
                    "B");
  assert_attribute (0x1e, "\0A\0", 3, NULL);
  assert_attribute (0x03, "\0bits", 5, NULL);
}

/* Every root of the distribution's set hashes as OpenSSL's own tool says. */
static void
test_mozilla (void)
{
  g_autoptr (GDir) dir = g_dir_open (MOZILLA, 0, NULL);
  const char *file;
  guint n = 0;

  if (dir == NULL)
    {
      g_test_skip ("there is no " MOZILLA);
      return;
    }
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (MOZILLA, file, NULL);
      g_autofree char *pem = NULL;
      gsize size;
      gnutls_x509_crt_t crt;
      gnutls_datum_t subject;

      g_assert_true (g_file_get_contents (path, &pem, &size, NULL));
      gnutls_x509_crt_init (&crt);
      g_assert_cmpint (gnutls_x509_crt_import (crt, &(gnutls_datum_t) { (guint8 *) pem, (guint) size }, GNUTLS_X509_FMT_PEM), ==, 0);
      g_assert_cmpint (gnutls_x509_crt_get_raw_dn (crt, &subject), ==, 0);

      g_autofree char *theirs = peer_ask ("openssl x509 -noout -subject_hash", (TrustSpan) { (guint8 *) pem, size });
      g_autofree char *own = g_strdup_printf ("%08x\n", trust_name_openssl_hash ((TrustSpan) { subject.data, subject.size }));

      g_assert_cmpstr (own, ==, theirs);
      gnutls_free (subject.data);
      gnutls_x509_crt_deinit (crt);
      n++;
    }
  g_test_message ("%u roots", n);
  g_assert_cmpuint (n, >, 0);
}

/* Changed at random: read without harm, and never beyond the end (the copy ends there). */
static void
test_mutations (void)
{
  g_autoptr (GByteArray) name = forge_element (0x30,
                                               forge_join (forge_element (0x31, forge_attribute (FORGE_OID_O, 0x1e, "\0C\0o\0 \0 ", 8)),
                                                           forge_element (0x31,
                                                                          forge_join (forge_attribute (FORGE_OID_CN, 0x0c, "Root  CA ", 9),
                                                                                      forge_attribute (FORGE_OID_OU, 0x1c, "\0\0\0A", 4), NULL)),
                                                           NULL));

  for (guint round = 0; round < 20000; round++)
    {
      gsize kept = (gsize) g_test_rand_int_range (1, (gint) name->len + 1);
      g_autofree guint8 *copy = g_malloc (kept);

      memcpy (copy, name->data, kept);
      for (gint changes = g_test_rand_int_range (0, 4); changes > 0; changes--)
        copy[g_test_rand_int_range (0, (gint) kept)] = (guint8) g_test_rand_int ();

      TrustSpan in = { copy, kept };
      g_autoptr (GByteArray) canonical = trust_name_canonical (in);
      g_autofree char *text = trust_name_attribute (in, FORGE_OID_CN, 3);

      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name/values", test_values);
  g_test_add_func ("/name/structure", test_structure);
  g_test_add_func ("/name/lengths", test_lengths);
  g_test_add_func ("/name/ids", test_ids);
  g_test_add_func ("/name/damaged-strings", test_damaged_strings);
  g_test_add_func ("/name/not-a-name", test_not_a_name);
  g_test_add_func ("/name/attribute", test_attribute);
  g_test_add_func ("/name/mozilla", test_mozilla);
  g_test_add_func ("/name/mutations", test_mutations);
  return g_test_run ();
}
