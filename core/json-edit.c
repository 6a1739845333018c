/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json-edit.h"

#include "core/limits.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A member of an object or an element of a list: offsets into the text. */
typedef struct
{
  gsize begin;    /* of its name, or of the value of an element */
  gsize name_end; /* behind the name; BEGIN where it has none */
  gsize value;
  gsize end;
  gsize before; /* behind the bracket or comma before it */
} Item;

static void
skip_blanks (const GString *text, gsize *at)
{
  while (*at < text->len && strchr (" \t\r\n", text->str[*at]) != NULL && text->str[*at] != '\0')
    (*at)++;
}

static gboolean
skip_char (const GString *text, gsize *at, char which)
{
  if (*at >= text->len || text->str[*at] != which)
    return FALSE;
  (*at)++;
  return TRUE;
}

/* RFC 8259 section 7. */
static gboolean
skip_string (const GString *text, gsize *at)
{
  if (!skip_char (text, at, '"'))
    return FALSE;
  for (; *at < text->len; (*at)++)
    {
      guint8 byte = (guint8) text->str[*at];

      if (byte == '"')
        return skip_char (text, at, '"');
      if (byte < 0x20)
        return FALSE;
      if (byte != '\\')
        continue;
      (*at)++;
      if (*at >= text->len || text->str[*at] == '\0' || strchr ("\"\\/bfnrtu", text->str[*at]) == NULL)
        return FALSE;
      if (text->str[*at] != 'u')
        continue;
      for (guint i = 0; i < 4; i++)
        if (++(*at) >= text->len || !g_ascii_isxdigit (text->str[*at]))
          return FALSE;
    }
  return FALSE;
}

static gsize
skip_digits (const GString *text, gsize *at)
{
  gsize begin = *at;

  while (*at < text->len && g_ascii_isdigit (text->str[*at]))
    (*at)++;
  return *at - begin;
}

/* RFC 8259 section 6. */
static gboolean
skip_number (const GString *text, gsize *at)
{
  gsize n = 0, first = 0;

  skip_char (text, at, '-');
  first = *at;
  n = skip_digits (text, at);
  if (n == 0 || (n > 1 && text->str[first] == '0'))
    return FALSE;
  if (skip_char (text, at, '.') && skip_digits (text, at) == 0)
    return FALSE;
  if (!skip_char (text, at, 'e') && !skip_char (text, at, 'E'))
    return TRUE;
  if (!skip_char (text, at, '+'))
    skip_char (text, at, '-');
  return skip_digits (text, at) > 0;
}

static gboolean
skip_word (const GString *text, gsize *at, const char *word)
{
  gsize size = strlen (word);

  if (text->len - *at < size || memcmp (text->str + *at, word, size) != 0)
    return FALSE;
  *at += size;
  return TRUE;
}

static gboolean skip_value (const GString *text, gsize *at, guint depth);

/* The next item of the object or list that OPEN begins, *AT being behind its bracket or the item before. FALSE: there is none, *AT is behind the
 * closing bracket; or IS_GOOD became FALSE. */
static gboolean
next_item (const GString *text, char open, gsize *at, Item *item, guint depth, gboolean *is_good)
{
  gboolean is_first = text->str[*at - 1] == open; /* No item ends in an opening bracket. */
  char close = open == '{' ? '}' : ']';

  item->before = *at;
  *is_good = TRUE;
  skip_blanks (text, at);
  if (skip_char (text, at, close))
    return FALSE;
  *is_good = FALSE;
  if (!is_first)
    {
      if (!skip_char (text, at, ','))
        return FALSE;
      item->before = *at;
      skip_blanks (text, at);
    }
  item->begin = item->name_end = *at;
  if (open == '{')
    {
      if (!skip_string (text, at))
        return FALSE;
      item->name_end = *at;
      skip_blanks (text, at);
      if (!skip_char (text, at, ':'))
        return FALSE;
      skip_blanks (text, at);
    }
  item->value = *at;
  *is_good = skip_value (text, at, depth);
  item->end = *at;
  return *is_good;
}

static gboolean
skip_value (const GString *text, gsize *at, guint depth)
{
  char first = *at < text->len ? text->str[*at] : '\0';
  gboolean is_good = TRUE;
  Item item;

  if (first == '"')
    return skip_string (text, at);
  if (first == '-' || g_ascii_isdigit (first))
    return skip_number (text, at);
  if (first != '{' && first != '[')
    return skip_word (text, at, "true") || skip_word (text, at, "false") || skip_word (text, at, "null");
  if (depth == 0)
    return FALSE;
  (*at)++;
  while (next_item (text, first, at, &item, depth - 1, &is_good))
    continue;
  return is_good;
}

gboolean
trust_json_is_strict (const char *text, gsize size)
{
  g_autoptr (GString) copy = g_string_new_len (text, (gssize) size);
  gsize at = 0;

  skip_blanks (copy, &at);
  if (at >= size || copy->str[at] != '{' || !g_utf8_validate (text, (gssize) size, NULL) || !skip_value (copy, &at, TRUST_LIMIT_JSON_DEPTH + 1))
    return FALSE;
  skip_blanks (copy, &at);
  return at == size;
}

/* Is what stands from BEGIN to END the text WANTED? */
static gboolean
is_text (const GString *text, gsize begin, gsize end, const char *wanted)
{
  g_autofree char *copy = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (text->str[begin] != '"')
    return FALSE;
  if (memchr (text->str + begin, '\\', end - begin) == NULL)
    return end - begin - 2 == strlen (wanted) && memcmp (text->str + begin + 1, wanted, end - begin - 2) == 0;
  copy = g_strndup (text->str + begin, end - begin);
  node = json_from_string (copy, NULL);
  return node != NULL && g_strcmp0 (json_node_get_string (node), wanted) == 0;
}

/* What the container whose bracket is at OPEN holds under NAME. */
typedef struct
{
  gboolean is_found;
  Item item;
  gboolean has_previous, has_next;
  Item previous; /* of that, or the last of all */
  Item next;
} Look;

static Look
look_for (const GString *text, gsize open, const char *name)
{
  Look look = { 0 };
  gboolean is_good = TRUE;
  gsize at = open + 1;
  Item item;

  while (next_item (text, text->str[open], &at, &item, TRUST_LIMIT_JSON_DEPTH, &is_good))
    {
      gboolean is_element = item.begin == item.value;

      if (look.is_found)
        {
          look.has_next = TRUE;
          look.next = item;
          break;
        }
      if (is_text (text, item.begin, is_element ? item.end : item.name_end, name))
        {
          look.is_found = TRUE;
          look.item = item;
          continue;
        }
      look.has_previous = TRUE;
      look.previous = item;
    }
  return look;
}

/* Goes down PATH as far as there is something. Returns how many steps it took; *OPEN_OUT is the bracket of the last container that it came to,
 * and LOOK what that holds under the next name. */
static guint
descend (const GString *text, const char *const *path, gsize *open_out, Look *look)
{
  gsize open = 0;
  guint depth = 0;

  skip_blanks (text, &open);
  for (; path[depth] != NULL; depth++)
    {
      *open_out = open;
      *look = look_for (text, open, path[depth]);
      if (!look->is_found)
        return depth;
      open = look->item.value;
      if (path[depth + 1] != NULL && strchr ("{[", text->str[open]) == NULL)
        return depth;
    }
  return depth;
}

gboolean
trust_json_has (const GString *text, const char *const *path)
{
  gsize open = 0;
  Look look;

  return path[descend (text, path, &open, &look)] == NULL;
}

static void
append_quoted (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *quoted = NULL;

  json_node_set_string (node, text);
  quoted = json_to_string (node, FALSE);
  g_string_append (out, quoted);
}

/* The value of a member that leads to PATH and VALUE. */
static void
append_nested (GString *out, const char *const *path, const char *value)
{
  guint n = g_strv_length ((char **) path);

  for (guint i = 0; i < n; i++)
    {
      gboolean is_element = i + 1 == n && value == NULL;

      g_string_append_c (out, is_element ? '[' : '{');
      append_quoted (out, path[i]);
      if (!is_element)
        g_string_append (out, ": ");
    }
  if (value != NULL)
    g_string_append (out, value);
  for (guint i = n; i-- > 0;)
    g_string_append_c (out, i + 1 == n && value == NULL ? ']' : '}');
}

void
trust_json_put (GString *text, const char *const *path, const char *value)
{
  g_autoptr (GString) made = g_string_new (NULL);
  gsize open = 0;
  Look look;
  guint depth = descend (text, path, &open, &look);

  if (path[depth] == NULL)
    {
      if (value == NULL)
        return;
      g_string_erase (text, (gssize) look.item.value, (gssize) (look.item.end - look.item.value));
      g_string_insert (text, (gssize) look.item.value, value);
      return;
    }
  if (look.has_previous)
    {
      /* As far from its neighbour as that from its own. */
      gsize blank = look.previous.begin - look.previous.before;

      g_string_append_c (made, ',');
      g_string_append_len (made, text->str + look.previous.before, (gssize) blank);
      if (blank == 0)
        g_string_append_c (made, ' ');
    }
  append_quoted (made, path[depth]);
  if (text->str[open] == '{')
    {
      g_string_append (made, ": ");
      append_nested (made, path + depth + 1, value);
    }
  g_string_insert (text, (gssize) (look.has_previous ? look.previous.end : open + 1), made->str);
}

gboolean
trust_json_drop (GString *text, const char *const *path)
{
  guint n = g_strv_length ((char **) path);

  for (guint keep = n; keep > 0; keep--)
    {
      g_autofree const char **head = g_new0 (const char *, keep + 1);
      gsize open = 0, begin = 0, end = 0;
      Look look;

      memcpy (head, path, keep * sizeof *head);
      if (head[descend (text, head, &open, &look)] != NULL)
        return FALSE;
      if (look.has_previous)
        begin = look.previous.end;
      else
        begin = look.has_next ? look.item.begin : open + 1;
      end = look.has_previous || !look.has_next ? look.item.end : look.next.begin;
      if (!look.has_previous && !look.has_next)
        {
          skip_blanks (text, &end);
          if (keep > 1)
            continue; /* It would be left empty: that goes as a whole. */
        }
      g_string_erase (text, (gssize) begin, (gssize) (end - begin));
      return TRUE;
    }
  return FALSE;
}
