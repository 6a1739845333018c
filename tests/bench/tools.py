# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every measurement needs: scratch roots on the real disk, the service on a bus of its own, numbers out of programs."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import debian_root
import plan
import private_bus
import trace

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Broken(Exception):
    """A program that is measured failed."""


class Box:
    """A scratch folder with a bus; everything measured happens below it. Nothing in it is removed before the end: for half a minute ext4 looks at
    each recently deleted inode before it makes a new one beside it, which would be measured."""

    def __init__(self, build, folder):
        self.build = os.path.abspath(build)
        self.disk = None if folder else self._make_disk()
        self.folder = tempfile.mkdtemp(prefix='anchord-bench-', dir=folder or self.disk or self.build)
        self.bus = private_bus.Bus(self.folder)
        self.copies = 0
        # Where programs are built with sanitizers, tracing them and the leaks of the killed are no faults.
        self.env = {'ASAN_OPTIONS': 'detect_leaks=0', 'PATH': os.environ['PATH'], 'HOME': self.folder,
                    'LC_ALL': 'C.UTF-8', 'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address}
        self.anchorctl = os.path.join(self.build, 'client/cli/anchorctl')
        self.anchord = os.path.join(self.build, 'daemon/anchord')

    def _make_disk(self):
        """A new ext4, with its journal, in a file on the real disk: the same for everyone, whatever was done to the file system around it."""
        folder, image = os.path.join(self.build, 'bench-disk'), os.path.join(self.build, 'bench-disk.img')
        os.makedirs(folder, exist_ok=True)
        with open(image, 'wb') as out:
            out.truncate(10 << 30)
        for argv in (['mkfs.ext4', '-q', '-F', '-i', '8192', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image], ['mount', '-o', 'loop', image, folder]):
            if subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
                print('bench: no file system of its own (%s fails): measuring in %s' % (argv[0], self.build), file=sys.stderr)
                os.unlink(image)
                return None
        return folder

    def close(self):
        self.bus.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.disk is not None:
            subprocess.run(['umount', '-l', self.disk])
            os.unlink(self.disk + '.img')
            os.rmdir(self.disk)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def program(self, name):
        return os.path.join(self.build, 'tests/bench/bench-' + name)

    def run(self, argv, **options):
        done = subprocess.run(argv, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        if done.returncode != 0:
            raise Broken('%s: exit %d: %s' % (' '.join(argv[:6]), done.returncode, (done.stderr or done.stdout).decode(errors='replace')[-500:]))
        return done.stdout.decode()

    def numbers(self, argv):
        return [float(line) for line in self.run(argv).split()]

    def columns(self, argv):
        """Lines of several numbers, as one list for each column."""
        return list(zip(*([float(word) for word in line.split()] for line in self.run(argv).splitlines())))

    def stopwatch(self, command, arguments):
        return self.numbers([self.program('stopwatch'), *command, '--', *arguments])

    def offline(self, root, words):
        return self.run([self.anchorctl, '--root', root, *words])

    def service(self, root):
        return private_bus.Service(self.bus, self.anchord, root, self.env)

    def make_roots(self, count, name, key=None):
        folder = self.path(name)
        self.run([os.path.join(self.build, 'tests/lib/make-roots'), str(count), folder] + ([key] if key else []))
        return folder

    def copy(self, root, name):
        self.copies += 1
        target = self.path('%s.%d' % (name, self.copies))
        self.run(['cp', '-a', root, target])
        os.sync()
        return target

    # Records.

    def record_service(self, service, action):
        """The calls of the service while ACTION runs."""
        record, log = self.path('record'), self.path('attach')
        with open(log, 'wb') as out:
            argv = [word for word in trace.command(record, plan.CALLS, [])[:-1] if word != '-qq']
            tracer = subprocess.Popen(argv + ['-p', str(service.process.pid)], stderr=out)
        while True:
            with open(log, 'rb') as stream:
                if b'attached' in stream.read():
                    break
            time.sleep(0.01)
        action()
        time.sleep(0.2)
        tracer.send_signal(2)
        tracer.wait()
        return trace.read(record)

    def record(self, argv):
        record = self.path('record')
        self.run(trace.command(record, plan.CALLS, argv))
        return trace.read(record)


class Table:
    """Rows with their targets, each printed as it comes. COLUMNS: of other tables than the usual ones."""

    def __init__(self, title, text, columns=('what', 'anchord', 'beside', 'target')):
        self.title, self.text, self.columns, self.rows = title, text, list(columns), []

    def add(self, what, value, beside, target='', met=None):
        self.row([what, value, beside, target], met)

    def row(self, cells, met=None):
        """MET: whether the row's target is; None where it has none."""
        assert len(cells) == len(self.columns)
        self.rows.append({'cells': cells, 'met': met})
        print('  %-58s %s' % (cells[0], '  '.join(cells[1:-1])), file=sys.stderr, flush=True)

    def data(self):
        return {'title': self.title, 'text': self.text, 'columns': self.columns, 'rows': self.rows}


def median(values):
    return statistics.median(values)


def ms(value):
    return '%.2f ms' % value if value < 100 else '%.0f ms' % value


def us(value):
    return '%.0f us' % value if value < 10000 else '%.1f ms' % (value / 1000)


def ratio(a, b):
    return a / b if b > 0 else float('inf')


def fsync_cost(folder):
    """Median milliseconds of an fsync of a small new file."""
    times = []
    for index in range(31):
        path = os.path.join(folder, 'fsync-%d' % index)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(fd, b'x' * 1000)
        start = time.perf_counter()
        os.fsync(fd)
        times.append((time.perf_counter() - start) * 1e3)
        os.close(fd)
        os.unlink(path)
    return median(times)


def make_machine(box, count, extra):
    """(root with COUNT anchors in its distribution's set, not yet adopted; EXTRA certificates that are in no set)."""
    material = box.make_roots(count + extra, 'material-%d' % count, box.path('key-%d.pem' % count))
    given = []
    os.makedirs(box.path('given-%d' % count))
    for index in range(count, count + extra):
        path = box.path('given-%d' % count, 'corp-%05d.pem' % index)
        os.rename(os.path.join(material, 'root-%05d.crt' % index), path)
        given.append(path)
    root = box.path('virgin-%d' % count)
    debian_root.make_root(root, material)
    os.sync()
    return root, material, given
