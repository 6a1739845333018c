/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/chain-look.h"
#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/cli/probe.h"
#include "client/cli/report.h"
#include "core/error.h"

#include <inttypes.h>
#include <string.h>

/* Seconds for one connection. */
#define TIMEOUT 10
#define MAX_TIMEOUT 3600

/* clang-format off */
static const ViewField version_fields[] = {
  { "version", "version", VIEW_STRING, NULL },
  { "taken", "taken", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* clang-format off */
static const ViewField look_fields[] = {
  { "host", "host", VIEW_STRING, NULL },
  { "port", "port", VIEW_NUMBER, NULL },
  { "address", "address", VIEW_STRING, NULL },
  { "name", "name", VIEW_STRING, NULL },
  { "version", "version", VIEW_STRING, NULL },
  { "versions", "versions", VIEW_LIST, version_fields },
  { "cipher", "cipher", VIEW_STRING, NULL },
  { "exchange", "exchange", VIEW_STRING, NULL },
  { "handshake", "handshake", VIEW_STRING, NULL },
  { "ocsp", "ocsp", VIEW_STRING, NULL },
  { "ocsp-next", "ocsp_next", VIEW_TIME, NULL },
  { "client-asked", "client_certificate_asked", VIEW_BOOL, NULL },
  { "client-required", "client_certificate_required", VIEW_BOOL, NULL },
  { "client-sent", "client_certificate_sent", VIEW_BOOL, NULL },
  { "client-refused", "client_certificate_refused", VIEW_BOOL, NULL },
  { "authorities", "client_authorities", VIEW_STRINGS, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* What the options say. */
typedef struct
{
  ChainOptions chain;
  char *starttls, *certificate, *key;
  int timeout;
} Words;

static void
words_clear (Words *words)
{
  chain_options_clear (&words->chain);
  g_free (words->starttls);
  g_free (words->certificate);
  g_free (words->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean
check_words (const Words *words, GError **error)
{
  gboolean in_time = words->timeout >= 1 && words->timeout <= MAX_TIMEOUT;
  if (words->key != NULL && words->certificate == NULL)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--client-key needs --client-cert"));
  else if (!in_time)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--timeout: a number of seconds from 1 to %d"), MAX_TIMEOUT);
  else
    return chain_options_check (&words->chain, error);
  return FALSE;
}

static GVariant *
look_at (const char *target, const Words *words, GError **error)
{
  const ProbeClass *probe = probe_load (error);
  ProbeWish wish = { target, words->starttls, words->chain.name, NULL, NULL, (guint) words->timeout };
  g_autoptr (GBytes) certificate = NULL;
  g_autoptr (GBytes) key = NULL;
  if (probe == NULL)
    return NULL;
  if (words->certificate != NULL && (certificate = input_read_secret (words->certificate, error)) == NULL)
    return NULL;
  if (words->key != NULL && (key = input_read_secret (words->key, error)) == NULL)
    return NULL;
  wish.certificate = certificate;
  wish.key = key;
  return probe->look (&wish, error);
}

/* Returns: (transfer full): of GBytes. */
static GPtrArray *
chain_of (GVariant *seen)
{
  GPtrArray *chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GVariant) sent = g_variant_lookup_value (seen, "chain", G_VARIANT_TYPE ("aay"));
  for (gsize i = 0; i < g_variant_n_children (sent); i++)
    {
      g_autoptr (GVariant) der = g_variant_get_child_value (sent, i);
      g_ptr_array_add (chain, g_variant_get_data_as_bytes (der));
    }
  return chain;
}

/* What is to be said of the server, beside its certificates. */
static void
judge_server (ChainReport *report, GVariant *seen)
{
  g_autoptr (GVariant) versions = view_list (seen, "versions");
  g_autofree char *fault = print_foreign (view_string (seen, "handshake"));
  const char *ocsp = view_string (seen, "ocsp");
  gint64 next = view_number (seen, "ocsp-next");
  for (gsize i = 0; i < g_variant_n_children (versions); i++)
    {
      g_autoptr (GVariant) version = g_variant_get_child_value (versions, i);
      const char *name = view_string (version, "version");
      gboolean is_old = strcmp (name, "TLS 1.0") == 0 || strcmp (name, "TLS 1.1") == 0;
      if (is_old && strcmp (view_string (version, "taken"), "yes") == 0)
        chain_report_add (report, TRUE, "old-protocol", -1,
                          g_strdup_printf (_ ("the server takes %s, which is broken (RFC 8996): switch it off"), name));
    }
  if (view_bool (seen, "client-refused"))
    chain_report_add (report, TRUE, "client-certificate-refused", -1,
                      g_strdup_printf (_ ("the server does not take the client's certificate: %s"), fault));
  else if (view_bool (seen, "client-required"))
    chain_report_add (report, FALSE, "client-certificate-required", -1,
                      g_strdup (_ ("the server goes on only with a client's certificate (--client-cert)")));
  else if (fault[0] != '\0')
    chain_report_add (report, TRUE, "handshake", -1, g_strdup_printf (_ ("the handshake did not come to its end: %s"), fault));
  if (strcmp (ocsp, "unreadable") == 0)
    chain_report_add (report, TRUE, "ocsp", 0, g_strdup (_ ("the stapled OCSP answer cannot be read")));
  else if (next != 0 && next < g_get_real_time () / G_USEC_PER_SEC)
    chain_report_add (report, TRUE, "ocsp", 0, g_strdup (_ ("the stapled OCSP answer is out of date")));
}

/* "TLS 1.3, TLS 1.2". Returns: (transfer full). */
static char *
join_versions (GVariant *seen)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GVariant) versions = view_list (seen, "versions");
  for (gsize i = 0; i < g_variant_n_children (versions); i++)
    {
      g_autoptr (GVariant) version = g_variant_get_child_value (versions, i);
      const char *name = view_string (version, "version"), *taken = view_string (version, "taken");
      if (strcmp (taken, "no") == 0)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name);
      if (strcmp (taken, "yes") != 0)
        g_string_append (text, _ (" (not known)"));
    }
  return g_string_free (text, FALSE);
}

static void
print_server (GVariant *seen)
{
  g_auto (GStrv) authorities = view_strings (seen, "authorities");
  g_autofree char *host = print_foreign (view_string (seen, "host"));
  g_autofree char *name = print_foreign (view_string (seen, "name"));
  g_autofree char *address = print_foreign (view_string (seen, "address"));
  g_autofree char *version = print_foreign (view_string (seen, "version"));
  g_autofree char *cipher = print_foreign (view_string (seen, "cipher"));
  g_autofree char *exchange = print_foreign (view_string (seen, "exchange"));
  g_autofree char *versions = join_versions (seen);
  g_print (_ ("%s port %" PRId64 " (%s), asked for %s\n"), host, view_number (seen, "port"), address, name);
  g_print (_ ("versions taken: %s\n"), versions);
  g_print (_ ("chosen: %s, %s%s%s\n"), version, cipher, exchange[0] != '\0' ? ", " : "", exchange);
  g_print (_ ("stapled OCSP answer: %s\n"), view_string (seen, "ocsp"));
  if (!view_bool (seen, "client-asked"))
    g_print (_ ("client's certificate: not asked for\n"));
  else
    g_print (view_bool (seen, "client-required") ? _ ("client's certificate: required\n") : _ ("client's certificate: asked for\n"));
  for (guint i = 0; authorities[i] != NULL; i++)
    {
      g_autofree char *safe = print_foreign (authorities[i]);
      g_print (_ ("  accepted from: %s\n"), safe);
    }
}

static void
print_json (GVariant *seen, const ChainLook *look)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_view (builder, look_fields, seen);
  chain_look_add_json (look, builder);
  json_builder_end_object (builder);
  json_print (builder);
}

ToolExit
command_probe (Tool *tool, int argc, char **argv)
{
  g_auto (Words) words = { .timeout = TIMEOUT };
  const GOptionEntry entries[] = {
    CHAIN_ENTRIES (&words.chain),
    { "starttls", 0, 0, G_OPTION_ARG_STRING, &words.starttls, N_ ("Speak this before TLS: smtp, imap, ldap, postgres or xmpp"), N_ ("PROTOCOL") },
    { "client-cert", 0, 0, G_OPTION_ARG_FILENAME, &words.certificate, N_ ("Show this certificate if the server asks for one"), N_ ("FILE") },
    { "client-key", 0, 0, G_OPTION_ARG_FILENAME, &words.key, N_ ("Its key, where it is another file"), N_ ("FILE") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &words.timeout, N_ ("How long each connection may take (10)"), N_ ("SECONDS") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) targets = tool_parse (tool, "probe", entries, 1, 1, argc, argv);
  if (targets == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) seen = check_words (&words, &error) ? look_at (targets[0], &words, &error) : NULL;
  g_autoptr (GVariant) ocsp = seen == NULL ? NULL : g_variant_lookup_value (seen, "ocsp-response", G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (ChainLook) look = seen == NULL ? NULL
                                            : chain_look_new (tool, chain_of (seen), TRUE, view_string (seen, "name"), ocsp, &words.chain, &error);
  if (look == NULL)
    return tool_fail (tool, error);
  judge_server (look->report, seen);
  if (tool->json)
    print_json (seen, look);
  else
    {
      print_server (seen);
      chain_look_print (look);
    }
  return chain_look_judge (look);
}
