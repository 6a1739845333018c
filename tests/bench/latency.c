/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* latency WHAT[,WHAT]… COUNT [ARGUMENT]: round trips on the system bus, in microseconds, COUNT lines with one number for each
 * WHAT: what is compared takes turns, so that a busy machine slows both. ping org.freedesktop.DBus.Peer.Ping of anchord bundle
 * GetBundle verify Verify, chain after chain of the file ARGUMENT (made by make-chains) add Add of one certificate after the
 * other of the folder ARGUMENT list List of everything, page by page bare the same content as one reply of empty-service
 * waiting while another connection lists everything: each ping of this one
 *
 * latency clients COUNT ARGUMENT: verifications a second, of 8 connections at once, COUNT chains each. */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <stdlib.h>
#include <string.h>

#define ANCHORD "org.anchord.Anchord1"
#define EMPTY "org.anchord.BenchEmpty"
#define PATH "/org/anchord/Anchord1"
#define ANCHORS "org.anchord.Anchord1.Anchors"

typedef struct
{
  GDBusConnection *bus;
  const char *argument;
  GVariant *chains;
  GPtrArray *given; /* of GVariant "ay" */
} Bench;

static GVariant *
call (GDBusConnection *bus, const char *name, const char *interface, const char *member, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_sync (bus, name, PATH, interface, member, parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                                                                   120000, NULL, &fds, NULL, &error);

  if (reply == NULL)
    g_error ("%s: %s", member, error->message);
  return reply;
}

static void
do_ping (Bench *bench, int run)
{
  g_autoptr (GVariant) reply = call (bench->bus, ANCHORD, "org.freedesktop.DBus.Peer", "Ping", NULL);
}

static void
do_bundle (Bench *bench, int run)
{
  g_autoptr (GVariant) reply = call (bench->bus, ANCHORD, ANCHORS, "GetBundle", g_variant_new ("(sss)", "system", "server-auth", "pem-bundle"));
}

static void
do_verify (Bench *bench, int run)
{
  g_autoptr (GVariant) chain = g_variant_get_child_value (bench->chains, run);
  g_autoptr (GVariant) reply = NULL, verdict = NULL;
  GVariantBuilder options;
  gboolean trusted = FALSE;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "name", g_variant_new_string ("bench.example"));
  reply = call (bench->bus, ANCHORD, "org.anchord.Anchord1.Verifier", "Verify", g_variant_new ("(@aaya{sv})", chain, &options));
  verdict = g_variant_get_child_value (reply, 0);
  if (!g_variant_lookup (verdict, "trusted", "b", &trusted) || !trusted)
    g_error ("not trusted: %s", g_variant_print (verdict, FALSE));
}

static void
do_add (Bench *bench, int run)
{
  g_autoptr (GVariant) reply = call (bench->bus, ANCHORD, ANCHORS, "Add", g_variant_new ("(@aya{sv})", bench->given->pdata[run], NULL));
}

static void
read_given (Bench *bench)
{
  g_autoptr (GDir) dir = g_dir_open (bench->argument, 0, NULL);
  const char *name = NULL;

  bench->given = g_ptr_array_new ();
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (bench->argument, name, NULL);
      char *content = NULL;
      gsize size = 0;

      if (g_file_get_contents (path, &content, &size, NULL))
        g_ptr_array_add (bench->given, g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, content, size, TRUE, NULL, NULL)));
    }
}

typedef void (*TakePage) (gpointer user_data, GVariant *anchors);

static guint
list_all (GDBusConnection *bus, TakePage take, gpointer user_data)
{
  g_autofree char *after = g_strdup ("");
  guint count = 0;

  do
    {
      g_autoptr (GVariant) reply = call (bus, ANCHORD, ANCHORS, "List", g_variant_new ("(a{sv}su)", NULL, after, 0));
      g_autoptr (GVariant) anchors = g_variant_get_child_value (reply, 1);

      count += g_variant_n_children (anchors);
      g_free (after);
      g_variant_get_child (reply, 2, "s", &after);
      if (take != NULL)
        take (user_data, anchors);
    }
  while (*after != '\0');
  return count;
}

static void
do_list (Bench *bench, int run)
{
  if (list_all (bench->bus, NULL, NULL) == 0)
    g_error ("List is empty");
}

static void
give_page (gpointer user_data, GVariant *anchors)
{
  Bench *bench = user_data;
  g_autoptr (GVariant) reply = call (bench->bus, EMPTY, ANCHORS, "More", g_variant_new ("(@aa{sv})", anchors));
}

static void
do_bare (Bench *bench, int run)
{
  g_autoptr (GVariant) reply = call (bench->bus, EMPTY, ANCHORS, "Reply", NULL);
}

static gpointer
keep_listing (gpointer stop)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (address,
                                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                                     | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                                 NULL, NULL, NULL);

  while (!g_atomic_int_get ((int *) stop))
    list_all (bus, NULL, NULL);
  g_object_unref (bus);
  return NULL;
}

#define CLIENTS 8

typedef struct
{
  Bench bench;
  int first, count;
} Client;

static gpointer
keep_verifying (gpointer user_data)
{
  Client *client = user_data;

  for (int run = 0; run < client->count; run++)
    do_verify (&client->bench, client->first + run);
  return NULL;
}

static void
measure_clients (Bench *bench, int count)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  Client clients[CLIENTS];
  GThread *threads[CLIENTS];
  gint64 start;

  for (int i = 0; i < CLIENTS; i++)
    {
      GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;

      clients[i] = (Client) { .bench = *bench, .first = i * count, .count = count };
      clients[i].bench.bus = g_dbus_connection_new_for_address_sync (address, flags, NULL, NULL, NULL);
    }
  start = g_get_monotonic_time ();
  for (int i = 0; i < CLIENTS; i++)
    threads[i] = g_thread_new ("client", keep_verifying, &clients[i]);
  for (int i = 0; i < CLIENTS; i++)
    g_thread_join (threads[i]);
  g_print ("%.1f\n", CLIENTS * count * 1e6 / (double) (g_get_monotonic_time () - start));
}

static const struct
{
  const char *name;
  void (*run) (Bench *bench, int run);
} jobs[] = { { "ping", do_ping }, { "add", do_add },   { "bundle", do_bundle }, { "verify", do_verify },
             { "list", do_list }, { "bare", do_bare }, { "waiting", do_ping } };

static void
prepare (Bench *bench, const char *what)
{
  g_autofree char *content = NULL;
  gsize size = 0;

  if (g_str_equal (what, "bare"))
    {
      g_autoptr (GVariant) reply = call (bench->bus, EMPTY, ANCHORS, "Keep", g_variant_new ("(aa{sv})", NULL));

      list_all (bench->bus, give_page, bench);
    }
  if (g_str_equal (what, "add"))
    read_given (bench);
  if (!g_str_equal (what, "verify") && !g_str_equal (what, "clients"))
    return;
  if (!g_file_get_contents (bench->argument, &content, &size, NULL))
    g_error ("cannot read %s", bench->argument);
  bench->chains = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("aaay"), g_memdup2 (content, size), size, TRUE, NULL, NULL));
}

static void
run_jobs (Bench *bench, char **names, int run)
{
  for (guint n = 0; names[n] != NULL; n++)
    for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
      if (g_str_equal (jobs[i].name, names[n]))
        {
          gint64 start = g_get_monotonic_time ();

          jobs[i].run (bench, run);
          g_print ("%" G_GINT64_FORMAT "%s", g_get_monotonic_time () - start, names[n + 1] != NULL ? " " : "\n");
        }
}

int
main (int argc, char **argv)
{
  Bench bench = { g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL), argc > 3 ? argv[3] : "", NULL, NULL };
  int stop = 0, count = argc > 2 ? atoi (argv[2]) : 0;
  g_auto (GStrv) names = argc > 2 ? g_strsplit (argv[1], ",", -1) : NULL;
  GThread *lister = NULL;

  if (bench.bus == NULL || count == 0)
    return 2;
  for (guint n = 0; names[n] != NULL; n++)
    prepare (&bench, names[n]);
  if (g_str_equal (argv[1], "clients"))
    {
      measure_clients (&bench, count);
      return 0;
    }
  if (g_str_equal (argv[1], "waiting"))
    {
      lister = g_thread_new ("lister", keep_listing, &stop);
      g_usleep (50000);
    }
  for (int run = 0; run < count; run++)
    run_jobs (&bench, names, run);
  g_atomic_int_set (&stop, 1);
  if (lister != NULL)
    g_thread_join (lister);
  return 0;
}
