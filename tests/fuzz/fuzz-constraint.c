/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Constraints: the first byte says as what the others are read, the text of a subtree up to a newline and then a name that is held against it, or a
 * NameConstraints value in DER. */
#include "core/constraint.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* What is written in DER reads as the same, or as something that writes the same. */
static void
check_der (const TrustConstraints *constraints)
{
  g_autoptr (GByteArray) der = trust_constraints_to_der (constraints);
  g_autoptr (TrustConstraints) again = trust_constraints_new ();
  g_autoptr (GError) error = NULL;

  if (der == NULL)
    return;
  trust_constraints_add_der (again, (TrustSpan) { der->data, der->len }, &error);
  g_assert_no_error (error);

  g_autoptr (GByteArray) twice = trust_constraints_to_der (again);

  g_assert_cmpmem (der->data, der->len, twice->data, twice->len);
  g_assert_true (trust_constraints_is_within (constraints, constraints));
}

static void
check_text (TrustNameKind kind, TrustSpan in)
{
  const guint8 *end = in.size > 0 ? memchr (in.data, '\n', in.size) : NULL;
  gsize size = end != NULL ? (gsize) (end - in.data) : in.size;
  g_autofree char *text = g_strndup ((const char *) in.data, size);
  TrustSpan value = end != NULL ? (TrustSpan) { end + 1, in.size - size - 1 } : (TrustSpan) { NULL, 0 };
  g_autoptr (TrustConstraints) permitted = trust_constraints_new ();
  g_autoptr (TrustConstraints) excluded = trust_constraints_new ();
  GError *error = NULL;

  if (!trust_constraints_add (permitted, kind, FALSE, text, &error))
    {
      fuzz_check_error (error);
      return;
    }
  check_der (permitted);

  gboolean is_permitted = trust_constraints_permit (permitted, kind, value, NULL);

  if (text[0] == '\0')
    {
      g_assert_false (is_permitted);
      return;
    }

  g_autofree char *canonical = trust_subtree_dup_text (trust_constraints_get (permitted, kind, FALSE, 0));
  g_autoptr (TrustConstraints) again = trust_constraints_new ();

  trust_constraints_add (again, kind, FALSE, canonical, &error);
  g_assert_no_error (error);
  g_assert_true (trust_constraints_equal (permitted, again));
  trust_constraints_add (excluded, kind, TRUE, canonical, &error);
  g_assert_no_error (error);
  check_der (excluded);
  /* No name is in a subtree and outside it. */
  g_assert_false (is_permitted && trust_constraints_permit (excluded, kind, value, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  if (data[0] % (TRUST_NAME_LAST + 1) < TRUST_NAME_LAST)
    {
      check_text (data[0] % (TRUST_NAME_LAST + 1), (TrustSpan) { data + 1, size - 1 });
      return 0;
    }

  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  GError *error = NULL;

  if (trust_constraints_add_der (constraints, (TrustSpan) { data + 1, size - 1 }, &error))
    check_der (constraints);
  else
    fuzz_check_error (error);
  return 0;
}
