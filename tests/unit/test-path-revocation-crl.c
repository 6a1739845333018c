/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lists say of a path's certificates: RFC 5280 section 6.3 (test-path-revocation asks responses, too). */
#include "tests/unit/path-fixture.h"

#define POINT "uri:http://crl.test/1"
#define OTHER_POINT "uri:http://crl.test/2"

/* A root, a CA and a leaf below it that bears EXTRA. */
typedef struct
{
  const Issued *root, *ca, *leaf;
} Three;

static Three
make_three (const GByteArray *extra)
{
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root);

  return (Three) { root, ca, issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .extra = extra }) };
}

static TrustSpan
serial_of (const Issued *issued)
{
  return trust_certificate_get_serial (issued->certificate);
}

/* What a search for PATH's leaf says, with CRLS, of the path up to its last as the only anchor: a rule, "" if it stands. MORE: (nullable) given
 * besides. */
static const char *
ask_with (const Issued *const *path, const Issued *const *more, TrustRevocationMode mode, TrustCrl *const *crls, int *link)
{
  TrustPathQuestion question = make_question ();
  g_autoptr (GPtrArray) lists = g_ptr_array_new (), chain = make_chain (path);
  guint n = chain->len;
  g_autoptr (TrustAnchorSet) set = make_set (CHAIN (path[n - 1]));
  g_auto (TrustPathSearch) search = { 0 };
  TrustPathRevocation revocation = { .mode = mode, .crls = lists, .set = set, .chain = chain };
  const TrustPathAttempt *attempt = NULL;

  g_ptr_array_set_size (chain, (gint) n - 1);
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    g_ptr_array_add (chain, more[i]->certificate);
  for (guint i = 0; crls[i] != NULL; i++)
    g_ptr_array_add (lists, crls[i]);
  question.revocation = &revocation;
  trust_path_search (&question, set, chain, &search);
  if (search.found)
    return "";
  attempt = search.attempts->pdata[search.best];
  g_test_message ("%s at %d: %s", attempt->fault.rule, attempt->fault.link, attempt->fault.says);
  *link = attempt->fault.link;
  return attempt->fault.rule;
}

#define CRLS(...) ((TrustCrl *const[]) { __VA_ARGS__, NULL })
#define assert_says(three, more, rule, at, ...)                                                                                                      \
  do                                                                                                                                                 \
    {                                                                                                                                                \
      int link_ = -2;                                                                                                                                \
      g_assert_cmpstr (ask_with (CHAIN ((three).leaf, (three).ca, (three).root), more, TRUST_REVOCATION_HARD, CRLS (__VA_ARGS__), &link_), ==,       \
                       rule);                                                                                                                        \
      g_assert_cmpint (link_, ==, at);                                                                                                               \
    }                                                                                                                                                \
  while (0)

/* An issuingDistributionPoint. FLAGS: of the tags 81, 82, 84, 85; NAME: of its fullName (nullable); REASONS: of the first octet, 0: all. */
static GByteArray *
make_scope (const char *flags, const char *name, guint8 reasons)
{
  GByteArray *content = g_byte_array_new ();

  if (name != NULL)
    content = forge_join (content, forge_element (0xa0, forge_element (0xa0, forge_general_name (name))), NULL);
  for (const char *flag = flags; *flag != '\0'; flag++)
    {
      if (reasons != 0 && *flag > '\x83')
        break;
      content = forge_join (content, forge_element ((guint8) *flag, FORGE_BYTES ("\xff")), NULL);
    }
  if (reasons != 0)
    {
      const guint8 bits[] = { 0, reasons };

      content = forge_join (content, forge_element (0x83, forge_bytes (bits, 2)), NULL);
    }
  return issue_extension (28, TRUE, forge_element (0x30, content));
}

/* A distribution point of a certificate: its fullName (nullable), reasons (0: all), cRLIssuer (nullable). (transfer full) */
static GByteArray *
make_point (const char *name, guint8 reasons, const GByteArray *crl_issuer)
{
  const guint8 bits[] = { 0, reasons };
  GByteArray *content = g_byte_array_new ();

  if (name != NULL)
    content = forge_join (content, forge_element (0xa0, forge_element (0xa0, forge_general_name (name))), NULL);
  if (reasons != 0)
    content = forge_join (content, forge_element (0x81, forge_bytes (bits, 2)), NULL);
  if (crl_issuer != NULL)
    content = forge_join (content, forge_element (0xa2, forge_element (0xa4, forge_copy (crl_issuer))), NULL);
  return forge_element (0x30, content);
}

/* cRLDistributionPoints. POINT: (transfer full). */
static GByteArray *
make_points (GByteArray *point)
{
  return issue_extension (31, FALSE, forge_element (0x30, point));
}

/* A list by ISSUER that names REVOKED (nullable). */
static TrustCrl *
make_list (const Issued *issuer, const Issued *revoked)
{
  IssueEntry entry = { revoked != NULL ? serial_of (revoked) : (TrustSpan) { NULL, 0 }, 0, NULL };

  return issue_crl (&(IssueCrlSpec) { .issuer = issuer, .entries = &entry, .n_entries = revoked != NULL });
}

/* The same with an extension. EXTRA: (transfer full). */
static TrustCrl *
make_list_with (const Issued *issuer, const Issued *signer, const Issued *revoked, GByteArray *extra)
{
  g_autoptr (GByteArray) owned = extra;
  IssueEntry entry = { revoked != NULL ? serial_of (revoked) : (TrustSpan) { NULL, 0 }, 0, NULL };

  return issue_crl (&(IssueCrlSpec) { .issuer = issuer, .signer = signer, .entries = &entry, .n_entries = revoked != NULL, .extra = extra });
}

/* 6.3.3: of each certificate below the anchor its issuer's list is asked. */
static void
test_plain (void)
{
  Three t = make_three (NULL);
  const Issued *other = issue_leaf (t.ca);
  g_autoptr (TrustCrl) root_clean = make_list (t.root, NULL), ca_clean = make_list (t.ca, other);
  g_autoptr (TrustCrl) root_revokes = make_list (t.root, t.ca), ca_revokes = make_list (t.ca, t.leaf);
  /* A serial number counts only with its issuer. */
  g_autoptr (TrustCrl) root_says_leaf = make_list (t.root, t.leaf);
  int link = -2;

  assert_says (t, NULL, "", -2, root_clean, ca_clean);
  assert_says (t, NULL, "revoked", 0, root_clean, ca_revokes);
  assert_says (t, NULL, "revoked", 1, root_revokes, ca_clean);
  assert_says (t, NULL, "", -2, root_says_leaf, ca_clean);
  assert_says (t, NULL, "revocation-unknown", 0, root_clean);
  assert_says (t, NULL, "revocation-unknown", 1, ca_clean);
  /* Soft: who says nothing is passed over, who says it is revoked is not. */
  g_assert_cmpstr (ask_with (CHAIN (t.leaf, t.ca, t.root), NULL, TRUST_REVOCATION_SOFT, CRLS (root_clean), &link), ==, "");
  g_assert_cmpstr (ask_with (CHAIN (t.leaf, t.ca, t.root), NULL, TRUST_REVOCATION_SOFT, CRLS (ca_revokes), &link), ==, "revoked");
}

/* 5.1.2.4, 5.1.2.5: from thisUpdate to nextUpdate. */
static void
test_fresh (void)
{
  Three t = make_three (NULL);
  g_autoptr (TrustCrl) root = make_list (t.root, NULL);
  const struct
  {
    gint64 from, to;
    const char *rule;
  } rows[] = {
    { ISSUE_NOW, ISSUE_NOW, "" },
    { ISSUE_NOW + 1, 0, "revocation-unknown" },
    { 0, ISSUE_NOW - 1, "revocation-unknown" },
    { 0, ISSUE_NOW, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TrustCrl) crl = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .this_update = rows[i].from, .next_update = rows[i].to });

      assert_says (t, NULL, rows[i].rule, rows[i].rule[0] != '\0' ? 0 : -2, root, crl);
    }
}

/* Of two that are both fresh the later one counts, in whatever order they are given. */
static void
test_newest (void)
{
  Three t = make_three (NULL);
  IssueEntry entry = { serial_of (t.leaf), 7, NULL };
  g_autoptr (TrustCrl) root = make_list (t.root, NULL), future = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .this_update = ISSUE_NOW + 9 });
  g_autoptr (TrustCrl) old_clean = issue_crl (&(IssueCrlSpec) { .issuer = t.ca });
  g_autoptr (TrustCrl) new_revokes = issue_crl (
      &(IssueCrlSpec) { .issuer = t.ca, .entries = &entry, .n_entries = 1, .this_update = ISSUE_NOW - 9, .number = 2 });
  g_autoptr (TrustCrl) old_holds = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .entries = &entry, .n_entries = 1 });
  g_autoptr (TrustCrl) new_clean = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .this_update = ISSUE_NOW - 9, .number = 2 });

  assert_says (t, NULL, "revoked", 0, root, old_clean, new_revokes);
  assert_says (t, NULL, "revoked", 0, root, new_revokes, old_clean);
  assert_says (t, NULL, "", -2, root, old_holds, new_clean);
  assert_says (t, NULL, "", -2, root, new_clean, old_holds);
  /* One that is not yet does not hide it. */
  assert_says (t, NULL, "revoked", 0, root, future, new_revokes);
}

/* 6.3.3 (f), (g): by the issuer's key, which may sign lists. */
static void
test_signed (void)
{
  const guint32 usage = 1u << TRUST_EXTENSION_KEY_USAGE;
  g_autoptr (GByteArray) sign_only = issue_key_usage (0x04);
  const Issued *root = issue_root ("Root"), *stranger = issue_root ("CA");
  const Issued *no_lists = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .without = usage, .extra = sign_only });
  const Issued *unsaid = issue (&(IssueSpec) { .cn = "CA", .issuer = root, .without = usage });
  Three t = make_three (NULL), bare = { root, no_lists, issue_leaf (no_lists) }, free_ca = { root, unsaid, issue_leaf (unsaid) };
  g_autoptr (TrustCrl) root_list = make_list (root, NULL), t_root = make_list (t.root, NULL);
  g_autoptr (TrustCrl) forged = make_list_with (t.ca, stranger, t.leaf, NULL), clean_forged = make_list_with (t.ca, stranger, NULL, NULL);
  g_autoptr (TrustCrl) not_allowed = make_list (no_lists, NULL), allowed = make_list (unsaid, NULL);

  assert_says (t, NULL, "revocation-unknown", 0, t_root, forged);
  assert_says (t, NULL, "revocation-unknown", 0, t_root, clean_forged);
  /* A root of that name that is no anchor does not help. */
  assert_says (t, CHAIN (stranger), "revocation-unknown", 0, t_root, clean_forged);
  assert_says (bare, NULL, "revocation-unknown", 0, root_list, not_allowed);
  assert_says (free_ca, NULL, "", -2, root_list, allowed);
}

/* 5: a CA may sign its lists with another key, of one name; its certificate has a path to the same anchor, and is not revoked itself. */
static void
test_other_key (void)
{
  Three t = make_three (NULL);
  const Issued *signer = issue_ca ("CA", t.root), *late = issue (&(IssueSpec) { .cn = "CA", .issuer = t.root, .not_after = ISSUE_NOW - 1 });
  g_autoptr (TrustCrl) root = make_list (t.root, NULL), by_signer = make_list_with (t.ca, signer, t.leaf, NULL);
  g_autoptr (TrustCrl) clean = make_list_with (t.ca, signer, NULL, NULL), by_late = make_list_with (t.ca, late, NULL, NULL);
  g_autoptr (TrustCrl) root_revokes = make_list (t.root, signer);

  assert_says (t, CHAIN (signer), "revoked", 0, root, by_signer);
  assert_says (t, CHAIN (signer), "", -2, root, clean);
  assert_says (t, NULL, "revocation-unknown", 0, root, clean);
  assert_says (t, CHAIN (late), "revocation-unknown", 0, root, by_late);
  assert_says (t, CHAIN (signer), "revocation-unknown", 0, root_revokes, clean);
}

/* Refuses DATA, an anchor. */
static gboolean
refuse_anchor (gpointer data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  const Issued *refused = data;

  if (anchor == NULL || trust_anchor_get_certificate (anchor) != refused->certificate)
    return TRUE;
  *fault = (TrustPathFault) { TRUST_REASON_PURPOSE, (int) n_links - 1, "test", "", "not this one" };
  return FALSE;
}

/* 6.3.3 (f): of two anchors of one name and key the path leads to the one that is for this; its list's signer has a path there as well, though the
 * other anchor may be found first. */
static void
test_other_anchor (void)
{
  const Issued *first = issue_root ("Root"), *second = issue (&(IssueSpec) { .cn = "Root", .same_key = first });
  const Issued *ca = issue_ca ("CA", first), *signer = issue_ca ("CA", first), *leaf = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE });
  g_autoptr (TrustCrl) list = make_list_with (ca, signer, leaf, NULL);
  g_autoptr (TrustAnchorSet) set = make_set (CHAIN (first, second));
  g_autoptr (GPtrArray) lists = g_ptr_array_new (), chain = make_chain (CHAIN (leaf, ca, signer));
  TrustPathRevocation revocation = { .mode = TRUST_REVOCATION_SOFT, .crls = lists, .set = set, .chain = chain };
  const Issued *const refused[] = { first, second };

  g_ptr_array_add (lists, list);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      TrustPathQuestion question = make_question ();
      g_auto (TrustPathSearch) search = { 0 };

      question.revocation = &revocation;
      question.allow = refuse_anchor;
      question.allow_data = (gpointer) refused[i];
      trust_path_search (&question, set, chain, &search);
      g_assert_false (search.found);
      g_assert_cmpstr (((const TrustPathAttempt *) search.attempts->pdata[search.best])->fault.rule, ==, "revoked");
    }
}

/* 6.3.3 (b) (2) (ii)-(iv): lists of certain certificates. */
static void
test_kinds (void)
{
  Three t = make_three (NULL);
  g_autoptr (TrustCrl) root_all = make_list (t.root, NULL), ca_all = make_list (t.ca, NULL);
  g_autoptr (TrustCrl) root_users = make_list_with (t.root, NULL, t.ca, make_scope ("\x81", NULL, 0));
  g_autoptr (TrustCrl) root_cas = make_list_with (t.root, NULL, NULL, make_scope ("\x82", NULL, 0));
  g_autoptr (TrustCrl) ca_users = make_list_with (t.ca, NULL, NULL, make_scope ("\x81", NULL, 0));
  g_autoptr (TrustCrl) ca_cas = make_list_with (t.ca, NULL, t.leaf, make_scope ("\x82", NULL, 0));
  g_autoptr (TrustCrl) ca_attributes = make_list_with (t.ca, NULL, t.leaf, make_scope ("\x85", NULL, 0));

  assert_says (t, NULL, "", -2, root_cas, ca_users);
  assert_says (t, NULL, "revocation-unknown", 1, root_users, ca_all);
  assert_says (t, NULL, "revocation-unknown", 0, root_all, ca_cas);
  assert_says (t, NULL, "revocation-unknown", 0, root_all, ca_attributes);
}

/* 4.2.1.13, 6.3.3 (b) (2) (i): the list's point is one of the certificate's. */
static void
test_points (void)
{
  g_autoptr (GByteArray) points = make_points (make_point (POINT, 0, NULL));
  Three t = make_three (points), plain = make_three (NULL);
  g_autoptr (TrustCrl) root = make_list (t.root, NULL), plain_root = make_list (plain.root, NULL);
  g_autoptr (TrustCrl) same = make_list_with (t.ca, NULL, t.leaf, make_scope ("", POINT, 0));
  g_autoptr (TrustCrl) other = make_list_with (t.ca, NULL, t.leaf, make_scope ("", OTHER_POINT, 0));
  g_autoptr (TrustCrl) whole = make_list (t.ca, t.leaf);
  g_autoptr (TrustCrl) by_name = make_list_with (plain.ca, NULL, plain.leaf, make_scope ("", "dir:CA", 0));
  g_autoptr (TrustCrl) by_point = make_list_with (plain.ca, NULL, plain.leaf, make_scope ("", POINT, 0));

  assert_says (t, NULL, "revoked", 0, root, same);
  assert_says (t, NULL, "revocation-unknown", 0, root, other);
  assert_says (t, NULL, "revoked", 0, root, whole);
  assert_says (t, NULL, "revoked", 0, root, other, same);
  /* Without points of its own: the issuer's name is one (6.3.3, last paragraph). */
  assert_says (plain, NULL, "revoked", 0, plain_root, by_name);
  assert_says (plain, NULL, "revocation-unknown", 0, plain_root, by_point);
}

/* 6.3.2 (a), 6.3.3 (d), (e), (l): lists for some reasons; all together must know of all. */
static void
test_reasons (void)
{
  Three t = make_three (NULL);
  g_autoptr (TrustCrl) root = make_list (t.root, NULL);
  /* keyCompromise to cessationOfOperation; the rest. */
  g_autoptr (TrustCrl) first = make_list_with (t.ca, NULL, NULL, make_scope ("", NULL, 0x7c));
  g_autoptr (TrustCrl) revokes = make_list_with (t.ca, NULL, t.leaf, make_scope ("", NULL, 0x03));
  const guint8 rest[] = { 0, 0x03, 0x80 };
  GByteArray *content = forge_element (0x83, forge_bytes (rest, 3));
  g_autoptr (TrustCrl) second = make_list_with (t.ca, NULL, NULL, issue_extension (28, TRUE, forge_element (0x30, content)));

  assert_says (t, NULL, "revocation-unknown", 0, root, first);
  assert_says (t, NULL, "", -2, root, first, second);
  assert_says (t, NULL, "revoked", 0, root, first, revokes);
}

/* 5.2.5, 5.3.3: another signs the list, as the certificate says. */
static void
test_indirect (void)
{
  const Issued *root = issue_root ("Root"), *ca = issue_ca ("CA", root), *office = issue_ca ("Office", root);
  g_autoptr (GByteArray) points = make_points (make_point (POINT, 0, office->name));
  const Issued *leaf = issue (&(IssueSpec) { .issuer = ca, .is_leaf = TRUE, .extra = points }), *plain = issue_leaf (ca);
  Three t = { root, ca, leaf }, without = { root, ca, plain };
  g_autoptr (GByteArray) of_ca = issue_extension (29, TRUE, forge_element (0x30, forge_element (0xa4, forge_copy (ca->name))));
  const IssueEntry entries[] = { { serial_of (leaf), 0, of_ca }, { serial_of (plain), 0, NULL } }, own = { serial_of (leaf), 0, NULL };
  g_autoptr (GByteArray) scope = make_scope ("\x84", POINT, 0), direct = make_scope ("", POINT, 0);
  g_autoptr (TrustCrl) list = make_list (root, NULL);
  g_autoptr (TrustCrl) revokes = issue_crl (&(IssueCrlSpec) { .issuer = office, .entries = entries, .n_entries = 2, .extra = scope });
  g_autoptr (TrustCrl) of_office = issue_crl (&(IssueCrlSpec) { .issuer = office, .entries = &own, .n_entries = 1, .extra = scope });
  g_autoptr (TrustCrl) no_scope = issue_crl (&(IssueCrlSpec) { .issuer = office, .extra = direct });

  assert_says (t, CHAIN (office), "revoked", 0, list, revokes);
  /* The entry is of the office's own certificates. */
  assert_says (t, CHAIN (office), "", -2, list, of_office);
  assert_says (t, CHAIN (office), "revocation-unknown", 0, list, no_scope);
  assert_says (t, NULL, "revocation-unknown", 0, list, revokes);
  /* A certificate that names no office is not its business. */
  assert_says (without, CHAIN (office), "revocation-unknown", 0, list, revokes);
}

/* 5.2.4, 6.3.3 (c), (i)-(k): a delta to the list adds and takes off. */
static void
test_delta (void)
{
  Three t = make_three (NULL);
  IssueEntry adds = { serial_of (t.leaf), 0, NULL }, holds = { serial_of (t.leaf), 7, NULL }, lifts = { serial_of (t.leaf), 9, NULL };
  g_autoptr (GByteArray) scope = make_scope ("\x81", NULL, 0);
  g_autoptr (TrustCrl) root = make_list (t.root, NULL);
  g_autoptr (TrustCrl) base = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .number = 5 });
  g_autoptr (TrustCrl) held = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .number = 5, .entries = &holds, .n_entries = 1 });
#define DELTA(from, number_, entry, ...)                                                                                                             \
  issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .number = number_, .base_number = (from) + 1, .entries = &(entry), .n_entries = 1, __VA_ARGS__ })
  g_autoptr (TrustCrl) delta = DELTA (5, 6, adds), older = DELTA (4, 6, adds), beyond = DELTA (6, 7, adds), stale = DELTA (5, 5, adds);
  g_autoptr (TrustCrl) expired = DELTA (5, 6, adds, .next_update = ISSUE_NOW - 1), other_scope = DELTA (5, 6, adds, .extra = scope);
  g_autoptr (TrustCrl) lifted = DELTA (5, 6, lifts), again = DELTA (5, 7, adds);

  assert_says (t, NULL, "", -2, root, base);
  assert_says (t, NULL, "revoked", 0, root, base, delta);
  assert_says (t, NULL, "revoked", 0, root, delta, base);
  assert_says (t, NULL, "revoked", 0, root, base, older);
  assert_says (t, NULL, "", -2, root, base, beyond);
  assert_says (t, NULL, "", -2, root, base, stale);
  assert_says (t, NULL, "", -2, root, base, expired);
  assert_says (t, NULL, "", -2, root, base, other_scope);
  assert_says (t, NULL, "revoked", 0, root, held);
  assert_says (t, NULL, "", -2, root, held, lifted);
  assert_says (t, NULL, "revoked", 0, root, held, lifted, again);
  /* A delta alone says nothing in full. */
  assert_says (t, NULL, "revocation-unknown", 0, root, lifted);
}

/* 5.2, 5.3: what has a critical extension that nobody understands says nothing, and is told of; soft or hard. */
static void
test_unusable (void)
{
  Three t = make_three (NULL);
  g_autoptr (GByteArray) unknown = issue_extension (99, TRUE, FORGE_BYTES ("?"));
  const IssueEntry entry = { { (const guint8 *) "\x55", 1 }, 0, unknown };
  g_autoptr (TrustCrl) root = make_list (t.root, NULL), list = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .extra = unknown });
  g_autoptr (TrustCrl) entries = issue_crl (&(IssueCrlSpec) { .issuer = t.ca, .entries = &entry, .n_entries = 1 });
  g_autoptr (TrustCrl) good = make_list (t.ca, NULL), revokes = make_list (t.ca, t.leaf);
  TrustCrl *const bad[] = { list, entries };

  for (guint i = 0; i < 2; i++)
    {
      int link = -2;

      assert_says (t, NULL, "crl", 0, root, bad[i]);
      g_assert_cmpstr (ask_with (CHAIN (t.leaf, t.ca, t.root), NULL, TRUST_REVOCATION_SOFT, CRLS (root, bad[i]), &link), ==, "crl");
      assert_says (t, NULL, "", -2, root, bad[i], good);
      assert_says (t, NULL, "revoked", 0, root, bad[i], revokes);
    }
}

/* Noise that uses the work up does not hide a list: soft or hard, that is no "trusted". */
static void
test_spent (void)
{
  Three t = make_three (NULL);
  TrustCrl *lists[TRUST_PATH_SIGNATURES + 2] = { NULL };
  g_autoptr (TrustCrl) revokes = make_list (t.ca, t.leaf);
  const Issued *stranger = issue_root ("CA");
  int link = -2;

  for (guint i = 0; i < TRUST_PATH_SIGNATURES; i++)
    lists[i] = make_list_with (t.ca, stranger, NULL, NULL);
  lists[TRUST_PATH_SIGNATURES] = revokes;
  g_assert_cmpstr (ask_with (CHAIN (t.leaf, t.ca, t.root), NULL, TRUST_REVOCATION_SOFT, lists, &link), ==, "budget");
  for (guint i = 0; i < TRUST_PATH_SIGNATURES; i++)
    trust_crl_unref (lists[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path-revocation-crl/plain", test_plain);
  g_test_add_func ("/path-revocation-crl/fresh", test_fresh);
  g_test_add_func ("/path-revocation-crl/newest", test_newest);
  g_test_add_func ("/path-revocation-crl/signed", test_signed);
  g_test_add_func ("/path-revocation-crl/other-key", test_other_key);
  g_test_add_func ("/path-revocation-crl/other-anchor", test_other_anchor);
  g_test_add_func ("/path-revocation-crl/kinds", test_kinds);
  g_test_add_func ("/path-revocation-crl/points", test_points);
  g_test_add_func ("/path-revocation-crl/reasons", test_reasons);
  g_test_add_func ("/path-revocation-crl/indirect", test_indirect);
  g_test_add_func ("/path-revocation-crl/delta", test_delta);
  g_test_add_func ("/path-revocation-crl/unusable", test_unusable);
  g_test_add_func ("/path-revocation-crl/spent", test_spent);
  return g_test_run ();
}
