/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names on the bus. */
#pragma once

#define ANCHORD_BUS_NAME "org.anchord.Anchord1"
#define ANCHORD_OBJECT_PATH "/org/anchord/Anchord1"
#define ANCHORD_INTERFACE_PREFIX "org.anchord.Anchord1."
#define ANCHORD_INTERFACE_ANCHORS "org.anchord.Anchord1.Anchors"
#define ANCHORD_INTERFACE_REQUESTS "org.anchord.Anchord1.Requests"
#define ANCHORD_INTERFACE_VERIFIER "org.anchord.Anchord1.Verifier"
