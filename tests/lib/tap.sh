# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# TAP for tests in bash. Sourced.

tap_points=0 tap_failed=0

# point WHAT COMMAND...: passes if the command does; what it printed is shown if not.
point ()
{
  local what=$1 output status; shift
  output=$("$@" 2>&1 </dev/null)
  status=$?
  tap_points=$((tap_points + 1))
  if [ $status = 0 ]; then
    echo "ok $tap_points - $what"
  else
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_points - $what"
    printf '%s\n' "($*: status $status)" "$output" | sed 's/^/# /' | tail -n 60
  fi
  return $status
}

# skip WHAT WHY
skip ()
{
  tap_points=$((tap_points + 1))
  echo "ok $tap_points - $1 # SKIP $2"
}

skip_all () { echo "1..0 # SKIP $*"; exit 0; }

finish ()
{
  echo "1..$tap_points"
  [ $tap_failed = 0 ]
}

# ends_with STATUS COMMAND...
ends_with ()
{
  local wanted=$1 status; shift
  "$@"
  status=$?
  [ $status = "$wanted" ] || { echo "status $status, not $wanted"; return 1; }
}

fails () { ! "$@"; }

# within SECONDS COMMAND...: asks again until it is so.
within ()
{
  local end; end=$(($(date +%s%N) + ${1%.*} * 1000000000)); shift
  until "$@" >/dev/null 2>&1; do
    if [ "$(date +%s%N)" -ge "$end" ]; then
      "$@"
      echo "not within the time"
      return 1
    fi
    sleep 0.02
  done
}
