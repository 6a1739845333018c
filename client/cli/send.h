/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hands input over for a change: in the message, or sealed where it is too large for one. */
#pragma once

#include "client/cli/gather.h"
#include "client/cli/report.h"

/* The certificates of FILES, of any form, as one input for the service: whatever the files say of their trust. Tells notes. For what refuses.
 * Returns: (transfer full). */
GBytes *send_read_certificates (Tool *tool, char **files, GError **error);
/* The same for what trusts, where one call says the same of all certificates: what FILES refuse is TRUST_ERROR_POLICY, what they only name is left
 * out with a note, and what they say of trust must be one thing. NAMED (a{sv}): settings that replace it. *SETTINGS: (transfer full): what holds. */
GBytes *send_read_trusted (Tool *tool, char **files, GVariant *named, GVariant **settings, GError **error);
/* Are all of INPUTS (GBytes) certificates that the service reads itself? */
gboolean send_are_plain (GPtrArray *inputs);

/* METHOD, whose parameters are a sealed descriptor of BYTES and OPTIONS (a{sv}, floating): for what is too large for a message. */
ToolExit send_sealed (Tool *tool, const char *method, GBytes *bytes, GVariant *options, const ReportRow *rows);
/* Anchors.Add of BYTES (PEM or DER). OPTIONS: a{sv}, floating. */
ToolExit send_certificates (Tool *tool, GBytes *bytes, GVariant *options, const ReportRow *rows);
/* Anchors.Import of the anchor and distrust files of ENTRIES. OPTIONS: a{sv}, floating. */
ToolExit send_files (Tool *tool, GPtrArray *entries, GVariant *options, const ReportRow *rows);
/* Tells what GATHERED has beside entries: notices now; failures now and in the report's JSON, and they make the exit TOOL_REFUSED. */
void send_tell (Tool *tool, const Gathered *gathered);
/* Notes how many entries are neither trusted nor refused. */
void send_tell_passed (Tool *tool, const Gathered *gathered);
