/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others do to the files of consumers, what a crash leaves behind, and what is done about it. */
#include "tests/unit/placed-fixture.h"

#define A_B 0x3u
#define FILE_PATH "/srv/tls.pem"
#define ONE HEAD BUNDLE ("tls", FILE_PATH)
#define FOLDER HEAD "[Output f]\nFormat=pem-dir\nPurpose=server-auth\nPath=/srv/folder\n"
#define POLICIES "/etc/firefox/policies/policies.json"
/* A list of just that purpose, in p11-kit's words. */
#define ONLY_MAIL "0%0a%06%08+%06%01%05%05%07%03%04"
#define FIREFOX HEAD "[Output p]\nFormat=firefox-policy\nPurpose=server-auth\nPath=" POLICIES "\nModule=/usr/lib/p11-kit-trust.so\n"

/* A, B and 2 stand in one file. */
static void
begin (Fixture *f)
{
  give ("one", ONE, TRUE);
  give ("other", HEAD BUNDLE ("a", "/srv/other.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  trust_publisher_tidy (f->publisher);
  assert_quiet (f, "one");
}

static gboolean
was_withdrawn (Fixture *f, const char *id, guint certificate)
{
  const GArray *withdrawn = status_of (f, id)->withdrawn;

  for (guint i = 0; i < withdrawn->len; i++)
    if (trust_fingerprint_equal (&g_array_index (withdrawn, TrustFingerprint, i),
                                 trust_certificate_get_fingerprint (certificates[certificate]->certificate)))
      return TRUE;
  return FALSE;
}

/* What somebody took out stays out, and is told at each look, until it is asked for. */
static void
test_withdrawn (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;

  begin (f);
  put (f, FILE_PATH, A_B, FALSE);
  before = stamps_of_placed (f);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *after = NULL;

      if (i == 2)
        restart (f);
      g_assert_false (heal (f));
      after = stamps_of_placed (f);
      g_assert_cmpstr (after, ==, before);
      g_assert_true (was_withdrawn (f, "one", 2));
      assert_drift (f, "one", "took out", 2);
      assert_quiet (f, "other");
    }
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
  g_assert_cmphex (held (f, FILE_PATH), ==, A_B | 0x8);
  g_assert_cmphex (held (f, "/srv/other.pem"), ==, 0xf);
  trust_publisher_tidy (f->publisher);
  restart (f);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }, { 4, TLS }), FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x1b);
  g_assert_true (was_withdrawn (f, "one", 2));
  assert_drift (f, "one", "took out", 2);
  g_assert_true (repair (f, "one", FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x1f);
  assert_quiet (f, "one");
  g_assert_false (heal (f));
  assert_quiet (f, "one");
}

/* Withdrawn, and the change takes it away as well: nothing is left to be told. */
static void
test_withdrawn_and_removed (Fixture *f, gconstpointer data)
{
  begin (f);
  put (f, FILE_PATH, A_B, FALSE);
  g_assert_true (show (f, NOBODY, FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, A_B);
  assert_current (f, "one");
}

static void
test_adopted (Fixture *f, gconstpointer data)
{
  g_autofree char *theirs = bundle_of (0x7, TRUE);

  begin (f);
  put (f, FILE_PATH, 0x7, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      if (i == 2)
        restart (f);
      g_assert_false (heal (f));
      assert_quiet (f, "one");
      assert_holds (f, FILE_PATH, theirs);
    }
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  assert_quiet (f, "one");
  assert_holds (f, FILE_PATH, theirs);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
  assert_quiet (f, "one");
  g_assert_cmphex (held (f, FILE_PATH), ==, 0xf);
}

/* More than there should be, of what anchord knows: told at each look, put right by the next change. */
static void
test_known_more (Fixture *f, gconstpointer data)
{
  begin (f);
  g_assert_true (show (f, ENTRIES ({ 2, 0 }), TRUE));
  g_assert_cmphex (held (f, FILE_PATH), ==, A_B);
  put (f, FILE_PATH, 0x7, FALSE);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (heal (f));
      assert_drift (f, "one", FILE_PATH, -1);
      g_assert_false (status_of (f, "one")->current);
      g_assert_cmphex (held (f, FILE_PATH), ==, 0x7);
    }
  g_assert_true (show (f, ENTRIES ({ 2, 0 }, { 3, TLS }), FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0xb);
  assert_current (f, "one");
}

/* Certificates that nobody knows here are never written over, by no change and no repair, but by force. */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autofree char *theirs = bundle_of (0xb, FALSE);

  begin (f);
  put (f, FILE_PATH, 0xb, FALSE);
  for (guint i = 0; i < 2; i++)
    {
      if (i == 1)
        restart (f);
      g_assert_false (heal (f));
      assert_fault (f, "one", "does not know");
      g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 4, TLS }), i == 0));
      assert_fault (f, "one", "does not know");
      assert_quiet (f, "other");
      g_assert_cmphex (held (f, "/srv/other.pem"), ==, 0x17);
      g_assert_false (repair (f, "one", FALSE));
      assert_holds (f, FILE_PATH, theirs);
    }
  give ("one", ONE, FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_holds (f, FILE_PATH, theirs);
  assert_drift (f, "one", FILE_PATH, -1);
  give ("one", ONE, TRUE);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_holds (f, FILE_PATH, theirs);
  g_assert_true (repair (f, "one", FORCED));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x7);
  assert_quiet (f, "one");
}

/* What cannot be read is left alone as well. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  static const char *const samples[] = { "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
                                         "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n" };
  g_autofree char *key = g_strconcat (pems[0], "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL);

  begin (f);
  /* Somebody's key, beside a certificate that is known here. */
  test_scratch_write (f->scratch, FILE_PATH, key, -1);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  assert_fault (f, "one", FILE_PATH);
  g_assert_false (repair (f, "one", FALSE));
  assert_holds (f, FILE_PATH, key);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      test_scratch_write (f->scratch, FILE_PATH, samples[i], -1);
      g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
      assert_fault (f, "one", FILE_PATH);
      g_assert_false (repair (f, "one", FALSE));
      assert_holds (f, FILE_PATH, samples[i]);
    }
  remove_path (f, FILE_PATH);
  g_assert_true (repair (f, "one", FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0xf);
}

static void
test_deleted (Fixture *f, gconstpointer data)
{
  begin (f);
  remove_path (f, FILE_PATH);
  for (guint i = 0; i < 3; i++)
    {
      if (i == 2)
        restart (f);
      g_assert_false (heal (f));
      assert_fault (f, "one", "taken away");
      assert_quiet (f, "other");
    }
  g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  assert_fault (f, "one", "taken away");
  g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }, { 4, TLS }), TRUE));
  g_assert_false (test_scratch_exists (f->scratch, FILE_PATH));
  g_assert_true (repair (f, "one", FALSE));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x1f);
  assert_quiet (f, "one");
}

/* A path that became a link is never followed: neither to read what is anchord's nor to write. */
static void
test_link (Fixture *f, gconstpointer data)
{
  g_autofree char *text = NULL, *target = NULL;

  begin (f);
  text = test_scratch_read (f->scratch, FILE_PATH);
  test_scratch_write (f->scratch, "/etc/victim", text, -1);
  remove_path (f, FILE_PATH);
  link_to (f, "../etc/victim", FILE_PATH);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
      assert_fault (f, "one", "a link to ../etc/victim");
      assert_quiet (f, "other");
      assert_holds (f, "/etc/victim", text);
      g_assert_false (repair (f, "one", FALSE));
      restart (f);
    }
  give ("one", ONE, FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  target = trust_root_read_link (f->root, FILE_PATH);
  g_assert_cmpstr (target, ==, "../etc/victim");
  give ("one", ONE, TRUE);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_true (repair (f, "one", FORCED));
  g_assert_null (trust_root_read_link (f->root, FILE_PATH));
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x7);
  assert_holds (f, "/etc/victim", text);
}

/* The same for folders: of the format, and above a file. */
static void
test_linked_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *from = g_build_filename (f->scratch, "/srv/folder", NULL), *to = g_build_filename (f->scratch, "/etc/elsewhere", NULL);
  g_autofree char *before = NULL;

  give ("deep", HEAD BUNDLE ("a", "/srv/folder/x/deep.pem"), TRUE);
  give ("folder", FOLDER, TRUE);
  give ("other", HEAD BUNDLE ("a", "/srv/other.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_no_errno (g_rename (from, to));
  link_to (f, "../etc/elsewhere", "/srv/folder");
  before = stamps_of (f, "/etc/elsewhere");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *after = NULL;

      if (i == 1)
        restart (f);
      if (i == 2)
        {
          give ("folder", FOLDER, FALSE);
          give ("deep", NULL, FALSE);
        }
      g_assert_false (show (f, i < 2 ? ENTRIES ({ 3, TLS }) : NOBODY, i == 0));
      if (i < 2)
        {
          assert_fault (f, "folder", "link");
          assert_fault (f, "deep", "link");
          g_assert_false (repair (f, "folder", FORCED));
        }
      assert_quiet (f, "other");
      after = stamps_of (f, "/etc/elsewhere");
      g_assert_cmpstr (after, ==, before);
    }
}

static void
test_vanished_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) names = NULL;

  give ("folder", FOLDER, TRUE);
  give ("other", HEAD BUNDLE ("a", "/srv/other.pem"), TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  remove_tree (f, "/srv/folder");
  g_assert_false (heal (f));
  assert_fault (f, "folder", "taken away");
  g_assert_false (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  assert_quiet (f, "other");
  g_assert_true (repair (f, "folder", FALSE));
  assert_quiet (f, "folder");
  names = trust_root_list (f->root, "/srv/folder");
  g_assert_cmpuint (names->len, ==, 4);
}

/* Others' files in a folder of ours: left, and told where they trust what is not trusted. */
static void
test_others_in_folder (Fixture *f, gconstpointer data)
{
  give ("folder", FOLDER, TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  test_scratch_write (f->scratch, "/srv/folder/theirs.pem", pems[3], -1);
  test_scratch_write (f->scratch, "/srv/folder/known.pem", pems[0], -1);
  test_scratch_write (f->scratch, "/srv/folder/README", "words\n", -1);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
      assert_current (f, "folder");
      assert_drift (f, "folder", "/srv/folder/theirs.pem", -1);
      g_assert_cmpuint (status_of (f, "folder")->drift->len, ==, 1);
    }
  assert_holds (f, "/srv/folder/theirs.pem", pems[3]);
  give ("folder", FOLDER, FALSE);
  g_assert_true (show (f, NOBODY, TRUE));
  assert_holds (f, "/srv/folder/theirs.pem", pems[3]);
  assert_holds (f, "/srv/folder/known.pem", pems[0]);
}

/* Without a manifest what stands there is somebody else's, with known certificates: good, and taken over. */
static void
test_no_manifest (Fixture *f, gconstpointer data)
{
  static const char *const manifests[] = { NULL,
                                           "",
                                           "anchord consumer 1\nnoise\n",
                                           "anchord consumer 1\noutput 0 file pem-bundle - - /srv/tls.pem\nentry 0 00 tls.pem\n",
                                           "anchord consumer 1\noutput 0 file pem-bundle - - /srv/tls.pem\nentry 9 - tls.pem\n",
                                           "anchord consumer 1\noutput 1 file pem-bundle - - /srv/tls.pem\n",
                                           "anchord consumer 1\noutput 0 tea pem-bundle - - /srv/tls.pem\n",
                                           "anchord consumer 1\noutput 0 file pem-bundle - -\n",
                                           "anchord consumer 1\nentry 0 - tls.pem\n",
                                           "anchord consumer 1\noutput 0 file pem-bundle - - /srv/tls.pem\nentry 0 - ../x\n",
                                           "anchord consumer 1\noutput 0 file pem-bundle - - /srv/tls.pem\nanchor 00 1\n" };

  begin (f);
  for (guint i = 0; i < G_N_ELEMENTS (manifests); i++)
    {
      ino_t inode = inode_of (f, FILE_PATH);

      if (manifests[i] == NULL)
        remove_path (f, MANIFEST "one");
      else
        test_scratch_write (f->scratch, MANIFEST "one", manifests[i], -1);
      restart (f);
      g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
      assert_quiet (f, "one");
      g_assert_cmpuint (inode_of (f, FILE_PATH), ==, inode);
      g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
      g_assert_cmphex (held (f, FILE_PATH), ==, 0xf);
      g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
      g_assert_cmphex (held (f, FILE_PATH), ==, 0x7);
      trust_publisher_tidy (f->publisher);
    }
}

/* Killed between two renames: the manifest was written before the first, and either state is anchord's. */
static void
test_crash (Fixture *f, gconstpointer data)
{
  g_autofree char *old = NULL, *new = NULL, *manifest = NULL;

  begin (f);
  old = test_scratch_read (f->scratch, FILE_PATH);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
  new = test_scratch_read (f->scratch, FILE_PATH);
  manifest = test_scratch_read (f->scratch, MANIFEST "one");
  for (guint i = 0; i < 4; i++)
    {
      test_scratch_write (f->scratch, MANIFEST "one", manifest, -1);
      test_scratch_write (f->scratch, FILE_PATH, i % 2 == 0 ? old : new, -1);
      restart (f);
      g_assert_true (show (f, i < 2 ? ENTRIES ({ 2, TLS }, { 3, TLS }) : ENTRIES ({ 5, TLS }), FALSE));
      assert_quiet (f, "one");
      g_assert_cmphex (held (f, FILE_PATH), ==, i < 2 ? 0xf : 0x23);
      trust_publisher_tidy (f->publisher);
    }
}

/* Killed before a new file of a folder came: that it is not there is nobody's doing. */
static void
test_crash_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *manifest = NULL;
  g_autoptr (GPtrArray) before = NULL, after = NULL;

  give ("folder", FOLDER, TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  trust_publisher_tidy (f->publisher);
  before = trust_root_list (f->root, "/srv/folder");
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE));
  manifest = test_scratch_read (f->scratch, MANIFEST "folder");
  after = trust_root_list (f->root, "/srv/folder");
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpuint (after->len, ==, 4);
  for (guint i = 0; i < after->len; i++)
    {
      g_autofree char *path = g_build_filename ("/srv/folder", after->pdata[i], NULL);

      if (!g_ptr_array_find_with_equal_func (before, after->pdata[i], g_str_equal, NULL))
        remove_path (f, path);
    }
  restart (f);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE));
  assert_quiet (f, "folder");
  g_clear_pointer (&after, g_ptr_array_unref);
  after = trust_root_list (f->root, "/srv/folder");
  g_assert_cmpuint (after->len, ==, 4);
}

/* Rights that somebody changed are put right; the content is the same. */
static void
test_mode (Fixture *f, gconstpointer data)
{
  g_autofree char *full = g_build_filename (f->scratch, FILE_PATH, NULL);

  begin (f);
  g_assert_no_errno (g_chmod (full, 0666));
  g_assert_false (heal (f));
  g_assert_false (status_of (f, "one")->current);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_cmphex (mode_of (f, FILE_PATH), ==, 0644);
  assert_current (f, "one");
}

/* A file that others write to as well. */
static void
test_merged (Fixture *f, gconstpointer data)
{
  static const char theirs[] = "{\n  \"policies\": {\n    \"DisableTelemetry\": true\n  }\n}\n";
  static const char more[] = "{\"policies\": {\"SecurityDevices\": {\"Add\": {\"anchord\": \"/usr/lib/p11-kit-trust.so\", "
                             "\"card\": \"/opt/card.so\"}}, "
                             "\"Homepage\": 1}}\n";
  g_autofree char *on = NULL, *again = NULL, *off = NULL;

  test_scratch_write (f->scratch, POLICIES, theirs, -1);
  give ("firefox", FIREFOX, TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  assert_quiet (f, "firefox");
  on = test_scratch_read (f->scratch, POLICIES);
  g_assert_nonnull (strstr (on, "\"DisableTelemetry\": true"));
  g_assert_nonnull (strstr (on, "/usr/lib/p11-kit-trust.so"));
  g_assert_false (heal (f));
  assert_quiet (f, "firefox");
  /* Somebody else writes what is theirs, and leaves ours: nothing to tell, nothing to do. */
  test_scratch_write (f->scratch, POLICIES, more, -1);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_quiet (f, "firefox");
  assert_holds (f, POLICIES, more);
  /* Somebody writes it anew without ours. */
  test_scratch_write (f->scratch, POLICIES, theirs, -1);
  g_assert_true (show (f, ENTRIES ({ 3, TLS }), FALSE));
  again = test_scratch_read (f->scratch, POLICIES);
  g_assert_cmpstr (again, ==, on);
  test_scratch_write (f->scratch, POLICIES, "{\"policies\": ", -1);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), FALSE));
  assert_fault (f, "firefox", "policies.json");
  assert_holds (f, POLICIES, "{\"policies\": ");
  test_scratch_write (f->scratch, POLICIES, more, -1);
  give ("firefox", FIREFOX, FALSE);
  g_assert_true (show (f, NOBODY, TRUE));
  off = test_scratch_read (f->scratch, POLICIES);
  g_assert_nonnull (strstr (off, "\"Homepage\": 1"));
  g_assert_nonnull (strstr (off, "/opt/card.so"));
  g_assert_null (strstr (off, "p11-kit-trust.so"));
  g_assert_false (test_scratch_exists (f->scratch, MANIFEST "firefox"));
}

/* Two consumers meet in one place: the second one does not make the first one's file its own. */
static void
test_meeting (Fixture *f, gconstpointer data)
{
  begin (f);
  give ("second", HEAD "[Output a]\nFormat=pem-bundle\nPurpose=email-protection\nPath=" FILE_PATH "\n", TRUE);
  g_assert_false (show (f, ENTRIES ({ 2, TLS }), TRUE));
  assert_fault (f, "second", "\"one\"");
  assert_quiet (f, "one");
  g_assert_cmphex (held (f, FILE_PATH), ==, 0x7);
  give ("one", ONE, FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, MAIL }), TRUE));
  assert_quiet (f, "second");
}

/* What somebody wrote into a drop-in takes no certificate out of anything. */
static void
test_variables (Fixture *f, gconstpointer data)
{
  g_autofree char *ours = NULL, *theirs = NULL;

  give ("node", HEAD "[Output a]\nFormat=profile\nPurpose=server-auth\nPath=/etc/profile.d/a.sh\nVariables=A_CERTS;B_CERTS\nValue=/srv/a.pem\n",
        TRUE);
  g_assert_true (show (f, NOBODY, FALSE));
  ours = test_scratch_read (f->scratch, "/etc/profile.d/a.sh");
  theirs = g_strndup (ours, (gsize) (strstr (ours, "export B_CERTS") - ours));
  test_scratch_write (f->scratch, "/etc/profile.d/a.sh", theirs, -1);
  g_assert_false (heal (f));
  assert_drift (f, "node", "changed by somebody else", -1);
  g_assert_cmpuint (status_of (f, "node")->withdrawn->len, ==, 0);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  assert_holds (f, "/etc/profile.d/a.sh", ours);
  assert_current (f, "node");
}

/* In a format that says more than which certificates, the same ones are not the same trust. */
static void
test_same_certificates (Fixture *f, gconstpointer data)
{
  g_autofree char *ours = NULL, *theirs = NULL;
  char *purposes = NULL;

  give ("p11", HEAD "[Output a]\nFormat=p11-kit\nPath=/etc/pki/a.p11-kit\n", TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, MAIL }), FALSE));
  ours = test_scratch_read (f->scratch, "/etc/pki/a.p11-kit");
  theirs = g_strdup (ours);
  purposes = strstr (theirs, ONLY_MAIL);
  g_assert_nonnull (purposes);
  memcpy (purposes + strlen (ONLY_MAIL) - 2, "01", 2);
  test_scratch_write (f->scratch, "/etc/pki/a.p11-kit", theirs, -1);
  g_assert_false (heal (f));
  assert_drift (f, "p11", "changed by somebody else", -1);
  g_assert_false (status_of (f, "p11")->current);
  g_assert_true (show (f, ENTRIES ({ 2, MAIL }), FALSE));
  assert_holds (f, "/etc/pki/a.p11-kit", ours);
}

/* Nor in blocks that say what for, or that it is for nothing. */
static void
test_same_in_trusted_blocks (Fixture *f, gconstpointer data)
{
  const char *path = "/etc/pki/a.crt";
  g_autofree char *ours = NULL, *theirs = NULL;

  give ("blocks", HEAD "[Output a]\nFormat=openssl-trusted\nPath=/etc/pki/a.crt\n", TRUE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS | MAIL }), FALSE));
  theirs = test_scratch_read (f->scratch, path);
  g_assert_true (show (f, ENTRIES ({ 2, MAIL }), FALSE));
  ours = test_scratch_read (f->scratch, path);
  trust_publisher_tidy (f->publisher);
  test_scratch_write (f->scratch, path, theirs, -1);
  g_assert_false (heal (f));
  assert_drift (f, "blocks", "changed by somebody else", -1);
  g_assert_true (show (f, ENTRIES ({ 2, MAIL }), FALSE));
  assert_holds (f, path, ours);
}

/* What stands there already as it should, after a manifest was lost, is taken away with the consumer. */
static void
test_same_bytes (Fixture *f, gconstpointer data)
{
  ino_t inode;

  begin (f);
  inode = inode_of (f, FILE_PATH);
  remove_path (f, MANIFEST "one");
  restart (f);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), FALSE));
  g_assert_cmpuint (inode_of (f, FILE_PATH), ==, inode);
  assert_quiet (f, "one");
  g_assert_true (test_scratch_exists (f->scratch, MANIFEST "one"));
  give ("one", ONE, FALSE);
  g_assert_true (show (f, ENTRIES ({ 2, TLS }), TRUE));
  g_assert_false (test_scratch_exists (f->scratch, FILE_PATH));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD_TEST ("withdrawn", test_withdrawn);
  ADD_TEST ("withdrawn-and-removed", test_withdrawn_and_removed);
  ADD_TEST ("adopted", test_adopted);
  ADD_TEST ("known-more", test_known_more);
  ADD_TEST ("unknown", test_unknown);
  ADD_TEST ("unreadable", test_unreadable);
  ADD_TEST ("deleted", test_deleted);
  ADD_TEST ("link", test_link);
  ADD_TEST ("linked-folder", test_linked_folder);
  ADD_TEST ("vanished-folder", test_vanished_folder);
  ADD_TEST ("others-in-folder", test_others_in_folder);
  ADD_TEST ("no-manifest", test_no_manifest);
  ADD_TEST ("crash", test_crash);
  ADD_TEST ("crash-folder", test_crash_folder);
  ADD_TEST ("mode", test_mode);
  ADD_TEST ("merged", test_merged);
  ADD_TEST ("meeting", test_meeting);
  ADD_TEST ("variables", test_variables);
  ADD_TEST ("same-certificates", test_same_certificates);
  ADD_TEST ("same-in-trusted-blocks", test_same_in_trusted_blocks);
  ADD_TEST ("same-bytes", test_same_bytes);
  return g_test_run ();
}
