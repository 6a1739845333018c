# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns the strace record of a change into a plan for replay.c: just its writes, renames and syncs."""

import os
import re

import trace

CALLS = trace.WRITE_CALLS + trace.OPEN_CALLS + ('lseek', 'close')


class Plan:
    def __init__(self, calls, root):
        self.root, self.lines, self.head = root, [], []
        self.fds, self.slots = {}, 0
        for call in calls:
            if call.result >= 0:
                getattr(self, 'call_' + call.name, self.ignore)(call)

    def ignore(self, call):
        first = trace.fd_of(call.args[0])[1] if call.args else None
        if call.name in trace.WRITE_CALLS and self.inside(first) is not None:
            raise ValueError('the plan does not know ' + call.name)

    def inside(self, path):
        return path[len(self.root) + 1:] if path is not None and path.startswith(self.root + '/') else None

    def add(self, *words):
        self.lines.append('\t'.join(str(word) for word in words))

    def join(self, folder_arg, name_arg):
        name = os.fsdecode(trace.string_of(name_arg))
        folder = trace.fd_of(folder_arg)[1]
        return self.inside(name if name.startswith(self.root) else '%s/%s' % (folder, name))

    def slot(self, fd, path):
        """The slot of a descriptor; one that was open before the record began is opened before the clock starts to matter."""
        if fd not in self.fds:
            self.slots += 1
            self.fds[fd] = self.slots
            self.head.append('open\t%d\t%s' % (self.slots, path))
        return self.fds[fd]

    def call_openat(self, call):
        path = self.inside(call.path)
        self.fds.pop(call.result, None)
        if path is None:
            return
        flags = call.flags()
        if 'O_CREAT' in flags and 'O_EXCL' in flags:
            mode = re.search(r'\b0[0-7]{3}\b', ' '.join(call.args[2:]))
            self.slots += 1
            self.fds[call.result] = self.slots
            self.add('create', self.slots, path, mode.group(0) if mode else '0600')
        elif 'O_RDWR' in flags or 'O_WRONLY' in flags:
            self.slots += 1
            self.fds[call.result] = self.slots
            self.add('open' if os.path.exists(os.path.join(self.root, path)) and 'O_CREAT' not in flags else 'make', self.slots, path, '0600')

    call_openat2 = call_openat

    def call_close(self, call):
        slot = self.fds.pop(trace.fd_of(call.args[0])[0], None)
        if slot is not None:
            self.add('close', slot)

    def call_write(self, call, offset=-1):
        fd, path = trace.fd_of(call.args[0])
        path = self.inside(path)
        if path is not None:
            self.add('write', self.slot(fd, path), call.result, offset)

    def call_writev(self, call):
        self.call_write(call)

    def call_pwrite64(self, call):
        self.call_write(call, int(call.args[3]))

    def call_pwritev(self, call):
        self.call_write(call, int(call.args[-1]))

    def call_copy_file_range(self, call):
        source = self.inside(trace.fd_of(call.args[0])[1])
        fd, path = trace.fd_of(call.args[2])
        given = re.search(r'\d+', call.args[1])
        self.add('copy', self.slot(fd, self.inside(path)), source, given.group(0) if given else 0, call.result)

    def call_fsync(self, call, verb='sync'):
        fd, path = trace.fd_of(call.args[0])
        path = self.inside(path)
        if path is None:
            return
        if os.path.isdir(os.path.join(self.root, path)):
            self.add('syncdir', path)
        else:
            self.add(verb, self.slot(fd, path))

    def call_fdatasync(self, call):
        self.call_fsync(call, 'datasync')

    def call_syncfs(self, call):
        self.add('syncfs')

    def call_fchmod(self, call):
        fd, path = trace.fd_of(call.args[0])
        # A folder's mode was set by mkdir.
        if self.inside(path) is not None and not os.path.isdir(path):
            self.add('chmod', self.slot(fd, self.inside(path)), call.args[1])

    def call_ftruncate(self, call):
        fd, path = trace.fd_of(call.args[0])
        if self.inside(path) is not None:
            self.add('truncate', self.slot(fd, self.inside(path)), call.args[1])

    def call_renameat(self, call):
        old, new = self.join(call.args[0], call.args[1]), self.join(call.args[2], call.args[3])
        if old is not None:
            self.add('rename', old, new)

    call_renameat2 = call_renameat

    def call_linkat(self, call):
        old, new = self.join(call.args[0], call.args[1]), self.join(call.args[2], call.args[3])
        if old is not None:
            self.add('link', old, new)

    def call_symlinkat(self, call):
        path = self.join(call.args[1], call.args[2])
        if path is not None:
            self.add('symlink', os.fsdecode(trace.string_of(call.args[0])), path)

    def call_unlinkat(self, call):
        path = self.join(call.args[0], call.args[1])
        if path is not None:
            self.add('rmdir' if 'AT_REMOVEDIR' in call.args[2] else 'unlink', path)

    def call_mkdirat(self, call):
        path = self.join(call.args[0], call.args[1])
        if path is not None:
            self.add('mkdir', path)

    def count(self):
        """What the plan does, in words."""
        verbs = [line.partition('\t')[0] for line in self.lines]
        syncs = sum(verbs.count(verb) for verb in ('sync', 'datasync', 'syncdir', 'syncfs'))
        size = sum(int(line.split('\t')[2 if line.startswith('write') else 4]) for line in self.lines if line.startswith(('write', 'copy')))
        return '%d calls, %d KiB, %d renames and links, %d syncs' % (len(verbs) - verbs.count('close'), size / 1024,
                                                                      sum(verbs.count(verb) for verb in ('rename', 'link', 'symlink')), syncs)

    def write(self, path):
        with open(path, 'w') as out:
            out.writelines(line + '\n' for line in self.head + self.lines)
