/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module behind --root: walks the doors of the service in process. */
#include "config.h"

#include "client/cli/backend.h"
#include "core/text.h"
#include "facade/door.h"
#include "facade/facade-audit.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOOKS_TOOL LIBEXEC_DIR "/anchord-hooks"

typedef struct
{
  Backend base;
  char *root;          /* (owned) */
  TrustEngine *engine; /* (owned) (nullable) */
  gboolean writable;
  gboolean changed;
} OfflineBackend;

Backend *anchorctl_offline_open (const char *root, GError **error);
GVariant *anchorctl_offline_audit (GVariant *files, guint within, const char *const *checks, GError **error);

/* The engine, opened for what DOOR needs; one that may write serves reading as well. */
static gboolean
need_engine (OfflineBackend *self, const TrustDoor *door, GError **error)
{
  gboolean writing = door->action != NULL;
  if (self->engine != NULL && (self->writable || !writing))
    return TRUE;
  g_clear_pointer (&self->engine, trust_engine_free);
  self->engine = trust_engine_open (self->root, writing ? TRUST_ENGINE_WRITABLE : TRUST_ENGINE_READ_ONLY, error);
  self->writable = writing;
  if (self->engine == NULL)
    return FALSE;
  return !writing || trust_engine_refresh (self->engine, NULL, error); /* what was dropped into its folders belongs to the set being changed */
}

static GVariant *
offline_call (Backend *backend, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds,
              GError **error)
{
  OfflineBackend *self = (OfflineBackend *) backend;
  g_autoptr (GVariant) owned_parameters = parameters == NULL ? NULL : g_variant_ref_sink (parameters);
  const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, interface, member);
  if (door == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "there is no %s.%s", interface, member);
      return NULL;
    }
  g_auto (TrustDoorRequest) request = { 0 };
  if (door->parse != NULL && !door->parse (owned_parameters, fds, &request, error))
    return NULL;
  if (!need_engine (self, door, error))
    return NULL;
  g_autoptr (TrustCaller) caller = trust_caller_new_self ("offline");
  g_auto (TrustDoorReply) reply = { 0 };
  if (!door->handle (self->engine, &request, caller, &reply, error))
    return NULL;
  self->changed |= door->action != NULL;
  if (out_fds != NULL)
    *out_fds = g_steal_pointer (&reply.fds);
  return g_variant_take_ref (g_steal_pointer (&reply.reply));
}

static gboolean
is_system_root (const char *root)
{
  struct stat given, own;
  return stat (root, &given) == 0 && stat ("/", &own) == 0 && given.st_dev == own.st_dev && given.st_ino == own.st_ino;
}

/* Runs the hooks now. What they print goes to standard error: standard output is the command's. */
static gboolean
spawn_hooks (GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_take_stdout_fd (launcher, fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  g_autoptr (GSubprocess) hooks = g_subprocess_launcher_spawn (launcher, error, HOOKS_TOOL, NULL);
  return hooks != NULL && g_subprocess_wait_check (hooks, NULL, error);
}

/* The distribution's own hooks wait for a unit; where nothing runs units, the tool is what there is. */
static void
run_hooks (const OfflineBackend *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *root = trust_text_printable (self->root, 0);
  if (!is_system_root (self->root))
    return g_printerr (_ ("anchorctl: the distribution's hooks run when anchord first starts in %s\n"), root);
  if (access ("/run/systemd/system", F_OK) == 0)
    return g_printerr (_ ("anchorctl: anchord-hooks.service runs the distribution's hooks\n"));
  if (g_getenv ("DPKG_MAINTSCRIPT_PACKAGE") != NULL) /* the hooks would wait for the lock that our caller holds */
    return g_printerr (_ ("anchorctl: a package is being configured; run %s afterwards for the distribution's hooks\n"), HOOKS_TOOL);
  g_printerr (_ ("anchorctl: running the distribution's hooks\n"));
  if (!spawn_hooks (&error))
    g_printerr (_ ("anchorctl: %s: %s; they are kept until the next run\n"), HOOKS_TOOL, error->message);
}

static void
offline_close (Backend *backend)
{
  OfflineBackend *self = (OfflineBackend *) backend;
  gboolean waiting = FALSE;
  if (self->engine != NULL && self->changed)
    waiting = trust_engine_count_waiting_hooks (self->engine) > 0;
  if (self->engine != NULL && self->writable)
    trust_engine_tidy (self->engine);
  g_clear_pointer (&self->engine, trust_engine_free); /* the hooks may look: leave the lock */
  if (waiting)
    run_hooks (self);
  g_free (self->root);
  g_free (self);
}

static const BackendClass offline_class = { offline_call, offline_close };

Backend *
anchorctl_offline_open (const char *root, GError **error)
{
  OfflineBackend *self = g_new0 (OfflineBackend, 1);
  self->base.class = &offline_class;
  self->root = g_strdup (root);
  return &self->base;
}

GVariant *
anchorctl_offline_audit (GVariant *files, guint within, const char *const *checks, GError **error)
{
  return trust_audit_files (files, within, checks, error);
}
