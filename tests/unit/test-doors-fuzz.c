/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever types and values come in by the bus: each door takes them or says what is wrong, and what it says can be shown. */
#include "tests/unit/doors-fixture.h"

#define ROUNDS 3000

/* Every key that any door knows, and some that none does. */
static const char *const keys[] = {
  "purposes",
  "label",
  "reason",
  "allow-expired",
  "allow-non-ca",
  "replace",
  "override-distrust",
  "permitted",
  "excluded",
  "distrust-after",
  "until",
  "accept-loss",
  "replaces",
  "retire",
  "keep-going",
  "clear-constraints",
  "certificates",
  "cert-only",
  "serial",
  "set-aside",
  "purpose",
  "layer",
  "status",
  "text",
  "name",
  "store",
  "inherit",
  "purge-owned",
  "",
  "Purposes",
  "coffee\u202e",
};

/* Words that mean something somewhere, or nearly. */
static const char *const words[] = {
  "server-auth",
  "1.2.3.4",
  "dns",
  "ip",
  "email",
  "uri",
  "directory",
  "corp.example",
  ".corp.example",
  "*.x",
  "10.0.0.0/8",
  "10.0.0.1/8",
  "2001:db8::/32",
  "O=Corp,C=DE",
  "#3000",
  "#30",
  "joe@corp.example",
  "",
  "system",
  "app/x",
  "app/../x",
  "0123456789abcdef",
  "\n",
  "\u202e",
  "\033[2J",
  "administrator",
  "all",
  "-1",
  "b\u00fccher.example",
};

static const char *
pick (const char *const *list, gsize n)
{
  return list[g_test_rand_int_range (0, (gint32) n)];
}

static const char *
pick_word (void)
{
  return pick (words, G_N_ELEMENTS (words));
}

static gint64
pick_number (void)
{
  const gint64 edges[] = { 0, 1, -1, G_MAXINT64, G_MININT64, G_GINT64_CONSTANT (253402300799), G_GINT64_CONSTANT (253402300800), 1798761600 };

  return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
}

static GVariant *
make_strings (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (gint i = g_test_rand_int_range (0, 4); i > 0; i--)
    g_variant_builder_add (&builder, "s", pick_word ());
  return g_variant_builder_end (&builder);
}

static GVariant *
make_subtrees (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  for (gint i = g_test_rand_int_range (0, 4); i > 0; i--)
    g_variant_builder_add (&builder, "{s@as}", pick_word (), make_strings ());
  return g_variant_builder_end (&builder);
}

static GVariant *
make_dates (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sx}"));
  for (gint i = g_test_rand_int_range (0, 4); i > 0; i--)
    g_variant_builder_add (&builder, "{sx}", pick_word (), pick_number ());
  return g_variant_builder_end (&builder);
}

static GVariant *
make_value (void)
{
  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      return g_variant_new_boolean (g_test_rand_bit ());
    case 1:
      return g_variant_new_int64 (pick_number ());
    case 2:
      return g_variant_new_uint32 ((guint32) g_test_rand_int ());
    case 3:
      return g_variant_new_double (g_test_rand_double ());
    case 4:
      return make_strings ();
    case 5:
      return make_subtrees ();
    case 6:
      return make_dates ();
    case 7:
      return g_variant_new_bytestring (pick_word ());
    case 8:
      return g_variant_new_variant (g_variant_new_string (pick_word ()));
    case 9:
      return g_variant_new ("(sas)", pick_word (), NULL);
    default:
      return g_variant_new_string (pick_word ());
    }
}

static GVariant *
make_options (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (gint i = g_test_rand_int_range (0, 5); i > 0; i--)
    g_variant_builder_add (&builder, "{sv}", pick (keys, G_N_ELEMENTS (keys)), make_value ());
  return g_variant_builder_end (&builder);
}

/* Something of one of the types that the doors take. */
static GVariant *
make_input (const GVariantType *type, GVariant *certificates)
{
  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARDICT))
    return make_options ();
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return g_variant_new_string (pick_word ());
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY))
    return make_strings ();
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    return g_test_rand_bit () ? g_variant_ref (certificates) : g_variant_new_bytestring (pick_word ());
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING_ARRAY))
    return g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, &certificates, g_test_rand_bit ());
  if (g_variant_type_equal (type, G_VARIANT_TYPE_UINT32))
    return g_variant_new_uint32 ((guint32) g_test_rand_int_range (0, 300));
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return g_variant_new_boolean (g_test_rand_bit ());
  if (g_variant_type_equal (type, G_VARIANT_TYPE_HANDLE))
    return g_variant_new_handle (g_test_rand_int_range (-1, 3));
  g_assert_true (g_variant_type_equal (type, G_VARIANT_TYPE_VARIANT));
  return g_variant_new_variant (g_variant_new ("(@as@a{sv})", make_strings (), make_options ()));
}

static GVariant *
make_parameters (const TrustDoor *door, GVariant *certificates)
{
  GVariantBuilder builder;
  const GVariantType *type = g_variant_type_first (G_VARIANT_TYPE (door->input));

  g_variant_builder_init (&builder, G_VARIANT_TYPE (door->input));
  for (; type != NULL; type = g_variant_type_next (type))
    g_variant_builder_add_value (&builder, make_input (type, certificates));
  return g_variant_builder_end (&builder);
}

static void
check_error (const TrustDoor *door, const GError *error)
{
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, TRUST_ERROR);
  if (!trust_text_is_plain (error->message, 0))
    g_test_message ("%s: %s", door->member, error->message);
  g_assert_true (trust_text_is_plain (error->message, 0));
}

static void
test_options (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Fuzz");
  g_autofree char *pem = test_certificate_dup_pem (root);
  g_autoptr (GVariant) certificates = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pem, strlen (pem), 1));
  guint taken = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      const TrustDoor *door = &trust_doors[g_test_rand_int_range (0, (gint32) trust_n_doors)];
      g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_autoptr (GVariant) parameters = NULL;
      g_auto (TrustDoorRequest) request = { NULL, NULL };
      g_autoptr (GError) error = NULL;
      GHashTableIter iter;
      gpointer text = NULL;

      if (door->kind != TRUST_DOOR_METHOD)
        continue;
      parameters = g_variant_ref_sink (make_parameters (door, certificates));
      if (!trust_door_parse (door, parameters, NULL, &request, &error))
        {
          check_error (door, error);
          continue;
        }
      taken++;
      if (door->describe == NULL)
        continue;
      if (!door->describe (&request, fixture->engine, details, &error))
        check_error (door, error);
      g_hash_table_iter_init (&iter, details);
      while (g_hash_table_iter_next (&iter, NULL, &text))
        g_assert_true (trust_text_is_plain (text, 0));
    }
  g_test_message ("%u of %u were taken", taken, ROUNDS);
  g_assert_cmpuint (taken, >, ROUNDS / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/fuzz/options", Fixture, NULL, set_up, test_options, tear_down);
  return g_test_run ();
}
