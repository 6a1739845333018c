/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file-head.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <stdarg.h>
#include <string.h>

/* The keyfile part: most of the file where there are constraints. */
#define HEAD_MAX (TRUST_LIMIT_ANCHOR_FILE_BYTES / 4 * 3)
#define BOM "\xef\xbb\xbf"
#define BEGIN "-----BEGIN "

typedef struct
{
  const char *group;
  const char *key;
} KnownKey;

/* clang-format off */
static const KnownKey known_keys[] = {
  { "Anchor", "Version" },
  { "Anchor", "Certificate" },
  { "Trust", "Purposes" },
  { "Trust", "DistrustAfter" },
  { "Trust", "Until" },
  { "Trust", "AcceptLoss" },
  { "Info", "Label" },
  { "Info", "Reason" },
  { "Info", "AddedBy" },
  { "Info", "Added" },
  { "Info", "SHA256" },
  { "Info", "Replaces" },
  { "Distrust", "Version" },
  { "Distrust", "SHA256" },
  { "Distrust", "KeySHA256" },
  { "Distrust", "Issuer" },
  { "Distrust", "Serial" },
  { "Distrust", "Certificate" },
};
/* clang-format on */

static const char *const constraint_keys[][2] = {
  [TRUST_NAME_DNS] = { "PermittedDNS", "ExcludedDNS" },
  [TRUST_NAME_IP] = { "PermittedIP", "ExcludedIP" },
  [TRUST_NAME_EMAIL] = { "PermittedEmail", "ExcludedEmail" },
  [TRUST_NAME_URI] = { "PermittedURI", "ExcludedURI" },
  [TRUST_NAME_DIRECTORY] = { "PermittedDirectory", "ExcludedDirectory" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (constraint_keys) == TRUST_NAME_LAST);

const char *
trust_anchor_head_constraint_key (TrustNameKind kind, gboolean excluded)
{
  return constraint_keys[kind][excluded ? 1 : 0];
}

void
trust_anchor_head_clear (TrustAnchorHead *head)
{
  g_clear_pointer (&head->keys, g_key_file_unref);
  g_clear_pointer (&head->lines, g_hash_table_unref);
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, text);
  return FALSE;
}

guint
trust_anchor_head_find_line (const TrustAnchorHead *head, const char *group, const char *key)
{
  g_autofree char *name = g_strconcat (group, "\n", key, NULL);

  return GPOINTER_TO_UINT (g_hash_table_lookup (head->lines, name));
}

gboolean
trust_anchor_head_refuse (const TrustAnchorHead *head, const char *group, const char *key, const char *what, GError **error)
{
  return refuse (error, "line %u: %s: %s", trust_anchor_head_find_line (head, group, key), key, what);
}

/* Takes one line off TEXT, without its ending. */
static gboolean
take_line (TrustSpan *text, TrustSpan *line)
{
  if (text->size == 0)
    return FALSE;

  const guint8 *end = memchr (text->data, '\n', text->size);
  gsize size = end != NULL ? (gsize) (end - text->data) : text->size;
  gsize taken = end != NULL ? size + 1 : size;

  *line = (TrustSpan) { text->data, size };
  text->data += taken;
  text->size -= taken;
  return TRUE;
}

TrustSpan
trust_anchor_head_trim (TrustSpan span)
{
  while (span.size > 0 && g_ascii_isspace (span.data[0]))
    {
      span.data++;
      span.size--;
    }
  while (span.size > 0 && g_ascii_isspace (span.data[span.size - 1]))
    span.size--;
  return span;
}

void
trust_anchor_head_split (TrustAnchorHead *head, TrustSpan bytes)
{
  TrustSpan line;

  if (bytes.size >= sizeof BOM - 1 && memcmp (bytes.data, BOM, sizeof BOM - 1) == 0)
    {
      bytes.data += sizeof BOM - 1;
      bytes.size -= sizeof BOM - 1;
    }
  head->whole = bytes;
  head->size = bytes.size;
  while (head->size == head->whole.size && take_line (&bytes, &line))
    if (line.size >= sizeof BEGIN - 1 && memcmp (line.data, BEGIN, sizeof BEGIN - 1) == 0)
      head->size = (gsize) (line.data - head->whole.data);
}

/* The group's name when LINE opens one. Returns: (transfer full) (nullable). */
static char *
dup_group (TrustSpan line)
{
  line = trust_anchor_head_trim (line);
  if (line.size < 2 || line.data[0] != '[' || line.data[line.size - 1] != ']')
    return NULL;
  return g_strndup ((const char *) line.data + 1, line.size - 2);
}

/* A misspelt trust group must not become "no restriction": whatever begins like one counts as one. */
static gboolean
is_trust_group (const char *group)
{
  return g_ascii_strncasecmp (group, "trust", 5) == 0 || g_ascii_strncasecmp (group, "constraint", 10) == 0;
}

/* Behind the PEM block as well: as a plain certificate it would be trusted without what the groups there say. */
gboolean
trust_anchor_file_probe (TrustSpan bytes)
{
  TrustAnchorHead head = { .size = 0 };
  TrustSpan line;

  trust_anchor_head_split (&head, bytes);

  TrustSpan text = head.whole;

  /* Base64 has no bracket, so that a large PEM file costs one search. */
  if (text.size == 0 || memchr (text.data, '[', text.size) == NULL)
    return FALSE;
  while (take_line (&text, &line))
    {
      g_autofree char *group = dup_group (line);

      if (group != NULL && (g_str_equal (group, "Anchor") || g_str_equal (group, "Distrust") || is_trust_group (group)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_known_key (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (g_str_equal (known_keys[i].group, group) && g_str_equal (known_keys[i].key, key))
      return TRUE;
  for (guint kind = 0; g_str_equal (group, "Constraints") && kind < TRUST_NAME_LAST; kind++)
    if (g_str_equal (constraint_keys[kind][0], key) || g_str_equal (constraint_keys[kind][1], key))
      return TRUE;
  return FALSE;
}

/* A key that limits trust, in whatever group it stands by a slip: left out, it would widen trust. In [Distrust] it means nothing. */
static gboolean
is_limit (const char *group, const char *key)
{
  static const char *const begins[] = { "permitted", "excluded", "distrustafter", "until" };

  for (guint i = 0; i < G_N_ELEMENTS (begins) && !g_str_equal (group, "Distrust"); i++)
    if (g_ascii_strncasecmp (key, begins[i], strlen (begins[i])) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_known_group (const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (g_str_equal (known_keys[i].group, group))
      return TRUE;
  return g_str_equal (group, "Constraints");
}

static void
warn (GPtrArray *warnings, guint number, const char *what, const char *name)
{
  g_autofree char *shown = trust_text_printable (name, 64);

  if (warnings != NULL)
    g_ptr_array_add (warnings, g_strdup_printf ("line %u: unknown %s \"%s\" is left out", number, what, shown));
}

static gboolean
check_key (TrustAnchorHead *head, const char *group, const char *key, guint number, GPtrArray *warnings, GError **error)
{
  g_autofree char *shown = trust_text_printable (key, 64);
  g_autofree char *name = g_strconcat (group, "\n", key, NULL);

  if (!is_known_key (group, key) && is_trust_group (group))
    {
      /* Not damage: what the file said before must not go on counting without this limit. */
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                   "line %u: key \"%s\" limits trust in a way that this version of anchord does not know, "
                   "so the certificate is not trusted; update anchord or remove the line",
                   number, shown);
      return FALSE;
    }
  if (!is_known_key (group, key) && is_limit (group, key))
    return refuse (error, "line %u: key \"%s\" stands in the wrong group, so the certificate is not trusted; move it to [%s]", number, shown,
                   g_ascii_tolower (key[0]) == 'p' || g_ascii_tolower (key[0]) == 'e' ? "Constraints" : "Trust");
  if (!is_known_key (group, key) && is_known_group (group))
    warn (warnings, number, "key", key);
  if (!g_hash_table_insert (head->lines, g_steal_pointer (&name), GUINT_TO_POINTER (number)) && is_known_key (group, key))
    return refuse (error, "line %u: key \"%s\" stands there twice; keep one of them", number, shown);
  return TRUE;
}

/* Walks the head's lines: which keys stand where, and is there one that this version does not know? */
static gboolean
check_lines (TrustAnchorHead *head, GPtrArray *warnings, GError **error)
{
  TrustSpan text = { head->whole.data, head->size }, line;
  g_autofree char *group = NULL;

  for (guint number = 1; take_line (&text, &line); number++)
    {
      TrustSpan inner = trust_anchor_head_trim (line);
      const guint8 *equals = memchr (inner.data, '=', inner.size);
      char *opened = dup_group (inner);

      if (inner.size == 0 || inner.data[0] == '#')
        {
          g_free (opened);
          continue;
        }
      if (opened != NULL)
        {
          g_free (group);
          group = opened;
          if (!is_known_group (group) && is_trust_group (group))
            return refuse (error, "line %u: not a group of an anchor file; did you mean [Trust] or [Constraints]?", number);
          if (!is_known_group (group))
            warn (warnings, number, "group", group);
          continue;
        }
      if (equals == NULL || group == NULL)
        return refuse (error, "line %u: %s", number,
                       equals == NULL ? "neither a [Group], a Key=value nor a # comment" : "a key before the first [Group]");

      TrustSpan name = trust_anchor_head_trim ((TrustSpan) { inner.data, (gsize) (equals - inner.data) });
      g_autofree char *key = g_strndup ((const char *) name.data, name.size);

      if (!check_key (head, group, key, number, warnings, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_anchor_head_load (TrustAnchorHead *head, GPtrArray *warnings, GError **error)
{
  const char *text = (const char *) head->whole.data;
  g_autoptr (GError) reason = NULL;

  if (head->size == 0 && head->whole.size > 0)
    return refuse (error, "the file begins with its PEM block; the groups go before it, or they would not be read");
  if (head->size > HEAD_MAX)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the head before the PEM block has %" G_GSIZE_FORMAT " bytes, the limit is %u",
                   head->size, HEAD_MAX);
      return FALSE;
    }
  if (head->size > 0 && (memchr (text, '\0', head->size) != NULL || !g_utf8_validate (text, (gssize) head->size, NULL)))
    return refuse (error, "the head is not UTF-8 text");
  head->keys = g_key_file_new ();
  head->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!check_lines (head, warnings, error))
    return FALSE;
  if (head->size > 0 && g_key_file_load_from_data (head->keys, text, head->size, G_KEY_FILE_NONE, &reason))
    return TRUE;

  g_autofree char *shown = trust_text_printable (reason != NULL ? reason->message : "it is empty", 200);

  return refuse (error, "the head is not a keyfile: %s", shown);
}
