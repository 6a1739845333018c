/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of trust and distrust made at random, with all that settings can say. */
#pragma once

#include "core/emitters/emitter.h"
#include "tests/lib/forge-certificate.h"
#include "tests/lib/support.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1800000000)
#define DAYS G_GINT64_CONSTANT (86400)
#define N_POOL 15
#define ODD_KEY 14 /* of a curve that few readers know: brainpoolP256t1 */

typedef struct
{
  TestCertificate *certificates[N_POOL];
  TrustOrigin *administrator;
  TrustOrigin *distribution;
} Pool;

/* Only to be read: it has no key that signs. */
static inline TestCertificate *
forge_odd_key (void)
{
  g_autoptr (GByteArray) subject = forge_name (FORGE_OID_CN, 0x0c, "Pool Odd");
  GByteArray *algorithm = forge_join (forge_element (0x06, FORGE_BYTES ("\x2a\x86\x48\xce\x3d\x02\x01")),
                                      forge_element (0x06, FORGE_BYTES ("\x2b\x24\x03\x03\x02\x08\x01\x01\x08")), NULL);
  g_autoptr (GByteArray) key = forge_element (0x30,
                                              forge_join (forge_element (0x30, algorithm), forge_element (0x03, FORGE_BYTES ("\0\x04noise")), NULL));
  TestCertificate *made = g_new0 (TestCertificate, 1);

  made->certificate = forge (&(ForgeCertificate) { .subject = subject, .key = key });
  return made;
}

/* Among them: three and two with one key, two that are no CA, one with purposes of its own, one that not every format can hold. */
static inline void
pool_init (Pool *pool)
{
  for (guint i = 0; i < N_POOL; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Pool %u", i);
      TestCertificateSpec spec = { .dn = dn, .not_ca = i == 3 || i == 4, .eku = i == 5 ? "1.3.6.1.5.5.7.3.4" : NULL };

      if (i >= 10 && i != ODD_KEY)
        spec.same_key = pool->certificates[i == 13 ? 1 : 0];
      pool->certificates[i] = i == ODD_KEY ? forge_odd_key () : test_certificate_new (&spec);
    }
  pool->administrator = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  pool->distribution = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "test", NULL, FALSE);
}

static inline void
pool_clear (Pool *pool)
{
  for (guint i = 0; i < N_POOL; i++)
    test_certificate_free (pool->certificates[i]);
  trust_origin_unref (pool->administrator);
  trust_origin_unref (pool->distribution);
}

static inline gboolean
chance (guint percent)
{
  return (guint) g_test_rand_int_range (0, 100) < percent;
}

#define PICK(array) array[g_test_rand_int_range (0, (gint32) G_N_ELEMENTS (array))]

static inline TrustPurposes *
random_purposes (void)
{
  static const char *const oids[] = { "1.2.3.4", "2.999.1.16383.128", "1.3.6.1.5.5.7.3.17", "2.25.329800735698586629295641978511506172918" };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    if (chance (i == 0 ? 70 : 35))
      g_ptr_array_add (names, (gpointer) trust_purpose_get_name (i));
  for (guint i = 0; i < G_N_ELEMENTS (oids); i++)
    if (chance (8))
      g_ptr_array_add (names, (gpointer) oids[i]);
  if (names->len == 0)
    g_ptr_array_add (names, (gpointer) "server-auth");
  g_ptr_array_add (names, NULL);
  return trust_purposes_new ((const char *const *) names->pdata, NULL);
}

static inline TrustConstraints *
random_constraints (void)
{
  static const char *const texts[TRUST_NAME_LAST][4] = {
    [TRUST_NAME_DNS] = { "corp.example", "a.corp.example", "other.example", "" },
    [TRUST_NAME_IP] = { "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32", "" },
    [TRUST_NAME_EMAIL] = { "corp.example", ".corp.example", "joe@corp.example", "" },
    [TRUST_NAME_URI] = { "corp.example", ".corp.example", "www.other.example", "" },
    [TRUST_NAME_DIRECTORY] = { "O=Corp,C=DE", "C=DE", "OU=A\\, B,O=Corp,C=DE", "" },
  };
  TrustConstraints *constraints = trust_constraints_new ();
  guint n = (guint) g_test_rand_int_range (1, 4);

  for (guint i = 0; i < n; i++)
    {
      guint kind = (guint) g_test_rand_int_range (0, TRUST_NAME_LAST);
      gboolean excluded = chance (40);
      const char *text = PICK (texts[kind]);

      /* "Nothing permitted" beside something that is gives an error, and stays away. */
      if (!excluded || *text != '\0')
        trust_constraints_add (constraints, kind, excluded, text, NULL);
    }
  return constraints;
}

static inline GArray *
random_dates (void)
{
  static const char *const purposes[] = { "server-auth", "email-protection", "server-auth", "code-signing", "1.2.3.4" };
  static const gint64 times[] = {
    NOW - 600 * DAYS, NOW - 399 * DAYS, NOW - 397 * DAYS, NOW - 1, NOW + 100 * DAYS, 2524607999, 2524608000, 4000000000
  };
  GArray *dates = trust_distrust_after_new ();
  guint n = (guint) g_test_rand_int_range (1, 3);

  for (guint i = 0; i < n; i++)
    trust_distrust_after_add (dates, PICK (purposes), PICK (times));
  return dates;
}

static inline TrustSettings *
random_settings (void)
{
  g_autoptr (TrustPurposes) purposes = random_purposes ();
  g_autoptr (TrustConstraints) constraints = chance (35) ? random_constraints () : NULL;
  g_autoptr (GArray) dates = chance (30) ? random_dates () : NULL;
  TrustLimits limits = { constraints, dates, chance (12) ? NOW + 10 * DAYS : TRUST_NEVER, chance (40) };

  return trust_settings_new_limited (purposes, &limits);
}

static inline TrustNote *
random_note (void)
{
  static const char *const labels[] = { "Lab", "Käse \"x\" % \\ y", "one: two", "日本" };

  return chance (40) ? trust_note_new (PICK (labels), NULL, NULL, 0) : NULL;
}

/* Of CERTIFICATE, or of one that nobody knows. */
static inline TrustDistrust *
random_distrust (const Pool *pool, TrustCertificate *certificate)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate), *key = trust_certificate_get_key_fingerprint (certificate);
  TrustSpan issuer = trust_certificate_get_issuer_der (certificate), serial = trust_certificate_get_serial (certificate), none = { NULL, 0 };
  guint kind = (guint) g_test_rand_int_range (0, 9);
  /* Two refusals of one key are one when they are read: the label of either. */
  TrustNote *note = kind == 5 || kind == 7 ? NULL : random_note ();
  gboolean is_bare = kind >= 6;
  gboolean by_serial = kind == 3 || kind == 4 || kind == 8;
  TrustDistrust *distrust = trust_distrust_new (kind == 4 || kind == 5 || kind == 7 || kind == 8 ? NULL : fingerprint,
                                                kind == 1 || kind == 5 || kind == 7 ? key : NULL, by_serial ? issuer : none,
                                                by_serial ? serial : none, is_bare ? NULL : certificate, pool->administrator, note);

  g_clear_pointer (&note, trust_note_unref);
  return distrust;
}

/* As the layers give it: no anchor is refused by its own hash; a key or a serial number may be refused and an anchor lifted above it. */
static inline TrustAnchorSet *
random_set (const Pool *pool)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);

  for (guint i = 0; i < N_POOL; i++)
    {
      TrustCertificate *certificate = pool->certificates[i]->certificate;

      if (chance (20))
        g_ptr_array_add (distrusts, random_distrust (pool, certificate));
      else if (chance (80))
        {
          g_autoptr (TrustSettings) settings = random_settings ();
          TrustNote *note = random_note ();

          g_ptr_array_add (anchors, trust_anchor_new (certificate, settings, chance (12) ? pool->distribution : pool->administrator, note));
          g_clear_pointer (&note, trust_note_unref);
        }
    }
  return trust_anchor_set_new (anchors, distrusts);
}
