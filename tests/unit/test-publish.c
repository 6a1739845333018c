/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/outside.h"
#include "tests/unit/publish-fixture.h"

#define BUNDLE CERTS "ca-certificates.crt"

/* A change that both removes and adds: at the end all consumers show it; our own tree went through what old and new have in
 * common. */
static void
test_two_passes (Fixture *f, gconstpointer data)
{
  g_autofree char *current = NULL;

  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  g_assert_true (publish (f, ENTRIES ({ 3, TLS }, { 4, TLS }), TRUE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0x1b);
  g_assert_cmphex (held (f, CURRENT "tls-ca-bundle.pem"), ==, 0x1b);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/tls-ca-bundle.pem"), ==, 0x0b);
  current = trust_root_read_link (f->root, "/var/lib/anchord/published/current");
  g_assert_cmpstr (current, ==, "bundles/2");
  g_assert_cmpuint (f->shown->consumers->len, ==, 2);
}

/* One certificate that loses a purpose and gains another is both a removal and an addition. */
static void
test_purpose_moves (Fixture *f, gconstpointer data)
{
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_true (publish (f, ENTRIES ({ 2, CODE }), TRUE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0x3);
  g_assert_cmphex (held (f, CURRENT "objsign-ca-bundle.pem"), ==, 0x4);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/objsign-ca-bundle.pem"), ==, 0);
}

/* What flat files may show counts, not what is trusted: one anchor gets a limit that they can't say, and another loses its. */
static void
test_limits_move (Fixture *f, gconstpointer data)
{
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, TLS | LIMITED }), FALSE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0x7);
  g_assert_true (publish (f, ENTRIES ({ 2, TLS | ENDING }, { 3, TLS }), TRUE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0xb);
  g_assert_cmphex (held (f, CURRENT "tls-ca-bundle.pem"), ==, 0xb);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/tls-ca-bundle.pem"), ==, 0x3);
  /* The loss accepted is an addition to flat files alone. */
  g_assert_true (publish (f, ENTRIES ({ 2, TLS | ENDING | ACCEPTED }, { 3, TLS | OVER }), TRUE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0x7);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/3.0/tls-ca-bundle.pem"), ==, 0x3);
}

/* A store of its own set: ANCHORS as a mask of the certificates. */
static TrustStore *
make_store (const char *name, guint anchors)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new ("store", TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (TrustStore) store = trust_store_new (name, FALSE, NULL, state, NULL);
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), none = g_ptr_array_new ();
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "store", "/etc/anchord/stores.d/x", FALSE);
  g_autoptr (TrustSettings) settings = settings_new (TLS);
  g_autoptr (TrustAnchorSet) set = NULL;

  for (guint i = 0; i < N_CERTIFICATES; i++)
    if (anchors & (1u << i))
      g_ptr_array_add (array, trust_anchor_new (certificates[i]->certificate, settings, origin, NULL));
  set = trust_anchor_set_new (array, none);
  return trust_store_with_sets (store, set, set, set, 0, TRUST_NEVER);
}

/* Publishes the system's ENTRIES with one store. */
static void
publish_store (Fixture *f, const Entry *entries, guint anchors)
{
  g_autoptr (TrustSnapshot) next = snapshot_new (f, entries);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (next->stores, make_store ("app/one", anchors));
  g_assert_true (trust_publisher_publish (f->publisher, f->shown, next, &error));
  g_assert_no_error (error);
  g_clear_pointer (&f->shown, trust_snapshot_unref);
  f->shown = g_steal_pointer (&next);
}

/* What goes in a store goes before what comes anywhere, and the other way round. */
static void
test_stores (Fixture *f, gconstpointer data)
{
  publish_store (f, ENTRIES ({ 2, TLS }), 0x30);
  g_assert_cmphex (held (f, CURRENT "stores/app/one/tls-ca-bundle.pem"), ==, 0x30);
  publish_store (f, ENTRIES ({ 2, TLS }, { 3, TLS }), 0x10);
  g_assert_cmphex (held (f, BUNDLE), ==, 0xf);
  g_assert_cmphex (held (f, CURRENT "stores/app/one/tls-ca-bundle.pem"), ==, 0x10);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/tls-ca-bundle.pem"), ==, 0x7);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/stores/app/one/tls-ca-bundle.pem"), ==, 0x10);
  publish_store (f, ENTRIES ({ 3, TLS }), 0x50);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/3.0/tls-ca-bundle.pem"), ==, 0xb);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/3.0/stores/app/one/tls-ca-bundle.pem"), ==, 0x10);
  g_assert_cmphex (held (f, CURRENT "stores/app/one/tls-ca-bundle.pem"), ==, 0x50);
}

/* Files of others that come in the same step as a removal of ours come second as well. */
static void
test_rows_second (Fixture *f, gconstpointer data)
{
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/theirs.crt", pems[3], -1);
  load_sources (f);
  g_assert_true (publish (f, ENTRIES (), TRUE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0xb);
  g_assert_cmphex (hashed (f, CERTS), ==, 0xb);
}

/* One consumer that fails does not hold up the other, and is looked at whole the next time. */
static void
test_failure (Fixture *f, gconstpointer data)
{
  g_autofree char *feed = g_build_filename (f->scratch, FEED, NULL), *file = g_build_filename (f->scratch, "/usr/local/share/ca-certificates", NULL);

  feed[strlen (feed) - 1] = '\0';
  g_assert_cmpint (g_mkdir_with_parents (file, 0755), ==, 0);
  g_assert_true (g_file_set_contents (feed, "in the way", -1, NULL));
  g_assert_false (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_true (status_of (f, "own")->current);
  g_assert_false (status_of (f, "debian")->current);
  g_assert_nonnull (status_of (f, "debian")->fault);
  g_assert_cmphex (held (f, CURRENT "tls-ca-bundle.pem"), ==, 0x7);
  g_assert_no_errno (g_unlink (feed));
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_cmphex (held (f, BUNDLE), ==, 0x7);
  g_assert_true (status_of (f, "debian")->current);
}

static gboolean
refuse (TrustRoot *root, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "the unit failed");
  return FALSE;
}

/* The configuration cannot be edited: trust is taken away all the same, and what is left to do is said. */
static void
test_edit_fails (Fixture *f, gconstpointer data)
{
  static const TrustOutside other = { refuse };

  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  trust_outside_set (&other);
  g_assert_false (publish (f, ENTRIES ({ 2, TLS }, { 0, 0 }), TRUE));
  trust_outside_set (&trust_outside_direct);
  g_assert_cmphex (held (f, BUNDLE), ==, 0x6);
  g_assert_cmpstr (status_of (f, "debian")->fault, ==, "the unit failed");
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 0, 0 }), FALSE));
  g_assert_true (status_of (f, "debian")->current);
}

/* A reader's look says what differs and writes nothing. */
static void
test_look (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  restart (f);
  before = stamps (f);
  trust_publisher_look (f->publisher, f->shown);
  g_assert_true (status_of (f, "own")->current);
  g_assert_true (status_of (f, "debian")->current);
  after = stamps (f);
  g_assert_cmpstr (before, ==, after);
  test_scratch_write (f->scratch, BUNDLE, "", -1);
  trust_publisher_look (f->publisher, f->shown);
  g_assert_true (status_of (f, "own")->current);
  g_assert_false (status_of (f, "debian")->current);
  g_assert_nonnull (status_of (f, "debian")->fault);
  g_assert_cmphex (held (f, BUNDLE), ==, 0);
}

static void
test_watched (Fixture *f, gconstpointer data)
{
  static const Entry entries[] = { { -1, 0 } };
  g_autoptr (TrustSnapshot) snapshot = snapshot_new (f, entries);
  g_autoptr (GPtrArray) watched = trust_publisher_get_watched (f->publisher, snapshot);
  g_autoptr (TrustPublisher) other = trust_publisher_new (f->root, TRUST_DISTRIBUTION_FEDORA);
  g_autoptr (GPtrArray) none = trust_publisher_get_watched (other, snapshot);

  g_assert_cmpuint (watched->len, ==, 2);
  g_assert_cmpstr (watched->pdata[0], ==, "/etc/ssl/certs");
  g_assert_cmpuint (none->len, ==, 0);
}

/* Was the mark there? It is taken away, as its service does. */
static gboolean
take_mark (Fixture *f)
{
  TrustStat stat;
  gboolean there = trust_root_lstat (f->root, TRUST_PUBLISH_MARK, &stat);

  g_assert_true (trust_root_remove_tree (f->root, TRUST_PUBLISH_MARK));
  return there;
}

/* Who waits for a generation is told of each that changes a file, and where it is not known whether anybody was. */
static void
test_mark (Fixture *f, gconstpointer data)
{
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_true (take_mark (f));
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
  g_assert_true (take_mark (f));
  heal (f);
  g_assert_false (take_mark (f));
  /* A writer that was killed may have written all of it and said nothing. */
  restart (f);
  g_assert_true (publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  g_assert_true (take_mark (f));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/publish/two-passes", test_two_passes);
  ADD ("/publish/purpose-moves", test_purpose_moves);
  ADD ("/publish/limits-move", test_limits_move);
  ADD ("/publish/stores", test_stores);
  ADD ("/publish/rows-second", test_rows_second);
  ADD ("/publish/failure", test_failure);
  ADD ("/publish/edit-fails", test_edit_fails);
  ADD ("/publish/look", test_look);
  ADD ("/publish/watched", test_watched);
  ADD ("/publish/mark", test_mark);
  return g_test_run ();
}
