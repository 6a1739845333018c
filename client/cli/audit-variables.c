/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/audit-variables.h"

#include <string.h>

/* A value is cut here: paths are shorter. Bytes. */
#define MAX_VALUE 4096
#define BLANKS " \t\r"
/* Java's own way to name a file, inside its variables. */
#define JAVA_OPTION "-Djavax.net.ssl.trustStore="

typedef struct
{
  const char *name;
  AuditSettingKind kind;
  const char *off; /* (nullable) of AUDIT_SETTING_OFF: the values that turn it off, "|" between; NULL: any */
} Row;

static const Row variables[] = {
  { "EnvironmentFile", AUDIT_SETTING_FILE, NULL },
  { "SSL_CERT_FILE", AUDIT_SETTING_INSTEAD, NULL },
  { "SSL_CERT_DIR", AUDIT_SETTING_INSTEAD, NULL },
  { "NIX_SSL_CERT_FILE", AUDIT_SETTING_INSTEAD, NULL },
  { "CURL_CA_BUNDLE", AUDIT_SETTING_INSTEAD, NULL },
  { "REQUESTS_CA_BUNDLE", AUDIT_SETTING_INSTEAD, NULL },
  { "PIP_CERT", AUDIT_SETTING_INSTEAD, NULL },
  { "AWS_CA_BUNDLE", AUDIT_SETTING_INSTEAD, NULL },
  { "GIT_SSL_CAINFO", AUDIT_SETTING_INSTEAD, NULL },
  { "GIT_SSL_CAPATH", AUDIT_SETTING_INSTEAD, NULL },
  { "CARGO_HTTP_CAINFO", AUDIT_SETTING_INSTEAD, NULL },
  { "BUNDLE_SSL_CA_CERT", AUDIT_SETTING_INSTEAD, NULL },
  { "PERL_LWP_SSL_CA_FILE", AUDIT_SETTING_INSTEAD, NULL },
  { "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", AUDIT_SETTING_INSTEAD, NULL },
  { "LDAPTLS_CACERT", AUDIT_SETTING_INSTEAD, NULL },
  { "PGSSLROOTCERT", AUDIT_SETTING_INSTEAD, NULL },
  { "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", AUDIT_SETTING_INSTEAD, NULL },
  { "NPM_CONFIG_CAFILE", AUDIT_SETTING_INSTEAD, NULL },
  { "npm_config_cafile", AUDIT_SETTING_INSTEAD, NULL },
  { "NODE_EXTRA_CA_CERTS", AUDIT_SETTING_BESIDE, NULL },
  { "DENO_CERT", AUDIT_SETTING_BESIDE, NULL },
  { "NODE_TLS_REJECT_UNAUTHORIZED", AUDIT_SETTING_OFF, "0" },
  { "PYTHONHTTPSVERIFY", AUDIT_SETTING_OFF, "0" },
  { "GIT_SSL_NO_VERIFY", AUDIT_SETTING_OFF, "1|true|yes|on" },
  { "PERL_LWP_SSL_VERIFY_HOSTNAME", AUDIT_SETTING_OFF, "0" },
  { "LDAPTLS_REQCERT", AUDIT_SETTING_OFF, "never|allow" },
  { "PIP_TRUSTED_HOST", AUDIT_SETTING_OFF, NULL },
  { "NPM_CONFIG_STRICT_SSL", AUDIT_SETTING_OFF, "false" },
  { "npm_config_strict_ssl", AUDIT_SETTING_OFF, "false" },
};

/* Names without dashes and underscores, in lower case. */
static const struct
{
  AuditSyntax syntax;
  const char *key;
  Row row;
} keys[] = {
  { AUDIT_SYNTAX_GIT, "sslverify", { "http.sslVerify", AUDIT_SETTING_OFF, "false|no|off|0" } },
  { AUDIT_SYNTAX_GIT, "sslcainfo", { "http.sslCAInfo", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_GIT, "sslcapath", { "http.sslCAPath", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_CURL, "insecure", { "insecure", AUDIT_SETTING_OFF, NULL } },
  { AUDIT_SYNTAX_CURL, "k", { "insecure", AUDIT_SETTING_OFF, NULL } },
  { AUDIT_SYNTAX_CURL, "cacert", { "cacert", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_CURL, "capath", { "capath", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_WGET, "checkcertificate", { "check_certificate", AUDIT_SETTING_OFF, "off|no|0|false|quiet" } },
  { AUDIT_SYNTAX_WGET, "cacertificate", { "ca_certificate", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_WGET, "cadirectory", { "ca_directory", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_PIP, "cert", { "cert", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_PIP, "trustedhost", { "trusted-host", AUDIT_SETTING_OFF, NULL } },
  { AUDIT_SYNTAX_NPM, "cafile", { "cafile", AUDIT_SETTING_INSTEAD, NULL } },
  { AUDIT_SYNTAX_NPM, "strictssl", { "strict-ssl", AUDIT_SETTING_OFF, "false" } },
};

static gboolean
is_off (const Row *row, const char *value)
{
  if (row->off == NULL)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (row->off, "|", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], value) == 0)
      return TRUE;
  return FALSE;
}

static void
tell (const Row *row, const char *value, AuditSettingFound found, gpointer user_data)
{
  if (row->kind == AUDIT_SETTING_OFF ? is_off (row, value) : *value != '\0')
    found (row->name, row->kind, value, user_data);
}

static gboolean
is_name_character (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* What stands at TEXT, up to the blank or the quote that ends it. OUTER: the quote that the whole assignment stands in, or 0. */
static char *
read_value (const char *text, char outer)
{
  char ends[] = { ' ', '\t', ';', '&', '|', ')', '"', '\'', '\0' };
  if (outer != 0)
    return g_strndup (text, MIN (strcspn (text, (char[]) { outer, '\0' }), MAX_VALUE));
  if (*text == '"' || *text == '\'')
    return g_strndup (text + 1, MIN (strcspn (text + 1, (char[]) { *text, '\0' }), MAX_VALUE));
  return g_strndup (text, MIN (strcspn (text, ends), MAX_VALUE));
}

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, BLANKS);
}

/* Where the value of the variable stands whose name ends at END and began at START of LINE. NULL: it is not set there. */
static const char *
find_value (const char *line, const char *start, const char *end)
{
  const char *rest = skip_blanks (end);
  if (*end == '=')
    return end + 1;
  if (rest == end)
    return NULL;
  /* pam_env.conf, and the C shell. */
  if (g_str_has_prefix (rest, "DEFAULT="))
    return rest + strlen ("DEFAULT=");
  if (g_str_has_prefix (rest, "OVERRIDE="))
    return rest + strlen ("OVERRIDE=");
  return g_str_has_prefix (line, "setenv") && skip_blanks (line + strlen ("setenv")) == start ? rest : NULL;
}

static void
scan_variables (const char *line, AuditSettingFound found, gpointer user_data)
{
  static const Row java = { "javax.net.ssl.trustStore", AUDIT_SETTING_INSTEAD, NULL };
  if (*line == '#' || *line == ';')
    return;
  for (const char *at = line; *at != '\0';)
    {
      const char *start = at;
      while (is_name_character (*at))
        at++;
      for (guint i = 0; at > start && i < G_N_ELEMENTS (variables); i++)
        if (strlen (variables[i].name) == (gsize) (at - start) && memcmp (variables[i].name, start, (gsize) (at - start)) == 0)
          {
            const char *value = find_value (line, start, at);
            char outer = start > line && (start[-1] == '"' || start[-1] == '\'') ? start[-1] : 0;
            g_autofree char *text = value != NULL ? read_value (value, outer) : NULL;
            if (text != NULL)
              tell (&variables[i], text, found, user_data);
          }
      if (at == start)
        at++;
    }
  for (const char *at = line; (at = strstr (at, JAVA_OPTION)) != NULL;)
    {
      at += strlen (JAVA_OPTION);
      g_autofree char *text = read_value (at, 0);
      tell (&java, text, found, user_data);
    }
}

/* "ssl_verify" and "sslVerify" are "sslverify". Returns: (transfer full). */
static char *
fold (const char *text, gsize size)
{
  GString *out = g_string_new (NULL);
  for (gsize i = 0; i < size; i++)
    if (text[i] != '-' && text[i] != '_')
      g_string_append_c (out, g_ascii_tolower (text[i]));
  return g_string_free (out, FALSE);
}

static void
scan_key (const char *line, AuditSyntax syntax, AuditSettingFound found, gpointer user_data)
{
  gsize size = strcspn (line, BLANKS "=:");
  if (*line == '#' || *line == ';' || *line == '[' || size == 0)
    return;
  g_autofree char *name = fold (line, size);
  const char *rest = line + size;
  rest += strspn (rest, BLANKS "=:");
  g_autofree char *value = read_value (rest, 0);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].syntax == syntax && strcmp (keys[i].key, name) == 0)
      tell (&keys[i].row, value, found, user_data);
}

void
audit_variables_scan (const char *text, gsize size, AuditSyntax syntax, AuditSettingFound found, gpointer user_data)
{
  for (const char *at = text, *end = text + size; at < end;)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      gsize length = newline != NULL ? (gsize) (newline - at) : (gsize) (end - at);
      g_autofree char *line = g_strndup (at, length); /* up to a NUL, behind which no program reads on */
      if (syntax == AUDIT_SYNTAX_VARIABLES)
        scan_variables (skip_blanks (line), found, user_data);
      else
        scan_key (skip_blanks (line), syntax, found, user_data);
      at += length + 1;
    }
}
