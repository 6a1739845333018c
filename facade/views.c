/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/views.h"

#include "core/text.h"
#include "facade/limits.h"
#include "facade/lookup.h"

#include <string.h>

/* The keys of one row. Their strings are made once and shared by all rows: a list of thousands holds each key once. */
typedef enum
{
  KEY_FINGERPRINT,
  KEY_KEY_FINGERPRINT,
  KEY_SUBJECT,
  KEY_ISSUER,
  KEY_TITLE,
  KEY_ORGANIZATION,
  KEY_SERIAL,
  KEY_NOT_BEFORE,
  KEY_NOT_AFTER,
  KEY_KEY,
  KEY_SIGNATURE,
  KEY_PURPOSES,
  KEY_SETTINGS,
  KEY_STATUS,
  KEY_LAYER,
  KEY_SOURCE,
  KEY_PATH,
  KEY_FOREIGN,
  KEY_LABEL,
  KEY_REASON,
  KEY_ADDED,
  KEY_ADDED_BY,
  KEY_PERMITTED,
  KEY_EXCLUDED,
  KEY_DISTRUST_AFTER,
  KEY_UNTIL,
  KEY_ACCEPT_LOSS,
  KEY_REPLACES,
  KEY_ENDED,
  KEY_CERTIFICATE,
  KEY_ALSO,
  KEY_LAST
} Key;

static const char *const key_names[] = {
  "fingerprint", "key-fingerprint", "subject",     "issuer",   "title",     "organization", "serial",         "not-before", "not-after",
  "key",         "signature",       "purposes",    "settings", "status",    "layer",        "source",         "path",       "foreign",
  "label",       "reason",          "added",       "added-by", "permitted", "excluded",     "distrust-after", "until",      "accept-loss",
  "replaces",    "ended",           "certificate", "also",
};
G_STATIC_ASSERT (G_N_ELEMENTS (key_names) == KEY_LAST);

/* The last row's entries: the next row takes over those that are equal, which are most. */
struct _TrustViewShare
{
  GVariant *entries[KEY_LAST]; /* (owned) (nullable) */
  TrustSettings *settings;     /* (owned) (nullable) what the entries of KEY_PURPOSES and KEY_SETTINGS were made of */
};

typedef struct
{
  GVariant *entries[KEY_LAST]; /* (owned by the variant made of them) */
  guint n;
  TrustViewShare *share; /* (nullable) */
} Row;

TrustViewShare *
trust_view_share_new (void)
{
  return g_new0 (TrustViewShare, 1);
}

void
trust_view_share_free (TrustViewShare *share)
{
  for (guint i = 0; i < KEY_LAST; i++)
    g_clear_pointer (&share->entries[i], g_variant_unref);
  g_clear_pointer (&share->settings, trust_settings_unref);
  g_free (share);
}

static GVariant *
get_key (Key key)
{
  static GVariant *keys[KEY_LAST];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < KEY_LAST; i++)
        keys[i] = g_variant_ref_sink (g_variant_new_string (key_names[i]));
      g_once_init_leave (&once, 1);
    }
  return keys[key];
}

static void
row_add (Row *row, Key key, GVariant *value)
{
  GVariant *entry = g_variant_new_dict_entry (get_key (key), g_variant_new_variant (value));

  row->entries[row->n++] = entry;
  if (row->share == NULL)
    return;
  g_clear_pointer (&row->share->entries[key], g_variant_unref);
  row->share->entries[key] = g_variant_ref_sink (entry);
}

static void
row_add_alone (Row *row, Key key, GVariant *value)
{
  row->entries[row->n++] = g_variant_new_dict_entry (get_key (key), g_variant_new_variant (value));
}

static GVariant *
get_entry_value (GVariant *entry)
{
  g_autoptr (GVariant) boxed = g_variant_get_child_value (entry, 1);

  return g_variant_get_variant (boxed);
}

static void
row_add_text (Row *row, Key key, const char *text)
{
  GVariant *last = row->share != NULL ? row->share->entries[key] : NULL;
  g_autoptr (GVariant) value = last != NULL ? get_entry_value (last) : NULL;

  if (value != NULL && g_strcmp0 (g_variant_get_string (value, NULL), text) == 0)
    row->entries[row->n++] = last;
  else
    row_add (row, key, trust_view_text (text));
}

static void
row_add_int64 (Row *row, Key key, gint64 number)
{
  GVariant *last = row->share != NULL ? row->share->entries[key] : NULL;
  g_autoptr (GVariant) value = last != NULL ? get_entry_value (last) : NULL;

  if (value != NULL && g_variant_get_int64 (value) == number)
    row->entries[row->n++] = last;
  else
    row_add (row, key, g_variant_new_int64 (number));
}

static void
row_add_boolean (Row *row, Key key, gboolean truth)
{
  GVariant *last = row->share != NULL ? row->share->entries[key] : NULL;
  g_autoptr (GVariant) value = last != NULL ? get_entry_value (last) : NULL;

  if (value != NULL && g_variant_get_boolean (value) == truth)
    row->entries[row->n++] = last;
  else
    row_add (row, key, g_variant_new_boolean (truth));
}

static GVariant *
row_end (Row *row)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), row->entries, row->n);
}

GVariant *
trust_view_text (const char *text)
{
  if (text == NULL)
    return g_variant_new_string ("");
  /* A path may hold any byte, the bus may not. */
  if (!g_utf8_validate (text, -1, NULL))
    return g_variant_new_take_string (trust_text_printable (text, 0));
  return g_variant_new_string (text);
}

GVariant *
trust_view_texts (GPtrArray *texts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    g_variant_builder_add_value (&builder, trust_view_text (texts->pdata[i]));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_fingerprint (const TrustFingerprint *fingerprint)
{
  char hex[TRUST_FINGERPRINT_HEX] = "";

  if (fingerprint != NULL)
    trust_fingerprint_to_hex (fingerprint, hex);
  return g_variant_new_string (hex);
}

static GVariant *
view_purposes (const TrustAnchor *anchor)
{
  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (trust_anchor_get_settings (anchor)));

  return g_variant_new_strv ((const char *const *) names, -1);
}

static GVariant *
view_span_hex (TrustSpan span)
{
  return g_variant_new_take_string (trust_text_hex (span.data, span.size));
}

/* Roots are their own issuers: one string for both. */
static GVariant *
view_issuer (const TrustCertificate *certificate, GVariant *subject)
{
  g_autofree char *issuer = NULL;

  if (trust_span_equal (trust_certificate_get_subject_der (certificate), trust_certificate_get_issuer_der (certificate)))
    return subject;
  issuer = trust_certificate_dup_issuer (certificate);
  return trust_view_text (issuer);
}

static void
row_add_certificate (Row *row, const TrustCertificate *certificate)
{
  g_autoptr (GVariant) subject = g_variant_ref_sink (trust_view_text (trust_certificate_get_subject (certificate)));
  g_autoptr (GVariant) issuer = g_variant_ref_sink (view_issuer (certificate, subject));
  g_autofree char *title = trust_certificate_dup_title (certificate);
  g_autofree char *key = trust_certificate_dup_key_description (certificate);

  row_add (row, KEY_FINGERPRINT, trust_view_fingerprint (trust_certificate_get_fingerprint (certificate)));
  row_add (row, KEY_KEY_FINGERPRINT, trust_view_fingerprint (trust_certificate_get_key_fingerprint (certificate)));
  row_add (row, KEY_SUBJECT, subject);
  row_add (row, KEY_ISSUER, issuer);
  row_add_text (row, KEY_TITLE, title);
  row_add_text (row, KEY_ORGANIZATION, trust_certificate_get_organization (certificate));
  row_add (row, KEY_SERIAL, view_span_hex (trust_certificate_get_serial (certificate)));
  row_add_int64 (row, KEY_NOT_BEFORE, trust_certificate_get_not_before (certificate));
  row_add_int64 (row, KEY_NOT_AFTER, trust_certificate_get_not_after (certificate));
  row_add_text (row, KEY_KEY, key);
  row_add_text (row, KEY_SIGNATURE, trust_certificate_get_signature_algorithm (certificate));
}

/* A distrust may name a certificate that nobody has: the same keys, with what is known. */
static void
row_add_hashes (Row *row, const TrustDistrust *distrust)
{
  row_add (row, KEY_FINGERPRINT, trust_view_fingerprint (trust_distrust_get_fingerprint (distrust)));
  row_add (row, KEY_KEY_FINGERPRINT, trust_view_fingerprint (trust_distrust_get_key_fingerprint (distrust)));
  row_add_text (row, KEY_SUBJECT, "");
  row_add_text (row, KEY_ISSUER, "");
  row_add_text (row, KEY_TITLE, "");
  row_add_text (row, KEY_ORGANIZATION, "");
  row_add (row, KEY_SERIAL, view_span_hex (trust_distrust_get_serial (distrust)));
  row_add_int64 (row, KEY_NOT_BEFORE, 0);
  row_add_int64 (row, KEY_NOT_AFTER, 0);
  row_add_text (row, KEY_KEY, "");
  row_add_text (row, KEY_SIGNATURE, "");
}

static void
row_add_statement (Row *row, const char *status, const TrustOrigin *origin, const TrustNote *note)
{
  row_add_text (row, KEY_STATUS, status);
  row_add_text (row, KEY_LAYER, trust_layer_get_name (trust_origin_get_layer (origin)));
  row_add_text (row, KEY_SOURCE, trust_origin_get_source (origin));
  row_add_text (row, KEY_PATH, trust_origin_get_path (origin));
  row_add_boolean (row, KEY_FOREIGN, trust_origin_is_foreign (origin));
  row_add_text (row, KEY_LABEL, trust_note_get_label (note));
  row_add_text (row, KEY_REASON, trust_note_get_reason (note));
  row_add_int64 (row, KEY_ADDED, trust_note_get_added (note));
  row_add_text (row, KEY_ADDED_BY, trust_note_get_added_by (note));
}

/* As the journal has it. */
static GVariant *
view_settings (const TrustSettings *settings)
{
  g_autofree char *words = settings != NULL ? trust_settings_describe (settings) : NULL;

  return g_variant_new_take_string (words != NULL ? g_strconcat ("trusted ", words, NULL) : g_strdup ("distrusted"));
}

static void
row_add_settings (Row *row, const TrustAnchor *anchor)
{
  TrustSettings *settings = anchor != NULL ? trust_anchor_get_settings (anchor) : NULL;
  TrustViewShare *share = row->share;

  if (share != NULL && share->settings != NULL && settings != NULL && trust_settings_equal (share->settings, settings))
    {
      row->entries[row->n++] = share->entries[KEY_PURPOSES];
      row->entries[row->n++] = share->entries[KEY_SETTINGS];
      return;
    }
  row_add (row, KEY_PURPOSES, anchor != NULL ? view_purposes (anchor) : g_variant_new_strv (NULL, 0));
  row_add (row, KEY_SETTINGS, view_settings (settings));
  if (share == NULL)
    return;
  g_clear_pointer (&share->settings, trust_settings_unref);
  share->settings = settings != NULL ? trust_settings_ref (settings) : NULL;
}

/* What most anchors have nothing of: not shared, and left out where there is nothing to say. */
static void
row_add_limits (Row *row, const TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  const TrustFingerprint *replaces = trust_note_get_replaces (trust_anchor_get_note (anchor));
  GVariant *permitted = trust_limits_view_subtrees (settings, FALSE);
  GVariant *excluded = trust_limits_view_subtrees (settings, TRUE);
  GVariant *after = trust_limits_view_distrust_after (settings);

  if (permitted != NULL)
    row_add_alone (row, KEY_PERMITTED, permitted);
  if (excluded != NULL)
    row_add_alone (row, KEY_EXCLUDED, excluded);
  if (after != NULL)
    row_add_alone (row, KEY_DISTRUST_AFTER, after);
  if (trust_settings_get_until (settings) != TRUST_NEVER)
    row_add_alone (row, KEY_UNTIL, g_variant_new_int64 (trust_settings_get_until (settings)));
  if (trust_settings_accepts_loss (settings))
    row_add_alone (row, KEY_ACCEPT_LOSS, g_variant_new_boolean (TRUE));
  if (replaces != NULL)
    row_add_alone (row, KEY_REPLACES, trust_view_fingerprint (replaces));
}

static void
row_add_anchor (Row *row, const TrustAnchor *anchor, const char *status)
{
  row_add_certificate (row, trust_anchor_get_certificate (anchor));
  row_add_settings (row, anchor);
  row_add_statement (row, status, trust_anchor_get_origin (anchor), trust_anchor_get_note (anchor));
  row_add_limits (row, anchor);
}

static void
row_add_distrust (Row *row, const TrustDistrust *distrust)
{
  const TrustCertificate *certificate = trust_distrust_get_certificate (distrust);

  if (certificate != NULL)
    row_add_certificate (row, certificate);
  else
    row_add_hashes (row, distrust);
  row_add_settings (row, NULL);
  row_add_statement (row, "distrusted", trust_distrust_get_origin (distrust), trust_distrust_get_note (distrust));
}

GVariant *
trust_view_anchor (const TrustAnchor *anchor, TrustViewShare *share)
{
  Row row = { .share = share };

  row_add_anchor (&row, anchor, "trusted");
  return row_end (&row);
}

GVariant *
trust_view_distrust (const TrustDistrust *distrust, TrustViewShare *share)
{
  Row row = { .share = share };

  row_add_distrust (&row, distrust);
  return row_end (&row);
}

typedef struct
{
  const TrustFingerprint *fingerprint;
  const TrustAnchor *shown;
  GVariantBuilder builder;
} Also;

static gboolean
also_add (TrustAnchor *anchor, gpointer user_data)
{
  Also *also = user_data;
  const TrustOrigin *origin = trust_anchor_get_origin (anchor);
  const TrustOrigin *shown = also->shown != NULL ? trust_anchor_get_origin (also->shown) : NULL;

  if (!trust_fingerprint_equal (trust_anchor_get_fingerprint (anchor), also->fingerprint) || anchor == also->shown
      || (shown != NULL && g_str_equal (trust_origin_get_path (origin), trust_origin_get_path (shown))))
    return TRUE;

  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "layer", trust_view_text (trust_layer_get_name (trust_origin_get_layer (origin))));
  g_variant_dict_insert_value (&dict, "source", trust_view_text (trust_origin_get_source (origin)));
  g_variant_dict_insert_value (&dict, "path", trust_view_text (trust_origin_get_path (origin)));
  g_variant_dict_insert_value (&dict, "purposes", view_purposes (anchor));
  g_variant_builder_add_value (&also->builder, g_variant_dict_end (&dict));
  return TRUE;
}

static GVariant *
view_also (const TrustSnapshot *snapshot, const TrustFingerprint *fingerprint, const TrustAnchor *shown)
{
  Also also = { .fingerprint = fingerprint, .shown = shown };

  g_variant_builder_init (&also.builder, G_VARIANT_TYPE ("aa{sv}"));
  if (fingerprint != NULL)
    trust_lookup_foreach (snapshot, also_add, &also);
  return g_variant_builder_end (&also.builder);
}

/* An anchor of a source that nobody refuses, and that is not effective all the same. */
static void
row_add_overruled (Row *row, const TrustSnapshot *snapshot, const TrustAnchor *anchor)
{
  gboolean ended = trust_ended_has (snapshot->ended, anchor, snapshot->time);

  row_add_anchor (row, anchor, ended ? "ended" : "not-trusted");
  if (ended)
    row_add_alone (row, KEY_ENDED, g_variant_new_boolean (TRUE));
}

GVariant *
trust_view_detail (const TrustSnapshot *snapshot, const TrustAnchor *anchor, const TrustDistrust *distrust)
{
  Row row = { .share = NULL };
  /* An anchor in the set was lifted above any distrust; one that is only in a source is not. */
  gboolean refused = anchor != NULL && trust_anchor_set_lookup (snapshot->set, trust_anchor_get_fingerprint (anchor)) == NULL;
  const TrustCertificate *certificate = anchor != NULL ? trust_anchor_get_certificate (anchor) : trust_distrust_get_certificate (distrust);
  TrustSpan der = certificate != NULL ? trust_certificate_get_der (certificate) : (TrustSpan) { NULL, 0 };
  const TrustFingerprint *fingerprint = anchor != NULL ? trust_anchor_get_fingerprint (anchor) : trust_distrust_get_fingerprint (distrust);

  if (anchor != NULL && !refused)
    row_add_anchor (&row, anchor, "trusted");
  else if (distrust != NULL && (anchor == NULL || trust_distrust_get_fingerprint (distrust) != NULL))
    row_add_distrust (&row, distrust);
  else if (distrust != NULL)
    row_add_anchor (&row, anchor, "distrusted");
  else
    row_add_overruled (&row, snapshot, anchor);
  row_add (&row, KEY_CERTIFICATE, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.size, 1));
  row_add (&row, KEY_ALSO, view_also (snapshot, fingerprint, refused ? NULL : anchor));
  return row_end (&row);
}
