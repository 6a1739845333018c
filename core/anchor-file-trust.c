/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file-trust.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

/* 9999-12-31T23:59:59Z: the last that a file can say. */
#define LAST_TIME G_GINT64_CONSTANT (253402300799)

static TrustPurposes *
read_purposes (const TrustAnchorHead *head, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gsize n_names = 0;
  g_auto (GStrv) names = g_key_file_get_string_list (head->keys, "Trust", "Purposes", &n_names, NULL);
  TrustPurposes *purposes = NULL;

  if (names == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "[Trust] has no Purposes; write Purposes=server-auth;");
      return NULL;
    }
  if (n_names == 0 || n_names > TRUST_LIMIT_PURPOSES)
    {
      trust_anchor_head_refuse (head, "Trust", "Purposes", n_names == 0 ? "names no purpose" : "names too many purposes", error);
      return NULL;
    }
  purposes = trust_purposes_new ((const char *const *) names, &reason);
  if (purposes == NULL)
    trust_anchor_head_refuse (head, "Trust", "Purposes", reason->message, error);
  return purposes;
}

/* "2027-01-01T00:00:00Z", or "2027-01-01" for its beginning; the years 1970 to 9999. */
static gboolean
parse_time (const char *text, gint64 *out)
{
  static const char form[] = "0000-00-00T00:00:00Z";
  gsize size = strlen (text);
  g_autofree char *whole = g_strconcat (text, size == 10 ? form + 10 : "", NULL);
  g_autoptr (GDateTime) date = NULL;

  if (strlen (whole) != sizeof form - 1)
    return FALSE;
  for (guint i = 0; i < sizeof form - 1; i++)
    if (form[i] == '0' ? !g_ascii_isdigit (whole[i]) : whole[i] != form[i])
      return FALSE;
  date = g_date_time_new_from_iso8601 (whole, NULL);
  if (date == NULL || g_date_time_get_year (date) < 1970)
    return FALSE;
  *out = g_date_time_to_unix (date);
  return TRUE;
}

static gboolean
read_until (const TrustAnchorHead *head, gint64 *until, GError **error)
{
  g_autofree char *text = g_key_file_get_string (head->keys, "Trust", "Until", NULL);

  if (!g_key_file_has_key (head->keys, "Trust", "Until", NULL))
    return TRUE;
  if (text == NULL || !parse_time (text, until))
    return trust_anchor_head_refuse (head, "Trust", "Until",
                                     "not a UTC time from 1970 to 9999 like 2027-01-01T00:00:00Z; remove the line for a trust without end", error);
  return TRUE;
}

static gboolean
read_accept_loss (const TrustAnchorHead *head, gboolean *accept, GError **error)
{
  g_autofree char *text = g_key_file_get_string (head->keys, "Trust", "AcceptLoss", NULL);

  if (!g_key_file_has_key (head->keys, "Trust", "AcceptLoss", NULL))
    return TRUE;
  *accept = g_strcmp0 (text, "true") == 0;
  return *accept || g_strcmp0 (text, "false") == 0 || trust_anchor_head_refuse (head, "Trust", "AcceptLoss", "neither \"true\" nor \"false\"", error);
}

/* "server-auth 2026-01-01T00:00:00Z". NULL, or what is wrong. Returns: (transfer full) (nullable). */
static char *
add_date (GArray *dates, char *item)
{
  char *blank = strchr (g_strstrip (item), ' ');
  const char *const name[] = { item, NULL };
  g_autoptr (GError) reason = NULL;
  g_autoptr (TrustPurposes) purpose = NULL;
  g_auto (GStrv) spelt = NULL;
  gint64 time = 0;

  if (blank == NULL || !parse_time (g_strchug (blank), &time))
    return g_strdup ("not a purpose and a UTC time from 1970 to 9999, like server-auth 2027-01-01T00:00:00Z; semicolons part several");
  *blank = '\0';
  g_strchomp (item);
  purpose = trust_purposes_new (name, &reason);
  if (purpose == NULL)
    return g_strdup (reason->message);
  spelt = trust_purposes_dup_names (purpose);
  for (guint i = 0; i < dates->len; i++)
    if (g_str_equal (g_array_index (dates, TrustDistrustAfter, i).purpose, spelt[0]))
      return g_strdup_printf ("names %s twice; keep one date", spelt[0]);
  trust_distrust_after_add (dates, spelt[0], time);
  return NULL;
}

static gboolean
read_distrust_after (const TrustAnchorHead *head, GArray *dates, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) items = g_key_file_get_string_list (head->keys, "Trust", "DistrustAfter", &n, NULL);

  if (!g_key_file_has_key (head->keys, "Trust", "DistrustAfter", NULL))
    return TRUE;
  if (items == NULL || n == 0 || n > TRUST_LIMIT_PURPOSES)
    return trust_anchor_head_refuse (head, "Trust", "DistrustAfter", "names no purpose and date, or too many", error);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *fault = add_date (dates, items[i]);

      if (fault != NULL)
        return trust_anchor_head_refuse (head, "Trust", "DistrustAfter", fault, error);
    }
  return TRUE;
}

/* Without blanks at both ends, but for one behind a backslash: in a distinguished name that is a character of it (RFC 4514 section 2.4). */
static char *
strip (char *item)
{
  gsize size = 0, n_backslashes = 0;

  g_strchug (item);
  for (size = strlen (item); size > 0 && g_ascii_isspace (item[size - 1]); size--)
    continue;
  while (n_backslashes < size && item[size - 1 - n_backslashes] == '\\')
    n_backslashes++;
  if (item[size] != '\0' && n_backslashes % 2 == 1)
    size++;
  item[size] = '\0';
  return item;
}

static gboolean
read_subtrees (const TrustAnchorHead *head, TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, GError **error)
{
  const char *key = trust_anchor_head_constraint_key (kind, excluded);
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) items = NULL;
  gsize n = 0;

  if (!g_key_file_has_key (head->keys, "Constraints", key, NULL))
    return TRUE;
  items = g_key_file_get_string_list (head->keys, "Constraints", key, &n, NULL);
  if (items == NULL)
    return trust_anchor_head_refuse (head, "Constraints", key, "a backslash that means nothing; write two for one", error);
  if (n == 0 && excluded)
    return trust_anchor_head_refuse (head, "Constraints", key, "excludes nothing; name a subtree or remove the line", error);
  if (n == 0)
    return trust_constraints_add (constraints, kind, FALSE, "", error);
  for (gsize i = 0; i < n; i++)
    {
      /* Only a line without any subtree permits nothing: in a list an empty one is a slip. */
      if (*strip (items[i]) == '\0')
        return trust_anchor_head_refuse (head, "Constraints", key, "an empty subtree among others; remove the semicolon too many", error);
      if (!trust_constraints_add (constraints, kind, excluded, items[i], &reason))
        return trust_anchor_head_refuse (head, "Constraints", key, reason->message, error);
    }
  return TRUE;
}

static gboolean
read_constraints (const TrustAnchorHead *head, TrustConstraints *constraints, GError **error)
{
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    if (!read_subtrees (head, constraints, kind, FALSE, error) || !read_subtrees (head, constraints, kind, TRUE, error))
      return FALSE;
  return TRUE;
}

TrustSettings *
trust_anchor_file_read_settings (const TrustAnchorHead *head, GError **error)
{
  g_autoptr (TrustPurposes) purposes = read_purposes (head, error);
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = { constraints, dates, TRUST_NEVER, FALSE };

  if (purposes == NULL || !read_distrust_after (head, dates, error) || !read_until (head, &limits.until, error)
      || !read_accept_loss (head, &limits.accept_loss, error) || !read_constraints (head, constraints, error))
    return NULL;
  return trust_settings_new_limited (purposes, &limits);
}

/* What lies outside of what a file can say: the nearest time that it can. */
static char *
time_to_text (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (CLAMP (time, 0, LAST_TIME));

  return g_date_time_format_iso8601 (date);
}

static void
write_distrust_after (GKeyFile *keys, const GArray *dates)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);
      g_autofree char *time = time_to_text (after->time), *item = g_strconcat (after->purpose, " ", time, NULL);

      g_strv_builder_add (items, item);
    }
  list = g_strv_builder_end (items);
  g_key_file_set_string_list (keys, "Trust", "DistrustAfter", (const char *const *) list, dates->len);
}

static void
write_subtrees (GKeyFile *keys, const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded)
{
  const char *key = trust_anchor_head_constraint_key (kind, excluded);
  guint n = trust_constraints_get_n (constraints, kind, excluded);
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (n == 0 && !excluded && trust_constraints_is_restricted (constraints, kind))
    g_key_file_set_string (keys, "Constraints", key, "");
  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, excluded, i));

      g_strv_builder_add (texts, text);
    }
  list = g_strv_builder_end (texts);
  g_key_file_set_string_list (keys, "Constraints", key, (const char *const *) list, n);
}

void
trust_anchor_file_write_settings (GKeyFile *keys, const TrustSettings *settings)
{
  const TrustLimits *limits = trust_settings_get_limits (settings);
  g_auto (GStrv) purposes = trust_purposes_dup_names (trust_settings_get_purposes (settings));

  g_key_file_set_string_list (keys, "Trust", "Purposes", (const char *const *) purposes, g_strv_length (purposes));
  if (limits->distrust_after != NULL)
    write_distrust_after (keys, limits->distrust_after);
  if (limits->until != TRUST_NEVER)
    {
      g_autofree char *text = time_to_text (limits->until);

      g_key_file_set_string (keys, "Trust", "Until", text);
    }
  if (limits->accept_loss)
    g_key_file_set_string (keys, "Trust", "AcceptLoss", "true");
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      write_subtrees (keys, limits->constraints, kind, FALSE);
      write_subtrees (keys, limits->constraints, kind, TRUE);
    }
}
