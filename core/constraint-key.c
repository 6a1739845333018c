/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint-key.h"

#include <string.h>

/* RFC 1035 section 2.3.4: a label, and a name without its last dot. */
#define MAX_LABEL 63u
#define MAX_HOST 253u
/* RFC 5321 section 4.5.3.1.1 has 64; what is longer names no mailbox. */
#define MAX_LOCAL 255u

TrustSubtree *
trust_subtree_new (TrustNameKind kind, TrustSpan key, TrustSpan name)
{
  TrustSubtree *subtree = g_malloc (sizeof *subtree + key.size + name.size);
  guint8 *bytes = (guint8 *) (subtree + 1);

  g_atomic_ref_count_init (&subtree->refs);
  subtree->kind = kind;
  subtree->key = (TrustSpan) { bytes, key.size };
  subtree->name = (TrustSpan) { bytes + key.size, name.size };
  if (key.size > 0)
    memcpy (bytes, key.data, key.size);
  if (name.size > 0)
    memcpy (bytes + key.size, name.data, name.size);
  return subtree;
}

TrustSubtree *
trust_subtree_ref (TrustSubtree *subtree)
{
  g_atomic_ref_count_inc (&subtree->refs);
  return subtree;
}

void
trust_subtree_unref (TrustSubtree *subtree)
{
  if (g_atomic_ref_count_dec (&subtree->refs))
    g_free (subtree);
}

int
trust_key_compare (TrustSpan a, TrustSpan b)
{
  gsize shorter = MIN (a.size, b.size);
  int order = shorter > 0 ? memcmp (a.data, b.data, shorter) : 0;

  return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

gboolean
trust_key_begins (TrustSpan key, TrustSpan with)
{
  return with.size <= key.size && (with.size == 0 || memcmp (key.data, with.data, with.size) == 0);
}

static const char *
check_label (TrustSpan label)
{
  if (label.size == 0)
    return "has an empty label: two dots in a row, or one at the start";
  if (label.size > MAX_LABEL)
    return "has a label of more than 63 characters";
  for (gsize i = 0; i < label.size; i++)
    {
      guint8 c = label.data[i];

      if (c >= 0x80)
        return "is not ASCII; write each such label as xn--…";
      if (c == '*')
        return "has a wildcard; a subtree covers what is below it without one";
      if (!g_ascii_isalnum ((char) c) && c != '-' && c != '_')
        return "holds a character that no host name has";
    }
  return NULL;
}

/* A last label that is a number makes an address of it to whoever resolves it: decimal, or 0x and hexadecimal. */
static gboolean
is_number (TrustSpan label)
{
  gboolean is_hex = label.size >= 2 && label.data[0] == '0' && (label.data[1] | 0x20) == 'x';

  for (gsize i = is_hex ? 2 : 0; i < label.size; i++)
    if (is_hex ? !g_ascii_isxdigit ((char) label.data[i]) : !g_ascii_isdigit ((char) label.data[i]))
      return FALSE;
  return TRUE;
}

const char *
trust_key_add_host (GByteArray *key, TrustSpan host)
{
  gboolean is_last = TRUE;

  if (host.size > 0 && host.data[host.size - 1] == '.')
    host.size--;
  if (host.size == 0)
    return "names no host";
  if (host.size > MAX_HOST)
    return "has more than 253 characters";
  for (gsize end = host.size;; is_last = FALSE)
    {
      const guint8 *dot = memrchr (host.data, '.', end);
      gsize start = dot != NULL ? (gsize) (dot - host.data) + 1 : 0;
      TrustSpan label = { host.data + start, end - start };
      const char *fault = check_label (label);

      if (fault != NULL)
        return fault;
      if (is_last && is_number (label))
        return "is an IP address, not a host name";
      g_byte_array_append (key, (const guint8 *) ".", 1);
      g_byte_array_append (key, label.data, (guint) label.size);
      for (guint i = key->len - (guint) label.size; i < key->len; i++)
        key->data[i] = (guint8) g_ascii_tolower ((char) key->data[i]);
      if (dot == NULL)
        return NULL;
      end = start - 1;
    }
}

void
trust_key_append_host (GString *out, TrustSpan key)
{
  for (gsize end = key.size; end > 0;)
    {
      const guint8 *dot = memrchr (key.data, '.', end);
      gsize start = (gsize) (dot - key.data);

      g_string_append_len (out, (const char *) dot + 1, (gssize) (end - start - 1));
      if (start > 0)
        g_string_append_c (out, '.');
      end = start;
    }
}

/* RFC 5321 section 4.1.2: Quoted-string. Appends what it stands for. */
static const char *
add_quoted (GByteArray *key, TrustSpan quoted)
{
  if (quoted.size < 3 || quoted.data[quoted.size - 1] != '"')
    return "has an empty or an unended quote before the @";
  for (gsize i = 1; i + 1 < quoted.size; i++)
    {
      guint8 c = quoted.data[i];

      if (c == '"')
        return "has a quote inside its local part";
      if (c == '\\' && ++i + 1 >= quoted.size)
        return "has a local part that ends in a backslash";
      c = quoted.data[i];
      if (c < 0x20 || c >= 0x7f)
        return "holds a character that no mailbox has";
      g_byte_array_append (key, &c, 1);
    }
  return NULL;
}

/* RFC 5321 section 4.1.2: Dot-string, or what is quoted. */
static const char *
add_local (GByteArray *key, TrustSpan local)
{
  if (local.size == 0)
    return "names no mailbox before the @";
  if (local.size > MAX_LOCAL)
    return "has more than 255 characters before the @";
  if (local.data[0] == '"')
    return add_quoted (key, local);
  for (gsize i = 0; i < local.size; i++)
    {
      guint8 c = local.data[i];

      if (c >= 0x80)
        return "is not ASCII";
      if (!g_ascii_isalnum ((char) c) && (c == '\0' || strchr ("!#$%&'*+-/=?^_`{|}~.", c) == NULL))
        return "holds a character that a mailbox has only in quotes";
    }
  g_byte_array_append (key, local.data, (guint) local.size);
  return NULL;
}

const char *
trust_key_add_mailbox (GByteArray *key, TrustSpan mailbox)
{
  const guint8 *at = mailbox.size > 0 ? memrchr (mailbox.data, '@', mailbox.size) : NULL;
  const char *fault = NULL;

  if (at == NULL)
    return "has no @";

  gsize local = (gsize) (at - mailbox.data);

  fault = trust_key_add_host (key, (TrustSpan) { at + 1, mailbox.size - local - 1 });
  if (fault != NULL)
    return fault;
  g_byte_array_append (key, (const guint8 *) "@", 1);
  fault = add_local (key, (TrustSpan) { mailbox.data, local });
  if (fault != NULL)
    return fault;
  g_byte_array_append (key, (const guint8 *) "\0", 1);
  return NULL;
}

/* RFC 3986 section 3.2: what is between "//" and the path, query or fragment. FALSE where there is none. */
static gboolean
find_authority (TrustSpan uri, TrustSpan *authority)
{
  const guint8 *colon = uri.size > 0 ? memchr (uri.data, ':', uri.size) : NULL;
  gsize start = colon != NULL ? (gsize) (colon - uri.data) + 3 : 0;
  gsize end = start;

  if (colon == NULL || colon == uri.data || !g_ascii_isalpha ((char) uri.data[0]) || start > uri.size || colon[1] != '/' || colon[2] != '/')
    return FALSE;
  for (const guint8 *p = uri.data; p < colon; p++)
    if (!g_ascii_isalnum ((char) *p) && *p != '+' && *p != '-' && *p != '.')
      return FALSE;
  while (end < uri.size && uri.data[end] != '/' && uri.data[end] != '?' && uri.data[end] != '#')
    end++;
  *authority = (TrustSpan) { uri.data + start, end - start };
  return TRUE;
}

const char *
trust_key_add_uri (GByteArray *key, TrustSpan uri)
{
  TrustSpan host = { NULL, 0 };
  const guint8 *at = NULL, *colon = NULL;
  const char *fault = NULL;

  /* No octet that a reader might take for an end of the host where another does not. */
  for (gsize i = 0; i < uri.size; i++)
    if (uri.data[i] <= 0x20 || uri.data[i] >= 0x7f || uri.data[i] == '\\')
      return "holds a character that no URI has";
  if (!find_authority (uri, &host))
    return "has no host";
  at = host.size > 0 ? memchr (host.data, '@', host.size) : NULL;
  if (at != NULL)
    host = (TrustSpan) { at + 1, host.size - (gsize) (at + 1 - host.data) };
  colon = host.size > 0 ? memchr (host.data, ':', host.size) : NULL;
  if (colon != NULL)
    {
      for (const guint8 *p = colon + 1; p < host.data + host.size; p++)
        if (!g_ascii_isdigit ((char) *p))
          return "has a port that is no number, or an IPv6 address";
      host.size = (gsize) (colon - host.data);
    }
  fault = trust_key_add_host (key, host);
  if (fault == NULL)
    g_byte_array_append (key, (const guint8 *) "/", 1);
  return fault;
}

void
trust_key_add_address (GByteArray *key, TrustSpan address, guint n_bits)
{
  g_byte_array_append (key, (const guint8 *) (address.size == 4 ? "4" : "6"), 1);
  for (guint i = 0; i < n_bits; i++)
    g_byte_array_append (key, (const guint8 *) ((address.data[i / 8] >> (7 - i % 8) & 1) != 0 ? "1" : "0"), 1);
}

gsize
trust_key_get_address (TrustSpan key, guint8 address[16], guint *n_bits)
{
  memset (address, 0, 16);
  *n_bits = (guint) key.size - 1;
  for (guint i = 0; i < *n_bits; i++)
    if (key.data[i + 1] == '1')
      address[i / 8] |= (guint8) (0x80 >> i % 8);
  return key.data[0] == '4' ? 4 : 16;
}

gboolean
trust_key_is_mapped (TrustSpan address)
{
  static const guint8 head[12] = { [10] = 0xff, [11] = 0xff };

  return address.size == 16 && memcmp (address.data, head, sizeof head) == 0;
}
