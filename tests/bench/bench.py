#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""anchord beside its peers and its floors, in one run (docs/benchmarks.md). bench.py --build DIR [--full] [--only PART]... [--sizes N,N]"""

import argparse
import lzma
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '../lib'), os.path.join(HERE, '../crash')]

import consumers
import debian_root
import peers
import plan
import trace
from tools import NOBODY, Box, Broken, Table, fsync_cost, make_machine, median, ms, ratio, us

EMPTY = 'org.anchord.BenchEmpty'
EXTRA = 40
# Seconds until the service has done what it leaves for idle moments.
SETTLED = 10


class Machine:
    """A root with COUNT anchors, adopted, and certificates to add to it."""

    def __init__(self, box, count):
        self.box, self.count = box, count
        self.virgin, self.material, self.given = make_machine(box, count, EXTRA)
        self.root = box.copy(self.virgin, 'root-%d' % count)
        box.offline(self.root, ['add', self.given.pop()])
        os.sync()


def bench_add(box, table, machine, options):
    """One root more through the warm service, beside a bare replay of just its writes, and beside the peers."""
    count = machine.count
    rounds = 3
    service = box.service(machine.root)
    add = [box.anchorctl, '--bus', box.bus.address, 'add']
    try:
        box.stopwatch(add, [machine.given.pop() for _ in range(3)])
        before = box.copy(machine.root, 'replay-%d' % count)
        recorded = machine.given.pop()
        steps = plan.Plan(box.record_service(service, lambda: box.run(add + [recorded])), machine.root)
        steps.write(box.path('plan'))
        times, bare = [], []
        for _ in range(rounds):
            times += box.stopwatch(add, [machine.given.pop() for _ in range(5)])
            bare += box.numbers([box.program('replay'), box.path('plan'), before, '5'])
    finally:
        service.close()
    mine, floor = median(times), median(bare)
    table.add('add one root at %d: from start to exit' % count, ms(mine), 'min %s, max %s' % (ms(min(times)), ms(max(times))))
    table.add('  bare replay of its writes', '%.2fx' % ratio(mine, floor), '%s (%s)' % (ms(floor), steps.count()), '<= 2x', mine <= 2 * floor)
    bench_peers(box, table, machine, mine, options)


def bench_peers(box, table, machine, mine, options):
    count = machine.count
    if count <= 1000 or options.full:
        root = box.copy(machine.root, 'peer')
        runs = {150: 5, 1000: 2}.get(count, 1)
        times = peers.distribution_tool(box, root, machine.given, runs)
        target = ('<= 1/100', mine * 100 <= median(times)) if count == 150 else ('', None)
        table.add('  update-ca-certificates, no hooks', '1/%.0f' % ratio(median(times), mine), ms(median(times)), *target)
        for what, more in (('anchord told', True), ('folders alone', False)):
            ours = peers.compatible_tool(box, box.copy(machine.root, 'compatible'), machine.given, runs, more)
            table.add('  … ours in its place, ' + what, '1/%.0f of it' % ratio(median(times), median(ours)), ms(median(ours)))
    if count <= 1000:
        times = peers.trust_tool(box, machine.material, machine.given, 3 if count == 150 else 1)
        if times is not None:
            table.add('  trust anchor --store + 7 extracts', '1/%.0f' % ratio(median(times), mine), ms(median(times)))
    elif options.full:
        times = peers.trust_tool(box, machine.material, machine.given, 1, [peers.EXTRACTS[1]])
        if times is not None:
            table.add('  trust anchor --store + 1 extract of 7', '1/%.0f' % ratio(median(times), mine), ms(median(times)))


def bench_cold(box, table, machine, options):
    """Everything from nothing: read and parse all, publish all."""
    count = machine.count
    times = []
    for _ in range(3):
        root = box.copy(machine.virgin, 'cold')
        times += box.stopwatch([box.anchorctl, '--root', root, 'add'], [machine.given[0]])
    root = box.copy(machine.virgin, 'cold')
    steps = plan.Plan(box.record([box.anchorctl, '--root', root, 'add', machine.given[0]]), root)
    steps.write(box.path('plan'))
    bare = []
    for _ in range(3):
        bare += box.numbers([box.program('replay'), box.path('plan'), box.copy(machine.virgin, 'cold'), '1'])
    parse = box.numbers([box.program('inside'), 'parse', machine.material, '5'])
    gnutls = box.numbers([box.program('inside'), 'gnutls', machine.material, '5'])
    floor = median(bare) + median(parse)
    table.add('cold full regeneration at %d' % count, ms(median(times)), 'offline tool, from start to exit')
    table.add('  bare replay + parsing', '%.2fx' % ratio(median(times), floor),
              '%s + %s (%s; GnuTLS parses in %s)' % (ms(median(bare)), ms(median(parse)), steps.count(), ms(median(gnutls))), '<= 1.5x',
              median(times) <= 1.5 * floor)


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
    mine = box.numbers([box.program('ready'), 'org.anchord.Anchord1', str(min(machine.count, 50)), '9', *command])
    empty = box.numbers([box.program('ready'), EMPTY, '0', '9', box.program('empty-service'), EMPTY])
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
        time.sleep(SETTLED)
        settled = private_dirty(service.process.pid)
        box.run([box.anchorctl, '--bus', box.bus.address, 'add', machine.given.pop()])
        time.sleep(SETTLED)
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
    box.run([box.program('make-chains'), '2000', os.path.join(machine.material, 'root-00000.crt'), box.path('key-%d.pem' % count), chains])
    service = box.service(machine.root)
    empty = start_empty(box)
    latency = box.program('latency')
    try:
        box.run([latency, 'ping,bundle', '200'])
        pings, bundles = box.columns([latency, 'ping,bundle', '2000'])
        ping, bundle = median(pings), median(bundles)
        verify, inside, plain = [], [], []
        for _ in range(3):
            turns = box.columns([latency, 'ping,verify', '600', chains])
            plain += turns[0][100:]
            verify += turns[1][100:]
            inside += box.numbers([box.program('inside'), 'verify', machine.root, chains, '600'])[100:]
        # In turns, so that a busy machine slows both.
        crowds = [(box.numbers([latency, 'clients', '240', chains])[0], box.numbers([box.program('inside'), 'threads', machine.root, chains, '240'])[0])
                  for _ in range(3)]
        everything, bare = (median(column) for column in box.columns([latency, 'list,bare', '25' if count <= 1000 else '7']))
        waiting = box.numbers([latency, 'waiting', '3000'])
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
        time.sleep(8)
        before = switches(service.process.pid)
        time.sleep(120 if options.full else 60)
        woken = (switches(service.process.pid) - before) / (2 if options.full else 1)
    finally:
        service.close()
    table.add('wake-ups a minute, idle', '%g' % woken, '', '<= 1', woken <= 1)
    known = machine.given.pop()
    box.offline(machine.root, ['add', known])
    calls = box.record([box.anchorctl, '--root', machine.root, 'add', known])
    wrote = [call for call in calls if call.result >= 0 and call.name in trace.WRITE_CALLS
             and any(machine.root in (trace.fd_of(arg)[1] or '') for arg in call.args[:1])]
    table.add('calls that write when nothing changed', str(len(wrote)), ', '.join(sorted({call.name for call in wrote})), '0', not wrote)


def bench_import(box, table, machine, options):
    """One bundle of all certificates, decoded in process as the tool does."""
    bundle = box.path('bundle-%d.pem' % machine.count)
    with open(bundle, 'wb') as out:
        for name in sorted(os.listdir(machine.material)):
            with open(os.path.join(machine.material, name), 'rb') as stream:
                out.write(stream.read())
    times = box.numbers([box.program('import'), bundle, '5'])
    met = ('<= 1 s', median(times) <= 1000) if machine.count == 10000 else ('', None)
    table.add('import %d PEM certificates, in process' % machine.count, ms(median(times)), '', *met)


CERTDATA = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))), 'shared', 'data', 'certdata-2.60.txt.xz')


def bench_certdata(box, table, machine, options):
    """NSS's whole list: decoded, taken in as one change, printed for p11-kit; beside p11-kit's tool with the same certificates."""
    if not os.path.exists(CERTDATA):
        table.add('import certdata.txt', '', 'the file is not beside the source')
        return
    text, stores, root, material = (box.path('certdata-' + name) for name in ('text', 'stores', 'root', 'material'))
    with lzma.open(CERTDATA) as stream, open(text, 'wb') as out:
        out.write(stream.read())
    decoded, taken = box.numbers([box.program('import'), text, '15']), box.numbers([box.program('take'), text, stores, '9'])
    both = median(decoded) + median(taken)
    table.add('import certdata.txt (160) in process', ms(both), 'decoded in %s, one change in a new store %s' % (ms(median(decoded)), ms(median(taken))),
              '<= 100 ms', both <= 100)
    os.makedirs(root + '/etc')
    os.makedirs(material)
    anchorctl = [box.anchorctl, '--root', root]
    subprocess.run([*anchorctl, 'import', '--allow-non-ca', '--allow-expired', text], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # p11-kit's tool takes certificates, but can't be told what they are for: those for servers.
    with open(box.path('certdata-bundle'), 'wb') as out:
        subprocess.run([*anchorctl, 'bundle'], stdout=out, stderr=subprocess.DEVNULL)
    shutil.copy(os.path.join(machine.material, sorted(os.listdir(machine.material))[0]), material)
    times = box.stopwatch([*anchorctl, 'bundle', '--format'], ['p11-kit'] * 5)
    table.add('  bundle --format p11-kit of it, start to exit', ms(median(times)), '')
    times = peers.trust_tool(box, material, [box.path('certdata-bundle')], 1, [peers.EXTRACTS[1]])
    if times is not None:
        table.add('  trust anchor --store of 137 of them + 1 extract of 7', '1/%.1f' % ratio(median(times), both), ms(median(times)))


def bench_audit(box, table, machine, options):
    """The set as the distribution's, and all of it as the administrator's: there every anchor has findings."""
    mine = box.path('audit-%d' % machine.count)
    empty = box.path('no-certificates')
    for folder in (os.path.join(mine, 'etc/anchord/anchors.d'), empty):
        os.makedirs(folder, exist_ok=True)
    debian_root.make_root(mine, empty)
    for name in os.listdir(machine.material):
        if name.endswith('.crt'):
            shutil.copy(os.path.join(machine.material, name), os.path.join(mine, 'etc/anchord/anchors.d'))
    limit = {150: 100, 10000: 2000}.get(machine.count)
    for whose, root in (("the distribution's", machine.root), ("the administrator's", mine)):
        first, again, certificates, findings, memory = box.numbers([box.program('audit'), root])
        table.add('audit of %d anchors of %s' % (machine.count, whose), '%.1f ms' % again,
                  'first %.1f ms; certificates and trust alone %.1f ms; %d findings; + %.1f MB at most' % (first, certificates, findings, memory / 1024),
                  '<= %d ms' % limit if limit else '', again <= limit if limit else None)


PARTS = {'certdata': bench_certdata, 'import': bench_import, 'add': bench_add, 'cold': bench_cold, 'start': bench_start, 'memory': bench_memory,
         'latency': bench_latency, 'audit': bench_audit, 'idle': bench_idle, 'consumers': consumers.bench}
SIZES = {'consumers': (150, 1000), 'idle': (150, ), 'certdata': (150, )}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('--full', action='store_true', help='the slow peers at 10,000 too: about ten minutes more')
    parser.add_argument('--only', choices=PARTS, action='append')
    parser.add_argument('--sizes', default='150,1000,10000')
    parser.add_argument('--folder', help='where the scratch roots go: a folder on a real disk')
    options = parser.parse_args()
    box, table = Box(options.build, options.folder), Table()
    status = 0
    try:
        kind = box.run(['stat', '-f', '-c', '%T', box.folder]).strip()
        head = 'fsync of a small file: %s (median), on %s, %d cores' % (ms(fsync_cost(box.folder)), kind, os.cpu_count())
        print(head, file=sys.stderr)
        for count in [int(size) for size in options.sizes.split(',')]:
            machine = Machine(box, count)
            for name in options.only or PARTS:
                if count in SIZES.get(name, (count, )):
                    PARTS[name](box, table, machine, options)
        print(head + '; afterwards %s' % ms(fsync_cost(box.folder)) + '\n')
    except (Broken, RuntimeError) as error:
        print('bench: %s' % error, file=sys.stderr)
        status = 1
    finally:
        print(table.text())
        box.close()
    return status


if __name__ == '__main__':
    sys.exit(main())
