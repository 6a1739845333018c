# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The audit, with every check."""

import os
import shutil

import debian_root

TITLE = 'The audit'
TEXT = '''Every check, in process, by a warm service: the figure is that of the second audit.'''


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


PARTS = (('audit', bench_audit, None), )
