/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel's audit gets of a change, where the service may write there: beside the system's log, for those who keep both apart. */
#pragma once

#include "core/engine.h"

/* "op=trust-add generation=7 changes=1 head=… reason=…", as audit records have their fields. Returns: (transfer full). */
char *trust_audit_format (const TrustJournalIntent *intent, const char *head);
/* A record AUDIT_USYS_CONFIG of a change that is done. Where the audit is not there, or not to be written to, one debug message says so and nothing
 * else happens. In the writer thread. */
void trust_audit_change (const TrustJournalIntent *intent, const char *head);
