/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* render-format [OPTION]... FORMAT OUT FILE...: writes OUT, a file or a new folder, of the certificates in FILEs (PEM or DER), as anchors for TLS
 * servers; prints "left out FINGERPRINT" for what the format can't hold. --refuse FILE: refused ones; --label TEXT: of all anchors; --set KEY=VALUE:
 * an option of the format. --list: the names of all formats, those that are folders with a "/" behind. --read FORMAT FILE: what is read from it. */
#include "core/emitters/emitter.h"
#include "core/intake.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define NOW G_GINT64_CONSTANT (1800000000)

static char **refused, **settings, *label;
static gboolean is_list, is_read;

static GPtrArray *
load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *found = NULL;
  gsize size = 0;

  if (g_file_get_contents (path, &text, &size, &error))
    found = trust_intake_decode (text, size, &error);
  if (found == NULL)
    g_error ("%s: %s", path, error->message);
  return found;
}

static TrustAnchorSet *
make_set (char **files)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autoptr (TrustSettings) trust = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  TrustNote *note = trust_note_new (label, NULL, NULL, 0);

  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) found = load (files[i]);

      for (guint j = 0; j < found->len; j++)
        g_ptr_array_add (anchors, trust_anchor_new (found->pdata[j], trust, origin, note));
    }
  for (guint i = 0; refused != NULL && refused[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) found = load (refused[i]);
      TrustSpan none = { NULL, 0 };

      for (guint j = 0; j < found->len; j++)
        {
          const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (found->pdata[j]);

          g_ptr_array_add (distrusts, trust_distrust_new (fingerprint, NULL, none, none, found->pdata[j], origin, NULL));
        }
    }
  g_clear_pointer (&note, trust_note_unref);
  return trust_anchor_set_new (anchors, distrusts);
}

static GHashTable *
make_options (const TrustEmitter *emitter)
{
  GHashTable *options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (settings[i], "=", 2);
      const TrustEmitterOption *option = emitter->options;

      while (option != NULL && option->key != NULL && !g_str_equal (option->key, parts[0]))
        option++;
      if (option == NULL || option->key == NULL)
        g_error ("%s has no option %s", emitter->name, parts[0]);
      if (option->find_fault != NULL && option->find_fault (parts[1]) != NULL)
        g_error ("%s: %s", settings[i], option->find_fault (parts[1]));
      g_hash_table_insert (options, g_strdup (parts[0]), g_strdup (parts[1]));
    }
  return options;
}

static void
save (const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  const char *data = g_bytes_get_data (bytes, NULL);

  if (!g_file_set_contents (path, data != NULL ? data : "", (gssize) g_bytes_get_size (bytes), &error))
    g_error ("%s", error->message);
}

static void
render (const TrustEmitter *emitter, const char *out, char **files)
{
  g_autoptr (TrustAnchorSet) set = make_set (files), fits = NULL;
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);
  g_autoptr (GHashTable) options = make_options (emitter);
  TrustEmitterInput input = { .options = options };

  fits = trust_emitter_fit (emitter, set, trust_emitter_is_flat (emitter) ? "server-auth" : NULL, &trust_loss_policy_default, NOW, losses);
  input.set = fits;
  for (guint i = 0; i < losses->len; i++)
    {
      const TrustLoss *loss = losses->pdata[i];
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&loss->fingerprint, hex);
      if (loss->left_out)
        g_print ("left out %s\n", hex);
    }
  if (!emitter->is_folder)
    {
      g_autoptr (GBytes) bytes = trust_emitter_write (emitter, &input, NULL);

      save (out, bytes);
      return;
    }
  emitter->list (&input, entries);
  if (g_mkdir (out, 0755) != 0)
    g_error ("%s can't be made", out);
  for (guint i = 0; i < entries->len; i++)
    {
      const TrustEntry *entry = entries->pdata[i];
      g_autofree char *path = g_build_filename (out, entry->name, NULL);

      if (entry->link == NULL)
        save (path, entry->bytes);
      else if (symlink (entry->link, path) != 0)
        g_error ("%s can't be made", path);
    }
}

/* Ends with 1 if it can't be told. */
static int
print_read (const TrustEmitter *emitter, const char *path)
{
  g_autoptr (GArray) certificates = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  g_autofree char *text = NULL;
  char hex[TRUST_FINGERPRINT_HEX];
  gsize size = 0;

  if (!g_file_get_contents (path, &text, &size, NULL) || emitter->read == NULL || !emitter->read (text, size, certificates))
    return 1;
  for (guint i = 0; i < certificates->len; i++)
    {
      trust_fingerprint_to_hex (&g_array_index (certificates, TrustFingerprint, i), hex);
      g_print ("%s\n", hex);
    }
  return 0;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = { { "refuse", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &refused, NULL, NULL },
                                   { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &settings, NULL, NULL },
                                   { "label", 0, 0, G_OPTION_ARG_FILENAME, &label, NULL, NULL },
                                   { "list", 0, 0, G_OPTION_ARG_NONE, &is_list, NULL, NULL },
                                   { "read", 0, 0, G_OPTION_ARG_NONE, &is_read, NULL, NULL },
                                   { NULL, 0, 0, 0, NULL, NULL, NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const TrustEmitter *emitter = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, NULL) || (!is_list && argc < 3))
    g_error ("use: render-format [OPTION]... FORMAT OUT FILE...");
  for (guint i = 0; is_list && trust_emitters[i] != NULL; i++)
    g_print ("%s%s\n", trust_emitters[i]->name, trust_emitters[i]->is_folder ? "/" : "");
  emitter = is_list ? NULL : trust_emitter_find (argv[1]);
  if (is_list)
    return 0;
  if (emitter == NULL)
    g_error ("there is no format %s", argv[1]);
  if (is_read)
    return print_read (emitter, argv[2]);
  render (emitter, argv[2], argv + 3);
  g_strfreev (refused);
  g_strfreev (settings);
  g_free (label);
  return 0;
}
