/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/conformance/recipe.h"

#include "tests/conformance/mint.h"
#include "tests/conformance/recipe-values.h"
#include "tests/lib/forge.h"

#include <stdlib.h>

#define OID_SKI "2.5.29.14"
#define OID_AKI "2.5.29.35"

/* What is being made. */
typedef struct
{
  GPtrArray *certificates; /* of MintCertificate */
  GPtrArray *given;        /* of char*: names */
  GPtrArray *anchors;      /* of char*: names */
  GPtrArray *crl_lines;    /* of GStrv */
  RecipeChain *chain;
} Kitchen;

void
recipe_chain_free (RecipeChain *chain)
{
  g_ptr_array_unref (chain->chain);
  g_ptr_array_unref (chain->anchors);
  g_ptr_array_unref (chain->crls);
  g_free (chain->host);
  g_free (chain->email);
  g_free (chain->purpose);
  g_strfreev (chain->policies);
  g_free (chain);
}

static const char *
find_oid (const char *word)
{
  const RecipeMaker *maker = recipe_find_maker (word);

  return maker != NULL ? maker->oid : word;
}

static MintCertificate *
find (Kitchen *kitchen, const char *name)
{
  for (guint i = 0; i < kitchen->certificates->len; i++)
    if (g_str_equal (((MintCertificate *) kitchen->certificates->pdata[i])->name, name))
      return kitchen->certificates->pdata[i];
  g_error ("no certificate is named %s", name);
}

static void
set_text (char **at, const char *text)
{
  g_free (*at);
  *at = g_strdup (text);
}

static void
set_bytes (GByteArray **at, GByteArray *bytes)
{
  g_clear_pointer (at, g_byte_array_unref);
  *at = bytes;
}

/* "wrong": another key's; "issuer": by issuer and serial number; "both"; "HEX". */
static GByteArray *
make_aki (Kitchen *kitchen, MintCertificate *certificate, const char *word)
{
  MintCertificate *issuer = find (kitchen, certificate->issuer);
  GByteArray *issuer_part = NULL;

  if (g_str_equal (word, "wrong"))
    return forge_element (0x30, forge_element (0x80, FORGE_BYTES ("no such key at all..")));
  if (g_str_equal (word, "empty"))
    return forge_element (0x30, NULL);
  issuer_part = forge_join (forge_element (0xa1, forge_element (0xa4, forge_copy (find (kitchen, issuer->issuer)->subject))),
                            forge_element (0x82, g_str_equal (word, "wrong-serial") ? FORGE_BYTES ("\x7e\x7e") : forge_copy (issuer->serial)), NULL);
  if (g_str_equal (word, "both"))
    issuer_part = forge_join (forge_element (0x80, issuer->key_id != NULL ? forge_copy (issuer->key_id) : mint_key_id (issuer)), issuer_part, NULL);
  return forge_element (0x30, issuer_part);
}

static GByteArray *
make_ski (MintCertificate *certificate, const char *word)
{
  set_bytes (&certificate->key_id, g_str_equal (word, "own") ? mint_key_id (certificate) : recipe_read_hex (word));
  return forge_element (0x04, forge_copy (certificate->key_id));
}

/* WORDS: after the certificate's name, an extension's word and what it says. FALSE: it is none. */
static gboolean
write_extension (Kitchen *kitchen, MintCertificate *certificate, char **words)
{
  const RecipeMaker *maker = recipe_find_maker (words[0]);
  const char *verb = words[0];
  gboolean is_critical = g_strcmp0 (words[1], "critical") == 0, is_plain = g_strcmp0 (words[1], "plain") == 0;
  char **rest = words + (is_critical || is_plain ? 2 : 1);

  if (maker != NULL && maker->make != NULL)
    {
      mint_set (certificate, maker->oid, is_critical || (maker->is_critical && !is_plain), maker->make (rest));
      return TRUE;
    }
  if (g_str_equal (verb, "aki"))
    mint_set (certificate, OID_AKI, is_critical, g_strcmp0 (*rest, "auto") == 0 ? NULL : make_aki (kitchen, certificate, *rest));
  else if (g_str_equal (verb, "ski"))
    mint_set (certificate, OID_SKI, is_critical, make_ski (certificate, *rest));
  else if (g_str_equal (verb, "ext"))
    mint_set (certificate, find_oid (rest[0]), is_critical, recipe_read_hex (rest[1]));
  else if (g_str_equal (verb, "twice"))
    mint_repeat (certificate, find_oid (*rest));
  else if (g_str_equal (verb, "drop"))
    {
      if (g_str_equal (*rest, "ski"))
        g_clear_pointer (&certificate->key_id, g_byte_array_unref);
      mint_drop (certificate, find_oid (*rest));
    }
  else
    return FALSE;
  return TRUE;
}

/* A new key has another identifier. */
static void
renew_key_id (MintCertificate *certificate)
{
  if (certificate->key_id == NULL)
    return;
  mint_set (certificate, OID_SKI, FALSE, make_ski (certificate, "own"));
}

/* WORDS: after the certificate's name. */
static void
write_member (Kitchen *kitchen, MintCertificate *c, char **words)
{
  struct
  {
    const char *verb;
    char **at;
  } texts[] = { { "from", &c->from },        { "to", &c->to },
                { "hash", &c->hash },        { "outer-hash", &c->outer_hash },
                { "signed-by", &c->signer }, { "issued-by", &c->issuer },
                { "key", &c->key },          { "key-of", &c->key_owner } };
  const char *value = words[1] != NULL ? words[1] : "";

  if (write_extension (kitchen, c, words))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (words[0], texts[i].verb))
      {
        set_text (texts[i].at, value);
        if (g_str_has_prefix (words[0], "key"))
          renew_key_id (c);
        return;
      }
  if (g_str_equal (words[0], "subject"))
    set_bytes (&c->subject, mint_name (value));
  else if (g_str_equal (words[0], "issuer"))
    set_bytes (&c->issuer_name, mint_name (value));
  else if (g_str_equal (words[0], "serial"))
    set_bytes (&c->serial, recipe_read_hex (value));
  else if (g_str_equal (words[0], "version"))
    c->version = atoi (value);
  else if (g_str_equal (words[0], "damage"))
    c->damaged = TRUE;
  else
    g_error ("what is \"%s\"?", words[0]);
}

/* A new certificate, of a CA unless it is the leaf. */
static MintCertificate *
add_certificate (Kitchen *kitchen, const char *name, const char *issuer)
{
  MintCertificate *c = mint_certificate_new (name, issuer);
  gboolean is_leaf = g_str_has_prefix (name, "leaf");
  g_autofree char *subject = g_strdup_printf ("subject O=Example,CN=%s", name);
  const char *const lines[] = { subject, is_leaf ? "ku digitalSignature" : "bc ca", is_leaf ? "eku serverAuth" : "ku keyCertSign cRLSign", "ski own",
                                is_leaf ? "san dns:www.example.com" : NULL };
  guint8 serial[2] = { 0x10, (guint8) kitchen->certificates->len };

  g_ptr_array_add (kitchen->certificates, c);
  c->serial = forge_bytes (serial, 2);
  for (guint i = 0; i < G_N_ELEMENTS (lines) && lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

      write_member (kitchen, c, words);
    }
  if (!g_str_equal (name, issuer))
    mint_set (c, OID_AKI, FALSE, NULL);
  return c;
}

static void
fill_names (GPtrArray *names, char **words)
{
  g_ptr_array_set_size (names, 0);
  for (; *words != NULL; words++)
    g_ptr_array_add (names, g_strdup (*words));
}

/* "ca1" issues the leaf, and the root the last of N. */
static void
shape (Kitchen *kitchen, int n)
{
  const char *below = "leaf";

  g_ptr_array_set_size (kitchen->given, 0);
  for (int i = 1; i <= n; i++)
    {
      g_autofree char *name = g_strdup_printf ("ca%d", i);
      MintCertificate *old = NULL;

      for (guint at = 0; at < kitchen->certificates->len; at++)
        if (g_str_equal (((MintCertificate *) kitchen->certificates->pdata[at])->name, name))
          old = kitchen->certificates->pdata[at];
      set_text (&find (kitchen, below)->issuer, name);
      below = old != NULL ? old->name : add_certificate (kitchen, name, "root")->name;
      g_ptr_array_add (kitchen->given, g_strdup (name));
    }
  set_text (&find (kitchen, below)->issuer, "root");
}

static void
ask (RecipeChain *chain, char **words)
{
  struct
  {
    const char *word;
    gboolean *at;
  } flags[] = {
    { "explicit-policy", &chain->explicit_policy },
    { "inhibit-mapping", &chain->inhibit_mapping },
    { "inhibit-any", &chain->inhibit_any },
    { "hard", &chain->hard },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (words[0], flags[i].word))
      *flags[i].at = TRUE;
  if (g_str_equal (words[0], "host"))
    set_text (&chain->host, g_str_equal (words[1], "none") ? NULL : words[1]);
  else if (g_str_equal (words[0], "email"))
    {
      set_text (&chain->email, words[1]);
      set_text (&chain->host, NULL);
    }
  else if (g_str_equal (words[0], "purpose"))
    set_text (&chain->purpose, g_str_equal (words[1], "none") ? NULL : words[1]);
  else if (g_str_equal (words[0], "depth"))
    chain->max_depth = atoi (words[1]);
  else if (g_str_equal (words[0], "policies"))
    {
      g_strfreev (chain->policies);
      chain->policies = g_strdupv (words + 1);
    }
}

static void
obey (Kitchen *kitchen, char **words)
{
  if (g_str_equal (words[0], "shape"))
    shape (kitchen, atoi (words[1]));
  else if (g_str_equal (words[0], "give"))
    fill_names (kitchen->given, words + 1);
  else if (g_str_equal (words[0], "anchors"))
    fill_names (kitchen->anchors, words + 1);
  else if (g_str_equal (words[0], "ask"))
    ask (kitchen->chain, words + 1);
  else if (g_str_equal (words[0], "crl"))
    g_ptr_array_add (kitchen->crl_lines, g_strdupv (words + 1));
  else if (g_str_equal (words[0], "new"))
    add_certificate (kitchen, words[1], words[2]);
  else
    write_member (kitchen, find (kitchen, words[0]), words + 1);
}

/* "crl ISSUER [by SIGNER] [from DATE] [next DATE|none] [critical|plain OID HEX] [revoke NAME…]". */
static GBytes *
make_crl (Kitchen *kitchen, char **words)
{
  const MintCertificate *issuer = find (kitchen, words[0]), *signer = issuer;
  g_autoptr (GPtrArray) revoked = g_ptr_array_new ();
  g_autoptr (GByteArray) extension = NULL;
  const char *from = "251201000000Z", *next = "260201000000Z";

  for (words++; *words != NULL; words += 2)
    if (g_str_equal (words[0], "by"))
      signer = find (kitchen, words[1]);
    else if (g_str_equal (words[0], "from"))
      from = words[1];
    else if (g_str_equal (words[0], "next"))
      next = g_str_equal (words[1], "none") ? NULL : words[1];
    else if (g_str_equal (words[0], "revoke"))
      g_ptr_array_add (revoked, find (kitchen, words[1]));
    else
      {
        g_autoptr (GByteArray) value = recipe_read_hex (words[2]);

        extension = mint_extension (words[1], g_str_equal (words[0], "critical"), value);
        words++;
      }
  return mint_crl (issuer, signer, revoked, from, next, extension);
}

static GBytes *
finish (Kitchen *kitchen, const char *name)
{
  MintCertificate *c = find (kitchen, name), *issuer = find (kitchen, c->issuer);

  return mint_sign (c, issuer, c->signer != NULL ? find (kitchen, c->signer) : issuer);
}

#define N_PASSES 4

/* Statements may stand in any order: first comes who there is, then whose key is what, last what names an issuer's key. */
static guint
get_pass (char **words)
{
  if (g_str_equal (words[0], "shape") || g_str_equal (words[0], "new"))
    return 0;
  if (g_strcmp0 (words[1], "key") == 0 || g_strcmp0 (words[1], "key-of") == 0)
    return 1;
  return g_strcmp0 (words[1], "aki") == 0 ? 3 : 2;
}

RecipeChain *
recipe_make (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, ";", -1);
  RecipeChain *chain = g_new0 (RecipeChain, 1);
  Kitchen kitchen = { .certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) mint_certificate_free),
                      .given = g_ptr_array_new_with_free_func (g_free),
                      .anchors = g_ptr_array_new_with_free_func (g_free),
                      .crl_lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev),
                      .chain = chain };

  chain->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  chain->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  chain->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  chain->host = g_strdup ("www.example.com");
  chain->purpose = g_strdup ("server-auth");
  chain->max_depth = -1;
  add_certificate (&kitchen, "root", "root");
  add_certificate (&kitchen, "leaf", "root");
  g_ptr_array_add (kitchen.anchors, g_strdup ("root"));
  shape (&kitchen, 1);
  for (guint pass = 0; pass < N_PASSES; pass++)
    for (guint i = 0; lines[i] != NULL; i++)
      {
        g_auto (GStrv) words = g_strsplit (g_strstrip (lines[i]), " ", -1);

        if (words[0] != NULL && get_pass (words) == pass)
          obey (&kitchen, words);
      }
  g_ptr_array_add (chain->chain, finish (&kitchen, "leaf"));
  for (guint i = 0; i < kitchen.given->len; i++)
    g_ptr_array_add (chain->chain, finish (&kitchen, kitchen.given->pdata[i]));
  for (guint i = 0; i < kitchen.anchors->len; i++)
    g_ptr_array_add (chain->anchors, finish (&kitchen, kitchen.anchors->pdata[i]));
  for (guint i = 0; i < kitchen.crl_lines->len; i++)
    g_ptr_array_add (chain->crls, make_crl (&kitchen, kitchen.crl_lines->pdata[i]));
  g_ptr_array_unref (kitchen.certificates);
  g_ptr_array_unref (kitchen.given);
  g_ptr_array_unref (kitchen.anchors);
  g_ptr_array_unref (kitchen.crl_lines);
  return chain;
}
