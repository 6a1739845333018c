/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other tools' readers find in a file, whatever anchord itself thinks of that file. */
#pragma once

#include "core/source-state.h"

/* The certificates that FILE's readers would trust: its anchors; of a file that does not count here (insecure, torn, with a private key)
 * each certificate that can be read at all. Returns: (transfer full): of TrustCertificate. */
GPtrArray *trust_foreign_read (TrustRoot *root, const TrustSourceFile *file);
