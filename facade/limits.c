/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/limits.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

#define SHOWN_CHARS 64 /* of a foreign word, in a message */

/* 9999-12-31T23:59:59Z: what later dates cannot be written as. */
#define TIME_MAX G_GINT64_CONSTANT (253402300799)

static gboolean
find_kind (const char *key, const char *word, TrustNameKind *out, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  g_autofree char *shown = NULL;

  *out = trust_name_kind_find (word);
  if (*out != TRUST_NAME_LAST)
    return TRUE;
  for (guint i = 0; i < TRUST_NAME_LAST; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", trust_name_kind_get_name (i));
  shown = trust_text_printable (word, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names no kind of name (\"%s\"); there are: %s"), key, shown,
               known->str);
  return FALSE;
}

/* The subtrees of one kind. What is permitted may be nothing at all: [] or [""]. */
static gboolean
read_kind (TrustConstraints *constraints, const char *key, TrustNameKind kind, gboolean excluded, GVariant *texts, GError **error)
{
  gsize n = g_variant_n_children (texts);

  if (n == 0 && excluded)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" excludes nothing of \"%s\"; leave that out"), key,
                   trust_name_kind_get_name (kind));
      return FALSE;
    }
  if (n == 0)
    return trust_constraints_add (constraints, kind, FALSE, "", error);
  for (gsize i = 0; i < n; i++)
    {
      const char *text = NULL;

      g_variant_get_child (texts, i, "&s", &text);
      if (trust_constraints_add (constraints, kind, excluded, text, error))
        continue;
      g_prefix_error (error, _ ("The option \"%s\", %s: "), key, trust_name_kind_get_name (kind));
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_subtrees (TrustConstraints *constraints, const char *key, GVariant *value, GError **error)
{
  gboolean excluded = g_str_equal (key, "excluded");
  gsize n = g_variant_n_children (value);
  guint seen = 0;

  if (n == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names no names; leave it out"), key);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) texts = NULL;
      const char *word = NULL;
      TrustNameKind kind;

      g_variant_get_child (value, i, "{&s@as}", &word, &texts);
      if (!find_kind (key, word, &kind, error))
        return FALSE;
      if ((seen & (1u << kind)) != 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names \"%s\" twice"), key, word);
          return FALSE;
        }
      seen |= 1u << kind;
      if (!read_kind (constraints, key, kind, excluded, texts, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_option_is_subtrees (const char *key, GVariant *value, GError **error)
{
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();

  return read_subtrees (constraints, key, value, error);
}

static gboolean
check_time (const char *key, gint64 time, GError **error)
{
  if (time <= TIME_MAX)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" has a time after the year 9999; it counts seconds since 1970"),
               key);
  return FALSE;
}

gboolean
trust_option_is_time (const char *key, GVariant *value, GError **error)
{
  return check_time (key, g_variant_get_int64 (value), error);
}

gboolean
trust_option_is_distrust_after (const char *key, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (n > TRUST_LIMIT_PURPOSES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names %zu purposes; at most %u may be given"), key, n,
                   TRUST_LIMIT_PURPOSES);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      const char *purpose = NULL;
      gint64 time = 0;

      g_variant_get_child (value, i, "{&sx}", &purpose, &time);
      if (!trust_check_purpose (purpose, error))
        {
          g_prefix_error (error, _ ("The option \"%s\": "), key);
          return FALSE;
        }
      if (!check_time (key, time, error))
        return FALSE;
      if (time >= 0 && g_hash_table_add (seen, (gpointer) purpose))
        continue;
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   time < 0 ? _ ("The option \"%s\" has a time before 1970 for %s") : _ ("The option \"%s\" names %s twice"), key, purpose);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_constraints (GVariant *options, TrustChange *change, GError **error)
{
  g_autoptr (GVariant) permitted = g_variant_lookup_value (options, "permitted", G_VARIANT_TYPE ("a{sas}"));
  g_autoptr (GVariant) excluded = g_variant_lookup_value (options, "excluded", G_VARIANT_TYPE ("a{sas}"));
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  gboolean clear = FALSE;

  g_variant_lookup (options, "clear-constraints", "b", &clear);
  if (clear && (permitted != NULL || excluded != NULL))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   _ ("\"clear-constraints\" takes all constraints away; \"permitted\" and \"excluded\" can't be given with it"));
      return FALSE;
    }
  if (clear || permitted != NULL || excluded != NULL)
    change->named |= TRUST_NAMES_CONSTRAINTS;
  if ((permitted != NULL && !read_subtrees (constraints, "permitted", permitted, error))
      || (excluded != NULL && !read_subtrees (constraints, "excluded", excluded, error)))
    return FALSE;
  if (!trust_constraints_is_empty (constraints))
    change->limits.constraints = g_steal_pointer (&constraints);
  return TRUE;
}

static void
read_distrust_after (GVariant *options, TrustChange *change)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (options, "distrust-after", G_VARIANT_TYPE ("a{sx}"));

  if (value == NULL)
    return;
  change->named |= TRUST_NAMES_DISTRUST_AFTER;
  if (g_variant_n_children (value) > 0)
    change->limits.distrust_after = trust_distrust_after_new ();
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      const char *purpose = NULL;
      gint64 time = 0;

      g_variant_get_child (value, i, "{&sx}", &purpose, &time);
      trust_distrust_after_add (change->limits.distrust_after, purpose, time);
    }
}

gboolean
trust_limits_read (GVariant *options, TrustChange *change, GError **error)
{
  gint64 until = 0;

  if (g_variant_lookup (options, "until", "x", &until))
    {
      change->named |= TRUST_NAMES_UNTIL;
      change->limits.until = until > 0 ? until : TRUST_NEVER;
    }
  if (g_variant_lookup (options, "accept-loss", "b", &change->limits.accept_loss))
    change->named |= TRUST_NAMES_ACCEPT_LOSS;
  read_distrust_after (options, change);
  return read_constraints (options, change, error);
}

/* The texts of one kind; for "nothing is permitted" one that is empty. (floating) */
static GVariant *
view_kind (const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded)
{
  guint n = trust_constraints_get_n (constraints, kind, excluded);
  GVariantBuilder texts;

  g_variant_builder_init (&texts, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&texts, g_variant_new_take_string (trust_subtree_dup_text (trust_constraints_get (constraints, kind, excluded, i))));
  if (n == 0)
    g_variant_builder_add (&texts, "s", "");
  return g_variant_builder_end (&texts);
}

GVariant *
trust_limits_view_subtrees (const TrustSettings *settings, gboolean excluded)
{
  const TrustConstraints *constraints = trust_settings_get_constraints (settings);
  GVariantBuilder kinds;
  guint n = 0;

  if (trust_constraints_is_empty (constraints))
    return NULL;
  g_variant_builder_init (&kinds, G_VARIANT_TYPE ("a{sas}"));
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      if (excluded ? trust_constraints_get_n (constraints, kind, TRUE) == 0 : !trust_constraints_is_restricted (constraints, kind))
        continue;
      g_variant_builder_add (&kinds, "{s@as}", trust_name_kind_get_name (kind), view_kind (constraints, kind, excluded));
      n++;
    }
  if (n > 0)
    return g_variant_builder_end (&kinds);
  g_variant_builder_clear (&kinds);
  return NULL;
}

GVariant *
trust_limits_view_distrust_after (const TrustSettings *settings)
{
  const GArray *dates = trust_settings_get_limits (settings)->distrust_after;
  GVariantBuilder builder;

  if (dates == NULL || dates->len == 0)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sx}"));
  for (guint i = 0; i < dates->len; i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);

      g_variant_builder_add (&builder, "{sx}", after->purpose, after->time);
    }
  return g_variant_builder_end (&builder);
}

TrustSettings *
trust_limits_set (const TrustSettings *before, const TrustChange *change)
{
  TrustLimits limits = *trust_settings_get_limits (before);

  if ((change->named & TRUST_NAMES_CONSTRAINTS) != 0)
    limits.constraints = change->limits.constraints;
  if ((change->named & TRUST_NAMES_DISTRUST_AFTER) != 0)
    limits.distrust_after = change->limits.distrust_after;
  if ((change->named & TRUST_NAMES_UNTIL) != 0)
    limits.until = change->limits.until;
  if ((change->named & TRUST_NAMES_ACCEPT_LOSS) != 0)
    limits.accept_loss = change->limits.accept_loss;
  return trust_settings_new_limited (change->purposes != NULL ? change->purposes : trust_settings_get_purposes (before), &limits);
}
