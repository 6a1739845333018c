/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one process has open and mapped: old files of trust, libraries of TLS. */
#pragma once

#include "client/cli/process.h"
#include "client/cli/published.h"

typedef struct
{
  GPtrArray *files;     /* (owned) of char*: paths of which it holds what is no longer there; a few at most */
  GPtrArray *libraries; /* (owned) of static char*: "OpenSSL" */
  guint64 generation;   /* the oldest that one of the files is of; 0: not known */
} ProcessFiles;

/* PUBLISHED: as PROCESS sees it. FALSE: the caller may not look, or it is gone. */
gboolean process_files_read (ProcessFiles *files, const Process *process, const Published *published);
void process_files_clear (ProcessFiles *files);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ProcessFiles, process_files_clear)
