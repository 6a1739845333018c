/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/kept-crl.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/pem.h"

#include <string.h>

#define LABEL "X509 CRL"
#define OID_COMMON_NAME "\x55\x04\x03"
#define OID_ORGANIZATION "\x55\x04\x0a"
#define OID_ORGANIZATIONAL_UNIT "\x55\x04\x0b"

TrustKeptCrl *
trust_kept_crl_new (const char *path, const TrustStat *stat, TrustCrl *crl, char *fault)
{
  TrustKeptCrl *kept = g_new0 (TrustKeptCrl, 1);

  g_atomic_ref_count_init (&kept->refs);
  kept->path = g_strdup (path);
  kept->fault = fault;
  if (stat != NULL)
    kept->stat = *stat;
  if (crl == NULL)
    return kept;
  g_assert (crl->has_digest);
  kept->crl = trust_crl_ref (crl);
  kept->id = crl->digest;
  return kept;
}

TrustKeptCrl *
trust_kept_crl_ref (TrustKeptCrl *kept)
{
  g_atomic_ref_count_inc (&kept->refs);
  return kept;
}

void
trust_kept_crl_unref (TrustKeptCrl *kept)
{
  if (!g_atomic_ref_count_dec (&kept->refs))
    return;
  g_clear_pointer (&kept->crl, trust_crl_unref);
  g_free (kept->path);
  g_free (kept->fault);
  g_free (kept);
}

static gboolean
take_crl (GPtrArray *crls, const void *bytes, gsize size, GError **error)
{
  TrustCrl *crl = NULL;

  if (crls->len >= TRUST_LIMIT_KEPT_CRLS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "there are more than %u revocation lists in it", TRUST_LIMIT_KEPT_CRLS);
      return FALSE;
    }
  crl = trust_crl_new (bytes, size, error);
  if (crl == NULL)
    return FALSE;
  trust_fingerprint_of (g_bytes_get_data (crl->der, NULL), g_bytes_get_size (crl->der), &crl->digest);
  crl->has_digest = TRUE;
  g_ptr_array_add (crls, crl);
  return TRUE;
}

static gboolean
take_block (GPtrArray *crls, const TrustPemBlock *block, GError **error)
{
  g_autoptr (GByteArray) der = NULL;

  if (trust_pem_label_is_private_key (block))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY, "it holds a private key at byte %zu; keys belong nowhere near here", block->offset);
      return FALSE;
    }
  if (!trust_pem_label_is (block, LABEL))
    return TRUE;
  der = trust_pem_decode (block->body, error);
  return der != NULL && take_crl (crls, der->data, der->len, error);
}

GPtrArray *
trust_kept_crl_decode (const void *bytes, gsize size, GError **error)
{
  g_autoptr (GPtrArray) crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  g_autoptr (GError) fault = NULL;
  TrustSpan text = { bytes, size };
  TrustPemBlock block;
  gsize offset = 0;

  if (size > 0 && text.data[0] == 0x30)
    return take_crl (crls, bytes, size, error) ? g_steal_pointer (&crls) : NULL;
  while (trust_pem_next (text, &offset, &block, &fault))
    if (!take_block (crls, &block, error))
      return NULL;
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return NULL;
    }
  if (crls->len > 0)
    return g_steal_pointer (&crls);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this is no revocation list: it is neither DER nor a PEM block \"" LABEL "\"");
  return NULL;
}

const char *
trust_kept_crl_find_fault (const TrustCrl *crl)
{
  if (crl->fault != NULL)
    return crl->fault;
  if (crl->kind.algorithm == 0)
    return "it is signed in a way that nobody here understands";
  if (crl->next_update == 0)
    return "it does not say when the next one comes (RFC 5280 5.1.2.5), so it would count for ever";
  return NULL;
}

gboolean
trust_kept_crl_is_expired (const TrustKeptCrl *kept, gint64 now)
{
  return kept->crl != NULL && kept->crl->next_update != 0 && kept->crl->next_update < now;
}

gboolean
trust_kept_crl_is_own (const TrustKeptCrl *kept)
{
  return g_str_has_prefix (kept->path, TRUST_CRLS_FOLDER "/");
}

char *
trust_kept_crl_dup_path (const TrustFingerprint *id)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (id, hex);
  return g_strconcat (TRUST_CRLS_FOLDER "/", hex, ".crl", NULL);
}

gboolean
trust_kept_crl_is_sequel (const TrustCrl *a, const TrustCrl *b)
{
  return a->issuer_id == b->issuer_id && trust_span_equal (a->authority_key_id, b->authority_key_id) && trust_span_equal (a->scope, b->scope)
         && (a->base_number.size > 0) == (b->base_number.size > 0);
}

char *
trust_kept_crl_dup_title (const TrustCrl *crl)
{
  static const char *const oids[] = { OID_COMMON_NAME, OID_ORGANIZATIONAL_UNIT, OID_ORGANIZATION };

  for (guint i = 0; i < G_N_ELEMENTS (oids); i++)
    {
      g_autofree char *text = trust_name_attribute (crl->issuer, oids[i], strlen (oids[i]));

      if (text != NULL && *text != '\0')
        return g_steal_pointer (&text);
    }
  return g_strdup ("");
}

char *
trust_kept_crl_dup_number (TrustSpan number)
{
  g_autoptr (GString) text = NULL;
  guint64 small = 0;

  for (; number.size > 1 && number.data[0] == 0; number.size--)
    number.data++;
  if (number.size == 0)
    return g_strdup ("");
  if (number.size <= sizeof small)
    {
      for (gsize i = 0; i < number.size; i++)
        small = small << 8 | number.data[i];
      return g_strdup_printf ("%" G_GUINT64_FORMAT, small);
    }
  text = g_string_new ("0x");
  for (gsize i = 0; i < number.size; i++)
    g_string_append_printf (text, "%02x", number.data[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
trust_kept_crl_describe (const TrustKeptCrl *kept)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (kept->crl->next_update);
  g_autofree char *until = date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("?");
  g_autofree char *number = trust_kept_crl_dup_number (kept->crl->number);

  return g_strdup_printf ("kept: %s%s%suntil %s", *number != '\0' ? "number " : "", number, *number != '\0' ? ", " : "", until);
}

/* Newest first. */
static int
compare_age (gconstpointer a, gconstpointer b)
{
  const TrustCrl *x = *(TrustCrl *const *) a, *y = *(TrustCrl *const *) b;

  if (x->this_update != y->this_update)
    return x->this_update > y->this_update ? -1 : 1;
  return trust_crl_compare_numbers (y->number, x->number);
}

GPtrArray *
trust_kept_crls_usable (const GPtrArray *kept)
{
  GPtrArray *usable = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);

  for (guint i = 0; i < kept->len; i++)
    {
      const TrustKeptCrl *one = kept->pdata[i];

      if (one->fault == NULL && one->crl != NULL)
        g_ptr_array_add (usable, trust_crl_ref (one->crl));
    }
  g_ptr_array_sort (usable, compare_age);
  return usable;
}

GPtrArray *
trust_kept_crls_merge (GPtrArray *given, GPtrArray *usable)
{
  GPtrArray *merged = NULL;

  if (given == NULL || given->len == 0)
    return g_ptr_array_ref (usable);
  if (usable->len == 0)
    return g_ptr_array_ref (given);
  merged = g_ptr_array_new_full (given->len + usable->len, (GDestroyNotify) trust_crl_unref);
  g_ptr_array_extend (merged, given, (GCopyFunc) (void (*) (void)) trust_crl_ref, NULL);
  g_ptr_array_extend (merged, usable, (GCopyFunc) (void (*) (void)) trust_crl_ref, NULL);
  g_ptr_array_sort (merged, compare_age);
  return merged;
}

static gboolean
is_same (const TrustKeptCrl *a, const TrustKeptCrl *b)
{
  return a == b || (g_str_equal (a->path, b->path) && trust_fingerprint_equal (&a->id, &b->id) && (a->fault == NULL) == (b->fault == NULL));
}

gboolean
trust_kept_crls_are_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!is_same (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

TrustKeptCrl *
trust_kept_crls_find (const GPtrArray *kept, const TrustFingerprint *prefix, guint n_digits, GError **error)
{
  TrustKeptCrl *found = NULL;

  for (guint i = 0; i < kept->len; i++)
    {
      TrustKeptCrl *one = kept->pdata[i];

      if (one->crl == NULL || !trust_fingerprint_has_prefix (&one->id, prefix, n_digits))
        continue;
      if (found != NULL && !trust_fingerprint_equal (&found->id, &one->id))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_AMBIGUOUS, "It begins the ids of several revocation lists; give more digits");
          return NULL;
        }
      /* The same list in two folders: the one that can be removed is meant. */
      if (found == NULL || trust_kept_crl_is_own (one))
        found = one;
    }
  if (found == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "No revocation list that is kept here has this id; `anchorctl crl list` shows them");
  return found;
}
