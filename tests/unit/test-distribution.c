/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/distribution.h"
#include "tests/lib/support.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  const char *os_release;
  const char *tool;
  TrustDistributionKind expected;
} Case;

static const Case cases[] = {
  { "ID=debian\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_DEBIAN },
  { "ID=ubuntu\nID_LIKE=debian\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_DEBIAN },
  { "ID=\"linuxmint\"\nID_LIKE=\"ubuntu debian\"\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_DEBIAN },
  { "ID='debian'\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_DEBIAN },
  { "ID=alpine\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_ALPINE },
  { "ID=postmarketos\nID_LIKE=alpine\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_ALPINE },
  { "# ID=alpine\n  ID=debian  \n", "/sbin/update-ca-certificates", TRUST_DISTRIBUTION_DEBIAN },
  { "ID=fedora\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_FEDORA },
  { "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_FEDORA },
  { "ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_SUSE },
  { "ID=opensuse-leap\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_SUSE },
  { "ID=sles\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_SUSE },
  { "ID=arch\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_ARCH },
  { "ID=manjaro\nID_LIKE=arch\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_ARCH },
  /* A tool of that name that is another's, or none. */
  { "ID=alpine\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_NONE },
  { "ID=nixos\nID_LIKE=debian\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "ID=debian\n", "/usr/bin/update-ca-trust", TRUST_DISTRIBUTION_NONE },
  { "ID=fedora\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "ID=debian\n", NULL, TRUST_DISTRIBUTION_NONE },
  { "ID=gentoo\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "XID=debian\nIDENTITY=debian\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "ID=\"debian\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
  { "ID_LIKE=\n", "/usr/sbin/update-ca-certificates", TRUST_DISTRIBUTION_NONE },
};

static TrustDistributionKind
detect (const char *scratch)
{
  g_autoptr (TrustRoot) root = trust_root_new (scratch, NULL);

  g_assert_nonnull (root);
  return trust_distribution_detect (root);
}

static void
put_tool (const char *scratch, const char *path, mode_t mode)
{
  g_autofree char *full = g_build_filename (scratch, path, NULL);

  test_scratch_write (scratch, path, "#!/bin/sh\n", -1);
  g_assert_cmpint (chmod (full, mode), ==, 0);
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *scratch = test_scratch_new ();

      g_test_message ("%s with %s", cases[i].os_release, cases[i].tool != NULL ? cases[i].tool : "no tool");
      test_scratch_write (scratch, "etc/os-release", cases[i].os_release, -1);
      if (cases[i].tool != NULL)
        put_tool (scratch, cases[i].tool, 0755);
      g_assert_cmpstr (trust_distribution_get_name (detect (scratch)), ==, trust_distribution_get_name (cases[i].expected));
      test_scratch_remove (scratch);
    }
}

static void
test_tool_must_be_executable (void)
{
  g_autofree char *scratch = test_scratch_new ();
  g_autofree char *folder = g_build_filename (scratch, "usr/sbin/update-ca-certificates", NULL);

  test_scratch_write (scratch, "etc/os-release", "ID=debian\n", -1);
  put_tool (scratch, "usr/sbin/update-ca-certificates", 0644);
  g_assert_cmpint (detect (scratch), ==, TRUST_DISTRIBUTION_NONE);
  g_assert_cmpint (unlink (folder), ==, 0);
  g_assert_cmpint (mkdir (folder, 0755), ==, 0);
  g_assert_cmpint (detect (scratch), ==, TRUST_DISTRIBUTION_NONE);
  test_scratch_remove (scratch);
}

/* On a merged /usr, /sbin is a link; os-release usually is one as well, sometimes absolute. */
static void
test_links (void)
{
  g_autofree char *scratch = test_scratch_new ();
  g_autofree char *sbin = g_build_filename (scratch, "sbin", NULL), *release = g_build_filename (scratch, "etc/os-release", NULL);

  test_scratch_write (scratch, "usr/lib/os-release", "ID=debian\n", -1);
  test_scratch_write (scratch, "etc/hostname", "x\n", -1);
  put_tool (scratch, "usr/sbin/update-ca-certificates", 0755);
  g_assert_cmpint (symlink ("usr/sbin", sbin), ==, 0);
  /* No /etc/os-release: the one in /usr/lib counts. */
  g_assert_cmpint (detect (scratch), ==, TRUST_DISTRIBUTION_DEBIAN);
  g_assert_cmpint (symlink ("/usr/lib/os-release", release), ==, 0);
  g_assert_cmpint (detect (scratch), ==, TRUST_DISTRIBUTION_DEBIAN);
  test_scratch_remove (scratch);
}

static void
test_folders_say_nothing (void)
{
  g_autofree char *scratch = test_scratch_new ();

  test_scratch_write (scratch, "etc/pki/ca-trust/source/anchors/x.pem", "x", -1);
  test_scratch_write (scratch, "usr/share/ca-certificates/mozilla/x.crt", "x", -1);
  put_tool (scratch, "usr/bin/update-ca-trust", 0755);
  g_assert_cmpint (detect (scratch), ==, TRUST_DISTRIBUTION_NONE);
  test_scratch_remove (scratch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribution/table", test_table);
  g_test_add_func ("/distribution/tool-must-be-executable", test_tool_must_be_executable);
  g_test_add_func ("/distribution/links", test_links);
  g_test_add_func ("/distribution/folders-say-nothing", test_folders_say_nothing);
  return g_test_run ();
}
