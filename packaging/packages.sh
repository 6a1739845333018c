# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034
# The Debian packages that building, running and testing take, and how to install those that are missing. Sourced.

build_packages=(build-essential ca-certificates gettext git libaudit-dev libglib2.0-dev libgnutls28-dev libidn2-dev libjson-glib-dev libp11-kit-dev
  libpolkit-gobject-1-dev libpsl-dev libsecret-1-dev libsmartcols-dev libsystemd-dev meson ninja-build pkg-config python3)
# For -Dintrospection=true and -Dman=true.
document_packages=(gobject-introspection libgirepository1.0-dev python3-docutils)
# For packaging/build-deb.sh, beside those.
deb_packages=(debhelper dh-apparmor lintian valac)
# For tests/packaging, beside those: the other distributions' builders, and what AppArmor and SELinux compile with.
packager_packages=(apparmor fakeroot libarchive-tools makepkg pacman-package-manager rpm selinux-policy-dev)
run_packages=(ca-certificates curl dbus openssl polkitd util-linux)
test_packages=(ansible-core bash-completion chromium clang debootstrap firefox-esr gjs gnome-keyring gnutls-bin groff-base iproute2 libclang-rt-dev
  libglib2.0-bin libnss3 libnss3-tools libssl-dev libxml2-utils llvm ca-certificates-java openjdk-17-jdk-headless
  jq man-db mandoc p11-kit p11-kit-modules procps prometheus python3-gi python3-jsonschema strace systemd wget xz-utils zsh)
# What the checks of the code take.
check_packages=(clang-format codespell cppcheck gcovr libxml2-utils shellcheck valgrind)
# The clients of tests/clients/run that no other test takes; browsers are large, so nothing installs these by itself.
client_packages=(chromium firefox-esr glib-networking golang-dbus-dev golang-go ldap-utils libcurl3-gnutls libio-socket-ssl-perl nodejs
  openjdk-17-jdk-headless php-cli postgresql-client-15 python3-requests ruby)

# Prints those of its arguments that are not installed.
missing_packages ()
{
  local name
  for name in "$@"; do
    # shellcheck disable=SC2016
    case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) in
      installed) ;;
      *) echo "$name" ;;
    esac
  done
}

# Installs those of its arguments that are missing, quietly, all at once. Waits for another apt. Needs root.
install_packages ()
{
  local missing log
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  if [ ${#missing[@]} = 0 ]; then
    return 0
  fi
  if [ "$(id -u)" != 0 ]; then
    echo "these packages are missing, and installing them needs root: ${missing[*]}" >&2
    return 1
  fi
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get -qq -o DPkg::Lock::Timeout=600 update >"$log" 2>&1 &&
     apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  echo "apt-get could not install ${missing[*]}:" >&2
  tail -n 20 "$log" >&2
  rm -f "$log"
  return 1
}
