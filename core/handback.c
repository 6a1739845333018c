/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/handback.h"

#include "core/text.h"

#include <string.h>

#define GROUP "HandedBack"
#define VERSION 1

static const char *const by_names[] = { "administrator", "package" };
G_STATIC_ASSERT (G_N_ELEMENTS (by_names) == TRUST_HANDBACK_LAST);

TrustHandbackKept *
trust_handback_kept_new (const char *path, const TrustFingerprint *digest)
{
  TrustHandbackKept *kept = g_new0 (TrustHandbackKept, 1);

  kept->path = g_strdup (path);
  kept->digest = *digest;
  return kept;
}

void
trust_handback_kept_free (TrustHandbackKept *kept)
{
  g_free (kept->path);
  g_free (kept);
}

TrustHandback *
trust_handback_new (TrustHandbackBy by, gint64 time, GPtrArray *kept)
{
  TrustHandback *handback = g_new0 (TrustHandback, 1);

  g_atomic_ref_count_init (&handback->refs);
  handback->by = by;
  handback->time = time;
  handback->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_handback_kept_free);
  for (guint i = 0; kept != NULL && i < kept->len; i++)
    {
      const TrustHandbackKept *one = kept->pdata[i];

      g_ptr_array_add (handback->kept, trust_handback_kept_new (one->path, &one->digest));
    }
  return handback;
}

TrustHandback *
trust_handback_new_fault (char *fault)
{
  TrustHandback *handback = trust_handback_new (TRUST_HANDBACK_ADMINISTRATOR, 0, NULL);

  handback->fault = fault;
  return handback;
}

TrustHandback *
trust_handback_ref (TrustHandback *handback)
{
  g_atomic_ref_count_inc (&handback->refs);
  return handback;
}

void
trust_handback_unref (TrustHandback *handback)
{
  if (!g_atomic_ref_count_dec (&handback->refs))
    return;
  g_free (handback->fault);
  g_ptr_array_unref (handback->kept);
  g_free (handback);
}

gboolean
trust_handback_equal (const TrustHandback *a, const TrustHandback *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (g_strcmp0 (a->fault, b->fault) != 0 || a->by != b->by || a->time != b->time || a->kept->len != b->kept->len)
    return FALSE;
  for (guint i = 0; i < a->kept->len; i++)
    {
      const TrustHandbackKept *x = a->kept->pdata[i], *y = b->kept->pdata[i];

      if (!g_str_equal (x->path, y->path) || !trust_fingerprint_equal (&x->digest, &y->digest))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_handback_is_on (const TrustHandback *handback)
{
  return handback != NULL && handback->fault == NULL;
}

const char *
trust_handback_by_get_name (TrustHandbackBy by)
{
  return by_names[by];
}

/* (transfer full) (nullable): what is not known among KEYS. */
static char *
find_unknown_key (GKeyFile *file)
{
  static const char *const known[] = { "Version", "By", "Time", "Kept" };
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL), keys = NULL;

  for (guint i = 0; groups[i] != NULL; i++)
    if (!g_str_equal (groups[i], GROUP))
      return g_strdup_printf ("[%s]", groups[i]);
  keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      gboolean found = FALSE;

      for (guint n = 0; n < G_N_ELEMENTS (known); n++)
        found = found || g_str_equal (keys[i], known[n]);
      if (!found)
        return g_strdup (keys[i]);
    }
  return NULL;
}

/* "PATH SHA256" */
static gboolean
take_kept (TrustHandback *handback, const char *text)
{
  const char *space = strrchr (text, ' ');
  g_autofree char *path = space != NULL ? g_strndup (text, (gsize) (space - text)) : NULL;
  TrustFingerprint digest = { { 0 } };

  if (path == NULL || *path != '/' || strlen (space + 1) != 64 || !trust_text_unhex (space + 1, digest.bytes, sizeof digest.bytes))
    return FALSE;
  g_ptr_array_add (handback->kept, trust_handback_kept_new (path, &digest));
  return TRUE;
}

/* What is wrong with FILE, whose version is known; else HANDBACK has what it says. (transfer full) (nullable) */
static char *
take (GKeyFile *file, TrustHandback *handback)
{
  g_autofree char *unknown = find_unknown_key (file), *by = NULL, *time = NULL;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) when = NULL;
  g_auto (GStrv) kept = NULL;
  guint i = 0;

  if (unknown != NULL)
    return g_strdup_printf ("\"%s\" is not known here", unknown);
  by = g_key_file_get_string (file, GROUP, "By", NULL);
  while (i < TRUST_HANDBACK_LAST && g_strcmp0 (by, by_names[i]) != 0)
    i++;
  if (i == TRUST_HANDBACK_LAST)
    return g_strdup ("By= is neither \"administrator\" nor \"package\"");
  handback->by = (TrustHandbackBy) i;
  time = g_key_file_get_string (file, GROUP, "Time", NULL);
  when = time != NULL ? g_date_time_new_from_iso8601 (time, utc) : NULL;
  if (when == NULL)
    return g_strdup ("Time= is no time, as 2026-01-31T12:00:00Z");
  handback->time = g_date_time_to_unix (when);
  kept = g_key_file_get_string_list (file, GROUP, "Kept", NULL, NULL);
  for (i = 0; kept != NULL && kept[i] != NULL; i++)
    if (!take_kept (handback, kept[i]))
      return g_strdup ("Kept= does not name a file and its SHA-256");
  return NULL;
}

TrustHandback *
trust_handback_parse (const void *bytes, gsize size)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (TrustHandback) handback = trust_handback_new (TRUST_HANDBACK_ADMINISTRATOR, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *version = NULL, *fault = NULL, *shown = NULL;

  if (size == 0 || memchr (bytes, '\0', size) != NULL || !g_utf8_validate_len (bytes, size, NULL))
    return trust_handback_new_fault (g_strdup (TRUST_HANDBACK_PATH " is empty or no text" TRUST_HANDBACK_HELP));
  if (!g_key_file_load_from_data (file, bytes, size, G_KEY_FILE_NONE, &error) || !g_key_file_has_group (file, GROUP))
    return trust_handback_new_fault (g_strdup (TRUST_HANDBACK_PATH " is not what anchord writes: it has no [" GROUP "]" TRUST_HANDBACK_HELP));
  version = g_key_file_get_string (file, GROUP, "Version", NULL);
  shown = trust_text_printable (version != NULL ? version : "", 32);
  if (version == NULL || !g_str_equal (version, G_STRINGIFY (VERSION)))
    return trust_handback_new_fault (
        version != NULL && g_ascii_strtoull (version, NULL, 10) > VERSION
            ? g_strdup_printf (TRUST_HANDBACK_PATH " is of version %s, which a newer anchord wrote: update anchord" TRUST_HANDBACK_HELP, shown)
            : g_strdup_printf (TRUST_HANDBACK_PATH " has no version that is known, but \"%s\"" TRUST_HANDBACK_HELP, shown));
  fault = take (file, handback);
  if (fault == NULL)
    return g_steal_pointer (&handback);
  g_free (shown);
  shown = trust_text_printable (fault, 0);
  return trust_handback_new_fault (g_strdup_printf (TRUST_HANDBACK_PATH ": %s" TRUST_HANDBACK_HELP, shown));
}

GBytes *
trust_handback_write (const TrustHandback *handback)
{
  GString *out = g_string_new ("# The distribution's files are its own tool's: `anchorctl handback`.\n[" GROUP
                               "]\nVersion=" G_STRINGIFY (VERSION) "\n");
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (handback->time);
  g_autofree char *time = g_date_time_format (when, "%Y-%m-%dT%H:%M:%SZ");

  g_string_append_printf (out, "By=%s\nTime=%s\n", by_names[handback->by], time);
  if (handback->kept->len > 0)
    g_string_append (out, "Kept=");
  for (guint i = 0; i < handback->kept->len; i++)
    {
      const TrustHandbackKept *kept = handback->kept->pdata[i];
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&kept->digest, hex);
      g_string_append_printf (out, "%s %s;", kept->path, hex);
    }
  if (handback->kept->len > 0)
    g_string_append_c (out, '\n');
  return g_string_free_to_bytes (out);
}

const char *
trust_handback_get_folder (TrustDistributionKind distribution)
{
  switch (distribution)
    {
    case TRUST_DISTRIBUTION_DEBIAN:
    case TRUST_DISTRIBUTION_ALPINE:
      return "/usr/local/share/ca-certificates";
    case TRUST_DISTRIBUTION_FEDORA:
      return "/etc/pki/ca-trust/source";
    case TRUST_DISTRIBUTION_SUSE:
      return "/etc/pki/trust";
    case TRUST_DISTRIBUTION_ARCH:
      return "/etc/ca-certificates/trust-source";
    default:
      return NULL;
    }
}
