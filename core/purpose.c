/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/purpose.h"

#include "core/der-write.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* RFC 5280 section 4.2.1.12. */
static const struct
{
  const char *name;
  const char *oid;
} purposes_table[] = {
  [TRUST_PURPOSE_SERVER_AUTH] = { "server-auth", "1.3.6.1.5.5.7.3.1" },
  [TRUST_PURPOSE_CLIENT_AUTH] = { "client-auth", "1.3.6.1.5.5.7.3.2" },
  [TRUST_PURPOSE_EMAIL_PROTECTION] = { "email-protection", "1.3.6.1.5.5.7.3.4" },
  [TRUST_PURPOSE_CODE_SIGNING] = { "code-signing", "1.3.6.1.5.5.7.3.3" },
  [TRUST_PURPOSE_TIME_STAMPING] = { "time-stamping", "1.3.6.1.5.5.7.3.8" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (purposes_table) == TRUST_PURPOSE_LAST);

struct _TrustPurposes
{
  gatomicrefcount refs;
  guint mask;
  guint n_oids;
  char *oids[]; /* (owned) sorted, none of the table's */
};

const char *
trust_purpose_get_name (TrustPurpose purpose)
{
  return purpose < TRUST_PURPOSE_LAST ? purposes_table[purpose].name : NULL;
}

const char *
trust_purpose_get_oid (TrustPurpose purpose)
{
  return purpose < TRUST_PURPOSE_LAST ? purposes_table[purpose].oid : NULL;
}

TrustPurpose
trust_purpose_find (const char *name_or_oid)
{
  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    if (g_str_equal (purposes_table[i].name, name_or_oid) || g_str_equal (purposes_table[i].oid, name_or_oid))
      return i;
  return TRUST_PURPOSE_LAST;
}

/* X.660: at least two arcs, the first 0 to 2, the second below 40 under 0 and 1, no leading zeros. */
static gboolean
is_oid (const char *text)
{
  guint n_arcs = 0, first = 0;

  if (strlen (text) > 128)
    return FALSE;
  for (const char *p = text;; p++)
    {
      const char *end = p;
      guint64 arc = 0;

      for (; g_ascii_isdigit (*end); end++)
        arc = MIN (arc * 10 + (guint) (*end - '0'), G_MAXUINT32);
      if (end == p || (*p == '0' && end - p > 1))
        return FALSE;
      if ((n_arcs == 0 && arc > 2) || (n_arcs == 1 && first < 2 && arc > 39))
        return FALSE;
      if (n_arcs++ == 0)
        first = (guint) arc;
      if (*end == '\0')
        return n_arcs >= 2;
      if (*end != '.')
        return FALSE;
      p = end;
    }
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* OIDS: borrowed strings in any order. */
static TrustPurposes *
build (guint mask, GPtrArray *oids)
{
  TrustPurposes *purposes = NULL;
  guint n = 0;

  g_ptr_array_sort (oids, compare_strings);
  purposes = g_malloc0 (sizeof *purposes + oids->len * sizeof (char *));
  g_atomic_ref_count_init (&purposes->refs);
  purposes->mask = mask & ((1u << TRUST_PURPOSE_LAST) - 1);
  for (guint i = 0; i < oids->len; i++)
    if (n == 0 || !g_str_equal (purposes->oids[n - 1], oids->pdata[i]))
      purposes->oids[n++] = g_strdup (oids->pdata[i]);
  purposes->n_oids = n;
  return purposes;
}

TrustPurposes *
trust_purposes_new (const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new ();
  guint mask = 0;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      TrustPurpose purpose = trust_purpose_find (names[i]);

      if (i >= TRUST_LIMIT_PURPOSES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "More than %u purposes; name fewer", TRUST_LIMIT_PURPOSES);
          return NULL;
        }
      if (purpose != TRUST_PURPOSE_LAST)
        mask |= 1u << purpose;
      else if (is_oid (names[i]))
        g_ptr_array_add (oids, (gpointer) names[i]);
      else
        {
          g_autofree char *shown = trust_text_printable (names[i], 64);

          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                       "Purpose \"%s\" is not known; use server-auth, client-auth, email-protection, code-signing, time-stamping, "
                       "or the OID of an extended key usage",
                       shown);
          return NULL;
        }
    }
  return build (mask, oids);
}

TrustPurposes *
trust_purposes_new_mask (guint mask)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  return build (mask, none);
}

TrustPurposes *
trust_purposes_ref (TrustPurposes *purposes)
{
  g_atomic_ref_count_inc (&purposes->refs);
  return purposes;
}

void
trust_purposes_unref (TrustPurposes *purposes)
{
  if (!g_atomic_ref_count_dec (&purposes->refs))
    return;
  for (guint i = 0; i < purposes->n_oids; i++)
    g_free (purposes->oids[i]);
  g_free (purposes);
}

gboolean
trust_purposes_has (const TrustPurposes *purposes, TrustPurpose purpose)
{
  return purpose < TRUST_PURPOSE_LAST && (purposes->mask & (1u << purpose)) != 0;
}

gboolean
trust_purposes_has_oid (const TrustPurposes *purposes, const char *oid)
{
  TrustPurpose purpose = trust_purpose_find (oid);

  if (purpose != TRUST_PURPOSE_LAST)
    return trust_purposes_has (purposes, purpose);
  for (guint i = 0; i < purposes->n_oids; i++)
    if (g_str_equal (purposes->oids[i], oid))
      return TRUE;
  return FALSE;
}

guint
trust_purposes_get_mask (const TrustPurposes *purposes)
{
  return purposes->mask;
}

guint
trust_purposes_get_n_oids (const TrustPurposes *purposes)
{
  return purposes->n_oids;
}

gboolean
trust_purposes_is_empty (const TrustPurposes *purposes)
{
  return purposes->mask == 0 && purposes->n_oids == 0;
}

gboolean
trust_purposes_equal (const TrustPurposes *a, const TrustPurposes *b)
{
  if (a == b)
    return TRUE;
  if (a->mask != b->mask || a->n_oids != b->n_oids)
    return FALSE;
  for (guint i = 0; i < a->n_oids; i++)
    if (!g_str_equal (a->oids[i], b->oids[i]))
      return FALSE;
  return TRUE;
}

TrustPurposes *
trust_purposes_intersect (const TrustPurposes *a, const TrustPurposes *b)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new ();

  for (guint i = 0; i < a->n_oids; i++)
    if (trust_purposes_has_oid (b, a->oids[i]))
      g_ptr_array_add (oids, a->oids[i]);
  return build (a->mask & b->mask, oids);
}

TrustPurposes *
trust_purposes_union (const TrustPurposes *a, const TrustPurposes *b)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new ();

  for (guint i = 0; i < a->n_oids; i++)
    g_ptr_array_add (oids, a->oids[i]);
  for (guint i = 0; i < b->n_oids; i++)
    g_ptr_array_add (oids, b->oids[i]);
  return build (a->mask | b->mask, oids);
}

char **
trust_purposes_dup_names (const TrustPurposes *purposes)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    if (trust_purposes_has (purposes, i))
      g_strv_builder_add (names, purposes_table[i].name);
  for (guint i = 0; i < purposes->n_oids; i++)
    g_strv_builder_add (names, purposes->oids[i]);
  return g_strv_builder_end (names);
}

GByteArray *
trust_purposes_to_der (const TrustPurposes *purposes)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    if (trust_purposes_has (purposes, i))
      trust_der_append_oid (out, purposes_table[i].oid);
  for (guint i = 0; i < purposes->n_oids; i++)
    trust_der_append_oid (out, purposes->oids[i]);
  return out;
}
