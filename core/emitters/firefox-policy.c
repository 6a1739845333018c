/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firefox's policies.json, which others write, too: a security device through which Firefox sees what p11-kit does. What Firefox installs from a
 * policy stays in each profile for good; a device is asked anew at each start. docs/formats.md has the experiments. */
#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/json-edit.h"
#include "core/json.h"

#include <string.h>

#define DEVICE "anchord"

static const char *const add_path[] = { "policies", "SecurityDevices", "Add", DEVICE, NULL };
static const char *const delete_path[] = { "policies", "SecurityDevices", "Delete", DEVICE, NULL };
/* As of old: devices stand beside each other, and none can be taken out. Where there is an Add or a Delete, Firefox does not look at them. */
static const char *const old_path[] = { "policies", "SecurityDevices", DEVICE, NULL };

static gboolean
fail (GError **error, const char *what, const GError *reason)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "policies.json %s%s%s; Firefox does not heed it as it is. Mend it first: nothing was changed", what, reason != NULL ? ": " : "",
               reason != NULL ? reason->message : "");
  return FALSE;
}

/* *IS_OLD: devices stand there as of old. FALSE: it is no policy that could be changed. */
static gboolean
check (GBytes *before, gboolean *is_old, GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (before, &size);
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) root = trust_json_read ((TrustSpan) { (const guint8 *) text, size }, &reason);
  JsonObject *policies = NULL, *devices = NULL;

  if (root == NULL)
    return fail (error, "is no JSON object", reason);
  if (!trust_json_is_strict (text, size))
    return fail (error, "is no strict JSON (a byte order mark, a comma too many or a word)", NULL);
  policies = trust_json_find_object (json_node_get_object (root), "policies", &reason);
  if (policies != NULL)
    devices = trust_json_find_object (policies, "SecurityDevices", &reason);
  if (devices != NULL)
    trust_json_find_object (devices, "Add", &reason);
  if (devices != NULL && reason == NULL)
    trust_json_find_array (devices, "Delete", &reason);
  if (reason != NULL)
    return fail (error, "has a member of another kind", reason);
  *is_old = devices != NULL && json_object_get_size (devices) > 0 && !json_object_has_member (devices, "Add")
            && !json_object_has_member (devices, "Delete");
  return TRUE;
}

/* All of them: somebody may have written a name twice. */
static void
drop_all (GString *text, const char *const *path)
{
  while (trust_json_drop (text, path))
    continue;
}

static void
put_device (GString *text, const char *module, gboolean is_old)
{
  g_autofree char *value = g_strdup_printf ("\"%s\"", module);

  trust_json_put (text, is_old ? old_path : add_path, value);
  if (is_old)
    return;
  drop_all (text, old_path);
  drop_all (text, delete_path);
}

/* Profiles keep a device that was added: it has to be named to go. */
static void
drop_device (GString *text, gboolean is_old)
{
  if (!trust_json_has (text, add_path) && !trust_json_has (text, old_path))
    return;
  if (!is_old)
    trust_json_put (text, delete_path, NULL);
  drop_all (text, add_path);
  if (!trust_json_drop (text, old_path) || !is_old)
    return;
  /* Beside others it can't be named: Firefox would not look at them any more. */
  if (!trust_json_has (text, (const char *const[]) { "policies", "SecurityDevices", NULL }))
    trust_json_put (text, delete_path, NULL);
}

static gboolean
write_policies (const TrustEmitterInput *input, GString *out, GError **error)
{
  const char *module = trust_emitter_option (input, "Module", "");
  gboolean is_on = trust_anchor_set_get_n_anchors (input->set) > 0, is_old = FALSE;
  gsize size = 0;
  const char *text = NULL;

  if (input->before == NULL)
    {
      if (is_on)
        g_string_append_printf (out,
                                "{\n  \"policies\": {\n    \"SecurityDevices\": {\n      \"Add\": {\n        \"" DEVICE "\": \"%s\"\n"
                                "      }\n    }\n  }\n}\n",
                                module);
      return TRUE;
    }
  if (!check (input->before, &is_old, error))
    return FALSE;
  text = g_bytes_get_data (input->before, &size);
  g_string_append_len (out, text, (gssize) size);
  if (is_on)
    put_device (out, module, is_old);
  else
    drop_device (out, is_old);
  return TRUE;
}

/* It trusts no certificate itself. */
static gboolean
read_policies (const void *bytes, gsize size, GArray *certificates)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, size);
  gboolean is_old = FALSE;

  return check (copy, &is_old, NULL);
}

static const TrustEmitterOption options[] = { { "Module", TRUE, trust_emitter_find_path_fault }, { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_firefox_policy = {
  .name = "firefox-policy",
  .description = "Firefox's policies.json, merged: Firefox asks p11-kit's module, and so sees what this machine trusts",
  .merges = TRUE,
  .is_beside = TRUE,
  .options = options,
  .write = write_policies,
  .read = read_policies,
};
