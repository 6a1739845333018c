/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stores' folders of our own tree. */
#include "core/consumers/own.h"
#include "core/loss.h"
#include "tests/unit/publish-fixture.h"

#define SHELF CURRENT "stores/"
#define TLS_BUNDLE "/tls-ca-bundle.pem"
#define MAIL_BUNDLE "/email-ca-bundle.pem"
#define STORES(...) ((const Wanted[]) { __VA_ARGS__ __VA_OPT__ (, ) { NULL, 0, 0 } })

/* A store that trusts the certificates of a mask. */
typedef struct
{
  const char *name; /* NULL ends a list */
  guint tls;
  guint mail; /* of them, with MAIL as well */
} Wanted;

static TrustAnchor *
anchor_new (guint certificate, guint mask, const TrustLimits *limits)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "store-x", "/x", FALSE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  g_autoptr (TrustSettings) settings = limits != NULL ? trust_settings_new_limited (purposes, limits) : trust_settings_new (purposes);

  return trust_anchor_new (certificates[certificate]->certificate, settings, origin, NULL);
}

static TrustStore *
store_new (const char *name, GPtrArray *anchors, TrustAnchorSet *base)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new ("store-x", TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (TrustStore) loaded = trust_store_new (name, FALSE, NULL, state, NULL);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (anchors, none);
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (set, &trust_loss_policy_default, 1000, NULL, NULL);

  return trust_store_with_sets (loaded, base, set, flat, 1000, TRUST_NEVER);
}

static void
add_store (TrustSnapshot *snapshot, const Wanted *wanted)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);

  for (guint i = 0; i < N_CERTIFICATES; i++)
    if (wanted->tls & (1u << i))
      g_ptr_array_add (anchors, anchor_new (i, TLS | (wanted->mail & (1u << i) ? MAIL : 0), NULL));
  g_ptr_array_add (snapshot->stores, store_new (wanted->name, anchors, snapshot->set));
}

/* NEXT (transfer full) is published, and shown from then on. */
static void
publish_snapshot (Fixture *f, TrustSnapshot *next, gboolean known)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_publisher_publish (f->publisher, known ? f->shown : NULL, next, &error));
  g_assert_no_error (error);
  g_clear_pointer (&f->shown, trust_snapshot_unref);
  f->shown = next;
}

static void
publish_stores (Fixture *f, const Entry *entries, const Wanted *wanted, gboolean known)
{
  TrustSnapshot *next = snapshot_new (f, entries);

  for (; wanted->name != NULL; wanted++)
    add_store (next, wanted);
  publish_snapshot (f, next, known);
}

static guint
shown_by (Fixture *f, const char *store, const char *bundle)
{
  g_autofree char *path = g_strconcat (SHELF, store, bundle, NULL);

  g_assert_true (test_scratch_exists (f->scratch, path));
  return held (f, path);
}

static ino_t
inode_of (Fixture *f, const char *path)
{
  TrustStat stat;

  g_assert_true (trust_root_stat (f->root, path, &stat));
  return stat.inode;
}

static void
test_folders (Fixture *f, gconstpointer data)
{
  g_autofree char *manifest = NULL;

  publish_stores (f, ENTRIES ({ 2, TLS }), STORES (), FALSE);
  g_assert_false (test_scratch_exists (f->scratch, CURRENT "stores"));
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/b", 0, 0 }), TRUE);
  g_assert_cmphex (shown_by (f, "app/a", TLS_BUNDLE), ==, 0x18);
  g_assert_cmphex (shown_by (f, "app/a", MAIL_BUNDLE), ==, 0x10);
  g_assert_cmphex (shown_by (f, "app/b", TLS_BUNDLE), ==, 0);
  g_assert_cmphex (held (f, CURRENT "tls-ca-bundle.pem"), ==, 0x7);
  manifest = test_scratch_read (f->scratch, SHELF "app/a/set");
  g_assert_true (g_str_has_prefix (manifest, "store app/a\nbundle tls-ca-bundle.pem "));
  g_assert_true (trust_publisher_shows_stores (f->publisher, f->shown->stores));
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/b", 0, 0 }), TRUE);
  g_assert_false (test_scratch_exists (f->scratch, SHELF "app/a"));
  g_assert_true (test_scratch_exists (f->scratch, SHELF "app/b"));
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES (), TRUE);
  g_assert_false (test_scratch_exists (f->scratch, CURRENT "stores"));
}

/* What does not change is the same file, from one generation to the next and beside the system's. */
static void
test_linked (Fixture *f, gconstpointer data)
{
  ino_t tls, set, mail;

  /* Just what the system trusts for TLS. */
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/like", 0x7, 0 }), FALSE);
  g_assert_cmpuint (inode_of (f, SHELF "app/like/tls-ca-bundle.pem"), ==, inode_of (f, CURRENT "tls-ca-bundle.pem"));
  g_assert_cmpuint (inode_of (f, SHELF "app/like/email-ca-bundle.pem"), !=, inode_of (f, CURRENT "email-ca-bundle.pem"));
  tls = inode_of (f, SHELF "app/a/tls-ca-bundle.pem");
  mail = inode_of (f, SHELF "app/a/email-ca-bundle.pem");
  set = inode_of (f, SHELF "app/a/set");
  publish_stores (f, ENTRIES ({ 2, TLS }, { 5, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/like", 0x7, 0 }), TRUE);
  g_assert_cmpuint (inode_of (f, SHELF "app/a/tls-ca-bundle.pem"), ==, tls);
  g_assert_cmpuint (inode_of (f, SHELF "app/a/set"), ==, set);
  g_assert_cmpuint (inode_of (f, SHELF "app/like/tls-ca-bundle.pem"), !=, inode_of (f, CURRENT "tls-ca-bundle.pem"));
  publish_stores (f, ENTRIES ({ 2, TLS }, { 5, TLS }), STORES ({ "app/a", 0x38, 0x10 }, { "app/like", 0x7, 0 }), TRUE);
  g_assert_cmpuint (inode_of (f, SHELF "app/a/tls-ca-bundle.pem"), !=, tls);
  g_assert_cmpuint (inode_of (f, SHELF "app/a/email-ca-bundle.pem"), ==, mail);
  g_assert_cmpuint (inode_of (f, SHELF "app/a/set"), !=, set);
  g_assert_cmphex (shown_by (f, "app/a", TLS_BUNDLE), ==, 0x38);
}

static void
test_unchanged (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *known = NULL, *restarted = NULL;

  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/b", 0x7, 0x3 }), FALSE);
  before = stamps (f);
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/b", 0x7, 0x3 }), TRUE);
  known = stamps (f);
  g_assert_cmpstr (before, ==, known);
  restart (f);
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }, { "app/b", 0x7, 0x3 }), FALSE);
  restarted = stamps (f);
  g_assert_cmpstr (before, ==, restarted);
  g_assert_true (status_of (f, "own")->current);
}

/* Nothing new is shown anywhere before all that goes has gone. */
static void
test_removals_first (Fixture *f, gconstpointer data)
{
  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x18 }, { "app/gone", 0x10, 0 }), FALSE);
  publish_stores (f, ENTRIES ({ 2, TLS }, { 3, TLS }), STORES ({ "app/a", 0x28, 0x20 }, { "app/new", 0x10, 0 }), TRUE);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/tls-ca-bundle.pem"), ==, 0x7);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/stores/app/a/tls-ca-bundle.pem"), ==, 0x08);
  g_assert_cmphex (held (f, "/var/lib/anchord/published/bundles/2.0/stores/app/a/email-ca-bundle.pem"), ==, 0);
  g_assert_false (test_scratch_exists (f->scratch, "/var/lib/anchord/published/bundles/2.0/stores/app/gone"));
  g_assert_false (test_scratch_exists (f->scratch, "/var/lib/anchord/published/bundles/2.0/stores/app/new"));
  g_assert_cmphex (shown_by (f, "app/a", TLS_BUNDLE), ==, 0x28);
  g_assert_cmphex (shown_by (f, "app/new", TLS_BUNDLE), ==, 0x10);
}

/* Damaged, gone, or never ours: seen by a look, and put right. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  static const char *const faults[] = { SHELF "app/a/tls-ca-bundle.pem", SHELF "app/a/set", SHELF "app/stray/tls-ca-bundle.pem" };

  publish_stores (f, ENTRIES ({ 2, TLS }), STORES ({ "app/a", 0x18, 0x10 }), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (faults) + 1; i++)
    {
      if (i < G_N_ELEMENTS (faults))
        test_scratch_write (f->scratch, faults[i], "damaged", -1);
      else
        remove_path (f, SHELF "app/a/tls-ca-bundle.pem");
      restart (f);
      trust_publisher_look (f->publisher, f->shown);
      g_assert_false (status_of (f, "own")->current);
      g_assert_true (heal (f));
      g_assert_true (status_of (f, "own")->current);
      g_assert_cmphex (shown_by (f, "app/a", TLS_BUNDLE), ==, 0x18);
      g_assert_false (test_scratch_exists (f->scratch, SHELF "app/stray"));
      g_assert_true (trust_publisher_shows_stores (f->publisher, f->shown->stores));
    }
}

/* Flat files hold what the flat set has; the manifest tells of the whole. */
static void
test_flat (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  TrustSnapshot *next = snapshot_new (f, ENTRIES ({ 2, TLS }));
  TrustLimits limits = TRUST_LIMITS_NONE;
  g_autofree char *manifest = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  limits.until = 5000;
  g_ptr_array_add (anchors, anchor_new (3, TLS, &limits));
  g_ptr_array_add (anchors, anchor_new (4, TLS, NULL));
  g_ptr_array_add (next->stores, store_new ("app/a", anchors, next->set));
  publish_snapshot (f, next, FALSE);
  g_assert_cmphex (shown_by (f, "app/a", TLS_BUNDLE), ==, 0x10);
  manifest = test_scratch_read (f->scratch, SHELF "app/a/set");
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificates[3]->certificate), hex);
  g_assert_nonnull (strstr (manifest, hex));
  g_assert_true (trust_publisher_shows_stores (f->publisher, f->shown->stores));
}

/* More than one sync each is worth. */
static void
test_many (Fixture *f, gconstpointer data)
{
  for (guint round = 0; round < 3; round++)
    {
      TrustSnapshot *next = snapshot_new (f, ENTRIES ({ 2, TLS }));
      g_autofree char *last = NULL;

      for (guint i = 0; i < 40 - round; i++)
        {
          g_autofree char *name = g_strdup_printf ("app/%03u", i);

          add_store (next, &(Wanted) { name, (i + round) & 0xff, 0 });
        }
      publish_snapshot (f, next, round > 0);
      for (guint i = 0; i < 40 - round; i++)
        {
          g_autofree char *name = g_strdup_printf ("app/%03u", i);

          g_assert_cmphex (shown_by (f, name, TLS_BUNDLE), ==, (i + round) & 0xff);
        }
      last = g_strdup_printf (SHELF "app/%03u", 40 - round);
      g_assert_false (test_scratch_exists (f->scratch, last));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/own-stores/folders", test_folders);
  ADD ("/own-stores/linked", test_linked);
  ADD ("/own-stores/unchanged", test_unchanged);
  ADD ("/own-stores/removals-first", test_removals_first);
  ADD ("/own-stores/damaged", test_damaged);
  ADD ("/own-stores/flat", test_flat);
  ADD ("/own-stores/many", test_many);
  return g_test_run ();
}
