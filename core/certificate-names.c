/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate-names.h"

#include "core/error.h"

#include <string.h>

#define TAG_BOOLEAN 0x01
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_EXTENSIONS 0xa3

static const guint8 subject_alt_name[] = { 0x55, 0x1d, 0x11 };
/* PKCS #9 emailAddress, 1.2.840.113549.1.9.1 */
static const guint8 email_address[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01 };

typedef struct
{
  TrustNameVisit visit;
  gpointer data;
  gboolean is_done; /* VISIT wants no more */
} Walk;

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "The certificate's names can't be read: %s", what);
  return FALSE;
}

static void
tell (Walk *walk, TrustNameKind kind, TrustSpan value, gboolean in_subject)
{
  TrustCertificateName name = { kind, value, in_subject };

  if (!walk->is_done)
    walk->is_done = !walk->visit (&name, walk->data);
}

/* RFC 5280 4.2.1.6. */
static gboolean
read_general_name (Walk *walk, const TrustDer *name)
{
  TrustSpan content = name->content;
  TrustDer inner;

  switch (name->tag)
    {
    case 0x81:
      tell (walk, TRUST_NAME_EMAIL, content, FALSE);
      return TRUE;
    case 0x82:
      tell (walk, TRUST_NAME_DNS, content, FALSE);
      return TRUE;
    case 0x86:
      tell (walk, TRUST_NAME_URI, content, FALSE);
      return TRUE;
    case 0x87:
      tell (walk, TRUST_NAME_IP, content, FALSE);
      return TRUE;
    case 0xa4: /* a Name is a CHOICE, so the tag is explicit */
      if (!trust_der_expect (&content, TAG_SEQUENCE, &inner) || content.size != 0)
        return FALSE;
      tell (walk, TRUST_NAME_DIRECTORY, inner.whole, FALSE);
      return TRUE;
    case 0xa0: /* otherName */
    case 0xa3: /* x400Address */
    case 0xa5: /* ediPartyName */
    case 0x88: /* registeredID */
      tell (walk, TRUST_NAME_LAST, name->whole, FALSE);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
read_alternatives (Walk *walk, TrustSpan value, GError **error)
{
  TrustDer list, name;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &list) || value.size != 0 || list.content.size == 0)
    return refuse (error, "its subjectAltName is no list of names");
  while (list.content.size > 0 && !walk->is_done)
    if (!trust_der_next (&list.content, &name) || !read_general_name (walk, &name))
      return refuse (error, "a name in its subjectAltName is damaged");
  return TRUE;
}

static gboolean
is_oid (TrustSpan oid, const guint8 *wanted, gsize size)
{
  return trust_span_equal (oid, (TrustSpan) { wanted, size });
}

/* The certificate was parsed strictly when it was made, so there is one at most, and its frame is whole. */
gboolean
trust_certificate_find_extension (const TrustCertificate *certificate, TrustSpan wanted, TrustSpan *value)
{
  TrustSpan in = trust_certificate_get_der (certificate);
  TrustDer outer, body, element, list, extension, oid, octets;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &outer) || !trust_der_expect (&outer.content, TAG_SEQUENCE, &body))
    return FALSE;
  while (trust_der_next (&body.content, &element))
    {
      if (element.tag != TAG_EXTENSIONS || !trust_der_expect (&element.content, TAG_SEQUENCE, &list))
        continue;
      while (trust_der_expect (&list.content, TAG_SEQUENCE, &extension))
        if (trust_der_expect (&extension.content, TAG_OID, &oid) && trust_span_equal (oid.content, wanted))
          {
            trust_der_expect (&extension.content, TAG_BOOLEAN, &octets);
            if (!trust_der_expect (&extension.content, TAG_OCTET_STRING, &octets))
              return FALSE;
            *value = octets.content;
            return TRUE;
          }
    }
  return FALSE;
}

static gboolean
read_subject (Walk *walk, TrustSpan subject, GError **error)
{
  TrustDer name, set, pair, oid, value;

  if (!trust_der_expect (&subject, TAG_SEQUENCE, &name))
    return refuse (error, "its subject is no name");
  if (name.content.size == 0)
    return TRUE;
  tell (walk, TRUST_NAME_DIRECTORY, name.whole, TRUE);
  while (name.content.size > 0 && !walk->is_done)
    {
      if (!trust_der_expect (&name.content, TAG_SET, &set) || set.content.size == 0)
        return refuse (error, "its subject is damaged");
      while (set.content.size > 0)
        {
          if (!trust_der_expect (&set.content, TAG_SEQUENCE, &pair) || !trust_der_expect (&pair.content, TAG_OID, &oid)
              || !trust_der_next (&pair.content, &value) || pair.content.size != 0)
            return refuse (error, "its subject is damaged");
          if (is_oid (oid.content, email_address, sizeof email_address))
            tell (walk, TRUST_NAME_EMAIL, value.content, TRUE);
        }
    }
  return TRUE;
}

gboolean
trust_certificate_names_foreach (const TrustCertificate *certificate, TrustNameVisit visit, gpointer data, GError **error)
{
  Walk walk = { visit, data, FALSE };
  TrustSpan value = { NULL, 0 };

  if (trust_certificate_find_extension (certificate, (TrustSpan) { subject_alt_name, sizeof subject_alt_name }, &value)
      && !read_alternatives (&walk, value, error))
    return FALSE;
  return walk.is_done || read_subject (&walk, trust_certificate_get_subject_der (certificate), error);
}
