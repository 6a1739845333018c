/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Export: what the administrator's own files say, whatever is effective. */
#include "core/anchor-file.h"
#include "tests/unit/doors-fixture.h"

#include <glib/gstdio.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What comes out: aay. Returns: (transfer full). */
static GVariant *export(Fixture *fixture)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  guint64 size = G_MAXUINT64, generation = 0;

  pass (fixture, "Export", g_variant_new ("()"), NULL, &reply, &error);
  g_assert_no_error (error);
  g_variant_get (reply.reply, "(htt)", NULL, &size, &generation);

  int fd = g_unix_fd_list_get (reply.fds, 0, &error);
  g_autofree char *data = g_malloc0 (size + 1);

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GET_SEALS) & (F_SEAL_WRITE | F_SEAL_SHRINK), ==, F_SEAL_WRITE | F_SEAL_SHRINK);
  g_assert_cmpint (pread (fd, data, size, 0), ==, (int) size);
  close (fd);

  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  GVariant *files = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("aay"), bytes, FALSE));

  g_assert_true (g_variant_is_normal_form (files));
  return files;
}

/* File N as text. Returns: (transfer full). */
static char *
text_of (GVariant *files, gsize n)
{
  g_autoptr (GVariant) file = g_variant_get_child_value (files, n);

  return g_strndup (g_variant_get_data (file), g_variant_get_size (file));
}

/* The one file that holds WORD. Returns: (transfer full) (nullable). */
static char *
find (GVariant *files, const char *word)
{
  for (gsize i = 0; i < g_variant_n_children (files); i++)
    {
      g_autofree char *text = text_of (files, i);

      if (strstr (text, word) != NULL)
        return g_steal_pointer (&text);
    }
  return NULL;
}

static void
test_nothing (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GVariant) files = export(fixture);

  g_assert_cmpuint (g_variant_n_children (files), ==, 0);
}

/* Label and reason belong to the entry; who added it and when belongs to the machine. */
static void
test_anchor (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new_root ("CN=Exported");

  add (fixture, certificate);

  g_autoptr (GVariant) files = export(fixture);
  g_autofree char *text = text_of (files, 0);

  g_assert_cmpuint (g_variant_n_children (files), ==, 1);
  g_assert_nonnull (strstr (text, "Label=Mine\n"));
  g_assert_nonnull (strstr (text, "Reason=a test\n"));
  g_assert_null (strstr (text, "Added"));
}

/* A distrust says more than List tells: which of key, serial and certificate it names. */
static void
test_distrust (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) by_key = test_certificate_new_root ("CN=By key");
  g_autoptr (TestCertificate) alone = test_certificate_new_root ("CN=Alone");
  g_autofree char *hex = hex_of (by_key);
  g_autofree char *other = hex_of (alone);
  const char *const marks[] = { hex, other };

  add (fixture, by_key);
  add (fixture, alone);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_auto (TrustDoorReply) reply = { NULL, NULL };
      g_autoptr (GError) error = NULL;
      const char *const one[] = { marks[i], NULL };

      const char *options = i == 0 ? "@a{sv} {}" : "{'cert-only': <true>}";

      pass (fixture, "Distrust", g_variant_new ("(^as@a{sv})", one, g_variant_new_parsed (options)), NULL, &reply, &error);
      g_assert_no_error (error);
    }

  g_autoptr (GVariant) files = export(fixture);
  g_autofree char *whole = find (files, hex);
  g_autofree char *narrow = find (files, other);

  g_assert_cmpuint (g_variant_n_children (files), ==, 2);
  g_assert_nonnull (strstr (whole, "KeySHA256="));
  g_assert_null (strstr (narrow, "KeySHA256="));
}

/* Two files for one certificate: one file, of what both allow. What a distrust beside it refuses is exported all the same. */
static void
test_dropped (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new_root ("CN=Dropped");
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  g_autofree char *hex = hex_of (certificate);
  g_autofree char *folder = g_build_filename (fixture->scratch, "etc/anchord/anchors.d", NULL);
  g_autofree char *wide = g_strdup_printf ("[Anchor]\nVersion=1\n[Trust]\nPurposes=server-auth;email-protection;\n%s", pem);
  g_autofree char *narrow = g_strdup_printf ("[Anchor]\nVersion=1\n[Trust]\nPurposes=server-auth;client-auth;\n%s", pem);
  g_autofree char *refusal = g_strdup_printf ("[Distrust]\nVersion=1\nSHA256=%s\n", hex);
  const struct
  {
    const char *name;
    const char *text;
  } dropped[] = { { "a.anchor", wide }, { "b.anchor", narrow }, { "c.distrust", refusal }, { "d.anchor", "[Anchor]\nVersion=1\nnonsense\n" } };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (dropped); i++)
    {
      g_autofree char *path = g_build_filename (folder, dropped[i].name, NULL);

      g_assert_true (g_file_set_contents (path, dropped[i].text, -1, NULL));
      g_assert_cmpint (chmod (path, 0644), ==, 0);
    }
  trust_engine_refresh (fixture->engine, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (GVariant) files = export(fixture);
  g_autofree char *anchor = find (files, "[Anchor]");
  g_autofree char *distrust = find (files, "[Distrust]");

  g_assert_cmpuint (g_variant_n_children (files), ==, 2);
  g_assert_nonnull (strstr (anchor, "Purposes=server-auth;\n"));
  g_assert_nonnull (strstr (distrust, hex));
}

/* Which file a descriptor is of. */
static guint64
get_inode (Fixture *fixture)
{
  g_auto (TrustDoorReply) reply = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  struct stat st;

  pass (fixture, "Export", g_variant_new ("()"), NULL, &reply, &error);
  g_assert_no_error (error);

  int fd = g_unix_fd_list_get (reply.fds, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fstat (fd, &st), ==, 0);
  g_assert_cmpint (write (fd, "x", 1), ==, -1);
  close (fd);
  return st.st_ino;
}

/* It is the service's memory for as long as a caller holds it: a second call must not cost it again. */
static void
test_shared (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new_root ("CN=Shared");
  g_autoptr (TestCertificate) other = test_certificate_new_root ("CN=Other");
  guint64 before = 0;

  add (fixture, certificate);
  before = get_inode (fixture);
  g_assert_cmpuint (get_inode (fixture), ==, before);
  trust_doors_give_back_memory (fixture->engine);
  g_assert_cmpuint (get_inode (fixture), ==, before);

  add (fixture, other);
  trust_doors_give_back_memory (fixture->engine);

  g_autoptr (GVariant) files = export(fixture);

  g_assert_cmpuint (g_variant_n_children (files), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/doors/export/nothing", Fixture, NULL, set_up, test_nothing, tear_down);
  g_test_add ("/doors/export/anchor", Fixture, NULL, set_up, test_anchor, tear_down);
  g_test_add ("/doors/export/distrust", Fixture, NULL, set_up, test_distrust, tear_down);
  g_test_add ("/doors/export/dropped", Fixture, NULL, set_up, test_dropped, tear_down);
  g_test_add ("/doors/export/shared", Fixture, NULL, set_up, test_shared, tear_down);
  return g_test_run ();
}
