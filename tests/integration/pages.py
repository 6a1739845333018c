# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the manual pages and what they are held against. For the tests of this folder."""

import os
import re

from harness import SOURCE

MAN = os.path.join(SOURCE, 'docs', 'man')
GLOBALS = {'--root', '--json', '--no-ask-password', '--help'}


def text_of(path):
    with open(os.path.join(SOURCE, path), encoding='utf-8') as stream:
        return stream.read()


def section(page, name):
    """What stands below the heading NAME of PAGE ("anchorctl.1"); "" where there is none."""
    match = re.search(r'^%s\n=+\n(.*?)(?=^[A-Z][A-Z ]+\n=+\n|\Z)' % re.escape(name), text_of('docs/man/%s.rst' % page), re.M | re.S)
    return match.group(1) if match else ''


def examples_of(page):
    """The literal lines of EXAMPLES."""
    return [line.strip() for line in section(page, 'EXAMPLES').split('\n') if line.startswith('    ')]


def commands_of_tool():
    """The rows of the tool's table: name to summary."""
    return dict(re.findall(r'^  \{ "([a-z-]+)", (?:N_ \("[^"]*"\)|"[^"]*"), N_ \("([^"]*)"\)', text_of('client/cli/main.c'), re.M))


def actions_of(command):
    """What COMMAND can do, where it is several things: the words of its own table."""
    path = 'client/cli/command-%s.c' % command
    if not os.path.exists(os.path.join(SOURCE, path)):
        return ()
    table = re.search(r'ToolSubCommand \w+\[\] = \{(.*?)^\};', text_of(path), re.M | re.S)
    return tuple(re.findall(r'^  \{ "([a-z-]+)",', table.group(1), re.M)) if table else ()


__all__ = ['GLOBALS', 'MAN', 'actions_of', 'commands_of_tool', 'examples_of', 'section', 'text_of']
