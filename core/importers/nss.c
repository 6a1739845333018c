/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/nss.h"

#include "core/error.h"
#include "core/importers/take.h"
#include "core/name.h"
#include "core/text.h"

#include <string.h>

#define TITLE_CHARS 64

/* RFC 5280 section 4.2.1.12; the IPsec ones stood in RFC 2459, IKE is RFC 4945's. */
static const struct
{
  const char *name;
  const char *purpose;
} uses[] = {
  [TRUST_NSS_SERVER_AUTH] = { "SERVER_AUTH", "server-auth" },
  [TRUST_NSS_CLIENT_AUTH] = { "CLIENT_AUTH", "client-auth" },
  [TRUST_NSS_EMAIL_PROTECTION] = { "EMAIL_PROTECTION", "email-protection" },
  [TRUST_NSS_CODE_SIGNING] = { "CODE_SIGNING", "code-signing" },
  [TRUST_NSS_TIME_STAMPING] = { "TIME_STAMPING", "time-stamping" },
  [TRUST_NSS_IPSEC_END_SYSTEM] = { "IPSEC_END_SYSTEM", "1.3.6.1.5.5.7.3.5" },
  [TRUST_NSS_IPSEC_TUNNEL] = { "IPSEC_TUNNEL", "1.3.6.1.5.5.7.3.6" },
  [TRUST_NSS_IPSEC_USER] = { "IPSEC_USER", "1.3.6.1.5.5.7.3.7" },
  [TRUST_NSS_IPSEC_IKE] = { "IPSEC_IKE", "1.3.6.1.5.5.7.3.17" },
  [TRUST_NSS_OCSP_SIGNING] = { "OCSP_SIGNING", "1.3.6.1.5.5.7.3.9" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (uses) == TRUST_NSS_N_USES);

/* A certificate that parsed, and what was said of it. */
typedef struct
{
  const TrustNssCertificate *from;
  TrustCertificate *certificate; /* (owned) */
  const TrustNssTrust *trust;    /* (nullable) */
  gboolean is_contradicted;      /* two trust objects differ: left out */
} Known;

typedef struct
{
  const TrustImportOptions *options;
  TrustImport *import;
  TrustOrigin *origin; /* (owned) */
  GHashTable *by_name; /* (owned) make_key() -> Known (borrowed): each under its names alone, and with each hash */
  GPtrArray *all;      /* (owned) of Known */
  GPtrArray *bare;     /* (owned) of TrustNssTrust (borrowed) whose certificate is not there */
} Join;

TrustNssCertificate *
trust_nss_certificate_new (const char *place)
{
  TrustNssCertificate *certificate = g_new0 (TrustNssCertificate, 1);

  certificate->place = g_strdup (place);
  certificate->server_after = certificate->email_after = TRUST_NEVER;
  return certificate;
}

void
trust_nss_certificate_free (TrustNssCertificate *certificate)
{
  g_free (certificate->place);
  g_free (certificate->label);
  g_clear_pointer (&certificate->value, g_bytes_unref);
  g_free (certificate);
}

TrustNssTrust *
trust_nss_trust_new (const char *place)
{
  TrustNssTrust *trust = g_new0 (TrustNssTrust, 1);

  trust->place = g_strdup (place);
  return trust;
}

void
trust_nss_trust_free (TrustNssTrust *trust)
{
  g_free (trust->place);
  g_free (trust->label);
  g_clear_pointer (&trust->issuer, g_bytes_unref);
  g_clear_pointer (&trust->serial, g_bytes_unref);
  g_clear_pointer (&trust->hash, g_bytes_unref);
  g_free (trust);
}

TrustNssUse
trust_nss_use_find (const char *name)
{
  for (guint i = 0; i < TRUST_NSS_N_USES; i++)
    if (g_str_equal (uses[i].name, name))
      return i;
  return TRUST_NSS_N_USES;
}

/* N digits of TEXT. */
static int
digits (const guint8 *text, guint n)
{
  int value = 0;

  for (guint i = 0; i < n; i++)
    value = value * 10 + (text[i] - '0');
  return value;
}

gboolean
trust_nss_read_date (TrustSpan text, gint64 *out)
{
  gsize year_digits = text.size == 13 ? 2 : 4;
  g_autoptr (GDateTime) date = NULL;
  int year = 0;

  if ((text.size != 13 && text.size != 15) || text.data[text.size - 1] != 'Z')
    return FALSE;
  for (gsize i = 0; i + 1 < text.size; i++)
    if (!g_ascii_isdigit (text.data[i]))
      return FALSE;
  year = digits (text.data, year_digits);
  if (year_digits == 2)
    year += year < 50 ? 2000 : 1900;
  if (year < 1970)
    return FALSE;
  text.data += year_digits;
  date = g_date_time_new_utc (year, digits (text.data, 2), digits (text.data + 2, 2), digits (text.data + 4, 2), digits (text.data + 6, 2),
                              digits (text.data + 8, 2));
  if (date == NULL)
    return FALSE;
  *out = g_date_time_to_unix (date);
  return TRUE;
}

static void
known_free (gpointer data)
{
  Known *known = data;

  trust_certificate_unref (known->certificate);
  g_free (known);
}

static TrustSpan
span_of (GBytes *bytes)
{
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return (TrustSpan) { data, size };
}

/* The content of the one INTEGER that TRUST's serial number is; its issuer must be a Name. */
static gboolean
read_names (const TrustNssTrust *trust, TrustSpan *serial)
{
  TrustSpan in = span_of (trust->serial);
  g_autoptr (GByteArray) name = trust_name_canonical (span_of (trust->issuer));
  TrustDer number;

  if (name == NULL || !trust_der_expect (&in, 0x02, &number) || in.size != 0 || number.content.size == 0)
    return FALSE;
  *serial = number.content;
  return TRUE;
}

/* Issuer, serial's content and HASH (nullable), in one. Returns: (transfer full). */
static GBytes *
make_key (TrustSpan issuer, TrustSpan serial, TrustSpan hash)
{
  GByteArray *key = g_byte_array_sized_new (issuer.size + serial.size + hash.size);

  g_byte_array_append (key, issuer.data, issuer.size);
  g_byte_array_append (key, serial.data, serial.size);
  if (hash.size > 0)
    g_byte_array_append (key, hash.data, hash.size);
  return g_byte_array_free_to_bytes (key);
}

/* Under HASH, or under its names alone: there nothing is found if several certificates have them. */
static void
index_known (Join *join, Known *known, TrustSpan hash)
{
  GBytes *key = make_key (trust_certificate_get_issuer_der (known->certificate), trust_certificate_get_serial (known->certificate), hash);

  g_hash_table_replace (join->by_name, key, hash.size == 0 && g_hash_table_contains (join->by_name, key) ? NULL : known);
}

/* The uses that TRUST (nullable) gives LEVEL, as a mask. */
static guint
mask_of (const TrustNssTrust *trust, TrustNssLevel level)
{
  guint mask = 0;

  for (guint use = 0; trust != NULL && use < TRUST_NSS_N_USES; use++)
    mask |= (guint) (trust->levels[use] == level) << use;
  return mask;
}

/* "server-auth, email-protection". Returns: (transfer full). */
static char *
dup_uses (guint mask)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint use = 0; use < TRUST_NSS_N_USES; use++)
    if ((mask & 1u << use) != 0)
      g_ptr_array_add (names, (gpointer) uses[use].purpose);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static TrustSettings *
make_settings (guint mask, const TrustNssCertificate *from)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (TrustPurposes) purposes = NULL;
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = TRUST_LIMITS_NONE;

  for (guint use = 0; use < TRUST_NSS_N_USES; use++)
    if ((mask & 1u << use) != 0)
      g_ptr_array_add (names, (gpointer) uses[use].purpose);
  g_ptr_array_add (names, NULL);
  purposes = trust_purposes_new ((const char *const *) names->pdata, NULL);
  if (from->server_after != TRUST_NEVER)
    trust_distrust_after_add (dates, "server-auth", from->server_after);
  if (from->email_after != TRUST_NEVER)
    trust_distrust_after_add (dates, "email-protection", from->email_after);
  limits.distrust_after = dates;
  return trust_settings_new_limited (purposes, &limits);
}

/* A label that only repeats the certificate's own name is none. */
static const char *
label_of (const TrustCertificate *certificate, const char *label)
{
  g_autofree char *title = trust_certificate_dup_title (certificate);

  return g_strcmp0 (title, label) == 0 ? NULL : label;
}

static char *
dup_shown (const TrustCertificate *certificate)
{
  g_autofree char *title = trust_certificate_dup_title (certificate);

  return trust_text_printable (title, TITLE_CHARS);
}

/* The uses that KNOWN is trusted for. A CA that is trusted itself alone (NSS's flag "P") would be trusted to issue as an anchor. */
static guint
find_trusted (const Join *join, const Known *known)
{
  guint peer = mask_of (known->trust, TRUST_NSS_PEER);
  g_autofree char *title = NULL, *uses_of_peer = NULL;

  if (peer == 0 || !trust_certificate_is_ca (known->certificate))
    return mask_of (known->trust, TRUST_NSS_ANCHOR) | peer;
  title = dup_shown (known->certificate);
  uses_of_peer = dup_uses (peer);
  trust_import_notice (join->import, "%s: \"%s\" is a CA that is trusted itself for %s, but not to issue; anchord has no word for that",
                       known->from->place, title, uses_of_peer);
  return mask_of (known->trust, TRUST_NSS_ANCHOR);
}

static void
add_known (const Join *join, const Known *known)
{
  TrustImport *import = join->import;
  const TrustNssCertificate *from = known->from;
  guint trusted = find_trusted (join, known), refused = mask_of (known->trust, TRUST_NSS_REFUSED);
  guint neutral = mask_of (known->trust, TRUST_NSS_NEUTRAL);
  const char *label = label_of (known->certificate, from->label);
  g_autofree char *title = dup_shown (known->certificate), *refused_uses = dup_uses (refused);

  if (from->distrusted || (refused != 0 && trusted == 0))
    {
      g_autoptr (TrustDistrust) distrust = trust_distrust_new (trust_certificate_get_fingerprint (known->certificate), NULL, (TrustSpan) { NULL, 0 },
                                                               (TrustSpan) { NULL, 0 }, known->certificate, join->origin, NULL);

      if (!from->distrusted && neutral != 0)
        trust_import_notice (import, "%s: \"%s\" is refused for %s only; anchord refuses a certificate for everything", from->place, title,
                             refused_uses);
      trust_import_add (import, known->certificate, NULL, distrust, label, from->place);
      return;
    }
  if (trusted == 0)
    {
      trust_import_add (import, known->certificate, NULL, NULL, label, from->place)->is_untrusted = TRUE;
      return;
    }

  g_autoptr (TrustSettings) settings = make_settings (trusted, from);

  if (refused != 0)
    trust_import_notice (import, "%s: \"%s\" is refused for %s; anchord keeps that it is not trusted for these, not that it is refused", from->place,
                         title, refused_uses);
  trust_import_add (import, known->certificate, settings, NULL, label, from->place);
}

/* A trust object whose certificate is not there. */
static gboolean
add_bare (const Join *join, const TrustNssTrust *trust, GError **error)
{
  TrustImport *import = join->import;
  TrustSpan serial = { NULL, 0 };
  g_autofree char *title = trust_text_printable (trust->label, TITLE_CHARS);
  gboolean is_trusted = (mask_of (trust, TRUST_NSS_ANCHOR) | mask_of (trust, TRUST_NSS_PEER)) != 0;
  gboolean is_refused = mask_of (trust, TRUST_NSS_REFUSED) != 0;

  if (is_trusted)
    trust_import_notice (import,
                         "%s: \"%s\" is trusted, but the one certificate of its issuer and serial number is not there; it was left "
                         "out",
                         trust->place, title);
  if (is_trusted || !is_refused || !read_names (trust, &serial))
    return TRUE;
  if (!trust_import_has_room (import, error))
    return FALSE;

  g_autoptr (TrustDistrust) distrust = trust_distrust_new (NULL, NULL, span_of (trust->issuer), serial, NULL, join->origin, NULL);

  if (trust->hash != NULL)
    {
      TrustSpan hash = span_of (trust->hash);
      g_autofree char *hex = trust_text_hex (hash.data, hash.size);

      trust_import_notice (import, "%s: \"%s\" is refused by its issuer and serial number; its certificate is not there, only its %s %s",
                           trust->place, title, hash.size == 20 ? "SHA-1" : "SHA-256", hex);
    }
  trust_import_add (import, NULL, NULL, distrust, trust->label, trust->place);
  return TRUE;
}

/* The certificate of KNOWN once more. */
static gboolean
take_double (Join *join, Known *known, const TrustNssCertificate *from, GError **error)
{
  if (known->from->server_after == from->server_after && known->from->email_after == from->email_after && known->from->distrusted == from->distrusted)
    return TRUE;
  known->is_contradicted = TRUE;
  return trust_import_fail (join->import, join->options, from->place,
                            g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the same certificate stands at %s and says something else there",
                                         known->from->place),
                            error);
}

static gboolean
take_certificate (Join *join, const TrustNssCertificate *from, GError **error)
{
  TrustSpan der = span_of (from->value);
  GError *reason = NULL;
  g_autoptr (TrustCertificate) certificate = trust_certificate_new (der.data, der.size, &reason);
  guint8 sha1[20];
  gsize size = sizeof sha1;
  TrustSpan sha256;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GChecksum) checksum = NULL;
  Known *known = NULL;

  if (certificate == NULL)
    return trust_import_fail (join->import, join->options, from->place, reason, error);
  sha256 = (TrustSpan) { trust_certificate_get_fingerprint (certificate)->bytes, sizeof (TrustFingerprint) };
  key = make_key (trust_certificate_get_issuer_der (certificate), trust_certificate_get_serial (certificate), sha256);
  known = g_hash_table_lookup (join->by_name, key);
  if (known != NULL)
    return take_double (join, known, from, error);
  known = g_new0 (Known, 1);
  known->from = from;
  known->certificate = trust_certificate_ref (certificate);
  g_ptr_array_add (join->all, known);
  checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (checksum, der.data, der.size);
  g_checksum_get_digest (checksum, sha1, &size);
  index_known (join, known, (TrustSpan) { NULL, 0 });
  index_known (join, known, (TrustSpan) { sha1, sizeof sha1 });
  index_known (join, known, sha256);
  return TRUE;
}

/* Gives TRUST to the certificate that it speaks of, or does what can be done without. */
static gboolean
take_trust (Join *join, const TrustNssTrust *trust, GError **error)
{
  g_autoptr (GBytes) key = NULL;
  Known *known = NULL;
  TrustSpan serial;

  if (!read_names (trust, &serial))
    return trust_import_fail (join->import, join->options, trust->place,
                              g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                                           "in DER, the issuer of this trust object is no name, or its serial number is no number"),
                              error);
  key = make_key (span_of (trust->issuer), serial, span_of (trust->hash));
  known = g_hash_table_lookup (join->by_name, key);
  if (known == NULL)
    g_ptr_array_add (join->bare, (gpointer) trust);
  else if (known->trust == NULL)
    known->trust = trust;
  else if (memcmp (known->trust->levels, trust->levels, sizeof trust->levels) != 0)
    {
      known->is_contradicted = TRUE;
      return trust_import_fail (join->import, join->options, trust->place,
                                g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this trust object says something else than the one at %s",
                                             known->trust->place),
                                error);
    }
  return TRUE;
}

static gboolean
join_all (Join *join, GPtrArray *certificates, GPtrArray *trusts, GError **error)
{
  for (guint i = 0; i < certificates->len; i++)
    if (!take_certificate (join, certificates->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < trusts->len; i++)
    if (!take_trust (join, trusts->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < join->all->len; i++)
    {
      const Known *known = join->all->pdata[i];

      if (!trust_import_has_room (join->import, error))
        return FALSE;
      if (!known->is_contradicted)
        add_known (join, known);
    }
  for (guint i = 0; i < join->bare->len; i++)
    if (!add_bare (join, join->bare->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
trust_nss_join (GPtrArray *certificates, GPtrArray *trusts, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  Join join = { options, import, NULL, NULL, NULL, NULL };
  gboolean done = FALSE;

  join.origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  join.by_name = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  join.all = g_ptr_array_new_with_free_func (known_free);
  join.bare = g_ptr_array_new ();
  done = join_all (&join, certificates, trusts, error);
  g_hash_table_unref (join.by_name);
  g_ptr_array_unref (join.all);
  g_ptr_array_unref (join.bare);
  trust_origin_unref (join.origin);
  return done;
}
