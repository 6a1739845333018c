/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/sealed.h"
#include "tests/unit/doors-fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_types (Fixture *fixture, gconstpointer unused)
{
  fail (fixture, "Add", g_variant_new ("(s)", "text"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "GetStatus", g_variant_new ("(s)", "text"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "Verify", g_variant_new ("()"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

/* An empty list of policies is not "any": nobody may get that by asking for none. */
static void
test_verify_no_policies (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");
  TrustSpan bytes = trust_certificate_get_der (root->certificate);
  GVariant *der = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes.data, bytes.size, 1);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, "policies", g_variant_new_array (G_VARIANT_TYPE_STRING, NULL, 0));
  fail (fixture, "Verify", g_variant_new ("(@aay@a{sv})", g_variant_new_array (NULL, &der, 1), g_variant_dict_end (&options)), NULL,
        TRUST_ERROR_INVALID_ARGUMENT);
}

/* What an anchor file or one of p11-kit's says is not dropped by who hands it to Add as a plain certificate. */
static void
test_add_is_no_import (Fixture *fixture, gconstpointer unused)
{
  static const char *const heads[] = { "[Anchor]\nVersion=1\n[Trust]\nPurposes=email-protection\n", "[p11-kit-object-v1]\nx-distrusted: true\n",
                                       "[p11-kit-object-v2]\nx-distrusted: true\n", "[Constraints]\n" };
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");
  g_autofree char *pem = test_certificate_dup_pem (root);

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *before = g_strconcat (heads[i], pem, NULL), *behind = g_strconcat (pem, heads[i], pem, NULL);

      fail (fixture, "Add", bytes_and (before, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_INPUT);
      fail (fixture, "Add", bytes_and (behind, "@a{sv} {}"), NULL, TRUST_ERROR_INVALID_INPUT);
    }
}

static void
test_life (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Door Root,O=Example");
  g_autofree char *hex = hex_of (root);
  g_autofree char *head = g_strndup (hex, 8);
  const char *const names[] = { head, NULL };
  g_auto (TrustDoorReply) shown = { NULL, NULL };
  g_auto (TrustDoorReply) removed = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) anchor = NULL;
  g_autoptr (GVariant) der = NULL;
  const char *text = NULL;

  add (fixture, root);
  pass (fixture, "Get", g_variant_new ("(s)", head), NULL, &shown, &error);
  g_assert_no_error (error);
  anchor = g_variant_get_child_value (shown.reply, 0);
  g_assert_true (g_variant_lookup (anchor, "fingerprint", "&s", &text) && g_str_equal (text, hex));
  g_assert_true (g_variant_lookup (anchor, "reason", "&s", &text) && g_str_equal (text, "a test"));
  g_assert_true (g_variant_lookup (anchor, "status", "&s", &text) && g_str_equal (text, "trusted"));
  g_assert_true (g_variant_lookup (anchor, "layer", "&s", &text) && g_str_equal (text, "administrator"));
  der = g_variant_lookup_value (anchor, "certificate", G_VARIANT_TYPE_BYTESTRING);
  g_assert_cmpmem (g_variant_get_data (der), g_variant_get_size (der), trust_certificate_get_der (root->certificate).data,
                   trust_certificate_get_der (root->certificate).size);
  pass (fixture, "Remove", g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")), NULL, &removed, &error);
  g_assert_no_error (error);
  fail (fixture, "Get", g_variant_new ("(s)", hex), NULL, TRUST_ERROR_NOT_FOUND);
  fail (fixture, "Get", g_variant_new ("(s)", "1234567"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What the dialog shows of a batch can be worked out with sha256sum. */
static void
test_describe_batch (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "Add");
  g_autoptr (GString) pem = g_string_new (NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GVariant) parameters = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Batch %u", i);
      g_autoptr (TestCertificate) root = test_certificate_new_root (dn);
      g_autofree char *one = test_certificate_dup_pem (root);
      g_autofree char *hex = hex_of (root);

      g_string_append (pem, one);
      g_ptr_array_add (lines, g_strconcat (hex, "\n", NULL));
    }
  g_ptr_array_sort (lines, compare_texts);
  for (guint i = 0; i < lines->len; i++)
    g_checksum_update (digest, lines->pdata[i], -1);

  parameters = g_variant_ref_sink (bytes_and (pem->str, "{'override-distrust': <true>, 'allow-non-ca': <true>}"));
  trust_door_parse (door, parameters, NULL, &request, &error);
  g_assert_no_error (error);
  g_assert_true (door->describe (&request, fixture->engine, details, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (g_hash_table_lookup (details, "count"), ==, "3");
  /* Whoever says yes sees what rules are waived. */
  g_assert_cmpstr (g_hash_table_lookup (details, "terms"), ==, "for server-auth; LIFTING A DISTRUST; even if it is no CA");
  g_assert_cmpstr (g_hash_table_lookup (details, "fingerprint"), ==, g_checksum_get_string (digest));
}

/* What a beginning named when it was shown is what is done, whatever is added meanwhile. */
static void
test_describe_exact (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "Distrust");
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Ex\u202eact,O=Example Organisation With A Name That Is Longer Than A Dialog");
  g_autofree char *hex = hex_of (root);
  g_autofree char *head = g_strndup (hex, 9);
  const char *const names[] = { head, NULL };
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")));
  g_autoptr (GError) error = NULL;

  add (fixture, root);
  trust_door_parse (door, parameters, NULL, &request, &error);
  g_assert_no_error (error);
  g_assert_true (door->describe (&request, fixture->engine, details, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (g_hash_table_lookup (details, "fingerprint"), ==, hex);

  const char *subject = g_hash_table_lookup (details, "subject");
  const TrustChange *change = request.data;

  g_assert_true (trust_text_is_plain (subject, TRUST_LIMIT_DIALOG_CHARS));
  g_assert_cmpuint (g_array_index (change->fingerprints, TrustPrefix, 0).n_digits, ==, 64);
}

/* Nobody is asked about a beginning that fits nothing: something could come to fit it before the answer. */
static void
test_describe_unknown (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "Distrust");
  const struct
  {
    const char *digits;
    gboolean described;
  } cases[] = {
    { "0123456789", FALSE },
    { "0000000000000000000000000000000000000000000000000000000000000001", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const names[] = { cases[i].digits, NULL };
      g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_auto (TrustDoorRequest) request = { NULL, NULL };
      g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")));
      g_autoptr (GError) error = NULL;

      g_assert_true (trust_door_parse (door, parameters, NULL, &request, NULL));
      g_assert_cmpint (door->describe (&request, fixture->engine, details, &error), ==, cases[i].described);
      if (cases[i].described)
        g_assert_no_error (error);
      else
        g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
    }
}

/* What pages are remembered by has a bound. */
static void
test_after_too_long (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "List");
  g_autofree char *zeros = g_strnfill (1000, '0');
  g_autofree char *head = g_strnfill (64, 'a');
  g_autofree char *after = g_strconcat (head, ":", zeros, NULL);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("@a{sv} {}"), after, 0));
  g_autoptr (GError) error = NULL;

  g_assert_false (trust_door_parse (door, parameters, NULL, &request, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
}

static guint
count_pages (Fixture *fixture, const char *filter, guint limit, guint *pages)
{
  g_autofree char *after = g_strdup ("");
  g_autofree char *last = g_strdup ("");
  guint rows = 0;

  *pages = 0;
  do
    {
      g_auto (TrustDoorReply) reply = { NULL, NULL };
      g_autoptr (GVariant) page = NULL;
      g_autoptr (GError) error = NULL;

      pass (fixture, "List", g_variant_new ("(@a{sv}su)", g_variant_new_parsed (filter), after, limit), NULL, &reply, &error);
      g_assert_no_error (error);
      g_clear_pointer (&after, g_free);
      g_variant_get (reply.reply, "(t@aa{sv}s)", NULL, &page, &after);
      for (guint i = 0; i < g_variant_n_children (page); i++, rows++)
        {
          g_autoptr (GVariant) row = g_variant_get_child_value (page, i);
          const char *fingerprint = NULL;

          g_assert_true (g_variant_lookup (row, "fingerprint", "&s", &fingerprint));
          g_assert_cmpstr (last, <=, fingerprint);
          g_free (last);
          last = g_strdup (fingerprint);
        }
      *pages += 1;
    }
  while (*after != '\0');
  return rows;
}

static void
test_pages (Fixture *fixture, gconstpointer unused)
{
  guint pages = 0;

  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Page %u,O=%s", i, i % 2 == 0 ? "Even Straße" : "Odd");
      g_autoptr (TestCertificate) root = test_certificate_new_root (dn);

      add (fixture, root);
      if (i == 3)
        {
          g_autofree char *hex = hex_of (root);
          const char *const names[] = { hex, NULL };
          g_auto (TrustDoorReply) reply = { NULL, NULL };

          g_assert_true (pass (fixture, "Distrust", g_variant_new ("(^as@a{sv})", names, g_variant_new_parsed ("@a{sv} {}")), NULL, &reply, NULL));
        }
    }
  g_assert_cmpuint (count_pages (fixture, "@a{sv} {}", 0, &pages), ==, 6);
  g_assert_cmpuint (pages, ==, 1);
  /* Twice, so that remembered pages are asked for as well. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (count_pages (fixture, "{'status': <'all'>}", 2, &pages), ==, 7);
      g_assert_cmpuint (pages, ==, 4);
    }
  g_assert_cmpuint (count_pages (fixture, "{'status': <'distrusted'>}", 1, &pages), ==, 1);
  g_assert_cmpuint (count_pages (fixture, "{'text': <'eVEN sTRASSE'>}", 1, &pages), ==, 4);
  g_assert_cmpuint (count_pages (fixture, "{'text': <'mine'>}", 0, &pages), ==, 6);
  g_assert_cmpuint (count_pages (fixture, "{'layer': <'distribution'>}", 0, &pages), ==, 0);
  g_assert_cmpuint (count_pages (fixture, "{'purpose': <'code-signing'>}", 0, &pages), ==, 0);
  fail (fixture, "List", g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("@a{sv} {}"), "", TRUST_LIMIT_PAGE_ANCHORS + 1), NULL,
        TRUST_ERROR_LIMIT_EXCEEDED);
  fail (fixture, "List", g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("@a{sv} {}"), "zz", 1), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

static GUnixFDList *
make_list (const char *text, int seals)
{
  int fd = memfd_create ("test", MFD_ALLOW_SEALING);

  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  g_assert_cmpint (fcntl (fd, F_ADD_SEALS, seals), ==, 0);
  return g_unix_fd_list_new_from_array (&fd, 1);
}

static void
test_sealed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Sealed");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autoptr (GUnixFDList) good = make_list (pem, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  g_autoptr (GUnixFDList) bad = make_list (pem, F_SEAL_SHRINK | F_SEAL_GROW);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  fail (fixture, "AddSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), bad, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "AddSealed", g_variant_new ("(h@a{sv})", 1, g_variant_new_parsed ("@a{sv} {}")), good, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "AddSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  pass (fixture, "AddSealed", g_variant_new ("(h@a{sv})", 0, g_variant_new_parsed ("@a{sv} {}")), good, &reply, &error);
  g_assert_no_error (error);
}

static void
test_sealed_limit (void)
{
  g_autoptr (GUnixFDList) fds = make_list ("0123456789", F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  g_autoptr (GBytes) bytes = trust_sealed_read (fds, 0, 10, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 10);
  g_assert_null (trust_sealed_read (fds, 0, 9, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

static void
test_bundle (Fixture *fixture, gconstpointer unused)
{
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, "Anchors", "GetBundle");
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Bundled");
  g_autoptr (TestCertificate) other = test_certificate_new_root ("CN=Bundled later");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autoptr (GVariant) asked = g_variant_ref_sink (g_variant_new ("(sss)", "system", "server-auth", "pem-bundle"));
  g_auto (TrustDoorRequest) request = { NULL, NULL };

  g_assert_true (trust_door_parse (door, asked, NULL, &request, NULL));
  add (fixture, root);
  g_assert_false (door->is_ready (fixture->engine, &request));
  for (guint i = 0; i < 2; i++)
    {
      g_auto (TrustDoorReply) reply = { NULL, NULL };
      char buffer[8192];
      guint64 size = 0;

      g_assert_true (door->handle (fixture->engine, &request, NULL, &reply, NULL));
      g_assert_true (door->is_ready (fixture->engine, &request));
      g_variant_get (reply.reply, "(htt)", NULL, &size, NULL);

      int fd = g_unix_fd_list_get (reply.fds, 0, NULL);

      g_assert_cmpint (read (fd, buffer, sizeof buffer), ==, (gssize) size);
      g_assert_nonnull (strstr (buffer, "BEGIN CERTIFICATE"));
      g_assert_cmpint (fcntl (fd, F_GETFL) & O_ACCMODE, ==, O_RDONLY);
      close (fd);
    }
  /* Another set: what was made of the old one is no longer given. */
  add (fixture, other);
  g_assert_false (door->is_ready (fixture->engine, &request));
  fail (fixture, "GetBundle", g_variant_new ("(sss)", "mine", "server-auth", "pem-bundle"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
  fail (fixture, "GetBundle", g_variant_new ("(sss)", "system", "server-auth", "jks"), NULL, TRUST_ERROR_INVALID_ARGUMENT);
}

/* The memfd that answers: the service's memory for as long as somebody holds it. */
static guint64
get_inode (Fixture *fixture, const char *purpose, const char *format)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  struct stat st;

  pass (fixture, "GetBundle", g_variant_new ("(sss)", "system", purpose, format), NULL, &reply, &error);
  g_assert_no_error (error);

  int fd = g_unix_fd_list_get (reply.fds, 0, NULL);

  g_assert_cmpint (fstat (fd, &st), ==, 0);
  close (fd);
  return st.st_ino;
}

/* Who asks for ever other purposes pushes nothing out. */
static void
test_bundle_shared (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Shared");
  guint64 pem = 0, all = 0, nothing = 0;

  add (fixture, root);
  pem = get_inode (fixture, "server-auth", "pem-bundle");
  all = get_inode (fixture, "", "p11-kit");
  nothing = get_inode (fixture, "1.2.3.4.5", "pem-bundle");
  g_assert_cmpuint (pem, !=, all);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *purpose = g_strdup_printf ("1.2.3.4.%u", i);

      g_assert_cmpuint (get_inode (fixture, purpose, "pem-bundle"), ==, nothing);
    }
  g_assert_cmpuint (get_inode (fixture, "server-auth", "pem-bundle"), ==, pem);
  g_assert_cmpuint (get_inode (fixture, "", "p11-kit"), ==, all);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/types", Fixture, NULL, set_up, test_types, tear_down);
  g_test_add ("/doors/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/doors/describe/batch", Fixture, NULL, set_up, test_describe_batch, tear_down);
  g_test_add ("/doors/describe/exact", Fixture, NULL, set_up, test_describe_exact, tear_down);
  g_test_add ("/doors/describe/unknown", Fixture, NULL, set_up, test_describe_unknown, tear_down);
  g_test_add ("/doors/list/after", Fixture, NULL, set_up, test_after_too_long, tear_down);
  g_test_add ("/doors/verify-no-policies", Fixture, NULL, set_up, test_verify_no_policies, tear_down);
  g_test_add ("/doors/add-is-no-import", Fixture, NULL, set_up, test_add_is_no_import, tear_down);
  g_test_add ("/doors/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/doors/sealed", Fixture, NULL, set_up, test_sealed, tear_down);
  g_test_add_func ("/doors/sealed/limit", test_sealed_limit);
  g_test_add ("/doors/bundle", Fixture, NULL, set_up, test_bundle, tear_down);
  g_test_add ("/doors/bundle/shared", Fixture, NULL, set_up, test_bundle_shared, tear_down);
  return g_test_run ();
}
