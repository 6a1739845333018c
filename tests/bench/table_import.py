# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bundles and lists that are taken in."""

import lzma
import os
import shutil
import subprocess

import peers
from tools import SOURCE, median, ms, ratio

TITLE = 'Imports'
TEXT = '''Decoded and checked as `anchorctl import` does, in process.'''


def bench_import(box, table, machine, options):
    """One bundle of all certificates, decoded in process as the tool does."""
    bundle = box.path('bundle-%d.pem' % machine.count)
    with open(bundle, 'wb') as out:
        for name in sorted(os.listdir(machine.material)):
            with open(os.path.join(machine.material, name), 'rb') as stream:
                out.write(stream.read())
    times = box.numbers([box.program('import'), bundle, options.few(5)])
    met = ('<= 1 s', median(times) <= 1000) if machine.count == 10000 else ('', None)
    table.add('import %d PEM certificates, in process' % machine.count, ms(median(times)), '', *met)


CERTDATA = os.environ.get('BENCH_CERTDATA') or os.path.join(os.path.dirname(SOURCE), 'shared', 'data', 'certdata-2.60.txt.xz')


def bench_certdata(box, table, machine, options):
    """NSS's whole list: decoded, taken in as one change, printed for p11-kit; beside p11-kit's tool with the same certificates."""
    if not os.path.exists(CERTDATA):
        table.add('import certdata.txt', 'not measured', 'BENCH_CERTDATA names no such file')
        return
    text, stores, root, material = (box.path('certdata-' + name) for name in ('text', 'stores', 'root', 'material'))
    with lzma.open(CERTDATA) as stream, open(text, 'wb') as out:
        out.write(stream.read())
    decoded, taken = box.numbers([box.program('import'), text, options.few(15)]), box.numbers([box.program('take'), text, stores, options.few(9)])
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


PARTS = (('import', bench_import, None), ('certdata', bench_certdata, (150, )))
