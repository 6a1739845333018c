/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people have, into entries: certificates, and what the format says of their trust. The form is known by content. A format is one file and one
 * row of core/importers/table.c. Only the tool links this room: the daemon reads PEM, DER and anchor files, and sees no pass phrase. */
#pragma once

#include "core/anchor.h"

/* One thing that an input says. */
typedef struct
{
  TrustCertificate *certificate; /* (owned) (nullable) NULL only for a distrust */
  TrustSettings *settings;       /* (owned) (nullable) NULL: the format says nothing of trust */
  TrustDistrust *distrust;       /* (owned) (nullable) then it is no anchor, and `settings` is NULL */
  gboolean is_untrusted;         /* the format names it without trusting or refusing it (an intermediate, certdata's MUST_VERIFY) */
  char *label;                   /* (owned) (nullable) plain text (trust_text_is_plain) */
  char *place;                   /* (owned) where it stood: "object 3", "line 120", "entry \"corp\"" */
} TrustImportEntry;

void trust_import_entry_free (TrustImportEntry *entry); /* nullable */

/* What came of one input. */
typedef struct
{
  const char *format;  /* the row's name */
  GPtrArray *entries;  /* (owned) of TrustImportEntry*, in the input's order; no certificate twice */
  GPtrArray *failures; /* (owned) of char*: objects that could not be read, with their place; printable. Empty unless KEEP_GOING */
  GPtrArray *notices;  /* (owned) of char*: a private key that was dropped, trust the model cannot say; printable */
} TrustImport;

TrustImport *trust_import_new (const char *format);
void trust_import_free (TrustImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustImport, trust_import_free)

/* Asks for a pass phrase. WHAT: the object it opens, printable. ATTEMPT: 0, 1, … after a wrong one. Returns: (transfer full) (nullable), in
 * memory that the caller wipes with trust_secret_free(); NULL with ERROR set to give up. */
typedef char *(*TrustAskPassphrase) (gpointer user_data, const char *what, guint attempt, GError **error);

typedef struct
{
  TrustAskPassphrase ask; /* (nullable) nobody can be asked: TRUST_ERROR_PASSPHRASE */
  gpointer user_data;
  gboolean keep_going; /* an object that can't be read becomes a failure, not the end */
} TrustImportOptions;

typedef struct
{
  const char *name;  /* "pkcs12" */
  const char *title; /* "PKCS#12", for people */
  gboolean (*probe) (TrustSpan input);
  /* Adds to IMPORT. Errors name the object and its place. Everything within core/limits.h. */
  gboolean (*decode) (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error);
} TrustImporter;

extern const TrustImporter trust_importer_anchor;
extern const TrustImporter trust_importer_pem;
extern const TrustImporter trust_importer_der;
extern const TrustImporter trust_importer_pkcs7;
extern const TrustImporter trust_importer_est;
extern const TrustImporter trust_importer_pkcs12;
extern const TrustImporter trust_importer_jks;
extern const TrustImporter trust_importer_p11_kit;
extern const TrustImporter trust_importer_certdata;
extern const TrustImporter trust_importer_policy_chrome;
extern const TrustImporter trust_importer_policy_firefox;
/* NULL-terminated, in the order they are probed: a form that may hold another's marks comes before it. */
extern const TrustImporter *const trust_importers[];
/* NULL if none has that name. */
const TrustImporter *trust_importer_find (const char *name);

/* Probes and decodes. Exact doubles are dropped, and an entry that says nothing of trust gives way to one that does; two settings for one certificate
 * that differ are TRUST_ERROR_INVALID_INPUT that names both places (KEEP_GOING: a failure, and neither is taken). Nothing found is
 * TRUST_ERROR_INVALID_INPUT that says what the bytes look like. Returns: (transfer full). */
TrustImport *trust_import_decode (TrustSpan input, const TrustImportOptions *options, GError **error);
/* A PKCS#11 module's certificates and trust objects, through p11-kit. A p11-kit module that reads anchord's own output is refused. Opens PATH, so it
 * is the tool's only. Returns: (transfer full). */
TrustImport *trust_import_module (const char *path, const TrustImportOptions *options, GError **error);

/* Adds an entry. Every argument (transfer none) and nullable as in the struct. */
TrustImportEntry *trust_import_add (TrustImport *import, TrustCertificate *certificate, TrustSettings *settings, TrustDistrust *distrust,
                                    const char *label, const char *place);
/* The entry as an anchor file's or distrust file's bytes: what travels to the service. SETTINGS: what an entry without any is trusted for. NOTE
 * nullable. Returns: (transfer full). */
GBytes *trust_import_entry_write (const TrustImportEntry *entry, TrustSettings *settings, TrustNote *note);
/* Wipes and frees. TEXT nullable. */
void trust_secret_free (char *text);
