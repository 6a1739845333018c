/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions, sets and paths of issued certificates, for the tests of core/path*. */
#pragma once

#include "core/path-builder.h"
#include "tests/lib/issue.h"

#define CHAIN(...) ((const Issued *const[]) { __VA_ARGS__, NULL })

/* A question that asks for nothing beyond the path itself, of the lenient profile. */
static inline TrustPathQuestion
make_question (void)
{
  return (TrustPathQuestion) { .profile = TRUST_PROFILE_LENIENT, .time = ISSUE_NOW, .max_depth = TRUST_NO_NUMBER };
}

/* CERTIFICATES as a path: the leaf first, the anchor last. Returns: how many. */
static inline guint
make_links (const Issued *const *certificates, TrustPathLink *out)
{
  guint n = 0;

  for (; certificates[n] != NULL; n++)
    {
      out[n] = (TrustPathLink) { .certificate = certificates[n]->certificate, .extensions = &certificates[n]->extensions, .index = (int) n };
      trust_signature_identify (certificates[n]->extensions.outer_algorithm, &out[n].signature);
    }
  return n;
}

static inline TrustPathBudget
make_budget (void)
{
  return (TrustPathBudget) { TRUST_PATH_SIGNATURES, TRUST_PATH_COMPARISONS };
}

/* The rule that a path of CERTIFICATES breaks; "" if it stands. */
static inline const char *
validate (const TrustPathQuestion *question, const Issued *const *certificates, TrustPathFault *fault)
{
  TrustPathLink links[40];
  TrustPathBudget budget = make_budget ();
  guint n = make_links (certificates, links);

  *fault = (TrustPathFault) { .link = -2, .rule = "" };
  if (trust_path_validate (question, links, n, &budget, fault))
    return "";
  g_test_message ("%s at %d: %s", fault->rule, fault->link, fault->says);
  g_assert_cmpint (fault->reason, !=, TRUST_REASON_TRUSTED);
  g_assert_true (fault->source != NULL && fault->says != NULL && fault->says[0] != '\0');
  return fault->rule;
}

#define assert_stands(question, ...)                                                                                                                 \
  do                                                                                                                                                 \
    {                                                                                                                                                \
      TrustPathFault fault_;                                                                                                                         \
      g_assert_cmpstr (validate (question, CHAIN (__VA_ARGS__), &fault_), ==, "");                                                                   \
    }                                                                                                                                                \
  while (0)
#define assert_breaks(question, rule, link_, ...)                                                                                                    \
  do                                                                                                                                                 \
    {                                                                                                                                                \
      TrustPathFault fault_;                                                                                                                         \
      g_assert_cmpstr (validate (question, CHAIN (__VA_ARGS__), &fault_), ==, rule);                                                                 \
      g_assert_cmpint (fault_.link, ==, link_);                                                                                                      \
    }                                                                                                                                                \
  while (0)

/* A set of ANCHORS, trusted without limits. (transfer full) */
static inline TrustAnchorSet *
make_set (const Issued *const *anchors)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), none = g_ptr_array_new ();
  const char *const names[] = { "server-auth", NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, &TRUST_LIMITS_NONE);

  for (guint i = 0; anchors[i] != NULL; i++)
    g_ptr_array_add (list, trust_anchor_new (anchors[i]->certificate, settings, origin, NULL));
  return trust_anchor_set_new (list, none);
}

/* (transfer full) of borrowed certificates. */
static inline GPtrArray *
make_chain (const Issued *const *certificates)
{
  GPtrArray *chain = g_ptr_array_new ();

  for (guint i = 0; certificates[i] != NULL; i++)
    g_ptr_array_add (chain, certificates[i]->certificate);
  return chain;
}
