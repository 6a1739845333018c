/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A name that is asked for, up to a newline, and then the value of a subjectAltName that it is held against. */
#include "core/der-write.h"
#include "core/peer-name.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const guint8 tags[] = { [TRUST_PEER_DNS] = 0x82, [TRUST_PEER_IP] = 0x87, [TRUST_PEER_EMAIL] = 0x81 };

/* What was read is for what it says. */
static void
check_itself (const TrustPeerName *name)
{
  g_autoptr (GByteArray) inside = g_byte_array_new (), san = g_byte_array_new ();

  if (name->kind == TRUST_PEER_IP)
    trust_der_append (inside, tags[name->kind], name->address, name->address_size);
  else
    trust_der_append (inside, tags[name->kind], name->text, strlen (name->text));
  trust_der_append (san, 0x30, inside->data, inside->len);
  /* A mailbox that is not ASCII stands in another kind of name. */
  if (name->kind != TRUST_PEER_EMAIL || g_str_is_ascii (name->text))
    g_assert_true (trust_peer_name_matches (name, (TrustSpan) { san->data, san->len }, TRUE));
}

static void
check_name (const char *text, TrustSpan san)
{
  GError *error = NULL;
  g_auto (TrustPeerName) name = { 0 };
  g_auto (TrustPeerName) again = { 0 };

  if (!trust_peer_name_parse (text, &name, &error))
    {
      fuzz_check_error (error);
      return;
    }
  /* A public suffix only takes matches away. */
  if (trust_peer_name_matches (&name, san, TRUE))
    g_assert_true (trust_peer_name_matches (&name, san, FALSE));
  g_assert_false (trust_peer_name_matches (&name, (TrustSpan) { NULL, 0 }, FALSE));
  if (name.kind == TRUST_PEER_IP)
    g_assert_true (name.address_size == 4 || name.address_size == 16);
  else
    {
      trust_peer_name_parse (name.text, &again, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again.text, ==, name.text);
    }
  check_itself (&name);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const guint8 *end = size > 0 ? memchr (data, '\n', size) : NULL;
  gsize n = end != NULL ? (gsize) (end - data) : size;
  g_autofree char *text = g_strndup ((const char *) data, n);
  TrustSpan san = end != NULL ? (TrustSpan) { end + 1, size - n - 1 } : (TrustSpan) { NULL, 0 };
  const char *fault = trust_peer_san_fault (san);

  g_assert_true (fault == NULL || trust_text_is_plain (fault, 0));
  if (g_utf8_validate (text, -1, NULL))
    {
      trust_peer_san_bears (san, text);
      trust_peer_text_is_equivocal (text);
      check_name (text, san);
    }
  return 0;
}
