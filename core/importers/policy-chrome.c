/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A managed policy of Chrome, Chromium and Edge: certificates for TLS servers, with constraints beside them, refused ones, and intermediates. */
#include "core/importers/json.h"

#include "core/error.h"
#include "core/importers/take.h"
#include "core/text.h"

#define TRUSTED "CACertificates"
#define CONSTRAINED "CACertificatesWithConstraints"
#define REFUSED "CADistrustedCertificates"
#define HINTS "CAHintCertificates"

typedef struct
{
  const TrustImportOptions *options;
  TrustImport *import;
  TrustSettings *plain; /* (owned) server-auth */
  TrustOrigin *origin;  /* (owned) */
} Reader;

/* What the entries of one list mean. */
typedef struct
{
  const char *name;
  gboolean (*take) (const Reader *reader, JsonNode *node, const char *place, GError **error);
} List;

static TrustCertificate *
read_text (JsonNode *node, GError **error)
{
  const char *text = trust_json_get_text (node, error);

  return text != NULL ? trust_json_read_certificate (text, error) : NULL;
}

static gboolean
take_trusted (const Reader *reader, JsonNode *node, const char *place, GError **error)
{
  g_autoptr (TrustCertificate) certificate = read_text (node, error);

  if (certificate != NULL)
    trust_import_add (reader->import, certificate, reader->plain, NULL, NULL, place);
  return certificate != NULL;
}

/* Chrome refuses by key. */
static gboolean
take_refused (const Reader *reader, JsonNode *node, const char *place, GError **error)
{
  g_autoptr (TrustCertificate) certificate = read_text (node, error);
  g_autoptr (TrustDistrust) distrust = NULL;

  if (certificate == NULL)
    return FALSE;
  distrust = trust_distrust_new (trust_certificate_get_fingerprint (certificate), trust_certificate_get_key_fingerprint (certificate),
                                 (TrustSpan) { NULL, 0 }, (TrustSpan) { NULL, 0 }, certificate, reader->origin, NULL);
  trust_import_add (reader->import, certificate, NULL, distrust, NULL, place);
  return TRUE;
}

static gboolean
take_hint (const Reader *reader, JsonNode *node, const char *place, GError **error)
{
  g_autoptr (TrustCertificate) certificate = read_text (node, error);

  if (certificate != NULL)
    trust_import_add (reader->import, certificate, NULL, NULL, NULL, place)->is_untrusted = TRUE;
  return certificate != NULL;
}

static gboolean
add_permitted (TrustConstraints *constraints, JsonObject *object, const char *name, TrustNameKind kind, guint *n, GError **error)
{
  g_autoptr (GError) local = NULL;
  JsonArray *list = trust_json_find_array (object, name, &local);

  for (guint i = 0; list != NULL && i < json_array_get_length (list) && local == NULL; i++)
    {
      const char *text = trust_json_get_text (json_array_get_element (list, i), &local);

      if (text != NULL && *text == '\0')
        g_set_error (&local, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "an empty text in \"%s\"", name);
      if (local == NULL && trust_constraints_add (constraints, kind, FALSE, text, &local))
        (*n)++;
    }
  if (local != NULL)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, local->message);
  return local == NULL;
}

/* "If no constraint of a type is present, any name of that type is allowed", but at least one must be there, and none that is unknown here. */
static TrustConstraints *
read_constraints (JsonObject *object, GError **error)
{
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GList) names = json_object_get_members (object);
  guint n = 0;

  for (GList *at = names; at != NULL; at = at->next)
    if (!g_str_equal (at->data, "permitted_dns_names") && !g_str_equal (at->data, "permitted_cidrs"))
      {
        g_autofree char *shown = trust_text_printable (at->data, 64);

        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "\"%s\" is a constraint that anchord does not know", shown);
        return NULL;
      }
  if (!add_permitted (constraints, object, "permitted_dns_names", TRUST_NAME_DNS, &n, error)
      || !add_permitted (constraints, object, "permitted_cidrs", TRUST_NAME_IP, &n, error))
    return NULL;
  if (n == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "its constraints name nothing; put it into " TRUSTED " if it shall have none");
      return NULL;
    }
  return g_steal_pointer (&constraints);
}

static gboolean
take_constrained (const Reader *reader, JsonNode *node, const char *place, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *text = object != NULL ? json_object_get_member (object, "certificate") : NULL;
  JsonNode *limiting = object != NULL ? json_object_get_member (object, "constraints") : NULL;
  g_autoptr (TrustCertificate) certificate = NULL;
  g_autoptr (TrustConstraints) constraints = NULL;
  g_autoptr (TrustSettings) settings = NULL;
  TrustLimits limits = TRUST_LIMITS_NONE;

  if (text == NULL || limiting == NULL || !JSON_NODE_HOLDS_OBJECT (limiting))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "an object with \"certificate\" and \"constraints\" was expected");
      return FALSE;
    }
  certificate = read_text (text, error);
  constraints = certificate != NULL ? read_constraints (json_node_get_object (limiting), error) : NULL;
  if (constraints == NULL)
    return FALSE;
  limits.constraints = constraints;
  settings = trust_settings_new_limited (trust_settings_get_purposes (reader->plain), &limits);
  trust_import_add (reader->import, certificate, settings, NULL, NULL, place);
  return TRUE;
}

static const List lists[] = {
  { TRUSTED, take_trusted },
  { CONSTRAINED, take_constrained },
  { REFUSED, take_refused },
  { HINTS, take_hint },
};

static gboolean
probe (TrustSpan input)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (trust_json_probe (input, lists[i].name))
      return TRUE;
  return FALSE;
}

static gboolean
take_list (const Reader *reader, JsonObject *object, const List *list, GError **error)
{
  GError *local = NULL;
  JsonArray *array = trust_json_find_array (object, list->name, &local);

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && local == NULL; i++)
    {
      g_autofree char *place = g_strdup_printf ("%s, entry %u", list->name, i + 1);
      GError *reason = NULL;

      if (trust_import_has_room (reader->import, &local) && !list->take (reader, json_array_get_element (array, i), place, &reason))
        trust_import_fail (reader->import, reader->options, place, reason, &local);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (JsonNode) root = trust_json_read (input, error);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) plain = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  Reader reader = { options, import, plain, origin };

  if (root == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (!take_list (&reader, json_node_get_object (root), &lists[i], error))
      return FALSE;
  return TRUE;
}

const TrustImporter trust_importer_policy_chrome = { "policy-chrome", "Chrome policy", probe, decode };
