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

/* What a component tells of an anchor. */
enum
{
  FINGERPRINT,
  KEY_FINGERPRINT,
  TITLE,
  SUBJECT,
  ISSUER,
  SERIAL,
  NOT_BEFORE,
  NOT_AFTER,
  KEY,
  SIGNATURE,
  PURPOSES,
  SETTINGS,
  STATUS,
  LAYER,
  SOURCE,
  PATH,
  REASON,
  FIELDS
};

static const ViewField fields[] = { [FINGERPRINT] = { "fingerprint", NULL, VIEW_STRING, NULL },
                                    [KEY_FINGERPRINT] = { "key-fingerprint", NULL, VIEW_STRING, NULL },
                                    [TITLE] = { "title", NULL, VIEW_STRING, NULL },
                                    [SUBJECT] = { "subject", NULL, VIEW_STRING, NULL },
                                    [ISSUER] = { "issuer", NULL, VIEW_STRING, NULL },
                                    [SERIAL] = { "serial", NULL, VIEW_STRING, NULL },
                                    [NOT_BEFORE] = { "not-before", NULL, VIEW_TIME, NULL },
                                    [NOT_AFTER] = { "not-after", NULL, VIEW_TIME, NULL },
                                    [KEY] = { "key", NULL, VIEW_STRING, NULL },
                                    [SIGNATURE] = { "signature", NULL, VIEW_STRING, NULL },
                                    [PURPOSES] = { "purposes", NULL, VIEW_STRINGS, NULL },
                                    [SETTINGS] = { "settings", NULL, VIEW_STRING, NULL },
                                    [STATUS] = { "status", NULL, VIEW_STRING, NULL },
                                    [LAYER] = { "layer", NULL, VIEW_STRING, NULL },
                                    [SOURCE] = { "source", NULL, VIEW_STRING, NULL },
                                    [PATH] = { "path", NULL, VIEW_STRING, NULL },
                                    [REASON] = { "reason", NULL, VIEW_STRING, NULL },
                                    [FIELDS] = { NULL, NULL, VIEW_STRING, NULL } };

/* An anchor, read once. */
typedef struct
{
  GVariant *values[VIEW_MAX_FIELDS]; /* (owned) */
} Row;

static Row *
row_new (GVariant *anchor)
{
  Row *row = g_new0 (Row, 1);
  view_read (anchor, fields, row->values);
  return row;
}

static void
row_free (gpointer data)
{
  Row *row = data;
  view_clear (row->values, FIELDS);
  g_free (row);
}

static const char *
text_of (const Row *row, guint field)
{
  return view_value_string (row->values[field]);
}

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
add_property_of (JsonBuilder *builder, const char *name, const Row *row, guint field)
{
  const char *value = text_of (row, field);
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
add_properties (JsonBuilder *builder, const Row *row, GHashTable *by_fingerprint)
{
  g_auto (GStrv) purposes = view_value_strings (row->values[PURPOSES]);
  g_autofree char *joined = g_strjoinv (" ", purposes);
  json_builder_set_member_name (builder, "properties");
  json_builder_begin_array (builder);
  add_property_of (builder, "anchord:sha256", row, FINGERPRINT);
  add_property_of (builder, "anchord:status", row, STATUS);
  if (joined[0] != '\0')
    add_property (builder, "anchord:purposes", joined);
  add_property_of (builder, "anchord:origin", row, LAYER);
  add_property_of (builder, "anchord:source", row, SOURCE);
  add_property_of (builder, "anchord:path", row, PATH);
  add_property_of (builder, "anchord:serial", row, SERIAL);
  add_property_of (builder, "anchord:reason", row, REASON);
  add_findings (builder, by_fingerprint, text_of (row, FINGERPRINT));
  json_builder_end_array (builder);
}

static void
add_certificate (JsonBuilder *builder, const Row *row, GHashTable *by_fingerprint)
{
  begin_asset (builder, "certificate:", text_of (row, FINGERPRINT), text_of (row, TITLE), "certificate");
  json_builder_set_member_name (builder, "certificateProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "subjectName", text_of (row, SUBJECT));
  json_add_string (builder, "issuerName", text_of (row, ISSUER));
  json_add_time (builder, "notValidBefore", view_value_number (row->values[NOT_BEFORE]));
  json_add_time (builder, "notValidAfter", view_value_number (row->values[NOT_AFTER]));
  add_reference (builder, "signatureAlgorithmRef", "algorithm:", text_of (row, SIGNATURE));
  add_reference (builder, "subjectPublicKeyRef", "key:", text_of (row, KEY_FINGERPRINT));
  json_add_string (builder, "certificateFormat", "X.509");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  add_properties (builder, row, by_fingerprint);
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
add_key (JsonBuilder *builder, const Row *row)
{
  gint64 size = get_key_size (text_of (row, KEY));
  begin_asset (builder, "key:", text_of (row, KEY_FINGERPRINT), text_of (row, KEY), "related-crypto-material");
  json_builder_set_member_name (builder, "relatedCryptoMaterialProperties");
  json_builder_begin_object (builder);
  json_add_string (builder, "type", "public-key");
  json_add_string (builder, "id", text_of (row, KEY_FINGERPRINT));
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
  return strcmp (text_of (*(const Row *const *) a, FINGERPRINT), text_of (*(const Row *const *) b, FINGERPRINT));
}

/* The certificates that are known, once each, by fingerprint; REST gets the refusals that name none. Returns: (transfer full): of Row*. */
static GPtrArray *
gather_certificates (const AuditReport *report, GPtrArray *rest)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  gsize n = g_variant_n_children (report->anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      Row *row = row_new (anchor);
      if (view_value_number (row->values[NOT_AFTER]) == 0)
        g_ptr_array_add (rest, row);
      else if (g_hash_table_add (seen, (gpointer) text_of (row, FINGERPRINT)))
        g_ptr_array_add (rows, row);
      else
        row_free (row);
    }
  g_ptr_array_sort (rows, compare_anchors);
  return rows;
}

/* Fingerprint -> GPtrArray of AuditFinding*; "" for those about none of ANCHORS. */
static GHashTable *
sort_findings (const AuditReport *report, const GPtrArray *anchors)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_hash_table_insert (table, g_strdup (""), g_ptr_array_new ());
  for (guint i = 0; i < anchors->len; i++)
    g_hash_table_insert (table, g_strdup (text_of (g_ptr_array_index (anchors, i), FINGERPRINT)), g_ptr_array_new ());
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
      const Row *row = g_ptr_array_index (anchors, i);
      if (g_hash_table_add (keys, g_strdup (text_of (row, KEY_FINGERPRINT))))
        add_key (builder, row);
      if (g_hash_table_add (algorithms, g_strdup (text_of (row, SIGNATURE))))
        add_algorithm (builder, text_of (row, SIGNATURE));
    }
  json_builder_end_array (builder);
}

/* Findings that are about no component, and refusals that name no certificate. */
static void
add_rest (JsonBuilder *builder, const GPtrArray *rest, GHashTable *findings)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < rest->len; i++)
    {
      const Row *row = g_ptr_array_index (rest, i);
      add_property_of (builder, "anchord:refused:certificate", row, FINGERPRINT);
      add_property_of (builder, "anchord:refused:key", row, KEY_FINGERPRINT);
      add_property_of (builder, "anchord:refused:serial", row, SERIAL);
    }
  add_findings (builder, findings, "");
  json_builder_end_array (builder);
}

static void
digest_text (GChecksum *checksum, const char *text)
{
  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text) + 1);
}

static void
digest_rows (GChecksum *checksum, const GPtrArray *rows)
{
  static const guint said[] = { FINGERPRINT, KEY_FINGERPRINT, TITLE, STATUS, SETTINGS, LAYER, SOURCE, PATH, SERIAL, REASON };
  for (guint i = 0; i < rows->len; i++)
    for (gsize field = 0; field < G_N_ELEMENTS (said); field++)
      digest_text (checksum, text_of (g_ptr_array_index (rows, i), said[field]));
}

/* Everything that stands in the inventory but for its time. */
static void
digest_content (GChecksum *checksum, const AuditReport *report, const GPtrArray *anchors, const GPtrArray *rest)
{
  digest_text (checksum, report->subject);
  digest_rows (checksum, anchors);
  digest_rows (checksum, rest);
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      const char *const texts[] = { finding->check, audit_severity_name (finding->severity),    finding->fingerprint, finding->where,
                                    finding->text,  finding->accepted != NULL ? "accepted" : "" };
      for (gsize text = 0; text < G_N_ELEMENTS (texts); text++)
        digest_text (checksum, texts[text]);
    }
}

/* Made of the content, with the marks of RFC 9562's version 8. Returns: (transfer full). */
static char *
make_serial (const AuditReport *report, const GPtrArray *anchors, const GPtrArray *rest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  GString *out = g_string_new ("urn:uuid:");
  digest_content (checksum, report, anchors, rest);
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
  g_autoptr (GPtrArray) rest = g_ptr_array_new_with_free_func (row_free), anchors = gather_certificates (report, rest);
  g_autoptr (GHashTable) findings = sort_findings (report, anchors);
  g_autofree char *serial = make_serial (report, anchors, rest);
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
  add_rest (builder, rest, findings);
  json_builder_end_object (builder);
  json_append (builder, out);
}
