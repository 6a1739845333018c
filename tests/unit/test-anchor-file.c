/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/anchor-file-fixture.h"

static void
test_minimal (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (parse_head (f, MINIMAL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (f->anchors->len, ==, 1);
  g_assert_cmpuint (f->warnings->len, ==, 0);

  TrustAnchor *anchor = g_ptr_array_index (f->anchors, 0);

  g_assert_true (trust_fingerprint_equal (trust_anchor_get_fingerprint (anchor), trust_certificate_get_fingerprint (f->root->certificate)));
  g_assert_true (trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH));
  g_assert_false (trust_anchor_has_purpose (anchor, TRUST_PURPOSE_EMAIL_PROTECTION));
  g_assert_true (trust_anchor_get_origin (anchor) == f->origin);
  g_assert_null (trust_anchor_get_note (anchor));

  g_assert_true (parse_head (f, "\xef\xbb\xbf# note\n\n" MINIMAL "# more\n\n", &error));
  g_assert_true (parse_head (f, "[Anchor]\r\nVersion=1\r\n[Trust]\r\nPurposes=email-protection;1.2.3.4\r\n", &error));
  g_assert_no_error (error);
  anchor = g_ptr_array_index (f->anchors, 0);
  g_assert_false (trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH));
  g_assert_true (trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (anchor)), "1.2.3.4"));
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "server-auth", "email-protection", "1.2.3.4", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, &error);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  TrustNote *note = trust_note_new ("  Wurzel \\ ä;=[x]  ", "CHG-42 # \\n \"q\"", "uid 0", 1767225600);
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (f->root->certificate, settings, f->origin, note);
  g_autoptr (GBytes) first = trust_anchor_file_write (anchor);

  g_assert_true (trust_anchor_file_probe ((TrustSpan) { g_bytes_get_data (first, NULL), g_bytes_get_size (first) }));
  parse_bytes (f, g_bytes_get_data (first, NULL), g_bytes_get_size (first), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->warnings->len, ==, 0);

  TrustAnchor *back = g_ptr_array_index (f->anchors, 0);

  g_assert_true (trust_anchor_equal (anchor, back));
  g_assert_cmpstr (trust_note_get_label (trust_anchor_get_note (back)), ==, "  Wurzel \\ ä;=[x]  ");
  g_assert_cmpstr (trust_note_get_reason (trust_anchor_get_note (back)), ==, "CHG-42 # \\n \"q\"");
  g_assert_cmpstr (trust_note_get_added_by (trust_anchor_get_note (back)), ==, "uid 0");
  g_assert_cmpint (trust_note_get_added (trust_anchor_get_note (back)), ==, 1767225600);
  g_autoptr (GBytes) second = trust_anchor_file_write (back);
  g_assert_true (g_bytes_equal (first, second));
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (first, NULL), (gssize) g_bytes_get_size (first), "Added=2026-01-01T00:00:00Z\n"));
  trust_note_unref (note);

  /* Written byte for byte as documented. */
  g_autoptr (TrustPurposes) plain = trust_purposes_new_mask (1 << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) plain_settings = trust_settings_new (plain);
  g_autoptr (TrustAnchor) plain_anchor = trust_anchor_new (f->root->certificate, plain_settings, f->origin, NULL);
  g_autoptr (GBytes) plain_bytes = trust_anchor_file_write (plain_anchor);
  g_autofree char *expected = g_strconcat ("[Anchor]\nVersion=1\n\n[Trust]\nPurposes=server-auth;\n\n", f->pem, NULL);
  g_assert_cmpmem (g_bytes_get_data (plain_bytes, NULL), g_bytes_get_size (plain_bytes), expected, strlen (expected));
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  char hex[TRUST_FINGERPRINT_HEX];

  assert_head_refused (f, "[Anchor]\n[Trust]\nPurposes=server-auth;\n", "Version");
  assert_head_refused (f, "[Anchor]\nVersion=2\n[Trust]\nPurposes=server-auth;\n", "line 2: Version");
  assert_head_refused (f, "[Anchor]\nVersion=1\n", "Purposes");
  assert_head_refused (f, "[Anchor]\nVersion=1\n[Trust]\nPurposes=\n", "line 4: Purposes");
  assert_head_refused (f, "[Anchor]\nVersion=1\n[Trust]\nPurposes=everything;\n", "line 4: Purposes");
  assert_head_refused (f, MINIMAL "DistrustBefore=2026\n", "line 5: key \"DistrustBefore\"");
  assert_head_refused (f, MINIMAL "Purposes[de]=email-protection\n", "line 5");
  assert_head_refused (f, MINIMAL "Purposes=email-protection\n", "line 5: key \"Purposes\" stands there twice");
  assert_head_refused (f, MINIMAL "[Constraints]\nPermittedOther=x\n", "line 6: key \"PermittedOther\"");
  assert_head_refused (f, MINIMAL "[constraints]\n", "line 5");
  assert_head_refused (f, MINIMAL "[Info]\nPermittedDNS=x\n", "line 6: key \"PermittedDNS\" stands in the wrong group");
  assert_head_refused (f, MINIMAL "[Restrictions]\nExcludedDNS=x\n", "move it to [Constraints]");
  assert_head_refused (f, MINIMAL "[Info]\nuntil=2030-01-01\n", "move it to [Trust]");
  assert_head_refused (f, MINIMAL "[Constraint]\nPermittedDNS=x\n", "line 5");
  assert_head_refused (f, MINIMAL "[TRUST]\nx=y\n", "line 5");
  assert_head_refused (f, "Version=1\n" MINIMAL, "line 1");
  assert_head_refused (f, MINIMAL "nonsense\n", "line 5");
  assert_head_refused (f, MINIMAL "[Info]\nLabel=a\\nb\n", "line 6: Label");
  assert_head_refused (f, MINIMAL "[Info]\nReason=\xe2\x80\xaeoops\n", "line 6: Reason");
  assert_head_refused (f, MINIMAL "[Info]\nAdded=yesterday\n", "line 6: Added");
  assert_head_refused (f, MINIMAL "[Info]\nAdded=2026-01-01T00:00:00+01:00\n", "line 6: Added");
  assert_head_refused (f, MINIMAL "[Info]\nSHA256=abcd\n", "line 6: SHA256");
  assert_head_refused (f, MINIMAL "[Distrust]\nVersion=1\n", "two files");
  assert_head_refused (f, "[Trust]\nPurposes=server-auth;\n", "neither");
  assert_head_refused (f, MINIMAL "\xff\n", "UTF-8");
  assert_refused (f, MINIMAL, TRUST_ERROR_INVALID_INPUT, "no certificate");
  assert_refused (f, "", TRUST_ERROR_INVALID_INPUT, "empty");

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (f->root->certificate), hex);
  g_autofree char *right = g_strdup_printf (MINIMAL "[Info]\nSHA256=%s\n%s", hex, f->pem);
  g_assert_true (parse_bytes (f, right, strlen (right), NULL));
  hex[0] = hex[0] == '0' ? '1' : '0';
  g_autofree char *wrong = g_strdup_printf (MINIMAL "[Info]\nSHA256=%s\n%s", hex, f->pem);
  assert_refused (f, wrong, TRUST_ERROR_INVALID_INPUT, "line 6: SHA256");

  g_autofree char *twice = g_strconcat (MINIMAL, f->pem, f->pem, NULL);
  assert_refused (f, twice, TRUST_ERROR_INVALID_INPUT, "2 PEM blocks");
  g_autofree char *behind = g_strconcat (MINIMAL, f->pem, "[Constraints]\nPermittedDNS=x\n", NULL);
  assert_refused (f, behind, TRUST_ERROR_INVALID_INPUT, "after the PEM block");
  g_autofree char *cut = g_strndup (twice, strlen (MINIMAL) + strlen (f->pem) - 10);
  assert_refused (f, cut, TRUST_ERROR_INVALID_INPUT, "");
  assert_refused (f, MINIMAL "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", TRUST_ERROR_INVALID_INPUT, "X509 CRL");
  assert_refused (f, MINIMAL "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", TRUST_ERROR_INVALID_INPUT, "");
  /* The key is refused before the nonsense in the head is. */
  assert_refused (f, "nonsense\n-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", TRUST_ERROR_PRIVATE_KEY, "key");
  g_autofree char *with_key = g_strconcat (MINIMAL, f->pem, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL);
  assert_refused (f, with_key, TRUST_ERROR_PRIVATE_KEY, "key");
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strnfill (TRUST_LIMIT_ANCHOR_FILE_BYTES + 1, '#');

  g_assert_false (parse_bytes (f, huge, TRUST_LIMIT_ANCHOR_FILE_BYTES + 1, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  g_clear_error (&error);
  g_assert_false (parse_bytes (f, huge, TRUST_LIMIT_ANCHOR_FILE_BYTES, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

static void
test_warnings (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (parse_head (f, "[Anchor]\nVersion=1\nColour=red\n[Trust]\nPurposes=server-auth;\n[Info]\nMood=good\n[Site]\na=b\nc=d\n", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (f->anchors->len, ==, 1);
  g_assert_cmpuint (f->warnings->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (f->warnings, 0), ==, "line 3: unknown key \"Colour\" is left out");
  g_assert_cmpstr (g_ptr_array_index (f->warnings, 1), ==, "line 7: unknown key \"Mood\" is left out");
  g_assert_cmpstr (g_ptr_array_index (f->warnings, 2), ==, "line 8: unknown group \"Site\" is left out");
  g_assert_true (parse_head (f, MINIMAL "[Constraints]\n", &error));
}

static void
test_distrust_round_trip (Fixture *f, gconstpointer data)
{
  TrustCertificate *c = f->root->certificate;
  TrustNote *note = trust_note_new (NULL, "compromised", "uid 1000", 1767225600);
  TrustSpan none = { NULL, 0 };

  for (guint mask = 1; mask < 16; mask++)
    {
      g_autoptr (GError) error = NULL;

      if ((mask & 7) == 0)
        continue;

      g_autoptr (TrustDistrust) distrust = trust_distrust_new (mask & 1 ? trust_certificate_get_fingerprint (c) : NULL,
                                                               mask & 2 ? trust_certificate_get_key_fingerprint (c) : NULL,
                                                               mask & 4 ? trust_certificate_get_issuer_der (c) : none,
                                                               mask & 4 ? trust_certificate_get_serial (c) : none, mask & 8 ? c : NULL, f->origin,
                                                               mask & 1 ? note : NULL);
      g_autoptr (GBytes) first = trust_distrust_file_write (distrust);

      g_assert_null (g_strstr_len (g_bytes_get_data (first, NULL), (gssize) g_bytes_get_size (first), "-----BEGIN"));
      g_assert_true (trust_anchor_file_probe ((TrustSpan) { g_bytes_get_data (first, NULL), g_bytes_get_size (first) }));
      parse_bytes (f, g_bytes_get_data (first, NULL), g_bytes_get_size (first), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (f->distrusts->len, ==, 1);
      g_assert_cmpuint (f->anchors->len, ==, 0);
      g_assert_true (trust_distrust_equal (distrust, g_ptr_array_index (f->distrusts, 0)));
      g_assert_true (trust_distrust_names (g_ptr_array_index (f->distrusts, 0), c));
      g_autoptr (GBytes) second = trust_distrust_file_write (g_ptr_array_index (f->distrusts, 0));
      g_assert_true (g_bytes_equal (first, second));
    }
  trust_note_unref (note);
}

#define DISTRUST "[Distrust]\nVersion=1\n"

static void
test_distrust_refused (Fixture *f, gconstpointer data)
{
  char hex[TRUST_FINGERPRINT_HEX];
  TrustSpan der = trust_certificate_get_der (f->root->certificate);
  g_autofree char *base64 = g_base64_encode (der.data, der.size);

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (f->root->certificate), hex);
  g_autofree char *with_block = g_strconcat (DISTRUST "SHA256=", hex, "\n", f->pem, NULL);
  assert_refused (f, with_block, TRUST_ERROR_INVALID_INPUT, "take it as trust");
  assert_refused (f, DISTRUST, TRUST_ERROR_INVALID_INPUT, "names nothing");
  assert_refused (f, DISTRUST "SHA256=12\n", TRUST_ERROR_INVALID_INPUT, "line 3: SHA256");
  assert_refused (f, DISTRUST "KeySHA256=\n", TRUST_ERROR_INVALID_INPUT, "line 3: KeySHA256");
  assert_refused (f, DISTRUST "Serial=01\n", TRUST_ERROR_INVALID_INPUT, "together");
  assert_refused (f, DISTRUST "Issuer=3000\nSerial=0g\n", TRUST_ERROR_INVALID_INPUT, "line 4: Serial");
  assert_refused (f, DISTRUST "Issuer=30\nSerial=01\n", TRUST_ERROR_INVALID_INPUT, "line 3: Issuer");

  /* One who only drops the certificate means it and its key. */
  g_autofree char *only = g_strconcat (DISTRUST "Certificate=", base64, "\n", NULL);
  g_assert_true (parse_bytes (f, only, strlen (only), NULL));
  TrustDistrust *distrust = g_ptr_array_index (f->distrusts, 0);
  g_assert_nonnull (trust_distrust_get_fingerprint (distrust));
  g_assert_nonnull (trust_distrust_get_key_fingerprint (distrust));

  /* A certificate that does not parse does not weaken the rest; neither does an unknown key. */
  g_autofree char *broken = g_strconcat (DISTRUST "Certificate=MAAA\nWhy=no\nSHA256=", hex, "\n", NULL);
  g_assert_true (parse_bytes (f, broken, strlen (broken), NULL));
  g_assert_cmpuint (f->warnings->len, ==, 2);
  g_assert_cmpuint (f->distrusts->len, ==, 1);

  hex[5] = hex[5] == '0' ? '1' : '0';
  g_autofree char *other = g_strconcat (DISTRUST "Certificate=", base64, "\nSHA256=", hex, "\n", NULL);
  assert_refused (f, other, TRUST_ERROR_INVALID_INPUT, "line 3: Certificate");
}

static gboolean
probe (const char *text)
{
  return trust_anchor_file_probe ((TrustSpan) { (const guint8 *) text, strlen (text) });
}

static void
test_probe (Fixture *f, gconstpointer data)
{
  g_assert_true (probe (MINIMAL));
  g_assert_true (probe ("# c\n\n  [Anchor] \n"));
  g_assert_true (probe ("\xef\xbb\xbf[Distrust]\r\n"));
  /* Restrictions without [Anchor] must not pass for a plain PEM file. */
  g_assert_true (probe ("[Constraints]\nPermittedDNS=x\n-----BEGIN CERTIFICATE-----\n"));
  g_assert_true (probe ("[trust]\n"));
  g_assert_false (probe (f->pem));
  g_assert_false (probe ("Subject: CN=[Anchor]\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n [x]\n"));

  /* Nor behind it. */
  g_autofree char *behind = g_strconcat (f->pem, "[Constraints]\nPermittedDNS=x\n", NULL);
  g_autofree char *joined = g_strconcat (f->pem, MINIMAL, f->pem, NULL);

  g_assert_true (probe (behind));
  g_assert_true (probe (joined));
  assert_refused (f, behind, TRUST_ERROR_INVALID_INPUT, "before it");
  assert_refused (f, joined, TRUST_ERROR_INVALID_INPUT, "before it");
  g_assert_false (probe ("[p11-kit-object-v1]\n"));
  g_assert_false (probe (""));
}

/* Every cut and many changes of a good file: an anchor that differs is never taken silently as wider, and nothing crashes. */
static void
test_fuzz (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strconcat (MINIMAL "[Info]\nLabel=x\n", f->pem, NULL);
  gsize size = strlen (text);

  for (gsize cut = 0; cut < size; cut++)
    {
      g_autofree char *copy = g_memdup2 (text, cut + 1);

      if (parse_bytes (f, copy, cut, NULL))
        g_assert_cmpuint (f->anchors->len, ==, 1);
    }
  for (gsize at = 0; at < size; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree char *copy = g_memdup2 (text, size);

        copy[at] = (char) (copy[at] ^ (1 << bit));
        if (parse_bytes (f, copy, size, NULL) && f->anchors->len == 1)
          g_assert_false (trust_anchor_has_purpose (g_ptr_array_index (f->anchors, 0), TRUST_PURPOSE_CODE_SIGNING));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/anchor-file/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("minimal", test_minimal);
  ADD ("round-trip", test_round_trip);
  ADD ("refused", test_refused);
  ADD ("limits", test_limits);
  ADD ("warnings", test_warnings);
  ADD ("distrust-round-trip", test_distrust_round_trip);
  ADD ("distrust-refused", test_distrust_refused);
  ADD ("probe", test_probe);
  ADD ("fuzz", test_fuzz);
  return g_test_run ();
}
