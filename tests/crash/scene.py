# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stage of the crash tests: a small Debian-like root, the changes made to it, and how each looks when nothing goes wrong."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile

import checks
import debian_root
import journal
import revocation

NOBODY = '0' * 64
# The distribution's set in these tests: small, so that a sweep stays fast.
ROOTS = 8
# So many files share a sync (TRUST_BATCH_MIN in core/atomic.h, and one).
MANY = 17


# A consumer with all formats that need nobody else's files: which are folders, and which are told a purpose.
FOLDERS = ('pem-dir', 'der-dir', 'openssl-dir', 'openssl-trusted-dir')
WHOLE = ('p11-kit', 'openssl-trusted', 'openssl-trusted-dir')
FORMATS = FOLDERS + WHOLE[:2] + ('pem-bundle', 'java-jks', 'java-pkcs12', 'edk2-cacerts', 'pkcs7', 'est', 'spiffe-bundle', 'chrome-policy')


def consumer_file():
    lines = ['[Consumer]', 'Version=1', 'Description=Every format']
    for name in FORMATS:
        lines += ['[Output %s]' % name, 'Format=' + name, 'Path=%s/%s' % (checks.PLACED, name)] + ([] if name in WHOLE else ['Purpose=server-auth'])
    return '\n'.join(lines + ['[Output link]', 'Format=link', 'Path=%s/link' % checks.PLACED, 'Target=pem-bundle', ''])


class Broken(Exception):
    """The tests can't go on: a run without any crash already fails."""


class Change:
    """One change: its command line, the tree before it and the two ends it may have, each after a recovery of nothing.

    STRIDE: of a change with many calls alike only every so many points are tried. ONLY: power is lost only at syncs with that in their text."""

    def __init__(self, name, words, before, status=0, stride=1, only=''):
        self.name, self.words, self.before = name, words, before
        self.stride, self.only = stride, only
        self.status = status                # that says it is done
        self.old = self.new = None          # trees
        self.ends = None                    # (essence before, essence after)
        self.instant = None


class Scene:
    def __init__(self, build, make_roots):
        self.tool = os.path.join(build, 'client/cli/anchorctl')
        self.env = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'ASAN_OPTIONS': 'detect_leaks=0', 'TMPDIR': '/tmp',
                    'UBSAN_OPTIONS': 'halt_on_error=1'}
        base = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix='anchord-crash-', dir=base)
        self.material = os.path.join(self.folder, 'material')
        self.serial = 0
        subprocess.run([make_roots, str(ROOTS + 3 + MANY), self.material], check=True)
        self.given = [os.path.join(self.material, 'given-%d.pem' % index) for index in range(3)]
        for index, path in enumerate(self.given):
            os.rename(os.path.join(self.material, 'root-%05d.crt' % (ROOTS + index)), path)
        self.many = os.path.join(self.material, 'many.pem')
        self._join(['root-%05d.crt' % (ROOTS + 3 + index) for index in range(MANY)], self.many)
        self._make_lists()
        self.changes = self._make_changes()

    def _make_lists(self):
        """A CA and two of its revocation lists."""
        self.authority, key = os.path.join(self.folder, 'ca.pem'), os.path.join(self.folder, 'ca.key')
        revocation.make_ca(self.authority, key, 'Authority')
        self.lists = [os.path.join(self.folder, 'list-%d.crl' % number) for number in (1, 2)]
        for number, path in enumerate(self.lists, 1):
            revocation.make_crl(path, self.authority, key, number)

    def _join(self, names, path):
        with open(path, 'wb') as out:
            for name in names:
                with open(os.path.join(self.material, name), 'rb') as stream:
                    out.write(stream.read())
                os.unlink(os.path.join(self.material, name))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # Roots.

    @contextlib.contextmanager
    def root(self, tree):
        """A folder that holds TREE, gone afterwards."""
        self.serial += 1
        path = os.path.join(self.folder, 'root-%d' % self.serial)
        debian_root.write_tree(tree, path)
        try:
            yield path
        finally:
            shutil.rmtree(path)

    def command(self, root, words):
        return [self.tool, '--root', root, *words]

    def run(self, root, words):
        return subprocess.run(self.command(root, words), env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def recover(self, root):
        """Opens the store for writing, which finishes what a killed writer began, and changes nothing: there is no such anchor."""
        done = self.run(root, ['remove', NOBODY])
        if done.returncode != 1 or b'ERROR: ' in done.stdout:
            return 'recovery failed (exit %d): %s' % (done.returncode, done.stdout.decode(errors='replace')[-400:])
        return None

    # The changes.

    def _must(self, root, words, status=0):
        done = self.run(root, words)
        if done.returncode != status:
            raise Broken('anchorctl %s: exit %d: %s' % (' '.join(words), done.returncode, done.stdout.decode(errors='replace')))

    def fingerprint(self, path):
        text = subprocess.run(['openssl', 'x509', '-in', path, '-noout', '-fingerprint', '-sha256'], check=True, stdout=subprocess.PIPE).stdout.decode()
        return re.sub('[^0-9a-f]', '', text.partition('=')[2].lower())

    def _make_changes(self):
        virgin = os.path.join(self.folder, 'virgin')
        debian_root.make_root(virgin, self.material)
        if debian_root.has_tool():
            debian_root.run_tool(virgin)
        first = debian_root.read_tree(virgin)
        with self.root(first) as root:
            self._must(root, ['add', self.given[0]])
            # Once more, so that the tree holds what a second opening leaves behind.
            self.recover(root)
            adopted = debian_root.read_tree(root)
            asked = re.search('^[0-9a-f]{64}$', self.run(root, ['request', self.given[1]]).stdout.decode(), re.M).group(0)
            self.recover(root)
            waiting = debian_root.read_tree(root)
        with self.root(adopted) as root:
            # An empty folder is no store, and is what a killed writer may leave.
            os.makedirs(os.path.join(root, 'etc/anchord/stores.d/app/x'))
            bare = debian_root.read_tree(root)
            self._must(root, ['store', 'create', 'app/x'])
            self._must(root, ['store', 'add', 'app/x', self.given[1]])
            self.recover(root)
            stocked = debian_root.read_tree(root)
        with self.root(adopted) as root:
            self._must(root, ['add', self.authority])
            self._must(root, ['crl', 'add', self.lists[0]])
            self.recover(root)
            listed = debian_root.read_tree(root)
        with self.root(adopted) as root:
            folder = os.path.join(root, 'etc/anchord/consumers.d')
            os.makedirs(folder)
            with open(os.path.join(folder, 'all.consumer'), 'w', encoding='utf-8') as stream:
                stream.write(consumer_file())
            described = debian_root.read_tree(root)
            self._must(root, ['consumer', 'enable', 'all'])
            self.recover(root)
            placed = debian_root.read_tree(root)
        with self.root(placed) as root:
            self._must(root, ['distrust', self.fingerprint(os.path.join(self.material, 'root-00002.crt'))])
            self.recover(root)
            refused = debian_root.read_tree(root)
            self._must(root, ['handback', '--yes'])
            self.recover(root)
            handed_back = debian_root.read_tree(root)
        # So long that the next change closes the journal's file and begins another.
        long = dict(adopted)
        file = adopted[journal.FOLDER + '/journal']
        long[journal.FOLDER + '/journal'] = debian_root.Node('f', file.mode, journal.lengthen(file.data, 3, 1500000))
        distributed = os.path.join(self.material, 'root-00002.crt')
        changes = [
            # Any first command that writes takes the distribution's set in and places our own files.
            Change('adopt', ['remove', NOBODY], first, 1),
            Change('add', ['add', self.given[1], '--reason', 'CHG-42'], adopted),
            Change('rotate', ['add', self.given[1]], long, stride=2, only='journal'),
            Change('batch', ['add', self.given[1], self.given[2]], adopted),
            Change('many', ['add', self.many], adopted, stride=8, only='everything'),
            Change('remove', ['remove', self.fingerprint(self.given[0])], adopted),
            Change('distrust', ['distrust', self.fingerprint(distributed)], adopted),
            # A root of the distribution is no longer one for TLS; with a date, which is kept for who watches it.
            Change('limit', ['set', self.fingerprint(distributed), '--purpose', 'email-protection', '--until', '2045-01-01', '--accept-loss'], adopted),
            # The request goes in the transaction that grants it: never one without the other.
            Change('approve', ['request', '--approve', asked], waiting),
            # A newer list takes the place of an older one: never none, never what anchord did not write.
            Change('crl', ['crl', 'add', self.lists[1]], listed),
            # Folders come and go with stores, and the store's bundles with the system's.
            Change('store-create', ['store', 'create', 'app/x', '--empty'], bare),
            Change('store-add', ['store', 'add', 'app/x', self.given[2]], stocked),
            Change('store-delete', ['store', 'delete', 'app/x'], stocked),
            # Every format at once.
            Change('consumer-enable', ['consumer', 'enable', 'all'], described, stride=4, only='everything'),
            Change('consumer-add', ['add', self.given[1]], placed, stride=4, only='everything'),
            Change('consumer-remove', ['remove', self.fingerprint(self.given[0])], placed, stride=4, only='everything'),
            Change('consumer-disable', ['consumer', 'disable', 'all'], placed, stride=4, only='everything'),
            # What anchord wrote goes, what it kept from the tool comes back, and then the other way round.
            Change('handback', ['handback', '--yes'], refused, stride=8, only='everything'),
            Change('resume', ['handback', '--resume', '--yes'], handed_back, stride=8, only='everything'),
        ]
        for change in changes:
            self._make_ends(change)
        return changes

    def _make_ends(self, change):
        with self.root(change.before) as root:
            fault = self.recover(root)
            if fault is not None:
                raise Broken(fault)
            change.old = debian_root.read_tree(root)
            self._must(root, change.words, change.status)
            change.new = debian_root.read_tree(root)
            self.recover(root)
            settled = debian_root.read_tree(root)
        change.ends = (checks.essence(change.old), checks.essence(change.new))
        if change.status == 0 and change.ends[0] == change.ends[1]:
            raise Broken('%s changes nothing' % change.name)
        if checks.essence(settled) != change.ends[1]:
            raise Broken('opening the store after %s changes it: %s' % (change.name, checks.differences(checks.essence(settled), change.ends[1])))
        change.instant = checks.Instant(change.before, change.new)

    # What must hold after a crash.

    def judge(self, change, tree, acknowledged, again=False):
        """Faults of TREE as found after a crash, and of what recovery makes of it. AGAIN: also makes the change once more."""
        faults = change.instant.faults(tree)
        with self.root(tree) as root:
            fault = self.recover(root)
            if fault is not None:
                return faults + [fault]
            recovered = debian_root.read_tree(root)
            end = checks.essence(recovered)
            faults += ['after recovery: ' + fault for fault in change.instant.faults(recovered)]
            faults += ['after recovery: left behind: ' + path for path in checks.temporaries(recovered)]
            faults += ['after recovery: ' + fault for fault in checks.journal_faults(recovered, change.before)]
            if end not in change.ends:
                least = min((checks.differences(end, wanted) for wanted in change.ends), key=len)
                faults.append('after recovery neither the old nor the new state: %s' % least)
            elif acknowledged and end != change.ends[1]:
                faults.append('an acknowledged change is lost: %s' % checks.differences(end, change.ends[1]))
            elif acknowledged and checks.journal_operations(recovered) != checks.journal_operations(change.new):
                faults.append('who made an acknowledged change is lost: the journal has %s' % checks.journal_operations(recovered)[-3:])
            if again and not faults:
                faults += self._again(change, root)
        return faults

    def _again(self, change, root):
        """The same change once more ends as ever, and leaves no temporary of the killed run."""
        done = self.run(root, change.words)
        if done.returncode != change.status:
            # A removal that was carried out already says that there is nothing to remove; an approval, that nobody asks any more; a store that is
            # gone, that there is none.
            if change.name not in ('remove', 'consumer-remove', 'approve', 'store-delete'):
                return ['the same change again: exit %d: %s' % (done.returncode, done.stdout.decode(errors='replace')[-300:])]
        self.recover(root)
        tree = debian_root.read_tree(root)
        end = checks.essence(tree)
        if end != change.ends[1]:
            return ['the same change again ends elsewhere: %s' % checks.differences(end, change.ends[1])]
        left = checks.temporaries(tree)
        return ['temporaries left behind: %s' % ', '.join(left)] if left else []
