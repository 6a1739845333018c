/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who answers the tool: the service over the bus, or the same doors in process for --root. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

typedef struct _Backend Backend;

typedef struct
{
  /* Calls MEMBER of INTERFACE (without the "org.anchord.Anchord1." head) with a tuple of the types in dbus/org.anchord.Anchord1.xml; takes a
   * floating PARAMETERS over. FDS and OUT_FDS nullable. Returns: (transfer full): the reply, a tuple. */
  GVariant *(*call) (Backend *backend, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds,
                     GError **error);
  /* Ends the session: what has to follow a change (the distribution's hooks) happens here. */
  void (*close) (Backend *backend);
} BackendClass;

/* The head of every backend. */
struct _Backend
{
  const BackendClass *class;
};

/* The service on the system bus. INTERACTIVE: polkit may ask the user. Nothing is sent yet. */
Backend *backend_bus_open (gboolean interactive, GError **error);

/* In process, over the root folder ROOT. Lives in a module of its own, so that the way over the bus loads no TLS library. */
Backend *backend_offline_open (const char *root, GError **error);

/* What the module exports. */
typedef Backend *(*BackendOfflineEntry) (const char *root, GError **error);
#define BACKEND_OFFLINE_MODULE "anchorctl-offline.so"
#define BACKEND_OFFLINE_ENTRY "anchorctl_offline_open"

/* What FILES (aa{sv}: place s, bytes ay: anchor and distrust files) come to, and what the audit's checks find in that alone. WITHIN: days. CHECKS:
 * (nullable) ids. Returns: (transfer full): (t 0, x time, aa{sv} findings, aa{sv} checks, aa{sv} anchors). */
GVariant *backend_offline_audit (GVariant *files, guint within, const char *const *checks, GError **error);

typedef GVariant *(*BackendAuditEntry) (GVariant *files, guint within, const char *const *checks, GError **error);
#define BACKEND_AUDIT_ENTRY "anchorctl_offline_audit"
