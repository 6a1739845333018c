/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"

#include "core/anchor-file-trust.h"
#include "core/pem.h"
#include "core/text.h"

static void
set_text (GKeyFile *keys, const char *key, const char *text)
{
  if (text[0] != '\0')
    g_key_file_set_string (keys, "Info", key, text);
}

static void
set_hex (GKeyFile *keys, const char *group, const char *key, const guint8 *bytes, gsize size)
{
  g_autofree char *hex = trust_text_hex (bytes, size);

  g_key_file_set_string (keys, group, key, hex);
}

static void
set_note (GKeyFile *keys, const TrustNote *note)
{
  const TrustFingerprint *replaces = trust_note_get_replaces (note);
  gint64 added = trust_note_get_added (note);

  if (replaces != NULL)
    set_hex (keys, "Info", "Replaces", replaces->bytes, sizeof replaces->bytes);
  set_text (keys, "Label", trust_note_get_label (note));
  set_text (keys, "Reason", trust_note_get_reason (note));
  set_text (keys, "AddedBy", trust_note_get_added_by (note));
  if (added == 0)
    return;

  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (added);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("");

  set_text (keys, "Added", text);
}

/* Would a program that reads PEM, and takes what it finds for TLS, trust more than SETTINGS say? */
static gboolean
says_less_than_pem (const TrustSettings *settings)
{
  return trust_settings_is_limited (settings) || !trust_purposes_has (trust_settings_get_purposes (settings), TRUST_PURPOSE_SERVER_AUTH);
}

GBytes *
trust_anchor_file_write (const TrustAnchor *anchor)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));
  gboolean in_head = says_less_than_pem (settings);

  g_key_file_set_string (keys, "Anchor", "Version", "1");
  if (in_head)
    {
      g_autofree char *text = g_base64_encode (der.data, der.size);

      g_key_file_set_string (keys, "Anchor", "Certificate", text);
    }
  trust_anchor_file_write_settings (keys, settings);
  set_note (keys, trust_anchor_get_note (anchor));

  g_autofree char *head = g_key_file_to_data (keys, NULL, NULL);
  GString *text = g_string_new (head);

  if (!in_head)
    {
      g_string_append_c (text, '\n');
      trust_pem_append (text, der.data, der.size, "CERTIFICATE");
    }
  return g_string_free_to_bytes (text);
}

GBytes *
trust_distrust_file_write (const TrustDistrust *distrust)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (distrust);
  TrustSpan serial = trust_distrust_get_serial (distrust);
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);

  g_key_file_set_string (keys, "Distrust", "Version", "1");
  if (fingerprint != NULL)
    set_hex (keys, "Distrust", "SHA256", fingerprint->bytes, sizeof fingerprint->bytes);
  if (key != NULL)
    set_hex (keys, "Distrust", "KeySHA256", key->bytes, sizeof key->bytes);
  if (issuer.size > 0)
    {
      set_hex (keys, "Distrust", "Issuer", issuer.data, issuer.size);
      set_hex (keys, "Distrust", "Serial", serial.data, serial.size);
    }
  if (certificate != NULL)
    {
      TrustSpan der = trust_certificate_get_der (certificate);
      g_autofree char *text = g_base64_encode (der.data, der.size);

      g_key_file_set_string (keys, "Distrust", "Certificate", text);
    }
  set_note (keys, trust_distrust_get_note (distrust));

  gsize size;
  char *text = g_key_file_to_data (keys, &size, NULL);

  return g_bytes_new_take (text, size);
}

char *
trust_anchor_file_name (const TrustFingerprint *fingerprint, gboolean distrust)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  return g_strconcat (hex, distrust ? ".distrust" : ".anchor", NULL);
}
