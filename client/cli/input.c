/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/input.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DER_SEQUENCE 0x30
#define KEY_MARK "PRIVATE KEY-----"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

char *
input_dup_name (const char *path)
{
  return strcmp (path, "-") == 0 ? g_strdup (_ ("standard input")) : trust_text_printable (path, 0);
}

/* Sets ERROR to "PATH: MESSAGE". Returns FALSE. */
G_GNUC_PRINTF (4, 5)
static gboolean
refuse (GError **error, const char *path, TrustError code, const char *format, ...)
{
  g_autofree char *name = input_dup_name (path);
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TRUST_ERROR, code, "%s: %s", name, message);
  return FALSE;
}

/* Is it a file that can be read to its end? Asked before the first read, so that nothing blocks. */
static gboolean
check_kind (int fd, const char *path, GError **error)
{
  struct stat st;
  if (fstat (fd, &st) < 0)
    return refuse (error, path, TRUST_ERROR_STORAGE, "%s", g_strerror (errno));
  if (S_ISDIR (st.st_mode))
    return refuse (error, path, TRUST_ERROR_INVALID_INPUT, _ ("is a folder; name the files in it"));
  if (!S_ISREG (st.st_mode))
    return refuse (error, path, TRUST_ERROR_INVALID_INPUT, _ ("is not a regular file; to read a pipe, give its content on standard input (-)"));
  if (st.st_size > (goffset) TRUST_LIMIT_INPUT_BYTES)
    return refuse (error, path, TRUST_ERROR_LIMIT_EXCEEDED, _ ("has %" PRId64 " bytes; at most %u are read: split it"), (gint64) st.st_size,
                   TRUST_LIMIT_INPUT_BYTES);
  return TRUE;
}

/* What was read. It may hold a private key, so it is wiped: when it moves because it grows, and when it is freed. */
typedef struct
{
  guint8 *data; /* (owned) */
  gsize room;
  gsize len;
} Content;

static void
content_free (gpointer data)
{
  Content *content = data;
  if (content->room > 0)
    explicit_bzero (content->data, content->room);
  g_free (content->data);
  g_free (content);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Content, content_free)

static void
content_grow (Content *content)
{
  gsize room = content->room == 0 ? 65536 : 2 * content->room;
  guint8 *data = g_malloc (room);
  if (content->room > 0)
    {
      memcpy (data, content->data, content->len);
      explicit_bzero (content->data, content->room);
    }
  g_free (content->data);
  content->data = data;
  content->room = room;
}

/* CONTENT: (transfer full). */
static GBytes *
content_to_bytes (Content *content)
{
  return g_bytes_new_with_free_func (content->data, content->len, content_free, content);
}

static gboolean
read_to_end (int fd, const char *path, Content *out, GError **error)
{
  for (;;)
    {
      if (out->len == out->room)
        content_grow (out);
      ssize_t n = read (fd, out->data + out->len, out->room - out->len);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return refuse (error, path, TRUST_ERROR_STORAGE, "%s", g_strerror (errno));
      if (n == 0)
        return TRUE;
      out->len += (gsize) n;
      if (out->len > TRUST_LIMIT_INPUT_BYTES)
        return refuse (error, path, TRUST_ERROR_LIMIT_EXCEEDED, _ ("has more than %u bytes: split it"), TRUST_LIMIT_INPUT_BYTES);
    }
}

/* Private keys stay where they are: not even the service sees them. */
static gboolean
check_content (const Content *content, const char *path, gboolean may_be_key, GError **error)
{
  if (content->len == 0)
    return refuse (error, path, TRUST_ERROR_INVALID_INPUT, _ ("is empty"));
  if (!may_be_key && memmem (content->data, content->len, KEY_MARK, strlen (KEY_MARK)) != NULL)
    return refuse (error, path, TRUST_ERROR_PRIVATE_KEY,
                   _ ("HOLDS A PRIVATE KEY; nothing was sent or kept. Give the certificate alone (openssl x509 -in FILE)"));
  return TRUE;
}

static gboolean
read_descriptor (int fd, const char *path, gboolean may_be_key, Content *out, GError **error)
{
  return (fd == STDIN_FILENO || check_kind (fd, path, error)) && read_to_end (fd, path, out, error) && check_content (out, path, may_be_key, error);
}

static GBytes *
read_path (const char *path, gboolean may_be_key, GError **error)
{
  g_autoptr (Content) content = g_new0 (Content, 1);
  if (strcmp (path, "-") == 0)
    return read_descriptor (STDIN_FILENO, path, may_be_key, content, error) ? content_to_bytes (g_steal_pointer (&content)) : NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    {
      refuse (error, path, errno == ENOENT ? TRUST_ERROR_NOT_FOUND : TRUST_ERROR_STORAGE, "%s", g_strerror (errno));
      return NULL;
    }
  gboolean ok = read_descriptor (fd, path, may_be_key, content, error);
  close (fd);
  return ok ? content_to_bytes (g_steal_pointer (&content)) : NULL;
}

GBytes *
input_read (const char *path, GError **error)
{
  return read_path (path, FALSE, error);
}

GBytes *
input_read_secret (const char *path, GError **error)
{
  return read_path (path, TRUE, error);
}

static TrustSpan
span_of (GBytes *bytes)
{
  TrustSpan span;
  span.data = g_bytes_get_data (bytes, &span.size);
  if (span.size >= 3 && memcmp (span.data, BYTE_ORDER_MARK, 3) == 0)
    {
      span.data += 3;
      span.size -= 3;
    }
  return span;
}

static gboolean
no_certificate (const char *path, GError **error)
{
  return refuse (error, path, TRUST_ERROR_INVALID_INPUT,
                 _ ("holds no certificate: neither PEM (-----BEGIN CERTIFICATE-----) nor DER; convert it first (openssl x509)"));
}

/* Calls TAKE for every block of the PEM text SPAN. */
typedef gboolean (*TakeDer) (const guint8 *der, gsize size, gpointer user_data);

static gboolean
each_pem (TrustSpan span, const char *path, TakeDer take, gpointer user_data, GError **error)
{
  gsize offset = 0;
  gboolean any = FALSE;
  g_autoptr (GError) fault = NULL;
  TrustPemBlock block;
  while (trust_pem_next (span, &offset, &block, &fault))
    {
      if (!trust_pem_label_is (&block, "CERTIFICATE") && !trust_pem_label_is (&block, "X509 CERTIFICATE"))
        continue;
      g_autoptr (GByteArray) der = trust_pem_decode (block.body, &fault);
      if (der == NULL)
        return refuse (error, path, TRUST_ERROR_INVALID_INPUT, "%s", fault->message);
      any = TRUE;
      take (der->data, der->len, user_data);
    }
  if (fault != NULL)
    return refuse (error, path, TRUST_ERROR_INVALID_INPUT, "%s", fault->message);
  return any || no_certificate (path, error);
}

static gboolean
each_certificate (GBytes *bytes, const char *path, TakeDer take, gpointer user_data, GError **error)
{
  TrustSpan span = span_of (bytes);
  if (span.size > 0 && span.data[0] == DER_SEQUENCE)
    return take (span.data, span.size, user_data);
  return each_pem (span, path, take, user_data, error);
}

static gboolean
take_into_pem (const guint8 *der, gsize size, gpointer user_data)
{
  trust_pem_append (user_data, der, size, "CERTIFICATE");
  return TRUE;
}

GPtrArray *
input_read_each (char **paths, GError **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (; *paths != NULL; paths++)
    {
      GBytes *bytes = input_read (*paths, error);
      if (bytes == NULL)
        return NULL;
      g_ptr_array_add (inputs, bytes);
    }
  return g_steal_pointer (&inputs);
}

GBytes *
input_join (GPtrArray *inputs, char **paths, GError **error)
{
  if (inputs->len == 1)
    return g_bytes_ref (g_ptr_array_index (inputs, 0)); /* as it is: the service names what is wrong with it best */
  g_autoptr (GString) pem = g_string_new (NULL);
  for (guint i = 0; i < inputs->len; i++)
    if (!each_certificate (g_ptr_array_index (inputs, i), paths[i], take_into_pem, pem, error))
      return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&pem));
}

/* Text before the first block that has a meaning of its own: "[Anchor]", "[p11-kit-object-v1]", JSON. */
static gboolean
has_words (TrustSpan span, gsize end)
{
  gboolean at_start = TRUE;
  for (gsize i = 0; i < MIN (end, span.size); i++)
    {
      if (at_start && (span.data[i] == '[' || span.data[i] == '{'))
        return TRUE;
      if (!g_ascii_isspace (span.data[i]))
        at_start = FALSE;
      if (span.data[i] == '\n')
        at_start = TRUE;
    }
  return FALSE;
}

static gboolean
is_plain_pem (TrustSpan span)
{
  gsize offset = 0;
  gboolean any = FALSE;
  TrustPemBlock block;
  while (trust_pem_next (span, &offset, &block, NULL))
    {
      if (!trust_pem_label_is (&block, "CERTIFICATE") && !trust_pem_label_is (&block, "X509 CERTIFICATE"))
        return FALSE;
      if (!any && has_words (span, block.offset))
        return FALSE;
      any = TRUE;
    }
  return any;
}

/* A Certificate is a SEQUENCE that begins with one; PKCS#7 and PKCS#12 begin with an OID and a number. */
gboolean
input_is_plain (GBytes *bytes)
{
  TrustSpan span = span_of (bytes);
  TrustDer outer;
  if (span.size == 0 || span.data[0] != DER_SEQUENCE)
    return is_plain_pem (span);
  return trust_der_next (&span, &outer) && outer.content.size > 0 && outer.content.data[0] == DER_SEQUENCE;
}

static gboolean
take_into_array (const guint8 *der, gsize size, gpointer user_data)
{
  g_ptr_array_add (user_data, g_bytes_new (der, size));
  return TRUE;
}

gboolean
input_take_certificates (GBytes *bytes, const char *path, GPtrArray *out, GError **error)
{
  return each_certificate (bytes, path, take_into_array, out, error);
}

GPtrArray *
input_read_chain (char **paths, GError **error)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) inputs = input_read_each (paths, error);
  for (guint i = 0; inputs != NULL && i < inputs->len; i++)
    if (!input_take_certificates (g_ptr_array_index (inputs, i), paths[i], chain, error))
      return NULL;
  if (inputs == NULL)
    return NULL;
  if (chain->len <= TRUST_LIMIT_CHAIN_CERTIFICATES)
    return g_steal_pointer (&chain);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
               _ ("a chain has at most %u certificates, this one has %u; give the server's own chain"), TRUST_LIMIT_CHAIN_CERTIFICATES, chain->len);
  return NULL;
}
