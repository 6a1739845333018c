# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""matrix.py ANCHORCTL VECTORS HOME PORTS [CLIENT...]: takes each real client through all cases, and prints the table. For tests/clients/run."""

import hashlib
import json
import os
import subprocess
import sys
import time

CLIENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'lib', 'tls-client')
ACCEPTS, REFUSES, ABSENT = 0, 3, 77
# How long after a change a client may still see the old set: the distribution's Java hook takes seconds.
PATIENCE = 30
WAITING = '/var/lib/anchord/hooks/pending'
# What is not within the distribution's own set: the consumer to enable; for NSS, the client whose database has p11-kit's module.
CONSUMERS = {'node': 'node', 'chromium': 'chromium', 'firefox': 'firefox'}
OTHER_FORMS = {'tstclnt': 'tstclnt-p11-kit'}
# Clients that have it by default, once more by a consumer of anchord's in place of the distribution's own hook: row -> client, consumer.
PLACED = {'java-placed': ('java', 'java')}
HEADS = ('client', 'version', 'before', 'by default', 'what it takes', 'added', 'seconds', 'removed', 'key distrusted', 'outside its names')


class Wrong(Exception):
    """A cell is not as it should be."""


class Machine:
    def __init__(self, tool, vectors, home, ports):
        self.tool, self.vectors, self.home, self.ports = tool, vectors, home, ports.split()
        self.corp, self.reissued = (os.path.join(vectors, name + '.pem') for name in ('corp', 'reissued'))
        self.fingerprint, self.other = (self.read_fingerprint(path) for path in (self.corp, self.reissued))

    @staticmethod
    def read_fingerprint(path):
        return hashlib.sha256(subprocess.check_output(['openssl', 'x509', '-in', path, '-outform', 'DER'])).hexdigest()

    def ctl(self, *words, ok=(0, 3)):
        """What it printed. 3: not everywhere, which the cells show."""
        done = subprocess.run([self.tool, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in ok:
            raise Wrong('anchorctl %s ended with %d: %s' % (' '.join(words), done.returncode, done.stderr.strip()[-300:]))
        return done.stdout

    def ask(self, client):
        done = subprocess.run([CLIENT, client, self.home, *self.ports], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode(errors='replace').strip()[-300:]

    def wait(self, client, wanted, what, patience=PATIENCE):
        """Seconds until CLIENT says WANTED."""
        begin = time.monotonic()
        while True:
            code, said = self.ask(client)
            took = time.monotonic() - begin
            if code == wanted:
                return took
            if took > patience:
                raise Wrong('%s: %s after %.0f s: %s' % (what, 'it still accepts' if code == ACCEPTS else 'exit %d' % code, took, said))

    def withdraw(self):
        """Whatever was said of the roots is said no more."""
        self.ctl('restore', self.fingerprint, ok=(0, 1, 3))
        for fingerprint in (self.fingerprint, self.other):
            self.ctl('remove', fingerprint, ok=(0, 1, 3))

    def losses(self, consumer):
        """What the client's file does not say of the root, as it is told before the client is asked."""
        if consumer:
            lines = self.ctl('consumer', 'check', consumer).splitlines()
            return ['constraints' for line in lines if self.fingerprint[:16] in line and 'constraints' in line]
        told = json.loads(self.ctl('bundle', '--json')).get('losses', [])
        return [loss for row in told if row['fingerprint'] == self.fingerprint for loss in row['losses']]


def by_default(machine, client, row):
    """The first four columns, and which client to ask from then on."""
    machine.wait(client, REFUSES, 'before', 0)
    row['before'] = 'refused'
    machine.ctl('add', machine.corp, '--reason', 'the matrix')
    consumer, form = CONSUMERS.get(client), OTHER_FORMS.get(client)
    try:
        machine.wait(client, ACCEPTS, 'by default', 0 if consumer or form else PATIENCE)
        row['by default'] = 'yes'
        return client, None
    except Wrong:
        if consumer is None and form is None:
            raise
    row['by default'] = 'no'
    if consumer:
        machine.ctl('consumer', 'enable', consumer, ok=(0,))
    row['what it takes'] = 'consumer enable ' + consumer if consumer else 'p11-kit\'s module in its database'
    machine.wait(form or client, ACCEPTS, 'when it is enabled')
    return form or client, consumer


def by_consumer(machine, row, client, consumer):
    """The first columns of a row of PLACED."""
    machine.wait(client, REFUSES, 'before', 0)
    row['before'], row['by default'], row['what it takes'] = 'refused', '', 'consumer enable ' + consumer
    machine.ctl('consumer', 'enable', consumer, ok=(0,))
    machine.wait(client, REFUSES, 'when nothing is added', 0)
    machine.ctl('add', machine.corp)
    machine.wait(client, ACCEPTS, 'added')
    # The distribution's hook writes the same file, whenever it gets to it.
    end = time.monotonic() + PATIENCE
    while os.path.isdir(WAITING) and os.listdir(WAITING) and time.monotonic() < end:
        time.sleep(0.1)
    machine.ctl('consumer', 'check', consumer, ok=(0,))


def come_and_go(machine, client, row):
    machine.ctl('remove', machine.fingerprint)
    machine.wait(client, REFUSES, 'removed')
    machine.ctl('add', machine.corp)
    row['seconds'] = '%.2f' % machine.wait(client, ACCEPTS, 'added')
    row['added'] = 'accepted'
    machine.ctl('remove', machine.fingerprint)
    machine.wait(client, REFUSES, 'removed')
    row['removed'] = 'refused'


def distrust(machine, client, row):
    """Another certificate with the same key and name is trusted as well: refusing the one must refuse both."""
    machine.ctl('add', machine.corp, machine.reissued)
    machine.wait(client, ACCEPTS, 'added again')
    machine.ctl('distrust', machine.fingerprint, '--reason', 'the matrix')
    machine.wait(client, REFUSES, 'key distrusted')
    row['key distrusted'] = 'refused'
    machine.withdraw()
    machine.wait(client, REFUSES, 'removed for good')


def constrain(machine, client, consumer, row):
    """Outside the names it must refuse; inside it accepts, or a loss was told that says why not."""
    machine.ctl('add', machine.corp, '--permit', 'dns:elsewhere.example')
    machine.wait(client, REFUSES, 'outside its names')
    machine.ctl('set', machine.fingerprint, '--permit', 'dns:localhost', '--permit', 'ip:127.0.0.1', '--permit', 'ip:::1')
    losses = machine.losses(consumer)
    try:
        machine.wait(client, ACCEPTS, 'inside its names', 3)
        row['outside its names'] = 'refused, inside accepted'
    except Wrong:
        if 'constraints' not in losses:
            raise
        row['outside its names'] = 'left out: loss of constraints'
    machine.withdraw()
    machine.wait(client, REFUSES, 'in the end')


def take_through(machine, client):
    """One row. Its key 'wrong' says what was not as it should be."""
    row = dict.fromkeys(HEADS, '')
    row['client'] = client
    client = PLACED.get(client, (client,))[0]
    row['version'] = subprocess.run([CLIENT, '--version', client], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    consumer = None
    try:
        code, said = machine.ask(client)
        if code == ABSENT:
            row['before'] = 'not installed'
            return row
        if row['client'] in PLACED:
            consumer = PLACED[row['client']][1]
            by_consumer(machine, row, client, consumer)
        else:
            client, consumer = by_default(machine, client, row)
        come_and_go(machine, client, row)
        distrust(machine, client, row)
        constrain(machine, client, consumer, row)
    except Wrong as wrong:
        row['wrong'] = str(wrong)
    machine.withdraw()
    if consumer:
        machine.ctl('consumer', 'disable', consumer, ok=(0, 1, 3))
    return row


def print_table(rows):
    widths = [max(len(row[head]) for row in rows + [dict(zip(HEADS, HEADS))]) for head in HEADS]
    lines = [dict(zip(HEADS, HEADS)), {head: '-' * width for head, width in zip(HEADS, widths)}] + rows
    for line in lines:
        print('| %s |' % ' | '.join(line[head].ljust(width) for head, width in zip(HEADS, widths)))


def main(tool, vectors, home, ports, *chosen):
    machine = Machine(tool, vectors, home, ports)
    names = [name for name in subprocess.check_output([CLIENT, '--list'], text=True).split() if name not in OTHER_FORMS.values()]
    for name, (client, _) in PLACED.items():
        names.insert(names.index(client) + 1, name)
    rows = []
    for name in names:
        if chosen and name not in chosen:
            continue
        rows.append(take_through(machine, name))
        row = rows[-1]
        print('%s: %s' % (name, 'WRONG: ' + row['wrong'] if 'wrong' in row else row['before'] if 'installed' in row['before'] else 'as it should be'),
              file=sys.stderr, flush=True)
    print_table(rows)
    return 1 if any('wrong' in row for row in rows) else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
