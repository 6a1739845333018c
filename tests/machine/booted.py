# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A booted Debian 12 with anchord installed in it, for the tests of this folder."""

import atexit
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
import packages  # noqa: E402
import pristine  # noqa: E402

BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
TOOL = os.path.join(SOURCE, 'tests', 'lib', 'machine')
# What an administrator's machine gets.
PACKAGES = ('anchord', 'anchorctl', 'libanchord0')
UNITS = ('anchord.path', 'anchord-hooks.path', 'anchord-until.path', 'anchord-boot.service', 'trust-anchors.target')
SERVICES = ('anchord.service', 'anchord-hooks.service', 'anchord-conf.service', 'anchord-boot.service', 'anchord-until.service')
CERTS, BUNDLE, CONF = '/etc/ssl/certs', '/etc/ssl/certs/ca-certificates.crt', '/etc/ca-certificates.conf'
FEED = '/usr/local/share/ca-certificates/anchord'
ANCHORS = '/etc/anchord/anchors.d'
HOOK_LOG = '/var/log/recorded-hooks'
# What the distribution's tool reads and writes.
TOOL_PATHS = (CERTS, '/usr/local/share/ca-certificates', CONF)
POINTS = [0, 0]


def point(ok, what, *details):
    """One TAP point."""
    POINTS[0] += 1
    print('%sok %d - %s' % ('' if ok else 'not ', POINTS[0], what), flush=True)
    if not ok:
        POINTS[1] += 1
        for detail in details:
            print('# ' + str(detail).replace('\n', '\n# ')[:3000], flush=True)
    return ok


def finish():
    print('1..%d' % POINTS[0])
    return 1 if POINTS[1] else 0


def skip(why):
    print('1..0 # SKIP ' + ' '.join(why.split()))
    sys.exit(0)


def bail_out(why):
    print('Bail out! ' + why)
    sys.exit(1)


def wait_for(condition, seconds):
    """How long it took until CONDITION, or None."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            return None
        time.sleep(0.01)
    return time.monotonic() - begin


def enter():
    """Finds the pristine system, and runs this program again in a private mount namespace. Returns the system's folder."""
    return pristine.enter(skip, bail_out)


def build(*targets):
    """A build as distributions make it, without sanitizers, of TARGETS: what is measured beside the packages. Returns its folder."""
    folder = os.path.join(BUILD, 'machine')
    if not os.path.exists(os.path.join(folder, 'build.ninja')):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(['meson', 'setup', '--buildtype=release', '--prefix=/usr', '--sysconfdir=/etc', '--localstatedir=/var', '-Dman=false',
                        '-Dintrospection=false', folder, SOURCE], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(['ninja', '-C', folder, *targets], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print('# ' + done.stdout[-3000:].replace('\n', '\n# '))
        raise subprocess.CalledProcessError(done.returncode, done.args)
    return folder


class Certificate:
    """A root made on the spot."""

    def __init__(self, folder, name):
        self.name = name
        self.path = os.path.join(folder, name.replace(' ', '-') + '.pem')
        self.key = self.path + '.key'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj',
                        '/O=Example Corporation/CN=' + name, '-keyout', self.key, '-out', self.path, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
                       check=True, stderr=subprocess.DEVNULL)
        with open(self.path, 'rb') as stream:
            self.pem = stream.read()
        self.fingerprint = hashlib.sha256(subprocess.check_output(['openssl', 'x509', '-in', self.path, '-outform', 'DER'])).hexdigest()


class Machine:
    """One machine: booted, cut off and booted again over the same files."""

    def __init__(self, system):
        # Short and not below the source: it becomes a mount point.
        self.folder = tempfile.mkdtemp(prefix='anchord-machine-')
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', self.folder], check=True)
        subprocess.run([TOOL, 'join', system, self.folder], check=True)
        self.root = os.path.join(self.folder, 'root')
        self.scratch = os.path.join(self.folder, 'scratch')
        os.mkdir(self.scratch)
        self.init = None
        self.cgroups = []
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def close(self):
        if not os.path.exists(self.folder):
            return
        if self.init:
            self.cut()
        for group in self.cgroups:
            wait_for(lambda: self.remove_cgroup(group), 3)
        subprocess.run(['umount', '-l', self.root, self.folder], stderr=subprocess.DEVNULL)
        os.rmdir(self.folder)

    @staticmethod
    def remove_cgroup(group):
        """FALSE while its last processes are still on their way out."""
        subprocess.run(['find', group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], stderr=subprocess.DEVNULL)
        return not os.path.exists(group)

    def install(self):
        """The packages of this tree, before the machine boots. Built with sanitizers they would not live in the sandbox of their units."""
        built = packages.build()
        names = []
        for name in PACKAGES:
            names.append('/var/tmp/' + os.path.basename(built[name]))
            shutil.copy(built[name], self.path(names[-1]))
        done = subprocess.run(['chroot', self.root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'dpkg', '-i', *names], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print('# ' + done.stdout[-3000:].replace('\n', '\n# '))
            raise subprocess.CalledProcessError(done.returncode, done.args)
        self.write('/etc/ca-certificates/update.d/recording', '#!/bin/sh\n{ echo run; cat; } >>%s\n' % HOOK_LOG, 0o755)

    def boot(self):
        made = subprocess.run([TOOL, 'boot', self.folder], stdout=subprocess.PIPE, text=True)
        with open(os.path.join(self.folder, 'cgroup')) as stream:
            self.cgroups.append(stream.read().strip())
        if made.returncode == 77:
            skip(made.stdout)
        self.init = made.stdout.strip() if made.returncode == 0 else None
        return self.init is not None

    def stop(self):
        subprocess.run([TOOL, 'stop', self.init], check=True)
        self.init = None

    def cut(self):
        subprocess.run([TOOL, 'kill', self.init], check=True)
        self.init = None

    # Programs in it

    def command(self, *words, user=None):
        return [TOOL, 'in', self.init, *(['runuser', '-u', user, '--'] if user else []), *words]

    def run(self, *words, user=None, seconds=60, **more):
        return subprocess.run(self.command(*words, user=user), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, **more)

    def start(self, *words, user=None):
        return subprocess.Popen(self.command(*words, user=user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ctl(self, *words, user=None):
        """anchorctl: its exit code and what it said."""
        done = self.run('anchorctl', *words, user=user)
        return done.returncode, done.stdout

    def ask(self, *words):
        """The same for what only reads, asked again where the service was just killed."""
        for _ in range(5):
            code, text = self.ctl(*words)
            if 'left without an answer' not in text:
                break
        return code, text

    def listed(self):
        """The fingerprints of what the service trusts."""
        code, text = self.ask('list', '--json')
        if code != 0:
            return None
        return {row['fingerprint'] for row in json.loads(text)['anchors']}

    def update(self, *options):
        """The distribution's tool, in the locale that it takes at its word."""
        return self.run('env', 'LC_ALL=C', 'update-ca-certificates', *options)

    def show(self, unit, field):
        return self.run('systemctl', 'show', '--value', '-p', field, unit).stdout.strip()

    def service_pid(self):
        """Of the running service, as this machine counts, or None."""
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open('/proc/%s/cgroup' % pid) as stream:
                    group = stream.read()
                ours = os.path.basename(self.cgroups[-1]) in group and '/anchord.service' in group
                if ours and os.readlink('/proc/%s/exe' % pid).endswith('/libexec/anchord/anchord'):
                    return int(pid)
            except OSError:
                continue
        return None

    def cgroup_of(self, unit):
        """The folder of UNIT's cgroup, as this machine sees it."""
        return os.path.join(self.cgroups[-1], self.show(unit, 'ControlGroup').lstrip('/'))

    def journal(self, *words):
        return self.run('journalctl', '-q', '--no-pager', '-o', 'cat', *words).stdout

    # Its files

    def path(self, name):
        return self.root + name

    def read(self, name):
        try:
            with open(self.path(name), 'rb') as stream:
                return stream.read()
        except FileNotFoundError:
            return b''

    def write(self, name, data, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
        os.chmod(path, mode)

    def certificate(self, name):
        """A new root whose file is in the machine as well, below /var/tmp."""
        made = Certificate(self.scratch, name)
        made.inside = '/var/tmp/' + os.path.basename(made.path)
        self.write(made.inside, made.pem)
        return made

    def snapshot(self):
        """Every file, link and folder that the distribution's tool answers for: name -> what it is."""
        found = {}
        for top in TOOL_PATHS:
            names = [top] + [os.path.join(at, name)[len(self.root):] for at, folders, files in os.walk(self.path(top)) for name in folders + files]
            for name in names:
                st = os.lstat(self.path(name))
                if stat.S_ISLNK(st.st_mode):
                    found[name] = 'link to ' + os.readlink(self.path(name))
                elif stat.S_ISREG(st.st_mode):
                    found[name] = '%o %s' % (st.st_mode, hashlib.sha256(self.read(name)).hexdigest())
                else:
                    found[name] = '%o' % st.st_mode
        # The feed's folder stays when it is empty.
        if not any(name.startswith(FEED + '/') for name in found):
            found.pop(FEED, None)
        return found

    def holds(self, certificate):
        """Does the bundle?"""
        return certificate.pem.strip() in self.read(BUNDLE)

    def dangling(self):
        """Links of the folder of certificates that lead nowhere."""
        lost = []
        for name in os.listdir(self.path(CERTS)):
            at = os.path.join(CERTS, name)
            for _ in range(10):
                if not os.path.islink(self.path(at)):
                    break
                at = os.path.join(CERTS, os.readlink(self.path(at)))
            if not os.path.exists(self.path(at)):
                lost.append(name)
        return lost

    def hook_runs(self):
        """What the recording hook was given: one list of lines a run that was given any."""
        runs = []
        for line in self.read(HOOK_LOG).decode().splitlines():
            if line == 'run':
                runs.append([])
            else:
                runs[-1].append(line)
        return [lines for lines in runs if lines]

    def clear_hooks(self):
        self.wait_hooks()
        self.write(HOOK_LOG, '')

    def waiting(self):
        """Changes that the hooks have not seen."""
        try:
            return [name for name in os.listdir(self.path('/var/lib/anchord/hooks/pending')) if name[0].isdigit()]
        except FileNotFoundError:
            return []

    def wait_hooks(self, seconds=10):
        """Nothing waits, and nothing runs."""
        return wait_for(lambda: not self.waiting() and self.show('anchord-hooks.service', 'ActiveState') == 'inactive', seconds)


def differences(before, after):
    """What differs between two snapshots, in words."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return '\n'.join('%s: %s -> %s' % (name, before.get(name, 'not there'), after.get(name, 'not there')) for name in names)
