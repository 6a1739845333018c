/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of a trust, between the options of a door and the core's values. */
#pragma once

#include "core/engine.h"
#include "facade/options.h"

/* Rows of a door's table of options. */
#define TRUST_LIMITS_OPTIONS                                                                                                                         \
  { "permitted", "a{sas}", trust_option_is_subtrees }, { "excluded", "a{sas}", trust_option_is_subtrees },                                           \
      { "distrust-after", "a{sx}", trust_option_is_distrust_after }, { "until", "x", trust_option_is_time },                                         \
  {                                                                                                                                                  \
    "accept-loss", "b", NULL                                                                                                                         \
  }

/* Checks for the table. Subtrees: "excluded" is the key of what is excluded. */
gboolean trust_option_is_subtrees (const char *key, GVariant *value, GError **error);
gboolean trust_option_is_distrust_after (const char *key, GVariant *value, GError **error);
/* Seconds since the epoch, up to the year 9999; 0 and less: never. */
gboolean trust_option_is_time (const char *key, GVariant *value, GError **error);

/* Reads what OPTIONS (checked by such a table) name into CHANGE->limits and CHANGE->named. "clear-constraints" b names none. */
gboolean trust_limits_read (GVariant *options, TrustChange *change, GError **error);

/* The values of an anchor's members "permitted", "excluded" and "distrust-after". Floating; NULL where there is nothing to say. */
GVariant *trust_limits_view_subtrees (const TrustSettings *settings, gboolean excluded);
GVariant *trust_limits_view_distrust_after (const TrustSettings *settings);

/* What a set, CHANGE, makes of BEFORE: what it names stands in place of that. Returns: (transfer full). */
TrustSettings *trust_limits_set (const TrustSettings *before, const TrustChange *change);
