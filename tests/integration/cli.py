# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs anchorctl over scratch roots. For the tests of this folder."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

from harness import BUILD, SOURCE, debian_root, fingerprint_of, finish, point

ANCHORCTL = os.environ.get('ANCHORCTL') or os.path.join(BUILD, 'client', 'cli', 'anchorctl')
# Characters that must reach no terminal: controls but newline, bidi and zero-width ones, the byte order mark, tags.
FORBIDDEN = [chr(c) for c in [*range(0, 10), *range(11, 32), *range(127, 160), 0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F),
                              *range(0x2060, 0x2070), 0xFEFF]]


def need_root():
    """Anchor files count only if root owns them."""
    if os.geteuid() != 0:
        print('1..0 # SKIP needs root')
        sys.exit(0)


def vectors():
    """The folder of the test certificates; made if the runner has made none."""
    folder = os.environ.get('VECTORS_DIR')
    if folder:
        return folder
    folder = os.path.join(BUILD, 'vectors-of-one-test')
    if not os.path.exists(os.path.join(folder, 'trailing.der')):
        subprocess.run([os.path.join(SOURCE, 'tests/lib/make-vectors'), folder], check=True)
    return folder


class Done:
    """How a run ended: CODE, OUT and ERR as text; DATA: what --json printed."""

    def __init__(self, words, process):
        self.words, self.code = words, process.returncode
        self.out, self.err = process.stdout.decode('utf-8', 'surrogateescape'), process.stderr.decode('utf-8', 'surrogateescape')

    @property
    def data(self):
        return json.loads(self.out)

    def __str__(self):
        return '%s\nexit %d\n%s\n%s' % (' '.join(self.words), self.code, self.out[-1500:], self.err[-1500:])

    def is_clean(self):
        """Nothing that a terminal must not see, no sanitizer's report, no failed assertion."""
        text = self.out + self.err
        return not any(c in text for c in FORBIDDEN) and not any('\udc80' <= c <= '\udcff' for c in text) \
            and 'Sanitizer' not in text and 'runtime error' not in text and 'CRITICAL' not in text and 'WARNING' not in text


def run(*words, where=(), given=b'', cwd=None, env=None, timeout=60):
    """anchorctl WHERE... WORDS..."""
    command = [ANCHORCTL, *where, *words]
    process = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env={**os.environ, **(env or {})},
                             timeout=timeout)
    return Done([os.path.basename(ANCHORCTL), *where, *[str(word) for word in words]], process)


class Scratch:
    """A Debian-like root that anchord has published in once. ANCHORS: how many the distribution's set holds."""

    def __init__(self, anchors=3):
        self.folder = tempfile.mkdtemp(prefix='anchord-cli-')
        self.root = os.path.join(self.folder, 'root')
        certificates = os.path.join(self.folder, 'certificates')
        os.makedirs(certificates)
        os.makedirs(self.root)
        subprocess.run([os.path.join(BUILD, 'tests/lib/make-roots'), str(anchors), certificates], check=True)
        self.names = debian_root.make_root(self.root, certificates)
        self.distribution = [os.path.join(certificates, name) for name in self.names]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, **more):
        return run(*words, where=('--root', self.root), **more)

    def tree(self):
        """All that stands in it, but for the lock and the folders around it, which even a refused change makes."""
        tree = debian_root.read_tree(self.root)
        return {path: node.key() for path, node in tree.items() if node.kind != 'd' and not path.endswith('/lock')}

    def bundle(self):
        with open(os.path.join(self.root, 'etc/ssl/certs/ca-certificates.crt'), 'rb') as stream:
            return stream.read()


def read(path):
    with open(path, 'rb') as stream:
        return stream.read()


def fingerprint(path):
    return fingerprint_of(read(path))


def expect(done, code, what, *texts):
    """One point: DONE ended with CODE, said TEXTS, and nothing that must not be said."""
    said = done.out + done.err
    missing = [text for text in texts if text not in said]
    return point(done.code == code and not missing and done.is_clean(), what, done, 'missing: %r' % missing if missing else '')


__all__ = ['ANCHORCTL', 'BUILD', 'SOURCE', 'Done', 'Scratch', 'debian_root', 'expect', 'fingerprint', 'finish', 'need_root', 'point', 'read', 'run', 'vectors']
