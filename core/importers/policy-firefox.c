/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firefox's policies.json: certificates that it installs. Most entries name files, and nothing here opens a path that stands in a file. */
#include "core/importers/json.h"

#include "core/error.h"
#include "core/importers/take.h"
#include "core/text.h"

#include <string.h>

/* Firefox installs them with the trust "CT,CT,". */
#define PURPOSES ((1u << TRUST_PURPOSE_SERVER_AUTH) | (1u << TRUST_PURPOSE_CLIENT_AUTH) | (1u << TRUST_PURPOSE_EMAIL_PROTECTION))

static gboolean
probe (TrustSpan input)
{
  return trust_json_probe (input, "policies") && trust_json_probe (input, "Certificates");
}

/* A name of a file is short and has a dot or a slash near its end; base64 of a certificate is neither. */
static gboolean
is_file_name (const char *text)
{
  gsize length = strlen (text);

  return length < 128 || (strstr (text, "-----BEGIN ") == NULL && strpbrk (text, ".:\\~") != NULL);
}

static TrustCertificate *
read_entry (JsonNode *node, GError **error)
{
  const char *text = trust_json_get_text (node, error);
  g_autofree char *shown = NULL;

  if (text == NULL)
    return NULL;
  if (!is_file_name (text))
    return trust_json_read_certificate (text, error);
  shown = trust_text_printable (text, 200);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "it names the file \"%s\", which is not opened; import that file itself (Firefox looks for it in "
               "/usr/lib/mozilla/certificates too)",
               shown);
  return NULL;
}

static gboolean
take_list (JsonArray *array, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (PURPOSES);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *place = g_strdup_printf ("Install, entry %u", i + 1);
      GError *reason = NULL;
      g_autoptr (TrustCertificate) certificate = read_entry (json_array_get_element (array, i), &reason);

      if (!trust_import_has_room (import, error))
        {
          g_clear_error (&reason);
          return FALSE;
        }
      if (certificate != NULL)
        trust_import_add (import, certificate, settings, NULL, NULL, place);
      else if (!trust_import_fail (import, options, place, reason, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (JsonNode) root = trust_json_read (input, error);
  GError *local = NULL;
  JsonObject *policies = root != NULL ? trust_json_find_object (json_node_get_object (root), "policies", &local) : NULL;
  JsonObject *certificates = policies != NULL ? trust_json_find_object (policies, "Certificates", &local) : NULL;
  JsonArray *install = certificates != NULL ? trust_json_find_array (certificates, "Install", &local) : NULL;

  if (local != NULL)
    g_propagate_error (error, local);
  if (root == NULL || local != NULL)
    return FALSE;
  if (certificates != NULL && json_object_has_member (certificates, "ImportEnterpriseRoots"))
    trust_import_notice (import, "ImportEnterpriseRoots tells Firefox to use the system's own anchors; there is nothing to import in it");
  return install == NULL || take_list (install, options, import, error);
}

const TrustImporter trust_importer_policy_firefox = { "policy-firefox", "Firefox policy", probe, decode };
