/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/log.h"

#include "core/text.h"

static const struct
{
  const char *id;
  GLogLevelFlags level;
} events[] = {
  { "b3a1f60f0c2f4a6c9a3f3f0c6d1be0a1", G_LOG_LEVEL_INFO },
  { "d0b7f9d6a9b44f0db5a4d1c4a36c5f52", G_LOG_LEVEL_INFO },
  { "5f0f6b3f6d0c4f3d8c2e9b7a1d4e6c83", G_LOG_LEVEL_MESSAGE },
  { "8c9e4d2b7a614f58b6d03c5e9f1a7d24", G_LOG_LEVEL_MESSAGE },
  { "e61d8a5c3b2f49709f4e7c1d0a8b6f35", G_LOG_LEVEL_WARNING },
  { "2d7e4c19a8f04b6f8b35d90e6a1c7f48", G_LOG_LEVEL_MESSAGE },
};
G_STATIC_ASSERT (G_N_ELEMENTS (events) == TRUST_LOG_LAST);

void
trust_log (TrustLogEvent event, gint64 uid, guint64 generation, const char *format, ...)
{
  char uid_text[32], generation_text[32];
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *text = g_strdup_vprintf (format, arguments);
  /* Names of folders and what other services say may hold anything; what is plain already must not be escaped twice. */
  g_autofree char *message = trust_text_is_plain (text, 0) ? g_steal_pointer (&text) : trust_text_printable (text, 0);

  va_end (arguments);
  g_snprintf (uid_text, sizeof uid_text, "%" G_GINT64_FORMAT, uid);
  g_snprintf (generation_text, sizeof generation_text, "%" G_GUINT64_FORMAT, generation);
  g_log_structured (G_LOG_DOMAIN, events[event].level, "MESSAGE_ID", events[event].id, "ANCHORD_CALLER_UID", uid_text,
                    "ANCHORD_GENERATION", generation_text, "MESSAGE", "%s", message);
}
