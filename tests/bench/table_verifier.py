# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The verifier beside GnuTLS and OpenSSL, in one process (tests/bench/verify.c)."""

import os

TITLE = 'The verifier beside GnuTLS and OpenSSL'
TEXT = '''One process, in turns; a leaf and its intermediate, parsed each time, for a host name and server-auth; processor time in microseconds, medians.
*Seen*: an unseen leaf under an intermediate whose own signature was checked before. The last two columns hold a chain at first sight beside the faster of
the two others (target: 1x at most), and how many times faster a seen one is than it (target: 1.5x at least).'''
COLUMNS = ('what', 'anchord', 'seen', 'GnuTLS', 'OpenSSL', 'first', 'times faster, seen')


def bench(box, table, machine, options):
    program = box.program('verify')
    if not os.path.exists(program):
        table.row(['libssl-dev is not installed', '', '', '', '', '', ''])
        return
    for line in box.run([program] + (['1', 'small'] if options.quick else ['20'])).splitlines():
        what, *numbers = line.split('\t')
        mine, seen, gnutls, openssl = (float(number) for number in numbers)
        best = min(gnutls, openssl)
        table.row([what] + ['%.0f' % number for number in (mine, seen, gnutls, openssl)] + ['%.2fx' % (mine / best), '%.1fx' % (best / seen)],
                  mine <= best and 1.5 * seen <= best)


PARTS = (('verify', bench, 'once'), )
