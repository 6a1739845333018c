/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A made-up anchord at the other end of a socket pair, with the real interface's types: what libanchord is tested against. */
#pragma once

#include "client/lib/anchord.h"

/* What the service got, and what it answers. The test writes before it calls and reads after: the message between orders them. */
typedef struct
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GSocketConnection *stream;
  GDBusNodeInfo *node;
  GDBusConnection *connection;
  GMutex lock;
  GCond ready;
  AnchordClient *client;

  char *member;
  GVariant *parameters;
  GUnixFDList *fds;
  gboolean interactive;

  const char *reply; /* text form */
  const char *error_name;
  GUnixFDList *reply_fds;
  gboolean silent;
} MadeUpService;

/* For g_test_add(): DATA holds the client's flags (GUINT_TO_POINTER). The interface is read from G_TEST_SRCDIR. */
void made_up_service_set_up (MadeUpService *self, gconstpointer data);
void made_up_service_tear_down (MadeUpService *self, gconstpointer data);
