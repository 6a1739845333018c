# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scratch Debian-like roots, and trees of files held in memory, for the crash tests and the benchmark."""

import os
import shutil
import stat
import subprocess

TOOL = '/usr/sbin/update-ca-certificates'
# What the distribution's tool reads and writes: bound over the machine's own in a private mount namespace.
TOOL_PATHS = ('/etc/ssl/certs', '/etc/ca-certificates', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates', '/etc/ca-certificates.conf')


def make_root(root, certificates):
    """A root that is detected as Debian. CERTIFICATES: folder of .crt files, which become the distribution's set."""
    for folder in ('etc/ssl/certs', 'etc/ca-certificates/update.d', 'usr/sbin', 'usr/local/share/ca-certificates',
                   'usr/share/ca-certificates/mozilla', 'var/lib'):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    with open(os.path.join(root, 'etc/os-release'), 'w') as out:
        out.write('ID=debian\nVERSION_ID="12"\n')
    tool = os.path.join(root, 'usr/sbin/update-ca-certificates')
    with open(tool, 'w') as out:
        out.write('#!/bin/sh\nexit 0\n')
    os.chmod(tool, 0o755)
    names = sorted(name for name in os.listdir(certificates) if name.endswith('.crt'))
    for name in names:
        shutil.copyfile(os.path.join(certificates, name), os.path.join(root, 'usr/share/ca-certificates/mozilla', name))
    with open(os.path.join(root, 'etc/ca-certificates.conf'), 'w') as out:
        out.writelines('mozilla/%s\n' % name for name in names)
    return names


def has_tool():
    return os.access(TOOL, os.X_OK) and os.geteuid() == 0


def tool_command(root):
    """Runs the real update-ca-certificates over ROOT, without hooks, in a mount namespace of its own."""
    binds = '; '.join('mount --bind "$1%s" %s' % (path, path) for path in TOOL_PATHS)
    script = 'set -e; %s; exec %s --hooksdir /nonexistent >/dev/null' % (binds, TOOL)
    return ['unshare', '-m', '--propagation', 'private', 'env', '-i', 'PATH=' + os.environ['PATH'], 'LC_ALL=C', 'sh', '-c', script, 'sh', root]


def run_tool(root):
    subprocess.run(tool_command(root), check=True, stderr=subprocess.DEVNULL)


class Node:
    """A file ('f'), folder ('d') or link ('l'). DATA is the content or the target; files of one GROUP are one inode."""
    __slots__ = ('kind', 'mode', 'data', 'group')

    def __init__(self, kind, mode, data=b'', group=None):
        self.kind, self.mode, self.data, self.group = kind, mode, data, group

    def key(self):
        return (self.kind, self.mode, self.data)


def read_tree(root):
    """{path inside the root: Node}; '' is the root itself."""
    tree = {}
    pending = ['']
    while pending:
        at = pending.pop()
        full = root + at
        tree[at] = Node('d', stat.S_IMODE(os.lstat(full).st_mode))
        for entry in os.scandir(full):
            path = at + '/' + entry.name
            status = entry.stat(follow_symlinks=False)
            mode = stat.S_IMODE(status.st_mode)
            if entry.is_symlink():
                tree[path] = Node('l', 0o777, os.fsencode(os.readlink(entry.path)))
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            else:
                with open(entry.path, 'rb') as stream:
                    tree[path] = Node('f', mode, stream.read(), status.st_ino if status.st_nlink > 1 else None)
    return tree


def write_tree(tree, root):
    """Makes TREE below the new folder ROOT."""
    first = {}
    for path in sorted(tree):
        node, full = tree[path], root + path
        if node.group is not None and first.setdefault(node.group, full) != full:
            os.link(first[node.group], full)
        elif node.kind == 'd':
            os.makedirs(full, exist_ok=True)
            os.chmod(full, node.mode)
        elif node.kind == 'l':
            os.symlink(os.fsdecode(node.data), full)
        else:
            fd = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            if node.data:
                os.write(fd, node.data)
            os.fchmod(fd, node.mode)
            os.close(fd)


def resolve(tree, path, depth=0):
    """The path that PATH leads to through links, absolute ones inside the root; None where it dangles."""
    if depth > 16:
        return None
    parts = [part for part in path.split('/') if part]
    at = ''
    for index, part in enumerate(parts):
        if part == '.':
            continue
        if part == '..':
            at = at.rpartition('/')[0]
            continue
        node = tree.get(at + '/' + part)
        if node is None:
            return None
        if node.kind != 'l':
            at = at + '/' + part
            continue
        target = os.fsdecode(node.data)
        base = '' if target.startswith('/') else at
        return resolve(tree, '/'.join([base + '/' + target] + parts[index + 1:]), depth + 1)
    return at
