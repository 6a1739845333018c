# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 before every write-side call of the tool, one run for each, and a look at what is left."""

import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import debian_root
import trace


def points(calls, root):
    """{call: numbers}: for strace's `when=`, which counts each call by thread. Only calls that touch a file below ROOT."""
    counts, found = {}, {}
    for call in calls:
        name = call.name
        counts[call.thread, name] = counts.get((call.thread, name), 0) + 1
        if name in trace.SEEK_CALLS or (name in trace.OPEN_CALLS and not call.creates()):
            continue
        if name in ('write', 'writev', 'pwrite64', 'pwritev') and not (trace.fd_of(call.args[0])[1] or '').startswith(root):
            continue
        found.setdefault(name, set()).add(counts[call.thread, name])
    return found


class Sweep:
    def __init__(self, scene, step, jobs):
        self.scene, self.step, self.jobs = scene, step, jobs
        self.lock = threading.Lock()
        self.runs = self.killed = 0

    def record(self, change):
        with self.scene.root(change.before) as root:
            done, calls = trace.run(os.path.join(self.scene.folder, 'record'), self.scene.command(root, change.words), self.scene.env)
            if done.returncode != change.status:
                raise RuntimeError('anchorctl fails under strace: ' + done.stdout.decode(errors='replace'))
            return calls, root

    def kill_at(self, change, name, number, again):
        """(killed, faults) of one run that is killed before its call NAME of that NUMBER."""
        with self.scene.root(change.before) as root:
            argv = ['strace', '-f', '-qq', '-e', 'trace=' + name, '-e', 'signal=none', '--inject=%s:signal=KILL:when=%d' % (name, number),
                    '-o', '/dev/null', '--', *self.scene.command(root, change.words)]
            done = subprocess.run(argv, env=self.scene.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            killed = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
            tree = debian_root.read_tree(root)
        faults = [] if killed or done.returncode == change.status else ['exit %d instead of a kill' % done.returncode]
        faults += self.scene.judge(change, tree, done.returncode == change.status, again)
        with self.lock:
            self.runs += 1
            self.killed += killed
        return killed, faults

    def run(self, change):
        """Lines that say what is wrong."""
        calls, root = self.record(change)
        found = points(calls, root)
        jobs = []
        for name, numbers in sorted(found.items()):
            numbers = sorted(numbers)
            step = self.step * change.stride
            chosen = numbers[::step] + ([numbers[-1]] if (len(numbers) - 1) % step else [])
            jobs.extend((name, number) for number in chosen)
        with ThreadPoolExecutor(self.jobs) as pool:
            results = list(pool.map(lambda job: self.kill_at(change, job[0], job[1], job[1] % 3 == 1), jobs))
        faults = []
        for (name, number), (killed, problems) in zip(jobs, results):
            if not killed:
                problems = problems + ['the run ended before that call: two runs differ']
            faults += ['killed before %s number %d: %s' % (name, number, problem) for problem in problems]
        return faults + self._beyond(change, found)

    def _beyond(self, change, found):
        """Past the last number of each call the run is whole: no call was missed."""
        faults = []
        for name, numbers in sorted(found.items()):
            number = max(numbers) + 1
            for _ in range(64):
                killed, problems = self.kill_at(change, name, number, False)
                faults += ['killed before %s number %d: %s' % (name, number, problem) for problem in problems]
                if not killed:
                    break
                number += 1
        return faults
