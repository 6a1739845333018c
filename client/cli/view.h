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
  VIEW_NUMBER,      /* any integer type */
  VIEW_INDEX,       /* an integer; null below 0 */
  VIEW_TIME,        /* seconds since the epoch; ISO 8601 in JSON; null for 0 */
  VIEW_CERTIFICATE, /* DER; PEM in JSON */
  VIEW_LIST,        /* of dictionaries with .fields */
  VIEW_FLAG,        /* a boolean that is left out where it is false */
  VIEW_SUBTREES,    /* a{sas}: an object of arrays; empty where it is left out */
  VIEW_TIMES,       /* a{sx}: an object of times; empty where it is left out */
} ViewKind;

typedef struct _ViewField ViewField;
struct _ViewField
{
  const char *key; /* on the bus */
  const char *json;
  ViewKind kind;
  const ViewField *fields; /* (nullable) of VIEW_LIST */
};

/* Each ends in a row of NULLs. */
extern const ViewField view_anchor[];       /* an entry of List */
extern const ViewField view_whole_anchor[]; /* what Get answers */
extern const ViewField view_result[];
extern const ViewField view_change[]; /* what Preview says of one certificate */
extern const ViewField view_record[]; /* of the journal */
extern const ViewField view_state[];  /* what a certificate, store or consumer was at a moment */
extern const ViewField view_chain[];  /* what Journal.Verify found */
extern const ViewField view_status[];
extern const ViewField view_verdict[];
extern const ViewField view_store[];
extern const ViewField view_crl[];      /* a revocation list that is kept */
extern const ViewField view_consumer[]; /* a consumer, with its outputs */
extern const ViewField view_request[];  /* with its options among its own members */
extern const ViewField view_why[];
extern const ViewField view_why_consumer[]; /* of the list in Why */
extern const ViewField view_loss[];         /* an entry of GetLosses */

#define VIEW_MAX_FIELDS 32
/* One pass over DICTIONARY: VALUES[i] is the member that FIELDS[i] names, NULL where there is none. For long lists, where asking for each member by
 * name would cost. Values are (transfer full): view_clear() drops them. Returns: how many fields there are. */
gsize view_read (GVariant *dictionary, const ViewField *fields, GVariant *values[VIEW_MAX_FIELDS]);
void view_clear (GVariant *values[VIEW_MAX_FIELDS], gsize n);
/* A value that view_read() gave (nullable); "", 0, FALSE or empty where it is missing or of another type. */
const char *view_value_string (GVariant *value); /* (transfer none) */
char **view_value_strings (GVariant *value);     /* (transfer full) */
gint64 view_value_number (GVariant *value);
gboolean view_value_bool (GVariant *value);
GVariant *view_value_list (GVariant *value); /* (transfer full): aa{sv} */

/* Members of a dictionary a{sv}; "", FALSE, 0 or empty where they are missing or of another type. */
const char *view_string (GVariant *dictionary, const char *key); /* (transfer none) */
char **view_strings (GVariant *dictionary, const char *key);     /* (transfer full) */
gboolean view_bool (GVariant *dictionary, const char *key);
gint64 view_number (GVariant *dictionary, const char *key);
GVariant *view_list (GVariant *dictionary, const char *key); /* (transfer full): aa{sv} */
