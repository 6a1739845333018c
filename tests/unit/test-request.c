/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/requests-fixture.h"

static TrustRequest *
parse (const char *text, const char *id, GError **error)
{
  return trust_request_parse ((TrustSpan) { (const guint8 *) text, strlen (text) }, id, error);
}

/* The id is the SHA-256 of the length-prefixed parts, worked out here once more. */
static void
test_id (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *parts[] = { "system", "server-auth", "Label", "because" };
  gboolean a_first = trust_fingerprint_compare (trust_certificate_get_fingerprint (f->a->certificate),
                                                trust_certificate_get_fingerprint (f->b->certificate))
                     < 0;
  TrustCertificate *sorted[] = { (a_first ? f->a : f->b)->certificate, (a_first ? f->b : f->a)->certificate };

  g_byte_array_append (bytes, (const guint8 *) "anchord-request-1\n", 18);
  for (guint i = 0; i < 6; i++)
    {
      TrustSpan part = i < 4 ? (TrustSpan) { (const guint8 *) parts[i], strlen (parts[i]) } : trust_certificate_get_der (sorted[i - 4]);
      guint8 length[8] = { 0, 0, 0, 0, 0, 0, (guint8) (part.size >> 8), (guint8) part.size };

      g_byte_array_append (bytes, length, sizeof length);
      g_byte_array_append (bytes, part.data, (guint) part.size);
    }

  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);

  g_assert_cmpstr (request->id, ==, expected);
  g_assert_cmpuint (request->certificates->len, ==, 2);
}

/* Equal wishes have one id, whoever asks and in whatever order; different ones never. */
static void
test_same_and_other (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_request_unref);
  g_autoptr (GPtrArray) straight = both (f, FALSE);
  g_autoptr (GPtrArray) swapped = both (f, TRUE);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (TrustPurposes) server = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) email = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  const struct
  {
    TrustWish wish;
    gboolean fresh;
  } cases[] = {
    { { straight, NULL, NULL, NULL, NULL }, TRUE },    { { swapped, server, "", "", "system" }, FALSE },
    { { straight, email, NULL, NULL, NULL }, TRUE },   { { straight, NULL, "ab", "c", NULL }, TRUE },
    { { straight, NULL, "a", "bc", NULL }, TRUE },     { { straight, NULL, NULL, "abc", NULL }, TRUE },
    { { straight, NULL, NULL, NULL, "app/a" }, TRUE }, { { one, NULL, NULL, NULL, NULL }, TRUE },
  };

  g_ptr_array_add (one, f->a->certificate);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TrustRequest *request = trust_request_new (&cases[i].wish, f->caller, NOW + i, &error);

      g_assert_no_error (error);
      g_ptr_array_add (kept, request);
      g_assert_cmpint (g_hash_table_add (ids, request->id), ==, cases[i].fresh);
      f->caller->uid++;
    }
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GPtrArray) one = both (f, FALSE);
  g_autoptr (TrustPurposes) nothing = trust_purposes_new_mask (0);
  const struct
  {
    TrustWish wish;
    TrustError code;
  } cases[] = {
    { { none, NULL, NULL, NULL, NULL }, TRUST_ERROR_INVALID_INPUT },        { { many, NULL, NULL, NULL, NULL }, TRUST_ERROR_LIMIT_EXCEEDED },
    { { one, nothing, NULL, NULL, NULL }, TRUST_ERROR_INVALID_ARGUMENT },   { { one, NULL, "two\nlines", NULL, NULL }, TRUST_ERROR_INVALID_ARGUMENT },
    { { one, NULL, NULL, "\033[2J", NULL }, TRUST_ERROR_INVALID_ARGUMENT }, { { one, NULL, NULL, NULL, "app/../etc" }, TRUST_ERROR_INVALID_ARGUMENT },
  };

  for (guint i = 0; i <= TRUST_LIMIT_REQUEST_CERTIFICATES; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Many %u", i);
      g_autoptr (TestCertificate) root = test_certificate_new_root (dn);

      g_ptr_array_add (many, trust_certificate_ref (root->certificate));
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_request_new (&cases[i].wish, f->caller, NOW, &error));
      g_assert_error (error, TRUST_ERROR, (int) cases[i].code);
    }
}

/* What is written is what is read, whatever the words are; a caller's own words are made harmless. */
static void
test_round_trip (Fixture *f, gconstpointer data)
{
  const char *const words[] = { "", " blanks in front and behind ", "semicolon; backslash \\ \\n and [group] # = key", "Ümläut 日本" };
  g_autoptr (GPtrArray) certificates = both (f, FALSE);

  g_free (f->caller->command);
  f->caller->command = g_strdup ("bad\033[2J\ncommand");
  g_free (f->caller->unit);
  f->caller->unit = g_strdup ("some.service");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      TrustWish wish = { certificates, NULL, words[i], words[G_N_ELEMENTS (words) - 1 - i], "app/some-thing" };
      g_autoptr (TrustRequest) request = trust_request_new (&wish, f->caller, NOW, NULL);
      g_autoptr (GBytes) bytes = trust_request_write (request);
      TrustSpan span = { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) };
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustRequest) back = trust_request_parse (span, request->id, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (back->label, ==, words[i]);
      g_assert_cmpstr (back->reason, ==, words[G_N_ELEMENTS (words) - 1 - i]);
      g_assert_cmpstr (back->store, ==, "app/some-thing");
      g_assert_cmpint (back->uid, ==, 1000);
      g_assert_cmpint (back->time, ==, NOW);
      g_assert_cmpint (back->expires, ==, NOW + DAYS (TRUST_LIMIT_REQUEST_DAYS));
      g_assert_true (trust_text_is_plain (back->who, 0));
      g_assert_nonnull (strstr (back->who, "uid 1000, bad"));
      g_assert_nonnull (strstr (back->who, ", some.service"));
      g_assert_cmpuint (back->certificates->len, ==, 2);
      g_assert_true (trust_purposes_equal (back->purposes, request->purposes));
    }
}

static void
test_altered (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  const struct
  {
    const char *find, *replace;
    TrustError code;
  } cases[] = {
    { "Reason=because", "Reason=because not", TRUST_ERROR_DAMAGED },
    { "Purposes=server-auth", "Purposes=code-signing", TRUST_ERROR_DAMAGED },
    { "Purposes=server-auth;\n", "", TRUST_ERROR_INVALID_INPUT },
    { "Purposes=server-auth", "Purposes=coffee", TRUST_ERROR_INVALID_ARGUMENT },
    { "Store=system", "Store=app/other", TRUST_ERROR_DAMAGED },
    { "Label=Label", "Label=Lab\033el", TRUST_ERROR_INVALID_ARGUMENT },
    { "Version=1", "Version=2", TRUST_ERROR_INVALID_INPUT },
    { "UID=1000", "UID=root", TRUST_ERROR_INVALID_INPUT },
    { "Expires=", "Expires=never ", TRUST_ERROR_INVALID_INPUT },
    { "Certificates=", "Certificates=AAAA;", TRUST_ERROR_INVALID_INPUT },
    { "Certificates=", "Nothing=", TRUST_ERROR_INVALID_INPUT },
    { "[Wish]", "[Wish", TRUST_ERROR_INVALID_INPUT },
    { "[Wish]", "[W\xff]", TRUST_ERROR_INVALID_INPUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = altered (request, cases[i].find, cases[i].replace);
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (text, request->id, &error));
      g_assert_error (error, TRUST_ERROR, (int) cases[i].code);
    }
}

/* A file cut anywhere is refused, or asks for the same. */
static void
test_truncated (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRequest) request = ask (f, "because", NOW);
  g_autoptr (GBytes) bytes = trust_request_write (request);
  gsize size = g_bytes_get_size (bytes);

  for (gsize i = 0; i < size; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustRequest) cut = trust_request_parse ((TrustSpan) { g_bytes_get_data (bytes, NULL), i }, request->id, &error);

      if (cut == NULL)
        g_assert_error (error, TRUST_ERROR, error->code);
      else
        g_assert_cmpuint (i, >=, size - 2);
    }
}

static void
test_ids (void)
{
  const char *const bad[] = { "",
                              "0123",
                              "0123456789012345678901234567890123456789012345678901234567890123a",
                              "012345678901234567890123456789012345678901234567890123456789012",
                              "../../../../../../etc/passwd",
                              "ABCDEF7890123456789012345678901234567890123456789012345678901234" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (trust_request_check_id (bad[i], &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
  g_assert_true (trust_request_check_id ("abcdef7890123456789012345678901234567890123456789012345678901234", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("id", test_id);
  ADD ("same-and-other", test_same_and_other);
  ADD ("limits", test_limits);
  ADD ("round-trip", test_round_trip);
  ADD ("altered", test_altered);
  ADD ("truncated", test_truncated);
  g_test_add_func ("/requests/ids", test_ids);
  return g_test_run ();
}
