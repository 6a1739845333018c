# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What must hold of a tree at any instant, and when two trees are the same."""

import base64
import json
import re

import journal
from debian_root import resolve

SSL = '/etc/ssl/certs'
FEED = '/usr/local/share/ca-certificates/anchord'
OWN = '/var/lib/anchord/published'
CURRENT = OWN + '/current'
BUNDLES = OWN + '/bundles'
# What readers open. The folders of generations are looked at through `current`.
PLACED = '/etc/pki/all'
OUTPUTS = (SSL, FEED, OWN + '/hashed', '/etc/ca-certificates.conf', PLACED)
TEMPORARY = re.compile(r'/\.anchord-[0-9A-Za-z]{6}\.tmp$')
VISIBLE = re.compile(r'(\.(pem|crt|cer|crl)|/[0-9a-f]{8}\.r?\d+)$')
HASHED = re.compile(r'^([0-9a-f]{8})\.(\d+)$')
BLOCK = re.compile(rb'-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----', re.S)
# What differs between two runs of the same change: when it was made.
STAMP = re.compile(rb'^Added=.*$', re.M)


def below(path, folder):
    return path == folder or path.startswith(folder + '/')


def certificates(data):
    """The blocks of DATA; of a torn one, what is there of it."""
    found = set()
    for block in BLOCK.findall(data):
        try:
            found.add(base64.b64decode(block))
        except ValueError:
            found.add(block)
    return found


def content(tree, path):
    real = resolve(tree, path)
    return tree[real].data if real is not None and tree[real].kind == 'f' else None


def hashed_set(tree, folder):
    """The certificates that a reader of hash names finds: it counts up from 0 and stops at the first gap."""
    chains = {}
    for path in tree:
        name = path[len(folder) + 1:] if path.startswith(folder + '/') else ''
        match = HASHED.match(name)
        if match:
            chains.setdefault(match.group(1), set()).add(int(match.group(2)))
    found = set()
    for name, numbers in chains.items():
        at = 0
        while at in numbers:
            data = content(tree, '%s/%s.%d' % (folder, name, at))
            found |= certificates(data or b'')
            at += 1
    return found


def shown(tree):
    """What each consumer shows: {name: set of certificates}; a name is missing where the consumer is."""
    sets = {}
    for path in (SSL + '/ca-certificates.crt', ):
        data = content(tree, path)
        if data is not None:
            sets[path] = certificates(data)
    for folder in (SSL, OWN + '/hashed'):
        if resolve(tree, folder) is not None:
            sets[folder] = hashed_set(tree, folder)
    return sets


def current_files(tree):
    """The files of the current generation by name; None where there is none."""
    folder = resolve(tree, CURRENT)
    if folder is None:
        return None
    return {path[len(folder):]: node.key() for path, node in tree.items() if path.startswith(folder + '/')}


def watched(tree):
    """The paths that readers may open."""
    return {path for path in tree if any(below(path, output) for output in OUTPUTS)}


class Instant:
    """Holds trees against the one before a change and the one after it."""

    def __init__(self, before, after):
        self.before, self.after = before, after
        self.names = watched(before) | watched(after)
        self.sets = [shown(before), shown(after)]
        self.current = [current_files(before), current_files(after)]
        self.dangling = {path for tree in (before, ) for path in watched(tree) if tree[path].kind == 'l' and resolve(tree, path) is None}

    def _names(self, tree):
        for path in watched(tree) | self.names:
            node = tree.get(path)
            key = node.key() if node is not None else None
            allowed = [side[path].key() if path in side else None for side in (self.before, self.after)]
            if key in allowed or (path.endswith('/generation') and node is not None):
                continue
            if node is not None and TEMPORARY.search(path):
                continue
            what = 'is missing' if node is None else 'is empty' if not node.data else 'is neither the old nor the new one'
            if node is not None and allowed == [None, None]:
                what = 'should not be there'
            yield '%s %s' % (path, what)

    def _links(self, tree):
        for path in watched(tree):
            if tree[path].kind == 'l' and path not in self.dangling and not TEMPORARY.search(path) and resolve(tree, path) is None:
                yield '%s leads nowhere' % path
        if CURRENT in tree and current_files(tree) is None:
            yield '%s leads nowhere' % CURRENT

    def _temporaries(self, tree):
        for path in tree:
            if '.anchord-' in path.rpartition('/')[2] and VISIBLE.search(path):
                yield '%s is a temporary that readers take' % path

    def _sets(self, tree):
        now = shown(tree)
        for name in set(self.sets[0]) | set(self.sets[1]):
            old, new = self.sets[0].get(name, set()), self.sets[1].get(name, set())
            has = now.get(name, set())
            if not has <= old | new:
                yield '%s shows %d certificates of neither side' % (name, len(has - (old | new)))
            if not has >= old & new:
                yield '%s lost %d certificates of both sides' % (name, len((old & new) - has))

    def _is_first_pass(self, tree):
        """Of a change that takes away and adds, the removals come first, in a generation of their own."""
        folder, now = resolve(tree, CURRENT), current_files(tree)
        if not (folder or '').endswith('.0') or None in self.current or now.keys() != self.current[0].keys():
            return False
        sides = [(resolve(side, CURRENT), side) for side in (self.before, self.after)]
        for name in now:
            if name.endswith('.pem') and name in self.current[1]:
                old, new = (certificates(content(side, where + name)) for where, side in sides)
                if certificates(content(tree, folder + name)) != old & new:
                    return False
        return True

    def faults(self, tree):
        found = list(self._names(tree)) + list(self._links(tree)) + list(self._temporaries(tree)) + list(self._sets(tree))
        if current_files(tree) not in self.current and not self._is_first_pass(tree):
            found.append('%s is neither the old nor the new generation' % CURRENT)
        return found


# Whole trees.

def is_private(path):
    """Ours alone, and not the same in two runs: the journal has its own check, the lock is empty, the last good sets are noted when sources are
    next looked at, and a consumer's manifest is cleaned when there is time: it may tell of two states."""
    return any(below(path, '/var/lib/anchord/' + name) for name in ('journal', 'lock', 'last-good', 'consumers')) or TEMPORARY.search(path) is not None


def plain(path, data):
    """The content of a file, without what may differ between two runs to the same end."""
    if path == '/var/lib/anchord/debian/state':
        # An append-only log: what counts is the last word on each certificate.
        last = {line[1:]: line[:1] for line in data.splitlines()}
        return b'\n'.join(sorted(kind + name for name, kind in last.items() if kind != b'-'))
    if below(path, '/var/lib/anchord/hooks'):
        return b'\n'.join(sorted(data.splitlines()))
    if path == '/etc/anchord/handed-back':
        return re.sub(rb'Time=\S+', b'Time=', data)
    return STAMP.sub(b'Added=', data)


def essence(tree):
    """TREE without what may differ between two runs to the same end; old generations are removed when idle, so they do not count."""
    folder = resolve(tree, CURRENT)
    result = {}
    for path, node in tree.items():
        if is_private(path) or (below(path, BUNDLES) and path != BUNDLES and (folder is None or not below(path, folder))):
            continue
        data = plain(path, node.data) if node.kind == 'f' else node.data
        result[path] = (node.kind, node.mode, data)
    return result


def differences(a, b, limit=4):
    """Between two essences, as text."""
    paths = sorted(path for path in set(a) | set(b) if a.get(path) != b.get(path))
    lines = ['%s (%s)' % (path, 'missing' if path not in a else 'extra' if path not in b else 'differs') for path in paths[:limit]]
    return ', '.join(lines) + (', …' if len(paths) > limit else '')


def journal_files(tree):
    return {path[len(journal.FOLDER) + 1:]: node.data for path, node in tree.items() if path.startswith(journal.FOLDER + '/') and node.kind == 'f'}


def journal_faults(tree, before):
    """What is wrong with TREE's journal, which must be whole and have all that the one BEFORE had done."""
    try:
        first, _count, _head, done = journal.verify(journal_files(tree))
    except (journal.Damaged, ValueError, KeyError) as error:
        return ['journal: %s' % error]
    wanted = journal.verify(journal_files(before))[3] if journal_files(before) else []
    if first > 1 or done[:len(wanted)] != wanted:
        return ['journal: it begins with record %d and has %d of %d changes' % (first, len(set(done) & set(wanted)), len(wanted))]
    return []


def journal_operations(tree):
    """What TREE's journal says was asked for, in order: what sources did by themselves is not among it."""
    texts = [json.loads(text) for data in journal.order(journal_files(tree)) for _sequence, _hash, text in journal.split(data)]
    return [text['operation'] for text in texts if text['type'] == 'intent' and text['operation'] not in ('source', 'until')]


def temporaries(tree):
    return sorted(path for path in tree if TEMPORARY.search(path))
