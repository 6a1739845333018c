/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* trust-sdbus: is a chain trusted? Through sd-bus, without GLib. docs/integration/c.md tells it part by part.
 * Exit codes: 0 trusted, 1 an error, 2 wrong usage, 3 not trusted, 5 anchord is not on this machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define MAX_CHAIN 128
#define MAX_DER 65536
#define SECONDS 1000000ull

enum
{
  TRUSTED,
  FAILED,
  USAGE,
  NOT_TRUSTED,
  NOT_HERE = 5
};

typedef struct
{
  unsigned char bytes[MAX_DER];
  size_t size;
} Der;

/* begin: sdbus-call */
/* Verify (aay chain, a{sv} options) → a{sv} verdict. */
static int
ask (sd_bus *bus, const Der *chain, size_t n, const char *name, sd_bus_message **reply, sd_bus_error *error)
{
  sd_bus_message *call = NULL;
  int r = sd_bus_message_new_method_call (bus, &call, "org.anchord.Anchord1", "/org/anchord/Anchord1", "org.anchord.Anchord1.Verifier", "Verify");

  if (r >= 0)
    r = sd_bus_message_open_container (call, 'a', "ay");
  for (size_t i = 0; r >= 0 && i < n; i++)
    r = sd_bus_message_append_array (call, 'y', chain[i].bytes, chain[i].size);
  if (r >= 0)
    r = sd_bus_message_close_container (call);
  if (r >= 0)
    r = sd_bus_message_append (call, "a{sv}", 2, "purpose", "s", "server-auth", "name", "s", name);
  if (r >= 0)
    r = sd_bus_call (bus, call, 30 * SECONDS, error, reply);
  sd_bus_message_unref (call);
  return r;
}
/* end: sdbus-call */

/* begin: sdbus-verdict */
/* Only a `trusted` that is there, and true, is trust. */
static int
read_verdict (sd_bus_message *reply)
{
  const char *key = NULL, *type = NULL, *reason = "", *message = "";
  int trusted = 0, r = sd_bus_message_enter_container (reply, 'a', "{sv}");

  while (r >= 0 && (r = sd_bus_message_enter_container (reply, 'e', "sv")) > 0)
    {
      sd_bus_message_read (reply, "s", &key);
      sd_bus_message_peek_type (reply, NULL, &type);
      if (strcmp (key, "trusted") == 0 && strcmp (type, "b") == 0)
        r = sd_bus_message_read (reply, "v", "b", &trusted);
      else if (strcmp (key, "reason") == 0 && strcmp (type, "s") == 0)
        r = sd_bus_message_read (reply, "v", "s", &reason);
      else if (strcmp (key, "message") == 0 && strcmp (type, "s") == 0)
        r = sd_bus_message_read (reply, "v", "s", &message);
      else
        r = sd_bus_message_skip (reply, "v");
      if (r >= 0)
        r = sd_bus_message_exit_container (reply);
    }
  if (r < 0)
    return FAILED;
  if (trusted)
    return puts ("trusted"), TRUSTED;
  printf ("not trusted: %s: %s\n", reason, message);
  return NOT_TRUSTED;
}
/* end: sdbus-verdict */

/* One DER file a certificate: `openssl x509 -in leaf.pem -outform DER -out leaf.der`. */
static int
read_der (const char *path, Der *out)
{
  FILE *file = fopen (path, "rb");

  if (file == NULL)
    return -1;
  out->size = fread (out->bytes, 1, sizeof out->bytes, file);
  fclose (file);
  return out->size > 0 ? 0 : -1;
}

int
main (int argc, char **argv)
{
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message *reply = NULL;
  sd_bus *bus = NULL;
  size_t n = argc > 2 ? (size_t) argc - 2 : 0;
  Der *chain = n > 0 && n <= MAX_CHAIN ? calloc (n, sizeof *chain) : NULL;
  int result = FAILED;

  if (chain == NULL)
    return fprintf (stderr, "usage: trust-sdbus NAME LEAF.der [INTERMEDIATE.der]...\n"), USAGE;
  for (size_t i = 0; i < n; i++)
    if (read_der (argv[i + 2], &chain[i]) < 0)
      return perror (argv[i + 2]), FAILED;
  if (sd_bus_open_system (&bus) < 0)
    result = NOT_HERE;
  else if (ask (bus, chain, n, argv[1], &reply, &error) >= 0)
    result = read_verdict (reply);
  else
    {
      fprintf (stderr, "trust-sdbus: %s: %s\n", error.name != NULL ? error.name : "no answer", error.message != NULL ? error.message : "");
      result = sd_bus_error_has_name (&error, SD_BUS_ERROR_SERVICE_UNKNOWN) ? NOT_HERE : FAILED;
    }
  sd_bus_message_unref (reply);
  sd_bus_error_free (&error);
  sd_bus_flush_close_unref (bus);
  free (chain);
  return result;
}
