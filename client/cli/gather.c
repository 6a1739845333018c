/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/gather.h"

#include "client/cli/input.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  const GatherWish *wish;
  const FormatsClass *formats;
  Passphrases *passphrases; /* (owned) (nullable) */
  GHashTable *index;        /* (owned) fingerprint to the position in entries + 1 */
  GHashTable *contradicted; /* (owned) positions in entries */
  Gathered *gathered;
} Gathering;

static void
free_input (gpointer input)
{
  formats_load (NULL)->free_input (input); /* what made it is there */
}

void
gathered_free (Gathered *gathered)
{
  g_ptr_array_unref (gathered->entries);
  g_ptr_array_unref (gathered->passed);
  g_ptr_array_unref (gathered->failures);
  g_ptr_array_unref (gathered->notices);
  g_ptr_array_unref (gathered->inputs);
  g_free (gathered);
}

static Gathered *
gathered_new (void)
{
  Gathered *gathered = g_new0 (Gathered, 1);
  gathered->entries = g_ptr_array_new ();
  gathered->passed = g_ptr_array_new ();
  gathered->failures = g_ptr_array_new_with_free_func (g_free);
  gathered->notices = g_ptr_array_new_with_free_func (g_free);
  gathered->inputs = g_ptr_array_new_with_free_func (free_input);
  return gathered;
}

static gboolean
is_same (const FormatsEntry *a, const FormatsEntry *b)
{
  return a->kind == b->kind && g_bytes_equal (a->file, b->file);
}

/* With --keep-going neither is taken. */
static gboolean
contradict (Gathering *gathering, guint position, const FormatsEntry *next, GError **error)
{
  Gathered *gathered = gathering->gathered;
  const FormatsEntry *before = g_ptr_array_index (gathered->entries, position);
  g_autofree char *title = trust_text_printable (next->title, TRUST_LIMIT_DIALOG_CHARS);
  g_autofree char *message = g_strdup_printf (_ ("%s and %s say different things of %s; decide for one of them"), before->place, next->place,
                                              title[0] != '\0' ? title : next->fingerprint);
  if (!gathering->wish->keep_going)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, message);
      return FALSE;
    }
  g_ptr_array_add (gathered->failures, g_steal_pointer (&message));
  g_hash_table_add (gathering->contradicted, GUINT_TO_POINTER (position));
  return TRUE;
}

static gboolean
says_nothing (const FormatsEntry *entry)
{
  return entry->kind == FORMATS_ANCHOR && !entry->says_trust;
}

/* NEXT beside BEFORE, of the same certificate, which stands at POSITION. */
static gboolean
settle (Gathering *gathering, guint position, FormatsEntry *next, GError **error)
{
  Gathered *gathered = gathering->gathered;
  FormatsEntry *before = g_ptr_array_index (gathered->entries, position);
  if (says_nothing (next) || is_same (before, next))
    return TRUE;
  if (says_nothing (before))
    {
      g_ptr_array_index (gathered->entries, position) = next;
      return TRUE;
    }
  return contradict (gathering, position, next, error);
}

static gboolean
take_entry (Gathering *gathering, FormatsEntry *entry, GError **error)
{
  Gathered *gathered = gathering->gathered;
  if (entry->kind == FORMATS_UNTRUSTED)
    {
      g_ptr_array_add (gathered->passed, entry);
      return TRUE;
    }
  guint position = entry->fingerprint[0] == '\0' ? 0 : GPOINTER_TO_UINT (g_hash_table_lookup (gathering->index, entry->fingerprint));
  if (position > 0)
    return settle (gathering, position - 1, entry, error);
  if (gathered->entries->len >= TRUST_LIMIT_INPUT_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("more than %u certificates at once; split them"),
                   TRUST_LIMIT_INPUT_CERTIFICATES);
      return FALSE;
    }
  g_ptr_array_add (gathered->entries, entry);
  if (entry->fingerprint[0] != '\0')
    g_hash_table_insert (gathering->index, entry->fingerprint, GUINT_TO_POINTER (gathered->entries->len));
  return TRUE;
}

static void
take_texts (GPtrArray *to, GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (g_ptr_array_index (from, i)));
}

/* INPUT: (transfer full) (nullable). With --keep-going an input that cannot be read is a failure like an object of it; a private key or a pass phrase
 * that is missing ends everything. */
static gboolean
take_input (Gathering *gathering, FormatsInput *input, GError **error)
{
  Gathered *gathered = gathering->gathered;
  if (input == NULL)
    return FALSE;
  g_ptr_array_add (gathered->inputs, input);
  take_texts (gathered->failures, input->failures);
  take_texts (gathered->notices, input->notices);
  for (guint i = 0; i < input->entries->len; i++)
    if (!take_entry (gathering, g_ptr_array_index (input->entries, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
go_on (Gathering *gathering, GError **error)
{
  gboolean ends = g_error_matches (*error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY) || g_error_matches (*error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE);
  if (!gathering->wish->keep_going || ends)
    return FALSE;
  g_ptr_array_add (gathering->gathered->failures,
                   trust_text_is_plain ((*error)->message, 0) ? g_strdup ((*error)->message) : trust_text_printable ((*error)->message, 0));
  g_clear_error (error);
  return TRUE;
}

static FormatsWish
make_wish (const Gathering *gathering)
{
  const GatherWish *wish = gathering->wish;
  return (FormatsWish) { wish->named, wish->keep_going, wish->verbatim, gathering->passphrases != NULL ? passphrases_ask : NULL,
                         gathering->passphrases };
}

static gboolean
refuse_name (const char *name, const char *what, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s: %s", name, what);
  return FALSE;
}

/* As in the service's own folders: a file whose name says that it may refuse or limit a certificate is no plain one. Without the head that does so,
 * lost or misspelt, its certificate would be trusted. */
static gboolean
check_name (const char *path, const char *name, const FormatsInput *input, GError **error)
{
  gboolean refuses = g_str_has_suffix (path, ".distrust");
  if ((refuses || g_str_has_suffix (path, ".anchor")) && strcmp (input->format, "anchor") != 0)
    return refuse_name (name,
                        _ ("its name is that of an anchor or distrust file, but it has no [Anchor] or [Distrust] head; mend the head, or "
                           "call a plain certificate .pem or .crt"),
                        error);
  if (g_str_has_suffix (path, ".p11-kit") && strcmp (input->format, "p11-kit") != 0)
    return refuse_name (name,
                        _ ("its name is that of a p11-kit file, but it has no [p11-kit-object-v1] head; mend the head, or call a plain "
                           "certificate .pem or .crt"),
                        error);
  for (guint i = 0; refuses && i < input->entries->len; i++)
    if (((const FormatsEntry *) g_ptr_array_index (input->entries, i))->kind != FORMATS_DISTRUST)
      return refuse_name (name, _ ("its name is that of a distrust file, but it holds an anchor; rename it"), error);
  return TRUE;
}

static FormatsInput *
decode_file (Gathering *gathering, const char *path, const char *name, GBytes *bytes, GError **error)
{
  FormatsWish wish = make_wish (gathering);
  FormatsInput *input = gathering->formats->decode (bytes, name, &wish, error);
  if (input == NULL || check_name (path, name, input, error))
    return input;
  gathering->formats->free_input (input);
  return NULL;
}

static gboolean
take_file (Gathering *gathering, const char *path, GBytes *read, GError **error)
{
  g_autofree char *name = input_dup_name (path);
  g_autoptr (GBytes) bytes = read != NULL ? g_bytes_ref (read) : input_read (path, error);
  if (bytes == NULL)
    return FALSE;
  if (gathering->passphrases != NULL)
    passphrases_set_input (gathering->passphrases, bytes, name);
  return take_input (gathering, decode_file (gathering, path, name, bytes, error), error)
         && (gathering->passphrases == NULL || passphrases_keep (gathering->passphrases, error));
}

static gboolean
take_module (Gathering *gathering, const char *path, GError **error)
{
  FormatsWish wish = make_wish (gathering);
  g_autofree char *name = trust_text_printable (path, 0);
  return take_input (gathering, gathering->formats->decode_module (path, name, &wish, error), error);
}

static gboolean
take_all (Gathering *gathering, char **paths, GPtrArray *inputs, GError **error)
{
  for (guint i = 0; paths[i] != NULL; i++)
    if (!take_file (gathering, paths[i], inputs != NULL ? g_ptr_array_index (inputs, i) : NULL, error) && !go_on (gathering, error))
      return FALSE;
  return gathering->wish->module == NULL || take_module (gathering, gathering->wish->module, error) || go_on (gathering, error);
}

static void
drop_contradicted (Gathering *gathering)
{
  GPtrArray *entries = gathering->gathered->entries;
  guint kept = 0;
  for (guint i = 0; i < entries->len; i++)
    if (!g_hash_table_contains (gathering->contradicted, GUINT_TO_POINTER (i)))
      g_ptr_array_index (entries, kept++) = g_ptr_array_index (entries, i);
  g_ptr_array_set_size (entries, (int) kept);
}

Gathered *
gather (char **paths, GPtrArray *inputs, const GatherWish *wish, GError **error)
{
  const FormatsClass *formats = formats_load (error);
  if (formats == NULL)
    return NULL;
  g_autoptr (Gathered) gathered = gathered_new ();
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (Passphrases) passphrases = wish->passphrases != NULL ? passphrases_new (wish->passphrases) : NULL;
  g_autoptr (GHashTable) contradicted = g_hash_table_new (NULL, NULL);
  Gathering gathering = { wish, formats, passphrases, index, contradicted, gathered };
  g_autoptr (GError) failure = NULL;
  if (!take_all (&gathering, paths, inputs, &failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  drop_contradicted (&gathering);
  return g_steal_pointer (&gathered);
}

gboolean
gathered_says_trust (const Gathered *gathered)
{
  for (guint i = 0; i < gathered->entries->len; i++)
    if (((FormatsEntry *) g_ptr_array_index (gathered->entries, i))->says_trust)
      return TRUE;
  return FALSE;
}

gboolean
gathered_has_labels (const Gathered *gathered)
{
  for (guint i = 0; i < gathered->entries->len; i++)
    if (((FormatsEntry *) g_ptr_array_index (gathered->entries, i))->label != NULL)
      return TRUE;
  return FALSE;
}

GBytes *
gathered_to_pem (GPtrArray *entries)
{
  GString *pem = g_string_new (NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (entries, i);
      gsize size;
      const guint8 *der = entry->der == NULL ? NULL : g_bytes_get_data (entry->der, &size);
      if (der != NULL)
        trust_pem_append (pem, der, size, "CERTIFICATE");
    }
  return g_string_free_to_bytes (pem);
}

GVariant *
gathered_to_files (GPtrArray *entries)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (entries, i);
      g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, entry->file, TRUE));
    }
  return g_variant_builder_end (&builder);
}
