/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bars of the audit's page, as inline SVG. */
#pragma once

#include "client/cli/audit-report.h"

/* How many anchors are trusted by each layer, and how many end when. Add an <svg> to OUT; nothing where there are none. */
void audit_bars_by_origin (const AuditReport *report, GString *out);
void audit_bars_by_expiry (const AuditReport *report, GString *out);
/* Adds TEXT as text of a page. */
void audit_html_text (GString *out, const char *text);
