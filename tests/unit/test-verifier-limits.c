/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an anchor is limited to, held against paths: first with forged certificates and no verifier around, then through it with real ones. */
#include "core/error.h"
#include "core/limits.h"
#include "core/verifier-limits.h"
#include "core/verifier.h"

#include "tests/lib/forge-certificate.h"
#include "tests/lib/support.h"

#include <string.h>

#define NOW ((gint64) 1800000000)
#define HOST "www.corp.example"

/* A certificate of "TITLE NAME NAME…": names are forge_san()'s, "subject-email:TEXT" stands in the subject, "self-issued" is what it says, and
 * "begins:SECONDS" its notBefore after NOW. */
static TrustCertificate *
forge_one (const char *how)
{
  g_auto (GStrv) words = g_strsplit (how, " ", -1);
  g_autoptr (GByteArray) subject = NULL, issuer = forge_name (FORGE_OID_CN, 0x0c, "Issuer");
  g_autoptr (GByteArray) extensions = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5);
  g_autoptr (GString) alternatives = g_string_new (NULL);
  const char *email = NULL;
  gint64 begins = -1000000;
  gboolean is_self_issued = FALSE;

  for (guint i = 1; words[i] != NULL; i++)
    if (g_str_has_prefix (words[i], "subject-email:"))
      email = words[i] + strlen ("subject-email:");
    else if (g_str_has_prefix (words[i], "begins:"))
      begins = g_ascii_strtoll (words[i] + strlen ("begins:"), NULL, 10);
    else if (g_str_equal (words[i], "self-issued"))
      is_self_issued = TRUE;
    else
      g_string_append_printf (alternatives, "%s%s", alternatives->len > 0 ? " " : "", words[i]);
  subject = forge_name_with_email (words[0], email);
  if (alternatives->len > 0)
    extensions = forge_join (g_steal_pointer (&extensions), forge_san (alternatives->str), NULL);

  g_autofree char *not_before = forge_date (NOW + begins);

  return forge (&(ForgeCertificate) { .subject = subject,
                                      .issuer = is_self_issued ? subject : issuer,
                                      .extensions = extensions,
                                      .not_before = not_before,
                                      .not_after = "491231235959Z" });
}

/* Constraints of lines "+dns corp.example" and "-ip 10.0.0.0/8"; "+uri" alone permits none of that kind. NULL for none. */
static TrustConstraints *
read_constraints (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  TrustConstraints *constraints = text != NULL ? trust_constraints_new () : NULL;

  for (guint i = 0; text != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i] + 1, " ", 2);
      g_autoptr (GError) error = NULL;

      trust_constraints_add (constraints, trust_name_kind_find (words[0]), lines[i][0] == '-', words[1] != NULL ? words[1] : "", &error);
      g_assert_no_error (error);
    }
  return constraints;
}

static TrustSettings *
make_settings (const char *const *purposes, const TrustLimits *limits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustPurposes) set = trust_purposes_new (purposes, &error);

  g_assert_no_error (error);
  return trust_settings_new_limited (set, limits);
}

static TrustAnchor *
make_anchor (TrustCertificate *certificate, TrustSettings *settings)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);

  return trust_anchor_new (certificate, settings, origin, NULL);
}

typedef struct
{
  GPtrArray *certificates;
  TrustPathLink links[16];
  TrustPath path;
} ForgedPath;

static void
forged_path_clear (ForgedPath *forged)
{
  g_ptr_array_unref (forged->certificates);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ForgedPath, forged_path_clear)

/* HOW: the certificates below the anchor, leaf first, " | " between them; "" for none. Given in order, the anchor not given. */
static void
forge_path (ForgedPath *out, const char *how, TrustCertificate *anchor)
{
  g_auto (GStrv) parts = g_strsplit (how, " | ", -1);
  guint n = 0;

  out->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  for (; parts[n] != NULL; n++)
    {
      g_ptr_array_add (out->certificates, forge_one (parts[n]));
      out->links[n] = (TrustPathLink) { .certificate = out->certificates->pdata[n], .index = (int) n };
    }
  out->links[n++] = (TrustPathLink) { .certificate = anchor, .index = -1 };
  out->path = (TrustPath) { out->links, n, TRUE };
}

/* What becomes of the path, as "ok" or "REASON at INDEX". */
static char *
hold (const char *how, const TrustLimits *limits, const char *purpose, const char *asked, gint64 now, guint *comparisons)
{
  const char *const purposes[] = { "server-auth", "email-protection", "1.2.3.4", NULL };
  g_autoptr (TrustCertificate) certificate = forge_one ("Root self-issued");
  g_autoptr (TrustSettings) settings = make_settings (purposes, limits);
  g_autoptr (TrustAnchor) anchor = make_anchor (certificate, settings);
  g_auto (TrustPeerName) name = { 0 };
  TrustQuestion question = {
    .purpose = purpose, .oid = purpose, .asked = &asked, .names = &name, .n_names = asked != NULL, .store = "system", .now = now
  };
  g_auto (ForgedPath) forged = { 0 };
  g_autoptr (TrustVerdict) verdict = NULL;

  g_assert_true (asked == NULL || trust_peer_name_parse (asked, &name, NULL));
  forge_path (&forged, how, certificate);
  verdict = trust_verifier_limits_check (&forged.path, anchor, &question, comparisons);
  if (verdict == NULL)
    return g_strdup ("ok");
  g_test_message ("%s: %s | %s", trust_reason_get_name (verdict->reason), verdict->message, verdict->remedy);
  g_assert_false (verdict->trusted);
  g_assert_true (verdict->message[0] != '\0' && verdict->remedy[0] != '\0');
  g_assert_true (verdict->has_anchor);
  g_assert_cmpuint (verdict->path->len, ==, forged.path.n_links);
  return g_strdup_printf ("%s at %d", trust_reason_get_name (verdict->reason), verdict->failing);
}

/* Rows after RFC 5280 sections 4.2.1.10 and 6.1.3 (b) and (c), and RFC 6125 6.4.4 for wildcards. */
static const struct
{
  const char *constraints;
  const char *path;  /* for forge_path() */
  const char *asked; /* (nullable) */
  const char *expected;
} names[] = {
  /* A kind that is not constrained may have any name; so may a kind of which a certificate has none. */
  { "+dns corp.example", "Leaf", NULL, "ok" },
  { "+dns corp.example", "Leaf ip:192.0.2.1 email:joe@other.example uri:https://other.example/ other:", NULL, "ok" },
  { NULL, "Leaf dns:any.example", NULL, "ok" },
  /* DNS: the name and all below it, whole labels, whatever the case. */
  { "+dns corp.example", "Leaf dns:corp.example", NULL, "ok" },
  { "+dns corp.example", "Leaf dns:a.b.corp.example", NULL, "ok" },
  { "+dns corp.example", "Leaf dns:WWW.Corp.EXAMPLE", NULL, "ok" },
  { "+dns corp.example", "Leaf dns:notcorp.example", NULL, "constraint at 0" },
  { "+dns corp.example", "Leaf dns:example", NULL, "constraint at 0" },
  { "+dns corp.example", "Leaf dns:corp.example.evil.example", NULL, "constraint at 0" },
  { "+dns corp.example", "Leaf dns:www.corp.example dns:other.example", NULL, "constraint at 0" },
  { "+dns corp.example\n+dns other.example", "Leaf dns:www.corp.example dns:other.example", NULL, "ok" },
  { "-dns secret.example", "Leaf dns:www.corp.example", NULL, "ok" },
  { "-dns secret.example", "Leaf dns:a.secret.example", NULL, "constraint at 0" },
  { "+dns example\n-dns secret.example", "Leaf dns:secret.example", NULL, "constraint at 0" },
  { "+dns", "Leaf dns:corp.example", NULL, "constraint at 0" },
  { "+dns", "Leaf ip:192.0.2.1", NULL, "ok" },
  /* Wildcards stand for all names of their label: each must be permitted, and none excluded. */
  { "+dns corp.example", "Leaf dns:*.corp.example", NULL, "ok" },
  { "+dns www.corp.example", "Leaf dns:*.corp.example", NULL, "constraint at 0" },
  { "-dns secret.corp.example", "Leaf dns:*.corp.example", NULL, "constraint at 0" },
  { "-dns secret.corp.example", "Leaf dns:*.other.example", NULL, "ok" },
  /* The name that was asked for. */
  { "+dns corp.example", "Leaf dns:www.corp.example", HOST, "ok" },
  { "+dns corp.example", "Leaf dns:www.corp.example", "WWW.corp.example.", "ok" },
  { "+dns corp.example", "Leaf", "www.other.example", "constraint at 0" },
  { "-ip 192.0.2.0/24", "Leaf", "192.0.2.7", "constraint at 0" },
  { "-ip 192.0.2.0/24", "Leaf", "192.0.3.7", "ok" },
  { "+ip 2001:db8::/32", "Leaf", "2001:db8::1", "ok" },
  { "+ip 2001:db8::/32", "Leaf", "2001:db9::1", "constraint at 0" },
  /* IP addresses, by prefix; the families are no match for each other. */
  { "+ip 10.0.0.0/8", "Leaf ip:10.255.0.1", NULL, "ok" },
  { "+ip 10.0.0.0/8", "Leaf ip:11.0.0.1", NULL, "constraint at 0" },
  { "+ip 10.0.0.0/8", "Leaf ip:2001:db8::1", NULL, "constraint at 0" },
  { "+ip 192.0.2.1", "Leaf ip:192.0.2.1", NULL, "ok" },
  { "+ip 192.0.2.1", "Leaf ip:192.0.2.2", NULL, "constraint at 0" },
  { "+ip 2001:db8::/33", "Leaf ip:2001:db8:7fff::1", NULL, "ok" },
  { "+ip 2001:db8::/33", "Leaf ip:2001:db8:8000::1", NULL, "constraint at 0" },
  { "-ip 10.0.0.0/8", "Leaf ip:10.0.0.1", NULL, "constraint at 0" },
  { "-ip 10.0.0.0/8", "Leaf ip:192.0.2.1", NULL, "ok" },
  { "+ip", "Leaf dns:10.0.0.1", NULL, "ok" },
  /* E-mail: a host's mailboxes, those of hosts below it, one mailbox; in the subject as well. */
  { "+email corp.example", "Leaf email:joe@corp.example", NULL, "ok" },
  { "+email corp.example", "Leaf email:joe@CORP.example", NULL, "ok" },
  { "+email corp.example", "Leaf email:joe@sub.corp.example", NULL, "constraint at 0" },
  { "+email .corp.example", "Leaf email:joe@sub.corp.example", NULL, "ok" },
  { "+email .corp.example", "Leaf email:joe@corp.example", NULL, "constraint at 0" },
  { "+email joe@corp.example", "Leaf email:joe@corp.example", NULL, "ok" },
  { "+email joe@corp.example", "Leaf email:jim@corp.example", NULL, "constraint at 0" },
  { "-email corp.example", "Leaf email:joe@corp.example", NULL, "constraint at 0" },
  { "-email corp.example", "Leaf email:joe@other.example", NULL, "ok" },
  { "+email", "Leaf email:joe@corp.example", NULL, "constraint at 0" },
  { "+email corp.example", "Leaf subject-email:joe@corp.example", NULL, "ok" },
  { "+email corp.example", "Leaf subject-email:joe@other.example", NULL, "constraint at 0" },
  { "+email corp.example", "Leaf email:joe@corp.example subject-email:joe@other.example", NULL, "constraint at 0" },
  { "-email other.example", "Leaf subject-email:joe@other.example", NULL, "constraint at 0" },
  /* URI: the host; one without a host, or with an address, is not permitted where URIs are constrained. */
  { "+uri corp.example", "Leaf uri:https://corp.example/a?b", NULL, "ok" },
  { "+uri corp.example", "Leaf uri:https://corp.example:8443/", NULL, "ok" },
  { "+uri corp.example", "Leaf uri:https://www.corp.example/", NULL, "constraint at 0" },
  { "+uri .corp.example", "Leaf uri:https://www.corp.example/", NULL, "ok" },
  { "+uri .corp.example", "Leaf uri:https://corp.example/", NULL, "constraint at 0" },
  { "+uri corp.example", "Leaf uri:urn:isbn:1", NULL, "constraint at 0" },
  { "-uri corp.example", "Leaf uri:https://192.0.2.1/", NULL, "constraint at 0" },
  { "-uri corp.example", "Leaf uri:https://corp.example/", NULL, "constraint at 0" },
  { "-uri corp.example", "Leaf uri:https://other.example/", NULL, "ok" },
  { "+uri corp.example", "Leaf uri:https://corp.example@evil.example/", NULL, "constraint at 0" },
  { "+uri", "Leaf uri:https://corp.example/", NULL, "constraint at 0" },
  /* Directory names: the subject, and those among the alternatives. */
  { "+directory CN=Leaf", "Leaf", NULL, "ok" },
  { "+directory CN=leaf", "LEAF", NULL, "ok" },
  { "+directory CN=Leaf", "Leaf dir:Other", NULL, "constraint at 0" },
  { "+directory CN=Other", "Leaf", NULL, "constraint at 0" },
  { "-directory CN=Leaf", "Leaf", NULL, "constraint at 0" },
  { "-directory CN=Other", "Leaf", NULL, "ok" },
  { "+directory", "Leaf", NULL, "constraint at 0" },
  /* Every certificate below the anchor, the failing one by its place; self-issued ones between are skipped, as a leaf they are not. */
  { "+dns corp.example", "Leaf dns:www.corp.example | Lower dns:other.example | Upper", NULL, "constraint at 1" },
  { "+dns corp.example", "Leaf dns:www.corp.example | Lower | Upper dns:other.example", NULL, "constraint at 2" },
  { "+dns corp.example", "Leaf dns:www.corp.example | Lower dns:corp.example | Upper", NULL, "ok" },
  { "-email other.example", "Leaf | Lower subject-email:ca@other.example", NULL, "constraint at 1" },
  { "-directory CN=Upper", "Leaf | Lower | Upper", NULL, "constraint at 2" },
  { "-directory CN=Upper", "Leaf | Lower | Upper self-issued", NULL, "ok" },
  { "+dns corp.example", "Leaf | Lower dns:other.example self-issued", NULL, "ok" },
  { "+dns corp.example", "Leaf dns:other.example self-issued", NULL, "constraint at 0" },
  /* The anchor's own names do not matter, unless it is all there is. */
  { "-directory CN=Root", "Leaf", NULL, "ok" },
  { "-directory CN=Root", "", NULL, "constraint at -1" },
  { "+directory CN=Root", "", NULL, "ok" },
};

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (TrustConstraints) constraints = read_constraints (names[i].constraints);
      TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
      guint comparisons = 0;
      g_autofree char *found = hold (names[i].path, &limits, "server-auth", names[i].asked, NOW, &comparisons);

      if (!g_str_equal (found, names[i].expected))
        {
          g_test_message ("row %u: %s, not %s", i, found, names[i].expected);
          g_test_fail ();
        }
    }
}

/* Names that can't be read may be any. */
static void
test_damaged_names (void)
{
  g_autoptr (TrustConstraints) constraints = read_constraints ("+dns corp.example");
  TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
  const char *const purposes[] = { "server-auth", NULL };
  g_autoptr (GByteArray) extension = forge_extension (FORGE_OID_SAN, "\x30\x00", 2);
  g_autoptr (TrustCertificate) leaf = forge (&(ForgeCertificate) { .extensions = extension }), root = forge_one ("Root");
  g_autoptr (TrustSettings) settings = make_settings (purposes, &limits);
  g_autoptr (TrustAnchor) anchor = make_anchor (root, settings);
  TrustPathLink links[] = { { .certificate = leaf, .index = 0 }, { .certificate = root, .index = -1 } };
  TrustPath path = { links, 2, TRUE };
  TrustQuestion question = { .purpose = "server-auth", .oid = "server-auth", .store = "system", .now = NOW };
  guint comparisons = 0;
  g_autoptr (TrustVerdict) verdict = trust_verifier_limits_check (&path, anchor, &question, &comparisons);

  g_assert_nonnull (verdict);
  g_assert_cmpint (verdict->reason, ==, TRUST_REASON_CONSTRAINT);
  g_assert_cmpint (verdict->failing, ==, 0);
}

/* The last second that counts, and the first that does not. */
static void
test_dates (void)
{
  /* clang-format off */
  static const struct { gint64 until, now; const char *expected; } ends[] = {
    { NOW, NOW - 1, "ok" }, { NOW, NOW, "ended at -1" }, { NOW, NOW + 1, "ended at -1" }, { TRUST_NEVER, NOW, "ok" }, { 1, NOW, "ended at -1" },
  };
  /* clang-format on */
  /* clang-format off */
  static const struct { const char *of; const char *purpose; int offset; const char *expected; } afters[] = {
    { "server-auth", "server-auth", -1, "ok" }, { "server-auth", "server-auth", 0, "ok" },
    { "server-auth", "server-auth", 1, "distrusted-after at 0" },
    { "email-protection", "server-auth", 1, "ok" }, { "email-protection", "email-protection", 1, "distrusted-after at 0" },
    { "1.2.3.4", "1.2.3.4", 1, "distrusted-after at 0" }, { "1.2.3.4", "1.2.3.4", 0, "ok" }, { "1.2.3.4", "server-auth", 1, "ok" },
  };
  /* clang-format on */
  guint comparisons = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      TrustLimits limits = { NULL, NULL, ends[i].until, FALSE };
      g_autofree char *found = hold ("Leaf", &limits, "server-auth", NULL, ends[i].now, &comparisons);

      g_assert_cmpstr (found, ==, ends[i].expected);
    }
  for (guint i = 0; i < G_N_ELEMENTS (afters); i++)
    {
      g_autoptr (GArray) array = trust_distrust_after_new ();
      TrustLimits limits = { NULL, array, TRUST_NEVER, FALSE };
      /* Only the leaf's date counts, and never today's. */
      g_autofree char *path = g_strdup_printf ("Leaf begins:%d | Lower begins:999", afters[i].offset);

      trust_distrust_after_add (array, afters[i].of, NOW);
      g_autofree char *found = hold (path, &limits, afters[i].purpose, NULL, NOW + 99999, &comparisons);

      g_assert_cmpstr (found, ==, afters[i].expected);
    }
  g_assert_cmpuint (comparisons, ==, 0);
}

/* The end of the trust is said before anything else; then the date of the leaf. */
static void
test_order (void)
{
  g_autoptr (TrustConstraints) constraints = read_constraints ("+dns");
  g_autoptr (GArray) array = trust_distrust_after_new ();
  const char *path = "Leaf dns:a begins:0";
  guint comparisons = 0;

  trust_distrust_after_add (array, "server-auth", NOW - 1);

  g_autofree char *first = hold (path, &(TrustLimits) { constraints, array, NOW, FALSE }, "server-auth", NULL, NOW, &comparisons);
  g_autofree char *second = hold (path, &(TrustLimits) { constraints, array, TRUST_NEVER, FALSE }, "server-auth", NULL, NOW, &comparisons);
  g_autofree char *third = hold (path, &(TrustLimits) { constraints, NULL, TRUST_NEVER, FALSE }, "server-auth", NULL, NOW, &comparisons);

  g_assert_cmpstr (first, ==, "ended at -1");
  g_assert_cmpstr (second, ==, "distrusted-after at 0");
  g_assert_cmpstr (third, ==, "constraint at 0");
}

/* Comparisons are counted over all calls, and their end is a reason of its own. */
static void
test_budget (void)
{
  g_autoptr (TrustConstraints) constraints = read_constraints ("+dns corp.example\n+dns a.example\n+dns b.example");
  TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char *path = NULL;
  guint comparisons = 0, calls = 0;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (many, " dns:h%u.corp.example", i);
  path = g_strdup_printf ("Leaf%s | Lower%s", many->str, many->str);
  for (;; calls++)
    {
      g_autofree char *found = hold (path, &limits, "server-auth", NULL, NOW, &comparisons);

      if (!g_str_equal (found, "ok"))
        {
          g_assert_cmpstr (found, ==, "budget-exhausted at -1");
          break;
        }
      g_assert_cmpuint (calls, <, TRUST_LIMIT_NAME_COMPARISONS / 2000);
    }
  g_assert_cmpuint (calls, >, 0);
  g_assert_cmpuint (comparisons, >=, TRUST_LIMIT_NAME_COMPARISONS);
  g_assert_cmpuint (comparisons, <, TRUST_LIMIT_NAME_COMPARISONS + 100);

  g_autofree char *again = hold ("Leaf dns:corp.example", &limits, "server-auth", NULL, NOW, &comparisons);
  g_autofree char *unlimited = hold ("Leaf dns:corp.example", &TRUST_LIMITS_NONE, "server-auth", NULL, NOW, &comparisons);

  g_assert_cmpstr (again, ==, "budget-exhausted at -1");
  g_assert_cmpstr (unlimited, ==, "ok");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verifier-limits/names", test_names);
  g_test_add_func ("/verifier-limits/damaged-names", test_damaged_names);
  g_test_add_func ("/verifier-limits/dates", test_dates);
  g_test_add_func ("/verifier-limits/order", test_order);
  g_test_add_func ("/verifier-limits/budget", test_budget);
  return g_test_run ();
}
