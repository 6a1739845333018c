# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The states that a power loss may leave: un-synced data lost, un-synced names lost or reordered. Each is looked at as found and after recovery."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import debian_root
import filesystem
import trace


def choices(pending):
    """Parts of PENDING that may have reached the disk: (what, kept). Bounded: none, all, each alone, all but each, each beginning and end."""
    size = len(pending)
    yield 'none', ()
    yield 'all', tuple(range(size))
    for index in range(size):
        yield 'all but "%s"' % pending[index].text, tuple(at for at in range(size) if at != index)
        yield 'only "%s"' % pending[index].text, (index, )
    for index in range(2, size - 1):
        yield 'the first %d' % index, tuple(range(index))
        yield 'the last %d' % index, tuple(range(size - index, size))
    yield 'every other', tuple(range(0, size, 2))
    yield 'every other but the first', tuple(range(1, size, 2))
    names = tuple(at for at in range(size) if pending[at].kind in ('set', 'drop', 'move'))
    yield 'names without data', names
    yield 'data without names', tuple(at for at in range(size) if at not in names)


def torn(step, how):
    """A write of which only the first half, or only the length, arrived."""
    half = len(step.data) // 2
    data = step.data[:half] if how == 'half' else bytes(len(step.data)) if how == 'zeros' else step.data[:half] + bytes(len(step.data) - half)
    return filesystem.Operation('write', '%s of %s' % (how, step.text), inode=step.inode, offset=step.offset, data=data)


def at_point(log, end):
    """(what, steps) for a power loss before step END."""
    durable = log.durable(end)
    steps = [(index, log.steps[index]) for index in range(end) if not log.steps[index].is_sync()]
    pending = [index for index, _ in steps if not durable[index]]
    for what, kept in choices([log.steps[index] for index in pending]):
        wanted = {pending[at] for at in kept}
        yield what, [step for index, step in steps if durable[index] or index in wanted]
    for index in pending:
        if log.steps[index].kind == 'write':
            for how in ('half', 'zeros', 'half and zeros'):
                yield '%s of "%s"' % (how, log.steps[index].text), [torn(step, how) if at == index else step for at, step in steps]


def digest(tree):
    total = hashlib.sha256()
    for path in sorted(tree):
        node = tree[path]
        total.update(b'%s\0%s\0%o\0%d\0' % (os.fsencode(path), node.kind.encode(), node.mode, len(node.data)))
        total.update(node.data)
    return total.digest()


class States:
    def __init__(self, scene, step, jobs):
        self.scene, self.step, self.jobs = scene, step, jobs
        self.seen = self.recovered = 0

    def record(self, change):
        """The log of CHANGE made from its own `before`."""
        with self.scene.root(change.before) as root:
            done, calls = trace.run(os.path.join(self.scene.folder, 'record'), self.scene.command(root, change.words), self.scene.env)
            if done.returncode != change.status:
                raise RuntimeError('anchorctl fails under strace: ' + done.stdout.decode(errors='replace'))
            log = filesystem.Log(change.before, root)
            for call in calls:
                log.take(call)
            left = debian_root.read_tree(root)
        replayed = log.tree([step for step in log.steps if not step.is_sync()])
        if digest(replayed) != digest(left):
            different = [path for path in sorted(set(replayed) | set(left))
                         if path not in left or path not in replayed or replayed[path].key() != left[path].key()]
            raise RuntimeError('the record does not explain what the run left: ' + ', '.join(different[:5]))
        return log

    def collect(self, log, only):
        """Every different state once: (what, tree, acknowledged). Before each sync with ONLY in its text, after each, and after the end."""
        points = {len(log.steps)}
        for index, step in enumerate(log.steps):
            if step.is_sync() and only in step.text:
                points |= {index, index + 1}
        known = set()
        for end in sorted(points):
            where = 'before "%s"' % log.steps[end].text if end < len(log.steps) else 'after the end'
            last = end == len(log.steps)
            for what, steps in at_point(log, end):
                tree = log.tree(steps)
                self.seen += 1
                key = (digest(tree), last)
                if key not in known:
                    known.add(key)
                    yield '%s, %s kept' % (where, what), tree, last

    def faults(self, change, log, limit=None):
        """Lines that say what is wrong; stops after LIMIT faulty states."""
        states = list(self.collect(log, change.only))
        lines = []
        # As found, every state is looked at; recovery is the real tool, so it gets every n-th, and all that come after the acknowledgement.
        for what, tree, acknowledged in states:
            lines += ['power loss %s: %s' % (what, fault) for fault in change.instant.faults(tree)]
        chosen = [state for index, state in enumerate(states) if index % self.step == 0 or state[2]]
        faulty = 0
        with ThreadPoolExecutor(self.jobs) as pool:
            for start in range(0, len(chosen), 64):
                part = chosen[start:start + 64]
                for state, problems in zip(part, pool.map(lambda state: self.scene.judge(change, state[1], state[2]), part)):
                    self.recovered += 1
                    faulty += bool(problems)
                    lines += ['power loss %s: %s' % (state[0], problem) for problem in problems]
                if limit is not None and faulty >= limit:
                    break
        return sorted(set(lines))

    def run(self, change):
        return self.faults(change, self.record(change))

    # The check must be able to fail.

    def self_test(self, change, wanted):
        """Takes each sync of the file or folder WANTED out of the record: the states must then show faults. Returns lines that say which did not."""
        log = self.record(change)
        paths = log.paths()
        sites = [index for index, step in enumerate(log.steps)
                 if step.is_sync() and (step.text == wanted or any(path.endswith(wanted) for path in paths.get(step.inode, ())))]
        if not sites:
            return ['no sync of "%s" in the record of %s' % (wanted, change.name)]
        kept, log.steps = log.steps, None
        log.steps = [step for index, step in enumerate(kept) if index not in sites]
        found = self.faults(change, log, limit=1)
        log.steps = kept
        return [] if found else ['a record without the sync of "%s" goes unnoticed' % wanted]
