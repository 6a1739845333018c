/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name constraints along a path (RFC 5280 6.1.3 (b) and (c), 6.1.4 (g)): each name of each certificate against what every CA above it says. */
#pragma once

#include "core/path.h"

gboolean trust_name_constraints_check (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                                       TrustPathFault *fault);
