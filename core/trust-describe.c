/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/trust.h"

#include "core/text.h"

#include <gnutls/crypto.h>
#include <string.h>

/* Constraints longer than this stand in a description as their SHA-256: manifest and journal hold one for every anchor. Bytes. */
#define MAX_CONSTRAINTS 1024u

/* As ISO 8601 where it has a year; else the bare seconds. */
static void
append_time (GString *out, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : NULL;

  if (text != NULL)
    g_string_append (out, text);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, time);
}

/* The comma parts the values of a list, so in a value it is encoded as well. */
static void
append_value (GString *out, const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || strchr (".-_@:/=+", *p) != NULL)
      g_string_append_c (out, *p);
    else
      g_string_append_printf (out, "%%%02X", (guint8) *p);
}

static void
append_subtrees (GString *out, const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded)
{
  guint n = trust_constraints_get_n (constraints, kind, excluded);

  if (n == 0 && (excluded || !trust_constraints_is_restricted (constraints, kind)))
    return;
  g_string_append_printf (out, ";%s-%s=", excluded ? "excluded" : "permitted", trust_name_kind_get_name (kind));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, excluded, i));

      if (i > 0)
        g_string_append_c (out, ',');
      append_value (out, text);
    }
}

static void
append_constraints (GString *out, const TrustConstraints *constraints)
{
  gsize start = out->len;
  guint8 digest[32];

  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      append_subtrees (out, constraints, kind, FALSE);
      append_subtrees (out, constraints, kind, TRUE);
    }
  if (out->len - start > MAX_CONSTRAINTS && gnutls_hash_fast (GNUTLS_DIG_SHA256, out->str + start, out->len - start, digest) >= 0)
    {
      g_autofree char *hex = trust_text_hex (digest, sizeof digest);

      g_string_truncate (out, start);
      g_string_append_printf (out, ";constraints=%s", hex);
    }
}

static void
append_distrust_after (GString *out, const GArray *dates)
{
  for (guint i = 0; dates != NULL && i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);

      g_string_append_printf (out, "%s%s=", i == 0 ? ";distrust-after=" : ",", after->purpose);
      append_time (out, after->time);
    }
}

char *
trust_settings_describe (const TrustSettings *settings)
{
  const TrustLimits *limits = trust_settings_get_limits (settings);
  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (settings));
  g_autofree char *joined = g_strjoinv (",", names);
  g_autoptr (GString) out = g_string_new (joined);

  append_distrust_after (out, limits->distrust_after);
  if (limits->until != TRUST_NEVER)
    {
      g_string_append (out, ";until=");
      append_time (out, limits->until);
    }
  if (limits->constraints != NULL)
    append_constraints (out, limits->constraints);
  if (limits->accept_loss)
    g_string_append (out, ";accept-loss");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
