/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two roots, somebody who asks for them, and a folder where requests wait. */
#pragma once

#include "core/error.h"
#include "core/limits.h"
#include "core/requests.h"
#include "core/text.h"
#include "tests/lib/support.h"

#include <string.h>

#define NOW ((gint64) 1000000)
#define DAYS(n) ((gint64) (n) *24 * 60 * 60)

typedef struct
{
  char *scratch;           /* (owned) */
  TrustRoot *root;         /* (owned) */
  TrustRequests *requests; /* (owned) */
  TestCertificate *a, *b;  /* (owned) */
  TrustCaller *caller;     /* (owned) */
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, &error);
  g_assert_no_error (error);
  f->requests = trust_requests_new (f->root);
  f->a = test_certificate_new_root ("CN=Asked A");
  f->b = test_certificate_new_root ("CN=Asked B");
  f->caller = trust_caller_new ("test");
  f->caller->uid = 1000;
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  trust_requests_free (f->requests);
  trust_root_unref (f->root);
  test_certificate_free (f->a);
  test_certificate_free (f->b);
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* (transfer container) */
static inline GPtrArray *
both (Fixture *f, gboolean swapped)
{
  GPtrArray *certificates = g_ptr_array_new ();

  g_ptr_array_add (certificates, swapped ? f->b->certificate : f->a->certificate);
  g_ptr_array_add (certificates, swapped ? f->a->certificate : f->b->certificate);
  if (swapped)
    g_ptr_array_add (certificates, f->b->certificate);
  return certificates;
}

static inline TrustRequest *
ask (Fixture *f, const char *reason, gint64 now)
{
  g_autoptr (GPtrArray) certificates = both (f, FALSE);
  TrustWish wish = { certificates, NULL, "Label", reason, NULL };
  g_autoptr (GError) error = NULL;
  TrustRequest *request = trust_request_new (&wish, f->caller, now, &error);

  g_assert_no_error (error);
  return request;
}

/* REPLACE every FIND of the request's file. */
static inline char *
altered (const TrustRequest *request, const char *find, const char *replace)
{
  g_autoptr (GBytes) bytes = trust_request_write (request);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  GString *out = g_string_new (text);

  g_assert_cmpuint (g_string_replace (out, find, replace, 0), >, 0);
  return g_string_free (out, FALSE);
}

#define ADD(name, function) g_test_add ("/requests/" name, Fixture, NULL, set_up, function, tear_down)
