/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of any form, folders of them and NSS databases, as anchor files that are looked at beside this machine's own trust. */
#pragma once

#include "client/cli/passphrase.h"

#include <gio/gio.h>

typedef struct
{
  GVariant *files;     /* (owned) aa{sv}: place s, bytes ay: an anchor or distrust file each */
  GHashTable *unsaid;  /* (owned) a set of fingerprints: the file says nothing of their trust */
  GPtrArray *failures; /* (owned) of char*: what could not be read; printable */
  GPtrArray *notices;  /* (owned) of char*: printable */
} AuditInput;

/* Reads PATHS. What can be read in part is, and the rest is told; nothing at all is an error. PASSPHRASES: for those that have one. Returns:
 * (transfer full). */
AuditInput *audit_input_read (char **paths, const PassphraseOptions *passphrases, GError **error);
void audit_input_free (AuditInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AuditInput, audit_input_free)
