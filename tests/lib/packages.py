# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages of this tree, built if they are older than it: for tests/packaging and tests/machine."""

import fcntl
import glob
import os
import re
import subprocess

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
FOLDER = os.path.join(BUILD, 'deb')
NAMES = ('anchord', 'anchorctl', 'libanchord0', 'gir1.2-anchord-1', 'libanchord-dev', 'anchord-distro-tools')
# What is in no package, and changes often.
ELSEWHERE = ('tests/', 'docs/', 'packaging/')
PACKAGED = ('docs/man/', 'docs/meson.build', 'packaging/apparmor/', 'packaging/debian/', 'packaging/build-deb.sh')


def counts(path):
    return path.startswith(PACKAGED) or not path.startswith(ELSEWHERE)


def tracked():
    """The files that git knows, as far as they can change a package."""
    listed = subprocess.check_output(['git', '-c', 'safe.directory=*', '-C', SOURCE, 'ls-files', '-z']).decode().split('\0')
    return [os.path.join(SOURCE, path) for path in listed if path and counts(path)]


def find(folder=FOLDER):
    """{package: file} of what FOLDER holds, without the debug symbols."""
    found = {}
    for path in glob.glob(os.path.join(folder, '*.deb')):
        name = os.path.basename(path).split('_')[0]
        if not re.search(r'-dbgsym$', name):
            found[name] = path
    return found


def are_current(folder=FOLDER):
    found = find(folder)
    if sorted(found) != sorted(NAMES):
        return False
    made = min(os.stat(path).st_mtime for path in found.values())
    return all(os.lstat(path).st_mtime <= made for path in tracked() if os.path.lexists(path))


def build(folder=FOLDER):
    """{package: file}, built anew if a source is newer. Raises CalledProcessError with the log's end in its output. Needs root where a
    package that building takes is missing."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, '.wanted'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not are_current(folder):
            environment = dict(os.environ, DEB_BUILD_OPTIONS='nocheck werror')
            subprocess.run([os.path.join(SOURCE, 'packaging', 'build-deb.sh'), folder], check=True, env=environment,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return find(folder)
