/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module behind every format but plain certificates. */
#include "client/cli/formats.h"
#include "core/error.h"
#include "core/importers/importer.h"
#include "core/limits.h"

const FormatsClass *anchorctl_formats (void);

static void
entry_free (gpointer data)
{
  FormatsEntry *entry = data;
  g_free (entry->fingerprint);
  g_free (entry->title);
  g_free (entry->label);
  g_free (entry->place);
  g_clear_pointer (&entry->file, g_bytes_unref);
  g_clear_pointer (&entry->der, g_bytes_unref);
  g_clear_pointer (&entry->settings, g_variant_unref);
  g_free (entry);
}

static void
input_free (FormatsInput *input)
{
  if (input == NULL)
    return;
  g_ptr_array_unref (input->entries);
  g_ptr_array_unref (input->failures);
  g_ptr_array_unref (input->notices);
  g_free (input);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FormatsInput, input_free)

/* WORDS (a{sas}) into CONSTRAINTS. */
static gboolean
read_subtrees (GVariant *words, gboolean excluded, TrustConstraints *constraints, GError **error)
{
  gsize n = words == NULL ? 0 : g_variant_n_children (words);
  for (gsize i = 0; i < n; i++)
    {
      const char *kind;
      g_autofree const char **subtrees = NULL;
      g_variant_get_child (words, i, "{&s^a&s}", &kind, &subtrees);
      for (const char **text = subtrees; *text != NULL; text++)
        if (!trust_constraints_add (constraints, trust_name_kind_find (kind), excluded, *text, error))
          return FALSE;
    }
  return TRUE;
}

/* The constraints that NAMED holds, which replace all others. Returns FALSE with ERROR; *NAMES: whether it holds any. */
static gboolean
read_constraints (GVariant *named, gboolean *names, TrustConstraints **out, GError **error)
{
  g_autoptr (GVariant) permitted = g_variant_lookup_value (named, "permitted", G_VARIANT_TYPE ("a{sas}"));
  g_autoptr (GVariant) excluded = g_variant_lookup_value (named, "excluded", G_VARIANT_TYPE ("a{sas}"));
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  *names = permitted != NULL || excluded != NULL;
  if (!read_subtrees (permitted, FALSE, constraints, error) || !read_subtrees (excluded, TRUE, constraints, error))
    return FALSE;
  *out = g_steal_pointer (&constraints);
  return TRUE;
}

/* Returns: (transfer full) (nullable): where NAMED says nothing of it. */
static GArray *
read_distrust_after (GVariant *named)
{
  g_autoptr (GVariant) dates = g_variant_lookup_value (named, "distrust-after", G_VARIANT_TYPE ("a{sx}"));
  GArray *array = dates == NULL ? NULL : trust_distrust_after_new ();
  gsize n = dates == NULL ? 0 : g_variant_n_children (dates);
  for (gsize i = 0; i < n; i++)
    {
      const char *purpose;
      gint64 time;
      g_variant_get_child (dates, i, "{&sx}", &purpose, &time);
      trust_distrust_after_add (array, purpose, time);
    }
  return array;
}

static TrustPurposes *
read_purposes (GVariant *named, TrustPurposes *otherwise, GError **error)
{
  g_autofree const char **names = NULL;
  if (!g_variant_lookup (named, "purposes", "^a&s", &names))
    return trust_purposes_ref (otherwise);
  return trust_purposes_new (names, error);
}

/* BASE with what NAMED says in its place. Returns: (transfer full). */
static TrustSettings *
merge_settings (TrustSettings *base, GVariant *named, GError **error)
{
  TrustLimits limits = *trust_settings_get_limits (base);
  g_autoptr (TrustPurposes) purposes = read_purposes (named, trust_settings_get_purposes (base), error);
  g_autoptr (TrustConstraints) constraints = NULL;
  g_autoptr (GArray) distrust_after = read_distrust_after (named);
  gboolean names = FALSE;
  gint64 until = 0;
  if (purposes == NULL || !read_constraints (named, &names, &constraints, error))
    return NULL;
  if (names)
    limits.constraints = constraints;
  if (distrust_after != NULL)
    limits.distrust_after = distrust_after;
  if (g_variant_lookup (named, "until", "x", &until))
    limits.until = until > 0 ? until : TRUST_NEVER;
  g_variant_lookup (named, "accept-loss", "b", &limits.accept_loss);
  return trust_settings_new_limited (purposes, &limits);
}

/* Only where there is one: a key without any kind is refused. */
static void
add_subtrees (GVariantDict *dict, const char *key, const TrustConstraints *constraints, gboolean excluded)
{
  gboolean any = FALSE;
  GVariantBuilder kinds;
  g_variant_builder_init (&kinds, G_VARIANT_TYPE ("a{sas}"));
  for (TrustNameKind kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      guint n = trust_constraints_get_n (constraints, kind, excluded);
      if (n == 0 && (excluded || !trust_constraints_is_restricted (constraints, kind)))
        continue;
      any = TRUE;
      g_variant_builder_open (&kinds, G_VARIANT_TYPE ("{sas}"));
      g_variant_builder_add (&kinds, "s", trust_name_kind_get_name (kind));
      g_variant_builder_open (&kinds, G_VARIANT_TYPE_STRING_ARRAY);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, excluded, i));
          g_variant_builder_add (&kinds, "s", text);
        }
      g_variant_builder_close (&kinds);
      g_variant_builder_close (&kinds);
    }
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_builder_end (&kinds));
  if (any)
    g_variant_dict_insert_value (dict, key, value);
}

/* SETTINGS as Add takes them. Returns: (transfer full). */
static GVariant *
pack_settings (TrustSettings *settings, const char *label)
{
  const TrustLimits *limits = trust_settings_get_limits (settings);
  g_auto (GStrv) purposes = trust_purposes_dup_names (trust_settings_get_purposes (settings));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&dict, "purposes", "^as", purposes);
  if (!trust_constraints_is_empty (limits->constraints))
    {
      add_subtrees (&dict, "permitted", limits->constraints, FALSE);
      add_subtrees (&dict, "excluded", limits->constraints, TRUE);
    }
  if (limits->distrust_after != NULL && limits->distrust_after->len > 0)
    {
      GVariantBuilder dates;
      g_variant_builder_init (&dates, G_VARIANT_TYPE ("a{sx}"));
      for (guint i = 0; i < limits->distrust_after->len; i++)
        {
          const TrustDistrustAfter *after = &g_array_index (limits->distrust_after, TrustDistrustAfter, i);
          g_variant_builder_add (&dates, "{sx}", after->purpose, after->time);
        }
      g_variant_dict_insert_value (&dict, "distrust-after", g_variant_builder_end (&dates));
    }
  if (limits->until != TRUST_NEVER)
    g_variant_dict_insert (&dict, "until", "x", limits->until);
  if (limits->accept_loss)
    g_variant_dict_insert (&dict, "accept-loss", "b", TRUE);
  if (label != NULL)
    g_variant_dict_insert (&dict, "label", "s", label);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static char *
dup_fingerprint (const TrustImportEntry *entry)
{
  const TrustFingerprint *fingerprint = entry->certificate != NULL ? trust_certificate_get_fingerprint (entry->certificate)
                                        : entry->distrust != NULL  ? trust_distrust_get_fingerprint (entry->distrust)
                                                                   : NULL;
  char hex[TRUST_FINGERPRINT_HEX] = "";
  if (fingerprint != NULL)
    trust_fingerprint_to_hex (fingerprint, hex);
  return g_strdup (hex);
}

static FormatsEntry *
make_entry (const TrustImportEntry *from, const char *name)
{
  FormatsEntry *entry = g_new0 (FormatsEntry, 1);
  entry->kind = from->distrust != NULL ? FORMATS_DISTRUST : from->is_untrusted ? FORMATS_UNTRUSTED : FORMATS_ANCHOR;
  entry->says_trust = from->settings != NULL;
  entry->label = g_strdup (from->label);
  entry->fingerprint = dup_fingerprint (from);
  entry->title = from->certificate != NULL ? trust_certificate_dup_title (from->certificate) : g_strdup (from->label != NULL ? from->label : "");
  entry->place = g_strdup_printf ("%s: %s", name, from->place);
  if (from->certificate != NULL)
    {
      TrustSpan der = trust_certificate_get_der (from->certificate);
      entry->der = g_bytes_new (der.data, der.size);
    }
  return entry;
}

/* What the entry says with what was named in its place, as a file and as options. */
static gboolean
fill_anchor (FormatsEntry *entry, TrustImportEntry *from, TrustSettings *usual, const FormatsWish *wish, GError **error)
{
  g_autoptr (TrustSettings) settings = trust_settings_ref (from->settings != NULL ? from->settings : usual);
  if (wish->named != NULL)
    {
      TrustSettings *merged = merge_settings (settings, wish->named, error);
      if (merged == NULL)
        return FALSE;
      trust_settings_unref (settings);
      settings = merged;
    }
  if (wish->named != NULL && g_variant_lookup (wish->named, "label", "s", NULL))
    {
      g_clear_pointer (&from->label, g_free);
      g_variant_lookup (wish->named, "label", "s", &from->label);
    }
  g_clear_pointer (&from->settings, trust_settings_unref);
  from->settings = trust_settings_ref (settings);
  entry->file = trust_import_entry_write (from, settings, NULL);
  entry->settings = pack_settings (settings, from->label);
  return TRUE;
}

static gboolean
is_own_file (const TrustImport *import)
{
  return g_str_equal (import->format, "anchor") && import->entries->len == 1;
}

/* BYTES: (nullable) of the input. */
static FormatsInput *
convert (const TrustImport *import, GBytes *bytes, const char *name, const FormatsWish *wish, GError **error)
{
  g_autoptr (FormatsInput) input = g_new0 (FormatsInput, 1);
  g_autoptr (TrustPurposes) server_auth = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) usual = trust_settings_new (server_auth);
  input->format = import->format;
  input->entries = g_ptr_array_new_with_free_func (entry_free);
  input->failures = g_ptr_array_new_with_free_func (g_free);
  input->notices = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < import->entries->len; i++)
    {
      TrustImportEntry *from = g_ptr_array_index (import->entries, i);
      FormatsEntry *entry = make_entry (from, name);
      g_ptr_array_add (input->entries, entry);
      if (entry->kind == FORMATS_ANCHOR && !fill_anchor (entry, from, usual, wish, error))
        return NULL;
      if (entry->kind == FORMATS_DISTRUST)
        entry->file = trust_import_entry_write (from, usual, NULL);
      if (wish->verbatim && entry->file != NULL && bytes != NULL && is_own_file (import))
        {
          g_bytes_unref (entry->file);
          entry->file = g_bytes_ref (bytes);
        }
    }
  for (guint i = 0; i < import->failures->len; i++)
    g_ptr_array_add (input->failures, g_strdup_printf ("%s: %s", name, (const char *) g_ptr_array_index (import->failures, i)));
  for (guint i = 0; i < import->notices->len; i++)
    g_ptr_array_add (input->notices, g_strdup_printf ("%s: %s", name, (const char *) g_ptr_array_index (import->notices, i)));
  return g_steal_pointer (&input);
}

static TrustImportOptions
options_of (const FormatsWish *wish)
{
  return (TrustImportOptions) { wish->ask, wish->user_data, wish->keep_going };
}

/* IMPORT: (transfer full) (nullable), then ERROR is set. */
static FormatsInput *
finish (TrustImport *import, GBytes *bytes, const char *name, const FormatsWish *wish, GError **error)
{
  g_autoptr (TrustImport) owned = import;
  FormatsInput *input = owned == NULL ? NULL : convert (owned, bytes, name, wish, error);
  if (owned == NULL)
    g_prefix_error (error, "%s: ", name);
  return input;
}

static FormatsInput *
decode (GBytes *bytes, const char *name, const FormatsWish *wish, GError **error)
{
  TrustImportOptions options = options_of (wish);
  TrustSpan span;
  span.data = g_bytes_get_data (bytes, &span.size);
  return finish (trust_import_decode (span, &options, error), bytes, name, wish, error);
}

static FormatsInput *
decode_module (const char *path, const char *name, const FormatsWish *wish, GError **error)
{
  TrustImportOptions options = options_of (wish);
  return finish (trust_import_module (path, &options, error), NULL, name, wish, error);
}

const FormatsClass *
anchorctl_formats (void)
{
  static const FormatsClass class = { decode, decode_module, input_free };
  return &class;
}
