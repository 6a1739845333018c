/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be said of the certificates that a server sent or that stand in a file: order, what lacks, what is too much, dates. */
#pragma once

#include "client/cli/view.h"

typedef struct _ChainReport ChainReport;

/* CERTIFICATES: aa{sv} as ProbeClass.read_chain. SENT: by a server, whose own is the first; else a leaf is looked for, and where there is none it is
 * a bundle, in which no order counts. WARN: seconds; a certificate that ends within them is a fault. Returns: (transfer full). */
ChainReport *chain_report_new (GVariant *certificates, gboolean sent, gint64 now, gint64 warn);
void chain_report_free (ChainReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChainReport, chain_report_free)

/* The index of the leaf; -1: a bundle. */
int chain_report_get_leaf (const ChainReport *report);
gboolean chain_report_is_readable (const ChainReport *report, guint index);
/* Does number INDEX lead anywhere from the leaf? */
gboolean chain_report_is_reached (const ChainReport *report, guint index);
/* What the service says of the chain: a verdict a{sv}. */
void chain_report_judge (ChainReport *report, GVariant *verdict);
/* One thing more. CODE: a static text. INDEX: of a certificate; -1. MESSAGE: (transfer full), printable. */
void chain_report_add (ChainReport *report, gboolean is_fault, const char *code, int index, char *message);
gboolean chain_report_has_fault (const ChainReport *report);
/* When the leaf ends, and what ends first of all that leads from it to a root. FALSE for a bundle. */
gboolean chain_report_get_ends (const ChainReport *report, gint64 *leaf, gint64 *first);
/* aa{sv} {severity s "fault" or "note", code s, certificate i, message s}, in the order they were found. Returns: (transfer full). */
GVariant *chain_report_get_findings (const ChainReport *report);

/* Of a finding, and of a certificate. */
extern const ViewField chain_report_finding[];
extern const ViewField chain_report_certificate[];
