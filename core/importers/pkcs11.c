/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A PKCS#11 module's certificates, the trust objects that NSS keeps beside them, and the extensions that p11-kit attaches to keys. */
#include "core/importers/nss.h"

#include "core/error.h"
#include "core/importers/merge.h"
#include "core/importers/take.h"
#include "core/limits.h"
#include "core/text.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11x.h>
#include <string.h>

#define FORMAT "pkcs11"
#define MAX_OBJECTS (2 * TRUST_LIMIT_INPUT_CERTIFICATES)
#define MAX_SLOTS 64u
#define BATCH 256u

/* PKCS#11 3.2's own trust objects (section 4.16); not in p11-kit's headers yet. */
#define CKO_TRUST_3_2 0x0bUL
#define CKA_TRUST_3_2(n) (0x62cUL + (n))
#define CKA_HASH_OF_CERTIFICATE_3_2 0x635UL

/* Where what anchord itself publishes is read from. A p11-kit token is described by its path, of which 64 characters are told. */
static const char *const published[] = { "/etc/ssl/certs", "/etc/ssl/cert.pem", "/var/lib/anchord", "/usr/local/share/ca-certificates/anchord",
                                         "/etc/anchord",   "/run/anchord",      "/usr/lib/anchord" };

/* What all extensions beside one key leave of the names. */
typedef struct
{
  TrustConstraints *constraints; /* (owned) (nullable) */
  gboolean is_unkept;            /* one of them can't be kept: who has that key is not trusted */
} Attached;

typedef struct
{
  const TrustImportOptions *options;
  TrustImport *import;
  CK_FUNCTION_LIST *module;
  CK_SESSION_HANDLE session;
  GPtrArray *certificates; /* (owned) of TrustNssCertificate */
  GPtrArray *trusts;       /* (owned) of TrustNssTrust */
  GHashTable *extensions;  /* (owned) SHA-256 of a key (TrustFingerprint) -> Attached */
  guint n_objects;
} Reader;

static const struct
{
  CK_ATTRIBUTE_TYPE nss;
  CK_ATTRIBUTE_TYPE standard; /* 0: none */
} use_attributes[] = {
  [TRUST_NSS_SERVER_AUTH] = { CKA_TRUST_SERVER_AUTH, CKA_TRUST_3_2 (0) },
  [TRUST_NSS_CLIENT_AUTH] = { CKA_TRUST_CLIENT_AUTH, CKA_TRUST_3_2 (1) },
  [TRUST_NSS_EMAIL_PROTECTION] = { CKA_TRUST_EMAIL_PROTECTION, CKA_TRUST_3_2 (3) },
  [TRUST_NSS_CODE_SIGNING] = { CKA_TRUST_CODE_SIGNING, CKA_TRUST_3_2 (2) },
  [TRUST_NSS_TIME_STAMPING] = { CKA_TRUST_TIME_STAMPING, CKA_TRUST_3_2 (5) },
  [TRUST_NSS_IPSEC_END_SYSTEM] = { CKA_TRUST_IPSEC_END_SYSTEM, 0 },
  [TRUST_NSS_IPSEC_TUNNEL] = { CKA_TRUST_IPSEC_TUNNEL, 0 },
  [TRUST_NSS_IPSEC_USER] = { CKA_TRUST_IPSEC_USER, 0 },
  [TRUST_NSS_IPSEC_IKE] = { 0, CKA_TRUST_3_2 (4) },
  [TRUST_NSS_OCSP_SIGNING] = { 0, CKA_TRUST_3_2 (6) },
};
G_STATIC_ASSERT (G_N_ELEMENTS (use_attributes) == TRUST_NSS_N_USES);

static gboolean
fail (GError **error, const char *what, CK_RV rv)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the module's %s failed: %s", what, p11_kit_strerror (rv));
  return FALSE;
}

/* The value of one attribute. Returns: (transfer full) (nullable): NULL if the object has none. */
static GBytes *
get_bytes (const Reader *reader, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
  CK_ATTRIBUTE attribute = { type, NULL, 0 };
  g_autofree guint8 *value = NULL;
  CK_ULONG size = 0;

  if (reader->module->C_GetAttributeValue (reader->session, object, &attribute, 1) != CKR_OK || attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION
      || attribute.ulValueLen == 0 || attribute.ulValueLen > TRUST_LIMIT_CERTIFICATE_BYTES)
    return NULL;
  size = attribute.ulValueLen;
  value = g_malloc0 (size);
  attribute.pValue = value;
  if (reader->module->C_GetAttributeValue (reader->session, object, &attribute, 1) != CKR_OK || attribute.ulValueLen > size)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&value), attribute.ulValueLen);
}

static char *
get_text (const Reader *reader, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
  g_autoptr (GBytes) bytes = get_bytes (reader, object, type);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}

static gboolean
get_number (const Reader *reader, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, CK_ULONG *out)
{
  g_autoptr (GBytes) bytes = get_bytes (reader, object, type);

  if (bytes == NULL || g_bytes_get_size (bytes) != sizeof *out)
    return FALSE;
  memcpy (out, g_bytes_get_data (bytes, NULL), sizeof *out);
  return TRUE;
}

static TrustSpan
span_of (GBytes *bytes)
{
  gsize size = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return (TrustSpan) { data, size };
}

/* One zero octet, CK_FALSE, or nothing: no date. */
static gboolean
get_date (const Reader *reader, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, gint64 *out)
{
  g_autoptr (GBytes) bytes = get_bytes (reader, object, type);
  TrustSpan text = span_of (bytes);

  return text.size <= 1 || trust_nss_read_date (text, out);
}

static gboolean
skip_object (const Reader *reader, const char *place, const char *why, GError **error)
{
  return trust_import_fail (reader->import, reader->options, place, g_error_new_literal (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, why), error);
}

static gboolean
take_certificate (Reader *reader, CK_OBJECT_HANDLE object, const char *place, GError **error)
{
  g_autoptr (TrustNssCertificate) certificate = trust_nss_certificate_new (place);
  g_autoptr (GBytes) distrusted = get_bytes (reader, object, CKA_X_DISTRUSTED);
  CK_ULONG type = CKC_X_509;

  if (get_number (reader, object, CKA_CERTIFICATE_TYPE, &type) && type != CKC_X_509)
    return TRUE;
  certificate->value = get_bytes (reader, object, CKA_VALUE);
  certificate->label = get_text (reader, object, CKA_LABEL);
  certificate->distrusted = distrusted != NULL && *(const guint8 *) g_bytes_get_data (distrusted, NULL) != 0;
  if (!get_date (reader, object, CKA_NSS_SERVER_DISTRUST_AFTER, &certificate->server_after)
      || !get_date (reader, object, CKA_NSS_EMAIL_DISTRUST_AFTER, &certificate->email_after))
    return skip_object (reader, place, "its distrust-after is no date", error);
  /* p11-kit has objects without a certificate, for a refusal by issuer and serial: the trust object says the same. */
  if (certificate->value != NULL)
    g_ptr_array_add (reader->certificates, g_steal_pointer (&certificate));
  return TRUE;
}

static TrustNssLevel
level_of (CK_ULONG value, gboolean is_standard)
{
  if (is_standard)
    return value == 1 ? TRUST_NSS_PEER : value == 2 ? TRUST_NSS_ANCHOR : value == 3 ? TRUST_NSS_REFUSED : TRUST_NSS_NEUTRAL;
  if (value == CKT_NSS_TRUSTED || value == CKT_NSS_TRUSTED_DELEGATOR)
    return value == CKT_NSS_TRUSTED ? TRUST_NSS_PEER : TRUST_NSS_ANCHOR;
  return value == CKT_NSS_NOT_TRUSTED ? TRUST_NSS_REFUSED : TRUST_NSS_NEUTRAL;
}

static gboolean
take_trust (Reader *reader, CK_OBJECT_HANDLE object, gboolean is_standard, const char *place, GError **error)
{
  g_autoptr (TrustNssTrust) trust = trust_nss_trust_new (place);
  CK_ULONG value = 0;

  trust->issuer = get_bytes (reader, object, CKA_ISSUER);
  trust->serial = get_bytes (reader, object, CKA_SERIAL_NUMBER);
  trust->label = get_text (reader, object, CKA_LABEL);
  trust->hash = get_bytes (reader, object, is_standard ? CKA_HASH_OF_CERTIFICATE_3_2 : CKA_CERT_SHA1_HASH);
  if (trust->hash != NULL && g_bytes_get_size (trust->hash) != 20 && g_bytes_get_size (trust->hash) != 32)
    return skip_object (reader, place, "its hash is neither SHA-1 nor SHA-256", error);
  if (trust->issuer == NULL || trust->serial == NULL)
    return skip_object (reader, place, "a trust object without issuer and serial number", error);
  for (guint use = 0; use < TRUST_NSS_N_USES; use++)
    {
      CK_ATTRIBUTE_TYPE type = is_standard ? use_attributes[use].standard : use_attributes[use].nss;

      if (type != 0 && get_number (reader, object, type, &value))
        trust->levels[use] = level_of (value, is_standard);
    }
  g_ptr_array_add (reader->trusts, g_steal_pointer (&trust));
  return TRUE;
}

static void
attached_free (gpointer data)
{
  Attached *attached = data;

  g_clear_pointer (&attached->constraints, trust_constraints_unref);
  g_free (attached);
}

/* Extension ::= SEQUENCE { extnID, critical, extnValue } (RFC 5280 section 4.1). NULL if its name constraints can't be kept. (transfer full) */
static TrustConstraints *
read_constraints (TrustSpan in)
{
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  TrustDer extension, part;

  if (!trust_der_expect (&in, 0x30, &extension) || in.size != 0)
    return NULL;
  in = extension.content;
  if (!trust_der_expect (&in, 0x06, &part))
    return NULL;
  trust_der_expect (&in, 0x01, &part);
  if (!trust_der_expect (&in, 0x04, &part) || in.size != 0 || !trust_constraints_add_der (constraints, part.content, NULL))
    return NULL;
  return g_steal_pointer (&constraints);
}

static void
narrow (Attached *attached, TrustSpan value)
{
  g_autoptr (TrustConstraints) one = read_constraints (value);
  TrustConstraints *both = one != NULL ? trust_constraints_intersect (attached->constraints, one) : NULL;

  attached->is_unkept |= one == NULL;
  g_clear_pointer (&attached->constraints, trust_constraints_unref);
  attached->constraints = both;
}

static Attached *
find_attached (const Reader *reader, GBytes *key)
{
  TrustFingerprint fingerprint;
  Attached *attached = NULL;

  trust_fingerprint_of (span_of (key).data, span_of (key).size, &fingerprint);
  attached = g_hash_table_lookup (reader->extensions, &fingerprint);
  if (attached == NULL)
    {
      attached = g_new0 (Attached, 1);
      g_hash_table_insert (reader->extensions, g_memdup2 (&fingerprint, sizeof fingerprint), attached);
    }
  return attached;
}

/* Does an extension beside a key narrow nothing (as in core/sources/p11-persist.c: identifiers, basicConstraints), or what the trust objects say as
 * well: purposes, and those that p11-kit was told to reject? OID: in DER. */
static gboolean
is_silent (TrustSpan oid)
{
  static const struct
  {
    guint8 bytes[12];
    gsize size;
  } silent[] = {
    { { 0x06, 0x03, 0x55, 0x1d, 0x0e }, 5 },
    { { 0x06, 0x03, 0x55, 0x1d, 0x23 }, 5 },
    { { 0x06, 0x03, 0x55, 0x1d, 0x13 }, 5 },
    { { 0x06, 0x03, 0x55, 0x1d, 0x25 }, 5 },
    { { 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x99, 0x77, 0x06, 0x0a, 0x01 }, 12 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    if (trust_span_equal (oid, (TrustSpan) { silent[i].bytes, silent[i].size }))
      return TRUE;
  return FALSE;
}

/* Name constraints beside a key, and what anchord can't enforce, which takes the trust away. */
static gboolean
take_extension (Reader *reader, CK_OBJECT_HANDLE object, const char *place, GError **error)
{
  static const guint8 name_constraints[] = { 0x06, 0x03, 0x55, 0x1d, 0x1e };
  g_autoptr (GBytes) oid = get_bytes (reader, object, CKA_OBJECT_ID), key = get_bytes (reader, object, CKA_PUBLIC_KEY_INFO);
  g_autoptr (GBytes) value = get_bytes (reader, object, CKA_VALUE);

  if (is_silent (span_of (oid)))
    return TRUE;
  if (!trust_span_equal (span_of (oid), (TrustSpan) { name_constraints, sizeof name_constraints }))
    {
      /* Beside no key it narrows nothing. */
      if (key != NULL)
        find_attached (reader, key)->is_unkept = TRUE;
      return TRUE;
    }
  if (key == NULL || value == NULL)
    return skip_object (reader, place, "name constraints without a key or a value", error);
  narrow (find_attached (reader, key), span_of (value));
  return TRUE;
}

static gboolean
take_object (Reader *reader, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class, GError **error)
{
  g_autofree char *place = g_strdup_printf ("object %u", ++reader->n_objects);

  if (reader->n_objects > MAX_OBJECTS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the module holds more than %u objects", MAX_OBJECTS);
      return FALSE;
    }
  if (class == CKO_CERTIFICATE)
    return take_certificate (reader, object, place, error);
  if (class == CKO_X_CERTIFICATE_EXTENSION)
    return take_extension (reader, object, place, error);
  return take_trust (reader, object, class == CKO_TRUST_3_2, place, error);
}

/* All handles of one class. A module may refuse a class that it does not know. Returns: (transfer full). */
static GArray *
find_objects (const Reader *reader, CK_OBJECT_CLASS class)
{
  CK_ATTRIBUTE match = { CKA_CLASS, &class, sizeof class };
  GArray *found = g_array_new (FALSE, FALSE, sizeof (CK_OBJECT_HANDLE));
  CK_OBJECT_HANDLE batch[BATCH];
  CK_ULONG n = 0;

  if (reader->module->C_FindObjectsInit (reader->session, &match, 1) != CKR_OK)
    return found;
  while (found->len <= MAX_OBJECTS && reader->module->C_FindObjects (reader->session, batch, BATCH, &n) == CKR_OK && n > 0)
    g_array_append_vals (found, batch, MIN (n, BATCH));
  reader->module->C_FindObjectsFinal (reader->session);
  return found;
}

static gboolean
read_session (Reader *reader, GError **error)
{
  static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_NSS_TRUST, CKO_TRUST_3_2, CKO_X_CERTIFICATE_EXTENSION };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autoptr (GArray) found = find_objects (reader, classes[i]);

      for (guint j = 0; j < found->len; j++)
        if (!take_object (reader, g_array_index (found, CK_OBJECT_HANDLE, j), classes[i], error))
          return FALSE;
    }
  return TRUE;
}

/* A p11-kit token describes itself by the path it reads. What anchord writes must not come back as something that people said. */
static gboolean
check_slot (const CK_SLOT_INFO *info, GError **error)
{
  g_autofree char *padded = g_strndup ((const char *) info->slotDescription, sizeof info->slotDescription);
  const char *path = g_strchomp (padded);

  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    if (g_str_has_prefix (path, published[i]) && strchr ("/", path[strlen (published[i])]) != NULL)
      {
        g_autofree char *shown = trust_text_printable (path, 64);

        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                     "the module reads %s, which anchord writes itself; nothing was imported: give the module or the file that it comes from", shown);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_slot (Reader *reader, CK_SLOT_ID slot, GError **error)
{
  CK_SLOT_INFO info = { 0 };
  CK_RV rv = reader->module->C_GetSlotInfo (slot, &info);
  gboolean done = FALSE;

  if (rv != CKR_OK)
    return fail (error, "C_GetSlotInfo", rv);
  if (!check_slot (&info, error))
    return FALSE;
  rv = reader->module->C_OpenSession (slot, CKF_SERIAL_SESSION, NULL, NULL, &reader->session);
  if (rv != CKR_OK)
    return fail (error, "C_OpenSession", rv);
  done = read_session (reader, error);
  reader->module->C_CloseSession (reader->session);
  return done;
}

static gboolean
read_module (Reader *reader, GError **error)
{
  CK_SLOT_ID slots[MAX_SLOTS];
  CK_ULONG n = MAX_SLOTS;
  CK_RV rv = reader->module->C_GetSlotList (CK_TRUE, slots, &n);

  if (rv != CKR_OK)
    return fail (error, "C_GetSlotList", rv);
  for (CK_ULONG i = 0; i < n; i++)
    if (!read_slot (reader, slots[i], error))
      return FALSE;
  return TRUE;
}

static void
constrain_all (const Reader *reader)
{
  for (guint i = 0; i < reader->import->entries->len; i++)
    {
      TrustImportEntry *entry = reader->import->entries->pdata[i];
      const Attached *attached = entry->settings == NULL
                                     ? NULL
                                     : g_hash_table_lookup (reader->extensions, trust_certificate_get_key_fingerprint (entry->certificate));
      TrustSettings *constrained = NULL;

      if (attached == NULL)
        continue;
      if (attached->is_unkept)
        {
          trust_import_notice (reader->import, "%s: what is attached to its key limits it in a way that anchord can't keep; it is not trusted",
                               entry->place);
          entry->is_untrusted = TRUE;
        }
      else
        {
          TrustLimits limits = *trust_settings_get_limits (entry->settings);

          limits.constraints = attached->constraints;
          constrained = trust_settings_new_limited (trust_settings_get_purposes (entry->settings), &limits);
        }
      trust_settings_unref (entry->settings);
      entry->settings = constrained;
    }
}

static gboolean
import_all (Reader *reader, GError **error)
{
  gboolean says_trust = FALSE;

  if (!read_module (reader, error))
    return FALSE;
  if (reader->certificates->len == 0 && reader->trusts->len == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the module holds no certificates that can be read without a PIN");
      return FALSE;
    }
  says_trust = reader->trusts->len > 0;
  for (guint i = 0; i < reader->certificates->len; i++)
    says_trust |= ((const TrustNssCertificate *) reader->certificates->pdata[i])->distrusted;
  if (!trust_nss_join (reader->certificates, reader->trusts, reader->options, reader->import, error))
    return FALSE;
  /* A card without trust objects says nothing of trust. */
  for (guint i = 0; !says_trust && i < reader->import->entries->len; i++)
    ((TrustImportEntry *) reader->import->entries->pdata[i])->is_untrusted = FALSE;
  constrain_all (reader);
  return TRUE;
}

static gboolean
import_module (CK_FUNCTION_LIST *module, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  Reader reader = { options, import, module, CK_INVALID_HANDLE, NULL, NULL, NULL, 0 };
  gboolean done = FALSE;
  CK_RV rv = p11_kit_module_initialize (module);

  if (rv != CKR_OK)
    return fail (error, "C_Initialize", rv);
  reader.certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_nss_certificate_free);
  reader.trusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_nss_trust_free);
  reader.extensions = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, attached_free);
  done = import_all (&reader, error);
  g_hash_table_unref (reader.extensions);
  g_ptr_array_unref (reader.trusts);
  g_ptr_array_unref (reader.certificates);
  p11_kit_module_finalize (module);
  return done;
}

TrustImport *
trust_import_module (const char *path, const TrustImportOptions *options, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL), *shown = trust_text_printable (whole, 0);
  g_autoptr (TrustImport) import = trust_import_new (FORMAT);
  CK_FUNCTION_LIST *module = p11_kit_module_load (whole, 0);
  gboolean done = FALSE;

  if (module == NULL)
    {
      const char *why = p11_kit_message ();
      g_autofree char *reason = trust_text_printable (why != NULL ? why : "it is no PKCS#11 module", 200);

      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s: %s", shown, reason);
      return NULL;
    }
  done = import_module (module, options, import, error) && trust_import_merge (import, options->keep_going, error);
  p11_kit_module_release (module);
  if (done)
    return g_steal_pointer (&import);
  g_prefix_error (error, "%s: ", shown);
  return NULL;
}
