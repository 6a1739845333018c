/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal that is whole in itself, held against the store. */
#include "core/engine.h"

#include "tests/lib/support.h"

#include <string.h>

#define JOURNAL "/var/lib/anchord/journal/journal"

typedef struct
{
  char *scratch;
  TestCertificate *corp;
  TrustCaller *caller;
  TrustEngine *engine;
} Fixture;

static void
open_engine (Fixture *f, TrustEngineFlags flags)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->engine, trust_engine_free);
  f->engine = trust_engine_open (f->scratch, flags, &error);
  g_assert_no_error (error);
  if (flags == TRUST_ENGINE_WRITABLE)
    trust_engine_refresh (f->engine, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustOutcome) outcome = NULL;

  f->scratch = test_scratch_new ();
  f->corp = test_certificate_new_root ("CN=Corp Root,O=Corp");
  f->caller = trust_caller_new_self ("test");
  open_engine (f, TRUST_ENGINE_WRITABLE);
  g_ptr_array_add (wish->certificates, trust_certificate_ref (f->corp->certificate));
  outcome = trust_engine_apply (f->engine, wish, f->caller, NULL);
  g_assert_nonnull (outcome);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->engine, trust_engine_free);
  test_certificate_free (f->corp);
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* The only fault. NULL: none. (transfer full) (nullable) */
static char *
verify (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalReport) report = trust_engine_verify_journal (f->engine, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (report->faults->len, <=, 1);
  return report->faults->len > 0 ? g_strdup (report->faults->pdata[0]) : NULL;
}

static void
assert_fault (Fixture *f, const char *part)
{
  g_autofree char *fault = verify (f);

  if (part == NULL)
    g_assert_cmpstr (fault, ==, NULL);
  else
    g_assert_nonnull (strstr (fault, part));
}

static void
assert_everywhere (Fixture *f, const char *part)
{
  assert_fault (f, part);
  open_engine (f, TRUST_ENGINE_READ_ONLY);
  assert_fault (f, part);
}

static void
distrust (Fixture *f)
{
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_DISTRUST);
  g_autoptr (TrustOutcome) outcome = NULL;
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (f->corp->certificate), 64 };

  g_array_append_val (wish->fingerprints, prefix);
  outcome = trust_engine_apply (f->engine, wish, f->caller, NULL);
  g_assert_nonnull (outcome);
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  static const char key[] = "[Distrust]\nVersion=1\nKeySHA256=0000000000000000000000000000000000000000000000000000000000000007\n";
  g_autoptr (GError) error = NULL;

  assert_fault (f, NULL);
  test_scratch_write (f->scratch, "/etc/anchord/anchors.d/key.distrust", key, -1);
  trust_engine_refresh (f->engine, NULL, &error);
  g_assert_no_error (error);
  assert_fault (f, NULL);
  distrust (f);
  assert_everywhere (f, NULL);
  open_engine (f, TRUST_ENGINE_WRITABLE);
  assert_fault (f, NULL);
}

/* Whole records are gone from its end. */
static void
test_truncated (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_scratch_read (f->scratch, JOURNAL);

  distrust (f);
  test_scratch_write (f->scratch, JOURNAL, before, -1);
  assert_everywhere (f, "records are missing at its end");
}

/* A whole journal, of another machine or another life. */
static void
test_other (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_scratch_read (f->scratch, JOURNAL), *text = NULL;
  g_autoptr (GString) other = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (before, "\n", -1);
  char previous[65];

  /* The same records, but that the certificate was trusted for something else, and all hashes are right. */
  memset (previous, '0', 64);
  previous[64] = '\0';
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i += 2)
    {
      g_autofree char *json = g_strdup (lines[i + 1]), *sum = NULL;
      char *found = strstr (json, "\"after\":\"trusted server-auth\"");

      if (found != NULL)
        memcpy (found, "\"after\":\"trusted client-auth\"", strlen ("\"after\":\"trusted client-auth\""));
      text = g_strdup_printf ("%s%u %" G_GSIZE_FORMAT "\n%s", previous, i / 2 + 1, strlen (json), json);
      sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
      g_string_append_printf (other, "anchord1 %u %" G_GSIZE_FORMAT " %s\n%s\n", i / 2 + 1, strlen (json), sum, json);
      g_strlcpy (previous, sum, sizeof previous);
      g_clear_pointer (&text, g_free);
    }
  g_assert_cmpstr (other->str, !=, before);
  test_scratch_write (f->scratch, JOURNAL, other->str, (gssize) other->len);
  assert_everywhere (f, "with other trust than the store has");
}

/* A change that nobody made here, well written. */
static void
test_forged (Fixture *f, gconstpointer data)
{
  g_autofree char *before = test_scratch_read (f->scratch, JOURNAL), *head = NULL;
  const char *last = g_strrstr (before, "\nanchord1 ") + strlen ("\nanchord1 ");
  guint64 sequence = g_ascii_strtoull (last, NULL, 10);
  g_autoptr (GString) forged = g_string_new (before);
  static const char *const json[] = {
    "{\"type\":\"intent\",\"generation\":77,\"time\":1,\"operation\":\"add\",\"reason\":\"\",\"changes\":[],\"files\":[]}",
    "{\"type\":\"done\",\"generation\":77,\"time\":1}",
  };

  head = g_strndup (strchr (last, '\n') - 64, 64);
  for (guint i = 0; i < G_N_ELEMENTS (json); i++)
    {
      g_autofree char *line = g_strdup_printf ("%s%" G_GUINT64_FORMAT " %" G_GSIZE_FORMAT "\n%s", head, ++sequence, strlen (json[i]), json[i]);

      g_free (head);
      head = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);
      g_string_append_printf (forged, "anchord1 %" G_GUINT64_FORMAT " %" G_GSIZE_FORMAT " %s\n%s\n", sequence, strlen (json[i]), head, json[i]);
    }
  test_scratch_write (f->scratch, JOURNAL, forged->str, (gssize) forged->len);
  assert_fault (f, "somebody else wrote to it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/engine-verify/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole", test_whole);
  ADD ("truncated", test_truncated);
  ADD ("other", test_other);
  ADD ("forged", test_forged);
  return g_test_run ();
}
