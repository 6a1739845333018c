/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint-key.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <gnutls/x509.h>
#include <stdarg.h>
#include <string.h>

static const char *const kind_names[] = { "dns", "ip", "email", "uri", "directory" };
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == TRUST_NAME_LAST);

/* Of a text that an error repeats. */
#define MAX_SHOWN 100u

const char *
trust_name_kind_get_name (TrustNameKind kind)
{
  return kind < TRUST_NAME_LAST ? kind_names[kind] : NULL;
}

TrustNameKind
trust_name_kind_find (const char *name)
{
  TrustNameKind kind = 0;

  while (kind < TRUST_NAME_LAST && !g_str_equal (kind_names[kind], name))
    kind++;
  return kind;
}

/* What is wrong with TEXT, and what to write. Returns NULL always. */
G_GNUC_PRINTF (4, 5)
static void *
refuse (TrustNameKind kind, const char *text, GError **error, const char *format, ...)
{
  g_autofree char *shown = trust_text_printable (text, MAX_SHOWN);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "%s subtree \"%s\" %s", kind_names[kind], shown, what);
  return NULL;
}

static TrustSubtree *
make (TrustNameKind kind, const GByteArray *key)
{
  return trust_subtree_new (kind, (TrustSpan) { key->data, key->len }, (TrustSpan) { NULL, 0 });
}

static TrustSpan
span_of (const char *text)
{
  return (TrustSpan) { (const guint8 *) text, strlen (text) };
}

/* "." alone is every host; else the key of a host, or of what is below it where TEXT begins with a dot. */
static const char *
add_hosts (GByteArray *key, const char *text, const char *end_of_host)
{
  const char *fault = NULL;

  if (g_str_equal (text, "."))
    end_of_host = ".";
  else
    fault = trust_key_add_host (key, span_of (*text == '.' ? text + 1 : text));
  if (fault == NULL)
    g_byte_array_append (key, (const guint8 *) (*text == '.' ? "." : end_of_host), 1);
  return fault;
}

static TrustSubtree *
parse_dns (const char *text, GError **error)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  const char *fault = NULL;

  if (text[0] == '.' && text[1] != '\0')
    return refuse (TRUST_NAME_DNS, text, error, "begins with a dot; write \"%.*s\": it covers that name and all below it", (int) MAX_SHOWN,
                   trust_text_is_plain (text + 1, 0) ? text + 1 : "corp.example");
  fault = add_hosts (key, text, ".");
  return fault != NULL ? refuse (TRUST_NAME_DNS, text, error, "%s; write it like corp.example", fault) : make (TRUST_NAME_DNS, key);
}

static TrustSubtree *
parse_email (const char *text, GError **error)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  const char *fault = strchr (text, '@') != NULL ? trust_key_add_mailbox (key, span_of (text)) : add_hosts (key, text, "@");

  if (fault != NULL)
    return refuse (TRUST_NAME_EMAIL, text, error,
                   "%s; write joe@corp.example for a mailbox, corp.example for all of a host, .corp.example for all "
                   "hosts below it",
                   fault);
  return make (TRUST_NAME_EMAIL, key);
}

static TrustSubtree *
parse_uri (const char *text, GError **error)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  const char *fault = strpbrk (text, ":/@?#") != NULL ? "is more than a host" : add_hosts (key, text, "/");

  if (fault != NULL)
    return refuse (TRUST_NAME_URI, text, error, "%s; write corp.example for that host, .corp.example for all hosts below it", fault);
  return make (TRUST_NAME_URI, key);
}

/* A prefix length of one to three digits without leading zeros, or -1. */
static int
parse_length (const char *text)
{
  gsize size = strlen (text);

  if (size == 0 || size > 3 || strspn (text, "0123456789") != size || (size > 1 && text[0] == '0'))
    return -1;
  return (int) g_ascii_strtoull (text, NULL, 10);
}

/* Clears what is behind the prefix. Was any of it set? */
static gboolean
clear_host_bits (guint8 *address, guint size, guint n_bits)
{
  gboolean any = FALSE;

  for (guint i = n_bits; i < size * 8; i++)
    {
      guint8 bit = (guint8) (0x80 >> i % 8);

      any |= (address[i / 8] & bit) != 0;
      address[i / 8] &= (guint8) ~bit;
    }
  return any;
}

static TrustSubtree *
parse_ip (const char *text, GError **error)
{
  g_autofree char *head = g_strdup (text);
  g_autoptr (GByteArray) key = g_byte_array_new ();
  char *slash = strchr (head, '/');
  char shown[INET6_ADDRSTRLEN];
  guint8 address[16];
  guint size = 4;
  int n_bits = -1;

  if (slash != NULL)
    *slash = '\0';
  if (inet_pton (AF_INET, head, address) != 1)
    {
      size = 16;
      if (inet_pton (AF_INET6, head, address) != 1)
        return refuse (TRUST_NAME_IP, text, error, "is no address; write 10.0.0.0/8 or 2001:db8::/32");
    }
  n_bits = slash != NULL ? parse_length (slash + 1) : (int) size * 8;
  if (n_bits < 0 || n_bits > (int) size * 8)
    return refuse (TRUST_NAME_IP, text, error, "has no prefix length from 0 to %u after the \"/\"", size * 8);
  if (trust_key_is_mapped ((TrustSpan) { address, size }) && n_bits >= 96)
    return refuse (TRUST_NAME_IP, text, error, "is an IPv4 address in IPv6; write %s/%d", inet_ntop (AF_INET, address + 12, shown, sizeof shown),
                   n_bits - 96);
  if (clear_host_bits (address, size, (guint) n_bits))
    return refuse (TRUST_NAME_IP, text, error, "has bits set behind its prefix; write %s/%d for the network, or the address alone",
                   inet_ntop (size == 4 ? AF_INET : AF_INET6, address, shown, sizeof shown), n_bits);
  trust_key_add_address (key, (TrustSpan) { address, size }, (guint) n_bits);
  return make (TRUST_NAME_IP, key);
}

/* NAME: a whole Name element. NULL if it is none. */
static TrustSubtree *
make_directory (TrustSpan name)
{
  g_autoptr (GByteArray) canonical = trust_name_canonical (name);

  if (canonical == NULL)
    return NULL;
  return trust_subtree_new (TRUST_NAME_DIRECTORY, (TrustSpan) { canonical->data, canonical->len }, name);
}

/* GnuTLS takes three things that RFC 4514 section 3 does not: a comma or a backslash at the end, and a bare ";", which others read as a comma. */
static gboolean
is_rfc4514 (const char *text)
{
  const char *last = "";

  for (const char *p = text; *p != '\0'; p++)
    {
      last = p;
      if (*p == ';')
        return FALSE;
      if (*p == '\\' && *++p == '\0')
        return FALSE;
    }
  return *last != ',';
}

/* RFC 4514 to a Name. Returns: (transfer full) (nullable). */
static GByteArray *
name_from_text (const char *text)
{
  g_autoptr (GByteArray) der = NULL;
  gnutls_datum_t out = { NULL, 0 };
  gnutls_x509_dn_t dn = NULL;

  if (gnutls_x509_dn_init (&dn) < 0)
    return NULL;
  if (gnutls_x509_dn_set_str (dn, text, NULL) >= 0 && gnutls_x509_dn_export2 (dn, GNUTLS_X509_FMT_DER, &out) >= 0)
    {
      der = g_byte_array_new ();
      g_byte_array_append (der, out.data, out.size);
    }
  gnutls_free (out.data);
  gnutls_x509_dn_deinit (dn);
  return g_steal_pointer (&der);
}

/* The other way. Returns: (transfer full) (nullable). */
static char *
name_to_text (TrustSpan name)
{
  gnutls_datum_t in = { (unsigned char *) name.data, (unsigned) name.size }, out = { NULL, 0 };
  gnutls_x509_dn_t dn = NULL;
  char *text = NULL;

  if (gnutls_x509_dn_init (&dn) < 0)
    return NULL;
  if (gnutls_x509_dn_import (dn, &in) >= 0 && gnutls_x509_dn_get_str2 (dn, &out, 0) >= 0)
    text = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  gnutls_x509_dn_deinit (dn);
  return text;
}

static TrustSubtree *
parse_directory (const char *text, GError **error)
{
  g_autoptr (GByteArray) der = NULL;
  TrustSubtree *subtree = NULL;
  gsize size = strlen (text);

  if (size > 2 * TRUST_LIMIT_SUBTREE_BYTES + 1)
    return refuse (TRUST_NAME_DIRECTORY, text, error, "is longer than %u characters", 2 * TRUST_LIMIT_SUBTREE_BYTES + 1);
  if (text[0] == '#')
    {
      der = g_byte_array_new ();
      g_byte_array_set_size (der, (guint) (size - 1) / 2);
      if (size < 5 || size % 2 == 0 || !trust_text_unhex (text + 1, der->data, der->len))
        return refuse (TRUST_NAME_DIRECTORY, text, error, "has no bytes in hexadecimal after the \"#\"");
    }
  else if (g_utf8_validate (text, -1, NULL) && is_rfc4514 (text))
    der = name_from_text (text);
  if (der != NULL && der->len > TRUST_LIMIT_SUBTREE_BYTES)
    return refuse (TRUST_NAME_DIRECTORY, text, error, "is longer than %u bytes in DER", TRUST_LIMIT_SUBTREE_BYTES);
  if (der != NULL)
    subtree = make_directory ((TrustSpan) { der->data, der->len });
  if (subtree == NULL || (text[0] != '#' && subtree->key.size == 0))
    {
      g_clear_pointer (&subtree, trust_subtree_unref);
      return refuse (TRUST_NAME_DIRECTORY, text, error,
                     "is no distinguished name; write it as RFC 4514 has it (O=Corp,C=DE), or \"#\" and its DER "
                     "in hexadecimal");
    }
  return subtree;
}

TrustSubtree *
trust_subtree_parse (TrustNameKind kind, const char *text, GError **error)
{
  static TrustSubtree *(*const parsers[]) (const char *, GError **) = { parse_dns, parse_ip, parse_email, parse_uri, parse_directory };

  G_STATIC_ASSERT (G_N_ELEMENTS (parsers) == TRUST_NAME_LAST);
  g_return_val_if_fail (kind < TRUST_NAME_LAST, NULL);
  return parsers[kind](text, error);
}

/* The text if it says all that the Name does (string types are not in it), else the bytes. */
static char *
directory_text (TrustSpan name)
{
  g_autofree char *text = name_to_text (name), *hex = NULL;
  gboolean is_text = text != NULL && *text != '\0' && *text != '#' && g_utf8_validate (text, -1, NULL) && is_rfc4514 (text);
  g_autoptr (GByteArray) back = is_text ? name_from_text (text) : NULL;

  if (back != NULL && trust_span_equal ((TrustSpan) { back->data, back->len }, name))
    return g_steal_pointer (&text);
  hex = trust_text_hex (name.data, name.size);
  return g_strconcat ("#", hex, NULL);
}

static char *
ip_text (TrustSpan key)
{
  char text[INET6_ADDRSTRLEN];
  guint8 address[16];
  guint n_bits = 0;
  gsize size = trust_key_get_address (key, address, &n_bits);

  inet_ntop (size == 4 ? AF_INET : AF_INET6, address, text, sizeof text);
  return n_bits == size * 8 ? g_strdup (text) : g_strdup_printf ("%s/%u", text, n_bits);
}

/* What is between the @ and the NUL, in quotes where it must be. */
static void
append_local (GString *out, TrustSpan local)
{
  static const char bare[] = "!#$%&'*+-/=?^_`{|}~.";
  gboolean is_bare = TRUE;

  for (gsize i = 0; i < local.size; i++)
    is_bare &= g_ascii_isalnum ((char) local.data[i]) || strchr (bare, local.data[i]) != NULL;
  if (is_bare)
    {
      g_string_append_len (out, (const char *) local.data, (gssize) local.size);
      return;
    }
  g_string_append_c (out, '"');
  for (gsize i = 0; i < local.size; i++)
    {
      if (local.data[i] == '"' || local.data[i] == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, (char) local.data[i]);
    }
  g_string_append_c (out, '"');
}

char *
trust_subtree_dup_text (const TrustSubtree *subtree)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TrustSpan key = subtree->key;
  const guint8 *at = NULL;

  if (subtree->kind == TRUST_NAME_IP)
    return ip_text (key);
  if (subtree->kind == TRUST_NAME_DIRECTORY)
    return directory_text (subtree->name);
  if (key.size == 1)
    return g_strdup (".");
  at = memchr (key.data, '@', key.size);
  if (at != NULL)
    {
      TrustSpan local = { at + 1, key.size - (gsize) (at + 1 - key.data) };

      if (local.size > 0)
        {
          append_local (out, (TrustSpan) { local.data, local.size - 1 });
          g_string_append_c (out, '@');
        }
      key.size = (gsize) (at - key.data);
    }
  else
    {
      if (subtree->kind != TRUST_NAME_DNS && key.data[key.size - 1] == '.')
        g_string_append_c (out, '.');
      key.size--;
    }
  trust_key_append_host (out, key);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
