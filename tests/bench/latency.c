/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* latency WHAT COUNT [ARGUMENT]: round trips on the system bus, in microseconds, one line each.
 *   ping     org.freedesktop.DBus.Peer.Ping of anchord
 *   bundle   GetBundle
 *   verify   Verify, chain after chain of the file ARGUMENT (made by make-chains)
 *   list     List of everything, page by page
 *   bare     the same content as one reply of the service ARGUMENT (empty-service)
 *   waiting  while another connection lists everything: each ping of this one */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <stdlib.h>
#include <string.h>

#define ANCHORD "org.anchord.Anchord1"
#define PATH "/org/anchord/Anchord1"
#define ANCHORS "org.anchord.Anchord1.Anchors"

typedef struct
{
  GDBusConnection *bus;
  const char *argument;
  GVariant *chains;
} Bench;

static GVariant *
call (GDBusConnection *bus, const char *name, const char *interface, const char *member, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_sync (bus, name, PATH, interface, member, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, 120000,
                                                                   NULL, &fds, NULL, &error);

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
  g_autoptr (GVariant) reply = call (bench->bus, bench->argument, ANCHORS, "More", g_variant_new ("(@aa{sv})", anchors));
}

static void
do_bare (Bench *bench, int run)
{
  g_autoptr (GVariant) reply = call (bench->bus, bench->argument, ANCHORS, "Reply", NULL);
}

static gpointer
keep_listing (gpointer stop)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                                 | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);

  while (!g_atomic_int_get ((int *) stop))
    list_all (bus, NULL, NULL);
  g_object_unref (bus);
  return NULL;
}

static const struct
{
  const char *name;
  void (*run) (Bench *bench, int run);
} jobs[] = { { "ping", do_ping }, { "bundle", do_bundle }, { "verify", do_verify }, { "list", do_list }, { "bare", do_bare }, { "waiting", do_ping } };

static void
prepare (Bench *bench, const char *what)
{
  g_autofree char *content = NULL;
  gsize size = 0;

  if (g_str_equal (what, "bare"))
    {
      g_autoptr (GVariant) reply = call (bench->bus, bench->argument, ANCHORS, "Keep", g_variant_new ("(aa{sv})", NULL));

      list_all (bench->bus, give_page, bench);
    }
  if (!g_str_equal (what, "verify"))
    return;
  if (!g_file_get_contents (bench->argument, &content, &size, NULL))
    g_error ("cannot read %s", bench->argument);
  bench->chains = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("aaay"), g_memdup2 (content, size), size, TRUE, NULL, NULL));
}

int
main (int argc, char **argv)
{
  Bench bench = { g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL), argc > 3 ? argv[3] : "", NULL };
  int stop = 0, count = argc > 2 ? atoi (argv[2]) : 0;
  GThread *lister = NULL;

  if (bench.bus == NULL || count == 0)
    return 2;
  prepare (&bench, argv[1]);
  if (g_str_equal (argv[1], "waiting"))
    {
      lister = g_thread_new ("lister", keep_listing, &stop);
      g_usleep (50000);
    }
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    for (int run = 0; run < count && g_str_equal (jobs[i].name, argv[1]); run++)
      {
        gint64 start = g_get_monotonic_time ();

        jobs[i].run (&bench, run);
        g_print ("%" G_GINT64_FORMAT "\n", g_get_monotonic_time () - start);
      }
  g_atomic_int_set (&stop, 1);
  if (lister != NULL)
    g_thread_join (lister);
  return 0;
}
