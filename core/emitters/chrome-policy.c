/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A managed policy of Chrome, Chromium and Edge. docs/formats.md says what Debian's Chromium makes of each list. */
#include "core/emitters/emitter.h"
#include "core/json.h"
#include "core/pem.h"

#include <string.h>

#define TRUSTED "CACertificates"
#define CONSTRAINED "CACertificatesWithConstraints"
#define REFUSED "CADistrustedCertificates"
#define HINTS "CAHintCertificates"

static void
append_base64 (GString *out, const TrustCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  g_autofree char *text = g_base64_encode (der.data, der.size);

  g_string_append_printf (out, "\"%s\"", text);
}

static void
append_names (GString *out, const char *name, TrustConstraints *constraints, TrustNameKind kind, gboolean *is_first)
{
  guint n = trust_constraints_get_n (constraints, kind, FALSE);

  if (n == 0)
    return;
  g_string_append_printf (out, "%s \"%s\": [", *is_first ? "" : ",", name);
  *is_first = FALSE;
  for (guint i = 0; i < n; i++)
    {
      /* A host name or an address and a length: nothing that JSON would have to escape. */
      g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, FALSE, i));

      /* An address without a length would make Chrome drop the certificate. */
      const char *length = kind != TRUST_NAME_IP || strchr (text, '/') != NULL ? "" : strchr (text, ':') != NULL ? "/128" : "/32";

      g_string_append_printf (out, "%s\"%s%s\"", i > 0 ? ", " : "", text, length);
    }
  g_string_append_c (out, ']');
}

static void
append_constrained (GString *out, const TrustCertificate *certificate, TrustConstraints *constraints)
{
  gboolean is_first = TRUE;

  g_string_append (out, "{\"certificate\": ");
  append_base64 (out, certificate);
  g_string_append (out, ", \"constraints\": {");
  append_names (out, "permitted_dns_names", constraints, TRUST_NAME_DNS, &is_first);
  append_names (out, "permitted_cidrs", constraints, TRUST_NAME_IP, &is_first);
  g_string_append (out, " }}");
}

/* Begins the list NAME with its first entry, or another entry. */
static void
begin_entry (GString *out, const char *name, guint *n)
{
  if (*n > 0)
    g_string_append (out, ",\n    ");
  else
    g_string_append_printf (out, "%s\n  \"%s\": [\n    ", g_str_has_suffix (out->str, "{") ? "" : ",", name);
  (*n)++;
}

static void
end_list (GString *out, guint n)
{
  if (n > 0)
    g_string_append (out, "\n  ]");
}

/* Chrome has its own list of public roots: it needs to be told what somebody added or limited here. */
static gboolean
is_wanted (const TrustEmitterInput *input, const TrustAnchor *anchor)
{
  return g_str_equal (trust_emitter_option (input, "Anchors", "added"), "all")
         || trust_origin_get_layer (trust_anchor_get_origin (anchor)) != TRUST_LAYER_DISTRIBUTION;
}

static void
append_anchors (const TrustEmitterInput *input, GString *out, gboolean is_constrained)
{
  guint n = 0;

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (input->set, i);
      TrustConstraints *constraints = trust_settings_get_constraints (trust_anchor_get_settings (anchor));

      if (trust_constraints_is_empty (constraints) == is_constrained || !is_wanted (input, anchor))
        continue;
      begin_entry (out, is_constrained ? CONSTRAINED : TRUSTED, &n);
      if (is_constrained)
        append_constrained (out, trust_anchor_get_certificate (anchor), constraints);
      else
        append_base64 (out, trust_anchor_get_certificate (anchor));
    }
  end_list (out, n);
}

static void
append_refusal (GString *out, const TrustCertificate *certificate, GHashTable *done, guint *n)
{
  if (!g_hash_table_add (done, (gpointer) trust_certificate_get_key_fingerprint (certificate)))
    return;
  begin_entry (out, REFUSED, n);
  append_base64 (out, certificate);
}

/* Is ANCHOR, of the distribution's list, no longer trusted for servers without limits, whatever the store? */
static gboolean
is_given_up (const TrustSnapshot *snapshot, const TrustAnchor *anchor)
{
  const TrustAnchor *now = trust_anchor_set_lookup (snapshot->set, trust_anchor_get_fingerprint (anchor));

  return trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH)
         && (now == NULL || !trust_anchor_has_purpose (now, TRUST_PURPOSE_SERVER_AUTH)
             || trust_settings_is_limited (trust_anchor_get_settings (now)));
}

/* A root of the distribution's list is probably in Chrome's own, too: one that somebody narrowed, that ended, or whose limits can't be said, is
 * refused, unless something that is held has its key. DONE: keys that are refused, and then those held. */
static void
append_given_up (const TrustEmitterInput *input, GString *out, GHashTable *done, guint *n)
{
  const TrustSnapshot *snapshot = input->snapshot;

  if (snapshot == NULL)
    return;
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (input->set); i++)
    {
      const TrustAnchor *held = trust_anchor_set_get_anchor (input->set, i);

      g_hash_table_add (done, (gpointer) trust_certificate_get_key_fingerprint (trust_anchor_get_certificate (held)));
    }
  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      for (guint j = 0; state->layer == TRUST_LAYER_DISTRIBUTION && j < state->files->len; j++)
        {
          const TrustSourceFile *file = state->files->pdata[j];

          for (guint k = 0; k < file->n_anchors; k++)
            if (is_given_up (snapshot, file->anchors[k]))
              append_refusal (out, trust_anchor_get_certificate (file->anchors[k]), done, n);
        }
    }
}

static void
append_refused (const TrustEmitterInput *input, GString *out)
{
  g_autoptr (GHashTable) done = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  guint n = 0;

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (input->set); i++)
    {
      TrustCertificate *certificate = trust_emitter_refused_by_key (trust_anchor_set_get_distrust (input->set, i));

      if (certificate != NULL)
        append_refusal (out, certificate, done, &n);
    }
  append_given_up (input, out, done, &n);
  end_list (out, n);
}

static gboolean
write_policy (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_string_append_c (out, '{');
  append_anchors (input, out, FALSE);
  append_anchors (input, out, TRUE);
  append_refused (input, out);
  g_string_append (out, "\n}\n");
  return TRUE;
}

/* Names and addresses that are permitted, and nothing else said. "No name of that kind" can't be: an empty list says nothing. */
static gboolean
can_say (TrustConstraints *constraints)
{
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      guint n = trust_constraints_get_n (constraints, kind, FALSE);

      if (trust_constraints_get_n (constraints, kind, TRUE) > 0)
        return FALSE;
      if (!trust_constraints_is_restricted (constraints, kind))
        continue;
      if ((kind != TRUST_NAME_DNS && kind != TRUST_NAME_IP) || n == 0)
        return FALSE;
      for (guint i = 0; kind == TRUST_NAME_DNS && i < n; i++)
        {
          g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, FALSE, i));

          if (g_str_equal (text, "."))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_certificate (JsonNode *node, GArray *certificates)
{
  const char *text = trust_json_get_text (node, NULL);
  g_autoptr (GByteArray) der = text != NULL ? trust_pem_decode ((TrustSpan) { (const guint8 *) text, strlen (text) }, NULL) : NULL;

  return der != NULL && trust_emitter_read_der (der->data, der->len, certificates);
}

static gboolean
read_list (JsonObject *object, const char *name, GArray *certificates)
{
  g_autoptr (GError) error = NULL;
  JsonArray *list = trust_json_find_array (object, name, &error);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);

      if (g_str_equal (name, CONSTRAINED))
        node = JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), "certificate") : NULL;
      if (node == NULL || !read_certificate (node, certificates))
        return FALSE;
    }
  return error == NULL;
}

/* A policy with anything else in it is somebody's. */
static gboolean
read_policy (const void *bytes, gsize size, GArray *certificates)
{
  static const char *const lists[] = { TRUSTED, CONSTRAINED, REFUSED, HINTS };
  g_autoptr (JsonNode) root = trust_json_read ((TrustSpan) { bytes, size }, NULL);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  guint n_known = 0;

  if (object == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      n_known += json_object_has_member (object, lists[i]);
      if (!read_list (object, lists[i], certificates))
        return FALSE;
    }
  return n_known == json_object_get_size (object);
}

static const char *
find_anchors_fault (const char *value)
{
  return g_str_equal (value, "added") || g_str_equal (value, "all") ? NULL : "it is \"added\" or \"all\"";
}

static const TrustEmitterOption options[] = { { "Anchors", FALSE, find_anchors_fault }, { NULL, FALSE, NULL } };

#define SAYS(kind) (1u << TRUST_LOSS_##kind)

const TrustEmitter trust_emitter_chrome_policy = {
  .name = "chrome-policy",
  .description = "Managed policy of Chrome, Chromium and Edge: certificates for TLS servers, with names they are limited to, and refused ones",
  .says = SAYS (CONSTRAINTS) | SAYS (DISTRUST) | SAYS (KEY_DISTRUST),
  .is_beside = TRUE,
  .refuses_by_key = TRUE,
  .adds = TRUE,
  .options = options,
  .can_say = can_say,
  .write = write_policy,
  .read = read_policy,
};
