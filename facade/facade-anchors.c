/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-anchors.h"

#include "core/text.h"
#include "facade/bundles.h"
#include "facade/lookup.h"
#include "facade/options.h"
#include "facade/pages.h"
#include "facade/sealed.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define AFTER_CHARS 80u /* a fingerprint, a colon and a number */

static const TrustOption add_options[] = {
  { "purposes", "as", trust_option_is_purposes },
  { "label", "s", trust_option_is_label },
  { "reason", "s", trust_option_is_reason },
  { "allow-expired", "b", NULL },
  { "allow-non-ca", "b", NULL },
  { "replace", "b", NULL },
  { "override-distrust", "b", NULL },
};

static const TrustOption remove_options[] = {
  { "reason", "s", trust_option_is_reason },
};

static const TrustOption distrust_options[] = {
  { "reason", "s", trust_option_is_reason },
  { "certificates", "ay", trust_option_is_message_bytes },
  { "cert-only", "b", NULL },
  { "set-aside", "b", NULL },
};

static const TrustOption list_options[] = {
  { "purpose", "s", NULL },
  { "layer", "s", trust_option_is_layer },
  { "status", "s", trust_option_is_list_status },
  { "text", "s", trust_option_is_label },
};

static void
request_take_change (TrustDoorRequest *out, TrustChange *change)
{
  *out = (TrustDoorRequest) { change, (GDestroyNotify) trust_change_free };
}

/* The options of Add, checked, in CHANGE. */
static gboolean
read_add_options (TrustChange *change, GVariant *options, GError **error)
{
  g_autofree const char **purposes = NULL;

  if (!trust_options_check (options, add_options, G_N_ELEMENTS (add_options), error))
    return FALSE;
  g_variant_lookup (options, "label", "s", &change->label);
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "allow-expired", "b", &change->allow_expired);
  g_variant_lookup (options, "allow-non-ca", "b", &change->allow_non_ca);
  g_variant_lookup (options, "replace", "b", &change->replace);
  g_variant_lookup (options, "override-distrust", "b", &change->override_distrust);
  if (!g_variant_lookup (options, "purposes", "^a&s", &purposes))
    return TRUE;
  change->purposes = trust_purposes_new (purposes, error);
  return change->purposes != NULL;
}

static gboolean
parse_add_bytes (const void *bytes, gsize size, GVariant *options, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);

  if (!read_add_options (change, options, error))
    return FALSE;

  GPtrArray *certificates = trust_engine_decode (bytes, size, error);

  if (certificates == NULL)
    return FALSE;
  g_ptr_array_unref (change->certificates);
  change->certificates = certificates;
  request_take_change (out, g_steal_pointer (&change));
  return TRUE;
}

gboolean
trust_parse_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) input = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  gsize size = 0;
  const guint8 *bytes = g_variant_get_fixed_array (input, &size, 1);

  if (size > TRUST_LIMIT_MESSAGE_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   _("The input has %zu bytes; at most %u are taken in a message, more as a sealed memfd by AddSealed"),
                   size, TRUST_LIMIT_MESSAGE_BYTES);
      return FALSE;
    }
  return parse_add_bytes (bytes, size, options, out, error);
}

gboolean
trust_parse_add_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  gint32 handle = -1;

  g_variant_get_child (parameters, 0, "h", &handle);

  g_autoptr (GBytes) bytes = trust_sealed_read (fds, handle, TRUST_LIMIT_INPUT_BYTES, error);

  return bytes != NULL && parse_add_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), options, out, error);
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

/* Appends what TEXTS (as) say to CHANGE, each once. */
static gboolean
read_fingerprints (TrustChange *change, GVariant *texts, GError **error)
{
  gsize n = g_variant_n_children (texts);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (prefix_hash, prefix_equal, g_free, NULL);

  if (n > TRUST_LIMIT_FINGERPRINTS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   _("%zu fingerprints are too many; at most %u may be given"), n,
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

static gboolean
set_nothing_named (GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _("No certificate is named; give at least one fingerprint"));
  return FALSE;
}

gboolean
trust_parse_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_REMOVE);

  if (!trust_options_check (options, remove_options, G_N_ELEMENTS (remove_options), error)
      || !read_fingerprints (change, fingerprints, error))
    return FALSE;
  if (change->fingerprints->len == 0)
    return set_nothing_named (error);
  g_variant_lookup (options, "reason", "s", &change->reason);
  request_take_change (out, g_steal_pointer (&change));
  return TRUE;
}

gboolean
trust_parse_distrust (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) fingerprints = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_DISTRUST);

  if (!trust_options_check (options, distrust_options, G_N_ELEMENTS (distrust_options), error)
      || !read_fingerprints (change, fingerprints, error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "cert-only", "b", &change->cert_only);
  g_variant_lookup (options, "set-aside", "b", &change->set_aside);

  g_autoptr (GVariant) input = g_variant_lookup_value (options, "certificates", G_VARIANT_TYPE_BYTESTRING);

  if (input != NULL)
    {
      g_ptr_array_unref (change->certificates);
      change->certificates = trust_engine_decode (g_variant_get_data (input), g_variant_get_size (input), error);
      if (change->certificates == NULL)
        {
          change->certificates = g_ptr_array_new ();
          return FALSE;
        }
    }
  if (change->fingerprints->len == 0 && change->certificates->len == 0)
    return set_nothing_named (error);
  request_take_change (out, g_steal_pointer (&change));
  return TRUE;
}

gboolean
trust_parse_list (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) filter = NULL;
  const char *after = NULL, *purpose = NULL;
  guint limit = 0;

  g_variant_get (parameters, "(@a{sv}&su)", &filter, &after, &limit);
  if (!trust_options_check (filter, list_options, G_N_ELEMENTS (list_options), error))
    return FALSE;
  /* Pages are remembered by it. */
  if (strlen (after) > AFTER_CHARS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   _("\"after\" must be empty or what the last page gave as \"next\""));
      return FALSE;
    }
  if (g_variant_lookup (filter, "purpose", "&s", &purpose) && !trust_check_purpose (purpose, error))
    return FALSE;
  *out = (TrustDoorRequest) { trust_page_request_new (filter, after, limit, error), (GDestroyNotify) trust_page_request_free };
  return out->data != NULL;
}

gboolean
trust_parse_get (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autofree TrustPrefix *prefix = g_new0 (TrustPrefix, 1);
  const char *text = NULL;

  g_variant_get (parameters, "(&s)", &text);
  if (!trust_fingerprint_parse (text, &prefix->fingerprint, &prefix->n_digits, error))
    return FALSE;
  *out = (TrustDoorRequest) { g_steal_pointer (&prefix), g_free };
  return TRUE;
}

gboolean
trust_parse_get_bundle (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  const char *store = NULL, *purpose = NULL, *format = NULL;

  g_variant_get (parameters, "(&s&s&s)", &store, &purpose, &format);
  if (!trust_check_store (store, error) || !trust_check_purpose (purpose, error))
    return FALSE;
  if (!g_str_equal (format, "pem-bundle"))
    {
      g_autofree char *shown = trust_text_printable (format, TRUST_LIMIT_DIALOG_CHARS);

      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _("There is no format \"%s\"; there is: pem-bundle"), shown);
      return FALSE;
    }

  TrustBundleRequest *request = g_new0 (TrustBundleRequest, 1);

  *request = (TrustBundleRequest) { g_strdup (store), g_strdup (purpose), g_strdup (format) };
  *out = (TrustDoorRequest) { request, (GDestroyNotify) trust_bundle_request_free };
  return TRUE;
}

static int
compare_fingerprints (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (a, b);
}

/* One prompt for a batch: how many, and the SHA-256 over their sorted fingerprints, each as 64 digits and a line feed. */
static void
describe_batch (GArray *fingerprints, GHashTable *details)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];

  g_array_sort (fingerprints, compare_fingerprints);
  for (guint i = 0; i < fingerprints->len; i++)
    {
      trust_fingerprint_to_hex (&g_array_index (fingerprints, TrustFingerprint, i), hex);
      g_string_append_printf (lines, "%s\n", hex);
    }
  trust_fingerprint_of (lines->str, lines->len, &digest);
  trust_fingerprint_to_hex (&digest, hex);
  g_hash_table_insert (details, g_strdup ("count"), g_strdup_printf ("%u", fingerprints->len));
  g_hash_table_insert (details, g_strdup ("subject"), g_strdup_printf (_("%u certificates"), fingerprints->len));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
}

static void
describe_one (const TrustFingerprint *fingerprint, const TrustCertificate *certificate, GHashTable *details)
{
  const char *subject = certificate != NULL ? trust_certificate_get_subject (certificate) : _("an unknown certificate");
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  g_hash_table_insert (details, g_strdup ("subject"), trust_text_printable (subject, TRUST_LIMIT_DIALOG_CHARS));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_strdup (hex));
}

/* Makes PREFIX whole. CERTIFICATE_OUT: the one it names, NULL where its bytes are not known. A whole one may name what nobody has. */
static gboolean
make_exact (const TrustKnown *known, TrustPrefix *prefix, const TrustCertificate **certificate_out, GError **error)
{
  g_autoptr (GError) unknown = NULL;
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;

  *certificate_out = NULL;
  if (trust_known_resolve (known, prefix, &fingerprint, &certificate, &unknown))
    {
      *prefix = (TrustPrefix) { fingerprint, 64 };
      *certificate_out = certificate;
      return TRUE;
    }
  if (prefix->n_digits == 64)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&unknown));
  return FALSE;
}

/* What else an administrator says yes to: the purposes, and each rule that the call asks to be waived. */
static char *
describe_terms (const TrustChange *change)
{
  g_autoptr (TrustPurposes) usual = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_auto (GStrv) names = trust_purposes_dup_names (change->purposes != NULL ? change->purposes : usual);
  g_autofree char *purposes = g_strjoinv (", ", names);
  GString *terms = g_string_new (NULL);

  g_string_append_printf (terms, _("for %s"), purposes);
  if (change->override_distrust)
    g_string_append_printf (terms, "; %s", _("LIFTING A DISTRUST"));
  if (change->replace)
    g_string_append_printf (terms, "; %s", _("in place of what it is trusted for now"));
  if (change->allow_non_ca)
    g_string_append_printf (terms, "; %s", _("even if it is no CA"));
  if (change->allow_expired)
    g_string_append_printf (terms, "; %s", _("even if it has expired"));
  return g_string_free (terms, FALSE);
}

gboolean
trust_describe_change (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  TrustChange *change = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (TrustKnown) known = change->fingerprints->len > 0 ? trust_known_new (snapshot) : NULL;
  g_autoptr (GArray) fingerprints = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  const TrustCertificate *certificate = NULL;

  for (guint i = 0; i < change->certificates->len; i++)
    {
      certificate = change->certificates->pdata[i];
      g_array_append_vals (fingerprints, trust_certificate_get_fingerprint (certificate), 1);
    }
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);

      if (!make_exact (known, prefix, &certificate, error))
        return FALSE;
      g_array_append_val (fingerprints, prefix->fingerprint);
    }
  if (fingerprints->len == 1)
    describe_one (&g_array_index (fingerprints, TrustFingerprint, 0), certificate, details);
  else
    describe_batch (fingerprints, details);
  if (change->kind == TRUST_CHANGE_ADD)
    g_hash_table_insert (details, g_strdup ("terms"), describe_terms (change));
  return TRUE;
}

gboolean
trust_handle_change (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                     GError **error)
{
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (engine, request->data, caller, error);

  if (outcome == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (trust_view_outcome (outcome));
  return TRUE;
}

gboolean
trust_handle_list (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                   GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = trust_page_get (snapshot, request->data);
  return TRUE;
}

void
trust_look_ahead_in_list (TrustEngine *engine, const TrustDoorRequest *request)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  trust_page_look_ahead (snapshot, request->data);
}

gboolean
trust_handle_get (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                  GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  TrustNamed named;

  if (!trust_lookup (snapshot, request->data, &named, error))
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_detail (snapshot, named.anchor, named.distrust)));
  return TRUE;
}

gboolean
trust_handle_get_bundle (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                         GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  guint64 size = 0;
  int fd = trust_bundle_open (snapshot, request->data, &size, error);

  if (fd < 0)
    return FALSE;
  out->fds = g_unix_fd_list_new_from_array (&fd, 1);
  out->reply = g_variant_ref_sink (g_variant_new ("(htt)", 0, size, snapshot->generation));
  return TRUE;
}

gboolean
trust_is_bundle_ready (TrustEngine *engine, const TrustDoorRequest *request)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  return trust_bundle_is_ready (snapshot, request->data);
}

gboolean
trust_handle_get_status (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                         GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);

  guint hooks_waiting = trust_engine_count_waiting_hooks (engine);

  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_status (snapshot, hooks_waiting)));
  return TRUE;
}

gboolean
trust_handle_generation (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                         GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new_uint64 (snapshot->generation));
  return TRUE;
}

gboolean
trust_handle_anchor_count (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                           GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (g_variant_new_uint32 (trust_anchor_set_get_n_anchors (snapshot->set)));
  return TRUE;
}

gboolean
trust_handle_distribution (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                           GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  out->reply = g_variant_ref_sink (trust_view_text (trust_distribution_get_name (snapshot->distribution)));
  return TRUE;
}

gboolean
trust_handle_version (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                      GError **error)
{
  out->reply = g_variant_ref_sink (g_variant_new_string (PACKAGE_VERSION));
  return TRUE;
}
