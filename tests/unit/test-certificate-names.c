/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate-names.h"
#include "core/error.h"
#include "core/text.h"
#include "tests/lib/forge-certificate.h"

#define OID_SAN "\x55\x1d\x11"
#define OID_EMAIL "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"

typedef struct
{
  GString *seen; /* "dns:corp.example " */
  guint at_most; /* 0: all */
} Seen;

static gboolean
see (const TrustCertificateName *name, gpointer data)
{
  Seen *seen = data;
  g_autofree char *hex = trust_text_hex (name->value.data, name->value.size);
  const char *kind = name->kind == TRUST_NAME_LAST ? "other" : trust_name_kind_get_name (name->kind);
  gboolean is_text = name->kind != TRUST_NAME_LAST && name->kind != TRUST_NAME_IP && name->kind != TRUST_NAME_DIRECTORY;

  g_string_append_printf (seen->seen, "%s%s%s:%.*s", seen->seen->len > 0 ? " " : "", name->in_subject ? "subject-" : "", kind,
                          is_text ? (int) name->value.size : (int) strlen (hex), is_text ? (const char *) name->value.data : hex);
  return seen->at_most == 0 || --seen->at_most > 0;
}

/* SAN: the extension's value; SUBJECT: a Name. Both nullable. */
static char *
names_of (const GByteArray *san, const GByteArray *subject, guint at_most, GError **error)
{
  Seen seen = { g_string_new (NULL), at_most };
  g_autoptr (GByteArray) extensions = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5);
  g_autoptr (TrustCertificate) certificate = NULL;

  if (san != NULL)
    extensions = forge_join (g_steal_pointer (&extensions), forge_extension (OID_SAN, san->data, san->len), NULL);
  certificate = forge (&(ForgeCertificate) { .extensions = extensions, .subject = subject });
  if (trust_certificate_names_foreach (certificate, see, &seen, error))
    return g_string_free (seen.seen, FALSE);
  g_string_free (seen.seen, TRUE);
  return NULL;
}

static GByteArray *
email_attribute (const char *text)
{
  return forge_element (0x30,
                        forge_join (forge_element (0x06, forge_bytes (OID_EMAIL, 9)), forge_element (0x16, forge_bytes (text, strlen (text))), NULL));
}

static void
test_all_kinds (void)
{
  g_autoptr (GByteArray) san = forge_element (0x30, forge_join (forge_element (0x81, FORGE_BYTES ("joe@corp.example")),
                                                                forge_element (0x82, FORGE_BYTES ("*.corp.example")),
                                                                forge_element (0x86, FORGE_BYTES ("https://corp.example/")),
                                                                forge_element (0x87, FORGE_BYTES ("\x0a\x00\x00\x01")),
                                                                forge_element (0xa4, forge_element (0x30, NULL)),
                                                                forge_element (0x88, FORGE_BYTES ("\x2a\x03")),
                                                                forge_element (0xa0, FORGE_BYTES ("\x06\x01\x2a\xa0\x02\x05\x00")),
                                                                forge_element (0x82, FORGE_BYTES ("b")), NULL));
  g_autoptr (GByteArray) subject = forge_element (0x30, forge_join (forge_element (0x31, forge_attribute (FORGE_OID_C, 0x13, "DE", 2)),
                                                                    forge_element (0x31, forge_join (forge_attribute (FORGE_OID_CN, 0x0c, "x", 1),
                                                                                                     email_attribute ("a@b"), NULL)),
                                                                    forge_element (0x31, email_attribute ("c@d")), NULL));
  g_autofree char *hex = trust_text_hex (subject->data, subject->len);
  g_autoptr (GError) error = NULL;
  g_autofree char *seen = names_of (san, subject, 0, &error);
  g_autofree char *first = names_of (san, subject, 3, NULL);
  g_autofree char *wanted = g_strdup_printf ("email:joe@corp.example dns:*.corp.example uri:https://corp.example/ ip:0a000001 directory:3000 "
                                             "other:88022a03 other:a00706012aa0020500 dns:b subject-directory:%s subject-email:a@b "
                                             "subject-email:c@d",
                                             hex);

  g_assert_no_error (error);
  g_assert_cmpstr (seen, ==, wanted);
  g_assert_cmpstr (first, ==, "email:joe@corp.example dns:*.corp.example uri:https://corp.example/");
}

/* An empty subject is no name; version 1 has no extensions. */
static void
test_none (void)
{
  g_autoptr (GByteArray) empty = forge_element (0x30, NULL), named = forge_name (FORGE_OID_CN, 0x0c, "a");
  g_autofree char *seen = names_of (NULL, empty, 0, NULL), *hex = trust_text_hex (named->data, named->len);
  g_autoptr (TrustCertificate) one = forge (&(ForgeCertificate) { .version = 1, .subject = named });
  g_autoptr (GString) out = g_string_new (NULL);
  Seen all = { out, 0 };
  g_autofree char *wanted = g_strconcat ("subject-directory:", hex, NULL);

  g_assert_cmpstr (seen, ==, "");
  g_assert_true (trust_certificate_names_foreach (one, see, &all, NULL));
  g_assert_cmpstr (out->str, ==, wanted);
}

/* Critical, and behind other extensions. */
static void
test_critical (void)
{
  static const char critical[] = "\x30\x0f\x06\x03\x55\x1d\x11\x01\x01\xff\x04\x05\x30\x03\x82\x01\x61";
  g_autoptr (GByteArray) extensions = forge_join (forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5),
                                                  forge_bytes (critical, sizeof critical - 1), NULL);
  g_autoptr (GByteArray) empty = forge_element (0x30, NULL);
  g_autoptr (TrustCertificate) certificate = forge (&(ForgeCertificate) { .extensions = extensions, .subject = empty });
  g_autoptr (GString) out = g_string_new (NULL);
  Seen all = { out, 0 };

  g_assert_true (trust_certificate_names_foreach (certificate, see, &all, NULL));
  g_assert_cmpstr (out->str, ==, "dns:a");
}

static void
test_damaged (void)
{
  static const struct
  {
    const char *san;
    gsize size;
  } bad[] = {
    { "", 0 },
    { "\x30\x00", 2 }, /* RFC 5280 4.2.1.6: at least one */
    { "\x31\x03\x82\x01\x61", 5 },
    { "\x30\x03\x82\x01\x61\x00", 6 },
    { "\x30\x03\x82\x02\x61", 5 },
    { "\x30\x03\xa2\x01\x61", 5 }, /* constructed dNSName */
    { "\x30\x03\x16\x01\x61", 5 }, /* its universal type */
    { "\x30\x03\x89\x01\x61", 5 }, /* [9] is none */
    { "\x30\x02\xa4\x00", 4 },     /* no Name in it */
    { "\x30\x06\xa4\x04\x30\x00\x30\x00", 8 },
    { "\x30\x04\xa4\x02\x31\x00", 6 },
    { "\x30\x80\x82\x01\x61\x00\x00", 7 },
  };
  g_autoptr (GError) error = NULL;
  guint n_read = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) extensions = forge_extension (OID_SAN, bad[i].san, bad[i].size);
      g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .extensions = extensions });
      g_autoptr (TrustCertificate) certificate = trust_certificate_new (der->data, der->len, &error);

      /* GnuTLS refuses some of them when it parses the certificate. */
      if (certificate != NULL)
        {
          g_autoptr (GString) out = g_string_new (NULL);
          Seen all = { out, 0 };

          n_read++;
          g_assert_false (trust_certificate_names_foreach (certificate, see, &all, &error));
        }
      g_test_message ("%u: %s", i, error->message);
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
      g_clear_error (&error);
    }
  g_assert_cmpuint (n_read, >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate-names/all-kinds", test_all_kinds);
  g_test_add_func ("/certificate-names/none", test_none);
  g_test_add_func ("/certificate-names/critical", test_critical);
  g_test_add_func ("/certificate-names/damaged", test_damaged);
  return g_test_run ();
}
