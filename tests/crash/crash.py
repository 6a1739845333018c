#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Crash consistency (docs/crash-consistency.md). Prints TAP.

crash.py --build DIR [--full] [--jobs N] [--only sweep|states|daemon] [--change NAME]... [--stride N]"""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../lib'))

import daemon
import journal
import scene as scenes
import states
import sweep

SHOWN = 12


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def check(self, name, faults):
        self.count += 1
        self.failed += bool(faults)
        print('%s %d - %s' % ('not ok' if faults else 'ok', self.count, name))
        for fault in faults[:SHOWN]:
            print('#   ' + fault)
        if len(faults) > SHOWN:
            print('#   and %d more' % (len(faults) - SHOWN))
        sys.stdout.flush()

    def note(self, text):
        print('# ' + text, flush=True)


def run_sweep(tap, scene, options):
    tool = sweep.Sweep(scene, 1 if options.full else 4, options.jobs)
    for change in scene.changes:
        started, before = time.monotonic(), tool.killed
        tap.check('kill -9 at the write-side calls of %s' % change.name, tool.run(change))
        tap.note('%d kills, %.1f s' % (tool.killed - before, time.monotonic() - started))


def run_states(tap, scene, options):
    tool = states.States(scene, 1 if options.full else 9, options.jobs)
    named = {change.name: change for change in scene.changes}
    for wanted, name in (('/ca-certificates.crt', 'add'), ('/journal/journal', 'add'), ('/anchors.d', 'add'), ('/etc/ssl/certs', 'remove'),
                         ('/tls-ca-bundle.pem', 'batch'), ('sync everything', 'many'), ('/published', 'remove'), ('/hooks/pending', 'add'),
                         ('/ca-certificates.conf', 'distrust'), (journal.FOLDER, 'rotate')):
        if name not in named:
            continue
        tap.check('the check notices a missing sync of %s in %s' % (wanted, name), tool.self_test(named[name], wanted))
    for change in scene.changes:
        started, seen, recovered = time.monotonic(), tool.seen, tool.recovered
        tap.check('power loss at the syncs of %s' % change.name, tool.run(change))
        tap.note('%d states, %d recovered, %.1f s' % (tool.seen - seen, tool.recovered - recovered, time.monotonic() - started))


def run_daemon(tap, scene, options):
    tool = daemon.Sweep(scene, options.build, 1 if options.full else 5)
    for change in (change for change in scene.changes if change.name != 'adopt'):
        started, before, runs = time.monotonic(), tool.killed, tool.runs
        tap.check('kill -9 of the service in %s' % change.name, tool.run(change))
        tap.note('%d kills in %d runs, %.1f s' % (tool.killed - before, tool.runs - runs, time.monotonic() - started))


PARTS = {'sweep': run_sweep, 'states': run_states, 'daemon': run_daemon}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('--full', action='store_true')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--only', choices=sorted(PARTS), action='append')
    parser.add_argument('--change', action='append', help='only changes of these names')
    parser.add_argument('--stride', type=int, help="every so many points, in place of the changes' own: 1 for all")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    tap = Tap()
    scene = None
    try:
        scene = scenes.Scene(options.build, os.path.join(options.build, 'tests/lib/make-roots'))
        if options.change:
            scene.changes = [change for change in scene.changes if change.name in options.change]
        for change in scene.changes if options.stride else []:
            change.stride = options.stride
        for name in options.only or PARTS:
            PARTS[name](tap, scene, options)
    except (scenes.Broken, RuntimeError, ValueError) as error:
        tap.check('the crash tests run at all', [str(error)])
    finally:
        if scene is not None:
            scene.close()
    print('1..%d' % tap.count)
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
