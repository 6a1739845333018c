/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/why-sources.h"

#include "core/foreign.h"
#include "core/layers.h"
#include "core/text.h"

#include <string.h>

/* Files that do not count and are read all the same: anybody may ask, and some of them may be anybody's. */
#define MAX_READ 64u

/* An entry that speaks of the certificate, and its row. */
typedef struct
{
  TrustWhySource *row; /* (borrowed) */
  const TrustSourceState *state;
  const TrustSourceFile *file;
  const TrustAnchor *anchor;     /* (nullable) one of both is */
  const TrustDistrust *distrust; /* (nullable) */
  gboolean counts;
} Voice;

typedef struct
{
  TrustWhy *why;
  TrustRoot *root; /* (nullable) */
  const TrustSnapshot *snapshot;
  guint n_read;      /* files that do not count */
  GHashTable *masks; /* (owned) (nullable) */
  GArray *voices;    /* (owned) of Voice */
} Hearing;

TrustWhySource *
trust_why_add_source (TrustWhy *why, TrustLayer layer, const char *source, const char *path, TrustSays says, char *settings)
{
  TrustWhySource *row = g_new0 (TrustWhySource, 1);

  row->layer = layer;
  row->source = g_strdup (source);
  row->path = trust_text_printable (path, 0);
  row->says = says;
  row->settings = settings != NULL ? settings : g_strdup ("");
  row->label = g_strdup ("");
  row->reason = g_strdup ("");
  row->added_by = g_strdup ("");
  row->why = g_strdup ("");
  g_ptr_array_add (why->sources, row);
  return row;
}

static void
fill_note (TrustWhySource *row, const TrustNote *note)
{
  g_free (row->label);
  g_free (row->reason);
  g_free (row->added_by);
  row->label = trust_text_printable (trust_note_get_label (note), 0);
  row->reason = trust_text_printable (trust_note_get_reason (note), 0);
  row->added_by = trust_text_printable (trust_note_get_added_by (note), 0);
  row->added = trust_note_get_added (note);
}

static TrustWhySource *
hear (Hearing *hearing, const TrustSourceState *state, const TrustSourceFile *file, const TrustAnchor *anchor, const TrustDistrust *distrust,
      TrustSays says, char *settings)
{
  Voice voice = { NULL, state, file, anchor, distrust, trust_layers_counts (hearing->masks, state, file) };

  voice.row = trust_why_add_source (hearing->why, state->layer, state->source, trust_origin_get_path (file->origin), says, settings);
  g_array_append_val (hearing->voices, voice);
  return voice.row;
}

static void
hear_anchor (Hearing *hearing, const TrustSourceState *state, const TrustSourceFile *file, const TrustAnchor *anchor)
{
  TrustSays says = TRUST_SAYS_TRUSTS;

  if (file->status == TRUST_FILE_LAST_GOOD || state->held_back)
    says = TRUST_SAYS_HELD_BACK;
  if (trust_ended_has (hearing->snapshot->ended, anchor, hearing->snapshot->time))
    says = TRUST_SAYS_ENDED;
  if (!trust_layers_counts (hearing->masks, state, file))
    says = TRUST_SAYS_MASKED;
  fill_note (hear (hearing, state, file, anchor, NULL, says, trust_settings_describe (trust_anchor_get_settings (anchor))),
             trust_anchor_get_note (anchor));
}

/* Does DISTRUST name the certificate of WHY, of which only the fingerprint may be known? */
static gboolean
names (const TrustWhy *why, const TrustDistrust *distrust)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);

  if (why->certificate != NULL)
    return trust_distrust_names (distrust, why->certificate);
  return named != NULL && trust_fingerprint_equal (named, &why->fingerprint);
}

/* "certificate,key,serial": all that DISTRUST names. */
static char *
describe_distrust (const TrustDistrust *distrust)
{
  const char *parts[4] = { NULL };
  guint n = 0;

  if (trust_distrust_get_fingerprint (distrust) != NULL)
    parts[n++] = "certificate";
  if (trust_distrust_get_key_fingerprint (distrust) != NULL)
    parts[n++] = "key";
  if (trust_distrust_get_serial (distrust).size > 0)
    parts[n++] = "serial";
  return g_strjoinv (",", (char **) parts);
}

static void
hear_distrust (Hearing *hearing, const TrustSourceState *state, const TrustSourceFile *file, const TrustDistrust *distrust)
{
  TrustSays says = trust_layers_counts (hearing->masks, state, file) ? TRUST_SAYS_REFUSES : TRUST_SAYS_MASKED;

  fill_note (hear (hearing, state, file, NULL, distrust, says, describe_distrust (distrust)), trust_distrust_get_note (distrust));
}

/* Does FILE, of which nothing counts, hold the certificate? */
static gboolean
holds (Hearing *hearing, const TrustSourceFile *file)
{
  g_autoptr (GPtrArray) certificates = NULL;

  if ((file->status != TRUST_FILE_INSECURE && file->status != TRUST_FILE_UNPARSABLE && file->status != TRUST_FILE_PRIVATE_KEY)
      || hearing->root == NULL || ++hearing->n_read > MAX_READ)
    return FALSE;
  certificates = trust_foreign_read (hearing->root, file);
  for (guint i = 0; i < certificates->len; i++)
    if (trust_fingerprint_equal (trust_certificate_get_fingerprint (certificates->pdata[i]), &hearing->why->fingerprint))
      return TRUE;
  return FALSE;
}

/* Does FILE, of which nothing counts, speak of the certificate: by its name or its content? */
static gboolean
is_mute (Hearing *hearing, const TrustSourceFile *file)
{
  const char *path = trust_origin_get_path (file->origin), *slash = strrchr (path, '/');
  char hex[TRUST_FINGERPRINT_HEX];

  if (file->n_anchors + file->n_distrusts > 0 || slash == NULL || file->status == TRUST_FILE_MASKED)
    return FALSE;
  trust_fingerprint_to_hex (&hearing->why->fingerprint, hex);
  return g_ascii_strncasecmp (slash + 1, hex, strlen (hex)) == 0 || holds (hearing, file);
}

static void
hear_file (Hearing *hearing, const TrustSourceState *state, const TrustSourceFile *file)
{
  for (guint i = 0; i < file->n_anchors; i++)
    if (trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[i]), &hearing->why->fingerprint))
      hear_anchor (hearing, state, file, file->anchors[i]);
  for (guint i = 0; i < file->n_distrusts; i++)
    if (names (hearing->why, file->distrusts[i]))
      hear_distrust (hearing, state, file, file->distrusts[i]);
  if (is_mute (hearing, file))
    hear (hearing, state, file, NULL, NULL, TRUST_SAYS_NOTHING, NULL);
}

/* The certificate, if any entry of STATE has it. */
static TrustCertificate *
find_in_state (const TrustSourceState *state, const TrustFingerprint *fingerprint)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        if (trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[n]), fingerprint))
          return trust_anchor_get_certificate (file->anchors[n]);
      for (guint n = 0; n < file->n_distrusts; n++)
        {
          TrustCertificate *certificate = trust_distrust_get_certificate (file->distrusts[n]);

          if (certificate != NULL && trust_fingerprint_equal (trust_certificate_get_fingerprint (certificate), fingerprint))
            return certificate;
        }
    }
  return NULL;
}

static TrustCertificate *
find_certificate (const TrustSnapshot *snapshot, const TrustFingerprint *fingerprint)
{
  TrustCertificate *found = NULL;

  for (guint i = 0; found == NULL && i < snapshot->states->len; i++)
    found = find_in_state (snapshot->states->pdata[i], fingerprint);
  for (guint i = 0; found == NULL && i < snapshot->stores->len; i++)
    found = find_in_state (((TrustStore *) snapshot->stores->pdata[i])->state, fingerprint);
  return found;
}

/* Highest layer first; in a layer our own before other tools', refusals before trust, then by path. */
static int
compare_voices (gconstpointer a, gconstpointer b)
{
  const Voice *x = a, *y = b;

  if (x->state->layer != y->state->layer)
    return x->state->layer > y->state->layer ? -1 : 1;
  if ((x->distrust != NULL) != (y->distrust != NULL))
    return x->distrust != NULL ? -1 : 1;
  if (x->state->foreign != y->state->foreign)
    return x->state->foreign ? 1 : -1;
  return strcmp (x->row->path, y->row->path);
}

G_GNUC_PRINTF (2, 3)
static void
explain (const Voice *voice, const char *format, ...)
{
  va_list args;

  g_free (voice->row->why);
  va_start (args, format);
  voice->row->why = g_strdup_vprintf (format, args);
  va_end (args);
}

/* The link that hides FILE's name. */
static char *
find_mask (const Hearing *hearing, const TrustSourceFile *file)
{
  const char *path = trust_origin_get_path (file->origin), *name = strrchr (path, '/');

  for (guint s = 0; s < hearing->snapshot->states->len; s++)
    {
      const TrustSourceState *state = hearing->snapshot->states->pdata[s];

      for (guint i = 0; i < state->files->len; i++)
        {
          const TrustSourceFile *other = state->files->pdata[i];
          const char *other_path = trust_origin_get_path (other->origin);

          if (other->status == TRUST_FILE_MASKED && name != NULL && g_strcmp0 (strrchr (other_path, '/'), name) == 0)
            return trust_text_printable (other_path, 0);
        }
    }
  return g_strdup ("a link to /dev/null");
}

static const char *
layer_name (const Voice *voice)
{
  return trust_layer_get_name (voice->state->layer);
}

/* Why what does not count doesn't. */
static void
explain_silent (const Hearing *hearing, const Voice *voice)
{
  g_autofree char *what = NULL;

  if (voice->row->says == TRUST_SAYS_MASKED)
    {
      what = find_mask (hearing, voice->file);
      explain (voice, "%s hides it", what);
      return;
    }
  what = trust_text_printable (voice->file->fault != NULL ? voice->file->fault : trust_file_status_get_name (voice->file->status), 0);
  explain (voice, "nothing of it counts: %s", what);
}

/* Why VOICE, which counts, does not decide: TOP does. */
static void
explain_overruled (const Voice *voice, const Voice *top)
{
  if (top->distrust == NULL && voice->distrust != NULL)
    explain (voice, "the %s layer is higher, and trusts it: that lifts this refusal", layer_name (top));
  else if (top->distrust != NULL && voice->distrust == NULL)
    explain (voice, "%s refuses it in the %s layer, and a refusal wins in its layer and below", top->row->path, layer_name (top));
  else if (voice->state->layer == top->state->layer)
    explain (voice, "another entry of the same layer decides");
  else
    explain (voice, "the %s layer decides over the %s layer", layer_name (top), layer_name (voice));
}

static void
explain_anchor (const Voice *voice, TrustStatus status, guint n_deciding)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL, *fault = NULL;

  if (voice->row->says == TRUST_SAYS_ENDED)
    {
      date = g_date_time_new_from_unix_utc (trust_settings_get_until (trust_anchor_get_settings (voice->anchor)));
      text = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("?");
      explain (voice, "it is the highest layer's, and its trust ended %s: no lower layer's shines through", text);
    }
  else if (status == TRUST_STATUS_NOT_TRUSTED)
    explain (voice, n_deciding > 1 ? "the entries of the %s layer have no purpose in common" : "it is the highest layer's (%s), and names no purpose",
             layer_name (voice));
  else if (n_deciding > 1)
    explain (voice, "the %s layer is the highest that names it: what all of its entries allow counts", layer_name (voice));
  else
    explain (voice, "the %s layer is the highest that names it", layer_name (voice));
  if (voice->row->says != TRUST_SAYS_HELD_BACK)
    return;
  text = g_steal_pointer (&voice->row->why);
  fault = voice->file->fault != NULL ? trust_text_printable (voice->file->fault, 0) : g_strdup ("the last good set stands in for what is on disk");
  voice->row->why = g_strdup_printf ("%s (%s)", text, fault);
}

/* The highest refusal and trust that count: the first of each in the order of the rows. */
static const Voice *
find_first (const GArray *voices, gboolean distrust)
{
  for (guint i = 0; i < voices->len; i++)
    {
      const Voice *voice = &g_array_index (voices, Voice, i);

      if (voice->counts && (distrust ? voice->distrust != NULL : voice->anchor != NULL))
        return voice;
    }
  return NULL;
}

/* Does VOICE take part in the decision of TOP's kind and layer? */
static gboolean
takes_part (const Voice *voice, const Voice *top, gboolean ended)
{
  return voice->counts && voice->state->layer == top->state->layer && (voice->distrust != NULL) == (top->distrust != NULL)
         && (voice->distrust != NULL || voice->anchor != NULL) && (!ended || voice->row->says == TRUST_SAYS_ENDED);
}

static gboolean
has_ended (const GArray *voices, const Voice *top)
{
  for (guint i = 0; i < voices->len; i++)
    if (takes_part (&g_array_index (voices, Voice, i), top, TRUE))
      return TRUE;
  return FALSE;
}

static void
decide (Hearing *hearing)
{
  TrustWhy *why = hearing->why;
  const Voice *refusal = find_first (hearing->voices, TRUE), *trust = find_first (hearing->voices, FALSE), *top = NULL;
  guint n_deciding = 0;

  top = refusal != NULL && (trust == NULL || refusal->state->layer >= trust->state->layer) ? refusal : trust;
  if (top == NULL)
    why->status = hearing->voices->len > 0 ? TRUST_STATUS_NOT_TRUSTED : TRUST_STATUS_UNKNOWN;
  else if (top == refusal)
    why->status = TRUST_STATUS_DISTRUSTED;
  else if (has_ended (hearing->voices, top))
    why->status = TRUST_STATUS_ENDED;
  else
    why->status = trust_anchor_set_lookup (hearing->snapshot->set, &why->fingerprint) != NULL ? TRUST_STATUS_TRUSTED : TRUST_STATUS_NOT_TRUSTED;
  for (guint i = 0; top != NULL && i < hearing->voices->len; i++)
    n_deciding += takes_part (&g_array_index (hearing->voices, Voice, i), top, why->status == TRUST_STATUS_ENDED);
  for (guint i = 0; i < hearing->voices->len; i++)
    {
      const Voice *voice = &g_array_index (hearing->voices, Voice, i);

      voice->row->decides = top != NULL && takes_part (voice, top, why->status == TRUST_STATUS_ENDED);
      if (!voice->counts || (voice->anchor == NULL && voice->distrust == NULL))
        explain_silent (hearing, voice);
      else if (!voice->row->decides)
        explain_overruled (voice, top);
      else if (voice->distrust != NULL)
        explain (voice, "a refusal wins in its layer (%s) and below", layer_name (voice));
      else
        explain_anchor (voice, why->status, n_deciding);
    }
  if (top != NULL)
    why->decided_by = g_strdup (top->row->path[0] != '\0' ? top->row->path : top->row->source);
}

void
trust_why_fill_sources (TrustWhy *why, TrustRoot *root, const TrustSnapshot *snapshot)
{
  Hearing hearing = { why, root, snapshot, 0, trust_layers_find_masks (snapshot->states), g_array_new (FALSE, FALSE, sizeof (Voice)) };
  TrustCertificate *certificate = find_certificate (snapshot, &why->fingerprint);

  why->certificate = certificate != NULL ? trust_certificate_ref (certificate) : NULL;
  why->title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup ("");
  for (guint s = 0; s < snapshot->states->len; s++)
    {
      const TrustSourceState *state = snapshot->states->pdata[s];

      for (guint i = 0; i < state->files->len; i++)
        hear_file (&hearing, state, state->files->pdata[i]);
    }
  g_array_sort (hearing.voices, compare_voices);
  for (guint i = 0; i < hearing.voices->len; i++)
    why->sources->pdata[i] = g_array_index (hearing.voices, Voice, i).row;
  decide (&hearing);
  if (why->decided_by == NULL)
    why->decided_by = g_strdup ("");
  g_clear_pointer (&hearing.masks, g_hash_table_unref);
  g_array_unref (hearing.voices);
}
