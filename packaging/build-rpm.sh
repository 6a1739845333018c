#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# packaging/build-rpm.sh [FOLDER] [OPTION]...: builds the RPM packages into FOLDER (build/rpm) from the tree's files that git knows, the work tree's version
# of each. OPTIONs are rpmbuild's: --without selinux, --with tests, --define "anchord_prebuilt FOLDER" (see packaging/rpm/anchord.spec). Takes no root.
# On Debian it is for trying; --nodeps there, for what has to be there has other names. The same tree gives the same packages.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
out=$source/build/rpm
case ${1:-} in
  '' | -*) ;;
  *) out=$1; shift ;;
esac
command -v rpmbuild >/dev/null || { echo "packaging/build-rpm.sh: rpmbuild is not installed" >&2; exit 1; }
umask 022
mkdir -p "$out"
out=$(cd "$out" && pwd)
spec=$source/packaging/rpm/anchord.spec
version=$(sed -n 's/^Version: *//p' "$spec")
work=$(mktemp -d "${TMPDIR:-/tmp}/anchord-rpm.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/SOURCES"

"$source/packaging/make-archive" "$work/SOURCES/anchord-$version.tar.gz" "anchord-$version"
nodeps=()
if [ -e /etc/debian_version ]; then
  nodeps=(--nodeps)
fi
log=$out/build.log
SOURCE_DATE_EPOCH=$(git -c "safe.directory=*" -C "$source" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rpmbuild -ba "${nodeps[@]}" --define "_topdir $work" --define "_buildhost localhost" --define "source_date_epoch_from_changelog 0" \
  --define "clamp_mtime_to_source_date_epoch 1" --define "use_source_date_epoch_as_buildtime 1" "$@" "$spec" >"$log" 2>&1 ||
  { tail -n 40 "$log" >&2; exit 1; }
find "$out" -maxdepth 1 -name '*.rpm' -delete
mv "$work"/RPMS/*/*.rpm "$work"/SRPMS/*.rpm "$out/"
ls "$out"/*.rpm
