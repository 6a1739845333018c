/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/initramfs.h"

#include "core/limits.h"
#include "core/text.h"

#include <string.h>
#include <sys/stat.h>

/* One file of the tools. Bytes. */
#define MAX_TOOL_BYTES (256u * 1024)
#define NANOSECONDS G_GINT64_CONSTANT (1000000000)

static const ViewField image_fields[] = { { "path", "path", VIEW_STRING, NULL },
                                          { "time", "time", VIEW_TIME, NULL },
                                          { NULL, NULL, VIEW_STRING, NULL } };

/* clang-format off */
const ViewField view_initramfs[] = {
  { "images", "images", VIEW_NUMBER, NULL }, { "older", "older", VIEW_LIST, image_fields }, { "tools", "tools", VIEW_NUMBER, NULL },
  { "copied-by", "copied_by", VIEW_STRINGS, NULL }, { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* What copies files into an image: initramfs-tools, dracut, mkinitcpio, mkinitfs. */
static const char *const tools[] = {
  "/etc/initramfs-tools/hooks",  "/usr/share/initramfs-tools/hooks",
  "/etc/initramfs-tools/conf.d", "/etc/dracut.conf",
  "/etc/dracut.conf.d",          "/usr/lib/dracut/dracut.conf.d",
  "/usr/lib/dracut/modules.d",   "/etc/mkinitcpio.conf",
  "/etc/mkinitcpio.conf.d",      "/etc/initcpio/install",
  "/usr/lib/initcpio/install",   "/etc/mkinitfs/features.d",
};
/* Words by which they name the bundle, or the folders that it is in. */
static const char *const words[] = { "ca-certificates", "ca-bundle", "/etc/ssl/cert", "/etc/pki/tls",
                                     "ca-trust",        "cacerts",   "/etc/anchord",  "/var/lib/anchord" };

typedef struct
{
  TrustRoot *root;
  gint64 changed;
  guint images, tools, entries;
  GPtrArray *copied_by; /* (owned) of char*, escaped */
  GVariantBuilder older;
} Look;

static gboolean
is_image (const char *name)
{
  return g_str_has_prefix (name, "initrd") || g_str_has_prefix (name, "initramfs");
}

static void
look_at_image (Look *look, const char *path)
{
  TrustStat stat;
  if (!trust_root_lstat (look->root, path, &stat) || !S_ISREG (stat.mode)) /* links lead to one of the others */
    return;
  look->images++;
  if (look->changed == 0 || stat.mtime / NANOSECONDS >= look->changed)
    return;
  GVariantDict row;
  g_autofree char *safe = trust_text_printable (path, 0);
  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "path", "s", safe);
  g_variant_dict_insert (&row, "time", "x", stat.mtime / NANOSECONDS);
  g_variant_builder_add_value (&look->older, g_variant_dict_end (&row));
}

/* Those that lie in FOLDER, and with DEEP those in its own folders: one for each kernel. */
static void
find_images (Look *look, const char *folder, gboolean deep)
{
  g_autoptr (GPtrArray) names = trust_root_list (look->root, folder);
  for (guint i = 0; names != NULL && i < names->len && look->entries++ < TRUST_LIMIT_FOLDER_FILES; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (is_image (name))
        look_at_image (look, path);
      else if (deep)
        find_images (look, path, FALSE);
    }
}

/* Comments do not copy. */
static gboolean
names_certificates (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data, size);
  for (char *line = text, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      if (next != NULL)
        *next++ = '\0';
      line += strspn (line, " \t");
      for (gsize i = 0; *line != '#' && i < G_N_ELEMENTS (words); i++)
        if (strstr (line, words[i]) != NULL)
          return TRUE;
    }
  return FALSE;
}

static void
look_at_tools (Look *look, const char *path, guint depth)
{
  TrustStat stat;
  if (look->entries++ >= TRUST_LIMIT_FOLDER_FILES || !trust_root_stat (look->root, path, &stat))
    return;
  if (S_ISREG (stat.mode))
    {
      g_autoptr (GBytes) bytes = trust_root_read (look->root, path, MAX_TOOL_BYTES, NULL, NULL);
      look->tools += bytes != NULL;
      if (bytes != NULL && names_certificates (bytes))
        g_ptr_array_add (look->copied_by, trust_text_printable (path, 0));
      return;
    }
  g_autoptr (GPtrArray) names = S_ISDIR (stat.mode) && depth < 3 ? trust_root_list (look->root, path) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *below = g_build_filename (path, g_ptr_array_index (names, i), NULL);
      look_at_tools (look, below, depth + 1);
    }
}

GVariant *
initramfs_look (TrustRoot *root, gint64 changed)
{
  GVariantDict found;
  Look look = { .root = root, .changed = changed, .copied_by = g_ptr_array_new_with_free_func (g_free) };
  g_variant_builder_init (&look.older, G_VARIANT_TYPE ("aa{sv}"));
  find_images (&look, "/boot", FALSE);
  find_images (&look, "/usr/lib/modules", TRUE);
  look.entries = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++)
    look_at_tools (&look, tools[i], 0);
  g_ptr_array_add (look.copied_by, NULL);
  g_variant_dict_init (&found, NULL);
  g_variant_dict_insert (&found, "images", "u", look.images);
  g_variant_dict_insert_value (&found, "older", g_variant_builder_end (&look.older));
  g_variant_dict_insert (&found, "tools", "u", look.tools);
  g_variant_dict_insert (&found, "copied-by", "^as", look.copied_by->pdata);
  g_ptr_array_unref (look.copied_by);
  return g_variant_ref_sink (g_variant_dict_end (&found));
}
