/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder as p11-kit's `trust extract` makes it: NAME.pem by the label, and links HHHHHHHH.N to it by both of OpenSSL's hashes of the subject, that
 * of today and that of before 1.0. */
#include "core/emitters/extract.h"
#include "core/emitters/openssl-trusted.h"
#include "core/pem.h"

#include <limits.h>
#include <string.h>

/* No files here: links by hash, and with Names= by name, to those in that folder. */
#define LINKS "Links"
#define NAMES "Names"
/* Of a name, so that ".1.pem" still fits. Bytes. */
#define MAX_NAME 200u

/* BASE.EXTENSION, or BASE.1.EXTENSION and so on; NAMES: those that are taken. (transfer full) */
static char *
take_file_name (GHashTable *names, const char *base)
{
  char *name = g_strconcat (base, ".pem", NULL);

  for (guint i = 1; g_hash_table_contains (names, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s.%u.pem", base, i);
    }
  g_hash_table_add (names, g_strdup (name));
  return name;
}

static char *
take_link_name (GHashTable *names, GHashTable *counts, guint32 hash)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (hash)));
  char *name = g_strdup_printf ("%08x.%u", hash, number);

  g_hash_table_insert (counts, GUINT_TO_POINTER (hash), GUINT_TO_POINTER (number + 1));
  g_hash_table_add (names, g_strdup (name));
  return name;
}

/* Letters, digits and "-._" of the label; every other byte is a "_". (transfer full) */
static char *
make_base (const TrustAnchor *anchor)
{
  char *base = trust_extract_dup_label (anchor);

  if (base == NULL)
    base = g_strdup ("certificate");
  for (char *at = base; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-._", *at) == NULL)
      *at = '_';
  if (strlen (base) > MAX_NAME)
    base[MAX_NAME] = '\0';
  return base;
}

/* The first four bytes of the MD5 of the subject's DER, little-endian. */
static guint32
old_hash (const TrustCertificate *certificate)
{
  TrustSpan subject = trust_certificate_get_subject_der (certificate);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize size = sizeof digest;

  g_checksum_update (sum, subject.data, (gssize) subject.size);
  g_checksum_get_digest (sum, digest, &size);
  return (guint32) digest[0] | (guint32) digest[1] << 8 | (guint32) digest[2] << 16 | (guint32) digest[3] << 24;
}

typedef void (*Append) (GString *out, const TrustAnchor *anchor);

static void
append_pem (GString *out, const TrustAnchor *anchor)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));

  trust_pem_append (out, der.data, der.size, "CERTIFICATE");
}

/* The certificate's own file, or what leads to it. Returns: what a link by hash holds. (transfer full) */
static char *
list_file (const TrustEmitterInput *input, GPtrArray *entries, const TrustAnchor *anchor, const char *name, Append append)
{
  const char *folder = trust_emitter_option (input, LINKS, NULL);
  char *target = folder != NULL ? g_strconcat (folder, "/", name, NULL) : g_strdup (name);
  GString *out = NULL;

  if (folder != NULL && g_str_equal (trust_emitter_option (input, NAMES, "false"), "true"))
    g_ptr_array_add (entries, trust_entry_new (g_strdup (name), g_strdup (target), NULL));
  if (folder != NULL)
    return target;
  out = g_string_new (NULL);
  append (out, anchor);
  g_ptr_array_add (entries, trust_entry_new (g_strdup (name), NULL, g_string_free_to_bytes (out)));
  return target;
}

static void
list_files (const TrustEmitterInput *input, GPtrArray *entries, Append append)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), counts = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) anchors = trust_extract_list (&trust_emitter_extract_dir, input);

  for (guint i = 0; i < anchors->len; i++)
    {
      const TrustAnchor *anchor = anchors->pdata[i];
      const TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
      const guint32 hashes[] = { trust_certificate_get_openssl_hash (certificate), old_hash (certificate) };
      g_autofree char *base = make_base (anchor), *name = take_file_name (names, base);
      g_autofree char *target = list_file (input, entries, anchor, name, append);

      for (guint j = 0; j < G_N_ELEMENTS (hashes); j++)
        g_ptr_array_add (entries, trust_entry_new (take_link_name (names, counts, hashes[j]), g_strdup (target), NULL));
    }
}

static const char *
find_links_fault (const char *value)
{
  return *value != '\0' && strlen (value) < PATH_MAX - NAME_MAX ? NULL : "it is the folder that the links lead to";
}

static const char *
find_names_fault (const char *value)
{
  return g_str_equal (value, "true") || g_str_equal (value, "false") ? NULL : "it is true or false";
}

static void
list_plain (const TrustEmitterInput *input, GPtrArray *entries)
{
  list_files (input, entries, append_pem);
}

static void
list_trusted (const TrustEmitterInput *input, GPtrArray *entries)
{
  list_files (input, entries, trust_openssl_trusted_append);
}

static const TrustEmitterOption options[] = { { TRUST_EXTRACT_OPTION, FALSE, trust_extract_find_fault },
                                              { LINKS, FALSE, find_links_fault },
                                              { NAMES, FALSE, find_names_fault },
                                              { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_extract_dir = {
  .name = "extract-dir",
  .description = "p11-kit's folder: NAME.pem, and links by both of OpenSSL's hashes",
  .is_folder = TRUE,
  .options = options,
  .wants = trust_extract_wants,
  .list = list_plain,
  .read = trust_emitter_read_pem,
};

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

const TrustEmitter trust_emitter_extract_trusted_dir = {
  .name = "extract-trusted-dir",
  .description = "the same of TRUSTED CERTIFICATE files, with purposes",
  .is_folder = TRUE,
  .says = SAYS (PURPOSES) | SAYS (OTHER_PURPOSES) | SAYS (LABEL),
  .options = options,
  .wants = trust_extract_wants,
  .list = list_trusted,
  .read = trust_emitter_read_pem,
  .is_within = trust_openssl_trusted_is_within,
};
