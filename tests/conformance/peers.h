/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same chain and the same question, as each verifier takes them. */
#pragma once

#include "tests/conformance/recipe.h"

typedef enum
{
  PEER_ANCHORD,
  PEER_GNUTLS,
  PEER_OPENSSL,
  PEER_STRICT, /* OpenSSL with X509_V_FLAG_X509_STRICT and X509_V_FLAG_POLICY_CHECK */
  N_PEERS,
} Peer;

/* Does PEER accept CHAIN? WHY: (transfer full), what it says. */
gboolean peer_ask (Peer peer, const RecipeChain *chain, char **why);
