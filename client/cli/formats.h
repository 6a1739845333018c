/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any form that people have certificates in, as anchor files for the service: the importers, in a module of their own, so that the way over the bus
 * loads no TLS library for a plain certificate. */
#pragma once

#include <gio/gio.h>

#define FORMATS_MODULE "anchorctl-formats.so"
#define FORMATS_ENTRY "anchorctl_formats"

typedef enum
{
  FORMATS_ANCHOR,
  FORMATS_DISTRUST,
  FORMATS_UNTRUSTED, /* the input names it, and neither trusts nor refuses it */
} FormatsKind;

/* One thing that an input says. */
typedef struct
{
  FormatsKind kind;
  gboolean says_trust; /* the input tells what it is trusted for: a plain certificate does not */
  char *label;         /* (owned) (nullable) the name that the input gives it */
  char *fingerprint;   /* (owned) 64 digits; "" for a distrust that names no certificate */
  char *title;         /* (owned) not escaped; "" */
  char *place;         /* (owned) where it stood: "FILE: certificate 3"; printable */
  GBytes *file;        /* (owned) (nullable) the anchor or distrust file; NULL for FORMATS_UNTRUSTED */
  GBytes *der;         /* (owned) (nullable) NULL only for a distrust */
  GVariant *settings;  /* (owned) (nullable) of an anchor: a{sv} as Add takes it */
} FormatsEntry;

/* What came of one input. */
typedef struct
{
  const char *format;  /* the importer's name: "pkcs12" */
  GPtrArray *entries;  /* (owned) of FormatsEntry*, no certificate twice */
  GPtrArray *failures; /* (owned) of char*: printable; empty unless keep_going */
  GPtrArray *notices;  /* (owned) of char*: printable */
} FormatsInput;

typedef struct
{
  GVariant *named; /* (nullable) a{sv}: settings that replace what the input says (settings_pack()) */
  gboolean keep_going;
  gboolean verbatim; /* an anchor or distrust file stays as it is, with its reason */
  /* As TrustAskPassphrase. */
  char *(*ask) (gpointer user_data, const char *what, guint attempt, GError **error);
  gpointer user_data;
} FormatsWish;

typedef struct
{
  /* NAME: where the bytes come from, printable; errors and places begin with it. Returns: (transfer full). */
  FormatsInput *(*decode) (GBytes *bytes, const char *name, const FormatsWish *wish, GError **error);
  /* The same from a PKCS#11 module. */
  FormatsInput *(*decode_module) (const char *path, const char *name, const FormatsWish *wish, GError **error);
  void (*free_input) (FormatsInput *input); /* nullable */
} FormatsClass;

typedef const FormatsClass *(*FormatsEntryPoint) (void);

/* Loads the module, once. Returns: (transfer none). */
const FormatsClass *formats_load (GError **error);
