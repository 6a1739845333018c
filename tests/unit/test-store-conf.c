/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/store-conf.h"

#include <string.h>

#define HEAD "[Store]\nVersion=1\n"
#define ALL 0u

static gboolean
parse (const char *text, gsize size, TrustStoreConf *out, GError **error)
{
  return trust_store_conf_parse ((TrustSpan) { (const guint8 *) text, size }, out, error);
}

static guint
mask_of (const TrustStoreConf *conf)
{
  return conf->narrowed != NULL ? trust_purposes_get_mask (conf->narrowed) : ALL;
}

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    gboolean inherits;
    guint narrowed;
  } samples[] = {
    { HEAD, FALSE, ALL },
    { HEAD "Inherit=true\n", TRUE, ALL },
    { HEAD "Inherit=false", FALSE, ALL },
    { HEAD "Inherit = true \nPurposes = server-auth ; email-protection\n", TRUE,
      1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION },
    { HEAD "Purposes=1.3.6.1.5.5.7.3.3;\n", FALSE, 1u << TRUST_PURPOSE_CODE_SIGNING },
    { "# ours\n\n[Other]\nKey=x\nInherit=true\n\n" HEAD, FALSE, ALL },
    { HEAD "Inherit=true\n[Notes]\nInherit=false\nInherit=what\nPurposes=\n", TRUE, ALL },
    { "[Store]\r\nVersion=1\r\nInherit=true\r\n", TRUE, ALL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_auto (TrustStoreConf) conf = { FALSE, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_true (parse (samples[i].text, strlen (samples[i].text), &conf, &error));
      g_assert_no_error (error);
      g_assert_cmpint (conf.inherits, ==, samples[i].inherits);
      g_assert_cmphex (mask_of (&conf), ==, samples[i].narrowed);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    const char *said;
  } samples[] = {
    { "", "Version=1" },
    { "Inherit=true\n", "Version=1" },
    { "[Store]\n", "Version=1" },
    { "[Store]\nInherit=true\n", "Version=1" },
    { "[store]\nVersion=1\n", "Version=1" },
    { "[Store]\nVersion=2\n", "line 2: Version" },
    { "[Store]\nVersion=1 \nVersion=1\n", "line 3: Version" },
    { HEAD "Inherit=TRUE\n", "line 3: Inherit" },
    { HEAD "Inherit=1\n", "line 3: Inherit" },
    { HEAD "Inherit=\n", "line 3: Inherit" },
    { HEAD "Inherit=true\n[Store]\n", "line 4: [Store]" },
    { HEAD "Inherit=true\nInherit=true\n", "line 4: Inherit" },
    { HEAD "inherit=true\n", "line 3: key \"inherit\"" },
    { HEAD "Except=x\n", "line 3: key \"Except\"" },
    { HEAD "=x\n", "line 3: key \"\"" },
    { HEAD "Purposes=\n", "line 3: Purposes" },
    { HEAD "Purposes=;;\n", "line 3: Purposes" },
    { HEAD "Purposes=server-auth;no-such\n", "line 3: Purposes" },
    { HEAD "nonsense\n", "line 3: neither" },
    { "nonsense\n" HEAD, "line 1: neither" },
    { HEAD "Inherit=true\xff\n", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_auto (TrustStoreConf) conf = { FALSE, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (parse (samples[i].text, strlen (samples[i].text), &conf, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
      g_assert_nonnull (strstr (error->message, samples[i].said));
      g_assert_null (conf.narrowed);
    }
}

static void
test_large (void)
{
  g_autofree char *text = g_strnfill (70000, '#');
  g_auto (TrustStoreConf) conf = { FALSE, NULL };
  g_autoptr (GError) error = NULL, nul = NULL;

  g_assert_false (parse (text, 70000, &conf, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  g_assert_false (parse (HEAD "\0", sizeof HEAD, &conf, &nul));
  g_assert_error (nul, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
}

static void
test_round (void)
{
  for (guint inherits = 0; inherits < 2; inherits++)
    for (guint mask = 0; mask < 1u << TRUST_PURPOSE_LAST; mask++)
      {
        g_auto (TrustStoreConf) conf = { inherits, mask != ALL ? trust_purposes_new_mask (mask) : NULL };
        g_auto (TrustStoreConf) back = { FALSE, NULL };
        g_autoptr (GBytes) bytes = trust_store_conf_write (&conf);

        g_assert_true (parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &back, NULL));
        g_assert_cmpint (back.inherits, ==, inherits);
        g_assert_cmphex (mask_of (&back), ==, mask);
      }
}

/* However it is cut or flipped, it either says what it said, or less, or is no store.conf: only its own line makes it inherit. */
static void
test_damaged (void)
{
  static const char text[] = HEAD "Inherit=false\nPurposes=server-auth;1.3.6.1.5.5.7.3.9;\n";

  for (gsize size = 0; size < sizeof text; size++)
    {
      g_auto (TrustStoreConf) conf = { FALSE, NULL };

      if (parse (text, size, &conf, NULL))
        g_assert_false (conf.inherits);
    }
  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *copy = g_memdup2 (text, sizeof text);
      g_auto (TrustStoreConf) conf = { FALSE, NULL };

      copy[g_test_rand_int_range (0, sizeof text - 1)] ^= (char) (1u << g_test_rand_int_range (0, 8));
      if (parse (copy, sizeof text - 1, &conf, NULL))
        g_assert_false (conf.inherits);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-conf/good", test_good);
  g_test_add_func ("/store-conf/bad", test_bad);
  g_test_add_func ("/store-conf/large", test_large);
  g_test_add_func ("/store-conf/round", test_round);
  g_test_add_func ("/store-conf/damaged", test_damaged);
  return g_test_run ();
}
