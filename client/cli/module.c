/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/module.h"

#include "core/error.h"

#include <dlfcn.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <unistd.h>

/* Where a module may lie, in this order: where ANCHORD_MODULE_DIR says (not for a set-uid tool), beside the tool itself (a build folder),
 * where it was installed. Returns: (transfer full). */
static char *
find_file (const char *file)
{
  const char *told = secure_getenv ("ANCHORD_MODULE_DIR");
  if (told != NULL && told[0] != '\0')
    return g_build_filename (told, file, NULL);
  g_autofree char *tool = g_file_read_link ("/proc/self/exe", NULL);
  if (tool != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (tool);
      g_autofree char *beside = g_build_filename (folder, file, NULL);
      if (access (beside, F_OK) == 0)
        return g_steal_pointer (&beside);
    }
  return g_build_filename (MODULE_DIR, file, NULL);
}

gpointer
module_find (const char *file, const char *symbol, const char *what, GError **error)
{
  g_autofree char *path = find_file (file);
  void *module = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  void *entry = module == NULL ? NULL : dlsym (module, symbol);
  if (entry == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("%s needs the module %s; reinstall anchorctl (%s)"), what, path, dlerror ());
  if (entry == NULL && module != NULL)
    dlclose (module);
  return entry;
}
