/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bags of a PKCS #12 file's safes (RFC 7292 section 4.2), as far as certificates need them. */
#pragma once

#include "core/importers/importer.h"

/* One certificate, before it is known what else the file holds. */
typedef struct
{
  TrustSpan der;
  char *label;      /* (owned) (nullable) friendlyName */
  TrustSpan key_id; /* localKeyId; a key of the same one belongs to it */
  GPtrArray *uses;  /* (owned) (nullable) of char*: Java's mark of a trusted certificate, with the OIDs of its uses */
} TrustPkcs12Bag;

typedef struct
{
  GPtrArray *bags;     /* (owned) of TrustPkcs12Bag* */
  GHashTable *key_ids; /* (owned) set of char*: localKeyId of private keys, hexadecimal */
  GPtrArray *buffers;  /* (owned) of GByteArray*: what the spans point into beside the input; wiped when freed */
  guint n_keys;
  guint n_secrets;
  guint n_lists; /* revocation lists */
  guint n_others;
} TrustPkcs12Contents;

TrustPkcs12Contents *trust_pkcs12_contents_new (void);
void trust_pkcs12_contents_free (TrustPkcs12Contents *contents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPkcs12Contents, trust_pkcs12_contents_free)
/* Reads SafeContents. Private keys are counted, and not looked into. */
gboolean trust_pkcs12_contents_read (TrustPkcs12Contents *contents, TrustSpan safe, GError **error);
