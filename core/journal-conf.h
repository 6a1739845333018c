/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/anchord/journal.conf: who may read what of the journal. */
#pragma once

#include "core/root.h"

#define TRUST_JOURNAL_CONF_PATH "/etc/anchord/journal.conf"

typedef struct
{
  gboolean callers_for_all; /* FALSE: who asked for a change is told to root, and to each user of what that one asked for */
  char *fault;              /* (owned) (nullable) why the file does not count; then the narrowest holds */
} TrustJournalConf;

/* As it stands; without a file everybody is told. */
void trust_journal_conf_read (TrustRoot *root, TrustJournalConf *out);
void trust_journal_conf_clear (TrustJournalConf *conf);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustJournalConf, trust_journal_conf_clear)
