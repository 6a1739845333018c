/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumer-file.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/purpose.h"
#include "core/store.h"
#include "core/text.h"

#include <string.h>

#define OUTPUT_HEAD "[Output "
#define SHOWN_CHARS 64u

/* What was read so far. */
typedef struct
{
  TrustPlaced *placed;
  TrustPlacedOutput *output; /* (borrowed) (nullable) whose group it is */
  gboolean in_consumer;      /* the group is [Consumer] */
  guint consumer_line;       /* where that began; 0: not yet */
  guint seen;                /* keys of [Consumer], of 1 << index */
  guint output_seen;         /* keys of this output */
} Reading;

typedef gboolean (*TakeValue) (Reading *reading, const char *value, GError **error);

typedef struct
{
  const char *name;
  TakeValue take;
} Key;

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, message);
  return FALSE;
}

/* "KEY is "VALUE"; WHAT". */
static gboolean
refuse_value (GError **error, const char *key, const char *value, const char *what)
{
  g_autofree char *shown = trust_text_printable (value, SHOWN_CHARS);

  return refuse (error, "%s is \"%s\"; %s", key, shown, what);
}

static gboolean
take_boolean (const char *key, const char *value, gboolean *out, GError **error)
{
  *out = g_str_equal (value, "true");
  return *out || g_str_equal (value, "false") || refuse_value (error, key, value, "write \"true\" or \"false\"");
}

/* "a;b;" as a, b. NULL where it names none. Returns: (transfer full). */
static char **
split (const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", 0);
  GPtrArray *out = g_ptr_array_new ();

  for (char **part = parts; *part != NULL; part++)
    if (*g_strstrip (*part) != '\0')
      g_ptr_array_add (out, g_strdup (*part));
  g_ptr_array_add (out, NULL);
  if (out->len > 1)
    return (char **) g_ptr_array_free (out, FALSE);
  g_ptr_array_unref (out);
  return NULL;
}

static gboolean
take_version (Reading *reading, const char *value, GError **error)
{
  return g_str_equal (value, "1") || refuse_value (error, "Version", value, "this version of anchord reads 1; update anchord");
}

static gboolean
take_description (Reading *reading, const char *value, GError **error)
{
  g_free (reading->placed->description);
  reading->placed->description = g_strdup (value);
  return g_utf8_strlen (value, -1) <= TRUST_LIMIT_LABEL_CHARS || refuse (error, "Description has more than %u characters", TRUST_LIMIT_LABEL_CHARS);
}

static gboolean
take_distribution (Reading *reading, const char *value, GError **error)
{
  g_auto (GStrv) names = split (value);

  if (names == NULL)
    return refuse (error, "Distribution names none; leave the line out, or name one");
  reading->placed->distributions = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      guint kind = 0;

      while (kind < TRUST_DISTRIBUTION_LAST && !g_str_equal (names[i], trust_distribution_get_name (kind)))
        kind++;
      if (kind == TRUST_DISTRIBUTION_LAST)
        return refuse_value (error, "Distribution", names[i], "anchord does not know that one");
      reading->placed->distributions |= 1u << kind;
    }
  return TRUE;
}

static gboolean
take_store (Reading *reading, const char *value, GError **error)
{
  g_free (reading->placed->store);
  reading->placed->store = g_strdup (value);
  return trust_store_check_name (value, NULL) || refuse_value (error, "Store", value, "write \"system\" or \"app/NAME\"");
}

static gboolean
take_unit (Reading *reading, const char *value, GError **error)
{
  static const char allowed[] = ":-_.\\@";
  gsize size = strlen (value);
  gboolean good = size > 0 && size < 256 && strchr (value, '.') != NULL && *value != '-' && *value != '.';

  for (gsize i = 0; good && i < size; i++)
    good = g_ascii_isalnum (value[i]) || strchr (allowed, value[i]) != NULL;
  reading->placed->unit = g_strdup (value);
  return good || refuse_value (error, "Unit", value, "that is no name of a unit, as foo.service");
}

static gboolean
take_program (Reading *reading, const char *value, GError **error)
{
  char **programs = split (value);

  reading->placed->programs = programs;
  if (programs == NULL)
    return refuse (error, "Program names none; leave the line out, or name one");
  for (guint i = 0; programs[i] != NULL; i++)
    if (*programs[i] != '/' || strlen (programs[i]) > TRUST_LIMIT_CONSUMER_PATH)
      return refuse_value (error, "Program", programs[i], "write an absolute path");
  return TRUE;
}

static gboolean
take_lock (Reading *reading, const char *value, GError **error)
{
  const char *fault = g_str_equal (value, "/var/lib/ca-certificates") ? NULL : trust_placed_find_path_fault (value);

  reading->placed->lock = g_strdup (value);
  return fault == NULL || refuse_value (error, "Lock", value, fault);
}

static gboolean
take_enabled (Reading *reading, const char *value, GError **error)
{
  return take_boolean ("Enabled", value, &reading->placed->by_default, error);
}

/* clang-format off */
static const Key consumer_keys[] = {
  { "Version", take_version }, { "Description", take_description }, { "Distribution", take_distribution }, { "Store", take_store },
  { "Unit", take_unit },       { "Program", take_program },         { "Lock", take_lock },                 { "Enabled", take_enabled },
};
/* clang-format on */

static gboolean
take_format (Reading *reading, const char *value, GError **error)
{
  reading->output->format = g_strdup (value);
  return TRUE;
}

static gboolean
take_path (Reading *reading, const char *value, GError **error)
{
  const char *fault = trust_placed_find_path_fault (value);

  reading->output->path = g_strdup (value);
  return fault == NULL || refuse_value (error, "Path", value, fault);
}

static gboolean
take_target (Reading *reading, const char *value, GError **error)
{
  gboolean good = *value != '\0' && strlen (value) <= TRUST_LIMIT_CONSUMER_PATH && g_utf8_validate (value, -1, NULL);

  for (const char *p = value; good && *p != '\0'; p++)
    good = !g_ascii_iscntrl (*p);
  reading->output->target = g_strdup (value);
  return good || refuse_value (error, "Target", value, "that is no path");
}

static gboolean
take_purpose (Reading *reading, const char *value, GError **error)
{
  const char *const names[] = { value, NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);

  reading->output->purpose = g_strdup (value);
  return purposes != NULL || refuse_value (error, "Purpose", value, "that is no purpose; write one, as server-auth, or an OID");
}

static gboolean
parse_mode (const char *key, const char *value, guint allowed, guint needed, guint *out, GError **error)
{
  char *end = NULL;
  guint64 mode = g_ascii_strtoull (value, &end, 8);
  gboolean good = strlen (value) == 4 && *value == '0' && g_ascii_isdigit (value[1]) && *end == '\0' && (mode & ~(guint64) allowed) == 0
                  && (mode & needed) == needed;

  *out = (guint) mode;
  return good || refuse_value (error, key, value, "write four octal digits; nobody but the owner may write there, and files are not to be run");
}

static gboolean
take_mode (Reading *reading, const char *value, GError **error)
{
  return parse_mode ("Mode", value, 0644, 0400, &reading->output->mode, error);
}

static gboolean
take_folder_mode (Reading *reading, const char *value, GError **error)
{
  return parse_mode ("FolderMode", value, 0755, 0500, &reading->output->folder_mode, error);
}

static gboolean
take_accept_loss (Reading *reading, const char *value, GError **error)
{
  g_auto (GStrv) names = split (value);
  TrustLossPolicy *policy = &reading->output->policy;

  policy->purposes = FALSE;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_equal (names[i], "purposes"))
      policy->purposes = TRUE;
    else if (g_str_equal (names[i], "constraints"))
      policy->constraints = TRUE;
    else if (g_str_equal (names[i], "until"))
      policy->until = TRUE;
    else
      return refuse_value (error, "AcceptLoss", names[i], "write some of \"purposes;constraints;until\", or nothing");
  return TRUE;
}

static gboolean
take_keep (Reading *reading, const char *value, GError **error)
{
  return take_boolean ("KeepOnDisable", value, &reading->output->keep, error);
}

/* clang-format off */
static const Key output_keys[] = {
  { "Format", take_format }, { "Path", take_path },              { "Target", take_target },         { "Purpose", take_purpose },
  { "Mode", take_mode },     { "FolderMode", take_folder_mode }, { "AcceptLoss", take_accept_loss }, { "KeepOnDisable", take_keep },
};
/* clang-format on */

static gboolean
take_known (Reading *reading, const Key *keys, guint n, guint *seen, const char *name, const char *value, gboolean *found, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      if (!g_str_equal (name, keys[i].name))
        continue;
      *found = TRUE;
      if (*seen & (1u << i))
        return refuse (error, "%s stands there twice; keep one of them", name);
      *seen |= 1u << i;
      return keys[i].take (reading, value, error);
    }
  return TRUE;
}

static gboolean
take_key (Reading *reading, const char *name, const char *value, GError **error)
{
  g_autofree char *shown = trust_text_printable (name, SHOWN_CHARS);
  gboolean found = FALSE;

  if (reading->output == NULL)
    {
      if (!take_known (reading, consumer_keys, G_N_ELEMENTS (consumer_keys), &reading->seen, name, value, &found, error))
        return FALSE;
      return found || refuse (error, "key \"%s\" is not known here; correct it or update anchord", shown);
    }
  if (!take_known (reading, output_keys, G_N_ELEMENTS (output_keys), &reading->output_seen, name, value, &found, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!g_ascii_isupper (*name) || g_hash_table_size (reading->output->options) >= TRUST_LIMIT_OPTIONS)
    return refuse (error, "key \"%s\" is not known here; correct it or update anchord", shown);
  /* The format's own, which is asked later. */
  return g_hash_table_insert (reading->output->options, g_strdup (name), g_strdup (value))
         || refuse (error, "%s stands there twice; keep one of them", shown);
}

/* Is the output that was read whole? */
static gboolean
end_output (const Reading *reading, GError **error)
{
  const TrustPlacedOutput *output = reading->output;

  if (output == NULL)
    return TRUE;
  if (output->format == NULL || output->path == NULL)
    return refuse (error, "[Output %s] has no %s", output->name, output->format == NULL ? "Format" : "Path");
  if (g_str_equal (output->format, TRUST_PLACED_LINK) != (output->target != NULL))
    return refuse (error, output->target == NULL ? "[Output %s] is a link and has no Target" : "[Output %s] has a Target and is no link",
                   output->name);
  return TRUE;
}

static gboolean
begin_output (Reading *reading, const char *name, GError **error)
{
  GPtrArray *outputs = reading->placed->outputs;
  gsize size = strlen (name);
  gboolean good = size > 0 && size <= TRUST_LIMIT_CONSUMER_NAME;

  for (gsize i = 0; good && i < size; i++)
    good = g_ascii_islower (name[i]) || g_ascii_isdigit (name[i]) || name[i] == '-' || name[i] == '_';
  if (!good)
    return refuse_value (error, "An output's name", name, "it has 1 to 64 of a-z 0-9 - _");
  if (outputs->len >= TRUST_LIMIT_CONSUMER_OUTPUTS)
    return refuse (error, "there are more than %u outputs", TRUST_LIMIT_CONSUMER_OUTPUTS);
  for (guint i = 0; i < outputs->len; i++)
    if (g_str_equal (((TrustPlacedOutput *) outputs->pdata[i])->name, name))
      return refuse (error, "[Output %s] stands there already", name);
  reading->output = trust_placed_output_new (name);
  reading->output_seen = 0;
  g_ptr_array_add (outputs, reading->output);
  return TRUE;
}

static gboolean
take_group (Reading *reading, char *line, gsize size, guint number, GError **error)
{
  if (!end_output (reading, error))
    return FALSE;
  reading->output = NULL;
  if (g_str_equal (line, "[Consumer]"))
    {
      if (reading->consumer_line > 0)
        return refuse (error, "[Consumer] stands there already, in line %u", reading->consumer_line);
      reading->consumer_line = number;
      return TRUE;
    }
  if (!g_str_has_prefix (line, OUTPUT_HEAD))
    return refuse_value (error, "A group", line, "there are [Consumer] and [Output NAME]");
  line[size - 1] = '\0';
  return begin_output (reading, g_strstrip (line + strlen (OUTPUT_HEAD)), error);
}

/* LINE: without white space around it. */
static gboolean
take_line (Reading *reading, char *line, guint number, GError **error)
{
  gsize size = strlen (line);
  char *equals = strchr (line, '=');

  if (size == 0 || *line == '#')
    return TRUE;
  if (*line == '[' && line[size - 1] == ']')
    return take_group (reading, line, size, number, error);
  if (equals == NULL)
    return refuse (error, "neither a [Group], a Key=value nor a # comment");
  if (reading->consumer_line == 0 && reading->output == NULL)
    return refuse (error, "a key stands before the first group, which is [Consumer]");
  *equals = '\0';
  return take_key (reading, g_strchomp (line), g_strchug (equals + 1), error);
}

/* Two outputs in one place would write over each other. */
static gboolean
check_places (const TrustPlaced *placed, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < placed->outputs->len; i++)
    {
      const TrustPlacedOutput *output = placed->outputs->pdata[i];

      if (!g_hash_table_add (seen, output->path))
        return refuse (error, "[Output %s] has the path of another output", output->name);
    }
  return TRUE;
}

static gboolean
read_lines (Reading *reading, char **lines, GError **error)
{
  for (guint i = 0; lines[i] != NULL; i++)
    if (!take_line (reading, g_strstrip (lines[i]), i + 1, error))
      {
        g_prefix_error (error, "line %u: ", i + 1);
        return FALSE;
      }
  if (!end_output (reading, error))
    return FALSE;
  if (!(reading->seen & 1u))
    return refuse (error, "it has no group [Consumer] with Version=1");
  if (reading->placed->outputs->len == 0)
    return refuse (error, "it has no [Output NAME], so it writes nothing");
  return check_places (reading->placed, error);
}

gboolean
trust_consumer_file_parse (TrustSpan bytes, TrustPlaced *placed, GError **error)
{
  Reading reading = { .placed = placed };
  const char *text = (const char *) bytes.data;
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes.size > TRUST_LIMIT_CONSUMER_FILE_BYTES)
    return refuse (error, "it has %zu bytes; at most %u are read", bytes.size, TRUST_LIMIT_CONSUMER_FILE_BYTES);
  if (bytes.size > 0 && (memchr (text, '\0', bytes.size) != NULL || !g_utf8_validate (text, (gssize) bytes.size, NULL)))
    return refuse (error, "it is not UTF-8 text");
  copy = g_strndup (bytes.size > 0 ? text : "", bytes.size);
  lines = g_strsplit (copy, "\n", 0);
  if (read_lines (&reading, lines, error))
    return TRUE;
  g_ptr_array_set_size (placed->outputs, 0);
  return FALSE;
}
