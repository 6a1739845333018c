/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/request.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/store.h"
#include "core/text.h"

#include <string.h>

#define ID_HEAD "anchord-request-1\n"
#define WORD_CHARS 64u /* of a caller's command or unit */
#define SECONDS_A_DAY ((gint64) 24 * 60 * 60)

static gboolean
refuse (GError **error, TrustError code, const char *text)
{
  g_set_error_literal (error, TRUST_ERROR, (int) code, text);
  return FALSE;
}

TrustRequest *
trust_request_ref (TrustRequest *request)
{
  g_atomic_ref_count_inc (&request->refs);
  return request;
}

void
trust_request_unref (TrustRequest *request)
{
  if (!g_atomic_ref_count_dec (&request->refs))
    return;
  g_free (request->who);
  g_clear_pointer (&request->purposes, trust_purposes_unref);
  g_free (request->label);
  g_free (request->reason);
  g_free (request->store);
  g_clear_pointer (&request->certificates, g_ptr_array_unref);
  g_free (request);
}

gboolean
trust_request_check_id (const char *id, GError **error)
{
  if (strlen (id) == TRUST_FINGERPRINT_HEX - 1 && strspn (id, "0123456789abcdef") == TRUST_FINGERPRINT_HEX - 1)
    return TRUE;

  g_autofree char *shown = trust_text_printable (id, TRUST_FINGERPRINT_HEX);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no request's id; give all 64 lower-case hexadecimal digits, as `anchorctl request --list` shows them", shown);
  return FALSE;
}

/* Every part with its length before it, so that no two wishes give the same bytes. */
static void
digest_part (GChecksum *digest, const void *data, gsize size)
{
  guint64 length = GUINT64_TO_BE ((guint64) size);

  g_checksum_update (digest, (const guchar *) &length, sizeof length);
  g_checksum_update (digest, data, (gssize) size);
}

static void
digest_text (GChecksum *digest, const char *text)
{
  digest_part (digest, text, strlen (text));
}

static void
make_id (TrustRequest *request)
{
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GStrv) purposes = trust_purposes_dup_names (request->purposes);
  g_autofree char *joined = g_strjoinv (",", purposes);

  g_checksum_update (digest, (const guchar *) ID_HEAD, strlen (ID_HEAD));
  digest_text (digest, request->store);
  digest_text (digest, joined);
  digest_text (digest, request->label);
  digest_text (digest, request->reason);
  for (guint i = 0; i < request->certificates->len; i++)
    {
      TrustSpan der = trust_certificate_get_der (request->certificates->pdata[i]);

      digest_part (digest, der.data, der.size);
    }
  g_strlcpy (request->id, g_checksum_get_string (digest), sizeof request->id);
}

static int
compare_certificates (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (trust_certificate_get_fingerprint (*(TrustCertificate *const *) a),
                                    trust_certificate_get_fingerprint (*(TrustCertificate *const *) b));
}

/* CERTIFICATES sorted, each once, and within the limits. */
static gboolean
take_certificates (TrustRequest *request, const GPtrArray *certificates, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  gsize bytes = 0;

  g_ptr_array_extend (sorted, (GPtrArray *) certificates, NULL, NULL);
  g_ptr_array_sort (sorted, compare_certificates);
  for (guint i = 0; i < sorted->len; i++)
    {
      if (i > 0 && compare_certificates (&sorted->pdata[i - 1], &sorted->pdata[i]) == 0)
        continue;
      bytes += trust_certificate_get_der (sorted->pdata[i]).size;
      g_ptr_array_add (request->certificates, trust_certificate_keep (sorted->pdata[i]));
    }
  if (request->certificates->len == 0)
    return refuse (error, TRUST_ERROR_INVALID_INPUT, "There is no certificate in it; a request asks for at least one");
  if (request->certificates->len > TRUST_LIMIT_REQUEST_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "A request asks for at most %u certificates, not %u; ask for fewer at once",
                   TRUST_LIMIT_REQUEST_CERTIFICATES, request->certificates->len);
      return FALSE;
    }
  if (bytes > TRUST_LIMIT_REQUEST_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "A request holds at most %u bytes of certificates, not %zu; ask for fewer at once",
                   TRUST_LIMIT_REQUEST_BYTES, bytes);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_wish (TrustRequest *request, const TrustWish *wish, GError **error)
{
  request->purposes = wish->purposes != NULL ? trust_purposes_ref (wish->purposes) : trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  request->label = g_strdup (wish->label != NULL ? wish->label : "");
  request->reason = g_strdup (wish->reason != NULL ? wish->reason : "");
  request->store = g_strdup (wish->store != NULL ? wish->store : TRUST_STORE_SYSTEM);
  request->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  if (trust_purposes_is_empty (request->purposes))
    return refuse (error, TRUST_ERROR_INVALID_ARGUMENT, "It asks for no purpose; name one, like server-auth");
  if (!trust_text_is_plain (request->label, TRUST_LIMIT_LABEL_CHARS))
    return refuse (error, TRUST_ERROR_INVALID_ARGUMENT, "The label is too long, or holds control or invisible characters");
  if (!trust_text_is_plain (request->reason, TRUST_LIMIT_REASON_CHARS))
    return refuse (error, TRUST_ERROR_INVALID_ARGUMENT, "The reason is too long, or holds control or invisible characters");
  if (!trust_store_check_name (request->store, error) || !take_certificates (request, wish->certificates, error))
    return FALSE;
  make_id (request);
  return TRUE;
}

static void
append_word (GString *words, const char *word)
{
  g_autofree char *shown = trust_text_printable (word, WORD_CHARS);

  if (*shown != '\0')
    g_string_append_printf (words, ", %s", shown);
}

/* Who asks, as the journal would have it. */
static char *
describe_caller (const TrustCaller *caller)
{
  GString *words = g_string_new (NULL);

  if (caller->uid >= 0)
    g_string_append_printf (words, "uid %" G_GINT64_FORMAT, caller->uid);
  else
    g_string_append (words, "unknown user");
  if (caller->login_uid >= 0 && caller->login_uid != caller->uid)
    g_string_append_printf (words, " (logged in as uid %" G_GINT64_FORMAT ")", caller->login_uid);
  append_word (words, caller->command);
  append_word (words, caller->unit);
  return g_string_free (words, FALSE);
}

TrustRequest *
trust_request_new (const TrustWish *wish, const TrustCaller *caller, gint64 now, GError **error)
{
  g_autoptr (TrustRequest) request = g_new0 (TrustRequest, 1);

  g_atomic_ref_count_init (&request->refs);
  request->uid = caller->uid;
  request->who = describe_caller (caller);
  request->time = now;
  request->expires = now + (gint64) TRUST_LIMIT_REQUEST_DAYS * SECONDS_A_DAY;
  return take_wish (request, wish, error) ? g_steal_pointer (&request) : NULL;
}

static void
set_time (GKeyFile *keys, const char *key, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("");

  g_key_file_set_string (keys, "Request", key, text);
}

GBytes *
trust_request_write (const TrustRequest *request)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_auto (GStrv) purposes = trust_purposes_dup_names (request->purposes);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gsize size = 0;

  g_key_file_set_string (keys, "Request", "Version", "1");
  g_key_file_set_int64 (keys, "Request", "UID", request->uid);
  g_key_file_set_string (keys, "Request", "Who", request->who);
  set_time (keys, "Time", request->time);
  set_time (keys, "Expires", request->expires);
  g_key_file_set_string_list (keys, "Wish", "Purposes", (const char *const *) purposes, g_strv_length (purposes));
  g_key_file_set_string (keys, "Wish", "Label", request->label);
  g_key_file_set_string (keys, "Wish", "Reason", request->reason);
  g_key_file_set_string (keys, "Wish", "Store", request->store);
  for (guint i = 0; i < request->certificates->len; i++)
    {
      TrustSpan der = trust_certificate_get_der (request->certificates->pdata[i]);

      g_ptr_array_add (texts, g_base64_encode (der.data, der.size));
    }
  g_key_file_set_string_list (keys, "Wish", "Certificates", (const char *const *) texts->pdata, texts->len);

  char *text = g_key_file_to_data (keys, &size, NULL);

  return g_bytes_new_take (text, size);
}

static gboolean
get_time (GKeyFile *keys, const char *key, gint64 *out, GError **error)
{
  g_autofree char *text = g_key_file_get_string (keys, "Request", key, NULL);
  g_autoptr (GDateTime) date = text != NULL && g_str_has_suffix (text, "Z") ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (date != NULL)
    {
      *out = g_date_time_to_unix (date);
      return TRUE;
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s is not a UTC time like 2026-01-31T12:00:00Z", key);
  return FALSE;
}

static TrustCertificate *
decode_certificate (const char *text, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *der = NULL;

  if (*text == '\0' || strlen (text) > TRUST_LIMIT_CERTIFICATE_BYTES * 2)
    {
      refuse (error, TRUST_ERROR_INVALID_INPUT, "Certificates: one of them is empty or too long");
      return NULL;
    }
  der = g_base64_decode (text, &size);
  return trust_certificate_new (der, size, error);
}

static gboolean
get_certificates (GKeyFile *keys, GPtrArray *out, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) texts = g_key_file_get_string_list (keys, "Wish", "Certificates", &n, NULL);

  if (n > TRUST_LIMIT_REQUEST_CERTIFICATES)
    return refuse (error, TRUST_ERROR_INVALID_INPUT, "Certificates: too many");
  for (gsize i = 0; i < n; i++)
    {
      TrustCertificate *certificate = decode_certificate (texts[i], error);

      if (certificate == NULL)
        return FALSE;
      g_ptr_array_add (out, certificate);
    }
  return TRUE;
}

static TrustPurposes *
get_purposes (GKeyFile *keys, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) names = g_key_file_get_string_list (keys, "Wish", "Purposes", &n, NULL);

  if (n > 0 && n <= TRUST_LIMIT_PURPOSES)
    return trust_purposes_new ((const char *const *) names, error);
  refuse (error, TRUST_ERROR_INVALID_INPUT, "Purposes: none, or too many");
  return NULL;
}

static gboolean
read_head (TrustRequest *request, GKeyFile *keys, GError **error)
{
  g_autofree char *version = g_key_file_get_string (keys, "Request", "Version", NULL);
  g_autofree char *who = g_key_file_get_string (keys, "Request", "Who", NULL);
  g_autoptr (GError) local = NULL;

  if (g_strcmp0 (version, "1") != 0)
    return refuse (error, TRUST_ERROR_INVALID_INPUT, "Version is not 1, the only one this version of anchord knows; update anchord");
  request->uid = g_key_file_get_int64 (keys, "Request", "UID", &local);
  if (local != NULL || request->uid < -1 || request->uid > G_MAXUINT32)
    return refuse (error, TRUST_ERROR_INVALID_INPUT, "UID is no user's number");
  request->who = trust_text_printable (who, 4 * WORD_CHARS);
  return get_time (keys, "Time", &request->time, error) && get_time (keys, "Expires", &request->expires, error);
}

static gboolean
read_wish (TrustRequest *request, GKeyFile *keys, GError **error)
{
  g_autoptr (TrustPurposes) purposes = get_purposes (keys, error);
  g_autofree char *label = g_key_file_get_string (keys, "Wish", "Label", NULL);
  g_autofree char *reason = g_key_file_get_string (keys, "Wish", "Reason", NULL);
  g_autofree char *store = g_key_file_get_string (keys, "Wish", "Store", NULL);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  TrustWish wish = { certificates, purposes, label, reason, store };

  return purposes != NULL && get_certificates (keys, certificates, error) && take_wish (request, &wish, error);
}

TrustRequest *
trust_request_parse (TrustSpan bytes, const char *id, GError **error)
{
  g_autoptr (TrustRequest) request = g_new0 (TrustRequest, 1);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  const char *text = (const char *) bytes.data;

  g_atomic_ref_count_init (&request->refs);
  if (bytes.size == 0 || memchr (text, '\0', bytes.size) != NULL || !g_utf8_validate (text, (gssize) bytes.size, NULL)
      || !g_key_file_load_from_data (keys, text, bytes.size, G_KEY_FILE_NONE, NULL))
    {
      refuse (error, TRUST_ERROR_INVALID_INPUT, "It is not a keyfile of UTF-8 text");
      return NULL;
    }
  if (!read_head (request, keys, error) || !read_wish (request, keys, error))
    return NULL;
  if (g_str_equal (request->id, id))
    return g_steal_pointer (&request);
  refuse (error, TRUST_ERROR_DAMAGED, "What it asks for was altered: it no longer fits its id. Deny it, and ask again");
  return NULL;
}
