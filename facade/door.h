/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The doors: one table {interface, member, polkit action, describe, handler} for everything that can be asked, whoever asks.
 * The daemon's gate walks it for bus messages, the offline tool in process; so both behave the same. No row, no service.
 * Nothing here knows a bus: values come and go as GVariants of the D-Bus types in dbus/org.anchord.Anchord1.xml. */
#pragma once

#include "core/engine.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

typedef enum
{
  TRUST_DOOR_METHOD,
  TRUST_DOOR_PROPERTY, /* read only */
} TrustDoorKind;

/* Where the handler may run: the main loop never syncs and never verifies. */
typedef enum
{
  TRUST_DOOR_MAIN,
  TRUST_DOOR_WRITER,
  TRUST_DOOR_VERIFIER,
  TRUST_DOOR_PLANNER, /* as much work as a change: it waits in the changes' queue, and like all of Journal runs in a thread of its own */
} TrustDoorPlace;

/* A parsed request: owned by the caller of parse(). */
typedef struct
{
  gpointer data; /* (owned) */
  GDestroyNotify free_data;
} TrustDoorRequest;

typedef struct
{
  GVariant *reply;  /* (owned) a tuple; for a property its value */
  GUnixFDList *fds; /* (owned) (nullable) */
} TrustDoorReply;

typedef struct
{
  TrustDoorKind kind;
  const char *interface; /* without the "org.anchord.Anchord1." head: "Anchors" */
  const char *member;
  const char *action; /* polkit action id; NULL: open to all (reading) */
  TrustDoorPlace place;
  const char *input; /* the type of PARAMETERS: "(aya{sv})"; NULL for properties */
  /* Pure and bounded: checks types, options, limits, copies input in full, decodes certificates. Runs before polkit is asked.
   * PARAMETERS is a tuple of INPUT's type; FDS nullable. NULL for doors without input. Called through trust_door_parse(). */
  gboolean (*parse) (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
  /* What the dialog says: "subject" (printable, at most TRUST_LIMIT_DIALOG_CHARS), "fingerprint"; for a batch "count" and
   * "fingerprint" of the set. Adds owned strings to DETAILS (char* -> char*). Also makes the request exact: the beginning of a
   * fingerprint becomes whole, so that what was shown is what is done; one that fits none or several is refused here, and nobody
   * is asked. Any thread. NULL where action is NULL. */
  gboolean (*describe) (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
  /* CALLER: where action is NULL it may be NULL, or have nothing but the uid. */
  gboolean (*handle) (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
  /* (nullable) Is the answer at hand, so that handle() is done in microseconds and may run on the main loop after all? */
  gboolean (*is_ready) (TrustEngine *engine, const TrustDoorRequest *request);
  /* (nullable) After the reply went out, in the same thread: work that the next call will want. */
  void (*look_ahead) (TrustEngine *engine, const TrustDoorRequest *request);
} TrustDoor;

extern const TrustDoor trust_doors[];
extern const guint trust_n_doors;

/* (nullable) */
const TrustDoor *trust_door_find (TrustDoorKind kind, const char *interface, const char *member);
/* door->parse after the type of PARAMETERS was held against door->input. OUT is empty for doors without input. */
gboolean trust_door_parse (const TrustDoor *door, GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
/* Answers that are remembered for a set that is no longer the engine's are let go of. Any thread. */
void trust_doors_give_back_memory (TrustEngine *engine);
void trust_door_request_clear (TrustDoorRequest *request);
void trust_door_reply_clear (TrustDoorReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustDoorRequest, trust_door_request_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustDoorReply, trust_door_reply_clear)
