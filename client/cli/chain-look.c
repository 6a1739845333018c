/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/chain-look.h"

#include "client/cli/print.h"
#include "client/cli/probe.h"
#include "client/cli/report.h"
#include "core/error.h"
#include "core/limits.h"

#include <inttypes.h>
#include <string.h>

#define MAX_WARN_DAYS 36500
/* The words of a list that stand in one line. */
#define SHOWN_NAMES 8

/* clang-format off */
static const ViewField consumer_fields[] = {
  { "id", "id", VIEW_STRING, NULL },
  { "sees", "sees", VIEW_STRING, NULL },
  { "losses", "losses", VIEW_STRINGS, NULL },
  { "why", "why", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

void
chain_options_clear (ChainOptions *options)
{
  g_free (options->name);
  g_free (options->purpose);
  g_free (options->store);
  g_free (options->profile);
}

gboolean
chain_options_check (const ChainOptions *options, GError **error)
{
  if (options->warn_days >= 0 && options->warn_days <= MAX_WARN_DAYS)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--warn-days: a number from 0 to %d"), MAX_WARN_DAYS);
  return FALSE;
}

/* Adds number INDEX to what is asked about, unless it cannot be read or the service takes no more. */
static void
take (const ChainLook *look, guint index, GVariantBuilder *builder, GArray *order)
{
  if (order->len >= TRUST_LIMIT_CHAIN_CERTIFICATES || !chain_report_is_readable (look->report, index))
    return;
  g_variant_builder_add_value (builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, g_ptr_array_index (look->chain, index), TRUE));
  g_array_append_val (order, index);
}

/* The leaf first, then what leads from it, then the others. ORDER: their indices. Returns: (transfer floating): aay. */
static GVariant *
pack_chain (const ChainLook *look, GArray *order)
{
  GVariantBuilder builder;
  guint leaf = (guint) chain_report_get_leaf (look->report);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  take (look, leaf, &builder, order);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < look->chain->len; i++)
      if (i != leaf && chain_report_is_reached (look->report, i) == (pass == 0))
        take (look, i, &builder, order);
  return g_variant_builder_end (&builder);
}

/* VERDICT with the index at fault as it is in the whole chain. Returns: (transfer full). */
static GVariant *
renumber (GVariant *verdict, GArray *order)
{
  gint64 failing = view_number (verdict, "failing");
  if (failing < 0 || failing >= (gint64) order->len)
    return g_variant_ref (verdict);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (verdict);
  g_variant_dict_insert (&dict, "failing", "i", (gint32) g_array_index (order, guint, (guint) failing));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static GVariant *
verify (Tool *tool, const ChainLook *look, const char *name, GVariant *ocsp, const ChainOptions *options, GError **error)
{
  GVariantDict dict;
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "name", name);
  report_option_string (&dict, "purpose", options->purpose);
  report_option_string (&dict, "store", options->store);
  report_option_string (&dict, "profile", options->profile);
  if (ocsp != NULL)
    g_variant_dict_insert_value (&dict, "ocsp", g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, &ocsp, 1));
  GVariant *parameters = g_variant_new ("(@aay@a{sv})", pack_chain (look, order), g_variant_dict_end (&dict));
  g_autoptr (GVariant) reply = tool_call (tool, "Verifier", "Verify", parameters, NULL, NULL, error);
  g_autoptr (GVariant) verdict = reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
  return verdict == NULL ? NULL : renumber (verdict, order);
}

/* Who sees what: the anchor, or where there is none the root that was sent. Nothing that is known is no error. */
static GVariant *
ask_consumers (Tool *tool, const ChainLook *look)
{
  const char *anchor = look->verdict == NULL ? "" : view_string (look->verdict, "anchor");
  gsize n = look->verdict == NULL ? 0 : g_variant_n_children (look->certificates);
  for (gsize i = n; anchor[0] == '\0' && i-- > 0;)
    {
      g_autoptr (GVariant) certificate = g_variant_get_child_value (look->certificates, i);
      if (view_bool (certificate, "self-signed"))
        anchor = view_string (certificate, "fingerprint");
    }
  g_autoptr (GVariant) reply = anchor[0] == '\0' ? NULL : tool_call (tool, "Anchors", "Why", g_variant_new ("(s)", anchor), NULL, NULL, NULL);
  g_autoptr (GVariant) why = reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
  return why == NULL ? g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0)) : view_list (why, "consumers");
}

/* An anchor that a consumer does not show is a surprise for whoever uses that. */
static void
compare_consumers (const ChainLook *look)
{
  gsize n = view_bool (look->verdict, "trusted") ? g_variant_n_children (look->consumers) : 0;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (look->consumers, i);
      g_autofree char *id = print_foreign (view_string (consumer, "id"));
      if (strcmp (view_string (consumer, "sees"), "trusted") != 0)
        chain_report_add (look->report, FALSE, "consumer", -1, g_strdup_printf (_ ("what reads “%s” does not see the anchor"), id));
    }
}

ChainLook *
chain_look_new (Tool *tool, GPtrArray *chain, gboolean sent, const char *name, GVariant *ocsp, const ChainOptions *options, GError **error)
{
  g_autoptr (ChainLook) self = g_new0 (ChainLook, 1);
  const ProbeClass *probe = probe_load (error);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  self->chain = chain;
  if (probe == NULL)
    return NULL;
  self->certificates = probe->read_chain (chain);
  self->report = chain_report_new (self->certificates, sent, now, (gint64) options->warn_days * PRINT_DAY);
  int leaf = chain_report_get_leaf (self->report);
  if (leaf >= 0 && chain_report_is_readable (self->report, (guint) leaf))
    {
      self->verdict = verify (tool, self, name, ocsp, options, error);
      if (self->verdict == NULL)
        return NULL;
      chain_report_judge (self->report, self->verdict);
    }
  self->consumers = ask_consumers (tool, self);
  if (self->verdict != NULL)
    compare_consumers (self);
  return g_steal_pointer (&self);
}

void
chain_look_free (ChainLook *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->chain);
  chain_report_free (self->report);
  g_clear_pointer (&self->certificates, g_variant_unref);
  g_clear_pointer (&self->verdict, g_variant_unref);
  g_clear_pointer (&self->consumers, g_variant_unref);
  g_free (self);
}

/* What the service noted beside its verdict. */
static void
print_notes (const ChainLook *self)
{
  g_auto (GStrv) notes = self->verdict == NULL ? NULL : view_strings (self->verdict, "findings");
  for (guint i = 0; notes != NULL && notes[i] != NULL; i++)
    {
      g_autofree char *safe = print_foreign (notes[i]);
      g_print (_ ("note: %s\n"), safe);
    }
}

static void
print_verdict (const ChainLook *self)
{
  if (self->verdict == NULL && chain_report_get_leaf (self->report) < 0)
    g_print (_ ("a bundle: no certificate in it is a server's or a user's\n"));
  else if (self->verdict == NULL)
    g_print (_ ("NOT TRUSTED: the server's own certificate cannot be read\n"));
  else if (view_bool (self->verdict, "trusted"))
    g_print (_ ("trusted\n"));
  else
    {
      g_autofree char *reason = print_foreign (view_string (self->verdict, "reason"));
      g_autofree char *message = print_foreign (view_string (self->verdict, "message"));
      g_autofree char *remedy = print_foreign (view_string (self->verdict, "remedy"));
      g_print (_ ("NOT TRUSTED: %s (%s)\n"), message, reason);
      if (remedy[0] != '\0')
        g_print (_ ("what to do: %s\n"), remedy);
    }
}

/* Some of TEXTS, and how many more. */
static void
print_some (const char *head, GVariant *certificate, const char *key)
{
  g_auto (GStrv) texts = view_strings (certificate, key);
  guint n = g_strv_length (texts);
  if (n == 0)
    return;
  g_print ("     %s: ", head);
  for (guint i = 0; i < MIN (n, SHOWN_NAMES); i++)
    {
      g_autofree char *safe = print_foreign (texts[i]);
      g_print ("%s%s", i > 0 ? ", " : "", safe);
    }
  if (n > SHOWN_NAMES)
    g_print (_ (", and %u more"), n - SHOWN_NAMES);
  g_print ("\n");
}

static void
print_certificate (GVariant *certificate, guint number)
{
  g_autofree char *title = print_foreign (view_string (certificate, "title"));
  g_autofree char *issuer = print_foreign (view_string (certificate, "issuer"));
  g_autofree char *fingerprint = print_foreign (view_string (certificate, "fingerprint"));
  g_autofree char *key = print_foreign (view_string (certificate, "key"));
  g_autofree char *begin = print_date (view_number (certificate, "not-before"));
  g_autofree char *end = print_date (view_number (certificate, "not-after"));
  g_autofree char *left = print_days_left (view_number (certificate, "not-after"));
  if (fingerprint[0] == '\0')
    return g_print (_ ("%3u  (cannot be read)\n"), number);
  g_print ("%3u  %s\n     %s\n", number, title, fingerprint);
  g_print (_ ("     %s, from %s to %s: %s\n"), key, begin, end, left);
  if (view_bool (certificate, "self-signed"))
    g_print (_ ("     signed by itself\n"));
  else
    g_print (_ ("     signed by %s\n"), issuer);
  print_some (_ ("names"), certificate, "names");
  print_some (_ ("purposes"), certificate, "purposes");
}

static void
print_finding (GVariant *finding)
{
  const char *message = view_string (finding, "message"); /* printable */
  if (strcmp (view_string (finding, "code"), "not-trusted") == 0)
    return; /* it stands above, with what to do */
  if (strcmp (view_string (finding, "severity"), "fault") == 0)
    g_print (_ ("FAULT: %s\n"), message);
  else
    g_print (_ ("note: %s\n"), message);
}

static void
print_consumer (GVariant *consumer)
{
  g_autofree char *id = print_foreign (view_string (consumer, "id"));
  g_autofree char *why = print_foreign (view_string (consumer, "why"));
  gboolean sees = strcmp (view_string (consumer, "sees"), "trusted") == 0;
  g_print ("  %s: %s%s%s\n", id, sees ? _ ("sees the anchor") : _ ("does not see the anchor"), why[0] != '\0' ? ": " : "", why);
}

void
chain_look_print (const ChainLook *self)
{
  g_autoptr (GVariant) findings = chain_report_get_findings (self->report);
  print_verdict (self);
  for (gsize i = 0; i < g_variant_n_children (self->certificates); i++)
    {
      g_autoptr (GVariant) certificate = g_variant_get_child_value (self->certificates, i);
      print_certificate (certificate, (guint) i + 1);
    }
  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      print_finding (finding);
    }
  print_notes (self);
  if (g_variant_n_children (self->consumers) > 0)
    g_print ("%s\n", _ ("On this machine:"));
  for (gsize i = 0; i < g_variant_n_children (self->consumers); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (self->consumers, i);
      print_consumer (consumer);
    }
}

/* Whole days; null for a bundle. */
static void
add_days (JsonBuilder *builder, const char *name, gboolean known, gint64 end)
{
  gint64 left = end - g_get_real_time () / G_USEC_PER_SEC;
  json_builder_set_member_name (builder, name);
  if (known)
    json_builder_add_int_value (builder, left >= 0 ? left / PRINT_DAY : -((-left + PRINT_DAY - 1) / PRINT_DAY));
  else
    json_builder_add_null_value (builder);
}

void
chain_look_add_json (const ChainLook *self, JsonBuilder *builder)
{
  g_autoptr (GVariant) findings = chain_report_get_findings (self->report);
  gint64 leaf_end = 0, first_end = 0;
  gboolean known = chain_report_get_ends (self->report, &leaf_end, &first_end);
  int leaf = chain_report_get_leaf (self->report);
  json_builder_set_member_name (builder, "good");
  json_builder_add_boolean_value (builder, !chain_report_has_fault (self->report));
  json_builder_set_member_name (builder, "leaf");
  if (leaf >= 0)
    json_builder_add_int_value (builder, leaf);
  else
    json_builder_add_null_value (builder);
  add_days (builder, "days_left", known, leaf_end);
  add_days (builder, "chain_days_left", known, first_end);
  json_add_views (builder, "certificates", chain_report_certificate, self->certificates);
  json_add_views (builder, "findings", chain_report_finding, findings);
  json_builder_set_member_name (builder, "verdict");
  if (self->verdict != NULL)
    {
      json_builder_begin_object (builder);
      json_add_view (builder, view_verdict, self->verdict);
      json_builder_end_object (builder);
    }
  else
    json_builder_add_null_value (builder);
  json_add_views (builder, "consumers", consumer_fields, self->consumers);
}

ToolExit
chain_look_judge (const ChainLook *self)
{
  return chain_report_has_fault (self->report) ? TOOL_REFUSED : TOOL_DONE;
}
