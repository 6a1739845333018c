/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What formats hold of a set, what they lose of it, and what is read back from them; held against a plain computation of the same. */
#include "core/error.h"
#include "core/importers/importer.h"
#include "tests/lib/forge-certificate.h"
#include "tests/unit/formats-fixture.h"

#define BIT(kind) (1u << TRUST_LOSS_##kind)
#define N_SETS 150 /* of about ten settings each */

static Pool pool;

static const TrustLoss *
find_loss (GPtrArray *losses, const TrustFingerprint *fingerprint)
{
  const TrustLoss *found = NULL;

  for (guint i = 0; i < losses->len; i++)
    if (trust_fingerprint_equal (&((const TrustLoss *) losses->pdata[i])->fingerprint, fingerprint))
      {
        g_assert_null (found);
        found = losses->pdata[i];
      }
  return found;
}

static gboolean
is_common (const char *purpose)
{
  return g_str_equal (purpose, "server-auth") || g_str_equal (purpose, "email-protection");
}

static gboolean
is_writable (const char *name)
{
  return !g_str_has_prefix (name, "2.25.");
}

/* Does p11-kit refuse CERTIFICATE because of something in SET that need not name it alone? */
static gboolean
is_refused_beside (TrustAnchorSet *set, TrustCertificate *certificate)
{
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);

      if (trust_distrust_names (distrust, certificate))
        return TRUE;
    }
  return FALSE;
}

/* Does a format that refuses by key refuse CERTIFICATE: has it the key of one that is known and refused, by itself or by its key? */
static gboolean
is_refused_by_key (TrustAnchorSet *set, TrustCertificate *certificate)
{
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      TrustCertificate *meant = trust_distrust_get_certificate (distrust);

      if (meant != NULL && (trust_distrust_get_fingerprint (distrust) != NULL || trust_distrust_get_key_fingerprint (distrust) != NULL)
          && trust_fingerprint_equal (trust_certificate_get_key_fingerprint (meant), trust_certificate_get_key_fingerprint (certificate)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_refused_there (const TrustEmitter *emitter, TrustAnchorSet *set, TrustCertificate *certificate)
{
  if (emitter->refuses_by_key)
    return is_refused_by_key (set, certificate);
  return emitter->tells_by_key && is_refused_beside (set, certificate);
}

/* Chrome takes names of servers and addresses that are permitted, at least one of a kind that is limited, and nothing else. */
static gboolean
says_constraints (const TrustEmitter *emitter, const TrustSettings *settings)
{
  g_autofree char *text = trust_settings_describe (settings);
  g_auto (GStrv) words = g_strsplit (text, ";", -1);

  for (guint i = 1; emitter == &trust_emitter_chrome_policy && words[i] != NULL; i++)
    {
      const char *sign = strchr (words[i], '=');
      gboolean is_name = g_str_has_prefix (words[i], "permitted-dns=");
      gboolean is_limit = g_str_has_prefix (words[i], "permitted-") || g_str_has_prefix (words[i], "excluded-");

      if (is_limit && ((!is_name && !g_str_has_prefix (words[i], "permitted-ip=")) || sign[1] == '\0' || (is_name && g_str_equal (sign, "=."))))
        return FALSE;
    }
  return (emitter->says & BIT (CONSTRAINTS)) != 0;
}

/* What one format does to one anchor, by the words of core/emitters/emitter.h and core/loss.h, without regard to others. */
typedef struct
{
  guint losses;
  TrustPurposes *purposes; /* (owned) (nullable) left out */
} Expected;

static Expected
expect_alone (const TrustEmitter *emitter, const TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustLimits *limits = trust_settings_get_limits (settings);
  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (settings));
  gboolean is_whole = trust_origin_get_layer (trust_anchor_get_origin (anchor)) == TRUST_LAYER_DISTRIBUTION;
  Expected expected = { 0, NULL };
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  guint n_named = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_named = trust_purpose_find (names[i]) != TRUST_PURPOSE_LAST, over = FALSE;
      gint64 after = 0;

      n_named += is_named;
      if (!is_named && ((emitter->says & BIT (OTHER_PURPOSES)) == 0 || !is_writable (names[i])))
        expected.losses |= BIT (OTHER_PURPOSES);
      if (trust_settings_get_distrust_after (settings, names[i], &after)
          && (emitter->says & (is_common (names[i]) ? BIT (DISTRUST_AFTER) : BIT (OTHER_DISTRUST_AFTER))) == 0)
        over = !is_whole && after + 398 * DAYS <= NOW;
      if (!over && (trust_emitter_is_flat (emitter) || is_writable (names[i])))
        g_ptr_array_add (kept, names[i]);
    }
  if ((emitter->says & BIT (PURPOSES)) == 0 && (n_named != 1 || !trust_purposes_has (trust_settings_get_purposes (settings), 0)))
    expected.losses |= BIT (PURPOSES);
  for (guint i = 0; limits->distrust_after != NULL && i < limits->distrust_after->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (limits->distrust_after, TrustDistrustAfter, i);
      guint kind = is_common (after->purpose) ? BIT (DISTRUST_AFTER) : BIT (OTHER_DISTRUST_AFTER);

      if ((emitter->says & kind) == 0 || after->time > 2524607999)
        expected.losses |= kind;
    }
  if (limits->constraints != NULL && !says_constraints (emitter, settings))
    expected.losses |= BIT (CONSTRAINTS);
  if (limits->until != TRUST_NEVER)
    expected.losses |= BIT (UNTIL);
  if (*trust_note_get_label (trust_anchor_get_note (anchor)) != '\0' && (emitter->says & BIT (LABEL)) == 0)
    expected.losses |= BIT (LABEL);
  g_ptr_array_add (kept, NULL);
  if (emitter->can_hold != NULL
      && trust_fingerprint_equal (trust_anchor_get_fingerprint (anchor), trust_certificate_get_fingerprint (pool.certificates[ODD_KEY]->certificate)))
    return expected;
  if (kept->len > 1 && (is_whole || limits->accept_loss || (expected.losses & (BIT (CONSTRAINTS) | BIT (UNTIL))) == 0))
    expected.purposes = trust_purposes_new ((const char *const *) kept->pdata, NULL);
  return expected;
}

/* Where purposes and constraints stand beside a key: what all that are held there allow. */
static void
share (const TrustEmitter *emitter, TrustAnchorSet *set, guint index, Expected *expected, TrustConstraints **constraints)
{
  TrustAnchor *anchor = trust_anchor_set_get_anchor (set, index);
  const TrustFingerprint *key = trust_certificate_get_key_fingerprint (trust_anchor_get_certificate (anchor));
  gboolean says_names = (emitter->says & BIT (CONSTRAINTS)) != 0;
  TrustConstraints *own = says_names ? trust_settings_get_constraints (trust_anchor_get_settings (anchor)) : NULL;
  g_autoptr (TrustPurposes) all = trust_purposes_ref (expected->purposes);

  *constraints = own != NULL ? trust_constraints_ref (own) : NULL;
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      TrustAnchor *other = trust_anchor_set_get_anchor (set, i);
      TrustCertificate *certificate = trust_anchor_get_certificate (other);
      Expected alone = { 0, NULL };

      if (i == index || !trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (certificate)))
        continue;
      alone = expect_alone (emitter, other);
      if (alone.purposes != NULL && !is_refused_beside (set, certificate))
        {
          TrustPurposes *fewer = trust_purposes_intersect (all, alone.purposes);
          TrustConstraints *theirs = says_names ? trust_settings_get_constraints (trust_anchor_get_settings (other)) : NULL;
          TrustConstraints *both = trust_constraints_intersect (*constraints, theirs);

          trust_purposes_unref (all);
          all = fewer;
          g_clear_pointer (constraints, trust_constraints_unref);
          *constraints = both;
        }
      g_clear_pointer (&alone.purposes, trust_purposes_unref);
    }
  if (!trust_purposes_equal (all, expected->purposes) || !trust_constraints_equal (*constraints, own))
    expected->losses |= BIT (SHARED_CONSTRAINTS);
  trust_purposes_unref (expected->purposes);
  expected->purposes = trust_purposes_is_empty (all) ? NULL : g_steal_pointer (&all);
}

static void
assert_dates (const TrustEmitter *emitter, const TrustSettings *was, const TrustSettings *is)
{
  const GArray *dates = trust_settings_get_limits (was)->distrust_after;
  guint n = 0;

  for (guint i = 0; dates != NULL && i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);
      gboolean is_said = is_common (after->purpose) && (emitter->says & BIT (DISTRUST_AFTER)) != 0;
      gint64 time = 0;

      g_assert_cmpint (trust_settings_get_distrust_after (is, after->purpose, &time), ==, is_said);
      if (is_said)
        g_assert_cmpint (time, ==, MIN (after->time, 2524607999));
      n += is_said;
    }
  dates = trust_settings_get_limits (is)->distrust_after;
  g_assert_cmpuint (dates != NULL ? dates->len : 0, ==, n);
}

static void
check_anchor (const TrustEmitter *emitter, TrustAnchorSet *set, guint index, TrustAnchorSet *fits, GPtrArray *losses)
{
  TrustAnchor *anchor = trust_anchor_set_get_anchor (set, index);
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  const TrustAnchor *held = trust_anchor_set_lookup (fits, fingerprint);
  const TrustLoss *loss = find_loss (losses, fingerprint);
  Expected expected = expect_alone (emitter, anchor);
  TrustConstraints *imposed = trust_settings_get_constraints (trust_anchor_get_settings (anchor));
  gboolean is_said = imposed != NULL && says_constraints (emitter, trust_anchor_get_settings (anchor));
  g_autoptr (TrustConstraints) constraints = is_said ? trust_constraints_ref (imposed) : NULL;

  if (is_refused_there (emitter, set, trust_anchor_get_certificate (anchor)))
    {
      g_clear_pointer (&expected.purposes, trust_purposes_unref);
      expected.losses |= BIT (SHARED_CONSTRAINTS);
    }
  if (emitter->tells_by_key && expected.purposes != NULL)
    {
      g_clear_pointer (&constraints, trust_constraints_unref);
      share (emitter, set, index, &expected, &constraints);
    }
  g_assert_cmphex (loss != NULL ? loss->losses : 0, ==, expected.losses);
  g_assert_cmpint (loss != NULL && loss->left_out, ==, expected.purposes == NULL);
  g_assert_cmpint (held != NULL, ==, expected.purposes != NULL);
  if (loss != NULL && !loss->left_out)
    g_assert_cmphex (loss->losses, !=, 0);
  if (held != NULL)
    {
      const TrustSettings *settings = trust_anchor_get_settings (held);

      g_assert_true (trust_purposes_equal (trust_settings_get_purposes (settings), expected.purposes));
      g_assert_true (trust_constraints_equal (trust_settings_get_constraints (settings), constraints));
      assert_dates (emitter, trust_anchor_get_settings (anchor), settings);
      g_assert_cmpint (trust_settings_get_until (settings), ==, TRUST_NEVER);
    }
  g_clear_pointer (&expected.purposes, trust_purposes_unref);
}

/* What a format says of DISTRUST, as words; "" for nothing. Returns: (transfer full). */
static char *
distrust_words (const TrustEmitter *emitter, const TrustDistrust *distrust, guint *losses)
{
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust), *key = trust_distrust_get_key_fingerprint (distrust);
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  TrustSpan serial = trust_distrust_get_serial (distrust);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *label = trust_note_get_label (trust_distrust_get_note (distrust));

  *losses = 0;
  if (fingerprint != NULL && certificate == NULL)
    *losses |= BIT (BARE_DISTRUST);
  else if (fingerprint != NULL && (emitter->says & BIT (DISTRUST)) == 0)
    *losses |= trust_certificate_is_self_issued (certificate) && !emitter->is_beside ? 0 : BIT (DISTRUST);
  else if (fingerprint != NULL)
    g_string_append_printf (out, "certificate %02x%02x ", fingerprint->bytes[0], fingerprint->bytes[1]);
  if (key != NULL && (certificate == NULL || (emitter->says & BIT (KEY_DISTRUST)) == 0))
    *losses |= BIT (KEY_DISTRUST);
  else if (key != NULL)
    g_string_append_printf (out, "key %02x%02x ", key->bytes[0], key->bytes[1]);
  if (serial.size > 0 && (emitter->says & BIT (SERIAL_DISTRUST)) == 0)
    *losses |= BIT (SERIAL_DISTRUST);
  else if (serial.size > 0)
    g_string_append_printf (out, "serial %" G_GUINT64_FORMAT " %02x%02x ", trust_distrust_get_issuer_id (distrust), serial.data[0],
                            serial.data[serial.size - 1]);
  if (*label != '\0' && (emitter->says & BIT (LABEL)) == 0)
    *losses |= BIT (LABEL);
  if (out->len > 0 && *label != '\0')
    g_string_append (out, label);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The words of all distrusts, sorted, without doubles; their losses must be among LOSSES (nullable). Returns: (transfer full). */
static char *
all_words (const TrustEmitter *emitter, TrustAnchorSet *set, GPtrArray *losses)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
      guint expected = 0;
      char *text = distrust_words (emitter, distrust, &expected);

      if (losses != NULL && fingerprint != NULL)
        {
          const TrustLoss *loss = find_loss (losses, fingerprint);

          g_assert_cmphex (loss != NULL ? loss->losses : 0, ==, expected);
        }
      if (*text != '\0')
        g_ptr_array_add (words, text);
      else
        g_free (text);
    }
  g_ptr_array_sort (words, compare_words);
  for (guint i = words->len; i > 1; i--)
    if (g_str_equal (words->pdata[i - 1], words->pdata[i - 2]))
      g_ptr_array_remove_index (words, i - 1);
  g_ptr_array_add (words, NULL);
  return g_strjoinv ("; ", (char **) words->pdata);
}

/* What is read from the bytes that EMITTER makes of FITS is FITS. */
static void
check_read_back (const TrustEmitter *emitter, TrustAnchorSet *fits, const char *format, const char *words)
{
  static const TrustImportOptions options = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustImport) import = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TrustEmitterInput input = { .set = fits };
  g_autoptr (GPtrArray) none = g_ptr_array_new (), distrusts = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) read = NULL;
  g_autofree char *read_words = NULL;
  guint n = 0;

  bytes = trust_emitter_write (emitter, &input, NULL);
  if (trust_anchor_set_get_n_anchors (fits) == 0 && *words == '\0')
    return;
  import = trust_import_decode ((TrustSpan) { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) }, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (import->format, ==, format);
  g_assert_cmpuint (import->notices->len + import->failures->len, ==, 0);
  for (guint i = 0; i < import->entries->len; i++)
    {
      const TrustImportEntry *entry = import->entries->pdata[i];
      const TrustAnchor *anchor = entry->certificate != NULL ? trust_anchor_set_lookup (fits, trust_certificate_get_fingerprint (entry->certificate))
                                                             : NULL;

      if (entry->distrust != NULL)
        {
          TrustNote *note = trust_note_new (entry->label, NULL, NULL, 0);

          g_ptr_array_add (distrusts,
                           trust_distrust_new (trust_distrust_get_fingerprint (entry->distrust), trust_distrust_get_key_fingerprint (entry->distrust),
                                               trust_distrust_get_issuer_der (entry->distrust), trust_distrust_get_serial (entry->distrust),
                                               trust_distrust_get_key_fingerprint (entry->distrust) != NULL && entry->certificate == NULL
                                                   ? pool.certificates[0]->certificate
                                                   : entry->certificate,
                                               pool.administrator, note));
          g_clear_pointer (&note, trust_note_unref);
          continue;
        }
      n++;
      g_assert_nonnull (anchor);
      g_assert_true (trust_settings_equal (entry->settings, trust_anchor_get_settings (anchor)));
      g_assert_cmpstr (entry->label != NULL ? entry->label : "", ==, trust_note_get_label (trust_anchor_get_note (anchor)));
    }
  g_assert_cmpuint (n, ==, trust_anchor_set_get_n_anchors (fits));
  read = trust_anchor_set_new (none, distrusts);
  read_words = all_words (emitter, read, NULL);
  g_assert_cmpstr (read_words, ==, words);
  g_ptr_array_foreach (distrusts, (GFunc) (void (*) (void)) trust_distrust_unref, NULL);
}

static void
test_format (gconstpointer data)
{
  const TrustEmitter *emitter = data;

  for (guint i = 0; i < N_SETS; i++)
    {
      g_autoptr (TrustAnchorSet) set = random_set (&pool);
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_autoptr (TrustAnchorSet) fits = trust_emitter_fit (emitter, set, NULL, &trust_loss_policy_default, NOW, losses);
      g_autofree char *words = all_words (emitter, set, losses);

      for (guint j = 0; j < trust_anchor_set_get_n_anchors (set); j++)
        check_anchor (emitter, set, j, fits, losses);
      if (emitter == &trust_emitter_p11_kit || emitter == &trust_emitter_openssl_trusted)
        check_read_back (emitter, fits, emitter == &trust_emitter_p11_kit ? "p11-kit" : "pem", words);
    }
}

/* A file for one purpose holds anchors for that one, and says nothing of the others. */
static void
test_purpose (void)
{
  for (guint i = 0; i < N_SETS; i++)
    {
      g_autoptr (TrustAnchorSet) set = random_set (&pool);
      TrustPurpose purpose = (TrustPurpose) g_test_rand_int_range (0, TRUST_PURPOSE_LAST);

      for (guint j = 0; trust_emitters[j] != NULL; j++)
        {
          g_autoptr (TrustAnchorSet) fits = trust_emitter_fit (trust_emitters[j], set, trust_purpose_get_name (purpose), &trust_loss_policy_default,
                                                               NOW, NULL);
          g_autoptr (TrustAnchorSet) by_oid = trust_emitter_fit (trust_emitters[j], set, trust_purpose_get_oid (purpose), &trust_loss_policy_default,
                                                                 NOW, NULL);

          g_assert_cmpuint (trust_anchor_set_get_n_anchors (fits), ==, trust_anchor_set_get_n_anchors (by_oid));
          for (guint k = 0; k < trust_anchor_set_get_n_anchors (fits); k++)
            {
              const TrustAnchor *anchor = trust_anchor_set_get_anchor (fits, k);
              const TrustAnchor *was = trust_anchor_set_lookup (set, trust_anchor_get_fingerprint (anchor));

              g_assert_true (trust_anchor_has_purpose (was, purpose));
              g_assert_cmphex (trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))), ==, 1u << purpose);
              g_assert_true (trust_settings_is_within (trust_anchor_get_settings (anchor), trust_anchor_get_settings (was))
                             || trust_settings_is_limited (trust_anchor_get_settings (was)));
            }
        }
    }
}

/* A flat file for servers, against the words of the design: never an anchor for mail only, a refused or an ended one, one whose
 * constraints or end nobody
 * gave up, or one whose leaves have not been trusted for long. */
static void
test_flat (void)
{
  guint n_held = 0;

  for (guint i = 0; i < 4 * N_SETS; i++)
    {
      g_autoptr (TrustAnchorSet) set = random_set (&pool);
      gint64 now = NOW + g_test_rand_int_range (0, 20) * DAYS;
      g_autoptr (TrustAnchorSet) fits = trust_emitter_fit (&trust_emitter_pem_bundle, set, "server-auth", &trust_loss_policy_default, now, NULL);
      g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (set, &trust_loss_policy_default, now, NULL, NULL);
      guint n_flat = 0;

      /* It is what the snapshot's flat set holds. */
      for (guint j = 0; j < trust_anchor_set_get_n_anchors (flat); j++)
        {
          const TrustAnchor *anchor = trust_anchor_set_get_anchor (flat, j);

          if (!trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH))
            continue;
          n_flat++;
          g_assert_nonnull (trust_anchor_set_lookup (fits, trust_anchor_get_fingerprint (anchor)));
        }
      g_assert_cmpuint (n_flat, ==, trust_anchor_set_get_n_anchors (fits));
      for (guint j = 0; j < trust_anchor_set_get_n_anchors (fits); j++)
        {
          const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (fits, j));
          const TrustAnchor *was = trust_anchor_set_lookup (set, fingerprint);
          const TrustSettings *settings = NULL;
          gboolean is_whole = FALSE;
          gint64 after = TRUST_NEVER - 398 * DAYS;

          n_held++;
          g_assert_nonnull (was);
          g_assert_null (trust_anchor_set_lookup_distrust (set, fingerprint));
          settings = trust_anchor_get_settings (was);
          is_whole = trust_origin_get_layer (trust_anchor_get_origin (was)) == TRUST_LAYER_DISTRIBUTION;
          trust_settings_get_distrust_after (settings, "server-auth", &after);
          g_assert_true (trust_anchor_has_purpose (was, TRUST_PURPOSE_SERVER_AUTH));
          g_assert_cmpint (trust_settings_get_until (settings), >, now);
          g_assert_true (is_whole || trust_settings_accepts_loss (settings)
                         || (trust_settings_get_constraints (settings) == NULL && trust_settings_get_until (settings) == TRUST_NEVER));
          g_assert_true (is_whole || after + 398 * DAYS > now);
        }
    }
  g_assert_cmpuint (n_held, >, N_SETS);
}

/* anyExtendedKeyUsage is one purpose of an anchor here, and every purpose to who reads a file; p11-kit has an OID for none. */
static void
test_purposes_of_other_meaning (void)
{
  static const char *const oids[] = { "2.5.29.37.0", "1.3.6.1.4.1.3319.6.10.16" };
  static const TrustEmitter *const emitters[] = { &trust_emitter_p11_kit, &trust_emitter_openssl_trusted };
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Root");

  for (guint i = 0; i < 8; i++)
    {
      const TrustEmitter *emitter = emitters[i & 1];
      gboolean beside = (i & 4) != 0;
      const char *names[] = { oids[i >> 1 & 1], beside ? "server-auth" : NULL, NULL };
      g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
      g_autoptr (TrustAnchor) anchor = trust_anchor_new (root->certificate, settings, pool.administrator, NULL);
      g_autoptr (GPtrArray) anchors = g_ptr_array_new (), none = g_ptr_array_new ();
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_autoptr (TrustAnchorSet) set = NULL, fits = NULL;

      g_ptr_array_add (anchors, anchor);
      set = trust_anchor_set_new (anchors, none);
      fits = trust_emitter_fit (emitter, set, NULL, &trust_loss_policy_default, NOW, losses);
      g_assert_cmpuint (losses->len, ==, 1);
      g_assert_cmphex (((const TrustLoss *) losses->pdata[0])->losses & BIT (OTHER_PURPOSES), ==, BIT (OTHER_PURPOSES));
      g_assert_cmpuint (trust_anchor_set_get_n_anchors (fits), ==, beside);
      if (beside)
        {
          const TrustSettings *left = trust_anchor_get_settings (trust_anchor_set_get_anchor (fits, 0));

          g_assert_cmpuint (trust_purposes_get_n_oids (trust_settings_get_purposes (left)), ==, 0);
        }
    }
}

/* A certificate whose own NameConstraints are VALUE. */
static TrustCertificate *
forge_constrained (const char *value, gsize size)
{
  g_autoptr (GByteArray) basic = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5);
  g_autoptr (GByteArray) names = forge_extension (FORGE_OID_NAME_CONSTRAINTS, value, size);
  g_autoptr (GByteArray) extensions = forge_join (forge_copy (basic), forge_copy (names), NULL);
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .extensions = extensions });
  g_autoptr (GError) error = NULL;
  TrustCertificate *certificate = trust_certificate_new (der->data, der->len, &error);

  g_assert_no_error (error);
  return certificate;
}

/* What stands beside a key counts instead of what the certificate has: it must not be wider. */
static void
test_own_constraints (void)
{
  static const char dns[] = "\x30\x10\xa0\x0e\x30\x0c\x82\x0a"
                            "co.example",
                    other[] = "\x30\x08\xa0\x06\x30\x04\x88\x02\x2a\x03";
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TrustCertificate) certificate = i < 2 ? forge_constrained (dns, sizeof dns - 1) : forge_constrained (other, sizeof other - 1);
      g_autoptr (TrustConstraints) imposed = trust_constraints_new (), expected = trust_constraints_new ();
      TrustLimits limits = { i > 0 ? imposed : NULL, NULL, TRUST_NEVER, FALSE };
      g_autoptr (TrustSettings) settings = NULL;
      g_autoptr (TrustAnchor) anchor = NULL;
      g_autoptr (GPtrArray) anchors = g_ptr_array_new (), none = g_ptr_array_new ();
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_autoptr (TrustAnchorSet) set = NULL, fits = NULL;

      g_assert_true (trust_constraints_add (imposed, TRUST_NAME_DNS, FALSE, "a.co.example", NULL));
      g_assert_true (trust_constraints_add (imposed, TRUST_NAME_DNS, FALSE, "elsewhere.example", NULL));
      g_assert_true (trust_constraints_add (expected, TRUST_NAME_DNS, FALSE, "a.co.example", NULL));
      settings = trust_settings_new_limited (purposes, &limits);
      anchor = trust_anchor_new (certificate, settings, pool.administrator, NULL);
      g_ptr_array_add (anchors, anchor);
      set = trust_anchor_set_new (anchors, none);
      fits = trust_emitter_fit (&trust_emitter_p11_kit, set, NULL, &trust_loss_policy_default, NOW, losses);
      g_assert_cmpuint (trust_anchor_set_get_n_anchors (fits), ==, i < 2);
      g_assert_cmpuint (losses->len, ==, i == 2);
      if (i == 2)
        {
          const TrustLoss *loss = losses->pdata[0];

          g_assert_true (loss->left_out);
          g_assert_cmphex (loss->losses, ==, BIT (CONSTRAINTS));
        }
      else
        {
          TrustConstraints *constraints = trust_settings_get_constraints (trust_anchor_get_settings (trust_anchor_set_get_anchor (fits, 0)));

          g_assert_cmpint (constraints != NULL, ==, i == 1);
          g_assert_true (i == 0 || trust_constraints_equal (constraints, expected));
        }
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  pool_init (&pool);
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/fit/", trust_emitters[i]->name, NULL);

      g_test_add_data_func (path, trust_emitters[i], test_format);
    }
  g_test_add_func ("/fit/purpose", test_purpose);
  g_test_add_func ("/fit/flat", test_flat);
  g_test_add_func ("/fit/purposes-of-other-meaning", test_purposes_of_other_meaning);
  g_test_add_func ("/fit/own-constraints", test_own_constraints);
  status = g_test_run ();
  pool_clear (&pool);
  return status;
}
