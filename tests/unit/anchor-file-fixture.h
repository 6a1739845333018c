/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One root, and what parsing a file about it gives. */
#pragma once

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/limits.h"
#include "tests/lib/support.h"

#include <string.h>

typedef struct
{
  TestCertificate *root; /* (owned) */
  char *pem;             /* (owned) */
  TrustOrigin *origin;   /* (owned) */
  GPtrArray *anchors;    /* (owned) */
  GPtrArray *distrusts;  /* (owned) */
  GPtrArray *warnings;   /* (owned) */
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->root = test_certificate_new_root ("CN=File Root,O=Example");
  f->pem = test_certificate_dup_pem (f->root);
  f->origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x.anchor", FALSE);
  f->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  f->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  f->warnings = g_ptr_array_new_with_free_func (g_free);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  g_free (f->pem);
  trust_origin_unref (f->origin);
  g_ptr_array_unref (f->anchors);
  g_ptr_array_unref (f->distrusts);
  g_ptr_array_unref (f->warnings);
}

static inline gboolean
parse_bytes (Fixture *f, const void *bytes, gsize size, GError **error)
{
  g_ptr_array_set_size (f->anchors, 0);
  g_ptr_array_set_size (f->distrusts, 0);
  g_ptr_array_set_size (f->warnings, 0);
  return trust_anchor_file_parse ((TrustSpan) { bytes, size }, f->origin, f->anchors, f->distrusts, f->warnings, error);
}

/* HEAD and the root's PEM. */
static inline gboolean
parse_head (Fixture *f, const char *head, GError **error)
{
  g_autofree char *text = g_strconcat (head, f->pem, NULL);

  return parse_bytes (f, text, strlen (text), error);
}

static inline void
assert_refused (Fixture *f, const char *text, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", text);
  g_assert_false (parse_bytes (f, text, strlen (text), &error));
  /* A limit that is not known is no damage: nothing that the file said before may go on counting. */
  if (strstr (error->message, "does not know") != NULL)
    code = TRUST_ERROR_POLICY;
  g_assert_error (error, TRUST_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpuint (f->anchors->len + f->distrusts->len, ==, 0);
}

static inline void
assert_head_refused (Fixture *f, const char *head, const char *part)
{
  g_autofree char *text = g_strconcat (head, f->pem, NULL);

  assert_refused (f, text, TRUST_ERROR_INVALID_INPUT, part);
}

#define MINIMAL "[Anchor]\nVersion=1\n[Trust]\nPurposes=server-auth;\n"
