/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/placed.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* The consumers of core/consumers/table.c. */
static const char *const reserved[] = { "own", "debian" };

/* Where trust is read from, and nothing is run from: what lies there is data. */
static const char *const places[] = {
  "/etc/ssl/",
  "/etc/pki/",
  "/etc/ca-certificates/extracted/",
  "/etc/ca-certificates/trust-source/",
  "/usr/local/share/ca-certificates/",
  "/var/lib/ca-certificates/",
  "/var/lib/anchord/placed/",
  "/etc/chromium/policies/managed/",
  "/etc/chromium-browser/policies/managed/",
  "/etc/opt/chrome/policies/managed/",
  "/etc/opt/edge/policies/managed/",
  "/etc/firefox/policies/",
  "/etc/firefox/anchord/",
  "/etc/docker/certs.d/",
  "/etc/containers/certs.d/",
  "/etc/containerd/certs.d/",
  "/etc/environment.d/",
  "/etc/profile.d/",
  "/etc/apache2/",
  "/etc/dovecot/",
  "/etc/httpd/",
  "/etc/ipsec.d/cacerts/",
  "/etc/ldap/",
  "/etc/mysql/",
  "/etc/nginx/",
  "/etc/openldap/",
  "/etc/postfix/",
  "/etc/postgresql/",
  "/etc/sssd/",
  "/etc/swanctl/x509ca/",
  "/etc/wpa_supplicant/",
  "/var/spool/postfix/",
  "/usr/lib/jvm/",
  "/opt/",
  "/srv/",
  NULL,
};

TrustPlacedOutput *
trust_placed_output_new (const char *name)
{
  TrustPlacedOutput *output = g_new0 (TrustPlacedOutput, 1);

  output->name = g_strdup (name);
  output->mode = 0644;
  output->folder_mode = 0755;
  output->policy = trust_loss_policy_default;
  output->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return output;
}

void
trust_placed_output_free (TrustPlacedOutput *output)
{
  g_free (output->name);
  g_free (output->format);
  g_free (output->path);
  g_free (output->target);
  g_free (output->purpose);
  g_hash_table_unref (output->options);
  g_free (output);
}

TrustPlaced *
trust_placed_new (const char *name, const char *path)
{
  TrustPlaced *placed = g_new0 (TrustPlaced, 1);

  g_atomic_ref_count_init (&placed->refs);
  placed->name = g_strdup (name);
  placed->path = g_strdup (path);
  placed->description = g_strdup ("");
  placed->distributions = ~0u;
  placed->store = g_strdup ("system");
  placed->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_output_free);
  return placed;
}

TrustPlaced *
trust_placed_with_mark (TrustPlaced *placed, TrustPlacedMark mark, TrustDistributionKind distribution)
{
  TrustPlaced *copy = NULL;

  if (placed->mark == mark)
    return trust_placed_ref (placed);
  copy = g_memdup2 (placed, sizeof *placed);
  g_atomic_ref_count_init (&copy->refs);
  copy->name = g_strdup (placed->name);
  copy->path = g_strdup (placed->path);
  copy->description = g_strdup (placed->description);
  copy->store = g_strdup (placed->store);
  copy->unit = g_strdup (placed->unit);
  copy->programs = g_strdupv (placed->programs);
  copy->lock = g_strdup (placed->lock);
  copy->insecurity = g_strdup (placed->insecurity);
  copy->fault = g_strdup (placed->fault);
  copy->content = placed->content != NULL ? g_bytes_ref (placed->content) : NULL;
  g_ptr_array_ref (copy->outputs);
  copy->mark = mark;
  trust_placed_decide (copy, distribution);
  return copy;
}

TrustPlaced *
trust_placed_ref (TrustPlaced *placed)
{
  g_atomic_ref_count_inc (&placed->refs);
  return placed;
}

void
trust_placed_unref (TrustPlaced *placed)
{
  if (!g_atomic_ref_count_dec (&placed->refs))
    return;
  g_free (placed->name);
  g_free (placed->path);
  g_free (placed->description);
  g_free (placed->store);
  g_free (placed->unit);
  g_strfreev (placed->programs);
  g_free (placed->lock);
  g_free (placed->insecurity);
  g_free (placed->fault);
  g_clear_pointer (&placed->content, g_bytes_unref);
  g_ptr_array_unref (placed->outputs);
  g_free (placed);
}

gboolean
trust_placed_check_name (const char *name, GError **error)
{
  gsize size = strlen (name);
  gboolean good = size > 0 && size <= TRUST_LIMIT_CONSUMER_NAME && (g_ascii_islower (*name) || g_ascii_isdigit (*name));
  g_autofree char *shown = NULL;

  for (gsize i = 0; good && i < size; i++)
    good = g_ascii_islower (name[i]) || g_ascii_isdigit (name[i]) || strchr ("._-", name[i]) != NULL;
  for (gsize i = 0; good && i < G_N_ELEMENTS (reserved); i++)
    good = !g_str_equal (name, reserved[i]);
  if (good)
    return TRUE;
  shown = trust_text_printable (name, TRUST_LIMIT_CONSUMER_NAME);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no name of a consumer's file: 1 to %u of a-z 0-9 . _ - that begin with a letter or a digit, and not \"own\" or "
               "\"debian\"",
               shown, TRUST_LIMIT_CONSUMER_NAME);
  return FALSE;
}

void
trust_placed_decide (TrustPlaced *placed, TrustDistributionKind distribution)
{
  placed->by_default = placed->by_default && g_str_has_prefix (placed->path, TRUST_PLACED_FOLDER_USR "/");
  placed->enabled = (placed->fault == NULL || placed->last_good) && (placed->distributions & 1u << distribution) != 0
                    && placed->mark != TRUST_PLACED_MARKED_DISABLED && (placed->by_default || placed->mark == TRUST_PLACED_MARKED_ENABLED);
}

TrustPlaced *
trust_placed_find (const GPtrArray *all, const char *name)
{
  guint low = 0, high = all->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      TrustPlaced *placed = all->pdata[middle];
      int order = strcmp (placed->name, name);

      if (order == 0)
        return placed;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

const TrustPlaced *
trust_placed_find_rival (const GPtrArray *all, const TrustPlaced *placed, const char **path_out)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < placed->outputs->len; i++)
    g_hash_table_add (paths, ((TrustPlacedOutput *) placed->outputs->pdata[i])->path);
  for (guint i = 0; i < all->len && all->pdata[i] != placed; i++)
    {
      const TrustPlaced *other = all->pdata[i];

      for (guint n = 0; other->enabled && n < other->outputs->len; n++)
        {
          *path_out = ((TrustPlacedOutput *) other->outputs->pdata[n])->path;
          if (g_hash_table_contains (paths, *path_out))
            return other;
        }
    }
  return NULL;
}

const char *
trust_placed_find_path_fault (const char *path)
{
  g_auto (GStrv) parts = NULL;

  if (*path != '/' || strlen (path) > TRUST_LIMIT_CONSUMER_PATH)
    return "it is not absolute, or too long";
  if (!g_utf8_validate (path, -1, NULL))
    return "it is not UTF-8";
  for (const char *p = path; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || *p == '\\' || *p == '"' || *p == '\'')
      return "it holds a control character, a quote or a backslash";
  parts = g_strsplit (path + 1, "/", 0);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || g_str_equal (parts[i], ".") || g_str_equal (parts[i], "..") || g_str_has_prefix (parts[i], ".anchord-"))
      return "it has an empty part, \".\" or \"..\", ends with \"/\", or is a name of anchord's own";
  for (guint i = 0; places[i] != NULL; i++)
    if (g_str_has_prefix (path, places[i]))
      return NULL;
  return "trust is not written there; anchord.consumer(5) lists the places";
}

const char *const *
trust_placed_get_places (void)
{
  return places;
}
