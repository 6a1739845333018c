#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# packaging/build-arch.sh [FOLDER] [OPTION]...: builds the packages for Arch into FOLDER (build/arch) from the tree's files that git knows, the work tree's
# version of each. OPTIONs are makepkg's, which does not work as root: where this is run by root, it is run by nobody. On Debian it is for trying; --nodeps
# there, for what has to be there has other names.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
out=$source/build/arch
case ${1:-} in
  '' | -*) ;;
  *) out=$1; shift ;;
esac
command -v makepkg >/dev/null || { echo "packaging/build-arch.sh: makepkg is not installed" >&2; exit 1; }
umask 022
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/anchord-arch.XXXXXX")
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^pkgver=//p' "$source/packaging/arch/PKGBUILD")
cp "$source/packaging/arch/PKGBUILD" "$source/packaging/arch/anchord.install" "$work/"
"$source/packaging/make-archive" "$work/anchord-$version.tar.gz" "anchord-$version"
as=()
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups env "HOME=$work")
fi
nodeps=()
if [ -e /etc/debian_version ]; then
  nodeps=(--nodeps)
fi
log=$out/build.log
cd "$work"
PKGDEST=$work/packages SRCDEST=$work BUILDDIR=$work/build
export PKGDEST SRCDEST BUILDDIR
mkdir "$PKGDEST" "$BUILDDIR"
SOURCE_DATE_EPOCH=$(git -c "safe.directory=*" -C "$source" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
if [ ${#as[@]} != 0 ]; then
  chown -R 65534:65534 "$work"
fi
"${as[@]}" makepkg --nocolor "${nodeps[@]}" "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
find "$out" -maxdepth 1 -name '*.pkg.tar*' -delete
cp "$PKGDEST"/* "$out/"
ls "$out"/*.pkg.tar*
