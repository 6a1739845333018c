/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module behind `probe` and `inspect`: one look at a server is one connection that tells most, and one for each further version. */
#include "config.h"

#include "client/cli/probe.h"
#include "client/cli/probe-chain.h"
#include "client/cli/probe-connection.h"
#include "core/error.h"
#include "core/peer-name.h"

#include <glib/gi18n.h>
#include <string.h>

const ProbeClass *anchorctl_probe (void);

static const struct
{
  const char *name; /* GnuTLS's */
  const char *title;
} versions[] = { { "TLS1.3", "TLS 1.3" }, { "TLS1.2", "TLS 1.2" }, { "TLS1.1", "TLS 1.1" }, { "TLS1.0", "TLS 1.0" } };

static void
target_clear (ProbeTarget *target)
{
  g_free (target->host);
  g_free (target->name);
  g_free (target->address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProbeTarget, target_clear)

static gboolean
bad_target (const char *text, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("“%s” is no HOST, HOST:PORT or [ADDRESS]:PORT"), text);
  return FALSE;
}

/* TEXT as a name to connect to or to ask for. *IS_ADDRESS: it is an IP address. Returns: (transfer full). */
static char *
read_host (const char *text, gboolean *is_address, GError **error)
{
  g_auto (TrustPeerName) name = { 0 };
  if (!trust_peer_name_parse (text, &name, error))
    return NULL;
  if (name.kind == TRUST_PEER_EMAIL)
    {
      bad_target (text, error);
      return NULL;
    }
  *is_address = name.kind == TRUST_PEER_IP;
  return g_strdup (*is_address ? text : name.text);
}

static gboolean
read_port (const char *text, guint16 *port)
{
  guint64 number = 0;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

/* A colon ends a name, but not an address with more of them. */
static gboolean
read_target (const ProbeWish *wish, ProbeTarget *out, GError **error)
{
  const char *colon = strrchr (wish->target, ':');
  const char *begin = wish->target, *end = wish->target + strlen (wish->target), *port = NULL;
  if (begin[0] == '[')
    {
      const char *bracket = strchr (begin++, ']');
      if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':'))
        return bad_target (wish->target, error);
      port = bracket[1] == ':' ? bracket + 2 : NULL;
      end = bracket;
    }
  else if (colon != NULL && strchr (begin, ':') == colon)
    {
      port = colon + 1;
      end = colon;
    }
  g_autofree char *host = g_strndup (begin, (gsize) (end - begin));
  out->port = out->starttls != NULL ? starttls_get_port (out->starttls) : 443;
  if (port != NULL && !read_port (port, &out->port))
    return bad_target (wish->target, error);
  gboolean is_address = FALSE;
  out->host = read_host (host, &is_address, error);
  if (out->host == NULL)
    return FALSE;
  out->name_is_address = is_address;
  out->name = wish->name != NULL ? read_host (wish->name, &out->name_is_address, error) : g_strdup (out->host);
  return out->name != NULL;
}

/* Connects once. VERSION: nullable. All connections go to the address that the first one found: another could be another server. */
static ProbeHandshake *
look_once (ProbeTarget *target, const ProbeCredentials *credentials, const char *version, GError **error)
{
  g_autoptr (ProbeWire) wire = probe_wire_open (target, error);
  if (wire != NULL && target->address == NULL)
    target->address = probe_wire_dup_address (wire);
  return wire == NULL ? NULL : probe_handshake (wire, target, credentials, version, error);
}

/* Does the server take that version? A server that asks for a certificate that we have not took the version. */
static const char *
judge (const ProbeHandshake *handshake)
{
  if (handshake == NULL)
    return "unknown";
  if (handshake->is_done || handshake->chain->len > 0)
    return "yes";
  return handshake->is_refused ? "no" : "unknown";
}

/* Tries what BEST did not show. Where nothing came of the first connection, the first of these that works stands for it. */
static GVariant *
look_at_versions (ProbeTarget *target, const ProbeCredentials *credentials, ProbeHandshake **best)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      gboolean known = *best != NULL && (*best)->version != NULL && strcmp ((*best)->version, versions[i].title) == 0;
      g_autoptr (ProbeHandshake) handshake = known ? NULL : look_once (target, credentials, versions[i].name, NULL);
      const char *taken = known ? "yes" : judge (handshake);
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_string (versions[i].title));
      g_variant_builder_add (&builder, "{sv}", "taken", g_variant_new_string (taken));
      g_variant_builder_close (&builder);
      if (handshake != NULL && handshake->chain->len > 0 && (*best == NULL || (*best)->chain->len == 0))
        {
          probe_handshake_free (*best);
          *best = g_steal_pointer (&handshake);
        }
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
insert_text (GVariantDict *dict, const char *key, const char *text)
{
  g_variant_dict_insert (dict, key, "s", text != NULL ? text : "");
}

static GVariant *
pack (const ProbeTarget *target, const ProbeHandshake *handshake, GVariant *taken)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariantBuilder chain;
  g_ptr_array_add (handshake->authorities, NULL);
  g_variant_builder_init (&chain, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < handshake->chain->len; i++)
    g_variant_builder_add_value (&chain, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, g_ptr_array_index (handshake->chain, i), TRUE));
  insert_text (&dict, "host", target->host);
  g_variant_dict_insert (&dict, "port", "u", (guint32) target->port);
  insert_text (&dict, "address", target->address);
  insert_text (&dict, "name", target->name);
  insert_text (&dict, "version", handshake->version);
  insert_text (&dict, "cipher", handshake->cipher);
  insert_text (&dict, "exchange", handshake->exchange);
  insert_text (&dict, "handshake", handshake->fault);
  insert_text (&dict, "ocsp", handshake->ocsp);
  if (handshake->ocsp_response != NULL)
    g_variant_dict_insert_value (&dict, "ocsp-response", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, handshake->ocsp_response, TRUE));
  g_variant_dict_insert (&dict, "ocsp-next", "x", handshake->ocsp_next);
  g_variant_dict_insert_value (&dict, "versions", taken);
  g_variant_dict_insert_value (&dict, "chain", g_variant_builder_end (&chain));
  g_variant_dict_insert (&dict, "client-asked", "b", handshake->asked);
  g_variant_dict_insert (&dict, "client-required", "b", handshake->required);
  g_variant_dict_insert (&dict, "client-sent", "b", handshake->sent);
  g_variant_dict_insert (&dict, "client-refused", "b", handshake->refused_certificate);
  g_variant_dict_insert (&dict, "authorities", "^as", handshake->authorities->pdata);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
find_starttls (const char *name, const Starttls **out, GError **error)
{
  g_autofree char *names = starttls_dup_names ();
  *out = name == NULL ? NULL : starttls_find (name);
  if (name == NULL || *out != NULL)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--starttls: there is no “%s”; known are %s"), name, names);
  return FALSE;
}

static GVariant *
look (const ProbeWish *wish, GError **error)
{
  g_auto (ProbeTarget) target = { .timeout = wish->timeout };
  g_autoptr (ProbeCredentials) credentials = NULL;
  g_autoptr (GError) fault = NULL;
  if (!find_starttls (wish->starttls, &target.starttls, error) || !read_target (wish, &target, error))
    return NULL;
  if (wish->certificate != NULL)
    credentials = probe_credentials_new (wish->certificate, wish->key != NULL ? wish->key : wish->certificate, error);
  if (wish->certificate != NULL && credentials == NULL)
    return NULL;
  g_autoptr (ProbeHandshake) best = look_once (&target, credentials, NULL, &fault);
  if (best == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("%s port %u: %s"), target.host, target.port, fault->message);
      return NULL;
    }
  g_autofree char *first = g_strdup (best->fault);
  g_autoptr (GVariant) taken = look_at_versions (&target, credentials, &best);
  if (best->chain->len > 0)
    return pack (&target, best, taken);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("%s port %u: no TLS handshake that shows a certificate: %s"), target.host, target.port,
               first != NULL ? first : _ ("the server sent none"));
  return NULL;
}

const ProbeClass *
anchorctl_probe (void)
{
  static const ProbeClass class = { look, probe_chain_read, probe_chain_match_key };
  return &class;
}
