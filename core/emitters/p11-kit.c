/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* p11-kit's own files: certificates with their trust, extensions beside their keys, and what is refused. docs/formats.md says what Debian's p11-kit
 * makes of each. */
#include "core/certificate-names.h"
#include "core/der-write.h"
#include "core/emitters/extract.h"
#include "core/pem.h"
#include "core/sources/p11-persist.h"

#include <string.h>

#define HEADER "[p11-kit-object-v1]\n"
#define EKU "2.5.29.37"
#define ANY_PURPOSE "2.5.29.37.0"
#define NAME_CONSTRAINTS "2.5.29.30"
/* The last second that an UTCTime can say (RFC 5280 section 4.1.2.5.1). */
#define LAST_UTC_TIME G_GINT64_CONSTANT (2524607999)

/* An empty SEQUENCE: as a key, none. */
static const TrustSpan no_key = { (const guint8 *) "\x30\x00", 2 };

/* NAME: "…" with what is no letter, digit or one of a few signs as %XX. */
static void
append_bytes (GString *out, const char *name, TrustSpan value)
{
  g_string_append_printf (out, "%s: \"", name);
  for (gsize i = 0; i < value.size; i++)
    if (g_ascii_isalnum (value.data[i]) || (value.data[i] != '\0' && strchr (" .,:;/()-_+=@", value.data[i]) != NULL))
      g_string_append_c (out, (char) value.data[i]);
    else
      g_string_append_printf (out, "%%%02x", value.data[i]);
  g_string_append (out, "\"\n");
}

static void
append_label (GString *out, const char *label)
{
  if (label != NULL && *label != '\0')
    append_bytes (out, "label", (TrustSpan) { (const guint8 *) label, strlen (label) });
}

/* NSS reads an UTCTime. A later date was made earlier, and told as a loss. */
static void
append_distrust_after (GString *out, const TrustSettings *settings, const char *purpose, const char *name)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;
  gint64 time = 0;

  if (!trust_settings_get_distrust_after (settings, purpose, &time))
    return;
  date = g_date_time_new_from_unix_utc (MIN (time, LAST_UTC_TIME));
  text = g_date_time_format (date, "%y%m%d%H%M%SZ");
  append_bytes (out, name, (TrustSpan) { (const guint8 *) text, strlen (text) });
}

static void
append_pem (GString *out, TrustSpan der, const char *label)
{
  trust_pem_append (out, der.data, der.size, label);
}

static void
append_anchor (GString *out, const TrustAnchor *anchor, const char *label)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);

  g_string_append (out, HEADER);
  append_label (out, label);
  g_string_append (out, "trusted: true\n");
  append_distrust_after (out, settings, "server-auth", "nss-server-distrust-after");
  append_distrust_after (out, settings, "email-protection", "nss-email-distrust-after");
  append_pem (out, trust_certificate_get_der (trust_anchor_get_certificate (anchor)), "CERTIFICATE");
  g_string_append_c (out, '\n');
}

/* An Extension (RFC 5280 section 4.1), critical, as the first lines of an object: its key follows. VALUE: what its octet string holds. */
static void
append_extension (GString *out, const char *oid, TrustSpan value)
{
  g_autoptr (GByteArray) content = g_byte_array_new (), whole = g_byte_array_new ();

  trust_der_append_oid (content, oid);
  trust_der_append (content, 0x01, "\xff", 1);
  trust_der_append (content, 0x04, value.data, value.size);
  trust_der_append (whole, 0x30, content->data, content->len);
  g_string_append_printf (out, HEADER "class: x-certificate-extension\nobject-id: %s\n", oid);
  append_bytes (out, "value", (TrustSpan) { whole->data, whole->len });
}

/* The same beside the key of CERTIFICATE. */
static void
attach_extension (GString *out, const TrustCertificate *certificate, const char *oid, TrustSpan value)
{
  append_extension (out, oid, value);
  append_pem (out, trust_certificate_get_key_der (certificate), "PUBLIC KEY");
  g_string_append_c (out, '\n');
}

static void
append_purposes (GString *out, const TrustCertificate *certificate, const TrustPurposes *purposes)
{
  g_autoptr (GByteArray) oids = trust_purposes_to_der (purposes), list = g_byte_array_new ();

  trust_der_append (list, 0x30, oids->data, oids->len);
  attach_extension (out, certificate, EKU, (TrustSpan) { list->data, list->len });
}

/* p11-kit reads only what stands beside the key where something does, so the certificate's own constraints are there too. */
static void
append_constraints (GString *out, const TrustCertificate *certificate, const TrustConstraints *constraints)
{
  g_autoptr (GByteArray) der = trust_constraints_to_der (constraints);

  if (der != NULL)
    attach_extension (out, certificate, NAME_CONSTRAINTS, (TrustSpan) { der->data, der->len });
}

/* p11-kit shows a refused certificate only for the purposes that it has itself, unless others stand beside its key; or beside what it has instead.
 * DONE: that stands there already. */
static void
append_any_purpose (GString *out, const TrustCertificate *certificate, gboolean has_key, gboolean *done)
{
  static const guint8 eku[] = { 0x55, 0x1d, 0x25 };
  g_autoptr (GByteArray) oid = g_byte_array_new (), list = g_byte_array_new ();
  TrustSpan value;

  if (!trust_certificate_find_extension (certificate, (TrustSpan) { eku, sizeof eku }, &value) || (!has_key && *done))
    return;
  trust_der_append_oid (oid, ANY_PURPOSE);
  trust_der_append (list, 0x30, oid->data, oid->len);
  value = (TrustSpan) { list->data, list->len };
  if (has_key)
    {
      attach_extension (out, certificate, EKU, value);
      return;
    }
  append_extension (out, EKU, value);
  append_bytes (out, "public-key-info", no_key);
  g_string_append_c (out, '\n');
  *done = TRUE;
}

/* Without a certificate p11-kit wants to be told what kind it would be. */
static void
append_distrust (GString *out, const TrustDistrust *distrust, gboolean *has_any_purpose)
{
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust), *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (distrust), serial = trust_distrust_get_serial (distrust);
  gboolean is_known = certificate != NULL && fingerprint != NULL
                      && trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (certificate));
  gboolean is_key_known = certificate != NULL && key != NULL && trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (certificate));

  if (!is_known && !is_key_known && serial.size == 0)
    return;
  g_string_append (out, HEADER);
  append_label (out, trust_note_get_label (trust_distrust_get_note (distrust)));
  if (!is_known)
    g_string_append (out, "class: certificate\ncertificate-type: x-509\n");
  g_string_append (out, "x-distrusted: true\n");
  /* Without this line p11-kit would refuse the certificate's key as well. */
  if (is_known || is_key_known)
    append_bytes (out, "public-key-info", is_key_known ? trust_certificate_get_key_der (certificate) : no_key);
  if (serial.size > 0)
    {
      g_autoptr (GByteArray) number = g_byte_array_new ();

      trust_der_append (number, 0x02, serial.data, serial.size);
      append_bytes (out, "issuer", issuer);
      append_bytes (out, "serial-number", (TrustSpan) { number->data, number->len });
    }
  if (is_known)
    append_pem (out, trust_certificate_get_der (certificate), "CERTIFICATE");
  g_string_append_c (out, '\n');
  if (is_known)
    append_any_purpose (out, certificate, is_key_known, has_any_purpose);
}

/* What all the anchors with one key have beside it, once. KEYS: those that have it. */
static void
append_beside_key (GString *out, const TrustAnchor *anchor, GHashTable *keys)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  TrustCertificate *certificate = trust_anchor_get_certificate (anchor);

  /* Anchors with one key have one set of purposes and constraints here (trust_emitter_fit()). */
  if (!g_hash_table_add (keys, (gpointer) trust_certificate_get_key_fingerprint (certificate)))
    return;
  append_purposes (out, certificate, trust_settings_get_purposes (settings));
  append_constraints (out, certificate, trust_settings_get_constraints (settings));
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  const TrustAnchorSet *set = input->set;
  g_autoptr (GHashTable) keys = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  gboolean has_any_purpose = FALSE;

  g_string_append (out, "# Trust of this machine, written by anchord for p11-kit. Changes here are lost.\n\n");
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);

      append_anchor (out, anchor, trust_note_get_label (trust_anchor_get_note (anchor)));
      append_beside_key (out, anchor, keys);
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    append_distrust (out, trust_anchor_set_get_distrust (set, i), &has_any_purpose);
  return TRUE;
}

/* Refuses what FILE, which the distribution's tool reads, trusts and SET does not hold: ended, limited, refused. DONE: those that are refused. */
static void
refuse_file (GString *out, const TrustAnchorSet *set, const TrustSourceFile *file, GHashTable *done, gboolean *has_any_purpose)
{
  const TrustSpan none = { NULL, 0 };

  for (guint i = 0; i < file->n_anchors; i++)
    {
      const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (file->anchors[i]);
      g_autoptr (TrustDistrust) distrust = NULL;

      if (trust_anchor_set_lookup (set, fingerprint) != NULL || !g_hash_table_add (done, (gpointer) fingerprint))
        continue;
      distrust = trust_distrust_new (fingerprint, NULL, none, none, trust_anchor_get_certificate (file->anchors[i]), file->origin, NULL);
      append_distrust (out, distrust, has_any_purpose);
    }
}

/* Of two entries for one certificate p11-kit heeds that of the folder it reads first, which is ours; a refusal counts wherever it stands. */
static gboolean
write_source (const TrustEmitterInput *input, GString *out, GError **error)
{
  const TrustAnchorSet *set = input->set;
  g_autoptr (GHashTable) keys = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  g_autoptr (GHashTable) refused = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  gboolean has_any_purpose = FALSE;

  g_string_append (out, "# What this machine trusts and refuses beside its other files, written by anchord. Changes here are lost.\n\n");
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);
      g_autofree char *label = NULL;

      if (trust_extract_is_theirs (trust_anchor_get_origin (anchor)))
        continue;
      /* Always there: p11-kit writes what it takes from a subject into bundles as it is, line breaks too. */
      label = trust_extract_dup_label (anchor);
      append_anchor (out, anchor, label);
      append_beside_key (out, anchor, keys);
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);

      if (trust_extract_is_theirs (trust_distrust_get_origin (distrust)))
        continue;
      append_distrust (out, distrust, &has_any_purpose);
      if (fingerprint != NULL && trust_distrust_get_certificate (distrust) != NULL)
        g_hash_table_add (refused, (gpointer) fingerprint);
    }
  for (guint i = 0; input->snapshot != NULL && i < input->snapshot->states->len; i++)
    {
      const TrustSourceState *state = input->snapshot->states->pdata[i];

      for (guint j = 0; (state->foreign || state->layer == TRUST_LAYER_DISTRIBUTION) && j < state->files->len; j++)
        refuse_file (out, set, state->files->pdata[j], refused, &has_any_purpose);
    }
  return TRUE;
}

/* What is refused stands in it, too, as far as it is known as a whole. What anchord does not understand of the file, it can't tell. */
static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "read", NULL, FALSE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  if (!trust_p11_persist_parse ((TrustSpan) { bytes, size }, origin, settings, TRUST_P11_PLACE_TOP, anchors, distrusts, warnings, NULL)
      || warnings->len > 0)
    return FALSE;
  for (guint i = 0; i < anchors->len; i++)
    g_array_append_vals (certificates, trust_anchor_get_fingerprint (anchors->pdata[i]), 1);
  for (guint i = 0; i < distrusts->len; i++)
    if (trust_distrust_get_certificate (distrusts->pdata[i]) != NULL)
      g_array_append_vals (certificates, trust_certificate_get_fingerprint (trust_distrust_get_certificate (distrusts->pdata[i])), 1);
  return TRUE;
}

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

const TrustEmitter trust_emitter_p11_kit = {
  .name = "p11-kit",
  .description = "p11-kit's own file: certificates with their trust, and what is refused",
  .says = SAYS (PURPOSES) | SAYS (OTHER_PURPOSES) | SAYS (CONSTRAINTS) | SAYS (DISTRUST_AFTER) | SAYS (LABEL) | SAYS (DISTRUST) | SAYS (KEY_DISTRUST)
          | SAYS (SERIAL_DISTRUST),
  .tells_by_key = TRUE,
  .last_date = LAST_UTC_TIME,
  .write = write_set,
  .read = read_file,
};

/* Flat bundles are made of it, so it holds no anchor that these may not: constraints and dates beside a key they would lose. */
const TrustEmitter trust_emitter_p11_kit_source = {
  .name = "p11-kit-source",
  .description = "p11-kit's own file for a folder that the distribution's tool reads: what is not said there already",
  .says = SAYS (PURPOSES) | SAYS (OTHER_PURPOSES) | SAYS (LABEL) | SAYS (DISTRUST) | SAYS (KEY_DISTRUST) | SAYS (SERIAL_DISTRUST),
  .tells_by_key = TRUE,
  .adds = TRUE,
  .write = write_source,
  .read = read_file,
};
