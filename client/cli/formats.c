/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/formats.h"

#include "client/cli/module.h"

#include <glib/gi18n.h>

const FormatsClass *
formats_load (GError **error)
{
  static const FormatsClass *loaded;
  gpointer entry = loaded != NULL ? NULL : module_find (FORMATS_MODULE, FORMATS_ENTRY, _ ("reading this input"), error);
  if (entry != NULL)
    loaded = ((FormatsEntryPoint) entry) ();
  return loaded;
}
