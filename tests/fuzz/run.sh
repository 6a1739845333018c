#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/fuzz/run.sh [--seconds N] [--runs N] [--jobs N] [--seed N] [--list] [TARGET]...: builds the fuzz targets with clang and runs each for N seconds
# (60) or N inputs, JOBS at a time (as many as there are processors), from SEED (one by chance). With --runs, --seed and the same seeds to begin with, it
# tries the same each time. TARGET: "import-pem", …; all of them if none is named.
# FUZZ_DIR (build/fuzz): the build, the corpus, which grows from run to run, and what made a target fail, in FUZZ_DIR/found/TARGET.
# Ends with 1 if any failed. Add what it found to tests/fuzz/crashes/TARGET under a telling name, and fix it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/env.sh
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_stack_use_after_return=0:allocator_may_return_null=1
fuzz=$(realpath -m "${FUZZ_DIR:-build/fuzz}")
seconds=60 runs=-1 jobs=$(nproc) seed=0 only_list="" names=()

while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift ;;
    --runs) runs=$2; shift ;;
    --seed) seed=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --list) only_list=1 ;;
    --help) sed -n '4,9s/^# //p' tests/fuzz/run.sh; exit 0 ;;
    *) names+=("$1") ;;
  esac
  shift
done

command -v clang >/dev/null || { echo "tests/fuzz/run.sh: clang is not installed" >&2; exit 1; }
# Quietly, unless it fails.
step () { "$@" >"$fuzz.log" 2>&1 || { tail -n 40 "$fuzz.log" >&2; echo "tests/fuzz/run.sh: $1 failed" >&2; exit 1; }; }

mkdir -p "$(dirname "$fuzz")"
if [ ! -e "$fuzz/build.ninja" ]; then
  CC=clang step meson setup -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Dintrospection=false -Dman=false -Dbuildtype=debugoptimized "$fuzz"
fi
step ninja -C "$fuzz" fuzzers tests/fuzz/fuzz-seeds
mapfile -t all < <(cd "$fuzz/tests/fuzz" && for program in fuzz-*; do [ ! -f "$program" ] || [ "$program" = fuzz-seeds ] || echo "${program#fuzz-}"; done)
[ -z "$only_list" ] || { printf '%s\n' "${all[@]}"; exit 0; }
[ ${#names[@]} -gt 0 ] || names=("${all[@]}")
rm -rf "$fuzz/seeds"
step tests/fuzz/make-corpus "$fuzz" "$fuzz/seeds"

# run_one TARGET: what is found lies in found/TARGET, its words in found/TARGET.log.
run_one ()
{
  local name=$1 log=$fuzz/found/$1.log status
  mkdir -p "$fuzz/corpus/$name" "$fuzz/seeds/$name" "$fuzz/found/$name"
  # Inputs are cut at 16 KiB: what is longer is slow, and finds no more.
  setarch -R "$fuzz/tests/fuzz/fuzz-$name" -seed="$seed" -runs="$runs" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 \
    -print_final_stats=1 -use_value_profile=1 \
    -artifact_prefix="$fuzz/found/$name/" "$fuzz/corpus/$name" "$fuzz/seeds/$name" >"$log" 2>&1
  status=$?
  if [ $status = 0 ]; then
    echo "ok $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, coverage $(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)"
  else
    echo "FAILED $name: see $log"
    grep -E -m 3 'ERROR|runtime error|assertion|SUMMARY' "$log" | sed 's/^/  /'
  fi
  return $status
}
export -f run_one
export fuzz seconds runs seed
mkdir -p "$fuzz/found"
# shellcheck disable=SC2016
printf '%s\0' "${names[@]}" | xargs -0 -n 1 -P "$jobs" bash -c 'run_one "$1" || exit 1' run_one
