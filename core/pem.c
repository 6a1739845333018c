/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/pem.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define DASHES "-----"
#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES_SIZE (sizeof DASHES - 1)
#define BEGIN_SIZE (sizeof BEGIN - 1)
#define END_SIZE (sizeof END - 1)
/* Longer than any label in use. Bytes. */
#define LABEL_MAX_SIZE 128
#define COLUMNS 64
#define LINE_BYTES (COLUMNS / 4 * 3)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a byte of base64 means: its value with VALID set; BLANK; 0 for anything else. */
#define VALID 0x40
#define BLANK 0x80

static const guint8 meaning[256] = {
  ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, [' '] = BLANK, ['A'] = 0x40, ['B'] = 0x41, ['C'] = 0x42, ['D'] = 0x43, ['E'] = 0x44, ['F'] = 0x45,
  ['G'] = 0x46,   ['H'] = 0x47,   ['I'] = 0x48,   ['J'] = 0x49,  ['K'] = 0x4a, ['L'] = 0x4b, ['M'] = 0x4c, ['N'] = 0x4d, ['O'] = 0x4e, ['P'] = 0x4f,
  ['Q'] = 0x50,   ['R'] = 0x51,   ['S'] = 0x52,   ['T'] = 0x53,  ['U'] = 0x54, ['V'] = 0x55, ['W'] = 0x56, ['X'] = 0x57, ['Y'] = 0x58, ['Z'] = 0x59,
  ['a'] = 0x5a,   ['b'] = 0x5b,   ['c'] = 0x5c,   ['d'] = 0x5d,  ['e'] = 0x5e, ['f'] = 0x5f, ['g'] = 0x60, ['h'] = 0x61, ['i'] = 0x62, ['j'] = 0x63,
  ['k'] = 0x64,   ['l'] = 0x65,   ['m'] = 0x66,   ['n'] = 0x67,  ['o'] = 0x68, ['p'] = 0x69, ['q'] = 0x6a, ['r'] = 0x6b, ['s'] = 0x6c, ['t'] = 0x6d,
  ['u'] = 0x6e,   ['v'] = 0x6f,   ['w'] = 0x70,   ['x'] = 0x71,  ['y'] = 0x72, ['z'] = 0x73, ['0'] = 0x74, ['1'] = 0x75, ['2'] = 0x76, ['3'] = 0x77,
  ['4'] = 0x78,   ['5'] = 0x79,   ['6'] = 0x7a,   ['7'] = 0x7b,  ['8'] = 0x7c, ['9'] = 0x7d, ['+'] = 0x7e, ['/'] = 0x7f,
};

/* By its first dash, which base64 has none of. */
static const char *
find (const char *from, const char *end, const char *what, gsize what_size)
{
  while (from < end && (from = memchr (from, '-', (gsize) (end - from))) != NULL && (gsize) (end - from) >= what_size)
    {
      if (memcmp (from, what, what_size) == 0)
        return from;
      from++;
    }
  return NULL;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static const char *
skip_blanks (const char *at, const char *end)
{
  while (at < end && is_blank (*at))
    at++;
  return at;
}

/* Does a line start at AT, blanks aside? START is where a line is known to start. */
static gboolean
starts_line (const char *text, const char *start, const char *at)
{
  while (at > start && is_blank (at[-1]))
    at--;
  return at == start || at[-1] == '\n' || at[-1] == '\r' || (at - text == 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0);
}

/* Reads `LABEL-----` at AT. Returns what follows it, or NULL. */
static const char *
read_label (const char *at, const char *end, TrustSpan *label)
{
  const char *close = find (at, MIN (end, at + LABEL_MAX_SIZE + DASHES_SIZE), DASHES, DASHES_SIZE);

  if (close == NULL || close == at)
    return NULL;
  for (const char *c = at; c < close; c++)
    if (*c < 0x20 || *c > 0x7e)
      return NULL;
  *label = (TrustSpan) { (const guint8 *) at, (gsize) (close - at) };
  return close + DASHES_SIZE;
}

static gboolean
set_block_error (GError **error, const char *what, TrustSpan label, gsize offset)
{
  g_autofree char *shown = trust_text_printable_bytes (label.data, label.size, 40);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "the PEM block%s%s at byte %" G_GSIZE_FORMAT " %s: the input may be cut or damaged, get it again", label.size > 0 ? " " : "", shown,
               offset, what);
  return FALSE;
}

gboolean
trust_pem_next (TrustSpan text, gsize *offset, TrustPemBlock *out, GError **error)
{
  /* Nothing may have no address either, and none may be counted from there. */
  if (text.size == 0)
    return FALSE;

  const char *start = (const char *) text.data;
  const char *end = start + text.size;
  const char *from = start + MIN (*offset, text.size);
  const char *begin = find (from, end, BEGIN, BEGIN_SIZE);

  /* A block may begin right behind the last one: `cat` joins files whose last newline is missing. */
  while (begin != NULL && !starts_line (start, from, begin))
    begin = find (begin + DASHES_SIZE, end, BEGIN, BEGIN_SIZE);
  *offset = text.size;
  if (begin == NULL)
    return FALSE;

  TrustSpan label = { NULL, 0 }, end_label;
  gsize at = (gsize) (begin - start);
  const char *body = read_label (begin + BEGIN_SIZE, end, &label);
  const char *line = body != NULL ? skip_blanks (body, end) : NULL;

  *offset = at + BEGIN_SIZE;
  if (body == NULL || (line < end && *line != '\n' && *line != '\r'))
    return set_block_error (error, "has a damaged BEGIN line", label, at);
  *offset = (gsize) (body - start);

  /* Base64 has no dash; the header lines of RFC 1421 never have five. So the next five are the END or a fault. */
  const char *close = find (body, end, DASHES, DASHES_SIZE);

  if (close == NULL || find (close, MIN (end, close + END_SIZE), END, END_SIZE) == NULL)
    return set_block_error (error, "has no END line", label, at);

  const char *after = read_label (close + END_SIZE, end, &end_label);

  if (after == NULL || !trust_span_equal (label, end_label))
    return set_block_error (error, "has an END line that does not fit", label, at);
  *out = (TrustPemBlock) { label, { (const guint8 *) body, (gsize) (close - body) }, at };
  *offset = (gsize) (after - start);
  return TRUE;
}

/* Whole lines are decoded four digits at a time. Returns how many bytes of BODY were taken. */
static gsize
decode_run (TrustSpan body, gsize at, guint8 **out)
{
  const guint8 *in = body.data;
  guint8 *to = *out;

  while (body.size - at >= 4)
    {
      guint8 a = meaning[in[at]], b = meaning[in[at + 1]], c = meaning[in[at + 2]], d = meaning[in[at + 3]];

      if ((a & b & c & d & VALID) == 0)
        break;

      guint32 bits = (guint32) (a & 63) << 18 | (guint32) (b & 63) << 12 | (guint32) (c & 63) << 6 | (d & 63);

      to[0] = (guint8) (bits >> 16);
      to[1] = (guint8) (bits >> 8);
      to[2] = (guint8) bits;
      to += 3;
      at += 4;
    }
  *out = to;
  return at;
}

/* The last group, of DIGITS digits and as many '=' as are missing. RFC 4648 3.5: the bits that pad must be zero. */
static gboolean
decode_tail (guint32 bits, guint digits, guint equals, guint8 **out)
{
  if (digits == 0 && equals == 0)
    return TRUE;
  if (digits < 2 || digits + equals != 4)
    return FALSE;
  if (digits == 2)
    {
      *(*out)++ = (guint8) (bits >> 4);
      return (bits & 15) == 0;
    }
  *(*out)++ = (guint8) (bits >> 10);
  *(*out)++ = (guint8) (bits >> 2);
  return (bits & 3) == 0;
}

GByteArray *
trust_pem_decode (TrustSpan body, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) (body.size / 4 * 3 + 3));
  guint8 *to = out->data;
  guint32 bits = 0;
  guint digits = 0, equals = 0;

  for (gsize at = 0; at < body.size; at++)
    {
      if (digits == 0 && equals == 0)
        at = decode_run (body, at, &to);
      if (at == body.size)
        break;

      guint8 c = meaning[body.data[at]];

      if (c == BLANK)
        continue;
      if (body.data[at] == '=' && digits >= 2)
        equals++;
      else if ((c & VALID) == 0 || equals > 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                       "byte %" G_GSIZE_FORMAT " of the PEM block is 0x%02x, which is no base64 there: get the file again", at, body.data[at]);
          return NULL;
        }
      else
        {
          bits = bits << 6 | (c & 63);
          if (++digits == 4)
            {
              *to++ = (guint8) (bits >> 16);
              *to++ = (guint8) (bits >> 8);
              *to++ = (guint8) bits;
              bits = digits = 0;
            }
        }
    }
  if (!decode_tail (bits, digits, equals, &to))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the PEM block's base64 has bad padding: get the file again");
      return NULL;
    }
  g_byte_array_set_size (out, (guint) (to - out->data));
  return g_steal_pointer (&out);
}

gboolean
trust_pem_label_is (const TrustPemBlock *block, const char *label)
{
  return block->label.size == strlen (label) && memcmp (block->label.data, label, block->label.size) == 0;
}

gboolean
trust_pem_label_is_private_key (const TrustPemBlock *block)
{
  static const char key[] = "PRIVATE KEY";

  for (gsize i = 0; i + sizeof key - 1 <= block->label.size; i++)
    if (g_ascii_strncasecmp ((const char *) block->label.data + i, key, sizeof key - 1) == 0)
      return TRUE;
  return FALSE;
}

gsize
trust_pem_length (gsize size, const char *label)
{
  gsize digits = (size + 2) / 3 * 4;

  return BEGIN_SIZE + END_SIZE + 2 * (strlen (label) + DASHES_SIZE + 1) + digits + (digits + COLUMNS - 1) / COLUMNS;
}

static char *
encode_group (char *to, guint32 bits)
{
  to[0] = alphabet[bits >> 18 & 63];
  to[1] = alphabet[bits >> 12 & 63];
  to[2] = alphabet[bits >> 6 & 63];
  to[3] = alphabet[bits & 63];
  return to + 4;
}

static char *
encode_line (char *to, const guint8 *in, gsize size)
{
  gsize i;

  for (i = 0; i + 3 <= size; i += 3)
    to = encode_group (to, (guint32) in[i] << 16 | (guint32) in[i + 1] << 8 | in[i + 2]);
  if (i < size)
    {
      to = encode_group (to, (guint32) in[i] << 16 | (i + 1 < size ? (guint32) in[i + 1] << 8 : 0));
      to[-1] = '=';
      if (i + 1 == size)
        to[-2] = '=';
    }
  *to++ = '\n';
  return to;
}

static char *
put_line (char *to, const char *head, const char *label)
{
  to = stpcpy (to, head);
  to = stpcpy (to, label);
  return stpcpy (to, DASHES "\n");
}

void
trust_pem_append (GString *out, const guint8 *der, gsize size, const char *label)
{
  gsize before = out->len;

  g_string_set_size (out, before + trust_pem_length (size, label));

  char *to = put_line (out->str + before, BEGIN, label);

  for (gsize at = 0; at < size; at += LINE_BYTES)
    to = encode_line (to, der + at, MIN (size - at, LINE_BYTES));
  to = put_line (to, END, label);
  g_assert (to == out->str + out->len);
}
