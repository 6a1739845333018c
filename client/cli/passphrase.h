/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a pass phrase comes from: a file or descriptor that was named, else the user's keyring, else the terminal. It never leaves this process. */
#pragma once

#include <glib.h>

typedef struct
{
  char *file;        /* (owned) (nullable) --passphrase-file */
  int fd;            /* --passphrase-fd; -1 */
  gboolean remember; /* --remember */
  gboolean no_ask;   /* --no-ask-password: neither terminal nor a keyring's dialog */
} PassphraseOptions;

#define PASSPHRASE_OPTIONS_INIT                                                                                                                      \
  {                                                                                                                                                  \
    NULL, -1, FALSE, FALSE                                                                                                                           \
  }

#define PASSPHRASE_ENTRIES(options)                                                                                                                  \
  { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &(options)->file, N_ ("Read the pass phrase from the first line of FILE"), N_ ("FILE") },        \
      { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &(options)->fd, N_ ("Read the pass phrase from descriptor N"), N_ ("N") },                          \
  {                                                                                                                                                  \
    "remember", 0, 0, G_OPTION_ARG_NONE, &(options)->remember, N_ ("Keep the pass phrase in your keyring"), NULL                                     \
  }

/* The pass phrases of one run. */
typedef struct _Passphrases Passphrases;

/* OPTIONS: borrowed as long as it lives. */
Passphrases *passphrases_new (const PassphraseOptions *options);
/* Wipes what it holds. */
void passphrases_free (Passphrases *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Passphrases, passphrases_free)

/* The next questions are about INPUT, read from NAME (printable). */
void passphrases_set_input (Passphrases *self, GBytes *input, const char *name);
/* Asks for what opens WHAT (printable); as TrustAskPassphrase, with a Passphrases as USER_DATA. */
char *passphrases_ask (gpointer user_data, const char *what, guint attempt, GError **error);
/* The input was opened: with --remember what opened it goes to the keyring. Nothing where no pass phrase was needed. */
gboolean passphrases_keep (Passphrases *self, GError **error);
