# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One root more, and everything from nothing."""

import peers
import plan
from tools import median, ms, ratio

TITLE = 'Changes'
TEXT = '''One certificate more, through the warm service and by the offline tool. *Bare replay* does just the writes, copies, renames and syncs of
the same change, as strace recorded them (`tests/bench/replay.c`). The peers run without hooks, on copies of the same root.'''


def bench_add(box, table, machine, options):
    """One root more through the warm service, beside a bare replay of just its writes, and beside the peers."""
    count = machine.count
    rounds = 1 if options.quick else 3
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
        runs = 1 if options.quick else {150: 5, 1000: 2}.get(count, 1)
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
    rounds = 1 if options.quick else 3
    for _ in range(rounds):
        root = box.copy(machine.virgin, 'cold')
        times += box.stopwatch([box.anchorctl, '--root', root, 'add'], [machine.given[0]])
    root = box.copy(machine.virgin, 'cold')
    steps = plan.Plan(box.record([box.anchorctl, '--root', root, 'add', machine.given[0]]), root)
    steps.write(box.path('plan'))
    bare = []
    for _ in range(rounds):
        bare += box.numbers([box.program('replay'), box.path('plan'), box.copy(machine.virgin, 'cold'), '1'])
    parse = box.numbers([box.program('inside'), 'parse', machine.material, '5'])
    gnutls = box.numbers([box.program('inside'), 'gnutls', machine.material, '5'])
    floor = median(bare) + median(parse)
    table.add('cold full regeneration at %d' % count, ms(median(times)), 'offline tool, from start to exit')
    table.add('  bare replay + parsing', '%.2fx' % ratio(median(times), floor),
              '%s + %s (%s; GnuTLS parses in %s)' % (ms(median(bare)), ms(median(parse)), steps.count(), ms(median(gnutls))), '<= 1.5x',
              median(times) <= 1.5 * floor)


PARTS = (('add', bench_add, None), ('cold', bench_cold, None))
