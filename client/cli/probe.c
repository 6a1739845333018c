/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/probe.h"

#include "client/cli/module.h"

#include <glib/gi18n.h>

const ProbeClass *
probe_load (GError **error)
{
  static const ProbeClass *loaded;
  gpointer entry = loaded != NULL ? NULL : module_find (PROBE_MODULE, PROBE_ENTRY, _ ("looking at certificates"), error);
  if (entry != NULL)
    loaded = ((ProbeEntryPoint) entry) ();
  return loaded;
}
