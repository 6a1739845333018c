/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <gio/gio.h>
#include <gnutls/x509.h>
#include <string.h>

static TrustConstraints *
make (TrustNameKind kind, const char *permitted, const char *excluded)
{
  TrustConstraints *constraints = trust_constraints_new ();
  g_autoptr (GError) error = NULL;

  for (guint side = 0; side < 2; side++)
    {
      const char *list = side == 0 ? permitted : excluded;
      g_auto (GStrv) texts = list != NULL ? g_strsplit (list, " ", -1) : NULL;

      /* g_strsplit gives nothing for an empty text. */
      if (list != NULL && *list == '\0')
        trust_constraints_add (constraints, kind, side == 1, "", &error);
      for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
        trust_constraints_add (constraints, kind, side == 1, texts[i], &error);
      g_assert_no_error (error);
    }
  return constraints;
}

/* A value as a certificate has it. Returns: (transfer full). */
static GByteArray *
value_of (TrustNameKind kind, const char *text)
{
  GByteArray *value = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gnutls_x509_dn_t dn = NULL;
  gnutls_datum_t der = { NULL, 0 };

  if (kind == TRUST_NAME_IP)
    {
      g_autoptr (GInetAddress) address = NULL;

      if (g_str_has_prefix (text, "#"))
        {
          g_byte_array_set_size (value, (guint) strlen (text) / 2);
          g_assert_true (trust_text_unhex (text + 1, value->data, value->len));
          return value;
        }
      address = g_inet_address_new_from_string (text);
      g_assert_nonnull (address);
      return g_byte_array_append (value, g_inet_address_to_bytes (address), (guint) g_inet_address_get_native_size (address));
    }
  if (kind != TRUST_NAME_DIRECTORY)
    return g_byte_array_append (value, (const guint8 *) text, (guint) strlen (text));
  g_assert_cmpint (gnutls_x509_dn_init (&dn), ==, 0);
  g_assert_cmpint (gnutls_x509_dn_set_str (dn, text, NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_dn_export2 (dn, GNUTLS_X509_FMT_DER, &der), ==, 0);
  g_byte_array_append (value, der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_dn_deinit (dn);
  return value;
}

static gboolean
permits (const TrustConstraints *constraints, TrustNameKind kind, const char *text)
{
  g_autoptr (GByteArray) value = value_of (kind, text);
  guint comparisons = 0;

  return trust_constraints_permit (constraints, kind, (TrustSpan) { value->data, value->len }, &comparisons);
}

typedef struct
{
  const char *permitted; /* (nullable) separated by blanks */
  const char *excluded;  /* (nullable) */
  const char *name;
  gboolean expected;
} Case;

static void
check (TrustNameKind kind, const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TrustConstraints) constraints = make (kind, cases[i].permitted, cases[i].excluded);

      if (permits (constraints, kind, cases[i].name) != cases[i].expected)
        g_error ("%s: permitted \"%s\", excluded \"%s\", name \"%s\"", trust_name_kind_get_name (kind), cases[i].permitted, cases[i].excluded,
                 cases[i].name);
    }
}

/* RFC 5280 4.2.1.10: "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name satisfies". */
static void
test_dns (void)
{
  static const Case cases[] = {
    { "corp.example", NULL, "corp.example", TRUE },
    { "corp.example", NULL, "www.corp.example", TRUE },
    { "corp.example", NULL, "a.b.corp.example", TRUE },
    { "corp.example", NULL, "xcorp.example", FALSE },
    { "corp.example", NULL, "example", FALSE },
    { "corp.example", NULL, "corp.example.org", FALSE },
    { "corp.example", NULL, "CORP.eXample", TRUE },
    { "CORP.Example", NULL, "corp.example", TRUE },
    { "corp.example", NULL, "corp.example.", TRUE },
    { "corp.example.", NULL, "www.corp.example", TRUE },
    { NULL, "corp.example", "corp.example.", FALSE },
    { NULL, "corp.example", "www.corp.example", FALSE },
    { NULL, "corp.example", "xcorp.example", TRUE },
    { "example", "corp.example", "a.corp.example", FALSE },
    { "example", "corp.example", "other.example", TRUE },
    { "a.example b.example", NULL, "x.b.example", TRUE },
    { "a.example b.example", NULL, "x.c.example", FALSE },
    /* The wildcard stands for each single label. */
    { "corp.example", NULL, "*.corp.example", TRUE },
    { "corp.example", NULL, "*.a.corp.example", TRUE },
    { "www.corp.example", NULL, "*.corp.example", FALSE },
    { "a.corp.example b.corp.example", NULL, "*.corp.example", FALSE },
    { NULL, "www.corp.example", "*.corp.example", FALSE },
    { NULL, "corp.example", "*.corp.example", FALSE },
    { NULL, "example", "*.corp.example", FALSE },
    { NULL, "a.www.corp.example", "*.corp.example", TRUE },
    { NULL, "a.www.corp.example z.corp.example", "*.corp.example", FALSE },
    { NULL, "a.www.corp.example", "*.www.corp.example", FALSE },
    { NULL, "other.example", "*.corp.example", TRUE },
    { NULL, "corp.example", "*", TRUE },
    { NULL, "corp", "*", FALSE },
    { "corp", NULL, "*", FALSE },
    { ".", NULL, "*", TRUE },
    { ".", NULL, "anything.example", TRUE },
    { NULL, ".", "anything.example", FALSE },
    { "", NULL, "anything.example", FALSE },
    /* What is no name is not permitted. */
    { NULL, "corp.example", "a..example", FALSE },
    { NULL, "corp.example", ".example", FALSE },
    { NULL, "corp.example", "", FALSE },
    { NULL, "corp.example", "*x.example", FALSE },
    { NULL, "corp.example", "x*.example", FALSE },
    { NULL, "corp.example", "a.*.example", FALSE },
    { NULL, "corp.example", "bücher.example", FALSE },
    { NULL, "corp.example", "a b.example", FALSE },
    { NULL, "corp.example", "10.0.0.1", FALSE },
    { NULL, "corp.example", "a/b.example", FALSE },
    { NULL, NULL, "a..example", TRUE },
  };

  check (TRUST_NAME_DNS, cases, G_N_ELEMENTS (cases));
}

static void
test_ip (void)
{
  static const Case cases[] = {
    { "10.0.0.0/8", NULL, "10.255.0.1", TRUE },
    { "10.0.0.0/8", NULL, "11.0.0.1", FALSE },
    { "10.0.0.1", NULL, "10.0.0.1", TRUE },
    { "10.0.0.1", NULL, "10.0.0.2", FALSE },
    { "10.0.0.0/8", NULL, "2001:db8::1", FALSE },
    { "10.0.0.0/8 2001:db8::/32", NULL, "2001:db8:1::1", TRUE },
    { "2001:db8::/33", NULL, "2001:db8:8000::1", FALSE },
    { "2001:db8::/33", NULL, "2001:db8:7fff::1", TRUE },
    { "0.0.0.0/0", NULL, "192.0.2.1", TRUE },
    { "0.0.0.0/0", NULL, "::1", FALSE },
    { NULL, "0.0.0.0/0", "192.0.2.1", FALSE },
    { NULL, "0.0.0.0/0", "::1", TRUE },
    { NULL, "10.0.0.0/8", "10.1.2.3", FALSE },
    { "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", FALSE },
    { "10.0.0.0/8", "10.1.0.0/16", "10.2.2.3", TRUE },
    { "10.4.0.0/14", NULL, "10.7.255.255", TRUE },
    { "10.4.0.0/14", NULL, "10.8.0.0", FALSE },
    { "", NULL, "10.8.0.0", FALSE },
    { "::/0", NULL, "::ffff:10.0.0.1", FALSE },
    { NULL, "10.0.0.0/8", "::ffff:10.0.0.1", FALSE },
    { NULL, "10.0.0.0/8", "#0a0000", FALSE },
    { NULL, "10.0.0.0/8", "#0a00000100", FALSE },
  };

  check (TRUST_NAME_IP, cases, G_N_ELEMENTS (cases));
}

static void
test_email (void)
{
  static const Case cases[] = {
    { "joe@corp.example", NULL, "joe@corp.example", TRUE },
    { "joe@corp.example", NULL, "Joe@corp.example", FALSE },
    { "joe@corp.example", NULL, "joe@CORP.example", TRUE },
    { "joe@corp.example", NULL, "joey@corp.example", FALSE },
    { "joe@corp.example", NULL, "joe@www.corp.example", FALSE },
    { "corp.example", NULL, "ann@corp.example", TRUE },
    { "corp.example", NULL, "ann@a.corp.example", FALSE },
    { ".corp.example", NULL, "ann@corp.example", FALSE },
    { ".corp.example", NULL, "ann@a.corp.example", TRUE },
    { ".corp.example", NULL, "ann@a.b.corp.example", TRUE },
    { ".corp.example", NULL, "ann@xcorp.example", FALSE },
    { NULL, "joe@corp.example", "\"joe\"@corp.example", FALSE },
    { NULL, "joe@corp.example", "\"j\\oe\"@corp.example", FALSE },
    { NULL, "joe@corp.example", "jim@corp.example", TRUE },
    { "\"a,b\"@corp.example", NULL, "\"a,b\"@corp.example", TRUE },
    { "corp.example", "joe@corp.example", "ann@corp.example", TRUE },
    { "corp.example", "joe@corp.example", "joe@corp.example", FALSE },
    { "corp.example", NULL, "\"x@evil.example\"@corp.example", TRUE },
    { "corp.example", NULL, "x@corp.example@evil.example", FALSE },
    { ".", NULL, "x@evil.example", TRUE },
    { NULL, ".", "x@evil.example", FALSE },
    { NULL, "corp.example", "no-host", FALSE },
    { NULL, "corp.example", "@other.example", FALSE },
    { NULL, "corp.example", "joe@", FALSE },
    { NULL, "corp.example", "joe@[10.0.0.1]", FALSE },
    { NULL, "corp.example", "j\u00f6@other.example", FALSE },
    { NULL, "corp.example", "Joe <joe@other.example>", FALSE },
  };

  check (TRUST_NAME_EMAIL, cases, G_N_ELEMENTS (cases));
}

static void
test_uri (void)
{
  static const Case cases[] = {
    { "corp.example", NULL, "https://corp.example/x", TRUE },
    { "corp.example", NULL, "https://CORP.example:8443?q", TRUE },
    { "corp.example", NULL, "ldap://user:pw@corp.example#f", TRUE },
    { "corp.example", NULL, "https://corp.example", TRUE },
    { "corp.example", NULL, "https://corp.example./", TRUE },
    { "corp.example", NULL, "https://www.corp.example/", FALSE },
    { ".corp.example", NULL, "https://www.corp.example/", TRUE },
    { ".corp.example", NULL, "https://corp.example/", FALSE },
    { ".corp.example", NULL, "https://evil.example/www.corp.example", FALSE },
    { ".corp.example", NULL, "https://www.corp.example@evil.example/", FALSE },
    { NULL, "corp.example", "https://other.example/", TRUE },
    { NULL, "corp.example", "https://corp.example/", FALSE },
    /* RFC 5280 4.2.1.10: without a host, or with an IP address, it MUST be rejected. */
    { NULL, "corp.example", "urn:uuid:f81d4fae", FALSE },
    { NULL, "corp.example", "mailto:joe@other.example", FALSE },
    { NULL, "corp.example", "https:///path", FALSE },
    { NULL, "corp.example", "https://10.0.0.1/", FALSE },
    { NULL, "corp.example", "https://[2001:db8::1]/", FALSE },
    { NULL, "corp.example", "https://0x7f.1/", FALSE },
    { NULL, "corp.example", "https://0x7f000001/", FALSE },
    { NULL, "corp.example", "other.example/path", FALSE },
    { NULL, "corp.example", "https://other.example:x/", FALSE },
    { NULL, "corp.example", "https://corp%2eexample/", FALSE },
    { NULL, "corp.example", "https://other.example\\@corp.example/", FALSE },
    { NULL, "corp.example", "https://a@b@other.example/", FALSE },
    { NULL, "corp.example", "", FALSE },
    { ".", NULL, "https://other.example/", TRUE },
    { ".", NULL, "urn:uuid:f81d4fae", FALSE },
  };

  check (TRUST_NAME_URI, cases, G_N_ELEMENTS (cases));
}

static void
test_directory (void)
{
  static const Case cases[] = {
    { "O=Corp,C=DE", NULL, "CN=Leaf,O=Corp,C=DE", TRUE },
    { "O=Corp,C=DE", NULL, "O=Corp,C=DE", TRUE },
    { "O=Corp,C=DE", NULL, "C=DE", FALSE },
    { "O=Corp,C=DE", NULL, "CN=Leaf,O=Corporation,C=DE", FALSE },
    { "O=Corp,C=DE", NULL, "CN=Leaf,O=Corp,C=FR", FALSE },
    { "O=Corp,C=DE", NULL, "CN=Leaf,O=CORP,C=de", TRUE },
    { "#3000", NULL, "CN=Leaf", TRUE },
    { NULL, "O=Corp,C=DE", "CN=Leaf,O=Corp,C=DE", FALSE },
    { NULL, "O=Corp,C=DE", "CN=Leaf,O=Other,C=DE", TRUE },
    { "", NULL, "CN=Leaf", FALSE },
  };
  /* C=DE, O=Corp in another order of RDNs is another place. */
  g_autoptr (TrustConstraints) constraints = make (TRUST_NAME_DIRECTORY, "O=Corp,C=DE", NULL);
  static const guint8 bad[] = { 0x30, 0x03, 0x31, 0x01, 0x00 };

  check (TRUST_NAME_DIRECTORY, cases, G_N_ELEMENTS (cases));
  g_assert_false (permits (constraints, TRUST_NAME_DIRECTORY, "C=DE,O=Corp"));
  g_assert_false (trust_constraints_permit (constraints, TRUST_NAME_DIRECTORY, (TrustSpan) { bad, sizeof bad }, NULL));
  g_assert_true (trust_constraints_permit (NULL, TRUST_NAME_DIRECTORY, (TrustSpan) { bad, sizeof bad }, NULL));
}

/* A value may hold a NUL; no value reaches past its end. */
static void
test_nul (void)
{
  static const char *const values[] = { "a.corp.example\0.evil.test", "joe@corp.example\0", "https://corp.example\0/" };
  static const gsize sizes[] = { 25, 17, 22 };
  static const TrustNameKind kinds[] = { TRUST_NAME_DNS, TRUST_NAME_EMAIL, TRUST_NAME_URI };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (TrustConstraints) constraints = make (kinds[i], "corp.example", NULL);

      g_assert_false (trust_constraints_permit (constraints, kinds[i], (TrustSpan) { (const guint8 *) values[i], sizes[i] }, NULL));
    }
}

typedef struct
{
  TrustNameKind kind;
  const char *text;
  const char *says; /* a part of the message */
} Bad;

static void
test_bad_text (void)
{
  static const Bad cases[] = {
    { TRUST_NAME_DNS, ".corp.example", "write \"corp.example\"" },
    { TRUST_NAME_DNS, "*.corp.example", "wildcard" },
    { TRUST_NAME_DNS, "w*.corp.example", "wildcard" },
    { TRUST_NAME_DNS, "corp..example", "empty label" },
    { TRUST_NAME_DNS, "corp.example..", "empty label" },
    { TRUST_NAME_DNS, "..", "dot" },
    { TRUST_NAME_DNS, "", "no host" },
    { TRUST_NAME_DNS, " corp.example", "character" },
    { TRUST_NAME_DNS, "corp.example/", "character" },
    { TRUST_NAME_DNS, "bücher.example", "xn--" },
    { TRUST_NAME_DNS, "10.0.0.1", "IP address" },
    { TRUST_NAME_DNS, "10.0.0.0/8", "character" },
    { TRUST_NAME_IP, "corp.example", "no address" },
    { TRUST_NAME_IP, "", "no address" },
    { TRUST_NAME_IP, "10.1.2.3/8", "10.0.0.0/8" },
    { TRUST_NAME_IP, "2001:db8::1/32", "2001:db8::/32" },
    { TRUST_NAME_IP, "10.0.0.0/33", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/-1", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/08", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/8/8", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/8 ", "0 to 32" },
    { TRUST_NAME_IP, "10.0.0.0/255.0.0.0", "0 to 32" },
    { TRUST_NAME_IP, "2001:db8::/129", "0 to 128" },
    { TRUST_NAME_IP, "::ffff:10.0.0.0/104", "10.0.0.0/8" },
    { TRUST_NAME_IP, "::ffff:10.0.0.1", "10.0.0.1/32" },
    { TRUST_NAME_IP, "10.0.0", "no address" },
    { TRUST_NAME_IP, "fe80::1%eth0", "no address" },
    { TRUST_NAME_EMAIL, "joe@", "no host" },
    { TRUST_NAME_EMAIL, "@corp.example", "no mailbox" },
    { TRUST_NAME_EMAIL, "joe@.corp.example", "empty label" },
    { TRUST_NAME_EMAIL, "*@corp.example.", NULL },
    { TRUST_NAME_EMAIL, "joe@*.corp.example", "wildcard" },
    { TRUST_NAME_EMAIL, "", "no host" },
    { TRUST_NAME_EMAIL, "a b@corp.example", "quotes" },
    { TRUST_NAME_URI, "https://corp.example/", "more than a host" },
    { TRUST_NAME_URI, "corp.example:443", "more than a host" },
    { TRUST_NAME_URI, "10.0.0.1", "IP address" },
    { TRUST_NAME_URI, "*.corp.example", "wildcard" },
    { TRUST_NAME_DIRECTORY, "", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "Corp", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "O=Corp,", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "O=Corp;C=DE", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "O=Corp\\", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "O=Corp\\,", NULL },
    { TRUST_NAME_DIRECTORY, "#30", "hexadecimal" },
    { TRUST_NAME_DIRECTORY, "#300", "hexadecimal" },
    { TRUST_NAME_DIRECTORY, "#30zz", "hexadecimal" },
    { TRUST_NAME_DIRECTORY, "#3100", "RFC 4514" },
    { TRUST_NAME_DIRECTORY, "O=\xff", "RFC 4514" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustSubtree) subtree = trust_subtree_parse (cases[i].kind, cases[i].text, &error);

      if (cases[i].says == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      if (!g_error_matches (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT) || strstr (error->message, cases[i].says) == NULL)
        g_error ("%s \"%s\": %s", trust_name_kind_get_name (cases[i].kind), cases[i].text, error != NULL ? error->message : "was taken");
      g_assert_null (subtree);
    }
}

static void
test_lengths (void)
{
  g_autofree char *label = g_strnfill (63, 'a'), *long_label = g_strnfill (64, 'a');
  g_autofree char *longest = g_strdup_printf ("%s.%s.%s.%.61s", label, label, label, label);
  g_autofree char *too_long = g_strconcat ("a", longest, NULL), *with_dot = g_strconcat (longest, ".", NULL);
  g_autofree char *name = g_strnfill (2 * TRUST_LIMIT_SUBTREE_BYTES + 2, 'a');
  g_autoptr (TrustSubtree) fits = trust_subtree_parse (TRUST_NAME_DNS, longest, NULL);
  g_autoptr (TrustSubtree) dotted = trust_subtree_parse (TRUST_NAME_DNS, with_dot, NULL);

  g_assert_cmpuint (strlen (longest), ==, 253);
  g_assert_nonnull (fits);
  g_assert_nonnull (dotted);
  g_assert_null (trust_subtree_parse (TRUST_NAME_DNS, too_long, NULL));
  g_assert_null (trust_subtree_parse (TRUST_NAME_DNS, long_label, NULL));
  name[0] = 'O';
  name[1] = '=';
  g_assert_null (trust_subtree_parse (TRUST_NAME_DIRECTORY, name, NULL));
}

/* The text that comes back is canonical, and parses to the same. */
static void
test_text (void)
{
  static const struct
  {
    TrustNameKind kind;
    const char *text, *canonical;
  } cases[] = {
    { TRUST_NAME_DNS, "CORP.Example.", "corp.example" },
    { TRUST_NAME_DNS, ".", "." },
    { TRUST_NAME_DNS, "_x.corp", "_x.corp" },
    { TRUST_NAME_IP, "10.0.0.0/8", "10.0.0.0/8" },
    { TRUST_NAME_IP, "10.0.0.1/32", "10.0.0.1" },
    { TRUST_NAME_IP, "0.0.0.0/0", "0.0.0.0/0" },
    { TRUST_NAME_IP, "2001:DB8:0:0::/32", "2001:db8::/32" },
    { TRUST_NAME_IP, "::/0", "::/0" },
    { TRUST_NAME_IP, "::1", "::1" },
    { TRUST_NAME_EMAIL, "Joe@Corp.Example", "Joe@corp.example" },
    { TRUST_NAME_EMAIL, "\"Joe\"@corp.example", "Joe@corp.example" },
    { TRUST_NAME_EMAIL, "\"a \\\"b\\\\\"@corp.example", "\"a \\\"b\\\\\"@corp.example" },
    { TRUST_NAME_EMAIL, "\"a@b\"@corp.example", "\"a@b\"@corp.example" },
    { TRUST_NAME_EMAIL, "Corp.example", "corp.example" },
    { TRUST_NAME_EMAIL, ".Corp.example", ".corp.example" },
    { TRUST_NAME_EMAIL, ".", "." },
    { TRUST_NAME_URI, "Corp.example", "corp.example" },
    { TRUST_NAME_URI, ".Corp.example", ".corp.example" },
    { TRUST_NAME_URI, ".", "." },
    { TRUST_NAME_DIRECTORY, "O=Corp,C=DE", "O=Corp,C=DE" },
    { TRUST_NAME_DIRECTORY, "#3000", "#3000" },
    { TRUST_NAME_DIRECTORY, "#300F310D300B060355040A0C04436F7270", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustSubtree) subtree = trust_subtree_parse (cases[i].kind, cases[i].text, &error);
      g_autofree char *text = subtree != NULL ? trust_subtree_dup_text (subtree) : NULL;
      g_autoptr (TrustConstraints) a = trust_constraints_new (), b = trust_constraints_new ();

      g_assert_no_error (error);
      if (cases[i].canonical != NULL)
        g_assert_cmpstr (text, ==, cases[i].canonical);
      g_assert_true (trust_constraints_add (a, cases[i].kind, FALSE, cases[i].text, NULL));
      g_assert_true (trust_constraints_add (b, cases[i].kind, FALSE, text, NULL));
      g_assert_true (trust_constraints_equal (a, b));
    }
}

static void
test_nothing (void)
{
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      static const char *const some[] = { "corp.example", "10.0.0.0/8", "corp.example", "corp.example", "O=Corp" };
      static const char *const names[] = { "corp.example", "10.0.0.1", "a@corp.example", "https://corp.example/", "O=Corp" };
      g_autoptr (TrustConstraints) none = make (kind, "", NULL);
      g_autoptr (TrustConstraints) fresh = trust_constraints_new ();
      g_autoptr (TrustConstraints) one = make (kind, some[kind], NULL);
      g_autoptr (TrustConstraints) excluded = make (kind, kind == TRUST_NAME_DIRECTORY ? "#3000" : NULL, some[kind]);
      g_autoptr (TrustConstraints) both = trust_constraints_intersect (one, excluded);
      g_autoptr (GError) error = NULL;

      g_assert_true (trust_constraints_is_empty (fresh));
      g_assert_false (trust_constraints_is_empty (none));
      g_assert_true (trust_constraints_is_restricted (none, kind));
      g_assert_cmpuint (trust_constraints_get_n (none, kind, FALSE), ==, 0);
      g_assert_false (permits (none, kind, names[kind]));
      g_assert_true (permits (fresh, kind, names[kind]));
      g_assert_false (permits (both, kind, names[kind]));
      /* Other kinds are free. */
      g_assert_true (permits (none, (kind + 1) % TRUST_NAME_LAST, names[(kind + 1) % TRUST_NAME_LAST]));
      /* Once said, it is not to be contradicted, in either order. */
      g_assert_true (trust_constraints_add (none, kind, FALSE, "", NULL));
      g_assert_false (trust_constraints_add (none, kind, FALSE, some[kind], &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_false (trust_constraints_add (one, kind, FALSE, "", &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_false (trust_constraints_add (fresh, kind, TRUE, "", &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_limit (void)
{
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GError) error = NULL;
  guint comparisons = 0;

  for (guint i = 0; i < TRUST_LIMIT_SUBTREES; i++)
    {
      g_autofree char *text = g_strdup_printf ("h%u.example", i * 7919 % TRUST_LIMIT_SUBTREES);

      g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, i % 2, text, &error));
    }
  g_assert_false (trust_constraints_add (constraints, TRUST_NAME_DNS, TRUE, "x.example", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  g_assert_false (trust_constraints_permit (constraints, TRUST_NAME_DNS, (TrustSpan) { (const guint8 *) "x.example", 9 }, &comparisons));
  g_assert_cmpuint (comparisons, >, 2);
  g_assert_cmpuint (comparisons, <=, 20);
}

static void
test_kinds (void)
{
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    g_assert_cmpint (trust_name_kind_find (trust_name_kind_get_name (kind)), ==, kind);
  g_assert_cmpint (trust_name_kind_find ("DNS"), ==, TRUST_NAME_LAST);
  g_assert_cmpint (trust_name_kind_find (""), ==, TRUST_NAME_LAST);
  g_assert_null (trust_name_kind_get_name (TRUST_NAME_LAST));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/constraint/kinds", test_kinds);
  g_test_add_func ("/constraint/dns", test_dns);
  g_test_add_func ("/constraint/ip", test_ip);
  g_test_add_func ("/constraint/email", test_email);
  g_test_add_func ("/constraint/uri", test_uri);
  g_test_add_func ("/constraint/directory", test_directory);
  g_test_add_func ("/constraint/nul", test_nul);
  g_test_add_func ("/constraint/bad-text", test_bad_text);
  g_test_add_func ("/constraint/lengths", test_lengths);
  g_test_add_func ("/constraint/text", test_text);
  g_test_add_func ("/constraint/nothing", test_nothing);
  g_test_add_func ("/constraint/limit", test_limit);
  return g_test_run ();
}
