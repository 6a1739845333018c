/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An engine over a scratch root, and calls through the doors as the offline tool makes them. */
#pragma once

#include "core/text.h"
#include "facade/door.h"
#include "tests/lib/support.h"

#include <string.h>

typedef struct
{
  char *scratch;       /* (owned) */
  TrustEngine *engine; /* (owned) */
} Fixture;

static inline void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->scratch = test_scratch_new ();
  fixture->engine = trust_engine_open (fixture->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *fixture, gconstpointer unused)
{
  trust_engine_free (fixture->engine);
  test_scratch_remove (fixture->scratch);
  g_free (fixture->scratch);
}

/* MEMBER: of Anchors, or "INTERFACE.MEMBER". PARAMETERS is sunk. */
static inline gboolean
pass (Fixture *fixture, const char *member, GVariant *parameters, GUnixFDList *fds, TrustDoorReply *reply, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);
  g_auto (GStrv) words = g_strsplit (member, ".", 2);
  const char *interface = words[1] != NULL ? words[0] : g_str_equal (member, "Verify") ? "Verifier" : "Anchors";
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, interface, words[1] != NULL ? words[1] : member);
  g_auto (TrustDoorRequest) request = { NULL, NULL };
  g_autoptr (TrustCaller) caller = trust_caller_new_self ("offline");

  g_assert_nonnull (door);
  return trust_door_parse (door, sunk, fds, &request, error) && door->handle (fixture->engine, &request, caller, reply, error);
}

static inline void
fail (Fixture *fixture, const char *member, GVariant *parameters, GUnixFDList *fds, TrustError code)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (pass (fixture, member, parameters, fds, &reply, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_null (reply.reply);
}

static inline GVariant *
bytes_and (const char *text, const char *options)
{
  return g_variant_new ("(@ay@a{sv})", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1), g_variant_new_parsed (options));
}

static inline void
add (Fixture *fixture, const TestCertificate *certificate)
{
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  pass (fixture, "Add", bytes_and (pem, "{'reason': <'a test'>, 'label': <'Mine'>}"), NULL, &reply, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_is_of_type (reply.reply, G_VARIANT_TYPE ("(taa{sv}as)")));
}

static inline char *
hex_of (const TestCertificate *certificate)
{
  return trust_text_hex (trust_certificate_get_fingerprint (certificate->certificate)->bytes, 32);
}
