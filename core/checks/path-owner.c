/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

#include <string.h>

#define TOP "/"
#define CONSUMER "consumer "

typedef struct
{
  const TrustFacts *facts;
  guint32 top_uid;     /* who owns the root: an image's files may be its */
  GHashTable *sources; /* (owned) path -> TrustSourceFile* */
  GHashTable *outputs; /* (owned) path -> TrustPlacedOutput* */
} Look;

static const TrustFoundPath *
find_top (const TrustFacts *facts)
{
  for (guint i = 0; i < facts->paths->len; i++)
    if (g_str_equal (((const TrustFoundPath *) facts->paths->pdata[i])->path, TOP))
      return facts->paths->pdata[i];
  return NULL;
}

static void
know (Look *look)
{
  const TrustSnapshot *snapshot = look->facts->snapshot;

  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      for (guint n = 0; n < state->files->len; n++)
        {
          TrustSourceFile *file = state->files->pdata[n];

          g_hash_table_insert (look->sources, (gpointer) (guintptr) trust_origin_get_path (file->origin), file);
        }
    }
  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];

      for (guint n = 0; n < placed->outputs->len; n++)
        {
          TrustPlacedOutput *output = placed->outputs->pdata[n];

          g_hash_table_insert (look->outputs, output->path, output);
        }
    }
}

/* The mode that the consumer's file asks for; FALSE: none does. */
static gboolean
find_wish (const Look *look, const TrustFoundPath *found, guint *mode)
{
  const TrustPlacedOutput *output = g_hash_table_lookup (look->outputs, found->path);
  g_autofree char *folder = output == NULL ? g_path_get_dirname (found->path) : NULL;

  if (output == NULL)
    output = g_hash_table_lookup (look->outputs, folder);
  if (output != NULL)
    *mode = S_ISDIR (found->stat.mode) ? output->folder_mode : output->mode;
  return output != NULL;
}

/* Who reads trust may be anybody, but for what was made for one service alone. */
static gboolean
is_unreadable (const Look *look, const TrustFoundPath *found)
{
  guint need = S_ISDIR (found->stat.mode) ? S_IXOTH : S_IROTH, wish;

  if (!g_str_has_prefix (found->owner, CONSUMER) || (found->stat.mode & need) != 0)
    return FALSE;
  return !find_wish (look, found, &wish) || (wish & need) != 0;
}

static gboolean
is_told_elsewhere (const Look *look, const TrustFoundPath *found)
{
  const TrustSourceFile *file = g_hash_table_lookup (look->sources, found->path);

  return file != NULL && file->status == TRUST_FILE_INSECURE;
}

static void
judge (const TrustCheck *check, const Look *look, const TrustFoundPath *found, GPtrArray *out)
{
  const char *what = S_ISDIR (found->stat.mode) ? "what lies in this folder" : "what it says";
  guint mode = found->stat.mode & 07777;
  g_autofree char *shown = trust_text_printable (found->path, 0), *owner = trust_text_printable (found->owner, 0);

  if (found->stat.uid != 0 && found->stat.uid != look->top_uid)
    trust_check_tell (check, out, NULL, found->path, g_strdup_printf ("user %u owns it, and so chooses %s (%s)", found->stat.uid, what, owner),
                      g_strdup_printf ("chown root %s", shown));
  else if ((mode & S_IWOTH) != 0)
    trust_check_tell (check, out, NULL, found->path,
                      g_strdup_printf ("everybody may write to it (mode %04o), and so choose %s (%s)", mode, what, owner),
                      g_strdup_printf ("chmod o-w %s", shown));
  else if ((mode & S_IWGRP) != 0)
    trust_check_tell (check, out, NULL, found->path,
                      g_strdup_printf ("its group may write to it (mode %04o), and so choose %s (%s)", mode, what, owner),
                      g_strdup_printf ("chmod g-w %s, or see that nobody is in that group who should not be", shown))
        ->severity
        = S_ISDIR (found->stat.mode) ? TRUST_SEVERITY_LOW : TRUST_SEVERITY_MEDIUM;
  if (is_unreadable (look, found))
    trust_check_tell (check, out, NULL, found->path,
                      g_strdup_printf ("not everybody may read it (mode %04o): programs of other users find no trust there (%s)", mode, owner),
                      g_strdup_printf ("chmod %s %s", S_ISDIR (found->stat.mode) ? "go+rx" : "go+r", shown))
        ->severity
        = TRUST_SEVERITY_MEDIUM;
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal), outputs = g_hash_table_new (g_str_hash, g_str_equal);
  Look look = { .facts = facts, .sources = sources, .outputs = outputs };
  const TrustFoundPath *top = facts->paths != NULL ? find_top (facts) : NULL;

  if (top == NULL)
    return;
  look.top_uid = top->stat.uid;
  know (&look);
  for (guint i = 0; i < facts->paths->len; i++)
    {
      const TrustFoundPath *found = facts->paths->pdata[i];

      /* A link's own file has a row of its own where it matters; a device is a mask. */
      if (found->target == NULL && (S_ISREG (found->stat.mode) || S_ISDIR (found->stat.mode)) && !is_told_elsewhere (&look, found))
        judge (check, &look, found, out);
    }
}

const TrustCheck trust_check_path_owner = {
  .id = "path-owner",
  .severity = TRUST_SEVERITY_HIGH,
  .summary = "Places of trust that the wrong users may write to, or read",
  .run = run,
};
