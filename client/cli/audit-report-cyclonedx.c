/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* CycloneDX 1.6 in JSON: each certificate a component of type cryptographic-asset, its key and its signature's algorithm components of their own,
 * which it refers to. The serial number is made of the content, so that equal trust makes an equal inventory; the time stands in the metadata
 * alone. */
#include "config.h"

#include "client/cli/audit-report.h"
#include "client/cli/json.h"

#include <stdlib.h>
#include <string.h>

#define UUID_BYTES 16

static void
add_property (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_begin_object (builder);
  json_add_string (builder, "name", name);
  json_add_string (builder, "value", value);
  json_builder_end_object (builder);
}

/* What there is nothing of is left out. */
static void
add_property_of (JsonBuilder *builder, const char *name, GVariant *anchor, const char *key)
{
  const char *value = view_string (anchor, key);
  if (value[0] != '\0')
    add_property (builder, name, value);
}

static void
add_finding (JsonBuilder *builder, const AuditFinding *finding)
{
  g_autofree char *text = g_strdup_printf ("%s%s: %s%s%s", finding->accepted != NULL ? "accepted " : "", audit_severity_name (finding->severity),
                                           finding->text, finding->where[0] != '\0' ? "; " : "", finding->where);
  g_autofree char *name = g_strconcat ("anchord:finding:", finding->check, NULL);
  add_property (builder, name, text);
}

/* FINGERPRINT "": those that are about no certificate of the inventory. */
static void
add_findings (JsonBuilder *builder, GHashTable *by_fingerprint, const char *fingerprint)
{
  const GPtrArray *findings = g_hash_table_lookup (by_fingerprint, fingerprint);
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    add_finding (builder, g_ptr_array_index (findings, i));
}

/* "certificate:HEX" */
static void
add_reference (JsonBuilder *builder, const char *member, const char *head, const char *name)
{
  g_autofree char *reference = g_strconcat (head, name, NULL);
  json_add_string (builder, member, reference);
}

static void
begin_asset (JsonBuilder *builder, const char *head, const char *reference, const char *name, const char *type)
{
  json_builder_begin_object (builder);
  json_add_string (builder, "type", "cryptographic-asset");
  add_reference (builder, "bom-ref", head, reference);
  json_add_string (builder, "name", name[0] != '\0' ? name : reference);
  json_builder_set_member_name (builder, "cryptoProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "assetType", type);
}

static void
add_properties (JsonBuilder *builder, GVariant *anchor, GHashTable *by_fingerprint)
{
  g_auto (GStrv) purposes = view_strings (anchor, "purposes");
  g_autofree char *joined = g_strjoinv (" ", purposes);
  json_builder_set_member_name (builder, "properties");
  json_builder_begin_array (builder);
  add_property_of (builder, "anchord:sha256", anchor, "fingerprint");
  add_property_of (builder, "anchord:status", anchor, "status");
  if (joined[0] != '\0')
    add_property (builder, "anchord:purposes", joined);
  add_property_of (builder, "anchord:origin", anchor, "layer");
  add_property_of (builder, "anchord:source", anchor, "source");
  add_property_of (builder, "anchord:path", anchor, "path");
  add_property_of (builder, "anchord:serial", anchor, "serial");
  add_property_of (builder, "anchord:reason", anchor, "reason");
  add_findings (builder, by_fingerprint, view_string (anchor, "fingerprint"));
  json_builder_end_array (builder);
}

static void
add_certificate (JsonBuilder *builder, GVariant *anchor, GHashTable *by_fingerprint)
{
  begin_asset (builder, "certificate:", view_string (anchor, "fingerprint"), view_string (anchor, "title"), "certificate");
  json_builder_set_member_name (builder, "certificateProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "subjectName", view_string (anchor, "subject"));
  json_add_string (builder, "issuerName", view_string (anchor, "issuer"));
  json_add_time (builder, "notValidBefore", view_number (anchor, "not-before"));
  json_add_time (builder, "notValidAfter", view_number (anchor, "not-after"));
  add_reference (builder, "signatureAlgorithmRef", "algorithm:", view_string (anchor, "signature"));
  add_reference (builder, "subjectPublicKeyRef", "key:", view_string (anchor, "key-fingerprint"));
  json_add_string (builder, "certificateFormat", "X.509");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  add_properties (builder, anchor, by_fingerprint);
  json_builder_end_object (builder);
}

/* The number in "RSA 2048"; 0: there is none. */
static gint64
get_key_size (const char *key)
{
  const char *digits = strpbrk (key, "0123456789");
  return digits != NULL && strchr (key, ' ') != NULL ? g_ascii_strtoll (digits, NULL, 10) : 0;
}

static void
add_key (JsonBuilder *builder, GVariant *anchor)
{
  gint64 size = get_key_size (view_string (anchor, "key"));
  begin_asset (builder, "key:", view_string (anchor, "key-fingerprint"), view_string (anchor, "key"), "related-crypto-material");
  json_builder_set_member_name (builder, "relatedCryptoMaterialProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "type", "public-key");
  json_add_string (builder, "id", view_string (anchor, "key-fingerprint"));
  if (size > 0)
    json_add_number (builder, "size", size);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_algorithm (JsonBuilder *builder, const char *name)
{
  begin_asset (builder, "algorithm:", name, name, "algorithm");
  json_builder_set_member_name (builder, "algorithmProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "primitive", "signature");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static int
compare_anchors (gconstpointer a, gconstpointer b)
{
  return strcmp (view_string (*(GVariant *const *) a, "fingerprint"), view_string (*(GVariant *const *) b, "fingerprint"));
}

/* The certificates that are known, once each, by fingerprint: a bare hash that is refused is none. Returns: (transfer full): of GVariant. */
static GPtrArray *
gather_certificates (const AuditReport *report)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  gsize n = g_variant_n_children (report->anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      if (view_number (anchor, "not-after") != 0 && g_hash_table_add (seen, g_strdup (view_string (anchor, "fingerprint"))))
        g_ptr_array_add (anchors, g_steal_pointer (&anchor));
    }
  g_ptr_array_sort (anchors, compare_anchors);
  return anchors;
}

/* Fingerprint -> GPtrArray of AuditFinding*; "" for those about none of ANCHORS. */
static GHashTable *
sort_findings (const AuditReport *report, const GPtrArray *anchors)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_hash_table_insert (table, g_strdup (""), g_ptr_array_new ());
  for (guint i = 0; i < anchors->len; i++)
    g_hash_table_insert (table, g_strdup (view_string (g_ptr_array_index (anchors, i), "fingerprint")), g_ptr_array_new ());
  for (guint i = 0; i < report->findings->len; i++)
    {
      AuditFinding *finding = g_ptr_array_index (report->findings, i);
      GPtrArray *of = g_hash_table_lookup (table, finding->fingerprint);
      g_ptr_array_add (of != NULL ? of : g_hash_table_lookup (table, ""), finding);
    }
  return table;
}

static void
add_components (JsonBuilder *builder, const GPtrArray *anchors, GHashTable *findings)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) algorithms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_builder_begin_array (builder);
  for (guint i = 0; i < anchors->len; i++)
    add_certificate (builder, g_ptr_array_index (anchors, i), findings);
  for (guint i = 0; i < anchors->len; i++)
    {
      GVariant *anchor = g_ptr_array_index (anchors, i);
      if (g_hash_table_add (keys, g_strdup (view_string (anchor, "key-fingerprint"))))
        add_key (builder, anchor);
      if (g_hash_table_add (algorithms, g_strdup (view_string (anchor, "signature"))))
        add_algorithm (builder, view_string (anchor, "signature"));
    }
  json_builder_end_array (builder);
}

/* Findings that are about no component, and refusals that name no certificate. */
static void
add_rest (JsonBuilder *builder, const AuditReport *report, GHashTable *findings)
{
  gsize n = g_variant_n_children (report->anchors);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      if (view_number (anchor, "not-after") != 0)
        continue;
      add_property_of (builder, "anchord:refused:certificate", anchor, "fingerprint");
      add_property_of (builder, "anchord:refused:key", anchor, "key-fingerprint");
      add_property_of (builder, "anchord:refused:serial", anchor, "serial");
    }
  add_findings (builder, findings, "");
  json_builder_end_array (builder);
}

static void
digest_text (GChecksum *checksum, const char *text)
{
  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text) + 1);
}

/* Everything that stands in the inventory but for its time. */
static void
digest_content (GChecksum *checksum, const AuditReport *report, const GPtrArray *anchors)
{
  static const char *const keys[] = { "fingerprint", "key-fingerprint", "title", "status", "settings",
                                      "layer", "source", "path", "serial", "reason" };
  gsize n = g_variant_n_children (report->anchors);
  digest_text (checksum, report->subject);
  for (guint i = 0; i < anchors->len; i++)
    for (gsize key = 0; key < G_N_ELEMENTS (keys); key++)
      digest_text (checksum, view_string (g_ptr_array_index (anchors, i), keys[key]));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      for (gsize key = 0; view_number (anchor, "not-after") == 0 && key < G_N_ELEMENTS (keys); key++)
        digest_text (checksum, view_string (anchor, keys[key]));
    }
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      const char *const texts[] = { finding->check, audit_severity_name (finding->severity), finding->fingerprint, finding->where, finding->text,
                                    finding->accepted != NULL ? "accepted" : "" };
      for (gsize text = 0; text < G_N_ELEMENTS (texts); text++)
        digest_text (checksum, texts[text]);
    }
}

/* Made of the content, with the marks of RFC 9562's version 8. Returns: (transfer full). */
static char *
make_serial (const AuditReport *report, const GPtrArray *anchors)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  GString *out = g_string_new ("urn:uuid:");
  digest_content (checksum, report, anchors);
  g_checksum_get_digest (checksum, digest, &size);
  digest[6] = (guint8) ((digest[6] & 0x0f) | 0x80);
  digest[8] = (guint8) ((digest[8] & 0x3f) | 0x80);
  for (guint i = 0; i < UUID_BYTES; i++)
    g_string_append_printf (out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", digest[i]);
  return g_string_free (out, FALSE);
}

static void
add_metadata (JsonBuilder *builder, const AuditReport *report)
{
  json_builder_set_member_name (builder, "metadata");
  json_builder_begin_object (builder);
  json_add_time (builder, "timestamp", report->time);
  json_builder_set_member_name (builder, "tools");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "components");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  json_add_string (builder, "type", "application");
  json_add_string (builder, "name", "anchorctl");
  json_add_string (builder, "version", PACKAGE_VERSION);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "component");
  json_builder_begin_object (builder);
  json_add_string (builder, "type", report->kind == AUDIT_OF_FILES ? "file" : "operating-system");
  json_add_string (builder, "bom-ref", "subject");
  json_add_string (builder, "name", report->subject);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

void
audit_write_cyclonedx (const AuditReport *report, GString *out)
{
  g_autoptr (GPtrArray) anchors = gather_certificates (report);
  g_autoptr (GHashTable) findings = sort_findings (report, anchors);
  g_autofree char *serial = make_serial (report, anchors);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_string (builder, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
  json_add_string (builder, "bomFormat", "CycloneDX");
  json_add_string (builder, "specVersion", "1.6");
  json_add_string (builder, "serialNumber", serial);
  json_add_number (builder, "version", 1);
  add_metadata (builder, report);
  json_builder_set_member_name (builder, "components");
  add_components (builder, anchors, findings);
  json_builder_set_member_name (builder, "properties");
  add_rest (builder, report, findings);
  json_builder_end_object (builder);
  json_append (builder, out);
}
