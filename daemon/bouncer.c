/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "daemon/bouncer.h"

#include "core/error.h"
#include "core/limits.h"
#include "daemon/quota.h"

#include <polkit/polkit.h>

struct _TrustBouncer
{
  PolkitAuthority *authority; /* (owned) (nullable) until first needed */
  TrustQuota *dialogs;        /* (owned) */
};

typedef struct
{
  TrustBouncer *bouncer;  /* (borrowed) outlives every question: the service drains before it frees */
  char *name;             /* (owned) */
  const char *action;     /* static */
  PolkitDetails *details; /* (owned) */
  gint64 uid;
  gboolean interactive;
  gboolean counted; /* in bouncer->dialogs */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->counted)
    trust_quota_give (question->bouncer->dialogs, question->uid, 1);
  g_object_unref (question->details);
  g_free (question->name);
  g_free (question);
}

TrustBouncer *
trust_bouncer_new (void)
{
  TrustBouncer *bouncer = g_new0 (TrustBouncer, 1);

  bouncer->dialogs = trust_quota_new (G_MAXINT, TRUST_LIMIT_DIALOGS_PER_UID);
  return bouncer;
}

void
trust_bouncer_free (TrustBouncer *bouncer)
{
  g_clear_object (&bouncer->authority);
  trust_quota_free (bouncer->dialogs);
  g_free (bouncer);
}

/* Nobody could be asked: without polkit only uid 0 may change anything. */
static void
return_nobody (GTask *task, const GError *cause)
{
  g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED,
                           "polkit could not be asked (%s), so only root may change trust; run the command as root", cause->message);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) answer = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (answer == NULL)
    return_nobody (task, error);
  else if (polkit_authorization_result_get_is_authorized (answer))
    g_task_return_boolean (task, TRUE);
  else if (polkit_authorization_result_get_is_challenge (answer) && !question->interactive)
    g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED,
                             "This needs authentication as an administrator, and the call does not allow asking for it");
  else if (polkit_authorization_result_get_is_challenge (answer))
    g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED,
                             "This needs authentication as an administrator, and no authentication agent is there to ask; run the "
                             "command as root, or where an agent runs");
  else if (polkit_authorization_result_get_dismissed (answer))
    g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED, "The authentication dialog was dismissed");
  else
    g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED, "The system's policy does not allow %s to this user", question->action);
}

static void
ask (GTask *task, PolkitAuthority *authority)
{
  const Question *question = g_task_get_task_data (task);
  g_autoptr (PolkitSubject) subject = polkit_system_bus_name_new (question->name);

  polkit_authority_check_authorization (authority, subject, question->action, question->details,
                                        question->interactive ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                                                              : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
                                        g_task_get_cancellable (task), on_checked, g_object_ref (task));
}

static void
on_authority (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthority) authority = polkit_authority_get_finish (result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (authority == NULL)
    {
      return_nobody (task, error);
      return;
    }
  g_set_object (&question->bouncer->authority, authority);
  ask (task, authority);
}

static PolkitDetails *
make_details (GHashTable *table)
{
  PolkitDetails *details = polkit_details_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &value))
    polkit_details_insert (details, key, value);
  return details;
}

void
trust_bouncer_ask (TrustBouncer *bouncer, const char *name, gint64 uid, const char *action, GHashTable *details, gboolean interactive,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  *question = (Question) { bouncer, g_strdup (name), action, make_details (details), uid, interactive, FALSE };
  g_task_set_task_data (task, question, question_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (uid == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (interactive && !trust_quota_take (bouncer->dialogs, uid, 1))
    {
      g_task_return_new_error (task, TRUST_ERROR, TRUST_ERROR_BUSY, "%u authentication dialogs of this user are open already; answer those first",
                               TRUST_LIMIT_DIALOGS_PER_UID);
      return;
    }
  question->counted = interactive;
  if (bouncer->authority != NULL)
    ask (task, bouncer->authority);
  else
    polkit_authority_get_async (NULL, on_authority, g_object_ref (task));
}

gboolean
trust_bouncer_answer (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
