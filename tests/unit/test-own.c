/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"
#include "tests/unit/publish-fixture.h"

static char *
current (Fixture *f)
{
  return trust_root_read_link (f->root, TRUST_OWN_CURRENT);
}

static void
assert_shown (Fixture *f, guint tls, guint mail, guint code)
{
  g_assert_cmphex (held (f, CURRENT "tls-ca-bundle.pem"), ==, tls);
  g_assert_cmphex (held (f, CURRENT "email-ca-bundle.pem"), ==, mail);
  g_assert_cmphex (held (f, CURRENT "objsign-ca-bundle.pem"), ==, code);
  g_assert_cmphex (hashed (f, HASHED), ==, tls);
}

static ino_t
inode (Fixture *f, const char *path)
{
  TrustStat stat;

  g_assert_true (trust_root_stat (f->root, path, &stat));
  return stat.inode;
}

static void
test_purposes (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;
  ino_t mail, code;

  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, CODE }), FALSE));
  first = current (f);
  /* The distribution's own serve e-mail as well. */
  assert_shown (f, 0x7, 0x3, 0x8);
  g_assert_cmpuint (status_of (f, "own")->generation, ==, 1);
  g_assert_true (status_of (f, "own")->current);
  mail = inode (f, CURRENT "email-ca-bundle.pem");
  code = inode (f, CURRENT "objsign-ca-bundle.pem");
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, TLS | CODE }), TRUE));
  second = current (f);
  assert_shown (f, 0xf, 0x3, 0x8);
  g_assert_cmpstr (first, ==, "bundles/1");
  g_assert_cmpstr (second, ==, "bundles/2");
  /* An unchanged bundle is the same file. */
  g_assert_cmpuint (inode (f, CURRENT "email-ca-bundle.pem"), ==, mail);
  g_assert_cmpuint (inode (f, CURRENT "objsign-ca-bundle.pem"), ==, code);
  g_assert_cmpuint (inode (f, HASHED "generation"), ==, inode (f, CURRENT "set"));
}

/* A publisher that remembers, and one that does not, write nothing where nothing differs. */
static void
test_unchanged (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *known = NULL, *restarted = NULL;

  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }, { 6, MAIL }), FALSE));
  before = stamps (f);
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }, { 6, MAIL }), TRUE));
  known = stamps (f);
  g_assert_cmpstr (before, ==, known);
  restart (f);
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }, { 6, MAIL }), FALSE));
  restarted = stamps (f);
  g_assert_cmpstr (before, ==, restarted);
  g_assert_cmpuint (status_of (f, "own")->generation, ==, 1);
}

static void
test_manifest (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) none = trust_own_read_set (f->root);
  g_autoptr (GHashTable) set = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_hash_table_size (none), ==, 0);
  publish (f, ENTRIES ({ 2, TLS | CODE }, { 1, 0 }), FALSE);
  set = trust_publisher_read_set (f->publisher);
  g_assert_cmpuint (g_hash_table_size (set), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (set, trust_certificate_get_fingerprint (certificates[2]->certificate)), ==, "server-auth,code-signing");
  g_assert_null (g_hash_table_lookup (set, trust_certificate_get_fingerprint (certificates[1]->certificate)));
  text = test_scratch_read (f->scratch, CURRENT "set");
  g_assert_true (g_str_has_prefix (text, "generation 1\nbundle tls-ca-bundle.pem "));
  g_assert_nonnull (strstr (text, " administrator server-auth,code-signing\n"));
}

/* A limited anchor's line says its limits, in one word. */
static void
test_manifest_of_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (TLS);
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
  g_autoptr (TrustSettings) settings = NULL;
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/x", FALSE);
  g_autoptr (TrustAnchor) anchor = NULL;
  g_autoptr (GPtrArray) anchors = g_ptr_array_new (), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GString) body = NULL;
  g_autoptr (GHashTable) read = NULL;

  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_EMAIL, FALSE, "\"a b\"@corp.example", NULL));
  settings = trust_settings_new_limited (purposes, &limits);
  anchor = trust_anchor_new (certificates[2]->certificate, settings, origin, NULL);
  g_ptr_array_add (anchors, anchor);
  set = trust_anchor_set_new (anchors, none);
  body = trust_own_make_body (set);
  g_assert_true (g_str_has_suffix (body->str, " administrator server-auth;permitted-email=%22a%20b%22@corp.example\n"));
  test_scratch_write (f->scratch, CURRENT "set", body->str, -1);
  read = trust_own_read_set (f->root);
  g_assert_cmpstr (g_hash_table_lookup (read, trust_anchor_get_fingerprint (anchor)), ==, "server-auth;permitted-email=%22a%20b%22@corp.example");
}

/* Certificates of one subject come and go: what stays is always found, and the chain ends where it should. */
static void
test_chain (Fixture *f, gconstpointer data)
{
  static const guint steps[] = { 0x10, 0xf0, 0xe0, 0xa0, 0xb0, 0x30, 0x00, 0xf0, 0x90, 0x60, 0xf0, 0x80 };

  for (guint known = 0; known < 2; known++)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        Entry entries[N_CERTIFICATES + 1];
        guint n = 0, count = 0;
        g_autofree char *past = NULL;

        for (guint bit = 4; bit < 8; bit++)
          if (steps[i] & (1u << bit))
            entries[n++] = (Entry) { (gint) bit, TLS };
        count = n;
        entries[n] = (Entry) { -1, 0 };
        g_assert_true (publish (f, entries, known));
        assert_shown (f, steps[i] | 0x3, 0x3, 0);
        past = g_strdup_printf (HASHED "%08x.%u", trust_certificate_get_openssl_hash (certificates[4]->certificate), count);
        g_assert_false (test_scratch_exists (f->scratch, past));
      }
}

/* Files of other names in the folder are nobody's business; a damaged or missing entry, a stray one, a gap are put right. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *name = hash_name (4, 0), *entry = g_strconcat (HASHED, name, NULL), *other = hash_name (2, 3);
  g_autofree char *stray = g_strconcat (HASHED, other, NULL), *folder = NULL;

  publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }), FALSE);
  test_scratch_write (f->scratch, entry, "damaged", -1);
  test_scratch_write (f->scratch, stray, pems[3], -1);
  test_scratch_write (f->scratch, HASHED "README", "kept", -1);
  test_scratch_write (f->scratch, CURRENT "tls-ca-bundle.pem", "damaged", -1);
  restart (f);
  publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }), FALSE);
  assert_shown (f, 0x37, 0x3, 0);
  g_assert_false (test_scratch_exists (f->scratch, stray));
  g_assert_true (test_scratch_exists (f->scratch, HASHED "README"));
  folder = current (f);
  g_assert_cmpstr (folder, ==, "bundles/2");
  remove_path (f, entry);
  restart (f);
  publish (f, ENTRIES ({ 2, TLS }, { 4, TLS }, { 5, TLS }), FALSE);
  assert_shown (f, 0x37, 0x3, 0);
}

/* The same generation again, with another content: never back, never into a folder that may be open. */
static void
test_forward (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL, *third = NULL;

  f->generation = 41;
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  f->generation = 41;
  publish (f, ENTRIES ({ 3, TLS }), FALSE);
  first = current (f);
  g_assert_cmpstr (first, ==, "bundles/42.1");
  f->generation = 7;
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  second = current (f);
  g_assert_cmpstr (second, ==, "bundles/42.2");
  f->generation = 42;
  publish (f, ENTRIES (), FALSE);
  third = current (f);
  g_assert_cmpstr (third, ==, "bundles/43");
  assert_shown (f, 0x3, 0x3, 0);
}

static guint
count_generations (Fixture *f)
{
  g_autoptr (GPtrArray) names = trust_root_list (f->root, TRUST_OWN_BUNDLES);

  return names->len;
}

static void
test_tidy (Fixture *f, gconstpointer data)
{
  ino_t mail;

  for (guint i = 0; i < 5; i++)
    publish (f, i % 2 ? ENTRIES ({ 2, TLS }) : ENTRIES ({ 3, TLS }), i > 0);
  test_scratch_write (f->scratch, TRUST_OWN_BUNDLES "/notes/x", "kept", -1);
  test_scratch_write (f->scratch, HASHED ".anchord-abcdef.tmp", "left", -1);
  trust_publisher_tidy (f->publisher);
  g_assert_cmpuint (count_generations (f), ==, 3);
  g_assert_false (test_scratch_exists (f->scratch, HASHED ".anchord-abcdef.tmp"));
  assert_shown (f, 0xb, 0x3, 0);
  mail = inode (f, CURRENT "email-ca-bundle.pem");
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE);
  g_assert_cmpuint (inode (f, CURRENT "email-ca-bundle.pem"), ==, mail);
  assert_shown (f, 0xf, 0x3, 0);
}

/* A bundle that someone wrote over is seen when idle and made anew with the next change. */
static void
test_tidy_damaged (Fixture *f, gconstpointer data)
{
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  test_scratch_write (f->scratch, CURRENT "email-ca-bundle.pem", "damaged", -1);
  trust_publisher_tidy (f->publisher);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE);
  assert_shown (f, 0xf, 0x3, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/own/purposes", test_purposes);
  ADD ("/own/unchanged", test_unchanged);
  ADD ("/own/manifest", test_manifest);
  ADD ("/own/manifest-of-limits", test_manifest_of_limits);
  ADD ("/own/chain", test_chain);
  ADD ("/own/damaged", test_damaged);
  ADD ("/own/forward", test_forward);
  ADD ("/own/tidy", test_tidy);
  ADD ("/own/tidy-damaged", test_tidy_damaged);
  return g_test_run ();
}
