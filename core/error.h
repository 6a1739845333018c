/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can go wrong, one enum. A message says what was wrong, where, and what to do. */
#pragma once

#include <glib.h>

#define TRUST_ERROR (trust_error_quark ())

/* dbus/errors.c maps each to a bus name; a static assert holds the two lengths equal. */
typedef enum
{
  TRUST_ERROR_FAILED,           /* a fault of anchord's own */
  TRUST_ERROR_INVALID_ARGUMENT, /* an option, a fingerprint, a name that means nothing */
  TRUST_ERROR_INVALID_INPUT,    /* bytes that do not parse */
  TRUST_ERROR_LIMIT_EXCEEDED,   /* over a number in core/limits.h */
  TRUST_ERROR_PRIVATE_KEY,      /* the input holds a private key */
  TRUST_ERROR_POLICY,           /* refused at the door; the message names rule, value and option */
  TRUST_ERROR_DISTRUSTED,       /* a distrust entry refuses it */
  TRUST_ERROR_NOT_FOUND,        /* no such anchor */
  TRUST_ERROR_AMBIGUOUS,        /* a prefix that fits more than one */
  TRUST_ERROR_FOREIGN,          /* the entry is someone else's file; the message names it */
  TRUST_ERROR_NOT_AUTHORIZED,   /* the administrator said no, or nobody could be asked */
  TRUST_ERROR_BUSY,             /* the store is locked, or too many calls are waiting */
  TRUST_ERROR_STORAGE,          /* reading or writing a file failed */
  TRUST_ERROR_DAMAGED,          /* the journal, or what else carries a hash of itself, does not verify */
  TRUST_ERROR_PASSPHRASE,       /* the input needs a pass phrase, or this one is wrong */
  TRUST_ERROR_LAST              /* not an error: the number of them */
} TrustError;

GQuark trust_error_quark (void);

/* Sets ERROR from ERRNO: "WHAT PATH: STRERROR" with code TRUST_ERROR_STORAGE. PATH is escaped. Returns FALSE always. */
gboolean trust_error_set_errno (GError **error, int saved_errno, const char *what, const char *path);
