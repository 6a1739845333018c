/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and revocation lists of any content with true signatures, for tests of the verifier. What is made lives until the test ends. */
#pragma once

#include "core/crl.h"
#include "core/der-write.h"
#include "core/extensions.h"
#include "tests/lib/forge.h"

#define ISSUE_SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"
#define ISSUE_CLIENT_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x02"
#define ISSUE_ANY_PURPOSE "\x55\x1d\x25\x00"
#define ISSUE_HOST "www.example.test"
/* Dates between which all is usual, and one in the middle. */
#define ISSUE_BEGINS 1704067200 /* 2024-01-01 */
#define ISSUE_ENDS 2019686400   /* 2034-01-01 */
#define ISSUE_NOW 1800000000

typedef struct
{
  TrustCertificate *certificate;
  TrustExtensions extensions;
  gnutls_privkey_t key;
  GByteArray *name;
  GByteArray *key_info;
  guint8 key_id[20];
} Issued;

/* What is left out (NULL, 0) is usual. Members are borrowed. */
typedef struct
{
  const char *cn;            /* "": an empty subject; NULL: "Leaf" or "CA" */
  const GByteArray *subject; /* a Name instead of `cn` */
  const Issued *issuer;      /* NULL: itself */
  const Issued *same_key;    /* takes that one's key */
  const Issued *signer;      /* signs instead of the issuer, whose name stands there */
  gboolean is_leaf;
  const char *san;  /* as forge_san() has it; a leaf's "dns:" ISSUE_HOST; "": none */
  gint path_length; /* one more than it says; 0: none */
  gint64 not_before, not_after;
  guint32 without;         /* usual extensions that are left out: a mask of 1 << TrustExtension */
  const GByteArray *extra; /* further ones */
  guint version;           /* as ForgeCertificate has it */
  const GByteArray *serial;
  const GByteArray *key_info; /* a key of which nobody has the private part */
  const GByteArray *algorithm;
  const GByteArray *outer_algorithm;
} IssueSpec;

/* Keeps it reachable to the end. */
static inline GByteArray *
issue_keep (GByteArray *bytes)
{
  static GPtrArray *kept = NULL;

  if (kept == NULL)
    kept = g_ptr_array_new ();
  g_ptr_array_add (kept, bytes);
  return bytes;
}

/* An extension 2.5.29.ARC. VALUE: (transfer full). */
static inline GByteArray *
issue_extension (guint8 arc, gboolean critical, GByteArray *value)
{
  const guint8 oid[] = { 0x55, 0x1d, arc };

  return forge_element (0x30,
                        forge_join (forge_element (0x06, forge_bytes (oid, 3)),
                                    critical ? forge_element (0x01, FORGE_BYTES ("\xff")) : g_byte_array_new (), forge_element (0x04, value), NULL));
}

static inline GByteArray *
issue_number (guint8 tag, guint number)
{
  const guint8 octets[] = { (guint8) (number >> 8), (guint8) number };

  g_assert_cmpuint (number, <, 0x8000);
  return forge_element (tag, number < 0x80 ? forge_bytes (octets + 1, 1) : forge_bytes (octets, 2));
}

static inline GByteArray *
issue_basic_constraints (gboolean critical, gboolean is_ca, gint path_length)
{
  GByteArray *content = is_ca ? forge_element (0x01, FORGE_BYTES ("\xff")) : g_byte_array_new ();

  if (path_length >= 0)
    content = forge_join (content, issue_number (0x02, (guint) path_length), NULL);
  return issue_extension (19, critical, forge_element (0x30, content));
}

/* BITS: of the first octet, the most significant being digitalSignature. */
static inline GByteArray *
issue_key_usage (guint8 bits)
{
  const guint8 octets[] = { (guint8) __builtin_ctz (bits), bits };

  return issue_extension (15, TRUE, forge_element (0x03, forge_bytes (octets, 2)));
}

/* extKeyUsage of one purpose's OID content octets. */
static inline GByteArray *
issue_purpose (gboolean critical, const char *oid)
{
  return issue_extension (37, critical, forge_element (0x30, forge_element (0x06, forge_bytes (oid, strlen (oid) + (oid[0] == 0x55)))));
}

/* A SEQUENCE of TEXT's dotted OIDs, blanks between them, each in a SEQUENCE; "a>b" makes pairs. */
static inline GByteArray *
issue_oid_list (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) oids = g_strsplit (words[i], ">", 2);
      GByteArray *entry = g_byte_array_new ();

      for (guint n = 0; oids[n] != NULL; n++)
        trust_der_append_oid (entry, oids[n]);
      list = forge_join (list, forge_element (0x30, entry), NULL);
    }
  return forge_element (0x30, list);
}

/* The base of a subtree: as forge_general_name() has it, or "ip:ADDRESS/MASK" in full. */
static inline GByteArray *
issue_subtree_base (const char *text)
{
  const char *slash = g_str_has_prefix (text, "ip:") ? strchr (text, '/') : NULL;
  guint8 octets[32];

  if (slash == NULL)
    return forge_general_name (text);

  g_autofree char *address = g_strndup (text + 3, (gsize) (slash - text - 3));

  if (inet_pton (AF_INET, address, octets) == 1 && inet_pton (AF_INET, slash + 1, octets + 4) == 1)
    return forge_element (0x87, forge_bytes (octets, 8));
  g_assert_cmpint (inet_pton (AF_INET6, address, octets), ==, 1);
  g_assert_cmpint (inet_pton (AF_INET6, slash + 1, octets + 16), ==, 1);
  return forge_element (0x87, forge_bytes (octets, 32));
}

/* Critical nameConstraints; each side is a list of bases with blanks between them, NULL: not there, "": an empty list. */
static inline GByteArray *
issue_name_constraints (const char *permitted, const char *excluded)
{
  const char *const sides[] = { permitted, excluded };
  GByteArray *content = g_byte_array_new ();

  for (guint side = 0; side < 2; side++)
    {
      g_auto (GStrv) bases = sides[side] != NULL ? g_strsplit (sides[side], " ", -1) : NULL;
      GByteArray *list = g_byte_array_new ();

      for (guint i = 0; bases != NULL && bases[i] != NULL && sides[side][0] != '\0'; i++)
        list = forge_join (list, forge_element (0x30, issue_subtree_base (bases[i])), NULL);
      if (sides[side] != NULL)
        content = forge_join (content, forge_element ((guint8) (0xa0 + side), list), NULL);
      else
        g_byte_array_unref (list);
    }
  return issue_extension (30, TRUE, forge_element (0x30, content));
}

static inline gboolean
issue_wants (const IssueSpec *spec, TrustExtension extension)
{
  return (spec->without & (1u << extension)) == 0;
}

/* Adds EXTENSION (transfer full). */
static inline void
issue_add (GByteArray *list, GByteArray *extension)
{
  g_byte_array_append (list, extension->data, extension->len);
  g_byte_array_unref (extension);
}

static inline GByteArray *
issue_usual_extensions (const IssueSpec *spec, const Issued *subject, const Issued *issuer)
{
  const char *san = spec->san != NULL ? spec->san : spec->is_leaf ? "dns:" ISSUE_HOST : "";
  GByteArray *list = g_byte_array_new ();

  if (!spec->is_leaf && issue_wants (spec, TRUST_EXTENSION_BASIC_CONSTRAINTS))
    issue_add (list, issue_basic_constraints (TRUE, TRUE, spec->path_length - 1));
  if (issue_wants (spec, TRUST_EXTENSION_KEY_USAGE))
    issue_add (list, issue_key_usage (spec->is_leaf ? 0x80 : 0x06));
  if (!spec->is_leaf && issue_wants (spec, TRUST_EXTENSION_SUBJECT_KEY_ID))
    issue_add (list, issue_extension (14, FALSE, forge_element (0x04, forge_bytes (subject->key_id, 20))));
  if (issuer != subject && issue_wants (spec, TRUST_EXTENSION_AUTHORITY_KEY_ID))
    issue_add (list, issue_extension (35, FALSE, forge_element (0x30, forge_element (0x80, forge_bytes (issuer->key_id, 20)))));
  if (spec->is_leaf && issue_wants (spec, TRUST_EXTENSION_EXTENDED_KEY_USAGE))
    issue_add (list, issue_purpose (FALSE, ISSUE_SERVER_AUTH));
  if (san[0] != '\0')
    issue_add (list, forge_san (san));
  if (spec->extra != NULL)
    g_byte_array_append (list, spec->extra->data, spec->extra->len);
  return list;
}

static inline void
issue_make_key (const IssueSpec *spec, Issued *out)
{
  gnutls_pubkey_t public_key;
  gnutls_datum_t der;
  TrustFingerprint id;

  if (spec->key_info != NULL || spec->same_key != NULL)
    {
      out->key_info = forge_copy (spec->key_info != NULL ? spec->key_info : spec->same_key->key_info);
      out->key = spec->key_info != NULL ? NULL : spec->same_key->key;
    }
  else
    {
      g_assert_cmpint (gnutls_privkey_init (&out->key), ==, 0);
      g_assert_cmpint (gnutls_privkey_generate (out->key, GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
      g_assert_cmpint (gnutls_pubkey_init (&public_key), ==, 0);
      g_assert_cmpint (gnutls_pubkey_import_privkey (public_key, out->key, 0, 0), ==, 0);
      g_assert_cmpint (gnutls_pubkey_export2 (public_key, GNUTLS_X509_FMT_DER, &der), ==, 0);
      out->key_info = forge_bytes (der.data, der.size);
      gnutls_free (der.data);
      gnutls_pubkey_deinit (public_key);
    }
  trust_fingerprint_of (out->key_info->data, out->key_info->len, &id);
  memcpy (out->key_id, id.bytes, sizeof out->key_id);
}

/* The AlgorithmIdentifier ecdsa-with-SHA256 (RFC 5758 3.2). */
static inline GByteArray *
issue_algorithm (void)
{
  return forge_element (0x30, forge_element (0x06, FORGE_BYTES ("\x2a\x86\x48\xce\x3d\x04\x03\x02")));
}

/* SEQUENCE { TBS, algorithm, signature }. TBS and ALGORITHM: (transfer full). */
static inline GByteArray *
issue_sign (GByteArray *tbs, GByteArray *algorithm, gnutls_privkey_t key)
{
  gnutls_datum_t data = { tbs->data, tbs->len }, signature = { NULL, 0 };
  GByteArray *bits = forge_bytes ("\0", 1);

  if (key != NULL)
    g_assert_cmpint (gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &signature), ==, 0);
  g_byte_array_append (bits, signature.data, signature.size);
  gnutls_free (signature.data);
  return forge_element (0x30, forge_join (tbs, algorithm, forge_element (0x03, bits), NULL));
}

/* Never fails. */
static inline Issued *
issue (const IssueSpec *spec)
{
  static GPtrArray *all = NULL;
  static guint n_serial = 0x0100;
  Issued *out = g_new0 (Issued, 1);
  const Issued *issuer = spec->issuer != NULL ? spec->issuer : out, *signer = spec->signer != NULL ? spec->signer : issuer;
  g_autoptr (GByteArray) algorithm = spec->algorithm != NULL ? forge_copy (spec->algorithm) : issue_algorithm ();
  g_autoptr (GByteArray) extensions = NULL, der = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *begins = forge_date (spec->not_before != 0 ? spec->not_before : ISSUE_BEGINS);
  g_autofree char *ends = forge_date (spec->not_after != 0 ? spec->not_after : ISSUE_ENDS);
  GByteArray *tbs = g_byte_array_new ();

  if (all == NULL)
    all = g_ptr_array_new ();
  g_ptr_array_add (all, out);
  issue_make_key (spec, out);
  out->name = spec->subject != NULL                     ? forge_copy (spec->subject)
              : spec->cn != NULL && spec->cn[0] == '\0' ? forge_element (0x30, NULL)
                                                        : forge_name (FORGE_OID_CN, 0x0c,
                                                                      spec->cn != NULL ? spec->cn
                                                                      : spec->is_leaf  ? "Leaf"
                                                                                       : "CA");
  extensions = issue_usual_extensions (spec, out, issuer);
  if (spec->version != 1)
    tbs = forge_join (tbs, forge_element (0xa0, issue_number (0x02, spec->version == 2 ? 1 : 2)), NULL);
  tbs = forge_join (tbs, spec->serial != NULL ? forge_element (0x02, forge_copy (spec->serial)) : issue_number (0x02, n_serial++),
                    forge_copy (algorithm), forge_copy (issuer->name),
                    forge_element (0x30, forge_join (forge_time (begins), forge_time (ends), NULL)), forge_copy (out->name),
                    forge_copy (out->key_info), NULL);
  if (extensions->len > 0 && (spec->version == 0 || spec->version == 3))
    tbs = forge_join (tbs, forge_element (0xa3, forge_element (0x30, forge_copy (extensions))), NULL);
  der = issue_sign (forge_element (0x30, tbs), forge_copy (spec->outer_algorithm != NULL ? spec->outer_algorithm : algorithm), signer->key);
  out->certificate = trust_certificate_new (der->data, der->len, &error);
  g_assert_no_error (error);
  g_assert_true (trust_extensions_read (trust_certificate_get_der (out->certificate), &out->extensions));
  return out;
}

/* Short forms. */
static inline Issued *
issue_root (const char *cn)
{
  return issue (&(IssueSpec) { .cn = cn });
}

static inline Issued *
issue_ca (const char *cn, const Issued *issuer)
{
  return issue (&(IssueSpec) { .cn = cn, .issuer = issuer });
}

static inline Issued *
issue_leaf (const Issued *issuer)
{
  return issue (&(IssueSpec) { .issuer = issuer, .is_leaf = TRUE });
}

/* One entry of a list. */
typedef struct
{
  TrustSpan serial;
  gint reason;             /* one more than CRLReason; 0: not said */
  const GByteArray *extra; /* further extensions */
} IssueEntry;

typedef struct
{
  const Issued *issuer;
  const Issued *signer; /* NULL: the issuer */
  gint64 this_update;   /* 0: ISSUE_BEGINS */
  gint64 next_update;   /* 0: ISSUE_ENDS; -1: none */
  const IssueEntry *entries;
  guint n_entries;
  guint number;            /* 0: 1 */
  guint base_number;       /* one more than it says; 0: complete */
  const GByteArray *extra; /* further extensions */
} IssueCrlSpec;

static inline GByteArray *
issue_crl_entry (const IssueEntry *entry)
{
  GByteArray *extensions = g_byte_array_new ();
  GByteArray *out = forge_join (forge_element (0x02, forge_bytes (entry->serial.data, entry->serial.size)), forge_time ("250101000000Z"), NULL);
  const guint8 reason = (guint8) (entry->reason - 1);

  if (entry->reason > 0)
    issue_add (extensions, issue_extension (21, FALSE, forge_element (0x0a, forge_bytes (&reason, 1))));
  if (entry->extra != NULL)
    g_byte_array_append (extensions, entry->extra->data, entry->extra->len);
  if (extensions->len > 0)
    out = forge_join (out, forge_element (0x30, extensions), NULL);
  else
    g_byte_array_unref (extensions);
  return forge_element (0x30, out);
}

/* (transfer full) */
static inline GByteArray *
issue_crl_der (const IssueCrlSpec *spec)
{
  const Issued *signer = spec->signer != NULL ? spec->signer : spec->issuer;
  g_autofree char *begins = forge_date (spec->this_update != 0 ? spec->this_update : ISSUE_BEGINS);
  g_autofree char *ends = forge_date (spec->next_update > 0 ? spec->next_update : ISSUE_ENDS);
  GByteArray *entries = g_byte_array_new (), *extensions = g_byte_array_new ();
  GByteArray *tbs = forge_join (forge_element (0x02, FORGE_BYTES ("\x01")), issue_algorithm (), forge_copy (spec->issuer->name), forge_time (begins),
                                NULL);

  if (spec->next_update >= 0)
    tbs = forge_join (tbs, forge_time (ends), NULL);
  for (guint i = 0; i < spec->n_entries; i++)
    issue_add (entries, issue_crl_entry (&spec->entries[i]));
  if (entries->len > 0)
    tbs = forge_join (tbs, forge_element (0x30, entries), NULL);
  else
    g_byte_array_unref (entries);
  issue_add (extensions, issue_extension (35, FALSE, forge_element (0x30, forge_element (0x80, forge_bytes (signer->key_id, 20)))));
  issue_add (extensions, issue_extension (20, FALSE, issue_number (0x02, spec->number != 0 ? spec->number : 1)));
  if (spec->base_number > 0)
    issue_add (extensions, issue_extension (27, TRUE, issue_number (0x02, spec->base_number - 1)));
  if (spec->extra != NULL)
    g_byte_array_append (extensions, spec->extra->data, spec->extra->len);
  tbs = forge_join (tbs, forge_element (0xa0, forge_element (0x30, extensions)), NULL);
  return issue_sign (forge_element (0x30, tbs), issue_algorithm (), signer->key);
}

/* Never fails; (transfer full). */
static inline TrustCrl *
issue_crl (const IssueCrlSpec *spec)
{
  g_autoptr (GByteArray) der = issue_crl_der (spec);
  g_autoptr (GError) error = NULL;
  TrustCrl *crl = trust_crl_new (der->data, der->len, &error);

  g_assert_no_error (error);
  return crl;
}
