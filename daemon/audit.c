/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "daemon/audit.h"

#ifdef HAVE_LIBAUDIT
#include <errno.h>
#include <libaudit.h>
#include <unistd.h>
#endif

/* A record has no room for more. */
#define MAX_REASON 512u

/* Text of a caller's in hexadecimal, as audit records have what may hold anything. */
static void
append_hex (GString *out, const char *text)
{
  for (guint i = 0; i < MAX_REASON && text[i] != '\0'; i++)
    g_string_append_printf (out, "%02X", (guint8) text[i]);
}

char *
trust_audit_format (const TrustJournalIntent *intent, const char *head)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "op=trust-%s generation=%" G_GUINT64_FORMAT " changes=%u head=%s", intent->operation, intent->generation,
                          intent->changes->len, head);
  if (intent->target > 0)
    g_string_append_printf (out, " target=%" G_GUINT64_FORMAT, intent->target);
  if (intent->caller != NULL && intent->caller->uid >= 0)
    g_string_append_printf (out, " caller-uid=%" G_GINT64_FORMAT, intent->caller->uid);
  if (intent->caller != NULL && intent->caller->login_uid >= 0)
    g_string_append_printf (out, " caller-auid=%" G_GINT64_FORMAT, intent->caller->login_uid);
  if (*intent->reason != '\0')
    {
      g_string_append (out, " reason=");
      append_hex (out, intent->reason);
    }
  return g_string_free (out, FALSE);
}

#ifdef HAVE_LIBAUDIT
static void
tell_once (const char *what)
{
  static gboolean told;

  if (!told)
    g_debug ("No records for the kernel's audit: %s: %s", what, g_strerror (errno));
  told = TRUE;
}

void
trust_audit_change (const TrustJournalIntent *intent, const char *head)
{
  g_autofree char *message = trust_audit_format (intent, head);
  int fd = audit_open ();

  if (fd < 0)
    {
      tell_once ("it cannot be opened");
      return;
    }
  errno = 0;
  if (audit_log_user_message (fd, AUDIT_USYS_CONFIG, message, NULL, NULL, NULL, 1) <= 0)
    tell_once ("it takes none");
  close (fd);
}
#else
void
trust_audit_change (const TrustJournalIntent *intent, const char *head)
{
}
#endif
