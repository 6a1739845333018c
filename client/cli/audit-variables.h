/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings in configuration files that lead programs to other trust, or have them verify nothing: found in the text, which nothing here runs. */
#pragma once

#include <glib.h>

typedef enum
{
  AUDIT_SETTING_INSTEAD, /* a file or folder that is read in place of the machine's */
  AUDIT_SETTING_BESIDE,  /* a file that is read as well */
  AUDIT_SETTING_OFF,     /* verification is off */
  AUDIT_SETTING_FILE,    /* another file with variables; a dash before its name says that it may be missing */
} AuditSettingKind;

typedef enum
{
  AUDIT_SYNTAX_VARIABLES, /* a shell's, systemd's, PAM's: assignments anywhere in a line */
  AUDIT_SYNTAX_GIT,
  AUDIT_SYNTAX_CURL,
  AUDIT_SYNTAX_WGET,
  AUDIT_SYNTAX_PIP,
  AUDIT_SYNTAX_NPM,
} AuditSyntax;

/* NAME as it is usually written; VALUE: as it stands there, foreign; "" for a switch without one. */
typedef void (*AuditSettingFound) (const char *name, AuditSettingKind kind, const char *value, gpointer user_data);

/* Calls FOUND for each setting in TEXT of SIZE bytes, comments left out. Linear. */
void audit_variables_scan (const char *text, gsize size, AuditSyntax syntax, AuditSettingFound found, gpointer user_data);
