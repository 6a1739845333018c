/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint.h"

struct _TrustConstraints
{
  gatomicrefcount refs;
};

TrustConstraints *
trust_constraints_new (void)
{
  TrustConstraints *constraints = g_new0 (TrustConstraints, 1);

  g_atomic_ref_count_init (&constraints->refs);
  return constraints;
}

TrustConstraints *
trust_constraints_ref (TrustConstraints *constraints)
{
  g_atomic_ref_count_inc (&constraints->refs);
  return constraints;
}

void
trust_constraints_unref (TrustConstraints *constraints)
{
  if (g_atomic_ref_count_dec (&constraints->refs))
    g_free (constraints);
}
