# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records what a program does to files, by strace, and reads the record back as calls."""

import os
import re
import subprocess

# Every call that can change what is on disk, and those that order it.
WRITE_CALLS = ('write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'copy_file_range', 'sendfile', 'splice', 'fsync', 'fdatasync', 'syncfs', 'sync',
               'sync_file_range', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink', 'unlinkat', 'rmdir', 'mkdir',
               'mkdirat', 'mknod', 'mknodat', 'truncate', 'ftruncate', 'fallocate', 'chmod', 'fchmod', 'fchmodat', 'fchown', 'fchownat', 'setxattr',
               'fsetxattr', 'utimensat')
OPEN_CALLS = ('open', 'openat', 'openat2', 'creat')
SEEK_CALLS = ('lseek', )

LINE = re.compile(r'^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?(?: .*)?$', re.S)
UNFINISHED = re.compile(r'^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$', re.S)
RESUMED = re.compile(r'^(\d+) +<\.\.\. (\w+) resumed>(.*)$', re.S)
HEX = re.compile(r'\\x([0-9a-f]{2})')


def decode(text):
    """The bytes of a string that strace -xx wrote."""
    return bytes.fromhex(text.replace('\\x', ''))


class Call:
    """One finished call: NAME, ARGS (text, split at commas), RESULT, the path of the returned descriptor."""

    def __init__(self, thread, name, args, result, path):
        self.thread, self.name, self.result = thread, name, int(result)
        self.args = args.split(', ')
        self.path = os.fsdecode(decode(path)) if path and '\\x' in path else None

    def flags(self):
        return self.args[2] if self.name == 'openat' else self.args[1] if self.name == 'open' else ' '.join(self.args)

    def creates(self):
        return self.name == 'creat' or (self.name in OPEN_CALLS and ('O_CREAT' in self.flags() or 'O_TRUNC' in self.flags()
                                                                     or 'O_TMPFILE' in self.flags()))


def fd_of(arg):
    """(number, path) of a descriptor argument "5</x>"; (None, None) where it is none."""
    match = re.match(r'^(-?\d+|AT_FDCWD)(?:<([^>]*)>)?$', arg)
    if match is None:
        return None, None
    number = None if match.group(1) == 'AT_FDCWD' else int(match.group(1))
    return number, os.fsdecode(decode(match.group(2))) if match.group(2) and '\\x' in match.group(2) else None


def string_of(arg):
    """The bytes of a quoted argument."""
    match = re.match(r'^"((?:\\x[0-9a-f]{2})*)"$', arg)
    if match is None:
        raise ValueError('not a whole string: ' + arg[:80])
    return decode(match.group(1))


def command(record, calls, argv, inject=()):
    return ['strace', '-f', '-qq', '-y', '-xx', '-s', '134217728', '-e', 'signal=none', '-e', 'trace=' + ','.join('?' + name for name in calls),
            *inject, '-o', record, '--', *argv]


def read(record):
    """The calls of a record, in the order in which they ended."""
    calls, pending = [], {}
    with open(record, encoding='ascii', errors='surrogateescape') as stream:
        for line in stream:
            line = line.rstrip('\n')
            match = UNFINISHED.match(line)
            if match:
                pending[match.group(1)] = match.group(3)
                continue
            match = RESUMED.match(line)
            if match:
                line = '%s %s(%s%s' % (match.group(1), match.group(2), pending.pop(match.group(1), ''), match.group(3))
            match = LINE.match(line)
            if match:
                calls.append(Call(*match.groups()))
    return calls


def run(record, argv, env, **options):
    """Runs ARGV recorded. Returns (exit status, calls)."""
    done = subprocess.run(command(record, WRITE_CALLS + OPEN_CALLS + SEEK_CALLS, argv), env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options)
    return done, read(record)
