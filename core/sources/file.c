/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/file.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/intake.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/sources/p11-persist.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* A file's content as read, and what it gave. */
typedef struct
{
  TrustSpan bytes;
  GPtrArray *anchors;    /* (owned) */
  GPtrArray *distrusts;  /* (owned) */
  GPtrArray *warnings;   /* (owned) of char* */
  gboolean says_nothing; /* certificates that this place gives no meaning to */
} Content;

/* One object for each mask, for the life of the process: thousands of files share it. */
static TrustSettings *
settings_for_mask (guint mask)
{
  static TrustSettings *shared[1u << TRUST_PURPOSE_LAST];
  static GMutex mutex;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  g_assert (mask < G_N_ELEMENTS (shared));
  if (shared[mask] == NULL)
    {
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);

      shared[mask] = trust_settings_new (purposes);
    }
  return shared[mask];
}

gboolean
trust_source_is_owner_safe (TrustRoot *root, guint32 uid)
{
  TrustStat top = { 0 };

  if (uid == 0)
    return TRUE;
  return !trust_root_is_system (root) && trust_root_stat (root, "/", &top) && top.uid == uid;
}

static gboolean
is_same_row (const TrustSourceFile *row, TrustFileStatus status, const TrustStat *stat, const char *fault)
{
  static const TrustStat none;

  return row->status == status && trust_stat_equal (&row->stat, stat != NULL ? stat : &none) && g_strcmp0 (row->fault, fault) == 0;
}

TrustSourceFile *
trust_source_make_row (const TrustSource *source, const char *path, TrustFileStatus status, const TrustStat *stat, char *fault,
                       TrustSourceFile *previous)
{
  TrustSourceFile *row = NULL;

  if (previous != NULL && is_same_row (previous, status, stat, fault))
    {
      g_free (fault);
      return trust_source_file_ref (previous);
    }
  row = g_new0 (TrustSourceFile, 1);
  g_atomic_ref_count_init (&row->refs);
  row->status = status;
  if (stat != NULL)
    row->stat = *stat;
  row->origin = trust_origin_new (source->layer, source->id, path, source->foreign);
  row->fault = fault;
  return row;
}

static gpointer *
take_pointers (GPtrArray *array, guint *n)
{
  gpointer *pointers = array->len > 0 ? g_memdup2 (array->pdata, array->len * sizeof (gpointer)) : NULL;

  /* A copy of the exact size: an array keeps room for sixteen. */
  *n = array->len;
  g_ptr_array_set_free_func (array, NULL);
  g_ptr_array_set_size (array, 0);
  return pointers;
}

void
trust_source_fill_row (TrustSourceFile *row, GPtrArray *anchors, GPtrArray *distrusts)
{
  if (anchors != NULL)
    row->anchors = (TrustAnchor **) take_pointers (anchors, &row->n_anchors);
  if (distrusts != NULL)
    row->distrusts = (TrustDistrust **) take_pointers (distrusts, &row->n_distrusts);
}

TrustSourceFile *
trust_source_make_last_good (TrustSourceFile *row, TrustSourceFile *good, char *fault, TrustSourceFile *previous)
{
  TrustSourceFile *made = NULL;

  if (previous != NULL && is_same_row (previous, TRUST_FILE_LAST_GOOD, &row->stat, fault)
      && memcmp (&previous->digest, &row->digest, sizeof row->digest) == 0)
    {
      g_free (fault);
      return trust_source_file_ref (previous);
    }
  made = g_new0 (TrustSourceFile, 1);
  g_atomic_ref_count_init (&made->refs);
  made->status = TRUST_FILE_LAST_GOOD;
  made->stat = row->stat;
  made->digest = row->digest;
  made->ends_with_newline = row->ends_with_newline;
  made->origin = trust_origin_ref (good->origin);
  made->fault = fault;
  made->n_anchors = good->n_anchors;
  made->n_distrusts = good->n_distrusts;
  made->anchors = g_memdup2 (good->anchors, good->n_anchors * sizeof (TrustAnchor *));
  made->distrusts = g_memdup2 (good->distrusts, good->n_distrusts * sizeof (TrustDistrust *));
  for (guint i = 0; i < made->n_anchors; i++)
    trust_anchor_ref (made->anchors[i]);
  for (guint i = 0; i < made->n_distrusts; i++)
    trust_distrust_ref (made->distrusts[i]);
  return made;
}

gboolean
trust_source_is_open (TrustRoot *root, const char *path)
{
  TrustStat link, target;

  if (!trust_root_lstat (root, path, &link) || !trust_root_stat (root, path, &target))
    return FALSE;
  return !trust_source_is_owner_safe (root, link.uid) || !trust_source_is_owner_safe (root, target.uid) || (target.mode & S_IWOTH) != 0;
}

char *
trust_source_find_insecurity (TrustRoot *root, const TrustFoundFile *found, const TrustStat *target)
{
  if (found->open_folder != NULL)
    {
      g_autofree char *shown = trust_text_printable (found->open_folder, 0);

      return g_strdup_printf ("others may write to its folder: chown root %s; chmod o-w %s", shown, shown);
    }
  if (!trust_source_is_owner_safe (root, target->uid) || !trust_source_is_owner_safe (root, found->link.uid))
    return g_strdup_printf ("%suid %u owns it, not root: it does not count (chown root it, if you trust it)",
                            S_ISLNK (found->link.mode) ? "it is a link, and " : "",
                            !trust_source_is_owner_safe (root, target->uid) ? target->uid : found->link.uid);
  if ((target->mode & 022) != 0)
    return g_strdup_printf ("mode %04o lets others write to it: it does not count (chmod go-w it, if you trust it)", target->mode & 07777);
  return NULL;
}

/* The distribution's own set is taken as it is. */
static char *
find_insecurity (TrustRoot *root, const TrustSource *source, const TrustFoundFile *found, const TrustStat *target)
{
  return source->guarded ? NULL : trust_source_find_insecurity (root, found, target);
}

static gboolean
has_private_key (TrustSpan bytes)
{
  gsize offset = 0;
  TrustPemBlock block = { 0 };

  if (memmem (bytes.data, bytes.size, "PRIVATE KEY-----", 16) == NULL)
    return FALSE;
  while (trust_pem_next (bytes, &offset, &block, NULL))
    if (trust_pem_label_is_private_key (&block))
      return TRUE;
  return FALSE;
}

/* What CERTIFICATE is trusted for where SPEC's folder alone says so. (transfer full) (nullable): nothing. */
static TrustSettings *
settings_of (const TrustFolderSpec *spec, const TrustCertificate *certificate)
{
  TrustSettings *all = settings_for_mask (spec->purposes);
  g_autoptr (TrustPurposes) own = spec->own_uses ? trust_p11_own_purposes (certificate, trust_settings_get_purposes (all)) : NULL;

  if (own == NULL || trust_purposes_equal (own, trust_settings_get_purposes (all)))
    return trust_settings_ref (all);
  return trust_purposes_is_empty (own) ? NULL : trust_settings_new (own);
}

static gboolean
read_certificates (const TrustFolderSpec *spec, TrustOrigin *origin, Content *content, GError **error)
{
  g_autoptr (GPtrArray) certificates = trust_intake_decode (content->bytes.data, content->bytes.size, error);
  gboolean with_key = trust_origin_get_layer (origin) != TRUST_LAYER_DISTRIBUTION;

  if (certificates == NULL)
    return FALSE;
  content->says_nothing = spec->persisted_only;
  for (guint i = 0; i < certificates->len && !spec->persisted_only; i++)
    {
      TrustCertificate *certificate = certificates->pdata[i];
      g_autoptr (TrustSettings) settings = spec->distrust ? NULL : settings_of (spec, certificate);
      TrustSpan none = { NULL, 0 };

      if (settings != NULL)
        g_ptr_array_add (content->anchors, trust_anchor_new (certificate, settings, origin, NULL));
      else if (!spec->distrust)
        g_ptr_array_add (content->warnings, g_strdup ("its own extKeyUsage allows nothing that certificates here are trusted for"));
      else
        /* An administrator's refusal of a CA covers its key, or the CA's cross-signs stay valid. */
        g_ptr_array_add (content->distrusts,
                         trust_distrust_new (trust_certificate_get_fingerprint (certificate),
                                             with_key && trust_certificate_is_ca (certificate) ? trust_certificate_get_key_fingerprint (certificate)
                                                                                               : NULL,
                                             none, none, certificate, origin, NULL));
    }
  return TRUE;
}

static gboolean
read_anchor_file (TrustOrigin *origin, Content *content, GError **error)
{
  if (!trust_anchor_file_parse (content->bytes, origin, content->anchors, content->distrusts, content->warnings, error))
    return FALSE;
  if (content->anchors->len == 0 || !g_str_has_suffix (trust_origin_get_path (origin), ".distrust"))
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it is named a distrust and holds an anchor: rename it");
  return FALSE;
}

static gboolean
read_content (const TrustFolderSpec *spec, TrustOrigin *origin, Content *content, GError **error)
{
  const char *path = trust_origin_get_path (origin);
  TrustP11Place place = spec->distrust                               ? TRUST_P11_PLACE_BLOCKLIST
                        : spec->persisted_only || spec->anchor_files ? TRUST_P11_PLACE_TOP
                                                                     : TRUST_P11_PLACE_ANCHORS;

  if (spec->anchor_files && trust_anchor_file_probe (content->bytes))
    return read_anchor_file (origin, content, error);
  if (spec->anchor_files && (g_str_has_suffix (path, ".distrust") || g_str_has_suffix (path, ".anchor")))
    {
      /* A plain certificate in a *.distrust would be taken for trust. */
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                           "it has no [Anchor] or [Distrust] head: a plain certificate must be named .pem or .crt");
      return FALSE;
    }
  if (trust_p11_persist_probe (content->bytes))
    return trust_p11_persist_parse (content->bytes, origin, settings_for_mask (spec->purposes), place, content->anchors, content->distrusts,
                                    content->warnings, error);
  if (spec->anchor_files && g_str_has_suffix (path, ".p11-kit"))
    {
      /* A head that was lost or misspelt may have refused or limited it. */
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                           "it has no [p11-kit-object-v1] head: a plain certificate must be named .pem or .crt");
      return FALSE;
    }
  return read_certificates (spec, origin, content, error);
}

/* Text that nobody meant to be a certificate, in a folder where every file counts. */
static gboolean
is_other_text (const TrustFolderSpec *spec, TrustSpan bytes)
{
  return spec->suffixes == NULL && (bytes.size == 0 || bytes.data[0] != 0x30) && memmem (bytes.data, bytes.size, "-----BEGIN", 10) == NULL
         && !trust_p11_persist_probe (bytes);
}

/* ROW, not shared yet, gets what BYTES say. Returns what becomes of it: itself, or a row with the last good content.
 * (transfer full) */
static TrustSourceFile *
fill_from_bytes (TrustSourceFile *row, const TrustFolderSpec *spec, TrustSpan bytes, TrustSourceFile *previous)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  Content content = { bytes, anchors, distrusts, warnings, FALSE };

  if (read_content (spec, row->origin, &content, &error))
    {
      if (content.says_nothing)
        row->status = TRUST_FILE_IGNORED;
      if (content.says_nothing)
        g_ptr_array_add (warnings, g_strdup ("certificates directly in this folder are neither trusted nor distrusted: "
                                             "put the file into anchors/ or blocklist/ below it"));
      if (warnings->len > 0)
        {
          g_ptr_array_add (warnings, NULL);
          row->fault = g_strjoinv ("; ", (char **) warnings->pdata);
        }
      trust_source_fill_row (row, anchors, distrusts);
      return row;
    }
  if (g_error_matches (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY))
    row->status = TRUST_FILE_PRIVATE_KEY;
  else if (g_error_matches (error, TRUST_ERROR, TRUST_ERROR_POLICY) && (previous == NULL || previous->n_distrusts == 0))
    row->status = TRUST_FILE_UNPARSABLE; /* whole, and limited in a way that the last good content is not */
  else if (previous != NULL && previous->n_anchors + previous->n_distrusts > 0)
    {
      TrustSourceFile *good = trust_source_make_last_good (row, previous, g_strdup_printf ("%s; what it said before still counts", error->message),
                                                           previous);

      trust_source_file_unref (row);
      return good;
    }
  else
    row->status = is_other_text (spec, bytes) ? TRUST_FILE_IGNORED : TRUST_FILE_UNPARSABLE;
  if (row->status != TRUST_FILE_IGNORED)
    row->fault = g_strdup (error->message);
  return row;
}

/* A file that is there and could not be read. (transfer full) */
static TrustSourceFile *
unreadable (TrustSourceFile *row, const GError *error, TrustSourceFile *previous)
{
  TrustSourceFile *good = NULL;

  row->status = TRUST_FILE_UNPARSABLE;
  if (previous == NULL || previous->n_anchors + previous->n_distrusts == 0)
    {
      row->fault = g_strdup (error->message);
      return row;
    }
  good = trust_source_make_last_good (row, previous, g_strdup_printf ("%s; what it said before still counts", error->message), previous);
  trust_source_file_unref (row);
  return good;
}

static TrustSourceFile *
read_file (TrustRoot *root, const TrustSource *source, const TrustFoundFile *found, const TrustFolderSpec *spec, const TrustStat *target,
           TrustSourceFile *previous)
{
  g_autoptr (GError) error = NULL;
  TrustStat stat = *target;
  gsize limit = source->guarded ? TRUST_LIMIT_INPUT_BYTES : TRUST_LIMIT_ANCHOR_FILE_BYTES;
  g_autoptr (GBytes) bytes = trust_root_read (root, found->path, limit, &stat, &error);
  TrustSourceFile *row = NULL;
  char *insecurity = NULL;
  TrustSpan span = { NULL, 0 };

  if (bytes == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return NULL;
  row = trust_source_make_row (source, found->path, TRUST_FILE_TAKEN, bytes != NULL ? &stat : target, NULL, NULL);
  if (bytes == NULL)
    return unreadable (row, error, previous);
  span.data = g_bytes_get_data (bytes, &span.size);
  trust_fingerprint_of (span.data, span.size, &row->digest);
  /* An empty file needs no newline added either. */
  row->ends_with_newline = span.size == 0 || span.data[span.size - 1] == '\n';
  insecurity = find_insecurity (root, source, found, &stat);
  if (has_private_key (span))
    {
      row->status = TRUST_FILE_PRIVATE_KEY;
      row->fault = g_strdup ("it holds a private key: nothing of it counts; keep the key elsewhere, and replace it, for others "
                             "may have read it");
      g_free (insecurity);
      return row;
    }
  if (insecurity != NULL)
    {
      row->status = TRUST_FILE_INSECURE;
      row->fault = insecurity;
      return row;
    }
  return fill_from_bytes (row, spec, span, previous);
}

/* Is PREVIOUS still what a fresh look would give? A guarded file's last good content may have been the guard's doing: that is
 * looked at again. */
static gboolean
is_unchanged (const TrustSource *source, const TrustSourceFile *previous, const TrustStat *target, const char *insecurity)
{
  switch (previous->status)
    {
    case TRUST_FILE_MISSING:
    case TRUST_FILE_MASKED:
      return FALSE;
    case TRUST_FILE_LAST_GOOD:
      if (source->guarded)
        return FALSE;
      break;
    case TRUST_FILE_INSECURE:
      return insecurity != NULL && trust_stat_equal (&previous->stat, target) && g_strcmp0 (previous->fault, insecurity) == 0;
    case TRUST_FILE_PRIVATE_KEY:
      return trust_stat_equal (&previous->stat, target);
    default:
      break;
    }
  return insecurity == NULL && trust_stat_equal (&previous->stat, target);
}

static gboolean
has_suffix (const TrustFolderSpec *spec, const char *path)
{
  for (guint i = 0; spec->suffixes != NULL && spec->suffixes[i] != NULL; i++)
    if (g_str_has_suffix (path, spec->suffixes[i]))
      return TRUE;
  return spec->suffixes == NULL;
}

static gboolean
is_configuration (const TrustFolderSpec *spec, const char *path)
{
  return spec->configuration != NULL && g_str_equal (strrchr (path, '/') + 1, spec->configuration);
}

/* A row that its name, kind or link decides, without a look inside. NULL: it is a regular file to be read, at TARGET.
 * (transfer full) (nullable) */
static TrustSourceFile *
load_by_kind (TrustRoot *root, const TrustSource *source, const TrustFoundFile *found, const TrustFolderSpec *spec, TrustStat *target,
              TrustSourceFile *previous)
{
  *target = found->link;
  if (strchr (found->path, '\n') != NULL)
    return trust_source_make_row (source, found->path, TRUST_FILE_IGNORED, target,
                                  g_strdup ("its name has a line break, which no tool can read: rename it"), previous);
  if (S_ISLNK (found->link.mode) && spec->anchor_files)
    {
      g_autofree char *goal = trust_root_read_link (root, found->path);

      if (g_strcmp0 (goal, "/dev/null") == 0 && trust_source_is_owner_safe (root, found->link.uid) && found->open_folder == NULL)
        return trust_source_make_row (source, found->path, TRUST_FILE_MASKED, target, NULL, previous);
    }
  if (S_ISLNK (found->link.mode) && !trust_root_stat (root, found->path, target))
    return trust_source_make_row (source, found->path, TRUST_FILE_MISSING, NULL,
                                  g_strdup_printf ("it is a link that leads nowhere (%s)", g_strerror (errno)), previous);
  if (!S_ISREG (target->mode))
    return trust_source_make_row (source, found->path, TRUST_FILE_IGNORED, target, g_strdup ("it is not a regular file"), previous);
  if (!is_configuration (spec, found->path) && !has_suffix (spec, found->path))
    {
      g_autofree char *suffixes = g_strjoinv (", ", (char **) spec->suffixes);

      return trust_source_make_row (source, found->path, TRUST_FILE_IGNORED, target,
                                    g_strdup_printf ("its name does not end in %s: it is not read", suffixes), previous);
    }
  return NULL;
}

TrustSourceFile *
trust_source_load_file (TrustRoot *root, const TrustSource *source, const TrustFoundFile *found, const TrustFolderSpec *spec,
                        TrustSourceFile *previous)
{
  TrustStat target;
  TrustSourceFile *row = load_by_kind (root, source, found, spec, &target, previous);
  g_autofree char *insecurity = NULL;

  if (row != NULL)
    return row;
  insecurity = find_insecurity (root, source, found, &target);
  if (is_configuration (spec, found->path))
    return trust_source_make_row (source, found->path, insecurity != NULL ? TRUST_FILE_INSECURE : TRUST_FILE_IGNORED, &target,
                                  g_steal_pointer (&insecurity), previous);
  if (previous != NULL && is_unchanged (source, previous, &target, insecurity))
    return trust_source_file_ref (previous);
  return read_file (root, source, found, spec, &target, previous);
}

TrustSourceFile *
trust_source_make_file (const TrustSource *source, const TrustFolderSpec *spec, const char *path, TrustSpan bytes)
{
  TrustSourceFile *row = NULL;

  if (strchr (path, '\n') != NULL || (!is_configuration (spec, path) && !has_suffix (spec, path)))
    return NULL;
  row = trust_source_make_row (source, path, TRUST_FILE_TAKEN, NULL, NULL, NULL);
  /* A row without entries, as looking at it gives. */
  if (is_configuration (spec, path))
    {
      row->status = TRUST_FILE_IGNORED;
      return row;
    }
  trust_fingerprint_of (bytes.data, bytes.size, &row->digest);
  row->ends_with_newline = bytes.size == 0 || bytes.data[bytes.size - 1] == '\n';
  if (!has_private_key (bytes))
    return fill_from_bytes (row, spec, bytes, NULL);
  row->status = TRUST_FILE_PRIVATE_KEY;
  row->fault = g_strdup ("it holds a private key");
  return row;
}

TrustSourceFile *
trust_source_read_file (TrustRoot *root, const TrustSource *source, const char *path, const TrustFolderSpec *spec, TrustSourceFile *previous_file)
{
  TrustFoundFile found = { .path = path };
  TrustSourceFile *row = NULL;

  if (trust_root_lstat (root, path, &found.link))
    row = trust_source_load_file (root, source, &found, spec, previous_file);
  if (row != NULL)
    return row;
  return trust_source_make_row (source, path, TRUST_FILE_MISSING, NULL, g_strdup ("it is not there, but the list names it"), previous_file);
}
