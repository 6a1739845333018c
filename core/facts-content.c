/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/facts.h"

#include "core/intake-der.h"
#include "core/intake.h"

#include <string.h>

#define BEGIN "-----BEGIN "
#define DASHES "-----"
#define KEY "PRIVATE KEY"
/* The longest label that anything writes is much shorter. */
#define MAX_LABEL 64

static gboolean
ends_with (TrustSpan label, const char *word)
{
  gsize size = strlen (word);

  return label.size >= size && memcmp (label.data + label.size - size, word, size) == 0;
}

/* What stands between BEGIN and the dashes behind it; empty where there are none. */
static TrustSpan
get_label (const guint8 *start, const guint8 *end)
{
  const guint8 *dashes = memmem (start, MIN ((gsize) (end - start), MAX_LABEL), DASHES, strlen (DASHES));

  return dashes != NULL ? (TrustSpan) { start, (gsize) (dashes - start) } : (TrustSpan) { start, 0 };
}

void
trust_facts_look_into (const void *bytes, gsize size, guint *n_certificates_out, gboolean *has_key_out)
{
  const guint8 *at = bytes, *end = at + size;

  *n_certificates_out = 0;
  *has_key_out = FALSE;
  if (size == 0)
    return;
  if (trust_intake_format_der.probe ((TrustSpan) { bytes, size }))
    {
      *has_key_out = trust_intake_der_is_private_key ((TrustSpan) { bytes, size });
      *n_certificates_out = !*has_key_out && trust_intake_der_describe ((TrustSpan) { bytes, size }) == NULL;
      return;
    }
  while ((at = memmem (at, (gsize) (end - at), BEGIN, strlen (BEGIN))) != NULL)
    {
      TrustSpan label = get_label (at + strlen (BEGIN), end);

      *n_certificates_out += ends_with (label, "CERTIFICATE");
      *has_key_out = *has_key_out || ends_with (label, KEY);
      at += strlen (BEGIN);
    }
}
