/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/rehash.h"

#include "core/certificate.h"
#include "core/name.h"
#include "core/pem.h"

#include <string.h>
#include <strings.h>

/* openssl's own table: it is walked in this order when links are made, and told. */
#define N_BUCKETS 257
#define CHAIN_MAX 256
#define NO_NUMBER G_MAXUINT

typedef enum
{
  OF_CERTIFICATE,
  OF_LIST
} Kind;

/* A name to be found by a hash. */
typedef struct
{
  char *name; /* (owned) */
  TrustFingerprint digest;
  guint number;       /* of a link that is there, the lowest */
  gboolean is_needed; /* a file of that hash, and not only what a link says */
} Item;

/* All names of one hash. */
typedef struct
{
  Kind kind;
  guint32 hash;
  guint n_needed;
  GPtrArray *items; /* (owned) of Item* */
} Chain;

typedef struct
{
  CompatFolder *folder;
  GString *out, *warnings;
  GPtrArray *buckets[N_BUCKETS]; /* (owned) (nullable) of Chain*, oldest first */
} Table;

static const char *const suffixes[] = { "", "r" };

static void
item_free (gpointer data)
{
  g_free (((Item *) data)->name);
  g_free (data);
}

static void
chain_free (gpointer data)
{
  g_ptr_array_unref (((Chain *) data)->items);
  g_free (data);
}

static Chain *
get_chain (Table *table, Kind kind, guint32 hash)
{
  GPtrArray **bucket = &table->buckets[(guint32) (kind + hash) % N_BUCKETS];
  Chain *chain = NULL;

  if (*bucket == NULL)
    *bucket = g_ptr_array_new_with_free_func (chain_free);
  for (guint i = 0; i < (*bucket)->len; i++)
    {
      chain = (*bucket)->pdata[i];
      if (chain->kind == kind && chain->hash == hash)
        return chain;
    }
  chain = g_new0 (Chain, 1);
  chain->kind = kind;
  chain->hash = hash;
  chain->items = g_ptr_array_new_with_free_func (item_free);
  g_ptr_array_add (*bucket, chain);
  return chain;
}

static Item *
get_item (Chain *chain, const char *name)
{
  Item *item = NULL;

  for (guint i = 0; i < chain->items->len; i++)
    if (g_str_equal (((Item *) chain->items->pdata[i])->name, name))
      return chain->items->pdata[i];
  item = g_new0 (Item, 1);
  item->name = g_strdup (name);
  item->number = NO_NUMBER;
  g_ptr_array_add (chain->items, item);
  return item;
}

/* A link that is there: "HHHHHHHH.N" or "HHHHHHHH.rN". FALSE: it is none. */
static gboolean
take_link (Table *table, const CompatName *name)
{
  const char *text = name->name;
  Kind kind = OF_CERTIFICATE;
  guint64 number = 0;
  char *end = NULL;
  Chain *chain = NULL;
  Item *item = NULL;

  if (strspn (text, "0123456789abcdefABCDEF") < 8 || text[8] != '.')
    return FALSE;
  kind = text[9] == 'r' || text[9] == 'R' ? OF_LIST : OF_CERTIFICATE;
  number = g_ascii_strtoull (text + 9 + (kind == OF_LIST), &end, 10);
  if (*end != '\0')
    return FALSE;
  chain = get_chain (table, kind, (guint32) g_ascii_strtoull (text, NULL, 16));
  if (chain->n_needed >= CHAIN_MAX)
    return TRUE;
  item = get_item (chain, name->target);
  item->number = MIN (item->number, (guint) MIN (number, NO_NUMBER));
  return TRUE;
}

/* The Name that the object's hash is of: the subject of a certificate, the issuer of a list. FALSE: it is no such thing. */
static gboolean
find_name (TrustSpan der, Kind kind, TrustSpan *object_out, TrustSpan *name_out)
{
  TrustDer object, tbs, element;
  TrustSpan rest = der, inside;

  if (!trust_der_expect (&rest, 0x30, &object))
    return FALSE;
  *object_out = object.whole;
  rest = object.content;
  if (!trust_der_expect (&rest, 0x30, &tbs))
    return FALSE;
  inside = tbs.content;
  /* Certificate: [0] version, INTEGER, algorithm, issuer, validity, subject. List: INTEGER version, algorithm, issuer. */
  if (!trust_der_next (&inside, &element))
    return FALSE;
  if (element.tag == (kind == OF_LIST ? 0x02 : 0xa0) && !trust_der_next (&inside, &element))
    return FALSE;
  for (guint i = 0; i < (kind == OF_LIST ? 1u : 4u); i++)
    if (!trust_der_next (&inside, &element))
      return FALSE;
  *name_out = element.whole;
  return element.tag == 0x30;
}

/* What a file comes to for openssl. */
typedef struct
{
  guint n_objects, n_certificates, n_lists, n_keys;
  Kind kind;
  guint32 hash;
  TrustFingerprint digest;
} Found;

/* FALSE: something in it does not parse, and openssl says nothing of it. */
static gboolean
take_block (const TrustPemBlock *block, Found *found)
{
  gboolean is_list = trust_pem_label_is (block, "X509 CRL");
  gboolean is_certificate = trust_pem_label_is (block, "CERTIFICATE") || trust_pem_label_is (block, "X509 CERTIFICATE")
                            || trust_pem_label_is (block, "TRUSTED CERTIFICATE");
  g_autoptr (GByteArray) der = NULL;
  TrustSpan object, name;
  Kind kind = is_list ? OF_LIST : OF_CERTIFICATE;

  found->n_keys += trust_pem_label_is_private_key (block);
  if (!is_list && !is_certificate)
    return TRUE;
  *(is_list ? &found->n_lists : &found->n_certificates) += 1;
  der = trust_pem_decode (block->body, NULL);
  if (der == NULL || !find_name ((TrustSpan) { der->data, der->len }, kind, &object, &name))
    return FALSE;
  if (is_list && found->n_certificates > 0)
    return TRUE;
  found->kind = kind;
  found->hash = trust_name_openssl_hash (name);
  trust_fingerprint_of (object.data, object.size, &found->digest);
  return TRUE;
}

static gboolean
look_into (GBytes *bytes, Found *found)
{
  g_autoptr (GError) error = NULL;
  TrustSpan text = { NULL, 0 };
  TrustPemBlock block;
  gsize offset = 0;

  text.data = g_bytes_get_data (bytes, &text.size);
  while (trust_pem_next (text, &offset, &block, &error))
    if (!take_block (&block, found))
      return FALSE;
  /* A certificate, a list and a key may share one object. */
  found->n_objects = MAX (MAX (found->n_certificates, found->n_lists), found->n_keys);
  return error == NULL;
}

static gboolean
has_extension (const char *name)
{
  static const char *const extensions[] = { "pem", "crt", "cer", "crl" };
  const char *dot = strrchr (name, '.');

  for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS (extensions); i++)
    if (strcasecmp (dot + 1, extensions[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
take_object (Table *table, const char *name, const Found *found)
{
  Chain *chain = get_chain (table, found->kind, found->hash);
  Item *item = NULL;

  for (guint i = 0; i < chain->items->len; i++)
    {
      item = chain->items->pdata[i];
      if (!item->is_needed || !trust_fingerprint_equal (&item->digest, &found->digest))
        continue;
      g_string_append_printf (table->warnings, "rehash: warning: skipping duplicate %s in %s\n",
                              found->kind == OF_CERTIFICATE ? "certificate" : "CRL", name);
      return;
    }
  if (chain->n_needed >= CHAIN_MAX)
    {
      g_string_append_printf (table->warnings, "rehash: error: hash table overflow for %s\n", name);
      return;
    }
  item = get_item (chain, name);
  chain->n_needed += !item->is_needed;
  item->is_needed = TRUE;
  item->digest = found->digest;
}

static void
take_file (Table *table, const CompatName *name)
{
  g_autoptr (GBytes) bytes = has_extension (name->name) ? compat_folder_read (table->folder, name) : NULL;
  Found found = { 0 };

  if (bytes == NULL || !look_into (bytes, &found))
    return;
  if (found.n_objects != 1)
    g_string_append_printf (table->warnings, "rehash: warning: skipping %s,it does not contain exactly one certificate or CRL\n", name->name);
  else if (found.n_certificates + found.n_lists > 0)
    take_object (table, name->name, &found);
}

static char *
format_link (const Chain *chain, guint number)
{
  return g_strdup_printf ("%08x.%s%u", chain->hash, suffixes[chain->kind], number);
}

/* A link whose number is below the number of those needed keeps it; the others get the lowest that are free, or go. */
static void
number_chain (Table *table, const Chain *chain)
{
  g_autofree gboolean *taken = g_new0 (gboolean, chain->n_needed + 1);
  guint next = 0;

  for (guint i = 0; i < chain->items->len; i++)
    if (((const Item *) chain->items->pdata[i])->number < chain->n_needed)
      taken[((const Item *) chain->items->pdata[i])->number] = TRUE;
  for (guint i = 0; i < chain->items->len; i++)
    {
      const Item *item = chain->items->pdata[i];
      g_autofree char *link = NULL;
      CompatName *name = NULL;

      if (item->number >= chain->n_needed && item->is_needed)
        {
          while (next < chain->n_needed && taken[next])
            next++;
          taken[MIN (next, chain->n_needed)] = TRUE;
          link = format_link (chain, next);
          name = compat_folder_get (table->folder, link, TRUE);
          g_free (name->target);
          name->target = g_strdup (item->name);
        }
      else
        link = format_link (chain, item->number);
      if (item->number < chain->n_needed || item->is_needed)
        {
          g_string_append_printf (table->out, "link %s -> %s\n", item->name, link);
          continue;
        }
      name = compat_folder_get (table->folder, link, FALSE);
      if (name != NULL)
        g_clear_pointer (&name->target, g_free);
      g_string_append_printf (table->out, "unlink %s\n", link);
    }
}

void
compat_rehash (CompatFolder *folder, GString *out, GString *warnings)
{
  g_autoptr (GPtrArray) names = compat_folder_list (folder);
  Table table = { folder, out, warnings, { NULL } };

  g_string_append (out, "Doing .\n");
  for (guint i = 0; i < names->len; i++)
    if (((const CompatName *) names->pdata[i])->target == NULL || !take_link (&table, names->pdata[i]))
      take_file (&table, names->pdata[i]);
  for (guint i = 0; i < N_BUCKETS; i++)
    {
      for (guint k = table.buckets[i] != NULL ? table.buckets[i]->len : 0; k > 0; k--)
        number_chain (&table, table.buckets[i]->pdata[k - 1]);
      g_clear_pointer (&table.buckets[i], g_ptr_array_unref);
    }
}
