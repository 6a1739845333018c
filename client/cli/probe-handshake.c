/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handshake itself, with GnuTLS. Nothing is verified here: the point is to look; the service judges what the server sent. */
#include "config.h"

#include "client/cli/probe-connection.h"

#include "core/error.h"
#include "core/limits.h"

#include <glib/gi18n.h>
#include <gnutls/abstract.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <string.h>

/* What a server may be taken for: more than a careful client would take. Signatures with SHA-1, too, for TLS 1.2. */
#define PRIORITY "NORMAL:+3DES-CBC:+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1"
#define MAX_HANDSHAKE_BYTES (1024 * 1024)
#define MAX_CREDENTIALS 16
#define MAX_AUTHORITIES 256
/* How long a server may take to say that it wanted another certificate (TLS 1.3 says so after the handshake). Milliseconds. */
#define AFTERWARDS 1000

struct _ProbeCredentials
{
  gnutls_pcert_st certificates[MAX_CREDENTIALS];
  unsigned n;
  gnutls_privkey_t key; /* (owned) (nullable) */
};

/* What the callback needs. */
typedef struct
{
  ProbeHandshake *handshake;
  const ProbeCredentials *credentials; /* (nullable) */
} Asking;

void
probe_credentials_free (ProbeCredentials *self)
{
  if (self == NULL)
    return;
  for (unsigned i = 0; i < self->n; i++)
    gnutls_pcert_deinit (&self->certificates[i]);
  if (self->key != NULL)
    gnutls_privkey_deinit (self->key);
  g_free (self);
}

static gnutls_datum_t
datum_of (GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  return (gnutls_datum_t) { (unsigned char *) data, (unsigned) size };
}

ProbeCredentials *
probe_credentials_new (GBytes *certificate, GBytes *key, GError **error)
{
  g_autoptr (ProbeCredentials) self = g_new0 (ProbeCredentials, 1);
  gnutls_datum_t pem = datum_of (certificate);
  unsigned n = MAX_CREDENTIALS;
  int result = gnutls_pcert_list_import_x509_raw (self->certificates, &n, &pem, GNUTLS_X509_FMT_PEM, 0);
  if (result < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("the client's certificate cannot be read (PEM, its chain behind it): %s"),
                   gnutls_strerror (result));
      return NULL;
    }
  self->n = n;
  pem = datum_of (key);
  result = gnutls_privkey_init (&self->key);
  if (result >= 0)
    result = gnutls_privkey_import_x509_raw (self->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (result >= 0)
    return g_steal_pointer (&self);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("the client's key cannot be read (PEM, not encrypted): %s"),
               gnutls_strerror (result));
  return NULL;
}

void
probe_handshake_free (ProbeHandshake *self)
{
  if (self == NULL)
    return;
  g_free (self->fault);
  g_free (self->version);
  g_free (self->cipher);
  g_free (self->exchange);
  g_clear_pointer (&self->ocsp_response, g_bytes_unref);
  g_ptr_array_unref (self->chain);
  g_ptr_array_unref (self->authorities);
  g_free (self);
}

static int
on_asked (gnutls_session_t session, const gnutls_datum_t *authorities, int n, const gnutls_pk_algorithm_t *algorithms G_GNUC_UNUSED,
          int n_algorithms G_GNUC_UNUSED, gnutls_pcert_st **certificates, unsigned int *n_certificates, gnutls_privkey_t *key)
{
  Asking *self = gnutls_session_get_ptr (session);
  self->handshake->asked = TRUE;
  g_ptr_array_set_size (self->handshake->authorities, 0);
  for (int i = 0; i < MIN (n, MAX_AUTHORITIES); i++)
    {
      gnutls_datum_t text = { NULL, 0 };
      if (gnutls_x509_rdn_get2 (&authorities[i], &text, 0) < 0)
        continue;
      g_ptr_array_add (self->handshake->authorities, g_utf8_make_valid ((const char *) text.data, text.size));
      gnutls_free (text.data);
    }
  *n_certificates = 0;
  if (self->credentials == NULL)
    return 0;
  *certificates = (gnutls_pcert_st *) self->credentials->certificates;
  *n_certificates = self->credentials->n;
  *key = self->credentials->key;
  self->handshake->sent = TRUE;
  return 0;
}

/* The stapled answer, in its own words; whether it is to be believed is the service's question. */
static void
read_ocsp (gnutls_session_t session, ProbeHandshake *out)
{
  gnutls_datum_t der = { NULL, 0 };
  gnutls_ocsp_resp_t response;
  unsigned int status = GNUTLS_OCSP_CERT_UNKNOWN;
  time_t next = (time_t) -1;
  if (gnutls_ocsp_status_request_get (session, &der) < 0 || der.size == 0)
    return;
  out->ocsp = "unreadable";
  if (der.size > TRUST_LIMIT_OCSP_BYTES)
    return;
  out->ocsp_response = g_bytes_new (der.data, der.size);
  if (gnutls_ocsp_resp_init (&response) < 0)
    return;
  if (gnutls_ocsp_resp_import (response, &der) >= 0 && gnutls_ocsp_resp_get_status (response) == GNUTLS_OCSP_RESP_SUCCESSFUL
      && gnutls_ocsp_resp_get_single (response, 0, NULL, NULL, NULL, NULL, &status, NULL, &next, NULL, NULL) >= 0)
    {
      out->ocsp = status == GNUTLS_OCSP_CERT_GOOD ? "good" : status == GNUTLS_OCSP_CERT_REVOKED ? "revoked" : "unknown";
      out->ocsp_next = next == (time_t) -1 ? 0 : (gint64) next;
    }
  gnutls_ocsp_resp_deinit (response);
}

static void
read_session (gnutls_session_t session, ProbeHandshake *out)
{
  unsigned int n = 0;
  const gnutls_datum_t *sent = gnutls_certificate_get_peers (session, &n);
  for (unsigned int i = 0; sent != NULL && i < n; i++)
    g_ptr_array_add (out->chain, g_bytes_new (sent[i].data, sent[i].size));
  if (!out->is_done && out->chain->len == 0)
    return;
  const char *version = gnutls_protocol_get_name (gnutls_protocol_get_version (session));
  const char *suite = gnutls_ciphersuite_get (session);
  const char *group = gnutls_group_get_name (gnutls_group_get (session));
  out->version = version == NULL ? NULL : g_str_has_prefix (version, "TLS") ? g_strdup_printf ("TLS %s", version + 3) : g_strdup (version);
  out->cipher = g_strdup (suite);
  out->exchange = g_strdup (group);
  read_ocsp (session, out);
}

/* How the handshake ended. */
static void
read_end (gnutls_session_t session, int result, ProbeHandshake *out)
{
  if (result == GNUTLS_E_SUCCESS)
    {
      out->is_done = TRUE;
      return;
    }
  if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
    {
      out->is_refused = TRUE;
      out->fault = g_strdup_printf (_ ("the server refused: %s"), gnutls_alert_get_name (gnutls_alert_get (session)));
    }
  else
    {
      out->is_refused = result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR || result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
      out->fault = g_strdup (gnutls_strerror (result));
    }
}

/* In TLS 1.3 the client is done before the server has looked at its certificate. */
static void
wait_for_refusal (gnutls_session_t session, ProbeWire *wire, ProbeHandshake *out)
{
  guint8 byte;
  for (guint i = 0; i < 16 && probe_wire_wait (wire, FALSE, AFTERWARDS, NULL); i++)
    {
      ssize_t result = gnutls_record_recv (session, &byte, sizeof byte);
      if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        read_end (session, (int) result, out);
      if (result >= 0 || gnutls_error_is_fatal ((int) result))
        break;
    }
  out->is_done = out->fault == NULL;
}

static void
run (gnutls_session_t session, ProbeWire *wire, ProbeHandshake *out, GError **error)
{
  int result;
  while ((result = gnutls_handshake (session)) < 0 && !gnutls_error_is_fatal (result))
    if (!probe_wire_wait (wire, gnutls_record_get_direction (session) == 1, -1, error))
      {
        read_session (session, out);
        return;
      }
  read_end (session, result, out);
  if (out->is_done && out->asked)
    wait_for_refusal (session, wire, out);
  read_session (session, out);
  out->required = out->asked && out->is_refused && !out->sent;
  out->refused_certificate = out->asked && out->is_refused && out->sent;
}

static int
set_up (gnutls_session_t session, gnutls_certificate_credentials_t credentials, const ProbeTarget *target, const char *version)
{
  g_autofree char *priority = version == NULL ? g_strdup (PRIORITY) : g_strdup_printf (PRIORITY ":-VERS-ALL:+VERS-%s", version);
  int result = gnutls_priority_set_direct (session, priority, NULL);
  if (result >= 0)
    result = gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  if (result >= 0 && !target->name_is_address)
    result = gnutls_server_name_set (session, GNUTLS_NAME_DNS, target->name, strlen (target->name));
  gnutls_certificate_set_retrieve_function2 (credentials, on_asked);
  gnutls_handshake_set_max_packet_length (session, MAX_HANDSHAKE_BYTES);
  gnutls_handshake_set_timeout (session, GNUTLS_INDEFINITE_TIMEOUT); /* the wire has one */
  return result;
}

ProbeHandshake *
probe_handshake (ProbeWire *wire, const ProbeTarget *target, const ProbeCredentials *credentials, const char *version, GError **error)
{
  g_autoptr (ProbeHandshake) out = g_new0 (ProbeHandshake, 1);
  gnutls_certificate_credentials_t mine = NULL;
  gnutls_session_t session = NULL;
  Asking asking = { out, credentials };
  g_autoptr (GError) fault = NULL;
  out->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  out->authorities = g_ptr_array_new_with_free_func (g_free);
  out->ocsp = "none";
  int result = gnutls_certificate_allocate_credentials (&mine);
  if (result >= 0)
    result = gnutls_init (&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
  if (result >= 0)
    result = set_up (session, mine, target, version);
  if (result < 0) /* the machine's own configuration of GnuTLS may forbid a version */
    out->fault = g_strdup (gnutls_strerror (result));
  else
    {
      gnutls_session_set_ptr (session, &asking);
      gnutls_transport_set_int (session, probe_wire_get_fd (wire));
      run (session, wire, out, &fault);
    }
  if (session != NULL)
    gnutls_deinit (session);
  if (mine != NULL)
    gnutls_certificate_free_credentials (mine);
  if (fault != NULL && out->chain->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  if (fault != NULL)
    out->fault = g_strdup (fault->message);
  return g_steal_pointer (&out);
}
