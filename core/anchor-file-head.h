/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keyfile head of an anchor file: split from the PEM block, its lines held against the keys that are known. */
#pragma once

#include "core/constraint.h"

typedef struct
{
  TrustSpan whole;   /* the file without a byte order mark (borrowed) */
  gsize size;        /* of the head: where the first BEGIN line is, or the end */
  GKeyFile *keys;    /* (owned) (nullable until loaded) */
  GHashTable *lines; /* (owned) "group\nkey" -> line number */
} TrustAnchorHead;

/* Only finds where the head ends. */
void trust_anchor_head_split (TrustAnchorHead *head, TrustSpan bytes);
/* Reads the head after the split. Unknown keys are warnings, but in the groups that limit trust: there they are errors. */
gboolean trust_anchor_head_load (TrustAnchorHead *head, GPtrArray *warnings, GError **error);
void trust_anchor_head_clear (TrustAnchorHead *head);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustAnchorHead, trust_anchor_head_clear)

/* The line KEY stands in; 0 if nowhere. */
guint trust_anchor_head_find_line (const TrustAnchorHead *head, const char *group, const char *key);
/* SPAN without white space around it. */
TrustSpan trust_anchor_head_trim (TrustSpan span);
/* "PermittedDNS", … "ExcludedDirectory" of the group [Constraints]. */
const char *trust_anchor_head_constraint_key (TrustNameKind kind, gboolean excluded);
/* Refuses the value of KEY with TRUST_ERROR_INVALID_INPUT "line N: KEY: WHAT". Returns FALSE always. */
gboolean trust_anchor_head_refuse (const TrustAnchorHead *head, const char *group, const char *key, const char *what, GError **error);
