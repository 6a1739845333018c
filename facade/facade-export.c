/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/facade-export.h"

#include "facade/sealed.h"

#include <string.h>
#include <unistd.h>

/* The last export. Who asks again gets the same file: a memfd is the service's memory for as long as anybody holds it. */
typedef struct
{
  GPtrArray *states; /* (owned) (nullable) of TrustSourceState: what it was made of; NULL: there is none */
  int fd;            /* (owned) */
  guint64 size;
} Kept;

static GMutex kept_lock;
static Kept kept;

/* With the lock held. */
static gboolean
is_kept (const TrustSnapshot *snapshot)
{
  return kept.states != NULL && kept.states->len == snapshot->states->len
         && (kept.states->len == 0 || memcmp (kept.states->pdata, snapshot->states->pdata, kept.states->len * sizeof (gpointer)) == 0);
}

/* With the lock held. */
static void
forget (void)
{
  if (kept.states == NULL)
    return;
  close (kept.fd);
  g_clear_pointer (&kept.states, g_ptr_array_unref);
}

void
trust_export_forget_others (TrustSnapshot *snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&kept_lock);

  if (!is_kept (snapshot))
    forget ();
}

/* FILES as a serialised aay, little-endian wherever it is made. Returns: (transfer full). */
static GBytes *
serialise (GPtrArray *files)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < files->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, files->pdata[i], TRUE));

  g_autoptr (GVariant) packed = g_variant_ref_sink (g_variant_builder_end (&builder));
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (packed);

  return g_variant_get_data_as_bytes (little);
#else
  return g_variant_get_data_as_bytes (packed);
#endif
}

/* With the lock held: two who ask at once get one file. */
static gboolean
make (const TrustSnapshot *snapshot, GError **error)
{
  g_autoptr (GPtrArray) files = trust_engine_export (snapshot);
  g_autoptr (GBytes) bytes = serialise (files);
  int fd = trust_sealed_new ("anchord-export", bytes, error);

  if (fd < 0)
    return FALSE;
  forget ();
  kept = (Kept) { g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref), fd, g_bytes_get_size (bytes) };
  for (guint i = 0; i < snapshot->states->len; i++)
    g_ptr_array_add (kept.states, trust_source_state_ref (snapshot->states->pdata[i]));
  return TRUE;
}

gboolean
trust_handle_export (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&kept_lock);
  int fd = is_kept (snapshot) || make (snapshot, error) ? trust_sealed_reopen (kept.fd, error) : -1;

  if (fd < 0)
    return FALSE;
  out->fds = g_unix_fd_list_new_from_array (&fd, 1);
  out->reply = g_variant_ref_sink (g_variant_new ("(htt)", 0, kept.size, snapshot->generation));
  return TRUE;
}
