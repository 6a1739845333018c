/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* empty-service NAME: what a GDBus service with anchord's libraries costs that does nothing. It answers List with an empty
 * page, and Reply with the one value that Keep gave it: the bare reply of any size. */
#include <gio/gio.h>
#include <gnutls/gnutls.h>
#include <json-glib/json-glib.h>
#include <polkit/polkit.h>
#include <systemd/sd-daemon.h>

static const char xml[] = "<node><interface name='org.anchord.Anchord1.Anchors'>"
                          "<method name='List'><arg type='a{sv}' direction='in'/><arg type='s' direction='in'/><arg type='u' direction='in'/>"
                          "<arg type='t' direction='out'/><arg type='aa{sv}' direction='out'/><arg type='s' direction='out'/></method>"
                          "<method name='Keep'><arg type='aa{sv}' direction='in'/></method>"
                          "<method name='More'><arg type='aa{sv}' direction='in'/></method>"
                          "<method name='Reply'><arg type='aa{sv}' direction='out'/></method>"
                          "</interface></node>";

static GVariant *kept;

static void
keep (GVariant *value, gboolean more)
{
  GVariantBuilder builder;
  GVariantIter iter;
  GVariant *child = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (int part = more && kept != NULL ? 0 : 1; part < 2; part++)
    {
      g_variant_iter_init (&iter, part == 0 ? kept : value);
      while ((child = g_variant_iter_next_value (&iter)) != NULL)
        {
          g_variant_builder_add_value (&builder, child);
          g_variant_unref (child);
        }
    }
  g_clear_pointer (&kept, g_variant_unref);
  kept = g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
method_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *member, GVariant *parameters,
             GDBusMethodInvocation *invocation, gpointer user_data)
{
  if (g_str_equal (member, "Reply") && kept != NULL)
    return g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@aa{sv})", kept));
  if (g_str_equal (member, "Keep") || g_str_equal (member, "More"))
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (parameters, 0);

      keep (value, g_str_equal (member, "More"));
      return g_dbus_method_invocation_return_value (invocation, NULL);
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(taa{sv}s)", (guint64) 0, NULL, ""));
}

static void
bus_acquired (GDBusConnection *connection, const char *name, gpointer node)
{
  static const GDBusInterfaceVTable vtable = { .method_call = method_call };

  g_dbus_connection_register_object (connection, "/org/anchord/Anchord1", ((GDBusNodeInfo *) node)->interfaces[0], &vtable, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);

  if (argc != 2)
    return 2;
  /* One call into each library, so that the linker keeps it. */
  if (gnutls_check_version (NULL) == NULL || json_node_get_type () == 0 || polkit_subject_get_type () == 0 || sd_booted () < 0)
    return 1;
  g_bus_own_name (G_BUS_TYPE_SYSTEM, argv[1], G_BUS_NAME_OWNER_FLAGS_NONE, bus_acquired, NULL, NULL, node, NULL);
  g_main_loop_run (loop);
  return 0;
}
