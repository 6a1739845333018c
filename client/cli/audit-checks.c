/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-checks.h"

#include "client/cli/view.h"
#include "core/text.h"

#include <string.h>

extern const AuditCheck audit_check_browser_policies;
extern const AuditCheck audit_check_environment;
extern const AuditCheck audit_check_mozilla_list;
extern const AuditCheck audit_check_processes;
extern const AuditCheck audit_check_user_nss;

/* clang-format off */
const AuditCheck *const audit_checks[] = {
  &audit_check_browser_policies,
  &audit_check_environment,
  &audit_check_mozilla_list,
  &audit_check_processes,
  &audit_check_user_nss,
  NULL
};
/* clang-format on */

const AuditCheck *
audit_check_find (const char *id)
{
  for (guint i = 0; audit_checks[i] != NULL; i++)
    if (strcmp (audit_checks[i]->id, id) == 0)
      return audit_checks[i];
  return NULL;
}

gboolean
audit_context_init (AuditContext *context, const Tool *tool, GError **error)
{
  *context = (AuditContext) { .root = trust_root_new (tool->root == NULL ? "/" : tool->root, error) };
  context->now = g_get_real_time () / G_USEC_PER_SEC;
  context->notices = g_ptr_array_new_with_free_func (g_free);
  context->anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  return context->root != NULL;
}

void
audit_context_clear (AuditContext *context)
{
  g_clear_pointer (&context->root, trust_root_unref);
  g_clear_pointer (&context->notices, g_ptr_array_unref);
  g_clear_pointer (&context->homes, g_ptr_array_unref);
  g_clear_pointer (&context->anchors, g_hash_table_unref);
}

void
audit_context_note (AuditContext *context, char *text)
{
  g_ptr_array_add (context->notices, text);
}

AuditStanding
audit_context_get_standing (const AuditContext *context, const char *fingerprint)
{
  GVariant *anchor = g_hash_table_lookup (context->anchors, fingerprint);
  if (anchor == NULL)
    return AUDIT_UNKNOWN;
  return strcmp (view_string (anchor, "status"), "distrusted") == 0 ? AUDIT_DISTRUSTED : AUDIT_TRUSTED;
}

void
audit_tell (const AuditCheck *check, GPtrArray *out, const char *severity, const char *fingerprint, const char *title, const char *where, char *text,
            char *remedy)
{
  GVariantDict row;
  g_autofree char *shown = trust_text_printable (where, 0);
  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "check", "s", check->id);
  g_variant_dict_insert (&row, "severity", "s", severity != NULL ? severity : check->severity);
  g_variant_dict_insert (&row, "fingerprint", "s", fingerprint != NULL ? fingerprint : "");
  g_variant_dict_insert (&row, "title", "s", title != NULL ? title : "");
  g_variant_dict_insert (&row, "where", "s", shown);
  g_variant_dict_insert (&row, "text", "s", text);
  g_variant_dict_insert (&row, "remedy", "s", remedy);
  g_ptr_array_add (out, g_variant_ref_sink (g_variant_dict_end (&row)));
  g_free (text);
  g_free (remedy);
}

static void
take_anchors (AuditContext *context, GVariant *anchors)
{
  GVariantIter iter;
  GVariant *anchor;
  g_variant_iter_init (&iter, anchors);
  while ((anchor = g_variant_iter_next_value (&iter)) != NULL)
    g_hash_table_replace (context->anchors, g_strdup (view_string (anchor, "fingerprint")), anchor);
}

GPtrArray *
audit_checks_run (Tool *tool, GVariant *anchors, const char *const *ids, AuditContext *context)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  take_anchors (context, anchors);
  for (guint i = 0; audit_checks[i] != NULL; i++)
    if (ids == NULL || g_strv_contains (ids, audit_checks[i]->id))
      audit_checks[i]->run (audit_checks[i], tool, context, out);
  if (context->n_unreadable > 0)
    audit_context_note (context, g_strdup_printf (ngettext ("%u file or folder could not be looked into",
                                                            "%u files or folders could not be looked into", context->n_unreadable),
                                                  context->n_unreadable));
  return out;
}
