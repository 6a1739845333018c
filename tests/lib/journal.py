# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal's files as docs/journal.md has them, read and verified without anchord, and made longer than one file may be."""

import hashlib
import json
import re

FOLDER = '/var/lib/anchord/journal'
NONE = '0' * 64
CLOSED = re.compile(r'^journal-(\d{20})$')


class Damaged(Exception):
    pass


def record(previous, sequence, text):
    """(bytes, hash) of the record that holds TEXT."""
    data = text.encode()
    digest = hashlib.sha256(b'%s%d %d\n%s' % (previous.encode(), sequence, len(data), data)).hexdigest()
    return b'anchord1 %d %d %s\n%s\n' % (sequence, len(data), digest.encode(), data), digest


def split(data):
    """(sequence, hash, text) of each whole record of DATA; what follows them is left out."""
    at = 0
    while True:
        match = re.compile(rb'anchord1 (\d+) (\d+) ([0-9a-f]{64})\n').match(data, at)
        if match is None or match.end() + int(match.group(2)) >= len(data):
            return
        end = match.end() + int(match.group(2))
        yield int(match.group(1)), match.group(3).decode(), data[match.end():end]
        at = end + 1


def order(files):
    """The files of {name: bytes} that hold records, oldest first; a closed one that is only a second name of `journal` is left out."""
    closed = sorted(name for name in files if CLOSED.match(name))
    return [files[name] for name in closed if files[name] != files.get('journal')] + [files[name] for name in ('journal', ) if name in files]


def verify(files):
    """(first sequence, number of records, head, generations that are done) of {name: bytes}. Damaged says what does not fit."""
    previous, expected, first, done, announced = NONE, None, 0, [], None
    for data in order(files):
        length = 0
        for sequence, digest, text in split(data):
            content = json.loads(text)
            if expected is None:
                first = expected = sequence
                previous = content['previous'] if sequence > 1 else NONE
            if sequence != expected or record(previous, sequence, text.decode())[1] != digest:
                raise Damaged('record %d does not verify, where %d should be' % (sequence, expected))
            if content['type'] == 'intent':
                if announced is not None:
                    raise Damaged('generation %d was announced and never done' % announced)
                announced = content['generation']
            elif content['type'] == 'done':
                done.append(content['generation'])
                announced = None
            previous, expected = digest, expected + 1
            length += len(b'anchord1 %d %d %s\n' % (sequence, len(text), digest.encode())) + len(text) + 1
        if length != len(data):
            raise Damaged('%d bytes after record %s are none' % (len(data) - length, expected and expected - 1))
    return first, (expected or 1) - (first or 1), previous, done


def lengthen(data, count, size):
    """DATA, a journal file, and COUNT changes more of SIZE bytes each, that change nothing."""
    sequence, previous, text = list(split(data))[-1]
    generation = json.loads(text)['generation']
    for number in range(1, count + 1):
        for content in ({'type': 'intent', 'generation': generation + number, 'time': 1, 'operation': 'source', 'reason': 'x' * size, 'changes': [],
                         'files': []},
                        {'type': 'done', 'generation': generation + number, 'time': 1}):
            sequence += 1
            more, previous = record(previous, sequence, json.dumps(content, separators=(',', ':')))
            data += more
    return data
