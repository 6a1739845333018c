/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"
#include "core/emitters/emitter.h"
#include "core/engine.h"
#include "core/error.h"
#include "core/intake.h"
#include "core/sources/p11-persist.h"
#include "core/text.h"

GPtrArray *
trust_engine_decode (const void *bytes, gsize size, GError **error)
{
  TrustSpan input = { bytes, size };

  /* They hold a PEM block as a plain file does, and what they say beside it (limits, or that it is refused) would be lost. */
  if (size > 0 && (trust_anchor_file_probe (input) || trust_p11_persist_probe (input)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "the input is no plain certificate but an anchor file or one of p11-kit's, which says itself what it is trusted for; import it, "
                   "or give the certificate alone");
      return NULL;
    }
  return trust_intake_decode (bytes, size, error);
}

gboolean
trust_engine_read_file (const void *bytes, gsize size, GPtrArray *anchors, GPtrArray *distrusts, GPtrArray *warnings, GError **error)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);

  return trust_anchor_file_parse ((TrustSpan) { bytes, size }, origin, anchors, distrusts, warnings, error);
}

/* Is it one file, and a whole one, and needs nothing beside the set? */
static gboolean
is_bundle (const TrustEmitter *emitter)
{
  for (guint i = 0; emitter->options != NULL && emitter->options[i].key != NULL; i++)
    if (emitter->options[i].is_needed)
      return FALSE;
  return !emitter->is_folder && !emitter->merges && !emitter->adds;
}

/* The formats of one file. Returns: (transfer full). */
static char *
dup_formats (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; trust_emitters[i] != NULL; i++)
    if (is_bundle (trust_emitters[i]))
      g_ptr_array_add (names, (gpointer) trust_emitters[i]->name);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static const TrustEmitter *
find_emitter (const char *format, GError **error)
{
  const TrustEmitter *emitter = trust_emitter_find (format);
  g_autofree char *formats = NULL, *shown = NULL;

  if (emitter != NULL && is_bundle (emitter))
    return emitter;
  formats = dup_formats ();
  shown = trust_text_printable (format, 64);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "There is no bundle format \"%s\"; there are: %s", shown, formats);
  return NULL;
}

/* The emitter of FORMAT, if it makes files for PURPOSE. */
static const TrustEmitter *
check_bundle (const char *purpose, const char *format, GError **error)
{
  const TrustEmitter *emitter = find_emitter (format, error);
  const char *const names[] = { purpose, NULL };
  g_autoptr (TrustPurposes) wanted = NULL;

  if (emitter == NULL || (*purpose == '\0' && !trust_emitter_is_flat (emitter)))
    return emitter;
  if (*purpose == '\0')
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   "A file in the format \"%s\" says nothing of purposes, so it is for one; name it, as server-auth", emitter->name);
      return NULL;
    }
  wanted = trust_purposes_new (names, error);
  return wanted != NULL ? emitter : NULL;
}

gboolean
trust_engine_check_bundle (const char *purpose, const char *format, GError **error)
{
  return check_bundle (purpose, format, error) != NULL;
}

/* The effective set of STORE and what flat files show of it, borrowed. */
static gboolean
find_sets (const TrustSnapshot *snapshot, const char *store, TrustAnchorSet **set, TrustAnchorSet **flat, GError **error)
{
  gboolean is_system = g_str_equal (store, TRUST_STORE_SYSTEM);
  const TrustStore *own = is_system ? NULL : trust_snapshot_find_store (snapshot, store);
  g_autofree char *shown = NULL;

  *set = own != NULL ? own->set : snapshot->set;
  *flat = own != NULL ? own->flat : snapshot->flat;
  if (is_system || own != NULL)
    return TRUE;
  shown = trust_text_printable (store, 64);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "There is no store \"%s\"; 'anchorctl store list' names those there are", shown);
  return FALSE;
}

/* What trust_emitter_fit() would leave of the set is known already: FLAT, of which PURPOSE is wanted. */
static void
render_flat (const TrustEmitter *emitter, const TrustAnchorSet *flat, const char *purpose, GString *out)
{
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (flat); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (flat, i);

      if (trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (anchor)), purpose))
        emitter->emit (anchor, out);
    }
}

GBytes *
trust_engine_render (const TrustSnapshot *snapshot, const char *store, const char *purpose, const char *format, GError **error)
{
  const TrustEmitter *emitter = check_bundle (purpose, format, error);
  TrustPurpose known = trust_purpose_find (purpose);
  g_autoptr (TrustAnchorSet) fits = NULL;
  TrustAnchorSet *set = NULL, *flat = NULL;
  TrustEmitterInput input;

  if (emitter == NULL || !find_sets (snapshot, store, &set, &flat, error))
    return NULL;
  if (emitter->emit != NULL)
    {
      GString *out = g_string_new (NULL);

      render_flat (emitter, flat, known != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (known) : purpose, out);
      return g_string_free_to_bytes (out);
    }
  fits = trust_emitter_fit (emitter, set, *purpose != '\0' ? purpose : NULL, &trust_loss_policy_default, snapshot->time, NULL);
  input = (TrustEmitterInput) { .set = fits, .purpose = *purpose != '\0' ? purpose : NULL, .snapshot = snapshot };
  return trust_emitter_write (emitter, &input, error);
}

GPtrArray *
trust_engine_losses (const TrustSnapshot *snapshot, const char *store, const char *purpose, const char *format, GError **error)
{
  const TrustEmitter *emitter = check_bundle (purpose, format, error);
  g_autoptr (GPtrArray) losses = NULL;
  g_autoptr (TrustAnchorSet) fits = NULL;
  TrustAnchorSet *set = NULL, *flat = NULL;

  if (emitter == NULL || !find_sets (snapshot, store, &set, &flat, error))
    return NULL;
  losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  fits = trust_emitter_fit (emitter, set, *purpose != '\0' ? purpose : NULL, &trust_loss_policy_default, snapshot->time, losses);
  return g_steal_pointer (&losses);
}
