/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service's dictionaries, field by field: what --json prints of each, in this order. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  VIEW_STRING,
  VIEW_STRINGS,
  VIEW_BOOL,
  VIEW_NUMBER,       /* any integer type */
  VIEW_INDEX,        /* an integer; null below 0 */
  VIEW_TIME,         /* seconds since the epoch; ISO 8601 in JSON; null for 0 */
  VIEW_CERTIFICATE,  /* DER; PEM in JSON */
  VIEW_LIST,         /* of dictionaries with .fields */
} ViewKind;

typedef struct _ViewField ViewField;
struct _ViewField
{
  const char *key;            /* on the bus */
  const char *json;
  ViewKind kind;
  const ViewField *fields;    /* (nullable) of VIEW_LIST */
};

/* Each ends in a row of NULLs. */
extern const ViewField view_anchor[];       /* an entry of List */
extern const ViewField view_whole_anchor[]; /* what Get answers */
extern const ViewField view_result[];
extern const ViewField view_status[];
extern const ViewField view_verdict[];

/* Members of a dictionary a{sv}; "", FALSE, 0 or empty where they are missing or of another type. */
const char *view_string (GVariant *dictionary, const char *key);             /* (transfer none) */
char **view_strings (GVariant *dictionary, const char *key);                 /* (transfer full) */
gboolean view_bool (GVariant *dictionary, const char *key);
gint64 view_number (GVariant *dictionary, const char *key);
GVariant *view_list (GVariant *dictionary, const char *key);                 /* (transfer full): aa{sv} */
/* (transfer full) (nullable): the DER */
GBytes *view_bytes (GVariant *dictionary, const char *key);
