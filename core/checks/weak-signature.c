/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nobody checks the signature of what is itself the anchor (RFC 5280 6.1.1 (d): an anchor is a name and a key), so a root's own one matters to no
 * path. That of a CA whom another one signed does, where a program looks for that one: it may not take an intermediate as the end of a path. */
#include "core/checks/check.h"
#include "core/signature.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  TrustSignatureKind kind;
  gboolean own = trust_certificate_is_self_issued (suspect->certificate);
  TrustFinding *finding = NULL;

  trust_signature_identify (suspect->extensions->outer_algorithm, &kind);
  if (!kind.is_sha1 && !kind.is_older)
    return;
  finding = trust_check_tell_of (
      check, out, suspect,
      own ? g_strdup_printf ("it signed itself with %s; nobody checks that of an anchor, though some programs and scanners complain", kind.name)
          : g_strdup_printf ("its CA signed it with %s, which can be forged; programs that follow paths to a root refuse it", kind.name),
      own ? g_strdup ("None is needed; a renewed certificate of the same CA would be signed better")
          : g_strdup ("Trust the CA at the end of the path instead: anchorctl add FILE"));
  if (own)
    finding->severity = TRUST_SEVERITY_INFO;
}

const TrustCheck trust_check_weak_signature = {
  .id = "weak-signature",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Signatures with SHA-1, MD5 and what came before",
  .look = look_at,
  .once = TRUE,
};
