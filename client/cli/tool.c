/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/tool.h"

#include "client/cli/json.h"
#include "client/lib/anchord.h"
#include "core/error.h"
#include "core/text.h"

#include <stdio.h>

typedef struct
{
  const char *name; /* in --json */
  ToolExit exit;
} Ending;

static const Ending endings[] = {
  [TRUST_ERROR_FAILED] = { "failed", TOOL_ERROR },
  [TRUST_ERROR_INVALID_ARGUMENT] = { "invalid-argument", TOOL_USAGE },
  [TRUST_ERROR_INVALID_INPUT] = { "invalid-input", TOOL_ERROR },
  [TRUST_ERROR_LIMIT_EXCEEDED] = { "limit-exceeded", TOOL_ERROR },
  [TRUST_ERROR_PRIVATE_KEY] = { "private-key", TOOL_REFUSED },
  [TRUST_ERROR_POLICY] = { "policy", TOOL_REFUSED },
  [TRUST_ERROR_DISTRUSTED] = { "distrusted", TOOL_REFUSED },
  [TRUST_ERROR_NOT_FOUND] = { "not-found", TOOL_ERROR },
  [TRUST_ERROR_AMBIGUOUS] = { "ambiguous", TOOL_ERROR },
  [TRUST_ERROR_FOREIGN] = { "foreign", TOOL_REFUSED },
  [TRUST_ERROR_NOT_AUTHORIZED] = { "not-authorized", TOOL_NOT_AUTHORIZED },
  [TRUST_ERROR_BUSY] = { "busy", TOOL_ERROR },
  [TRUST_ERROR_STORAGE] = { "storage", TOOL_ERROR },
  [TRUST_ERROR_DAMAGED] = { "damaged", TOOL_ERROR },
  [TRUST_ERROR_PASSPHRASE] = { "passphrase", TOOL_ERROR },
};
G_STATIC_ASSERT (G_N_ELEMENTS (endings) == TRUST_ERROR_LAST);

static const Ending *
ending_of (const GError *error)
{
  gboolean ours = error->domain == TRUST_ERROR || error->domain == ANCHORD_ERROR;
  return ours && error->code >= 0 && error->code < TRUST_ERROR_LAST ? &endings[error->code] : &endings[TRUST_ERROR_FAILED];
}

ToolExit
tool_fail (const Tool *tool, const GError *error)
{
  const Ending *ending = ending_of (error);
  /* The service has escaped what is foreign in it: escaping twice would double its backslashes. */
  g_autofree char *line = trust_text_is_plain (error->message, G_MAXSIZE) ? g_strdup (error->message) : trust_text_printable (error->message, 0);
  fflush (stdout);
  g_printerr ("anchorctl: %s\n", line);
  if (tool->json)
    json_print_error (ending->name, line);
  return tool->check ? TOOL_ERROR : ending->exit; /* 2 and 3 mean something else there */
}

gboolean
tool_check_text (const char *what, const char *text, gsize max_chars, GError **error)
{
  if (text == NULL || trust_text_is_plain (text, max_chars))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s: must be UTF-8 text of at most %zu characters, without control characters"),
               what, max_chars);
  return FALSE;
}

GVariant *
tool_call (Tool *tool, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds, GError **error)
{
  if (tool->bus != NULL)
    g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", tool->bus, TRUE);
  if (tool->backend == NULL)
    tool->backend = tool->root != NULL ? backend_offline_open (tool->root, error) : backend_bus_open (!tool->no_ask_password, error);
  g_autoptr (GVariant) owned_parameters = parameters == NULL ? NULL : g_variant_ref_sink (parameters);
  if (tool->backend == NULL)
    return NULL;
  return tool->backend->class->call (tool->backend, interface, member, owned_parameters, fds, out_fds, error);
}

void
tool_clear (Tool *tool)
{
  fflush (stdout);
  if (tool->backend != NULL)
    tool->backend->class->close (tool->backend);
  tool->backend = NULL;
  g_clear_pointer (&tool->root, g_free);
  g_clear_pointer (&tool->bus, g_free);
  g_clear_pointer (&tool->notes, g_ptr_array_unref);
  g_clear_pointer (&tool->failures, g_ptr_array_unref);
}
