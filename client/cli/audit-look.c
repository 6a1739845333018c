/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-look.h"

#include "client/cli/audit-checks.h"
#include "client/cli/audit-input.h"
#include "client/cli/listing.h"
#include "client/cli/print.h"
#include "client/cli/view.h"
#include "core/error.h"

#include <inttypes.h>
#include <string.h>

#define INPUT_CHECK "unreadable-input"
#define LIST_CHECK "mozilla-list"

/* Records of the journal that a report shows. */
#define MAX_RECORDS 100u

GVariant *
audit_look_list (Tool *tool, const char *store, const char *status, GError **error)
{
  g_auto (Listing) listing = { 0 };
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  if (!listing_fetch_status (tool, store, status, &listing, error))
    return NULL;
  for (guint i = 0; i < listing.pages->len; i++)
    for (gsize n = 0; n < g_variant_n_children (listing.pages->pdata[i]); n++)
      g_ptr_array_add (anchors, g_variant_get_child_value (listing.pages->pdata[i], n));
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, (GVariant *const *) anchors->pdata, anchors->len));
}

/* a{su}: how many of ANCHORS each layer decides. */
static GVariant *
count_origins (GVariant *anchors)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GList) layers = NULL;
  GVariantBuilder builder;
  gsize n = g_variant_n_children (anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (anchors, i);
      const char *layer = view_string (anchor, "layer");
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, layer));
      if (strcmp (view_string (anchor, "status"), "trusted") == 0)
        g_hash_table_replace (counts, g_strdup (layer), GUINT_TO_POINTER (count + 1));
    }
  layers = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  for (GList *at = layers; at != NULL; at = at->next)
    g_variant_builder_add (&builder, "{su}", at->data, GPOINTER_TO_UINT (g_hash_table_lookup (counts, at->data)));
  return g_variant_builder_end (&builder);
}

static void
add_store (GVariantBuilder *stores, const char *name, GVariant *anchors)
{
  g_variant_builder_open (stores, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (stores, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (stores, "{sv}", "origins", count_origins (anchors));
  g_variant_builder_close (stores);
}

static gboolean
look_at_stores (Tool *tool, AuditReport *report, GError **error)
{
  g_autoptr (GVariant) reply = tool_call (tool, "Stores", "List", NULL, NULL, NULL, error);
  GVariantBuilder stores;
  if (reply == NULL)
    return FALSE;
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  gsize n = g_variant_n_children (list);
  g_variant_builder_init (&stores, G_VARIANT_TYPE ("aa{sv}"));
  add_store (&stores, "system", report->anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (list, i);
      const char *name = view_string (store, "name");
      g_autoptr (GVariant) anchors = audit_look_list (tool, name, "trusted", error);
      if (anchors == NULL)
        {
          g_variant_builder_clear (&stores);
          return FALSE;
        }
      add_store (&stores, name, anchors);
    }
  g_variant_unref (report->stores);
  report->stores = g_variant_ref_sink (g_variant_builder_end (&stores));
  return TRUE;
}

/* The service tells at most so many findings, and of each check how many it has. */
static void
note_untold (AuditReport *report, GVariant *checks, gsize n_told)
{
  gsize n = g_variant_n_children (checks);
  gint64 found = 0;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) check = g_variant_get_child_value (checks, i);
      found += view_number (check, "found");
    }
  if (found > (gint64) n_told)
    g_ptr_array_add (report->notices, g_strdup_printf (_ ("%" PRId64 " more findings, none of them worse, are not told"), found - (gint64) n_told));
}

static void
take_reply (AuditReport *report, GVariant *reply, gsize at_findings)
{
  g_autoptr (GVariant) findings = g_variant_get_child_value (reply, at_findings);
  g_autoptr (GVariant) checks = g_variant_get_child_value (reply, at_findings + 1);
  gsize n = g_variant_n_children (checks);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) check = g_variant_get_child_value (checks, i);
      audit_report_add_check (report, view_string (check, "id"), view_string (check, "severity"), view_string (check, "summary"));
    }
  n = g_variant_n_children (findings);
  note_untold (report, checks, n);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      audit_report_add_finding (report, finding);
    }
}

/* Those of the wish that are the service's. Returns: (transfer full) (nullable): all. */
static GPtrArray *
get_service_checks (const AuditWish *wish)
{
  if (wish->checks == NULL)
    return NULL;
  GPtrArray *checks = g_ptr_array_new ();
  for (const char *const *id = wish->checks; *id != NULL; id++)
    if (audit_check_find (*id) == NULL && strcmp (*id, ACCEPTED_CHECK) != 0 && strcmp (*id, INPUT_CHECK) != 0)
      g_ptr_array_add (checks, (gpointer) *id);
  return checks;
}

static GVariant *
make_options (const AuditWish *wish, GPtrArray *checks)
{
  GVariantDict options;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "within", "u", (guint32) wish->within);
  if (checks != NULL)
    g_variant_dict_insert_value (&options, "checks", g_variant_new_strv ((const char *const *) checks->pdata, checks->len));
  return g_variant_dict_end (&options);
}

/* A check that nobody knows would find nothing for ever. */
static gboolean
check_known (const AuditReport *report, const GPtrArray *asked, GError **error)
{
  AuditSeverity severity;
  for (guint i = 0; asked != NULL && i < asked->len; i++)
    if (!audit_report_find_check (report, g_ptr_array_index (asked, i), &severity))
      {
        g_autofree char *safe = print_foreign (g_ptr_array_index (asked, i));
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("there is no check “%s”; anchorctl-audit(1) tells of all"), safe);
        return FALSE;
      }
  return TRUE;
}

static gboolean
look_at_service (Tool *tool, const AuditWish *wish, AuditReport *report, GError **error)
{
  g_autoptr (GPtrArray) checks = get_service_checks (wish);
  report->time = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GVariant) status = tool_call (tool, "Anchors", "GetStatus", NULL, NULL, NULL, error);
  if (status == NULL)
    return FALSE;
  report->status = g_variant_get_child_value (status, 0);
  report->generation = (guint64) view_number (report->status, "generation");
  g_autoptr (GVariant) anchors = audit_look_list (tool, NULL, "all", error);
  if (anchors == NULL)
    return FALSE;
  g_variant_unref (report->anchors);
  report->anchors = g_steal_pointer (&anchors);
  if (checks != NULL && checks->len == 0)
    return TRUE;
  g_autoptr (GVariant) reply = tool_call (tool, "Journal", "Audit", g_variant_new ("(@a{sv})", make_options (wish, checks)), NULL, NULL, error);
  if (reply == NULL)
    return FALSE;
  g_variant_get_child (reply, 0, "t", &report->generation);
  g_variant_get_child (reply, 1, "x", &report->time);
  take_reply (report, reply, 2);
  return check_known (report, checks, error);
}

/* What could not be read of the files is a finding: an audit that passes over it says too much. */
static void
add_failures (AuditReport *report, const AuditInput *input)
{
  audit_report_add_check (report, INPUT_CHECK, "medium", _ ("Parts of a file that cannot be read"));
  for (guint i = 0; i < input->failures->len; i++)
    {
      const char *const members[] = { "check",       INPUT_CHECK,
                                      "severity",    "medium",
                                      "fingerprint", "",
                                      "title",       "",
                                      "where",       "",
                                      "text",        g_ptr_array_index (input->failures, i),
                                      "remedy",      _ ("Mend it, or take it out of the file") };
      GVariantDict dict;
      g_variant_dict_init (&dict, NULL);
      for (gsize j = 0; j < G_N_ELEMENTS (members); j += 2)
        g_variant_dict_insert (&dict, members[j], "s", members[j + 1]);
      audit_report_add_finding (report, g_variant_dict_end (&dict));
    }
}

static gboolean
look_at_files (const AuditWish *wish, AuditReport *report, GError **error)
{
  g_autoptr (AuditInput) input = audit_input_read (wish->files, wish->passphrases, error);
  g_autoptr (GPtrArray) checks = get_service_checks (wish);
  if (input == NULL)
    return FALSE;
  if (checks != NULL)
    g_ptr_array_add (checks, NULL);
  g_autoptr (GVariant) reply = backend_offline_audit (input->files, (guint) wish->within, checks == NULL ? NULL : (const char *const *) checks->pdata,
                                                      error);
  if (reply == NULL)
    return FALSE;
  g_variant_get_child (reply, 1, "x", &report->time);
  g_variant_unref (report->anchors);
  report->anchors = g_variant_get_child_value (reply, 4);
  take_reply (report, reply, 2);
  if (wish->checks == NULL || g_strv_contains (wish->checks, INPUT_CHECK))
    add_failures (report, input);
  for (guint i = 0; i < input->notices->len; i++)
    g_ptr_array_add (report->notices, g_strdup (g_ptr_array_index (input->notices, i)));
  if (checks != NULL)
    g_ptr_array_set_size (checks, (int) checks->len - 1);
  return check_known (report, checks, error);
}

/* What only the journal tells is left out where it cannot be read. */
static void
look_at_journal (Tool *tool, AuditReport *report)
{
  GVariantDict options;
  g_autoptr (GError) error = NULL;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "limit", "u", MAX_RECORDS);
  g_autoptr (GVariant) reply = tool_call (tool, "Journal", "Log", g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL, NULL, &error);
  if (reply == NULL)
    {
      g_autofree char *message = audit_text (error->message);
      g_ptr_array_add (report->notices, g_strdup_printf (_ ("the report has no timeline: %s"), message));
      return;
    }
  g_variant_unref (report->timeline);
  report->timeline = g_variant_get_child_value (reply, 0);
}

/* The checks of the tool itself: those of IDS (nullable: all). */
static gboolean
look_around (Tool *tool, const AuditWish *wish, const char *const *ids, AuditReport *report, GError **error)
{
  g_auto (AuditContext) context = { 0 };
  if (!audit_context_init (&context, tool, error))
    return FALSE;
  context.certdata = wish->certdata;
  g_autoptr (GPtrArray) found = audit_checks_run (tool, report->anchors, ids, &context);
  for (guint i = 0; audit_checks[i] != NULL; i++)
    if (ids == NULL || g_strv_contains (ids, audit_checks[i]->id))
      audit_report_add_check (report, audit_checks[i]->id, audit_checks[i]->severity, _ (audit_checks[i]->summary));
  for (guint i = 0; i < found->len; i++)
    audit_report_add_finding (report, g_ptr_array_index (found, i));
  for (guint i = 0; i < context.notices->len; i++)
    g_ptr_array_add (report->notices, g_strdup (g_ptr_array_index (context.notices, i)));
  return TRUE;
}

/* Of these, files can only be held against a list of Mozilla's; the others look at what runs and lies about. */
static gboolean
look_around_files (Tool *tool, const AuditWish *wish, AuditReport *report, GError **error)
{
  static const char *const of_files[] = { LIST_CHECK, NULL };
  for (const char *const *id = wish->checks; id != NULL && *id != NULL; id++)
    if (audit_check_find (*id) != NULL && strcmp (*id, LIST_CHECK) != 0)
      {
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("the check “%s” looks at a machine, not at files"), *id);
        return FALSE;
      }
  if (wish->certdata == NULL || (wish->checks != NULL && !g_strv_contains (wish->checks, LIST_CHECK)))
    return TRUE;
  return look_around (tool, wish, of_files, report, error);
}

/* What somebody accepts on this machine is not for others to say: an image's own file does not count, nor does this machine's for an image. */
static gboolean
look_at_accepted (const AuditWish *wish, AuditReport *report, GError **error)
{
  if (wish->accepted != NULL && !accepted_read (report->accepted, wish->accepted, report->time, error))
    return FALSE;
  if (wish->accepted == NULL && report->kind == AUDIT_OF_MACHINE)
    accepted_read_own (report->accepted, report->time);
  if (wish->checks != NULL && !g_strv_contains (wish->checks, ACCEPTED_CHECK))
    return TRUE;
  audit_report_add_check (report, ACCEPTED_CHECK, "medium", _ ("Accepted findings that have ended, or are not written as they must be"));
  for (guint i = 0; i < report->accepted->findings->len; i++)
    audit_report_add_finding (report, g_ptr_array_index (report->accepted->findings, i));
  return TRUE;
}

static AuditReport *
look_into (Tool *tool, const AuditWish *wish, GError **error)
{
  g_autofree char *names = g_strjoinv (", ", wish->files);
  g_autoptr (AuditReport) report = audit_report_new (AUDIT_OF_FILES, names);
  report->within = (guint) wish->within;
  if (!look_at_files (wish, report, error) || !look_around_files (tool, wish, report, error) || !look_at_accepted (wish, report, error))
    return NULL;
  audit_report_settle (report);
  return g_steal_pointer (&report);
}

static gboolean
is_this_machine (const Tool *tool)
{
  g_autofree char *root = tool->root == NULL ? NULL : g_canonicalize_filename (tool->root, NULL);
  return root == NULL || strcmp (root, "/") == 0;
}

AuditReport *
audit_look (Tool *tool, const AuditWish *wish, GError **error)
{
  if (wish->files[0] != NULL)
    return look_into (tool, wish, error);
  gboolean own = is_this_machine (tool);
  g_autoptr (AuditReport) report = audit_report_new (own ? AUDIT_OF_MACHINE : AUDIT_OF_ROOT, own ? g_get_host_name () : tool->root);
  report->within = (guint) wish->within;
  if (!look_at_service (tool, wish, report, error) || !look_at_stores (tool, report, error) || !look_around (tool, wish, wish->checks, report, error)
      || !look_at_accepted (wish, report, error))
    return NULL;
  look_at_journal (tool, report);
  audit_report_settle (report);
  return g_steal_pointer (&report);
}
