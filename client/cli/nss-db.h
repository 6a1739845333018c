/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An NSS database that its owner names, changed by NSS's own certutil as the caller; or a copy of anybody's, to be read. */
#pragma once

#include <gio/gio.h>

#define NSS_FINGERPRINT 65 /* digits and NUL */

/* A certificate in it. */
typedef struct
{
  char *nickname;                    /* (owned) foreign text */
  char *trust;                       /* (owned) "C,," */
  char fingerprint[NSS_FINGERPRINT]; /* of the first certificate of that nickname */
  GBytes *der;                       /* (owned) (nullable) that certificate */
  gboolean is_ours;                  /* its nickname is what anchord gives that certificate */
} NssEntry;

typedef struct
{
  char *where;         /* (owned) "sql:/a/folder" */
  char *program;       /* (owned) certutil */
  char *password_file; /* (owned) */
  gboolean is_authenticated;
  char *copy;     /* (owned) (nullable) the folder that a copy stands in */
  gboolean drops; /* certutil runs as UID: the caller is root */
  guint32 uid;
  GPtrArray *entries; /* (owned) of NssEntry*: what nss_db_read() found */
  GHashTable *others; /* (owned) fingerprint -> NssEntry* (borrowed): those that are not ours */
} NssDb;

/* Prepares DB, zeroed before, for the database in FOLDER ("sql:" may stand before it), which must belong to the caller; root takes none below a
 * folder that somebody else may write to. PASSWORD_FILE (nullable): where the database has a password. */
gboolean nss_db_open (NssDb *db, const char *folder, const char *password_file, GError **error);
/* Prepares DB, zeroed before, for a copy of somebody's database, CERTIFICATES (cert9.db) and KEYS (key4.db, nullable; it seals the trust), that
 * belongs to the user UID: in a folder of the caller's that nss_db_clear() takes away. No library that the database names is loaded, and nothing is
 * read as root that is not root's. */
gboolean nss_db_open_bytes (NssDb *db, GBytes *certificates, GBytes *keys, guint32 uid, GError **error);
/* The same for the files in FOLDER, read as the caller. PASSWORD_FILE: nullable. */
gboolean nss_db_open_copy (NssDb *db, const char *folder, const char *password_file, GError **error);
void nss_db_clear (NssDb *db);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NssDb, nss_db_clear)
/* Lists it. */
gboolean nss_db_read (NssDb *db, GError **error);
/* Lists what of it is trusted for something, and nothing else. */
gboolean nss_db_read_trusted (NssDb *db, GError **error);
/* Adds a certificate of ours, or changes its trust. FINGERPRINT must be that of DER, and not among `others`: certutil would change their trust.
 * TRUST_ERROR_INVALID_INPUT: NSS can't read it. */
gboolean nss_db_put (NssDb *db, const char *fingerprint, GBytes *der, const char *trust, GError **error);
/* Takes one of ours out. */
gboolean nss_db_drop (NssDb *db, const NssEntry *entry, GError **error);
