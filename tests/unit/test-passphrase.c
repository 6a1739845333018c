/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pass phrases that are named; the terminal and the keyring have tests/integration/test-passphrases. */
#include "client/cli/passphrase.h"
#include "core/error.h"
#include "core/limits.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *path; /* (owned) */
  PassphraseOptions options;
} Scratch;

static void
set_up (Scratch *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("test-passphrase-XXXXXX", &self->path, &error);
  g_assert_no_error (error);
  close (fd);
  self->options = (PassphraseOptions) PASSPHRASE_OPTIONS_INIT;
  self->options.file = self->path;
  self->options.no_ask = TRUE;
}

static void
tear_down (Scratch *self, gconstpointer data)
{
  g_unlink (self->path);
  g_free (self->path);
}

/* What TEXT in the file answers. Returns: (transfer full) (nullable). */
static char *
ask (Scratch *self, const char *text, gsize size, guint attempt, GError **error)
{
  g_assert_true (g_file_set_contents (self->path, text, (gssize) size, NULL));
  g_assert_cmpint (g_chmod (self->path, 0600), ==, 0);
  g_autoptr (Passphrases) passphrases = passphrases_new (&self->options);
  g_autoptr (GBytes) input = g_bytes_new_static ("input", 5);
  passphrases_set_input (passphrases, input, "corp.p12");
  return passphrases_ask (passphrases, "the container", attempt, error);
}

static void
test_first_line (Scratch *self, gconstpointer data)
{
  static const struct
  {
    const char *content;
    const char *passphrase;
  } rows[] = { { "secret\n", "secret" },
               { "secret", "secret" },
               { "secret\r\nmore\n", "secret" },
               { "\n", "" },
               { "", "" },
               { " a b \n", " a b " },
               { "gr\xc3\xb6\xc3\x9f\x65\n", "gr\xc3\xb6\xc3\x9f\x65" } };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *passphrase = ask (self, rows[i].content, strlen (rows[i].content), 0, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (passphrase, ==, rows[i].passphrase);
    }
}

static void
assert_refused (const char *passphrase, const GError *error, const char *named)
{
  g_assert_null (passphrase);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE);
  if (strstr (error->message, named) == NULL)
    g_error ("“%s” does not name %s", error->message, named);
}

static void
assert_not_read (Scratch *self, const char *text, gsize size, guint attempt, const char *named)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *passphrase = ask (self, text, size, attempt, &error);
  assert_refused (passphrase, error, named);
}

static void
test_refused (Scratch *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (TRUST_LIMIT_PASSPHRASE_BYTES, 'x');
  g_autofree char *too_long = g_strnfill (TRUST_LIMIT_PASSPHRASE_BYTES + 1, 'x');
  g_autoptr (GError) error = NULL;
  g_autofree char *taken = ask (self, longest, strlen (longest), 0, &error);
  g_assert_cmpstr (taken, ==, longest);
  assert_not_read (self, too_long, strlen (too_long), 0, "1024");
  assert_not_read (self, "a\0b\n", 4, 0, "NUL");
  assert_not_read (self, "wrong\n", 6, 1, "the container");
}

/* Read once, given for every object. */
static void
test_descriptor (Scratch *self, gconstpointer data)
{
  int ends[2];
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], "secret\nmore\n", 12), ==, 12);
  close (ends[1]);
  PassphraseOptions options = { NULL, ends[0], FALSE, TRUE };
  g_autoptr (Passphrases) passphrases = passphrases_new (&options);
  g_autoptr (GBytes) input = g_bytes_new_static ("input", 5);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      passphrases_set_input (passphrases, input, "corp.p12");
      g_autofree char *passphrase = passphrases_ask (passphrases, "the container", 0, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (passphrase, ==, "secret");
    }
  close (ends[0]);
}

static void
test_nobody (Scratch *self, gconstpointer data)
{
  PassphraseOptions options = { NULL, -1, FALSE, TRUE };
  g_autoptr (Passphrases) passphrases = passphrases_new (&options);
  g_autoptr (GBytes) input = g_bytes_new_static ("input", 5);
  g_autoptr (GError) error = NULL;
  passphrases_set_input (passphrases, input, "corp.p12");
  g_autofree char *passphrase = passphrases_ask (passphrases, "the container", 0, &error);
  assert_refused (passphrase, error, "--passphrase-file");
}

int
main (int argc, char **argv)
{
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("XDG_RUNTIME_DIR", "/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/passphrase/first-line", Scratch, NULL, set_up, test_first_line, tear_down);
  g_test_add ("/passphrase/refused", Scratch, NULL, set_up, test_refused, tear_down);
  g_test_add ("/passphrase/descriptor", Scratch, NULL, set_up, test_descriptor, tear_down);
  g_test_add ("/passphrase/nobody", Scratch, NULL, set_up, test_nobody, tear_down);
  return g_test_run ();
}
