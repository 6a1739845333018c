/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/emitter.h"

#include "core/limits.h"
#include "core/pem.h"

#include <string.h>

/* clang-format off */
const TrustEmitter *const trust_emitters[] = {
  &trust_emitter_pem_bundle,
  &trust_emitter_openssl_dir,
  &trust_emitter_p11_kit,
  &trust_emitter_p11_kit_source,
  &trust_emitter_openssl_trusted,
  &trust_emitter_openssl_trusted_dir,
  &trust_emitter_extract_dir,
  &trust_emitter_extract_trusted_dir,
  &trust_emitter_pem_dir,
  &trust_emitter_der_dir,
  &trust_emitter_java_jks,
  &trust_emitter_java_pkcs12,
  &trust_emitter_edk2_cacerts,
  &trust_emitter_pkcs7,
  &trust_emitter_est,
  &trust_emitter_spiffe_bundle,
  &trust_emitter_chrome_policy,
  &trust_emitter_firefox_policy,
  &trust_emitter_environment,
  &trust_emitter_profile,
  &trust_emitter_containerd_hosts,
  NULL
};
/* clang-format on */

const TrustEmitter *
trust_emitter_find (const char *name)
{
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    if (g_str_equal (trust_emitters[i]->name, name))
      return trust_emitters[i];
  return NULL;
}

TrustEntry *
trust_entry_new (char *name, char *link, GBytes *bytes)
{
  TrustEntry *entry = g_new0 (TrustEntry, 1);

  entry->name = name;
  entry->link = link;
  entry->bytes = bytes;
  return entry;
}

void
trust_entry_free (TrustEntry *entry)
{
  g_free (entry->name);
  g_free (entry->link);
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_free (entry);
}

gboolean
trust_emitter_is_flat (const TrustEmitter *emitter)
{
  return (emitter->says & 1u << TRUST_LOSS_PURPOSES) == 0;
}

TrustAnchorSet *
trust_emitter_choose (const TrustEmitter *emitter, GHashTable *options, TrustAnchorSet *set)
{
  g_autoptr (GPtrArray) anchors = NULL, distrusts = NULL;
  guint n = trust_anchor_set_get_n_anchors (set);

  if (emitter->wants == NULL)
    return trust_anchor_set_ref (set);
  anchors = g_ptr_array_new ();
  distrusts = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    if (emitter->wants (options, trust_anchor_set_get_anchor (set, i)))
      g_ptr_array_add (anchors, trust_anchor_set_get_anchor (set, i));
  if (anchors->len == n)
    return trust_anchor_set_ref (set);
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (set, i));
  return trust_anchor_set_new (anchors, distrusts);
}

GBytes *
trust_emitter_write (const TrustEmitter *emitter, const TrustEmitterInput *input, GError **error)
{
  GString *out = g_string_new (NULL);

  if (emitter->write != NULL && !emitter->write (input, out, error))
    {
      g_string_free (out, TRUE);
      return NULL;
    }
  for (guint i = 0; emitter->write == NULL && i < trust_anchor_set_get_n_anchors (input->set); i++)
    emitter->emit (trust_anchor_set_get_anchor (input->set, i), out);
  return g_string_free_to_bytes (out);
}

const char *
trust_emitter_option (const TrustEmitterInput *input, const char *key, const char *fallback)
{
  const char *value = input->options != NULL ? g_hash_table_lookup (input->options, key) : NULL;

  return value != NULL ? value : fallback;
}

const char *
trust_emitter_find_path_fault (const char *value)
{
  gsize size = strlen (value);

  if (*value != '/' || size < 2 || size > TRUST_LIMIT_CONSUMER_PATH || value[size - 1] == '/')
    return "it is an absolute path";
  for (const char *at = value; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("/._-+@", *at) == NULL)
      return "such a path has letters, digits and ._-+@ only";
  if (strstr (value, "//") != NULL || strstr (value, "/./") != NULL || strstr (value, "/../") != NULL || g_str_has_suffix (value, "/.")
      || g_str_has_suffix (value, "/.."))
    return "such a path has no empty part, and none of dots";
  return NULL;
}

gboolean
trust_emitter_read_der (const void *bytes, gsize size, GArray *certificates)
{
  TrustSpan in = { bytes, size };
  TrustDer whole;
  TrustFingerprint fingerprint;

  if (!trust_der_expect (&in, 0x30, &whole) || in.size > 0)
    return FALSE;
  trust_fingerprint_of (bytes, size, &fingerprint);
  g_array_append_val (certificates, fingerprint);
  return TRUE;
}

/* Is AUX, what stands behind the certificate of a TRUSTED CERTIFICATE, an empty list of uses and no rejected ones? p11-kit writes so of what it
 * neither trusts nor refuses. */
static gboolean
says_nothing (TrustSpan aux)
{
  TrustDer whole, uses, rest;

  return trust_der_expect (&aux, 0x30, &whole) && trust_der_expect (&whole.content, 0x30, &uses) && uses.content.size == 0
         && !trust_der_expect (&whole.content, 0xa0, &rest);
}

static gboolean
is_certificate (const TrustPemBlock *block)
{
  return trust_pem_label_is (block, "TRUSTED CERTIFICATE") || trust_pem_label_is (block, "CERTIFICATE")
         || trust_pem_label_is (block, "X509 CERTIFICATE");
}

/* What stands behind the certificate of a TRUSTED CERTIFICATE is no part of it. */
static gboolean
read_block (const TrustPemBlock *block, GArray *certificates)
{
  gboolean is_trusted = trust_pem_label_is (block, "TRUSTED CERTIFICATE");
  g_autoptr (GByteArray) der = NULL;
  TrustSpan in;
  TrustDer certificate;

  der = trust_pem_decode (block->body, NULL);
  if (der == NULL)
    return FALSE;
  in = (TrustSpan) { der->data, der->len };
  if (!is_trusted)
    return trust_emitter_read_der (in.data, in.size, certificates);
  if (!trust_der_expect (&in, 0x30, &certificate))
    return FALSE;
  return says_nothing (in) || trust_emitter_read_der (certificate.whole.data, certificate.whole.size, certificates);
}

gboolean
trust_emitter_read_pem (const void *bytes, gsize size, GArray *certificates)
{
  TrustSpan text = { bytes, size };
  TrustPemBlock block;
  gsize offset = 0;
  g_autoptr (GError) error = NULL;
  gboolean is_all = TRUE;

  while (trust_pem_next (text, &offset, &block, &error))
    if (!is_certificate (&block))
      is_all = FALSE;
    else if (!read_block (&block, certificates))
      return FALSE;
  return is_all && error == NULL;
}
