/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-rollback.h"

#include "core/text.h"
#include "facade/changes.h"
#include "facade/options.h"

#include <glib/gi18n-lib.h>

#define MAX_NAME 255u /* of a file */

/* Fingerprints, or names of files. */
static gboolean
are_names (const char *key, GVariant *value, GError **error)
{
  g_autofree const char **names = g_variant_get_strv (value, NULL);
  guint n = g_strv_length ((char **) names);

  if (n > TRUST_LIMIT_LIFTED)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("\"%s\" names %u distrusts; at most %u are taken"), key, n, TRUST_LIMIT_LIFTED);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (*names[i] == '\0' || strlen (names[i]) > MAX_NAME || strchr (names[i], '/') != NULL)
      {
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                     _ ("\"%s\" takes whole fingerprints, or the names of files in the anchor folder without their ending"), key);
        return FALSE;
      }
  return TRUE;
}

/* clang-format off */
static const TrustOption options_table[] = {
  { "lift-distrust", "as", are_names },
  { "reason", "s", trust_option_is_reason },
  { "keep-going", "b", NULL },
  { "allow-expired", "b", NULL },
  { "allow-non-ca", "b", NULL },
};
/* clang-format on */

static gboolean
read_options (TrustChange *change, GVariant *parameters, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, g_variant_n_children (parameters) - 1);
  g_autofree const char **lifted = NULL;

  if (!trust_options_check (options, options_table, G_N_ELEMENTS (options_table), error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "keep-going", "b", &change->keep_going);
  g_variant_lookup (options, "allow-expired", "b", &change->allow_expired);
  g_variant_lookup (options, "allow-non-ca", "b", &change->allow_non_ca);
  g_variant_lookup (options, "lift-distrust", "^a&s", &lifted);
  for (guint i = 0; lifted != NULL && lifted[i] != NULL; i++)
    g_ptr_array_add (change->lifted, g_strdup (lifted[i]));
  return TRUE;
}

gboolean
trust_parse_rollback (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ROLLBACK);
  const char *when = NULL;

  g_variant_get_child (parameters, 0, "&s", &when);
  if (!trust_when_parse (when, g_get_real_time () / G_USEC_PER_SEC, &change->when, error) || !read_options (change, parameters, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_undo (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_UNDO);

  if (!read_options (change, parameters, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TrustJournalChange *const *) a)->fingerprint, (*(TrustJournalChange *const *) b)->fingerprint);
}

/* The SHA-256 over the sorted fingerprints of CHANGES, each as 64 digits and a line feed. *N: how many there are. (transfer full) */
static char *
digest_changes (GPtrArray *changes, guint *n)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  TrustFingerprint digest;
  char hex[TRUST_FINGERPRINT_HEX];
  const char *last = "";

  *n = 0;
  g_ptr_array_sort (changes, compare_changes);
  for (guint i = 0; i < changes->len; i++)
    {
      const char *fingerprint = ((TrustJournalChange *) changes->pdata[i])->fingerprint;

      if (*fingerprint == '\0' || g_str_equal (fingerprint, last))
        continue;
      g_string_append_printf (lines, "%s\n", fingerprint);
      last = fingerprint;
      (*n)++;
    }
  trust_fingerprint_of (lines->str, lines->len, &digest);
  trust_fingerprint_to_hex (&digest, hex);
  return g_strdup (hex);
}

gboolean
trust_describe_rollback (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  TrustChange *change = request->data;
  g_autoptr (TrustCaller) nobody = trust_caller_new ("preview");
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *time = NULL, *digest = NULL;
  guint64 generation = 0;
  gint64 seconds = 0;
  guint n = 0;

  if (!trust_engine_find_target (engine, change, &generation, &seconds, error))
    return FALSE;
  /* What was shown is what is done. */
  change->when = (TrustWhen) { TRUST_WHEN_GENERATION, generation, 0 };
  outcome = trust_engine_preview (engine, change, nobody, &changes, error);
  if (outcome == NULL)
    return FALSE;
  date = g_date_time_new_from_unix_utc (seconds);
  time = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("?");
  digest = digest_changes (changes, &n);
  g_hash_table_insert (details, g_strdup ("generation"), g_strdup_printf ("%" G_GUINT64_FORMAT, generation));
  g_hash_table_insert (details, g_strdup ("time"), g_steal_pointer (&time));
  g_hash_table_insert (details, g_strdup ("count"), g_strdup_printf ("%u", n));
  g_hash_table_insert (details, g_strdup ("fingerprint"), g_steal_pointer (&digest));
  g_hash_table_insert (details, g_strdup ("subject"), g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%u certificate", "%u certificates", n), n));
  g_hash_table_insert (details, g_strdup ("change"), g_strdup (change->kind == TRUST_CHANGE_UNDO ? _ ("undo the change of") : _ ("go back to")));
  return TRUE;
}
