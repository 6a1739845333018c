# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a figure depends on: the machine, and the versions of what was measured."""

import json
import os
import platform
import re
import subprocess

from tools import SOURCE

# Debian packages, in the order that they are named in.
PACKAGES = (('GnuTLS', 'libgnutls30'), ('OpenSSL', 'libssl3'), ('GLib', 'libglib2.0-0'), ('ca-certificates', 'ca-certificates'), ('p11-kit', 'p11-kit'),
            ('ca-certificates-java', 'ca-certificates-java'), ('OpenJDK', 'openjdk-17-jre-headless'), ('dbus-daemon', 'dbus-daemon'))


def said(command):
    """What a program says, '' where it is not there or fails."""
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ''


def find(path, pattern):
    try:
        with open(path) as stream:
            match = re.search(pattern, stream.read(), re.M)
        return match.group(1) if match else ''
    except OSError:
        return ''


def version():
    git = ['git', '-c', 'safe.directory=*', '-C', SOURCE]
    commit = said(git + ['rev-parse', '--short=12', 'HEAD'])
    changed = ' and changes that are in no commit' if said(git + ['status', '--porcelain', '--untracked-files=no']) else ''
    return find(os.path.join(SOURCE, 'meson.build'), r"version: '([^']+)'") + (', commit %s%s' % (commit, changed) if commit else '')


def compiled(build):
    with open(os.path.join(build, 'compile_commands.json')) as stream:
        words = [word for word in json.load(stream)[0]['command'].split()[:2] if os.path.basename(word) != 'ccache']
    options = {option['name']: option['value'] for option in json.loads(said(['meson', 'introspect', build, '--buildoptions']) or '[]')}
    return '%s, -O%s%s' % (said([words[0], '--version']).split('\n')[0], options.get('optimization'),
                              '' if options.get('b_sanitize', 'none') == 'none' else ', sanitized: ' + options['b_sanitize'])


def gather(build):
    """[(what, text)] of what is built in BUILD."""
    memory = int(find('/proc/meminfo', r'^MemTotal: +(\d+)') or 0) / 1048576
    versions = [(name, said(['dpkg-query', '-W', '-f', '${Version}', package])) for name, package in PACKAGES]
    return [
        ('anchord', version()),
        ('compiled with', compiled(build)),
        ('processor', '%s, %d cores' % (find('/proc/cpuinfo', r'^model name\s*: (.*)$') or platform.machine(), os.cpu_count())),
        ('memory', '%.0f GiB' % memory),
        ('system', '%s, Linux %s' % (find('/etc/os-release', r'^PRETTY_NAME="?([^"\n]+)'), platform.release())),
        ('versions', ', '.join('%s %s' % row for row in versions if row[1])),
    ]
