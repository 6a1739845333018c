# SPDX-FileCopyrightText: 2026 The anchord authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The three packagings side by side: which package of each holds what `meson install` puts where. For test-rpm and test-arch."""

import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get('BUILD_DIR') or os.path.join(SOURCE, 'build', 'test'))
sys.path[:0] = [os.path.join(SOURCE, 'tests', 'lib'), os.path.join(SOURCE, 'tests', 'integration')]
import packages  # noqa: E402
from harness import finish, point  # noqa: E402,F401

DEBIAN_FOLDERS = {'libdir': '/usr/lib/*', 'libexecdir': '/usr/libexec', 'systemd_unit_dir': '/lib/systemd/system'}
# Debian's packages under the others' names. Arch has no package of its own for development and introspection.
RPM_NAMES = {'libanchord0': 'libanchord', 'gir1.2-anchord-1': 'libanchord', 'libanchord-dev': 'libanchord-devel'}
ARCH_NAMES = {'libanchord0': 'libanchord', 'gir1.2-anchord-1': 'libanchord', 'libanchord-dev': 'libanchord'}
# Where libraries go to /usr/lib itself, what is a library's.
LIBRARY = re.compile(r'/(libanchord\.so|girepository-|pkgconfig/|anchord/(anchorctl-|libanchord-core))')
# What Debian's alone has, for its builder makes it.
DEBIAN_ALONE = ('/usr/share/lintian', '/usr/share/vala')


def skip_all(why):
    print('1..0 # SKIP ' + why)
    sys.exit(0)


def text_of(*names):
    with open(os.path.join(SOURCE, *names), encoding='utf-8') as stream:
        return stream.read()


def installed():
    """What `meson install` puts where, as [{folder}/rest], each folder by the name of its option."""
    options = {row['name']: row['value'] for row in json.loads(subprocess.check_output(['meson', 'introspect', BUILD, '--buildoptions']))}
    prefix, known = options['prefix'], []
    for name in ('systemd_unit_dir', 'libexecdir', 'libdir', 'includedir', 'mandir', 'localedir', 'datadir', 'bindir', 'sysconfdir'):
        known.append((os.path.join(prefix, options[name]), name))
    known.append((prefix, 'prefix'))
    paths = []
    for path in json.loads(subprocess.check_output(['meson', 'introspect', BUILD, '--installed'])).values():
        folder, name = max(((value, name) for value, name in known if path.startswith(value + '/')
                            and (name != 'libdir' or LIBRARY.match(path[len(value):]))), key=lambda pair: len(pair[0]))
        paths.append('{%s}%s' % (name, path[len(folder):]))
    # The tests' own tree links the core into each program; every packaging's has -Dshared_core=true.
    return sorted({*paths, '{libdir}/anchord/libanchord-core.so'})


def place(path, folders):
    """Where PATH of installed() lies in a packaging that has other FOLDERS."""
    usual = {'prefix': '/usr', 'libdir': '/usr/lib', 'libexecdir': '/usr/libexec', 'includedir': '/usr/include', 'mandir': '/usr/share/man',
             'bindir': '/usr/bin', 'localedir': '/usr/share/locale', 'datadir': '/usr/share', 'sysconfdir': '/etc',
             'systemd_unit_dir': '/usr/lib/systemd/system'}
    return path.format(**{**usual, **folders})


def matches(pattern, path):
    """PATH is what PATTERN names, or below it. Stars stop at slashes."""
    pattern, path = pattern.strip('/').split('/'), path.strip('/').split('/')
    return len(path) >= len(pattern) and all(fnmatch.fnmatchcase(name, wanted) for name, wanted in zip(path, pattern))


def holders(path, lists):
    return [name for name, patterns in lists.items() if any(matches(pattern, path) for pattern in patterns)]


def debian_lists():
    """{package: [pattern]} of packaging/debian."""
    lists = {}
    for path in glob.glob(os.path.join(SOURCE, 'packaging/debian/*.install')):
        with open(path, encoding='utf-8') as stream:
            lists[os.path.basename(path)[:-len('.install')]] = [line.split()[0] for line in stream if line.strip() and not line.startswith('#')]
    return lists


def rpm_lists(*options):
    """{package: [pattern]} of the spec's %files, as rpm reads them; folders alone (%dir) left out."""
    spec = os.path.join(SOURCE, 'packaging/rpm/anchord.spec')
    text = subprocess.check_output(['rpmspec', '-P', *options, '--define', '_libdir /usr/lib64', '--define', '_unitdir /usr/lib/systemd/system', spec],
                                   text=True, stderr=subprocess.DEVNULL)
    lists, current = {}, None
    for line in text.split('\n'):
        found = re.match(r'^%files(?: -n (\S+)| (\S+))?$', line)
        if found:
            current = lists.setdefault(found.group(1) or ('anchord-' + found.group(2) if found.group(2) else 'anchord'), [])
        elif re.match(r'^%\w+( |$)', line) and line.split()[0] in ('%changelog', '%post', '%preun', '%postun', '%prep', '%build', '%install'):
            current = None
        elif current is not None and line.strip() and not line.startswith(('#', '%dir', '%license', '%doc')):
            current.append(line.split()[-1])
    return lists


def arch_lists():
    """{package: [pattern]} of what PKGBUILD's functions take."""
    text = text_of('packaging/arch/PKGBUILD').replace('\\\n', ' ')
    lists = {}
    for name, body in re.findall(r'^package_([\w-]+)\(\) \{\n(.*?)^\}', text, re.M | re.S):
        lists[name] = [word.strip('\'"') for line in re.findall(r'^  _take (.*)$', body, re.M) for word in line.split()]
    return lists


def check_in_step(lists, folders, names, exceptions=()):
    """Each file that is installed is in one package of LISTS, the one that Debian has it in under NAMES' name. EXCEPTIONS: files in none."""
    debian, paths = debian_lists(), installed()
    point(len(paths) > 50 and {'{bindir}/anchorctl', '{libexecdir}/anchord/anchord'} <= set(paths), 'what is installed is known', paths[:5])
    wrong, seen = [], set()
    for path in paths:
        here, there = holders(place(path, folders), lists), holders(place(path, DEBIAN_FOLDERS), debian)
        wanted = [names.get(name, name) for name in there]
        seen.update((name, pattern) for name in here for pattern in lists[name] if matches(pattern, place(path, folders)))
        if path not in exceptions and (here != wanted or len(here) != 1):
            wrong.append('%s: %s here, %s in Debian' % (path, here, there))
    point(not wrong, 'each file is in one package, and in Debian\'s of that name', *wrong)
    return [(name, pattern) for name in lists for pattern in lists[name] if (name, pattern) not in seen]


def check_version(version):
    """VERSION is the project's, and Debian's but for what marks a version to come."""
    project = re.search(r"version: '([^']+)'", text_of('meson.build')).group(1)
    debian = re.match(r'anchord \(([^)]+)\)', text_of('packaging/debian/changelog')).group(1)
    point(version == project == debian.split('~')[0].split('-')[0], 'the version is the project\'s and Debian\'s', version, project, debian)


def summaries():
    """{package: synopsis} of Debian's control."""
    return dict(re.findall(r'^Package: (\S+)\n(?:.+\n)*?Description: (.*)$', text_of('packaging/debian/control'), re.M))


def check_dependencies(own, names):
    """OWN: {package: those of its own kin that it needs}, as in Debian, where NAMES are the others' names of Debian's."""
    found = re.findall(r'^Package: (\S+)\n(?:.+\n)*?Depends: (.*(?:\n .*)*)', text_of('packaging/debian/control'), re.M)
    kin, wanted = {name for name, _ in found}, {}
    for name, line in found:
        needs = wanted.setdefault(names.get(name, name), set())
        needs.update(names.get(word, word) for word in re.findall(r'[a-z][\w.-]+', line) if word in kin)
        needs.discard(names.get(name, name))
    point(own == wanted and wanted['anchord'], 'they need of each other what Debian\'s need', own, wanted)


def stage(folder):
    """What Debian's packages hold, as `meson install` had put it there: FOLDER. Without their own additions."""
    try:
        found = packages.build()
    except subprocess.CalledProcessError as error:
        print('Bail out! packaging/build-deb.sh failed: ' + (error.output or '')[-1000:].replace('\n', ' | '))
        sys.exit(1)
    for path in found.values():
        subprocess.run(['dpkg-deb', '-x', path, folder], check=True)
    for path in glob.glob(folder + '/usr/share/doc/*'):
        for name in glob.glob(path + '/*'):
            if os.path.basename(name) != 'examples':
                os.unlink(name)
        if not os.listdir(path):
            os.rmdir(path)
    for path in DEBIAN_ALONE:
        shutil.rmtree(folder + path, ignore_errors=True)
    shutil.rmtree(folder + '/usr/sbin', ignore_errors=True)
    for path in glob.glob(folder + '/usr/share/man/**/*.gz', recursive=True):
        if os.path.islink(path):
            os.unlink(path)
        else:
            subprocess.run(['gzip', '-d', path], check=True)
    # In Debian's place of it, whose name other packagers do not know.
    libdir = os.path.dirname(glob.glob(folder + '/usr/lib/*/libanchord.so.0')[0])
    return libdir[len(folder):]
