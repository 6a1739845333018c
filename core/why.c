/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/why.h"

#include "core/consumers/placed.h"
#include "core/loss.h"
#include "core/text.h"
#include "core/why-sources.h"

static const char *const status_names[] = { "trusted", "distrusted", "not-trusted", "ended", "unknown" };
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == TRUST_STATUS_UNKNOWN + 1);

static const char *const says_names[] = { "trusts", "refuses", "masked", "ended", "withdrawn", "held-back", "nothing" };
G_STATIC_ASSERT (G_N_ELEMENTS (says_names) == TRUST_SAYS_NOTHING + 1);

static const char *const sees_names[] = { "trusted", "absent", "distrusted", "withdrawn" };
G_STATIC_ASSERT (G_N_ELEMENTS (sees_names) == TRUST_SEES_WITHDRAWN + 1);

const char *
trust_status_get_name (TrustStatus status)
{
  return status < G_N_ELEMENTS (status_names) ? status_names[status] : "unknown";
}

const char *
trust_says_get_name (TrustSays says)
{
  return says < G_N_ELEMENTS (says_names) ? says_names[says] : "unknown";
}

const char *
trust_sees_get_name (TrustSees sees)
{
  return sees < G_N_ELEMENTS (sees_names) ? sees_names[sees] : "unknown";
}

static void
source_free (gpointer data)
{
  TrustWhySource *row = data;

  g_free (row->source);
  g_free (row->path);
  g_free (row->settings);
  g_free (row->label);
  g_free (row->reason);
  g_free (row->added_by);
  g_free (row->why);
  g_free (row);
}

static void
consumer_free (gpointer data)
{
  TrustWhyConsumer *row = data;

  g_free (row->id);
  g_strfreev (row->losses);
  g_free (row->why);
  g_free (row);
}

static void
store_free (gpointer data)
{
  TrustWhyStore *row = data;

  g_free (row->name);
  g_free (row->why);
  g_free (row);
}

void
trust_why_free (TrustWhy *why)
{
  g_clear_pointer (&why->certificate, trust_certificate_unref);
  g_ptr_array_unref (why->sources);
  g_ptr_array_unref (why->consumers);
  g_ptr_array_unref (why->stores);
  g_free (why->title);
  g_free (why->decided_by);
  g_free (why);
}

static gboolean
is_among (const GArray *fingerprints, const TrustFingerprint *fingerprint)
{
  for (guint i = 0; i < fingerprints->len; i++)
    if (trust_fingerprint_equal (&g_array_index (fingerprints, TrustFingerprint, i), fingerprint))
      return TRUE;
  return FALSE;
}

static char *
describe_purposes (const TrustAnchor *anchor)
{
  g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (trust_anchor_get_settings (anchor)));

  return g_strjoinv (", ", names);
}

/* Why no flat file holds what SETTINGS trust. */
static const char *
explain_absence (const TrustSettings *settings)
{
  if (!trust_settings_accepts_loss (settings)
      && (trust_settings_get_constraints (settings) != NULL || trust_settings_get_until (settings) != TRUST_NEVER))
    return "flat files cannot say what this trust is limited to; `anchorctl set --accept-loss` has them hold it all the same";
  return "its leaves are distrusted after a date that is long past, which flat files cannot say";
}

/* What the files of a consumer that follows SNAPSHOT show. (transfer full): in words. */
static char *
look_at_flat (const TrustWhy *why, const TrustSnapshot *snapshot, const TrustConsumerStatus *status, TrustSees *sees)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (snapshot->set, &why->fingerprint),
              *flat = trust_anchor_set_lookup (snapshot->flat, &why->fingerprint);
  g_autofree char *purposes = flat != NULL ? describe_purposes (flat) : NULL;

  *sees = TRUST_SEES_ABSENT;
  if (anchor == NULL)
    return g_strdup ("it is not trusted");
  if (flat == NULL)
    return g_strdup (explain_absence (trust_anchor_get_settings (anchor)));
  if (status->purpose != TRUST_PURPOSE_LAST && !trust_anchor_has_purpose (flat, status->purpose))
    return g_strdup_printf ("its files are for %s, and may hold it for %s only", trust_purpose_get_name (status->purpose), purposes);
  if (!status->enabled && trust_origin_get_layer (trust_anchor_get_origin (flat)) != TRUST_LAYER_DISTRIBUTION)
    return g_strdup ("nothing was placed there yet");
  *sees = TRUST_SEES_TRUSTED;
  return status->enabled ? g_strdup_printf ("its files hold it for %s",
                                            status->purpose != TRUST_PURPOSE_LAST ? trust_purpose_get_name (status->purpose) : purposes)
                         : g_strdup ("the distribution's own files hold it; nothing was placed there yet");
}

/* The names of what LOSSES (of TrustLoss*) have of the certificate. Returns: (transfer full): NULL-terminated. */
static char **
name_losses (const TrustWhy *why, const GPtrArray *losses)
{
  GPtrArray *names = g_ptr_array_new ();
  guint mask = 0;

  for (guint i = 0; i < losses->len; i++)
    {
      const TrustLoss *loss = losses->pdata[i];

      if (trust_fingerprint_equal (&loss->fingerprint, &why->fingerprint))
        mask |= loss->losses;
    }
  for (guint kind = 0; kind < TRUST_LOSS_LAST; kind++)
    if (mask & 1u << kind)
      g_ptr_array_add (names, g_strdup (trust_loss_get_name (kind)));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/* The same of what flat files cannot say. */
static char **
find_losses (const TrustWhy *why, const TrustSnapshot *snapshot)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (snapshot->set, &trust_loss_policy_default, snapshot->time, NULL, losses);

  return name_losses (why, losses);
}

/* What the files of a consumer that a file describes show; *LOSSES (transfer full) gets the names of what they cannot say of it. (transfer full): in
 * words. */
static char *
look_at_placed (const TrustWhy *why, const TrustSnapshot *snapshot, const TrustPlaced *placed, TrustSees *sees, char ***losses)
{
  TrustAnchorSet *set = trust_snapshot_find_set (snapshot, placed->store);
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  guint n_showing = 0, n = 0;

  *sees = TRUST_SEES_ABSENT;
  for (guint i = 0; set != NULL && i < placed->outputs->len; i++)
    {
      g_autoptr (TrustAnchorSet) fits = trust_placed_output_fit (placed->outputs->pdata[i], set, snapshot->time, lost);

      n += fits != NULL;
      n_showing += fits != NULL && trust_anchor_set_lookup (fits, &why->fingerprint) != NULL;
    }
  g_strfreev (*losses);
  *losses = name_losses (why, lost);
  if (n_showing > 0)
    {
      *sees = TRUST_SEES_TRUSTED;
      return g_strdup_printf ("%u of its %u outputs hold it", n_showing, n);
    }
  if (set == NULL || trust_anchor_set_lookup (set, &why->fingerprint) == NULL)
    return g_strdup_printf ("it is not trusted in %s", placed->store);
  return g_strdup ("its formats cannot say what this trust is limited to, or it is for other purposes");
}

static void
add_consumer (TrustWhy *why, const TrustSnapshot *snapshot, const TrustConsumerStatus *status, char **losses)
{
  TrustWhyConsumer *row = g_new0 (TrustWhyConsumer, 1);
  const TrustPlaced *placed = NULL;
  g_autofree char *words = NULL;

  row->id = g_strdup (status->id);
  row->losses = g_strdupv (losses);
  placed = trust_placed_find (snapshot->placed, status->id);
  if (is_among (status->withdrawn, &why->fingerprint))
    {
      row->sees = TRUST_SEES_WITHDRAWN;
      words = g_strdup ("somebody took it away there by hand; remove it and add it again to bring it back");
      g_free (trust_why_add_source (why, TRUST_LAYER_ADMINISTRATOR, status->id, "", TRUST_SAYS_WITHDRAWN, NULL)->why);
      ((TrustWhySource *) why->sources->pdata[why->sources->len - 1])->why = g_strdup ("it says so for this consumer alone");
    }
  else if (is_among (status->against, &why->fingerprint))
    {
      row->sees = TRUST_SEES_TRUSTED;
      words = g_strdup ("a file of somebody else's gives it there all the same");
    }
  else if (placed != NULL)
    words = look_at_placed (why, snapshot, placed, &row->sees, &row->losses);
  else
    words = look_at_flat (why, snapshot, status, &row->sees);
  row->why = status->fault != NULL ? g_strdup_printf ("%s; but it is not up to date: %s", words, status->fault) : g_steal_pointer (&words);
  g_ptr_array_add (why->consumers, row);
}

static gboolean
is_refused (const TrustWhy *why, const TrustAnchorSet *set)
{
  return (why->certificate != NULL ? trust_anchor_set_find_distrust (set, why->certificate)
                                   : trust_anchor_set_lookup_distrust (set, &why->fingerprint))
         != NULL;
}

/* The path of the anchor, which *ANCHOR_OUT then is, or the distrust that STORE's own files have for it; NULL if they have none. */
static const char *
find_own (const TrustWhy *why, const TrustStore *store, const TrustAnchor **anchor_out)
{
  for (guint i = 0; i < store->state->files->len; i++)
    {
      const TrustSourceFile *file = store->state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        if (trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[n]), &why->fingerprint))
          {
            *anchor_out = file->anchors[n];
            return trust_origin_get_path (file->origin);
          }
      for (guint n = 0; n < file->n_distrusts; n++)
        {
          const TrustFingerprint *named = trust_distrust_get_fingerprint (file->distrusts[n]);

          if (why->certificate != NULL ? trust_distrust_names (file->distrusts[n], why->certificate)
                                       : named != NULL && trust_fingerprint_equal (named, &why->fingerprint))
            return trust_origin_get_path (file->origin);
        }
    }
  return NULL;
}

static void
add_store (TrustWhy *why, const TrustSnapshot *snapshot, const TrustStore *store)
{
  TrustWhyStore *row = g_new0 (TrustWhyStore, 1);
  gboolean is_trusted = trust_anchor_set_lookup (store->set, &why->fingerprint) != NULL;
  const TrustAnchor *anchor = NULL;
  const char *own = find_own (why, store, &anchor);
  g_autofree char *path = own != NULL ? trust_text_printable (own, 0) : NULL;

  row->name = g_strdup (store->name);
  row->sees = is_trusted ? TRUST_SEES_TRUSTED : is_refused (why, store->set) ? TRUST_SEES_DISTRUSTED : TRUST_SEES_ABSENT;
  if (store->fault != NULL)
    row->why = g_strdup_printf ("the store is empty: %s", store->fault);
  else if (row->sees == TRUST_SEES_DISTRUSTED)
    row->why = path != NULL && why->status != TRUST_STATUS_DISTRUSTED ? g_strdup_printf ("%s refuses it", path)
                                                                      : g_strdup ("the system refuses it, and that holds in every store");
  else if (!is_trusted && anchor != NULL && trust_ended_has (snapshot->ended, anchor, snapshot->time))
    row->why = g_strdup_printf ("%s trusted it until a date, and that trust has ended", path);
  else if (path != NULL)
    row->why = g_strdup_printf (is_trusted ? "%s trusts it" : "%s names it, and gives no purpose that counts here", path);
  else if (is_trusted)
    row->why = g_strdup ("it inherits the system's anchors");
  else if (!store->inherits)
    row->why = g_strdup ("it does not inherit the system's anchors, and its own files do not name it");
  else
    row->why = g_strdup (trust_anchor_set_lookup (snapshot->set, &why->fingerprint) != NULL ? "it is narrowed to other purposes"
                                                                                            : "the system does not trust it");
  g_ptr_array_add (why->stores, row);
}

TrustWhy *
trust_why_new (TrustRoot *root, const TrustSnapshot *snapshot, const TrustFingerprint *fingerprint)
{
  TrustWhy *why = g_new0 (TrustWhy, 1);
  g_auto (GStrv) losses = NULL;

  why->fingerprint = *fingerprint;
  why->sources = g_ptr_array_new_with_free_func (source_free);
  why->consumers = g_ptr_array_new_with_free_func (consumer_free);
  why->stores = g_ptr_array_new_with_free_func (store_free);
  trust_why_fill_sources (why, root, snapshot);
  losses = find_losses (why, snapshot);
  for (guint i = 0; i < snapshot->consumers->len; i++)
    add_consumer (why, snapshot, snapshot->consumers->pdata[i], losses);
  for (guint i = 0; i < snapshot->stores->len; i++)
    add_store (why, snapshot, snapshot->stores->pdata[i]);
  return why;
}
