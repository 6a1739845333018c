/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and revocation lists with any content, right or wrong, that are really signed. Keys are made once and used again. */
#pragma once

#include <glib.h>

/* An extension: OID dotted, DER the whole Extension. */
typedef struct
{
  char *oid;
  GByteArray *der;
} MintExtension;

typedef struct
{
  char *name;              /* its name in a recipe, and that of its key */
  char *issuer;            /* who issued it: another's name */
  char *signer;            /* (nullable) whose key signed it, if not the issuer's */
  char *key;               /* "p256", "rsa2048", … */
  char *key_owner;         /* whose key it has */
  char *hash;              /* "sha256" */
  char *outer_hash;        /* (nullable) what the outer algorithm says instead */
  GByteArray *subject;     /* a Name */
  GByteArray *issuer_name; /* (nullable) a Name, if not the issuer's subject */
  char *from, *to;         /* "240101000000Z" */
  int version;             /* 3 */
  GByteArray *serial;      /* content octets */
  GByteArray *key_id;      /* (nullable) of its subjectKeyIdentifier: what authorityKeyIdentifiers below say */
  GPtrArray *extensions;   /* of MintExtension, in their order */
  gboolean damaged;        /* the signature is wrong */
  GBytes *made;            /* (nullable) it, once it was signed */
} MintCertificate;

MintCertificate *mint_certificate_new (const char *name, const char *issuer);
void mint_certificate_free (MintCertificate *certificate);
/* Sets OID's extension to VALUE (transfer full), in its old place if it has one. NULL: of authorityKeyIdentifier, what the issuer's key is. */
void mint_set (MintCertificate *certificate, const char *oid, gboolean critical, GByteArray *value);
void mint_drop (MintCertificate *certificate, const char *oid);
/* Adds the same once more. */
void mint_repeat (MintCertificate *certificate, const char *oid);
/* (transfer full): the content of a key identifier of the key that CERTIFICATE has. */
GByteArray *mint_key_id (const MintCertificate *certificate);
/* CERTIFICATE as ISSUER has issued it and SIGNER's key signed it: the same each time. Returns: (transfer full). */
GBytes *mint_sign (MintCertificate *certificate, const MintCertificate *issuer, const MintCertificate *signer);

/* A CRL of ISSUER. REVOKED: of MintCertificate. Dates as in a certificate; NEXT may be NULL. EXTENSION: (nullable) one more, a whole Extension. */
GBytes *mint_crl (const MintCertificate *issuer, const MintCertificate *signer, GPtrArray *revoked, const char *from, const char *next,
                  const GByteArray *extension);

/* Values of DER, all (transfer full). */
GByteArray *mint_oid (const char *oid);
GByteArray *mint_extension (const char *oid, gboolean critical, const GByteArray *value);
/* "C=DE,O/p=Example,CN=Root": RDNs; /p printable, /t teletex, /b BMP, /i IA5, else UTF-8. "_" is a blank; "" the empty Name. */
GByteArray *mint_name (const char *text);
/* "dns:", "email:", "uri:", "ip:ADDRESS[/LENGTH]", "dir:NAME", "rid:OID", "other:"; SUBTREE: an address has its mask. */
GByteArray *mint_general_name (const char *text, gboolean subtree);
