# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service: how soon it is ready, what it holds, how fast it answers, and what it does when nobody asks."""

import os
import re
import subprocess
import time

import trace
from tools import Broken, median, ms, ratio, us

TITLE = 'The service'
TEXT = '''*Empty service* is a GDBus service linked to the same libraries that does nothing (`tests/bench/empty-service.c`). All clients run as uid 0.
*In process* is the same work without the bus.'''
EMPTY = 'org.anchord.BenchEmpty'
# Seconds until the service has done what it leaves for idle moments, and for which it is then watched.
SETTLED, WATCHED = 10, 60


def private_dirty(pid):
    with open('/proc/%d/smaps_rollup' % pid) as stream:
        return int(re.search(r'Private_Dirty: +(\d+) kB', stream.read()).group(1))


def start_empty(box):
    process = subprocess.Popen([box.program('empty-service'), EMPTY], env=box.env)
    for _ in range(500):
        if EMPTY in box.run(['dbus-send', '--bus=' + box.bus.address, '--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.ListNames']):
            return process
        time.sleep(0.01)
    raise Broken('the empty service does not start')


def stop(process):
    process.terminate()
    process.wait()


def bench_start(box, table, machine, options):
    command = [box.anchord, '--root', machine.root, '--bus', box.bus.address]
    mine = box.numbers([box.program('ready'), 'org.anchord.Anchord1', str(min(machine.count, 50)), options.few(9), *command])
    empty = box.numbers([box.program('ready'), EMPTY, '0', options.few(9), box.program('empty-service'), EMPTY])
    late = median(mine) - median(empty)
    met = ('<= + 20 ms', late <= 20) if machine.count == 150 else ('', None)
    table.add('ready: first List answered, at %d' % machine.count, ms(median(mine)), '')
    table.add('  empty GDBus service', '+ ' + ms(late), ms(median(empty)), *met)


def bench_memory(box, table, machine, options):
    service = box.service(machine.root)
    empty = start_empty(box)
    try:
        box.numbers([box.program('latency'), 'list', '2'])
        at_once = private_dirty(service.process.pid)
        time.sleep(1 if options.quick else SETTLED)
        settled = private_dirty(service.process.pid)
        box.run([box.anchorctl, '--bus', box.bus.address, 'add', machine.given.pop()])
        time.sleep(1 if options.quick else SETTLED)
        added = private_dirty(service.process.pid)
        bare = private_dirty(empty.pid)
    finally:
        stop(empty)
        service.close()
    limit = {150: 2, 10000: 16}.get(machine.count)
    table.add('private dirty memory at %d, settled' % machine.count, '%.1f MB' % (settled / 1024),
              'as everything was listed: %.1f MB; settled after one add more: %.1f MB' % (at_once / 1024, added / 1024))
    table.add('  empty service, same libraries', '+ %.1f MB' % ((settled - bare) / 1024), '%.1f MB' % (bare / 1024),
              '<= + %d MB' % limit if limit else '', settled - bare <= limit * 1024 if limit else None)


def bench_latency(box, table, machine, options):
    """Round trips on one bus, and the same work without it."""
    count = machine.count
    chains = box.path('chains')
    box.run([box.program('make-chains'), options.few(2000), os.path.join(machine.material, 'root-00000.crt'), box.path('key-%d.pem' % count), chains])
    service = box.service(machine.root)
    empty = start_empty(box)
    latency = box.program('latency')
    try:
        box.run([latency, 'ping,bundle', options.few(200)])
        pings, bundles = box.columns([latency, 'ping,bundle', options.few(2000)])
        ping, bundle = median(pings), median(bundles)
        verify, inside, plain = [], [], []
        turns, warm = options.few(600), 5 if options.quick else 100
        for _ in range(3):
            columns = box.columns([latency, 'ping,verify', turns, chains])
            plain += columns[0][warm:]
            verify += columns[1][warm:]
            inside += box.numbers([box.program('inside'), 'verify', machine.root, chains, turns])[warm:]
        # In turns, so that a busy machine slows both.
        crowds = [(box.numbers([latency, 'clients', options.few(240), chains])[0],
                   box.numbers([box.program('inside'), 'threads', machine.root, chains, options.few(240)])[0])
                  for _ in range(3)]
        everything, bare = (median(column) for column in box.columns([latency, 'list,bare', options.few(25) if count <= 1000 else options.few(7)]))
        waiting = box.numbers([latency, 'waiting', options.few(3000)])
    finally:
        stop(empty)
        service.close()
    table.add('ping through the bus, at %d' % count, us(ping), 'worst of %d: %s' % (len(pings), us(max(pings))))
    table.add('  GetBundle', '%.2fx' % ratio(bundle, ping), us(bundle), '<= 2x ping', bundle <= 2 * ping)
    factor = ratio(median(verify) - median(plain), median(inside))
    table.add('  Verify, a new chain each time', us(median(verify)), 'ping (%s) + %.2fx of %s in process' % (us(median(plain)), factor, us(median(inside))),
              '<= ping + 1.3x', factor <= 1.3)
    crowd, threads = (median(column) for column in zip(*crowds))
    table.add('  Verify, 8 clients at once', '%d/s' % crowd, '%.0f %% of 8 threads in process: %d/s' % (100 * crowd / threads, threads), '>= 70 %',
              crowd >= 0.7 * threads)
    table.add('  List of everything', '%.2fx' % ratio(everything, bare), '%s beside one bare reply: %s' % (us(everything), us(bare)), '<= 1.3x bare',
              everything <= 1.3 * bare)
    table.add("  another caller's worst ping meanwhile", us(max(waiting)), 'median %s of %d' % (us(median(waiting)), len(waiting)), '<= 5 ms',
              max(waiting) <= 5000)


def switches(pid):
    total = 0
    for task in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/status' % (pid, task)) as stream:
            total += sum(int(number) for number in re.findall(r'voluntary_ctxt_switches:\s+(\d+)', stream.read()))
    return total


def bench_idle(box, table, machine, options):
    """A settled service, left alone; and a second look at sources that did not change."""
    box.offline(machine.root, ['status'])
    service = box.service(machine.root)
    try:
        box.run([box.anchorctl, '--bus', box.bus.address, 'list'])
        time.sleep(1 if options.quick else 8)
        before = switches(service.process.pid)
        seconds = 2 if options.quick else 2 * WATCHED if options.full else WATCHED
        time.sleep(seconds)
        woken = (switches(service.process.pid) - before) * 60 / seconds
    finally:
        service.close()
    table.add('wake-ups a minute, idle', '%g' % woken, '', '<= 1', woken <= 1)
    known = machine.given.pop()
    box.offline(machine.root, ['add', known])
    calls = box.record([box.anchorctl, '--root', machine.root, 'add', known])
    wrote = [call for call in calls if call.result >= 0 and call.name in trace.WRITE_CALLS
             and any(machine.root in (trace.fd_of(arg)[1] or '') for arg in call.args[:1])]
    table.add('calls that write when nothing changed', str(len(wrote)), ', '.join(sorted({call.name for call in wrote})), '0', not wrote)


PARTS = (('start', bench_start, None), ('memory', bench_memory, None), ('latency', bench_latency, None), ('idle', bench_idle, (150, )))
