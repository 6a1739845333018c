/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/verifier-name.h"

#include "core/text.h"

#include <gio/gio.h>
#include <string.h>

/* RFC 1035 2.3.4. */
#define HOST_NAME_MAX_SIZE 255
/* Names shown of a certificate that may have a hundred. */
#define NAMES_SHOWN 5

/* The subjectAltName at SEQUENCE of dNSName or iPAddress type; FALSE behind the last. Others give an empty VALUE. */
static gboolean
get_name (gnutls_x509_crt_t crt, guint sequence, GByteArray *value, guint *type)
{
  size_t size = value->len;
  int result;

  g_byte_array_set_size (value, MAX (value->len, 256));
  size = value->len;
  result = gnutls_x509_crt_get_subject_alt_name2 (crt, sequence, value->data, &size, type, NULL);
  if (result == GNUTLS_E_SHORT_MEMORY_BUFFER)
    {
      g_byte_array_set_size (value, (guint) size);
      result = gnutls_x509_crt_get_subject_alt_name2 (crt, sequence, value->data, &size, type, NULL);
    }
  if (result < 0)
    return FALSE;
  g_byte_array_set_size (value, (guint) size);
  return TRUE;
}

static gboolean
has_dns_name (gnutls_x509_crt_t crt)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  guint type;

  for (guint i = 0; get_name (crt, i, value, &type); i++)
    if (type == GNUTLS_SAN_DNSNAME)
      return TRUE;
  return FALSE;
}

gboolean
trust_verifier_name_matches (gnutls_x509_crt_t crt, const char *name)
{
  gsize size = strlen (name);
  g_autofree char *host = g_strndup (name, size > 0 && name[size - 1] == '.' ? size - 1 : size);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL)
    return gnutls_x509_crt_check_ip (crt, g_inet_address_to_bytes (address),
                                     (unsigned) g_inet_address_get_native_size (address), 0) != 0;
  /* GnuTLS falls back to the common name where there is no dNSName. */
  if (host[0] == '\0' || size > HOST_NAME_MAX_SIZE || strchr (host, '*') != NULL || !has_dns_name (crt))
    return FALSE;
  return gnutls_x509_crt_check_hostname2 (crt, host, GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES) != 0;
}

static char *
show_name (const GByteArray *value, guint type)
{
  if (type == GNUTLS_SAN_DNSNAME)
    return trust_text_printable_bytes (value->data, value->len, 64);
  if (type != GNUTLS_SAN_IPADDRESS || (value->len != 4 && value->len != 16))
    return NULL;

  GSocketFamily family = value->len == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (value->data, family);

  return g_inet_address_to_string (address);
}

char *
trust_verifier_name_list (gnutls_x509_crt_t crt)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = 0, type;

  for (guint i = 0; get_name (crt, i, value, &type); i++)
    {
      g_autofree char *shown = show_name (value, type);

      if (shown != NULL && n++ < NAMES_SHOWN)
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", shown);
    }
  if (n > NAMES_SHOWN)
    g_string_append_printf (list, " and %u more", n - NAMES_SHOWN);
  return g_string_free (g_steal_pointer (&list), FALSE);
}
