/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that say what a trust is for, for which names, and how long; as the service takes them. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  char **purposes;       /* (owned) --purpose */
  char **permit;         /* (owned) --permit KIND:SUBTREE; "KIND:" permits none of that kind */
  char **exclude;        /* (owned) --exclude KIND:SUBTREE */
  char **distrust_after; /* (owned) --distrust-after [PURPOSE=]DATE; where SETTINGS_MAY_CLEAR: "never" */
  char *until;           /* (owned) --until DATE; where SETTINGS_MAY_CLEAR: "never" */
  gboolean accept_loss;
  char *label; /* (owned) */
} Settings;

void settings_clear (Settings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, settings_clear)

/* Rows of a command's options. PURPOSE_HELP: what --purpose means to it. */
#define SETTINGS_ENTRIES(settings, purpose_help)                                                                                                     \
  { "purpose", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &(settings)->purposes, purpose_help, N_ ("PURPOSE") },                                             \
      { "permit",                                                                                                                                    \
        0,                                                                                                                                           \
        0,                                                                                                                                           \
        G_OPTION_ARG_FILENAME_ARRAY,                                                                                                                 \
        &(settings)->permit,                                                                                                                         \
        N_ ("Only for these names: dns, ip, email, uri or directory, a colon, and the subtree (may be repeated)"),                                   \
        N_ ("KIND:SUBTREE") },                                                                                                                       \
      { "exclude", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(settings)->exclude, N_ ("Not for these names (may be repeated)"), N_ ("KIND:SUBTREE") },     \
      { "distrust-after",                                                                                                                            \
        0,                                                                                                                                           \
        0,                                                                                                                                           \
        G_OPTION_ARG_STRING_ARRAY,                                                                                                                   \
        &(settings)->distrust_after,                                                                                                                 \
        N_ ("Not for certificates issued after DATE (may be repeated)"),                                                                             \
        N_ ("[PURPOSE=]DATE") },                                                                                                                     \
      { "until", 0, 0, G_OPTION_ARG_STRING, &(settings)->until, N_ ("The trust ends at DATE"), N_ ("DATE") },                                        \
      { "accept-loss", 0, 0, G_OPTION_ARG_NONE, &(settings)->accept_loss, N_ ("Put it into files that cannot say its limits, too"), NULL },          \
  {                                                                                                                                                  \
    "label", 'l', 0, G_OPTION_ARG_FILENAME, &(settings)->label, N_ ("Name it TEXT"), N_ ("TEXT")                                                     \
  }

typedef enum
{
  SETTINGS_NONE = 0,
  SETTINGS_MAY_CLEAR = 1 << 0,
} SettingsFlags;

/* Adds to DICT what SETTINGS name: purposes as, permitted a{sas}, excluded a{sas}, distrust-after a{sx}, until x, accept-loss b, label s. What cannot
 * be read is TRUST_ERROR_INVALID_ARGUMENT; subtrees and purposes themselves are the service's to judge. */
gboolean settings_pack (const Settings *settings, SettingsFlags flags, GVariantDict *dict, GError **error);
/* Is anything named? */
gboolean settings_are_named (const Settings *settings);
/* (nullable): one sentence where the names are limited but a neighbouring kind is not, which surprises: DNS but not IP addresses. */
const char *settings_get_advice (const Settings *settings);
