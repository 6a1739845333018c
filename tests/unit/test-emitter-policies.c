/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Browsers' policies: the schemas that Chromium's policy templates and Firefox's policies-schema.json have, and others' words in the same file. */
#include "core/error.h"
#include "core/json.h"
#include "core/limits.h"
#include "tests/unit/emitter-fixture.h"

#define MODULE "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-trust.so"
#define DEVICE "\"anchord\": \"" MODULE "\""

static TestCertificate *roots[4];

static char *
base64_of (const TestCertificate *made)
{
  TrustSpan der = trust_certificate_get_der (made->certificate);

  return g_base64_encode (der.data, der.size);
}

static JsonObject *
parse (const char *text, JsonNode **node)
{
  g_autoptr (GError) error = NULL;

  *node = trust_json_read ((TrustSpan) { (const guint8 *) text, strlen (text) }, &error);
  g_assert_no_error (error);
  return json_node_get_object (*node);
}

static guint
length_of (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) ? json_array_get_length (json_object_get_array_member (object, name)) : 0;
}

static gboolean
list_has (JsonObject *object, const char *name, const char *text)
{
  for (guint i = 0; i < length_of (object, name); i++)
    if (g_str_equal (json_array_get_string_element (json_object_get_array_member (object, name), i), text))
      return TRUE;
  return FALSE;
}

static void
test_chrome_lists (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *one = base64_of (roots[0]), *two = base64_of (roots[1]), *three = base64_of (roots[2]), *four = base64_of (roots[3]);
  g_autofree char *text = NULL, *all = NULL;
  g_autoptr (JsonNode) node = NULL, all_node = NULL;
  JsonObject *object = NULL, *entry = NULL, *limits = NULL;

  emitter_fixture_add (fixture, roots[0], TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_add (fixture, roots[1], TRUST_LAYER_DISTRIBUTION, NULL);
  emitter_fixture_add (fixture, roots[2], TRUST_LAYER_VENDOR, "dns:corp.example dns:b.example ip:10.0.0.0/8 ip:192.0.2.1 ip:2001:db8::/32");
  emitter_fixture_refuse (fixture, roots[3], TRUE, TRUE);
  emitter_fixture_refuse (fixture, roots[3], TRUE, FALSE);
  text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, NULL, NULL);
  object = parse (text, &node);
  g_assert_cmpuint (json_object_get_size (object), ==, 3);
  g_assert_cmpuint (length_of (object, "CACertificates"), ==, 1);
  g_assert_true (list_has (object, "CACertificates", one));
  g_assert_cmpuint (length_of (object, "CADistrustedCertificates"), ==, 1);
  g_assert_true (list_has (object, "CADistrustedCertificates", four));
  g_assert_cmpuint (length_of (object, "CACertificatesWithConstraints"), ==, 1);
  entry = json_array_get_object_element (json_object_get_array_member (object, "CACertificatesWithConstraints"), 0);
  g_assert_cmpuint (json_object_get_size (entry), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (entry, "certificate"), ==, three);
  limits = json_object_get_object_member (entry, "constraints");
  g_assert_cmpuint (json_object_get_size (limits), ==, 2);
  g_assert_cmpuint (length_of (limits, "permitted_dns_names"), ==, 2);
  g_assert_true (list_has (limits, "permitted_dns_names", "corp.example"));
  g_assert_true (list_has (limits, "permitted_dns_names", "b.example"));
  /* Chromium drops the certificate where an address has no length. */
  g_assert_cmpuint (length_of (limits, "permitted_cidrs"), ==, 3);
  g_assert_true (list_has (limits, "permitted_cidrs", "10.0.0.0/8"));
  g_assert_true (list_has (limits, "permitted_cidrs", "192.0.2.1/32"));
  g_assert_true (list_has (limits, "permitted_cidrs", "2001:db8::/32"));

  emitter_fixture_set_option (fixture, "Anchors", "all");
  all = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, NULL, NULL);
  object = parse (all, &all_node);
  g_assert_cmpuint (length_of (object, "CACertificates"), ==, 2);
  g_assert_true (list_has (object, "CACertificates", two));
}

static void
test_chrome_empty (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, NULL, NULL);
  g_autoptr (JsonNode) node = NULL;

  g_assert_cmpuint (json_object_get_size (parse (text, &node)), ==, 0);
}

/* What its schema has no word for is left out, and told. */
static void
test_chrome_unsaid (void)
{
  static const char *const unsaid[] = { "-dns:bad.example",
                                        "dns:corp.example -dns:bad.corp.example",
                                        "dns:",
                                        "ip:",
                                        "dns:corp.example ip:",
                                        "email:corp.example",
                                        "dns:corp.example email:corp.example",
                                        "dns:corp.example -ip:10.0.0.0/8",
                                        "uri:corp.example",
                                        "directory:O=Corp",
                                        "dns:." };
  static const char *const said[] = { "dns:corp.example", "ip:10.0.0.0/8", "ip:0.0.0.0/0", "dns:a.example ip:::/0" };

  for (guint i = 0; i < G_N_ELEMENTS (unsaid) + G_N_ELEMENTS (said); i++)
    {
      gboolean is_said = i >= G_N_ELEMENTS (unsaid);
      const char *words = is_said ? said[i - G_N_ELEMENTS (unsaid)] : unsaid[i];
      g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *text = NULL;
      JsonObject *object = NULL;

      g_test_message ("%s", words);
      emitter_fixture_add (fixture, roots[0], TRUST_LAYER_ADMINISTRATOR, words);
      text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, losses, NULL);
      object = parse (text, &node);
      g_assert_cmpuint (length_of (object, "CACertificatesWithConstraints"), ==, is_said ? 1 : 0);
      g_assert_cmpuint (length_of (object, "CACertificates"), ==, 0);
      g_assert_cmpuint (losses->len, ==, is_said ? 0 : 1);
      if (!is_said)
        g_assert_cmphex (((const TrustLoss *) losses->pdata[0])->losses, ==, 1u << TRUST_LOSS_CONSTRAINTS);
    }
}

/* Chrome refuses keys: an anchor that has the key of a refused certificate is not held, though that certificate alone is meant. */
static void
test_chrome_keys (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  TestCertificateSpec spec = { .dn = "CN=Reissued", .same_key = roots[0] };
  g_autoptr (TestCertificate) reissued = test_certificate_new (&spec);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object = NULL;

  emitter_fixture_add (fixture, reissued, TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_refuse (fixture, roots[0], TRUE, FALSE);
  text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, losses, NULL);
  object = parse (text, &node);
  g_assert_cmpuint (length_of (object, "CACertificates"), ==, 0);
  g_assert_cmpuint (length_of (object, "CADistrustedCertificates"), ==, 1);
  g_assert_cmpuint (losses->len, ==, 1);
  g_assert_cmphex (((const TrustLoss *) losses->pdata[0])->losses, ==, 1u << TRUST_LOSS_SHARED_CONSTRAINTS);
}

/* A snapshot whose distribution lists all roots. */
static TrustSnapshot *
list_all (const EmitterFixture *fixture)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (fixture->anchors, fixture->distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  TrustSourceState *state = trust_source_state_new ("debian-distribution", TRUST_LAYER_DISTRIBUTION, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
      g_autofree char *path = g_strdup_printf ("/usr/share/ca-certificates/%u.crt", i);

      g_atomic_ref_count_init (&file->refs);
      file->origin = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "debian-distribution", path, FALSE);
      file->n_anchors = 1;
      file->anchors = g_new0 (TrustAnchor *, 1);
      file->anchors[0] = trust_anchor_new (roots[i]->certificate, settings, file->origin, NULL);
      trust_source_state_take_file (state, file);
    }
  g_ptr_array_add (states, state);
  return trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
}

/* Roots of the distribution that are given up for servers, or limited in a way that can't be said, are refused; Chrome has them in its own list. */
static void
test_chrome_given_up (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new (), store = emitter_fixture_new ();
  g_autofree char *two = base64_of (roots[2]), *three = base64_of (roots[3]), *text = NULL, *store_text = NULL;
  g_autoptr (JsonNode) node = NULL, store_node = NULL;
  JsonObject *object = NULL;

  emitter_fixture_add (fixture, roots[0], TRUST_LAYER_DISTRIBUTION, NULL);
  emitter_fixture_add (fixture, roots[1], TRUST_LAYER_ADMINISTRATOR, "dns:corp.example");
  emitter_fixture_add (fixture, roots[2], TRUST_LAYER_ADMINISTRATOR, "-dns:corp.example");
  fixture->snapshot = list_all (fixture);
  text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, NULL, NULL);
  object = parse (text, &node);
  g_assert_cmpuint (length_of (object, "CACertificates"), ==, 0);
  g_assert_cmpuint (length_of (object, "CACertificatesWithConstraints"), ==, 1);
  g_assert_cmpuint (length_of (object, "CADistrustedCertificates"), ==, 2);
  g_assert_true (list_has (object, "CADistrustedCertificates", two));
  g_assert_true (list_has (object, "CADistrustedCertificates", three));
  /* A store that has none of them gives up just what the system limits or refuses. */
  store->snapshot = trust_snapshot_ref (fixture->snapshot);
  store_text = emitter_fixture_write (store, &trust_emitter_chrome_policy, NULL, NULL);
  object = parse (store_text, &store_node);
  g_assert_cmpuint (length_of (object, "CADistrustedCertificates"), ==, 3);
}

static gboolean
reads (const TrustEmitter *emitter, const char *text, guint *n)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  gboolean is_read = emitter->read (text, strlen (text), found);

  *n = found->len;
  return is_read;
}

static void
test_chrome_read (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  static const char *const bad[] = { "",
                                     "[]",
                                     "{",
                                     "{\"CACertificates\": 1}",
                                     "{\"CACertificates\": [1]}",
                                     "{\"CACertificates\": [\"\"]}",
                                     "{\"CACertificates\": [\"MIIB\"]}",
                                     "{\"CACertificates\": [\"!\"]}",
                                     "{\"CACertificatesWithConstraints\": [\"AA==\"]}",
                                     "{\"CACertificatesWithConstraints\": [{}]}",
                                     "{\"HomepageLocation\": \"x\"}",
                                     "{\"CACertificates\": [], \"Other\": []}",
                                     "{\"CACertificates\": [], \"CACertificates\": []}" };
  g_autofree char *text = NULL;
  guint n = 0;

  emitter_fixture_add (fixture, roots[0], TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_add (fixture, roots[1], TRUST_LAYER_ADMINISTRATOR, "dns:corp.example");
  emitter_fixture_refuse (fixture, roots[2], TRUE, TRUE);
  text = emitter_fixture_write (fixture, &trust_emitter_chrome_policy, NULL, NULL);
  g_assert_true (reads (&trust_emitter_chrome_policy, text, &n));
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (reads (&trust_emitter_chrome_policy, "{}", &n));
  g_assert_cmpuint (n, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (reads (&trust_emitter_chrome_policy, bad[i], &n));
    }
}

/* What Firefox's policies become: BEFORE (nullable) with an anchor trusted, AFTER; and when nothing is trusted any more, GONE. */
static void
check_firefox (const char *before, const char *after, const char *gone)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *on = NULL, *again = NULL, *off = NULL, *off_again = NULL;
  g_autoptr (GError) error = NULL;

  emitter_fixture_set_option (fixture, "Module", MODULE);
  emitter_fixture_add (fixture, roots[0], TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_set_before (fixture, before);
  on = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (on, ==, after);
  emitter_fixture_set_before (fixture, on);
  again = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, &error);
  g_assert_cmpstr (again, ==, on);
  g_ptr_array_set_size (fixture->anchors, 0);
  off = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (off, ==, gone);
  emitter_fixture_set_before (fixture, off);
  off_again = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, &error);
  g_assert_cmpstr (off_again, ==, off);
}

static void
test_firefox_merge (void)
{
  check_firefox (NULL, "{\n  \"policies\": {\n    \"SecurityDevices\": {\n      \"Add\": {\n        " DEVICE "\n      }\n    }\n  }\n}\n",
                 "{\n  \"policies\": {\n    \"SecurityDevices\": {\n      \"Delete\": [\"anchord\"]\n    }\n  }\n}\n");
  check_firefox ("{}", "{\"policies\": {\"SecurityDevices\": {\"Add\": {" DEVICE "}}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Delete\": [\"anchord\"]}}}");
  /* Others' words, blanks, numbers and escapes stay, and in their order. */
  check_firefox ("{ \"x\" : 1.50e1,\n\t\"policies\": {\n\t\t\"Homepage\": {\"URL\": \"https:\\/\\/\\u0061\"},\n\t\t\"DisablePocket\" :true\n\t}\n}",
                 "{ \"x\" : 1.50e1,\n\t\"policies\": {\n\t\t\"Homepage\": {\"URL\": \"https:\\/\\/\\u0061\"},\n\t\t\"DisablePocket\" :true,\n\t\t"
                 "\"SecurityDevices\": {\"Add\": {" DEVICE "}}\n\t}\n}",
                 "{ \"x\" : 1.50e1,\n\t\"policies\": {\n\t\t\"Homepage\": {\"URL\": \"https:\\/\\/\\u0061\"},\n\t\t\"DisablePocket\" :true,\n\t\t"
                 "\"SecurityDevices\": {\"Delete\": [\"anchord\"]}\n\t}\n}");
  /* Others' devices stay; one of ours that was to go is added again. */
  check_firefox ("{\"policies\": {\"SecurityDevices\": {\"Add\": {\"OpenSC\": \"/o.so\"}, \"Delete\": [\"old\", \"anchord\"]}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Add\": {\"OpenSC\": \"/o.so\", " DEVICE "}, \"Delete\": [\"old\"]}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Add\": {\"OpenSC\": \"/o.so\"}, \"Delete\": [\"old\", \"anchord\"]}}}");
  /* Another module under our name. */
  check_firefox ("{\"policies\": {\"SecurityDevices\": {\"Add\": {\"anchord\": \"/other.so\"}}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Add\": {" DEVICE "}}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Delete\": [\"anchord\"]}}}");
  /* As of old: an Add beside them would hide them from Firefox. */
  check_firefox ("{\"policies\": {\"SecurityDevices\": {\"OpenSC\": \"/o.so\"}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"OpenSC\": \"/o.so\", " DEVICE "}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"OpenSC\": \"/o.so\"}}}");
  check_firefox ("{\"policies\": {\"SecurityDevices\": {}}}", "{\"policies\": {\"SecurityDevices\": {\"Add\": {" DEVICE "}}}}",
                 "{\"policies\": {\"SecurityDevices\": {\"Delete\": [\"anchord\"]}}}");
}

/* Firefox has a list of its own: that a root is refused here, its absence does not say. */
static void
test_firefox_losses (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autofree char *text = NULL;

  emitter_fixture_set_option (fixture, "Module", MODULE);
  emitter_fixture_refuse (fixture, roots[0], TRUE, FALSE);
  text = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, losses, NULL);
  g_assert_cmpuint (losses->len, ==, 1);
  g_assert_cmphex (((const TrustLoss *) losses->pdata[0])->losses, ==, 1u << TRUST_LOSS_DISTRUST);
}

/* What was never there leaves nothing behind. */
static void
test_firefox_nothing (void)
{
  static const char *const untouched[] = { "{}", "{\"policies\": {}}", "{\"policies\": {\"SecurityDevices\": {}}}\n",
                                           "{\"policies\": {\"SecurityDevices\": {\"Delete\": [\"anchord\"]}}}" };
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *nothing = NULL;

  emitter_fixture_set_option (fixture, "Module", MODULE);
  nothing = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, NULL);
  g_assert_cmpstr (nothing, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (untouched); i++)
    {
      g_autofree char *after = NULL;

      emitter_fixture_set_before (fixture, untouched[i]);
      after = emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, NULL);
      g_assert_cmpstr (after, ==, untouched[i]);
    }
}

/* A file that Firefox itself would not heed, or whose members are of another kind: an error, and nothing changes. */
static void
test_firefox_hostile (void)
{
  static const char *const bad[] = { "",
                                     " ",
                                     "null",
                                     "[]",
                                     "{",
                                     "{}x",
                                     "\xef\xbb\xbf{}",
                                     "{\"policies\": []}",
                                     "{\"policies\": {\"SecurityDevices\": \"x\"}}",
                                     "{\"policies\": {\"SecurityDevices\": {\"Add\": []}}}",
                                     "{\"policies\": {\"SecurityDevices\": {\"Delete\": {}}}}",
                                     "{\"policies\": {\"SecurityDevices\": {\"Add\": {}, \"Delete\": \"anchord\"}}}",
                                     "{\"policies\": {}, \"policies\": {}}",
                                     "{\"policies\": {\"A\": 1,}}",
                                     "{/* ours */ \"policies\": {}}",
                                     "{\"policies\": {\"A\": \"\xff\"}}",
                                     "{'policies': {}}",
                                     "{\"policies\": {\"A\": nul}}" };
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *big = g_strnfill (TRUST_LIMIT_JSON_BYTES + 1, ' ');
  g_autoptr (GString) deep = g_string_new ("{\"policies\": ");

  emitter_fixture_set_option (fixture, "Module", MODULE);
  emitter_fixture_add (fixture, roots[0], TRUST_LAYER_ADMINISTRATOR, NULL);
  big[0] = '{';
  big[TRUST_LIMIT_JSON_BYTES] = '}';
  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, "{\"a\":");
  for (guint i = 0; i < G_N_ELEMENTS (bad) + 2; i++)
    {
      const char *text = i < G_N_ELEMENTS (bad) ? bad[i] : i == G_N_ELEMENTS (bad) ? big : deep->str;
      g_autoptr (GError) error = NULL;
      guint n = 0;

      g_test_message ("%.60s", text);
      emitter_fixture_set_before (fixture, text);
      g_assert_null (emitter_fixture_write (fixture, &trust_emitter_firefox_policy, NULL, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
      g_assert_nonnull (strstr (error->message, "policies.json"));
      g_assert_false (reads (&trust_emitter_firefox_policy, text, &n));
      g_assert_cmpuint (n, ==, 0);
    }
}

static void
test_options (void)
{
  const TrustEmitterOption *anchors = emitter_find_option (&trust_emitter_chrome_policy, "Anchors");
  const TrustEmitterOption *module = emitter_find_option (&trust_emitter_firefox_policy, "Module");

  g_assert_false (anchors->is_needed);
  g_assert_null (anchors->find_fault ("added"));
  g_assert_null (anchors->find_fault ("all"));
  g_assert_nonnull (anchors->find_fault (""));
  g_assert_nonnull (anchors->find_fault ("All"));
  g_assert_true (module->is_needed);
  g_assert_null (module->find_fault (MODULE));
  g_assert_nonnull (module->find_fault ("p11-kit-trust.so"));
  g_assert_nonnull (module->find_fault ("/a\",\"b"));
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Root %u", i);

      roots[i] = test_certificate_new_root (dn);
    }
  g_test_add_func ("/emitter-policies/chrome-lists", test_chrome_lists);
  g_test_add_func ("/emitter-policies/chrome-empty", test_chrome_empty);
  g_test_add_func ("/emitter-policies/chrome-unsaid", test_chrome_unsaid);
  g_test_add_func ("/emitter-policies/chrome-keys", test_chrome_keys);
  g_test_add_func ("/emitter-policies/chrome-given-up", test_chrome_given_up);
  g_test_add_func ("/emitter-policies/chrome-read", test_chrome_read);
  g_test_add_func ("/emitter-policies/firefox-merge", test_firefox_merge);
  g_test_add_func ("/emitter-policies/firefox-losses", test_firefox_losses);
  g_test_add_func ("/emitter-policies/firefox-nothing", test_firefox_nothing);
  g_test_add_func ("/emitter-policies/firefox-hostile", test_firefox_hostile);
  g_test_add_func ("/emitter-policies/options", test_options);
  status = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    test_certificate_free (roots[i]);
  return status;
}
