# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Others at work at the same time: a package manager, the distribution's own tool, a killer, the end of an idle service."""

import fcntl
import os
import signal
import time

import booted
from booted import point, wait_for

KILLS, EXITS = 15, 12
QUEUE = '/var/lib/anchord/hooks/pending'
IDLE = '/etc/systemd/system/anchord.service.d/idle.conf'


class DpkgLock:
    """Holds what dpkg's front ends hold."""

    def __init__(self, machine):
        self.path = machine.path('/var/lib/dpkg/lock-frontend')

    def __enter__(self):
        self.file = open(self.path, 'a')
        fcntl.lockf(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def check_lock(machine):
    certificate = machine.certificate('Added Under The Lock')
    machine.clear_hooks()
    machine.write(QUEUE + '/junk', 'What nobody put into the queue.')
    machine.write(QUEUE + '/.anchord-torn', 'A temporary file that a crash left.')
    with DpkgLock(machine):
        begin = time.monotonic()
        code, text = machine.ctl('add', certificate.inside)
        took = time.monotonic() - begin
        point(code == 0 and machine.holds(certificate) and took < 2, 'add does not wait for the package manager', took, text)
        time.sleep(2)
        point(machine.hook_runs() == [] and len(machine.waiting()) == 1, 'the hooks do', machine.hook_runs(), machine.waiting())
        machine.run('systemctl', 'kill', '-s', 'KILL', 'anchord-hooks.service')
        time.sleep(0.5)
        point(machine.hook_runs() == [] and len(machine.waiting()) == 1, 'and are not lost when they are killed while they wait')
    took = wait_for(machine.hook_runs, 12)
    runs = machine.hook_runs()
    point(machine.show('anchord-hooks.path', 'Result') == 'success', 'foreign files in the queue do no harm', machine.journal('-u', 'anchord-hooks.path'))
    os.unlink(machine.path(QUEUE + '/junk'))
    machine.wait_hooks()
    point(took is not None and len(runs) == 1 and runs[0][0].startswith('+'), 'they run once when it is done', took, runs)
    machine.ctl('remove', certificate.fingerprint)


def check_kill(machine):
    """The service is killed in the middle of changes: what it said is done is done, the rest is whole or not there."""
    lost, torn, acknowledged = [], [], 0
    for i in range(KILLS):
        certificate = machine.certificate('Killed %d' % i)
        machine.listed()
        pid = machine.service_pid()
        change = machine.start('anchorctl', 'add', certificate.inside)
        # An add takes about 30 ms here, most of it the start of the tool.
        time.sleep(0.003 * (i + 1))
        os.kill(pid, signal.SIGKILL)
        said = change.communicate()[0]
        acknowledged += change.returncode == 0
        listed = machine.listed()
        known, shown = listed is not None and certificate.fingerprint in listed, machine.holds(certificate)
        if change.returncode == 0 and not (known and shown):
            lost.append((certificate.name, known, shown, said))
        if known != shown or machine.ask('status', '--check')[0] != 0 or machine.dangling():
            torn.append((certificate.name, known, shown, machine.ask('status')[1]))
        if known:
            machine.ctl('remove', certificate.fingerprint)
    point(not lost, 'killed %d times in the middle of a change, it lost nothing that it had acknowledged (%d)' % (KILLS, acknowledged), lost)
    point(not torn, 'and everything else was done wholly or not at all', torn)
    restarts = machine.show('anchord.service', 'NRestarts')
    machine.run('systemctl', 'kill', '-s', 'KILL', 'anchord.service')
    took = wait_for(lambda: machine.show('anchord.service', 'NRestarts') not in (restarts, '') and
                    machine.show('anchord.service', 'ActiveState') == 'active', 5)
    point(took is not None, 'systemd starts it again without a call', took)


def race(machine, i, delay, options):
    """One add or remove, DELAY seconds after the distribution's tool has started. What went wrong, or None."""
    certificate = machine.certificate('Raced %d' % i)
    removes = i % 2 == 1
    if removes:
        machine.ctl('add', certificate.inside)
    tool = machine.start('env', 'LC_ALL=C', 'update-ca-certificates', *options)
    time.sleep(delay)
    code, text = machine.ctl(*(('remove', certificate.fingerprint) if removes else ('add', certificate.inside)))
    tool.communicate()
    begin = time.monotonic()
    right = wait_for(lambda: machine.holds(certificate) != removes, 3)
    # What would undo it must have happened by now.
    time.sleep(max(0, begin + 1 - time.monotonic()))
    wrong = None
    if code != 0 or right is None or right > 1 or machine.holds(certificate) == removes:
        wrong = (certificate.name, delay, options, removes, code, text, right)
    else:
        before = machine.snapshot()
        machine.update()
        wrong = booted.differences(before, machine.snapshot()) or (machine.dangling() and ('dangling', machine.dangling())) or None
    if not removes:
        machine.ctl('remove', certificate.fingerprint)
    return wrong


def check_race(machine):
    begin = time.monotonic()
    machine.update()
    whole = time.monotonic() - begin
    # It reads at its beginning and writes at its end: what comes in between is overwritten.
    delays = [whole * part for part in (0, 0.2, 0.4, 0.6, 0.8, 0.85, 0.9, 0.92, 0.95, 1)]
    wrong = [fault for fault in (race(machine, i, delay, ()) for i, delay in enumerate(delays)) if fault]
    point(not wrong, '%d changes beside update-ca-certificates: each shows within a second, and stays' % len(delays), *wrong)
    wrong = [fault for fault in (race(machine, i, whole * i / 8, ('--fresh',)) for i in (2, 5, 8)) if fault]
    point(not wrong, 'and beside update-ca-certificates --fresh', *wrong)


def gone(machine):
    return machine.show('anchord.service', 'ActiveState') == 'inactive'


def check_idle(machine):
    """The service leaves when it is idle, and no change falls into the gap."""
    machine.run('sh', '-c', 'mkdir -p %s && printf "[Service]\\nExecStart=\\nExecStart=/usr/libexec/anchord/anchord --units --idle-exit=1\\n" >%s' %
                (os.path.dirname(IDLE), IDLE))
    machine.run('systemctl', 'daemon-reload')
    machine.run('systemctl', 'restart', 'anchord.service')
    point(wait_for(lambda: gone(machine), 6) is not None and machine.show('anchord.service', 'Result') == 'success', 'an idle service leaves',
          machine.journal('-u', 'anchord.service', '-n', '10'))
    point(machine.listed() is not None, 'and the next call starts it')
    late = []
    for i in range(EXITS):
        certificate = machine.certificate('At The Exit %d' % i)
        machine.listed()
        took = wait_for(lambda: machine.show('anchord.service', 'SubState') != 'running', 6)
        if i > 0:
            wait_for(lambda: gone(machine), 6)
            machine.listed()
            time.sleep((took or 1) - 0.02 + 0.004 * i)
        machine.write(booted.ANCHORS + '/exit.pem', certificate.pem)
        shown = wait_for(lambda: machine.holds(certificate), 3)
        if shown is None or shown > 1.2:
            late.append((certificate.name, took, shown))
        os.unlink(machine.path(booted.ANCHORS + '/exit.pem'))
        if wait_for(lambda: not machine.holds(certificate), 3) is None:
            late.append((certificate.name, 'stays'))
    point(not late, '%d files dropped just as the service leaves are all taken in' % EXITS, late)
    machine.run('rm', '-r', os.path.dirname(IDLE))
    machine.run('systemctl', 'daemon-reload')
    machine.run('systemctl', 'stop', 'anchord.service')
