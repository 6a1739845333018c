# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scratch roots over which the real update-ca-certificates is run, in a mount namespace of its own. For the tests of this folder."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
import debian_root  # noqa: E402

ANCHORCTL = os.path.join(BUILD, 'client/cli/anchorctl')
CERTS, LOCAL, FEED = 'etc/ssl/certs', 'usr/local/share/ca-certificates', 'usr/local/share/ca-certificates/anchord'
BUNDLE = CERTS + '/ca-certificates.crt'
POINTS = [0, 0]


def point(ok, what, *why):
    POINTS[0] += 1
    POINTS[1] += not ok
    print('%sok %d - %s' % ('' if ok else 'not ', POINTS[0], what), flush=True)
    for line in [] if ok else why:
        for part in str(line).splitlines()[:40]:
            print('# ' + part, flush=True)


def other_clock(offset):
    """The environment of a program whose wall clock is OFFSET seconds ahead. A sanitizer must come before what is preloaded."""
    linked = subprocess.run(['ldd', ANCHORCTL], stdout=subprocess.PIPE, text=True).stdout
    sanitizers = re.findall(r'=> (\S*/lib(?:asan|ubsan|tsan)\.so\S*)', linked)
    return {'LD_PRELOAD': ':'.join([*sanitizers, os.path.join(BUILD, 'tests/lib/other-clock.so')]), 'ANCHORD_TEST_CLOCK': str(offset)}


# Certificates.

def openssl(*words, **more):
    return subprocess.run(('openssl',) + words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout


class Roots:
    """Self-signed CAs; of one key each, so that many are made fast."""

    def __init__(self, folder):
        self.folder, self.n = folder, 0

    def make(self, subject):
        self.n += 1
        path = os.path.join(self.folder, 'root-%d.pem' % self.n)
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path + '.key', '-out', path,
                '-days', '400', '-subj', subject, '-utf8', '-addext', 'keyUsage=critical,keyCertSign,cRLSign')
        return path


def read(path):
    with open(path, 'rb') as stream:
        return stream.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as out:
        out.write(data)


def fingerprint(path):
    return hashlib.sha256(openssl('x509', '-in', path, '-outform', 'DER')).hexdigest()


def subject_hash(path):
    return openssl('x509', '-in', path, '-noout', '-subject_hash').decode().strip()


# Roots.

class Machine:
    """A scratch root with the distribution's own set, settled by its own tool."""

    def __init__(self, folder, name, distribution=True):
        self.path = os.path.join(folder, name)
        for sub in (CERTS, LOCAL, 'etc/ca-certificates/update.d', 'usr/share/ca-certificates/mozilla', 'usr/sbin', 'var/lib/dpkg'):
            os.makedirs(self.at(sub))
        write(self.at('etc/os-release'), b'ID=debian\n')
        write(self.at('usr/sbin/update-ca-certificates'), b'#!/bin/sh\n')
        os.chmod(self.at('usr/sbin/update-ca-certificates'), 0o755)
        names = sorted(os.listdir('/usr/share/ca-certificates/mozilla'))
        for entry in names if distribution else names[:5]:
            shutil.copy('/usr/share/ca-certificates/mozilla/' + entry, self.at('usr/share/ca-certificates/mozilla'))
        write(self.at('etc/ca-certificates.conf'), b'# A comment.\n\n!mozilla/Not_There.crt\n'
              + b''.join(b'mozilla/%s\n' % os.fsencode(entry) for entry in (names if distribution else names[:5])))
        self.tool()

    def at(self, path):
        return os.path.join(self.path, path)

    def copy(self, name):
        other = Machine.__new__(Machine)
        other.path = os.path.join(os.path.dirname(self.path), name)
        subprocess.run(['cp', '-a', self.path, other.path], check=True)
        return other

    def _inside(self, words, env=()):
        binds = '; '.join('mount --bind "$1%s" %s' % (path, path) for path in debian_root.TOOL_PATHS)
        script = 'set -e; %s; shift; exec "$@"' % binds
        return subprocess.run(['unshare', '-m', '--propagation', 'private', 'env', '-i', 'PATH=' + os.environ['PATH'], *(env or ('LC_ALL=C',)),
                               'sh', '-c', script, 'sh', self.path, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)

    def tool(self, *env):
        done = self._inside([debian_root.TOOL, '--hooksdir', '/nonexistent'], env)
        match = re.search(rb'(\d+) added, (\d+) removed', done.stdout)
        return (int(match.group(1)), int(match.group(2))) if match else (-1, -1)

    def rehash(self):
        self._inside(['openssl', 'rehash', '/etc/ssl/certs'])

    def ctl(self, *words, ok=(0,), clock=0):
        """What it printed. CLOCK: its wall clock is so many seconds ahead."""
        done = subprocess.run([ANCHORCTL, '--root', self.path, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(os.environ, **other_clock(clock)) if clock else None)
        if done.returncode not in ok:
            raise RuntimeError('anchorctl %s: %d\n%s%s' % (' '.join(words[:4]), done.returncode, done.stdout.decode(), done.stderr.decode()))
        return done.stdout.decode()

    def status(self):
        return json.loads(self.ctl('status', '--json', ok=(0, 1, 3)))

    def listing(self):
        """{path: content or target}."""
        found = {}
        for top in (CERTS, LOCAL, 'etc/ca-certificates.conf'):
            for at, folders, names in os.walk(self.at(top)) if os.path.isdir(self.at(top)) else [(self.at('etc'), [], ['ca-certificates.conf'])]:
                for name in names + folders:
                    path = os.path.join(at, name)
                    key = os.path.relpath(path, self.path)
                    if os.path.islink(path):
                        found[key] = '-> ' + os.readlink(path)
                    elif os.path.isfile(path):
                        found[key] = '%o %s' % (os.stat(path).st_mode & 0o7777, hashlib.sha256(read(path)).hexdigest())
        return found

    def stamps(self):
        """Inode and change time of everything that we might have written."""
        found = {}
        for at, folders, names in os.walk(self.path):
            for name in folders + names:
                st = os.lstat(os.path.join(at, name))
                found[os.path.relpath(os.path.join(at, name), self.path)] = (st.st_ino, st.st_ctime_ns)
        # Locks and folders in which the tests put things.
        return {path: stamp for path, stamp in found.items() if path.startswith(('etc/ssl', 'usr/local', 'var/lib/anchord/', 'etc/ca-'))
                and path != 'var/lib/anchord/lock'}

    def leads(self, path, depth=0):
        """Is there something at PATH of the root, through links?"""
        full = self.at(path.lstrip('/'))
        if not os.path.islink(full):
            return os.path.lexists(full)
        return depth < 8 and self.leads(os.path.join(os.path.dirname(path), os.readlink(full)), depth + 1)

    def dangling(self):
        folder = self.at(CERTS)
        return [name for name in os.listdir(folder) if not self.leads(os.path.join('/' + CERTS, name))]

    def hashed(self, pem):
        """Is the certificate to be found by its hash, as OpenSSL looks for it?"""
        wanted, number = openssl('x509', '-in', pem, '-outform', 'DER'), 0
        while True:
            link = self.at('%s/%s.%d' % (CERTS, subject_hash(pem), number))
            if not os.path.lexists(link):
                return False
            target = os.path.join(os.path.dirname(link), os.readlink(link))
            target = self.path + os.readlink(target) if os.path.islink(target) else target
            if openssl('x509', '-in', target, '-outform', 'DER') == wanted:
                return True
            number += 1

    def bundled(self, pem):
        return openssl('x509', '-in', pem) in read(self.at(BUNDLE))

    def lines(self):
        """The hook lines that wait, change by change."""
        folder = self.at('var/lib/anchord/hooks/pending')
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [read(os.path.join(folder, name)).decode().splitlines()
                for name in sorted(names, key=lambda name: [int(part) for part in name.split('.')])]


def differences(a, b):
    return ['%s: %s | %s' % (key, a.get(key), b.get(key)) for key in sorted(set(a) | set(b)) if a.get(key) != b.get(key)]


def unchanged(machine, what, expected=(0, 0)):
    """The tool, and rehash, find nothing to do."""
    before = machine.listing()
    counts = machine.tool()
    after = machine.listing()
    point(counts == expected and before == after, what + ': the tool changes nothing', '%d added, %d removed' % counts, *differences(before, after))
    copy = machine.copy('rehash')
    copy.rehash()
    point(copy.listing() == after, what + ': rehash changes nothing', *differences(after, copy.listing()))
    shutil.rmtree(copy.path)
    point(machine.dangling() == [], what + ': no link dangles', *machine.dangling())


def trusted(machine, pem, wanted, what):
    point((machine.bundled(pem), machine.hashed(pem)) == (wanted, wanted), what, 'bundle %s, hash %s' % (machine.bundled(pem), machine.hashed(pem)))


def run_cases(cases):
    """Each of CASES (name -> function) in a folder of its own; those named in the arguments only, if any are."""
    if not debian_root.has_tool() or subprocess.run(['unshare', '-m', 'true']).returncode != 0:
        print('1..0 # SKIP needs root, mount namespaces and update-ca-certificates')
        return 0
    with tempfile.TemporaryDirectory(prefix='anchord-identity-') as folder:
        roots = Roots(folder)
        for name, case in sorted(cases.items()):
            if name.startswith('case_') and (len(sys.argv) < 2 or name[5:] in sys.argv[1:]):
                try:
                    case(folder, roots)
                except Exception as error:  # A case that breaks off is a failure, and the others still run.
                    point(False, '%s broke off' % name, type(error).__name__, error)
    print('1..%d' % POINTS[0])
    return 1 if POINTS[1] else 0
