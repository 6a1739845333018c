/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* UEFI signature lists of X.509 certificates, one in each (UEFI 2.10 section 32.4.1), as OVMF's firmware configuration and the variable
 * TlsCaCertificate hold them. Byte for byte what p11-kit's "edk2-cacerts" writes for a certificate, its owner included. */
#include "core/emitters/extract.h"

#include <string.h>

#define GUID_SIZE 16u
#define HEAD_SIZE (GUID_SIZE + 3 * 4)
/* EFI_CERT_X509_GUID a5c059a1-94e4-4aa7-87b5-ab155c2bf072, the first three parts little-endian. */
#define TYPE "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
/* Who put it there: p11-kit's dcdd3b50-f405-43fd-96be-bd33b1734776. No firmware looks at it. */
#define OWNER "\x50\x3b\xdd\xdc\x05\xf4\xfd\x43\x96\xbe\xbd\x33\xb1\x73\x47\x76"

static void
append_number (GString *out, gsize number)
{
  for (guint i = 0; i < 4; i++)
    g_string_append_c (out, (char) (number >> 8 * i & 0xff));
}

static void
emit (const TrustAnchor *anchor, GString *out)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));

  g_string_append_len (out, TYPE, GUID_SIZE);
  append_number (out, HEAD_SIZE + GUID_SIZE + der.size);
  append_number (out, 0);
  append_number (out, GUID_SIZE + der.size);
  g_string_append_len (out, OWNER, GUID_SIZE);
  g_string_append_len (out, (const char *) der.data, (gssize) der.size);
}

static gsize
measure (const TrustAnchor *anchor)
{
  return HEAD_SIZE + GUID_SIZE + trust_certificate_get_der (trust_anchor_get_certificate (anchor)).size;
}

static gsize
read_number (const guint8 *bytes)
{
  return (gsize) bytes[0] | (gsize) bytes[1] << 8 | (gsize) bytes[2] << 16 | (gsize) bytes[3] << 24;
}

/* A list may hold several of one size. A list of another type (a hash, a key) is none that a firmware takes here. */
static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  const guint8 *at = bytes, *end = at + size;

  while (at < end)
    {
      gsize left = (gsize) (end - at), list = left >= HEAD_SIZE ? read_number (at + GUID_SIZE) : 0;
      gsize signature = list != 0 ? read_number (at + GUID_SIZE + 8) : 0;

      if (list <= HEAD_SIZE || list > left || memcmp (at, TYPE, GUID_SIZE) != 0 || read_number (at + GUID_SIZE + 4) != 0 || signature <= GUID_SIZE
          || (list - HEAD_SIZE) % signature != 0)
        return FALSE;
      for (const guint8 *next = at + HEAD_SIZE; next < at + list; next += signature)
        if (!trust_emitter_read_der (next + GUID_SIZE, signature - GUID_SIZE, certificates))
          return FALSE;
      at += list;
    }
  return TRUE;
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_autoptr (GPtrArray) anchors = trust_extract_list (&trust_emitter_edk2_cacerts, input);

  for (guint i = 0; i < anchors->len; i++)
    emit (anchors->pdata[i], out);
  return TRUE;
}

static const TrustEmitterOption options[] = { { TRUST_EXTRACT_OPTION, FALSE, trust_extract_find_fault }, { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_edk2_cacerts = {
  .name = "edk2-cacerts",
  .description = "UEFI signature lists, for the TLS of OVMF's firmware",
  .follows = TRUE,
  .wants = trust_extract_wants,
  .options = options,
  .write = write_set,
  .emit = emit,
  .length = measure,
  .read = read_file,
};
