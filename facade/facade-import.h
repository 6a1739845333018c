/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' functions for Import and ImportSealed of org.anchord.Anchord1.Anchors: whole anchor files as one change. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_import (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_import_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
