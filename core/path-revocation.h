/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Was a certificate of the path taken back by its issuer? RFC 5280 section 6.3 over the lists that are at hand. */
#pragma once

#include "core/path.h"

gboolean trust_path_check_revocation (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                                      TrustPathFault *fault);
