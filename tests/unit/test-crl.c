/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Revocation lists as they are read: RFC 5280 section 5. */
#include "core/crl.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "tests/lib/issue.h"

#define BYTES(literal) literal, sizeof (literal) - 1
#define SERIAL(literal)                                                                                                                              \
  {                                                                                                                                                  \
    (const guint8 *) literal, sizeof (literal) - 1                                                                                                   \
  }

static const Issued *
get_issuer (void)
{
  static const Issued *issuer = NULL;

  if (issuer == NULL)
    issuer = issue_root ("Issuer");
  return issuer;
}

/* NULL where it is refused. EXTRA: (transfer full) (nullable). */
static TrustCrl *
read_with (const IssueEntry *entries, guint n, GByteArray *extra)
{
  g_autoptr (GByteArray) owned = extra;
  g_autoptr (GByteArray) der = issue_crl_der (&(IssueCrlSpec) { .issuer = get_issuer (), .entries = entries, .n_entries = n, .extra = extra });
  g_autoptr (GError) error = NULL;
  TrustCrl *crl = trust_crl_new (der->data, der->len, &error);

  if (crl == NULL)
    g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  return crl;
}

/* 5.1.2. */
static void
test_fields (void)
{
  g_autoptr (TrustCrl) crl = issue_crl (&(IssueCrlSpec) { .issuer = get_issuer (), .number = 300 });
  g_autoptr (TrustCrl) open_ended = issue_crl (&(IssueCrlSpec) { .issuer = get_issuer (), .next_update = -1, .base_number = 8 });

  g_assert_null (crl->fault);
  g_assert_cmpint (crl->this_update, ==, ISSUE_BEGINS);
  g_assert_cmpint (crl->next_update, ==, ISSUE_ENDS);
  g_assert_cmpuint (crl->issuer_id, ==, trust_certificate_get_subject_id (get_issuer ()->certificate));
  g_assert_cmpmem (crl->number.data, crl->number.size, "\x01\x2c", 2);
  g_assert_cmpmem (crl->authority_key_id.data, crl->authority_key_id.size, get_issuer ()->key_id, 20);
  g_assert_cmpuint (crl->base_number.size, ==, 0);
  g_assert_cmpuint (crl->reasons, ==, TRUST_REVOCATION_ALL_REASONS);
  g_assert_false (crl->has_point || crl->only_cas || crl->only_users || crl->only_attributes || crl->is_indirect);
  g_assert_cmpint (open_ended->next_update, ==, 0);
  g_assert_cmpmem (open_ended->base_number.data, open_ended->base_number.size, "\x07", 1);
}

/* 5.1.2.6, 5.3.1: entries are found by serial number and issuer, whatever their order. */
static void
test_entries (void)
{
  const IssueEntry entries[] = {
    { SERIAL ("\x7f"), 2, NULL }, { SERIAL ("\x01\x00"), 0, NULL }, { SERIAL ("\x05"), 9, NULL }, { SERIAL ("\x02"), 0, NULL }
  };
  g_autoptr (TrustCrl) crl = read_with (entries, G_N_ELEMENTS (entries), NULL);
  /* clang-format off */
  static const struct { TrustSpan serial; int reason; } rows[] = {
    { SERIAL ("\x7f"), 1 }, { SERIAL ("\x01\x00"), 0 }, { SERIAL ("\x05"), TRUST_REVOCATION_REMOVED }, { SERIAL ("\x02"), 0 },
    { SERIAL ("\x01"), -1 }, { SERIAL ("\x01\x00\x00"), -1 }, { SERIAL ("\x00"), -1 }, { SERIAL ("\x7e"), -1 }, { SERIAL (""), -1 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const TrustCrlEntry *entry = trust_crl_find (crl, crl->issuer_id, rows[i].serial);

      g_assert_cmpint (entry != NULL ? entry->reason : -1, ==, rows[i].reason);
      g_assert_null (trust_crl_find (crl, crl->issuer_id + 1, rows[i].serial));
    }
}

/* 5.3: extensions of entries. */
static void
test_entry_extensions (void)
{
  /* clang-format off */
  static const struct { const char *source; guint8 arc; gboolean critical; const char *value; gsize size; gboolean read, usable; } rows[] = {
    { "5.3.1", 21, FALSE, BYTES ("\x0a\x01\x0a"), TRUE, TRUE },
    { "5.3.1", 21, TRUE, BYTES ("\x0a\x01\x01"), TRUE, TRUE },
    { "5.3.1", 21, FALSE, BYTES ("\x0a\x01\x0b"), FALSE, FALSE },
    { "5.3.1", 21, FALSE, BYTES ("\x02\x01\x01"), FALSE, FALSE },
    { "5.3.1", 21, FALSE, BYTES ("\x0a\x02\x00\x01"), FALSE, FALSE },
    { "5.3.2", 24, FALSE, BYTES ("\x18\x0f" "20250101000000Z"), TRUE, TRUE },
    { "5.3: non-critical ones may be passed over", 99, FALSE, BYTES ("?"), TRUE, TRUE },
    { "5.3: with a critical one the list must not be used", 99, TRUE, BYTES ("?"), TRUE, FALSE },
    { "5.3.3: only in an indirect list", 29, TRUE, BYTES ("\x30\x11\xa4\x0f\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02" "CA"), TRUE, FALSE },
    { "5.3.3", 29, TRUE, BYTES ("\x30\x03\x82\x01" "a"), FALSE, FALSE },
    { "5.3.3", 29, TRUE, BYTES ("\x05\x00"), FALSE, FALSE },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) extra = issue_extension (rows[i].arc, rows[i].critical, forge_bytes (rows[i].value, rows[i].size));
      const IssueEntry entry = { SERIAL ("\x05"), 0, extra };
      g_autoptr (TrustCrl) crl = read_with (&entry, 1, NULL);

      g_test_message ("%s: %s", rows[i].source, crl == NULL ? "refused" : crl->fault != NULL ? crl->fault : "usable");
      g_assert_cmpint (crl != NULL, ==, rows[i].read);
      g_assert_cmpint (crl != NULL && crl->fault == NULL, ==, rows[i].usable);
    }
}

/* 5.3.3: an entry's certificateIssuer goes on for the entries behind it. */
static void
test_indirect (void)
{
  g_autoptr (GByteArray) name = forge_name (FORGE_OID_CN, 0x0c, "Other");
  g_autoptr (GByteArray) other = issue_extension (29, TRUE, forge_element (0x30, forge_element (0xa4, forge_copy (name))));
  const IssueEntry entries[] = { { SERIAL ("\x05"), 0, NULL }, { SERIAL ("\x06"), 0, other }, { SERIAL ("\x07"), 0, NULL } };
  GByteArray *scope = issue_extension (28, TRUE, forge_element (0x30, forge_element (0x84, FORGE_BYTES ("\xff"))));
  g_autoptr (TrustCrl) crl = read_with (entries, G_N_ELEMENTS (entries), scope);
  guint64 id = trust_name_id (forge_span (name));

  g_assert_null (crl->fault);
  g_assert_true (crl->is_indirect);
  g_assert_nonnull (trust_crl_find (crl, crl->issuer_id, entries[0].serial));
  g_assert_null (trust_crl_find (crl, id, entries[0].serial));
  for (guint i = 1; i < 3; i++)
    {
      g_assert_nonnull (trust_crl_find (crl, id, entries[i].serial));
      g_assert_null (trust_crl_find (crl, crl->issuer_id, entries[i].serial));
    }
}

/* 5.2: extensions of the list. */
static void
test_extensions (void)
{
  /* clang-format off */
  static const struct { const char *source; guint8 arc; gboolean critical; const char *value; gsize size; gboolean read, usable; } rows[] = {
    { "5.2: non-critical ones may be passed over", 99, FALSE, BYTES ("?"), TRUE, TRUE },
    { "5.2: with a critical one the list must not be used", 99, TRUE, BYTES ("?"), TRUE, FALSE },
    { "5.2.2", 18, FALSE, BYTES ("\x30\x03\x82\x01" "a"), TRUE, TRUE },
    { "5.2.6", 46, FALSE, BYTES ("\x30\x00"), TRUE, TRUE },
    { "5.2.5", 28, TRUE, BYTES ("\x30\x03\x81\x01\xff"), TRUE, TRUE },
    { "5.2.5", 28, TRUE, BYTES ("\x30\x03\x86\x01\xff"), FALSE, FALSE },
    { "5.2.5", 28, TRUE, BYTES ("\x30\x04\x81\x02\xff\xff"), FALSE, FALSE },
    { "5.2.5", 28, TRUE, BYTES ("\x05\x00"), FALSE, FALSE },
    { "5.2.4", 27, TRUE, BYTES ("\x04\x01\x01"), FALSE, FALSE },
    /* "no more than one instance of a particular extension": the list has a number already. */
    { "5.2, 4.2: twice", 20, FALSE, BYTES ("\x02\x01\x05"), FALSE, FALSE },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TrustCrl) crl = read_with (NULL, 0, issue_extension (rows[i].arc, rows[i].critical, forge_bytes (rows[i].value, rows[i].size)));

      g_test_message ("%s: %s", rows[i].source, crl == NULL ? "refused" : crl->fault != NULL ? crl->fault : "usable");
      g_assert_cmpint (crl != NULL, ==, rows[i].read);
      g_assert_cmpint (crl != NULL && crl->fault == NULL, ==, rows[i].usable);
    }
}

/* 5.2.5: what the list says it is about. */
static void
test_scope (void)
{
  g_autoptr (TrustCrl) users = read_with (NULL, 0, issue_extension (28, TRUE, FORGE_BYTES ("\x30\x03\x81\x01\xff")));
  g_autoptr (TrustCrl) cas = read_with (NULL, 0, issue_extension (28, TRUE, FORGE_BYTES ("\x30\x03\x82\x01\xff")));
  /* onlySomeReasons: keyCompromise (1) and cACompromise (2). */
  g_autoptr (TrustCrl) some = read_with (NULL, 0, issue_extension (28, TRUE, FORGE_BYTES ("\x30\x04\x83\x02\x05\x60")));
  g_autoptr (TrustCrl) attributes = read_with (NULL, 0, issue_extension (28, TRUE, FORGE_BYTES ("\x30\x03\x85\x01\xff")));
  g_autoptr (TrustCrl) point = read_with (NULL, 0,
                                          issue_extension (28, TRUE,
                                                           FORGE_BYTES ("\x30\x07\xa0\x05\xa0\x03\x86\x01"
                                                                        "u")));

  g_assert_true (users->only_users && !users->only_cas);
  g_assert_true (cas->only_cas && !cas->only_users);
  g_assert_cmpuint (some->reasons, ==, 1u << 1 | 1u << 2);
  g_assert_true (attributes->only_attributes);
  g_assert_true (point->has_point);
  g_assert_cmpmem (point->point_names.data, point->point_names.size,
                   "\x86\x01"
                   "u",
                   3);
}

/* 5.2.3: "CRL numbers MUST NOT be longer than 20 octets", and compare as numbers. */
static void
test_numbers (void)
{
  /* clang-format off */
  static const struct { TrustSpan a, b; int order; } rows[] = {
    { SERIAL ("\x01"), SERIAL ("\x02"), -1 }, { SERIAL ("\x02"), SERIAL ("\x01"), 1 }, { SERIAL ("\x01"), SERIAL ("\x01"), 0 },
    { SERIAL ("\x00\xff"), SERIAL ("\x01\x00"), -1 }, { SERIAL ("\x00\xff"), SERIAL ("\x7f"), 1 }, { SERIAL ("\x00"), SERIAL (""), 0 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (CLAMP (trust_crl_compare_numbers (rows[i].a, rows[i].b), -1, 1), ==, rows[i].order);
}

/* X.690 8.3.2: a serial number that is not written as DER has it could never be found again. */
static void
test_odd_serial (void)
{
  const IssueEntry padded = { SERIAL ("\x00\x05"), 0, NULL }, proper = { SERIAL ("\x00\x85"), 0, NULL };
  g_autoptr (TrustCrl) refused = read_with (&padded, 1, NULL), taken = read_with (&proper, 1, NULL);

  g_assert_null (refused);
  g_assert_nonnull (taken);
}

/* Every cut, a byte more, PEM and no list at all. */
static void
test_damaged (void)
{
  const IssueEntry entry = { SERIAL ("\x05"), 2, NULL };
  g_autoptr (GByteArray) der = issue_crl_der (&(IssueCrlSpec) { .issuer = get_issuer (), .entries = &entry, .n_entries = 1 });
  g_autofree char *base64 = g_base64_encode (der->data, der->len);
  g_autofree char *pem = g_strdup_printf ("-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n", base64);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustCrl) from_pem = trust_crl_new (pem, strlen (pem), &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (from_pem->der, NULL), g_bytes_get_size (from_pem->der), der->data, der->len);
  for (gsize size = 0; size < der->len; size++)
    {
      g_autofree guint8 *cut = g_memdup2 (der->data, size);
      g_autoptr (GError) refused = NULL;

      g_assert_null (trust_crl_new (cut, size, &refused));
      g_assert_error (refused, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
    }
  g_byte_array_append (der, (const guint8 *) "", 1);
  g_assert_null (trust_crl_new (der->data, der->len, NULL));
  g_assert_null (trust_crl_new (BYTES ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), NULL));
}

static void
test_limit (void)
{
  g_autofree guint8 *bytes = g_malloc0 (TRUST_LIMIT_CRL_BYTES + 1);
  g_autoptr (GError) error = NULL;

  bytes[0] = 0x30;
  g_assert_null (trust_crl_new (bytes, TRUST_LIMIT_CRL_BYTES + 1, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crl/fields", test_fields);
  g_test_add_func ("/crl/entries", test_entries);
  g_test_add_func ("/crl/entry-extensions", test_entry_extensions);
  g_test_add_func ("/crl/indirect", test_indirect);
  g_test_add_func ("/crl/extensions", test_extensions);
  g_test_add_func ("/crl/scope", test_scope);
  g_test_add_func ("/crl/numbers", test_numbers);
  g_test_add_func ("/crl/odd-serial", test_odd_serial);
  g_test_add_func ("/crl/damaged", test_damaged);
  g_test_add_func ("/crl/limit", test_limit);
  return g_test_run ();
}
