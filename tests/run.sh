#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/run.sh [--only PATTERN]... [--full] [--list]: installs what is missing, builds with ASan and UBSan, runs all tests.
#   --only PATTERN   only tests whose name holds PATTERN
#   --full           the long forms as well (every crash point, the big sets)
#   --list           names the tests and runs none
# BUILD_DIR: where to build (build/test). The last line is "N passed, N failed, N skipped"; exits 1 if anything failed.
set -u
cd "$(dirname "$0")/.." || exit 1
. packaging/packages.sh

fail () { echo "tests/run.sh: $1" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

case " $* " in
  *" --help "*) sed -n '4,8s/^# //p' tests/run.sh; exit 0 ;;
esac
start=$SECONDS
if [ "$(id -u)" = 0 ]; then
  echo "packages: installing what is missing"
  install_packages "${build_packages[@]}" "${document_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${check_packages[@]}" \
    "${packager_packages[@]}" || fail "packages are missing"
else
  # Without root only what building takes must be there; tests skip what they lack.
  install_packages "${build_packages[@]}" "${document_packages[@]}" || fail "packages are missing"
fi
echo "packages: there after $((SECONDS - start)) s"
. tests/lib/env.sh
exec python3 -B tests/lib/runner.py "$@"
