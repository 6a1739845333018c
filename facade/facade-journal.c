/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-journal.h"

#include "core/text.h"
#include "facade/limits.h"
#include "facade/options.h"
#include "facade/views-journal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_RECORDS 50
#define OPERATION_CHARS 32
#define HEX_DIGITS 64

/* A number of rows that fit on a page. */
static gboolean
is_limit (const char *key, GVariant *value, GError **error)
{
  guint32 limit = g_variant_get_uint32 (value);

  if (limit > 0 && limit <= TRUST_LIMIT_PAGE_RECORDS)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"%s\" takes 1 to %u"), key, TRUST_LIMIT_PAGE_RECORDS);
  return FALSE;
}

/* The shape of an operation's name; which there are is the journal's to say. */
static gboolean
is_operation (const char *key, GVariant *value, GError **error)
{
  const char *name = g_variant_get_string (value, NULL);
  gsize size = strspn (name, "abcdefghijklmnopqrstuvwxyz-");
  g_autofree char *shown = NULL;

  if (size > 0 && size <= OPERATION_CHARS && name[size] == '\0')
    return TRUE;
  shown = trust_text_printable (name, OPERATION_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               _ ("\"%s\" is no operation; the journal has \"add\", \"remove\", \"source\" and the like"), shown);
  return FALSE;
}

static const TrustOption log_options[] = {
  { "since", "x", trust_option_is_time },
  { "until", "x", trust_option_is_time },
  { "from", "t", NULL },
  { "to", "t", NULL },
  { "anchor", "s", trust_option_is_fingerprint },
  { "by", "u", NULL },
  { "operation", "s", is_operation },
  { "limit", "u", is_limit },
  { "files", "b", NULL },
};

/* What Log asks for. */
typedef struct
{
  TrustHistoryQuery query;
  TrustPrefix anchor;
  char *operation; /* (owned) (nullable) */
} LogRequest;

static void
log_request_free (gpointer data)
{
  g_free (((LogRequest *) data)->operation);
  g_free (data);
}

gboolean
trust_parse_log (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  guint32 limit = DEFAULT_RECORDS, uid = 0;
  const char *anchor = NULL;
  LogRequest *request = NULL;

  if (!trust_options_check (options, log_options, G_N_ELEMENTS (log_options), error))
    return FALSE;
  request = g_new0 (LogRequest, 1);
  request->query.uid = g_variant_lookup (options, "by", "u", &uid) ? (gint64) uid : -1;
  g_variant_lookup (options, "since", "x", &request->query.since);
  g_variant_lookup (options, "until", "x", &request->query.until);
  request->query.since = MAX (request->query.since, 0) * G_USEC_PER_SEC;
  request->query.until = MAX (request->query.until, 0) * G_USEC_PER_SEC;
  g_variant_lookup (options, "from", "t", &request->query.from);
  g_variant_lookup (options, "to", "t", &request->query.to);
  g_variant_lookup (options, "operation", "s", &request->operation);
  g_variant_lookup (options, "limit", "u", &limit);
  g_variant_lookup (options, "files", "b", &request->query.with_files);
  /* One more, to know whether there is one. */
  request->query.limit = limit + 1;
  request->query.rows = TRUST_LIMIT_LOG_CHANGES;
  request->query.operation = request->operation;
  if (g_variant_lookup (options, "anchor", "&s", &anchor)
      && trust_fingerprint_parse (anchor, &request->anchor.fingerprint, &request->anchor.n_digits, NULL))
    request->query.anchor = &request->anchor;
  *out = (TrustDoorRequest) { request, log_request_free };
  return TRUE;
}

/* Nobody asks what another user did, where that is only administrators' to know. */
static gboolean
may_ask (const LogRequest *request, const TrustLogView *view, GError **error)
{
  if (view->shows_callers || view->uid == 0 || request->query.uid < 0 || request->query.uid == view->uid)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED,
               _ ("Who asked for changes is shown to administrators only (CallersFor= in /etc/anchord/journal.conf); leave \"by\" out, or ask "
                  "as root"));
  return FALSE;
}

/* The records that fit on a page: one at least, and not so many that their changes fill it. */
static guint
count_page (const GPtrArray *records, const TrustHistoryQuery *query)
{
  gboolean is_cut = records->len == query->limit;
  guint rows = 0;

  for (guint i = 0; i < records->len; i++)
    {
      if (rows >= query->rows)
        return i;
      rows += trust_history_weigh (records->pdata[i]);
    }
  return is_cut ? records->len - 1 : records->len;
}

gboolean
trust_handle_log (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const LogRequest *asked = request->data;
  g_autoptr (GHashTable) users = trust_engine_load_users (engine);
  TrustLogView view = { asked->query.with_files, trust_engine_shows_callers (engine, NULL), caller != NULL ? caller->uid : -1, users };
  g_autoptr (TrustHistory) history = NULL;
  g_autoptr (GPtrArray) records = NULL;
  GVariantBuilder builder;
  guint n = 0;

  if (!may_ask (asked, &view, error))
    return FALSE;
  history = trust_engine_open_history (engine, error);
  records = history != NULL ? trust_history_log (history, &asked->query, error) : NULL;
  if (records == NULL)
    return FALSE;
  n = count_page (records, &asked->query);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, trust_view_record (records->pdata[i], &view));
  out->reply = g_variant_ref_sink (g_variant_new ("(aa{sv}b)", &builder, n < records->len));
  return TRUE;
}

/* The moments that At and Diff ask for. */
typedef struct
{
  char *from;  /* (owned) */
  char *to;    /* (owned) (nullable) */
  char *after; /* (owned) (nullable) */
  guint limit;
} MomentRequest;

static void
moment_request_free (gpointer data)
{
  MomentRequest *request = data;

  g_free (request->from);
  g_free (request->to);
  g_free (request->after);
  g_free (request);
}

/* Does TEXT name a moment? Which one is the engine's clock to say. */
static gboolean
check_when (const char *text, GError **error)
{
  TrustWhen when;

  return trust_when_parse (text, g_get_real_time () / G_USEC_PER_SEC, &when, error);
}

static const TrustOption at_options[] = {
  { "after", "s", NULL },
  { "limit", "u", is_limit },
};

gboolean
trust_parse_at (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  MomentRequest *request = NULL;
  const char *when = NULL;
  guint32 limit = TRUST_LIMIT_PAGE_RECORDS;

  g_variant_get_child (parameters, 0, "&s", &when);
  if (!check_when (when, error) || !trust_options_check (options, at_options, G_N_ELEMENTS (at_options), error))
    return FALSE;
  request = g_new0 (MomentRequest, 1);
  request->from = g_strdup (when);
  g_variant_lookup (options, "after", "s", &request->after);
  g_variant_lookup (options, "limit", "u", &limit);
  request->limit = limit;
  *out = (TrustDoorRequest) { request, moment_request_free };
  return TRUE;
}

/* How STATE stands to the row that AFTER names, as strcmp() has it. */
static int
compare_to_row (const TrustHistoryState *state, const char *after)
{
  gboolean has_fingerprint = strspn (after, "0123456789abcdef") >= HEX_DIGITS;
  g_autofree char *fingerprint = g_strndup (after, has_fingerprint ? HEX_DIGITS : 0);
  int order = strcmp (state->fingerprint, fingerprint);

  return order != 0 ? order : strcmp (state->title, after + strlen (fingerprint));
}

static gboolean
is_same_row (const TrustHistoryState *a, const TrustHistoryState *b)
{
  return g_str_equal (a->fingerprint, b->fingerprint) && g_str_equal (a->title, b->title);
}

/* Where a page ends that begins with FIRST. */
static guint
find_page_end (const GPtrArray *states, guint first, guint limit)
{
  guint weight = 0, end = first;

  for (; end < states->len && end - first < limit && weight < TRUST_LIMIT_LOG_CHANGES; end++)
    {
      const TrustHistoryState *state = states->pdata[end];

      weight += trust_history_weigh_row (state->title, state->settings, NULL);
    }
  return end;
}

gboolean
trust_handle_at (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const MomentRequest *asked = request->data;
  g_autoptr (TrustHistory) history = trust_engine_open_history (engine, error);
  g_autoptr (TrustMoment) moment = NULL;
  guint first = 0, end = 0;
  guint64 generation = 0;

  if (history == NULL || !trust_engine_resolve_when (engine, history, asked->from, &generation, error))
    return FALSE;
  moment = trust_history_at (history, generation, FALSE, error);
  if (moment == NULL)
    return FALSE;
  while (asked->after != NULL && first < moment->states->len && compare_to_row (moment->states->pdata[first], asked->after) <= 0)
    first++;
  end = find_page_end (moment->states, first, asked->limit);
  /* A certificate's rows in several stores have one name: a page does not end between them. */
  while (end > first && end < moment->states->len && is_same_row (moment->states->pdata[end - 1], moment->states->pdata[end]))
    end++;
  out->reply = g_variant_ref_sink (g_variant_new ("(tx@aa{sv}b)", moment->generation, moment->time / G_USEC_PER_SEC,
                                                  trust_view_states (moment->states, first, end - first), end < moment->states->len));
  return TRUE;
}

gboolean
trust_parse_diff (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  const char *from = NULL, *to = NULL;
  MomentRequest *request = NULL;

  g_variant_get (parameters, "(&s&s)", &from, &to);
  if (!check_when (from, error) || !check_when (to, error))
    return FALSE;
  request = g_new0 (MomentRequest, 1);
  request->from = g_strdup (from);
  request->to = g_strdup (to);
  *out = (TrustDoorRequest) { request, moment_request_free };
  return TRUE;
}

static TrustMoment *
read_moment (TrustEngine *engine, TrustHistory *history, const char *when, GError **error)
{
  guint64 generation = 0;

  return trust_engine_resolve_when (engine, history, when, &generation, error) ? trust_history_at (history, generation, FALSE, error) : NULL;
}

gboolean
trust_handle_diff (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const MomentRequest *asked = request->data;
  g_autoptr (TrustHistory) history = trust_engine_open_history (engine, error);
  g_autoptr (TrustMoment) from = history != NULL ? read_moment (engine, history, asked->from, error) : NULL;
  g_autoptr (TrustMoment) to = from != NULL ? read_moment (engine, history, asked->to, error) : NULL;
  g_autoptr (GPtrArray) changes = to != NULL ? trust_moment_diff (from, to) : NULL;

  if (changes == NULL)
    return FALSE;
  if (trust_view_count_changes (changes) < changes->len)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   _ ("%u rows differ, more than one answer holds; ask for moments that are nearer to each other, or read both with At"),
                   changes->len);
      return FALSE;
    }
  out->reply = g_variant_ref_sink (g_variant_new ("(tt@aa{sv})", from->generation, to->generation, trust_view_changes (changes)));
  return TRUE;
}

static gboolean
is_head (const char *key, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  if (strlen (text) == HEX_DIGITS && strspn (text, "0123456789abcdef") == HEX_DIGITS)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("\"%s\" takes the hash of a record: %u digits 0 to 9 and a to f"), key,
               HEX_DIGITS);
  return FALSE;
}

static const TrustOption verify_options[] = {
  { "head", "s", is_head },
};

gboolean
trust_parse_verify_journal (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
  char *head = NULL;

  if (!trust_options_check (options, verify_options, G_N_ELEMENTS (verify_options), error))
    return FALSE;
  g_variant_lookup (options, "head", "s", &head);
  *out = (TrustDoorRequest) { head, g_free };
  return TRUE;
}

gboolean
trust_handle_verify_journal (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustJournalReport) report = trust_engine_verify_journal (engine, request->data, error);

  if (report == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_journal_report (report)));
  return TRUE;
}
