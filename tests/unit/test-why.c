/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/layers.h"
#include "core/loss.h"
#include "core/why.h"

#include "tests/lib/support.h"

#include <string.h>

#define NOW 1700000000
#define PAST (NOW - 1000)
#define ALL ((1u << TRUST_PURPOSE_LAST) - 1)

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TestCertificate *corp;
  TestCertificate *cross;  /* with corp's key */
  GPtrArray *states;       /* (owned) */
  GPtrArray *stores;       /* (owned) */
  GPtrArray *consumers;    /* (owned) of TrustConsumerStatus* */
  TrustSnapshot *snapshot; /* (owned) (nullable) */
  TrustWhy *why;           /* (owned) (nullable) */
} Fixture;

static const struct
{
  const char *source;
  TrustLayer layer;
  gboolean foreign;
} sources[] = { { "debian-distribution", TRUST_LAYER_DISTRIBUTION, FALSE },
                { "anchors-usr", TRUST_LAYER_VENDOR, FALSE },
                { "anchors-run", TRUST_LAYER_RUNTIME, FALSE },
                { "debian-local", TRUST_LAYER_ADMINISTRATOR, TRUE },
                { "anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE } };

enum
{
  DISTRIBUTION,
  VENDOR,
  RUNTIME,
  LOCAL,
  OWN
};

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec spec = { .dn = "CN=Corp" };

  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->corp = test_certificate_new_root ("CN=Corp");
  spec.same_key = f->corp;
  f->cross = test_certificate_new (&spec);
  f->states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  f->stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);
  f->consumers = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_ptr_array_add (f->states, trust_source_state_new (sources[i].source, sources[i].layer, sources[i].foreign));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->why, trust_why_free);
  g_clear_pointer (&f->snapshot, trust_snapshot_unref);
  g_ptr_array_unref (f->states);
  g_ptr_array_unref (f->stores);
  g_ptr_array_unref (f->consumers);
  test_certificate_free (f->corp);
  test_certificate_free (f->cross);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustSourceFile *
add_file (TrustSourceState *state, const char *path)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (state->layer, state->source, path, state->foreign);
  trust_source_state_take_file (state, file);
  return file;
}

static TrustAnchor *
anchor_new (const TestCertificate *certificate, guint mask, gint64 until, TrustOrigin *origin)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  TrustLimits limits = { .until = until };
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, &limits);
  TrustNote *note = trust_note_new ("a label", "CHG-1", "uid 7", 99);
  TrustAnchor *anchor = trust_anchor_new (certificate->certificate, settings, origin, note);

  trust_note_unref (note);
  return anchor;
}

static TrustSourceFile *
trust_in (TrustSourceState *state, const char *path, const TestCertificate *certificate, guint mask, gint64 until)
{
  TrustSourceFile *file = add_file (state, path);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = anchor_new (certificate, mask, until, file->origin);
  return file;
}

static TrustSourceFile *
refuse_in (TrustSourceState *state, const char *path, const TestCertificate *certificate, gboolean by_key, gboolean by_serial)
{
  TrustSourceFile *file = add_file (state, path);
  TrustCertificate *named = certificate->certificate;
  TrustSpan none = { NULL, 0 };

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = trust_distrust_new (!by_key && !by_serial ? trust_certificate_get_fingerprint (named) : NULL,
                                           by_key ? trust_certificate_get_key_fingerprint (named) : NULL,
                                           by_serial ? trust_certificate_get_issuer_der (named) : none,
                                           by_serial ? trust_certificate_get_serial (named) : none, NULL, file->origin, NULL);
  return file;
}

static const TrustWhy *
ask (Fixture *f, const TestCertificate *certificate)
{
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (f->states, NULL, NOW, NULL);

  g_clear_pointer (&f->why, trust_why_free);
  g_clear_pointer (&f->snapshot, trust_snapshot_unref);
  f->snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, f->states);
  f->snapshot->time = NOW;
  trust_anchor_set_unref (f->snapshot->flat);
  f->snapshot->flat = trust_loss_flatten (set, &trust_loss_policy_default, NOW, NULL, NULL);
  for (guint i = 0; i < f->stores->len; i++)
    g_ptr_array_add (f->snapshot->stores, trust_store_ref (f->stores->pdata[i]));
  g_ptr_array_extend_and_steal (f->snapshot->consumers, g_steal_pointer (&f->consumers));
  f->consumers = g_ptr_array_new ();
  f->why = trust_why_new (f->root, f->snapshot, trust_certificate_get_fingerprint (certificate->certificate));
  return f->why;
}

static const TrustWhySource *
source_at (const TrustWhy *why, const char *path)
{
  for (guint i = 0; i < why->sources->len; i++)
    if (g_str_equal (((TrustWhySource *) why->sources->pdata[i])->path, path))
      return why->sources->pdata[i];
  g_assert_not_reached ();
}

static void
test_unknown (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = ask (f, f->corp);

  g_assert_cmpstr (trust_status_get_name (why->status), ==, "unknown");
  g_assert_cmpstr (why->decided_by, ==, "");
  g_assert_cmpstr (why->title, ==, "");
  g_assert_null (why->certificate);
  g_assert_cmpuint (why->sources->len, ==, 0);
}

/* Every layer that speaks is a row, highest first; the highest decides. */
static void
test_layers (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;
  const TrustWhySource *row = NULL;

  trust_in (f->states->pdata[DISTRIBUTION], "/usr/share/d.crt", f->corp, 7, TRUST_NEVER);
  trust_in (f->states->pdata[VENDOR], "/usr/lib/v.pem", f->corp, 1, TRUST_NEVER);
  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1, TRUST_NEVER);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "trusted");
  g_assert_cmpstr (why->decided_by, ==, "/etc/o.anchor");
  g_assert_cmpstr (why->title, ==, "Corp");
  g_assert_cmpuint (why->sources->len, ==, 3);
  row = why->sources->pdata[0];
  g_assert_cmpstr (row->path, ==, "/etc/o.anchor");
  g_assert_cmpint (row->layer, ==, TRUST_LAYER_ADMINISTRATOR);
  g_assert_cmpstr (row->source, ==, "anchors-etc");
  g_assert_cmpstr (trust_says_get_name (row->says), ==, "trusts");
  g_assert_cmpstr (row->settings, ==, "server-auth");
  g_assert_cmpstr (row->label, ==, "a label");
  g_assert_cmpstr (row->reason, ==, "CHG-1");
  g_assert_cmpstr (row->added_by, ==, "uid 7");
  g_assert_cmpint (row->added, ==, 99);
  g_assert_true (row->decides);
  g_assert_false (source_at (why, "/usr/lib/v.pem")->decides);
  g_assert_nonnull (strstr (source_at (why, "/usr/share/d.crt")->why, "administrator layer decides over the distribution"));
}

/* By certificate, by key or by issuer and serial number: all of them speak of it, and one is enough. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  trust_in (f->states->pdata[DISTRIBUTION], "/usr/share/d.crt", f->corp, 7, TRUST_NEVER);
  refuse_in (f->states->pdata[VENDOR], "/usr/lib/c.distrust", f->corp, FALSE, FALSE);
  refuse_in (f->states->pdata[RUNTIME], "/run/k.distrust", f->cross, TRUE, FALSE);
  refuse_in (f->states->pdata[OWN], "/etc/s.distrust", f->corp, FALSE, TRUE);
  refuse_in (f->states->pdata[OWN], "/etc/other.distrust", f->cross, FALSE, FALSE);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "distrusted");
  g_assert_cmpstr (why->decided_by, ==, "/etc/s.distrust");
  g_assert_cmpuint (why->sources->len, ==, 4);
  g_assert_cmpstr (source_at (why, "/etc/s.distrust")->settings, ==, "serial");
  g_assert_cmpstr (source_at (why, "/run/k.distrust")->settings, ==, "key");
  g_assert_cmpstr (source_at (why, "/usr/lib/c.distrust")->settings, ==, "certificate");
  g_assert_false (source_at (why, "/run/k.distrust")->decides);
  g_assert_nonnull (strstr (source_at (why, "/usr/share/d.crt")->why, "/etc/s.distrust refuses it"));
}

static void
test_lifted (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  refuse_in (f->states->pdata[VENDOR], "/usr/lib/c.distrust", f->corp, FALSE, FALSE);
  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1, TRUST_NEVER);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "trusted");
  g_assert_cmpstr (why->decided_by, ==, "/etc/o.anchor");
  g_assert_nonnull (strstr (source_at (why, "/usr/lib/c.distrust")->why, "lifts"));
}

/* In one layer both decide; with nothing in common it is not trusted. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  trust_in (f->states->pdata[LOCAL], "/usr/local/l.crt", f->corp, 1, TRUST_NEVER);
  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 2, TRUST_NEVER);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "not-trusted");
  g_assert_true (source_at (why, "/usr/local/l.crt")->decides);
  g_assert_true (source_at (why, "/etc/o.anchor")->decides);
  g_assert_nonnull (strstr (source_at (why, "/etc/o.anchor")->why, "no purpose in common"));
}

static void
test_ended (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  trust_in (f->states->pdata[DISTRIBUTION], "/usr/share/d.crt", f->corp, 7, TRUST_NEVER);
  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1, PAST);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "ended");
  g_assert_cmpstr (why->decided_by, ==, "/etc/o.anchor");
  g_assert_cmpstr (trust_says_get_name (source_at (why, "/etc/o.anchor")->says), ==, "ended");
  g_assert_nonnull (strstr (source_at (why, "/etc/o.anchor")->why, "2023-11-14"));
}

/* What hides an entry is named, and a file that is named for the certificate and does not count tells why. */
static void
test_silent (Fixture *f, gconstpointer data)
{
  g_autofree char *name = NULL;
  const TrustWhy *why = NULL;
  TrustSourceFile *insecure = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (f->corp->certificate), hex);
  name = g_strconcat ("/etc/anchord/anchors.d/", hex, ".anchor", NULL);
  trust_in (f->states->pdata[VENDOR], "/usr/lib/anchord/anchors.d/v.pem", f->corp, 1, TRUST_NEVER);
  add_file (f->states->pdata[OWN], "/etc/anchord/anchors.d/v.pem")->status = TRUST_FILE_MASKED;
  insecure = add_file (f->states->pdata[OWN], name);
  insecure->status = TRUST_FILE_INSECURE;
  insecure->fault = g_strdup ("mode 0666 lets others write to it");
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "not-trusted");
  g_assert_cmpstr (why->decided_by, ==, "");
  g_assert_cmpuint (why->sources->len, ==, 2);
  g_assert_cmpstr (trust_says_get_name (source_at (why, name)->says), ==, "nothing");
  g_assert_nonnull (strstr (source_at (why, name)->why, "mode 0666"));
  g_assert_cmpstr (trust_says_get_name (source_at (why, "/usr/lib/anchord/anchors.d/v.pem")->says), ==, "masked");
  g_assert_nonnull (strstr (source_at (why, "/usr/lib/anchord/anchors.d/v.pem")->why, "/etc/anchord/anchors.d/v.pem hides it"));
}

/* A file of another name that does not count, and holds it. */
static void
test_silent_content (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = test_certificate_dup_pem (f->corp);
  TrustSourceFile *file = add_file (f->states->pdata[LOCAL], "/usr/local/share/ca-certificates/x.crt");
  const TrustWhy *why = NULL;

  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/x.crt", pem, -1);
  file->status = TRUST_FILE_INSECURE;
  file->fault = g_strdup ("uid 7 owns it");
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "not-trusted");
  g_assert_cmpuint (why->sources->len, ==, 1);
  g_assert_nonnull (strstr (source_at (why, "/usr/local/share/ca-certificates/x.crt")->why, "uid 7 owns it"));
  g_assert_cmpuint (ask (f, f->cross)->sources->len, ==, 0);
}

static void
test_held_back (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  trust_in (f->states->pdata[DISTRIBUTION], "/usr/share/d.crt", f->corp, 7, TRUST_NEVER);
  ((TrustSourceState *) f->states->pdata[DISTRIBUTION])->held_back = TRUE;
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_status_get_name (why->status), ==, "trusted");
  g_assert_cmpstr (trust_says_get_name (source_at (why, "/usr/share/d.crt")->says), ==, "held-back");
  g_assert_nonnull (strstr (source_at (why, "/usr/share/d.crt")->why, "last good"));
}

static const TrustWhyConsumer *
consumer_called (const TrustWhy *why, const char *id)
{
  for (guint i = 0; i < why->consumers->len; i++)
    if (g_str_equal (((TrustWhyConsumer *) why->consumers->pdata[i])->id, id))
      return why->consumers->pdata[i];
  g_assert_not_reached ();
}

static TrustConsumerStatus *
add_consumer (Fixture *f, const char *id, TrustPurpose purpose)
{
  TrustConsumerStatus *status = trust_consumer_status_new (id);

  status->enabled = TRUE;
  status->purpose = purpose;
  g_ptr_array_add (f->consumers, status);
  return status;
}

/* A consumer for one purpose does not see what is trusted for another; what somebody took away by hand is told apart. */
static void
test_consumers (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1u << TRUST_PURPOSE_EMAIL_PROTECTION, TRUST_NEVER);
  add_consumer (f, "own", TRUST_PURPOSE_LAST);
  add_consumer (f, "debian", TRUST_PURPOSE_SERVER_AUTH);
  why = ask (f, f->corp);
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "own")->sees), ==, "trusted");
  g_assert_nonnull (strstr (consumer_called (why, "own")->why, "email-protection"));
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "debian")->sees), ==, "absent");
  g_assert_nonnull (strstr (consumer_called (why, "debian")->why, "server-auth"));

  trust_in (f->states->pdata[RUNTIME], "/run/r.anchor", f->cross, 1, TRUST_NEVER);
  add_consumer (f, "own", TRUST_PURPOSE_LAST);
  g_array_append_vals (add_consumer (f, "debian", TRUST_PURPOSE_SERVER_AUTH)->withdrawn, trust_certificate_get_fingerprint (f->cross->certificate),
                       1);
  why = ask (f, f->cross);
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "own")->sees), ==, "trusted");
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "debian")->sees), ==, "withdrawn");
  g_assert_cmpuint (why->sources->len, ==, 2);
  g_assert_cmpint (((TrustWhySource *) why->sources->pdata[1])->says, ==, TRUST_SAYS_WITHDRAWN);
  g_assert_cmpstr (((TrustWhySource *) why->sources->pdata[1])->source, ==, "debian");
  g_assert_false (((TrustWhySource *) why->sources->pdata[1])->decides);
}

/* What a file of somebody else's has a consumer show although it is refused, that consumer sees. */
static void
test_against (Fixture *f, gconstpointer data)
{
  const TrustWhy *why = NULL;

  refuse_in (f->states->pdata[OWN], "/etc/o.distrust", f->corp, FALSE, FALSE);
  add_consumer (f, "own", TRUST_PURPOSE_LAST);
  g_array_append_vals (add_consumer (f, "debian", TRUST_PURPOSE_SERVER_AUTH)->against, trust_certificate_get_fingerprint (f->corp->certificate), 1);
  why = ask (f, f->corp);
  g_assert_cmpint (why->status, ==, TRUST_STATUS_DISTRUSTED);
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "own")->sees), ==, "absent");
  g_assert_cmpstr (trust_sees_get_name (consumer_called (why, "debian")->sees), ==, "trusted");
}

/* What flat files cannot say keeps it out of them, by name, with what would have them hold it. */
static void
test_losses (Fixture *f, gconstpointer data)
{
  const TrustWhyConsumer *own = NULL;

  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1, NOW + 1000);
  add_consumer (f, "own", TRUST_PURPOSE_LAST);
  own = consumer_called (ask (f, f->corp), "own");
  g_assert_cmpstr (trust_sees_get_name (own->sees), ==, "absent");
  g_assert_true (g_strv_contains ((const char *const *) own->losses, "until"));
  g_assert_true (g_strv_contains ((const char *const *) own->losses, "label"));
  g_assert_nonnull (strstr (own->why, "--accept-loss"));
}

/* A store of its own files, over SYSTEM. */
static void
add_store (Fixture *f, const char *name, gboolean inherits, guint mask, TrustSourceState *state, TrustAnchorSet *set)
{
  g_autoptr (TrustPurposes) narrowed = mask != 0 ? trust_purposes_new_mask (mask) : NULL;
  g_autoptr (TrustStore) loaded = trust_store_new (name, inherits, narrowed, state, NULL);

  g_ptr_array_add (f->stores, trust_store_with_sets (loaded, set, set, set, NOW, TRUST_NEVER));
}

static const TrustWhyStore *
store_called (const TrustWhy *why, const char *name)
{
  for (guint i = 0; i < why->stores->len; i++)
    if (g_str_equal (((TrustWhyStore *) why->stores->pdata[i])->name, name))
      return why->stores->pdata[i];
  g_assert_not_reached ();
}

static void
test_stores (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSourceState) empty = trust_source_state_new ("stores", TRUST_LAYER_ADMINISTRATOR, FALSE),
                               adding = trust_source_state_new ("stores", TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (GPtrArray) none = g_ptr_array_new (), one = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) nothing = trust_anchor_set_new (none, none), corp = NULL;
  g_autoptr (TrustSourceState) ended = trust_source_state_new ("stores", TRUST_LAYER_ADMINISTRATOR, FALSE);
  const TrustWhy *why = NULL;

  trust_in (ended, "/etc/anchord/stores.d/app/e/x.anchor", f->corp, 1, PAST);
  add_store (f, "app/ended", TRUE, 0, ended, nothing);
  g_ptr_array_add (one, trust_in (adding, "/etc/anchord/stores.d/app/b/x.anchor", f->corp, 1, TRUST_NEVER)->anchors[0]);
  corp = trust_anchor_set_new (one, none);
  trust_in (f->states->pdata[OWN], "/etc/o.anchor", f->corp, 1, TRUST_NEVER);
  add_store (f, "app/inherits", TRUE, 0, empty, corp);
  add_store (f, "app/narrowed", TRUE, 2, empty, nothing);
  add_store (f, "app/alone", FALSE, 0, empty, nothing);
  add_store (f, "app/adds", FALSE, 0, adding, corp);
  why = ask (f, f->corp);
  g_assert_cmpint (store_called (why, "app/inherits")->sees, ==, TRUST_SEES_TRUSTED);
  g_assert_nonnull (strstr (store_called (why, "app/inherits")->why, "inherits"));
  g_assert_cmpint (store_called (why, "app/narrowed")->sees, ==, TRUST_SEES_ABSENT);
  g_assert_nonnull (strstr (store_called (why, "app/narrowed")->why, "narrowed"));
  g_assert_cmpint (store_called (why, "app/alone")->sees, ==, TRUST_SEES_ABSENT);
  g_assert_nonnull (strstr (store_called (why, "app/alone")->why, "does not inherit"));
  g_assert_cmpint (store_called (why, "app/ended")->sees, ==, TRUST_SEES_ABSENT);
  g_assert_nonnull (strstr (store_called (why, "app/ended")->why, "has ended"));
  g_assert_cmpint (store_called (why, "app/adds")->sees, ==, TRUST_SEES_TRUSTED);
  g_assert_nonnull (strstr (store_called (why, "app/adds")->why, "/etc/anchord/stores.d/app/b/x.anchor"));
}

/* What it says is what the merge does, whoever says what. */
static void
test_against_merge (Fixture *f, gconstpointer data)
{
  static const gint64 untils[] = { TRUST_NEVER, TRUST_NEVER, PAST };
  TestCertificate *certificates[] = { f->corp, f->cross };
  guint seen[5] = { 0 };

  for (guint round = 0; round < 2000; round++)
    {
      g_ptr_array_set_size (f->states, 0);
      for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        {
          TrustSourceState *state = trust_source_state_new (sources[i].source, sources[i].layer, sources[i].foreign);

          g_ptr_array_add (f->states, state);
          for (int n = g_test_rand_int_range (0, 6); n >= 4; n--)
            {
              g_autofree char *path = g_strdup_printf ("/%s/%d", sources[i].source, n);
              TestCertificate *certificate = certificates[g_test_rand_int_range (0, 2)];

              if (g_test_rand_int_range (0, 4) == 0)
                refuse_in (state, path, certificate, g_test_rand_bit (), g_test_rand_bit ());
              else
                trust_in (state, path, certificate, g_test_rand_int_range (1, 4), untils[g_test_rand_int_range (0, 3)]);
            }
        }
      for (guint i = 0; i < G_N_ELEMENTS (certificates); i++)
        {
          const TrustWhy *why = ask (f, certificates[i]);
          TrustAnchor *anchor = trust_anchor_set_lookup (f->snapshot->set, &why->fingerprint);
          guint n_deciding = 0;

          for (guint n = 0; n < why->sources->len; n++)
            {
              const TrustWhySource *row = why->sources->pdata[n];

              n_deciding += row->decides;
              g_assert_cmpstr (row->why, !=, "");
              g_assert_true (!row->decides || why->status != TRUST_STATUS_DISTRUSTED || row->says == TRUST_SAYS_REFUSES);
            }
          g_assert_cmpint (why->status == TRUST_STATUS_TRUSTED, ==, anchor != NULL);
          g_assert_cmpint (why->sources->len == 0, ==, why->status == TRUST_STATUS_UNKNOWN);
          g_assert_cmpint (n_deciding > 0, ==, why->sources->len > 0);
          if (anchor != NULL && n_deciding == 1)
            g_assert_cmpstr (why->decided_by, ==, trust_origin_get_path (trust_anchor_get_origin (anchor)));
          seen[why->status]++;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_cmpuint (seen[i], >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/why/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("unknown", test_unknown);
  CASE ("layers", test_layers);
  CASE ("refused", test_refused);
  CASE ("lifted", test_lifted);
  CASE ("conflict", test_conflict);
  CASE ("ended", test_ended);
  CASE ("silent", test_silent);
  CASE ("silent-content", test_silent_content);
  CASE ("held-back", test_held_back);
  CASE ("consumers", test_consumers);
  CASE ("against", test_against);
  CASE ("losses", test_losses);
  CASE ("stores", test_stores);
  CASE ("against-merge", test_against_merge);
  return g_test_run ();
}
