/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file NAME.consumer, as anchord.consumer(5) describes it. Whether its formats exist and take its options is for those who know formats. */
#pragma once

#include "core/placed.h"

/* Reads BYTES into PLACED, which is not shared yet. Errors name the line. What is not known is an error: a file that counts in part would say
 * something else than its author meant. A failed read leaves PLACED without outputs. */
gboolean trust_consumer_file_parse (TrustSpan bytes, TrustPlaced *placed, GError **error);
