# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pristine Debian 12 that tests/lib/machine makes, for tests that work in an overlay of it."""

import os
import subprocess
import sys

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'machine')


def enter(skip, bail_out):
    """Finds the pristine system and runs this program again in a private mount namespace. Returns the system's folder."""
    root = os.environ.get('ANCHORD_TEST_PRISTINE')
    if root:
        return root
    made = subprocess.run([TOOL, 'root'], stdout=subprocess.PIPE, text=True)
    if made.returncode == 77:
        skip(made.stdout)
    if made.returncode != 0:
        bail_out('tests/lib/machine could not make a system')
    os.execvpe('unshare', ['unshare', '-m', '--propagation', 'private', sys.executable, '-B', *sys.argv],
               dict(os.environ, ANCHORD_TEST_PRISTINE=made.stdout.strip()))
