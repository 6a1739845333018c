/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/emitter.h"
#include "tests/lib/support.h"

#include <string.h>

static void
test_table (void)
{
  g_assert_true (trust_emitter_find ("pem-bundle") == &trust_emitter_pem_bundle);
  g_assert_true (trust_emitter_find ("openssl-dir") == &trust_emitter_openssl_dir);
  g_assert_null (trust_emitter_find ("jks"));
  g_assert_null (trust_emitter_find (""));
  g_assert_false (trust_emitter_pem_bundle.is_folder);
  g_assert_true (trust_emitter_openssl_dir.is_folder);
}

/* What comes out is what GnuTLS reads back as the same DER, in 64 columns (RFC 7468 section 2), and its length is known without
 * making it. */
static void
test_bytes (void)
{
  for (guint length = 1; length < 70; length++)
    {
      g_autofree char *filling = g_strnfill (length, 'x'), *dn = g_strconcat ("CN=", filling, NULL);
      g_autoptr (TestCertificate) made = test_certificate_new_root (dn);
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
      g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_VENDOR, "test", NULL, FALSE);
      g_autoptr (TrustAnchor) anchor = trust_anchor_new (made->certificate, settings, origin, NULL);
      g_autofree char *pem = test_certificate_dup_pem (made);

      for (guint i = 0; trust_emitters[i] != NULL; i++)
        {
          GString *out = NULL;

          if (trust_emitters[i] != &trust_emitter_pem_bundle && trust_emitters[i] != &trust_emitter_openssl_dir)
            continue;
          out = g_string_new ("before");
          trust_emitters[i]->emit (anchor, out);
          g_assert_cmpstr (out->str + strlen ("before"), ==, pem);
          g_assert_cmpuint (trust_emitters[i]->length (anchor), ==, strlen (pem));
          g_string_free (out, TRUE);
        }
    }
}

/* docs/formats.md, "What each can say": a row a format, a column a kind of TrustLossKind, with the words that the table has. */
static char *
make_row (const TrustEmitter *emitter)
{
  GString *row = g_string_new (NULL);

  g_string_append_printf (row, "| %s |", emitter->name);
  for (guint kind = 0; kind < TRUST_LOSS_LAST; kind++)
    g_string_append_printf (row, " %s |", (emitter->says & 1u << kind) != 0 ? "yes" : "-");
  return g_string_free (row, FALSE);
}

static void
test_documentation (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "formats.md", NULL);
  g_autofree char *text = NULL, *head = NULL;
  g_autoptr (GString) expected = g_string_new ("| format |");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  for (guint kind = 0; kind < TRUST_LOSS_LAST; kind++)
    g_string_append_printf (expected, " %s |", trust_loss_get_name (kind));
  g_assert_nonnull (strstr (text, expected->str));
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    {
      const TrustEmitter *emitter = trust_emitters[i];
      g_autofree char *row = make_row (emitter), *line = g_strconcat ("\n", row, "\n", NULL);
      g_autofree char *told = g_strconcat ("**", emitter->name, "**", NULL), *section = g_strconcat ("\n## ", emitter->name, NULL);

      if (strstr (text, line) == NULL)
        g_error ("docs/formats.md should have the row \"%s\"", row);
      if (strstr (text, told) == NULL && strstr (text, section) == NULL)
        g_error ("docs/formats.md should say who reads \"%s\", and how it is made", emitter->name);
      g_assert_cmpuint (strlen (emitter->description), >, 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emitters/table", test_table);
  g_test_add_func ("/emitters/bytes", test_bytes);
  g_test_add_func ("/emitters/documentation", test_documentation);
  return g_test_run ();
}
