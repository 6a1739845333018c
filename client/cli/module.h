/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the tool that are loaded when they are needed, so that the plain ways link little. */
#pragma once

#include <glib.h>

/* SYMBOL of the module FILE ("anchorctl-offline.so"), which stays loaded: its error domains are static strings. WHAT: the option or input that
 * needs it. NULL with TRUST_ERROR_FAILED, which names the module. */
gpointer module_find (const char *file, const char *symbol, const char *what, GError **error);
