/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/foreign.h"
#include "core/plan-foreign.h"
#include "core/text.h"

#include <string.h>

/* What an import names, each once. */
typedef struct
{
  TrustPlanner *planner;
  GHashTable *anchors;     /* (owned) TrustFingerprint* (borrowed) -> TrustAnchor* */
  GHashTable *distrusts;   /* (owned) TrustFingerprint* (owned), by trust_planner_name_distrust() -> TrustDistrust* */
  TrustRefusals *refusals; /* (owned) of DISTRUSTS */
  GHashTable *held;        /* (owned) TrustDistrust* -> char* (owned): the foreign file that holds what it names */
} Import;

static void
import_clear (Import *import)
{
  g_clear_pointer (&import->anchors, g_hash_table_unref);
  g_clear_pointer (&import->distrusts, g_hash_table_unref);
  g_clear_pointer (&import->refusals, trust_refusals_free);
  g_clear_pointer (&import->held, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

/* "\"TITLE\" (FINGERPRINT)". CERTIFICATE: nullable. Returns: (transfer full). */
static char *
describe (const TrustFingerprint *fingerprint, const TrustCertificate *certificate)
{
  g_autofree char *title = certificate != NULL ? trust_certificate_dup_title (certificate) : NULL;
  g_autofree char *shown = trust_text_printable (title, 64);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  return certificate != NULL ? g_strdup_printf ("\"%s\" (%.16s)", shown, hex) : g_strdup_printf ("%.16s", hex);
}

static gboolean
refuse_conflict (const TrustFingerprint *fingerprint, const TrustCertificate *certificate, const char *what, GError **error)
{
  g_autofree char *shown = describe (fingerprint, certificate);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s %s in this import; leave one of them out", shown, what);
  return FALSE;
}

static gboolean
gather_anchor (Import *import, TrustAnchor *anchor, GError **error)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  TrustAnchor *first = g_hash_table_lookup (import->anchors, fingerprint);

  if (first == NULL)
    {
      g_hash_table_insert (import->anchors, (gpointer) fingerprint, anchor);
      return TRUE;
    }
  if (trust_settings_equal (trust_anchor_get_settings (first), trust_anchor_get_settings (anchor))
      && g_str_equal (trust_note_get_label (trust_anchor_get_note (first)), trust_note_get_label (trust_anchor_get_note (anchor))))
    return TRUE;
  return refuse_conflict (fingerprint, trust_anchor_get_certificate (anchor), "stands twice, with different settings or labels,", error);
}

static gboolean
gather_distrust (Import *import, TrustDistrust *distrust, GError **error)
{
  TrustFingerprint name;
  TrustDistrust *first = NULL;

  trust_planner_name_distrust (distrust, &name);
  first = g_hash_table_lookup (import->distrusts, &name);
  if (first == NULL)
    {
      g_hash_table_insert (import->distrusts, g_memdup2 (&name, sizeof name), distrust);
      trust_refusals_add (import->refusals, distrust);
      return TRUE;
    }
  return trust_planner_name_the_same (first, distrust)
         || refuse_conflict (&name, trust_distrust_get_certificate (distrust), "is distrusted twice, in different ways,", error);
}

/* Everything once, and no two entries that contradict each other. */
static gboolean
gather (Import *import, GError **error)
{
  const TrustChange *change = import->planner->change;

  for (guint i = 0; i < change->anchors->len; i++)
    if (!gather_anchor (import, change->anchors->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < change->distrusts->len; i++)
    if (!gather_distrust (import, change->distrusts->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < change->anchors->len; i++)
    {
      TrustCertificate *certificate = trust_anchor_get_certificate (change->anchors->pdata[i]);
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
      g_autoptr (GPtrArray) found = trust_refusals_find (import->refusals, fingerprint, certificate);

      if (found->len > 0)
        return refuse_conflict (fingerprint, certificate, "is trusted and distrusted", error);
    }
  return TRUE;
}

/* Distrusts of what files of the distribution's administrator folder hold: its tool would take them in again. */
static void
find_held (Import *import)
{
  TrustPlanner *planner = import->planner;
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref), files = NULL;
  GHashTableIter iter;
  gpointer distrust = NULL;

  g_hash_table_iter_init (&iter, import->distrusts);
  while (g_hash_table_iter_next (&iter, NULL, &distrust))
    g_ptr_array_add (distrusts, trust_distrust_ref (distrust));
  if (distrusts->len == 0)
    return;
  files = trust_plan_find_foreign (planner->root, planner->snapshot, distrusts);
  for (guint i = 0; i < files->len; i++)
    {
      const TrustSourceFile *file = files->pdata[i];
      g_autoptr (GPtrArray) certificates = trust_foreign_read (planner->root, file);

      for (guint n = 0; n < certificates->len; n++)
        {
          TrustCertificate *certificate = certificates->pdata[n];
          g_autoptr (GPtrArray) found = trust_refusals_find (import->refusals, trust_certificate_get_fingerprint (certificate), certificate);

          for (guint k = 0; k < found->len; k++)
            g_hash_table_insert (import->held, found->pdata[k], trust_text_printable (trust_origin_get_path (file->origin), 0));
        }
    }
}

/* A file that names no limits or no end, as one of a plain certificate never does, does not mean to lift those that stand, nor to begin again what
 * has ended. BASE: nullable. */
static gboolean
check_limits (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustSettings *base, const TrustSettings *wanted, GError **error)
{
  TrustAnchor *ended = base == NULL ? trust_planner_find_ended (planner, fingerprint) : NULL;
  g_autofree char *has = NULL;

  if (ended != NULL && trust_settings_get_until (wanted) == TRUST_NEVER)
    return trust_planner_refuse_ended (ended, "--replace", error);
  if (base == NULL || !trust_settings_is_limited (base) || trust_settings_is_limited (wanted))
    return TRUE;
  has = trust_settings_describe (base);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
               "it is limited now (%s), and what is imported names no limits; to lift them give --replace, or use `anchorctl set`", has);
  return FALSE;
}

static gboolean
import_anchor (Import *import, TrustAnchor *anchor, GError **error)
{
  TrustPlanner *planner = import->planner;
  const TrustChange *change = planner->change;
  const TrustNote *note = trust_anchor_get_note (anchor);
  const char *reason = trust_note_get_reason (note);
  TrustWords words = { .label = trust_note_get_label (note),
                       .reason = *reason != '\0' ? reason : change->reason,
                       .replaces = trust_note_get_replaces (note) };
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  TrustSettings *wanted = trust_anchor_get_settings (anchor);
  const TrustSettings *base = change->replace ? NULL : trust_planner_find_base (planner, fingerprint);

  if (!change->replace
      && (!trust_planner_check_reduction (base, wanted, error) || !check_limits (planner, fingerprint, base, wanted, error)
          || !trust_planner_check_flat (planner, fingerprint, wanted, error)))
    return FALSE;
  return trust_planner_add (planner, trust_anchor_get_certificate (anchor), wanted, &words, error);
}

static gboolean
import_distrust (Import *import, TrustDistrust *distrust, GError **error)
{
  TrustPlanner *planner = import->planner;
  const TrustNote *before = trust_distrust_get_note (distrust);
  const char *reason = trust_note_get_reason (before), *held = g_hash_table_lookup (import->held, distrust);
  g_autoptr (TrustOrigin) origin = NULL;
  g_autoptr (TrustDistrust) own = NULL;
  TrustFingerprint name;
  TrustNote *note = NULL;

  if (held != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
                   "%s holds it, and is not anchord's; remove that file, or use "
                   "`anchorctl distrust --set-aside`",
                   held);
      return FALSE;
    }
  trust_planner_name_distrust (distrust, &name);
  origin = trust_planner_make_origin (planner, &name, TRUE);
  note = trust_note_new (trust_note_get_label (before), *reason != '\0' ? reason : planner->change->reason, planner->added_by, planner->now);
  own = trust_distrust_new (trust_distrust_get_fingerprint (distrust), trust_distrust_get_key_fingerprint (distrust),
                            trust_distrust_get_issuer_der (distrust), trust_distrust_get_serial (distrust), trust_distrust_get_certificate (distrust),
                            origin, note);
  g_clear_pointer (&note, trust_note_unref);
  return trust_planner_refuse (planner, own, error);
}

/* ERROR, of the entry for FINGERPRINT, becomes a row or goes to the caller. */
static gboolean
settle (TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustCertificate *certificate, GError *local, GError **error)
{
  g_autofree char *shown = NULL;

  if (trust_planner_go_on (planner, fingerprint, certificate, &local))
    return TRUE;
  shown = describe (fingerprint, certificate);
  g_propagate_prefixed_error (error, local, "%s: ", shown);
  return FALSE;
}

static gboolean
import_all (Import *import, GError **error)
{
  const TrustChange *change = import->planner->change;

  for (guint i = 0; i < change->anchors->len; i++)
    {
      TrustAnchor *anchor = change->anchors->pdata[i];
      const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
      GError *local = NULL;

      if (g_hash_table_lookup (import->anchors, fingerprint) == anchor && !import_anchor (import, anchor, &local)
          && !settle (import->planner, fingerprint, trust_anchor_get_certificate (anchor), local, error))
        return FALSE;
    }
  for (guint i = 0; i < change->distrusts->len; i++)
    {
      TrustDistrust *distrust = change->distrusts->pdata[i];
      TrustFingerprint name;
      GError *local = NULL;

      trust_planner_name_distrust (distrust, &name);
      if (g_hash_table_lookup (import->distrusts, &name) == distrust && !import_distrust (import, distrust, &local)
          && !settle (import->planner, &name, trust_distrust_get_certificate (distrust), local, error))
        return FALSE;
    }
  return TRUE;
}

/* Is FILE called as anchord calls the files it writes? Fills the fingerprint, and whether it is a distrust's. */
static gboolean
is_owned (const TrustPlanner *planner, const TrustSourceFile *file, TrustFingerprint *name, gboolean *distrust)
{
  const char *path = trust_origin_get_path (file->origin), *slash = strrchr (path, '/');
  g_autofree char *hex = NULL, *expected = NULL;

  if (slash == NULL || (gsize) (slash - path) != strlen (planner->place.folder) || strncmp (path, planner->place.folder, (gsize) (slash - path)) != 0
      || strlen (slash + 1) < 64 || file->status == TRUST_FILE_MASKED || file->n_anchors + file->n_distrusts > 1)
    return FALSE;
  hex = g_strndup (slash + 1, 64);
  if (!trust_text_unhex (hex, name->bytes, sizeof name->bytes))
    return FALSE;
  *distrust = g_str_has_suffix (slash, ".distrust");
  expected = trust_anchor_file_name (name, *distrust);
  return g_str_equal (expected, slash + 1);
}

/* What anchord wrote and the import does not name goes. */
static void
purge (Import *import)
{
  TrustPlanner *planner = import->planner;
  const TrustSourceState *state = planner->place.state;

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];
      gboolean distrust = FALSE;
      TrustFingerprint name;

      if (!is_owned (planner, file, &name, &distrust) || g_hash_table_contains (distrust ? import->distrusts : import->anchors, &name)
          || g_hash_table_contains (planner->removed, trust_origin_get_path (file->origin)))
        continue;
      trust_planner_take_removal (planner, trust_origin_get_path (file->origin));
      if (!distrust)
        g_array_append_val (planner->touched, name);
      else
        trust_outcome_add (planner->plan->outcome, &name, file->n_distrusts == 1 ? trust_distrust_get_certificate (file->distrusts[0]) : NULL,
                           TRUST_RESULT_REMOVED, "it is no longer refused here");
    }
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  g_auto (Import) import = {
    planner,
    g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal),
    g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL),
    trust_refusals_new (),
    g_hash_table_new_full (NULL, NULL, NULL, g_free),
  };

  if (!gather (&import, error))
    return FALSE;
  find_held (&import);
  if (!import_all (&import, error))
    return FALSE;
  if (planner->change->purge_owned)
    purge (&import);
  return TRUE;
}

static void
tell (TrustPlanner *planner)
{
  trust_planner_tell_removals (planner);
  trust_planner_tell (planner);
}

const TrustPlanKind trust_plan_import = { .plan = plan, .tell = tell };
