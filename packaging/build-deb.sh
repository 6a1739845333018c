#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# packaging/build-deb.sh [FOLDER]: builds the Debian packages into FOLDER (build/deb), from the tree's files that git knows and nothing else.
# As root it installs what building takes. DEB_BUILD_OPTIONS is heeded; without it the tests are left out: tests/run.sh runs them.
# The same tree gives the same bytes, wherever and whenever it is built.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=packaging/packages.sh
. "$source/packaging/packages.sh"
out=${1:-$source/build/deb}
mkdir -p "$out"
out=$(cd "$out" && pwd)
install_packages "${build_packages[@]}" "${document_packages[@]}" "${deb_packages[@]}"
umask 022
exec 9>"$out/.lock"
flock 9
# Always the same folder, so that a compiler's cache (CC="ccache cc") knows the files again.
work=$out/work
rm -rf "$work"
# Where a folder's name holds anything unusual, dpkg does not keep it out of the debug symbols.
case $work in
  *[!A-Za-z0-9_./+~-]*) work=$(mktemp -d /tmp/anchord-deb.XXXXXX) ;;
esac
trap 'rm -rf "$work"' EXIT
# debhelper gives the build another home.
if command -v ccache >/dev/null; then
  CCACHE_DIR=${CCACHE_DIR:-$(ccache --get-config cache_dir)}
  export CCACHE_DIR
fi
log=$out/build.log
tree=$work/anchord
mkdir -p "$tree"
cd "$source"

# The work tree's version of each, so that what is not committed yet can be tried; a file that was deleted is none.
epoch=$(dpkg-parsechangelog -l packaging/debian/changelog -S Timestamp)
git -c safe.directory='*' ls-files -z | while IFS= read -r -d '' file; do
  if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
done | tar -c --null --no-recursion --mtime="@$epoch" --mode=u+rwX,go+rX,go-w -T - | tar -x -p -C "$tree"
cp -a "$tree/packaging/debian" "$tree/debian"

cd "$tree"
DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck} dpkg-buildpackage -us -uc -b >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
rm -f "$out"/*.deb "$out"/*.changes "$out"/*.buildinfo
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$out/"
ls "$out"/*.deb
