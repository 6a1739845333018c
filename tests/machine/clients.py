# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real TLS client in the machine: what the service published is what it trusts."""

import subprocess

from booted import point

PORT = '4433'


def issue(machine, root):
    """A server's certificate under ROOT, and its key."""
    base = machine.scratch + '/server'
    quiet = {'check': True, 'stderr': subprocess.DEVNULL}
    subprocess.run(['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-keyout',
                    base + '.key', '-out', base + '.csr'], **quiet)
    with open(base + '.ext', 'w') as out:
        out.write('subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n')
    subprocess.run(['openssl', 'x509', '-req', '-in', base + '.csr', '-CA', root.path, '-CAkey', root.key, '-CAcreateserial', '-days', '10', '-extfile',
                    base + '.ext', '-out', base + '.pem'], **quiet)
    with open(base + '.pem', 'rb') as certificate, open(base + '.key', 'rb') as key:
        machine.write('/var/tmp/server.pem', certificate.read())
        machine.write('/var/tmp/server.key', key.read(), 0o600)


def fetch(machine):
    """curl's exit code: 0, or 60 where it does not trust the server."""
    return machine.run('curl', '-sS', '--max-time', '10', '-o', '/dev/null', 'https://localhost:%s/' % PORT).returncode


def serve(machine, root):
    """A TLS server below ROOT, as the unit "server". What curl says of it."""
    issue(machine, root)
    machine.run('systemd-run', '--unit=server', 'openssl', 's_server', '-quiet', '-www', '-accept', PORT, '-cert', '/var/tmp/server.pem', '-key',
                '/var/tmp/server.key')
    for _ in range(50):
        code = fetch(machine)
        if code != 7:
            break
    return code


def check(machine):
    corp = machine.certificate('Corp Of The Server')
    codes = [serve(machine, corp)]
    point(codes[0] == 60, 'curl refuses a server of an unknown root', codes, machine.journal('-u', 'server'))
    code, text = machine.ctl('add', corp.inside)
    point(code == 0 and fetch(machine) == 0, 'and accepts it when add has returned', text)
    done = machine.run('openssl', 's_client', '-connect', 'localhost:' + PORT, '-verify_return_error', '-brief')
    point(done.returncode == 0, 'as openssl does by its folder', done.stdout)
    code, text = machine.ctl('verify', '/var/tmp/server.pem', '--name', 'localhost', '--purpose', 'server-auth')
    point(code == 0 and corp.fingerprint in text, 'and Verify', code, text)
    code, text = machine.ctl('remove', corp.fingerprint)
    point(code == 0 and fetch(machine) == 60, 'curl refuses it when remove has returned', text)
    machine.run('systemctl', 'stop', 'server')
