/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/layers.h"
#include "core/plan-stores.h"
#include "core/stores.h"
#include "tests/lib/support.h"

#include <string.h>

#define N_CERTIFICATES 6
#define SYSTEM_SOURCE "anchors-etc"
#define STORE_SOURCE "store-x"
#define TLS (1u << TRUST_PURPOSE_SERVER_AUTH)
#define CLIENT (1u << TRUST_PURPOSE_CLIENT_AUTH)
#define MAIL (1u << TRUST_PURPOSE_EMAIL_PROTECTION)
#define CODE (1u << TRUST_PURPOSE_CODE_SIGNING)
#define NOW 1800000000

/* 0 and 1 have one key; 2 and 3 as well. */
static TestCertificate *certificates[N_CERTIFICATES];

typedef struct
{
  TrustSourceState *system;
  TrustSourceState *own;
  guint n_files;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->system = trust_source_state_new (SYSTEM_SOURCE, TRUST_LAYER_ADMINISTRATOR, FALSE);
  f->own = trust_source_state_new (STORE_SOURCE, TRUST_LAYER_ADMINISTRATOR, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_source_state_unref (f->system);
  trust_source_state_unref (f->own);
}

static const TrustFingerprint *
fingerprint_of (guint certificate)
{
  return trust_certificate_get_fingerprint (certificates[certificate]->certificate);
}

static TrustSourceFile *
add_file (Fixture *f, TrustSourceState *state, TrustLayer layer)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  g_autofree char *path = g_strdup_printf ("/%s/%u", state->source, f->n_files++);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_new (layer, state->source, path, FALSE);
  trust_source_state_take_file (state, file);
  return file;
}

static void
add_settings (Fixture *f, TrustSourceState *state, guint certificate, TrustSettings *settings)
{
  TrustSourceFile *file = add_file (f, state, TRUST_LAYER_ADMINISTRATOR);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = trust_anchor_new (certificates[certificate]->certificate, settings, file->origin, NULL);
}

static void
add_anchor (Fixture *f, TrustSourceState *state, guint certificate, guint purposes)
{
  g_autoptr (TrustPurposes) set = trust_purposes_new_mask (purposes);
  g_autoptr (TrustSettings) settings = trust_settings_new (set);

  add_settings (f, state, certificate, settings);
}

typedef enum
{
  BY_CERTIFICATE,
  BY_KEY,
  BY_SERIAL,
  N_KINDS
} Kind;

static void
add_distrust (Fixture *f, TrustSourceState *state, TrustLayer layer, guint certificate, Kind kind)
{
  TrustCertificate *named = certificates[certificate]->certificate;
  TrustSourceFile *file = add_file (f, state, layer);
  TrustSpan none = { NULL, 0 };

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = trust_distrust_new (kind == BY_CERTIFICATE ? trust_certificate_get_fingerprint (named) : NULL,
                                           kind == BY_KEY ? trust_certificate_get_key_fingerprint (named) : NULL,
                                           kind == BY_SERIAL ? trust_certificate_get_issuer_der (named) : none,
                                           kind == BY_SERIAL ? trust_certificate_get_serial (named) : none, NULL, file->origin, NULL);
}

static TrustAnchorSet *
merge (TrustSourceState *state)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new ();

  g_ptr_array_add (states, state);
  return trust_layers_merge (states, NULL, NOW, NULL);
}

/* The store of what the fixture says. */
static TrustStore *
make (Fixture *f, TrustAnchorSet *system, gboolean inherits, guint narrowed, const char *fault)
{
  g_autoptr (TrustPurposes) purposes = narrowed != 0 ? trust_purposes_new_mask (narrowed) : NULL;
  g_autoptr (TrustStore) loaded = trust_store_new ("app/x", inherits, purposes, f->own, fault);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) made = NULL;

  g_ptr_array_add (all, loaded);
  made = trust_plan_make_stores (all, &(TrustStoresBase) { system, system, TRUST_NEVER, NULL, NOW });
  g_assert_cmpuint (made->len, ==, 1);
  return trust_store_ref (made->pdata[0]);
}

static guint
purposes_in (const TrustAnchorSet *set, guint certificate)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (set, fingerprint_of (certificate));

  return anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;
}

static void
test_inherit (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) system = NULL;
  g_autoptr (TrustStore) whole = NULL, empty = NULL, narrow = NULL, both = NULL;

  add_anchor (f, f->system, 0, TLS | MAIL);
  add_anchor (f, f->system, 2, MAIL);
  system = merge (f->system);
  whole = make (f, system, TRUE, 0, NULL);
  empty = make (f, system, FALSE, 0, NULL);
  narrow = make (f, system, TRUE, TLS, NULL);
  /* Nothing of its own: the very set. */
  g_assert_true (whole->set == system);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (empty->set), ==, 0);
  g_assert_cmphex (purposes_in (narrow->set, 0), ==, TLS);
  g_assert_cmphex (purposes_in (narrow->set, 2), ==, 0);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (narrow->set), ==, 1);
  add_anchor (f, f->own, 4, TLS | CODE);
  both = make (f, system, TRUE, TLS | MAIL, NULL);
  g_assert_cmphex (purposes_in (both->set, 0), ==, TLS | MAIL);
  g_assert_cmphex (purposes_in (both->set, 4), ==, TLS);
  /* What narrowing leaves alone is the same anchor: nothing is copied. */
  g_assert_true (trust_anchor_set_lookup (both->set, fingerprint_of (0)) == trust_anchor_set_lookup (system, fingerprint_of (0)));
}

static void
test_own (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) system = NULL;
  g_autoptr (TrustStore) store = NULL, alone = NULL;

  add_anchor (f, f->system, 0, TLS | MAIL);
  add_anchor (f, f->system, 2, TLS);
  add_anchor (f, f->system, 4, TLS);
  system = merge (f->system);
  add_anchor (f, f->own, 0, CODE);
  add_anchor (f, f->own, 5, TLS);
  add_distrust (f, f->own, TRUST_LAYER_ADMINISTRATOR, 3, BY_KEY);
  store = make (f, system, TRUE, 0, NULL);
  alone = make (f, system, FALSE, 0, NULL);
  /* Its own word about a certificate decides, and a refused key refuses what is inherited. */
  g_assert_cmphex (purposes_in (store->set, 0), ==, CODE);
  g_assert_cmphex (purposes_in (store->set, 2), ==, 0);
  g_assert_cmphex (purposes_in (store->set, 4), ==, TLS);
  g_assert_cmphex (purposes_in (store->set, 5), ==, TLS);
  g_assert_nonnull (trust_anchor_set_find_distrust (store->set, certificates[2]->certificate));
  g_assert_cmphex (purposes_in (alone->set, 0), ==, CODE);
  g_assert_cmphex (purposes_in (alone->set, 4), ==, 0);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (alone->set), ==, 2);
}

/* Whatever it names, a refusal of the system's is one of every store's. */
static void
test_system_distrust (Fixture *f, gconstpointer data)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      Fixture inner = { NULL, NULL, 0 };
      g_autoptr (TrustAnchorSet) system = NULL;
      g_autoptr (TrustStore) inherits = NULL, alone = NULL;

      set_up (&inner, NULL);
      add_distrust (&inner, inner.system, TRUST_LAYER_DISTRIBUTION, 0, kind);
      add_anchor (&inner, inner.own, 0, TLS);
      add_anchor (&inner, inner.own, 4, TLS);
      system = merge (inner.system);
      inherits = make (&inner, system, TRUE, 0, NULL);
      alone = make (&inner, system, FALSE, 0, NULL);
      g_assert_cmphex (purposes_in (inherits->set, 0), ==, 0);
      g_assert_cmphex (purposes_in (alone->set, 0), ==, 0);
      g_assert_cmphex (purposes_in (alone->set, 4), ==, TLS);
      g_assert_nonnull (trust_anchor_set_find_distrust (alone->set, certificates[0]->certificate));
      g_assert_cmpuint (alone->reports->len, ==, 1);
      tear_down (&inner, NULL);
    }
}

/* What the administrator lifted for the system is lifted for stores. */
static void
test_lifted (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) system = NULL;
  g_autoptr (TrustStore) store = NULL, own = NULL;

  add_distrust (f, f->system, TRUST_LAYER_DISTRIBUTION, 0, BY_CERTIFICATE);
  add_anchor (f, f->system, 0, MAIL);
  system = merge (f->system);
  store = make (f, system, TRUE, 0, NULL);
  g_assert_cmphex (purposes_in (store->set, 0), ==, MAIL);
  add_anchor (f, f->own, 0, TLS);
  own = make (f, system, FALSE, 0, NULL);
  g_assert_cmphex (purposes_in (own->set, 0), ==, TLS);
}

static void
test_fault (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) system = NULL;
  g_autoptr (TrustStore) store = NULL;

  add_anchor (f, f->system, 0, TLS);
  add_anchor (f, f->own, 4, TLS);
  add_distrust (f, f->system, TRUST_LAYER_ADMINISTRATOR, 2, BY_KEY);
  system = merge (f->system);
  store = make (f, system, TRUE, 0, "store.conf: line 2: nonsense");
  g_assert_false (store->inherits);
  g_assert_cmpuint (trust_anchor_set_get_n_anchors (store->set), ==, 0);
  g_assert_nonnull (trust_anchor_set_find_distrust (store->set, certificates[3]->certificate));
  g_assert_cmpuint (store->reports->len, ==, 1);
  g_assert_nonnull (strstr (store->reports->pdata[0], "app/x: it is empty: store.conf: line 2: nonsense"));
}

/* Limits of what is inherited stay, narrowed or not. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (TLS | MAIL);
  TrustLimits limits = TRUST_LIMITS_NONE;
  g_autoptr (TrustSettings) settings = NULL, kept = NULL;
  g_autoptr (TrustAnchorSet) system = NULL;
  g_autoptr (TrustStore) store = NULL;
  g_autoptr (TrustPurposes) tls = trust_purposes_new_mask (TLS);

  limits.until = NOW + 1000;
  settings = trust_settings_new_limited (purposes, &limits);
  kept = trust_settings_new_limited (tls, &limits);
  add_settings (f, f->system, 0, settings);
  system = merge (f->system);
  store = make (f, system, TRUE, TLS, NULL);
  g_assert_true (trust_settings_equal (trust_anchor_get_settings (trust_anchor_set_lookup (store->set, fingerprint_of (0))), kept));
}

/* What did not change is not made again. */
static void
test_reuse (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) system = NULL, other = NULL;
  g_autoptr (TrustStore) store = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) again = NULL, later = NULL;

  add_anchor (f, f->system, 0, TLS);
  system = merge (f->system);
  store = make (f, system, TRUE, MAIL, NULL);
  g_ptr_array_add (all, store);
  again = trust_plan_make_stores (all, &(TrustStoresBase) { system, system, TRUST_NEVER, NULL, NOW + 5 });
  g_assert_true (again->pdata[0] == store);
  other = merge (f->system);
  later = trust_plan_make_stores (all, &(TrustStoresBase) { other, other, TRUST_NEVER, NULL, NOW + 5 });
  g_assert_true (later->pdata[0] != store);
  g_assert_true (((TrustStore *) later->pdata[0])->base == other);
  g_assert_true (trust_stores_are_equal (all, later));
}

/* The rules once more, certificate by certificate, without an index. */
static guint
expect (const TrustSourceState *own, TrustAnchorSet *system, gboolean inherits, guint narrowed, guint certificate)
{
  TrustCertificate *subject = certificates[certificate]->certificate;
  guint said = ~0u, inherited = purposes_in (system, certificate);
  gboolean named = FALSE;

  for (guint i = 0; i < own->files->len; i++)
    {
      const TrustSourceFile *file = own->files->pdata[i];

      if (file->n_distrusts > 0 && trust_distrust_names (file->distrusts[0], subject))
        return 0;
      if (file->n_anchors == 0 || !trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[0]), fingerprint_of (certificate)))
        continue;
      named = TRUE;
      said &= trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (file->anchors[0])));
    }
  for (guint i = 0; inherited == 0 && i < trust_anchor_set_get_n_distrusts (system); i++)
    if (trust_distrust_names (trust_anchor_set_get_distrust (system, i), subject))
      return 0;
  return (named ? said : inherits ? inherited : 0) & (narrowed != 0 ? narrowed : ~0u);
}

static void
fill_randomly (Fixture *f, TrustSourceState *state, guint max_anchors, guint max_distrusts)
{
  for (guint n = g_test_rand_int_range (0, (gint) max_anchors + 1); n > 0; n--)
    add_anchor (f, state, g_test_rand_int_range (0, N_CERTIFICATES), g_test_rand_int_range (1, 1 << TRUST_PURPOSE_LAST));
  for (guint n = g_test_rand_int_range (0, (gint) max_distrusts + 1); n > 0; n--)
    add_distrust (f, state, state == f->own || g_test_rand_int_range (0, 2) ? TRUST_LAYER_ADMINISTRATOR : TRUST_LAYER_DISTRIBUTION,
                  g_test_rand_int_range (0, N_CERTIFICATES), g_test_rand_int_range (0, N_KINDS));
}

static void
test_model (Fixture *unused, gconstpointer data)
{
  guint n_trusted = 0;

  for (guint round = 0; round < 4000; round++)
    {
      Fixture f = { NULL, NULL, 0 };
      gboolean inherits = g_test_rand_int_range (0, 2);
      guint narrowed = g_test_rand_int_range (0, 2) ? g_test_rand_int_range (1, 1 << TRUST_PURPOSE_LAST) : 0;
      g_autoptr (TrustAnchorSet) system = NULL;
      g_autoptr (TrustStore) store = NULL;
      guint n = 0;

      set_up (&f, NULL);
      fill_randomly (&f, f.system, N_CERTIFICATES, 2);
      fill_randomly (&f, f.own, 4, 2);
      system = merge (f.system);
      store = make (&f, system, inherits, narrowed, NULL);
      for (guint i = 0; i < N_CERTIFICATES; i++)
        {
          guint expected = expect (f.own, system, inherits, narrowed, i);

          g_assert_cmphex (purposes_in (store->set, i), ==, expected);
          n += expected != 0;
        }
      g_assert_cmpuint (trust_anchor_set_get_n_anchors (store->set), ==, n);
      n_trusted += n;
      tear_down (&f, NULL);
    }
  /* It tested something. */
  g_assert_cmpuint (n_trusted, >, 2000);
}

static void
test_names (void)
{
  static const char *const good[] = { "app/a", "app/postgresql", "app/0.x_y-Z", "app/a..b" };
  static const char *const bad[] = { "",       "app",     "app/",    "app//a",  "app/.",   "app/..",   "app/../x",     "app/.a",
                                     "app/-a", "app/_a",  "app/a/b", "app/a b", "app/a\n", "app/\x01", "app/\xc3\xa4", "/app/a",
                                     "a",      "other/a", "System",  "app/a/",  "app/%2e" };
  g_autofree char *long_name = g_strdup_printf ("app/%0*d", 64, 1), *too_long = g_strdup_printf ("app/%0*d", 65, 1);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (trust_store_check_app_name (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (trust_store_check_name (bad[i], &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
  g_assert_true (trust_store_check_name (long_name, NULL));
  g_assert_false (trust_store_check_name (too_long, NULL));
  g_assert_true (trust_store_check_name ("system", NULL));
  g_assert_false (trust_store_check_app_name ("system", NULL));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i);
      TestCertificateSpec spec = { .dn = dn, .same_key = i == 1 || i == 3 ? certificates[i - 1] : NULL };

      certificates[i] = test_certificate_new (&spec);
    }
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/stores/inherit", test_inherit);
  ADD ("/stores/own", test_own);
  ADD ("/stores/system-distrust", test_system_distrust);
  ADD ("/stores/lifted", test_lifted);
  ADD ("/stores/fault", test_fault);
  ADD ("/stores/limits", test_limits);
  ADD ("/stores/reuse", test_reuse);
  ADD ("/stores/model", test_model);
  g_test_add_func ("/stores/names", test_names);
  result = g_test_run ();
  for (guint i = 0; i < N_CERTIFICATES; i++)
    test_certificate_free (certificates[i]);
  return result;
}
