/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* containerd's hosts.toml: which file holds the roots of one registry. It is ours as a whole, or not at all. */
#include "core/emitters/emitter.h"

#include "core/error.h"

#include <string.h>

#define HEAD "# The roots of this registry, written by anchord. Changes here are lost.\n"

/* https://HOST or https://HOST:PORT, perhaps with a path; of letters that need no quoting. */
static const char *
find_server_fault (const char *value)
{
  const char *host = value + strlen ("https://");

  if (!g_str_has_prefix (value, "https://") || *host == '\0' || strlen (value) > 512 || !(g_ascii_isalnum (*host) || *host == '['))
    return "it is an address that begins with https://";
  for (; *host != '\0'; host++)
    if (!g_ascii_isalnum (*host) && strchr (".-_:[]/", *host) == NULL)
      return "an address of a registry has letters, digits and .-_:[]/";
  return NULL;
}

static gboolean
is_ours (const char *bytes, gsize size)
{
  return size >= strlen (HEAD) && memcmp (bytes, HEAD, strlen (HEAD)) == 0;
}

static gboolean
write_hosts (const TrustEmitterInput *input, GString *out, GError **error)
{
  const char *server = trust_emitter_option (input, "Server", NULL);
  gsize size = 0;
  const char *before = input->before != NULL ? g_bytes_get_data (input->before, &size) : NULL;

  if (before != NULL && size > 0 && !is_ours (before, size))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                   "hosts.toml is somebody else's, and stays as it is; name the bundle there yourself: ca = \"%s\", and take this output out of the "
                   "consumer's file",
                   trust_emitter_option (input, "Certificates", ""));
      return FALSE;
    }
  /* containerd fails on a file without certificates. */
  if (trust_anchor_set_get_n_anchors (input->set) == 0)
    return TRUE;
  g_string_append (out, HEAD);
  if (server != NULL)
    g_string_append_printf (out, "server = \"%s\"\n", server);
  g_string_append_printf (out, "ca = \"%s\"\n", trust_emitter_option (input, "Certificates", ""));
  return TRUE;
}

static gboolean
read_hosts (const void *bytes, gsize size, GArray *certificates)
{
  return is_ours (bytes, size);
}

static const TrustEmitterOption options[] = { { "Certificates", TRUE, trust_emitter_find_path_fault },
                                              { "Server", FALSE, find_server_fault },
                                              { NULL, FALSE, NULL } };

const TrustEmitter trust_emitter_containerd_hosts = {
  .name = "containerd-hosts",
  .description = "containerd's hosts.toml for one registry: which bundle holds its roots",
  .merges = TRUE,
  .options = options,
  .write = write_hosts,
  .read = read_hosts,
};
