/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz-seeds FOLDER: inputs for the fuzz targets, one folder a target, of what anchord writes itself or no tool does; tests/fuzz/make-corpus adds
 * what tools write. fuzz-seeds --importers: the importers' names, each of which has a target. */
#include "core/anchor-file.h"
#include "core/emitters/emitter.h"
#include "core/importers/importer.h"
#include "core/journal-record.h"
#include "core/pem.h"
#include "core/request.h"
#include "facade/door.h"
#include "tests/fuzz/seeds.h"
#include "tests/lib/certdata.h"
#include "tests/lib/forge.h"

#include <stdio.h>
#include <string.h>

static const char *folder;
static TestCertificate *root, *other;

void
seeds_put (const char *target, const char *name, const void *bytes, gsize size)
{
  g_autofree char *path = g_build_filename (target, name, NULL);

  test_scratch_write (folder, path, bytes, (gssize) size);
}

static void
put (const char *target, const char *name, const void *bytes, gsize size)
{
  seeds_put (target, name, bytes, size);
}

static void
put_text (const char *target, const char *name, const char *text)
{
  put (target, name, text, strlen (text));
}

static void
put_bytes (const char *target, const char *name, GBytes *bytes)
{
  put (target, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_bytes_unref (bytes);
}

static TrustConstraints *
make_constraints (void)
{
  /* clang-format off */
  static const struct { TrustNameKind kind; gboolean excluded; const char *text; } subtrees[] = {
    { TRUST_NAME_DNS, FALSE, "corp.example" },      { TRUST_NAME_DNS, TRUE, "bad.corp.example" }, { TRUST_NAME_IP, FALSE, "10.0.0.0/8" },
    { TRUST_NAME_IP, FALSE, "2001:db8::/32" },      { TRUST_NAME_EMAIL, FALSE, ".corp.example" }, { TRUST_NAME_EMAIL, TRUE, "joe@corp.example" },
    { TRUST_NAME_DIRECTORY, FALSE, "O=Corp,C=DE" }, { TRUST_NAME_URI, FALSE, "" },
  };
  /* clang-format on */
  TrustConstraints *constraints = trust_constraints_new ();

  for (guint i = 0; i < G_N_ELEMENTS (subtrees); i++)
    g_assert_true (trust_constraints_add (constraints, subtrees[i].kind, subtrees[i].excluded, subtrees[i].text, NULL));
  return constraints;
}

static TrustSettings *
make_limited (void)
{
  static const char *const names[] = { "server-auth", "email-protection", "1.3.6.1.5.5.7.3.17", NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustConstraints) constraints = make_constraints ();
  g_autoptr (GArray) after = trust_distrust_after_new ();
  TrustLimits limits = { constraints, after, 1893456000, TRUE };

  trust_distrust_after_add (after, "server-auth", 1767225600);
  return trust_settings_new_limited (purposes, &limits);
}

static void
put_anchor_files (void)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "seeds", NULL, FALSE);
  g_autoptr (TrustPurposes) server = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) plain = trust_settings_new (server);
  g_autoptr (TrustSettings) limited = make_limited ();
  TrustNote *note = trust_note_new ("Corp Root", "CHG-42", "uid 0", 1700000000);
  TrustNote *following = trust_note_with_replaces (note, trust_certificate_get_fingerprint (other->certificate));
  g_autoptr (TrustAnchor) first = trust_anchor_new (root->certificate, plain, origin, note);
  g_autoptr (TrustAnchor) second = trust_anchor_new (root->certificate, limited, origin, following);
  g_autoptr (TrustDistrust) whole = trust_distrust_new (trust_certificate_get_fingerprint (root->certificate),
                                                        trust_certificate_get_key_fingerprint (root->certificate),
                                                        trust_certificate_get_issuer_der (root->certificate),
                                                        trust_certificate_get_serial (root->certificate), root->certificate, origin, note);
  g_autoptr (TrustDistrust) key = trust_distrust_new (NULL, trust_certificate_get_key_fingerprint (root->certificate), (TrustSpan) { NULL, 0 },
                                                      (TrustSpan) { NULL, 0 }, NULL, origin, NULL);
  const char *const targets[] = { "anchor-file", "import-anchor" };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      put_bytes (targets[i], "plain", trust_anchor_file_write (first));
      put_bytes (targets[i], "limited", trust_anchor_file_write (second));
      put_bytes (targets[i], "distrust", trust_distrust_file_write (whole));
      put_bytes (targets[i], "key", trust_distrust_file_write (key));
    }
  trust_note_unref (note);
  trust_note_unref (following);
}

static void
put_constraints (void)
{
  /* clang-format off */
  static const struct { TrustNameKind kind; const char *text; } texts[] = {
    { TRUST_NAME_DNS, "corp.example\nwww.corp.example" },        { TRUST_NAME_DNS, "xn--mnchen-3ya.example\n*.xn--mnchen-3ya.example" },
    { TRUST_NAME_IP, "10.0.0.0/8\n\x0a\x01\x02\x03" },           { TRUST_NAME_IP, "2001:db8::/32\n0123456789abcdef" },
    { TRUST_NAME_EMAIL, "joe@corp.example\njoe@CORP.example" },  { TRUST_NAME_EMAIL, ".corp.example\n\"a b\"@x.corp.example" },
    { TRUST_NAME_URI, ".corp.example\nhttps://u@a.corp.example:8443/x?y" }, { TRUST_NAME_DIRECTORY, "CN=a\\,b+OU=c,O=Corp,C=DE\n" },
    { TRUST_NAME_DIRECTORY, "#300d310b3009060355040613024445\n" }, { TRUST_NAME_DNS, "" },
  };
  /* clang-format on */
  g_autoptr (TrustConstraints) constraints = make_constraints ();
  g_autoptr (GByteArray) der = trust_constraints_to_der (constraints);
  guint8 form = TRUST_NAME_LAST;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *name = g_strdup_printf ("text-%u", i);
      g_autofree char *text = g_strdup_printf ("x%s", texts[i].text);

      text[0] = (char) texts[i].kind;
      put ("constraint", name, text, 1 + strlen (texts[i].text));
    }
  g_byte_array_prepend (der, &form, 1);
  put ("constraint", "der", der->data, der->len);
}

static void
put_door (const TrustDoor *door, const char *suffix, GVariant *parameters)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *line = g_strdup_printf ("%s.%s\n", door->interface, door->member);
  g_autofree char *name = g_strdup_printf ("%s.%s%s", door->interface, door->member, suffix);

  g_byte_array_append (bytes, (const guint8 *) line, (guint) strlen (line));
  g_byte_array_append (bytes, g_variant_get_data (parameters), (guint) g_variant_get_size (parameters));
  put ("doors", name, bytes->data, bytes->len);
}

/* For each door of that name and type. */
static void
put_parameters (const char *member, GVariant *value)
{
  g_autoptr (GVariant) parameters = g_variant_ref_sink (value);

  for (guint i = 0; i < trust_n_doors; i++)
    if (g_str_equal (trust_doors[i].member, member) && g_strcmp0 (trust_doors[i].input, g_variant_get_type_string (parameters)) == 0)
      put_door (&trust_doors[i], "", parameters);
}

/* Something of that type. */
static GVariant *
make_sample (const GVariantType *type)
{
  TrustSpan der = trust_certificate_get_der (root->certificate);

  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return g_variant_new_string ("app/one");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.size, 1);
  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARDICT))
    return g_variant_new_parsed ("@a{sv} {'reason': <'x'>}");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_UINT32))
    return g_variant_new_uint32 (10);
  if (g_variant_type_equal (type, G_VARIANT_TYPE_HANDLE))
    return g_variant_new_handle (0);
  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARIANT))
    return g_variant_new_variant (g_variant_new_string ("x"));
  if (g_variant_type_is_array (type))
    {
      GVariant *child = make_sample (g_variant_type_element (type));

      return g_variant_new_array (g_variant_type_element (type), &child, 1);
    }
  g_error ("no sample of %s", g_variant_type_peek_string (type));
}

/* For every door. */
static void
put_samples (void)
{
  for (guint i = 0; i < trust_n_doors; i++)
    {
      GVariantBuilder tuple;

      if (trust_doors[i].input == NULL)
        continue;
      g_variant_builder_init (&tuple, G_VARIANT_TYPE (trust_doors[i].input));
      for (const GVariantType *type = g_variant_type_first (G_VARIANT_TYPE (trust_doors[i].input)); type != NULL; type = g_variant_type_next (type))
        g_variant_builder_add_value (&tuple, make_sample (type));

      g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_builder_end (&tuple));

      put_door (&trust_doors[i], "-sample", parameters);
    }
}

static GVariant *
make_file_variant (void)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "seeds", NULL, FALSE);
  g_autoptr (TrustSettings) limited = make_limited ();
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (root->certificate, limited, origin, NULL);
  g_autoptr (GBytes) bytes = trust_anchor_file_write (anchor);

  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static void
put_doors (void)
{
  static const char limits[] = "@a{sv} {'purposes': <['server-auth']>, 'label': <'Corp'>, 'reason': <'CHG-42'>, "
                               "'permitted': <{'dns': ['corp.example']}>, 'excluded': <{'ip': ['10.0.0.0/8']}>, "
                               "'distrust-after': <{'server-auth': int64 1767225600}>, "
                               "'until': <int64 1893456000>, 'accept-loss': <true>, 'keep-going': <true>}";
  TrustSpan der = trust_certificate_get_der (root->certificate);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (root->certificate), hex);

  GVariant *bytes = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, der.data, der.size, 1));
  GVariant *file = g_variant_ref_sink (make_file_variant ());
  GVariant *names = g_variant_ref_sink (g_variant_new_strv ((const char *const[]) { hex, "12345678" }, 2));

  put_parameters ("Add", g_variant_new ("(@ay@a{sv})", bytes, g_variant_new_parsed (limits)));
  put_parameters ("Remove", g_variant_new ("(@as@a{sv})", names, g_variant_new_parsed ("@a{sv} {'reason': <'x'>}")));
  put_parameters ("Distrust", g_variant_new ("(@as@a{sv})", names, g_variant_new_parsed ("@a{sv} {'serial': <true>}")));
  put_parameters ("Set", g_variant_new ("(@as@a{sv})", names, g_variant_new_parsed ("@a{sv} {'clear-constraints': <true>}")));
  put_parameters ("Verify", g_variant_new ("(@aay@a{sv})", g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, &bytes, 1),
                                           g_variant_new_parsed ("@a{sv} {'purpose': <'server-auth'>, 'name': <'www.example'>}")));
  put_parameters ("List", g_variant_new ("(@a{sv}su)", g_variant_new_parsed ("@a{sv} {'layer': <'administrator'>}"), "", 10));
  put_parameters ("Get", g_variant_new ("(s)", hex));
  put_parameters ("GetBundle", g_variant_new ("(sss)", "system", "server-auth", "pem-bundle"));
  put_parameters ("Import", g_variant_new ("(@aay@a{sv})", g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, &file, 1),
                                           g_variant_new_parsed ("@a{sv} {'purge-owned': <true>}")));
  put_parameters ("Preview", g_variant_new ("(sv)", "Anchors.Add", g_variant_new ("(@ay@a{sv})", bytes, g_variant_new_parsed (limits))));
  put_parameters ("Approve", g_variant_new ("(s@a{sv})", hex, g_variant_new_parsed ("@a{sv} {'reason': <'x'>}")));
  g_variant_unref (bytes);
  g_variant_unref (file);
  g_variant_unref (names);
}

static void
put_request (void)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new ();
  g_autoptr (TrustCaller) caller = trust_caller_new ("bus");
  TrustWish wish = { certificates, NULL, "Corp", "for the build machines", NULL };

  g_ptr_array_add (certificates, root->certificate);
  caller->uid = 1000;

  g_autoptr (TrustRequest) request = trust_request_new (&wish, caller, 1700000000, NULL);

  put_bytes ("request", "one", trust_request_write (request));
}

static void
put_journal (void)
{
  g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new ("add");
  g_autoptr (GBytes) content = g_bytes_new ("content", 7);
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);
  gsize size;

  intent->generation = 7;
  intent->time = 1700000000123456;
  intent->caller = trust_caller_new ("bus");
  memset (change->fingerprint, 'a', 64);
  change->title = g_strdup ("Corp");
  change->before = g_strdup ("");
  change->after = g_strdup ("trusted server-auth");
  g_ptr_array_add (intent->changes, change);
  g_ptr_array_add (intent->files, trust_journal_file_new ("/etc/x", content, 0644));
  g_ptr_array_add (intent->files, trust_journal_file_new ("/etc/y", NULL, 0644));

  g_autofree char *json = trust_journal_record_write_intent (intent, &size);
  put ("journal", "intent", json, size);

  g_autofree char *done = trust_journal_record_write_done (7, 1700000000123456, &size);
  put ("journal", "done", done, size);
}

static void
put_certdata (void)
{
  g_autoptr (GString) out = g_string_new ("BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\nCKA_LABEL UTF8 \"Roots\"\n");

  certdata_certificate (out, root->certificate, "Root",
                        "CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE\nCKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n"
                        "\\062\\064\\060\\061\\060\\061\\060\\060\\060\\060\\060\\060\\132\nEND\nCKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_FALSE\n");
  certdata_trust (out, root->certificate, TRUE,
                  "CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n"
                  "CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_MUST_VERIFY_TRUST\nCKA_TRUST_CODE_SIGNING CK_TRUST CKT_NSS_NOT_TRUSTED\n");
  certdata_trust (out, other->certificate, FALSE, "CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_NOT_TRUSTED\n");
  put ("import-certdata", "two", out->str, out->len);
}

static void
put_policies (void)
{
  TrustSpan der = trust_certificate_get_der (root->certificate);
  g_autofree char *base64 = g_base64_encode (der.data, der.size);
  g_autofree char *chrome = g_strdup_printf ("{\"CACertificatesWithConstraints\":[{\"certificate\":\"%s\",\"constraints\":{\"permitted_dns_names\":"
                                             "[\"corp.example\"],\"permitted_cidrs\":[\"10.0.0.0/8\"]}}]}",
                                             base64);
  g_autofree char *plain = g_strdup_printf ("{\"CACertificates\":[\"%s\"],\"CAHintCertificates\":[\"%s\"]}", base64, base64);
  g_autofree char *firefox = g_strdup_printf ("{\"policies\":{\"Certificates\":{\"ImportEnterpriseRoots\":true,\"Install\":[\"%s\"]}}}", base64);

  put_text ("import-policy-chrome", "constrained", chrome);
  put_text ("import-policy-chrome", "plain", plain);
  put_text ("import-policy-firefox", "one", firefox);
  put_text ("json-edit", "one", firefox);
  put_text ("json-edit", "devices", "{\n  \"policies\": {\n    \"SecurityDevices\": {\"Add\": {\"a\": \"/b\"}, \"Delete\": [\"c\", 1]}\n  }\n}\n");
}

/* BYTES as p11-kit writes them in a text. */
static char *
percent (TrustSpan bytes)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < bytes.size; i++)
    g_string_append_printf (out, "%%%02x", bytes.data[i]);
  return g_string_free (out, FALSE);
}

static void
put_p11 (void)
{
  g_autofree char *pem = test_certificate_dup_pem (root);
  gnutls_datum_t spki = { NULL, 0 };
  gnutls_pubkey_t key;

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (key, root->crt, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki), ==, 0);
  gnutls_pubkey_deinit (key);

  g_autofree char *key_text = percent ((TrustSpan) { spki.data, spki.size });
  g_autofree char *issuer = percent (trust_certificate_get_issuer_der (root->certificate));
  g_autofree char *text = g_strdup_printf (
      "# A comment\n[p11-kit-object-v1]\nclass: certificate\ncertificate-type: x-509\nlabel: \"Root\"\ntrusted: true\n"
      "nss-server-distrust-after: \"240101000000Z\"\n%s\n[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.37\n"
      "public-key-info: \"%s\"\nvalue: \"0%%13%%06%%03U%%1d%%25%%04%%0c0%%0a%%06%%08%%2b%%06%%01%%05%%05%%07%%03%%01\"\n"
      "[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: 2.5.29.30\npublic-key-info: \"%s\"\n"
      "value: \"0%%18%%06%%03U%%1d%%1e%%04%%110%%0f%%a0%%0d0%%0b%%82%%09a.example\"\n\n"
      "[p11-kit-object-v1]\nclass: certificate\nx-distrusted: true\nissuer: \"%s\"\nserial-number: \"%%02%%01%%05\"\n",
      pem, key_text, key_text, issuer);

  gnutls_free (spki.data);
  put_text ("p11-persist", "objects", text);
  put_text ("import-p11-kit", "objects", text);
}

/* A file of each format that takes none but a set, and an entry of each folder. */
static void
put_formats (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustSpan none = { NULL, 0 };

  g_ptr_array_add (anchors, trust_anchor_new (root->certificate, settings, origin, NULL));
  g_ptr_array_add (distrusts,
                   trust_distrust_new (trust_certificate_get_fingerprint (other->certificate),
                                       trust_certificate_get_key_fingerprint (other->certificate), none, none, other->certificate, origin, NULL));
  set = trust_anchor_set_new (anchors, distrusts);
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    {
      const TrustEmitter *emitter = trust_emitters[i];
      g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);
      TrustEmitterInput input = { .set = set, .purpose = "server-auth" };

      if (emitter->merges || (emitter->options != NULL && emitter->options[0].is_needed))
        continue;
      if (emitter->is_folder)
        emitter->list (&input, entries);
      else
        put_bytes ("consumer-read", emitter->name, trust_emitter_write (emitter, &input, NULL));
      for (guint j = 0; j < entries->len; j++)
        if (((const TrustEntry *) entries->pdata[j])->bytes != NULL)
          put_bytes ("consumer-read", emitter->name, g_bytes_ref (((const TrustEntry *) entries->pdata[j])->bytes));
    }
  put_text ("consumer-read", "policies",
            "{\n  \"policies\": {\n    \"SecurityDevices\": {\"Add\": {\"x\": \"y.so\"}, \"Delete\": [\"z\"]}\n  }\n}\n");
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--importers"))
    {
      for (guint i = 0; trust_importers[i] != NULL; i++)
        printf ("%s\n", trust_importers[i]->name);
      return 0;
    }
  if (argc != 2)
    {
      fprintf (stderr, "fuzz-seeds FOLDER\n");
      return 2;
    }
  folder = argv[1];
  root = test_certificate_new_root ("CN=Root,O=Corp");
  other = test_certificate_new_root ("CN=Other");
  put_anchor_files ();
  put_constraints ();
  put_doors ();
  put_samples ();
  put_request ();
  put_journal ();
  put_certdata ();
  put_policies ();
  put_p11 ();
  put_formats ();
  seeds_put_verifier ();
  put_text ("store-conf", "inherits", "[Store]\nVersion=1\nInherit=true\nPurposes=server-auth;1.3.6.1.5.5.7.3.17;\n");
  put_text ("store-conf", "empty", "# An empty one\n[Store]\nVersion=1\n");
  test_certificate_free (root);
  test_certificate_free (other);
  return 0;
}
