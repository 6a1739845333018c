# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pristine Debian 12 below an overlay that vanishes with the process, and what packages change in it."""

import hashlib
import os
import stat
import subprocess
import tempfile

ENVIRONMENT = ['/usr/bin/env', '-i', 'HOME=/root', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8',
               'DEBIAN_FRONTEND=noninteractive']
# What package managers keep for themselves: no package is answerable for it.
OWN_BOOKS = ('/proc', '/sys', '/dev', '/run/lock', '/tmp', '/root', '/var/lib/dpkg', '/var/lib/apt', '/var/cache/apt', '/var/cache/ldconfig', '/var/log',
             '/var/cache/debconf', '/etc/ld.so.cache', '/etc/resolv.conf', '/var/lib/systemd/catalog/database')


class Chroot:
    """One system of its own. Call enter() of tests/lib/pristine.py before."""

    def __init__(self, pristine):
        self.folder = tempfile.mkdtemp(prefix='anchord-chroot-')
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', self.folder], check=True)
        for name in ('upper', 'work', 'root'):
            os.mkdir(os.path.join(self.folder, name))
        self.root = os.path.join(self.folder, 'root')
        subprocess.run(['mount', '-t', 'overlay', '-o', 'lowerdir=%s,upperdir=%s/upper,workdir=%s/work' % (pristine, self.folder, self.folder), 'overlay',
                        self.root], check=True)
        for kind, name in (('proc', 'proc'), ('tmpfs', 'run'), ('tmpfs', 'tmp')):
            subprocess.run(['mount', '-t', kind, kind, os.path.join(self.root, name)], check=True)
        subprocess.run(['mount', '--rbind', '/dev', os.path.join(self.root, 'dev')], check=True)
        os.makedirs(os.path.join(self.root, 'run', 'lock'))
        os.chmod(os.path.join(self.root, 'tmp'), 0o1777)

    def close(self):
        subprocess.run(['umount', '-R', '-l', self.folder], check=True)
        os.rmdir(self.folder)

    def run(self, *command, **more):
        """(exit code, what it said)."""
        done = subprocess.run(['chroot', self.root, *ENVIRONMENT, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors='replace', **more)
        return done.returncode, done.stdout

    def path(self, name):
        return os.path.join(self.root, name.lstrip('/'))

    def put(self, source, name):
        with open(source, 'rb') as stream, open(self.path(name), 'wb') as out:
            out.write(stream.read())
        return name

    def install(self, *files):
        """By apt, as a person does it: what they depend on is there, so nothing is fetched."""
        inside = [self.put(path, '/tmp/' + os.path.basename(path)) for path in files]
        return self.run('apt-get', '-y', '-q', '-o', 'APT::Sandbox::User=root', '--no-install-recommends', '--allow-downgrades', '--reinstall', 'install',
                        *inside)

    def remove(self, *names, verb='remove'):
        return self.run('apt-get', '-y', '-q', verb, *names)

    def snapshot(self):
        """{path: everything that can be seen of it} of all files but the package manager's own."""
        seen = {}
        for at, folders, names in os.walk(self.root):
            inside = '/' + os.path.relpath(at, self.root) if at != self.root else ''
            folders[:] = [name for name in folders if inside + '/' + name not in OWN_BOOKS]
            for name in folders + names:
                if inside + '/' + name not in OWN_BOOKS:
                    seen[inside + '/' + name] = describe(os.path.join(at, name))
        return seen


def describe(path):
    about = os.lstat(path)
    if stat.S_ISLNK(about.st_mode):
        return ('link', os.readlink(path), about.st_uid, about.st_gid)
    if not stat.S_ISREG(about.st_mode):
        return (oct(about.st_mode), about.st_uid, about.st_gid)
    with open(path, 'rb') as stream:
        return (oct(about.st_mode), about.st_uid, about.st_gid, hashlib.sha256(stream.read()).hexdigest())


def differences(before, after):
    """In words, sorted."""
    return ['%s %s' % ('appeared' if path not in before else 'vanished' if path not in after else 'changed', path)
            for path in sorted(set(before) | set(after)) if before.get(path) != after.get(path)]
