/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/p11-persist.h"

#include "core/certificate-names.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/sources/p11-persist-limits.h"
#include "core/sources/p11-persist-sections.h"
#include "core/text.h"

#include <string.h>

#define OID_EKU "2.5.29.37"
#define OID_NAME_CONSTRAINTS "2.5.29.30"
#define OID_ANY_PURPOSE "2.5.29.37.0"
/* p11-kit's: purposes that an OpenSSL TRUSTED CERTIFICATE rejects, and "no purpose at all". */
#define OID_REJECTED "1.3.6.1.4.1.3319.6.10.1"
#define OID_NO_PURPOSE "1.3.6.1.4.1.3319.6.10.16"

/* What is attached to a key, and what it leaves of a trust: the same for all certificates of that key, so it is made out once. */
typedef struct
{
  GPtrArray *sections; /* (owned) of TrustP11Section (borrowed) */
  gboolean is_read;
  const char *fault;             /* (nullable) why none of them can be trusted as asked */
  TrustPurposes *purposes;       /* (owned) (nullable) */
  gboolean has_purposes;         /* a list of purposes is attached */
  TrustConstraints *constraints; /* (owned) (nullable) */
  TrustSettings *settings;       /* (owned) (nullable) without dates */
} Attached;

typedef struct
{
  TrustOrigin *origin;
  TrustSettings *settings;
  TrustP11Place place;
  GPtrArray *anchors;
  GPtrArray *distrusts;
  GPtrArray *warnings;
  GHashTable *extensions; /* (owned) TrustFingerprint of a key -> Attached */
  GHashTable *made;       /* (owned) description -> TrustSettings: shared by the anchors of the file */
} Reader;

/* The OIDs of a SEQUENCE OF OBJECT IDENTIFIER (RFC 5280 section 4.2.1.12). NULL if malformed. (transfer full): of char*, NULL-terminated. */
static GPtrArray *
read_oids (TrustSpan in)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new_with_free_func (g_free);
  TrustDer part, list;

  if (!trust_der_expect (&in, 0x30, &list) || in.size != 0)
    return NULL;
  for (in = list.content; in.size > 0;)
    {
      char *oid = trust_der_expect (&in, 0x06, &part) ? trust_der_dup_oid (part.content) : NULL;

      if (oid == NULL)
        return NULL;
      g_ptr_array_add (oids, oid);
    }
  g_ptr_array_add (oids, NULL);
  return g_steal_pointer (&oids);
}

/* The same of an attached extension. */
static GPtrArray *
read_purposes (TrustSpan value, const char *expected)
{
  TrustSpan in;

  return trust_p11_read_extension (value, expected, &in) ? read_oids (in) : NULL;
}

static gboolean
is_listed (const GPtrArray *oids, const char *oid)
{
  return g_strv_contains ((const char *const *) oids->pdata, oid);
}

/* (transfer full) (nullable): NULL with ERROR. */
static TrustPurposes *
purposes_of (const Reader *reader, GPtrArray *oids, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (is_listed (oids, OID_ANY_PURPOSE))
    return trust_purposes_ref (trust_settings_get_purposes (reader->settings));
  for (guint i = 0; i + 1 < oids->len; i++)
    if (!g_str_equal (oids->pdata[i], OID_NO_PURPOSE))
      g_ptr_array_add (names, oids->pdata[i]);
  g_ptr_array_add (names, NULL);
  return trust_purposes_new ((const char *const *) names->pdata, error);
}

TrustPurposes *
trust_p11_own_purposes (const TrustCertificate *certificate, TrustPurposes *purposes)
{
  static const guint8 eku[] = { 0x55, 0x1d, 0x25 };
  g_autoptr (GPtrArray) oids = NULL;
  g_autoptr (TrustPurposes) own = NULL;
  TrustSpan value;

  if (!trust_certificate_find_extension (certificate, (TrustSpan) { eku, sizeof eku }, &value))
    return trust_purposes_ref (purposes);
  oids = read_oids (value);
  if (oids != NULL && is_listed (oids, OID_ANY_PURPOSE))
    return trust_purposes_ref (purposes);
  own = oids != NULL ? trust_purposes_new ((const char *const *) oids->pdata, NULL) : NULL;
  return own != NULL ? trust_purposes_intersect (purposes, own) : trust_purposes_new_mask (0);
}

/* PURPOSES without those of OIDS. (transfer full) */
static TrustPurposes *
reject (TrustPurposes *purposes, GPtrArray *oids)
{
  g_auto (GStrv) names = trust_purposes_dup_names (purposes);
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  TrustPurposes *out = NULL;

  for (guint i = 0; names[i] != NULL && !is_listed (oids, OID_ANY_PURPOSE); i++)
    {
      TrustPurpose known = trust_purpose_find (names[i]);

      if (!is_listed (oids, known != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (known) : names[i]))
        g_ptr_array_add (left, names[i]);
    }
  g_ptr_array_add (left, NULL);
  out = trust_purposes_new ((const char *const *) left->pdata, NULL);
  return out != NULL ? out : trust_purposes_new_mask (0);
}

/* One set of settings for all anchors of the file that have the same. (transfer full) */
static TrustSettings *
share_settings (Reader *reader, TrustPurposes *purposes, const TrustLimits *limits)
{
  g_autoptr (TrustSettings) settings = NULL;
  char *key = NULL;
  TrustSettings *held = NULL;

  if (purposes == trust_settings_get_purposes (reader->settings) && limits->constraints == NULL && limits->distrust_after->len == 0)
    return trust_settings_ref (reader->settings);
  settings = trust_settings_new_limited (purposes, limits);
  key = trust_settings_describe (settings);
  held = g_hash_table_lookup (reader->made, key);
  if (held != NULL)
    {
      g_free (key);
      return trust_settings_ref (held);
    }
  g_hash_table_insert (reader->made, key, trust_settings_ref (settings));
  return g_steal_pointer (&settings);
}

static void
warn (Reader *reader, const TrustP11Section *section, const TrustCertificate *certificate, const char *what)
{
  g_autofree char *title = certificate != NULL ? trust_certificate_dup_title (certificate) : NULL;
  g_autofree char *shown = trust_text_printable (title != NULL ? title : section->label, 64);

  if (reader->warnings != NULL)
    g_ptr_array_add (reader->warnings, g_strdup_printf ("\"%s\" (line %u) %s", shown, section->line, what));
}

static void
attached_free (gpointer data)
{
  Attached *attached = data;

  g_ptr_array_unref (attached->sections);
  g_clear_pointer (&attached->purposes, trust_purposes_unref);
  g_clear_pointer (&attached->constraints, trust_constraints_unref);
  g_clear_pointer (&attached->settings, trust_settings_unref);
  g_free (attached);
}

/* Takes in one list of purposes. FALSE if it is malformed. */
static gboolean
narrow_purposes (const Reader *reader, Attached *left, const TrustP11Section *extension)
{
  gboolean is_eku = g_str_equal (extension->oid, OID_EKU);
  g_autoptr (GPtrArray) oids = read_purposes (trust_p11_span (extension->value), extension->oid);
  g_autoptr (TrustPurposes) asked = oids != NULL && is_eku ? purposes_of (reader, oids, NULL) : NULL;
  TrustPurposes *narrowed = NULL;

  if (oids == NULL || (is_eku && asked == NULL))
    return FALSE;
  if (!is_eku)
    narrowed = reject (left->purposes, oids);
  else
    narrowed = left->has_purposes ? trust_purposes_intersect (left->purposes, asked) : trust_purposes_ref (asked);
  left->has_purposes |= is_eku;
  trust_purposes_unref (left->purposes);
  left->purposes = narrowed;
  return TRUE;
}

/* Takes in one extension. NULL, or why the certificate can't be trusted as asked. */
static const char *
narrow (const Reader *reader, Attached *left, const TrustP11Section *extension)
{
  /* Identifiers and basicConstraints narrow nothing: whatever is in the anchors counts as a CA. */
  static const char *const narrowing_nothing[] = { "2.5.29.14", "2.5.29.35", "2.5.29.19", NULL };
  const char *oid = extension->oid != NULL ? extension->oid : "";

  if (g_strv_contains (narrowing_nothing, oid))
    return NULL;
  if (g_str_equal (oid, OID_EKU) || g_str_equal (oid, OID_REJECTED))
    return narrow_purposes (reader, left, extension) ? NULL : "has malformed purposes attached: it is not trusted";
  if (g_str_equal (oid, OID_NAME_CONSTRAINTS))
    return trust_p11_narrow (&left->constraints, trust_p11_span (extension->value))
               ? NULL
               : "has name constraints attached that are malformed or can't be enforced: it is not trusted";
  return "has an extension attached that anchord cannot enforce: it is not trusted";
}

/* What is rejected goes last: it is rejected of the purposes that are attached, wherever in the file they stand. */
static void
read_attached (const Reader *reader, Attached *attached)
{
  attached->is_read = TRUE;
  attached->purposes = trust_purposes_ref (trust_settings_get_purposes (reader->settings));
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < attached->sections->len && attached->fault == NULL; i++)
      {
        const TrustP11Section *extension = attached->sections->pdata[i];

        if ((g_strcmp0 (extension->oid, OID_REJECTED) == 0) == (pass == 1))
          attached->fault = narrow (reader, attached, extension);
      }
}

/* What SECTION's dates and the extensions attached to CERTIFICATE's key leave of its trust; NULL if it cannot be trusted as asked.
 * (transfer full) (nullable) */
static TrustSettings *
settings_of (Reader *reader, const TrustP11Section *section, const TrustCertificate *certificate)
{
  Attached *attached = g_hash_table_lookup (reader->extensions, trust_certificate_get_key_fingerprint (certificate));
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = TRUST_LIMITS_NONE;

  if (attached != NULL && !attached->is_read)
    read_attached (reader, attached);
  if (attached != NULL && attached->fault != NULL)
    {
      warn (reader, section, certificate, attached->fault);
      return NULL;
    }
  if (!trust_p11_add_dates (section, dates))
    {
      warn (reader, section, certificate, "has a distrust-after that is no date from 1970 to 9999: it is not trusted");
      return NULL;
    }
  limits.distrust_after = dates;
  limits.constraints = attached != NULL ? attached->constraints : NULL;
  if (attached == NULL || !attached->has_purposes)
    {
      g_autoptr (TrustPurposes) own = trust_p11_own_purposes (certificate,
                                                              attached != NULL ? attached->purposes : trust_settings_get_purposes (reader->settings));

      return share_settings (reader, own, &limits);
    }
  if (dates->len > 0)
    return share_settings (reader, attached->purposes, &limits);
  if (attached->settings == NULL)
    attached->settings = share_settings (reader, attached->purposes, &limits);
  return trust_settings_ref (attached->settings);
}

/* (transfer full) (nullable) */
static TrustNote *
note_of (const TrustP11Section *section, const TrustCertificate *certificate)
{
  g_autofree char *title = certificate != NULL ? trust_certificate_dup_title (certificate) : NULL;

  return section->label != NULL && g_utf8_validate (section->label, -1, NULL) && g_strcmp0 (title, section->label) != 0
             ? trust_note_new (section->label, NULL, NULL, 0)
             : NULL;
}

/* The issuer and the content of the serial number that SECTION refuses; none if it doesn't name both. FALSE if they are no Name and no INTEGER. */
static gboolean
read_serial (const TrustP11Section *section, TrustSpan *issuer, TrustSpan *serial)
{
  TrustSpan name = trust_p11_span (section->issuer), number = trust_p11_span (section->serial);
  g_autoptr (GByteArray) canonical = NULL;
  TrustDer content;

  *issuer = *serial = (TrustSpan) { NULL, 0 };
  if (name.size == 0 || number.size == 0)
    return TRUE;
  canonical = trust_name_canonical (name);
  if (canonical == NULL || !trust_der_expect (&number, 0x02, &content) || number.size != 0 || content.content.size == 0)
    return FALSE;
  *issuer = name;
  *serial = content.content;
  return TRUE;
}

/* What an administrator refuses is refused with its key, or its cross-signs stay valid; the distribution's list names single certificates. A section
 * that names a key, or that there is none (an empty SEQUENCE, or nothing), decides that itself. (nullable) */
static const TrustFingerprint *
refused_key (const Reader *reader, const TrustP11Section *section, const TrustCertificate *certificate, TrustFingerprint *buffer)
{
  /* A SubjectPublicKeyInfo is longer. */
  if (section->key != NULL && section->key->len > 2)
    {
      trust_fingerprint_of (section->key->data, section->key->len, buffer);
      return buffer;
    }
  if (section->key != NULL || certificate == NULL || trust_origin_get_layer (reader->origin) == TRUST_LAYER_DISTRIBUTION
      || !trust_certificate_is_ca (certificate))
    return NULL;
  return trust_certificate_get_key_fingerprint (certificate);
}

static gboolean
add_distrust (Reader *reader, const TrustP11Section *section, TrustCertificate *certificate, GError **error)
{
  TrustNote *note = NULL;
  TrustSpan issuer, serial;
  TrustFingerprint buffer;
  const TrustFingerprint *key = refused_key (reader, section, certificate, &buffer);

  if (!read_serial (section, &issuer, &serial))
    return trust_p11_fail (error, section->line, "issuer is no distinguished name, or serial-number no number, in DER");
  if (certificate == NULL && (section->issuer != NULL) != (section->serial != NULL))
    return trust_p11_fail (error, section->line, "a distrust with only one of issuer and serial-number");
  if (certificate == NULL && serial.size == 0 && key == NULL)
    return trust_p11_fail (error, section->line, "a distrust that names nothing");
  note = note_of (section, certificate);
  g_ptr_array_add (reader->distrusts, trust_distrust_new (certificate != NULL ? trust_certificate_get_fingerprint (certificate) : NULL, key, issuer,
                                                          serial, certificate, reader->origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static gboolean
add_certificate (Reader *reader, const TrustP11Section *section, GError **error)
{
  const GByteArray *der = section->certificate != NULL ? section->certificate : section->value;
  gboolean refused = section->distrusted || reader->place == TRUST_P11_PLACE_BLOCKLIST;
  gboolean trusted = section->trusted || (reader->place == TRUST_P11_PLACE_ANCHORS && !section->says_trusted);
  g_autoptr (TrustCertificate) certificate = NULL;
  g_autoptr (TrustSettings) settings = NULL;
  TrustNote *note = NULL;

  if (section->certificate != NULL && section->value != NULL)
    return trust_p11_fail (error, section->line, "two certificates in one object, as PEM and as value");
  if (der != NULL && der->len > 0)
    {
      certificate = trust_certificate_new (der->data, der->len, error);
      if (certificate == NULL)
        {
          g_prefix_error (error, "p11-kit object, line %u: ", section->line);
          return FALSE;
        }
    }
  if (refused)
    return add_distrust (reader, section, certificate, error);
  if (certificate == NULL || !trusted)
    return TRUE;
  settings = settings_of (reader, section, certificate);
  if (settings == NULL || trust_purposes_is_empty (trust_settings_get_purposes (settings)))
    return TRUE;
  note = note_of (section, certificate);
  g_ptr_array_add (reader->anchors, trust_anchor_new (certificate, settings, reader->origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static void
index_extensions (Reader *reader, GPtrArray *sections)
{
  for (guint i = 0; i < sections->len; i++)
    {
      TrustP11Section *section = sections->pdata[i];
      TrustFingerprint key;
      Attached *attached = NULL;

      if (section->object_class != TRUST_P11_CLASS_EXTENSION)
        continue;
      if (section->key == NULL)
        {
          warn (reader, section, NULL, "is an extension attached to no key");
          continue;
        }
      trust_fingerprint_of (section->key->data, section->key->len, &key);
      attached = g_hash_table_lookup (reader->extensions, &key);
      if (attached == NULL)
        {
          attached = g_new0 (Attached, 1);
          attached->sections = g_ptr_array_new ();
          g_hash_table_insert (reader->extensions, g_memdup2 (&key, sizeof key), attached);
        }
      g_ptr_array_add (attached->sections, section);
    }
}

static gboolean
read_objects (Reader *reader, GPtrArray *sections, GError **error)
{
  guint n = 0;

  index_extensions (reader, sections);
  for (guint i = 0; i < sections->len; i++)
    {
      TrustP11Section *section = sections->pdata[i];

      if (section->object_class == TRUST_P11_CLASS_OTHER)
        warn (reader, section, NULL, "is an object of a class that anchord does not read");
      if (section->object_class == TRUST_P11_CLASS_UNSAID && section->certificate == NULL)
        return trust_p11_fail (error, section->line, "an object without a class");
      if (section->object_class == TRUST_P11_CLASS_EXTENSION && section->certificate != NULL)
        return trust_p11_fail (error, section->line, "an extension that holds a certificate");
      if (section->object_class == TRUST_P11_CLASS_EXTENSION || section->object_class == TRUST_P11_CLASS_OTHER)
        continue;
      if (++n > TRUST_LIMIT_INPUT_CERTIFICATES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "more than %u certificates in one file: split it",
                       TRUST_LIMIT_INPUT_CERTIFICATES);
          return FALSE;
        }
      if (!add_certificate (reader, section, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_p11_persist_parse (TrustSpan bytes, TrustOrigin *origin, TrustSettings *settings, TrustP11Place place, GPtrArray *anchors, GPtrArray *distrusts,
                         GPtrArray *warnings, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) sections = trust_p11_sections_read (bytes, &local);
  Reader reader = { origin, settings, place, anchors, distrusts, warnings, NULL, NULL };
  gboolean done = FALSE;

  if (sections == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  reader.extensions = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, attached_free);
  reader.made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) trust_settings_unref);
  done = read_objects (&reader, sections, error);
  g_hash_table_unref (reader.extensions);
  g_hash_table_unref (reader.made);
  return done;
}

gboolean
trust_p11_persist_probe (TrustSpan bytes)
{
  return trust_p11_sections_probe (bytes);
}
