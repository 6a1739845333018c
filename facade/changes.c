/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/changes.h"

#include "facade/limits.h"
#include "facade/sealed.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

static const TrustOption add_options[] = {
  { "purposes", "as", trust_option_is_purposes },
  { "label", "s", trust_option_is_label },
  { "reason", "s", trust_option_is_reason },
  { "allow-expired", "b", NULL },
  { "allow-non-ca", "b", NULL },
  { "replace", "b", NULL },
  { "override-distrust", "b", NULL },
  { "replaces", "s", trust_option_is_fingerprint },
  { "retire", "x", trust_option_is_time },
  { "keep-going", "b", NULL },
  TRUST_LIMITS_OPTIONS,
};

static const TrustOption set_options[] = {
  { "purposes", "as", trust_option_is_purposes },
  { "label", "s", trust_option_is_label },
  { "reason", "s", trust_option_is_reason },
  { "clear-constraints", "b", NULL },
  TRUST_LIMITS_OPTIONS,
};

void
trust_change_give (TrustChange *change, TrustDoorRequest *out)
{
  *out = (TrustDoorRequest) { change, (GDestroyNotify) trust_change_free };
}

/* What both name: purposes, label, reason and limits. */
static gboolean
read_settings (TrustChange *change, GVariant *options, GError **error)
{
  g_autofree const char **purposes = NULL;

  g_variant_lookup (options, "label", "s", &change->label);
  g_variant_lookup (options, "reason", "s", &change->reason);
  if (!trust_limits_read (options, change, error))
    return FALSE;
  if (!g_variant_lookup (options, "purposes", "^a&s", &purposes))
    return TRUE;
  change->purposes = trust_purposes_new (purposes, error);
  return change->purposes != NULL;
}

/* Which certificate the new one follows, and when that one's trust ends. */
static gboolean
read_replaces (TrustChange *change, GVariant *options, GError **error)
{
  const char *replaces = NULL;
  gint64 retire = 0;
  gboolean retires = g_variant_lookup (options, "retire", "x", &retire);

  change->has_replaces = g_variant_lookup (options, "replaces", "&s", &replaces);
  if (change->has_replaces && !trust_fingerprint_parse (replaces, &change->replaces.fingerprint, &change->replaces.n_digits, error))
    return FALSE;
  if (!retires)
    return TRUE;
  if (change->has_replaces && retire > 0)
    {
      change->retire = retire;
      return TRUE;
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               retire > 0 ? _ ("\"retire\" is the end of what \"replaces\" names; give that as well") : _ ("\"retire\" must be a time after 1970"));
  return FALSE;
}

gboolean
trust_change_read_add_options (TrustChange *change, GVariant *options, GError **error)
{
  if (!trust_options_check (options, add_options, G_N_ELEMENTS (add_options), error))
    return FALSE;
  g_variant_lookup (options, "allow-expired", "b", &change->allow_expired);
  g_variant_lookup (options, "allow-non-ca", "b", &change->allow_non_ca);
  g_variant_lookup (options, "replace", "b", &change->replace);
  g_variant_lookup (options, "override-distrust", "b", &change->override_distrust);
  g_variant_lookup (options, "keep-going", "b", &change->keep_going);
  return read_settings (change, options, error) && read_replaces (change, options, error);
}

gboolean
trust_change_read_set_options (TrustChange *change, GVariant *options, GError **error)
{
  if (!trust_options_check (options, set_options, G_N_ELEMENTS (set_options), error) || !read_settings (change, options, error))
    return FALSE;
  if (change->purposes != NULL || change->label != NULL || change->reason != NULL || change->named != 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("There is nothing to set; give purposes, names, dates, a label or a reason"));
  return FALSE;
}

static gboolean
take_certificates (TrustChange *change, const void *bytes, gsize size, GError **error)
{
  GPtrArray *certificates = trust_engine_decode (bytes, size, error);

  if (certificates == NULL)
    return FALSE;
  g_ptr_array_unref (change->certificates);
  change->certificates = certificates;
  return TRUE;
}

gboolean
trust_change_read_bytes (TrustChange *change, GVariant *input, GError **error)
{
  gsize size = 0;
  const guint8 *bytes = g_variant_get_fixed_array (input, &size, 1);

  if (size <= TRUST_LIMIT_MESSAGE_BYTES)
    return take_certificates (change, bytes, size, error);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
               _ ("The input has %zu bytes; at most %u are taken in a message, more as a sealed memfd by AddSealed"), size,
               TRUST_LIMIT_MESSAGE_BYTES);
  return FALSE;
}

gboolean
trust_change_read_sealed (TrustChange *change, GUnixFDList *fds, gint32 handle, GError **error)
{
  g_autoptr (GBytes) bytes = trust_sealed_read (fds, handle, TRUST_LIMIT_INPUT_BYTES, error);

  return bytes != NULL && take_certificates (change, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static guint
prefix_hash (gconstpointer p)
{
  return trust_fingerprint_hash (&((const TrustPrefix *) p)->fingerprint);
}

static gboolean
prefix_equal (gconstpointer a, gconstpointer b)
{
  const TrustPrefix *x = a, *y = b;

  return x->n_digits == y->n_digits && trust_fingerprint_equal (&x->fingerprint, &y->fingerprint);
}

gboolean
trust_change_read_fingerprints (TrustChange *change, GVariant *texts, GError **error)
{
  gsize n = g_variant_n_children (texts);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (prefix_hash, prefix_equal, g_free, NULL);

  if (n > TRUST_LIMIT_FINGERPRINTS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%zu fingerprints are too many; at most %u may be given"), n,
                   TRUST_LIMIT_FINGERPRINTS);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) text = g_variant_get_child_value (texts, i);
      TrustPrefix prefix = { .n_digits = 0 };

      if (!trust_fingerprint_parse (g_variant_get_string (text, NULL), &prefix.fingerprint, &prefix.n_digits, error))
        return FALSE;
      if (g_hash_table_add (seen, g_memdup2 (&prefix, sizeof prefix)))
        g_array_append_val (change->fingerprints, prefix);
    }
  return TRUE;
}

gboolean
trust_change_check_whole (const TrustChange *change, GError **error)
{
  for (guint i = 0; i < change->fingerprints->len; i++)
    if (g_array_index (change->fingerprints, TrustPrefix, i).n_digits < 64)
      {
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The beginning of a fingerprint is not enough here; give all 64 digits"));
        return FALSE;
      }
  return TRUE;
}

gboolean
trust_change_check_named (const TrustChange *change, GError **error)
{
  if (change->fingerprints->len > 0 || change->certificates->len > 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("No certificate is named; give at least one fingerprint"));
  return FALSE;
}

GVariant *
trust_change_view (const TrustChange *change, TrustOutcome *outcome)
{
  g_ptr_array_extend (outcome->notices, change->notices, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  return trust_view_outcome (outcome);
}

gboolean
trust_handle_change (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (engine, request->data, caller, error);

  if (outcome == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (trust_change_view (request->data, outcome));
  return TRUE;
}
