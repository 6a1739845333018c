/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

/* What a reader would have to know to trust no more than was meant. That a file is for one purpose says nothing of the others, and a label widens
 * nothing. */
#define WIDENS                                                                                                                                       \
  ((1u << TRUST_LOSS_CONSTRAINTS) | (1u << TRUST_LOSS_SHARED_CONSTRAINTS) | (1u << TRUST_LOSS_DISTRUST_AFTER)                                        \
   | (1u << TRUST_LOSS_OTHER_DISTRUST_AFTER) | (1u << TRUST_LOSS_UNTIL))

/* The names of MASK. Returns: (transfer full). */
static char *
describe (guint mask)
{
  GString *text = g_string_new (NULL);

  for (guint kind = 0; kind < TRUST_LOSS_LAST; kind++)
    if (mask & (1u << kind))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", trust_loss_get_name (kind));
  return g_string_free (text, FALSE);
}

static void
tell (const TrustCheck *check, const TrustAnchorSet *set, const TrustLoss *loss, const char *where, GPtrArray *out)
{
  const TrustAnchor *anchor = trust_anchor_set_lookup (set, &loss->fingerprint);
  g_autofree char *names = describe (loss->losses & WIDENS);
  char hex[TRUST_FINGERPRINT_HEX];

  if (anchor == NULL || loss->left_out || (loss->losses & WIDENS) == 0)
    return;
  trust_fingerprint_to_hex (&loss->fingerprint, hex);
  trust_check_tell (check, out, trust_anchor_get_certificate (anchor), where,
                    g_strdup_printf ("its files hold %.16s without its limits, which their format cannot say: %s", hex, names),
                    g_strdup ("Where that is too much, let such files leave it out: add it again with --replace and without --accept-loss, or take "
                              "that loss out of AcceptLoss= in the consumer's file"));
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const TrustSnapshot *snapshot = facts->snapshot;
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (snapshot->set, &trust_loss_policy_default, snapshot->time, NULL, losses);

  for (guint i = 0; i < losses->len; i++)
    tell (check, snapshot->set, losses->pdata[i], "consumer own", out);
  for (guint i = 0; facts->outputs != NULL && i < facts->outputs->len; i++)
    {
      const TrustFoundOutput *output = facts->outputs->pdata[i];
      g_autofree char *path = trust_text_printable (output->path, 0), *where = g_strdup_printf ("consumer %s: %s", output->consumer, path);

      for (guint n = 0; n < output->losses->len; n++)
        tell (check, output->set, output->losses->pdata[n], where, out);
    }
}

const TrustCheck trust_check_losses_accepted = {
  .id = "losses-accepted",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Anchors that files show without the limits of their trust",
  .run = run,
};
