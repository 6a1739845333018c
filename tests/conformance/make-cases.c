/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-cases FILE.json: the project's own cases in the x509-limbo schema, made anew each time. What each expects stands with its feature. */
#include "tests/conformance/recipe.h"

#include <arpa/inet.h>
#include <json-glib/json-glib.h>
#include <string.h>

static void
add_string (JsonBuilder *out, const char *member, const char *value)
{
  json_builder_set_member_name (out, member);
  if (value != NULL)
    json_builder_add_string_value (out, value);
  else
    json_builder_add_null_value (out);
}

static void
add_boolean (JsonBuilder *out, const char *member, gboolean value)
{
  json_builder_set_member_name (out, member);
  json_builder_add_boolean_value (out, value);
}

static void
add_pem (JsonBuilder *out, GBytes *der, const char *label)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (der, &size);
  g_autofree char *base64 = g_base64_encode (data, size);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "-----BEGIN %s-----\n", label);
  for (const char *at = base64; *at != '\0'; at += MIN (strlen (at), 64))
    g_string_append_printf (text, "%.64s\n", at);
  g_string_append_printf (text, "-----END %s-----\n", label);
  json_builder_add_string_value (out, text->str);
}

static void
add_pems (JsonBuilder *out, const char *member, GPtrArray *ders, guint first, const char *label)
{
  json_builder_set_member_name (out, member);
  json_builder_begin_array (out);
  for (guint i = first; i < ders->len; i++)
    add_pem (out, ders->pdata[i], label);
  json_builder_end_array (out);
}

static void
add_peer_name (JsonBuilder *out, const RecipeChain *chain)
{
  const char *value = chain->host != NULL ? chain->host : chain->email;
  guint8 address[16];
  const char *kind = chain->host == NULL ? "RFC822" : "DNS";

  if (chain->host != NULL && (inet_pton (AF_INET, chain->host, address) == 1 || inet_pton (AF_INET6, chain->host, address) == 1))
    kind = "IP";
  json_builder_set_member_name (out, "expected_peer_name");
  if (value == NULL)
    {
      json_builder_add_null_value (out);
      return;
    }
  json_builder_begin_object (out);
  add_string (out, "kind", kind);
  add_string (out, "value", value);
  json_builder_end_object (out);
}

static void
add_purpose (JsonBuilder *out, const RecipeChain *chain)
{
  static const struct
  {
    const char *purpose, *word;
  } words[] = { { "server-auth", "serverAuth" }, { "client-auth", "clientAuth" }, { "email-protection", "emailProtection" } };

  /* Each certificate's revocation must be known: what the schema's PATH asks. */
  add_string (out, "validation_kind", chain->hard ? "PATH" : g_strcmp0 (chain->purpose, "server-auth") == 0 ? "SERVER" : NULL);
  json_builder_set_member_name (out, "extended_key_usage");
  json_builder_begin_array (out);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i].purpose, chain->purpose) == 0)
      json_builder_add_string_value (out, words[i].word);
  json_builder_end_array (out);
}

static void
add_policies (JsonBuilder *out, const RecipeChain *chain)
{
  if (chain->policies != NULL)
    {
      json_builder_set_member_name (out, "initial_policy_set");
      json_builder_begin_array (out);
      for (guint i = 0; chain->policies[i] != NULL; i++)
        json_builder_add_string_value (out, chain->policies[i]);
      json_builder_end_array (out);
    }
  add_boolean (out, "initial_explicit_policy", chain->explicit_policy);
  add_boolean (out, "initial_policy_mapping_inhibit", chain->inhibit_mapping);
  add_boolean (out, "initial_inhibit_any_policy", chain->inhibit_any);
}

static void
add_case (JsonBuilder *out, const RecipeFeature *feature)
{
  g_autoptr (RecipeChain) chain = recipe_make (feature->script);
  g_autofree char *id = g_strdup_printf ("anchord::%s", feature->name);
  g_autofree char *description = g_strdup_printf ("%s: %s. Recipe: %s", feature->source, feature->good ? "to be accepted" : "to be refused",
                                                  feature->script[0] != '\0' ? feature->script : "nothing beside a plain chain");

  json_builder_begin_object (out);
  add_string (out, "id", id);
  add_string (out, "description", description);
  add_string (out, "expected_result", feature->good ? "SUCCESS" : "FAILURE");
  add_string (out, "validation_time", "2026-01-01T00:00:00Z");
  add_purpose (out, chain);
  add_peer_name (out, chain);
  add_policies (out, chain);
  json_builder_set_member_name (out, "max_chain_depth");
  if (chain->max_depth >= 0)
    json_builder_add_int_value (out, chain->max_depth);
  else
    json_builder_add_null_value (out);
  add_pems (out, "trusted_certs", chain->anchors, 0, "CERTIFICATE");
  add_pems (out, "untrusted_intermediates", chain->chain, 1, "CERTIFICATE");
  add_pems (out, "crls", chain->crls, 0, "X509 CRL");
  json_builder_set_member_name (out, "peer_certificate");
  add_pem (out, chain->chain->pdata[0], "CERTIFICATE");
  json_builder_end_object (out);
}

int
main (int argc, char **argv)
{
  const RecipeFeature *const lists[] = { recipe_features_path, recipe_features_names };
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      g_printerr ("make-cases FILE.json\n");
      return 2;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, 1);
  json_builder_set_member_name (builder, "testcases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const RecipeFeature *feature = lists[i]; feature->name != NULL; feature++)
      add_case (builder, feature);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  if (!json_generator_to_file (generator, argv[1], &error))
    {
      g_printerr ("make-cases: %s\n", error->message);
      return 1;
    }
  return 0;
}
