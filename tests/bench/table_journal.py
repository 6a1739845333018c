# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A long journal: appended to, and read (tests/bench/history.c)."""

import shutil
import tempfile

TITLE = 'The journal'
RECORDS = 100000
TEXT = '''{:,} records, half of them changes of one anchor with a file of 2 KiB, in memory, so that fsync costs nothing. Medians of 21, spread over the journal,
each with the files opened and mapped anew.'''.format(RECORDS)
# What history.c measures: in the page's words, and milliseconds at most.
WORDS = {
    'log': ('`log` of the last 50', 10),
    'log-anchor': ('`log` of one anchor, every record looked at', None),
    'at': ('`list --at` a generation', 100),
    'at-date': ('`list --at` a date, found by the times of all records after it', 100),
    'at-tree': ('… a generation with the administrator\'s tree, as a rollback reads it', 100),
    'verify': ('`log --verify`: all hashes', 1000),
}


def bench(box, table, machine, options):
    folder = tempfile.mkdtemp(prefix='anchord-bench-', dir='/dev/shm')
    try:
        lines = box.run([box.program('history'), folder, '2000' if options.quick else str(RECORDS)]).splitlines()
    finally:
        shutil.rmtree(folder)
    for line in lines:
        what, *numbers = line.split('\t')
        numbers = [float(number) for number in numbers]
        if what == 'append':
            table.add('append one record', '%.0f us' % numbers[1], 'the last 1,000; the first 1,000: %.0f us' % numbers[0])
            continue
        words, limit = WORDS[what]
        table.add(words, '%.1f ms' % numbers[0], 'at worst %.1f ms; processor time %.1f ms' % tuple(numbers[1:]),
                  '<= %d ms' % limit if limit else '', numbers[0] <= limit if limit else None)


PARTS = (('journal', bench, 'once'), )
