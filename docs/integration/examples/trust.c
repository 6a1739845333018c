/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* trust: asks anchord about trust, through libanchord. docs/integration/c.md tells it part by part.
 * Exit codes: 0 done or trusted, 1 an error, 2 wrong usage, 3 not trusted, 4 not authorized, 5 anchord is not on this machine. */
#include <anchord/anchord.h>
#include <stdio.h>
#include <string.h>

enum
{
  DONE,
  FAILED,
  USAGE,
  NOT_TRUSTED,
  NOT_AUTHORIZED,
  NOT_HERE
};

/* begin: errors */
/* No bus, or nobody behind the name and nothing installed that the bus could start. Anything else, a timeout above all, is no reason to go on
 * as if anchord were not there. */
static gboolean
is_not_here (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static int
fail (const GError *error)
{
  if (is_not_here (error))
    {
      fprintf (stderr, "trust: anchord is not on this machine: %s\n", error->message);
      return NOT_HERE;
    }
  fprintf (stderr, "trust: %s\n", error->message);
  return g_error_matches (error, ANCHORD_ERROR, ANCHORD_ERROR_NOT_AUTHORIZED) ? NOT_AUTHORIZED : FAILED;
}
/* end: errors */

/* begin: chain */
#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* The certificates of a PEM file as DER, leaf first as a server sends them. */
static GPtrArray *
read_chain (const char *path, GError **error)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  for (char *at = strstr (text, BEGIN); at != NULL; at = strstr (at, BEGIN))
    {
      char *end = strstr (at, END);
      gsize size = 0;

      if (end == NULL)
        break;
      *end = '\0';

      guchar *der = g_base64_decode (at + strlen (BEGIN), &size);

      g_ptr_array_add (chain, g_bytes_new_take (der, size));
      at = end + 1;
    }
  return g_steal_pointer (&chain);
}
/* end: chain */

/* begin: verify */
static int
verify (AnchordClient *client, const char *name, const char *path, const char *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chain = read_chain (path, &error);
  GVariantDict options;

  if (chain == NULL)
    return fail (error);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "purpose", "s", "server-auth");
  g_variant_dict_insert (&options, "name", "s", name);
  g_variant_dict_insert (&options, "store", "s", store);

  g_autoptr (GVariant) verdict = anchord_client_verify_sync (client, chain, g_variant_dict_end (&options), NULL, &error);
  gboolean trusted = FALSE;
  const char *reason = "", *message = "", *remedy = "";

  if (verdict == NULL)
    return fail (error);
  g_variant_lookup (verdict, "trusted", "b", &trusted);
  g_variant_lookup (verdict, "reason", "&s", &reason);
  g_variant_lookup (verdict, "message", "&s", &message);
  g_variant_lookup (verdict, "remedy", "&s", &remedy);
  if (trusted)
    {
      puts ("trusted");
      return DONE;
    }
  printf ("not trusted: %s: %s\n%s\n", reason, message, remedy);
  return NOT_TRUSTED;
}
/* end: verify */

/* begin: bundle */
static const char *const distribution_bundles[] = { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                                    "/etc/ssl/ca-bundle.pem", NULL };

/* What the distribution has, for a machine without anchord. */
static GBytes *
read_distribution_bundle (void)
{
  for (guint i = 0; distribution_bundles[i] != NULL; i++)
    {
      char *text = NULL;
      gsize size = 0;

      if (g_file_get_contents (distribution_bundles[i], &text, &size, NULL))
        return g_bytes_new_take (text, size);
    }
  return NULL;
}

static int
write_bundle (AnchordClient *client, const char *path, const char *store)
{
  g_autoptr (GError) error = NULL;
  guint64 generation = 0;
  /* CLIENT is NULL where there is no bus at all. */
  g_autoptr (GBytes) bundle = client != NULL ? anchord_client_get_bundle_sync (client, store, "server-auth", "pem-bundle", &generation, NULL, &error)
                                             : NULL;

  /* An application's own store exists in anchord alone: nothing stands in for it. */
  if (bundle == NULL && (error == NULL || is_not_here (error)) && g_str_equal (store, "system"))
    {
      g_clear_error (&error);
      bundle = read_distribution_bundle ();
    }
  if (bundle == NULL)
    return error != NULL ? fail (error) : NOT_HERE;

  gsize size = 0;
  const char *text = g_bytes_get_data (bundle, &size);

  if (!g_file_set_contents (path, text, (gssize) size, &error))
    return fail (error);
  printf ("%s: %" G_GSIZE_FORMAT " bytes, %s\n", path, size, generation > 0 ? "anchord's" : "the distribution's");
  return DONE;
}
/* end: bundle */

/* begin: why */
static int
tell_why (AnchordClient *client, const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  GVariant *parameters = g_variant_new ("(s)", fingerprint);
  g_autoptr (GVariant) reply = anchord_client_call_sync (client, "Anchors", "Why", parameters, NULL, NULL, NULL, &error);

  if (reply == NULL)
    return fail (error);

  g_autoptr (GVariant) answer = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariantIter) sources = NULL;
  const char *status = "", *decided_by = "", *layer = NULL, *says = NULL, *reason = NULL;
  GVariant *source = NULL;

  g_variant_lookup (answer, "status", "&s", &status);
  g_variant_lookup (answer, "decided-by", "&s", &decided_by);
  g_variant_lookup (answer, "sources", "aa{sv}", &sources);
  printf ("%s, decided by %s\n", status, decided_by);
  while (sources != NULL && g_variant_iter_loop (sources, "@a{sv}", &source))
    if (g_variant_lookup (source, "layer", "&s", &layer) && g_variant_lookup (source, "says", "&s", &says)
        && g_variant_lookup (source, "reason", "&s", &reason))
      printf ("  %s %s it: %s\n", layer, says, reason);
  return DONE;
}
/* end: why */

/* begin: request */
static int
request (AnchordClient *client, const char *path, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize size = 0;
  GVariantDict options;

  if (!g_file_get_contents (path, &text, &size, &error))
    return fail (error);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "reason", "s", reason);

  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, size, 1);
  GVariant *parameters = g_variant_new ("(@ay@a{sv})", bytes, g_variant_dict_end (&options));
  g_autoptr (GVariant) reply = anchord_client_call_sync (client, "Requests", "Create", parameters, NULL, NULL, NULL, &error);
  const char *id = NULL;

  if (reply == NULL)
    return fail (error);
  g_variant_get (reply, "(&s)", &id);
  printf ("%s\n", id);
  return DONE;
}
/* end: request */

/* begin: watch */
static void
on_changed (AnchordClient *client, guint64 generation, char **added, char **removed, char **changed, gpointer user_data)
{
  printf ("generation %" G_GUINT64_FORMAT ": %u added, %u removed, %u changed\n", generation, g_strv_length (added), g_strv_length (removed),
          g_strv_length (changed));
  fflush (stdout);
}

static int
watch (AnchordClient *client)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  /* First the signal, then a look: what changes in between is told. */
  g_signal_connect (client, "changed", G_CALLBACK (on_changed), NULL);

  g_autoptr (GVariant) status = anchord_client_get_status_sync (client, NULL, &error);
  guint64 generation = 0;

  if (status == NULL)
    return fail (error);
  g_variant_lookup (status, "generation", "t", &generation);
  printf ("now generation %" G_GUINT64_FORMAT "\n", generation);
  fflush (stdout);
  g_main_loop_run (loop);
  return DONE;
}
/* end: watch */

int
main (int argc, char **argv)
{
  const char *command = argc > 1 ? argv[1] : "";
  gboolean watches = g_str_equal (command, "watch");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnchordClient) client = anchord_client_new_sync (watches ? ANCHORD_CLIENT_WATCH : ANCHORD_CLIENT_NONE, NULL, &error);

  if (g_str_equal (command, "bundle") && argc >= 3)
    return write_bundle (client, argv[2], argc > 3 ? argv[3] : "system");
  if (client == NULL)
    return fail (error);
  if (g_str_equal (command, "verify") && argc >= 4)
    return verify (client, argv[2], argv[3], argc > 4 ? argv[4] : "system");
  if (g_str_equal (command, "why") && argc == 3)
    return tell_why (client, argv[2]);
  if (g_str_equal (command, "request") && argc == 4)
    return request (client, argv[2], argv[3]);
  if (watches)
    return watch (client);
  fprintf (stderr, "usage: trust verify NAME CHAIN [STORE] | bundle FILE [STORE] | why FINGERPRINT | request FILE REASON | watch\n");
  return USAGE;
}
