#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""private-map.py ROOT OUTPUT: what the shared core shows, as a version script for the linker: the functions that the programs and modules on
top of it name, and those that headers name in their place. All others stay inside, and what nobody calls is left out."""

import os
import re
import sys

# Who is linked with it: see installed_core in the meson files.
USERS = ('daemon', 'compat', 'dbus', 'core/importers', 'client/cli')
HEADERS = ('core', 'facade')
NAME = re.compile(r'\btrust_[a-z0-9_]+\b')


def files_below(root, folder, end):
    for at, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(names):
            if name.endswith(end):
                with open(os.path.join(at, name), encoding='utf-8') as stream:
                    yield stream.read()


def main():
    root, output = sys.argv[1:]
    names = set()
    for folder in USERS:
        for text in files_below(root, folder, ('.c', '.h')):
            names.update(NAME.findall(text))
    for folder in HEADERS:
        for text in files_below(root, folder, '.h'):
            for macro in re.findall(r'^(?:#[ \t]*define|G_DEFINE_AUTO)(?:.*\\\n)*.*$', text, re.M):
                names.update(NAME.findall(macro))
            for body in re.findall(r'^static inline .*?^}', text, re.M | re.S):
                names.update(NAME.findall(body))
    with open(output, 'w', encoding='utf-8') as out:
        out.write('{\nglobal:\n%slocal:\n  *;\n};\n' % ''.join('  %s;\n' % name for name in sorted(names)))


if __name__ == '__main__':
    main()
