/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/limits.h"
#include "tests/unit/p11-fixture.h"

static char *
escape (TrustSpan span)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < span.size; i++)
    g_string_append_printf (out, "%%%02X", span.data[i]);
  return g_string_free (out, FALSE);
}

/* p11-kit's own answer: how many certificates the installed `trust` lists for FILTER and PURPOSE when FILE is its only source.
 * -1: it can't be asked here. */
static int
ask_p11_kit (const char *text, const char *file, const char *filter, const char *purpose)
{
  static const char script[] = "exec unshare -m sh -ec '"
                               "mkdir -p \"$1/modules\" && "
                               "{ echo module: p11-kit-trust.so; echo trust-policy: yes; echo \"x-init-reserved: "
                               "paths=$1/token\"; } "
                               ">\"$1/modules/p11-kit-trust.module\" && "
                               "mount --bind \"$1/modules\" /usr/share/p11-kit/modules && "
                               "trust list --filter=$2 ${3:+--purpose=$3} 2>/dev/null' sh \"$@\"";
  g_autofree char *scratch = test_scratch_new ();
  g_autofree char *path = g_strconcat ("token/", file, NULL), *out = NULL;
  const char *argv[] = { "sh", "-c", script, "sh", scratch, filter, purpose, NULL };
  int status = 0, n = 0;

  test_scratch_write (scratch, path, text, -1);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status, NULL));
  test_scratch_remove (scratch);
  if (status != 0)
    return -1;
  for (const char *at = out; (at = strstr (at, "type: certificate")) != NULL; at++)
    n++;
  return n;
}

/* Says anchord what p11-kit says? Where anchord is stricter, MAY_BE_STRICTER. */
static void
compare (const char *text, TrustP11Place place, gboolean may_be_stricter)
{
  static const struct
  {
    const char *name;
    guint mask;
  } purposes[] = { { "server-auth", SERVER }, { "client-auth", CLIENT }, { "email", EMAIL }, { "code-signing", CODE } };
  static const char *const files[] = { "x.p11-kit", "anchors/x.p11-kit", "blocklist/x.p11-kit" };
  Result result = parse (text, place);

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      int n = 0, theirs = ask_p11_kit (text, files[place], "ca-anchors", purposes[i].name);

      if (theirs < 0)
        {
          g_test_skip ("no p11-kit, or no mount namespace, to compare with");
          break;
        }
      for (guint j = 0; j < result.anchors->len; j++)
        n += (mask_of (&result, j) & purposes[i].mask) != 0;
      if (may_be_stricter)
        g_assert_cmpint (n, <=, theirs);
      else
        g_assert_cmpint (n, ==, theirs);
    }
  result_clear (&result);
}

static void
test_trust_by_place (void)
{
  static const struct
  {
    const char *attributes;
    int anchors[3]; /* top, anchors, blocklist */
    int distrusts[3];
  } cases[] = {
    { "label: \"A\"\n", { 0, 1, 0 }, { 0, 0, 1 } },
    { "trusted: true\nlabel: \"A\"\n", { 1, 1, 0 }, { 0, 0, 1 } },
    { "x-distrusted: true\nlabel: \"A\"\n", { 0, 0, 0 }, { 1, 1, 1 } },
    { "trusted: true\nx-distrusted: true\n", { 0, 0, 0 }, { 1, 1, 1 } },
    { "trusted: true\nx-distrusted: false\nnss-mozilla-ca-policy: true\nmodifiable: false\njava-midp-security-domain: 0\n",
      { 1, 1, 0 },
      { 0, 0, 1 } },
    { "  trusted:true\n\tlabel :  \"A\"  \n# a comment\n", { 1, 1, 0 }, { 0, 0, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint place = 0; place < 3; place++)
      {
        g_autofree char *text = section (cases[i].attributes, one);
        Result result = parse (text, place);

        g_test_message ("case %u, place %u", i, place);
        g_assert_no_error (result.error);
        g_assert_cmpint (result.anchors->len, ==, cases[i].anchors[place]);
        g_assert_cmpint (result.distrusts->len, ==, cases[i].distrusts[place]);
        if (result.anchors->len > 0)
          g_assert_cmpuint (mask_of (&result, 0), ==, DEFAULT);
        result_clear (&result);
        /* In anchors/, p11-kit goes by the folder even for what calls itself distrusted; a refusal stays one here. */
        compare (text, place, TRUE);
      }
}

static void
test_explicitly_untrusted_in_anchors (void)
{
  g_autofree char *text = section ("trusted: false\n", one);
  Result result = parse (text, TRUST_P11_PLACE_ANCHORS);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 0);
  result_clear (&result);
}

static void
test_attached_purposes (void)
{
  g_autofree char *text = with_extension ("2.5.29.37", EKU (OID_EMAIL, OID_CODE));
  g_autofree char *other = section ("trusted: true\n", two);
  g_autofree char *both = g_strconcat (text, "\n", other, NULL);
  Result result = parse (both, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.warnings->len, ==, 0);
  g_assert_cmpuint (result.anchors->len, ==, 2);
  g_assert_cmpuint (mask_of (&result, 0), ==, EMAIL | CODE);
  g_assert_cmpuint (mask_of (&result, 1), ==, DEFAULT);
  g_assert_cmpstr (trust_note_get_label (trust_anchor_get_note (result.anchors->pdata[0])), ==, "First");
  result_clear (&result);
  compare (both, TRUST_P11_PLACE_TOP, FALSE);
}

static void
test_purpose_without_name (void)
{
  g_autofree char *text = with_extension ("2.5.29.37", "\"0%1d%06%03U%1d%25%04%160%14" OID_SERVER OID_OWN "\"");
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_cmpuint (mask_of (&result, 0), ==, SERVER);
  g_assert_true (trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (result.anchors->pdata[0])), "1.3.6.1.4.1.9670.1"));
  result_clear (&result);
}

/* The list of purposes that an OpenSSL TRUSTED CERTIFICATE rejects, under p11-kit's own OID 1.3.6.1.4.1.3319.6.10.1. */
static void
test_rejected_purposes (void)
{
  g_autofree char *text = with_extension ("1.3.6.1.4.1.3319.6.10.1", "\"0%24%06%0a%2b%06%01%04%01%99w%06%0a%01%04%160%14" OID_EMAIL OID_CODE "\"");
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_cmpuint (mask_of (&result, 0), ==, SERVER | CLIENT);
  result_clear (&result);
}

/* What is rejected is rejected of what is attached, whichever stands first in the file. */
static void
test_rejected_of_attached (void)
{
  g_autofree char *key = dup_key_pem (one), *anchor = section ("trusted: true\n", one);
  g_autofree char *purposes = g_strconcat (HEADER "class: x-certificate-extension\nobject-id: 2.5.29.37\n"
                                                  "value: " EKU (OID_SERVER, OID_EMAIL) "\n",
                                           key, NULL);
  g_autofree char *rejected = g_strconcat (HEADER "class: x-certificate-extension\nobject-id: 1.3.6.1.4.1.3319.6.10.1\n"
                                                  "value: \"0%24%06%0a%2b%06%01%04%01%99w%06%0a%01%04%160%14" OID_EMAIL OID_CODE "\"\n",
                                           key, NULL);
  const char *orders[][3] = { { anchor, purposes, rejected }, { anchor, rejected, purposes }, { rejected, purposes, anchor } };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *text = g_strconcat (orders[i][0], orders[i][1], orders[i][2], NULL);
      Result result = parse (text, TRUST_P11_PLACE_TOP);

      g_assert_no_error (result.error);
      g_assert_cmpuint (result.anchors->len, ==, 1);
      g_assert_cmpuint (mask_of (&result, 0), ==, SERVER);
      result_clear (&result);
    }
}

/* What is attached to a key is made out once, not once for each certificate: this takes minutes otherwise. */
static void
test_many_of_one_key (void)
{
  g_autofree char *key = dup_key_pem (one), *anchor = section ("trusted: true\n", one);
  g_autofree char *extension = g_strconcat (HEADER "class: x-certificate-extension\nobject-id: 2.5.29.37\n"
                                                   "value: " EKU (OID_SERVER, OID_EMAIL) "\n",
                                            key, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  Result result;

  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (text, "%s%s", anchor, extension);
  result = parse (text->str, TRUST_P11_PLACE_TOP);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 6000);
  g_assert_cmpuint (mask_of (&result, 5999), ==, SERVER | EMAIL);
  result_clear (&result);
}

static void
test_two_purpose_lists_intersect (void)
{
  g_autofree char *key = dup_key_pem (one), *text = with_extension ("2.5.29.37", EKU (OID_EMAIL, OID_CODE));
  g_autofree char *both = g_strconcat (text,
                                       HEADER "class: x-certificate-extension\nobject-id: 2.5.29.37\n"
                                              "value: " EKU (OID_CODE, OID_SERVER) "\n",
                                       key, NULL);
  Result result = parse (both, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (mask_of (&result, 0), ==, CODE);
  result_clear (&result);
}

static void
test_distrust_by_issuer_and_serial (void)
{
  g_autofree char *issuer = escape (trust_certificate_get_issuer_der (one->certificate));
  TrustSpan serial = trust_certificate_get_serial (one->certificate);
  g_autofree char *digits = escape (serial);
  g_autofree char *text = g_strdup_printf (HEADER "class: certificate\ncertificate-type: x-509\nlabel: \"Refused\"\n"
                                                  "x-distrusted: true\n"
                                                  "issuer: \"%s\"\nserial-number: \"%%02%%%02x%s\"\n",
                                           issuer, (guint) serial.size, digits);
  Result result = parse (text, TRUST_P11_PLACE_TOP);
  TrustDistrust *distrust = NULL;

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.distrusts->len, ==, 1);
  distrust = result.distrusts->pdata[0];
  g_assert_true (trust_distrust_names (distrust, one->certificate));
  g_assert_false (trust_distrust_names (distrust, two->certificate));
  g_assert_null (trust_distrust_get_fingerprint (distrust));
  g_assert_cmpstr (trust_note_get_label (trust_distrust_get_note (distrust)), ==, "Refused");
  result_clear (&result);
}

static void
test_distrust_by_key (void)
{
  g_autofree char *key = dup_key_pem (one);
  g_autofree char *text = g_strconcat (HEADER "class: certificate\nx-distrusted: true\n", key, NULL);
  TestCertificateSpec spec = { .dn = "CN=Cross", .same_key = one };
  g_autoptr (TestCertificate) cross = test_certificate_new (&spec);
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.distrusts->len, ==, 1);
  g_assert_true (trust_distrust_names (result.distrusts->pdata[0], cross->certificate));
  g_assert_false (trust_distrust_names (result.distrusts->pdata[0], two->certificate));
  result_clear (&result);
}

/* The distribution's list names single certificates; an administrator's refusal of a CA covers its key. */
static void
test_distrust_reach_by_layer (void)
{
  g_autofree char *text = section ("x-distrusted: true\n", one);
  TestCertificateSpec spec = { .dn = "CN=Cross", .same_key = one };
  g_autoptr (TestCertificate) cross = test_certificate_new (&spec);

  for (TrustLayer layer = TRUST_LAYER_DISTRIBUTION; layer < TRUST_LAYER_LAST; layer++)
    {
      Result result = parse_bytes (text, strlen (text), TRUST_P11_PLACE_TOP, layer);

      g_assert_no_error (result.error);
      g_assert_true (trust_distrust_names (result.distrusts->pdata[0], one->certificate));
      g_assert_cmpint (trust_distrust_names (result.distrusts->pdata[0], cross->certificate), ==, layer != TRUST_LAYER_DISTRIBUTION);
      result_clear (&result);
    }
}

/* A section that says which key is refused with its certificate, or that none is, says it in every layer; and p11-kit does as it says. */
static void
test_distrust_names_its_key (void)
{
  g_autoptr (TestCertificate) cross = test_certificate_new (&(TestCertificateSpec) { .dn = "CN=Cross", .same_key = one });
  g_autoptr (GString) own_key = g_string_new ("public-key-info: \"");
  TrustSpan der = trust_certificate_get_key_der (one->certificate);

  for (gsize i = 0; i < der.size; i++)
    g_string_append_printf (own_key, "%%%02x", der.data[i]);
  g_string_append (own_key, "\"\n");

  const struct
  {
    const char *line;
    gboolean reaches; /* the key's other certificate */
  } cases[] = { { "public-key-info: \"%30%00\"\n", FALSE }, { "public-key-info: \"\"\n", FALSE }, { own_key->str, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint layer = 0; layer < 2; layer++)
      {
        g_autofree char *attributes = g_strconcat ("x-distrusted: true\n", cases[i].line, NULL), *text = section (attributes, one);
        g_autofree char *trusted = section ("trusted: true\n", cross), *both = g_strconcat (text, trusted, NULL);
        Result result = parse_bytes (text, strlen (text), TRUST_P11_PLACE_TOP, layer == 0 ? TRUST_LAYER_DISTRIBUTION : TRUST_LAYER_ADMINISTRATOR);
        int shown = ask_p11_kit (both, "x.p11-kit", "ca-anchors", "server-auth");

        g_assert_no_error (result.error);
        g_assert_cmpuint (result.distrusts->len, ==, 1);
        g_assert_true (trust_distrust_names (result.distrusts->pdata[0], one->certificate));
        g_assert_cmpint (trust_distrust_names (result.distrusts->pdata[0], cross->certificate), ==, cases[i].reaches);
        if (shown >= 0)
          g_assert_cmpint (shown, ==, !cases[i].reaches);
        result_clear (&result);
      }
}

static void
test_certificate_as_value (void)
{
  g_autofree char *der = escape (trust_certificate_get_der (one->certificate));
  g_autofree char *text = g_strdup_printf (HEADER "class: certificate\ntrusted: true\nvalue: \"%s\"\n", der);
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_true (
      trust_fingerprint_equal (trust_anchor_get_fingerprint (result.anchors->pdata[0]), trust_certificate_get_fingerprint (one->certificate)));
  result_clear (&result);
}

static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Result result;

  for (guint i = 0; i <= 4 * TRUST_LIMIT_INPUT_CERTIFICATES; i++)
    g_string_append (text, HEADER);
  result = parse (text->str, TRUST_P11_PLACE_TOP);
  g_assert_error (result.error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  result_clear (&result);
}

static void
test_two_certificates (void)
{
  g_autofree char *der = escape (trust_certificate_get_der (one->certificate)), *pem = test_certificate_dup_pem (two);
  g_autofree char *text = g_strdup_printf (HEADER "class: certificate\ntrusted: true\nvalue: \"%s\"\n%s", der, pem);
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_error (result.error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  g_assert_cmpuint (result.anchors->len, ==, 0);
  result_clear (&result);
}

/* What p11-kit refuses to load at all; with the line at fault. */
static void
test_refused (void)
{
  static const struct
  {
    const char *before;
    const char *line;
  } cases[] = {
    { HEADER "trusted: true\nx-future-constraint: true\n", "line 3" },
    { HEADER "trusted: true\nhello\n", "line 3" },
    { "trusted: true\n", "line 1" },
    { HEADER "trusted: maybe\n", "line 2" },
    { HEADER "label: \"open\n", "line 2" },
    { HEADER "label: \"%4\"\n", "line 2" },
    { HEADER "label: \"%zz\"\n", "line 2" },
    { HEADER "label: \"a\"b\"\n", "line 2" },
    { HEADER "class: certificate\nclass: x-certificate-extension\n", "line 3" },
    { HEADER "class: x-certificate-extension\n", "line 1" },
    { HEADER "-----BEGIN CERTIFICATE-----\nMIIB\n", "line 2" },
    { HEADER "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "line 2" },
    { HEADER "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "line 1" },
    { HEADER "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n", "line 2" },
    { HEADER "x-distrusted: true\nclass: certificate\n\n# nothing named\n", "line 1" },
    { HEADER "x-distrusted: true\nclass: certificate\nserial-number: \"%02%01%01\"\n", "line 1" },
    { HEADER "x-distrusted: true\nclass: certificate\nserial-number: \"%02%01\"\nissuer: \"0%00\"\n", "line 1" },
    { HEADER "label: \"nothing\"\n", "line 1" },
    /* Of what is said twice readers take one or the other. */
    { HEADER "trusted: false\ntrusted: true\n", "line 3" },
    { HEADER "x-distrusted: true\nx-distrusted: false\n", "line 3" },
    { HEADER "class: x-certificate-extension\nobject-id: 2.5.29.30\nobject-id: 2.5.29.19\n", "line 4" },
    { "[p11-kit-object-v2]\nx-distrusted: true\n", "line 1" },
    { "\xef\xbb\xbf" HEADER "x-distrusted: true\n", "line 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* The first twelve would be whole files but for that line. */
      g_autofree char *rest = i < 12 ? test_certificate_dup_pem (one) : g_strdup ("");
      g_autofree char *text = g_strconcat (cases[i].before, rest, NULL);
      Result result = parse (text, TRUST_P11_PLACE_TOP);

      g_test_message ("%s", cases[i].before);
      g_assert_nonnull (result.error);
      g_assert_cmpuint (result.error->domain, ==, TRUST_ERROR);
      g_test_message ("-> %s", result.error->message);
      g_assert_nonnull (strstr (result.error->message, cases[i].line));
      result_clear (&result);
    }
}

static void
test_other_classes (void)
{
  g_autofree char *anchor = section ("trusted: true\n", one);
  g_autofree char *text = g_strconcat (HEADER "class: nss-builtin-root-list\nlabel: \"Roots\"\nnonsense: \"1\"\n\n", anchor, NULL);
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_cmpuint (result.warnings->len, ==, 1);
  result_clear (&result);
}

static void
test_probe (void)
{
  static const struct
  {
    const char *text;
    gboolean expected;
  } cases[] = {
    { HEADER, TRUE },
    { "# x\n\n  " HEADER, TRUE },
    { "[p11-kit-object-v1]", TRUE },
    { "", FALSE },
    { "#", FALSE },
    { "# " HEADER, FALSE },
    /* None of them is one, but as plain PEM their certificates would be trusted. */
    { "[p11-kit-object-v2]\n", TRUE },
    { "[P11-kit-object]\n", TRUE },
    { "x\n" HEADER, TRUE },
    { "\xef\xbb\xbf" HEADER, TRUE },
    { "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" HEADER, TRUE },
    { "x " HEADER "[x\n[", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (trust_p11_persist_probe ((TrustSpan) { (const guint8 *) cases[i].text, strlen (cases[i].text) }), ==, cases[i].expected);
}

/* What the installed tool itself stores is read as it means it. */
static void
test_stored_by_trust (void)
{
  static const char script[] = "exec unshare -m sh -ec '"
                               "mkdir -p \"$1/modules\" \"$1/token\" && "
                               "{ echo module: p11-kit-trust.so; echo trust-policy: yes; echo \"x-init-reserved: "
                               "paths=$1/token\"; } "
                               ">\"$1/modules/p11-kit-trust.module\" && "
                               "mount --bind \"$1/modules\" /usr/share/p11-kit/modules && "
                               "{ trust anchor --store \"$1/in.pem\" || :; } 2>/dev/null && "
                               "cat \"$1\"/token/*.p11-kit' sh \"$@\"";
  g_autofree char *scratch = test_scratch_new (), *pem = test_certificate_dup_pem (one), *out = NULL;
  const char *argv[] = { "sh", "-c", script, "sh", scratch, NULL };
  int status = 0;
  Result result;

  test_scratch_write (scratch, "in.pem", pem, -1);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status, NULL));
  test_scratch_remove (scratch);
  if (status != 0)
    {
      g_test_skip ("no p11-kit, or no mount namespace, to make the file with");
      return;
    }
  result = parse (out, TRUST_P11_PLACE_TOP);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_cmpuint (result.warnings->len, ==, 0);
  g_assert_true (
      trust_fingerprint_equal (trust_anchor_get_fingerprint (result.anchors->pdata[0]), trust_certificate_get_fingerprint (one->certificate)));
  result_clear (&result);
}

/* No cut and no flipped byte of a good file crashes, or makes trust wider. */
static void
test_mutations (void)
{
  g_autofree char *text = with_extension ("2.5.29.37", EKU (OID_EMAIL, OID_CODE));
  gsize size = strlen (text);

  for (gsize cut = 0; cut < size; cut++)
    {
      Result result = parse_bytes (text, cut, TRUST_P11_PLACE_TOP, TRUST_LAYER_DISTRIBUTION);

      g_assert_cmpuint (result.anchors->len, <=, 1);
      result_clear (&result);
    }
  for (guint round = 0; round < 3000; round++)
    {
      g_autofree char *copy = g_memdup2 (text, size);
      Result result;

      copy[g_test_rand_int_range (0, size)] = g_test_rand_int_range (0, 256);
      result = parse_bytes (copy, size, TRUST_P11_PLACE_TOP, TRUST_LAYER_DISTRIBUTION);
      g_assert_cmpuint (result.anchors->len, <=, 1);
      result_clear (&result);
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  one = test_certificate_new_root ("CN=One");
  two = test_certificate_new_root ("CN=Two");
  g_test_add_func ("/p11-persist/trust-by-place", test_trust_by_place);
  g_test_add_func ("/p11-persist/explicitly-untrusted-in-anchors", test_explicitly_untrusted_in_anchors);
  g_test_add_func ("/p11-persist/attached-purposes", test_attached_purposes);
  g_test_add_func ("/p11-persist/purpose-without-name", test_purpose_without_name);
  g_test_add_func ("/p11-persist/rejected-purposes", test_rejected_purposes);
  g_test_add_func ("/p11-persist/rejected-of-attached", test_rejected_of_attached);
  g_test_add_func ("/p11-persist/many-of-one-key", test_many_of_one_key);
  g_test_add_func ("/p11-persist/two-purpose-lists-intersect", test_two_purpose_lists_intersect);
  g_test_add_func ("/p11-persist/distrust-by-issuer-and-serial", test_distrust_by_issuer_and_serial);
  g_test_add_func ("/p11-persist/distrust-by-key", test_distrust_by_key);
  g_test_add_func ("/p11-persist/distrust-reach-by-layer", test_distrust_reach_by_layer);
  g_test_add_func ("/p11-persist/distrust-names-its-key", test_distrust_names_its_key);
  g_test_add_func ("/p11-persist/certificate-as-value", test_certificate_as_value);
  g_test_add_func ("/p11-persist/too-many", test_too_many);
  g_test_add_func ("/p11-persist/two-certificates", test_two_certificates);
  g_test_add_func ("/p11-persist/refused", test_refused);
  g_test_add_func ("/p11-persist/other-classes", test_other_classes);
  g_test_add_func ("/p11-persist/probe", test_probe);
  g_test_add_func ("/p11-persist/stored-by-trust", test_stored_by_trust);
  g_test_add_func ("/p11-persist/mutations", test_mutations);
  status = g_test_run ();
  test_certificate_free (one);
  test_certificate_free (two);
  return status;
}
