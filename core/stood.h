/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stood at a place before anchord first wrote there, so that it can come back as it was: one record a file in /var/lib/anchord/before, and the
 * list of folders that anchord made. */
#pragma once

#include "core/root.h"

#define TRUST_STOOD_FOLDER "/var/lib/anchord/before"

typedef enum
{
  TRUST_STOOD_UNKNOWN, /* nothing was written down, or it cannot come back */
  TRUST_STOOD_NOTHING,
  TRUST_STOOD_FILE,
  TRUST_STOOD_LINK
} TrustStoodKind;

typedef struct
{
  TrustStoodKind kind;
  guint mode, uid, gid; /* of TRUST_STOOD_FILE */
  GBytes *bytes;        /* (owned) (nullable) of TRUST_STOOD_FILE */
  char *target;         /* (owned) (nullable) of TRUST_STOOD_LINK */
  char *made_of;        /* (owned) (nullable) what it was said to be made of when it was kept */
} TrustStood;

void trust_stood_clear (TrustStood *stood);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustStood, trust_stood_clear)

/* Keeps what stands at PATH now, unless something was kept before; it is on disk when this returns. A file longer than TRUST_LIMIT_STOOD_BYTES is not
 * kept. MADE_OF (nullable, a word): for trust_stood_read(). */
gboolean trust_stood_keep (TrustRoot *root, const char *path, const char *made_of, GError **error);
/* What was kept of PATH. Fails where the record cannot be understood: TRUST_ERROR_DAMAGED. */
gboolean trust_stood_read (TrustRoot *root, const char *path, TrustStood *out, GError **error);
/* The path of the kept bytes themselves. (transfer full) */
char *trust_stood_dup_bytes_path (const char *path);
/* Puts STOOD, a file or a link, back at PATH, with its owner and mode. */
gboolean trust_stood_restore (TrustRoot *root, const char *path, const TrustStood *stood, GError **error);
/* What stood at PATH does not come back: others have changed it since. */
gboolean trust_stood_give_up (TrustRoot *root, const char *path, GError **error);
gboolean trust_stood_forget (TrustRoot *root, const char *path, GError **error);

/* The folder PATH is about to be made where it is not there: what of it is missing is written down. */
gboolean trust_stood_note_folder (TrustRoot *root, const char *path, GError **error);
/* Takes the folders away that were written down and are empty, the deepest first; the others stay written down. */
gboolean trust_stood_drop_folders (TrustRoot *root, GError **error);
