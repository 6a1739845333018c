/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* limbo-runner [--profile NAME] [--by-namespace] [--only GLOB] FILE.json[.xz]…
 * Cases in the x509-limbo schema through the real verifier, one line each. */
#include "core/der-write.h"
#include "core/intake.h"
#include "core/verifier.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

static char *only;
static char *profile_name;
static gboolean by_namespace;

typedef struct
{
  guint passed, failed, skipped, false_accepts;
  gint64 slowest; /* processor time of one case, in microseconds */
} Counts;

static GBytes *
read_input (const char *path, GError **error)
{
  if (!g_str_has_suffix (path, ".xz"))
    {
      char *text = NULL;
      gsize size = 0;

      return g_file_get_contents (path, &text, &size, error) ? g_bytes_new_take (text, size) : NULL;
    }

  g_autoptr (GSubprocess) xz = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, "xz", "-dc", path, NULL);
  GBytes *out = NULL;

  return xz != NULL && g_subprocess_communicate (xz, NULL, NULL, &out, NULL, error) ? out : NULL;
}

static const char *
get_string (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
get_boolean (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node);
}

/* Appends what PEM holds; what can't be read is no certificate of any path. */
static gboolean
add_pem (GPtrArray *out, const char *pem)
{
  g_autoptr (GPtrArray) certificates = trust_intake_decode (pem, strlen (pem), NULL);

  for (guint i = 0; certificates != NULL && i < certificates->len; i++)
    g_ptr_array_add (out, trust_certificate_ref (certificates->pdata[i]));
  return certificates != NULL;
}

static void
add_all (GPtrArray *out, JsonArray *pems)
{
  for (guint i = 0; pems != NULL && i < json_array_get_length (pems); i++)
    add_pem (out, json_array_get_string_element (pems, i));
}

/* The store of one case. Its anchors are for whatever OID is asked for. */
static TrustSnapshot *
make_snapshot (JsonArray *pems, const char *purpose)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new ();
  const char *const names[] = { purpose != NULL ? purpose : "server-auth", NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "conformance", NULL, FALSE);
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) set = NULL;

  add_all (certificates, pems);
  for (guint i = 0; i < certificates->len; i++)
    if (g_hash_table_add (seen, (gpointer) trust_certificate_get_fingerprint (certificates->pdata[i])))
      g_ptr_array_add (anchors, trust_anchor_new (certificates->pdata[i], settings, origin, NULL));
  set = trust_anchor_set_new (anchors, distrusts);
  return trust_snapshot_new (1, TRUST_DISTRIBUTION_NONE, set, states);
}

static gint64
get_time (JsonObject *test)
{
  const char *text = get_string (test, "validation_time");
  g_autoptr (GDateTime) date = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return date != NULL ? g_date_time_to_unix (date) : g_get_real_time () / G_USEC_PER_SEC;
}

/* (nullable) */
static const char *
get_purpose (JsonObject *test)
{
  static const struct
  {
    const char *word;
    const char *purpose;
  } words[] = { { "serverAuth", "server-auth" },           { "clientAuth", "client-auth" },     { "codeSigning", "code-signing" },
                { "emailProtection", "email-protection" }, { "timeStamping", "time-stamping" }, { "OCSPSigning", "1.3.6.1.5.5.7.3.9" } };
  const char *kind = get_string (test, "validation_kind");
  JsonArray *list = get_array (test, "extended_key_usage");
  const char *word = g_strcmp0 (kind, "SERVER") == 0 ? "serverAuth" : g_strcmp0 (kind, "CLIENT") == 0 ? "clientAuth" : "";

  if (list != NULL && json_array_get_length (list) > 0)
    word = json_array_get_string_element (list, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].purpose;
  return NULL;
}

static guint
get_usage (JsonObject *test)
{
  static const char *const words[] = { "digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement",
                                       "keyCertSign",      "cRLSign",           "encipherOnly",    "decipherOnly" };
  JsonArray *list = get_array (test, "key_usage");
  guint usage = 0;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    for (guint n = 0; n < G_N_ELEMENTS (words); n++)
      if (g_str_equal (words[n], json_array_get_string_element (list, i)))
        usage |= 1u << n;
  return usage;
}

/* What the leaf must be for. Returns: (transfer full): NULL-terminated, its strings borrowed. */
static GPtrArray *
get_names (JsonObject *test)
{
  GPtrArray *names = g_ptr_array_new ();
  JsonNode *one = json_object_get_member (test, "expected_peer_name");
  JsonArray *list = get_array (test, "expected_peer_names");

  if (one != NULL && JSON_NODE_HOLDS_OBJECT (one))
    g_ptr_array_add (names, (gpointer) get_string (json_node_get_object (one), "value"));
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    g_ptr_array_add (names, (gpointer) get_string (json_array_get_object_element (list, i), "value"));
  g_ptr_array_add (names, NULL);
  return names;
}

static TrustProfile
choose_profile (const char *id)
{
  if (by_namespace && g_str_has_prefix (id, "rfc5280::"))
    return TRUST_PROFILE_STRICT;
  if (by_namespace && g_str_has_prefix (id, "webpki::"))
    return TRUST_PROFILE_WEBPKI;
  if (by_namespace && g_str_has_prefix (id, "pkits::"))
    return TRUST_PROFILE_LENIENT;
  return profile_name != NULL ? trust_profile_find (profile_name) : TRUST_PROFILE_DEFAULT;
}

static void
add_policies (JsonObject *test, TrustPolicyInput *input, GPtrArray *oids, GArray *spans)
{
  JsonArray *list = get_array (test, "initial_policy_set");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      GByteArray *oid = g_byte_array_new ();
      TrustSpan span;

      trust_der_append_oid_content (oid, json_array_get_string_element (list, i));
      span = (TrustSpan) { oid->data, oid->len };
      g_ptr_array_add (oids, oid);
      g_array_append_val (spans, span);
    }
  input->initial_policies = list != NULL ? (const TrustSpan *) (gpointer) spans->data : NULL;
  input->n_initial_policies = spans->len;
  input->explicit_policy = get_boolean (test, "initial_explicit_policy");
  input->inhibit_mapping = get_boolean (test, "initial_policy_mapping_inhibit");
  input->inhibit_any_policy = get_boolean (test, "initial_inhibit_any_policy");
}

static GPtrArray *
get_crls (JsonObject *test)
{
  GPtrArray *crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  JsonArray *list = get_array (test, "crls");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      const char *pem = json_array_get_string_element (list, i);
      TrustCrl *crl = trust_crl_new (pem, strlen (pem), NULL);

      if (crl != NULL)
        g_ptr_array_add (crls, crl);
    }
  return crls;
}

/* The verdict, and in *WHY (transfer full) the reason. */
static gboolean
run_case (JsonObject *test, char **why)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  g_autoptr (TrustSnapshot) snapshot = make_snapshot (get_array (test, "trusted_certs"), get_purpose (test));
  g_autoptr (GPtrArray) names = get_names (test), crls = get_crls (test);
  g_autoptr (GPtrArray) oids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (TrustSpan));
  g_autoptr (TrustVerdict) verdict = NULL;
  JsonNode *depth = json_object_get_member (test, "max_chain_depth");
  TrustVerifyRequest request = { .chain = chain,
                                 .purpose = get_purpose (test),
                                 .names = (const char *const *) names->pdata,
                                 .time = get_time (test),
                                 .profile = choose_profile (get_string (test, "id")),
                                 .usage = get_usage (test),
                                 .has_max_depth = depth != NULL && JSON_NODE_HOLDS_VALUE (depth),
                                 .crls = crls };

  if (request.has_max_depth)
    request.max_depth = (guint) json_node_get_int (depth);
  if (g_strcmp0 (get_string (test, "validation_kind"), "PATH") == 0)
    request.revocation = TRUST_REVOCATION_HARD;
  if (!add_pem (chain, get_string (test, "peer_certificate")))
    {
      *why = g_strdup ("unreadable");
      return FALSE;
    }
  add_all (chain, get_array (test, "untrusted_intermediates"));
  add_policies (test, &request.policies, oids, spans);
  verdict = trust_verifier_verify (snapshot, &request);
  *why = verdict->trusted ? g_strdup ("trusted") : g_strdup_printf ("%s/%s", trust_reason_get_name (verdict->reason), verdict->rule);
  return verdict->trusted;
}

static gint64
get_processor_time (void)
{
  struct timespec spec;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spec);
  return (gint64) spec.tv_sec * G_USEC_PER_SEC + spec.tv_nsec / 1000;
}

static void
count_case (JsonObject *test, GHashTable *spaces, Counts *all)
{
  const char *id = get_string (test, "id"), *expected = get_string (test, "expected_result");
  g_autofree char *space = g_strndup (id, strcspn (id, ":"));
  g_autofree char *why = NULL;
  Counts *counts = g_hash_table_lookup (spaces, space);
  gboolean trusted, good;
  gint64 begin;

  if (only != NULL && !g_pattern_match_simple (only, id))
    return;
  if (counts == NULL)
    g_hash_table_insert (spaces, g_strdup (space), counts = g_new0 (Counts, 1));
  begin = get_processor_time ();
  trusted = run_case (test, &why);
  counts->slowest = MAX (counts->slowest, get_processor_time () - begin);
  good = g_str_equal (expected, trusted ? "SUCCESS" : "FAILURE");
  printf ("%s\t%s\t%s\t%s\n", id, expected, trusted ? "SUCCESS" : "FAILURE", why);
  *(good ? &counts->passed : &counts->failed) += 1;
  *(good ? &all->passed : &all->failed) += 1;
  counts->false_accepts += !good && trusted;
}

static gboolean
run_file (const char *path, GHashTable *spaces, Counts *all, GError **error)
{
  g_autoptr (GBytes) bytes = read_input (path, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonArray *tests = NULL;

  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), error))
    return FALSE;
  tests = get_array (json_node_get_object (json_parser_get_root (parser)), "testcases");
  for (guint i = 0; tests != NULL && i < json_array_get_length (tests); i++)
    count_case (json_array_get_object_element (tests, i), spaces, all);
  return TRUE;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = { { "profile", 0, 0, G_OPTION_ARG_STRING, &profile_name, "default, strict, webpki or lenient", "NAME" },
                                   { "by-namespace", 0, 0, G_OPTION_ARG_NONE, &by_namespace, "Each suite with the profile it was made for", NULL },
                                   { "only", 0, 0, G_OPTION_ARG_STRING, &only, "Only cases whose id fits", "GLOB" },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE.json[.xz]…");
  g_autoptr (GHashTable) spaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) names = NULL;
  Counts all = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("limbo-runner: %s\n", error->message);
      return 2;
    }
  for (int i = 1; i < argc; i++)
    if (!run_file (argv[i], spaces, &all, &error))
      {
        g_printerr ("limbo-runner: %s: %s\n", argv[i], error->message);
        return 2;
      }
  names = g_list_sort (g_hash_table_get_keys (spaces), (GCompareFunc) strcmp);
  for (GList *l = names; l != NULL; l = l->next)
    {
      const Counts *counts = g_hash_table_lookup (spaces, l->data);

      printf ("# %-14s %6u right, %u wrong (%u false accepts); slowest %.1f ms\n", (const char *) l->data, counts->passed, counts->failed,
              counts->false_accepts, (double) counts->slowest / 1000);
    }
  printf ("%u passed, %u failed, %u skipped\n", all.passed, all.failed, all.skipped);
  return all.failed == 0 ? 0 : 1;
}
