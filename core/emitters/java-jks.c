/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Java's first keystore, JKS, of trusted certificates only. All numbers are big-endian:
 *
 *   u32 FEEDFEED, u32 version 2, u32 entries, the entries, 20 bytes of SHA-1
 *   entry: u32 2 (trusted), alias, u64 date in milliseconds, type "X.509", u32 length, DER; alias and type: u16 length, UTF-8
 *
 * The SHA-1 is over the password in UTF-16, the words "Mighty Aphrodite" and all bytes before it. It tells damage; the password is public. */
#include "core/debian-name.h"
#include "core/emitters/entry-name.h"
#include "core/emitters/extract.h"
#include "core/emitters/java.h"

#include <string.h>

#define MAGIC 0xfeedfeedu
#define SALT "Mighty Aphrodite"
#define TYPE "X.509"
#define KIND_TRUSTED 2
#define DIGEST_SIZE 20u
#define ALIASES "Aliases"

static void
append_number (GString *out, guint size, guint64 number)
{
  for (guint i = size; i > 0; i--)
    g_string_append_c (out, (char) (number >> 8 * (i - 1) & 0xff));
}

static void
append_text (GString *out, const char *text)
{
  append_number (out, 2, strlen (text));
  g_string_append (out, text);
}

/* The date of the entry is the certificate's: the time of writing would change the bytes each time. */
static void
append_entry (GString *out, const TrustAnchor *anchor, const char *alias)
{
  TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  TrustSpan der = trust_certificate_get_der (certificate);

  append_number (out, 4, KIND_TRUSTED);
  append_text (out, alias);
  append_number (out, 8, (guint64) trust_certificate_get_not_before (certificate) * 1000);
  append_text (out, TYPE);
  append_number (out, 4, der.size);
  g_string_append_len (out, (const char *) der.data, (gssize) der.size);
}

static void
append_digest (GString *out, gsize start, const char *password)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[DIGEST_SIZE];
  gsize size = sizeof digest;

  for (const char *at = password; *at != '\0'; at++)
    g_checksum_update (sum, (const guint8[]) { 0, (guint8) *at }, 2);
  g_checksum_update (sum, (const guint8 *) SALT, strlen (SALT));
  g_checksum_update (sum, (const guint8 *) out->str + start, (gssize) (out->len - start));
  g_checksum_get_digest (sum, digest, &size);
  g_string_append_len (out, (const char *) digest, (gssize) size);
}

static const char *
find_aliases_fault (const char *value)
{
  return g_str_equal (value, "debian") ? NULL : "there is only \"debian\"; without the key they are anchord's own";
}

/* The alias that ca-certificates-java's hook gives it, with a number where two files have one name. NAMES gets it. */
static const char *
take_debian_alias (GHashTable *names, const TrustAnchor *anchor)
{
  g_autofree char *base = trust_debian_alias (anchor);
  char *alias = g_strdup (base);

  for (guint i = 1; g_hash_table_contains (names, alias); i++)
    {
      g_free (alias);
      alias = g_strdup_printf ("%s-%u", base, i);
    }
  g_hash_table_add (names, alias);
  return alias;
}

static const char *
take_own_alias (GHashTable *names, const TrustAnchorSet *set, const TrustAnchor *anchor)
{
  char *alias = trust_entry_name_dup (set, trust_anchor_set_lower_bound (set, trust_anchor_get_fingerprint (anchor)), TRUE);

  g_hash_table_add (names, alias);
  return alias;
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_autoptr (GPtrArray) anchors = trust_extract_list (&trust_emitter_java_jks, input);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_debian = trust_emitter_option (input, ALIASES, NULL) != NULL, is_extract = trust_extract_is_wanted (input);
  gsize start = out->len;

  append_number (out, 4, MAGIC);
  append_number (out, 4, 2);
  append_number (out, 4, anchors->len);
  for (guint i = 0; i < anchors->len; i++)
    append_entry (out, anchors->pdata[i],
                  is_debian    ? take_debian_alias (names, anchors->pdata[i])
                  : is_extract ? trust_extract_take_alias (names, anchors->pdata[i])
                               : take_own_alias (names, input->set, anchors->pdata[i]));
  append_digest (out, start, trust_emitter_option (input, TRUST_JAVA_PASSWORD_KEY, TRUST_JAVA_PASSWORD));
  return TRUE;
}

static gboolean
take (TrustSpan *in, gsize size, TrustSpan *out)
{
  if (size > in->size)
    return FALSE;
  *out = (TrustSpan) { in->data, size };
  *in = (TrustSpan) { in->data + size, in->size - size };
  return TRUE;
}

static gboolean
take_number (TrustSpan *in, gsize size, gsize *out)
{
  TrustSpan bytes;

  if (!take (in, size, &bytes))
    return FALSE;
  *out = 0;
  for (gsize i = 0; i < size; i++)
    *out = *out << 8 | bytes.data[i];
  return TRUE;
}

static gboolean
read_entry (TrustSpan *in, gsize version, GArray *certificates)
{
  TrustSpan alias, date, type = { (const guint8 *) TYPE, strlen (TYPE) }, der;
  gsize kind, size;

  return take_number (in, 4, &kind) && kind == KIND_TRUSTED && take_number (in, 2, &size) && take (in, size, &alias) && take (in, 8, &date)
         && (version == 1 || (take_number (in, 2, &size) && take (in, size, &type))) && type.size == strlen (TYPE)
         && memcmp (type.data, TYPE, type.size) == 0 && take_number (in, 4, &size) && take (in, size, &der)
         && trust_emitter_read_der (der.data, der.size, certificates);
}

/* Of trusted certificates only: a private key is nothing of ours. The digest stays unchecked, for who knows its password. */
static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  TrustSpan in = { bytes, size };
  gsize magic, version, n;

  if (!take_number (&in, 4, &magic) || magic != MAGIC || !take_number (&in, 4, &version) || version < 1 || version > 2 || !take_number (&in, 4, &n))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!read_entry (&in, version, certificates))
      return FALSE;
  return in.size == DIGEST_SIZE;
}

static const TrustEmitterOption options[] = { { TRUST_JAVA_PASSWORD_KEY, FALSE, trust_java_find_password_fault },
                                              { TRUST_EXTRACT_OPTION, FALSE, trust_extract_find_fault },
                                              { ALIASES, FALSE, find_aliases_fault },
                                              { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_java_jks = {
  .name = "java-jks",
  .description = "Java keystore (JKS) of trusted certificates, password \"changeit\"",
  .follows = TRUE,
  .wants = trust_extract_wants,
  .options = options,
  .can_hold = trust_java_can_hold,
  .write = write_set,
  .read = read_file,
};
