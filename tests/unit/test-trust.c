/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/trust.h"

#include <string.h>

#define OTHER_OID "1.3.6.1.4.1.99999.1"

static TrustSettings *
settings (guint mask)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);

  return trust_settings_new (purposes);
}

static void
test_order (void)
{
  g_autoptr (TrustSettings) server = settings (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) email = settings (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) both = settings (1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) meet = trust_settings_intersect (both, email);
  g_autoptr (TrustSettings) none = trust_settings_intersect (server, email);

  g_assert_true (trust_settings_is_within (server, both));
  g_assert_false (trust_settings_is_within (both, server));
  g_assert_false (trust_settings_is_within (server, email));
  g_assert_true (trust_settings_equal (meet, email));
  g_assert_true (trust_purposes_is_empty (trust_settings_get_purposes (none)));
}

/* No limits given is the same as none. */
static void
test_unlimited (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (3);
  g_autoptr (TrustSettings) plain = trust_settings_new (purposes);
  g_autoptr (TrustConstraints) empty = trust_constraints_new ();
  g_autoptr (GArray) no_dates = trust_distrust_after_new ();
  TrustLimits limits = { empty, no_dates, TRUST_NEVER, FALSE };
  g_autoptr (TrustSettings) same = trust_settings_new_limited (purposes, &limits);
  g_autofree char *text = trust_settings_describe (same);
  gint64 time = 7;

  g_assert_true (trust_settings_equal (plain, same));
  g_assert_false (trust_settings_is_limited (same));
  g_assert_null (trust_settings_get_constraints (same));
  g_assert_null (trust_settings_get_limits (same)->distrust_after);
  g_assert_cmpint (trust_settings_get_until (plain), ==, TRUST_NEVER);
  g_assert_false (trust_settings_accepts_loss (plain));
  g_assert_false (trust_settings_get_distrust_after (plain, "server-auth", &time));
  g_assert_cmpint (time, ==, 7);
  g_assert_cmpstr (text, ==, "server-auth,client-auth");
}

static TrustSettings *
sample (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1 << TRUST_PURPOSE_SERVER_AUTH | 1 << TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = { constraints, dates, 1798761600, TRUE };

  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "corp.example", NULL));
  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "a.example", NULL));
  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DIRECTORY, TRUE, "O=Corp,C=DE", NULL));
  g_assert_true (trust_constraints_add (constraints, TRUST_NAME_EMAIL, FALSE, "", NULL));
  trust_distrust_after_add (dates, OTHER_OID, 86400);
  trust_distrust_after_add (dates, "email-protection", 86400);
  trust_distrust_after_add (dates, "1.3.6.1.5.5.7.3.1", 0);
  trust_distrust_after_add (dates, "1.3.6.1.5.5.7.3.4", 43200);
  return trust_settings_new_limited (purposes, &limits);
}

static void
test_limits (void)
{
  g_autoptr (TrustSettings) all = sample (), again = sample (), other = NULL;
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autofree char *text = trust_settings_describe (all);
  const GArray *dates = trust_settings_get_limits (all)->distrust_after;
  gint64 time = 0;

  g_assert_true (trust_settings_equal (all, again));
  g_assert_true (trust_settings_is_limited (all));
  g_assert_true (trust_settings_accepts_loss (all));
  /* Table order, then OIDs; of two the earlier. */
  g_assert_cmpuint (dates->len, ==, 3);
  g_assert_cmpstr (g_array_index (dates, TrustDistrustAfter, 0).purpose, ==, "server-auth");
  g_assert_cmpstr (g_array_index (dates, TrustDistrustAfter, 1).purpose, ==, "email-protection");
  g_assert_cmpstr (g_array_index (dates, TrustDistrustAfter, 2).purpose, ==, OTHER_OID);
  g_assert_true (trust_settings_get_distrust_after (all, "1.3.6.1.5.5.7.3.4", &time));
  g_assert_cmpint (time, ==, 43200);
  g_assert_false (trust_settings_get_distrust_after (all, "client-auth", &time));
  g_assert_cmpstr (text, ==,
                   "server-auth,email-protection;distrust-after=server-auth=1970-01-01T00:00:00Z,email-protection=1970-01-01T12:00:00Z," OTHER_OID
                   "=1970-01-02T00:00:00Z;until=2027-01-01T00:00:00Z;permitted-dns=a.example,corp.example;permitted-email=;"
                   "excluded-directory=O=Corp%2CC=DE;accept-loss");
  other = trust_settings_with_purposes (all, purposes);
  g_assert_false (trust_settings_equal (all, other));
  g_assert_true (trust_settings_get_limits (other) == trust_settings_get_limits (all));
  g_assert_true (trust_settings_is_within (other, all));
}

/* What is long is held as its digest, and is told apart all the same. */
static void
test_long_description (void)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autofree char *first = NULL, *second = NULL;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
      TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
      g_autoptr (TrustSettings) made = NULL;

      for (guint i = round; i < 400; i++)
        {
          g_autofree char *name = g_strdup_printf ("host-%u.corp.example", i);

          g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, name, NULL));
        }
      made = trust_settings_new_limited (purposes, &limits);
      *(round == 0 ? &first : &second) = trust_settings_describe (made);
    }
  g_assert_true (g_str_has_prefix (first, "server-auth;constraints="));
  g_assert_cmpuint (strlen (first), ==, strlen ("server-auth;constraints=") + 64);
  g_assert_cmpstr (first, !=, second);
}

static TrustSettings *
random_settings (void)
{
  static const char *const purposes_known[] = { "server-auth", "email-protection", "client-auth", OTHER_OID };
  static const char *const hosts[] = { "example", "a.example", "b.example", "x.a.example" };
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (TrustPurposes) purposes = NULL;
  TrustLimits limits = { constraints, dates, TRUST_NEVER, FALSE };

  for (guint i = 0; i < 4; i++)
    {
      if (g_test_rand_int_range (0, 4) > 0)
        g_ptr_array_add (names, (gpointer) purposes_known[i]);
      if (g_test_rand_int_range (0, 4) == 0)
        trust_distrust_after_add (dates, purposes_known[i], g_test_rand_int_range (0, 3));
    }
  g_ptr_array_add (names, NULL);
  purposes = trust_purposes_new ((const char *const *) names->pdata, NULL);
  if (g_test_rand_int_range (0, 3) == 0)
    limits.until = g_test_rand_int_range (0, 3);
  for (int i = g_test_rand_int_range (0, 5) - 2; i > 0; i--)
    g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, i % 2, hosts[g_test_rand_int_range (0, 4)], NULL));
  limits.accept_loss = g_test_rand_int_range (0, 3) == 0;
  return trust_settings_new_limited (purposes, &limits);
}

/* May a leaf for PURPOSE with a name, made at ISSUED, count at NOW? */
static gboolean
allows (const TrustSettings *made, guint probe)
{
  static const char *const purposes[] = { "server-auth", "email-protection", "client-auth", OTHER_OID };
  static const char *const names[] = { "example", "a.example", "b.example", "x.a.example", "*.example", "*.a.example", "y.x.a.example" };
  const char *purpose = purposes[probe % 4], *name = names[probe / 4 % 7];
  gint64 issued = probe / 28 % 4, now = probe / 112 % 4, after = 0;

  return trust_purposes_has_oid (trust_settings_get_purposes (made), purpose) && now < trust_settings_get_until (made)
         && (!trust_settings_get_distrust_after (made, purpose, &after) || issued <= after)
         && trust_constraints_permit (trust_settings_get_constraints (made), TRUST_NAME_DNS, (TrustSpan) { (const guint8 *) name, strlen (name) },
                                      NULL);
}

static void
test_laws (void)
{
  guint n_within = 0, n_not = 0, n_allowed = 0;

  for (guint round = 0; round < 4000; round++)
    {
      g_autoptr (TrustSettings) a = random_settings (), b = random_settings ();
      g_autoptr (TrustSettings) both = trust_settings_intersect (a, b), turned = trust_settings_intersect (b, a);
      g_autofree char *text_a = trust_settings_describe (a), *text_b = trust_settings_describe (b);
      gboolean is_within = trust_settings_is_within (a, b);

      g_assert_true (trust_settings_equal (both, turned));
      g_assert_true (trust_settings_is_within (both, a) && trust_settings_is_within (both, b) && trust_settings_is_within (a, a));
      g_assert_true (trust_settings_accepts_loss (both) == (trust_settings_accepts_loss (a) && trust_settings_accepts_loss (b)));
      g_assert_true (trust_settings_equal (a, b) == g_str_equal (text_a, text_b));
      g_assert_true (!trust_settings_equal (a, b) || is_within);
      g_assert_true (!is_within || !trust_settings_accepts_loss (a) || trust_settings_accepts_loss (b));
      for (guint i = 0; i < 448; i++)
        {
          gboolean in_a = allows (a, i), in_b = allows (b, i);

          g_assert_true (allows (both, i) == (in_a && in_b));
          g_assert_true (!is_within || !in_a || in_b);
          n_allowed += in_a && in_b;
        }
      *(is_within ? &n_within : &n_not) += 1;
    }
  g_assert_cmpuint (n_within, >, 100);
  g_assert_cmpuint (n_not, >, 1000);
  g_assert_cmpuint (n_allowed, >, 10000);
}

/* Over few settings, so that many are equal: the word is the same just when they are. */
static void
test_describe_tells_apart (void)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) trust_settings_unref);
  guint n_met = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (TrustSettings) made = random_settings ();
      g_autofree char *text = trust_settings_describe (made);
      TrustSettings *held = g_hash_table_lookup (known, text);

      g_assert_null (strpbrk (text, " \t\n\"\\"));
      n_met += held != NULL;
      if (held == NULL)
        g_hash_table_insert (known, g_steal_pointer (&text), g_steal_pointer (&made));
      else
        g_assert_true (trust_settings_equal (held, made));
    }
  g_assert_cmpuint (n_met, >, 1000);
}

/* Mailboxes and names may hold what parts a description. */
static void
test_describe_escapes (void)
{
  static const char *const texts[] = { "\"a,b@c\"@d", "\"a;until=1\"@d", "\"a%2Cb\"@d", "\"a b\"@d", "a+b@d" };
  static const char *const expected[] = { "%22a%2Cb@c%22@d", "%22a%3Buntil=1%22@d", "a%252Cb@d", "%22a%20b%22@d", "a+b@d" };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
      TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
      g_autoptr (TrustSettings) made = NULL;
      g_autofree char *text = NULL, *wanted = g_strconcat ("server-auth;permitted-email=", expected[i], NULL);

      g_assert_true (trust_constraints_add (constraints, TRUST_NAME_EMAIL, FALSE, texts[i], NULL));
      made = trust_settings_new_limited (purposes, &limits);
      text = trust_settings_describe (made);
      g_assert_cmpstr (text, ==, wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/order", test_order);
  g_test_add_func ("/trust/unlimited", test_unlimited);
  g_test_add_func ("/trust/limits", test_limits);
  g_test_add_func ("/trust/long-description", test_long_description);
  g_test_add_func ("/trust/laws", test_laws);
  g_test_add_func ("/trust/describe/tells-apart", test_describe_tells_apart);
  g_test_add_func ("/trust/describe/escapes", test_describe_escapes);
  return g_test_run ();
}
