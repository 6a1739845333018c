# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 of the service, in whichever thread makes the call, while a tool on a private bus asks it for a change."""

import os
import signal
import subprocess
import time

import debian_root
import private_bus
import sweep
import trace


class Sweep:
    def __init__(self, scene, build, step):
        self.scene, self.step = scene, step
        self.killed = self.runs = 0
        self.program = os.path.join(build, 'daemon/anchord')

    def attach(self, pid, words, record):
        """strace on all threads of PID; returns once it has them."""
        log = os.path.join(self.scene.folder, 'attach')
        with open(log, 'wb') as out:
            tracer = subprocess.Popen(['strace', '-f', '-y', '-xx', '-s', '16', '-e', 'signal=none', *words, '-o', record, '-p', str(pid)], stderr=out)
        for _ in range(1000):
            with open(log, 'rb') as stream:
                if b'attached' in stream.read():
                    # Every thread is listed once it is stopped and traced; the message comes after the last.
                    return tracer
            time.sleep(0.01)
        tracer.kill()
        raise RuntimeError('strace does not attach')

    def detach(self, tracer):
        tracer.send_signal(signal.SIGINT)
        try:
            tracer.wait(5)
        except subprocess.TimeoutExpired:
            # It may miss that the last of the killed threads is gone.
            tracer.kill()
            tracer.wait()

    def ask(self, bus, change):
        argv = [self.scene.tool, '--bus', bus.address, *change.words]
        return subprocess.run(argv, env=self.scene.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)

    def once(self, bus, change, words, record):
        """One change under strace: (answer, the service's status, the tree left)."""
        with self.scene.root(change.before) as root:
            service = private_bus.Service(bus, self.program, root, self.scene.env)
            tracer = self.attach(service.process.pid, words, record)
            answer = self.ask(bus, change)
            self.detach(tracer)
            status = service.process.poll()
            if status is None:
                service.process.kill()
                service.process.wait()
            service.errors.close()
            return answer, status, debian_root.read_tree(root), root

    def points(self, bus, change):
        record = os.path.join(self.scene.folder, 'record')
        words = ['-e', 'trace=' + ','.join('?' + name for name in trace.WRITE_CALLS + trace.OPEN_CALLS)]
        answer, _, _, root = self.once(bus, change, words, record)
        if answer.returncode != 0:
            raise RuntimeError('anchorctl %s over the bus: exit %d: %s' % (' '.join(change.words), answer.returncode, answer.stdout.decode(errors='replace')))
        return sweep.points(trace.read(record), root)

    def run(self, change):
        faults = []
        bus = private_bus.Bus(self.scene.folder)
        try:
            jobs = [(name, number) for name, numbers in sorted(self.points(bus, change).items()) for number in sorted(numbers)]
            for name, number in jobs[::self.step * change.stride] + jobs[-1:]:
                words = ['-e', 'trace=' + name, '--inject=%s:signal=KILL:when=%d' % (name, number)]
                answer, status, tree, _ = self.once(bus, change, words, '/dev/null')
                self.runs += 1
                self.killed += status == -signal.SIGKILL
                problems = self.scene.judge(change, tree, answer.returncode == 0)
                if answer.returncode != 0 and status != -signal.SIGKILL:
                    problems.append('the change fails without a kill: ' + answer.stdout.decode(errors='replace')[-300:])
                faults += ['killed before %s number %d: %s' % (name, number, problem) for problem in problems]
        finally:
            bus.close()
        return faults
