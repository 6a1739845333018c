/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verifier among several paths, of which some are limited, refused or over: with real signatures. */
#include "core/limits.h"
#include "core/verifier.h"

#include "tests/lib/support.h"

#include <string.h>

#define HOST "www.corp.example"
#define CHAIN(...) ((TestCertificate *[]) { __VA_ARGS__, NULL })

/* Two roots; one intermediate by each of them, of one name and key; a leaf below. */
typedef struct
{
  TestCertificate *first;
  TestCertificate *second;
  TestCertificate *by_first;
  TestCertificate *by_second;
  TestCertificate *leaf;
  TrustOrigin *origin;
  GPtrArray *anchors;
  GPtrArray *distrusts;
  GPtrArray *stores;
  gint64 now;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec by_first = { .dn = "CN=Issuing" }, by_second = { .dn = "CN=Issuing" };
  TestCertificateSpec leaf = { .dn = "CN=Leaf", .not_ca = TRUE, .dns_name = HOST };

  f->first = test_certificate_new_root ("CN=First Root");
  f->second = test_certificate_new_root ("CN=Second Root");
  by_first.issuer = f->first;
  f->by_first = test_certificate_new (&by_first);
  by_second.issuer = f->second;
  by_second.same_key = f->by_first;
  f->by_second = test_certificate_new (&by_second);
  leaf.issuer = f->by_first;
  f->leaf = test_certificate_new (&leaf);
  f->origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);
  f->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  f->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  f->stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);
  f->now = g_get_real_time () / G_USEC_PER_SEC;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->first);
  test_certificate_free (f->second);
  test_certificate_free (f->by_first);
  test_certificate_free (f->by_second);
  test_certificate_free (f->leaf);
  trust_origin_unref (f->origin);
  g_ptr_array_unref (f->anchors);
  g_ptr_array_unref (f->distrusts);
  g_ptr_array_unref (f->stores);
}

static TrustAnchor *
make_anchor (Fixture *f, const TestCertificate *certificate, const char *purpose, const TrustLimits *limits)
{
  const char *const names[] = { purpose, NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, limits);

  return trust_anchor_new (certificate->certificate, settings, f->origin, NULL);
}

static void
trust (Fixture *f, const TestCertificate *certificate, const char *purpose, const TrustLimits *limits)
{
  g_ptr_array_add (f->anchors, make_anchor (f, certificate, purpose, limits));
}

/* For the names of DNS alone. */
static TrustConstraints *
permit (const char *dns)
{
  TrustConstraints *constraints = trust_constraints_new ();

  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, dns, NULL));
  return constraints;
}

typedef enum
{
  BY_CERTIFICATE,
  BY_KEY,
  BY_SERIAL,
  BY_LAST
} By;

static void
distrust (Fixture *f, const TestCertificate *certificate, By by)
{
  const TrustCertificate *c = certificate->certificate;
  TrustSpan none = { NULL, 0 };

  g_ptr_array_add (f->distrusts, trust_distrust_new (by == BY_CERTIFICATE ? trust_certificate_get_fingerprint (c) : NULL,
                                                     by == BY_KEY ? trust_certificate_get_key_fingerprint (c) : NULL,
                                                     by == BY_SERIAL ? trust_certificate_get_issuer_der (c) : none,
                                                     by == BY_SERIAL ? trust_certificate_get_serial (c) : none, NULL, f->origin, NULL));
}

/* A store with a set of its own. ANCHORS: (transfer none). */
static void
add_store (Fixture *f, const char *name, GPtrArray *anchors, TrustPurposes *narrowed, const char *fault)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new ("store", TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (TrustStore) store = trust_store_new (name, FALSE, narrowed, state, fault);
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (anchors, f->distrusts);

  g_ptr_array_add (f->stores, trust_store_with_sets (store, set, set, set, f->now, TRUST_NEVER));
}

typedef struct
{
  const char *purpose;
  const char *name;
  const char *store;
  gint64 time;
} Ask;

static TrustVerdict *
verify_for (Fixture *f, TestCertificate *const *chain, Ask ask)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (f->anchors, f->distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new ();
  const char *names[] = { ask.name, NULL };
  TrustVerifyRequest request = {
    .chain = certificates, .purpose = ask.purpose != NULL ? ask.purpose : "server-auth", .names = names, .store = ask.store, .time = ask.time
  };
  TrustVerdict *verdict = NULL;

  for (guint i = 0; chain[i] != NULL; i++)
    g_ptr_array_add (certificates, chain[i]->certificate);
  for (guint i = 0; i < f->stores->len; i++)
    g_ptr_array_add (snapshot->stores, trust_store_ref (f->stores->pdata[i]));
  verdict = trust_verifier_verify (snapshot, &request);
  g_test_message ("%s/%s [%d] %s | %s", trust_reason_get_name (verdict->reason), verdict->rule, verdict->failing, verdict->message, verdict->remedy);
  return verdict;
}

#define verify(f, ...) verify_for (f, CHAIN (__VA_ARGS__), (Ask) { .name = HOST })

static void
assert_refused (TrustVerdict *verdict, const char *reason, int failing)
{
  g_assert_cmpstr (trust_reason_get_name (verdict->reason), ==, reason);
  g_assert_false (verdict->trusted);
  g_assert_cmpint (verdict->failing, ==, failing);
  g_assert_true (verdict->message[0] != '\0' && verdict->remedy[0] != '\0');
  trust_verdict_free (verdict);
}

static void
assert_trusted_by (TrustVerdict *verdict, const TestCertificate *anchor)
{
  g_assert_true (verdict->trusted);
  g_assert_true (g_ptr_array_index (verdict->path, verdict->path->len - 1) == anchor->certificate
                 || trust_fingerprint_equal (trust_certificate_get_fingerprint (g_ptr_array_index (verdict->path, verdict->path->len - 1)),
                                             trust_certificate_get_fingerprint (anchor->certificate)));
  trust_verdict_free (verdict);
}

/* Whatever limits the one, the other path is found, in any order of what is given; alone it is refused. */
static void
test_two_paths (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustConstraints) elsewhere = permit ("other.example");
  g_autoptr (GArray) after = trust_distrust_after_new ();
  const struct
  {
    TrustLimits limits;
    const char *reason;
    int failing;
  } rows[] = {
    { { elsewhere, NULL, TRUST_NEVER, FALSE }, "constraint", 0 },
    { { NULL, after, TRUST_NEVER, FALSE }, "distrusted-after", 0 },
    { { NULL, NULL, f->now - 1, FALSE }, "ended", -1 },
    { { elsewhere, after, f->now - 1, FALSE }, "ended", -1 },
  };

  trust_distrust_after_add (after, "server-auth", trust_certificate_get_not_before (f->leaf->certificate) - 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_ptr_array_set_size (f->anchors, 0);
      trust (f, f->first, "server-auth", &rows[i].limits);
      assert_refused (verify (f, f->leaf, f->by_first, f->by_second), rows[i].reason, rows[i].failing);
      assert_refused (verify (f, f->leaf, f->by_first, f->first), rows[i].reason, rows[i].failing < 0 ? 2 : 0);
      trust (f, f->second, "server-auth", &TRUST_LIMITS_NONE);
      assert_trusted_by (verify (f, f->leaf, f->by_first, f->by_second), f->second);
      assert_trusted_by (verify (f, f->leaf, f->by_second, f->by_first), f->second);
      assert_refused (verify (f, f->leaf, f->by_first), rows[i].reason, rows[i].failing);
    }
}

/* An intermediate that is an anchor itself, and limited, is no dead end; the same one limited alone is. */
static void
test_limited_intermediate (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustConstraints) elsewhere = permit ("other.example");
  TrustLimits limits = { elsewhere, NULL, TRUST_NEVER, FALSE };

  trust (f, f->by_first, "server-auth", &limits);
  assert_refused (verify (f, f->leaf, f->by_first), "constraint", 0);
  trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
  assert_trusted_by (verify (f, f->leaf, f->by_first), f->first);
}

/* The name that is asked for may be excluded where the wildcard in the leaf is not told by its text alone. */
static void
test_asked_name (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustConstraints) corp = permit ("corp.example");
  TrustLimits limits = { corp, NULL, TRUST_NEVER, FALSE };
  Ask other = { .name = "www.other.example" }, none = { .name = NULL };

  trust (f, f->first, "server-auth", &limits);
  assert_trusted_by (verify (f, f->leaf, f->by_first), f->first);
  assert_trusted_by (verify_for (f, CHAIN (f->leaf, f->by_first), none), f->first);
  assert_refused (verify_for (f, CHAIN (f->leaf, f->by_first), other), "name-mismatch", 0);
}

static void
test_pinned (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustConstraints) corp = permit ("corp.example"), elsewhere = permit ("other.example");
  g_autoptr (GArray) after = trust_distrust_after_new ();
  gint64 begins = trust_certificate_get_not_before (f->leaf->certificate);
  const struct
  {
    TrustLimits limits;
    const char *reason;
  } rows[] = {
    { { elsewhere, NULL, TRUST_NEVER, FALSE }, "constraint" },
    { { NULL, after, TRUST_NEVER, FALSE }, "distrusted-after" },
    { { NULL, NULL, f->now - 10, FALSE }, "ended" },
  };

  trust_distrust_after_add (after, "server-auth", begins - 1);
  trust (f, f->leaf, "server-auth", &(TrustLimits) { corp, NULL, f->now + 1000, FALSE });
  assert_trusted_by (verify (f, f->leaf), f->leaf);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_ptr_array_set_size (f->anchors, 0);
      trust (f, f->leaf, "server-auth", &rows[i].limits);
      assert_refused (verify (f, f->leaf), rows[i].reason, 0);
      /* What is pinned and over may still be trusted by who issued it. */
      trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
      assert_trusted_by (verify (f, f->leaf, f->by_first), f->first);
    }
}

/* Every date is held against the time of the question. */
static void
test_time (Fixture *f, gconstpointer data)
{
  gint64 end = f->now + 5000, begins = trust_certificate_get_not_before (f->leaf->certificate),
         expires = trust_certificate_get_not_after (f->leaf->certificate);
  g_autoptr (TrustVerdict) late = NULL;
  TrustLimits limits = { NULL, NULL, end, FALSE };
  TestCertificate *const *chain = CHAIN (f->leaf, f->by_first);

  /* Made one after the other, they may end a second apart. */
  expires = MIN (expires, trust_certificate_get_not_after (f->by_first->certificate));
  expires = MIN (expires, trust_certificate_get_not_after (f->first->certificate));
  trust (f, f->first, "server-auth", &limits);
  assert_trusted_by (verify_for (f, chain, (Ask) { .time = end - 1 }), f->first);
  assert_refused (verify_for (f, chain, (Ask) { .time = end }), "ended", -1);
  assert_refused (verify_for (f, chain, (Ask) { .time = begins - 1 }), "not-yet-valid", 0);
  g_ptr_array_set_size (f->anchors, 0);
  trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
  assert_trusted_by (verify_for (f, chain, (Ask) { .time = expires }), f->first);
  late = verify_for (f, chain, (Ask) { .time = expires + 1 });
  g_assert_cmpstr (trust_reason_get_name (late->reason), ==, "expired");
}

/* A purpose is a name or an OID, and any OID may be one. */
static void
test_purposes (Fixture *f, gconstpointer data)
{
  TestCertificateSpec spec = { .dn = "CN=Signer", .not_ca = TRUE, .issuer = f->first, .eku = "1.2.3.4" };
  g_autoptr (TestCertificate) signer = test_certificate_new (&spec);
  g_autoptr (GArray) after = trust_distrust_after_new ();

  trust (f, f->first, "1.2.3.4", &TRUST_LIMITS_NONE);
  assert_trusted_by (verify_for (f, CHAIN (signer), (Ask) { .purpose = "1.2.3.4" }), f->first);
  assert_refused (verify_for (f, CHAIN (signer), (Ask) { .purpose = "server-auth" }), "purpose", 0);
  assert_refused (verify_for (f, CHAIN (signer), (Ask) { .purpose = "1.2.3.5" }), "purpose", 0);
  g_ptr_array_set_size (f->anchors, 0);
  trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
  assert_trusted_by (verify_for (f, CHAIN (f->leaf, f->by_first), (Ask) { .purpose = "1.3.6.1.5.5.7.3.1" }), f->first);
  /* The leaf's own purposes. */
  g_ptr_array_set_size (f->anchors, 0);
  trust (f, f->first, "1.2.3.5", &TRUST_LIMITS_NONE);
  assert_refused (verify_for (f, CHAIN (signer), (Ask) { .purpose = "1.2.3.5" }), "purpose", 0);
  /* A date for one of them. */
  trust_distrust_after_add (after, "1.2.3.4", trust_certificate_get_not_before (signer->certificate) - 1);
  g_ptr_array_set_size (f->anchors, 0);
  trust (f, f->first, "1.2.3.4", &(TrustLimits) { NULL, after, TRUST_NEVER, FALSE });
  assert_refused (verify_for (f, CHAIN (signer), (Ask) { .purpose = "1.2.3.4" }), "distrusted-after", 0);
}

/* A certificate that is refused in one role or place does not take another path along; a key does. */
static void
test_distrusts (Fixture *f, gconstpointer data)
{
  trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
  trust (f, f->second, "server-auth", &TRUST_LIMITS_NONE);
  for (By by = BY_CERTIFICATE; by < BY_LAST; by++)
    {
      g_ptr_array_set_size (f->distrusts, 0);
      distrust (f, f->by_first, by);
      if (by == BY_KEY)
        assert_refused (verify (f, f->leaf, f->by_first, f->by_second), "distrusted", 1);
      else
        assert_trusted_by (verify (f, f->leaf, f->by_first, f->by_second), f->second);
      assert_refused (verify (f, f->leaf, f->by_first), "distrusted", 1);
      /* The leaf: nothing leads around it, wherever else it is given as well. */
      g_ptr_array_set_size (f->distrusts, 0);
      distrust (f, f->leaf, by);
      assert_refused (verify (f, f->leaf, f->by_first, f->by_second, f->leaf), "distrusted", 0);
      /* A stranger among what was given does not matter. */
      g_ptr_array_set_size (f->distrusts, 0);
      distrust (f, f->first, by);
      assert_trusted_by (verify (f, f->leaf, f->by_second, f->first), f->second);
    }
}

/* The set no longer has what ended; the answer still says why. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (f->anchors, f->distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  TrustSourceState *state = trust_source_state_new ("anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE);
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  TestCertificate *const *chains[] = { CHAIN (f->leaf, f->by_first), CHAIN (f->leaf, f->by_first, f->first), CHAIN (f->leaf, f->by_second) };
  const char *const reasons[] = { "ended", "ended", "unknown-issuer" };
  const int failing[] = { -1, 2, 1 };

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_ref (f->origin);
  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = make_anchor (f, f->first, "server-auth", &(TrustLimits) { NULL, NULL, f->now - 5, FALSE });
  trust_source_state_take_file (state, file);
  g_ptr_array_add (states, state);

  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);

  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (GPtrArray) certificates = g_ptr_array_new ();
      const char *names[] = { HOST, NULL };
      TrustVerifyRequest request = { .chain = certificates, .purpose = "server-auth", .names = names };

      for (guint n = 0; chains[i][n] != NULL; n++)
        g_ptr_array_add (certificates, chains[i][n]->certificate);
      assert_refused (trust_verifier_verify (snapshot, &request), reasons[i], failing[i]);
    }
}

/* Each store has its own set; the system's stays what it is. */
static void
test_stores (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new (), inherited = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref),
                        narrowed = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (TrustConstraints) elsewhere = permit ("other.example");
  g_autoptr (TrustPurposes) mail = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  TestCertificate *const *first = CHAIN (f->leaf, f->by_first), *const *second = CHAIN (f->leaf, f->by_second);
  Ask broken = { .store = "app/broken" }, empty = { .store = "app/empty" }, inherits = { .store = "app/inherits" };
  Ask narrow = { .store = "app/narrowed" };

  trust (f, f->first, "server-auth", &TRUST_LIMITS_NONE);
  g_ptr_array_add (inherited, make_anchor (f, f->first, "server-auth", &TRUST_LIMITS_NONE));
  g_ptr_array_add (inherited, make_anchor (f, f->second, "server-auth", &TRUST_LIMITS_NONE));
  g_ptr_array_add (narrowed, make_anchor (f, f->first, "email-protection", &TRUST_LIMITS_NONE));
  g_ptr_array_add (narrowed, make_anchor (f, f->second, "server-auth", &(TrustLimits) { elsewhere, NULL, TRUST_NEVER, FALSE }));
  /* As a snapshot has them: by name. */
  add_store (f, "app/broken", none, NULL, "store.conf does not parse");
  add_store (f, "app/empty", none, NULL, NULL);
  add_store (f, "app/inherits", inherited, NULL, NULL);
  add_store (f, "app/mail", narrowed, mail, NULL);
  add_store (f, "app/narrowed", narrowed, NULL, NULL);

  assert_trusted_by (verify_for (f, first, (Ask) { .store = "system" }), f->first);
  assert_refused (verify_for (f, second, (Ask) { .store = "system" }), "unknown-issuer", 1);
  assert_refused (verify_for (f, first, empty), "unknown-issuer", 1);
  assert_trusted_by (verify_for (f, first, inherits), f->first);
  assert_trusted_by (verify_for (f, second, inherits), f->second);
  assert_refused (verify_for (f, first, narrow), "purpose", -1);
  assert_trusted_by (verify_for (f, first, (Ask) { .store = "app/narrowed", .purpose = "email-protection" }), f->first);
  assert_refused (verify_for (f, second, narrow), "constraint", 0);
  assert_refused (verify_for (f, first, (Ask) { .store = "app/mail" }), "purpose", -1);
  assert_trusted_by (verify_for (f, first, (Ask) { .store = "app/mail", .purpose = "email-protection" }), f->first);
  assert_refused (verify_for (f, first, broken), "invalid", -1);
  assert_refused (verify_for (f, first, (Ask) { .store = "app/unknown" }), "invalid", -1);
  /* A remedy names the store's own command. */
  g_autoptr (TrustVerdict) told = verify_for (f, first, empty);
  g_assert_nonnull (strstr (told->remedy, "anchorctl store add app/empty"));
  g_assert_nonnull (strstr (told->message, "in the store app/empty"));
}

/* Running out of work is a reason of its own, and says more than what the paths tried until then said. */
static void
test_budget (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) namesakes = g_ptr_array_new_with_free_func ((GDestroyNotify) test_certificate_free);

  for (guint i = 0; i < 100; i++)
    {
      TestCertificate *namesake = test_certificate_new_root ("CN=First Root");

      g_ptr_array_add (namesakes, namesake);
      trust (f, namesake, "server-auth", &TRUST_LIMITS_NONE);
    }
  assert_refused (verify (f, f->leaf, f->by_first), "budget-exhausted", -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/verifier-routes/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("two-paths", test_two_paths);
  ADD ("limited-intermediate", test_limited_intermediate);
  ADD ("asked-name", test_asked_name);
  ADD ("pinned", test_pinned);
  ADD ("time", test_time);
  ADD ("purposes", test_purposes);
  ADD ("distrusts", test_distrusts);
  ADD ("gone", test_gone);
  ADD ("stores", test_stores);
  ADD ("budget", test_budget);
  return g_test_run ();
}
