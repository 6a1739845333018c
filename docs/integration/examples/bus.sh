#!/bin/sh
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# bus: the same questions with busctl (of systemd) and gdbus (of libglib2.0-bin) alone. docs/integration/shell.md tells it part by part.
set -eu

# begin: busctl
SERVICE=org.anchord.Anchord1
OBJECT=/org/anchord/Anchord1

# generation: the number of what is effective now
generation ()
{
  busctl get-property "$SERVICE" "$OBJECT" "$SERVICE.Anchors" Generation | cut -d' ' -f2
}

# status FINGERPRINT: trusted, distrusted, not-trusted, ended, unknown
status ()
{
  busctl --json=short call "$SERVICE" "$OBJECT" "$SERVICE.Anchors" Why s "$1" | jq -r '.data[0].status.data'
}
# end: busctl

# begin: gdbus
# reason NAME DER...: the verdict's reason, of a chain of files in DER, the leaf first
reason ()
{
  name=$1
  shift
  chain=
  for der in "$@"; do
    chain="$chain${chain:+, }[$(od -An -v -tu1 "$der" | tr -s ' \n' ',' | sed 's/^,//; s/,$//')]"
  done
  gdbus call --system --timeout 30 --dest org.anchord.Anchord1 --object-path /org/anchord/Anchord1 \
    --method org.anchord.Anchord1.Verifier.Verify "@aay [$chain]" "{'name': <'$name'>}" | sed -n "s/.*'reason': <'\([a-z-]*\)'>.*/\1/p"
}
# end: gdbus

"$@"
