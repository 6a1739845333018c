# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the sourcing program gives $source_dir and $build_dir, and uses the rest
# Real TLS clients and a server for them, in a mount namespace where overlays cover the machine's own folders. Sourced by tests of tests/integration,
# which run a second time inside of it; gives $work, $vectors, $ctl, and "all accepts|refuses WHEN".

covered=(/etc /usr/local/share /var/lib)
if [ -z "${ANCHORD_TEST_COVERED:-}" ]; then
  [ "$(id -u)" = 0 ] || skip_all "needs root"
  unshare -m --propagation private true 2>/dev/null || skip_all "mount namespaces are not to be had here"
  [ -x /usr/sbin/update-ca-certificates ] || skip_all "this is no Debian"
  work=$(mktemp -d /tmp/anchord-clients.XXXXXX)
  ANCHORD_TEST_COVERED=$work unshare -m --propagation private "$0"
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
rm -rf /usr/local/share/ca-certificates /etc/anchord /var/lib/anchord /etc/ca-certificates/update.d
mkdir -p /usr/local/share/ca-certificates
LC_ALL=C update-ca-certificates --fresh >/dev/null 2>&1 || { echo "Bail out! update-ca-certificates"; exit 1; }

vectors=${VECTORS_DIR:-}
if [ -z "$vectors" ]; then
  vectors=$work/vectors
  "$source_dir/tests/lib/make-vectors" "$vectors" || exit 1
fi
ctl=$build_dir/client/cli/anchorctl
fingerprint=$(openssl x509 -in "$vectors/corp.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)

# A web server and, below it, a repository for git.
mkdir "$work/www"
echo hello >"$work/www/index.html"
git init -q --bare "$work/www/repository.git" && git -C "$work/www/repository.git" update-server-info
/usr/bin/python3 - "$vectors" "$work/www" >"$work/port" 2>"$work/server.log" <<'END' &
import functools, http.server, ssl, sys
vectors, folder = sys.argv[1:]
class Server (http.server.ThreadingHTTPServer):
    def handle_error (self, *unused):
        pass
context = ssl.SSLContext (ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain (vectors + '/server-chain.pem', vectors + '/server.key')
server = Server (('127.0.0.1', 0), functools.partial (http.server.SimpleHTTPRequestHandler, directory=folder))
server.socket = context.wrap_socket (server.socket, server_side=True, do_handshake_on_connect=False)
print (server.server_address[1], flush=True)
server.serve_forever ()
END
pids+=($!)
within 10 test -s "$work/port" || { cat "$work/server.log" >&2; echo "Bail out! no server"; exit 1; }
port=$(cat "$work/port")

clean=(env -i PATH=/usr/bin:/bin HOME="$work" GIT_TERMINAL_PROMPT=0 timeout 20)
client_curl () { "${clean[@]}" curl -sS "https://localhost:$port/"; }
client_wget () { "${clean[@]}" wget -nv -t 1 -O - "https://localhost:$port/"; }
client_git () { "${clean[@]}" git ls-remote "https://localhost:$port/repository.git"; }
client_openssl ()
{
  "${clean[@]}" openssl s_client -connect "localhost:$port" -servername localhost -verify_hostname localhost -verify_return_error -brief </dev/null
}
client_gnutls () { "${clean[@]}" gnutls-cli -p "$port" localhost </dev/null; }
client_python () { "${clean[@]}" python3 -c 'import sys, urllib.request; print (urllib.request.urlopen (sys.argv[1]).read ())' "https://localhost:$port/"; }
programs=(curl:curl wget:wget git:git openssl:openssl gnutls:gnutls-cli python:python3)

# The client says no, and because of the certificate.
refuses ()
{
  local said
  said=$("client_$1" 2>&1) && { echo "$said"; echo "it accepts the server"; return 1; }
  grep -qiE 'certificate|unable to get local issuer|self.signed|verify' <<<"$said" || { echo "$said"; echo "it fails for another reason"; return 1; }
}
accepts () { "client_$1"; }

# all accepts|refuses WHEN
all ()
{
  local pair
  for pair in "${programs[@]}"; do
    if [ -x "/usr/bin/${pair#*:}" ]; then
      point "${pair#*:} $1 the server $2" "$1" "${pair%%:*}"
    else
      skip "${pair#*:} $1 the server $2" "${pair#*:} is not installed"
    fi
  done
}
