/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor.h"

#include "core/name.h"

#include <string.h>

static const char *const layer_names[] = { "distribution", "vendor", "remote", "runtime", "administrator" };
G_STATIC_ASSERT (G_N_ELEMENTS (layer_names) == TRUST_LAYER_LAST);

struct _TrustOrigin
{
  gatomicrefcount refs;
  TrustLayer layer;
  gboolean foreign;
  const char *source;
  char path[];
};

struct _TrustNote
{
  gatomicrefcount refs;
  char *label;    /* (owned) (nullable) */
  char *reason;   /* (owned) (nullable) */
  char *added_by; /* (owned) (nullable) */
  gint64 added;
  TrustFingerprint *replaces; /* (owned) (nullable) */
};

struct _TrustAnchor
{
  gatomicrefcount refs;
  TrustCertificate *certificate; /* (owned) */
  TrustSettings *settings;       /* (owned) */
  TrustOrigin *origin;           /* (owned) */
  TrustNote *note;               /* (owned) (nullable) */
};

struct _TrustDistrust
{
  gatomicrefcount refs;
  gboolean has_fingerprint;
  gboolean has_key;
  TrustFingerprint fingerprint;
  TrustFingerprint key;
  GBytes *issuer; /* (owned) (nullable) */
  GBytes *serial; /* (owned) (nullable) */
  guint64 issuer_id;
  TrustCertificate *certificate; /* (owned) (nullable) */
  TrustOrigin *origin;           /* (owned) */
  TrustNote *note;               /* (owned) (nullable) */
};

const char *
trust_layer_get_name (TrustLayer layer)
{
  return layer < TRUST_LAYER_LAST ? layer_names[layer] : "unknown";
}

TrustOrigin *
trust_origin_new (TrustLayer layer, const char *source, const char *path, gboolean foreign)
{
  gsize size = path != NULL ? strlen (path) : 0;
  TrustOrigin *origin = g_malloc (sizeof *origin + size + 1);

  g_atomic_ref_count_init (&origin->refs);
  origin->layer = layer;
  origin->foreign = foreign;
  origin->source = source;
  if (size > 0)
    memcpy (origin->path, path, size);
  origin->path[size] = '\0';
  return origin;
}

TrustOrigin *
trust_origin_ref (TrustOrigin *origin)
{
  g_atomic_ref_count_inc (&origin->refs);
  return origin;
}

void
trust_origin_unref (TrustOrigin *origin)
{
  if (g_atomic_ref_count_dec (&origin->refs))
    g_free (origin);
}

TrustLayer
trust_origin_get_layer (const TrustOrigin *origin)
{
  return origin->layer;
}

const char *
trust_origin_get_source (const TrustOrigin *origin)
{
  return origin->source;
}

const char *
trust_origin_get_path (const TrustOrigin *origin)
{
  return origin->path;
}

gboolean
trust_origin_is_foreign (const TrustOrigin *origin)
{
  return origin->foreign;
}

static char *
dup_if_any (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static TrustNote *
make_note (const char *label, const char *reason, const char *added_by, gint64 added)
{
  TrustNote *note = g_new0 (TrustNote, 1);

  g_atomic_ref_count_init (&note->refs);
  note->label = dup_if_any (label);
  note->reason = dup_if_any (reason);
  note->added_by = dup_if_any (added_by);
  note->added = added;
  return note;
}

TrustNote *
trust_note_new (const char *label, const char *reason, const char *added_by, gint64 added)
{
  if ((label == NULL || *label == '\0') && (reason == NULL || *reason == '\0') && (added_by == NULL || *added_by == '\0') && added == 0)
    return NULL;
  return make_note (label, reason, added_by, added);
}

TrustNote *
trust_note_with_replaces (const TrustNote *note, const TrustFingerprint *replaces)
{
  TrustNote *made = make_note (trust_note_get_label (note), trust_note_get_reason (note), trust_note_get_added_by (note),
                               trust_note_get_added (note));

  made->replaces = g_memdup2 (replaces, sizeof *replaces);
  return made;
}

TrustNote *
trust_note_ref (TrustNote *note)
{
  g_atomic_ref_count_inc (&note->refs);
  return note;
}

void
trust_note_unref (TrustNote *note)
{
  if (!g_atomic_ref_count_dec (&note->refs))
    return;
  g_free (note->label);
  g_free (note->reason);
  g_free (note->added_by);
  g_free (note->replaces);
  g_free (note);
}

const char *
trust_note_get_label (const TrustNote *note)
{
  return note != NULL && note->label != NULL ? note->label : "";
}

const char *
trust_note_get_reason (const TrustNote *note)
{
  return note != NULL && note->reason != NULL ? note->reason : "";
}

const char *
trust_note_get_added_by (const TrustNote *note)
{
  return note != NULL && note->added_by != NULL ? note->added_by : "";
}

gint64
trust_note_get_added (const TrustNote *note)
{
  return note != NULL ? note->added : 0;
}

const TrustFingerprint *
trust_note_get_replaces (const TrustNote *note)
{
  return note != NULL ? note->replaces : NULL;
}

static gboolean
replace_the_same (const TrustNote *a, const TrustNote *b)
{
  const TrustFingerprint *x = trust_note_get_replaces (a), *y = trust_note_get_replaces (b);

  return x == NULL || y == NULL ? x == y : trust_fingerprint_equal (x, y);
}

static gboolean
notes_equal (const TrustNote *a, const TrustNote *b)
{
  return a == b
         || (g_str_equal (trust_note_get_label (a), trust_note_get_label (b)) && g_str_equal (trust_note_get_reason (a), trust_note_get_reason (b))
             && g_str_equal (trust_note_get_added_by (a), trust_note_get_added_by (b)) && trust_note_get_added (a) == trust_note_get_added (b)
             && replace_the_same (a, b));
}

TrustAnchor *
trust_anchor_new (TrustCertificate *certificate, TrustSettings *settings, TrustOrigin *origin, TrustNote *note)
{
  TrustAnchor *anchor = g_new (TrustAnchor, 1);

  g_atomic_ref_count_init (&anchor->refs);
  anchor->certificate = trust_certificate_keep (certificate);
  anchor->settings = trust_settings_ref (settings);
  anchor->origin = trust_origin_ref (origin);
  anchor->note = note != NULL ? trust_note_ref (note) : NULL;
  return anchor;
}

TrustAnchor *
trust_anchor_with_settings (const TrustAnchor *anchor, TrustSettings *settings)
{
  return trust_anchor_new (anchor->certificate, settings, anchor->origin, anchor->note);
}

TrustAnchor *
trust_anchor_ref (TrustAnchor *anchor)
{
  g_atomic_ref_count_inc (&anchor->refs);
  return anchor;
}

void
trust_anchor_unref (TrustAnchor *anchor)
{
  if (!g_atomic_ref_count_dec (&anchor->refs))
    return;
  trust_certificate_unref (anchor->certificate);
  trust_settings_unref (anchor->settings);
  trust_origin_unref (anchor->origin);
  g_clear_pointer (&anchor->note, trust_note_unref);
  g_free (anchor);
}

TrustCertificate *
trust_anchor_get_certificate (const TrustAnchor *anchor)
{
  return anchor->certificate;
}

TrustSettings *
trust_anchor_get_settings (const TrustAnchor *anchor)
{
  return anchor->settings;
}

TrustOrigin *
trust_anchor_get_origin (const TrustAnchor *anchor)
{
  return anchor->origin;
}

TrustNote *
trust_anchor_get_note (const TrustAnchor *anchor)
{
  return anchor->note;
}

const TrustFingerprint *
trust_anchor_get_fingerprint (const TrustAnchor *anchor)
{
  return trust_certificate_get_fingerprint (anchor->certificate);
}

gboolean
trust_anchor_has_purpose (const TrustAnchor *anchor, TrustPurpose purpose)
{
  return trust_purposes_has (trust_settings_get_purposes (anchor->settings), purpose);
}

gboolean
trust_anchor_equal (const TrustAnchor *a, const TrustAnchor *b)
{
  return a == b
         || (trust_fingerprint_equal (trust_anchor_get_fingerprint (a), trust_anchor_get_fingerprint (b))
             && trust_settings_equal (a->settings, b->settings) && a->origin->layer == b->origin->layer && notes_equal (a->note, b->note));
}

static GBytes *
span_to_bytes (TrustSpan span)
{
  return span.size > 0 ? g_bytes_new (span.data, span.size) : NULL;
}

static TrustSpan
bytes_to_span (GBytes *bytes)
{
  TrustSpan span = { NULL, 0 };

  if (bytes != NULL)
    span.data = g_bytes_get_data (bytes, &span.size);
  return span;
}

TrustDistrust *
trust_distrust_new (const TrustFingerprint *fingerprint, const TrustFingerprint *key, TrustSpan issuer, TrustSpan serial,
                    TrustCertificate *certificate, TrustOrigin *origin, TrustNote *note)
{
  TrustDistrust *distrust = g_new0 (TrustDistrust, 1);

  g_atomic_ref_count_init (&distrust->refs);
  if (fingerprint != NULL)
    {
      distrust->has_fingerprint = TRUE;
      distrust->fingerprint = *fingerprint;
    }
  if (key != NULL)
    {
      distrust->has_key = TRUE;
      distrust->key = *key;
    }
  if (issuer.size > 0 && serial.size > 0)
    {
      distrust->issuer = span_to_bytes (issuer);
      distrust->serial = span_to_bytes (serial);
      distrust->issuer_id = trust_name_id (issuer);
    }
  distrust->certificate = certificate != NULL ? trust_certificate_ref (certificate) : NULL;
  distrust->origin = trust_origin_ref (origin);
  distrust->note = note != NULL ? trust_note_ref (note) : NULL;
  return distrust;
}

TrustDistrust *
trust_distrust_ref (TrustDistrust *distrust)
{
  g_atomic_ref_count_inc (&distrust->refs);
  return distrust;
}

void
trust_distrust_unref (TrustDistrust *distrust)
{
  if (!g_atomic_ref_count_dec (&distrust->refs))
    return;
  g_clear_pointer (&distrust->issuer, g_bytes_unref);
  g_clear_pointer (&distrust->serial, g_bytes_unref);
  g_clear_pointer (&distrust->certificate, trust_certificate_unref);
  g_clear_pointer (&distrust->note, trust_note_unref);
  trust_origin_unref (distrust->origin);
  g_free (distrust);
}

const TrustFingerprint *
trust_distrust_get_fingerprint (const TrustDistrust *distrust)
{
  return distrust->has_fingerprint ? &distrust->fingerprint : NULL;
}

const TrustFingerprint *
trust_distrust_get_key_fingerprint (const TrustDistrust *distrust)
{
  return distrust->has_key ? &distrust->key : NULL;
}

TrustSpan
trust_distrust_get_issuer_der (const TrustDistrust *distrust)
{
  return bytes_to_span (distrust->issuer);
}

TrustSpan
trust_distrust_get_serial (const TrustDistrust *distrust)
{
  return bytes_to_span (distrust->serial);
}

guint64
trust_distrust_get_issuer_id (const TrustDistrust *distrust)
{
  return distrust->issuer_id;
}

TrustCertificate *
trust_distrust_get_certificate (const TrustDistrust *distrust)
{
  return distrust->certificate;
}

TrustOrigin *
trust_distrust_get_origin (const TrustDistrust *distrust)
{
  return distrust->origin;
}

TrustNote *
trust_distrust_get_note (const TrustDistrust *distrust)
{
  return distrust->note;
}

gboolean
trust_distrust_names (const TrustDistrust *distrust, const TrustCertificate *certificate)
{
  if (distrust->has_fingerprint && trust_fingerprint_equal (&distrust->fingerprint, trust_certificate_get_fingerprint (certificate)))
    return TRUE;
  if (distrust->has_key && trust_fingerprint_equal (&distrust->key, trust_certificate_get_key_fingerprint (certificate)))
    return TRUE;
  return distrust->issuer != NULL && distrust->issuer_id == trust_certificate_get_issuer_id (certificate)
         && trust_span_equal (bytes_to_span (distrust->serial), trust_certificate_get_serial (certificate));
}

static gboolean
bytes_same (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

gboolean
trust_distrust_equal (const TrustDistrust *a, const TrustDistrust *b)
{
  if (a == b)
    return TRUE;
  return a->has_fingerprint == b->has_fingerprint && a->has_key == b->has_key
         && (!a->has_fingerprint || trust_fingerprint_equal (&a->fingerprint, &b->fingerprint))
         && (!a->has_key || trust_fingerprint_equal (&a->key, &b->key)) && bytes_same (a->issuer, b->issuer) && bytes_same (a->serial, b->serial)
         && a->origin->layer == b->origin->layer && notes_equal (a->note, b->note);
}
