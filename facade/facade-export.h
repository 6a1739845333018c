/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's function for Anchors.Export. What it answers is made once, and shared by all who ask. */
#pragma once

#include "facade/door.h"

/* Lets go of an export that is of other files than SNAPSHOT's. Any thread. */
void trust_export_forget_others (TrustSnapshot *snapshot);

gboolean trust_handle_export (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
