/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumer-file.h"
#include "core/consumers/placed.h"
#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/limits.h"

#include <string.h>

#define HEAD "[Consumer]\nVersion=1\n"
#define OUT "[Output a]\nFormat=pem-bundle\nPath=/srv/a.pem\nPurpose=server-auth\n"
#define PATH(path) HEAD "[Output a]\nFormat=pem-bundle\nPath=" path "\n"

static TrustPlaced *
parse (const char *text, gssize size, GError **error)
{
  g_autoptr (TrustPlaced) placed = trust_placed_new ("test", TRUST_PLACED_FOLDER "/test.consumer");
  TrustSpan span = { (const guint8 *) text, size < 0 ? strlen (text) : (gsize) size };

  if (trust_consumer_file_parse (span, placed, error))
    return g_steal_pointer (&placed);
  g_assert_cmpuint (placed->outputs->len, ==, 0);
  return NULL;
}

static TrustPlaced *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  TrustPlaced *placed = parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (placed);
  return placed;
}

static void
assert_refused (const char *text, gssize size, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPlaced) placed = parse (text, size, &error);

  if (placed != NULL)
    g_error ("\"%s\" is taken", text);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  if (strstr (error->message, said) == NULL)
    g_error ("\"%s\" said \"%s\", and not \"%s\"", text, error->message, said);
}

/* What is not said. */
static void
test_defaults (void)
{
  g_autoptr (TrustPlaced) placed = parse_good (HEAD OUT);
  const TrustPlacedOutput *output = placed->outputs->pdata[0];

  g_assert_cmpstr (placed->description, ==, "");
  g_assert_cmpstr (placed->store, ==, "system");
  g_assert_null (placed->unit);
  g_assert_null (placed->programs);
  g_assert_null (placed->lock);
  g_assert_false (placed->by_default);
  for (guint kind = 0; kind < TRUST_DISTRIBUTION_LAST; kind++)
    g_assert_true (placed->distributions & 1u << kind);
  g_assert_cmpuint (placed->outputs->len, ==, 1);
  g_assert_cmpstr (output->name, ==, "a");
  g_assert_cmpstr (output->format, ==, "pem-bundle");
  g_assert_cmpstr (output->path, ==, "/srv/a.pem");
  g_assert_cmpstr (output->purpose, ==, "server-auth");
  g_assert_null (output->target);
  g_assert_cmpuint (output->mode, ==, 0644);
  g_assert_cmpuint (output->folder_mode, ==, 0755);
  g_assert_true (output->policy.purposes && !output->policy.constraints && !output->policy.until);
  g_assert_false (output->keep);
  g_assert_cmpuint (g_hash_table_size (output->options), ==, 0);
}

static void
test_all_keys (void)
{
  g_autoptr (TrustPlaced) placed = parse_good ("# about it\r\n\r\n [Consumer] \r\n Version = 1 \r\nDescription=Some=thing\r\n"
                                               "Distribution=debian; alpine;\n"
                                               "Store=app/pg\nUnit=pg@main.service\nProgram=/usr/bin/a;/opt/b;\nLock=/etc/ssl/x.lock\nEnabled=true\n"
                                               "[Output one-1_x]\nFormat=environment\nPath=/etc/environment.d/1.conf\nPurpose=1.3.6.1.5.5.7.3.2\n"
                                               "Mode=0400\nFolderMode=0500\nAcceptLoss=constraints;until\nKeepOnDisable=true\n"
                                               "Variables=A;B\nValue=/x\n"
                                               "[Output two]\nFormat=link\nPath=/etc/pki/x\nTarget=../y z\nAcceptLoss=\n"
                                               "KeepOnDisable=false");
  const TrustPlacedOutput *one = placed->outputs->pdata[0], *two = placed->outputs->pdata[1];

  g_assert_cmpstr (placed->description, ==, "Some=thing");
  g_assert_cmphex (placed->distributions, ==, 1u << TRUST_DISTRIBUTION_DEBIAN | 1u << TRUST_DISTRIBUTION_ALPINE);
  g_assert_cmpstr (placed->store, ==, "app/pg");
  g_assert_cmpstr (placed->unit, ==, "pg@main.service");
  g_assert_cmpuint (g_strv_length (placed->programs), ==, 2);
  g_assert_cmpstr (placed->programs[1], ==, "/opt/b");
  g_assert_cmpstr (placed->lock, ==, "/etc/ssl/x.lock");
  g_assert_true (placed->by_default);
  g_assert_cmpuint (placed->outputs->len, ==, 2);
  g_assert_cmpstr (one->name, ==, "one-1_x");
  g_assert_cmpstr (one->purpose, ==, "1.3.6.1.5.5.7.3.2");
  g_assert_cmpuint (one->mode, ==, 0400);
  g_assert_cmpuint (one->folder_mode, ==, 0500);
  g_assert_true (!one->policy.purposes && one->policy.constraints && one->policy.until);
  g_assert_true (one->keep && !two->keep);
  g_assert_cmpuint (g_hash_table_size (one->options), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (one->options, "Variables"), ==, "A;B");
  g_assert_cmpstr (two->target, ==, "../y z");
  g_assert_true (!two->policy.purposes && !two->policy.constraints && !two->policy.until);
}

static void
test_refused_groups (void)
{
  static const struct
  {
    const char *text, *said;
  } samples[] = {
    { "", "Version=1" },
    { "# nothing\n", "Version=1" },
    { "[Consumer]\n" OUT, "Version=1" },
    { OUT, "Version=1" },
    { "Version=1\n", "line 1: a key stands before" },
    { HEAD, "no [Output NAME]" },
    { HEAD OUT "[Consumer]\n", "line 7: [Consumer] stands there already, in line 1" },
    { HEAD OUT "[Output a]\n", "line 7: [Output a] stands there already" },
    { HEAD OUT "[Output b]\nFormat=pem-bundle\nPath=/srv/a.pem\n", "[Output b] has the path of another" },
    { HEAD "[Other]\n", "line 3: A group" },
    { HEAD "[consumer]\n", "line 3: A group" },
    { HEAD "[]\n", "line 3: A group" },
    { HEAD "[Output]\n", "line 3: A group" },
    { HEAD "[Output ]\n", "line 3: " },
    { HEAD "[Output A]\n", "line 3: An output's name" },
    { HEAD "[Output a b]\n", "line 3: An output's name" },
    { HEAD "[Output a/b]\n", "line 3: An output's name" },
    { HEAD "[Output \xc3\xa4]\n", "line 3: An output's name" },
    { HEAD "[Output a\n", "line 3: neither" },
    { HEAD "words\n" OUT, "line 3: neither" },
    { HEAD "[Output a]\nPath=/srv/a\n", "[Output a] has no Format" },
    { HEAD "[Output a]\nFormat=pem-bundle\n[Output b]\n", "line 5: [Output a] has no Path" },
    { HEAD "[Output a]\nFormat=link\nPath=/srv/a\n", "is a link and has no Target" },
    { HEAD "[Output a]\nFormat=pem-bundle\nPath=/srv/a\nTarget=b\n", "has a Target and is no link" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    assert_refused (samples[i].text, -1, samples[i].said);
}

static void
test_refused_keys (void)
{
  static const struct
  {
    const char *text, *said;
  } samples[] = {
    { "[Consumer]\nVersion=2\n" OUT, "line 2: Version" },
    { "[Consumer]\nVersion=\n" OUT, "line 2: Version" },
    { HEAD "Version=1\n" OUT, "line 3: Version stands there twice" },
    { HEAD "version=1\n" OUT, "line 3: key \"version\"" },
    { HEAD "Path=/srv/a\n" OUT, "line 3: key \"Path\"" },
    { HEAD "=x\n" OUT, "line 3: key \"\"" },
    { HEAD "Distribution=\n" OUT, "line 3: Distribution" },
    { HEAD "Distribution=debian;beos\n" OUT, "line 3: Distribution is \"beos\"" },
    { HEAD "Store=app\n" OUT, "line 3: Store" },
    { HEAD "Store=app/../x\n" OUT, "line 3: Store" },
    { HEAD "Unit=\n" OUT, "line 3: Unit" },
    { HEAD "Unit=foo\n" OUT, "line 3: Unit" },
    { HEAD "Unit=-a.service\n" OUT, "line 3: Unit" },
    { HEAD "Unit=a.service b.service\n" OUT, "line 3: Unit" },
    { HEAD "Unit=a.service;reboot\n" OUT, "line 3: Unit" },
    { HEAD "Program=\n" OUT, "line 3: Program" },
    { HEAD "Program=/a;b\n" OUT, "line 3: Program is \"b\"" },
    { HEAD "Lock=/etc/passwd\n" OUT, "line 3: Lock" },
    { HEAD "Lock=/etc/ssl/../passwd\n" OUT, "line 3: Lock" },
    { HEAD "Enabled=yes\n" OUT, "line 3: Enabled" },
    { HEAD OUT "Format=pem-bundle\n", "line 7: Format stands there twice" },
    { HEAD OUT "Path=/srv/b\n", "line 7: Path stands there twice" },
    { HEAD OUT "Version=1\nVersion=1\n", "line 8: Version stands there twice" },
    { HEAD OUT "Option=1\nOption=2\n", "line 8: Option stands there twice" },
    { HEAD OUT "option=1\n", "line 7: key \"option\"" },
    { HEAD OUT "=1\n", "line 7: key \"\"" },
    { HEAD "[Output a]\nPurpose=\n", "line 4: Purpose" },
    { HEAD "[Output a]\nPurpose=tea\n", "line 4: Purpose" },
    { HEAD "[Output a]\nPurpose=server-auth;client-auth\n", "line 4: Purpose" },
    { HEAD "[Output a]\nAcceptLoss=all\n", "line 4: AcceptLoss is \"all\"" },
    { HEAD "[Output a]\nKeepOnDisable=1\n", "line 4: KeepOnDisable" },
    { HEAD "[Output a]\nTarget=\n", "line 4: Target" },
    { HEAD "[Output a]\nTarget=a\tb\n", "line 4: Target" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    assert_refused (samples[i].text, -1, samples[i].said);
}

static void
test_modes (void)
{
  static const char *const bad[] = {
    "Mode=0664",       "Mode=0646",       "Mode=0755",      "Mode=0645",       "Mode=4644",        "Mode=1644",
    "Mode=0044",       "Mode=0244",       "Mode=644",       "Mode=00644",      "Mode=0648",        "Mode=+644",
    "Mode=-644",       "Mode=0x44",       "Mode=",          "Mode=rw-r",       "Mode=0 44",        "FolderMode=0775",
    "FolderMode=0757", "FolderMode=2755", "FolderMode=755", "FolderMode=0055", "FolderMode=0655x", "FolderMode=0644",
  };
  static const struct
  {
    const char *text;
    guint mode, folder;
  } good[] = {
    { "Mode=0444", 0444, 0755 }, { "Mode=0600", 0600, 0755 }, { "Mode=0644\nFolderMode=0555", 0644, 0555 }, { "FolderMode=0700", 0644, 0700 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf (HEAD OUT "%s\n", bad[i]);

      assert_refused (text, -1, "line 7: ");
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = g_strdup_printf (HEAD OUT "%s\n", good[i].text);
      g_autoptr (TrustPlaced) placed = parse_good (text);
      const TrustPlacedOutput *output = placed->outputs->pdata[0];

      g_assert_cmpuint (output->mode, ==, good[i].mode);
      g_assert_cmpuint (output->folder_mode, ==, good[i].folder);
    }
}

static void
test_paths (void)
{
  static const char *const bad[] = { PATH (""),
                                     PATH ("a.pem"),
                                     PATH ("./a.pem"),
                                     PATH ("etc/ssl/a.pem"),
                                     PATH ("/"),
                                     PATH ("/etc"),
                                     PATH ("/etc/ssl"),
                                     PATH ("/etc/ssl/"),
                                     PATH ("/etc/ssl/a/"),
                                     PATH ("/etc/ssl//a"),
                                     PATH ("//etc/ssl/a"),
                                     PATH ("/etc/ssl/./a"),
                                     PATH ("/etc/ssl/."),
                                     PATH ("/etc/ssl/.."),
                                     PATH ("/etc/ssl/../shadow"),
                                     PATH ("/srv/../etc/shadow"),
                                     PATH ("/etc/sslx/a"),
                                     PATH ("/etc/shadow"),
                                     PATH ("/etc/cron.d/a"),
                                     PATH ("/etc/anchord/anchors.d/a.pem"),
                                     PATH ("/var/lib/anchord/consumers/a"),
                                     PATH ("/var/lib/anchord/published/a"),
                                     PATH ("/usr/bin/a"),
                                     PATH ("/root/.bashrc"),
                                     PATH ("/etc/ssl/.anchord-x"),
                                     PATH ("/etc/ssl/.anchord-x/a"),
                                     PATH ("/etc/ssl/a\tb"),
                                     PATH ("/etc/ssl/a\rb"),
                                     PATH ("/etc/ssl/a\x01"),
                                     PATH ("/etc/ssl/a\x7f"
                                           "b"),
                                     PATH ("/etc/ssl/a\\b"),
                                     PATH ("/etc/ssl/a\"b"),
                                     PATH ("/etc/ssl/a'b") };
  static const char *const good[] = { "/etc/ssl/a", "/etc/ssl/..a", "/etc/ssl/a b/c.pem", "/etc/ssl/\xc3\xa4.pem", "/etc/ssl/.a" };
  g_autofree char *fill = g_strnfill (TRUST_LIMIT_CONSUMER_PATH - strlen ("/srv/"), 'x');
  g_autofree char *longest = g_strconcat ("/srv/", fill, NULL), *longer = g_strconcat (longest, "x", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], -1, "line 5: Path");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_null (trust_placed_find_path_fault (good[i]));
  for (const char *const *place = trust_placed_get_places (); *place != NULL; place++)
    {
      g_autofree char *path = g_strconcat (*place, "a", NULL);

      g_assert_null (trust_placed_find_path_fault (path));
      g_assert_nonnull (trust_placed_find_path_fault (*place));
    }
  g_assert_null (trust_placed_find_path_fault (longest));
  g_assert_nonnull (trust_placed_find_path_fault (longer));
  g_assert_nonnull (trust_placed_find_path_fault ("/etc/ssl/\xff"));
}

static void
test_names (void)
{
  static const char *const good[] = { "java", "a", "0", "a.b_c-d", "owner", "debian-java" };
  static const char *const bad[] = { "", "own", "debian", "Java", ".java", "-java", "_x", "a/b", "..", "a b", "\xc3\xa4", "a\n" };
  g_autofree char *longest = g_strnfill (TRUST_LIMIT_CONSUMER_NAME, 'a'), *longer = g_strnfill (TRUST_LIMIT_CONSUMER_NAME + 1, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (trust_placed_check_name (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (trust_placed_check_name (bad[i], &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
    }
  g_assert_true (trust_placed_check_name (longest, NULL));
  g_assert_false (trust_placed_check_name (longer, NULL));
}

static void
append_outputs (GString *text, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "[Output o%u]\nFormat=pem-bundle\nPath=/srv/%u\nPurpose=server-auth\n", i, i);
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autofree char *words = g_strnfill (TRUST_LIMIT_LABEL_CHARS, 'x'), *name = g_strnfill (TRUST_LIMIT_CONSUMER_NAME, 'n');
  g_autofree char *described = g_strdup_printf (HEAD "Description=%s\n" OUT, words);
  g_autofree char *too_long = g_strdup_printf (HEAD "Description=%sx\n" OUT, words);
  g_autofree char *named = g_strdup_printf (HEAD "[Output %s]\nFormat=pem-bundle\nPath=/srv/a\n", name);
  g_autofree char *badly_named = g_strdup_printf (HEAD "[Output %sn]\nFormat=pem-bundle\nPath=/srv/a\n", name);
  g_autoptr (TrustPlaced) most = NULL, whole = NULL, with_words = parse_good (described), with_name = parse_good (named);

  assert_refused (too_long, -1, "line 3: Description");
  assert_refused (badly_named, -1, "line 3: An output's name");
  append_outputs (text, TRUST_LIMIT_CONSUMER_OUTPUTS);
  most = parse_good (text->str);
  g_assert_cmpuint (most->outputs->len, ==, TRUST_LIMIT_CONSUMER_OUTPUTS);
  g_string_append (text, "[Output more]\nFormat=pem-bundle\nPath=/srv/more\n");
  assert_refused (text->str, -1, "more than 64 outputs");
  g_string_assign (text, HEAD OUT "#");
  while (text->len < TRUST_LIMIT_CONSUMER_FILE_BYTES)
    g_string_append_c (text, 'x');
  whole = parse_good (text->str);
  g_string_append_c (text, 'x');
  assert_refused (text->str, (gssize) text->len, "bytes");
}

/* Neither cut short by a NUL nor read in a wrong encoding. */
static void
test_bytes (void)
{
  static const char with_nul[] = HEAD OUT "\0[Other]\n", latin[] = HEAD "Description=\xe4\n" OUT, surrogate[] = HEAD "Description=\xed\xa0\x80\n" OUT;
  static const char mark[] = "\xef\xbb\xbf" HEAD OUT;

  assert_refused (with_nul, sizeof with_nul - 1, "UTF-8");
  assert_refused (latin, -1, "UTF-8");
  assert_refused (surrogate, -1, "UTF-8");
  assert_refused (mark, -1, "line 1: ");
}

/* What is shown of a value can be printed, whatever it holds. */
static void
test_printable (void)
{
  static const char *const samples[] = { HEAD "Store=\x1b[31m\xe2\x80\xae\n" OUT, HEAD "\x1b]0;x\x07=1\n" OUT, HEAD "[\x1b[2J]\n",
                                         PATH ("/etc/\x1b[1m") };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustPlaced) placed = parse (samples[i], -1, &error);

      if (placed != NULL)
        g_error ("sample %u is taken", i);
      for (const char *p = error->message; *p != '\0'; p++)
        g_assert_false (g_ascii_iscntrl (*p));
      g_assert_null (strstr (error->message, "\xe2\x80\xae"));
    }
}

/* Options are the format's to know. */
static void
test_formats (void)
{
  static const struct
  {
    const char *text, *said; /* SAID: NULL where it is good */
  } samples[] = {
    { "Format=pem-bundle\nPurpose=server-auth\n", NULL },
    { "Format=pem-bundle\n", "Purpose" },
    { "Format=tea\nPurpose=server-auth\n", "no format \"tea\"" },
    { "Format=pem-bundle\nPurpose=server-auth\nVariables=A\n", "\"Variables\" is not known here" },
    { "Format=openssl-trusted\n", NULL },
    { "Format=link\nTarget=x\n", NULL },
    { "Format=link\nTarget=x\nStyle=p11-kit\n", "\"Style\" is not known here" },
    { "Format=environment\nPurpose=server-auth\nVariables=A\nValue=/x\n", NULL },
    { "Format=environment\nVariables=A\nValue=/x\n", "Purpose" },
    { "Format=environment\nPurpose=server-auth\nVariables=A\n", "needs Value=" },
    { "Format=environment\nPurpose=server-auth\nVariables=A\nValue=x\n", "Value: " },
    { "Format=environment\nPurpose=server-auth\nVariables=A B\nValue=/x\n", "Variables: " },
    { "Format=chrome-policy\nPurpose=server-auth\nAnchors=some\n", "Anchors: " },
    { "Format=chrome-policy\nPurpose=server-auth\nAnchors=all\n", NULL },
    { "Format=firefox-policy\nPurpose=server-auth\n", "needs Module=" },
    { "Format=containerd-hosts\n", "needs Certificates=" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *text = g_strdup_printf (HEAD "[Output a]\nPath=/srv/a\n%s", samples[i].text);
      g_autoptr (TrustPlaced) placed = parse_good (text);
      g_autoptr (GError) error = NULL;

      if (trust_placed_check (placed, &error) == (samples[i].said == NULL) && (error == NULL || strstr (error->message, samples[i].said) != NULL))
        continue;
      g_error ("\"%s\": %s", samples[i].text, error != NULL ? error->message : "no error");
    }
}

/* The text between the section HEADING of the man page and the next. (transfer full) */
static char *
read_section (const char *heading)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "man", "anchord.consumer.5.rst", NULL);
  g_autofree char *text = NULL, *mark = g_strdup_printf ("\n%s\n=", heading);
  char *begin = NULL, *end = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  begin = strstr (text, mark);
  g_assert_nonnull (begin);
  begin = strchr (begin + strlen (mark), '\n');
  end = strstr (begin, "\n==");
  g_assert_nonnull (end);
  return g_strndup (begin, (gsize) (end - begin));
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What stands as *WORD* in TEXT and matches PATTERN's first group, in order of the alphabet. */
static GPtrArray *
collect (const char *text, const char *pattern)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    g_ptr_array_add (out, g_match_info_fetch (match, 1));
  g_ptr_array_sort (out, compare_texts);
  return out;
}

static void
assert_same (GPtrArray *documented, GPtrArray *known)
{
  g_autofree char *left = NULL, *right = NULL;

  g_ptr_array_sort (known, compare_texts);
  g_ptr_array_add (documented, NULL);
  g_ptr_array_add (known, NULL);
  left = g_strjoinv ("\n", (char **) documented->pdata);
  right = g_strjoinv ("\n", (char **) known->pdata);
  g_assert_cmpstr (left, ==, right);
}

static void
test_documented_formats (void)
{
  g_autofree char *text = read_section ("FORMATS"), *heads = NULL;
  g_autoptr (GPtrArray) lines = collect (text, "^(\\*[a-z0-9-]+\\*(?:, \\*[a-z0-9-]+\\*)*)$");
  g_autoptr (GPtrArray) documented = NULL, known = g_ptr_array_new ();

  g_ptr_array_add (lines, NULL);
  heads = g_strjoinv ("\n", (char **) lines->pdata);
  documented = collect (heads, "\\*([a-z0-9-]+)\\*");
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    g_ptr_array_add (known, (gpointer) trust_emitters[i]->name);
  assert_same (documented, known);
}

static void
test_documented_places (void)
{
  g_autofree char *text = read_section ("PLACES");
  g_autoptr (GPtrArray) documented = collect (text, "\\*(/[^*]+/)\\*"), known = g_ptr_array_new ();

  for (const char *const *place = trust_placed_get_places (); *place != NULL; place++)
    g_ptr_array_add (known, (gpointer) *place);
  assert_same (documented, known);
}

/* Every format's own option is told of in the man page or with the formats. */
static void
test_documented_options (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "formats.md", NULL);
  g_autofree char *page = read_section ("FORMATS"), *formats = NULL;

  g_assert_true (g_file_get_contents (path, &formats, NULL, NULL));
  for (guint i = 0; trust_emitters[i] != NULL; i++)
    for (const TrustEmitterOption *option = trust_emitters[i]->options; option != NULL && option->key != NULL; option++)
      {
        g_autofree char *key = g_strconcat (option->key, "=", NULL);

        if (strstr (page, key) == NULL && strstr (formats, key) == NULL)
          g_error ("%s of the format %s stands in no page", key, trust_emitters[i]->name);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consumer-file/defaults", test_defaults);
  g_test_add_func ("/consumer-file/all-keys", test_all_keys);
  g_test_add_func ("/consumer-file/refused-groups", test_refused_groups);
  g_test_add_func ("/consumer-file/refused-keys", test_refused_keys);
  g_test_add_func ("/consumer-file/modes", test_modes);
  g_test_add_func ("/consumer-file/paths", test_paths);
  g_test_add_func ("/consumer-file/names", test_names);
  g_test_add_func ("/consumer-file/limits", test_limits);
  g_test_add_func ("/consumer-file/bytes", test_bytes);
  g_test_add_func ("/consumer-file/printable", test_printable);
  g_test_add_func ("/consumer-file/formats", test_formats);
  g_test_add_func ("/consumer-file/documented-formats", test_documented_formats);
  g_test_add_func ("/consumer-file/documented-places", test_documented_places);
  g_test_add_func ("/consumer-file/documented-options", test_documented_options);
  return g_test_run ();
}
