/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running processes that still hold an older set of trust, and containers that were given one. */
#include "config.h"

#include "client/cli/audit-checks.h"

#include "client/cli/print.h"
#include "client/cli/status-processes.h"

#include <inttypes.h>
#include <string.h>

#define MAY_HOLD "maybe"

/* "ssh.service", "session 4", "process 712": who has to begin anew. Returns: (transfer full). */
static char *
name_holder (GVariant *row)
{
  const char *unit = view_string (row, "unit"), *session = view_string (row, "session");
  if (unit[0] != '\0')
    return g_strdup (unit);
  return session[0] != '\0' ? g_strdup_printf ("session %s", session) : g_strdup_printf ("process %" PRId64, view_number (row, "pid"));
}

static char *
make_remedy (GVariant *row)
{
  const char *unit = view_string (row, "unit");
  if (unit[0] == '\0')
    return g_strdup (_ ("Start it again"));
  return g_strdup_printf (view_number (row, "unit-user") < 0 ? _ ("Start it again: systemctl restart %s")
                                                             : _ ("Start it again, as its user: systemctl --user restart %s"),
                          unit);
}

static void
tell_process (const AuditCheck *check, GVariant *row, GPtrArray *out)
{
  g_auto (GStrv) files = view_strings (row, "files");
  g_autofree char *joined = g_strjoinv (", ", files), *where = name_holder (row); /* escaped already */
  gint64 generation = view_number (row, "generation"), pid = view_number (row, "pid");
  const char *command = view_string (row, "command"), *user = view_string (row, "user");
  char *text = generation == 0 ? g_strdup_printf (_ ("process %" PRId64 " of %s (%s) holds an older %s, and may trust what is no longer trusted"),
                                                  pid, user, command, joined)
                               : g_strdup_printf (_ ("process %" PRId64 " of %s (%s) holds an older %s, of generation %" PRId64
                                                     ", and may trust what is no longer "
                                                     "trusted"),
                                                  pid, user, command, joined, generation);
  audit_tell (check, out, NULL, NULL, NULL, where, text, make_remedy (row));
}

static void
tell_container (const AuditCheck *check, GVariant *row, GPtrArray *out)
{
  const char *unit = view_string (row, "unit"), *path = view_string (row, "path");
  gint64 pid = view_number (row, "pid");
  g_autofree char *where = unit[0] != '\0' ? g_strdup (unit) : g_strdup_printf ("process %" PRId64, pid);
  g_autofree char *time = print_time (view_number (row, "time"));
  if (strcmp (view_string (row, "state"), "pinned") == 0)
    audit_tell (check, out, "medium", NULL, NULL, where,
                g_strdup_printf (_ ("the container of process %" PRId64 " has %s of %s mounted, which was replaced since"), pid, path, time),
                g_strdup (_ ("Start the container again; mount the folder, not the file")));
  else
    audit_tell (check, out, "info", NULL, NULL, where,
                g_strdup_printf (_ ("the container of process %" PRId64 " has a %s of its own, of %s, which is not this machine's"), pid, path, time),
                g_strdup (_ ("Where it is to trust what this machine does, mount the folder of bundles there")));
}

static void
tell_all (const AuditCheck *check, AuditContext *context, GVariant *found, GPtrArray *out)
{
  g_autoptr (GVariant) rows = view_list (found, "processes"), containers = view_list (found, "containers");
  guint n_maybe = 0;
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      if (strcmp (view_string (row, "holds"), MAY_HOLD) == 0)
        n_maybe++;
      else
        tell_process (check, row, out);
    }
  for (gsize i = 0; i < g_variant_n_children (containers); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (containers, i);
      tell_container (check, row, out);
    }
  if (n_maybe > 0)
    audit_tell (check, out, "info", NULL, NULL, view_string (found, "changed-path"),
                g_strdup_printf (ngettext ("%u process with a TLS library started before this file changed last, and may hold what stood there",
                                           "%u processes with a TLS library started before this file changed last, and may hold what stood there",
                                           n_maybe),
                                 n_maybe),
                g_strdup (_ ("`anchorctl status --processes` names them; start those again that matter")));
  guint n_unreadable = (guint) view_number (found, "unreadable");
  if (n_unreadable > 0)
    audit_context_note (context,
                        g_strdup_printf (ngettext ("%u process could not be looked into", "%u processes could not be looked into", n_unreadable),
                                         n_unreadable));
}

static gboolean
run (const AuditCheck *check, Tool *tool, AuditContext *context, GPtrArray *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Consumers", "List", NULL, NULL, NULL, &error);
  g_autoptr (GVariant) consumers = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_auto (StatusProcesses) found = { 0 };
  g_clear_error (&error); /* then the files of consumers are not among those that are compared */
  if (!status_processes_read (&found, tool, consumers, &error))
    {
      g_autofree char *shown = print_foreign (error->message);
      audit_context_note (context, g_strdup_printf (_ ("running processes could not be looked at: %s"), shown));
      return FALSE;
    }
  tell_all (check, context, found.processes, out);
  return TRUE;
}

const AuditCheck audit_check_processes = {
  .id = "processes",
  .severity = "high",
  .summary = N_ ("Running processes and containers that hold an older set"),
  .run = run,
};
