/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/log.h"

#include "core/text.h"

#define MAX_FIELDS 20u
#define TITLE_CHARS 256

static const struct
{
  const char *id;
  GLogLevelFlags level;
  /* clang-format off */
} events[] = {
  { "b3a1f60f0c2f4a6c9a3f3f0c6d1be0a1", G_LOG_LEVEL_INFO },
  { "d0b7f9d6a9b44f0db5a4d1c4a36c5f52", G_LOG_LEVEL_INFO },
  { "5f0f6b3f6d0c4f3d8c2e9b7a1d4e6c83", G_LOG_LEVEL_MESSAGE },
  { "8c9e4d2b7a614f58b6d03c5e9f1a7d24", G_LOG_LEVEL_MESSAGE },
  { "e61d8a5c3b2f49709f4e7c1d0a8b6f35", G_LOG_LEVEL_WARNING },
  { "2d7e4c19a8f04b6f8b35d90e6a1c7f48", G_LOG_LEVEL_MESSAGE },
  { "9b0f5d7c4e1a4c3e8d62a7f1b3c5e907", G_LOG_LEVEL_MESSAGE },
};
/* clang-format on */
G_STATIC_ASSERT (G_N_ELEMENTS (events) == TRUST_LOG_LAST);

/* The fields of one event. */
typedef struct
{
  GLogField fields[MAX_FIELDS];
  char *values[MAX_FIELDS]; /* (owned) */
  guint n;
} Event;

static void
event_clear (Event *event)
{
  for (guint i = 0; i < event->n; i++)
    g_free (event->values[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Event, event_clear)

/* VALUE: (transfer full). */
static void
take_field (Event *event, const char *key, char *value)
{
  g_assert (event->n < MAX_FIELDS);
  event->values[event->n] = value;
  event->fields[event->n++] = (GLogField) { key, value, -1 };
}

/* Foreign text may hold anything; what is plain already must not be escaped twice. Nothing is left out. */
static void
add_text (Event *event, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    take_field (event, key, trust_text_is_plain (text, 0) ? g_strdup (text) : trust_text_printable (text, 0));
}

static void
add_number (Event *event, const char *key, gint64 number)
{
  if (number >= 0)
    take_field (event, key, g_strdup_printf ("%" G_GINT64_FORMAT, number));
}

static void
begin (Event *event, TrustLogEvent kind)
{
  take_field (event, "GLIB_DOMAIN", g_strdup (G_LOG_DOMAIN));
  take_field (event, "PRIORITY", g_strdup (events[kind].level == G_LOG_LEVEL_WARNING ? "4" : events[kind].level == G_LOG_LEVEL_MESSAGE ? "5" : "6"));
  take_field (event, "MESSAGE_ID", g_strdup (events[kind].id));
}

static void
send (const Event *event, TrustLogEvent kind)
{
  g_log_structured_array (events[kind].level, event->fields, event->n);
}

void
trust_log (TrustLogEvent event, gint64 uid, guint64 generation, const char *format, ...)
{
  g_auto (Event) out = { .n = 0 };
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  begin (&out, event);
  add_text (&out, "MESSAGE", text);
  add_number (&out, "ANCHORD_UID", uid);
  if (generation > 0)
    add_number (&out, "ANCHORD_GENERATION", (gint64) generation);
  send (&out, event);
}

static void
add_operation (Event *event, const TrustJournalIntent *intent)
{
  add_number (event, "ANCHORD_GENERATION", (gint64) intent->generation);
  add_text (event, "ANCHORD_OPERATION", intent->operation);
}

/* "not trusted" for what the journal leaves empty. */
static const char *
name_state (const char *state)
{
  return *state != '\0' ? state : "not trusted";
}

static void
log_certificate (const TrustJournalIntent *intent, const TrustJournalChange *change)
{
  g_auto (Event) event = { .n = 0 };
  g_autofree char *title = trust_text_printable (change->title, TITLE_CHARS);

  begin (&event, TRUST_LOG_CERTIFICATE);
  take_field (&event, "MESSAGE",
              g_strdup_printf ("Generation %" G_GUINT64_FORMAT ": %s: %s, was: %s", intent->generation, title, name_state (change->after),
                               name_state (change->before)));
  add_operation (&event, intent);
  add_text (&event, "ANCHORD_FINGERPRINT", change->fingerprint);
  take_field (&event, "ANCHORD_TITLE", g_steal_pointer (&title));
  add_text (&event, "ANCHORD_BEFORE", name_state (change->before));
  add_text (&event, "ANCHORD_AFTER", name_state (change->after));
  send (&event, TRUST_LOG_CERTIFICATE);
}

static void
log_rest (const TrustJournalIntent *intent, guint n)
{
  g_auto (Event) event = { .n = 0 };

  begin (&event, TRUST_LOG_CERTIFICATE);
  take_field (&event, "MESSAGE",
              g_strdup_printf ("Generation %" G_GUINT64_FORMAT ": %u changes more; `anchorctl log` has them all", intent->generation, n));
  add_operation (&event, intent);
  add_number (&event, "ANCHORD_MORE", n);
  send (&event, TRUST_LOG_CERTIFICATE);
}

/* ", for uid 0". Returns: (transfer full). */
static char *
describe_caller (const TrustCaller *caller)
{
  return caller != NULL && caller->uid >= 0 ? g_strdup_printf (", for uid %" G_GINT64_FORMAT, caller->uid) : g_strdup ("");
}

static void
add_caller (Event *event, const TrustCaller *caller)
{
  if (caller == NULL)
    return;
  add_text (event, "ANCHORD_HOW", caller->how);
  add_number (event, "ANCHORD_UID", caller->uid);
  add_number (event, "ANCHORD_LOGIN_UID", caller->login_uid);
  add_number (event, "ANCHORD_SESSION", caller->session);
  add_text (event, "ANCHORD_UNIT", caller->unit);
  add_text (event, "ANCHORD_COMMAND", caller->command);
}

void
trust_log_change (const TrustJournalIntent *intent, const char *head)
{
  g_auto (Event) event = { .n = 0 };
  guint n = intent->changes->len;
  g_autofree char *caller = describe_caller (intent->caller);

  begin (&event, TRUST_LOG_GENERATION);
  take_field (&event, "MESSAGE",
              g_strdup_printf ("Generation %" G_GUINT64_FORMAT ": %s%s: %u changes; head %s", intent->generation, intent->operation, caller, n,
                               head));
  add_operation (&event, intent);
  if (intent->target > 0)
    add_number (&event, "ANCHORD_TARGET", (gint64) intent->target);
  add_text (&event, "ANCHORD_HEAD", head);
  add_text (&event, "ANCHORD_REASON", intent->reason);
  add_number (&event, "ANCHORD_CHANGES", n);
  add_caller (&event, intent->caller);
  send (&event, TRUST_LOG_GENERATION);
  for (guint i = 0; i < MIN (n, TRUST_LIMIT_LOG_EVENTS); i++)
    log_certificate (intent, intent->changes->pdata[i]);
  if (n > TRUST_LIMIT_LOG_EVENTS)
    log_rest (intent, n - TRUST_LIMIT_LOG_EVENTS);
}
