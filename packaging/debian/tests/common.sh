# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# A root, a server below it, and what curl says of that. Sourced by the tests beside it, with set -e.
work=$(mktemp -d)
server=''
clean_up () { if [ -n "$server" ]; then kill "$server" || true; fi; rm -rf "$work"; }
trap clean_up EXIT

make_server ()
{
  (
    cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout corp.key -out corp.pem -days 30 -subj '/O=Example/CN=Autopkgtest Root' \
      -addext 'keyUsage=critical,keyCertSign,cRLSign'
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost
    printf '%s\n' 'subjectAltName=DNS:localhost' 'basicConstraints=critical,CA:FALSE' 'extendedKeyUsage=serverAuth' >server.ext
    openssl x509 -req -in server.csr -CA corp.pem -CAkey corp.key -CAcreateserial -days 20 -extfile server.ext -out server.pem
  ) >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
  openssl s_server -quiet -accept 44330 -cert "$work/server.pem" -key "$work/server.key" -www >/dev/null 2>&1 &
  server=$!
  sleep 1
}

# accepted | refused
curl_says ()
{
  if curl -sS --max-time 20 -o /dev/null https://localhost:44330/ 2>/dev/null; then echo accepted; else echo refused; fi
}

expect ()
{
  if [ "$1" != "$2" ]; then echo "$3: $2, not $1" >&2; exit 1; fi
  echo "ok: $3: $1"
}
