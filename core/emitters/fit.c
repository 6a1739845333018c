/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate-names.h"
#include "core/der-write.h"
#include "core/emitters/emitter.h"

#define BIT(kind) (1u << TRUST_LOSS_##kind)

/* What an anchor becomes. */
typedef struct
{
  TrustAnchor *anchor;           /* (borrowed) of the set given */
  TrustPurposes *purposes;       /* (owned) (nullable) NULL: it is left out */
  TrustConstraints *constraints; /* (owned) (nullable) */
  GArray *dates;                 /* (owned) of TrustDistrustAfter: those that are said */
  guint losses;
} Fitted;

/* What anchors with one key share. */
typedef struct
{
  TrustPurposes *purposes;       /* (owned) */
  TrustConstraints *constraints; /* (owned) (nullable) */
  gboolean has_imposed;
} Shared;

typedef struct
{
  const TrustEmitter *emitter;
  TrustAnchorSet *set;
  const char *purpose; /* (nullable) */
  const TrustLossPolicy *policy;
  GPtrArray *fitted; /* (owned) of Fitted */
} Fit;

static void
fitted_free (gpointer data)
{
  Fitted *fitted = data;

  g_clear_pointer (&fitted->purposes, trust_purposes_unref);
  g_clear_pointer (&fitted->constraints, trust_constraints_unref);
  g_array_unref (fitted->dates);
  g_free (fitted);
}

static void
shared_free (gpointer data)
{
  Shared *shared = data;

  trust_purposes_unref (shared->purposes);
  g_clear_pointer (&shared->constraints, trust_constraints_unref);
  g_free (shared);
}

static const char *
oid_of (const char *purpose)
{
  TrustPurpose known = trust_purpose_find (purpose);

  return known != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (known) : purpose;
}

/* Of PURPOSES the wanted one, or all; without OIDs that no format can write, which are lost. Returns: (transfer full). */
static TrustPurposes *
wanted_purposes (const Fit *fit, const TrustPurposes *purposes, guint *losses)
{
  g_auto (GStrv) names = trust_purposes_dup_names (purposes);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *oid = oid_of (names[i]);

      if (fit->purpose != NULL && !g_str_equal (oid, oid_of (fit->purpose)))
        continue;
      if ((fit->emitter->says & BIT (OTHER_PURPOSES)) != 0 && !trust_der_can_say_oid (oid))
        *losses |= BIT (OTHER_PURPOSES);
      else
        g_ptr_array_add (kept, names[i]);
    }
  g_ptr_array_add (kept, NULL);
  return trust_purposes_new ((const char *const *) kept->pdata, NULL);
}

/* Dates into those that are SAID, within the format's range, and those that are not. */
static void
split_dates (const Fit *fit, const GArray *dates, Fitted *fitted, GArray *unsaid)
{
  const TrustEmitter *emitter = fit->emitter;

  for (guint i = 0; dates != NULL && i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);
      TrustPurpose purpose = trust_purpose_find (after->purpose);
      gboolean is_common = purpose == TRUST_PURPOSE_SERVER_AUTH || purpose == TRUST_PURPOSE_EMAIL_PROTECTION;
      gint64 time = after->time;

      if ((emitter->says & (is_common ? BIT (DISTRUST_AFTER) : BIT (OTHER_DISTRUST_AFTER))) == 0)
        {
          trust_distrust_after_add (unsaid, after->purpose, time);
          continue;
        }
      if (emitter->last_date != 0)
        time = MIN (time, emitter->last_date);
      if (time != after->time)
        fitted->losses |= is_common ? BIT (DISTRUST_AFTER) : BIT (OTHER_DISTRUST_AFTER);
      trust_distrust_after_add (fitted->dates, after->purpose, time);
    }
}

/* What EMITTER's format can say of LIMITS. */
static guint
what_it_says (const TrustEmitter *emitter, const TrustLimits *limits)
{
  if (emitter->can_say != NULL && limits->constraints != NULL && !emitter->can_say (limits->constraints))
    return emitter->says & ~BIT (CONSTRAINTS);
  return emitter->says;
}

/* ANCHOR with only those settings that the format cannot say: what remains of it in a flat file is what may stand here. (transfer full)
 * (nullable): NULL if it is not for the purpose that is wanted, or the format can't hold it. */
static TrustAnchor *
begin (Fit *fit, TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustLimits *limits = trust_settings_get_limits (settings);
  guint says = what_it_says (fit->emitter, limits), losses = trust_loss_of_anchor (anchor) & ~says;
  g_autoptr (TrustPurposes) purposes = wanted_purposes (fit, trust_settings_get_purposes (settings), &losses);
  g_autoptr (GArray) unsaid = trust_distrust_after_new ();
  g_autoptr (TrustSettings) rest = NULL;
  TrustLimits lost = *limits;
  Fitted *fitted = NULL;

  if (fit->purpose != NULL && !trust_purposes_has_oid (trust_settings_get_purposes (settings), oid_of (fit->purpose)))
    return NULL;
  fitted = g_new0 (Fitted, 1);
  fitted->anchor = anchor;
  fitted->losses = losses;
  fitted->dates = trust_distrust_after_new ();
  g_ptr_array_add (fit->fitted, fitted);
  if (fit->emitter->can_hold != NULL && !fit->emitter->can_hold (trust_anchor_get_certificate (anchor)))
    return NULL;
  split_dates (fit, limits->distrust_after, fitted, unsaid);
  lost.distrust_after = unsaid;
  if ((says & BIT (CONSTRAINTS)) != 0)
    {
      fitted->constraints = limits->constraints != NULL ? trust_constraints_ref (limits->constraints) : NULL;
      lost.constraints = NULL;
    }
  if ((says & BIT (UNTIL)) != 0)
    lost.until = TRUST_NEVER;
  rest = trust_settings_new_limited (purposes, &lost);
  return trust_anchor_with_settings (anchor, rest);
}

/* Begins all, and takes the purposes that the policy leaves them. */
static void
begin_all (Fit *fit, gint64 now)
{
  guint n = trust_anchor_set_get_n_anchors (fit->set);
  g_autoptr (GPtrArray) rests = g_ptr_array_new_full (n, (GDestroyNotify) trust_anchor_unref), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) unsaid = NULL, flat = NULL;

  for (guint i = 0; i < n; i++)
    {
      TrustAnchor *rest = begin (fit, trust_anchor_set_get_anchor (fit->set, i));

      if (rest != NULL)
        g_ptr_array_add (rests, rest);
    }
  unsaid = trust_anchor_set_new (rests, none);
  flat = trust_loss_flatten (unsaid, fit->policy, now, NULL, NULL);
  for (guint i = 0; i < fit->fitted->len; i++)
    {
      Fitted *fitted = fit->fitted->pdata[i];
      const TrustAnchor *left = trust_anchor_set_lookup (flat, trust_anchor_get_fingerprint (fitted->anchor));
      TrustPurposes *purposes = left != NULL ? trust_settings_get_purposes (trust_anchor_get_settings (left)) : NULL;

      fitted->purposes = purposes != NULL && !trust_purposes_is_empty (purposes) ? trust_purposes_ref (purposes) : NULL;
    }
}

/* The NameConstraints that CERTIFICATE has itself (RFC 5280 section 4.2.1.10). FALSE if they can't be kept. *OUT: (transfer full) (nullable). */
static gboolean
read_own_constraints (const TrustCertificate *certificate, TrustConstraints **out)
{
  static const guint8 name_constraints[] = { 0x55, 0x1d, 0x1e };
  TrustSpan value;

  *out = NULL;
  if (!trust_certificate_find_extension (certificate, (TrustSpan) { name_constraints, sizeof name_constraints }, &value))
    return TRUE;
  *out = trust_constraints_new ();
  if (trust_constraints_add_der (*out, value, NULL))
    return TRUE;
  g_clear_pointer (out, trust_constraints_unref);
  return FALSE;
}

static gboolean
constraints_equal (TrustConstraints *a, TrustConstraints *b)
{
  gboolean no_a = trust_constraints_is_empty (a), no_b = trust_constraints_is_empty (b);

  return no_a || no_b ? no_a && no_b : trust_constraints_equal (a, b);
}

static void
narrow (TrustConstraints **constraints, TrustConstraints *by)
{
  TrustConstraints *both = trust_constraints_intersect (*constraints, by);

  g_clear_pointer (constraints, trust_constraints_unref);
  *constraints = both;
}

/* What stands beside a key counts instead of what the certificate has itself, so it must say that too. FALSE: it can't. */
static gboolean
take_own_constraints (Fitted *fitted)
{
  g_autoptr (TrustConstraints) own = NULL;

  if (!read_own_constraints (trust_anchor_get_certificate (fitted->anchor), &own))
    return FALSE;
  if (own != NULL)
    narrow (&fitted->constraints, own);
  return TRUE;
}

static const TrustFingerprint *
key_of (const Fitted *fitted)
{
  return trust_certificate_get_key_fingerprint (trust_anchor_get_certificate (fitted->anchor));
}

static void
leave_out (Fitted *fitted, guint losses)
{
  g_clear_pointer (&fitted->purposes, trust_purposes_unref);
  fitted->losses |= losses;
}

/* What all anchors that are held allow, by key. Returns: (transfer full). */
static GHashTable *
collect_shared (const Fit *fit)
{
  GHashTable *by_key = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, shared_free);

  for (guint i = 0; i < fit->fitted->len; i++)
    {
      const Fitted *fitted = fit->fitted->pdata[i];
      Shared *shared = fitted->purposes != NULL ? g_hash_table_lookup (by_key, key_of (fitted)) : NULL;

      if (fitted->purposes == NULL)
        continue;
      if (shared == NULL)
        {
          shared = g_new0 (Shared, 1);
          shared->purposes = trust_purposes_ref (fitted->purposes);
          g_hash_table_insert (by_key, (gpointer) key_of (fitted), shared);
        }
      else
        {
          TrustPurposes *both = trust_purposes_intersect (shared->purposes, fitted->purposes);

          trust_purposes_unref (shared->purposes);
          shared->purposes = both;
        }
      shared->has_imposed |= fitted->constraints != NULL;
    }
  return by_key;
}

/* Gives certificates with one key what all of them allow. */
static void
share_by_key (Fit *fit)
{
  g_autoptr (GHashTable) by_key = collect_shared (fit);

  for (guint i = 0; i < fit->fitted->len; i++)
    {
      Fitted *fitted = fit->fitted->pdata[i];
      Shared *shared = fitted->purposes != NULL ? g_hash_table_lookup (by_key, key_of (fitted)) : NULL;

      if (shared == NULL || !shared->has_imposed)
        continue;
      if (!take_own_constraints (fitted))
        leave_out (fitted, BIT (CONSTRAINTS));
      else if (fitted->constraints != NULL)
        narrow (&shared->constraints, fitted->constraints);
    }
  for (guint i = 0; i < fit->fitted->len; i++)
    {
      Fitted *fitted = fit->fitted->pdata[i];
      Shared *shared = fitted->purposes != NULL ? g_hash_table_lookup (by_key, key_of (fitted)) : NULL;

      if (shared == NULL)
        continue;
      if (!trust_purposes_equal (shared->purposes, fitted->purposes) || !constraints_equal (shared->constraints, fitted->constraints))
        fitted->losses |= BIT (SHARED_CONSTRAINTS);
      trust_purposes_unref (fitted->purposes);
      fitted->purposes = trust_purposes_is_empty (shared->purposes) ? NULL : trust_purposes_ref (shared->purposes);
      g_clear_pointer (&fitted->constraints, trust_constraints_unref);
      fitted->constraints = shared->constraints != NULL ? trust_constraints_ref (shared->constraints) : NULL;
    }
}

TrustCertificate *
trust_emitter_refused_by_key (const TrustDistrust *distrust)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust), *fingerprint = trust_distrust_get_fingerprint (distrust);

  if (certificate == NULL)
    return NULL;
  if (fingerprint != NULL && trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (certificate)))
    return certificate;
  return key != NULL && trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (certificate)) ? certificate : NULL;
}

/* What DISTRUST refuses beside what it names, as a format says it: by key, or by issuer and serial number. */
static void
add_broad (const TrustEmitter *emitter, TrustDistrust *distrust, GPtrArray *broad)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  TrustOrigin *origin = trust_distrust_get_origin (distrust);
  const TrustSpan none = { NULL, 0 };

  if (emitter->refuses_by_key)
    {
      certificate = trust_emitter_refused_by_key (distrust);
      if (certificate != NULL)
        g_ptr_array_add (broad, trust_distrust_new (NULL, trust_certificate_get_key_fingerprint (certificate), none, none, NULL, origin, NULL));
      return;
    }
  g_ptr_array_add (broad, trust_distrust_ref (distrust));
  if (certificate != NULL && trust_distrust_get_fingerprint (distrust) != NULL)
    g_ptr_array_add (broad, trust_distrust_new (NULL, NULL, trust_certificate_get_issuer_der (certificate),
                                                trust_certificate_get_serial (certificate), NULL, origin, NULL));
}

/* Where a format refuses by key or by issuer and serial, nothing lifts it for one certificate, as a higher layer does here. A certificate
 * that is refused as a whole is refused by its issuer and serial number, too. */
static void
leave_out_refused (Fit *fit)
{
  guint n = trust_anchor_set_get_n_distrusts (fit->set);
  g_autoptr (GPtrArray) broad = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) refused = NULL;

  for (guint i = 0; i < n; i++)
    add_broad (fit->emitter, trust_anchor_set_get_distrust (fit->set, i), broad);
  refused = trust_anchor_set_new (none, broad);
  for (guint i = 0; i < fit->fitted->len; i++)
    {
      Fitted *fitted = fit->fitted->pdata[i];

      if (trust_anchor_set_find_distrust (refused, trust_anchor_get_certificate (fitted->anchor)) != NULL)
        leave_out (fitted, BIT (SHARED_CONSTRAINTS));
    }
}

/* (transfer full) */
static TrustAnchor *
make_anchor (const Fitted *fitted)
{
  TrustLimits limits = TRUST_LIMITS_NONE;
  g_autoptr (TrustSettings) settings = NULL;

  limits.constraints = fitted->constraints;
  limits.distrust_after = fitted->dates;
  settings = trust_settings_new_limited (fitted->purposes, &limits);
  return trust_anchor_with_settings (fitted->anchor, settings);
}

static void
tell_distrust (const TrustEmitter *emitter, TrustDistrust *distrust, GPtrArray *losses)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust), *fingerprint = trust_distrust_get_fingerprint (distrust);
  guint lost = trust_loss_of_distrust (distrust), says = emitter->says;

  if (key != NULL && (certificate == NULL || !trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (certificate))))
    says &= ~BIT (KEY_DISTRUST);
  if (fingerprint != NULL && certificate != NULL && !trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (certificate)))
    says &= ~BIT (DISTRUST);
  /* A root is refused where it does not stand. */
  if (!emitter->is_beside && certificate != NULL && trust_certificate_is_self_issued (certificate))
    says |= BIT (DISTRUST);
  lost &= ~says;
  if (lost != 0)
    {
      const char *label = trust_note_get_label (trust_distrust_get_note (distrust));
      char *title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup (label);

      g_ptr_array_add (losses, trust_loss_new (fingerprint, title, lost, FALSE));
    }
}

static void
tell_all (const Fit *fit, GPtrArray *losses)
{
  for (guint i = 0; i < fit->fitted->len; i++)
    {
      const Fitted *fitted = fit->fitted->pdata[i];

      if (fitted->losses != 0 || fitted->purposes == NULL)
        g_ptr_array_add (losses, trust_loss_new (trust_anchor_get_fingerprint (fitted->anchor),
                                                 trust_certificate_dup_title (trust_anchor_get_certificate (fitted->anchor)), fitted->losses,
                                                 fitted->purposes == NULL));
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (fit->set); i++)
    tell_distrust (fit->emitter, trust_anchor_set_get_distrust (fit->set, i), losses);
  trust_loss_sort (losses);
}

TrustAnchorSet *
trust_emitter_fit (const TrustEmitter *emitter, TrustAnchorSet *set, const char *purpose, const TrustLossPolicy *policy, gint64 now,
                   GPtrArray *losses)
{
  guint n_distrusts = trust_anchor_set_get_n_distrusts (set);
  g_autoptr (GPtrArray) fitted = g_ptr_array_new_with_free_func (fitted_free);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), distrusts = g_ptr_array_new ();
  Fit fit = { emitter, set, purpose, policy, fitted };

  begin_all (&fit, now);
  if ((emitter->says & (BIT (KEY_DISTRUST) | BIT (SERIAL_DISTRUST))) != 0)
    leave_out_refused (&fit);
  if (emitter->tells_by_key)
    share_by_key (&fit);
  if (losses != NULL)
    tell_all (&fit, losses);
  for (guint i = 0; i < fitted->len; i++)
    if (((Fitted *) fitted->pdata[i])->purposes != NULL)
      g_ptr_array_add (anchors, make_anchor (fitted->pdata[i]));
  for (guint i = 0; i < n_distrusts; i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (set, i));
  return trust_anchor_set_new (anchors, distrusts);
}
