/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a certificate for this host, address or mailbox? RFC 9525, RFC 5280 4.2.1.6 and 7, RFC 5891. */
#include "core/peer-name.h"

#include "core/error.h"
#include "tests/lib/forge.h"

/* A subjectAltName in memory that ends where it ends, so that a read behind it is seen. */
typedef struct
{
  guint8 *bytes;
  gsize size;
} San;

static void
san_clear (San *san)
{
  g_free (san->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (San, san_clear)

/* LIST: (transfer full) GeneralNames. */
static San
make_san (GByteArray *list)
{
  g_autoptr (GByteArray) whole = forge_element (0x30, list);

  return (San) { g_memdup2 (whole->data, whole->len), whole->len };
}

static San
make_san_of (const char *text)
{
  g_auto (GStrv) names = g_strsplit (text, " ", -1);
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; names[i] != NULL && text[0] != '\0'; i++)
    list = forge_join (list, forge_general_name (names[i]), NULL);
  return make_san (list);
}

static gboolean
matches (const char *asked, const San *san, gboolean public_suffixes)
{
  g_auto (TrustPeerName) name = { 0 };
  g_autoptr (GError) error = NULL;

  if (!trust_peer_name_parse (asked, &name, &error))
    g_error ("%s: %s", asked, error->message);
  return trust_peer_name_matches (&name, (TrustSpan) { san->bytes, san->size }, public_suffixes);
}

static const struct
{
  const char *source;
  const char *san;
  const char *asked;
  gboolean match;
} matching[] = {
  /* RFC 9525 6.3: without regard to case, whole names. */
  { "RFC 9525 6.3", "dns:www.example.test", "www.example.test", TRUE },
  { "RFC 9525 6.3", "dns:WWW.Example.TEST", "www.eXample.test", TRUE },
  { "RFC 9525 6.3", "dns:www.example.test", "example.test", FALSE },
  { "RFC 9525 6.3", "dns:example.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:example.test", "notexample.test", FALSE },
  { "RFC 9525 6.3", "dns:a.test dns:b.test", "b.test", TRUE },
  { "RFC 9525 6.1", "", "b.test", FALSE },
  { "RFC 9525 6.3", "email:b.test uri:b.test", "b.test", FALSE },
  { "RFC 9525 6.3", "dir:b.test other:", "b.test", FALSE },
  { "RFC 9525 6.3", "dns:localhost", "localhost", TRUE },
  /* The asked name may be absolute; a dNSName is in the preferred syntax, which has no dot at the end (RFC 5280 4.2.1.6). */
  { "RFC 1034 3.1", "dns:www.example.test", "www.example.test.", TRUE },
  { "RFC 5280 4.2.1.6", "dns:www.example.test.", "www.example.test", FALSE },
  { "RFC 5280 4.2.1.6", "dns:.example.test", "example.test", FALSE },
  { "RFC 5280 4.2.1.6", "dns:.example.test", "www.example.test", FALSE },
  /* RFC 9525 6.3: "*" is the whole leftmost label, and stands for exactly one. */
  { "RFC 9525 6.3", "dns:*.example.test", "www.example.test", TRUE },
  { "RFC 9525 6.3", "dns:*.EXAMPLE.test", "WWW.example.TEST", TRUE },
  { "RFC 9525 6.3", "dns:*.example.test", "example.test", FALSE },
  { "RFC 9525 6.3", "dns:*.example.test", "a.www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:*.example.test", "www.example.test.", TRUE },
  { "RFC 9525 6.3", "dns:w*.example.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:*w.example.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:www.*.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:*.*.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:**.example.test", "www.example.test", FALSE },
  { "RFC 9525 6.3", "dns:*", "localhost", FALSE },
  { "RFC 9525 6.3", "dns:*.", "localhost", FALSE },
  { "RFC 9525 6.3", "dns:*.test", "example.test", FALSE },
  /* A whole label may be an A-label; a part of one may not be (RFC 9525 6.3). */
  { "RFC 9525 6.3", "dns:*.example.test", "xn--bcher-kva.example.test", TRUE },
  { "RFC 9525 6.3", "dns:xn--*.example.test", "xn--bcher-kva.example.test", FALSE },
  /* BR 3.2.2.6: nobody has all names of a registry, but the private section is of owners like others. */
  { "BR 3.2.2.6", "dns:*.com", "example.com", FALSE },
  { "BR 3.2.2.6", "dns:*.co.uk", "example.co.uk", FALSE },
  { "BR 3.2.2.6", "dns:*.example.co.uk", "www.example.co.uk", TRUE },
  { "BR 3.2.2.6", "dns:*.github.io", "someone.github.io", TRUE },
  { "BR 3.2.2.6", "dns:co.uk", "co.uk", TRUE },
  { "BR 3.2.2.6", "dns:*.foo.ck", "a.foo.ck", FALSE },
  { "BR 3.2.2.6", "dns:*.www.ck", "a.www.ck", TRUE },
  { "BR 3.2.2.6", "dns:*.xn--55qx5d.cn", "a.xn--55qx5d.cn", FALSE },
  { "BR 3.2.2.6", "dns:*.CO.UK", "example.co.uk", FALSE },
  /* RFC 9525 6.5 (RFC 5280 4.2.1.6): addresses by octets, and by iPAddress only. */
  { "RFC 9525 6.4", "ip:192.0.2.1", "192.0.2.1", TRUE },
  { "RFC 9525 6.4", "ip:192.0.2.1", "192.0.2.2", FALSE },
  { "RFC 9525 6.4", "dns:192.0.2.1", "192.0.2.1", FALSE },
  { "RFC 9525 6.4", "ip:2001:db8::1", "2001:0DB8:0:0::1", TRUE },
  { "RFC 9525 6.4", "ip:2001:db8::1", "2001:db8::2", FALSE },
  { "RFC 9525 6.4", "ip:::ffff:192.0.2.1", "::ffff:192.0.2.1", TRUE },
  { "RFC 9525 6.4", "ip:::ffff:192.0.2.1", "192.0.2.1", FALSE },
  { "RFC 9525 6.4", "ip:192.0.2.1", "::ffff:192.0.2.1", FALSE },
  { "RFC 9525 6.4", "dns:*.0.2.1", "192.0.2.1", FALSE },
  /* RFC 5280 7.5: the host part in any case, the local part as it is. */
  { "RFC 5280 7.5", "email:Joe@example.test", "Joe@EXAMPLE.test", TRUE },
  { "RFC 5280 7.5", "email:Joe@example.test", "joe@example.test", FALSE },
  { "RFC 5280 7.5", "email:joe@example.test", "joe@www.example.test", FALSE },
  { "RFC 5280 7.5", "email:example.test", "joe@example.test", FALSE },
  { "RFC 5280 7.5", "dns:joe@example.test", "joe@example.test", FALSE },
  { "RFC 5280 7.5", "email:joe@xn--bcher-kva.example",
    "joe@b\xc3\xbc"
    "cher.example",
    TRUE },
  { "RFC 5280 7.5", "email:@example.test", "joe@example.test", FALSE },
  /* RFC 5891 4, 5: U-labels are asked for by their A-labels. */
  { "RFC 5891 5", "dns:xn--bcher-kva.example",
    "b\xc3\xbc"
    "cher.example",
    TRUE },
  { "RFC 5891 5", "dns:XN--BCHER-KVA.example",
    "b\xc3\xbc"
    "cher.example",
    TRUE },
  { "RFC 5891 5", "dns:xn--bcher-kva.example",
    "B\xc3\x9c"
    "CHER.example.",
    TRUE },
  { "RFC 5891 5", "dns:xn--bcher-kva.example",
    "bu\xcc\x88"
    "cher.example",
    TRUE },
  { "RFC 5894 7.2", "dns:xn--strae-oqa.example",
    "stra\xc3\x9f"
    "e.example",
    TRUE },
  { "RFC 5894 7.2", "dns:strasse.example",
    "stra\xc3\x9f"
    "e.example",
    FALSE },
  { "RFC 5280 7.2",
    "dns:b\xc3\xbc"
    "cher.example",
    "b\xc3\xbc"
    "cher.example",
    FALSE },
  { "RFC 5891 5", "dns:xn--bcher-kva.example", "bucher.example", FALSE },
  /* Hosts with an underscore there are. */
  { "practice", "dns:my_host.example.test", "my_host.example.test", TRUE },
};

static void
test_matching (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (matching); i++)
    {
      g_auto (San) san = make_san_of (matching[i].san);

      g_test_message ("%s: \"%s\" for %s", matching[i].source, matching[i].san, matching[i].asked);
      g_assert_cmpint (matches (matching[i].asked, &san, TRUE), ==, matching[i].match);
    }
}

/* Where the profile does not ask for it, a public suffix is a name like others; "*.tld" is for nobody all the same. */
static void
test_without_suffixes (void)
{
  g_auto (San) second = make_san_of ("dns:*.co.uk"), top = make_san_of ("dns:*.uk");

  g_assert_true (matches ("example.co.uk", &second, FALSE));
  g_assert_false (matches ("co.uk", &top, FALSE));
}

/* A NUL, or anything else that is no letter, ends nothing. */
static void
test_odd_bytes (void)
{
  /* clang-format off */
  static const struct { const char *bytes; gsize size; guint8 tag; } rows[] = {
    { "www.example.test\0.evil.test", 27, 0x82 }, { "www.example.test\0", 17, 0x82 }, { "\0www.example.test", 17, 0x82 },
    { "www.example.test ", 17, 0x82 }, { "www.example.test\n", 17, 0x82 }, { "www\0example.test", 16, 0x82 },
    { "", 0, 0x82 }, { "*", 1, 0x82 }, { "*.", 2, 0x82 }, { "0123456789", 10, 0x82 }, { "1", 1, 0x82 }, { "a.1", 3, 0x82 },
    { "*.1", 3, 0x82 }, { "www.example.test", 16, 0x16 }, { "\x7f\x00\x00\x01\x00", 5, 0x87 }, { "\x7f\x00\x00", 3, 0x87 }, { "", 0, 0x87 },
    { "\x7f\x00\x00\x01\xff\xff\xff\xff", 8, 0x87 }, { "joe@www.example.test\0", 21, 0x81 }, { "joe\0@www.example.test", 21, 0x81 },
    { "joe@www.example.test>", 21, 0x81 }, { "", 0, 0x81 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (San) san = make_san (forge_element (rows[i].tag, forge_bytes (rows[i].bytes, rows[i].size)));

      g_assert_false (matches ("www.example.test", &san, TRUE));
      g_assert_false (matches ("127.0.0.1", &san, TRUE));
      g_assert_false (matches ("joe@www.example.test", &san, TRUE));
      trust_peer_san_fault ((TrustSpan) { san.bytes, san.size });
      trust_peer_san_bears ((TrustSpan) { san.bytes, san.size }, "1.2.3.4");
      trust_peer_san_bears ((TrustSpan) { san.bytes, san.size }, "www.example.test");
    }
  /* No list at all. */
  g_auto (San) none = { g_memdup2 ("\x82\x01"
                                   "a",
                                   3),
                        3 };

  g_assert_false (matches ("a", &none, TRUE));
  g_assert_nonnull (trust_peer_san_fault ((TrustSpan) { none.bytes, none.size }));
}

static void
test_parse (void)
{
  /* clang-format off */
  static const struct { const char *text; int kind; const char *read; } rows[] = {
    { "WWW.Example.Test", TRUST_PEER_DNS, "www.example.test" },
    { "www.example.test.", TRUST_PEER_DNS, "www.example.test" },
    { "a", TRUST_PEER_DNS, "a" },
    { "1a", TRUST_PEER_DNS, "1a" },
    { "1.2.3.4a", TRUST_PEER_DNS, "1.2.3.4a" },
    { "b\xc3\xbc" "cher.example", TRUST_PEER_DNS, "xn--bcher-kva.example" },
    { "192.0.2.1", TRUST_PEER_IP, NULL },
    { "::", TRUST_PEER_IP, NULL },
    { "::ffff:192.0.2.1", TRUST_PEER_IP, NULL },
    { "joe@example.test", TRUST_PEER_EMAIL, "joe@example.test" },
    { "Joe@b\xc3\xbc" "cher.example", TRUST_PEER_EMAIL, "Joe@xn--bcher-kva.example" },
    { "\"a@b\"@example.test", TRUST_PEER_EMAIL, "\"a@b\"@example.test" },
    /* Addresses in spellings that programs read differently (RFC 6943 3.1.1), RFC 4007 zones, brackets. */
    { "1.2.3", -1, NULL }, { "1.2.3.4.", -1, NULL }, { "1.2.3.4.5", -1, NULL }, { "1.2.3.256", -1, NULL }, { "01.2.3.4", -1, NULL },
    { "0x7f.1", -1, NULL }, { "2130706433", -1, NULL }, { "fe80::1%eth0", -1, NULL }, { "[::1]", -1, NULL }, { "::1::", -1, NULL },
    { "192.0.2.1/32", -1, NULL },
    /* RFC 1034 3.5, RFC 1123 2.1: no empty labels, 63 octets each, hyphens inside. */
    { "", -1, NULL }, { ".", -1, NULL }, { "..", -1, NULL }, { ".a", -1, NULL }, { "a..b", -1, NULL }, { "a.b..", -1, NULL }, { "-a.b", -1, NULL },
    { "a-.b", -1, NULL }, { "a b", -1, NULL }, { "a/b", -1, NULL }, { "*.example.test", -1, NULL }, { "a:443", -1, NULL }, { "a\n", -1, NULL },
    { "@example.test", -1, NULL }, { "joe@", -1, NULL }, { "joe@a..b", -1, NULL }, { "joe@example.test.", -1, NULL },
    { "joe@\xff.example", -1, NULL }, { "joe@a_b.example", -1, NULL }, { "joe@b\xc3\xbc_b.example", -1, NULL },
    /* RFC 5891 4.2.3: no label begins with a combining mark; not UTF-8 at all. */
    { "\xcc\x88" "a.example", -1, NULL }, { "\xff.example", -1, NULL },
  };
  /* clang-format on */
  g_autofree char *label = g_strnfill (63, 'a'), *longer = g_strnfill (64, 'a');
  g_autofree char *most = g_strdup_printf ("%s.%s.%s.%.61s", label, label, label, label);
  g_autofree char *more = g_strdup_printf ("%s.%s.%s.%.62s", label, label, label, label);
  const char *const fits[] = { label, most }, *const too_long[] = { longer, more };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (TrustPeerName) name = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean ok = trust_peer_name_parse (rows[i].text, &name, &error);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (ok ? (int) name.kind : -1, ==, rows[i].kind);
      if (!ok)
        g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
      if (rows[i].read != NULL)
        g_assert_cmpstr (name.text, ==, rows[i].read);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_auto (TrustPeerName) name = { 0 }, other = { 0 };

      g_assert_true (trust_peer_name_parse (fits[i], &name, NULL));
      g_assert_false (trust_peer_name_parse (too_long[i], &other, NULL));
    }
}

/* RFC 5280 4.2.1.6: the form of each name. */
static void
test_form (void)
{
  /* clang-format off */
  static const struct { const char *san; gboolean good; } rows[] = {
    { "dns:www.example.test", TRUE }, { "dns:*.example.test", TRUE }, { "dns:xn--bcher-kva.example", TRUE }, { "dns:a", TRUE },
    { "ip:192.0.2.1", TRUE }, { "ip:2001:db8::1", TRUE }, { "email:joe@example.test", TRUE }, { "dir:Somebody", TRUE }, { "other:", TRUE },
    { "uri:https://example.test/", TRUE }, { "dns:", FALSE }, { "dns:.example.test", FALSE }, { "dns:example.test.", FALSE },
    { "dns:192.0.2.1", FALSE }, { "dns:*", FALSE }, { "dns:a*.example.test", FALSE }, { "dns:www.*.test", FALSE }, { "dns:my_host.test", FALSE },
    { "dns:b\xc3\xbc" "cher.example", FALSE }, { "email:example.test", FALSE }, { "dns:good.test dns:a..b", FALSE },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (San) san = make_san_of (rows[i].san);

      g_test_message ("%s", rows[i].san);
      g_assert_cmpint (trust_peer_san_fault ((TrustSpan) { san.bytes, san.size }) == NULL, ==, rows[i].good);
    }
}

/* BR 7.1.4.3: a common name that reads as a host or an address is one of the names; another is a title. */
static void
test_common_names (void)
{
  /* clang-format off */
  static const struct { const char *san; const char *text; gboolean good; } rows[] = {
    { "dns:www.example.test", "www.example.test", TRUE }, { "dns:www.example.test", "WWW.example.test", FALSE },
    { "dns:www.example.test", "example.test", FALSE }, { "dns:*.example.test", "*.example.test", TRUE },
    { "dns:*.example.test", "example.test", TRUE }, { "dns:*.example.test", "www.example.test", FALSE },
    { "dns:www.example.test", "A server of ours", TRUE }, { "dns:www.example.test", "", TRUE }, { "dns:www.example.test", "localhost", TRUE },
    { "ip:192.0.2.1", "192.0.2.1", TRUE }, { "ip:192.0.2.1", "192.0.2.01", FALSE }, { "ip:192.0.2.1", "0xc0000201", FALSE },
    { "ip:192.0.2.1", "192.0.2.2", FALSE }, { "ip:2001:db8::1", "2001:db8::1", TRUE }, { "ip:2001:db8::1", "2001:DB8::1", FALSE },
    { "dns:www.example.test", "192.0.2.1", TRUE }, { "ip:192.0.2.1", "www.example.test", TRUE },
  };
  /* clang-format on */
  /* clang-format off */
  static const struct { const char *text; gboolean equivocal; } spellings[] = {
    { "192.0.2.1", FALSE }, { "192.0.2.01", TRUE }, { "0xc0000201", TRUE }, { "192.513", TRUE }, { "3221225985", FALSE }, { "2001:db8::1", FALSE },
    { "2001:DB8::1", TRUE }, { "2001:db8:0::1", TRUE }, { "www.example.test", FALSE }, { "b\xc3\xbc" "cher.example", TRUE },
    { "B\xc3\xbc" "cher AG", FALSE }, { "", FALSE }, { "Server 4", FALSE },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (San) san = make_san_of (rows[i].san);

      g_test_message ("%s in %s", rows[i].text, rows[i].san);
      g_assert_cmpint (trust_peer_san_bears ((TrustSpan) { san.bytes, san.size }, rows[i].text), ==, rows[i].good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_test_message ("%s", spellings[i].text);
      g_assert_cmpint (trust_peer_text_is_equivocal (spellings[i].text), ==, spellings[i].equivocal);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-name/matching", test_matching);
  g_test_add_func ("/peer-name/without-suffixes", test_without_suffixes);
  g_test_add_func ("/peer-name/odd-bytes", test_odd_bytes);
  g_test_add_func ("/peer-name/parse", test_parse);
  g_test_add_func ("/peer-name/form", test_form);
  g_test_add_func ("/peer-name/common-names", test_common_names);
  return g_test_run ();
}
