/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/p11-persist-limits.h"

#include <string.h>

#define OID_NAME_CONSTRAINTS "2.5.29.30"

gboolean
trust_p11_read_extension (TrustSpan value, const char *oid, TrustSpan *content)
{
  g_autofree char *own = NULL;
  TrustDer outer, part;

  if (!trust_der_expect (&value, 0x30, &outer) || value.size != 0 || !trust_der_expect (&outer.content, 0x06, &part))
    return FALSE;
  own = trust_der_dup_oid (part.content);
  if (g_strcmp0 (own, oid) != 0)
    return FALSE;
  trust_der_expect (&outer.content, 0x01, &part); /* critical */
  if (!trust_der_expect (&outer.content, 0x04, &part) || outer.content.size != 0)
    return FALSE;
  *content = part.content;
  return TRUE;
}

gboolean
trust_p11_narrow (TrustConstraints **constraints, TrustSpan value)
{
  g_autoptr (TrustConstraints) own = trust_constraints_new ();
  TrustConstraints *both = NULL;
  TrustSpan content;

  if (!trust_p11_read_extension (value, OID_NAME_CONSTRAINTS, &content) || !trust_constraints_add_der (own, content, NULL))
    return FALSE;
  both = trust_constraints_intersect (*constraints, own);
  g_clear_pointer (constraints, trust_constraints_unref);
  *constraints = both;
  return TRUE;
}

/* PKCS #11 has a CK_BBOOL of false where there is no date, else the text of a UTCTime or GeneralizedTime (RFC 5280 4.1.2.5). */
static gboolean
has_date (const GByteArray *value)
{
  return value != NULL && value->len > 0 && !(value->len == 1 && value->data[0] == 0) && !(value->len == 5 && memcmp (value->data, "false", 5) == 0);
}

static gboolean
read_date (const GByteArray *value, gint64 *out)
{
  g_autofree char *text = g_strndup ((const char *) value->data, value->len), *iso = NULL;
  g_autoptr (GDateTime) date = NULL;
  gsize year = value->len == 15 ? 4 : 2;

  if ((value->len != 13 && value->len != 15) || strspn (text, "0123456789") != value->len - 1 || text[value->len - 1] != 'Z')
    return FALSE;
  iso = g_strdup_printf ("%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
                         year == 4        ? ""
                         : text[0] >= '5' ? "19"
                                          : "20",
                         (int) year, text, text + year, text + year + 2, text + year + 4, text + year + 6, text + year + 8);
  date = g_date_time_new_from_iso8601 (iso, NULL);
  if (date == NULL || g_date_time_get_year (date) < 1970)
    return FALSE;
  *out = g_date_time_to_unix (date);
  return TRUE;
}

gboolean
trust_p11_add_dates (const TrustP11Section *section, GArray *dates)
{
  static const TrustPurpose purposes[] = { TRUST_PURPOSE_SERVER_AUTH, TRUST_PURPOSE_EMAIL_PROTECTION };
  const GByteArray *values[] = { section->server_after, section->email_after };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gint64 time = 0;

      if (!has_date (values[i]))
        continue;
      if (!read_date (values[i], &time))
        return FALSE;
      trust_distrust_after_add (dates, trust_purpose_get_name (purposes[i]), time);
    }
  return TRUE;
}
