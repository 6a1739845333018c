#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds with ASan and UBSan, runs every test. The last line is "N passed, N failed, N skipped".
#   tests/run.sh [--full] [--only PATTERN] [--list]
#     --full          the long forms: every crash point, long fuzzing
#     --only PATTERN  only tests whose name (unit/atomic, integration/bus, …) matches the shell pattern
#     --list          names the tests and ends
#   BUILD_DIR (build/test) is where it builds.
set -u
cd "$(dirname "$0")/.." || exit 1
SOURCE_DIR=$PWD
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build/test}
only='*' full= list=
while [ $# -gt 0 ]; do
  case $1 in
    --full) full=1 ;;
    --only) shift; only=${1:?--only takes a pattern} ;;
    --list) list=1 ;;
    *) sed -n '4,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done

# Variables that point TLS clients or compilers elsewhere would test the environment, not anchord.
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO AWS_CA_BUNDLE CFLAGS LDFLAGS CPPFLAGS
unset DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS JAVA_TOOL_OPTIONS
export LC_ALL=C.UTF-8 SOURCE_DIR BUILD_DIR
export VECTORS_DIR=$BUILD_DIR/vectors
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$SOURCE_DIR/tests/lib/lsan.supp:print_suppressions=0
export ANCHORD_TEST_FULL=$full

die() { echo "$*"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
say() { echo "== $*"; }

tests_of() {
  for t in "$BUILD_DIR"/tests/unit/test-*; do [ -x "$t" ] && [ -f "$t" ] && echo "unit/$(basename "$t" | sed s/^test-//) $t"; done
  for folder in integration machine crash; do
    for t in tests/"$folder"/test-*; do [ -x "$t" ] && [ -f "$t" ] && echo "$folder/$(basename "$t" | sed 's/^test-//; s/\.[a-z]*$//') $t"; done
  done
}

if [ "$(id -u)" = 0 ]; then tests/lib/install-packages build run test || die "The packages that the tests need are not there."; fi
say "building with ASan and UBSan in $BUILD_DIR"
if [ ! -f "$BUILD_DIR/build.ninja" ]; then
  mkdir -p "$BUILD_DIR"
  meson setup "$BUILD_DIR" -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=true >"$BUILD_DIR/setup.log" 2>&1 || {
    tail -n 40 "$BUILD_DIR/setup.log"; die "meson setup failed"; }
fi
ninja -C "$BUILD_DIR" >"$BUILD_DIR/build.log" 2>&1 || { grep -v '^\[' "$BUILD_DIR/build.log" | tail -n 60; die "The build failed."; }
[ -z "$list" ] || { tests_of | cut -d' ' -f1; exit 0; }

results=$(mktemp)
trap 'rm -f "$results"' EXIT
tap() { # seconds name command...
  # shellcheck disable=SC2254
  case $2 in $only) ;; *) return ;; esac
  tests/lib/run-tap "$results" "$@"
}

say "the source"
tap 120 source/checks tests/lib/checks
if [ -x tests/lib/make-vectors ]; then
  say "making certificates"
  mkdir -p "$VECTORS_DIR" && tests/lib/make-vectors "$VECTORS_DIR" >"$BUILD_DIR/vectors.log" 2>&1 || {
    tail -n 20 "$BUILD_DIR/vectors.log"; die "The certificates for the tests could not be made."; }
fi
last=
while read -r name program; do
  group=${name%%/*}
  [ "$group" = "$last" ] || { say "$group tests"; last=$group; }
  case $group in unit) seconds=300 ;; *) seconds=$([ -n "$full" ] && echo 14400 || echo 900) ;; esac
  tap "$seconds" "$name" "$program"
done <<<"$(tests_of)"

read -r passed failed skipped < <(awk '{p += $1; f += $2; s += $3} END {print p + 0, f + 0, s + 0}' "$results")
[ "$((passed + failed))" -gt 0 ] || { echo "No test ran."; failed=1; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
