/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/inputs.h"

#include "core/limits.h"
#include "core/sources/debian.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX ".crt"

static void
input_free (gpointer data)
{
  CompatInput *input = data;

  g_free (input->shown);
  g_free (input->target);
  g_free (input->name);
  g_clear_pointer (&input->bytes, g_bytes_unref);
  g_free (input);
}

void
compat_inputs_clear (CompatInputs *inputs)
{
  g_clear_pointer (&inputs->files, g_ptr_array_unref);
  g_clear_pointer (&inputs->deselected, g_ptr_array_unref);
}

gboolean
compat_inputs_has_conf (const CompatPlaces *places)
{
  TrustStat stat;

  return *places->conf.shown != '\0' && trust_root_stat (places->root, places->conf.path, &stat) && stat.size > 0;
}

/* The name of the link for a file: its own, with what a shell or a list might trip over replaced. */
static char *
link_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  if (g_str_has_suffix (base, SUFFIX) && strlen (base) > strlen (SUFFIX))
    base[strlen (base) - strlen (SUFFIX)] = '\0';
  for (char *p = base; *p != '\0'; p++)
    if (*p == ' ' || *p == ',')
      *p = '_';
    else if (*p == '(' || *p == ')')
      *p = '=';
  return g_strconcat (base, ".pem", NULL);
}

/* TAIL below PLACE, with or without a slash between: `find` adds one only where it is missing. */
static CompatInput *
input_new (const CompatPlaces *places, const CompatPlace *place, const char *slash, const char *tail)
{
  CompatInput *input = g_new0 (CompatInput, 1);

  input->shown = g_strconcat (place->shown, slash, tail, NULL);
  input->target = places->is_standard ? g_build_filename (place->path, tail, NULL) : g_strdup (input->shown);
  input->name = link_name (input->shown);
  return input;
}

static gboolean
take_file (CompatInputs *inputs, const CompatPlaces *places, const char *path, CompatInput *input, GError **error)
{
  input->bytes = trust_root_read (places->root, path, TRUST_LIMIT_INPUT_BYTES, NULL, error);
  g_ptr_array_add (inputs->files, input);
  return input->bytes != NULL;
}

/* A walk down one folder. */
typedef struct
{
  TrustRoot *root;  /* (borrowed) */
  GPtrArray *found; /* (borrowed) of owned char*: paths below the folder */
  TrustStat above[TRUST_LIMIT_FOLDER_DEPTH + 1];
} Walk;

static gboolean
is_inside_itself (const Walk *walk, const TrustStat *stat, guint depth)
{
  for (guint i = 0; i < depth; i++)
    if (walk->above[i].device == stat->device && walk->above[i].inode == stat->inode)
      return TRUE;
  return FALSE;
}

static void
walk_folder (Walk *walk, const char *path, const char *below, guint depth)
{
  g_autoptr (GPtrArray) names = NULL;

  if (depth > TRUST_LIMIT_FOLDER_DEPTH || !trust_root_stat (walk->root, path, &walk->above[depth]) || !S_ISDIR (walk->above[depth].mode)
      || is_inside_itself (walk, &walk->above[depth], depth))
    return;
  names = trust_root_list (walk->root, path);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *inner = g_build_filename (path, names->pdata[i], NULL);
      g_autofree char *tail = *below == '\0' ? g_strdup (names->pdata[i]) : g_build_filename (below, names->pdata[i], NULL);
      TrustStat stat;

      if (!trust_root_stat (walk->root, inner, &stat))
        continue;
      if (S_ISDIR (stat.mode))
        walk_folder (walk, inner, tail, depth + 1);
      else if (S_ISREG (stat.mode) && g_str_has_suffix (tail, SUFFIX) && strchr (tail, '\n') == NULL)
        g_ptr_array_add (walk->found, g_steal_pointer (&tail));
    }
}

/* As `sort` does: by the locale, and where that sees no difference by bytes. */
static int
compare_paths (gconstpointer a, gconstpointer b)
{
  const CompatInput *x = *(const CompatInput *const *) a, *y = *(const CompatInput *const *) b;
  int order = strcoll (x->shown, y->shown);

  return order != 0 ? order : strcmp (x->shown, y->shown);
}

/* Every .crt below PLACE, through links. */
static gboolean
take_folder (CompatInputs *inputs, const CompatPlaces *places, const CompatPlace *place, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free), sorted = g_ptr_array_new_with_free_func (input_free);
  Walk walk = { places->root, found, { { 0 } } };

  if (*place->shown != '\0')
    walk_folder (&walk, place->path, "", 0);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (sorted, input_new (places, place, g_str_has_suffix (place->shown, "/") ? "" : "/", found->pdata[i]));
  g_ptr_array_sort (sorted, compare_paths);
  g_ptr_array_set_free_func (sorted, NULL);
  for (guint i = 0; i < sorted->len; i++)
    {
      CompatInput *input = sorted->pdata[i];
      const char *tail = input->shown + strlen (place->shown);
      g_autofree char *path = g_build_filename (place->path, tail, NULL);

      if (!take_file (inputs, places, path, input, error))
        {
          for (guint k = i + 1; k < sorted->len; k++)
            input_free (sorted->pdata[k]);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
take_listed (CompatInputs *inputs, const CompatPlaces *places, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (places->certs.path, name, NULL);
  TrustStat stat;

  if (!trust_root_stat (places->root, path, &stat) || !S_ISREG (stat.mode))
    {
      fprintf (stderr, "W: %s/%s not found, but listed in %s.\n", places->certs.shown, name, places->conf.shown);
      return TRUE;
    }
  return take_file (inputs, places, path, input_new (places, &places->certs, "/", name), error);
}

static gboolean
take_conf (CompatInputs *inputs, const CompatPlaces *places, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (places->root, places->conf.path, TRUST_LIMIT_INPUT_BYTES, NULL, &local);
  g_autoptr (GPtrArray) selected = NULL, deselected = NULL;
  TrustSpan text = { NULL, 0 };

  if (bytes == NULL)
    {
      fprintf (stderr, "update-ca-certificates: cannot read %s: %s\n", places->conf.shown, local->message);
      return TRUE;
    }
  text.data = g_bytes_get_data (bytes, &text.size);
  deselected = trust_debian_parse_deselected (text);
  for (guint i = 0; i < deselected->len; i++)
    g_ptr_array_add (inputs->deselected, input_new (places, &places->certs, "/", deselected->pdata[i]));
  selected = trust_debian_parse_conf (text);
  for (guint i = 0; i < selected->len; i++)
    if (!take_listed (inputs, places, selected->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
compat_inputs_read (CompatInputs *inputs, const CompatPlaces *places, GError **error)
{
  inputs->files = g_ptr_array_new_with_free_func (input_free);
  inputs->deselected = g_ptr_array_new_with_free_func (input_free);
  return (!places->use_default || take_folder (inputs, places, &places->certs, error)) && take_conf (inputs, places, error)
         && take_folder (inputs, places, &places->local, error);
}

GString *
compat_inputs_bundle (const CompatInputs *inputs)
{
  GString *bundle = g_string_new (NULL);

  for (guint i = 0; i < inputs->files->len; i++)
    {
      gsize size = 0;
      const char *data = g_bytes_get_data (((const CompatInput *) inputs->files->pdata[i])->bytes, &size);

      g_string_append_len (bundle, data, (gssize) size);
      if (size > 0 && data[size - 1] != '\n')
        g_string_append_c (bundle, '\n');
    }
  return bundle;
}
