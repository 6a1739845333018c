/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rooms of anchorctl that need no service: reading input, fingerprints, what --json and people see. */
#include "client/cli/fingerprint.h"
#include "client/cli/input.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "core/error.h"
#include "core/limits.h"
#include "tests/unit/memory-fixture.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY (24 * 60 * 60)
#define PEM_OF_ABC "-----BEGIN CERTIFICATE-----\nMGFiYw==\n-----END CERTIFICATE-----\n"

static void
test_fingerprint_spellings (void)
{
  static const char *const same[] = { "0123456789abcdef",
                                      "0123456789ABCDEF",
                                      "01:23:45:67:89:AB:CD:EF",
                                      "01 23 45 67 89 ab cd ef",
                                      "SHA256:0123456789abcdef",
                                      "sha256 Fingerprint=01:23:45:67:89:AB:CD:EF",
                                      "SHA256 Fingerprint=0123456789abcdef",
                                      " 0123456789abcdef" };
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *digits = fingerprint_digits (same[i]);
      g_assert_cmpstr (digits, ==, "0123456789abcdef");
    }
}

static void
test_fingerprint_others (void)
{
  g_autofree char *too_long = g_strnfill (65, 'a');
  const char *const others[] = { "", "0123456", "corp.pem", "0123456789g", "./deadbeef", "-", too_long, "abcdef/0" };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (fingerprint_digits (others[i]));
  g_autofree char *whole = g_strnfill (64, 'a');
  g_autofree char *digits = fingerprint_digits (whole);
  g_assert_cmpstr (digits, ==, whole);
}

/* What the user typed comes back escaped. */
static void
test_fingerprint_message (void)
{
  char word[] = "\x1b[31mred";
  char *words[] = { word, NULL };
  g_autoptr (GError) error = NULL;
  g_assert_null (fingerprint_digits_all (words, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_null (strchr (error->message, '\x1b'));
}

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
} Scratch;

static void
set_up (Scratch *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("test-tool-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "input", NULL);
}

static void
tear_down (Scratch *self, gconstpointer data)
{
  g_unlink (self->path);
  g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static void
assert_refused (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (input_read (path, &error));
  g_assert_error (error, TRUST_ERROR, code);
}

static void
write_input (Scratch *self, const char *content, gssize size)
{
  g_assert_true (g_file_set_contents (self->path, content, size, NULL));
}

static void
test_input_kinds (Scratch *self, gconstpointer data)
{
  assert_refused (self->path, TRUST_ERROR_NOT_FOUND);
  assert_refused (self->folder, TRUST_ERROR_INVALID_INPUT);
  assert_refused ("/dev/null", TRUST_ERROR_INVALID_INPUT);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  assert_refused (self->path, TRUST_ERROR_INVALID_INPUT); /* and does not wait for a writer */
  g_unlink (self->path);
  write_input (self, "", 0);
  assert_refused (self->path, TRUST_ERROR_INVALID_INPUT);
}

static void
test_input_size (Scratch *self, gconstpointer data)
{
  write_input (self, "x", 1);
  g_assert_cmpint (truncate (self->path, TRUST_LIMIT_INPUT_BYTES), ==, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = input_read (self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, TRUST_LIMIT_INPUT_BYTES);
  g_assert_cmpint (truncate (self->path, (goffset) TRUST_LIMIT_INPUT_BYTES + 1), ==, 0);
  assert_refused (self->path, TRUST_ERROR_LIMIT_EXCEEDED);
}

/* In a process of its own, so that no copy stays in this one: a file of some size with a secret in it, and the secret masked. */
static void
write_elsewhere (const char *path, guint8 masked[SECRET_SIZE])
{
  int ends[2], status = 0;
  g_assert_cmpint (pipe (ends), ==, 0);
  pid_t child = fork ();
  if (child == 0)
    {
      gsize size = 300000;
      guint8 secret[SECRET_SIZE], *file = g_malloc0 (size);
      gboolean ok = getrandom (secret, sizeof secret, 0) == sizeof secret;
      memcpy (file + 1000, secret, sizeof secret);
      memcpy (file + size - 1000, secret, sizeof secret);
      file[0] = 0x30;
      ok &= g_file_set_contents (path, (const char *) file, (gssize) size, NULL);
      for (guint i = 0; i < SECRET_SIZE; i++)
        secret[i] ^= MASK;
      _exit (ok && write (ends[1], secret, sizeof secret) == sizeof secret ? 0 : 1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], masked, SECRET_SIZE), ==, SECRET_SIZE);
  close (ends[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

/* A PKCS#12 file may hold a key that nothing encrypts: what was read of it does not stay in memory. */
static void
test_input_wiped (Scratch *self, gconstpointer data)
{
  guint8 masked[SECRET_SIZE];
  g_autoptr (GError) error = NULL;
  write_elsewhere (self->path, masked);
  GBytes *bytes = input_read (self->path, &error);
  g_assert_no_error (error);
  g_assert_true (is_in_memory (masked));
  g_bytes_unref (bytes);
  g_assert_false (is_in_memory (masked));
}

static void
test_input_private_key (Scratch *self, gconstpointer data)
{
  static const char *const heads[] = { "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY" };
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *text = g_strdup_printf (PEM_OF_ABC "-----BEGIN %s-----\nU0VDUkVU\n-----END %s-----\n", heads[i], heads[i]);
      g_autoptr (GError) error = NULL;
      write_input (self, text, -1);
      g_assert_null (input_read (self->path, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY);
      g_assert_null (strstr (error->message, "U0VDUkVU"));
    }
}

static void
assert_chain (Scratch *self, const char *content, gssize size, guint n)
{
  char *paths[] = { self->path, NULL };
  g_autoptr (GError) error = NULL;
  write_input (self, content, size);
  g_autoptr (GPtrArray) chain = input_read_chain (paths, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chain->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpmem (g_bytes_get_data (chain->pdata[i], NULL), g_bytes_get_size (chain->pdata[i]), "0abc", 4);
}

static void
test_input_chain (Scratch *self, gconstpointer data)
{
  assert_chain (self, PEM_OF_ABC, -1, 1);
  assert_chain (self, PEM_OF_ABC PEM_OF_ABC, -1, 2);
  assert_chain (self, "0abc", 4, 1);
  assert_chain (self, "\xef\xbb\xbf" PEM_OF_ABC, -1, 1);
  assert_chain (self, "Subject: text before\r\n-----BEGIN CERTIFICATE-----\r\nMGFiYw==\r\n-----END CERTIFICATE-----", -1, 1);
  assert_chain (self, "-----BEGIN X509 CRL-----\nMGFiYw==\n-----END X509 CRL-----\n" PEM_OF_ABC, -1, 1);
}

static void
test_input_chain_refused (Scratch *self, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (NULL);
  for (guint i = 0; i <= TRUST_LIMIT_CHAIN_CERTIFICATES; i++)
    g_string_append (many, PEM_OF_ABC);
  const struct
  {
    const char *content;
    int code;
  } cases[] = {
    { "noise", TRUST_ERROR_INVALID_INPUT },
    { "-----BEGIN CERTIFICATE-----\nMGFi", TRUST_ERROR_INVALID_INPUT },
    { "-----BEGIN CERTIFICATE-----\nMG*iYw==\n-----END CERTIFICATE-----\n", TRUST_ERROR_INVALID_INPUT },
    { many->str, TRUST_ERROR_LIMIT_EXCEEDED },
  };
  char *paths[] = { self->path, NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      write_input (self, cases[i].content, -1);
      g_assert_null (input_read_chain (paths, &error));
      g_assert_error (error, TRUST_ERROR, cases[i].code);
    }
}

/* One file goes as it is; more become one PEM text, DER among them. */
static void
test_input_all (Scratch *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *once[] = { self->path, NULL };
  char *twice[] = { self->path, self->path, NULL };
  write_input (self, "0abc", 4);
  g_autoptr (GPtrArray) first = input_read_each (once, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) one = input_join (first, once, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (one, NULL), g_bytes_get_size (one), "0abc", 4);
  g_autoptr (GPtrArray) both = input_read_each (twice, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) two = input_join (both, twice, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (two, NULL), g_bytes_get_size (two), PEM_OF_ABC PEM_OF_ABC, strlen (PEM_OF_ABC PEM_OF_ABC));
}

/* What the service reads itself, and what only the importers can tell. */
static void
test_input_plain (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
    gboolean plain;
  } cases[] = {
#define TEXT(text) text, sizeof text - 1
    { TEXT (PEM_OF_ABC), TRUE },
    { TEXT ("\xef\xbb\xbf" PEM_OF_ABC), TRUE },
    { TEXT ("Subject: CN=x\n" PEM_OF_ABC PEM_OF_ABC), TRUE },
    { TEXT ("-----BEGIN X509 CERTIFICATE-----\nMGFiYw==\n-----END X509 CERTIFICATE-----\n"), TRUE },
    { TEXT ("\x30\x04\x30\x02\x05\x00"), TRUE },  /* a SEQUENCE that begins with one: a certificate */
    { TEXT ("\x30\x03\x02\x01\x03"), FALSE },     /* with a number: PKCS#12 */
    { TEXT ("\x30\x04\x06\x02\x2a\x03"), FALSE }, /* with an OID: PKCS#7 */
    { TEXT ("\x30\x82\x10\x00"), FALSE },
    { TEXT ("[Anchor]\nVersion=1\n\n" PEM_OF_ABC), FALSE },
    { TEXT ("# a file\n\n  [p11-kit-object-v1]\n" PEM_OF_ABC), FALSE },
    { TEXT ("{\n" PEM_OF_ABC), FALSE },
    { TEXT ("see [1]\n" PEM_OF_ABC), TRUE },
    { TEXT (PEM_OF_ABC "[Anchor]\n"), TRUE }, /* behind the first block it is no head */
    { TEXT ("-----BEGIN TRUSTED CERTIFICATE-----\nMGFiYw==\n-----END TRUSTED CERTIFICATE-----\n" PEM_OF_ABC), FALSE },
    { TEXT (PEM_OF_ABC "-----BEGIN PKCS7-----\nMGFiYw==\n-----END PKCS7-----\n"), FALSE },
    { TEXT ("noise"), FALSE },
    { TEXT ("\xfe\xed\xfe\xed"), FALSE }, /* a Java keystore */
#undef TEXT
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i].bytes, cases[i].size);
      if (input_is_plain (bytes) != cases[i].plain)
        g_error ("case %zu", i);
    }
}

/* What json_print_view() writes of the dictionary TEXT. Returns: (transfer full). */
static char *
capture_json (const ViewField *fields, const char *text)
{
  g_autoptr (GVariant) dictionary = g_variant_ref_sink (g_variant_new_parsed (text));
  int saved = dup (STDOUT_FILENO);
  FILE *file = tmpfile ();
  fflush (stdout);
  dup2 (fileno (file), STDOUT_FILENO);
  json_print_view (fields, dictionary);
  fflush (stdout);
  dup2 (saved, STDOUT_FILENO);
  close (saved);
  char buffer[4096];
  rewind (file);
  gsize n = fread (buffer, 1, sizeof buffer, file);
  fclose (file);
  return g_strndup (buffer, n);
}

static void
test_json_escapes (void)
{
  /* A right-to-left override, an escape character, C1 CSI, a tag character beyond the first plane. */
  g_autofree char *text = capture_json (view_result, "{'title': <'a\\u202eb\\u001b[31m\\u009b\\U000e0041 ü'>}");
  g_assert_nonnull (strstr (text, "\"a\\u202eb\\u001b[31m\\u009b\\udb40\\udc41 ü\""));
  g_assert_nonnull (strstr (text, "\"fingerprint\" : null"));
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  JsonObject *object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "title"), ==, "a\u202eb\x1b[31m\xc2\x9b\U000e0041 ü");
}

static void
test_json_kinds (void)
{
  g_autofree char *text = capture_json (view_whole_anchor, "{'not-after': <int64 4102444800>, 'added': <int64 0>, 'foreign': <true>, "
                                                           "'purposes': <['a', 'b']>, 'also': <[{'layer': <'vendor'>}]>, 'certificate': <b'0ab'>}");
  g_assert_nonnull (strstr (text, "\"not_after\" : \"2100-01-01T00:00:00Z\""));
  g_assert_nonnull (strstr (text, "\"added\" : null"));
  g_assert_nonnull (strstr (text, "\"foreign\" : true"));
  g_assert_nonnull (strstr (text, "\"layer\" : \"vendor\""));
  g_assert_nonnull (strstr (text, "-----BEGIN CERTIFICATE-----\\n"));
  g_autofree char *verdict = capture_json (view_verdict, "{'failing': <-1>, 'trusted': <false>, 'generation': <uint64 5>}");
  g_assert_nonnull (strstr (verdict, "\"failing\" : null"));
  g_assert_nonnull (strstr (verdict, "\"trusted\" : false"));
  g_assert_nonnull (strstr (verdict, "\"generation\" : 5"));
}

/* What says something even where it is left out. */
static void
test_json_limits (void)
{
  g_autofree char *none = capture_json (view_anchor, "@a{sv} {}");
  g_autofree char *some = capture_json (view_anchor, "{'ended': <true>, 'permitted': <{'dns': ['a.example', 'b.example'], 'ip': ['']}>, "
                                                     "'distrust-after': <{'server-auth': int64 4102444800}>, 'until': <int64 4102444800>, "
                                                     "'excluded': <{'uri': 5}>}");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, none, -1, NULL));
  JsonObject *empty = json_node_get_object (json_parser_get_root (parser));
  g_assert_false (json_object_get_boolean_member (empty, "ended"));
  g_assert_true (json_object_get_null_member (empty, "until"));
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (empty, "permitted")), ==, 0);
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (empty, "distrust_after")), ==, 0);
  g_assert_true (json_parser_load_from_data (parser, some, -1, NULL));
  JsonObject *full = json_node_get_object (json_parser_get_root (parser));
  JsonObject *permitted = json_object_get_object_member (full, "permitted");
  g_assert_true (json_object_get_boolean_member (full, "ended"));
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (permitted, "dns"), 1), ==, "b.example");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (permitted, "ip")), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (full, "distrust_after"), "server-auth"), ==, "2100-01-01T00:00:00Z");
  /* Of another type than it should be: as if it were not there. */
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (full, "excluded")), ==, 0);
}

static void
test_print (void)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *date = print_date (4102444800);
  g_autofree char *left = print_days_left (now + 10 * DAY + 60);
  g_autofree char *one = print_days_left (now + DAY + 60);
  g_autofree char *gone = print_days_left (now - 3 * DAY - 60);
  const char *const purposes[] = { "server-auth", "\x1b", NULL };
  g_autofree char *joined = print_joined (purposes);
  g_assert_cmpstr (date, ==, "2100-01-01");
  g_assert_cmpstr (left, ==, "10 days left");
  g_assert_cmpstr (one, ==, "1 day left");
  g_assert_cmpstr (gone, ==, "expired 3 days ago");
  g_assert_cmpstr (joined, ==, "server-auth, \\u{1B}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool/fingerprint/spellings", test_fingerprint_spellings);
  g_test_add_func ("/tool/fingerprint/others", test_fingerprint_others);
  g_test_add_func ("/tool/fingerprint/message", test_fingerprint_message);
  g_test_add ("/tool/input/kinds", Scratch, NULL, set_up, test_input_kinds, tear_down);
  g_test_add ("/tool/input/size", Scratch, NULL, set_up, test_input_size, tear_down);
  g_test_add ("/tool/input/wiped", Scratch, NULL, set_up, test_input_wiped, tear_down);
  g_test_add ("/tool/input/private-key", Scratch, NULL, set_up, test_input_private_key, tear_down);
  g_test_add ("/tool/input/chain", Scratch, NULL, set_up, test_input_chain, tear_down);
  g_test_add ("/tool/input/chain/refused", Scratch, NULL, set_up, test_input_chain_refused, tear_down);
  g_test_add ("/tool/input/all", Scratch, NULL, set_up, test_input_all, tear_down);
  g_test_add_func ("/tool/json/escapes", test_json_escapes);
  g_test_add_func ("/tool/json/kinds", test_json_kinds);
  g_test_add_func ("/tool/json/limits", test_json_limits);
  g_test_add_func ("/tool/input/plain", test_input_plain);
  g_test_add_func ("/tool/print", test_print);
  return g_test_run ();
}
