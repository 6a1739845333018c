#!/bin/sh
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# trust: asks anchord about trust with anchorctl and jq. docs/integration/shell.md tells it part by part.
# Exit codes: 0 done or trusted, 1 an error, 2 wrong usage, 3 not trusted, 4 not authorized, 5 anchord is not on this machine.
set -u

# begin: here
# Is there an anchord to ask? What is installed need not run: the bus starts it.
is_here ()
{
  command -v anchorctl >/dev/null && anchorctl status --json >/dev/null 2>&1
}
# end: here

# begin: verify
# verify NAME CHAIN [STORE]
verify ()
{
  verdict=$(anchorctl --json verify "$2" --name "$1" --purpose server-auth --store "${3:-system}")
  code=$?
  case $code in
    0) echo trusted ;;
    3) printf '%s' "$verdict" | jq -r '"not trusted: \(.reason): \(.message)\n\(.remedy)"' ;;
    *) is_here || code=5 ;; # standard error has said why
  esac
  return $code
}
# end: verify

# begin: bundle
# bundle FILE [STORE]: to a temporary file beside it, then renamed, so that nobody reads half of one
bundle ()
{
  if anchorctl bundle --store "${2:-system}" --purpose server-auth >"$1.new" && mv "$1.new" "$1"; then
    echo "$1: anchord's"
    return
  fi
  rm -f "$1.new"
  # An application's own store exists in anchord alone: nothing stands in for it. Nor does anything where anchord is there and refuses.
  if [ "${2:-system}" != system ] || is_here; then
    return 1
  fi
  for there in /etc/ssl/certs/ca-certificates.crt /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/ca-bundle.pem; do
    if [ -r "$there" ]; then
      cp "$there" "$1.new" && mv "$1.new" "$1" && echo "$1: the distribution's"
      return
    fi
  done
  return 5
}
# end: bundle

# begin: why
# why FINGERPRINT
why ()
{
  answer=$(anchorctl --json why "$1") || return
  printf '%s' "$answer" | jq -r '"\(.status), decided by \(.decided_by)", (.sources[] | "  \(.layer) \(.says) it: \(.reason)")'
}
# end: why

# begin: request
# request FILE REASON
request ()
{
  answer=$(anchorctl --json request "$1" --reason "$2") || return
  printf '%s' "$answer" | jq -r .id
}
# end: request

# begin: watch
# Waits for changes; gdbus is in libglib2.0-bin. The line only wakes: what counts is asked for.
watch ()
{
  gdbus monitor --system --dest org.anchord.Anchord1 --object-path /org/anchord/Anchord1 |
    while read -r line; do
      case $line in
        *org.anchord.Anchord1.Anchors.Changed*) anchorctl --json status | jq -r '"generation \(.generation)"' ;;
      esac
    done
}
# end: watch

case ${1:-} in
  verify | bundle | why | request | watch)
    "$@"
    ;;
  *)
    echo "usage: trust.sh verify NAME CHAIN [STORE] | bundle FILE [STORE] | why FINGERPRINT | request FILE REASON | watch" >&2
    exit 2
    ;;
esac
