# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file system that forgets: which states may a power loss leave, given the calls that were made?

It promises no more than POSIX does. What was written to a file is durable once that file was synced; a name is durable once its folder was
synced; of everything else any part may be there or not, in any order. Real file systems keep more than this."""

import os
import re

import trace
from debian_root import Node


class Inode:
    __slots__ = ('kind', 'mode', 'data', 'entries')

    def __init__(self, kind, mode, data=b'', entries=None):
        self.kind, self.mode, self.data, self.entries = kind, mode, data, entries


class Operation:
    """One step. DATA: of the inode INODE. NAME: of the folder FOLDER. SYNC: of INODE (None: of everything)."""
    __slots__ = ('kind', 'inode', 'folder', 'name', 'old_folder', 'old_name', 'offset', 'data', 'text')

    def __init__(self, kind, text, **fields):
        self.kind, self.text = kind, text
        for field in self.__slots__[1:-1]:
            setattr(self, field, fields.get(field))

    def is_sync(self):
        return self.kind == 'sync'

    def made_durable_by(self, sync):
        if sync.inode is None:
            return True
        if self.kind in ('write', 'truncate', 'chmod'):
            return sync.inode == self.inode
        return sync.inode == self.folder and self.kind in ('set', 'drop', 'move')


class Log:
    """The inodes of a tree, and the steps of a record on them."""

    def __init__(self, tree, root):
        self.root, self.inodes, self.steps = root, [], []
        self.base = {}   # what each inode held before the first step
        self.offsets = {}
        self.appending = set()
        self.top = self._load(tree)

    def _load(self, tree):
        numbers, groups = {}, {}
        for path in sorted(tree, key=lambda name: (name.count('/'), name)):
            node = tree[path]
            numbers[path] = groups.get(node.group)
            if numbers[path] is None:
                numbers[path] = self._new(node.kind, node.mode, node.data, {} if node.kind == 'd' else None)
            if node.group is not None:
                groups[node.group] = numbers[path]
            if path:
                parent, _, name = path.rpartition('/')
                self.inodes[numbers[parent]].entries[name] = numbers[path]
        for number, inode in enumerate(self.inodes):
            self.base[number] = (inode.mode, inode.data, dict(inode.entries) if inode.entries is not None else None)
        return numbers['']

    def _new(self, kind, mode, data=b'', entries=None):
        self.inodes.append(Inode(kind, mode, data, entries))
        return len(self.inodes) - 1

    # The record's paths.

    def inside(self, path):
        """PATH of the host as a path inside the root; None where it lies elsewhere."""
        if path is None or not (path == self.root or path.startswith(self.root + '/')):
            return None
        return path[len(self.root):]

    def find(self, path):
        at = self.top
        for part in [part for part in path.split('/') if part]:
            entries = self.inodes[at].entries
            if entries is None or part not in entries:
                return None
            at = entries[part]
        return at

    def place(self, folder_arg, name_arg):
        """(folder's inode, name) of a pair of arguments; (None, None) outside the root."""
        name = os.fsdecode(trace.string_of(name_arg))
        _, folder = trace.fd_of(folder_arg) if folder_arg is not None else (None, None)
        full = name if name.startswith('/') else '%s/%s' % (folder, name)
        inside = self.inside(os.path.normpath(full))
        if inside is None:
            return None, None
        parent, _, last = inside.rpartition('/')
        number = self.find(parent)
        if number is None:
            raise ValueError('unknown folder %s' % parent)
        return number, last

    # The steps.

    def add(self, step):
        self.steps.append(step)
        apply_step(self.inodes, step)

    def take(self, call):
        """Takes one call over. Calls that failed or that touch nothing below the root leave no step."""
        if call.result < 0:
            return
        handler = getattr(self, 'call_' + call.name, None)
        if handler is not None:
            handler(call)
        elif call.name in trace.WRITE_CALLS:
            first = trace.fd_of(call.args[0])[1]
            if first is None or self.inside(first) is not None:
                raise ValueError('the model does not know %s(%s)' % (call.name, ', '.join(call.args)[:120]))

    def file_of(self, arg):
        number, path = trace.fd_of(arg)
        inside = self.inside(path)
        return number, None if inside is None else self.find(inside)

    def call_openat(self, call):
        inside = self.inside(call.path)
        if inside is None:
            return
        self.offsets[call.result] = 0
        self.appending.discard(call.result)
        if 'O_APPEND' in call.flags():
            self.appending.add(call.result)
        number = self.find(inside)
        if number is None and call.creates():
            parent, _, name = inside.rpartition('/')
            mode = re.search(r'\b0[0-7]{3}\b', ' '.join(call.args[2:]))
            number = self._new('f', int(mode.group(0), 8) if mode else 0o600)
            self.base[number] = (self.inodes[number].mode, b'', None)
            self.add(Operation('set', 'create ' + inside, folder=self.find(parent), name=name, inode=number))
        elif number is not None and 'O_TRUNC' in call.flags():
            self.add(Operation('truncate', 'truncate ' + inside, inode=number, offset=0))

    call_openat2 = call_open = call_creat = call_openat

    def write_at(self, number, inode, offset, data, text):
        if inode is None:
            return
        if offset is None:
            offset = len(self.inodes[inode].data) if number in self.appending else self.offsets.get(number, 0)
            self.offsets[number] = offset + len(data)
        self.add(Operation('write', text, inode=inode, offset=offset, data=data))

    def call_write(self, call):
        number, inode = self.file_of(call.args[0])
        if inode is not None:
            self.write_at(number, inode, None, trace.string_of(call.args[1])[:call.result], 'write ' + self.inside(trace.fd_of(call.args[0])[1]))

    def call_pwrite64(self, call):
        number, inode = self.file_of(call.args[0])
        if inode is not None:
            self.write_at(number, inode, int(call.args[3]), trace.string_of(call.args[1])[:call.result], 'write ' + self.inside(trace.fd_of(call.args[0])[1]))

    def call_writev(self, call, offset=None):
        number, inode = self.file_of(call.args[0])
        if inode is not None:
            data = b''.join(trace.decode(part) for part in re.findall(r'iov_base="((?:\\x[0-9a-f]{2})*)"', ', '.join(call.args)))
            self.write_at(number, inode, offset, data[:call.result], 'write ' + self.inside(trace.fd_of(call.args[0])[1]))

    def call_pwritev(self, call):
        self.call_writev(call, int(call.args[-1]))

    def call_copy_file_range(self, call):
        source, source_inode = self.file_of(call.args[0])
        number, inode = self.file_of(call.args[2])
        if inode is None:
            return
        given = re.search(r'\d+', call.args[1])
        start = int(given.group(0)) if given else self.offsets.get(source, 0)
        if given is None:
            self.offsets[source] = start + call.result
        target = re.search(r'\d+', call.args[3])
        data = bytes(self.inodes[source_inode].data[start:start + call.result])
        self.write_at(number, inode, int(target.group(0)) if target else None, data, 'copy to ' + self.inside(trace.fd_of(call.args[2])[1]))

    def call_lseek(self, call):
        number, inode = self.file_of(call.args[0])
        if inode is not None:
            self.offsets[number] = call.result

    def call_ftruncate(self, call):
        inode = self.file_of(call.args[0])[1]
        if inode is not None:
            self.add(Operation('truncate', 'truncate ' + self.inside(trace.fd_of(call.args[0])[1]), inode=inode, offset=int(call.args[1])))

    def call_fchmod(self, call):
        inode = self.file_of(call.args[0])[1]
        if inode is not None:
            self.add(Operation('chmod', 'chmod ' + self.inside(trace.fd_of(call.args[0])[1]), inode=inode, offset=int(call.args[1], 8)))

    def call_fsetxattr(self, call):
        """Labels are not in the model."""

    call_fchown = call_sync_file_range = call_fallocate = call_fsetxattr

    def call_fsync(self, call):
        inode = self.file_of(call.args[0])[1]
        if inode is not None:
            self.add(Operation('sync', 'sync ' + self.inside(trace.fd_of(call.args[0])[1]), inode=inode))

    call_fdatasync = call_fsync

    def call_syncfs(self, call):
        self.add(Operation('sync', 'sync everything'))

    call_sync = call_syncfs

    def rename(self, old, new):
        if old[0] is None or new[0] is None:
            return
        inode = self.inodes[old[0]].entries[old[1]]
        if self.inodes[new[0]].entries.get(new[1]) != inode:
            self.add(Operation('move', 'rename %s to %s' % (old[1], new[1]), inode=inode, old_folder=old[0], old_name=old[1], folder=new[0], name=new[1]))

    def call_rename(self, call):
        self.rename(self.place(None, call.args[0]), self.place(None, call.args[1]))

    def call_renameat(self, call):
        self.rename(self.place(call.args[0], call.args[1]), self.place(call.args[2], call.args[3]))

    call_renameat2 = call_renameat

    def call_linkat(self, call):
        old, new = self.place(call.args[0], call.args[1]), self.place(call.args[2], call.args[3])
        if new[0] is not None:
            self.add(Operation('set', 'link ' + new[1], folder=new[0], name=new[1], inode=self.inodes[old[0]].entries[old[1]]))

    def call_symlinkat(self, call):
        folder, name = self.place(call.args[1], call.args[2])
        if folder is None:
            return
        number = self._new('l', 0o777, trace.string_of(call.args[0]))
        self.base[number] = (0o777, self.inodes[number].data, None)
        self.add(Operation('set', 'symlink ' + name, folder=folder, name=name, inode=number))

    def call_mkdirat(self, call):
        folder, name = self.place(call.args[0], call.args[1])
        if folder is None:
            return
        number = self._new('d', int(call.args[2], 8), b'', {})
        self.base[number] = (self.inodes[number].mode, b'', {})
        self.add(Operation('set', 'mkdir ' + name, folder=folder, name=name, inode=number))

    def call_unlinkat(self, call):
        folder, name = self.place(call.args[0], call.args[1])
        if folder is not None:
            self.add(Operation('drop', 'unlink ' + name, folder=folder, name=name, inode=self.inodes[folder].entries[name]))

    def paths(self):
        """{inode: [where it stands after the last step]}"""
        found, pending = {}, [('', self.top)]
        while pending:
            path, number = pending.pop()
            found.setdefault(number, []).append(path)
            pending.extend((path + '/' + name, entry) for name, entry in (self.inodes[number].entries or {}).items())
        return found

    # The states.

    def durable(self, end):
        """For each of the first END steps: was it synced before END?"""
        synced = [False] * end
        for index in range(end):
            step = self.steps[index]
            if step.is_sync():
                for earlier in range(index):
                    if not synced[earlier] and not self.steps[earlier].is_sync() and self.steps[earlier].made_durable_by(step):
                        synced[earlier] = True
        return synced

    def tree(self, steps):
        """What stands on disk when, of all, just STEPS happened."""
        inodes = [Inode(inode.kind, *self._start(number)) for number, inode in enumerate(self.inodes)]
        for step in steps:
            apply_step(inodes, step)
        tree, pending = {}, [('', self.top)]
        while pending:
            path, number = pending.pop()
            inode = inodes[number]
            tree[path] = Node(inode.kind, inode.mode, bytes(inode.data), number if inode.kind == 'f' else None)
            if inode.kind == 'd':
                pending.extend((path + '/' + name, entry) for name, entry in inode.entries.items())
        return tree

    def _start(self, number):
        mode, data, entries = self.base[number]
        return mode, data, dict(entries) if entries is not None else None


def apply_step(inodes, step):
    """Does STEP where it still makes sense: a name is only dropped where it still means that inode."""
    if step.kind == 'write':
        data = inodes[step.inode].data
        head = data[:step.offset].ljust(step.offset, b'\0')
        inodes[step.inode].data = head + step.data + data[step.offset + len(step.data):]
    elif step.kind == 'truncate':
        inodes[step.inode].data = inodes[step.inode].data[:step.offset].ljust(step.offset, b'\0')
    elif step.kind == 'chmod':
        inodes[step.inode].mode = step.offset
    elif step.kind == 'set':
        inodes[step.folder].entries[step.name] = step.inode
    elif step.kind == 'drop':
        if inodes[step.folder].entries.get(step.name) == step.inode:
            del inodes[step.folder].entries[step.name]
    elif step.kind == 'move':
        if inodes[step.old_folder].entries.get(step.old_name) == step.inode:
            del inodes[step.old_folder].entries[step.old_name]
        inodes[step.folder].entries[step.name] = step.inode
