# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an AppArmor profile allows, read from its text as the parser has put it together, and what a recording of strace shows that a program did."""

import os
import re
import subprocess

# What apparmor_parser knows of letters for files, without the forms of x.
FILE_RULE = re.compile(r'^\s*(deny\s+)?(?:owner\s+)?"?([/@][^\s"]*)"?\s+([rwalkmixpucPUCI]+)\s*(?:->.*)?,\s*(?:#.*)?$')
VARIABLE = re.compile(r'^\s*@\{(\w+)\}\s*(\+?=)\s*(.*)$')
CALL = re.compile(r'^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<([^<>]*)(?:<.*>)?>)?')
AT = re.compile(r'(?:AT_FDCWD|\d+)<([^<>]*)>, "((?:[^"\\]|\\.)*)"')


def expand(glob, variables):
    """GLOB with each @{NAME} replaced: every text that comes of it."""
    found = re.search(r'@\{(\w+)\}', glob)
    if not found:
        return [glob]
    values = variables.get(found.group(1), ())
    return [text for value in values for text in expand(glob[:found.start()] + value + glob[found.end():], variables)]


def to_expression(glob):
    """AppArmor's globs: * is no slash, ** is anything, and neither is empty behind a slash at the end; {a,b}; [abc]; ?."""
    glob = re.sub('/+', '/', glob)
    out, at, depth = '', 0, 0
    while at < len(glob):
        letter = glob[at]
        if letter == '*':
            wide = glob.startswith('**', at)
            at += wide
            last = at + 1 == len(glob)
            out += ('.' if wide else '[^/]') + ('+' if last and out.endswith('/') else '*')
        elif letter == '?':
            out += '[^/]'
        elif letter == '{':
            out, depth = out + '(?:', depth + 1
        elif letter == '}':
            out, depth = out + ')', depth - 1
        elif letter == ',' and depth:
            out += '|'
        elif letter == '[':
            end = glob.index(']', at)
            out += glob[at:end + 1]
            at = end
        elif letter == '\\':
            at += 1
            out += re.escape(glob[at])
        else:
            out += re.escape(letter)
        at += 1
    return re.compile(out + r'\Z', re.S)


class Profile:
    """PATH: the profile's file; what it includes is taken from /etc/apparmor.d."""

    def __init__(self, path):
        text = subprocess.run(['apparmor_parser', '-p', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
        variables, self.rules, self.text = {}, [], text
        for line in text.split('\n'):
            found = VARIABLE.match(line)
            if found:
                values = [value.strip('"') for value in found.group(3).split('#')[0].split()]
                variables[found.group(1)] = (variables.get(found.group(1), []) if found.group(2) == '+=' else []) + values
        # The kernel's, and the parser's own.
        variables.setdefault('pid', ['[0-9]*'])
        for line in text.split('\n'):
            found = FILE_RULE.match(line)
            if found:
                for glob in expand(found.group(2), variables):
                    self.rules.append((bool(found.group(1)), to_expression(glob), set(found.group(3))))
        self.cache = {}

    def allowed(self, path):
        """The letters that it may at PATH; a folder's path ends in a slash."""
        if path not in self.cache:
            granted, denied = set(), set()
            for is_deny, expression, letters in self.rules:
                if not letters <= (denied if is_deny else granted) and expression.match(path):
                    (denied if is_deny else granted).update(letters)
            self.cache[path] = granted - denied
        return self.cache[path]


def join(folder, name):
    return os.path.normpath(name if name.startswith('/') else folder + '/' + name)


class Recording:
    """What a program did with which paths, USES: {(path, letter): line}. ROOT: a folder that stood for /; PLACES: other paths that stood for something."""

    def __init__(self, path, root, places=()):
        self.root, self.places, self.uses = root, dict(places), {}
        self.started, self.left = False, set()
        begun = {}
        with open(path, errors='replace') as stream:
            for line in stream:
                process, _, rest = line.partition(' ')
                # A call during which another thread's was written stands in two halves.
                if line.endswith('<unfinished ...>\n'):
                    begun[process] = line[:-len('<unfinished ...>\n')]
                    continue
                if rest.lstrip().startswith('<... ') and process in begun:
                    line = begun.pop(process) + line.partition(' resumed>')[2]
                self._take(line)

    def _inside(self, path):
        """A path below the root as the program saw it, for openat2() there does not leave it."""
        if path in self.places:
            return self.places[path]
        if path == self.root:
            return '/'
        return path[len(self.root):] if path.startswith(self.root + '/') else path

    def _use(self, path, letters, line, is_folder=False):
        path = self._inside(path)
        if is_folder and path != '/':
            path += '/'
        # What has no name in the file system.
        if path.startswith('/'):
            for letter in letters:
                self.uses.setdefault((path, letter), line.strip()[:240])

    def _take(self, line):
        found = CALL.match(line)
        if not found or found.group(1) in self.left or found.group(4).startswith('-'):
            return
        process, name, arguments, _, result = found.groups()
        places = [join(*pair) for pair in AT.findall(arguments)]
        if name in ('openat', 'openat2', 'open', 'creat') and result and 'O_PATH' not in arguments:
            letters = ('w' if 'O_WRONLY' in arguments else 'rw' if 'O_RDWR' in arguments else 'r') + ('w' if 'O_CREAT' in arguments else '')
            is_folder = 'O_DIRECTORY' in arguments or (os.path.isdir(result) and not os.path.islink(result))
            if 'O_TMPFILE' in arguments or '/memfd:' in result:
                return
            # As the kernel names it, behind links; what is gone since then it names so as well.
            self._use(result.replace(' (deleted)', '').replace('(deleted)', ''), letters, line, is_folder)
        elif name == 'execve':
            # What it starts is held to rules of its own.
            if self.started:
                self._use(re.match(r'"([^"]*)"', arguments).group(1), 'x', line)
                self.left.add(process)
            self.started = True
        elif name in ('unlinkat', 'mkdirat'):
            for place in places:
                self._use(place, 'w', line, name == 'mkdirat' or 'AT_REMOVEDIR' in arguments)
        elif name in ('renameat', 'renameat2', 'symlinkat'):
            for place in places:
                self._use(place, 'w', line)
        elif name == 'linkat' and len(places) == 2:
            self._use(places[1], 'l', line)
        elif name == 'mmap' and 'PROT_EXEC' in arguments:
            mapped = re.search(r', \d+<(/[^<>]*)>, ', arguments)
            if mapped:
                self._use(mapped.group(1), 'm', line)
        elif name in ('fcntl', 'flock') and ('SETLK' in arguments or 'LOCK_' in arguments):
            locked = re.match(r'\d+<(/[^<>]*)>', arguments)
            if locked:
                self._use(locked.group(1), 'k', line, os.path.isdir(locked.group(1)))
        elif name == 'connect':
            socket = re.search(r'sun_path="(/[^"]*)"', arguments)
            if socket:
                self._use(socket.group(1), 'w', line)
