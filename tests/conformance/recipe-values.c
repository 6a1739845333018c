/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/conformance/recipe-values.h"

#include "tests/conformance/mint.h"
#include "tests/lib/forge.h"

#include <stdlib.h>

GByteArray *
recipe_read_hex (const char *text)
{
  GByteArray *out = g_byte_array_new ();

  for (gsize i = 0; text[i] != '\0'; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (text[i]) << 4 | g_ascii_xdigit_value (text[i + 1]));

      g_byte_array_append (out, &byte, 1);
    }
  return out;
}

static GByteArray *
make_integer (guint8 tag, const char *text)
{
  guint8 number = (guint8) atoi (text);

  return forge_element (tag, forge_bytes (&number, 1));
}

/* "ca", "leaf", "empty", then "len N". */
static GByteArray *
make_bc (char **words)
{
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL; words++)
    if (g_str_equal (*words, "ca"))
      content = forge_join (content, FORGE_BYTES ("\x01\x01\xff"), NULL);
    else if (g_str_equal (*words, "len"))
      content = forge_join (content, make_integer (0x02, *++words), NULL);
  return forge_element (0x30, content);
}

static GByteArray *
make_ku (char **words)
{
  static const char *const names[] = { "digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment",
                                       "keyAgreement",     "keyCertSign",       "cRLSign",         "encipherOnly" };
  guint8 bytes[2] = { 0, 0 };

  for (; *words != NULL; words++)
    for (guint bit = 0; bit < G_N_ELEMENTS (names); bit++)
      if (g_str_equal (*words, names[bit]))
        bytes[1] |= (guint8) (0x80 >> bit);
  for (guint8 rest = bytes[1]; rest != 0 && (rest & 1) == 0; rest >>= 1)
    bytes[0]++;
  return forge_element (0x03, forge_bytes (bytes, bytes[1] != 0 ? 2 : 1));
}

static GByteArray *
make_eku (char **words)
{
  /* clang-format off */
  static const struct { const char *word, *oid; } purposes[] = {
    { "serverAuth", "1.3.6.1.5.5.7.3.1" }, { "clientAuth", "1.3.6.1.5.5.7.3.2" }, { "codeSigning", "1.3.6.1.5.5.7.3.3" },
    { "emailProtection", "1.3.6.1.5.5.7.3.4" }, { "any", "2.5.29.37.0" }, { "ocspSigning", "1.3.6.1.5.5.7.3.9" },
  };
  /* clang-format on */
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL; words++)
    {
      const char *oid = *words;

      for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
        oid = g_str_equal (*words, purposes[i].word) ? purposes[i].oid : oid;
      content = forge_join (content, mint_oid (oid), NULL);
    }
  return forge_element (0x30, content);
}

static GByteArray *
make_san (char **words)
{
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL; words++)
    content = forge_join (content, mint_general_name (*words, FALSE), NULL);
  return forge_element (0x30, content);
}

/* "permit NAME…", "exclude NAME…", "minimum N" after the name that it is for. */
static GByteArray *
make_nc (char **words)
{
  GByteArray *lists[2] = { g_byte_array_new (), g_byte_array_new () }, *content = g_byte_array_new ();
  gboolean said[2] = { FALSE, FALSE };
  guint which = 0;

  for (; *words != NULL; words++)
    {
      if (g_str_equal (*words, "permit") || g_str_equal (*words, "exclude"))
        {
          which = **words == 'e';
          said[which] = TRUE;
          continue;
        }
      GByteArray *subtree = mint_general_name (*words, TRUE);

      if (words[1] != NULL && g_str_equal (words[1], "minimum"))
        {
          subtree = forge_join (subtree, make_integer (0x80, words[2]), NULL);
          words += 2;
        }
      lists[which] = forge_join (lists[which], forge_element (0x30, subtree), NULL);
    }
  for (which = 0; which < 2; which++)
    if (said[which])
      content = forge_join (content, forge_element (which == 0 ? 0xa0 : 0xa1, lists[which]), NULL);
    else
      g_byte_array_unref (lists[which]);
  return forge_element (0x30, content);
}

static GByteArray *
make_policies (char **words)
{
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL; words++)
    content = forge_join (content, forge_element (0x30, mint_oid (*words)), NULL);
  return forge_element (0x30, content);
}

/* "FROM=TO…". */
static GByteArray *
make_mappings (char **words)
{
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL; words++)
    {
      g_auto (GStrv) halves = g_strsplit (*words, "=", 2);

      content = forge_join (content, forge_element (0x30, forge_join (mint_oid (halves[0]), mint_oid (halves[1]), NULL)), NULL);
    }
  return forge_element (0x30, content);
}

/* "require N", "inhibit N". */
static GByteArray *
make_limits (char **words)
{
  GByteArray *content = g_byte_array_new ();

  for (; *words != NULL && words[1] != NULL; words += 2)
    content = forge_join (content, make_integer (g_str_equal (*words, "require") ? 0x80 : 0x81, words[1]), NULL);
  return forge_element (0x30, content);
}

static GByteArray *
make_no_any (char **words)
{
  return make_integer (0x02, words[0]);
}

/* clang-format off */
static const RecipeMaker makers[] = {
  { "bc", "2.5.29.19", TRUE, make_bc },         { "ku", "2.5.29.15", TRUE, make_ku },
  { "eku", "2.5.29.37", FALSE, make_eku },      { "san", "2.5.29.17", FALSE, make_san },
  { "nc", "2.5.29.30", TRUE, make_nc },         { "policies", "2.5.29.32", FALSE, make_policies },
  { "mappings", "2.5.29.33", TRUE, make_mappings }, { "limits", "2.5.29.36", TRUE, make_limits },
  { "no-any", "2.5.29.54", TRUE, make_no_any }, { "ski", "2.5.29.14", FALSE, NULL },
  { "aki", "2.5.29.35", FALSE, NULL },
};
/* clang-format on */

const RecipeMaker *
recipe_find_maker (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    if (g_str_equal (makers[i].word, word))
      return &makers[i];
  return NULL;
}
