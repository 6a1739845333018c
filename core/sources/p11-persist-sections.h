/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of a p11-kit file as they are written, before anything is made of them. */
#pragma once

#include "core/der.h"

typedef enum
{
  TRUST_P11_CLASS_UNSAID,
  TRUST_P11_CLASS_CERTIFICATE,
  TRUST_P11_CLASS_EXTENSION,
  TRUST_P11_CLASS_OTHER
} TrustP11Class;

/* One object of the file. */
typedef struct
{
  guint line;
  TrustP11Class object_class;
  gboolean says_trusted;
  gboolean trusted;
  gboolean says_distrusted;
  gboolean distrusted;
  GByteArray *certificate;  /* (owned) (nullable) DER, of a PEM block */
  GByteArray *key;          /* (owned) (nullable) a SubjectPublicKeyInfo */
  GByteArray *issuer;       /* (owned) (nullable) a Name */
  GByteArray *serial;       /* (owned) (nullable) an INTEGER, whole */
  GByteArray *value;        /* (owned) (nullable) */
  GByteArray *server_after; /* (owned) (nullable) a distrust-after as it is written */
  GByteArray *email_after;  /* (owned) (nullable) */
  char *label;              /* (owned) (nullable) */
  char *oid;                /* (owned) (nullable) */
} TrustP11Section;

/* Does a line begin as an object's head of any version does? What is no good file of p11-kit's for it must not be read as plain PEM: that would trust
 * what it refuses. */
gboolean trust_p11_sections_probe (TrustSpan text);
/* All objects of TEXT, in order. (transfer full): of TrustP11Section. */
GPtrArray *trust_p11_sections_read (TrustSpan text, GError **error);
/* The bytes, or none for NULL. */
TrustSpan trust_p11_span (const GByteArray *bytes);
/* Sets ERROR to TRUST_ERROR_INVALID_INPUT that names the line. Returns FALSE always. */
gboolean trust_p11_fail (GError **error, guint line, const char *what);
