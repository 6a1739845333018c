/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others change in the administrator's tree stands in the journal, once, with its content; and the certificates that it names. */
#include "core/anchor-file.h"
#include "core/engine.h"
#include "core/journal-record.h"
#include "core/plan.h"

#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define JOURNAL "/var/lib/anchord/journal/journal"

typedef struct
{
  char *scratch;
  TestCertificate *corp;
  TrustEngine *engine;
} Fixture;

static void
open_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->engine, trust_engine_free);
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
}

static void
refresh (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  trust_engine_refresh (f->engine, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->corp = test_certificate_new_root ("CN=Corp Root,O=Corp");
  open_engine (f);
  refresh (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  test_certificate_free (f->corp);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* The last intent of the journal. (transfer full) */
static TrustJournalIntent *
read_last (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = test_scratch_read (f->scratch, JOURNAL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);
  TrustJournalRecord record;

  g_assert_cmpuint (n, >=, 5);
  trust_journal_record_parse (lines[n - 4], strlen (lines[n - 4]), &record, &error);
  g_assert_no_error (error);
  g_assert_nonnull (record.intent);
  return record.intent;
}

static gsize
journal_size (Fixture *f)
{
  g_autofree char *text = test_scratch_read (f->scratch, JOURNAL);

  return strlen (text);
}

/* "PATH MODE CONTENT\n" or "PATH gone\n" of each. */
static void
assert_found (const TrustJournalIntent *intent, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < intent->found->len; i++)
    {
      const TrustJournalFile *file = intent->found->pdata[i];

      if (file->content == NULL)
        g_string_append_printf (text, "%s gone\n", file->path);
      else
        g_string_append_printf (text, "%s %o %.*s\n", file->path, file->mode, (int) g_bytes_get_size (file->content),
                                (const char *) g_bytes_get_data (file->content, NULL));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

/* A file is dropped, edited, made a mask, taken away: each stands there once, and nothing is written where nothing is new. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *edited = g_strconcat ("# from CHG-7\n", pem, NULL);
  g_autofree char *expected = g_strdup_printf (TRUST_ANCHORS_FOLDER "/corp.pem 644 %s\n", pem),
                  *second = g_strdup_printf (TRUST_ANCHORS_FOLDER "/corp.pem 644 %s\n", edited);
  g_autofree char *host = g_build_filename (f->scratch, TRUST_ANCHORS_FOLDER "/corp.pem", NULL);
  g_autoptr (TrustJournalIntent) first = NULL, changed = NULL, masked = NULL, gone = NULL;
  gsize size;

  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/corp.pem", pem, -1);
  refresh (f);
  first = read_last (f);
  assert_found (first, expected);
  g_assert_cmpstr (first->operation, ==, "source");
  g_assert_cmpuint (first->changes->len, ==, 1);
  /* Its DER stands in the file. */
  g_assert_cmpuint (first->certificates->len, ==, 0);

  size = journal_size (f);
  refresh (f);
  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/corp.pem", pem, -1);
  refresh (f);
  g_assert_cmpuint (journal_size (f), ==, size);

  /* The trust is the same, the file is not. */
  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/corp.pem", edited, -1);
  refresh (f);
  changed = read_last (f);
  assert_found (changed, second);
  g_assert_cmpuint (changed->changes->len, ==, 0);

  g_assert_no_errno (g_unlink (host));
  g_assert_no_errno (symlink ("/dev/null", host));
  refresh (f);
  masked = read_last (f);
  assert_found (masked, TRUST_ANCHORS_FOLDER "/corp.pem 120777 /dev/null\n");
  g_assert_no_errno (g_unlink (host));
  refresh (f);
  gone = read_last (f);
  assert_found (gone, TRUST_ANCHORS_FOLDER "/corp.pem gone\n");
}

/* What happened while nobody watched is seen at the next start, and what was seen before is not told again. */
static void
test_meanwhile (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *expected = g_strdup_printf (TRUST_ANCHORS_FOLDER "/corp.pem 644 %s\n", pem);
  g_autofree char *key = g_strdup_printf ("[Distrust]\nVersion=1\nKeySHA256=%064d\n", 7);
  g_autofree char *title = g_strdup_printf ("key %064d", 7);
  g_autoptr (TrustJournalIntent) first = NULL, second = NULL;
  const TrustJournalChange *change = NULL;
  gsize size;

  g_clear_pointer (&f->engine, trust_engine_free);
  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/corp.pem", pem, -1);
  open_engine (f);
  refresh (f);
  first = read_last (f);
  assert_found (first, expected);
  g_assert_cmpuint (first->changes->len, ==, 1);
  size = journal_size (f);
  open_engine (f);
  refresh (f);
  g_assert_cmpuint (journal_size (f), ==, size);

  g_clear_pointer (&f->engine, trust_engine_free);
  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/key.distrust", key, -1);
  open_engine (f);
  refresh (f);
  second = read_last (f);
  g_assert_cmpuint (second->found->len, ==, 1);
  g_assert_cmpuint (second->changes->len, ==, 1);
  change = second->changes->pdata[0];
  g_assert_cmpstr (change->fingerprint, ==, "");
  g_assert_cmpstr (change->title, ==, title);
  g_assert_cmpstr (change->before, ==, "");
  g_assert_cmpstr (change->after, ==, "distrusted");
}

/* A key that is refused while the service runs, and no longer. */
static void
test_key (Fixture *f, gconstpointer data)
{
  g_autofree char *key = g_strdup_printf ("[Distrust]\nVersion=1\nKeySHA256=%064d\n", 7), *title = g_strdup_printf ("key %064d", 7);
  g_autofree char *host = g_build_filename (f->scratch, TRUST_ANCHORS_FOLDER "/key.distrust", NULL);
  g_autoptr (TrustJournalIntent) came = NULL, went = NULL;

  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/key.distrust", key, -1);
  refresh (f);
  came = read_last (f);
  g_assert_cmpuint (came->changes->len, ==, 1);
  g_assert_cmpstr (((TrustJournalChange *) came->changes->pdata[0])->title, ==, title);
  g_assert_cmpstr (((TrustJournalChange *) came->changes->pdata[0])->after, ==, "distrusted");
  g_assert_no_errno (g_unlink (host));
  refresh (f);
  went = read_last (f);
  g_assert_cmpuint (went->changes->len, ==, 1);
  g_assert_cmpstr (((TrustJournalChange *) went->changes->pdata[0])->before, ==, "distrusted");
  g_assert_cmpstr (((TrustJournalChange *) went->changes->pdata[0])->after, ==, "");
}

/* What anchord writes itself is not found; what another source names goes in as DER. */
static void
test_own (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustChange) wish = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustCaller) caller = trust_caller_new_self ("test");
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (TrustJournalIntent) own = NULL, vendor = NULL;
  g_autoptr (TestCertificate) other = test_certificate_new_root ("CN=Vendor Root,O=Corp");
  g_autofree char *pem = test_certificate_dup_pem (other);
  TrustSpan der = trust_certificate_get_der (other->certificate);
  gsize size;

  g_ptr_array_add (wish->certificates, trust_certificate_ref (f->corp->certificate));
  outcome = trust_engine_apply (f->engine, wish, caller, &error);
  g_assert_no_error (error);
  own = read_last (f);
  assert_found (own, "");
  g_assert_cmpuint (own->certificates->len, ==, 0);
  g_assert_cmpuint (own->files->len, ==, 1);
  size = journal_size (f);
  refresh (f);
  open_engine (f);
  refresh (f);
  g_assert_cmpuint (journal_size (f), ==, size);

  test_scratch_write (f->scratch, "/usr/lib/anchord/anchors.d/vendor.pem", pem, -1);
  refresh (f);
  vendor = read_last (f);
  assert_found (vendor, "");
  g_assert_cmpuint (vendor->changes->len, ==, 1);
  g_assert_cmpuint (vendor->certificates->len, ==, 1);
  g_assert_cmpmem (g_bytes_get_data (vendor->certificates->pdata[0], NULL), g_bytes_get_size (vendor->certificates->pdata[0]), der.data, der.size);
}

/* Never the content of a file with a private key, nor of one that others may write to. */
static void
test_unsafe (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *text = NULL, *host = NULL, *journal = NULL;
  g_autofree char *key = g_strconcat (pem, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", NULL);

  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/key.pem", key, -1);
  test_scratch_write (f->scratch, TRUST_PLACED_FOLDER "/x.consumer", key, -1);
  test_scratch_write (f->scratch, TRUST_ANCHORS_FOLDER "/open.pem", pem, -1);
  host = g_build_filename (f->scratch, TRUST_ANCHORS_FOLDER "/open.pem", NULL);
  g_assert_no_errno (g_chmod (host, 0666));
  refresh (f);
  journal = test_scratch_read (f->scratch, JOURNAL);
  g_assert_null (strstr (journal, "key.pem"));
  g_assert_null (strstr (journal, "x.consumer"));
  g_assert_null (strstr (journal, "open.pem"));
}

/* Consumers' files and markers, revocation lists' and stores' folders. */
static void
test_others (Fixture *f, gconstpointer data)
{
  static const char conf[] = "[Store]\nVersion=1\nInherit=false\n", consumer[] = "[Consumer]\nVersion=1\n";
  g_autofree char *pem = test_certificate_dup_pem (f->corp);
  g_autofree char *expected = g_strdup_printf (TRUST_STORES_FOLDER "/app/mail/corp.pem 644 %s\n" TRUST_STORES_FOLDER
                                                                   "/app/mail/store.conf 644 %s\n" TRUST_PLACED_FOLDER
                                                                   "/x.consumer 644 %s\n" TRUST_PLACED_FOLDER "/x.enabled 644 \n",
                                               pem, conf, consumer);
  g_autoptr (TrustJournalIntent) intent = NULL;
  const TrustJournalChange *change = NULL;
  gsize size;

  test_scratch_write (f->scratch, TRUST_STORES_FOLDER "/app/mail/store.conf", conf, -1);
  test_scratch_write (f->scratch, TRUST_STORES_FOLDER "/app/mail/corp.pem", pem, -1);
  test_scratch_write (f->scratch, TRUST_PLACED_FOLDER "/x.consumer", consumer, -1);
  test_scratch_write (f->scratch, TRUST_PLACED_FOLDER "/x.enabled", "", -1);
  refresh (f);
  intent = read_last (f);
  assert_found (intent, expected);
  g_assert_cmpuint (intent->changes->len, ==, 2);
  change = intent->changes->pdata[0];
  g_assert_cmpstr (change->title, ==, "app/mail");
  g_assert_cmpstr (change->before, ==, "no store");
  change = intent->changes->pdata[1];
  g_assert_cmpstr (change->title, ==, "Corp Root");
  g_assert_cmpstr (change->after, ==, "trusted server-auth in app/mail");
  g_assert_cmpuint (intent->certificates->len, ==, 0);
  size = journal_size (f);
  refresh (f);
  open_engine (f);
  refresh (f);
  g_assert_cmpuint (journal_size (f), ==, size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/found/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("dropped", test_dropped);
  ADD ("meanwhile", test_meanwhile);
  ADD ("key", test_key);
  ADD ("own", test_own);
  ADD ("unsafe", test_unsafe);
  ADD ("others", test_others);
  return g_test_run ();
}
