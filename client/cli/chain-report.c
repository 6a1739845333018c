/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/chain-report.h"

#include "client/cli/print.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/* clang-format off */
const ViewField chain_report_finding[] = {
  { "severity", "severity", VIEW_STRING, NULL },
  { "code", "code", VIEW_STRING, NULL },
  { "certificate", "certificate", VIEW_INDEX, NULL },
  { "message", "message", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

/* clang-format off */
const ViewField chain_report_certificate[] = {
  { "fingerprint", "fingerprint", VIEW_STRING, NULL },
  { "title", "title", VIEW_STRING, NULL },
  { "subject", "subject", VIEW_STRING, NULL },
  { "issuer", "issuer", VIEW_STRING, NULL },
  { "serial", "serial", VIEW_STRING, NULL },
  { "not-before", "not_before", VIEW_TIME, NULL },
  { "not-after", "not_after", VIEW_TIME, NULL },
  { "key", "key", VIEW_STRING, NULL },
  { "signature", "signature", VIEW_STRING, NULL },
  { "ca", "ca", VIEW_BOOL, NULL },
  { "self-signed", "self_signed", VIEW_BOOL, NULL },
  { "names", "names", VIEW_STRINGS, NULL },
  { "purposes", "purposes", VIEW_STRINGS, NULL },
  { "same-as", "same_as", VIEW_INDEX, NULL },
  { "fault", "fault", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

typedef struct
{
  gboolean is_fault;
  const char *code;
  int index;
  char *message; /* (owned) */
} Finding;

/* What the analysis needs of a certificate. */
typedef struct
{
  GVariant *facts; /* (owned) */
  gboolean is_readable, is_ca, is_self_signed, is_issuer, is_reached;
  gint64 not_before, not_after;
  int same_as;
  gint32 issuers[8];
  guint n_issuers;
} Link;

struct _ChainReport
{
  GArray *links;       /* (owned) of Link */
  GPtrArray *findings; /* (owned) of Finding* */
  int leaf;
  int end; /* where the way from the leaf ends; -1 */
  gint64 now, warn;
};

static void
finding_free (gpointer data)
{
  Finding *finding = data;
  g_free (finding->message);
  g_free (finding);
}

static void
link_clear (gpointer data)
{
  g_variant_unref (((Link *) data)->facts);
}

static Link *
link_at (const ChainReport *self, int index)
{
  return &g_array_index (self->links, Link, index);
}

void
chain_report_add (ChainReport *self, gboolean is_fault, const char *code, int index, char *message)
{
  Finding *finding = g_new0 (Finding, 1);
  *finding = (Finding) { is_fault, code, index, message };
  g_ptr_array_add (self->findings, finding);
}

/* The same, of a certificate. */
static void
add_about (ChainReport *self, gboolean is_fault, const char *code, int index, const char *text)
{
  g_autofree char *title = print_foreign (view_string (link_at (self, index)->facts, "title"));
  chain_report_add (self, is_fault, code, index, g_strdup_printf (_ ("certificate %d (%s): %s"), index + 1, title, text));
}

static void
read_links (ChainReport *self, GVariant *certificates)
{
  gsize n = g_variant_n_children (certificates);
  for (gsize i = 0; i < n; i++)
    {
      Link link = { .facts = g_variant_get_child_value (certificates, i) };
      g_autoptr (GVariant) issuers = g_variant_lookup_value (link.facts, "issuers", G_VARIANT_TYPE ("ai"));
      link.is_readable = view_string (link.facts, "fingerprint")[0] != '\0';
      link.is_ca = view_bool (link.facts, "ca");
      link.is_self_signed = view_bool (link.facts, "self-signed");
      link.not_before = view_number (link.facts, "not-before");
      link.not_after = view_number (link.facts, "not-after");
      link.same_as = (int) view_number (link.facts, "same-as");
      gsize n_issuers = issuers == NULL ? 0 : MIN (g_variant_n_children (issuers), G_N_ELEMENTS (link.issuers));
      for (gsize j = 0; j < n_issuers; j++)
        {
          gint32 issuer = -1;
          g_variant_get_child (issuers, j, "i", &issuer);
          if (issuer >= 0 && (gsize) issuer < n && (gsize) issuer != i)
            link.issuers[link.n_issuers++] = issuer;
        }
      g_array_append_val (self->links, link);
    }
  for (guint i = 0; i < self->links->len; i++)
    for (guint j = 0; j < link_at (self, (int) i)->n_issuers; j++)
      link_at (self, link_at (self, (int) i)->issuers[j])->is_issuer = TRUE;
}

/* The first that is no CA and signed nothing. */
static int
find_leaf (const ChainReport *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = link_at (self, (int) i);
      if (link->is_readable && !link->is_ca && !link->is_issuer)
        return (int) i;
    }
  return -1;
}

/* The next one on the way up: the nearest behind it, else the first of all. */
static int
next_on_way (const ChainReport *self, int at)
{
  const Link *link = link_at (self, at);
  int next = -1;
  for (guint i = 0; i < link->n_issuers; i++)
    {
      int issuer = link->issuers[i];
      gboolean better = (issuer > at) != (next > at) ? issuer > at : issuer < next;
      if (next < 0 || better)
        next = issuer;
    }
  return next;
}

/* Marks all that leads anywhere from the leaf. Each once. */
static void
mark_reached (ChainReport *self)
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_append_val (queue, self->leaf);
  link_at (self, self->leaf)->is_reached = TRUE;
  for (guint i = 0; i < queue->len; i++)
    {
      const Link *link = link_at (self, g_array_index (queue, int, i));
      for (guint j = 0; j < link->n_issuers; j++)
        {
          int issuer = link->issuers[j];
          if (link_at (self, issuer)->is_reached)
            continue;
          link_at (self, issuer)->is_reached = TRUE;
          g_array_append_val (queue, issuer);
        }
    }
}

/* RFC 5246 7.4.2: each certifies the one before it. (RFC 8446 4.4.2 lets clients put up with less; not all do.) */
static void
check_order (ChainReport *self)
{
  g_autofree gboolean *passed = g_new0 (gboolean, self->links->len);
  int at = self->leaf;
  if (at > 0)
    add_about (self, TRUE, "misordered", at, _ ("it is the leaf, which must be the first"));
  for (int next; (next = next_on_way (self, at)) >= 0 && !passed[next]; at = next)
    {
      passed[at] = TRUE;
      if (next < at)
        add_about (self, TRUE, "misordered", next, _ ("it stands before one that it signed; put it behind that"));
    }
  self->end = at;
}

static void
check_dates (ChainReport *self, int index, gboolean matters)
{
  const Link *link = link_at (self, index);
  if (!link->is_readable)
    return;
  if (link->not_after < self->now)
    add_about (self, matters, "expired", index, _ ("it has expired"));
  else if (link->not_before > self->now)
    add_about (self, matters, "not-yet-valid", index, _ ("it is not valid yet"));
  else if (self->warn > 0 && link->not_after - self->now < self->warn)
    add_about (self, matters, "expires-soon", index, _ ("it expires soon"));
}

/* What can be said of each alone. */
static void
check_each (ChainReport *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = link_at (self, (int) i);
      g_autofree char *fault = print_foreign (view_string (link->facts, "fault"));
      if (!link->is_readable)
        chain_report_add (self, TRUE, "unreadable", (int) i, g_strdup_printf (_ ("certificate %u cannot be read: %s"), i + 1, fault));
      else if (fault[0] != '\0')
        chain_report_add (self, FALSE, "damaged", (int) i, g_strdup_printf (_ ("certificate %u is not as the standards have it: %s"), i + 1, fault));
      if (link->same_as >= 0)
        add_about (self, FALSE, "duplicate", (int) i, _ ("it stands there already; leave it out"));
    }
}

static void
check_chain (ChainReport *self)
{
  mark_reached (self);
  check_order (self);
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = link_at (self, (int) i);
      gboolean is_root = link->is_self_signed && (int) i != self->leaf;
      if (!link->is_readable || link->same_as >= 0)
        continue;
      if (!link->is_reached)
        add_about (self, FALSE, "superfluous", (int) i, _ ("it leads nowhere from the leaf; leave it out"));
      else if (is_root)
        add_about (self, FALSE, "root-included", (int) i, _ ("it is the root; harmless, but it need not be there"));
      if (link->is_reached)
        check_dates (self, (int) i, !is_root);
    }
}

static void
check_bundle (ChainReport *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = link_at (self, (int) i);
      if (!link->is_readable || link->same_as >= 0)
        continue;
      if (!link->is_self_signed && link->n_issuers == 0)
        add_about (self, FALSE, "no-issuer", (int) i, _ ("it is no root, and what signed it is not there"));
      check_dates (self, (int) i, TRUE);
    }
}

ChainReport *
chain_report_new (GVariant *certificates, gboolean sent, gint64 now, gint64 warn)
{
  ChainReport *self = g_new0 (ChainReport, 1);
  self->links = g_array_new (FALSE, FALSE, sizeof (Link));
  g_array_set_clear_func (self->links, link_clear);
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  self->now = now;
  self->warn = warn;
  self->end = -1;
  read_links (self, certificates);
  self->leaf = sent && self->links->len > 0 ? 0 : find_leaf (self);
  check_each (self);
  if (self->leaf >= 0)
    check_chain (self);
  else
    check_bundle (self);
  return self;
}

void
chain_report_free (ChainReport *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->links);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

int
chain_report_get_leaf (const ChainReport *self)
{
  return self->leaf;
}

gboolean
chain_report_is_readable (const ChainReport *self, guint index)
{
  return link_at (self, (int) index)->is_readable;
}

gboolean
chain_report_is_reached (const ChainReport *self, guint index)
{
  return link_at (self, (int) index)->is_reached;
}

static gboolean
holds (const ChainReport *self, const char *fingerprint)
{
  for (guint i = 0; i < self->links->len; i++)
    if (strcmp (view_string (link_at (self, (int) i)->facts, "fingerprint"), fingerprint) == 0)
      return TRUE;
  return FALSE;
}

/* What this machine knows and the chain should have. The last of the path is the anchor. */
static void
check_path (ChainReport *self, GVariant *verdict)
{
  g_auto (GStrv) path = view_strings (verdict, "path");
  g_auto (GStrv) titles = view_strings (verdict, "titles");
  guint n = g_strv_length (path);
  for (guint i = 1; i + 1 < n; i++)
    if (!holds (self, path[i]))
      {
        g_autofree char *title = print_foreign (i < g_strv_length (titles) ? titles[i] : path[i]);
        chain_report_add (self, TRUE, "missing-intermediate", -1,
                          g_strdup_printf (_ ("the intermediate “%s” is missing: this machine knows it, others do not"), title));
      }
}

void
chain_report_judge (ChainReport *self, GVariant *verdict)
{
  if (view_bool (verdict, "trusted"))
    return check_path (self, verdict);
  g_autofree char *message = print_foreign (view_string (verdict, "message"));
  g_autofree char *reason = print_foreign (view_string (verdict, "reason"));
  chain_report_add (self, TRUE, "not-trusted", (int) view_number (verdict, "failing"), g_strdup_printf (_ ("not trusted: %s (%s)"), message, reason));
  if (strcmp (view_string (verdict, "reason"), "unknown-issuer") != 0 || self->end < 0 || link_at (self, self->end)->is_self_signed)
    return;
  g_autofree char *title = print_foreign (view_string (link_at (self, self->end)->facts, "title"));
  g_autofree char *issuer = print_foreign (view_string (link_at (self, self->end)->facts, "issuer"));
  chain_report_add (self, TRUE, "missing-issuer", self->end,
                    g_strdup_printf (_ ("certificate %d (%s) was signed by “%s”, which is neither in the chain nor an anchor of this machine"),
                                     self->end + 1, title, issuer));
}

gboolean
chain_report_has_fault (const ChainReport *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    if (((const Finding *) g_ptr_array_index (self->findings, i))->is_fault)
      return TRUE;
  return FALSE;
}

gboolean
chain_report_get_ends (const ChainReport *self, gint64 *leaf, gint64 *first)
{
  if (self->leaf < 0 || !link_at (self, self->leaf)->is_readable)
    return FALSE;
  *leaf = *first = link_at (self, self->leaf)->not_after;
  for (guint i = 0; i < self->links->len; i++)
    {
      const Link *link = link_at (self, (int) i);
      if (link->is_reached && !link->is_self_signed)
        *first = MIN (*first, link->not_after);
    }
  return TRUE;
}

GVariant *
chain_report_get_findings (const ChainReport *self)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->findings->len; i++)
    {
      const Finding *finding = g_ptr_array_index (self->findings, i);
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "severity", g_variant_new_string (finding->is_fault ? "fault" : "note"));
      g_variant_builder_add (&builder, "{sv}", "code", g_variant_new_string (finding->code));
      g_variant_builder_add (&builder, "{sv}", "certificate", g_variant_new_int32 (finding->index));
      g_variant_builder_add (&builder, "{sv}", "message", g_variant_new_string (finding->message));
      g_variant_builder_close (&builder);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
