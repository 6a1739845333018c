/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the system's log gets of a change: fields for a SIEM, one event a certificate, and not without end. */
#include "daemon/audit.h"
#include "daemon/log.h"

#include <string.h>

typedef struct
{
  GPtrArray *events; /* (owned) of GHashTable*: char* -> char* */
} Fixture;

static GPtrArray *heard;

static GLogWriterOutput
listen (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  GHashTable *event = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (gsize i = 0; i < n; i++)
    g_hash_table_insert (event, g_strdup (fields[i].key),
                         fields[i].length < 0 ? g_strdup (fields[i].value) : g_strndup (fields[i].value, (gsize) fields[i].length));
  g_ptr_array_add (heard, event);
  return G_LOG_WRITER_HANDLED;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->events = heard = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->events);
}

static const char *
field (const Fixture *f, guint event, const char *key)
{
  g_assert_cmpuint (event, <, f->events->len);
  return g_hash_table_lookup (f->events->pdata[event], key);
}

static TrustJournalIntent *
make_intent (guint n_changes)
{
  TrustJournalIntent *intent = trust_journal_intent_new ("rollback");

  intent->generation = 12;
  intent->target = 3;
  g_free (intent->reason);
  intent->reason = g_strdup ("CHG-\x1b[2J\n9");
  intent->caller = trust_caller_new ("bus");
  intent->caller->uid = 0;
  intent->caller->login_uid = 1000;
  for (guint i = 0; i < n_changes; i++)
    {
      TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

      memset (change->fingerprint, 'a', 64);
      change->title = g_strdup ("Corp\xe2\x80\xae");
      change->before = g_strdup ("");
      change->after = g_strdup ("trusted server-auth");
      g_ptr_array_add (intent->changes, change);
    }
  return intent;
}

static void
test_change (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournalIntent) intent = make_intent (1);
  g_autofree char *head = g_strnfill (64, 'f'), *fingerprint = g_strnfill (64, 'a');

  trust_log_change (intent, head);
  g_assert_cmpuint (f->events->len, ==, 2);
  g_assert_cmpstr (field (f, 0, "ANCHORD_GENERATION"), ==, "12");
  g_assert_cmpstr (field (f, 0, "ANCHORD_OPERATION"), ==, "rollback");
  g_assert_cmpstr (field (f, 0, "ANCHORD_TARGET"), ==, "3");
  g_assert_cmpstr (field (f, 0, "ANCHORD_HEAD"), ==, head);
  g_assert_cmpstr (field (f, 0, "ANCHORD_UID"), ==, "0");
  g_assert_cmpstr (field (f, 0, "ANCHORD_LOGIN_UID"), ==, "1000");
  g_assert_null (field (f, 0, "ANCHORD_SESSION"));
  g_assert_cmpstr (field (f, 0, "ANCHORD_CHANGES"), ==, "1");
  g_assert_cmpstr (field (f, 0, "PRIORITY"), ==, "5");
  g_assert_null (strpbrk (field (f, 0, "ANCHORD_REASON"), "\x1b\n"));
  g_assert_nonnull (strstr (field (f, 0, "MESSAGE"), "Generation 12: rollback"));
  g_assert_cmpstr (field (f, 1, "ANCHORD_FINGERPRINT"), ==, fingerprint);
  g_assert_cmpstr (field (f, 1, "ANCHORD_BEFORE"), ==, "not trusted");
  g_assert_cmpstr (field (f, 1, "ANCHORD_AFTER"), ==, "trusted server-auth");
  g_assert_null (strstr (field (f, 1, "ANCHORD_TITLE"), "\xe2\x80\xae"));
  g_assert_cmpstr (field (f, 0, "MESSAGE_ID"), !=, field (f, 1, "MESSAGE_ID"));
}

/* More than the limit are only counted. */
static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournalIntent) intent = make_intent (TRUST_LIMIT_LOG_EVENTS + 7);
  g_autofree char *head = g_strnfill (64, 'f');

  trust_log_change (intent, head);
  g_assert_cmpuint (f->events->len, ==, TRUST_LIMIT_LOG_EVENTS + 2);
  g_assert_cmpstr (field (f, TRUST_LIMIT_LOG_EVENTS + 1, "ANCHORD_MORE"), ==, "7");
  g_assert_null (field (f, TRUST_LIMIT_LOG_EVENTS + 1, "ANCHORD_FINGERPRINT"));
  g_assert_cmpstr (field (f, TRUST_LIMIT_LOG_EVENTS, "ANCHORD_FINGERPRINT"), !=, NULL);
}

/* Nobody asked: there is nobody to name. */
static void
test_nobody (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournalIntent) intent = make_intent (0);
  g_autofree char *head = g_strnfill (64, 'f');

  g_clear_pointer (&intent->caller, trust_caller_free);
  intent->target = 0;
  trust_log_change (intent, head);
  g_assert_cmpuint (f->events->len, ==, 1);
  g_assert_null (field (f, 0, "ANCHORD_UID"));
  g_assert_null (field (f, 0, "ANCHORD_TARGET"));
  trust_log (TRUST_LOG_FAULT, -1, 0, "a\x1b%s", "b");
  g_assert_cmpstr (field (f, 1, "PRIORITY"), ==, "4");
  g_assert_null (strchr (field (f, 1, "MESSAGE"), '\x1b'));
  g_assert_null (field (f, 1, "ANCHORD_GENERATION"));
}

/* One line of plain fields; where nobody may write, nothing happens. */
static void
test_audit (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournalIntent) intent = make_intent (1);
  g_autofree char *head = g_strnfill (64, 'f'), *text = trust_audit_format (intent, head);
  g_autofree char *wanted = g_strconcat ("op=trust-rollback generation=12 changes=1 head=", head,
                                         " target=3 caller-uid=0 caller-auid=1000 reason=4348472D1B5B324A0A39", NULL);

  g_assert_cmpstr (text, ==, wanted);
  trust_audit_change (intent, head);
  trust_audit_change (intent, head);
  g_assert_cmpuint (f->events->len, <=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (listen, NULL, NULL);
  g_test_add ("/log/change", Fixture, NULL, set_up, test_change, tear_down);
  g_test_add ("/log/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/log/nobody", Fixture, NULL, set_up, test_nobody, tear_down);
  g_test_add ("/log/audit", Fixture, NULL, set_up, test_audit, tear_down);
  return g_test_run ();
}
