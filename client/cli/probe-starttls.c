/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/probe-starttls.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

/* One dialogue: what came and was not read yet. */
typedef struct
{
  const StarttlsWire *wire;
  const char *host;
  guint8 buffer[4096];
  gsize begin, end;
} Dialogue;

struct _Starttls
{
  const char *name;
  guint16 port;
  gboolean (*run) (Dialogue *dialogue, GError **error);
};

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_FAILED, message);
  return FALSE;
}

/* "the server answered: “…”". */
static gboolean
fail_answer (GError **error, const void *answer, gsize size)
{
  g_autofree char *text = trust_text_printable_bytes (answer, size, 200);
  return fail (error, _ ("no TLS is offered; the server answered: “%s”"), text);
}

static gboolean
fill (Dialogue *self, GError **error)
{
  gssize n = self->wire->read (self->wire->user_data, self->buffer, sizeof self->buffer, error);
  self->begin = 0;
  self->end = n > 0 ? (gsize) n : 0;
  if (n == 0)
    return fail (error, _ ("the server hung up before TLS began"));
  return n > 0;
}

static gboolean
read_byte (Dialogue *self, guint8 *out, GError **error)
{
  if (self->begin == self->end && !fill (self, error))
    return FALSE;
  *out = self->buffer[self->begin++];
  return TRUE;
}

/* A line without its end. */
static gboolean
read_line (Dialogue *self, char line[STARTTLS_LINE_BYTES], GError **error)
{
  gsize n = 0;
  for (guint8 byte = 0;;)
    {
      if (!read_byte (self, &byte, error))
        return FALSE;
      if (byte == '\n')
        break;
      if (n == STARTTLS_LINE_BYTES - 1)
        return fail (error, _ ("the server's line is longer than %d bytes; does another protocol answer there?"), STARTTLS_LINE_BYTES);
      line[n++] = byte == '\0' ? ' ' : (char) byte;
    }
  line[n > 0 && line[n - 1] == '\r' ? n - 1 : n] = '\0';
  return TRUE;
}

static gboolean
say (Dialogue *self, const char *text, GError **error)
{
  return self->wire->write (self->wire->user_data, text, strlen (text), error);
}

static gboolean
too_many_lines (GError **error)
{
  return fail (error, _ ("the server's answer has more than %d lines"), STARTTLS_LINES);
}

/* RFC 5321 4.2.1: lines "CODE-TEXT", the last "CODE TEXT". OFFERS (nullable): set if one of them is STARTTLS. */
static gboolean
read_smtp (Dialogue *self, const char *code, gboolean *offers, GError **error)
{
  char line[STARTTLS_LINE_BYTES];
  for (guint i = 0; i < STARTTLS_LINES; i++)
    {
      if (!read_line (self, line, error))
        return FALSE;
      if (strncmp (line, code, 3) != 0 || (line[3] != '-' && line[3] != ' ' && line[3] != '\0'))
        return fail_answer (error, line, strlen (line));
      if (offers != NULL && line[3] != '\0' && g_ascii_strcasecmp (g_strchomp (line + 4), "STARTTLS") == 0)
        *offers = TRUE;
      if (line[3] != '-')
        return TRUE;
    }
  return too_many_lines (error);
}

/* RFC 3207. */
static gboolean
run_smtp (Dialogue *self, GError **error)
{
  gboolean offers = FALSE;
  if (!read_smtp (self, "220", NULL, error) || !say (self, "EHLO localhost\r\n", error) || !read_smtp (self, "250", &offers, error))
    return FALSE;
  if (!offers)
    return fail (error, _ ("no TLS is offered: STARTTLS is not among the server's extensions"));
  return say (self, "STARTTLS\r\n", error) && read_smtp (self, "220", NULL, error);
}

/* RFC 9051 6.2.1. */
static gboolean
run_imap (Dialogue *self, GError **error)
{
  char line[STARTTLS_LINE_BYTES];
  if (!read_line (self, line, error))
    return FALSE;
  if (g_ascii_strncasecmp (line, "* OK", 4) != 0)
    return fail_answer (error, line, strlen (line));
  if (!say (self, "a1 STARTTLS\r\n", error))
    return FALSE;
  for (guint i = 0; i < STARTTLS_LINES; i++)
    {
      if (!read_line (self, line, error))
        return FALSE;
      if (g_ascii_strncasecmp (line, "a1 OK", 5) == 0)
        return TRUE;
      if (strncmp (line, "* ", 2) != 0 || g_ascii_strncasecmp (line, "* BYE", 5) == 0)
        return fail_answer (error, line, strlen (line));
    }
  return too_many_lines (error);
}

/* The length of a BER element whose tag was read: definite, of at most two octets. */
static gboolean
read_length (Dialogue *self, gsize *out, GError **error)
{
  guint8 byte = 0;
  if (!read_byte (self, &byte, error))
    return FALSE;
  *out = byte;
  if (byte < 0x80)
    return TRUE;
  guint n = byte & 0x7f;
  if (n == 0 || n > 4)
    return fail (error, _ ("the server's answer is no LDAP message"));
  for (*out = 0; n > 0; n--)
    {
      if (!read_byte (self, &byte, error))
        return FALSE;
      *out = *out << 8 | byte;
    }
  return *out <= STARTTLS_MESSAGE_BYTES || fail (error, _ ("the server's answer is longer than %d bytes"), STARTTLS_MESSAGE_BYTES);
}

/* The element TAG at the beginning of *REST, with a definite length: *REST moves behind it. */
static gboolean
next_element (const guint8 **rest, const guint8 *end, guint8 tag, const guint8 **content, gsize *size)
{
  const guint8 *p = *rest;
  if (end - p < 2 || p[0] != tag)
    return FALSE;
  gsize length = p[1];
  p += 2;
  if (length >= 0x80)
    {
      guint n = length & 0x7f;
      if (n == 0 || n > 4 || end - p < (gssize) n)
        return FALSE;
      for (length = 0; n > 0; n--)
        length = length << 8 | *p++;
    }
  if ((gsize) (end - p) < length)
    return FALSE;
  *content = p;
  *size = length;
  *rest = p + length;
  return TRUE;
}

/* RFC 4511 4.2.1, 4.12, 4.14.1: LDAPMessage { 1, [APPLICATION 24] { resultCode success, … } }. */
static gboolean
read_ldap (const guint8 *message, gsize message_size, GError **error)
{
  const guint8 *rest = message, *end = message + message_size, *content = NULL;
  gsize size = 0;
  if (!next_element (&rest, end, 0x02, &content, &size) || size != 1 || content[0] != 1 || !next_element (&rest, end, 0x78, &content, &size))
    return fail (error, _ ("the server's answer is no LDAP message"));
  rest = content;
  end = content + size;
  if (!next_element (&rest, end, 0x0a, &content, &size) || size != 1)
    return fail (error, _ ("the server's answer is no LDAP message"));
  return content[0] == 0 || fail (error, _ ("no TLS is offered; the server answered with LDAP result %d"), content[0]);
}

static gboolean
run_ldap (Dialogue *self, GError **error)
{
  static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                                "1.3.6.1.4.1.1466.20037";
  guint8 tag = 0;
  gsize size = 0;
  if (!self->wire->write (self->wire->user_data, request, sizeof request - 1, error) || !read_byte (self, &tag, error))
    return FALSE;
  if (tag != 0x30)
    return fail (error, _ ("the server's answer is no LDAP message"));
  if (!read_length (self, &size, error))
    return FALSE;
  g_autofree guint8 *message = g_malloc (size + 1);
  for (gsize i = 0; i < size; i++)
    if (!read_byte (self, &message[i], error))
      return FALSE;
  return read_ldap (message, size, error);
}

/* PostgreSQL's protocol, SSLRequest: one octet answers. */
static gboolean
run_postgres (Dialogue *self, GError **error)
{
  static const guint8 request[] = { 0, 0, 0, 8, 4, 210, 22, 47 };
  guint8 answer = 0;
  if (!self->wire->write (self->wire->user_data, request, sizeof request, error) || !read_byte (self, &answer, error))
    return FALSE;
  return answer == 'S' || fail_answer (error, &answer, 1);
}

/* Reads until TEXT ends in one of ENDS. */
static gboolean
read_stanza (Dialogue *self, const char *const *ends, GString *text, GError **error)
{
  for (guint8 byte = 0; read_byte (self, &byte, error);)
    {
      g_string_append_c (text, byte == '\0' ? ' ' : (char) byte);
      for (const char *const *end = ends; byte == '>' && *end != NULL; end++)
        if (g_str_has_suffix (text->str, *end))
          return TRUE;
      if (text->len >= STARTTLS_MESSAGE_BYTES)
        return fail (error, _ ("the server's answer is longer than %d bytes"), STARTTLS_MESSAGE_BYTES);
    }
  return FALSE;
}

/* The first tag that STANZA opens, without a prefix and attributes, is NAME. */
static gboolean
opens_with (const char *stanza, const char *name)
{
  const char *begin = strchr (stanza, '<');
  if (begin == NULL)
    return FALSE;
  gsize length = strcspn (++begin, " \t\r\n/>");
  const char *colon = memchr (begin, ':', length);
  if (colon != NULL)
    {
      length -= (gsize) (colon + 1 - begin);
      begin = colon + 1;
    }
  return length == strlen (name) && strncmp (begin, name, length) == 0;
}

/* RFC 6120 5.4. */
static gboolean
run_xmpp (Dialogue *self, GError **error)
{
  static const char *const features[] = { "</stream:features>", "</features>", "features/>", "error>", "</stream:stream>", NULL };
  static const char *const any[] = { ">", NULL };
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autofree char *opening = g_strdup_printf ("<?xml version='1.0'?><stream:stream to='%s' xmlns='jabber:client' "
                                              "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
                                              self->host);
  if (!say (self, opening, error) || !read_stanza (self, features, answer, error))
    return FALSE;
  if (strstr (answer->str, "urn:ietf:params:xml:ns:xmpp-tls") == NULL)
    return fail_answer (error, answer->str, answer->len);
  g_string_truncate (answer, 0);
  if (!say (self, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", error) || !read_stanza (self, any, answer, error))
    return FALSE;
  if (!opens_with (answer->str, "proceed"))
    return fail_answer (error, answer->str, answer->len);
  return g_str_has_suffix (answer->str, "/>") || read_stanza (self, any, answer, error);
}

/* clang-format off */
static const Starttls protocols[] = {
  { "smtp", 25, run_smtp },
  { "imap", 143, run_imap },
  { "ldap", 389, run_ldap },
  { "postgres", 5432, run_postgres },
  { "xmpp", 5222, run_xmpp },
};
/* clang-format on */

const Starttls *
starttls_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (strcmp (protocols[i].name, name) == 0)
      return &protocols[i];
  return NULL;
}

char *
starttls_dup_names (void)
{
  GString *names = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", protocols[i].name);
  return g_string_free (names, FALSE);
}

guint16
starttls_get_port (const Starttls *self)
{
  return self->port;
}

gboolean
starttls_run (const Starttls *self, const char *host, const StarttlsWire *wire, GError **error)
{
  Dialogue dialogue = { .wire = wire, .host = host };
  if (!self->run (&dialogue, error))
    {
      g_prefix_error (error, "%s: ", self->name);
      return FALSE;
    }
  if (dialogue.begin == dialogue.end)
    return TRUE;
  return fail (error, _ ("%s: the server sent more than its answer before TLS began: somebody may have put it there"), self->name);
}
