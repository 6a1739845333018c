/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSL's TRUSTED CERTIFICATE, and what becomes of several statements in one input. tests/integration/test-imports asks openssl itself. */
#include "core/limits.h"

#include "tests/unit/importers-fixture.h"

#define SERVER "\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CLIENT "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define EMAIL "\x2b\x06\x01\x05\x05\x07\x03\x04"
#define OCSP "\x2b\x06\x01\x05\x05\x07\x03\x09"
#define ANY "\x55\x1d\x25\x00"

typedef struct
{
  const char *data;
  gsize size;
} Oid;

#define OID(bytes)                                                                                                                                   \
  {                                                                                                                                                  \
    bytes, sizeof bytes - 1                                                                                                                          \
  }

typedef struct
{
  TestCertificate *root; /* (owned) */
  TestCertificate *leaf; /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->root = test_certificate_new_root ("CN=Trusted Root,O=Example");

  TestCertificateSpec spec = { .dn = "CN=leaf.example", .not_ca = TRUE, .issuer = f->root };

  f->leaf = test_certificate_new (&spec);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  test_certificate_free (f->leaf);
}

static GByteArray *
make_oids (guint8 tag, const Oid *oids, guint n)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    all = forge_join (all, forge_element (0x06, forge_bytes (oids[i].data, oids[i].size)), NULL);
  return forge_element (tag, all);
}

/* N_TRUST, N_REJECT: -1: that list is left out. ALIAS nullable. */
static char *
make_trusted (const TestCertificate *certificate, const Oid *trust, int n_trust, const Oid *reject, int n_reject, const char *alias)
{
  GByteArray *aux = g_byte_array_new ();

  if (n_trust >= 0)
    aux = forge_join (aux, make_oids (0x30, trust, (guint) n_trust), NULL);
  if (n_reject >= 0)
    aux = forge_join (aux, make_oids (0xa0, reject, (guint) n_reject), NULL);
  if (alias != NULL)
    aux = forge_join (aux, forge_element (0x0c, forge_bytes (alias, strlen (alias))), NULL);
  return import_pem (forge_join (import_der (certificate), forge_element (0x30, aux), NULL), "TRUSTED CERTIFICATE");
}

static const Oid server = OID (SERVER), client = OID (CLIENT), email = OID (EMAIL), ocsp = OID (OCSP), any = OID (ANY);

typedef struct
{
  Oid trust[2], reject[2];
  int n_trust, n_reject;
  const char *expected; /* NULL: a distrust */
} Case;

/* As openssl-verification-options(1) and its trust check have it. */
static void
test_uses (Fixture *f, gconstpointer data)
{
  const Case cases[] = {
    { { server }, { { NULL, 0 } }, 1, -1, "server-auth" },
    { { email, ocsp }, { { NULL, 0 } }, 2, -1, "email-protection,1.3.6.1.5.5.7.3.9" },
    { { any }, { { NULL, 0 } }, 1, -1, "server-auth,client-auth,email-protection,code-signing,time-stamping" },
    { { any }, { client }, 1, 1, "server-auth,email-protection,code-signing,time-stamping" },
    { { server, client }, { client }, 2, 1, "server-auth" },
    { { { NULL, 0 } }, { email, server }, -1, 2, "client-auth,code-signing,time-stamping" },
    { { { NULL, 0 } }, { any }, -1, 1, NULL },
    { { server }, { any }, 1, 1, NULL },
    { { server }, { server }, 1, 1, NULL },
    { { { NULL, 0 } }, { { NULL, 0 } }, 0, -1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autofree char *pem = make_trusted (f->root, c->trust, c->n_trust, c->reject, c->n_reject, "Its name");
      g_autoptr (TrustImport) import = import_found (pem, strlen (pem), NULL, "pem", 1);
      const TrustImportEntry *entry = import_entry (import, 0);
      g_autofree char *purposes = import_entry_purposes (import, 0);

      g_assert_cmpstr (entry->label, ==, "Its name");
      g_assert_cmpstr (purposes, ==, c->expected != NULL ? c->expected : "");
      g_assert_true ((entry->distrust != NULL) == (c->expected == NULL));
      if (entry->distrust != NULL)
        {
          g_assert_true (trust_distrust_names (entry->distrust, f->root->certificate));
          g_assert_null (trust_distrust_get_key_fingerprint (entry->distrust));
        }
    }
}

/* Without uses it says nothing; rejections alone trust only what signed itself. */
static void
test_says_nothing (Fixture *f, gconstpointer data)
{
  g_autofree char *bare = import_pem (import_der (f->root), "TRUSTED CERTIFICATE");
  g_autofree char *named = make_trusted (f->root, NULL, -1, NULL, -1, "a\x1b[1mb");
  g_autofree char *rejecting = make_trusted (f->leaf, NULL, -1, &email, 1, NULL);
  g_autofree char *trusting = make_trusted (f->leaf, &server, 1, NULL, -1, NULL);
  g_autoptr (TrustImport) first = import_found (bare, strlen (bare), NULL, "pem", 1);
  g_autoptr (TrustImport) second = import_found (named, strlen (named), NULL, "pem", 1);
  g_autoptr (TrustImport) third = import_found (rejecting, strlen (rejecting), NULL, "pem", 1);
  g_autoptr (TrustImport) fourth = import_found (trusting, strlen (trusting), NULL, "pem", 1);
  g_autofree char *purposes = import_entry_purposes (fourth, 0);

  g_assert_null (import_entry (first, 0)->settings);
  g_assert_null (import_entry (second, 0)->settings);
  g_assert_false (import_entry (second, 0)->is_untrusted);
  g_assert_cmpstr (import_entry (second, 0)->label, ==, "a\\u{1B}[1mb");
  g_assert_true (import_entry (third, 0)->is_untrusted);
  g_assert_cmpuint (third->notices->len, ==, 1);
  g_assert_cmpstr (purposes, ==, "server-auth");
}

/* Behind the certificate stands exactly one X509_CERT_AUX. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  const char *const tails[] = { "\x30\x02\x02\x00", "\x30\x00\x30\x00", "\x31\x00", "\x30\x05\x30\x03\x06\x01\x80", "\x30\x01", "x" };
  const gsize sizes[] = { 4, 4, 2, 7, 2, 1 };
  TrustImportOptions going = { .keep_going = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *pem = import_pem (forge_join (import_der (f->root), forge_bytes (tails[i], sizes[i]), NULL), "TRUSTED CERTIFICATE");
      g_autoptr (TrustImport) import = import_found (pem, strlen (pem), &going, "pem", 0);

      import_refused (pem, strlen (pem), NULL, TRUST_ERROR_INVALID_INPUT, "PEM: block 1 at byte 0: ", "trust settings", "openssl", NULL);
      g_assert_cmpuint (import->failures->len, ==, 1);
    }

  Oid many[TRUST_LIMIT_PURPOSES + 1];

  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = server;

  g_autofree char *flood = make_trusted (f->root, many, G_N_ELEMENTS (many), NULL, -1, NULL);

  import_refused (flood, strlen (flood), NULL, TRUST_ERROR_INVALID_INPUT, "the uses", NULL);

  g_autofree char *whole = make_trusted (f->root, &server, 1, &email, 1, "x");

  import_cut_everywhere (whole, strlen (whole) - 1, NULL, 0);
}

/* One certificate in one input: doubles are one, who says more counts, contradictions are refused. */
static void
test_several (Fixture *f, gconstpointer data)
{
  g_autofree char *for_server = make_trusted (f->root, &server, 1, NULL, -1, NULL);
  g_autofree char *for_email = make_trusted (f->root, &email, 1, NULL, -1, "Named");
  g_autofree char *refused = make_trusted (f->root, NULL, 0, NULL, -1, NULL);
  g_autofree char *plain = test_certificate_dup_pem (f->root);
  g_autofree char *leaf = test_certificate_dup_pem (f->leaf);
  g_autofree char *double_text = g_strconcat (for_server, leaf, for_server, NULL);
  g_autofree char *more = g_strconcat (plain, for_email, plain, NULL);
  g_autofree char *twice_refused = g_strconcat (refused, refused, NULL);
  g_autofree char *conflict = g_strconcat (for_server, leaf, for_email, for_server, NULL);
  g_autofree char *both = g_strconcat (for_server, refused, NULL);
  TrustImportOptions going = { .keep_going = TRUE };
  g_autoptr (TrustImport) doubles = import_found (double_text, strlen (double_text), NULL, "pem", 2);
  g_autoptr (TrustImport) joined = import_found (more, strlen (more), NULL, "pem", 1);
  g_autoptr (TrustImport) distrust = import_found (twice_refused, strlen (twice_refused), NULL, "pem", 1);
  g_autoptr (TrustImport) rest = import_found (conflict, strlen (conflict), &going, "pem", 1);
  g_autofree char *purposes = import_entry_purposes (joined, 0);
  g_autofree char *place = g_strdup_printf ("block 3 at byte %" G_GSIZE_FORMAT, strlen (for_server) + strlen (leaf));

  g_assert_true (import_entry_is (doubles, 0, f->root) && import_entry_is (doubles, 1, f->leaf));
  g_assert_cmpstr (purposes, ==, "email-protection");
  g_assert_cmpstr (import_entry (joined, 0)->label, ==, "Named");
  g_assert_nonnull (import_entry (distrust, 0)->distrust);
  import_refused (conflict, strlen (conflict), NULL, TRUST_ERROR_INVALID_INPUT, "block 1 at byte 0", place, "Trusted Root", "server-auth",
                  "email-protection", NULL);
  import_refused (both, strlen (both), NULL, TRUST_ERROR_INVALID_INPUT, "block 1 at byte 0", "block 2 at byte ", NULL);
  g_assert_true (import_entry_is (rest, 0, f->leaf));
  g_assert_cmpuint (rest->failures->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/import-trusted/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("uses", test_uses);
  ADD ("says-nothing", test_says_nothing);
  ADD ("damaged", test_damaged);
  ADD ("several", test_several);
  return g_test_run ();
}
