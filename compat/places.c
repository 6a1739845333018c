/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/places.h"

#include "core/hooks.h"
#include "core/sources/debian.h"

#include <string.h>

#define CERTS_FOLDER "/etc/ssl/certs"
#define BUNDLE "ca-certificates.crt"

typedef struct
{
  const char *name, *letter; /* "--verbose", "-v" */
  gsize flag;                /* of a gboolean in CompatPlaces */
  gsize place;               /* of a CompatPlace, or of a char* */
  enum
  {
    IS_FLAG,
    IS_FRESH_FLAG,
    IS_PLACE,
    IS_TEXT
  } kind;
} Option;

#define AT(member) G_STRUCT_OFFSET (CompatPlaces, member)

/* clang-format off */
static const Option options[] = {
  { "--verbose", "-v", AT (verbose), 0, IS_FLAG },
  { "--fresh", "-f", AT (fresh), 0, IS_FLAG },
  { "--default", "-d", AT (use_default), 0, IS_FRESH_FLAG },
  { "--certsconf", NULL, 0, AT (conf), IS_PLACE },
  { "--certsdir", NULL, 0, AT (certs), IS_PLACE },
  { "--localcertsdir", NULL, 0, AT (local), IS_PLACE },
  { "--certbundle", NULL, 0, AT (bundle), IS_TEXT },
  { "--etccertsdir", NULL, 0, AT (etc), IS_PLACE },
  { "--hooksdir", NULL, 0, AT (hooks), IS_PLACE },
  { "--sysroot", NULL, 0, AT (sysroot), IS_TEXT },
};
/* clang-format on */

static const struct
{
  gsize place;
  const char *path;
} defaults[] = {
  { AT (etc), CERTS_FOLDER },         { AT (conf), TRUST_DEBIAN_CONF },   { AT (certs), TRUST_DEBIAN_FOLDER },
  { AT (local), TRUST_DEBIAN_LOCAL }, { AT (hooks), TRUST_HOOKS_FOLDER },
};

static CompatPlace *
get_place (CompatPlaces *places, gsize offset)
{
  return (CompatPlace *) G_STRUCT_MEMBER_P (places, offset);
}

void
compat_places_init (CompatPlaces *places)
{
  *places = (CompatPlaces) { 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    get_place (places, defaults[i].place)->shown = g_strdup (defaults[i].path);
  places->bundle = g_strdup (BUNDLE);
}

void
compat_places_clear (CompatPlaces *places)
{
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      g_free (get_place (places, defaults[i].place)->shown);
      g_free (get_place (places, defaults[i].place)->path);
    }
  g_clear_pointer (&places->root, trust_root_unref);
  g_free (places->sysroot);
  g_free (places->bundle);
}

/* Everything that was named up to now lies below PREFIX. */
static void
move_below (CompatPlaces *places, const char *prefix)
{
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      CompatPlace *place = get_place (places, defaults[i].place);
      g_autofree char *old = place->shown;

      place->shown = g_strdup_printf ("%s/%s", prefix, old);
    }
}

static void
take_value (CompatPlaces *places, const Option *option, const char *value)
{
  char **text = option->kind == IS_PLACE ? &get_place (places, option->place)->shown : (char **) G_STRUCT_MEMBER_P (places, option->place);

  g_free (*text);
  *text = g_strdup (value);
  if (option->place == AT (sysroot))
    move_below (places, value);
}

static const Option *
find_option (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (g_str_equal (word, options[i].name) || g_strcmp0 (word, options[i].letter) == 0)
      return &options[i];
  return NULL;
}

CompatParse
compat_places_parse (CompatPlaces *places, int argc, char **argv)
{
  for (int i = 0; i < argc; i++)
    {
      const Option *option = find_option (argv[i]);

      if (option == NULL)
        return COMPAT_HELP;
      if (option->kind == IS_PLACE || option->kind == IS_TEXT)
        {
          if (++i == argc)
            return COMPAT_MISUSED;
          take_value (places, option, argv[i]);
          continue;
        }
      G_STRUCT_MEMBER (gboolean, places, option->flag) = TRUE;
      if (option->kind == IS_FRESH_FLAG)
        places->fresh = TRUE;
    }
  return COMPAT_GO;
}

/* Is PLACE where the machine has it, or the image that --sysroot names? */
static gboolean
is_default (const CompatPlaces *places, const CompatPlace *place, const char *path)
{
  g_autofree char *whole = places->sysroot != NULL ? g_strdup_printf ("%s/%s", places->sysroot, path) : g_strdup (path);

  return g_str_equal (place->shown, whole);
}

static gboolean
is_standard (CompatPlaces *places)
{
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (defaults[i].place != AT (hooks) && !is_default (places, get_place (places, defaults[i].place), defaults[i].path))
      return FALSE;
  return g_str_equal (places->bundle, BUNDLE);
}

/* Relative paths are taken from FOLDER. A name "in" no folder at all is one in "/". */
static char *
make_absolute (const CompatPlace *place, const char *folder)
{
  if (*place->shown == '\0')
    return g_strdup ("/");
  return g_path_is_absolute (place->shown) ? g_strdup (place->shown) : g_build_filename (folder, place->shown, NULL);
}

gboolean
compat_places_open (CompatPlaces *places, GError **error)
{
  g_autofree char *here = g_get_current_dir ();

  places->is_standard = is_standard (places);
  places->has_hooks = places->is_standard && (*places->hooks.shown == '\0' || is_default (places, &places->hooks, TRUST_HOOKS_FOLDER));
  places->root = trust_root_new (places->is_standard && places->sysroot != NULL && *places->sysroot != '\0' ? places->sysroot : "/", error);
  if (places->root == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      CompatPlace *place = get_place (places, defaults[i].place);

      if (places->is_standard && defaults[i].place != AT (hooks))
        place->path = g_strdup (defaults[i].path);
      else if (defaults[i].place == AT (etc)) /* the tool goes there; all others are found from there */
        place->path = *place->shown == '\0' ? g_strdup (here) : make_absolute (place, here);
      else
        place->path = make_absolute (place, places->sysroot != NULL ? here : places->etc.path);
    }
  return TRUE;
}
