/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What OCSP responses and lists say of a path: RFC 6960 section 3.2 and 4.2.2, beside RFC 5280 section 6.3. */
#include "core/limits.h"
#include "core/path-builder.h"
#include "tests/lib/forge-ocsp.h"
#include "tests/lib/issue.h"

#define DAY 86400

/* A root, an issuer below it, a leaf; one to whom the issuer delegates, and others who are like it. */
typedef struct
{
  TestCertificate *root;
  TestCertificate *issuer;
  TestCertificate *leaf;
  TestCertificate *delegate;
  TestCertificate *stranger;
  TrustAnchorSet *set;
  GPtrArray *chain;
  GPtrArray *ocsp;
  GPtrArray *crls;
  const TrustCertificate *refused; /* by the caller */
  TrustPathRevocation revocation;
  TrustPathQuestion question;
  ForgeOcsp usual; /* of the leaf, by its issuer */
  gint64 now;
} Fixture;

static TestCertificate *
make (const TestCertificate *issuer, const char *dn, const char *eku, guint usage)
{
  TestCertificateSpec spec = { .dn = dn, .not_ca = TRUE, .issuer = issuer, .eku = eku, .usage = usage };

  return test_certificate_new (&spec);
}

static gboolean
allow (gpointer user_data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault)
{
  const Fixture *f = user_data;

  *fault = (TrustPathFault) { TRUST_REASON_DISTRUSTED, (int) n_links - 1, "refused", "", "it is refused" };
  return f->refused == NULL
         || !trust_fingerprint_equal (trust_certificate_get_fingerprint (links[n_links - 1].certificate),
                                      trust_certificate_get_fingerprint (f->refused));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec issuer = { .dn = "CN=Issuing" };
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), distrusts = g_ptr_array_new ();
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);

  f->root = test_certificate_new_root ("CN=Root");
  issuer.issuer = f->root;
  f->issuer = test_certificate_new (&issuer);
  f->leaf = make (f->issuer, "CN=Leaf", NULL, 0);
  f->delegate = make (f->issuer, "CN=Responder", FORGE_OCSP_SIGNING, 0);
  f->stranger = make (f->root, "CN=Stranger", FORGE_OCSP_SIGNING, 0);
  g_ptr_array_add (anchors, trust_anchor_new (f->root->certificate, settings, origin, NULL));
  f->set = trust_anchor_set_new (anchors, distrusts);
  f->chain = g_ptr_array_new ();
  g_ptr_array_add (f->chain, f->leaf->certificate);
  g_ptr_array_add (f->chain, f->issuer->certificate);
  f->ocsp = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_ocsp_unref);
  f->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  f->now = g_get_real_time () / G_USEC_PER_SEC;
  f->revocation = (TrustPathRevocation) { .mode = TRUST_REVOCATION_SOFT, .crls = f->crls, .ocsp = f->ocsp, .set = f->set, .chain = f->chain };
  f->question = (TrustPathQuestion) {
    .profile = TRUST_PROFILE_DEFAULT, .time = f->now, .max_depth = TRUST_NO_NUMBER, .revocation = &f->revocation, .allow = allow, .allow_data = f
  };
  f->usual = (ForgeOcsp) { .about = f->leaf->certificate, .issuer = f->issuer->certificate, .signer = f->issuer };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  test_certificate_free (f->issuer);
  test_certificate_free (f->leaf);
  test_certificate_free (f->delegate);
  test_certificate_free (f->stranger);
  trust_anchor_set_unref (f->set);
  g_ptr_array_unref (f->chain);
  g_ptr_array_unref (f->ocsp);
  g_ptr_array_unref (f->crls);
}

static void
give (Fixture *f, const ForgeOcsp *how)
{
  g_autoptr (GByteArray) der = forge_ocsp (how);

  g_ptr_array_add (f->ocsp, trust_ocsp_new (der->data, der->len, NULL));
}

/* The issuer's own state is known, so that "hard" asks for the leaf's alone. */
static void
give_issuer (Fixture *f)
{
  ForgeOcsp how = { .about = f->issuer->certificate, .issuer = f->root->certificate, .signer = f->root };

  give (f, &how);
}

/* What comes of it in MODE: 0 or why the path does not stand; and the note of the last response. */
static TrustReason
ask (Fixture *f, TrustRevocationMode mode, const char **says, const char **note)
{
  g_autofree const char **notes = g_new0 (const char *, f->ocsp->len + 1);
  g_auto (TrustPathSearch) search = { 0 };
  const TrustPathAttempt *best = NULL;

  f->revocation.mode = mode;
  f->revocation.notes = notes;
  trust_path_search (&f->question, f->set, f->chain, &search);
  f->revocation.notes = NULL;
  *note = f->ocsp->len > 0 ? notes[f->ocsp->len - 1] : NULL;
  *says = "";
  if (search.found)
    return TRUST_REASON_TRUSTED;
  best = search.attempts->pdata[search.best];
  *says = best->fault.says;
  g_test_message ("%s: %s", trust_reason_get_name (best->fault.reason), best->fault.says);
  return best->fault.reason;
}

static void
assert_reason (Fixture *f, TrustRevocationMode mode, TrustReason reason)
{
  const char *says = NULL, *note = NULL;

  g_assert_cmpstr (trust_reason_get_name (ask (f, mode, &says, &note)), ==, trust_reason_get_name (reason));
}

/* The one response HOW makes counts, or (WORDS not NULL) does not: softly the path stands with a note, hard it does not, and WORDS say why. */
static void
assert_counts (Fixture *f, const ForgeOcsp *how, const char *words)
{
  const char *says = NULL, *note = NULL;

  g_ptr_array_set_size (f->ocsp, 0);
  give_issuer (f);
  give (f, how);
  if (words == NULL)
    {
      TrustReason reason = how->says == TRUST_OCSP_REVOKED ? TRUST_REASON_REVOKED : TRUST_REASON_TRUSTED;

      g_assert_cmpint (ask (f, TRUST_REVOCATION_HARD, &says, &note), ==, reason);
      g_assert_cmpstr (note, ==, "");
      g_assert_cmpint (ask (f, TRUST_REVOCATION_SOFT, &says, &note), ==, reason);
      return;
    }
  g_assert_cmpint (ask (f, TRUST_REVOCATION_SOFT, &says, &note), ==, TRUST_REASON_TRUSTED);
  if (words[0] != '\0' && (note == NULL || strstr (note, words) == NULL))
    g_error ("\"%s\" does not say \"%s\"", note != NULL ? note : "", words);
  g_assert_cmpint (ask (f, TRUST_REVOCATION_HARD, &says, &note), ==, TRUST_REASON_REVOCATION_UNKNOWN);
  g_assert_nonnull (strstr (says, words));
}

/* Softly, nothing need be said; hard, all of the path's certificates but the anchor need an answer. */
static void
test_modes (Fixture *f, gconstpointer data)
{
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_TRUSTED);
  assert_reason (f, TRUST_REVOCATION_HARD, TRUST_REASON_REVOCATION_UNKNOWN);
  give (f, &f->usual);
  assert_reason (f, TRUST_REVOCATION_HARD, TRUST_REASON_REVOCATION_UNKNOWN);
  give_issuer (f);
  assert_reason (f, TRUST_REVOCATION_HARD, TRUST_REASON_TRUSTED);
}

/* 2.2. */
static void
test_statuses (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;

  assert_counts (f, &how, NULL);
  how.says = TRUST_OCSP_REVOKED;
  assert_counts (f, &how, NULL);
  how.says = TRUST_OCSP_UNKNOWN;
  assert_counts (f, &how, "does not know");
}

/* 3.2 (1): it is about this certificate, of this issuer. */
static void
test_other_certificate (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;

  how.says = TRUST_OCSP_REVOKED;
  how.about = f->delegate->certificate;
  assert_counts (f, &how, "");
  how = f->usual;
  how.says = TRUST_OCSP_REVOKED;
  how.issuer = f->root->certificate;
  assert_counts (f, &how, "");
}

/* 3.2 (2): the signature. */
static void
test_signature (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;

  how.nonce = "its last byte is changed";
  how.is_tampered = TRUE;
  assert_counts (f, &how, "signature");
  /* Made by another than it says. */
  how = f->usual;
  how.signer = f->leaf;
  how.responder = f->issuer->certificate;
  assert_counts (f, &how, "signature");
  how.says = TRUST_OCSP_REVOKED;
  assert_counts (f, &how, "signature");
}

/* 3.2 (3) and (4), 4.2.2.2: who may sign. */
static void
test_signers (Fixture *f, gconstpointer data)
{
  TestCertificateSpec old = { .dn = "CN=Old", .not_ca = TRUE, .issuer = f->issuer, .eku = FORGE_OCSP_SIGNING, .not_after = f->now - 1 };
  TestCertificateSpec namesake = { .dn = "CN=Issuing" };
  g_autoptr (TestCertificate) plain = make (f->issuer, "CN=Plain", NULL, 0), any = make (f->issuer, "CN=Any", "2.5.29.37.0", 0),
                              mute = make (f->issuer, "CN=Mute", FORGE_OCSP_SIGNING, GNUTLS_KEY_KEY_ENCIPHERMENT),
                              expired = test_certificate_new (&old), false_issuer = test_certificate_new (&namesake),
                              forged = make (false_issuer, "CN=Forged", FORGE_OCSP_SIGNING, 0);
  const struct
  {
    const TestCertificate *signer;
    const char *words;
  } rows[] = {
    { f->delegate, NULL },      { f->stranger, "neither" }, { f->root, "neither" }, { plain, "extKeyUsage" },
    { any, "extKeyUsage" },     { mute, "keyUsage" },       { expired, "expired" }, { forged, "not signed by the issuer" },
    { f->leaf, "extKeyUsage" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint by_name = 0; by_name < 2; by_name++)
      {
        ForgeOcsp how = f->usual;

        how.signer = how.attached = rows[i].signer;
        how.by_name = by_name != 0;
        assert_counts (f, &how, rows[i].words);
        how.says = TRUST_OCSP_REVOKED;
        assert_counts (f, &how, rows[i].words);
      }

  /* Its certificate may come with the chain; it must come. */
  ForgeOcsp how = f->usual;

  how.signer = f->delegate;
  assert_counts (f, &how, "neither");
  g_ptr_array_add (f->chain, f->delegate->certificate);
  assert_counts (f, &how, NULL);
}

/* A responder whom the caller refuses, or a list revokes, does not count. */
static void
test_refused_signer (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;

  how.signer = how.attached = f->delegate;
  f->refused = f->delegate->certificate;
  assert_counts (f, &how, "distrusted");
  f->refused = f->stranger->certificate;
  assert_counts (f, &how, NULL);
  g_ptr_array_add (f->crls, forge_crl (f->root, NULL));
  g_ptr_array_add (f->crls, forge_crl (f->issuer, f->delegate->certificate));
  g_ptr_array_set_size (f->ocsp, 0);
  give (f, &how);

  const char *says = NULL, *note = NULL;

  /* The list itself says that the leaf is good. */
  g_assert_cmpint (ask (f, TRUST_REVOCATION_HARD, &says, &note), ==, TRUST_REASON_TRUSTED);
  g_assert_nonnull (strstr (note, "taken back"));
}

/* 3.2 (5) and (6), 4.2.2.1: both bounds are within. */
static void
test_dates (Fixture *f, gconstpointer data)
{
  const struct
  {
    gint64 this_update, next_update;
    const char *words;
  } rows[] = {
    { f->now, f->now, NULL },
    { f->now + 1, f->now + DAY, "later" },
    { f->now - DAY, f->now - 1, "out of date" },
    { f->now - 30 * DAY, f->now + DAY, NULL },
    { f->now - TRUST_LIMIT_OCSP_HOURS * 3600, FORGE_NO_TIME, NULL },
    { f->now - TRUST_LIMIT_OCSP_HOURS * 3600 - 1, FORGE_NO_TIME, "out of date" },
    { f->now + 1, FORGE_NO_TIME, "later" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      ForgeOcsp how = f->usual;

      how.this_update = rows[i].this_update;
      how.next_update = rows[i].next_update;
      assert_counts (f, &how, rows[i].words);
    }
}

/* 4.4.1: the question's nonce, if it has one. */
static void
test_nonce (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual, root = { .about = f->issuer->certificate, .issuer = f->root->certificate, .signer = f->root, .nonce = "one" };

  how.nonce = "one";
  assert_counts (f, &how, NULL);
  f->revocation.nonce = (TrustSpan) { (const guint8 *) "one", 3 };
  give (f, &how);
  give (f, &root);
  assert_reason (f, TRUST_REVOCATION_HARD, TRUST_REASON_TRUSTED);
  for (guint i = 0; i < 2; i++)
    {
      const char *says = NULL, *note = NULL;

      g_ptr_array_set_size (f->ocsp, 0);
      give (f, &root);
      how.nonce = i == 0 ? "two" : NULL;
      give (f, &how);
      g_assert_cmpint (ask (f, TRUST_REVOCATION_HARD, &says, &note), ==, TRUST_REASON_REVOCATION_UNKNOWN);
      g_assert_nonnull (strstr (says, "nonce"));
    }
}

/* Of several that count, "revoked" wins, in whatever order, and over a list too; as a list's does over a response. */
static void
test_revoked_wins (Fixture *f, gconstpointer data)
{
  ForgeOcsp revoked = f->usual;

  revoked.says = TRUST_OCSP_REVOKED;
  give_issuer (f);
  give (f, &f->usual);
  give (f, &revoked);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
  g_ptr_array_set_size (f->ocsp, 0);
  give (f, &revoked);
  give (f, &f->usual);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
  g_ptr_array_add (f->crls, forge_crl (f->issuer, NULL));
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
  g_ptr_array_set_size (f->ocsp, 0);
  give (f, &f->usual);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_TRUSTED);
  g_ptr_array_set_size (f->crls, 0);
  g_ptr_array_add (f->crls, forge_crl (f->issuer, f->leaf->certificate));
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
}

/* In one response, too. */
static void
test_two_answers (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual, revoked = f->usual;

  revoked.says = TRUST_OCSP_REVOKED;
  revoked.this_update = f->now - 2 * DAY;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GByteArray) answers = forge_join (forge_ocsp_answer (i == 0 ? &f->usual : &revoked),
                                                   forge_ocsp_answer (i == 0 ? &revoked : &f->usual), NULL);

      g_ptr_array_set_size (f->ocsp, 0);
      how.answers = answers;
      give (f, &how);
      assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
    }
}

/* Noise is no answer. */
static void
test_noise (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gsize size;
    const char *words;
  } rows[] = { { "noise", 5, "damaged" }, { "\x30\x03\x0a\x01\x03", 5, "try later" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *says = NULL, *note = NULL;

      g_ptr_array_set_size (f->ocsp, 0);
      give_issuer (f);
      g_ptr_array_add (f->ocsp, trust_ocsp_new (rows[i].bytes, rows[i].size, NULL));
      g_assert_cmpint (ask (f, TRUST_REVOCATION_SOFT, &says, &note), ==, TRUST_REASON_TRUSTED);
      g_assert_nonnull (strstr (note, rows[i].words));
      g_assert_cmpint (ask (f, TRUST_REVOCATION_HARD, &says, &note), ==, TRUST_REASON_REVOCATION_UNKNOWN);
      g_assert_nonnull (strstr (says, rows[i].words));
    }
}

/* Responses whose signatures cost all of the call's work do not hide the list behind them. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  ForgeOcsp how = f->usual;

  how.signer = f->leaf;
  how.responder = f->issuer->certificate;
  g_ptr_array_add (f->crls, forge_crl (f->issuer, f->leaf->certificate));
  for (guint i = 0; i < TRUST_PATH_SIGNATURES; i++)
    give (f, &how);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_BUDGET_EXHAUSTED);
  g_ptr_array_set_size (f->ocsp, 3);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_REVOKED);
}

/* N directory names of SIZE letters each, as a distribution point's fullName. */
static GByteArray *
make_point (guint n, guint size, char letter)
{
  g_autofree char *text = g_strnfill (size, letter);
  GByteArray *names = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    names = forge_join (names, forge_element (0xa4, forge_name (FORGE_OID_CN, 0x0c, text)), NULL);
  return forge_element (0xa0, forge_element (0xa0, names));
}

/* Long names in a certificate and many in a list, which nobody need have signed, don't cost more than a call may. */
static void
test_many_names (Fixture *f, gconstpointer data)
{
  const Issued *root = issue_root ("Root");
  g_autoptr (GByteArray) points = issue_extension (31, FALSE, forge_element (0x30, forge_element (0x30, make_point (1, 40000, 'a'))));
  g_autoptr (GByteArray) scope = issue_extension (28, TRUE, forge_element (0x30, make_point (20000, 1, 'b')));
  IssueSpec spec = { .issuer = root, .is_leaf = TRUE, .extra = points };
  const Issued *leaf = issue (&spec);
  IssueCrlSpec list = { .issuer = root, .extra = scope };
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref), distrusts = g_ptr_array_new ();
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);

  g_ptr_array_add (anchors, trust_anchor_new (root->certificate, settings, origin, NULL));
  trust_anchor_set_unref (f->set);
  f->set = trust_anchor_set_new (anchors, distrusts);
  f->revocation.set = f->set;
  f->question.time = ISSUE_NOW;
  g_ptr_array_set_size (f->chain, 0);
  g_ptr_array_add (f->chain, leaf->certificate);
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_TRUSTED);
  g_ptr_array_add (f->crls, issue_crl (&list));
  assert_reason (f, TRUST_REVOCATION_SOFT, TRUST_REASON_BUDGET_EXHAUSTED);
}

#define add(name, function) g_test_add ("/path-revocation/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("modes", test_modes);
  add ("statuses", test_statuses);
  add ("other-certificate", test_other_certificate);
  add ("signature", test_signature);
  add ("signers", test_signers);
  add ("refused-signer", test_refused_signer);
  add ("dates", test_dates);
  add ("nonce", test_nonce);
  add ("revoked-wins", test_revoked_wins);
  add ("two-answers", test_two_answers);
  add ("noise", test_noise);
  add ("flood", test_flood);
  add ("many-names", test_many_names);
  return g_test_run ();
}
