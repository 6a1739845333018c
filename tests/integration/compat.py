# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two equal throw-away roots, one with the distribution's update-ca-certificates and one with ours. For test-compat."""

import hashlib
import os
import subprocess

from identity import BUILD, differences, openssl, point, read, write

ORIGINAL = os.environ.get('UPDATE_CA_CERTIFICATES', '/usr/sbin/update-ca-certificates')
OURS = os.path.join(BUILD, 'compat/update-ca-certificates')
TOOL = '/usr/sbin/update-ca-certificates'
CERTS, LOCAL, SHARE, CONF = '/etc/ssl/certs', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates', '/etc/ca-certificates.conf'
HOOKS, BUNDLE, LOG = '/etc/ca-certificates/update.d', CERTS + '/ca-certificates.crt', '/var/log/hooks'

# What may differ, and why.
DIFFERENCES = {
    'forgotten': 'a certificate whose file is gone: the original leaves its link dangling and never tells the hooks, so that Java trusts it for ever',
    'fresh': '--fresh: the original takes links away without a word to the hooks; what does not come back gets its "-" here',
    'later': '--hooksdir "": the original never tells the hooks of that change; here the lines wait for the next run, or for anchord-hooks.service',
    'net': 'a link that is taken away and put back within one run, or put to and fro: the original tells the hooks of it each time, "-" last, '
           'upon which Java drops what is trusted; here only what differs afterwards is told',
    'mapped': 'a "!" before a name with a blank: the original looks for a link under another name than it made',
    'leftover': 'half a bundle left by a killed run: the original adds to it',
    'folder': 'a folder called NAME.pem: the original puts a link into it, and says that it was added, with each run',
    'blank-hooks': 'a folder of hooks with a blank in its name: the original takes the name apart and runs none',
    'sysroot': 'links of --sysroot lead where they lead in the image; those of the original to the builder\'s own folder, and nowhere once the image runs',
    'unquoted': 'before its version of 2025 the original took links whose names have blanks in them not away with --fresh',
    'relative': 'a relative --certsconf: the original looks whether it is empty before it has gone where it reads it',
}

HOOK = b'#!/bin/sh\n{ echo "[${0##*/} $# $PWD]"; cat; } >> /var/log/hooks\n'
# What is anchord's own, or the test's.
OWN = ('/var/lib/anchord', '/etc/anchord', '/tmp', '/proc', '/dev', '/run', '/var/log')
BINDS = ('/usr', '/dev', '/proc')


class Twin:
    """A root in which TOOL is one of the two programs."""

    def __init__(self, folder, program):
        self.path, self.program, self.log = folder, program, b''

    def at(self, path):
        return self.path + path

    def make(self, roots, distribution=()):
        for sub in (CERTS, HOOKS, '/var/log', '/var/lib/dpkg', '/tmp', '/share', '/local', '/usr', '/dev', '/proc'):
            os.makedirs(self.at(sub))
        for name in ('bin', 'sbin', 'lib', 'lib64'):
            os.symlink('usr/' + name, self.at('/' + name))
        write(self.at('/etc/os-release'), b'ID=debian\n')
        for index, path in enumerate(distribution):
            write(self.at('/share/mozilla/Root_%02d.crt' % index), openssl('x509', '-in', path))
        write(self.at(CONF), b'# A comment.\n\n' + b''.join(b'mozilla/Root_%02d.crt\n' % index for index in range(len(distribution))))
        self.hook('log')

    def hook(self, name, text=HOOK, mode=0o755):
        write(self.at(HOOKS + '/' + name), text)
        os.chmod(self.at(HOOKS + '/' + name), mode)

    def local(self, name, data):
        write(self.at('/local/' + name), data)

    def run(self, *words, env=('LC_ALL=C',), before='', cwd='/'):
        """(standard output, exit code, what the hooks were told)."""
        script = '''set -e; R=$1; T=$2; B=$3; cd "$4"; W=$PWD; shift 4
for d in %s; do mount --rbind $d "$R$d"; done
mount --bind "$R/share" "$R%s"; mount --bind "$R/local" "$R%s"
mkdir -p "$R$B"; mount --bind "$B" "$R$B"; cp "$T" "$R/tmp/program"; mount --bind "$R/tmp/program" "$R%s"
exec chroot "$R" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LD_LIBRARY_PATH="$B/client/lib" ASAN_OPTIONS=detect_leaks=1 "$@"'''
        script %= (' '.join(BINDS), SHARE, LOCAL, TOOL)
        inside = ('cd %s; %s exec %s "$@"' % (cwd, before, TOOL)) if before or cwd != '/' else 'exec %s "$@"' % TOOL
        done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh', self.path, self.program, BUILD, self.path, *env,
                               'sh', '-c', inside, 'sh', *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        told = read(self.at(LOG)) if os.path.exists(self.at(LOG)) else b''
        if os.path.exists(self.at(LOG)):
            os.unlink(self.at(LOG))
        os.unlink(self.at('/tmp/program'))
        self.error = done.stderr
        return done.stdout, done.returncode, told

    def files(self):
        """{path: content or target}, without what is anchord's own."""
        found = {}
        for at, folders, names in os.walk(self.path):
            for name in names + folders:
                path = os.path.join(at, name)
                key = path[len(self.path):]
                if key.startswith((*OWN, BUILD)) or BUILD.startswith(key):
                    continue
                if os.path.islink(path):
                    found[key] = '-> ' + os.readlink(path)
                elif os.path.isfile(path):
                    found[key] = '%o %s' % (os.stat(path).st_mode & 0o7777, hashlib.sha256(read(path)).hexdigest())
                else:
                    found[key] = 'folder'
        return found

    def dangling(self):
        found = []
        for name in os.listdir(self.at(CERTS)):
            path = self.at(CERTS + '/' + name)
            while os.path.islink(path):
                target = os.readlink(path)
                for outside, inside in ((SHARE, '/share'), (LOCAL, '/local')):
                    target = self.at(inside + target[len(outside):]) if target.startswith(outside + '/') else target
                path = os.path.join(os.path.dirname(path), target)
            found += [] if os.path.exists(path) else [name]
        return found


class Pair:
    """Both roots, brought through the same steps."""

    def __init__(self, folder, name, roots, pool, n=6):
        self.name, self.roots = name, roots
        self.twins = [Twin(os.path.join(folder, name, kind), program) for kind, program in (('original', ORIGINAL), ('ours', OURS))]
        for twin in self.twins:
            twin.make(roots, pool[:n])

    def both(self, step):
        for twin in self.twins:
            step(twin)

    def step(self, what, *words, differs=(), **more):
        """DIFFERS: pairs of a key of DIFFERENCES and the aspects (out, code, hooks, files) that it is the reason for. Returns both results."""
        results = [dict(zip(('out', 'code', 'hooks'), twin.run(*words, **more))) for twin in self.twins]
        for twin, result in zip(self.twins, results):
            result['files'] = twin.files()
        excused = {aspect for key, aspects in differs for aspect in (aspects if DIFFERENCES[key] else ())}
        for aspect in ('out', 'code', 'hooks', 'files'):
            one, other = results[0][aspect], results[1][aspect]
            if aspect not in excused:
                why = differences(one, other) if aspect == 'files' else ['original: %r' % one, 'ours:     %r' % other, self.twins[1].error.decode()]
                point(one == other, '%s, %s: the same %s' % (self.name, what, aspect), *why)
            else:
                point(one != other, '%s, %s: another %s, as excused' % (self.name, what, aspect), one)
        return results


def told(result):
    return [line for line in result['hooks'].decode().splitlines() if line[0] in '+-']


def pem(path):
    return openssl('x509', '-in', path)
