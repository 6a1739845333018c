/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the mark /etc/anchord/handed-back says: while it stands, the distribution's files are its own tool's, and anchord writes none of them.
 * Immutable. */
#pragma once

#include "core/distribution.h"
#include "core/certificate.h"

#define TRUST_HANDBACK_FOLDER "/etc/anchord"
#define TRUST_HANDBACK_PATH TRUST_HANDBACK_FOLDER "/handed-back"
/* Ends what is said of a mark that cannot be understood. */
#define TRUST_HANDBACK_HELP "; nothing of the distribution's files is written until it is mended, or taken away to take them up again"

typedef enum
{
  TRUST_HANDBACK_ADMINISTRATOR,
  TRUST_HANDBACK_PACKAGE,
  TRUST_HANDBACK_LAST
} TrustHandbackBy;

/* One anchor that was left in the distribution's folder (--keep-anchors). */
typedef struct
{
  char *path; /* (owned) */
  TrustFingerprint digest;
} TrustHandbackKept;

TrustHandbackKept *trust_handback_kept_new (const char *path, const TrustFingerprint *digest);
void trust_handback_kept_free (TrustHandbackKept *kept);

typedef struct
{
  gatomicrefcount refs;
  char *fault; /* (owned) (nullable) why it is not known what the mark means: nothing is given back, and nothing is written; printable */
  TrustHandbackBy by;
  gint64 time;     /* seconds since the epoch */
  GPtrArray *kept; /* (owned) of TrustHandbackKept* */
} TrustHandback;

/* KEPT (nullable): of TrustHandbackKept*. (transfer full) */
TrustHandback *trust_handback_new (TrustHandbackBy by, gint64 time, GPtrArray *kept);
/* One that stands there and cannot be understood. FAULT: (transfer full). (transfer full) */
TrustHandback *trust_handback_new_fault (char *fault);
TrustHandback *trust_handback_ref (TrustHandback *handback);
void trust_handback_unref (TrustHandback *handback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustHandback, trust_handback_unref)
/* Both nullable: NULL is "not handed back". */
gboolean trust_handback_equal (const TrustHandback *a, const TrustHandback *b);
/* Is it known that the files are handed back? HANDBACK: nullable. */
gboolean trust_handback_is_on (const TrustHandback *handback);

/* The mark's content. What is not known of it makes a fault; never fails. (transfer full) */
TrustHandback *trust_handback_parse (const void *bytes, gsize size);
GBytes *trust_handback_write (const TrustHandback *handback);
/* "administrator", "package" */
const char *trust_handback_by_get_name (TrustHandbackBy by);

/* Where an administrator of DISTRIBUTION puts a plain certificate that the distribution's tool shall trust; NULL: nowhere. */
const char *trust_handback_get_folder (TrustDistributionKind distribution);
