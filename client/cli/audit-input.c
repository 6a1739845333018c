/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-input.h"

#include "client/cli/folder.h"
#include "client/cli/formats.h"
#include "client/cli/gather.h"
#include "client/cli/input.h"
#include "client/cli/nss-db.h"
#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

#define NSS_FILE "cert9.db"

typedef struct
{
  AuditInput *input;
  GVariantBuilder files;
  guint n;
  const PassphraseOptions *passphrases;
} Reading;

void
audit_input_free (AuditInput *input)
{
  g_clear_pointer (&input->files, g_variant_unref);
  g_hash_table_unref (input->unsaid);
  g_ptr_array_unref (input->failures);
  g_ptr_array_unref (input->notices);
  g_free (input);
}

static void
take (Reading *reading, const char *place, GBytes *file)
{
  g_variant_builder_open (&reading->files, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&reading->files, "{sv}", "place", g_variant_new_string (place));
  g_variant_builder_add (&reading->files, "{sv}", "bytes", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, file, TRUE));
  g_variant_builder_close (&reading->files);
  reading->n++;
}

static void
take_texts (GPtrArray *to, GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (g_ptr_array_index (from, i)));
}

static void
take_entry (Reading *reading, const FormatsEntry *entry)
{
  if (entry->kind == FORMATS_ANCHOR && !entry->says_trust)
    g_hash_table_add (reading->input->unsaid, g_strdup (entry->fingerprint));
  take (reading, entry->place, entry->file);
}

static gboolean
read_files (Reading *reading, char **paths, GError **error)
{
  GatherWish wish = { .passphrases = reading->passphrases, .keep_going = TRUE };
  g_autoptr (Gathered) gathered = gather (paths, NULL, &wish, error);
  if (gathered == NULL)
    return FALSE;
  for (guint i = 0; i < gathered->entries->len; i++)
    take_entry (reading, g_ptr_array_index (gathered->entries, i));
  take_texts (reading->input->failures, gathered->failures);
  take_texts (reading->input->notices, gathered->notices);
  return TRUE;
}

/* What the letters of one of NSS's three fields say: "C" for its servers' or mails' CAs, "T" for those of clients, "p" refused. */
static const char *const nss_purposes[] = { "server-auth", "email-protection", "code-signing" };

/* Returns: (transfer floating): a{sv} with the purposes; *IS_REFUSED: none, and it is refused. NULL: neither. */
static GVariant *
read_nss_trust (const char *trust, gboolean *is_refused)
{
  g_auto (GStrv) fields = g_strsplit (trust, ",", -1);
  g_autoptr (GStrvBuilder) purposes = g_strv_builder_new ();
  gboolean any = FALSE;
  *is_refused = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (nss_purposes) && fields[i] != NULL; i++)
    {
      if (strchr (fields[i], 'C') != NULL)
        g_strv_builder_add (purposes, nss_purposes[i]);
      if (i == 0 && strchr (fields[i], 'T') != NULL)
        g_strv_builder_add (purposes, "client-auth");
      any |= strpbrk (fields[i], "CT") != NULL;
      *is_refused |= strchr (fields[i], 'p') != NULL;
    }
  g_auto (GStrv) names = g_strv_builder_end (purposes);
  *is_refused = *is_refused && !any;
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  if (names[0] == NULL)
    return g_variant_dict_clear (&dict), NULL;
  g_variant_dict_insert (&dict, "purposes", "^as", names);
  return g_variant_dict_end (&dict);
}

/* The distrust of a certificate, as a file. */
static GBytes *
write_distrust (const char *fingerprint, GBytes *der)
{
  gsize size;
  const guchar *data = g_bytes_get_data (der, &size);
  g_autofree char *base64 = g_base64_encode (data, size);
  char *text = g_strdup_printf ("[Distrust]\nVersion=1\nSHA256=%s\nCertificate=%s\n", fingerprint, base64);
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
take_nss_entry (Reading *reading, const char *name, const NssEntry *entry, GError **error)
{
  const FormatsClass *formats = formats_load (error);
  gboolean is_refused = FALSE;
  GVariant *settings = read_nss_trust (entry->trust, &is_refused);
  g_autoptr (GVariant) named = settings == NULL ? NULL : g_variant_ref_sink (settings);
  g_autofree char *nickname = trust_text_printable (entry->nickname, 120);
  g_autofree char *place = g_strdup_printf ("%s: %s", name, nickname);
  if (formats == NULL)
    return FALSE;
  if (entry->der == NULL || (named == NULL && !is_refused))
    return TRUE; /* an intermediate, or a user's own: it decides about nobody's trust */
  if (is_refused)
    {
      g_autoptr (GBytes) file = write_distrust (entry->fingerprint, entry->der);
      take (reading, place, file);
      return TRUE;
    }
  FormatsWish wish = { .named = named };
  g_autoptr (GError) fault = NULL;
  FormatsInput *input = formats->decode (entry->der, place, &wish, &fault);
  if (input == NULL)
    {
      g_ptr_array_add (reading->input->failures,
                       trust_text_is_plain (fault->message, 0) ? g_strdup (fault->message) : trust_text_printable (fault->message, 0));
      return TRUE;
    }
  for (guint i = 0; i < input->entries->len; i++)
    take_entry (reading, g_ptr_array_index (input->entries, i));
  formats->free_input (input);
  return TRUE;
}

/* FOLDER holds an NSS database. */
static gboolean
read_nss (Reading *reading, const char *folder, GError **error)
{
  g_auto (NssDb) db = { 0 };
  g_autofree char *name = trust_text_printable (folder, 0);
  gboolean ok = nss_db_open_copy (&db, folder, reading->passphrases != NULL ? reading->passphrases->file : NULL, error) && nss_db_read (&db, error);
  for (guint i = 0; ok && i < db.entries->len; i++)
    ok = take_nss_entry (reading, name, g_ptr_array_index (db.entries, i), error);
  return ok;
}

static gboolean
refuse_root (const char *folder, GError **error)
{
  g_autofree char *name = trust_text_printable (folder, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s looks like the root of a machine; say so: --root %s"), name, name);
  return FALSE;
}

static gboolean
read_folder (Reading *reading, const char *folder, GError **error)
{
  g_autofree char *database = g_build_filename (folder, NSS_FILE, NULL), *etc = g_build_filename (folder, "etc", NULL);
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  if (g_file_test (database, G_FILE_TEST_EXISTS))
    return read_nss (reading, folder, error);
  if (g_file_test (etc, G_FILE_TEST_IS_DIR))
    return refuse_root (folder, error);
  g_auto (GStrv) paths = folder_list (folder, left_out, error);
  return paths != NULL && read_files (reading, paths, error);
}

/* Files go together, so that what stands in two of them counts once. */
static gboolean
read_all (Reading *reading, char **paths, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  for (; *paths != NULL; paths++)
    {
      g_autofree char *base = g_path_get_basename (*paths), *folder = g_path_get_dirname (*paths);
      if (g_file_test (*paths, G_FILE_TEST_IS_DIR))
        {
          if (!read_folder (reading, *paths, error))
            return FALSE;
        }
      else if (strcmp (base, NSS_FILE) == 0)
        {
          if (!read_nss (reading, folder, error))
            return FALSE;
        }
      else
        g_ptr_array_add (files, *paths);
    }
  g_ptr_array_add (files, NULL);
  return files->len == 1 || read_files (reading, (char **) files->pdata, error);
}

AuditInput *
audit_input_read (char **paths, const PassphraseOptions *passphrases, GError **error)
{
  g_autoptr (AuditInput) input = g_new0 (AuditInput, 1);
  Reading reading = { .input = input, .passphrases = passphrases };
  input->unsaid = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  input->failures = g_ptr_array_new_with_free_func (g_free);
  input->notices = g_ptr_array_new_with_free_func (g_free);
  g_variant_builder_init (&reading.files, G_VARIANT_TYPE ("aa{sv}"));
  gboolean ok = read_all (&reading, paths, error);
  input->files = g_variant_ref_sink (g_variant_builder_end (&reading.files));
  if (!ok)
    return NULL;
  if (reading.n > 0 || input->failures->len == 0)
    return g_steal_pointer (&input);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, g_ptr_array_index (input->failures, 0));
  return NULL;
}
