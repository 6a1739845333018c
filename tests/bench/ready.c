/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* ready NAME MINIMUM COUNT COMMAND...: starts COMMAND and prints the milliseconds until it has NAME on the system bus and answered List with at least
 * MINIMUM anchors, one line for each of COUNT times. */
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

static gboolean owned;

static void
owner_changed (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member, GVariant *parameters,
               gpointer user_data)
{
  const char *owner = NULL;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &owner);
  owned = *owner != '\0';
}

static void
wait_until (gboolean wanted)
{
  while (owned != wanted)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  if (argc < 5 || bus == NULL)
    {
      g_printerr ("ready: %s\n", error != NULL ? error->message : "usage: ready NAME MINIMUM COUNT COMMAND...");
      return 2;
    }
  g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", NULL, argv[1],
                                      G_DBUS_SIGNAL_FLAGS_NONE, owner_changed, NULL, NULL);
  for (int run = 0; run < atoi (argv[3]); run++)
    {
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) anchors = NULL;
      gint64 start = g_get_monotonic_time ();
      GPid pid = 0;

      if (!g_spawn_async (NULL, argv + 4, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, NULL, NULL, &pid, &error))
        g_error ("%s", error->message);
      wait_until (TRUE);
      reply = g_dbus_connection_call_sync (bus, argv[1], "/org/anchord/Anchord1", "org.anchord.Anchord1.Anchors", "List",
                                           g_variant_new ("(a{sv}su)", NULL, "", 200), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, 60000, NULL, &error);
      if (reply == NULL)
        g_error ("%s", error->message);
      anchors = g_variant_get_child_value (reply, 1);
      if (g_variant_n_children (anchors) < (gsize) atol (argv[2]))
        g_error ("List has %" G_GSIZE_FORMAT " anchors", g_variant_n_children (anchors));
      g_print ("%.3f\n", (g_get_monotonic_time () - start) / 1000.0);
      kill (pid, SIGTERM);
      waitpid (pid, NULL, 0);
      wait_until (FALSE);
    }
  return 0;
}
