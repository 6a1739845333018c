/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/extract.h"

#include "core/pem.h"

#include <string.h>

#define COMMENTS "Comments"

static void
emit (const TrustAnchor *anchor, GString *out)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));

  trust_pem_append (out, der.data, der.size, "CERTIFICATE");
}

static gsize
measure (const TrustAnchor *anchor)
{
  return trust_pem_length (trust_certificate_get_der (trust_anchor_get_certificate (anchor)).size, "CERTIFICATE");
}

static const char *
find_comments_fault (const char *value)
{
  return g_str_equal (value, "true") || g_str_equal (value, "false") ? NULL : "it is true or false";
}

/* "# LABEL" before it, and an empty line between two. GnuTLS finds a block anywhere in a line, and would read no file in which a label begins one. */
static void
append_comment (GString *out, const TrustAnchor *anchor)
{
  g_autofree char *label = trust_extract_dup_label (anchor);

  for (char *at = label != NULL ? strstr (label, "-----") : NULL; at != NULL; at = strstr (at, "-----"))
    *at = ' ';
  if (out->len > 0)
    g_string_append_c (out, '\n');
  g_string_append_printf (out, "# %s\n", label != NULL ? label : "certificate");
}

/* What stands before the first certificate is the distribution's: its tool writes it there. */
static void
append_head (GString *out, GBytes *before)
{
  gsize size = 0;
  const char *data = before != NULL ? g_bytes_get_data (before, &size) : NULL;
  const char *end = data != NULL ? memmem (data, size, "-----BEGIN ", strlen ("-----BEGIN ")) : NULL;

  if (end != NULL && (end == data || end[-1] == '\n') && memchr (data, '\0', end - data) == NULL)
    g_string_append_len (out, data, end - data);
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  gboolean has_comments = g_str_equal (trust_emitter_option (input, COMMENTS, "false"), "true");
  g_autoptr (GPtrArray) anchors = trust_extract_list (&trust_emitter_pem_bundle, input);

  if (trust_extract_is_wanted (input) && !has_comments)
    append_head (out, input->before);
  for (guint i = 0; i < anchors->len; i++)
    {
      if (has_comments)
        append_comment (out, anchors->pdata[i]);
      emit (anchors->pdata[i], out);
    }
  return TRUE;
}

static const TrustEmitterOption options[] = { { TRUST_EXTRACT_OPTION, FALSE, trust_extract_find_fault },
                                              { COMMENTS, FALSE, find_comments_fault },
                                              { TRUST_EXTRACT_ONLY, FALSE, trust_extract_find_only_fault },
                                              { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_pem_bundle = {
  .name = "pem-bundle",
  .description = "PEM, one certificate after the other",
  .is_folder = FALSE,
  .follows = TRUE,
  .wants = trust_extract_wants,
  .options = options,
  .write = write_set,
  .emit = emit,
  .length = measure,
  .read = trust_emitter_read_pem,
};
