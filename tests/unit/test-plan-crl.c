/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Revocation lists that are kept: what is taken, what follows what, what a file must be to count, and that the verifier asks them. */
#include "core/engine.h"
#include "core/pem.h"
#include "tests/lib/issue.h"
#include "tests/lib/support.h"

#include <glib/gstdio.h>

#define FOLDER "/etc/anchord/crls.d/"

typedef struct
{
  char *scratch;
  Issued *root, *ca, *leaf, *stranger;
  TrustCaller *caller;
  TrustEngine *engine;
  gint64 now;
  guint n_changed;
} Fixture;

static gint64
tell_time (gpointer user_data)
{
  return ((Fixture *) user_data)->now;
}

static void
count_change (guint64 generation, const TrustAnchorSetDiff *diff, gpointer user_data)
{
  ((Fixture *) user_data)->n_changed++;
}

static void
open_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->engine, trust_engine_free);
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  trust_engine_set_clock (f->engine, tell_time, f);
  trust_engine_set_listener (f->engine, count_change, f);
  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
refresh (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) pem = g_string_new (NULL);
  TrustSpan der;

  f->scratch = test_scratch_new ();
  test_scratch_make_debian (f->scratch);
  f->root = issue_root ("Corp Root");
  f->ca = issue_ca ("Corp Issuing", f->root);
  f->leaf = issue_leaf (f->ca);
  f->stranger = issue_root ("Stranger");
  der = trust_certificate_get_der (f->root->certificate);
  trust_pem_append (pem, der.data, der.size, "CERTIFICATE");
  test_scratch_write (f->scratch, "/etc/anchord/anchors.d/root.pem", pem->str, -1);
  f->caller = trust_caller_new_self ("test");
  f->now = ISSUE_NOW;
  open_engine (f);
  f->n_changed = 0;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* The list of SPEC, as it comes in. (transfer full) */
static TrustCrl *
make (const IssueCrlSpec *spec)
{
  g_autoptr (GByteArray) der = issue_crl_der (spec);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) crls = trust_kept_crl_decode (der->data, der->len, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (crls->len, ==, 1);
  return trust_crl_ref (crls->pdata[0]);
}

/* The list NUMBER of ISSUER, which revokes REVOKED (nullable). (transfer full) */
static TrustCrl *
make_list (const Issued *issuer, guint number, const Issued *revoked)
{
  const IssueEntry entry = { revoked != NULL ? trust_certificate_get_serial (revoked->certificate) : (TrustSpan) { NULL, 0 }, 0, NULL };

  return make (&(IssueCrlSpec) { .issuer = issuer, .number = number, .entries = &entry, .n_entries = revoked != NULL ? 1 : 0 });
}

/* Adds CRL (transfer full), ISSUER (nullable) given along. NULL with *ERROR set. (transfer full) */
static TrustOutcome *
try_add (Fixture *f, TrustCrl *crl, const Issued *issuer, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_CRL_ADD);

  g_ptr_array_add (change->crls, crl);
  if (issuer != NULL)
    g_ptr_array_add (change->certificates, trust_certificate_ref (issuer->certificate));
  return trust_engine_apply (f->engine, change, f->caller, error);
}

static void
add (Fixture *f, TrustCrl *crl, const Issued *issuer, TrustResult result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = try_add (f, crl, issuer, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (outcome->rows->len, ==, 1);
  g_assert_cmpint (((TrustOutcomeRow *) outcome->rows->pdata[0])->result, ==, result);
}

static void
refuse (Fixture *f, TrustCrl *crl, const Issued *issuer, TrustError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustSnapshot) before = trust_engine_get_snapshot (f->engine), after = NULL;

  g_assert_null (try_add (f, crl, issuer, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  after = trust_engine_get_snapshot (f->engine);
  g_assert_true (before == after);
}

/* What the verifier says of the leaf, with GIVEN (nullable) (transfer full) beside what is kept. */
static TrustReason
verify (Fixture *f, TrustRevocationMode mode, TrustCrl *given)
{
  const char *const names[] = { ISSUE_HOST, NULL };
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
  g_autoptr (GPtrArray) chain = g_ptr_array_new (), crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  g_autoptr (TrustVerdict) verdict = NULL;

  g_ptr_array_add (chain, f->leaf->certificate);
  g_ptr_array_add (chain, f->ca->certificate);
  if (given != NULL)
    g_ptr_array_add (crls, given);
  verdict = trust_verifier_verify (snapshot, &(TrustVerifyRequest) { .chain = chain,
                                                                     .purpose = "server-auth",
                                                                     .names = names,
                                                                     .time = f->now,
                                                                     .crls = crls,
                                                                     .revocation = mode,
                                                                     .links = trust_engine_get_links (f->engine) });
  return verdict->trusted ? TRUST_REASON_TRUSTED : verdict->reason;
}

static guint
count_kept (Fixture *f)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return snapshot->kept->len;
}

static guint64
get_generation (Fixture *f)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return snapshot->generation;
}

static gboolean
has_file (Fixture *f, const TrustFingerprint *id)
{
  g_autofree char *path = trust_kept_crl_dup_path (id);

  return test_scratch_exists (f->scratch, path);
}

static void
test_life (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustCrl) first = make_list (f->ca, 1, NULL), second = make_list (f->ca, 2, f->leaf);
  guint64 generation = get_generation (f);

  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_TRUSTED);
  add (f, trust_crl_ref (first), f->ca, TRUST_RESULT_ADDED);
  g_assert_true (has_file (f, &first->digest));
  g_assert_cmpuint (get_generation (f), ==, generation + 1);
  g_assert_cmpuint (f->n_changed, ==, 1);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_TRUSTED);
  add (f, trust_crl_ref (first), f->ca, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (get_generation (f), ==, generation + 1);
  add (f, trust_crl_ref (second), f->ca, TRUST_RESULT_CHANGED);
  g_assert_false (has_file (f, &first->digest));
  g_assert_cmpuint (count_kept (f), ==, 1);
  /* The signature is remembered by the second time. */
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_REVOKED);
  refuse (f, trust_crl_ref (first), f->ca, TRUST_ERROR_POLICY, "not newer");
  generation = get_generation (f);
  refresh (f);
  g_assert_cmpuint (get_generation (f), ==, generation);
  open_engine (f);
  g_assert_cmpuint (get_generation (f), ==, generation);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_REVOKED);
}

/* The newest word of a CA counts, whoever has it. */
static void
test_given_along (Fixture *f, gconstpointer data)
{
  const IssueEntry entry = { trust_certificate_get_serial (f->leaf->certificate), 0, NULL };

  add (f, make (&(IssueCrlSpec) { .issuer = f->ca, .number = 5, .this_update = ISSUE_NOW - 100, .entries = &entry, .n_entries = 1 }), f->ca,
       TRUST_RESULT_ADDED);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, make_list (f->ca, 4, NULL)), ==, TRUST_REASON_REVOKED);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, make (&(IssueCrlSpec) { .issuer = f->ca, .number = 6, .this_update = ISSUE_NOW - 10 })), ==,
                   TRUST_REASON_TRUSTED);
  /* One date, two numbers. */
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, make (&(IssueCrlSpec) { .issuer = f->ca, .number = 6, .this_update = ISSUE_NOW - 100 })), ==,
                   TRUST_REASON_TRUSTED);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, make (&(IssueCrlSpec) { .issuer = f->ca, .number = 4, .this_update = ISSUE_NOW - 100 })), ==,
                   TRUST_REASON_REVOKED);
  /* One that nobody signed hides nothing. */
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT,
                           make (&(IssueCrlSpec) { .issuer = f->ca, .signer = f->stranger, .number = 9, .this_update = ISSUE_NOW - 10 })),
                   ==, TRUST_REASON_REVOKED);
}

static void
test_hard (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (verify (f, TRUST_REVOCATION_HARD, NULL), ==, TRUST_REASON_REVOCATION_UNKNOWN);
  add (f, make_list (f->ca, 1, NULL), f->ca, TRUST_RESULT_ADDED);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_HARD, NULL), ==, TRUST_REASON_REVOCATION_UNKNOWN);
  add (f, make_list (f->root, 1, NULL), NULL, TRUST_RESULT_ADDED);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_HARD, NULL), ==, TRUST_REASON_TRUSTED);
  f->now = ISSUE_ENDS + 1;
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), !=, TRUST_REASON_REVOKED);
}

/* Only a CA that the system knows speaks. */
static void
test_issuer (Fixture *f, gconstpointer data)
{
  Issued *fake = issue_root ("Corp Root"), *mute = issue (&(IssueSpec) { .cn = "Mute", .issuer = f->root, .is_leaf = TRUE });
  g_autoptr (TrustChange) distrust = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  refuse (f, make_list (f->ca, 1, NULL), NULL, TRUST_ERROR_POLICY, "--issuer");
  refuse (f, make_list (f->ca, 1, NULL), f->stranger, TRUST_ERROR_POLICY, "--issuer");
  refuse (f, make_list (f->stranger, 1, NULL), f->stranger, TRUST_ERROR_POLICY, "does not chain");
  refuse (f, make_list (fake, 1, NULL), fake, TRUST_ERROR_POLICY, "does not chain");
  refuse (f, make_list (fake, 1, NULL), NULL, TRUST_ERROR_POLICY, "did not sign it");
  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .signer = f->stranger }), NULL, TRUST_ERROR_POLICY, "did not sign it");
  /* RFC 5280 4.2.1.3: without cRLSign it may not. */
  refuse (f, make_list (mute, 1, NULL), mute, TRUST_ERROR_POLICY, "may not");
  g_ptr_array_add (distrust->certificates, trust_certificate_ref (f->ca->certificate));
  outcome = trust_engine_apply (f->engine, distrust, f->caller, &error);
  g_assert_no_error (error);
  refuse (f, make_list (f->ca, 1, NULL), f->ca, TRUST_ERROR_POLICY, "does not chain");
  add (f, make_list (f->root, 1, NULL), NULL, TRUST_RESULT_ADDED);
}

/* RFC 5280 5.1.2.4, 5.1.2.5, 5.2. */
static void
test_lists (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) unknown = issue_extension (99, TRUE, FORGE_BYTES ("?"));

  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .next_update = ISSUE_NOW - 1 }), NULL, TRUST_ERROR_POLICY, "expired");
  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .this_update = ISSUE_NOW + 1 }), NULL, TRUST_ERROR_POLICY, "future");
  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .next_update = -1 }), NULL, TRUST_ERROR_INVALID_INPUT, "does not say");
  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .extra = unknown }), NULL, TRUST_ERROR_INVALID_INPUT, "critical extension");
  add (f, make (&(IssueCrlSpec) { .issuer = f->root, .this_update = ISSUE_NOW, .next_update = ISSUE_NOW }), NULL, TRUST_RESULT_ADDED);
}

/* RFC 5280 5.2.3: numbers are compared within one issuer and scope; deltas have a row of their own. */
static void
test_sequels (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) users = issue_extension (28, TRUE, forge_element (0x30, forge_element (0x81, FORGE_BYTES ("\xff"))));

  add (f, make_list (f->root, 300, NULL), NULL, TRUST_RESULT_ADDED);
  refuse (f, make_list (f->root, 2, NULL), NULL, TRUST_ERROR_POLICY, "number 300");
  refuse (f, make (&(IssueCrlSpec) { .issuer = f->root, .number = 301, .this_update = ISSUE_BEGINS - 1 }), NULL, TRUST_ERROR_POLICY, "not newer");
  refuse (f, make_list (f->root, 300, f->ca), NULL, TRUST_ERROR_POLICY, "not newer");
  add (f, make (&(IssueCrlSpec) { .issuer = f->root, .number = 2, .extra = users }), NULL, TRUST_RESULT_ADDED);
  add (f, make (&(IssueCrlSpec) { .issuer = f->root, .number = 3, .base_number = 2 }), NULL, TRUST_RESULT_ADDED);
  add (f, make (&(IssueCrlSpec) { .issuer = f->root, .number = 4, .base_number = 2 }), NULL, TRUST_RESULT_CHANGED);
  add (f, make_list (f->ca, 1, NULL), f->ca, TRUST_RESULT_ADDED);
  g_assert_cmpuint (count_kept (f), ==, 4);
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustCrl) crl = make_list (f->ca, 1, f->leaf);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_CRL_REMOVE);
  TrustPrefix prefix = { crl->digest, 12 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (GPtrArray) changes = NULL;

  g_array_append_val (change->fingerprints, prefix);
  g_assert_null (trust_engine_apply (f->engine, change, f->caller, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
  g_clear_error (&error);
  add (f, trust_crl_ref (crl), f->ca, TRUST_RESULT_ADDED);
  outcome = trust_engine_preview (f->engine, change, f->caller, &changes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpstr (((TrustJournalChange *) changes->pdata[0])->after, ==, "not kept");
  g_assert_true (has_file (f, &crl->digest));
  g_clear_pointer (&outcome, trust_outcome_free);
  outcome = trust_engine_apply (f->engine, change, f->caller, &error);
  g_assert_no_error (error);
  g_assert_false (has_file (f, &crl->digest));
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_TRUSTED);
}

static void
drop (Fixture *f, const char *path, const TrustCrl *crl)
{
  test_scratch_write (f->scratch, path, g_bytes_get_data (crl->der, NULL), (gssize) g_bytes_get_size (crl->der));
}

/* The one row's fault has WORDS; NULL: none. */
static void
assert_fault (Fixture *f, const char *words)
{
  g_autoptr (TrustSnapshot) snapshot = NULL;
  const TrustKeptCrl *kept = NULL;

  refresh (f);
  snapshot = trust_engine_get_snapshot (f->engine);
  g_assert_cmpuint (snapshot->kept->len, ==, 1);
  kept = snapshot->kept->pdata[0];
  if (words == NULL)
    g_assert_null (kept->fault);
  else
    g_assert_nonnull (strstr (kept->fault, words));
  g_assert_cmpuint (snapshot->crls->len, ==, words == NULL ? 1 : 0);
}

/* Files that are not anchord's own count if nobody but root can have written them. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustCrl) crl = make_list (f->ca, 1, f->leaf), next = make_list (f->ca, 2, NULL);
  g_autofree char *path = g_build_filename (f->scratch, FOLDER "hand.crl", NULL), *folder = g_build_filename (f->scratch, FOLDER, NULL);
  g_autoptr (GString) pem = g_string_new ("words\n");
  guint64 generation = get_generation (f);

  drop (f, FOLDER "hand.crl", crl);
  g_assert_no_errno (g_chmod (path, 0644));
  assert_fault (f, NULL);
  g_assert_cmpuint (get_generation (f), ==, generation + 1);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_REVOKED);
  g_assert_no_errno (g_chmod (path, 0664));
  assert_fault (f, "mode 0664");
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_TRUSTED);
  g_assert_cmpuint (get_generation (f), ==, generation + 2);
  g_assert_no_errno (g_chmod (path, 0644));
  assert_fault (f, NULL);
  g_assert_no_errno (g_chmod (folder, 0757));
  assert_fault (f, "its folder");
  g_assert_no_errno (g_chmod (folder, 0755));
  assert_fault (f, NULL);
  for (guint i = 0; i < 2; i++)
    trust_pem_append (pem, g_bytes_get_data (crl->der, NULL), g_bytes_get_size (crl->der), "X509 CRL");
  test_scratch_write (f->scratch, FOLDER "hand.crl", pem->str, -1);
  assert_fault (f, "several lists");
  test_scratch_write (f->scratch, FOLDER "hand.crl", "noise", -1);
  assert_fault (f, "no revocation list");
  test_scratch_write (f->scratch, FOLDER "hand.crl", pem->str, (gssize) pem->len / 2 + 3);
  assert_fault (f, NULL);
  g_assert_cmpint (verify (f, TRUST_REVOCATION_SOFT, NULL), ==, TRUST_REASON_REVOKED);
  /* A newer one that is added takes its place; where its file is another's, it stands beside. */
  add (f, trust_crl_ref (next), f->ca, TRUST_RESULT_CHANGED);
  g_assert_false (test_scratch_exists (f->scratch, FOLDER "hand.crl"));
  drop (f, "/usr/lib/anchord/crls.d/v.crl", crl);
  refresh (f);
  g_assert_cmpuint (count_kept (f), ==, 2);
}

/* A list that was changed by hand since it was read is not taken away unread. */
static void
test_overtaken (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustCrl) crl = make_list (f->ca, 1, f->leaf), newest = make_list (f->ca, 9, f->leaf);
  g_autoptr (GError) error = NULL;

  drop (f, FOLDER "hand.crl", crl);
  refresh (f);
  drop (f, FOLDER "hand.crl", newest);
  g_assert_null (try_add (f, make_list (f->ca, 5, NULL), f->ca, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_POLICY);
  g_assert_nonnull (strstr (error->message, "number 9"));
  g_assert_true (test_scratch_exists (f->scratch, FOLDER "hand.crl"));
}

/* The list NUMBER for one of many parts of what the root issues. (transfer full) */
static TrustCrl *
make_part (Fixture *f, guint part, guint number)
{
  g_autofree char *uri = g_strdup_printf ("uri:http://crl.example/%u", part);
  GByteArray *names = forge_element (0xa0, forge_element (0xa0, forge_general_name (uri)));
  g_autoptr (GByteArray) scope = issue_extension (28, TRUE, forge_element (0x30, names));

  return make (&(IssueCrlSpec) { .issuer = f->root, .number = number, .extra = scope });
}

/* As many as are read again, and no more. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_CRL_ADD);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;
  const TrustKeptCrl *last = NULL;

  for (guint i = 0; i < TRUST_LIMIT_KEPT_CRLS; i++)
    g_ptr_array_add (change->crls, make_part (f, i, 1));
  outcome = trust_engine_apply (f->engine, change, f->caller, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_kept (f), ==, TRUST_LIMIT_KEPT_CRLS);
  refuse (f, make_list (f->root, 1, NULL), NULL, TRUST_ERROR_LIMIT_EXCEEDED, "at most 1024");
  /* A newer one still takes an older one's place. */
  add (f, make_part (f, 7, 2), NULL, TRUST_RESULT_CHANGED);
  drop (f, "/usr/lib/anchord/crls.d/more.crl", change->crls->pdata[0]);
  open_engine (f);
  snapshot = trust_engine_get_snapshot (f->engine);
  last = snapshot->kept->pdata[snapshot->kept->len - 1];
  g_assert_cmpuint (snapshot->crls->len, ==, TRUST_LIMIT_KEPT_CRLS);
  g_assert_nonnull (strstr (last->fault, "1 files are left out"));
}

static void
test_values (void)
{
  /* clang-format off */
  static const struct { const char *bytes; gsize size; const char *text; } rows[] = {
    { "", 0, "" }, { "\x00", 1, "0" }, { "\x11", 1, "17" }, { "\x00\xff", 2, "255" },
    { "\x7f\xff\xff\xff\xff\xff\xff\xff", 8, "9223372036854775807" },
    { "\x01\x00\x00\x00\x00\x00\x00\x00\x00", 9, "0x010000000000000000" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = trust_kept_crl_dup_number ((TrustSpan) { (const guint8 *) rows[i].bytes, rows[i].size });

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/plan-crl/life", test_life);
  ADD ("/plan-crl/given-along", test_given_along);
  ADD ("/plan-crl/hard", test_hard);
  ADD ("/plan-crl/issuer", test_issuer);
  ADD ("/plan-crl/lists", test_lists);
  ADD ("/plan-crl/sequels", test_sequels);
  ADD ("/plan-crl/remove", test_remove);
  ADD ("/plan-crl/dropped", test_dropped);
  ADD ("/plan-crl/overtaken", test_overtaken);
  ADD ("/plan-crl/limits", test_limits);
  g_test_add_func ("/plan-crl/values", test_values);
  return g_test_run ();
}
