/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/send.h"

#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/lib/sealed.h"
#include "core/error.h"
#include "core/limits.h"

#include <string.h>

ToolExit
send_sealed (Tool *tool, const char *method, GBytes *bytes, GVariant *options, const ReportRow *rows)
{
  GVariant *parameters = g_variant_new ("(h@a{sv})", 0, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = anchord_sealed_new (bytes, &error);
  if (fds != NULL)
    return report_change (tool, method, parameters, fds, rows);
  g_variant_unref (g_variant_ref_sink (parameters));
  return tool_fail (tool, error);
}

ToolExit
send_certificates (Tool *tool, GBytes *bytes, GVariant *options, const ReportRow *rows)
{
  if (g_bytes_get_size (bytes) > TRUST_LIMIT_MESSAGE_BYTES)
    return send_sealed (tool, "Anchors.AddSealed", bytes, options, rows);
  GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return report_change (tool, "Anchors.Add", g_variant_new ("(@ay@a{sv})", content, options), NULL, rows);
}

/* The sealed form is little-endian everywhere. Returns: (transfer full). */
static GBytes *
serialise (GVariant *files)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (files);
  return g_variant_get_data_as_bytes (little);
#else
  return g_variant_get_data_as_bytes (files);
#endif
}

ToolExit
send_files (Tool *tool, GPtrArray *entries, GVariant *options, const ReportRow *rows)
{
  g_autoptr (GVariant) files = g_variant_ref_sink (gathered_to_files (entries));
  if (g_variant_get_size (files) <= TRUST_LIMIT_MESSAGE_BYTES)
    return report_change (tool, "Anchors.Import", g_variant_new ("(@aay@a{sv})", files, options), NULL, rows);
  g_autoptr (GBytes) bytes = serialise (files);
  return send_sealed (tool, "Anchors.ImportSealed", bytes, options, rows);
}

gboolean
send_are_plain (GPtrArray *inputs)
{
  for (guint i = 0; i < inputs->len; i++)
    if (!input_is_plain (g_ptr_array_index (inputs, i)))
      return FALSE;
  return inputs->len > 0;
}

/* A refusal may name no certificate. */
static gboolean
check_certificates (GPtrArray *entries, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (entries, i);
      if (entry->der != NULL)
        continue;
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   _ ("%s: refuses without holding the certificate; to take it as it is: anchorctl import"), entry->place);
      return FALSE;
    }
  return TRUE;
}

GBytes *
send_read_certificates (Tool *tool, char **files, GError **error)
{
  g_autoptr (GPtrArray) inputs = input_read_each (files, error);
  if (inputs == NULL)
    return NULL;
  if (send_are_plain (inputs))
    return input_join (inputs, files, error);
  PassphraseOptions passphrases = PASSPHRASE_OPTIONS_INIT;
  passphrases.no_ask = tool->no_ask_password;
  GatherWish wish = { .passphrases = &passphrases };
  g_autoptr (Gathered) gathered = gather (files, inputs, &wish, error);
  if (gathered == NULL)
    return NULL;
  send_tell (tool, gathered);
  for (guint i = 0; i < gathered->passed->len; i++)
    g_ptr_array_add (gathered->entries, g_ptr_array_index (gathered->passed, i));
  return check_certificates (gathered->entries, error) ? gathered_to_pem (gathered->entries) : NULL;
}

/* Says B all that A says of trust? */
static gboolean
is_within (GVariant *a, GVariant *b)
{
  for (gsize i = 0; i < g_variant_n_children (a); i++)
    {
      const char *key;
      g_autoptr (GVariant) value = NULL;
      g_variant_get_child (a, i, "{&sv}", &key, &value);
      g_autoptr (GVariant) other = g_variant_lookup_value (b, key, NULL);
      if (strcmp (key, "label") != 0 && (other == NULL || !g_variant_equal (value, other)))
        return FALSE;
    }
  return TRUE;
}

/* One call says one thing of all that it brings. */
static gboolean
check_same_trust (const Gathered *gathered, GError **error)
{
  const FormatsEntry *first = g_ptr_array_index (gathered->entries, 0);
  for (guint i = 1; i < gathered->entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (gathered->entries, i);
      if (is_within (first->settings, entry->settings) && is_within (entry->settings, first->settings))
        continue;
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("%s and %s are not trusted for the same; give them one by one"), first->place,
                   entry->place);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_trusts (const Gathered *gathered, GError **error)
{
  for (guint i = 0; i < gathered->entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (gathered->entries, i);
      if (entry->kind != FORMATS_DISTRUST)
        continue;
      g_autofree char *title = print_foreign (entry->title);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, _ ("%s: REFUSES %s, and this command only trusts; nothing was done"), entry->place, title);
      return FALSE;
    }
  if (gathered->entries->len > 0)
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                       _ ("it trusts nothing; to trust a certificate that it only names, give that one as PEM or DER"));
  return FALSE;
}

/* What the entries say, with NAMED in its place. A name belongs to one certificate. Returns: (transfer full). */
static GVariant *
join_settings (const Gathered *gathered, GVariant *named)
{
  const FormatsEntry *first = g_ptr_array_index (gathered->entries, 0);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (first->settings);
  if (!gathered_says_trust (gathered))
    return g_variant_ref (named);
  if (gathered->entries->len > 1 && !g_variant_lookup (named, "label", "s", NULL))
    g_variant_dict_remove (&dict, "label");
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GBytes *
send_read_trusted (Tool *tool, char **files, GVariant *named, GVariant **settings, GError **error)
{
  g_autoptr (GPtrArray) inputs = input_read_each (files, error);
  if (inputs == NULL)
    return NULL;
  if (send_are_plain (inputs))
    {
      *settings = g_variant_ref (named);
      return input_join (inputs, files, error);
    }
  PassphraseOptions passphrases = PASSPHRASE_OPTIONS_INIT;
  passphrases.no_ask = tool->no_ask_password;
  GatherWish wish = { .named = named, .passphrases = &passphrases };
  g_autoptr (Gathered) gathered = gather (files, inputs, &wish, error);
  if (gathered == NULL)
    return NULL;
  send_tell (tool, gathered);
  send_tell_passed (tool, gathered);
  if (!check_trusts (gathered, error) || !check_same_trust (gathered, error))
    return NULL;
  *settings = join_settings (gathered, named);
  return gathered_to_pem (gathered->entries);
}

void
send_tell_passed (Tool *tool, const Gathered *gathered)
{
  guint n = gathered->passed->len;
  if (n == 0)
    return;
  const FormatsEntry *first = g_ptr_array_index (gathered->passed, 0);
  g_autofree char *title = print_foreign (first->title);
  g_autofree char *message = g_strdup_printf (ngettext ("left out %u certificate that the input does not trust itself: %s (%s)",
                                                        "left out %u certificates that the input does not trust itself; the first: %s (%s)", n),
                                              n, title, first->place);
  report_note (tool, message);
}

void
send_tell (Tool *tool, const Gathered *gathered)
{
  for (guint i = 0; i < gathered->notices->len; i++)
    report_note (tool, g_ptr_array_index (gathered->notices, i));
  for (guint i = 0; i < gathered->failures->len; i++)
    report_failure (tool, g_ptr_array_index (gathered->failures, i));
}
