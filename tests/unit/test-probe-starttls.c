/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said before TLS begins: each dialogue, whole and in single bytes; answers that are none; more than an answer. */
#include "client/cli/probe-starttls.h"
#include "core/error.h"

#include <gio/gio.h>
#include <string.h>

/* A server that has its answers ready: one after each thing that it is told, the first at once if it speaks first. */
typedef struct
{
  const char *const *answers; /* ended by NULL */
  gsize size;                 /* of the answer that stands first, where it holds NUL; 0: strlen */
  gsize at;                   /* in it */
  gsize step;                 /* the most bytes of one read */
  GString *told;              /* (owned) */
} Server;

static gssize
server_read (gpointer user_data, void *buffer, gsize size, GError **error G_GNUC_UNUSED)
{
  Server *self = user_data;
  while (*self->answers != NULL)
    {
      gsize whole = self->size != 0 ? self->size : strlen (*self->answers);
      gsize n = MIN (MIN (size, self->step), whole - self->at);
      if (n > 0)
        {
          memcpy (buffer, *self->answers + self->at, n);
          self->at += n;
          return (gssize) n;
        }
      self->answers++;
      self->at = 0;
    }
  return 0;
}

static gboolean
server_write (gpointer user_data, const void *data, gsize size, GError **error G_GNUC_UNUSED)
{
  Server *self = user_data;
  g_string_append_len (self->told, data, (gssize) size);
  return TRUE;
}

/* Runs NAME against ANSWERS. Returns: (transfer full): what the server was told; NULL with ERROR. */
static GString *
talk (const char *name, const char *const *answers, gsize size, gsize step, GError **error)
{
  Server server = { answers, size, 0, step, g_string_new (NULL) };
  StarttlsWire wire = { server_read, server_write, &server };
  const Starttls *protocol = starttls_find (name);
  g_assert_nonnull (protocol);
  if (starttls_run (protocol, "mail.example", &wire, error))
    return server.told;
  g_string_free (server.told, TRUE);
  return NULL;
}

typedef struct
{
  const char *name;
  const char *answers[5];
  gsize size;
  const char *told;    /* the end of what the server heard; NULL: it is refused */
  const char *message; /* a part of it */
} Case;

#define FEATURES "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
#define PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

static const Case cases[] = {
  /* RFC 3207 */
  { "smtp", { "220 mail.example\r\n", "250-mail.example\r\n250 STARTTLS\r\n", "220 go\r\n" }, 0, "EHLO localhost\r\nSTARTTLS\r\n", NULL },
  { "smtp", { "220-a\r\n220-b\n220\n", "250-x\r\n250-starttls \r\n250 y\r\n", "220-a\r\n220 b\r\n" }, 0, "STARTTLS\r\n", NULL },
  { "smtp", { "220 a\r\n", "250-STARTTLSX\r\n250 AUTH\r\n" }, 0, NULL, "STARTTLS" },
  { "smtp", { "220 a\r\n", "250 STARTTLS\r\n", "454 later\r\n" }, 0, NULL, "454 later" },
  { "smtp", { "554 no\r\n" }, 0, NULL, "554 no" },
  { "smtp", { "2201 a\r\n" }, 0, NULL, "2201 a" },
  { "smtp", { "\x1b[2J\r\n" }, 0, NULL, "\\u{1B}[2J" },
  { "smtp", { "220 a" }, 0, NULL, "hung up" },
  { "smtp", { "220 a\r\n", "250 STARTTLS\r\n", "220 go\r\n250 injected\r\n" }, 0, NULL, "more than its answer" },
  /* RFC 9051 6.2.1 */
  { "imap", { "* OK hello\r\n", "* CAPABILITY IMAP4rev1\r\na1 OK go\r\n" }, 0, "a1 STARTTLS\r\n", NULL },
  { "imap", { "* ok\r\n", "A1 ok\r\n" }, 0, "a1 STARTTLS\r\n", NULL },
  { "imap", { "* PREAUTH hello\r\n" }, 0, NULL, "PREAUTH" },
  { "imap", { "* OK\r\n", "a1 NO\r\n" }, 0, NULL, "a1 NO" },
  { "imap", { "* OK\r\n", "* BYE\r\n" }, 0, NULL, "BYE" },
  { "imap", { "* OK\r\n", "a1 OK\r\n* injected\r\n" }, 0, NULL, "more than its answer" },
  /* RFC 4511 4.14 */
  { "ldap", { "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00" }, 14, "1.3.6.1.4.1.1466.20037", NULL },
  { "ldap", { "\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00" }, 22, "1.3.6.1.4.1.1466.20037", NULL },
  { "ldap", { "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\x00\x04\x00" }, 14, NULL, "result 52" },
  { "ldap", { "\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00" }, 14, NULL, "no LDAP" },
  { "ldap", { "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00" }, 14, NULL, "no LDAP" },
  { "ldap", { "\x30\x0c\x02\x01\x01\x78\x7f\x0a\x01\x00\x04\x00\x04\x00" }, 14, NULL, "no LDAP" },
  { "ldap", { "\x30\x84\x7f\xff\xff\xff\x02\x01\x01" }, 9, NULL, "longer" },
  { "ldap", { "\x30\x80\x02\x01\x01" }, 5, NULL, "no LDAP" },
  { "ldap", { "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04" }, 11, NULL, "hung up" },
  { "ldap", { "HTTP/1.1 400\r\n" }, 0, NULL, "no LDAP" },
  /* PostgreSQL's protocol, SSLRequest */
  { "postgres", { "S" }, 0, "\xd2\x16/", NULL },
  { "postgres", { "N" }, 0, NULL, "“N”" },
  { "postgres", { "E" }, 0, NULL, "“E”" },
  { "postgres", { "SE" }, 0, NULL, "more than its answer" },
  /* RFC 6120 5.4 */
  { "xmpp", { "<?xml version='1.0'?><stream:stream version='1.0'>" FEATURES, PROCEED }, 0, STARTTLS, NULL },
  { "xmpp", { "<stream:stream>" FEATURES, "\n<tls:proceed xmlns:tls='urn:ietf:params:xml:ns:xmpp-tls'></tls:proceed>" }, 0, STARTTLS, NULL },
  { "xmpp", { "<stream:stream><stream:features/>" }, 0, NULL, "no TLS" },
  { "xmpp", { "<stream:stream><stream:error>" }, 0, NULL, "no TLS" },
  { "xmpp", { "<stream:stream>" FEATURES, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }, 0, NULL, "failure" },
  { "xmpp", { "<stream:stream>" FEATURES, "<notproceed/>" }, 0, NULL, "notproceed" },
  { "xmpp", { "<stream:stream>" FEATURES, PROCEED "<iq/>" }, 0, NULL, "more than its answer" },
};

static void
test_dialogue (gconstpointer data)
{
  const Case *c = data;
  gsize steps[] = { 1, 7, 4096 };
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      GString *told = talk (c->name, c->answers, c->size, steps[i], &error);
      if (c->told != NULL)
        {
          g_assert_no_error (error);
          gsize n = strlen (c->told);
          g_assert_cmpuint (told->len, >=, n);
          g_assert_cmpmem (told->str + told->len - n, n, c->told, n);
        }
      else if (strcmp (c->message, "more than its answer") == 0 && steps[i] < 4096)
        g_assert_true ((told != NULL) != (error != NULL)); /* what was not read yet, TLS will choke on */
      else
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FAILED);
          g_assert_nonnull (strstr (error->message, c->message));
          g_assert_true (g_str_has_prefix (error->message, c->name));
        }
      if (told != NULL)
        g_string_free (told, TRUE);
    }
}

/* Whatever comes without an end is cut off. */
static void
test_endless (void)
{
  static const char *const pieces[][2] = {
    { "smtp", "220-a\r\n" }, { "smtp", "220 aaaaaaaa" }, { "imap", "* OK\r\n" }, { "xmpp", "<a>" }, { "xmpp", "a" }
  };
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      GString *much = g_string_new (NULL);
      while (much->len < 100000)
        g_string_append (much, pieces[i][1]);
      const char *const answers[] = { much->str, NULL };
      g_autoptr (GError) error = NULL;
      g_assert_null (talk (pieces[i][0], answers, 0, 1000, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FAILED);
      g_assert_null (strstr (error->message, "hung up"));
      g_string_free (much, TRUE);
    }
}

/* Bytes by chance: an error, and nothing worse. */
static void
test_noise (void)
{
  static const char *const names[] = { "smtp", "imap", "ldap", "postgres", "xmpp" };
  for (guint round = 0; round < 2000; round++)
    {
      char noise[257];
      for (gsize i = 0; i < sizeof noise - 1; i++)
        noise[i] = (char) g_test_rand_int_range (0, 256);
      noise[sizeof noise - 1] = '\0';
      if (g_test_rand_bit ())
        noise[0] = '\x30';
      const char *const answers[] = { noise, NULL };
      g_autoptr (GError) error = NULL;
      GString *told = talk (names[round % G_N_ELEMENTS (names)], answers, sizeof noise - 1, 64, &error);
      g_assert_true ((told == NULL) == (error != NULL));
      if (told != NULL)
        g_string_free (told, TRUE);
    }
}

static void
test_table (void)
{
  g_autofree char *names = starttls_dup_names ();
  g_assert_cmpstr (names, ==, "smtp, imap, ldap, postgres, xmpp");
  g_assert_null (starttls_find ("gopher"));
  g_assert_cmpuint (starttls_get_port (starttls_find ("ldap")), ==, 389);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/starttls/%s/%zu", cases[i].name, i);
      g_test_add_data_func (path, &cases[i], test_dialogue);
    }
  g_test_add_func ("/starttls/endless", test_endless);
  g_test_add_func ("/starttls/noise", test_noise);
  g_test_add_func ("/starttls/table", test_table);
  return g_test_run ();
}
