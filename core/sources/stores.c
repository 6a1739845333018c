/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/stores.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/sources/file.h"
#include "core/store-conf.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

#define APP_FOLDER TRUST_STORES_FOLDER "/app"
#define SOURCE_HEAD "store-"

static const char *const suffixes[] = { ".anchor", ".distrust", ".pem", ".crt", ".cer", ".der", ".p11-kit", NULL };

const char *
trust_stores_get_source (const char *name)
{
  g_autofree char *id = g_strconcat (SOURCE_HEAD, name + strlen ("app/"), NULL);

  /* As many as administrators ever give names. */
  return g_intern_string (id);
}

G_GNUC_PRINTF (2, 3)
static void
add_fault (TrustSourceState *state, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (state->faults, g_strdup_vprintf (format, args));
  va_end (args);
}

/* The names in APP_FOLDER that are stores', within the limit. STATE (nullable) gets what is wrong with the others. */
static GPtrArray *
list_names (TrustRoot *root, TrustSourceState *state)
{
  g_autoptr (GPtrArray) entries = trust_root_list (root, APP_FOLDER);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  guint n_left = 0;

  if (entries == NULL && state != NULL && errno != ENOENT && errno != ENOTDIR)
    add_fault (state, "%s cannot be read: %s", APP_FOLDER, g_strerror (errno));
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const char *entry = entries->pdata[i];
      g_autofree char *name = g_strconcat ("app/", entry, NULL), *path = trust_store_dup_folder (name), *shown = trust_text_printable (path, 0);
      TrustStat stat;

      if (*entry == '.')
        continue;
      if (!trust_root_stat (root, path, &stat) || !S_ISDIR (stat.mode))
        {
          if (state != NULL)
            add_fault (state, "%s is no folder: a store is one, with a " TRUST_STORE_CONF " in it", shown);
        }
      else if (!trust_store_check_name (name, NULL))
        {
          if (state != NULL)
            add_fault (state, "%s is left out: its name may have letters, digits, dots, underscores and dashes only, at most 64", shown);
        }
      else if (names->len < TRUST_LIMIT_STORES)
        g_ptr_array_add (names, g_steal_pointer (&name));
      else
        n_left++;
    }
  if (n_left > 0 && state != NULL)
    add_fault (state, "%u stores are left out: at most %u are read", n_left, TRUST_LIMIT_STORES);
  return names;
}

TrustSourceState *
trust_stores_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  TrustSourceState *state = trust_source_state_new (source->id, source->layer, source->foreign);
  g_autoptr (GPtrArray) top = trust_root_list (root, TRUST_STORES_FOLDER);
  g_autoptr (GPtrArray) names = NULL;

  if (top == NULL)
    return state;
  for (guint i = 0; i < top->len; i++)
    {
      const char *name = top->pdata[i];
      g_autofree char *shown = trust_text_printable (name, 0);

      if (*name != '.' && !g_str_equal (name, "app"))
        add_fault (state, "%s/%s is left out: stores lie in %s", TRUST_STORES_FOLDER, shown, APP_FOLDER);
    }
  names = list_names (root, state);
  return state;
}

/* What the file of ROW says. A fault where it does not count. (transfer full) (nullable) */
static char *
read_conf (TrustRoot *root, const TrustSourceFile *row, TrustStoreConf *conf)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TrustSpan span = { NULL, 0 };
  TrustStat stat;

  if (row == NULL || row->status == TRUST_FILE_MASKED)
    return g_strdup ("it has no " TRUST_STORE_CONF);
  if (row->fault != NULL)
    return g_strdup_printf (TRUST_STORE_CONF ": %s", row->fault);
  bytes = trust_root_read (root, trust_origin_get_path (row->origin), TRUST_LIMIT_ANCHOR_FILE_BYTES, &stat, &error);
  if (bytes != NULL && !trust_stat_equal (&stat, &row->stat))
    return g_strdup (TRUST_STORE_CONF " changed while it was read");
  if (bytes != NULL)
    span.data = g_bytes_get_data (bytes, &span.size);
  if (bytes != NULL && trust_store_conf_parse (span, conf, &error))
    return NULL;
  return g_strdup_printf (TRUST_STORE_CONF ": %s", error->message);
}

/* A store that says nothing, or PREVIOUS where that is the same. (transfer full) */
static TrustStore *
make_faulty (const char *name, const char *fault, TrustStore *previous)
{
  g_autoptr (TrustSourceState) state = NULL;

  if (previous != NULL && previous->state->files->len == 0 && g_strcmp0 (previous->fault, fault) == 0)
    return trust_store_ref (previous);
  state = trust_source_state_new (trust_stores_get_source (name), TRUST_LAYER_ADMINISTRATOR, FALSE);
  return trust_store_new (name, FALSE, NULL, state, fault);
}

static TrustFolderSpec
make_spec (const char *folder)
{
  return (TrustFolderSpec) {
    .folder = folder, .suffixes = suffixes, .anchor_files = TRUE, .purposes = 1u << TRUST_PURPOSE_SERVER_AUTH, .configuration = TRUST_STORE_CONF
  };
}

TrustSourceFile *
trust_stores_make_file (const char *name, const char *path, TrustSpan bytes)
{
  g_autofree char *folder = trust_store_dup_folder (name);
  const TrustFolderSpec spec = make_spec (folder);
  const TrustSource source = { .id = trust_stores_get_source (name), .layer = TRUST_LAYER_ADMINISTRATOR };

  return trust_source_make_file (&source, &spec, path, bytes);
}

/* NULL: there is nothing in its folder. (transfer full) (nullable) */
static TrustStore *
load_store (TrustRoot *root, const char *name, const char *open_above, TrustStore *previous)
{
  g_autofree char *folder = trust_store_dup_folder (name), *conf_path = g_build_filename (folder, TRUST_STORE_CONF, NULL), *fault = NULL;
  TrustFolderSpec spec = make_spec (folder);
  const TrustSource source = {
    .id = trust_stores_get_source (name), .layer = TRUST_LAYER_ADMINISTRATOR, .load = trust_source_load_folders, .folders = &spec, .n_folders = 1
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustSourceState) state = NULL;
  g_auto (TrustStoreConf) conf = { FALSE, NULL };

  spec.open_above = open_above != NULL ? open_above : trust_source_is_open (root, folder) ? folder : NULL;
  state = trust_source_load (root, &source, previous != NULL ? previous->state : NULL, &error);
  if (state == NULL)
    return make_faulty (name, error->message, previous);
  if (state->files->len == 0)
    return NULL;
  if (previous != NULL && previous->state == state)
    return trust_store_ref (previous);
  fault = read_conf (root, g_hash_table_lookup (state->by_path, conf_path), &conf);
  return trust_store_new (name, conf.inherits, conf.narrowed, state, fault);
}

GPtrArray *
trust_stores_load (TrustRoot *root, const GPtrArray *previous)
{
  GPtrArray *stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);
  g_autoptr (GPtrArray) names = list_names (root, NULL);
  const char *open_above = NULL;

  if (names->len == 0)
    return stores;
  open_above = trust_source_is_open (root, TRUST_STORES_FOLDER) ? TRUST_STORES_FOLDER : trust_source_is_open (root, APP_FOLDER) ? APP_FOLDER : NULL;
  for (guint i = 0; i < names->len; i++)
    {
      TrustStore *before = previous != NULL ? trust_store_find (previous, names->pdata[i]) : NULL;
      TrustStore *store = load_store (root, names->pdata[i], open_above, before);

      if (store != NULL)
        g_ptr_array_add (stores, store);
    }
  return stores;
}

void
trust_stores_keep (TrustRoot *root, const GPtrArray *stores, GPtrArray *reports)
{
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) kept = trust_source_list_kept (root);

  for (guint i = 0; i < stores->len; i++)
    {
      const TrustStore *store = stores->pdata[i];
      g_autoptr (GError) error = NULL;

      g_hash_table_add (sources, (gpointer) store->state->source);
      if (!trust_source_keep (root, store->state, &error))
        g_ptr_array_add (reports, g_strdup (error->message));
    }
  for (guint i = 0; kept != NULL && i < kept->len; i++)
    {
      const char *id = kept->pdata[i];
      g_autoptr (GError) error = NULL;

      if (g_str_has_prefix (id, SOURCE_HEAD) && !g_hash_table_contains (sources, id) && !trust_source_forget (root, id, &error))
        g_ptr_array_add (reports, g_strdup (error->message));
    }
}
