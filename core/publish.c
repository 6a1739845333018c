/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/publish.h"

#include "core/consumers/bare.h"
#include "core/consumers/consumer.h"
#include "core/consumers/own.h"
#include "core/consumers/placed.h"
#include "core/error.h"
#include "core/outside.h"
#include "core/stood.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct
{
  const TrustConsumer *consumer;
  TrustConsumerState *state; /* (owned) */
  char *name;                /* (owned) (nullable) of one that a file describes */
  gboolean settled;          /* it shows what was published last */
} Slot;

struct _TrustPublisher
{
  TrustRoot *root;     /* (owned) */
  GArray *slots;       /* (owned) of Slot */
  gboolean listed;     /* what earlier runs have placed has slots */
  TrustSnapshot *bare; /* (owned) (nullable) while files are handed back: what the distribution's tool alone would have */
};

TrustPublisher *
trust_publisher_new (TrustRoot *root, TrustDistributionKind distribution)
{
  TrustPublisher *publisher = g_new0 (TrustPublisher, 1);

  publisher->root = trust_root_ref (root);
  publisher->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  for (guint i = 0; trust_consumers[i] != NULL; i++)
    if (trust_consumers[i]->distributions & (1u << distribution))
      {
        Slot slot = { trust_consumers[i], trust_consumers[i]->open (root), NULL, FALSE };

        g_array_append_val (publisher->slots, slot);
      }
  return publisher;
}

void
trust_publisher_free (TrustPublisher *publisher)
{
  if (publisher == NULL)
    return;
  for (guint i = 0; i < publisher->slots->len; i++)
    {
      Slot *slot = &g_array_index (publisher->slots, Slot, i);

      slot->consumer->close (slot->state);
      g_free (slot->name);
    }
  g_array_unref (publisher->slots);
  g_clear_pointer (&publisher->bare, trust_snapshot_unref);
  trust_root_unref (publisher->root);
  g_free (publisher);
}

static Slot *
find_slot (TrustPublisher *publisher, const char *name)
{
  for (guint i = 0; i < publisher->slots->len; i++)
    {
      Slot *slot = &g_array_index (publisher->slots, Slot, i);

      if (g_strcmp0 (slot->name, name) == 0)
        return slot;
    }
  return NULL;
}

static void
add_slot (TrustPublisher *publisher, const char *name)
{
  Slot slot = { &trust_consumer_placed, NULL, NULL, FALSE };

  if (find_slot (publisher, name) != NULL)
    return;
  slot.state = trust_placed_open (publisher->root, name);
  slot.name = g_strdup (name);
  g_array_append_val (publisher->slots, slot);
}

/* What is enabled, or was once, or should be and has a fault, has a slot. */
static void
add_slots (TrustPublisher *publisher, const TrustSnapshot *next)
{
  g_autoptr (GPtrArray) names = publisher->listed ? NULL : trust_manifest_list (publisher->root);

  for (guint i = 0; names != NULL && i < names->len; i++)
    add_slot (publisher, names->pdata[i]);
  publisher->listed = TRUE;
  for (guint i = 0; i < next->placed->len; i++)
    {
      const TrustPlaced *placed = next->placed->pdata[i];

      if (placed->enabled || placed->fault != NULL)
        add_slot (publisher, placed->name);
    }
}

/* Is there nothing to say of a consumer that a file describes? It is not enabled. */
static gboolean
is_silent (const Slot *slot, const TrustConsumerStatus *status)
{
  return slot->name != NULL && !status->enabled && !status->handed_back && status->fault == NULL && status->drift->len == 0;
}

/* Our `!` lines go first: they would keep files from the tool. */
static gboolean
make_bare (TrustPublisher *publisher, const TrustSnapshot *next, GError **error)
{
  g_autoptr (GPtrArray) deselected = NULL, released = NULL, none = NULL;

  if (publisher->bare != NULL)
    return TRUE;
  deselected = trust_outside_read_names (publisher->root, TRUST_OUTSIDE_DESELECTED);
  released = trust_outside_read_names (publisher->root, TRUST_OUTSIDE_RELEASED);
  none = g_ptr_array_new ();
  if (deselected->len + released->len > 0 && !trust_outside_deselect (publisher->root, none, error))
    return FALSE;
  publisher->bare = trust_bare_snapshot_new (publisher->root, next, error);
  return publisher->bare != NULL;
}

/* NEXT says that the files are the distribution's tool's: once as that would have them, then never written. With a mark that nobody understands,
 * nothing is touched. */
static gboolean
hand_back (TrustPublisher *publisher, Slot *slot, TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
           GError **error)
{
  const TrustPlaced *placed = slot->name != NULL ? trust_placed_find (next->placed, slot->name) : NULL;
  gboolean has_any = slot->consumer->has_any (slot->state), is_meant = slot->name == NULL || (placed != NULL && placed->enabled);

  status->current = TRUE;
  if (next->handback->fault != NULL)
    {
      status->enabled = has_any;
      if (!has_any && !is_meant)
        return TRUE;
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, next->handback->fault);
      return FALSE;
    }
  status->handed_back = has_any || is_meant;
  if (!has_any || (flags & TRUST_PUBLISH_REMOVALS))
    return TRUE;
  *wrote = TRUE;
  if (flags & TRUST_PUBLISH_LOOK)
    return TRUE;
  return make_bare (publisher, next, error) && slot->consumer->release (slot->state, publisher->bare, status, wrote, error);
}

/* All consumers are gone through. */
static void
finish_hand_back (TrustPublisher *publisher, const TrustSnapshot *next)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&publisher->bare, trust_snapshot_unref);
  if (trust_handback_is_on (next->handback) && !trust_stood_drop_folders (publisher->root, &error))
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "Folders that anchord made are left: %s", error->message);
}

/* One consumer to NEXT. Its status is added to NEXT's, except in the first of two passes. */
static gboolean
publish_slot (TrustPublisher *publisher, Slot *slot, TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote, GError **error)
{
  TrustConsumerStatus *status = trust_consumer_status_new (slot->name != NULL ? slot->name : slot->consumer->id);
  g_autoptr (GError) local = NULL;

  slot->settled = next->handback != NULL && slot->consumer->release != NULL
                      ? hand_back (publisher, slot, next, flags, status, wrote, &local)
                      : slot->consumer->publish (slot->state, next, flags, status, wrote, &local);
  if (!slot->settled)
    {
      status->current = FALSE;
      g_free (status->fault);
      status->fault = g_strdup (local->message);
    }
  if ((flags & TRUST_PUBLISH_REMOVALS) || is_silent (slot, status))
    trust_consumer_status_free (status);
  else
    g_ptr_array_add (next->consumers, status);
  if (local != NULL && error != NULL && *error == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s: ", slot->name != NULL ? slot->name : slot->consumer->id);
  return slot->settled;
}

static gboolean
publish_all (TrustPublisher *publisher, TrustSnapshot *next, gboolean incremental, TrustPublishFlags flags, gboolean *wrote, GError **error)
{
  gboolean ok = TRUE;

  add_slots (publisher, next);
  for (guint i = 0; i < publisher->slots->len; i++)
    {
      Slot *slot = &g_array_index (publisher->slots, Slot, i);
      g_autoptr (GError) local = NULL;

      if (!publish_slot (publisher, slot, next, flags | (incremental && slot->settled ? TRUST_PUBLISH_INCREMENTAL : 0), wrote, &local))
        {
          ok = FALSE;
          if (error != NULL && *error == NULL)
            g_propagate_error (error, g_steal_pointer (&local));
        }
    }
  if (!(flags & TRUST_PUBLISH_REMOVALS))
    finish_hand_back (publisher, next);
  return ok;
}

/* What a step does, over all sets that are published. */
typedef struct
{
  gboolean removes;
  gboolean adds;
} Step;

/* What OLD and NEXT have in common, and NEXT's distrusts. Returns: (transfer full). */
static TrustAnchorSet *
intersect (const TrustAnchorSet *old, TrustAnchorSet *next, Step *step)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new ();
  guint n_old = trust_anchor_set_get_n_anchors (old), n_next = trust_anchor_set_get_n_anchors (next), i = 0;
  Step own = { FALSE, FALSE };

  for (guint j = 0; old != next && j < n_next; j++)
    {
      TrustAnchor *after = trust_anchor_set_get_anchor (next, j), *before = NULL;
      int order = 1;

      while (i < n_old
             && (order = trust_fingerprint_compare (trust_anchor_get_fingerprint (before = trust_anchor_set_get_anchor (old, i)),
                                                    trust_anchor_get_fingerprint (after)))
                    < 0)
        {
          own.removes = TRUE;
          i++;
        }
      if (i == n_old || order != 0)
        {
          own.adds = TRUE;
          continue;
        }
      i++;
      if (before == after || trust_settings_equal (trust_anchor_get_settings (before), trust_anchor_get_settings (after)))
        g_ptr_array_add (anchors, trust_anchor_ref (after));
      else
        {
          g_autoptr (TrustSettings) both = trust_settings_intersect (trust_anchor_get_settings (before), trust_anchor_get_settings (after));

          own.removes = own.removes || !trust_settings_equal (both, trust_anchor_get_settings (before));
          own.adds = own.adds || !trust_settings_equal (both, trust_anchor_get_settings (after));
          if (!trust_purposes_is_empty (trust_settings_get_purposes (both)))
            g_ptr_array_add (anchors, trust_anchor_with_settings (after, both));
        }
    }
  own.removes = own.removes || (old != next && i < n_old);
  step->removes |= own.removes;
  step->adds |= own.adds;
  if (!own.adds)
    return trust_anchor_set_ref (next);
  for (guint j = 0; j < trust_anchor_set_get_n_distrusts (next); j++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (next, j));
  return trust_anchor_set_new (anchors, distrusts);
}

/* What both sets of a snapshot or a store, and of the one before, have in common. */
static void
intersect_both (TrustAnchorSet *old_set, TrustAnchorSet *old_flat, TrustAnchorSet *set, TrustAnchorSet *flat, TrustAnchorSet **set_out,
                TrustAnchorSet **flat_out, Step *step)
{
  *set_out = intersect (old_set, set, step);
  *flat_out = old_set == old_flat && set == flat ? trust_anchor_set_ref (*set_out) : intersect (old_flat, flat, step);
}

/* STORE as it is while only removals are shown. */
static TrustStore *
intersect_store (const TrustStore *old, const TrustStore *store, Step *step)
{
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (TrustAnchorSet) flat = NULL;

  intersect_both (old->set, old->flat, store->set, store->flat, &set, &flat, step);
  return trust_store_with_sets (store, store->base, set, flat, store->made, store->next);
}

/* Of NEXT's consumers those that were enabled before, as they are now: the others show nothing yet. */
static void
take_common_placed (TrustSnapshot *first, const TrustSnapshot *previous, const TrustSnapshot *next)
{
  g_autoptr (GPtrArray) common = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);

  for (guint i = 0; i < next->placed->len; i++)
    {
      TrustPlaced *placed = next->placed->pdata[i];
      const TrustPlaced *before = trust_placed_find (previous->placed, placed->name);

      if (placed->fault != NULL || (before != NULL && before->enabled))
        g_ptr_array_add (common, trust_placed_ref (placed));
    }
  trust_snapshot_take_placed (first, common);
}

/* The first of two passes from PREVIOUS to NEXT: what both have, everywhere; NULL if the step only adds or only takes away. */
static TrustSnapshot *
make_first (const TrustSnapshot *previous, const TrustSnapshot *next)
{
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (TrustAnchorSet) flat = NULL;
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);
  Step step = { FALSE, FALSE };
  TrustSnapshot *first = NULL;

  intersect_both (previous->set, previous->flat, next->set, next->flat, &set, &flat, &step);
  for (guint i = 0; i < next->stores->len; i++)
    {
      const TrustStore *store = next->stores->pdata[i], *old = trust_snapshot_find_store (previous, store->name);

      if (old != NULL)
        g_ptr_array_add (stores, intersect_store (old, store, &step));
      else
        step.adds = TRUE;
    }
  step.removes |= stores->len < previous->stores->len;
  if (!step.removes || !step.adds)
    return NULL;
  first = trust_snapshot_new (next->generation, next->distribution, set, next->states);
  g_clear_pointer (&first->flat, trust_anchor_set_unref);
  first->flat = g_steal_pointer (&flat);
  g_ptr_array_extend_and_steal (first->stores, g_steal_pointer (&stores));
  take_common_placed (first, previous, next);
  trust_snapshot_take_handback (first, next->handback);
  first->time = next->time;
  return first;
}

/* For units that want to know of it: set when everything is shown, and taken away by their service. Where there is none it stays, and costs no
 * more. */
static void
set_mark (TrustPublisher *publisher)
{
  TrustStat stat;
  int fd = trust_root_lstat (publisher->root, TRUST_PUBLISH_MARK, &stat)
               ? -1
               : trust_root_open (publisher->root, TRUST_PUBLISH_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW, 0644);

  if (fd >= 0)
    close (fd);
}

static gboolean
publish (TrustPublisher *publisher, TrustSnapshot *previous, TrustSnapshot *next, gboolean *wrote, GError **error)
{
  g_autoptr (TrustSnapshot) first = previous != NULL ? make_first (previous, next) : NULL;

  /* A consumer that fails here is brought up to date, or reported, by the second pass. */
  if (first != NULL)
    publish_all (publisher, first, TRUE, TRUST_PUBLISH_REMOVALS, wrote, NULL);
  g_ptr_array_set_size (next->consumers, 0);
  return publish_all (publisher, next, previous != NULL, 0, wrote, error);
}

gboolean
trust_publisher_publish (TrustPublisher *publisher, TrustSnapshot *previous, TrustSnapshot *next, GError **error)
{
  gboolean wrote = FALSE, ok = publish (publisher, previous, next, &wrote, error);

  /* Where it is not known what was published, a writer may have been killed before it said so. */
  if (wrote || previous == NULL)
    set_mark (publisher);
  return ok;
}

/* Adds the status of SLOT, with nothing written. */
static void
look_at_slot (TrustPublisher *publisher, Slot *slot, TrustSnapshot *snapshot)
{
  guint n = snapshot->consumers->len;
  TrustConsumerStatus *status = NULL;
  gboolean differs = FALSE, was_settled = slot->settled;

  publish_slot (publisher, slot, snapshot, TRUST_PUBLISH_LOOK, &differs, NULL);
  slot->settled = FALSE;
  if (snapshot->consumers->len == n)
    return;
  status = snapshot->consumers->pdata[n];
  status->current = status->current && !differs;
  slot->settled = was_settled && slot->name != NULL && status->current && status->drift->len == 0;
  /* A state that never wrote does not know the number; what shows exactly SNAPSHOT shows its generation. */
  if (status->current && status->enabled)
    status->generation = snapshot->generation;
  if (differs && status->fault == NULL)
    status->fault = slot->name != NULL ? g_strdup_printf ("its files are not what they should be; the next change, "
                                                          "or `anchorctl consumer repair %s`, "
                                                          "puts them right",
                                                          slot->name)
                                       : g_strdup ("its files are not what they should be; the next change puts them right");
}

gboolean
trust_publisher_heal (TrustPublisher *publisher, TrustSnapshot *snapshot, gboolean *changed_out, GError **error)
{
  gboolean wrote = FALSE, ok = TRUE;

  g_ptr_array_set_size (snapshot->consumers, 0);
  add_slots (publisher, snapshot);
  for (guint i = 0; i < publisher->slots->len; i++)
    {
      Slot *slot = &g_array_index (publisher->slots, Slot, i);
      gboolean quiet = slot->settled && (slot->consumer->is_settled == NULL || slot->consumer->is_settled (slot->state));
      g_autoptr (GError) local = NULL;

      if (slot->name != NULL && snapshot->handback == NULL)
        look_at_slot (publisher, slot, snapshot);
      else if (!publish_slot (publisher, slot, snapshot, quiet ? TRUST_PUBLISH_INCREMENTAL : 0, &wrote, &local))
        {
          ok = FALSE;
          if (error != NULL && *error == NULL)
            g_propagate_error (error, g_steal_pointer (&local));
        }
    }
  finish_hand_back (publisher, snapshot);
  if (wrote)
    set_mark (publisher);
  if (changed_out != NULL)
    *changed_out = wrote;
  return ok;
}

void
trust_publisher_look (TrustPublisher *publisher, TrustSnapshot *snapshot)
{
  g_ptr_array_set_size (snapshot->consumers, 0);
  add_slots (publisher, snapshot);
  for (guint i = 0; i < publisher->slots->len; i++)
    look_at_slot (publisher, &g_array_index (publisher->slots, Slot, i), snapshot);
}

gboolean
trust_publisher_repair (TrustPublisher *publisher, TrustSnapshot *snapshot, const char *name, gboolean force, GError **error)
{
  Slot *slot = NULL;
  gboolean wrote = FALSE;

  add_slots (publisher, snapshot);
  slot = find_slot (publisher, name);
  for (guint i = snapshot->consumers->len; i > 0; i--)
    if (g_str_equal (((TrustConsumerStatus *) snapshot->consumers->pdata[i - 1])->id, name))
      g_ptr_array_remove_index (snapshot->consumers, i - 1);
  if (slot != NULL && !publish_slot (publisher, slot, snapshot, TRUST_PUBLISH_REPAIR | (force ? TRUST_PUBLISH_FORCE : 0), &wrote, error))
    return FALSE;
  if (wrote)
    set_mark (publisher);
  return TRUE;
}

GHashTable *
trust_publisher_read_set (TrustPublisher *publisher)
{
  return trust_own_read_set (publisher->root);
}

gboolean
trust_publisher_shows_stores (TrustPublisher *publisher, const GPtrArray *stores)
{
  return trust_own_shows_stores (publisher->root, stores);
}

void
trust_publisher_tidy (TrustPublisher *publisher)
{
  for (guint i = 0; i < publisher->slots->len; i++)
    {
      Slot *slot = &g_array_index (publisher->slots, Slot, i);

      if (slot->consumer->tidy != NULL)
        slot->consumer->tidy (slot->state);
    }
}

GPtrArray *
trust_publisher_get_watched (TrustPublisher *publisher, const TrustSnapshot *snapshot)
{
  GPtrArray *watched = g_ptr_array_new ();

  for (guint i = 0; i < publisher->slots->len; i++)
    {
      const char *const *paths = g_array_index (publisher->slots, Slot, i).consumer->watched;

      for (guint n = 0; paths != NULL && paths[n] != NULL; n++)
        g_ptr_array_add (watched, (gpointer) (guintptr) paths[n]);
    }
  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];

      /* As many as administrators ever name. */
      for (guint n = 0; placed->enabled && n < placed->outputs->len; n++)
        g_ptr_array_add (watched, (gpointer) g_intern_string (((TrustPlacedOutput *) placed->outputs->pdata[n])->path));
    }
  return watched;
}
