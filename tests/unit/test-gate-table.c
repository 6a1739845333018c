/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/quota.h"
#include "dbus/errors.h"
#include "dbus/introspection.h"
#include "dbus/names.h"
#include "facade/door.h"

#include <gio/gio.h>

static GDBusNodeInfo *
read_xml (void)
{
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (anchord_introspection_xml, &error);

  g_assert_no_error (error);
  return node;
}

static char *
join_signature (GDBusArgInfo **arguments)
{
  GString *text = g_string_new ("(");

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_string_append (text, arguments[i]->signature);
  return g_string_free (g_string_append_c (text, ')'), FALSE);
}

/* Each method and property of the XML has exactly one row, of the XML's type. */
static void
test_xml_has_rows (void)
{
  g_autoptr (GDBusNodeInfo) node = read_xml ();
  guint seen = 0;

  g_assert_cmpstr (node->path, ==, ANCHORD_OBJECT_PATH);
  for (guint i = 0; node->interfaces[i] != NULL; i++)
    {
      const GDBusInterfaceInfo *interface = node->interfaces[i];

      g_assert_true (g_str_has_prefix (interface->name, ANCHORD_INTERFACE_PREFIX));

      const char *name = interface->name + strlen (ANCHORD_INTERFACE_PREFIX);

      for (guint m = 0; interface->methods != NULL && interface->methods[m] != NULL; m++, seen++)
        {
          const TrustDoor *door = trust_door_find (TRUST_DOOR_METHOD, name, interface->methods[m]->name);
          g_autofree char *input = join_signature (interface->methods[m]->in_args);

          g_assert_nonnull (door);
          g_assert_cmpstr (door->input, ==, input);
        }
      for (guint p = 0; interface->properties != NULL && interface->properties[p] != NULL; p++, seen++)
        {
          g_assert_nonnull (trust_door_find (TRUST_DOOR_PROPERTY, name, interface->properties[p]->name));
          g_assert_cmpint (interface->properties[p]->flags, ==, G_DBUS_PROPERTY_INFO_FLAGS_READABLE);
        }
    }
  g_assert_cmpuint (seen, ==, trust_n_doors);
}

/* Each row is in the XML, and is put together so that nothing passes unasked. */
static void
test_rows_are_sound (void)
{
  g_autoptr (GDBusNodeInfo) node = read_xml ();

  for (guint i = 0; i < trust_n_doors; i++)
    {
      const TrustDoor *door = &trust_doors[i];
      g_autofree char *name = g_strconcat (ANCHORD_INTERFACE_PREFIX, door->interface, NULL);
      GDBusInterfaceInfo *interface = g_dbus_node_info_lookup_interface (node, name);

      g_assert_nonnull (interface);
      g_assert_true (trust_door_find (door->kind, door->interface, door->member) == door);
      g_assert_nonnull (door->handle);
      if (door->kind == TRUST_DOOR_METHOD)
        g_assert_nonnull (g_dbus_interface_info_lookup_method (interface, door->member));
      else
        g_assert_nonnull (g_dbus_interface_info_lookup_property (interface, door->member));
      /* What changes anything runs in the writer, is parsed and described first; what only reads does not. */
      g_assert_cmpint (door->action != NULL, ==, door->place == TRUST_DOOR_WRITER);
      g_assert_cmpint (door->action != NULL, ==, door->describe != NULL);
      if (door->action != NULL)
        g_assert_nonnull (door->parse);
      if (door->kind == TRUST_DOOR_PROPERTY)
        g_assert_cmpint (door->place, ==, TRUST_DOOR_MAIN);
    }
}

static void
test_default_deny (void)
{
  g_assert_null (trust_door_find (TRUST_DOOR_METHOD, "Anchors", "Generation"));
  g_assert_null (trust_door_find (TRUST_DOOR_PROPERTY, "Anchors", "Add"));
  g_assert_null (trust_door_find (TRUST_DOOR_METHOD, "Verifier", "Add"));
  g_assert_null (trust_door_find (TRUST_DOOR_METHOD, "Anchors", "add"));
  g_assert_null (trust_door_find (TRUST_DOOR_METHOD, "", ""));
  g_assert_null (trust_door_find (TRUST_DOOR_METHOD, NULL, NULL));
}

/* The text between "<TAG>" and "</TAG>" after AT. */
static char *
read_default (const char *at, const char *tag)
{
  g_autofree char *open = g_strdup_printf ("<%s>", tag);
  const char *begin = strstr (at, open);

  g_assert_nonnull (begin);
  begin += strlen (open);
  return g_strndup (begin, strcspn (begin, "<"));
}

/* Each action of the table is in the policy; whoever is not at the machine is never asked for less. */
static void
test_policy (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "org.anchord.Anchord1.policy", NULL);
  g_autofree char *policy = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &policy, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < trust_n_doors; i++)
    {
      g_autofree char *head = g_strdup_printf ("<action id=\"%s\">", trust_doors[i].action);
      const char *action = trust_doors[i].action != NULL ? strstr (policy, head) : policy;

      g_assert_nonnull (action);
      if (trust_doors[i].action == NULL)
        continue;

      g_autofree char *any = read_default (action, "allow_any");
      g_autofree char *inactive = read_default (action, "allow_inactive");
      g_autofree char *active = read_default (action, "allow_active");

      /* Asking changes nothing: everybody may. */
      gboolean open = g_str_has_suffix (trust_doors[i].action, ".request");
      /* A kept authorization is for the action, not for one certificate: only for what takes trust away. */
      gboolean kept = g_str_has_suffix (trust_doors[i].action, ".remove") || g_str_has_suffix (trust_doors[i].action, ".distrust");

      g_assert_cmpstr (any, ==, open ? "yes" : "auth_admin");
      g_assert_cmpstr (inactive, ==, open ? "yes" : "auth_admin");
      g_assert_cmpstr (active, ==, open ? "yes" : kept ? "auth_admin_keep" : "auth_admin");
    }
}

static void
test_errors (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  anchord_errors_register ();
  for (guint i = 0; i < TRUST_ERROR_LAST; i++)
    {
      g_autoptr (GError) error = g_error_new_literal (TRUST_ERROR, (int) i, "what happened");
      char *name = g_dbus_error_encode_gerror (error);
      g_autoptr (GError) back = g_dbus_error_new_for_dbus_error (name, "what happened");

      g_assert_true (g_str_has_prefix (name, ANCHORD_INTERFACE_PREFIX "Error."));
      g_assert_error (back, TRUST_ERROR, (int) i);
      g_assert_true (g_hash_table_add (names, name));
    }
}

static void
test_quota (void)
{
  g_autoptr (TrustQuota) quota = trust_quota_new (5, 2);

  g_assert_true (trust_quota_take (quota, 1000, 1));
  g_assert_true (trust_quota_take (quota, 1000, 1));
  g_assert_false (trust_quota_take (quota, 1000, 1));
  g_assert_true (trust_quota_take (quota, 1001, 2));
  g_assert_true (trust_quota_take (quota, 1002, 1));
  /* Who has nothing there gets in all the same, once, and not with something heavy. */
  g_assert_false (trust_quota_take (quota, 1003, 2));
  g_assert_true (trust_quota_take (quota, 1003, 1));
  g_assert_false (trust_quota_take (quota, 1003, 1));
  /* Others can't crowd root out, nor root others; it is bounded by the total. */
  g_assert_true (trust_quota_take (quota, 0, 4));
  g_assert_false (trust_quota_take (quota, 0, 2));
  g_assert_true (trust_quota_take (quota, 0, 1));
  trust_quota_give (quota, 0, 5);
  trust_quota_give (quota, 1003, 1);
  trust_quota_give (quota, 1000, 1);
  /* A heavy one needs all its room at once. */
  g_assert_false (trust_quota_take (quota, 1003, 2));
  trust_quota_give (quota, 1002, 1);
  g_assert_true (trust_quota_take (quota, 1003, 2));
  g_assert_false (trust_quota_take (quota, 1000, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gate-table/xml-has-rows", test_xml_has_rows);
  g_test_add_func ("/gate-table/rows-are-sound", test_rows_are_sound);
  g_test_add_func ("/gate-table/default-deny", test_default_deny);
  g_test_add_func ("/gate-table/policy", test_policy);
  g_test_add_func ("/gate-table/errors", test_errors);
  g_test_add_func ("/gate-table/quota", test_quota);
  return g_test_run ();
}
