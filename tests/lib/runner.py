#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks, builds, runs every test program two at a time where that is safe, and counts. Called by tests/run.sh."""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
LOGS = os.path.join(BUILD, 'test-logs')
CHECKS = ('tests/check-format', 'tests/check-layers', 'tests/check-source', 'tests/check-words', 'tests/check-xml',
          'tests/check-cppcheck', 'tests/check-runner')
# These build once more, and take time: beside the tests that must run one by one.
LONG_CHECKS = ('tests/check-coverage', 'tests/check-clang', 'tests/check-valgrind')
FOLDERS = ('tests/integration', 'tests/crash', 'tests/packaging', 'tests/machine')
SHOWN_LINES = 120
HEAD_BYTES = 2000
LONG_SECONDS = 6 * 3600


class Test:
    """One program. BESIDE: 'yes': others may run beside it; '' only such others; 'no': it takes the whole machine. LIMIT: seconds."""

    def __init__(self, name, command, env=None, limit=300, is_tap=True, beside=''):
        self.name, self.command, self.env, self.limit, self.is_tap, self.beside = name, command, env or {}, limit, is_tap, beside


def head_setting(path, key):
    """`# KEY: VALUE` in the first lines of a test program."""
    with open(path, 'rb') as stream:
        match = re.search(rb'^# %s: *(\S+)' % key.encode(), stream.read(HEAD_BYTES), re.M)
    return match.group(1).decode() if match else None


def script_tests(options):
    tests = []
    for folder in FOLDERS:
        path = os.path.join(SOURCE, folder)
        for entry in sorted(os.listdir(path)) if os.path.isdir(path) else []:
            full = os.path.join(path, entry)
            if not entry.startswith('test-') or not os.access(full, os.X_OK) or os.path.isdir(full):
                continue
            limit = int(head_setting(full, 'time-limit') or 300) * (6 if options.full else 1)
            tests.append(Test('%s/%s' % (os.path.basename(folder), entry[5:]), [full], limit=limit,
                              beside=head_setting(full, 'parallel') or ''))
    return tests


def long_checks():
    return [Test('check/' + os.path.basename(path).replace('check-', ''), [os.path.join(SOURCE, path)],
                 limit=int(head_setting(os.path.join(SOURCE, path), 'time-limit') or 300), beside='yes') for path in LONG_CHECKS]


def meson_tests(known, options):
    """What the meson files register, without the scripts that are run from their folders. Those of crash/ have a long form."""
    listed = json.loads(subprocess.check_output(['meson', 'introspect', BUILD, '--tests']))
    tests = []
    for item in listed:
        if any(os.path.realpath(word) in known for word in item['cmd']):
            continue
        suite = (item['suite'] or ['unit'])[0].split(':')[-1]
        is_long = options.full and suite == 'crash'
        tests.append(Test('%s/%s' % (suite, item['name']), item['cmd'] + (['--full'] if is_long else []), env=item['env'],
                          limit=LONG_SECONDS if is_long else max(item['timeout'], 120) * 3,
                          is_tap=item['protocol'] == 'tap', beside='yes' if item.get('is_parallel', True) else 'no'))
    return tests


def say(text):
    print(text, flush=True)


def report(result, totals):
    result.merge_counts(totals)
    state = 'FAILED' if result.failures else 'ok'
    say('%-7s %-44s %3d passed%s%s  %.1f s' % (state, result.name, result.passed,
        ', %d failed' % len(result.failures) if result.failures else '',
        ', %d skipped' % len(result.skips) if result.skips else '', result.seconds))
    for what, why in result.skips:
        say('        skipped: %s: %s' % (what, why))
    for what, why in result.failures:
        say('        FAILED: %s: %s' % (what, why))
    if result.failures:
        lines = result.output.rstrip().splitlines()
        if len(lines) > SHOWN_LINES:
            say('        | (%d lines before these are in %s)' % (len(lines) - SHOWN_LINES, LOGS))
        for line in lines[-SHOWN_LINES:]:
            say('        | ' + line)


def remove_scratch(folder):
    """Not where something is still mounted: that would delete what lies behind it."""
    with open('/proc/self/mountinfo') as mounts:
        if not any(line.split()[4].startswith(folder) for line in mounts):
            shutil.rmtree(folder, ignore_errors=True)


def run_one(test, env):
    """Each test has a temporary folder of its own, with a short name: sockets lie in it."""
    scratch = tempfile.mkdtemp(prefix='at-', dir='/tmp')
    os.chmod(scratch, 0o1777)
    try:
        return tap.run(test.name, test.command, {**env, 'TMPDIR': scratch, **test.env}, BUILD if os.path.isdir(BUILD) else SOURCE, test.limit,
                       os.path.join(LOGS, test.name.replace('/', '-') + '.log'), test.is_tap)
    finally:
        remove_scratch(scratch)


def run_all(tests, env, totals):
    """Two at a time: what must run one by one is one lane, and goes first in it; what may run beside it is the other. Then those that take the whole
    machine."""
    single, others = (collections.deque(test for test in tests if test.beside == kind) for kind in ('', 'yes'))
    lock = threading.Lock()

    def lane(queues):
        for queue in queues:
            while True:
                with lock:
                    test = queue.popleft() if queue else None
                if test is None:
                    break
                try:
                    result = run_one(test, env)
                except Exception as error:  # a test that was not run has failed
                    result = tap.Result(test.name)
                    result.failures.append((test.name, 'could not be run: %s' % error))
                with lock:
                    report(result, totals)

    lanes = [threading.Thread(target=lane, args=(queues,)) for queues in ((single, others), (others,))]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    for test in tests:
        if test.beside == 'no':
            report(run_one(test, env), totals)


def step(name, command, totals):
    """A step of the build counts as one point."""
    say('%s …' % name)
    begin = time.monotonic()
    done = subprocess.run(command, cwd=SOURCE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode('utf-8', 'replace')
    with open(os.path.join(LOGS, name.replace(' ', '-') + '.log'), 'w') as log:
        log.write(text)
    result = tap.Result(name)
    result.seconds = time.monotonic() - begin
    # What went well says nothing here.
    result.output = re.sub(r'^\[\d+/\d+\] (Compiling|Linking|Generating) .*\n', '', text, flags=re.M)
    if done.returncode == 0:
        result.passed = 1
    else:
        result.failures.append((name, 'ended with ' + tap.describe(done.returncode)))
    report(result, totals)
    return done.returncode == 0


def build(totals):
    if not os.path.exists(os.path.join(BUILD, 'build.ninja')):
        shutil.rmtree(os.path.join(BUILD, 'meson-private'), ignore_errors=True)
        if not step('configure', ['meson', 'setup', '-Db_sanitize=address,undefined', '-Db_lundef=false', '-Dwerror=true', BUILD, SOURCE], totals):
            return False
    return step('build', ['ninja', '-C', BUILD], totals)


def make_vectors(totals):
    folder = os.path.join(BUILD, 'vectors')
    shutil.rmtree(folder, ignore_errors=True)
    return folder if step('make-vectors', [os.path.join(SOURCE, 'tests/lib/make-vectors'), folder], totals) else None


def parse_arguments():
    parser = argparse.ArgumentParser(prog='tests/run.sh')
    parser.add_argument('--only', action='append', default=[], metavar='PATTERN')
    parser.add_argument('--full', action='store_true')
    parser.add_argument('--list', action='store_true')
    return parser.parse_args()


def main():
    options = parse_arguments()
    totals = [0, 0, 0]
    begin = time.monotonic()
    os.makedirs(LOGS, exist_ok=True)
    env = dict(os.environ, SOURCE_DIR=SOURCE, BUILD_DIR=BUILD, ANCHORD_TEST_FULL='1' if options.full else '')

    def wanted(tests):
        return [t for t in tests if not options.only or any(pattern in t.name for pattern in options.only)]

    checks = wanted([Test('check/' + os.path.basename(path).replace('check-', ''), [os.path.join(SOURCE, path)], beside='yes')
                     for path in CHECKS])
    if not options.list:
        run_all(checks, env, totals)
    if not build(totals):
        return finish(totals)
    scripts = script_tests(options)
    tests = wanted(long_checks() + meson_tests({os.path.realpath(test.command[0]) for test in scripts}, options) + scripts)
    if options.list:
        for test in checks + tests:
            say(test.name)
        return finish(totals)
    env['VECTORS_DIR'] = make_vectors(totals) or ''
    run_all(tests, env, totals)
    if options.only and not tests and not checks:
        say('FAILED  no test has a name with %s' % ' or '.join(options.only))
        totals[1] += 1
    say('done after %d s; logs: %s' % (time.monotonic() - begin, LOGS))
    return finish(totals)


def finish(totals):
    say('%d passed, %d failed, %d skipped' % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == '__main__':
    sys.exit(main())
