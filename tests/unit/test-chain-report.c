/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is found in chains of every order: with certificates that only say who signed whom. */
#include "client/cli/chain-report.h"

#include <stdlib.h>
#include <string.h>

#define NOW 1000000
#define DAY (24 * 60 * 60)

/* One certificate of a row: "leaf<1", "ca<2,3", "root", "bad". A '!' ends it in the past, '+' begins it in the future, '~' ends it in two days, '=N'
 * is the same as number N. */
static void
add_certificate (GVariantBuilder *builder, const char *word)
{
  gsize kind = strcspn (word, "<!+~=");
  g_autofree char *name = g_strndup (word, kind);
  gboolean is_root = g_str_has_prefix (name, "root"), is_bad = strcmp (name, "bad") == 0;
  const char *issuers = strchr (word, '<'), *same = strchr (word, '=');
  GVariantBuilder numbers;
  g_variant_builder_init (&numbers, G_VARIANT_TYPE ("ai"));
  g_auto (GStrv) parts = g_strsplit (issuers != NULL ? issuers + 1 : "", ",", -1);
  for (char **part = parts; *part != NULL; part++)
    g_variant_builder_add (&numbers, "i", atoi (*part));
  gint64 begin = strchr (word, '+') != NULL ? NOW + DAY : NOW - 10 * DAY;
  gint64 end = strchr (word, '!') != NULL ? NOW - DAY : strchr (word, '~') != NULL ? NOW + 2 * DAY : NOW + 100 * DAY;
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "fingerprint", g_variant_new_string (is_bad ? "" : word));
  g_variant_builder_add (builder, "{sv}", "title", g_variant_new_string (name));
  g_variant_builder_add (builder, "{sv}", "issuer", g_variant_new_string ("CN=above"));
  g_variant_builder_add (builder, "{sv}", "ca", g_variant_new_boolean (!g_str_has_prefix (name, "leaf")));
  g_variant_builder_add (builder, "{sv}", "self-signed", g_variant_new_boolean (is_root));
  g_variant_builder_add (builder, "{sv}", "not-before", g_variant_new_int64 (begin));
  g_variant_builder_add (builder, "{sv}", "not-after", g_variant_new_int64 (end));
  g_variant_builder_add (builder, "{sv}", "issuers", g_variant_builder_end (&numbers));
  g_variant_builder_add (builder, "{sv}", "same-as", g_variant_new_int32 (same != NULL ? atoi (same + 1) : -1));
  g_variant_builder_add (builder, "{sv}", "fault", g_variant_new_string (is_bad ? "no \x1b certificate" : ""));
  g_variant_builder_close (builder);
}

/* Returns: (transfer full). */
static ChainReport *
report_of (const char *row, gboolean sent, gint64 warn)
{
  GVariantBuilder builder;
  g_auto (GStrv) words = g_strsplit (row, " ", -1);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (char **word = words; *word != NULL; word++)
    add_certificate (&builder, *word);
  g_autoptr (GVariant) certificates = g_variant_ref_sink (g_variant_builder_end (&builder));
  return chain_report_new (certificates, sent, NOW, warn);
}

/* "misordered:1 root-included:0": codes and indices. Returns: (transfer full). */
static char *
findings_of (const ChainReport *report)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GVariant) findings = chain_report_get_findings (report);
  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      g_assert_null (strchr (view_string (finding, "message"), '\x1b'));
      g_string_append_printf (text, "%s%s:%d", i > 0 ? " " : "", view_string (finding, "code"), (int) view_number (finding, "certificate"));
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *row;
  gboolean sent;
  int leaf;
  gboolean has_fault;
  const char *findings;
} Case;

static const Case cases[] = {
  { "leaf<1 ca", TRUE, 0, FALSE, "" },
  { "leaf<1 ca<2 root", TRUE, 0, FALSE, "root-included:2" },
  { "leaf", TRUE, 0, FALSE, "" },
  { "leaf<2 ca2 ca<1", TRUE, 0, TRUE, "misordered:1" },
  { "leaf<2 root ca<1", TRUE, 0, TRUE, "misordered:1 root-included:1" },
  { "leaf<1 ca ca", TRUE, 0, FALSE, "superfluous:2" },
  { "leaf<1 ca root", TRUE, 0, FALSE, "superfluous:2" },
  { "leaf<2 leaf2 ca", TRUE, 0, FALSE, "superfluous:1" },
  { "leaf<1 ca ca=1", TRUE, 0, FALSE, "duplicate:2" },
  /* A cross-sign is another way up, not too much; what stands nearest counts for the order. */
  { "leaf<1,2 ca<3 ca2<4 root root2", TRUE, 0, FALSE, "root-included:3 root-included:4" },
  { "leaf<2,1 ca ca2<3 root", TRUE, 0, FALSE, "root-included:3" },
  /* Two CAs that sign each other are no endless way. */
  { "leaf<1 ca<2 ca2<1", TRUE, 0, FALSE, "" },
  { "leaf!<1 ca", TRUE, 0, TRUE, "expired:0" },
  { "leaf<1 ca!", TRUE, 0, TRUE, "expired:1" },
  { "leaf+<1 ca", TRUE, 0, TRUE, "not-yet-valid:0" },
  { "leaf<1 ca<2 root!", TRUE, 0, FALSE, "root-included:2 expired:2" },
  { "leaf<1 ca ca!", TRUE, 0, FALSE, "superfluous:2" },
  { "leaf<1 ca~", TRUE, 0, TRUE, "expires-soon:1" },
  { "leaf<2 bad ca", TRUE, 0, TRUE, "unreadable:1" },
  { "bad ca", TRUE, 0, TRUE, "unreadable:0 superfluous:1" },
  /* A server's own is the first, whatever it is. */
  { "root", TRUE, 0, FALSE, "" },
  { "ca<1 root", TRUE, 0, FALSE, "root-included:1" },
  /* In a file a leaf is looked for. */
  { "leaf<1 ca", FALSE, 0, FALSE, "" },
  { "root ca<0 leaf<1", FALSE, 2, TRUE, "misordered:2 misordered:1 misordered:0 root-included:0" },
  { "root root2", FALSE, -1, FALSE, "" },
  { "root ca<0", FALSE, -1, FALSE, "" },
  { "root ca", FALSE, -1, FALSE, "no-issuer:1" },
  { "root! root2~ root3+", FALSE, -1, TRUE, "expired:0 expires-soon:1 not-yet-valid:2" },
  { "root root=0", FALSE, -1, FALSE, "duplicate:1" },
};

static void
test_findings (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (ChainReport) report = report_of (c->row, c->sent, 3 * DAY);
  g_autofree char *findings = findings_of (report);
  g_assert_cmpstr (findings, ==, c->findings);
  g_assert_cmpint (chain_report_get_leaf (report), ==, c->leaf);
  g_assert_cmpint (chain_report_has_fault (report), ==, c->has_fault);
}

static void
test_ends (void)
{
  gint64 leaf = 0, first = 0;
  g_autoptr (ChainReport) report = report_of ("leaf<1 ca~ root! ca!", TRUE, 0);
  g_autoptr (ChainReport) bundle = report_of ("root root2", FALSE, 0);
  g_assert_true (chain_report_get_ends (report, &leaf, &first));
  g_assert_cmpint (leaf, ==, NOW + 100 * DAY);
  g_assert_cmpint (first, ==, NOW + 2 * DAY);
  g_assert_false (chain_report_has_fault (report));
  g_assert_false (chain_report_get_ends (bundle, &leaf, &first));
}

static GVariant *
verdict_of (gboolean trusted, const char *reason, const char *const *path)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "trusted", "b", trusted);
  g_variant_dict_insert (&dict, "reason", "s", reason);
  g_variant_dict_insert (&dict, "message", "s", "because");
  g_variant_dict_insert (&dict, "failing", "i", trusted ? -1 : 0);
  g_variant_dict_insert (&dict, "path", "^as", path);
  g_variant_dict_insert (&dict, "titles", "^as", path);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
test_verdicts (void)
{
  static const char *const none[] = { NULL };
  static const char *const whole[] = { "leaf<1", "ca", "anchor", NULL };
  static const char *const more[] = { "leaf<1", "ca", "known", "anchor", NULL };
  static const struct
  {
    const char *row;
    gboolean trusted;
    const char *reason;
    const char *const *path;
    const char *findings;
  } verdicts[] = {
    { "leaf<1 ca", TRUE, "trusted", whole, "" },
    { "leaf<1 ca", TRUE, "trusted", more, "missing-intermediate:-1" },
    { "leaf<1 ca", FALSE, "unknown-issuer", none, "not-trusted:0 missing-issuer:1" },
    { "leaf<1 root", FALSE, "unknown-issuer", none, "root-included:1 not-trusted:0" },
    { "leaf<1 ca", FALSE, "name-mismatch", none, "not-trusted:0" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autoptr (ChainReport) report = report_of (verdicts[i].row, TRUE, 0);
      g_autoptr (GVariant) verdict = verdict_of (verdicts[i].trusted, verdicts[i].reason, verdicts[i].path);
      chain_report_judge (report, verdict);
      g_autofree char *findings = findings_of (report);
      g_assert_cmpstr (findings, ==, verdicts[i].findings);
      g_assert_cmpint (chain_report_has_fault (report), ==, strcmp (verdicts[i].findings, "") != 0);
    }
}

/* Many certificates in the worst order: no time to speak of. */
static void
test_many (void)
{
  enum
  {
    N = 20000
  };
  g_autoptr (GString) row = g_string_new ("leaf<1");
  for (guint i = 1; i < N; i++)
    g_string_append_printf (row, " ca%u<%u", i, i + 1 < N ? i + 1 : 1);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (ChainReport) report = report_of (row->str, TRUE, 0);
  g_autofree char *findings = findings_of (report);
  g_assert_cmpstr (findings, ==, "");
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 10 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/chain-report/findings/%zu", i);
      g_test_add_data_func (path, &cases[i], test_findings);
    }
  g_test_add_func ("/chain-report/ends", test_ends);
  g_test_add_func ("/chain-report/verdicts", test_verdicts);
  g_test_add_func ("/chain-report/many", test_many);
  return g_test_run ();
}
