/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others changed in the administrator's tree, /etc/anchord: what stands there otherwise than the journal has it. */
#pragma once

#include "core/journal-fold.h"
#include "core/journal.h"
#include "core/snapshot.h"

/* What the journal has: a digest of each file. */
typedef struct _TrustFound TrustFound;

TrustFound *trust_found_new (const TrustJournalFold *fold);
void trust_found_free (TrustFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustFound, trust_found_free)
/* FILES (of TrustJournalFile*) stand in a record now. */
void trust_found_learn (TrustFound *found, const GPtrArray *files);
/* Adds to OUT (of TrustJournalFile*) what of SNAPSHOT's files is new, changed or gone, and to ROWS borrowed TrustSourceFile* of those with
 * certificates. Only what counts is there: a file that stopped parsing leaves what it said before, one that anybody may write to or that holds a
 * private key is gone. Files that FOUND knows by their digest or stat are not read. FALSE: more is left than one record should hold; look again once
 * this is learnt. */
gboolean trust_found_look (TrustFound *found, TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *out, GPtrArray *rows);
