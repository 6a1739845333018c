# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the sourcing program gives $source_dir and $build_dir, and uses the rest
# Real TLS clients and a server for them, in a mount namespace where overlays cover the machine's own folders. Sourced by tests of tests/integration,
# which run a second time inside of it; gives $work, $vectors, $ctl, and "all accepts|refuses WHEN". With keep_hooks=1 the distribution's hooks stay.
# The clients themselves are in tls-client, their servers in tls_services.py: tests/clients/run asks all of them.

covered=(/etc /usr/local/share /var/lib)
if [ -z "${ANCHORD_TEST_COVERED:-}" ]; then
  [ "$(id -u)" = 0 ] || skip_all "needs root"
  unshare -m --propagation private true 2>/dev/null || skip_all "mount namespaces are not to be had here"
  [ -x /usr/sbin/update-ca-certificates ] || skip_all "this is no Debian"
  work=$(mktemp -d /tmp/anchord-clients.XXXXXX)
  ANCHORD_TEST_COVERED=$work unshare -m --propagation private "$0" "$@"
  status=$?
  rm -rf "$work"
  exit $status
fi

work=$ANCHORD_TEST_COVERED
pids=()
clean_up () { local pid; for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done; }
trap clean_up EXIT
mount -t tmpfs -o mode=755 tmpfs "$work" || skip_all "a tmpfs is not to be had here"
for folder in "${covered[@]}"; do
  mkdir -p "$work/upper$folder" "$work/work$folder"
  mount -t overlay -o "lowerdir=$folder,upperdir=$work/upper$folder,workdir=$work/work$folder" overlay "$folder" 2>/dev/null ||
    skip_all "overlays are not to be had here"
done
# Other tools' leftovers would be in every comparison: the distribution's set and nothing else.
rm -rf /usr/local/share/ca-certificates /etc/anchord /var/lib/anchord
[ -n "${keep_hooks:-}" ] || rm -rf /etc/ca-certificates/update.d
find /etc/ssl/certs -mindepth 1 -maxdepth 1 ! -type d -delete
rm -f /etc/ssl/certs/java/cacerts
mkdir -p /usr/local/share/ca-certificates
LC_ALL=C update-ca-certificates --fresh >/dev/null 2>&1 || { echo "Bail out! update-ca-certificates"; exit 1; }

vectors=${VECTORS_DIR:-}
if [ -z "$vectors" ]; then
  vectors=$work/vectors
  "$source_dir/tests/lib/make-vectors" "$vectors" || exit 1
fi
ctl=$build_dir/client/cli/anchorctl
fingerprint=$(openssl x509 -in "$vectors/corp.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)

# What the servers show: a page, and a repository for git.
mkdir "$work/www"
echo 'hello, anchord-was-here' >"$work/www/index.html"
git init -q --bare "$work/www/repository.git" && git -C "$work/www/repository.git" update-server-info
/usr/bin/python3 -B "$source_dir/tests/lib/tls_services.py" "$vectors/server-chain.pem" "$vectors/server.key" "$work/www" >"$work/ports" 2>"$work/server.log" &
pids+=($!)
within 10 test -s "$work/ports" || { cat "$work/server.log" >&2; echo "Bail out! no server"; exit 1; }
read -r -a ports <"$work/ports"

client () { "$source_dir/tests/lib/tls-client" "$1" "$work/home" "${ports[@]}"; }
quick=(curl wget git openssl gnutls-cli python)
# The client says no, and because of the certificate.
refuses () { ends_with 3 client "$1"; }
accepts () { client "$1"; }

# all accepts|refuses WHEN
all ()
{
  local name
  for name in "${quick[@]}"; do
    if [ -n "$("$source_dir/tests/lib/tls-client" --version "$name" 2>/dev/null)" ]; then
      point "$name $1 the server $2" "$1" "$name"
    else
      skip "$name $1 the server $2" "$name is not installed"
    fi
  done
}

# A bus of its own with anchord on it, for the tool in this environment. Gives $daemon.
start_daemon ()
{
  cat >"$work/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <include>$source_dir/data/org.anchord.Anchord1.conf</include>
</busconfig>
END
  dbus-daemon --config-file="$work/bus.conf" --nofork --nopidfile --nosyslog 2>"$work/bus.log" &
  pids+=($!)
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
  within 10 test -S "$work/bus" || { cat "$work/bus.log" >&2; echo "Bail out! no bus"; exit 1; }
  "$build_dir/daemon/anchord" --root / --bus "$DBUS_SYSTEM_BUS_ADDRESS" 2>"$work/anchord.log" &
  daemon=$!
  pids+=("$daemon")
}
