/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/changes.h"

#include "core/text.h"
#include "facade/limits.h"

#include <glib/gi18n-lib.h>

/* Each part is cut where it would flood the dialog; none can push another out. */
static void
add_words (GString *out, const char *what)
{
  g_autofree char *shown = trust_text_printable (what, TRUST_LIMIT_DIALOG_CHARS);

  g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", shown);
}

static char *
dup_date (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("?");
}

/* "dns corp.example, ip 10.0.0.0/8"; "dns (none)". */
static void
append_subtrees (GString *words, const TrustConstraints *constraints, gboolean excluded)
{
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      guint n = trust_constraints_get_n (constraints, kind, excluded);

      if (n == 0 && !excluded && trust_constraints_is_restricted (constraints, kind))
        g_string_append_printf (words, "%s%s %s", words->len > 0 ? ", " : "", trust_name_kind_get_name (kind), _ ("(none)"));
      /* What is cut off need not be written. */
      for (guint i = 0; i < n && words->len < 8 * TRUST_LIMIT_DIALOG_CHARS; i++)
        {
          g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, excluded, i));

          g_string_append_printf (words, "%s%s %s", words->len > 0 ? ", " : "", trust_name_kind_get_name (kind), text);
        }
    }
}

static void
describe_constraints (const TrustConstraints *constraints, GString *out)
{
  g_autoptr (GString) permitted = g_string_new (NULL);
  g_autoptr (GString) excluded = g_string_new (NULL);
  g_autofree char *only = NULL, *not = NULL;

  if (trust_constraints_is_empty (constraints))
    {
      add_words (out, _ ("for ANY NAME"));
      return;
    }
  append_subtrees (permitted, constraints, FALSE);
  append_subtrees (excluded, constraints, TRUE);
  only = g_strdup_printf (_ ("only %s"), permitted->str);
  not = g_strdup_printf (_ ("not %s"), excluded->str);
  if (permitted->len > 0)
    add_words (out, only);
  if (excluded->len > 0)
    add_words (out, not );
}

static void
describe_distrust_after (const GArray *dates, GString *out)
{
  if (dates == NULL || dates->len == 0)
    add_words (out, _ ("WHENEVER ISSUED"));
  for (guint i = 0; dates != NULL && i < MIN (dates->len, 1); i++)
    {
      const TrustDistrustAfter *after = &g_array_index (dates, TrustDistrustAfter, i);
      g_autofree char *date = dup_date (after->time);
      g_autofree char *words = dates->len == 1 ? g_strdup_printf (_ ("issued before %s (%s)"), date, after->purpose)
                                               : g_strdup_printf (_ ("issued before %s (%s and others)"), date, after->purpose);

      add_words (out, words);
    }
}

static void
describe_limits (const TrustChange *change, GString *out)
{
  if ((change->named & TRUST_NAMES_CONSTRAINTS) != 0)
    describe_constraints (change->limits.constraints, out);
  if ((change->named & TRUST_NAMES_DISTRUST_AFTER) != 0)
    describe_distrust_after (change->limits.distrust_after, out);
  if ((change->named & TRUST_NAMES_UNTIL) != 0)
    {
      g_autofree char *date = change->limits.until != TRUST_NEVER ? dup_date (change->limits.until) : NULL;
      g_autofree char *words = date != NULL ? g_strdup_printf (_ ("until %s"), date) : g_strdup (_ ("WITHOUT AN END"));

      add_words (out, words);
    }
  if ((change->named & TRUST_NAMES_ACCEPT_LOSS) != 0)
    add_words (out, change->limits.accept_loss ? _ ("also in files that can't say so") : _ ("not in files that can't say so"));
}

static void
describe_purposes (const TrustChange *change, GString *out)
{
  g_autoptr (TrustPurposes) usual = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_auto (GStrv) names = trust_purposes_dup_names (change->purposes != NULL ? change->purposes : usual);
  g_autofree char *purposes = g_strjoinv (", ", names);
  g_autofree char *words = g_strdup_printf (_ ("for %s"), purposes);

  add_words (out, words);
}

static void
describe_waivers (const TrustChange *change, GString *out)
{
  if (change->override_distrust)
    add_words (out, _ ("LIFTING A DISTRUST"));
  if (change->replace)
    add_words (out, _ ("in place of what it is trusted for now"));
  if (change->allow_non_ca)
    add_words (out, _ ("even if it is no CA"));
  if (change->allow_expired)
    add_words (out, _ ("even if it has expired"));
}

static void
describe_add (const TrustChange *change, GString *out)
{
  describe_purposes (change, out);
  describe_limits (change, out);
  describe_waivers (change, out);
  if (change->retire != TRUST_NEVER)
    {
      g_autofree char *date = dup_date (change->retire);
      g_autofree char *words = g_strdup_printf (_ ("the one before it ends on %s"), date);

      add_words (out, words);
    }
}

/* Does the set allow any of its anchors anything that it is not trusted for now? */
static gboolean
is_widening (const TrustChange *change, const TrustSnapshot *snapshot)
{
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      const TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);
      TrustAnchor *anchor = trust_anchor_set_lookup (snapshot->set, &prefix->fingerprint);
      g_autoptr (TrustSettings) after = NULL;

      /* What is not effective now, because its time has ended, may become so. */
      if (anchor == NULL)
        return TRUE;
      after = trust_limits_set (trust_anchor_get_settings (anchor), change);
      if (!trust_settings_is_within (after, trust_anchor_get_settings (anchor)))
        return TRUE;
    }
  return FALSE;
}

static void
describe_set (const TrustChange *change, const TrustSnapshot *snapshot, GString *out)
{
  add_words (out, is_widening (change, snapshot) ? _ ("MORE THAN NOW") : _ ("no more than now"));
  if (change->purposes != NULL)
    describe_purposes (change, out);
  describe_limits (change, out);
}

/* Files say themselves what each is trusted for: told is how many are trusted and refused, and for what any of them is. */
static void
describe_import (const TrustChange *change, GString *out)
{
  g_autofree char *counts = g_strdup_printf (_ ("%u to trust, %u to refuse"), change->anchors->len, change->distrusts->len);
  g_autoptr (TrustPurposes) all = trust_purposes_new_mask (0);
  g_auto (GStrv) names = NULL;

  add_words (out, counts);
  for (guint i = 0; i < change->anchors->len; i++)
    {
      TrustPurposes *more = trust_purposes_union (all, trust_settings_get_purposes (trust_anchor_get_settings (change->anchors->pdata[i])));

      trust_purposes_unref (all);
      all = more;
    }
  names = trust_purposes_dup_names (all);
  if (*names != NULL)
    {
      g_autofree char *purposes = g_strjoinv (", ", names);
      g_autofree char *words = g_strdup_printf (_ ("for %s"), purposes);

      add_words (out, words);
    }
  if (change->purge_owned)
    add_words (out, _ ("REMOVING ALL ELSE THAT WAS ADDED"));
  describe_waivers (change, out);
}

char *
trust_change_dup_terms (const TrustChange *change, const TrustSnapshot *snapshot)
{
  GString *terms = g_string_new (NULL);

  if (change->kind == TRUST_CHANGE_STORE_ADD)
    g_string_append_printf (terms, _ ("in the store %s"), change->store);
  if (change->kind == TRUST_CHANGE_ADD || change->kind == TRUST_CHANGE_STORE_ADD)
    describe_add (change, terms);
  if (change->kind == TRUST_CHANGE_SET)
    describe_set (change, snapshot, terms);
  if (change->kind == TRUST_CHANGE_IMPORT)
    describe_import (change, terms);
  return g_string_free (terms, FALSE);
}
