# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The packages of this tree and of the distribution for a machine: built, repacked with another version or other files, and what a machine is without them."""

import os
import re
import shutil
import stat
import subprocess

import booted
import packages

WANTED = booted.PACKAGES
# Logs, caches, package managers' and systemd's own books, and what is made anew at each boot.
VOLATILE = ('/var/lib/dpkg', '/var/lib/apt', '/var/cache', '/var/log', '/var/tmp', '/tmp', '/run', '/dev', '/proc', '/sys', '/root', '/etc/ld.so.cache',
            '/var/lib/systemd/catalog', '/var/lib/systemd/random-seed', '/var/lib/systemd/timers', '/var/lib/systemd/timesync', '/etc/.pwd.lock',
            # What useradd and groupadd keep of their files.
            *('/etc/%s-' % name for name in ('passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid')))


def build():
    """The files of WANTED."""
    built = packages.build()
    return [built[name] for name in WANTED]


def repack(path, out, version):
    """The package at PATH with another VERSION, in the folder OUT."""
    tree = os.path.join(out, 'repacked')
    subprocess.run(['dpkg-deb', '-R', path, tree], check=True)
    control = os.path.join(tree, 'DEBIAN', 'control')
    with open(control) as stream:
        text = stream.read()
    was = re.search(r'^Version: (.*)$', text, re.M).group(1)
    with open(control, 'w') as stream:
        stream.write(text.replace(was, version))
    made = os.path.join(out, os.path.basename(path).replace(was, version))
    subprocess.run(['dpkg-deb', '--root-owner-group', '-Znone', '-b', tree, made], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return made


def repack_roots(machine, out, gone, name, pem):
    """The distribution's own package of certificates as it is installed, one version up: without the root GONE, and with a new one NAME."""
    tree = os.path.join(out, 'roots')
    info = machine.path('/var/lib/dpkg/info/ca-certificates.')
    os.makedirs(os.path.join(tree, 'DEBIAN'))
    status = subprocess.check_output(['dpkg-query', '--admindir=' + machine.path('/var/lib/dpkg'), '-s', 'ca-certificates'], text=True)
    version = re.search(r'^Version: (.*)$', status, re.M).group(1) + '+test1'
    text = re.sub(r'^(Status|Conffiles):.*\n( .*\n)*', '', status, flags=re.M)
    with open(os.path.join(tree, 'DEBIAN', 'control'), 'w') as stream:
        stream.write(re.sub(r'^Version: .*$', 'Version: ' + version, text, flags=re.M))
    for part in ('config', 'postinst', 'postrm', 'templates', 'triggers', 'conffiles'):
        if os.path.exists(info + part):
            shutil.copy(info + part, os.path.join(tree, 'DEBIAN', part))
    with open(info + 'list') as stream:
        names = stream.read().split('\n')
    for path in filter(None, names):
        at, to = machine.path(path), tree + path
        if os.path.islink(at) or os.path.isfile(at):
            shutil.copy2(at, to, follow_symlinks=False)
        elif os.path.isdir(at):
            os.makedirs(to, exist_ok=True)
    os.unlink(tree + '/usr/share/ca-certificates/mozilla/' + gone)
    with open(tree + '/usr/share/ca-certificates/mozilla/' + name, 'wb') as stream:
        stream.write(pem)
    made = os.path.join(out, 'ca-certificates_%s_all.deb' % version)
    subprocess.run(['dpkg-deb', '--root-owner-group', '-Znone', '-b', tree, made], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return made


def put(machine, paths):
    """Into the machine; their names there."""
    names = []
    for path in paths:
        names.append('/var/tmp/' + os.path.basename(path))
        shutil.copy(path, machine.path(names[-1]))
    return names


def describe(path):
    try:
        st = os.lstat(path)
    except FileNotFoundError:
        return 'not there'
    kind = '%06o %d:%d' % (st.st_mode, st.st_uid, st.st_gid)
    if stat.S_ISLNK(st.st_mode):
        return 'link to ' + os.readlink(path)
    if stat.S_ISREG(st.st_mode):
        with open(path, 'rb') as stream:
            return '%s %s' % (kind, booted.hashlib.sha256(stream.read()).hexdigest())
    return kind


def changed(machine, *besides):
    """How the machine differs from the system that it was made of: {path: what it is}. The layer above that has every file that was ever written."""
    found = {}
    upper = os.path.join(machine.folder, 'upper')
    for at, folders, files in os.walk(upper):
        inside = at[len(upper):] or '/'
        skipped = VOLATILE + besides
        folders[:] = [name for name in folders if os.path.join(inside, name) not in skipped]
        for name in folders + files:
            path = os.path.join(inside, name)
            if path not in skipped:
                now, then = describe(machine.path(path)), describe(booted.PRISTINE_ROOT + path)
                if now != then:
                    found[path] = now
    return found


def of_packages(machine, names):
    """The paths that packages brought."""
    out = machine.run('dpkg', '-L', *names).stdout
    return {re.sub('^/lib/', '/usr/lib/', path) for path in out.splitlines() if path.startswith('/')}
