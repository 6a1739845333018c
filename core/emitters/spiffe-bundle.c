/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A SPIFFE trust bundle: a JWK set (RFC 7517 section 5) with a key for each certificate, as "SPIFFE Trust Domain and Bundle" section 4 and
 * "X.509-SVID" section 6.2 have it. A sequence number would have to rise with each change, which the same input can't tell; it is optional. */
#include "core/emitters/emitter.h"
#include "core/json.h"

#include <string.h>

#define REFRESH_KEY "RefreshHint"
#define REFRESH_DIGITS 9u
#define INDENT "      "

static const char *
find_refresh_fault (const char *value)
{
  gsize size = strlen (value);

  if (size == 0 || size > REFRESH_DIGITS || strspn (value, "0123456789") != size || *value == '0')
    return "a refresh hint is a number of seconds from 1 to 999999999";
  return NULL;
}

static const TrustEmitterOption options[] = { { REFRESH_KEY, FALSE, find_refresh_fault }, { NULL, FALSE, NULL } };

/* What a JWK says of a key: MEMBERS, each with a number's bytes. */
typedef struct
{
  const char *type;     /* "RSA" */
  const char *curve;    /* (nullable) */
  const char *names[2]; /* the second nullable */
  TrustSpan values[2];
} Key;

/* RFC 7518 section 6.3.1: without leading zeros. */
static gboolean
read_rsa (TrustSpan bits, Key *key)
{
  TrustDer sequence, numbers[2];

  if (!trust_der_expect (&bits, 0x30, &sequence) || bits.size > 0)
    return FALSE;
  *key = (Key) { "RSA", NULL, { "n", "e" }, { { NULL, 0 }, { NULL, 0 } } };
  for (guint i = 0; i < 2; i++)
    {
      if (!trust_der_expect (&sequence.content, 0x02, &numbers[i]))
        return FALSE;
      key->values[i] = numbers[i].content;
      while (key->values[i].size > 1 && *key->values[i].data == 0)
        key->values[i] = (TrustSpan) { key->values[i].data + 1, key->values[i].size - 1 };
    }
  return sequence.content.size == 0;
}

/* RFC 7518 section 6.2.1: both coordinates in full length, and the curves that are registered there. */
static gboolean
read_ec (const char *curve, TrustSpan bits, Key *key)
{
  /* clang-format off */
  static const struct { const char *oid; const char *name; gsize size; } curves[] = {
    { "1.2.840.10045.3.1.7", "P-256", 32 }, { "1.3.132.0.34", "P-384", 48 }, { "1.3.132.0.35", "P-521", 66 },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    if (g_strcmp0 (curve, curves[i].oid) == 0 && bits.size == 1 + 2 * curves[i].size && bits.data[0] == 4)
      {
        *key = (Key) {
          "EC", curves[i].name, { "x", "y" }, { { bits.data + 1, curves[i].size }, { bits.data + 1 + curves[i].size, curves[i].size } }
        };
        return TRUE;
      }
  return FALSE;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { algorithm, parameters }, BIT STRING }. FALSE: no JWK is registered for such a key that readers
 * of bundles know (RFC 8037 for Ed25519). */
static gboolean
read_key (const TrustCertificate *certificate, Key *key)
{
  TrustSpan in = trust_certificate_get_key_info_der (certificate), bits;
  TrustDer info, algorithm, type, curve, string;
  g_autofree char *name = NULL, *curve_name = NULL;

  if (!trust_der_expect (&in, 0x30, &info) || !trust_der_expect (&info.content, 0x30, &algorithm)
      || !trust_der_expect (&algorithm.content, 0x06, &type) || !trust_der_expect (&info.content, 0x03, &string) || string.content.size < 2
      || string.content.data[0] != 0)
    return FALSE;
  bits = (TrustSpan) { string.content.data + 1, string.content.size - 1 };
  name = trust_der_dup_oid (type.content);
  curve_name = trust_der_expect (&algorithm.content, 0x06, &curve) ? trust_der_dup_oid (curve.content) : NULL;
  if (g_strcmp0 (name, "1.2.840.113549.1.1.1") == 0)
    return read_rsa (bits, key);
  if (g_strcmp0 (name, "1.2.840.10045.2.1") == 0)
    return read_ec (curve_name, bits, key);
  *key = (Key) { "OKP", "Ed25519", { "x", NULL }, { bits, { NULL, 0 } } };
  return g_strcmp0 (name, "1.3.101.112") == 0 && bits.size == 32;
}

static gboolean
can_hold (const TrustCertificate *certificate)
{
  Key key;

  return read_key (certificate, &key);
}

/* base64url without padding (RFC 7515 section 2). */
static void
append_number (GString *out, const char *name, TrustSpan value)
{
  g_autofree char *text = g_base64_encode (value.data, value.size);

  text[strcspn (text, "=")] = '\0';
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  g_string_append_printf (out, INDENT "\"%s\": \"%s\",\n", name, text);
}

/* x5c has the base64 of RFC 4648 section 4, and one certificate. There is no "kid": that is for JWT keys. */
static void
append_key (GString *out, const TrustCertificate *certificate, const Key *key)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  g_autofree char *text = g_base64_encode (der.data, der.size);

  g_string_append_printf (out, "    {\n" INDENT "\"kty\": \"%s\",\n" INDENT "\"use\": \"x509-svid\",\n", key->type);
  if (key->curve != NULL)
    g_string_append_printf (out, INDENT "\"crv\": \"%s\",\n", key->curve);
  for (guint i = 0; i < G_N_ELEMENTS (key->names) && key->names[i] != NULL; i++)
    append_number (out, key->names[i], key->values[i]);
  g_string_append_printf (out, INDENT "\"x5c\": [\n" INDENT "  \"%s\"\n" INDENT "]\n    }", text);
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  const char *refresh = trust_emitter_option (input, REFRESH_KEY, NULL);
  const char *separator = "";

  g_string_append (out, "{\n  \"keys\": [");
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      const TrustCertificate *certificate = trust_anchor_get_certificate (trust_anchor_set_get_anchor (input->set, i));
      Key key;

      if (!read_key (certificate, &key))
        continue;
      g_string_append_printf (out, "%s\n", separator);
      append_key (out, certificate, &key);
      separator = ",";
    }
  g_string_append (out, *separator != '\0' ? "\n  ]" : "]");
  if (refresh != NULL)
    g_string_append_printf (out, ",\n  \"spiffe_refresh_hint\": %s", refresh);
  g_string_append (out, "\n}\n");
  return TRUE;
}

/* Keys for JWTs are nothing of ours, and nothing that is written anew. */
static gboolean
read_entry (JsonNode *node, GArray *certificates)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *use = object != NULL ? json_object_get_member (object, "use") : NULL;
  JsonArray *chain = object != NULL ? trust_json_find_array (object, "x5c", NULL) : NULL;
  const char *text = use != NULL ? trust_json_get_text (use, NULL) : NULL;
  g_autofree guint8 *der = NULL;
  gsize size = 0, length = 0;

  if (g_strcmp0 (text, "x509-svid") != 0 || chain == NULL || json_array_get_length (chain) != 1)
    return FALSE;
  text = trust_json_get_text (json_array_get_element (chain, 0), NULL);
  length = text != NULL ? strlen (text) : 0;
  if (length == 0 || length % 4 != 0 || strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != length)
    return FALSE;
  der = g_base64_decode (text, &size);
  return trust_emitter_read_der (der, size, certificates);
}

static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  g_autoptr (JsonNode) root = trust_json_read ((TrustSpan) { bytes, size }, NULL);
  JsonArray *keys = root != NULL ? trust_json_find_array (json_node_get_object (root), "keys", NULL) : NULL;

  for (guint i = 0; keys != NULL && i < json_array_get_length (keys); i++)
    if (!read_entry (json_array_get_element (keys, i), certificates))
      return FALSE;
  return keys != NULL;
}

const TrustEmitter trust_emitter_spiffe_bundle = {
  .name = "spiffe-bundle",
  .description = "SPIFFE trust bundle: JSON, a JWK for each certificate",
  .options = options,
  .can_hold = can_hold,
  .write = write_set,
  .read = read_file,
};
