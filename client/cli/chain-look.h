/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `probe` and `inspect` share: asking the service about a chain, and telling of it. */
#pragma once

#include "client/cli/chain-report.h"
#include "client/cli/json.h"
#include "client/cli/tool.h"

/* What the options say. */
typedef struct
{
  char *name, *purpose, *store, *profile; /* (owned) (nullable) */
  int warn_days;
} ChainOptions;

#define CHAIN_ENTRIES(options)                                                                                                                       \
  { "name", 'n', 0, G_OPTION_ARG_STRING, &(options)->name, N_ ("The host name or IP address that the leaf must be for"), N_ ("NAME") },              \
      { "purpose", 'p', 0, G_OPTION_ARG_STRING, &(options)->purpose, N_ ("What it is to be trusted for (server-auth)"), N_ ("PURPOSE") },            \
      { "store", 0, 0, G_OPTION_ARG_STRING, &(options)->store, N_ ("Which store's anchors count (system)"), N_ ("STORE") },                          \
      { "profile", 0, 0, G_OPTION_ARG_STRING, &(options)->profile, N_ ("Which rules count: default, strict, webpki or lenient"), N_ ("PROFILE") },   \
  {                                                                                                                                                  \
    "warn-days", 0, 0, G_OPTION_ARG_INT, &(options)->warn_days, N_ ("Call it a fault if a certificate has fewer days left"), N_ ("N")                \
  }

void chain_options_clear (ChainOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ChainOptions, chain_options_clear)
/* Are the numbers in them such that they can be meant? */
gboolean chain_options_check (const ChainOptions *options, GError **error);

/* A chain, what it says, and what this machine says of it. */
typedef struct
{
  GPtrArray *chain;       /* (owned) of GBytes: DER */
  GVariant *certificates; /* (owned) aa{sv} */
  ChainReport *report;    /* (owned) */
  GVariant *verdict;      /* (owned) (nullable) a{sv}; NULL for a bundle, and where the leaf cannot be read */
  GVariant *consumers;    /* (owned) aa{sv}: who sees the anchor */
} ChainLook;

/* Reads CHAIN: (transfer full), of GBytes, and asks the service. SENT: as chain_report_new(). NAME (nullable): what the leaf must be for. OCSP (ay,
 * nullable): what a server stapled. Returns: (transfer full). */
ChainLook *chain_look_new (Tool *tool, GPtrArray *chain, gboolean sent, const char *name, GVariant *ocsp, const ChainOptions *options,
                           GError **error);
void chain_look_free (ChainLook *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChainLook, chain_look_free)

/* For people: verdict, certificates, findings, consumers. */
void chain_look_print (const ChainLook *look);
/* The members good, leaf, days_left, chain_days_left, certificates, findings, verdict, consumers of the object being built. */
void chain_look_add_json (const ChainLook *look, JsonBuilder *builder);
ToolExit chain_look_judge (const ChainLook *look);
