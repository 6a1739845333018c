/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Laws that hold for all constraints, tried on random ones over few labels, so that they meet. */
#include "core/constraint.h"
#include "core/error.h"
#include "core/text.h"

#include <gio/gio.h>
#include <string.h>

#define ROUNDS 4000

static const char *const hosts[] = { "a", "b", "a.a", "b.a", "a.b", "c.a.a", "d.a.a", "c.b.a", "e.c.a.a", "c.a" };
static const char *const names[] = { "CN=x", "O=a", "O=A", "C=DE", "CN=x,O=a", "CN=y,O=a", "O=a,C=DE", "CN=x,O=a,C=DE", "CN=y,O=a,C=DE", "O=b,C=DE" };
static const char *const addresses[] = { "10.0.0.0",   "10.0.0.1",    "10.1.0.0",   "11.0.0.0", "192.0.2.1",
                                         "2001:db8::", "2001:db8::1", "2001:db9::", "::1",      "fe80::1" };

static const char *
pick (const char *const *from)
{
  return from[g_test_rand_int_range (0, 10)];
}

static char *
random_subtree (TrustNameKind kind)
{
  guint n = (guint) g_test_rand_int_range (0, 12);

  if (kind == TRUST_NAME_IP)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (pick (addresses));
      guint size = (guint) g_inet_address_get_native_size (address);
      guint bits = n == 0 ? 0 : (guint) g_test_rand_int_range (size == 4 ? 6 : 30, (int) size * 8 + 1);
      g_autoptr (GInetAddress) network = NULL;
      g_autofree char *text = NULL;
      guint8 bytes[16] = { 0 };

      for (guint i = 0; i < bits; i++)
        bytes[i / 8] |= (guint8) (g_inet_address_to_bytes (address)[i / 8] & 0x80 >> i % 8);
      network = g_inet_address_new_from_bytes (bytes, size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
      text = g_inet_address_to_string (network);
      return g_strdup_printf ("%s/%u", text, bits);
    }
  if (kind == TRUST_NAME_DIRECTORY)
    return g_strdup (n == 0 ? "#3000" : pick (names));
  if (n == 0)
    return g_strdup (".");
  if (kind == TRUST_NAME_DNS || n < 5)
    return g_strdup (pick (hosts));
  if (kind == TRUST_NAME_EMAIL && n < 8)
    return g_strdup_printf ("%s@%s", n == 5 ? "joe" : "\"a b\"", pick (hosts));
  return g_strdup_printf (".%s", pick (hosts));
}

static GByteArray *
random_name (TrustNameKind kind)
{
  guint n = (guint) g_test_rand_int_range (0, 8);
  GByteArray *value = g_byte_array_new ();
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  switch (kind)
    {
    case TRUST_NAME_IP:
      address = g_inet_address_new_from_string (n == 0 ? "::ffff:10.0.0.1" : pick (addresses));
      return g_byte_array_append (value, g_inet_address_to_bytes (address), (guint) g_inet_address_get_native_size (address));
    case TRUST_NAME_DIRECTORY:
      {
        g_autoptr (TrustConstraints) all = trust_constraints_new ();
        g_autoptr (GByteArray) der = NULL;

        /* The name that a subtree of one is: its DER stands at the end of the extension. */
        g_assert_true (trust_constraints_add (all, kind, FALSE, pick (names), NULL));
        der = trust_constraints_to_der (all);
        TrustSpan in = { der->data, der->len };
        TrustDer outer, list, subtree, base;

        g_assert_true (trust_der_expect (&in, 0x30, &outer) && trust_der_expect (&outer.content, 0xa0, &list)
                       && trust_der_expect (&list.content, 0x30, &subtree) && trust_der_expect (&subtree.content, 0xa4, &base));
        g_byte_array_append (value, base.content.data, (guint) base.content.size);
        if (n == 0)
          value->data[0] = 0x31;
        return value;
      }
    case TRUST_NAME_DNS:
      text = n == 0 ? g_strdup ("a..b") : g_strconcat (n < 4 ? "*." : "", pick (hosts), NULL);
      break;
    case TRUST_NAME_EMAIL:
      text = n == 0 ? g_strdup ("joe") : g_strconcat (n < 3 ? "joe" : n < 5 ? "\"a b\"" : "ann", "@", pick (hosts), NULL);
      break;
    default:
      text = n == 0 ? g_strdup ("urn:x") : g_strconcat ("x://", pick (hosts), "/", NULL);
      break;
    }
  return g_byte_array_append (value, (const guint8 *) text, (guint) strlen (text));
}

static TrustConstraints *
random_constraints (TrustNameKind kind)
{
  TrustConstraints *constraints = trust_constraints_new ();
  int p = g_test_rand_int_range (-3, 5), e = g_test_rand_int_range (-2, 4);
  guint n_permitted = (guint) MAX (p, 0), n_excluded = (guint) MAX (e, 0);

  if (n_permitted == 0 && g_test_rand_int_range (0, 6) == 0)
    g_assert_true (trust_constraints_add (constraints, kind, FALSE, "", NULL));
  for (guint i = 0; i < n_permitted + n_excluded; i++)
    {
      g_autofree char *text = random_subtree (kind);
      g_autoptr (GError) error = NULL;

      if (!trust_constraints_add (constraints, kind, i >= n_permitted, text, &error) && n_permitted > 0)
        g_error ("%s", error->message);
    }
  return constraints;
}

static gboolean
permits (const TrustConstraints *constraints, TrustNameKind kind, const GByteArray *value)
{
  return trust_constraints_permit (constraints, kind, (TrustSpan) { value->data, value->len }, NULL);
}

/* The intersection permits a name just when both do; what is within permits no more; intersections are within both. */
static void
test_laws (gconstpointer data)
{
  TrustNameKind kind = GPOINTER_TO_UINT (data);
  guint n_both = 0, n_one = 0, n_within = 0, n_not_within = 0, n_missed = 0;

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (TrustConstraints) a = random_constraints (kind), b = random_constraints (kind);
      g_autoptr (TrustConstraints) both = trust_constraints_intersect (a, b), turned = trust_constraints_intersect (b, a);
      gboolean is_within = trust_constraints_is_within (a, b), seen_outside = FALSE;

      g_assert_true (trust_constraints_equal (both, turned));
      g_assert_true (trust_constraints_is_within (both, a) && trust_constraints_is_within (both, b));
      g_assert_true (trust_constraints_is_within (a, a) && trust_constraints_equal (a, a));
      g_assert_true (!trust_constraints_equal (a, b) || (is_within && trust_constraints_is_within (b, a)));
      for (guint i = 0; i < 12; i++)
        {
          g_autoptr (GByteArray) name = random_name (kind);
          gboolean in_a = permits (a, kind, name), in_b = permits (b, kind, name);

          g_assert_true (permits (both, kind, name) == (in_a && in_b));
          g_assert_true (!is_within || !in_a || in_b);
          n_both += in_a && in_b;
          n_one += in_a != in_b;
          seen_outside |= in_a && !in_b;
        }
      *(is_within ? &n_within : &n_not_within) += 1;
      n_missed += !is_within && !seen_outside;
    }
  /* Were the cases worth it, and is it not always FALSE? */
  g_assert_cmpuint (n_both, >, ROUNDS / 2);
  g_assert_cmpuint (n_one, >, ROUNDS / 2);
  g_assert_cmpuint (n_within, >, ROUNDS / 8);
  g_assert_cmpuint (n_not_within, >, ROUNDS / 8);
  g_test_message ("%u within, %u not, of them %u with no name found outside", n_within, n_not_within, n_missed);
}

/* A copy through texts; the order they are added in does not matter. */
static TrustConstraints *
through_text (const TrustConstraints *constraints)
{
  TrustConstraints *copy = trust_constraints_new ();

  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    for (guint side = 0; side < 2; side++)
      {
        guint n = trust_constraints_get_n (constraints, kind, side);

        if (side == 0 && n == 0 && trust_constraints_is_restricted (constraints, kind))
          g_assert_true (trust_constraints_add (copy, kind, FALSE, "", NULL));
        for (guint i = n; i > 0; i--)
          {
            g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, side, i - 1));

            g_assert_true (trust_constraints_add (copy, kind, side, text, NULL));
          }
      }
  return copy;
}

static TrustConstraints *
random_mix (void)
{
  g_autoptr (TrustConstraints) mix = NULL;

  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      g_autoptr (TrustConstraints) one = random_constraints (kind), held = g_steal_pointer (&mix);

      mix = trust_constraints_intersect (held, one);
    }
  return g_steal_pointer (&mix);
}

static void
test_round_trips (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (TrustConstraints) constraints = random_mix (), text = NULL, back = trust_constraints_new ();
      g_autoptr (GByteArray) der = trust_constraints_to_der (constraints);
      g_autoptr (GError) error = NULL;

      text = through_text (constraints);
      g_assert_true (trust_constraints_equal (constraints, text));
      g_assert_true (trust_constraints_is_empty (constraints) == (der == NULL));
      if (der == NULL)
        continue;
      trust_constraints_add_der (back, (TrustSpan) { der->data, der->len }, &error);
      g_assert_no_error (error);
      g_assert_true (trust_constraints_equal (constraints, back));
    }
}

static GByteArray *
unhex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, (guint) strlen (hex) / 2);
  g_assert_true (trust_text_unhex (hex, bytes->data, bytes->len));
  return bytes;
}

/* By hand from X.690 and RFC 5280 4.2.1.10. */
static void
test_der (void)
{
  g_autoptr (TrustConstraints) constraints = trust_constraints_new (), back = trust_constraints_new ();
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *hex = NULL;

  trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, "a.test", NULL);
  trust_constraints_add (constraints, TRUST_NAME_IP, TRUE, "10.0.0.0/8", NULL);
  trust_constraints_add (constraints, TRUST_NAME_URI, TRUE, ".b.test", NULL);
  der = trust_constraints_to_der (constraints);
  hex = trust_text_hex (der->data, der->len);
  g_assert_cmpstr (hex, ==,
                   "3025"
                   "a00a"
                   "3008"
                   "8206"
                   "612e74657374" /* a.test */
                   "a117"
                   "300a"
                   "8708"
                   "0a000000"
                   "ff000000"
                   "3009"
                   "8607"
                   "2e622e74657374"); /* 10.0.0.0/8, .b.test */
  trust_constraints_add_der (back, (TrustSpan) { der->data, der->len }, NULL);
  g_assert_true (trust_constraints_equal (constraints, back));
}

static void
test_bad_der (void)
{
  static const char *const bad[] = {
    "",
    "3000",
    "30",
    "3100",
    "3002a000",
    "3004a0023000",
    "300ca00a3008820661"
    "2e74657374"
    "00", /* something behind it */
    "300ea00c300a8206612e74657374"
    "8000", /* minimum, and empty */
    "300fa00d300b8206612e74657374"
    "800100", /* minimum 0, which DER leaves out */
    "300fa00d300b8206612e74657374"
    "810105", /* maximum */
    "300da00b30098207"
    "2e612e74657374", /* dNSName .a.test */
    "300da00b30098207"
    "2a2e612e746573", /* dNSName *.a.tes */
    "300ca00a30088206"
    "612e00657374", /* NUL */
    "300ca00a30088206"
    "612ee4657374", /* not ASCII */
    "3006a00430028600",
    "3006a00430028100", /* permitted and empty: readers differ */
    "3009a00730058703"
    "0a0000", /* 3 octets */
    "300ea00c300a8708"
    "0a000000ff00ff00", /* a mask with gaps */
    "300ea00c300a8708"
    "0a000001ff000000", /* host bits */
    "3009a00730058803"
    "2a0304", /* registeredID */
    "3008a0063004a002"
    "3000", /* otherName */
    "3008a0063004a402"
    "3100", /* directoryName without a Name */
    "300aa0083006a404"
    "30003000",
    "3018a10a30088206612e74657374a00a30088206612e74657374", /* out of order */
    "3018a00a30088206612e74657374a00a30088206612e74657374", /* twice */
    "a00a30088206612e74657374",
    "30820000",
    "3080a00a30088206612e746573740000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) der = unhex (bad[i]);
      g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
      g_autoptr (GError) error = NULL;

      if (trust_constraints_add_der (constraints, (TrustSpan) { der->data, der->len }, &error))
        g_error ("%s was taken", bad[i]);
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
    }
}

/* Cut anywhere, or with a bit turned: refused or read, never past the end (the sanitizers look). */
static void
test_damaged_der (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (TrustConstraints) constraints = random_mix ();
      g_autoptr (GByteArray) der = trust_constraints_to_der (constraints);

      for (guint size = 0; der != NULL && size < der->len; size++)
        {
          g_autofree guint8 *part = g_memdup2 (der->data, size);
          g_autofree guint8 *turned = g_memdup2 (der->data, der->len);
          g_autoptr (TrustConstraints) a = trust_constraints_new (), b = trust_constraints_new ();

          turned[size] ^= (guint8) (1u << g_test_rand_int_range (0, 8));
          g_assert_false (trust_constraints_add_der (a, (TrustSpan) { part, size }, NULL));
          trust_constraints_add_der (b, (TrustSpan) { turned, der->len }, NULL);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      g_autofree char *name = g_strdup_printf ("/constraint/laws/%s", trust_name_kind_get_name (kind));

      g_test_add_data_func (name, GUINT_TO_POINTER (kind), test_laws);
    }
  g_test_add_func ("/constraint/round-trips", test_round_trips);
  g_test_add_func ("/constraint/der", test_der);
  g_test_add_func ("/constraint/bad-der", test_bad_der);
  g_test_add_func ("/constraint/damaged-der", test_damaged_der);
  return g_test_run ();
}
