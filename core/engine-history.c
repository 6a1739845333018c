/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

TrustHistory *
trust_engine_open_history (TrustEngine *engine, GError **error)
{
  return trust_history_open (engine->root, error);
}
