/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/backend.h"
#include "core/error.h"

#include <dlfcn.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <unistd.h>

/* Where the module may lie, in this order: where ANCHORD_MODULE_DIR says (not for a set-uid tool), beside the tool itself (a build folder),
 * where it was installed. Returns: (transfer full). */
static char *
find_module (void)
{
  const char *told = secure_getenv ("ANCHORD_MODULE_DIR");
  if (told != NULL && told[0] != '\0')
    return g_build_filename (told, BACKEND_OFFLINE_MODULE, NULL);
  g_autofree char *tool = g_file_read_link ("/proc/self/exe", NULL);
  if (tool != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (tool);
      g_autofree char *beside = g_build_filename (folder, BACKEND_OFFLINE_MODULE, NULL);
      if (access (beside, F_OK) == 0)
        return g_steal_pointer (&beside);
    }
  return g_build_filename (MODULE_DIR, BACKEND_OFFLINE_MODULE, NULL);
}

Backend *
backend_offline_open (const char *root, GError **error)
{
  g_autofree char *path = find_module ();
  void *module = dlopen (path, RTLD_NOW | RTLD_LOCAL); /* never closed: its error domains are static strings */
  void *entry = module == NULL ? NULL : dlsym (module, BACKEND_OFFLINE_ENTRY);
  if (entry != NULL)
    return ((BackendOfflineEntry) entry) (root, error);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("--root needs the module %s; reinstall anchorctl (%s)"), path, dlerror ());
  return NULL;
}
