/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/layers.h"
#include "tests/lib/support.h"

#include <string.h>

#define N_CERTIFICATES 8

static const char *const sources[] = { "debian-distribution", "anchors-usr", "remote", "anchors-run", "anchors-etc", "debian-local" };
static const TrustLayer source_layers[] = { TRUST_LAYER_DISTRIBUTION, TRUST_LAYER_VENDOR,        TRUST_LAYER_REMOTE,
                                            TRUST_LAYER_RUNTIME,      TRUST_LAYER_ADMINISTRATOR, TRUST_LAYER_ADMINISTRATOR };

static TestCertificate *certificates[N_CERTIFICATES];
/* Those with an even number, until LISTED. */
static TrustEnded *listed;

/* Some share a key, one is a cross-sign, so that distrust by key names more than one. */
static void
make_certificates (void)
{
  for (guint i = 0; i < N_CERTIFICATES; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i);
      TestCertificateSpec spec = { .dn = dn, .same_key = i == 3 || i == 4 ? certificates[2] : NULL, .issuer = i == 4 ? certificates[0] : NULL };

      certificates[i] = test_certificate_new (&spec);
    }
}

static TrustSourceState *
state_new (guint source)
{
  return trust_source_state_new (sources[source], source_layers[source], source == 5);
}

static TrustSourceFile *
add_file (TrustSourceState *state, const char *path, TrustFileStatus status)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->status = status;
  file->origin = trust_origin_new (state->layer, state->source, path, state->foreign);
  trust_source_state_take_file (state, file);
  return file;
}

/* The moment of the tests, in seconds; what ended before, what will, and what is written down as ended whatever the clock says. */
#define NOW 150
#define PAST 100
#define FUTURE 200
#define LISTED 300

static void
add_anchor_until (TrustSourceFile *file, guint certificate, guint mask, gint64 until)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  TrustLimits limits = { .until = until };
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, &limits);

  file->anchors = g_renew (TrustAnchor *, file->anchors, file->n_anchors + 1);
  file->anchors[file->n_anchors++] = trust_anchor_new (certificates[certificate]->certificate, settings, file->origin, NULL);
}

static void
add_anchor (TrustSourceFile *file, guint certificate, guint mask)
{
  add_anchor_until (file, certificate, mask, TRUST_NEVER);
}

typedef enum
{
  BY_CERTIFICATE = 1,
  BY_KEY = 2,
  BY_SERIAL = 4
} By;

static void
add_distrust (TrustSourceFile *file, guint certificate, By by)
{
  TrustCertificate *named = certificates[certificate]->certificate;
  TrustSpan none = { NULL, 0 };

  file->distrusts = g_renew (TrustDistrust *, file->distrusts, file->n_distrusts + 1);
  file->distrusts[file->n_distrusts++] = trust_distrust_new ((by & BY_CERTIFICATE) != 0 ? trust_certificate_get_fingerprint (named) : NULL,
                                                             (by & BY_KEY) != 0 ? trust_certificate_get_key_fingerprint (named) : NULL,
                                                             (by & BY_SERIAL) != 0 ? trust_certificate_get_issuer_der (named) : none,
                                                             (by & BY_SERIAL) != 0 ? trust_certificate_get_serial (named) : none, NULL, file->origin,
                                                             NULL);
}

static GPtrArray *
states_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
}

static void
make_listed (void)
{
  g_autoptr (GPtrArray) states = states_new ();

  g_ptr_array_add (states, state_new (4));
  for (guint i = 0; i < N_CERTIFICATES; i += 2)
    add_anchor_until (add_file (states->pdata[0], "/a", TRUST_FILE_TAKEN), i, 1, LISTED);
  listed = trust_ended_gather (NULL, states, LISTED);
}

/* The purposes of CERTIFICATE in what STATES come to; 0: not trusted. */
static guint
merged (GPtrArray *states, guint certificate, GPtrArray *reports)
{
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (states, listed, NOW, reports);
  TrustAnchor *anchor = trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (certificates[certificate]->certificate));

  return anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;
}

static void
test_highest_layer_decides (void)
{
  g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 5; i++)
    {
      g_ptr_array_add (states, state_new (i));
      add_anchor (add_file (states->pdata[i], "/a.pem", TRUST_FILE_TAKEN), 0, 1u << i);
      g_assert_cmpuint (merged (states, 0, reports), ==, 1u << i);
    }
  g_assert_cmpuint (reports->len, ==, 0);
}

static void
test_distrust_within_and_below (void)
{
  for (guint by = 1; by < 8; by++)
    for (guint low = 0; low < 5; low++)
      for (guint high = 0; high < 5; high++)
        {
          g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);
          g_autoptr (TrustAnchorSet) set = NULL;

          g_ptr_array_add (states, state_new (high));
          add_distrust (add_file (states->pdata[0], "/a.distrust", TRUST_FILE_TAKEN), 0, by);
          g_ptr_array_add (states, state_new (low));
          add_anchor (add_file (states->pdata[1], "/b.anchor", TRUST_FILE_TAKEN), 0, 1);
          g_assert_cmpuint (merged (states, 0, reports), ==, low > high ? 1 : 0);
          g_assert_cmpuint (reports->len, ==, low == high ? 1 : 0);
          /* The distrust stays known, whoever lifted it for one certificate. */
          set = trust_layers_merge (states, listed, NOW, NULL);
          g_assert_cmpuint (trust_anchor_set_get_n_distrusts (set), ==, 1);
        }
}

static void
test_key_reaches_cross_signs (void)
{
  g_autoptr (GPtrArray) states = states_new ();

  g_ptr_array_add (states, state_new (0));
  for (guint i = 2; i <= 5; i++)
    add_anchor (add_file (states->pdata[0], "/a.pem", TRUST_FILE_TAKEN), i, 1);
  g_ptr_array_add (states, state_new (4));
  add_distrust (add_file (states->pdata[1], "/a.distrust", TRUST_FILE_TAKEN), 2, BY_KEY);
  for (guint i = 2; i <= 5; i++)
    g_assert_cmpuint (merged (states, i, NULL), ==, i == 5 ? 1 : 0);
}

static void
test_one_layer_intersects (void)
{
  g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustAnchor *anchor = NULL;

  g_ptr_array_add (states, state_new (5));
  add_anchor (add_file (states->pdata[0], "/usr/local/a.crt", TRUST_FILE_TAKEN), 0, 7);
  g_ptr_array_add (states, state_new (4));
  add_anchor (add_file (states->pdata[1], "/etc/a.anchor", TRUST_FILE_TAKEN), 0, 13);
  g_assert_cmpuint (merged (states, 0, reports), ==, 5);
  g_assert_cmpuint (reports->len, ==, 1);
  g_assert_nonnull (strstr (reports->pdata[0], "Root 0"));
  set = trust_layers_merge (states, listed, NOW, NULL);
  anchor = trust_anchor_set_get_anchor (set, 0);
  g_assert_cmpstr (trust_origin_get_path (trust_anchor_get_origin (anchor)), ==, "/etc/a.anchor");
  /* Nothing in common: the highest layer has spoken all the same, so the layer below does not count. */
  g_ptr_array_add (states, state_new (0));
  add_anchor (add_file (states->pdata[2], "/usr/share/a.crt", TRUST_FILE_TAKEN), 0, 31);
  add_anchor (add_file (states->pdata[1], "/etc/b.anchor", TRUST_FILE_TAKEN), 0, 16);
  g_assert_cmpuint (merged (states, 0, reports), ==, 0);
  g_assert_cmpuint (reports->len, ==, 2);
}

static void
add_limited (TrustSourceFile *file, guint mask, const TrustLimits *limits)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, limits);

  file->anchors = g_renew (TrustAnchor *, file->anchors, file->n_anchors + 1);
  file->anchors[file->n_anchors++] = trust_anchor_new (certificates[0]->certificate, settings, file->origin, NULL);
}

/* Two entries in one layer: what both allow, and a report that names each thing in which they differ. */
static void
test_one_layer_intersects_limits (void)
{
  static const char *const expected[] = {
    "different purposes in the",
    "different permitted names in the",
    "different distrust-after dates in the",
    "different ends in the",
    "different acceptance of losses in the",
    "different purposes, permitted names, distrust-after dates, ends and acceptance of losses in the",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gboolean all = i == G_N_ELEMENTS (expected) - 1;
      g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (TrustConstraints) wide = trust_constraints_new (), narrow = trust_constraints_new ();
      g_autoptr (GArray) dates = trust_distrust_after_new ();
      TrustLimits a = { wide, NULL, 5000, TRUE };
      TrustLimits b = { i == 1 || all ? narrow : wide, i == 2 || all ? dates : NULL, i == 3 || all ? 4000 : 5000, !(i == 4 || all) };
      guint mask = i == 0 || all ? 5 : 7;
      g_autoptr (TrustAnchorSet) set = NULL;
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
      g_autoptr (TrustSettings) wanted = NULL;

      g_assert_true (trust_constraints_add (wide, TRUST_NAME_DNS, FALSE, "example", NULL));
      g_assert_true (trust_constraints_add (narrow, TRUST_NAME_DNS, FALSE, "a.example", NULL));
      trust_distrust_after_add (dates, "server-auth", 3000);
      wanted = trust_settings_new_limited (purposes, &b);
      g_ptr_array_add (states, state_new (4));
      add_limited (add_file (states->pdata[0], "/etc/a.anchor", TRUST_FILE_TAKEN), 7, &a);
      add_limited (add_file (states->pdata[0], "/etc/b.anchor", TRUST_FILE_TAKEN), mask, &b);
      set = trust_layers_merge (states, NULL, NOW, reports);
      g_assert_true (trust_settings_equal (trust_anchor_get_settings (trust_anchor_set_get_anchor (set, 0)), wanted));
      g_assert_cmpuint (reports->len, ==, 1);
      g_test_message ("%s", (char *) reports->pdata[0]);
      g_assert_nonnull (strstr (reports->pdata[0], expected[i]));
    }
}

static void
test_status_counts (void)
{
  for (TrustFileStatus status = TRUST_FILE_TAKEN; status <= TRUST_FILE_IGNORED; status++)
    {
      g_autoptr (GPtrArray) states = states_new ();

      g_ptr_array_add (states, state_new (0));
      add_anchor (add_file (states->pdata[0], "/a.pem", status), 0, 1);
      g_assert_cmpuint (merged (states, 0, NULL), ==, status == TRUST_FILE_TAKEN || status == TRUST_FILE_LAST_GOOD ? 1 : 0);
    }
}

static void
test_masks (void)
{
  g_autoptr (GPtrArray) states = states_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  /* Lower than the mask, the same layer, another name, and a source masks do not reach. */
  for (guint i = 0; i < 6; i++)
    g_ptr_array_add (states, state_new (i));
  add_anchor (add_file (states->pdata[0], "/usr/share/corp.pem", TRUST_FILE_TAKEN), 0, 1);
  add_anchor (add_file (states->pdata[1], "/usr/lib/corp.pem", TRUST_FILE_TAKEN), 1, 1);
  add_distrust (add_file (states->pdata[1], "/usr/lib/corp.distrust", TRUST_FILE_TAKEN), 0, BY_CERTIFICATE);
  add_anchor (add_file (states->pdata[1], "/usr/lib/other.pem", TRUST_FILE_TAKEN), 2, 1);
  add_file (states->pdata[3], "/run/corp.pem", TRUST_FILE_MASKED);
  add_file (states->pdata[3], "/run/corp.distrust", TRUST_FILE_MASKED);
  add_anchor (add_file (states->pdata[4], "/etc/corp.pem", TRUST_FILE_TAKEN), 5, 1);
  add_anchor (add_file (states->pdata[5], "/usr/local/corp.pem", TRUST_FILE_TAKEN), 6, 1);
  g_assert_cmpuint (merged (states, 0, NULL), ==, 1);
  g_assert_cmpuint (merged (states, 1, NULL), ==, 0);
  g_assert_cmpuint (merged (states, 2, NULL), ==, 1);
  g_assert_cmpuint (merged (states, 5, NULL), ==, 1);
  g_assert_cmpuint (merged (states, 6, NULL), ==, 1);
  trust_layers_find (states, trust_certificate_get_fingerprint (certificates[1]->certificate), found);
  g_assert_cmpuint (found->len, ==, 0);
}

/* A trust that has ended still names its certificate: none of a lower layer shines through, and none of its own layer stands beside it. */
static void
test_ended (void)
{
  static const gint64 untils[] = { PAST, NOW, FUTURE, LISTED };

  for (guint low = 0; low < 5; low++)
    for (guint high = low; high < 5; high++)
      for (guint i = 0; i < G_N_ELEMENTS (untils); i++)
        for (guint certificate = 0; certificate < 2; certificate++)
          {
            gboolean ended = untils[i] <= NOW || (untils[i] == LISTED && certificate % 2 == 0);
            g_autoptr (GPtrArray) states = states_new (), above = states_new ();

            g_ptr_array_add (states, state_new (low));
            add_anchor (add_file (states->pdata[0], "/a.anchor", TRUST_FILE_TAKEN), certificate, 3);
            g_ptr_array_add (states, state_new (high));
            add_anchor_until (add_file (states->pdata[1], "/b.anchor", TRUST_FILE_TAKEN), certificate, 1, untils[i]);
            g_assert_cmpuint (merged (states, certificate, NULL), ==, ended ? 0 : 1);

            /* A higher layer that trusts decides over it. */
            g_ptr_array_add (above, state_new (low));
            add_anchor_until (add_file (above->pdata[0], "/b.anchor", TRUST_FILE_TAKEN), certificate, 1, untils[i]);
            g_ptr_array_add (above, state_new (high));
            add_anchor (add_file (above->pdata[1], "/a.anchor", TRUST_FILE_TAKEN), certificate, 3);
            g_assert_cmpuint (merged (above, certificate, NULL), ==, high > low ? 3 : ended ? 0 : 1);
          }
}

static void
test_find (void)
{
  g_autoptr (GPtrArray) states = states_new (), found = g_ptr_array_new ();
  static const char *const expected[] = { "/etc/a", "/usr/local/a", "/usr/lib/a", "/usr/share/a" };

  for (guint i = 0; i < 6; i++)
    g_ptr_array_add (states, state_new (i));
  add_anchor (add_file (states->pdata[5], "/usr/local/a", TRUST_FILE_TAKEN), 0, 1);
  add_anchor (add_file (states->pdata[0], "/usr/share/a", TRUST_FILE_TAKEN), 0, 1);
  add_anchor (add_file (states->pdata[4], "/etc/a", TRUST_FILE_TAKEN), 0, 1);
  add_anchor (add_file (states->pdata[1], "/usr/lib/a", TRUST_FILE_LAST_GOOD), 0, 1);
  add_anchor (add_file (states->pdata[1], "/usr/lib/b", TRUST_FILE_TAKEN), 1, 1);
  trust_layers_find (states, trust_certificate_get_fingerprint (certificates[0]->certificate), found);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpstr (trust_origin_get_path (trust_anchor_get_origin (found->pdata[i])), ==, expected[i]);
}

static void
test_reports_are_printable_and_few (void)
{
  TestCertificateSpec spec = { .dn = "CN=Bad\x1b[31mName" };
  g_autoptr (TestCertificate) odd = test_certificate_new (&spec);
  TestCertificate *kept = certificates[0];
  g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);

  certificates[0] = odd;
  g_ptr_array_add (states, state_new (4));
  add_anchor (add_file (states->pdata[0], "/etc/\n\x1b[2J.anchor", TRUST_FILE_TAKEN), 0, 1);
  add_anchor (add_file (states->pdata[0], "/etc/b", TRUST_FILE_TAKEN), 0, 2);
  g_assert_cmpuint (merged (states, 0, reports), ==, 0);
  g_assert_cmpuint (reports->len, ==, 1);
  g_assert_null (strchr (reports->pdata[0], '\x1b'));
  g_assert_null (strchr (reports->pdata[0], '\n'));
  certificates[0] = kept;
}

/* The rules of DESIGN section 1 once more, with no thought for speed: every entry is looked at for every certificate. */
static guint
reference (GPtrArray *states, guint certificate)
{
  TrustCertificate *named = certificates[certificate]->certificate;
  int anchor_layer = -1, distrust_layer = -1;
  guint mask = 0;

  for (guint i = 0; i < states->len; i++)
    {
      TrustSourceState *state = states->pdata[i];

      for (guint j = 0; j < state->files->len; j++)
        {
          TrustSourceFile *file = state->files->pdata[j];
          gboolean is_masked = FALSE;

          for (guint k = 0; k < states->len; k++)
            {
              TrustSourceState *other = states->pdata[k];

              for (guint l = 0; l < other->files->len; l++)
                {
                  TrustSourceFile *mask_file = other->files->pdata[l];
                  g_autofree char *a = g_path_get_basename (trust_origin_get_path (file->origin));
                  g_autofree char *b = g_path_get_basename (trust_origin_get_path (mask_file->origin));

                  is_masked |= mask_file->status == TRUST_FILE_MASKED && g_str_equal (a, b) && other->layer > state->layer
                               && strncmp (other->source, "anchors-", 8) == 0 && strncmp (state->source, "anchors-", 8) == 0;
                }
            }
          if (is_masked || (file->status != TRUST_FILE_TAKEN && file->status != TRUST_FILE_LAST_GOOD))
            continue;
          for (guint k = 0; k < file->n_distrusts; k++)
            if (trust_distrust_names (file->distrusts[k], named))
              distrust_layer = MAX (distrust_layer, (int) state->layer);
          for (guint k = 0; k < file->n_anchors; k++)
            {
              TrustSettings *settings = trust_anchor_get_settings (file->anchors[k]);
              gint64 until = trust_settings_get_until (settings);
              gboolean ended = until <= NOW || (until == LISTED && certificate % 2 == 0);
              guint own = ended ? 0 : trust_purposes_get_mask (trust_settings_get_purposes (settings));

              if (!trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[k]), trust_certificate_get_fingerprint (named))
                  || (int) state->layer < anchor_layer)
                continue;
              mask = (int) state->layer > anchor_layer ? own : mask & own;
              anchor_layer = state->layer;
            }
        }
    }
  return anchor_layer > distrust_layer ? mask : 0;
}

static void
add_random_files (TrustSourceState *state)
{
  static const TrustFileStatus statuses[] = { TRUST_FILE_TAKEN,     TRUST_FILE_TAKEN,    TRUST_FILE_TAKEN,
                                              TRUST_FILE_LAST_GOOD, TRUST_FILE_INSECURE, TRUST_FILE_UNPARSABLE };
  static const gint64 untils[] = { TRUST_NEVER, TRUST_NEVER, TRUST_NEVER, TRUST_NEVER, PAST, FUTURE, LISTED };
  guint n = g_test_rand_int_range (0, 4);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%c", state->source, "abc"[i]);
      TrustSourceFile *file = NULL;

      if (g_test_rand_int_range (0, 8) == 0)
        {
          add_file (state, path, TRUST_FILE_MASKED);
          continue;
        }
      file = add_file (state, path, statuses[g_test_rand_int_range (0, G_N_ELEMENTS (statuses))]);
      for (int j = g_test_rand_int_range (0, 4); j > 0; j--)
        add_anchor_until (file, g_test_rand_int_range (0, N_CERTIFICATES), g_test_rand_int_range (1, 32),
                          untils[g_test_rand_int_range (0, G_N_ELEMENTS (untils))]);
      for (int j = g_test_rand_int_range (0, 3) - 1; j > 0; j--)
        add_distrust (file, g_test_rand_int_range (0, N_CERTIFICATES), g_test_rand_int_range (1, 8));
    }
}

static void
test_against_reference (void)
{
  guint n_trusted = 0, n_refused = 0;

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GPtrArray) states = states_new (), reports = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (TrustAnchorSet) set = NULL, turned = NULL;
      g_autoptr (GPtrArray) backwards = g_ptr_array_new ();
      g_auto (TrustAnchorSetDiff) diff = { 0 };

      for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        {
          g_ptr_array_add (states, state_new (i));
          add_random_files (states->pdata[i]);
        }
      set = trust_layers_merge (states, listed, NOW, reports);
      for (guint i = 0; i < N_CERTIFICATES; i++)
        {
          TrustAnchor *anchor = trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (certificates[i]->certificate));
          guint mask = anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;

          g_assert_cmpuint (mask, ==, reference (states, i));
          g_assert_true (anchor == NULL || mask != 0);
          *(mask != 0 ? &n_trusted : &n_refused) += 1;
        }
      for (guint i = states->len; i > 0; i--)
        g_ptr_array_add (backwards, states->pdata[i - 1]);
      turned = trust_layers_merge (backwards, listed, NOW, NULL);
      trust_anchor_set_diff (set, turned, &diff);
      g_assert_true (trust_anchor_set_diff_is_empty (&diff));
    }
  /* Were the cases worth it? */
  g_assert_cmpuint (n_trusted, >, 2000);
  g_assert_cmpuint (n_refused, >, 2000);
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  make_listed ();
  g_test_add_func ("/layers/highest-layer-decides", test_highest_layer_decides);
  g_test_add_func ("/layers/distrust-within-and-below", test_distrust_within_and_below);
  g_test_add_func ("/layers/key-reaches-cross-signs", test_key_reaches_cross_signs);
  g_test_add_func ("/layers/one-layer-intersects", test_one_layer_intersects);
  g_test_add_func ("/layers/one-layer-intersects-limits", test_one_layer_intersects_limits);
  g_test_add_func ("/layers/status-counts", test_status_counts);
  g_test_add_func ("/layers/masks", test_masks);
  g_test_add_func ("/layers/ended", test_ended);
  g_test_add_func ("/layers/find", test_find);
  g_test_add_func ("/layers/reports-are-printable", test_reports_are_printable_and_few);
  g_test_add_func ("/layers/against-reference", test_against_reference);
  status = g_test_run ();
  for (guint i = 0; i < N_CERTIFICATES; i++)
    test_certificate_free (certificates[i]);
  trust_ended_unref (listed);
  return status;
}
