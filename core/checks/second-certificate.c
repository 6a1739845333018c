/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

#include <string.h>

#define CERTS "/etc/ssl/certs/"
#define BUNDLE CERTS "ca-certificates.crt"
/* What the distribution's tool reads. */
#define CRT ".crt"
/* OpenSSL's names: eight digits, a dot, a number. */
#define HASH_DIGITS 8

static gboolean
is_hash_name (const char *path)
{
  const char *name = strrchr (path, '/');
  gsize digits;

  if (name == NULL)
    return FALSE;
  digits = strspn (++name, "0123456789abcdef");
  return digits == HASH_DIGITS && name[digits] == '.' && name[digits + 1] != '\0'
         && strspn (name + digits + 1, "0123456789") == strlen (name + digits + 1);
}

/* Of what is read one certificate at most from FOUND? NULL: nobody reads one alone. */
static const char *
find_reader (const TrustFoundPath *found)
{
  if (is_hash_name (found->path))
    return "OpenSSL reads the first one alone from a folder of hash names";
  if (g_str_has_suffix (found->path, CRT)
      && (g_str_equal (found->owner, "source debian-distribution") || g_str_equal (found->owner, "source debian-local")))
    return "the distribution's tool puts all of them into the bundle, and links none of them in the folder that programs look them up in";
  if (g_str_has_prefix (found->path, CERTS) && strchr (found->path + strlen (CERTS), '/') == NULL && !g_str_equal (found->path, BUNDLE))
    return "OpenSSL's tool makes no hash link for such a file, so none of them is found in the folder";
  return NULL;
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; facts->paths != NULL && i < facts->paths->len; i++)
    {
      const TrustFoundPath *found = facts->paths->pdata[i];
      const char *reader = found->n_certificates > 1 ? find_reader (found) : NULL;
      g_autofree char *shown = NULL;

      /* Once for a file, whatever links lead to it. */
      if (reader == NULL
          || !g_hash_table_add (told, g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, found->stat.device, found->stat.inode)))
        continue;
      shown = trust_text_printable (found->path, 0);
      trust_check_tell (check, out, NULL, found->path, g_strdup_printf ("%u certificates stand in it, but %s", found->n_certificates, reader),
                        g_strdup_printf ("Put each certificate of %s into a file of its own, or add them here: anchorctl add %s", shown, shown));
    }
}

const TrustCheck trust_check_second_certificate = {
  .id = "second-certificate",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Files with several certificates where one is read",
  .run = run,
};
