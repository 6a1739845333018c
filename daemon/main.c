/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "daemon/cage.h"
#include "daemon/service.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>

int
main (int argc, char **argv)
{
  g_autofree char *root = NULL;
  g_autofree char *bus = NULL;
  TrustServiceOptions options = { NULL, NULL, 0, FALSE };
  gboolean version = FALSE, once = FALSE, hand_back = FALSE, resume = FALSE, ok = FALSE;
  const GOptionEntry entries[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &root, N_ ("The folder that is the root of the store (default: /)"), N_ ("DIR") },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &bus, N_ ("system (default), session, or a bus address"), N_ ("BUS") },
    { "idle-exit", 0, 0, G_OPTION_ARG_INT, &options.idle_exit, N_ ("Leave after this long without a call; 0 never"), N_ ("SECONDS") },
    { "units", 0, 0, G_OPTION_ARG_NONE, &options.units, N_ ("Let systemd units do what the sandbox forbids"), NULL },
    { "once", 0, 0, G_OPTION_ARG_NONE, &once, N_ ("Publish what changed and leave; no bus"), NULL },
    { "hand-back", 0, 0, G_OPTION_ARG_NONE, &hand_back, N_ ("Give the distribution's files back to its tool and leave; no bus"), NULL },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_ ("Take up again what --hand-back gave back and leave; no bus"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Show the version"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  textdomain (GETTEXT_PACKAGE);
  /* Few threads, small work: an arena for each would only cost memory. */
  mallopt (M_ARENA_MAX, 2);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("Keeps this system's trust anchors. See anchord(8)."));
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1 || options.idle_exit < 0 || once + hand_back + resume > 1)
    {
      g_printerr ("anchord: %s\n", error != NULL ? error->message : _ ("too many arguments, options that exclude each other, or a negative time"));
      return 2;
    }
  if (version)
    {
      g_print ("anchord %s\n", PACKAGE_VERSION);
      return 0;
    }
  /* Programs and other processes are what the units are for. */
  if (options.units && !trust_cage_enter ())
    g_printerr ("anchord: %s: %s\n", _ ("this kernel takes no filter of system calls"), g_strerror (errno));
  options.root = root != NULL ? root : "/";
  options.bus = bus != NULL ? bus : "system";
  if (hand_back || resume)
    ok = trust_service_hand_back (&options, resume, &error);
  else
    ok = once ? trust_service_once (&options, &error) : trust_service_run (&options, &error);
  if (ok)
    return 0;
  g_printerr ("anchord: %s\n", error->message);
  return 1;
}
