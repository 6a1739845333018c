#!/bin/bash
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# packaging/try.sh [ROOT.pem]...: builds anchord and shows what it does, on a scratch root of its own. Needs root and Debian 12.
# This machine's own trust is not touched: what changes is a copy of the distribution's set in a temporary folder.
# TRY_BUILD_DIR: where to build (build/try).
set -u
source=$(cd "$(dirname "$0")/.." && pwd) || exit 1
build=${TRY_BUILD_DIR:-$source/build/try}
here=$(pwd)
. "$source/packaging/packages.sh"

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
say () { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
die () { printf '\n%s\n' "FAILED: $*" >&2; exit 1; }

build_it ()
{
  say "1. Installing what is missing, and building"
  [ "$(id -u)" = 0 ] || die "this needs root, for packages and a bus of its own"
  install_packages "${build_packages[@]}" "${run_packages[@]}" || die "packages are missing"
  mkdir -p "$build" || die "$build cannot be made; set TRY_BUILD_DIR to a folder that can be written"
  if [ ! -e "$build/build.ninja" ]; then
    meson setup --buildtype=release -Dintrospection=false -Dman=false "$build" "$source" >"$build/setup.log" 2>&1 ||
      { tail -n 20 "$build/setup.log" >&2; die "meson setup"; }
  fi
  ninja -C "$build" daemon/anchord client/cli/anchorctl client/cli/anchorctl-offline.so client/cli/anchorctl-formats.so \
    client/cli/anchorctl-probe.so >"$build/build.log" 2>&1 ||
    { grep -vE '^\[[0-9]+/' "$build/build.log" | tail -n 40 >&2; die "the build; see $build/build.log"; }
  echo "built in $build, $SECONDS s"
}

if [ -z "${TRY_INSIDE:-}" ]; then
  build_it
  # polkit reads its actions from one folder of the machine: a mount namespace of our own shows it another one.
  export TRY_INSIDE=plain
  if unshare -m --propagation private true 2>/dev/null; then
    TRY_INSIDE=namespace exec unshare -m --propagation private "$0" "$@"
  fi
fi
SECONDS=0

work=$(mktemp -d /tmp/anchord-try.XXXXXX) || exit 1
chmod 755 "$work"
root=$work/root
bundle=$root/etc/ssl/certs/ca-certificates.crt
pids=()
clean_up ()
{
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
  if [ "$TRY_INSIDE" = namespace ]; then umount -q /etc/polkit-1/rules.d /usr/share/polkit-1/actions 2>/dev/null; fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
export LC_ALL=C.UTF-8
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus

# until_true SECONDS COMMAND...: asks again until it is so.
until_true ()
{
  local tries=$(($1 * 20)); shift
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.05
  done
}

# run STATUS COMMAND...: shows the command and what it says, and wants that exit status.
run ()
{
  local wanted=$1 status; shift
  local shown=${*//$build\/client\/cli\//}
  printf '%s\n' "$bold\$ ${shown//$work\//}$plain"
  "$@" </dev/null
  status=$?
  [ $status = "$wanted" ] || die "\"${shown//$work\//}\" ended with status $status, not $wanted"
}

has_owner ()
{
  dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner "string:$1" 2>/dev/null | grep -q 'boolean true'
}

# What the distribution's tool writes, over the scratch root: in a namespace where the root's folders lie over the machine's. Elsewhere a copy.
make_root ()
{
  local folder
  mkdir -p "$root"/{etc/ssl/certs,etc/ca-certificates/update.d,usr/local/share/ca-certificates,usr/sbin,usr/share,var/lib}
  if ! { cp -a /usr/share/ca-certificates "$root/usr/share/" && cp /etc/ca-certificates.conf /etc/os-release "$root/etc/" &&
         cp /usr/sbin/update-ca-certificates "$root/usr/sbin/"; }; then
    die "the distribution's set could not be copied"
  fi
  if [ "$TRY_INSIDE" = namespace ]; then
    # shellcheck disable=SC2016
    unshare -m --propagation private sh -c 'set -e
      for folder in etc/ssl/certs etc/ca-certificates usr/local/share/ca-certificates; do mount --bind "$1/$folder" "/$folder"; done
      exec update-ca-certificates' sh "$root" >"$work/tool.log" 2>&1 ||
      { cat "$work/tool.log" >&2; die "update-ca-certificates over the scratch root"; }
  else
    for folder in etc/ssl/certs usr/local/share/ca-certificates; do
      cp -a "/$folder/." "$root/$folder/" || die "the distribution's set could not be copied"
    done
  fi
}

start_bus ()
{
  local actions=$work/actions rules=$work/rules
  sed "s|@WORK@|$work|; s|@SOURCE@|$source|" >"$work/bus.conf" <<'END'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=@WORK@/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><deny own="*"/><deny send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <include>@SOURCE@/data/org.anchord.Anchord1.conf</include>
  <include>/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf</include>
</busconfig>
END
  dbus-daemon --config-file="$work/bus.conf" --nofork --nopidfile --nosyslog 2>"$work/bus.log" &
  pids+=($!)
  until_true 10 has_owner org.freedesktop.DBus || { cat "$work/bus.log" >&2; die "the bus did not start"; }
  if [ "$TRY_INSIDE" = namespace ]; then
    if ! { cp -r /usr/share/polkit-1/actions "$actions" && cp "$source/data/org.anchord.Anchord1.policy" "$actions/" && mkdir -m 755 "$rules" &&
           mount --bind "$actions" /usr/share/polkit-1/actions && mount --bind "$rules" /etc/polkit-1/rules.d; }; then
      die "polkit's folders"
    fi
    /usr/lib/polkit-1/polkitd --no-debug >/dev/null 2>"$work/polkit.log" &
    pids+=($!)
    until_true 10 has_owner org.freedesktop.PolicyKit1 || { cat "$work/polkit.log" >&2; die "polkitd did not start"; }
  else
    echo "(mount namespaces are not to be had here: without polkitd, only root may change anything)"
  fi
}

start_anchord ()
{
  "$build/daemon/anchord" --root "$root" --bus "$DBUS_SYSTEM_BUS_ADDRESS" 2>"$work/anchord.log" &
  pids+=($!)
  until_true 20 has_owner org.anchord.Anchord1 || { cat "$work/anchord.log" >&2; die "anchord did not start"; }
  until_true 20 "$ctl" status --check || { "$ctl" status; die "anchord did not publish the distribution's set"; }
}

make_server ()
{
  (
    cd "$work" || exit 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout corp.key -out corp-root.pem -days 3650 \
      -subj '/O=Example Corporation/CN=Example Corporate Root CA' -addext 'keyUsage=critical,keyCertSign,cRLSign'
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost
    printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1' 'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth' \
      'authorityKeyIdentifier=keyid' >server.ext
    openssl x509 -req -in server.csr -CA corp-root.pem -CAkey corp.key -CAcreateserial -days 90 -extfile server.ext -out server.pem
  ) >"$work/openssl.log" 2>&1 || { cat "$work/openssl.log" >&2; die "the corporate CA"; }
  python3 - "$work" <<'END' >"$work/port" 2>"$work/server.log" &
import http.server, ssl, sys

class Page (http.server.BaseHTTPRequestHandler):
    def do_GET (self):
        self.send_response (200)
        self.end_headers ()
        self.wfile.write (b"Hello from the corporate server.\n")

    def log_message (self, *unused):
        pass

class Server (http.server.ThreadingHTTPServer):
    def handle_error (self, *unused):
        pass

context = ssl.SSLContext (ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain (sys.argv[1] + "/server.pem", sys.argv[1] + "/server.key")
server = Server (("127.0.0.1", 0), Page)
server.socket = context.wrap_socket (server.socket, server_side=True, do_handshake_on_connect=False)
print (server.server_address[1], flush=True)
server.serve_forever ()
END
  pids+=($!)
  until_true 10 test -s "$work/port" || { cat "$work/server.log" >&2; die "the TLS server did not start"; }
  port=$(cat "$work/port")
}

# A client that reads the scratch root's bundle and nothing else.
client ()
{
  local wanted=$1 status
  printf '%s\n' "$bold\$ curl --cacert ${bundle#"$work/"} https://localhost:$port/$plain"
  env -i PATH="$PATH" curl -sS --max-time 20 --capath "$work/none" --cacert "$bundle" "https://localhost:$port/" </dev/null >"$work/said" 2>&1
  status=$?
  head -n 1 "$work/said"
  case $wanted in
    accepted) [ $status = 0 ] || die "curl refused the server (status $status)" ;;
    # 60: the peer's certificate is not signed by anyone trusted.
    refused) [ $status = 60 ] || die "curl should have refused the server's certificate (status $status)" ;;
  esac
  echo "=> curl $wanted the server"
}

fingerprint_of () { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f; }

say "2. A scratch root with the distribution's own set, a private system bus, polkitd and anchord"
ctl=$build/client/cli/anchorctl
make_root
mkdir "$work/none"
start_bus
start_anchord
run 0 "$ctl" status
make_server
fingerprint=$(fingerprint_of "$work/corp-root.pem")

say "3. A server whose certificate comes from a corporate root: refused, the root is not known"
client refused

say "4. Adding the root, through the service"
if [ "$TRY_INSIDE" = namespace ]; then
  # Somebody who is not root and has nobody to ask: polkit says no.
  printf '%s\n' "$bold\$ anchorctl add corp-root.pem$plain    (as nobody)"
  cp "$ctl" "$build/client/lib/libanchord.so.0" "$work/" || die "$work cannot be written"
  setpriv --reuid=nobody --regid=nogroup --clear-groups env -C / LD_LIBRARY_PATH="$work" "$work/anchorctl" \
    add "$work/corp-root.pem" </dev/null
  [ $? = 4 ] || die "nobody should not be authorized"
fi
run 0 "$ctl" add "$work/corp-root.pem" --reason CHG-42
client accepted

say "5. Looking"
run 0 "$ctl" list 'Example Corporat'
run 0 "$ctl" show "$fingerprint"
run 0 "$ctl" verify "$work/server.pem" --name localhost --purpose server-auth
run 0 "$ctl" status --check

for theirs in "$@"; do
  case $theirs in /*) ;; *) theirs=$here/$theirs ;; esac
  say "6. Your certificate: $theirs"
  cp "$theirs" "$work/yours.pem" || die "$theirs cannot be read"
  theirs_fingerprint=$(fingerprint_of "$work/yours.pem") || die "$theirs holds no certificate in PEM form"
  run 0 "$ctl" add "$work/yours.pem" --reason 'tried out'
  run 0 "$ctl" show "$theirs_fingerprint"
  run 0 "$ctl" verify "$work/yours.pem"
  run 0 "$ctl" remove "$theirs_fingerprint"
done

say "7. Removing the root: refused again"
run 0 "$ctl" remove "$fingerprint" --reason CHG-43
client refused
run 3 "$ctl" verify "$work/server.pem" --name localhost --purpose server-auth
run 0 "$ctl" status --check

say "All went as it should ($SECONDS s after the build). This machine's own trust was not touched."
