/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files and PKCS#11 modules say, of any form, put together for one change. */
#pragma once

#include "client/cli/formats.h"
#include "client/cli/passphrase.h"

typedef struct
{
  GPtrArray *entries;  /* (owned) of FormatsEntry*: what is trusted or refused; no certificate twice */
  GPtrArray *passed;   /* (owned) of FormatsEntry*: FORMATS_UNTRUSTED */
  GPtrArray *failures; /* (owned) of char*: what could not be read; printable; empty unless keep_going */
  GPtrArray *notices;  /* (owned) of char*: printable */
  GPtrArray *inputs;   /* (owned) of FormatsInput*, which own the entries */
} Gathered;

typedef struct
{
  GVariant *named;                      /* (nullable) as FormatsWish */
  const char *module;                   /* (nullable) a PKCS#11 module, read after the files */
  const PassphraseOptions *passphrases; /* (nullable) nobody is asked */
  gboolean keep_going;
  gboolean verbatim;
} GatherWish;

/* Reads and decodes PATHS; a name that says anchor, distrust or p11-kit file must be right. INPUTS (nullable): what they hold, where they were read
 * already. The same entry twice counts once; a plain certificate gives way to one that says more; two that differ are TRUST_ERROR_INVALID_INPUT that
 * names both places (KEEP_GOING: a failure, and neither is taken). Returns: (transfer full). */
Gathered *gather (char **paths, GPtrArray *inputs, const GatherWish *wish, GError **error);
void gathered_free (Gathered *gathered);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gathered, gathered_free)

/* Does any of them say what it is trusted for? */
gboolean gathered_says_trust (const Gathered *gathered);
/* Has any of them a name of its own? */
gboolean gathered_has_labels (const Gathered *gathered);
/* The certificates of ENTRIES as one PEM text. Returns: (transfer full). */
GBytes *gathered_to_pem (GPtrArray *entries);
/* The anchor and distrust files of ENTRIES. Returns: (transfer floating): aay. */
GVariant *gathered_to_files (GPtrArray *entries);
