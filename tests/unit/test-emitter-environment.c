/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables and containerd's hosts.toml: what no shell and no parser can read otherwise than it is meant. */
#include "core/error.h"
#include "tests/unit/emitter-fixture.h"

static TestCertificate *root;

static EmitterFixture *
prepare (const char *variables, const char *value)
{
  EmitterFixture *fixture = emitter_fixture_new ();

  emitter_fixture_add (fixture, root, TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_set_option (fixture, "Variables", variables);
  emitter_fixture_set_option (fixture, "Value", value);
  return fixture;
}

/* The lines behind the head. */
static const char *
behind_head (const char *text)
{
  g_assert_true (g_str_has_prefix (text, "# "));
  return strchr (text, '\n') + 1;
}

static void
test_lines (void)
{
  static const char *const spelt[] = { "NODE_EXTRA_CA_CERTS;PIP_CERT", "NODE_EXTRA_CA_CERTS;PIP_CERT;" };

  for (guint i = 0; i < G_N_ELEMENTS (spelt); i++)
    {
      g_autoptr (EmitterFixture) fixture = prepare (spelt[i], "/var/lib/anchord/a-b_c.pem");
      g_autofree char *environment = emitter_fixture_write (fixture, &trust_emitter_environment, NULL, NULL);
      g_autofree char *profile = emitter_fixture_write (fixture, &trust_emitter_profile, NULL, NULL);
      g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

      g_assert_cmpstr (behind_head (environment), ==, "NODE_EXTRA_CA_CERTS=/var/lib/anchord/a-b_c.pem\nPIP_CERT=/var/lib/anchord/a-b_c.pem\n");
      g_assert_cmpstr (behind_head (profile), ==,
                       "export NODE_EXTRA_CA_CERTS=/var/lib/anchord/a-b_c.pem\n"
                       "export PIP_CERT=/var/lib/anchord/a-b_c.pem\n");
      g_assert_true (trust_emitter_environment.read (environment, strlen (environment), found));
      g_assert_true (trust_emitter_profile.read (profile, strlen (profile), found));
      g_assert_false (trust_emitter_environment.read (profile, strlen (profile), found));
      g_assert_false (trust_emitter_profile.read (environment, strlen (environment), found));
      g_assert_cmpuint (found->len, ==, 0);
    }
}

/* A real shell takes the lines as they are meant. */
static void
test_shell (void)
{
  g_autoptr (EmitterFixture) fixture = prepare ("AWS_CA_BUNDLE;CURL_CA_BUNDLE", "/etc/ssl/a@b+c.pem");
  g_autofree char *profile = emitter_fixture_write (fixture, &trust_emitter_profile, NULL, NULL), *out = NULL;
  g_autofree char *script = g_strconcat (profile, "env -u PWD -u OLDPWD -u _ -u SHLVL\n", NULL);
  const char *const argv[] = { "/bin/sh", "-eu", "-c", script, NULL }, *environment[] = { "PATH=/usr/bin:/bin", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, (char **) environment, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, &error));
  g_assert_nonnull (strstr (out, "AWS_CA_BUNDLE=/etc/ssl/a@b+c.pem\n"));
  g_assert_nonnull (strstr (out, "CURL_CA_BUNDLE=/etc/ssl/a@b+c.pem\n"));
}

static void
test_faults (void)
{
  static const char *const bad_paths[] = { "",     "/",    "a/b",  "/a/",   "/a//b", "/a/../b",   "/a/..",   "/a/./b", "/a/.",
                                           "/a b", "/a;b", "/a$b", "/a`b`", "/a'b",  "/a\"b",     "/a\\b",   "/a\nb",  "/a%b",
                                           "/a*b", "/a~b", "/a#b", "/a=b",  "/a:b",  "/\xc3\xa4", "$HOME/a", "~/a",    "/a\x7f" };
  static const char *const good_paths[] = {
    "/a", "/etc/ssl/certs/ca-certificates.crt", "/var/lib/anchord/published/current/tls-ca-bundle.pem", "/a/..b", "/a/b..", "/@+_-"
  };
  static const char *const bad_names[] = { "",         ";",   "A;;B", ";A",       "A;A",        "1A",
                                           "A-B",      "A B", "A=B",  "A;$B",     "LD_PRELOAD", "LD_LIBRARY_PATH;A",
                                           "PATH",     "IFS", "ENV",  "BASH_ENV", "HOME",       "A\n",
                                           "\xc3\x84", "A;;" };
  static const char *const good_names[] = { "A", "A;B", "A;B;", "_a1", "SSL_CERT_FILE;PIP_CERT", "npm_config_cafile" };
  const TrustEmitterOption *names = emitter_find_option (&trust_emitter_environment, "Variables");
  const TrustEmitterOption *value = emitter_find_option (&trust_emitter_profile, "Value");
  g_autoptr (GString) many = g_string_new ("A");
  g_autofree char *name = g_strnfill (65, 'A'), *path = g_strnfill (513, '/');

  g_assert_true (names->is_needed && value->is_needed);
  for (guint i = 0; i < G_N_ELEMENTS (bad_paths); i++)
    g_assert_nonnull (value->find_fault (bad_paths[i]));
  for (guint i = 0; i < G_N_ELEMENTS (good_paths); i++)
    g_assert_null (value->find_fault (good_paths[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad_names); i++)
    g_assert_nonnull (names->find_fault (bad_names[i]));
  for (guint i = 0; i < G_N_ELEMENTS (good_names); i++)
    g_assert_null (names->find_fault (good_names[i]));
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (many, ";A%u", i);
  g_assert_nonnull (names->find_fault (many->str));
  g_assert_nonnull (names->find_fault (name));
  memset (path + 1, 'a', 512);
  g_assert_nonnull (value->find_fault (path));
}

static void
test_read_others (void)
{
  g_autoptr (EmitterFixture) fixture = prepare ("A", "/b");
  g_autofree char *text = emitter_fixture_write (fixture, &trust_emitter_environment, NULL, NULL);
  static const char *const behind[] = { "B", "B=c", "B=/c d", "B=$(x)", "=/c", "# mine", "LD_PRELOAD=/x.so", "export B=/c", "\nC=/d" };
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

  for (guint i = 0; i < G_N_ELEMENTS (behind); i++)
    {
      g_autofree char *mixed = g_strconcat (text, behind[i], "\n", NULL);

      g_assert_false (trust_emitter_environment.read (mixed, strlen (mixed), found));
    }
  g_assert_false (trust_emitter_environment.read ("A=/b\n", 5, found));
  g_assert_false (trust_emitter_environment.read ("", 0, found));
  g_assert_false (trust_emitter_environment.read (text, strlen (text) + 1, found));
}

static void
test_hosts (void)
{
  g_autoptr (EmitterFixture) fixture = emitter_fixture_new ();
  g_autofree char *made = NULL, *again = NULL, *with_server = NULL, *none = NULL, *theirs = NULL;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  g_autoptr (GError) error = NULL;

  emitter_fixture_add (fixture, root, TRUST_LAYER_ADMINISTRATOR, NULL);
  emitter_fixture_set_option (fixture, "Certificates", "/etc/containerd/certs.d/registry.corp.example/anchord.crt");
  made = emitter_fixture_write (fixture, &trust_emitter_containerd_hosts, NULL, NULL);
  g_assert_cmpstr (behind_head (made), ==, "ca = \"/etc/containerd/certs.d/registry.corp.example/anchord.crt\"\n");
  g_assert_true (trust_emitter_containerd_hosts.read (made, strlen (made), found));
  emitter_fixture_set_before (fixture, made);
  again = emitter_fixture_write (fixture, &trust_emitter_containerd_hosts, NULL, NULL);
  g_assert_cmpstr (again, ==, made);
  emitter_fixture_set_option (fixture, "Server", "https://registry.corp.example:5000");
  with_server = emitter_fixture_write (fixture, &trust_emitter_containerd_hosts, NULL, NULL);
  g_assert_true (g_str_has_prefix (behind_head (with_server), "server = \"https://registry.corp.example:5000\"\nca = "));

  emitter_fixture_set_before (fixture, "server = \"https://mirror.example\"\n");
  theirs = emitter_fixture_write (fixture, &trust_emitter_containerd_hosts, NULL, &error);
  g_assert_null (theirs);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_POLICY);
  g_assert_nonnull (strstr (error->message, "ca = \"/etc/containerd"));
  g_assert_false (trust_emitter_containerd_hosts.read ("server = 1\n", 11, found));

  emitter_fixture_set_before (fixture, with_server);
  g_ptr_array_set_size (fixture->anchors, 0);
  none = emitter_fixture_write (fixture, &trust_emitter_containerd_hosts, NULL, NULL);
  g_assert_cmpstr (none, ==, "");
}

static void
test_servers (void)
{
  static const char *const bad[] = { "",           "registry",     "http://a",    "https://",
                                     "https:///a", "https://a\"b", "https://a b", "https://a\nb",
                                     "https://-a", "https://a?b",  "https://a\\b" };
  static const char *const good[] = { "https://a", "https://a.example:5000", "https://[::1]:5000/v2", "https://a_b/c-d" };
  const TrustEmitterOption *server = emitter_find_option (&trust_emitter_containerd_hosts, "Server");

  g_assert_false (server->is_needed);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_nonnull (server->find_fault (bad[i]));
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_null (server->find_fault (good[i]));
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  root = test_certificate_new_root ("CN=Root");
  g_test_add_func ("/emitter-environment/lines", test_lines);
  g_test_add_func ("/emitter-environment/shell", test_shell);
  g_test_add_func ("/emitter-environment/faults", test_faults);
  g_test_add_func ("/emitter-environment/read-others", test_read_others);
  g_test_add_func ("/emitter-environment/hosts", test_hosts);
  g_test_add_func ("/emitter-environment/servers", test_servers);
  status = g_test_run ();
  test_certificate_free (root);
  return status;
}
