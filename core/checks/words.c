/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What findings say alike. */
#include "core/checks/check.h"
#include "core/text.h"

#define TITLE_CHARS 64
#define MAX_OTHERS 3u /* that are named */

char *
trust_check_dup_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return date != NULL ? g_date_time_format (date, "%F") : g_strdup ("an unknown date");
}

char *
trust_check_dup_name (const TrustCertificate *certificate)
{
  g_autofree char *title = trust_certificate_dup_title (certificate), *shown = trust_text_printable (title, TITLE_CHARS);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate), hex);
  return g_strdup_printf ("\"%s\" (%.16s)", shown, hex);
}

gboolean
trust_suspect_is_distributed (const TrustSuspect *suspect)
{
  return trust_origin_get_layer (trust_anchor_get_origin (suspect->anchor)) == TRUST_LAYER_DISTRIBUTION;
}

gboolean
trust_suspect_is_in_file (const TrustSuspect *suspect)
{
  return g_str_equal (trust_origin_get_source (trust_anchor_get_origin (suspect->anchor)), TRUST_CHECK_FILES);
}

gboolean
trust_suspect_is_for (const TrustSuspect *suspect, const char *purpose)
{
  const TrustPurposes *purposes = trust_settings_get_purposes (trust_anchor_get_settings (suspect->anchor));
  TrustPurpose known = trust_purpose_find (purpose);

  return known != TRUST_PURPOSE_LAST ? trust_purposes_has (purposes, known) : trust_purposes_has_oid (purposes, purpose);
}

char *
trust_check_dup_removal (const TrustSuspect *suspect, const char *words, gboolean keep_key)
{
  const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  if (trust_suspect_is_in_file (suspect))
    {
      g_autofree char *path = trust_text_printable (trust_origin_get_path (origin), 0);

      return g_strdup_printf ("%s, out of %s", words, path);
    }
  if (suspect->store != NULL)
    return g_strdup_printf ("%s: anchorctl store remove %s %.16s", words, suspect->store->name, hex);
  if (trust_origin_get_layer (origin) == TRUST_LAYER_ADMINISTRATOR && !trust_origin_is_foreign (origin) && !suspect->is_elsewhere)
    return g_strdup_printf ("%s: anchorctl remove %.16s", words, hex);
  /* A local file of the distribution's folders goes on being trusted by its tool unless it is moved. */
  return g_strdup_printf ("%s: anchorctl distrust%s%s %.16s", words, keep_key ? " --cert-only" : "",
                          trust_origin_is_foreign (origin) || suspect->is_elsewhere ? " --set-aside" : "", hex);
}

char *
trust_check_dup_others (const GPtrArray *suspects, const TrustSuspect *suspect)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < suspects->len && n < MAX_OTHERS; i++)
    if (suspects->pdata[i] != suspect)
      {
        g_autofree char *name = trust_check_dup_name (((const TrustSuspect *) suspects->pdata[i])->certificate);

        g_string_append_printf (text, "%s%s", n++ > 0 ? ", " : "", name);
      }
  if (suspects->len - 1 > n)
    g_string_append_printf (text, " and %u more", suspects->len - 1 - n);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
