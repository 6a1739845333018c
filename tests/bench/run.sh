#!/bin/sh
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# The benchmark (docs/benchmarks.md). Builds a release build of its own and measures it: run.sh [--full]. Needs root.
# run.sh --journal [RECORDS]: only the journal, of 100,000 records; in memory, where fsync costs nothing. No root.
# run.sh --verify: only the verifier beside GnuTLS and OpenSSL, in one process. Needs libssl-dev, no root.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BENCH_BUILD:-$top/build-bench}

if [ "${1:-}" = --verify ]; then
  [ -e "$build/build.ninja" ] || meson setup --buildtype=release -Dintrospection=false -Dman=false "$build" "$top" >/dev/null
  ninja -C "$build" tests/bench/bench-verify >/dev/null || { echo "run.sh: the build failed; ninja -C $build tests/bench/bench-verify shows why" >&2; exit 1; }
  exec "$build/tests/bench/bench-verify"
fi
if [ "${1:-}" = --journal ]; then
  [ -e "$build/build.ninja" ] || meson setup --buildtype=release -Dintrospection=false -Dman=false "$build" "$top" >/dev/null
  ninja -C "$build" tests/bench/bench-history >/dev/null || { echo "run.sh: the build failed; ninja -C $build shows why" >&2; exit 1; }
  folder=$(mktemp -d /dev/shm/anchord-bench-XXXXXX)
  trap 'rm -rf "$folder"' EXIT
  "$build/tests/bench/bench-history" "$folder" "${2:-100000}"
  exit
fi
[ "$(id -u)" = 0 ] || { echo "run.sh: the benchmark needs root: it runs the distribution's tool in a mount namespace" >&2; exit 2; }
for program in meson ninja strace dbus-daemon python3; do
  command -v "$program" >/dev/null || { echo "run.sh: $program is missing; tests/run.sh installs what is needed" >&2; exit 2; }
done
[ -e "$build/build.ninja" ] || meson setup --buildtype=release -Dintrospection=false -Dman=false "$build" "$top" >/dev/null
programs=
for name in stopwatch replay make-chains latency ready empty-service inside import take audit; do programs="$programs tests/bench/bench-$name"; done
# shellcheck disable=SC2086
ninja -C "$build" daemon/anchord client/cli/anchorctl client/cli/anchorctl-offline.so client/cli/anchorctl-formats.so tests/lib/make-roots \
  $programs >/dev/null ||
  { echo "run.sh: the build failed; ninja -C $build shows why" >&2; exit 1; }
# Mounts that are made here end with it.
exec unshare -m --propagation private python3 "$top/tests/bench/bench.py" --build "$build" "$@"
