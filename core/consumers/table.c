/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/consumer.h"

const TrustConsumer *const trust_consumers[] = { &trust_consumer_own, &trust_consumer_debian, NULL };
