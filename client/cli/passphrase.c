/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/passphrase.h"

#include "client/cli/module.h"
#include "client/cli/secret.h"
#include "client/cli/terminal.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Attempts on the terminal for one object. */
#define TRIES 3

struct _Passphrases
{
  const PassphraseOptions *options;
  char *named;      /* (owned) (nullable) what --passphrase-file or --passphrase-fd held */
  GBytes *input;    /* (owned) (nullable) */
  char *name;       /* (owned) */
  char *last;       /* (owned) (nullable) what was last given for this input */
  gboolean is_kept; /* it came from the keyring */
  guint tries;      /* on the terminal, for the object asked about */
};

static void
wipe (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

Passphrases *
passphrases_new (const PassphraseOptions *options)
{
  Passphrases *self = g_new0 (Passphrases, 1);
  self->options = options;
  return self;
}

void
passphrases_free (Passphrases *self)
{
  wipe (&self->named);
  wipe (&self->last);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->name);
  g_free (self);
}

void
passphrases_set_input (Passphrases *self, GBytes *input, const char *name)
{
  wipe (&self->last);
  self->is_kept = FALSE;
  g_clear_pointer (&self->input, g_bytes_unref);
  self->input = g_bytes_ref (input);
  g_free (self->name);
  self->name = g_strdup (name);
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, message);
  return FALSE;
}

/* The first line of FD. Returns: (transfer full) (nullable). */
static char *
read_first_line (int fd, const char *name, GError **error)
{
  char *buffer = g_malloc0 (TRUST_LIMIT_PASSPHRASE_BYTES + 2);
  gsize used = 0;
  ssize_t n = 1;
  while (n != 0 && used < TRUST_LIMIT_PASSPHRASE_BYTES + 1 && memchr (buffer, '\n', used) == NULL)
    {
      n = read (fd, buffer + used, TRUST_LIMIT_PASSPHRASE_BYTES + 1 - used);
      if (n < 0 && errno != EINTR)
        break;
      used += (gsize) MAX (n, 0);
    }
  char *end = memchr (buffer, '\n', used);
  gsize length = end != NULL ? (gsize) (end - buffer) : used;
  if (length > 0 && buffer[length - 1] == '\r')
    length--;
  if (n < 0)
    refuse (error, "%s: %s", name, g_strerror (errno));
  else if (length > TRUST_LIMIT_PASSPHRASE_BYTES || memchr (buffer, '\0', length) != NULL)
    refuse (error, _ ("%s: a pass phrase is one line of at most %u bytes, without NUL"), name, TRUST_LIMIT_PASSPHRASE_BYTES);
  else
    {
      explicit_bzero (buffer + length, TRUST_LIMIT_PASSPHRASE_BYTES + 2 - length);
      return buffer;
    }
  explicit_bzero (buffer, TRUST_LIMIT_PASSPHRASE_BYTES + 2);
  g_free (buffer);
  return NULL;
}

static char *
read_file (const char *path, GError **error)
{
  g_autofree char *name = trust_text_printable (path, 0);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat st;
  if (fd < 0 || fstat (fd, &st) < 0)
    {
      refuse (error, "%s: %s", name, g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (S_ISREG (st.st_mode) && (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
    g_printerr (_ ("anchorctl: notice: others may read %s; chmod 600 keeps the pass phrase yours\n"), name);
  char *line = read_first_line (fd, name, error);
  close (fd);
  return line;
}

/* What was named is read once, and serves for every input. */
static char *
ask_named (Passphrases *self, const char *what, guint attempt, GError **error)
{
  g_autofree char *descriptor = g_strdup_printf (_ ("descriptor %d"), self->options->fd);
  const char *source = self->options->file != NULL ? self->options->file : descriptor;
  if (self->named == NULL)
    self->named = self->options->file != NULL ? read_file (self->options->file, error) : read_first_line (self->options->fd, descriptor, error);
  if (self->named == NULL)
    return NULL;
  if (attempt == 0)
    return g_strdup (self->named);
  g_autofree char *safe = trust_text_printable (source, 0);
  refuse (error, _ ("the pass phrase from %s does not open %s"), safe, what);
  return NULL;
}

/* Without a session there is no keyring, and looking for one would start a bus. */
static gboolean
has_session (void)
{
  const char *runtime = g_get_user_runtime_dir ();
  g_autofree char *bus = g_build_filename (runtime, "bus", NULL);
  return g_getenv ("DBUS_SESSION_BUS_ADDRESS") != NULL || g_file_test (bus, G_FILE_TEST_EXISTS);
}

static const SecretClass *
find_keyring (GError **error)
{
  gpointer entry = module_find (SECRET_MODULE, SECRET_ENTRY, "--remember", error);
  return entry == NULL ? NULL : ((SecretEntry) entry) ();
}

/* A keyring that does not answer is none. Returns: (transfer full) (nullable). */
static char *
look_up (Passphrases *self)
{
  const SecretClass *keyring = has_session () ? find_keyring (NULL) : NULL;
  if (keyring == NULL)
    return NULL;
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->input);
  char *found = keyring->lookup (sha256, !self->options->no_ask, NULL);
  if (found != NULL && strlen (found) > TRUST_LIMIT_PASSPHRASE_BYTES)
    wipe (&found);
  return found;
}

static char *
ask_on_terminal (Passphrases *self, const char *what, gboolean again, GError **error)
{
  if (self->options->no_ask)
    {
      refuse (error, _ ("%s needs a pass phrase; use --passphrase-file or --passphrase-fd"), what);
      return NULL;
    }
  if (self->tries >= TRIES)
    {
      refuse (error, _ ("none of %d pass phrases opens %s"), TRIES, what);
      return NULL;
    }
  self->tries++;
  g_autofree char *prompt = again ? g_strdup_printf (_ ("That does not open it. Pass phrase for %s of %s: "), what, self->name)
                                  : g_strdup_printf (_ ("Pass phrase for %s of %s: "), what, self->name);
  return terminal_ask_secret (prompt, TRUST_LIMIT_PASSPHRASE_BYTES, error);
}

/* What opened one object of the input mostly opens the next; then the keyring; then the user. */
static char *
ask_anybody (Passphrases *self, const char *what, guint attempt, GError **error)
{
  gboolean wrong = attempt > 0;
  if (attempt == 0)
    self->tries = 0;
  if (attempt == 0 && self->last != NULL)
    return g_strdup (self->last);
  char *found = attempt == 0 ? look_up (self) : NULL;
  self->is_kept = found != NULL;
  if (found == NULL)
    found = ask_on_terminal (self, what, wrong, error);
  wipe (&self->last);
  self->last = g_strdup (found);
  return found;
}

char *
passphrases_ask (gpointer user_data, const char *what, guint attempt, GError **error)
{
  Passphrases *self = user_data;
  if (self->options->file == NULL && self->options->fd < 0)
    return ask_anybody (self, what, attempt, error);
  char *given = ask_named (self, what, attempt, error);
  wipe (&self->last);
  self->last = g_strdup (given);
  return given;
}

gboolean
passphrases_keep (Passphrases *self, GError **error)
{
  if (!self->options->remember || self->last == NULL || self->is_kept)
    return TRUE;
  if (!has_session ())
    return refuse (error, _ ("--remember: there is no session bus, and so no keyring"));
  const SecretClass *keyring = find_keyring (error);
  if (keyring == NULL)
    return FALSE;
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->input);
  g_autofree char *label = g_strdup_printf (_ ("Pass phrase of %s"), self->name);
  g_autoptr (GError) failure = NULL;
  return keyring->store (sha256, label, self->last, &failure) || refuse (error, _ ("--remember: %s"), failure->message);
}
