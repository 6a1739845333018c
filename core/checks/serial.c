/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.1.2.2: a serial number is positive, and its value has 20 octets at most. */
#include "core/checks/check.h"

#define MAX_OCTETS 20u

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  TrustSpan serial = trust_certificate_get_serial (suspect->certificate);
  const char *what = NULL;

  /* DER has the fewest octets; a leading zero only keeps the number positive. */
  if (serial.size == 0 || (serial.size == 1 && serial.data[0] == 0))
    what = "zero";
  else if ((serial.data[0] & 0x80) != 0)
    what = "negative";
  else if (serial.size - (serial.data[0] == 0) > MAX_OCTETS)
    what = "longer than 20 octets";
  if (what != NULL)
    trust_check_tell_of (check, out, suspect, g_strdup_printf ("its serial number is %s", what),
                         g_strdup ("None here, whoever runs the CA made it so; of an anchor hardly any program asks it"));
}

const TrustCheck trust_check_serial = {
  .id = "serial",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Serial numbers that are zero, negative or too long",
  .look = look_at,
  .once = TRUE,
};
