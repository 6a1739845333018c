/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/merge.h"

#include "core/error.h"
#include "core/text.h"

#define TITLE_CHARS 64

/* How much an entry says. */
typedef enum
{
  SAYS_NAMED,   /* it is there, for paths */
  SAYS_NOTHING, /* no trust settings: whoever adds it says them */
  SAYS_TRUST
} Says;

/* The only entry for its certificate so far. */
typedef struct
{
  TrustImportEntry *entry; /* (owned) */
  gboolean is_refused;     /* contradicted: left out at the end */
} Slot;

static void
slot_free (Slot *slot)
{
  g_clear_pointer (&slot->entry, trust_import_entry_free);
  g_free (slot);
}

static Says
says (const TrustImportEntry *entry)
{
  if (entry->settings != NULL || entry->distrust != NULL)
    return SAYS_TRUST;
  return entry->is_untrusted ? SAYS_NAMED : SAYS_NOTHING;
}

/* What an entry is about: the same for two entries if and only if they are about the same. Returns: (transfer full). */
static char *
dup_identity (const TrustImportEntry *entry)
{
  const TrustFingerprint *fingerprint = entry->certificate != NULL ? trust_certificate_get_fingerprint (entry->certificate)
                                                                   : trust_distrust_get_fingerprint (entry->distrust);

  if (fingerprint != NULL)
    return trust_text_hex (fingerprint->bytes, sizeof fingerprint->bytes);

  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (entry->distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (entry->distrust);
  TrustSpan serial = trust_distrust_get_serial (entry->distrust);
  g_autofree char *key_hex = key != NULL ? trust_text_hex (key->bytes, sizeof key->bytes) : g_strdup ("");
  g_autofree char *issuer_hex = trust_text_hex (issuer.data, issuer.size);
  g_autofree char *serial_hex = trust_text_hex (serial.data, serial.size);

  return g_strjoin ("/", key_hex, issuer_hex, serial_hex, NULL);
}

/* Can one distrust say both? Each names one key, and one issuer and serial number, at most. */
static gboolean
can_join (const TrustDistrust *a, const TrustDistrust *b)
{
  const TrustFingerprint *key_a = trust_distrust_get_key_fingerprint (a), *key_b = trust_distrust_get_key_fingerprint (b);
  TrustSpan issuer_a = trust_distrust_get_issuer_der (a), issuer_b = trust_distrust_get_issuer_der (b);

  if (key_a != NULL && key_b != NULL && !trust_fingerprint_equal (key_a, key_b))
    return FALSE;
  return issuer_a.size == 0 || issuer_b.size == 0
         || (trust_span_equal (issuer_a, issuer_b) && trust_span_equal (trust_distrust_get_serial (a), trust_distrust_get_serial (b)));
}

static TrustDistrust *
join_distrusts (const TrustDistrust *a, const TrustDistrust *b)
{
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (a);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (a);
  TrustCertificate *certificate = trust_distrust_get_certificate (a);
  const TrustDistrust *named = trust_distrust_get_issuer_der (a).size > 0 ? a : b;

  return trust_distrust_new (fingerprint != NULL ? fingerprint : trust_distrust_get_fingerprint (b),
                             key != NULL ? key : trust_distrust_get_key_fingerprint (b), trust_distrust_get_issuer_der (named),
                             trust_distrust_get_serial (named), certificate != NULL ? certificate : trust_distrust_get_certificate (b),
                             trust_distrust_get_origin (a), trust_distrust_get_note (a));
}

static char *
dup_title (const TrustImportEntry *entry)
{
  g_autofree char *title = entry->certificate != NULL ? trust_certificate_dup_title (entry->certificate) : g_strdup (entry->label);

  return trust_text_printable (title, TITLE_CHARS);
}

/* What an entry says of trust, in words. */
static char *
dup_words (const TrustImportEntry *entry)
{
  g_autofree char *trust = entry->settings != NULL ? trust_settings_describe (entry->settings) : NULL;

  if (trust != NULL)
    return g_strdup_printf ("trusts it (%s)", trust);
  return g_strconcat ("refuses it", trust_distrust_get_key_fingerprint (entry->distrust) != NULL ? " and a key" : "",
                      trust_distrust_get_issuer_der (entry->distrust).size > 0 ? " and an issuer and serial number" : "", NULL);
}

static gboolean
refuse (Slot *slot, const TrustImportEntry *entry, TrustImport *import, gboolean keep_going, GError **error)
{
  g_autofree char *identity = dup_identity (entry);
  g_autofree char *title = dup_title (slot->entry->certificate != NULL ? slot->entry : entry);
  g_autofree char *first = dup_words (slot->entry);
  g_autofree char *second = dup_words (entry);
  g_autofree char *text = g_strdup_printf ("%s and %s say different things of one certificate (%s, SHA-256 %.16s…): the one %s, the other %s; "
                                           "make them agree or take one out",
                                           slot->entry->place, entry->place, title, identity, first, second);

  if (!keep_going)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, text);
      return FALSE;
    }
  if (!slot->is_refused)
    g_ptr_array_add (import->failures, g_steal_pointer (&text));
  slot->is_refused = TRUE;
  return TRUE;
}

static void
swap (TrustImportEntry *a, TrustImportEntry *b)
{
  TrustImportEntry kept = *a;

  *a = *b;
  *b = kept;
}

/* Joins ENTRY (transfer none, may be changed) into SLOT. */
static gboolean
join (Slot *slot, TrustImportEntry *entry, TrustImport *import, gboolean keep_going, GError **error)
{
  TrustImportEntry *kept = slot->entry;

  if (says (entry) > says (kept))
    swap (kept, entry);
  if (kept->label == NULL)
    kept->label = g_steal_pointer (&entry->label);
  if (says (entry) < SAYS_TRUST)
    return TRUE;
  if (kept->distrust != NULL && entry->distrust != NULL && can_join (kept->distrust, entry->distrust))
    {
      TrustDistrust *both = join_distrusts (kept->distrust, entry->distrust);

      trust_distrust_unref (kept->distrust);
      kept->distrust = both;
      if (kept->certificate == NULL)
        kept->certificate = g_steal_pointer (&entry->certificate);
      return TRUE;
    }
  if (kept->settings != NULL && entry->settings != NULL && trust_settings_equal (kept->settings, entry->settings))
    return TRUE;
  return refuse (slot, entry, import, keep_going, error);
}

gboolean
trust_import_merge (TrustImport *import, gboolean keep_going, GError **error)
{
  g_autoptr (GHashTable) by_identity = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) slots = g_ptr_array_new_with_free_func ((GDestroyNotify) slot_free);

  for (guint i = 0; i < import->entries->len; i++)
    {
      TrustImportEntry *entry = g_ptr_array_index (import->entries, i);
      g_autofree char *identity = dup_identity (entry);
      Slot *slot = g_hash_table_lookup (by_identity, identity);

      if (slot != NULL)
        {
          if (!join (slot, entry, import, keep_going, error))
            return FALSE;
          continue;
        }
      slot = g_new0 (Slot, 1);
      slot->entry = entry;
      import->entries->pdata[i] = NULL;
      g_ptr_array_add (slots, slot);
      g_hash_table_insert (by_identity, g_steal_pointer (&identity), slot);
    }
  g_ptr_array_set_size (import->entries, 0);
  for (guint i = 0; i < slots->len; i++)
    {
      Slot *slot = g_ptr_array_index (slots, i);

      if (!slot->is_refused)
        g_ptr_array_add (import->entries, g_steal_pointer (&slot->entry));
    }
  return TRUE;
}
