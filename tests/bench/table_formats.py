# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""All formats at once: from nothing, with one root more, and with nothing changed; beside the peers that make the same ones."""

import os
import shutil

import peers
import plan
import trace
from scene import consumer_file
from tools import median, ms, ratio

TITLE = 'All formats at once'
TEXT = '''A consumer with fourteen formats, four of them folders, beside the tools that make some of the same ones. The peers sync nothing.'''
JAR = '/usr/share/ca-certificates-java/ca-certificates-java.jar'


def describe(root):
    """A consumer with all formats, enabled from the start."""
    folder = os.path.join(root, 'etc/anchord/consumers.d')
    os.makedirs(folder)
    for name, text in (('all.consumer', consumer_file()), ('all.enabled', '')):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as stream:
            stream.write(text)


def java_hook(box, material, given):
    """Milliseconds of what Debian's hook runs with one line more; 0 where it is not installed."""
    if not os.path.exists(JAR) or shutil.which('java') is None:
        return None
    script, folder = box.path('hook.sh'), box.path('java')
    os.makedirs(folder, exist_ok=True)
    lines = box.path('hook.lines')
    with open(lines, 'w') as stream:
        stream.writelines('+%s\n' % os.path.join(material, name) for name in sorted(os.listdir(material)))
    with open(script, 'w') as stream:
        stream.write('set -e\nmkdir -p /etc/ssl/certs/java\nmount --bind %s /etc/ssl/certs/java\njava -Xmx64m -jar %s -storepass changeit <"$1" >/dev/null\n'
                     % (folder, JAR))
    command = ['unshare', '-m', '--propagation', 'private', 'sh', script]
    box.run([*command, lines])
    one = []
    for path in given[:3]:
        one.append('%s.line' % box.path(os.path.basename(path)))
        with open(one[-1], 'w') as stream:
            stream.write('+%s\n' % path)
    return median(box.stopwatch(command, one))


def bench_cold(box, table, machine, options):
    def prepare():
        root = box.copy(machine.virgin, 'formats')
        describe(root)
        os.sync()
        return root
    times = []
    rounds = 1 if options.quick else 3
    for _ in range(rounds):
        times += box.stopwatch([box.anchorctl, '--root', prepare(), 'add'], [machine.given[0]])
    mine = median(times)
    table.add('all formats of %d from nothing, synced' % machine.count, ms(mine), 'offline tool, from start to exit, own and Debian\'s files too')
    root = prepare()
    steps = plan.Plan(box.record([box.anchorctl, '--root', root, 'add', machine.given[0]]), root)
    steps.write(box.path('plan'))
    bare = []
    for _ in range(rounds):
        bare += box.numbers([box.program('replay'), box.path('plan'), prepare(), '1'])
    table.add('  bare replay of its writes', '%.2fx' % ratio(mine, median(bare)), '%s (%s)' % (ms(median(bare)), steps.count()))
    if machine.count > 1000:
        return
    root = box.copy(machine.root, 'formats-peer')
    tool = median(peers.distribution_tool(box, root, machine.given, 3 if machine.count == 150 and not options.quick else 1))
    hook = java_hook(box, machine.material, machine.given)
    p11 = peers.trust_tool(box, machine.material, machine.given, 3 if machine.count == 150 and not options.quick else 1)
    if hook is None or p11 is None:
        return
    total = tool + hook + median(p11)
    target = ('<= 1/50', mine * 50 <= total) if machine.count == 150 else ('', None)
    table.add('  update-ca-certificates + its Java hook + 7 trust extracts', '1/%.0f' % ratio(total, mine),
              '%s + %s + %s' % (ms(tool), ms(hook), ms(median(p11))), *target)


def bench_one_more(box, table, machine, options):
    root = box.copy(machine.root, 'formats-warm')
    describe(root)
    box.offline(root, ['add', machine.given.pop()])
    service = box.service(root)
    add = [box.anchorctl, '--bus', box.bus.address, 'add']
    try:
        box.stopwatch(add, [machine.given.pop() for _ in range(2)])
        before = box.copy(root, 'formats-replay')
        recorded = machine.given.pop()
        steps = plan.Plan(box.record_service(service, lambda: box.run(add + [recorded])), root)
        steps.write(box.path('plan'))
        times, bare = [], []
        for _ in range(1 if options.quick else 2):
            times += box.stopwatch(add, [machine.given.pop() for _ in range(4)])
            bare += box.numbers([box.program('replay'), box.path('plan'), before, '4'])
        calls = box.record_service(service, lambda: box.run(add + [recorded]))
        wrote = [call for call in calls if call.name in trace.WRITE_CALLS and (trace.fd_of(call.args[0])[1] or '').startswith(root)]
    finally:
        service.close()
    mine, floor = median(times), median(bare)
    table.add('all formats, one root more at %d' % machine.count, ms(mine), 'min %s, max %s' % (ms(min(times)), ms(max(times))))
    table.add('  bare replay of its writes', '%.2fx' % ratio(mine, floor), '%s (%s)' % (ms(floor), steps.count()), '<= 2x', mine <= 2 * floor)
    table.add('  nothing changed: calls that write', str(len(wrote)), '', '0', not wrote)


PARTS = (('consumers', bench_cold, (150, 1000)), ('consumers-one', bench_one_more, (150, 1000)))
