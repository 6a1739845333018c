# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Other builds than that of tests/run.sh, below its folder: set up, made as far as wanted, and the unit tests run in them."""

import concurrent.futures
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEST_BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
SHOWN = 40
# The optimized build without sanitizers, by the other compiler: tests/check-clang makes it, and others use it.
OPTIMIZED = ('clang', ['-Doptimization=2', '-Ddebug=false'], 'clang')


class Failure(Exception):
    """What went wrong, with the last lines of what was said."""


def folder(name):
    return os.path.join(TEST_BUILD, name)


def run(command, env=None):
    """What it printed; a Failure if it fails."""
    done = subprocess.run(command, cwd=SOURCE, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode('utf-8', 'replace')
    if done.returncode:
        raise Failure('\n'.join(['%s ended with %s' % (' '.join(command[:4]), tap.describe(done.returncode))] + text.splitlines()[-SHOWN:]))
    return text


@contextlib.contextmanager
def alone(path):
    """Two tests that want the same build wait for each other."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + '.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(name, options, compiler=None):
    """The folder of a build, set up if it is not yet. COMPILER: another C compiler, behind a cache where CC names one."""
    path = folder(name)
    with alone(path):
        _set_up(path, options, compiler)
        # What the meson files say by now.
        run(['ninja', '-C', path, 'build.ninja'])
    return path


def _set_up(path, options, compiler):
    if not os.path.exists(os.path.join(path, 'build.ninja')):
        shutil.rmtree(path, ignore_errors=True)
        cache = ['ccache'] if 'ccache' in os.environ.get('CC', '') else []
        env = dict(os.environ, CC=' '.join(cache + [compiler])) if compiler else dict(os.environ)
        run(['meson', 'setup', '-Dwerror=true', '-Dintrospection=false', '-Dman=false'] + options + [path, SOURCE], env)


def make(path, targets=()):
    with alone(path):
        return run(['ninja', '-k', '0', '-C', path] + [os.path.relpath(target, path) if os.path.isabs(target) else target for target in targets])


# Without optimization and sanitizers, counting lines: for tests/check-coverage and tests/check-valgrind.
COVERAGE = ('coverage', ['-Db_coverage=true', '-Dbuildtype=debug'])
# What unit tests load.
MODULES = ['tests/lib/made-up-module.so']


def make_unit_tests(path, names=()):
    return make(path, [test['cmd'][0] for test in unit_tests(path) if not names or test['name'] in names] + MODULES)


def unit_tests(path):
    listed = json.loads(subprocess.check_output(['meson', 'introspect', path, '--tests']))
    return [item for item in listed if 'unit' in item['suite'][0]]


def vectors():
    """Those of tests/run.sh, or made now."""
    path = os.environ.get('VECTORS_DIR') or folder('vectors')
    os.environ['VECTORS_DIR'] = path
    if not os.path.isdir(path):
        run([os.path.join(SOURCE, 'tests/lib/make-vectors'), path])
    return path


def run_unit_tests(path, names=(), before=(), limit=300, env=None, leave_out=None):
    """[(name, tap.Result)] of the unit tests of the build, or those of NAMES, as many at a time as there are processors. BEFORE: words before each command.
    LEAVE_OUT: {name: cases that are not run}."""
    # Two programs may run the same tests at once.
    logs = os.path.join(path, 'test-logs', os.path.basename(sys.argv[0]))
    os.makedirs(logs, exist_ok=True)
    base = dict(os.environ, SOURCE_DIR=SOURCE, BUILD_DIR=path, VECTORS_DIR=vectors(), **(env or {}))

    def one(item):
        left_out = [word for case in (leave_out or {}).get(item['name'], ()) for word in ('-s', case)]
        return item['name'], tap.run(item['name'], list(before) + item['cmd'] + left_out, {**base, **item['env']}, path, limit,
                                     os.path.join(logs, item['name'] + '.log'))

    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(one, [item for item in unit_tests(path) if not names or item['name'] in names]))


class Points:
    """TAP: the plan comes last."""

    def __init__(self):
        self.count = self.failed = 0

    def point(self, what, faults):
        self.count += 1
        self.failed += bool(faults)
        print('%sok %d - %s' % ('not ' if faults else '', self.count, what), flush=True)
        for fault in faults:
            for line in str(fault).splitlines():
                print('# ' + line)

    def skip(self, what, why):
        self.count += 1
        print('ok %d - %s # SKIP %s' % (self.count, what, why), flush=True)

    def note(self, text):
        for line in text.splitlines():
            print('# ' + line, flush=True)

    def finish(self):
        print('1..%d' % self.count)
        return 1 if self.failed else 0


def skip_all(why):
    print('1..0 # SKIP ' + why)
    sys.exit(0)
