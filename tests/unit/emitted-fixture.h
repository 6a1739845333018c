/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of forged certificates, and what a format makes of them. */
#pragma once

#include "core/emitters/emitter.h"
#include "tests/lib/forge-certificate.h"
#include "tests/lib/support.h"

#include <string.h>

/* Number I of many, all with one key. */
static inline TrustCertificate *
emitter_forge (guint i)
{
  g_autofree char *name = g_strdup_printf ("Forged %u", i);
  g_autoptr (GByteArray) subject = forge_name (FORGE_OID_CN, 0x0c, name);

  return forge (&(ForgeCertificate) { .subject = subject });
}

static inline TrustAnchor *
emitter_anchor_new (TrustCertificate *certificate, const char *label)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  TrustNote *note = label != NULL ? trust_note_new (label, NULL, NULL, 0) : NULL;
  TrustAnchor *anchor = trust_anchor_new (certificate, settings, origin, note);

  g_clear_pointer (&note, trust_note_unref);
  return anchor;
}

/* (transfer full) of CERTIFICATES and REFUSED (nullable), of TrustCertificate*. */
static inline TrustAnchorSet *
emitter_set_of (GPtrArray *certificates, GPtrArray *refused, const char *label)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  TrustSpan none = { NULL, 0 };

  for (guint i = 0; i < certificates->len; i++)
    g_ptr_array_add (anchors, emitter_anchor_new (certificates->pdata[i], label));
  for (guint i = 0; refused != NULL && i < refused->len; i++)
    g_ptr_array_add (distrusts,
                     trust_distrust_new (trust_certificate_get_fingerprint (refused->pdata[i]), NULL, none, none, refused->pdata[i], origin, NULL));
  return trust_anchor_set_new (anchors, distrusts);
}

/* N forged anchors, and N_REFUSED others that are refused. */
static inline TrustAnchorSet *
emitter_set_new (guint n, guint n_refused, const char *label)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  for (guint i = 0; i < n + n_refused; i++)
    g_ptr_array_add (i < n ? certificates : refused, emitter_forge (i));
  return emitter_set_of (certificates, refused, label);
}

static inline TrustAnchorSet *
emitter_set_of_one (TrustCertificate *certificate, const char *label)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new ();

  g_ptr_array_add (certificates, certificate);
  return emitter_set_of (certificates, NULL, label);
}

/* The file of SET. KEY (nullable): one option and its VALUE. Returns: (transfer full). */
static inline GBytes *
emitter_write (const TrustEmitter *emitter, const TrustAnchorSet *set, const char *key, const char *value)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  TrustEmitterInput input = { .set = set, .options = key != NULL ? options : NULL };
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;

  if (key != NULL)
    g_hash_table_insert (options, (gpointer) key, (gpointer) value);
  bytes = trust_emitter_write (emitter, &input, &error);
  g_assert_no_error (error);
  return bytes;
}

static inline int
emitter_compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TrustEntry *const *) a)->name, (*(const TrustEntry *const *) b)->name);
}

/* The files of a folder, by name. Returns: (transfer full), of TrustEntry. */
static inline GPtrArray *
emitter_list (const TrustEmitter *emitter, const TrustAnchorSet *set, const char *key, const char *value)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);
  TrustEmitterInput input = { .set = set, .options = key != NULL ? options : NULL };

  if (key != NULL)
    g_hash_table_insert (options, (gpointer) key, (gpointer) value);
  emitter->list (&input, entries);
  g_ptr_array_sort (entries, emitter_compare_names);
  return entries;
}

/* What EMITTER reads in BYTES. Returns: (transfer full) (nullable). */
static inline GArray *
emitter_read (const TrustEmitter *emitter, const void *bytes, gsize size)
{
  /* Of its own, so that a step past the end is seen. */
  g_autofree guint8 *copy = g_memdup2 (bytes, size);
  GArray *certificates = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

  if (emitter->read (copy, size, certificates))
    return certificates;
  g_array_unref (certificates);
  return NULL;
}

static inline void
emitter_assert_unreadable (const TrustEmitter *emitter, const void *bytes, gsize size)
{
  g_autoptr (GArray) certificates = emitter_read (emitter, bytes, size);

  g_assert_null (certificates);
}

static inline GArray *
emitter_read_bytes (const TrustEmitter *emitter, GBytes *bytes)
{
  return emitter_read (emitter, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}
