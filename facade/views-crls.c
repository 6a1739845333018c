/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/views.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

static GVariant *
view_number (TrustSpan number)
{
  g_autofree char *text = trust_kept_crl_dup_number (number);

  return trust_view_text (text);
}

static GVariant *
view_crl (const TrustKeptCrl *kept, gint64 now)
{
  const TrustCrl *crl = kept->crl;
  g_autofree char *issuer = crl != NULL ? trust_kept_crl_dup_title (crl) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "id", trust_view_fingerprint (crl != NULL ? &kept->id : NULL));
  g_variant_builder_add (&builder, "{sv}", "path", trust_view_text (kept->path));
  g_variant_builder_add (&builder, "{sv}", "fault", trust_view_text (kept->fault));
  if (crl == NULL)
    return g_variant_builder_end (&builder);
  g_variant_builder_add (&builder, "{sv}", "issuer", trust_view_text (issuer));
  g_variant_builder_add (&builder, "{sv}", "number", view_number (crl->number));
  if (crl->base_number.size > 0)
    g_variant_builder_add (&builder, "{sv}", "base-number", view_number (crl->base_number));
  g_variant_builder_add (&builder, "{sv}", "partial", g_variant_new_boolean (crl->scope.size > 0));
  g_variant_builder_add (&builder, "{sv}", "this-update", g_variant_new_int64 (crl->this_update));
  g_variant_builder_add (&builder, "{sv}", "next-update", g_variant_new_int64 (crl->next_update));
  g_variant_builder_add (&builder, "{sv}", "entries", g_variant_new_uint32 (crl->entries->len));
  g_variant_builder_add (&builder, "{sv}", "expired", g_variant_new_boolean (trust_kept_crl_is_expired (kept, now)));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_crls (const GPtrArray *kept, gint64 now)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < kept->len; i++)
    g_variant_builder_add_value (&builder, view_crl (kept->pdata[i], now));
  return g_variant_builder_end (&builder);
}

/* NULL: nothing is wrong with it. (transfer full) */
static char *
report_crl (const TrustKeptCrl *kept, gint64 now)
{
  g_autofree char *path = trust_text_printable (kept->path, 0), *title = NULL, *issuer = NULL, *date = NULL;
  g_autoptr (GDateTime) when = NULL;

  if (kept->fault != NULL)
    return g_strdup_printf ("%s: %s", path, kept->fault);
  if (!trust_kept_crl_is_expired (kept, now) && kept->crl->this_update <= now)
    return NULL;
  when = g_date_time_new_from_unix_utc (kept->crl->this_update <= now ? kept->crl->next_update : kept->crl->this_update);
  date = when != NULL ? g_date_time_format_iso8601 (when) : g_strdup ("?");
  title = trust_kept_crl_dup_title (kept->crl);
  issuer = trust_text_printable (title, TRUST_LIMIT_DIALOG_CHARS);
  if (kept->crl->this_update > now)
    return g_strdup_printf (_ ("%s: the revocation list of \"%s\" is from %s, in the future, and is not used yet; is the clock right?"), path, issuer,
                            date);
  return g_strdup_printf (_ ("%s: the revocation list of \"%s\" has expired on %s and is not used; add the CA's newest one"), path, issuer, date);
}

void
trust_view_add_crl_reports (const GPtrArray *kept, gint64 now, GPtrArray *reports)
{
  for (guint i = 0; i < kept->len; i++)
    {
      char *report = report_crl (kept->pdata[i], now);

      if (report != NULL)
        g_ptr_array_add (reports, report);
    }
}
