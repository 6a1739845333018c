/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/views.h"

#include "core/text.h"

/* A certificate may have a subject as long as itself: so much of it is shown. */
#define SUBJECT_CHARS TRUST_LIMIT_LABEL_CHARS
#define TITLE_CHARS TRUST_LIMIT_DIALOG_CHARS

/* At most MAX_CHARS of a certificate's TEXT. */
static GVariant *
view_cut (const char *text, glong max_chars)
{
  if (g_utf8_strlen (text, -1) <= max_chars)
    return trust_view_text (text);

  g_autofree char *head = g_utf8_substring (text, 0, max_chars - 1);

  return g_variant_new_take_string (g_strconcat (head, "…", NULL));
}

/* The set that STORE shows, the system's where there is none of that name. */
static const TrustAnchorSet *
find_set (const TrustSnapshot *snapshot, const char *name)
{
  const TrustAnchorSet *set = trust_snapshot_find_set (snapshot, name);

  return set != NULL ? set : snapshot->set;
}

/* How things stand without the request: what is distrusted would be refused on approval. A system-wide distrust holds in every store. */
static const char *
get_status (const TrustSnapshot *snapshot, const TrustAnchorSet *set, const TrustCertificate *certificate)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);

  if (trust_anchor_set_lookup (set, fingerprint) != NULL)
    return "trusted";
  if (trust_anchor_set_find_distrust (set, certificate) != NULL
      || (trust_anchor_set_lookup (snapshot->set, fingerprint) == NULL && trust_anchor_set_find_distrust (snapshot->set, certificate) != NULL))
    return "distrusted";
  return "not-trusted";
}

static GVariant *
view_certificates (const TrustSnapshot *snapshot, const TrustRequest *request)
{
  const TrustAnchorSet *set = find_set (snapshot, request->store);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < request->certificates->len; i++)
    {
      const TrustCertificate *certificate = request->certificates->pdata[i];
      g_autofree char *title = trust_certificate_dup_title (certificate);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_fingerprint (trust_certificate_get_fingerprint (certificate)));
      g_variant_builder_add (&builder, "{sv}", "subject", view_cut (trust_certificate_get_subject (certificate), SUBJECT_CHARS));
      g_variant_builder_add (&builder, "{sv}", "title", view_cut (title, TITLE_CHARS));
      g_variant_builder_add (&builder, "{sv}", "status", g_variant_new_string (get_status (snapshot, set, certificate)));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_options (const TrustRequest *request)
{
  g_auto (GStrv) purposes = trust_purposes_dup_names (request->purposes);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "purposes", g_variant_new_strv ((const char *const *) purposes, -1));
  if (*request->label != '\0')
    g_variant_builder_add (&builder, "{sv}", "label", trust_view_text (request->label));
  g_variant_builder_add (&builder, "{sv}", "store", trust_view_text (request->store));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_requests (const TrustSnapshot *snapshot, const GPtrArray *requests)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < requests->len; i++)
    {
      const TrustRequest *request = requests->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", trust_view_text (request->id));
      g_variant_builder_add (&builder, "{sv}", "uid", g_variant_new_int64 (request->uid));
      g_variant_builder_add (&builder, "{sv}", "who", trust_view_text (request->who));
      g_variant_builder_add (&builder, "{sv}", "time", g_variant_new_int64 (request->time));
      g_variant_builder_add (&builder, "{sv}", "expires", g_variant_new_int64 (request->expires));
      g_variant_builder_add (&builder, "{sv}", "reason", trust_view_text (request->reason));
      g_variant_builder_add (&builder, "{sv}", "options", view_options (request));
      g_variant_builder_add (&builder, "{sv}", "certificates", view_certificates (snapshot, request));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}
