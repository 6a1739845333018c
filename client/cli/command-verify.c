/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/date.h"
#include "client/cli/input.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/report.h"
#include "client/cli/tool.h"
#include "core/error.h"

#include <inttypes.h>
#include <string.h>

/* Returns: (transfer floating): aay */
static GVariant *
pack_chain (GPtrArray *chain)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < chain->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, g_ptr_array_index (chain, i), TRUE));
  return g_variant_builder_end (&builder);
}

static void
print_refusal (GVariant *verdict)
{
  g_autofree char *reason = print_foreign (view_string (verdict, "reason"));
  g_autofree char *message = print_foreign (view_string (verdict, "message"));
  g_autofree char *remedy = print_foreign (view_string (verdict, "remedy"));
  gint64 failing = view_number (verdict, "failing");
  g_print (_ ("NOT TRUSTED: %s (%s)\n"), message, reason);
  if (failing >= 0)
    g_print (_ ("at certificate %" PRId64 " of the chain\n"), failing + 1);
  if (remedy[0] != '\0')
    g_print (_ ("what to do: %s\n"), remedy);
}

/* "path 1: TITLE  FINGERPRINT". */
static void
print_path (GVariant *dictionary, const char *indent)
{
  g_auto (GStrv) path = view_strings (dictionary, "path");
  g_auto (GStrv) titles = view_strings (dictionary, "titles");
  gboolean named = g_strv_length (titles) == g_strv_length (path);
  for (guint i = 0; path[i] != NULL; i++)
    {
      g_autofree char *fingerprint = print_foreign (path[i]);
      g_autofree char *title = print_foreign (named ? titles[i] : "");
      g_print (_ ("%spath %u: %s  %s\n"), indent, i + 1, title, fingerprint);
    }
}

/* What else was tried. */
static void
print_alternatives (GVariant *verdict)
{
  g_autoptr (GVariant) alternatives = view_list (verdict, "alternatives");
  for (gsize i = 0; i < g_variant_n_children (alternatives); i++)
    {
      g_autoptr (GVariant) alternative = g_variant_get_child_value (alternatives, i);
      g_autofree char *message = print_foreign (view_string (alternative, "message"));
      g_autofree char *reason = print_foreign (view_string (alternative, "reason"));
      g_print (_ ("also tried: %s (%s)\n"), message, reason);
      print_path (alternative, "  ");
    }
}

static void
print_for_people (GVariant *verdict, gboolean explain)
{
  g_auto (GStrv) findings = view_strings (verdict, "findings");
  g_autofree char *anchor = print_foreign (view_string (verdict, "anchor"));
  g_autofree char *rule = print_foreign (view_string (verdict, "rule"));
  g_autofree char *source = print_foreign (view_string (verdict, "source"));
  if (view_bool (verdict, "trusted"))
    g_print (_ ("trusted\n"));
  else
    print_refusal (verdict);
  if (explain && rule[0] != '\0')
    g_print (_ ("rule: %s%s%s\n"), rule, source[0] != '\0' ? ": " : "", source);
  if (anchor[0] != '\0')
    g_print (_ ("anchor: %s\n"), anchor);
  print_path (verdict, "");
  for (guint i = 0; findings[i] != NULL; i++)
    {
      g_autofree char *safe = print_foreign (findings[i]);
      g_print (_ ("note: %s\n"), safe);
    }
  if (explain)
    print_alternatives (verdict);
}

/* What the options say. */
typedef struct
{
  char **names, **crls, **ocsp;
  char *purpose, *store, *time, *profile, *revocation, *nonce;
  gboolean explain, knows;
} Words;

static void
words_clear (Words *words)
{
  g_strfreev (words->names);
  g_strfreev (words->crls);
  g_strfreev (words->ocsp);
  g_free (words->purpose);
  g_free (words->store);
  g_free (words->time);
  g_free (words->profile);
  g_free (words->revocation);
  g_free (words->nonce);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

/* Bytes of TEXT, two digits each. Returns: (transfer full). */
static GByteArray *
parse_hex (const char *option, const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize n = strlen (text);
  for (gsize i = 0; i + 1 < n && g_ascii_isxdigit (text[i]) && g_ascii_isxdigit (text[i + 1]); i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (text[i]) * 16 + g_ascii_xdigit_value (text[i + 1]));
      g_byte_array_append (bytes, &byte, 1);
    }
  if (n > 0 && bytes->len * 2 == n)
    return g_steal_pointer (&bytes);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s wants bytes in hexadecimal, two digits each"), option);
  return NULL;
}

/* Returns: (transfer floating): a{sv}, or NULL. */
static GVariant *
pack_options (const Words *words, GError **error)
{
  g_autoptr (GPtrArray) crls = words->crls != NULL ? input_read_each (words->crls, error) : NULL;
  g_autoptr (GPtrArray) ocsp = NULL;
  g_autoptr (GByteArray) nonce = NULL;
  gint64 time = 0;
  GVariantDict options;
  if ((words->crls != NULL && crls == NULL) || (words->ocsp != NULL && (ocsp = input_read_each (words->ocsp, error)) == NULL)
      || (words->nonce != NULL && (nonce = parse_hex ("--ocsp-nonce", words->nonce, error)) == NULL)
      || (words->time != NULL && !date_parse ("--time", words->time, &time, error)))
    return NULL;
  g_variant_dict_init (&options, NULL);
  if (words->names != NULL)
    g_variant_dict_insert (&options, "names", "^as", words->names);
  report_option_string (&options, "purpose", words->purpose);
  report_option_string (&options, "store", words->store);
  report_option_string (&options, "profile", words->profile);
  report_option_string (&options, "revocation", words->revocation);
  report_option_flag (&options, "known-intermediates", words->knows);
  if (words->time != NULL)
    g_variant_dict_insert (&options, "time", "x", time);
  if (crls != NULL)
    g_variant_dict_insert_value (&options, "crls", pack_chain (crls));
  if (ocsp != NULL)
    g_variant_dict_insert_value (&options, "ocsp", pack_chain (ocsp));
  if (nonce != NULL)
    g_variant_dict_insert_value (&options, "ocsp-nonce", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, nonce->data, nonce->len, 1));
  return g_variant_dict_end (&options);
}

ToolExit
command_verify (Tool *tool, int argc, char **argv)
{
  g_auto (Words) words = { 0 };
  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &words.names, N_ ("The host name, IP address or mailbox that the leaf must be for"), N_ ("NAME") },
    { "purpose", 'p', 0, G_OPTION_ARG_STRING, &words.purpose, N_ ("What it is to be trusted for (server-auth)"), N_ ("PURPOSE") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &words.store, N_ ("Which store's anchors count (system)"), N_ ("STORE") },
    { "time", 0, 0, G_OPTION_ARG_STRING, &words.time, N_ ("The moment that dates are held against (now)"), N_ ("DATE") },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &words.profile, N_ ("Which rules count: default, strict, webpki or lenient"), N_ ("PROFILE") },
    { "crl", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.crls, N_ ("A revocation list to ask"), N_ ("FILE") },
    { "ocsp", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.ocsp, N_ ("An OCSP response to ask"), N_ ("FILE") },
    { "ocsp-nonce", 0, 0, G_OPTION_ARG_STRING, &words.nonce, N_ ("The nonce that OCSP responses must have"), N_ ("HEX") },
    { "revocation", 0, 0, G_OPTION_ARG_STRING, &words.revocation, N_ ("hard: refuse what nothing speaks of; soft (the default): pass it"),
      N_ ("MODE") },
    { "known-intermediates", 0, 0, G_OPTION_ARG_NONE, &words.knows, N_ ("Let paths go through intermediates that this machine knows"), NULL },
    { "explain", 0, 0, G_OPTION_ARG_NONE, &words.explain, N_ ("Tell the rule, and what else was tried"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "verify", entries, 1, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = input_read_chain (files, &error);
  GVariant *options = chain != NULL ? pack_options (&words, &error) : NULL;
  if (options == NULL)
    return tool_fail (tool, error);
  GVariant *parameters = g_variant_new ("(@aay@a{sv})", pack_chain (chain), options);
  g_autoptr (GVariant) reply = tool_call (tool, "Verifier", "Verify", parameters, NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) verdict = g_variant_get_child_value (reply, 0);
  if (tool->json)
    json_print_view (view_verdict, verdict);
  else
    print_for_people (verdict, words.explain);
  return view_bool (verdict, "trusted") ? TOOL_DONE : TOOL_REFUSED;
}
