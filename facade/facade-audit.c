/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-audit.h"

#include "core/text.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_DAYS 90
#define DAY (G_TIME_SPAN_DAY / G_TIME_SPAN_SECOND)
#define CHECK_CHARS 64 /* of a foreign name, in a message */

typedef struct
{
  gint64 within; /* seconds */
  GStrv checks;  /* (owned) (nullable) */
} AuditRequest;

static void
audit_request_free (AuditRequest *request)
{
  g_strfreev (request->checks);
  g_free (request);
}

static gboolean
is_within (const char *key, GVariant *value, GError **error)
{
  if (g_variant_get_uint32 (value) <= TRUST_LIMIT_AUDIT_DAYS)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"%s\" takes at most %u days"), key, TRUST_LIMIT_AUDIT_DAYS);
  return FALSE;
}

static gboolean
are_checks (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **names = g_variant_get_strv (value, NULL);

  for (guint i = 0; names[i] != NULL; i++)
    if (trust_check_find (names[i]) == NULL)
      {
        g_autofree char *shown = trust_text_printable (names[i], CHECK_CHARS);
        g_autoptr (GString) known = g_string_new (NULL);

        for (guint j = 0; trust_checks[j] != NULL; j++)
          g_string_append_printf (known, "%s%s", j > 0 ? ", " : "", trust_checks[j]->id);
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("There is no check \"%s\"; there are: %s"), shown, known->str);
        return FALSE;
      }
  return TRUE;
}

static const TrustOption audit_options[] = {
  { "within", "u", is_within },
  { "checks", "as", are_checks },
};

gboolean
trust_parse_audit (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  guint32 days = DEFAULT_DAYS;
  AuditRequest *request = NULL;

  if (!trust_options_check (options, audit_options, G_N_ELEMENTS (audit_options), error))
    return FALSE;
  request = g_new0 (AuditRequest, 1);
  g_variant_lookup (options, "within", "u", &days);
  g_variant_lookup (options, "checks", "^as", &request->checks);
  request->within = days * DAY;
  *out = (TrustDoorRequest) { request, (GDestroyNotify) audit_request_free };
  return TRUE;
}

GVariant *
trust_audit_view_findings (const GPtrArray *findings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    {
      const TrustFinding *finding = findings->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "check", trust_view_text (finding->check->id));
      g_variant_builder_add (&builder, "{sv}", "severity", trust_view_text (trust_severity_get_name (finding->severity)));
      g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_fingerprint (finding->has_fingerprint ? &finding->fingerprint : NULL));
      g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (finding->title));
      g_variant_builder_add (&builder, "{sv}", "where", trust_view_text (finding->where));
      g_variant_builder_add (&builder, "{sv}", "text", trust_view_text (finding->text));
      g_variant_builder_add (&builder, "{sv}", "remedy", trust_view_text (finding->remedy));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

/* The checks that were run. */
GVariant *
trust_audit_view_checks (const char *const *checks, const TrustAudit *audit)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; trust_checks[i] != NULL; i++)
    {
      const TrustCheck *check = trust_checks[i];

      if (checks != NULL && !g_strv_contains (checks, check->id))
        continue;
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", trust_view_text (check->id));
      g_variant_builder_add (&builder, "{sv}", "severity", trust_view_text (trust_severity_get_name (check->severity)));
      g_variant_builder_add (&builder, "{sv}", "summary", trust_view_text (check->summary));
      g_variant_builder_add (&builder, "{sv}", "found", g_variant_new_uint32 (audit->found[i]));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

gboolean
trust_handle_audit (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const AuditRequest *asked = request->data;
  TrustAuditOptions options = { .within = asked->within, .checks = (const char *const *) asked->checks };
  g_autoptr (TrustAudit) audit = trust_engine_audit (engine, &options, error);

  if (audit == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(tx@aa{sv}@aa{sv})", audit->generation, audit->time, trust_audit_view_findings (audit->findings),
                                                  trust_audit_view_checks (options.checks, audit)));
  return TRUE;
}
