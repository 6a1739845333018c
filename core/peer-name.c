/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/peer-name.h"

#include "core/error.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <libpsl.h>
#include <string.h>

#define TAG_SEQUENCE 0x30
#define TAG_EMAIL 0x81
#define TAG_DNS 0x82
#define TAG_IP 0x87
/* RFC 1035 2.3.4, without the root's length octet and the last dot. */
#define HOST_MAX 253
#define LABEL_MAX 63

/* RFC 1034 3.5 with RFC 1123 2.1: letters, digits and inner hyphens. */
static gboolean
is_label (const char *label, gsize size, gboolean lax)
{
  if (size == 0 || size > LABEL_MAX || label[0] == '-' || label[size - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && !(lax && label[i] == '_'))
      return FALSE;
  return TRUE;
}

static gboolean
is_all_digits (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return TRUE;
}

/* A host name in the preferred name syntax (LAX: with underscores too, as old hosts are called); its last label is no number, or it would read as
 * an address (RFC 3696 section 2). */
static gboolean
is_host (const char *host, gsize size, gboolean lax)
{
  const char *end = host + size;
  gboolean is_number = TRUE;

  if (size == 0 || size > HOST_MAX)
    return FALSE;
  while (host < end)
    {
      const char *dot = memchr (host, '.', (gsize) (end - host));
      gsize length = (gsize) ((dot != NULL ? dot : end) - host);

      if (!is_label (host, length, lax))
        return FALSE;
      is_number = is_all_digits (host, length);
      host += length + (dot != NULL);
      if (dot != NULL && host == end)
        return FALSE;
    }
  return !is_number;
}

static gboolean
refuse (const char *text, const char *why, GError **error)
{
  g_autofree char *shown = trust_text_printable (text, 80);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "\"%s\" is no name to verify for: %s", shown, why);
  return FALSE;
}

static gboolean
parse_host (const char *text, TrustPeerName *out, GError **error)
{
  char *ascii = NULL;
  gsize size;

  if (g_str_is_ascii (text))
    ascii = g_ascii_strdown (text, -1);
  else
    {
      char *labels = NULL;
      int result = idn2_to_ascii_8z (text, &labels, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

      if (result != IDN2_OK)
        return refuse (text, idn2_strerror (result), error);
      ascii = g_ascii_strdown (labels, -1);
      idn2_free (labels);
    }
  size = strlen (ascii);
  if (size > 1 && ascii[size - 1] == '.')
    ascii[--size] = '\0';
  if (!is_host (ascii, size, TRUE))
    {
      g_free (ascii);
      return refuse (text, "a host name is made of letters, digits and hyphens between dots", error);
    }
  *out = (TrustPeerName) { .kind = TRUST_PEER_DNS, .text = ascii };
  return TRUE;
}

/* RFC 5280 7.5: a host that is not ASCII is asked for by its A-labels. */
static gboolean
parse_mailbox (const char *text, TrustPeerName *out, GError **error)
{
  const char *at = strrchr (text, '@'), *host = at + 1;
  g_auto (TrustPeerName) read = { 0 };

  if (!g_str_is_ascii (host) && !parse_host (host, &read, error))
    return FALSE;
  if (read.text != NULL)
    host = read.text;
  if (at == text || !is_host (host, strlen (host), FALSE))
    return refuse (text, "a mailbox is name@host", error);
  *out = (TrustPeerName) { .kind = TRUST_PEER_EMAIL, .text = g_strdup_printf ("%.*s@%s", (int) (at - text), text, host) };
  return TRUE;
}

gboolean
trust_peer_name_parse (const char *text, TrustPeerName *out, GError **error)
{
  struct in_addr v4;
  struct in6_addr v6;

  *out = (TrustPeerName) { .text = NULL };
  if (inet_pton (AF_INET, text, &v4) == 1)
    {
      *out = (TrustPeerName) { .kind = TRUST_PEER_IP, .text = g_strdup (text), .address_size = sizeof v4 };
      memcpy (out->address, &v4, sizeof v4);
      return TRUE;
    }
  if (inet_pton (AF_INET6, text, &v6) == 1)
    {
      *out = (TrustPeerName) { .kind = TRUST_PEER_IP, .text = g_strdup (text), .address_size = sizeof v6 };
      memcpy (out->address, &v6, sizeof v6);
      return TRUE;
    }
  return strchr (text, '@') != NULL ? parse_mailbox (text, out, error) : parse_host (text, out, error);
}

void
trust_peer_name_clear (TrustPeerName *name)
{
  g_clear_pointer (&name->text, g_free);
}

/* RFC 9525 6.3: a wildcard is the whole leftmost label, and stands for just one. */
static gboolean
is_wildcard (TrustSpan pattern)
{
  return pattern.size > 2 && pattern.data[0] == '*' && pattern.data[1] == '.';
}

static gboolean
is_public_suffix (TrustSpan domain)
{
  const psl_ctx_t *list = psl_builtin ();
  g_autofree char *text = g_ascii_strdown ((const char *) domain.data, (gssize) domain.size);

  return list != NULL ? psl_is_public_suffix2 (list, text, PSL_TYPE_ICANN) != 0 : strchr (text, '.') == NULL;
}

static gboolean
equals (TrustSpan value, const char *text)
{
  return value.size == strlen (text) && g_ascii_strncasecmp ((const char *) value.data, text, value.size) == 0;
}

static gboolean
dns_matches (const TrustPeerName *name, TrustSpan pattern, gboolean public_suffixes)
{
  const char *dot = NULL;

  if (is_host ((const char *) pattern.data, pattern.size, TRUE))
    return equals (pattern, name->text);
  if (!is_wildcard (pattern) || !is_host ((const char *) pattern.data + 2, pattern.size - 2, TRUE))
    return FALSE;
  pattern = (TrustSpan) { pattern.data + 2, pattern.size - 2 };
  dot = strchr (name->text, '.');
  /* "*.tld" is for nobody. */
  return dot != NULL && memchr (pattern.data, '.', pattern.size) != NULL && equals (pattern, dot + 1)
         && !(public_suffixes && is_public_suffix (pattern));
}

/* RFC 5280 7.5: the host in any case, the local part as it is. */
static gboolean
email_matches (const TrustPeerName *name, TrustSpan value)
{
  const char *at = strrchr (name->text, '@');
  gsize local = (gsize) (at - name->text);

  return value.size == strlen (name->text) && memcmp (value.data, name->text, local) == 0
         && g_ascii_strncasecmp ((const char *) value.data + local, at, value.size - local) == 0;
}

gboolean
trust_peer_name_matches (const TrustPeerName *name, TrustSpan san, gboolean public_suffixes)
{
  TrustDer list, value;

  if (!trust_der_expect (&san, TAG_SEQUENCE, &list))
    return FALSE;
  while (trust_der_next (&list.content, &value))
    {
      if (name->kind == TRUST_PEER_DNS && value.tag == TAG_DNS && dns_matches (name, value.content, public_suffixes))
        return TRUE;
      if (name->kind == TRUST_PEER_IP && value.tag == TAG_IP && value.content.size == name->address_size
          && memcmp (value.content.data, name->address, name->address_size) == 0)
        return TRUE;
      if (name->kind == TRUST_PEER_EMAIL && value.tag == TAG_EMAIL && email_matches (name, value.content))
        return TRUE;
    }
  return FALSE;
}

const char *
trust_peer_san_fault (TrustSpan san)
{
  TrustDer list, value;

  if (!trust_der_expect (&san, TAG_SEQUENCE, &list))
    return "its subjectAltName is no list";
  while (trust_der_next (&list.content, &value))
    {
      const char *text = (const char *) value.content.data;
      gsize size = value.content.size;

      if (value.tag == TAG_DNS && !is_host (text, size, FALSE) && !(is_wildcard (value.content) && is_host (text + 2, size - 2, FALSE)))
        return "it holds a dNSName that is no host name";
      if (value.tag == TAG_IP && size != 4 && size != 16)
        return "it holds an iPAddress that is no address";
      if (value.tag == TAG_EMAIL && (memchr (text, '@', size) == NULL || memchr (text, '\0', size) != NULL))
        return "it holds an rfc822Name that is no mailbox";
    }
  return NULL;
}

gboolean
trust_peer_san_names_host (TrustSpan san)
{
  TrustDer list, value;

  if (!trust_der_expect (&san, TAG_SEQUENCE, &list))
    return FALSE;
  while (trust_der_next (&list.content, &value))
    if (value.tag == TAG_DNS || value.tag == TAG_IP)
      return TRUE;
  return FALSE;
}

/* An address in any of the spellings that inet_aton() takes, or with colons. */
static gboolean
looks_like_address (const char *text)
{
  struct in_addr address;

  return strchr (text, ':') != NULL || inet_aton (text, &address) != 0;
}

/* Two labels at least, in any script, and nothing that a host name never holds. */
static gboolean
looks_like_host (const char *text)
{
  const char *dot = strchr (text, '.');

  return dot != NULL && dot != text && dot[1] != '\0' && strpbrk (text, " \t/@,;()'\"") == NULL;
}

static gboolean
is_shown_as (TrustSpan address, const char *text)
{
  char shown[INET6_ADDRSTRLEN];

  return (address.size == 4 || address.size == 16) && inet_ntop (address.size == 4 ? AF_INET : AF_INET6, address.data, shown, sizeof shown) != NULL
         && g_str_equal (shown, text);
}

gboolean
trust_peer_san_bears (TrustSpan san, const char *text)
{
  gboolean is_address = looks_like_address (text), has_kind = FALSE;
  TrustDer list, value;

  if ((!is_address && !looks_like_host (text)) || !trust_der_expect (&san, TAG_SEQUENCE, &list))
    return TRUE;
  while (trust_der_next (&list.content, &value))
    {
      TrustSpan name = value.content;

      if (value.tag != (is_address ? TAG_IP : TAG_DNS))
        continue;
      has_kind = TRUE;
      if (is_address ? is_shown_as (name, text) : trust_span_equal (name, (TrustSpan) { (const guint8 *) text, strlen (text) }))
        return TRUE;
      if (!is_address && is_wildcard (name)
          && trust_span_equal ((TrustSpan) { name.data + 2, name.size - 2 }, (TrustSpan) { (const guint8 *) text, strlen (text) }))
        return TRUE;
    }
  return !has_kind;
}

gboolean
trust_peer_text_is_equivocal (const char *text)
{
  guint8 address[16];
  char shown[INET6_ADDRSTRLEN];
  struct in_addr lax;

  if (inet_pton (AF_INET6, text, address) == 1)
    return inet_ntop (AF_INET6, address, shown, sizeof shown) == NULL || !g_str_equal (shown, text);
  if (!g_str_is_ascii (text))
    return looks_like_host (text);
  /* A bare number is a serial number, not an address. */
  return strpbrk (text, ".xX") != NULL && inet_aton (text, &lax) != 0
         && (inet_ntop (AF_INET, &lax, shown, sizeof shown) == NULL || !g_str_equal (shown, text));
}
